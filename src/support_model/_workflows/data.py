"""Workflows as plain data: the tables of their keys, calendars in full or by name.

A ready workflow may be read by its name, but is written in full: a file must mean the same
when a later version ships another one.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from support_model import _records as doc
from support_model._common_shapes import CALENDAR, PATTERN, WORKING_DAYS, given
from support_model._ticket_data import STATUS, TICKET_FIELDS, set_and_emptied
from support_model._vocabulary import RELATIONS, ROLES
from support_model._workflows.ready import WORKFLOWS
from support_model._workflows.transitions import (
    Ask,
    Cascade,
    FollowUp,
    LastMessage,
    Put,
    Relate,
    Say,
    Transition,
)
from support_model._workflows.workflow import Workflow
from support_model.calendars import WorkingDays
from support_model.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._common_shapes import Named
    from support_model.patterns import Functions

NO_FIELDS: Mapping[str, Any] = MappingProxyType({})


def _put(put: Mapping[str, Any] = NO_FIELDS, empty: tuple[str, ...] = ()) -> Put:
    return Put({**dict.fromkeys(empty), **put})


def _put_parts(effect: Put) -> dict[str, Any]:
    put, emptied = set_and_emptied(dict(effect.fields))
    return {"put": put, "empty": emptied}


def _ready(name: str) -> Workflow:
    if name not in WORKFLOWS:
        raise doc.Fault(name, "unknown workflow", nearest(name, WORKFLOWS))
    return WORKFLOWS[name]


SAID = doc.one_of(
    ("public", "internal"),
    lambda word: word == "public",
    lambda public: "public" if public else "internal",
)
PUT = doc.Record(
    Put,
    doc.optional("put", TICKET_FIELDS, always=True),
    doc.optional("empty", doc.list_of(doc.TEXT)),
    make=_put,
    parts=_put_parts,
    minProperties=1,
)
EFFECT = doc.keyed(
    {
        "say": doc.Record(Say, doc.required("say", SAID, "public")),
        "put": PUT,
        "empty": PUT,
        "ask": doc.Record(Ask, doc.required("ask", doc.TEXT, "kind")),
        "relate": doc.Record(Relate, doc.required("relate", doc.one_of(RELATIONS), "kind")),
        "follow_up": doc.Record(FollowUp, doc.required("follow_up", doc.const(value=True), None)),
        "cascade": doc.Record(Cascade, doc.required("cascade", doc.TEXT, "action")),
    },
    description="one effect; only put and empty go together",
)
ANCHOR = doc.Record(LastMessage, doc.required("last_message", doc.one_of(ROLES), "role"))
SEVERAL = doc.either(doc.TEXT, doc.list_of(doc.TEXT, 1), pick=lambda _: 1)
TRANSITION = doc.Record(
    Transition,
    doc.required("action", doc.TEXT),
    doc.required("from", SEVERAL, "sources"),
    doc.optional("to", doc.TEXT),
    doc.optional("guard", PATTERN),
    doc.optional("within", doc.LENGTH),
    doc.optional(
        "after",
        doc.either(doc.LENGTH, WORKING_DAYS, pick=lambda after: isinstance(after, WorkingDays)),
    ),
    doc.optional("anchor", ANCHOR),
    doc.optional("calendar", CALENDAR),
    doc.optional("effects", doc.list_of(EFFECT)),
    definition="transition",
)
WORKFLOW = doc.Record(
    Workflow,
    doc.required("name", doc.TEXT),
    doc.required("initial", SEVERAL),
    doc.required("statuses", doc.list_of(STATUS, 1)),
    doc.required("transitions", doc.list_of(TRANSITION)),
    definition="workflow",
)
ANY_WORKFLOW = doc.either(
    doc.leaf("string", _ready, minLength=1, description="a ready one"), WORKFLOW, pick=lambda _: 1
)


def read_workflow(
    data: object,
    *,
    calendars: Named | None = None,
    functions: Functions | None = None,
    path: str = "workflow",
) -> Workflow:
    """Return the workflow of plain data, or a ready one by its name.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable, statuses and transitions that
            make no workflow; with the path to it under the name `path`.
    """
    return doc.read(ANY_WORKFLOW, data, path, given(calendars, functions))
