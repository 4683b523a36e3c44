"""Routing's questions to the logs of tickets: since when one waits, and what everybody has.

A host that keeps such tables of its own needs neither; a host that has only events starts here.
Events after the instant of the question are not known yet.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from support_model._routing.queues import Owner, queue_of, queued
from support_model._routing.workloads import AgentState, Work
from support_model._time import instant, micros
from support_model.errors import InvalidValue
from support_model.tickets import Ticket, holdings, steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from support_model._routing.queues import Queue, QueuedTicket
    from support_model.events import Event
    from support_model.tickets import TicketStep


AT_REST = frozenset({"solved", "closed", "void"})


def ticket_in_queue(
    events: Iterable[Event],
    queues: Iterable[Queue] = (),
    *,
    as_of: datetime,
    due_at: datetime | None = None,
    exclude: Mapping[str, str] | None = None,
) -> QueuedTicket:
    """Return what routing must know of a ticket, from its log.

    It waits since it was created, came back, lost its agent, or changed line or group (also by
    another queue), whichever was last. A queue's condition holds from the first instant at which
    it does, read after the last event of the instant. Its owner is the last one assigned, until
    their last event. An offer that the agent did not take is neither (see
    `support_model.tickets`). The requester is excluded, which matters where colleagues ask each
    other; `exclude` adds others, by id with why.

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
        raise InvalidValue(as_of, "the ticket does not exist yet", "give a later instant")
    ticket, queues = known[-1].after, tuple(queues)
    offers = [stay for stay in holdings(known) if stay.offer]
    queue_since, moved_at = _queue_history(known, queues)
    author = {} if ticket.requester is None else {ticket.requester: "author"}
    return queued(
        ticket,
        queues,
        queued_at=max(_waits_since(known, {stay.last for stay in offers}), moved_at),
        exclude=author | dict(exclude or {}),
        owner=_last_owner(known, {stay.first for stay in offers}),
        due_at=due_at,
        queue_since=queue_since,
    )


def _waits_since(known: list[TicketStep], refused: set[int | None]) -> datetime:
    """Return when it was created, came back, lost its agent, or was moved, whichever was last."""
    since = known[0].after.at
    for place, step in enumerate(known):
        moved = not step.changed.isdisjoint({"line", "group"}) or "reopened" in step.facts
        lost = "agent" in step.changed and step.after.agent is None and place not in refused
        if moved or lost:
            since = step.after.at
    return since


def _last_owner(known: list[TicketStep], offered: set[int]) -> Owner | None:
    owner = None
    for place, step in enumerate(known):
        agent = step.after.agent
        assigned = "agent" in step.changed and place not in offered
        acts = step.event is not None and step.event.actor == agent
        if agent is not None and (assigned or acts):
            owner = Owner(agent, step.after.at)
    return owner


def _queue_history(
    known: list[TicketStep], queues: tuple[Queue, ...]
) -> tuple[datetime, datetime]:
    """Return since when the queue applies, and when one last moved it to a line or team."""
    since = moved = known[0].after.at
    queue: Queue | None = None
    for place, (at, rows) in enumerate(groupby(known, key=lambda step: step.after.at)):
        ticket = [*rows][-1].after
        before, queue = queue, queue_of(ticket, queues)
        if place and queue is not before:
            since = at
            if _place(ticket, before) != _place(ticket, queue):
                moved = at
    return since, moved


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
        known = _known(log, as_of)
        for agent, at in _ends(known):
            ended[agent] = max(at, ended.get(agent, at))
        for step in known:
            if step.after.agent is not None and "agent" in step.changed:
                given.setdefault(step.after.agent, []).append(micros(step.after.at))
        holder = _holder(known[-1].after) if known else None
        if holder is not None:
            work.setdefault(holder, []).append(_work(known[-1].after))
    return {
        agent: AgentState(
            work=work.get(agent, ()),
            last_assigned_at=instant(max(given[agent])) if agent in given else None,
            idle_since=instant(ended[agent]) if agent in ended else None,
            recent=map(instant, given.get(agent, ())),
        )
        for agent in sorted({*work, *given, *ended})
    }


def workload_now(
    tickets: Iterable[Ticket | tuple[str | None, Work]],
) -> Mapping[str, AgentState]:
    """Return what everybody has in hand, from tickets as they are now.

    A host's own table of tickets gives (agent, `Work`) for each. A ticket without an agent, and
    one that is solved, closed or void, is nobody's work. When somebody was last given something
    is in no ticket: a strategy or a rate limit that asks for it needs `workload_of`.

    Raises:
        InvalidValue: something is neither a ticket nor such a pair.

    Example:
        >>> rows = [("ann", Work("chat")), ("ann", Work("chat", "pending")), (None, Work("chat"))]
        >>> {agent: state.counts["open_new"] for agent, state in workload_now(rows).items()}
        {'ann': {'chat': 1}}
    """
    held: dict[str, list[Work]] = {}
    for given in tickets:
        agent, work = (given.agent, _work(given)) if isinstance(given, Ticket) else _pair(given)
        if agent is not None and work.category not in AT_REST:
            held.setdefault(agent, []).append(work)
    return {agent: AgentState(work=held[agent]) for agent in sorted(held)}


def _work(ticket: Ticket) -> Work:
    return Work(ticket.channel, ticket.category)


def _pair(given: tuple[str | None, Work]) -> tuple[str | None, Work]:
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], Work):
        return given
    raise InvalidValue(given, "no work in hand", "give a Ticket, or (agent, Work(...))")


def _ends(known: list[TicketStep]) -> Iterator[tuple[str, int]]:
    """Yield whose work on a ticket ended, and when; a refused offer was no work."""
    refused = {stay.last for stay in holdings(known) if stay.offer}
    holder: str | None = None
    for place, step in enumerate(known):
        keeps = _holder(step.after)
        if holder is not None and holder != keeps and place not in refused:
            yield holder, micros(step.after.at)
        holder = keeps


def _holder(ticket: Ticket) -> str | None:
    return None if ticket.category in AT_REST else ticket.agent


def _known(events: Iterable[Event], as_of: datetime) -> list[TicketStep]:
    limit = micros(as_of)
    return [step for step in steps(events) if micros(step.after.at) <= limit]
