"""Support lines and agents as plain data: dicts of JSON types out and in, calendars by name."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from support_model._records.parts import (
    calendar_to_data,
    number_to_data,
    read_calendar,
    read_instant,
    read_number,
    read_span,
    span_to_data,
)
from support_model._records.schemas import fitted
from support_model._time import duration, duration_text
from support_model.errors import InvalidValue
from support_model.lines import Agent, CallOut, Capacity, Skill, SupportLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._records.parts import Named


NO_LINE = "none"


def line_to_data(line: SupportLine, calendars: Named | None = None) -> dict[str, Any]:
    """Return a support line as a dict of JSON types; calendars that have a name go by it."""
    named = calendars or {}
    data: dict[str, Any] = {"level": line.level}
    for part in ("name", "duties", "qualifications", "zone"):
        value = getattr(line, part)
        if value:
            data[part] = value if isinstance(value, str) else list(value)
    if line.calendar is not None:
        data["calendar"] = calendar_to_data(line.calendar, named)
    if line.call_out is not None:
        data["call_out"] = _call_out_out(line.call_out, named)
    if line.cost_per_hour:
        data["cost_per_hour"] = number_to_data(line.cost_per_hour)
    return data


def _call_out_out(terms: CallOut, named: Named) -> dict[str, Any]:
    data: dict[str, Any] = {"within": duration_text(terms.within)}
    if terms.calendar is not None:
        data["calendar"] = calendar_to_data(terms.calendar, named)
    for part in ("fee", "per_hour"):
        if getattr(terms, part):
            data[part] = number_to_data(getattr(terms, part))
    if terms.least is not None:
        data["least"] = duration_text(terms.least)
    return data


def read_line(data: object, *, calendars: Named | None = None, path: str = "line") -> SupportLine:
    """Return the support line that `line_to_data` wrote.

    Raises:
        InvalidDocument: a key missing, unknown or of the wrong kind; with its path.
        InvalidValue: a level outside 1 to 5, an unknown calendar, terms that cannot be.
    """
    row, named = fitted("line", data, path), calendars or {}
    terms = row.get("call_out")
    return SupportLine(
        level=row["level"],
        name=row.get("name", ""),
        duties=row.get("duties", ()),
        qualifications=row.get("qualifications", ()),
        zone=row.get("zone", ""),
        calendar=read_calendar(row["calendar"], named) if "calendar" in row else None,
        call_out=None if terms is None else _call_out_in(terms, named),
        cost_per_hour=read_number(row.get("cost_per_hour", 0)),
    )


def _call_out_in(row: Mapping[str, Any], named: Named) -> CallOut:
    return CallOut(
        within=duration(row["within"]),
        calendar=read_calendar(row["calendar"], named) if "calendar" in row else None,
        fee=read_number(row.get("fee", 0)),
        per_hour=read_number(row.get("per_hour", 0)),
        least=duration(row["least"]) if "least" in row else None,
    )


def agent_to_data(agent: Agent, calendars: Named | None = None) -> dict[str, Any]:
    """Return an agent as a dict of JSON types; calendars that have a name go by it.

    Example:
        >>> ann = Agent(id="ann", line=2, skills=["linux", Skill(name="sap", level=3)])
        >>> agent_to_data(ann)["skills"]
        ['linux', {'name': 'sap', 'level': 3}]
        >>> read_agent(agent_to_data(ann)) == ann
        True
    """
    data: dict[str, Any] = {"id": agent.id, "line": NO_LINE if agent.line is None else agent.line}
    if agent.skills:
        data["skills"] = [_skill_out(skill) for skill in agent.skills.values()]
    if agent.teams:
        data["teams"] = sorted(agent.teams)
    if agent.calendar is not None:
        data["calendar"] = calendar_to_data(agent.calendar, calendars or {})
    capacity: dict[str, Any] = {}
    if agent.capacity.units is not None:
        capacity["units"] = number_to_data(agent.capacity.units)
    if agent.capacity.channels:
        capacity["channels"] = dict(agent.capacity.channels)
    if capacity:
        data["capacity"] = capacity
    if agent.absences:
        data["absences"] = [span_to_data(span) for span in agent.absences]
    for part in ("manager", "deputy"):
        if getattr(agent, part) is not None:
            data[part] = getattr(agent, part)
    return data


def _skill_out(skill: Skill) -> str | dict[str, Any]:
    data: dict[str, Any] = {"name": skill.name}
    if skill.level != 1:
        data["level"] = skill.level
    if skill.expires is not None:
        data["expires"] = skill.expires.isoformat()
    return data if len(data) > 1 else skill.name


def read_agent(data: object, *, calendars: Named | None = None, path: str = "agent") -> Agent:
    """Return the agent that `agent_to_data` wrote.

    Raises:
        InvalidDocument: a key missing, unknown or of the wrong kind; with its path.
        InvalidValue: a part that cannot be, such as a skill twice or an unknown calendar.
        InvalidLoad: a negative capacity.
    """
    row = fitted("agent", data, path)
    line, capacity = row.get("line", 1), row.get("capacity", {})
    units = capacity.get("units")
    return Agent(
        id=row["id"],
        line=None if line == NO_LINE else line,
        skills=[_skill_in(skill) for skill in row.get("skills", ())],
        teams=row.get("teams", ()),
        calendar=read_calendar(row["calendar"], calendars or {}) if "calendar" in row else None,
        capacity=Capacity(
            None if units is None else read_number(units), capacity.get("channels", {})
        ),
        absences=[read_span(span) for span in row.get("absences", ())],
        manager=row.get("manager"),
        deputy=row.get("deputy"),
    )


def _skill_in(data: str | Mapping[str, Any]) -> Skill:
    row: Mapping[str, Any] = {"name": data} if isinstance(data, str) else data
    expires = row.get("expires")
    return Skill(
        name=row["name"],
        level=row.get("level", 1),
        expires=None if expires is None else _expiry(expires),
    )


def _expiry(text: str) -> date | datetime:
    """Return an instant, or a date where there is no time of day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return read_instant(text)
    except InvalidValue as error:
        remedy = "write 2026-12-31, or an instant with its offset"
        raise InvalidValue(text, error.problem, remedy) from None
