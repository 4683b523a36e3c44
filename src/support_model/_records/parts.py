"""Parts that documents share, out and in: a calendar by its name, a span, a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from support_model._time import Span
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue, nearest

if TYPE_CHECKING:
    from support_model._checks import Number

__all__ = [
    "Named",
    "calendar_to_data",
    "number_to_data",
    "read_calendar",
    "read_instant",
    "read_number",
    "read_span",
    "span_to_data",
]

Named: TypeAlias = Mapping[str, BusinessCalendar]
"""The calendars of a document, which its parts call by name."""

_RATIO = re.compile(r"\d{1,4000}/[1-9]\d{0,3999}", re.ASCII)


def calendar_to_data(calendar: BusinessCalendar, named: Named) -> str | dict[str, Any]:
    """Return the name that a calendar has among the named ones, else its data."""
    names = (name for name, known in named.items() if known == calendar)
    return next(names, None) or calendar.to_data()


def read_calendar(data: str | Mapping[str, Any], named: Named) -> BusinessCalendar:
    """Return the calendar of a name, or of data.

    Raises:
        InvalidValue: an unknown name, with the nearest known one, or unreadable data.
    """
    if not isinstance(data, str):
        return BusinessCalendar.from_data(data)
    if data not in named:
        remedy = nearest(data, named) if named else "give the document calendars"
        raise InvalidValue(data, "unknown calendar", remedy)
    return named[data]


def span_to_data(span: Span) -> list[str | None]:
    """Return a span as a pair of instants; null is no end.

    Example:
        >>> from datetime import UTC
        >>> span_to_data(Span(datetime(2026, 3, 2, tzinfo=UTC)))
        ['2026-03-02T00:00:00+00:00', None]
    """
    return [span.start.isoformat(), None if span.end is None else span.end.isoformat()]


def read_instant(text: object) -> datetime:
    """Return the instant of an ISO 8601 text.

    Raises:
        InvalidValue: it is none, or has no offset.
    """
    try:
        at = datetime.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InvalidValue(text, "not an instant", "write 2026-03-02T09:00:00+01:00") from None
    if at.tzinfo is None:
        raise InvalidValue(text, "an instant without an offset", f"write {text}+01:00")
    return at


def read_span(pair: Sequence[str | None]) -> Span:
    """Return the span of a pair of instants; null or empty text is no end.

    Raises:
        InvalidValue: a bound that is no instant or has no offset, or an end before the start.
    """
    start, end = pair
    if end in (None, ""):
        return Span(read_instant(start))
    found = read_instant(start), read_instant(end)
    if found[1] < found[0]:
        raise InvalidValue(pair, "a span must not end before it starts", "swap the bounds")
    return Span(*found)


def number_to_data(number: Number) -> float | str:
    """Return a number as JSON has it; a ratio, which JSON has not, as text."""
    if isinstance(number, Fraction):
        return f"{number.numerator}/{number.denominator}"
    return number


def read_number(data: float | str) -> Number:
    """Return a number, or the ratio of a text such as "1/3".

    Raises:
        InvalidValue: a text that is no such ratio.
    """
    if not isinstance(data, str):
        return data
    if not _RATIO.fullmatch(data):
        raise InvalidValue(data, "not a number", "write 1.5 or '1/3'")
    return Fraction(data)
