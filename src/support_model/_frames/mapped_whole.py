"""What only a whole table tells, where its rows are read part by part.

Which way a file runs, and whether it has one row a ticket, is seen in all of its rows. A part
decides by its own rows, and says what it saw of them; once all parts are seen, those that decided
otherwise than the whole are read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import define

from support_model._frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from support_model._columns.values import Codes, Flags, Ints

__all__ = ["Known", "Part", "whole_of"]

RANGE = 1 << 17
"""Lines whose stamps are compared at a time."""


@frozen
class Known:
    """What is known of a whole table.

    Attributes:
        backwards: whether its rows run from the newest to the oldest where a ticket does not say.
        listed: whether one row a ticket states present values.
    """

    backwards: bool
    listed: bool


@define(eq=False)
class Part:
    """A part of a table, of whole tickets: what is known of the table, and what is seen here.

    Attributes:
        known: of the whole table; None where the part has to decide.
        backwards: what was taken for the whole; None where nothing asked.
        listed: likewise.
        down: whether the rows of a ticket run from the newest to the oldest.
        up: whether the rows of a ticket run from the oldest to the newest.
        lines: int64, the lines of the rows that count; None once it is clear which way they run.
        stamps: int64, their instants.
        several: whether a ticket has more than one row.
        present: whether a status is not a first one.
        ids: Arrow text, the tickets.
        first: int64, the first line of each that counts.
    """

    known: Known | None = None
    backwards: bool | None = None
    listed: bool | None = None
    down: bool = False
    up: bool = False
    lines: Ints | None = None
    stamps: Ints | None = None
    several: bool = False
    present: bool = False
    ids: pa.Array | None = None
    first: Ints | None = None

    def keep(self, place: Path) -> None:
        """Keep what may be as large as the rows in files, at a place of this part alone."""
        if self.lines is not None and self.stamps is not None:
            for name, values in (("lines", self.lines), ("stamps", self.stamps)):
                path = place.with_suffix(f".{name}.npy")
                np.save(path, values)
                setattr(self, name, np.load(path, mmap_mode="r"))

    def met(self, ids: pa.Array, ticket: Ints | Codes, lines: Ints) -> None:
        """Note the tickets, by first sight, and the line at which each begins."""
        self.ids = ids
        self.first = lines[np.unique(ticket, return_index=True)[1]]

    def runs(self, at: Ints, lines: Ints, down: Flags, up: Flags) -> bool:
        """Return whether the whole runs backwards where a ticket does not say."""
        self.down, self.up = bool(down.any()), bool(up.any())
        steps = np.diff(at)
        if not (self.down or self.up or (steps > 0).any()):
            self.lines, self.stamps = lines, at
        falls = bool((steps < 0).any() and not (steps > 0).any())
        own = falls or (self.down and not self.up)
        self.backwards = own if self.known is None else self.known.backwards
        return self.backwards

    def lists(self, *, several: bool, present: bool) -> bool:
        """Return whether one row a ticket states present values in the whole."""
        self.several, self.present = several, present
        own = present and not several
        self.listed = own if self.known is None else self.known.listed
        return self.listed

    def decided_as(self, whole: Known) -> bool:
        """Return whether the part took for the whole what it is."""
        return self.backwards in (None, whole.backwards) and self.listed in (None, whole.listed)


def whole_of(parts: Sequence[Part]) -> Known:
    """Return what all parts of a table tell of it.

    Example:
        >>> whole_of([Part(down=True), Part()]).backwards
        True
        >>> whole_of([Part(down=True), Part(up=True)]).backwards
        False
    """
    down, up = any(each.down for each in parts), any(each.up for each in parts)
    present = any(each.present for each in parts)
    several = any(each.several for each in parts)
    backwards = down and not up if down or up else _falls(parts)
    return Known(backwards=backwards, listed=present and not several)


def _falls(parts: Sequence[Part]) -> bool:
    """Return whether stamps fall from line to line of the whole, and never rise."""
    asked = [each for each in parts if each.backwards is not None]
    lines = [each.lines for each in asked if each.lines is not None]
    stamps = [each.stamps for each in asked if each.stamps is not None]
    if not asked or len(lines) < len(asked):
        return False
    before, fell = np.zeros(0, np.int64), False
    for own in _by_line(lines, stamps):
        steps = np.diff(np.concatenate([before, own]))
        if (steps > 0).any():
            return False
        fell, before = fell or bool((steps < 0).any()), own[-1:]
    return fell


def _by_line(lines: Sequence[Ints], stamps: Sequence[Ints]) -> Iterator[Ints]:
    """Yield stamps in the order of their lines, some at a time."""
    for start in range(0, max(int(each[-1]) for each in lines) + 1, RANGE):
        cuts = [each.searchsorted([start, start + RANGE]) for each in lines]
        order = np.argsort(_between(lines, cuts))
        if order.size:
            yield _between(stamps, cuts)[order]


def _between(columns: Sequence[Ints], cuts: Sequence[Ints]) -> Ints:
    return np.concatenate([each[a:b] for each, (a, b) in zip(columns, cuts, strict=True)])
