"""What a history says about volumes: a profile of the week, its spread, a safe quantile.

A `VolumeProfile` holds the mean of every weekday slot of a calendar, with the index of
dispersion that tells whether a Poisson model is honest; where it is not, staff for a
`volume_quantile`.
"""

from __future__ import annotations

import math
import warnings
from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

from support_model._checks import checked_load, checked_positive, checked_share
from support_model._frozen import frozen
from support_model._time import instant, micros, micros_of
from support_model.errors import InvalidValue, OverdispersedArrivals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from support_model._checks import Number
    from support_model.calendars import BusinessCalendar


MOST_DISPERSED = 1.3
DAY = 86_400_000_000
NEGLIGIBLE = 1e-18


@frozen(kw_only=True)
class VolumeQuantile:
    """A volume that is exceeded rarely enough.

    Attributes:
        count: the least whole number not exceeded with the probability asked.
        reached: the probability really reached.
        variance: of the count.
    """

    count: int
    reached: float
    variance: float


def volume_quantile(mean: Number, *, quantile: float, rate_cv: Number = 0) -> VolumeQuantile:
    """Return a quantile of a count whose rate itself varies from day to day.

    `rate_cv` is the coefficient of variation of the rate: 0 is Poisson, above it the count
    is negative binomial (a gamma-distributed rate).

    Source: G. Jongbloed, G. Koole 2001.

    Raises:
        InvalidLoad: a mean or variation that is negative or not finite.
        InvalidShare: a quantile outside [0, 1).

    Example:
        >>> volume_quantile(100, rate_cv=0.1, quantile=0.95).count
        124
    """
    average, cv = checked_load(mean, "a mean"), checked_load(rate_cv, "a coefficient of variation")
    checked_share(quantile, "a quantile")
    spread = average * cv * cv  # variance is mean * (1 + spread)

    def up(count: int) -> float:
        """Return weight(count + 1) / weight(count)."""
        return (average + count * spread) / ((1 + spread) * (count + 1))

    mode = max(0, math.floor(average - spread))
    below = [1.0]
    weight = 1.0
    for count in range(mode, 0, -1):
        weight /= up(count - 1)
        if weight < NEGLIGIBLE:
            break
        below.append(weight)
    first = mode - len(below) + 1
    weights = below[::-1]
    weight, count = 1.0, mode
    while weight > NEGLIGIBLE and average:
        weight *= up(count)
        count += 1
        weights.append(weight)
    total = math.fsum(weights)
    shares = list(accumulate(weight / total for weight in weights))
    place = min(bisect_left(shares, float(quantile)), len(shares) - 1)
    reached = min(1.0, shares[place])
    return VolumeQuantile(count=first + place, reached=reached, variance=average * (1 + spread))


@frozen(kw_only=True)
class WeekSlot:
    """What a history says about one slot of the week.

    Attributes:
        weekday: 0 is Monday.
        start: local time of day at which the slot begins.
        count: arrivals in all.
        exposure: open time in all, in lengths of a slot: 51.5 when one day was half open.
        mean: arrivals per fully open slot.
        dispersion: variance of the full slots over their mean; 1 for Poisson, None with
            fewer than two of them or no arrivals.
    """

    weekday: int
    start: timedelta
    count: int
    exposure: Fraction
    mean: float
    dispersion: float | None


@frozen(kw_only=True)
class VolumeProfile:
    """Volumes by slot of the week.

    Attributes:
        step: length of a slot.
        slots: those that were ever open, in the order of the week.
        outside: arrivals in the period at times that were not open.
        dispersion: index of dispersion over all slots (Pearson's chi-square over its degrees
            of freedom); 1 for Poisson arrivals, None when there is too little to tell.
    """

    step: timedelta
    slots: tuple[WeekSlot, ...]
    outside: int
    dispersion: float | None

    def volumes(self) -> tuple[float, ...]:
        """Mean arrivals of each slot, in the order of `slots`."""
        return tuple(slot.mean for slot in self.slots)


