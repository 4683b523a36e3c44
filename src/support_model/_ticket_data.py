"""Events and tickets as plain data: dicts of JSON types out and in, nothing lost.

Statuses and priorities are mappings, sets are lists, instants ISO text with their zone,
durations text such as "1h30m". What is absent is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from support_model._time import duration, duration_text
from support_model._vocabulary import (
    FACTS,
    FIELDS,
    MOVES,
    RELATIONS,
    ROLES,
    Priority,
    Status,
    frozen_fields,
    one_of,
    utc,
    whole,
)
from support_model.errors import InvalidEvent, nearest
from support_model.events import EVENTS
from support_model.tickets import Ticket

if TYPE_CHECKING:
    from support_model.events import Event

__all__ = [
    "event_from_data",
    "event_to_data",
    "fields_from_data",
    "fields_to_data",
    "ticket_from_data",
    "ticket_to_data",
]

_INSTANT = "instant"


def _out(value: object) -> Any:  # noqa: ANN401 - JSON types
    if isinstance(value, Status):
        return {"name": value.name, "category": value.category}
    if isinstance(value, Priority):
        return {"name": value.name, "rank": value.rank}
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def fields_to_data(fields: Mapping[str, object]) -> dict[str, Any]:
    """Return a ticket's fields; an instant says what it is, since text may look like one."""
    return {
        name: {_INSTANT: value.isoformat()} if isinstance(value, datetime) else _out(value)
        for name, value in fields.items()
    }


def fields_from_data(data: object, path: str) -> dict[str, object]:
    """Return the fields that `fields_to_data` wrote; whoever takes them checks the values.

    Raises:
        InvalidEvent: no mapping, or a value that is one but no status, priority or instant.
    """
    if not isinstance(data, Mapping):
        raise InvalidEvent(data, f"{path} is not a mapping", "give {'group': 'billing'}")
    return {str(name): _field_in(str(name), value, path) for name, value in data.items()}


def _field_in(name: str, value: object, path: str) -> object:
    where = f"{path}.{name}"
    if isinstance(value, Mapping):
        kind = FIELDS.get(name)
        keys = {"status": ("name", "category"), "priority": ("name", "rank")}.get(kind or "")
        if keys is not None:
            if set(value) != set(keys):
                raise InvalidEvent(dict(value), f"{where} needs {' and '.join(keys)}")
            made = Status if kind == "status" else Priority
            return made(value[keys[0]], value[keys[1]])
        if kind is None and set(value) == {_INSTANT}:
            return _instant(value[_INSTANT], where)
        raise InvalidEvent(dict(value), f"{where} is a mapping")
    return value


def _instant(text: object, path: str) -> datetime:
    try:
        return datetime.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        remedy = "write 2026-03-02T09:00:00+00:00"
        raise InvalidEvent(text, f"no instant at {path}", remedy) from None


def event_to_data(event: Event) -> dict[str, Any]:
    """Return an event as a dict of JSON types, its kind under `type`.

    Example:
        >>> from datetime import UTC
        >>> from support_model.events import Message
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> event_to_data(Message(ticket_id="T1", at=at, role="agent", public=True))["type"]
        'message'
    """
    data: dict[str, Any] = {"type": event.type}
    for part in attrs.fields(type(event)):
        value = getattr(event, part.name)
        if not part.init or value is None:
            continue
        data[part.name] = fields_to_data(dict(value)) if part.name == "fields" else _out(value)
    if event.type == "changed" and not data["fields"]:
        del data["fields"]
    return data


def event_from_data(data: object, path: str = "event") -> Event:
    """Return the event that `event_to_data` wrote.

    Raises:
        InvalidEvent: a key missing, unknown or unreadable; the message names its path.
        NaiveDatetime: an instant without a zone.
    """
    if not isinstance(data, Mapping):
        raise InvalidEvent(data, f"{path} is not a mapping", "give {'type': 'message', ...}")
    name = data.get("type")
    kind = EVENTS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise InvalidEvent(name, f"unknown {path}.type", nearest(str(name), EVENTS))
    parts = {part.name: part for part in attrs.fields(kind) if part.init}
    given: dict[str, Any] = {}
    for key, value in data.items():
        if key == "type":
            continue
        if key not in parts:
            raise InvalidEvent(key, f"unknown key in {path}", nearest(str(key), parts))
        given[key] = _part_in(key, value, f"{path}.{key}")
    for key, part in parts.items():
        if part.default is attrs.NOTHING and key not in given:
            if key != "due":
                raise InvalidEvent(dict(data), f"{path} lacks the key {key!r}")
            given[key] = None  # a promise withdrawn
    return kind(**given)


