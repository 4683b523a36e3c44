"""The facts of many tickets as columns: the same names and meanings as `support_model.kpi.Facts`.

A fact is a column (`SCALARS`), a list of each ticket (`LISTS`), or a field: by its name as it is
at `as_of`, and as "created.priority" as it was at a moment. What is not known of a field is
nothing, so any field may be asked for.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from attrs import define, field

from support_model._columns.values import NONE, Lists, Words, in_little_room, taken
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.values import Column, Ints

__all__ = ["LISTS", "MOMENTS", "SCALARS", "FactColumns", "not_among"]

Part: TypeAlias = "Column | Lists"
MOMENTS = ("created", "first_reply", "solved", "rated")
"""The moments of which `Facts.as_were` keeps the fields."""
SCALARS: Mapping[str, str] = MappingProxyType(
    {
        "ticket_id": "text",
        "as_of": "instant",
        "created": "instant",
        "created_by": "word",
        "category": "word",
        "solved": "flag",
        "ever_solved": "flag",
        "contact": "instant",
        "acknowledged": "instant",
        "first_reply": "instant",
        "first_solve": "instant",
        "last_solve": "instant",
        "closed": "instant",
        "worked": "length",
        "merged_into": "text",
        "snapshot": "flag",
        "cut": "flag",
        "unknown_wrote": "instant",
        "unknown_acted": "instant",
        "contacts": "whole",
        "replies": "whole",
        "notes": "whole",
        "bots": "whole",
        "assignments": "whole",
    }
)
"""One value a ticket, and its kind: "text" and "word" are words, the rest arrays.

`first_reply` is the first act of the kind reply, `first_solve` and `last_solve` are instants of
`solves`; the five counts are those of acts by kind.
"""
LISTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        name: MappingProxyType(parts)
        for name, parts in {
            "history": {"at": "instant", "category": "word"},
            "statuses": {"at": "instant", "name": "text"},
            "acts": {"at": "instant", "kind": "word", "agent": "text"},
            "waits": {"start": "instant", "end": "instant", "outcome": "word", "first": "flag"},
            "solves": {"at": "instant", "agent": "text"},
            "reopenings": {"at": "instant"},
            "groups": {"name": "text"},
            "lines": {"line": "whole"},
            "agents": {"name": "text"},
            "stays": {"at": "instant", "group": "text", "line": "whole", "agent": "text"},
            "ratings_requested": {"kind": "text"},
            "ratings": {
                "kind": "text",
                "at": "instant",
                "score": "number",
                "low": "number",
                "high": "number",
                "agent": "text",
                "solved": "instant",
            },
            "merges": {"at": "instant", "into": "text"},
            "merged": {"ticket_id": "text", "worked": "length", "unknown_wrote": "instant"},
            "merged_acts": {"place": "whole", "at": "instant", "kind": "word", "agent": "text"},
            "merged_lines": {"place": "whole", "line": "whole"},
        }.items()
    }
)
"""Several entries a ticket, in the order of the log; `ratings_requested` by name.

