"""The order of groups: priorities by rank, whatever else by its value, nothing last."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Ranks", "by_rank", "joined_ranks", "ranks_of"]

Ranks = dict[str, int]
"""The ranks of priorities by name; empty where values have none."""


def ranks_of(values: Iterable[Any]) -> Ranks:
    """Return the ranks of values that have one, by name; of a name with several, the most urgent.

    Example:
        >>> from support_model.vocabulary import Priority
        >>> ranks_of([Priority("low", 3), None, Priority("high", 1), "text"])
        {'low': 3, 'high': 1}
    """
    return joined_ranks({each.name: each.rank} for each in values if hasattr(each, "rank"))


def joined_ranks(given: Iterable[Mapping[str, int]]) -> Ranks:
    """Return ranks of several tables as one; of a name with several, the most urgent."""
    found: Ranks = {}
    for ranks in given:
        for name, rank in ranks.items():
            found[name] = min(rank, found.get(name, rank))
    return found


def by_rank(group: Sequence[Any], ranks: Sequence[Ranks]) -> list[tuple[bool, float, Any]]:
    """Return what sorts groups: their ranks where they have one, then values; nothing is last.

    Args:
        group: the values of a group, of one type in each place.
        ranks: the ranks of the names in each place.
    """
    return [
        (part is None, known.get(part, inf), part)
        for part, known in zip(group, ranks, strict=True)
    ]
