"""Figures that can be defended: a share, distribution or rate with n, interval, definition.

A figure carries what went into it (`n`), what was left out and why (`excluded`), an interval
with its method, and its definition in words; where it is not defined it is `None`, never 0.
Figures of disjoint populations merge exactly with `+`: they keep counts and durations, not
averages.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING, ClassVar, Self, TypeAlias, TypeVar

from attrs import evolve, field

from support_model import inference
from support_model._frozen import FrozenMap, frozen
from support_model._statistics.figure_tables import rate_html, share_html, times_html
from support_model._statistics.probability import critical_value
from support_model._time import micros_of
from support_model.errors import InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Distribution", "Figure", "Rate", "Share", "counted", "find", "mean_of", "suppress"]

Number: TypeAlias = int | Fraction
AnyFigure = TypeVar("AnyFigure", "Share", "Distribution", "Rate")
METHODS = ("none", "normal", "wald", "adjusted_wald")
INTERVALS = {
    "wilson": inference.wilson,
    "jeffreys": inference.jeffreys,
    "clopper_pearson": inference.clopper_pearson,
}


def counted(excluded: Mapping[str, int]) -> Mapping[str, int]:
    """Freeze counts by code: sorted, none of 0."""
    return FrozenMap({code: n for code, n in sorted(excluded.items()) if n})


def _ascending(micros: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(micros))


def _least(_figure: object, _attribute: object, min_n: int) -> None:
    if not isinstance(min_n, int) or isinstance(min_n, bool) or min_n < 0:
        raise InvalidValue(min_n, "min_n is a whole number >= 0", "0 withholds nothing")


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
        min_n: below this many the value is withheld, the counts are not.

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
    excluded: Mapping[str, int] = field(factory=dict, converter=counted, hash=False)
    level: float = 0.95
    method: str = "wilson"
    min_n: int = field(default=0, validator=_least)

    def __attrs_post_init__(self) -> None:
        """Check the counts."""
        if self.method not in INTERVALS:
            raise InvalidValue(self.method, "unknown method", nearest(self.method, INTERVALS))
        INTERVALS[self.method](self.numerator, self.n, level=self.level)

    @property
    def value(self) -> float | None:
        """The share, in [0, 1]; None for n = 0 and where it is withheld."""
        return None if not self.n or self.suppressed else self.numerator / self.n

    @property
    def suppressed(self) -> str | None:
        """Why the value is withheld: "small_n" or None."""
        return _suppressed(self)

    @property
    def undefined(self) -> str | None:
        """Why there is no value: as `suppressed` says, or "no_cases"; None where there is one."""
        return self.suppressed or (None if self.n else "no_cases")

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its confidence interval; None for n = 0 and where the value is withheld."""
        if self.suppressed:
            return None
        return INTERVALS[self.method](self.numerator, self.n, level=self.level)

    def _repr_html_(self) -> str:
        return share_html(self)

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
        min_n: below this many mean and quantiles are withheld.
        method: of the intervals of quantiles: "order_statistics".

    Example:
        >>> hours = [timedelta(hours=h) for h in (1, 2, 4)]
        >>> took = Distribution.of(hours, key="resolution", clock="calendar", definition="...")
        >>> took.mean, took.quantile(0.75)
        (datetime.timedelta(seconds=8400), datetime.timedelta(seconds=10800))
    """

    method: ClassVar[str] = "order_statistics"
    key: str
    clock: str
    definition: str
    micros: tuple[int, ...] = field(converter=_ascending, repr=lambda micros: f"({len(micros)})")
    excluded: Mapping[str, int] = field(factory=dict, converter=counted, hash=False)
    level: float = 0.95
    min_n: int = field(default=0, validator=_least)

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
    def zero_share(self) -> float | None:
        """Their share; None for n = 0."""
        return self.zeros / self.n if self.n else None

    @property
    def total(self) -> timedelta:
        """All of it together."""
        return timedelta(microseconds=sum(self.micros))

    @property
    def suppressed(self) -> str | None:
        """Why mean and quantiles are withheld: "small_n" or None."""
        return _suppressed(self)

    @property
    def undefined(self) -> str | None:
        """Why there is no value: as `suppressed` says, or "no_cases"; None where there is one."""
        return self.suppressed or (None if self.n else "no_cases")

    @property
    def mean(self) -> timedelta | None:
        """The mean, to the microsecond; None for n = 0 and where it is withheld."""
        return None if self.suppressed else mean_of(sum(self.micros), self.n)

    def histogram(self, edges: Sequence[timedelta]) -> tuple[int, ...]:
        """Return how many lie below the first edge, between neighbors, and from the last on.

        Raises:
            InvalidValue: an edge below the one before it.
        """
        if any(micros_of(a) > micros_of(b) for a, b in pairwise(edges)):
            raise InvalidValue(tuple(edges), "edges ascend", "sort them")
        places = [bisect_left(self.micros, micros_of(edge)) for edge in edges]
        return tuple(b - a for a, b in pairwise([0, *places, self.n]))

    def quantile(self, q: float) -> timedelta | None:
        """Return the type-7 quantile at a share in [0, 1]; None for n = 0 or withheld.

        Raises:
            InvalidShare: q outside [0, 1].
        """
        value = None if self.suppressed else inference.quantile(self.micros, q)
        return None if value is None else timedelta(microseconds=value)

    def interval(self, q: float) -> tuple[timedelta | None, timedelta | None]:
        """Return the bounds of a quantile; None where n is too small to bound it.

        Raises:
            InvalidShare: q outside (0, 1).
        """
        known = () if self.suppressed else self.micros
        low, high = inference.quantile_interval(known, q, level=self.level)
        return (
            None if low is None else timedelta(microseconds=low),
            None if high is None else timedelta(microseconds=high),
        )

    def _repr_html_(self) -> str:
        return times_html(self)

    def __add__(self, other: Self) -> Self:
        """Return the distribution of two disjoint populations together."""
        _same_question(self, other)
        return evolve(
            self,
            micros=self.micros + other.micros,
            excluded=Counter(self.excluded) + Counter(other.excluded),
        )


@frozen(kw_only=True)
class Rate:
    """So much per something: a mean of contributions, or a ratio that may exceed 1.

    Attributes:
        key: stable name of the figure.
        definition: what is summed, per what, in words.
        numerator: the sum.
        denominator: per how many or how much.
        n: how many tickets, answers or contacts it was taken from.
        squares: sum of the squared contributions of a mean; None for a plain ratio, which has
            no interval.
        excluded: how many were left out, by code (see `kpi.EXCLUSIONS`).
        level: confidence level of the interval.
        method: "normal" for a mean; "wald" or "adjusted_wald" for a net promoter score, whose
            contributions are 1, 0 and -1; "none".
        min_n: below this many the value is withheld, the counts are not.
        scales: of a mean of ratings, the scales that the answers are on; over two of them there
            is no mean.

    Raises:
        InvalidValue: a negative denominator, an unknown method, a method without squares, or
            a net promoter score of sides that no n answers have.

    Example:
        >>> touches = Rate(
        ...     key="touches", definition="sessions per ticket", numerator=9, denominator=4, n=4,
        ...     squares=25, method="normal",
        ... )
        >>> touches.value, [round(bound, 2) for bound in touches.interval]
        (2.25, [1.02, 3.48])
    """

    key: str
    definition: str
    numerator: Number
    denominator: Number
    n: int
    squares: Number | None = None
    excluded: Mapping[str, int] = field(factory=dict, converter=counted, hash=False)
    level: float = 0.95
    method: str = "none"
    min_n: int = field(default=0, validator=_least)
    scales: frozenset[tuple[float, float]] = frozenset()

    def __attrs_post_init__(self) -> None:
        """Check what a rate is made of."""
        if self.method not in METHODS:
            raise InvalidValue(self.method, "unknown method", nearest(self.method, METHODS))
        if self.denominator < 0 or (self.squares is None) is not (self.method == "none"):
            problem = "no rate: a denominator below 0, or squares and method that do not agree"
            raise InvalidValue((self.denominator, self.squares, self.method), problem, "check it")
        if self.method in {"wald", "adjusted_wald"} and min(self._sides()) < 0:
            problem = "no net promoter score: its sides do not add up to n"
            raise InvalidValue((self.numerator, self.squares, self.n), problem, "check it")

    def _sides(self) -> tuple[int, int, int]:
        """Return promoters, passives and detractors: contributions of 1, 0 and -1."""
        squares = self.squares or 0
        promoters = int(squares + self.numerator) // 2
        detractors = int(squares - self.numerator) // 2
        return promoters, self.n - promoters - detractors, detractors

    @property
    def value(self) -> float | None:
        """The rate; None where the denominator is 0 or the value is withheld."""
        if not self.denominator or self.suppressed:
            return None
        return float(self.numerator / self.denominator)

    @property
    def suppressed(self) -> str | None:
        """Why there is no value of what was counted: "several_scales", "small_n" or None."""
        return "several_scales" if len(self.scales) > 1 else _suppressed(self)

    @property
    def undefined(self) -> str | None:
        """Why there is no value: as `suppressed` says, or "no_cases"; None where there is one."""
        return self.suppressed or (None if self.denominator else "no_cases")

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its confidence interval; None for a ratio, at n below 2, and where nothing varies."""
        value = self.value
        if self.squares is None or value is None:
            return None
        if self.method != "normal":
            adjusted = self.method == "adjusted_wald"
            return inference.net_promoter(*self._sides(), level=self.level, adjusted=adjusted)
        if self.n < 2:
            return None
        spread = self.squares - self.numerator * self.numerator / Fraction(self.n)
        if spread <= 0:
            return None
        half = critical_value(self.level) * sqrt(spread / (self.n - 1) / self.n)
        return value - half, value + half

    def _repr_html_(self) -> str:
        return rate_html(self)

    def __add__(self, other: Self) -> Self:
        """Return the rate of two disjoint populations together."""
        _same_question(self, other)
        squares = None
        if self.squares is not None and other.squares is not None:
            squares = self.squares + other.squares
        return evolve(
            self,
            numerator=self.numerator + other.numerator,
            denominator=self.denominator + other.denominator,
            n=self.n + other.n,
            squares=squares,
            excluded=Counter(self.excluded) + Counter(other.excluded),
            scales=self.scales | other.scales,
        )


def mean_of(total: int, n: int) -> timedelta | None:
    """Return the mean of microseconds, rounded to the nearest one; None for n = 0.

    The total of many tickets may exceed what a timedelta holds; their mean does not.
    """
    return timedelta(microseconds=round(Fraction(total, n))) if n else None


def _suppressed(figure: Figure) -> str | None:
    return "small_n" if 0 < figure.n < figure.min_n else None


def suppress(figure: AnyFigure, min_n: int) -> AnyFigure:
    """Return a figure that withholds its value below `min_n`; its counts stay.

    Example:
        >>> few = suppress(Share(key="met", definition="on time", numerator=1, n=2), 10)
        >>> few.value, few.suppressed, few.n
        (None, 'small_n', 2)
    """
    return evolve(figure, min_n=min_n)


def _same_question(one: Figure, other: Figure) -> None:
    """Refuse to merge the answers to two questions."""
    questions = ("key", "clock", "definition", "level", "method", "min_n")
    for name in questions:
        if getattr(one, name, None) != getattr(other, name, None):
            problem = f"figures of different questions do not add up (another {name})"
            raise InvalidValue(getattr(other, name, None), problem, "compute both alike")


Figure = Share | Distribution | Rate


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
