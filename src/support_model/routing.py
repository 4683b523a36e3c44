"""Who takes a ticket now: one decision, with its reasons, its rejections, and when to ask again.

`route` reads agents, what they have in hand, and rules; it changes nothing, and its answer does
not depend on the order of the agents. The decision is a value; what is not read from it (the
others in order, why each was rejected, when to retry) is not computed.

`assign_backlog` gives many waiting tickets at one instant, the most urgent first. Each
assignment counts at once, as load, as last assignment and against the rate, and a ticket that
nobody can take never blocks the next. The answer is that of `route` for one ticket after the
other; it is computed faster, because presence is looked up once and because an assignment only
ever moves its agent back in an order.

`swarm` invites colleagues, each with a time of their own. An invitation is an agreement inside
the desk (an OLA), counted in the invited one's own hours. Nobody is reassigned, so clocks, owner
and load do not change.

Before this: `support_model.lines`, `support_model.tickets`. Next: `support_model.escalation`.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from functools import reduce
from heapq import heapify, heappop, heappush, heapreplace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve, field

from support_model._checks import checked_positive, checked_whole, valid
from support_model._frozen import frozen
from support_model._routing.checks import (
    AT_WORK,
    CompiledTicket,
    excluded,
    passing,
    ready_at,
    rejected_by,
    rejections,
)
from support_model._routing.fairness import fairness, tally
from support_model._routing.line_moves import (
    is_returning,
    line_above,
    line_below,
    line_history,
    returns,
)
from support_model._routing.queues import (
    Need,
    Owner,
    Queue,
    QueuedTicket,
    check_queued,
    queued,
)
from support_model._routing.ranking import key_of, sticky_owner, why
from support_model._routing.rules import Fallback, Ranking, RateLimit, Relax, Routing
from support_model._routing.tables import backlog_table, decision_table, outcome_of
from support_model._routing.teams import FOREVER, Team
from support_model._routing.ticket_logs import ticket_in_queue, workload_now, workload_of
from support_model._routing.triage import TriageRule, priority_rules, triage
from support_model._routing.workloads import IDLE, AgentState, Work, as_workload
from support_model._short_texts import short_repr
from support_model._time import instant, micros
from support_model.agenda import Agenda, Moment
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue, UnknownName, nearest
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, timedelta, tzinfo

    from support_model._routing.ranking import SortKey
    from support_model._routing.teams import Seat
    from support_model._routing.workloads import Workload
    from support_model._sentences import Catalogue
    from support_model._tables import TextTable
    from support_model.lines import Agent

__all__ = [
    "AgentState",
    "Decision",
    "Fallback",
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
    "assign",
    "assign_backlog",
    "fairness",
    "is_returning",
    "line_above",
    "line_below",
    "line_history",
    "priority_rules",
    "queued",
    "returns",
    "route",
    "swarm",
    "swarm_agenda",
    "tally",
    "ticket_in_queue",
    "triage",
    "workload_now",
    "workload_of",
]

PROBE = 8
"""How many of the possible agents show whether anybody is at work now."""
AGENTS_SHOWN = 50
"""How many agents a notebook shows."""


@frozen
class DecisionInput:
    """All that a decision depends on, in the forms in which it is read."""

    ticket: CompiledTicket
    team: Team
    workload: Workload = field(converter=as_workload)

    def state(self, seat: Seat) -> AgentState:
        """Return what an agent has in hand."""
        return self.workload.get(seat.id, IDLE)

    def ranked(self) -> Iterator[Seat]:
        """Yield who may take the ticket, the first one first.

        Presence costs most to check, and who ranks first is mostly there, so it is checked last;
        where none of the first few is there it is a quiet hour, and it is checked first.
        """
        ticket, get = self.ticket, self.workload.get
        everybody = [(seat, get(seat.id, IDLE)) for seat in self.team.seats]
        possible = passing(everybody, ticket, "exclusion", "kind")
        if not passing(possible[:PROBE], ticket, *AT_WORK):
            possible = passing(possible, ticket, *AT_WORK)
        key, sticky = key_of(ticket.routing), sticky_owner(ticket, self.team.by_id)
        order = [
            (
                seat.id != sticky,
                ticket.line_ranks.get(seat.line, 0),
                key(seat, state, ticket),
                seat.number,
            )
            for seat, state in passing(possible, ticket, "load")
        ]
        heapify(order)
        at_work = ticket.screens(*AT_WORK)
        while order:
            seat = self.team.seats[heappop(order)[3]]
            state = self.state(seat)
            if not any(rejects(seat, state, ticket) for rejects in at_work):
                yield seat


@frozen
class Decision:
    """Who takes a ticket, and why.

    Attributes:
        ticket_id: the ticket.
        agent: the id of who takes it; None where nobody can.
        reasons: why this one came first, or why the ticket needs nobody; empty where nobody can
            take one that does.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lines import Agent
        >>> from support_model.routing import QueuedTicket, Routing
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(id="T1", channel="chat", queued_at=at, needs=["sap"])
        >>> people = [Agent(id="ann", skills=["sap"]), Agent(id="bob")]
        >>> decision = route(ticket, people, {}, Routing(), as_of=at)
        >>> decision.agent, decision.ranked, decision.codes
        ('ann', ('ann',), {'bob': ('missing_skill',)})
    """

    ticket_id: str
    agent: str | None
    reasons: tuple[Reason, ...]
    inputs: DecisionInput = field(eq=False, repr=False)

    @property
    def as_of(self) -> datetime:
        """The instant of the question."""
        return instant(self.inputs.ticket.at)

    @property
    def ranked(self) -> tuple[str, ...]:
        """Everybody who may take the ticket, the first one first."""
        return tuple(seat.id for seat in self.inputs.ranked())

    @property
    def line(self) -> int | None:
        """The line of who takes it; its `SupportLine.call_out` holds the terms."""
        return None if self.agent is None else self.inputs.team[self.agent].line

    @property
    def rejected(self) -> Mapping[str, tuple[Reason, ...]]:
        """Everybody who may not, each with every reason, in the order of `CODES`."""
        inputs = self.inputs
        answers = {
            seat.id: rejections(seat, inputs.state(seat), inputs.ticket)
            for seat in inputs.team.seats
        }
        return {agent: reasons for agent, reasons in answers.items() if reasons}

    @property
    def codes(self) -> Mapping[str, tuple[str, ...]]:
        """The rejected ones with the codes of their reasons alone, which is cheaper."""
        inputs = self.inputs
        answers = {
            seat.id: rejected_by(seat, inputs.state(seat), inputs.ticket)
            for seat in inputs.team.seats
        }
        return {
            agent: tuple([check.code for check in checks])
            for agent, checks in answers.items()
            if checks
        }

    @property
    def counts(self) -> Mapping[str, int]:
        """How many agents each reason rejects."""
        return Counter(code for codes in self.codes.values() for code in codes)

    @property
    def retry_at(self) -> datetime | None:
        """When to ask again: the next instant at which somebody can, if only time passes.

        None where somebody takes it, where it needs nobody, and where only an event can help.
        """
        if self.agent is not None or self.reasons:
            return None
        inputs, best = self.inputs, FOREVER
        for seat in inputs.team.seats:
            ready = ready_at(seat, inputs.state(seat), inputs.ticket, best)
            if ready is not None:
                best = ready
        return None if best == FOREVER else instant(best)

    @property
    def agenda(self) -> Agenda:
        """The retry as a moment, so that a host's one timer wakes for it too."""
        at = self.retry_at
        moments = () if at is None else (retry_moment(self.ticket_id, at),)
        return Agenda(moments, as_of=self.as_of)

    def table(
        self,
        *,
        tz: tzinfo = UTC,
        most: int | None = None,
        catalogue: Catalogue | None = None,
    ) -> TextTable:
        """Return every agent: who takes it, the others in order, the rest with why they cannot.

        Args:
            tz: the zone in which instants are written.
            most: how many rows there are at most; None is all.
            catalogue: the words, by default English.

        Example:
            >>> from support_model.lines import Agent
            >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> ticket = QueuedTicket(id="T1", channel="chat", queued_at=at, needs=["sap"])
            >>> people = [Agent(id="ann"), Agent(id="bob", skills=["sap"])]
            >>> table = route(ticket, people, {}, Routing(), as_of=at).table()
            >>> table.title
            'T1: bob takes it (UTC)'
            >>> for row in table.rows:
            ...     print(row[0], row[2], row[3][:33])
            bob takes it fits best: 1 of 1 needs met, 0 le
            ann cannot lacks sap
        """
        return decision_table(self, tz=tz, most=most, catalogue=catalogue)

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return who takes the ticket and why, or when to ask again, in words of a catalogue."""
        outcome = outcome_of(self, self.inputs.team.tz)
        said = {"ticket": self.ticket_id, "outcome": outcome}
        if not self.reasons:
            return Reason.of("decision", **said).text(catalogue)
        return Reason.of("decision_why", reasons=self.reasons, **said).text(catalogue)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.table(tz=self.inputs.team.tz, most=AGENTS_SHOWN).html()


def retry_moment(ticket_id: str, at: datetime) -> Moment:
    """Return the moment at which to ask again; its key holds the instant, which may move."""
    return Moment(
        at=at,
        key=(ticket_id, "routing_retry", micros(at)),
        kind="routing_retry",
        subject=ticket_id,
        reason=Reason.of("routing_retry", ticket=ticket_id),
    )


def decision_input(
    ticket: QueuedTicket,
    agents: Team | Iterable[Agent],
    workload: Workload,
    routing: Routing,
    as_of: datetime,
) -> DecisionInput:
    """Return what a decision depends on."""
    check_queued([ticket], workload)
    return DecisionInput(CompiledTicket(ticket, routing, micros(as_of)), Team.of(agents), workload)


def decided(inputs: DecisionInput, seat: Seat | None) -> Decision:
    """Return the decision for an agent, or for nobody."""
    ticket_id = inputs.ticket.queued.id
    if seat is None:
        return Decision(ticket_id, None, (), inputs)
    reasons = why(seat, inputs.state(seat), inputs.ticket, inputs.team.by_id)
    return Decision(ticket_id, seat.id, reasons, inputs)


def route(
    ticket: QueuedTicket,
    agents: Team | Iterable[Agent],
    workload: Workload,
    routing: Routing,
    *,
    as_of: datetime,
) -> Decision:
    """Return who takes a ticket now; nothing is changed.

    Compile the agents into a `Team` once where you route often.

    Raises:
        NaiveDatetime: `as_of` without a zone.
        InvalidValue: an agent twice.
    """
    inputs = decision_input(ticket, agents, workload, routing, as_of)
    return decided(inputs, next(inputs.ranked(), None))


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

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return who was named, and what speaks against it, in the words of a catalogue."""
        code = "assignment_flagged" if self.flags else "assignment"
        flags = {"reasons": self.flags} if self.flags else {}
        said = Reason.of(code, ticket=self.ticket_id, agent=self.agent, **flags)
        return said.text(catalogue)

    def __str__(self) -> str:
        return self.text()


