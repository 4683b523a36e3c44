"""A slow twin of the comparison of two periods: counting, fractions, no library."""

from fractions import Fraction
from math import erfc, sqrt


def median(values):
    """Return the median of numbers, between the middle two where they are even."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[middle])
    return Fraction(ordered[middle - 1] + ordered[middle], 2)


def pooled_p(first, second):
    """Return the two-sided p-value of two shares (k, n); None where nothing varies."""
    (k1, n1), (k2, n2) = first, second
    pooled = Fraction(k1 + k2, n1 + n2)
    if pooled in {0, 1}:
        return None
    spread = pooled * (1 - pooled) * (Fraction(1, n1) + Fraction(1, n2))
    z = (Fraction(k2, n2) - Fraction(k1, n1)) / Fraction(sqrt(spread))
    return erfc(abs(float(z)) / sqrt(2))


def median_p(first, second):
    """Return Mood's p-value: are the two alike in how many lie above their common median."""
    middle = median([*first, *second])
    above = [(sum(x > middle for x in values), len(values)) for values in (first, second)]
    return pooled_p(*above)


def welch(first, second):
    """Return (difference, standard error) of two means."""
    means = [Fraction(sum(values)) / len(values) for values in (first, second)]
    spreads = [
        sum((x - mean) ** 2 for x in values) / (len(values) - 1) / len(values)
        for values, mean in zip((first, second), means, strict=True)
    ]
    return means[1] - means[0], sqrt(sum(spreads))


def adjusted(p_values):
    """Return Benjamini and Hochberg's p-values by their definition: the least of all above."""
    tested = [p for p in p_values if p is not None]
    m = len(tested)
    found = []
    for p in p_values:
        if p is None:
            found.append(None)
            continue
        later = [q for q in tested if q >= p]
        found.append(min(1.0, *(q * m / sum(r <= q for r in tested) for q in later)))
    return found


def shares(tickets, holds):
    """Return group -> (k, n) of tickets given as (group, value)."""
    cells = {}
    for group, value in tickets:
        k, n = cells.get(group, (0, 0))
        cells[group] = (k + bool(holds(value)), n + 1)
    return cells


def excess(before, after, higher_is_worse):
    """Return how many more of `after` went the worse way than the earlier share expects."""
    (k1, n1), (k2, n2) = before, after
    if not n1:
        return Fraction(0)
    more = k2 - Fraction(k1, n1) * n2
    return more if higher_is_worse else -more
