"""The groups looked at: each value of each field, and pairs of values, of enough tickets."""

from __future__ import annotations

from array import array
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from attrs import Factory, define

from support_model._changes.kernels import kernels

if TYPE_CHECKING:
    from support_model._changes.kernels import Kernels
    from support_model._changes.rows import Ints, Rows

Where: TypeAlias = tuple[tuple[str, str], ...]
FEWEST = 20
"""Tickets of a value that is looked at."""
FEWEST_OF_PAIR = 60
"""Tickets of a pair that is looked at."""
LEAST_PAIR = 0.025
"""Part of all tickets that a pair has."""
NEARLY_ALL = 0.85
"""A pair that holds this share of the tickets of one of its values is no group of its own."""
MOST_PAIRS = 240


@define
class Labels:
    """Groups of units.

    Attributes:
        where: the fields and values of each group; the first is all tickets.
        sizes: how many tickets each has.
        divisions: the division of all units in which each is.
        columns: the group of each unit, -1 for none, in one of some divisions of all units.
    """

    where: list[Where]
    sizes: list[int]
    divisions: list[int]
    columns: list[Ints] = Factory(list)

    def number(self, fields: int) -> int:
        """Return how many groups are formed by so many fields."""
        return sum(len(each) == fields for each in self.where)

    def column(self, label: int) -> Ints:
        """Return numbers of units: that of a group for those in it, others for those in none."""
        return self.columns[self.divisions[label]]


@define
class Kinds:
    """Units that are alike: those of a kind have the same values, and are in the same groups.

    Attributes:
        of_unit: the kind of each unit.
        codes: by name of a field, the code of each kind.
        sets: the set of groups that each kind is in.
        columns: the group of each set, -1 for none, in each division of all units.
        count: how many groups there are.
    """

    of_unit: Ints
    codes: dict[str, Ints]
    sets: Ints
    columns: list[Ints]
    count: int

    @cached_property
    def groups(self) -> list[tuple[int, ...]]:
        """The groups of each set."""
        every = zip(*self.columns, strict=True)
        return [tuple([label for label in own if label >= 0]) for own in every]


def kinds_of(rows: Rows, labels: Labels) -> Kinds:
    """Return the kinds of the units of a log."""
    loops = kernels(len(rows.ids))
    of_unit, first = loops.alike([*rows.fields.values()], len(rows.ticket))
    sets, first_of_set = loops.alike(
        [loops.taken(column, first) for column in labels.columns], len(first)
    )
    units = loops.taken(first, first_of_set)
    return Kinds(
        of_unit=of_unit,
        codes={name: loops.taken(column, first) for name, column in rows.fields.items()},
        sets=sets,
        columns=[loops.taken(column, units) for column in labels.columns],
        count=len(labels.where),
    )


def labels_of(rows: Rows) -> Labels:
    """Return the groups of a log that are large enough."""
    loops = kernels(len(rows.ids))
    labels = Labels([()], [len(rows.ids)], [0])
    labels.columns.append(array("i", bytes(4 * len(rows.ticket))))
    for name in rows.fields:
        _add_values(rows, name, labels, loops)
    _add_pairs(labels, loops)
    return labels


def _add_values(rows: Rows, name: str, labels: Labels, loops: Kernels) -> None:
    """Add the values of a field that are large enough."""
    codes, size = rows.fields[name], len(rows.ids)
    counts = loops.count_codes(codes, rows.ticket, size)
    numbers = [-1] * (len(rows.names[name]) + 1)  # the last stands for nothing
    for code, value in enumerate(rows.names[name]):
        if FEWEST <= counts.get(code, 0) < size:
            numbers[code] = len(labels.where)
            labels.where.append(((name, value),))
            labels.sizes.append(counts[code])
            labels.divisions.append(len(labels.columns))
    if max(numbers) >= 0:
        labels.columns.append(loops.numbered(codes, numbers))


def _add_pairs(labels: Labels, loops: Kernels) -> None:
    """Add the pairs of values of two fields that are large enough."""
    sizes, where, columns = labels.sizes, labels.where, labels.columns
    size, least = sizes[0], max(FEWEST_OF_PAIR, LEAST_PAIR * sizes[0])
    large: list[tuple[int, tuple[int, int], tuple[int, int]]] = []
    for fields in combinations(range(1, len(columns)), 2):
        counts = loops.count_pairs(columns[fields[0]], columns[fields[1]], size)
        large.extend(
            (-count, pair, fields)
            for pair, count in counts.items()
            if least <= count < NEARLY_ALL * min(sizes[pair[0]], sizes[pair[1]])
        )
    places: dict[tuple[int, int], dict[tuple[int, int], int]] = {}
    for count, pair, fields in sorted(large)[:MOST_PAIRS]:
        own = places.setdefault(fields, {})
        own[pair] = len(where)
        where.append((*where[pair[0]], *where[pair[1]]))
        sizes.append(-count)
        labels.divisions.append(len(columns) + [*places].index(fields))
    columns.extend(
        loops.paired(columns[f], columns[g], numbers) for (f, g), numbers in places.items()
    )
