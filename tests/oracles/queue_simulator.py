"""Queues played through customer by customer: the assumptions, and none of the formulas."""

# ruff: noqa: S311 - customers, not secrets

import heapq
import random


def calls(seed, *, load, agents, patience, within, customers):
    """First come, first served with impatience; times in handle times."""
    dice = random.Random(seed)
    free = [0.0] * agents
    now = wait_sum = answered_wait = 0.0
    waited = lost = prompt = early = still = 0
    for _ in range(customers):
        now += dice.expovariate(load)
        ready = max(0.0, free[0] - now)
        limit = dice.expovariate(1 / patience)
        waited += ready > 0
        wait = min(ready, limit)
        wait_sum += wait
        still += wait > within
        if limit < ready:
            lost += 1
            early += wait <= within
            continue
        answered_wait += wait
        prompt += wait <= within
        heapq.heapreplace(free, max(now, free[0]) + dice.expovariate(1))
    answered = customers - lost
    return {
        "p_wait": waited / customers,
        "p_abandon": lost / customers,
        "relative_wait": wait_sum / customers,
        "relative_wait_answered": answered_wait / answered,
        "p_wait_exceeds": still / customers,
        "offered": prompt / customers,
        "answered": prompt / answered,
        "exclude_early_abandons": prompt / (customers - early),
        "early_abandons_met": (prompt + early) / customers,
    }


def priorities(seed, *, loads, agents, customers):
    """Mean wait of each class, the first served first, nobody interrupted."""
    dice = random.Random(seed)
    arrivals, now, total = [], 0.0, sum(loads)
    for k in range(customers):
        now += dice.expovariate(total)
        arrivals.append((now, dice.choices(range(len(loads)), loads)[0], k))
    waiting, busy = [], []
    sums, counts = [0.0] * len(loads), [0] * len(loads)

    def start(rank, came, at):
        sums[rank] += at - came
        counts[rank] += 1
        heapq.heappush(busy, at + dice.expovariate(1))

    for at, rank, k in arrivals:
        while busy and busy[0] <= at:
            done = heapq.heappop(busy)
            if waiting:
                first, _, came = heapq.heappop(waiting)
                start(first, came, done)
        if len(busy) < agents:
            start(rank, at, at)
        else:
            heapq.heappush(waiting, (rank, k, at))
    return [s / n for s, n in zip(sums, counts, strict=True)]


def chats(seed, *, load, agents, speedup, customers):
    """Share that finds every slot taken, and mean wait: evenly loaded agents, event by event."""
    dice = random.Random(seed)
    held = [0] * agents
    queue = []
    now = waits = 0.0
    came = blocked = 0
    while came < customers:
        rates = [speedup[h - 1] if h else 0.0 for h in held]
        total = load + sum(rates)
        now += dice.expovariate(total)
        pick = dice.random() * total
        if pick < load:
            came += 1
            if min(held) < len(speedup):
                held[held.index(min(held))] += 1
            else:
                blocked += 1
                queue.append(now)
            continue
        if queue:
            waits += now - queue.pop(0)
        else:  # whoever finished, loads are evened out so that they differ by one at most
            held[held.index(max(held))] -= 1
    return {"p_wait": blocked / customers, "relative_wait": waits / customers}
