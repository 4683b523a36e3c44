"""What each row of many logs does to a clock, and the rows laid out for passes over tickets.

Rows stand one ticket after the other. Those at which a clock may change are laid out by their
place in the life of their ticket instead: the first of every ticket, then every second one. So
one pass takes the next row of all tickets that have one (`support_model._frames.clock_passes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import define, field

from support_model._columns.pattern_masks import Seen, mask
from support_model.patterns import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from support_model._columns.step_columns import StepColumns
    from support_model._columns.values import Flags, Ints
    from support_model._frames.forces import ForceCodes
    from support_model.sla import Metric

    Bits = NDArray[np.uint16]

START, STOP, REOPEN = 1, 2, 4
"""What a row does by itself."""
STOPS, RESETS = 8, 16
"""What some row of its instant does; on the first row."""
HOLDS = 32
"""The clock pauses after the instant; on the last row."""
FIRST, LAST, CREATED = 64, 128, 256


@define(eq=False)
class Instants:
    """The instants of the tickets: rows of one ticket and one instant together.

    Attributes:
        steps: the steps.
        ticket: the ticket of each row.
        first: whether a row is the first of its instant.
        last: whether it is the last.
        number: the instant of each row.
        begins: the first row of each instant.
    """

    steps: StepColumns
    ticket: NDArray[np.int32]
    first: Flags
    last: Flags
    number: NDArray[np.int32]
    begins: Ints
    _last_rows: list[Ints] = field(factory=list, init=False)

    @classmethod
    def of(cls, steps: StepColumns) -> Instants:
        """Return the instants of some logs."""
        raw = steps.raw
        first = np.ones(raw.size, np.bool_)
        first[1:] = (raw.at[1:] != raw.at[:-1]) | (raw.ticket[1:] != raw.ticket[:-1])
        last = np.append(first[1:], True)[: raw.size]
        number = np.cumsum(first, dtype=np.int32) - 1
        return cls(steps, raw.ticket, first, last, number, np.flatnonzero(first))

    @property
    def last_row(self) -> Ints:
        """The last row of the instant of each row."""
        if not self._last_rows:
            self._last_rows.append(np.flatnonzero(self.last)[self.number])
        return self._last_rows[0]

    def any(self, rows: Flags) -> Flags:
        """Return for each row whether some row of its instant is among these."""
        if not rows.any():
            return rows
        some = np.zeros(self.begins.size, np.bool_)
        some[self.number[rows]] = True
        return some[self.number]


def bits_of(metric: Metric, instants: Instants) -> Bits:
    """Return what each row does to a clock of a metric."""
    steps = instants.steps
    seen = Seen(steps)
    lasts = Seen(steps, after=instants.last_row) if metric.starts_if_it_lasts else seen
    bits = np.zeros(seen.size, np.uint16)
    start = mask(metric.start, lasts)
    stop = mask(metric.stop, seen)
    bits[start] |= START
    bits[stop] |= STOP
    bits[instants.any(stop)] |= STOPS
    if not metric.repeats and metric.after_stop != "once":
        bits[mask(metric.reopen, seen)] |= REOPEN
    if metric.reset is not NEVER:
        bits[instants.any(mask(metric.reset, seen))] |= RESETS
    if metric.pause is not NEVER:
        bits[mask(metric.pause, seen) & instants.last] |= HOLDS
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


def laid_out(
    instants: Instants, bits: Bits, codes: ForceCodes, apart: Flags, longest: int
) -> tuple[Laid, Flags]:
    """Return the rows at which something may happen, and the tickets that have too many.

    `apart` are tickets to leave out.
    """
    lasts = np.flatnonzero(instants.last)
    places = _of_interest(instants, bits, codes, lasts)
    places = places[~apart[instants.ticket[places]]]
    counts = np.bincount(instants.ticket[places], minlength=apart.size)
    long = counts > longest
    if long.any():
        places = places[~long[instants.ticket[places]]]
        counts[long] = 0
    number = instants.number[places]
    to, offsets, tickets = _by_place(instants.ticket[places], counts)
    laid = Laid(
        offsets,
        tickets,
        np.empty(places.size, np.uint16),
        np.empty(places.size, np.int64),
        np.empty(places.size, np.int16),
    )
    laid.bits[to] = _marked(bits[places], number, instants.steps.first[places])
    laid.at[to] = instants.steps.raw.at[places]
    laid.code[to] = codes[lasts[number]]
    return laid, long


def _of_interest(instants: Instants, bits: Bits, codes: ForceCodes, lasts: Ints) -> Ints:
    """Return the rows at which the clock may change: those that act, and the last beside them."""
    acts = (bits & (START | STOP | REOPEN | RESETS)) != 0
    some = np.zeros(lasts.size, np.bool_)
    some[instants.number[acts]] = True
    holds, held = bits[lasts] & HOLDS, codes[lasts]
    differs = (holds[1:] != holds[:-1]) | (held[1:] != held[:-1])
    ticket = instants.ticket[lasts]
    some[1:] |= differs & (ticket[1:] == ticket[:-1])
    acts &= some[instants.number]
    acts[lasts[some]] = True
    return np.flatnonzero(acts)


def _marked(bits: Bits, number: NDArray[np.int32], created: Flags) -> Bits:
    """Return what rows do, with where their instants begin and end."""
    first = np.ones(number.size, np.bool_)
    first[1:] = number[1:] != number[:-1]
    bits[first] |= FIRST
    bits[np.append(first[1:], True)[: number.size]] |= LAST
    bits[created] |= CREATED
    return bits


def _by_place(ticket: NDArray[np.int32], counts: Ints) -> tuple[Ints, list[int], Ints]:
    """Return where each row goes, where the rows of each place begin, and the tickets in order."""
    most = int(counts.max(initial=0))
    fewest_last = most - counts
    small = fewest_last.astype(np.uint16) if most < 1 << 16 else fewest_last
    order = np.argsort(small, kind="stable")  # 16 bits: a radix sort
    some = int(np.count_nonzero(counts))
    spread = np.empty(counts.size, np.int64)
    spread[order] = np.arange(counts.size)
    have = np.bincount(counts, minlength=1)
    active = counts.size - np.cumsum(have)[:most]  # with more than 0, 1, 2, ... rows
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(active)])
    begins = np.cumsum(counts) - counts
    rank = np.arange(ticket.size) - begins[ticket]
    return offsets[rank] + spread[ticket], offsets.tolist(), order[:some]
