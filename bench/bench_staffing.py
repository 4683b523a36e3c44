"""What staffing costs: agents for a load, all measures of a queue, a week, beside others.

Run it alone with `python bench/bench_staffing.py`. Peers that are not installed are left out.
Repeats are interleaved and the best of them counts, in processor time, which a busy machine
stretches least. Answers stand beside the times, because quick ones may be wrong: of Erlang A,
pyqueueing cuts its sums at 500 people, and most-queue's products overflow to NaN.
"""

import math
import sys
import time
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from support_model.queueing import DENOMINATORS, ServiceLevel, agents_for, erlang_a, erlang_b
from support_model.shifts import cover_shifts, rotations
from support_model.staffing import requirement_curve

SECOND = timedelta(seconds=1)
PROMISE = ServiceLevel(0.80, within=20 * SECOND)
HANDLE, PATIENCE = 180, 120  # seconds
LOADS = (10, 100, 1_000, 10_000, 100_000)
ROUNDS = 5
BUDGET = 0.05  # seconds that a subject may take a round, one call at least
COVER = "shift cover of a week, 672 x 1008, gap 0.5 %"
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
    COVER: 15_000_000,
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


def callcenterdim(load):
    from callcenterdim.Dimensionamento import AgentsReq  # noqa: PLC0415 - only when it is there

    calls = load * 3600 / HANDLE
    return lambda: AgentsReq(calls, 60, HANDLE, 0.80, 20)


def erlanglib(load):
    import erlanglib as library  # noqa: PLC0415 - only when it is there

    def ask():
        agents = load + 1
        while True:
            wait = library.erlang_c(agents, load)
            if library.service_level(agents, load, wait, 20, HANDLE) >= 0.80:
                return agents
            agents += 1

    return ask


PEERS = {  # name: how to ask, the largest load that it answers in reasonable time
    "pyworkforce": (pyworkforce, 10_000),
    "call-center-tools": (call_center_tools, 10_000),
    "CallCenterDim": (callcenterdim, 10_000),
    "erlanglib": (erlanglib, 100),
}


def our_a(agents):
    def ask():
        queue = erlang_a(
            0.97 * agents, agents=agents, handle_time=300 * SECOND, patience=PATIENCE * SECOND
        )
        return queue.p_wait, queue.p_abandon, queue.service_level(20 * SECOND)

    return ask


def pyqueueing_a(agents):
    from pyqueueing import ErlangA  # noqa: PLC0415 - only when it is there

    def ask():
        queue = ErlangA(0.97 * agents, 1, agents, 300 / PATIENCE)
        return queue.prob_wait(), queue.prob_abandon(), queue.service_level(20 / 300)

    return ask


def most_queue_a(agents):
    from most_queue.theory.impatience.mmn import MMnImpatienceCalc  # noqa: PLC0415 - likewise

    def ask():
        queue = MMnImpatienceCalc(n=agents, theta=300 / PATIENCE)
        queue.set_sources(0.97 * agents)
        queue.set_servers(1.0)
        return queue.get_waiting_probability(), queue.get_abandonment_probability(), math.nan

    return ask


PEERS_OF_A = {"pyqueueing": (pyqueueing_a, 10_000), "most-queue": (most_queue_a, 10_000)}


def everything(agents):
    """All measures of Erlang A near full load."""

    def ask():
        queue = erlang_a(
            0.97 * agents, agents=agents, handle_time=300 * SECOND, patience=PATIENCE * SECOND
        )
        queue.p_wait_exceeds(20 * SECOND)
        queue.p_virtual_exceeds(20 * SECOND)
        return [queue.service_level(20 * SECOND, of) for of in DENOMINATORS]

    return ask


def volumes_of(peak):
    """A daily double sine, no two days alike."""
    return [
        6 * peak * (0.05 + 0.95 * math.sin(math.pi * (k % 96) / 96) ** 2) * (1 - k / 20_000)
        for k in range(672)
    ]


