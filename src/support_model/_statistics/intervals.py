"""Intervals and quantiles: plain numbers in, plain numbers out, nothing of support in it.

Shares are k of n with a two-sided interval; quantiles are type 7 (linear between order
statistics, as NumPy, pandas and DuckDB's `quantile_cont` have it) with an interval made of
two order statistics, which needs no assumption about the shape of the data. Statistics without
a formula have an interval by drawing the data again and again. What is not defined is `None`,
never 0.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, fsum, sqrt
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING, Literal, NamedTuple

from support_model._checks import check_level, check_numbers
from support_model._statistics.probability import (
    beta_quantile,
    binomial_cdf,
    binomial_sf,
    critical_value,
    exceeds,
    first_true,
)
from support_model.errors import InvalidShare, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from random import Random


Interval = tuple[float, float]
NORMAL = NormalDist()


def wilson(k: int, n: int, *, level: float = 0.95) -> Interval | None:
    """Return the Wilson score interval of a share, without continuity correction.

    Its mean coverage is close to `level` for every n, and it never leaves [0, 1]: the
    interval to show beside a rate. None for n = 0.

    Source: Wilson (1927); Brown, Cai and DasGupta (2001).
    """
    check_counts([(k, n)])
    check_level(level)
    if n == 0:
        return None
    z = critical_value(level)
    return _wilson_low(k, n, z), 1.0 - _wilson_low(n - k, n, z)


def _wilson_low(k: int, n: int, z: float) -> float:
    """Return the smaller root of the score equation, in the form that does not cancel."""
    return 2 * k * (k / n) / (2 * k + z * z + z * sqrt(z * z + 4 * k * ((n - k) / n)))


def jeffreys(k: int, n: int, *, level: float = 0.95) -> Interval | None:
    """Return the equal-tailed interval of Beta(k + 1/2, n - k + 1/2); 0 and 1 at k = 0 and n.

    None for n = 0.

    Source: Brown, Cai and DasGupta (2001).
    """
    return _beta_interval(k, n, level, shift=0.5)


def clopper_pearson(k: int, n: int, *, level: float = 0.95) -> Interval | None:
    """Return the exact interval of a share: coverage is never below `level`.

    The interval for contracts; wider than needed on average. None for n = 0.

    Source: Clopper and Pearson (1934).
    """
    return _beta_interval(k, n, level, shift=0.0)


def _beta_interval(k: int, n: int, level: float, *, shift: float) -> Interval | None:
    check_counts([(k, n)])
    check_level(level)
    if n == 0:
        return None
    tail = (1 - level) / 2
    low = beta_quantile(tail, k + shift, n - k + 1 - shift) if k else 0.0
    high = 1.0 - beta_quantile(tail, n - k + shift, k + 1 - shift) if k < n else 1.0
    return low, high


def quantile(ordered: Sequence[float], q: float) -> float | None:
    """Return the type-7 quantile of values in ascending order; None without values.

    The share q is read as the decimal it is written as, so 0.9 is nine tenths and the rank
    (n - 1) q carries no rounding.

    Source: Hyndman and Fan (1996), definition 7.
    """
    if not 0 <= q <= 1:
        raise InvalidShare(q, "a quantile is at a share in [0, 1]", "the median is 0.5")
    if not ordered:
        return None
    rank = (len(ordered) - 1) * Fraction(str(q))
    low, high = ordered[floor(rank)], ordered[ceil(rank)]
    check_numbers((low, high))
    part = rank - floor(rank)
    return float(low + (high - low) * part) if part else float(low)


class Ranks(NamedTuple):
    """The two order statistics that enclose a quantile, and how surely they do.

    Attributes:
        low: 1-based rank of the lower bound; None where no observation is low enough.
        high: 1-based rank of the upper bound; None where none is high enough.
        coverage: probability that the bounds enclose the quantile; None for n = 0.
    """

    low: int | None
    high: int | None
    coverage: float | None


def quantile_ranks(n: int, q: float, *, level: float = 0.95) -> Ranks:
    """Return the ranks of the distribution-free interval of a quantile from n values.

    With B binomial(n, q) and a = 1 - level: the lower rank is the largest l with
    P(B <= l - 1) <= a/2, the upper the smallest u with P(B >= u) <= a/2; equality holds, so a
    level that equals the coverage of a median's ranks gives these ranks. Ranks are not
    interpolated, so the coverage is at least `level`, and stated. Five values have no
    two-sided 95 % interval of the median: both ranks are then None.

    Source: Conover (1999), section 3.2; Hahn and Meeker (1991), section 5.2.
    """
    check_counts([(0, n)])
    check_level(level)
    if not 0 < q < 1:
        raise InvalidShare(q, "a quantile interval needs a share inside (0, 1)", "give 0.5")
    if n == 0:
        return Ranks(None, None, None)
    tail = (1 - level) / 2
    reach = critical_value(level) * sqrt(n * q * (1 - q))
    low_near, high_near = round(n * q + 1 - reach), round(n * q + 1 + reach)
    low = first_true(
        lambda rank: exceeds(binomial_cdf(rank - 1, n, q), tail), 1, n + 1, near=low_near
    )
    high = first_true(
        lambda rank: not exceeds(binomial_sf(rank - 1, n, q), tail), 1, n + 1, near=high_near
    )
    low -= 1
    below = binomial_cdf(low - 1, n, q) if low else 0.0
    above = binomial_sf(high - 1, n, q) if high <= n else 0.0
    return Ranks(low or None, high if high <= n else None, 1.0 - below - above)


def quantile_interval(
    ordered: Sequence[float], q: float, *, level: float = 0.95
) -> tuple[float | None, float | None]:
    """Return the bounds of a quantile as two of the values, given in ascending order.

    A bound is None where no observation is extreme enough to be one (see `quantile_ranks`).
    """
    ranks = quantile_ranks(len(ordered), q, level=level)
    low = None if ranks.low is None else ordered[ranks.low - 1]
    high = None if ranks.high is None else ordered[ranks.high - 1]
    check_numbers(ordered[rank - 1] for rank in ranks[:2] if rank is not None)
    return low, high


def net_promoter(
    promoters: int, passives: int, detractors: int, *, level: float = 0.95, adjusted: bool = True
) -> Interval | None:
    """Return the interval of a net promoter score, (promoters - detractors) / n in [-1, 1].

    The score is a difference of two shares of one trinomial and no proportion. Adjusted, three
    answers are added, 3/4 of one to promoters and to detractors each, so that five promoters
    do not give a score without doubt. None for n = 0, and for the plain Wald form where all
    answers are of one kind.

    Source: Rocks (2016), The American Statistician 70(4).
    """
    n = promoters + passives + detractors
    check_counts((count, max(n, count)) for count in (promoters, passives, detractors))
    check_level(level)
    if n == 0:
        return None
    more = 3 if adjusted else 0
    p, d = ((count + more / 4) / (n + more) for count in (promoters, detractors))
    variance = (p + d - (p - d) ** 2) / (n + more)
    if not adjusted and n in {promoters, passives, detractors}:
        return None
    half = critical_value(level) * sqrt(variance)
    return max(p - d - half, -1.0), min(p - d + half, 1.0)


def check_counts(counts: Iterable[tuple[int, int]]) -> None:
    """Raise where any (k, n) is not k out of n."""
    for k, n in counts:
        if not isinstance(k, int) or not isinstance(n, int) or not 0 <= k <= n:
            raise InvalidValue((k, n), "a share is k of n", "give int with 0 <= k <= n")


def bootstrap(
    values: Sequence[float],
    *,
    rng: Random,
    statistic: Callable[[Sequence[float]], float] = fmean,
    clusters: Sequence[Hashable] | None = None,
    method: Literal["percentile", "bca"] = "bca",
    level: float = 0.95,
    resamples: int = 2000,
) -> tuple[float, float] | None:
    """Return the bootstrap interval of a statistic; None for fewer than two values or clusters.

    Cases of one caller or one agent are not independent: given as clusters, they are drawn whole,
    which widens the interval to what is really known.

    Args:
        values: the data.
        rng: source of randomness; `random.Random(seed)`.
        statistic: from values to a number.
        clusters: to whom each value belongs to; clusters are drawn whole.
        method: "percentile", or "bca", which corrects for bias and skew.
        level: confidence level.
        resamples: how often to draw.

    Raises:
        InvalidValue: an unknown method, no resamples, clusters of another length, or a value that
            is no finite number.
        InvalidShare: a level outside (0, 1).

    Source: Efron (1987); Davison and Hinkley (1997), sections 3.8 and 5.3.

    Example:
        >>> from random import Random
        >>> low, high = bootstrap(range(1, 31), rng=Random(1))
        >>> 11 < low < 14 < 17 < high < 20
        True
    """
    check_level(level)
    check_numbers(values)
    if method not in {"percentile", "bca"} or resamples < 1:
        raise InvalidValue((method, resamples), "no way to draw", "'percentile' or 'bca', 2000")
    units = _units(values, clusters)
    if len(units) < 2:
        return None
    flat = _joined(units)
    if min(flat) == max(flat):  # the acceleration would be 0/0
        point = statistic(flat)
        return point, point
    drawn = sorted(statistic(_joined(rng.choices(units, k=len(units)))) for _ in range(resamples))
    tail = (1 - level) / 2
    low, high = (tail, 1 - tail) if method == "percentile" else _bca(units, drawn, statistic, tail)
    return _at(drawn, low), _at(drawn, high)


def _joined(units: Iterable[tuple[float, ...]]) -> list[float]:
    return [value for unit in units for value in unit]


def _units(
    values: Sequence[float], clusters: Sequence[Hashable] | None
) -> list[tuple[float, ...]]:
    if clusters is None:
        return [(value,) for value in values]
    if len(clusters) != len(values):
        raise InvalidValue(len(clusters), "columns of different length", "one cluster a value")
    parts: dict[Hashable, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        parts.setdefault(cluster, []).append(value)
    return [tuple(part) for part in parts.values()]


def _bca(
    units: list[tuple[float, ...]],
    drawn: list[float],
    statistic: Callable[[Sequence[float]], float],
    tail: float,
) -> tuple[float, float]:
    """Return the two shares at which the drawn statistics are cut."""
    point = statistic(_joined(units))
    below = sum(value < point for value in drawn) + sum(value == point for value in drawn) / 2
    n = len(drawn)
    bias = NORMAL.inv_cdf(min(max(below / n, 0.5 / n), 1 - 0.5 / n))
    left_out = [statistic(_joined(units[:i] + units[i + 1 :])) for i in range(len(units))]
    center = fmean(left_out)
    away = [center - value for value in left_out]
    spread = fsum(a * a for a in away) ** 1.5
    skew = fsum(a**3 for a in away) / (6 * spread) if spread else 0.0

    def share(z: float) -> float:
        return NORMAL.cdf(bias + (bias + z) / (1 - skew * (bias + z)))

    return share(NORMAL.inv_cdf(tail)), share(NORMAL.inv_cdf(1 - tail))


def _at(ordered: list[float], share: float) -> float:
    bound = quantile(ordered, min(max(share, 0.0), 1.0))
    assert bound is not None  # noqa: S101 - there is at least one resample
    return bound
