"""Figures that can be defended: a share, distribution or rate with n, interval, definition.

A figure has a stable `key`, its `definition` in words, the size of its population (`n`), what was
left out by code (`excluded`, see `kpi.EXCLUSIONS`), and an interval with its `method` and
confidence `level`. Below `min_n` cases its value is withheld, its counts are not; where it is not
defined it is `None`, never 0. Figures of disjoint populations merge exactly with `+`: they keep
counts and durations, not averages.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar

from attrs import evolve, field

from support_model._ascending import ascending
from support_model._frozen import frozen
from support_model._short_texts import short_repr
from support_model._statistics import intervals
from support_model._statistics.answers import SizedAnswer, TimesAnswer, figure_text
from support_model._statistics.probability import critical_value
from support_model._tables import interval_text, percent, value_text
from support_model._time import micros_of
from support_model.errors import InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from support_model._sentences import Catalogue

__all__ = ["Distribution", "Figure", "Rate", "Share", "find", "suppress"]

Number: TypeAlias = int | Fraction
AnyFigure = TypeVar("AnyFigure", "Share", "Distribution", "Rate")
METHODS = ("none", "normal", "wald", "adjusted_wald")
INTERVALS = MappingProxyType(
    {
        "wilson": intervals.wilson,
        "jeffreys": intervals.jeffreys,
        "clopper_pearson": intervals.clopper_pearson,
    }
)


@frozen(kw_only=True)
class Share(SizedAnswer):
    """k of n, with an interval.

    Attributes:
        numerator: how many do.
        n: of how many.
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

    numerator: int
    n: int
    method: str = "wilson"

    __repr__ = short_repr

    def __attrs_post_init__(self) -> None:
        """Check the counts."""
        if self.method not in INTERVALS:
            raise InvalidValue(self.method, "unknown method", nearest(self.method, INTERVALS))
        INTERVALS[self.method](self.numerator, self.n, level=self.level)

    @property
    def value(self) -> float | None:
        """The share, in [0, 1]; None for n = 0 and where it is withheld."""
        return None if self.undefined else self.numerator / self.n

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its confidence interval; None for n = 0 and where the value is withheld."""
        if self.suppressed:
            return None
        return INTERVALS[self.method](self.numerator, self.n, level=self.level)

    def row(self) -> dict[str, Any]:
        """Return the figure as one row of plain values.

        Example:
            >>> row = Share(key="met", definition="on time, of all", numerator=1, n=4).row()
            >>> row["statistic"], row["n"], row["value"], row["excluded"]
            ('share', 4, 0.25, {})
        """
        bounds = self.interval or (None, None)
        return self._row(self.n, "share", "share", self.value, bounds)

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return the share, its interval and its counts in the words of a catalogue.

        Example:
            >>> str(Share(key="met", definition="on time, of all", numerator=5, n=270))
            'met: 1.9% (0.8% to 4.3%), 5 of 270'
        """
        counts = {"numerator": self.numerator, "n": self.n}
        bounds = dict(zip(("low_share", "high_share"), self.interval or (), strict=False))
        return figure_text(self, "share", catalogue, share=self.value, **bounds, **counts)

    def _repr_html_(self) -> str:
        rows = [
            ("share", value_text(self.value, percent, self.suppressed)),
            ("interval", interval_text(self.interval, percent, self.method, self.level)),
            ("how many", f"{self.numerator:,} of {self.n:,}"),
        ]
        return self._html(rows)

    def __add__(self, other: Self) -> Self:
        """Return the share of two disjoint populations together."""
        return self._merged(other, "numerator", "n")


