"""Event logs as files: JSON lines, CSV and Parquet, read and written one event at a time.

A file holds one event a line (or row), of any number of tickets in any order. JSON lines are
the events as plain data; CSV and Parquet have one column for each part of an event, `fields`
and `scale` as JSON inside their cell. CSV text that a spreadsheet would run as a formula gets
an apostrophe in front, which reading takes off again.

Before this: `support_model.lifecycle.ticket_data`. Next: `support_model.serde`.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from support_model.errors import (
    InvalidEvent,
    InvalidLog,
    MissingExtra,
    SupportModelError,
    nearest,
)
from support_model.lifecycle.ticket_data import event_from_data, event_to_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from support_model.events import Event

__all__ = ["COLUMNS", "by_ticket", "one_of_them", "read_events", "write_events"]

VERSION = 1
NAME = f"support_model.events/{VERSION}"
LONGEST_LINE = 2**20
BATCH = 10_000
COLUMNS = (
    *("type", "ticket_id", "at", "role", "actor", "seq", "source_id", "public", "fields"),
    *("until", "duration", "metric", "due", "kind", "score", "scale", "other"),
    *("policy", "version", "basis", "schema"),
)
"""The columns of CSV and Parquet; `schema` is the version of this form, 1."""
_JSON = ("fields", "scale")
_FORMULA = (
    *("=", "+", "-", "@", "\t", "\r", "\n", "'"),
    *("\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"),
    *("\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}"),
)
"""What begins a formula in some spreadsheet, and the apostrophe itself so that it can go."""
_FORMS = (".jsonl", ".csv", ".parquet")


def read_events(path: str | Path) -> Iterator[Event]:
    """Yield the events of a .jsonl, .csv or .parquet file, the first two also as .gz.

    Memory stays that of one event (of 10,000 in Parquet), however long the file.

    Raises:
        InvalidLog: when it comes to a line that is no event, longer than 1 MiB or of an unknown
            version; the file cannot be opened, or its name does not say what it is.
        MissingExtra: Parquet without pyarrow.
    """
    path = Path(path)
    form = _form(path)
    try:
        if form == ".parquet":
            yield from _events(_parquet_rows(path), path.name)
        else:
            with _text(path, "r") as file:
                lines = _lines(file, path.name)
                rows = _json_rows(lines, path.name) if form == ".jsonl" else _csv_rows(lines, path)
                yield from _events(rows, path.name)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problem = f"cannot be read ({reason})"
        raise InvalidLog(path.name, None, problem, None, "check the path") from None
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 text ({error.reason})"
        raise InvalidLog(path.name, None, problem, None, "save the file as UTF-8") from None


def write_events(events: Iterable[Event], path: str | Path) -> int:
    """Write events to a .jsonl, .csv or .parquet file as they come; return how many.

    Raises:
        InvalidLog: the file cannot be written, or its name does not say what it is.
        MissingExtra: Parquet without pyarrow.
    """
    path = Path(path)
    form = _form(path)
    rows = (event_to_data(event) for event in events)
    try:
        if form == ".parquet":
            return _write_parquet(rows, path)
        with _text(path, "w") as file:
            return (_write_json if form == ".jsonl" else _write_csv)(rows, file)
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise InvalidLog(path.name, None, problem, None, "check the path") from None


def by_ticket(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Return the events of each ticket, tickets in the order in which they first appear.

    Example:
        >>> by_ticket([])
        {}
    """
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.ticket_id, []).append(event)
    return found


def one_of_them(logs: Mapping[str, object], wanted: str | None, file: str) -> str:
    """Return the id of the one ticket in a file, or the one wanted.

    Raises:
        InvalidEvent: none is named and the file holds several or none, or it has no such ticket.

    Example:
        >>> one_of_them({"T1": []}, None, "log.jsonl")
        'T1'
    """
    if wanted is None and len(logs) == 1:
        return next(iter(logs))
    if wanted is None:
        problem = f"the file holds {len(logs)} tickets"
        raise InvalidEvent(file, problem, f"say --ticket; {nearest('', [*logs][:5])}")
    if wanted not in logs:
        raise InvalidEvent(wanted, "no such ticket in the file", nearest(wanted, logs))
    return wanted


def _form(path: Path) -> str:
    endings = path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:]
    form = endings[0].lower() if endings else ""
    if form not in _FORMS or (path.suffix == ".gz" and form == ".parquet"):
        remedy = f"known: {', '.join(_FORMS)}, and .gz after the first two"
        raise InvalidLog(path.name, None, "a name that says no form of log", None, remedy)
    return form


@contextmanager
def _text(path: Path, mode: str) -> Iterator[IO[str]]:
    """Open a text file, packed or not, without touching its line ends."""
    encoding = "utf-8-sig" if mode == "r" else "utf-8"
    if path.suffix == ".gz":
        with (
            gzip.GzipFile(path, f"{mode}b", mtime=0) as packed,  # the same bytes at any time
            io.TextIOWrapper(packed, encoding, newline="") as file,
        ):
            yield file
    else:
        with path.open(mode, encoding=encoding, newline="") as file:
            yield file


