"""Times that have not ended yet: Kaplan-Meier, log-rank and competing ends.

An open ticket is not missing: it is known to have lasted so long. Each subject has a duration
and whether its end was seen; who enters late is at risk only from then on. Ends precede
censorings at the same time, and durations of zero count.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from fractions import Fraction
from itertools import accumulate, compress, groupby
from math import exp, log, sqrt
from operator import gt
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from attrs import evolve, field

from support_model._checks import check_level, check_numbers
from support_model._frozen import frozen
from support_model._short_texts import (
    bounds_text,
    few_names,
    fields_html,
    fields_row,
    number_text,
    p_text,
    plain_in_short,
    share_text,
    short_repr,
)
from support_model._statistics.probability import chi_square_sf, critical_value
from support_model._tables import pairs_html
from support_model._time import MICROSECOND, duration_text
from support_model.errors import InvalidShare, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence


Cause = TypeVar("Cause", bound="Hashable")
_SECOND = 10**6
SLACK = 1e-12
"""S(t) is a product of floats, and S(t) <= 1 - q has to hold where it is equal."""


def _pairs(given: Iterable[Any]) -> tuple[tuple[Any, ...], ...]:
    """Return rows as tuples; those that are tuples already are not looked into."""
    rows = tuple(given)
    return rows if {*map(type, rows)} <= {tuple} else tuple(tuple(row) for row in rows)


@frozen(kw_only=True)
class Survival:
    """The Kaplan-Meier estimate: a step function that falls at `times`.

    Attributes:
        n: subjects.
        events: how many ends were seen; the rest is censored.
        times: when ends were seen, ascending.
        survival: share still running after each of them.
        low: lower bounds by Greenwood's variance on the log-log scale; None where S is 0.
        high: upper bounds, likewise.
        last: the longest duration, beyond which nothing is known; None for n = 0.
        level: confidence level of the bounds.
        lasted: (duration, how many lasted no longer), of ended and open ones, ascending.
        entered: (time, how many were watched from before it or then), ascending; empty if all
            were from the start.
        key: stable name of what ends.
        unit: of the times: "microseconds", or None for whatever they were given in.
    """

    n: int
    events: int
    times: tuple[float, ...]
    survival: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    last: float | None
    level: float
    lasted: tuple[tuple[float, int], ...] = field(converter=_pairs)
    entered: tuple[tuple[float, int], ...] = field(default=(), converter=_pairs)
    key: str = "survival"
    unit: Literal["microseconds"] | None = None

    __repr__ = short_repr

    def row(self) -> dict[str, Any]:
        """Return the curve as one row of plain values: the median and its bounds.

        They are in seconds where the unit of the times is known, else as they were given.
        """
        scale = 1 if self.unit is None else _SECOND
        times = (self.quantile(0.5), *self.interval(0.5))
        value, low, high = (None if time is None else time / scale for time in times)
        return {
            "key": self.key,
            "clock": None if self.unit is None else "calendar",
            "statistic": "median",
            "unit": None if self.unit is None else "seconds",
            "n": self.n,
            "value": value,
            "low": low,
            "high": high,
            "excluded": {},
            "definition": "time by which half have ended, by Kaplan and Meier",
        }

    def _time(self, time: float | None) -> str:
        """Return a time in words: a length where the unit is known."""
        if time is None:
            return "unknown"
        if self.unit is None:
            return number_text(time)
        return duration_text(round(time / _SECOND) * _SECOND * MICROSECOND)

    def __str__(self) -> str:
        times = (self.quantile(0.5), *self.interval(0.5))
        median, low, high = map(self._time, times)
        ended = f"{self.events:,} ended of {self.n:,}"
        return f"{plain_in_short(self.key, 60)}: median {median} ({low} to {high}), {ended}"

    def _repr_html_(self) -> str:
        low, high = map(self._time, self.interval(0.5))
        rows = [
            ("median", self._time(self.quantile(0.5))),
            ("interval", f"{low} to {high} (level {self.level:g})"),
            ("90 % have ended by", self._time(self.quantile(0.9))),
            ("longest seen", self._time(self.last)),
            ("ended", f"{self.events:,}"),
            ("how many", f"{self.n:,}"),
        ]
        return pairs_html(self.key, rows)

    def at_risk(self, t: float) -> int:
        """Return how many were watched at t and had not ended or been lost before it."""
        if not self.entered:
            return self.n - _before(self.lasted, t)
        if t == 0:  # who is watched from the start is at risk there
            place = bisect_right(self.entered, 0.0, key=lambda row: row[0])
            return self.entered[place - 1][1] if place else 0
        return _before(self.entered, t) - _before(self.lasted, t)

    def outlasted_by(self, n: int) -> float:
        """Return the longest time that at least n subjects lasted.

        Raises:
            InvalidValue: n below 1, or more than there are.

        Example:
            >>> kaplan_meier([2, 3, 5, 8], [True, False, True, True]).outlasted_by(2)
            5
        """
        if not 1 <= n <= self.n:
            raise InvalidValue(n, "no such number of subjects", f"give 1 to {self.n}")
        place = bisect_right(self.lasted, self.n - n, key=lambda row: row[1])
        return self.lasted[place][0]

    def at(self, t: float) -> float | None:
        """Return S(t), the share that lasts longer than t; None where it is not known."""
        place = bisect_right(self.times, t)
        value = self.survival[place - 1] if place else 1.0
        unknown = self.last is None or (t > self.last and value > 0)
        return None if unknown else value

    def bounds(self, t: float) -> tuple[float | None, float | None]:
        """Return the bounds of S(t); None where S(t) is 1, 0 or unknown."""
        place = bisect_right(self.times, t)
        if not place or self.at(t) is None:
            return None, None
        return self.low[place - 1], self.high[place - 1]

    def quantile(self, q: float) -> float | None:
        """Return the first time at which at least a share q has ended; None if not reached.

        The share is read as the decimal it is written as.

        Raises:
            InvalidShare: q outside (0, 1).
        """
        return self._first(self.survival, q)

    def interval(self, q: float) -> tuple[float | None, float | None]:
        """Return the bounds of a quantile: where the bounds of S cross it.

        Raises:
            InvalidShare: q outside (0, 1).
        """
        return self._first(self.low, q), self._first(self.high, q)

    def _first(self, curve: Sequence[float | None], q: float) -> float | None:
        rest = _left_of(q)
        crossed = (
            t for t, s in zip(self.times, curve, strict=True) if s is not None and s <= rest
        )
        return next(crossed, None)


def _before(rows: tuple[tuple[float, int], ...], t: float) -> int:
    """Return how many of some counted times lie before one."""
    place = bisect_left(rows, t, key=lambda row: row[0])
    return rows[place - 1][1] if place else 0


def _cumulated(times: Mapping[float, int]) -> tuple[tuple[float, int], ...]:
    ordered = sorted(times.items())
    through = accumulate(n for _, n in ordered)
    return tuple([(t, n) for (t, _), n in zip(ordered, through, strict=True)])


def _table(
    durations: Sequence[float], causes: Sequence[Cause | None], entry: Sequence[float] | None
) -> Iterator[tuple[float, int, Counter[Cause]]]:
    """Yield each time with ends: (t, how many are at risk, ends by cause)."""
    _check_columns(durations, causes, durations if entry is None else entry)
    entries = [float("-inf")] * len(durations) if entry is None else list(entry)
    ends: dict[float, Counter[Cause]] = {}
    for t, cause in zip(durations, causes, strict=True):
        if cause is not None:
            ends.setdefault(t, Counter())[cause] += 1
    leaving, entering = sorted(durations), sorted(entries)
    # a subject of zero duration entered and left at once: it is at risk at its end
    at_once = Counter(b for a, b in zip(entries, durations, strict=True) if a == b)
    left = entered = 0
    for t in sorted(ends):
        while left < len(leaving) and leaving[left] < t:
            left += 1
        while entered < len(entering) and entering[entered] < t:
            entered += 1
        yield t, entered - left + at_once[t], ends[t]


def _check_columns(
    durations: Sequence[float], causes: Sequence[object], entries: Sequence[float]
) -> None:
    if not len(durations) == len(causes) == len(entries):
        raise InvalidValue(len(durations), "columns of different length", "one entry a subject")
    check_numbers(durations)
    if entries is not durations:
        check_numbers(entries)
    if any(map(gt, entries, durations)) or min(durations, default=0) < 0:
        rows = zip(entries, durations, strict=True)
        odd = next((start, end) for start, end in rows if end < 0 or start > end)
        raise InvalidValue(odd, "ends before it begins", "leave such rows out")


def _causes(names: Sequence[Cause], observed: Sequence[bool]) -> list[Cause | None]:
    return [name if seen else None for name, seen in zip(names, observed, strict=True)]


def kaplan_meier(
    durations: Sequence[float],
    observed: Sequence[bool],
    *,
    entry: Sequence[float] | None = None,
    level: float = 0.95,
) -> Survival:
    """Return how many still run after each time, taking the open ones for what they are.

    Args:
        durations: how long each lasted, or has lasted so far, in any unit.
        observed: whether it ended then; False where it still runs.
        entry: since when each was watched, on the same scale; at risk are entry < t <= duration,
            and at 0 those watched from the start.
        level: confidence level of the bounds.

    Raises:
        InvalidValue: columns of different length, a negative duration, an entry after the end,
            or a time that is no finite number.
        InvalidShare: a level outside (0, 1).

    Source: Kaplan and Meier (1958); Greenwood (1926); Kalbfleisch and Prentice (2002), 1.4.

    Example:
        >>> curve = kaplan_meier([2, 3, 5, 8], [True, False, True, True])
        >>> curve.at(5), curve.quantile(0.5), curve.at_risk(5)
        (0.375, 5, 2)
    """
    check_level(level)
    if entry is None:
        _check_columns(durations, observed, durations)
        ended, lasted = Counter(compress(durations, observed)), _cumulated(Counter(durations))
        return _curve(_at_risk(ended, lasted), lasted, (), level)
    _check_columns(durations, observed, entry)
    rows = _watched(durations, observed, entry)
    return _curve(rows, _cumulated(Counter(durations)), _cumulated(Counter(entry)), level)


def _at_risk(
    ended: Mapping[float, int], lasted: tuple[tuple[float, int], ...]
) -> Iterator[tuple[float, int, int]]:
    """Yield each time with ends, how many were watched from the start and then, how many ended."""
    n, left = lasted[-1][1] if lasted else 0, 0
    for t, through in lasted:
        died = ended.get(t)
        if died:
            yield t, n - left, died
        left = through


def kaplan_meier_of_counts(
    ended: Mapping[float, int], running: Mapping[float, int], *, level: float = 0.95
) -> Survival:
    """Return the Kaplan-Meier estimate of times that are counted: (time, how many) each.

    It takes as long as there are times, however many subjects share them.
    """
    check_level(level)
    for t, n in (*ended.items(), *running.items()):
        check_numbers((t, n))
        if not isinstance(n, int) or t < 0 or n < 0:
            raise InvalidValue((t, n), "no time and count", "give a time and an int, 0 or more")
    lasted = _cumulated(Counter(ended) + Counter(running))
    return _curve(_at_risk(ended, lasted), lasted, (), level)


def _width(value: float, spread: float, z: float) -> float:
    """Return how far the bounds of a share are from it on the log-log scale."""
    return z * sqrt(spread) / -log(value)


@frozen
class LifeQuantile:
    """By when a share of lives have ended, open ones counted.

    Attributes:
        n: how many lives.
        events: how many of them ended.
        value: the time by which the share has ended; None if that is not reached.
        low: the lower bound of it; None where there is none.
        high: the upper bound.
    """

    n: int
    events: int
    value: float | None
    low: float | None
    high: float | None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        value = "not reached" if self.value is None else number_text(self.value)
        ended = f"{self.events:,} ended of {self.n:,}"
        return f"{value}{bounds_text((self.low, self.high))}, {ended}"


def life_quantile(
    durations: Sequence[float],
    observed: Sequence[bool],
    entry: Sequence[float],
    *,
    q: float = 0.5,
    level: float = 0.95,
) -> LifeQuantile:
    """Return a quantile of `kaplan_meier` without its curve: many times sooner.

    Args:
        durations: how long each lasted, or has lasted so far, in any unit.
        observed: whether it ended then.
        entry: since when each was watched.
        q: the share, in (0, 1).
        level: confidence level of the bounds.

    Raises:
        InvalidValue: columns of different length, a negative duration, an entry after the end.
        InvalidShare: a share or level outside (0, 1).

    Example:
        >>> life_quantile([2, 3, 5, 8], [True, False, True, True], [0, 0, 0, 0]).value
        5
    """
    check_level(level)
    rest = _left_of(q)
    _check_columns(durations, observed, entry)
    ends = _watched(durations, observed, entry)
    crossed = _crossed(ends, rest, critical_value(level))
    return LifeQuantile(len(durations), sum(observed), *crossed)


def _crossed(
    ends: Iterable[tuple[float, int, int]], rest: float, z: float
) -> tuple[float | None, float | None, float | None]:
    """Return when the share that is left, its lower and its upper bound fall to a share."""
    value, spread, near = 1.0, 0.0, rest * (1 + SLACK)
    at = low = high = None
    for t, at_risk, died in ends:
        value = 0.0 if died == at_risk else value * (at_risk - died) / at_risk
        if not value:  # it has no bounds, and never will again
            return t if at is None else at, low, high
        spread += died / (at_risk * (at_risk - died))
        if at is None and value <= rest:
            at = t
        if low is None and value ** exp(_width(value, spread, z)) <= rest:
            low = t
        # the upper bound is above the value: it is not asked for while that is
        if value <= near and value ** exp(-_width(value, spread, z)) <= rest:
            return at, low, t
    return at, low, high


def life_quantiles(
    durations: Sequence[float],
    observed: Sequence[bool],
    qs: Sequence[float],
    *,
    level: float = 0.95,
) -> tuple[LifeQuantile, ...]:
    """Return quantiles of `kaplan_meier` of lives that were watched from their start.

    The curve of many lives takes much memory; here no more is held than the lives in order.

    Args:
        durations: how long each lasted, or has lasted so far, in any unit.
        observed: whether it ended then.
        qs: the shares, each in (0, 1).
        level: confidence level of the bounds.

    Raises:
        InvalidValue: columns of different length, a negative duration, or no finite number.
        InvalidShare: a share or level outside (0, 1).

    Example:
        >>> half, most = life_quantiles([2, 3, 5, 8], [True, False, True, True], [0.5, 0.9])
        >>> half.value, most.value
        (5, 8)
    """
    check_level(level)
    rests = [_left_of(q) for q in qs]
    _check_columns(durations, observed, durations)
    times = _times_left(_from_start(durations, observed), rests, critical_value(level))
    n, ended = len(durations), sum(observed)
    return tuple(LifeQuantile(n, ended, *own) for own in zip(*times, strict=True))


def _from_start(
    durations: Sequence[float], observed: Sequence[bool]
) -> Iterator[tuple[float, int, int]]:
    """Yield each time with ends, how many lasted until then, and how many ended."""
    leaving, left = sorted(durations), 0
    for t, own in groupby(sorted(compress(durations, observed))):
        left = bisect_left(leaving, t, left)
        yield t, len(leaving) - left, sum(1 for _ in own)


def _times_left(
    ends: Iterable[tuple[float, int, int]], rests: Sequence[float], z: float
) -> list[list[float | None]]:
    """Return when the share that is left, its lower and its upper bound fall to some shares."""
    found: list[list[float | None]] = [[None] * len(rests) for _ in range(3)]
    # the largest share is the first one to be reached
    sought = [sorted(range(len(rests)), key=rests.__getitem__) for _ in found]
    for t, _, *level in _levels(ends, z):
        for curve, places, times in zip(level, sought, found, strict=True):
            while places and curve is not None and curve <= rests[places[-1]]:
                times[places.pop()] = t
        if not any(sought):
            break
    return found


def _levels(
    ends: Iterable[tuple[float, int, int]], z: float
) -> Iterator[tuple[float, int, float, float | None, float | None]]:
    """Yield each time with ends, how many ended, the share that is left then, and its bounds."""
    value, spread = 1.0, 0.0
    for t, at_risk, died in ends:
        value = 0.0 if died == at_risk else value * (at_risk - died) / at_risk
        low = high = None
        if value > 0:
            spread += died / (at_risk * (at_risk - died))
            width = _width(value, spread, z)
            low, high = value ** exp(width), value ** exp(-width)
        yield t, died, value, low, high


@frozen
class LifeShare:
    """Which share of lives have ended by the longest time watched, open ones counted.

    Attributes:
        n: how many lives.
        events: how many of them ended.
        value: the share; None of no lives.
        low: the lower bound of it; None where none or all have ended.
        high: the upper bound.
    """

    n: int
    events: int
    value: float | None
    low: float | None
    high: float | None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        bounds = bounds_text((self.low, self.high), share_text)
        return f"{share_text(self.value)}{bounds}, {self.events:,} ended of {self.n:,}"


def life_share(
    durations: Sequence[float],
    observed: Sequence[bool],
    entry: Sequence[float],
    *,
    level: float = 0.95,
) -> LifeShare:
    """Return the share that has ended at the end of `kaplan_meier`, without its curve.

    Args:
        durations: how long each lasted, or has lasted so far, in any unit.
        observed: whether it ended then.
        entry: since when each was watched.
        level: confidence level of the bounds.

    Raises:
        InvalidValue: columns of different length, a negative duration, an entry after the end.
        InvalidShare: a level outside (0, 1).

    Example:
        >>> life_share([2, 3, 5, 8], [True, False, True, False], [0, 0, 0, 0]).value
        0.625
    """
    check_level(level)
    _check_columns(durations, observed, entry)
    value, spread = 1.0, 0.0
    for _, at_risk, died in _watched(durations, observed, entry):
        value = 0.0 if died == at_risk else value * (at_risk - died) / at_risk
        if value:
            spread += died / (at_risk * (at_risk - died))
    low = high = None
    if spread and value:
        width = _width(value, spread, critical_value(level))
        low, high = 1 - value ** exp(-width), 1 - value ** exp(width)
    share = 1 - value if len(durations) else None
    return LifeShare(len(durations), sum(observed), share, low, high)


def _watched(
    durations: Sequence[float], observed: Sequence[bool], entry: Sequence[float]
) -> Iterator[tuple[float, int, int]]:
    """Yield each time with ends, how many were watched until then, and how many ended."""
    ended = Counter(compress(durations, observed))
    leaving, entering = sorted(durations), sorted(entry)
    at_once = Counter(b for a, b in zip(entry, durations, strict=True) if a == b)
    left = entered = 0
    for t in sorted(ended):
        left = bisect_left(leaving, t, left)
        entered = bisect_left(entering, t, entered)
        # who is watched from the start is at risk at 0, where some may end
        at_risk = entered - left + at_once[t] if t else bisect_right(entering, 0)
        yield t, at_risk, ended[t]


def _left_of(q: float) -> float:
    """Return the share that is left where a share q has ended, with slack for rounding."""
    if not 0 < q < 1:
        raise InvalidShare(q, "a quantile is inside (0, 1)", "the median is 0.5")
    return float(1 - Fraction(str(q))) + SLACK


def _curve(
    ends: Iterable[tuple[float, int, int]],
    lasted: tuple[tuple[float, int], ...],
    entered: tuple[tuple[float, int], ...],
    level: float,
) -> Survival:
    """Return the curve of (time, at risk, ended then), in order of time."""
    events, z = 0, critical_value(level)
    times, survival = list[float](), list[float]()
    lows, highs = list[float | None](), list[float | None]()
    for t, died, value, low, high in _levels(ends, z):
        events += died
        times.append(t)
        survival.append(value)
        lows.append(low)
        highs.append(high)
    return Survival(
        n=lasted[-1][1] if lasted else 0,
        events=events,
        times=tuple(times),
        survival=tuple(survival),
        low=tuple(lows),
        high=tuple(highs),
        last=lasted[-1][0] if lasted else None,
        level=level,
        lasted=lasted,
        entered=entered,
    )


@frozen(kw_only=True)
class LogRank:
    """Whether groups end at the same rates: the log-rank test.

    Attributes:
        observed: ends seen by group.
        expected: ends that equal rates would have given.
        df: degrees of freedom, groups - 1.
        statistic: chi-square; None without ends, with one group, or nothing to compare.
        p: its p-value.
        undefined: why there is none: "one_group" or "nothing_to_compare"; else None.
    """

    observed: Mapping[str, int]
    expected: Mapping[str, float]
    df: int
    statistic: float | None = None
    p: float | None = None
    undefined: str | None = None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        groups = f"{len(self.observed):,} groups"
        if self.statistic is None:
            return f"log-rank of {groups}: not defined, {self.undefined}".replace("_", " ")
        test = f"chi-square {self.statistic:,.4g} with {self.df} degrees of freedom"
        return f"log-rank of {groups}: {test}, {p_text(self.p)}"


def logrank(
    durations: Sequence[float], observed: Sequence[bool], groups: Sequence[str]
) -> LogRank:
    """Return the log-rank test of two or more groups, hypergeometric variance, no correction.

    Raises:
        InvalidValue: columns of different length, or a duration that is negative or not finite.

    Source: Mantel (1966); Peto and Peto (1972).

    Example:
        >>> test = logrank([1, 2, 3, 4], [True] * 4, ["a", "a", "b", "b"])
        >>> round(test.statistic, 3), round(test.p, 3)
        (2.882, 0.09)
    """
    if len(groups) != len(durations):
        raise InvalidValue(len(groups), "columns of different length", "one entry a subject")
    check_numbers(durations)
    lasted: dict[str, list[float]] = {name: [] for name in sorted(set(groups))}
    for t, name in sorted(zip(durations, groups, strict=True)):
        lasted[name].append(t)
    causes = _causes(groups, observed)
    seen = dict.fromkeys(lasted, 0)
    expected = dict.fromkeys(lasted, 0.0)
    variance = [[0.0] * len(lasted) for _ in lasted]
    for t, at_risk, ends in _table(durations, causes, None):
        died = ends.total()
        shares = {name: _share_from(lasted[name], t, at_risk) for name in lasted}
        for name, share in shares.items():
            seen[name] += ends[name]
            expected[name] += died * share
        if at_risk > 1:
            spread = died * (at_risk - died) / (at_risk - 1)
            _add_variance(variance, [*shares.values()], spread)
    test = LogRank(observed=seen, expected=expected, df=len(lasted) - 1)
    statistic = _chi_square([seen[name] - expected[name] for name in lasted], variance)
    if statistic is None:
        return evolve(test, undefined="one_group" if test.df < 1 else "nothing_to_compare")
    return evolve(test, statistic=statistic, p=chi_square_sf(statistic, test.df))


def _share_from(lasted: Sequence[float], t: float, at_risk: int) -> float:
    """Return the share of all at risk at t that these are, given how long each lasted."""
    return (len(lasted) - bisect_left(lasted, t)) / at_risk


def _add_variance(variance: list[list[float]], shares: Sequence[float], spread: float) -> None:
    """Add what the ends of one time vary by, hypergeometric, between the groups at risk."""
    for i, share in enumerate(shares):
        for j, other in enumerate(shares):
            variance[i][j] += spread * share * ((i == j) - other)


def _chi_square(excess: list[float], variance: list[list[float]]) -> float | None:
    """Return the statistic of all groups but the last, which follows from them."""
    solved = _solve([row[:-1] for row in variance[:-1]], excess[:-1])
    if not solved:
        return None
    return max(sum(a * b for a, b in zip(excess, solved, strict=False)), 0.0)


def _solve(matrix: list[list[float]], right: list[float]) -> list[float] | None:
    """Solve a symmetric positive system by elimination; None where it is singular or empty."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    scale = max((row[i] for i, row in enumerate(matrix)), default=0.0)
    for i in range(size):
        pivot = max(range(i, size), key=lambda j: abs(rows[j][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if abs(rows[i][i]) <= SLACK * scale:
            return None
        for j in range(size):
            if j != i:
                factor = rows[j][i] / rows[i][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[-1] / row[i] for i, row in enumerate(rows)] if rows else None


@frozen(kw_only=True)
class Incidence:
    """How many have ended by each time, by cause: they and the survivors add up to 1.

    Attributes:
        times: when ends were seen, ascending.
        incidence: by cause, the share that had ended of it after each time.
        survival: the share still running after each time.
        last: the longest duration, beyond which nothing is known; None for n = 0.
    """

    times: tuple[float, ...]
    incidence: Mapping[str, tuple[float, ...]]
    survival: tuple[float, ...]
    last: float | None

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        if not self.times:
            return "incidence: no ends"
        last = {cause: curve[-1] for cause, curve in self.incidence.items()}
        shares = sorted(last, key=lambda cause: -last[cause])
        told = few_names((f"{cause} {share_text(last[cause])}" for cause in shares), len(last))
        return f"incidence: {told}, running {share_text(self.survival[-1])}"

    def at(self, t: float) -> tuple[Mapping[str, float], float] | None:
        """Return (shares ended by cause, share still running) at t; None if not known."""
        place = bisect_right(self.times, t)
        value = self.survival[place - 1] if place else 1.0
        if self.last is None or (t > self.last and value > 0):
            return None
        ended = {
            cause: curve[place - 1] if place else 0.0 for cause, curve in self.incidence.items()
        }
        return ended, value


def aalen_johansen(durations: Sequence[float], causes: Sequence[str | None]) -> Incidence:
    """Return the cumulative incidence of each cause of an end; None is still running.

    Solved, merged and spam compete: Kaplan-Meier of one of them alone would count the others
    as still to come and overstate it. Ties are exact.

    Raises:
        InvalidValue: columns of different length, or a duration that is negative or not finite.

    Source: Aalen and Johansen (1978).

    Example:
        >>> ends = aalen_johansen([1, 2, 3, 4], ["solved", "spam", "solved", None])
        >>> ends.at(3)
        ({'solved': 0.5, 'spam': 0.25}, 0.25)
    """
    names = sorted({cause for cause in causes if cause is not None})
    value = 1.0
    times: list[float] = []
    survival: list[float] = []
    curves: dict[str, list[float]] = {name: [0.0] for name in names}
    for t, at_risk, ends in _table(durations, causes, None):
        for name in names:
            curves[name].append(curves[name][-1] + value * ends[name] / at_risk)
        left = at_risk - ends.total()
        value = value * left / at_risk
        times.append(t)
        survival.append(value)
    return Incidence(
        times=tuple(times),
        incidence={name: tuple(curve[1:]) for name, curve in curves.items()},
        survival=tuple(survival),
        last=max(durations, default=None),
    )
