"""Events of parts that were checked already: the checks of their classes are not run again.

A reader that has looked at every part of a row, by the rules of `support_model.events`, begins an
event here, writes what its kind has of its own, and ends it. Of the four kinds that most are, an
event is made of all its parts at once. A law of the tests holds what readers make so to what the
classes make of the same parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from support_model._frozen import draft_class
from support_model._time import EPOCH
from support_model.events import EVENTS, Acknowledged, Changed, Event, Message

if TYPE_CHECKING:
    from datetime import datetime

    from support_model._vocabulary import Basis, Role

__all__ = ["PlainParts", "begun_event", "ended_event", "plain_event"]

E = TypeVar("E", bound=Event)
_DRAFTS = {kind: draft_class(kind) for kind in EVENTS.values()}


PlainParts: TypeAlias = (
    "tuple[type[Event], str, datetime, int, Role, str | None, int | None, str | None, Any]"
)
"""The kind (created, changed, message, acknowledged), ticket, instant, the same in microseconds,
role, actor, number and source of an event, and its fields or whether it is public."""


def plain_event(parts: PlainParts) -> Event:
    """Return the event of some parts; it has no basis, and a change no end."""
    kind, ticket_id, at, micros, role, actor, seq, source_id, what = parts
    draft = _DRAFTS[kind]()
    draft.ticket_id, draft.at, draft.role, draft.actor = ticket_id, at, role, actor
    draft.seq, draft.source_id, draft.basis = seq, source_id, None
    draft._micros = micros  # noqa: SLF001 - what the class derives of `at`
    if kind is Message:
        draft.public = what
    elif kind is not Acknowledged:
        draft.fields = what
        if kind is Changed:
            draft.until = None
    return ended_event(draft, kind)


def begun_event(
    kind: type[Event],
    ticket_id: str,
    at: datetime,
    role: Role,
    actor: str | None,
    seq: int | None = None,
    source_id: str | None = None,
    basis: Basis | None = None,
) -> Any:  # noqa: ANN401 - it becomes an event of the kind
    """Return an event whose own parts can still be written; `at` is in UTC."""
    draft = _DRAFTS[kind]()
    delta = at - EPOCH
    draft.ticket_id, draft.at, draft.role, draft.actor = ticket_id, at, role, actor
    draft.seq, draft.source_id, draft.basis = seq, source_id, basis
    micros = (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
    draft._micros = micros  # noqa: SLF001 - what the class derives of `at`
    return draft


def ended_event(draft: Any, kind: type[E]) -> E:  # noqa: ANN401 - of `begun_event`
    """Return a written event as a value."""
    draft.__class__ = kind
    made: E = draft
    return made
