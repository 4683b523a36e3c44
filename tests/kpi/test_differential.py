"""Statistics beside others: published tables always, lifelines and scipy where installed."""

from math import log, nan
from statistics import fmean, stdev

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support_model._statistics import intervals, probability
from support_model.inference import (
    aalen_johansen,
    benjamini_hochberg,
    kaplan_meier,
    logrank,
    two_means,
    two_proportions,
    xmr,
)

# Newcombe (1998), Statistics in Medicine 17, 857-872, Table I: 95 % intervals by method 3
# (score, without continuity correction) and method 5 (exact, Clopper-Pearson), four decimals.
NEWCOMBE_ONE = {
    (81, 263): ((0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148): ((0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20): ((0.0000, 0.1611), (0.0000, 0.1684)),
    (1, 29): ((0.0061, 0.1718), (0.0009, 0.1776)),
}

# Newcombe (1998), Statistics in Medicine 17, 873-890, Table II: 95 % intervals of p1 - p2 by
# method 10 (from two score intervals), four decimals.
NEWCOMBE_TWO = {
    ((56, 70), (48, 80)): (0.0524, 0.3339),
    ((9, 10), (3, 10)): (0.1705, 0.8090),
    ((6, 7), (2, 7)): (0.0582, 0.8062),
    ((5, 56), (0, 29)): (-0.0381, 0.1926),
    ((0, 10), (0, 20)): (-0.1611, 0.2775),
    ((0, 10), (0, 10)): (-0.2775, 0.2775),
    ((10, 10), (0, 20)): (0.6791, 1.0000),
    ((10, 10), (0, 10)): (0.6075, 1.0000),
}

# Remission times in weeks of 42 patients, Freireich et al. (1963), as in Gehan (1965); a plus
# is a censored one. The estimates are the ones of every textbook on survival.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
SURVIVAL_6_MP = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
STANDARD_ERROR_6_MP = {6: 0.0764, 10: 0.0963, 22: 0.1282}

# Benjamini and Hochberg (1995), section 3.2: 15 p-values of which four are found at 0.05.
BENJAMINI_HOCHBERG = (
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
)

# Conover (1999), Practical Nonparametric Statistics, and every table of the sign test: ranks
# of the 95 % interval of a median from n values.
MEDIAN_RANKS = {6: (1, 6), 9: (2, 8), 10: (2, 9), 15: (4, 12), 20: (6, 15), 25: (8, 18),
                50: (18, 33), 100: (40, 61)}  # fmt: skip


@pytest.mark.parametrize(("pair", "bounds"), NEWCOMBE_ONE.items())
def test_single_shares_as_newcombe_prints_them(pair, bounds):
    score, exact = bounds
    assert intervals.wilson(*pair) == pytest.approx(score, abs=0.00005001)
    assert intervals.clopper_pearson(*pair) == pytest.approx(exact, abs=0.00005001)


@pytest.mark.parametrize(("pair", "bounds"), NEWCOMBE_TWO.items())
def test_differences_as_newcombe_prints_them(pair, bounds):
    first, second = pair
    found = two_proportions(second, first)  # ours is the second minus the first
    assert found.interval == pytest.approx(bounds, abs=0.00005001)


def told(text):
    words = text.split()
    return [int(word.rstrip("+")) for word in words], [not word.endswith("+") for word in words]


def test_remission_of_freireich():
    times, seen = told(SIX_MP)
    curve = kaplan_meier(times, seen)
    for t, share in SURVIVAL_6_MP.items():
        assert curve.at(t) == pytest.approx(share, abs=0.0005001)
    assert curve.quantile(0.5) == 23
    assert kaplan_meier(*told(PLACEBO)).quantile(0.5) == 8
    other, ended = told(PLACEBO)
    test = logrank(times + other, seen + ended, ["6-MP"] * 21 + ["placebo"] * 21)
    assert (test.observed["6-MP"], test.observed["placebo"]) == (9, 21)
    assert test.expected["6-MP"] == pytest.approx(19.25, abs=0.005001)
    assert test.expected["placebo"] == pytest.approx(10.75, abs=0.005001)
    assert test.statistic == pytest.approx(16.79, abs=0.005001)


@pytest.mark.parametrize(("t", "error"), STANDARD_ERROR_6_MP.items())
def test_greenwood_as_printed_for_freireich(t, error):
    """The log-log bounds, turned back into the standard error that textbooks print."""
    curve = kaplan_meier(*told(SIX_MP))
    low, _ = curve.bounds(t)
    share, z = curve.at(t), probability.critical_value(0.95)
    found = log(log(low) / log(share)) / z * share * -log(share)
    assert found == pytest.approx(error, abs=0.00005001)


def test_false_discoveries_as_benjamini_and_hochberg_print_them():
    adjusted = benjamini_hochberg(BENJAMINI_HOCHBERG)
    assert sum(p <= 0.05 for p in adjusted) == 4
    assert adjusted[3] == pytest.approx(0.0095 * 15 / 4)


@pytest.mark.parametrize(("n", "ranks"), MEDIAN_RANKS.items())
def test_ranks_of_a_median_as_every_table_has_them(n, ranks):
    found = intervals.quantile_ranks(n, 0.5)
    assert (found.low, found.high) == ranks


def test_constants_of_charts_are_those_of_two_neighbors():
    """2.66 is 3 / d2 and 3.267 is D4 of two, Shewhart's constants."""
    chart = xmr([0, 1, 0, 1])
    assert chart.high - chart.mean == pytest.approx(3 / 1.128, abs=0.001)
    assert chart.range_high == pytest.approx(3.267)


# scipy

counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])


