"""A period as a person writes it: a month, a week, a quarter, a year, or two dates.

Dates are whole local days of a stated zone, both included, as people count them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from support_model._time import Span, instant, instant_of_reading, micros_of, moved
from support_model.errors import InvalidValue
from support_model.kpi import periods

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo


ONE_DAY = timedelta(days=1)
THIN = 0.1
LONG_AGO = micros_of(timedelta(days=45))
"""A period that ended longer ago is not the last one that could be told."""
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


def usual_periods(created: Sequence[int], last: int, tz: ZoneInfo) -> tuple[Span, Span] | None:
    """Return the last two whole months of a log, or weeks; None where it holds no two of them.

    A log that begins or ends within a day is taken to hold that day. A thin end, as of a log that
    was cut by creation, is passed over: months that hold under a tenth of the busiest one.

    Args:
        created: when tickets were created, in microseconds.
        last: up to when the log knows, in microseconds.
        tz: zone of months and weeks.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model._time import micros
        >>> first = micros(datetime(2026, 1, 1, tzinfo=UTC))
        >>> days = [first + n * 86_400_000_000 for n in range(109)]
        >>> [period_text(each) for each in usual_periods(days, days[-1], ZoneInfo("UTC"))]
        ['2026-02-01 to 2026-02-28', '2026-03-01 to 2026-03-31']
    """
    if not created:
        return None
    day, end = (instant(at, tz).date() for at in (min(created), last))
    for every in LENGTHS:
        whole = periods(day, end + ONE_DAY, tz=tz, every=every)
        starts = [span.edges[0] for span in whole]
        counts = Counter(bisect_right(starts, at) - 1 for at in created)
        busiest = max((counts[n] for n in range(len(whole))), default=0)
        full = [n for n in range(len(whole)) if counts[n] >= THIN * busiest]
        if full and full[-1]:
            return whole[full[-1] - 1], whole[full[-1]]
    return None


def is_live(later: Span, last: int) -> bool:
    """Return whether a log goes on behind its last whole period as it went before."""
    return last - later.edges[1] <= LONG_AGO


def thin_tail(counts: Sequence[int]) -> int:
    """Return how many of the last periods hold under a tenth of the busiest one.

    Example:
        >>> thin_tail([40, 52, 3, 49, 2, 0])
        2
    """
    least = THIN * max(counts, default=0)
    full = [n for n, count in enumerate(counts) if count >= least]
    return len(counts) - 1 - full[-1] if full else 0


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
