"""Calendars against their slow twin: the same hours, looked at minute by minute."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles.calendar_oracle import Plan, Window, open_ticks

from support_model.calendars import BusinessCalendar
from support_model.closures import Closures
from support_model.instants import Span
from support_model.testing._calendar_strategies import CLOCK_CHANGES, ZONES, clock_changes

MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
REACH = 3  # days to each side of the turned clock that are looked at


def at(tick, seconds=60):
    return EPOCH + timedelta(seconds=tick * seconds)


def window_around(zone, day, reach=REACH, tick=60):
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    middle = (noon - EPOCH) // timedelta(seconds=tick)
    days = reach * 86_400 // tick
    return Window(middle - days, middle + days, tick)


def clock(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


def written(ranges):
    return [(clock(start), clock(end)) for start, end in ranges]


def calendar_of(plan):
    """Write a plan in the library's words."""
    if isinstance(plan, Plan):
        return hours_of(plan)
    how, left, *rest = plan
    calendar = calendar_of(left)
    match how:
        case "union":
            return calendar | calendar_of(rest[0])
        case "intersection":
            return calendar & calendar_of(rest[0])
        case "difference":
            return calendar - calendar_of(rest[0])
        case "without":
            return calendar - [Span(at(start), at(end)) for start, end in rest[0]]
        case "replaced":
            return calendar.replaced(at(rest[0]), calendar_of(rest[1]))
    raise AssertionError(how)


def hours_of(plan):
    weeks = [
        {WEEKDAYS[day]: written(ranges) for day, ranges in week.items()} for week in plan.weeks
    ]
    dated = {day: written(ranges) for day, ranges in plan.breaks.items()}
    weekly = {WEEKDAYS[day]: written(ranges) for day, ranges in plan.weekly_breaks.items()}
    return BusinessCalendar.rotating(
        weeks,
        anchor=plan.anchor,
        tz=plan.zone,
        dates={day: written(ranges) for day, ranges in plan.dates.items()},
        breaks={**dated, **weekly},
        holidays=Closures(
            holidays=[(day, "holiday") for day in sorted(plan.holidays)],
            working=[(day, like, "swapped") for day, like in sorted(plan.working.items())],
            shortened=[
                (day, cut * 60_000_000, "eve") for day, cut in sorted(plan.shortened.items())
            ],
        ),
    )


@st.composite
def plans(draw, zone, day):
    dates = st.dates(day - timedelta(days=REACH), day + timedelta(days=REACH))
    minutes = st.sampled_from((0, 30, 60, 90, 120, 135, 150, 180, 540, 1020, 1320)) | st.integers(
        0, 24 * 60 - 1
    )
    ranges = st.lists(st.tuples(minutes, minutes | st.just(24 * 60)), max_size=2)
    week = st.dictionaries(st.integers(0, 6), ranges, max_size=7)
    office = st.just({weekday: [(540, 1020)] for weekday in range(5)})
    dated = st.dictionaries(dates, ranges, max_size=2)
    return Plan(
        zone=draw(st.just(zone) | st.sampled_from(ZONES)),
        weeks=draw(st.lists(office | week, min_size=1, max_size=3)),
        anchor=draw(dates),
        dates=draw(dated),
        holidays=draw(st.sets(dates, max_size=2)),
        working=draw(st.dictionaries(dates, st.integers(0, 6), max_size=2)),
        shortened=draw(st.dictionaries(dates, st.integers(1, 600), max_size=1)),
        breaks=draw(dated),
        weekly_breaks=draw(st.dictionaries(st.integers(0, 6), ranges, max_size=2)),
    )


@st.composite
def histories(draw):
    """A plan, perhaps combined with another, and the window around a turned clock."""
    zone, day = draw(clock_changes())
    window = window_around(zone.key, day)
    ticks = st.integers(window.start, window.end)
    plan = draw(plans(zone.key, day))
    how = draw(st.sampled_from(("", "without", "union", "intersection", "difference", "replaced")))
    if how == "without":
        spans = st.tuples(ticks, st.integers(0, 2000)).map(lambda two: (two[0], sum(two)))
        plan = (how, plan, draw(st.lists(spans, max_size=3)))
    elif how == "replaced":
        plan = (how, plan, draw(ticks), draw(plans(zone.key, day)))
    elif how:
        plan = (how, plan, draw(plans(zone.key, day)))
    return plan, window


def runs_of(ticks):
    """Return (first, end) of each run of open ticks."""
    edges = [
        i
        for i in range(len(ticks) + 1)
        if (i < len(ticks) and ticks[i]) != (i > 0 and ticks[i - 1])
    ]
    return list(zip(edges[::2], edges[1::2], strict=True))


