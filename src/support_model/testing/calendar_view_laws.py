"""The laws of every other question: periods, edges, dates, tables, rows agree with elapsed.

Before this: `support_model.testing.calendar_laws`. Next: `support_model.testing.calendar_suite`.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from support_model.calendars import BusinessCalendar
from support_model.instants import instant, micros, micros_of
from support_model.testing.law_kit import (
    DAY,
    FAR,
    NOTHING,
    holds,
    micros_between,
    open_micros,
    shifted,
)

if TYPE_CHECKING:
    from datetime import datetime

    from support_model.testing.calendar_strategies import Probe

__all__ = [
    "law_day_table",
    "law_edges",
    "law_explained",
    "law_local_dates",
    "law_periods",
    "law_round_trip",
    "law_versions",
]

EDGES = (
    ("next_opening", 1, True),
    ("prev_opening", -1, True),
    ("next_close", 1, False),
    ("prev_close", -1, False),
)
OPPOSITE = {
    "next_opening": "next_close",
    "next_close": "next_opening",
    "prev_opening": "prev_close",
    "prev_close": "prev_opening",
}


def law_periods(calendar: BusinessCalendar, probe: Probe) -> None:
    """C9: the periods are open, maximal, apart from each other, and sum to elapsed."""
    start, end = probe.ordered
    end = min(end, shifted(start, 60 * micros_of(DAY)), key=micros)
    found = list(calendar.periods(start, end))
    edges = [span.edges for span in found]
    total, opened = sum(high - low for low, high in edges), open_micros(calendar, start, end)
    holds("C9", "the periods sum to elapsed", when=total == opened, periods=found, opened=opened)
    holds(
        "C9",
        "periods are not empty, in order and apart",
        when=all(low < high for low, high in edges)
        and all(before[1] < after[0] for before, after in pairwise(edges)),
        periods=found,
    )
    holds(
        "C9",
        "periods lie within the bounds",
        when=all(micros(start) <= low and high <= micros(end) for low, high in edges),
        periods=found,
    )
    for span in found:
        close = span.end
        holds("C9", "a period starts open", when=calendar.is_open(span.start), period=span)
        holds(
            "C9",
            "a period ends closed, or at the bound",
            when=close is not None
            and (micros(close) == micros(end) or not calendar.is_open(close)),
            period=span,
        )
    back = list(calendar.periods(start, end, reverse=True))
    holds("C9", "reverse=True gives the same periods", when=back == found[::-1], back=back)


def law_edges(calendar: BusinessCalendar, probe: Probe) -> None:
    """C16: next and previous openings and closes are edges, the nearest ones, and strict."""
    a = probe.a

    def opened(at: datetime) -> bool:
        return calendar.is_open(at)

    def opened_before(at: datetime) -> bool:
        return calendar.is_open(shifted(at, -1))

    now, following, past = opened(a), calendar.next_open(a), calendar.prev_open(a)
    holds(
        "C16",
        "next_open is a itself while open",
        when=not now or following == a,
        next_open=following,
    )
    if following is not None:
        waited = open_micros(calendar, a, following)
        holds(
            "C16",
            "next_open is the first open instant",
            when=micros(following) >= micros(a) and opened(following) and waited == 0,
            a=a,
            next_open=following,
        )
    if past is not None:
        waited = open_micros(calendar, past, a)
        holds(
            "C16",
            "prev_open is the last instant before which it was open",
            when=micros(past) <= micros(a) and opened_before(past) and waited == 0,
            a=a,
            prev_open=past,
        )
    if following is None:
        left = open_micros(calendar, a, FAR)
        holds("C16", "next_open is None only where nothing is left", when=not left, a=a)
    for name, side, opens in EDGES:
        edge, other = (getattr(calendar, ask)(a) for ask in (name, OPPOSITE[name]))
        if edge is None:
            continue
        holds("C16", f"{name} is strict", when=side * micros_between(a, edge) > 0, a=a, edge=edge)
        turned = (opened_before(edge), opened(edge)) == (not opens, opens)
        holds("C16", f"{name} is an edge", when=turned, a=a, edge=edge)
        # Seen from the nearest edge the state turns at most once before `a` is reached.
        turn = a if other is None or side * micros_between(other, edge) <= 0 else other
        rest, near = micros_between(a, turn), micros_between(turn, edge)
        expected = rest if opens == (side > 0) else near
        elapsed = open_micros(calendar, a, edge)
        holds("C16", f"{name} is the nearest", when=elapsed == expected, a=a, edge=edge, turn=turn)


def law_day_table(calendar: BusinessCalendar, probe: Probe) -> None:
    """C17: the table of UTC days gives the same elapsed time by one look-up a side."""
    start, end = probe.ordered
    end = min(end, shifted(start, 40 * micros_of(DAY)), key=micros)
    rows = {row.day: row for row in calendar.day_table(start, shifted(end, 1))}

    def count(at: datetime) -> int:
        row, t = rows[micros(at) // 86_400_000_000], micros(at)
        return row.open_before + sum(min(high, t) - low for low, high in row.intervals if low < t)

    counted, opened = count(end) - count(start), open_micros(calendar, start, end)
    holds(
        "C17",
        "the day table recomputes elapsed",
        when=counted == opened,
        counted=counted,
        opened=opened,
    )


def law_round_trip(calendar: BusinessCalendar, probe: Probe) -> None:
    """C18: a calendar survives plain data and JSON: equal, same hash, same answers."""
    copy = BusinessCalendar.from_data(json.loads(json.dumps(calendar.to_data())))
    same = copy == calendar and hash(copy) == hash(calendar)
    holds("C18", "a copy is equal", when=same, copy=copy)
    prints = copy.fingerprint, calendar.fingerprint
    holds("C18", "a copy has the same fingerprint", when=prints[0] == prints[1], prints=prints)
    answers = open_micros(copy, probe.a, probe.b), open_micros(calendar, probe.a, probe.b)
    holds("C18", "a copy answers the same", when=answers[0] == answers[1], answers=answers)


def law_explained(calendar: BusinessCalendar, probe: Probe) -> None:
    """C19: the rows of explain cover the span without gap, and what they count is elapsed."""
    start, end = probe.ordered
    end = min(end, shifted(start, 10 * micros_of(DAY)), key=micros)
    rows = list(calendar.explain(start, end))
    edges = [(micros(row.start), micros(row.end)) for row in rows]
    if micros(start) < micros(end):
        holds(
            "C19",
            "the rows cover the span",
            when=bool(edges)
            and (edges[0][0], edges[-1][1]) == (micros(start), micros(end))
            and all(before[1] == after[0] for before, after in pairwise(edges)),
            rows=rows,
        )
    counted = sum(micros_of(row.counted) for row in rows)
    opened = open_micros(calendar, start, end)
    holds("C19", "the rows sum to elapsed", when=counted == opened, counted=counted, opened=opened)
    for row in rows:
        own = calendar.elapsed(row.start, row.end)
        holds("C19", "each row counts its own open time", when=row.counted == own, row=row)
        holds("C19", "each row says why", when=bool(str(row.reason)), row=row)


def law_local_dates(calendar: BusinessCalendar, probe: Probe) -> None:
    """C20: dates tile time: open_time_on(date) is elapsed from its midnight to the next one."""
    day = probe.a.astimezone(calendar.tz).date()
    worked = 0
    for date_ in (day, day + DAY, day + 2 * DAY):
        start, end = calendar.resolve(date_, "00:00"), calendar.resolve(date_ + DAY, "00:00")
        total, opened = calendar.open_time_on(date_), calendar.elapsed(start, end)
        worked += total > NOTHING
        holds(
            "C20", "a date holds the time between its midnights", when=total == opened, date=date_
        )
        before = shifted(start, -1).astimezone(calendar.tz).date()
        holds("C20", "midnight is the first instant of its date", when=before < date_, date=date_)
    counted = calendar.working_days(day - DAY, day + 2 * DAY)
    back = calendar.working_days(day + 2 * DAY, day - DAY)
    holds("C20", "working dates have open time", when=counted == worked == -back, counted=counted)


def law_versions(calendar: BusinessCalendar, probe: Probe) -> None:
    """C21: a replaced calendar is the old one before the change and the new one after it."""
    start, end = probe.ordered
    both = calendar.replaced(probe.c, probe.other)
    change = sorted((micros(start), micros(probe.c), micros(end)))[1]
    at = instant(change)
    parts = open_micros(calendar, start, at), open_micros(probe.other, at, end)
    if micros(probe.c) <= micros(start):
        parts = (0, open_micros(probe.other, start, end))
    elif micros(probe.c) >= micros(end):
        parts = (open_micros(calendar, start, end), 0)
    whole = open_micros(both, start, end)
    holds("C21", "old before, new after", when=whole == sum(parts), whole=whole, parts=parts)
