"""The slow twin of business time: look at the clock tick by tick and ask "open now?".

It knows zoneinfo and the definition, and nothing of the library. A `Window` holds what the
local clock shows at every tick; a range of local time is open from the first tick at which the
clock shows its start or later to the first tick at which it shows its end or later, found by
looking at the ticks one after the other. `open_ticks(plan, window)` gives one byte a tick.

A plan is plain data: a `Plan` (hours of one zone) or a tuple `("union", a, b)`,
`("intersection", a, b)`, `("difference", a, b)`, `("without", a, spans)`,
`("replaced", a, at, b)`, with instants as UTC ticks since 1970.

Before this: nothing. Next: `tests/calendars/test_oracle.py`.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60
MARGIN = 3 * DAY  # wall clocks differ from UTC by less, and folds repeat less
EPOCH_DATE = date(1970, 1, 1)

Ranges = list[tuple[int, int]]  # minutes of the local day; end <= start runs past midnight


@lru_cache(maxsize=100)
def readings(zone: str, first: int, last: int, tick: int) -> array[int]:
    """Return what the clock of a zone shows at each tick, in seconds since its own 1970."""
    tz, base, shown = ZoneInfo(zone), datetime(1970, 1, 1, tzinfo=UTC), array("q")
    for number in range(first, last):
        wall = (base + timedelta(seconds=number * tick)).astimezone(tz)
        days = wall.date().toordinal() - EPOCH_DATE.toordinal()
        shown.append(days * 86_400 + wall.hour * 3_600 + wall.minute * 60 + wall.second)
    return shown


class Window:
    """What the clock of each zone shows at every tick of [start, end), a margin around it.

    `start` and `end` count ticks since 1970 UTC; a tick lasts `tick` seconds. Readings are local
    seconds since 1970-01-01 00:00 local time.
    """

    def __init__(self, start: int, end: int, tick: int = 60) -> None:
        self.tick = tick
        self.start, self.end = start, end
        margin = MARGIN * 60 // tick
        self.first, self.last = start - margin, end + margin

    def readings(self, zone: str) -> array[int]:
        """Return the local reading at every tick, margin included."""
        return readings(zone, self.first, self.last, self.tick)

    def first_tick(self, zone: str, reading: int) -> int:
        """Return the first tick, counted from the margin's start, showing `reading` or later."""
        for i, shown in enumerate(self.readings(zone)):
            if shown >= reading:
                return i
        return self.last - self.first


@dataclass(kw_only=True)
class Plan:
    """The hours of one zone as the user wrote them.

    weeks: one or more weeks, each weekday (0-6) -> ranges, the first one holding `anchor`;
    dates: hours of single dates; holidays: closed dates; working: date -> weekday worked like;
    shortened: date -> minutes of its weekly hours that are cut off at the end;
    breaks: of single dates; weekly_breaks: weekday -> ranges.
    """

    zone: str
    weeks: list[dict[int, Ranges]]
    anchor: date = EPOCH_DATE
    dates: dict[date, Ranges] = field(default_factory=dict)
    holidays: set[date] = field(default_factory=set)
    working: dict[date, int] = field(default_factory=dict)
    shortened: dict[date, int] = field(default_factory=dict)
    breaks: dict[date, Ranges] = field(default_factory=dict)
    weekly_breaks: dict[int, Ranges] = field(default_factory=dict)


def today(ranges: Ranges) -> Ranges:
    """Return the parts of ranges before midnight."""
    return [(start, end if end > start else DAY) for start, end in ranges]


def tomorrow(ranges: Ranges) -> Ranges:
    """Return the parts of ranges after midnight, on the next date."""
    return [(0, end) for start, end in ranges if 0 < end <= start]


def week_of(plan: Plan, day: date) -> int:
    """Return which of the weeks holds a date; weeks begin on Monday."""
    monday = plan.anchor - timedelta(days=plan.anchor.weekday())
    return (day - monday).days // 7 % len(plan.weeks)


