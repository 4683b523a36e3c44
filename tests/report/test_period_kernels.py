"""Figures of periods are the same numbers by lists and by arrays, whatever the log."""

import sys
from itertools import pairwise
from random import Random

import pytest
from frames.histories import drawn_log

from support_model import kpi
from support_model._report import period_arrays, period_lists
from support_model._report.period_kernels import FEW, kernels
from support_model._report.period_parts import OUT, Pieces, Stay
from support_model._time import utc_zone
from support_model.calendars import BusinessCalendar
from support_model.changes import Marks, Rows, Spells, rows_of

SEEDS = range(8)
OFFICE = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")
BOTH = (period_lists, period_arrays)


def drawn(seed):
    """Rows of a drawn log, edges of five periods within and around it, and codes of its units."""
    log = drawn_log(seed, 60)
    facts = kpi.readable_cases(log, as_of=max(event.at for event in log))[0]
    rows, dice = rows_of(facts, tz=utc_zone()), Random(seed)  # noqa: S311
    first, end = min(rows.created), rows.as_of + 1
    edges = sorted(first + (end - first) * dice.randint(-10, 110) // 100 for _ in range(6))
    codes = [dice.choice((OUT, -1, 0, 1)) for _ in rows.ticket]
    return rows, [n + place for place, n in enumerate(edges)], codes


def spells_of(rows):
    return [*rows.times.values(), *rows.chances.values()]


@pytest.mark.parametrize("calendar", [None, OFFICE])
@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_and_their_figures_are_the_same(seed, calendar):
    rows, edges, codes = drawn(seed)
    for spells in spells_of(rows):
        one, other = (loops.cut(spells, edges, calendar) for loops in BOTH)
        assert one == other
        medians = [loops.medians(one, codes) for loops in BOTH]
        assert medians[0] == medians[1]
        groups = [dict(loops.lives(one, codes)) for loops in BOTH]
        assert [*groups[0]] == [*groups[1]]
        for key, own in groups[0].items():
            assert sorted(zip(*own, strict=True)) == [*sorted(zip(*groups[1][key], strict=True))]
            assert key[1] != OUT


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_and_stays_are_the_same(seed):
    rows, edges, codes = drawn(seed)
    for marks in (*rows.trials.values(), *rows.counts.values()):
        for value in (0, 1):
            one, other = (loops.counts(marks, codes, edges, value) for loops in BOTH)
            assert one == other
    for (key, name), spells in rows.times.items():
        if key == "status_time":
            one, other = (loops.running(rows, spells) for loops in BOTH)
            assert one == other
            stay = Stay(name, spells, one)
            moves = [loops.moves(stay, codes, edges) for loops in BOTH]
            assert {k: n for k, n in moves[0].items() if n} == {
                k: n for k, n in moves[1].items() if n
            }
            for span in pairwise(edges):
                one, other = ([*loops.spent(stay, codes, span).items()] for loops in BOTH)
                assert one == other
            assert [*period_lists.held(stay)] == [*period_arrays.held(stay)]


def lives(drawn_lives):
    """Pieces of one period of the lives given as (entry, end, came)."""
    made = Pieces()
    for unit, (young, old, came) in enumerate(drawn_lives):
        made.unit.append(unit)
        made.period.append(0)
        made.young.append(young)
        made.old.append(old)
        made.came.append(came)
    return made


@pytest.mark.parametrize("most", [3, 40, 10**12])
@pytest.mark.parametrize("seed", range(25))
def test_medians_are_those_of_the_curve_however_late_lives_are_watched(seed, most):
    dice = Random(seed)  # noqa: S311 - draws lives, no secret
    late, ends = dice.choice((0, 0.5, 0.95)), dice.choice((0.05, 0.5, 1))
    drawn_lives = []
    for _ in range(dice.choice((1, 2, 9, 400))):
        old = dice.randint(0, most)
        young = dice.randint(old - old // 8, old) if dice.random() < late else 0
        drawn_lives.append((young, old, int(dice.random() < ends)))
    parts, codes = lives(drawn_lives), [0] * len(drawn_lives)
    assert period_arrays.medians(parts, codes) == period_lists.medians(parts, codes)


def test_a_share_left_that_is_a_half_but_for_rounding_is_left_to_the_loop():
    for n in (2, 10, 14, 98, 1000):
        parts, codes = lives([(0, k + 1, 1) for k in range(n)]), [0] * n
        found = period_arrays.medians(parts, codes)
        assert found == period_lists.medians(parts, codes)
        assert found[0, 0].value == n // 2


def test_nothing_is_counted_of_nothing():
    for loops in BOTH:
        parts = loops.cut(Spells(), [0, 10], OFFICE)
        assert parts == Pieces()
        assert not [*loops.lives(parts, [])]
        assert loops.medians(parts, []) == {}
        assert not loops.counts(Marks(), [], [0, 10], 1)
        stay = Stay("open", Spells(), loops.running(Rows(0), Spells()))
        assert not loops.moves(stay, [], [0, 10])
        assert not loops.spent(stay, [], (0, 10))
        assert not loops.held(stay)


def test_arrays_are_taken_for_many_rows_where_numpy_is(monkeypatch):
    assert kernels(FEW) is period_arrays
    assert kernels(FEW - 1) is period_lists
    monkeypatch.delattr("support_model._report.period_arrays")
    monkeypatch.delitem(sys.modules, "support_model._report.period_arrays")
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert kernels(FEW) is period_lists
