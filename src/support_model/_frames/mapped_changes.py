"""A table of changes by columns: one row says how a ticket stood from an instant on.

The twin of `adapters.table.read` for the shape "changes". Words are looked up once for each
distinct text, by the adapter's own functions; order, repetitions and what changed from row to row
are arithmetic on columns. What a strict reading refuses is left to the reader of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define

from support_model._columns.event_columns import ROLE, TYPE, RawEvents
from support_model._columns.values import EMPTIED, NONE, NULL, Lists, Words
from support_model._frames.mapped_cells import alike, joined, repeated, with_word
from support_model._frames.mapped_order import by_ticket, first_sight, put_in_order
from support_model._frames.mapped_stamps import BAD, ODD, NeedsRows, NoRows, stamped
from support_model._frames.told import Told
from support_model._vocabulary import BASES
from support_model.adapters import EventLog
from support_model.adapters._table_cells import LeftOut
from support_model.adapters._table_changes import (
    CREATED,
    DATED,
    RECORDED,
    fields_named,
    flag_of,
    is_count,
    own_names,
)
from support_model.errors import InvalidLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from support_model._columns.segments import Segments
    from support_model._columns.values import Codes, Flags, Ints
    from support_model._frames.mapped_cells import Cells, TextColumn
    from support_model._frames.mapped_notes import Notes
    from support_model._frames.mapped_stamps import Stamped
    from support_model._frames.mapped_whole import Part
    from support_model.adapters._table_cells import Instants
    from support_model.adapters._table_cells import Words as Meanings
    from support_model.adapters.table import TableMapping

__all__ = ["changes"]

STATES = ("group", "agent", "line")
"""The fields that every row states anew, besides the status."""
SLA = "custom.sla_met"


@define(eq=False)
class _Source:
    """One table, and what its columns mean.

    Attributes:
        cells: the table.
        words: what its words mean.
        notes: what is to be said of rows.
        named: the columns of each field of a ticket.
        column: the place of each column that is read.
        stamps: the columns of instants, by the name of the attribute of the mapping.
    """

    cells: Cells
    words: Meanings
    notes: Notes
    named: Mapping[str, tuple[str, ...]]
    column: Mapping[str, int]
    stamps: Mapping[str, Stamped]

    @property
    def mapping(self) -> TableMapping:
        """What the columns mean."""
        return self.words.mapping

    def texts(self, name: str) -> TextColumn:
        """Return a column as texts."""
        return self.cells.texts(self.column[name])


@define(eq=False)
class _Rows:
    """Rows that count.

    Attributes:
        row: int64, the number of each in the table.
        ticket: int64, the code of its ticket.
        at: its instant.
        seq: int64, its update count, 0 where there are none.
        status: words: statuses.
        states: words: those of `STATES`, and "actor".
        within: int8, what the tool stated of the SLA: 1, 0 or `NONE`.
    """

    row: Ints
    ticket: Ints
    at: Ints
    seq: Ints
    status: Words
    states: Mapping[str, Words]
    within: NDArray[np.int8]

    def take(self, rows: Ints | Flags) -> _Rows:
        """Return some rows, by number or by flag."""
        return _Rows(
            self.row[rows],
            self.ticket[rows],
            self.at[rows],
            self.seq[rows],
            self.status.take(rows),
            {name: words.take(rows) for name, words in self.states.items()},
            self.within[rows],
        )


@define(eq=False)
class _Cases:
    """The tickets.

    Attributes:
        ids: Arrow text, their ids by first sight.
        rows: their rows in order, one ticket after the other.
        segments: the rows of each.
        latest: int64, for each the row of the table that states its latest values.
    """

    ids: pa.StringArray
    rows: _Rows
    segments: Segments
    latest: Ints


def changes(
    cells: Cells, words: Meanings, instants: Instants, notes: Notes
) -> tuple[RawEvents, Told]:
    """Return the events of a table of changes, and what it tells besides.

    Raises:
        InvalidLog: a column lacks, or days and months cannot be told apart.
        NeedsRows: something that a strict reading refuses.
    """
    source = _source(cells, words, instants, notes)
    rows = _rows(source)
    rows = rows.take(_once(source, rows))
    source.notes.end()
    ids, ticket = first_sight(rows.ticket, source.texts(source.mapping.ticket).dictionary)
    if cells.part is not None:
        cells.part.met(ids, ticket, cells.lines[rows.row])
    rows.ticket = ticket.astype(np.int64)
    order = put_in_order(
        ticket,
        rows.at,
        rows.seq if source.mapping.sequence is not None else None,
        source.cells.lines[rows.row],
        source.notes,
        source.mapping.order,
        cells.part,
    )
    cases = _Cases(ids, rows.take(order.rows), order.segments, rows.row[order.latest])
    cases.rows.at = order.at
    recorded = _recorded(source, cases)
    source.notes.end()
    listed = _lists(cases, cells.part)
    raw = _events(source, cases, recorded.get("created"), listed=listed)
    if listed:
        source.notes.note("list_export", None)
    return raw, _told(source, cases, recorded)


def _source(cells: Cells, words: Meanings, instants: Instants, notes: Notes) -> _Source:
    mapping = words.mapping
    named = fields_named(mapping, mapping.keep)
    kept = [column for columns in named.values() for column in columns]
    column = {name: cells.header.must(name) for name in (*mapping.columns, *kept)}
    given = {name: getattr(mapping, name) for name in ("at", *RECORDED)}
    places = {name: column[each] for name, each in given.items() if each is not None}
    stamps = [cells.stamps(place) for place in places.values()]
    read = stamped(stamps, instants, words.missing)
    known = dict(zip(places, read, strict=True))
    return _Source(cells, words, notes, named, column, known)


def _rows(source: _Source) -> _Rows:
    """Return the rows that the mapping does not ignore."""
    mapping, words = source.mapping, source.words
    rows = _not_ignored(source)
    if not rows.size:
        raise NoRows
    ticket = source.texts(mapping.ticket).take(rows)
    at = source.stamps["at"].take(rows)
    if ticket.among(words.missing).any() or (at.at == NULL).any():
        raise NeedsRows
    _note_odd(source, rows, 0, rows, "at", at.odd)
    name = joined([source.texts(each).take(rows) for each in mapping.status], "/".join)
    states = {each: _state(source, each, rows) for each in (*STATES, "actor")}
    if mapping.line is None and words.account.lines:
        held = words.account.lines
        states["line"] = states["group"].regrouped(held.get)
    return _Rows(
        rows,
        ticket.codes.astype(np.int64),
        at.at,
        _counts(source, rows),
        name.meaning(_strict(lambda text: words.status(text, 0)), (), words.tally),
        states,
        _flags(source, rows),
    )


def _strict(function: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a function that leaves to the reader of rows what it cannot read."""

    def read(text: str) -> Any:  # noqa: ANN401 - what the function returns
        try:
            return function(text)
        except (LeftOut, InvalidLog):
            raise NeedsRows from None

    return read


