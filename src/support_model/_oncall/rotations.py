"""Rotations: whose turn it is, counted on the readings of a local clock.

A form says how turns follow each other: `Every` n hours, days or weeks, at the occurrences of a
rule (`ByRule`), or by the dates that are worked (`ByWorkedDates`). Turns are arithmetic on
readings, hours included, and only then become instants; so no DST change moves a handoff.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import datetime, timedelta
from itertools import chain, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from attrs import field

from support_model._checks import valid, word
from support_model._frozen import frozen
from support_model._hours import reading
from support_model._oncall.windows import (
    DutyWindow,
    Windows,
    by_date,
    dates_around,
    day_and_time,
    instants_of,
    stretches_of,
)
from support_model._time import (
    DAY,
    EPOCH_DATE,
    LAST,
    difference,
    intersection,
    local_date,
    micros_of,
    offset_at,
    union,
    wall_midnight,
)
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidHours, InvalidRecurrence, InvalidRotation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from support_model._time import Edges


TurnUnit = Literal["hours", "days", "weeks"]
STEP = MappingProxyType({"hours": DAY // 24, "days": DAY, "weeks": 7 * DAY})
Turn: TypeAlias = tuple[int, int, int]
"""A stretch on duty: start and end in microseconds, and the number of the turn, 0 first."""
WALL = datetime(1970, 1, 1)  # noqa: DTZ001 - the origin of wall readings has no zone
MARGIN = 2 * DAY
"""More than any local clock ever jumped, so a reading this far off lies outside."""


def read_local(value: object) -> datetime:
    """Read a local date and time, such as "2026-03-02 09:00"; it has no zone.

    Raises:
        InvalidRotation: it is none, or names a zone, which the layer does.

    Example:
        >>> read_local("2026-03-02 09:00")
        datetime.datetime(2026, 3, 2, 9, 0)
    """
    remedy = "write '2026-03-02 09:00', a reading of the layer's own clock"
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(read, datetime) and read.tzinfo is None:
            return datetime(*read.timetuple()[:6], read.microsecond)  # noqa: DTZ001 - a reading
    except ValueError:
        pass
    raise InvalidRotation(value, "not a local date and time", remedy)


def wall_of(reading: datetime) -> int:
    """Return a local date and time in microseconds of the wall clock.

    Example:
        >>> wall_of(read_local("1970-01-02 00:00")) == 24 * 3_600_000_000
        True
    """
    return (reading - WALL) // timedelta(microseconds=1)


def _checked_count(n: object) -> None:
    if type(n) is not int or n < 1:
        raise InvalidRotation(n, "a turn lasts a positive whole number of units", "give 1")


def _checked_duration(duration: timedelta | None) -> None:
    if duration is not None and micros_of(duration) <= 0:
        raise InvalidRotation(duration, "the duty of a turn must be positive", "leave it out")


@frozen
class Every:
    """Turns of n hours, days or weeks.

    Attributes:
        n: how many units a turn lasts.
        unit: hours, days or weeks of the local clock.
        handoff: "09:00" or "mon 09:00", aligns the turns to the last such reading at or before
            the layer's start, so turn 0 may be short; empty: the weekday and time of the start.
        duration: only this first part of each turn is duty, on the local clock.

    Raises:
        InvalidRotation: no positive number, an unknown unit, an unreadable handoff.

    Example:
        >>> Every(2, "weeks", handoff="mon 09:00").n
        2
    """

    n: int = field(default=1, validator=valid(_checked_count))
    unit: TurnUnit = field(
        default="weeks", validator=word(TurnUnit, InvalidRotation, "unknown unit")
    )
    handoff: str = field(default="", kw_only=True)
    duration: timedelta | None = field(
        default=None, kw_only=True, validator=valid(_checked_duration)
    )

    @handoff.validator
    def _is_reading(self, _: object, handoff: str) -> None:
        try:
            if handoff:
                self._aligned(0)
        except InvalidHours as problem:
            remedy = "write '09:00' or 'mon 09:00'"
            raise InvalidRotation(handoff, problem.problem, remedy) from None

    @property
    def length(self) -> int:
        """How long a whole turn lasts, in microseconds of the wall clock."""
        return self.n * STEP[self.unit]

    def _aligned(self, start: int) -> int:
        """Return the last handoff reading at or before a start."""
        if not self.handoff:
            return start
        if " " in self.handoff.strip():
            day, at = day_and_time(self.handoff)
            monday = wall_midnight(1) + day * DAY + at  # ordinal 1 was a Monday
            return start - (start - monday) % (7 * DAY)
        return start - (start - reading(self.handoff)) % DAY

    def readings(self, start: int, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """Yield (start, end, number) of the turns that touch the readings [first, last]."""
        grid, step = self._aligned(start), self.length
        for number in range(max((first - grid) // step, 0), (last - grid) // step + 1):
            yield grid + number * step, grid + (number + 1) * step, number


@frozen
class ByRule:
    """Turns that begin at the occurrences of an RFC 5545 RRULE whose DTSTART is the start.

    A rule that ends (COUNT, UNTIL) needs a duration, since its last turn has no next one.
    An UNTIL that is a date includes the whole date; one in UTC is read on the local clock.

    Raises:
        InvalidRecurrence: no such rule, or one finer than minutes.
        InvalidRotation: a rule that ends, and no duration.

    Example:
        >>> ByRule("FREQ=MONTHLY;BYDAY=1MO").parts["FREQ"]
        'MONTHLY'
    """

    rule: str
    duration: timedelta | None = field(default=None, validator=valid(_checked_duration))

    @duration.validator
    def _ends_the_last_turn(self, _: object, duration: timedelta | None) -> None:
        if duration is None and not self.parts.keys().isdisjoint({"COUNT", "UNTIL"}):
            remedy = "give a duration"
            raise InvalidRotation(self.rule, "the last turn of a rule that ends has none", remedy)
        self._expanded(WALL, 1)  # from any start: whether it can be

    @property
    def parts(self) -> dict[str, str]:
        """The parts of the rule by their names, a new table each time."""
        return _parts(self.rule)

    def readings(
        self, start: int, first: int, last: int, tz: ZoneInfo
    ) -> Iterator[tuple[int, int, int]]:
        """Yield (start, end, number) of the turns that touch the readings [first, last]."""
        until = _UNTIL.fullmatch(self.parts.get("UNTIL", ""))
        if until is not None:
            last = min(last, _final(until, tz))
        readings = self._expanded(WALL + timedelta(microseconds=start), last)
        for number, (at, end) in enumerate(pairwise([*readings, 2 * LAST])):
            if end > first:
                yield at, end, number

    def _expanded(self, start: datetime, last: int) -> list[int]:
        """Return the occurrences from a start up to a reading."""
        from dateutil.rrule import rrulestr  # noqa: PLC0415 - paid only by those who use rules

        # A rule that never occurs is sought as far as year 9999. Dates repeat to the weekday
        # every 400 years, so asking just before that end keeps it quick.
        end = WALL + timedelta(microseconds=min(max(last, 0), LAST))
        shift = (9999 - max(end.year, start.year)) // 400 * 400
        rule = ";".join(f"{key}={value}" for key, value in self.parts.items() if key != "UNTIL")
        readings = []
        try:
            for at in rrulestr(rule, dtstart=start.replace(year=start.year + shift)):
                wall = (at.replace(year=at.year - shift) - WALL) // timedelta(microseconds=1)
                if wall > last:
                    break
                readings.append(wall)
        except (ValueError, TypeError, LookupError, OverflowError) as problem:
            problem_text = f"an unreadable rule ({problem})"
            raise InvalidRecurrence(self.rule, problem_text, "see RFC 5545, 3.3.10") from None
        return readings


_UNTIL = re.compile(r"(?P<date>\d{8})(?:T(?P<time>\d{6})(?P<utc>Z?))?")
_FREQUENCIES = ("MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def _parts(rule: object) -> dict[str, str]:
    text = rule.strip().upper().removeprefix("RRULE:") if isinstance(rule, str) else ""
    pairs = [part.split("=") for part in text.split(";")]
    parts = {pair[0]: pair[-1] for pair in pairs}
    remedy = "write one rule such as 'FREQ=MONTHLY;BYDAY=1MO'"
    if any(len(pair) != 2 for pair in pairs) or len(parts) < len(pairs):
        raise InvalidRecurrence(rule, "not one recurrence rule", remedy)
    if parts.get("FREQ") not in _FREQUENCIES:
        raise InvalidRecurrence(rule, "no frequency of turns", remedy)
    if not re.fullmatch(r"0*[1-9]\d{0,8}", parts.get("INTERVAL", "1")):
        raise InvalidRecurrence(rule, "INTERVAL must be a positive number", remedy)
    until = _UNTIL.fullmatch(parts.get("UNTIL", "20260302"))
    try:
        if until is None:
            raise InvalidRecurrence(rule, "not the end of a rule", "write UNTIL=20260302T090000Z")
        _reading_of(until)
    except ValueError as problem:
        raise InvalidRecurrence(rule, f"not the end of a rule ({problem})") from None
    return parts


def _reading_of(until: re.Match[str]) -> int:
    text = until["date"] + (until["time"] or "235959")
    at = datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007 - a reading has no zone
    return (at - WALL) // timedelta(microseconds=1)


def _final(until: re.Match[str], tz: ZoneInfo) -> int:
    """Return the last reading that an UNTIL includes."""
    at = _reading_of(until)
    return at + offset_at(tz, at) if until["utc"] else at


@frozen
class ByWorkedDates:
    """Turns of n worked dates: those on which a duty window of the layer starts.

    The first is the date of the first window that ends after the layer's start. A night belongs
    to the date on which it starts; where windows overlap, the earlier date's holds. Without
    windows every date is worked, from midnight to midnight.

    Raises:
        InvalidRotation: no positive number.

    Example:
        >>> ByWorkedDates(5).n
        5
    """

    n: int = field(default=1, validator=valid(_checked_count))
    duration: timedelta | None = field(default=None, validator=valid(_checked_duration))


TurnForm: TypeAlias = Every | ByRule | ByWorkedDates
"""How turns follow each other."""
WHOLE_DAYS = (DutyWindow(tuple(range(7)), start=0, end=DAY),)


def turns(
    form: TurnForm,
    local_start: int,
    windows: Windows,
    tz: ZoneInfo,
    *,
    start: int,
    end: int,
) -> list[Turn]:
    """Return who is on duty by number of turn within the instants [start, end), in order.

    `local_start` is the reading at which turn 0 is anchored; clipping at it is the caller's.
    """
    if start >= end:
        return []
    if isinstance(form, ByWorkedDates):
        if isinstance(windows, BusinessCalendar):
            all_turns = _worked_open(form, local_start, windows, tz, end)
        else:
            all_turns = _worked(form, local_start, windows or WHOLE_DAYS, tz, (start, end))
        return _clipped(all_turns, start, end)
    whole = _clipped(_by_readings(form, local_start, tz, (start, end)), start, end)
    if not isinstance(windows, BusinessCalendar) and not windows:
        return whole
    return _within(whole, stretches_of(windows, tz, start, end))


def _clipped(all_turns: Iterable[Turn], start: int, end: int) -> list[Turn]:
    clipped = ((max(a, start), min(b, end), number) for a, b, number in all_turns)
    return [turn for turn in clipped if turn[0] < turn[1]]


def _by_readings(
    form: Every | ByRule, local_start: int, tz: ZoneInfo, window: Edges
) -> Iterator[Turn]:
    first, last = (at + offset_at(tz, at) for at in window)
    first, last = first - MARGIN, last + MARGIN
    readings = (
        form.readings(local_start, first, last, tz)
        if isinstance(form, ByRule)
        else form.readings(local_start, first, last)
    )
    beyond = last + MARGIN  # turns without an end in sight
    walls = [(a, min(b, beyond), number) for a, b, number in readings if a < beyond]
    if form.duration is not None:
        length = micros_of(form.duration)
        walls = [(a, min(a + length, b), number) for a, b, number in walls]
    at = instants_of(tz, (wall for a, b, _ in walls for wall in (a, b)))
    return ((at[a], at[b], number) for a, b, number in walls)


def _within(whole: list[Turn], open_: list[Edges]) -> list[Turn]:
    """Return the parts of turns that lie in sorted, disjoint stretches."""
    ends = [end for _, end in open_]
    parts = []
    for a, b, number in whole:
        i = bisect_left(ends, a)
        while i < len(open_) and open_[i][0] < b:
            begin, end = max(a, open_[i][0]), min(b, open_[i][1])
            if begin < end:
                parts.append((begin, end, number))
            i += 1
    return parts


class _WorkedDates(NamedTuple):
    """The dates of some weekdays, numbered from one fixed Monday on."""

    weekdays: list[int]

    def rank(self, day: int) -> int:
        """Count the worked dates before a date, given by its ordinal."""
        weeks, weekday = divmod(day - 1, 7)
        return weeks * len(self.weekdays) + bisect_left(self.weekdays, weekday)

    def date_of(self, rank: int) -> int:
        weeks, place = divmod(rank, len(self.weekdays))
        return weeks * 7 + self.weekdays[place] + 1


def _worked(
    form: ByWorkedDates,
    local_start: int,
    windows: Sequence[DutyWindow],
    tz: ZoneInfo,
    window: Edges,
) -> list[Turn]:
    dates = _WorkedDates(sorted({day for one in windows for day in one.days}))
    first = _first_worked(local_start, windows, tz)
    origin = dates.rank(first)
    low, high = dates_around(tz, *window)
    dated = by_date(windows, max(low, first), high)
    numbers = {day: (dates.rank(day) - origin) // form.n for day in dated}
    first_dates = {number: dates.date_of(origin + number * form.n) for number in numbers.values()}
    duty = _duties(form, first_dates, windows)
    pairs = [*chain.from_iterable(dated.values()), *duty.values()]
    at = instants_of(tz, chain.from_iterable(pairs))
    worked_turns = []
    for day, free in _not_covered(dated, at):
        on_duty, number = free, numbers[day]
        if duty:
            begin, until = duty[number]
            on_duty = intersection(free, [(at[begin], at[until])])
        worked_turns += [(a, b, number) for a, b in on_duty]
    return sorted(worked_turns)


def _not_covered(
    dated: Mapping[int, list[Edges]], at: Mapping[int, int]
) -> Iterator[tuple[int, list[Edges]]]:
    """Yield each date with its stretches that no window of an earlier date covers."""
    covered: list[Edges] = []
    for day, pairs in dated.items():
        own = union((at[a], at[b]) for a, b in pairs)
        free = difference(own, covered)
        yield day, free
        covered = union([*covered[-8:], *own])  # none lasts longer than a week


def _duties(
    form: ByWorkedDates, first_dates: Mapping[int, int], windows: Sequence[DutyWindow]
) -> dict[int, Edges]:
    """Return the readings of the duty of each turn; none where a turn has no duration."""
    if form.duration is None:
        return {}
    length = micros_of(form.duration)
    duty = {}
    for number, day in first_dates.items():
        begin = min(window.start for window in windows if (day - 1) % 7 in window.days)
        begin += wall_midnight(day)
        duty[number] = (begin, begin + length)
    return duty


def _first_worked(local_start: int, windows: Sequence[DutyWindow], tz: ZoneInfo) -> int:
    """Return the ordinal of the date of the first window that ends after a start reading."""
    around = local_start // DAY + EPOCH_DATE
    dated = by_date(windows, around - 9, around + 9)
    at = instants_of(tz, [local_start, *(b for pairs in dated.values() for _, b in pairs)])
    return next(
        day for day, pairs in dated.items() if any(at[b] > at[local_start] for _, b in pairs)
    )


def _worked_open(
    form: ByWorkedDates, local_start: int, calendar: BusinessCalendar, tz: ZoneInfo, end: int
) -> list[Turn]:
    """Return the turns of n dates on which a calendar opens, counted from the layer's start."""
    at = instants_of(tz, [local_start])
    pieces = _dated_pieces(calendar, tz, at[local_start], end)
    dates = list(dict.fromkeys(day for day, _, _ in pieces))
    numbers = {day: place // form.n for place, day in enumerate(dates)}
    open_turns = [(a, b, numbers[day]) for day, a, b in pieces]
    if form.duration is None:
        return open_turns
    length = micros_of(form.duration)
    ends: dict[int, int] = {}
    for a, _, number in open_turns:
        ends.setdefault(number, a + offset_at(tz, a) + length)
    at = instants_of(tz, ends.values())
    return [(a, min(b, at[ends[number]]), number) for a, b, number in open_turns]


def _dated_pieces(
    calendar: BusinessCalendar, tz: ZoneInfo, since: int, end: int
) -> list[tuple[int, int, int]]:
    """Return (date, start, end) of the open stretches that end after an instant.

    One of at most a day belongs to the date on which it begins; a longer one is cut at midnights.
    """
    pieces: list[tuple[int, int, int]] = []
    for opens, closes in stretches_of(calendar, tz, since - 9 * DAY, end + DAY):
        day, last = local_date(tz, opens), local_date(tz, closes - 1)
        if closes - opens <= DAY or day == last:
            pieces.append((day, opens, closes))
            continue
        at = instants_of(tz, (wall_midnight(k) for k in range(day, last + 2)))
        cuts = [opens, *(at[wall_midnight(k)] for k in range(day + 1, last + 1)), closes]
        pieces += [(day + k, a, b) for k, (a, b) in enumerate(pairwise(cuts)) if a < b]
    return [piece for piece in pieces if piece[2] > since]
