"""The laws of business time: one coordinate, its inverse, and every view of it.

Each law takes a calendar and a `Probe`; none knows how a calendar computes.
"""

from __future__ import annotations

import json
from datetime import UTC
from itertools import islice, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import given, settings

from support_model._frozen import FrozenMap
from support_model._time import MICROSECOND, Span, micros, micros_of
from support_model.calendars import BusinessCalendar
from support_model.errors import NoOpenTime, OutOfRange
from support_model.testing._calendar_strategies import Probe, probes_of
from support_model.testing._laws import (
    FAR,
    ONE_DAY,
    YEARS,
    ZERO,
    holds,
    landing,
    law,
    met,
    micros_between,
    open_micros,
    shifted,
)
from support_model.testing._slow_calendar import SlowCalendar, TooFar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from hypothesis.strategies import SearchStrategy

CalendarOracle: TypeAlias = "BusinessCalendar | SlowCalendar"
CalendarLaw: TypeAlias = "Callable[[BusinessCalendar, Probe], None]"

EDGES = (
    ("next_opening", 1, True),
    ("prev_opening", -1, True),
    ("next_close", 1, False),
    ("prev_close", -1, False),
)
OPPOSITE = MappingProxyType(
    {
        "next_opening": "next_close",
        "next_close": "next_opening",
        "prev_opening": "prev_close",
        "prev_close": "prev_opening",
    }
)
MOST_SPANS = 40
DAY_MICROS = micros_of(ONE_DAY)

_LAWS: dict[str, CalendarLaw] = {}
_ORACLE_LAWS: dict[str, Callable[[BusinessCalendar, Probe, CalendarOracle], None]] = {}


@law("C1", _LAWS)
def law_additive(calendar: BusinessCalendar, probe: Probe) -> None:
    """elapsed(a, c) = elapsed(a, b) + elapsed(b, c), in any order of a, b and c."""
    met("C1: in no order", when=not micros(probe.a) <= micros(probe.b) <= micros(probe.c))
    whole = open_micros(calendar, probe.a, probe.c)
    parts = open_micros(calendar, probe.a, probe.b), open_micros(calendar, probe.b, probe.c)
    holds("elapsed(a, c) = elapsed(a, b) + elapsed(b, c)", whole == sum(parts), parts=parts)


@law("C2", _LAWS)
def law_antisymmetric(calendar: BusinessCalendar, probe: Probe) -> None:
    """elapsed(b, a) = -elapsed(a, b), and elapsed(a, a) = 0."""
    there, back = open_micros(calendar, probe.a, probe.b), open_micros(calendar, probe.b, probe.a)
    still = open_micros(calendar, probe.a, probe.a)
    holds("elapsed(b, a) = -elapsed(a, b)", there == -back, there=there, back=back)
    holds("elapsed(a, a) = 0", still == 0, still=still)


@law("C3", _LAWS)
def law_bounded(calendar: BusinessCalendar, probe: Probe) -> None:
    """0 <= elapsed(a, b) <= b - a for a <= b."""
    start, end = probe.ordered
    opened, length = open_micros(calendar, start, end), micros_between(start, end)
    met("C3: nothing is open", when=not opened)
    met("C3: part is open", when=0 < opened < length)
    met("C3: a microsecond", when=length == 1)
    met("C3: years", when=length > micros_of(YEARS))
    holds("0 <= elapsed <= b - a", 0 <= opened <= length, opened=opened, length=length)


@law("C4", _LAWS)
def law_defining(calendar: BusinessCalendar, probe: Probe) -> None:
    """For t >= a, elapsed(a, t) >= d if and only if t >= add(a, d)."""
    a, t = probe.ordered
    due = landing(calendar.add, a, probe.amount)
    values = {"a": a, "t": t, "d": probe.amount, "add": due}
    enough = open_micros(calendar, a, t) >= micros_of(probe.amount)
    reached = due is not None and micros(t) >= micros(due)
    met("C4: enough", when=enough)
    met("C4: not enough", when=not enough)
    holds("elapsed(a, t) >= d <=> t >= add(a, d)", enough == reached, **values)
    if due is None:
        left = _left(calendar, a)
        statement = "add(a, d) exists where so much open time is left"
        holds(statement, left < micros_of(probe.amount), left=left, **values)


