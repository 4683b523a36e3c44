"""A CSV file of a mapping as a table of texts, where it is written as plainly as most are.

What the table adapter reads row by row, such as titles above the header, rows of another width,
blank lines, other encodings or loose quotes, is left to it.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from support_model._bounded_files import LONGEST_LINE, LONGEST_RECORD, Broken, chunks, opened
from support_model._frames.mapped_cells import Cells
from support_model._frames.mapped_notes import Notes
from support_model._frames.mapped_stamps import NeedsRows
from support_model.adapters._table_files import header_of, layout
from support_model.errors import InvalidLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from support_model._columns.values import Flags, Ints
    from support_model.adapters._table_files import Header
    from support_model.adapters.table import TableMapping

__all__ = ["cells_of_file", "pieces_of_file"]

BLOCK = 1 << 25
"""Bytes that are parsed at a time; a line is shorter."""
PIECE = 1 << 22
"""Bytes that are read at a time where a file is not in memory whole."""
MOST = 2
"""A record is shorter than so many pieces."""
BOM = b"\xef\xbb\xbf"
UTF8 = ("utf-8", "utf8")
NEWLINE, RETURN, QUOTE, NUL, LAST_OF_ASCII = 10, 13, 34, 0, 127


def cells_of_file(path: Path, mapping: TableMapping, notes: Notes) -> Cells:
    """Return the cells of a CSV file, plain or gzip.

    Raises:
        NeedsRows: it is not written plainly, or cannot be read.
    """
    try:
        found = layout(path, mapping, notes)
        with opened(path) as raw:
            data = b"".join(chunks(raw, must_be_packed=path.suffix == ".gz"))
    except (InvalidLog, Broken, ValueError, OSError):
        raise NeedsRows from None
    if found.encoding not in UTF8:
        raise NeedsRows
    data = data.removeprefix(BOM)
    header = _header(path, data, found.delimiter, mapping)
    lines = _lines(np.frombuffer(data, np.uint8), ord(found.delimiter))
    table = _parsed(data, found.delimiter, len(header.names))
    if table.num_rows != lines.size:
        raise NeedsRows
    return Cells(header, table.slice(1), lines[1:])


def pieces_of_file(path: Path, mapping: TableMapping) -> Iterator[Cells]:
    """Yield the cells of a CSV file piece by piece, whole records each; plain or gzip.

    Raises:
        NeedsRows: it is not written plainly, or cannot be read.
    """
    try:
        found = layout(path, mapping, Notes(path.name))
        if found.encoding not in UTF8:
            raise NeedsRows
        header = None
        with opened(path) as raw:
            pieces = _records(chunks(raw, must_be_packed=path.suffix == ".gz"))
            for line, data in pieces:
                if header is None:
                    header = _header(path, data, found.delimiter, mapping)
                lines = _lines(np.frombuffer(data, np.uint8), ord(found.delimiter)) + line
                table = _parsed(data, found.delimiter, len(header.names))
                if table.num_rows != lines.size:
                    raise NeedsRows
                first = int(not line)
                yield Cells(header, table.slice(first), lines[first:])
    except (InvalidLog, Broken, ValueError, OSError):
        raise NeedsRows from None


def _records(source: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the bytes of a file in pieces of whole records, and how many lines are before each.

    Raises:
        NeedsRows: a record is longer than some pieces.
    """
    held: list[bytes] = []
    size, lines = 0, 0
    for chunk in source:
        held.append(chunk)
        size += len(chunk)
        if size < PIECE:
            continue
        data = b"".join(held)
        data = data if lines else data.removeprefix(BOM)
        end = _end(data)
        if end:
            yield lines, data[:end]
            lines += data.count(b"\n", 0, end)
        elif size > MOST * PIECE:
            raise NeedsRows
        held = [data[end:]]
        size = len(data) - end
    data = b"".join(held)
    if data:
        yield lines, data if lines else data.removeprefix(BOM)


def _end(data: bytes) -> int:
    """Return where the last whole record of some bytes ends, which begin with one."""
    last = data.rfind(b"\n") + 1
    if b'"' not in data:
        return last
    values = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(values[:last] == NEWLINE)
    outside = ends[np.flatnonzero(values == QUOTE).searchsorted(ends) % 2 == 0]
    return int(outside[-1]) + 1 if outside.size else 0


def _header(path: Path, data: bytes, delimiter: str, mapping: TableMapping) -> Header:
    """Return the names of the columns, which stand in the first line.

    Raises:
        NeedsRows: they do not.
    """
    first = data[: data.find(b"\n") + 1 or len(data)].decode("utf-8", "replace")
    try:
        names = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        raise NeedsRows from None
    header = header_of(path.name, 1, names, mapping.aliases)
    if not all(header.all(name) for name in mapping.essential):
        raise NeedsRows  # titles stand above the header, or a column lacks
    return header


def _parsed(data: bytes, delimiter: str, width: int) -> pa.Table:
    """Return all rows of a file as texts, the header among them."""
    names = [f"f{place}" for place in range(width)]
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(
                column_names=names, block_size=BLOCK, use_threads=False
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=b'"' in data
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowException, ValueError):
        raise NeedsRows from None


def _lines(data: NDArray[np.uint8], delimiter: int) -> Ints:
    """Return the line at which each record begins.

    Raises:
        NeedsRows: lines or quotes that the two readers of CSV take otherwise.
    """
    if not data.size or delimiter in (NEWLINE, RETURN, QUOTE, NUL) or delimiter > LAST_OF_ASCII:
        raise NeedsRows
    ends = np.flatnonzero(data == NEWLINE)
    if data[-1] != NEWLINE:
        ends = np.append(ends, data.size)
    if not _is_plain(data, ends):
        raise NeedsRows
    inside = _inside(data, ends, delimiter)
    records = np.flatnonzero(~inside)
    if np.diff(records, prepend=-1).max() > LONGEST_RECORD:
        raise NeedsRows
    return np.concatenate([[1], records[:-1] + 2]).astype(np.int64)


def _is_plain(data: NDArray[np.uint8], ends: Ints) -> bool:
    """Return whether no line is blank or very long, and none ends in a way of its own."""
    lengths = np.diff(ends, prepend=-1) - 1
    returns = np.flatnonzero(data == RETURN)
    after = np.append(data, 0)[returns + 1]
    blank = (lengths == 0) | ((lengths == 1) & (data[ends - 1] == RETURN))
    if blank.any() or lengths.max() > LONGEST_LINE:
        return False
    return bool((after == NEWLINE).all() and not (data == NUL).any())


def _inside(data: NDArray[np.uint8], ends: Ints, delimiter: int) -> Flags:
    """Return which ends of lines stand inside quotes.

    A quote opens behind a delimiter, an end of a line or a quote, and closes before one.
    """
    quotes = np.flatnonzero(data == QUOTE)
    if not quotes.size:
        return np.zeros(ends.size, np.bool_)
    edges = np.array([delimiter, NEWLINE, RETURN, QUOTE], np.uint8)
    whole = np.concatenate([[NEWLINE], data, [NEWLINE]])
    opens = np.isin(whole[quotes[0::2]], edges)
    closes = np.isin(whole[quotes[1::2] + 2], edges)
    if quotes.size % 2 or not (opens.all() and closes.all()):
        raise NeedsRows
    return quotes.searchsorted(ends) % 2 == 1
