"""What changed in a log, for whom, since when: like tickets, each group against its past.

`find_changes` looks at every measure of every group, whether the total moved or not, and controls
false discoveries over all of it at once. A shift of what comes is told as such, a week that stood
out and is over as an episode; neither is worse or better.

Before this: `support_model.kpi`. Next: `support_model.report`.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import evolve

from support_model._changes.items import told
from support_model._changes.labels import labels_of
from support_model._changes.making import rows_of_facts
from support_model._changes.rows import Marks, Rows, Spells, lasting
from support_model._changes.scan import Horizon
from support_model._changes.search import LEVEL, moves_of
from support_model._changes.selection import lacks_what_ended
from support_model._changes.tables import desk_of, tables_of
from support_model._changes.values import Change, Changes, Episode, Level, MixShift
from support_model._changes.weeks import HOUR, midnight, monday_of, weeks_between
from support_model._time import Span, instant, local_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from support_model.calendars import BusinessCalendar

__all__ = [
    "Change",
    "Changes",
    "Episode",
    "Level",
    "Marks",
    "MixShift",
    "Rows",
    "Spells",
    "changes_of_rows",
    "find_changes",
    "lasting",
    "rows_of",
]

Tickets: TypeAlias = Any
"""Facts as records, or by columns."""
MOST_WEEKS = 53
"""Weeks that are looked back."""
SHORT = 10
"""Weeks of a log below which periods are weeks, not months."""


def find_changes(
    facts: Tickets,
    *,
    tz: ZoneInfo,
    calendar: BusinessCalendar | None = None,
    before: Span | None = None,
    after: Span | None = None,
    fields: Sequence[str] | None = None,
) -> Changes:
    """Return what changed between two periods, and what changed earlier and still stands.

    Args:
        facts: the tickets, as records or by columns.
        tz: the zone of days and weeks.
        calendar: opening hours; times are told in them, else by the wall clock.
        before: the earlier period.
        after: the later period, behind which nothing is looked at; by default both are the last
            whole months, weeks in a short log, and what came since then counts as well.
        fields: by which groups are formed; by default channel, priority, type, group, line, agent,
            organization and topic.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> find_changes([], tz=ZoneInfo("Europe/Berlin")).items
        ()
    """
    rows = rows_of(facts, tz=tz, calendar=calendar, fields=fields)
    until = None if after is None else after.edges[1]
    return changes_of_rows(rows, tz=tz, calendar=calendar, before=before, after=after, until=until)


def rows_of(
    facts: Tickets,
    *,
    tz: ZoneInfo,
    calendar: BusinessCalendar | None = None,
    fields: Iterable[str] | None = None,
) -> Rows:
    """Return tickets as the plain lists in which changes are sought, made once for many uses.

    Args:
        facts: the tickets, as records or by columns.
        tz: the zone of days and weeks.
        calendar: opening hours.
        fields: by which groups are formed.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> rows_of([], tz=ZoneInfo("Europe/Berlin")).ids
        ()
    """
    return rows_of_facts(facts, tz=tz, calendar=calendar, fields=fields)


def changes_of_rows(
    rows: Rows,
    *,
    tz: ZoneInfo,
    calendar: BusinessCalendar | None,
    before: Span | None,
    after: Span | None,
    until: int | None,
) -> Changes:
    """Return what changed in rows up to an instant in microseconds; without it, up to now."""
    known = _known_until(rows.as_of, tz)
    earlier, later = _periods(rows, tz) if before is None or after is None else (before, after)
    end = known if until is None else min(known, until)
    weeks = weeks_between(tz, max(_first(rows, tz), earlier.edges[0] - _BACK, end - _BACK), end)
    horizon = Horizon(
        weeks.size,
        min(weeks.size, max(1, weeks.place(later.edges[0]))),
        max(0, min(weeks.size, weeks.place(earlier.edges[0]))),
    )
    labels = labels_of(rows)
    counted = not lacks_what_ended(rows)
    desk = desk_of(rows if counted else evolve(rows, counts={}), weeks, labels, calendar)
    found = moves_of(tables_of(desk), labels, horizon)
    spans = zip(weeks.edges, weeks.edges[1:], strict=False)
    return Changes(
        before=earlier,
        after=later,
        weeks=tuple(Span(instant(a, tz), instant(min(b, weeks.end), tz)) for a, b in spans),
        looks=found.looks,
        measures=found.measures,
        level=LEVEL,
        counted=counted,
        **told(desk, horizon, found, calendar),
    )


def _known_until(as_of: int, tz: ZoneInfo) -> int:
    """Return where what is known ends; a week that has just begun tells nothing."""
    begin = midnight(tz, monday_of(tz, as_of))
    return begin if as_of - begin < HOUR else as_of + 1


_BACK = MOST_WEEKS * 7 * 24 * 3_600_000_000


def _first(rows: Rows, tz: ZoneInfo) -> int:
    """Return when the log begins: the first week in which tickets come as they usually do."""
    if not rows.created:
        return rows.as_of
    weeks = weeks_between(tz, max(rows.created[0], rows.as_of - 10 * _BACK), rows.as_of + 1)
    places = [bisect_left(rows.created, edge) for edge in weeks.edges]  # they are in order
    counts = [after - before for before, after in pairwise(places)]
    usual = sorted(counts)[len(counts) // 2]
    first = next((n for n, count in enumerate(counts) if 4 * count >= usual), 0)
    return weeks.edges[first]


def _periods(rows: Rows, tz: ZoneInfo) -> tuple[Span, Span]:
    """Return the last two whole months of a log, or the last two pairs of weeks of a short one."""
    first = rows.created[0] if rows.created else rows.as_of
    last = monday_of(tz, rows.as_of + 1)
    whole = (rows.as_of - first) // (7 * 24 * 3_600_000_000)
    if whole >= SHORT:
        day = date.fromordinal(local_date(tz, rows.as_of + 1))
        end = day.replace(day=1)
        middle = (end - timedelta(days=1)).replace(day=1)
        start = (middle - timedelta(days=1)).replace(day=1)
    else:
        half = timedelta(days=7 * max(1, min(4, whole // 3)))
        end, middle, start = last, last - half, last - 2 * half
    cuts = [instant(midnight(tz, each), tz) for each in (start, middle, end)]
    return Span(cuts[0], cuts[1]), Span(cuts[1], cuts[2])
