"""Each statistic beside its formula, written out in fractions and without a shortcut."""

from fractions import Fraction
from math import comb, exp, log
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._statistics import control_charts, intervals
from support_model._statistics.probability import first_true
from support_model.inference import (
    aalen_johansen,
    decompose,
    funnel_limits,
    kaplan_meier,
    shrink,
    standardize,
    two_proportions,
)

Z = NormalDist().inv_cdf(0.975)
NEAR = {"rel": 1e-9, "abs": 1e-12}
counts = st.integers(0, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
full = st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
cells = st.dictionaries(st.sampled_from("abc"), full, min_size=1)


@given(cells, st.lists(st.integers(1, 9), min_size=3, max_size=3))
def test_standardization(cells, sizes):
    weights = dict(zip(sorted(cells), sizes, strict=False))
    whole = sum(weights.values())
    found = standardize(cells, weights)
    rates = {cell: Fraction(k, n) for cell, (k, n) in cells.items()}
    value = sum(Fraction(w, whole) * rates[cell] for cell, w in weights.items())
    variance = sum(
        Fraction(w, whole) ** 2 * rates[cell] * (1 - rates[cell]) / cells[cell][1]
        for cell, w in weights.items()
    )
    assert found.value == pytest.approx(float(value), **NEAR)
    assert found.variance == pytest.approx(float(variance), **NEAR)
    half = Z * float(variance) ** 0.5
    bounds = (max(float(value) - half, 0), min(float(value) + half, 1)) if variance else None
    assert found.interval == (None if bounds is None else pytest.approx(bounds, **NEAR))
    assert found.empty == ()


def test_standardization_names_empty_cells_of_weight_only():
    found = standardize({"a": (1, 2), "b": (0, 0)}, {"a": 1, "b": 1, "c": 0})
    assert (found.value, found.interval, found.empty) == (None, None, ("b",))
    assert standardize({"a": (1, 2)}, {"a": 1, "c": 0}).value == 0.5


@given(cells, cells)
def test_kitagawa(before, after):
    found = decompose(before, after)
    if before.keys() != after.keys():
        assert found.empty == tuple(sorted(before.keys() ^ after.keys()))
        assert found.rate is found.mix is found.by_cell is None
        return
    n1, n2 = (sum(n for _, n in side.values()) for side in (before, after))
    for cell, (k1, m1) in before.items():
        k2, m2 = after[cell]
        r1, r2, w1, w2 = (Fraction(*pair) for pair in ((k1, m1), (k2, m2), (m1, n1), (m2, n2)))
        rate, mix = (w1 + w2) / 2 * (r2 - r1), (r1 + r2) / 2 * (w2 - w1)
        assert found.by_cell[cell] == pytest.approx((float(rate), float(mix)), **NEAR)
    assert found.rate == pytest.approx(sum(rate for rate, _ in found.by_cell.values()), **NEAR)
    assert found.mix == pytest.approx(sum(mix for _, mix in found.by_cell.values()), **NEAR)


def test_an_empty_cell_that_is_carried_is_mix_alone():
    found = decompose({"a": (1, 4)}, {"a": (1, 4), "b": (3, 4)}, empty="carry")
    assert found.by_cell == {"a": (0.0, -0.125), "b": (0.0, 0.375)}
    assert (found.change, found.rate, found.mix) == (0.25, 0.0, 0.25)


@given(st.lists(counts, max_size=8))
def test_shrinking_by_moments(units):
    """Kleinman's estimate: rho from the weighted spread of the rates, strength 1/rho - 1."""
    found = shrink(units)
    known = [(k, n) for k, n in units if n]
    total = sum(n for _, n in known)
    if not total:
        assert found.mean is None
        return
    mean = Fraction(sum(k for k, _ in known), total)
    assert found.mean == pytest.approx(float(mean))
    between = len(known) - 1
    room = total - Fraction(sum(n * n for _, n in known), total) - between
    if mean in {0, 1} or between < 1 or room == 0:
        assert found.values == (None,) * len(units)
        return
    spread = sum(n * (Fraction(k, n) - mean) ** 2 for k, n in known) / (mean * (1 - mean))
    rho = min(max((spread - between) / room, Fraction(0)), Fraction(1))
    assert found.rho == pytest.approx(float(rho))
    for (k, n), value in zip(units, found.values, strict=True):
        if rho == 0:
            expected = mean
        elif n + (1 - rho) / rho == 0:
            expected = None
        else:
            strength = (1 - rho) / rho
            expected = (k + mean * strength) / (n + strength)
        assert value == (None if expected is None else pytest.approx(float(expected)))


@given(st.integers(1, 40), st.integers(1, 19))
def test_a_funnel_keeps_counts_whose_tails_are_large_enough(n, twentieths):
    p = Fraction(twentieths, 20)

    def at_most(k):
        return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))

    tail = Fraction(1, 40)
    inside = [k for k in range(n + 1) if at_most(k) > tail and 1 - at_most(k - 1) > tail]
    limits = funnel_limits(n, float(p))
    assert (limits.low_count, limits.high_count) == (inside[0], inside[-1])
    assert [k for k in range(n + 1) if limits.verdict(k, n) == "inside"] == inside


