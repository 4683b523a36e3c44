"""Files of events as text, JSON lines and CSV, by columns: blocks of rows in which nothing is odd.

Fields stand in JSON, so each distinct text of them is read once, by the reader of events. What is
not as plain as expected, sound or not, raises: then the reader of rows reads the file, which also
says what is wrong. Rows that are read here mean what that reader would make of them.
"""

from __future__ import annotations

import json
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve
from pyarrow import json as arrow_json

from support_model._bounded_files import LONGEST_LINE
from support_model._columns.arrow_words import coded
from support_model._columns.event_checks import checked
from support_model._columns.event_columns import INSTANTS
from support_model._columns.event_readers import Place, Reading, columns_read, readers
from support_model._columns.values import EMPTIED, NONE, Words
from support_model._ticket_data import TICKET_FIELDS
from support_model._vocabulary import frozen_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model._columns.event_columns import RawEvents

__all__ = ["OddRows", "blocks_of_lines", "events_of_cells", "events_of_lines"]

BLOCK = 1 << 22
"""Bytes of whole lines that are read at a time: a dozen copies of them are made on the way."""
_VERSION = "support_model.events/1"
_PARTS: Mapping[str, pa.DataType] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("type", "ticket_id", "at", "role", "actor", "source_id", "basis", "until"),
                *("duration", "metric", "due", "kind", "other", "policy", "version"),
            ),
            pa.string(),
        ),
        "seq": pa.int64(),
        "public": pa.bool_(),
        "score": pa.float64(),
        "scale": pa.list_(pa.float64()),
    }
)
"""The keys of an event besides `fields`, and the types of their values in JSON."""
_OPTIONS = arrow_json.ParseOptions(
    explicit_schema=pa.schema(list(_PARTS.items())), unexpected_field_behavior="error"
)
_FORMULA = "^'(=|\\+|-|@|\t|\r|\n|'|＝|＋|－|＠)"  # noqa: RUF001 - as the writer has them


class OddRows(Exception):
    """Rows that are left to the reader of rows."""


def blocks_of_lines(source: Iterable[bytes]) -> Iterator[bytes]:
    """Yield chunks of a file as blocks of whole lines."""
    held: list[bytes] = []
    size = 0
    for chunk in source:
        held.append(chunk)
        size += len(chunk)
        if size >= BLOCK:
            head, line_end, rest = b"".join(held).rpartition(b"\n")
            if not line_end:
                raise OddRows
            yield head + line_end
            held, size = [rest], len(rest)
    if size:
        yield b"".join(held)


def events_of_lines(block: bytes, reading: Reading) -> RawEvents:
    """Return the events of JSON lines.

    Raises:
        OddRows: they are not as plain as those that the library writes.
        InvalidLog: a row may be no event.
        ArrowException: they are no JSON of these keys.
    """
    text = pa.array([block.removeprefix(b"\xef\xbb\xbf").decode()], pa.string())
    lines = pc.list_flatten(pc.split_pattern(text, "\n"))
    lines = _without_version(lines.filter(pc.greater(pc.binary_length(lines), 0)))
    if pc.any(pc.greater(pc.binary_length(lines), LONGEST_LINE)).as_py():
        raise OddRows
    parts = pc.split_pattern(lines, ',"fields":', max_splits=1)
    has = pc.equal(pc.list_value_length(parts), 2).to_numpy(zero_copy_only=False)
    ends = pc.list_flatten(parts)
    places = np.cumsum(1 + has)  # of the last part of each line
    tails = ends.take(pa.array(places[has] - 1))
    heads = ends.take(pa.array(places - 1 - has))
    closed = pc.if_else(pa.array(has), pc.binary_join_element_wise(heads, "}", ""), heads)
    table = _flat(closed)
    fields, until = _ended(tails)
    rows = np.flatnonzero(has)
    table = _with_until(table, rows, until)
    places = np.full(len(lines), NONE, np.int64)
    places[rows] = np.arange(rows.size)
    whole = fields.take(pa.array(places, mask=places < 0))
    return _events(table, pa.chunked_array([whole]), reading)


def _without_version(lines: pa.Array) -> pa.Array:
    """Return lines without those that say the version of the form, or what else is known."""
    other = pc.starts_with(lines, '{"schema"')
    for line in lines.filter(other).to_pylist():
        said = json.loads(line)
        if said.get("schema") != _VERSION or not said.keys() <= {"schema", "log"}:
            raise OddRows
    return lines.filter(pc.invert(other))


def _flat(lines: pa.Array) -> pa.Table:
    """Return lines of JSON without fields as a table."""
    listed = pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines)
    raw = pc.binary_join(listed, "\n")[0].as_buffer()
    withdrawn = pc.count_substring(lines, '"due":null')  # null under another key may be refused
    if not pc.all(pc.equal(pc.count_substring(lines, "null"), withdrawn), min_count=0).as_py():
        raise OddRows
    if not len(lines):
        return pa.table({name: pa.array([], kind) for name, kind in _PARTS.items()})
    # memory that one thread has used is not used again by another
    options = arrow_json.ReadOptions(use_threads=False, block_size=max(len(raw) + 1, 1 << 16))
    table = arrow_json.read_json(pa.BufferReader(raw), options, _OPTIONS)
    if table.num_rows != len(lines):
        raise OddRows
    return table


