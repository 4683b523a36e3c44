"""Where rows of events come from: whatever speaks Arrow, files, records; piece by piece.

A source that is handed over is read once, when it is. Files, and lazy frames, are read again
whenever rows are asked for, so a log may be larger than memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, cast, runtime_checkable

import pyarrow as pa
from attrs import define, evolve

from support_model._bounded_files import chunks, opened
from support_model._columns.event_checks import checked
from support_model._columns.event_columns import RawEvents, raw_of_events
from support_model._columns.event_joining import joined
from support_model._columns.event_lines import (
    OddRows,
    blocks_of_lines,
    events_of_cells,
    events_of_lines,
)
from support_model._columns.event_readers import Place, Reading, columns_read, readers
from support_model._columns.table_files import (
    csv_names,
    csv_pieces,
    ipc_pieces,
    ipc_schema,
    parquet_pieces,
    parquet_schema,
)
from support_model._frozen import frozen
from support_model.errors import InvalidLog, SupportModelError
from support_model.events import must_be_event
from support_model.serde import read_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model.events import Event

__all__ = ["Files", "Handed", "Read", "Source", "found", "records_of", "rows_of"]

PIECE = 100_000
"""Rows read at a time: large enough for arithmetic, small beside a log."""
ENDINGS = (".parquet", ".csv", ".csv.gz", ".arrow", ".ipc", ".feather", ".jsonl", ".jsonl.gz")
_IPC = (".arrow", ".ipc", ".feather")
_FORMS = "Parquet, CSV, Arrow IPC, JSON lines"


@runtime_checkable
class Source(Protocol):
    """Tables in pieces."""

    @property
    def name(self) -> str:
        """What errors call it."""

    @property
    def again(self) -> bool:
        """Whether it can be read more than once."""

    @property
    def rows(self) -> int | None:
        """How many rows it has, where that is known."""

    def tables(self) -> Iterator[tuple[str, pa.Table]]:
        """Yield the name of the file and the next rows; a file's pieces follow each other."""

    def pieces(self, reading: Reading) -> Iterator[RawEvents]:
        """Yield the rows as events, checked."""


def _rows(tables: Iterable[tuple[str, pa.Table]], reading: Reading) -> Iterator[RawEvents]:
    """Yield tables as events, checked."""
    name, schema, start = None, None, 0
    reads: dict[str, Any] = {}
    for label, table in tables:
        if label != name or schema is None or not table.schema.equals(schema):
            start = start if label == name else 0
            name, schema = label, table.schema
            reading = evolve(reading, name=label)
            reads = readers(schema, reading)
        place = Place(reading, start)
        yield checked(columns_read(table, reads, place), table.num_rows, place)
        start += table.num_rows


@define(eq=False)
class Handed:
    """Something that speaks the Arrow stream protocol, or a lazy frame that collects batches.

    Attributes:
        given: it.
        again: whether it is a lazy frame.
    """

    given: Any
    again: bool = False

    @property
    def name(self) -> str:
        """What errors call it: its class."""
        return type(self.given).__name__

    @property
    def rows(self) -> int | None:
        """None: a stream does not say how many it has."""
        return None

    def tables(self) -> Iterator[tuple[str, pa.Table]]:
        """Yield its rows: a table as it is, whatever else in pieces of some size."""
        if isinstance(self.given, pa.Table):
            yield self.name, self.given  # in memory already, and words of pieces have to be joined
            return
        frames = self.given.collect_batches() if self.again else [self.given]
        held: list[pa.RecordBatch] = []
        schema = None
        try:
            for stream in map(_stream, frames):
                schema = stream.schema
                for batch in stream:
                    held.append(batch)
                    if sum(each.num_rows for each in held) >= PIECE:
                        yield self.name, pa.Table.from_batches(held)
                        held = []
            if schema is not None:
                yield self.name, pa.Table.from_batches(held, schema)
        except pa.ArrowException as error:
            problem, remedy = "what Arrow cannot take over", "give each column one type"
            raise InvalidLog(self.name, None, problem, str(error), remedy) from None
        except OverflowError as error:  # Arrow says it of Python's whole numbers only so
            problem, remedy = "a whole number beyond 64 bits", "make its column text"
            raise InvalidLog(self.name, None, problem, str(error), remedy) from None

    def pieces(self, reading: Reading) -> Iterator[RawEvents]:
        """Yield its rows as events, checked."""
        return _rows(self.tables(), reading)


