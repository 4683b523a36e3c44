"""Groups that differ by more than chance: their usual spread, and the limits that allow for it."""

from fractions import Fraction
from math import comb, prod
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support_model.errors import InvalidShare, InvalidValue
from support_model.figures import Share
from support_model.inference import funnel_limits, overdispersion
from support_model.kpi import funnel

SIZES = (20, 40, 80, 150, 300, 600, 1200, 2000)
MEAN_SQUARE = 0.678654558958  # of normal scores with a tenth on each side set to the next


def share(k, n):
    return Share(key="met", definition="on time", numerator=k, n=n)


def drawn(rng, groups, rate, spread):
    """Groups of many sizes whose rates have a beta distribution around one rate."""
    strength = rate * (1 - rate) / spread**2 - 1 if spread else None
    for place in range(groups):
        n = SIZES[place % len(SIZES)]
        own = rng.betavariate(rate * strength, (1 - rate) * strength) if spread else rate
        yield sum(rng.random() < own for _ in range(n)), n


def outside(rng, groups, rate, differ, **options):
    """The groups beyond 95 % and beyond 99.8 % limits."""
    units = drawn(rng, groups, rate, differ)
    found = funnel({str(place): share(*unit) for place, unit in enumerate(units)}, **options)
    return [sum(group.beyond in levels for group in found.groups)
            for levels in ((0.95, 0.998), (0.998,))]  # fmt: skip


def alarms(rate, differ, **options):
    rng = Random(rate + differ)  # noqa: S311 - an experiment
    counts = [outside(rng, 24, rate, differ, **options) for _ in range(40)]
    return [sum(column) / (24 * 40) for column in zip(*counts, strict=True)]


@pytest.mark.parametrize(("rate", "spread"), [(0.8, 0.05), (0.95, 0.02), (0.2, 0.1), (0.6, 0)])
def test_as_many_groups_are_outside_as_the_levels_say(rate, spread):
    wide, strict = alarms(rate, spread)
    assert 0.015 < wide < 0.07
    assert strict < 0.008


def test_limits_of_chance_call_a_third_of_the_same_groups_a_signal():
    assert alarms(0.8, 0.05, spread=0)[0] > 0.3


def test_groups_that_differ_by_chance_have_the_limits_of_chance():
    even = {str(place): share(80 + place % 3, 100) for place in range(20)}
    found, alone = funnel(even), funnel(even, spread=0)
    assert found == alone
    assert (found.phi < 1, found.spread) == (True, 0)
    assert found.limits[100][0] == funnel_limits(100, found.center)


def test_a_group_that_really_differs_does_not_hide_itself():
    usual = {str(place): share(400 + 9 * (place % 5), 500) for place in range(20)}
    found = funnel({**usual, "north": share(270, 500)})
    assert found.spread > 0
    assert [(group.name, group.beyond) for group in found.groups if group.beyond] == [
        ("north", 0.998)
    ]


def test_a_target_that_all_miss_is_no_spread():
    late = {str(place): share(700, 1000) for place in range(12)}
    found = funnel(late, target=0.9)
    assert found.spread == 0
    assert {group.verdict for group in found.groups} == {"low"}


def test_fewer_than_ten_groups_have_no_usual_spread():
    nine = {str(place): share(50 + 100 * (place % 2), 200) for place in range(9)}
    assert (funnel(nine).phi, funnel(nine).spread) == (None, 0)
    assert funnel({**nine, "tenth": share(50, 200)}).spread > 0.2
    assert overdispersion([(1, 2)] * 9 + [(0, 0)]).undefined == "few_groups"
    assert overdispersion([(2, 2)] * 10).undefined == "nothing_varies"


def test_by_hand():
    """Ten groups: two off by 0.05, two by 0.1, which count as 0.05: 4 * 0.05^2 / 10 = 0.001."""
    off = (-10, -5, 0, 0, 0, 0, 0, 0, 5, 10)
    few = overdispersion([(50 + each, 100) for each in off])  # by chance 0.05 each
    assert few.phi == pytest.approx(0.4 / MEAN_SQUARE)
    assert few.spread == 0
    many = overdispersion([(100 * (50 + each), 10_000) for each in off])  # by chance 0.005
    assert many.phi == pytest.approx(40 / MEAN_SQUARE)
    assert many.spread**2 == pytest.approx(0.001 / MEAN_SQUARE - 0.005**2)
    plain = overdispersion([(50 + each, 100) for each in off], winsorized=0)
    assert plain.phi == pytest.approx(1.0)  # (4 + 4 + 1 + 1) / 10
    assert str(many) == "spread of 10 groups 3.8 points, phi 58.9401"


