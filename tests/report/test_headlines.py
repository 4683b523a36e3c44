"""A headline is coloured only where the figure itself went the way that changes say."""

from copy import copy
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from frames.histories import drawn_log
from report.small_log import HEADER, MAPPING, ROWS

from support_model import kpi
from support_model._cli import demo
from support_model._report.blocks import OpenTime, Withheld
from support_model._report.headlines import last_week_whole, sections, way
from support_model._report.now import next_working_day
from support_model._report.wording import Wording
from support_model.adapters import EventLog, read_files, table
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.events import Changed, Created
from support_model.report import document, make_report, period, read_by_columns
from support_model.serde import write_events
from support_model.vocabulary import Status

HOUR = timedelta(hours=1)
HOURS = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")
FRIDAY, SATURDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 9)


@pytest.mark.parametrize(
    ("key", "value", "before", "told"),
    [
        ("resolution", 3 * HOUR, 2 * HOUR, "worse"),
        ("resolution", OpenTime(2 * HOUR, 10 * HOUR), OpenTime(3 * HOUR, 10 * HOUR), "better"),
        ("first_response", 1.51 * HOUR, 1.5 * HOUR, ""),
        ("backlog", 402, 227, "worse"),
        ("backlog", 402, 0, "worse"),
        ("sla", 0.69, 0.78, "worse"),
        ("satisfied", 0.78, 0.69, "better"),
        ("satisfied", 0.70, 0.71, ""),
        ("resolution", Withheld(5), 2 * HOUR, ""),
        ("resolution", 2 * HOUR, None, ""),
    ],
)
def test_the_way_of_a_figure(key, value, before, told):
    assert way(key, value, before) == told


@pytest.mark.parametrize("calendar", [HOURS, None])
def test_working_days_are_those_from_one_date_to_before_another(tmp_path, calendar):
    path = tmp_path / "log.csv"
    path.write_text(HEADER + ROWS)
    made = make_report(read_files([path], MAPPING), calendar=calendar)
    assert made.working_days(FRIDAY, SATURDAY) == 1
    assert made.working_days(SATURDAY, MONDAY) == 0
    assert made.working_days(date(2026, 3, 2), MONDAY) == 5
    assert next_working_day(made, FRIDAY) == MONDAY
    assert next_working_day(made, MONDAY) == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("periods", "problem"),
    [
        (("2026-03-04..2026-03-05", "2026-03-02..2026-03-03"), "begins before"),
        (("2026-03-02..2026-03-03", "2026-03-02..2026-03-03"), "begins before"),
        (("2026-01", "2026-02"), "holds nothing"),
        (("2026-03-02..2026-03-03", "2026-04"), "holds nothing"),
    ],
)
def test_periods_that_say_nothing_are_refused(tmp_path, periods, problem):
    path = tmp_path / "log.csv"
    path.write_text(HEADER + ROWS)
    spans = tuple(period(text, ZoneInfo("UTC")) for text in periods)
    with pytest.raises(InvalidValue, match=problem):
        make_report(read_files([path], MAPPING), periods=spans)


