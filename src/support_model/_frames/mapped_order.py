"""The order of the rows of each ticket, as a table that may run backwards has them.

The twin, by columns, of what the table adapter does with the rows of one ticket after the other:
an update count is the order where there is one, else time is; a file may run from the newest row
to the oldest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from attrs import define

from support_model._columns.segments import Segments
from support_model._columns.values import NONE
from support_model._frames.mapped_stamps import NeedsRows
from support_model._time import instant

if TYPE_CHECKING:
    from support_model._columns.values import Codes, Flags, Ints
    from support_model._frames.mapped_notes import Notes
    from support_model._frames.mapped_whole import Part

__all__ = ["InOrder", "first_sight", "put_in_order", "segments_of", "turned"]


@define(eq=False)
class InOrder:
    """Rows in order.

    Attributes:
        rows: int64, the rows, one ticket after the other.
        at: int64, the instant of each of them, never earlier than that of the row before it.
        segments: the rows of each ticket.
        latest: int64, for each ticket the row that states its latest values.
    """

    rows: Ints
    at: Ints
    segments: Segments
    latest: Ints


def first_sight(ticket: Ints, ids: pa.StringArray) -> tuple[pa.StringArray, Codes]:
    """Return the tickets in the order in which they appear, and the place of each row's."""
    present, first = np.unique(ticket, return_index=True)
    present = present[np.argsort(first, kind="stable")]
    table = np.full(len(ids), NONE, np.int32)
    table[present] = np.arange(present.size, dtype=np.int32)
    return ids.take(pa.array(present)), table[ticket]


def segments_of(ticket: Ints | Codes, count: int) -> Segments:
    """Return the rows of each ticket, of rows that are sorted by it."""
    return Segments(ticket.searchsorted(np.arange(count + 1)).astype(np.int64))


def by_ticket(ticket: Ints | Codes) -> Ints:
    """Return a stable order by ticket."""
    if (ticket[1:] >= ticket[:-1]).all():
        return np.arange(ticket.size)
    packed = (ticket.astype(np.int64) << 32) | np.arange(ticket.size, dtype=np.int64)
    packed.sort()
    return packed & 0xFFFFFFFF


def turned(
    at: Ints, order: Ints, segments: Segments, lines: Ints | None = None, part: Part | None = None
) -> Flags:
    """Return for each ticket whether its rows run from the newest to the oldest.

    Where its own stamps say nothing the file decides: all of its stamps fall, or those of every
    ticket that runs either way do.

    Args:
        at: the instants of all rows, as the file has them.
        order: the rows by ticket.
        segments: the rows of each ticket in this order.
        lines: with a part, the lines of the rows.
        part: what the rows are a part of; None where they are a whole file.
    """
    own = at[order]
    same = np.ones(own.size, np.bool_)
    same[segments.starts[:-1]] = False
    step = np.diff(own, prepend=own[:1])
    falls, rises = (segments.counts(each & same) > 0 for each in (step < 0, step > 0))
    down, up = falls & ~rises, rises & ~falls
    if part is not None and lines is not None:
        return down | (part.runs(at, lines, down, up) & ~up)
    steps = np.diff(at)
    whole = bool((steps < 0).any() and not (steps > 0).any())
    whole = whole or bool(down.any() and not up.any())
    return down | (whole & ~up)


def put_in_order(
    ticket: Codes,
    at: Ints,
    seq: Ints | None,
    lines: Ints,
    notes: Notes,
    said: str,
    part: Part | None = None,
) -> InOrder:
    """Return the rows in order: by their count where there is one, else by time.

    Args:
        ticket: the ticket of each row, by first sight.
        at: its instant.
        seq: its update count; None where the table has none.
        lines: its line.
        notes: what is to be said of rows.
        said: which way the file runs, where the mapping says it; else "".
        part: what the rows are a part of; None where they are a whole file.

    Raises:
        NeedsRows: rows without a count that run neither way.
    """
    count = int(ticket.max()) + 1
    order = by_ticket(ticket)
    segments = segments_of(ticket[order], count)
    backwards = turned(at, order, segments, lines, part)
    if said:
        backwards[:] = said == "newest_first"
    elif backwards.any():
        notes.note("newest_first", None)
    if backwards.any():
        place = np.where(backwards[ticket], -np.arange(ticket.size), np.arange(ticket.size))
        order = np.lexsort((place, ticket))
    starts = segments.starts[:-1]
    if seq is None:
        if _falls(at[order], starts).any():
            raise NeedsRows
        latest = order[segments.starts[1:] - 1]
        return InOrder(order, at[order], segments, latest)
    count_falls = _falls(seq[order], starts)
    held = _equal(seq[order], starts) & _falls(at[order], starts)
    if (count_falls | held).any():
        order = order[np.lexsort((at[order], seq[order], ticket[order]))]
    latest = order[segments.starts[1:] - 1]
    order = _by_time(order, at, seq, segments, lines, notes)
    own = _later_held(order, at[order], segments, lines, notes)
    notes.end()
    return InOrder(order, own, segments, latest)


def _falls(values: Ints, starts: Ints) -> Flags:
    """Return which rows have less than the row before them."""
    found = np.diff(values, prepend=values[:1]) < 0
    found[starts] = False
    return found


def _equal(values: Ints, starts: Ints) -> Flags:
    found = np.diff(values, prepend=values[:1]) == 0
    found[starts] = False
    return found


def _by_time(
    order: Ints, at: Ints, seq: Ints, segments: Segments, lines: Ints, notes: Notes
) -> Ints:
    """Order by time the tickets of which one count has two instants, which is no counter."""
    starts = segments.starts[:-1]
    own = at[order]
    two = _equal(seq[order], starts) & ~_equal(own, starts)
    if not two.any():
        return order
    timed = segments.counts(two) > 0
    disordered = segments.counts(_falls(own, starts)) > 0
    tickets = segments.of_rows()
    first = np.where(timed[tickets], own, seq[order])
    second = np.where(timed[tickets], seq[order], own)
    order = order[np.lexsort((second, first, tickets))]
    for ticket in np.flatnonzero(timed & disordered).tolist():
        notes.add((ticket, 0), "count_repeats", int(lines[order[starts[ticket]]]))
    return order


def _later_held(order: Ints, own: Ints, segments: Segments, lines: Ints, notes: Notes) -> Ints:
    """Give a row whose stamp contradicts the order that of the row before it."""
    wrong = segments.counts(_falls(own, segments.starts[:-1])) > 0
    held = own.copy()
    for ticket in np.flatnonzero(wrong).tolist():
        first, last = segments.starts[ticket : ticket + 2].tolist()
        np.maximum.accumulate(own[first:last], out=held[first:last])
        for row in (first + np.flatnonzero(held[first:last] != own[first:last])).tolist():
            stamp = instant(int(own[row])).isoformat()
            notes.add((ticket, 1), "stamp_contradicts", int(lines[order[row]]), stamp)
    return held
