"""Tickets split into parts: by a field, as it is or as it was when something happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, overload

from support_model._kpi.facts import FieldInstant
from support_model._kpi.sources import Columnar, records_of
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
    facts: FactColumns | ArrowStream, name: str, *, at: FieldInstant = "as_of"
) -> Mapping[Any, FactColumns]: ...
def by(
    facts: AnyFacts, name: str, *, at: FieldInstant = "as_of"
) -> Mapping[Any, Sequence[Facts] | FactColumns]:
    """Return facts split by a field; None holds those without it.

    A priority lowered after a late answer would move the answer into another group: `at` splits
    by the field as it was just before the event that is measured.

    Args:
        facts: the tickets, as records or by columns, which the parts are then, too.
        name: of the field.
        at: when the field is read: as the ticket was created, at its first reply, at its last
            solution or answer to a survey, or at the instant of the facts. Tickets of which
            that is not stated, or to which it has not happened, are among those without it.

    Raises:
        InvalidValue: another moment.

    Example:
        >>> by([], "priority", at="first_reply")
        {}
    """
    if at not in get_args(FieldInstant):
        raise InvalidValue(
            at, "unknown moment of a field", nearest(str(at), get_args(FieldInstant))
        )
    if isinstance(records := records_of(facts), Columnar):
        from support_model._kpi import column_populations  # noqa: PLC0415 - numpy is an extra

        return column_populations.split_by(records.columns(), name, at)
    parts: dict[Any, list[Facts]] = {}
    for ticket in records:
        parts.setdefault(ticket.field_at(name, at), []).append(ticket)
    return parts
