"""Events in Parquet, in and out: a row is an event, a field is a column.

The columns are those of `support_model._columns.event_tables`, so every engine reads them, and
`frames.events` does. Which columns there are, and of what type those of custom fields, is known
after the last event; until then the events of a long log wait in files of their own.
"""

from __future__ import annotations

from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from support_model._columns.event_checks import checked, ranking
from support_model._columns.event_columns import raw_of_events
from support_model._columns.event_readers import Place, Reading, columns_read, readers
from support_model._columns.event_tables import (
    joint_schema,
    raw_of_table,
    table_of_raw,
)
from support_model._columns.table_files import parquet_pieces, parquet_schema
from support_model._files.event_rows import NAME
from support_model.errors import InvalidLog, InvalidRow, MissingExtra

try:
    import pyarrow as pa
    from pyarrow import ipc
    from pyarrow import parquet as pq
except ImportError:
    raise MissingExtra(extra="frames", needs="numpy and pyarrow") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from support_model._columns.event_columns import RawEvents
    from support_model._findings import Findings
    from support_model._vocabulary import Priority
    from support_model.events import Event

T = TypeVar("T")
_READ, _WRITTEN = 10_000, 100_000
"""Rows that are read, and written, at a time."""


def read_parquet(
    path: Path,
    findings: Findings,
    progress: Callable[[int], object] | None,
    priorities: Iterable[Priority],
) -> Iterator[tuple[int, Event]]:
    """Yield (1-based row, event) of a Parquet file.

    Args:
        path: the file.
        findings: what a lenient reading lists rows in that are no events.
        progress: called with the number of bytes of the file read so far.
        priorities: those that a row may name without a rank.

    Raises:
        InvalidLog: it is no such file, or has a column that no event has.
        InvalidRow: strictly, a row that is no event.
    """
    schema, rows = parquet_schema(path)
    said = (schema.metadata or {}).get(b"schema", NAME.encode()).decode("utf-8", "replace")
    if said != NAME:
        remedy = f"this version of the library reads {NAME!r}"
        raise InvalidLog(path.name, None, "an unknown version", said, remedy)
    reading = Reading(path.name, priorities=ranking(priorities))
    reads, start = readers(schema, reading), 0
    for table in parquet_pieces(path, _READ):
        for first, raw in _sound(table, reads, Place(reading, start), findings):
            for row in range(raw.size):
                yield first + row + 1, raw.event(row)
        start += table.num_rows
        if progress is not None:  # columns lie side by side: rows say how far it is
            progress(path.stat().st_size * start // rows)


def _sound(
    table: pa.Table, reads: dict[str, Any], place: Place, findings: Findings
) -> Iterator[tuple[int, RawEvents]]:
    """Yield (rows before it, rows); leniently, the rows around those that are no events."""
    try:
        raw = checked(columns_read(table, reads, place), table.num_rows, place)
    except InvalidRow as error:
        if not findings.lenient:
            raise
        size = table.num_rows
        if size == 1:
            findings.note("no_event", place.start + 1, error.problem)
            return
        for half, start in ((table.slice(0, size // 2), 0), (table.slice(size // 2), size // 2)):
            yield from _sound(half, reads, Place(place.reading, place.start + start), findings)
    else:
        yield place.start, raw


def write_parquet(events: Iterator[Event], path: Path, name: str) -> int:
    """Write events to a new Parquet file; return how many.

    Raises:
        InvalidLog: an event that Parquet cannot hold, such as half of a character.
    """
    pieces = iter(lambda: list(islice(events, _WRITTEN)), [])
    return _write((_table(raw_of_events, piece, name) for piece in pieces), path)


def write_columns(pieces: Iterable[RawEvents], path: Path, name: str) -> int:
    """Write events that are columns already to a new Parquet file; return how many.

    Raises:
        InvalidLog: as `write_parquet`.
    """
    parts = (
        piece.cut(slice(start, start + _WRITTEN))
        for piece in pieces
        for start in range(0, piece.size, _WRITTEN)
    )
    return _write((_table(lambda part: part, part, name) for part in parts), path)


def _write(tables: Iterator[pa.Table], path: Path) -> int:
    """Write tables as one file, whose columns hold the values of all of them."""
    first = next(tables, None)
    if first is None:
        first = table_of_raw(raw_of_events(()))
    second = next(tables, None)
    if second is None:
        with _writer(path, first.schema) as writer:
            writer.write_table(first)
        return int(first.num_rows)
    with TemporaryDirectory() as folder:
        schemas, count = [], 0
        for table in chain((first, second), tables):
            schemas.append(table.schema)
            with ipc.new_file(_waiting(folder, len(schemas)), table.schema) as sink:
                sink.write_table(table)
            count += table.num_rows
        shape = joint_schema(schemas)
        with _writer(path, shape) as writer:
            for number in range(len(schemas)):
                with pa.memory_map(str(_waiting(folder, number + 1))) as source:
                    waited = raw_of_table(ipc.open_file(source).read_all())
                    writer.write_table(table_of_raw(waited, shape))
    return count


def _waiting(folder: str, number: int) -> Path:
    return Path(folder) / f"{number}.arrow"


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, schema.with_metadata({"schema": NAME}))


def _table(read: Callable[[T], RawEvents], events: T, name: str) -> pa.Table:
    try:
        return table_of_raw(read(events))
    except (pa.ArrowException, UnicodeEncodeError, OverflowError) as error:
        problem = f"a value that Parquet has not ({error})"
        raise InvalidLog(name, None, problem, None, "write .jsonl") from None
