"""Event logs in the forms of process mining: XES (IEEE 1849) and OCEL 2.0 as JSON.

Both are written and not read: they hold what such tools work with, and less than the events. A
transaction that changes several fields is one entry for each of them, so that activities are few:
"created", "message received", "status solved", "agent changed". In XES a ticket is a trace; its
events have to come together, and memory stays that of one ticket and of the ids seen. In OCEL
tickets, agents, customers and groups are objects that events name; memory grows with the objects
and what tickets were, and events may come in any order of tickets.

Sources: IEEE Std 1849-2016 and its schema; OCEL 2.0 specification, section 8, and its schema,
which has attributes as text.
"""

from __future__ import annotations

import gzip
import json
import re
from datetime import datetime, timedelta
from math import isfinite
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, Final, TypeAlias

from attrs import Factory, define

from support_model._vocabulary import Priority, Status
from support_model.errors import InvalidLog
from support_model.events import (
    Changed,
    Created,
    Event,
    Message,
    PolicyApplied,
    Promised,
    Rated,
    RatingRequested,
    Related,
    Worked,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

ENDINGS: Final = (".xes", ".xes.gz", ".ocel.json")
Act: TypeAlias = "tuple[str, dict[str, Any]]"
"""An activity and what is said of it."""
LONGEST_INTEGER: Final = 2**63
HEAD: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<global scope="trace">
<string key="concept:name" value=""/>
</global>
<global scope="event">
<string key="concept:name" value=""/>
<string key="lifecycle:transition" value="complete"/>
<string key="org:role" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>
</global>
<classifier name="Activity" scope="event" keys="concept:name"/>
<classifier name="Resource" scope="event" keys="org:resource"/>
<string key="concept:name" value="ticket events"/>
"""
_ILLEGAL = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""What no XML document can hold; it is written as U+FFFD."""
_NO_NAME = re.compile(
    "[^A-Za-z0-9_.\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0134-\u013e\u0386\u0388-\u038a"
    "\u038e-\u03a1\u03a3-\u03ce\u0401-\u040c\u040e-\u044f\u0451-\u045c\u045e-\u0481"
    "\u0490-\u04c4\u4e00-\u9fa5\uac00-\ud7a3-]"
)
"""What no XML name has in any edition of XML: letters of the common scripts may stand there."""
_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)


def form_of(name: str) -> str:
    """Return which of these forms a file name says, "" where it says none.

    Example:
        >>> form_of("log.XES.gz"), form_of("log.ocel.json"), form_of("log.json")
        ('.xes.gz', '.ocel.json', '')
    """
    return next((ending for ending in ENDINGS if name.lower().endswith(ending)), "")


def write(events: Iterable[Event], path: Path, form: str, *, name: str) -> int:
    """Write events to a new file as they come; return how many.

    Args:
        events: for XES those of one ticket together.
        path: the file to write to.
        form: one of `ENDINGS`.
        name: what errors call the file.

    Raises:
        InvalidLog: XES, and the events of a ticket stand in two places.
    """
    with path.open("wb") as raw:
        if form == ".ocel.json":
            return _write_ocel(events, raw)
        if form == ".xes":
            return _write_xes(events, raw, name)
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as sink:
            return _write_xes(events, sink, name)


def acts(event: Event, now: dict[str, Any]) -> Iterator[Act]:
    """Yield what an event means to process mining, and keep what the ticket is by now.

    Example:
        >>> from datetime import UTC
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> fields = {"status": Status("done", "solved"), "agent": "ann"}
        >>> event = Changed(ticket_id="T1", at=at, role="agent", fields=fields)
        >>> [name for name, _ in acts(event, {})]
        ['agent changed', 'status done']
    """
    if isinstance(event, Created):
        now.update(event.fields)
        yield "created", {name: value for name, value in event.fields if value is not None}
    elif isinstance(event, Changed):
        yield from _changes(event, now)
    elif isinstance(event, Message):
        sent = "message received" if event.role == "customer" else "message sent"
        yield sent if event.public else "note added", {"public": event.public}
    else:
        yield OTHERS.get(event.__class__, _bare)(event)


def _changes(event: Changed, now: dict[str, Any]) -> Iterator[Act]:
    before, after = dict(now), dict(event.fields)
    now.update(after)
    for name, value in event.fields:
        if name == "line" and "group" in after:  # the group says it
            continue
        said = f"status {value.name}" if isinstance(value, Status) else f"{name} changed"
        yield said, {"field": name, "old": before.get(name), "new": value, name: value}
    if event.until is not None:
        yield "pending until set", {"until": event.until}


