"""The shape of every document, as JSON Schema: published for editors, enforced when reading.

The words in it come from the tables that the values themselves are checked by, so a new
metric, test or category is in the schema of the same commit. What no shape can say (a name
that must be known, hours that must be readable) is left to the values.

Before this: `support_model.files.shapes`, `support_model.service_levels.policy_data`. Next:
`support_model.lifecycle.workflow_data`, `support_model.serde`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

import attrs

from support_model.closures import Closures
from support_model.errors import InvalidValue, nearest
from support_model.events import EVENTS
from support_model.lifecycle.subjects import TESTS
from support_model.lifecycle.vocabulary import CATEGORIES, FIELDS, RELATIONS, ROLES
from support_model.service_levels.metrics import METRICS, AfterStop
from support_model.service_levels.policies import Kind, OnChange, Selection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model.files.shapes import Shape

__all__ = ["DOCUMENTS", "VERSION", "schema", "schema_name"]

VERSION = 1
"""Of every document: raised when an older reader could misread what is written."""
DOCUMENTS = ("desk", "policies", "workflow", "calendar", "event")
"""The kinds of document that have a schema."""

TEXT: Shape = {"type": "string", "minLength": 1}
ANY_TEXT: Shape = {"type": "string"}
FLAG: Shape = {"type": "boolean"}
WHOLE: Shape = {"type": "integer"}
INSTANT: Shape = {"type": "string", "description": "ISO 8601 with an offset"}
BOUND: Shape = {
    "type": ["string", "null"],
    "description": "ISO 8601 with an offset; null or empty: no bound",
}
LENGTH: Shape = {"type": "string", "minLength": 1, "description": "such as 8h, 1h30m or PT8H"}


def _ref(name: str) -> Shape:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: Shape, **more: int) -> Shape:
    return {"type": "array", "items": items, **more}


def _table(values: Shape) -> Shape:
    return {"type": "object", "additionalProperties": values}


def _object(required: tuple[str, ...], **properties: Shape) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {key.rstrip("_"): value for key, value in properties.items()},
        "required": list(required),
        "additionalProperties": False,
    }


def _words(literal: object) -> Shape:
    return {"enum": list(get_args(literal))}


def schema_name(kind: str) -> str:
    """Return what a document of this kind and version says of itself under `schema`.

    Example:
        >>> schema_name("desk")
        'support_model.desk/1'
    """
    return f"support_model.{kind}/{VERSION}"


_PATTERN = {
    **_object(
        (),
        field=TEXT,
        every=_list(_ref("pattern")),
        some=_list(_ref("pattern")),
        not_=_ref("pattern"),
        function=TEXT,
        **{test: {} for test in TESTS["any"]},
    ),
    "minProperties": 1,
    "description": "a field with one test, or every, some, not, or a host's function by name",
}
_RANGES = {"anyOf": [ANY_TEXT, _list({"anyOf": [TEXT, _list({}, minItems=2, maxItems=2)]})]}
_WEEK = _table(_ref("ranges"))
_CALENDAR = _object(
    ("kind",),
    kind={
        "enum": [
            *("hours", "always", "union", "intersection", "difference", "without", "versions")
        ]
    },
    schema={"const": 1},
    name=ANY_TEXT,
    tz=TEXT,
    weeks=_list(_ref("week"), minItems=1, maxItems=53),
    anchor=TEXT,
    dates=_WEEK,
    breaks=_ref("week"),
    date_breaks=_WEEK,
    closures=_object(
        (), **{part.name: _list({"type": "array"}) for part in attrs.fields(Closures)}
    ),
    left=_ref("calendar"),
    right=_ref("calendar"),
    calendar=_ref("calendar"),
    spans=_list(_list(BOUND, minItems=2, maxItems=2)),
    reason={**_table({}), "required": ["code"]},
    versions=_list(_object(("calendar",), calendar=_ref("calendar"), from_=BOUND), minItems=1),
)
_METRIC = _object(
    ("name", "start", "stop"),
    name=TEXT,
    after_stop=_words(AfterStop),
    **dict.fromkeys(("start", "stop", "pause", "reset"), _ref("pattern")),
)
_TARGET = _object(
    ("metric", "calendar"),
    metric={"anyOf": [{"enum": sorted(METRICS)}, _ref("metric")]},
    calendar={"anyOf": [{**TEXT, "description": "a calendar's name"}, _ref("calendar")]},
    within=LENGTH,
    working_days={"type": "integer", "minimum": 1},
    end_of_day=FLAG,
    when=_ref("pattern"),
    warn_at=_list(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "description": "share of the target"},
                {**LENGTH, "description": "from the due; negative: before it"},
            ]
        }
    ),
    on_change=_words(OnChange),
)
_POLICY = _object(
    ("name", "targets"),
    name=TEXT,
    version={"type": ["string", "integer"]},
    kind=_words(Kind),
    when=_ref("pattern"),
    targets=_list(_ref("target")),
)
_STATUS = _object(("name", "category"), name=TEXT, category={"enum": list(CATEGORIES)})
_PRIORITY = _object(("name", "rank"), name=TEXT, rank={"type": "integer", "minimum": 1})
_OF_FIELD = {
    "status": _ref("status"),
    "priority": {"anyOf": [_ref("priority"), {"type": "null"}]},
    "number": {"type": ["integer", "null"]},
    "words": {"anyOf": [_list(ANY_TEXT), {"type": "null"}]},
    "text": {"type": ["string", "null"]},
}
_FIELDS: Shape = {
    "type": "object",
    "properties": {name: _OF_FIELD[kind] for name, kind in FIELDS.items()},
    "description": "besides these any custom.<name>",
}
_TRANSITION = _object(
    ("action", "from"),
    action=TEXT,
    from_={"anyOf": [TEXT, _list(TEXT, minItems=1)]},
    to=TEXT,
    guard=_ref("pattern"),
    within=LENGTH,
    after=LENGTH,
    calendar={"anyOf": [TEXT, _ref("calendar")]},
    effects=_list(
        {
            **_object(
                (),
                say={"enum": ["public", "internal"]},
                put=_ref("fields"),
                empty=_list(TEXT),
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
_WORKFLOW = _object(
    ("name", "initial", "statuses", "transitions"),
    name=TEXT,
    initial={"anyOf": [TEXT, _list(TEXT, minItems=1)]},
    statuses=_list(_ref("status"), minItems=1),
    transitions=_list(_ref("transition")),
)
_EVENT = _object(
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
    fields=_ref("fields"),
    until=INSTANT,
    duration=LENGTH,
    metric=TEXT,
    due={"type": ["string", "null"]},
    kind=TEXT,
    score={"type": "number"},
    scale=_list({"type": "number"}, minItems=2, maxItems=2),
    other=TEXT,
    policy=TEXT,
    version=TEXT,
)
DEFINITIONS: Mapping[str, Shape] = MappingProxyType(
    {
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

_CALENDARS = {**_table(_ref("calendar")), "description": "calendars by name"}
_BOOK = {"select": _words(Selection), "policies": _list(_ref("policy"))}


def _body(kind: str) -> dict[str, Any]:
    """Return the shape of a document of a kind, without its `schema`."""
    match kind:
        case "desk":
            workflow = {"anyOf": [{**TEXT, "description": "a ready one"}, _ref("workflow")]}
            parts = {"name": ANY_TEXT, "calendars": _CALENDARS, "workflow": workflow, **_BOOK}
            return _object((), **parts)
        case "policies":
            return _object(("policies",), calendars=_CALENDARS, **_BOOK)
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
