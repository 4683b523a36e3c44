"""Facts as plain parallel lists of whole numbers and words, the same from records and columns.

What walks every entry of every ticket asks these lists, so that it is written once and says the
same of both. Instants are microseconds.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate, chain, islice, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import Factory, define, field

from support_model._frozen import frozen
from support_model._kpi.facts import known_at
from support_model._kpi.sources import Columnar, Listed, records_of
from support_model._short_texts import fields_html, short_repr
from support_model._time import DAY, EPOCH, micros_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

    from support_model._columns.fact_columns import FactColumns
    from support_model._columns.values import Lists
    from support_model._kpi.facts import Facts
    from support_model._kpi.sources import AnyFacts

Made = TypeVar("Made")
Tickets: TypeAlias = "AnyFacts | PlainFacts"
"""Facts as records, by columns, or plain already."""


def _kept(given: Iterable[Any]) -> Sequence[Any]:
    """Return plain values that nobody writes: a list as a tuple, a column as it is."""
    return tuple(given) if isinstance(given, list) or not isinstance(given, Sequence) else given


def _parts(given: Iterable[Iterable[Any]]) -> tuple[Sequence[Any], ...]:
    return tuple(map(_kept, given))


@frozen(eq=False)
class Entries:
    """The entries of every ticket, one ticket after the other.

    Attributes:
        offsets: where the entries of each ticket begin, and last their number.
        parts: the values of the entries, a list for each of their parts, None for nothing.
    """

    offsets: Sequence[int] = field(converter=_kept)
    parts: tuple[Sequence[Any], ...] = field(converter=_parts)

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        return f"{self.offsets[-1]:,} entries of {len(self.offsets) - 1:,} tickets"

    def size_of(self, place: int) -> int:
        """Return how many entries a ticket has."""
        return self.offsets[place + 1] - self.offsets[place]

    def last_of(self, place: int) -> tuple[Any, ...]:
        """Return the last entry of a ticket that has any."""
        last = self.offsets[place + 1] - 1
        return tuple(part[last] for part in self.parts)

    def of(self, place: int) -> list[tuple[Any, ...]]:
        """Return the entries of one ticket."""
        start, end = self.offsets[place : place + 2]
        return [*zip(*(part[start:end] for part in self.parts), strict=True)]

    def each(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the entries of each ticket."""
        entries = zip(*self.parts, strict=True)  # many are not held at once
        for start, end in pairwise(self.offsets):
            yield [*islice(entries, end - start)]


@frozen(eq=False)
class PlainFacts(Listed):
    """The facts of tickets as lists with a place for every ticket; made when first asked for.

    Instants are microseconds since 1970-01-01 UTC, and None stands for what is not known.

    Attributes:
        size: how many tickets.
        columns: the same by columns, of facts by columns.
    """

    size: int
    _scalar: Callable[[str], Sequence[Any]] = field(repr=False)
    _entries: Callable[[str], Entries] = field(repr=False)
    _field: Callable[[str], Sequence[Any]] = field(repr=False)
    columns: FactColumns | None = field(default=None, repr=False)
    _packed: Callable[[], PlainFacts] | None = field(default=None, repr=False)
    _made: dict[tuple[str, str], Any] = field(factory=dict, init=False, repr=False)

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        return f"facts of {self.size:,} tickets"

    def scalar(self, name: str) -> Sequence[Any]:
        """Return a fact of each ticket: "ticket_id", "created", "as_of", "merged_into"."""
        return self.once("scalar", name, lambda: _kept(self._scalar(name)))

    def entries(self, name: str) -> Entries:
        """Return a list of each ticket: "history", "statuses", "stays", "acts", "solves"."""
        return self.once("entries", name, lambda: self._entries(name))

    def field(self, name: str) -> Sequence[Any]:
        """Return a field of each ticket as it is now; None where it has none."""
        return self.once("field", name, lambda: _kept(self._field(name)))

    def packed(self) -> PlainFacts:
        """Return the same with every list made, in little room: it holds no records, no events."""
        return self if self._packed is None else self._packed()

    def once(self, kind: str, name: str, make: Callable[[], Made]) -> Made:
        """Return what was made under a kind and a name before, else make it."""
        if (kind, name) not in self._made:
            self._made[kind, name] = make()
        made: Made = self._made[kind, name]
        return made


