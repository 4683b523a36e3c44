"""The curves of waiting say of each period what share still waits, open tickets counted."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from support_model._report import report
from support_model._report.curves import sections
from support_model.adapters import table
from support_model.adapters.table import TableMapping
from support_model.report import period

ZONE = ZoneInfo("UTC")
MAPPING = TableMapping(
    name="two months", ticket="ticket", at="at", status=("status",),
    categories={"New": "new", "Done": "solved"},
)  # fmt: skip


def drawn(tmp_path, hours):
    """The charts of a log of one ticket an hour; `hours` says how long each takes, if it ends."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    lines = ["ticket,at,status\n"]
    for number in range(59 * 24):
        at = start + timedelta(hours=number)
        lines.append(f"{number},{at.isoformat()},New\n")
        if (took := hours(at)) is not None:
            lines.append(f"{number},{(at + took).isoformat()},Done\n")
    path = tmp_path / "log.csv"
    path.write_text("".join(lines), "utf-8")
    spans = period("2026-01", ZONE), period("2026-02", ZONE)
    made = report.make_report(table.read(path, MAPPING), tz=ZONE, periods=spans)
    return {chart.key: chart for section in sections(made) for chart in section.drawings}


def long(at):
    """Whether a ticket is one of the few that take a day in every month."""
    return at.hour == 7


def test_the_slower_period_has_the_higher_line(tmp_path):
    def hours(at):
        return timedelta(hours=24 if long(at) else 2 if at.month == 1 else 10)

    chart = drawn(tmp_path, hours)["curves-resolution"]
    before, after = (line.values for line in chart.lines)
    places = {label: place for place, label in enumerate(chart.labels)}
    assert (chart.labels[0], chart.labels[-1]) == (timedelta(), timedelta(hours=10))
    assert (before[0], after[0]) == (1.0, 1.0)
    five = places[timedelta(hours=5)]
    assert before[five] < 0.06
    assert after[five] > 0.9
    assert [line.look for line in chart.lines] == ["thin", "line"]


def test_open_tickets_keep_the_line_up(tmp_path):
    def hours(at):
        short = at.month == 1 or at.hour % 2
        return timedelta(hours=24 if long(at) else 2) if short else None

    before, after = (line.values for line in drawn(tmp_path, hours)["curves-resolution"].lines)
    assert before[5] < 0.06
    assert after[5] > 0.4


def test_what_the_log_has_not_is_not_drawn(tmp_path):
    assert set(drawn(tmp_path, lambda _: timedelta(hours=1))) == {"curves-resolution"}
    assert drawn(tmp_path, lambda _: None) == {}