@law("C5", _LAWS)
def law_exact(calendar: BusinessCalendar, probe: Probe) -> None:
    """elapsed(a, add(a, d)) = d, to the microsecond; the answer is in a's zone."""
    due = landing(calendar.add, probe.a, probe.amount)
    if due is not None:
        met("C5: lands on a close", when=probe.amount and not calendar.is_open(due))
        opened = calendar.elapsed(probe.a, due)
        holds("elapsed(a, add(a, d)) = d", opened == probe.amount, opened=opened)
        holds("add keeps the zone", due.tzinfo is probe.a.tzinfo, tz=due.tzinfo)


@law("C6", _LAWS)
def law_minimal(calendar: BusinessCalendar, probe: Probe) -> None:
    """One microsecond before add(a, d), d > 0, is too early."""
    due = landing(calendar.add, probe.a, probe.amount)
    if due is not None and probe.amount:
        begins = calendar.is_open(probe.a) and not calendar.is_open(shifted(probe.a, -1))
        met("C6: from an opening", when=begins)
        met("C6: from closed time", when=not calendar.is_open(probe.a))
        opened = calendar.elapsed(probe.a, shifted(due, -1))
        holds("elapsed(a, add(a, d) - 1us) < d", opened < probe.amount, due=due)


@law("C7", _LAWS)
def law_one_step(calendar: BusinessCalendar, probe: Probe) -> None:
    """add(add(a, d), e) = add(a, d + e), and add(a, 0) = a."""
    same = calendar.add(probe.a, ZERO)
    holds("add(a, 0) = a", micros(same) == micros(probe.a), same=same)
    first = landing(calendar.add, probe.a, probe.amount)
    at_once = landing(calendar.add, probe.a, probe.amount + probe.more)
    twice = None if first is None else landing(calendar.add, first, probe.more)
    holds("add(add(a, d), e) = add(a, d + e)", twice == at_once, twice=twice, once=at_once)


@law("C8", _LAWS)
def law_monotone(calendar: BusinessCalendar, probe: Probe) -> None:
    """Add never falls when it starts later or adds more."""
    start, later = probe.ordered
    due, after, more = (
        landing(calendar.add, at, amount)
        for at, amount in (
            (start, probe.amount),
            (later, probe.amount),
            (start, probe.amount + probe.more),
        )
    )
    low = _order(due)
    holds("add is monotone in its start", low <= _order(after), add=due, later=after)
    holds("add is monotone in the amount", low <= _order(more), add=due, more=more)


@law("C9", _LAWS)
def law_periods(calendar: BusinessCalendar, probe: Probe) -> None:
    """The periods are open, maximal, apart, sum to elapsed, and the same from both ends."""
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
    _sum_up(calendar, forward, start, until)
    _sum_up(calendar, back[::-1], since, end)
    same = not whole or back == forward[::-1]
    holds("reverse=True gives the same periods", same, forward=forward, back=back)
    for span in (*forward[:10], *back[:10]):
        holds("a period starts open", calendar.is_open(span.start), period=span)
        closes = span.end is not None and (
            micros(span.end) == micros(end) or not calendar.is_open(span.end)
        )
        holds("a period ends closed, or at the bound", closes, period=span)


def _sum_up(calendar: BusinessCalendar, spans: list[Span], start: datetime, end: datetime) -> None:
    edges = [span.edges for span in spans]
    total, low, high = sum(b - a for a, b in edges), micros(start), micros(end)
    inside = all(low <= a and b <= high for a, b in edges)
    apart = all(a < b for a, b in edges) and all(x[1] < y[0] for x, y in pairwise(edges))
    holds("the periods sum to elapsed", total == open_micros(calendar, start, end), periods=spans)
    holds("periods are not empty, in order and apart", apart, periods=spans)
    holds("periods lie within the bounds", inside, periods=spans)


@law("C10", _LAWS)
def law_inclusion(calendar: BusinessCalendar, probe: Probe) -> None:
    """``|A or B| + |A and B| = |A| + |B|``, and ``|A - B| = |A| - |A and B|``."""
    start, end = _months(*probe.ordered)
    other = probe.other
    mine, theirs, either, both, only = measures = [
        open_micros(each, start, end)
        for each in (calendar, other, calendar | other, calendar & other, calendar - other)
    ]
    met("C10: part in common", when=0 < both < mine)
    holds("|A or B| + |A and B| = |A| + |B|", either + both == mine + theirs, measures=measures)
    holds("|A - B| = |A| - |A and B|", only == mine - both, measures=measures)