def within(ranges: Ranges) -> set[int]:
    """Return the minutes of the local day in ranges that do not pass midnight."""
    return {minute for start, end in ranges for minute in range(start, end)}


def weekly_minutes(plan: Plan, day: date, weekday: int) -> set[int]:
    """Return the minutes a weekday opens in the week of a date, its own breaks taken out."""
    week = week_of(plan, day)
    before = week if weekday else (week - 1) % len(plan.weeks)
    night = (weekday - 1) % 7
    hours = today(plan.weeks[week].get(weekday, [])) + tomorrow(plan.weeks[before].get(night, []))
    breaks = today(plan.weekly_breaks.get(weekday, [])) + tomorrow(
        plan.weekly_breaks.get(night, [])
    )
    return within(hours) - within(breaks)


def minutes_of(plan: Plan, day: date) -> Ranges:
    """Return the ranges of a date before breaks: own hours, then holidays, then the week."""
    night = tomorrow(plan.dates.get(day - timedelta(days=1), []))
    if day in plan.dates:
        return today(plan.dates[day]) + night
    if day in plan.holidays:
        return night
    worked = sorted(weekly_minutes(plan, day, plan.working.get(day, day.weekday())))
    kept = worked[: max(len(worked) - plan.shortened.get(day, 0), 0)]
    held = set(kept)
    starts = [minute for minute in kept if minute - 1 not in held]
    ends = [minute + 1 for minute in kept if minute + 1 not in held]
    return list(zip(starts, ends, strict=True)) + night


def breaks_of(plan: Plan, day: date) -> Ranges:
    """Return the breaks of a date, those from the night before included."""
    before = day - timedelta(days=1)
    found: Ranges = []
    for table, own, previous in (
        (plan.breaks, day, before),
        (plan.weekly_breaks, day.weekday(), before.weekday()),
    ):
        found += today(table.get(own, [])) + tomorrow(table.get(previous, []))  # type: ignore[attr-defined]
    return found


def plan_ticks(plan: Plan, window: Window) -> bytearray:
    """Return 1 for every open tick of a plan, margin included."""
    ticks = bytearray(window.last - window.first)
    shown = window.readings(plan.zone)
    first = EPOCH_DATE + timedelta(days=min(shown) // 86_400 - 1)
    last = EPOCH_DATE + timedelta(days=max(shown) // 86_400 + 1)
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for value, ranges_of in ((1, minutes_of), (0, breaks_of)):
        for day in dates:
            midnight = (day - EPOCH_DATE).days * 86_400
            for start, end in ranges_of(plan, day):
                low = window.first_tick(plan.zone, midnight + start * 60)
                high = window.first_tick(plan.zone, midnight + end * 60)
                for i in range(low, high):
                    ticks[i] = value
    return ticks


def all_ticks(plan: Plan | tuple, window: Window) -> bytearray:
    """Return 1 for every open tick, margin included, of a plan or of a combination of plans."""
    if isinstance(plan, Plan):
        return plan_ticks(plan, window)
    how, left, *rest = plan
    ticks = all_ticks(left, window)
    if how == "without":
        for start, end in rest[0]:
            for tick in range(max(start, window.first), min(end, window.last)):
                ticks[tick - window.first] = 0
        return ticks
    other = all_ticks(rest[-1], window)
    for i, mine in enumerate(ticks):
        match how:
            case "union":
                ticks[i] = mine or other[i]
            case "intersection":
                ticks[i] = mine and other[i]
            case "difference":
                ticks[i] = mine and not other[i]
            case "replaced":
                ticks[i] = mine if window.first + i < rest[0] else other[i]
    return ticks


def open_ticks(plan: Plan | tuple, window: Window) -> list[bool]:
    """Return whether each tick of the window is open, margin left out."""
    ticks = all_ticks(plan, window)[window.start - window.first : window.end - window.first]
    return [bool(tick) for tick in ticks]