def _lines(file: IO[str], name: str) -> Iterator[str]:
    """Yield lines, none of them longer than may be held."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            remedy = f"at most {LONGEST_LINE:,} characters"
            raise InvalidLog(name, number, "too long a line", None, remedy)
        yield line


def _json_rows(lines: Iterable[str], name: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InvalidLog(name, number, "no JSON", None, str(error)) from None
        if isinstance(row, dict) and row.keys() == {"schema"}:
            _check_version(row["schema"], name, number)
            continue
        yield number, row


def _check_version(said: object, name: str, line: int | None) -> None:
    if said not in (NAME, str(VERSION), VERSION):
        remedy = f"this version of the library reads {NAME!r}"
        raise InvalidLog(name, line, "an unknown version", said, remedy)


def _csv_rows(lines: Iterable[str], path: Path) -> Iterator[tuple[int, object]]:
    reader = csv.reader(lines, strict=True)
    columns: list[str] | None = None
    try:
        for cells in reader:
            if not cells:
                continue
            if columns is None:
                columns = cells
                _check_columns(columns, path.name)
            elif len(cells) != len(columns):
                shown = f"{len(cells)} cells, {len(columns)} columns"
                remedy = "quote cells that hold a comma"
                raise InvalidLog(path.name, reader.line_num, "cells and columns", shown, remedy)
            else:
                row = dict(zip(columns, map(_bare, cells), strict=True))
                yield reader.line_num, _typed(row, path.name, reader.line_num)
    except csv.Error as error:
        remedy = "quote cells that hold a comma, a quote or a line end"
        raise InvalidLog(path.name, reader.line_num, f"no CSV ({error})", None, remedy) from None


def _check_columns(columns: list[str], name: str) -> None:
    for column in columns:
        if column not in COLUMNS:
            raise InvalidLog(name, 1, "unknown column", column, nearest(column, COLUMNS))
        if columns.count(column) > 1:
            raise InvalidLog(name, 1, "a column twice", column, "keep one of them")


def _bare(cell: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running a text."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell


def _typed(row: dict[str, str], name: str, line: int) -> dict[str, Any]:
    """Return a row of text as the plain data of an event; empty cells are absent."""
    found: dict[str, Any] = {}
    for column, cell in row.items():
        if cell == "":
            continue
        try:
            found[column] = _TYPED[column](cell) if column in _TYPED else cell
        except (ValueError, RecursionError):
            problem = f"column {column!r} cannot be read"
            raise InvalidLog(name, line, problem, cell, _REMEDIES[column]) from None
    if "schema" in found:
        _check_version(found.pop("schema"), name, line)
    return found


def _flag(cell: str) -> bool:
    flags = {"true": True, "false": False}
    if cell.lower() not in flags:
        raise ValueError(cell)
    return flags[cell.lower()]


def _number(cell: str) -> float:
    return int(cell) if cell.lstrip("-").isdecimal() else float(cell)


_TYPED: Mapping[str, Callable[[str], Any]] = {
    "seq": int,
    "public": _flag,
    "score": _number,
    "fields": json.loads,
    "scale": json.loads,
}
_REMEDIES = {
    "seq": "a whole number",
    "public": "true or false",
    "score": "a number",
    "fields": 'JSON, as {"group": "billing"}',
    "scale": "JSON, as [1, 5]",
}


def _events(rows: Iterable[tuple[int, object]], name: str) -> Iterator[Event]:
    for line, row in rows:
        try:
            yield event_from_data(row)
        except SupportModelError as error:
            value, remedy = getattr(error, "value", None), getattr(error, "remedy", "")
            problem = getattr(error, "problem", str(error))
            raise InvalidLog(name, line, problem, value, remedy or "see the ten events") from None


def _write_json(rows: Iterable[Mapping[str, Any]], file: IO[str]) -> int:
    file.write(json.dumps({"schema": NAME}) + "\n")
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        count += 1
    return count


def _write_csv(rows: Iterable[Mapping[str, Any]], file: IO[str]) -> int:
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        flat = _flat(row)
        writer.writerow([_cell(flat.get(column)) for column in COLUMNS])
        count += 1
    return count


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {**row, "schema": VERSION}
    for name in _JSON:
        if name in found:
            found[name] = json.dumps(found[name], ensure_ascii=False, separators=(",", ":"))
    return found


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _parquet() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        raise MissingExtra(extra="parquet", needs="pyarrow") from None
    return pa, pq


_INSTANTS = ("at", "until", "due")


def _parquet_schema(pa: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    special = {
        **dict.fromkeys(_INSTANTS, pa.timestamp("us", tz="UTC")),
        "seq": pa.int64(),
        "public": pa.bool_(),
        "score": pa.float64(),
        "schema": pa.int8(),
    }
    names = [(column, special.get(column, pa.string())) for column in COLUMNS]
    return pa.schema(names, metadata={"schema": NAME})


def _write_parquet(rows: Iterator[Mapping[str, Any]], path: Path) -> int:
    pa, pq = _parquet()
    shape = _parquet_schema(pa)
    count = 0
    with pq.ParquetWriter(path, shape) as writer:
        while batch := [_stamped(_flat(row)) for row in islice(rows, BATCH)]:
            writer.write_table(pa.Table.from_pylist(batch, schema=shape))
            count += len(batch)
    return count


def _stamped(row: dict[str, Any]) -> dict[str, Any]:
    instants = {name: datetime.fromisoformat(row[name]) for name in _INSTANTS if name in row}
    return {**row, **instants}


def _parquet_rows(path: Path) -> Iterator[tuple[int, object]]:
    pa, pq = _parquet()
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            _check_columns(list(file.schema_arrow.names), path.name)
            for batch in file.iter_batches(batch_size=BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield number, _unstamped(row, path.name, number)
    except pa.ArrowException as error:
        problem = f"no Parquet ({error})"
        raise InvalidLog(path.name, None, problem, None, "check the file") from None


def _unstamped(row: Mapping[str, Any], name: str, line: int) -> dict[str, Any]:
    given = {
        column: value.isoformat() if isinstance(value, datetime) else value
        for column, value in row.items()
        if value is not None
    }
    text = {column: str(given.pop(column)) for column in (*_JSON, "schema") if column in given}
    return given | _typed(text, name, line)
