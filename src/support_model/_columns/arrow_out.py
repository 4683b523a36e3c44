"""From columns of values to Arrow: the same memory where Arrow has the same layout."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from support_model._columns.event_tables import INSTANT, TEXT, array_of_words, type_of_words
from support_model._columns.values import NULL, Lists, Texts, Words
from support_model.errors import OutOfRange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

from support_model._columns.values import Column, Flags

__all__ = ["array_of", "list_of", "texts_array", "values_array", "words_array"]

LENGTH = pa.duration("us")
_TYPES: Mapping[str, pa.DataType] = MappingProxyType(
    {"instant": INSTANT, "length": LENGTH, "whole": pa.int64(), "number": pa.float64()}
)
_MOST_ENTRIES = 2**31 - 1


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
    if len(column.words) > column.size:  # of some tickets or entries
        used, found = np.unique(column.codes, return_inverse=True)
        known = used >= 0
        texts = _texts(column.words).take(pa.array(used[known]))
        places = _places((found - int((~known).sum())).astype(np.int32, copy=False))
        return pa.DictionaryArray.from_arrays(places, texts, safe=False)
    texts = _texts(column.words)
    return pa.DictionaryArray.from_arrays(_places(column.codes), texts, safe=False)


def _places(codes: NDArray[np.signedinteger[Any]]) -> pa.Array:
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


def values_array(name: str, column: Words, kind: str | None) -> pa.Array:
    """Return the values of a field in their own type.

    Args:
        name: of the field.
        column: its values.
        kind: of `FIELDS`; None for a field of one's own, whose values say of which type it is.

    Raises:
        OutOfRange: a whole number that no column holds.
    """
    try:
        return array_of_words(column, type_of_words(column) if kind is None else _OF_FIELD[kind])
    except (OverflowError, pa.ArrowInvalid):
        remedy = "numbers of columns lie between -2**63 and 2**63"
        raise OutOfRange(name, "a field with a number that no column holds", remedy) from None


_OF_FIELD: Mapping[str, pa.DataType] = MappingProxyType(
    {"text": TEXT, "number": pa.int64(), "words": pa.list_(pa.string())}
)
