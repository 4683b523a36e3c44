"""Lines, agents, routing and triage rules as plain data: the tables of their keys.

Calendars go by their names. A host's own ranking goes by its name too, and is known only if the
caller hands it over.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from support_model import _records as doc
from support_model._checks import LEVELS
from support_model._common_shapes import CALENDAR, INSTANT, NUMBER, PATTERN, SPAN
from support_model._routing.queues import Need, Queue
from support_model._routing.rules import (
    STRATEGIES,
    Fallback,
    Fit,
    Ranking,
    RateLimit,
    Relax,
    Routing,
)
from support_model._routing.triage import TriageRule
from support_model._routing.workloads import CountedWork
from support_model._ticket_data import TICKET_FIELDS, set_and_emptied
from support_model.errors import InvalidValue, nearest
from support_model.lines import Agent, CallOut, Capacity, Skill, SupportLine

if TYPE_CHECKING:
    from collections.abc import Mapping
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


def _read_ranking(name: doc.Data, given: doc.Given) -> Ranking:
    known = given.get("rankings", {})
    ranking = known.get(doc.TEXT.read(name, given))
    if ranking is None:
        remedy = nearest(name, known) if known else "hand it over: rankings=[...]"
        raise doc.Fault(name, "unknown ranking", remedy)
    return ranking  # type: ignore[no-any-return]


RANKING = doc.Record(
    Ranking,
    doc.required(
        "ranking",
        doc.Shape(("string",), doc.TEXT.schema, _read_ranking, lambda ranking, _: ranking.name),
    ),
    make=lambda ranking: ranking,
    parts=lambda ranking: {"ranking": ranking},
    description="the host's own, by name",
)
STRATEGY = doc.either(
    doc.one_of(STRATEGIES), RANKING, pick=lambda strategy: isinstance(strategy, Ranking)
)
NEED = doc.Record(
    Need,
    doc.required("skill", doc.TEXT),
    doc.optional("level", doc.POSITIVE),
    doc.optional("required", doc.FLAG),
)
QUEUE = doc.Record(
    Queue,
    doc.required("name", doc.TEXT),
    doc.required("when", PATTERN),
    doc.optional("needs", doc.list_of(doc.brief(NEED, "skill"))),
    doc.optional("line", LEVEL),
    doc.optional("team", doc.TEXT),
    definition="queue",
)
RELAX = doc.Record(
    Relax,
    doc.required("after", doc.LENGTH),
    doc.optional("lower", doc.table_of(doc.COUNT)),
    doc.optional("drop", doc.list_of(doc.TEXT)),
)
FALLBACK = doc.Record(
    Fallback,
    doc.required("after", doc.LENGTH),
    doc.required("line", LEVEL),
    doc.optional("of", LEVEL),
)
ROUTING = doc.Record(
    Routing,
    doc.optional("strategy", STRATEGY),
    doc.optional("sticky", doc.LENGTH),
    doc.optional("ageing", doc.LENGTH),
    doc.optional("relax", doc.list_of(RELAX)),
    doc.optional("fallback", doc.list_of(FALLBACK)),
    doc.optional(
        "rate_limit",
        doc.Record(RateLimit, doc.required("most", doc.COUNT), doc.required("within", doc.LENGTH)),
    ),
    doc.optional("count", doc.one_of(CountedWork)),
    doc.optional("fit", doc.one_of(get_args(Fit))),
    doc.optional("weights", doc.table_of(NUMBER)),
    doc.optional("queues", doc.list_of(QUEUE)),
    definition="routing",
)


def _triage_rule(
    sets: Mapping[str, Any], empty: tuple[str, ...] = (), **parts: doc.Data
) -> TriageRule:
    return TriageRule(sets={**dict.fromkeys(empty), **sets}, **parts)


def _triage_parts(rule: TriageRule) -> dict[str, Any]:
    sets, emptied = set_and_emptied(dict(rule.sets))
    return {"name": rule.name, "when": rule.when, "sets": sets, "empty": emptied}


TRIAGE_RULE = doc.Record(
    TriageRule,
    doc.required("name", doc.TEXT),
    doc.required("when", PATTERN),
    doc.required("sets", TICKET_FIELDS),
    doc.optional("empty", doc.list_of(doc.TEXT)),
    definition="triage_rule",
    make=_triage_rule,
    parts=_triage_parts,
)