@given(counts, levels)
def test_shares_beside_scipy(pair, level):
    stats = pytest.importorskip("scipy.stats")
    k, n = pair
    test = stats.binomtest(k, n)
    for name, ours in (("wilson", intervals.wilson), ("exact", intervals.clopper_pearson)):
        theirs = test.proportion_ci(level, method=name)
        near = pytest.approx((theirs.low, theirs.high), rel=1e-9, abs=1e-12)
        assert ours(k, n, level=level) == near
    beta = stats.beta(k + 0.5, n - k + 0.5)
    low = beta.ppf((1 - level) / 2) if k else 0.0
    high = beta.isf((1 - level) / 2) if k < n else 1.0
    ours = intervals.jeffreys(k, n, level=level)
    assert ours == pytest.approx((low, high), rel=1e-9, abs=1e-12)


def exact_tails(k, n, hundredths):
    """Return P(B <= k) and P(B > k); SciPy is off in deep tails (at 1e-250 it gives 0)."""
    a, b = hundredths, 100 - hundredths
    term, sums = b**n, [0, 0]
    for i in range(n + 1):
        sums[i > k] += term
        term = term * a * (n - i) // (b * (i + 1))
    return [part / 100**n for part in sums]


@given(counts, st.integers(1, 99))
@example((38, 1116), 49)
def test_binomial_tails_beside_exact_fractions(pair, hundredths):
    (k, n), p = pair, hundredths / 100
    below, above = exact_tails(k, n, hundredths)
    assert probability.binomial_cdf(k, n, p) == pytest.approx(below, rel=1e-10, abs=1e-290)
    assert probability.binomial_sf(k, n, p) == pytest.approx(above, rel=1e-10, abs=1e-290)


@given(st.integers(0, 400), st.integers(1, 12))
def test_chi_square_beside_scipy(tenths, df):
    stats = pytest.importorskip("scipy.stats")
    ours = probability.chi_square_sf(tenths / 10, df)
    assert ours == pytest.approx(stats.chi2.sf(tenths / 10, df), rel=1e-10)


@given(st.lists(st.integers(0, 100).map(lambda n: n / 100), min_size=1, max_size=20))
def test_false_discoveries_beside_scipy(values):
    stats = pytest.importorskip("scipy.stats")
    theirs = stats.false_discovery_control(values)
    assert benjamini_hochberg(values) == pytest.approx(tuple(theirs), rel=1e-12)


