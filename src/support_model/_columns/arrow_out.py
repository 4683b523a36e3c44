"""From columns of values to Arrow: the same memory where Arrow has the same layout."""

from __future__ import annotations

import json
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from support_model._columns.values import NULL, Lists, Texts, Words
from support_model._time import micros
from support_model.errors import OutOfRange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.values import Codes, Column, Flags

__all__ = [
    "INSTANT",
    "JSON",
    "LENGTH",
    "WORD",
    "array_of",
    "list_of",
    "texts_array",
    "values_array",
    "words_array",
]

INSTANT, LENGTH = pa.timestamp("us", tz="UTC"), pa.duration("us")
WORD = pa.dictionary(pa.int32(), pa.string())
JSON = {"support_model": "json"}
"""The metadata of a column whose values are of several types: each is JSON text."""
_TYPES: Mapping[str, pa.DataType] = MappingProxyType(
    {"instant": INSTANT, "length": LENGTH, "whole": pa.int64(), "number": pa.float64()}
)
_MOST_ENTRIES = 2**31 - 1
_EXACT = 2**53


def _validity(known: Flags) -> pa.Buffer | None:
    return None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))


def _fixed(values: NDArray[Any], kind: pa.DataType, known: Flags) -> pa.Array:
    """Return values of a fixed width as an array over the same memory."""
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(kind, values.size, [_validity(known), data])


def array_of(kind: str, column: Column) -> pa.Array:
    """Return a column of a kind of `SCALARS` as Arrow."""
    if isinstance(column, Words):
        return words_array(column)
    if kind == "flag":
        return pa.array(column)
    if kind == "number":
        return _fixed(column, pa.float64(), ~np.isnan(column))
    return _fixed(column, _TYPES[kind], column != NULL)


def words_array(column: Words) -> pa.Array:
    """Return text as a dictionary of the distinct words."""
    texts = _texts(column.words)
    return pa.DictionaryArray.from_arrays(_places(column.codes), texts, safe=False)


def _places(codes: Codes) -> pa.Array:
    known = codes >= 0
    places = codes if known.all() else np.maximum(codes, 0)
    return _fixed(places.astype(np.int32, copy=False), pa.int32(), known)


def _texts(words: Sequence[str]) -> pa.Array:
    if isinstance(words, Texts):
        return words.array if words.array.type == pa.string() else words.array.cast(pa.string())
    return pa.array(list(words), pa.string())


def texts_array(column: Words) -> pa.Array:
    """Return text as plain text, for columns in which hardly any repeats."""
    words = _texts(column.words)
    if column.size == len(words) and (column.codes == np.arange(column.size)).all():
        return words
    return words.take(_places(column.codes))


def list_of(kinds: Mapping[str, str], lists: Lists) -> pa.Array:
    """Return lists as lists of structures, or of plain values where entries have one part."""
    arrays = [array_of(kind, lists.parts[name]) for name, kind in kinds.items()]
    entries = arrays[0] if len(arrays) == 1 else pa.StructArray.from_arrays(arrays, list(kinds))
    if lists.offsets[-1] > _MOST_ENTRIES:
        return pa.LargeListArray.from_arrays(pa.array(lists.offsets), entries)
    return pa.ListArray.from_arrays(pa.array(lists.offsets.astype(np.int32)), entries)


def values_array(name: str, column: Words, kind: str | None) -> tuple[pa.Array, bool]:
    """Return the values of a field in their own type, and whether they are JSON text instead.

    Args:
        name: of the field.
        column: its values.
        kind: of `FIELDS`; None for a field of one's own, whose values say of which type it is.
    """
    found = _type_of(column.words) if kind is None else _OF_FIELD[kind]
    if found is None:
        return words_array(column.regrouped(_as_text)), True
    if found == WORD:
        return words_array(column), False
    try:
        values = pa.array(list(map(_plain, column.words)), found)
    except (OverflowError, pa.ArrowInvalid):
        remedy = "numbers of columns lie between -2**63 and 2**63"
        raise OutOfRange(name, "a field with a number that no column holds", remedy) from None
    return values.take(_places(column.codes)), False


_OF_FIELD: Mapping[str, pa.DataType] = MappingProxyType(
    {"text": WORD, "number": pa.int64(), "words": pa.list_(pa.string())}
)


def _type_of(words: Sequence[Any]) -> pa.DataType | None:
    """Return the one type of some values; None where there is none."""
    if isinstance(words, Texts):
        return WORD
    types = {type(word) for word in words}
    if types == {int, float} and all(abs(word) <= _EXACT for word in words):
        return pa.float64()
    if len(types) > 1 or (types == {int} and not all(-(2**63) < word < 2**63 for word in words)):
        return None
    return _OF_TYPE[types.pop()] if types else WORD


_OF_TYPE: Mapping[type, pa.DataType] = MappingProxyType(
    {
        str: WORD,
        bool: pa.bool_(),
        int: pa.int64(),
        float: pa.float64(),
        datetime: INSTANT,
        frozenset: pa.list_(pa.string()),
    }
)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return micros(value)
    return sorted(value) if isinstance(value, frozenset) else value


def _as_text(value: object) -> str:
    """Return a value of a field as JSON text."""
    if isinstance(value, datetime):
        return json.dumps({"instant": value.isoformat()})
    return json.dumps(sorted(value) if isinstance(value, frozenset) else value, ensure_ascii=False)