def week(peak, patience):
    """A requirement curve."""
    volumes = volumes_of(peak)
    return lambda: requirement_curve(
        volumes, PROMISE, interval=900 * SECOND, handle_time=150 * SECOND, patience=patience
    )


def pyworkforce_week(peak):
    """The same, asked interval by interval: its own grid would combine every volume with all."""
    from pyworkforce.queuing import ErlangC  # noqa: PLC0415 - only when it is there

    models = [
        ErlangC(transactions=volume, aht=2.5, asa=20 / 60, interval=15)
        for volume in volumes_of(peak)
    ]
    return lambda: [model.required_positions(service_level=0.80) for model in models]


def cover():
    """Shifts of 6, 8 and 9 hours from every half hour, the longest with a break, for a week."""
    demand = [need.agents for need in week(24, None)()]
    patterns = [[1] * 24, [1] * 32, [1] * 16 + [0] * 4 + [1] * 16]
    shifts = [shift for pattern in patterns for shift in rotations(pattern, 672, every=2)]
    costs = [sum(shift) for shift in shifts]
    return lambda: cover_shifts(demand, shifts, costs=costs, gap=0.005)


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
    if find_spec("ortools"):
        found[COVER] = cover()
    return found


def race(asked):
    """Return each subject's best processor microseconds a call."""
    repeats = {}
    for name, ask in asked.items():
        started = time.process_time()
        ask()
        once = time.process_time() - started
        repeats[name] = max(1, min(2_000, int(BUDGET / max(once, 1e-7))))
    best = dict.fromkeys(asked, math.inf)
    for _ in range(ROUNDS):
        for name, ask in asked.items():
            started = time.process_time()
            for _ in range(repeats[name]):
                ask()
            taken = (time.process_time() - started) / repeats[name]
            best[name] = min(best[name], taken * 1e6)
    return best


def here(peers):
    """Return what is installed of some peers, with its version."""
    found = {}
    for name, (make, most) in peers.items():
        try:
            found[name] = (make, most, version(name))
        except PackageNotFoundError:
            continue
    return found


def beside(ours, peers, sizes, name, answer):
    """Yield a table of one question asked of us and of others, by size."""
    present = {"support_model": (ours, math.inf, "here"), **here(peers)}
    for size in sizes:
        asked = {who: make(size) for who, (make, most, _) in present.items() if size <= most}
        answers = {who: ask() for who, ask in asked.items()}
        best = race(asked)
        for who, taken in best.items():
            yield {
                name: size,
                "library": who,
                "version": present[who][2],
                "us": taken,
                "times slower than ours": taken / best["support_model"],
                **answer(answers[who]),
            }


def measure():
    """Return everything, as data for JSON."""
    best = race(subjects())
    weeks = {"pyworkforce": (pyworkforce_week, 239)}
    shares = ("P(wait)", "P(abandon)", "service level")
    return {
        "agents": list(beside(ours, PEERS, LOADS[:4], "load, E", lambda n: {"agents": n})),
        "Erlang A": list(
            beside(
                our_a,
                PEERS_OF_A,
                (50, 400, 1_000),
                "agents",
                lambda found: dict(zip(shares, found, strict=True)),
            )
        ),
        "week": list(
            beside(lambda peak: week(peak, None), weeks, (24, 239), "peak, E", lambda _: {})
        ),
        "bars": [
            {
                "what": what,
                "wanted": f"<= {most} us",
                "measured": best[what],
                "met": best[what] <= most,
            }
            for what, most in BARS.items()
            if what in best
        ],
        "machine": {"python": sys.version.split()[0]},
    }


def main():
    found = measure()
    for table in ("agents", "Erlang A", "week", "bars"):
        for row in found[table]:
            print("  ".join(f"{v:,.1f}" if isinstance(v, float) else str(v) for v in row.values()))
    return 0 if all(row["met"] for row in found["bars"]) else 1


if __name__ == "__main__":
    sys.exit(main())
