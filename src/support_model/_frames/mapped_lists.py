"""A table of present values by columns: one row a ticket.

The twin of the adapter's reader of lists. What has a stamp is an event; words are looked up once
for each distinct text. A ticket whose row holds what columns do not answer, such as comments or a
cell that a strict reading refuses, is read by the adapter's reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from attrs import define, evolve

from support_model._columns.event_columns import RawEvents, raw_of_events
from support_model._columns.values import NULL, Lists
from support_model._frames.mapped_blocks import interleaved, numbered
from support_model._frames.mapped_cells import TextColumn, Typed, joined, repeated, text_column
from support_model._frames.mapped_list_events import RATED, Plain, told_by
from support_model._frames.mapped_order import first_sight
from support_model._frames.mapped_stamps import BAD, ODD, NeedsRows, NoRows, stamped
from support_model._frames.told import Told, figures_at, listed_figures
from support_model._time import instant
from support_model.adapters._drafts import Drafts
from support_model.adapters._table_changes import present_names
from support_model.adapters._table_lists import STAMPS, ListReader, Undated, places_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from support_model._columns.values import Codes, Flags, Ints
    from support_model._frames.mapped_cells import Cells
    from support_model._frames.mapped_notes import Notes
    from support_model._frames.mapped_stamps import Stamped
    from support_model.adapters import StatedFigure
    from support_model.adapters._table_cells import Instants
    from support_model.adapters._table_cells import Words as Meanings
    from support_model.adapters._table_lists import Places

__all__ = ["lists"]


@define(eq=False)
class _Source:
    """One table, and what reads it.

    Attributes:
        cells: the table.
        reader: the adapter's reader of such tables.
        places: where its columns stand.
        notes: what is to be said of rows.
    """

    cells: Cells
    reader: ListReader
    places: Places
    notes: Notes

    @property
    def missing(self) -> frozenset[str]:
        """The texts that mean nothing."""
        return self.reader.words.missing


@define(eq=False)
class _Tickets:
    """The tickets of a list, by first sight.

    Attributes:
        ids: Arrow text, their ids.
        row: int64, the row of the table that each is read of.
        stamps: the columns of stamps that there are, by role, a cell a ticket.
    """

    ids: pa.StringArray
    row: Ints
    stamps: Mapping[str, Stamped]


def lists(
    cells: Cells, words: Meanings, instants: Instants, notes: Notes
) -> tuple[RawEvents, Told]:
    """Return the events of a table of present values, and what it tells besides.

    Raises:
        InvalidLog: a column lacks, days and months cannot be told apart, or strictly a problem.
        NeedsRows: rows that only the reader of rows can tell apart.
    """
    keep = (*words.mapping.keep, *sorted(words.account.keep))
    reader = ListReader(words, instants, keep)
    reader.take(cells.header, ())
    source = _Source(cells, reader, places_of(cells.header, words.mapping, keep), notes)
    tickets = _tickets(source, instants)
    odd = _odd(source, tickets)
    fast = np.flatnonzero(~odd)
    own = Plain(
        cells,
        reader,
        source.places,
        notes,
        fast,
        tickets.ids.take(pa.array(fast)),
        tickets.row[fast],
        {role: stamps.take(fast) for role, stamps in tickets.stamps.items()},
    )
    blocks, figures = told_by(own)
    undated = own.undated
    for ticket in np.flatnonzero(odd).tolist():
        undated |= _read_row(source, tickets, ticket)
    notes.end()
    for ticket in sorted(undated):
        status, left = undated[ticket]
        reader.undated.add(tickets.ids[ticket].as_py(), status, left=left)
    reader.undated.note(reader.findings)
    reader.count += fast.size
    if not reader.count:
        notes.refuse("empty", None)
    notes.note("list_export", None)
    return _answer(source, tickets, own, numbered(own.ids, blocks), figures)


def _read_row(source: _Source, tickets: _Tickets, ticket: int) -> dict[int, tuple[str, bool]]:
    """Draft the events of one ticket; return its status where nothing tells since when it holds.

    With it goes whether the ticket is over.

    Raises:
        InvalidLog: strictly, a row that cannot be read.
    """
    reader, cells, row = source.reader, source.cells, int(tickets.row[ticket])
    name: str = tickets.ids[ticket].as_py()
    source.notes.place = ticket
    with reader.reported(name):
        reader.row(name, source.places, int(cells.lines[row]), cells.row(row))
        reader.count += 1
    source.notes.place = None
    known, reader.undated = reader.undated, Undated()
    of_row = [*((status, True) for status in known.left), *((each, False) for each in known.stays)]
    return dict(zip([ticket], of_row, strict=False))  # a row has one status


def _tickets(source: _Source, instants: Instants) -> _Tickets:
    """Return the tickets, and the row that each is read of."""
    cells, places = source.cells, source.places
    place = places.one["ticket"] or 0
    rows = _not_ignored(source)
    if not rows.size:
        raise NoRows
    names = cells.texts(place).stripped().take(rows)
    if names.among(source.missing | {cells.header.names[place].strip()}).any():
        raise NeedsRows
    again = repeated(cells, rows, names.codes.astype(np.int64))
    for row in rows[again].tolist():
        source.notes.add((row, 0), "dropped", int(cells.lines[row]))
    source.notes.end()
    rows, names = rows[~again], names.take(~again)
    ids, ticket = first_sight(names.codes.astype(np.int64), names.dictionary)
    if cells.part is not None:
        cells.part.met(ids, ticket, cells.lines[rows])
    stamps = _stamps(source, rows, instants)
    chosen = _chosen(source, rows, ticket, ids, stamps)
    return _Tickets(ids, rows[chosen], {role: each.take(chosen) for role, each in stamps.items()})


def _not_ignored(source: _Source) -> Ints:
    """Return the rows that the mapping does not ignore; count the others by their cell."""
    cells, tally = source.cells, source.reader.tally
    left = np.ones(cells.size, np.bool_)
    for name, values in source.reader.mapping.ignore.items():
        for place in cells.header.all(name):
            texts = cells.texts(place)
            gone = left & texts.among(values)
            left &= ~gone
            counts = np.bincount(texts.codes[gone], minlength=len(texts.words))
            for code in np.flatnonzero(counts).tolist():
                what = f"row of {cells.header.names[place]} {texts.words[code]}"
                tally.left_out[what] += int(counts[code])
    return np.flatnonzero(left)


def _stamps(source: _Source, rows: Ints, instants: Instants) -> dict[str, Stamped]:
    """Return the columns of stamps; their formats are chosen by all of them, comments too."""
    cells, places, mapping = source.cells, source.places, source.reader.mapping
    found = {role: places.one[role] for role in STAMPS}
    if mapping.rating is not None and mapping.rating.at is not None:
        found[RATED] = cells.header.one(mapping.rating.at)
    roles = {role: place for role, place in found.items() if place is not None}
    given: list[TextColumn | Typed] = [
        _stamps_of(cells, place).take(rows) for place in roles.values()
    ]
    read = stamped([*given, *_comment_stamps(source, rows)], instants, source.missing)
    return dict(zip(roles, read, strict=False))


def _stamps_of(cells: Cells, place: int) -> TextColumn | Typed:
    column = cells.stamps(place)
    return column if isinstance(column, Typed) else column.stripped()


def _texts(cells: Cells, place: int, rows: Ints) -> TextColumn:
    return cells.texts(place).stripped().take(rows)


def _comment_stamps(source: _Source, rows: Ints) -> list[TextColumn]:
    """Return the stamps with which comments begin."""
    comments = source.reader.mapping.comments
    if comments is None or comments.form[0] != "at":
        return []
    columns = [source.cells.texts(place).take(rows) for place in source.places.comments]
    return [
        text_column(each.codes, [_before(word, comments.separator) for word in each.words])
        for each in columns
    ]


def _before(text: str, separator: str) -> str:
    return text.partition(separator)[0].strip()


def _chosen(
    source: _Source, rows: Ints, ticket: Codes, ids: pa.StringArray, stamps: Mapping[str, Stamped]
) -> Ints:
    """Return for each ticket the row that was updated last; of several, one that no order decides.

    Raises:
        NeedsRows: a stamp of an update that cannot be read.
    """
    counts = np.bincount(ticket)
    chosen = np.zeros(counts.size, np.int64)
    chosen[ticket[::-1]] = np.arange(rows.size)[::-1]
    if counts.max() == 1:
        return chosen
    cells, lines = source.cells, source.cells.lines[rows]
    updated = stamps.get("updated")
    several = np.flatnonzero(counts[ticket] > 1)
    versions: dict[int, list[int]] = {}
    for place in several.tolist():
        versions.setdefault(int(ticket[place]), []).append(place)
    for number, own in versions.items():
        name = ids[number].as_py()
        source.notes.add((number, -1), "ticket_twice", int(lines[own[1]]), None, name)
        keys: list[tuple[str, list[str]]] = []
        for place in own:
            stamp = "" if updated is None else _updated(source, number, rows, place, updated)
            keys.append((stamp, cells.row(int(rows[place]))))
        chosen[number] = own[keys.index(max(keys))]
    return chosen


def _updated(source: _Source, number: int, rows: Ints, place: int, updated: Stamped) -> str:
    at, odd = int(updated.at[place]), int(updated.odd[place])
    if odd == BAD:
        raise NeedsRows
    if odd:
        row = int(rows[place])
        text = source.places.text(source.cells.row(row), "updated", source.missing)
        source.notes.add((number, 0), ODD[odd], int(source.cells.lines[row]), text)
    return "" if at == NULL else instant(at).isoformat()


def _odd(source: _Source, tickets: _Tickets) -> Flags:
    """Return which tickets the reader of rows has to read."""
    words, places, cells = source.reader.words, source.places, source.cells
    created = tickets.stamps["created"].at
    odd = created == NULL
    for role, stamps in tickets.stamps.items():
        if role not in {"created", "updated"}:
            odd |= (stamps.odd == BAD) | ((stamps.at != NULL) & (stamps.at < created))
    if places.status:
        columns = [_texts(cells, place, tickets.row) for place in places.status]
        status = joined(columns, "/".join)
        known = words.other is not None
        bad = [
            text in words.missing or not (known or text in words.statuses) for text in status.words
        ]
        odd |= np.array(bad, np.bool_)[status.codes]
    for place in places.comments:
        odd |= ~_texts(cells, place, tickets.row).among({""})
    return odd


def _answer(
    source: _Source, tickets: _Tickets, own: Plain, raw: RawEvents, figures: Lists | None
) -> tuple[RawEvents, Told]:
    reader, mapping = source.reader, source.reader.mapping
    drafts, stated, reader.tally.stated = reader.drafts, reader.tally.stated, {}
    fields = drafts.names() | frozenset(raw.fields)
    odd = raw_of_events(drafts.events())
    log = evolve(
        reader.tally.reading(Drafts()),
        file=source.notes.file,
        form=mapping.name,
        title=mapping.title,
        rows=reader.count,
        fields=fields,
        undated=fields - {"status"},
        columns=present_names(mapping),
    )
    if not odd.size:
        return raw, Told(log, {}, None, figures)
    ids: list[str] = tickets.ids.to_pylist()
    told = {*raw.ids.to_pylist(), *odd.ids.to_pylist()}
    every = pa.array([each for each in ids if each in told], pa.string())
    whole = interleaved(raw, odd, every)
    return whole, Told(log, {}, None, _merged(own, figures, stated, every))


def _merged(
    own: Plain,
    figures: Lists | None,
    stated: Mapping[str, Sequence[StatedFigure]],
    ids: pa.StringArray,
) -> Lists | None:
    """Return the figures of all tickets, of which the reader of rows has read some."""
    held = dict(stated)
    if figures is not None:
        for place, name in enumerate(own.ids.to_pylist()):
            held[name] = figures_at(figures, place)
    return listed_figures([held.get(name, ()) for name in ids.to_pylist()])
