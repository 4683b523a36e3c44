"""Which shifts cover a requirement at least cost: set covering by an exact solver.

Needs the extra `shifts` (HiGHS, as OR-Tools carries it). The solver reckons in floats, so its
answer is never taken on trust: counts are whole, the cover and its exact cost are computed again
from the input, and the lower bound, rounded down where floats leave a doubt, and the gap stand
beside them. Periods that no shift works are named before anything is solved.

Source: G. Dantzig 1954.
"""

from __future__ import annotations

import math
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from support_model._checks import (
    checked_load,
    checked_positive,
    checked_share,
    checked_whole,
    exact,
)
from support_model._frozen import frozen
from support_model._shifts.labor_rules import Duty, LaborRules, check_roster
from support_model._shifts.rosters import Post, fill_roster, shift_posts
from support_model.errors import InvalidValue, MissingExtra, UnprovenCover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support_model._checks import Number

__all__ = [
    "Duty",
    "LaborRules",
    "Post",
    "ShiftCover",
    "check_roster",
    "cover_shifts",
    "fill_roster",
    "rotations",
    "shift_posts",
]

ShiftPattern = tuple[int, ...]
LARGEST = 2**53  # beyond it a float cannot tell two costs apart


def rotations(pattern: Sequence[int], periods: int, *, every: int = 1) -> tuple[ShiftPattern, ...]:
    """Return a shift started at every `every`-th period of a cycle, wrapping at its end.

    `pattern` says in which periods after its start somebody works: 1 or 0.

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
    for need in demand:
        checked_whole(need, "a demand")
    if len(costs) != len(shifts) or any(len(shift) != len(demand) for shift in shifts):
        raise InvalidValue(
            (len(demand), len(shifts), len(costs)),
            "a cost for each shift and a place for each period, not periods, shifts, costs",
        )
    prices = [exact(cost) for cost in costs if checked_load(cost, "a cost") >= 0]
    checked_positive(time_limit, "a time limit")
    checked_share(gap, "a gap")
    lacking = shortage_cost is not None
    if shortage_cost is not None:
        checked_load(shortage_cost, "a shortage cost")
    penalty = exact(shortage_cost or 0)
    worked = [any(shift[t] for shift in shifts) for t in range(len(demand))]
    uncoverable = tuple(t for t, need in enumerate(demand) if need and not worked[t])
    if uncoverable and not lacking:
        return ShiftCover(counts=(), cost=None, bound=None, shortage=(), uncoverable=uncoverable)
    if not any(demand):
        idle = (0,) * len(shifts)
        none = (0,) * len(demand)
        return ShiftCover(
            counts=idle, cost=Fraction(0), bound=Fraction(0), shortage=none, uncoverable=()
        )
    columns = [{t for t, works in enumerate(shift) if works} for shift in shifts]
    gaps = [{t} for t in range(len(demand))] if lacking else []
    values, bound = solve(demand, columns + gaps, prices + [penalty] * len(gaps), gap, time_limit)
    counts = tuple(values[: len(shifts)])
    there = [
        sum(n for n, shift in zip(counts, shifts, strict=True) if shift[t])
        for t in range(len(demand))
    ]
    shortage = tuple(max(0, need - on) for need, on in zip(demand, there, strict=True))
    if min(counts) < 0 or (any(shortage) and not lacking):
        raise UnprovenCover(counts, "the solver's cover does not hold")
    cost = sum((n * price for n, price in zip(counts, prices, strict=True)), Fraction(0))
    cost += penalty * sum(shortage)
    if cost < bound:
        raise UnprovenCover(counts, f"the solver's bound of {bound} lies above a cost of {cost}")
    return ShiftCover(
        counts=counts,
        cost=cost,
        bound=bound,
        shortage=shortage,
        uncoverable=uncoverable,
    )


def solve(
    demand: Sequence[int],
    columns: Sequence[set[int]],
    prices: Sequence[Fraction],
    gap: float,
    time_limit: timedelta,
) -> tuple[list[int], Fraction]:
    """Return whole counts of least cost and the proven bound, from HiGHS on one thread."""
    mathopt = highs()
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


def highs() -> Any:  # noqa: ANN401 - a module of an extra
    """Return OR-Tools' MathOpt, which carries HiGHS.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        from ortools.math_opt.python import mathopt  # noqa: PLC0415 - an extra
    except ImportError as error:  # the cause shows: another library may be in the way
        raise MissingExtra("shifts", "ortools") from error  # noqa: EM101 - names, no message
    return mathopt


def proven(bound: float) -> int:
    """Return the least whole cost that a bound computed in floats leaves possible."""
    return math.ceil(bound * (1 - 1e-9) - 1e-6) if bound > 0 else 0
