"""Intervals and quantiles: plain numbers in, plain numbers out, nothing of support in it.

Shares are k of n with a two-sided interval; quantiles are type 7 (linear between order
statistics, as NumPy, pandas and DuckDB's `quantile_cont` have it) with an interval made of
two order statistics, which needs no assumption about the shape of the data. What is not
defined is `None`, never 0.

Before this: `support_model.errors`. Next: `support_model.kpi`.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, exp, floor, isnan, lgamma, log, log1p, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from support_model.errors import InvalidShare, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "Ranks",
    "clopper_pearson",
    "jeffreys",
    "quantile",
    "quantile_interval",
    "quantile_ranks",
    "wilson",
]

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
    _check(k, n, level)
    if n == 0:
        return None
    z = _z(level)
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
    _check(k, n, level)
    if n == 0:
        return None
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else _beta_quantile(tail, k + 0.5, n - k + 0.5)
    high = 1.0 if k == n else 1.0 - _beta_quantile(tail, n - k + 0.5, k + 0.5)
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
    _check(k, n, level)
    if n == 0:
        return None
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else _beta_quantile(tail, k, n - k + 1)
    high = 1.0 if k == n else 1.0 - _beta_quantile(tail, n - k, k + 1)
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
    P(B <= l - 1) <= a/2, the upper the smallest u with P(B >= u) <= a/2. Ranks are not
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
    _check(0, n, level)
    if not 0 < q < 1:
        raise InvalidShare(q, "a quantile interval needs a share inside (0, 1)", "say 0.5")
    if n == 0:
        return Ranks(None, None, None)
    tail = (1 - level) / 2
    low = _first(lambda rank: _binomial_cdf(rank - 1, n, q) > tail, 1, n + 1) - 1
    high = _first(lambda rank: _binomial_sf(rank - 1, n, q) <= tail, 1, n + 1)
    below = _binomial_cdf(low - 1, n, q) if low else 0.0
    above = _binomial_sf(high - 1, n, q) if high <= n else 0.0
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
    return low, high


def _first(holds: Callable[[int], bool], start: int, stop: int) -> int:
    """Return the first integer in [start, stop) that holds, else stop; holds is monotone."""
    while start < stop:
        middle = (start + stop) // 2
        if holds(middle):
            stop = middle
        else:
            start = middle + 1
    return start


def _check(k: int, n: int, level: float) -> None:
    if not isinstance(k, int) or not isinstance(n, int) or not 0 <= k <= n:
        raise InvalidValue((k, n), "a share is k of n", "give whole numbers with 0 <= k <= n")
    if isnan(level) or not 0 < level < 1:
        raise InvalidShare(level, "a confidence level lies inside (0, 1)", "say 0.95")


def _z(level: float) -> float:
    """Return the two-sided critical value of the normal distribution."""
    return -NormalDist().inv_cdf((1 - level) / 2)


def _binomial_cdf(k: int, n: int, p: float) -> float:
    """Return P(B <= k)."""
    return 0.0 if k < 0 else 1.0 if k >= n else _beta_cdf(1 - p, n - k, k + 1)


def _binomial_sf(k: int, n: int, p: float) -> float:
    """Return P(B > k)."""
    return 1.0 if k < 0 else 0.0 if k >= n else _beta_cdf(p, k + 1, n - k)


def _beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularized incomplete beta function I_x(a, b).

    Continued fraction by the modified Lentz scheme, on the side where it converges fast:
    about sqrt(max(a, b)) terms at worst.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _beta_cdf(1 - x, b, a)
    tiny = 1e-300
    front = exp(a * log(x) + b * log1p(-x) - _log_beta(a, b)) / a
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    total, m, step = d, 0, 0.0
    while abs(step - 1.0) > 1e-15:
        m += 1
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 + term * d
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = 1.0 + term / c
            c = c if abs(c) > tiny else tiny
            step = c * d
            total *= step
    return front * total


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _beta_quantile(p: float, a: float, b: float) -> float:
    """Return x with I_x(a, b) = p: Newton steps kept inside a shrinking bracket."""
    low, high = 0.0, 1.0
    x = a / (a + b)
    scale = _log_beta(a, b)
    for _ in range(200):
        excess = _beta_cdf(x, a, b) - p
        low, high = (low, x) if excess > 0 else (x, high)
        density = exp((a - 1) * log(x) + (b - 1) * log1p(-x) - scale)
        step = excess / density if density else 0.0
        following = x - step
        if not step or not low < following < high:
            following = sqrt(low * high) if low else high / 16
        if abs(following - x) <= 1e-15 * x:
            return following
        x = following
    return x
