"""Questions over years and decades, forwards and backwards, for every way to make a calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest

from support_model import opening_hours
from support_model._time import union
from support_model.calendars import BusinessCalendar
from support_model.instants import Span, micros
from support_model.staffing import volume_profile
from support_model.testing._laws import open_micros

ALWAYS = BusinessCalendar.always()
NEVER = BusinessCalendar.weekly({}, tz="UTC")
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
ROUND = BusinessCalendar.weekly({"mon-sun": "00:00-24:00"}, tz="America/New_York")


def day(year, month=1, day_=1):
    return datetime(year, month, day_, tzinfo=UTC)


JUNE = Span(day(2024, 6), day(2024, 7))
MADE = {
    "always": ALWAYS,
    "always in a zone": BusinessCalendar.always("Europe/Berlin"),
    "read from 24/7": opening_hours.parse("24/7", tz="Europe/Berlin"),
    "never": NEVER,
    "weekly": OFFICE,
    "weekly around the clock": ROUND,
    "rotating": BusinessCalendar.rotating(
        [{"mon": "00:00-24:00"}, {"tue-sun": "00:00-24:00"}, {}], anchor=date(2024, 1, 1), tz="UTC"
    ),
    "one date": BusinessCalendar.weekly({}, tz="UTC", dates={date(2024, 2, 29): "09:00-10:00"}),
    "holiday in always open weeks": BusinessCalendar.weekly(
        {"mon-sun": "00:00-24:00"}, tz="UTC", holidays=["2024-12-25"]
    ),
    "versions": NEVER.replaced(date(2010, 1, 1), ALWAYS).replaced(date(2024, 7, 1), OFFICE),
    "open from a date on": NEVER.replaced(date(2024, 7, 1), ALWAYS),
    "open until a date": ALWAYS.replaced(date(2024, 7, 1), NEVER),
    "union": ALWAYS | OFFICE,
    "intersection": ALWAYS & ROUND,
    "difference": ALWAYS - OFFICE,
    "nothing left": OFFICE - ALWAYS,
    "without a span": ALWAYS - [JUNE],
    "without all after": ALWAYS - [Span(day(2024, 7))],
    "without all before": OFFICE - [Span(day(1), day(2024, 7))],
}
WINDOWS = [
    (day(2024), day(2025)),
    (day(2023, 12, 31), day(2024, 1, 2)),
    (day(2000), day(2050)),
    (day(1850), day(1851)),
    (day(2300), day(2310)),
]


def pieces(calendar, start, end):
    """Merge what windows of some weeks say, which no walk over years decides."""
    step, found, at = timedelta(days=75), [], start
    while at < end:
        until = min(at + step, end)
        found += [span.edges for span in calendar.periods(at, until)]
        at = until
    return union(found)


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: f"{window[0]:%Y}-{window[1]:%Y}")
def test_a_long_window_says_what_its_parts_say(name, window):
    calendar = MADE[name]
    start, end = window
    found = [span.edges for span in calendar.periods(start, end)]
    back = [span.edges for span in calendar.periods(start, end, reverse=True)]
    assert found == pieces(calendar, start, end)
    assert back == found[::-1]
    assert sum(closes - opens for opens, closes in found) == open_micros(calendar, start, end)


@pytest.mark.parametrize("name", MADE)
def test_the_edges_of_decades_are_those_of_the_periods(name):
    calendar = MADE[name]
    start, end = day(1990), day(2060)
    edges = [edge for span in calendar.periods(start, end) for edge in span.edges]
    for at in (day(1999, 12, 31), day(2024, 6, 15), day(2024, 12, 31)):
        for ask, side in (("next_close", 1), ("next_opening", 1), ("prev_close", -1)):
            found = getattr(calendar, ask)(at)
            if found is not None and start < found < end:
                assert micros(found) in edges
                between = [e for e in edges if side * micros(at) < side * e < side * micros(found)]
                assert len(between) <= 1


def test_open_for_ever_has_no_close_and_ends_with_the_window():
    assert [span.end for span in ALWAYS.periods(day(2024), day(2025))] == [day(2025)]
    assert [span.start for span in ALWAYS.periods(day(1), day(2025), reverse=True)] == [day(1)]
    begun = MADE["open from a date on"]
    assert begun.next_close(day(2030)) is None
    assert begun.prev_opening(day(5000)) == day(2024, 7)


@pytest.mark.parametrize("name", ["always", "read from 24/7", "union"])
def test_the_profile_of_a_desk_that_never_closes_loses_no_arrival(name):
    hours = [day(2024) + timedelta(hours=n) for n in range(366 * 24)]
    profile = volume_profile(
        hours, MADE[name], start=day(2024), end=day(2025), step=timedelta(hours=1)
    )
    assert profile.outside == 0
    assert all(slot.mean == 1 for slot in profile.slots)


def test_periods_of_hours_around_the_clock_are_one():
    spans = MADE["weekly around the clock"].periods(day(1900), day(2100))
    assert [(span.start, span.end) for span in spans] == [(day(1900), day(2100))]


def test_spans_taken_out_one_by_one_are_one_cut():
    spans = [Span(day(2024, month), day(2024, month, 8)) for month in range(1, 13)]
    one_by_one = OFFICE
    for span in spans:
        one_by_one -= [span]
    at_once = OFFICE - spans
    assert one_by_one == at_once
    assert one_by_one.fingerprint == at_once.fingerprint
    window = day(2023), day(2026)
    assert list(one_by_one.periods(*window)) == list(at_once.periods(*window))
    other = OFFICE.without(spans[:1], reason="strike").without(spans[1:], reason="flood")
    assert other.elapsed(*window) == at_once.elapsed(*window)
    assert "strike" in str(other.explain(day(2024), day(2024, 1, 2)))
