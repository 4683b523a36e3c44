"""Probabilities: tails and quantiles of the binomial, beta, normal and chi-square distributions.

Plain floats to a relative 1e-12 or so, by continued fractions and bracketed Newton steps, so
that the intervals need no numerical package.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, islice
from math import ceil, erfc, exp, floor, fsum, lgamma, log, log1p, sqrt
from operator import mul, truediv
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


TINY = 1e-300
SLACK = 1e-9
"""Relative; a sum of hundreds of terms is right to some 1e-12, and equality has to hold."""


def first_true(
    holds: Callable[[int], bool], start: int, end: int, *, near: int | None = None
) -> int:
    """Return the first integer in [start, end) that holds, else end; holds is monotone.

    Where it is expected `near` an integer, few are tried.
    """
    step, went = 1, None
    while start < end:
        middle = (start + end) // 2 if near is None else min(max(near, start), end - 1)
        found = holds(middle)
        start, end = (start, middle) if found else (middle + 1, end)
        if near is not None:  # in growing steps, until it lies between two of them
            near = near + (-step if found else step) if went in {None, found} else None
            step, went = 2 * step, found
    return start


def exceeds(probability: float, limit: float) -> bool:
    """Return whether a probability exceeds a limit, by more than floats may be wrong."""
    return probability > limit * (1 + SLACK)


def critical_value(level: float) -> float:
    """Return the two-sided critical value of the normal distribution."""
    return -NormalDist().inv_cdf((1 - level) / 2)


def binomial_cdf(k: int, n: int, p: float) -> float:
    """Return P(B <= k)."""
    return 0.0 if k < 0 else 1.0 if k >= n else beta_cdf(1 - p, n - k, k + 1)


def binomial_sf(k: int, n: int, p: float) -> float:
    """Return P(B > k)."""
    return 1.0 if k < 0 else 0.0 if k >= n else beta_cdf(p, k + 1, n - k)


MOST_STEPS = 5_000
"""A beta-binomial of more cases is put on so many steps, of the same mean and variance."""


def beta_binomial_range(n: int, mean: float, correlation: float, tail: float) -> tuple[int, int]:
    """Return the counts within which all but `tail` on each side of a beta-binomial lies.

    It counts n cases of a rate that itself varies: two cases of one rate correlate. The first
    count is the least k with P(X <= k) > tail, the second the least k with P(X > k) <= tail.
    """
    if n > MOST_STEPS:
        variance = (1 + (n - 1) * correlation) / n
        alike = max((variance - 1 / MOST_STEPS) / (1 - 1 / MOST_STEPS), 0.0)
        low, high = beta_binomial_range(MOST_STEPS, mean, alike, tail)
        return ceil(Fraction(low * n, MOST_STEPS)), floor(Fraction(high * n, MOST_STEPS))
    weights = _beta_binomial_weights(n, mean, correlation)
    beyond = tail * fsum(weights)
    low, below = 0, weights[0]
    while not exceeds(below, beyond):
        low += 1
        below += weights[low]
    high, above = n, 0.0
    while high and not exceeds(above + weights[high], beyond):
        above += weights[high]
        high -= 1
    return low, high


def _beta_binomial_weights(n: int, mean: float, correlation: float) -> list[float]:
    """Return numbers proportional to the probabilities of 0 to n."""
    if mean in {0.0, 1.0} or correlation >= 1:  # all or nothing
        return [1 - mean, *[0.0] * (n - 1), mean] if n > 1 else [1 - mean, mean]
    if correlation <= 0:
        odds = mean / (1 - mean)
        ratios = [(n - k) * odds / (k + 1) for k in range(n)]
    else:
        total = 1 / correlation - 1
        a, b = mean * total, (1 - mean) * total
        ratios = [(n - k) * (a + k) / ((k + 1) * (b + n - k - 1)) for k in range(n)]
    start = min(max(round(n * mean), 0), n)  # from the middle, where none is too small
    up = accumulate(ratios[start:], mul, initial=1.0)
    down = accumulate(reversed(ratios[:start]), truediv, initial=1.0)
    return [*reversed([*islice(down, 1, None)]), *up]


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularized incomplete beta function I_x(a, b).

    Continued fraction by the modified Lentz scheme, on the side where it converges fast:
    about sqrt(max(a, b)) terms at worst.
    """
    if x <= 0.0:
        return 0.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_cdf(1 - x, b, a)
    front = exp(a * log(x) + b * log1p(-x) - _log_beta(a, b)) / a
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d if abs(d) > TINY else TINY)
    total, m, step = d, 0, 0.0
    while abs(step - 1.0) > 1e-15:
        m += 1
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 + term * d
            d = 1.0 / (d if abs(d) > TINY else TINY)
            c = 1.0 + term / c
            c = c if abs(c) > TINY else TINY
            step = c * d
            total *= step
    return front * total


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return x with I_x(a, b) = p: Newton steps kept inside a shrinking bracket."""
    low, high = 0.0, 1.0
    x = a / (a + b)
    scale = _log_beta(a, b)
    for _ in range(200):
        excess = beta_cdf(x, a, b) - p
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


def normal_two_sided(z: float) -> float:
    """Return ``P(|Z| >= |z|)`` of a standard normal Z."""
    return erfc(abs(z) / sqrt(2))


def chi_square_sf(x: float, df: int) -> float:
    """Return P(X > x) of a chi-square variable with `df` degrees of freedom.

    A finite sum: the recurrence of the incomplete gamma function from df = 1 or 2 upwards.
    """
    half = x / 2
    if half <= 0:
        return 1.0
    odd = df % 2
    total = erfc(sqrt(half)) if odd else exp(-half)
    order = 0.5 if odd else 1.0
    while order < df / 2:
        total += exp(order * log(half) - half - lgamma(order + 1))
        order += 1
    return min(total, 1.0)
