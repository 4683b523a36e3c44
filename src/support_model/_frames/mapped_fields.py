"""A table of changed fields by columns: one row is a new value of one field.

The twin of the adapter's reader of such tables. A ticket of which several rows change one field at
one instant, or whose old values contradict the order of its rows, is read by that reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from attrs import define, evolve

from support_model._columns.event_columns import RawEvents, raw_of_events
from support_model._columns.values import NONE
from support_model._frames.mapped_blocks import interleaved, numbered
from support_model._frames.mapped_cells import TextColumn, alike, coded_together, dense
from support_model._frames.mapped_field_events import Changes, told_by
from support_model._frames.mapped_order import by_ticket, first_sight, segments_of, turned
from support_model._frames.mapped_stamps import BAD, ODD, NeedsRows, NoRows, stamped
from support_model._frames.told import Told
from support_model._time import instant
from support_model._vocabulary import is_custom
from support_model.adapters._drafts import Drafts
from support_model.adapters._table_fields import BEGINS, Change, FieldsReader, counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from support_model._columns.segments import Segments
    from support_model._columns.values import Codes, Flags, Ints
    from support_model._frames.mapped_cells import Cells, Typed
    from support_model._frames.mapped_notes import Notes
    from support_model.adapters._table_cells import Instants
    from support_model.adapters._table_cells import Words as Meanings

__all__ = ["histories"]

COLUMNS = ("ticket", "at", "field", "value", "old", "actor", "sequence")
"""The columns, in the order in which the adapter's reader places them."""
TOLD = (
    *("status", "priority", "group", "agent", "line", "requester", "channel", "type"),
    *("technology", "organization", "service", "topic", BEGINS),
)
"""The fields that are told by columns, custom ones besides."""


@define(eq=False)
class _Source:
    """One table, and what reads it.

    Attributes:
        cells: the table.
        reader: the adapter's reader of such tables.
        notes: what is to be said of rows.
        places: where the columns stand that there are, by name of the attribute of the mapping.
    """

    cells: Cells
    reader: FieldsReader
    notes: Notes
    places: Mapping[str, int]

    @property
    def words(self) -> Meanings:
        """What the words of the table mean."""
        return self.reader.words

    def texts(self, name: str, rows: Ints) -> TextColumn:
        """Return a column as texts; one that lacks has none."""
        if name not in self.places:
            nothing = np.zeros(rows.size, np.int32)
            return TextColumn(nothing, pa.array([""], pa.string()))
        return self.cells.texts(self.places[name]).take(rows)


def histories(
    cells: Cells, words: Meanings, instants: Instants, notes: Notes
) -> tuple[RawEvents, Told]:
    """Return the events of a table of changed fields, and what it tells besides.

    Raises:
        InvalidLog: a column lacks, days and months cannot be told apart, or strictly a problem.
        NeedsRows: rows that only the reader of rows can tell apart.
    """
    known = {*words.mapping.changed.values()}
    if any(name not in TOLD and not is_custom(name) for name in known):
        raise NeedsRows
    if "line" in known and words.account.lines:
        raise NeedsRows  # a group says a line too
    source = _source(cells, words, instants, notes)
    rows, stamps = _rows(source, instants)
    changes = _changes(source, rows, stamps)
    odd = _odd(source, changes)
    blocks, cut = told_by(changes, words, odd)
    for ticket in np.flatnonzero(odd | cut).tolist():
        notes.place = ticket
        if odd[ticket]:
            _read_ticket(source, changes, ticket)
        else:
            words.tally.cut(changes.ids[ticket].as_py(), "no_creation")
    notes.end()
    raw = numbered(changes.ids, blocks)
    return _answer(source, changes, raw)


def _source(cells: Cells, words: Meanings, instants: Instants, notes: Notes) -> _Source:
    reader = FieldsReader(words, instants)
    places, _ = reader.places(cells.header)
    found = {name: place for name, place in zip(COLUMNS, places, strict=True) if place >= 0}
    return _Source(cells, reader, notes, found)


