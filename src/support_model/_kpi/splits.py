"""Tickets split into parts: by a field, as it is or as it was when something happened."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, get_args, overload

from support_model._kpi.facts import FieldInstant
from support_model._kpi.field_names import must_be_field
from support_model._kpi.periods import PeriodLength
from support_model._kpi.plain import PlainFacts, picked
from support_model._kpi.sources import Columnar, source_of
from support_model.errors import InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from support_model._columns.fact_columns import FactColumns
    from support_model._kpi.facts import Facts
    from support_model._kpi.sources import AnyFacts, ArrowStream


@overload
def by(
    facts: Iterable[Facts], name: str, *, at: FieldInstant = "as_of"
) -> Mapping[Any, Sequence[Facts]]: ...
@overload
def by(
    facts: PlainFacts, name: str, *, at: FieldInstant = "as_of"
) -> Mapping[Any, PlainFacts]: ...
@overload
def by(
    facts: FactColumns | ArrowStream, name: str, *, at: FieldInstant = "as_of"
) -> Mapping[Any, FactColumns]: ...
def by(
    facts: AnyFacts, name: str, *, at: FieldInstant = "as_of"
) -> Mapping[Any, Sequence[Facts] | FactColumns | PlainFacts]:
    """Return facts split by a field; None holds those without it.

    A priority lowered after a late answer would move the answer into another group: `at` splits
    by the field as it was just before the event that is measured.

    Args:
        facts: the tickets, as records or by columns, which the parts are then, too.
        name: of the field, or of a column that stands beside the facts.
        at: when the field is read: as the ticket was created, at its first reply, at its last
            solution or answer to a survey, or at the instant of the facts. Tickets of which
            that is not stated, or to which it has not happened, are among those without it.

    Raises:
        InvalidValue: another moment, or a name that no field has.

    Example:
        >>> by([], "priority", at="first_reply")
        {}
    """
    if at not in get_args(FieldInstant):
        raise InvalidValue(
            at, "unknown moment of a field", nearest(str(at), get_args(FieldInstant))
        )
    if isinstance(records := source_of(facts), Columnar):
        from support_model._kpi import column_populations  # noqa: PLC0415 - numpy is an extra

        columns = records.columns()
        _must_be_field(name, columns.further)
        return column_populations.split_by(columns, name, at)
    _must_be_field(name)
    if isinstance(records, PlainFacts):
        return _split(records, name, at)
    parts: dict[Any, list[Facts]] = {}
    for ticket in records:
        parts.setdefault(ticket.field_at(name, at), []).append(ticket)
    return parts


def _must_be_field(name: str, further: Iterable[str] = ()) -> None:
    if name in get_args(PeriodLength):
        remedy = f"write kpi.created_in(facts, kpi.periods(..., every={name!r}))"
        raise InvalidValue(name, "a length of time is no field", remedy)
    must_be_field(name, further)


def _split(facts: PlainFacts, name: str, at: FieldInstant) -> dict[Any, PlainFacts]:
    """Return plain facts split by a field as it is now, which is all that they hold of it."""
    if at != "as_of":
        problem = "plain facts hold the fields as they are now"
        raise InvalidValue(at, problem, "split the records, or facts by columns")
    places: dict[Any, array[int]] = {}
    for place, value in enumerate(facts.field(name)):
        places.setdefault(value, array("q")).append(place)
    return {value: picked(facts, some) for value, some in places.items()}
