"""Facts of many tickets, some thousand tickets at a time.

The temporary columns of a chunk stay in the cache of the processor and in memory that is at hand:
for a million tickets that halves the time, and the time of twice as many is twice as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from support_model._columns.fact_building import own_facts, ticket_ids, without_circles
from support_model._columns.fact_columns import FactColumns
from support_model._columns.fact_merges import with_merged
from support_model._columns.fact_rows import FactRows
from support_model._columns.growing import growing
from support_model._columns.threads import in_threads, threads_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from support_model._columns.event_columns import EventColumns
    from support_model._columns.fact_columns import Part
    from support_model._columns.growing import GrowingColumn, GrowingLists

__all__ = ["chunked_facts"]

CHUNK = 1 << 17
"""How many rows about a chunk has: columns of 8 bytes are 1 MB."""
_MERGED = frozenset({"merged", "merged_acts", "merged_lines"})
_OF_MERGED = frozenset({"merges", "acts", "lines", "worked", "unknown_wrote"})


def chunked_facts(events: EventColumns, as_of: int, names: Collection[str]) -> FactColumns:
    """Return some facts of the tickets of some logs, each of which is sound; not their rows.

    Args:
        events: the logs, without events after `as_of`.
        as_of: in microseconds.
        names: the parts that will be asked for; there are no others.
    """
    events = without_circles(events)
    wanted = set(names) - _MERGED - {"ticket_id"}
    if _MERGED & set(names):
        wanted |= _OF_MERGED
    grown = _grown(events, as_of, wanted)
    ids = ticket_ids(events)

    def make(name: str) -> Part:
        return ids if name == "ticket_id" else grown.pop(name).done()

    return with_merged(FactColumns(ids.size, make, tuple(events.raw.fields)))


def _grown(
    events: EventColumns, as_of: int, names: Collection[str]
) -> dict[str, GrowingColumn | GrowingLists]:
    """Return some facts of all tickets, made chunk by chunk."""
    order = sorted(names, key=_field_first)

    def made(chunk: EventColumns) -> list[Part]:
        facts = own_facts(FactRows(chunk, as_of))
        return [facts.part(name) for name in order]

    chunks = [*_chunks(events)]
    threads = threads_for(len(chunks), _MANY)
    times = events.raw.size / max(chunks[0].raw.size, 1)
    grown: dict[str, GrowingColumn | GrowingLists] = {}
    for parts in in_threads(made, chunks, threads):
        for name, part in zip(order, parts, strict=True):
            if name in grown:
                grown[name].add(part)  # type: ignore[arg-type]  # a part is always of one kind
            else:
                grown[name] = growing(part, times)
    return grown


_MANY = 4
"""Fewer chunks are made as soon without threads."""


def _field_first(name: str) -> str:
    """Return what to sort names by so that a field comes at all its moments in a row."""
    return name.partition(".")[2] or name


def _chunks(events: EventColumns) -> Iterator[EventColumns]:
    starts = events.segments.starts
    if starts.size == 1:
        yield events
        return
    cuts = np.arange(CHUNK, starts[-1], CHUNK)
    bounds = np.unique(np.concatenate([[0], starts.searchsorted(cuts), [starts.size - 1]]))
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        yield events.stretch(begin, end)
