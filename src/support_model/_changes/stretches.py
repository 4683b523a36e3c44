"""Spells of many tickets by arrays: cut where another one holds a ticket, without their pauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from attrs import define, field

if TYPE_CHECKING:
    from array import array

    from numpy.typing import NDArray

    from support_model._changes.rows import Marks, Spells

Numbers: TypeAlias = "NDArray[Any]"


def extend(kept: array[int], values: Numbers) -> None:
    """Add values to whole numbers as C holds them."""
    kept.frombytes(np.ascontiguousarray(values, kept.typecode).view(np.uint8).data)


def spread(counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return the row of each entry, and its place there, of rows of so many entries each."""
    row = np.repeat(np.arange(counts.size), counts)
    return row, np.arange(row.size) - (np.cumsum(counts) - counts)[row]


@define(eq=False)
class InstantScale:
    """Instants as whole numbers of few bits, so that one number holds a ticket and an instant.

    Attributes:
        low: an instant before which there is none.
        bits: how many bits the time since then takes.
    """

    low: int
    bits: int

    def key(self, ticket: Numbers, at: Numbers) -> Numbers:
        """Return numbers in the order of tickets and, of one ticket, of instants."""
        made: Numbers = (ticket.astype(np.int64) << self.bits) + (at - self.low)
        return made


@define(eq=False)
class Instants:
    """The entries of each ticket by their instants, in order.

    Attributes:
        scale: of their instants.
        offsets: where the entries of each ticket begin, and last their number.
        at: the instant of each.
        ticket: the ticket of each.
    """

    scale: InstantScale
    offsets: Numbers
    at: Numbers
    ticket: Numbers = field(init=False)
    _keys: Numbers = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.ticket = np.repeat(np.arange(self.offsets.size - 1), np.diff(self.offsets))
        self._keys = self.scale.key(self.ticket, self.at)

    def before(self, ticket: Numbers, at: Numbers) -> Numbers:
        """Return the place after the last entry of a ticket before an instant."""
        return self._keys.searchsorted(self.scale.key(ticket, at))

    def up_to(self, ticket: Numbers, at: Numbers) -> Numbers:
        """Return the place after the last entry of a ticket before or at an instant."""
        return self._keys.searchsorted(self.scale.key(ticket, at), "right")

    def following(self, ticket: Numbers, places: Numbers) -> Numbers:
        """Return whether places are of entries of a ticket, and not behind its last."""
        found: Numbers = places < self.offsets[1:][ticket]
        return found


@define(eq=False)
class Holders:
    """From when on who holds each ticket; each has one who held it first.

    Attributes:
        since: from when on each does.
        unit: the unit that stands for it; a negative number where it is a further one.
    """

    since: Instants
    unit: Numbers

    def at(self, ticket: Numbers, at: Numbers) -> Numbers:
        """Return the unit that held a ticket just before an instant."""
        first = self.since.offsets[ticket]
        found: Numbers = self.unit[np.maximum(self.since.before(ticket, at) - 1, first)]
        return found


@define(eq=False)
class Stretches:
    """Spells of tickets, or their parts.

    Attributes:
        ticket: whose they are.
        start: when they begin.
        end: when they end.
        ended: 1 where the outcome came at the end.
    """

    ticket: Numbers
    start: Numbers
    end: Numbers
    ended: Numbers


@define(eq=False)
class Pauses:
    """What is left out of each of some spells: sorted stretches that do not overlap.

    Attributes:
        counts: how many each spell has.
        start: when they begin.
        end: when they end, after they begin and not after the spell does.
    """

    counts: Numbers
    start: Numbers
    end: Numbers


