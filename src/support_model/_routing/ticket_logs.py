"""What the logs of tickets say to routing: since when one waits, and what everybody has in hand.

A host that keeps such tables of its own needs neither; who has only events starts here. What
happened after the instant of asking is not known yet.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from support_model._routing.queues import Owner, queue_of, queued
from support_model._routing.workloads import AgentState, Work
from support_model._time import instant, micros
from support_model.errors import InvalidValue
from support_model.tickets import holdings, steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from support_model._routing.queues import Queue, QueuedTicket
    from support_model.events import Event
    from support_model.tickets import Ticket, TicketStep


AT_REST = {"solved", "closed", "void"}
EMAIL = "email"
"""How a ticket came that does not say."""


def ticket_in_queue(
    events: Iterable[Event],
    queues: Iterable[Queue] = (),
    *,
    as_of: datetime,
    due_at: datetime | None = None,
    exclude: Mapping[str, str] | None = None,
) -> QueuedTicket:
    """Return what routing must know of a ticket, from its log.

    It waits since it was created, came back, lost its agent, or changed line or group, be it by
    another queue, whichever was last. A queue's condition holds from the first instant at which
    it does, read after the last event of the instant. Its owner is the last one assigned, and
    was last at it at their last event. An
    offer that the agent did not take is neither (see `support_model.tickets`). The
    requester must not have it, which matters where colleagues ask each other; `exclude` adds
    others, by id with why.

    Raises:
        InconsistentLog: the events are no log of one ticket.
        InvalidValue: the ticket is not there yet.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.events import Changed, Created
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new"), "line": 1, "requester": "ann"}
        >>> log = [
        ...     Created(ticket_id="T1", at=at, role="agent", fields=new),
        ...     Changed(ticket_id="T1", at=at + timedelta(hours=1), role="agent",
        ...             fields={"line": 2}),
        ... ]
        >>> waiting = ticket_in_queue(log, as_of=at + timedelta(hours=2))
        >>> waiting.queued_at.hour, waiting.line, dict(waiting.exclude)
        (10, 2, {'ann': 'author'})
    """
    known = _known(events, as_of)
    if not known:
        raise InvalidValue(as_of, "the ticket does not exist yet", "ask about a later instant")
    ticket, since, owner = known[-1].after, known[0].after.at, None
    offers = [stay for stay in holdings(known) if stay.offer]
    begun, ended = {stay.first for stay in offers}, {stay.last for stay in offers}
    for place, now in enumerate(known):
        moved = not now.changed.isdisjoint({"line", "group"}) or "reopened" in now.facts
        lost = "agent" in now.changed and now.after.agent is None and place not in ended
        if moved or lost:
            since = now.after.at
        agent, assigned = now.after.agent, "agent" in now.changed and place not in begun
        if agent is not None and (assigned or _actor(now) == agent):
            owner = Owner(agent, now.after.at)
    author = {} if ticket.requester is None else {ticket.requester: "author"}
    without = author | dict(exclude or {})
    queues = tuple(queues)
    held, moved_at = _queue_history(known, queues)
    return queued(
        ticket,
        queues,
        queued_at=max(since, moved_at),
        exclude=without,
        owner=owner,
        due_at=due_at,
        queue_since=held,
    )


def _queue_history(
    known: list[TicketStep], queues: tuple[Queue, ...]
) -> tuple[datetime, datetime]:
    """Return since when the queue holds, and when a queue last moved it to a line or team."""
    held = moved = known[0].after.at
    queue: Queue | None = None
    for place, (at, rows) in enumerate(groupby(known, key=lambda now: now.after.at)):
        ticket = [*rows][-1].after
        before, queue = queue, queue_of(ticket, queues)
        if place and queue is not before:
            held = at
            if _place(ticket, before) != _place(ticket, queue):
                moved = at
    return held, moved


def _place(ticket: Ticket, queue: Queue | None) -> tuple[int | None, str | None]:
    """Return the line and the team for which a ticket waits in a queue."""
    line, team = (None, None) if queue is None else (queue.line, queue.team)
    return (
        line if ticket.line is None else ticket.line,
        team if ticket.group is None else ticket.group,
    )


def workload_of(logs: Iterable[Iterable[Event]], *, as_of: datetime) -> Mapping[str, AgentState]:
    """Return what everybody has in hand, from the logs of all their tickets.

    An offer that the agent did not take ends no work. A clock counts as running in `new` and
    `open`. Presence is in no log, so it is unknown and
    the calendars decide.

    Raises:
        InconsistentLog: one of them is no log of one ticket.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Created
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new"), "agent": "ann", "channel": "chat"}
        >>> log = [Created(ticket_id="T1", at=at, role="agent", fields=new)]
        >>> workload_of([log], as_of=at)["ann"].work
        (Work(channel='chat', category='new', timer=True),)
    """
    work: dict[str, list[Work]] = {}
    given: dict[str, list[int]] = {}
    ended: dict[str, int] = {}
    for log in logs:
        holder: str | None = None
        known = _known(log, as_of)
        refused = {stay.last for stay in holdings(known) if stay.offer}
        for place, now in enumerate(known):
            after, at = now.after, micros(now.after.at)
            keeps = None if after.category in AT_REST else after.agent
            if holder is not None and holder != keeps and place not in refused:
                ended[holder] = max(at, ended.get(holder, at))
            if after.agent is not None and "agent" in now.changed:
                given.setdefault(after.agent, []).append(at)
            holder = keeps
        if holder is not None:
            running = after.category in {"new", "open"}
            item = Work(after.channel or EMAIL, after.category, timer=running)
            work.setdefault(holder, []).append(item)
    return {
        agent: AgentState(
            work=work.get(agent, ()),
            last_assigned_at=instant(max(given[agent])) if agent in given else None,
            idle_since=instant(ended[agent]) if agent in ended else None,
            recent=map(instant, given.get(agent, ())),
        )
        for agent in sorted({*work, *given, *ended})
    }


def _known(events: Iterable[Event], as_of: datetime) -> list[TicketStep]:
    limit = micros(as_of)
    return [now for now in steps(events) if micros(now.after.at) <= limit]


def _actor(now: TicketStep) -> str | None:
    return None if now.event is None else now.event.actor
