"""The events of many tickets as columns, sorted by ticket and each ticket's log in its order.

`RawEvents` are rows in the order given. `EventColumns.known_by` does for all tickets at once what
`support_model.events.ordered` does for one: it leaves out what is not known yet, sorts by (at,
seq) with ties in the order given, drops equal events, and finds the tickets whose rows are no log.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define, evolve

from support_model._columns.memory import room
from support_model._columns.segments import Segments
from support_model._columns.threads import in_threads, threads_for
from support_model._columns.values import (
    EMPTIED,
    NONE,
    NULL,
    Words,
    constant,
    is_constant,
    picked,
    taken,
)
from support_model._time import instant, micros, micros_of
from support_model._vocabulary import BASES, ROLES, is_custom
from support_model.errors import (
    DuplicateSequence,
    InconsistentLog,
    MissingCreation,
    MissingExtra,
    MixedSequence,
    RepeatedCreation,
)
from support_model.events import EVENTS

try:
    import pyarrow as pa
except ImportError:
    raise MissingExtra(extra="frames", needs="pyarrow") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.values import Codes, Column, Flags, Ints
    from support_model.events import Event

__all__ = [
    "INSTANTS",
    "NUMBERS",
    "OWN",
    "ROLE",
    "TEXTS",
    "TYPE",
    "TYPES",
    "EventColumns",
    "RawEvents",
    "raw_of_events",
]

TYPES = tuple(EVENTS)
"""The ten kinds of events, in the order of their codes."""
TYPE: Mapping[str, int] = MappingProxyType({name: code for code, name in enumerate(TYPES)})
ROLE: Mapping[str, int] = MappingProxyType({name: code for code, name in enumerate(ROLES)})
TEXTS = ("actor", "source_id", "kind", "other", "metric", "policy", "version")
NUMBERS = ("score", "low", "high")
INSTANTS = ("until", "due", "duration")
"""Parts in microseconds: two instants and a length."""
OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "changed": ("until",),
        "worked": ("duration",),
        "promised": ("metric", "due"),
        "rating_requested": ("kind",),
        "rated": ("kind", "score"),
        "related": ("kind", "other"),
        "policy_applied": ("policy", "version"),
    }
)
"""The parts that a kind of event has of its own."""


_ARRAYS = ("ticket", "at", "seq", "type", "role", "basis", "public")


@define(eq=False)
class RawEvents:
    """Rows of events in the order given; every row can be an event.

    Attributes:
        ids: Arrow text, the tickets in the order in which they appear.
        ticket: int32, the place of each row's ticket in `ids`.
        at: int64, in microseconds.
        seq: int64, or `NULL`.
        type: int8, a place in `TYPES`.
        role: int8, a place in `ROLES`.
        basis: int8, a place in `BASES`, or `NONE`.
        public: int8, 1 or 0; `NONE` where the event is no message.
        parts: the columns `TEXTS` (words), `NUMBERS` (float64) and `INSTANTS` (int64), each of
            them optional.
        fields: words for each field that any row mentions: `NONE` is not mentioned, `EMPTIED` is
            None. Statuses and priorities are words as values, sets are frozen sets.
    """

    ids: pa.Array
    ticket: Codes
    at: Ints
    seq: Ints
    type: NDArray[np.int8]
    role: NDArray[np.int8]
    basis: NDArray[np.int8]
    public: NDArray[np.int8]
    parts: Mapping[str, Column]
    fields: Mapping[str, Words]

    @property
    def size(self) -> int:
        """How many rows there are."""
        return int(self.at.size)

    def take(self, rows: NDArray[Any]) -> RawEvents:
        """Return some rows, by number or by flag; tickets stay as they are."""
        return RawEvents(
            self.ids,
            picked(self.ticket, rows),
            picked(self.at, rows),
            picked(self.seq, rows),
            picked(self.type, rows),
            picked(self.role, rows),
            picked(self.basis, rows),
            picked(self.public, rows),
            {name: taken(part, rows) for name, part in self.parts.items()},
            {name: words.take(rows) for name, words in self.fields.items()},
        )

    def cut(self, rows: slice) -> RawEvents:
        """Return a stretch of rows without copying them; tickets stay as they are."""
        own = ("ticket", "at", "seq", "type", "role", "basis", "public")
        parts: dict[str, Column] = {
            name: Words(part.codes[rows], part.words) if isinstance(part, Words) else part[rows]
            for name, part in self.parts.items()
        }
        return evolve(
            self,
            **{name: getattr(self, name)[rows] for name in own},
            parts=parts,
            fields={name: Words(f.codes[rows], f.words) for name, f in self.fields.items()},
        )

    def moved(self) -> RawEvents:
        """Return these rows, and keep none."""
        own = evolve(self, parts={**self.parts}, fields={**self.fields})
        for name in _ARRAYS:
            setattr(self, name, getattr(self, name)[:0].copy())
        self.parts, self.fields = {}, {}
        return own

    def keep(self, rows: NDArray[Any]) -> None:
        """Keep some rows, by number or by flag; a column is let go of when it is copied."""
        parts, fields = dict(self.parts), dict(self.fields)
        self.parts, self.fields = parts, fields

        def keep_own(name: str) -> None:
            setattr(self, name, _copied(getattr(self, name), rows))

        def keep_part(name: str) -> None:
            part = parts[name]
            parts[name] = _words_of(part, rows) if isinstance(part, Words) else _copied(part, rows)

        def keep_field(name: str) -> None:
            fields[name] = _words_of(fields[name], rows)

        work = [partial(keep_own, name) for name in _ARRAYS]
        work += [partial(keep_part, name) for name in parts]
        work += [partial(keep_field, name) for name in fields]
        for _ in in_threads(lambda do: do(), work, threads_for(self.size)):
            pass

    def event(self, row: int) -> Event:
        """Return one row as the event that it is."""
        kind = TYPES[int(self.type[row])]
        code = int(self.basis[row])
        seq = int(self.seq[row])
        given: dict[str, Any] = {
            "ticket_id": self.ids[int(self.ticket[row])].as_py(),
            "at": instant(int(self.at[row])),
            "role": ROLES[int(self.role[row])],
            "actor": self._part("actor", row),
            "seq": None if seq == NULL else seq,
            "source_id": self._part("source_id", row),
            "basis": None if code == NONE else BASES[code],
            **{name: self._part(name, row) for name in OWN.get(kind, ())},
        }
        if kind in ("created", "changed"):
            given["fields"] = self.fields_of(row)
        elif kind == "message":
            given["public"] = bool(self.public[row])
        elif kind == "rated":
            given["scale"] = (self._part("low", row), self._part("high", row))
        return EVENTS[kind](**given)

    def fields_of(self, row: int) -> dict[str, Any]:
        """Return the fields that a row mentions; None where one is emptied."""
        codes = {name: int(words.codes[row]) for name, words in self.fields.items()}
        return {
            name: None if code == EMPTIED else self.fields[name].words[code]
            for name, code in codes.items()
            if code != NONE
        }

    def _part(self, name: str, row: int) -> Any:  # noqa: ANN401 - what the part holds
        column = self.parts.get(name)
        if column is None:
            return None
        if isinstance(column, Words):
            return column.value(row)
        value = column[row].item()
        if name in NUMBERS:
            return value
        if value == NULL:
            return None
        return timedelta(microseconds=value) if name == "duration" else instant(value)


@define(eq=False)
class EventColumns:
    """The logs of many tickets, one after the other.

    Attributes:
        raw: the rows, sorted, with `raw.ids` the tickets in the order of their stretches.
        segments: the stretch of each ticket.
        problems: the tickets whose rows are no log, by place in `raw.ids`, each with its error.
    """

    raw: RawEvents
    segments: Segments
    problems: Mapping[int, InconsistentLog]

    @classmethod
    def known_by(cls, given: RawEvents, as_of: int, *, spent: bool = False) -> EventColumns:
        """Return the logs of the tickets that exist at an instant in microseconds.

        Args:
            given: the rows.
            as_of: later rows are left out.
            spent: whether the rows given may be lost, so that none is in memory twice.
        """
        raw = given.moved() if spent else evolve(given, parts={**given.parts})
        known = raw.at <= as_of
        if not known.all():
            _renumber(raw, np.flatnonzero(known))
        _take_equal_as_one(raw)
        order = _sort(raw)
        problems: dict[int, InconsistentLog] = {}
        kept = _once(raw, problems)
        if kept is not None:
            raw.keep(kept)
            order = kept if order is None else order[kept]
        segments = _segments(raw)
        _check(raw, segments, order, problems)
        return cls(raw, segments, problems)

    def must_be_sound(self, way: str) -> None:
        """Refuse a log of which some tickets' rows are no log.

        Args:
            way: what leaves such tickets out.

        Raises:
            InconsistentLog: the first problem, with how many tickets have one.
        """
        if self.problems:
            first = self.problems[min(self.problems)]
            some = f"{len(self.problems):,} of {self.segments.count:,} tickets"
            remedy = f"{first.remedy}; {some} are no log: {way} leaves them out"
            raise type(first)(first.event, first.problem, remedy)

    def sound(self) -> EventColumns:
        """Return the logs of the tickets that have one."""
        if not self.problems:
            return self
        good = np.ones(self.segments.count, np.bool_)
        good[list(self.problems)] = False
        return self.of_tickets(np.flatnonzero(good))

    def of_tickets(self, tickets: Ints) -> EventColumns:
        """Return the logs of some tickets, by place, in the order given."""
        starts, ends = self.segments.starts[:-1][tickets], self.segments.starts[1:][tickets]
        lengths = ends - starts
        begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        rows = np.arange(int(begins[-1])) + np.repeat(starts - begins[:-1], lengths)
        raw = self.raw.take(rows)
        raw.ids = raw.ids.take(pa.array(tickets))
        raw.ticket = np.repeat(np.arange(tickets.size, dtype=np.int32), lengths)
        problems = {
            place: self.problems[ticket]
            for place, ticket in enumerate(tickets.tolist())
            if ticket in self.problems
        }
        return EventColumns(raw, Segments(begins), problems)

    def stretch(self, begin: int, end: int) -> EventColumns:
        """Return the logs of the tickets from one place to another, without copying rows."""
        bounds = self.segments.starts[begin : end + 1]
        rows = slice(int(bounds[0]), int(bounds[-1]))
        raw = self.raw.cut(rows)
        raw.ids = raw.ids.slice(begin, end - begin)
        raw.ticket = raw.ticket - np.int32(begin)
        problems = {
            ticket - begin: problem
            for ticket, problem in self.problems.items()
            if begin <= ticket < end
        }
        return EventColumns(raw, Segments(bounds - bounds[0]), problems)

    def log(self, ticket: int) -> tuple[Event, ...]:
        """Return the log of one ticket, by place, as events."""
        start, end = self.segments.starts[ticket : ticket + 2].tolist()
        return tuple([self.raw.event(row) for row in range(start, end)])

    def logs(self) -> Iterator[tuple[Event, ...]]:
        """Yield the log of each ticket as events."""
        return (self.log(ticket) for ticket in range(self.segments.count))


def _words_of(words: Words, rows: NDArray[Any]) -> Words:
    return Words(_copied(words.codes, rows), words.words)


def _copied(column: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
    """Return some rows of a column, each of which there is, by number or by flag."""
    if is_constant(column) or rows.dtype == np.bool_:
        return picked(column, rows)
    found = room(rows.size, column.dtype)
    return np.take(column, rows, out=found, mode="clip")  # "raise" would fill a second one first


_NUMBERLIKE = {bool, int, float}


def _take_equal_as_one(raw: RawEvents) -> None:
    """Give values of fields that are equal one code: 1, 1.0 and True."""
    raw.fields = {
        name: words.regrouped(lambda word: word)
        if is_custom(name) and len(_NUMBERLIKE & {*map(type, words.words)}) > 1
        else words
        for name, words in raw.fields.items()
    }


def _renumber(raw: RawEvents, rows: Ints) -> None:
    """Keep some rows, their tickets in the order in which they appear among them."""
    raw.keep(rows)
    first = np.full(len(raw.ids), raw.size, np.int64)
    first[raw.ticket[::-1]] = np.arange(raw.size - 1, -1, -1)
    present = np.flatnonzero(first < raw.size)
    present = present[np.argsort(first[present], kind="stable")]
    table = np.full(len(raw.ids), NONE, np.int32)
    table[present] = np.arange(present.size, dtype=np.int32)
    raw.ids, raw.ticket = raw.ids.take(pa.array(present)), table[raw.ticket]


def _sort(raw: RawEvents) -> Ints | None:
    """Sort rows by ticket, at, seq and place; return where they were, None if in this order.

    Most logs are in order of time, so that once sorted by ticket few tickets are out of place.
    """
    if not raw.size:
        return None
    order = None
    if (raw.ticket[1:] < raw.ticket[:-1]).any():
        order, tickets = _by_ticket(raw.ticket)
        raw.ticket = constant(0, np.int32, raw.size)
        raw.keep(order)
        raw.ticket = tickets
    ticket, at, seq = raw.ticket, raw.at, raw.seq
    falls = _falls(raw)
    if not falls.any():
        return order
    unsorted = np.zeros(len(raw.ids), np.bool_)
    unsorted[ticket[1:][falls]] = True
    rows = np.flatnonzero(unsorted[ticket])
    again = np.arange(raw.size)
    again[rows] = rows[np.lexsort((seq[rows], at[rows], ticket[rows]))]
    raw.keep(again)
    return again if order is None else order[again]


def _falls(raw: RawEvents) -> Flags:
    """Return where an event lies before the one in front of it."""
    ticket, at, seq = raw.ticket, raw.at, raw.seq
    falls = at[1:] < at[:-1]
    if not is_constant(seq):
        falls |= (at[1:] == at[:-1]) & (seq[1:] < seq[:-1])
    falls &= ticket[1:] == ticket[:-1]
    return falls


def _by_ticket(ticket: Codes) -> tuple[Ints, Codes]:
    """Return a stable order by ticket, and tickets in it: a sort of packed integers in place."""
    packed = room(ticket.size, np.int64)
    np.left_shift(ticket, 32, out=packed, dtype=np.int64)
    for first in range(0, packed.size, _BLOCK):
        some = packed[first : first + _BLOCK]
        some += np.arange(first, first + some.size)
    packed.sort()
    sorted_tickets = room(ticket.size, np.int32)
    for first in range(0, packed.size, _BLOCK):
        some = packed[first : first + _BLOCK]
        sorted_tickets[first : first + _BLOCK] = some >> 32
        some &= 0xFFFFFFFF
    return packed, sorted_tickets


_BLOCK = 1 << 18
"""Rows whose numbers are made at a time, in memory that is in the cache."""


def _segments(raw: RawEvents) -> Segments:
    """Return the stretch of each ticket of sorted rows, of which each has some."""
    starts = np.flatnonzero(raw.ticket[1:] != raw.ticket[:-1])
    starts += 1
    first = np.zeros(min(1, raw.size), np.int64)
    return Segments(np.concatenate([first, starts, np.array([raw.size], np.int64)]))


_MIX = np.uint64(0x9E3779B97F4A7C15)


def _once(raw: RawEvents, problems: dict[int, InconsistentLog]) -> Ints | None:
    """Return the rows without repetitions; None where there are none."""
    ticket, at, seq = raw.ticket, raw.at, raw.seq
    tied = (ticket[1:] == ticket[:-1]) & (at[1:] == at[:-1])
    if not is_constant(seq):
        tied &= seq[1:] == seq[:-1]
    if not tied.any():
        return None
    either = np.append(tied, False)
    either[1:] |= tied
    rows = np.flatnonzero(either)
    place = np.cumsum(np.append(True, ~tied))[rows]
    mixed = _mixed(raw, rows, place)
    order = np.lexsort((rows, mixed))
    alike = mixed[order][1:] == mixed[order][:-1]
    dropped = _repeated(raw, rows[order], alike)
    numbered = rows[(seq[rows] != NULL) & ~np.isin(rows, dropped)]
    again = (np.diff(np.cumsum(np.append(True, ~tied))[numbered]) == 0).nonzero()[0] + 1
    for row in numbered[again].tolist():
        problem = "another event at the same instant and seq"
        error = DuplicateSequence(raw.event(row), problem, "renumber")
        problems.setdefault(int(ticket[row]), error)
    if not dropped.size:
        return None
    kept = np.ones(raw.size, np.bool_)
    kept[dropped] = False
    return np.flatnonzero(kept)


def _mixed(raw: RawEvents, rows: Ints, place: Ints) -> NDArray[np.uint64]:
    """Return a hash of some rows: equal where they are equal events of one place."""
    mixed = place.astype(np.uint64)
    for column in _all_columns(raw):
        part = picked(column.codes if isinstance(column, Words) else column, rows)
        if part.dtype == np.float64:
            part = (part + 0.0).view(np.int64)  # one zero
        with np.errstate(over="ignore"):
            mixed = (mixed ^ part.astype(np.int64).view(np.uint64)) * _MIX
            mixed ^= mixed >> np.uint64(29)
    return mixed


def _all_columns(raw: RawEvents) -> list[Column]:
    own: list[Column] = [raw.type, raw.role, raw.basis, raw.public]
    return [*own, *raw.parts.values(), *raw.fields.values()]


def _repeated(raw: RawEvents, order: Ints, alike: Flags) -> Ints:
    """Return the rows that equal an earlier one; of those of one hash, the events decide."""
    dropped: list[int] = []
    first = 0
    for place in (np.flatnonzero(alike) + 1).tolist():
        if not (place >= 2 and alike[place - 2] and first < place):
            first = place - 1
        earlier = [int(row) for row in order[first:place]]
        event = raw.event(int(order[place]))
        if any(raw.event(row) == event for row in earlier):
            dropped.append(int(order[place]))
    return np.array(sorted(dropped), np.int64)


def _check(
    raw: RawEvents, segments: Segments, order: Ints | None, problems: dict[int, InconsistentLog]
) -> None:
    """Find the tickets that are numbered in part, or do not begin with their one creation."""
    tickets, starts = np.arange(segments.count), segments.starts
    created, numbered = raw.type == TYPE["created"], raw.seq != NULL
    begun = created[starts[:-1]] if raw.size else np.zeros(0, np.bool_)
    alike = numbered.all() or not numbered.any()
    if alike and begun.all() and np.count_nonzero(created) == segments.count:
        return  # as nearly every log
    creations, counted = segments.counts(created), segments.counts(numbered)
    mixed = (counted > 0) & (counted < np.diff(starts))
    for ticket in tickets[mixed].tolist():
        problems[ticket] = _numbered_in_part(raw, order, *starts[ticket : ticket + 2].tolist())
    for ticket in tickets[~begun & ~mixed].tolist():
        some = bool(creations[ticket])
        problem = "an event before the ticket was created" if some else "no creation"
        event = raw.event(int(starts[ticket]))
        problems.setdefault(ticket, MissingCreation(event, problem, "a log begins with Created"))
    for ticket in tickets[begun & ~mixed & (creations > 1)].tolist():
        start, end = starts[ticket : ticket + 2].tolist()
        event = raw.event(start + int(np.flatnonzero(created[start:end])[1]))
        problem, remedy = "a second creation", "a ticket is created once"
        problems.setdefault(ticket, RepeatedCreation(event, problem, remedy))


def _numbered_in_part(raw: RawEvents, order: Ints | None, start: int, end: int) -> InconsistentLog:
    """Name the first event given that is numbered otherwise than the one given first."""
    given = np.arange(start, end) if order is None else start + np.argsort(order[start:end])
    unnumbered = raw.seq[given] == NULL
    event = raw.event(int(given[(unnumbered != unnumbered[0]).argmax()]))
    return MixedSequence(event, "a sequence number on some events only", "on all or none")


def raw_of_events(events: Iterable[Event]) -> RawEvents:
    """Return events as rows, in the order given."""
    rows = list(events)
    places: dict[str, int] = {}
    ticket = [places.setdefault(event.ticket_id, len(places)) for event in rows]
    return RawEvents(
        pa.array(list(places), pa.string()),
        np.array(ticket, np.int32),
        np.array([event.micros for event in rows], np.int64),
        np.array([NULL if event.seq is None else event.seq for event in rows], np.int64),
        np.array([TYPE[event.type] for event in rows], np.int8),
        np.array([ROLE[event.role] for event in rows], np.int8),
        np.array([NONE if e.basis is None else BASES.index(e.basis) for e in rows], np.int8),
        np.array([int(getattr(event, "public", NONE)) for event in rows], np.int8),
        _parts(rows),
        _field_words(rows),
    )


def _parts(rows: Sequence[Event]) -> dict[str, Column]:
    scales = [getattr(event, "scale", (None, None)) for event in rows]
    return {
        **{name: _words(rows, name) for name in TEXTS},
        "score": _floats([getattr(event, "score", None) for event in rows]),
        "low": _floats([low for low, _ in scales]),
        "high": _floats([high for _, high in scales]),
        **{name: _micros(rows, name) for name in INSTANTS},
    }


def _coded(values: Sequence[object], nothing: Mapping[object, int]) -> Words:
    """Return values as words; those of `nothing` have its codes."""
    places: dict[tuple[type, object], int] = {}
    codes = [
        nothing[value]
        if value is None or value is _UNSAID
        else places.setdefault((value.__class__, value), len(places))  # 1 is not True here
        for value in values
    ]
    return Words(np.array(codes, np.int32), tuple(value for _, value in places))


_UNSAID = object()
_WORD: Mapping[object, int] = {None: NONE}
_FIELD: Mapping[object, int] = {None: EMPTIED, _UNSAID: NONE}


def _words(rows: Sequence[Event], name: str) -> Words:
    return _coded([getattr(event, name, None) for event in rows], _WORD)


def _floats(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _micros(rows: Sequence[Event], name: str) -> Ints:
    count: Callable[[Any], int] = micros_of if name == "duration" else micros
    values = (getattr(event, name, None) for event in rows)
    return np.array([NULL if value is None else count(value) for value in values], np.int64)


def _field_words(rows: Sequence[Event]) -> dict[str, Words]:
    fields = [dict(getattr(event, "fields", ())) for event in rows]
    names = sorted({name for given in fields for name in given})
    return {name: _coded([given.get(name, _UNSAID) for given in fields], _FIELD) for name in names}
