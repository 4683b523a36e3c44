"""Arrow columns as words and arrays: text by code, instants and whole numbers as int64."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define

from support_model._columns.memory import room
from support_model._columns.numbered_texts import numbered
from support_model._columns.values import (
    NONE,
    NULL,
    Texts,
    Words,
    code_type,
    constant,
    looked_up,
)
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from support_model._columns.values import Codes, Ints

__all__ = [
    "BadRow",
    "coded",
    "filled",
    "first_of",
    "floats_of",
    "list_words",
    "micros_of_column",
    "narrow_coded",
    "pair_words",
    "whole_numbers",
    "words_of",
]


@define(eq=False)
class BadRow(Exception):
    """A row, counted from 0 in the piece, whose value cannot be read."""

    row: int
    value: object
    problem: str
    remedy: str


def first_of(mask: NDArray[Any]) -> int:
    """Return the first row of a mask; `NONE` where there is none."""
    row = int(mask.argmax()) if mask.size else 0
    return row if mask.size and mask[row] else NONE


_INT32 = 1 << 31
_FEW = 1 << 16
_MANY = 1 << 12
"""Rows; of fewer the codes of texts that are numbers are as soon found as those of any."""


def coded(column: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """Return the codes of a column, `NONE` for null, and its distinct values as they appear."""
    codes, values = narrow_coded(column)
    return codes.astype(np.int32, copy=False), values


def narrow_coded(column: pa.ChunkedArray) -> tuple[NDArray[Any], pa.Array]:
    """Return what `coded` does, with codes that take as few bytes as they need."""
    if pa.types.is_dictionary(column.type):
        codes, values = _recoded(column.unify_dictionaries())
        return codes.astype(code_type(values), copy=False), values
    known = numbered(column) if len(column) >= _MANY else None
    if known is not None:
        codes, values = known
        return codes.astype(code_type(values), copy=False), values
    # null has a code for now: codes are then read without a copy, and changed in one pass
    chunks = column.dictionary_encode(null_encoding="encode").chunks
    if not chunks:
        return np.zeros(0, np.int32), pa.array([], column.type)
    values = chunks[-1].dictionary
    pieces = (chunk.indices.to_numpy() for chunk in chunks)
    kind = code_type(values)
    if not values.null_count:
        return filled(pieces, len(column), kind), values
    table = np.cumsum(values.is_valid().to_numpy(zero_copy_only=False), dtype=kind)
    table -= kind(1)
    table[pc.index(values.is_null(), True).as_py()] = NONE
    return filled(map(table.take, pieces), len(column), kind), values.drop_null()


def filled(pieces: Iterable[NDArray[Any]], size: int, kind: type[np.generic]) -> NDArray[Any]:
    """Return pieces as one column of a type, which is made once."""
    found, end = room(size, kind), 0
    for piece in pieces:
        begin, end = end, end + piece.size
        found[begin:end] = piece
    return found


def _indices(chunk: pa.DictionaryArray) -> Codes:
    indices = chunk.indices
    if indices.null_count:
        indices = indices.fill_null(NONE)
    return indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)


def _recoded(column: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """Return codes whose dictionary has each used value once, in the order of appearance."""
    values = column.type.value_type
    if not column.num_chunks:
        return np.zeros(0, np.int32), pa.array([], values)
    given = np.concatenate([_indices(chunk) for chunk in column.chunks])
    dictionary = column.chunk(column.num_chunks - 1).dictionary
    inner = dictionary.dictionary_encode()
    table = np.append(_indices(inner), np.int32(NONE))  # a null among the values, or said twice
    return appearing(looked_up(table, given), inner.dictionary)


def appearing(codes: Codes, values: pa.Array) -> tuple[Codes, pa.Array]:
    """Return the codes and values without those that no row has, in the order of appearance."""
    first = np.full(len(values) + 1, codes.size, np.int64)
    first[codes[::-1]] = np.arange(codes.size - 1, -1, -1)
    order = np.argsort(first[:-1], kind="stable")
    order = order[: int((first[:-1] < codes.size).sum())]
    if np.array_equal(order, np.arange(len(values))):
        return codes, values
    table = np.full(len(values) + 1, NONE, np.int32)
    table[order] = np.arange(order.size, dtype=np.int32)
    return looked_up(table, codes), values.take(pa.array(order))


def micros_of_column(column: pa.ChunkedArray) -> Ints:
    """Return instants, lengths or whole numbers as int64, `NULL` for null."""
    if column.null_count == len(column):
        return constant(NULL, np.int64, len(column))
    numbers = column.cast(pa.int64())
    return whole_numbers(pc.fill_null(numbers, NULL) if numbers.null_count else numbers)


def whole_numbers(column: pa.ChunkedArray) -> Ints:
    """Return int64 without nulls as a column."""
    return filled((chunk.to_numpy() for chunk in column.chunks), len(column), np.int64)


def floats_of(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return pc.fill_null(column, np.nan).to_numpy()


def list_words(column: pa.ChunkedArray) -> tuple[Codes, list[frozenset[str]]]:
    """Return lists of text as codes, `NONE` for null, and the distinct sets."""
    pieces: list[Codes] = []
    sets: dict[frozenset[str], int] = {}
    for chunk in column.chunks:
        flat, words = coded(pa.chunked_array([chunk.flatten()], pa.string()))
        texts = words.to_pylist()
        ends = np.cumsum(chunk.value_lengths().fill_null(0).to_numpy(zero_copy_only=False))
        offsets = np.concatenate([np.zeros(1, np.int64), ends.astype(np.int64)]) * flat.itemsize
        packed = pa.Array.from_buffers(
            pa.large_binary(),
            len(chunk),
            [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(flat))],
        )
        codes, keys = coded(pa.chunked_array([pc.if_else(chunk.is_valid(), packed, None)]))
        table = [
            sets.setdefault(frozenset([texts[i] for i in np.frombuffer(key, np.int32)]), len(sets))
            for key in keys.to_pylist()
        ]
        pieces.append(np.array([*table, NONE], np.int32)[codes])
    return np.concatenate([np.zeros(0, np.int32), *pieces]), list(sets)


def words_of(column: pa.ChunkedArray) -> Words:
    """Return a column of one of the types of this form as words."""
    kind = column.type
    if pa.types.is_list(kind):
        codes, sets = list_words(column)
        return Words(codes, tuple(sets))
    if pa.types.is_struct(kind):
        return _mixed_words(column)
    codes, values = coded(column)
    if pa.types.is_string(values.type):
        return Words(codes, Texts(values))
    return Words(codes, tuple(values.to_pylist()))


def _mixed_words(column: pa.ChunkedArray) -> Words:
    """Return the words of a struct of which one member is not null."""
    codes = np.full(len(column), NONE, np.int32)
    words: list[Any] = []
    for place, member in enumerate(column.type):
        part = pc.struct_field(column, [place])
        found = words_of(part)
        there = found.codes != NONE
        codes[there] = found.codes[there] + len(words)
        words += map(int, found.words) if member.name == "digits" else found.words
    return Words(codes, tuple(words))


def pairs(first: Words, second: Words) -> tuple[Codes, list[tuple[int, int]]]:
    """Return the code of each row's pair of words, `NONE` for none, and the distinct pairs."""
    width = len(second.words) + 1
    most = (len(first.words) + 1) * width
    kind = np.int32 if most < _INT32 else np.int64
    packed: NDArray[Any] = first.codes.astype(kind)
    packed *= kind(width)
    packed += second.codes
    packed += kind(width + 1)
    if most <= max(packed.size, _FEW):
        seen = np.zeros(most, np.bool_)
        seen[packed] = True
        kinds = np.flatnonzero(seen)
        table = np.full(most, NONE, np.int32)
        table[kinds] = np.arange(kinds.size, dtype=np.int32)
        codes = table[packed]
    else:
        kinds, codes = np.unique(packed, return_inverse=True)
        codes = codes.astype(np.int32)
    if kinds.size and not kinds[0]:  # neither has a word
        kinds, codes = kinds[1:], codes - np.int32(1)
    return codes, [(int(pair) // width - 1, int(pair) % width - 1) for pair in kinds]


def pair_words(first: Words, second: Words, make: Callable[[Any, Any], object]) -> Words:
    """Return what is made of each distinct pair of words; where one has none it is None.

    Raises:
        BadRow: a pair of which nothing can be made.
    """
    if not len(second.words):  # as most priorities have no rank beside them
        codes, kinds = first.codes, [(place, NONE) for place in range(len(first.words))]
    else:
        codes, kinds = pairs(first, second)
    made: dict[object, int] = {}
    table: list[int] = []
    for place, (one, other) in enumerate(kinds):
        try:
            word = make(_word(first, one), _word(second, other))
        except InvalidValue as error:
            row = first_of(codes == place)
            raise BadRow(row, error.value, error.problem, error.remedy) from None
        table.append(made.setdefault(word, len(made)))
    if len(made) == len(table):
        return Words(codes, tuple(made))
    return Words(looked_up(np.array([*table, NONE], np.int32), codes), tuple(made))


def _word(words: Words, code: int) -> Any:  # noqa: ANN401 - as its words
    return None if code == NONE else words.words[code]
