"""Arithmetic on segments: rows sorted by ticket, each ticket a stretch of rows.

Three questions suffice for every fact: the first or last of some rows of each ticket, how many
there are, and for every row the latest of some rows up to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define

from support_model._columns.values import NONE, NULL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from support_model._columns.values import Flags, Ints

__all__ = ["Segments", "counted"]

_RARE = 64
"""Of rows of which so few are in a mask, places are sooner found than counted."""


def counted(mask: Flags) -> Ints:
    """Return how many rows of a mask lie before each row, and last how many there are."""
    found = np.zeros(mask.size + 1, np.int64)
    np.cumsum(mask, dtype=np.int64, out=found[1:])
    return found


@define(eq=False)
class Segments:
    """Stretches of rows.

    Attributes:
        starts: int64, the first row of each segment, and last the number of rows.
    """

    starts: Ints

    @property
    def count(self) -> int:
        """How many segments there are."""
        return int(self.starts.size - 1)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.starts[-1])

    def of_rows(self) -> NDArray[np.int32]:
        """Return the segment of each row."""
        return np.repeat(np.arange(self.count, dtype=np.int32), np.diff(self.starts))

    def first(self, mask: Flags) -> Ints:
        """Return the first row of each segment that is in the mask; `NONE` where none is."""
        rows, places = self._places(mask)
        found = np.full(self.count, NONE, np.int64)
        some = np.flatnonzero(places[:-1] < places[1:])
        found[some] = rows.take(places.take(some))
        return found

    def last(self, mask: Flags) -> Ints:
        """Return the last row of each segment that is in the mask; `NONE` where none is."""
        rows, places = self._places(mask)
        found = np.full(self.count, NONE, np.int64)
        some = np.flatnonzero(places[:-1] < places[1:])
        found[some] = rows.take(places.take(some + 1) - 1)
        return found

    def _places(self, mask: Flags) -> tuple[Ints, Ints]:
        """Return the rows in the mask, and how many of them lie before each start."""
        rows = np.flatnonzero(mask)
        if rows.size < self.rows // _RARE:
            return rows, rows.searchsorted(self.starts)
        return rows, counted(mask).take(self.starts)

    def counts(self, mask: Flags) -> Ints:
        """Return how many rows of each segment are in the mask."""
        return np.diff(counted(mask).take(self.starts))

    def latest(self, mask: Flags) -> Ints:
        """Return for every row the latest row of its segment up to it that is in the mask."""
        rows, places = self._held(mask)
        return np.where(mask.take(rows), rows, NONE).take(places)

    def filled(self, mask: Flags, values: NDArray[Any], nothing: object) -> NDArray[Any]:
        """Return for every row the value of the latest row of its segment that is in the mask."""
        rows, places = self._held(mask)
        held = values.take(rows)
        held[~mask.take(rows)] = nothing
        return held.take(places)

    def _held(self, mask: Flags) -> tuple[Ints, NDArray[np.int32]]:
        """Return the rows in the mask and the first of each segment, and the latest for each."""
        there = mask.copy()
        there[self.starts[:-1][self.starts[:-1] < self.rows]] = True
        places = np.cumsum(there, dtype=np.int32)
        places -= 1
        return np.flatnonzero(there), places

    def running(self, mask: Flags) -> Ints:
        """Return for every row how many rows of its segment up to it are in the mask."""
        so_far = counted(mask)
        before = so_far.take(self.starts[:-1])
        return so_far[1:] - np.repeat(before, np.diff(self.starts))

    def before(self, values: NDArray[Any], nothing: object) -> NDArray[Any]:
        """Return for every row the value of the row before it; nothing at the first one."""
        shifted = np.empty_like(values)
        shifted[1:] = values[:-1]
        shifted[self.starts[:-1]] = nothing
        return shifted

    def at(self, values: Ints, rows: Ints) -> Ints:
        """Return the values of some rows, `NULL` where the row is `NONE`."""
        if not values.size:
            return np.full(rows.size, NULL, np.int64)
        return np.where(rows == NONE, NULL, values.take(rows))
