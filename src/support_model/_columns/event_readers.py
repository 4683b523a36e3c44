"""Columns of event rows from any Arrow source: each brought to the one type that it has here.

Libraries hand text over as text, large text, views and categories of any of them, lists in four
types, instants in four units. What is none of the types of a column is refused by its name, and a
value that its type cannot hold by its row.
"""

from __future__ import annotations

import re
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, field

from support_model._columns.arrow_words import (
    BadRow,
    coded,
    first_of,
    floats_of,
    micros_of_column,
    narrow_coded,
    words_of,
)
from support_model._columns.event_cells import TYPED
from support_model._columns.event_stamps import (
    UNITS,
    counted_lengths,
    epochs_of,
    interval_lengths,
    lengths_of,
    shown,
    stamps_of,
    text_lengths,
    text_stamps,
)
from support_model._columns.event_tables import EVENT_SCHEMA, MIXED, ends_of, flags_of
from support_model._columns.threads import in_threads, threads_for
from support_model._columns.values import NONE, NULL, Texts, Words, constant
from support_model._frozen import FrozenMap, frozen
from support_model._time import instant
from support_model._vocabulary import Priority, is_custom
from support_model.errors import InvalidLog, InvalidRow, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from support_model._columns.values import Column

    Pair: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]
    Read: TypeAlias = Callable[[pa.ChunkedArray], Column | Pair]

__all__ = ["Place", "Reading", "columns_read", "readers"]

NEEDED = ("ticket_id", "at", "type", "role")
_INDEX = re.compile(r"__index_level_\d{1,4}__", re.ASCII)
"""How pandas calls an index without a name when it hands it over as a column."""
_IN_WORDS = ("line", "management_level", "priority_rank")


@frozen
class Reading:
    """How the rows of a source are read.

    Attributes:
        name: what errors call the source.
        tz: the zone of times without one; None where such times are refused.
        unit: "s", "ms", "us" or "ns", of instants and lengths that are numbers; None where such
            numbers are refused.
        priorities: by name, those that need no rank in the rows.
        cells: whether every column is text, as in CSV.
    """

    name: str
    tz: ZoneInfo | None = None
    unit: str | None = None
    priorities: Mapping[str, Priority] = field(factory=FrozenMap, hash=False)
    cells: bool = False

    def refuse(self, problem: str, value: object, remedy: str) -> NoReturn:
        """Raise the error for the whole source."""
        raise InvalidLog(self.name, None, problem, value, remedy)


@frozen
class Place:
    """Where the rows of a piece stand in their source.

    Attributes:
        reading: how they are read.
        start: how many rows are before them.
    """

    reading: Reading
    start: int

    def refuse(self, column: str, row: int, value: object, problem: str, remedy: str) -> NoReturn:
        """Raise the error for one row, counted from 0 in the piece."""
        line = self.start + row + 1
        raise InvalidRow(self.reading.name, line, problem, value, remedy, column)


def readers(schema: pa.Schema, reading: Reading) -> dict[str, Read]:
    """Return what reads each column of a source.

    Raises:
        InvalidLog: a column twice, an unknown or a missing one, one of a type that it cannot have.
    """
    names = [name for name in schema.names if not _is_index(name, schema)]
    for name in names:
        if names.count(name) > 1:
            reading.refuse("a column twice", name, "keep one of them")
        if name not in EVENT_SCHEMA.names and not is_custom(name):
            _refuse_name(name, reading)
    for name in NEEDED:
        if name not in names:
            remedy = f"every event has {', '.join(NEEDED)}; or give a mapping"
            reading.refuse(f"no column {name!r}", None, remedy)
    return {name: _reader(name, schema.field(name).type, reading) for name in names}


def _is_index(name: str, schema: pa.Schema) -> bool:
    return b"pandas" in (schema.metadata or {}) and _INDEX.fullmatch(name) is not None


def _refuse_name(name: str, reading: Reading) -> NoReturn:
    known = [*EVENT_SCHEMA.names, f"custom.{name}"]
    same = [each for each in EVENT_SCHEMA.names if each == name.casefold()]
    remedy = (
        f"{nearest(name.casefold(), same or known)}"
        f" A field of your own is 'custom.{name}'; drop what is no event"
    )
    if name == "fields":
        remedy = "each field has a column of its own, such as 'status' or 'custom.site'"
    reading.refuse("unknown column", name, remedy)


