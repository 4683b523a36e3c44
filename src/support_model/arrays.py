"""Business time of whole columns, exactly: `elapsed` and `add`, with one calendar or one a row.

Instants are int64 microseconds since 1970-01-01 UTC, or datetime64 read as UTC in a unit from
days to nanoseconds; one aware datetime stands for a whole column. int64 in, int64 out;
datetime64 in, timedelta64[us] or datetime64[us] out. NaT in, NaT out. Nothing is rounded:
nanoseconds that make no whole microsecond are refused.

Memory: 8 bytes a row for the result and for each column of another unit than microseconds,
and at most `TABLE_BYTES` for a table. Columns that span more than `WIDE` are solved in halves,
so that a stray year 9999 costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import chain, islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import define

from support_model._frozen import frozen
from support_model._time import FIRST, LAST, Edges, instant, micros, micros_of, union
from support_model.errors import InvalidValue, MissingExtra, NoOpenTime, OutOfRange, nearest

try:
    import numpy as np
except ImportError:
    raise MissingExtra(extra="frames", needs="numpy") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from support_model._calendar.timeline import Timeline
    from support_model.calendars import BusinessCalendar

    Ints = NDArray[np.int64]
    Kernel = Callable[[Ints], Ints]

__all__ = ["add", "add_by", "edge_table", "elapsed", "elapsed_by"]

Source: TypeAlias = "BusinessCalendar | Timeline | EdgeTable"

LENGTH = LAST - FIRST + 1
NAT = np.iinfo(np.int64).min
UNITS = MappingProxyType(
    {"D": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 10**6, "ms": 1000, "us": 1}
)
TABLE_BYTES = 64 * 1024 * 1024
"""The most that the stretches of one table, or the slots of one call, may take in memory."""
CHUNK = 1 << 15  # rows a pass: the temporaries stay in the processor's cache
ROW_BYTES = 3 * 8
BEYOND = LAST - FIRST + 2  # more open time than there can be
WIDE = 16 * 31_556_952_000_000
"""The longest range, in microseconds (16 years), that is turned into one table at a time."""
FEW = 64  # rows for which single look-ups in the calendar beat making a table
OUTSIDE = "an instant outside the table"


_SCALARS: Mapping[str, tuple[type, Callable[[Any], int]]] = {
    "M": (datetime, micros),
    "m": (timedelta, micros_of),
}
NANOSECONDS = ("nanosecond", "nanoseconds")  # what pandas calls them


@define
class _Column:
    """One argument: its values, whether they carry a unit (None: either way), where NaT was."""

    values: NDArray[Any]
    typed: bool | None = None
    missing: NDArray[np.bool_] | None = None


def _read_column(values: ArrayLike, kind: str, name: str) -> _Column:
    """Return instants (kind M) or amounts (kind m) as int64 microseconds within bounds."""
    scalar, count = _SCALARS[kind]
    if isinstance(values, scalar) and not any(getattr(values, part, 0) for part in NANOSECONDS):
        return _Column(np.array(count(values), np.int64))
    array = np.asarray(values)
    if unit := _exact_unit(array.dtype, kind):
        ints = array.astype(f"{kind}8[{unit}]", copy=False).view(np.int64)
        missing = None
        if ints.size and ints.min() == NAT:
            missing = ints == NAT
            ints = np.where(missing, 0 if missing.all() else ints[~missing][0], ints)
        return _Column(_scaled(ints, unit, kind, name), typed=True, missing=missing)
    if array.dtype.kind in "iu" and np.can_cast(array.dtype, np.int64):
        return _Column(_scaled(array.astype(np.int64, copy=False), "us", kind, name), typed=False)
    what, give = ("instant", "datetime64 in UTC") if kind == "M" else ("duration", "timedelta64")
    raise InvalidValue(
        str(array.dtype),
        f"{name} of a dtype that names no exact {what}",
        f"give int64 microseconds or {give}, in a unit from days to nanoseconds",
    )


def _exact_unit(dtype: np.dtype[Any], kind: str) -> str:
    """Return the unit of a dtype of instants or amounts; empty for one that is not exact."""
    unit, step = np.datetime_data(dtype) if dtype.kind == kind else ("", 1)
    return unit if unit == "ns" or (unit in UNITS and step == 1) else ""


def _scaled(ints: Ints, unit: str, kind: str, name: str) -> Ints:
    """Return whole microseconds; amounts longer than time itself are shortened to that."""
    if not ints.size:
        return ints
    if unit == "ns":
        whole = ints // 1000
        if (torn := whole * 1000 != ints).any():
            row = int(torn.argmax())
            raise InvalidValue(
                int(ints.flat[row]),
                f"{name}: row {row} holds a part of a microsecond (nanoseconds)",
                "round on purpose: values.astype('datetime64[us]')",
            )
        return whole
    factor = UNITS[unit]
    if kind == "M":
        remark = f"{name} outside the years 1 to 9999 (unit: {unit})"
        _within(ints, FIRST // factor, LAST // factor, remark)
    elif int(ints.min()) < -LENGTH // factor or int(ints.max()) > LENGTH // factor:
        ints = np.clip(ints, -LENGTH // factor, LENGTH // factor)
    return ints if factor == 1 else ints * factor


@define
class _Rows:
    """The complete rows of columns, flat, and how to give an answer for all of them.

    Attributes:
        columns: one flat array each, of the rows without NaT.
        shape: the shape of an answer.
        typed: whether the answer carries a unit.
        numbers: the rows' places among all rows; None if none was left out.
    """

    columns: tuple[NDArray[Any], ...]
    shape: tuple[int, ...]
    typed: bool
    numbers: Ints | None

    @classmethod
    def of(cls, **columns: _Column) -> _Rows:
        """Broadcast columns that agree about their unit."""
        units = {column.typed for column in columns.values()} - {None}
        if len(units) > 1:
            raise InvalidValue(
                " and ".join(columns),
                "plain integers beside datetime64 or timedelta64",
                "give both as int64 microseconds, or both with a unit",
            )
        values = np.broadcast_arrays(*(column.values for column in columns.values()))
        shape = values[0].shape
        flat = tuple(value.reshape(-1) for value in values)
        missing = [c.missing for c in columns.values() if c.missing is not None]
        if not missing:
            return cls(flat, shape, True in units, None)
        lost = np.any([np.broadcast_to(mask, shape) for mask in missing], axis=0)
        numbers = np.flatnonzero(~lost)
        return cls(tuple(value[numbers] for value in flat), shape, True in units, numbers)

    def answer(self, out: Ints, dtype: str) -> NDArray[Any]:
        """Return the answer of the complete rows in the shape of all, NaT where one was."""
        if self.numbers is not None:
            whole = np.full(self.shape, NAT)
            whole.flat[self.numbers] = out
            return whole.view(dtype)
        shaped = out.reshape(self.shape)
        return shaped.view(dtype) if self.typed else shaped


@frozen(eq=False)
class EdgeTable:
    """The open stretches of the range [low, high] as arrays: a calendar made for many look-ups.

    Make one with `edge_table` and pass it in place of the calendar: nothing else is kept
    between two calls.

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
        """Return the table of stretches in any order; `origin` is C(low)."""
        return _table_of(union(stretches), low, high, origin)

    def open_before(self, t: Ints) -> Ints:
        """Return C(t) for a row of int64 instants of the table, in any order."""
        _within(t, self.low, self.high, "an instant outside the table")
        return _chunked(self.counter(t.size), t)

    def earliest(self, c: Ints) -> Ints:
        """Return the first t with C(t) >= c for a row of int64 counts, in any order."""
        low, high = int(self.before[0]) + 1, int(self.before[-1])
        _within(c, low, high, "open time outside the table")
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


