"""Erlang's formulas in plain floats: blocking, waiting, and waiting with impatience, exact.

Every number here is dimensionless: loads in erlangs, times in mean handle times. All sums
have positive terms and are taken outward from their largest one, so nothing overflows and
nothing cancels: the relative error stays near 1e-14 from an empty queue to 100,000 agents,
at a cost that grows with the square root of the load.

Sources: A. K. Erlang 1917 (B, C); C. Palm 1946 and Garnett, Mandelbaum, Reiman 2002 (A);
C. Loader 2000 for the Poisson weight.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

NEGLIGIBLE = 1e-18
TINY = 1e-300
STEPWISE = 120  # below this many agents the textbook recursion is the fastest exact form
ASYMPTOTIC = 16  # from here on the asymptotic series below leave 1e-14 or less
HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)


def stirling_error(k: float) -> float:
    """Return log(k!) less Stirling's approximation of it, from `ASYMPTOTIC` on."""
    q = 1 / (k * k)
    return (1 / 12 - (1 / 360 - (1 / 1260 - q / 1680) * q) * q) / k


def deviance(k: float, mean: float) -> float:
    """Return k log(k / mean) + mean - k, without cancellation where both are near."""
    gap = k - mean
    if abs(gap) >= 0.1 * (k + mean):
        return k * math.log(k / mean) - gap
    v = gap / (k + mean)
    term, total = 2 * k * v, gap * v
    for odd in range(3, 100, 2):
        term *= v * v
        step = term / odd
        total += step
        if abs(step) <= NEGLIGIBLE * total:
            break
    return total


def log_poisson(k: float, mean: float) -> float:
    """Return the log of mean**k exp(-mean) / k! for any real k >= 0 and mean > 0."""
    if k < ASYMPTOTIC:
        return k * math.log(mean) - mean - math.lgamma(k + 1)
    return -deviance(k, mean) - stirling_error(k) - 0.5 * math.log(k) - HALF_LOG_TAU


def blocking_odds(load: float, agents: float) -> float:  # noqa: PLR0911 - one return a regime
    """Return 1/B - 1 for Erlang's loss formula B, with real-valued agents allowed.

    The odds of finding an agent free. They may be infinite (no load, or B below 1e-308)
    and start every other formula, because 1 - B cannot be recovered from B.
    """
    if agents == 0:
        return 0.0
    if load == 0:
        return math.inf
    if agents <= STEPWISE and agents == int(agents):
        odds = 0.0
        for step in range(1, int(agents) + 1):
            odds = (1 + odds) * step / load
        return odds
    if load < agents:
        log_weight = -log_poisson(agents, load)
        if log_weight > 709:
            return math.inf
        term, total, k = 1.0, 1.0, float(agents)  # the load beyond `agents`, and the 1 of 1/B - 1
        while term > NEGLIGIBLE * total:
            k += 1
            term *= load / k
            total += term
        return math.exp(log_weight) - total
    if agents == int(agents):
        term, total, k = 1.0, 0.0, float(agents)
        while term > NEGLIGIBLE * total:  # before k is 0, as 120! / 120**120 is less
            term *= k / load
            total += term
            k -= 1
        return total
    return continued_odds(load, agents)


def continued_odds(load: float, agents: float) -> float:
    """Return the blocking odds at real `agents` <= load, by Legendre's continued fraction.

    1/B = e**a a**-c Gamma(c + 1, a), stepped up from the fractional part for few agents,
    where the fraction is short, and evaluated at once (modified Lentz) for many.
    """
    whole = math.floor(agents) if agents <= STEPWISE else 0
    s = agents - whole + 1
    b = load + 1 - s
    c, d = 1 / TINY, 1 / (b or TINY)
    h = d
    for i in itertools.count(1):
        a = -i * (i - s)
        b += 2
        d = 1 / ((a * d + b) or TINY)
        c = (b + a / c) or TINY
        h *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    odds = load * h - 1
    for k in range(1, whole + 1):
        odds = (1 + odds) * (agents - whole + k) / load
    return odds


def delay(load: float, agents: float) -> tuple[float, float]:
    """Return Erlang C and its complement: P(wait) and P(no wait), each to full precision.

    Overload (load >= agents) is an answer: everybody waits.
    """
    if load >= agents:
        return (1.0, 0.0) if load else (0.0, 1.0)
    odds = blocking_odds(load, agents)
    if odds == math.inf:
        return 0.0, 1.0
    free = odds * ((agents - load) / agents)
    return 1 / (1 + free), free / (1 + free)


def least_agents_c(
    load: float, within: float, share: float, start: int, limit: int, longest: float = math.inf
) -> int | None:
    """Return the fewest agents >= start who serve `share` within `within`; None beyond limit.

    Their mean wait is at most `longest`, in handle times as `within` is.

    One evaluation of the odds, then one recursion step for each further agent.
    """
    agents = max(start, math.floor(load) + 1)
    odds = blocking_odds(load, agents)
    while agents <= limit:
        if odds == math.inf:
            return agents
        free = (agents - load) * odds
        missed = agents * math.expm1(-(agents - load) * within)
        kept = agents <= longest * (agents - load) * (agents + free)
        if kept and free - missed >= share * (agents + free):
            return agents
        agents += 1
        odds = (1 + odds) * agents / load
    return None