@law("C11", _LAWS)
def law_closing_never_adds(calendar: BusinessCalendar, probe: Probe) -> None:
    """Closing a span takes away exactly what was open in it, and adds nothing."""
    start, end = probe.ordered
    left = calendar - [Span(start, end)]
    low, high = min(start, probe.c, key=micros), max(end, probe.c, key=micros)
    before, after = open_micros(calendar, low, high), open_micros(left, low, high)
    inside, taken = open_micros(left, start, end), open_micros(calendar, start, end)
    met("C11: open time is closed", when=taken > 0)
    holds("nothing is open in a closed span", inside == 0, inside=inside)
    holds("only what was open in it is lost", before - after == taken, taken=taken)


@law("C12", _LAWS)
def law_zone_of_arguments(calendar: BusinessCalendar, probe: Probe) -> None:
    """The same instants expressed in another zone get the same answers."""
    there = probe.a.astimezone(probe.tz), probe.b.astimezone(probe.tz)
    offsets = {at.astimezone(calendar.tz).utcoffset() for at in (probe.a, probe.b)}
    met("C12: the clock is turned in between", when=len(offsets) > 1)
    here, elsewhere = open_micros(calendar, probe.a, probe.b), open_micros(calendar, *there)
    holds("elapsed ignores the zone of instants", here == elsewhere, here=here, there=elsewhere)
    due = landing(calendar.add, probe.a, probe.amount)
    same = landing(calendar.add, there[0], probe.amount)
    holds("add ignores the zone of instants", _order(due) == _order(same), due=due, same=same)


@law("C13", _LAWS)
def law_absolute(calendar: BusinessCalendar, probe: Probe) -> None:
    """Around the clock elapsed = b - a; a calendar and the rest of time share it out."""
    always = BusinessCalendar.always()
    everything = open_micros(always, probe.a, probe.b)
    length = micros_between(probe.a, probe.b)
    holds("always: elapsed = b - a", everything == length, everything=everything)
    start, end = _months(*probe.ordered)
    opened, rest = open_micros(calendar, start, end), open_micros(always - calendar, start, end)
    statement = "open and closed time make up all time"
    holds(statement, opened + rest == micros_between(start, end), rest=rest, start=start, end=end)


@law("C14", _LAWS)
def law_mirror(calendar: BusinessCalendar, probe: Probe) -> None:
    """Subtract mirrors add: the latest t <= b with elapsed(t, b) >= d; add(b, -d) is it."""
    t, b = probe.ordered
    start = landing(calendar.subtract, b, probe.amount)
    values = {"t": t, "b": b, "d": probe.amount, "subtract": start}
    enough = open_micros(calendar, t, b) >= micros_of(probe.amount)
    reached = start is not None and micros(t) <= micros(start)
    holds("elapsed(t, b) >= d <=> t <= subtract(b, d)", enough == reached, **values)
    negative = landing(calendar.add, b, -probe.amount)
    holds("add(b, -d) = subtract(b, d)", negative == start, add=negative, **values)
    if start is None:
        return
    opened = calendar.elapsed(start, b)
    holds("elapsed(subtract(b, d), b) = d", opened == probe.amount, opened=opened)
    if probe.amount:
        met("C14: lands on an opening", when=not calendar.is_open(shifted(start, -1)))
        short = calendar.elapsed(shifted(start, 1), b)
        holds("one microsecond later is too late", short < probe.amount, start=start)


@law("C15", _LAWS)
def law_never_opens(calendar: BusinessCalendar, probe: Probe) -> None:
    """With all time closed nothing elapses, has no edges, and add raises NoOpenTime."""
    empty = calendar - [Span(FAR.min.replace(tzinfo=UTC), None)]
    opened = open_micros(empty, probe.a, probe.b)
    holds("nothing elapses", opened == 0, opened=opened)
    edges = [
        find(probe.a)
        for find in (empty.next_open, empty.prev_open, empty.next_opening, empty.next_close)
    ]
    holds("there are no edges", not any(edges), edges=edges)
    for move in (empty.add, empty.subtract):
        try:
            landed = move(probe.a, probe.amount + MICROSECOND)
        except NoOpenTime:
            continue
        holds("open time that never comes is NoOpenTime", None, landed=landed)


