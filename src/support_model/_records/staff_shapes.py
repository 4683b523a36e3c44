"""The shapes of who works: lines, agents, triage, routing, escalation and on-call plans."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model._escalation.steps import Base, Follow, StepKind, Until
from support_model._hours import WEEKDAYS
from support_model._oncall.plans import Away, Equal
from support_model._oncall.rotations import TurnUnit
from support_model._records.shape_words import (
    ANY_TEXT,
    CALENDAR,
    COUNT,
    FLAG,
    INSTANT,
    LENGTH,
    NUMBER,
    SPAN,
    TEXT,
    WHOLE,
    any_of,
    list_of,
    object_of,
    ref,
    table_of,
    words,
)
from support_model._routing.rules import STRATEGIES, Fit
from support_model._routing.workloads import CountedWork
from support_model._sla.policies import PolicyKind
from support_model.lines import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._records.shapes import Shape

__all__ = ["STAFF"]

LEVEL: Shape = {"type": "integer", "minimum": LEVELS[0], "maximum": LEVELS[-1]}
AT_LEAST_ONE: Shape = {"type": "integer", "minimum": 1}
LOCAL: Shape = {**TEXT, "description": "a reading of the layer's clock: 2026-03-02 09:00"}

_LINE = object_of(
    ("level",),
    level=LEVEL,
    name=ANY_TEXT,
    duties=list_of(TEXT),
    qualifications=list_of(TEXT),
    zone=ANY_TEXT,
    calendar=CALENDAR,
    call_out=object_of(
        ("within",),
        within=LENGTH,
        calendar=CALENDAR,
        fee=NUMBER,
        per_hour=NUMBER,
        least=LENGTH,
    ),
    cost_per_hour=NUMBER,
)
_SKILL = object_of(
    ("name",),
    name=TEXT,
    level=AT_LEAST_ONE,
    expires={**TEXT, "description": "the last date on which it counts, or an instant"},
)
_AGENT = object_of(
    ("id",),
    id=TEXT,
    line=any_of(
        LEVEL, {"enum": ["none"], "description": "nobody's line: takes no ticket of a line"}
    ),
    skills=list_of(any_of(TEXT, ref("skill"))),
    teams=list_of(TEXT),
    calendar=CALENDAR,
    capacity=object_of((), units=NUMBER, channels=table_of(COUNT)),
    absences=list_of(SPAN),
    manager=TEXT,
    deputy=TEXT,
)
_TRIAGE_RULE = object_of(
    ("name", "when", "sets"),
    name=TEXT,
    when=ref("pattern"),
    sets=ref("fields"),
    empty=list_of(TEXT),
)
_QUEUE = object_of(
    ("name", "when"),
    name=TEXT,
    when=ref("pattern"),
    needs=list_of(
        any_of(TEXT, object_of(("skill",), skill=TEXT, level=AT_LEAST_ONE, required=FLAG))
    ),
    line=LEVEL,
    team=TEXT,
)
_ROUTING = object_of(
    (),
    strategy=any_of(
        {"enum": list(STRATEGIES)},
        {
            **object_of(("ranking",), ranking=TEXT),
            "description": "the host's own, by name",
        },
    ),
    sticky=LENGTH,
    ageing=LENGTH,
    relax=list_of(object_of(("after",), after=LENGTH, lower=table_of(COUNT), drop=list_of(TEXT))),
    fallback=list_of(object_of(("after", "line"), after=LENGTH, line=LEVEL, of=LEVEL)),
    rate_limit=object_of(("most", "within"), most=COUNT, within=LENGTH),
    count=words(CountedWork),
    fit=words(Fit),
    weights=table_of(NUMBER),
    queues=list_of(ref("queue")),
)
_STEP = object_of(
    ("id", "to"),
    id=TEXT,
    to={**TEXT, "description": "such as assignee, manager:1, line:2, oncall:primary"},
    anchor=any_of(
        {"enum": ["start", "unacknowledged"]},
        object_of(("share",), share=any_of({"type": "number", "exclusiveMinimum": 0}, TEXT)),
        {
            **object_of(("unacknowledged",), unacknowledged=TEXT),
            "description": "since this step was first tried",
        },
        object_of(("in_line",), in_line=TEXT),
    ),
    after=LENGTH,
    base=words(Base),
    level=WHOLE,
    kind=words(StepKind),
    repeat=object_of(("every",), every=LENGTH, times=COUNT),
    hours=CALENDAR,
    until=words(Until),
)
_RULE = {"name": TEXT, "metric": TEXT, "when": ref("pattern"), "kind": words(PolicyKind)}
_STEPS = list_of(ref("step"), minItems=1)
_PLAN = any_of(
    object_of(("name", "metric", "steps"), **_RULE, steps=_STEPS),
    object_of(
        ("name", "metric", "editions"),
        **_RULE,
        follow=words(Follow),
        editions=list_of(object_of(("steps",), since=INSTANT, steps=_STEPS), minItems=1),
    ),
)
_TURN = any_of(
    object_of(
        ("every", "unit"),
        every=AT_LEAST_ONE,
        unit=words(TurnUnit),
        handoff={**TEXT, "description": "09:00 or mon 09:00"},
        duration=LENGTH,
    ),
    object_of(
        ("rule",),
        rule={**TEXT, "description": "an RRULE of RFC 5545"},
        duration=LENGTH,
    ),
    object_of(("worked_dates",), worked_dates=AT_LEAST_ONE, duration=LENGTH),
)
_DAYS = any_of(
    {**TEXT, "description": "such as mon-fri"}, list_of({"enum": list(WEEKDAYS)}, minItems=1)
)
_WINDOW = object_of(("days", "from", "lasts"), days=_DAYS, from_=TEXT, lasts=LENGTH)
_LAYER = object_of(
    ("participants", "start", "tz"),
    participants=list_of(any_of(TEXT, list_of(TEXT, minItems=1)), minItems=1),
    start=LOCAL,
    tz=TEXT,
    turn=_TURN,
    windows=any_of(
        list_of(_WINDOW),
        {**TEXT, "description": "a calendar's name"},
        object_of(("calendar",), calendar=ref("calendar")),
        ref("week"),
    ),
    active_from=LOCAL,
    until=LOCAL,
    priority=WHOLE,
)
_STRETCH = list_of(object_of(("person", "span"), person=TEXT, span=SPAN))
_ONCALL = object_of(
    ("layers",),
    layers=list_of(ref("layer")),
    overrides=_STRETCH,
    swaps=list_of(
        object_of(("giver", "taker", "span"), giver=TEXT, taker=TEXT, span=SPAN, back=SPAN)
    ),
    absences=_STRETCH,
    when_away=words(Away),
    same_priority=words(Equal),
)
STAFF: Mapping[str, Shape] = MappingProxyType(
    {
        "agent": _AGENT,
        "layer": _LAYER,
        "line": _LINE,
        "oncall": _ONCALL,
        "plan": _PLAN,
        "queue": _QUEUE,
        "routing": _ROUTING,
        "skill": _SKILL,
        "step": _STEP,
        "triage_rule": _TRIAGE_RULE,
    }
)
"""Definitions by name."""
