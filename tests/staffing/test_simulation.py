"""The formulas against queues played through: within three standard errors over twenty seeds."""

import math
from datetime import timedelta
from statistics import fmean, stdev

import pytest
from oracles import queue_simulator as simulator

from support_model._queueing.closed_forms import priority_waits
from support_model.queueing import chat, erlang_a

HANDLE = timedelta(seconds=60)
SEEDS = range(20)


def agrees(samples, wanted):
    error = stdev(samples) / math.sqrt(len(samples))
    assert abs(fmean(samples) - wanted) <= 3 * error + 1e-9, (fmean(samples), error, wanted)


@pytest.mark.parametrize(
    ("load", "agents", "patience"), [(4.5, 5, 2.0), (9.0, 6, 0.5), (12.0, 14, 5.0)]
)
def test_e18_impatient_callers(load, agents, patience):
    ask = {"load": load, "agents": agents, "patience": patience, "within": 0.25}
    runs = [simulator.calls(seed, customers=20_000, **ask) for seed in SEEDS]
    queue = erlang_a(load, agents=agents, handle_time=HANDLE, patience=patience * HANDLE)
    within = HANDLE / 4
    for name in runs[0]:
        if name == "p_wait_exceeds":
            wanted = queue.p_wait_exceeds(within)
        elif hasattr(queue, name):
            wanted = getattr(queue, name)
        else:
            wanted = queue.service_level(within, name)
        agrees([run[name] for run in runs], wanted)


def test_e18_priorities():
    loads = [0.8, 1.2, 0.7]
    runs = [simulator.priorities(seed, loads=loads, agents=3, customers=30_000) for seed in SEEDS]
    for rank, wanted in enumerate(priority_waits(loads, agents=3, handle_time=HANDLE)):
        agrees([run[rank] for run in runs], wanted)


def test_e18_chats():
    ask = {"load": 3.0, "agents": 3, "speedup": [1.0, 1.7]}
    runs = [simulator.chats(seed, customers=10_000, **ask) for seed in SEEDS]
    desk = chat(handle_time=HANDLE, **ask)
    agrees([run["p_wait"] for run in runs], desk.p_wait)
    agrees([run["relative_wait"] for run in runs], desk.relative_wait)
