"""What is kept: three tables in SQLite or PostgreSQL, and the questions asked of them.

`events` is the truth and only grows. `tickets` is derived from it in the same transaction: what
a queue shows, and when the timer has to look again. `outbox` holds what came due, each under
the key of its moment, so that nothing enters twice.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.event import listen

from support_model.agenda import Moment
from support_model.events import Event
from support_model.routing import AgentState, Work
from support_model.serde import event_from_data, event_to_data
from support_model.sla import Due
from support_model.tickets import Ticket

SHOWN = ("topic", "requester", "category", "line", "agent", "channel")
"""The fields of a ticket that have a column of their own."""
DONE = ("closed", "void")
"""The categories in which no clock runs and nothing comes due any more."""


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
    sa.Column("text", sa.Text),  # what somebody wrote, which no rule reads
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
        listen(engine, "begin", _begin_sqlite)
    metadata.create_all(engine)
    return engine


def _open_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # else the driver begins by itself, after the first reads
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA journal_mode=WAL")  # readers and one writer side by side
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(db: sa.Connection) -> None:
    writes = db.get_execution_options().get("writes")
    db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writing(engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
    """Begin a transaction that writes: committed at its end, rolled back after an error."""
    return engine.execution_options(writes=True).begin()


def add_ticket(db: sa.Connection) -> int:
    """Return the number of a new ticket, which has no events yet."""
    return int(db.execute(sa.insert(tickets).returning(tickets.c.id)).scalar_one())


def lock(db: sa.Connection, ticket_id: int) -> None:
    """Let nobody else write to a ticket until the end of the transaction."""
    row = sa.select(tickets.c.id).where(tickets.c.id == ticket_id).with_for_update()
    if db.execute(row).first() is None:
        raise NoTicketError(ticket_id)


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
            "text": None if number else text,
        }
        for number, one in enumerate(new)
    ]
    db.execute(sa.insert(events), rows)


def put(db: sa.Connection, moments: Iterable[Moment], silent: Collection[str]) -> list[Moment]:
    """Put moments of a ticket into the outbox; return those that were not in it yet."""
    keyed = {key_text(moment): moment for moment in moments}
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
            "try_at": None if moment.kind in silent else moment.at,
        }
        for key, moment in keyed.items()
    ]
    if rows:
        db.execute(sa.insert(outbox), rows)
    return list(keyed.values())


def key_text(moment: Moment) -> str:
    """Return the key of a moment as the outbox has it."""
    return json.dumps(moment.key)


def project(
    db: sa.Connection, ticket: Ticket, first: Due | None, next_at: datetime | None
) -> None:
    """Write down what lists of tickets show and when the timer looks again."""
    values = {name: getattr(ticket, name) for name in SHOWN} | {
        "status": ticket.status.name,
        "priority": None if ticket.priority is None else ticket.priority.name,
        "first_due": None if first is None else first.due_at,
        "metric": None if first is None else first.metric,
        "next_at": next_at,
    }
    db.execute(sa.update(tickets).where(tickets.c.id == int(ticket.id)).values(values))


def workload(db: sa.Connection) -> dict[str, AgentState]:
    """Return what everybody has in hand."""
    held = sa.select(tickets.c.agent, tickets.c.channel, tickets.c.category).where(
        tickets.c.agent.is_not(None), tickets.c.category.not_in((*DONE, "solved"))
    )
    work: dict[str, list[Work]] = {}
    for row in db.execute(held):
        work.setdefault(row.agent, []).append(Work(row.channel or "email", row.category))
    return {agent: AgentState(work=items) for agent, items in work.items()}


def queue(db: sa.Connection, limit: int = 200) -> Sequence[sa.Row[Any]]:
    """Return the tickets that are not done, in the order in which they are due."""
    rows = sa.select(tickets).where(tickets.c.category.not_in(DONE))
    order = (tickets.c.first_due.asc().nulls_last(), tickets.c.id)
    return db.execute(rows.order_by(*order).limit(limit)).all()


def sent(db: sa.Connection, ticket_id: int) -> dict[str, datetime | None]:
    """Return which keys of a ticket are in the outbox, and when each was delivered."""
    rows = sa.select(outbox.c.key, outbox.c.sent_at).where(outbox.c.ticket_id == ticket_id)
    return {row.key: row.sent_at for row in db.execute(rows)}


def waiting(db: sa.Connection, now: datetime) -> Sequence[int]:
    """Return the tickets that have to be looked at by now."""
    rows = sa.select(tickets.c.id).where(tickets.c.next_at <= now).order_by(tickets.c.next_at)
    return db.scalars(rows).all()


def wake_all(db: sa.Connection, now: datetime) -> None:
    """Have each ticket that is not done looked at."""
    rows = sa.update(tickets).where(tickets.c.category.not_in(DONE))
    db.execute(rows.values(next_at=now))


def postpone(db: sa.Connection, ticket_id: int, until: datetime) -> None:
    """Look at a ticket at another instant."""
    db.execute(sa.update(tickets).where(tickets.c.id == ticket_id).values(next_at=until))


def next_at(db: sa.Connection) -> datetime | None:
    """Return when there is something to do: a ticket to look at, or a message to send."""
    instants = [
        db.scalar(sa.select(sa.func.min(tickets.c.next_at))),
        db.scalar(sa.select(sa.func.min(outbox.c.try_at))),
    ]
    return min((at for at in instants if at is not None), default=None)


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
        .with_for_update(of=outbox, skip_locked=True)
    )
    row = db.execute(rows).first()
    if row is None:
        return None
    pause = timedelta(minutes=1) * 2 ** min(row.attempts, 6)  # an hour at the most
    claimed = {"attempts": row.attempts + 1, "try_at": now + pause}
    db.execute(sa.update(outbox).where(outbox.c.key == row.key).values(claimed))
    return Notification(row.key, row.ticket_id, row.topic, row.kind, row.text, row.recipients)


def delivered(db: sa.Connection, key: str, now: datetime) -> None:
    """Write down that a message was sent."""
    done = {"sent_at": now, "try_at": None}
    db.execute(sa.update(outbox).where(outbox.c.key == key).values(done))
