"""Workflows as plain data: dicts of JSON types out and in, calendars inline or by name.

A ready workflow may be read by its name, but is written in full: a file must mean the same
when a later version ships another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support_model._records.parts import calendar_to_data, read_calendar
from support_model._records.schemas import fitted
from support_model._ticket_data import fields_from_data, fields_to_data
from support_model._time import duration, duration_text
from support_model._vocabulary import Status
from support_model._workflows.ready import WORKFLOWS
from support_model._workflows.transitions import (
    Ask,
    Cascade,
    Entering,
    FollowUp,
    LastMessage,
    Put,
    Relate,
    Say,
    Transition,
)
from support_model._workflows.workflow import Workflow
from support_model.calendars import WorkingDays
from support_model.errors import InvalidValue, nearest
from support_model.patterns import ALWAYS, read_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from support_model._records.parts import Named
    from support_model._workflows.transitions import Effect
    from support_model.patterns import Functions


def workflow_to_data(workflow: Workflow, calendars: Named | None = None) -> dict[str, Any]:
    """Return a workflow as a dict of JSON types; calendars that have a name go by it.

    Example:
        >>> from support_model.workflows import INCIDENT
        >>> read_workflow(workflow_to_data(INCIDENT)) == INCIDENT
        True
    """
    return {
        "name": workflow.name,
        "initial": list(workflow.initial),
        "statuses": [{"name": s.name, "category": s.category} for s in workflow.statuses],
        "transitions": [_transition_out(t, calendars or {}) for t in workflow.transitions],
    }


def _transition_out(transition: Transition, calendars: Named) -> dict[str, Any]:
    data: dict[str, Any] = {"action": transition.action, "from": list(transition.sources)}
    if transition.to is not None:
        data["to"] = transition.to
    if transition.guard != ALWAYS:
        data["guard"] = transition.guard.data()
    if transition.within is not None:
        data["within"] = duration_text(transition.within)
    if transition.after is not None:
        data["after"] = _length_out(transition.after)
    if isinstance(transition.anchor, LastMessage):
        data["anchor"] = {"last_message": transition.anchor.role}
    calendar = transition.calendar
    if calendar is not None:
        data["calendar"] = calendar_to_data(calendar, calendars)
    if transition.effects:
        data["effects"] = [_effect_out(effect) for effect in transition.effects]
    return data


def _length_out(length: timedelta | WorkingDays) -> str | dict[str, Any]:
    if not isinstance(length, WorkingDays):
        return duration_text(length)
    data: dict[str, Any] = {"working_days": length.n}
    if length.end_of_day:
        data["end_of_day"] = True
    return data if length.rule is None else {**data, "day_rule": length.rule}


def _length_in(data: str | Mapping[str, Any]) -> timedelta | WorkingDays:
    if isinstance(data, str):
        return duration(data)
    end_of_day = data.get("end_of_day", False)
    return WorkingDays(data["working_days"], end_of_day, rule=data.get("day_rule"))


def _effect_out(effect: Effect) -> dict[str, Any]:
    match effect:
        case Say(public=public):
            return {"say": "public" if public else "internal"}
        case Put(fields=fields):
            given = {name: value for name, value in fields if value is not None}
            emptied = [name for name, value in fields if value is None]
            data: dict[str, Any] = {"put": fields_to_data(given)}
            return {**data, "empty": emptied} if emptied else data
        case Ask(kind=kind):
            return {"ask": kind}
        case Relate(kind=relation):
            return {"relate": relation}
        case Cascade(action=action):
            return {"cascade": action}
    return {"follow_up": True}


def read_workflow(
    data: object,
    *,
    calendars: Named | None = None,
    functions: Functions | None = None,
    path: str = "workflow",
) -> Workflow:
    """Return the workflow that `workflow_to_data` wrote, or a ready one by its name.

    Raises:
        InvalidDocument: a key missing, unknown or of the wrong kind; with its path.
        InvalidWorkflow: statuses and transitions that make no workflow.
        InvalidValue: a name, duration, pattern or field that cannot be read.
    """
    if isinstance(data, str):
        if data not in WORKFLOWS:
            raise InvalidValue(data, f"unknown workflow at {path}", nearest(data, WORKFLOWS))
        return WORKFLOWS[data]
    row = fitted("workflow", data, path)
    return Workflow(
        name=row["name"],
        initial=row["initial"],
        statuses=[Status(each["name"], each["category"]) for each in row["statuses"]],
        transitions=[
            _transition_in(each, calendars or {}, functions) for each in row["transitions"]
        ],
    )


def _transition_in(
    row: Mapping[str, Any], calendars: Named, functions: Functions | None
) -> Transition:
    return Transition(
        row["action"],
        row["from"],
        row.get("to"),
        guard=read_pattern(row["guard"], functions) if "guard" in row else ALWAYS,
        effects=tuple(_effect_in(effect) for effect in row.get("effects", ())),
        within=duration(row["within"]) if "within" in row else None,
        after=_length_in(row["after"]) if "after" in row else None,
        anchor=LastMessage(row["anchor"]["last_message"]) if "anchor" in row else Entering(),
        calendar=read_calendar(row["calendar"], calendars) if "calendar" in row else None,
    )


def _effect_in(row: Mapping[str, Any]) -> Effect:
    if row.keys() <= {"put", "empty"}:
        fields = fields_from_data(row.get("put", {}), "put")
        return Put({**dict.fromkeys(row.get("empty", ())), **fields})
    if len(row) > 1:
        raise InvalidValue(dict(row), "several effects in one", "give each a table of its own")
    ((key, value),) = row.items()
    return _EFFECTS[key](value)


_EFFECTS: Mapping[str, Callable[[Any], Effect]] = {
    "say": lambda value: Say(value == "public"),
    "ask": Ask,
    "relate": Relate,
    "cascade": Cascade,
    "follow_up": lambda _: FollowUp(),
}
