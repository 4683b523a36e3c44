"""Cells of text, as in CSV, as the type of their column: numbers, flags, lists in JSON.

They are read as files of events are: in ASCII, and nothing is guessed.
"""

from __future__ import annotations

import json
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from support_model._columns.arrow_words import BadRow, coded, first_of
from support_model._columns.values import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Typed: TypeAlias = Callable[[pa.ChunkedArray], pa.ChunkedArray]

__all__ = ["TYPED"]

_UNREADABLE = "a cell that cannot be read"
_WHOLE = r"^-?[0-9]{1,300}$"
_NUMBER = r"^-?[0-9]{1,309}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?$"


def _numbers(
    pattern: str, kind: pa.DataType, remedy: str, column: pa.ChunkedArray
) -> pa.ChunkedArray:
    fits = pc.match_substring_regex(column, pattern)
    row = first_of(~pc.fill_null(fits, True).to_numpy())  # noqa: FBT003 - a value
    if row >= 0:
        raise BadRow(row, column[row].as_py(), _UNREADABLE, remedy)
    return column.cast(kind)


def _each(
    read: Callable[[str], Any], kind: pa.DataType, remedy: str, column: pa.ChunkedArray
) -> pa.ChunkedArray:
    """Return what is read of each distinct text."""
    codes, texts = coded(column)
    values = []
    for code, text in enumerate(texts.to_pylist()):
        try:
            values.append(read(text))
        except (KeyError, ValueError, RecursionError):
            raise BadRow(first_of(codes == code), text, _UNREADABLE, remedy) from None
    places = pa.array(codes, mask=codes == NONE)
    return pa.chunked_array([pa.array(values, kind).take(places)])


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _list_of(kinds: tuple[type, ...], text: str) -> list[Any]:
    items = json.loads(text)
    if not isinstance(items, list) or any(type(item) not in kinds for item in items):
        raise ValueError(text)
    return items


def _pair(text: str) -> list[float]:
    return [float(item) for item in _list_of((int, float), text)]


TYPED: Mapping[pa.DataType, Typed] = MappingProxyType(
    {
        pa.int64(): partial(_numbers, _WHOLE, pa.int64(), "a whole number"),
        pa.float64(): partial(_numbers, _NUMBER, pa.float64(), "a number"),
        pa.bool_(): partial(_each, _flag, pa.bool_(), "true or false"),
        pa.list_(pa.string()): partial(
            _each, partial(_list_of, (str,)), pa.list_(pa.string()), 'JSON, as ["vip", "beta"]'
        ),
        pa.list_(pa.float64()): partial(_each, _pair, pa.list_(pa.float64()), "JSON, as [1, 5]"),
    }
)
"""What reads the cells of a column by its type; the other types are text, or read text."""
