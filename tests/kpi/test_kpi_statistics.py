"""Statistics beyond the reference cases: laws, ends of the range, and what is refused."""

from fractions import Fraction
from itertools import pairwise
from math import comb, exp
from random import Random
from statistics import NormalDist, mean, median, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._statistics import control_charts, intervals, probability, sketches
from support_model.errors import InvalidShare, InvalidValue
from support_model.inference import (
    aalen_johansen,
    benjamini_hochberg,
    decompose,
    funnel_limits,
    kaplan_meier,
    logrank,
    shrink,
    standardize,
    two_means,
    two_medians,
    two_proportions,
)

durations = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=15)
counts = st.integers(0, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(durations)
def test_kaplan_meier_is_the_product_over_risk_sets(rows):
    curve = kaplan_meier([t for t, _ in rows], [seen for _, seen in rows])
    for t in range(10):
        exact = Fraction(1)
        for at in range(t + 1):
            at_risk = sum(d >= at for d, _ in rows)
            died = sum(d == at and seen for d, seen in rows)
            exact *= 1 - Fraction(died, at_risk) if at_risk else 1
        known = rows and (t <= max(d for d, _ in rows) or exact == 0)
        assert curve.at(t) == (pytest.approx(float(exact), abs=1e-12) if known else None)
        low, high = curve.bounds(t)
        if low is not None:
            assert 0 < low < curve.at(t) < high < 1
    assert curve.events == sum(seen for _, seen in rows)


@given(durations.filter(bool), st.integers(1, 9))
def test_a_quantile_is_where_the_curve_crosses(rows, tenths):
    curve = kaplan_meier([t for t, _ in rows], [seen for _, seen in rows])
    crossed = curve.quantile(tenths / 10)
    rest = 1 - tenths / 10 + 1e-9
    steps = zip(curve.times, curve.survival, strict=True)
    assert crossed == next((t for t, share in steps if share <= rest), None)
    low, high = curve.interval(tenths / 10)
    assert low is None or crossed is None or low <= crossed
    assert high is None or crossed is None or crossed <= high


def test_survival_of_those_who_enter_late():
    whole = kaplan_meier([5, 6, 7, 8], [True] * 4)
    late = kaplan_meier([5, 6, 7, 8], [True] * 4, entry=[0, 0, 0, 5])
    assert whole.survival[1:] != late.survival[1:]
    assert late.at(5) == pytest.approx(2 / 3)  # the fourth enters at 5 and is at risk after it
    zero = kaplan_meier([3, 3], [True, False], entry=[0, 3])
    assert zero.at(3) == 0.5  # one that enters and leaves at once is at risk there


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (([1], [True, False]), InvalidValue),
        (([-1], [True]), InvalidValue),
    ],
)
def test_survival_refuses(arguments, error):
    with pytest.raises(error):
        kaplan_meier(*arguments)
    with pytest.raises(error):
        aalen_johansen(*arguments)


def test_survival_refuses_entries_after_ends_and_shares_outside():
    with pytest.raises(InvalidValue, match="ends before it begins"):
        kaplan_meier([1], [True], entry=[2])
    with pytest.raises(InvalidShare):
        kaplan_meier([1], [True], level=1.0)
    for q in (0, 1, -0.5):
        with pytest.raises(InvalidShare):
            kaplan_meier([1], [True]).quantile(q)
    with pytest.raises(InvalidValue):
        logrank([1, 2], [True, True], ["a"])


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("ab-")), max_size=12))
def test_incidences_and_survivors_add_up(rows):
    causes = [None if cause == "-" else cause for _, cause in rows]
    ends = aalen_johansen([t for t, _ in rows], causes)
    for t in range(11):
        if (found := ends.at(t)) is not None:
            assert sum(found[0].values()) + found[1] == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.sampled_from("abc")), max_size=15))
def test_logrank_does_not_mind_names_or_order(rows):
    test = logrank(*([row[i] for row in rows] for i in range(3)))
    other = logrank(*([row[i] for row in reversed(rows)] for i in range(3)))
    assert sum(test.observed.values()) == pytest.approx(sum(test.expected.values()))
    assert (test.statistic is None) is (other.statistic is None)
    if test.statistic is not None:
        assert test.statistic == pytest.approx(other.statistic, abs=1e-9)
        assert 0 <= test.p <= 1


three = st.lists(st.tuples(st.integers(1, 6), st.booleans(), st.sampled_from("abc")), max_size=15)


