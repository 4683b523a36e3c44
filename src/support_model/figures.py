"""Figures that can be defended: a share or a distribution with n, interval and definition.

A figure carries what went into it (`n`), what was left out and why (`excluded`), an interval
with its method, and its definition in words; where it is not defined it is `None`, never 0.
Figures of disjoint populations merge exactly with `+`: they keep counts and durations, not
averages.

Before this: `support_model.inference`. Next: `support_model.kpi`.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from attrs import evolve, field, frozen

from support_model import inference
from support_model.errors import InvalidValue, nearest
from support_model.instants import micros_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Distribution", "Figure", "Share", "find"]

INTERVALS = {
    "wilson": inference.wilson,
    "jeffreys": inference.jeffreys,
    "clopper_pearson": inference.clopper_pearson,
}


def _counts(excluded: Mapping[str, int]) -> Mapping[str, int]:
    return MappingProxyType({code: n for code, n in sorted(excluded.items()) if n})


def _ascending(micros: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(micros))


@frozen(kw_only=True)
class Share:
    """k of n, with an interval.

    Attributes:
        key: stable name of the figure.
        definition: what is counted, of what, in words.
        numerator: how many do.
        n: of how many.
        excluded: how many were left out, by code (see `kpi.EXCLUSIONS`).
        level: confidence level of the interval.
        method: "wilson", "jeffreys" or "clopper_pearson".

    Raises:
        InvalidValue: not 0 <= numerator <= n, or an unknown method.

    Example:
        >>> met = Share(key="met", definition="on time, of all", numerator=5, n=270)
        >>> round(met.value, 4), [round(bound, 3) for bound in met.interval]
        (0.0185, [0.008, 0.043])
        >>> (met + met).n
        540
    """

    key: str
    definition: str
    numerator: int
    n: int
    excluded: Mapping[str, int] = field(factory=dict, converter=_counts, hash=False)
    level: float = 0.95
    method: str = "wilson"

    def __attrs_post_init__(self) -> None:
        """Check the counts."""
        if self.method not in INTERVALS:
            raise InvalidValue(self.method, "unknown method", nearest(self.method, INTERVALS))
        INTERVALS[self.method](self.numerator, self.n, level=self.level)

    @property
    def value(self) -> float | None:
        """The share, in [0, 1]; None for n = 0."""
        return self.numerator / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its confidence interval; None for n = 0."""
        return INTERVALS[self.method](self.numerator, self.n, level=self.level)

    def __add__(self, other: Self) -> Self:
        """Return the share of two disjoint populations together."""
        _same_question(self, other)
        return evolve(
            self,
            numerator=self.numerator + other.numerator,
            n=self.n + other.n,
            excluded=Counter(self.excluded) + Counter(other.excluded),
        )


@frozen(kw_only=True)
class Distribution:
    """How long something took, over n tickets.

    Quantiles are type 7 (linear); their intervals are order statistics (see `inference`).

    Attributes:
        key: stable name of the figure.
        clock: name of the clock it was measured on, such as "business".
        definition: from what to what, over which tickets, in words.
        micros: the durations in microseconds, ascending.
        excluded: how many were left out, by code (see `kpi.EXCLUSIONS`).
        level: confidence level of intervals.

    Example:
        >>> hours = [timedelta(hours=h) for h in (1, 2, 4)]
        >>> took = Distribution.of(hours, key="resolution", clock="calendar", definition="...")
        >>> took.mean, took.quantile(0.75)
        (datetime.timedelta(seconds=8400), datetime.timedelta(seconds=10800))
    """

    key: str
    clock: str
    definition: str
    micros: tuple[int, ...] = field(converter=_ascending, repr=lambda micros: f"({len(micros)})")
    excluded: Mapping[str, int] = field(factory=dict, converter=_counts, hash=False)
    level: float = 0.95

    @classmethod
    def of(cls, durations: Iterable[timedelta], *, key: str, clock: str, definition: str) -> Self:
        """Return the distribution of some durations."""
        return cls(key=key, clock=clock, definition=definition, micros=map(micros_of, durations))

    @property
    def n(self) -> int:
        """How many tickets were measured."""
        return len(self.micros)

    @property
    def zeros(self) -> int:
        """How many of them took no time at all on this clock."""
        return self.micros.count(0)

    @property
    def mean(self) -> timedelta | None:
        """The mean, to the microsecond; None for n = 0."""
        return timedelta(microseconds=sum(self.micros)) / self.n if self.n else None

    def quantile(self, q: float) -> timedelta | None:
        """Return the type-7 quantile at a share in [0, 1]; None for n = 0.

        Raises:
            InvalidShare: q outside [0, 1].
        """
        value = inference.quantile(self.micros, q)
        return None if value is None else timedelta(microseconds=value)

    def interval(self, q: float) -> tuple[timedelta | None, timedelta | None]:
        """Return the bounds of a quantile; None where n is too small to bound it.

        Raises:
            InvalidShare: q outside (0, 1).
        """
        low, high = inference.quantile_interval(self.micros, q, level=self.level)
        return (
            None if low is None else timedelta(microseconds=low),
            None if high is None else timedelta(microseconds=high),
        )

    def __add__(self, other: Self) -> Self:
        """Return the distribution of two disjoint populations together."""
        _same_question(self, other)
        return evolve(
            self,
            micros=self.micros + other.micros,
            excluded=Counter(self.excluded) + Counter(other.excluded),
        )


def _same_question(one: Share | Distribution, other: Share | Distribution) -> None:
    """Refuse to merge the answers to two questions."""
    questions = ("key", "clock", "definition", "level", "method")
    for name in questions:
        if getattr(one, name, None) != getattr(other, name, None):
            problem = f"figures of different questions do not add up (another {name})"
            raise InvalidValue(getattr(other, name, None), problem, "compute both alike")


Figure = Share | Distribution


def find(figures: Iterable[Figure], key: str, clock: str | None = None) -> Figure | None:
    """Return the figure of a key (and of a clock, if said); None if there is none.

    Example:
        >>> find([Share(key="met", definition="on time", numerator=1, n=2)], "met").value
        0.5
    """
    for figure in figures:
        if figure.key == key and clock in (None, getattr(figure, "clock", None)):
            return figure
    return None
