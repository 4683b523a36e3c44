"""The facts of every ticket of a log as an Arrow table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._columns.event_columns import RawEvents
from support_model._columns.fact_chunks import chunked_facts
from support_model._columns.fact_tables import parts_of, to_arrow
from support_model._columns.memory import release_unused
from support_model._frames.logs import Events, must_be_log
from support_model._time import micros
from support_model.kpi import Unread

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import pyarrow as pa

    from support_model._columns.event_columns import EventColumns

__all__ = ["facts", "readable", "readable_facts"]


def facts(events: Events, *, as_of: datetime, columns: Iterable[str] | None = None) -> pa.Table:
    """Return the facts of every ticket of a log that existed at an instant, one row a ticket.

    The definitions are those of `kpi.case_table`. Tickets are in the order in which they appear.
    Many are answered in as many threads as `pyarrow.cpu_count()` says, with the same answer.
    What `columns` leaves out is not computed. Timestamps are `timestamp[us, UTC]`, lengths
    `duration[us]`, counts int64, text a dictionary with int32 codes; null: not so, or not known.

    - `ticket_id` (string): its id.
    - `as_of` (timestamp): the instant up to which anything is known.
    - `created`, `created_by` (timestamp, text): when it came to be, by what role.
    - `category` (text): new, open, pending, on_hold, solved, closed; void, also if merged.
    - `solved`, `ever_solved` (bool): whether it is solved or closed; whether it has been.
    - `contact` (timestamp): when the customer first made contact.
    - `acknowledged` (timestamp): when a person first acted on it.
    - `first_reply` (timestamp): the first public reply of an agent.
    - `first_solve`, `last_solve` (timestamp): the first and last entry into solved or closed.
    - `closed` (timestamp): the close that its system recorded; null in facts of events.
    - `worked` (duration): effort recorded on it.
    - `merged_into` (text): the ticket it is merged into.
    - `snapshot`, `cut` (bool): read from present values; the end of a history.
    - `unknown_wrote`, `unknown_acted` (timestamp): the first message and act by somebody whose
      role nobody told; null in facts of events.
    - `contacts`, `replies`, `notes`, `bots`, `assignments` (int64): how many acts of each kind.
    - `history` (list of {at, category}): each category it entered.
    - `statuses` (list of {at, name}): each status it entered.
    - `acts` (list of {at, kind, agent}): contact, reply, note, bot, assigned, in order.
    - `waits` (list of {start, end, outcome, first}): waits of the customer; outcome replied,
      solved or waiting; first: no reply before its end.
    - `solves` (list of {at, agent}): every solution and whom it is credited to.
    - `reopenings` (list of timestamp): every exit from solved or closed, but not into void.
    - `groups`, `lines`, `agents` (list of text, int64, text): who held it, neighbors distinct.
    - `stays` (list of {at, group, line, agent}): who held it from when on; empty where no history
      tells.
    - `ratings_requested` (list of text): the kinds of rating requested, by name.
    - `ratings` (list of {kind, at, score, low, high, agent, solved}): the answers, in order.
    - `merges` (list of {at, into}): into which tickets it was merged; null: taken back.
    - `merged` (list of {ticket_id, worked, unknown_wrote}): the tickets merged into it.
    - `merged_acts` (list of {place, at, kind, agent}): their acts; place: that in `merged`.
    - `merged_lines` (list of {place, line}): their lines.
    - a field, such as `priority` or `custom.vip` (as its values): the field at `as_of`.
    - `created.`, `first_reply.`, `solved.`, `rated.` and a field (likewise): the field at its
      creation, first reply, last solution, last rating: just before the event.

    Beside `status` stands `status_category`, beside `priority` stands `priority_rank`. Fields of
    your own keep the type of their values (bool, int64, float64, timestamp, text, list of text);
    those of several types are a structure with a member for each type.

    Args:
        events: the log, of `frames.events`.
        as_of: later events do not exist.
        columns: names of columns, in the order wanted; None gives all, with every field that the
            log has. A field that the log does not have is null when it is asked for.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InvalidValue: no log, or a name of no column.
        InconsistentLog: events of a ticket are no log; see `readable_facts` to leave it out.
        OutOfRange: more effort on a ticket, or a greater whole number, than a column holds.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.events import Created, Message
        >>> from support_model.vocabulary import Priority, Status
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new"), "priority": Priority("urgent", 1)}
        >>> log = [
        ...     Created(ticket_id="T1", at=nine, role="customer", fields=new),
        ...     Message(ticket_id="T1", at=nine + timedelta(hours=1), role="agent", public=True),
        ... ]
        >>> wanted = ["ticket_id", "first_reply", "priority", "waits"]
        >>> table = facts(Events.of(log), as_of=nine + timedelta(days=1), columns=wanted)
        >>> table.column_names
        ['ticket_id', 'first_reply', 'priority', 'priority_rank', 'waits']
        >>> table["first_reply"][0].as_py() - nine
        datetime.timedelta(seconds=3600)
    """
    return _table(_sound(events, as_of), as_of, columns)


def readable_facts(
    events: Events, *, as_of: datetime, columns: Iterable[str] | None = None
) -> tuple[pa.Table, tuple[Unread, ...]]:
    """Return `facts` of the tickets that can be read, and by name those that cannot.

    A year's report should not hang on one ticket that contradicts itself, nor leave it out
    without a word.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InvalidValue: no log, or a name of no column.
        OutOfRange: more effort on a ticket, or a greater whole number, than a column holds.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Message
        >>> late = Message(
        ...     ticket_id="T1", at=datetime(2026, 3, 2, tzinfo=UTC), role="agent", public=True
        ... )
        >>> table, unread = readable_facts(Events.of([late]), as_of=late.at)
        >>> table.num_rows, [each.ticket_id for each in unread]
        (0, ['T1'])
    """
    known = _known(events, as_of)
    unread, known = _unread(known), known.sound()
    return _table(known, as_of, columns), unread


def readable(events: Events, *, as_of: datetime) -> tuple[Events, tuple[Unread, ...]]:
    """Return the events up to an instant of the tickets that can be read, and the other tickets.

    `evaluate` and `facts` as of this instant answer for the tickets that are left as they would
    without the others. The events are in memory, those of a ticket together.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InvalidValue: no log.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Message
        >>> late = Message(
        ...     ticket_id="T1", at=datetime(2026, 3, 2, tzinfo=UTC), role="agent", public=True
        ... )
        >>> sound, unread = readable(Events.of([late]), as_of=late.at)
        >>> sound.rows, [each.ticket_id for each in unread]
        (0, ['T1'])
    """
    must_be_log(events)
    if not isinstance(events.source, RawEvents) and events.source.tells:
        events = events.whole()
    known = _known(events, as_of)
    return Events(known.sound().raw, events.told), _unread(known)


def _unread(known: EventColumns) -> tuple[Unread, ...]:
    """Return the tickets whose rows are no log, in the order of the log."""
    return tuple(
        Unread(ticket_id=known.raw.ids[place].as_py(), problem=known.problems[place])
        for place in sorted(known.problems)
    )


def _table(known: EventColumns, as_of: datetime, columns: Iterable[str] | None) -> pa.Table:
    asked = columns if columns is None or isinstance(columns, str) else tuple(columns)
    parts = parts_of(known.raw.fields, asked)
    facts = chunked_facts(known, micros(as_of), parts)
    del known  # the facts hold what they need, and a table is as large as the rows
    table = to_arrow(facts, asked)
    release_unused()
    return table


def _sound(events: Events, as_of: datetime) -> EventColumns:
    """Return a log of which every ticket can be read."""
    known = _known(events, as_of)
    known.must_be_sound("frames.readable_facts")
    return known


def _known(events: Events, as_of: datetime) -> EventColumns:
    end = micros(as_of)
    must_be_log(events)
    return events.known_by(end)
