"""The figures of a period and of the groups in it, each dated by its outcome.

A ticket counts in the period in which something happened to it: created, solved, answered, rated.
Times are those at which a period works: tickets that are still open count for as long as they
were watched in it, and one that was open before enters at the age it then had.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from attrs import define

from support_model._report.blocks import Bounds, OpenTime, Withheld
from support_model.changes import Marks, Spells
from support_model.figures import Share
from support_model.inference import kaplan_meier, life_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from support_model._report.blocks import Cell
    from support_model._report.cycle_rows import CycleRows
    from support_model._report.report import Report
    from support_model.calendars import BusinessCalendar
    from support_model.changes import Rows
    from support_model.inference import LifeQuantile, Survival

Stay: TypeAlias = "tuple[int, int, int | None, str]"
"""A stretch in a status: unit, start, end or None for now, and the status."""
Codes: TypeAlias = "Sequence[int]"
"""The group of each unit, by its code."""
ALL, OUT = 0, -2
"""Codes of a unit that is in the group asked for, and of one that is not."""
FEWEST_FOR_TIME, FEWEST_FOR_SHARE = 5, 10
MICROS_OF_HOUR = 3_600_000_000


@define
class Clock:
    """The clock of times: open time of a calendar, or wall time without one."""

    calendar: BusinessCalendar | None
    day: timedelta

    @property
    def at(self) -> Callable[[int], int]:
        """The coordinate of an instant, in microseconds."""
        if self.calendar is None:
            return int
        before: Callable[[int], int] = self.calendar.timeline.open_before
        return before

    def length(self, amount: float | None) -> timedelta | OpenTime | None:
        """Return a length of it as a cell."""
        if amount is None:
            return None
        length = timedelta(microseconds=round(amount))
        return length if self.calendar is None else OpenTime(length, self.day)


Pieces: TypeAlias = "list[tuple[int, int, int, int, bool]]"
"""Parts of spells: unit, period, the ages at which it begins and ends, and whether it ended."""
Lives: TypeAlias = "tuple[list[int], list[bool], list[int]]"
"""How long each lasted, whether it ended then, and since when it was watched."""


def pieces(spells: Spells, edges: Sequence[int], at: Callable[[int], int] = int) -> Pieces:
    """Return spells cut at the edges of periods, with the ages at both ends of each piece.

    Without a clock ages are on the wall clock.
    """
    made: Pieces = []
    marks = [at(edge) for edge in edges]
    for unit, origin, start, end, ended in zip(
        spells.unit, spells.origin, spells.start, spells.end, spells.ended, strict=True
    ):
        if end < edges[0] or start >= edges[-1]:
            continue
        zero = at(origin)
        first = max(0, bisect_right(edges, start) - 1)
        last = min(len(edges) - 2, bisect_right(edges, end) - 1)
        young = (zero if start == origin else at(start)) if start > edges[first] else marks[first]
        for n in range(first, last):
            made.append((unit, n, young - zero, marks[n + 1] - zero, False))
            young = marks[n + 1]
        inside = end < edges[last + 1]
        old = at(end) if inside else marks[last + 1]
        made.append((unit, last, young - zero, old - zero, bool(ended) and inside))
    return made


def lives(parts: Pieces, codes: Codes) -> dict[tuple[int, int], Lives]:
    """Return the ages through which units lived, by period and code of the unit.

    Units of code `OUT` are left out.
    """
    columns: dict[tuple[int, int], Lives] = {}
    for unit, n, young, old, came in parts:
        key = n, codes[unit]
        own = columns.get(key)
        if own is None:
            own = columns[key] = ([], [], [])
        own[0].append(old)
        own[1].append(came)
        own[2].append(young)
    return {key: own for key, own in columns.items() if key[1] != OUT}


def times(parts: Pieces, codes: Codes) -> dict[tuple[int, int], LifeQuantile]:
    """Return the median of spells, by period between edges and code of the unit."""
    return {
        key: life_quantile(lasted, came, entered)
        for key, (lasted, came, entered) in lives(parts, codes).items()
    }


def curves(parts: Pieces, codes: Codes) -> dict[tuple[int, int], Survival]:
    """Return how many spells still last after how long, by period and code of the unit."""
    return {
        key: kaplan_meier(lasted, came, entry=entered)
        for key, (lasted, came, entered) in lives(parts, codes).items()
    }


def counts(
    marks: Marks | None, codes: Codes, edges: Sequence[int], value: int = 1
) -> Counter[tuple[int, int]]:
    """Return how often a value is marked, by period between edges and code of the unit."""
    if marks is None:
        return Counter()
    return Counter(
        (bisect_right(edges, at) - 1, codes[unit])
        for unit, at, own in zip(marks.unit, marks.at, marks.value, strict=True)
        if own == value and codes[unit] != OUT and edges[0] <= at < edges[-1]
    )


def answers(
    marks: Marks | None, codes: Codes, edges: Sequence[int]
) -> dict[tuple[int, int], Share]:
    """Return the share of good answers, by period between edges and code of the unit."""
    bad, good = (counts(marks, codes, edges, value) for value in (1, 0))
    return {
        key: _share("satisfied", good[key], bad[key] + good[key]) for key in sorted({*bad, *good})
    }


def _share(key: str, k: int, n: int) -> Share:
    return Share(key=key, definition=key, numerator=k, n=n)


def promises(cycles: CycleRows, rows: Rows) -> Marks:
    """Return the promises that were decided, each marked 0 where it was kept and 1 where not.

    One is decided when it is met or missed at a stop, or when its due passes while it is open.
    """
    marks, units = Marks(), {ticket: unit for unit, ticket in enumerate(rows.ids)}
    for place, (ticket, stop, due) in enumerate(
        zip(cycles.ticket, cycles.stop, cycles.due, strict=True)
    ):
        outcome = cycles.outcome(place)
        at = stop if stop is not None else due
        if outcome in {"met", "missed"} and at is not None and at <= rows.as_of:
            marks.add(units[ticket], at, int(outcome == "missed"))
    return marks


def time_cells(median: LifeQuantile | None, clock: Clock) -> tuple[Cell, Cell, Cell]:
    """Return how many ended, their median and its interval, as cells."""
    if median is None:
        return 0, None, None
    if median.events < FEWEST_FOR_TIME:
        return median.events, Withheld(FEWEST_FOR_TIME), None
    bounds = Bounds(clock.length(median.low), clock.length(median.high))
    return median.events, clock.length(median.value), bounds


def share_cells(share: Share | None) -> tuple[Cell, Cell, Cell]:
    """Return of how many, the share and its interval, as cells."""
    if share is None or not share.n:
        return 0, None, None
    if share.n < FEWEST_FOR_SHARE or share.interval is None:
        return share.n, Withheld(FEWEST_FOR_SHARE), None
    return share.n, share.value, Bounds(*share.interval)


def reopened(parts: Pieces, codes: Codes) -> dict[tuple[int, int], tuple[Cell, Cell, Cell]]:
    """Return of how many solutions, the share that was reopened in time, and its interval.

    What is still followed counts for as long as it was.
    """
    cells: dict[tuple[int, int], tuple[Cell, Cell, Cell]] = {}
    for key, curve in curves(parts, codes).items():
        came = _came(curve)
        if came is None or curve.last is None:
            cells[key] = curve.n, Withheld(FEWEST_FOR_SHARE) if curve.n else None, None
            continue
        low, high = curve.bounds(curve.last)
        sides = (None if high is None else 1 - high, None if low is None else 1 - low)
        cells[key] = curve.n, came, Bounds(*sides)
    return cells


def members(rows: Rows, where: Iterable[tuple[str, str]] = ()) -> list[int]:
    """Return 0 for each unit of a group and `OUT` for all others."""
    inside = [ALL] * len(rows.ticket)
    for field, value in where:
        if field in rows.fields:
            names = rows.names[field]
            code = names.index(value) if value in names else None
            inside = [
                each if own == code else OUT
                for each, own in zip(inside, rows.fields[field], strict=True)
            ]
    return inside


def open_at(
    stays: Iterable[Stay], codes: Codes, edges: Sequence[int]
) -> dict[tuple[int, int], int]:
    """Return how many tickets were open just before each edge, by the code of who held them."""
    moves: Counter[tuple[int, int]] = Counter()
    size = len(edges)
    for unit, start, end, _ in stays:
        code = codes[unit]
        if code != OUT:
            begins = bisect_right(edges, start)
            ends = size if end is None else bisect_right(edges, end)
            if begins < ends:
                moves[begins, code] += 1
                moves[ends, code] -= 1
    every = sorted({code for _, code in moves})
    held = dict.fromkeys(every, 0)
    open_then: dict[tuple[int, int], int] = {}
    for n in range(size):
        for code in every:
            held[code] += moves[n, code]
            open_then[n, code] = held[code]
    return open_then


def held_now(rows: Rows) -> tuple[dict[int, int], dict[int, str]]:
    """Return the unit that holds each ticket that is open at the end, and its status."""
    units: dict[int, int] = {}
    status: dict[int, str] = {}
    for unit, _, end, name in open_stays(rows):
        if end is None:
            ticket = rows.ticket[unit]
            units[ticket], status[ticket] = unit, name
    return dict(sorted(units.items())), dict(sorted(status.items()))


def open_stays(rows: Rows) -> list[Stay]:
    """Return each stretch in an open status."""
    return list(_open_stays(rows))


def _open_stays(rows: Rows) -> Iterator[Stay]:
    for (key, name), spells in rows.times.items():
        if key == "status_time":
            last: dict[int, int] = {}
            for place, unit in enumerate(spells.unit):
                last[rows.ticket[unit]] = place
            for place, (unit, start, end, ended) in enumerate(
                zip(spells.unit, spells.start, spells.end, spells.ended, strict=True)
            ):
                now = end == rows.as_of and not ended and last[rows.ticket[unit]] == place
                yield unit, start, None if now else end, name


def week_values(
    report: Report, measure: str, where: Iterable[tuple[str, str]], edges: Sequence[int]
) -> Sequence[float | None]:
    """Return a measure of a group in each period between edges; None where too few tell it.

    Times are medians in hours, all else shares or numbers.
    """
    rows = report.rows
    group = [(field, value) for field, value in where if field != "status"]
    codes, status = members(rows, group), dict(where).get("status", "")
    spells = rows.times.get((measure, status))
    value = _week_value(report, measure, codes, edges, spells)
    return [value(n) for n in range(len(edges) - 1)]


def _week_value(
    report: Report,
    measure: str,
    codes: Codes,
    edges: Sequence[int],
    spells: Spells | None,
) -> Callable[[int], float | None]:
    """Return what gives the value of a period, by what kind of measure it is."""
    rows = report.rows
    if spells is not None:
        medians = times(pieces(spells, edges, report.clock.at), codes)
        return lambda n: _hours(medians.get((n, ALL)))
    if measure == "backlog":
        held = open_at(open_stays(rows), codes, edges)
        return lambda n: held.get((n + 1, ALL))
    if measure in rows.trials:
        shares = answers(rows.trials[measure], codes, edges)
        return lambda n: _plain(shares.get((n, ALL)))
    if measure in rows.chances:
        came = curves(pieces(rows.chances[measure], edges), codes)
        return lambda n: _came(came.get((n, ALL)))
    number = counts(rows.counts.get(measure), codes, edges)
    return lambda n: number[n, ALL]


def _plain(share: Share | None) -> float | None:
    return share.value if share is not None and share.n >= FEWEST_FOR_TIME else None


def _came(curve: Survival | None) -> float | None:
    if curve is None or curve.last is None or curve.n < FEWEST_FOR_SHARE:
        return None
    left = curve.at(curve.last)
    return None if left is None else 1 - left


def _hours(median: LifeQuantile | None) -> float | None:
    if median is None or median.events < FEWEST_FOR_TIME or median.value is None:
        return None
    return median.value / MICROS_OF_HOUR
