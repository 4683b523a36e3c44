"""A calendar as a table of UTC days, for engines that can only join by equality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._calendar.timeline import stretches
from support_model._frozen import frozen
from support_model._time import DAY

if TYPE_CHECKING:
    from support_model._calendar.timeline import Timeline


@frozen
class DayRow:
    """One UTC day of a calendar, for engines that join by equality.

    Attributes:
        day: number of the UTC day since 1970-01-01, `epoch_seconds // 86400`.
        open_before: open microseconds from the start of the table to the start of the day.
        intervals: the day's open stretches, as (start, end) microseconds since 1970.
    """

    day: int
    open_before: int
    intervals: tuple[tuple[int, int], ...]


def day_table(timeline: Timeline, start: int, end: int) -> tuple[DayRow, ...]:
    """Return the UTC days that cover [start, stop), in microseconds since 1970."""
    first, last = start // DAY, -(-end // DAY)
    origin = timeline.open_before(first * DAY)
    return tuple(
        DayRow(
            day,
            timeline.open_before(day * DAY) - origin,
            tuple(stretches(timeline, day * DAY, day * DAY + DAY)),
        )
        for day in range(first, last)
    )
