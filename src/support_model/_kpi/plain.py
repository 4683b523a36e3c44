"""Facts as plain parallel lists of whole numbers and words, the same from records and columns.

What walks every entry of every ticket asks these lists, so that it is written once and says the
same of both. Instants are microseconds.
"""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import define

from support_model._kpi.sources import Columnar, records_of
from support_model._time import DAY, EPOCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from support_model._columns.fact_columns import FactColumns
    from support_model._columns.values import Column, Lists
    from support_model._kpi.facts import Facts
    from support_model._kpi.sources import AnyFacts


@define
class Entries:
    """The entries of every ticket, one ticket after the other.

    Attributes:
        offsets: where the entries of each ticket begin, and last their number.
        parts: the values of the entries, a list for each of their parts, None for nothing.
    """

    offsets: list[int]
    parts: tuple[list[Any], ...]

    def each(self) -> Iterator[tuple[tuple[Any, ...], ...]]:
        """Yield the entries of each ticket."""
        entries, offsets = [*zip(*self.parts, strict=True)], self.offsets
        for start, end in pairwise(offsets):
            yield tuple(entries[start:end])


@define(eq=False)
class PlainFacts:
    """The facts of tickets, each a list with a place for every ticket; made when first asked.

    Attributes:
        size: how many tickets.
    """

    size: int
    _scalar: Callable[[str], list[Any]]
    _entries: Callable[[str], Entries]
    _field: Callable[[str], list[Any]]
    _made: dict[tuple[str, str], Any]

    def scalar(self, name: str) -> list[Any]:
        """Return a fact of each ticket, of `SCALARS`; None where it is not known."""
        made: list[Any] = self._once("scalar", name, self._scalar)
        return made

    def entries(self, name: str) -> Entries:
        """Return a list of each ticket, of `ENTRIES`."""
        made: Entries = self._once("entries", name, self._entries)
        return made

    def field(self, name: str) -> list[Any]:
        """Return a field of each ticket as it is now; None where it has none."""
        made: list[Any] = self._once("field", name, self._field)
        return made

    def _once(self, kind: str, name: str, make: Callable[[str], Any]) -> Any:  # noqa: ANN401 - as made
        if (kind, name) not in self._made:
            self._made[kind, name] = make(name)
        return self._made[kind, name]


def plain_facts(facts: AnyFacts) -> PlainFacts:
    """Return facts as plain lists, from records or columns.

    Example:
        >>> plain_facts([]).scalar("created"), plain_facts([]).entries("history").offsets
        ([], [0])
    """
    records = records_of(facts)
    if isinstance(records, Columnar):
        return _of_columns(records.columns())
    return _of_records(tuple(records))


def _micros(at: datetime) -> int:
    delta = at - EPOCH  # both are in UTC, and checked when the facts were made
    return delta.days * DAY + delta.seconds * 1_000_000 + delta.microseconds


def _maybe_micros(at: datetime | None) -> int | None:
    return None if at is None else _micros(at)


SCALARS: Mapping[str, Callable[[Facts], Any]] = MappingProxyType(
    {
        "ticket_id": lambda facts: facts.ticket_id,
        "as_of": lambda facts: _micros(facts.as_of),
        "created": lambda facts: _micros(facts.created),
        "closed": lambda facts: _maybe_micros(facts.closed),
        "merged_into": lambda facts: facts.merged_into,
        "snapshot": lambda facts: facts.snapshot,
        "cut": lambda facts: facts.cut,
    }
)
"""What there is of every ticket, and how a record tells it."""
ENTRIES: Mapping[str, tuple[tuple[str, ...], Callable[[Facts], Iterable[tuple[Any, ...]]]]] = (
    MappingProxyType(
        {
            "history": (
                ("at", "category"),
                lambda facts: [(_micros(at), category) for at, category in facts.history],
            ),
            "statuses": (
                ("at", "name"),
                lambda facts: [(_micros(at), name) for at, name in facts.statuses],
            ),
            "acts": (
                ("at", "kind"),
                lambda facts: [(_micros(act.at), act.kind) for act in facts.acts],
            ),
            "stays": (
                ("at", "group", "line", "agent"),
                lambda facts: [(_micros(at), *held) for at, *held in facts.stays],
            ),
            "stretches": (
                ("start", "end", "status", "category", "group", "line", "agent"),
                lambda facts: [
                    (_micros(start), _micros(end), *held)
                    for start, end, *held in facts.stretches(until=facts.as_of)
                ],
            ),
            "solves": (("at",), lambda facts: [(_micros(solve.at),) for solve in facts.solves]),
        }
    )
)
"""What there may be several of: the parts of an entry, and how a record tells them.

`stretches` go up to `as_of`, also through what was solved meanwhile.
"""


def _of_records(records: Sequence[Facts]) -> PlainFacts:
    def scalar(name: str) -> list[Any]:
        return [*map(SCALARS[name], records)]

    def entries(name: str) -> Entries:
        parts, told = ENTRIES[name]
        offsets, every = [0], list[tuple[Any, ...]]()
        for each in records:
            every.extend(told(each))
            offsets.append(len(every))
        if not every:
            return Entries(offsets, tuple([] for _ in parts))
        return Entries(offsets, tuple(map(list, zip(*every, strict=True))))

    def field(name: str) -> list[Any]:
        return [each.fields.get(name) for each in records]

    return PlainFacts(len(records), scalar, entries, field, {})


def _of_columns(facts: FactColumns) -> PlainFacts:
    def scalar(name: str) -> list[Any]:
        return _listed(facts.column(name))

    def entries(name: str) -> Entries:
        parts, _ = ENTRIES[name]
        lists = _stretches(facts) if name == "stretches" else facts.lists(name)
        return Entries(lists.offsets.tolist(), tuple(_listed(lists.parts[each]) for each in parts))

    return PlainFacts(facts.size, scalar, entries, scalar, {})


def _stretches(facts: FactColumns) -> Lists:
    from support_model._columns.fact_stretches import stretches  # noqa: PLC0415 - needs numpy

    return stretches(facts)


def _listed(column: Column) -> list[Any]:
    """Return a column as a list, None for nothing."""
    from support_model._columns.values import NULL, Words  # noqa: PLC0415 - needs numpy

    if isinstance(column, Words):
        words = [*column.words, None, None]  # the codes of nothing are counted from the end
        return [words[code] for code in column.codes.tolist()]
    values: list[Any] = column.tolist()
    if column.dtype.kind == "i" and bool((column == NULL).any()):
        return [None if value == NULL else value for value in values]
    return values
