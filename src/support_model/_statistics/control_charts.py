"""Is it a change, or the usual noise: control charts for a series of figures.

The limits come from a fixed baseline of the series itself: XmR for single values, Laney's p'
for shares of large groups, where plain binomial limits would call every point a signal. Take
the rhythm of the week out first, or it is found as a change every Monday.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import sqrt
from statistics import fmean
from typing import TYPE_CHECKING, TypeAlias

from support_model._checks import check_numbers
from support_model._frozen import frozen
from support_model._short_texts import fields_html, fields_row, number_text, share_text, short_repr
from support_model._statistics.intervals import check_counts
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence


Bounds: TypeAlias = tuple[float, float] | tuple[None, None]
TO_SIGMA = 1.128
"""d2 of two: the mean distance of two neighbors in standard deviations."""


@frozen(kw_only=True)
class XmR:
    """A chart of single values and their moving ranges.

    Attributes:
        mean: center line; None without values.
        mean_range: mean distance of neighbors; None with fewer than two in the baseline.
        low: mean - 2.66 mean ranges; None likewise.
        high: mean + 2.66 mean ranges; None likewise.
        range_high: 3.267 mean ranges, the limit of a single range; None likewise.
        outside: places strictly beyond the limits, over all values; None likewise.
        undefined: why there are no limits: "no_values" or "one_value"; else None.
    """

    mean: float | None
    mean_range: float | None = None
    low: float | None = None
    high: float | None = None
    range_high: float | None = None
    outside: tuple[int, ...] | None = None
    undefined: str | None = None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        if self.low is None:
            return f"mean {number_text(self.mean)}, no limits: {_reason(self.undefined)}"
        limits = f"{number_text(self.low)} to {number_text(self.high)}"
        return f"mean {number_text(self.mean)}, limits {limits}, {_outside(self.outside)}"


def _reason(undefined: str | None) -> str:
    return (undefined or "").replace("_", " ")


def _outside(places: Sequence[int] | None) -> str:
    return f"{len(places or ()):,} outside"


def xmr(values: Sequence[float], *, baseline: int | None = None) -> XmR:
    """Return the limits of a series of single values, read as the decimals they are written as.

    Args:
        values: the series.
        baseline: how many of the first fix the limits; all of them if None. Limits that slide
            along with the series follow a change instead of showing it.

    Raises:
        InvalidValue: a value that is no finite number, or a baseline below 1 or longer than the
            series.

    Source: Wheeler (1993), Understanding Variation.

    Example:
        >>> xmr([39, 40, 38, 41, 40, 39, 77], baseline=6).outside
        (6,)
    """
    check_baseline(baseline, values)
    check_numbers(values)
    exact = [Fraction(str(value)) for value in values]
    base = exact[:baseline]
    if not base:
        return XmR(mean=None, undefined="no_values")
    mean = sum(base, Fraction(0)) / len(base)
    if len(base) < 2:
        return XmR(mean=float(mean), undefined="one_value")
    step = sum((abs(b - a) for a, b in pairwise(base)), Fraction(0)) / (len(base) - 1)
    reach = Fraction("2.66") * step
    return XmR(
        mean=float(mean),
        mean_range=float(step),
        low=float(mean - reach),
        high=float(mean + reach),
        range_high=float(Fraction("3.267") * step),
        outside=tuple(i for i, value in enumerate(exact) if abs(value - mean) > reach),
    )


def check_baseline(baseline: int | None, series: Sequence[object]) -> None:
    """Refuse a baseline that is no part of the series."""
    if baseline is not None and (
        not isinstance(baseline, int) or not 1 <= baseline <= len(series)
    ):
        raise InvalidValue(baseline, "a baseline is a part of the series", "give its length")


@frozen(kw_only=True)
class Runs:
    """Where a series breaks the four Western Electric rules: places that complete a pattern.

    Attributes:
        beyond_three: one point beyond three sigma.
        two_of_three: two of three points beyond two sigma on one side.
        four_of_five: four of five points beyond one sigma on one side.
        eight_in_a_row: eight points in a row on one side of the center.
    """

    beyond_three: tuple[int, ...]
    two_of_three: tuple[int, ...]
    four_of_five: tuple[int, ...]
    eight_in_a_row: tuple[int, ...]

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        counts = (
            f"{len(places):,} {name.replace('_', ' ')}"
            for name, places in (
                ("beyond_three", self.beyond_three),
                ("two_of_three", self.two_of_three),
                ("four_of_five", self.four_of_five),
                ("eight_in_a_row", self.eight_in_a_row),
            )
        )
        return f"runs: {', '.join(counts)}"


def western_electric(values: Sequence[float], *, center: float, sigma: float) -> Runs:
    """Return where a series breaks the rules; a point on the center line breaks a run.

    All zones are strict, and a point is named only if it lies in the zone itself. Of an XmR
    chart sigma is (high - mean) / 3.

    Raises:
        InvalidValue: a negative sigma, or a number that is not finite.

    Source: Western Electric (1956), Statistical Quality Control Handbook.

    Example:
        >>> western_electric([2.1, 0, 2.2, 3.5], center=0, sigma=1).two_of_three
        (2, 3)
    """
    check_numbers((*values, center, sigma))
    if sigma < 0:
        raise InvalidValue(sigma, "sigma is negative", "give 0 or more")
    middle, unit = Fraction(str(center)), Fraction(str(sigma))
    away = [Fraction(str(value)) - middle for value in values]

    def places(zone: int, wanted: int, of: int) -> tuple[int, ...]:
        places_found = []
        for i, point in enumerate(away):
            side = 1 if point > 0 else -1
            window = away[max(0, i - of + 1) : i + 1]
            inside = sum(side * other > zone * unit for other in window)
            if side * point > zone * unit and inside >= wanted:
                places_found.append(i)
        return tuple(places_found)

    return Runs(
        beyond_three=places(3, 1, 1),
        two_of_three=places(2, 2, 3),
        four_of_five=places(1, 4, 5),
        eight_in_a_row=places(0, 8, 8),
    )


@frozen(kw_only=True)
class Laney:
    """A p' chart: a share per period, limits widened by how much periods really vary.

    Attributes:
        center: the pooled share; None without cases.
        sigma_z: how much wider than binomial the periods vary; None where undefined.
        low: lower limit of each period; None likewise, and for a period without cases.
        high: upper limit of each period; None likewise.
        outside: places strictly beyond their limits; None where there are no limits at all.
        undefined: why there are none: "no_cases", "one_period" or "nothing_varies"; else None.
    """

    center: float | None
    sigma_z: float | None = None
    low: tuple[float | None, ...] | None = None
    high: tuple[float | None, ...] | None = None
    outside: tuple[int, ...] | None = None
    undefined: str | None = None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        center = f"center {share_text(self.center)}"
        if self.low is None:
            return f"{center}, no limits: {_reason(self.undefined)}"
        periods = f"{len(self.low):,} periods {self.sigma_z:.3g} times as wide as binomial"
        return f"{center}, {periods}, {_outside(self.outside)}"


def laney(counts: Sequence[tuple[int, int]], *, baseline: int | None = None) -> Laney:
    """Return the p' chart of (k, n) per period; undefined below two periods or at 0 or 1.

    Args:
        counts: how many of how many, by period; one without cases has no limits and no part.
        baseline: how many of the first fix the center and the spread; all of them if None.

    Raises:
        InvalidValue: not 0 <= k <= n, or a baseline below 1 or longer than the series.

    Source: Laney (2002), Quality Engineering 14(4).

    Example:
        >>> chart = laney([(480, 1000), (510, 1000), (495, 1000), (700, 1000)])
        >>> round(chart.center, 3), round(chart.sigma_z, 2)
        (0.546, 4.69)
    """
    check_counts(counts)
    check_baseline(baseline, counts)
    base = [(k, n) for k, n in counts[:baseline] if n]
    if not base:
        return Laney(center=None, undefined="no_cases")
    met, cases = map(sum, zip(*base, strict=True))
    center = met / cases
    if len(base) < 2:
        return Laney(center=center, undefined="one_period")
    if center in {0.0, 1.0}:
        return Laney(center=center, undefined="nothing_varies")
    scores = [(k / n - center) / _deviation(center, n) for k, n in base]
    sigma_z = fmean(abs(b - a) for a, b in pairwise(scores)) / TO_SIGMA
    limits = [_limits(center, sigma_z, n) for _, n in counts]
    low, high = zip(*limits, strict=True)
    outside = map(_is_outside, counts, limits)
    places = tuple(place for place, beyond in enumerate(outside) if beyond)
    return Laney(center=center, sigma_z=sigma_z, low=low, high=high, outside=places)


def _deviation(share: float, n: int) -> float:
    return sqrt(share * (1 - share) / n)


def _limits(center: float, sigma_z: float, n: int) -> Bounds:
    """Return the limits of a period of n cases; None without cases."""
    if not n:
        return None, None
    reach = 3 * _deviation(center, n) * sigma_z
    return max(center - reach, 0.0), min(center + reach, 1.0)


def _is_outside(counts: tuple[int, int], limits: Bounds) -> bool:
    (k, n), (low, high) = counts, limits
    return low is not None and high is not None and not low <= k / n <= high


def deseasonalized(
    values: Sequence[float], season: Callable[[int], Hashable], *, baseline: int | None = None
) -> tuple[float, ...]:
    """Return a series without its rhythm: each value less its season's mean, plus the mean.

    Args:
        values: the series.
        season: from a place in the series to its season, such as the day of the week.
        baseline: how many of the first fix the rhythm; all of them if None.

    Raises:
        InvalidValue: a season that the baseline does not hold, a value that is no finite number,
            or a baseline below 1 or longer than the series.

    Example:
        >>> deseasonalized([10, 2, 12, 4], lambda place: place % 2)
        (6.0, 6.0, 8.0, 8.0)
    """
    check_baseline(baseline, values)
    check_numbers(values)
    base: dict[Hashable, list[float]] = {}
    for place, value in enumerate(values[:baseline]):
        base.setdefault(season(place), []).append(value)
    means = {name: sum(part) / len(part) for name, part in base.items()}
    known = [value for part in base.values() for value in part]
    made = []
    for place, value in enumerate(values):
        name = season(place)
        if name not in means:
            raise InvalidValue(name, "a season that the baseline does not hold", "lengthen it")
        made.append(value - means[name] + sum(known) / len(known))
    return tuple(made)
