"""The cells of a table as texts: for each column a code a row, and each distinct text once.

A mapping says what texts mean, so a column of another type is taken as the text that a CSV file of
it would hold: nothing is "", a whole number has no point. A column of timestamps stays one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field

from support_model._columns.values import NONE, NULL, Texts, Words
from support_model._frames.mapped_notes import counting
from support_model.adapters._table_files import Header, header_of
from support_model.errors import InvalidLog

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.values import Codes, Flags, Ints
    from support_model._frames.mapped_whole import Part
    from support_model.adapters._payloads import Tally

__all__ = [
    "Cells",
    "TextColumn",
    "Typed",
    "alike",
    "coded_together",
    "dense",
    "joined",
    "repeated",
    "text_column",
    "with_word",
]

FEW = 4
"""Of so many rows one is few: a column of them alone is read sooner than the whole one."""
WHOLE = 2**53
"""Up to it every whole number is a float."""


SAMPLE = 10_000
"""Rows that show whether most texts of a column differ."""


@define(eq=False, slots=False)
class TextColumn:
    """A column as texts.

    Attributes:
        codes: int32, a place in `dictionary` for each row.
        dictionary: Arrow text, each distinct text once; "" is among them where a cell is empty.
    """

    codes: Codes
    dictionary: pa.StringArray

    @cached_property
    def words(self) -> list[str]:
        """The distinct texts."""
        found: list[str] = self.dictionary.to_pylist()
        return found

    def take(self, rows: NDArray[Any]) -> TextColumn:
        """Return some rows, by number or by flag."""
        return TextColumn(self.codes[rows], self.dictionary)

    def among(self, texts: Collection[str]) -> Flags:
        """Return for each row whether its text is one of some."""
        wanted = pa.array(sorted(texts), self.dictionary.type)
        held = pc.is_in(self.dictionary, value_set=wanted)
        return np.asarray(held.to_numpy(zero_copy_only=False), np.bool_)[self.codes]

    def counts(self) -> Ints:
        """Return how many rows have each distinct text."""
        return np.bincount(self.codes, minlength=len(self.dictionary)).astype(np.int64)

    def same(self, missing: Collection[str]) -> Words:
        """Return the texts as words; what is missing is `NONE`."""
        gone = self.among(missing)
        return Words(np.where(gone, np.int32(NONE), self.codes), Texts(self.dictionary))

    def stripped(self) -> TextColumn:
        """Return the texts without blanks around them, as Python strips them."""
        edges = _edges(self.dictionary)
        if not edges.any():
            return self
        words = [*self.words]
        for place in np.flatnonzero(edges).tolist():
            words[place] = words[place].strip()
        return text_column(self.codes, words)

    def meaning(
        self, function: Callable[[str], Any], missing: Collection[str], tally: Tally
    ) -> Words:
        """Return what each text means, by a function called once for each distinct text.

        What is missing, or means None, is `NONE`. What the function counts as unknown counts for
        each row.
        """
        places: dict[Any, int] = {}
        table = np.full(len(self.dictionary), NONE, np.int32)
        counts = self.counts()
        seen = np.flatnonzero(counts)
        words: list[str] = self.dictionary.take(pa.array(seen)).to_pylist()
        with counting(tally) as met:
            for place, word in zip(seen.tolist(), words, strict=True):
                if word in missing:
                    continue
                value = function(word)
                if met.unknown:
                    met.times(int(counts[place]))
                if value is not None:
                    table[place] = places.setdefault(value, len(places))
        return Words(table[self.codes], tuple(places))


GRAPHIC = 0x21, 0x7E
"""The bytes that are no blank in any reading."""


def _edges(texts: pa.StringArray) -> Flags:
    """Return which texts may have blanks around them: all that do not begin and end in ASCII."""
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset :][: len(texts) + 1]
    some = np.diff(offsets) > 0
    found = np.zeros(len(texts), np.bool_)
    if some.any():
        data = np.frombuffer(texts.buffers()[2], np.uint8)
        low, high = GRAPHIC
        for edge in (data[offsets[:-1][some]], data[offsets[1:][some] - 1]):
            found[some] |= (edge < low) | (edge > high)
    return found


def text_column(codes: Codes, words: Sequence[str]) -> TextColumn:
    """Return texts by code, of which some may be equal."""
    coded = pa.array(words, pa.string()).dictionary_encode()
    return TextColumn(_ints32(coded.indices)[codes], coded.dictionary)


def _ints32(codes: pa.Array) -> Codes:
    return codes.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)


@define(eq=False)
class Typed:
    """A column of timestamps.

    Attributes:
        micros: int64, microseconds since 1970-01-01, or `NULL`.
        local: whether they are what a clock shows, and no instants.
    """

    micros: Ints
    local: bool

    def take(self, rows: NDArray[Any]) -> Typed:
        """Return some rows, by number or by flag."""
        return Typed(self.micros[rows], self.local)


@define(eq=False)
class Cells:
    """A table and its header.

    Attributes:
        header: the names of its columns.
        table: the columns, in the order of the header.
        lines: int64, the line of each row, as errors call it.
        part: what it is a part of; None where it is the whole table.
    """

    header: Header
    table: pa.Table
    lines: Ints
    part: Part | None = None
    _texts: dict[int, TextColumn] = field(factory=dict)

    @classmethod
    def of(cls, table: pa.Table, file: str, aliases: Mapping[str, Sequence[str]]) -> Cells:
        """Return the cells of a table; its names are line 1, as in a file of it."""
        header = header_of(file, 1, table.column_names, aliases)
        return cls(header, table, np.arange(2, table.num_rows + 2, dtype=np.int64))

    @property
    def size(self) -> int:
        """How many rows there are."""
        return int(self.lines.size)

    def texts(self, place: int) -> TextColumn:
        """Return a column as texts.

        Raises:
            InvalidLog: a type that no cell has, such as a list.
        """
        found = self._texts.get(place)
        if found is None:
            name = self.header.names[place]
            found = self._texts[place] = _texts_of(self.table.column(place), name, self.header)
        return found

    def typed(self, place: int) -> Typed | None:
        """Return a column of timestamps; None for one of another type."""
        column = self.table.column(place)
        kind = _value_type(column.type)
        if not pa.types.is_timestamp(kind):
            return None
        if kind != column.type:
            column = column.cast(kind)
        exact = column.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.int64())
        micros = combined(exact).fill_null(NULL).to_numpy(zero_copy_only=False)
        return Typed(micros.astype(np.int64, copy=False), kind.tz is None)

    def stamps(self, place: int) -> TextColumn | Typed:
        """Return a column of stamps: as timestamps, else as texts.

        Texts of which most differ are not told apart: each is in the dictionary as often as it
        stands in the column.
        """
        found = self.typed(place)
        if found is not None:
            return found
        column = self.table.column(place)
        if place in self._texts or not pa.types.is_string(column.type):
            return self.texts(place)
        some = column.slice(0, SAMPLE)
        if len(pc.unique(some)) * 2 < len(some) or len(column) <= SAMPLE:
            return self.texts(place)
        texts = combined(_plain_texts(column, self.header.names[place], self.header))
        return TextColumn(np.arange(len(texts), dtype=np.int32), texts)

    def column(self, place: int) -> list[str]:
        """Return the text of each cell of a column."""
        texts = self.texts(place)
        words = texts.words
        return [words[code] for code in texts.codes.tolist()]

    def some(self, place: int, rows: Ints) -> list[str]:
        """Return the texts of some cells of a column."""
        if not rows.size:
            return []
        column = _picked(self.table.column(place), rows)
        texts = _texts_of(column, self.header.names[place], self.header)
        return [texts.words[code] for code in texts.codes.tolist()]

    def row(self, number: int) -> list[str]:
        """Return the texts of one row."""
        places = range(len(self.header.names))
        return [_one(self.texts(place), number) for place in places]

    def take(self, rows: Ints) -> Cells:
        """Return some rows, by number."""
        columns = [_picked(column, rows) for column in self.table.columns]
        return Cells(self.header, pa.table(columns, self.table.column_names), self.lines[rows])


def _picked(column: pa.ChunkedArray, rows: Ints) -> pa.ChunkedArray:
    """Return some rows of a column; texts as Polars holds them are not taken from as they are."""
    if pa.types.is_string_view(column.type):
        column = column.cast(pa.string())
    return column.take(pa.array(rows))


def _one(texts: TextColumn, row: int) -> str:
    found: str = texts.dictionary[int(texts.codes[row])].as_py()
    return found


def combined(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as one array."""
    if isinstance(column, pa.Array):
        return column
    found = column.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def _value_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _texts_of(column: pa.ChunkedArray, name: str, header: Header) -> TextColumn:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.unify_dictionaries()
        array = combined(column)
        words = _plain_texts(array.dictionary, name, header)
        codes = array.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
        return text_column(codes.astype(np.int64), [*words.to_pylist(), ""])
    array = combined(_plain_texts(column, name, header)).dictionary_encode()
    return TextColumn(_ints32(array.indices), array.dictionary)


