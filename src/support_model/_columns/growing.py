"""Columns that are made once in about their full length and filled piece by piece.

What comes in pieces is so in memory once: a piece is let go of when it has been added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define

from support_model._columns.memory import room
from support_model._columns.values import NONE, Lists, Words, constant, is_constant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray

    from support_model._columns.values import Column

__all__ = ["Growing", "GrowingColumn", "GrowingLists", "growing"]


@define(eq=False)
class Growing:
    """A column in the making; while all rows hold one value it takes no memory.

    Attributes:
        nothing: what a row holds of which nothing is said.
        dtype: the type of its values.
        room: how many rows there will be, as far as that is known.
        size: how many there are.
        same: the value of all of them, where `values` is None.
        values: what they hold, and room for more.
    """

    nothing: object
    dtype: DTypeLike
    room: int
    size: int = 0
    same: object = None
    values: NDArray[Any] | None = None

    def add(self, given: NDArray[Any] | None, size: int) -> None:
        """Add rows; None where all of them hold nothing."""
        rows = constant(self.nothing, self.dtype, size) if given is None else given
        if not size:
            return
        if self.values is None and is_constant(rows) and (not self.size or rows[0] == self.same):
            self.same = rows[0]
        else:
            self._room(size)[self.size : self.size + size] = rows
        self.size += size

    def _room(self, size: int) -> NDArray[Any]:
        need = self.size + size
        if self.values is None:
            self.values = room(max(self.room, need), self.dtype)
            self.values[: self.size] = self.same if self.size else 0
        elif need > self.values.size:
            grown = room(max(2 * self.values.size, need), self.dtype)
            grown[: self.size] = self.values[: self.size]
            self.values = grown
        return self.values

    def done(self) -> NDArray[Any]:
        """Return the column."""
        if self.values is None:
            return constant(self.same if self.size else self.nothing, self.dtype, self.size)
        return self.values[: self.size]


@define(eq=False)
class GrowingColumn:
    """A column of facts in the making, whose pieces mostly share their words.

    Attributes:
        values: the values, or the codes of words.
        words: the words of the pieces so far; None where it has none.
        places: the place of each word, where pieces have words of their own.
    """

    values: Growing
    words: Sequence[Any] | None = None
    places: dict[Any, int] | None = None

    def add(self, column: Column) -> None:
        """Add a piece."""
        if not isinstance(column, Words):
            self.values.add(column, column.size)
            return
        self.words = column.words if self.words is None else self.words
        if self.places is None and column.words is self.words:
            self.values.add(column.codes, column.size)
            return
        if self.places is None:
            self.places = {word: place for place, word in enumerate(self.words)}
        places = self.places
        table = [places.setdefault(word, len(places)) for word in column.words]
        self.values.add(np.array([*table, NONE], np.int32)[column.codes], column.size)

    def done(self) -> Column:
        """Return the column."""
        if self.words is None:
            return self.values.done()
        words = self.words if self.places is None else tuple(self.places)
        return Words(self.values.done(), words)


@define(eq=False)
class GrowingLists:
    """Lists of facts in the making."""

    offsets: Growing
    parts: dict[str, GrowingColumn]
    entries: int = 0

    def add(self, lists: Lists) -> None:
        """Add a piece."""
        self.offsets.add(lists.offsets[1:] + self.entries, lists.offsets.size - 1)
        self.entries += int(lists.offsets[-1])
        for name, part in self.parts.items():
            part.add(lists.parts[name])

    def done(self) -> Lists:
        """Return the lists."""
        return Lists(self.offsets.done(), {name: part.done() for name, part in self.parts.items()})


_SPARE = 1.1
"""Other pieces may have more entries a row than the first."""


def growing(first: Column | Lists, times: float) -> GrowingColumn | GrowingLists:
    """Return a column or lists in the making that hold a first piece.

    Args:
        first: the piece.
        times: how many times as much there will be about.
    """
    if not isinstance(first, Lists):
        column = _column(first, times)
        column.add(first)
        return column
    offsets = Growing(0, np.int64, int(first.offsets.size * times) + 2)
    offsets.add(np.zeros(1, np.int64), 1)
    parts = {name: _column(part, _SPARE * times) for name, part in first.parts.items()}
    lists = GrowingLists(offsets, parts)
    lists.add(first)
    return lists


def _column(first: Column, times: float) -> GrowingColumn:
    values = first.codes if isinstance(first, Words) else first
    return GrowingColumn(Growing(NONE, values.dtype, int(first.size * times) + 1))
