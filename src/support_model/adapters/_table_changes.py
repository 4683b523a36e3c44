"""What rows state of a ticket: the same for a reader of rows and for one of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model.adapters._mapping import TableMapping

__all__ = [
    "CREATED",
    "DATED",
    "RECORDED",
    "fields_named",
    "flag_of",
    "is_count",
    "own_names",
    "present_names",
]

LONGEST_COUNT = 18
YES = frozenset({"true", "t", "yes", "y", "1"})
NO = frozenset({"false", "f", "no", "n", "0"})
RECORDED = ("created", "solved", "closed")
CREATED = Status("created", "new")
DATED = ("group", "agent", "line")
"""Fields that every row states anew; of the others the last row alone is kept."""


def flag_of(text: str) -> bool | None:
    """Return what a cell says by yes or no; None where it says neither.

    Example:
        >>> flag_of("TRUE"), flag_of("n"), flag_of("late")
        (True, False, None)
    """
    word = text.lower()
    return word in YES if word in YES or word in NO else None


def is_count(text: str) -> bool:
    """Return whether a cell is an update count."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_COUNT


def fields_named(mapping: TableMapping, keep: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the columns of each field of a ticket; what is kept besides is a custom field."""
    return {f"custom.{column}": (column,) for column in keep} | dict(mapping.fields)


def own_names(mapping: TableMapping, named: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the field that each column means."""
    own = {columns[0]: name for name, columns in named.items() if len(columns) == 1}
    return own | ({"actor": own[mapping.actor]} if mapping.actor in own else {})


def present_names(mapping: TableMapping) -> dict[str, str]:
    """Return the field that each column of a list means; what moves is a custom field there."""
    own = own_names(mapping, dict(mapping.fields))
    present = {mapping.group: "custom.group", mapping.agent: "custom.agent"}
    return own | {column: name for column, name in present.items() if column is not None}