@given(st.lists(st.integers(0, 50), min_size=2), st.lists(st.integers(0, 50), min_size=2))
def test_two_means_beside_scipy(first, second):
    stats = pytest.importorskip("scipy.stats")
    found = two_means(*((sum(v), sum(x * x for x in v), len(v)) for v in (first, second)))
    if found.z is not None:  # from moments, as scipy warns of nearly equal values otherwise
        moments = (x for v in (second, first) for x in (fmean(v), stdev(v), len(v)))
        theirs = stats.ttest_ind_from_stats(*moments, equal_var=False)
        assert found.z == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-9)


# lifelines

rows = st.lists(
    st.tuples(st.integers(1, 12), st.booleans(), st.sampled_from("abc")), min_size=1, max_size=25
)


@given(rows)
def test_survival_beside_lifelines(drawn):
    lifelines = pytest.importorskip("lifelines")
    times, seen = [t for t, _, _ in drawn], [ended for _, ended, _ in drawn]
    ours = kaplan_meier(times, seen)
    theirs = lifelines.KaplanMeierFitter().fit(times, seen)
    bounds = theirs.confidence_interval_survival_function_
    for t in range(1, max(times) + 1):
        assert ours.at(t) == pytest.approx(theirs.predict(t), abs=1e-12)
        low, high = ours.bounds(t)
        if low is not None:  # lifelines bounds S = 1 and S = 0, where Greenwood says nothing
            place = bounds.index.get_indexer([t], method="ffill")[0]
            assert (low, high) == pytest.approx(tuple(bounds.iloc[place]), abs=1e-9)


@given(rows)
def test_medians_beside_lifelines(drawn):
    """They differ where S is exactly a half: lifelines 0.30.3 misses equality by rounding."""
    lifelines = pytest.importorskip("lifelines")
    times, seen = [t for t, _, _ in drawn], [ended for _, ended, _ in drawn]
    ours = kaplan_meier(times, seen)
    theirs = lifelines.KaplanMeierFitter().fit(times, seen).median_survival_time_
    found = ours.quantile(0.5)
    touched = any(abs(share - 0.5) < 1e-9 for share in ours.survival)
    if not touched:
        assert (nan if found is None else found) == pytest.approx(
            nan if theirs == float("inf") else theirs, nan_ok=True
        )


@given(rows)
def test_logrank_beside_lifelines(drawn):
    statistics = pytest.importorskip("lifelines.statistics")
    times, seen, groups = ([row[i] for row in drawn] for i in range(3))
    ours = logrank(times, seen, groups)
    if ours.statistic is not None:
        theirs = statistics.multivariate_logrank_test(times, groups, seen)
        assert ours.statistic == pytest.approx(theirs.test_statistic, abs=1e-8)
        assert ours.p == pytest.approx(theirs.p_value, abs=1e-8)


@given(
    st.lists(st.sampled_from("ab-"), min_size=1, max_size=25), st.randoms(use_true_random=False)
)
def test_competing_ends_beside_lifelines(causes, dice):
    """Without ties, as lifelines moves tied durations apart by chance."""
    lifelines = pytest.importorskip("lifelines")
    times = list(range(1, len(causes) + 1))
    dice.shuffle(times)
    ours = aalen_johansen(times, [None if cause == "-" else cause for cause in causes])
    for number, cause in enumerate("ab", start=1):
        if cause in causes:
            kinds = ["-ab".index(each) for each in causes]
            theirs = lifelines.AalenJohansenFitter(calculate_variance=False)
            theirs.fit(times, kinds, event_of_interest=number)
            for t in times:
                if (known := ours.at(t)) is not None:
                    assert known[0][cause] == pytest.approx(theirs.predict(t), abs=1e-12)


def test_equality_that_lifelines_misses():
    """S(1) is 3/4, so a quarter has ended at 1; lifelines 0.30.3 says 2."""
    assert kaplan_meier([1, 2, 3, 4], [True] * 4).quantile(0.25) == 1
