"""What service levels cost: a ticket of twelve events under four targets, beside others.

No library answers the same question, so each peer does the part that it can: `bizdurr` the
four elapsed times, from stretches that somebody else cut out; `transitions` the status changes
alone. Times are of the processor; repeats are interleaved and the best of them counts. Bars are
multiples of `json.loads` of the same twelve lines in the same run, as README.md says.
"""

import gc
import json
import sys
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Message
from support_model.serde import event_to_data
from support_model.sla import (
    ACKNOWLEDGEMENT,
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    PolicyBook,
    SlaPolicy,
    SlaState,
    Target,
    evaluate,
    evaluate_many,
)
from support_model.tickets import replay
from support_model.vocabulary import Status

HOUR = timedelta(hours=1)
OPENED = datetime(2026, 3, 25, 8, tzinfo=UTC)
AS_OF = OPENED + 30 * HOUR
HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
ROUNDS, BUDGET = 40, 0.02
MANY = 20_000
LIMITS = {
    "evaluate, times json.loads of its lines": 5,
    "feed one event, times json.loads of all twelve lines": 0.6,
    "replay, times json.loads of its lines": 2,
    "next moment of an open ticket, times json.loads of its five lines": 20,
    "a kept state, bytes": 4096,
    "a kept state as JSON, bytes": 2048,
    "evaluate, a ticket ten years old beside a day old": 1.25,
}


def book():
    lengths = {FIRST_RESPONSE: 1, NEXT_RESPONSE: 2, RESOLUTION: 8, ACKNOWLEDGEMENT: 1}
    targets = [
        Target(
            metric=metric,
            within=hours * HOUR,
            calendar=HOURS,
            warn_at=[0.75, timedelta(minutes=-30)],
        )
        for metric, hours in lengths.items()
    ]
    return PolicyBook([SlaPolicy(name="gold", targets=targets)])


def history(ticket="T1"):
    """Return twelve events: taken, answered, waiting, solved, reopened, solved again."""

    def shared(hours, role):
        actor = "ann" if role == "agent" else None
        return {"ticket_id": ticket, "at": OPENED + hours * HOUR, "role": role, "actor": actor}

    def status(hours, role, name, category, **more):
        return Changed(**shared(hours, role), fields={"status": Status(name, category), **more})

    new = {"status": Status("new", "new")}
    return [
        Created(**shared(0, "customer"), fields=new),
        status(0.2, "agent", "open", "open", agent="ann"),
        Message(**shared(0.5, "agent"), public=True),
        status(0.5, "agent", "waiting", "pending"),
        Message(**shared(3, "customer"), public=True),
        status(3, "system", "open", "open"),
        Message(**shared(6, "agent"), public=True),
        status(6, "agent", "solved", "solved"),
        Message(**shared(24, "customer"), public=True),
        status(24, "system", "open", "open"),
        Message(**shared(26, "agent"), public=True),
        status(26, "agent", "solved", "solved"),
    ]


def fed(empty, log):
    state = empty
    for event in log:
        state = state.feed(event)
    return state


def peers(log):
    """Return the peers that are installed, each doing its part of the ticket."""
    found = {}
    try:
        from bizdurr import business_duration  # noqa: F401, PLC0415 - only when it is there
        from peers import AWARE  # noqa: PLC0415

        ask = AWARE["bizdurr"](())
        spans = [(log[0].at, log[2].at), (log[4].at, log[6].at), (log[0].at, log[-1].at)]
        found["bizdurr, four elapsed times"] = lambda: [ask(*s) for s in (*spans, spans[0])]
    except ImportError:
        pass
    try:
        from transitions import Machine  # noqa: PLC0415 - only when it is there

        names = ["new", "open", "waiting", "solved"]
        words = [dict(e.fields)["status"].name for e in log[1:] if isinstance(e, Changed)]

        class Model:
            pass

        model = Model()
        Machine(model, states=names, initial="new")
        found["transitions, the status changes"] = lambda: [
            model.trigger(f"to_{w}") for w in words
        ]
    except ImportError:
        pass
    return found


def microseconds(subjects):
    """Return the best time of each subject over interleaved rounds, in microseconds."""
    counts, best = {}, dict.fromkeys(subjects, float("inf"))
    for name, ask in subjects.items():
        started = time.process_time()
        ask()
        ask()
        counts[name] = max(1, int(BUDGET / max((time.process_time() - started) / 2, 1e-7)))
    gc.disable()
    for _ in range(ROUNDS):
        for name, ask in subjects.items():
            started = time.process_time()
            for _ in range(counts[name]):
                ask()
            best[name] = min(best[name], (time.process_time() - started) / counts[name])
    gc.enable()
    return {name: seconds * 1e6 for name, seconds in best.items()}


def measure():
    """Return everything measured, as tables and bars."""
    log, rules = history(), book()
    lines = [json.dumps(event_to_data(event)) for event in log]
    waiting = log[:5]
    empty = SlaState.of(rules)
    old = AS_OF + timedelta(days=3653)
    subjects = {
        "json.loads of the lines": lambda: [json.loads(line) for line in lines],
        "json.loads of five lines": lambda: [json.loads(line) for line in lines[:5]],
        "evaluate": lambda: evaluate(log, rules, as_of=AS_OF),
        "evaluate, ten years later": lambda: evaluate(log, rules, as_of=old),
        "evaluate, and read state and due of its clocks": lambda: [
            (clock.state, clock.due_at) for clock in evaluate(log, rules, as_of=AS_OF)
        ],
        "evaluate with its agenda": lambda: evaluate(log, rules, as_of=AS_OF).agenda,
        "feed twelve events": lambda: fed(empty, log),
        "replay": lambda: replay(log),
        **peers(log),
    }
    best = microseconds(subjects)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [fed(empty, log) for _ in range(500)]
    size = (tracemalloc.get_traced_memory()[0] - before) / len(kept)
    tracemalloc.stop()
    started = time.process_time()
    for result in evaluate_many((waiting for _ in range(MANY)), rules, as_of=OPENED + 4 * HOUR):
        _ = result.next_at
    many = (time.process_time() - started) * 1e6 / MANY
    loads, loads_five = best["json.loads of the lines"], best["json.loads of five lines"]
    measured = {
        "evaluate, times json.loads of its lines": best["evaluate"] / loads,
        "feed one event, times json.loads of all twelve lines": best["feed twelve events"]
        / len(log)
        / loads,
        "replay, times json.loads of its lines": best["replay"] / loads,
        "next moment of an open ticket, times json.loads of its five lines": many / loads_five,
        "a kept state, bytes": size,
        "a kept state as JSON, bytes": len(json.dumps(kept[0].to_data(), separators=(",", ":"))),
        "evaluate, a ticket ten years old beside a day old": best["evaluate, ten years later"]
        / best["evaluate"],
    }
    return {
        "ticket": [
            {"what": name, "microseconds": took, "times json.loads": took / loads}
            for name, took in best.items()
        ],
        "bars": [
            {
                "what": what,
                "measured": measured[what],
                "at most": most,
                "met": measured[what] <= most,
            }
            for what, most in LIMITS.items()
        ],
        "versions": {name: installed(name) for name in ("bizdurr", "transitions")},
    }


def installed(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    found = measure()
    print(json.dumps(found, indent=1))
    sys.exit(0 if all(bar["met"] for bar in found["bars"]) else 1)
