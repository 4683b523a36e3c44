"""Facts of many tickets, some thousand tickets at a time.

The temporary columns of a chunk stay in the cache of the processor and in memory that is at hand:
for a million tickets that halves the time, and the time of twice as many is twice as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from support_model._columns.fact_building import own_facts, ticket_ids, without_circles
from support_model._columns.fact_columns import FactColumns
from support_model._columns.fact_merges import with_merged
from support_model._columns.fact_rows import FactRows
from support_model._columns.values import Lists, Words, constant, is_constant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from support_model._columns.event_columns import EventColumns
    from support_model._columns.fact_columns import Part
    from support_model._columns.values import Codes, Column

__all__ = ["chunked_facts"]

CHUNK = 1 << 18
"""How many rows about a chunk has: columns of 8 bytes are 2 MB."""
_MERGED = frozenset({"merged", "merged_acts", "merged_lines"})
_OF_MERGED = frozenset({"merges", "acts", "lines", "worked", "unknown_wrote"})


def chunked_facts(events: EventColumns, as_of: int, names: Collection[str]) -> FactColumns:
    """Return the facts of the tickets of some logs, each of which is sound.

    Args:
        events: the logs, without events after `as_of`.
        as_of: in microseconds.
        names: the parts that will be asked for; others are made of all rows at once.
    """
    events = without_circles(events)
    whole = FactRows(events, as_of)
    wanted = set(names) - _MERGED - {"ticket_id"}
    if _MERGED & set(names) and not is_constant(whole.steps.merges):
        wanted |= _OF_MERGED
    pieces = _pieces(events, as_of, wanted)
    rest = own_facts(whole)

    def make(name: str) -> Part | None:
        made = pieces.pop(name, None)
        if name == "ticket_id":
            return ticket_ids(events)
        return _joined(made) if made else rest.part(name)

    return with_merged(FactColumns(events.segments.count, make, rest.fields))


def _pieces(events: EventColumns, as_of: int, names: Collection[str]) -> dict[str, list[Part]]:
    """Return some facts of each chunk of tickets."""
    pieces: dict[str, list[Part]] = {name: [] for name in sorted(names, key=_field_first)}
    for chunk in _chunks(events):
        facts = own_facts(FactRows(chunk, as_of))
        for name, made in pieces.items():
            made.append(facts.part(name))
    return pieces


def _field_first(name: str) -> str:
    """Return what to sort names by so that a field comes at all its moments in a row."""
    return name.partition(".")[2] or name


def _chunks(events: EventColumns) -> Iterator[EventColumns]:
    starts = events.segments.starts
    cuts = np.arange(CHUNK, starts[-1], CHUNK)
    bounds = np.unique(np.concatenate([[0], starts.searchsorted(cuts), [starts.size - 1]]))
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        yield events.stretch(begin, end)


def _joined(parts: Sequence[Part]) -> Part:
    """Return the parts of several chunks of tickets as one."""
    lists = [part for part in parts if isinstance(part, Lists)]
    columns = [part for part in parts if not isinstance(part, Lists)]
    return _joined_lists(lists) if lists else _joined_columns(columns)


def _joined_lists(lists: Sequence[Lists]) -> Lists:
    offsets, entries = [np.zeros(1, np.int64)], 0
    for part in lists:
        offsets.append(part.offsets[1:] + entries)
        entries += int(part.offsets[-1])
    names = lists[0].parts
    joined = {name: _joined_columns([part.parts[name] for part in lists]) for name in names}
    return Lists(np.concatenate(offsets), joined)


def _joined_columns(columns: Sequence[Column]) -> Column:
    words = [column for column in columns if isinstance(column, Words)]
    if words:
        return _joined_words(words)
    return _joined_arrays([column for column in columns if not isinstance(column, Words)])


def _joined_arrays(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    filled = [array for array in arrays if array.size]
    if filled and all(map(is_constant, filled)) and len({array[0] for array in filled}) == 1:
        size = sum(array.size for array in filled)
        return constant(filled[0][0], filled[0].dtype, size)
    return np.concatenate(arrays)


def _joined_words(columns: Sequence[Words]) -> Words:
    """Return columns as codes of the same words, which chunks of one log mostly share."""
    first = columns[0].words
    if all(column.words is first for column in columns):
        return Words(np.concatenate([column.codes for column in columns]), first)
    places: dict[object, int] = {}
    codes: list[Codes] = []
    for column in columns:
        table = [places.setdefault(word, len(places)) for word in column.words]
        codes.append(np.array([*table, -1], np.int32)[column.codes])
    return Words(np.concatenate(codes), tuple(places))
