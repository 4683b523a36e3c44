"""Facts by columns of what a source records besides events are those of the report's records."""

from collections import Counter
from datetime import timedelta
from random import Random

import attrs
import numpy as np
from frames.fact_records import plain, records_of
from frames.histories import drawn_log

from support_model._columns.event_columns import EventColumns, raw_of_events
from support_model._columns.recorded_facts import recorded_facts
from support_model._columns.values import NULL
from support_model._report.log_facts import facts_as_recorded
from support_model._time import micros
from support_model.adapters import Recorded
from support_model.events import ordered
from support_model.kpi import with_merged, without_circles


def drawn_records(rng, log):
    """What a source records of each ticket: of all of them the same instants, or nothing."""
    if rng.random() < 0.3:
        return None
    names = [name for name in ("created", "solved", "closed") if rng.random() < 0.6]
    instants = [event.at for event in log]
    ids = dict.fromkeys(event.ticket_id for event in log)
    return {
        ticket: Recorded(
            instants={
                name: None
                if rng.random() < 0.3
                else rng.choice(instants) + timedelta(days=rng.choice((0, 0, 0, 30)))
                for name in names
            }
        )
        for ticket in ids
    }


def without_role(event, unknown):
    return attrs.evolve(event, role="third_party") if event.actor in unknown else event


def by_records(log, records, unknown, as_of):
    logs = {}
    for event in log:
        logs.setdefault(event.ticket_id, []).append(event)
    table = {}

    def facts_as_seen(ticket, events):
        recorded = None if records is None else records[ticket]
        created = None if recorded is None else recorded.instants.get("created")
        seen = max(as_of, created or as_of)
        return facts_as_recorded(ordered(events), recorded, as_of=seen, unknown=unknown)

    for ticket, events in logs.items():
        table[ticket] = facts_as_seen(ticket, events)
    table = without_circles(table, logs.__getitem__, facts_as_seen)
    return [plain(each) for each in with_merged(table.values())]


def by_columns(log, records, unknown, as_of):
    columns = EventColumns.known_by(raw_of_events(log), micros(as_of))
    recorded = None
    if records is not None:
        own = [records[ticket].instants for ticket in columns.raw.ids.to_pylist()]
        recorded = {
            name: np.array([NULL if at is None else micros(at) for at in column], np.int64)
            for name in own[0]
            for column in [[instants[name] for instants in own]]
        }
    facts = recorded_facts(columns, micros(as_of), recorded=recorded, unknown=unknown)
    return records_of(facts)


def test_recorded_facts_by_columns_are_those_of_records():
    reached = Counter()
    for seed in range(400):
        rng = Random(seed)  # noqa: S311 - dice of a test
        log = drawn_log(seed, tickets=2 + seed % 7)
        records = drawn_records(rng, log)
        people = sorted({event.actor for event in log if event.actor is not None})
        unknown = {name for name in people if rng.random() < 0.3}
        log = [without_role(event, unknown) for event in log]
        as_of = max(event.at for event in log)
        theirs = by_records(log, records, unknown, as_of)
        assert by_columns(log, records, unknown, as_of) == theirs, seed
        for facts in theirs:
            reached["unknown wrote"] += facts.unknown_wrote is not None
            reached["unknown acted alone"] += facts.unknown_wrote != facts.unknown_acted
            reached["closed"] += facts.closed is not None
            reached["solved, though no event says so"] += facts.ever_solved != facts.solved
            reached["merged"] += bool(facts.merged)
    assert min(reached.values()) > 20
