"""Erlang B, C and A against 25 digits in every regime; needs mpmath, which is not a dependency."""

from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

pytest.importorskip("mpmath")

from oracles import erlang_mpmath_oracle as oracle

from support_model.queueing import erlang_a, erlang_b, erlang_c

MINUTE = timedelta(minutes=1)
DEFINITIONS = ("offered", "answered", "virtual", "exclude_early_abandons", "early_abandons_met")

small = st.integers(1, 60)
large = st.integers(61, 3000)
crews = small | large
# load over agents: idle, light, critical, overloaded, hopeless
regimes = (
    st.floats(1e-6, 0.1)
    | st.floats(0.3, 0.95)
    | st.floats(0.98, 1.02)
    | st.floats(1.05, 2)
    | st.floats(2, 30)
)
waits = st.integers(0, 600)


def near(answer, wanted, digits=1e-12, floor=1e-13):
    assert abs(answer - wanted) <= max(digits * abs(wanted), floor), (answer, wanted)


@given(agents=crews | st.floats(0.01, 200), part=regimes)
def test_blocking(agents, part):
    load = part * agents
    wanted = 1 / (1 + oracle.odds(load, agents))
    near(erlang_b(load, agents=agents), wanted, 1e-11 if agents % 1 else 1e-12, 1e-300)


@given(agents=crews, part=regimes, within=waits)
def test_everybody_waits(agents, part, within):
    load = min(part, 1 / part) * agents
    if load >= agents:
        return
    queue = erlang_c(load, agents=agents, handle_time=MINUTE)
    wanted = oracle.erlang_c(load, agents, within / 60)
    near(queue.p_wait, wanted["p_wait"], 1e-11, 1e-300)
    near(queue.service_level(timedelta(seconds=within)), wanted["service_level"])


@settings(max_examples=settings.default.max_examples // 8)  # five integrals each
@given(
    agents=crews,
    part=regimes,
    patience=st.sampled_from([1, 6, 20, 60, 300, 6000]),
    within=waits,
)
@example(agents=1, part=1.0, patience=60, within=0)
@example(agents=1, part=0.0625, patience=1, within=0)
@example(agents=200, part=1.3, patience=600, within=60)
@example(agents=40, part=30.0, patience=1, within=20)
def test_some_hang_up(agents, part, patience, within):
    load = part * agents
    queue = erlang_a(load, agents=agents, handle_time=MINUTE, patience=timedelta(seconds=patience))
    threshold = timedelta(seconds=within)
    wanted = oracle.erlang_a(load, agents, 60 / patience, within / 60)
    for name in ("p_wait", "p_abandon", "queue_length", "occupancy", "relative_wait_answered"):
        near(getattr(queue, name), wanted[name], 2e-12)
    near(queue.p_wait_exceeds(threshold), wanted["p_wait_exceeds"])
    near(queue.p_virtual_exceeds(threshold), wanted["p_virtual_exceeds"])
    for of in DEFINITIONS:
        near(queue.service_level(threshold, of), wanted[of], 1e-12, 2e-13)
