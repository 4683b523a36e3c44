"""Who takes a ticket now: one decision, with its reasons, its rejections, and when to ask again.

`route` looks at agents, what they have in hand, and rules; it changes nothing and answers the
same whatever the order of the agents. The decision is a value; what is not asked of it (the
others in order, why each was rejected, when to retry) is not computed.

Many waiting tickets at one instant: who takes which, the most urgent first.

Each assignment counts at once, as load, as last assignment and against the rate, and a ticket
that nobody can take never blocks the next. The answer is that of `route` asked for one ticket
after the other; it is found faster, because who is there is asked once and because an
assignment only ever moves its agent back in an order.

Swarming: colleagues are asked in, each with a time of their own, and the ticket stays put.

An invitation is an agreement among ourselves (an OLA): so soon, counted in the invited one's
own hours. Nobody is reassigned, so clocks, owner and load stay as they are.

Before this: `support_model.routing`. Next: `support_model.routing`.
"""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush, heapreplace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from attrs import evolve, field

from support_model._checks import checked_positive, checked_whole
from support_model._frozen import frozen
from support_model._routing.data import (
    read_routing,
    read_triage_rule,
    routing_to_data,
    triage_rule_to_data,
)
from support_model._routing.decision_tables import backlog_table, decision_table, shown
from support_model._routing.eligibility import (
    Case,
    able,
    codes_against,
    excluded,
    fits,
    full,
    rejections,
    there,
    wrong_team,
)
from support_model._routing.fairness import fairness, tally
from support_model._routing.line_choice import line_above, line_below
from support_model._routing.line_moves import is_returning, line_history, returns
from support_model._routing.names import unknown_line, unknown_lines, unknown_skills, unknown_teams
from support_model._routing.people_data import agent_to_data, line_to_data, read_agent, read_line
from support_model._routing.queues import (
    Need,
    Owner,
    Queue,
    QueuedTicket,
    check_asked,
    queue_of,
    queued,
)
from support_model._routing.ranking import order_of, sticky_owner, why
from support_model._routing.retries import ready_at
from support_model._routing.rules import Fallback, Ranking, RateLimit, Relax, Routing
from support_model._routing.teams import FOREVER, Team, as_team
from support_model._routing.ticket_logs import ticket_in_queue, workload_of
from support_model._routing.triage import TriageRule, priority_rules, triage
from support_model._routing.workloads import IDLE, AgentState, Work, as_workload
from support_model._time import instant, micros
from support_model.agenda import Agenda, Moment
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

    from support_model._routing.ranking import Key
    from support_model._routing.teams import Seat
    from support_model._routing.workloads import Workload
    from support_model.lines import Agent

__all__ = [
    "AgentState",
    "Assignment",
    "Backlog",
    "Decision",
    "Fallback",
    "Invitation",
    "Need",
    "Owner",
    "Queue",
    "QueuedTicket",
    "Ranking",
    "RateLimit",
    "Relax",
    "Routing",
    "Team",
    "TriageRule",
    "Work",
    "agent_to_data",
    "as_team",
    "assign",
    "assign_backlog",
    "decision_table",
    "eligible",
    "fairness",
    "is_returning",
    "line_above",
    "line_below",
    "line_history",
    "line_to_data",
    "priority_rules",
    "queue_of",
    "queued",
    "read_agent",
    "read_line",
    "read_routing",
    "read_triage_rule",
    "returns",
    "route",
    "routing_to_data",
    "shown",
    "swarm",
    "swarm_agenda",
    "tally",
    "ticket_in_queue",
    "triage",
    "triage_rule_to_data",
    "unknown_line",
    "unknown_lines",
    "unknown_skills",
    "unknown_teams",
    "workload_of",
]

T = TypeVar("T")
PROBE = 8
SHOWN = 50
"""How many agents a notebook shows."""


