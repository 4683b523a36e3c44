"""From events to facts by columns: what `support_model.kpi.case_table` says, for all at once.

`facts_of_columns` makes each part when it is first asked for: `fact_rows` finds the rows that
matter, `fact_lists` makes lists of them, `fact_merges` gathers what was merged into each ticket.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from support_model._columns.event_columns import TYPE, EventColumns
from support_model._columns.fact_columns import MOMENTS, FactColumns
from support_model._columns.fact_lists import LIST_PARTS, history_rows
from support_model._columns.fact_merges import circular, with_merged
from support_model._columns.fact_rows import DONE, FactRows
from support_model._columns.segments import Segments
from support_model._columns.step_columns import CATEGORY, StepColumns
from support_model._columns.values import NONE, NULL, Texts, Words, constant, is_constant
from support_model._vocabulary import BASES, CATEGORIES, ROLES
from support_model.errors import OutOfRange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from support_model._columns.fact_columns import Part
    from support_model._columns.values import Codes, Column, Flags, Ints

__all__ = ["facts_of_columns", "own_facts", "ticket_ids", "without_circles"]

_SNAPSHOT = BASES.index("snapshot")


def facts_of_columns(events: EventColumns, as_of: int) -> FactColumns:
    """Return the facts of the tickets of some logs, each of which is sound.

    Args:
        events: the logs, without events after `as_of`.
        as_of: in microseconds.
    """
    return with_merged(own_facts(FactRows(without_circles(events), as_of)))


def own_facts(of: FactRows) -> FactColumns:
    """Return the facts of each ticket by itself, merges as they were stated."""

    def make(name: str) -> Part | None:
        if name in SCALAR_PARTS:
            return SCALAR_PARTS[name](of)
        if name in LIST_PARTS:
            return LIST_PARTS[name](of)
        return _field(of, name)

    return FactColumns(of.segments.count, make, tuple(of.raw.fields))


def without_circles(events: EventColumns) -> EventColumns:
    """Return logs without the merges that would have closed a circle, which have no effect."""
    merges = StepColumns(events).merges
    rows = np.flatnonzero(merges)
    if not rows.size:
        return events
    of = FactRows(events.of_tickets(np.unique(events.raw.ticket[rows]).astype(np.int64)), 0)
    circles = circular(ticket_ids(of.events), LIST_PARTS["merges"](of))
    if not circles:
        return events
    ids, others = ticket_ids(events), FactRows(events, 0).part("other")
    kept = np.ones(events.raw.size, np.bool_)
    for row in rows.tolist():
        ticket = ids.value(int(events.raw.ticket[row]))
        kept[row] = (int(events.raw.at[row]), ticket, others.value(row)) not in circles
    raw = events.raw.take(np.flatnonzero(kept))
    starts = raw.ticket.searchsorted(np.arange(len(raw.ids) + 1, dtype=np.int32))
    return EventColumns(raw, Segments(starts.astype(np.int64)), {})


def ticket_ids(events: EventColumns) -> Words:
    """Return the tickets of some logs by name."""
    return Words(np.arange(events.segments.count, dtype=np.int32), Texts(events.raw.ids))


# Scalars


def _created_by(of: FactRows) -> Words:
    return of.kinds(ROLES, of.raw.role[of.creation])


def _category(of: FactRows) -> Words:
    """Return the last category: that of the status, or void while a ticket is merged."""
    codes = of.steps.category[of.final]
    if not is_constant(of.steps.merges):
        codes = np.where(of.steps.merged[of.final], CATEGORY["void"], codes)
    return of.kinds(CATEGORIES, codes)


def _solved(of: FactRows) -> Flags:
    return DONE[_category(of).codes]


def _ever_solved(of: FactRows) -> Flags:
    """Return whether tickets were done, as a snapshot of closed ones says without a solution."""
    solved = of.last_solve != NONE
    if is_constant(of.snapshot):
        return solved
    rows, codes = history_rows(of)
    done = of.first_of(rows[DONE[codes]]) != NONE
    return done | solved


def _acknowledged(of: FactRows) -> Ints:
    """Return when a person took notice; present values do not show who acted first.

    A change of the status or the agent by an agent counts, also to the one it had already.
    """
    raw = of.raw
    stated = raw.type == TYPE["acknowledged"]
    acted = stated | of.steps.fact("replied")
    acted[of.note_rows] = True
    changed = of.by_agent & (raw.type == TYPE["changed"])
    for name in ("status", "agent"):
        given = of.steps.mentioned(name)
        if not is_constant(given):
            acted |= changed & (given >= 0)
    first = of.first_of(np.flatnonzero(acted))
    if not is_constant(of.snapshot):
        first = np.where(of.snapshot, of.first_of(np.flatnonzero(stated)), first)
    return of.instants(first)


def _worked(of: FactRows) -> Ints:
    """Return effort, added up in two parts, since a sum of int64 may pass its bounds unseen."""
    rows = np.flatnonzero(of.raw.type == TYPE["worked"])
    total = np.full(of.segments.count, NULL, np.int64)
    if not rows.size:
        return total
    lengths = np.asarray(of.raw.parts["duration"])[rows]
    ticket, place = np.unique(of.raw.ticket[rows], return_index=True)
    low = np.add.reduceat(lengths & _LOW, place)
    high = np.add.reduceat(lengths >> _BITS, place) + (low >> _BITS)
    beyond = np.flatnonzero(high >= 1 << (63 - _BITS))
    if beyond.size:
        name = of.raw.ids[int(ticket[beyond[0]])].as_py()
        remedy = "leave out what nobody can have worked"
        raise OutOfRange(name, "a ticket with more effort than a column holds", remedy)
    total[ticket] = (high << _BITS) | (low & _LOW)
    return total


_BITS = 32
_LOW = (1 << _BITS) - 1


def _merged_into(of: FactRows) -> Words:
    others = of.part("other")
    if is_constant(of.steps.merges):
        return Words(constant(NONE, np.int32, of.segments.count), others.words)
    codes = np.full(of.segments.count, NONE, np.int32)
    last = of.segments.last(of.steps.merges)
    merged = of.steps.merged[of.final]
    codes[merged] = others.codes[last[merged]]
    return Words(codes, others.words)


def _cut(of: FactRows) -> Flags:
    if is_constant(of.snapshot):
        return of.snapshot
    begun = of.raw.basis[of.creation] == _SNAPSHOT
    return begun & (of.segments.counts(of.raw.basis == NONE) > 0)


def _never(of: FactRows) -> Ints:
    return constant(NULL, np.int64, of.segments.count)


def _counted(rows: Callable[[FactRows], Ints]) -> Callable[[FactRows], Ints]:
    return lambda of: np.diff(of.offsets(rows(of)))


SCALAR_PARTS: Mapping[str, Callable[[FactRows], Column]] = MappingProxyType(
    {
        "ticket_id": lambda of: ticket_ids(of.events),
        "as_of": lambda of: constant(of.as_of, np.int64, of.segments.count),
        "created": lambda of: of.raw.at[of.creation],
        "created_by": _created_by,
        "category": _category,
        "solved": _solved,
        "ever_solved": _ever_solved,
        "contact": lambda of: of.instants(of.first_contact),
        "acknowledged": _acknowledged,
        "first_reply": lambda of: of.instants(of.first_reply),
        "first_solve": lambda of: of.instants(of.first_of(of.solve_rows)),
        "last_solve": lambda of: of.instants(of.last_solve),
        "closed": _never,
        "worked": _worked,
        "merged_into": _merged_into,
        "snapshot": lambda of: of.snapshot,
        "cut": _cut,
        "unknown_wrote": _never,
        "unknown_acted": _never,
        "contacts": _counted(lambda of: of.contact_rows),
        "replies": _counted(lambda of: of.reply_rows),
        "notes": _counted(lambda of: of.note_rows),
        "bots": _counted(lambda of: of.bot_rows),
        "assignments": _counted(lambda of: of.assigned_rows),
    }
)


# Fields


def _field(of: FactRows, name: str) -> Words | None:
    """Return a field as it is, or as it was at a moment; None for one that no row mentions."""
    moment, _, field = name.partition(".")
    if moment not in MOMENTS:
        moment, field = "as_of", name
    if field not in of.raw.fields:
        return None
    return Words(_FIELD_AT[moment](of, field), of.steps.words(field))


def _at_creation(of: FactRows, field: str) -> Codes:
    return np.maximum(of.steps.mentioned(field)[of.creation], NONE).astype(np.int32, copy=False)


def _just_before(of: FactRows, field: str, rows: Ints) -> Codes:
    """Return a field just before some rows, and what they set where nothing was."""
    told = of.mentions(field)
    before = of.values_before(told, rows)
    return np.where(before == NONE, of.values(told, rows), before)


def _last_rated(of: FactRows) -> Ints:
    return of.last_of(np.flatnonzero(of.raw.type == TYPE["rated"]))


_FIELD_AT: Mapping[str, Callable[[FactRows, str], Codes]] = MappingProxyType(
    {
        "as_of": lambda of, field: of.values(of.mentions(field), of.final),
        "created": _at_creation,
        "first_reply": lambda of, field: of.values(of.mentions(field), of.first_reply),
        "solved": lambda of, field: _just_before(of, field, of.last_solve),
        "rated": lambda of, field: _just_before(of, field, _last_rated(of)),
    }
)