def _stream(given: Any) -> pa.RecordBatchReader:  # noqa: ANN401 - whatever speaks Arrow
    if isinstance(given, pa.RecordBatchReader):
        return given
    if isinstance(given, pa.RecordBatch):
        return pa.RecordBatchReader.from_batches(given.schema, [given])
    return pa.RecordBatchReader.from_stream(given)


@frozen
class Files:
    """Files of rows, one after the other.

    Attributes:
        paths: the files.
    """

    paths: tuple[Path, ...]
    again = True

    @property
    def name(self) -> str:
        """The file's name, or how many files."""
        return self.paths[0].name if len(self.paths) == 1 else f"{len(self.paths)} files"

    @property
    def rows(self) -> int | None:
        """How many rows there are in files that say so: Parquet."""
        if all(_ending(path) == ".parquet" for path in self.paths):
            return sum(parquet_schema(path)[1] for path in self.paths)
        return None

    def check(self, reading: Reading) -> None:
        """Refuse files whose columns no event has, before any row is read."""
        for path in self.paths:
            schema = _schema(path)
            if schema is not None:
                readers(schema, _reading_of(path, reading))

    def tables(self) -> Iterator[tuple[str, pa.Table]]:
        """Yield the rows of tables."""
        for path in self.paths:
            for table in _tables(path):
                yield path.name, table

    def pieces(self, reading: Reading) -> Iterator[RawEvents]:
        """Yield the rows as events, checked."""
        for path in self.paths:
            if _holds_events(path):
                yield from _events(path, evolve(reading, name=path.name))
            else:
                tables = ((path.name, table) for table in _tables(path))
                yield from _rows(tables, _reading_of(path, reading))


def _reading_of(path: Path, reading: Reading) -> Reading:
    return evolve(reading, name=path.name, cells=_ending(path).startswith(".csv"))


def _schema(path: Path) -> pa.Schema | None:
    """Return the columns of a file of rows; None for a file of events, which has its own form."""
    ending = _ending(path)
    if ending == ".parquet":
        return parquet_schema(path)[0]
    if ending in _IPC:
        return ipc_schema(path)
    if _holds_events(path):
        return None
    return pa.schema([(name, pa.string()) for name in csv_names(path)])


def _tables(path: Path) -> Iterator[pa.Table]:
    ending = _ending(path)
    if ending == ".parquet":
        return parquet_pieces(path, PIECE)
    return ipc_pieces(path) if ending in _IPC else csv_pieces(path)


def _holds_events(path: Path) -> bool:
    """Return whether a file has the form in which the library writes events as text."""
    ending = _ending(path)
    if ending.startswith(".csv"):
        return "fields" in csv_names(path)
    return ending.startswith(".jsonl")


def _ending(path: Path) -> str:
    endings = path.suffixes[-2:] if path.suffix.lower() == ".gz" else path.suffixes[-1:]
    ending = "".join(endings).lower()
    if ending not in ENDINGS:
        remedy = f"known: {', '.join(ENDINGS)}"
        raise InvalidLog(path.name, None, "a name that says no form of log", None, remedy)
    return ending


def _events(path: Path, reading: Reading) -> Iterator[RawEvents]:
    """Yield a file of events by columns, from the first odd row on by the reader of rows."""
    done = 0
    try:
        for raw in _by_columns(path, reading):
            yield raw
            done += raw.size
    except (OddRows, SupportModelError, pa.ArrowException, OSError, ValueError, RecursionError):
        events = read_events(path, priorities=reading.priorities.values())
        yield from records_of(islice(events, done, None))


