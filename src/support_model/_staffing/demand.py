"""How much work there is: a volume with its handle time, its load, and what a history shows.

`Demand` is one volume with its handle time; a patience on it chooses Erlang A.
`offered_loads` follows a volume that changes faster than the work gets done.

A `VolumeProfile` holds the mean of every weekday slot of a calendar, with the index of
dispersion that shows whether a Poisson model is honest; where it is not, staff for a
`volume_quantile`.
"""

from __future__ import annotations

import math
import warnings
from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from attrs import field
from attrs.validators import optional

from support_model._checks import (
    checked_load,
    checked_number,
    checked_positive,
    checked_share,
    exact,
    valid,
)
from support_model._frozen import frozen
from support_model._hours import WEEKDAYS
from support_model._short_texts import fields_row, number_text, short_repr
from support_model._tables import pairs_html
from support_model._time import DAY, duration_text, instant, micros, micros_of
from support_model.errors import InvalidLoad, InvalidValue, OverdispersedArrivals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from support_model._checks import Number
    from support_model._time import Span
    from support_model.calendars import BusinessCalendar

HOUR = timedelta(hours=1)
MOST_DISPERSED = 1.3
NEGLIGIBLE = 1e-18


@frozen(kw_only=True)
class Demand:
    """A volume of work: so many contacts per period, each taking so long.

    Attributes:
        count: contacts in a period.
        per: the period.
        handle_time: mean handling time, wrap-up included.
        patience: mean time until somebody hangs up; None when everybody waits.
        variation: square of the standard deviation of handling times over their mean: 1 when
            they are exponential, more when short work and long are mixed. It stretches waits
            in a queue of patient people; where people hang up it hardly matters and is not used.

    Example:
        >>> Demand(count=120, per=HOUR, handle_time=timedelta(minutes=6)).load
        Fraction(12, 1)
    """

    count: Number = field(validator=valid(checked_load, "a count"))
    per: timedelta = field(validator=valid(checked_positive, "a period"))
    handle_time: timedelta = field(validator=valid(checked_positive, "a handle time"))
    patience: timedelta | None = field(
        default=None, validator=optional(valid(checked_positive, "patience"))
    )
    variation: Number = field(default=1, validator=valid(checked_load, "a variation"))

    @property
    def load(self) -> Fraction:
        """Offered load in erlangs, exactly."""
        return exact(self.count) * Fraction(micros_of(self.handle_time), micros_of(self.per))

    def scaled(self, *, volume: Number = 1, handle_time: Number = 1) -> Demand:
        """Return the demand with its volume and handle time multiplied.

        Growth by a tenth is `volume=1.1`, self-service that takes 40 % of contacts
        `volume=0.6`, training that saves a tenth of the time `handle_time=0.9`.

        Raises:
            InvalidValue: a handle time that becomes zero or longer than a timedelta holds.

        Example:
            >>> calls = Demand(count=100, per=HOUR, handle_time=timedelta(minutes=6))
            >>> calls.scaled(volume=0.6, handle_time=1.2).load
            Fraction(36, 5)
        """
        checked_load(volume, "a factor")
        checked_load(handle_time, "a factor")
        scaled_micros = round(micros_of(self.handle_time) * exact(handle_time))
        if scaled_micros > micros_of(timedelta.max):
            raise InvalidValue(handle_time, "a factor that no handle time survives")
        return Demand(
            count=exact(self.count) * exact(volume),
            per=self.per,
            handle_time=timedelta(microseconds=scaled_micros),
            patience=self.patience,
            variation=self.variation,
        )


