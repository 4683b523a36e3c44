"""Desk: the rules of a help desk as one frozen value, and what is due under all of them.

An application loads one desk, shares it among all threads, and asks it; nothing in it changes.

Before this: `support_model.sla`, `support_model.lifecycle.workflows`. Next:
`support_model.desk_lint`, `support_model.serde`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from support_model.desk_lint import lint
from support_model.service_levels.policies import PolicyBook, book_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model.agenda import Agenda
    from support_model.calendars import BusinessCalendar
    from support_model.instants import Span
    from support_model.lifecycle.workflows import Workflow
    from support_model.reasons import Reason
    from support_model.service_levels.evaluations import Evaluation

__all__ = ["Desk"]


def _copied(calendars: Mapping[str, BusinessCalendar]) -> dict[str, BusinessCalendar]:
    return dict(calendars)


@frozen(kw_only=True)
class Desk:
    """The rules of one help desk.

    Attributes:
        name: what people call it; may be empty.
        workflow: how tickets move; None where the host decides that elsewhere.
        calendars: opening hours by name.
        policies: what is promised; a book, a policy or policies in order of precedence.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.lifecycle.ready_workflows import INCIDENT
        >>> from support_model.sla import SlaPolicy, Target, evaluate
        >>> from support_model.service_levels.metrics import RESOLUTION
        >>> from support_model.lifecycle.vocabulary import Actor
        >>> hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> day = Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=hours)
        >>> desk = Desk(
        ...     workflow=INCIDENT,
        ...     calendars={"office": hours},
        ...     policies=SlaPolicy(name="standard", targets=[day]),
        ... )
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = desk.workflow.begin("T1", actor=Actor("customer"), at=at)
        >>> print(desk.agenda(evaluate(new, desk.policies, as_of=at)).next_at)
        2026-03-02 17:00:00+00:00
        >>> desk.lint()
        ()
    """

    name: str = ""
    workflow: Workflow | None = None
    calendars: Mapping[str, BusinessCalendar] = field(factory=dict, converter=_copied, hash=False)
    policies: PolicyBook = field(factory=lambda: PolicyBook(()), converter=book_of)

    def agenda(self, result: Evaluation) -> Agenda:
        """Return what came and comes due on a ticket: its clocks and its workflow.

        What only the host knows (a routing decision, an escalation) is joined with `|`.
        """
        if self.workflow is None:
            return result.agenda
        return result.agenda | self.workflow.agenda(result.ticket, as_of=result.as_of)

    def lint(self, within: Span | None = None) -> tuple[Reason, ...]:
        """Return what contradicts itself; nothing found is an empty tuple.

        Args:
            within: a bounded stretch in which calendars are read day by day (closed for long,
                holidays running out, hours lost to a change of the clock); without it only
                what holds of every date is said.
        """
        return lint(self, within)
