"""A roster as tables that a manager can read: who is on call each day, and who carries how much.

Hours are those of one local clock, each with its offset from UTC, so the night in which clocks
change shows what happens. A day is never left out: where nobody is on call, it says so.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from support_model._oncall.windows import instants_of
from support_model._tables import TextTable
from support_model._time import (
    duration_text,
    instant,
    local_date,
    month_name,
    wall_midnight,
    weekday_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from support_model._oncall.rosters import Crew, DutyLoad, Roster, RosterFairness
    from support_model._time import Span


HOUR = timedelta(hours=1)
NOBODY = "NOBODY"


def roster_by_day(roster: Roster, *, tz: ZoneInfo, most: int | None = None) -> TextTable:
    """Return who is on call on each date of a zone's clock: a row a date, with its offset.

    Args:
        roster: the window to show.
        tz: the clock.
        most: how many dates to show at most; None shows all.

    Example:
        >>> from datetime import UTC, datetime
        >>> from zoneinfo import ZoneInfo
        >>> from support_model.oncall import Layer, OnCall
        >>> plan = OnCall([Layer(["ann", "bob"], start="2026-03-02 09:00", tz="Europe/Berlin")])
        >>> nights = plan.roster(datetime(2026, 3, 28, 23, tzinfo=UTC),
        ...                      datetime(2026, 3, 30, 22, tzinfo=UTC))
        >>> for row in roster_by_day(nights, tz=ZoneInfo("Europe/Berlin")).rows:
        ...     print(*row, sep=" | ")
        Sun 29 Mar | +01:00, then +02:00 | 23h | 00:00-24:00 bob
        Mon 30 Mar | +02:00 | 24h | 00:00-09:00 bob; 09:00-24:00 ann
    """
    rows = []
    for day, pieces in groupby(_days(roster, tz), key=lambda piece: piece[0]):
        parts, date_ = list(pieces), date.fromordinal(day)
        begin, end = parts[0][1], parts[-1][2]
        cells = [
            f"{_clock(a, day, tz)}-{_clock(b, day, tz)} {', '.join(sorted(crew)) or NOBODY}"
            for _, a, b, crew in parts
        ]
        rows.append(
            (
                f"{weekday_name(date_)} {date_:%d} {month_name(date_)}",
                _offsets(instant(begin, tz), instant(end - 1, tz)),
                duration_text(timedelta(microseconds=end - begin)),
                "; ".join(cells),
            )
        )
    kept = rows if most is None else rows[:most]
    first, last = instant(roster.start, tz), instant(max(roster.end - 1, roster.start), tz)
    return TextTable(
        title=f"On call, {roster.name}: {_day(first)} to {_day(last)}, clock of {tz}",
        columns=("Day:", "From UTC:", "Length", "Who:"),
        rows=tuple(kept),
        below=f"and {len(rows) - len(kept):,} more days" if len(kept) < len(rows) else "",
    )


def _day(at: datetime) -> str:
    return f"{at:%d} {month_name(at)} {at:%Y}"


def load_table(
    loads: Mapping[str, DutyLoad],
    even: RosterFairness,
    *,
    alone: Mapping[str, Iterable[Span]] | None = None,
) -> TextTable:
    """Return who carries how much, in hours, and how evenly.

    Args:
        loads: by person.
        even: how evenly they are shared.
        alone: the gaps if that person is away, where the n+1 check was made.
    """
    columns = ["Person:", "Hours", "Night hours", "Weekend hours"]
    rows = []
    for person, load in sorted(loads.items()):
        row = [person, _hours(load.total), _hours(load.nights), _hours(load.weekends)]
        if alone is not None:
            uncovered = sum(map(_length, alone.get(person, ())), timedelta())
            row.append(_hours(uncovered) if uncovered else "all covered")
        rows.append(tuple(row))
    if alone is not None:
        columns.append("Uncovered if away")
    shares = ((even.total, "time"), (even.nights, "nights"), (even.weekends, "weekends"))
    evenness = ", ".join(f"{what} {share:.2f}" for share, what in shares if share is not None)
    below = (
        f"How evenly (1 is equal, {1 / len(rows):.2f} one carries all): {evenness}"
        if evenness
        else ""
    )
    return TextTable(
        title="Who carries how much", columns=tuple(columns), rows=tuple(rows), below=below
    )


def _length(span: Span) -> timedelta:
    """Return the length of a span of a roster, which has an end."""
    start, end = span.edges
    return timedelta(microseconds=end - start)


def _days(roster: Roster, tz: ZoneInfo) -> Iterator[tuple[int, int, int, Crew]]:
    """Yield (date, start, end, crew): the stretches of a roster cut at local midnights."""
    first, last = local_date(tz, roster.start), local_date(tz, roster.end)
    walls = {day: wall_midnight(day) for day in range(first, last + 2)}
    at = instants_of(tz, walls.values())
    for start, end, crew in roster.stretches():
        here, day = start, local_date(tz, start)
        while here < end:
            cut = min(end, at[walls[day + 1]])
            if cut > here:
                yield day, here, cut, crew
                here = cut
            day += 1


def _clock(at: int, day: int, tz: ZoneInfo) -> str:
    """Return the reading of an instant; the midnight that ends a date is its 24:00."""
    local = instant(at, tz)
    if local.toordinal() > day:
        return "24:00"  # also where the clock jumps over midnight
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _offsets(first: datetime, last: datetime) -> str:
    start, end = (f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:5] for at in (first, last))
    return start if start == end else f"{start}, then {end}"


def _hours(amount: timedelta) -> str:
    return f"{amount / HOUR:,.1f}"