@given(st.lists(st.integers(-6, 6), max_size=20), st.integers(-2, 2), st.integers(1, 3))
def test_western_electric_by_looking_at_every_window(values, center, sigma):
    found = control_charts.western_electric(values, center=center, sigma=sigma)
    rules = {"beyond_three": (3, 1, 1), "two_of_three": (2, 2, 3),
             "four_of_five": (1, 4, 5), "eight_in_a_row": (0, 8, 8)}  # fmt: skip
    for name, (zone, wanted, of) in rules.items():
        expected = []
        for i, value in enumerate(values):
            window = values[max(i - of + 1, 0) : i + 1]
            above = [x for x in window if x - center > zone * sigma]
            below = [x for x in window if center - x > zone * sigma]
            for side, beyond in ((above, value - center), (below, center - value)):
                if beyond > zone * sigma and len(side) >= wanted:
                    expected.append(i)
        assert list(getattr(found, name)) == expected


@given(st.lists(full, min_size=2, max_size=10), st.integers(0, 9))
def test_laney(periods, cut):
    baseline = cut if 2 <= cut <= len(periods) else None
    found = control_charts.laney(periods, baseline=baseline)
    base = periods[:baseline]
    center = sum(k for k, _ in base) / sum(n for _, n in base)
    assert found.center == center
    if center in {0, 1}:
        assert found.low is None
        return
    sigma = [(center * (1 - center) / n) ** 0.5 for _, n in periods]
    z = [(k / n - center) / each for (k, n), each in zip(base, sigma, strict=False)]
    moved = [abs(z[i + 1] - z[i]) for i in range(len(z) - 1)]
    sigma_z = sum(moved) / len(moved) / 1.128
    assert found.sigma_z == pytest.approx(sigma_z)
    for i, (k, n) in enumerate(periods):
        low = max(center - 3 * sigma[i] * sigma_z, 0)
        high = min(center + 3 * sigma[i] * sigma_z, 1)
        assert (found.low[i], found.high[i]) == pytest.approx((low, high))
        assert (i in found.outside) is (k / n < found.low[i] or k / n > found.high[i])


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=12), st.integers(1, 12))
def test_xmr(values, cut):
    baseline = cut if cut <= len(values) else None
    found = control_charts.xmr(values, baseline=baseline)
    base = values[:baseline]
    mean = Fraction(sum(base), len(base))
    assert found.mean == pytest.approx(float(mean))
    if len(base) < 2:
        assert found.low is found.high is found.outside is None
        return
    moved = [abs(base[i + 1] - base[i]) for i in range(len(base) - 1)]
    step = Fraction(sum(moved), len(moved))
    low, high = mean - Fraction("2.66") * step, mean + Fraction("2.66") * step
    assert (found.low, found.high) == pytest.approx((float(low), float(high)))
    assert found.range_high == pytest.approx(3.267 * float(step))
    expected = [i for i, value in enumerate(values) if not low <= value <= high]
    assert list(found.outside) == expected