def _plain_texts(column: Any, name: str, header: Header) -> Any:  # noqa: ANN401 - two Arrow classes
    """Return an Arrow column as texts without nulls."""
    kind, types = column.type, pa.types
    if types.is_string(kind):
        found = column
    elif types.is_large_string(kind) or types.is_string_view(kind):
        found = column.cast(pa.string())
    elif types.is_floating(kind):
        found = _numbers(column)
    elif types.is_timestamp(kind):
        found = _stamps(column)
    elif any(known(kind) for known in _PLAIN):
        found = column.cast(pa.string())
    else:
        problem, remedy = f"a column of the type {kind}", "turn its values into text"
        raise InvalidLog(header.file, None, problem, name, remedy)
    return found if found.null_count == 0 else pc.fill_null(found, "")


_PLAIN = (
    *(pa.types.is_boolean, pa.types.is_integer, pa.types.is_decimal),
    *(pa.types.is_date, pa.types.is_time, pa.types.is_null),
)


def _numbers(column: Any) -> Any:  # noqa: ANN401 - two Arrow classes
    """Return floats as texts; whole ones have no point, as before a null was among them."""
    column = column.cast(pa.float64())
    whole = pc.and_(pc.equal(column, pc.floor(column)), pc.less(pc.abs(column), WHOLE))
    usual = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.string()), column.cast(pa.string()))
    digits = pc.if_else(whole, column, pa.scalar(None, pa.float64())).cast(pa.int64())
    return pc.coalesce(digits.cast(pa.string()), usual)


