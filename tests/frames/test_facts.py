"""Facts by columns are the facts of records: each branch of them, reached and counted.

`test_equality` holds both together over many more histories.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from frames.fact_records import plain, records_of
from frames.histories import drawn_as_of, drawn_log, situations, smallest

from support_model._columns import fact_chunks
from support_model._columns.event_columns import EventColumns, raw_of_events
from support_model._columns.fact_building import facts_of_columns
from support_model._columns.fact_columns import LISTS, MOMENTS, SCALARS
from support_model._columns.fact_tables import parts_of, to_arrow
from support_model._columns.segments import Segments
from support_model._time import micros
from support_model.events import Changed, Created, Message, Rated, Related
from support_model.kpi import case_table
from support_model.vocabulary import Status

SEEDS = range(300)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW, OPEN, SOLVED, CLOSED, VOID = (
    Status(name, name) for name in ("new", "open", "solved", "closed", "void")
)


def columns_of(log, as_of):
    columns = EventColumns.known_by(raw_of_events(log), micros(as_of))
    return facts_of_columns(columns, micros(as_of))


def by_columns(log, as_of):
    return records_of(columns_of(log, as_of))


def by_records(log, as_of):
    return [plain(facts) for facts in case_table(log, as_of=as_of)]


REACHED = (
    *("wait replied", "wait solved", "wait waiting", "first wait", "silent wait", "rated twice"),
    *("offer not taken", "offer taken", "held", "reopened", "restored", "voided"),
    *("chain of merges", "circle of merges", "merge taken back", "merged into an unknown ticket"),
    *("closed without a solution", "cut log", "present values alone", "repeated equal event"),
    *("created solved", "created closed", "created void", "equal instants", "acknowledged"),
    *("event: worked", "event: rating_requested", "agent emptied", "group emptied"),
    *("set to what it was", "numbered", "unnumbered", "rows out of time"),
)


def test_each_branch_of_facts_is_reached_and_is_that_of_records():
    reached = Counter()
    for seed in SEEDS:
        log = drawn_log(seed, tickets=2 + seed % 9)
        as_of = drawn_as_of(seed, log)
        assert by_columns(log, as_of) == by_records(log, as_of), smallest(
            log, lambda rows, at=as_of: by_columns(rows, at) != by_records(rows, at)
        )
        reached.update(situations(log))
    assert {name for name in REACHED if reached[name] < 1} == set()


@pytest.mark.parametrize("rows", [1, 7, 40])
def test_facts_of_a_few_tickets_at_a_time_are_those_of_all_at_once(rows, monkeypatch):
    monkeypatch.setattr(fact_chunks, "CHUNK", rows)
    for seed in range(20):
        log = drawn_log(seed, tickets=9, mixed=True)
        as_of = drawn_as_of(seed, log)
        end = micros(as_of)
        columns = EventColumns.known_by(raw_of_events(log), end)
        names = parts_of(columns.raw.fields, None)
        chunked = fact_chunks.chunked_facts(columns, end, names)
        assert records_of(chunked) == records_of(columns_of(log, as_of))
        table = to_arrow(fact_chunks.chunked_facts(columns, end, names))
        whole = to_arrow(columns_of(log, as_of))
        assert table.schema == whole.schema
        assert table.to_pylist() == whole.to_pylist()
        asked = ["merged_acts", "ticket_id", "waits"]
        few = to_arrow(fact_chunks.chunked_facts(columns, end, parts_of((), asked)), asked)
        assert few.to_pylist() == whole.select(asked).to_pylist()


def test_a_part_is_the_same_whatever_was_asked_before_it():
    for seed in range(40):
        log = drawn_log(seed, tickets=4)
        as_of = drawn_as_of(seed, log)
        whole = records_of(columns_of(log, as_of))
        backwards = columns_of(log, as_of)
        names = [*SCALARS, *LISTS, *backwards.fields]
        names += [f"{moment}.{field}" for moment in MOMENTS for field in backwards.fields]
        for name in reversed(names):
            (backwards.lists if name in LISTS else backwards.column)(name)
        assert records_of(backwards) == whole


def event(of, after=0, name="T1", role="agent", **more):
    return of(ticket_id=name, at=AT + timedelta(seconds=after), role=role, **more)


def created(name="T1", role="customer", basis=None, **fields):
    return event(Created, name=name, role=role, basis=basis, fields={"status": NEW} | fields)


def said(after, role, **more):
    return event(Message, after, role=role, public=True, **more)


def put(after, role="agent", **fields):
    return event(Changed, after, role=role, fields=fields)


def merged(after, name, other):
    return event(Related, after, name=name, kind="merged_into", other=other)


STORIES = {
    "an owner without a name is credited with nothing": [
        created(agent=""), put(1, status=SOLVED), said(2, "agent", actor="ann"),
        put(3, status=OPEN), event(Changed, 4, actor="bob", fields={"status": SOLVED}),
    ],
    "the last owner is credited where nobody holds it": [
        created(agent="ann"), put(1, agent=None), put(2, role="system", status=SOLVED),
        event(Rated, 3, role="customer", kind="csat", score=1, scale=(0, 1)),
    ],
    "a silent wait goes on after the reopening, and one that was answered counts then": [
        created(), said(1, "agent"), put(2, status=SOLVED), said(3, "customer"), said(4, "agent"),
        said(5, "customer"), put(6, status=OPEN), said(9, "agent"),
    ],
    "a close of a snapshot is no solution and ends no wait": [
        created(basis="snapshot"),
        event(Changed, 1, basis="snapshot", fields={"status": CLOSED}),
        said(2, "customer"), said(3, "agent"), put(4, status=OPEN),
    ],
    "a deletion of a solved ticket reopens nothing, and what is written then waits": [
        created(), put(1, status=SOLVED), put(2, status=VOID), said(3, "customer"),
        put(4, status=SOLVED), put(5, status=OPEN),
    ],
    "an offer at the creation is none, and the same agent twice is one stay": [
        created(role="system", agent="ann"), put(1, role="bot", agent=None),
        put(2, role="system", agent="bob"), put(3, agent=None), put(4, agent="bob"),
    ],
    "all that happens at the instant of the creation": [
        created(), said(0, "customer"), said(0, "agent"), put(0, status=SOLVED),
        put(0, status=OPEN), said(0, "agent", actor="ann"),
    ],
    "two merges that close a circle, of which the later has no effect": [
        created("A"), created("B"), merged(1, "A", "B"), merged(2, "B", "A"),
    ],
    "a circle among merges of one instant": [
        created("A"), created("B"), created("C"),
        merged(1, "B", "C"), merged(1, "A", "B"), merged(1, "C", "A"),
    ],
    "a circular merge that was the one act after present values": [
        created("A", basis="snapshot"), created("B"), merged(1, "B", "A"), merged(2, "A", "B"),
    ],
    "a merge that is taken back and stated again": [
        created("A"), created("B"), merged(1, "A", "B"),
        event(Changed, 2, name="A", fields={"status": VOID}),
        event(Changed, 3, name="A", fields={"status": OPEN}), merged(4, "A", "B"),
        event(Changed, 5, name="A", fields={"status": NEW}),
    ],
    "a merge into a ticket that is merged on later": [
        created("A"), created("B"), created("C"), merged(1, "A", "B"), merged(2, "B", "C"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("until", [0, 1, 2, 3, 4, 5, 99])
def test_stories_of_corners_are_told_alike(story, until):
    as_of = AT + timedelta(seconds=until)
    assert by_columns(STORIES[story], as_of) == by_records(STORIES[story], as_of)


def test_a_chain_of_ten_thousand_merges_is_walked_once():
    names = [f"T{number}" for number in range(10_000)]
    log = [created(name) for name in names]
    log += [merged(1, name, other) for name, other in pairwise(names)]
    merged_lists = columns_of(log, AT + timedelta(hours=1)).lists("merged")
    assert merged_lists.lengths.tolist() == [0] * 9_999 + [9_999]


def test_segments_hold_the_latest_value_of_each_stretch():

    segments = Segments(np.array([0, 0, 3, 3, 5, 5]))  # of five stretches, three are empty
    mask = np.array([False, True, False, False, True])
    assert segments.latest(mask).tolist() == [-1, 1, 1, -1, 4]
    assert segments.filled(mask, np.array([9, 8, 7, 6, 5]), 0).tolist() == [0, 8, 8, 0, 5]
