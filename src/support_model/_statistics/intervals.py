"""Intervals and quantiles: plain numbers in, plain numbers out, nothing of support in it.

Shares are k of n with a two-sided interval; quantiles are type 7 (linear between order
statistics, as NumPy, pandas and DuckDB's `quantile_cont` have it) with an interval made of
two order statistics, which needs no assumption about the shape of the data. What is not
defined is `None`, never 0.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING, NamedTuple

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
    from collections.abc import Iterable, Sequence


Interval = tuple[float, float]


def wilson(k: int, n: int, *, level: float = 0.95) -> Interval | None:
    """Return the Wilson score interval of a share, without continuity correction.

    Its mean coverage is close to `level` for every n, and it never leaves [0, 1]: the
    interval to show beside a rate. None for n = 0.

    Raises:
        InvalidValue: not 0 <= k <= n.
        InvalidShare: a level outside (0, 1).

    Source: Wilson (1927); Brown, Cai and DasGupta (2001).

    Example:
        >>> [round(bound, 4) for bound in wilson(5, 270)]
        [0.0079, 0.0426]
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

    Raises:
        InvalidValue: not 0 <= k <= n.
        InvalidShare: a level outside (0, 1).

    Source: Brown, Cai and DasGupta (2001).

    Example:
        >>> [round(bound, 4) for bound in jeffreys(5, 270)]
        [0.0071, 0.0401]
    """
    check_counts([(k, n)])
    check_level(level)
    if n == 0:
        return None
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else beta_quantile(tail, k + 0.5, n - k + 0.5)
    high = 1.0 if k == n else 1.0 - beta_quantile(tail, n - k + 0.5, k + 0.5)
    return low, high


def clopper_pearson(k: int, n: int, *, level: float = 0.95) -> Interval | None:
    """Return the exact interval of a share: coverage is never below `level`.

    The interval for contracts; wider than needed on average. None for n = 0.

    Raises:
        InvalidValue: not 0 <= k <= n.
        InvalidShare: a level outside (0, 1).

    Source: Clopper and Pearson (1934).

    Example:
        >>> [round(bound, 4) for bound in clopper_pearson(0, 20)]
        [0.0, 0.1684]
    """
    check_counts([(k, n)])
    check_level(level)
    if n == 0:
        return None
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else beta_quantile(tail, k, n - k + 1)
    high = 1.0 if k == n else 1.0 - beta_quantile(tail, n - k, k + 1)
    return low, high


def quantile(ordered: Sequence[float], q: float) -> float | None:
    """Return the type-7 quantile of values in ascending order; None without values.

    The share q is read as the decimal it is written as, so 0.9 is nine tenths and the rank
    (n - 1) q carries no rounding.

    Raises:
        InvalidShare: q outside [0, 1].

    Source: Hyndman and Fan (1996), definition 7.

    Example:
        >>> quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)
        9.1
    """
    if not 0 <= q <= 1:
        raise InvalidShare(q, "a quantile is asked for at a share in [0, 1]", "the median is 0.5")
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

    Raises:
        InvalidValue: n negative.
        InvalidShare: q or level outside (0, 1).

    Source: Conover (1999), section 3.2; Hahn and Meeker (1991), section 5.2.

    Example:
        >>> quantile_ranks(10, 0.5)
        Ranks(low=2, high=9, coverage=0.978515625)
    """
    check_counts([(0, n)])
    check_level(level)
    if not 0 < q < 1:
        raise InvalidShare(q, "a quantile interval needs a share inside (0, 1)", "say 0.5")
    if n == 0:
        return Ranks(None, None, None)
    tail = (1 - level) / 2
    low = first_true(lambda rank: exceeds(binomial_cdf(rank - 1, n, q), tail), 1, n + 1) - 1
    high = first_true(lambda rank: not exceeds(binomial_sf(rank - 1, n, q), tail), 1, n + 1)
    below = binomial_cdf(low - 1, n, q) if low else 0.0
    above = binomial_sf(high - 1, n, q) if high <= n else 0.0
    return Ranks(low or None, high if high <= n else None, 1.0 - below - above)


def quantile_interval(
    ordered: Sequence[float], q: float, *, level: float = 0.95
) -> tuple[float | None, float | None]:
    """Return the bounds of a quantile as two of the values, given in ascending order.

    A bound is None where no observation is extreme enough to be one (see `quantile_ranks`).

    Example:
        >>> quantile_interval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.5)
        (2, 9)
        >>> quantile_interval([1, 2, 3, 4, 5], 0.5)
        (None, None)
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

    Raises:
        InvalidValue: a negative count.
        InvalidShare: a level outside (0, 1).

    Source: Rocks (2016), The American Statistician 70(4).

    Example:
        >>> [round(bound, 3) for bound in net_promoter(5, 0, 0)]
        [0.175, 1.0]
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
