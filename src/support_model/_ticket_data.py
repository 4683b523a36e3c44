"""Events and tickets as plain data: the tables of their keys, nothing lost.

Statuses and priorities are mappings, sets are lists, instants ISO text with their zone,
durations text such as "1h30m". What is absent is left out. What a ticket's field may hold is
left to the events, which check it wherever it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from support_model._records import (
    ANY_TEXT,
    CAUGHT,
    FLAG,
    LENGTH,
    NULL,
    POSITIVE,
    TEXT,
    WHOLE,
    Fault,
    Record,
    Shape,
    const,
    either,
    free,
    leaf,
    list_of,
    one_of,
    optional,
    read,
    required,
    row_of,
    table_of,
    tagged,
    within,
    write,
)
from support_model._vocabulary import (
    BASES,
    CATEGORIES,
    FACTS,
    FIELDS,
    MOVES,
    RELATIONS,
    ROLES,
    Priority,
    Status,
    frozen_fields,
    is_custom,
    unknown_field,
    utc,
)
from support_model.errors import InvalidEvent, nearest
from support_model.events import EVENTS, Promised
from support_model.tickets import Ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from support_model._records import Data, Defs, Field, Given
    from support_model.events import Event

__all__ = [
    "EVENT",
    "STATUS",
    "TICKET",
    "TICKET_FIELDS",
    "event_from_data",
    "event_to_data",
    "set_and_emptied",
    "ticket_from_data",
    "ticket_to_data",
]

STATUS = Record(
    Status, required("name", TEXT), required("category", one_of(CATEGORIES)), definition="status"
)
PRIORITY = Record(
    Priority, required("name", TEXT), required("rank", POSITIVE), definition="priority"
)


def _read_instant(text: Data, _: Given) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Fault(text, "not an instant", "write 2026-03-02T09:00:00+00:00") from None


def _write_instant(at: datetime, _: Given) -> str:
    return at.isoformat()


AT = Shape(
    ("string",),
    lambda _: {"type": "string", "description": "ISO 8601 with an offset"},
    _read_instant,
    _write_instant,
)
DUE = either(AT, NULL, pick=lambda due: due is None)
MARKED = Record(
    datetime,
    required("instant", AT),
    make=lambda instant: instant,
    parts=lambda at: {"instant": at},
)
"""An instant of a custom field says what it is, since text may look like one."""
_WORDS = list_of(ANY_TEXT)
_CUSTOM = either(ANY_TEXT, leaf("number"), FLAG, _WORDS, MARKED, NULL)
_OF_FIELD = {
    "status": STATUS,
    "priority": either(PRIORITY, NULL),
    "number": either(WHOLE, NULL),
    "words": either(_WORDS, NULL),
    "text": either(ANY_TEXT, NULL),
}


def _fields_schema(defs: Defs) -> Defs:
    return {
        "type": "object",
        "properties": {name: _OF_FIELD[kind].described(defs) for name, kind in FIELDS.items()},
        "patternProperties": {r"^custom\..": _CUSTOM.described(defs)},
        "additionalProperties": False,
        "description": "besides these any custom.<name>",
    }


def _read_fields(data: Data, given: Given) -> dict[str, Any]:
    """Return fields by name; whoever takes them checks the values."""
    if not isinstance(data, Mapping):
        raise Fault(data, "not a table of keys")
    fields = {}
    for name, value in data.items():
        kind = FIELDS.get(name)
        if kind is None and not is_custom(name):
            error = unknown_field(name)
            raise Fault(name, error.problem, error.remedy)
        if isinstance(value, Mapping):
            shape = {None: MARKED, "status": STATUS, "priority": PRIORITY}.get(kind)
            if shape is not None:
                try:
                    value = shape.read(value, given)  # noqa: PLW2901 - read where it stands
                except CAUGHT as error:
                    raise within(error, value, name) from None
        fields[name] = value
    return fields


def _field(value: Any) -> Data:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, Status):
        return {"name": value.name, "category": value.category}
    if isinstance(value, Priority):
        return {"name": value.name, "rank": value.rank}
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    return sorted(value) if isinstance(value, frozenset) else value


def _write_fields(fields: Data, _: Given) -> Data:
    return {name: _field(value) for name, value in dict(fields).items()}


TICKET_FIELDS = Shape(
    ("object",), _fields_schema, _read_fields, _write_fields, definition="fields"
)
"""Fields of a ticket by name."""


def set_and_emptied(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[str] | None]:
    """Return the fields that get a value, and the names of those that are emptied, if any."""
    given = {name: value for name, value in fields.items() if value is not None}
    return given, [name for name, value in fields.items() if value is None] or None


_CHECKED_TEXT = free(type="string", minLength=1)
"""Text that the event itself checks."""
_PERHAPS_TEXT = free(type=["string", "null"], minLength=1)
_SHARED = (
    required("ticket_id", _CHECKED_TEXT),
    required("at", AT),
    required("role", free(enum=list(ROLES))),
    optional("actor", _PERHAPS_TEXT),
    optional("seq", free(type=["integer", "null"])),
    optional("source_id", _PERHAPS_TEXT),
    optional("basis", free(enum=[*BASES, None])),
)
_NUMBER = leaf("number")
_OWN: Mapping[str, tuple[Field, ...]] = {
    "created": (required("fields", TICKET_FIELDS),),
    "message": (required("public", free(type="boolean")),),
    "changed": (optional("fields", TICKET_FIELDS), optional("until", AT)),
    "acknowledged": (),
    "worked": (required("duration", LENGTH),),
    "promised": (required("metric", _CHECKED_TEXT), optional("due", DUE)),
    "rating_requested": (required("kind", _CHECKED_TEXT),),
    "rated": (
        required("kind", _CHECKED_TEXT),
        required("score", _NUMBER),
        required("scale", list_of(_NUMBER, 2, 2)),
    ),
    "related": (
        required("kind", free(enum=list(RELATIONS))),
        required("other", _CHECKED_TEXT),
    ),
    "policy_applied": (required("policy", _CHECKED_TEXT), required("version", _CHECKED_TEXT)),
}


def _promised(due: datetime | None = None, **parts: Data) -> Promised:
    return Promised(due=due, **parts)


EVENT = tagged(
    "type",
    {
        name: Record(
            made,
            required("type", const(name), None),
            *_SHARED,
            *_OWN[name],
            make=_promised if made is Promised else made,
        )
        for name, made in EVENTS.items()
    },
)


def _read_utc(text: Data, given: Given) -> datetime:
    return utc(_read_instant(text, given))


def _known_facts(times: dict[str, int]) -> dict[str, int]:
    for name in times:
        if name not in FACTS:
            raise InvalidEvent(name, "unknown fact", nearest(name, FACTS))
    return times


def _known_moves(known: dict[str, Any]) -> dict[str, Any]:
    if not known.keys() <= {*MOVES} or None in known.values():
        raise InvalidEvent(known, "what never moves")
    return dict(frozen_fields(known))


def _held(fields: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(fields.get("status"), Status):
        raise InvalidEvent(fields, "a ticket in no status", "give its status")
    return dict(frozen_fields(fields))


def _ticket(**parts: Data) -> Ticket:
    absent = dict.fromkeys(("seq", "pending_until", "waiting_since", "policy"))
    empty: dict[str, Any] = {"times": {}, "known": {}, "relations": (), "promises": ()}
    return Ticket(**{**absent, **empty, **parts})


def _ticket_parts(ticket: Ticket) -> dict[str, Any]:
    """Return what is there of a ticket."""
    parts = {name: getattr(ticket, name) for name in _PARTS}
    return {**parts, **{name: parts[name] or None for name in _SEVERAL}}


_PARTS = tuple(part.name for part in attrs.fields(Ticket))
_SEVERAL = ("times", "known", "relations", "promises")


def _made_here(shape: Shape, out: Callable[[Data], Data] = lambda value: value) -> Shape:
    """Return a shape that writes unchecked: a ticket is made by no one but its events."""
    return attrs.evolve(shape, write=lambda value, _: out(value))


HELD_FIELDS = Shape(
    ("object",),
    TICKET_FIELDS.described,
    lambda data, given: _held(_read_fields(data, given)),
    _write_fields,
)
MOVED = either(ANY_TEXT, WHOLE)
UTC = Shape(AT.kinds, AT.schema, _read_utc, _write_instant)
TICKET = Record(
    Ticket,
    required("id", _made_here(TEXT)),
    required("version", _made_here(POSITIVE)),
    required("at", UTC),
    optional("seq", _made_here(WHOLE)),
    required("created_at", UTC),
    required("created_by", _made_here(one_of(ROLES))),
    required("status_since", UTC),
    optional("pending_until", UTC),
    optional("waiting_since", UTC),
    optional("policy", row_of(TEXT, ANY_TEXT)),
    required("fields", HELD_FIELDS),
    optional("times", _made_here(table_of(POSITIVE, into=_known_facts), dict)),
    optional("known", _made_here(table_of(MOVED, into=_known_moves), dict)),
    optional("relations", list_of(row_of(one_of(RELATIONS), TEXT))),
    optional("promises", list_of(row_of(TEXT, UTC))),
    make=_ticket,
    parts=_ticket_parts,
)


def event_to_data(event: Event) -> dict[str, Any]:
    """Return an event as a dict of JSON types, its kind under `type`.

    Example:
        >>> from datetime import UTC
        >>> from support_model.events import Message
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> event_to_data(Message(ticket_id="T1", at=at, role="agent", public=True))["type"]
        'message'
    """
    return write(EVENT, event, "event")


def event_from_data(data: object, path: str = "event") -> Event:
    """Return the event that `event_to_data` wrote; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable; with the path to it.
    """
    return read(EVENT, data, path)


def ticket_to_data(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as a dict of JSON types."""
    return write(TICKET, ticket, "ticket")


def ticket_from_data(data: object, path: str = "ticket") -> Ticket:
    """Return the ticket that `ticket_to_data` wrote; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable; with the path to it.
    """
    return read(TICKET, data, path)
