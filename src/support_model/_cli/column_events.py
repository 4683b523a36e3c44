"""What `events` says of a log by columns: the same as of its events one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import define

from support_model import frames, report
from support_model._columns.event_columns import TYPES
from support_model._columns.values import Words
from support_model._time import instant
from support_model._vocabulary import Status
from support_model.errors import SupportModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from support_model._columns.event_columns import RawEvents
    from support_model._columns.values import Ints
    from support_model._findings import Finding
    from support_model.adapters import Account, EventLog
    from support_model.adapters.table import TableMapping
    from support_model.events import Event
    from support_model.frames import Events


@define(eq=False)
class ColumnLog:
    """A log that was read by columns.

    Attributes:
        events: its events, in memory.
        log: what the reading knew besides them.
    """

    events: Events
    log: EventLog

    @property
    def raw(self) -> RawEvents:
        """The events."""
        return self.events.raw

    def kinds(self) -> dict[str, tuple[int, int, datetime, datetime]]:
        """Return for each kind of event how many, of how many tickets, the first and the last."""
        met = {TYPES[code]: np.flatnonzero(self.raw.type == code) for code in range(len(TYPES))}
        return {kind: self._counted(rows) for kind, rows in met.items() if rows.size}

    def counted(self) -> tuple[int, int, datetime, datetime]:
        """Return the same of all events."""
        return self._counted(np.arange(self.raw.size))

    def _counted(self, rows: Ints) -> tuple[int, int, datetime, datetime]:
        at, tickets = self.raw.at[rows], np.unique(self.raw.ticket[rows]).size
        return int(rows.size), int(tickets), instant(int(at.min())), instant(int(at.max()))

    def people(self) -> set[str]:
        """Return everybody who acts, asks or has a ticket."""
        columns = (self._actors(), self.raw.fields.get("agent"), self.raw.fields.get("requester"))
        return {name for words in columns for name in _used(words) if isinstance(name, str)}

    def statuses(self) -> set[Status]:
        """Return all statuses."""
        used = _used(self.raw.fields.get("status"))
        return {status for status in used if isinstance(status, Status)}

    def first_of_each(self) -> tuple[Event, ...]:
        """Return the first event of each actor and of each priority that a ticket gets."""
        rows = set[int]()
        for words in (self._actors(), self.raw.fields.get("priority")):
            if words is not None:
                codes, first = np.unique(words.codes, return_index=True)
                rows.update(first[codes >= 0].tolist())
        return tuple([self.raw.event(row) for row in sorted(rows)])

    def _actors(self) -> Words | None:
        found = self.raw.parts.get("actor")
        return found if isinstance(found, Words) else None


def _used(words: Words | None) -> list[object]:
    """Return the values that a column holds."""
    if words is None:
        return []
    codes = np.unique(words.codes)
    return [words.words[code] for code in codes[codes >= 0].tolist()]


def read_table(path: Path, mapping: TableMapping, account: Account) -> ColumnLog | None:
    """Return a CSV file of a mapping, strictly read; None where it is to be read row by row."""
    try:
        events = frames.events(path, mapping, account=account).whole()
    except SupportModelError:
        return None
    told = events.told
    if told is None or told.by_rows or told.log.incomplete or not events.rows:
        return None
    return ColumnLog(events, told.log)


def read_own(
    paths: Sequence[Path], shown: Iterable[Finding], progress: Callable[[int], object] | None
) -> ColumnLog | None:
    """Return files of events, strictly read; None where they are to be read row by row.

    Args:
        paths: the files.
        shown: what was met before they are read.
        progress: called with the number of bytes of the files once they are read.
    """
    view = report.read_by_columns(paths, findings=shown, progress=progress)
    if view is None:
        return None
    raw: RawEvents = getattr(view, "raw")  # noqa: B009 - of a view that is read by columns
    return ColumnLog(frames.Events(raw), view.log)
