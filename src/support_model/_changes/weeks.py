"""Weeks of a zone from Monday on, and the rhythm in which a desk works through them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from itertools import compress, pairwise
from operator import add
from typing import TYPE_CHECKING

from attrs import define

from support_model._time import instant_of_reading, local_date, offsets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

HOUR = 3_600_000_000
WEEK = timedelta(days=7)
HOURS = 168
ONE = 1024
"""The weight of an hour in which a desk works as it does on average."""
TICK_BITS = 10
"""A tick has 2 to this power of microseconds: sums of ages of all tickets fit into 64 bits."""
SHIFT = 20
"""By how many bits a product of microseconds and a weight is shifted to make ticks."""
LEAST = 16
"""The least weight: no hour is without any work."""


@define
class Weeks:
    """Weeks that follow each other.

    Attributes:
        tz: their zone.
        mondays: the first day of each.
        edges: where each begins, and where the last ends.
        end: what is known ends here, in the last week.
    """

    tz: ZoneInfo
    mondays: list[date]
    edges: list[int]
    end: int

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.mondays)

    def place(self, at: int) -> int:
        """Return the week of an instant; -1 before the first."""
        return bisect_right(self.edges, at) - 1


def monday_of(tz: ZoneInfo, at: int) -> date:
    """Return the Monday of the week of an instant."""
    day = date.fromordinal(local_date(tz, at))
    return day - timedelta(days=day.weekday())


def midnight(tz: ZoneInfo, day: date) -> int:
    """Return when a day begins."""
    return instant_of_reading(tz, day.toordinal(), 0)


def weeks_between(tz: ZoneInfo, start: int, end: int) -> Weeks:
    """Return the weeks from that of `start` to that of the last instant before `end`."""
    first, last = monday_of(tz, start), monday_of(tz, max(start, end - 1))
    mondays = [first + n * WEEK for n in range((last - first).days // 7 + 1)]
    edges = [midnight(tz, day) for day in [*mondays, last + WEEK]]
    return Weeks(tz, mondays, edges, end)


@define
class Slots:
    """The hours, or quarters of them, of some weeks, each with its hour of the week.

    Attributes:
        start: where the first begins.
        step: how long each is.
        hours: the hour of the local week that each is in.
    """

    start: int
    step: int
    hours: list[int]


def slots_of(weeks: Weeks) -> Slots:
    """Return the hours of some weeks; quarters of hours where a zone is not whole hours off."""
    start, end = weeks.edges[0], max(weeks.edges[-1], weeks.end) + HOUR
    changes = offsets(weeks.tz, start, end)
    whole = all(offset % HOUR == 0 for _, offset in changes)
    step = HOUR if whole else HOUR // 4
    start -= start % step
    hours: list[int] = []
    ends = [at for at, _ in changes[1:]] + [end]
    at = start
    for (_, offset), until in zip(changes, ends, strict=True):
        while at < until:  # 1970-01-01 was a Thursday
            hours.append(((at + offset) // HOUR + 72) % HOURS)
            at += step
    return Slots(start, step, hours)


def days_of(weeks: Weeks) -> list[int]:
    """Return where each day of some weeks begins, and where the last ends."""
    first = weeks.mondays[0]
    return [midnight(weeks.tz, first + timedelta(days=n)) for n in range(7 * weeks.size + 1)]


def days_off(weeks: Weeks, open_before: Callable[[int], int]) -> tuple[list[int], list[bool]]:
    """Return the days without open time of those days of the week that mostly have some.

    Args:
        weeks: where they are looked for; a day is the number of those before it.
        open_before: how much time of a calendar is open before an instant.

    Returns:
        The days, and which days of the week are mostly open.
    """
    opened = [open_before(b) - open_before(a) for a, b in pairwise(days_of(weeks))]
    works = [2 * sum(map(bool, opened[n::7])) > weeks.size for n in range(7)]
    return [n for n, own in enumerate(opened) if works[n % 7] and not own], works


def parts_that_come(
    weeks: Weeks, created: Sequence[int], off: Sequence[int], works: Sequence[bool]
) -> dict[str, list[float]]:
    """Return how much is to be expected in each week beside other weeks, with days off.

    Args:
        weeks: the weeks.
        created: when tickets came, in order.
        off: the days that are off; how many come on such a day is told by all of them together.
        works: which days of the week are mostly open.

    Returns:
        By part of the week, as tickets of days off are of the weekend, and of all under "".
    """
    days = days_of(weeks)
    known = bisect_right(days, weeks.end) - 1
    edges = [bisect_left(created, edge) for edge in days[: known + 1]]
    came = [after - before for before, after in pairwise(edges)]
    usual = [_mean_of(day, came, off) for day in range(7)]
    over = [n for n in off if n < known]
    part = min(1.0, (sum(came[n] for n in over) + 1) / (sum(usual[n % 7] for n in over) + 1))
    working = sum(compress(usual, works))
    lost = [0.0] * weeks.size
    for n in off:
        lost[n // 7] += usual[n % 7]
    left = [working - own for own in lost]
    weekend = [sum(usual) - working + part * own for own in lost]
    every = [*map(add, left, weekend)]
    return {"": every, "open": left, "evening/night": left, "weekend": weekend}


def _mean_of(weekday: int, came: Sequence[int], off: Sequence[int]) -> float:
    """Return how many usually come on a day of the week."""
    own = [came[n] for n in range(weekday, len(came), 7) if n not in off]
    return sum(own) / max(1, len(own))


def with_days_off(slots: Slots, weeks: Weeks, counts: Sequence[int], off: Sequence[int]) -> Slots:
    """Return hours in which a day off passes as the day of the week on which least is done.

    The day after it passes as that on which work begins again: what waited is done on both.

    Args:
        slots: the hours.
        weeks: that they are of.
        counts: how much is done in each hour of the week.
        off: the days that are off.
    """
    hours = list(slots.hours)
    by_day = [sum(counts[day * 24 : day * 24 + 24]) for day in range(7)]
    quiet = by_day.index(min(by_day))
    works = [14 * own >= sum(by_day) for own in by_day]  # half as much as on a usual day
    first = (quiet + [*works[quiet:], *works[:quiet]].index(True)) % 7 if any(works) else quiet
    like = {day + 1: first for day in off if works[(day + 1) % 7]} | dict.fromkeys(off, quiet)
    for day, edges in enumerate(pairwise(days_of(weeks))):
        begin, end = ((edge - slots.start) // slots.step for edge in edges)
        if day in like:
            hours[begin:end] = [24 * like[day] + hour % 24 for hour in hours[begin:end]]
    return Slots(slots.start, slots.step, hours)


@define
class Rhythm:
    """Time as a desk works: an hour in which more is done is longer.

    `at(end) - at(start)` is the length of a stretch, in ticks of an average hour.
    """

    start: int
    step: int
    sums: list[int]
    weights: list[int]

    def at(self, t: int) -> int:
        """Return the coordinate of an instant."""
        past = t - self.start
        if past < 0:
            return past >> TICK_BITS
        # after the weeks that are looked at, hours are average ones
        slot = min(past // self.step, len(self.weights) - 1)
        return self.sums[slot] + ((past - slot * self.step) * self.weights[slot] >> SHIFT)


def rhythm_of(slots: Slots, weights: Sequence[int]) -> Rhythm:
    """Return the coordinate that hours of the week with some weights make."""
    by_slot = [weights[hour] for hour in slots.hours]
    total, sums, step = 0, [], slots.step
    for weight in by_slot:
        sums.append(total)
        total += step * weight >> SHIFT
    sums.append(total)
    return Rhythm(slots.start, step, sums, [*by_slot, ONE])


def weights_of(counts: Sequence[int], prior: Sequence[int], strength: int) -> list[int]:
    """Return weights of the hours of the week, on average `ONE`, from counts and a prior.

    The prior is weights of average `ONE`; it counts as much as `strength` instants.
    """
    total = sum(counts) + strength
    if not total:
        return [ONE] * HOURS
    return [
        max(LEAST, (HOURS * ONE * count + strength * before) // total)
        for count, before in zip(counts, prior, strict=True)
    ]
