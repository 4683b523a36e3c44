"""Escalation rules and their plans as plain data: the tables of their keys."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from support_model import _records as doc
from support_model._common_shapes import CALENDAR, INSTANT, PATTERN, RATIO
from support_model._escalation.plans import (
    AckMissing,
    Base,
    Edition,
    EscalationRule,
    Follow,
    LineTimeout,
    Plan,
    PlanHistory,
    Repeat,
    Start,
    Step,
    StepKind,
    Threshold,
    Until,
)
from support_model._vocabulary import PolicyKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from support_model._escalation.plans import Anchor

_BARE: dict[str, Anchor] = {"start": Start(), "unacknowledged": AckMissing()}
"""The anchors that a word says."""
SHARE = doc.either(
    doc.leaf("number", exclusiveMinimum=0), RATIO, pick=lambda share: isinstance(share, Fraction)
)
ANCHOR = doc.either(
    doc.one_of(
        ("start", "unacknowledged"),
        _BARE.__getitem__,
        lambda anchor: "start" if anchor == Start() else "unacknowledged",
    ),
    doc.keyed(
        {
            "share": doc.Record(Threshold, doc.required("share", SHARE)),
            "unacknowledged": doc.Record(
                AckMissing,
                doc.required("unacknowledged", doc.TEXT, "of"),
                description="since this step was first tried",
            ),
            "in_line": doc.Record(LineTimeout, doc.required("in_line", doc.TEXT, "line")),
        }
    ),
    pick=lambda anchor: anchor not in _BARE.values(),
)
STEP = doc.Record(
    Step,
    doc.required("id", doc.TEXT),
    doc.required(
        "to",
        doc.leaf(
            "string",
            minLength=1,
            description="such as assignee, manager:1, line:2, oncall:primary",
        ),
    ),
    doc.optional("anchor", ANCHOR),
    doc.optional("after", doc.LENGTH),
    doc.optional("base", doc.one_of(Base)),
    doc.optional("level", doc.WHOLE),
    doc.optional("kind", doc.one_of(StepKind)),
    doc.optional(
        "repeat",
        doc.Record(Repeat, doc.required("every", doc.LENGTH), doc.optional("times", doc.COUNT)),
    ),
    doc.optional("hours", CALENDAR),
    doc.optional("until", doc.one_of(Until)),
    definition="step",
)
STEPS = doc.list_of(STEP, 1)
EDITION = doc.Record(
    tuple,
    doc.optional("since", INSTANT),
    doc.required("steps", STEPS),
    make=lambda steps, since=None: (since, steps),
    parts=lambda edition: {"since": edition[0], "steps": edition[1]},
)


def _fixed(name: str, metric: str, steps: Sequence[Step], **parts: doc.Data) -> EscalationRule:
    return EscalationRule(Plan(name, steps), metric, **parts)


def _followed(
    name: str,
    metric: str,
    editions: Sequence[tuple[datetime | None, Sequence[Step]]],
    follow: Follow = "snapshot",
    **parts: doc.Data,
) -> EscalationRule:
    plans = [Edition(Plan(name, steps), since) for since, steps in editions]
    return EscalationRule(PlanHistory(plans, follow), metric, **parts)


def _rule_parts(rule: EscalationRule) -> dict[str, Any]:
    plan = rule.plan
    parts = {
        "name": rule.name,
        "metric": rule.metric,
        "when": rule.when,
        "kind": rule.kind,
    }
    if isinstance(plan, Plan):
        return {**parts, "steps": plan.steps}
    editions = [(edition.since, edition.plan.steps) for edition in plan.editions]
    return {**parts, "editions": editions, "follow": plan.follow}


_RULE = (
    doc.required("name", doc.TEXT),
    doc.required("metric", doc.TEXT),
    doc.optional("when", PATTERN),
    doc.optional("kind", doc.one_of(PolicyKind)),
)
PLAN = doc.keyed(
    {
        "steps": doc.Record(
            EscalationRule, *_RULE, doc.required("steps", STEPS), make=_fixed, parts=_rule_parts
        ),
        "editions": doc.Record(
            EscalationRule,
            *_RULE,
            doc.optional("follow", doc.one_of(Follow)),
            doc.required("editions", doc.list_of(EDITION, 1)),
            make=_followed,
            parts=_rule_parts,
        ),
    },
    "plan",
    lambda rule: "steps" if isinstance(rule.plan, Plan) else "editions",
)
