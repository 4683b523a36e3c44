"""Swarming: colleagues are asked in, each with a time of their own, and the ticket stays put.

An invitation is an agreement among ourselves (an OLA): so soon, counted in the invited one's
own hours. Nobody is reassigned, so clocks, owner and load stay as they are.

Before this: `support_model.routing`. Next: `support_model.assignment.backlog`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from support_model.agenda import Agenda, Moment
from support_model.assignment.teams import Team, as_team
from support_model.calendars import BusinessCalendar
from support_model.capacity.quantities import checked_positive, checked_whole
from support_model.errors import InvalidValue
from support_model.instants import micros
from support_model.reasons import Reason
from support_model.routing import eligible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from support_model.assignment.queues import QueuedTicket
    from support_model.assignment.routing_rules import Routing
    from support_model.assignment.workloads import Workload
    from support_model.lines import Agent

__all__ = ["Invitation", "swarm", "swarm_agenda"]

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
        >>> from support_model.assignment.queues import Owner, QueuedTicket
        >>> from support_model.assignment.routing_rules import Routing
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
