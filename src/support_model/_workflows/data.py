"""Workflows as plain data: the tables of their keys, calendars in full or by name.

A ready workflow may be read by its name, but is written in full: a file must mean the same
when a later version ships another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support_model._common_shapes import CALENDAR, PATTERN, WORKING_DAYS, given
from support_model._records import (
    LENGTH,
    TEXT,
    Fault,
    Record,
    const,
    either,
    keyed,
    leaf,
    list_of,
    one_of,
    optional,
    read,
    required,
    write,
)
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

NO_FIELDS: Mapping[str, Any] = {}


def _put(put: Mapping[str, Any] = NO_FIELDS, empty: tuple[str, ...] = ()) -> Put:
    return Put({**dict.fromkeys(empty), **put})


def _put_parts(effect: Put) -> dict[str, Any]:
    put, emptied = set_and_emptied(dict(effect.fields))
    return {"put": put, "empty": emptied}


def _ready(name: str) -> Workflow:
    if name not in WORKFLOWS:
        raise Fault(name, "unknown workflow", nearest(name, WORKFLOWS))
    return WORKFLOWS[name]


SAID = one_of(
    ("public", "internal"),
    lambda word: word == "public",
    lambda public: "public" if public else "internal",
)
PUT = Record(
    Put,
    optional("put", TICKET_FIELDS, always=True),
    optional("empty", list_of(TEXT)),
    make=_put,
    parts=_put_parts,
    minProperties=1,
)
EFFECT = keyed(
    {
        "say": Record(Say, required("say", SAID, "public")),
        "put": PUT,
        "empty": PUT,
        "ask": Record(Ask, required("ask", TEXT, "kind")),
        "relate": Record(Relate, required("relate", one_of(RELATIONS), "kind")),
        "follow_up": Record(FollowUp, required("follow_up", const(value=True), None)),
        "cascade": Record(Cascade, required("cascade", TEXT, "action")),
    },
    description="one effect; only put and empty go together",
)
ANCHOR = Record(LastMessage, required("last_message", one_of(ROLES), "role"))
SEVERAL = either(TEXT, list_of(TEXT, 1), pick=lambda _: 1)
TRANSITION = Record(
    Transition,
    required("action", TEXT),
    required("from", SEVERAL, "sources"),
    optional("to", TEXT),
    optional("guard", PATTERN),
    optional("within", LENGTH),
    optional(
        "after",
        either(LENGTH, WORKING_DAYS, pick=lambda after: isinstance(after, WorkingDays)),
    ),
    optional("anchor", ANCHOR),
    optional("calendar", CALENDAR),
    optional("effects", list_of(EFFECT)),
    definition="transition",
)
WORKFLOW = Record(
    Workflow,
    required("name", TEXT),
    required("initial", SEVERAL),
    required("statuses", list_of(STATUS, 1)),
    required("transitions", list_of(TRANSITION)),
    definition="workflow",
)
ANY_WORKFLOW = either(
    leaf("string", _ready, minLength=1, description="a ready one"), WORKFLOW, pick=lambda _: 1
)


def workflow_to_data(workflow: Workflow, calendars: Named | None = None) -> dict[str, Any]:
    """Return a workflow as a dict of JSON types; calendars that have a name go by it.

    Example:
        >>> from support_model.workflows import INCIDENT
        >>> read_workflow(workflow_to_data(INCIDENT)) == INCIDENT
        True
    """
    return write(WORKFLOW, workflow, "workflow", given(calendars))


def read_workflow(
    data: object,
    *,
    calendars: Named | None = None,
    functions: Functions | None = None,
    path: str = "workflow",
) -> Workflow:
    """Return the workflow that `workflow_to_data` wrote, or a ready one by its name.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable, statuses and transitions that
            make no workflow; with the path to it under the name `path`.
    """
    return read(ANY_WORKFLOW, data, path, given(calendars, functions))