@frozen(kw_only=True)
class Distribution(TimesAnswer):
    """How long something took, over n tickets.

    Quantiles are type 7 (linear), with intervals made of two order statistics.

    Attributes:
        clock: name of the clock it was measured on, such as "business".
        micros: the durations in microseconds, ascending: a sequence that is equal to a tuple
            of the same, and takes eight bytes each.

    Example:
        >>> hours = [timedelta(hours=h) for h in (1, 2, 4)]
        >>> took = Distribution.of(hours, key="resolution", clock="calendar", definition="...")
        >>> took.mean, took.quantile(0.75)
        (datetime.timedelta(seconds=8400), datetime.timedelta(seconds=10800))
    """

    micros: Sequence[int] = field(converter=ascending)

    __repr__ = short_repr

    @classmethod
    def of(cls, durations: Iterable[timedelta], *, key: str, clock: str, definition: str) -> Self:
        """Return the distribution of some durations."""
        micros = ascending(map(micros_of, durations))
        return cls(key=key, clock=clock, definition=definition, micros=micros)

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
    def total_micros(self) -> int:
        """All of it together, in microseconds."""
        return sum(self.micros)

    @property
    def total(self) -> timedelta:
        """All of it together."""
        return timedelta(microseconds=self.total_micros)

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
        value = None if self.suppressed else intervals.quantile(self.micros, q)
        return None if value is None else timedelta(microseconds=value)

    def interval(self, q: float) -> tuple[timedelta | None, timedelta | None]:
        """Return the bounds of a quantile; None where n is too small to bound it.

        Raises:
            InvalidShare: q outside (0, 1).
        """
        known = () if self.suppressed else self.micros
        low, high = intervals.quantile_interval(known, q, level=self.level)
        return (
            None if low is None else timedelta(microseconds=low),
            None if high is None else timedelta(microseconds=high),
        )

    def __add__(self, other: Self) -> Self:
        """Return the distribution of two disjoint populations together."""
        return self._merged(other, "micros")


@frozen(kw_only=True)
class Rate(SizedAnswer):
    """So much per something: a mean of contributions, or a ratio that may exceed 1.

    Attributes:
        numerator: the sum.
        denominator: per how many or how much.
        n: how many tickets, answers or contacts it was taken from.
        squares: sum of the squared contributions of a mean; None for a plain ratio, which has
            no interval.
        method: "normal" for a mean; "wald" or "adjusted_wald" for a net promoter score, whose
            contributions are 1, 0 and -1; "none".
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

    numerator: Number
    denominator: Number
    n: int
    squares: Number | None = None
    method: str = "none"
    scales: frozenset[tuple[float, float]] = frozenset()

    __repr__ = short_repr

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
        return None if self.undefined else float(self.numerator / self.denominator)

    @property
    def suppressed(self) -> str | None:
        """Why there is no value of what was counted: "several_scales", "small_n" or None."""
        return "several_scales" if len(self.scales) > 1 else super().suppressed

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
            return intervals.net_promoter(*self._sides(), level=self.level, adjusted=adjusted)
        if self.n < 2:
            return None
        spread = self.squares - self.numerator * self.numerator / Fraction(self.n)
        if spread <= 0:
            return None
        half = critical_value(self.level) * sqrt(spread / (self.n - 1) / self.n)
        return value - half, value + half

    def row(self) -> dict[str, Any]:
        """Return the figure as one row of plain values."""
        bounds = self.interval or (None, None)
        return self._row(self.n, "rate", "per case", self.value, bounds)

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return the rate, its interval and n in the words of a catalogue."""
        bounds = dict(zip(("low", "high"), self.interval or (), strict=False))
        code = "rate" if bounds else "ratio"
        return figure_text(self, code, catalogue, value=self.value, n=self.n, **bounds)

    def _repr_html_(self) -> str:
        sums = f"{_text(float(self.numerator))} per {_text(float(self.denominator))}"
        rows = [
            ("rate", value_text(self.value, _text, self.suppressed)),
            ("interval", interval_text(self.interval, _text, self.method, self.level)),
            ("sums", sums),
            ("how many", f"{self.n:,}"),
        ]
        return self._html(rows)

    def __add__(self, other: Self) -> Self:
        """Return the rate of two disjoint populations together."""
        squares = () if self.squares is None else ("squares",)
        both = self._merged(other, "numerator", "denominator", "n", *squares)
        return evolve(both, scales=self.scales | other.scales)


def _text(value: float) -> str:
    return f"{value:,.6g}"


Figure = Share | Distribution | Rate


def suppress(figure: AnyFigure, min_n: int) -> AnyFigure:
    """Return a figure that withholds its value below `min_n`; its counts stay.

    Example:
        >>> few = suppress(Share(key="met", definition="on time", numerator=1, n=2), 10)
        >>> few.value, few.suppressed, few.n
        (None, 'small_n', 2)
    """
    return evolve(figure, min_n=min_n)


def find(figures: Iterable[Figure], key: str, clock: str | None = None) -> Figure | None:
    """Return the figure of a key (and of a clock, if given); None if there is none.

    Example:
        >>> find([Share(key="met", definition="on time", numerator=1, n=2)], "met").value
        0.5
    """
    for figure in figures:
        if figure.key == key and clock in (None, getattr(figure, "clock", None)):
            return figure
    return None