def test_hours_without_words_are_told_by_the_calendar(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(HEADER + ROWS)
    made = make_report(read_files([path], MAPPING), calendar=HOURS)
    assert made.hours == HOURS.title


def headlines(made):
    """The section of what is seen first: its lines, and its figures by key."""
    (section,) = sections(made)
    return [Wording().say(line) for line in section.lines], {
        each.key: each for each in section.headlines
    }


def test_figures_that_a_log_cannot_hold_are_absent_with_the_reason():
    log = read_files([demo.LOG], table.load(demo.MAPPING))
    made = make_report(log, calendar=HOURS)
    lines, figures = headlines(made)
    assert [*figures] == ["created", "solved", "backlog", "resolution"]
    (absent,) = [line for line in lines if line.startswith("Not here: ")]
    for title in ("First response (median), as no event", "Satisfied customers, as no event"):
        assert title in absent
    assert absent.endswith("SLA kept, as no promises were given (--policy).")
    finished = evolve(made, selected=True)
    lines, figures = headlines(finished)
    assert [*figures] == ["created", "solved", "resolution"]
    assert any("Open at the end, as the log seems to hold finished" in line for line in lines)
    assert "backlog" not in finished.measures


def test_a_change_of_all_tickets_is_told_at_its_figure():
    log = read_files([demo.LOG], table.load(demo.MAPPING))
    made = make_report(log, calendar=HOURS)
    (item,) = made.changes.items
    whole = evolve(item, where=(), also=())
    own = copy(made)
    object.__setattr__(own, "changes", evolve(made.changes, items=(whole,)))
    notes = [Wording().say(note) for note in headlines(own)[1]["resolution"].notes]
    told = "Since 2026-03-02, all tickets: 10.4 to 25.3 h (worse)."
    assert told in notes


def test_the_last_week_runs_where_its_days_are_not_over():
    log = read_files([demo.LOG], table.load(demo.MAPPING))
    made = make_report(log, calendar=HOURS)  # it ends on a Tuesday
    assert all(each.incomplete for each in headlines(made)[1].values())
    sunday = evolve(made, as_of=made.as_of + timedelta(days=5))
    assert last_week_whole(sunday)


def waiting_log():
    """Events of tickets of which two of three wait for their customer for eight of ten hours."""
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    for n in range(600):
        parts = {"ticket_id": f"T{n}", "actor": "ann", "role": "agent"}
        steps = [(1, "pending"), (9, "open"), (10, "solved")] if n % 3 else [(1, "solved")]
        at = begin + n * HOUR
        yield Created(**parts, seq=1, at=at, fields={"status": Status("new", "new")})
        for seq, (hours, name) in enumerate(steps, start=2):
            status = Status(name, name)
            yield Changed(**parts, seq=seq, at=at + hours * HOUR, fields={"status": status})


def test_the_median_resolution_has_the_time_for_which_tickets_wait(tmp_path):
    path = tmp_path / "log.jsonl"
    write_events(sorted(waiting_log(), key=lambda event: event.at), path)
    for log in (read_by_columns([path]), read_files([path], "events")):
        made = make_report(log)
        told = headlines(made)[1]["resolution"]
        assert told.value == told.before == 10 * HOUR
        assert {*told.series[:-1]} == {10.0}


def thinning(days, after=90):
    """A log of eight tickets a day for some days, and of one a week for the rest."""
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    return EventLog(
        events=tuple(
            Created(
                ticket_id=f"{day}-{n}",
                at=start + timedelta(days=day, minutes=n),
                role="customer",
                fields={"status": Status("new", "new")},
            )
            for day in range(after)
            for n in range(8 if day < days else day % 7 == 0)
        )
    )


def test_a_line_ends_where_hardly_any_ticket_comes_after_it():
    report = make_report(thinning(59))
    for headline in headlines(report)[1].values():
        note = headline.notes[-1]
        assert (note.code, note.params) == (
            "headline_line_ends",
            {"until": date(2026, 3, 1), "n": 4},
        )
        assert len(headline.series) == len(report.weeks) - 4
        assert not headline.incomplete
    assert (
        headlines(report)[1]["created"].series[-1] == 48
    )  # the last full week but for its Sunday
    drawings = [each for part in document(report) for each in part.drawings]
    charts = {each.key: each for each in drawings if hasattr(each, "tail")}
    assert charts["flow_by_week"].tail == 4
    assert len(charts["flow_by_week"].labels) == len(report.weeks)


def test_a_running_week_alone_does_not_end_a_line():
    report = make_report(thinning(90))
    for headline in headlines(report)[1].values():
        assert headline.incomplete
        assert len(headline.series) == len(report.weeks)
        assert "headline_line_ends" not in {note.code for note in headline.notes}


def test_solutions_and_tickets_solved_are_told_apart():
    told = 0
    for seed in range(6):
        report = make_report(EventLog(events=tuple(drawn_log(seed, 60))))
        if report.changes is None:
            continue
        (volume,) = kpi.volumes(report.plain, (report.changes.after,))
        notes = {note.code: note for note in headlines(report)[1]["solved"].notes}
        assert headlines(report)[1]["solved"].value == volume.solved
        assert ("headline_solved_again" in notes) is (volume.solved > volume.tickets_solved)
        if again := notes.get("headline_solved_again"):
            told += 1
            assert again.params["n"] == volume.tickets_solved
    assert told
