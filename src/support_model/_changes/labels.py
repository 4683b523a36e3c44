"""The groups looked at: each value of each field, and pairs of values, of enough tickets."""

from __future__ import annotations

from array import array
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from attrs import Factory, define

if TYPE_CHECKING:
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
        of_unit: the groups of each unit.
        sizes: how many tickets each has.
        columns: the group of each unit, -1 for none, in one of some divisions of all units.
    """

    where: list[Where]
    of_unit: list[tuple[int, ...]]
    sizes: list[int]
    columns: list[Ints] = Factory(list)

    def number(self, fields: int) -> int:
        """Return how many groups are formed by so many fields."""
        return sum(len(each) == fields for each in self.where)


def labels_of(rows: Rows) -> Labels:
    """Return the groups of a log that are large enough."""
    labels = Labels([()], [], [len(rows.ids)])
    singles = [
        column for column in (_values(rows, name, labels) for name in rows.fields) if column
    ]
    pairs = _pairs(singles, labels)
    whole = array("i", bytes(4 * len(rows.ticket)))
    labels.columns = [whole, *singles, *pairs]
    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    for own in zip(*labels.columns, strict=True):
        groups = known.get(own)
        if groups is None:
            groups = known[own] = tuple(label for label in own if label >= 0)
        labels.of_unit.append(groups)
    return labels


def _values(rows: Rows, name: str, labels: Labels) -> Ints:
    """Add the values of a field that are large enough, and return that of each unit."""
    codes, size, ticket = rows.fields[name], len(rows.ids), rows.ticket
    counts = Counter(codes[:size])
    further = range(size, len(codes))
    counts.update(  # of another holder of the same ticket
        code
        for own, code in {(ticket[unit], codes[unit]) for unit in further}
        if code != codes[own]
    )
    numbers = [-1] * (len(rows.names[name]) + 1)  # the last stands for nothing
    for code, value in enumerate(rows.names[name]):
        if FEWEST <= counts[code] < size:
            numbers[code] = len(labels.where)
            labels.where.append(((name, value),))
            labels.sizes.append(counts[code])
    return array("i", map(numbers.__getitem__, codes) if max(numbers) >= 0 else [])


def _pairs(singles: list[Ints], labels: Labels) -> list[Ints]:
    """Add the pairs that are large enough, and return that of each unit, by two fields."""
    sizes, where = labels.sizes, labels.where
    size, least = sizes[0], max(FEWEST_OF_PAIR, LEAST_PAIR * sizes[0])
    large: list[tuple[int, tuple[int, int], tuple[int, int]]] = []
    for fields in combinations(range(len(singles)), 2):
        counts = Counter(zip(*(singles[n][:size] for n in fields), strict=True))
        large.extend(
            (-count, pair, fields)
            for pair, count in counts.items()
            if min(pair) >= 0 and least <= count < NEARLY_ALL * min(sizes[pair[0]], sizes[pair[1]])
        )
    places: dict[tuple[int, int], dict[tuple[int, int], int]] = {}
    for count, pair, fields in sorted(large)[:MOST_PAIRS]:
        places.setdefault(fields, {})[pair] = len(where)
        where.append((*where[pair[0]], *where[pair[1]]))
        sizes.append(-count)
    return [
        array("i", [own.get(pair, -1) for pair in zip(singles[f], singles[g], strict=True)])
        for (f, g), own in places.items()
    ]
