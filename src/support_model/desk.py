"""Desk: the rules of a help desk as one frozen value, and what is due under all of them.

An application loads one desk, shares it among all threads, and asks it; nothing in it changes.

Before this: `support_model.sla`, `support_model.routing`, `support_model.escalation`,
`support_model.oncall`. Next: `support_model.serde`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field

from support_model._desk import policy_lint, presence_lint, staff_lint
from support_model._desk.named_parts import lines_by_level, oncall_by_name, plans_by_name
from support_model._desk.references import directory_of, unknown_names
from support_model._frozen import FrozenMap, frozen
from support_model._time import micros
from support_model.errors import InvalidValue
from support_model.escalation import assignees, moments_along, ticket_history
from support_model.routing import Routing, Team, TriageRule
from support_model.sla import PolicyBook, book_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from support_model._time import Span
    from support_model.agenda import Agenda
    from support_model.calendars import BusinessCalendar
    from support_model.escalation import Directory, EscalationRule
    from support_model.events import Event
    from support_model.lines import Agent, SupportLine
    from support_model.oncall import OnCall
    from support_model.reasons import Reason
    from support_model.sla import Evaluation
    from support_model.workflows import Workflow

__all__ = ["Desk", "directory_of", "lines_by_level", "plans_by_name", "unknown_names"]


def _copied(calendars: Mapping[str, BusinessCalendar]) -> Mapping[str, BusinessCalendar]:
    return FrozenMap(calendars)


def _channels(given: Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise InvalidValue(given, "channels are several names", f"give [{given!r}]")
    return tuple(dict.fromkeys(given))


def _team(given: Team | Iterable[Agent]) -> Team:
    return Team.of(given)


def _rules(given: Iterable[TriageRule]) -> tuple[TriageRule, ...]:
    rules = tuple(given)
    for rule in rules:
        if not isinstance(rule, TriageRule):
            raise InvalidValue(rule, "not a triage rule", "make one with TriageRule(name=...)")
    return rules


@frozen(kw_only=True)
class Desk:
    """The rules of one help desk.

    Attributes:
        name: what people call it; may be empty.
        workflow: how tickets move; None where the host decides that elsewhere.
        calendars: opening hours by name.
        policies: what is promised; a book, a policy or policies in order of precedence.
        channels: by which customers come.
        lines: support lines by their level; give them as `SupportLine` values.
        agents: who serves: a `Team`, or the agents of one.
        triage: what the first line makes of a new ticket, the first rule that matches.
        routing: how tickets find agents.
        plans: who hears of which clocks when, by the plan's name; give `EscalationRule` values.
        oncall: on-call plans by their name; give them as `OnCall` values.
        directory: whom targets of plans mean: lines, teams as groups, managers, on-call plans.

    Raises:
        InvalidRouting: a line, skill or team that the desk does not have.
        InvalidEscalation: a plan for an unknown metric, or a target that means nothing here.
        InvalidValue: a line, an agent, a plan or an on-call plan twice.
        ManagerCycle: people who manage each other in a circle.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.workflows import INCIDENT
        >>> from support_model.sla import SlaPolicy, Target, evaluate
        >>> from support_model.sla import RESOLUTION
        >>> from support_model.vocabulary import Actor
        >>> hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> day = Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=hours)
        >>> desk = Desk(
        ...     workflow=INCIDENT,
        ...     calendars={"office": hours},
        ...     policies=SlaPolicy(name="standard", targets=[day]),
        ... )
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = desk.workflow.begin("T1", actor=Actor("customer"), at=at)
        >>> print(desk.agenda(evaluate(new, desk.policies, as_of=at), new).next_at)
        2026-03-02 17:00:00+00:00
        >>> desk.lint()
        ()
    """

    name: str = ""
    workflow: Workflow | None = None
    calendars: Mapping[str, BusinessCalendar] = field(factory=dict, converter=_copied, hash=False)
    policies: PolicyBook = field(factory=lambda: PolicyBook(()), converter=book_of)
    channels: tuple[str, ...] = field(default=(), converter=_channels)
    lines: Mapping[int, SupportLine] = field(factory=dict, converter=lines_by_level, hash=False)
    agents: Team = field(factory=lambda: Team(()), converter=_team)
    triage: tuple[TriageRule, ...] = field(default=(), converter=_rules)
    routing: Routing = field(factory=Routing)
    plans: Mapping[str, EscalationRule] = field(factory=dict, converter=plans_by_name, hash=False)
    oncall: Mapping[str, OnCall] = field(factory=dict, converter=oncall_by_name, hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse names that nothing in the desk bears."""
        unknown = unknown_names(
            lines=self.lines,
            agents=self.agents.agents,
            triage=self.triage,
            routing=self.routing,
            plans=tuple(self.plans.values()),
            directory=self.directory,
            policies=self.policies,
        )
        for _, error in unknown:
            raise error

    @cached_property
    def directory(self) -> Directory:
        """Who is who: whom the plans of escalation can name."""
        return directory_of(self.lines, self.agents, self.oncall)

    def agenda(self, result: Evaluation, events: Iterable[Event] = ()) -> Agenda:
        """Return what came and comes due on a ticket: its clocks, its workflow, its escalation.

        What only the host knows (a routing decision) is joined with `|`.

        Args:
            result: where the clocks stand.
            events: those that were evaluated; they tell the workflow when what held, and
                escalation plans who is assigned, who acknowledged, and on which line the ticket
                is. A desk without workflow and plans asks none.

        Raises:
            InvalidValue: the desk has a workflow or plans, and there are no events.
        """
        found = result.agenda
        if self.workflow is None and not self.plans:
            return found
        now = micros(result.as_of)
        log = [event for event in events if event.micros <= now]
        if not log:
            remedy = "give the events that were evaluated: desk.agenda(result, events)"
            what = "workflow and escalation need the ticket's events"
            raise InvalidValue(result.ticket.id, what, remedy)
        if self.workflow is not None:
            found |= self.workflow.agenda(log, as_of=result.as_of)
        if not self.plans:
            return found
        resolve = self.directory.resolver(assignees(log))
        story = ticket_history(log, now)
        for rule in self.plans.values():
            for clock in filter(rule.covers, result.clocks):
                found |= moments_along(rule.plan, rule.when, story, result, clock, resolve)
        return found

    def lint(
        self, within: Span | None = None, *, horizon: timedelta | None = None
    ) -> tuple[Reason, ...]:
        """Return what contradicts itself; nothing found is an empty tuple.

        Args:
            within: a bounded stretch, from the instant of asking on, in which calendars,
                presence and on-call plans are read day by day; without it only what holds of
                every date is said.
            horizon: how long before it runs out training is named; None is all of `within`.

        Raises:
            InvalidValue: `within` has no end, or there is a horizon and no `within`.
        """
        found = [*policy_lint.lint(self, within)]
        if within is None:
            if horizon is not None:
                raise InvalidValue(horizon, "a horizon from no instant on", "give `within` too")
            found += staff_lint.lint(self)
        else:
            found += staff_lint.lint(self, within)
            found += presence_lint.lint(self, within, horizon)
        return tuple(dict.fromkeys(found))
