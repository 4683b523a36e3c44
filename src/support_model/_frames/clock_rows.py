"""What each row of many logs does to a clock, and the rows laid out for passes over tickets.

Rows stand one ticket after the other. Those at which a clock may change are laid out by their
place in the life of their ticket instead: the first of every ticket, then every second one. So
one pass takes the next row of all tickets that have one (`support_model._frames.clock_passes`).
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define, field

from support_model._columns.pattern_masks import Seen
from support_model._columns.step_columns import CATEGORY
from support_model._columns.values import NONE
from support_model.patterns import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from support_model._columns.step_columns import StepColumns
    from support_model._columns.values import Codes, Flags, Ints
    from support_model._frames.forces import ForceCodes
    from support_model.patterns import Pattern
    from support_model.sla import Metric

    Bits = NDArray[np.uint16]
    TurnsOf = tuple[Ints, Ints, NDArray[np.int16]]

START, STOP, REOPEN = 1, 2, 4
"""What a row does by itself."""
STOPS, RESETS = 8, 16
"""What some row of its instant does; on every row of it."""
HOLDS = 32
"""The clock pauses after the instant; on every row of it."""
FIRST, LAST, CREATED = 64, 128, 256
TURN, VOID = 512, 1024
"""An edition comes into force without an event; the ticket is void from now on."""


@define(eq=False, slots=False)
class Instants:
    """The instants of the tickets: rows of one ticket and one instant together.

    Attributes:
        seen: the steps.
        ticket: the ticket of each row.
        last: whether a row is the last of its instant.
        several: the rows of instants that have more than one.
        begins: the places in `several` at which such instants begin.
        sizes: how many rows each of them has.
    """

    _somewhere: dict[Pattern, Flags] = field(factory=dict, init=False, repr=False)
    _lastly: dict[Pattern, Flags] = field(factory=dict, init=False, repr=False)

    seen: Seen
    ticket: Codes
    last: Flags
    several: Ints
    begins: Ints
    sizes: Ints

    @classmethod
    def of(cls, steps: StepColumns) -> Instants:
        """Return the instants of some logs."""
        at, ticket = steps.raw.at, steps.raw.ticket
        first = np.ones(at.size, np.bool_)
        first[1:] = (at[1:] != at[:-1]) | (ticket[1:] != ticket[:-1])
        last = np.append(first[1:], True)[: at.size]
        several = np.flatnonzero(~(first & last))
        begins = np.flatnonzero(first[several])
        return cls(
            Seen(steps), ticket, last, several, begins, np.diff(begins, append=several.size)
        )

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for each row the value of the last row of its instant."""
        if not self.several.size:
            return values
        found = values.copy()
        found[self.several] = np.repeat(values[self._lasts], self.sizes)
        return found

    def any(self, rows: Flags) -> Flags:
        """Return for each row whether some row of its instant is among these."""
        if not self.several.size:
            return rows
        found = rows.copy()
        some = np.logical_or.reduceat(rows[self.several], self.begins)
        found[self.several] = np.repeat(some, self.sizes)
        return found

    def somewhere(self, pattern: Pattern) -> Flags:
        """Return for each row whether a pattern holds of some row of its instant."""
        known = self._somewhere.get(pattern)
        if known is None:
            known = self._somewhere[pattern] = self.any(self.seen.holds(pattern))
        return known

    def lastly(self, pattern: Pattern) -> Flags:
        """Return for each row whether a pattern holds of the last row of its instant."""
        known = self._lastly.get(pattern)
        if known is None:
            known = self._lastly[pattern] = self.spread(self.seen.holds(pattern))
        return known

    @cached_property
    def _lasts(self) -> Ints:
        """The last rows of the instants that have several."""
        return self.several[self.begins + self.sizes - 1]

    def with_lasts(self, rows: Flags) -> Ints:
        """Return the numbers of rows, and of the last one beside any that is not."""
        if self.several.size:
            some = np.logical_or.reduceat(rows[self.several], self.begins)
            rows[self._lasts[some]] = True
        return np.flatnonzero(rows)


def bits_of(metric: Metric, instants: Instants) -> Bits:
    """Return what each row does to a clock of a metric."""
    seen = lasts = instants.seen
    if metric.starts_if_it_lasts:
        lasts = Seen(seen.steps, after=instants.spread(np.arange(seen.size)))
    bits: Bits = lasts.holds(metric.start) * np.uint16(START)
    bits |= seen.holds(metric.stop) * np.uint16(STOP)
    bits |= instants.somewhere(metric.stop) * np.uint16(STOPS)
    if not metric.repeats and metric.after_stop != "once":
        bits |= seen.holds(metric.reopen) * np.uint16(REOPEN)
    if metric.reset is not NEVER:
        bits |= instants.somewhere(metric.reset) * np.uint16(RESETS)
    if metric.pause is not NEVER:
        bits |= instants.lastly(metric.pause) * np.uint16(HOLDS)
    return bits


