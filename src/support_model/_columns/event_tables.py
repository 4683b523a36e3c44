"""Events as Arrow tables of a fixed form, in and out: `EVENT_SCHEMA` and a column a custom field.

A row is an event; null is what it does not mention, and `cleared` lists the fields that it
empties. A custom field has the type of its values: text, int64, float64, bool, instants, lists of
text; where they are of several types, or a whole number is beyond int64, its column is the struct
`MIXED`, of which one member is not null. Nothing is checked here: `raw_of_table` takes what
`table_of_raw` writes, or what was checked.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from support_model._columns.arrow_words import (
    floats_of,
    micros_of_column,
    pair_words,
    words_of,
)
from support_model._columns.event_columns import INSTANTS, TEXTS, TYPES, RawEvents
from support_model._columns.values import (
    EMPTIED,
    NONE,
    NULL,
    Texts,
    Words,
    constant,
    looked_up,
    narrowed,
)
from support_model._vocabulary import BASES, FIELDS, ROLES, Priority, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.values import Column

__all__ = [
    "EVENT_SCHEMA",
    "INSTANT",
    "MIXED",
    "TEXT",
    "array_of_words",
    "columns_of",
    "ends_of",
    "field_of",
    "flags_of",
    "joint_schema",
    "pair_up",
    "raw_of_columns",
    "raw_of_table",
    "schema_of",
    "status_of",
    "table_of_raw",
    "type_of_words",
]

TEXT = pa.dictionary(pa.int32(), pa.string())
INSTANT = pa.timestamp("us", "UTC")
_WORDS = pa.list_(pa.string())
MIXED = pa.struct(
    [
        ("text", pa.string()),
        ("whole", pa.int64()),
        ("number", pa.float64()),
        ("flag", pa.bool_()),
        ("instant", INSTANT),
        ("words", _WORDS),
        ("digits", pa.string()),
    ]
)
"""A custom field whose values are of several types; `digits` is a whole number beyond int64."""
_COLUMN_OF: Mapping[str, str] = MappingProxyType({"type": "ticket_type"})
"""Fields of a ticket whose column is called otherwise, since an event has the name."""
_TEXT_FIELDS = tuple(name for name, kind in FIELDS.items() if kind == "text")
EVENT_SCHEMA = pa.schema(
    [
        ("ticket_id", TEXT),
        ("at", INSTANT),
        ("type", TEXT),
        ("role", TEXT),
        ("actor", TEXT),
        ("seq", pa.int64()),
        ("source_id", TEXT),
        ("basis", TEXT),
        ("public", pa.bool_()),
        ("status", TEXT),
        ("category", TEXT),
        ("priority", TEXT),
        ("priority_rank", pa.int64()),
        ("line", pa.int64()),
        ("management_level", pa.int64()),
        *((_COLUMN_OF.get(name, name), TEXT) for name in _TEXT_FIELDS),
        ("tags", _WORDS),
        ("cleared", _WORDS),
        ("until", INSTANT),
        ("duration", pa.duration("us")),
        ("metric", TEXT),
        ("due", INSTANT),
        ("kind", TEXT),
        ("score", pa.float64()),
        ("scale", pa.list_(pa.float64())),
        ("other", TEXT),
        ("policy", TEXT),
        ("version", TEXT),
    ]
)
"""The columns of event rows besides those of custom fields, which are `custom.<name>`."""
_INT64 = 1 << 63
_FIELD_OF = MappingProxyType({column: name for name, column in _COLUMN_OF.items()})


def field_of(column: str) -> str | None:
    """Return the field that a column holds; None for a part of the event itself."""
    name = _FIELD_OF.get(column, column)
    own = name in FIELDS and column != "type"
    return name if own or column.startswith("custom.") else None


def status_of(name: str | None, category: Any) -> Status:  # noqa: ANN401 - one of the categories
    """Return the status of a name and a category, of which one may stand for both."""
    said: Any = name if category is None else category
    return Status(said if name is None else name, said)


def raw_of_table(table: pa.Table) -> RawEvents:
    """Return the events of a table of this form; what it lacks is not mentioned."""
    return raw_of_columns(columns_of(table), table.num_rows)


def columns_of(table: pa.Table) -> dict[str, Column]:
    """Return the columns of a table of this form; "scale" as "low" and "high"."""
    columns: dict[str, Column] = {}
    for name in table.column_names:
        column = table[name]
        if name in ("at", "seq", *INSTANTS):
            columns[name] = micros_of_column(column)
        elif name == "public":
            columns[name] = flags_of(column)
        elif name == "score":
            columns[name] = floats_of(column)
        elif name == "scale":
            columns["low"], columns["high"] = ends_of(column)
        else:
            columns[name] = words_of(column)
    pair_up(columns, "status", "category", status_of)
    pair_up(columns, "priority", "priority_rank", Priority)
    return columns


def pair_up(
    columns: dict[str, Column], name: str, other: str, make: Callable[[Any, Any], object]
) -> None:
    """Put what is made of two columns in the place of the first, where there is either."""
    first, second = columns.get(name), columns.pop(other, None)
    some = first if isinstance(first, Words) else second
    if isinstance(some, Words):
        nothing = Words(np.full(some.size, NONE, np.int32), ())
        columns[name] = pair_words(
            first if isinstance(first, Words) else nothing,
            second if isinstance(second, Words) else nothing,
            make,
        )


def raw_of_columns(columns: Mapping[str, Column], size: int) -> RawEvents:
    """Return the events of columns of this form, statuses and priorities whole."""
    tickets = _words(columns, "ticket_id", size)
    return RawEvents(
        tickets.words.array
        if isinstance(tickets.words, Texts)
        else pa.array(tickets.words, pa.string()),
        tickets.codes.astype(np.int32, copy=False),
        _array(columns, "at", NULL, size, np.int64),
        _array(columns, "seq", NULL, size, np.int64),
        _places(columns, "type", TYPES, size),
        _places(columns, "role", ROLES, size),
        _places(columns, "basis", BASES, size),
        _array(columns, "public", NONE, size, np.int8),
        {
            name: _narrow(columns[name])
            for name in (*TEXTS, "score", "low", "high", *INSTANTS)
            if name in columns
        },
        _fields(columns, size),
    )


def _narrow(column: Column) -> Column:
    return narrowed(column) if isinstance(column, Words) else column


def _words(columns: Mapping[str, Column], name: str, size: int) -> Words:
    words = columns.get(name)
    return words if isinstance(words, Words) else Words(constant(NONE, np.int32, size), ())


def _array(
    columns: Mapping[str, Column], name: str, nothing: int, size: int, kind: type
) -> NDArray[Any]:
    column = columns.get(name)
    if column is None or isinstance(column, Words):
        return constant(nothing, kind, size)
    return column


def _places(
    columns: Mapping[str, Column], name: str, known: tuple[str, ...], size: int
) -> NDArray[np.int8]:
    words = _words(columns, name, size)
    if not len(words.words):
        return constant(NONE, np.int8, size)
    places = {word: place for place, word in enumerate(known)}
    table = np.array([*(places[word] for word in words.words), NONE], np.int8)
    return looked_up(table, words.codes)


def flags_of(column: pa.ChunkedArray) -> NDArray[np.int8]:
    """Return flags as 1 and 0, `NONE` for null."""
    if column.null_count == len(column):
        return constant(NONE, np.int8, len(column))
    return pc.fill_null(column.cast(pa.int8()), NONE).to_numpy()


def ends_of(column: pa.ChunkedArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the first and the second number of lists of two."""
    there = column.is_valid().to_numpy()
    flat = np.concatenate(
        [np.zeros(0), *(part.flatten().to_numpy(zero_copy_only=False) for part in column.chunks)]
    )
    found = np.full((len(column), 2), np.nan)
    found[there] = flat.reshape(-1, 2)
    return found[:, 0].copy(), found[:, 1].copy()


