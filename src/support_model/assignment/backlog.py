"""Many waiting tickets at one instant: who takes which, the most urgent first.

Each assignment counts at once, as load, as last assignment and against the rate, and a ticket
that nobody can take never blocks the next. The answer is that of `route` asked for one ticket
after the other; it is found faster, because who is there is asked once and because an
assignment only ever moves its agent back in an order.

Before this: `support_model.routing`. Next: `support_model.assignment.fairness`.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush, heapreplace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve, field, frozen

from support_model.agenda import Agenda
from support_model.assignment.decision_tables import backlog_table
from support_model.assignment.eligibility import Case, able, fits, full, there, wrong_team
from support_model.assignment.queues import check_asked
from support_model.assignment.ranking import order_of, sticky_owner
from support_model.assignment.routing_rules import Ranking
from support_model.assignment.teams import Team, as_team
from support_model.assignment.workloads import IDLE
from support_model.errors import InvalidValue
from support_model.frozen_maps import frozen_map
from support_model.instants import micros
from support_model.routing import SHOWN, Decision, Scene, decided, retry_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from support_model.assignment.queues import QueuedTicket
    from support_model.assignment.ranking import Key
    from support_model.assignment.routing_rules import Routing
    from support_model.assignment.teams import Seat
    from support_model.assignment.workloads import AgentState, Workload
    from support_model.lines import Agent

__all__ = ["Backlog", "assign_backlog"]

Entry: TypeAlias = "tuple[int, Key, int, int]"
"""The line's rank, the strategy's key, the seat's number, and how many it had been given."""


@frozen
class Backlog:
    """Who takes which of many tickets.

    Attributes:
        assigned: the agent of each ticket, None for nobody; in the order of their turns.
    """

    assigned: Mapping[str, str | None] = field(converter=frozen_map)
    tickets: tuple[QueuedTicket, ...] = field(eq=False, repr=False)
    team: Team = field(eq=False, repr=False)
    workload: Workload = field(converter=frozen_map, eq=False, repr=False)
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
        """Yield the decisions in turn, all on one growing table: read each before the next."""
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
        >>> from support_model.assignment.queues import QueuedTicket
        >>> from support_model.assignment.routing_rules import Routing
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