def plain_facts(facts: Tickets) -> PlainFacts:
    """Return facts as plain lists, the same from records and columns.

    What is asked several questions is best made plain once.

    Raises:
        InvalidValue: no facts.

    Example:
        >>> plain_facts([]).scalar("created"), plain_facts([]).entries("history").offsets
        ((), (0,))
    """
    if isinstance(facts, PlainFacts):
        return facts
    records = records_of(facts)
    if isinstance(records, Columnar):
        return _of_columns(records.columns())
    return _of_records(tuple(records))


def plain_parts(facts: Tickets, *, size: int = 4096) -> Iterator[PlainFacts]:
    """Yield facts as plain lists, so many tickets at a time, by creation and then by id.

    What walks all tickets once holds the lists of a part of them only.

    Args:
        facts: the tickets, in any order.
        size: of how many tickets a part is.

    Raises:
        InvalidValue: no facts.

    Example:
        >>> [*plain_parts([])]
        []
    """
    if not isinstance(facts, PlainFacts):
        records = records_of(facts)
    elif facts.columns is not None:
        records = records_of(facts.columns)
    else:
        created, ids = facts.scalar("created"), facts.scalar("ticket_id")
        places = sorted(range(facts.size), key=lambda place: (created[place], ids[place]))
        if facts.size and places == [*range(facts.size)]:
            yield from consecutive(facts, size)
            return
        for start in range(0, facts.size, size):
            yield picked(facts, places[start : start + size])
        return
    if isinstance(records, Columnar):
        columns = records.columns()
        order = columns.by_creation()
        for start in range(0, columns.size, size):
            yield _of_columns(columns.take(order[start : start + size]))
    else:
        tickets = sorted(records, key=lambda each: (each.created, each.ticket_id))
        for start in range(0, len(tickets), size):
            yield _of_records(tickets[start : start + size])


def consecutive(facts: PlainFacts, size: int) -> Iterator[PlainFacts]:
    """Yield facts so many tickets at a time, in their order."""
    if facts.size <= size:
        yield facts
        return
    for start in range(0, facts.size, size):
        yield _between(facts, start, min(start + size, facts.size))


def _between(facts: PlainFacts, first: int, last: int) -> PlainFacts:
    """Return the tickets from one place to before another."""

    def entries(name: str) -> Entries:
        whole = facts.entries(name)
        offsets = whole.offsets[first : last + 1]
        start, end = offsets[0], offsets[-1]
        return Entries(
            [offset - start for offset in offsets], tuple(part[start:end] for part in whole.parts)
        )

    return PlainFacts(
        last - first,
        lambda name: facts.scalar(name)[first:last],
        entries,
        lambda name: facts.field(name)[first:last],
    )


def _micros(at: datetime) -> int:
    delta = at - EPOCH  # both are in UTC, and checked when the facts were made
    return delta.days * DAY + delta.seconds * 1_000_000 + delta.microseconds


def _maybe_micros(at: datetime | None) -> int | None:
    return None if at is None else _micros(at)


def _length(length: timedelta | None) -> int | None:
    return None if length is None else micros_of(length)


