"""The rows in which changes are sought are the same from records, columns, and parts of them."""

from zoneinfo import ZoneInfo

import pytest
from attrs import asdict
from changes.small_logs import log
from frames.histories import drawn_log
from hypothesis import given
from kpi.drawn_logs import events, logs

from support_model import frames, kpi
from support_model._columns import fact_tables
from support_model.calendars import BusinessCalendar
from support_model.changes import rows_of

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")


def both(history, calendar=None):
    """The rows of a log from records and from columns."""
    as_of = max(event.at for event in history)
    columns = fact_tables.from_arrow(frames.facts(frames.events(history), as_of=as_of))
    records = kpi.case_table(history, as_of=as_of)
    return [asdict(rows_of(each, tz=BERLIN, calendar=calendar)) for each in (records, columns)]


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
