"""Business time by example: one rule each, the answer worked out by hand."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from support_model import closures
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidHours, NoOpenTime
from support_model.instants import Span
from support_model.reasons import Reason

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
HOUR = timedelta(hours=1)


def at(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_eight_hours_from_opening_end_at_closing():
    assert OFFICE.add(at("2026-03-25T09:00"), 8 * HOUR) == at("2026-03-25T17:00")
    assert OFFICE.subtract(at("2026-03-25T17:00"), 8 * HOUR) == at("2026-03-25T09:00")


def test_breaks_always_subtract_also_from_hours_of_a_date():
    calendar = BusinessCalendar.weekly(
        {"mon-fri": "09:00-17:00"},
        tz="UTC",
        dates={date(2026, 3, 28): "10:00-14:00"},
        breaks={"mon-sat": "12:00-13:00", date(2026, 3, 25): "15:00-15:30"},
    )
    assert calendar.open_time_on(date(2026, 3, 25)) == 6.5 * HOUR
    assert calendar.open_time_on(date(2026, 3, 28)) == 3 * HOUR


def test_hours_of_a_date_beat_its_holiday_and_an_overnight_range_reaches_into_the_next():
    eve, day = date(2026, 12, 31), date(2027, 1, 1)
    calendar = BusinessCalendar.weekly(
        {"mon-fri": "09:00-17:00"},
        tz="UTC",
        holidays={eve: "New Year's Eve", day: "New Year's Day"},
        dates={eve: "22:00-02:00"},
    )
    assert calendar.open_time_on(eve) == calendar.open_time_on(day) == 2 * HOUR


def test_rotating_weeks_go_on_across_the_year():
    calendar = BusinessCalendar.rotating(
        [{"mon": "08:00-12:00"}, {"mon": "12:00-20:00"}], anchor=date(2026, 12, 21), tz="UTC"
    )
    mondays = [date(2026, 12, 21) + timedelta(weeks=week) for week in range(-2, 4)]
    assert [calendar.open_time_on(day) // HOUR for day in mondays] == [4, 8, 4, 8, 4, 8]


def test_russian_saturdays_are_worked_and_eves_are_short():
    russia = closures.country("RU", years=[2024], eves=HOUR)
    calendar = BusinessCalendar.weekly(
        {"mon-fri": "09:00-18:00"}, tz="Europe/Moscow", holidays=russia
    )
    worked = [date(2024, 4, 27), date(2024, 12, 28)]
    assert [calendar.open_time_on(day) for day in worked] == [9 * HOUR] * 2
    assert calendar.open_time_on(date(2024, 11, 2)) == 8 * HOUR  # worked, and an eve
    assert calendar.open_time_on(date(2024, 3, 7)) == 8 * HOUR
    assert calendar.open_time_on(date(2024, 4, 29)) == timedelta()


def test_a_union_over_zones_follows_the_sun():
    desks = [
        BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz=zone)
        for zone in ("Asia/Tokyo", "Europe/Berlin", "America/Los_Angeles")
    ]
    world = desks[0] | desks[1] | desks[2]
    start, end = at("2026-01-05T00:00", UTC), at("2026-01-10T00:00", UTC)
    assert world.elapsed(start, end) == 5 * 23 * HOUR  # nobody works from 16:00 to 17:00 UTC
    both = desks[0] & desks[1]  # they meet for an hour, once Berlin has summer time
    assert both.next_open(start) == at("2026-03-30T07:00", UTC)


def test_versions_count_each_stretch_under_the_one_in_force():
    old = BusinessCalendar.weekly({"mon-sun": "09:00-17:00"}, tz="UTC")
    new = BusinessCalendar.weekly({"mon-sun": "08:00-20:00"}, tz="UTC")
    calendar = old.replaced(date(2026, 3, 10), new)
    assert calendar.elapsed(at("2026-03-09T00:00", UTC), at("2026-03-11T00:00", UTC)) == 20 * HOUR
    again = calendar.replaced(at("2026-03-09T12:00", UTC), old)
    assert again.elapsed(at("2026-03-09T00:00", UTC), at("2026-03-11T00:00", UTC)) == 16 * HOUR


def test_two_spellings_of_the_same_hours_share_a_fingerprint():
    split = {"mon": "22:00-24:00", "tue": "00:00-06:00"}
    assert (
        BusinessCalendar.weekly({"mon": "22:00-06:00"}, tz="UTC").fingerprint
        == BusinessCalendar.weekly(split, tz="UTC").fingerprint
        == BusinessCalendar.rotating([split, split], anchor="2026-01-05", tz="UTC").fingerprint
    )
    assert OFFICE.fingerprint != BusinessCalendar.always().fingerprint


def test_an_explanation_names_every_cause():
    calendar = BusinessCalendar.weekly(
        {"mon-fri": "09:00-17:00"},
        tz="UTC",
        holidays={date(2026, 3, 25): "founders' day"},
        breaks={"mon-fri": "12:00-13:00"},
    ).without(
        [Span(at("2026-03-26T09:00", UTC), at("2026-03-26T11:00", UTC))],
        reason=Reason.of("paused", name="waiting for customer"),
    )
    rows = calendar.explain(at("2026-03-25T00:00", UTC), at("2026-03-27T00:00", UTC))
    assert [(str(row.reason), row.counted // HOUR) for row in rows] == [
        ("holiday: founders' day", 0),
        ("outside the hours", 0),
        ("paused: waiting for customer", 0),
        ("weekly hours, Thursday", 1),
        ("weekly break", 0),
        ("weekly hours, Thursday", 4),
        ("outside the hours", 0),
    ]
    assert rows.total == 5 * HOUR
    assert "waiting for customer" in rows._repr_html_()


def test_html_escapes_what_people_typed():
    calendar = BusinessCalendar.weekly(
        {"mon": "09:00-17:00"}, tz="UTC", holidays={date(2026, 3, 23): "<script>"}
    )
    page = calendar.explain(at("2026-03-23T00:00", UTC), at("2026-03-24T00:00", UTC))
    assert "<script>" not in page._repr_html_()


@pytest.mark.parametrize(
    "hours",
    [
        {"monday": "9-17"},
        {"mon": "09:00-25:00:61"},
        {"mon": "17:00"},
        {"moon": "09:00-17:00"},
        {"mon-fri": "09:00-17:00", "wed": "09:00-12:00"},
        {"m": "09:00-17:00"},
        {"mon": 9},
        {"mon": [("09:00", "17:00", "18:00")]},
        ["09:00-17:00"],
        "Mo-Fr 09:00-17:00",
    ],
)
def test_hours_that_cannot_be_read(hours):
    with pytest.raises(InvalidHours):
        BusinessCalendar.weekly(hours, tz="UTC")


def test_times_may_be_times_and_seconds():
    calendar = BusinessCalendar.weekly(
        {"Monday": [(time(9), time(9, 30)), ("10:00:15", "10:00:15.5")]}, tz="UTC"
    )
    assert calendar.open_time_on(date(2026, 3, 23)) == timedelta(minutes=30, seconds=0.5)


def test_no_open_time_is_proven_and_names_the_calendar():
    once = BusinessCalendar.weekly({}, tz="UTC", dates={date(2026, 3, 2): "09:00-10:00"})
    start = at("2026-03-01T00:00", UTC)
    assert once.add(start, HOUR) == at("2026-03-02T10:00", UTC)
    with pytest.raises(NoOpenTime) as caught:
        once.add(start, HOUR + timedelta(microseconds=1))
    assert caught.value.calendar is once
    assert caught.value.start == start


def test_a_window_that_begins_at_a_close_holds_nothing_of_what_closed_there():
    monday, tuesday = at("2026-03-23T17:00"), at("2026-03-24T17:00")
    whole = [Span(at("2026-03-24T09:00"), tuesday)]
    assert [*OFFICE.periods(monday, tuesday)] == whole
    assert [*OFFICE.periods(monday, tuesday, reverse=True)] == whole
    assert [*OFFICE.periods(monday, monday, reverse=True)] == []


@pytest.mark.parametrize(("first", "last"), [(1500, 1920), (2100, 2520)])
def test_hours_that_recur_go_on_for_centuries(first, last):
    """Far from the years that anybody names, spans and elapsed time still agree."""
    calendar = BusinessCalendar.weekly(
        {"mon": "09:00-10:00"}, tz="UTC", holidays={date(2026, 3, 2): "moved"}
    )
    start, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)
    mondays = sum(
        date.fromordinal(day).weekday() == 0 for day in range(start.toordinal(), end.toordinal())
    )
    assert calendar.elapsed(start, end) == mondays * HOUR
    assert sum(1 for _ in calendar.periods(start, end)) == mondays
    assert sum(1 for _ in calendar.periods(start, end, reverse=True)) == mondays


def test_a_working_saturday_named_twice_takes_the_hours_of_the_earlier_weekday():
    day, week = date(2026, 3, 28), {"mon": "09:00-17:00", "tue": "10:00-12:00"}
    one, other = (closures.Closures(working=[(day, like, "swapped")]) for like in (0, 1))
    for both in (one | other, other | one):
        calendar = BusinessCalendar.weekly(week, tz="UTC", holidays=both)
        assert calendar.open_time_on(day) == 8 * HOUR


def test_a_working_saturday_has_the_breaks_of_its_weekday_and_says_so():
    saturday = date(2026, 3, 28)
    calendar = BusinessCalendar.weekly(
        {"mon-fri": "09:00-17:00"},
        tz="Europe/Berlin",
        breaks={"mon": "12:00-13:00"},
        holidays=closures.Closures(working=[(saturday, 0, "swapped")]),
    )
    rows = [*calendar.explain(at("2026-03-28T09:00"), at("2026-03-28T17:00"))]
    assert [(row.start.hour, row.end.hour, row.counted // HOUR) for row in rows] == [
        *((9, 12, 3), (12, 13, 0), (13, 17, 4))
    ]
    assert rows[1].reason.code == "weekly_break"


def test_an_explanation_says_which_side_closed_and_has_no_empty_row():
    night = BusinessCalendar.weekly({"mon-sun": "15:00-20:00"}, tz="Europe/Berlin")
    without = OFFICE.without([Span(at("2026-03-25T09:00"), at("2026-03-25T10:00"))])
    for calendar in (OFFICE - night, without, without - night):
        rows = [*calendar.explain(at("2026-03-25T08:00"), at("2026-03-25T19:00"))]
        assert all(row.start < row.end for row in rows)
        codes = {(row.start.hour, row.reason.code) for row in rows}
        assert ((15, "excluded") in codes) is (calendar is not without)
        assert not any(code == "excluded" and hour != 15 for hour, code in codes)


def test_the_zone_of_versions_is_that_of_the_newest():
    zones = ("Europe/Berlin", "America/New_York", "Asia/Tokyo")
    first, *later = (BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz=zone) for zone in zones)
    for month, version in enumerate(later, 1):
        first = first.replaced(datetime(2026, month, 1, tzinfo=UTC), version)
    assert first.tz.key == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (OFFICE, "mon-fri 09:00-17:00; Europe/Berlin"),
        (
            BusinessCalendar.weekly({"mon": "09:00-12:00", "wed-thu": "10:00-11:00"}, tz="UTC"),
            "mon 09:00-12:00; wed-thu 10:00-11:00; UTC",
        ),
        (
            BusinessCalendar.rotating(
                [{"mon": "08:00-12:00"}, {}], anchor=date(2026, 3, 2), tz="UTC"
            ),
            "mon 08:00-12:00; and 1 more weeks; UTC",
        ),
    ],
)
def test_a_calendar_says_its_hours(calendar, words):
    assert repr(calendar) == f"<BusinessCalendar {words}>"
