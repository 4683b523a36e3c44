"""Duty windows: hours of the week in which a rotation is on duty, read on a local clock.

A window belongs to the date on which it starts and is one stretch from the instant of its start
reading to the instant of its end reading; so over a DST change it may be longer, shorter or
empty, and never splits at midnight. Hours that know dates, such as holidays, are a calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from attrs import field

from support_model._frozen import frozen
from support_model._hours import read_ranges, read_week, read_weekdays, reading
from support_model._time import DAY, FIRST, LAST, local_date, offsets, rising, union, wall_midnight
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidHours

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from support_model._hours import HoursLike
    from support_model._time import Edges


REACH = 9
"""Dates before a stretch whose windows may reach into it: a week, and the clock's own jumps."""


def _days(given: Iterable[int]) -> tuple[int, ...]:
    return tuple(given)


@frozen
class DutyWindow:
    """One window that starts on some weekdays; make one with `daily` or `weekly`.

    Attributes:
        days: the weekdays on which it starts, Monday is 0.
        start: microseconds after the midnight of that date.
        end: microseconds after the same midnight, so beyond a day for a night.

    Raises:
        InvalidHours: no weekday, a start outside its date, an end not after the start or more
            than a week after it.
    """

    days: tuple[int, ...] = field(converter=_days)
    start: int = field(kw_only=True)
    end: int = field(kw_only=True)

    @days.validator
    def _are_weekdays(self, _: object, days: tuple[int, ...]) -> None:
        if not days or not set(days) <= set(range(7)):
            raise InvalidHours(days, "a window needs weekdays from 0 to 6")

    @end.validator
    def _is_within_a_week(self, _: object, end: int) -> None:
        if not 0 <= self.start < DAY or not self.start < end <= self.start + 7 * DAY:
            raise InvalidHours(self, "a window starts in its date and lasts at most a week")


Windows: TypeAlias = tuple[DutyWindow, ...] | BusinessCalendar
"""The hours on duty: windows of the week, or the open time of a calendar."""


def daily(days: str, hours: str) -> DutyWindow:
    """Return the window of some hours on weekdays; an end at or before the start is tomorrow's.

    Raises:
        InvalidHours: they cannot be read, or are more than one range.

    Example:
        >>> nights = daily("mon-fri", "22:00-06:00")
        >>> nights.days, nights.end // 3_600_000_000
        ((0, 1, 2, 3, 4), 30)
    """
    ranges = read_ranges(hours)
    if len(ranges) != 1:
        raise InvalidHours(hours, "a window is one range", "make a window of each")
    ((start, end),) = ranges
    return DutyWindow(tuple(sorted(set(read_weekdays(days)))), start=start, end=end)


def weekly(start: str, end: str) -> DutyWindow:
    """Return the window from one weekday and time to the next such, once a week.

    Raises:
        InvalidHours: they cannot be read as "fri 18:00".

    Example:
        >>> weekend = weekly("fri 18:00", "mon 09:00")
        >>> (weekend.end - weekend.start) // 3_600_000_000
        63
    """
    (day, at), (last, until) = day_and_time(start), day_and_time(end)
    length = ((last - day) * DAY + until - at) % (7 * DAY)
    day, at = (day + at // DAY) % 7, at % DAY
    return DutyWindow((day,), start=at, end=at + (length or 7 * DAY))


def day_and_time(text: str) -> tuple[int, int]:
    """Read "fri 18:00" as a weekday and microseconds after its midnight.

    Raises:
        InvalidHours: it is no weekday and time.
    """
    words = text.split() if isinstance(text, str) else []
    days = read_weekdays(words[0]) if len(words) == 2 else []
    if len(days) != 1:
        raise InvalidHours(text, "not a weekday and a time", "write 'fri 18:00'")
    return days[0], reading(words[1])


def read_windows(given: HoursLike | Iterable[DutyWindow] | BusinessCalendar) -> Windows:
    """Return windows or a calendar as they are, or read {"mon-fri": "09:00-17:00"}.

    Raises:
        InvalidHours: neither.
    """
    if isinstance(given, BusinessCalendar):
        return given
    if isinstance(given, Mapping):
        return tuple(
            DutyWindow((day,), start=start, end=end)
            for day, ranges in enumerate(read_week(given))
            for start, end in ranges
        )
    remedy = "use daily(...), weekly(...) or one BusinessCalendar"
    if isinstance(given, str):
        raise InvalidHours(given, "not a duty window", remedy)
    windows = tuple(given) if isinstance(given, Iterable) else (given,)
    for window in windows:
        if not isinstance(window, DutyWindow):
            raise InvalidHours(window, "not a duty window", remedy)
    return windows


def instants_of(tz: ZoneInfo, walls: Iterable[int]) -> dict[int, int]:
    """Return the instant of each wall reading: the first that shows it or later."""
    ordered = sorted(set(walls))
    if not ordered:
        return {}
    at = rising(offsets(tz, ordered[0] - 2 * DAY, ordered[-1] + 2 * DAY))
    return {wall: at(wall) for wall in ordered}


def by_date(
    windows: Iterable[DutyWindow], first: int, last: int
) -> dict[int, list[tuple[int, int]]]:
    """Return the wall readings (start, end) of windows by the ordinal of their date."""
    table: dict[int, list[tuple[int, int]]] = {}
    windows = tuple(windows)
    for day in range(first, last + 1):
        midnight = wall_midnight(day)
        ranges = [
            (midnight + window.start, midnight + window.end)
            for window in windows
            if (day - 1) % 7 in window.days
        ]
        if ranges:
            table[day] = ranges
    return table


def dates_around(tz: ZoneInfo, start: int, end: int) -> tuple[int, int]:
    """Return the first and last date whose windows may touch the instants [start, end)."""
    return local_date(tz, start) - REACH, local_date(tz, end) + 2


def stretches_of(
    windows: Iterable[DutyWindow] | BusinessCalendar, tz: ZoneInfo, start: int, end: int
) -> list[Edges]:
    """Return the union of windows within [start, end), in instants; a calendar has its own zone.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> hour = 3_600_000_000
        >>> [(a // hour, b // hour) for a, b in stretches_of(
        ...     [daily("thu", "09:00-12:00")], ZoneInfo("UTC"), 0, 24 * hour)]
        [(9, 12)]
    """
    if isinstance(windows, BusinessCalendar):
        start, end = max(start, FIRST), min(end, LAST)
        return union(windows.timeline.stretches(start, end))
    dated = by_date(windows, *dates_around(tz, start, end))
    ranges = [pair for pairs in dated.values() for pair in pairs]
    at = instants_of(tz, (wall for pair in ranges for wall in pair))
    return union((max(at[a], start), min(at[b], end)) for a, b in ranges)
