"""A file of ticket events as a log to report on: it holds what a table of statuses cannot.

Messages, ratings and effort are in it where somebody recorded them, so first response,
satisfaction and handle time can be told. The names of its fields are those of the ticket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._findings import Finding, Findings
from support_model._frozen import frozen
from support_model.adapters.table import TableMapping
from support_model.errors import InvalidLog
from support_model.serde import read_logs

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from support_model.events import Event


EVENTS = TableMapping(
    name="events",
    title="ticket events",
    ticket="ticket_id",
    at="at",
    status=("status",),
    priority="priority",
    group="group",
    agent="agent",
    line="line",
    requester="requester",
    channel="channel",
    type="type",
    technology="technology",
    organization="organization",
    topic=("topic",),
    categories={},
)
"""What the fields of an event log mean: what they are called."""


@frozen(kw_only=True)
class EventLog:
    """A log of events as it was read.

    Attributes:
        file: name of the file.
        cases: the events of each ticket, in order; tickets as they first appear.
        mapping: what its fields mean.
        findings: what was odd; leniently read, also what was left out.
    """

    file: str
    cases: tuple[tuple[Event, ...], ...]
    mapping: TableMapping = EVENTS
    findings: tuple[Finding, ...] = ()

    @property
    def rows(self) -> int:
        """Number of events, all tickets together."""
        return sum(map(len, self.cases))

    @property
    def first(self) -> datetime | None:
        """First instant; None without events."""
        return min((case[0].at for case in self.cases), default=None)

    @property
    def last(self) -> datetime | None:
        """Last instant, up to which the log knows; None without events."""
        return max((case[-1].at for case in self.cases), default=None)


def read_event_log(
    path: Path,
    *,
    lenient: bool = False,
    progress: Callable[[int], object] | None = None,
) -> EventLog:
    """Read a .jsonl, .csv or .parquet file of events, the first two also as .gz.

    Args:
        path: the file.
        lenient: list lines that are no events, and tickets that are no logs, instead of
            stopping at the first.
        progress: called once with the size of the file, when it has been read.

    Raises:
        InvalidLog: see `read_logs`; or the file holds no events.
    """
    findings = Findings(path.name, lenient)
    cases = tuple(read_logs(path, findings=findings).values())
    if not cases:
        raise InvalidLog(path.name, None, "no events", None, "check the export")
    if progress is not None:
        progress(path.stat().st_size)
    return EventLog(file=path.name, cases=cases, findings=findings.all())