SCALARS: Mapping[str, Callable[[Facts], Any]] = MappingProxyType(
    {
        "ticket_id": lambda facts: facts.ticket_id,
        "as_of": lambda facts: _micros(facts.as_of),
        "created": lambda facts: _micros(facts.created),
        "created_by": lambda facts: facts.created_by,
        "category": lambda facts: facts.category,
        "ever_solved": lambda facts: facts.ever_solved,
        "closed": lambda facts: _maybe_micros(facts.closed),
        "merged_into": lambda facts: facts.merged_into,
        "worked": lambda facts: _length(facts.worked),
        "acknowledged": lambda facts: _maybe_micros(facts.acknowledged),
        "unknown_wrote": lambda facts: _maybe_micros(facts.unknown_wrote),
        "unknown_acted": lambda facts: _maybe_micros(facts.unknown_acted),
        "snapshot": lambda facts: facts.snapshot,
        "cut": lambda facts: facts.cut,
        "contacts": lambda facts: [act.kind for act in facts.acts].count("contact"),
        "replies": lambda facts: [act.kind for act in facts.acts].count("reply"),
        "notes": lambda facts: [act.kind for act in facts.acts].count("note"),
        "bots": lambda facts: [act.kind for act in facts.acts].count("bot"),
    }
)
"""What there is of every ticket, and how a record tells it."""
ENTRIES: Mapping[str, tuple[tuple[str, ...], Callable[[Facts], list[tuple[Any, ...]]]]] = (
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
            "groups": (("name",), lambda facts: [(name,) for name in facts.groups]),
            "lines": (("line",), lambda facts: [(line,) for line in facts.lines]),
            "agents": (("name",), lambda facts: [(name,) for name in facts.agents]),
            "waits": (
                ("start", "end", "outcome", "first"),
                lambda facts: [
                    (_micros(each.start), _maybe_micros(each.end), each.outcome, each.first)
                    for each in facts.waits
                ],
            ),
            "reopenings": (("at",), lambda facts: [(_micros(at),) for at in facts.reopenings]),
            "ratings": (
                ("kind", "at", "score", "low", "high"),
                lambda facts: [
                    (each.kind, _micros(each.at), each.score, *each.scale)
                    for each in facts.ratings
                ],
            ),
            "ratings_requested": (
                ("kind",),
                lambda facts: [(kind,) for kind in sorted(facts.ratings_requested)],
            ),
            "act_agents": (("agent",), lambda facts: [(act.agent,) for act in facts.acts]),
            "rating_solutions": (
                ("solved",),
                lambda facts: [(_maybe_micros(each.solved),) for each in facts.ratings],
            ),
            "merged": (
                ("worked", "unknown_wrote"),
                lambda facts: [
                    (_length(each.worked), _maybe_micros(each.unknown_wrote))
                    for each in facts.merged
                ],
            ),
            "merged_acts": (
                ("place", "at", "kind", "agent"),
                lambda facts: [
                    (place, _micros(act.at), act.kind, act.agent)
                    for place, each in enumerate(facts.merged)
                    for act in each.acts
                ],
            ),
            "merged_lines": (
                ("place", "line"),
                lambda facts: [
                    (place, line) for place, each in enumerate(facts.merged) for line in each.lines
                ],
            ),
        }
    )
)
"""What there may be several of: the parts of an entry, and how a record tells them.

`stretches` go up to `as_of`, also through what was solved meanwhile. What stands beside `acts` and
`ratings` is asked by KPIs alone.
"""
_BESIDE = MappingProxyType({"act_agents": "acts", "rating_solutions": "ratings"})
"""The lists that hold another part of the entries of one."""


INSTANTS = frozenset({"at", "start"})
"""The parts of entries that are instants and known of each."""
WHOLE = frozenset({"as_of", "created", "contacts", "replies", "notes", "bots"})
"""The facts that are a whole number for every ticket."""


def _of_records(records: Sequence[Facts]) -> PlainFacts:
    def scalar(name: str) -> list[Any]:
        return [*map(SCALARS[name], records)]

    def entries(name: str) -> Entries:
        parts, told = ENTRIES[name]
        offsets, every = [0], list[tuple[Any, ...]]()
        for each in records:
            every.extend(told(each))
            offsets.append(len(every))
        columns = zip(*every, strict=True) if every else [() for _ in parts]
        return Entries(tuple(offsets), tuple(columns))

    def values(name: str) -> list[Any]:
        return [each.fields.get(name) for each in records]

    return PlainFacts(len(records), scalar, entries, values, packed=lambda: packed([records]))


def packed(parts: Iterable[Sequence[Facts]]) -> PlainFacts:
    """Return the facts of tickets, given some at a time, as lists that hold no records.

    Whole numbers stand side by side, and words are shared.

    Example:
        >>> packed([]).size
        0
    """
    packing = _Packing()
    for records in parts:
        packing.add(records)
    return packing.facts()


_HELD: tuple[str, ...] = tuple(name for name in ENTRIES if name != "stretches")


