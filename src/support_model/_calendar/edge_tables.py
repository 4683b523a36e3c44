"""Open stretches as arrays, and two kernels on them: C(t) of whole columns, and its inverse.

Over one range of time a calendar is a sorted list of open stretches, and C(t), the open time
before t, is linear inside a stretch and level between two. The kernels cut the range into equal
slots, a power of two long and so short that no slot touches two stretches. Then one shift of
the instant tells which stretch matters, and C(t) = clip(t, start, end) + constant: three gathers
from a small table, no search, whole microseconds throughout. The inverse does the same along
the axis of open time. Where stretches lie too close for a table of bounded size, a binary
search finds them instead; the arithmetic stays.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._time import FIRST, LAST, Edges, union
from support_model.errors import InvalidValue, MissingExtra, OutOfRange

try:
    import numpy as np
except ImportError:
    raise MissingExtra(extra="frames", needs="numpy") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Kernel = Callable[[Ints], Ints]


TABLE_BYTES = 64 * 1024 * 1024
"""The most that the stretches of one table, or the slots of one call, may take in memory."""
CHUNK = 1 << 15  # rows a pass: the temporaries stay in the processor's cache
ROW_BYTES = 3 * 8
BEYOND = LAST - FIRST + 2  # more open time than there can be


@frozen(eq=False)
class EdgeTable:
    """The open stretches of the range [low, high] as arrays: a calendar made for many look-ups.

    Immutable and explicit: nothing else keeps anything between two calls. Make one with
    `support_model.arrays.edge_table` and pass it wherever a calendar may stand, to spare the
    walk over the calendar's years.

    Attributes:
        low: first instant of the range, in microseconds.
        high: last instant of the range, in microseconds; stretches are cut there.
        starts: int64, the first open instant of each stretch.
        ends: int64, the first closed instant after each stretch.
        before: int64, C at each start and, last, at `high`: one more than stretches.

    Example:
        >>> table = EdgeTable.of([(0, 10), (20, 25)], low=0, high=100)
        >>> table.open_before(np.array([5, 15, 22, 100])).tolist()
        [5, 10, 12, 15]
        >>> table.earliest(np.array([10, 11])).tolist()
        [10, 21]
    """

    low: int
    high: int
    starts: Ints
    ends: Ints
    before: Ints

    @classmethod
    def of(cls, stretches: Iterable[Edges], *, low: int, high: int, origin: int = 0) -> EdgeTable:
        """Return the table of stretches in any order; `origin` is C(low).

        Raises:
            InvalidValue: `high` lies before `low`.
            OutOfRange: the stretches take more than `TABLE_BYTES`.
        """
        return cls.of_runs(union(stretches), low=low, high=high, origin=origin)

    @classmethod
    def of_runs(cls, runs: Iterable[Edges], *, low: int, high: int, origin: int) -> EdgeTable:
        """Return the table of runs in order, no two adjacent; `origin` is C(low).

        Raises:
            InvalidValue: `high` lies before `low`.
            OutOfRange: the runs take more than `TABLE_BYTES`.
        """
        if high < low:
            raise InvalidValue((low, high), "a table must not end before it starts", "swap them")
        most = TABLE_BYTES // ROW_BYTES
        flat = np.fromiter(chain.from_iterable(islice(runs, most + 1)), np.int64)
        if flat.size > 2 * most:
            raise OutOfRange(most, "more open stretches than one table holds", "ask for less time")
        starts, ends = np.clip(flat[::2], low, high), np.clip(flat[1::2], low, high)
        some = starts < ends
        starts, ends = starts[some], ends[some]
        before = origin + np.concatenate([np.zeros(1, np.int64), np.cumsum(ends - starts)])
        for column in (starts, ends, before):
            column.flags.writeable = False
        return cls(low, high, starts, ends, before)

    def open_before(self, t: Ints) -> Ints:
        """Return C(t) for a row of int64 instants in any order.

        Raises:
            OutOfRange: an instant outside the table.
        """
        within(t, self.low, self.high, "an instant outside the table")
        return _chunked(self.counter(t.size), t)

    def earliest(self, c: Ints) -> Ints:
        """Return the first t with C(t) >= c for a row of int64 counts in any order.

        Raises:
            OutOfRange: the table holds no such instant.
        """
        low, high = int(self.before[0]) + 1, int(self.before[-1])
        within(c, low, high, "open time outside the table")
        return _chunked(self.lander(c.size), c) if c.size else c.copy()

    def counter(self, rows: int) -> Kernel:
        """Return C as a kernel made for that many instants; it does not check its range."""
        low, high, bounds = self.low, self.high, self.ends
        # A stretch of no length at the end stands for "after all stretches".
        starts, ends = np.append(self.starts, high), np.append(bounds, high)
        constants = self.before - starts
        last = bounds - low
        bits = _slot_bits(last[:-1], self.starts[1:] - low, high - low)
        slots = ((high - low) >> bits) + 1
        if fits := _fits(slots, rows):
            reigns = _reigns(last >> bits, slots)
            starts, ends, constants = (x.repeat(reigns) for x in (starts, ends, constants))

        def open_before(t: Ints) -> Ints:
            i = (t - low) >> bits if fits else bounds.searchsorted(t, "right")
            c: Ints = np.maximum(t, starts.take(i))
            np.minimum(c, ends.take(i), out=c)
            c += constants.take(i)
            return c

        return open_before

    def lander(self, rows: int) -> Kernel:
        """Return the inverse of C as a kernel for that many counts; it does not check them."""
        origin = int(self.before[0]) + 1
        bounds = self.before[1:-1] - self.before[0]  # from here on the next stretch counts
        constants: Ints = self.starts - self.before[:-1]
        span = int(self.before[-1]) - origin
        bits = _slot_bits(bounds[:-1], bounds[1:], span)
        slots = (span >> bits) + 1
        ranks, nexts = np.arange(bounds.size + 1), np.append(bounds, BEYOND)
        if fits := _fits(slots, rows):
            reigns = _reigns(bounds >> bits, slots)
            ranks, nexts = ranks.repeat(reigns), nexts.repeat(reigns)

        def earliest(c: Ints) -> Ints:
            x = c - origin
            if fits:
                slot = x >> bits
                i = ranks.take(slot) + (nexts.take(slot) <= x)
            else:
                i = bounds.searchsorted(x, "right")
            i = constants.take(i)
            i += c
            return i

        return earliest


def within(
    values: NDArray[np.int64], low: int, high: int, problem: str, numbers: Ints | None = None
) -> None:
    """Raise OutOfRange for the first row outside [low, high]; `numbers` are the user's rows."""
    if values.size and (int(values.min()) < low or int(values.max()) > high):
        row = int(((values < low) | (values > high)).argmax())
        number = row if numbers is None else int(numbers[row])
        raise OutOfRange(int(values.flat[row]), f"row {number}: {problem}")


def chunks(size: int) -> Iterator[slice]:
    """Yield the passes over that many rows."""
    return (slice(at, at + CHUNK) for at in range(0, size, CHUNK))


def _chunked(kernel: Kernel, x: Ints) -> Ints:
    out = np.empty(x.size, np.int64)
    for rows in chunks(x.size):
        out[rows] = kernel(x[rows])
    return out


def _slot_bits(left: Ints, right: Ints, span: int) -> int:
    """Return the largest k for which no left and its right share a slot of 2**k."""
    differ = left ^ right
    return int(differ.min()).bit_length() - 1 if differ.size else span.bit_length()


def _fits(slots: int, rows: int) -> bool:
    """Tell whether a table of slots is worth its making and within its bound."""
    return slots <= min(rows, TABLE_BYTES // ROW_BYTES)


def _reigns(last: Ints, slots: int) -> Ints:
    """Return over how many slots each stretch reigns: up to its last; the final one to the end."""
    return np.diff(last, prepend=-1, append=slots - 1)