@given(three)
def test_logrank_of_three_groups_is_the_quadratic_form(rows):
    """In fractions, by the inverse of a two by two matrix written out."""
    excess, spread = [Fraction(0)] * 2, [[Fraction(0)] * 2 for _ in range(2)]
    for t in {t for t, seen, _ in rows if seen}:
        risk = [sum(d >= t and group == name for d, _, group in rows) for name in "abc"]
        n, died = sum(risk), sum(d == t and seen for d, seen, _ in rows)
        shares = [Fraction(each, n) for each in risk]
        chance = Fraction(died * (n - died), n - 1) if n > 1 else 0
        for i, name in enumerate("ab"):
            excess[i] += sum(d == t and seen and g == name for d, seen, g in rows)
            excess[i] -= died * shares[i]
            for j in range(2):
                spread[i][j] += chance * shares[i] * ((i == j) - shares[j])
    found = logrank(*([row[i] for row in rows] for i in range(3)))
    (a, b), (_, d) = spread
    if a * d != b * b and {group for _, _, group in rows} == {*"abc"}:
        x, y = excess
        form = (x * x * d - 2 * x * y * b + y * y * a) / (a * d - b * b)
        assert found.statistic == pytest.approx(float(form), abs=1e-9)
        assert (found.df, found.p) == (2, pytest.approx(exp(-float(form) / 2), abs=1e-9))


def test_logrank_of_one_group_or_of_no_difference():
    assert logrank([1, 2], [True, True], ["a", "a"]).p is None
    assert logrank([], [], []).statistic is None
    assert logrank([1, 1], [True, True], ["a", "b"]).statistic is None  # all end at once


@pytest.mark.parametrize(
    ("x", "df", "p"),
    [(3.841459, 1, 0.05), (5.991465, 2, 0.05), (7.814728, 3, 0.05), (18.307038, 10, 0.05)],
)
def test_chi_square_as_printed_in_every_table(x, df, p):
    assert probability.chi_square_sf(x, df) == pytest.approx(p, rel=1e-6)
    assert probability.chi_square_sf(0, df) == 1


@given(st.integers(1, 25), st.integers(-2, 27), st.integers(1, 19))
def test_binomial_tails_are_sums(n, k, twentieths):
    p = Fraction(twentieths, 20)
    below = sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(min(k, n) + 1))
    assert probability.binomial_cdf(k, n, float(p)) == pytest.approx(float(below), abs=1e-14)
    assert probability.binomial_sf(k, n, float(p)) == pytest.approx(float(1 - below), abs=1e-14)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (2, 3), (1, 1)])
def test_beta_begins_at_0_and_ends_at_1(a, b):
    found = [probability.beta_cdf(x, a, b) for x in (-1, 0, 1e-9, 0.5, 1 - 1e-9, 1, 2)]
    assert found == sorted(found)
    assert (found[:2], found[-2:]) == ([0, 0], [1, 1])


@given(
    st.dictionaries(st.sampled_from("abcd"), counts),
    st.dictionaries(st.sampled_from("abcd"), counts),
)
def test_a_split_adds_up(before, after):
    split = decompose(before, after, empty="carry")
    if split.change is None:
        assert split.by_cell is None
        return
    assert split.rate + split.mix == pytest.approx(split.change, abs=1e-12)
    assert sum(map(sum, split.by_cell.values())) == pytest.approx(split.change, abs=1e-12)
    for cell in split.empty:
        assert split.by_cell[cell][0] == 0  # a carried rate is mix alone


def test_a_fixed_mix_is_refused_where_a_cell_is_empty_or_weights_are_none():
    found = standardize({"a": (1, 2)}, {"a": 1, "b": 1, "c": 0})
    assert (found.value, found.empty) == (None, ("b",))
    assert found.undefined == "empty_cells"
    for weights in ({"a": 0}, {}):
        found = standardize({"a": (1, 2)}, weights)
        assert (found.value, found.interval, found.undefined) == (None, None, "no_weights")
    with pytest.raises(InvalidValue):
        standardize({"a": (1, 2)}, {"a": -1})


@given(st.lists(counts, max_size=8))
def test_shrinking_pulls_towards_the_mean(units):
    found = shrink(units)
    for (k, n), value in zip(units, found.values, strict=True):
        if value is not None and n:
            low, high = sorted((k / n, found.mean))
            assert low - 1e-9 <= value <= high + 1e-9