def _part_in(key: str, value: object, path: str) -> object:
    if key == "fields":
        return fields_from_data(value, path)
    if key in {"at", "until", "due"}:
        return _instant(value, path)
    if key == "duration":
        return duration(value) if isinstance(value, str) else value
    if key == "scale" and isinstance(value, Sequence):
        return tuple(value)
    return value


def ticket_to_data(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as a dict of JSON types."""
    data = {
        part.name: _out(getattr(ticket, part.name))
        for part in attrs.fields(Ticket)
        if part.name not in {"fields", "times", "known", "relations", "promises"}
    }
    data["fields"] = fields_to_data(ticket.fields)
    data["times"], data["known"] = dict(ticket.times), dict(ticket.known)
    data["relations"] = [list(relation) for relation in ticket.relations]
    data["promises"] = [[metric, due.isoformat()] for metric, due in ticket.promises]
    return {name: value for name, value in data.items() if value not in (None, [], {})}


_TICKET_INSTANTS = ("at", "created_at", "status_since", "pending_until", "waiting_since")
"""The first three are always there."""


def ticket_from_data(data: object, path: str = "ticket") -> Ticket:
    """Return the ticket that `ticket_to_data` wrote.

    Raises:
        InvalidEvent: a key missing, unknown or unreadable; the message names its path.
        NaiveDatetime: an instant without a zone.
    """
    names = [part.name for part in attrs.fields(Ticket)]
    if not isinstance(data, Mapping):
        raise InvalidEvent(data, f"{path} is not a mapping", "give what ticket_to_data returned")
    for key in data:
        if key not in names:
            raise InvalidEvent(key, f"unknown key in {path}", nearest(str(key), names))
    for name in ("id", "version", "created_by", "fields", *_TICKET_INSTANTS[:3]):
        if data.get(name) is None:
            raise InvalidEvent(dict(data), f"{path} lacks the key {name!r}")
    given: dict[str, Any] = {name: data.get(name) for name in names}
    for name in _TICKET_INSTANTS:
        if given[name] is not None:
            given[name] = utc(_instant(given[name], f"{path}.{name}"))
    fields = fields_from_data(given["fields"], f"{path}.fields")
    given["fields"] = dict(frozen_fields(_sets(fields)))
    try:
        given["times"] = {name: _count(n) for name, n in (given["times"] or {}).items()}
        given["known"] = dict(frozen_fields(given["known"] or {}))
        given["relations"] = tuple([(kind, other) for kind, other in given["relations"] or ()])
        given["promises"] = tuple(
            [
                (metric, utc(_instant(due, f"{path}.promises")))
                for metric, due in given["promises"] or ()
            ]
        )
        if given["policy"] is not None:
            policy, version = given["policy"]
            given["policy"] = policy, version
    except (AttributeError, TypeError, ValueError) as problem:
        raise InvalidEvent(dict(data), f"{path} cannot be read ({problem})") from None
    _check(given, path)
    return Ticket(**given)


def _sets(fields: Mapping[str, object]) -> dict[str, object]:
    return {
        name: frozenset(value) if isinstance(value, list) and _texts(*value) else value
        for name, value in fields.items()
    }


def _texts(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidEvent(value, "a count is a positive whole number")
    return value


def _check(given: Mapping[str, Any], path: str) -> None:
    """Raise `InvalidEvent` for parts that no replay can have made."""
    one_of(given["created_by"], ROLES, f"role at {path}.created_by")
    for name in given["times"]:
        one_of(name, FACTS, f"fact at {path}.times")
    for kind, _ in given["relations"]:
        one_of(kind, RELATIONS, f"relation at {path}.relations")
    _count(given["version"])
    pairs = (*given["relations"], *given["promises"])
    words = [given["id"], *(pair[0] for pair in pairs), *(given["policy"] or ())]
    words += [other for _, other in given["relations"]]
    if not _texts(*words):
        raise InvalidEvent(dict(given), f"{path} has a name that is no text")
    if given["seq"] is not None and not whole(given["seq"]):
        raise InvalidEvent(given["seq"], f"{path}.seq is no whole number")
    if not isinstance(given["fields"].get("status"), Status):
        raise InvalidEvent(dict(given["fields"]), f"{path} is in no status")
    if not given["known"].keys() <= set(MOVES) or None in given["known"].values():
        raise InvalidEvent(dict(given["known"]), f"{path}.known holds what never moves")
