"""Escalation rules and their plans as plain data: the tables of their keys."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from support_model._common_shapes import CALENDAR, INSTANT, PATTERN, RATIO, given
from support_model._escalation.rules import EscalationRule
from support_model._escalation.steps import (
    AckMissing,
    Base,
    Edition,
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
from support_model._records import (
    COUNT,
    LENGTH,
    TEXT,
    WHOLE,
    Record,
    either,
    keyed,
    leaf,
    list_of,
    one_of,
    optional,
    read,
    required,
    write,
)
from support_model.sla import PolicyKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from support_model._common_shapes import Named
    from support_model._escalation.steps import Anchor
    from support_model._records import Data
    from support_model.patterns import Functions

_BARE: dict[str, Anchor] = {"start": Start(), "unacknowledged": AckMissing()}
"""The anchors that a word says."""
SHARE = either(
    leaf("number", exclusiveMinimum=0), RATIO, pick=lambda share: isinstance(share, Fraction)
)
ANCHOR = either(
    one_of(
        ("start", "unacknowledged"),
        _BARE.__getitem__,
        lambda anchor: "start" if anchor == Start() else "unacknowledged",
    ),
    keyed(
        {
            "share": Record(Threshold, required("share", SHARE)),
            "unacknowledged": Record(
                AckMissing,
                required("unacknowledged", TEXT, "of"),
                description="since this step was first tried",
            ),
            "in_line": Record(LineTimeout, required("in_line", TEXT, "line")),
        }
    ),
    pick=lambda anchor: anchor not in _BARE.values(),
)
STEP = Record(
    Step,
    required("id", TEXT),
    required(
        "to",
        leaf(
            "string",
            minLength=1,
            description="such as assignee, manager:1, line:2, oncall:primary",
        ),
    ),
    optional("anchor", ANCHOR),
    optional("after", LENGTH),
    optional("base", one_of(Base)),
    optional("level", WHOLE),
    optional("kind", one_of(StepKind)),
    optional("repeat", Record(Repeat, required("every", LENGTH), optional("times", COUNT))),
    optional("hours", CALENDAR),
    optional("until", one_of(Until)),
    definition="step",
)
STEPS = list_of(STEP, 1)
EDITION = Record(
    tuple,
    optional("since", INSTANT),
    required("steps", STEPS),
    make=lambda steps, since=None: (since, steps),
    parts=lambda edition: {"since": edition[0], "steps": edition[1]},
)


def _fixed(name: str, metric: str, steps: Sequence[Step], **parts: Data) -> EscalationRule:
    return EscalationRule(Plan(name, steps), metric, **parts)


def _followed(
    name: str,
    metric: str,
    editions: Sequence[tuple[datetime | None, Sequence[Step]]],
    follow: Follow = "snapshot",
    **parts: Data,
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
    required("name", TEXT),
    required("metric", TEXT),
    optional("when", PATTERN),
    optional("kind", one_of(PolicyKind)),
)
PLAN = keyed(
    {
        "steps": Record(
            EscalationRule, *_RULE, required("steps", STEPS), make=_fixed, parts=_rule_parts
        ),
        "editions": Record(
            EscalationRule,
            *_RULE,
            optional("follow", one_of(Follow)),
            required("editions", list_of(EDITION, 1)),
            make=_followed,
            parts=_rule_parts,
        ),
    },
    "plan",
    lambda rule: "steps" if isinstance(rule.plan, Plan) else "editions",
)


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
    return write(PLAN, rule, "plan", given(calendars))


def read_escalation_rule(
    data: object,
    *,
    functions: Functions | None = None,
    calendars: Named | None = None,
    path: str = "plan",
) -> EscalationRule:
    """Return the escalation rule that `escalation_rule_to_data` wrote; errors call it `path`.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable, a plan that cannot mean
            anything; with the path to it.
    """
    return read(PLAN, data, path, given(calendars, functions))
