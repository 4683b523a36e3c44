"""Probabilities: tails and quantiles of the binomial, beta, normal and chi-square distributions.

Plain floats to a relative 1e-12 or so, by continued fractions and bracketed Newton steps, so
that the intervals need no numerical package.
"""

from __future__ import annotations

from math import erfc, exp, lgamma, log, log1p, sqrt
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