def columns_read(table: pa.Table, reads: Mapping[str, Read], place: Place) -> dict[str, Column]:
    """Return the columns of a piece in the types of this form; "scale" as "low" and "high".

    Raises:
        InvalidRow: a value that is none of its column.
    """
    columns: dict[str, Column] = {}

    def of(name: str) -> Column | Pair:
        return _column_read(name, reads[name], table[name], place)

    threads = threads_for(table.num_rows)
    for name, found in zip(reads, in_threads(of, reads, threads), strict=True):
        if isinstance(found, tuple):
            columns["low"], columns["high"] = found
        else:
            columns[name] = found
    return columns


def _column_read(name: str, read: Read, column: pa.ChunkedArray, place: Place) -> Column | Pair:
    try:
        return read(column)
    except BadRow as bad:
        place.refuse(name, bad.row, bad.value, bad.problem, bad.remedy)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        problem = f"column {name!r} cannot be read"
        place.reading.refuse(problem, str(error), "check its values")


def _reader(name: str, kind: pa.DataType, reading: Reading) -> Read:
    """Return what reads a column of a type."""
    if pa.types.is_null(kind):
        return partial(_nothing, name)
    ways: Iterable[_Way] = _CUSTOM
    if not is_custom(name):
        wanted = EVENT_SCHEMA.field(name).type
        ways = [(is_whole, lambda _: _whole_words)] if name in _IN_WORDS else _WAYS[wanted]
        if reading.cells and wanted in TYPED:
            return partial(_of_cells, name, evolve(reading, cells=False))
    way = next((way for test, way in ways if test(kind)), None)
    if way is None:
        problem = f"column {name!r} cannot be of the type"
        reading.refuse(problem, str(kind), _remedy(name, kind))
    return way(reading)


def _remedy(name: str, kind: pa.DataType) -> str:
    wanted = EVENT_SCHEMA.field(name).type if name in EVENT_SCHEMA.names else None
    if wanted in _INSTANTS and (is_whole(kind) or pa.types.is_floating(kind)):
        return f"say what the numbers count since 1970: unit={', unit='.join(map(repr, UNITS))}"
    if wanted == pa.int64() and pa.types.is_floating(kind):
        return "cast it to whole numbers; a join that found nothing makes floats of them"
    if wanted == _TEXT and pa.types.is_floating(kind):
        return (
            "cast it to whole numbers, in pandas .astype('Int64'), or to text without '.0';"
            " a join that found nothing makes floats of them"
        )
    return f"cast it to {_CALLED[wanted]}"


# --- types of other libraries --------------------------------------------------------------------


def is_plain_text(kind: pa.DataType) -> bool:
    """Return whether a type is text in any layout."""
    views = hasattr(pa.types, "is_string_view") and pa.types.is_string_view(kind)
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or views


def is_text(kind: pa.DataType) -> bool:
    """Return whether a type is text in any layout, or categories of text."""
    return is_plain_text(kind) or (pa.types.is_dictionary(kind) and is_plain_text(kind.value_type))


def is_whole(kind: pa.DataType) -> bool:
    """Return whether a type is whole numbers."""
    return pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0)


def is_number(kind: pa.DataType) -> bool:
    """Return whether a type is numbers."""
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _is_list_of(kind: pa.DataType, test: Callable[[pa.DataType], bool]) -> bool:
    # views of lists are refused: Arrow casts them to lists without their last rows
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    if not any(each(kind) for each in lists):
        return False
    return test(kind.value_type) or pa.types.is_null(kind.value_type)


def is_words(kind: pa.DataType) -> bool:
    """Return whether a type is lists of text."""
    return _is_list_of(kind, is_text)


def is_pair(kind: pa.DataType) -> bool:
    """Return whether a type is lists of numbers."""
    return _is_list_of(kind, is_number)


# --- reading -------------------------------------------------------------------------------------