def _fields(columns: Mapping[str, Column], size: int) -> dict[str, Words]:
    """Return the words of each field that a row mentions."""
    found: dict[str, Words] = {}
    for column in columns:
        name = field_of(column)
        if name is not None:
            found[name] = _words(columns, column, size)
    _empty(found, _words(columns, "cleared", size))
    said = {name: words for name, words in sorted(found.items()) if (words.codes != NONE).any()}
    return {name: narrowed(words) for name, words in said.items()}


def _holds(column: str, names: frozenset[str]) -> bool:
    return column in names


def _empty(found: dict[str, Words], cleared: Words) -> None:
    """Note the fields that rows empty."""
    for column in sorted({name for names in cleared.words for name in names}):
        name = field_of(column) or column
        words = found.get(name) or Words(np.full(cleared.size, NONE, np.int32), ())
        rows = cleared.holds(partial(_holds, column))
        codes = np.where(rows, np.int32(EMPTIED), words.codes)
        found[name] = Words(codes, words.words)


# --- out ---------------------------------------------------------------------------------------

_KINDS: tuple[tuple[type, str, pa.DataType], ...] = (
    (str, "text", TEXT),
    (bool, "flag", pa.bool_()),
    (int, "whole", pa.int64()),
    (float, "number", pa.float64()),
    (datetime, "instant", INSTANT),
    (frozenset, "words", _WORDS),
)