@law("C16", _LAWS)
def law_edges(calendar: BusinessCalendar, probe: Probe) -> None:
    """Next and previous openings and closes are edges, the nearest ones, and strict."""
    a = probe.a
    now, before = calendar.is_open(a), calendar.is_open(shifted(a, -1))
    met("C16: at an opening", when=now and not before)
    met("C16: at a close", when=not now and before)
    met("C16: while open", when=now and before)
    met("C16: while closed", when=not now and not before)
    _next_and_previous(calendar, a)
    for name, side, opens in EDGES:
        edge, other = (getattr(calendar, find)(a) for find in (name, OPPOSITE[name]))
        if edge is None:
            continue
        values = {"a": a, "edge": edge}
        holds(f"{name} is strict", side * micros_between(a, edge) > 0, **values)
        turned = calendar.is_open(edge) == opens != calendar.is_open(shifted(edge, -1))
        holds(f"{name} is an edge", turned, **values)
        # Seen from the nearest edge the state turns at most once before `a` is reached.
        turn = a if other is None or side * micros_between(other, edge) <= 0 else other
        rest, near = micros_between(a, turn), micros_between(turn, edge)
        nearest = open_micros(calendar, a, edge) == (rest if opens == (side > 0) else near)
        holds(f"{name} is the nearest", nearest, turn=turn, **values)


def _next_and_previous(calendar: BusinessCalendar, a: datetime) -> None:
    following, past = calendar.next_open(a), calendar.prev_open(a)
    if following is None:
        holds("next_open is None only where nothing is left", not _left(calendar, a), a=a)
    else:
        values = {"a": a, "next_open": following}
        same = not calendar.is_open(a) or following == a
        holds("next_open is a itself while open", same, **values)
        first = micros(following) >= micros(a) and open_micros(calendar, a, following) == 0
        opens = calendar.is_open(following)
        holds("next_open is the first open instant", first and opens, **values)
    if past is not None:
        last = micros(past) <= micros(a) and open_micros(calendar, past, a) == 0
        ends = calendar.is_open(shifted(past, -1))
        statement = "prev_open is the last instant before which it was open"
        holds(statement, last and ends, a=a, prev_open=past)


