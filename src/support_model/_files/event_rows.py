"""Rows of event files as the plain data of events, in and out: JSON lines and CSV.

What is written is what can be read again: a cell, a line or a number beyond the limits of
reading is refused before it is in a file. Numbers and flags are read as this module writes
them, in ASCII, and nothing else is guessed.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from functools import lru_cache, partial
from math import isfinite
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeAlias

from attrs import define, field

from support_model._bounded_files import (
    LARGEST_EXPANSION,
    LONGEST_LINE,
    LONGEST_RECORD,
    SURELY_FINE,
    encoded,
    lines,
    records,
)
from support_model._csv_cells import bare, defused
from support_model.errors import InvalidLog, InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from support_model._event_drafts import PlainParts
    from support_model._findings import Findings


Read: TypeAlias = "Callable[[], object]"
"""Returns the row of a line, `NO_ROW` where it is blank or says the version."""
NO_ROW = object()


class PlainRow(Protocol):
    """Reads the parts of the events of rows that are plain; None of a row that is not."""

    def of_cells(self, cells: list[str]) -> PlainParts | None:
        """Return the parts of the cells of `COLUMNS`."""

    def of_texts(self, texts: Iterable[str]) -> PlainParts | None:
        """Return the parts of the texts of the columns up to `fields`."""


VERSION = 1
NAME = f"support_model.events/{VERSION}"
BATCH = 10_000
LONGEST_CELL = 131_072
"""Characters of a cell that Python's CSV reader takes."""
COLUMNS = (
    *("type", "ticket_id", "at", "role", "actor", "seq", "source_id", "public", "fields"),
    *("until", "duration", "metric", "due", "kind", "score", "scale", "other"),
    *("policy", "version", "basis", "schema"),
)
"""The columns of CSV; `schema` is the version of this form, 1."""
_JSON = ("fields", "scale")
_WHOLE = re.compile(r"-?\d{1,300}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,309}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_TEXT = r'"([^"\\\x00-\x1f]+)"'
_PARTS = (
    *(rf'"type": ?{_TEXT}', rf', ?"ticket_id": ?{_TEXT}', rf', ?"at": ?{_TEXT}'),
    *(rf', ?"role": ?{_TEXT}', rf'(?:, ?"actor": ?{_TEXT})?'),
    *('(?:, ?"seq": ?(0|[1-9][0-9]*))?', rf'(?:, ?"source_id": ?{_TEXT})?'),
    *('(?:, ?"public": ?(true|false))?', r'(?:, ?"fields": ?(\{.*\}))?'),
)
_WRITTEN = re.compile(rf"\{{{''.join(_PARTS)}\}}\r?")
"""A line with the parts of a plain row in the order of `COLUMNS`, no text of which is escaped.

Its texts are those that JSON reads in it: where what is taken for the value of `fields` is more
than one value, that is no JSON.
"""


def read_rows(
    path: Path,
    form: str,
    findings: Findings,
    progress: Callable[[int], object] | None = None,
    plain: PlainRow | None = None,
) -> Iterator[tuple[int, Read]]:
    """Yield (1-based line, what reads it) for each line or row of a file that may be an event.

    Args:
        path: the file.
        form: ".jsonl" or ".csv".
        findings: where problems of the file and its lines go.
        progress: called with the number of bytes of the file read so far.
        plain: reads the parts of rows of CSV whose columns are `COLUMNS`, and of JSON lines as
            this library writes them, and None of a row that is not as plain as it expects; such a
            row is returned as data.

    Raises:
        InvalidLog: the file cannot be read, or has an unknown column.
    """
    if form == ".csv":
        yield from _csv_rows(path, findings, progress, plain)
    else:
        for number, line in lines(path, findings=findings, text="jsonl", progress=progress):
            yield number, partial(_from_json, line, path.name, number, findings, plain)


def write_rows(
    rows: Iterator[Mapping[str, Any]], path: Path, form: str, *, packed: bool, name: str
) -> int:
    """Write rows to a new file as they come; return how many.

    Args:
        rows: events as plain data.
        path: the file to write to.
        form: ".jsonl" or ".csv".
        packed: with gzip.
        name: what errors call the file.

    Raises:
        InvalidLog: a row that could not be read again.
    """
    with path.open("wb") as raw:
        if not packed:
            return _write_text(rows, raw, form, name)[0]
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as sink:
            count, written = _write_text(rows, sink, form, name)
        if written > max(SURELY_FINE, LARGEST_EXPANSION * raw.tell()):
            problem = f"packs to less than 1 in {LARGEST_EXPANSION}, which no reading accepts"
            raise InvalidLog(name, None, problem, None, "write it without .gz")
        return count


def _write_text(
    rows: Iterable[Mapping[str, Any]], sink: IO[bytes] | gzip.GzipFile, form: str, name: str
) -> tuple[int, int]:
    """Write rows as lines; return how many rows and how many bytes."""
    line = _json_line if form == ".jsonl" else _csv_line
    head = f'{{"schema": "{NAME}"}}\n' if form == ".jsonl" else ",".join(COLUMNS) + "\r\n"
    written = sink.write(head.encode())
    count = 0
    for row in rows:
        try:
            raw = _readable(encoded(line(row)))
        except InvalidValue as error:
            raise InvalidLog(name, None, error.problem, error.value, error.remedy) from None
        except ValueError as error:
            problem = f"a value that JSON has not ({error})"
            raise InvalidLog(name, None, problem, row.get("ticket_id"), "fix it") from None
        written += sink.write(raw)
        count += 1
    return count, written


def _readable(raw: bytes) -> bytes:
    if max(map(len, raw.split(b"\n"))) > LONGEST_LINE or raw.count(b"\n") > LONGEST_RECORD:
        remedy = f"at most {LONGEST_LINE:,} bytes, and {LONGEST_RECORD:,} lines in a cell"
        raise InvalidValue(raw[:40], "too long a line to be read again", remedy)
    return raw


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _json_line(row: Mapping[str, Any]) -> str:
    return _dumped(row) + "\n"


def _csv_line(row: Mapping[str, Any]) -> str:
    flat = _flat(row)
    cells = [_cell(flat.get(column)) for column in COLUMNS]
    for cell in cells:
        if len(cell) > LONGEST_CELL or "\0" in cell:
            problem = "a NUL character" if "\0" in cell else "too long a cell to be read again"
            raise InvalidValue(cell[:LONGEST_CELL], problem, "write .jsonl, which can hold it")
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {**row, "schema": VERSION}
    for name in _JSON:
        if name in found:
            found[name] = _dumped(found[name])
    return found


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return defused(value)
    return "" if value is None else str(value)


def _from_json(
    line: bytes, name: str, number: int, findings: Findings, plain: PlainRow | None
) -> object:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        findings.refuse("not_utf8", number, str(line[error.start : error.end]))
        text = line.decode("utf-8", "backslashreplace")
    made = None if plain is None else _of_plain(text, plain)
    return _parsed(text, name, number, findings) if made is None else made


def _of_plain(text: str, plain: PlainRow) -> PlainParts | None:
    written = _WRITTEN.fullmatch(text)
    return None if written is None else plain.of_texts(written.groups(""))


def _parsed(text: str, name: str, number: int, findings: Findings) -> object:
    if not text.strip():
        return NO_ROW
    try:
        row = loaded(text)
    except (ValueError, RecursionError) as error:
        raise InvalidLog(name, number, "no JSON", None, str(error)) from None
    if isinstance(row, dict) and "schema" in row and row.keys() <= {"schema", "log"}:
        _check_version(row["schema"], name, number)
        if "log" in row:
            findings.told.append(row["log"])
        return NO_ROW
    return row


def loaded(text: str) -> object:
    """Return the value of JSON text; ValueError for a key twice and for numbers without end."""
    return _DECODER.decode(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        said = f"the key {max(keys, key=keys.count)!r} stands twice"
        raise ValueError(said)
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        said = f"{text[:20]} is no finite number"
        raise ValueError(said)
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_finite, parse_constant=_finite)
"""One for all lines: what `json.loads` makes of such options at each call."""


def _check_version(said: object, name: str, line: int | None) -> None:
    if said not in (NAME, str(VERSION), VERSION) or isinstance(said, bool):
        remedy = f"this version of the library reads {NAME!r}"
        raise InvalidLog(name, line, "an unknown version", said, remedy)


def _csv_rows(
    path: Path,
    findings: Findings,
    progress: Callable[[int], object] | None,
    plain: PlainRow | None,
) -> Iterator[tuple[int, Read]]:
    source = records(
        path,
        encoding="utf-8",
        delimiter=",",
        findings=findings,
        undecodable="not_utf8",
        progress=progress,
    )
    form: _Cells | None = None
    for line, cells in source:
        if form is None:
            if cells:
                _check_columns(cells, path.name)
                form = _Cells(path.name, cells, plain if tuple(cells) == COLUMNS else None)
        elif cells:
            yield line, partial(form.row, cells, line)


MOST_PARSED, LONGEST_PARSED = 1 << 12, 200
"""How many different texts of JSON have their values kept, and how long they are at most."""


def _parsing() -> Callable[[str], object]:
    """Return what parses cells of JSON, most of which repeat one of few short texts."""
    kept = lru_cache(MOST_PARSED)(loaded)
    return lambda text: kept(text) if len(text) <= LONGEST_PARSED else loaded(text)


@define(eq=False)
class _Cells:
    """Reads the rows of a CSV file.

    Attributes:
        name: of the file.
        columns: their names.
        plain: reads the parts of plain rows, if any can be plain.
        typed: those that are no text, in their order, each with what reads it.
    """

    name: str
    columns: list[str]
    plain: PlainRow | None
    typed: list[tuple[str, Callable[[str], Any]]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        reads = _TYPED | dict.fromkeys(_JSON, _parsing())
        self.typed = [(column, reads[column]) for column in self.columns if column in reads]

    def row(self, cells: list[str], line: int) -> object:
        """Return a row of text as parts of an event, or as its plain data without empty cells."""
        made = None if self.plain is None else self.plain.of_cells(cells)
        return self._data(cells, line) if made is None else made

    def _data(self, cells: list[str], line: int) -> dict[str, Any]:
        if len(cells) != len(self.columns):
            shown = f"{len(cells)} cells, {len(self.columns)} columns"
            remedy = "quote cells that hold a comma"
            raise InvalidLog(self.name, line, "cells and columns", shown, remedy)
        found: dict[str, Any] = {
            column: cell if cell[0] != "'" else bare(cell)
            for column, cell in zip(self.columns, cells, strict=True)
            if cell
        }
        for column, read in self.typed:
            cell = found.get(column)
            if cell is not None:
                try:
                    found[column] = read(cell)
                except (ValueError, RecursionError):
                    problem = f"column {column!r} cannot be read"
                    raise InvalidLog(self.name, line, problem, cell, _REMEDIES[column]) from None
        if "schema" in found:
            _check_version(found.pop("schema"), self.name, line)
        return found


def _check_columns(columns: list[str], name: str) -> None:
    for column in columns:
        if column not in COLUMNS:
            raise InvalidLog(name, 1, "unknown column", column, nearest(column, COLUMNS))
        if columns.count(column) > 1:
            raise InvalidLog(name, 1, "a column twice", column, "keep one of them")


def _flag(cell: str) -> bool:
    flags = {"true": True, "false": False}
    if cell.lower() not in flags:
        raise ValueError(cell)
    return flags[cell.lower()]


def _whole(cell: str) -> int:
    if _WHOLE.fullmatch(cell) is None:
        raise ValueError(cell)
    return int(cell)


def _number(cell: str) -> float:
    if _NUMBER.fullmatch(cell) is None:
        raise ValueError(cell)
    return int(cell) if cell.removeprefix("-").isdecimal() else _finite(cell)


_TYPED: dict[str, Callable[[str], Any]] = {
    "seq": _whole,
    "public": _flag,
    "score": _number,
}
_REMEDIES = {
    "seq": "a whole number",
    "public": "true or false",
    "score": "a number",
    "fields": 'JSON, as {"group": "billing"}',
    "scale": "JSON, as [1, 5]",
}
