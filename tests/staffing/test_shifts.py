"""Shift covers by HiGHS against exhaustive search and another solver; needs extra `shifts`."""

import math
import random
import sys
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import staffing_oracle as oracle

pytest.importorskip("ortools")

from support_model import shifts
from support_model.errors import (
    InvalidLoad,
    InvalidShare,
    InvalidValue,
    MissingExtra,
    UnprovenCover,
)
from support_model.shifts import ShiftCover, cover_shifts, proven, rotations


@st.composite
def problems(draw):
    periods = draw(st.integers(1, 4))
    rows = st.lists(st.integers(0, 1), min_size=periods, max_size=periods)
    demand = draw(st.lists(st.integers(0, 4), min_size=periods, max_size=periods))
    works = draw(st.lists(rows, min_size=1, max_size=4))
    costs = draw(st.lists(st.integers(1, 5), min_size=len(works), max_size=len(works)))
    return demand, works, costs


@given(problems())
def test_cost_is_least(problem):
    demand, works, costs = problem
    found = cover_shifts(demand, works, costs=costs)
    least = oracle.least_cover(demand, works, costs)
    assert found.cost == least
    if least is None:
        assert all(demand[t] and not any(shift[t] for shift in works) for t in found.uncoverable)
        assert found.uncoverable
        assert found.gap is None
    else:
        assert found.gap == 0
        for t, need in enumerate(demand):
            assert sum(n for n, shift in zip(found.counts, works, strict=True) if shift[t]) >= need


@given(problems(), st.integers(1, 6))
def test_a_price_on_shortage_never_costs_more(problem, price):
    demand, works, costs = problem
    strict = cover_shifts(demand, works, costs=costs)
    priced = cover_shifts(demand, works, costs=costs, shortage_cost=price)
    singles = [[int(t == k) for t in range(len(demand))] for k in range(len(demand))]
    wanted = oracle.least_cover(demand, works + singles, costs + [price] * len(demand))
    assert priced.cost == wanted
    assert strict.cost is None or priced.cost <= strict.cost


def test_a_week_of_days_off():
    """The post office: five days on, two off; 23 are enough."""
    week = cover_shifts([17, 13, 15, 19, 14, 16, 11], rotations([1] * 5, 7), costs=[1] * 7)
    assert week.cost == 23


def test_bad_shifts():
    with pytest.raises(InvalidValue):
        cover_shifts([1], [[1, 0]], costs=[1])
    with pytest.raises(InvalidValue):
        cover_shifts([1], [[1]], costs=[])
    with pytest.raises(InvalidValue):
        cover_shifts([-1], [[1]], costs=[1])
    with pytest.raises(InvalidLoad):
        cover_shifts([1], [[1]], costs=[-1])
    with pytest.raises(InvalidLoad):
        cover_shifts([1], [[1]], costs=[1], shortage_cost=-1)
    with pytest.raises(InvalidValue):
        rotations([1, 1], 1)
    with pytest.raises(InvalidValue):
        rotations([2], 3)
    with pytest.raises(InvalidValue, match="digits"):
        cover_shifts([1], [[1]], costs=[2**53])
    assert cover_shifts([1], [[1]], costs=[2**53 - 1]).cost == 2**53 - 1
    with pytest.raises(InvalidShare):
        cover_shifts([9], [[1]], costs=[1], gap=1)
    assert cover_shifts([0, 0], [[1, 0]], costs=[1]).cost == 0
    assert cover_shifts([1], [[1]], costs=[0.1]).cost == Fraction(1, 10)


@pytest.mark.parametrize("wrong", [[0, 9], [-1, 9], [3, 0]])
def test_a_wrong_answer_of_the_solver_is_never_returned(monkeypatch, wrong):
    monkeypatch.setattr(shifts, "solve", lambda *_: (wrong, 0.0))
    with pytest.raises(UnprovenCover, match="does not hold"):
        cover_shifts([3, 2], [[1, 0], [0, 1]], costs=[1, 1])


def test_a_bound_above_the_cost_is_never_returned(monkeypatch):
    monkeypatch.setattr(shifts, "solve", lambda *_: ([3, 2], Fraction(6)))
    with pytest.raises(UnprovenCover, match="bound of 6 lies above a cost of 5"):
        cover_shifts([3, 2], [[1, 0], [0, 1]], costs=[1, 1])


@pytest.mark.parametrize("seed", range(6))
def test_another_solver_finds_nothing_cheaper(seed):
    """Days of 24 hours, too many for exhaustive search, by CP-SAT."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - only where it is there

    rng = random.Random(seed)  # noqa: S311 - a demand, no secret
    demand = [rng.randint(0, 30) for _ in range(24)]
    works = [*rotations([1] * 8, 24), *rotations([1] * 4 + [0] + [1] * 4, 24, every=2)]
    costs = [Fraction(rng.randint(70, 99), 10) for _ in works]
    model = cp_model.CpModel()
    counts = [model.new_int_var(0, 99, "") for _ in works]
    for t, need in enumerate(demand):
        model.add(sum(n for n, shift in zip(counts, works, strict=True) if shift[t]) >= need)
    model.minimize(sum(n * int(10 * cost) for n, cost in zip(counts, costs, strict=True)))
    solver = cp_model.CpSolver()
    assert solver.solve(model) == cp_model.OPTIMAL
    found = cover_shifts(demand, works, costs=costs)
    assert (found.cost, found.gap) == (Fraction(round(solver.objective_value), 10), 0)
    assert cover_shifts(demand, works, costs=costs) == found


def test_no_time_no_cover():
    works = [[int((t * t + 7 * k) % 11 < 3) for t in range(60)] for k in range(60)]
    with pytest.raises(UnprovenCover, match="in time"):
        cover_shifts([9] * 60, works, costs=range(1, 61), time_limit=timedelta(microseconds=1))


def test_covers_need_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.math_opt.python.mathopt", None)
    with pytest.raises(MissingExtra, match=r"support-model\[shifts\]"):
        cover_shifts([1], [[1]], costs=[1])


def test_bounds_are_rounded_down_where_floats_leave_a_doubt():
    assert [proven(bound) for bound in (-math.inf, -1.0, 0.0, 1e-7, 3.0)] == [0, 0, 0, 0, 3]
    assert [proven(bound) for bound in (2.9999999, 3.0000005, 3.1)] == [3, 3, 4]
    assert proven(4e12) == 4 * 10**12 - 4000


def test_a_gap_is_a_share_of_the_least():
    def cover(cost, bound):
        fixed = {"counts": (1,), "shortage": (), "uncoverable": ()}
        return ShiftCover(cost=Fraction(cost), bound=Fraction(bound), **fixed).gap

    assert (cover(6, 4), cover(4, 4), cover(0, 0), cover(1, 0)) == (0.5, 0, 0, math.inf)


def test_a_wide_gap_is_good_enough_and_said():
    found = cover_shifts([3, 1, 4, 1, 5, 9, 2], rotations([1] * 3, 7), costs=[3] * 7, gap=0.9)
    assert found.bound <= found.cost <= found.bound * Fraction(19, 10)