def _stamps(column: Any) -> Any:  # noqa: ANN401 - two Arrow classes
    """Return timestamps as texts of ISO 8601, with their offset where they are instants."""
    aware = column.type.tz is not None
    exact = column.cast(pa.timestamp("us", "UTC" if aware else None), safe=False)
    text = pc.strftime(exact, format="%Y-%m-%dT%H:%M:%S")
    return pc.binary_join_element_wise(text, "+00:00", "") if aware else text


_MIX = np.uint64(0x9E3779B97F4A7C15)


def alike(parts: Sequence[NDArray[Any]]) -> tuple[Ints, Ints]:
    """Return the rows whose parts have the same hash as those of another row, and the hashes."""
    mixed = np.zeros(parts[0].size, np.uint64)
    with np.errstate(over="ignore"):
        for part in parts:
            mixed = (mixed ^ part.astype(np.int64).view(np.uint64)) * _MIX
            mixed ^= mixed >> np.uint64(29)
    order = np.argsort(mixed, kind="stable")
    same = mixed[order][1:] == mixed[order][:-1]
    either = np.append(same, False)
    either[1:] |= same
    rows = np.sort(order[either])
    return rows, mixed[rows].view(np.int64)


def dense(codes: Ints | Codes) -> Ints:
    """Return equal codes for equal ones, below their number."""
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def repeated(cells: Cells, rows: Ints, alike: Ints) -> Flags:
    """Return which of some rows have the same cells as an earlier one.

    Args:
        cells: the table.
        rows: the rows, by number, ascending.
        alike: a code of each; rows of different codes are not compared.
    """
    again = np.zeros(rows.size, np.bool_)
    same = dense(alike)
    if rows.size * FEW < cells.size:
        cells, rows = cells.take(rows), np.arange(rows.size)
    left = _in_groups(same)
    for place in range(len(cells.header.names)):
        if not left.size:
            return again
        texts = TextColumn(cells.texts(place).codes[rows[left]], cells.texts(place).dictionary)
        finer = dense(same[left] * len(texts.dictionary) + texts.codes)
        same[left] = finer
        left = left[_in_groups(finer)]
    first = np.unique(same[left], return_index=True)[1]
    again[left] = True
    again[left[first]] = False
    return again


def _in_groups(codes: Ints) -> Ints:
    """Return the rows whose code another row has too."""
    return np.flatnonzero(np.bincount(codes)[codes] > 1)


def coded_together(columns: Sequence[TextColumn]) -> tuple[list[Codes], pa.StringArray]:
    """Return the codes of several columns in one dictionary, and it."""
    if len(columns) == 1:
        return [columns[0].codes], columns[0].dictionary
    both = pa.concat_arrays([each.dictionary for each in columns]).dictionary_encode()
    table, first = _ints32(both.indices), 0
    codes = []
    for each in columns:
        last = first + len(each.dictionary)
        codes.append(table[first:last][each.codes])
        first = last
    return codes, both.dictionary


def joined(columns: Sequence[TextColumn], glue: Callable[[Sequence[str]], str]) -> TextColumn:
    """Return the texts of several columns as one text each, made once for each combination."""
    if len(columns) == 1:
        (only,) = columns
        words = [glue([word]) for word in only.words]
        return only if words == only.words else text_column(only.codes, words)
    both = np.zeros(columns[0].codes.size, np.int64)
    for each in columns:
        both = dense(both * len(each.dictionary) + each.codes)
    rows = np.zeros(int(both.max(initial=-1)) + 1, np.int64)
    rows[both[::-1]] = np.arange(both.size)[::-1]  # the first row of each combination
    parts = [[each.words[code] for code in each.codes[rows].tolist()] for each in columns]
    return text_column(both.astype(np.int32), [glue(each) for each in zip(*parts, strict=True)])


def with_word(words: Sequence[Any], value: object) -> tuple[tuple[Any, ...], int]:
    """Return words with one more, unless it is among them, and its place."""
    known = tuple(words)
    return (known, known.index(value)) if value in known else ((*known, value), len(known))
