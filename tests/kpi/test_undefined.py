"""What a statistic does not define is None and says why: no error, and no number of its own."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model import kpi
from support_model._statistics import intervals
from support_model._statistics.survival import kaplan_meier_of_counts
from support_model.figures import Share
from support_model.inference import (
    benjamini_hochberg,
    decompose,
    funnel_limits,
    kaplan_meier,
    laney,
    logrank,
    shrink,
    standardize,
    two_means,
    two_medians,
    two_proportions,
    xmr,
)
from support_model.summaries import Lifetimes

REASONS = (
    (lambda: xmr([]), "no_values"),
    (lambda: xmr([7]), "one_value"),
    (lambda: laney([]), "no_cases"),
    (lambda: laney([(0, 0)]), "no_cases"),
    (lambda: laney([(3, 9)]), "one_period"),
    (lambda: laney([(3, 9), (0, 0)]), "one_period"),
    (lambda: laney([(9, 9), (5, 5)]), "nothing_varies"),
    (lambda: funnel_limits(0, 0.5), "no_cases"),
    (lambda: funnel_limits(0, 0.5, exact=False), "no_cases"),
    (lambda: standardize({"a": (1, 2)}, {}), "no_weights"),
    (lambda: standardize({"a": (0, 0)}, {"a": 1}), "empty_cells"),
    (lambda: decompose({}, {"a": (1, 2)}), "no_cases"),
    (lambda: decompose({"a": (1, 2)}, {"b": (1, 2)}), "empty_cells"),
    (lambda: shrink([]), "no_cases"),
    (lambda: shrink([(1, 2)]), "one_unit"),
    (lambda: shrink([(2, 2), (3, 3)]), "nothing_varies"),
    (lambda: shrink([(0, 1), (1, 1)]), "one_case_each"),
    (lambda: two_proportions((0, 0), (1, 2)), "no_cases"),
    (lambda: two_proportions((2, 2), (2, 2)), "nothing_varies"),
    (lambda: two_means((0, 0, 0), (1, 1, 1)), "no_cases"),
    (lambda: two_means((1, 1, 1), (1, 1, 1)), "one_case"),
    (lambda: two_means((2, 2, 2), (2, 2, 2)), "nothing_varies"),
    (lambda: two_medians([], [1]), "no_cases"),
    (lambda: two_medians([1, 2], [3, 4]), "too_few"),
    (lambda: logrank([1, 2], [True, True], ["a", "a"]), "one_group"),
    (lambda: logrank([1, 2], [False, False], ["a", "b"]), "nothing_to_compare"),
)


@pytest.mark.parametrize("place", range(len(REASONS)))
def test_what_is_undefined_says_why(place):
    ask, reason = REASONS[place]
    assert ask().undefined == reason


def test_what_is_defined_says_nothing():
    defined = (
        xmr([1, 2]),
        laney([(3, 9), (4, 9)]),
        funnel_limits(1, 0.5),
        standardize({"a": (1, 2)}, {"a": 1}),
        decompose({"a": (1, 2)}, {"a": (1, 3)}),
        two_proportions((1, 2), (1, 3)),
        two_means((1, 1, 2), (2, 2, 3)),
        logrank([1, 2, 3, 4], [True] * 4, ["a", "a", "b", "b"]),
    )
    assert [found.undefined for found in defined] == [None] * len(defined)


def test_no_cases_have_no_place_in_a_funnel():
    limits = funnel_limits(0, 0.5)
    assert (limits.low, limits.high, limits.verdict(0, 0)) == (None, None, None)
    assert funnel_limits(10, 0.5).verdict(0, 0) is None
    empty = Share(key="met", definition="on time", numerator=0, n=0)
    found = kpi.funnel({"north": empty}, target=0.9)
    assert (found.groups, found.left_out) == ((), {"north": "no_cases"})


def test_a_period_without_cases_takes_no_part_in_a_chart():
    whole = laney([(3, 9), (0, 0), (4, 9), (0, 9)])
    without = laney([(3, 9), (4, 9), (0, 9)])
    assert (whole.center, whole.sigma_z) == (without.center, without.sigma_z)
    assert whole.low[1] is whole.high[1] is None
    assert (whole.low[:1] + whole.low[2:], whole.outside) == (without.low, without.outside)
    counted = laney([(0, 0), (3, 9), (4, 9), (9, 9)], baseline=3)
    assert (counted.sigma_z, counted.outside) == (laney([(3, 9), (4, 9)]).sigma_z, (3,))


def rejected(p_values, q=0.05):
    return tuple(None if p is None else p <= q for p in benjamini_hochberg(p_values))


def test_what_was_not_tested_is_not_rejected_nor_kept():
    assert rejected([0.01, None, 0.9]) == (True, None, False)
    assert rejected([None]) == (None,)
    assert benjamini_hochberg([0.01, None, 0.04, 0.02]) == (0.03, None, 0.04, 0.03)
    assert rejected([0.05], q=0.05) == (True,)  # equality is found


def binomial(n, q, k):
    return comb(n, k) * q**k * (1 - q) ** (n - k)


@given(st.integers(1, 60), st.sampled_from(["0.5", "0.25", "0.9"]), st.data())
def test_ranks_take_a_level_that_equals_their_tails(n, share, data):
    """Of a level whose half tail is exactly P(B <= k), the lower rank is k + 1."""
    q = Fraction(share)
    k = data.draw(st.integers(0, n - 1))
    tail = sum(binomial(n, q, i) for i in range(k + 1))
    level = 1 - 2 * tail
    if level <= 0 or tail < Fraction(1, 10**6):  # nearer to 1 a float does not say it
        return
    found = intervals.quantile_ranks(n, float(q), level=float(level))
    assert found.low == k + 1
    if q == Fraction(1, 2):
        assert (found.high, found.coverage) == (n - k, pytest.approx(float(level), rel=1e-12))


@given(st.integers(6, 80))
def test_a_median_is_bounded_at_the_very_coverage_of_its_ranks(n):
    ranks = intervals.quantile_ranks(n, 0.5)
    assert intervals.quantile_ranks(n, 0.5, level=ranks.coverage) == ranks


times = st.integers(0, 12)


@given(st.lists(st.tuples(times, st.booleans()), max_size=30), times)
def test_a_curve_of_counts_is_the_curve_of_their_subjects(rows, t):
    plain = kaplan_meier([t for t, _ in rows], [ended for _, ended in rows])
    counts = [{t: rows.count((t, ended)) for t, _ in rows} for ended in (True, False)]
    counted = kaplan_meier_of_counts(*counts)
    assert counted == plain
    assert counted.at_risk(t) == sum(lasted >= t for lasted, _ in rows)
    for n in range(1, len(rows) + 1):
        assert counted.outlasted_by(n) == sorted((t for t, _ in rows), reverse=True)[n - 1]


def test_a_curve_holds_no_more_than_its_buckets():
    """Its size, and so the time it takes, does not grow with the subjects."""
    few, many = (
        Lifetimes.of([5, 50, 500] * n, [True, True, False] * n, key="k", definition="d").curve()
        for n in (1, 1000)
    )
    assert len(many.lasted) == len(few.lasted) == 3
    assert many.survival == pytest.approx(few.survival)
    assert (many.n, many.at_risk(50)) == (3000, 2000)