`merged` are the tickets merged into one, and `merged_acts` and `merged_lines` the acts and lines
of those, `place` being the place in `merged`.
"""


def not_among(names: Sequence[str]) -> InvalidValue:
    """Return the error for columns that a table of facts lacks."""
    if len(names) == 1:
        remedy = f"keep it, or ask frames.facts(..., columns=[..., {names[0]!r}])"
        return InvalidValue(names[0], "a column that is not among the facts", remedy)
    listed = ", ".join(map(repr, names))
    remedy = f"keep them, or ask frames.facts(..., columns=[..., {listed}])"
    return InvalidValue(tuple(names), "columns that are not among the facts", remedy)


def _lacks_nothing(_: str) -> bool:
    return False


@define(eq=False)
class FactColumns:
    """The facts of some tickets; a column is made when it is first asked for.

    Attributes:
        size: how many tickets.
        make: returns a part by name; None for a field that no ticket has.
        fields: the names of the fields that tickets may have.
        further: the names of plain columns that stand beside the facts in their table.
        lacks: returns whether the table of the facts has no column of a part.
    """

    size: int
    make: Callable[[str], Part | None]
    fields: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    lacks: Callable[[str], bool] = _lacks_nothing
    _made: dict[str, Part] = field(factory=dict, init=False, repr=False)

    def column(self, name: str) -> Column:
        """Return a fact of `SCALARS`, or a field, of which every ticket may have nothing."""
        part = self.part(name)
        assert not isinstance(part, Lists)  # noqa: S101 - asked by a name that is no list
        return part

    def __len__(self) -> int:
        return self.size

    def need(self, names: Iterable[str]) -> None:
        """Refuse facts whose table lacks some columns, all of which are named.

        Raises:
            InvalidValue: it lacks some.
        """
        if lacking := sorted(filter(self.lacks, names)):
            raise not_among(lacking)

    def numbers(self, name: str) -> NDArray[Any]:
        """Return a column that is an array: instants, lengths, whole numbers or flags."""
        part = self.part(name)
        assert isinstance(part, np.ndarray)  # noqa: S101 - asked by a name that is one
        return part

    def words(self, name: str) -> Words:
        """Return a column of words."""
        part = self.part(name)
        assert isinstance(part, Words)  # noqa: S101 - asked by a name that is one
        return part

    def lists(self, name: str) -> Lists:
        """Return a fact of `LISTS`."""
        part = self.part(name)
        assert isinstance(part, Lists)  # noqa: S101 - asked by a name that is one
        return part

    def take(self, rows: Ints) -> FactColumns:
        """Return some tickets, by place."""

        def make(name: str) -> Part:
            part = self.part(name)
            return part.take(rows) if isinstance(part, Lists) else taken(part, rows)

        return FactColumns(int(rows.size), make, self.fields, self.further, self.lacks)

    def at_places(self, places: Sequence[int]) -> FactColumns:
        """Return some tickets, in the order of their places."""
        return self.take(np.array(places, np.int64))

    def by_creation(self) -> Ints:
        """Return the places of tickets by creation, and then by id."""
        created, ids = self.numbers("created"), self.words("ticket_id")
        order = np.argsort(created, kind="stable")
        same = np.zeros(order.size + 1, np.bool_)
        same[1:-1] = created[order[1:]] == created[order[:-1]]
        among = np.flatnonzero(same[1:] | same[:-1])  # only these are in order by their ids
        keys = [(int(created[row]), ids.value(row), row) for row in order[among].tolist()]
        order[among] = [row for *_, row in sorted(keys)]
        return order

    def replaced(self, parts: Mapping[str, Callable[[], Part]]) -> FactColumns:
        """Return the same facts but for some parts, each made when it is first asked for."""

        def make(name: str) -> Part:
            return parts[name]() if name in parts else self.part(name)

        def lacks(name: str) -> bool:
            return name not in parts and self.lacks(name)

        return FactColumns(self.size, make, self.fields, self.further, lacks)

    def kept(self, names: Iterable[str]) -> FactColumns:
        """Return some parts and the fields, made: what they were made of is not held."""
        parts = {name: in_little_room(self.part(name)) for name in (*names, *self.fields)}
        known = {*SCALARS, *LISTS, *(f"{at}.{name}" for at in MOMENTS for name in self.fields)}
        known -= parts.keys()

        def make(name: str) -> Part | None:
            if name in known:
                raise not_among((name,))
            return parts.get(name)

        return FactColumns(self.size, make, self.fields, lacks=known.__contains__)

    def part(self, name: str) -> Part:
        """Return a fact, list or field, of which every ticket may have nothing."""
        part = self._made.get(name)
        if part is None:
            part = self.make(name)
            if part is None:
                part = Words(np.full(self.size, NONE, np.int32), ())
            self._made[name] = part
        return part