class Impatience(NamedTuple):
    """The queue beyond the last agent, when those who wait may hang up.

    With x = agents and y = load, both counted in departures by impatience (times patience
    over handle time), state j of the queue weighs y**j / ((x + 1) ... (x + j)).

    Attributes:
        peak: index of the largest weight.
        total: sum of all weights over the largest.
        moment: the sum of index times weight over the largest.
        harmonic: the sum of weight times (1/(x + 1) + ... + 1/(x + index)) over the largest.
        first: weight 0 over the largest.
    """

    peak: int
    total: float
    moment: float
    harmonic: float
    first: float


def impatience(x: float, y: float) -> Impatience:
    """Sum the waiting states outward from the largest; see `Impatience`."""
    peak = max(0, math.floor(y - x))
    at_peak = steps = harmonic_span(x, peak)
    weight, after, moment, harmonic = 1.0, 0.0, float(peak), at_peak
    j, k = peak, x + peak
    while weight > NEGLIGIBLE * after:
        j += 1
        k += 1
        weight *= y / k
        steps += 1 / k
        after += weight
        moment += j * weight
        harmonic += steps * weight
    if not peak:
        return Impatience(0, 1 + after, moment, harmonic, 1.0)
    total = 1 + after
    weight, steps, j, k = 1.0, at_peak, peak, x + peak
    while j > 0 and weight > NEGLIGIBLE * total:
        weight *= k / y
        steps -= 1 / k
        j -= 1
        k -= 1
        total += weight
        moment += j * weight
        harmonic += steps * weight
    first = 0.0 if j else weight
    return Impatience(peak, total, moment, harmonic, first)


def mass(x: float, y: float) -> tuple[int, float, float]:
    """Return peak and total of `impatience`, and the total without weight 0, in half the time."""
    peak = max(0, math.floor(y - x))
    weight, after, k = 1.0, 0.0, x + peak
    while weight > NEGLIGIBLE * after:
        k += 1
        weight *= y / k
        after += weight
    if not peak:
        return 0, 1 + after, after
    total, weight, j, k = 1 + after, 1.0, peak, x + peak
    while j > 0 and weight > NEGLIGIBLE * total:
        weight *= k / y
        j -= 1
        k -= 1
        total += weight
    return peak, total, total if j else total - weight


def harmonic_span(x: float, count: int) -> float:
    """Return 1/(x + 1) + ... + 1/(x + count): long spans by digamma's asymptotic series."""
    if count < 64:
        return math.fsum(1 / (x + k) for k in range(1, count + 1))
    low, high, total = x + 1, x + 1 + count, 0.0
    while low < ASYMPTOTIC:
        total += 1 / low
        low += 1
    gap = high - low
    tail = digamma_tail(low) - digamma_tail(high)
    return total + math.log1p(gap / low) + 0.5 * gap / (low * high) + tail


def digamma_tail(z: float) -> float:
    """Return log(z) - 1/(2z) - digamma(z) from `ASYMPTOTIC` on."""
    q = 1 / (z * z)
    return q * (1 / 12 - q * (1 / 120 - q * (1 / 252 - q * (1 / 240 - q / 132))))


def late_shares(
    load: float, agents: float, hangup: float, within: float, now: Impatience
) -> tuple[float, float]:
    """Return, of those who wait, the virtual share beyond `within` and the share answered late.

    `hangup` is handle time over patience; `within` is in handle times. The virtual wait is
    that of somebody who never hangs up.
    """
    if not load:
        return 0.0, 0.0
    x, y = agents / hangup, load / hangup
    survival = math.exp(-hangup * within)
    z = y * survival
    peak, total, beyond = mass(x, z)
    if now.peak or peak:
        if z > TINY:
            later = log_poisson(x + peak, z)
        else:  # it loses its digits and ends as 0; its logarithm does not
            later = x * (math.log(y) - hangup * within) - math.lgamma(x + 1)
        ratio = math.exp(later - log_poisson(x + now.peak, y))
    else:
        ratio = math.exp(-within * ((agents - load) + load * lag(hangup * within)))
    ratio /= now.total
    return min(1.0, ratio * total), ratio * beyond * x / y


def lag(u: float) -> float:
    """Return 1 - (1 - exp(-u)) / u for u >= 0, without cancellation near 0."""
    if u > 0.5:
        return 1 + math.expm1(-u) / u
    term = total = u / 2
    k = 3
    while abs(term) > NEGLIGIBLE * total:
        term *= -u / k
        total += term
        k += 1
    return total


def crossing(below: Callable[[float], bool], start: float) -> float:
    """Return the least positive float at which a condition that holds below it fails."""
    low, high = 0.0, start
    while below(high):
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if below(middle) else (low, middle)
    return high
