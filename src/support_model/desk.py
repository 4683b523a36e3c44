"""Desk: the rules of a help desk as one frozen value, and what is due under all of them.

An application loads one desk and shares it among all threads; nothing in it changes.

Before this: `support_model.sla`, `support_model.routing`, `support_model.escalation`,
`support_model.oncall`. Next: `support_model.serde`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from attrs import evolve, field

from support_model._checks import must_be_several
from support_model._desk import actions, policy_lint, presence_lint, staff_lint
from support_model._desk.references import (
    directory_of,
    unknown_in_plans,
    unknown_in_routing,
    unknown_lines,
    unknown_priorities,
)
from support_model._desk.stranded import stranded
from support_model._frozen import FrozenMap, frozen
from support_model._time import Span
from support_model._vocabulary import MOST_PRIORITIES, Actor, Priority, must_be_actor
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.escalation import EscalationRule, assignees, rules_agenda, rules_next_at
from support_model.lines import SupportLine
from support_model.oncall import OnCall
from support_model.reasons import Reason
from support_model.routing import Routing, Team, TriageRule, route, ticket_in_queue
from support_model.sla import Evaluation, PolicyBook
from support_model.tickets import must_be_ticket, replay
from support_model.workflows import Workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime, timedelta

    from support_model._desk.actions import ActionDetails
    from support_model._desk.references import Place
    from support_model.agenda import Agenda
    from support_model.escalation import Directory
    from support_model.events import Event
    from support_model.lines import Agent
    from support_model.routing import AgentState, Decision
    from support_model.sla import SlaPolicy
    from support_model.tickets import ReadLog, Ticket
    from support_model.workflows import Option

__all__ = ["Desk"]

Part = TypeVar("Part")


def _channels(given: Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise InvalidValue(given, "channels are several names", f"give [{given!r}]")
    must_be_several(given, "channels")
    return tuple(dict.fromkeys(given))


def _priorities(given: Iterable[Priority]) -> tuple[Priority, ...]:
    found = (*_each_once(given, Priority, lambda each: each.name, "a priority").values(),)
    if len(found) > MOST_PRIORITIES:
        raise InvalidValue(len(found), "too many priorities", f"at most {MOST_PRIORITIES}")
    return found


def _team(given: Team | Iterable[Agent]) -> Team:
    must_be_several(given if not isinstance(given, Team) else given.agents, "agents")
    return Team.of(given)


def _triage(given: Iterable[TriageRule]) -> tuple[TriageRule, ...]:
    must_be_several(given, "rules of triage")
    return tuple([_of_kind(rule, TriageRule, "a triage rule") for rule in given])


def _of_kind(part: Part, kind: type[Part], what: str) -> Part:
    if not isinstance(part, kind):
        raise InvalidValue(part, f"not {what}", f"make one with {kind.__name__}(...)")
    return part


def _each_once(
    given: Mapping[Any, Part] | Iterable[Part],
    kind: type[Part],
    name_of: Callable[[Part], Any],
    what: str,
) -> FrozenMap[Any, Part]:
    """Return parts by their names."""
    must_be_several(given, "parts of a desk")
    parts: dict[Any, Part] = {}
    for part in given.values() if isinstance(given, Mapping) else given:
        name = name_of(_of_kind(part, kind, what))
        if name in parts:
            raise InvalidValue(name, f"{what} is given twice", "keep one of them")
        parts[name] = part
    return FrozenMap(parts)


def _lines(given: Mapping[int, SupportLine] | Iterable[SupportLine]) -> Mapping[int, SupportLine]:
    lines = _each_once(given, SupportLine, lambda line: line.level, "a support line")
    return FrozenMap({level: lines[level] for level in sorted(lines)})


def _plans(
    given: Mapping[str, EscalationRule] | Iterable[EscalationRule],
) -> Mapping[str, EscalationRule]:
    return _each_once(given, EscalationRule, lambda rule: rule.name, "an escalation rule")


def _oncall(given: Mapping[str, OnCall] | Iterable[OnCall]) -> Mapping[str, OnCall]:
    return _each_once(given, OnCall, lambda plan: plan.name, "an on-call plan")


def _must_be_evaluation(thing: object) -> None:
    if not isinstance(thing, Evaluation):
        remedy = "give evaluate(events, desk.policies, as_of=...), then the events"
        raise InvalidValue(thing, "no evaluation", remedy)


def _calendars(given: Mapping[str, BusinessCalendar]) -> Mapping[str, BusinessCalendar]:
    if not isinstance(given, Mapping):
        raise InvalidValue(given, "calendars go by name", "give {'office': calendar}")
    for calendar in given.values():
        _of_kind(calendar, BusinessCalendar, "a calendar")
    return FrozenMap(given)


def _workflow(given: Workflow | None) -> Workflow | None:
    return given if given is None else _of_kind(given, Workflow, "a workflow")


def _book(given: PolicyBook | SlaPolicy | Iterable[SlaPolicy]) -> PolicyBook:
    return PolicyBook.of(given)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


@frozen(kw_only=True)
class Desk:
    """The rules of one help desk.

    Attributes:
        name: what people call it; may be empty.
        priorities: those that tickets may have; none where the host decides that elsewhere.
        workflow: how tickets move; None where the host decides that elsewhere.
        calendars: opening hours by name.
        policies: what is promised; a book, a policy or policies in order of precedence.
        channels: by which customers come.
        lines: support lines by their level; give them as `SupportLine` values.
        agents: who serves: a `Team`, or the agents of one.
        triage: what the first line makes of a new ticket, the first rule that matches.
        routing: how tickets find agents.
        plans: who is notified of which clocks when, by name; give `EscalationRule` values.
        oncall: on-call plans by their name; give them as `OnCall` values.
        directory: whom targets of plans mean: lines, teams as groups, managers, on-call plans.

    Raises:
        InvalidRouting: a line, skill or team that the desk does not have.
        InvalidEscalation: a plan for an unknown metric, or a target that means nothing here.
        InvalidPattern: a condition on a priority or a rank that is not among `priorities`.
        InvalidValue: a priority, a line, an agent, a plan or an on-call plan twice.
        ManagerCycle: people who manage each other in a circle.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.workflows import INCIDENT
        >>> from support_model.sla import RESOLUTION, SlaPolicy, Target, evaluate
        >>> from support_model.vocabulary import Actor
        >>> hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> day = Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=hours)
        >>> desk = Desk(
        ...     workflow=INCIDENT,
        ...     calendars={"office": hours},
        ...     policies=SlaPolicy(name="standard", targets=[day]),
        ... )
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = desk.begin("T1", actor=Actor("customer"), at=at)
        >>> print(desk.agenda(evaluate(new, desk.policies, as_of=at), new).next_at)
        2026-03-02 17:00:00+00:00
        >>> desk.lint()
        ()
    """

    name: str = ""
    priorities: tuple[Priority, ...] = field(default=(), converter=_priorities)
    workflow: Workflow | None = field(default=None, converter=_workflow)
    calendars: Mapping[str, BusinessCalendar] = field(
        factory=FrozenMap, converter=_calendars, hash=False
    )
    policies: PolicyBook = field(factory=lambda: PolicyBook(()), converter=_book)
    channels: tuple[str, ...] = field(default=(), converter=_channels)
    lines: Mapping[int, SupportLine] = field(factory=dict, converter=_lines, hash=False)
    agents: Team = field(factory=lambda: Team(()), converter=_team)
    triage: tuple[TriageRule, ...] = field(default=(), converter=_triage)
    routing: Routing = field(factory=Routing)
    plans: Mapping[str, EscalationRule] = field(factory=dict, converter=_plans, hash=False)
    oncall: Mapping[str, OnCall] = field(factory=dict, converter=_oncall, hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse names of parts that the desk does not have."""
        unknown = Desk.unknown_names(
            lines=self.lines,
            agents=self.agents,
            triage=self.triage,
            routing=self.routing,
            plans=self.plans,
            oncall=self.oncall,
            policies=self.policies,
        )
        for _, error in unknown:
            raise error
        for problem in unknown_priorities(self):
            raise problem

    @staticmethod
    def unknown_names(
        *,
        lines: Mapping[int, SupportLine],
        agents: Collection[Agent],
        triage: Iterable[TriageRule],
        routing: Routing,
        plans: Mapping[str, EscalationRule],
        oncall: Mapping[str, OnCall],
        policies: PolicyBook,
    ) -> tuple[tuple[Place, InvalidValue], ...]:
        """Return the place of each name that no part of such a desk has, and its error."""
        directory = directory_of(lines, agents, oncall)
        return (
            *unknown_lines(lines, agents, triage),
            *unknown_in_routing(routing, lines, agents),
            *unknown_in_plans(plans.values(), directory, policies),
        )

    @cached_property
    def directory(self) -> Directory:
        """Who is who: whom the plans of escalation can name."""
        return directory_of(self.lines, self.agents, self.oncall)

    def agenda(self, result: Evaluation, events: Iterable[Event] = ()) -> Agenda:
        """Return what came and comes due on a ticket: its clocks, its workflow, its escalation.

        What only the host knows (a routing decision) is joined with `|`.

        Args:
            result: where the clocks stand.
            events: those that were evaluated; the workflow reads since when a state holds in
                them, and escalation plans who is assigned, who acknowledged, and on which line
                the ticket is. A desk without workflow and plans needs none.

        Raises:
            InvalidValue: the desk has a workflow or plans, and there are no events; or they are
                not the ones that were evaluated.
            ForeignEvent: they are those of another ticket.
        """
        log = self._log(result, events)
        agenda = result.agenda
        if log is None:
            return agenda
        if self.workflow is not None:
            agenda |= self.workflow.agenda(log, as_of=result.as_of)
        resolve = self.directory.resolver(assignees(log))
        return agenda | rules_agenda(self.plans.values(), log, result, resolve)

    def next_at(self, result: Evaluation, events: Iterable[Event] = ()) -> datetime | None:
        """Return `next_at` of the agenda, without making it: when to look at a ticket again.

        What has come due already is not read, and no moment is made; so it costs less than the
        evaluation did. None if nothing can come due without an event.

        Args:
            result: where the clocks stand.
            events: those that were evaluated, as for `agenda`.

        Raises:
            InvalidValue: the desk has a workflow or plans, and there are no events; or they are
                not the ones that were evaluated.
            ForeignEvent: they are those of another ticket.

        Example:
            >>> from datetime import UTC, datetime
            >>> from support_model.sla import evaluate
            >>> from support_model.vocabulary import Actor
            >>> from support_model.workflows import INCIDENT
            >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> new = INCIDENT.begin("T1", actor=Actor("customer"), at=at)
            >>> desk = Desk(workflow=INCIDENT)
            >>> desk.next_at(evaluate(new, desk.policies, as_of=at), new) is None
            True
        """
        log = self._log(result, events)
        at = result.next_at
        if log is None:
            return at
        if self.workflow is not None:
            at = _earlier(at, self.workflow.next_at(log, as_of=result.as_of))
        plans = self.plans.values()
        found = rules_next_at(
            plans, log, result, lambda: self.directory.resolver(assignees(log)), before=at
        )
        return _earlier(at, found)

    def _log(self, result: Evaluation, events: Iterable[Event]) -> ReadLog | None:
        """Return the events that were evaluated; None where there are none and none is read."""
        _must_be_evaluation(result)
        if self.workflow is None and not self.plans and not events:
            return None
        return result.log(events)

    def begin(
        self,
        ticket_id: str,
        *,
        actor: Actor,
        at: datetime,
        fields: Mapping[str, Any] | None = None,
        source_id: str | None = None,
    ) -> tuple[Event, ...]:
        """Return the events with which a ticket begins, numbered from 1; see `Workflow.begin`.

        Without a workflow `fields` name the status. A priority may go by its name where the
        desk lists `priorities`. What the desk's triage sets follows as a change by the system
        at the same instant, where it changes anything.

        Raises:
            TransitionRefused: no ticket of the workflow begins in that status.
            InvalidEvent: a field that no ticket has; no status, and no workflow to name it.
            UnknownName: a priority that the desk does not list.

        Example:
            >>> from datetime import UTC, datetime
            >>> from support_model.vocabulary import Actor, Priority
            >>> from support_model.workflows import INCIDENT
            >>> desk = Desk(workflow=INCIDENT, priorities=[Priority("high", 1)])
            >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> kim = Actor("customer", "kim")
            >>> (new,) = desk.begin("T1", actor=kim, at=at, fields={"priority": "high"})
            >>> dict(new.fields)["priority"]
            Priority(name='high', rank=1)

            With triage:

            >>> from support_model.patterns import Field
            >>> vpn = TriageRule(
            ...     name="vpn", when=Field("topic").contains("vpn"), sets={"group": "network"}
            ... )
            >>> desk = Desk(workflow=INCIDENT, triage=[vpn])
            >>> _, change = desk.begin("T2", actor=kim, at=at, fields={"topic": "VPN is down"})
            >>> change.seq, change.actor, dict(change.fields)
            (2, 'triage', {'group': 'network'})
        """
        must_be_actor(actor)
        return actions.begin(
            self, ticket_id, fields or {}, actor=actor, at=at, source_id=source_id
        )

    def act(
        self,
        ticket: Ticket,
        action: str,
        *,
        actor: Actor,
        at: datetime,
        source_id: str | None = None,
        **details: Unpack[ActionDetails],
    ) -> tuple[Event, ...]:
        """Return the events of an action, to be stored together; the ticket stays as it is.

        The actions are those of the workflow, see `Workflow.decide`, and beside them those
        that say something of a ticket and leave its status as it is:

        - `message` (public) and `note` (among staff), `acknowledge`;
        - `change`: `fields`, perhaps `until`; without a workflow also the status;
        - `work`: `duration`;
        - `promise`: `metric` and `due`; `withdraw`: `metric`;
        - `request_rating`: perhaps `kind`; `rate`: `score`, `scale`, perhaps `kind` ("csat");
        - `relate`: `kind` and `other`, a ticket or an id;
        - `apply_policy`: `policy` and `version`, an edition of the desk's policies;
        - `merge`: `other`, the ticket that goes on; its events come last. Where the
          workflow has no `merge` of its own, perhaps `comment`, "public" or "internal": the merge
          itself writes a message there;
        - `split`: `other`, the id of the new ticket; its events come last. Perhaps its `fields`,
          and the `message` that goes over; see `support_model.tickets.split`.

        A customer may do `message` and `rate`; the others are for staff. An action that the
        workflow has under one of these names is that of the workflow, and its guards say whose
        it is. No ticket goes to an agent, group or line that a desk which lists them lacks. A
        priority among `fields` may go by its name where the desk lists `priorities`. Triage
        sorts each ticket that begins (a follow-up, a split), as `begin` does: its rules go before
        what the ticket was given.

        Args:
            ticket: the ticket after all that is stored.
            action: what is done; `allowed` lists what can be.
            actor: who does it.
            at: when.
            source_id: what asked for it, such as the id of a request; see
                `support_model.tickets.numbered`.
            details: what the action says.

        Raises:
            TransitionRefused: it is not allowed, or would mean nothing, with every reason.
            OutOfOrder: `at` lies before the ticket's last event.
            InvalidValue: a detail that the action does not take, or one that is missing.

        Example:
            >>> from datetime import UTC, datetime
            >>> from support_model.tickets import replay
            >>> from support_model.vocabulary import Actor
            >>> from support_model.workflows import INCIDENT
            >>> desk, at = Desk(workflow=INCIDENT), datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> ticket = replay(INCIDENT.begin("T1", actor=Actor("customer"), at=at))
            >>> noted = desk.act(ticket, "acknowledge", actor=Actor("agent", "ann"), at=at)
            >>> [(event.type, event.seq) for event in noted]
            [('acknowledged', 2)]
        """
        must_be_ticket(ticket)
        must_be_actor(actor)
        return actions.act(self, ticket, action, details, actor=actor, at=at, source_id=source_id)

    def allowed(self, ticket: Ticket, *, actor: Actor = Actor("agent")) -> tuple[Option, ...]:  # noqa: B008 - frozen
        """Return each action that a ticket may get, whether it is allowed now, and why (not).

        First those of the workflow from where the ticket is, see `Workflow.allowed`, then those
        of every desk, without what they must be told.
        """
        must_be_ticket(ticket)
        must_be_actor(actor)
        return tuple(actions.allowed(self, ticket, actor))

    def route(
        self, events: Iterable[Event], workload: Mapping[str, AgentState], *, as_of: datetime
    ) -> Decision:
        """Return who takes a ticket now by the desk's queues, routing and agents.

        A ticket that somebody has, and one that is neither new nor open, needs nobody: `agent`
        and `retry_at` are None, and `reasons` says why.

        Args:
            events: of the ticket; those after `as_of` are not known yet.
            workload: what everybody has in hand, as `support_model.routing.workload_now` makes it
                of tickets and `workload_of` of logs.
            as_of: the instant of the question.

        Raises:
            InconsistentLog: the events are no log of one ticket.
            InvalidValue: the ticket does not exist yet.

        Example:
            >>> from datetime import UTC, datetime
            >>> from support_model.lines import Agent
            >>> from support_model.vocabulary import Actor
            >>> from support_model.workflows import INCIDENT
            >>> desk = Desk(workflow=INCIDENT, agents=[Agent(id="ann")])
            >>> at, kim = datetime(2026, 3, 2, 9, tzinfo=UTC), Actor("customer", "kim")
            >>> print(desk.route(desk.begin("T1", actor=kim, at=at), {}, as_of=at))
            T1: ann takes it: least loaded: 0% of the capacity taken
            >>> hers = desk.begin("T2", actor=kim, at=at, fields={"agent": "ann"})
            >>> print(desk.route(hers, {}, as_of=at))
            T2: needs nobody: ann has it
        """
        log = (*events,)
        waiting = ticket_in_queue(log, self.routing.queues, as_of=as_of)
        decision = route(waiting, self.agents, workload, self.routing, as_of=as_of)
        ticket = replay(event for event in log if event.at <= as_of)
        if ticket.category not in {"new", "open"}:
            why = Reason.of("at_rest", category=ticket.category, status=ticket.status)
        elif ticket.agent is not None:
            why = Reason.of("has_agent", agent=ticket.agent)
        else:
            return decision
        return evolve(decision, agent=None, reasons=(why,))

    def stranded(self, tickets: Iterable[Ticket]) -> tuple[Reason, ...]:
        """Return what tickets name that this desk does not have, before its rules hold for them.

        The edition of a policy that a log names, without which the ticket cannot be evaluated; of
        tickets that are neither closed nor void also status, priority, agent, group and line.
        What the desk does not list (no priorities, no agents) is the host's and may be anything.

        Args:
            tickets: as `replay` returns them, or of kept states, `state.ticket`.

        Raises:
            InvalidValue: something is no ticket.

        Example:
            >>> from datetime import UTC, datetime
            >>> from support_model.tickets import replay
            >>> from support_model.vocabulary import Actor
            >>> from support_model.workflows import INCIDENT, SIX_STEP
            >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> ticket = replay(SIX_STEP.begin("T1", actor=Actor("customer"), at=at))
            >>> for reason in Desk(workflow=INCIDENT).stranded([ticket]):
            ...     print(reason)
            T1 is in status 'received', which is gone; there is 'resolved'
        """
        return tuple(stranded(self, tickets))

    def lint(
        self, span: Span | None = None, *, horizon: timedelta | None = None
    ) -> tuple[Reason, ...]:
        """Return what contradicts itself; empty where nothing does.

        Args:
            span: a bounded stretch, from now on, in which calendars, presence and on-call
                plans are read day by day; without it only findings of every date are returned.
            horizon: how long before it runs out training is named; None is all of `span`.

        Raises:
            InvalidValue: `span` has no end, or there is a horizon and no `span`.
        """
        if span is not None and not isinstance(span, Span):
            raise InvalidValue(span, "no span", "give Span(start, end)")
        findings = [*policy_lint.lint(self, span), *staff_lint.lint(self, span)]
        if span is not None:
            findings += presence_lint.lint(self, span, horizon)
        elif horizon is not None:
            raise InvalidValue(horizon, "a horizon from no instant on", "give a span too")
        return tuple(dict.fromkeys(findings))