def _by_columns(path: Path, reading: Reading) -> Iterator[RawEvents]:
    if _ending(path).startswith(".csv"):
        for table in csv_pieces(path):
            yield events_of_cells(table, reading)
        return
    with opened(path) as raw:
        for block in blocks_of_lines(chunks(raw, must_be_packed=path.suffix.lower() == ".gz")):
            yield events_of_lines(block, reading)


def records_of(events: Iterable[Event]) -> Iterator[RawEvents]:
    """Yield events in pieces."""
    rest = iter(events)
    while piece := list(islice(rest, PIECE)):
        for event in piece:
            must_be_event(event)
        try:
            yield raw_of_events(piece)
        except (OverflowError, UnicodeEncodeError) as error:
            file, problem = "events", "a value that columns cannot hold"
            raise InvalidLog(file, None, problem, str(error), "change it") from None


@define(eq=False)
class Read:
    """A source of rows that is read again whenever they are asked for.

    Attributes:
        source: where they are.
        reading: how they are read.
    """

    source: Source
    reading: Reading
    tells = False

    @property
    def name(self) -> str:
        """What errors and pictures call it."""
        return self.source.name

    @property
    def rows(self) -> int | None:
        """How many rows it has, where that is known before it is read."""
        return self.source.rows

    def read(self) -> Iterator[RawEvents]:
        """Yield its rows in their order, checked."""
        return self.source.pieces(self.reading)

    def in_memory(self) -> tuple[RawEvents, None]:
        """Return all rows at once, each distinct word once; nothing is stated besides."""
        return joined(self.read(), self.rows), None


def rows_of(source: Source, reading: Reading) -> RawEvents | Read:
    """Return the rows of a source; what is read again is read when they are asked for."""
    if isinstance(source, Files):
        source.check(reading)
    if source.again:
        return Read(source, reading)
    return joined(source.pieces(reading))


def found(given: object) -> Source | Iterable[Event]:
    """Return what rows can be read of; records of events as they are.

    Raises:
        InvalidLog: it is nothing of that kind.
    """
    if isinstance(given, str | Path) or _are_paths(given):
        paths = [given] if isinstance(given, str | Path) else [*given]
        return Files(tuple(path for each in paths for path in _below(Path(each))))
    if isinstance(given, pa.RecordBatch) or hasattr(given, "__arrow_c_stream__"):
        return Handed(given)
    if hasattr(given, "collect_batches"):
        return Handed(given, again=True)
    if not isinstance(given, Iterable) or isinstance(given, dict | bytes):
        name = type(given).__name__
        remedy = f"give a frame that speaks Arrow, a path to {_FORMS}, or events"
        raise InvalidLog(name, None, "nothing that rows can be read of", given, remedy)
    return given


def _are_paths(given: object) -> TypeGuard[Iterable[str | Path]]:
    some = isinstance(given, list | tuple) and bool(given)
    return some and all(isinstance(each, str | Path) for each in cast("Iterable[object]", given))


def _below(path: Path) -> tuple[Path, ...]:
    """Return a file, or the files of a folder in the order of their names."""
    if not path.is_dir():
        _ending(path)
        return (path,)
    files = sorted(each for each in path.rglob("*") if each.is_file() and not _hidden(each, path))
    if not files:
        raise InvalidLog(path.name, None, "a folder without files", None, f"known: {_FORMS}")
    for each in files:
        _ending(each)
        if "=" in each.parent.relative_to(path).as_posix():
            problem, said = "a folder whose name holds a column", each.parent.name
            raise InvalidLog(path.name, None, problem, said, "give the list of its files")
    return tuple(files)


def _hidden(path: Path, folder: Path) -> bool:
    """Return whether a file is a mark of the program that wrote the folder, such as _SUCCESS."""
    return any(part.startswith(("_", ".")) for part in path.relative_to(folder).parts)