def plain_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return text of any layout as text, or as categories of text with int32 codes."""
    kind = column.type
    if not pa.types.is_dictionary(kind):
        return column if pa.types.is_string(kind) else column.cast(pa.string())
    chunks = [
        pa.DictionaryArray.from_arrays(
            chunk.indices.cast(pa.int32()), chunk.dictionary.cast(pa.string())
        )
        for chunk in column.chunks
    ]
    return pa.chunked_array(chunks, pa.dictionary(pa.int32(), pa.string()))


def read_text(column: pa.ChunkedArray) -> Words:
    """Return text as words."""
    codes, texts = narrow_coded(plain_text(column))
    texts.validate(full=True)  # bytes that are no UTF-8
    return Words(codes, Texts(texts))


def _nothing(name: str, column: pa.ChunkedArray) -> Column | Pair:
    size = len(column)
    if name == "scale":
        return constant(np.nan, np.float64, size), constant(np.nan, np.float64, size)
    if name == "public":
        return constant(NONE, np.int8, size)
    if name == "score":
        return constant(np.nan, np.float64, size)
    if name in EVENT_SCHEMA.names and name not in _IN_WORDS:
        kind = EVENT_SCHEMA.field(name).type
        if kind == pa.int64() or pa.types.is_temporal(kind):
            return constant(NULL, np.int64, size)
    return Words(constant(NONE, np.int32, size), ())


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return whole numbers as int64."""
    most = np.iinfo(np.int64).max
    try:
        found = column.cast(pa.int64())
        lowest = pc.equal(found, NULL)
    except pa.ArrowInvalid:
        lowest = pa.array([abs(value or 0) > most for value in column.to_pylist()])
    bad = first_of(pc.fill_null(lowest, False).to_numpy(zero_copy_only=False))  # noqa: FBT003 - a value
    if bad >= 0:
        remedy = "give one that int64 holds"
        raise BadRow(bad, column[bad].as_py(), "a whole number beyond int64", remedy)
    return found


def _whole_words(column: pa.ChunkedArray) -> Words:
    return words_of(_whole(column))


def _sequence(column: pa.ChunkedArray) -> Column:
    return micros_of_column(_whole(column))


def _number(column: pa.ChunkedArray) -> Column:
    try:
        found = column.cast(pa.float64())
    except pa.ArrowInvalid:
        row = next(i for i, v in enumerate(column) if abs(v.as_py() or 0) > 1 << 53)
        problem, remedy = "a number that float64 rounds", "cast it to float64 on purpose"
        raise BadRow(row, column[row].as_py(), problem, remedy) from None
    bad = first_of(pc.fill_null(pc.is_nan(found), False).to_numpy())  # noqa: FBT003 - a value
    if bad >= 0:
        raise BadRow(bad, float("nan"), "NaN, which is no number", "make it null")
    return floats_of(found)


def _plain_lists(column: pa.ChunkedArray, item: pa.DataType) -> pa.ChunkedArray:
    """Return lists of any layout as lists of an item's type, in which nothing is null."""
    if pa.types.is_dictionary(column.type.value_type):
        chunks = [_of_text(chunk) for chunk in column.chunks]
        column = pa.chunked_array(chunks, pa.list_(pa.string()))
    found = column.cast(pa.list_(item))
    if pc.list_flatten(found).null_count:
        rows = found.to_pylist()
        row = next(i for i, items in enumerate(rows) if items is not None and None in items)
        raise BadRow(row, rows[row], "a list with nothing in it", "drop what is null")
    return found


def _of_text(chunk: pa.Array) -> pa.Array:
    """Return lists of categories as lists of text."""
    items = plain_text(pa.chunked_array([chunk.flatten()])).cast(pa.string()).combine_chunks()
    lengths = chunk.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), items, mask=chunk.is_null())


def _pair(column: pa.ChunkedArray) -> Pair:
    lists = _plain_lists(column, pa.float64())
    bad = first_of(pc.fill_null(pc.not_equal(pc.list_value_length(lists), 2), False).to_numpy())  # noqa: FBT003 - a value
    if bad >= 0:
        raise BadRow(bad, column[bad].as_py(), "a scale is two numbers", "[lowest, highest]")
    return ends_of(lists)


def _any_instants(column: pa.ChunkedArray, reading: Reading) -> Words:
    """Return the instants of a custom field."""
    found = stamps_of(column, reading.tz)
    codes, values = coded(pa.chunked_array([pa.array(found, mask=found == NULL)]))
    return Words(codes, tuple(map(instant, values.to_pylist())))


_MEMBERS = frozenset(part.name for part in MIXED)
_DIGITS = re.compile(r"-?[0-9]{1,300}", re.ASCII)


def is_mixed(kind: pa.DataType) -> bool:
    """Return whether a type is the struct of a custom field of several types."""
    return pa.types.is_struct(kind) and {part.name for part in kind} <= _MEMBERS