def test_shrinking_without_spread_or_knowledge():
    assert shrink([(5, 10), (5, 10)]).values == (0.5, 0.5)
    assert shrink([(5, 10)]).values == (None,)
    assert shrink([(1, 1), (0, 1)]).values == (None, None)  # one case each tells no spread
    assert shrink([]).mean is None
    assert shrink([(1, 2), (0, 0)], prior=(0.5, 0.25)).values == (1.5 / 2.75, 0.5 / 0.75)
    with pytest.raises(InvalidValue):
        shrink([(1, 2)], prior=(0, 1))


@given(st.integers(1, 60), st.integers(0, 20).map(lambda n: n / 20))
def test_funnel_limits_leave_at_most_the_tails_outside(n, target):
    limits = funnel_limits(n, target)
    below = probability.binomial_cdf(limits.low_count - 1, n, target)
    above = probability.binomial_sf(limits.high_count, n, target)
    assert below <= 0.025 + 1e-12
    assert above <= 0.025 + 1e-12
    assert probability.binomial_cdf(limits.low_count, n, target) > 0.025
    assert limits.verdict(limits.low_count, n) == limits.verdict(limits.high_count, n) == "inside"
    if limits.low_count:
        assert limits.verdict(limits.low_count - 1, n) == "low"
    if limits.high_count < n:
        assert limits.verdict(limits.high_count + 1, n) == "high"
    normal = funnel_limits(n, target, exact=False)
    assert 0 <= normal.low <= target <= normal.high <= 1
    assert normal.verdict(0, n) == ("low" if normal.low > 0 else "inside")


@pytest.mark.parametrize(("n", "target"), [(-1, 0.5), (10, 1.5)])
def test_funnels_refuse(n, target):
    with pytest.raises(InvalidValue):
        funnel_limits(n, target)


@given(counts, counts)
def test_a_difference_turns_with_its_sides(first, second):
    one, other = two_proportions(first, second), two_proportions(second, first)
    assert (one.value is None) is (not first[1] or not second[1])
    if one.value is not None:
        assert one.value == -other.value
        assert one.interval == pytest.approx([-bound for bound in reversed(other.interval)])
        assert one.interval[0] <= one.value <= one.interval[1]
        assert one.p == (None if other.p is None else pytest.approx(other.p))


samples = st.lists(st.integers(0, 40), max_size=30).map(sorted)


@given(samples, samples)
def test_a_difference_of_means_is_that_of_its_sums(first, second):
    found = two_means(*((sum(v), sum(x * x for x in v), len(v)) for v in (first, second)))
    if not first or not second:
        assert found.value is None
        return
    assert found.value == pytest.approx(mean(second) - mean(first))
    if min(len(first), len(second)) < 2 or len({*first}) == len({*second}) == 1:
        assert found.z is found.p is found.interval is None
        return
    error = (variance(first) / len(first) + variance(second) / len(second)) ** 0.5
    half = NormalDist().inv_cdf(0.975) * error
    assert found.z == pytest.approx(found.value / error)
    assert found.interval == pytest.approx((found.value - half, found.value + half))
    assert found.p == pytest.approx(2 * NormalDist().cdf(-abs(found.z)), abs=1e-12)


@given(samples, samples)
def test_a_difference_of_medians_joins_their_intervals(first, second):
    found = two_medians(first, second)
    if not first or not second:
        assert found.value is None
        return
    low, high = median(first), median(second)
    assert found.value == high - low
    both = median([*first, *second])
    over = [(sum(x > both for x in v), len(v)) for v in (first, second)]
    assert found.p == two_proportions(*over).p
    bounds = [intervals.quantile_interval(v, 0.5) for v in (first, second)]
    if any(None in pair for pair in bounds):
        assert found.interval is None
    else:
        (low1, high1), (low2, high2) = bounds
        below = ((high - low2) ** 2 + (high1 - low) ** 2) ** 0.5
        above = ((high2 - high) ** 2 + (low - low1) ** 2) ** 0.5
        assert found.interval == pytest.approx((found.value - below, found.value + above))