@define(eq=False)
class Cut:
    """Spells cut into parts, as `Spells` has them, with the number of the spell of each."""

    of: Numbers
    unit: Numbers
    origin: Numbers
    follows: Numbers
    start: Numbers
    end: Numbers
    ended: Numbers

    def add_to(self, spells: Spells, chosen: Numbers) -> None:
        """Add some of the parts."""
        extend(spells.unit, self.unit[chosen])
        extend(spells.origin, self.origin[chosen])
        extend(spells.follows, self.follows[chosen])
        extend(spells.start, self.start[chosen])
        extend(spells.end, self.end[chosen])
        extend(spells.ended, self.ended[chosen])


def add_marks(marks: Marks, unit: Numbers, at: Numbers, value: Numbers) -> None:
    """Add instants of units."""
    extend(marks.unit, unit)
    extend(marks.at, at)
    extend(marks.value, value)


def cut(spells: Stretches, holders: Holders, pauses: Pauses | None = None) -> Cut:
    """Return spells cut where another one holds their ticket, without their pauses.

    What ends in a pause has a last part without length, in which the outcome comes.
    """
    of, begin, until = _without(spells, pauses)
    ticket, since = spells.ticket[of], holders.since
    first = since.offsets[ticket]
    after = np.maximum(since.up_to(ticket, begin), first + 1)  # the first change of hands inside
    last = np.maximum(since.before(ticket, until), first + 1)  # behind the last one
    changes = np.maximum(last - after, 0)
    row, place = spread(changes + 1)
    holder = np.where(changes > 0, after, last)[row] - 1 + place
    starts = np.where(place > 0, since.at[holder], begin[row])
    final = place == changes[row]
    ends = np.where(final, until[row], np.append(starts[1:], 0))
    spell = of[row]
    follows = np.append(False, spell[1:] == spell[:-1])[: spell.size]
    made = Cut(
        of=spell,
        unit=holders.unit[holder],
        origin=np.where(follows, spells.start[spell], starts),
        follows=follows,
        start=starts,
        end=ends,
        ended=np.where(final & (ends == spells.end[spell]), spells.ended[spell], 0),
    )
    return made if pauses is None else _with_last(made, spells, holders)


def _without(spells: Stretches, pauses: Pauses | None) -> tuple[Numbers, Numbers, Numbers]:
    """Return what is left of spells without pauses: the spell of each stretch, start and end."""
    if pauses is None:
        return np.arange(spells.ticket.size), spells.start, spells.end
    of, place = spread(pauses.counts + 1)
    before = (np.cumsum(pauses.counts) - pauses.counts)[of] + place  # the pause behind a stretch
    many = pauses.counts[of]
    ends, starts = np.append(pauses.end, 0), np.append(pauses.start, 0)
    begin = np.where(place > 0, np.maximum(ends[before - 1], spells.start[of]), spells.start[of])
    until = np.where(place < many, np.minimum(starts[before], spells.end[of]), spells.end[of])
    kept = (begin < until) | (many == 0)
    return of[kept], begin[kept], until[kept]


def _with_last(made: Cut, spells: Stretches, holders: Holders) -> Cut:
    """Return parts with a last one where the outcome of a spell came in a pause."""
    size = spells.ticket.size
    last = np.full(size, -1)
    last[made.of] = np.arange(made.of.size)
    some = last >= 0
    ends = np.append(made.end, 0)[last]
    of = np.flatnonzero((spells.ended != 0) & (~some | (ends != spells.end)))
    if not of.size:
        return made
    follows, end = some[of], spells.end[of]
    first = holders.unit[holders.since.offsets[spells.ticket[of]]]
    more = Cut(
        of=of,
        unit=np.where(follows, np.append(made.unit, 0)[last[of]], first),
        origin=np.where(follows, spells.start[of], end),
        follows=follows,
        start=end,
        end=end,
        ended=np.ones(of.size, np.int64),
    )
    order = np.argsort(np.concatenate([made.of, more.of]), kind="stable")
    parts = (
        np.concatenate([getattr(made, name), getattr(more, name)])[order]
        for name in ("of", "unit", "origin", "follows", "start", "end", "ended")
    )
    return Cut(*parts)
