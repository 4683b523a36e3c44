"""Which shifts cover a requirement at least cost: set covering by an exact solver.

Needs the extra `shifts` (HiGHS, as OR-Tools carries it). The solver computes in floats, so its
answer is never taken on trust: counts are whole, the cover and its exact cost are computed again
from the input, and the lower bound, rounded down where floats leave a doubt, is given beside them
with the gap. Periods that no shift works are named before anything is solved.

Source: G. Dantzig 1954.
"""

from __future__ import annotations

import math
from datetime import timedelta
from fractions import Fraction
from operator import mul
from typing import TYPE_CHECKING

from support_model._checks import (
    checked_load,
    checked_positive,
    checked_share,
    checked_whole,
    exact,
)
from support_model._frozen import frozen
from support_model._shifts.labor_rules import Duty, LaborRules, check_roster
from support_model._shifts.rosters import Post, fill_roster, ortools, shift_posts
from support_model._short_texts import fields_html, number_text, short_repr
from support_model.errors import InvalidValue, UnprovenCover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support_model._checks import Number

__all__ = [
    "Duty",
    "LaborRules",
    "Post",
    "check_roster",
    "cover_shifts",
    "fill_roster",
    "rotations",
    "shift_posts",
]

ShiftPattern = tuple[int, ...]
LARGEST = 2**53  # beyond it two costs may be one float


def rotations(pattern: Sequence[int], periods: int, *, every: int = 1) -> tuple[ShiftPattern, ...]:
    """Return a shift started at every `every`-th period of a cycle, wrapping at its end.

    `pattern` states in which periods after its start somebody works: 1 or 0.

    Raises:
        InvalidValue: a pattern longer than the cycle, or of anything but 0 and 1.

    Example:
        >>> rotations([1, 1], 3)
        ((1, 1, 0), (0, 1, 1), (1, 0, 1))
    """
    checked_whole(every, "a step", least=1)
    if len(pattern) > checked_whole(periods, "periods") or set(pattern) - {0, 1}:
        raise InvalidValue(pattern, f"a pattern of 0 and 1, at most {periods} long")
    padded = (*pattern, *[0] * (periods - len(pattern)))
    return tuple(padded[periods - k :] + padded[: periods - k] for k in range(0, periods, every))


@frozen(kw_only=True)
class ShiftCover:
    """How many people work each shift.

    Attributes:
        counts: people by shift; empty when the demand cannot be covered.
        cost: of these shifts and shortages, exactly; None when it cannot be covered.
        bound: no cover costs less; None when it cannot be covered.
        shortage: people lacking by period.
        uncoverable: periods with a demand that no shift works.
    """

    counts: tuple[int, ...]
    cost: Fraction | None
    bound: Fraction | None
    shortage: tuple[int, ...]
    uncoverable: tuple[int, ...]

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        if self.cost is None:
            return f"no cover: {len(self.uncoverable):,} periods that no shift works"
        short = f", {sum(self.shortage):,} people short" if any(self.shortage) else ""
        return (
            f"{sum(self.counts):,} people on {len(self.counts):,} shifts, "
            f"cost {number_text(float(self.cost))}{short}"
        )

    @property
    def gap(self) -> float | None:
        """How far the cost may lie above the least, as a share of it; 0 is proven least."""
        if self.cost is None or self.bound is None:
            return None
        above = self.cost - self.bound
        return float(above / self.bound) if self.bound else math.inf if above else 0.0


def cover_shifts(
    demand: Sequence[int],
    shifts: Sequence[Sequence[int]],
    *,
    costs: Sequence[Number],
    shortage_cost: Number | None = None,
    gap: float = 0.0,
    time_limit: timedelta = timedelta(seconds=60),
) -> ShiftCover:
    """Return the cheapest number of people on each shift that covers a demand.

    `demand` is people by period, `shifts[j][t]` is 1 where shift j works in period t,
    `costs[j]` what one person on it costs. With `shortage_cost` a person may be lacking for
    that price a period; without it every period must be covered. A cover whose cost is
    proven within `gap` of the least is good enough. Equal input gives an equal cover unless
    `time_limit` cuts the search.

    Raises:
        InvalidValue: lengths that do not fit, a demand that is no whole number >= 0.
        InvalidLoad: a cost that is negative or not finite.
        InvalidShare: a gap outside [0, 1).
        MissingExtra: OR-Tools is not installed.
        UnprovenCover: the solver found no cover in time, or a wrong one.

    Example:
        >>> cover_shifts([1, 0, 1], [[0, 1, 1]], costs=[1]).uncoverable
        (0,)
    """
    checked_sizes(demand, shifts, costs)
    prices = [checked_price(cost, "a cost") for cost in costs]
    penalty = None if shortage_cost is None else checked_price(shortage_cost, "a shortage cost")
    checked_positive(time_limit, "a time limit")
    checked_share(gap, "a gap")
    worked = [{t for t, works in enumerate(shift) if works} for shift in shifts]
    uncoverable = uncovered(demand, worked)
    if penalty is None and uncoverable:
        return ShiftCover(counts=(), cost=None, bound=None, shortage=(), uncoverable=uncoverable)
    gaps = [] if penalty is None else [{t} for t in range(len(demand))]
    weights = prices + [penalty or Fraction(0)] * len(gaps)
    values, bound = solve(demand, worked + gaps, weights, gap, time_limit)
    counts = tuple(values[: len(shifts)])
    shortage = lacking(demand, worked, counts)
    cost = cost_of(counts, prices, shortage, penalty)
    if cost < bound:
        raise UnprovenCover(counts, f"the solver's bound of {bound} lies above a cost of {cost}")
    return ShiftCover(
        counts=counts, cost=cost, bound=bound, shortage=shortage, uncoverable=uncoverable
    )


