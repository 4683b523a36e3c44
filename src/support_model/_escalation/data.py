"""Escalation rules and their plans as plain data: dicts of JSON types out and in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support_model._escalation.rules import EscalationRule
from support_model._escalation.steps import (
    AckMissing,
    Edition,
    LineTimeout,
    Plan,
    PlanHistory,
    Repeat,
    Start,
    Step,
    Threshold,
)
from support_model._records.documents import Document
from support_model._records.parts import (
    calendar_to_data,
    number_to_data,
    read_calendar,
    read_instant,
    read_number,
)
from support_model._records.schemas import fitted
from support_model._time import duration, duration_text
from support_model.patterns import ALWAYS, read_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._escalation.steps import Anchor
    from support_model._records.parts import Named
    from support_model.patterns import Functions


def escalation_rule_to_data(
    rule: EscalationRule, calendars: Named | None = None
) -> dict[str, Any]:
    """Return an escalation rule as a dict of JSON types; calendars that have a name go by it.

    Example:
        >>> rule = EscalationRule(Plan("late", [Step(id="tell", to="manager:1")]), "resolution")
        >>> escalation_rule_to_data(rule)["steps"]
        [{'id': 'tell', 'to': 'manager:1'}]
        >>> read_escalation_rule(escalation_rule_to_data(rule)) == rule
        True
    """
    named = calendars or {}
    data: dict[str, Any] = {"name": rule.name, "metric": rule.metric}
    if rule.when != ALWAYS:
        data["when"] = rule.when.data()
    if rule.kind != "sla":
        data["kind"] = rule.kind
    if isinstance(rule.plan, Plan):
        return {**data, "steps": [_step_out(step, named) for step in rule.plan.steps]}
    data["follow"] = rule.plan.follow
    return {**data, "editions": [_edition_out(row, named) for row in rule.plan.editions]}


def _edition_out(edition: Edition, named: Named) -> dict[str, Any]:
    data = {"steps": [_step_out(step, named) for step in edition.plan.steps]}
    return data if edition.since is None else {"since": edition.since.isoformat(), **data}


def _step_out(step: Step, named: Named) -> dict[str, Any]:
    data: dict[str, Any] = {"id": step.id, "to": step.to}
    if step.anchor != Threshold():
        data["anchor"] = _anchor_out(step.anchor)
    if step.after:
        data["after"] = duration_text(step.after)
    for part, usual in (("base", "clock"), ("level", 1), ("kind", "notify"), ("until", "stop")):
        if getattr(step, part) != usual:
            data[part] = getattr(step, part)
    if step.repeat is not None:
        data["repeat"] = {"every": duration_text(step.repeat.every)}
        if step.repeat.times is not None:
            data["repeat"]["times"] = step.repeat.times
    if step.hours is not None:
        data["hours"] = calendar_to_data(step.hours, named)
    return data


def _anchor_out(anchor: Anchor) -> str | dict[str, Any]:
    match anchor:
        case Threshold(share=share):
            return {"share": number_to_data(share)}
        case AckMissing(of=of):
            return "unacknowledged" if of is None else {"unacknowledged": of}
        case LineTimeout(line=line):
            return {"in_line": line}
    return "start"


def read_escalation_rule(
    data: object,
    *,
    functions: Functions | None = None,
    calendars: Named | None = None,
    path: str = "plan",
) -> EscalationRule:
    """Return the escalation rule that `escalation_rule_to_data` wrote.

    Raises:
        InvalidDocument: a key missing, unknown or of the wrong kind; with its path.
        InvalidEscalation: a plan that cannot mean anything, such as a negative wall offset.
        InvalidPattern, InvalidValue: a part that cannot be read.
    """
    row = fitted("plan", data, path)
    name, plan = row["name"], Document(path, row)
    steps: Plan | PlanHistory
    if "steps" in row:
        steps = Plan(name, plan.each("steps", _step_in, named=calendars or {}))
    else:
        editions = plan.each("editions", _edition_in, name=name, named=calendars or {})
        steps = PlanHistory(editions, row.get("follow", "snapshot"))
    return EscalationRule(
        steps,
        row["metric"],
        when=read_pattern(row["when"], functions) if "when" in row else ALWAYS,
        kind=row.get("kind", "sla"),
    )


def _edition_in(row: Mapping[str, Any], name: str, named: Named) -> Edition:
    plan = Plan(name, Document("edition", row).each("steps", _step_in, named=named))
    return Edition(plan, read_instant(row["since"]) if "since" in row else None)


def _step_in(row: Mapping[str, Any], named: Named) -> Step:
    given = {part: row[part] for part in ("base", "level", "kind", "until") if part in row}
    if "anchor" in row:
        given["anchor"] = _anchor_in(row["anchor"])
    if "after" in row:
        given["after"] = duration(row["after"])
    if "repeat" in row:
        repeat = row["repeat"]
        given["repeat"] = Repeat(duration(repeat["every"]), repeat.get("times"))
    if "hours" in row:
        given["hours"] = read_calendar(row["hours"], named)
    return Step(id=row["id"], to=row["to"], **given)


def _anchor_in(data: Any) -> Anchor:  # noqa: ANN401 - it fits
    if isinstance(data, str):
        return Start() if data == "start" else AckMissing()
    if "share" in data:
        return Threshold(read_number(data["share"]))
    return (
        LineTimeout(data["in_line"]) if "in_line" in data else AckMissing(data["unacknowledged"])
    )