def _mixed(column: pa.ChunkedArray, reading: Reading) -> Words:
    """Return a custom field whose values are of several types."""
    codes = np.full(len(column), NONE, np.int32)
    said = np.zeros(len(column), np.int8)
    words: list[Any] = []
    for place, member in enumerate(column.type):
        part = pc.struct_field(column, [place])
        found = _reader(f"custom.{member.name}", member.type, reading)(part)
        assert isinstance(found, Words)  # noqa: S101 - as of every custom field
        there = found.codes != NONE
        said += there
        codes[there] = found.codes[there].astype(np.int32) + len(words)
        for code, word in enumerate(found.words):
            digits = member.name == "digits"
            if digits and not (isinstance(word, str) and _DIGITS.fullmatch(word)):
                row = first_of(found.codes == code)
                raise BadRow(row, word, "digits that are no whole number", "write it in ASCII")
            words.append(int(word) if digits else word)
    bad = first_of(column.is_valid().to_numpy() & (said != 1))
    if bad >= 0:
        problem = "not one value of one type"
        raise BadRow(bad, column[bad].as_py(), problem, "one member of the struct is not null")
    return Words(codes, tuple(words))


def _read_words(column: pa.ChunkedArray) -> Words:
    return words_of(_plain_lists(column, pa.string()))


def _of_cells(name: str, reading: Reading, column: pa.ChunkedArray) -> Column | Pair:
    """Return a column of text, as in CSV, as one of its type."""
    typed = TYPED[EVENT_SCHEMA.field(name).type](column)
    return _reader(name, typed.type, reading)(typed)


_INSTANT, _LENGTH = EVENT_SCHEMA.field("at").type, EVENT_SCHEMA.field("duration").type
_INSTANTS = (_INSTANT,)
_TEXT, _LIST = EVENT_SCHEMA.field("type").type, EVENT_SCHEMA.field("tags").type
_SCALE = EVENT_SCHEMA.field("scale").type
_Way: TypeAlias = "tuple[Callable[[pa.DataType], bool], Callable[[Reading], Read]]"


def _epochs(reading: Reading) -> Read:
    if reading.unit is None:
        return _unsaid
    return partial(epochs_of, unit=reading.unit)


def _lengths_in(reading: Reading) -> Read:
    return _unsaid if reading.unit is None else partial(counted_lengths, unit=reading.unit)


def _unsaid(column: pa.ChunkedArray) -> Column:
    there = column.is_valid().to_numpy()
    row = first_of(there)
    if row < 0:
        return constant(NULL, np.int64, len(column))
    remedy = f"say what they count: unit={' or unit='.join(map(repr, UNITS))}"
    raise BadRow(row, shown(column, row), "a number that may count seconds or less", remedy)


_WAYS: Mapping[pa.DataType, tuple[_Way, ...]] = MappingProxyType(
    {
        _TEXT: (
            (is_text, lambda _: read_text),
            (pa.types.is_integer, lambda _: lambda column: read_text(column.cast(pa.string()))),
        ),
        _INSTANT: (
            (pa.types.is_timestamp, lambda reading: partial(stamps_of, tz=reading.tz)),
            (is_text, lambda reading: lambda c: text_stamps(plain_text(c), reading.tz)),
            (lambda kind: pa.types.is_integer(kind) or pa.types.is_floating(kind), _epochs),
        ),
        _LENGTH: (
            (pa.types.is_duration, lambda _: lengths_of),
            (pa.types.is_interval, lambda _: interval_lengths),
            (is_text, lambda _: lambda column: text_lengths(plain_text(column))),
            (pa.types.is_integer, _lengths_in),
        ),
        pa.int64(): ((is_whole, lambda _: _sequence),),
        pa.bool_(): ((pa.types.is_boolean, lambda _: flags_of),),
        pa.float64(): ((is_number, lambda _: _number),),
        _LIST: ((is_words, lambda _: _read_words),),
        _SCALE: ((is_pair, lambda _: _pair),),
    }
)
_CUSTOM: tuple[_Way, ...] = (
    (is_text, lambda _: read_text),
    (is_whole, lambda _: _whole_words),
    (pa.types.is_floating, lambda _: lambda column: words_of(column.cast(pa.float64()))),
    (pa.types.is_boolean, lambda _: words_of),
    (pa.types.is_timestamp, lambda reading: partial(_any_instants, reading=reading)),
    (is_words, lambda _: _read_words),
    (is_mixed, lambda reading: partial(_mixed, reading=reading)),
)
_CALLED: Mapping[pa.DataType | None, str] = MappingProxyType(
    {
        _TEXT: "text",
        _INSTANT: "timestamps with a zone",
        _LENGTH: "durations, or text such as '1h30m'",
        pa.int64(): "whole numbers",
        pa.bool_(): "true and false",
        pa.float64(): "numbers",
        _LIST: "lists of text",
        _SCALE: "lists of two numbers",
        None: "text, numbers, true and false, timestamps with a zone, or lists of text",
    }
)
