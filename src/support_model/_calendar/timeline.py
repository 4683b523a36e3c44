"""Business time as a coordinate: C(t), the open time before instant t, and its inverse.

A timeline is one monotone function on integer microseconds. `YearTimeline` compiles it from
open stretches, one mean Gregorian year at a time, into start instants and prefix sums: counting
is one binary search, however long the span. `CutTimeline` is another one minus absolute spans;
it evaluates the other at the edges of the spans and copies nothing, so a clock (a calendar
minus pauses) costs a few look-ups.

Outside the years in which anything irregular is dated, a calendar repeats (the Gregorian
cycle: 400 years are 146,097 days, a whole number of weeks). That makes far dates cheap, and
"never opens again" a proof instead of a search limit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left, bisect_right
from math import lcm
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from support_model._frozen import frozen
from support_model._time import DAY, FIRST, LAST, Edges, union
from support_model.errors import OutOfRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

YEAR = 31_556_952_000_000
"""A mean Gregorian year in microseconds: a 400th of the 146,097-day cycle, exactly."""
CYCLE = 400
END = LAST + 1


def year_of(at: int) -> int:
    """Return the number of the mean year, counted from 1970, that holds an instant."""
    return at // YEAR


@frozen
class Regular:
    """Where a calendar is irregular: outside the years [first, last) it repeats every `cycle`."""

    first: int
    last: int
    cycle: int = CYCLE

    def __or__(self, other: Regular) -> Regular:
        """Return what holds for both."""
        first, last = min(self.first, other.first), max(self.last, other.last)
        return Regular(first, last, lcm(self.cycle, other.cycle))

    def reaching(self, start: int, end: int) -> Regular:
        """Return the same, irregular also between two instants."""
        first, last = min(self.first, year_of(start)), max(self.last, year_of(end) + 1)
        return Regular(first, last, self.cycle)


class Timeline(ABC):
    """A monotone count of open microseconds, with its inverse and its maximal open runs."""

    __slots__ = ()

    @property
    @abstractmethod
    def regular(self) -> Regular:
        """Between which years the timeline is irregular."""

    @abstractmethod
    def open_before(self, t: int) -> int:
        """Return C(t): open microseconds before `t`, from an origin of the timeline's own."""

    @abstractmethod
    def earliest(self, c: int, near: int) -> int | None:
        """Return the first t with C(t) >= c, searched from `near`; None if proven never.

        Raises:
            OutOfRange: it lies outside the years 1 to 9999.
        """

    @abstractmethod
    def runs(self, t: int, until: int = END) -> Iterator[Edges]:
        """Yield the open runs that end after `t`, in order, surely those that start by `until`.

        Ends before `until` are maximal, starts after `t`.
        """

    @abstractmethod
    def runs_back(self, t: int, since: int = FIRST) -> Iterator[Edges]:
        """Yield the open runs that start before `t`, latest first; the mirror of `runs`."""

    def latest(self, c: int, near: int) -> int | None:
        """Return the last t with C(t) <= c; None if C never exceeds c."""
        after = self.earliest(c + 1, near)
        return None if after is None else after - 1

    def stretches(self, start: int, end: int, *, reverse: bool = False) -> Iterator[Edges]:
        """Yield the maximal open stretches within [start, end), the latest first if reversed."""
        for opens, closes in self.runs_back(end, start) if reverse else self.runs(start, end):
            if closes <= start or opens >= end or start >= end:
                return
            yield max(opens, start), min(closes, end)

    def without(self, spans: Iterable[Edges]) -> Timeline:
        """Return the timeline minus absolute spans."""
        return CutTimeline(self, spans)


class _Year(NamedTuple):
    """The open stretches of one mean year: starts, and C at each start and at the end."""

    starts: array[int]
    cum: array[int]

    @classmethod
    def of(cls, stretches: list[Edges], base: int) -> _Year:
        """Return the year of some stretches, which begins at a count."""
        starts, cum = array("q", [start for start, _ in stretches]), array("q", [base])
        for start, end in stretches:
            base += end - start
            cum.append(base)
        return cls(starts, cum)


def _level_of(cum: array[int]) -> int | None:
    """Return 0 for a year without open time, 1 for one without any other, None for others."""
    return {0: 0, YEAR: 1}.get(cum[-1] - cum[0])


