"""What a week and its exceptions open: weekly, rotating and per-date hours on a local clock.

Ranges are half-open local wall readings, and a range is one contiguous stretch of time.
Per-date hours beat holidays, which beat weekly hours; breaks always subtract. Overnight ranges
are anchored at the `date` (they mean the same as two split at midnight, so a holiday closes its
local date) or at their `start` (a range belongs whole to the date on which it begins: a holiday
cancels the shift that begins on it and cuts none that began before).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from math import lcm
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from attrs import define, field

from support_model._calendar.closures import Closures, days
from support_model._calendar.timeline import CYCLE, YEAR, Regular
from support_model._frozen import frozen, frozen_parts
from support_model._hours import WEEKDAYS, read_date, read_dates, read_week
from support_model._time import (
    DAY,
    EPOCH_DATE,
    LAST,
    Edges,
    difference,
    instant_of_reading,
    intersection,
    offsets,
    rising,
    union,
)
from support_model.errors import InvalidHours, nearest
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from support_model._hours import Ranges, Week
    from support_model._time import Edges

WEEK = 7 * DAY
MOST = 6_000
"""A longer common cycle of weeks is seen as one week that holds all of them."""
ABSOLUTE = "absolute"


@frozen
class WeekPattern:
    """What a cycle of weeks may open and surely opens.

    Attributes:
        clock: the zone whose clock is read; empty where all clocks agree.
        weeks: how many weeks repeat, counted from the Monday that is date 1.
        outer: all that may be open, in microseconds of the cycle.
        inner: all that surely is.
    """

    clock: str
    weeks: int
    outer: tuple[Edges, ...]
    inner: tuple[Edges, ...]

    @property
    def level(self) -> int | None:
        """0 where it never opens, 1 where it never closes, None where that is not proven."""
        if not self.outer:
            return 0
        return 1 if self.inner == ((0, self.weeks * WEEK),) else None


LEVEL = (WeekPattern("", 1, (), ()), WeekPattern("", 1, ((0, WEEK),), ((0, WEEK),)))
"""Never open, and always."""


def laid_on_cycle(days: Sequence[Sequence[Edges]], first: int = 0) -> list[Edges]:
    """Return the ranges of days that repeat on one line, the first of them at a place of it."""
    places = (((i + first) % len(days) * DAY, day) for i, day in enumerate(days))
    return union((at + opens, at + closes) for at, day in places for opens, closes in day)


def of_days(clock: str, days: Sequence[Sequence[Edges]], first: int) -> WeekPattern:
    """Return the pattern of days that repeat, the first of them on the date `first`, a Monday."""
    weeks = len(days) // 7
    laid = tuple(laid_on_cycle(days, (first - 1) // 7 % weeks * 7))
    pattern = WeekPattern(clock, weeks, laid, laid)
    return pattern if pattern.level is None else LEVEL[pattern.level]


def combined(
    operation: Literal["union", "intersection", "difference"],
    left: WeekPattern,
    right: WeekPattern,
) -> WeekPattern:
    """Return the pattern of two calendars combined."""
    if left.clock and right.clock and left.clock != right.clock:
        left, right = _absolute(left), _absolute(right)
    weeks = lcm(left.weeks, right.weeks)
    if weeks > MOST:
        left, right, weeks = _one_week(left), _one_week(right), 1
    a, b, c, d = (
        _tiled(side, pattern.weeks, weeks)
        for pattern in (left, right)
        for side in (pattern.outer, pattern.inner)
    )
    if operation == "union":
        outer, inner = union([*a, *c]), union([*b, *d])
    elif operation == "intersection":
        outer, inner = intersection(a, c), intersection(b, d)
    else:
        outer, inner = difference(a, d), difference(b, c)
    result = WeekPattern(left.clock or right.clock, weeks, tuple(outer), tuple(inner))
    return result if result.level is None else LEVEL[result.level]


def _tiled(side: Sequence[Edges], weeks: int, all_weeks: int) -> list[Edges]:
    return union(
        (start + at, end + at)
        for at in range(0, all_weeks * WEEK, weeks * WEEK)
        for start, end in side
    )


def _one_week(pattern: WeekPattern) -> WeekPattern:
    if pattern.weeks == 1:
        return pattern
    outer = _wrapped(pattern.outer, WEEK)
    inner: list[Edges] = [(0, WEEK)]
    for at in range(0, pattern.weeks * WEEK, WEEK):
        week = intersection(pattern.inner, [(at, at + WEEK)])
        inner = intersection(inner, [(start - at, end - at) for start, end in week])
    return WeekPattern(pattern.clock, 1, tuple(outer), tuple(inner))


def _absolute(pattern: WeekPattern) -> WeekPattern:
    """Return a pattern of one clock as one of absolute time, as far as offsets allow."""
    if pattern.clock == ABSOLUTE:
        return pattern
    low, high = _offsets(pattern.clock)
    cycle = pattern.weeks * WEEK
    outer = _wrapped(((a - high, b - low) for a, b in pattern.outer), cycle)
    inner = _wrapped(((a - low, b - high) for a, b in pattern.inner), cycle)
    return WeekPattern(ABSOLUTE, pattern.weeks, tuple(outer), tuple(inner))


def _wrapped(side: Iterable[Edges], cycle: int) -> list[Edges]:
    """Lay stretches of any place and length on a cycle."""
    laid = []
    for start, end in side:
        if end - start >= cycle:
            return [(0, cycle)]
        if start < end:
            at = start % cycle
            until = at + end - start
            laid += [(at, min(until, cycle)), (0, max(until - cycle, 0))]
    return union(laid)


@cache
def _offsets(clock: str) -> tuple[int, int]:
    """Return the least and the greatest offset that a clock ever has."""
    offsets_found = [
        by for _, by in offsets(ZoneInfo(clock), (1800 - 1970) * YEAR, (2103 - 1970) * YEAR)
    ]
    return min(offsets_found), max(offsets_found)


ClosuresLike: TypeAlias = "Closures | Mapping[date, str] | Iterable[date] | None"
"""Closed dates: a `Closures`, a mapping from dates to names, or dates."""
Overnight: TypeAlias = Literal["date", "start"]
"""Which date an overnight range belongs to: each local date its part, or the one it begins on."""
DatedRange = tuple[int, int, bool, Reason]
"""A stretch (start, end), whether it is open, and why."""


def _calm(changes: list[tuple[int, int]]) -> Callable[[int], int]:
    """Return a function from rising Mondays to the offset of a week in which none changes.

    Where the clock changes within two days of the week, the answer lies beyond any year, so
    the week is not laid down as it is.
    """
    ends = [until + offset - 9 * DAY for (_, offset), (until, _) in pairwise(changes)]
    ends.append(2 * LAST)
    i = 0

    def offset(wall: int) -> int:
        nonlocal i
        while wall >= ends[i] and wall - 2 * DAY >= changes[i + 1][0] + changes[i + 1][1]:
            i += 1
        since, offset_there = changes[i]
        calm = wall < ends[i] and (not i or wall - 2 * DAY >= since + offset_there)
        return offset_there if calm else 4 * LAST

    return offset


def _trim(ranges: list[Edges], amount: int) -> list[Edges]:
    """Take so much open time off the end of a day."""
    kept = list(ranges)
    while kept and amount > 0:
        start, end = kept.pop()
        if end - start > amount:
            kept.append((start, end - amount))
        amount -= end - start
    return kept


def _with_spill(today: Ranges, yesterday: Ranges) -> list[Edges]:
    """Return what falls on a date: its ranges until midnight and what spills into it."""
    spill = ((0, end - DAY) for _, end in yesterday if end > DAY)
    return union([*((start, min(end, DAY)) for start, end in today), *spill])


def _with_spills(days: Sequence[Ranges]) -> list[list[Edges]]:
    """Return what falls on each of the days of a cycle, the last of which precedes the first."""
    return [_with_spill(days[i], days[i - 1]) for i in range(len(days))]


@define
class _Index:
    """The exceptions of local hours by ordinal of the date."""

    dates: dict[int, list[Edges]]
    spilled: dict[int, list[Edges]]
    holidays: dict[int, str]
    working: dict[int, tuple[int, str]]
    shortened: dict[int, tuple[int, str]]
    breaks: dict[int, list[tuple[int, int, str]]]
    weekly_breaks: list[list[Edges]]

    @classmethod
    def of(cls, hours: LocalHours, weekly_breaks: list[list[Edges]]) -> _Index:
        dates, spilled = {}, {}
        for when, ranges in hours.dates:
            if hours.overnight == "start":
                dates[when.toordinal()] = union(ranges)
                continue
            dates[when.toordinal()] = _with_spill(ranges, ())
            if spill := _with_spill((), ranges):
                spilled[when.toordinal() + 1] = spill
        breaks: dict[int, list[tuple[int, int, str]]] = {}
        timed = [
            (when, start, end, "of this date")
            for when, rs in hours.date_breaks
            for start, end in rs
        ]
        for when, start, end, name in (*timed, *hours.closures.breaks):
            parts = (_with_spill(((start, end),), ()), _with_spill((), ((start, end),)))
            for day, part in enumerate(parts, when.toordinal()):
                for edges in part:
                    breaks.setdefault(day, []).append((*edges, name))
        closures = hours.closures
        return cls(
            dates,
            spilled,
            {when.toordinal(): name for when, name in closures.holidays},
            {when.toordinal(): (weekday, name) for when, weekday, name in closures.working},
            {when.toordinal(): (amount, name) for when, amount, name in closures.shortened},
            breaks,
            weekly_breaks,
        )

    def days(self) -> set[int]:
        """Return the ordinals of all dates that may differ from their weekday."""
        ordinals: set[int] = set()
        return ordinals.union(
            self.dates, self.spilled, self.holidays, self.working, self.shortened, self.breaks
        )


def _must_be_hours(weeks: tuple[Week, ...], anchor: date | None, overnight: str) -> None:
    if not 1 <= len(weeks) <= 53:
        raise InvalidHours(len(weeks), "hours need 1 to 53 weeks", "give one week")
    if len(weeks) > 1 and anchor is None:
        raise InvalidHours(None, "rotating weeks need an anchor", "give a date of week 1")
    if overnight not in get_args(Overnight):
        remedy = nearest(str(overnight), get_args(Overnight))
        raise InvalidHours(overnight, "unknown anchor of overnight ranges", remedy)


@frozen(kw_only=True)
class LocalHours:
    """Weekly, rotating and per-date hours of one zone, with closures and breaks.

    Attributes:
        tz: the IANA zone of the local clock.
        weeks: one week, or several that rotate.
        anchor: a date of the first week, where weeks rotate.
        dates: (date, ranges) of dates with hours of their own; no ranges is closed.
        breaks: weekly breaks; `date_breaks`: breaks of single dates.
        closures: holidays, working weekend dates, shortened eves, timed closures.
        overnight: which date an overnight range belongs to.
    """

    tz: ZoneInfo = field(eq=str)  # by its name: two objects of one zone are one zone
    weeks: tuple[Week, ...] = field(converter=frozen_parts)
    anchor: date | None = None
    dates: tuple[tuple[date, Ranges], ...] = ()
    breaks: Week = field(default=((),) * 7, converter=frozen_parts)
    date_breaks: tuple[tuple[date, Ranges], ...] = ()
    closures: Closures = field(factory=Closures)
    overnight: Overnight = "date"
    _hours: tuple[list[Edges], ...] = field(init=False, eq=False, repr=False)
    _cycle: tuple[list[Edges], ...] = field(init=False, eq=False, repr=False)
    _origin: int = field(init=False, eq=False, repr=False)
    _index: _Index = field(init=False, eq=False, repr=False)
    _special: dict[int, list[Edges]] = field(init=False, eq=False, repr=False)
    _laid: tuple[list[Edges], ...] = field(init=False, eq=False, repr=False)
    _uneven: frozenset[int] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Derive what a date without exceptions opens, and the dates with exceptions."""
        _must_be_hours(self.weeks, self.anchor, self.overnight)
        set_ = object.__setattr__
        first = (self.anchor or date.min).toordinal()
        set_(self, "_origin", first - (first - 1) % 7)
        hours = [ranges for week in self.weeks for ranges in week]
        opened, cut = _with_spills(hours), _with_spills(self.breaks)
        cycle = tuple(difference(day, cut[i % 7]) for i, day in enumerate(opened))
        set_(self, "_hours", tuple(opened))
        set_(self, "_cycle", cycle)
        set_(self, "_index", _Index.of(self, cut))
        dated = self._index.days()
        if self.overnight == "start":  # what begins on a date may open the next one
            dated |= {day + 1 for day in dated}
        set_(self, "_special", {day: self._opened_on(day) for day in dated})
        set_(self, "_uneven", frozenset(day - (day - 1) % 7 for day in self._special))
        weeks = (cycle[i : i + 7] for i in range(0, len(cycle), 7))
        set_(self, "_laid", tuple(laid_on_cycle(week) for week in weeks))

    def _opened_on(self, day: int) -> list[Edges]:
        return union((start, end) for start, end, opened, _ in self.day_rows(day) if opened)

    def _regular_on(self, day: int) -> list[Edges]:
        return self._cycle[(day - self._origin) % len(self._cycle)]

    def week_opens(self, day: int) -> bool:
        """Return whether the weekly hours open a date (its ordinal), its exceptions aside."""
        return bool(self._regular_on(day))

    def exceptions(self) -> set[int]:
        """Return the ordinals of all dates that may differ from their weekday."""
        return set(self._special)

    def opened_on(self, day: int) -> list[Edges]:
        """Return the open ranges of a date (its ordinal), in microseconds of the local day."""
        opened = self._special.get(day)
        return self._regular_on(day) if opened is None else opened

    def meaning(self) -> dict[str, object]:
        """Return what the hours open, in JSON types: the same for every way to write it."""
        special = {
            _iso(day): [list(edges) for edges in opened]
            for day, opened in sorted(self._special.items())
            if opened != self._regular_on(day)
        }
        cycle = [[list(edges) for edges in opened] for opened in self._cycle]
        weeks = next(
            n
            for n in range(1, len(cycle) // 7 + 1)
            if cycle == cycle[: 7 * n] * (len(cycle) // 7 // n)
        )
        first = {"first": self._origin % (7 * weeks)} if weeks > 1 else {}
        return {"tz": self.tz.key, "week": cycle[: 7 * weeks], "dates": special, **first}

    def regular(self) -> Regular:
        """Return between which years the hours are irregular.

        Zone rules: no zone has changes before 1840 or explicit ones after 2087 in today's
        database, and the rules beyond repeat every 400 years; a test checks the installed one.
        """
        cycle = CYCLE
        while cycle * 20_871 // CYCLE % len(self.weeks):
            cycle += CYCLE
        regular = Regular(1800 - 1970, 2101 - 1970, cycle)
        if not any(self._cycle) or all(day == [(0, DAY)] for day in self._cycle):
            regular = Regular(0, 0, 1)  # level under every clock
        dated = self.dated()
        return regular if dated is None else regular.reaching(*dated)

    def pattern(self, side: int) -> WeekPattern:
        """Return what every week without exceptions opens; before and after them alike."""
        del side
        return of_days(self.tz.key, self._cycle, self._origin)

    def dated(self) -> Edges | None:
        """Return between which instants dates are not as their weekday; None if none is."""
        if not self._special:
            return None
        first, last = min(self._special), max(self._special)
        return (first - EPOCH_DATE - 4) * DAY, (last - EPOCH_DATE + 4) * DAY

    def stretches(self, start: int, end: int) -> list[Edges]:
        """Return the open stretches of absolute time within [start, end), merged.

        Whole weeks without exceptions and without a change of the clock near them are laid
        down as they are; the others date by date, each end point resolved on its own.
        """
        origin, weeks = self._origin, len(self._laid)
        first, last = start // DAY - 2 + EPOCH_DATE, end // DAY + 2 + EPOCH_DATE
        if not self._may_open(first, last):
            return []  # spare the zone: many years of some calendars are empty
        changes = offsets(self.tz, start - 4 * DAY, end + 2 * DAY)
        clock, calm = rising(changes), _calm(changes)
        merged: list[Edges] = []
        for monday in range(first - (first - origin) % 7, last + 1, 7):
            wall = (monday - EPOCH_DATE) * DAY
            shift = wall - calm(wall)
            laid = self._laid[(monday - origin) // 7 % weeks]
            if shift < start or shift + 7 * DAY > end or monday in self._uneven:
                laid = self._resolved(monday, clock, start, end)
                shift = 0
            if not laid:
                continue
            opens, closes = laid[0]
            if merged and opens + shift <= merged[-1][1]:
                opens = merged.pop()[0] - shift
            merged.append((opens + shift, closes + shift))
            merged += [(opens + shift, closes + shift) for opens, closes in laid[1:]]
        return merged

    def _may_open(self, first: int, last: int) -> bool:
        """Return whether a week, or a date with exceptions from `first` to `last`, opens."""
        special = self._special
        return any(self._cycle) or any(special[day] for day in special if first <= day <= last)

    def _resolved(
        self, monday: int, clock: Callable[[int], int], start: int, end: int
    ) -> list[Edges]:
        """Return the open stretches of seven dates, each end point resolved."""
        stretches = []
        for day in range(monday, monday + 7):
            midnight = (day - EPOCH_DATE) * DAY
            for opens, closes in self.opened_on(day):
                begin, finish = clock(midnight + opens), clock(midnight + closes)
                stretches.append((max(begin, start), min(finish, end)))
        return union(stretches)

    def day_rows(self, day: int) -> list[DatedRange]:
        """Return the local day cut into open and closed rows that cover it, each with why."""
        index = self._index
        night: tuple[int, Reason] | None = None
        if self.overnight == "start":
            parts, closed, night = self._whole_parts(day)
        else:
            parts, closed = self._basis(day)
        if day in index.spilled:
            why = Reason.of("date_hours", date=_iso(day - 1))
            parts += [(start, end, why) for start, end in index.spilled[day]]
        weekdays = {(day - 1) % 7}
        if day in index.working and day not in index.dates:
            weekdays.add(index.working[day][0])
        why = Reason.of("weekly_break")
        cuts = [(*edges, why) for weekday in weekdays for edges in index.weekly_breaks[weekday]]
        cuts += [
            (start, end, _why(("break", "date_break"), name))
            for start, end, name in index.breaks.get(day, ())
        ]
        return _overlay(parts, cuts, closed, night)

    def _basis(self, day: int) -> tuple[list[tuple[int, int, Reason]], Reason]:
        """Return a date's hours before breaks, each with why, and why the rest is closed.

        Its own hours win over a holiday, this over the hours of a weekday that it is worked
        like, which an eve shortens. Ranges that belong to their start are not cut at midnight.
        """
        index = self._index
        outside = Reason.of("outside_hours")
        if day in index.dates:
            why = Reason.of("date_hours", date=_iso(day))
            return [(start, end, why) for start, end in index.dates[day]], outside
        if day in index.holidays:
            return [], _why(("holiday", "closed_date"), index.holidays[day])
        weekday = (day - 1) % 7
        why = Reason.of("weekly_hours", weekday=WEEKDAYS[weekday])
        if day in index.working:
            weekday, name = index.working[day]
            why = _why(("working_date", "worked_like"), name, weekday=WEEKDAYS[weekday])
        like = day - (day - 1) % 7 + weekday
        ranges = self._weekly(like)
        if day in index.shortened:
            amount, name = index.shortened[day]
            outside = _why(("shortened", "shortened_date"), name)
            kept = _trim(self._weekly_unbroken(like), amount)
            ranges = intersection(ranges, [(0, kept[-1][1])] if kept else [])
        return [(start, end, why) for start, end in ranges], outside

    def _weekly(self, day: int) -> list[Edges]:
        if self.overnight == "date":
            return self._hours[(day - self._origin) % len(self._hours)]
        return union(self._week_ranges(day))

    def _weekly_unbroken(self, day: int) -> list[Edges]:
        if self.overnight == "date":
            return self._regular_on(day)
        weekly_breaks, weekday = self._index.weekly_breaks, (day - 1) % 7
        late = [(start + DAY, end + DAY) for start, end in weekly_breaks[(weekday + 1) % 7]]
        return difference(self._weekly(day), union([*weekly_breaks[weekday], *late]))

    def _whole_parts(
        self, day: int
    ) -> tuple[list[tuple[int, int, Reason]], Reason, tuple[int, Reason] | None]:
        """Return what opens a date where a range belongs to the date on which it begins.

        Beside it, why the rest is closed, and until when a shift of the night before was
        cancelled, and why.
        """
        begun, closed = self._basis(day)
        before, because = self._basis(day - 1)
        parts = [(start, min(end, DAY), why) for start, end, why in begun if start < DAY]
        parts += [(0, end - DAY, why) for _, end, why in before if end > DAY]
        spilt = max((end - DAY for _, end in self._week_ranges(day - 1)), default=0)
        cancelled = because.code in ("holiday", "closed_date") and spilt > 0
        return parts, closed, (spilt, because) if cancelled else None

    def _week_ranges(self, day: int) -> Ranges:
        """Return the ranges that the week begins on a date, midnight not cutting them."""
        place = (day - self._origin) % (7 * len(self.weeks))
        return self.weeks[place // 7][place % 7]

    def why(self, start: int, end: int) -> list[DatedRange]:
        """Return rows (start, end, open, reason) of absolute time that cover [start, end)."""
        rows: list[DatedRange] = []
        first = start // DAY - 2 + EPOCH_DATE
        last = end // DAY + 2 + EPOCH_DATE
        for day in range(max(first, 1), min(last, date.max.toordinal()) + 1):
            for begin, finish, opened, reason in self.day_rows(day):
                opens = max(instant_of_reading(self.tz, day, begin), start)
                closes = min(instant_of_reading(self.tz, day, finish), end)
                if opens < closes:
                    rows.append((opens, closes, opened, reason))
        return rows


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _overlay(
    parts: list[tuple[int, int, Reason]],
    cuts: list[tuple[int, int, Reason]],
    closed: Reason,
    night: tuple[int, Reason] | None,
) -> list[DatedRange]:
    """Return the pieces of a local day between all edges, each open or closed, with why."""
    until, because = night or (0, closed)
    edges = sorted({0, DAY, until, *(at for s, e, _ in (*parts, *cuts) for at in (s, e))})
    rows = []
    for start, end in pairwise(edges):
        opened, cut = _covering(parts, start, end), _covering(cuts, start, end)
        if opened is None:
            rows.append((start, end, False, because if end <= until else closed))
        else:
            rows.append((start, end, cut is None, cut or opened))
    return rows


def _covering(rows: list[tuple[int, int, Reason]], start: int, end: int) -> Reason | None:
    return next((why for s, e, why in rows if s <= start and end <= e), None)


def read_hours(
    weeks: Iterable[object],
    tz: ZoneInfo,
    anchor: date | str | None,
    holidays: ClosuresLike,
    dates: object,
    breaks: object,
    overnight: Overnight = "date",
) -> LocalHours:
    """Return local hours from what people write; see `BusinessCalendar.weekly`."""
    if not isinstance(breaks, Mapping):
        raise InvalidHours(breaks, "breaks must map weekdays or dates to ranges")
    if not isinstance(weeks, Iterable):
        raise InvalidHours(weeks, "not weeks", "write [{'mon-fri': '09:00-17:00'}, {...}]")
    dated = {day: value for day, value in breaks.items() if _is_date(day)}
    if not isinstance(holidays, Closures):
        holidays = Closures() if holidays is None else days(holidays)
    return LocalHours(
        tz=tz,
        weeks=tuple(read_week(hours) for hours in weeks),
        anchor=None if anchor is None else read_date(anchor),
        dates=read_dates(dates),
        breaks=read_week({day: value for day, value in breaks.items() if day not in dated}),
        date_breaks=read_dates(dated),
        closures=holidays,
        overnight=overnight,
    )


def _is_date(day: object) -> bool:
    return isinstance(day, date) or (isinstance(day, str) and day[:1].isdigit())


def _why(codes: tuple[str, str], name: str, **params: str) -> Reason:
    """Return the reason of a date by the first code, or by the second where it has no name."""
    named, unnamed = codes
    return Reason.of(named, name=name, **params) if name else Reason.of(unnamed, **params)
