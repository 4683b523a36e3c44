"""Periods to compare: whole local days, weeks or months, and the tickets created in each.

A period is [start, end) between local midnights, so a week with a clock change has 167 or 169
hours and is still a week. Periods that are not whole are left out: a month of ten days is not
a low month.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from support_model._time import (
    Span,
    instant,
    instant_of_reading,
    micros,
    moved,
    not_negative,
    timezone,
)
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta, tzinfo

    from support_model._kpi.facts import Facts


Every = Literal["day", "week", "month"]


def periods(start: date, end: date, *, tz: str | tzinfo, every: Every) -> tuple[Span, ...]:
    """Return the whole days, weeks (from Monday) or months inside [start, end), in order.

    Raises:
        InvalidValue: another kind of period, or bounds that are no dates.
        UnknownZone: no IANA zone.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> berlin = ZoneInfo("Europe/Berlin")
        >>> weeks = periods(date(2026, 3, 20), date(2026, 4, 1), tz=berlin, every="week")
        >>> [(week.start.isoformat(), str(week.length)) for week in weeks]
        [('2026-03-23T00:00:00+01:00', '6 days, 23:00:00')]
    """
    if every not in {"day", "week", "month"}:
        raise InvalidValue(every, "unknown kind of period", "say 'day', 'week' or 'month'")
    for day in (start, end):
        if not isinstance(day, date):
            raise InvalidValue(day, "a period runs between dates", "give date(2026, 3, 1)")
    zone = timezone(tz)
    first_days = _first_days(start, end, every)
    cuts = (instant(instant_of_reading(zone, day.toordinal(), 0), zone) for day in first_days)
    return tuple(Span(a, b) for a, b in pairwise(cuts))


def _first_days(start: date, end: date, every: Every) -> Iterator[date]:
    """Yield the days on which a period begins, from `start` to `end`, both included."""
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        day = date.fromordinal(ordinal)
        first = {"day": True, "week": day.weekday() == 0, "month": day.day == 1}
        if first[every]:
            yield day


def created_in(facts: Iterable[Facts], spans: Sequence[Span]) -> dict[Span, list[Facts]]:
    """Return the tickets created in each of some periods, which are in order and do not overlap.

    Example:
        >>> created_in([], [])
        {}
    """
    found: dict[Span, list[Facts]] = {span: [] for span in spans}
    starts = [span.edges[0] for span in spans]
    for fact in facts:
        at = micros(fact.created)
        place = bisect_right(starts, at) - 1
        if place >= 0 and at < spans[place].edges[1]:
            found[spans[place]].append(fact)
    return found


def solved_in(facts: Iterable[Facts], spans: Sequence[Span]) -> dict[Span, list[Facts]]:
    """Return the tickets solved in each of some periods, whenever they were created.

    A ticket is in each period in which it was solved, once, as `solved_per_created` counts it.
    The periods are in order and do not overlap.

    Example:
        >>> solved_in([], [])
        {}
    """
    found: dict[Span, list[Facts]] = {span: [] for span in spans}
    starts = [span.edges[0] for span in spans]
    for fact in facts:
        inside = set()
        for at in (micros(solve.at) for solve in fact.solves):
            place = bisect_right(starts, at) - 1
            if place >= 0 and at < spans[place].edges[1]:
                inside.add(place)
        for place in sorted(inside):
            found[spans[place]].append(fact)
    return found


def mature_until(as_of: datetime, window: timedelta) -> datetime:
    """Return the instant up to which a figure with a follow-up window is complete.

    A period is mature if its end is at or before it; younger ones are never drawn as equals.

    Raises:
        InvalidValue: a negative time, or no duration.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> mature_until(datetime(2026, 3, 9, tzinfo=UTC), timedelta(days=7)).day
        2
    """
    not_negative(window)
    return moved(as_of, -window)
