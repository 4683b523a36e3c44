"""The times in which tickets kept their status, group, line and agent, by columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from support_model._columns.values import Lists, Words, taken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from support_model._columns.fact_columns import FactColumns
    from support_model._columns.values import Column, Ints

__all__ = ["stretches"]

_TOLD = ("statuses", "history", "stays")


def stretches(facts: FactColumns) -> Lists:
    """Return what `Facts.stretches` says of each ticket up to its `as_of`.

    Instants are in microseconds; tickets of which no history tells have none.
    """
    lists = [facts.lists(name) for name in _TOLD]
    ticket = np.concatenate([each.rows for each in lists])
    at = np.concatenate([_numbers(each.parts["at"]) for each in lists])
    order = np.lexsort((at, ticket))  # stable: at equal instants the later entry of a list is last
    ticket, at = ticket[order], at[order]
    places, known = [], lists[-1].lengths[ticket] > 0
    begin = 0
    for each in lists:
        size = int(each.offsets[-1])
        own = (order >= begin) & (order < begin + size)
        place = np.maximum.accumulate(np.where(own, order - begin, -1))
        known &= place >= each.offsets[ticket]
        places.append(place)
        begin += size
    ends = np.ones(ticket.size, np.bool_)  # of one instant the last entry
    ends[:-1] = (ticket[1:] != ticket[:-1]) | (at[1:] != at[:-1])
    rows = np.flatnonzero(known & ends & (at < facts.numbers("as_of")[ticket]))
    parts: dict[str, Column] = {}
    for each, place in zip(lists, places, strict=True):
        for name, part in each.parts.items():
            if name != "at":
                parts["status" if name == "name" else name] = taken(part, place[rows])
    return _without_repeats(facts, ticket[rows], at[rows], parts)


def _without_repeats(
    facts: FactColumns, ticket: Ints, at: Ints, parts: dict[str, Column]
) -> Lists:
    """Return stretches of which no two neighbors are alike."""
    fresh = np.ones(ticket.size, np.bool_)
    keys = (ticket, *map(_numbers, parts.values()))
    fresh[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    kept = np.flatnonzero(fresh)
    ticket, start = ticket[kept], at[kept]
    end = facts.numbers("as_of")[ticket]
    same = np.flatnonzero(ticket[1:] == ticket[:-1])
    end[same] = start[same + 1]
    offsets = ticket.searchsorted(np.arange(facts.size + 1))
    told = {name: taken(part, kept) for name, part in parts.items()}
    return Lists(offsets, {"start": start, "end": end, **told})


def _numbers(part: Column) -> NDArray[Any]:
    return part.codes if isinstance(part, Words) else part
