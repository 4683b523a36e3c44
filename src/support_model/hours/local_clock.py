"""A local clock: when a zone's wall reading happens, and how its offset changes.

A reading becomes the first instant at which the local clock shows it or later: one inside a
gap clamps to the end of the gap, a repeated one means its first showing, and the map from
readings to instants never goes backwards.

Before this: `support_model.instants`. Next: `support_model.hours.local_hours`.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from support_model.instants import DAY, EPOCH, FIRST, LAST

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

__all__ = [
    "EPOCH_DATE",
    "GREGORIAN",
    "local_date",
    "offset_at",
    "offsets",
    "resolve",
    "rising",
    "wall_midnight",
]

EPOCH_DATE = date(1970, 1, 1).toordinal()
PROBE = 3 * DAY
_PROBE = timedelta(microseconds=PROBE)
GREGORIAN = 146_097 * DAY
"""Four hundred years, after which dates and weekdays repeat."""


def _inside(start: int, end: int) -> int:
    """Return what moves a window away from the first and the last year, whose dates end.

    The rules of a zone repeat with the Gregorian cycle out there.
    """
    if start < FIRST + 366 * DAY:
        return GREGORIAN
    return -GREGORIAN if end > LAST - 366 * DAY else 0


def offset_at(zone: ZoneInfo, at: int) -> int:
    """Return the offset of the local clock from UTC at an instant, in microseconds."""
    offset = (EPOCH + timedelta(microseconds=at + _inside(at, at))).astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 - a ZoneInfo always has one
    return (offset.days * 86_400 + offset.seconds) * 1_000_000


def offsets(zone: ZoneInfo, start: int, end: int) -> list[tuple[int, int]]:
    """Return (instant, offset) of each change of the local clock in [start, end), start first.

    The clock is probed every three days: no zone of the tz database has changed twice within
    that (the closest are four days apart), which a test checks for the installed data.
    """
    fixed = zone.utcoffset(None)
    if fixed is not None:
        return [(start, fixed // timedelta(microseconds=1))]
    at = start // 1_000_000 * 1_000_000
    moment = EPOCH + timedelta(microseconds=at + _inside(start, end + PROBE))
    known = moment.astimezone(zone).utcoffset()
    found = [(start, offset_at(zone, at))]
    while at < end:
        at, moment = at + PROBE, moment + _PROBE
        offset = moment.astimezone(zone).utcoffset()
        if offset != known:
            known = offset
            found.append(_change(zone, at - PROBE, at))
    return found


def _change(zone: ZoneInfo, before: int, after: int) -> tuple[int, int]:
    """Return the one change between two instants, to its second, and the new offset."""
    offset = offset_at(zone, after)
    low, high = before // 1_000_000, after // 1_000_000
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(zone, middle * 1_000_000) == offset:
            high = middle
        else:
            low = middle
    return high * 1_000_000, offset


def wall_midnight(day: int) -> int:
    """Return the wall reading of the midnight that begins a date (its ordinal)."""
    return (day - EPOCH_DATE) * DAY


def rising(changes: list[tuple[int, int]]) -> Callable[[int], int]:
    """Return a function from readings, asked in rising order, to their first instants.

    Good for readings whose instants lie in the window for which `offsets` gave the changes.
    """
    ends = [until + offset for (_, offset), (until, _) in pairwise(changes)]
    ends.append(2 * LAST)
    i = 0

    def at(wall: int) -> int:
        nonlocal i
        while wall >= ends[i]:
            i += 1
        since, offset = changes[i]
        return max(since, wall - offset)

    return at


def resolve(zone: ZoneInfo, day: int, at: int) -> int:
    """Return the first instant at which the local clock shows a reading of a date, or later.

    `day` is the date's ordinal, `at` microseconds after its midnight.
    """
    wall = wall_midnight(day) + at
    return rising(offsets(zone, wall - 2 * DAY, wall + 2 * DAY))(wall)


def local_date(zone: ZoneInfo, at: int) -> int:
    """Return the ordinal of the date that the local clock shows at an instant."""
    return (at + offset_at(zone, at)) // DAY + EPOCH_DATE