@frozen
class Scene:
    """All that a decision looks at, in the forms in which it looks."""

    case: Case
    team: Team
    workload: Workload = field(converter=as_workload)
    t: int

    def state(self, seat: Seat) -> AgentState:
        """Return what an agent has in hand."""
        return self.workload.get(seat.id, IDLE)

    def ranked(self) -> Iterator[Seat]:
        """Yield who may take the ticket, the first one first.

        Whoever ranks first is mostly there, so absences and hours, which cost most, are looked
        at last; where none of a few is there it is a quiet hour, and they are looked at first.
        """
        seats, t = self.team.seats, self.t
        possible = list(self.possible())
        if not any(there(seat, t) for seat in possible[:PROBE]):
            possible = [seat for seat in possible if there(seat, t)]
        heap = self._places(possible)
        heapify(heap)
        while heap:
            seat = seats[heappop(heap)[3]]
            if there(seat, t):
                yield seat

    def _places(self, possible: Iterable[Seat]) -> list[tuple[bool, int, Key, int]]:
        """Return the places of all who may take the ticket if they are there."""
        case, t = self.case, self.t
        key, sticky = order_of(case), sticky_owner(case, t, self.team.by_id)
        get = self.workload.get
        found = []
        for seat in possible:
            state = get(seat.id, IDLE)
            if state.away or full(seat, state, case, t):
                continue
            rank = case.line_rank(seat, t) if case.lines else 0
            if rank is not None:
                place = key(seat, state, case, t)
                found.append((seat.id != sticky, rank, place, seat.number))
        return found

    def possible(self) -> Iterable[Seat]:
        """Yield who is neither excluded, nor of another team, nor under-skilled."""
        case, t = self.case, self.t
        seats: Iterable[Seat] = self.team.seats
        if case.ticket.exclude:
            seats = [seat for seat in seats if not excluded(seat, IDLE, case, t)]
        if case.ticket.team is not None:
            seats = [seat for seat in seats if not wrong_team(seat, IDLE, case, t)]
        if case.needs:
            seats = [seat for seat in seats if able(seat, case, t)]
        return seats


@frozen
class Decision:
    """Who takes a ticket, and why.

    Attributes:
        ticket_id: the ticket.
        agent: the id of who takes it; None where nobody can.
        reasons: why this one came first; empty where nobody can.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lines import Agent
        >>> from support_model.routing import QueuedTicket
        >>> from support_model.routing import Routing
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(id="T1", channel="chat", queued_at=at, needs=["sap"])
        >>> people = [Agent(id="ann", skills=["sap"]), Agent(id="bob")]
        >>> found = route(ticket, people, {}, Routing(), as_of=at)
        >>> found.agent, found.ranked, found.codes
        ('ann', ('ann',), {'bob': ('missing_skill',)})
    """

    ticket_id: str
    agent: str | None
    reasons: tuple[Reason, ...]
    scene: Scene = field(eq=False, repr=False)

    @property
    def ranked(self) -> tuple[str, ...]:
        """Everybody who may take the ticket, the first one first."""
        return tuple(seat.id for seat in self.scene.ranked())

    @property
    def line(self) -> int | None:
        """The line of who takes it, whose `SupportLine.call_out` says on which terms."""
        return None if self.agent is None else self.scene.team[self.agent].line

    @property
    def rejected(self) -> Mapping[str, tuple[Reason, ...]]:
        """Everybody who may not, each with every reason, in the order of `CODES`."""
        return self._of_each(rejections)

    @property
    def codes(self) -> Mapping[str, tuple[str, ...]]:
        """The rejected ones with the codes of their reasons alone, which is cheaper."""
        return self._of_each(codes_against)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many agents each reason rejects."""
        return Counter(code for found in self.codes.values() for code in found)

    def _of_each(
        self, ask: Callable[[Seat, AgentState, Case, int], tuple[T, ...]]
    ) -> dict[str, tuple[T, ...]]:
        """Return what there is to say against each agent, where there is anything."""
        scene = self.scene
        found = {
            seat.id: ask(seat, scene.state(seat), scene.case, scene.t) for seat in scene.team.seats
        }
        return {agent: against for agent, against in found.items() if against}

    @property
    def retry_at(self) -> datetime | None:
        """When to ask again: the next instant at which somebody can, if only time passes.

        None where somebody was found, and where only an event can help.
        """
        if self.agent is not None:
            return None
        scene, best = self.scene, FOREVER
        for seat in scene.team.seats:
            found = ready_at(seat, scene.state(seat), scene.case, scene.t, best)
            if found is not None:
                best = found
        return None if best == FOREVER else instant(best)

    @property
    def agenda(self) -> Agenda:
        """The retry as a moment, so that a host's one timer wakes for it too."""
        at = self.retry_at
        moments = () if at is None else (retry_moment(self.ticket_id, at),)
        return Agenda(moments, as_of=instant(self.scene.t))

    def _repr_html_(self) -> str:
        return decision_table(self, tz=self.scene.team.tz, most=SHOWN).html()


