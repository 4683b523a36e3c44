"""The figures of a period and of the groups in it, each dated by its outcome.

A ticket counts in the period in which something happened to it: created, solved, answered, rated.
Times are those at which a period works: tickets that are still open count for as long as they
were watched in it, and one that was open before enters at the age it then had.
"""

from __future__ import annotations

from array import array
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import define

from support_model._report.blocks import Bounds, OpenTime, Withheld
from support_model._report.period_kernels import kernels
from support_model._report.period_parts import OUT, Stay
from support_model.changes import Marks, lasting
from support_model.figures import Share
from support_model.inference import kaplan_meier, life_share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from support_model._report.blocks import Cell
    from support_model._report.cycle_rows import CycleRows
    from support_model._report.period_parts import Codes, Ints, Pieces
    from support_model._report.report import Report
    from support_model.calendars import BusinessCalendar
    from support_model.changes import Rows, Spells
    from support_model.inference import LifeQuantile, LifeShare, Survival

ALL = 0
"""Code of a unit that is in the group asked for; `OUT` is that of one that is not."""
FEWEST_FOR_TIME, FEWEST_FOR_SHARE = 5, 10
GOOD = frozenset({"satisfied", "sla"})
"""Shares that are told of good answers; all others are of what is marked."""
MICROS_OF_HOUR = 3_600_000_000


@define
class Clock:
    """The clock of times: open time of a calendar, or wall time without one."""

    calendar: BusinessCalendar | None
    day: timedelta

    def length(self, amount: float | None) -> timedelta | OpenTime | None:
        """Return a length of it as a cell."""
        if amount is None:
            return None
        length = timedelta(microseconds=round(amount))
        return length if self.calendar is None else OpenTime(length, self.day)


def pieces(
    spells: Spells, edges: Sequence[int], calendar: BusinessCalendar | None = None
) -> Pieces:
    """Return spells cut at the edges of periods, with the ages at both ends of each piece.

    Without a calendar ages are on the wall clock.
    """
    return kernels(len(spells.unit)).cut(spells, edges, calendar)


def times(parts: Pieces, codes: Codes) -> dict[tuple[int, int], LifeQuantile]:
    """Return the median of spells, by period between edges and code of the unit.

    Units of code `OUT` are left out, here and below.
    """
    return kernels(len(parts.unit)).medians(parts, codes)


def curves(parts: Pieces, codes: Codes) -> dict[tuple[int, int], Survival]:
    """Return how many spells still last after how long, by period and code of the unit."""
    return {
        key: kaplan_meier(lasted, came, entry=entered)
        for key, (lasted, came, entered) in kernels(len(parts.unit)).lives(parts, codes)
    }


def shares(parts: Pieces, codes: Codes) -> dict[tuple[int, int], LifeShare]:
    """Return the share of spells that ended in time, by period and code of the unit."""
    return {key: life_share(*own) for key, own in kernels(len(parts.unit)).lives(parts, codes)}


def counts(
    marks: Marks | None, codes: Codes, edges: Sequence[int], value: int = 1
) -> Counter[tuple[int, int]]:
    """Return how often a value is marked, by period between edges and code of the unit."""
    if marks is None:
        return Counter()
    return kernels(len(marks.unit)).counts(marks, codes, edges, value)


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
    for key, share in shares(parts, codes).items():
        cells[key] = share.n, Withheld(FEWEST_FOR_SHARE), None
        if share.n >= FEWEST_FOR_SHARE:
            cells[key] = share.n, share.value, Bounds(share.low, share.high)
    return cells


def members(rows: Rows, where: Iterable[tuple[str, str]] = ()) -> Ints:
    """Return 0 for each unit of a group and `OUT` for all others."""
    inside = array("i", [ALL]) * len(rows.ticket)
    for field, value in where:
        if field in rows.fields:
            names = rows.names[field]
            code = names.index(value) if value in names else None
            inside = array(
                "i",
                [
                    each if own == code else OUT
                    for each, own in zip(inside, rows.fields[field], strict=True)
                ],
            )
    return inside


def open_at(
    stays: Iterable[Stay], codes: Codes, edges: Sequence[int]
) -> dict[tuple[int, int], int]:
    """Return how many tickets were open just before each edge, by the code of who held them."""
    moves: Counter[tuple[int, int]] = Counter()
    for stay in stays:
        moves.update(kernels(len(stay.running)).moves(stay, codes, edges))
    every = sorted({code for _, code in moves})
    held = dict.fromkeys(every, 0)
    open_then: dict[tuple[int, int], int] = {}
    for n in range(len(edges)):
        for code in every:
            held[code] += moves[n, code]
            open_then[n, code] = held[code]
    return open_then


def held_now(rows: Rows, stays: Iterable[Stay]) -> tuple[dict[int, int], dict[int, str]]:
    """Return the unit that holds each ticket that is open at the end, and its status."""
    units: dict[int, int] = {}
    status: dict[int, str] = {}
    for stay in stays:
        for unit in kernels(len(stay.running)).held(stay):
            ticket = rows.ticket[unit]
            units[ticket], status[ticket] = unit, stay.status
    return dict(sorted(units.items())), dict(sorted(status.items()))


def open_stays(rows: Rows) -> tuple[Stay, ...]:
    """Return the stretches in each open status."""
    return tuple(
        Stay(name, spells, kernels(len(spells.unit)).running(rows, spells))
        for (key, name), spells in rows.times.items()
        if key == "status_time"
    )


def time_spent(
    stays: Iterable[Stay], codes: Codes, span: tuple[int, int]
) -> dict[str, Mapping[int, int]]:
    """Return the time within a span in each status, by the code of who held the tickets."""
    return {stay.status: kernels(len(stay.running)).spent(stay, codes, span) for stay in stays}


def week_values(
    report: Report, measure: str, where: Iterable[tuple[str, str]], edges: Sequence[int]
) -> Sequence[float | None]:
    """Return a measure of a group in each period between edges; None where too few tell it.

    Times are medians in hours, all else shares or numbers.
    """
    rows = report.rows
    group = [(field, value) for field, value in where if field != "status"]
    codes, status = members(rows, group), dict(where).get("status", "")
    spells = lasting(rows, measure, status)
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
        medians = times(pieces(spells, edges, report.calendar), codes)
        return lambda n: hours_of(medians.get((n, ALL)))
    if measure == "backlog":
        held = open_at(report.stays, codes, edges)
        return lambda n: held.get((n + 1, ALL))
    if measure in rows.trials:
        told = answers(rows.trials[measure], codes, edges)
        return lambda n: _plain(told.get((n, ALL)), good=measure in GOOD)
    if measure in rows.chances:
        came = shares(pieces(rows.chances[measure], edges), codes)
        return lambda n: _came(came.get((n, ALL)))
    number = counts(rows.counts.get(measure), codes, edges)
    return lambda n: number[n, ALL]


def _plain(share: Share | None, *, good: bool) -> float | None:
    """Return a share of good answers, or of the others where it is these that are told."""
    if share is None or share.value is None or share.n < FEWEST_FOR_TIME:
        return None
    return share.value if good else 1 - share.value


def _came(share: LifeShare | None) -> float | None:
    return None if share is None or share.n < FEWEST_FOR_SHARE else share.value


def hours_of(median: LifeQuantile | None) -> float | None:
    """Return a median in hours; None where too few tell it."""
    if median is None or median.events < FEWEST_FOR_TIME or median.value is None:
        return None
    return median.value / MICROS_OF_HOUR
