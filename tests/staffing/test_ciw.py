"""The formulas against a simulator that others wrote: ciw, where it is installed."""

import math
from datetime import timedelta
from statistics import fmean, stdev

import pytest

ciw = pytest.importorskip("ciw")

from support_model._queueing.closed_forms import priority_waits  # noqa: E402 - ciw may lack
from support_model.queueing import chat, erlang_a, erlang_c  # noqa: E402

HANDLE = timedelta(seconds=1)
SEEDS = range(8)
WARM, STOP = 60.0, 1060.0


def records(seed, node=None, **network):
    """What happened to those who came once the queue had settled."""
    ciw.seed(seed)
    played = ciw.Simulation(ciw.create_network(**network), node_class=node)
    played.simulate_until_max_time(STOP)
    kept = played.get_all_records(only=["service", "renege"])
    return [record for record in kept if WARM <= record.arrival_date < STOP - 20]


def agrees(samples, wanted):
    error = stdev(samples) / math.sqrt(len(samples))
    assert abs(fmean(samples) - wanted) <= 4 * error, (fmean(samples), error, wanted)


def test_impatient_callers():
    load, agents, patience = 6.0, 5, 1.5
    queue = erlang_a(load, agents=agents, handle_time=HANDLE, patience=patience * HANDLE)
    lost, waits, prompt = [], [], []
    for seed in SEEDS:
        found = records(
            seed,
            arrival_distributions=[ciw.dists.Exponential(load)],
            service_distributions=[ciw.dists.Exponential(1.0)],
            reneging_time_distributions=[ciw.dists.Exponential(1 / patience)],
            number_of_servers=[agents],
        )
        answered = [record for record in found if record.record_type == "service"]
        lost.append(1 - len(answered) / len(found))
        waits.append(fmean(record.waiting_time for record in found))
        prompt.append(sum(record.waiting_time <= 0.25 for record in answered) / len(found))
    agrees(lost, queue.p_abandon)
    agrees(waits, queue.mean_wait.total_seconds())
    agrees(prompt, queue.service_level(HANDLE / 4))


def test_everybody_waits():
    queue = erlang_c(4.0, agents=6, handle_time=HANDLE)
    waits = [
        fmean(
            record.waiting_time
            for record in records(
                seed,
                arrival_distributions=[ciw.dists.Exponential(4.0)],
                service_distributions=[ciw.dists.Exponential(1.0)],
                number_of_servers=[6],
            )
        )
        for seed in SEEDS
    ]
    agrees(waits, queue.mean_wait.total_seconds())


def test_priorities():
    loads = {"high": 0.8, "middle": 1.2, "low": 0.5}
    waits = {name: [] for name in loads}
    for seed in SEEDS:
        found = records(
            seed,
            arrival_distributions={n: [ciw.dists.Exponential(a)] for n, a in loads.items()},
            service_distributions={n: [ciw.dists.Exponential(1.0)] for n in loads},
            priority_classes={name: rank for rank, name in enumerate(loads)},
            number_of_servers=[4],
        )
        for name, row in waits.items():
            row.append(fmean(r.waiting_time for r in found if r.customer_class == name))
    exact = priority_waits(list(loads.values()), agents=4, handle_time=HANDLE)
    for row, wanted in zip(waits.values(), exact, strict=True):
        agrees(row, wanted)


class Chats(ciw.PSNode):
    """ciw's limited processor sharing, with another speed: what two agents get done together.

    `ciw.PSNode` gives each of n customers the speed min(1, threshold / n), up to its capacity.
    """

    DONE = (0.0, 1.0, 2.0, 2.7, 3.4, 4.2, 5.0)  # by chats held by two agents of 1, 1.7, 2.5

    def update_all_service_end_dates(self):
        now = self.simulation.current_time
        held = min(self.number_of_individuals, self.ps_capacity)
        before = self.DONE[self.last_occupancy] / max(1, self.last_occupancy)
        for one in self.all_individuals:
            if one.with_server:
                one.time_left -= before * (now - one.date_last_update)
                one.service_end_date = now + one.time_left * held / self.DONE[held]
                one.date_last_update = now
        self.last_occupancy = held
        self.date_last_update = now


@pytest.mark.parametrize(
    ("node", "load", "speedup"), [(ciw.PSNode, 3.2, [1, 2, 2]), (Chats, 4.0, [1, 1.7, 2.5])]
)
def test_chats(node, load, speedup):
    """Two agents of three slots each; ciw's own sharing where it can say the speed."""
    waited, waits, sessions = [], [], []
    for seed in SEEDS:
        found = records(
            seed,
            node,
            arrival_distributions=[ciw.dists.Exponential(load)],
            service_distributions=[ciw.dists.Exponential(1.0)],
            number_of_servers=[6],
            ps_thresholds=[4],
        )
        waited.append(fmean(record.waiting_time > 0 for record in found))
        waits.append(fmean(record.waiting_time for record in found))
        sessions.append(fmean(record.service_time for record in found))
    desk = chat(load, agents=2, speedup=speedup, handle_time=HANDLE)
    agrees(waited, desk.p_wait)
    agrees(waits, desk.relative_wait)
    agrees(sessions, desk.relative_session)