@given(st.lists(st.none() | st.integers(0, 100).map(lambda n: n / 100)))
def test_adjusted_p_values_keep_their_order(values):
    adjusted = benjamini_hochberg(values)
    tested = [(p, a) for p, a in zip(values, adjusted, strict=True) if p is not None]
    assert all(p <= a <= 1 for p, a in tested)
    assert [a for _, a in sorted(tested)] == sorted(a for _, a in tested)
    assert [a is None for a in adjusted] == [p is None for p in values]
    with pytest.raises(InvalidShare):
        benjamini_hochberg([1.5])


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=20))
def test_xmr_limits_follow_shift_and_scale(values):
    chart = control_charts.xmr(values)
    moved = control_charts.xmr([10 * value + 3 for value in values])
    assert moved.outside == chart.outside
    assert moved.low == pytest.approx(10 * chart.low + 3)
    assert moved.high == pytest.approx(10 * chart.high + 3)
    assert chart.mean_range == pytest.approx(
        sum(abs(b - a) for a, b in pairwise(values)) / (len(values) - 1)
    )


@pytest.mark.parametrize("baseline", [0, 4])
def test_charts_refuse(baseline):
    with pytest.raises(InvalidValue):
        control_charts.xmr([1, 2, 3], baseline=baseline)
    with pytest.raises(InvalidValue):
        control_charts.western_electric([1], center=0, sigma=-1)
    with pytest.raises(InvalidValue, match="season"):
        control_charts.deseasonalized([1, 2], lambda place: place, baseline=1)


def test_laney_widens_what_varies_more_than_binomial():
    wild = control_charts.laney([(500, 1000), (560, 1000), (450, 1000), (530, 1000)])
    calm = control_charts.laney([(500, 1000), (501, 1000), (499, 1000), (500, 1000)])
    assert wild.sigma_z > 1 > calm.sigma_z
    assert wild.high[0] - wild.low[0] > calm.high[0] - calm.low[0]
    assert control_charts.laney([(0, 5), (0, 5)]).low is None
    jump = control_charts.laney([(500, 1000)] * 30 + [(900, 1000)])
    assert jump.outside == (30,)
    fall = control_charts.laney([(500, 1000)] * 30 + [(100, 1000)])
    assert fall.outside == (30,)


def test_eight_points_just_off_the_center_are_a_run():
    found = control_charts.western_electric([1] * 9, center=0.5, sigma=1)
    assert (found.eight_in_a_row, found.four_of_five) == ((7, 8), ())
    broken = control_charts.western_electric([1] * 7 + [0.5] + [1] * 7, center=0.5, sigma=1)
    assert broken.eight_in_a_row == ()
    below = control_charts.western_electric([0.25] * 8, center=0.5, sigma=1)
    assert below.eight_in_a_row == (7,)


def test_a_weekly_rhythm_is_no_signal():
    week = [100, 98, 101, 99, 100, 20, 10]
    series = [value + 3 * day % 5 for day, value in enumerate(week * 6)]
    assert {6, 13} <= {*control_charts.xmr(series, baseline=5).outside}  # every Sunday
    flat = control_charts.deseasonalized(series, lambda day: day % 7)
    assert max(flat) - min(flat) < 5
    assert control_charts.xmr(flat).outside == ()
    changed = control_charts.deseasonalized([*series[:-1], 60], lambda day: day % 7, baseline=35)
    assert control_charts.xmr(changed, baseline=35).outside == (41,)


def seeded(seed):
    return Random(seed)  # noqa: S311 - statistics, no secrets


def test_bootstrap_refuses_and_knows_what_it_cannot_know():
    draw = intervals.bootstrap
    assert draw([1], rng=seeded(1)) is None
    assert draw([1, 2, 3], clusters=["a"] * 3, rng=seeded(1)) is None
    with pytest.raises(InvalidValue):
        draw([1, 2], rng=seeded(1), method="best")
    with pytest.raises(InvalidValue):
        draw([1, 2], rng=seeded(1), resamples=0)
    with pytest.raises(InvalidValue, match="cluster"):
        draw([1, 2], rng=seeded(1), clusters=["a"])
    with pytest.raises(InvalidShare):
        draw([1, 2], rng=seeded(1), level=2)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_two_values_or_clusters_are_enough(method):
    assert intervals.bootstrap([1, 3], rng=seeded(1), method=method) == (1, 3)
    found = intervals.bootstrap([1, 1, 3], clusters="aab", rng=seeded(1), method=method)
    assert found == (1, 3)


