"""Events while a payload is being read: drafts, put in order and numbered when all are known.

An order of input is never trusted: drafts of a ticket are ordered by their instant, then by the
source's own order where it has one, then by kind, so that a reply counts before the solution it
came with. A draft is made of parts that an adapter has checked, so the events are built without
the checks of their constructors; `tests/adapters/test_drafts.py` holds both ways equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from attrs import Factory, define

from support_model._frozen import draft_class
from support_model._time import EPOCH
from support_model._vocabulary import Priority, Status, frozen_fields
from support_model.events import (
    Changed,
    Created,
    Event,
    Message,
    Rated,
    RatingRequested,
    Related,
    Worked,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from support_model._vocabulary import Basis, Role

__all__ = ["By", "Drafts"]

CREATION, MESSAGE, CHANGE, RELATION, RATING, WORK, GONE = range(7)
"""What comes first within one instant and one place of the source's own order."""
REMEMBERED = 100_000
_TOLD_APART = frozenset({str, Status, Priority, type(None)})
Row: TypeAlias = "tuple[int, int, int, int, Event]"
Frozen: TypeAlias = "tuple[tuple[str, Any], ...]"
"""Fields as an event holds them: checked, sorted by name, frozen."""
_CREATED, _MESSAGE, _CHANGED, _RATED = map(draft_class, (Created, Message, Changed, Rated))
_RANKS = {Message: MESSAGE, Changed: CHANGE, Related: RELATION, Worked: WORK}
_number: Any = vars(Event)["seq"].__set__  # past the frozen class, without a look at its names


class By(NamedTuple):
    """Who did something, and what tells it."""

    role: Role
    actor: str | None = None
    source_id: str | None = None
    basis: Basis | None = None


@define
class Drafts:
    """The events of one reading before they are numbered.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.vocabulary import Status
        >>> at, ann = datetime(2026, 3, 2, 9, tzinfo=UTC), By("agent", "ann")
        >>> drafts = Drafts()
        >>> drafts.changed("T1", at, ann, fields={"status": Status("done", "solved")})
        >>> drafts.message("T1", at, ann, public=True)
        >>> drafts.created("T1", at, By("customer"), fields={"status": Status("new", "new")})
        >>> [(event.seq, event.type) for event in drafts.events()]
        [(1, 'created'), (2, 'message'), (3, 'changed')]
    """

    of: dict[str, list[Row]] = Factory(dict)
    _fields: dict[tuple[Any, ...], Frozen] = Factory(dict)
    _held: dict[int, Frozen] = Factory(dict)

    def created(
        self,
        ticket: str,
        at: datetime,
        by: By,
        *,
        fields: Mapping[str, Any] | Frozen,
        order: int = 0,
    ) -> None:
        """Add a creation; `at` is in UTC, fields that are None are left out."""
        draft = _CREATED()
        if not isinstance(fields, tuple):
            given = {name: value for name, value in fields.items() if value is not None}
            fields = frozen_fields(given)  # a requester, or tags, make most of them differ
        draft.fields = self._held[id(fields)] = fields
        self._add(draft, Created, ticket, at, by, order, CREATION)

    def message(
        self,
        ticket: str,
        at: datetime,
        by: By,
        *,
        public: bool,
        order: int = 0,
    ) -> None:
        """Add a message; `at` is in UTC."""
        draft = _MESSAGE()
        draft.public = public
        self._add(draft, Message, ticket, at, by, order, MESSAGE)

    def changed(
        self,
        ticket: str,
        at: datetime,
        by: By,
        *,
        fields: Mapping[str, Any] | Frozen,
        order: int = 0,
        until: datetime | None = None,
        rank: int = CHANGE,
    ) -> None:
        """Add a transaction; `at` and `until` are in UTC; one without fields is none."""
        if not fields and until is None:
            return
        draft = _CHANGED()
        if not isinstance(fields, tuple):
            fields = self._frozen(fields)
        draft.fields = self._held[id(fields)] = fields
        draft.until = until
        self._add(draft, Changed, ticket, at, by, order, rank)

    def rated(
        self,
        ticket: str,
        at: datetime,
        by: By,
        *,
        kind: str,
        score: float,
        scale: tuple[float, float],
        order: int = 0,
    ) -> None:
        """Add a rating; `at` is in UTC, and the score lies on its scale."""
        draft = _RATED()
        draft.kind, draft.score, draft.scale = kind, score, scale
        self._add(draft, Rated, ticket, at, by, order, RATING)

    def add(self, event: Event, *, order: int = 0) -> None:
        """Add an event of any kind, made by its constructor; its `seq` is replaced."""
        rank = RATING if isinstance(event, Rated | RatingRequested) else _RANKS.get(type(event), 0)
        if isinstance(event, Created | Changed):
            self._held[id(event.fields)] = event.fields
        rows = self.of.setdefault(event.ticket_id, [])
        rows.append((event.micros, order, rank, len(rows), event))

    def _add(
        self,
        draft: Any,  # noqa: ANN401 - of two classes in turn
        kind: type[Event],
        ticket: str,
        at: datetime,
        by: By,
        order: int,
        rank: int,
    ) -> None:
        draft.ticket_id, draft.at, draft.seq = ticket, at, None
        draft.role, draft.actor, draft.source_id, draft.basis = by
        since = at - EPOCH  # as `micros`, of what an adapter has put in UTC
        at_micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        draft._micros = at_micros  # noqa: SLF001 - what is derived of `at`
        draft.__class__ = kind
        rows = self.of.get(ticket)
        if rows is None:
            rows = self.of[ticket] = []
        rows.append((at_micros, order, rank, len(rows), draft))

    def _frozen(self, fields: Mapping[str, Any]) -> Frozen:
        """Return fields as an event holds them; most changes are one of a few."""
        if len(fields) == 1:
            for name, value in fields.items():
                if value.__class__ is Status:  # kept with it, so its id is of no other
                    return self._status(name, value, fields)
        for value in fields.values():
            if value.__class__ not in _TOLD_APART:  # 1 == True == 1.0, and a set has no hash
                return frozen_fields(fields)
        key = tuple(fields.items())
        frozen = self._fields.get(key)
        if frozen is None:
            frozen = frozen_fields(fields)
            if len(self._fields) < REMEMBERED:
                self._fields[key] = frozen
        return frozen

    def _status(self, name: str, value: Status, fields: Mapping[str, Any]) -> Frozen:
        """Return a status alone; a status is asked for its hash in Python."""
        key = name, id(value)
        frozen = self._fields.get(key)
        if frozen is None:
            frozen = frozen_fields(fields)
            if len(self._fields) < REMEMBERED:
                self._fields[key] = frozen
        return frozen

    def events(self) -> Iterator[Event]:
        """Yield the events of each ticket in order, numbered from 1; tickets by first sight."""
        for rows in self.of.values():
            rows.sort()
            for seq, row in enumerate(rows, 1):
                event = row[4]
                _number(event, seq)
                yield event

    def names(self) -> frozenset[str]:
        """Return the names of the fields that the events hold."""
        return frozenset({name for fields in self._held.values() for name, _ in fields})
