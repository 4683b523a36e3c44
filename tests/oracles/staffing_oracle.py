"""Slow twins of the staffing rooms: textbook sums in exact rationals, brute force over windows,
integrals over waiting times by Simpson's rule.

Nothing here is clever and nothing is shared with the library.
"""

from fractions import Fraction
from math import exp, expm1, factorial


def blocking(load: Fraction, agents: int) -> Fraction:
    """Erlang B as its definition: the last state over all states."""
    states = [load**k / factorial(k) for k in range(agents + 1)]
    return states[-1] / sum(states)


def waiting(load: Fraction, agents: int) -> Fraction:
    """Erlang C as its definition, for load < agents."""
    first = sum(load**k / factorial(k) for k in range(agents))
    last = load**agents / factorial(agents) * agents / (agents - load)
    return last / (first + last)


def chain(births: list[Fraction], deaths: list[Fraction]) -> list[Fraction]:
    """Long-run shares of a birth-and-death chain."""
    weights = [Fraction(1)]
    for birth, death in zip(births, deaths, strict=True):
        weights.append(weights[-1] * birth / death)
    total = sum(weights)
    return [weight / total for weight in weights]


def limited(load: Fraction, agents: int, places: int, hangup: Fraction) -> dict[str, Fraction]:
    """M/M/c/K+M by its chain; time in handle times."""
    deaths = [min(k, agents) + hangup * max(0, k - agents) for k in range(1, places + 1)]
    shares = chain([load] * places, deaths)
    queue = sum((k - agents) * share for k, share in enumerate(shares) if k > agents)
    busy = sum(min(k, agents) * share for k, share in enumerate(shares))
    return {
        "p_block": shares[-1],
        "p_wait": sum(shares[agents:-1]),
        "queue_length": queue,
        "occupancy": busy / agents,
        "p_abandon": hangup * queue / load,
    }


def chats(load: Fraction, agents: int, speedup: list[Fraction], places: int) -> list[Fraction]:
    """Shares of 0..places chats under least-loaded routing, one agent at a time."""
    deaths = []
    for n in range(1, places + 1):
        held = [0] * agents
        for k in range(min(n, agents * len(speedup))):
            held[k % agents] += 1
        deaths.append(sum(speedup[h - 1] for h in held if h))
    return chain([load] * places, deaths)


def impatient(load: float, agents: int, hangup: float, within: float) -> dict[str, float]:
    """M/M/c+M by integrating the virtual wait; `hangup` is handle time over patience.

    The virtual wait u, that of somebody who never hangs up, has a density in proportion to
    exp(load * (1 - exp(-hangup u)) / hangup - agents u); the states with a free agent weigh as
    much as 1 / B - 1 over agents of it.
    """
    odds = 0.0
    for k in range(1, agents + 1):
        odds = (1 + odds) * k / load
    end = max(within, (load / hangup + 45) / agents)
    sums = {"whole": 0.0, "late": 0.0, "served": 0.0, "served_late": 0.0, "delayed": 0.0}
    # who hangs up at once leaves most of the integrals to a short beginning of the tail
    soon = within + (end - within) / 30
    for low, high in ((0.0, within), (within, soon), (soon, end)):
        points = 10_000
        step = (high - low) / points
        for k in range(points + 1):
            u = low + k * step
            ends = k in {0, points}
            part = step / 3 * (1 if ends else 4 if k % 2 else 2)
            part *= exp(-load * expm1(-hangup * u) / hangup - agents * u)
            there = part * exp(-hangup * u)
            sums["whole"] += part
            sums["served"] += there
            sums["delayed"] += there * u
            if low >= within:
                sums["late"] += part
                sums["served_late"] += there
    norm = 1 / (odds / agents + sums["whole"])
    p_wait, virtual, served, late, delayed = (
        norm * sums[name] for name in ("whole", "late", "served", "served_late", "delayed")
    )
    lost = p_wait - served
    still = virtual * exp(-hangup * within)
    return {
        "p_wait": p_wait,
        "p_abandon": lost,
        "relative_wait": lost / hangup,
        "relative_wait_answered": delayed / (1 - lost),
        "occupancy": load * (1 - lost) / agents,
        "p_wait_exceeds": still,
        "p_virtual_exceeds": virtual,
        "offered": 1 - lost - late,
        "answered": (1 - lost - late) / (1 - lost),
        "virtual": 1 - virtual,
        "exclude_early_abandons": (1 - lost - late) / (1 - lost - late + still),
        "early_abandons_met": 1 - still,
    }


def demand_bound(jobs: list[tuple[int, int, int]]) -> Fraction:
    """The least crew by trying every window: jobs are (release, due, work) in open time."""
    best = Fraction(0)
    for start in {release for release, _, _ in jobs}:
        for end in {due for _, due, _ in jobs}:
            if end > start:
                inside = sum(w for r, d, w in jobs if r >= start and d <= end)
                best = max(best, Fraction(inside, end - start))
    return best


def least_cover(demand: list[int], shifts: list[list[int]], costs: list[int]) -> int | None:
    """The least cost of covering a small demand, by search over all counts."""
    best: list[int | None] = [None]

    def extend(k: int, left: list[int], cost: int) -> None:
        if best[0] is not None and cost >= best[0]:
            return
        if all(need <= 0 for need in left):
            best[0] = cost
            return
        if k == len(shifts):
            return
        for count in range(max(0, *left) + 1):
            rest = [n - count * works for n, works in zip(left, shifts[k], strict=True)]
            extend(k + 1, rest, cost + count * costs[k])

    extend(0, demand, 0)
    return best[0]
