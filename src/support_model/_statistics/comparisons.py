"""Is one share, median or mean larger than another, and which of many differences are no chance.

Two of a kind differ by an amount with an interval and a p-value; of many such tests some are
small by chance, so the p-values are adjusted before any is believed.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from support_model._checks import check_level, check_numbers
from support_model._frozen import frozen
from support_model._short_texts import (
    bounds_text,
    fields_html,
    p_text,
    short_repr,
)
from support_model._statistics.intervals import (
    quantile,
    quantile_interval,
    quantile_ranks,
    wilson,
)
from support_model._statistics.probability import critical_value, normal_two_sided
from support_model.errors import InvalidShare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support_model._statistics.sketches import Sketch

    Number = int | Fraction


@frozen(kw_only=True)
class Difference:
    """How far two shares, medians or means lie apart.

    Attributes:
        value: the second minus the first; None where one has no cases.
        z: test statistic; None where nothing varies, as with a pooled share of 0 or 1.
        p: two-sided p-value, likewise.
        interval: of the difference; None where one of the two has none.
        undefined: why something is None: "no_cases", "one_case", "too_few" or "nothing_varies";
            else None.
    """

    value: float | None
    z: float | None = None
    p: float | None = None
    interval: tuple[float, float] | None = None
    undefined: str | None = None

    __repr__ = short_repr
    _repr_html_ = fields_html

    def row(self) -> dict[str, Any]:
        """Return the difference as one row of plain values.

        Example:
            >>> two_proportions((30, 100), (45, 100)).row()["difference"]
            0.15
        """
        low, high = self.interval or (None, None)
        return {
            "difference": self.value,
            "low": low,
            "high": high,
            "z": self.z,
            "p": self.p,
            "undefined": self.undefined,
        }

    def __str__(self) -> str:
        if self.value is None:
            return f"not defined: {self.undefined}".replace("_", " ")
        return f"{self.value:+,.6g}{bounds_text(self.interval)}, {p_text(self.p)}"


def two_proportions(
    first: tuple[int, int], second: tuple[int, int], *, level: float = 0.95
) -> Difference:
    """Return the difference of two shares (k, n): pooled z test and Newcombe's interval.

    Raises:
        InvalidValue: not 0 <= k <= n.
        InvalidShare: a level outside (0, 1).

    Source: Newcombe (1998), method 10.

    Example:
        >>> found = two_proportions((30, 100), (45, 100))
        >>> found.value, round(found.p, 4)
        (0.15, 0.0285)
    """
    (k1, n1), (k2, n2) = first, second
    around1, around2 = wilson(k1, n1, level=level), wilson(k2, n2, level=level)
    if around1 is None or around2 is None:
        return Difference(value=None, undefined="no_cases")
    p1, p2 = k1 / n1, k2 / n2
    value = float(Fraction(k2, n2) - Fraction(k1, n1))
    interval = _by_squares(value, (p1, *around1), (p2, *around2))
    pooled = Fraction(k1 + k2, n1 + n2)
    if pooled in {0, 1}:
        return Difference(value=value, interval=interval, undefined="nothing_varies")
    z = value / sqrt(pooled * (1 - pooled) * (Fraction(1, n1) + Fraction(1, n2)))
    return Difference(value=value, z=z, p=normal_two_sided(z), interval=interval)


def _by_squares(
    value: float, first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float]:
    """Return the interval of a difference of two estimates, each with its bounds."""
    (at1, low1, high1), (at2, low2, high2) = first, second
    return (
        value - sqrt((at2 - low2) ** 2 + (high1 - at1) ** 2),
        value + sqrt((high2 - at2) ** 2 + (at1 - low1) ** 2),
    )


class _Median(NamedTuple):
    """A median with its interval, and how many of n values lie above that of both together."""

    middle: float | None
    low: float | None
    high: float | None
    above: int
    n: int


def two_medians(first: Sequence[int], second: Sequence[int], *, level: float = 0.95) -> Difference:
    """Return the difference of two medians, of values in ascending order.

    The interval puts the two order-statistic intervals together by squares, as Newcombe's does
    for shares; the test is Mood's: the shares above the median of both together.

    Raises:
        InvalidValue: a value that is no finite number.
        InvalidShare: a level outside (0, 1).

    Source: Donner and Zou (2012), for the interval; Mood (1954), for the test.

    Example:
        >>> found = two_medians(range(0, 100), range(30, 130))
        >>> found.value, round(found.p, 6)
        (30.0, 2.2e-05)
    """
    check_numbers((*first, *second))
    both = quantile(sorted((*first, *second)), 0.5) or 0.0
    sides = (
        _Median(
            quantile(values, 0.5),
            *quantile_interval(values, 0.5, level=level),
            len(values) - bisect_right(values, both),
            len(values),
        )
        for values in (first, second)
    )
    return _of_medians(*sides, level=level)


def two_sketched_medians(first: Sketch, second: Sketch, *, level: float = 0.95) -> Difference:
    """Return `two_medians` of the values of two sketches, each that of its bucket.

    Raises:
        InvalidValue: sketches of different accuracy.
        InvalidShare: a level outside (0, 1).

    Example:
        >>> from support_model.summaries import Sketch
        >>> found = two_sketched_medians(Sketch.of(range(100)), Sketch.of(range(30, 130)))
        >>> 29 < found.value < 31
        True
    """
    joined = first + second
    both = joined.quantile(0.5) or 0.0
    sides = []
    for sketch in (first, second):
        ranks = quantile_ranks(sketch.n, 0.5, level=level)
        low, high = (
            None if rank is None else sketch.values_at(rank - 1)[0]
            for rank in (ranks.low, ranks.high)
        )
        above = sum(
            n for index, n in sketch.buckets.items() if joined.representative(index) > both
        )
        sides.append(_Median(sketch.quantile(0.5), low, high, above, sketch.n))
    return _of_medians(*sides, level=level)


def _of_medians(first: _Median, second: _Median, *, level: float) -> Difference:
    if first.middle is None or second.middle is None:
        return Difference(value=None, undefined="no_cases")
    test = two_proportions((first.above, first.n), (second.above, second.n), level=level)
    value = float(second.middle - first.middle)
    interval = None
    if None not in (*first[1:3], *second[1:3]):
        interval = _by_squares(value, _bounds(first), _bounds(second))
    reason = test.undefined or (None if interval else "too_few")
    return Difference(value=value, z=test.z, p=test.p, interval=interval, undefined=reason)


def _bounds(side: _Median) -> tuple[float, float, float]:
    return cast("tuple[float, float, float]", side[:3])


def two_means(
    first: tuple[Number, Number, int], second: tuple[Number, Number, int], *, level: float = 0.95
) -> Difference:
    """Return the difference of two means (sum, sum of squares, n), each with its own variance.

    Raises:
        InvalidValue: a sum or count that is no finite number.
        InvalidShare: a level outside (0, 1).

    Source: Welch (1938), with the normal distribution, so for n of some thirty and more.

    Example:
        >>> two_means((10, 30, 10), (30, 110, 10)).value
        2.0
    """
    check_level(level)
    check_numbers((*first, *second))
    half = critical_value(level)
    if not first[2] or not second[2]:
        return Difference(value=None, undefined="no_cases")
    mean1, mean2 = Fraction(first[0]) / first[2], Fraction(second[0]) / second[2]
    value = float(mean2 - mean1)
    if first[2] < 2 or second[2] < 2:
        return Difference(value=value, undefined="one_case")
    variance = sum(
        (Fraction(squares) - Fraction(total) ** 2 / n) / (n - 1) / n
        for total, squares, n in (first, second)
    )
    if not variance:
        return Difference(value=value, undefined="nothing_varies")
    error = sqrt(variance)
    z = value / error
    interval = (value - half * error, value + half * error)
    return Difference(value=value, z=z, p=normal_two_sided(z), interval=interval)


def benjamini_hochberg(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return the adjusted p-values; those at most q are found at a false discovery rate of q.

    None was not tested: it stays None and counts for nothing. Values are read as the decimals
    they are written as, so that an adjusted value equal to q is equal.

    Raises:
        InvalidShare: a p-value outside [0, 1].

    Source: Benjamini and Hochberg (1995).

    Example:
        >>> benjamini_hochberg([0.01, None, 0.04, 0.02])
        (0.03, None, 0.04, 0.03)
    """
    tested: list[tuple[Fraction, int]] = []
    for place, p in enumerate(p_values):
        if p is not None:
            if not 0 <= p <= 1:
                raise InvalidShare(p, "a p-value lies in [0, 1]", "None was not tested")
            tested.append((Fraction(str(p)), place))
    adjusted: list[float | None] = [None] * len(p_values)
    least = Fraction(1)
    for behind, (exact, place) in enumerate(sorted(tested, reverse=True)):
        least = min(least, exact * len(tested) / (len(tested) - behind))
        adjusted[place] = float(least)
    return tuple(adjusted)
