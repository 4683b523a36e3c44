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
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from support_model._calendar.columns import Column, Rows, read_column
from support_model._calendar.edge_tables import TABLE_BYTES, EdgeTable, chunks, within
from support_model._time import FIRST, LAST, Edges, instant
from support_model.errors import InvalidValue, MissingExtra, NoOpenTime, OutOfRange, nearest

try:
    import numpy as np
except ImportError:
    raise MissingExtra(extra="frames", needs="numpy") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    Ints = NDArray[np.int64]

__all__ = [
    "TABLE_BYTES",
    "WIDE",
    "EdgeTable",
    "HasTimeline",
    "TimelineLike",
    "add",
    "add_by",
    "edge_table",
    "elapsed",
    "elapsed_by",
]

WIDE = 16 * 31_556_952_000_000
"""The longest range, in microseconds (16 years), that is turned into one table at a time."""
FEW = 64  # rows for which asking the calendar one by one beats making a table
OUTSIDE = "an instant outside the table"


class TimelineLike(Protocol):
    """What the kernels ask of a calendar's timeline: C(t), its inverse, its open runs."""

    def open_before(self, t: int) -> int:
        """Return C(t): open microseconds before `t`, from an origin of the timeline's own."""
        ...

    def earliest(self, c: int, near: int) -> int | None:
        """Return the first t with C(t) >= c; None if proven that there is none."""
        ...

    def runs(self, t: int) -> Iterator[Edges]:
        """Yield the open runs that end after `t`, in order and not adjacent."""
        ...


@runtime_checkable
class HasTimeline(Protocol):
    """A calendar, as far as the kernels are concerned."""

    @property
    def timeline(self) -> TimelineLike:
        """The calendar's timeline."""
        ...


Source: TypeAlias = "TimelineLike | HasTimeline | EdgeTable"


def edge_table(source: TimelineLike | HasTimeline, low: int, high: int) -> EdgeTable:
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
    return EdgeTable.of_runs(runs, low=low, high=high, origin=timeline.open_before(low))


def elapsed(source: Source, starts: ArrayLike, ends: ArrayLike) -> NDArray[Any]:
    """Return the open time between instants, row by row: signed, absolute, exact.

    Args:
        source: a calendar, its timeline, or an `EdgeTable`.
        starts: int64 microseconds or datetime64 (UTC), any shape, or one aware datetime.
        ends: the same; both are broadcast together.

    Raises:
        InvalidValue: another dtype, int64 beside datetime64, part of a microsecond.
        OutOfRange: an instant outside the years 1 to 9999, or outside the table given.

    Example:
        >>> table = EdgeTable.of([(0, 10), (20, 25)], low=0, high=100)
        >>> elapsed(table, [5, 0, 22], [25, 100, 5]).tolist()
        [10, 15, -7]
    """
    rows = Rows.of(starts=read_column(starts, "M", "starts"), ends=read_column(ends, "M", "ends"))
    first, last = rows.columns
    return rows.answer(_elapsed(source, first, last, rows.numbers), "timedelta64[us]")