@given(st.lists(st.integers(0, 20), min_size=1, max_size=14), st.integers(1, 4), st.booleans())
def test_deseasonalizing(values, period, known):
    baseline = len(values) if known else max(period, len(values) // 2)
    if len(values) < period:
        return
    found = control_charts.deseasonalized(values, lambda i: i % period, baseline=baseline)
    base = values[:baseline]
    for i, value in enumerate(found):
        season = [x for j, x in enumerate(base) if j % period == i % period]
        expected = values[i] - sum(season) / len(season) + sum(base) / len(base)
        assert value == pytest.approx(expected)


rows = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 6), st.sampled_from("ab-")), max_size=12
)


@given(rows)
def test_survival_with_late_entries_and_its_bounds(drawn):
    drawn = [(start, start + length, cause) for start, length, cause in drawn]
    times, seen = [t for _, t, _ in drawn], [cause != "-" for *_, cause in drawn]
    found = kaplan_meier(times, seen, entry=[start for start, *_ in drawn])
    share, spread = Fraction(1), Fraction(0)
    for place, t in enumerate(found.times):
        # who comes and goes at one instant is at risk there, and at 0 who came with the start
        risk = sum(
            start < t <= end or start == end == t or start == t == 0 for start, end, _ in drawn
        )
        died = sum(end == t and cause != "-" for _, end, cause in drawn)
        share *= Fraction(risk - died, risk)
        assert found.survival[place] == pytest.approx(float(share), abs=1e-12)
        if not share or share == 1:
            break
        spread += Fraction(died, risk * (risk - died))
        width = Z * float(spread) ** 0.5 / -log(share)
        bounds = (found.low[place], found.high[place])
        assert bounds == pytest.approx((share ** exp(width), share ** exp(-width)))


@given(rows)
def test_competing_ends_by_their_definition(drawn):
    times, causes = [t for t, _, _ in drawn], [None if c == "-" else c for *_, c in drawn]
    found = aalen_johansen(times, causes)
    share, ended = Fraction(1), dict.fromkeys({*causes} - {None}, Fraction(0))
    for t in sorted({t for t, cause in zip(times, causes, strict=True) if cause}):
        risk = sum(other >= t for other in times)
        ends = {
            cause: sum(d == t and c == cause for d, c in zip(times, causes, strict=True))
            for cause in ended
        }
        for cause, n in ends.items():
            ended[cause] += share * Fraction(n, risk)
        share *= 1 - Fraction(sum(ends.values()), risk)
        shares, running = found.at(t)
        assert running == pytest.approx(float(share), abs=1e-12)
        assert shares == pytest.approx({cause: float(part) for cause, part in ended.items()})


@given(full, full)
def test_two_shares(first, second):
    found = two_proportions(first, second)
    (k1, n1), (k2, n2) = first, second
    pooled = (k1 + k2) / (n1 + n2)
    if 0 < pooled < 1:
        z = (k2 / n2 - k1 / n1) / (pooled * (1 - pooled) * (1 / n1 + 1 / n2)) ** 0.5
        assert found.z == pytest.approx(z, **NEAR)
        assert found.p == pytest.approx(2 * NormalDist().cdf(-abs(z)), abs=1e-12)
    else:
        assert found.z is found.p is None


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.booleans())
def test_the_interval_of_a_net_promoter_score(promoters, passives, detractors, adjusted):
    found = intervals.net_promoter(promoters, passives, detractors, adjusted=adjusted)
    n = promoters + passives + detractors
    if n == 0 or (not adjusted and n in {promoters, passives, detractors}):
        assert found is None
        return
    more = 3 if adjusted else 0
    p, d = (promoters + more / 4) / (n + more), (detractors + more / 4) / (n + more)
    half = Z * ((p + d - (p - d) ** 2) / (n + more)) ** 0.5
    assert found == pytest.approx((max(p - d - half, -1), min(p - d + half, 1)))


@given(st.integers(-5, 5), st.integers(0, 40), st.integers(-9, 50), st.integers(-20, 70))
def test_the_first_that_holds_is_found_from_anywhere(start, size, first, near):
    tried = []

    def holds(k):
        tried.append(k)
        return k >= first

    wanted = min(max(first, start), start + size)
    assert first_true(holds, start, start + size, near=near) == wanted
    assert first_true(holds, start, start + size) == wanted
    assert all(start <= k < start + size for k in tried)