def _table_of(runs: Iterable[Edges], low: int, high: int, origin: int) -> EdgeTable:
    """Return the table of runs in order, no two adjacent; `origin` is C(low)."""
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
    return EdgeTable(low, high, starts, ends, before)


def _within(
    values: NDArray[np.int64], low: int, high: int, problem: str, numbers: Ints | None = None
) -> None:
    """Raise OutOfRange for the first row outside [low, high]; `numbers` are the user's rows."""
    if values.size and (int(values.min()) < low or int(values.max()) > high):
        row = int(((values < low) | (values > high)).argmax())
        number = row if numbers is None else int(numbers[row])
        raise OutOfRange(int(values.flat[row]), f"row {number}: {problem}")


def _chunks(size: int) -> Iterator[slice]:
    """Yield the passes over that many rows."""
    return (slice(at, at + CHUNK) for at in range(0, size, CHUNK))


def _chunked(kernel: Kernel, x: Ints) -> Ints:
    out = np.empty(x.size, np.int64)
    for rows in _chunks(x.size):
        out[rows] = kernel(x[rows])
    return out


def _slot_bits(left: Ints, right: Ints, span: int) -> int:
    """Return the largest k for which no left and its right share a slot of 2**k."""
    differ = left ^ right
    return int(differ.min()).bit_length() - 1 if differ.size else span.bit_length()


