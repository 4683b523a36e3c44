"""A log to be counted by columns: rows of events, in memory or still in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from support_model._columns.event_columns import raw_of_events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support_model._columns.event_columns import RawEvents
    from support_model.events import Event


@define(eq=False)
class Events:
    """A log, its columns checked.

    Attributes:
        raw: the rows, in the order given.
    """

    raw: RawEvents

    @classmethod
    def of(cls, events: Iterable[Event]) -> Events:
        """Return events as a log."""
        return cls(raw_of_events(events))
