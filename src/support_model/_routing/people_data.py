"""Support lines and agents as plain data: the tables of their keys, calendars by name."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from support_model import _records as doc
from support_model._checks import LEVELS
from support_model._common_shapes import CALENDAR, INSTANT, NUMBER, SPAN
from support_model.errors import InvalidValue
from support_model.lines import Agent, CallOut, Capacity, Skill, SupportLine

if TYPE_CHECKING:
    from datetime import datetime


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


LEVEL = doc.leaf("integer", int, minimum=LEVELS[0], maximum=LEVELS[-1])
NO_LINE = doc.one_of(
    ("none",),
    lambda _: None,
    lambda _: "none",
    description="nobody's line: takes no ticket of a line",
)
LINE = doc.Record(
    SupportLine,
    doc.required("level", LEVEL),
    doc.optional("name", doc.ANY_TEXT),
    doc.optional("duties", doc.list_of(doc.TEXT)),
    doc.optional("qualifications", doc.list_of(doc.TEXT)),
    doc.optional("zone", doc.ANY_TEXT),
    doc.optional("calendar", CALENDAR),
    doc.optional(
        "call_out",
        doc.Record(
            CallOut,
            doc.required("within", doc.LENGTH),
            doc.optional("calendar", CALENDAR),
            doc.optional("fee", NUMBER),
            doc.optional("per_hour", NUMBER),
            doc.optional("least", doc.LENGTH),
        ),
    ),
    doc.optional("cost_per_hour", NUMBER),
    definition="line",
)
SKILL = doc.Record(
    Skill,
    doc.required("name", doc.TEXT),
    doc.optional("level", doc.POSITIVE),
    doc.optional(
        "expires",
        doc.leaf(
            "string",
            _read_expiry,
            lambda expires: expires.isoformat(),
            minLength=1,
            description="the last date on which it counts, or an instant",
        ),
    ),
    definition="skill",
)
AGENT = doc.Record(
    Agent,
    doc.required("id", doc.TEXT),
    doc.optional("line", doc.either(LEVEL, NO_LINE, pick=lambda line: line is None), always=True),
    doc.optional(
        "skills", doc.list_of(doc.brief(SKILL, "name"), out=lambda skills: skills.values())
    ),
    doc.optional("teams", doc.list_of(doc.TEXT, out=sorted)),
    doc.optional("calendar", CALENDAR),
    doc.optional(
        "capacity",
        doc.Record(
            Capacity,
            doc.optional("units", NUMBER),
            doc.optional("channels", doc.table_of(doc.COUNT)),
        ),
    ),
    doc.optional("absences", doc.list_of(SPAN)),
    doc.optional("manager", doc.TEXT),
    doc.optional("deputy", doc.TEXT),
    definition="agent",
)