def retry_moment(ticket_id: str, at: datetime) -> Moment:
    """Return the moment at which to ask again; its key holds the instant, for it may move."""
    return Moment(
        at=at,
        key=(ticket_id, "routing_retry", micros(at)),
        kind="routing_retry",
        subject=ticket_id,
        reason=Reason.of("routing_retry", ticket=ticket_id),
    )


def scene_of(
    ticket: QueuedTicket,
    agents: Team | Iterable[Agent],
    workload: Workload,
    routing: Routing,
    as_of: datetime,
) -> Scene:
    """Return what a decision looks at."""
    check_asked([ticket], workload)
    return Scene(Case(ticket, routing), as_team(agents), workload, micros(as_of))


def decided(scene: Scene, seat: Seat | None) -> Decision:
    """Return the decision for an agent, or for nobody."""
    ticket = scene.case.ticket
    if seat is None:
        return Decision(ticket.id, None, (), scene)
    reasons = why(seat, scene.state(seat), scene.case, scene.t, scene.team.by_id)
    return Decision(ticket.id, seat.id, reasons, scene)


def route(
    ticket: QueuedTicket,
    agents: Team | Iterable[Agent],
    workload: Workload,
    routing: Routing,
    *,
    as_of: datetime,
) -> Decision:
    """Return who takes a ticket now; nothing is changed.

    Compile the agents into a `Team` once where you ask often.

    Raises:
        NaiveDatetime: `as_of` without a zone.
        InvalidValue: an agent twice.
    """
    scene = scene_of(ticket, agents, workload, routing, as_of)
    return decided(scene, next(scene.ranked(), None))


def eligible(
    ticket: QueuedTicket,
    agents: Team | Iterable[Agent],
    workload: Workload,
    routing: Routing,
    *,
    as_of: datetime,
) -> tuple[str, ...]:
    """Return the ids of all who may take a ticket now, the first one first."""
    scene = scene_of(ticket, agents, workload, routing, as_of)
    return tuple(seat.id for seat in scene.ranked())


@frozen
class Assignment:
    """A ticket given to somebody by hand.

    Attributes:
        ticket_id: the ticket.
        agent: who was named.
        flags: why routing would have rejected them; empty where it would not.
    """

    ticket_id: str
    agent: str
    flags: tuple[Reason, ...]


def assign(
    ticket: QueuedTicket,
    to: str,
    agents: Team | Iterable[Agent],
    workload: Workload,
    routing: Routing,
    *,
    as_of: datetime,
) -> Assignment:
    """Return a manual assignment: never refused, and flagged with what speaks against it.

    Raises:
        UnknownAgent: nobody has this id.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lines import Agent, Capacity
        >>> from support_model.routing import QueuedTicket
        >>> from support_model.routing import Routing
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(id="T1", channel="chat", queued_at=at)
        >>> full = [Agent(id="ann", capacity=Capacity(0))]
        >>> [flag.code for flag in assign(ticket, "ann", full, {}, Routing(), as_of=at).flags]
        ['no_capacity']
    """
    scene = scene_of(ticket, agents, workload, routing, as_of)
    seat = scene.team.seat(to)
    return Assignment(ticket.id, to, rejections(seat, scene.state(seat), scene.case, scene.t))


Entry: TypeAlias = "tuple[int, Key, int, int]"
"""The line's rank, the strategy's key, the seat's number, and how many it had been given."""


