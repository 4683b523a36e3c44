"""The laws of every other question: periods, edges, dates, tables, rows agree with elapsed."""

from __future__ import annotations

import json
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from support_model._time import instant, micros, micros_of
from support_model.testing._law_kit import (
    FAR,
    ONE_DAY,
    YEARS,
    ZERO,
    holds,
    met,
    micros_between,
    months,
    open_micros,
    shifted,
)

if TYPE_CHECKING:
    from datetime import datetime

    from support_model.calendars import BusinessCalendar
    from support_model.testing._calendar_strategies import Probe


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


MOST_SPANS = 40
DAY_MICROS = micros_of(ONE_DAY)


def law_periods(calendar: BusinessCalendar, probe: Probe) -> None:
    """C9: the periods are open, maximal, apart, sum to elapsed, and the same from both ends."""
    start, end = probe.ordered
    forward = list(islice(calendar.periods(start, end), MOST_SPANS))
    back = list(islice(calendar.periods(start, end, reverse=True), MOST_SPANS))
    met("C9: one period, cut", when=len(forward) == 1)
    met("C9: several periods", when=1 < len(forward) < MOST_SPANS)
    met("C9: a window of years", when=micros_between(start, end) > micros_of(400 * ONE_DAY))
    met("C9: more than are looked at", when=len(forward) == MOST_SPANS)
    whole = len(forward) < MOST_SPANS
    until = end if whole or forward[-1].end is None else forward[-1].end
    since = start if whole else back[-1].start
    for spans, low, high in ((forward, start, until), (back[::-1], since, end)):
        edges = [span.edges for span in spans]
        total, opened = sum(b - a for a, b in edges), open_micros(calendar, low, high)
        holds("C9", "the periods sum to elapsed", when=total == opened, periods=spans)
        holds(
            "C9",
            "periods are not empty, in order and apart",
            when=all(a < b for a, b in edges)
            and all(before[1] < after[0] for before, after in pairwise(edges)),
            periods=spans,
        )
        holds(
            "C9",
            "periods lie within the bounds",
            when=all(micros(start) <= a and b <= micros(end) for a, b in edges),
            periods=spans,
        )
    same = not whole or back == forward[::-1]
    holds("C9", "reverse=True gives the same periods", when=same, found=forward, back=back)
    for span in (*forward[:10], *back[:10]):
        close = span.end
        holds("C9", "a period starts open", when=calendar.is_open(span.start), period=span)
        holds(
            "C9",
            "a period ends closed, or at the bound",
            when=close is not None
            and (micros(close) == micros(end) or not calendar.is_open(close)),
            period=span,
        )


def law_edges(calendar: BusinessCalendar, probe: Probe) -> None:
    """C16: next and previous openings and closes are edges, the nearest ones, and strict."""
    a = probe.a

    def opened(at: datetime) -> bool:
        return calendar.is_open(at)

    def opened_before(at: datetime) -> bool:
        return calendar.is_open(shifted(at, -1))

    now, following, past = opened(a), calendar.next_open(a), calendar.prev_open(a)
    met("C16: at an opening", when=now and not opened_before(a))
    met("C16: at a close", when=not now and opened_before(a))
    met("C16: while open", when=now and opened_before(a))
    met("C16: while closed", when=not now and not opened_before(a))
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
        left = open_micros(calendar, a, min(a, FAR - YEARS, key=micros) + YEARS)
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
    end = min(end, shifted(start, 40 * micros_of(ONE_DAY)), key=micros)
    met("C17: several days", when=micros_between(start, end) > DAY_MICROS)
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
    copy = type(calendar).from_data(json.loads(json.dumps(calendar.to_data())))
    same = copy == calendar and hash(copy) == hash(calendar)
    holds("C18", "a copy is equal", when=same, copy=copy)
    prints = copy.fingerprint, calendar.fingerprint
    holds("C18", "a copy has the same fingerprint", when=prints[0] == prints[1], prints=prints)
    answers = open_micros(copy, probe.a, probe.b), open_micros(calendar, probe.a, probe.b)
    holds("C18", "a copy answers the same", when=answers[0] == answers[1], answers=answers)


def law_explained(calendar: BusinessCalendar, probe: Probe) -> None:
    """C19: the rows of explain cover the span without gap, and what they count is elapsed."""
    start, end = probe.ordered
    end = min(end, shifted(start, 10 * micros_of(ONE_DAY)), key=micros)
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
    met("C19: open and closed rows", when=len({bool(row.counted) for row in rows}) > 1)
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
    for date_ in (day, day + ONE_DAY, day + 2 * ONE_DAY):
        start, end = calendar.resolve(date_, "00:00"), calendar.resolve(date_ + ONE_DAY, "00:00")
        met("C20: a date of other than 24 hours", when=micros_between(start, end) != DAY_MICROS)
        total, opened = calendar.open_time_on(date_), calendar.elapsed(start, end)
        worked += total > ZERO
        holds(
            "C20", "a date holds the time between its midnights", when=total == opened, date=date_
        )
        before = shifted(start, -1).astimezone(calendar.tz).date()
        holds("C20", "midnight is the first instant of its date", when=before < date_, date=date_)
    counted = calendar.working_days(day - ONE_DAY, day + 2 * ONE_DAY)
    back = calendar.working_days(day + 2 * ONE_DAY, day - ONE_DAY)
    holds("C20", "working dates have open time", when=counted == worked == -back, counted=counted)


def law_versions(calendar: BusinessCalendar, probe: Probe) -> None:
    """C21: a replaced calendar is the old one before the change and the new one after it."""
    start, end = months(*probe.ordered)
    both = calendar.replaced(probe.c, probe.other)
    met("C21: changes inside", when=micros(start) < micros(probe.c) < micros(end))
    change = sorted((micros(start), micros(probe.c), micros(end)))[1]
    at = instant(change)
    parts = open_micros(calendar, start, at), open_micros(probe.other, at, end)
    if micros(probe.c) <= micros(start):
        parts = (0, open_micros(probe.other, start, end))
    elif micros(probe.c) >= micros(end):
        parts = (open_micros(calendar, start, end), 0)
    whole = open_micros(both, start, end)
    holds("C21", "old before, new after", when=whole == sum(parts), whole=whole, parts=parts)
