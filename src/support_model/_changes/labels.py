"""The groups looked at: each value of each field, and pairs of values, of enough tickets."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from attrs import define

if TYPE_CHECKING:
    from support_model._changes.rows import Rows

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
    """

    where: list[Where]
    of_unit: list[tuple[int, ...]]
    sizes: list[int]

    def number(self, fields: int) -> int:
        """Return how many groups are formed by so many fields."""
        return sum(len(each) == fields for each in self.where)


def labels_of(rows: Rows) -> Labels:
    """Return the groups of a log that are large enough."""
    labels = Labels([()], [], [len(rows.ids)])
    singles = _values(rows, labels)
    pairs = _pairs(singles[: len(rows.ids)], labels)
    labels.of_unit = [
        (*own, *(pairs[pair] for pair in combinations(own[1:], 2) if pair in pairs))
        for own in singles
    ]
    return labels


def _values(rows: Rows, labels: Labels) -> list[list[int]]:
    """Add the values that are large enough; return those of each unit, after the whole."""
    singles: list[list[int]] = [[0] for _ in rows.ticket]
    for name, codes in rows.fields.items():
        counts = Counter(code for _, code in set(zip(rows.ticket, codes, strict=True)))
        numbers = [-1] * (len(rows.names[name]) + 1)  # the last stands for nothing
        for code, value in enumerate(rows.names[name]):
            if FEWEST <= counts[code] < len(rows.ids):
                numbers[code] = len(labels.where)
                labels.where.append(((name, value),))
                labels.sizes.append(counts[code])
        for unit, code in enumerate(codes):
            if numbers[code] >= 0:
                singles[unit].append(numbers[code])
    return singles


def _pairs(singles: list[list[int]], labels: Labels) -> dict[tuple[int, int], int]:
    """Add the pairs that are large enough, and return them by their values."""
    counts: Counter[tuple[int, int]] = Counter()
    for own in singles:
        counts.update(combinations(own[1:], 2))
    sizes, where = labels.sizes, labels.where
    least = max(FEWEST_OF_PAIR, LEAST_PAIR * sizes[0])
    large = sorted(
        (-count, pair)
        for pair, count in counts.items()
        if least <= count < NEARLY_ALL * min(sizes[pair[0]], sizes[pair[1]])
    )
    places: dict[tuple[int, int], int] = {}
    for count, pair in large[:MOST_PAIRS]:
        places[pair] = len(where)
        where.append((*where[pair[0]], *where[pair[1]]))
        sizes.append(-count)
    return places
