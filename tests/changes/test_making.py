"""The rows in which changes are sought are the same from records, columns, and parts of them."""

from zoneinfo import ZoneInfo

import pytest
from attrs import asdict
from changes.small_logs import HOUR, START, log
from frames.histories import drawn_log
from hypothesis import given
from kpi.drawn_logs import events, logs

from support_model import frames, kpi
from support_model._columns import fact_tables
from support_model.calendars import BusinessCalendar
from support_model.changes import lasting, rows_of
from support_model.events import Changed, Created
from support_model.vocabulary import Status

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")


def columns_of(history):
    """The facts of a log by columns."""
    as_of = max(event.at for event in history)
    return fact_tables.from_arrow(frames.facts(frames.events(history), as_of=as_of))


def both(history, calendar=None):
    """The rows of a log from records and from columns."""
    columns = columns_of(history)
    records = kpi.case_table(history, as_of=max(event.at for event in history))
    return [plain(rows_of(each, tz=BERLIN, calendar=calendar)) for each in (records, columns)]


def plain(rows):
    """Rows as plain values, with the order in which their measures were met."""
    made = asdict(rows)
    return {**made, "met": [[*made[each]] for each in ("times", "chances", "trials", "counts")]}


@given(logs())
def test_records_and_columns_make_the_same_rows(rows):
    if history := events(rows):
        one, other = both(history)
        assert one == other


@pytest.mark.parametrize("seed", range(12))
def test_so_do_logs_with_merges_and_present_values(seed):
    one, other = both([*drawn_log(seed, 15)], HOURS if seed % 2 else None)
    assert one == other
    assert one["times"]


def test_rows_depend_neither_on_the_order_nor_on_the_size_of_parts(monkeypatch):
    facts = log(tickets=300)
    whole = asdict(rows_of(facts, tz=BERLIN))
    assert asdict(rows_of(iter(facts[::-1]), tz=BERLIN)) == whole
    monkeypatch.setattr("support_model._changes.making.PART", 7)
    assert asdict(rows_of(facts, tz=BERLIN)) == whole


def test_a_ticket_that_waits_since_the_last_instant_has_a_spell_of_no_length():
    status = Status("pending", "pending")
    parts = {"ticket_id": "T1", "actor": None, "role": "customer", "at": START}
    one, other = both([Created(**parts, seq=1, fields={"status": status})])
    assert one == other
    assert one["times"]["resolution", ""]["end"].tolist() == [one["as_of"]]


def test_the_whole_time_of_a_ticket_has_its_waiting():
    waits, runs = Status("pending", "pending"), Status("open", "open")
    parts = {"ticket_id": "T1", "actor": None, "role": "agent"}
    history = [Created(**parts, seq=1, at=START, fields={"status": waits, "group": "desk"})]
    for n, own in enumerate([runs, waits, runs, waits], start=1):
        history.append(Changed(**parts, seq=n + 1, at=START + n * HOUR, fields={"status": own}))
    for n, own in ((9, {"group": "network"}), (10, {"topic": "vpn"})):
        history.append(Changed(**parts, seq=n - 3, at=START + n * HOUR, fields=own))
    records = kpi.case_table(history, as_of=START + 10 * HOUR)
    for facts in (records, columns_of(history)):
        rows = rows_of(facts, tz=BERLIN)
        whole, cut = lasting(rows, "resolution"), rows.times["resolution", ""]
        begin, changed = rows.created[0], rows.created[0] + 9 * HOUR // HOUR.resolution
        assert [*whole.origin] == [begin, begin]
        assert [*zip(whole.start, whole.end, strict=True)] == [
            (begin, changed),
            (changed, rows.as_of),
        ]
        assert sum(cut.end) - sum(cut.start) == 2 * HOUR // HOUR.resolution
    assert lasting(rows, "closing_delay") is None


def test_those_of_columns_neither(monkeypatch):
    history = [*drawn_log(3, 40)]
    columns = columns_of(history)
    whole = plain(rows_of(columns, tz=BERLIN))
    backwards = columns.at_places(range(columns.size)[::-1])
    assert plain(rows_of(backwards, tz=BERLIN)) == whole
    monkeypatch.setattr("support_model._changes.making.PART", 7)
    assert plain(rows_of(backwards, tz=BERLIN)) == whole


@pytest.mark.parametrize("bits", [44, 48, 50])
def test_those_of_columns_are_made_in_halves_where_instants_are_far_apart(monkeypatch, bits):
    columns = columns_of([*drawn_log(5, 40)])
    whole = plain(rows_of(columns, tz=BERLIN, calendar=HOURS))
    monkeypatch.setattr("support_model._changes.making_by_arrays.MOST_BITS", bits)
    assert plain(rows_of(columns, tz=BERLIN, calendar=HOURS)) == whole


def test_columns_of_one_creation_come_by_id():
    columns = columns_of(
        [event for n in (10, 9, 2, 1) for event in created(f"T{n}", START + (n == 1) * HOUR)]
    )
    by_id = columns.take(columns.by_creation()).words("ticket_id").listed()
    assert by_id == ["T10", "T2", "T9", "T1"]
    assert [*rows_of(columns, tz=BERLIN).ids] == by_id


def created(ticket, at):
    """The creation of a ticket."""
    parts = {"ticket_id": ticket, "actor": None, "role": "customer"}
    return [Created(**parts, seq=1, at=at, fields={"status": Status("new", "new")})]


def test_hours_are_named_by_the_local_clock_and_the_opening_hours():
    facts = log(tickets=300)
    for calendar in (None, HOURS):
        rows = rows_of(facts, tz=BERLIN, calendar=calendar)
        named = [rows.names["hours"][code] for code in rows.fields["hours"][: len(rows.ids)]]
        created = {each.ticket_id: each.created.astimezone(BERLIN) for each in facts}
        for ticket, name in zip(rows.ids, named, strict=True):
            at = created[ticket]
            day = at.weekday() < 5 and 8 <= at.hour < 18
            night = "weekend" if at.weekday() >= 5 else "evening/night"
            assert name == ("open" if day else night)
