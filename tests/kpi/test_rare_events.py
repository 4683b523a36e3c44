"""Rare events: what lies between them, its limits, and which chart the data asks for."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model import kpi
from support_model.errors import InvalidShare, InvalidValue, NaiveDatetime
from support_model.inference import g_chart, t_chart
from support_model.kpi import Facts, RareTrend, Solve, Trend

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COUNTS = st.lists(st.integers(0, 500), min_size=10, max_size=40)
TAIL = Fraction(135, 100_000)


def geometric(none, k):
    """P(X = k): so many cases that are none, then an event."""
    return none**k * (1 - none)


@given(COUNTS)
def test_limits_of_a_g_chart_are_exact_tails(counts):
    chart = g_chart(counts)
    none = Fraction(sum(counts), sum(counts) + len(counts))
    if not none:
        assert chart.undefined == "nothing_varies"
        return
    slack = Fraction(1, 10**9)
    low, high = chart.low or 0, int(chart.high)
    assert none ** (high + 1) <= TAIL * (1 + slack)  # P(X > high)
    assert none**high > TAIL * (1 - slack)
    assert 1 - none ** int(low) <= TAIL * (1 + slack)  # P(X < low)
    assert 1 - none ** (int(low) + 1) > TAIL * (1 - slack)
    center = int(chart.center)
    assert 1 - none ** (center + 1) >= Fraction(1, 2) * (1 - slack)  # a median
    assert not center or 1 - none**center < Fraction(1, 2)
    assert chart.outside == tuple(k for k, n in enumerate(counts) if not low <= n <= high)


def test_a_g_chart_by_hand():
    """One in ten is an event: none = 0.9, so 0.9^6 > 1/2 > 0.9^7 and 0.9^63 < 0.00135 < 0.9^62."""
    chart = g_chart([9] * 10)
    assert (chart.center, chart.low, chart.high) == (6, None, 62)
    rare = g_chart([99_999] * 10)  # one in 100,000
    assert (rare.center, rare.low) == (69_314, 135)
    assert g_chart([9] * 10 + [63, 62], baseline=10).outside == (10,)
    assert g_chart([99_999] * 10 + [134, 135], baseline=10).outside == (10,)


def test_a_t_chart_of_the_valve_failures():
    """Hours between failures of a valve (Montgomery, table 7.13): 5.39 in transformed hours."""
    hours = [286, 948, 536, 124, 816, 729, 4, 143, 431, 8]
    hours += [2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96]
    roots = [hour ** (1 / 3.6) for hour in hours]
    mean = sum(roots) / 20
    step = sum(abs(a - b) for a, b in pairwise(roots)) / 19
    chart = t_chart(hours)
    assert mean == pytest.approx(5.386, abs=0.005)
    assert chart.center == pytest.approx(mean**3.6)
    assert chart.high == pytest.approx((mean + 2.66 * step) ** 3.6)
    assert (chart.low, chart.outside) == (None, ())


@given(st.lists(st.floats(0.5, 1e6), min_size=10, max_size=40), st.sampled_from([0.25, 24, 1000]))
def test_a_t_chart_does_not_depend_on_the_unit(gaps, unit):
    one, other = t_chart(gaps), t_chart([gap * unit for gap in gaps])
    assert other.center == pytest.approx(unit * one.center)
    if one.high is not None and other.high is not None:
        assert other.high == pytest.approx(unit * one.high, rel=1e-6)
    assert one.undefined == other.undefined


def test_limits_hold_what_happens_at_random():
    rng = Random(7)  # noqa: S311 - an experiment
    beyond = [0, 0]
    for _ in range(60):
        times = [rng.expovariate(0.1) for _ in range(50)]
        beyond[0] += len(g_chart([int(10 * time) for time in times]).outside)
        beyond[1] += len(t_chart(times).outside)
    assert all(count < 0.005 * 60 * 50 for count in beyond)


def test_events_that_come_four_times_as_often_are_seen():
    rng = Random(3)  # noqa: S311 - an experiment
    seen = 0
    for _ in range(40):
        times = [rng.expovariate(1 / 10) for _ in range(30)]
        times += [rng.expovariate(4 / 10) for _ in range(15)]
        chart = t_chart(times, baseline=30)
        seen += any(place >= 30 for place in (*chart.outside, *chart.runs))
    assert seen > 30


def test_what_has_no_limits_says_why():
    assert g_chart([]).undefined == t_chart([]).undefined == "few_events"
    assert g_chart([5] * 9).undefined == t_chart([5] * 9).undefined == "few_events"
    assert g_chart([5] * 9).center == 3
    assert g_chart([0] * 12).undefined == t_chart([3] * 12).undefined == "nothing_varies"
    assert "no limits: few events" in str(g_chart([5] * 9))


@pytest.mark.parametrize("counts", [[-1], [0.5], [True], ["1"]])
def test_counts_are_whole(counts):
    with pytest.raises(InvalidValue):
        g_chart(counts)


def test_bad_charts_are_refused():
    with pytest.raises(InvalidValue):
        t_chart([-1.0])
    with pytest.raises(InvalidValue):
        t_chart([float("nan")])
    with pytest.raises(InvalidValue):
        g_chart([1], baseline=2)
    with pytest.raises(InvalidShare):
        g_chart([1], level=1)


# Of tickets


def ticket(n, *, reopened=False, solved=True):
    at = START + n * HOUR
    return Facts(
        ticket_id=f"T{n:05d}",
        created=at,
        as_of=START + 400 * DAY,
        history=[(at, "open"), *([(at, "solved")] if solved else [])],
        solves=[Solve(at)] if solved else [],
        reopenings=[at + HOUR] if reopened else [],
    )


def test_tickets_between_are_those_that_count():
    facts = [ticket(n, reopened=n in {2, 5, 6}, solved=n != 4) for n in range(10)]
    found = kpi.tickets_between(reversed(facts), kpi.reopened())
    assert [(point.value, point.complete) for point in found.points] == [
        (1, True),  # T3 lies between T2 and T5; T4 is not solved and does not count
        (0, True),
        (3, False),
    ]
    assert found.points[0].at == facts[5].created
    assert (found.n, found.unit, found.method) == (3, "tickets", "g")
    other = kpi.tickets_between(facts, kpi.reopened(), event=False)
    assert [point.value for point in other.points] == [0, 1, 2, 0, 0, 0]
    assert other.definition.startswith("not: ")


def test_a_long_quiet_time_is_a_signal_before_it_ends():
    events = [START + (k * k % 7 + 7 * k) * DAY for k in range(12)]
    soon = kpi.time_between(events, until=events[-1] + 2 * DAY)
    late = kpi.time_between(events, until=events[-1] + 90 * DAY)
    assert soon.points[-1].signal is None
    assert late.points[-1].signal == "longer"
    assert late.signals == (late.points[-1],)
    assert late.rows()[-1]["high_limit"] == late.limits[1]


def test_which_chart_the_data_asks_for():
    weeks = kpi.periods(date(2026, 3, 2), date(2026, 6, 1), tz="UTC", every="week")
    for share, kind in ((50, Trend), (2, RareTrend), (998, RareTrend)):
        facts = [ticket(n, reopened=n * 7 % 1000 < share) for n in range(2000)]
        found = kpi.over_time(facts, kpi.reopened(), weeks)
        assert isinstance(found, kind)
    assert found.definition.startswith("not: ")  # nearly all are reopened: the others are rare
    quiet = kpi.over_time([ticket(n) for n in range(9)], kpi.reopened(), weeks)
    assert (quiet.n, quiet.center) == (0, None)


def test_only_periods_that_are_complete_count():
    weeks = kpi.periods(date(2026, 3, 2), date(2026, 3, 30), tz="UTC", every="week")
    facts = [ticket(n, reopened=n % 200 == 0) for n in range(600)]
    found = kpi.over_time(facts, kpi.reopened(), weeks, mature_until=weeks[2].end)
    assert [point.value for point in found.points] == [199, 199, 103]
    assert found.points[-1].at == facts[503].created


@given(st.lists(st.booleans(), max_size=60))
def test_columns_tell_the_same(answers):
    columns_of = pytest.importorskip("frames.fact_columns").columns_of
    weeks = kpi.periods(date(2026, 3, 2), date(2026, 3, 16), tz="UTC", every="week")
    facts = [ticket(n, reopened=answer) for n, answer in enumerate(answers)]
    columns = columns_of(facts)
    assert kpi.tickets_between(columns, kpi.reopened()) == kpi.tickets_between(
        facts, kpi.reopened()
    )
    assert kpi.over_time(columns, kpi.reopened(), weeks) == kpi.over_time(
        facts, kpi.reopened(), weeks
    )


def test_bad_events_are_refused():
    with pytest.raises(InvalidValue):
        kpi.time_between([START], until=START - DAY)
    with pytest.raises(NaiveDatetime):
        kpi.time_between([START.replace(tzinfo=None)], until=START)
    with pytest.raises(InvalidValue):
        kpi.tickets_between([], kpi.FIRST_RESPONSE)
    assert kpi.time_between([], until=START).points == ()