@frozen
class Backlog:
    """Who takes which of many tickets.

    Attributes:
        assigned: the agent of each ticket, None for nobody; in the order of their turns.
    """

    assigned: Mapping[str, str | None]
    tickets: tuple[QueuedTicket, ...] = field(eq=False, repr=False)
    team: Team = field(eq=False, repr=False)
    workload: Workload = field(converter=as_workload, eq=False, repr=False)
    routing: Routing = field(eq=False, repr=False)
    as_of: datetime = field(eq=False, repr=False)

    @property
    def order(self) -> tuple[str, ...]:
        """The tickets in the order of their turns."""
        return tuple(self.assigned)

    @property
    def left(self) -> tuple[str, ...]:
        """The tickets that nobody can take now."""
        return tuple(ticket for ticket, agent in self.assigned.items() if agent is None)

    @property
    def after(self) -> Workload:
        """What everybody has in hand when all is assigned."""
        states = dict(self.workload)
        for ticket in self.tickets:
            self._give(ticket, states)
        return states

    @property
    def retries(self) -> Mapping[str, datetime | None]:
        """When to ask again for each ticket that is left, now that the others are assigned.

        None where only an event can help.
        """
        after = self.after
        return {
            ticket.id: self._decided(ticket, after).retry_at
            for ticket in self.tickets
            if self.assigned[ticket.id] is None
        }

    @property
    def agenda(self) -> Agenda:
        """The retries as moments, so that a host's one timer wakes for them too."""
        moments = [retry_moment(name, at) for name, at in self.retries.items() if at is not None]
        return Agenda(moments, as_of=self.as_of)

    @property
    def why_left(self) -> Mapping[str, Mapping[str, int]]:
        """For each ticket that is left, how many agents each reason rejected, at its turn."""
        return {
            decision.ticket_id: decision.counts
            for decision in self._decisions()
            if decision.agent is None
        }

    def decision(self, ticket_id: str) -> Decision:
        """Return the decision on one ticket as it was at its turn.

        Raises:
            InvalidValue: no such ticket.
        """
        if ticket_id not in self.assigned:
            raise InvalidValue(ticket_id, "no ticket of this backlog", "ask `order` for them")
        return next(found for found in self._decisions() if found.ticket_id == ticket_id)

    def counts(self, ticket_id: str) -> Mapping[str, int]:
        """Return how many agents each reason rejected for one ticket, at its turn.

        Raises:
            InvalidValue: no such ticket.
        """
        return self.decision(ticket_id).counts

    def _decisions(self) -> Iterator[Decision]:
        """Yield the decisions in turn."""
        states = dict(self.workload)
        for ticket in self.tickets:
            yield self._decided(ticket, states)
            self._give(ticket, states)

    def _decided(self, ticket: QueuedTicket, states: Workload) -> Decision:
        scene = Scene(Case(ticket, self.routing), self.team, states, micros(self.as_of))
        agent = self.assigned[ticket.id]
        return decided(scene, None if agent is None else self.team.seat(agent))

    def _give(self, ticket: QueuedTicket, states: dict[str, AgentState]) -> None:
        agent = self.assigned[ticket.id]
        if agent is not None:
            states[agent] = states.get(agent, IDLE).assigned(ticket.channel, self.as_of)

    def _repr_html_(self) -> str:
        after = self.after
        turns = zip(self.tickets, self._decisions(), strict=True)
        shown = ((decision, self._decided(ticket, after).retry_at) for ticket, decision in turns)
        table = backlog_table(islice(shown, SHOWN), tz=self.team.tz)
        return evolve(table, below=self._in_all()).html()

    def _in_all(self) -> str:
        more = f"and {len(self.tickets) - SHOWN:,} more; " if len(self.tickets) > SHOWN else ""
        given = len(self.tickets) - len(self.left)
        return f"{more}{given:,} of {len(self.tickets):,} assigned, {len(self.left):,} left"


