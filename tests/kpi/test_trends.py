"""Figures over periods and over groups: whole periods, limits of noise, signals, chance."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import comb
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support_model._time import micros_of
from support_model.errors import InvalidShare, InvalidValue
from support_model.figures import Distribution, Rate, Share, suppress
from support_model.inference import funnel_limits, kaplan_meier, laney, xmr
from support_model.instants import Span, micros
from support_model.kpi import Facts, created_in, funnel, mature_until, periods, trend

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut"])
days = st.dates(date(2016, 1, 1), date(2026, 1, 1))
counts = st.lists(
    st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=24,
)


def share(k, n, **more):
    return Share(key="met", definition="on time", numerator=k, n=n, **more)


def took(*hours):
    times = [hour * HOUR for hour in hours]
    return Distribution.of(times, key="resolution", clock="calendar", definition="to solved")


def weekly(figures):
    return {
        Span(MONDAY + k * WEEK, MONDAY + (k + 1) * WEEK): figure
        for k, figure in enumerate(figures)
    }


@given(days, st.integers(0, 100), zones, st.sampled_from(["day", "week", "month"]))
def test_periods_are_whole_and_leave_nothing_between(start, length, zone, every):
    tz, end = ZoneInfo(zone), start + timedelta(days=length)
    found = periods(start, end, tz=tz, every=every)
    for a, b in pairwise(found):
        assert micros(a.end) == micros(b.start)
    for span in found:
        first, last = span.start.date(), span.end.date()
        assert micros(span.start) % micros_of(timedelta(minutes=30)) == 0
        assert start <= first < last <= end
        if every == "month":
            assert (first.day, last.day) == (1, 1)
            assert (last - first).days in range(28, 32)
        else:
            assert (last - first).days == (1 if every == "day" else 7)
            assert every == "day" or first.weekday() == 0
        before = span.start.astimezone(UTC) - timedelta(seconds=1)
        assert before.astimezone(tz).date() == first - timedelta(days=1)
    if every == "day":
        assert len(found) == length


def test_periods_do_not_hold_half_weeks():
    found = periods(date(2026, 3, 3), date(2026, 3, 22), tz=ZoneInfo("UTC"), every="week")
    assert [span.start.date() for span in found] == [date(2026, 3, 9)]
    with pytest.raises(InvalidValue, match="'day', 'week' or 'month'"):
        periods(date(2026, 3, 3), date(2026, 3, 4), tz=ZoneInfo("UTC"), every="year")


@given(st.lists(st.integers(0, 40 * 24), max_size=30))
def test_every_ticket_is_in_the_period_of_its_creation(hours):
    spans = periods(date(2026, 3, 4), date(2026, 3, 30), tz=ZoneInfo("Europe/Berlin"), every="day")
    facts = [
        Facts(ticket_id=str(k), as_of=MONDAY + 9 * WEEK, created=MONDAY + hour * HOUR)
        for k, hour in enumerate(hours)
    ]
    found = created_in(facts, spans)
    assert list(found) == list(spans)
    for span, part in found.items():
        assert part == [fact for fact in facts if span.start <= fact.created < span.end]


def test_what_lies_between_two_periods_is_in_neither():
    spans = [Span(MONDAY, MONDAY + HOUR), Span(MONDAY + 2 * HOUR, MONDAY + 3 * HOUR)]
    facts = [
        Facts(ticket_id=str(k), as_of=MONDAY + WEEK, created=MONDAY + k * HOUR) for k in range(5)
    ]
    assert created_in(facts, spans) == {spans[0]: [facts[0]], spans[1]: [facts[2]]}


@given(counts)
def test_a_share_is_charted_as_laney_has_it(rows):
    found = trend(weekly(share(k, n) for k, n in rows))
    known = [(k, n) for k, n in rows if n]
    assert [point.value for point in found.points] == [k / n if n else None for k, n in rows]
    chart = laney(known)
    assert (found.center, found.method, found.quantile) == (chart.center, "laney", None)
    charted = [point for point in found.points if point.value is not None]
    limits = zip(chart.low, chart.high, strict=True) if chart.low else [None] * len(known)
    assert [point.limits for point in charted] == list(limits)
    beyond = [i for i, point in enumerate(charted) if point.signal in {"above", "below"}]
    assert beyond == list(chart.outside or ())


@given(st.lists(st.integers(0, 9), min_size=2, max_size=40), st.data())
def test_signals_are_what_leaves_the_limits_or_stays_on_one_side(values, data):
    baseline = data.draw(st.integers(2, len(values)))
    found = trend(weekly(took(value) for value in values), baseline=baseline)
    chart = xmr(values, baseline=baseline)
    assert found.center == chart.mean
    for i, point in enumerate(found.points):
        assert point.limits == (max(chart.low, 0), chart.high)
        runs = [values[start : start + 8] for start in range(i - 7, i + 1) if start >= 0]
        shifted = any(
            len(run) == 8 and (min(run) > chart.mean or max(run) < chart.mean) for run in runs
        )
        side = "above" if values[i] > chart.mean else "below"
        expected = side if i in chart.outside else "shift" if shifted else None
        assert point.signal == expected
    assert found.signals == tuple(point for point in found.points if point.signal)


def test_immature_periods_and_withheld_ones_take_no_part():
    figures = [share(95, 100), share(96, 100), share(1, 2, min_n=10), share(94, 100), share(0, 9)]
    until = mature_until(MONDAY + 5 * WEEK, timedelta(days=3))
    found = trend(weekly(figures), mature_until=until)
    assert [point.mature for point in found.points] == [True] * 4 + [False]
    assert [point.limits is None for point in found.points] == [False, False, True, False, True]
    assert found.points[2].value is None
    assert found.points[4].value == 0
    assert found.points[4].signal is None
    assert found.center == laney([(95, 100), (96, 100), (94, 100)]).center
    on_the_dot = trend(weekly(figures[:1]), mature_until=MONDAY + WEEK)
    assert on_the_dot.points[0].mature


def test_a_trend_follows_a_quantile_in_hours_with_its_interval():
    hours = list(range(1, 41))
    found = trend(weekly([took(*hours), took(*hours[:3])]), quantile=0.9)
    p90 = took(*hours).quantile(0.9) / HOUR
    low, high = (bound / HOUR for bound in took(*hours).interval(0.9))
    first, few = found.points
    assert (first.value, first.low, first.high) == (p90, low, high)
    assert (few.low, few.high) == (1, None)  # three values have no upper bound of p90
    assert found.quantile == 0.9


def test_a_rate_is_charted_as_single_values():
    rates = [Rate(key="r", definition="d", numerator=k, denominator=4, n=4) for k in (4, 8, 4)]
    found = trend(weekly(rates))
    assert (found.method, [point.value for point in found.points]) == ("xmr", [1, 2, 1])
    assert found.points[0].limits[0] < 0  # a rate may be negative


def test_one_period_has_a_value_and_no_limits():
    (point,) = trend(weekly([share(3, 4)])).points
    assert (point.value, point.limits, point.signal) == (0.75, None, None)
    empty = trend(weekly([share(0, 0), share(0, 0)]))
    assert (empty.center, empty.signals) == (None, ())


def test_bad_trends():
    other = Share(key="met", definition="another", numerator=1, n=2)
    with pytest.raises(InvalidValue, match="one figure"):
        trend(weekly([share(1, 2), other]))
    with pytest.raises(InvalidValue, match="one figure"):
        trend({})
    endless = Span(MONDAY + WEEK)
    with pytest.raises(InvalidValue, match="without an end") as caught:
        trend(weekly([share(1, 2)]) | {endless: share(1, 2)})
    assert caught.value.value == endless
    with pytest.raises(InvalidValue, match="baseline"):
        trend(weekly([share(1, 2)]), baseline=2)
    with pytest.raises(InvalidShare):
        trend(weekly([took(1)]), quantile=1.5)


def test_the_baseline_of_laney_fixes_center_and_spread():
    calm = [(95, 100), (96, 100), (94, 100)]
    chart = laney([*calm, (50, 100)], baseline=3)
    alone = laney(calm)
    assert (chart.center, chart.sigma_z) == (alone.center, alone.sigma_z)
    assert chart.outside == (3,)
    assert chart.low[:3] == alone.low
    with pytest.raises(InvalidValue, match="baseline"):
        laney(calm, baseline=0)


def tail(n, p, ks):
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in ks)


@given(counts, st.sampled_from([None, 0.1, 0.5, 0.8]))
@example([(3, 3)], 0.1)
def test_a_funnel_judges_every_group_by_its_own_tail(rows, target):
    shares = {f"g{i}": share(k, n) for i, (k, n) in enumerate(rows)}
    found = funnel(shares, target=target, spread=0)
    total = sum(n for _, n in rows)
    pooled = sum(k for k, _ in rows) / total if total else None
    assert found.center == (pooled if target is None else target)
    assert dict(found.left_out) == {f"g{i}": "no_cases" for i, (_, n) in enumerate(rows) if not n}
    assert sorted([*(group.name for group in found.groups), *found.left_out]) == sorted(shares)
    assert [group.share.n for group in found.groups] == sorted(n for _, n in rows if n)
    for group in found.groups:
        k, n, p = group.share.numerator, group.share.n, found.center
        below, above = tail(n, p, range(k + 1)), tail(n, p, range(k, n + 1))
        least = min(below, above) * (1 - 1e-9)  # a tail of just half the rest is outside
        outside = [level for level in found.levels if least <= (1 - level) / 2]
        assert group.beyond == (outside[-1] if outside else None)
        if group.beyond:
            assert group.verdict == ("low" if k / n < p else "high")
        else:
            assert group.verdict == "inside"
    sizes = list(found.limits)
    assert sizes == sorted(sizes)
    assert not sizes or sizes[-1] > found.groups[-1].share.n


def test_small_groups_are_left_out_by_name():
    shares = {"few": share(0, 3), "many": share(40, 50), "none": share(0, 0)}
    found = funnel({name: suppress(each, 10) for name, each in shares.items()})
    assert dict(found.left_out) == {"few": "small_n", "none": "no_cases"}
    assert [group.name for group in found.groups] == ["many"]
    assert (found.center, found.pooled) == (0.8, True)


def test_bad_funnels():
    with pytest.raises(InvalidValue, match="one share"):
        funnel({"a": share(1, 2), "b": Share(key="x", definition="y", numerator=1, n=2)})
    for levels in ((), (0.998, 0.95), (0.9, 0.9), (0.8, 0.9, 0.95, 0.99)):
        with pytest.raises(InvalidValue, match="levels"):
            funnel({"a": share(1, 2)}, levels=levels)
    with pytest.raises(InvalidShare):
        funnel({"a": share(1, 2)}, target=1.5)
    assert funnel({}).center is None
    assert funnel({}, target=0.5).groups == ()


def test_a_funnel_has_limits_wherever_it_is_drawn():
    found = funnel({"a": share(60, 100), "b": share(700, 1000)}, levels=(0.95,))
    sizes = list(found.limits)
    assert sizes[:60] == list(range(1, 61))
    assert all(b - a <= a / 20 for a, b in pairwise(sizes[59:]))
    assert len(sizes) < 150
    assert 1000 < sizes[-1] <= 1050
    for n, (limits,) in found.limits.items():
        assert limits == funnel_limits(n, found.center)


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 20), st.booleans()), min_size=1, max_size=25
    ),
    st.integers(-1, 25),
)
def test_at_risk_are_those_who_entered_and_did_not_leave(rows, t):
    subjects = [(min(a, b), max(a, b), seen) for a, b, seen in rows]
    entries, ends, seen = (list(column) for column in zip(*subjects, strict=True))
    curve = kaplan_meier(ends, seen)
    assert curve.at_risk(t) == sum(t <= end for end in ends)
    late = kaplan_meier(ends, seen, entry=entries)
    expected = sum(
        start < t <= end or start == t == 0 for start, end in zip(entries, ends, strict=True)
    )
    assert late.at_risk(t) == expected