@define(eq=False)
class _Packing:
    """Lists in the making."""

    size: int = 0
    scalars: dict[str, Any] = Factory(
        lambda: {name: array("q") if name in WHOLE else [] for name in SCALARS}
    )
    fields: dict[str, list[Any]] = Factory(dict)
    offsets: dict[str, array[int]] = Factory(lambda: {name: array("q", [0]) for name in _HELD})
    columns: dict[str, list[Any]] = Factory(
        lambda: {
            name: [array("q") if part in INSTANTS else [] for part in ENTRIES[name][0]]
            for name in _HELD
        }
    )

    def add(self, records: Sequence[Facts]) -> None:
        for name in _HELD:
            self._list(name, records)
        for name, scalar in self.scalars.items():
            scalar.extend(map(SCALARS[name], records))
        for name in sorted(
            {name for each in records for name in each.fields} - self.fields.keys()
        ):
            self.fields[name] = [None] * self.size
        for name, values in self.fields.items():
            values.extend([each.fields.get(name) for each in records])
        self.size += len(records)

    def _list(self, name: str, records: Sequence[Facts]) -> None:
        _, told = ENTRIES[name]
        rows, offsets = [*map(told, records)], self.offsets[name]
        ends = accumulate(map(len, rows), initial=offsets[-1])
        offsets.extend(islice(ends, 1, None))
        every = zip(*chain.from_iterable(rows), strict=True)
        for column, values in zip(self.columns[name], every, strict=False):
            column.extend(values)

    def facts(self) -> PlainFacts:
        """Return them; what was gathered is let go."""
        scalars = {name: _in_little_room(self.scalars.pop(name)) for name in SCALARS}
        fields = {name: _in_little_room(self.fields.pop(name)) for name in [*self.fields]}
        entries = {name: Entries(self.offsets[name], self.columns.pop(name)) for name in _HELD}
        entries["stretches"] = _packed_stretches(entries, scalars["as_of"])
        nothing = (None,) * self.size
        return PlainFacts(
            self.size,
            scalars.__getitem__,
            entries.__getitem__,
            lambda name: fields.get(name, nothing),
        )


def _in_little_room(values: array[int] | list[Any]) -> Sequence[Any]:
    """Return whole numbers as an array, anything else as it is."""
    if isinstance(values, array):
        return values
    return array("q", values) if {*map(type, values)} == {int} else tuple(values)


def _packed_stretches(entries: Mapping[str, Entries], ends: Sequence[int]) -> Entries:
    """Return the stretches of tickets up to an instant of each, from what they are made of."""
    lists = (entries[name].each() for name in ("statuses", "history", "stays"))
    offsets, starts, stops = array("q", [0]), array("q"), array("q")
    parts: tuple[list[Any], ...] = ([], [], [], [], [])
    for end, *told in zip(ends, *lists, strict=True):
        first, last = len(starts), None
        if told[-1]:
            for at, held in known_at(*told):
                if at < end and held != last:
                    starts.append(at)
                    for part, value in zip(parts, held, strict=True):
                        part.append(value)
                    last = held
            if last is not None:
                stops.extend(starts[first + 1 :])
                stops.append(end)
        offsets.append(len(starts))
    return Entries(offsets, (starts, stops, *parts))


def picked(facts: PlainFacts, places: Sequence[int]) -> PlainFacts:
    """Return some of the tickets, by their places."""

    def entries(name: str) -> Entries:
        whole, offsets, rows = facts.entries(name), [0], list[int]()
        for place in places:
            rows.extend(range(whole.offsets[place], whole.offsets[place + 1]))
            offsets.append(len(rows))
        return Entries(offsets, tuple([part[row] for row in rows] for part in whole.parts))

    def values(column: Sequence[Any]) -> list[Any]:
        return [*map(column.__getitem__, places)]

    return PlainFacts(
        len(places),
        lambda name: values(facts.scalar(name)),
        entries,
        lambda name: values(facts.field(name)),
    )


def _of_columns(facts: FactColumns, *, is_packed: bool = False) -> PlainFacts:
    from support_model._columns.told import told  # noqa: PLC0415 - needs numpy

    def scalar(name: str) -> Sequence[Any]:
        return told(facts.column(name))

    def entries(name: str) -> Entries:
        parts, _ = ENTRIES[name]
        named = _BESIDE.get(name, name)
        lists = _stretches(facts) if name == "stretches" else facts.lists(named)
        return Entries(told(lists.offsets), tuple(told(lists.parts[each]) for each in parts))

    def packed() -> PlainFacts:
        lists = (name for name in ENTRIES if name != "stretches")  # which are made of others
        return _of_columns(facts.kept([*SCALARS, "first_solve", *lists]), is_packed=True)

    return PlainFacts(facts.size, scalar, entries, scalar, facts, None if is_packed else packed)


def _stretches(facts: FactColumns) -> Lists:
    from support_model._columns.fact_stretches import stretches  # noqa: PLC0415 - needs numpy

    return stretches(facts)
