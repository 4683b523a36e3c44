"""What a host does around the rules: one transaction an action, and one timer for everything.

An action appends its events, puts what came due into the outbox and notes when to look again,
all or nothing. The timer looks at each ticket whose time has come and does the same without an
action. So a restart and a late timer find the same answers, and a process may be killed anywhere.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from threading import Event as Signal
from threading import Thread
from typing import Any

import sqlalchemy as sa

from support_model.agenda import Agenda
from support_model.desk import Desk
from support_model.errors import TransitionRefused
from support_model.events import Event
from support_model.routing import Decision
from support_model.sla import Evaluation, evaluate
from support_model.tickets import Ticket, replay
from support_model.vocabulary import Actor

from . import store

ROUTING, TIMER = Actor("bot", "routing"), Actor("system", "timer")
LONGEST_SLEEP = timedelta(seconds=2)
"""Other processes write to the same database and tell nobody."""
RETRY = timedelta(minutes=1)
"""When a ticket that cannot be looked at is looked at again."""

logger = logging.getLogger(__name__)


class StaleError(Exception):
    """Somebody else acted on the ticket since it was shown."""


class NoTextError(Exception):
    """A message says nothing."""


@dataclass(frozen=True)
class Host:
    """What every function here needs: the rules, the database, a clock and a way out."""

    desk: Desk
    engine: sa.Engine
    now: Callable[[], datetime]
    send: Callable[[store.Notification], None]


@dataclass(frozen=True)
class View:
    """A ticket at an instant: its log, its clocks, what comes due, who should have it."""

    entries: Sequence[store.Entry]
    result: Evaluation
    agenda: Agenda
    decision: Decision
    sent_at: Mapping[str, datetime | None]

    @property
    def ticket(self) -> Ticket:
        return self.result.ticket


def open_ticket(
    host: Host,
    actor: Actor,
    fields: Mapping[str, Any],
    text: str | None,
    request: str | None = None,
) -> int:
    """Open a ticket, or return the number of the one that the same request opened before."""
    with store.writing(host.engine) as db:
        known = store.answered(db, request)
        if known is not None:
            return known
        number, now = store.add_ticket(db), host.now()
        new = host.desk.begin(str(number), actor=actor, at=now, fields=fields, source_id=request)
        record(host, db, new, now, text)
        return number


def act(
    host: Host,
    number: int,
    action: str,
    actor: Actor,
    *,
    version: int | None = None,
    request: str | None = None,
    text: str | None = None,
    other: int | None = None,
    **details: Any,
) -> int:
    """Do something to a ticket; return its number, or that of the ticket it opened.

    Args:
        version: that of the ticket somebody saw, where what they decide depends on it.
        request: the same one a second time changes nothing.
        other: the number of another ticket, such as that into which this one is merged.

    Raises:
        StaleError: `version` is not what the ticket has come to.
        NoTextError: a message without a text.
        TransitionRefused: the rules forbid it, with every reason.
        NoTicketError: there is no such ticket, or it is not theirs.
    """
    with store.writing(host.engine) as db:
        ticket = replay(store.log(db, number))
        must_see(ticket, actor)
        known = store.answered(db, request)
        if known is not None:
            return known
        if version not in (None, ticket.version):
            raise StaleError
        options = [one for one in host.desk.allowed(ticket, actor=actor) if one.action == action]
        if any(one.writes for one in options) and not (text or "").strip():
            raise NoTextError
        now = max(host.now(), ticket.at)
        if any(one.opens for one in options):
            details["other"] = str(store.add_ticket(db))
        elif other is not None:
            beside = replay(store.log(db, other))
            must_see(beside, actor)
            details["other"] = beside
            now = max(now, beside.at)
        new = host.desk.act(ticket, action, actor=actor, at=now, source_id=request, **details)
        record(host, db, new, now, text)
        return next((int(event.ticket_id) for event in new if event.seq == 1), number)


def must_see(ticket: Ticket, actor: Actor) -> None:
    """Refuse what is not theirs: a customer sees no tickets but their own."""
    if actor.role == "customer" and ticket.requester != actor.id:
        raise store.NoTicketError(ticket.id)


def record(
    host: Host, db: sa.Connection, new: Iterable[Event], now: datetime, text: str | None
) -> None:
    """Append events, of one ticket after the other, and write down what follows from them."""
    for number, part in groupby(new, lambda event: int(event.ticket_id)):
        store.append(db, [*part], text)
        update(host, db, number, now)


def update(host: Host, db: sa.Connection, number: int, now: datetime) -> None:
    """Write down what came due on a ticket, and do what routing and workflow ask for."""
    log = store.log(db, number)
    now = max(now, log[-1].at)  # the clocks of two servers may differ
    while True:
        result, agenda, decision = standing(host, db, log, now)
        due = store.enqueue(db, agenda.through(now))
        todo: list[tuple[Actor, str, dict[str, str]]] = []
        if decision.agent is not None:
            todo.append((ROUTING, "assign", {"agent": decision.agent}))
        todo += [(TIMER, moment.action, {}) for moment in due if moment.action is not None]
        known = len(log)
        for actor, action, fields in todo:
            with suppress(TransitionRefused):  # the ticket has moved on
                new = host.desk.act(replay(log), action, actor=actor, at=now, fields=fields)
                store.append(db, new)
                log += new
        if len(log) == known:  # what is done may bring about more
            break
    store.project(db, result, agenda.next_at)


def standing(
    host: Host, db: sa.Connection, log: Sequence[Event], now: datetime
) -> tuple[Evaluation, Agenda, Decision]:
    """Return the clocks of a ticket, what comes due, and who should have it."""
    result = evaluate(log, host.desk.policies, as_of=now)
    decision = host.desk.route(log, store.workload(db), as_of=now)
    return result, host.desk.agenda(result, log) | decision.agenda, decision


def view(host: Host, number: int, actor: Actor) -> View:
    """Return a ticket as it is now, to somebody who may see it."""
    with host.engine.connect() as db:
        entries = store.entries(db, number)
        log = [entry.event for entry in entries]
        stands = standing(host, db, log, max(host.now(), log[-1].at))
        seen = View(entries, *stands, store.sent_at(db, number))
    must_see(seen.ticket, actor)
    return seen


def tick(host: Host) -> datetime | None:
    """Look at each ticket whose time has come; return when to look again."""
    with host.engine.connect() as db:
        waiting = store.waiting(db, host.now())
    for number, since in waiting:
        try:
            with store.writing(host.engine) as db:
                update(host, db, number, host.now())
        except Exception:  # of this ticket; the others must get theirs
            logger.exception("ticket %s cannot be looked at", number)
            with store.writing(host.engine) as db:
                store.postpone(db, number, since, host.now() + RETRY)
    with host.engine.connect() as db:
        return store.next_look(db)


def deliver(host: Host) -> datetime | None:
    """Send what is to be sent; what fails comes again later. Return when there is more."""
    while True:
        with store.writing(host.engine) as db:
            notification = store.claim(db, host.now())
        if notification is None:
            break
        try:
            host.send(notification)
        except Exception:  # whatever a receiver does, the others must get theirs
            logger.warning("not sent: %s", notification.key, exc_info=True)
            continue
        with store.writing(host.engine) as db:
            store.delivered(db, notification.key, host.now())
    with host.engine.connect() as db:
        return store.next_try(db)


@contextmanager
def timer(host: Host) -> Generator[None]:
    """Do what comes due, in threads of its own: a receiver that hangs holds up no ticket.

    It begins with every ticket, for the rules may have changed.
    """
    with store.writing(host.engine) as db:
        store.wake_all(db, host.now())
    stop = Signal()
    threads = [Thread(target=repeat, args=(host, work, stop)) for work in (tick, deliver)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def repeat(host: Host, work: Callable[[Host], datetime | None], stop: Signal) -> None:
    """Do some work whenever there is some, until told to stop."""
    while not stop.is_set():
        sleep = LONGEST_SLEEP
        try:
            if (next_at := work(host)) is not None:
                sleep = min(next_at - host.now(), LONGEST_SLEEP)
        except Exception:  # such as a database that does not answer; the work must go on
            logger.exception("%s is tried again in %s", work.__name__, sleep)
        stop.wait(max(sleep.total_seconds(), 0))
