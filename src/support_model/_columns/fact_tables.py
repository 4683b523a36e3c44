"""Facts by columns as an Arrow table, and back from whatever speaks Arrow.

A table of facts holds one row a ticket: each fact of `SCALARS` and `LISTS` by its name, each
field by its name as it is at `as_of`, and as "created.priority" as it was at a moment. Beside
`status` stands `status_category`, beside `priority` stands `priority_rank`. Numbers and codes keep
their memory; only flags, whose layout differs, are copied.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from support_model._columns.arrow_in import column_of, lists_of, values_of, whole_array
from support_model._columns.arrow_out import (
    array_of,
    list_of,
    texts_array,
    values_array,
    words_array,
)
from support_model._columns.fact_columns import LISTS, MOMENTS, SCALARS, FactColumns, not_among
from support_model._columns.values import NONE, Words
from support_model._vocabulary import FIELDS, Priority, Status, is_custom
from support_model.errors import InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from support_model._columns.fact_columns import Part

__all__ = ["fact_names", "from_arrow", "parts_of", "stretches_of", "to_arrow"]

_KNOWN = b"support_model.fields"
"""The metadata of a table of facts: the fields that its log has, as JSON."""
_SECOND = {"status": "status_category", "priority": "priority_rank"}
_FIRST = {second: first for first, second in _SECOND.items()}


def _parted(name: str) -> tuple[str, str]:
    """Return the moment of a column of a field, with its dot or empty, and the field."""
    moment, _, field = name.partition(".")
    return (f"{moment}.", field) if moment in MOMENTS and field else ("", name)


def fact_names(known: Iterable[str]) -> tuple[str, ...]:
    """Return the names of all facts, lists and known fields, as they are and as they were."""
    fields = sorted({*known, "status", "priority"})
    moments = [f"{moment}.{field}" for moment in MOMENTS for field in fields]
    return (*SCALARS, *LISTS, *fields, *moments)


def parts_of(fields: Iterable[str], names: Iterable[str] | None) -> frozenset[str]:
    """Return the parts of facts of which some columns are made; None is all of them.

    Raises:
        InvalidValue: a name that is no fact and no field.
    """
    wanted = fact_names(fields) if names is None else _checked(names)
    parted = [_parted(name) for name in wanted]
    return frozenset(moment + _FIRST.get(field, field) for moment, field in parted)


def _checked(names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise InvalidValue(names, "no list of columns", f"give [{names!r}]")
    found = tuple(dict.fromkeys(names))
    for name in found:
        field = _parted(name)[1] if isinstance(name, str) else ""
        if name in SCALARS or name in LISTS or field in FIELDS or field in _FIRST:
            continue
        if not is_custom(field):
            known = [*SCALARS, *LISTS, *FIELDS, *_FIRST]
            raise InvalidValue(name, "unknown fact or field", nearest(str(name), known))
    return found


def to_arrow(facts: FactColumns, names: Iterable[str] | None = None) -> pa.Table:
    """Return facts as an Arrow table, one row a ticket.

    Args:
        facts: the tickets.
        names: of columns, in the order wanted; `status` and `priority` bring their category and
            rank; None gives all.

    Raises:
        InvalidValue: a name that is no fact and no field.
        OutOfRange: a number that no column holds.
    """
    wanted = fact_names(facts.fields) if names is None else _checked(names)
    made = {name: [*_columns(facts, name)] for name in sorted(wanted, key=_field_first)}
    columns = {name: array for asked in wanted for name, array in made[asked]}
    known = {_KNOWN: json.dumps(facts.fields)}
    return pa.table(columns, metadata=known)


def _field_first(name: str) -> str:
    """Return what to sort names by so that a field comes at all its moments in a row."""
    return _parted(name)[1]


def _columns(facts: FactColumns, name: str) -> Iterable[tuple[str, pa.Array]]:
    if name == "ticket_id":
        yield name, texts_array(facts.words(name))
    elif name in SCALARS:
        yield name, array_of(SCALARS[name], facts.column(name))
    elif name in LISTS:
        yield name, list_of(LISTS[name], facts.lists(name))
    else:
        yield from _field_columns(facts, *_parted(name))


def _field_columns(facts: FactColumns, moment: str, field: str) -> Iterable[tuple[str, pa.Array]]:
    name, first = moment + field, _FIRST.get(field, field)
    values = facts.words(moment + first)
    if first in _SECOND:
        if field == first:
            yield name, words_array(values.regrouped(lambda word: getattr(word, "name", word)))
        yield moment + _SECOND[first], _second(first, values)
        return
    yield name, values_array(name, values, FIELDS.get(field))


def _second(field: str, values: Words) -> pa.Array:
    """Return the category of statuses or the rank of priorities; null where it is a word alone."""
    if field == "status":
        return words_array(values.regrouped(lambda word: getattr(word, "category", None)))
    ranks = values.regrouped(lambda word: getattr(word, "rank", None))
    return values_array("priority_rank", ranks, "number")


def from_arrow(source: Any) -> FactColumns:  # noqa: ANN401 - whatever speaks Arrow
    """Return facts of a table that `to_arrow` made, also where an engine handed it back.

    A column is read when it is first asked for; that it is missing is said then.

    Args:
        source: a `pyarrow.Table` or whatever has `__arrow_c_stream__`: a data frame of pandas or
            Polars, a relation of DuckDB; rows may have been left out or put in another order,
            and plain columns added.

    Raises:
        InvalidValue: something else, or, when it is asked for, a column that is missing or of a
            type that does not hold the fact.
    """
    table = _table(source)
    fields = tuple(name for name in table.column_names if name in FIELDS or is_custom(name))
    further = _further(table.schema)
    known = (table.schema.metadata or {}).get(_KNOWN)
    absent = None if known is None else _absent(known)

    def lacks(name: str) -> bool:
        if name in table.column_names:
            return False
        field = _parted(name)[1]
        told = name in SCALARS or name in LISTS or field in further
        return told or absent is None or not absent(field)

    def make(name: str) -> Part | None:
        if name in LISTS:
            return lists_of(name, LISTS[name], _column(table, name))
        if name in SCALARS:
            return column_of(name, SCALARS[name], _column(table, name))
        moment, field = _parted(name)
        if name not in table.column_names and not lacks(name):
            return None
        return _field(table, moment, field)

    return FactColumns(table.num_rows, make, fields, further, lacks)


def stretches_of(source: Any, size: int) -> Iterator[FactColumns]:  # noqa: ANN401 - as above
    """Yield the facts of a table, so many tickets at a time; of one without tickets once."""
    table = _table(source)
    for first in range(0, max(table.num_rows, 1), size):
        yield from_arrow(table.slice(first, size))


def _further(schema: pa.Schema) -> tuple[str, ...]:
    """Return the plain columns that are no facts, such as one that a query computed."""
    of_facts = {*SCALARS, *LISTS, *FIELDS, *_FIRST}
    return tuple(
        column.name
        for column in schema
        if column.name not in of_facts
        and not is_custom(column.name)
        and not _parted(column.name)[0]
        and _is_plain(column.type)
    )


def _is_plain(kind: pa.DataType) -> bool:
    types = pa.types
    kind = kind.value_type if types.is_dictionary(kind) else kind
    texts = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    return texts or types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind)


def _absent(known: bytes) -> Callable[[str], bool]:
    names = frozenset(json.loads(known))
    return lambda field: field not in names


def _table(source: Any) -> pa.Table:  # noqa: ANN401 - as above
    if isinstance(source, pa.Table):
        return source
    if isinstance(source, pa.RecordBatch) or hasattr(source, "__arrow_c_stream__"):
        return (
            pa.table(source)
            if not isinstance(source, pa.RecordBatch)
            else pa.Table.from_batches([source])
        )
    remedy = "give what has __arrow_c_stream__; collect a lazy one first"
    raise InvalidValue(source, "no table of facts", remedy)


def _column(table: pa.Table, name: str) -> pa.Array:
    if name not in table.column_names:
        raise not_among([name])
    return whole_array(table.column(name))


def _field(table: pa.Table, moment: str, field: str) -> Words:
    name = moment + field
    words = values_of(name, _column(table, name), FIELDS.get(field))
    second = moment + _SECOND.get(field, "")
    if field not in _SECOND or second not in table.column_names:
        return words
    if field == "status":
        categories = values_of(second, _column(table, second), "text")
        return _paired(words, categories, Status)
    return _paired(words, values_of(second, _column(table, second), "number"), Priority)


def _paired(names: Words, others: Words, make: Callable[[str, Any], object]) -> Words:
    """Return words of two columns; a name beside nothing stays text."""
    count = len(others.words) + 1
    known = names.codes != NONE
    packed = names.codes[known].astype(np.int64) * count + (others.codes[known] + 1)
    pairs, places = np.unique(packed, return_inverse=True)
    codes = np.full(names.size, NONE, np.int32)
    codes[known] = places
    found: list[object] = []
    for name, other in zip(*(part.tolist() for part in np.divmod(pairs, count)), strict=True):
        word = names.words[name]
        found.append(make(word, others.words[other - 1]) if other else word)
    return Words(codes, tuple(found))