def pooled(demands: Sequence[Demand]) -> Demand:
    """Return several demands served as one queue: volumes add, times are weighted means.

    Unlike handle times vary more together than each of them does, and `variation` shows it.

    Raises:
        InvalidValue: nothing to pool, or patience on some and not on others.
    """
    if not demands:
        raise InvalidValue(demands, "nothing to pool", "give at least one demand")
    patiences = [demand.patience for demand in demands if demand.patience is not None]
    if patiences and len(patiences) != len(demands):
        raise InvalidValue(demands, "some demands have patience and some have none")
    per = demands[0].per
    counts = [exact(d.count) * Fraction(micros_of(per), micros_of(d.per)) for d in demands]
    total = sum(counts, Fraction(0))

    def mean(amounts: Sequence[int | Fraction]) -> Fraction:
        if not total:
            return Fraction(amounts[0])
        return sum((c * a for c, a in zip(counts, amounts, strict=True)), Fraction(0)) / total

    times = [micros_of(demand.handle_time) for demand in demands]
    time = round(mean(times))
    square = mean([t * t * (1 + exact(d.variation)) for t, d in zip(times, demands, strict=True)])
    patience = round(mean([*map(micros_of, patiences)])) if patiences else None
    return Demand(
        count=total,
        per=per,
        handle_time=timedelta(microseconds=time),
        patience=None if patience is None else timedelta(microseconds=patience),
        variation=max(square / time**2 - 1, Fraction(0)),
    )


@frozen
class OfferedLoad:
    """The load in erlangs if agents were never short: mean over an interval, and at its end."""

    mean: float
    end: float


def offered_loads(
    volumes: Sequence[Number],
    *,
    interval: timedelta,
    handle_time: timedelta,
    volume_before: Number = 0,
) -> tuple[OfferedLoad, ...]:
    """Return the modified offered load of each interval: the infinite-server load in motion.

    `volumes` are arrivals per interval, constant within it; `volume_before` is the constant volume
    before the first. Where handling takes longer than an interval the load lags
    behind arrivals and its peak is lower. Handling times are exponential.

    Source: S. Eick, W. Massey, W. Whitt 1993.
    """
    checked_positive(handle_time, "a handle time")
    turns = checked_positive(interval, "an interval") / handle_time
    decay, settled = math.exp(-turns), -math.expm1(-turns)
    load = checked_load(volume_before, "a volume") / turns
    loads = []
    for volume in volumes:
        target = checked_load(volume, "a volume") / turns
        mean = target + (load - target) * settled / turns
        load = load * decay + target * settled
        loads.append(OfferedLoad(mean, load))
    return tuple(loads)


def sinusoidal_load(
    mean_rate: float, *, amplitude: float, frequency: float, service_rate: float, at: float
) -> float:
    """Return the infinite-server load under arrivals mean_rate * (1 + amplitude * sin(f t)).

    Rates are per unit of time and `frequency` in radians per unit; all of one unit. The
    closed form that `offered_loads` approaches with fine intervals.

    Source: S. Eick, W. Massey, W. Whitt 1993, equation 15.
    """
    checked_load(mean_rate, "a rate")
    checked_number(amplitude, "an amplitude")
    checked_number(at, "an instant")
    if not checked_load(service_rate, "a rate"):
        raise InvalidLoad(service_rate, "a service rate must be above zero")
    ratio = checked_load(frequency, "a frequency") / service_rate
    swing = math.sin(frequency * at) - ratio * math.cos(frequency * at)
    return mean_rate / service_rate * (1 + amplitude * swing / (1 + ratio * ratio))


@frozen(kw_only=True)
class VolumeQuantile:
    """The least count not exceeded with some probability, the one reached, the variance."""

    count: int
    reached: float
    variance: float


