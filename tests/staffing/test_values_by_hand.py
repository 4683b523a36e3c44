"""Values of the formulas behind queues and staffing, computed by hand or taken from a table."""

from datetime import timedelta
from fractions import Fraction

import pytest

from support_model._queueing.birth_death import chat_effective_time, stationary
from support_model._queueing.closed_forms import (
    erlang_b_agents,
    erlang_b_load,
    erlang_b_log,
    garnett_wait,
    halfin_whitt_slack,
    halfin_whitt_wait,
    priority_waits,
)
from support_model._queueing.erlang import blocking_odds, delay
from support_model._staffing.coverage import (
    k_of_n,
    on_call_share,
    planned_leave_coverage,
    rotation_size,
)
from support_model._staffing.deadlines import backlog_by_period
from support_model._staffing.demand import offered_loads, pooled, sinusoidal_load
from support_model.staffing import HOUR, Demand, LineWork, reach

MINUTE = timedelta(minutes=1)
WAVE = {"amplitude": 0.4, "frequency": 0.5, "service_rate": 2, "at": 7}


@pytest.mark.parametrize(
    ("value", "digits", "wanted"),
    [
        (lambda: erlang_b_log(2, agents=200), 6, -726.602551),
        (lambda: erlang_b_agents(100, blocking=0.001), 0, 128),
        (lambda: erlang_b_load(agents=15, blocking=0.01), 4, 8.108),
        (lambda: halfin_whitt_wait(1.06), 2, 0.2),
        (lambda: halfin_whitt_slack(0.2), 2, 1.06),
        (lambda: garnett_wait(-0.5, patience_ratio=1.0), 4, 0.6915),
        (lambda: blocking_odds(1.0, 1), 15, 1),
        (lambda: delay(1.0, 2)[0], 15, 0.333333333333333),
        (lambda: delay(1.0, 2)[1], 15, 0.666666666666667),
        (lambda: k_of_n(1, 2, availability=0.84), 15, 0.9744),
        (lambda: planned_leave_coverage(4, 5, leave_weeks=4, sick=0.035), 4, 0.9419),
        (lambda: rotation_size(2, max_share=0.25), 0, 8),
        (lambda: sinusoidal_load(10, **WAVE), 4, 4.7804),
    ],
)
def test_numbers(value, digits, wanted):
    assert round(float(value()), digits) == wanted


def test_rows():
    waits = priority_waits([0.2, 0.3, 0.4], agents=1, handle_time=timedelta(seconds=10))
    assert [round(wait, 6) for wait in waits] == [1.125, 2.25, 18.0]
    assert stationary([1.0, 0.5]) == [0.4, 0.4, 0.2]
    loads = offered_loads([60, 0], interval=HOUR, handle_time=HOUR)
    assert [round(load.end, 3) for load in loads] == [37.927, 13.953]
    periods = backlog_by_period([80] * 3, [120] * 3, initial=100)
    assert [int(period.backlog) for period in periods] == [60, 20, 0]


def test_exact_values():
    assert on_call_share(2, headcount=6, sites=2) == Fraction(1, 6)
    assert chat_effective_time(10 * MINUTE, slots=3, speedup=2.5) == timedelta(seconds=240)
    queue = Demand(count=20, per=HOUR, handle_time=6 * MINUTE)
    assert pooled([queue] * 5).load == 10
    long = Demand(count=20, per=HOUR, handle_time=18 * MINUTE)
    assert pooled([queue, long]).variation == Fraction(3, 2)
    desk = [
        LineWork(level=1, handle_time=10 * MINUTE, escalates={2: 0.25, 3: 0.05}),
        LineWork(level=2, handle_time=10 * MINUTE, escalates={3: 0.2}),
        LineWork(level=3, handle_time=10 * MINUTE),
    ]
    assert reach(desk) == {1: 1, 2: Fraction(1, 4), 3: Fraction(1, 10)}