class _Run:
    """One pass over a backlog: what everybody has in hand so far, and an order a kind of ticket.

    An entry is stale when its agent was given something since; keys only grow with that, so a
    stale entry is at worst too far in front, and is put in its place when it comes to the front.
    """

    def __init__(self, team: Team, workload: Workload, routing: Routing, as_of: datetime) -> None:
        self.routing, self.as_of, self.t = routing, as_of, micros(as_of)
        self.states = [workload.get(seat.id, IDLE) for seat in team.seats]
        self.given = [0] * len(team.seats)
        self.team = team
        self.there = [
            seat
            for seat, state in zip(team.seats, self.states, strict=True)
            if not state.away and there(seat, self.t)
        ]
        self.orders: dict[object, list[Entry]] = {}

    def take(self, ticket: QueuedTicket) -> str | None:
        """Give a ticket to whoever comes first; None where nobody can take it."""
        case = Case(ticket, self.routing)
        seat = self._owner(case) or self._first(case)
        if seat is None:
            return None
        number = seat.number
        self.states[number] = self.states[number].assigned(ticket.channel, self.as_of)
        self.given[number] += 1
        return seat.id

    def _owner(self, case: Case) -> Seat | None:
        seat = self.team.by_id.get(sticky_owner(case, self.t, self.team.by_id) or "")
        if seat is not None and fits(seat, self.states[seat.number], case, self.t):
            return seat
        return None

    def _first(self, case: Case) -> Seat | None:
        t = self.t
        if isinstance(self.routing.strategy, Ranking):  # its key may look at the very ticket
            states = {seat.id: self.states[seat.number] for seat in self.team.seats}
            return next(Scene(case, self.team, states, t).ranked(), None)
        key = order_of(case)
        ticket = case.ticket
        lines = tuple(line for since, line in case.lines if since <= t)
        kind = (ticket.channel, ticket.team, lines, tuple(case.levels_at(t)), ticket.needs)
        order = self.orders.get(kind)
        if order is None:
            order = self.orders[kind] = self._ordered(case)
        aside: list[Entry] = []
        found = None
        while order and found is None:
            rank, _, number, given = order[0]
            seat, state = self.team.seats[number], self.states[number]
            if given != self.given[number]:
                if full(seat, state, case, t):
                    heappop(order)
                else:
                    entry = (rank, key(seat, state, case, t), number, self.given[number])
                    heapreplace(order, entry)
            elif seat.id in ticket.exclude:
                aside.append(heappop(order))
            else:
                found = seat
        for entry in aside:
            heappush(order, entry)
        return found

    def _ordered(self, case: Case) -> list[Entry]:
        key, t = order_of(case), self.t
        order: list[Entry] = []
        for seat in self.there:
            state, rank = self.states[seat.number], case.line_rank(seat, t)
            if rank is None or wrong_team(seat, state, case, t) or not able(seat, case, t):
                continue
            if not full(seat, state, case, t):
                number = seat.number
                order.append((rank, key(seat, state, case, t), number, self.given[number]))
        heapify(order)
        return order


def assign_backlog(
    tickets: Iterable[QueuedTicket],
    agents: Team | Iterable[Agent],
    workload: Workload,
    routing: Routing,
    *,
    as_of: datetime,
) -> Backlog:
    """Return who takes which ticket, by priority, due (none last), age and id; nothing changes.

    `Routing.ageing` raises the priority of what waits.

    Raises:
        InvalidValue: a ticket or an agent twice.
        NaiveDatetime: `as_of` without a zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lines import Agent, Capacity
        >>> from support_model.routing import QueuedTicket
        >>> from support_model.routing import Routing
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> waiting = [
        ...     QueuedTicket(id=name, channel="email", queued_at=at, priority=rank)
        ...     for name, rank in (("T1", 3), ("T2", 1))
        ... ]
        >>> one = [Agent(id="ann", capacity=Capacity(1))]
        >>> found = assign_backlog(waiting, one, {}, Routing(), as_of=at)
        >>> dict(found.assigned), dict(found.counts("T1"))
        ({'T2': 'ann', 'T1': None}, {'no_capacity': 1})
    """
    team = as_team(agents)
    now = micros(as_of)
    tickets = tuple(tickets)
    check_asked(tickets, workload)
    turns = tuple(sorted(tickets, key=lambda ticket: routing.place(ticket, now)))
    run = _Run(team, workload, routing, as_of)
    assigned: dict[str, str | None] = {}
    for ticket in turns:
        if ticket.id in assigned:
            raise InvalidValue(ticket.id, "a ticket is listed twice", "give each once")
        assigned[ticket.id] = run.take(ticket)
    return Backlog(assigned, turns, team, workload, routing, as_of)