def beta_binomial(n, rate, spread):
    """The probabilities of 0 to n, exactly."""
    total = rate * (1 - rate) / spread**2 - 1
    a, b = rate * total, (1 - rate) * total

    def rising(x, m):
        return prod(x + j for j in range(m))

    whole = rising(total, n)
    return [Fraction(comb(n, k)) * rising(a, k) * rising(b, n - k) / whole for k in range(n + 1)]


def binomial(n, rate):
    return [comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(n + 1)]


@given(
    st.integers(1, 30),
    st.integers(1, 19),
    st.fractions(Fraction(1, 50), Fraction(1, 5), max_denominator=50),
    st.sampled_from([0.5, 0.95, 0.998]),
)
def test_limits_are_the_exact_tails_of_a_beta_binomial(n, twentieths, spread, level):
    rate = Fraction(twentieths, 20)
    limits = funnel_limits(n, float(rate), level=level, spread=float(spread))
    tail = (1 - Fraction(str(level))) / 2 * (1 + Fraction(1, 10**9))
    below, above = set(), set()
    for law in (beta_binomial(n, rate, spread), binomial(n, rate)):
        below.add(next(k for k in range(n + 1) if sum(law[: k + 1]) > tail))
        above.add(next(k for k in range(n + 1) if sum(law[k + 1 :]) <= tail))
    assert (limits.low_count, limits.high_count) == (min(below), max(above))


@given(st.integers(1, 3000), st.floats(0.01, 0.99), st.floats(0, 0.6))
@example(3, 0.01, 0.0625)  # all three or none: a single one is less likely than by chance
def test_a_spread_never_makes_limits_narrower(n, rate, spread):
    narrow, wide = funnel_limits(n, rate), funnel_limits(n, rate, spread=spread)
    assert wide.low <= narrow.low
    assert wide.high >= narrow.high


@given(st.integers(1, 300), st.floats(0.01, 0.99), st.sampled_from([0.95, 0.998]))
def test_hardly_any_spread_is_chance(n, rate, level):
    alone = funnel_limits(n, rate, level=level)
    found = funnel_limits(n, rate, level=level, spread=1e-9)
    assert abs(found.low_count - alone.low_count) <= 1
    assert abs(found.high_count - alone.high_count) <= 1


@pytest.mark.parametrize("spread", [0.002, 0.02, 0.1])
def test_many_cases_are_as_exact_as_a_share_can_show(spread):
    small, large = (funnel_limits(n, 0.9, spread=spread) for n in (5_000, 5_001))
    assert large.low == pytest.approx(small.low, abs=5e-4)
    assert large.high == pytest.approx(small.high, abs=5e-4)


def test_limits_beside_scipy():
    stats = pytest.importorskip("scipy.stats")
    for n, rate, spread in [
        (1, 0.5, 0.3),
        (40, 0.97, 0.05),
        (999, 0.2, 0.01),
        (100_000, 0.97, 0.02),
    ]:
        total = rate * (1 - rate) / spread**2 - 1
        law = stats.betabinom(n, rate * total, (1 - rate) * total)
        limits = funnel_limits(n, rate, level=0.998, spread=spread)
        slack = 0 if n < 5_000 else n / 2_000
        assert limits.low_count == pytest.approx(law.ppf(0.001), abs=slack)
        assert limits.high_count == pytest.approx(law.ppf(0.999), abs=slack)


def test_rates_as_spread_as_can_be_have_no_limits():
    limits = funnel_limits(10, 0.5, spread=2)
    assert (limits.low, limits.high) == (0, 1)
    normal = funnel_limits(10**6, 0.5, exact=False, spread=0.1)
    assert normal.low == pytest.approx(0.5 - 1.96 * 0.1, abs=1e-3)


def test_bad_spreads_are_refused():
    with pytest.raises(InvalidValue):
        funnel_limits(10, 0.5, spread=-0.1)
    with pytest.raises(InvalidValue):
        funnel({"a": share(1, 2)}, spread=float("nan"))
    with pytest.raises(InvalidShare):
        overdispersion([(1, 2)], winsorized=0.5)
    with pytest.raises(InvalidShare):
        overdispersion([(1, 2)], 1.5)
    with pytest.raises(InvalidValue):
        overdispersion([(3, 2)])