@law("C17", _LAWS)
def law_day_table(calendar: BusinessCalendar, probe: Probe) -> None:
    """The table of UTC days gives the same elapsed time by one look-up a side."""
    start, end = probe.ordered
    end = min(end, shifted(start, 40 * DAY_MICROS), key=micros)
    met("C17: several days", when=micros_between(start, end) > DAY_MICROS)
    rows = {row.day: row for row in calendar.day_table(start, shifted(end, 1))}

    def count(at: datetime) -> int:
        row, t = rows[micros(at) // DAY_MICROS], micros(at)
        return row.open_before + sum(min(high, t) - low for low, high in row.intervals if low < t)

    counted, opened = count(end) - count(start), open_micros(calendar, start, end)
    holds("the day table recomputes elapsed", counted == opened, counted=counted, opened=opened)


@law("C18", _LAWS)
def law_round_trip(calendar: BusinessCalendar, probe: Probe) -> None:
    """A calendar survives plain data and JSON: equal, same hash, same answers."""
    copy = type(calendar).from_data(json.loads(json.dumps(calendar.to_data())))
    holds("a copy is equal", copy == calendar and hash(copy) == hash(calendar), copy=copy)
    prints = copy.fingerprint, calendar.fingerprint
    holds("a copy has the same fingerprint", prints[0] == prints[1], prints=prints)
    answers = open_micros(copy, probe.a, probe.b), open_micros(calendar, probe.a, probe.b)
    holds("a copy answers the same", answers[0] == answers[1], answers=answers)


@law("C19", _LAWS)
def law_explained(calendar: BusinessCalendar, probe: Probe) -> None:
    """The rows of explain cover the span without gap, and what they count is elapsed."""
    start, end = probe.ordered
    end = min(end, shifted(start, 10 * DAY_MICROS), key=micros)
    rows = list(calendar.explain(start, end))
    edges = [(micros(row.start), micros(row.end)) for row in rows]
    if micros(start) < micros(end):
        bounds = edges and (edges[0][0], edges[-1][1]) == (micros(start), micros(end))
        joined = all(before[1] == after[0] for before, after in pairwise(edges))
        holds("the rows cover the span", bounds and joined, rows=rows)
    met("C19: open and closed rows", when=len({bool(row.counted) for row in rows}) > 1)
    counted = sum(micros_of(row.counted) for row in rows)
    opened = open_micros(calendar, start, end)
    holds("the rows sum to elapsed", counted == opened, counted=counted, opened=opened)
    for row in rows:
        own = calendar.elapsed(row.start, row.end)
        holds("each row counts its own open time", row.counted == own, row=row)
        holds("each row gives a reason", str(row.reason), row=row)


@law("C20", _LAWS)
def law_local_dates(calendar: BusinessCalendar, probe: Probe) -> None:
    """Dates tile time: open_time_on(date) is elapsed from its midnight to the next one."""
    day = probe.a.astimezone(calendar.tz).date()
    worked = 0
    for date_ in (day, day + ONE_DAY, day + 2 * ONE_DAY):
        start, end = (calendar.resolve(each, "00:00") for each in (date_, date_ + ONE_DAY))
        met("C20: a date of other than 24 hours", when=micros_between(start, end) != DAY_MICROS)
        total, opened = calendar.open_time_on(date_), calendar.elapsed(start, end)
        worked += total > ZERO
        holds("a date holds the time between its midnights", total == opened, date=date_)
        before = shifted(start, -1).astimezone(calendar.tz).date()
        holds("midnight is the first instant of its date", before < date_, date=date_)
    counted = calendar.working_days(day - ONE_DAY, day + 2 * ONE_DAY)
    back = calendar.working_days(day + 2 * ONE_DAY, day - ONE_DAY)
    holds("working dates have open time", counted == worked == -back, counted=counted)


@law("C21", _LAWS)
def law_versions(calendar: BusinessCalendar, probe: Probe) -> None:
    """A replaced calendar is the old one before the change and the new one after it."""
    start, end = _months(*probe.ordered)
    whole = open_micros(calendar.replaced(probe.c, probe.other), start, end)
    met("C21: changes inside", when=micros(start) < micros(probe.c) < micros(end))
    at = sorted((start, probe.c, end), key=micros)[1]
    parts = open_micros(calendar, start, at), open_micros(probe.other, at, end)
    holds("old before, new after", whole == sum(parts), whole=whole, parts=parts)


def _order(at: datetime | None) -> int:
    """Return an instant as a number, later than any where there is none."""
    return micros(FAR) + 1 if at is None else micros(at)


def _left(calendar: BusinessCalendar, start: datetime) -> int:
    """Return the open time of the next years."""
    return open_micros(calendar, start, min(start, FAR - YEARS, key=micros) + YEARS)


def _months(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Return a window cut to its first two months: for laws that compile calendars anew."""
    return start, min(end, shifted(start, 60 * DAY_MICROS), key=micros)


@law("T1", _ORACLE_LAWS)
def law_oracle(calendar: BusinessCalendar, probe: Probe, oracle: CalendarOracle) -> None:
    """A calendar and an oracle answer alike: edges, elapsed, add, subtract.

    What the oracle does not reach is not compared.
    """
    calls: list[tuple[str, tuple[object, ...]]] = [
        *((name, (probe.a,)) for name in ("is_open", "next_open", "prev_open", *OPPOSITE)),
        *(("elapsed", (probe.a, probe.b)), ("elapsed", (probe.b, probe.c))),
        *(("add", (probe.a, probe.amount)), ("subtract", (probe.b, probe.more))),
    ]
    compared = 0
    for name, arguments in calls:
        try:
            wanted = getattr(oracle, name)(*arguments)
        except (TooFar, NoOpenTime, OutOfRange):
            continue
        compared += 1
        answer = getattr(calendar, name)(*arguments)
        holds(f"{name} as the oracle", answer == wanted, answer=answer, oracle=wanted)
    met("T1: all compared", when=compared == len(calls))


CALENDAR_LAWS: Mapping[str, CalendarLaw] = FrozenMap(_LAWS)
"""Every law of calendars by its id."""


def check_calendar_at(
    calendar: BusinessCalendar, probe: Probe, *, against: CalendarOracle | None = None
) -> None:
    """Judge a calendar by every law at one probe."""
    for check in CALENDAR_LAWS.values():
        check(calendar, probe)
    if against is not None:
        law_oracle(calendar, probe, against)


def check_calendar(
    calendar: BusinessCalendar,
    *,
    against: CalendarOracle | None = None,
    probes: SearchStrategy[Probe] | None = None,
) -> None:
    """Judge a calendar by every law, at probes that Hypothesis draws under the active profile.

    Args:
        calendar: the calendar to judge.
        against: another calendar that must answer the same; `SlowCalendar.of(calendar)` reads
            the same hours date by date.
        probes: the questions; `probes_of(calendar)` if left out.

    Raises:
        LawBroken: a law does not hold; Hypothesis shows the smallest probe that breaks it.

    Example:
        >>> from support_model.calendars import BusinessCalendar
        >>> office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> check_calendar(office)
    """

    @settings(deadline=None)  # the first example compiles years; laws judge no speed
    @given(probes_of(calendar) if probes is None else probes)
    def judge(probe: Probe) -> None:
        check_calendar_at(calendar, probe, against=against)

    judge()