def _fits(slots: int, rows: int) -> bool:
    """Return whether a table of slots is worth its making and within its bound."""
    return slots <= min(rows, TABLE_BYTES // ROW_BYTES)


def _reigns(last: Ints, slots: int) -> Ints:
    """Return over how many slots each stretch reigns: up to its last; the final one to the end."""
    return np.diff(last, prepend=-1, append=slots - 1)


def edge_table(source: BusinessCalendar | Timeline, low: int, high: int) -> EdgeTable:
    """Return the table of a calendar over the instants [low, high] in microseconds.

    Some 24 bytes a stretch: 6 kB a year of one range a weekday.

    Raises:
        InvalidValue: `high` lies before `low`.
        OutOfRange: the stretches need more than `TABLE_BYTES`.

    Example:
        >>> from support_model import BusinessCalendar
        >>> table = edge_table(BusinessCalendar.always(), 0, 86_400_000_000)
        >>> elapsed(table, [0], [3_600_000_000]).tolist()
        [3600000000]
    """
    timeline = _timeline(source)
    runs = _runs(timeline, low, high) if low < high else ()
    return _table_of(runs, low, high, timeline.open_before(low))


def elapsed(source: Source, starts: ArrayLike, ends: ArrayLike) -> NDArray[Any]:
    """Return the open time between instants, row by row: signed, absolute, exact.

    `source` is a calendar, its timeline, or a table of `edge_table`; the instants are of any
    shape, and broadcast together.

    Raises:
        InvalidValue: another dtype, int64 beside datetime64, part of a microsecond.
        OutOfRange: an instant outside the years 1 to 9999, or outside the table given.

    Example:
        >>> table = EdgeTable.of([(0, 10), (20, 25)], low=0, high=100)
        >>> elapsed(table, [5, 0, 22], [25, 100, 5]).tolist()
        [10, 15, -7]
    """
    rows = _Rows.of(
        starts=_read_column(starts, "M", "starts"), ends=_read_column(ends, "M", "ends")
    )
    first, last = rows.columns
    return rows.answer(_elapsed(source, first, last, rows.numbers), "timedelta64[us]")


def add(source: Source, starts: ArrayLike, amounts: ArrayLike) -> NDArray[Any]:
    """Return where open time counted from an instant lands, row by row.

    Positive amounts land at the earliest instant, negative ones count back to the latest, zero
    stays: as the calendar's `add` and `subtract`.

    Amounts are int64 microseconds beside int64 starts, timedelta64 beside datetime64, or one
    timedelta; the rest is as in `elapsed`.

    Raises:
        InvalidValue: another dtype, int64 beside datetime64, part of a microsecond.
        NoOpenTime: a row never lands; a note on the error names such a row.
        OutOfRange: a row starts or lands outside the years 1 to 9999, or outside the table.

    Example:
        >>> table = EdgeTable.of([(0, 10), (20, 25)], low=0, high=100)
        >>> add(table, [5, 5, 22, 15], [5, 6, -2, 0]).tolist()
        [10, 21, 20, 15]
    """
    rows = _Rows.of(
        starts=_read_column(starts, "M", "starts"), amounts=_read_column(amounts, "m", "amounts")
    )
    first, counted = rows.columns
    return rows.answer(_add(source, first, counted, rows.numbers), "datetime64[us]")


def elapsed_by(
    calendars: Mapping[Any, Source] | Sequence[Source],
    which: ArrayLike,
    starts: ArrayLike,
    ends: ArrayLike,
) -> NDArray[Any]:
    """Return the open time between instants, each row in its own calendar.

    `which` is the key, or the index in the sequence, of each row's calendar; all the rest is as
    in `elapsed`, but that an unknown key or index is an `InvalidValue` too.

    Example:
        >>> one = EdgeTable.of([(0, 10)], low=0, high=100)
        >>> two = EdgeTable.of([(0, 50)], low=0, high=100)
        >>> elapsed_by({"gold": two, "base": one}, ["base", "gold"], 5, 90).tolist()
        [5, 45]
    """
    rows = _Rows.of(
        which=_Column(np.asarray(which)),
        starts=_read_column(starts, "M", "starts"),
        ends=_read_column(ends, "M", "ends"),
    )
    return rows.answer(_by(_elapsed, calendars, rows), "timedelta64[us]")


def add_by(
    calendars: Mapping[Any, Source] | Sequence[Source],
    which: ArrayLike,
    starts: ArrayLike,
    amounts: ArrayLike,
) -> NDArray[Any]:
    """Return where open time lands, each row in its own calendar.

    `which` is as in `elapsed_by`, all the rest as in `add`.

    Example:
        >>> one = EdgeTable.of([(0, 10), (20, 25)], low=0, high=100)
        >>> two = EdgeTable.of([(0, 50)], low=0, high=100)
        >>> add_by([one, two], [0, 1], [5, 5], 8).tolist()
        [23, 13]
    """
    rows = _Rows.of(
        which=_Column(np.asarray(which)),
        starts=_read_column(starts, "M", "starts"),
        amounts=_read_column(amounts, "m", "amounts"),
    )
    return rows.answer(_by(_add, calendars, rows), "datetime64[us]")


def _elapsed(source: Source, starts: Ints, ends: Ints, numbers: Ints | None = None) -> Ints:
    """Return C(ends) - C(starts)."""
    out = np.empty(starts.size, np.int64)
    if not out.size:
        return out
    if isinstance(source, EdgeTable):
        table = source
        for column in (starts, ends):
            _within(column, table.low, table.high, OUTSIDE, numbers)
    else:
        low = min(int(starts.min()), int(ends.min()))
        high = max(int(starts.max()), int(ends.max()))
        if out.size <= FEW or high - low > WIDE:
            return _count(source, ends) - _count(source, starts)
        table = edge_table(source, low, high)
    count = table.counter(out.size)
    for rows in _chunks(out.size):
        np.subtract(count(ends[rows]), count(starts[rows]), out=out[rows])
    return out


def _add(source: Source, starts: Ints, amounts: Ints, numbers: Ints | None = None) -> Ints:
    """Return the landings: latest(c) is the instant before earliest(c + 1)."""
    if isinstance(source, EdgeTable):
        _within(starts, source.low, source.high, OUTSIDE, numbers)
    if not (moving := amounts != 0).all():
        out = starts.copy()
        numbers = np.flatnonzero(moving) if numbers is None else numbers[moving]
        if numbers.size:
            out[moving] = _add(source, starts[moving], amounts[moving], numbers)
        return out
    if not starts.size:
        return starts.copy()
    back = amounts < 0
    c = _count(source, starts) + amounts + back
    if isinstance(source, EdgeTable):
        least, most = int(source.before[0]) + 1, int(source.before[-1])
        _within(c, least, most, "open time outside the table", numbers)
        out = source.earliest(c)
    else:
        near = int(starts.min())
        try:
            out = _earliest(_timeline(source), c, near)
        except _Nowhere as nowhere:
            row = int((c == nowhere.c).argmax())
            error = nowhere.__cause__ or NoOpenTime(source, instant(int(starts[row])))
            error.add_note(f"row {row if numbers is None else numbers[row]}")
            raise error from None
    out -= back
    _within(out, FIRST, LAST, "a landing outside the years 1 to 9999 (microseconds)", numbers)
    return out


class _Nowhere(Exception):
    """No instant with that much open time before it."""

    def __init__(self, c: int) -> None:
        self.c = c


def _count(source: Source, t: Ints) -> Ints:
    """Return C(t), however wide the range of t."""
    if isinstance(source, EdgeTable):
        return source.open_before(t)
    if t.size <= FEW:
        timeline = _timeline(source)
        return np.array([timeline.open_before(at) for at in t.tolist()], np.int64)
    low, high = int(t.min()), int(t.max())
    if high - low <= WIDE:
        return edge_table(source, low, high).open_before(t)
    return _halved(lambda part: _count(source, part), t, (low + high) // 2)


def _earliest(timeline: Timeline, c: Ints, near: int) -> Ints:
    """Return the first t with C(t) >= c, however wide the range of t."""
    if c.size <= FEW:
        return np.array([_landing(timeline, target, near) for target in c.tolist()], np.int64)
    least, most = int(c.min()), int(c.max())
    low = _landing(timeline, least, near) - 1  # the stretch that ends right at the first landing
    high = _landing(timeline, most, low)
    if high - low <= WIDE:
        return edge_table(timeline, low, high).earliest(c)
    return _halved(lambda part: _earliest(timeline, part, low), c, (least + most) // 2)


def _landing(timeline: Timeline, c: int, near: int) -> int:
    try:
        landing = timeline.earliest(c, near)
    except OutOfRange as error:
        raise _Nowhere(c) from error
    if landing is None:
        raise _Nowhere(c)
    return landing


def _halved(solve: Callable[[Ints], Ints], x: Ints, middle: int) -> Ints:
    out = np.empty_like(x)
    below = x <= middle
    for rows in (below, ~below):
        out[rows] = solve(x[rows])
    return out


def _by(
    solve: Callable[[Any, Ints, Ints, Ints], Ints],
    calendars: Mapping[Any, Source] | Sequence[Source],
    given: _Rows,
) -> Ints:
    """Solve each calendar's rows together."""
    which, left, right = given.columns
    numbers = np.arange(which.size) if given.numbers is None else given.numbers
    if isinstance(calendars, Mapping):
        sources = list(calendars.values())
        index = {key: i for i, key in enumerate(calendars)}
        indexes = (index.get(key, -1) for key in which.tolist())
        codes = np.fromiter(indexes, np.int64, count=which.size)
    elif which.dtype.kind in "iu":
        sources = list(calendars)
        codes = which.astype(np.int64)  # before -1, which no unsigned dtype can hold
        codes[(which < 0) | (which >= len(sources))] = -1
    else:
        raise InvalidValue(str(which.dtype), "indices must be integers", "or give a mapping")
    if (codes < 0).any():
        row = int((codes < 0).argmax())
        known = calendars if isinstance(calendars, Mapping) else range(len(sources))
        remedy = nearest(str(which[row]), map(str, known))
        raise InvalidValue(which.tolist()[row], f"row {numbers[row]}: no such calendar", remedy)
    small = np.uint16 if len(sources) <= np.iinfo(np.uint16).max else np.int64
    order = np.argsort(codes.astype(small), kind="stable")  # 16 bits: a radix sort
    stops = np.cumsum(np.bincount(codes, minlength=len(sources)))
    out = np.empty(left.size, np.int64)
    for source, rows in zip(sources, np.split(order, stops[:-1]), strict=True):
        out[rows] = solve(source, left[rows], right[rows], numbers[rows])
    return out


def _runs(timeline: Timeline, low: int, high: int) -> Iterator[Edges]:
    """Yield the runs in [low, high), and look for none beyond: the next may be centuries off."""
    owed = timeline.open_before(high) - timeline.open_before(low)
    runs = timeline.runs(low)
    while owed:
        start, end = next(runs)
        yield start, end
        owed -= min(end, high) - max(start, low)


def _timeline(source: BusinessCalendar | Timeline) -> Timeline:
    return source.timeline if hasattr(source, "timeline") else source
