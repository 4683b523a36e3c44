"""What a reader calls a period, and the periods of a log up to its last instant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support_model import kpi
from support_model._report.blocks import says
from support_model._time import moved

if TYPE_CHECKING:
    from datetime import date, datetime
    from typing import Literal
    from zoneinfo import ZoneInfo

    from support_model._report.blocks import Said
    from support_model._time import Span

ONE_DAY = timedelta(days=1)


def period_said(span: Span) -> Said:
    """Return what people call a period of whole local days: a month by its name, else its days.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> from support_model._report.spans import period
        >>> from support_model._report.wording import Wording
        >>> march = period_said(period("2026-03", ZoneInfo("UTC")))
        >>> Wording().say(march)
        'March 2026'
        >>> Wording().say(period_said(period("2026-W11", ZoneInfo("UTC"))))
        '2026-03-09 to 2026-03-15'
    """
    first, last = span.start.date(), last_day(span)
    if (
        first.day == 1
        and (last + ONE_DAY).day == 1
        and (first.year, first.month)
        == (
            last.year,
            last.month,
        )
    ):
        return says("period_month", month=says(f"month_{first.month}"), year=str(first.year))
    if first == last:
        return says("period_day", day=first)
    return says("period_days", first=first, last=last)


def last_day(span: Span) -> date:
    """Return the last day of a period, in the zone of its bounds."""
    end = span.start if span.end is None else moved(span.end, -timedelta.resolution)
    return max(end.date(), span.start.date())


def periods_until(
    first: datetime, last: datetime, tz: ZoneInfo, every: Literal["day", "week", "month"]
) -> tuple[Span, ...]:
    """Return the periods in which a log lies, oldest first, those not whole included."""
    days = first.astimezone(tz).date(), last.astimezone(tz).date() + ONE_DAY
    return kpi.periods(*days, tz=tz, every=every, whole=False)


def is_whole(span: Span, first: datetime, last: datetime) -> bool:
    """Return whether a log covers the days of a period; its own first and last day are covered.

    Of a single day it must go on to its end.
    """
    begun, ended = span.start.date(), last_day(span)
    tz = span.start.tzinfo
    if begun == ended:
        return span.end is not None and span.end <= moved(last, timedelta.resolution)
    return first.astimezone(tz).date() <= begun and ended <= last.astimezone(tz).date()
