"""Dates as people write them: single ones, ranges, yearly ones, recurrence rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice

from support_model._hours import read_date, read_integer
from support_model.errors import InvalidRecurrence, InvalidValue, nearest

LIMIT = 36_525
"""The most dates between the bounds of a rule or a range: a hundred years."""

_WRITE_DATE = "write date(2024, 12, 24), '2024-12-24', '2024-12-24/2024-12-26' or '12-24'"

_PARTS = "FREQ INTERVAL COUNT UNTIL WKST BYMONTH BYWEEKNO BYYEARDAY BYMONTHDAY BYDAY BYSETPOS"
_FREQUENCIES = ("DAILY", "MONTHLY", "WEEKLY", "YEARLY")
YEARLY = re.compile(r"(\d\d)-(\d\d)")
"""A date without a year, as "12-24"."""
_UNTIL = re.compile(r"(\d{8})(T\d{6}Z?)?")
_REMEDY = "write one rule such as 'FREQ=MONTHLY;BYDAY=1SU'"


def read_years(years: Iterable[int]) -> tuple[int, ...]:
    """Return calendar years in ascending order, each once.

    Raises:
        InvalidValue: no years, or no integers.
    """
    many = years if isinstance(years, Iterable) else (years,)
    wanted = "not calendar years", "write range(2024, 2028)"
    numbers = tuple(read_integer(year, *wanted) for year in islice(many, 10_000))
    if not numbers or not all(1 <= year <= 9999 for year in numbers):
        raise InvalidValue(years, *wanted)
    return tuple(sorted(set(numbers)))


def named_dates(key: object, years: tuple[int, ...] | None) -> list[date]:
    """Return the dates that a `date`, an ISO date, a range or a yearly text names.

    Raises:
        InvalidValue: no such date, or a yearly one without years.

    Example:
        >>> [str(day) for day in named_dates("12-31/01-01", (2024,))]
        ['2024-12-31', '2025-01-01']
    """
    if isinstance(key, date) and not isinstance(key, datetime):
        return [key]
    ends = key.split("/") if isinstance(key, str) else []
    if len(ends) not in (1, 2):
        raise InvalidValue(key, "not a date", _WRITE_DATE)
    yearly = [YEARLY.fullmatch(end) for end in ends]
    if not any(yearly):
        first, last = map(read_date, (ends[0], ends[-1]))
        return _between(key, first, last)
    if years is None:
        raise InvalidValue(key, "a yearly date needs years", "add years=range(2024, 2028)")
    marks = [(int(match[1]), int(match[2])) for match in yearly if match]
    if len(marks) != len(ends) or not all(map(_exists, marks)):
        raise InvalidValue(key, "not a date", _WRITE_DATE)
    dates = []
    for year in years:
        if len(marks) == 1:
            dates += [when] if (when := _on(year, *marks[0])) else []
        else:
            wraps = marks[1] < marks[0]
            first = _on(year, *marks[0]) or date(year, 3, 1)
            last = _on(year + wraps, *marks[1]) or date(year + wraps, 2, 28)
            dates += _between(key, first, last) if first <= last else []
    return dates


def _exists(mark: tuple[int, int]) -> bool:
    return _on(2000, *mark) is not None  # a leap year has every date


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        if 1 <= year <= 9999:
            return None
        raise InvalidValue(year, "a year outside 1 to 9999") from None


def _between(key: object, first: date, last: date) -> list[date]:
    if last < first:
        raise InvalidValue(key, "a range ends before it starts", "swap its ends")
    if (last - first).days >= LIMIT:
        raise InvalidValue(key, f"a range of more than {LIMIT} dates", "use weekly hours")
    return [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]


def occurrences(rule: str, first: date, last: date) -> list[date]:
    """Return the dates of a rule in [first, last]; `first` anchors its intervals.

    Raises:
        InvalidRecurrence: no rule of dates, or bounds more than `LIMIT` days apart.

    Example:
        >>> found = occurrences("FREQ=WEEKLY;INTERVAL=2", date(2024, 1, 1), date(2024, 1, 31))
        >>> [day.day for day in found]
        [1, 15, 29]
    """
    for bound in (first, last):
        if not isinstance(bound, date) or isinstance(bound, datetime):
            raise InvalidRecurrence(bound, "a recurrence needs two dates as bounds", "give dates")
    if last < first or (last - first).days >= LIMIT:
        raise InvalidRecurrence(
            (first, last), f"not bounds in order that span at most {LIMIT} days", "bound the rule"
        )
    parts = _read(rule)
    until = parts.pop("UNTIL", None)
    try:
        if until is not None:
            match = _UNTIL.fullmatch(until)
            last = min(last, date.fromisoformat(match[1] if match else ""))
        return _expanded(parts, first, last)
    except (ValueError, TypeError, LookupError, OverflowError) as problem:
        raise InvalidRecurrence(rule, f"an unreadable rule ({problem})", _REMEDY) from None


def _read(rule: str) -> dict[str, str]:
    text = rule.strip().upper().removeprefix("RRULE:") if isinstance(rule, str) else ""
    pairs = [part.split("=") for part in text.split(";")]
    if any(len(pair) != 2 for pair in pairs):
        raise InvalidRecurrence(rule, "not one recurrence rule", _REMEDY)
    parts = {key: value for key, value in pairs}  # noqa: C416 - typed pairs
    if len(parts) < len(pairs) or "FREQ" not in parts:
        raise InvalidRecurrence(rule, "a rule needs each part once, and FREQ", _REMEDY)
    if unknown := parts.keys() - set(_PARTS.split()):
        problem = f"{min(unknown)!r} cannot be part of a rule of dates"
        raise InvalidRecurrence(rule, problem, _REMEDY)
    if parts["FREQ"] not in _FREQUENCIES:
        hint = nearest(parts["FREQ"], _FREQUENCIES)
        raise InvalidRecurrence(rule, "a frequency finer than daily, or unknown", hint)
    for key in ("INTERVAL", "COUNT"):
        if not re.fullmatch(r"0*[1-9]\d{0,8}", parts.get(key, "1")):
            raise InvalidRecurrence(rule, f"{key} must be a positive number", _REMEDY)
    return parts


def _expanded(parts: dict[str, str], first: date, last: date) -> list[date]:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - paid only by those who recur

    # dateutil seeks the next date as far as year 9999. Dates repeat to the weekday every 400
    # years, so asking just before that end keeps a rule that never occurs quick.
    shift = (9999 - last.year) // 400 * 400
    anchor = datetime(first.year + shift, first.month, first.day)  # noqa: DTZ001 - a date
    dates = []
    for at in rrulestr(";".join(f"{key}={value}" for key, value in parts.items()), dtstart=anchor):
        when = date(at.year - shift, at.month, at.day)
        if when > last:
            break
        dates.append(when)
    return dates
