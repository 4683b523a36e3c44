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

from support_model import _records as doc
from support_model._time import utc
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
)
from support_model.errors import InvalidEvent, nearest
from support_model.events import EVENTS, Promised, must_be_event
from support_model.tickets import Ticket

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from support_model.events import Event

__all__ = [
    "EVENT",
    "PRIORITY",
    "STATUS",
    "TICKET_FIELDS",
    "event_from_data",
    "event_to_data",
    "set_and_emptied",
    "ticket_from_data",
    "ticket_to_data",
]


STATUS = doc.Record(
    Status,
    doc.required("name", doc.TEXT),
    doc.required("category", doc.one_of(CATEGORIES)),
    definition="status",
)
PRIORITY = doc.Record(
    Priority,
    doc.required("name", doc.TEXT),
    doc.required("rank", doc.POSITIVE),
    definition="priority",
)


def _read_instant(text: doc.Data, _: doc.Given) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise doc.Fault(text, "not an instant", "write 2026-03-02T09:00:00+00:00") from None


def _write_instant(at: datetime, _: doc.Given) -> str:
    return at.isoformat()


AT = doc.Shape(
    ("string",),
    lambda _: {"type": "string", "description": "ISO 8601 with an offset"},
    _read_instant,
    _write_instant,
)
DUE = doc.nullable(AT)
MARKED = doc.Record(
    datetime,
    doc.required("instant", AT),
    make=lambda instant: instant,
    parts=lambda at: {"instant": at},
)
"""An instant of a custom field says what it is, since text may look like one."""
_WORDS = doc.list_of(doc.ANY_TEXT)
_CUSTOM = doc.either(doc.ANY_TEXT, doc.leaf("number"), doc.FLAG, _WORDS, MARKED, doc.NULL)
_OF_FIELD = {
    "status": STATUS,
    "priority": doc.either(
        PRIORITY,
        doc.leaf("string", minLength=1, description="the name of one that the desk lists"),
        doc.NULL,
    ),
    "number": doc.either(doc.WHOLE, doc.NULL),
    "words": doc.either(_WORDS, doc.NULL),
    "text": doc.either(doc.ANY_TEXT, doc.NULL),
}


def _fields_schema(defs: doc.Defs) -> doc.Defs:
    return {
        "type": "object",
        "properties": {name: _OF_FIELD[kind].described(defs) for name, kind in FIELDS.items()},
        "patternProperties": {r"^custom\..": _CUSTOM.described(defs)},
        "additionalProperties": False,
        "description": "besides these any custom.<name>",
    }


def _read_fields(data: doc.Data, given: doc.Given) -> dict[str, Any]:
    """Return fields by name, their values not checked yet."""
    if not isinstance(data, Mapping):
        raise doc.Fault(data, "not a table of keys")
    fields = {}
    for name, value in data.items():
        kind = FIELDS.get(name)
        if kind is None and not is_custom(name):
            error = unknown_field(name)
            raise doc.Fault(name, error.problem, error.remedy)
        if kind == "priority":
            value = doc.at(name, _read_priority, value, given)  # noqa: PLW2901 - read where it stands
        elif isinstance(value, Mapping):
            shape = {None: MARKED, "status": STATUS}.get(kind)
            if shape is not None:
                value = doc.at(name, shape.read, value, given)  # noqa: PLW2901 - likewise
        fields[name] = value
    return fields


def _read_priority(data: doc.Data, given: doc.Given) -> doc.Data:
    """Return a priority, which may go by its name where the desk or the caller lists it."""
    known = {each.name: each for each in (*given.get("priorities", ()), *given.get("ranks", ()))}
    if isinstance(data, str):
        if data not in known:
            remedy = nearest(data, known) if known else "write {name, rank}, or list priorities"
            raise doc.Fault(data, "unknown priority", remedy)
        return known[data]
    if not isinstance(data, Mapping):
        return data
    priority: Priority = PRIORITY.read(data, given)
    if given.get("priorities") and priority not in known.values():
        if priority.name not in known:
            remedy = nearest(priority.name, known)
            raise doc.Fault(priority.name, "unknown priority", remedy, ("name",))
        remedy = f"{priority.name!r} has rank {known[priority.name].rank}"
        raise doc.Fault(priority.rank, "another rank than the desk lists", remedy, ("rank",))
    return priority


def _field(value: Any) -> doc.Data:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, Status):
        return {"name": value.name, "category": value.category}
    if isinstance(value, Priority):
        return {"name": value.name, "rank": value.rank}
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    return sorted(value) if isinstance(value, frozenset) else value


def _write_fields(fields: doc.Data, _: doc.Given) -> doc.Data:
    return {name: _field(value) for name, value in dict(fields).items()}


TICKET_FIELDS = doc.Shape(
    ("object",), _fields_schema, _read_fields, _write_fields, definition="fields"
)
"""Fields of a ticket by name."""


def set_and_emptied(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[str] | None]:
    """Return the fields that get a value, and the names of those that are emptied, if any."""
    given = {name: value for name, value in fields.items() if value is not None}
    return given, [name for name, value in fields.items() if value is None] or None