def _member(word: object) -> str:
    """Return the member of `MIXED` that holds a word."""
    if type(word) is int and not -_INT64 < word < _INT64:
        return "digits"
    return next(name for kind, name, _ in _KINDS if isinstance(word, kind))


def type_of_words(words: Words) -> pa.DataType:
    """Return the type of the column of a custom field."""
    if isinstance(words.words, Texts):
        return TEXT
    members = {*map(_member, words.words)}
    if not members:
        return TEXT
    known = {name: kind for _, name, kind in _KINDS}
    return known.get(members.pop(), MIXED) if len(members) == 1 else MIXED


def schema_of(raw: RawEvents) -> pa.Schema:
    """Return the columns that some row of events has a value in, and those that all have."""
    parts = {name for name, column in raw.parts.items() if _any(column)}
    fields = {name for name, words in raw.fields.items() if (words.codes >= 0).any()}
    wanted = {"ticket_id", "at", "type", "role", *(parts & set(EVENT_SCHEMA.names))}
    wanted |= {_COLUMN_OF.get(name, name) for name in fields}
    special = {
        "seq": (raw.seq != NULL).any(),
        "basis": (raw.basis != NONE).any(),
        "public": (raw.public != NONE).any(),
        "category": "status" in fields,
        "priority_rank": "priority" in fields,
        "scale": "low" in parts,
        "cleared": any((words.codes == EMPTIED).any() for words in raw.fields.values()),
    }
    wanted |= {name for name, there in special.items() if there}
    custom = [
        pa.field(name, type_of_words(raw.fields[name])) for name in sorted(fields - FIELDS.keys())
    ]
    return pa.schema([*(field for field in EVENT_SCHEMA if field.name in wanted), *custom])


