"""Logs for clusters, the jobs asked of them, and answers in one order to compare."""

from datetime import UTC, datetime
from functools import partial
from itertools import pairwise

import attrs
from frames.histories import drawn_book, drawn_log

from support_model import frames
from support_model._columns.event_columns import raw_of_events
from support_model._columns.event_tables import table_of_raw
from support_model.events import Related

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
BOOK = drawn_book(7)
facts = partial(frames.facts, as_of=NOON)
cycles = partial(frames.evaluate, policies=BOOK, as_of=NOON)
KEYS = {"facts": ("ticket_id",), "cycles": ("ticket_id", "slot", "number")}
JOBS = {"facts": facts, "cycles": cycles}


def drawn(seeds):
    """Rows of events of many drawn logs, each with tickets of its own, as an Arrow table."""
    events = [renamed(event, f"{seed}-") for seed in seeds for event in drawn_log(seed)]
    return table_of_raw(raw_of_events(events))


def renamed(event, prefix):
    if isinstance(event, Related):
        event = attrs.evolve(event, other=prefix + event.other)
    return attrs.evolve(event, ticket_id=prefix + event.ticket_id)


def chained(number, rows):
    """Rows of tickets of so many rows each, each merged into the next, in one order of time."""
    names = [f"T{place}" for place in range(number)]
    whole = [
        {"ticket_id": name, "type": "created", "role": "customer", "status": "new"}
        for name in names
    ]
    for place in range(rows):
        whole += [
            {"ticket_id": name, "type": "message", "role": "agent", "public": place % 2 == 0}
            for name in names
        ]
    whole += [
        {"ticket_id": one, "type": "related", "role": "agent", "kind": "merged_into", "other": two}
        for one, two in pairwise(names)
    ]
    columns = ("ticket_id", "type", "role", "status", "public", "kind", "other")
    found = {name: [row.get(name) for row in whole] for name in columns}
    return found | {"at": [datetime(2026, 3, 29, 1, tzinfo=UTC)] * len(whole)}


def here(job, rows):
    """What a job answers outside a cluster."""
    return job(frames.events(rows))


def told(table, job):
    """The rows of an answer in one order."""
    table = table.select(sorted(table.column_names))
    return sorted(table.to_pylist(), key=lambda row: [str(row[key]) for key in KEYS[job]])
