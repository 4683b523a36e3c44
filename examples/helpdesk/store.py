"""What is kept: three tables in SQLite or PostgreSQL, and the questions asked of them.

`events` is the truth and only grows. `tickets` is derived from it in the same transaction: what
a queue shows, and when the timer has to look again. `outbox` holds what came due, each under
the key of its moment, so that nothing enters twice.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.event import listen

from support_model.agenda import Moment
from support_model.events import Event
from support_model.routing import AgentState, Work, workload_now
from support_model.serde import event_from_data, event_to_data
from support_model.sla import Evaluation

SHOWN = ("topic", "requester", "category", "line", "agent", "channel")
"""The fields of a ticket that have a column of their own."""
DONE = ("closed", "void")
"""The categories in which no clock runs and nothing comes due any more."""
UNASSIGNED = ("new", "open")
"""The categories in which a ticket without an agent waits for one."""
QUIET = ("action_due", "routing_retry", "level_reached")
"""The kinds of moments that nobody is told of: they are acted on, or shown on the ticket."""


class Instant(sa.TypeDecorator[datetime]):
    """An aware instant, kept in UTC because SQLite keeps no zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = sa.MetaData()
tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("topic", sa.Text),
    sa.Column("requester", sa.Text),
    sa.Column("status", sa.Text),
    sa.Column("category", sa.Text, index=True),
    sa.Column("priority", sa.Text),
    sa.Column("line", sa.Integer),
    sa.Column("agent", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("first_due", Instant, index=True),  # of the clocks that run; None: nothing is due
    sa.Column("metric", sa.Text),  # what is due then
    sa.Column("next_at", Instant, index=True),  # None: nothing comes due without an event
)
events = sa.Table(
    "events",
    metadata,
    sa.Column("ticket_id", sa.Integer, sa.ForeignKey(tickets.c.id), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("event", sa.JSON, nullable=False),
    sa.Column("source_id", sa.Text, index=True),  # the form or request that asked for it
    sa.Column("text", sa.Text),  # what somebody wrote, which no rule reads
    sa.UniqueConstraint("ticket_id", "source_id"),
)
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("ticket_id", sa.Integer, sa.ForeignKey(tickets.c.id), nullable=False, index=True),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("recipients", sa.JSON, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("try_at", Instant, index=True),  # None: there is nothing left to send
    sa.Column("sent_at", Instant),
)


class Entry(NamedTuple):
    """An event, and what was written with it."""

    event: Event
    text: str | None


class Notification(NamedTuple):
    """What is sent; a receiver that knows the key has seen it."""

    key: str
    ticket_id: int
    topic: str
    kind: str
    text: str
    recipients: Sequence[str]


class NoTicketError(LookupError):
    """No ticket has this number."""


def connected(url: str) -> sa.Engine:
    """Return a database, its tables made where they are absent."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        listen(engine, "connect", _open_sqlite)
    listen(engine, "begin", _begin)
    with writing(engine) as db:  # two processes may start at once
        metadata.create_all(db)
    return engine


def _open_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # else the driver begins by itself, after the first reads
    connection.execute("PRAGMA busy_timeout=30000")
    _read_beside_writers(connection)
    connection.execute("PRAGMA foreign_keys=ON")


def _read_beside_writers(connection: Any) -> None:
    """Keep a write-ahead log, in which readers and one writer do not wait for each other.

    The file remembers it. Whoever else is in a new file makes the change fail, and SQLite does
    not wait there: https://www.sqlite.org/c3ref/busy_handler.html
    """
    for left in reversed(range(300)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if not left:
                raise
            sleep(0.1)
        else:
            return


def _begin(db: sa.Connection) -> None:
    writes = db.get_execution_options().get("writes")
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        db.exec_driver_sql("SELECT pg_advisory_xact_lock(1)")


def writing(engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
    """Begin a transaction that writes: committed at its end, rolled back after an error.

    There is one at a time, in all processes: SQLite knows no other way, PostgreSQL takes a lock.
    So whoever assigns a ticket sees all that others have in hand. Readers wait for nobody.
    """
    return engine.execution_options(writes=True).begin()


def add_ticket(db: sa.Connection) -> int:
    """Return the number of a new ticket, which has no events yet."""
    return int(db.execute(sa.insert(tickets).returning(tickets.c.id)).scalar_one())


def answered(db: sa.Connection, request: str | None) -> int | None:
    """Return the ticket that a request opened or acted on; None if it is new."""
    if request is None:
        return None
    rows = sa.select(events.c.ticket_id).where(events.c.source_id == request)
    return db.scalar(rows.order_by(events.c.seq))  # a ticket that it opened comes first


def entries(db: sa.Connection, ticket_id: int) -> list[Entry]:
    """Return the log of a ticket."""
    rows = sa.select(events.c.event, events.c.text).where(events.c.ticket_id == ticket_id)
    log = [Entry(event_from_data(row.event), row.text) for row in db.execute(rows.order_by("seq"))]
    if not log:
        raise NoTicketError(ticket_id)
    return log


def log(db: sa.Connection, ticket_id: int) -> tuple[Event, ...]:
    """Return the events of a ticket."""
    return tuple(entry.event for entry in entries(db, ticket_id))


def append(db: sa.Connection, new: Sequence[Event], text: str | None = None) -> None:
    """Add events to the log of a ticket; the text was written with the first of them."""
    rows = [
        {
            "ticket_id": int(one.ticket_id),
            "seq": one.seq,
            "event": event_to_data(one),
            "source_id": one.source_id,
            "text": None if number else text,
        }
        for number, one in enumerate(new)
    ]
    db.execute(sa.insert(events), rows)


def enqueue(db: sa.Connection, moments: Iterable[Moment]) -> list[Moment]:
    """Put moments of a ticket into the outbox; return those that were not in it yet."""
    keyed = {moment.key_text: moment for moment in moments}
    subjects = {int(moment.subject) for moment in keyed.values()}
    known = db.scalars(sa.select(outbox.c.key).where(outbox.c.ticket_id.in_(subjects)))
    for key in known:
        keyed.pop(key, None)
    rows = [
        {
            "key": key,
            "ticket_id": int(moment.subject),
            "due_at": moment.at,
            "kind": moment.kind,
            "text": str(moment.reason),
            "recipients": list(moment.recipients),
            "try_at": None if moment.kind in QUIET else moment.at,
        }
        for key, moment in keyed.items()
    ]
    if rows:
        db.execute(sa.insert(outbox), rows)
    return list(keyed.values())


def project(db: sa.Connection, result: Evaluation, next_at: datetime | None) -> None:
    """Write down what lists of tickets show and when the timer looks again.

    Where that leaves an agent with less in hand, it looks at the tickets that wait for one.
    """
    ticket, first = result.ticket, result.first_due
    values = {name: getattr(ticket, name) for name in SHOWN} | {
        "status": ticket.status.name,
        "priority": None if ticket.priority is None else ticket.priority.name,
        "first_due": None if first is None else first.due_at,
        "metric": None if first is None else first.metric,
        "next_at": next_at,
    }
    this = tickets.c.id == int(ticket.id)
    before = db.execute(sa.select(tickets.c.agent, tickets.c.category).where(this)).one()
    db.execute(sa.update(tickets).where(this).values(values))
    if before.agent is not None and tuple(before) != (ticket.agent, ticket.category):
        waits = tickets.c.agent.is_(None) & tickets.c.category.in_(UNASSIGNED)
        db.execute(sa.update(tickets).where(waits).values(next_at=result.as_of))


def workload(db: sa.Connection) -> Mapping[str, AgentState]:
    """Return what everybody has in hand."""
    held = sa.select(tickets.c.agent, tickets.c.channel, tickets.c.category)
    rows = db.execute(held.where(tickets.c.category.not_in(DONE)))
    return workload_now((row.agent, Work(row.channel, row.category)) for row in rows)


def queue(
    db: sa.Connection, requester: str | None = None, limit: int = 200
) -> Sequence[sa.Row[Any]]:
    """Return the tickets that are not done, as they are due; of a requester also the others."""
    mine = (
        tickets.c.category.not_in(DONE) if requester is None else tickets.c.requester == requester
    )
    order = (tickets.c.category.in_(DONE), tickets.c.first_due.asc().nulls_last(), tickets.c.id)
    return db.execute(sa.select(tickets).where(mine).order_by(*order).limit(limit)).all()


def any_ticket(db: sa.Connection) -> bool:
    """Return whether there is a ticket, done or not."""
    return db.scalar(sa.select(tickets.c.id).limit(1)) is not None


def sent_at(db: sa.Connection, ticket_id: int) -> dict[str, datetime | None]:
    """Return which keys of a ticket are in the outbox, and when each was sent."""
    rows = sa.select(outbox.c.key, outbox.c.sent_at).where(outbox.c.ticket_id == ticket_id)
    return {row.key: row.sent_at for row in db.execute(rows)}


def waiting(db: sa.Connection, now: datetime) -> Sequence[sa.Row[int, datetime]]:
    """Return the tickets that have to be looked at by now, and since when."""
    rows = sa.select(tickets.c.id, tickets.c.next_at).where(tickets.c.next_at <= now)
    return db.execute(rows.order_by(tickets.c.next_at)).all()


def wake_all(db: sa.Connection, now: datetime) -> None:
    """Have each ticket that is not done looked at."""
    rows = sa.update(tickets).where(tickets.c.category.not_in(DONE))
    db.execute(rows.values(next_at=now))


def postpone(db: sa.Connection, ticket_id: int, since: datetime, until: datetime) -> None:
    """Look at a ticket later, unless somebody has acted on it meanwhile."""
    this = (tickets.c.id == ticket_id) & (tickets.c.next_at == since)
    db.execute(sa.update(tickets).where(this).values(next_at=until))


def next_look(db: sa.Connection) -> datetime | None:
    """Return when there is a ticket to look at."""
    at: datetime | None = db.scalar(sa.select(sa.func.min(tickets.c.next_at)))
    return at


def next_try(db: sa.Connection) -> datetime | None:
    """Return when there is a message to send."""
    at: datetime | None = db.scalar(sa.select(sa.func.min(outbox.c.try_at)))
    return at


def claim(db: sa.Connection, now: datetime) -> Notification | None:
    """Take the next message that is to be sent by now; it comes again unless it is `delivered`.

    The pause before that doubles with each attempt. So whoever is killed while sending, or
    fails, needs no clearing up.
    """
    rows = (
        sa.select(outbox, tickets.c.topic)
        .join(tickets)
        .where(outbox.c.try_at <= now)
        .order_by(outbox.c.try_at, outbox.c.key)
        .limit(1)
    )
    row = db.execute(rows).first()
    if row is None:
        return None
    pause = timedelta(minutes=1) * 2 ** min(row.attempts, 6)  # about an hour at the most
    claimed = {"attempts": row.attempts + 1, "try_at": now + pause}
    db.execute(sa.update(outbox).where(outbox.c.key == row.key).values(claimed))
    return Notification(row.key, row.ticket_id, row.topic, row.kind, row.text, row.recipients)


def delivered(db: sa.Connection, key: str, now: datetime) -> None:
    """Write down that a message was sent."""
    done = {"sent_at": now, "try_at": None}
    db.execute(sa.update(outbox).where(outbox.c.key == key).values(done))
