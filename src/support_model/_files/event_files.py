"""Event logs as files: JSON lines, CSV and Parquet, read and written one event at a time.

A file holds one event a line (or row), of any number of tickets in any order. JSON lines are
the events as plain data; CSV has one column for each part of an event, `fields` and `scale` as
JSON inside their cell; Parquet has one for each field too. CSV text that a spreadsheet would run
as a formula gets an apostrophe in front, which reading takes off again. A file is written whole or
not at all.
"""

from __future__ import annotations

from array import array
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from attrs import Factory, define

from support_model._bounded_files import runs_backwards, saving
from support_model._checks import checked_path
from support_model._event_drafts import plain_event
from support_model._files import process_logs
from support_model._files.event_rows import NAME, NO_ROW, read_rows, write_rows
from support_model._files.plain_events import PlainRows
from support_model._findings import Findings
from support_model._packed_events import PackedColumns, PackedEvents
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

    from support_model._event_drafts import PlainParts
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
    for line, row in _numbered(path, form, found, progress, tuple(priorities)):
        yield line, row if isinstance(row, Event) else plain_event(row)


def _numbered(
    path: Path,
    form: str,
    found: Findings,
    progress: Callable[[int], object] | None,
    priorities: tuple[Priority, ...],
) -> Iterator[tuple[int, Event | PlainParts]]:
    """Yield (1-based line, event or its parts, where it is plain) of JSON lines or CSV."""
    rows = PlainRows(priorities)
    for line, read in read_rows(path, form, found, progress, rows):
        try:
            row = read()
            if row.__class__ is not tuple:  # the parts of an event
                row = None if row is NO_ROW else rows.event(row)
        except SupportModelError as error:
            placed = _placed(error, path.name, line)
            if not found.lenient:
                raise placed from None
            found.note("no_event", line, placed.problem)
        else:
            if row is not None:
                yield line, row


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
    packed = read_packed(path, findings=findings, progress=progress, priorities=priorities)
    return dict(packed.logs())


def read_packed(
    path: str | Path,
    *,
    findings: Findings | None = None,
    progress: Callable[[int], object] | None = None,
    priorities: Iterable[Priority] = (),
) -> PackedEvents:
    """Return the logs of a file of events as `read_logs` does, in little room.

    Args:
        path: the file.
        findings: what a lenient reading lists its problems in; strictly read without one.
        progress: called with the number of bytes of the file read so far.
        priorities: as for `read_events`.

    Raises:
        InvalidLog: as `read_logs`.
        MissingExtra: Parquet without pyarrow.
    """
    path = checked_path(path)
    found = Findings(path.name) if findings is None else findings
    form, known = _form(path), tuple(priorities)
    rows = _Rows()
    if form == ".parquet":
        from support_model._files.parquet_events import read_parquet  # noqa: PLC0415 - an extra

        for line, event in read_parquet(path, found, progress, known):
            rows.add(line, event)
    else:
        for line, row in _numbered(path, form, found, progress, known):
            rows.add(line, row)
    return rows.packed(path.name, found)


@define(eq=False)
class _Rows:
    """The events of a file row by row, and their lines, for errors that name one.

    Attributes:
        places: the place of each ticket, in the order in which they first appear.
        columns: the events.
        lines: the line of each row.
        owners: the place of its ticket.
    """

    places: dict[str, int] = Factory(dict)
    columns: PackedColumns = Factory(PackedColumns)
    lines: array[int] = Factory(lambda: array("q"))
    owners: array[int] = Factory(lambda: array("q"))

    def add(self, line: int, row: Event | PlainParts) -> None:
        if isinstance(row, Event):
            ticket = row.ticket_id
            self.columns.add(row)
        else:
            ticket = row[1]
            self.columns.add_parts(row)
        self.lines.append(line)
        self.owners.append(self.places.setdefault(ticket, len(self.places)))

    def packed(self, name: str, found: Findings) -> PackedEvents:
        """Return the log of each ticket; what is none is an error, or a finding.

        Raises:
            InvalidLog: the events of a ticket are no log of it, and the reading is strict.
        """
        offsets, rows = self._by_ticket()
        if self._turn(offsets, rows):
            found.note("newest_first", None)
        tickets, kept, starts = list[str](), array("q"), array("q", [0])
        for ticket, (start, end) in zip(self.places, pairwise(offsets), strict=True):
            try:
                kept.extend(self._in_order(ticket, rows[start:end], name))
            except InvalidLog as error:
                if not found.lenient:
                    raise
                found.note("no_log", error.line, f"{ticket}: {error.problem}")
            else:
                tickets.append(ticket)
                starts.append(len(kept))
        return PackedEvents(self.columns, tuple(tickets), starts, kept)

    def _by_ticket(self) -> tuple[array[int], array[int]]:
        """Return where the rows of each ticket begin, and these, in the order of the file."""
        sizes = [0] * len(self.places)
        for owner in self.owners:
            sizes[owner] += 1
        offsets, rows = array("q", accumulate(sizes, initial=0)), array("q", self.owners)
        ends = offsets[:]
        for row, owner in enumerate(self.owners):
            rows[ends[owner]] = row
            ends[owner] += 1
        return offsets, rows

    def _turn(self, offsets: array[int], rows: array[int]) -> bool:
        """Turn the tickets without `seq` that run backwards; return whether any does."""
        numbered, stamps = self.columns.numbered, self.columns.stamps
        if all(numbered(rows[start]) for start in offsets[:-1]):
            return False
        of_each = ([stamps[row] for row in rows[start:end]] for start, end in pairwise(offsets))
        turned = False
        for way, (start, end) in zip(
            runs_backwards(stamps, of_each), pairwise(offsets), strict=True
        ):
            if way and end - start > 1 and not numbered(rows[start]):
                rows[start:end] = rows[start:end][::-1]
                turned = True
        return turned

    def _in_order(self, ticket: str, rows: Sequence[int], name: str) -> Sequence[int]:
        """Return the rows of a ticket in the order of its log.

        Raises:
            InvalidLog: they are no log of it.
        """
        if self.columns.surely_ordered(rows):
            return rows
        made = self.columns.events(ticket, rows)
        places = {id(event): row for event, row in zip(made, rows, strict=True)}
        try:
            return [places[id(event)] for event in ordered(made)]
        except InconsistentLog as error:
            line = self.lines[places.get(id(error.event), rows[0])]
            raise InvalidLog(name, line, error.problem, ticket, error.remedy) from None


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