@define(eq=False)
class Laid:
    """The rows of a clock by their place in the life of their ticket.

    Attributes:
        offsets: where the rows of each place begin, and last their number.
        tickets: the tickets, those with the most rows first; row i of a place is of ticket i.
        bits: what the rows do.
        at: when.
        code: what is in force after the instant.
    """

    offsets: list[int]
    tickets: Ints
    bits: Bits
    at: Ints
    code: ForceCodes


def voided(instants: Instants) -> tuple[Flags | None, Flags]:
    """Return the rows from which on tickets are void for good; and the tickets that come back.

    None: there are none of either.
    """
    steps = instants.seen.steps
    void = instants.spread((steps.category == CATEGORY["void"]) | steps.merged)
    if not void.any():
        return None, np.zeros(steps.segments.count, np.bool_)
    first = steps.segments.first(void)
    since = np.where(first == NONE, steps.segments.starts[1:], first)
    return void, steps.segments.counts(void) < steps.segments.starts[1:] - since


def laid_out(
    instants: Instants, bits: Bits, codes: ForceCodes, turns: TurnsOf, apart: Flags, longest: int
) -> tuple[Laid, Flags]:
    """Return the rows at which something may happen, and the tickets that have too many.

    Args:
        instants: the rows.
        bits: what they do.
        codes: what is in force after their instants.
        turns: the last row, the instant and the code of each turn between two instants.
        apart: tickets to leave out.
        longest: how many rows are not too many.
    """
    steps, (row, turn, held) = instants.seen.steps, turns
    places = _of_interest(instants, bits, codes, row)
    ticket = instants.ticket.take(places)
    last = instants.last.take(places)
    done = bits.take(places)
    done |= steps.first.take(places) * np.uint16(CREATED)
    at, code = steps.raw.at.take(places), codes.take(places)
    if row.size:
        at, code = np.concatenate([at, turn]), np.concatenate([code, held])
        done = np.concatenate([done, np.full(row.size, TURN, np.uint16)])
        ticket = np.concatenate([ticket, instants.ticket[row]])
        order = np.lexsort((at, ticket))
        ticket, at, code, done = ticket[order], at[order], code[order], done[order]
        last = _last_of_instant(ticket, at)
    _mark(done, last)
    counts = np.bincount(ticket, minlength=apart.size)
    begins = np.cumsum(counts) - counts
    long = counts > longest
    counts[apart | long] = 0
    come, offsets, tickets = _by_place(begins, counts)
    return Laid(offsets, tickets, done.take(come), at.take(come), code.take(come)), long & ~apart


def _of_interest(instants: Instants, bits: Bits, codes: ForceCodes, turned: Ints) -> Ints:
    """Return the rows at which the clock may change: those that act, and the last beside them.

    After a turn anything may be another than it was.
    """
    ticket = instants.ticket
    differs = codes[1:] != codes[:-1]
    differs |= ((bits[1:] ^ bits[:-1]) & (HOLDS | VOID)) != 0
    if turned.size:
        differs[turned[turned < differs.size]] = True
    differs &= ticket[1:] == ticket[:-1]
    acts = (bits & (START | STOP | REOPEN | RESETS)) != 0
    acts[1:] |= differs
    return instants.with_lasts(acts)


def _last_of_instant(ticket: Codes, at: Ints) -> Flags:
    last = np.ones(ticket.size, np.bool_)
    last[:-1] = (at[1:] != at[:-1]) | (ticket[1:] != ticket[:-1])
    return last


def _mark(bits: Bits, last: Flags) -> None:
    """Say of rows where their instants begin and end; the last row of each is among them."""
    marks = last * np.uint16(LAST)
    bits |= marks
    bits[:1] |= FIRST
    marks //= np.uint16(LAST // FIRST)
    bits[1:] |= marks[:-1]


def _by_place(begins: Ints, counts: Ints) -> tuple[Ints, list[int], Ints]:
    """Return which row comes where, where the rows of each place begin, and the tickets in order.

    Args:
        begins: the first row of each ticket.
        counts: how many rows each ticket has.
    """
    most = int(counts.max(initial=0))
    fewest_last = most - counts
    small = fewest_last.astype(np.uint16) if most < 1 << 16 else fewest_last
    order = np.argsort(small, kind="stable")  # 16 bits: a radix sort
    some = int(np.count_nonzero(counts))
    have = np.bincount(counts, minlength=1)
    active = counts.size - np.cumsum(have)[:most]  # with more than 0, 1, 2, ... rows
    offsets = [0, *np.cumsum(active).tolist()]
    come, ordered = np.empty(offsets[-1], np.int64), begins[order[:some]]
    for place, (start, end) in enumerate(pairwise(offsets)):
        np.add(ordered[: end - start], place, out=come[start:end])
    return come, offsets, order[:some]