def _rows(source: _Source, instants: Instants) -> tuple[Ints, Ints]:
    """Return the rows that count and their instants; note the others.

    Raises:
        NeedsRows: a row without a ticket, or without a time that can be read.
    """
    words, notes, lines = source.words, source.notes, source.cells.lines
    rows = _known(source)
    typed = source.cells.typed(source.places["at"])
    again = _repeated(source, rows, typed)
    for row in rows[again].tolist():
        notes.add((row, 0), "dropped", int(lines[row]))
    notes.end()
    rows = rows[~again]
    given = source.texts("at", rows) if typed is None else typed.take(rows)
    (stamps,) = stamped([given], instants, words.missing)
    if (stamps.odd == BAD).any():
        raise NeedsRows
    odd = np.flatnonzero(stamps.odd)
    texts = source.cells.some(source.places["at"], rows[odd])
    for place, text in zip(odd.tolist(), texts, strict=True):
        row, code = int(rows[place]), ODD[int(stamps.odd[place])]
        notes.add((row, 0), code, int(lines[row]), text)
    notes.end()
    return rows, stamps.at


def _repeated(source: _Source, rows: Ints, typed: Typed | None) -> Flags:
    """Return which rows say the same as an earlier one."""
    words = source.words
    ours = source.texts("field", rows)
    table = {name: place for place, name in enumerate(words.mapping.changed.values())}
    meant = [table.get(words.mapping.changed.get(text, ""), NONE) for text in ours.words]
    parts: list[NDArray[Any]] = [np.array(meant, np.int64)[ours.codes]]
    for name in ("ticket", "at", "value", "old", "actor", "sequence"):
        if name == "at" and typed is not None:
            parts.append(typed.micros[rows])
        elif name in source.places:
            texts = source.texts(name, rows)
            parts.append(np.where(texts.among(words.missing), NONE, texts.codes))
    places, same = alike(parts)
    again = np.zeros(rows.size, np.bool_)
    if places.size:
        for part in parts:
            own = dense(part[places])
            same = dense(dense(same) * (int(own.max()) + 1) + own)
        again[places] = True
        again[places[np.unique(same, return_index=True)[1]]] = False
    return again


def _known(source: _Source) -> Ints:
    """Return the rows of fields that the mapping knows; count the others."""
    cells, words, tally = source.cells, source.words, source.reader.tally
    left = np.ones(cells.size, np.bool_)
    for name, values in words.mapping.ignore.items():
        for place in cells.header.all(name):
            left &= ~cells.texts(place).among(values)
    if not left.all():
        tally.left_out["row that the mapping ignores"] += int((~left).sum())
    rows = np.flatnonzero(left)
    for name in ("ticket", "at"):
        if source.texts(name, rows).among(words.missing).any():
            raise NeedsRows
    native = source.texts("field", rows)
    counts = native.counts()
    known = np.ones(len(native.words), np.bool_)
    for place in np.flatnonzero(counts).tolist():
        name = native.words[place]
        if (None if name in words.missing else name) not in words.mapping.changed:
            known[place] = False
            shown = None if name in words.missing else name
            tally.left_out[f"field {shown}"] += int(counts[place])
    rows = rows[known[native.codes]]
    if not rows.size:
        raise NoRows
    return rows