def assign(
    ticket: QueuedTicket,
    to: str,
    agents: Team | Iterable[Agent],
    workload: Workload,
    routing: Routing,
    *,
    as_of: datetime,
) -> Assignment:
    """Return a manual assignment: never refused, and flagged with the reasons against it.

    Raises:
        UnknownAgent: nobody has this id.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lines import Agent, Capacity
        >>> from support_model.routing import QueuedTicket, Routing
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(id="T1", channel="chat", queued_at=at)
        >>> full = [Agent(id="ann", capacity=Capacity(0))]
        >>> [flag.code for flag in assign(ticket, "ann", full, {}, Routing(), as_of=at).flags]
        ['no_capacity']
    """
    inputs = decision_input(ticket, agents, workload, routing, as_of)
    seat = inputs.team.seat(to)
    return Assignment(ticket.id, to, rejections(seat, inputs.state(seat), inputs.ticket))


Entry: TypeAlias = "tuple[int, SortKey, int, int]"
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

    __repr__ = short_repr

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
        return reduce(self._given, self.tickets, self.workload)

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
            ticket.id: self._decided(ticket, states).counts
            for ticket, states in self._turns()
            if self.assigned[ticket.id] is None
        }

    def decision(self, ticket_id: str) -> Decision:
        """Return the decision on one ticket as it was at its turn.

        Raises:
            UnknownName: no such ticket.
        """
        for ticket, states in self._turns():
            if ticket.id == ticket_id:
                return self._decided(ticket, states)
        remedy = nearest(str(ticket_id), self.assigned)
        raise UnknownName(ticket_id, "no ticket of this backlog", remedy)

    def counts(self, ticket_id: str) -> Mapping[str, int]:
        """Return how many agents each reason rejected for one ticket, at its turn.

        Raises:
            UnknownName: no such ticket.
        """
        return self.decision(ticket_id).counts

    def _turns(self) -> Iterator[tuple[QueuedTicket, Workload]]:
        """Yield each ticket with what everybody had in hand at its turn."""
        states = self.workload
        for ticket in self.tickets:
            yield ticket, states
            states = self._given(states, ticket)

    def _decided(self, ticket: QueuedTicket, states: Workload) -> Decision:
        compiled = CompiledTicket(ticket, self.routing, micros(self.as_of))
        agent = self.assigned[ticket.id]
        seat = None if agent is None else self.team.seat(agent)
        return decided(DecisionInput(compiled, self.team, states), seat)

    def _given(self, states: Workload, ticket: QueuedTicket) -> Workload:
        agent = self.assigned[ticket.id]
        if agent is None:
            return states
        state = states.get(agent, IDLE).assigned(ticket.channel, self.as_of)
        return as_workload(states).updated({agent: state})

    def _repr_html_(self) -> str:
        after = self.after
        turns = (
            (self._decided(ticket, states), self._decided(ticket, after).retry_at)
            for ticket, states in islice(self._turns(), AGENTS_SHOWN)
        )
        table = backlog_table(turns, tz=self.team.tz)
        hidden = len(self.tickets) - AGENTS_SHOWN
        more = f"{Reason.of('more_rows', n=hidden)}; " if hidden > 0 else ""
        return evolve(table, below=f"{more}{self}").html()

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return how many tickets are given to somebody, in the words of a catalogue."""
        left, count = len(self.left), len(self.tickets)
        return Reason.of("backlog", given=count - left, count=count, left=left).text(catalogue)

    def __str__(self) -> str:
        return self.text()


class _Run:
    """One pass over a backlog: what everybody has in hand so far, and an order a kind of ticket.

    An entry is stale when its agent was given something since; keys only grow with that, so a
    stale entry is at worst too far in front, and is corrected when it comes to the front.
    """

    def __init__(self, team: Team, workload: Workload, routing: Routing, as_of: datetime) -> None:
        self.routing, self.as_of, self.at = routing, as_of, micros(as_of)
        self.states = [workload.get(seat.id, IDLE) for seat in team.seats]
        self.given = [0] * len(team.seats)
        self.team = team
        self.key = key_of(routing)
        self.there: list[Seat] | None = None
        self.orders: dict[object, list[Entry]] = {}

    def take(self, ticket: QueuedTicket) -> str | None:
        """Give a ticket to the first who may take it; None where nobody can."""
        compiled = CompiledTicket(ticket, self.routing, self.at)
        seat = self._owner(compiled) or self._first(compiled)
        if seat is None:
            return None
        number = seat.number
        self.states[number] = self.states[number].assigned(ticket.channel, self.as_of)
        self.given[number] += 1
        return seat.id

    def _owner(self, ticket: CompiledTicket) -> Seat | None:
        seat = self.team.by_id.get(sticky_owner(ticket, self.team.by_id) or "")
        if seat is None or rejected_by(seat, self.states[seat.number], ticket):
            return None
        return seat

    def _first(self, ticket: CompiledTicket) -> Seat | None:
        if isinstance(self.routing.strategy, Ranking):  # its key may look at the very ticket
            states = {seat.id: self.states[seat.number] for seat in self.team.seats}
            return next(DecisionInput(ticket, self.team, states).ranked(), None)
        order = self._order(ticket)
        aside: list[Entry] = []
        first = self._front(order, ticket)
        while first is not None and excluded(first, IDLE, ticket):
            aside.append(heappop(order))
            first = self._front(order, ticket)
        for entry in aside:
            heappush(order, entry)
        return first

    def _front(self, order: list[Entry], ticket: CompiledTicket) -> Seat | None:
        """Return who is first in an order, which is put right up to there; None at its end."""
        load = ticket.screens("load")
        while order:
            rank, _, number, given = order[0]
            seat, state = self.team.seats[number], self.states[number]
            if given == self.given[number]:
                return seat
            if any(rejects(seat, state, ticket) for rejects in load):
                heappop(order)
            else:
                entry = (rank, self.key(seat, state, ticket), number, self.given[number])
                heapreplace(order, entry)
        return None

    def _order(self, ticket: CompiledTicket) -> list[Entry]:
        """Return the order of all tickets of its kind."""
        queued = ticket.queued
        lines = tuple(ticket.line_ranks)
        kind = (ticket.channel, queued.team, lines, ticket.levels, queued.needs)
        if kind not in self.orders:
            self.orders[kind] = self._ordered(ticket)
        return self.orders[kind]

    def _ordered(self, ticket: CompiledTicket) -> list[Entry]:
        if self.there is None:
            everybody = list(zip(self.team.seats, self.states, strict=True))
            self.there = [seat for seat, _ in passing(everybody, ticket, *AT_WORK)]
        people = [(seat, self.states[seat.number]) for seat in self.there]
        order = [
            (
                ticket.line_ranks.get(seat.line, 0),
                self.key(seat, state, ticket),
                seat.number,
                self.given[seat.number],
            )
            for seat, state in passing(people, ticket, "kind", "load")
        ]
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
        >>> from support_model.routing import QueuedTicket, Routing
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> waiting = [
        ...     QueuedTicket(id=name, channel="email", queued_at=at, priority=rank)
        ...     for name, rank in (("T1", 3), ("T2", 1))
        ... ]
        >>> one = [Agent(id="ann", capacity=Capacity(1))]
        >>> backlog = assign_backlog(waiting, one, {}, Routing(), as_of=at)
        >>> dict(backlog.assigned), dict(backlog.counts("T1"))
        ({'T2': 'ann', 'T1': None}, {'no_capacity': 1})
    """
    team, at = Team.of(agents), micros(as_of)
    tickets = tuple(tickets)
    check_queued(tickets, workload)
    turns = tuple(sorted(tickets, key=lambda ticket: routing.sort_key(ticket, at)))
    run = _Run(team, workload, routing, as_of)
    assigned: dict[str, str | None] = {}
    for ticket in turns:
        if ticket.id in assigned:
            raise InvalidValue(ticket.id, "a ticket is listed twice", "give each once")
        assigned[ticket.id] = run.take(ticket)
    return Backlog(assigned, turns, team, workload, routing, as_of)


