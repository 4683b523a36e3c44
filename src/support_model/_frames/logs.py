"""A log to be counted by columns: rows of events, in memory or still in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from attrs import define, setters

from support_model._columns.event_columns import EventColumns, RawEvents, raw_of_events
from support_model._columns.event_tables import table_of_raw
from support_model._tables import pairs_html
from support_model._time import instant
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from support_model._frames.told import Told
    from support_model.events import Event

__all__ = ["Events", "Pieces", "must_be_log"]


class Pieces(Protocol):
    """A log that can be read again and again, piece by piece."""

    @property
    def tells(self) -> bool:
        """Whether its source may state something besides the events."""

    @property
    def name(self) -> str:
        """What errors and pictures call it."""

    @property
    def rows(self) -> int | None:
        """How many rows it has, where that is known before it is read."""

    def read(self) -> Iterator[RawEvents]:
        """Yield its rows in their order, checked; words are those of each piece."""

    def in_memory(self) -> tuple[RawEvents, Told | None]:
        """Return all rows at once, each distinct word once, and what their source states."""


@define(eq=False, on_setattr=setters.frozen)
class Events:
    """A log whose columns are checked: the events of many tickets, in the order of the rows.

    It is in memory, or in files that are read again whenever rows are asked for; then memory is
    that of a piece, and a row that is no event is found when it is read.

    Attributes:
        source: the rows, or what reads them.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Message
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> log = Events.of([Message(ticket_id="T1", at=at, role="agent", public=True)])
        >>> log.rows, [piece.size for piece in log.batches()]
        (1, [1])
    """

    source: RawEvents | Pieces
    _told: Told | None = None

    @classmethod
    def of(cls, events: Iterable[Event]) -> Events:
        """Return events as a log."""
        return cls(raw_of_events(events))

    @property
    def rows(self) -> int | None:
        """How many rows there are; None where that is not known before they are read."""
        return self.source.size if isinstance(self.source, RawEvents) else self.source.rows

    @property
    def raw(self) -> RawEvents:
        """All rows at once, each distinct word once; files are read anew each time."""
        if isinstance(self.source, RawEvents):
            return self.source
        return self.source.in_memory()[0]

    @property
    def told(self) -> Told | None:
        """What the source states besides the events, such as recorded closes and what was odd.

        None where it states nothing. Files of a mapping are read for it anew each time, all of
        them at once: where you need the rows too, ask `whole()` for both.
        """
        if isinstance(self.source, RawEvents) or not self.source.tells:
            return self._told
        return self.source.in_memory()[1]

    def whole(self) -> Events:
        """Return the log in memory, with what its source states; itself where it is there."""
        if isinstance(self.source, RawEvents):
            return self
        return Events(*self.source.in_memory())

    def known_by(self, as_of: int) -> EventColumns:
        """Return the logs of the tickets that exist at an instant in microseconds."""
        return EventColumns.known_by(self.raw, as_of, spent=not isinstance(self.source, RawEvents))

    def batches(self, progress: Callable[[int], object] | None = None) -> Iterator[RawEvents]:
        """Yield the rows piece by piece, in their order; each piece has words of its own.

        Args:
            progress: called with the number of rows so far after each piece is done.

        Raises:
            InvalidLog: a row that is no event, with its column and row.
        """
        pieces = iter([self.source]) if isinstance(self.source, RawEvents) else self.source.read()
        done = 0
        for piece in pieces:
            yield piece
            done += piece.size
            if progress is not None:
                progress(done)

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:  # noqa: ANN401 - a capsule
        """Return the rows as an Arrow stream, which `pyarrow.table` and its like read."""
        return table_of_raw(self.raw).__arrow_c_stream__(requested_schema)

    def _repr_html_(self) -> str:
        return pairs_html("events", [(name, text) for name, text in self._said().items()])

    def __repr__(self) -> str:
        said = ", ".join(f"{name}: {text}" for name, text in self._said().items())
        return f"<Events {said}>"

    def _said(self) -> dict[str, str]:
        if not isinstance(self.source, RawEvents):
            rows = "" if self.source.rows is None else f"{self.source.rows:,}"
            return {"from": self.source.name} | ({"rows": rows} if rows else {})
        raw = self.source
        said = {"rows": f"{raw.size:,}", "tickets": f"{len(raw.ids):,}"}
        if raw.size:
            said["first"] = instant(int(raw.at.min())).isoformat()
            said["last"] = instant(int(raw.at.max())).isoformat()
        return said


def must_be_log(given: object) -> None:
    """Refuse what is no log of `frames.events`, such as a frame of rows."""
    if not isinstance(given, Events):
        remedy = "give frames.events(...) of it"
        raise InvalidValue(given, f"no log, but a {type(given).__name__}", remedy)
