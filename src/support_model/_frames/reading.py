"""The way in: rows of events from whatever holds them, as a log whose columns are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support_model._columns.event_checks import ranking
from support_model._columns.event_joining import joined
from support_model._columns.event_readers import Reading
from support_model._columns.event_stamps import UNITS
from support_model._frames.logs import Events
from support_model._frames.mapped import mapped_source
from support_model._frames.sources import Source, found, records_of, rows_of
from support_model._frames.told import told_of
from support_model._time import timezone
from support_model.adapters import EventLog
from support_model.errors import InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo
    from pathlib import Path

    from support_model._vocabulary import Priority
    from support_model.adapters import Account
    from support_model.adapters.table import TableMapping
    from support_model.events import Event

__all__ = ["events"]


def events(
    source: Any,  # noqa: ANN401 - frames of many libraries
    mapping: TableMapping | str | Path | None = None,
    tz: str | tzinfo | None = None,
    *,
    account: Account | None = None,
    lenient: bool = False,
    priorities: Iterable[str | Priority] = (),
    unit: str | None = None,
) -> Events:
    """Return the events that the rows of a source are: a log of many tickets, checked by columns.

    A source is whatever speaks the Arrow stream protocol (a frame of pandas or Polars, a table of
    pyarrow, a relation of DuckDB, an expression of Ibis), a lazy frame of Polars, a path, a list
    of paths or a folder of Parquet, CSV, Arrow IPC or files of events, an `EventLog` of an
    adapter, or `Event` records. A frame is read now; files and lazy frames are read whenever rows
    are asked for, piece by piece, so they may be larger than memory, and their rows are checked
    then. With a mapping the rows are those of another system; `whole()` reads files of them once
    for both the events and what is told of them.

    Columns: `ticket_id`, `at`, `type` and `role` in every row; of the others those that there
    are: `seq`, `actor`, `source_id`, `basis`, `public`, `status`, `category`, `priority`,
    `priority_rank`, `agent`, `group`, `line`, `management_level`, `ticket_type`, `channel`,
    `requester`, `organization`, `technology`, `service`, `topic`, `tags`, `kind`, `score`,
    `scale`, `duration`, `metric`, `due`, `until`, `other`, `policy`, `version`, `cleared`, and one
    for each field of your own, `custom.<name>`. Null is what an event does not mention; `cleared`
    lists the columns of fields that it empties. The order of rows is free. A million rows and
    more in one table are read in as many threads as `pyarrow.cpu_count()` says.

    Args:
        source: the rows.
        mapping: what the columns mean where they are none of the above: a mapping of
            `adapters.table`, the name of one that ships, or the path of one in TOML. Timestamps
            are taken as they are, other cells as text, as in a CSV file of the table.
        tz: the zone of times without one; such times are refused without it. A time that its
            clock skips is the first instant after, one that it shows twice the first of both.
        account: with a mapping, what statuses, priorities, groups and people mean beyond it.
        lenient: with a mapping, list what is wrong in `told` instead of stopping at it.
        priorities: without a mapping, names from the most urgent, 1, on, or priorities; names in
            wide use, such as "high", need neither this nor the column `priority_rank`.
        unit: without a mapping, what numbers count in a column of instants, since 1970 in UTC,
            or of lengths: "s", "ms", "us" or "ns".

    Raises:
        InvalidLog: a column that no event has, a missing one, one twice, or of another type.
        InvalidRow: a row that is no event, with its column and its number, counted from 1.
        InvalidEvent: a priority twice.
        InvalidValue: an option that has no effect with, or without, a mapping; an unknown unit.

    Example:
        >>> import pyarrow as pa
        >>> rows = {
        ...     "ticket_id": ["T1", "T1"],
        ...     "at": ["2026-03-02T09:00:00Z", "2026-03-02T09:20:00Z"],
        ...     "type": ["created", "message"],
        ...     "role": ["customer", "agent"],
        ...     "public": [None, True],
        ...     "status": ["new", None],
        ... }
        >>> log = events(pa.table(rows))
        >>> log.rows, log.raw.event(1).public
        (2, True)
    """
    if mapping is None:
        _must_be_unsaid({"account": account, "lenient": lenient}, "give the mapping= it is for")
    else:
        _must_be_unsaid({"priorities": priorities}, "say them in the mapping, or in account=")
        _must_be_unsaid({"unit": unit}, "say in `stamps` of the mapping how times are written")
    rows = source if isinstance(source, Events | EventLog) else found(source)
    if not isinstance(rows, Source):
        said = {"mapping": mapping, "tz": tz, "priorities": priorities, "unit": unit}
        _must_be_unsaid(said, "leave it out: these are events already")
        return _of_events(rows)
    zone = None if tz is None else timezone(tz)
    if unit is not None and unit not in UNITS:
        raise InvalidValue(unit, "unknown unit of time", nearest(str(unit), UNITS))
    if mapping is not None:
        return mapped_source(rows, mapping, tz=zone, account=account, lenient=lenient)
    return Events(rows_of(rows, Reading("", zone, unit, ranking(priorities))))


def _of_events(given: Events | EventLog | Iterable[Event]) -> Events:
    """Return what is events already as a log by columns."""
    if isinstance(given, Events):
        return given
    if not isinstance(given, EventLog):
        return Events(joined(records_of(given)))
    raw = joined(records_of(given.events))
    return Events(raw, told_of(given, raw.ids.to_pylist()))


def _must_be_unsaid(options: Mapping[str, object], remedy: str) -> None:
    """Refuse options that would have no effect."""
    for name, value in options.items():
        if value not in (None, False, (), []):
            raise InvalidValue(value, f"{name}= has no effect here", remedy)