def volume_profile(
    arrivals: Iterable[datetime],
    calendar: BusinessCalendar,
    *,
    start: datetime,
    end: datetime,
    step: timedelta,
) -> VolumeProfile:
    """Return the mean volume of each slot of the week from a history in [start, end).

    Slots follow the calendar's own clock, so a change to summer time moves none of them;
    a slot that the clock skips has no exposure, one that it shows twice has double. Only
    open time counts as exposure: holidays do not thin a Monday. Arrivals outside the open
    hours are counted apart.

    Warns:
        OverdispersedArrivals: the counts vary more than Poisson arrivals would.

    Raises:
        InvalidValue: a step that does not divide a day, or an end before the start.
        NaiveDatetime: an instant without a zone.
    """
    width = micros_of(checked_positive(step, "a step"))
    if DAY % width:
        raise InvalidValue(step, "a step must divide a day", "say 15, 30 or 60 minutes")
    first, last = micros(start), micros(end)
    if last < first:
        raise InvalidValue(end, "the end must not come before the start")
    edges, keys = slot_edges(calendar, first, last, width)
    counts, outside = [0] * len(keys), 0
    turns = [turn for span in calendar.periods(start, end) for turn in span.edges]
    for arrival in arrivals:
        at = micros(arrival)
        if not first <= at < last:
            continue
        if bisect_right(turns, at) % 2:  # opened more often than closed
            counts[bisect_right(edges, at) - 1] += 1
        else:
            outside += 1
    opened = [calendar.timeline.open_before(edge) for edge in edges]
    table: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for k, key in enumerate(keys):
        if exposure := opened[k + 1] - opened[k]:
            table.setdefault(key, []).append((counts[k], exposure))
    all_slots = [slot_of(key, rows, width) for key, rows in sorted(table.items())]
    excess = math.fsum((slot.dispersion or 0.0) * freedom for slot, freedom in all_slots)
    known = sum(freedom for slot, freedom in all_slots if slot.dispersion is not None)
    dispersion = excess / known if known else None
    if dispersion is not None and dispersion > MOST_DISPERSED:
        warnings.warn(
            f"arrivals vary {dispersion:.2f} times as much as Poisson arrivals would;"
            " staff for a volume_quantile rather than the mean",
            OverdispersedArrivals,
            stacklevel=2,
        )
    slots = tuple(slot for slot, _ in all_slots)
    return VolumeProfile(step=step, slots=slots, outside=outside, dispersion=dispersion)


def slot_of(
    key: tuple[int, int], rows: Sequence[tuple[int, int]], width: int
) -> tuple[WeekSlot, int]:
    """Return one slot of the week from its (count, exposure) rows, and degrees of freedom."""
    count = sum(n for n, _ in rows)
    exposure = Fraction(sum(length for _, length in rows), width)
    full = [n for n, length in rows if length == width]
    freedom, total = len(full) - 1, sum(full)
    dispersion = None
    if freedom > 0 and total:
        mean = total / len(full)
        dispersion = math.fsum((n - mean) ** 2 for n in full) / freedom / mean
    slot = WeekSlot(
        weekday=key[0],
        start=timedelta(microseconds=key[1]),
        count=count,
        exposure=exposure,
        mean=float(count / exposure),
        dispersion=dispersion,
    )
    return slot, max(0, freedom)


def slot_edges(
    calendar: BusinessCalendar, first: int, last: int, width: int
) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the edges of all slots in [first, last), and (weekday, offset) of each slot."""
    day = instant(first, calendar.tz).date()
    edges, keys = [first], []
    key = (day.weekday(), 0)
    while edges[-1] < last:
        for offset in range(0, DAY, width):
            clock = f"{offset // 3_600_000_000:02d}:{offset // 60_000_000 % 60:02d}"
            at = micros(calendar.resolve(day, clock)) + offset % 60_000_000
            if at >= last:
                break
            if at > edges[-1]:
                edges.append(at)
                keys.append(key)
            key = (day.weekday(), offset)
        else:
            day += timedelta(days=1)
            continue
        break
    if edges[-1] < last:
        edges.append(last)
        keys.append(key)
    return edges, keys
