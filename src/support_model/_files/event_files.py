"""Event logs as files: JSON lines, CSV and Parquet, read and written one event at a time.

A file holds one event a line (or row), of any number of tickets in any order. JSON lines are
the events as plain data; CSV has one column for each part of an event, `fields` and `scale` as
JSON inside their cell; Parquet has one for each field too. CSV text that a spreadsheet would run
as a formula gets an apostrophe in front, which reading takes off again. A file is written whole or
not at all.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from attrs import Factory, define

from support_model._bounded_files import runs_backwards, saving
from support_model._checks import checked_path
from support_model._files import process_logs
from support_model._files.event_rows import NAME, NO_ROW, read_rows, write_rows
from support_model._files.plain_events import PlainRows
from support_model._findings import Findings
from support_model._ticket_data import event_to_data
from support_model.errors import (
    InconsistentLog,
    InvalidLog,
    InvalidValue,
    SupportModelError,
)
from support_model.events import Event, must_be_event, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from support_model._vocabulary import Priority


_FORMS = (".jsonl", ".csv", ".parquet")


def read_events(
    path: str | Path,
    *,
    findings: Findings | None = None,
    priorities: Iterable[Priority] = (),
) -> Iterator[Event]:
    """Yield the events of a .jsonl, .csv or .parquet file, the first two also as .gz.

    Memory stays that of one event (of 10,000 in Parquet), however long the file.

    Args:
        path: the file.
        findings: what a lenient reading lists its problems in; strictly read without one.
        priorities: those that an event may name without their rank, such as a desk's.

    Raises:
        InvalidLog: when it comes to a line that is no event, longer than 1 MiB or of an unknown
            version; the file cannot be opened, or its name does not say what it is.
        MissingExtra: Parquet without pyarrow.
    """
    rows = numbered_events(path, findings=findings, priorities=priorities)
    return (event for _, event in rows)


def numbered_events(
    path: str | Path,
    *,
    findings: Findings | None = None,
    progress: Callable[[int], object] | None = None,
    priorities: Iterable[Priority] = (),
) -> Iterator[tuple[int, Event]]:
    """Yield (1-based line, event) as `read_events` reads them.

    Args:
        path: the file.
        findings: what a lenient reading lists its problems in; strictly read without one.
        progress: called with the number of bytes of the file read so far.
        priorities: as for `read_events`.

    Raises:
        InvalidLog: as `read_events`.
        MissingExtra: Parquet without pyarrow.
    """
    path = checked_path(path)
    found = Findings(path.name) if findings is None else findings
    form = _form(path)
    if form == ".parquet":
        from support_model._files.parquet_events import read_parquet  # noqa: PLC0415 - an extra

        yield from read_parquet(path, found, progress, priorities)
        return
    rows = PlainRows(tuple(priorities))
    for line, read in read_rows(path, form, found, progress, rows):
        try:
            row = read()
            event = row if isinstance(row, Event) else None if row is NO_ROW else rows.event(row)
        except SupportModelError as error:
            placed = _placed(error, path.name, line)
            if not found.lenient:
                raise placed from None
            found.note("no_event", line, placed.problem)
        else:
            if event is not None:
                yield line, event


def _placed(error: SupportModelError, name: str, line: int) -> InvalidLog:
    """Return an error about a row as one that knows its line."""
    if isinstance(error, InvalidLog):
        return error
    value, remedy = getattr(error, "value", None), getattr(error, "remedy", "")
    problem = getattr(error, "problem", str(error))
    return InvalidLog(name, line, problem, value, remedy or "see the ten events")


def read_logs(
    path: str | Path,
    *,
    findings: Findings | None = None,
    progress: Callable[[int], object] | None = None,
    priorities: Iterable[Priority] = (),
) -> dict[str, tuple[Event, ...]]:
    """Return the log of each ticket in a file of events, tickets as they first appear.

    Events without `seq` whose stamps fall are newest first: they are read from the last one,
    equal stamps included, and the findings say so once.

    Args:
        path: the file.
        findings: what a lenient reading lists its problems in; strictly read without one.
        progress: called with the number of bytes of the file read so far.
        priorities: as for `read_events`.

    Raises:
        InvalidLog: as `read_events`; or the events of a ticket are no log of it, with the line
            at which that shows.
        MissingExtra: Parquet without pyarrow.
    """
    path = checked_path(path)
    found = Findings(path.name) if findings is None else findings
    rows = _Rows()
    for line, event in numbered_events(
        path, findings=found, progress=progress, priorities=priorities
    ):
        rows.add(line, event)
    if rows.turn():
        found.note("newest_first", None)
    logs: dict[str, tuple[Event, ...]] = {}
    for ticket, place in rows.places.items():
        try:
            logs[ticket] = ordered(rows.taken(place))
        except InconsistentLog as error:
            line = rows.line_of(place, error.event)
            if not found.lenient:
                raise InvalidLog(path.name, line, error.problem, ticket, error.remedy) from None
            found.note("no_log", line, f"{ticket}: {error.problem}")
        rows.logs[place] = ()
    return logs


@define(eq=False)
class _Rows:
    """The events of a file by ticket; of each row 16 bytes more, for errors that name its line.

    Attributes:
        places: where in `logs` the events of a ticket are.
        logs: the events of each ticket, in the order of the file.
        backwards: which tickets run from the newest to the oldest.
        lines: the line of each row.
        owners: the place of its ticket.
        stamps: its instant.
        by_place: the rows ticket by ticket; made for the first error.
    """

    places: dict[str, int] = Factory(dict)
    logs: list[Sequence[Event]] = Factory(list)
    backwards: list[bool] = Factory(list)
    lines: array[int] = Factory(lambda: array("q"))
    owners: array[int] = Factory(lambda: array("q"))
    stamps: array[int] = Factory(lambda: array("q"))
    by_place: list[int] = Factory(list)

    def add(self, line: int, event: Event) -> None:
        place = self.places.get(event.ticket_id)
        if place is None:
            place = self.places[event.ticket_id] = len(self.logs)
            self.logs.append([])
        self.logs[place].append(event)  # type: ignore[attr-defined] # a list until it is read
        self.lines.append(line)
        self.owners.append(place)
        self.stamps.append(event.micros)

    def turn(self) -> bool:
        """Find the tickets without `seq` that run backwards; return whether any does."""
        if all(log[0].seq is not None for log in self.logs):
            self.backwards = [False] * len(self.logs)
            return False
        of_each = ([event.micros for event in log] for log in self.logs)
        ways = runs_backwards(self.stamps, of_each)
        self.backwards = [
            way and len(log) > 1 and log[0].seq is None
            for way, log in zip(ways, self.logs, strict=True)
        ]
        return any(self.backwards)

    def taken(self, place: int) -> Sequence[Event]:
        """Return the events of a ticket from the first on."""
        return self.logs[place][::-1] if self.backwards[place] else self.logs[place]

    def line_of(self, place: int, event: object) -> int:
        """Return the line of an event of a ticket; of its first one where it is none of them."""
        if not self.by_place:
            self.by_place = sorted(range(len(self.owners)), key=self.owners.__getitem__)
        first = bisect_left(self.by_place, place, key=self.owners.__getitem__)
        log = self.logs[place]
        usual = len(log) - 1 if self.backwards[place] else 0
        nth = next((nth for nth, each in enumerate(log) if each is event), usual)
        return self.lines[self.by_place[first + nth]]


@runtime_checkable
class Columnar(Protocol):
    """A log by columns, such as `frames.events` returns."""

    def batches(self) -> Iterator[Any]:
        """Yield its rows piece by piece."""


def write_events(
    events: Iterable[Event] | Columnar,
    path: str | Path,
    *,
    told: Callable[[], Mapping[str, Any]] | None = None,
) -> int:
    """Write events to a file as they come, in the form that its name says; return how many.

    The file that stood there before stays as it was until all events are written.

    Args:
        events: for .xes those of one ticket together; for .parquet also a log of
            `frames.events`, which is written by columns.
        path: .jsonl, .csv (both also as .gz) or .parquet, which `read_events` reads; .xes (also
            as .gz) or .ocel.json, for process mining, which are not read again.
        told: asked after the last event for what the file says of its log besides, which .jsonl
            alone can hold, as a line of its own: {"schema": ..., "log": ...}.

    Raises:
        InvalidLog: the file cannot be written, its name does not say what it is, or it could
            not be read again: a line beyond 1 MiB, half of a character, no finite number; or
            .xes, and the events of a ticket stand in two places.
        InvalidValue: a log by columns, and another form than .parquet.
        MissingExtra: Parquet without pyarrow.
    """
    path = checked_path(path)
    mined, packed = process_logs.form_of(path.name), path.suffix == ".gz"
    form = mined or _form(path)
    if form == ".parquet":
        return _write_parquet(events, path)
    if isinstance(events, Columnar):
        remedy = "write .parquet, or give the events"
        raise InvalidValue(path.name, "a form that a log by columns is not written in", remedy)
    rows = (event_to_data(event) for event in events)
    try:
        with saving(path) as new:
            if mined:
                return process_logs.write(events, new, mined, name=path.name)
            said: list[Mapping[str, Any]] = []
            extra = _told_rows(told if form == ".jsonl" else None, said)
            count = write_rows(chain(rows, extra), new, form, packed=packed, name=path.name)
            return count - len(said)
    except OSError as error:
        raise _unwritten(path, error) from None


def _unwritten(path: Path, error: OSError) -> InvalidLog:
    problem = f"cannot be written ({error.strerror})"
    return InvalidLog(path.name, None, problem, None, "check the path")


def _write_parquet(events: Iterable[Event] | Columnar, path: Path) -> int:
    from support_model._files.parquet_events import (  # noqa: PLC0415 - an extra
        write_columns,
        write_parquet,
    )

    try:
        with saving(path) as new:
            if isinstance(events, Columnar):
                return write_columns(events.batches(), new, path.name)
            return write_parquet(map(_checked, events), new, path.name)
    except OSError as error:
        raise _unwritten(path, error) from None


def _checked(event: Event) -> Event:
    must_be_event(event)
    return event


def _told_rows(
    told: Callable[[], Mapping[str, Any]] | None, said: list[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    log = {} if told is None else told()
    if log:
        said.append(log)
        yield {"schema": NAME, "log": log}


def _form(path: Path) -> str:
    endings = path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:]
    form = endings[0].lower() if endings else ""
    if process_logs.form_of(path.name):
        remedy = "write the events as .jsonl too, and read that"
        raise InvalidLog(path.name, None, "a form that is written and not read", None, remedy)
    if form not in _FORMS or (path.suffix == ".gz" and form == ".parquet"):
        remedy = (
            f"known: {', '.join(_FORMS)}, and .gz after the first two; "
            "to write also .xes, .xes.gz and .ocel.json"
        )
        raise InvalidLog(path.name, None, "a name that says no form of log", None, remedy)
    return form
