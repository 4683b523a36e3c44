"""Rates compared fairly: at one mix, with the mix split off, and pulled in where n is small.

A rate may fall because every part got worse, or because the hard part grew. Standardizing
answers what it would be at a fixed mix; the Kitagawa split says how much of a change was rate
and how much mix; shrinkage and funnel limits say what chance alone does to small units.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from math import sqrt
from typing import TYPE_CHECKING, Literal

from support_model._checks import check_level, check_numbers, checked_load
from support_model._frozen import frozen
from support_model._short_texts import (
    bounds_text,
    few_names,
    fields_html,
    fields_row,
    points_text,
    share_text,
    short_repr,
)
from support_model._statistics.intervals import check_counts
from support_model._statistics.probability import (
    beta_binomial_range,
    binomial_cdf,
    binomial_sf,
    critical_value,
    exceeds,
    first_true,
)
from support_model.errors import InvalidShare, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


Counts = tuple[int, int]
NO_CASES = (0, 0)


@frozen(kw_only=True)
class Standardized:
    """A rate at a fixed mix.

    Attributes:
        value: the rate; None where a cell with weight has no cases, or no cell has weight.
        variance: its variance.
        interval: value +- z standard deviations inside [0, 1]; None at variance 0.
        empty: the cells with weight and without cases; nothing is filled in for them.
        undefined: why there is no value: "no_weights" or "empty_cells"; else None.
    """

    value: float | None
    variance: float | None = None
    interval: tuple[float, float] | None = None
    empty: tuple[str, ...] = ()
    undefined: str | None = None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        if self.value is None:
            return _not_defined(self.undefined, self.empty)
        return f"{share_text(self.value)}{bounds_text(self.interval, share_text)} at a fixed mix"


def _not_defined(reason: str | None, empty: Sequence[str]) -> str:
    cells = f": {few_names(empty, len(empty))}" if empty else ""
    return f"not defined, {reason}".replace("_", " ") + cells


def standardize(
    cells: Mapping[str, Counts], weights: Mapping[str, float], *, level: float = 0.95
) -> Standardized:
    """Return the rate that counts (k, n) by cell would give at the mix that `weights` state.

    Raises:
        InvalidValue: not 0 <= k <= n, or a weight that is negative or not finite.
        InvalidShare: a level outside (0, 1).

    Source: direct standardization; Fleiss, Levin and Paik (2003), chapter 19.

    Example:
        >>> mix = {"urgent": 1, "normal": 9}
        >>> standardize({"urgent": (5, 10), "normal": (90, 100)}, mix).value
        0.86
    """
    check_level(level)
    check_numbers(weights.values())
    for cell, weight in weights.items():
        if weight < 0:
            raise InvalidValue(weight, f"the weight of {cell!r} is negative", "give 0 or more")
        check_counts([cells.get(cell, NO_CASES)])
    exact = {cell: Fraction(str(weight)) for cell, weight in weights.items() if weight}
    total = sum(exact.values(), Fraction(0))
    empty = tuple(cell for cell in exact if not cells.get(cell, NO_CASES)[1])
    if empty or not total:
        reason = "empty_cells" if empty else "no_weights"
        return Standardized(value=None, empty=empty, undefined=reason)
    value = variance = Fraction(0)
    for cell, part in exact.items():
        k, n = cells[cell]
        rate, share = Fraction(k, n), part / total
        value += share * rate
        variance += share * share * rate * (1 - rate) / n
    half = critical_value(level) * sqrt(variance)
    interval = (max(float(value) - half, 0.0), min(float(value) + half, 1.0)) if variance else None
    return Standardized(
        value=float(value), variance=float(variance), interval=interval, empty=empty
    )


@frozen(kw_only=True)
class Decomposition:
    """A change of a rate, split: `rate` and `mix` add up to `change` exactly.

    Attributes:
        change: the later pooled rate minus the earlier one; None where either has n = 0.
        rate: what changed inside the cells; None where a cell was refused.
        mix: what came from other sizes of the cells.
        by_cell: the two parts of every cell.
        empty: cells that have cases in one of the two periods only.
        undefined: why something is None: "no_cases" or "empty_cells"; else None.
    """

    change: float | None
    rate: float | None = None
    mix: float | None = None
    by_cell: Mapping[str, tuple[float, float]] | None = None
    empty: tuple[str, ...] = ()
    undefined: str | None = None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        if self.change is None:
            return _not_defined(self.undefined, self.empty)
        if self.rate is None:
            said = _not_defined(self.undefined, self.empty)
            return f"{points_text(self.change)}, its parts {said}"
        parts = f"rate {points_text(self.rate)}, mix {points_text(self.mix)}"
        return f"{points_text(self.change)}: {parts}, {len(self.by_cell or ()):,} cells"


def decompose(
    before: Mapping[str, Counts],
    after: Mapping[str, Counts],
    *,
    empty: Literal["refuse", "carry"] = "refuse",
) -> Decomposition:
    """Return how much of a change of a rate is rate and how much is mix.

    A cell that is empty in one period has no rate there. `refuse` leaves the parts out and
    names it; `carry` takes its rate from the other period, so that it adds to the mix alone.

    Raises:
        InvalidValue: not 0 <= k <= n.

    Source: Kitagawa (1955).

    Example:
        >>> split = decompose({"p1": (5, 10), "p2": (90, 100)}, {"p1": (30, 60), "p2": (45, 50)})
        >>> round(split.change, 3), split.rate, round(split.mix, 3)
        (-0.182, 0.0, -0.182)
    """
    cells = {
        cell: (before.get(cell, NO_CASES), after.get(cell, NO_CASES))
        for cell in sorted({*before, *after})
    }
    check_counts(chain.from_iterable(cells.values()))
    (k1, n1), (k2, n2) = _pooled(before.values()), _pooled(after.values())
    if not n1 or not n2:
        return Decomposition(change=None, undefined="no_cases")
    change = Fraction(k2, n2) - Fraction(k1, n1)
    lone = tuple(cell for cell, (old, new) in cells.items() if bool(old[1]) != bool(new[1]))
    if lone and empty == "refuse":
        return Decomposition(change=float(change), empty=lone, undefined="empty_cells")
    by_cell: dict[str, tuple[float, float]] = {}
    rate = mix = Fraction(0)
    for cell, (old, new) in cells.items():
        if old[1] or new[1]:
            part, mixed = _split(old, new, Fraction(old[1], n1), Fraction(new[1], n2))
            rate, mix = rate + part, mix + mixed
            by_cell[cell] = (float(part), float(mixed))
    return Decomposition(
        change=float(change), rate=float(rate), mix=float(mix), by_cell=by_cell, empty=lone
    )


def _pooled(cells: Iterable[Counts]) -> Counts:
    rows = tuple(cells)
    return sum(k for k, _ in rows), sum(n for _, n in rows)


def _split(old: Counts, new: Counts, w1: Fraction, w2: Fraction) -> tuple[Fraction, Fraction]:
    """Return what rate and mix of one cell changed, given its weights in the two periods."""
    r1 = Fraction(*old) if old[1] else Fraction(*new)
    r2 = Fraction(*new) if new[1] else r1
    return (w1 + w2) / 2 * (r2 - r1), (r1 + r2) / 2 * (w2 - w1)


@frozen(kw_only=True)
class Shrunk:
    """Rates of units pulled towards their common mean, small units most.

    Attributes:
        mean: the mean they are pulled to; None without cases.
        values: the rate of each unit; None where it is not defined.
        rho: share of the spread that is between units; None with a prior of your own.
        strength: how many imagined cases pull; None where it is without limit or unknown.
        undefined: why there are no rates: "no_cases", "one_unit", "nothing_varies" or
            "one_case_each", as moments then tell nothing; else None.
    """

    mean: float | None
    values: tuple[float | None, ...]
    rho: float | None = None
    strength: float | None = None
    undefined: str | None = None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        units = f"{len(self.values):,} units towards {share_text(self.mean)}"
        if self.undefined:
            return f"{units}: {_not_defined(self.undefined, ())}"
        if self.strength is None:
            return f"{units}, all alike"
        return f"{units}, as if by {self.strength:,.4g} more cases each"


def shrink(units: Sequence[Counts], *, prior: tuple[float, float] | None = None) -> Shrunk:
    """Return the beta-binomial estimate (k + a) / (n + a + b) of each unit's rate.

    Without a prior, a and b come from the moments of the units themselves; units that differ
    by no more than chance then all get the pooled rate.

    Raises:
        InvalidValue: not 0 <= k <= n, or a prior that is not above 0.

    Source: Kleinman (1973).

    Example:
        >>> shrink([(1, 1), (0, 1), (45, 50)], prior=(8, 2)).values
        (0.8181818181818182, 0.7272727272727273, 0.8833333333333333)
    """
    check_counts(units)
    if prior is not None:
        return _shrunk_to(prior, units)
    known = [(k, n) for k, n in units if n]
    if not known:
        return Shrunk(mean=None, values=(None,) * len(units), undefined="no_cases")
    mean = Fraction(*_pooled(known))
    rho = _between(known, mean)
    if isinstance(rho, str):
        return Shrunk(mean=float(mean), values=(None,) * len(units), undefined=rho)
    if not rho:
        return Shrunk(mean=float(mean), rho=0.0, values=(float(mean),) * len(units))
    strength = (1 - rho) / rho
    rates = tuple(
        float((k + mean * strength) / (n + strength)) if n + strength else None for k, n in units
    )
    return Shrunk(mean=float(mean), rho=float(rho), strength=float(strength), values=rates)


def _between(units: Sequence[Counts], mean: Fraction) -> Fraction | str:
    """Return the share of the spread that is between units, or why moments do not give it."""
    free, total = len(units) - 1, sum(n for _, n in units)
    spare = total - Fraction(sum(n * n for _, n in units), total) - free
    if free < 1:
        return "one_unit"
    if mean in {0, 1}:
        return "nothing_varies"
    if not spare:
        return "one_case_each"
    spread = sum(n * (Fraction(k, n) - mean) ** 2 for k, n in units) / (mean * (1 - mean))
    return min(max((spread - free) / spare, Fraction(0)), Fraction(1))


def _shrunk_to(prior: tuple[float, float], units: Sequence[Counts]) -> Shrunk:
    a, b = prior
    check_numbers(prior)
    if not (a > 0 and b > 0):
        raise InvalidValue(prior, "a prior is two numbers above 0", "give (1, 1)")
    values = tuple((k + a) / (n + a + b) for k, n in units)
    return Shrunk(mean=a / (a + b), strength=a + b, values=values)


@frozen(kw_only=True)
class Limits:
    """What chance alone leaves between, for n cases of a common rate; shares in [0, 1].

    Attributes:
        low: lower limit; None where there are no cases.
        high: upper limit, likewise.
        low_count: it as a count; None for the normal form, which has none.
        high_count: likewise.
        undefined: why there are no limits: "no_cases"; else None.
    """

    low: float | None
    high: float | None
    low_count: int | None = None
    high_count: int | None = None
    undefined: str | None = None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        if self.low is None:
            return _not_defined(self.undefined, ())
        counts = "" if self.low_count is None else f", {self.low_count:,} to {self.high_count:,}"
        return f"{share_text(self.low)} to {share_text(self.high)}{counts}"

    def verdict(self, k: int, n: int) -> Literal["low", "inside", "high"] | None:
        """Return where k of n lies; on a limit is inside, and None where nothing is known.

        Raises:
            InvalidValue: not 0 <= k <= n.
        """
        check_counts([(k, n)])
        if not n or self.low is None or self.high is None:
            return None
        value = k / n
        return "low" if value < self.low else "high" if value > self.high else "inside"


def funnel_limits(
    n: int, target: float, *, level: float = 0.95, exact: bool = True, spread: float = 0.0
) -> Limits:
    """Return the limits outside which a unit of n cases differs from a common rate.

    A league table of units ranks chance; the same units in a funnel show who really differs.
    Exact limits are counts whose tail probability exceeds half of 1 - level. Of no cases there
    are none.

    Args:
        n: how many cases.
        target: the common rate.
        level: how much lies between the limits.
        exact: counts of binomial tails, or of beta-binomial ones with a spread; else normal.
        spread: standard deviation of the rates of units that differ from each other as usual;
            0 where chance alone acts. See `overdispersion`. Limits are never narrower for it.

    Raises:
        InvalidValue: a negative n, or a spread that is negative or not finite.
        InvalidShare: a target outside [0, 1] or a level outside (0, 1).

    Source: Spiegelhalter (2005), Statistics in Medicine 24; its additive model for the spread.

    Example:
        >>> limits = funnel_limits(10, 0.5)
        >>> limits.low_count, limits.high_count, limits.verdict(1, 10)
        (2, 8, 'low')
    """
    check_counts([(0, n)])
    check_level(level)
    if not 0 <= target <= 1:
        raise InvalidShare(target, "a common rate lies in [0, 1]", "0.8 is 80 %")
    if not n:
        return Limits(low=None, high=None, undefined="no_cases")
    alone = target * (1 - target)
    between = min(checked_load(spread, "a spread") ** 2, alone)
    if not exact:
        half = critical_value(level) * sqrt(alone / n + between)
        return Limits(low=max(target - half, 0.0), high=min(target + half, 1.0))
    tail = (1 - level) / 2
    low = first_true(lambda k: exceeds(binomial_cdf(k, n, target), tail), 0, n)
    high = first_true(lambda k: not exceeds(binomial_sf(k, n, target), tail), 0, n)
    if between:  # of a few rare cases that come all or none, the tails alone would be narrower
        least, most = beta_binomial_range(n, target, between / alone, tail)
        low, high = min(low, least), max(high, most)
    return Limits(low=low / n, high=high / n, low_count=low, high_count=high)
