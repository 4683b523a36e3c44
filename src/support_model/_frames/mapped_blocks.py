"""Events of several kinds put together: each ticket's in the order of its log, and numbered.

A block holds events of one kind, tickets ascending. Of one instant the events of an earlier block
come first, as the adapter has it: a creation, then a message, then a change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc
from attrs import Factory, define

from support_model._columns.event_columns import NUMBERS, ROLE, TYPE, RawEvents, raw_of_events
from support_model._columns.event_joining import joined
from support_model._columns.segments import Segments
from support_model._columns.values import EMPTIED, NONE, NULL, Words, constant
from support_model._vocabulary import BASES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from support_model._columns.values import Codes, Column, Ints

__all__ = ["Block", "interleaved", "numbered", "silent"]


@define(eq=False)
class Block:
    """Events of one kind.

    Attributes:
        type: what they are.
        ticket: int64, their tickets, ascending.
        at: int64, their instants, of one ticket ascending.
        role: int8, the role of each, or the one of all of them.
        basis: "snapshot", or None.
        fields: what they mention.
        parts: what else they hold.
    """

    type: str
    ticket: Ints
    at: Ints
    role: NDArray[np.int8] | str
    basis: str | None = None
    fields: Mapping[str, Words] = Factory(dict)
    parts: Mapping[str, Column] = Factory(dict)

    @property
    def size(self) -> int:
        """How many events there are."""
        return int(self.ticket.size)

    @property
    def roles(self) -> NDArray[np.int8]:
        """The role of each."""
        if isinstance(self.role, str):
            return constant(ROLE[self.role], np.int8, self.size)
        return self.role


def silent(size: int) -> Words:
    """Return a column in which no row says anything."""
    return Words(constant(NONE, np.int32, size), ())


def numbered(ids: pa.Array, blocks: Sequence[Block]) -> RawEvents:
    """Return the events of some blocks, each ticket's in order and numbered from 1."""
    blocks = [block for block in blocks if block.size]
    if not blocks:
        return raw_of_events(())
    places, segments = _places(blocks, len(ids))
    order = np.empty(places.size, np.int64)
    order[places] = np.arange(places.size)
    at = np.concatenate([block.at for block in blocks])
    order = _by_time(order, at, segments)
    ticket = segments.of_rows()
    public = [1 if block.type == "message" else NONE for block in blocks]
    return RawEvents(
        ids,
        ticket,
        at[order],
        1 + np.arange(order.size) - segments.starts[ticket],
        _each([TYPE[block.type] for block in blocks], blocks)[order],
        np.concatenate([block.roles for block in blocks])[order],
        _each([_basis(block) for block in blocks], blocks)[order],
        _each(public, blocks)[order],
        {name: _part(name, blocks, order) for name in _names([each.parts for each in blocks])},
        _fields(blocks, order),
    )


def _fields(blocks: Sequence[Block], order: Ints) -> dict[str, Words]:
    names = _names([each.fields for each in blocks])
    found = {name: _stacked([each.fields.get(name) for each in blocks], blocks) for name in names}
    said = {name: words for name, words in found.items() if (words.codes != NONE).any()}
    return {name: words.take(order) for name, words in said.items()}


def _basis(block: Block) -> int:
    return NONE if block.basis is None else BASES.index(block.basis)


def _names(given: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({name for each in given for name in each})


def _each(values: Sequence[int], blocks: Sequence[Block]) -> NDArray[np.int8]:
    sizes = [block.size for block in blocks]
    return np.repeat(np.array(values, np.int8), sizes)


def _places(blocks: Sequence[Block], tickets: int) -> tuple[Ints, Segments]:
    """Return where each event goes: by ticket, then by block, and the events of each ticket."""
    counts = [np.bincount(block.ticket, minlength=tickets) for block in blocks]
    starts = np.zeros(tickets + 1, np.int64)
    np.cumsum(np.sum(counts, axis=0), out=starts[1:])
    free = starts[:-1].copy()
    places = []
    for block, count in zip(blocks, counts, strict=True):
        first = np.cumsum(count) - count
        places.append(free[block.ticket] + np.arange(block.size) - first[block.ticket])
        free += count
    return np.concatenate(places), Segments(starts)


def _by_time(order: Ints, at: Ints, segments: Segments) -> Ints:
    """Return the events of each ticket by time; few are in any other order."""
    own = at[order]
    falls = np.diff(own, prepend=own[:1]) < 0
    falls[segments.starts[segments.starts < own.size]] = False
    if not falls.any():
        return order
    ticket = segments.of_rows()
    rows = np.flatnonzero((segments.counts(falls) > 0)[ticket])
    order[rows] = order[rows[np.lexsort((own[rows], ticket[rows]))]]
    return order


def _part(name: str, blocks: Sequence[Block], order: Ints) -> Column:
    given = [block.parts.get(name) for block in blocks]
    if not any(isinstance(each, np.ndarray) for each in given):
        words = [each if isinstance(each, Words) else None for each in given]
        return _stacked(words, blocks).take(order)
    nothing: float = np.nan if name in NUMBERS else NULL
    arrays = [
        each if isinstance(each, np.ndarray) else np.full(block.size, nothing)
        for each, block in zip(given, blocks, strict=True)
    ]
    return np.concatenate(arrays)[order]


def _stacked(given: Sequence[Words | None], blocks: Sequence[Block]) -> Words:
    """Return columns one below the other, each distinct word once."""
    columns = [
        silent(block.size) if each is None else each
        for each, block in zip(given, blocks, strict=True)
    ]
    held = [each.words for each in columns if len(each.words)]
    if all(words is held[0] for words in held):
        codes = [each.codes for each in columns]
        return Words(np.concatenate(codes), held[0] if held else ())
    places: dict[Any, int] = {}
    found: list[Codes] = []
    for each in columns:
        table = [places.setdefault(word, len(places)) for word in each.words]
        both = np.array([*table, EMPTIED, NONE], np.int32)
        found.append(both[each.codes])
    return Words(np.concatenate(found), tuple(places))


def interleaved(one: RawEvents, other: RawEvents, ids: pa.Array) -> RawEvents:
    """Return the events of two readings of different tickets; `ids` says the order of all."""
    both = joined([one, other])
    rank = pc.index_in(both.ids, value_set=ids).to_numpy(zero_copy_only=False)
    ticket = rank[both.ticket]
    order = np.argsort(ticket, kind="stable")
    raw = both.take(order)
    raw.ids, raw.ticket = ids, ticket[order].astype(np.int32)
    return raw