AROUND_THE_CLOCK = BusinessCalendar.always()


@frozen(kw_only=True)
class Invitation:
    """A colleague invited to help with a ticket.

    Attributes:
        ticket_id: the ticket.
        agent: who is invited.
        invited_at: when.
        within: the time to answer, in open time of `calendar`.
        calendar: the invited one's own hours.
        answered_at: when they joined in; None so far.

    Raises:
        InvalidValue: `within` not above zero, an answer before the question.
        NaiveDatetime: an instant without a zone.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> invitation = Invitation(
        ...     ticket_id="T1", agent="ann", within=timedelta(hours=1),
        ...     invited_at=datetime(2026, 3, 6, 16, 30, tzinfo=UTC),
        ...     calendar=BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC"),
        ... )
        >>> invitation.due.isoformat()
        '2026-03-09T09:30:00+00:00'
    """

    ticket_id: str
    agent: str
    invited_at: datetime = field(validator=valid(micros))
    within: timedelta = field(validator=valid(checked_positive, "the time to answer"))
    calendar: BusinessCalendar = field(default=AROUND_THE_CLOCK)
    answered_at: datetime | None = field(default=None)

    @answered_at.validator
    def _is_later(self, _: object, answered_at: datetime | None) -> None:
        if answered_at is not None and micros(answered_at) < micros(self.invited_at):
            raise InvalidValue(answered_at, "an answer before the question")

    @property
    def due(self) -> datetime:
        """By when they must answer; `NoOpenTime` where they never work so long."""
        return self.calendar.add(self.invited_at, self.within)

    def missed(self, *, as_of: datetime) -> bool:
        """Return whether the agreement is broken: an answer at the due instant is in time."""
        until = as_of if self.answered_at is None else self.answered_at
        return micros(until) > micros(self.due)

    def answered(self, at: datetime) -> Invitation:
        """Return the invitation with its answer."""
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
    invited: Iterable[Invitation] = (),
) -> tuple[Invitation, ...]:
    """Return invitations for those who would come first, the owner and those invited left out.

    Fewer than `helpers` where not so many may take the ticket; the ticket itself is not moved.

    Raises:
        InvalidValue: `helpers` below 1.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.lines import Agent
        >>> from support_model.routing import Owner, QueuedTicket, Routing
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(
        ...     id="T1", channel="chat", queued_at=at, owner=Owner("ann", at), needs=["sap"]
        ... )
        >>> people = [Agent(id=name, skills=["sap"]) for name in ("ann", "bob", "cid")]
        >>> invitations = swarm(
        ...     ticket, people, {}, Routing(), as_of=at, within=timedelta(hours=1), helpers=2
        ... )
        >>> [invitation.agent for invitation in invitations]
        ['bob', 'cid']
    """
    checked_whole(helpers, "helpers", least=1)
    team = Team.of(agents)
    there = {invitation.agent for invitation in invited if invitation.ticket_id == ticket.id}
    if ticket.owner is not None:
        there.add(ticket.owner.agent)
    ranked = route(ticket, team, workload, routing, as_of=as_of).ranked
    chosen = [agent for agent in ranked if agent not in there][:helpers]
    return tuple(
        Invitation(
            ticket_id=ticket.id,
            agent=agent,
            invited_at=as_of,
            within=within,
            calendar=team[agent].calendar or AROUND_THE_CLOCK,
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
            recipients=one.agent,
        )
        for one in open_or_late
    ]
    return Agenda(moments, as_of=as_of)
