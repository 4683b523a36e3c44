"""Events of many tickets in little room: their parts in columns, made when asked for.

An event as a value takes some 250 bytes, its parts in columns 60: instants and numbers stand side
by side, and texts and fields that a reader shares are one object. An event with a part that most
have not is kept as it is.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import chain, islice, pairwise
from operator import eq, lt
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, TypeVar, overload

from attrs import Factory, define

from support_model._event_drafts import plain_event
from support_model._time import EPOCH, instant
from support_model._vocabulary import ROLES
from support_model.events import Acknowledged, Changed, Created, Event, Message

if TYPE_CHECKING:
    from datetime import datetime

    from support_model._event_drafts import PlainParts
    from support_model._vocabulary import Role

__all__ = ["PackedColumns", "PackedEvents", "ends_of", "of_kind", "told_fields"]

E = TypeVar("E", bound=Event)
Fields: TypeAlias = "tuple[tuple[str, Any], ...]"
_WHATS: Mapping[type[Event], str] = {
    Created: "fields",
    Changed: "fields",
    Message: "public",
    Acknowledged: "type",
}
"""The part that an event of a kind has of its own; what has none says nothing by its type."""
_SORTS: Sequence[tuple[type[Event], Role]] = [(kind, role) for kind in _WHATS for role in ROLES]
_CODES: Mapping[tuple[type[Event], Role], int] = {
    sort: code for code, sort in enumerate(_SORTS, start=1)
}
"""What stands for a kind and a role; 0 for an event that is kept as it is."""
_CREATIONS = len(ROLES)
"""The last code of a creation, which come first."""
_NO_SEQ = -(1 << 63)


@define(eq=False)
class PackedColumns:
    """The parts of events, row by row; of which ticket a row is, is told elsewhere.

    Attributes:
        stamps: the instants in microseconds.
        codes: what kind and role they have.
        seqs: their numbers.
        actors: who acted.
        sources: what they were made of.
        whats: the fields, or whether a message is public; an event that is kept as it is.
    """

    stamps: array[int] = Factory(lambda: array("q"))
    codes: array[int] = Factory(lambda: array("B"))
    seqs: array[int] = Factory(lambda: array("q"))
    actors: list[str | None] = Factory(list)
    sources: list[str | None] = Factory(list)
    whats: list[Any] = Factory(list)

    def add(self, event: Event) -> None:
        """Add an event; it is not kept itself, but for one with a part that most have not."""
        kind, seq = event.__class__, event.seq
        code = _CODES.get((kind, event.role), 0)
        usual = event.basis is None and getattr(event, "until", None) is None
        if not code or not usual or not (seq is None or _NO_SEQ < seq < -_NO_SEQ):
            self._add(0, event.micros, None, None, None, event)
        else:
            own = getattr(event, _WHATS[kind])
            self._add(code, event.micros, seq, event.actor, event.source_id, own)

    def add_parts(self, parts: PlainParts) -> None:
        """Add the event of some parts."""
        kind, _, _, micros, role, actor, seq, source, what = parts
        self._add(_CODES[kind, role], micros, seq, actor, source, what)

    def _add(
        self,
        code: int,
        micros: int,
        seq: int | None,
        actor: str | None,
        source: str | None,
        what: Any,  # noqa: ANN401 - of the kind
    ) -> None:
        self.codes.append(code)
        self.stamps.append(micros)
        self.seqs.append(_NO_SEQ if seq is None else seq)
        self.actors.append(actor)
        self.sources.append(source)
        self.whats.append(what)

    def events(self, ticket_id: str, rows: Iterable[int]) -> list[Event]:
        """Return the events of some rows of a ticket."""
        codes, stamps, seqs = self.codes, self.stamps, self.seqs
        actors, sources, whats = self.actors, self.sources, self.whats
        made: list[Event] = []
        for row in rows:
            code, what = codes[row], whats[row]
            if not code:
                made.append(what)
                continue
            kind, role = _SORTS[code - 1]
            micros, seq = stamps[row], seqs[row]
            at, number = EPOCH + timedelta(0, 0, micros), None if seq == _NO_SEQ else seq
            parts = (kind, ticket_id, at, micros, role, actors[row], number, sources[row], what)
            made.append(plain_event(parts))
        return made

    def numbered(self, row: int) -> bool:
        """Return whether the event of a row has a number."""
        return (self.seqs[row] != _NO_SEQ) if self.codes[row] else self.whats[row].seq is not None

    def surely_ordered(self, rows: Sequence[int]) -> bool:
        """Return whether rows of a ticket are its log at first sight: a creation, then later ones.

        False also of a log that takes more than instants and numbers to tell.
        """
        first, *later = (self.codes[row] for row in rows)
        if not 0 < first <= _CREATIONS or (later and min(later) <= _CREATIONS):
            return False
        stamps, seqs = [self.stamps[row] for row in rows], [self.seqs[row] for row in rows]
        if _NO_SEQ not in seqs:
            places = [*zip(stamps, seqs, strict=True)]
            return all(map(lt, places, islice(places, 1, None)))
        alike = seqs.count(_NO_SEQ) == len(seqs)
        return alike and all(map(lt, stamps, islice(stamps, 1, None)))


@define(eq=False, repr=False)
class PackedEvents(Sequence[Event]):
    """Events of whole logs, ticket by ticket, made when asked for; equal to a tuple of the same.

    Attributes:
        columns: what they are made of, which nobody writes any more.
        tickets: the ids of the tickets.
        offsets: where the rows of each ticket begin, and last their number.
        rows: the rows of each ticket in the order of its log.
    """

    columns: PackedColumns
    tickets: tuple[str, ...]
    offsets: array[int]
    rows: array[int]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: SupportsIndex) -> Event: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Event, ...]: ...
    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return tuple([self[each] for each in range(len(self))[place]])
        nth = range(len(self))[place]
        ticket = bisect_right(self.offsets, nth) - 1
        return self.columns.events(self.tickets[ticket], [self.rows[nth]])[0]

    def __iter__(self) -> Iterator[Event]:
        return chain.from_iterable(map(self.log, range(len(self.tickets))))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, tuple | PackedEvents):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"<{len(self)} events of {len(self.tickets)} tickets>"

    def of_kind(self, kind: type[E]) -> Iterator[E]:
        """Yield the events of a kind."""
        codes, whats = self.columns.codes, self.columns.whats
        wanted = {code for sort, code in _CODES.items() if sort[0] is kind}
        for ticket, rows in self._each():
            some = [
                row
                for row in rows
                if codes[row] in wanted or (not codes[row] and isinstance(whats[row], kind))
            ]
            yield from self.columns.events(ticket, some)  # type: ignore[misc] # of the kind

    def fields(self) -> Iterator[Fields]:
        """Yield the fields of each creation and change."""
        whats = self.columns.whats
        for row in self.rows:
            what = whats[row]
            if what.__class__ is tuple:
                yield what
            elif isinstance(what, Created | Changed):
                yield what.fields

    def logs(self) -> Mapping[str, tuple[Event, ...]]:
        """Return the log of each ticket; its events are made whenever it is asked for."""
        return _Logs(self, {ticket: place for place, ticket in enumerate(self.tickets)})

    def log(self, place: int) -> tuple[Event, ...]:
        """Return the log of the ticket at a place."""
        rows = self.rows[self.offsets[place] : self.offsets[place + 1]]
        return tuple(self.columns.events(self.tickets[place], rows))

    def _each(self) -> Iterator[tuple[str, array[int]]]:
        for ticket, (start, end) in zip(self.tickets, pairwise(self.offsets), strict=True):
            yield ticket, self.rows[start:end]


@define(eq=False)
class _Logs(Mapping[str, tuple[Event, ...]]):
    """The logs of tickets."""

    events: PackedEvents
    places: dict[str, int]

    def __getitem__(self, ticket: str) -> tuple[Event, ...]:
        return self.events.log(self.places[ticket])

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


def ends_of(events: Sequence[Event]) -> tuple[datetime, datetime] | None:
    """Return the first and the last instant of events; None without any."""
    if not events:
        return None
    if isinstance(events, PackedEvents):
        stamp = events.columns.stamps.__getitem__
        return instant(min(map(stamp, events.rows))), instant(max(map(stamp, events.rows)))
    stamps = [event.at for event in events]
    return min(stamps), max(stamps)


def told_fields(events: Sequence[Event]) -> Iterator[Fields]:
    """Yield the fields of each creation and change."""
    if isinstance(events, PackedEvents):
        yield from events.fields()
    else:
        yield from (event.fields for event in events if isinstance(event, Created | Changed))


def of_kind(events: Sequence[Event], kind: type[E]) -> Iterator[E]:
    """Yield the events of a kind; of packed ones no others are made."""
    if isinstance(events, PackedEvents):
        yield from events.of_kind(kind)
    else:
        yield from (event for event in events if isinstance(event, kind))
