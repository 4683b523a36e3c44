"""A period as a person writes it: a month, a week, a quarter, a year, or two dates.

Dates are whole local days of a stated zone, both included, as people count them.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from support_model._time import Span, instant, instant_of_reading, moved
from support_model.errors import InvalidValue
from support_model.kpi import periods

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


ONE_DAY = timedelta(days=1)
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
LENGTHS: tuple[Literal["month", "week"], ...] = ("month", "week")
REMEDY = "say 2026-03, 2026-W11, 2026-Q1, 2026, or 2026-03-02..2026-03-15 (both days included)"
FORM = re.compile(r"(\d{4})(?:-(\d{2})|-W(\d{2})|-Q([1-4]))?", re.ASCII)


def period(text: str, tz: ZoneInfo) -> Span:
    """Return the period that a text names, from local midnight to local midnight.

    Raises:
        InvalidValue: it is no such text, or names no possible date.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> march = period("2026-03", ZoneInfo("Europe/Berlin"))
        >>> march.start.isoformat(), march.end.isoformat()
        ('2026-03-01T00:00:00+01:00', '2026-04-01T00:00:00+02:00')
    """
    try:
        first, end = _dates(text)
    except (ValueError, OverflowError):
        raise InvalidValue(text, "not a period", REMEDY) from None
    if end <= first:
        raise InvalidValue(text, "a period that ends before it begins", REMEDY)
    return Span(*(instant(instant_of_reading(tz, day.toordinal(), 0), tz) for day in (first, end)))


def _dates(text: str) -> tuple[date, date]:
    """Return the first day and the day after the last."""
    since, dots, until = text.partition("..")
    if dots:
        return date.fromisoformat(since), date.fromisoformat(until) + ONE_DAY
    match = FORM.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, week, quarter = (None if x is None else int(x) for x in match.groups())
    assert year is not None  # noqa: S101 - the form begins with it
    if week is not None:
        monday = date.fromisocalendar(year, week, 1)
        return monday, monday + 7 * ONE_DAY
    if month is None and quarter is None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    first = month if month is not None else 3 * (quarter or 1) - 2
    length = 1 if month is not None else 3
    start = date(year, first, 1)
    later = first - 1 + length
    return start, date(year + later // 12, later % 12 + 1, 1)


def usual_periods(
    first: datetime | None, last: datetime | None, tz: ZoneInfo
) -> tuple[Span, Span] | None:
    """Return the last two whole months of a log, or weeks; None where it holds no two of them.

    A log that begins or ends within a day is taken to hold that day.

    Example:
        >>> from datetime import UTC, datetime
        >>> ends = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC)
        >>> [period_name(each) for each in usual_periods(*ends, ZoneInfo("UTC"))]
        ['February 2026', 'March 2026']
    """
    if first is None or last is None:
        return None
    day, end = first.astimezone(tz).date(), last.astimezone(tz).date() + ONE_DAY
    for every in LENGTHS:
        whole = periods(day, end, tz=tz, every=every)
        if len(whole) > 1:
            return whole[-2], whole[-1]
    return None


def period_text(span: Span) -> str:
    """Write a period of whole local days by its first and last day.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> period_text(period("2026-W11", ZoneInfo("UTC")))
        '2026-03-09 to 2026-03-15'
    """
    start = span.start.date()
    last = start if span.end is None else moved(span.end, -timedelta.resolution).date()
    return str(start) if last == start else f"{start} to {last}"


def period_name(span: Span) -> str:
    """Return what people call a period: a whole month by its name, else its days.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> period_name(period("2026-03", ZoneInfo("UTC")))
        'March 2026'
        >>> period_name(period("2026-W11", ZoneInfo("UTC")))
        '2026-03-09 to 2026-03-15'
    """
    first, end = span.start, span.end
    if end is None or not first.day == end.day == 1 or first.time() != end.time():
        return period_text(span)
    if 12 * (end.year - first.year) + end.month - first.month != 1:
        return period_text(span)
    return f"{MONTH_NAMES[first.month - 1]} {first.year}"
