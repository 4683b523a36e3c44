"""Workflows as plain data: the tables of their keys, calendars in full or by name.

A ready workflow goes by its name. One like it says what differs: its own statuses, its own keys of
transitions, and what is taken out.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import evolve

from support_model import _records as doc
from support_model._common_shapes import CALENDAR, PATTERN, WORKING_DAYS, given
from support_model._frozen import words
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
    from collections.abc import Collection, Iterable, Iterator, Mapping

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
READY = doc.leaf(
    "string", _ready, lambda workflow: workflow.name, minLength=1, description="a ready one"
)
REMOVED = doc.either(
    doc.leaf("string", minLength=1, description="a status, with all that leads to it or from it"),
    doc.Record(
        dict,
        doc.required("action", doc.TEXT),
        doc.optional("from", SEVERAL, "sources"),
        make=dict,
        description="an action, or in some statuses",
    ),
)
_CHANGED_TRANSITION = doc.Record(
    dict,
    doc.required("action", doc.TEXT),
    doc.required("from", SEVERAL, "sources"),
    *doc.partial(TRANSITION).fields[2:],
    make=dict,
)


def _like_workflow(
    base: Workflow,
    transitions: Iterable[Mapping[str, Any]] = (),
    remove: Iterable[str | Mapping[str, Any]] = (),
    **parts: doc.Data,
) -> Workflow:
    """Return a workflow in which keys of transitions are replaced."""
    taken = {*_removed(base, remove)}
    rows = [*transitions]
    changed: list[Transition] = []
    for i, row in enumerate(rows):
        try:
            changed += _changed(base, row, taken)
        except doc.CAUGHT as error:
            raise doc.within(doc.within(error, row, i), rows, "transitions") from None
    return base.revised(transitions=changed, remove=taken, **parts)


def _removed(
    base: Workflow, remove: Iterable[str | Mapping[str, Any]]
) -> Iterator[str | tuple[str, str]]:
    for one in remove:
        if isinstance(one, str):
            yield one
            continue
        action = one["action"]
        known = [name for row in base.transitions if row.action == action for name in row.sources]
        if not known:
            actions = {row.action for row in base.transitions}
            raise doc.Fault(action, f"no action of {base.name!r}", nearest(action, actions))
        yield from ((action, source) for source in words(one.get("sources", known)))


def _changed(
    base: Workflow,
    row: Mapping[str, Any],
    taken: Collection[str | tuple[str, str]],
) -> Iterator[Transition]:
    """Yield what some keys make of the transitions of an action, new ones where there are none."""
    action, new = row["action"], [*words(row["sources"])]
    rest = {key: part for key, part in row.items() if key not in ("action", "sources")}
    for held in base.transitions:
        left = _possible_in(held, action, taken)
        own = [name for name in new if name in left]
        if own:
            yield evolve(held, sources=own, **rest)
        new = [name for name in new if name not in left]
    if new:
        yield Transition(action, new, **rest)


def _possible_in(
    row: Transition, action: str, taken: Collection[str | tuple[str, str]]
) -> set[str]:
    """Return the statuses in which a row makes an action possible, less those taken out."""
    sources = row.sources if row.action == action else ()
    return {name for name in sources if name not in taken and (action, name) not in taken}


LIKE_WORKFLOW = doc.Record(
    dict,
    doc.required("base", READY),
    doc.optional("name", doc.TEXT),
    doc.optional("initial", SEVERAL),
    doc.optional("statuses", doc.list_of(STATUS)),
    doc.optional("transitions", doc.list_of(_CHANGED_TRANSITION)),
    doc.optional("remove", doc.list_of(REMOVED)),
    make=_like_workflow,
)
ANY_WORKFLOW = doc.either(
    READY,
    doc.or_like(WORKFLOW, LIKE_WORKFLOW),
    pick=lambda workflow: WORKFLOWS.get(workflow.name) != workflow,
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