ALWAYS = BusinessCalendar.always()


@frozen(kw_only=True)
class Invitation:
    """A colleague asked to help with a ticket.

    Attributes:
        ticket_id: the ticket.
        agent: who is asked.
        invited_at: when.
        within: the time to answer, in open time of `calendar`.
        calendar: the invited one's own hours.
        answered_at: when they joined in; None so far.

    Raises:
        InvalidValue: `within` not above zero, an answer before the question.
        NaiveDatetime: an instant without a zone.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> asked = Invitation(
        ...     ticket_id="T1", agent="ann", within=timedelta(hours=1),
        ...     invited_at=datetime(2026, 3, 6, 16, 30, tzinfo=UTC),
        ...     calendar=BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC"),
        ... )
        >>> asked.due.isoformat()
        '2026-03-09T09:30:00+00:00'
    """

    ticket_id: str
    agent: str
    invited_at: datetime
    within: timedelta
    calendar: BusinessCalendar = field(default=ALWAYS)
    answered_at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        checked_positive(self.within, "the time to answer")
        asked = micros(self.invited_at)
        if self.answered_at is not None and micros(self.answered_at) < asked:
            raise InvalidValue(self.answered_at, "an answer before the question")

    @property
    def due(self) -> datetime:
        """By when they must answer; `NoOpenTime` where they never work so long."""
        return self.calendar.add(self.invited_at, self.within)

    def missed(self, *, as_of: datetime) -> bool:
        """Return whether the agreement is broken: an answer at the due instant is in time."""
        until = as_of if self.answered_at is None else self.answered_at
        return micros(until) > micros(self.due)

    def answered(self, at: datetime) -> Invitation:
        """Return the invitation, answered."""
        return evolve(self, answered_at=at)


def swarm(
    ticket: QueuedTicket,
    agents: Team | Iterable[Agent],
    workload: Workload,
    routing: Routing,
    *,
    as_of: datetime,
    within: timedelta,
    helpers: int = 1,
    asked: Iterable[Invitation] = (),
) -> tuple[Invitation, ...]:
    """Return invitations for those who would come first, the owner and those asked left out.

    Fewer than `helpers` where not so many may take the ticket; the ticket itself stays put.

    Raises:
        InvalidValue: `helpers` below 1.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.lines import Agent
        >>> from support_model.routing import Owner, QueuedTicket
        >>> from support_model.routing import Routing
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(
        ...     id="T1", channel="chat", queued_at=at, owner=Owner("ann", at), needs=["sap"]
        ... )
        >>> people = [Agent(id=name, skills=["sap"]) for name in ("ann", "bob", "cid")]
        >>> found = swarm(
        ...     ticket, people, {}, Routing(), as_of=at, within=timedelta(hours=1), helpers=2
        ... )
        >>> [invitation.agent for invitation in found]
        ['bob', 'cid']
    """
    checked_whole(helpers, "helpers", least=1)
    team = as_team(agents)
    there = {invitation.agent for invitation in asked if invitation.ticket_id == ticket.id}
    if ticket.owner is not None:
        there.add(ticket.owner.agent)
    fitting = eligible(ticket, team, workload, routing, as_of=as_of)
    chosen = [agent for agent in fitting if agent not in there][:helpers]
    return tuple(
        Invitation(
            ticket_id=ticket.id,
            agent=agent,
            invited_at=as_of,
            within=within,
            calendar=team[agent].calendar or ALWAYS,
        )
        for agent in chosen
    )


def swarm_agenda(invitations: Iterable[Invitation], *, as_of: datetime) -> Agenda:
    """Return when unanswered invitations come due, and those whose time passed unanswered."""
    open_or_late = (
        invitation
        for invitation in invitations
        if invitation.answered_at is None or invitation.missed(as_of=as_of)
    )
    moments = [
        Moment(
            at=one.due,
            key=(one.ticket_id, "swarm_due", one.agent, micros(one.invited_at)),
            kind="swarm_due",
            subject=one.ticket_id,
            reason=Reason.of("swarm_due", agent=one.agent),
        )
        for one in open_or_late
    ]
    return Agenda(moments, as_of=as_of)