_CHECKED_TEXT = doc.free(type="string", minLength=1)
"""Text that the event itself checks."""
_PERHAPS_TEXT = doc.free(type=["string", "null"], minLength=1)
_SHARED = (
    doc.required("ticket_id", _CHECKED_TEXT),
    doc.required("at", AT),
    doc.required("role", doc.free(enum=list(ROLES))),
    doc.optional("actor", _PERHAPS_TEXT),
    doc.optional("seq", doc.free(type=["integer", "null"])),
    doc.optional("source_id", _PERHAPS_TEXT),
    doc.optional("basis", doc.free(enum=[*BASES, None])),
)
_NUMBER = doc.leaf("number")
_OWN: Mapping[str, tuple[doc.Field, ...]] = {
    "created": (doc.required("fields", TICKET_FIELDS),),
    "message": (doc.required("public", doc.free(type="boolean")),),
    "changed": (doc.optional("fields", TICKET_FIELDS), doc.optional("until", AT)),
    "acknowledged": (),
    "worked": (doc.required("duration", doc.LENGTH),),
    "promised": (doc.required("metric", _CHECKED_TEXT), doc.optional("due", DUE)),
    "rating_requested": (doc.required("kind", _CHECKED_TEXT),),
    "rated": (
        doc.required("kind", _CHECKED_TEXT),
        doc.required("score", _NUMBER),
        doc.required("scale", doc.list_of(_NUMBER, 2, 2)),
    ),
    "related": (
        doc.required("kind", doc.free(enum=list(RELATIONS))),
        doc.required("other", _CHECKED_TEXT),
    ),
    "policy_applied": (
        doc.required("policy", _CHECKED_TEXT),
        doc.required("version", _CHECKED_TEXT),
    ),
}


def _promised(due: datetime | None = None, **parts: doc.Data) -> Promised:
    return Promised(due=due, **parts)


EVENT = doc.tagged(
    "type",
    {
        name: doc.Record(
            made,
            doc.required("type", doc.const(name), None),
            *_SHARED,
            *_OWN[name],
            make=_promised if made is Promised else made,
        )
        for name, made in EVENTS.items()
    },
)


def _read_utc(text: doc.Data, given: doc.Given) -> datetime:
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


def _ticket(**parts: doc.Data) -> Ticket:
    absent = dict.fromkeys(("seq", "pending_until", "waiting_since", "policy"))
    empty: dict[str, Any] = {"times": {}, "known": {}, "relations": (), "promises": ()}
    return Ticket(**{**absent, **empty, **parts})


def _ticket_parts(ticket: Ticket) -> dict[str, Any]:
    """Return what is there of a ticket."""
    parts = {name: getattr(ticket, name) for name in _PARTS}
    return {**parts, **{name: parts[name] or None for name in _SEVERAL}}


_PARTS = tuple(part.name for part in attrs.fields(Ticket))
_SEVERAL = ("times", "known", "relations", "promises")


def _made_here(
    shape: doc.Shape, out: Callable[[doc.Data], doc.Data] = lambda value: value
) -> doc.Shape:
    """Return a shape that writes unchecked: a ticket is made by no one but its events."""
    return attrs.evolve(shape, write=lambda value, _: out(value))


HELD_FIELDS = doc.Shape(
    ("object",),
    TICKET_FIELDS.described,
    lambda data, given: _held(_read_fields(data, given)),
    _write_fields,
)
MOVED = doc.either(doc.ANY_TEXT, doc.WHOLE)
UTC = doc.Shape(AT.kinds, AT.schema, _read_utc, _write_instant)
TICKET = doc.Record(
    Ticket,
    doc.required("id", _made_here(doc.TEXT)),
    doc.required("version", _made_here(doc.WHOLE)),
    doc.required("at", UTC),
    doc.optional("seq", _made_here(doc.WHOLE)),
    doc.required("created_at", UTC),
    doc.required("created_by", _made_here(doc.one_of(ROLES))),
    doc.required("status_since", UTC),
    doc.optional("pending_until", UTC),
    doc.optional("waiting_since", UTC),
    doc.optional("policy", doc.row_of(doc.TEXT, doc.ANY_TEXT)),
    doc.required("fields", HELD_FIELDS),
    doc.optional("times", _made_here(doc.table_of(doc.POSITIVE, into=_known_facts), dict)),
    doc.optional("known", _made_here(doc.table_of(MOVED, into=_known_moves), dict)),
    doc.optional("relations", doc.list_of(doc.row_of(doc.one_of(RELATIONS), doc.TEXT))),
    doc.optional("promises", doc.list_of(doc.row_of(doc.TEXT, UTC))),
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
    must_be_event(event)
    return doc.write(EVENT, event, "event")


def event_from_data(
    data: object, path: str = "event", *, priorities: Collection[Priority] = ()
) -> Event:
    """Return the event that `event_to_data` wrote; errors call it `path`.

    A priority may be said by its name alone where it is among `priorities`, those of a desk.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable; with the path to it.
    """
    return doc.read(EVENT, data, path, {"ranks": priorities} if priorities else {})


def ticket_to_data(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as a dict of JSON types."""
    return doc.write(TICKET, ticket, "ticket")


def ticket_from_data(data: object, path: str = "ticket") -> Ticket:
    """Return the ticket that `ticket_to_data` wrote; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable; with the path to it.
    """
    return doc.read(TICKET, data, path)
