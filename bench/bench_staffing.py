"""What staffing costs: agents for a load, all measures of a queue, a week, beside others.

Run it alone with `python bench/bench_staffing.py`. Peers that are not installed are left out.
Repeats are interleaved and the best of them counts.
"""

import math
import sys
import time
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version

from support_model.capacity.sizing import agents_for
from support_model.queueing import DEFINITIONS, ServiceLevel, erlang_a, erlang_b
from support_model.staffing import requirement_curve

SECOND = timedelta(seconds=1)
PROMISE = ServiceLevel(0.80, within=20 * SECOND)
HANDLE, PATIENCE = 180, 120  # seconds
LOADS = (10, 100, 1_000, 10_000, 100_000)
ROUNDS = 5
BUDGET = 0.05  # seconds that a subject may take a round, one call at least
BARS = {  # microseconds
    **{
        f"agents, C, {load} E": most
        for load, most in zip(LOADS, (6, 25, 60, 160, 450), strict=True)
    },
    "agents, A, 10 E": 300,
    "agents, A, 1000 E": 3_000,
    "agents, A, 10000 E": 8_000,
    "Erlang B, 1000 agents": 50,
    "Erlang B, 100000 agents": 400,
    "Erlang A, all measures, 50 agents": 120,
    "Erlang A, all measures, 1000 agents": 400,
    "Erlang A, all measures, 10000 agents": 1_200,
    "week of 672 intervals, C, peak 24 E": 4_000,
    "week of 672 intervals, C, peak 239 E": 15_000,
    "week of 672 intervals, A, peak 24 E": 150_000,
    "week of 672 intervals, A, peak 239 E": 350_000,
}


def ours(load):
    return lambda: agents_for(load, PROMISE, handle_time=HANDLE * SECOND)


def pyworkforce(load):
    from pyworkforce.queuing import ErlangC  # noqa: PLC0415 - only when it is there

    calls = load * 3600 / HANDLE
    model = ErlangC(transactions=calls, aht=HANDLE / 60, asa=20 / 60, interval=60)
    return lambda: model.required_positions(service_level=0.80)["raw_positions"]


def call_center_tools(load):
    from call_center_tools import calc_staffing  # noqa: PLC0415 - only when it is there

    calls = load * 3600 / HANDLE
    return lambda: calc_staffing(calls, HANDLE, max_occupancy=0.9999999999).agents


PEERS = {"pyworkforce": pyworkforce, "call-center-tools": call_center_tools}


def everything(agents):
    """All measures of Erlang A near full load."""

    def ask():
        queue = erlang_a(
            0.97 * agents, agents=agents, handle_time=300 * SECOND, patience=PATIENCE * SECOND
        )
        queue.p_wait_exceeds(20 * SECOND)
        queue.p_virtual_exceeds(20 * SECOND)
        return [queue.service_level(20 * SECOND, of) for of in DEFINITIONS]

    return ask


def week(peak, patience):
    """A requirement curve with a daily double sine, no two days alike."""
    volumes = [
        6 * peak * (0.05 + 0.95 * math.sin(math.pi * (k % 96) / 96) ** 2) * (1 - k / 20_000)
        for k in range(672)
    ]
    return lambda: requirement_curve(
        volumes, PROMISE, interval=900 * SECOND, handle_time=150 * SECOND, patience=patience
    )


def subjects():
    """Return what the bars are about, by name."""
    patience = PATIENCE * SECOND
    found = {f"agents, C, {load} E": ours(load) for load in LOADS}
    for load in (10, 1_000, 10_000):
        found[f"agents, A, {load} E"] = lambda load=load: agents_for(
            load, PROMISE, handle_time=300 * SECOND, patience=patience
        )
    for agents in (1_000, 100_000):
        found[f"Erlang B, {agents} agents"] = lambda n=agents: erlang_b(0.99 * n, agents=n)
    for agents in (50, 1_000, 10_000):
        found[f"Erlang A, all measures, {agents} agents"] = everything(agents)
    for peak in (24, 239):
        found[f"week of 672 intervals, C, peak {peak} E"] = week(peak, None)
        found[f"week of 672 intervals, A, peak {peak} E"] = week(peak, patience)
    return found


def race(asked):
    """Return each subject's best microseconds a call."""
    repeats = {}
    for name, ask in asked.items():
        started = time.perf_counter()
        ask()
        once = time.perf_counter() - started
        repeats[name] = max(1, min(2_000, int(BUDGET / max(once, 1e-7))))
    best = dict.fromkeys(asked, math.inf)
    for _ in range(ROUNDS):
        for name, ask in asked.items():
            started = time.perf_counter()
            for _ in range(repeats[name]):
                ask()
            taken = (time.perf_counter() - started) / repeats[name]
            best[name] = min(best[name], taken * 1e6)
    return best


def beside():
    """Yield the table of agents for 80/20, ours and each installed peer."""
    present = {"support_model": (ours, "here")}
    for name, make in PEERS.items():
        try:
            present[name] = (make, version(name))
        except PackageNotFoundError:
            continue
    for load in LOADS[:4]:
        asked = {name: make(load) for name, (make, _) in present.items()}
        answers = {name: ask() for name, ask in asked.items()}
        best = race(asked)
        for name, taken in best.items():
            yield {
                "load, E": load,
                "library": name,
                "version": present[name][1],
                "us": taken,
                "times slower than ours": taken / best["support_model"],
                "agents": answers[name],
            }


def measure():
    """Return everything, as data for JSON."""
    best = race(subjects())
    return {
        "agents": list(beside()),
        "bars": [
            {
                "what": what,
                "wanted": f"<= {most} us",
                "measured": best[what],
                "met": best[what] <= most,
            }
            for what, most in BARS.items()
        ],
        "machine": {"python": sys.version.split()[0]},
    }


def main():
    found = measure()
    for table in ("agents", "bars"):
        for row in found[table]:
            print("  ".join(f"{v:,.1f}" if isinstance(v, float) else str(v) for v in row.values()))
    return 0 if all(row["met"] for row in found["bars"]) else 1


if __name__ == "__main__":
    sys.exit(main())
