"""What a calendar opens in every week outside its dated parts, told without walking years.

A pattern lies on a cycle of local weeks: `outer` holds all that may be open, `inner` all that
surely is. Where both sides of a combination read one clock the result is exact, since reading a
clock keeps the order of its readings; between clocks the stretches are widened by all offsets
that the zones ever had. An empty outer side proves that the calendar never opens again, a full
inner side that it never closes; anything between proves nothing, and years are walked.
"""

from __future__ import annotations

from functools import cache
from math import lcm
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from support_model._calendar.timeline import YEAR
from support_model._frozen import frozen
from support_model._time import DAY, Edges, difference, intersection, offsets, union

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


WEEK = 7 * DAY
MOST = 6_000
"""A longer common cycle of weeks is seen as one week that holds all of them."""
ABSOLUTE = "absolute"


@frozen
class WeekPattern:
    """What a cycle of weeks may open and surely opens.

    Attributes:
        clock: the zone whose clock is read; empty where every clock says the same.
        weeks: how many weeks repeat, counted from the Monday that is date 1.
        outer: all that may be open, in microseconds of the cycle.
        inner: all that surely is.
    """

    clock: str
    weeks: int
    outer: tuple[Edges, ...]
    inner: tuple[Edges, ...]

    @property
    def level(self) -> int | None:
        """0 where it never opens, 1 where it never closes, None where that is not proven."""
        if not self.outer:
            return 0
        return 1 if self.inner == ((0, self.weeks * WEEK),) else None


LEVEL = (WeekPattern("", 1, (), ()), WeekPattern("", 1, ((0, WEEK),), ((0, WEEK),)))
"""Never open, and always."""


def of_days(clock: str, days: Sequence[Sequence[Edges]], first: int) -> WeekPattern:
    """Return the pattern of days that repeat, the first of them on the date `first`, a Monday."""
    weeks = len(days) // 7
    begin = (first - 1) // 7 % weeks * 7
    laid = (
        ((i + begin) % len(days) * DAY + opens, (i + begin) % len(days) * DAY + closes)
        for i, day in enumerate(days)
        for opens, closes in day
    )
    stretches = tuple(union(laid))
    level = WeekPattern(clock, weeks, stretches, stretches).level
    return WeekPattern(clock, weeks, stretches, stretches) if level is None else LEVEL[level]


def combined(
    operation: Literal["union", "intersection", "difference"],
    left: WeekPattern,
    right: WeekPattern,
) -> WeekPattern:
    """Return the pattern of two calendars combined."""
    if left.clock and right.clock and left.clock != right.clock:
        left, right = _absolute(left), _absolute(right)
    weeks = lcm(left.weeks, right.weeks)
    if weeks > MOST:
        left, right, weeks = _one_week(left), _one_week(right), 1
    a, b, c, d = (
        _tiled(side, pattern.weeks, weeks)
        for pattern in (left, right)
        for side in (pattern.outer, pattern.inner)
    )
    if operation == "union":
        outer, inner = union([*a, *c]), union([*b, *d])
    elif operation == "intersection":
        outer, inner = intersection(a, c), intersection(b, d)
    else:
        outer, inner = difference(a, d), difference(b, c)
    result = WeekPattern(left.clock or right.clock, weeks, tuple(outer), tuple(inner))
    return result if result.level is None else LEVEL[result.level]


def _tiled(side: Sequence[Edges], weeks: int, all_weeks: int) -> list[Edges]:
    return union(
        (start + at, end + at)
        for at in range(0, all_weeks * WEEK, weeks * WEEK)
        for start, end in side
    )


def _one_week(pattern: WeekPattern) -> WeekPattern:
    if pattern.weeks == 1:
        return pattern
    outer = _wrapped(pattern.outer, WEEK)
    inner: list[Edges] = [(0, WEEK)]
    for at in range(0, pattern.weeks * WEEK, WEEK):
        week = intersection(pattern.inner, [(at, at + WEEK)])
        inner = intersection(inner, [(start - at, end - at) for start, end in week])
    return WeekPattern(pattern.clock, 1, tuple(outer), tuple(inner))


def _absolute(pattern: WeekPattern) -> WeekPattern:
    """Return a pattern of one clock as one of absolute time, as far as offsets allow."""
    if pattern.clock == ABSOLUTE:
        return pattern
    low, high = _offsets(pattern.clock)
    cycle = pattern.weeks * WEEK
    outer = _wrapped(((a - high, b - low) for a, b in pattern.outer), cycle)
    inner = _wrapped(((a - low, b - high) for a, b in pattern.inner), cycle)
    return WeekPattern(ABSOLUTE, pattern.weeks, tuple(outer), tuple(inner))


def _wrapped(side: Iterable[Edges], cycle: int) -> list[Edges]:
    """Lay stretches of any place and length on a cycle."""
    laid = []
    for start, end in side:
        if end - start >= cycle:
            return [(0, cycle)]
        if start < end:
            at = start % cycle
            until = at + end - start
            laid += [(at, min(until, cycle)), (0, max(until - cycle, 0))]
    return union(laid)


@cache
def _offsets(clock: str) -> tuple[int, int]:
    """Return the least and the greatest offset that a clock ever has."""
    offsets_found = [
        by for _, by in offsets(ZoneInfo(clock), (1800 - 1970) * YEAR, (2103 - 1970) * YEAR)
    ]
    return min(offsets_found), max(offsets_found)
