"""Whole numbers in ascending order, eight bytes each: what a distribution keeps of a log."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, SupportsIndex, overload

from support_model._frozen import frozen

FEW = 20
"""As many numbers are written in full."""
__all__ = ["Ascending", "ascending"]


def _kept(values: Iterable[int]) -> Sequence[int]:
    """Return numbers as an array, or as a tuple where one is wider than eight bytes."""
    ordered = sorted(values)
    try:
        return array("q", ordered)
    except OverflowError:
        return tuple(ordered)


@frozen(eq=False, repr=False)
class Ascending(Sequence[int]):
    """Whole numbers in ascending order; equal to a tuple of the same ones."""

    values: Sequence[int]
    """In order: a tuple, or an array that nobody writes."""

    @classmethod
    def of_bytes(cls, ordered: bytes) -> Ascending:
        """Return numbers that are in order, as int64 of this machine."""
        made = array("q")
        made.frombytes(ordered)
        return cls(made)

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, place: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[int, ...]: ...
    def __getitem__(self, place: Any) -> Any:
        found = self.values[place]
        return tuple(found) if isinstance(place, slice) else found

    def __iter__(self) -> Any:  # noqa: ANN401 - as of its numbers
        return iter(self.values)

    def __add__(self, other: Iterable[int]) -> Ascending:
        """Return the numbers of both."""
        return ascending([*self.values, *other])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Ascending):
            return len(self) == len(other) and tuple(self.values) == tuple(other.values)
        return tuple(self.values) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.values))

    def __repr__(self) -> str:
        if len(self) <= FEW:
            return repr(tuple(self.values))
        return f"<{len(self)} int from {self[0]} to {self[-1]}>"

    def count(self, value: object) -> int:
        """Return how many numbers are equal to one."""
        if not isinstance(value, int):
            return self.values.count(value)
        return bisect_right(self.values, value) - bisect_left(self.values, value)


def ascending(values: Iterable[int]) -> Ascending:
    """Return whole numbers, given in any order, in ascending order.

    Example:
        >>> times = ascending([3, 1, 2])
        >>> times[0], times[-1], len(times), times == (1, 2, 3)
        (1, 3, 3, True)
    """
    return values if isinstance(values, Ascending) else Ascending(_kept(values))
