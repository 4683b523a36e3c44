"""Support lines and agents as plain data: the tables of their keys, calendars by name."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from support_model._common_shapes import CALENDAR, INSTANT, NUMBER, SPAN, given
from support_model._records import (
    ANY_TEXT,
    COUNT,
    LENGTH,
    POSITIVE,
    TEXT,
    Record,
    brief,
    either,
    leaf,
    list_of,
    one_of,
    optional,
    read,
    required,
    table_of,
    write,
)
from support_model.errors import InvalidValue
from support_model.lines import LEVELS, Agent, CallOut, Capacity, Skill, SupportLine

if TYPE_CHECKING:
    from datetime import datetime

    from support_model._common_shapes import Named


def _read_expiry(text: str) -> date | datetime:
    """Return an instant, or a date where there is no time of day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return INSTANT.read(text, {})  # type: ignore[no-any-return]
    except InvalidValue as error:
        remedy = "write 2026-12-31, or an instant with its offset"
        raise InvalidValue(text, error.problem, remedy) from None


LEVEL = leaf("integer", int, minimum=LEVELS[0], maximum=LEVELS[-1])
NO_LINE = one_of(
    ("none",),
    lambda _: None,
    lambda _: "none",
    description="nobody's line: takes no ticket of a line",
)
LINE = Record(
    SupportLine,
    required("level", LEVEL),
    optional("name", ANY_TEXT),
    optional("duties", list_of(TEXT)),
    optional("qualifications", list_of(TEXT)),
    optional("zone", ANY_TEXT),
    optional("calendar", CALENDAR),
    optional(
        "call_out",
        Record(
            CallOut,
            required("within", LENGTH),
            optional("calendar", CALENDAR),
            optional("fee", NUMBER),
            optional("per_hour", NUMBER),
            optional("least", LENGTH),
        ),
    ),
    optional("cost_per_hour", NUMBER),
    definition="line",
)
SKILL = Record(
    Skill,
    required("name", TEXT),
    optional("level", POSITIVE),
    optional(
        "expires",
        leaf(
            "string",
            _read_expiry,
            lambda expires: expires.isoformat(),
            minLength=1,
            description="the last date on which it counts, or an instant",
        ),
    ),
    definition="skill",
)
AGENT = Record(
    Agent,
    required("id", TEXT),
    optional("line", either(LEVEL, NO_LINE, pick=lambda line: line is None), always=True),
    optional("skills", list_of(brief(SKILL, "name"), out=lambda skills: skills.values())),
    optional("teams", list_of(TEXT, out=sorted)),
    optional("calendar", CALENDAR),
    optional(
        "capacity",
        Record(Capacity, optional("units", NUMBER), optional("channels", table_of(COUNT))),
    ),
    optional("absences", list_of(SPAN)),
    optional("manager", TEXT),
    optional("deputy", TEXT),
    definition="agent",
)


def line_to_data(line: SupportLine, calendars: Named | None = None) -> dict[str, Any]:
    """Return a support line as a dict of JSON types; calendars that have a name go by it."""
    return write(LINE, line, "line", given(calendars))


def read_line(data: object, *, calendars: Named | None = None, path: str = "line") -> SupportLine:
    """Return the support line that `line_to_data` wrote; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable; with the path to it.
    """
    return read(LINE, data, path, given(calendars))


def agent_to_data(agent: Agent, calendars: Named | None = None) -> dict[str, Any]:
    """Return an agent as a dict of JSON types; calendars that have a name go by it.

    Example:
        >>> ann = Agent(id="ann", line=2, skills=["linux", Skill(name="sap", level=3)])
        >>> agent_to_data(ann)["skills"]
        ['linux', {'name': 'sap', 'level': 3}]
        >>> read_agent(agent_to_data(ann)) == ann
        True
    """
    return write(AGENT, agent, "agent", given(calendars))


def read_agent(data: object, *, calendars: Named | None = None, path: str = "agent") -> Agent:
    """Return the agent that `agent_to_data` wrote; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable; with the path to it.
    """
    return read(AGENT, data, path, given(calendars))
