"""The five day rules and working days against a twin that looks at the clock tick by tick."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from calendars.test_oracle import at, calendar_of, histories, window_around
from conformance import calendar as adapter
from hypothesis import given
from hypothesis import strategies as st
from oracles.calendar_oracle import open_ticks
from oracles.day_rules_oracle import Days

from support_model._calendar.day_rules import DayRule
from support_model.calendars import BusinessCalendar
from support_model.errors import NoOpenTime, OutOfRange
from support_model.instants import Span

RULES = get_args(DayRule)
HERE = Path(__file__).resolve().parents[1]
CASES = [*adapter.cases(json.loads((HERE / "vectors" / "calendar.json").read_text("utf-8")))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_reference_case(case):
    assert adapter.run(case) is None


def days_of(calendar, ticks, window):
    offset = window.start - window.first
    return Days(ticks, window.readings(calendar.tz.key)[offset : offset + len(ticks)])


def judge(calendar, days, window, start, n):
    """Ask every rule for a tick of the window, and for the working days between."""
    for rule in RULES:
        answer = days.answer(start, n, rule)
        if answer is None or not 0 < answer < len(days.dates):
            continue
        if days.dates[answer] not in days.known and rule != "keep_time_then_roll":
            continue
        found = calendar.add_days(at(window.start + start), n, rule=rule)
        assert found == at(window.start + answer), (rule, n, at(window.start + start))
    first, last = days.dates[start], days.dates[start] + n
    if first in days.known and last in days.known:
        counted = days.between(min(first, last), max(first, last))
        counted = counted if n >= 0 else -counted
        assert calendar.working_days(day_of(first), day_of(last)) == counted


def day_of(number):
    return date(1970, 1, 1) + timedelta(days=number)


@given(history=histories(), data=st.data())
def test_any_hours_around_turned_clocks(history, data):
    plan, window = history
    ticks = open_ticks(plan, window)
    start = data.draw(st.integers(1440, len(ticks) - 1441))
    calendar = calendar_of(plan)
    days = days_of(calendar, ticks, window)
    judge(calendar, days, window, start, data.draw(st.integers(-3, 3)))


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Beirut", date(2025, 10, 26)),  # at midnight back to 23:00
        ("America/Havana", date(2025, 11, 2)),  # at 01:00 back to midnight
        ("America/Havana", date(2025, 3, 9)),  # midnight is jumped over
        ("Europe/Berlin", date(2026, 10, 25)),
    ],
)
@pytest.mark.parametrize(
    "week",
    [
        {"mon-sun": "00:00-24:00"},
        {"mon-sun": "23:30-00:30"},
        {"mon": "22:00-24:00", "tue": "00:00-02:00", "sat": "23:00-01:00", "sun": "00:15-00:45"},
        {"fri": "09:00-12:00", "mon": "10:00-11:00"},
    ],
    ids=str,
)
def test_around_a_midnight_that_is_shown_twice_or_never(zone, day, week):
    calendar, window = BusinessCalendar.weekly(week, tz=zone), window_around(zone, day)
    size = window.end - window.start
    ticks = bytes(calendar.is_open(at(window.start + i)) for i in range(size))
    days, middle = days_of(calendar, ticks, window), size // 2
    for start in range(middle - 900, middle - 400, 61):
        for n in (-2, -1, 0, 1, 2):
            judge(calendar, days, window, start, n)


def test_dates_far_away_are_dates():
    calendar = BusinessCalendar.weekly(
        {"mon": "09:00-10:00"}, tz="UTC", dates={date(1600, 3, 1): "08:00-20:00"}
    )
    assert calendar.is_open(datetime(1600, 3, 1, 12, tzinfo=UTC))
    assert calendar.open_time_on(date(1600, 3, 1)) == timedelta(hours=12)
    assert calendar.working_days(date(1600, 2, 27), date(1600, 3, 1)) == 2


@pytest.mark.parametrize(
    ("start", "closes"),
    [
        ("2026-03-04T10:00", "2026-03-04T18:00"),
        ("2026-03-04T17:59", "2026-03-04T18:00"),
        ("2026-03-04T18:00", "2026-03-05T18:00"),
        ("2026-03-06T20:00", "2026-03-09T18:00"),
        ("2026-03-07T12:00", "2026-03-09T18:00"),
        ("2026-03-09T00:00", "2026-03-09T18:00"),
    ],
)
def test_by_the_end_of_the_same_business_day(start, closes):
    desk = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/London")
    at, due = (datetime.fromisoformat(text).replace(tzinfo=desk.tz) for text in (start, closes))
    assert desk.add_days(at, 0, rule="close_of_day") == due
    assert desk.add_days(at, 1, rule="through_nth_date") == due


def test_a_midnight_shown_twice_begins_its_date_once():
    # St. John's turned its clock at 00:01 back to 23:01: that Sunday begins before it.
    zone = ZoneInfo("America/St_Johns")
    calendar = BusinessCalendar.weekly({"sun-mon": "09:00-17:00"}, tz=zone.key)
    again = datetime(2010, 11, 6, 23, 30, fold=1, tzinfo=zone)
    sunday = datetime(2010, 11, 7, 0, 0, tzinfo=zone)
    for n in (-2, -1, 0, 1, 2):
        closes = calendar.add_days(sunday, n, rule="close_of_day")
        assert calendar.add_days(again, n, rule="close_of_day") == closes


def test_a_date_that_a_zone_left_out_is_no_working_date():
    # Samoa went from 29 to 31 December 2011: one open stretch over both, and no 30th.
    always = BusinessCalendar.weekly({"mon-sun": "00:00-24:00"}, tz="Pacific/Apia")
    short = BusinessCalendar.weekly(
        {},
        tz="Pacific/Apia",
        dates={date(2011, 12, 29): "00:00-24:00", date(2011, 12, 31): "00:00-24:00"},
    )
    for calendar in (always, short):
        assert calendar.working_days(date(2011, 12, 28), date(2011, 12, 31)) == 2
        assert calendar.add_days(date(2011, 12, 29), 1, rule="keep_time") == date(2011, 12, 31)
        assert calendar.add_days(date(2011, 12, 31), -1, rule="keep_time") == date(2011, 12, 29)
    assert always.add_days(date(2012, 1, 1), -2, rule="keep_time") == date(2011, 12, 29)


@pytest.mark.parametrize("n", [1, -1, 2, -2])
def test_no_date_left_is_told_from_a_date_beyond_the_years(n):
    ended = BusinessCalendar.weekly({}, tz="UTC", dates={date(2026, 3, 4): "09:00-17:00"})
    beside = datetime(2026, 3, 5 if n > 0 else 3, 12, tzinfo=UTC)
    with pytest.raises(NoOpenTime):
        ended.add_days(beside, n, rule="keep_time")
    weekly = BusinessCalendar.weekly({"mon-sun": "09:00-17:00"}, tz="UTC")
    edge = datetime(9999, 12, 31, 12, tzinfo=UTC) if n > 0 else datetime(1, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(OutOfRange):
        weekly.add_days(edge, n, rule="keep_time")


def test_a_date_whose_hours_are_over_counts_no_more():
    calendar = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
    closing = datetime(2026, 3, 2, 17, tzinfo=UTC)
    before = closing - timedelta(microseconds=1)
    rule = "through_nth_date"
    assert calendar.add_days(before, 1, rule=rule).date() == date(2026, 3, 2)
    assert calendar.add_days(closing, 1, rule=rule).date() == date(2026, 3, 3)
    opening = datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert calendar.add_days(opening, -1, rule=rule).date() == date(2026, 3, 2)


def test_a_microsecond_of_open_time_makes_a_working_date():
    wednesday = datetime(2026, 3, 4, tzinfo=UTC)
    rest = Span(wednesday + timedelta(microseconds=1), wednesday + timedelta(days=1))
    calendar = BusinessCalendar.always("UTC") - [rest]
    assert calendar.add_days(date(2026, 3, 5), -1, rule="keep_time") == wednesday.date()
    assert calendar.add_days(date(2026, 3, 3), 1, rule="keep_time") == wednesday.date()
    assert calendar.working_days(date(2026, 3, 3), date(2026, 3, 5)) == 2