def _not_ignored(source: _Source) -> Ints:
    ignored = np.zeros(source.cells.size, np.bool_)
    for name, values in source.mapping.ignore.items():
        ignored |= source.texts(name).among(values)
    if count := int(ignored.sum()):
        source.words.tally.left_out["row that the mapping ignores"] += count
    return np.flatnonzero(~ignored)


def _state(source: _Source, name: str, rows: Ints) -> Words:
    """Return what each row states of a group, agent, line or actor."""
    column, words = getattr(source.mapping, name), source.words
    if column is None:
        return Words(np.full(rows.size, NONE, np.int32), ())
    texts = source.texts(column).take(rows)
    if name == "group" and words.account.groups:
        return texts.meaning(words.group, words.missing, words.tally)
    if name == "line":
        lines = source.mapping.lines
        return texts.meaning(_known(lines.get), words.missing, words.tally)
    return texts.same(words.missing)


def _known(function: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a function that leaves to the reader of rows what it does not know."""

    def read(text: str) -> Any:  # noqa: ANN401 - what the function returns
        found = function(text)
        if found is None:
            raise NeedsRows
        return found

    return read


def _counts(source: _Source, rows: Ints) -> Ints:
    """Return the update counts."""
    name = source.mapping.sequence
    if name is None:
        return np.zeros(rows.size, np.int64)
    texts = source.texts(name).take(rows)
    seen = np.flatnonzero(texts.counts())
    table = np.zeros(len(texts.dictionary), np.int64)
    for place in seen.tolist():
        text = texts.words[place]
        if not is_count(text):
            raise NeedsRows
        table[place] = int(text)
    return table[texts.codes]


def _flags(source: _Source, rows: Ints) -> NDArray[np.int8]:
    name, words = source.mapping.sla_met, source.words
    if name is None:
        return np.full(rows.size, NONE, np.int8)
    flags = source.texts(name).take(rows).meaning(_known(flag_of), words.missing, words.tally)
    return flags.mapped(int, NONE, np.int8)


def _note_odd(
    source: _Source, numbers: Ints, step: int, rows: Ints, name: str, odd: NDArray[np.int8]
) -> None:
    """Note the local times that the clock skipped, or showed twice."""
    some = np.flatnonzero(odd)
    texts = source.cells.some(source.column[getattr(source.mapping, name)], rows[some])
    lines = source.cells.lines[rows[some]].tolist()
    told = zip(numbers[some].tolist(), odd[some].tolist(), lines, texts, strict=True)
    for number, code, line, text in told:
        source.notes.add((number, step), ODD[code], line, text)


def _once(source: _Source, rows: _Rows) -> Flags:
    """Return which rows count: as the mapping says of exact repetitions."""
    kept = np.ones(rows.row.size, np.bool_)
    places, groups = _alike(rows)
    again = repeated(source.cells, rows.row[places], groups)
    rule = source.mapping.duplicates
    if again.any() and rule == "refuse":
        raise NeedsRows
    for place in places[again].tolist():
        row = int(rows.row[place])
        code = "kept" if rule == "keep" else "dropped"
        source.notes.add((row, 1), code, int(source.cells.lines[row]))
    kept[places[again]] = rule == "keep"
    return kept


def _alike(rows: _Rows) -> tuple[Ints, Ints]:
    """Return the rows that may repeat another, ascending, and a code of which."""
    order = by_ticket(rows.ticket)
    ticket, at = rows.ticket[order], rows.at[order]
    same, step = np.diff(ticket) == 0, np.diff(at)
    falls, rises = ((same & each).any() for each in (step < 0, step > 0))
    if falls and rises:
        states = (each.codes for each in rows.states.values())
        return alike([rows.ticket, rows.at, rows.seq, rows.status.codes, *states])
    tied = same & (step == 0)  # rows of one ticket and instant stand side by side
    either = np.append(tied, False)
    either[1:] |= tied
    group = np.cumsum(np.append(True, ~tied))
    chosen = np.argsort(order[either], kind="stable")
    return order[either][chosen], group[either][chosen]


def _lists(cases: _Cases, part: Part | None) -> bool:
    """Return whether one row a ticket states present values, beyond any first status."""
    several = cases.rows.row.size > cases.segments.count
    present = bool(cases.rows.status.holds(lambda status: status.category != "new").any())
    if part is not None:
        return part.lists(several=several, present=present)
    return present and not several


def _recorded(source: _Source, cases: _Cases) -> dict[str, Ints]:
    """Return the recorded instants of each ticket, those of its latest row."""
    begins = cases.segments.starts[:-1]
    first = cases.rows.at[begins]
    found: dict[str, Ints] = {}
    for step, name in enumerate(RECORDED):
        if name not in source.stamps:
            continue
        stamps = source.stamps[name].take(cases.latest)
        if (stamps.odd == BAD).any():
            raise NeedsRows
        found[name] = stamps.at
        numbers = np.arange(first.size)
        _note_odd(source, numbers, step, cases.latest, name, stamps.odd)
    created = found.get("created", np.full(first.size, NULL, np.int64))
    begun = np.where(created == NULL, first, created)
    if any(((at != NULL) & (at < begun)).any() for at in found.values()):
        raise NeedsRows
    for ticket in np.flatnonzero(first < begun).tolist():
        line = int(source.cells.lines[cases.rows.row[begins[ticket]]])
        called = cases.ids[ticket].as_py()
        source.notes.add((ticket, len(RECORDED)), "before_creation", line, called)
    return found


@define(eq=False)
class _Told:
    """The events of a table: which row of the cases each is of, and where it stands.

    Attributes:
        of: int64, the row of the cases of each event.
        first: bool, whether it is the creation of its ticket.
        before: bool, whether it is a creation before the first row.
        taken: bool, whether it is an acknowledgement.
    """

    of: Ints
    first: Flags
    before: Flags
    taken: Flags


def _emitted(cases: _Cases, before: Flags, taken: Ints) -> _Told:
    """Return the events: a creation before the first row, each row, an acknowledgement.

    Args:
        cases: the tickets.
        before: which tickets were created before their first row.
        taken: the row after which each ticket is acknowledged, `NONE` where none is.
    """
    rows = cases.rows.row.size
    starts = cases.segments.starts[:-1]
    early, late = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    early[starts[before]] = 1
    late[taken[taken != NONE]] = 1
    of = np.repeat(np.arange(rows), 1 + early + late)
    own = np.arange(rows) + np.cumsum(early) + np.cumsum(late) - late
    told = _Told(of, *(np.zeros(of.size, np.bool_) for _ in range(3)))
    told.before[own[starts[before]] - 1] = True
    told.first[own[starts[~before]]] = True
    told.first |= told.before
    told.taken[own[taken[taken != NONE]] + 1] = True
    return told


def _events(source: _Source, cases: _Cases, created: Ints | None, *, listed: bool) -> RawEvents:
    """Return the events of all tickets, as `adapters.table.read` tells those of one."""
    mapping, rows = source.mapping, cases.rows
    starts = cases.segments.starts[:-1]
    nothing = np.full(starts.size, NULL, np.int64)
    created = nothing if created is None else created
    before = (created != NULL) & (created < rows.at[starts])
    known = mapping.acknowledged_by
    taken = cases.segments.first(rows.status.holds(lambda status: status.category in known))
    told = _emitted(cases, before, taken)
    of, ticket = told.of, rows.ticket[told.of]
    stated = _stated(source, cases)
    place = of - starts[ticket]
    at = np.where(told.before, created[ticket], rows.at[of])
    seq = np.where(told.before, 0, 2 * (place + 1) + told.taken)
    kind = np.full(of.size, TYPE["changed"], np.int8)
    kind[told.first], kind[told.taken] = TYPE["created"], TYPE["acknowledged"]
    role = _roles(source, cases, stated.get("requester"))[of]
    role[told.first] = ROLE[mapping.opened_by]
    actor = rows.states["actor"]
    basis = BASES.index("snapshot") if listed else NONE
    return RawEvents(
        cases.ids,
        ticket.astype(np.int32),
        at,
        seq,
        kind,
        role,
        np.full(of.size, basis, np.int8),
        np.full(of.size, NONE, np.int8),
        {"actor": Words(np.where(told.before, np.int32(NONE), actor.codes[of]), actor.words)},
        _fields(source, cases, told, stated),
    )


def _stated(source: _Source, cases: _Cases) -> dict[str, Words]:
    """Return for each ticket the fields that its latest row alone states."""
    words, found = source.words, {}
    for name, columns in source.named.items():
        if name in DATED:
            continue
        texts = [source.texts(each).take(cases.latest) for each in columns]

        def glued(parts: Sequence[str]) -> str:
            held = ["" if part in words.missing else part for part in parts]
            return "/".join(part or "?" for part in held) if any(held) else ""

        whole = texts[0] if len(texts) == 1 else joined(texts, glued)
        missing = words.missing if len(texts) == 1 else {""}
        if name.startswith("custom.") or name not in SAID:
            found[name] = whole.same(missing)
        else:
            found[name] = whole.meaning(_Said(words, name), missing, words.tally)
    return found


SAID = ("priority", "channel", "requester")
"""The fields whose texts mean something else than themselves."""


@define
class _Said:
    """What a text says of a field."""

    words: Meanings
    name: str

    def __call__(self, text: str) -> object:
        return self.words.said(self.name, text)


def _roles(source: _Source, cases: _Cases, requester: Words | None) -> NDArray[np.int8]:
    """Return who made the change of each row."""
    words, actor = source.words, cases.rows.states["actor"]
    role = actor.mapped(
        lambda name: ROLE[words.role_of_change(name, None)], ROLE["system"], np.int8
    )
    if requester is None:
        return role
    places = {name: place for place, name in enumerate(actor.words)}
    theirs = requester.mapped(lambda name: places.get(name, NONE), NONE, np.int64)
    same = (actor.codes != NONE) & (actor.codes == theirs[cases.rows.ticket])
    return np.where(same, np.int8(ROLE["customer"]), role)


def _fields(
    source: _Source, cases: _Cases, told: _Told, stated: Mapping[str, Words]
) -> dict[str, Words]:
    """Return the fields that the events mention."""
    rows, of = cases.rows, told.of
    own, ticket, silent = ~told.before & ~told.taken, rows.ticket[of], np.int32(NONE)
    fields = {
        name: Words(np.where(told.first, words.codes[ticket], silent), words.words)
        for name, words in stated.items()
    }
    for name in STATES:
        words = rows.states[name]
        mentioned = _changes_of(words.codes, cases.segments)
        fields[name] = Words(np.where(own, mentioned[of], silent), words.words)
    if source.mapping.sla_met is not None:
        flags = _flag_changes(rows.within, cases.segments)
        fields[SLA] = Words(np.where(own, flags[of], NONE).astype(np.int32), (False, True))
    status = np.where(told.taken, silent, rows.status.codes[of])
    known, status[told.before] = with_word(rows.status.words, CREATED)
    fields["status"] = Words(status, known)
    return {name: each for name, each in fields.items() if (each.codes != NONE).any()}


def _changes_of(codes: Codes, segments: Segments) -> Codes:
    """Return what each row says of a field: `NONE` where it is as the row before has it."""
    same = codes == segments.before(codes, NONE)
    emptied = np.where(codes == NONE, np.int32(EMPTIED), codes)
    return np.where(same, np.int32(NONE), emptied)


def _flag_changes(flags: NDArray[np.int8], segments: Segments) -> NDArray[np.int8]:
    """Return the flags that differ from the latest one before; a row without one says nothing."""
    row = segments.before(segments.latest(flags != NONE), NONE)
    before = np.where(row == NONE, NONE, flags[row])
    return np.where(flags == before, np.int8(NONE), flags)


def _told(source: _Source, cases: _Cases, recorded: Mapping[str, Ints]) -> Told:
    mapping, words, rows = source.mapping, source.words, cases.rows
    said = rows.within != NONE
    ends = np.cumsum(cases.segments.counts(said))
    offsets = np.concatenate([np.zeros(1, np.int64), ends])
    log = EventLog(
        events=(),
        file=words.findings.file,
        form=mapping.name,
        title=mapping.title,
        rows=int(rows.row.size),
        fields=frozenset({*source.named, "status"}),
        columns=own_names(mapping, source.named),
        undated=frozenset(name for name in source.named if name not in DATED),
        findings=words.findings.all(),
        unknown={key[:2]: count for key, count in words.tally.unknown.items()},
        left_out=words.tally.left_out,
    )
    within = Lists(offsets, {"within": rows.within[said].astype(np.bool_)})
    return Told(log, recorded, within)