def compare(calendar, ticks, window, rng):
    """Ask the calendar everything that the ticks can answer."""
    first, size, tick = window.start, len(ticks), timedelta(seconds=window.tick)
    runs = runs_of(ticks)

    def when(i):
        return at(first + i, window.tick)

    found = [(span.start, span.end) for span in calendar.periods(when(0), when(size))]
    assert found == [(when(start), when(end)) for start, end in runs]
    for _ in range(8):
        a, b = rng.randrange(size), rng.randrange(size)
        count = sum(ticks[min(a, b) : max(a, b)])
        assert calendar.elapsed(when(a), when(b)) == (count if a <= b else -count) * tick
        assert calendar.is_open(when(a)) == ticks[a]
        assert calendar.is_open(when(a) + tick - timedelta(microseconds=1)) == ticks[a]
        assert_landing(calendar, ticks, a, when, tick, rng)
        assert_edges(calendar, runs, a, when, size)


def assert_landing(calendar, ticks, a, when, tick, rng):
    """`add` and `subtract`, found by walking over the ticks."""
    total = sum(ticks[a:])
    if total:
        amount = rng.randint(1, total)
        left, i = amount, a
        while left:
            left -= ticks[i]
            i += 1
        assert calendar.add(when(a), amount * tick) == when(i)
    total = sum(ticks[:a])
    if total:
        amount = rng.randint(1, total)
        left, i = amount, a
        while left:
            i -= 1
            left -= ticks[i]
        assert calendar.subtract(when(a), amount * tick) == when(i)


def assert_edges(calendar, runs, a, when, size):
    """The edges; what touches the border of the window may lie beyond it."""
    openings = [start for start, _ in runs if start > 0]
    closes = [end for _, end in runs if end < size]
    for name, edges in (
        ("next_opening", [edge for edge in openings if edge > a][:1]),
        ("next_close", [edge for edge in closes if edge > a][:1]),
        ("prev_opening", [edge for edge in openings if edge < a][-1:]),
        ("prev_close", [edge for edge in closes if edge < a][-1:]),
    ):
        if edges:
            assert getattr(calendar, name)(when(a)) == when(edges[0])
    ahead = [max(start, a) for start, end in runs if end > a][:1]
    behind = [min(end, a) for start, end in runs if start < a][-1:]
    if ahead:
        assert calendar.next_open(when(a)) == when(ahead[0])
    if behind:
        assert calendar.prev_open(when(a)) == when(behind[0])


@given(histories(), st.integers(0, 2**32))
def test_any_hours_around_turned_clocks(history, seed):
    plan, window = history
    ticks = open_ticks(plan, window)
    compare(calendar_of(plan), ticks, window, random.Random(seed))  # noqa: S311 - a seeded walk


NIGHT_AND_DAY = [(30, 150), (180, 1320), (1380, 15)]


@pytest.mark.parametrize(("zone", "day"), CLOCK_CHANGES, ids=str)
def test_every_turned_clock(zone, day):
    """Every change that the strategies know, with ranges that begin and end where it happens."""
    before = day - timedelta(days=1)
    plan = Plan(
        zone=zone,
        weeks=[dict.fromkeys(range(7), NIGHT_AND_DAY)],
        dates={before: [(1320, 120)]},
        breaks={day: [(75, 100), (1430, 10)]},
    )
    window = window_around(zone, day)
    compare(calendar_of(plan), open_ticks(plan, window), window, random.Random(day.toordinal()))  # noqa: S311


def test_a_zone_whose_clock_stood_between_minutes():
    """Monrovia was 44 minutes and 30 seconds behind until 1972-01-07: seen second by second."""
    plan = Plan(zone="Africa/Monrovia", weeks=[dict.fromkeys(range(7), NIGHT_AND_DAY)])
    window = window_around("Africa/Monrovia", date(1972, 1, 7), reach=1, tick=1)
    compare(calendar_of(plan), open_ticks(plan, window), window, random.Random(1972))  # noqa: S311


def test_the_twin_agrees_with_what_is_known_by_hand():
    """Samoa had no 2011-12-30: a week of Monday to Friday from nine to five has 32 hours."""
    plan = Plan(zone="Pacific/Apia", weeks=[{weekday: [(540, 1020)] for weekday in range(5)}])
    window = window_around("Pacific/Apia", date(2011, 12, 29), reach=4)
    first = datetime(2011, 12, 26, tzinfo=ZoneInfo("Pacific/Apia"))
    ticks = open_ticks(plan, window)
    start = (first - EPOCH) // MINUTE - window.start
    assert sum(ticks[start : start + 6 * 24 * 60]) == 32 * 60