def test_bca_of_a_statistic_that_every_draw_misses_on_one_side():
    def distinct(values):
        return len(set(values))

    low, high = intervals.bootstrap(range(30), statistic=distinct, rng=seeded(1), resamples=200)
    assert low <= high < 30


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_clusters_widen(method):
    values = [value for agent in range(8) for value in [10 * agent] * 10]
    agents = [agent for agent in range(8) for _ in range(10)]
    options = {"method": method, "resamples": 500}
    low, high = intervals.bootstrap(values, rng=seeded(3), **options)
    wide = intervals.bootstrap(values, clusters=agents, rng=seeded(3), **options)
    assert wide[1] - wide[0] > 2 * (high - low)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_percentiles_are_those_of_what_is_drawn(level):
    values, dice = [3, 1, 4, 1, 5, 9, 2, 6], seeded(11)
    drawn = sorted(mean(dice.choices(values, k=8)) for _ in range(200))
    found = intervals.bootstrap(
        values, rng=seeded(11), method="percentile", level=level, resamples=200
    )
    tail = (1 - level) / 2
    assert found == tuple(intervals.quantile(drawn, share) for share in (tail, 1 - tail))


def test_bca_leans_towards_the_tail():
    skewed = [2**n for n in range(12)]
    options = {"rng": seeded(5), "resamples": 1000}
    plain = intervals.bootstrap(skewed, method="percentile", **options)
    bca = intervals.bootstrap(skewed, method="bca", rng=seeded(5), resamples=1000)
    assert bca[0] > plain[0]
    assert bca[1] > plain[1]


def test_bca_accelerates_by_the_skewness_of_the_sample():
    sample = [1, 2, 2, 3, 20]
    away = [value - 5.6 for value in sample]
    cubes, squares = sum(a**3 for a in away), sum(a * a for a in away)
    acceleration = cubes / (6 * squares**1.5)
    unbiased = [5.0, 6.2]  # as many drawn below the mean as above it
    units = [(value,) for value in sample]
    shares = intervals._bca(units, unbiased, mean, 0.025)
    z = NormalDist().inv_cdf(0.975)
    expected = [NormalDist().cdf(side / (1 - acceleration * side)) for side in (-z, z)]
    assert shares == pytest.approx(expected)


def test_bca_of_a_symmetric_sample_is_symmetric_in_spite_of_ties():
    low, high = intervals.bootstrap([0, 1] * 10, rng=seeded(2), resamples=2000)
    assert (low + high) / 2 == pytest.approx(0.5, abs=0.06)


@given(st.lists(st.integers(0, 10**12), min_size=1), st.integers(0, 100))
def test_a_sketch_is_within_its_accuracy(values, hundredths):
    q = hundredths / 100
    exact = intervals.quantile(sorted(values), q)
    rough = sketches.Sketch.of(values, accuracy=0.01).quantile(q)
    assert abs(rough - exact) <= 0.01 * exact * (1 + 1e-9)


def test_sketches_refuse():
    with pytest.raises(InvalidValue, match="negative"):
        sketches.Sketch.of([-1])
    for accuracy in (0, 1, 1e-10):  # neighboring buckets must be floats apart
        with pytest.raises(InvalidShare):
            sketches.Sketch.of([1], accuracy=accuracy)
    with pytest.raises(InvalidShare):
        sketches.Sketch.of([1]).quantile(1.5)
    with pytest.raises(InvalidValue, match="accuracy"):
        sketches.Sketch.of([1], accuracy=0.01) + sketches.Sketch.of([1])
    assert sketches.Sketch.of([]).quantile(0.5) is None


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_a_net_promoter_score_turns_with_its_sides(promoters, passives, detractors):
    one = intervals.net_promoter(promoters, passives, detractors)
    other = intervals.net_promoter(detractors, passives, promoters)
    if promoters + passives + detractors == 0:
        assert one is other is None
    else:
        assert one == pytest.approx([-bound for bound in reversed(other)])
        assert -1 <= one[0] < one[1] <= 1
    plain = intervals.net_promoter(promoters, passives, detractors, adjusted=False)
    assert (plain is None) is ([promoters, passives, detractors].count(0) >= 2)
    with pytest.raises(InvalidValue):
        intervals.net_promoter(-1, passives, detractors)


def test_values_of_a_sketch_by_hand():
    assert [round(value) for value in sketches.Sketch.of([0, 7, 7]).values_at(0, 2)] == [0, 7]
    assert round(sketches.Sketch.of([9, 1000]).representative(221), 1) == 9.1
    assert round(probability.normal_two_sided(1.96), 4) == 0.05
    assert round(probability.chi_square_sf(5.991, 2), 4) == 0.05