def _first_after(starts: array[int], cum: array[int], t: int) -> int:
    """Return the place of the first stretch of a year that ends after an instant."""
    i = bisect_right(starts, t)
    return i - 1 if i and starts[i - 1] + cum[i] - cum[i - 1] > t else i


class YearTimeline(Timeline):
    """A timeline compiled on demand from a function that lists the open stretches of a window.

    `stretches(a, b)` must return sorted, disjoint, merged stretches clipped to [a, b);
    `settled(side)` may know that the timeline is level for good, and from which year on.
    Compiled years are write-once; readers take no lock.
    """

    __slots__ = ("_ends", "_high", "_lock", "_low", "_regular", "_settled", "_stretches", "_years")

    def __init__(
        self,
        stretches: Callable[[int, int], list[Edges]],
        regular: Regular,
        settled: Callable[[int], tuple[int | None, int]] = lambda _: (None, 0),
    ) -> None:
        self._stretches = stretches
        self._settled = settled
        self._ends: dict[int, tuple[int | None, int]] = {}
        self._regular = regular
        self._years: dict[int, _Year] = {}
        self._lock = Lock()
        self._low = max(regular.first - regular.cycle, year_of(FIRST))
        self._high = min(regular.last + regular.cycle, year_of(LAST) + 1)

    def __reduce__(self) -> tuple[type[YearTimeline], tuple[object, Regular]]:
        """Leave compiled years out of pickles and copies: they are compiled again."""
        return YearTimeline, (self._stretches, self._regular)

    @property
    def regular(self) -> Regular:
        return self._regular

    def compiled(self) -> tuple[int, int]:
        """Return how many years are kept, and the bytes of their arrays."""
        years = tuple(self._years.values())
        return len(years), sum(y.starts.buffer_info()[1] * 8 + len(y.cum) * 8 for y in years)

    def _year(self, k: int) -> _Year:
        year = self._years.get(k)
        return self._compile(k) if year is None else year

    def _compile(self, k: int) -> _Year:
        """Fill the years from those known up or down to `k`: sums need them without holes."""
        with self._lock:
            years = self._years
            if not years:
                years[k] = _Year.of(self._open(k), 0)
            for j in range(max(years) + 1, k + 1):
                years[j] = _Year.of(self._open(j), years[j - 1].cum[-1])
            for j in range(min(years) - 1, k - 1, -1):
                open_runs = self._open(j)
                years[j] = _Year.of(
                    open_runs, years[j + 1].cum[0] - sum(e - s for s, e in open_runs)
                )
            return years[k]

    def _level(self, k: int, side: int) -> int | None:
        """Return 0 or 1 where the timeline is proven to stay so from year `k` on, or before."""
        if side not in self._ends:  # computed late: most timelines are never walked so far
            self._ends[side] = self._settled(side)
        level, since = self._ends[side]
        return level if (k >= since if side > 0 else k < since) else None

    def _open(self, k: int) -> list[Edges]:
        return self._stretches(k * YEAR, k * YEAR + YEAR)

    def _cycles(self, k: int) -> int:
        """Return how many cycles year `k` lies outside the years that are compiled."""
        if k >= self._high:
            return (k - self._high) // self._regular.cycle + 1
        if k < self._low:
            return -((self._low - 1 - k) // self._regular.cycle + 1)
        return 0

    def _gain(self, cycles: int) -> int:
        """Return the open time of one cycle, after or before the irregular years."""
        cycle = self._regular.cycle
        k = self._high - cycle if cycles > 0 else self._low
        level = self._level(k if cycles > 0 else k + cycle - 1, 1 if cycles > 0 else -1)
        if level is not None:
            return level * cycle * YEAR
        return self._year(k + cycle - 1).cum[-1] - self._year(k).cum[0]

    def open_before(self, t: int) -> int:
        try:
            starts, cum = self._years[t // YEAR]
        except KeyError:
            return self._open_before_elsewhere(t)
        i = bisect_right(starts, t)
        if not i:
            return cum[0]
        full = cum[i]
        c = cum[i - 1] + t - starts[i - 1]
        return c if c < full else full  # noqa: FURB136 - a call would cost a sixth of it

    def _open_before_elsewhere(self, t: int) -> int:
        k = t // YEAR
        if self._years and not min(self._years) - 3 < k < max(self._years) + 3:
            side = 1 if k > max(self._years) else -1
            at = max(self._years) if side > 0 else min(self._years)
            if (level := self._level(at, side)) is not None:
                edge = (at + 1) * YEAR if side > 0 else at * YEAR
                return self._years[at].cum[-1 if side > 0 else 0] + level * (t - edge)
        cycles = self._cycles(k)
        near = t - cycles * self._regular.cycle * YEAR
        self._year(near // YEAR)
        return self.open_before(near) + (cycles * self._gain(cycles) if cycles else 0)

    def earliest(self, c: int, near: int) -> int | None:
        k = near // YEAR
        if not self._low <= k < self._high:
            k = self._low if k < self._low else self._high - 1
        year = self._year(k)
        while c > year.cum[-1]:
            if year.cum[-1] == year.cum[0] and self._level(k, 1) == 0:
                return None
            k += 1
            if k == self._high:
                return self._earliest_elsewhere(c, year.cum[-1], 1)
            year = self._year(k)
        while c <= year.cum[0]:
            if year.cum[-1] == year.cum[0] and self._level(k, -1) == 0:
                return None
            k -= 1
            if k < self._low:
                return self._earliest_elsewhere(c, year.cum[0], -1)
            year = self._year(k)
        i = bisect_left(year.cum, c) - 1
        return year.starts[i] + c - year.cum[i]

    def _earliest_elsewhere(self, c: int, edge: int, side: int) -> int | None:
        cycle = self._regular.cycle
        first, last = self._regular.first, self._regular.last
        if (self._high - last if side > 0 else first - self._low) < cycle:
            # One cycle is longer than the years that exist, so all of them are compiled.
            inner = min(max(last if side > 0 else first, self._low), self._high - 1)
            if self._year(inner).cum[0] == edge:
                return None
            raise OutOfRange(c, "open time beyond the years 1 to 9999 (microseconds)")
        gain = self._gain(side)
        if not gain:
            return None
        cycles = -((edge - c) // gain) if side > 0 else (edge - c) // gain + 1
        near = (self._high - 1 if side > 0 else self._low) * YEAR
        landing = self.earliest(c - side * cycles * gain, near)
        if landing is None:  # pragma: no cover - c now lies inside the compiled years
            return None
        landing += side * cycles * cycle * YEAR
        if not FIRST <= landing <= END:
            raise OutOfRange(landing, "an instant outside the years 1 to 9999 (microseconds)")
        return landing

    def _stretches_of(self, k: int) -> tuple[array[int], array[int], int]:
        shift = self._cycles(k) * self._regular.cycle
        year = self._year(k - shift)
        return year.starts, year.cum, shift * YEAR

    def runs(self, t: int, until: int = END) -> Iterator[Edges]:
        run: Edges | None = None
        state: tuple[int | None, int, bool] = (None, 0, False)
        for k in range(t // YEAR, year_of(min(until, LAST)) + 1):
            starts, cum, shift = self._stretches_of(k)
            for i in range(_first_after(starts, cum, t - shift), len(starts)):
                opens = starts[i] + shift
                closes = opens + cum[i + 1] - cum[i]
                if run is not None and opens == run[1]:
                    run = run[0], closes
                    continue
                if run is not None:
                    yield run
                run = opens, closes
            if run is not None and run[1] < (k + 1) * YEAR:
                yield run
                run = None
            state = self._walked(k, cum, state, 1)
            if state[2]:
                break
        if run is not None:
            yield run[0], END if state[2] or until >= END else run[1]

    def runs_back(self, t: int, since: int = FIRST) -> Iterator[Edges]:
        run: Edges | None = None
        state: tuple[int | None, int, bool] = (None, 0, False)
        last = (t - 1) // YEAR  # a year that begins at t holds nothing before it
        for k in range(last, year_of(max(since, FIRST)) - 1, -1):
            starts, cum, shift = self._stretches_of(k)
            for i in range(bisect_left(starts, t - shift) - 1, -1, -1):
                opens = starts[i] + shift
                closes = opens + cum[i + 1] - cum[i]
                if run is not None and closes == run[0]:
                    run = opens, run[1]
                    continue
                if run is not None:
                    yield run
                run = opens, closes
            if run is not None and run[0] > k * YEAR:
                yield run
                run = None
            state = self._walked(k, cum, state, -1)
            if state[2]:
                break
        if run is not None:
            yield FIRST if state[2] or since <= FIRST else run[0], run[1]

    def _walked(
        self, k: int, cum: array[int], before: tuple[int | None, int, bool], side: int
    ) -> tuple[int | None, int, bool]:
        """Return the level of a year, how many were alike so far, and whether all further are."""
        level, (known, quiet, _) = _level_of(cum), before
        regular = k > self._regular.last if side > 0 else k < self._regular.first - 1
        quiet = quiet + 1 if regular and level is not None and level == known else 0
        endless = quiet >= self._regular.cycle or (
            level is not None and level == self._level(k, side)
        )
        return level, quiet, endless


class CutTimeline(Timeline):
    """A timeline minus absolute spans, evaluated through it: nothing is copied."""

    __slots__ = ("_base", "_counted", "_cuts", "_lost", "_starts")

    def __init__(self, base: Timeline, spans: Iterable[Edges]) -> None:
        self._base = base
        self._cuts = [(a, b if b < END else 2 * END) for a, b in union(spans)]
        self._starts = [start for start, _ in self._cuts]
        self._lost = [0]
        self._counted: list[int] = []
        for start, end in self._cuts:
            # Nothing is seen of what a cut loses beyond an end of the world: count it as nothing,
            # since the base would have to compile a whole cycle to say how much it is.
            low = end if start <= FIRST else start
            high = start if end >= END else end
            opened = base.open_before(low) if low <= high else 0
            self._counted.append(opened - self._lost[-1])
            self._lost.append(
                self._lost[-1] + (base.open_before(high) - opened if low < high else 0)
            )

    @property
    def base(self) -> Timeline:
        return self._base

    @property
    def regular(self) -> Regular:
        regular = self._base.regular
        for edge in (edge for cut in self._cuts for edge in cut if FIRST < edge <= LAST):
            regular = regular.reaching(edge, edge)
        return regular

    def open_before(self, t: int) -> int:
        i = bisect_right(self._starts, t)
        if i and t < self._cuts[i - 1][1]:
            return self._counted[i - 1]
        return self._base.open_before(t) - self._lost[i]

    def earliest(self, c: int, near: int) -> int | None:
        i = bisect_left(self._counted, c)
        if i == len(self._cuts) and i and self._cuts[-1][1] >= END:
            return None
        if not i and self._cuts and self._starts[0] <= FIRST:
            return None
        return self._base.earliest(c + self._lost[i], near)

    def runs(self, t: int, until: int = END) -> Iterator[Edges]:
        starts, cuts = self._starts, self._cuts
        for run in self._base.runs(t, until):
            if cuts and cuts[-1][1] >= END and run[0] >= starts[-1]:
                return
            j = bisect_right(starts, max(t, run[0]))  # one run may hold any number of cuts
            at = max(run[0], cuts[j - 1][1]) if j else run[0]
            while j < len(cuts) and starts[j] < run[1]:
                if at < starts[j]:
                    yield at, starts[j]
                at = cuts[j][1]
                j += 1
            if at < run[1]:
                yield at, run[1]

    def runs_back(self, t: int, since: int = FIRST) -> Iterator[Edges]:
        starts, cuts = self._starts, self._cuts
        for run in self._base.runs_back(t, since):
            if cuts and starts[0] <= FIRST and run[1] <= cuts[0][1]:
                return
            j = bisect_left(starts, min(t, run[1]))
            end = min(run[1], starts[j]) if j < len(cuts) else run[1]
            while j and cuts[j - 1][1] > run[0]:
                j -= 1
                if cuts[j][1] < min(t, end):
                    yield cuts[j][1], end
                end = starts[j]
            if run[0] < min(t, end):
                yield run[0], end


@frozen
class DayRow:
    """One UTC day of a calendar, for engines that join by equality.

    Attributes:
        day: number of the UTC day since 1970-01-01, `epoch_seconds // 86400`.
        open_before: open microseconds from the start of the table to the start of the day.
        intervals: the day's open stretches, as (start, end) microseconds since 1970.
    """

    day: int
    open_before: int
    intervals: tuple[tuple[int, int], ...]


def day_table(timeline: Timeline, start: int, end: int) -> tuple[DayRow, ...]:
    """Return the UTC days that cover [start, end), in microseconds since 1970."""
    first, last = start // DAY, -(-end // DAY)
    count, origin = timeline.open_before, timeline.open_before(first * DAY)
    return tuple(
        DayRow(
            day,
            count(day * DAY) - origin,
            tuple(timeline.stretches(day * DAY, day * DAY + DAY)),
        )
        for day in range(first, last)
    )
