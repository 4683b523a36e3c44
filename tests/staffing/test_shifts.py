"""Shift covers by the solver against exhaustive search; needs the extra `shifts`."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import staffing_oracle as oracle

pytest.importorskip("ortools")

from support_model import shifts
from support_model.errors import InvalidLoad, InvalidShare, InvalidValue, UnprovenCover
from support_model.shifts import ShiftCover, cover_shifts, rotations


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
        cover_shifts([1], [[1]], costs=[2**62])
    with pytest.raises(InvalidShare):
        cover_shifts([9], [[1]], costs=[1], gap=1)
    assert cover_shifts([0, 0], [[1, 0]], costs=[1]).cost == 0
    assert cover_shifts([1], [[1]], costs=[0.1]).cost == Fraction(1, 10)


@pytest.mark.parametrize("wrong", [[0, 9], [-1, 9], [3, 0]])
def test_a_wrong_answer_of_the_solver_is_never_returned(monkeypatch, wrong):
    monkeypatch.setattr(shifts, "solve", lambda *_: (wrong, 0.0))
    with pytest.raises(UnprovenCover, match="does not hold"):
        cover_shifts([3, 2], [[1, 0], [0, 1]], costs=[1, 1])


def test_a_gap_is_a_share_of_the_least():
    def cover(cost, bound):
        fixed = {"counts": (1,), "shortage": (), "uncoverable": ()}
        return ShiftCover(cost=Fraction(cost), bound=Fraction(bound), **fixed).gap

    assert (cover(6, 4), cover(4, 4), cover(0, 0), cover(1, 0)) == (0.5, 0, 0, math.inf)


def test_a_wide_gap_is_good_enough_and_said():
    found = cover_shifts([3, 1, 4, 1, 5, 9, 2], rotations([1] * 3, 7), costs=[3] * 7, gap=0.9)
    assert found.bound <= found.cost <= found.bound * Fraction(19, 10)