def volume_quantile(mean: Number, *, quantile: float, rate_cv: Number = 0) -> VolumeQuantile:
    """Return a quantile of a count whose rate itself varies from day to day.

    `rate_cv` is the coefficient of variation of the rate: 0 is Poisson, above it the count
    is negative binomial (a gamma-distributed rate).

    Source: G. Jongbloed, G. Koole 2001.

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
    """What a history shows of one slot of the week.

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

    __repr__ = short_repr
    row = fields_row

    def __str__(self) -> str:
        hours, minutes = divmod(self.start // timedelta(minutes=1), 60)
        day = WEEKDAYS[self.weekday % 7]
        return (
            f"{day} {hours:02d}:{minutes:02d}: {number_text(self.mean)} of {self.count:,} in all"
        )


@frozen(kw_only=True)
class VolumeProfile:
    """Volumes by slot of the week.

    Attributes:
        step: length of a slot.
        slots: those that were ever open, in the order of the week.
        outside: arrivals in the period at times that were not open.
        dispersion: index of dispersion over all slots (Pearson's chi-square over its degrees
            of freedom); 1 for Poisson arrivals, None when there is too little of them.
    """

    step: timedelta
    slots: tuple[WeekSlot, ...]
    outside: int
    dispersion: float | None

    __repr__ = short_repr

    def __str__(self) -> str:
        spread = "" if self.dispersion is None else f", dispersion {self.dispersion:.3g}"
        count = sum(slot.count for slot in self.slots)
        length = duration_text(self.step)
        return f"{count:,} arrivals in {len(self.slots):,} slots of {length}{spread}"

    def _repr_html_(self) -> str:
        busiest = max(self.slots, key=lambda slot: slot.mean, default=None)
        rows = [
            ("arrivals", f"{sum(slot.count for slot in self.slots):,}"),
            ("slots of the week", f"{len(self.slots):,} of {duration_text(self.step)}"),
            ("busiest slot", "" if busiest is None else str(busiest)),
            ("dispersion", number_text(self.dispersion)),
            ("arrivals outside open time", f"{self.outside:,}"),
        ]
        return pairs_html("volume profile", rows)

    def rows(self) -> list[dict[str, Any]]:
        """Return each slot as a row of plain values, in the order of the week."""
        return [slot.row() for slot in self.slots]

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
        raise InvalidValue(step, "a step must divide a day", "give 15, 30 or 60 minutes")
    first, last = micros(start), micros(end)
    if last < first:
        raise InvalidValue(end, "the end must not come before the start")
    edges, keys = slot_edges(calendar, first, last, width)
    instants = [at for at in map(micros, arrivals) if first <= at < last]
    counts = open_counts(instants, calendar.periods(start, end), edges)
    opened = [calendar.timeline.open_before(edge) for edge in edges]
    table: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for key, count, (low, high) in zip(keys, counts, pairwise(opened), strict=True):
        if high > low:
            table.setdefault(key, []).append((count, high - low))
    slots = [slot_of(key, rows, width) for key, rows in sorted(table.items())]
    dispersion = overall_dispersion(slots)
    if dispersion is not None and dispersion > MOST_DISPERSED:
        warnings.warn(
            f"arrivals vary {dispersion:.2f} times as much as Poisson arrivals would;"
            " staff for a volume_quantile rather than the mean",
            OverdispersedArrivals,
            stacklevel=2,
        )
    return VolumeProfile(
        step=step,
        slots=tuple(slot for slot, _ in slots),
        outside=len(instants) - sum(counts),
        dispersion=dispersion,
    )


def open_counts(
    instants: Sequence[int], periods: Iterable[Span], edges: Sequence[int]
) -> list[int]:
    """Return how many instants of open time lie between each two edges."""
    turns = [turn for span in periods for turn in span.edges]
    counts = [0] * (len(edges) - 1)
    for at in instants:
        if bisect_right(turns, at) % 2:  # opened more often than closed
            counts[bisect_right(edges, at) - 1] += 1
    return counts


def overall_dispersion(slots: Sequence[tuple[WeekSlot, int]]) -> float | None:
    """Return the mean dispersion of slots, weighted by their degrees of freedom."""
    known = [(slot.dispersion, freedom) for slot, freedom in slots if slot.dispersion is not None]
    total = sum(freedom for _, freedom in known)
    return math.fsum(value * freedom for value, freedom in known) / total if total else None


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
    offset = 0
    while edges[-1] < last:
        clock = f"{offset // 3_600_000_000:02d}:{offset // 60_000_000 % 60:02d}"
        at = min(last, micros(calendar.resolve(day, clock)) + offset % 60_000_000)
        if at > edges[-1]:
            edges.append(at)
            keys.append(key)
        key = (day.weekday(), offset)
        offset += width
        if offset == DAY:
            day, offset = day + timedelta(days=1), 0
    return edges, keys