def joint_schema(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """Return the columns of several tables of this form; a custom one of two types is `MIXED`."""
    types: dict[str, pa.DataType] = {}
    for schema in schemas:
        for part in schema:
            known = types.get(part.name, part.type)
            types[part.name] = part.type if known == part.type else MIXED
    custom = sorted(types.keys() - set(EVENT_SCHEMA.names))
    own = [name for name in EVENT_SCHEMA.names if name in types]
    return pa.schema([(name, types[name]) for name in (*own, *custom)])


def _any(column: Column) -> bool:
    if isinstance(column, Words):
        return bool((column.codes != NONE).any())
    nothing = np.isnan(column) if column.dtype == np.float64 else column == NULL
    return not bool(nothing.all())


def table_of_raw(raw: RawEvents, schema: pa.Schema | None = None) -> pa.Table:
    """Return events as a table of this form.

    Args:
        raw: the events.
        schema: the columns; by default those of `schema_of`. A custom field must be text where
            the schema says so, and so on; `MIXED` holds them all.
    """
    shape = schema_of(raw) if schema is None else schema
    columns = [_column(raw, part.name, part.type) for part in shape]
    return pa.Table.from_arrays(columns, schema=shape)


def _column(raw: RawEvents, name: str, kind: pa.DataType) -> pa.Array:
    if name in _OWN:
        return _OWN[name](raw)
    field = _PART_OF.get(name) or field_of(name)
    column = raw.parts.get(name) if field is None else raw.fields.get(field)
    if column is None:
        return pa.nulls(raw.size, kind)
    if isinstance(column, Words) and name in _PARTS:
        return array_of_words(column.regrouped(_PARTS[name]), kind)
    if isinstance(column, Words):
        return array_of_words(column, kind)
    if column.dtype == np.float64:
        return pa.array(column, mask=np.isnan(column))
    return pa.array(column, mask=column == NULL).cast(kind)


_PART_OF = MappingProxyType({"category": "status", "priority_rank": "priority"})
_PARTS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "status": lambda status: status.name,
        "category": lambda status: status.category,
        "priority": lambda priority: priority.name,
        "priority_rank": lambda priority: priority.rank,
    }
)


def _dictionary(codes: NDArray[Any], values: pa.Array) -> pa.DictionaryArray:
    indices = pa.array(codes.astype(np.int32, copy=False), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, values)


def array_of_words(words: Words, kind: pa.DataType) -> pa.Array:
    """Return words as a column of one of the types of this form."""
    if kind == TEXT:
        given = words.words
        values = given.array if isinstance(given, Texts) else pa.array(list(given), pa.string())
        return _dictionary(words.codes, values)
    if kind == MIXED:
        values = [{_member(word): _packed(word)} for word in words.words]
    else:
        values = [_packed(word) for word in words.words]
    places = pa.array(words.codes, mask=words.codes < 0)
    return pa.array(values, kind).take(places)


def _packed(word: object) -> object:
    if isinstance(word, frozenset):
        return sorted(word)
    return str(word) if type(word) is int and _member(word) == "digits" else word


def _cleared(raw: RawEvents) -> pa.Array:
    """Return the columns of the fields that each row empties."""
    names = sorted(raw.fields)
    hits = [np.flatnonzero(raw.fields[name].codes == EMPTIED) for name in names]
    rows = np.concatenate([np.zeros(0, np.int64), *hits])
    which = np.repeat(np.arange(len(names)), [hit.size for hit in hits])
    order = np.argsort(rows, kind="stable")
    counts = np.bincount(rows, minlength=raw.size)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]).astype(np.int32)
    labels = pa.array([_COLUMN_OF.get(name, name) for name in names], pa.string())
    values = labels.take(pa.array(which[order]))
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(counts == 0))


def _scale(raw: RawEvents) -> pa.Array:
    low, high = (raw.parts.get(name) for name in ("low", "high"))
    if low is None or high is None or isinstance(low, Words) or isinstance(high, Words):
        return pa.nulls(raw.size, pa.list_(pa.float64()))
    missing = np.isnan(low)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(2 * ~missing)]).astype(np.int32)
    values = np.column_stack([low, high])[~missing].ravel()
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values), mask=pa.array(missing))


def _named(codes: NDArray[np.int8], names: Sequence[str]) -> pa.Array:
    return _dictionary(codes, pa.array(list(names), pa.string()))


_OWN: Mapping[str, Callable[[RawEvents], pa.Array]] = MappingProxyType(
    {
        "ticket_id": lambda raw: _dictionary(raw.ticket, raw.ids),
        "at": lambda raw: pa.array(raw.at).cast(INSTANT),
        "type": lambda raw: _named(raw.type, TYPES),
        "role": lambda raw: _named(raw.role, ROLES),
        "basis": lambda raw: _named(raw.basis, BASES),
        "seq": lambda raw: pa.array(raw.seq, mask=raw.seq == NULL),
        "public": lambda raw: pa.array(raw.public == 1, mask=raw.public == NONE),
        "cleared": _cleared,
        "scale": _scale,
    }
)
