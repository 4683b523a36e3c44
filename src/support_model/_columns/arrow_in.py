"""From Arrow, as engines hand it back, to columns of values.

Engines change types on the way: text becomes views or large text, categories dictionaries of
other codes, timestamps another unit or name of UTC, whole numbers with nulls floats, lengths
intervals. What is the same is read as the same; the rest is refused by the name of its column.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from support_model._columns.values import NONE, NULL, Lists, Texts, Words
from support_model._time import instant
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.values import Column, Flags, Ints

__all__ = ["column_of", "lists_of", "values_of", "whole_array"]


def _refused(name: str, array: pa.Array, what: str, remedy: str) -> InvalidValue:
    return InvalidValue(str(array.type), f"column {name!r} holds no {what}", remedy)


def whole_array(column: pa.ChunkedArray) -> pa.Array:
    """Return the chunks of a column as one array."""
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    elif pa.types.is_string(column.type) and column.nbytes >= 2**31:
        column = column.cast(pa.large_string())
    array = column.combine_chunks()
    kind = array.type
    if not pa.types.is_dictionary(kind) or _is_text(kind.value_type):
        return array
    if pa.types.is_null(kind.value_type):
        return pa.nulls(len(array))
    return array.dictionary_decode()  # categories of numbers


def column_of(name: str, kind: str, array: pa.Array) -> Column:
    """Return a column of a kind of `SCALARS`.

    Raises:
        InvalidValue: the array is of another type.
    """
    return _READERS[kind](name, array)


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _words(name: str, array: pa.Array) -> Words:
    kind = array.type
    if pa.types.is_null(kind):
        return Words(np.full(len(array), NONE, np.int32), ())
    if _is_text(kind):
        array = array.dictionary_encode()
    elif not pa.types.is_dictionary(kind):
        raise _refused(name, array, "text", f"cast it: {name!r} is text or a category")
    texts = array.dictionary.cast(pa.string())
    if texts.null_count or pc.count_distinct(texts).as_py() < len(texts):
        array = texts.take(array.indices).dictionary_encode()
        texts = array.dictionary
    codes = array.indices.cast(pa.int32()).fill_null(NONE)
    return Words(codes.to_numpy(), Texts(texts))


def _instants(name: str, array: pa.Array) -> Ints:
    kind = array.type
    if pa.types.is_null(kind):
        return np.full(len(array), NULL, np.int64)
    if not pa.types.is_timestamp(kind) or kind.tz is None:
        remedy = "give timestamps with their zone, such as timestamp[us, UTC]"
        raise _refused(name, array, "instants", remedy)
    return _ints(_exact(name, array, pa.timestamp("us", tz="UTC"), "whole microseconds"))


def _exact(name: str, array: pa.Array, kind: pa.DataType, what: str) -> pa.Array:
    try:
        return array.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise _refused(name, array, what, f"give {kind}") from None


def _ints(array: pa.Array) -> Ints:
    return array.view(pa.int64()).fill_null(NULL).to_numpy()


_INTERVAL = np.dtype([("months", np.int32), ("days", np.int32), ("nanoseconds", np.int64)])
_DAY = 86_400_000_000


def _lengths(name: str, array: pa.Array) -> Ints:
    kind = array.type
    if pa.types.is_null(kind):
        return np.full(len(array), NULL, np.int64)
    if kind == pa.month_day_nano_interval():
        return _of_intervals(name, array)
    if not pa.types.is_duration(kind):
        raise _refused(name, array, "lengths of time", "give duration[us]")
    return _ints(_exact(name, array, pa.duration("us"), "whole microseconds"))


def _of_intervals(name: str, array: pa.Array) -> Ints:
    """Return the intervals of an engine that knows no other lengths as microseconds."""
    known = array.is_valid().to_numpy(zero_copy_only=False)
    buffer = array.buffers()[1]
    parts = np.frombuffer(buffer, _INTERVAL)[array.offset : array.offset + len(array)]
    if (parts["months"][known] != 0).any() or (parts["nanoseconds"][known] % 1000 != 0).any():
        raise _refused(name, array, "lengths in days and whole microseconds", "give duration[us]")
    micros = parts["days"].astype(np.int64) * _DAY + parts["nanoseconds"] // 1000
    return np.where(known, micros, NULL)


def _flags(name: str, array: pa.Array) -> Flags:
    if not len(array):
        return np.zeros(0, np.bool_)
    if not pa.types.is_boolean(array.type) or array.null_count:
        raise _refused(name, array, "flags", "give true or false for every ticket")
    return array.to_numpy(zero_copy_only=False)


def _wholes(name: str, array: pa.Array) -> Ints:
    if pa.types.is_null(array.type):
        return np.full(len(array), NULL, np.int64)
    if pa.types.is_floating(array.type):  # whole numbers among which there was a null
        array = pc.if_else(pc.is_nan(array), None, array)
    elif not pa.types.is_integer(array.type):
        raise _refused(name, array, "whole numbers", "give int64")
    return _ints(_exact(name, array, pa.int64(), "whole numbers"))


def _numbers(name: str, array: pa.Array) -> NDArray[np.float64]:
    kind = array.type
    if not (pa.types.is_null(kind) or pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        raise _refused(name, array, "numbers", "give float64")
    return array.cast(pa.float64()).fill_null(np.nan).to_numpy()


_READERS: Mapping[str, Callable[[str, pa.Array], Column]] = MappingProxyType(
    {
        "text": _words,
        "word": _words,
        "instant": _instants,
        "length": _lengths,
        "flag": _flags,
        "whole": _wholes,
        "number": _numbers,
    }
)


def _is_list(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(
        types.is_list(kind)
        or types.is_large_list(kind)
        or types.is_list_view(kind)
        or types.is_large_list_view(kind)
        or types.is_fixed_size_list(kind)
    )


def _entries(name: str, array: pa.Array) -> tuple[Ints, pa.Array]:
    """Return where the entries of each row begin, and the entries; a row of null has none."""
    if pa.types.is_null(array.type):
        return np.zeros(len(array) + 1, np.int64), pa.nulls(0)
    if not _is_list(array.type):
        raise _refused(name, array, "lists", "hand the column back as it was")
    lengths = pc.list_value_length(array).cast(pa.int64()).fill_null(0).to_numpy()
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]), array.flatten()


def lists_of(name: str, kinds: Mapping[str, str], array: pa.Array) -> Lists:
    """Return a fact of `LISTS`, its parts by name and kind.

    Raises:
        InvalidValue: the array is of another type, or its entries lack a part.
    """
    offsets, entries = _entries(name, array)
    if pa.types.is_timestamp(entries.type) and entries.type.tz is None:
        entries = entries.cast(
            pa.timestamp(entries.type.unit, "UTC")
        )  # pandas lists lose the zone
    if len(kinds) == 1:
        return Lists(offsets, {part: column_of(name, kinds[part], entries) for part in kinds})
    parts: dict[str, pa.Array] = dict.fromkeys(kinds, pa.nulls(0))
    if len(entries):
        if not pa.types.is_struct(entries.type):
            raise _refused(name, array, "lists of structures", "hand the column back as it was")
        names = [field.name for field in entries.type]
        parts = dict(zip(names, entries.flatten(), strict=True))
    missing = kinds.keys() - parts.keys()
    if missing:
        remedy = f"hand the column back as it was, with {sorted(missing)} in its entries"
        raise InvalidValue(sorted(parts), f"entries of {name!r} without all their parts", remedy)
    return Lists(
        offsets, {part: column_of(f"{name}.{part}", kinds[part], parts[part]) for part in kinds}
    )


def values_of(name: str, array: pa.Array, kind: str | None) -> Words:
    """Return a field, whose values are of the type of the array.

    Args:
        name: of the column.
        array: its values.
        kind: of `FIELDS`; None for a field of one's own.

    Raises:
        InvalidValue: the array is of a type that the field cannot have.
    """
    if kind in {"text", "status", "priority"}:
        return _words(name, array)
    if kind == "number":
        return _distinct(_wholes(name, array), int)
    if kind == "words":
        return _sets(name, array)
    return _own(name, array)


def _own(name: str, array: pa.Array) -> Words:
    types, kind = pa.types, array.type
    if types.is_boolean(kind):
        return _flag_words(array)
    if types.is_integer(kind):
        return _distinct(_wholes(name, array), int)
    if types.is_floating(kind):
        return _distinct(_numbers(name, array), float)
    if types.is_timestamp(kind):
        return _distinct(_instants(name, array), instant)
    if types.is_struct(kind):
        return _mixed(name, array)
    return _sets(name, array) if _is_list(kind) else _words(name, array)


def _flag_words(array: pa.Array) -> Words:
    codes = array.cast(pa.int8()).fill_null(NONE).to_numpy().astype(np.int32)
    return Words(codes, (False, True))


def _distinct(values: NDArray[Any], word: Callable[[Any], Any]) -> Words:
    """Return numbers as words."""
    known = ~np.isnan(values) if values.dtype == np.float64 else values != NULL
    found, places = np.unique(values[known], return_inverse=True)
    codes = np.full(values.size, NONE, np.int32)
    codes[known] = places
    return Words(codes, tuple(map(word, found.tolist())))


def _sets(name: str, array: pa.Array) -> Words:
    offsets, entries = _entries(name, array)
    words = _words(name, entries)
    codes = words.codes.tolist()
    places: dict[frozenset[Any], int] = {}
    known = array.is_valid().to_pylist()
    ends = offsets.tolist()
    found = [
        places.setdefault(frozenset(codes[first:last]), len(places)) if valid else NONE
        for valid, first, last in zip(known, ends, ends[1:], strict=False)
    ]
    texts: Sequence[str] = list(words.words)
    sets = tuple(frozenset(texts[code] for code in each) for each in places)
    return Words(np.array(found, np.int32), sets)


def _mixed(name: str, array: pa.Array) -> Words:
    """Return values of several types: a structure of which one member is not null."""
    codes = np.full(len(array), NONE, np.int32)
    words: list[Any] = []
    for field, member in zip(array.type, array.flatten(), strict=True):
        found = _own(f"{name}.{field.name}", member)
        there = found.codes != NONE
        codes[there] = found.codes[there] + len(words)
        words += map(int, found.words) if field.name == "digits" else found.words
    return Words(codes, tuple(words))
