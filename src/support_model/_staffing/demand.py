"""How much work there is: a volume with its handle time, and the load it puts on a desk.

`Demand` is one volume with its handle time; a patience on it chooses Erlang A.
`offered_loads` follows a volume that changes faster than the work gets done.
"""

from __future__ import annotations

import math
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from support_model._checks import checked_load, checked_number, checked_positive, exact
from support_model._frozen import frozen
from support_model._time import micros_of
from support_model.errors import InvalidLoad, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from support_model._checks import Number


HOUR = timedelta(hours=1)


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

    Raises:
        InvalidLoad: a count or a variation that is negative or not finite.
        InvalidValue: a duration not above zero.

    Example:
        >>> Demand(count=120, per=HOUR, handle_time=timedelta(minutes=6)).load
        Fraction(12, 1)
    """

    count: Number
    per: timedelta
    handle_time: timedelta
    patience: timedelta | None = None
    variation: Number = 1

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        checked_load(self.count, "a count")
        checked_load(self.variation, "a variation")
        checked_positive(self.per, "a period")
        checked_positive(self.handle_time, "a handle time")
        if self.patience is not None:
            checked_positive(self.patience, "patience")

    @property
    def load(self) -> Fraction:
        """Offered load in erlangs, exactly."""
        return exact(self.count) * Fraction(micros_of(self.handle_time), micros_of(self.per))

    def scaled(self, *, volume: Number = 1, handle_time: Number = 1) -> Demand:
        """Return the demand with its volume and handle time multiplied.

        Growth by a tenth is `volume=1.1`, self-service that takes 40 % of contacts
        `volume=0.6`, training that saves a tenth of the time `handle_time=0.9`.

        Raises:
            InvalidLoad: a factor that is negative or not finite.
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

    Unlike handle times vary more together than each of them does, and `variation` says so.

    Raises:
        InvalidValue: nothing to pool, or patience on some and not on others.

    Example:
        >>> queue = Demand(count=20, per=HOUR, handle_time=timedelta(minutes=6))
        >>> pooled([queue] * 5).load
        Fraction(10, 1)
        >>> long = Demand(count=20, per=HOUR, handle_time=timedelta(minutes=18))
        >>> pooled([queue, long]).variation
        Fraction(3, 2)
    """
    if not demands:
        raise InvalidValue(demands, "nothing to pool", "give at least one demand")
    patient = [demand for demand in demands if demand.patience is None]
    if patient and len(patient) != len(demands):
        raise InvalidValue(demands, "some demands have patience and some have none")
    per = demands[0].per
    counts = [exact(d.count) * Fraction(micros_of(per), micros_of(d.per)) for d in demands]
    total = sum(counts, Fraction(0))

    def mean(times: Iterable[timedelta]) -> timedelta:
        parts = [micros_of(each) for each in times]
        if not total:
            return timedelta(microseconds=parts[0])
        weighted = sum(c * p for c, p in zip(counts, parts, strict=True))
        return timedelta(microseconds=round(weighted / total))

    whole = mean(d.handle_time for d in demands)
    squares = [micros_of(d.handle_time) ** 2 * (1 + exact(d.variation)) for d in demands]
    square = (
        sum((c * s for c, s in zip(counts, squares, strict=True)), Fraction(0)) / total
        if total
        else squares[0]
    )
    return Demand(
        count=total,
        per=per,
        handle_time=whole,
        patience=None if patient else mean(d.patience for d in demands if d.patience is not None),
        variation=max(square / micros_of(whole) ** 2 - 1, Fraction(0)),
    )


@frozen
class OfferedLoad:
    """The load of one interval: how many would be in service if agents were never short.

    Attributes:
        mean: over the interval, erlangs.
        end: at its end, erlangs.
    """

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

    Raises:
        InvalidLoad: a volume that is negative or not finite.
        InvalidValue: a duration not above zero.

    Example:
        >>> hour = timedelta(hours=1)
        >>> [round(x.end, 3) for x in offered_loads([60, 0], interval=hour, handle_time=hour)]
        [37.927, 13.953]
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

    Raises:
        InvalidLoad: a rate that is negative or not finite, or a service rate of zero.
        InvalidValue: an amplitude or instant that is not finite.

    Example:
        >>> round(sinusoidal_load(10, amplitude=0.4, frequency=0.5, service_rate=2, at=7), 4)
        4.7804
    """
    checked_load(mean_rate, "a rate")
    checked_number(amplitude, "an amplitude")
    checked_number(at, "an instant")
    if not checked_load(service_rate, "a rate"):
        raise InvalidLoad(service_rate, "a service rate must be above zero")
    ratio = checked_load(frequency, "a frequency") / service_rate
    swing = math.sin(frequency * at) - ratio * math.cos(frequency * at)
    return mean_rate / service_rate * (1 + amplitude * swing / (1 + ratio * ratio))
