"""Escalation rules: which plan runs along which clock of which tickets.

A plan says who hears when; a rule says of what. It looks at the ticket over time: its condition
is in force from the first instant at which it holds until it no longer does, and each time it
comes to hold the plan begins anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from attrs import field

from support_model._escalation.steps import Edition, Plan, PlanHistory
from support_model._frozen import frozen
from support_model.errors import InvalidEscalation, nearest
from support_model.patterns import ALWAYS, Pattern
from support_model.sla import PolicyKind

if TYPE_CHECKING:
    from support_model._escalation.steps import Step
    from support_model.sla import Clock


@frozen
class EscalationRule:
    """A plan for the clocks of one metric.

    Attributes:
        plan: the plan, or the history of its editions.
        metric: the name of the metric along whose clocks it runs.
        when: for which tickets, and while it holds of them.
        kind: for which kind of agreement: `sla`, `ola`, `underpinning_contract`, `custom`.

    Raises:
        InvalidEscalation: no plan, no metric, no pattern, or an unknown kind.

    Example:
        >>> from support_model.escalation import Step, Threshold
        >>> warn = Plan("warn", [Step(id="tell", to="assignee", anchor=Threshold(0.75))])
        >>> EscalationRule(warn, "resolution").name
        'warn'
    """

    plan: Plan | PlanHistory
    metric: str
    when: Pattern = field(default=ALWAYS, kw_only=True)
    kind: PolicyKind = field(default="sla", kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        if not isinstance(self.plan, Plan | PlanHistory):
            raise InvalidEscalation(self.plan, "a rule has a plan", "use Plan or PlanHistory")
        if not isinstance(self.metric, str) or not self.metric:
            raise InvalidEscalation(self.metric, "a metric is named by text", "'resolution'")
        if not isinstance(self.when, Pattern):
            remedy = "say Field(...) or ALWAYS"
            raise InvalidEscalation(self.when, "a rule needs a pattern", remedy)
        if self.kind not in get_args(PolicyKind):
            remedy = nearest(str(self.kind), get_args(PolicyKind))
            raise InvalidEscalation(self.kind, "unknown kind of agreement", remedy)

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The editions of the plan; a plan that never changed is the only one."""
        return self.plan.editions if isinstance(self.plan, PlanHistory) else (Edition(self.plan),)

    @property
    def name(self) -> str:
        """The name of the plan."""
        return self.editions[0].plan.name

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all editions."""
        return tuple(step for edition in self.editions for step in edition.plan.steps)

    def covers(self, clock: Clock) -> bool:
        """Tell whether the plan runs along a clock: of its metric and kind, whenever `when`."""
        return clock.metric.name == self.metric and clock.kind == self.kind
