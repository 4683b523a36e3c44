"""Hours as people write them: "09:00-17:00", "mon-fri", overnight, and back to text.

A wall reading is an integer of microseconds since the local midnight; a range that ends at or
before its start runs overnight, so its end exceeds 24 h.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from operator import index
from typing import TypeAlias

from support_model._time import DAY, Edges
from support_model.errors import InvalidHours, InvalidValue, nearest

__all__ = [
    "WEEKDAYS",
    "HoursLike",
    "Ranges",
    "RangesLike",
    "Week",
    "number_runs",
    "ranges_text",
    "read_date",
    "read_dates",
    "read_integer",
    "read_ranges",
    "read_week",
    "read_weekdays",
    "reading",
    "reading_text",
]


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Ranges: TypeAlias = tuple[Edges, ...]
"""Ranges of one local date in microseconds since its midnight; an end past 24 h is tomorrow's."""
Week: TypeAlias = tuple[Ranges, ...]
"""Seven `Ranges`, Monday first."""
RangesLike: TypeAlias = "str | Iterable[str | tuple[object, object]]"
HoursLike: TypeAlias = "Mapping[str, RangesLike]"

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?", re.ASCII)


def reading(text: object) -> int:
    """Read a local wall time ("09:00", "24:00", "08:30:15", a `time`) as microseconds.

    Hours up to 48 reach into the next date, as in "22:00-26:00".

    Example:
        >>> reading("09:30") // 60_000_000
        570
    """
    if isinstance(text, time) and text.tzinfo is None:
        seconds = (text.hour * 60 + text.minute) * 60 + text.second
        return seconds * 1_000_000 + text.microsecond
    match = _TIME.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is not None:
        hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
        fraction = int((match[4] or "").ljust(6, "0"))
        whole = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction
        if minutes <= 59 and seconds <= 59 and whole <= 2 * DAY:
            return whole
    raise InvalidHours(text, "not a time of day", "write 'HH:MM', from '00:00' to '24:00'")


def reading_text(at: int) -> str:
    """Write microseconds of a local day so that `reading` reads them back."""
    seconds, fraction = divmod(at, 1_000_000)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    if seconds % 60 or fraction:
        text += f":{seconds % 60:02d}"
    return text + (f".{fraction:06d}".rstrip("0") if fraction else "")


def read_ranges(value: object) -> Ranges:
    """Read the ranges of one date: "09:00-12:00, 13:00-17:00", "closed", a list of pairs.

    Example:
        >>> [end - start for start, end in read_ranges("22:00-06:00")] == [8 * 3_600_000_000]
        True
    """
    if isinstance(value, str):
        value = [] if value.strip() in {"", "closed", "off"} else value.split(",")
    if not isinstance(value, Iterable):
        raise InvalidHours(value, "not hours of a day", "write '09:00-17:00' or a list of ranges")
    ranges = []
    for item in value:
        pair = item.split("-") if isinstance(item, str) else item
        try:
            start, end = map(reading, pair)
        except (TypeError, ValueError) as problem:
            if isinstance(problem, InvalidHours):
                raise
            raise InvalidHours(item, "not a range of hours", "write '09:00-17:00'") from None
        if start >= DAY:
            raise InvalidHours(item, "a range must start before 24:00", "give it to the next day")
        if end <= start:
            end += DAY
        if end - start > DAY:
            raise InvalidHours(item, "a range longer than 24 hours", "split it at midnight")
        ranges.append((start, end))
    return tuple(ranges)


def ranges_text(ranges: Ranges) -> list[str]:
    """Write ranges so that `read_ranges` reads them back: overnight ends as wall times."""
    return [
        f"{reading_text(start)}-{reading_text(end - DAY if end > DAY else end)}"
        for start, end in ranges
    ]


def number_runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return ascending numbers as runs (first, last) without a hole.

    Example:
        >>> number_runs([1, 2, 3, 7])
        [(1, 3), (7, 7)]
    """
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs


def read_weekdays(text: object) -> list[int]:
    """Read weekdays: "mon", "Mon-Fri", "mo,we-fr", "sat-mon" (around the week end).

    Example:
        >>> read_weekdays("mon-wed,sun")
        [0, 1, 2, 6]
    """
    if not isinstance(text, str):
        raise InvalidHours(text, "not a weekday", "write 'mon', 'mon-fri' or 'mon,wed'")
    days = []
    for part in text.split(","):
        ends = [_weekday(word.strip(), text) for word in part.split("-")]
        if len(ends) > 2:
            raise InvalidHours(text, "not a range of weekdays", "write 'mon-fri'")
        days += [(ends[0] + i) % 7 for i in range((ends[-1] - ends[0]) % 7 + 1)]
    return days


_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _weekday(word: str, text: str) -> int:
    low = word.lower()
    for i, name in enumerate(_NAMES):
        if len(low) >= 2 and name.startswith(low):
            return i
    raise InvalidHours(text, f"unknown weekday {word!r} in", nearest(low, WEEKDAYS))


def read_week(hours: object) -> Week:
    """Read weekly hours: a mapping from weekdays to ranges; weekdays not named are closed.

    Example:
        >>> [len(day) for day in read_week({"mon-fri": "09:00-17:00", "sat": "10:00-12:00"})]
        [1, 1, 1, 1, 1, 1, 0]
    """
    if not isinstance(hours, Mapping):
        raise InvalidHours(hours, "not weekly hours", "write {'mon-fri': '09:00-17:00'}")
    week: list[Ranges | None] = [None] * 7
    for days, value in hours.items():
        ranges = read_ranges(value)
        for day in read_weekdays(days):
            if week[day] is not None:
                raise InvalidHours(days, f"{WEEKDAYS[day]!r} is given twice", "merge the entries")
            week[day] = ranges
    return tuple(ranges or () for ranges in week)


def read_dates(entries: object) -> tuple[tuple[date, Ranges], ...]:
    """Read a mapping from dates (or ISO texts) to ranges, sorted by date."""
    if not isinstance(entries, Mapping):
        raise InvalidHours(
            entries, "not hours of dates", "write {date(2024, 12, 24): '09:00-12:00'}"
        )
    dates = {read_date(day): read_ranges(value) for day, value in entries.items()}
    return tuple(sorted(dates.items()))


def read_date(day: object) -> date:
    """Read a date or its ISO text."""
    if isinstance(day, date) and not isinstance(day, datetime):
        return day
    if isinstance(day, str):
        try:
            return date.fromisoformat(day)
        except ValueError:
            pass
    raise InvalidValue(day, "not a date", "write date(2024, 12, 24) or '2024-12-24'")


def read_integer(value: object, problem: str, remedy: str = "") -> int:
    """Read an integer of any library (NumPy's too) as an int; a bool is none."""
    if type(value).__name__ not in {"bool", "bool_"}:  # NumPy 1 takes its own for an integer
        try:
            return index(value)  # type: ignore[arg-type]
        except TypeError:
            pass
    raise InvalidValue(value, problem, remedy)
