"""The shape of every document, as JSON Schema: published for editors, enforced when reading.

The words in it come from the tables that the values themselves are checked by, so a new
metric, test or category is in the schema of the same commit. What no shape can say (a name
that must be known, hours that must be readable) is left to the values.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import attrs

from support_model._calendar.closures import Closures
from support_model._calendar.day_rules import DayRule
from support_model._calendar.local_hours import Overnight
from support_model._records.shape_words import (
    ANY_TEXT,
    BOUND,
    CALENDAR,
    FLAG,
    INSTANT,
    LENGTH,
    SPAN,
    TEXT,
    WHOLE,
    list_of,
    object_of,
    ref,
    table_of,
    words,
)
from support_model._records.shapes import misfit, path_text
from support_model._records.staff_shapes import STAFF
from support_model._sla.metrics import METRICS, AfterStop, Begins
from support_model._sla.policies import OnChange, PolicyKind, Selection
from support_model._vocabulary import BASES, CATEGORIES, FIELDS, RELATIONS, ROLES, TESTS
from support_model.errors import InvalidDocument, InvalidValue, nearest
from support_model.events import EVENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._records.shapes import Shape

__all__ = ["DOCUMENTS", "VERSION", "fitted", "schema", "schema_name"]

VERSION = 1
"""Of every document: raised when an older reader could misread what is written."""
DOCUMENTS = ("desk", "policies", "workflow", "calendar", "event")
"""The kinds of document that have a schema."""


def schema_name(kind: str) -> str:
    """Return what a document of this kind and version says of itself under `schema`.

    Example:
        >>> schema_name("desk")
        'support_model.desk/1'
    """
    return f"support_model.{kind}/{VERSION}"


_PATTERN = {
    **object_of(
        (),
        field=TEXT,
        every=list_of(ref("pattern")),
        some=list_of(ref("pattern")),
        not_=ref("pattern"),
        function=TEXT,
        **{test: {} for test in TESTS["any"]},
    ),
    "minProperties": 1,
    "description": "a field with one test, or every, some, not, or a host's function by name",
}
_RANGES = {"anyOf": [ANY_TEXT, list_of({"anyOf": [TEXT, list_of({}, minItems=2, maxItems=2)]})]}
_WEEK = table_of(ref("ranges"))
_CALENDAR = object_of(
    ("kind",),
    kind={
        "enum": [
            *("hours", "always", "union", "intersection", "difference", "without", "versions")
        ]
    },
    schema={"const": 1},
    name=ANY_TEXT,
    tz=TEXT,
    weeks=list_of(ref("week"), minItems=1, maxItems=53),
    anchor=TEXT,
    dates=_WEEK,
    breaks=ref("week"),
    date_breaks=_WEEK,
    overnight=words(Overnight),
    closures=object_of(
        (), **{part.name: list_of({"type": "array"}) for part in attrs.fields(Closures)}
    ),
    left=ref("calendar"),
    right=ref("calendar"),
    calendar=ref("calendar"),
    spans=list_of(SPAN),
    reason={**table_of({}), "required": ["code"]},
    versions=list_of(object_of(("calendar",), calendar=ref("calendar"), from_=BOUND), minItems=1),
)
_METRIC = object_of(
    ("name", "start", "stop"),
    name=TEXT,
    after_stop=words(AfterStop),
    begins=words(Begins),
    **dict.fromkeys(("start", "stop", "pause", "reset"), ref("pattern")),
)
_DAYS: Mapping[str, Shape] = {
    "working_days": {"type": "integer", "minimum": 0},
    "end_of_day": FLAG,
    "day_rule": words(DayRule),
}
_TARGET = object_of(
    ("metric", "calendar"),
    metric={"anyOf": [{"enum": sorted(METRICS)}, ref("metric")]},
    calendar=CALENDAR,
    within=LENGTH,
    **_DAYS,
    when=ref("pattern"),
    warn_at=list_of(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "description": "share of the target"},
                {**LENGTH, "description": "from the due; negative: before it"},
            ]
        }
    ),
    on_change=words(OnChange),
    name=TEXT,
)
_POLICY = object_of(
    ("name", "targets"),
    name=TEXT,
    version={"type": ["string", "integer"]},
    kind=words(PolicyKind),
    when=ref("pattern"),
    targets=list_of(ref("target")),
)
_STATUS = object_of(("name", "category"), name=TEXT, category={"enum": list(CATEGORIES)})
_PRIORITY = object_of(("name", "rank"), name=TEXT, rank={"type": "integer", "minimum": 1})
_OF_FIELD = {
    "status": ref("status"),
    "priority": {"anyOf": [ref("priority"), {"type": "null"}]},
    "number": {"type": ["integer", "null"]},
    "words": {"anyOf": [list_of(ANY_TEXT), {"type": "null"}]},
    "text": {"type": ["string", "null"]},
}
_FIELDS: Shape = {
    "type": "object",
    "properties": {name: _OF_FIELD[kind] for name, kind in FIELDS.items()},
    "description": "besides these any custom.<name>",
}
_TRANSITION = object_of(
    ("action", "from"),
    action=TEXT,
    from_={"anyOf": [TEXT, list_of(TEXT, minItems=1)]},
    to=TEXT,
    guard=ref("pattern"),
    within=LENGTH,
    after={"anyOf": [LENGTH, object_of(("working_days",), **_DAYS)]},
    anchor=object_of(("last_message",), last_message={"enum": list(ROLES)}),
    calendar=CALENDAR,
    effects=list_of(
        {
            **object_of(
                (),
                say={"enum": ["public", "internal"]},
                put=ref("fields"),
                empty=list_of(TEXT),
                ask=TEXT,
                relate={"enum": list(RELATIONS)},
                follow_up={"const": True},
                cascade=TEXT,
            ),
            "minProperties": 1,
            "description": "one effect; only put and empty go together",
        }
    ),
)
_WORKFLOW = object_of(
    ("name", "initial", "statuses", "transitions"),
    name=TEXT,
    initial={"anyOf": [TEXT, list_of(TEXT, minItems=1)]},
    statuses=list_of(ref("status"), minItems=1),
    transitions=list_of(ref("transition")),
)
_EVENT = object_of(
    ("type", "ticket_id", "at", "role"),
    schema={"type": ["string", "integer"]},
    type={"enum": list(EVENTS)},
    ticket_id=TEXT,
    at=INSTANT,
    role={"enum": list(ROLES)},
    actor=TEXT,
    seq=WHOLE,
    source_id=TEXT,
    public=FLAG,
    fields=ref("fields"),
    until=INSTANT,
    duration=LENGTH,
    metric=TEXT,
    due={"type": ["string", "null"]},
    kind=TEXT,
    score={"type": "number"},
    scale=list_of({"type": "number"}, minItems=2, maxItems=2),
    other=TEXT,
    policy=TEXT,
    version=TEXT,
    basis={"enum": list(BASES)},
)
DEFINITIONS: Mapping[str, Shape] = MappingProxyType(
    {
        **STAFF,
        "calendar": _CALENDAR,
        "fields": _FIELDS,
        "metric": _METRIC,
        "pattern": _PATTERN,
        "policy": _POLICY,
        "priority": _PRIORITY,
        "ranges": _RANGES,
        "status": _STATUS,
        "target": _TARGET,
        "transition": _TRANSITION,
        "week": _WEEK,
        "workflow": _WORKFLOW,
    }
)

_CALENDARS = {**table_of(ref("calendar")), "description": "calendars by name"}
_BOOK = {"select": words(Selection), "policies": list_of(ref("policy"))}
_STAFF = {
    "channels": list_of(TEXT),
    "lines": list_of(ref("line")),
    "agents": list_of(ref("agent")),
    "triage": list_of(ref("triage_rule")),
    "routing": ref("routing"),
    "plans": list_of(ref("plan")),
    "oncall": {**table_of(ref("oncall")), "description": "on-call plans by name"},
}


def _body(kind: str) -> dict[str, Any]:
    """Return the shape of a document of a kind, without its `schema`."""
    match kind:
        case "desk":
            workflow = {"anyOf": [{**TEXT, "description": "a ready one"}, ref("workflow")]}
            parts = {"name": ANY_TEXT, "calendars": _CALENDARS, "workflow": workflow, **_BOOK}
            return object_of((), **parts, **_STAFF)
        case "policies":
            return object_of(("policies",), calendars=_CALENDARS, **_BOOK)
        case "workflow":
            return {
                **_WORKFLOW,
                "properties": {"calendars": _CALENDARS, **_WORKFLOW["properties"]},
            }
        case "calendar":
            return _CALENDAR
        case "event":
            return _EVENT
    raise InvalidValue(kind, "no such kind of document", nearest(kind, DOCUMENTS))


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a kind of document.

    Raises:
        InvalidValue: no such kind.

    Example:
        >>> schema("desk")["properties"]["schema"]
        {'const': 'support_model.desk/1'}
    """
    body = _body(kind)
    required = list(body["required"])
    properties = dict(body["properties"])
    if kind != "event":  # a log states its version once
        properties = {**properties, "schema": {"const": schema_name(kind)}}
        required = ["schema", *required]
    used = _used(properties)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": schema_name(kind),
        **body,
        "properties": properties,
        "required": required,
        "$defs": {name: DEFINITIONS[name] for name in sorted(used)},
    }


def fitted(definition: str, data: object, path: str) -> Mapping[str, Any]:
    """Return a part of a document that fits the shape of a definition.

    Raises:
        InvalidDocument: it does not; with the path in it and the nearest known word.

    Example:
        >>> fitted("skill", {"name": "sap"}, "skill")
        {'name': 'sap'}
    """
    found = misfit(data, {**DEFINITIONS[definition], "$defs": DEFINITIONS})
    if found is not None:
        raise InvalidDocument(
            path, path_text(found.path), found.value, found.problem, found.remedy
        )
    return cast("Mapping[str, Any]", data)  # every definition that has a reader is a table


def _used(shape: object) -> set[str]:
    """Return the names of the definitions that a shape refers to, directly or not."""
    found: set[str] = set()
    waiting = [shape]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "$ref" in one:
                name = one["$ref"].removeprefix("#/$defs/")
                waiting += [] if name in found else [DEFINITIONS[name]]
                found.add(name)
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found