def _bare(event: Event) -> Act:
    return event.type, {}


def _worked(event: Worked) -> Act:
    return "worked", {"duration": event.duration}


def _promised(event: Promised) -> Act:
    return "promised", {"metric": event.metric, "due": event.due}


def _rated(event: Rated) -> Act:
    low, high = event.scale
    return "rated", {"kind": event.kind, "score": event.score, "scale_min": low, "scale_max": high}


def _asked(event: RatingRequested) -> Act:
    return "rating requested", {"kind": event.kind}


def _related(event: Related) -> Act:
    return event.kind.replace("_", " "), {"relation": event.kind, "other": event.other}


def _applied(event: PolicyApplied) -> Act:
    return "policy applied", {"policy": event.policy, "version": event.version}


OTHERS: Mapping[type, Callable[[Any], Act]] = MappingProxyType(
    {
        Worked: _worked,
        Promised: _promised,
        Rated: _rated,
        RatingRequested: _asked,
        Related: _related,
        PolicyApplied: _applied,
    }
)
"""What the kinds of events mean that are no creation, change or message."""


def _shared(event: Event) -> dict[str, Any]:
    return {"seq": event.seq, "source_id": event.source_id, "basis": event.basis}


# XES


def _write_xes(events: Iterable[Event], sink: IO[bytes] | gzip.GzipFile, name: str) -> int:
    sink.write(HEAD.encode())
    seen: set[str] = set()
    ticket: str | None = None
    now: dict[str, Any] = {}
    count = 0
    for event in events:
        if event.ticket_id != ticket:
            if event.ticket_id in seen:
                problem = "events of one ticket in two places, which a trace cannot hold"
                remedy = "give them ticket by ticket, as read_logs and EventLog hold them"
                raise InvalidLog(name, None, problem, event.ticket_id, remedy)
            head = "" if ticket is None else "</trace>\n"
            ticket, now = event.ticket_id, {}
            seen.add(ticket)
            sink.write(f"{head}<trace>\n{_attribute('concept:name', ticket)}".encode())
        sink.write("".join(_entry(event, act, now) for act in acts(event, now)).encode())
        count += 1
    sink.write(b"</log>\n" if ticket is None else b"</trace>\n</log>\n")
    return count


def _entry(event: Event, act: Act, now: Mapping[str, Any]) -> str:
    activity, said = act
    parts = {
        "concept:name": activity,
        "lifecycle:transition": "complete",
        "time:timestamp": event.at,
        "org:resource": event.actor,
        "org:role": event.role,
        "org:group": now.get("group"),
        "line": now.get("line"),
        **_shared(event),
        **_keyed(said),
    }
    inside = "".join(_attribute(key, value) for key, value in parts.items() if value is not None)
    return f"<event>\n{inside}</event>\n"


