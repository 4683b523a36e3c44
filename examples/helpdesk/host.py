"""What a host does around the rules: one transaction an action, and one timer for everything.

An action appends its events, puts what came due into the outbox and notes when to look again,
all or nothing. The timer sleeps until the earliest of those instants and does the same without
an action. So a double click, a restart and a late timer find the same answers, and a process
may be killed anywhere.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from threading import Event as Bell
from typing import Any

import sqlalchemy as sa

from support_model.agenda import Agenda
from support_model.desk import Desk
from support_model.errors import TransitionRefused
from support_model.events import Event
from support_model.routing import Decision, route, ticket_in_queue, triage
from support_model.sla import Evaluation, evaluate
from support_model.tickets import Ticket, replay
from support_model.vocabulary import Actor

from . import store

BOT, TIMER = Actor("bot", "routing"), Actor("system", "timer")
SILENT = ("action_due", "routing_retry", "level_reached")
"""The kinds of moments of which nobody has to hear: they are acted on."""
NEW = "new"
"""As `other` of an action: the ticket that the action opens, such as a follow-up."""
LONGEST_SLEEP = timedelta(minutes=1)
"""Another process may have acted on the same database."""

logger = logging.getLogger(__name__)


class StaleError(Exception):
    """Somebody else acted on the ticket since it was shown."""


@dataclass(frozen=True)
class Host:
    """What every function here needs: the rules, the database, a clock and a way out."""

    desk: Desk
    engine: sa.Engine
    now: Callable[[], datetime]
    send: Callable[[store.Notification], None]
    bell: Bell = field(default_factory=Bell)


@dataclass(frozen=True)
class View:
    """A ticket at an instant, as a page shows it."""

    entries: Sequence[store.Entry]
    result: Evaluation
    agenda: Agenda
    decision: Decision
    sent: dict[str, datetime | None]

    @property
    def ticket(self) -> Ticket:
        return self.result.ticket


def open_ticket(host: Host, actor: Actor, fields: Mapping[str, Any], text: str | None) -> int:
    """Open a ticket, sort it by the rules of triage, and give it to whoever can take it."""
    with store.writing(host.engine) as db:
        number, now = store.add_ticket(db), host.now()
        new = [*host.desk.begin(str(number), actor=actor, at=now, fields=fields)]
        sorted_by = triage(replay(new), host.desk.triage)
        if sorted_by.fields:
            new.append(sorted_by.change(at=now, actor=BOT, seq=len(new) + 1))
        record(host, db, new, now, text)
    host.bell.set()
    return number


def act(
    host: Host,
    number: int,
    action: str,
    actor: Actor,
    *,
    version: int | None = None,
    text: str | None = None,
    **details: Any,
) -> int:
    """Do something to a ticket; return its number, or that of the ticket it opened.

    Raises:
        StaleError: `version` is not what the ticket has come to.
        TransitionRefused: the rules forbid it, with every reason.
        NoTicketError: there is no such ticket.
    """
    with store.writing(host.engine) as db:
        store.lock(db, number)
        ticket = replay(store.log(db, number))
        if version not in (None, ticket.version):
            raise StaleError
        if details.get("other") == NEW:
            details["other"] = str(store.add_ticket(db))
        now = max(host.now(), ticket.at)
        new = host.desk.act(ticket, action, actor=actor, at=now, **details)
        record(host, db, new, now, text)
    host.bell.set()
    return int(new[-1].ticket_id)


def record(
    host: Host, db: sa.Connection, new: Iterable[Event], now: datetime, text: str | None = None
) -> None:
    """Append events, of one ticket after the other, and write down what follows from them."""
    for number, part in groupby(new, lambda event: int(event.ticket_id)):
        store.append(db, [*part], text)
        settle(host, db, number, now)


def settle(host: Host, db: sa.Connection, number: int, now: datetime) -> None:
    """Write down what came due on a ticket, and do what workflow and routing ask for."""
    log = store.log(db, number)
    now = max(now, log[-1].at)  # the clocks of two servers may differ
    while True:
        result = evaluate(log, host.desk.policies, as_of=now)
        agenda = host.desk.agenda(result, log)
        todo: list[tuple[Actor, str, dict[str, str]]] = []
        if result.ticket.agent is None and result.ticket.category in ("new", "open"):
            decision = routed(host, db, log, now)
            agenda |= decision.agenda
            if decision.agent is not None:
                todo.append((BOT, "assign", {"agent": decision.agent}))
        fresh = store.put(db, agenda.through(now), SILENT)
        todo += [(TIMER, moment.action, {}) for moment in fresh if moment.action is not None]
        known = len(log)
        for actor, action, fields in todo:
            with suppress(TransitionRefused):  # the ticket has moved on
                new = host.desk.act(replay(log), action, actor=actor, at=now, fields=fields)
                store.append(db, new)
                log += new
        if len(log) == known:
            break
    store.project(db, result.ticket, result.first_due, agenda.next_at)


def routed(host: Host, db: sa.Connection, log: Sequence[Event], now: datetime) -> Decision:
    """Return who should have a ticket, and why."""
    desk = host.desk
    waiting = ticket_in_queue(log, desk.routing.queues, as_of=now)
    return route(waiting, desk.agents, store.workload(db), desk.routing, as_of=now)


def view(host: Host, number: int) -> View:
    """Return a ticket as it is now."""
    with host.engine.connect() as db:
        entries = store.entries(db, number)
        log = [entry.event for entry in entries]
        now = max(host.now(), log[-1].at)
        result = evaluate(log, host.desk.policies, as_of=now)
        agenda = host.desk.agenda(result, log)
        return View(entries, result, agenda, routed(host, db, log, now), store.sent(db, number))


def wake(host: Host, number: int) -> None:
    """Do what time alone brought about on a ticket."""
    with store.writing(host.engine) as db:
        store.lock(db, number)
        settle(host, db, number, host.now())


def tick(host: Host) -> datetime | None:
    """Do everything that is due; return when there is more to do."""
    with host.engine.connect() as db:
        waiting = store.waiting(db, host.now())
    for number in waiting:
        try:
            wake(host, number)
        except Exception:  # of this ticket; the others must get theirs
            logger.exception("ticket %s cannot be looked at", number)
            with store.writing(host.engine) as db:
                store.postpone(db, number, host.now() + LONGEST_SLEEP)
    deliver(host)
    with host.engine.connect() as db:
        return store.next_at(db)


def deliver(host: Host) -> None:
    """Send what is to be sent; what fails comes again later."""
    while True:
        with store.writing(host.engine) as db:
            notification = store.claim(db, host.now())
        if notification is None:
            return
        try:
            host.send(notification)
        except Exception:  # whatever a receiver does, the others must get theirs
            logger.warning("not sent: %s", notification.key, exc_info=True)
            continue
        with store.writing(host.engine) as db:
            store.delivered(db, notification.key, host.now())


def run(host: Host, stop: Bell) -> None:
    """Be the timer, until told to stop: begin with everything, for the rules may have changed."""
    begun = False
    while not stop.is_set():
        host.bell.clear()
        try:
            if not begun:
                with store.writing(host.engine) as db:
                    store.wake_all(db, host.now())
                begun = True
            next_at = tick(host)
        except Exception:  # such as a database that does not answer; the timer must go on
            logger.exception("the timer tries again in %s", LONGEST_SLEEP)
            next_at = None
        sleep = LONGEST_SLEEP if next_at is None else min(next_at - host.now(), LONGEST_SLEEP)
        host.bell.wait(max(sleep.total_seconds(), 0))