def add(source: Source, starts: ArrayLike, amounts: ArrayLike) -> NDArray[Any]:
    """Return where open time counted from an instant lands, row by row.

    Positive amounts land at the earliest instant, negative ones count back to the latest, zero
    stays: as the calendar's `add` and `subtract`.

    Args:
        source: a calendar, its timeline, or an `EdgeTable`.
        starts: int64 microseconds or datetime64 (UTC), any shape, or one aware datetime.
        amounts: int64 microseconds beside int64 starts, timedelta64 beside datetime64, or one
            timedelta; both are broadcast together.

    Raises:
        InvalidValue: another dtype, int64 beside datetime64, part of a microsecond.
        NoOpenTime: a row never lands; a note on the error names such a row.
        OutOfRange: a row starts or lands outside the years 1 to 9999, or outside the table.

    Example:
        >>> table = EdgeTable.of([(0, 10), (20, 25)], low=0, high=100)
        >>> add(table, [5, 5, 22, 15], [5, 6, -2, 0]).tolist()
        [10, 21, 20, 15]
    """
    rows = Rows.of(
        starts=read_column(starts, "M", "starts"), amounts=read_column(amounts, "m", "amounts")
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

    Args:
        calendars: calendars by key, or in a sequence.
        which: the key, or the index in the sequence, of each row's calendar.
        starts: as in `elapsed`.
        ends: as in `elapsed`; all three are broadcast together.

    Raises:
        InvalidValue: as in `elapsed`; also an unknown key or index.
        OutOfRange: as in `elapsed`.

    Example:
        >>> one = EdgeTable.of([(0, 10)], low=0, high=100)
        >>> two = EdgeTable.of([(0, 50)], low=0, high=100)
        >>> elapsed_by({"gold": two, "base": one}, ["base", "gold"], 5, 90).tolist()
        [5, 45]
    """
    rows = Rows.of(
        which=Column(np.asarray(which)),
        starts=read_column(starts, "M", "starts"),
        ends=read_column(ends, "M", "ends"),
    )
    return rows.answer(_by(_elapsed, calendars, rows), "timedelta64[us]")


def add_by(
    calendars: Mapping[Any, Source] | Sequence[Source],
    which: ArrayLike,
    starts: ArrayLike,
    amounts: ArrayLike,
) -> NDArray[Any]:
    """Return where open time lands, each row in its own calendar.

    Args:
        calendars: calendars by key, or in a sequence.
        which: the key, or the index in the sequence, of each row's calendar.
        starts: as in `add`.
        amounts: as in `add`; all three are broadcast together.

    Raises:
        InvalidValue: as in `add`; also an unknown key or index.
        NoOpenTime: as in `add`.
        OutOfRange: as in `add`.

    Example:
        >>> one = EdgeTable.of([(0, 10), (20, 25)], low=0, high=100)
        >>> two = EdgeTable.of([(0, 50)], low=0, high=100)
        >>> add_by([one, two], [0, 1], [5, 5], 8).tolist()
        [23, 13]
    """
    rows = Rows.of(
        which=Column(np.asarray(which)),
        starts=read_column(starts, "M", "starts"),
        amounts=read_column(amounts, "m", "amounts"),
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
            within(column, table.low, table.high, OUTSIDE, numbers)
    else:
        low = min(int(starts.min()), int(ends.min()))
        high = max(int(starts.max()), int(ends.max()))
        if out.size <= FEW or high - low > WIDE:
            return _count(source, ends) - _count(source, starts)
        table = edge_table(source, low, high)
    count = table.counter(out.size)
    for rows in chunks(out.size):
        np.subtract(count(ends[rows]), count(starts[rows]), out=out[rows])
    return out


def _add(source: Source, starts: Ints, amounts: Ints, numbers: Ints | None = None) -> Ints:
    """Return the landings: latest(c) is the instant before earliest(c + 1)."""
    if isinstance(source, EdgeTable):
        within(starts, source.low, source.high, OUTSIDE, numbers)
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
        within(c, least, most, "open time outside the table", numbers)
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
    within(out, FIRST, LAST, "a landing outside the years 1 to 9999 (microseconds)", numbers)
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


def _earliest(timeline: TimelineLike, c: Ints, near: int) -> Ints:
    """Return the first t with C(t) >= c, however wide the range of t."""
    if c.size <= FEW:
        return np.array([_landing(timeline, target, near) for target in c.tolist()], np.int64)
    least, most = int(c.min()), int(c.max())
    low = _landing(timeline, least, near) - 1  # the stretch that ends right at the first landing
    high = _landing(timeline, most, low)
    if high - low <= WIDE:
        return edge_table(timeline, low, high).earliest(c)
    return _halved(lambda part: _earliest(timeline, part, low), c, (least + most) // 2)


def _landing(timeline: TimelineLike, c: int, near: int) -> int:
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
    given: Rows,
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


def _runs(timeline: TimelineLike, low: int, high: int) -> Iterator[Edges]:
    """Yield the runs in [low, high), and look for none beyond: the next may be centuries off."""
    owed = timeline.open_before(high) - timeline.open_before(low)
    runs = timeline.runs(low)
    while owed:
        start, end = next(runs)
        yield start, end
        owed -= min(end, high) - max(start, low)


def _timeline(source: TimelineLike | HasTimeline) -> TimelineLike:
    return source.timeline if isinstance(source, HasTimeline) else source