def cost_of(
    counts: Sequence[int],
    prices: Sequence[Fraction],
    shortage: Sequence[int],
    penalty: Fraction | None,
) -> Fraction:
    """Return what a cover costs exactly; one that does not hold raises `UnprovenCover`."""
    if min(counts, default=0) < 0 or (any(shortage) and penalty is None):
        raise UnprovenCover(counts, "the solver's cover does not hold")
    return sum(map(mul, counts, prices), (penalty or Fraction(0)) * sum(shortage))


def checked_sizes(
    demand: Sequence[int], shifts: Sequence[Sequence[int]], costs: Sequence[Number]
) -> None:
    for need in demand:
        checked_whole(need, "a demand")
    if len(costs) != len(shifts) or any(len(shift) != len(demand) for shift in shifts):
        raise InvalidValue(
            (len(demand), len(shifts), len(costs)),
            "a cost for each shift and a place for each period, not periods, shifts, costs",
        )


def checked_price(cost: Number, name: str) -> Fraction:
    checked_load(cost, name)
    return exact(cost)


def uncovered(demand: Sequence[int], worked: Sequence[set[int]]) -> tuple[int, ...]:
    """Return the periods with a demand that no shift works."""
    covered = set[int]().union(*worked)
    return tuple(t for t, need in enumerate(demand) if need and t not in covered)


def lacking(
    demand: Sequence[int], worked: Sequence[set[int]], counts: Sequence[int]
) -> tuple[int, ...]:
    """Return the people lacking in each period."""
    there = [0] * len(demand)
    for n, periods in zip(counts, worked, strict=True):
        for t in periods:
            there[t] += n
    return tuple(max(0, need - n) for need, n in zip(demand, there, strict=True))


def solve(
    demand: Sequence[int],
    columns: Sequence[set[int]],
    prices: Sequence[Fraction],
    gap: float,
    time_limit: timedelta,
) -> tuple[list[int], Fraction]:
    """Return whole counts of least cost and the proven bound, from HiGHS on one thread."""
    if not any(demand):
        return [0] * len(columns), Fraction(0)
    mathopt = ortools("math_opt.python.mathopt")
    scale, most = math.lcm(*(price.denominator for price in prices)), max(demand)
    weights = [int(price * scale) for price in prices]
    if most * sum(weights) >= LARGEST:
        raise InvalidValue(scale, "costs of more digits than the solver holds", "round them")
    model = mathopt.Model()
    counts = [model.add_integer_variable(lb=0, ub=most) for _ in columns]
    needs = [model.add_linear_constraint(lb=need) for need in demand]
    for n, periods in zip(counts, columns, strict=True):
        for t in sorted(periods):
            needs[t].set_coefficient(n, 1)
    model.minimize(sum(n * weight for n, weight in zip(counts, weights, strict=True)))
    settings = mathopt.SolveParameters(
        time_limit=time_limit,
        random_seed=0,
        absolute_gap_tolerance=0.0,
        relative_gap_tolerance=gap / (1 + gap),  # of the cost, not of the bound
    )
    settings.highs.string_options["parallel"] = "off"  # answers alike each time
    solution = mathopt.solve(model, mathopt.SolverType.HIGHS, params=settings)
    if not solution.has_primal_feasible_solution():
        raise UnprovenCover(None, "the solver found no cover in time")
    values = solution.variable_values(counts)
    return [round(value) for value in values], Fraction(
        proven(solution.best_objective_bound()), scale
    )


def proven(bound: float) -> int:
    """Return the least whole cost that a bound computed in floats leaves possible."""
    return math.ceil(bound * (1 - 1e-9) - 1e-6) if bound > 0 else 0
