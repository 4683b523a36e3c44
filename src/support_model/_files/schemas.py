"""The kinds of document, each by its shape: read, written and published as JSON Schema."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from support_model import _records as doc
from support_model._calendar import data as calendar_data
from support_model._calendar.holiday_data import few, with_dates
from support_model._checks import must_be_known
from support_model._common_shapes import CALENDARS, whole_calendar
from support_model._escalation.data import PLAN
from support_model._files.answers import ANSWERS
from support_model._files.policy_documents import (
    POLICY_DOCUMENT,
    document_of,
    said,
    schema_name,
    with_calendars,
)
from support_model._oncall.data import ONCALLS
from support_model._routing.data import AGENT, LINE, ROUTING, TRIAGE_RULE
from support_model._sla.policy_data import METRICS_BY_NAME, POLICIES, own_metrics
from support_model._ticket_data import EVENT, PRIORITY
from support_model._vocabulary import MOST_PRIORITIES, Selection
from support_model._workflows.data import ANY_WORKFLOW, LIKE_WORKFLOW, WORKFLOW
from support_model.desk import Desk
from support_model.routing import Routing, Team
from support_model.sla import PolicyBook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model.lines import Agent
    from support_model.sla import SlaPolicy


def _desk(
    policies: Iterable[SlaPolicy] = (), select: Selection = "first_match", **parts: doc.Data
) -> Desk:
    """Return a desk; a name that no part of it has is a fault at its place."""
    book = PolicyBook(policies, select)
    parts.pop("metrics", None)  # the targets hold them
    unknown = Desk.unknown_names(
        lines=parts.get("lines", {}),
        agents=parts.get("agents", ()),
        triage=parts.get("triage", ()),
        routing=parts.get("routing", Routing()),
        plans=parts.get("plans", {}),
        oncall=parts.get("oncall", {}),
        policies=book,
    )
    for place, error in unknown:
        raise doc.Fault(error.value, error.problem, error.remedy, place)
    return Desk(policies=book, **parts)


def _agents(agents: list[Agent]) -> tuple[Agent, ...]:
    """Return agents in the order of the file, by which faults are placed."""
    Team(agents)  # none twice, no circle of managers
    return tuple(agents)


def _desk_parts(desk: Desk) -> dict[str, Any]:
    parts = {part: getattr(desk, part) or None for part in _PARTS}
    book = {"select": desk.policies.select, "policies": desk.policies.policies}
    parts["metrics"] = own_metrics(desk.policies) or None
    return {**parts, **book, "name": desk.name}


_PARTS = (
    *("priorities", "calendars", "workflow", "channels", "lines", "agents", "triage", "routing"),
    *("plans", "oncall"),
)
_CONVERTERS: Mapping[str, Any] = {part.name: part.converter for part in attrs.fields(Desk)}
DESK = doc.Record(
    Desk,
    doc.optional("name", doc.ANY_TEXT, always=True),
    doc.optional("priorities", doc.list_of(PRIORITY, 0, MOST_PRIORITIES), shared=True),
    doc.optional("calendars", CALENDARS, shared=True),
    doc.optional("metrics", METRICS_BY_NAME, shared=True),
    doc.optional("workflow", ANY_WORKFLOW),
    doc.optional("select", doc.one_of(Selection), always=True),
    doc.optional("policies", POLICIES, always=True),
    doc.optional("channels", doc.list_of(doc.TEXT)),
    doc.optional(
        "lines",
        doc.list_of(LINE, into=_CONVERTERS["lines"], out=lambda lines: lines.values()),
    ),
    doc.optional("agents", doc.list_of(AGENT, into=_agents)),
    doc.optional("triage", doc.list_of(TRIAGE_RULE)),
    doc.optional("routing", ROUTING),
    doc.optional(
        "plans",
        doc.list_of(PLAN, into=_CONVERTERS["plans"], out=lambda plans: plans.values()),
    ),
    doc.optional("oncall", ONCALLS),
    make=_desk,
    parts=_desk_parts,
)

SHAPES: Mapping[str, doc.Shape] = MappingProxyType(
    {
        "desk": few(document_of("desk", DESK)),
        "policies": POLICY_DOCUMENT,
        "workflow": few(
            doc.or_like(
                *[
                    document_of("workflow", with_calendars(record))
                    for record in (WORKFLOW, LIKE_WORKFLOW)
                ]
            )
        ),
        "calendar": few(whole_calendar(calendar_data.calendar(said("calendar")))),
        "event": EVENT,  # a log states its version once
        **ANSWERS,
    }
)
"""The kinds of document and answer, each with its shape."""
RESOLVED = few(doc.Shape(("object",), lambda _: {}, with_dates, with_dates))
"""A document whose countries get the dates of their holidays, all else as it stands."""
DOCUMENTS = tuple(SHAPES)
"""The kinds of document and answer that have a schema."""


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a kind of document or answer.

    Raises:
        InvalidValue: no such kind.

    Example:
        >>> schema("desk")["properties"]["schema"]
        {'const': 'support_model.desk/1'}
    """
    must_be_known(kind, SHAPES, "no such kind of document")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": schema_name(kind),
        **doc.schema_of(SHAPES[kind]),
    }