def _changes(source: _Source, rows: Ints, at: Ints) -> Changes:
    """Return the rows in the order of each ticket: by time, then count, then as the file runs."""
    words, mapping = source.words, source.words.mapping
    texts = source.texts("ticket", rows)
    ids, ticket = first_sight(texts.codes.astype(np.int64), texts.dictionary)
    lines = source.cells.lines[rows]
    if source.cells.part is not None:
        source.cells.part.met(ids, ticket, lines)
    order, segments = _order(source, ticket, at, lines, _sequence(source, rows))
    names = list(dict.fromkeys(mapping.changed.values()))
    native = source.texts("field", rows)
    meant = [
        names.index(name) if (name := mapping.changed.get(text, "")) in names else NONE
        for text in native.words
    ]
    (value, old), told = coded_together([source.texts(name, rows) for name in ("value", "old")])
    gone = np.isin(told.to_pylist(), [*words.missing]) if len(told) else np.zeros(0, np.bool_)
    table = np.where(gone, NONE, np.arange(len(told))).astype(np.int32)
    actor = source.texts("actor", rows)
    return Changes(
        ids,
        segments,
        rows[order],
        ticket[order],
        at[order],
        np.array(meant, np.int64)[native.codes][order],
        table[value][order],
        table[old][order],
        np.where(actor.among(words.missing), np.int32(NONE), actor.codes)[order],
        names,
        told,
        actor.dictionary,
        source.reader.instants,
    )


def _sequence(source: _Source, rows: Ints) -> Ints:
    texts = source.texts("sequence", rows)
    missing = source.words.missing
    table = [0 if word in missing else counted(word) for word in texts.words]
    return np.array(table, np.int64)[texts.codes]


def _order(
    source: _Source, ticket: Codes, at: Ints, lines: Ints, sequence: Ints
) -> tuple[Ints, Segments]:
    said = source.words.mapping.order
    order = by_ticket(ticket)
    segments = segments_of(ticket[order], int(ticket.max()) + 1)
    backwards = turned(at, order, segments, lines, source.cells.part)
    if said:
        backwards[:] = said == "newest_first"
    elif backwards.any():
        source.notes.note("newest_first", None)
    place = np.arange(ticket.size)
    if backwards.any():
        place = np.where(backwards[ticket], -place, place)
        order = np.lexsort((place, ticket))
    own, count = at[order], sequence[order]
    step = np.diff(own, prepend=own[:1])
    falls = (step < 0) | ((step == 0) & (np.diff(count, prepend=count[:1]) < 0))
    falls[segments.starts[:-1]] = False
    if falls.any():
        order = np.lexsort((place, sequence, at, ticket))
    return order, segments


def _odd(source: _Source, changes: Changes) -> Flags:
    """Return which tickets the reader of rows has to read."""
    words = source.words
    odd = changes.contradicted() | changes.crowded()
    known = words.other is not None
    texts = changes.texts.to_pylist()
    strange = np.array([not (known or text in words.statuses) for text in texts], np.bool_)
    if strange.any():
        status = changes.of("status")
        for codes in (changes.value, changes.old):
            rows = status & (codes != NONE)
            rows[rows] = strange[codes[rows]]
            odd |= changes.segments.counts(rows) > 0
    return odd


def _read_ticket(source: _Source, changes: Changes, ticket: int) -> None:
    """Draft the events of one ticket.

    Raises:
        InvalidLog: strictly, a status that nobody knows.
    """
    first, last = changes.segments.starts[ticket : ticket + 2].tolist()
    history = []
    for place in range(first, last):
        value, old = (
            None if (code := int(codes[place])) == NONE else changes.texts[code].as_py()
            for codes in (changes.value, changes.old)
        )
        who = int(changes.actor[place])
        row = int(changes.row[place])
        history.append(
            Change(
                instant(int(changes.at[place])),
                0,
                place,
                changes.names[int(changes.field[place])],
                value,
                old,
                None if who == NONE else changes.actors[who].as_py(),
                int(source.cells.lines[row]),
            )
        )
    source.reader.ticket(changes.ids[ticket].as_py(), history, None)


def _answer(source: _Source, changes: Changes, raw: RawEvents) -> tuple[RawEvents, Told]:
    reader, mapping = source.reader, source.words.mapping
    odd = raw_of_events(reader.drafts.events())
    log = evolve(
        reader.tally.reading(Drafts()),
        file=source.notes.file,
        form=mapping.name,
        title=mapping.title,
        rows=int(changes.row.size),
        fields=reader.drafts.names() | frozenset(raw.fields),
    )
    if odd.size:
        raw = interleaved(raw, odd, changes.ids)
    return raw, Told(log, {}, None, None)
