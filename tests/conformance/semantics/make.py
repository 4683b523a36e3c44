"""Write the semantic cases: `python tests/conformance/semantics/make.py`.

Each case is a rule of service levels told as a book, a log and an instant; what must come out
is computed by `tests/oracles/sla_oracle.py`, which counts ticks and imports nothing of the
library, and so does this script. `rules.json` has cases written for one rule each;
`pairwise.json` lets every metric meet every `after_stop`, `on_change`, kind of calendar and
order within an instant.

Before this: `telling.py`, `rule_cases.py`. Next: `../semantics.py`.
"""

from __future__ import annotations

import json
import sys
from itertools import combinations, product
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from oracles import sla_oracle as oracle  # noqa: E402 - only after the path is known
from rule_cases import rules  # noqa: E402 - likewise
from telling import (  # noqa: E402 - likewise
    CALENDARS,
    KINDS,
    RULES,
    URGENT,
    case,
    created,
    promised,
    put,
    says,
    target,
)

HEADER = {
    "format": "semantics/1",
    "note": "Expectations were computed by tests/oracles/sla_oracle.py, which counts ticks.",
    "rules": RULES,
    "fields": {
        "rule": "which of the rules the case is about",
        "calendars": "by name: tz, weekly {mon..sun: [[HH:MM, HH:MM]]}, holidays, dates (hours of"
        " single dates), or replaced [old, at, new]",
        "metrics": "by name: `like` a ready metric, or whole; start, stop, pause, reset are"
        " patterns, after_stop a word",
        "policies": "name, version (1), kind (sla), when (always), targets: metric, within (a"
        " duration, {days, end_of_day} or null), calendar, when, warn_at (shares, or durations"
        " from the due), on_change (carry)",
        "select": "first_match (default), most_specific, shortest, all",
        "events": "type, at, seq, role (agent), and the fields of that event; a status is [name,"
        " category], a priority [name, rank]",
        "logs, ticket": "instead of events: the logs of several tickets, which are merged, and"
        " the one asked about",
        "as_of": "the instant asked about",
        "expect.clocks": "by kind (or policy, where all run)/metric, a row a cycle; instants in"
        " UTC, durations as text; due_at null: never, within two months",
        "expect.moments": "sorted [at, policy, metric, cycle, count, kind, threshold, target] of"
        " the agenda",
    },
}


ORDERS = {
    "reply-solve": [says(6, actor="ann"), put(6, status="solved")],
    "solve-reply": [put(6, status="solved"), says(6, actor="ann")],
    "pause-solve": [put(6, status="pending"), put(6, status="solved")],
    "solve-reopen-pause": [
        put(6, status="solved"),
        put(6, status="open"),
        put(6, status="pending"),
    ],
    "message-reply": [says(6, "customer"), says(6, actor="ann")],
    "reply-message": [says(6, actor="ann"), says(6, "customer")],
    "void-restore": [put(6, status="void"), put(6, status="open")],
}
AFTER = ("once", "resume", "count", "restart", "again", "again_after_due")
CHANGES = ("carry", "restart", "forward", "frozen")
FACTORS = (tuple(oracle.METRICS), AFTER, CHANGES, KINDS, tuple(ORDERS))


def life(metric, order, number):
    """Return a log that lets a metric start, pause, change its target, stop and go on."""
    rows = [
        created(0, "agent" if number % 5 == 4 else "customer", priority="normal", group="a"),
        promised(0.25, "promise", 5 + number % 7),
        put(0.5, agent="ann"),
        says(1, "customer"),
        says(1.5, actor="ann"),
        says(2, "customer"),
        put(3, status="pending" if number % 3 else "on_hold"),
        put(3.5, priority="urgent"),
        put(4, status="open", group="b"),
        *ORDERS[order],
        put(7, status="open"),
        says(26, "customer"),
        put(27, priority="low", agent="bob"),
        says(29, actor="bob"),
        put(30, status="solved"),
    ]
    if number % 4 == 3 and metric not in ("promise", "first_response"):
        rows.insert(8, promised(3.75, "mixed", 9))
    return [{**row, "at": row["at"] + (number % 9) / 4} for row in rows]


def mixed(combination, number):
    metric, after, change, calendar, order = combination
    within = ("2h", "3h30m", "6h", "9h", "26h")[number % 5]
    other = ("1h", "5h", "12h")[number % 3]
    pair = [
        target("mixed", other, calendar, when=URGENT, on_change=change, warn_at=[0.5, "-15m"]),
        target("mixed", within, calendar, on_change=change, warn_at=[0.75]),
    ]
    return case(
        "-".join((*combination, str(number))),
        "4-6",
        pair,
        life(metric, order, number),
        (5, 6, 6.5, 10, 25, 28, 29, 31, 60)[number % 9] + (number % 9) / 4,
        metrics={"mixed": {"like": metric, "after_stop": after}},
    )


def pairwise():
    """Let every two values of any two factors meet; metric x after_stop x on_change in full."""
    dice, number = Random(20), 0  # noqa: S311 - a test plan is no secret
    places = [*combinations(range(len(FACTORS)), 2)]
    missing = {(a, b, one, two) for a, b in places for one in FACTORS[a] for two in FACTORS[b]}
    wanted = [dict(enumerate(head)) for head in product(*FACTORS[:3])]
    while wanted or missing:
        if not wanted:
            a, b, one, two = min(missing)
            wanted.append({a: one, b: two})
        head = wanted.pop(0)
        combination = [head.get(i) or dice.choice(factor) for i, factor in enumerate(FACTORS)]
        number += 1
        missing -= {(a, b, combination[a], combination[b]) for a, b in places}
        yield mixed(combination, number)


def write(name, rows):
    head = json.dumps({**HEADER, "calendars": CALENDARS}, indent=1)[:-2]
    body = ",\n".join("  " + json.dumps(row) for row in rows)
    text = f'{head},\n "cases": [\n{body}\n ]\n}}\n'
    assert len({row["id"] for row in rows}) == len(rows), "an id twice"
    (HERE / name).write_text(text, "utf-8")
    print(name, len(rows))


if __name__ == "__main__":
    write("rules.json", [*rules()])
    write("pairwise.json", [*pairwise()])
