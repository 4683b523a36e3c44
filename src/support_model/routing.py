"""Who takes a ticket now: one decision, with its reasons, its rejections, and when to ask again.

`route` looks at agents, what they have in hand, and rules; it changes nothing and answers the
same whatever the order of the agents. The decision is a value; what is not asked of it (the
others in order, why each was rejected, when to retry) is not computed.

Before this: `support_model.assignment.decision_tables`. Next: `support_model.assignment.backlog`,
`support_model.assignment.triage`.
"""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop
from typing import TYPE_CHECKING, TypeVar

from attrs import field, frozen

from support_model.agenda import Agenda, Moment
from support_model.assignment.decision_tables import decision_table
from support_model.assignment.eligibility import (
    Case,
    able,
    codes_against,
    excluded,
    full,
    rejections,
    there,
    wrong_team,
)
from support_model.assignment.queues import check_asked
from support_model.assignment.ranking import order_of, sticky_owner, why
from support_model.assignment.retries import ready_at
from support_model.assignment.teams import FOREVER, Team, as_team
from support_model.assignment.workloads import IDLE
from support_model.frozen_maps import frozen_map
from support_model.instants import instant, micros
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from support_model.assignment.queues import QueuedTicket
    from support_model.assignment.ranking import Key
    from support_model.assignment.routing_rules import Routing
    from support_model.assignment.teams import Seat
    from support_model.assignment.workloads import AgentState, Workload
    from support_model.lines import Agent

__all__ = ["Assignment", "Decision", "assign", "eligible", "route"]

T = TypeVar("T")
PROBE = 8
SHOWN = 50
"""How many agents a notebook shows."""


@frozen
class Scene:
    """All that a decision looks at, in the forms in which it looks."""

    case: Case
    team: Team
    workload: Workload = field(converter=frozen_map)
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
        >>> from support_model.assignment.queues import QueuedTicket
        >>> from support_model.assignment.routing_rules import Routing
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
        >>> from support_model.assignment.queues import QueuedTicket
        >>> from support_model.assignment.routing_rules import Routing
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(id="T1", channel="chat", queued_at=at)
        >>> full = [Agent(id="ann", capacity=Capacity(0))]
        >>> [flag.code for flag in assign(ticket, "ann", full, {}, Routing(), as_of=at).flags]
        ['no_capacity']
    """
    scene = scene_of(ticket, agents, workload, routing, as_of)
    seat = scene.team.seat(to)
    return Assignment(ticket.id, to, rejections(seat, scene.state(seat), scene.case, scene.t))
