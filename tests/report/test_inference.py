"""Intervals and quantiles: published figures, laws, and exact twins in fractions."""

import json
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from support_model._statistics import intervals
from support_model.errors import InvalidShare, InvalidValue

METHODS = (intervals.wilson, intervals.jeffreys, intervals.clopper_pearson)
VECTORS = Path(__file__).parents[1] / "vectors" / "kpi.json"
counts = st.integers(0, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])


def binomial_cdf(k, n, p):
    """P(B <= k) in exact fractions."""
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


@pytest.mark.parametrize(
    ("method", "k", "n", "low", "high"),
    [
        # Brown, Cai and DasGupta (2001) and textbooks since
        (intervals.clopper_pearson, 0, 20, 0.0, 0.16843347098308530),
        (intervals.clopper_pearson, 15, 148, 0.05784401008344857, 0.16165049034947900),
        (intervals.wilson, 0, 20, 0.0, 0.16112515805281933),
        (intervals.wilson, 1, 29, 0.00611321429266246, 0.17175521879320284),
        (intervals.jeffreys, 0, 20, 0.0, 0.11663898290487539),
        (intervals.jeffreys, 3, 7, 0.13886421910489026, 0.76549875074790619),
        # far from the middle, where formulas that subtract lose all digits
        (intervals.wilson, 1, 10_000_000, 1.7652455711617433e-8, 5.6649320196064610e-7),
        (intervals.clopper_pearson, 1, 100_000, 2.5317804779333163e-7, 5.5715160347742751e-5),
    ],
)
def test_published_intervals(method, k, n, low, high):
    assert method(k, n) == pytest.approx((low, high), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("method", METHODS)
@given(counts, levels)
def test_an_interval_holds_its_share_and_mirrors(method, pair, level):
    k, n = pair
    if n == 0:
        assert method(k, n, level=level) is None
        return
    low, high = method(k, n, level=level)
    assert 0 <= low <= k / n <= high <= 1
    assert (low == 0) == (k == 0)
    assert (high == 1) == (k == n)
    mirrored = method(n - k, n, level=level)
    assert (1 - high, 1 - low) == pytest.approx(mirrored, rel=1e-9, abs=1e-12)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), levels)
def test_clopper_pearson_is_exactly_the_tails(pair, level):
    k, n = pair
    tail = (1 - level) / 2
    low, high = intervals.clopper_pearson(k, n, level=level)
    if k > 0:
        assert float(1 - binomial_cdf(k - 1, n, Fraction(low))) == pytest.approx(tail, rel=1e-9)
    if k < n:
        assert float(binomial_cdf(k, n, Fraction(high))) == pytest.approx(tail, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("k", "n"), [(-1, 3), (4, 3), (0.5, 3), (0, -1)])
def test_impossible_counts(method, k, n):
    with pytest.raises(InvalidValue, match="a share is k of n"):
        method(k, n)


@pytest.mark.parametrize("level", [0, 1, -0.1, 95, float("nan")])
def test_impossible_levels(level):
    with pytest.raises(InvalidShare, match="confidence level"):
        intervals.wilson(1, 2, level=level)


@given(
    st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=40).map(sorted),
    st.integers(0, 1000),
)
def test_quantiles_are_exact_on_integers(values, thousandths):
    q = Fraction(thousandths, 1000)
    rank = (len(values) - 1) * q
    below = int(rank)
    above = min(below + 1, len(values) - 1)
    exact = values[below] + (rank - below) * (values[above] - values[below])
    assert intervals.quantile(values, thousandths / 1000) == float(exact)


def test_no_values_no_quantile():
    assert intervals.quantile([], 0.5) is None
    assert intervals.quantile_interval([], 0.5) == (None, None)
    assert intervals.quantile_ranks(0, 0.5) == (None, None, None)


@pytest.mark.parametrize("q", [-0.1, 1.1, float("nan")])
def test_impossible_quantiles(q):
    with pytest.raises(InvalidShare):
        intervals.quantile([1], q)


@given(
    st.integers(1, 80), st.integers(1, 19), st.sampled_from([Fraction(9, 10), Fraction(19, 20)])
)
def test_ranks_are_the_tightest_whose_tails_are_small_enough(n, twentieths, level):
    q, tail = Fraction(twentieths, 20), (1 - level) / 2
    tails = [binomial_cdf(rank - 1, n, q) for rank in range(1, n + 1)]
    assume(all(abs(p - tail) > 1e-12 and abs(1 - p - tail) > 1e-12 for p in tails))  # no ties
    ranks = intervals.quantile_ranks(n, float(q), level=float(level))
    lows = [rank for rank, p in enumerate(tails, start=1) if p <= tail]
    highs = [rank for rank, p in enumerate(tails, start=1) if 1 - p <= tail]
    assert ranks.low == max(lows, default=None)
    assert ranks.high == min(highs, default=None)
    below = binomial_cdf(ranks.low - 1, n, q) if ranks.low else 0
    above = 1 - binomial_cdf(ranks.high - 1, n, q) if ranks.high else 0
    assert ranks.coverage == pytest.approx(float(1 - below - above), rel=1e-12)
    assert ranks.coverage >= float(level) - 1e-12


def test_reference_cases():
    cases = [case for case in json.loads(VECTORS.read_text())["cases"] if "op" in case]
    graded = 0
    for case in cases:
        given_, out, tolerance = case["in"], case["out"], case["tol"]
        if case["op"] == "rate_interval":
            method = getattr(intervals, given_["method"])
            low, high = method(given_["k"], given_["n"], level=given_["level"]) or (None, None)
            got = {"low": low, "high": high}
        elif case["op"] == "quantile":
            got = {"value": intervals.quantile(sorted(given_["values"]), given_["q"])}
        elif case["op"] == "quantile_interval":
            values = sorted(given_.get("values", []))
            n = given_.get("n", len(values))
            ranks = intervals.quantile_ranks(n, given_["q"], level=given_["level"])
            got = {"low_rank": ranks.low, "high_rank": ranks.high, "coverage": ranks.coverage}
            if "values" in given_:
                bounds = intervals.quantile_interval(values, given_["q"], level=given_["level"])
                got |= dict(zip(("low", "high"), bounds, strict=True))
        else:
            continue
        for key, value in got.items():
            want = out[key]
            if want is not None:
                near = tolerance.get("abs", 1e-300)
                want = pytest.approx(float(want), rel=tolerance["rel"], abs=near)
            assert value == want, (case["id"], key)
            graded += 1
    assert graded == 219


def test_small_cases_by_hand():
    rounded = [[round(bound, 4) for bound in method(5, 270)] for method in METHODS[:2]]
    assert rounded == [[0.0079, 0.0426], [0.0071, 0.0401]]
    assert [round(bound, 4) for bound in intervals.clopper_pearson(0, 20)] == [0.0, 0.1684]
    ten = range(1, 11)
    assert intervals.quantile(ten, 0.9) == 9.1
    assert intervals.quantile_ranks(10, 0.5) == (2, 9, 0.978515625)
    assert intervals.quantile_interval(ten, 0.5) == (2, 9)
    assert intervals.quantile_interval(ten[:5], 0.5) == (None, None)
    assert [round(bound, 3) for bound in intervals.net_promoter(5, 0, 0)] == [0.175, 1.0]
