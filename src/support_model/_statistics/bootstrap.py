"""Intervals of statistics that have no formula, by drawing the data again and again.

The source of randomness is given (`rng=`), so the same seed gives the same interval. Cases of
one caller or one agent are not independent: given as clusters, they are drawn whole, which
widens the interval to what is really known.
"""

from __future__ import annotations

from math import fsum
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING, Literal

from support_model._checks import check_level, check_numbers
from support_model._statistics.intervals import quantile
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from random import Random


NORMAL = NormalDist()


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