def _keyed(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by keys: of two names that are written alike the later one is numbered."""
    keyed: dict[str, Any] = {}
    for name, value in said.items():
        key = _key(name)
        keyed[f"{key}_{len(keyed)}" if key in keyed else key] = value
    return keyed


def _key(name: str) -> str:
    """Return a name as a key may be: an XML name, of no extension."""
    key = _NO_NAME.sub("_", name)
    return key if key[:1].isalpha() or key[:1] == "_" else f"_{key}"


def _attribute(key: str, value: Any) -> str:  # noqa: ANN401 - of any field
    kind, text = _typed(value)
    safe = _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text).translate(_ESCAPES)
    line = f'<{kind} key="{key}" value="{safe}"/>\n'
    if isinstance(value, Status):
        return line + _attribute(f"{key}_category", value.category)
    return line + _attribute(f"{key}_rank", value.rank) if isinstance(value, Priority) else line


def _typed(value: Any) -> tuple[str, str]:  # noqa: ANN401 - of any field
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    if isinstance(value, datetime):
        return "date", value.isoformat()
    if isinstance(value, int) and -LONGEST_INTEGER <= value < LONGEST_INTEGER:
        return "int", str(value)
    if isinstance(value, float) and isfinite(value):
        return "float", repr(value)
    if isinstance(value, timedelta):
        return "float", repr(value.total_seconds())
    return "string", _text(value)


def _text(value: Any) -> str:  # noqa: ANN401 - of any field
    """Return a value as text: the name of a status or priority, words one after the other."""
    if isinstance(value, Status | Priority):
        return value.name
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value.total_seconds() if isinstance(value, timedelta) else value)


# OCEL


@define
class _Objects:
    """The objects of a log, what tickets were, and which attributes there are."""

    ids: dict[tuple[str, str], str] = Factory(dict)
    values: dict[str, list[dict[str, str]]] = Factory(dict)
    links: dict[str, dict[tuple[str, str], None]] = Factory(dict)
    of_tickets: dict[str, None] = Factory(dict)
    of_events: dict[str, dict[str, None]] = Factory(dict)

    def id(self, kind: str, native: str) -> str:
        """Return the id of an object, which no other has, whatever its kind."""
        return self.ids.setdefault((kind, native), f"{kind}:{native}")

    def became(self, ticket: str, at: datetime, fields: Iterable[tuple[str, Any]]) -> None:
        """Keep what a ticket is from an instant on."""
        kept = self.values.setdefault(ticket, [])
        for name, value in fields:
            self.of_tickets[name] = None
            kept.append({"name": name, "time": at.isoformat(), "value": _plain(value)})


def _write_ocel(events: Iterable[Event], sink: IO[bytes]) -> int:
    objects, now = _Objects(), dict[str, dict[str, Any]]()
    count = entries = 0
    sink.write(b'{"events":[')
    for event in events:
        held = now.setdefault(event.ticket_id, {})
        before = held.get("group")
        ticket = objects.id("ticket", event.ticket_id)
        if isinstance(event, Created | Changed):
            objects.became(ticket, event.at, event.fields)
        for act in acts(event, held):
            entries += 1
            entry = _occurrence(event, act, before, objects, f"e{entries}")
            sink.write((",\n" if entries > 1 else "\n").encode() + _dumped(entry))
        count += 1
    sink.write(b'],\n"objects":[')
    for number, ((kind, _), own) in enumerate(objects.ids.items()):
        sink.write((",\n" if number else "\n").encode() + _dumped(_object(kind, own, objects)))
    types = [
        {"name": name, "attributes": [{"name": each, "type": "string"} for each in attributes]}
        for name, attributes in objects.of_events.items()
    ]
    kinds = [
        {
            "name": kind,
            "attributes": [
                {"name": each, "type": "string"}
                for each in (objects.of_tickets if kind == "ticket" else ())
            ],
        }
        for kind in ("ticket", "agent", "customer", "group")
    ]
    sink.write(b'],\n"eventTypes":' + _dumped(types) + b',\n"objectTypes":' + _dumped(kinds))
    sink.write(b"}\n")
    return count


def _occurrence(
    event: Event, act: Act, group: str | None, objects: _Objects, own: str
) -> dict[str, Any]:
    """Return an event of the log, and what it is about."""
    activity, said = act
    stated = {"role": event.role, "actor": event.actor, **_shared(event), **said}
    attributes = {name: _plain(value) for name, value in stated.items() if value is not None}
    objects.of_events.setdefault(activity, {}).update(dict.fromkeys(attributes))
    about = [
        {"objectId": other, "qualifier": qualifier}
        for other, qualifier in _about(event, said, group, objects)
    ]
    return {
        "id": own,
        "type": activity,
        "time": event.at.isoformat(),
        "attributes": [{"name": name, "value": value} for name, value in attributes.items()],
        "relationships": about,
    }


def _about(
    event: Event, said: Mapping[str, Any], group: str | None, objects: _Objects
) -> Iterator[tuple[str, str]]:
    """Yield the objects that an event names, each with what it is to the event."""
    ticket = objects.id("ticket", event.ticket_id)
    yield ticket, "subject"
    if event.actor is not None and event.role in ("agent", "customer"):
        yield objects.id(event.role, event.actor), "actor"
    for name, kind, qualifier in PEOPLE:
        if said.get(name) is not None:
            yield objects.id(kind, str(said[name])), qualifier
    if "group" in said and group is not None and group != said["group"]:
        yield objects.id("group", group), "from_group"
    if isinstance(event, Related) and event.kind != "article":
        other = objects.id("ticket", event.other)
        objects.links.setdefault(ticket, {})[other, event.kind] = None
        yield other, event.kind


PEOPLE: Final = (
    ("agent", "agent", "assignee"),
    ("requester", "customer", "requester"),
    ("group", "group", "to_group"),
)
"""The fields of a ticket that name an object, of which kind, and as what."""


def _object(kind: str, own: str, objects: _Objects) -> dict[str, Any]:
    """Return an object of the log with what it was from when on."""
    related = [
        {"objectId": other, "qualifier": qualifier}
        for other, qualifier in objects.links.get(own, ())
    ]
    return {
        "id": own,
        "type": kind,
        "attributes": objects.values.get(own, []),
        "relationships": related,
    }


def _plain(value: Any) -> str:  # noqa: ANN401 - of any field
    return "" if value is None else _text(value)


def _dumped(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