def _ended(tails: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return the fields at the end of lines, and the instants that stand behind some of them."""
    if not pc.all(pc.ends_with(tails, "}"), min_count=0).as_py():
        raise OddRows
    parts = pc.split_pattern(
        pc.utf8_slice_codeunits(tails, 0, -1), ',"until":"', max_splits=1, reverse=True
    )
    two = pc.equal(pc.list_value_length(parts), 2).to_numpy(zero_copy_only=False)
    ends = pc.list_flatten(parts)
    places = np.cumsum(1 + two)
    until = ends.take(pa.array(places - 1, mask=~two))
    if not pc.all(pc.ends_with(until, '"'), min_count=0).as_py():
        raise OddRows
    return ends.take(pa.array(places - 1 - two)), pc.utf8_slice_codeunits(until, 0, -1)


def _with_until(table: pa.Table, rows: Any, until: pa.Array) -> pa.Table:  # noqa: ANN401 - rows by number
    if until.null_count == len(until):
        return table
    places = np.full(table.num_rows, NONE, np.int64)
    places[rows] = np.arange(rows.size)
    given = until.take(pa.array(places, mask=places < 0))
    known = table["until"].combine_chunks()
    if pc.any(pc.and_(given.is_valid(), known.is_valid())).as_py():
        raise OddRows
    both = pc.coalesce(given.cast(pa.string()), known)
    return table.set_column(table.column_names.index("until"), "until", both)


def events_of_cells(table: pa.Table, reading: Reading) -> RawEvents:
    """Return the events of rows of CSV with `fields` in one column.

    Raises:
        OddRows: they are not as plain as those that the library writes.
        InvalidLog: a row may be no event.
    """
    names = table.column_names
    if not {*names} <= {*_PARTS, "fields", "schema"} or len({*names}) < len(names):
        raise OddRows
    if "schema" in names and {*pc.unique(table["schema"]).to_pylist()} - {None, "1"}:
        raise OddRows
    table = pa.table({name: _bare(table[name]) for name in names if name != "schema"})
    fields = table["fields"]
    return _events(table.drop_columns("fields"), fields, evolve(reading, cells=True))


def _bare(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take off the apostrophe that keeps a spreadsheet from running a text."""
    odd = pc.match_substring_regex(column, _FORMULA)
    if not pc.any(odd).as_py():
        return column
    return pc.if_else(odd, pc.utf8_slice_codeunits(column, 1), column)


def _events(table: pa.Table, fields: pa.ChunkedArray, reading: Reading) -> RawEvents:
    if "type" not in table.column_names:
        raise OddRows
    there = [name for name in table.column_names if table[name].null_count < table.num_rows]
    table = table.select(there)
    if not table.num_rows:
        return checked({}, 0, Place(reading, 0))
    if any(pc.any(pc.equal(table[name], "")).as_py() for name in INSTANTS if name in there):
        raise OddRows
    holders = pc.is_in(table["type"], pa.array(["created", "changed"]))
    if pc.any(pc.and_(fields.is_valid(), pc.invert(holders))).as_py():
        raise OddRows
    place = Place(reading, 0)
    columns = columns_read(table, readers(table.schema, reading), place)
    return checked(columns, table.num_rows, place, _fields(fields, reading))


def _fields(column: pa.ChunkedArray, reading: Reading) -> dict[str, Words]:
    """Return the words of each field that texts of JSON mention; each is read once."""
    codes, texts = coded(column)
    known: dict[str, _Known] = {}
    for place, text in enumerate(texts.to_pylist()):
        for name, value in _loaded(text).items():
            if name not in known:
                known[name] = _Known(name, reading)
            known[name].add(place, value)
    found = {}
    for name, each in known.items():
        table = np.full(len(texts) + 1, NONE, np.int32)
        table[each.places] = each.codes
        found[name] = Words(table[codes], tuple(each.words))
    return found


class _Known:
    """The values of one field: where each stands, and each distinct one once."""

    def __init__(self, name: str, reading: Reading) -> None:
        self.name = name
        self.given = {"ranks": [*reading.priorities.values()]}
        self.places: list[int] = []
        self.codes: list[int] = []
        self.words: list[object] = []
        self.by_text: dict[str, int] = {}
        self.by_value: dict[tuple[type, object], int] = {}

    def add(self, place: int, value: object) -> None:
        """Note the value of one text."""
        said = repr(value)
        code = self.by_text.get(said)
        if code is None:
            code = self.by_text[said] = self.code(value)
        self.places.append(place)
        self.codes.append(code)

    def code(self, value: object) -> int:
        """Return the code of a value, read as the reader of events reads it."""
        ((_, kept),) = frozen_fields(TICKET_FIELDS.read({self.name: value}, self.given))
        if kept is None:
            return EMPTIED
        code = self.by_value.setdefault((type(kept), kept), len(self.words))
        if code == len(self.words):
            self.words.append(kept)
        return code


def _loaded(text: str) -> dict[str, Any]:
    fields = _DECODER.decode(text)
    if type(fields) is not dict:
        raise OddRows
    return fields


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise OddRows
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise OddRows
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_finite, parse_constant=_finite)
