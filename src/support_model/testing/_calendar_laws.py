"""The laws of elapsed and add: one coordinate, its inverse, and its algebra.

Each law takes a calendar and a `Probe` and raises `LawBroken` with the values it saw; none
knows how a calendar computes.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from support_model._time import Span, micros, micros_of
from support_model.calendars import BusinessCalendar
from support_model.errors import NoOpenTime
from support_model.testing._law_kit import (
    FAR,
    YEARS,
    ZERO,
    holds,
    landing,
    met,
    micros_between,
    months,
    open_micros,
    shifted,
)

if TYPE_CHECKING:
    from support_model.testing._calendar_strategies import Probe


def law_additive(calendar: BusinessCalendar, probe: Probe) -> None:
    """C1: elapsed(a, c) = elapsed(a, b) + elapsed(b, c), in whatever order they lie."""
    met("C1: in no order", when=not micros(probe.a) <= micros(probe.b) <= micros(probe.c))
    whole = open_micros(calendar, probe.a, probe.c)
    parts = open_micros(calendar, probe.a, probe.b), open_micros(calendar, probe.b, probe.c)
    holds(
        "C1",
        "elapsed(a, c) = elapsed(a, b) + elapsed(b, c)",
        when=whole == sum(parts),
        whole=whole,
        parts=parts,
    )


def law_antisymmetric(calendar: BusinessCalendar, probe: Probe) -> None:
    """C2: elapsed(b, a) = -elapsed(a, b), and elapsed(a, a) = 0."""
    there, back = open_micros(calendar, probe.a, probe.b), open_micros(calendar, probe.b, probe.a)
    still = open_micros(calendar, probe.a, probe.a)
    holds("C2", "elapsed(b, a) = -elapsed(a, b)", when=there == -back, there=there, back=back)
    holds("C2", "elapsed(a, a) = 0", when=still == 0, still=still)


def law_bounded(calendar: BusinessCalendar, probe: Probe) -> None:
    """C3: 0 <= elapsed(a, b) <= b - a for a <= b."""
    start, end = probe.ordered
    opened, length = open_micros(calendar, start, end), micros_between(start, end)
    met("C3: nothing is open", when=not opened)
    met("C3: part is open", when=0 < opened < length)
    met("C3: a microsecond", when=length == 1)
    met("C3: years", when=length > micros_of(YEARS))
    holds("C3", "0 <= elapsed <= b - a", when=0 <= opened <= length, opened=opened, length=length)


def law_defining(calendar: BusinessCalendar, probe: Probe) -> None:
    """C4, the defining law: for t >= a, elapsed(a, t) >= d if and only if t >= add(a, d)."""
    a, t = probe.ordered
    due = landing(calendar.add, a, probe.amount)
    enough = open_micros(calendar, a, t) >= micros_of(probe.amount)
    reached = due is not None and micros(t) >= micros(due)
    met("C4: enough", when=enough)
    met("C4: not enough", when=not enough)
    holds(
        "C4",
        "elapsed(a, t) >= d <=> t >= add(a, d)",
        when=enough == reached,
        a=a,
        t=t,
        d=probe.amount,
        add=due,
    )
    if due is None:
        left = open_micros(calendar, a, min(a, FAR - YEARS, key=micros) + YEARS)
        holds(
            "C4",
            "add(a, d) exists where so much open time is left",
            when=left < micros_of(probe.amount),
            a=a,
            d=probe.amount,
            left=left,
        )


def law_exact(calendar: BusinessCalendar, probe: Probe) -> None:
    """C5: elapsed(a, add(a, d)) = d, to the microsecond; the answer is told in a's zone."""
    due = landing(calendar.add, probe.a, probe.amount)
    if due is not None:
        met("C5: lands on a close", when=bool(probe.amount) and not calendar.is_open(due))
        opened = calendar.elapsed(probe.a, due)
        holds("C5", "elapsed(a, add(a, d)) = d", when=opened == probe.amount, opened=opened)
        holds("C5", "add keeps the zone", when=due.tzinfo is probe.a.tzinfo, tz=due.tzinfo)


def law_minimal(calendar: BusinessCalendar, probe: Probe) -> None:
    """C6: one microsecond before add(a, d), d > 0, is too early."""
    due = landing(calendar.add, probe.a, probe.amount)
    if due is not None and probe.amount:
        begins = calendar.is_open(probe.a) and not calendar.is_open(shifted(probe.a, -1))
        met("C6: from an opening", when=begins)
        met("C6: from closed time", when=not calendar.is_open(probe.a))
        opened = calendar.elapsed(probe.a, shifted(due, -1))
        holds("C6", "elapsed(a, add(a, d) - 1us) < d", when=opened < probe.amount, due=due)


def law_one_step(calendar: BusinessCalendar, probe: Probe) -> None:
    """C7: add(add(a, d), e) = add(a, d + e), and add(a, 0) = a."""
    same = calendar.add(probe.a, ZERO)
    holds("C7", "add(a, 0) = a", when=micros(same) == micros(probe.a), same=same)
    first = landing(calendar.add, probe.a, probe.amount)
    at_once = landing(calendar.add, probe.a, probe.amount + probe.more)
    twice = None if first is None else landing(calendar.add, first, probe.more)
    holds(
        "C7", "add(add(a, d), e) = add(a, d + e)", when=twice == at_once, twice=twice, once=at_once
    )


def law_monotone(calendar: BusinessCalendar, probe: Probe) -> None:
    """C8: add never falls when it starts later or adds more."""
    start, later = probe.ordered
    d, more = probe.amount, probe.amount + probe.more
    for moves in (
        (landing(calendar.add, start, d), landing(calendar.add, later, d)),
        (landing(calendar.add, start, d), landing(calendar.add, start, more)),
    ):
        low, high = (micros(FAR) + 1 if due is None else micros(due) for due in moves)
        holds("C8", "add is monotone in start and amount", when=low <= high, moves=moves)


def law_inclusion(calendar: BusinessCalendar, probe: Probe) -> None:
    """C10: ``|A or B| + |A and B| = |A| + |B|``, and ``|A - B| = |A| - |A and B|``."""
    start, end = months(*probe.ordered)
    other = probe.other
    mine, theirs = open_micros(calendar, start, end), open_micros(other, start, end)
    either, both = (
        open_micros(calendar | other, start, end),
        open_micros(calendar & other, start, end),
    )
    only = open_micros(calendar - other, start, end)
    measures = {"a": mine, "b": theirs, "either": either, "both": both, "only": only}
    met("C10: part in common", when=0 < both < mine)
    holds(
        "C10", "|A or B| + |A and B| = |A| + |B|", when=either + both == mine + theirs, **measures
    )
    holds("C10", "|A - B| = |A| - |A and B|", when=only == mine - both, **measures)


def law_closing_never_adds(calendar: BusinessCalendar, probe: Probe) -> None:
    """C11: closing a span takes away exactly what was open in it, and adds nothing."""
    span = Span(*probe.ordered)
    left = calendar - [span]
    low, high = (
        min(probe.ordered[0], probe.c, key=micros),
        max(probe.ordered[1], probe.c, key=micros),
    )
    before, after = open_micros(calendar, low, high), open_micros(left, low, high)
    inside = open_micros(left, *probe.ordered)
    taken = open_micros(calendar, *probe.ordered)
    met("C11: open time is closed", when=taken > 0)
    holds("C11", "nothing is open in a closed span", when=inside == 0, inside=inside)
    holds("C11", "only what was open in it is lost", when=before - after == taken, taken=taken)


def law_zone_of_arguments(calendar: BusinessCalendar, probe: Probe) -> None:
    """C12: the same instants told in another zone get the same answers."""
    there = probe.a.astimezone(probe.tz), probe.b.astimezone(probe.tz)
    offsets = {at.astimezone(calendar.tz).utcoffset() for at in (probe.a, probe.b)}
    met("C12: the clock is turned in between", when=len(offsets) > 1)
    here, elsewhere = open_micros(calendar, probe.a, probe.b), open_micros(calendar, *there)
    holds(
        "C12",
        "elapsed ignores the zone of instants",
        when=here == elsewhere,
        here=here,
        told=elsewhere,
    )
    due = landing(calendar.add, probe.a, probe.amount)
    same = landing(calendar.add, there[0], probe.amount)
    equal = (due is None) == (same is None) and (
        due is None or same is None or micros(due) == micros(same)
    )
    holds("C12", "add ignores the zone of instants", when=equal, due=due, same=same)


def law_absolute(calendar: BusinessCalendar, probe: Probe) -> None:
    """C13: around the clock elapsed = b - a; a calendar and the rest of time share it out."""
    always = BusinessCalendar.always()
    length = micros_between(probe.a, probe.b)
    everything = open_micros(always, probe.a, probe.b)
    start, end = months(*probe.ordered)
    rest = open_micros(always - calendar, start, end)
    holds("C13", "always: elapsed = b - a", when=everything == length, everything=everything)
    holds(
        "C13",
        "open and closed time make up all time",
        when=open_micros(calendar, start, end) + rest == micros_between(start, end),
        rest=rest,
        start=start,
        end=end,
    )


def law_mirror(calendar: BusinessCalendar, probe: Probe) -> None:
    """C14: subtract mirrors add: the latest t <= b with elapsed(t, b) >= d; add(b, -d) is it."""
    t, b = probe.ordered
    start = landing(calendar.subtract, b, probe.amount)
    enough = open_micros(calendar, t, b) >= micros_of(probe.amount)
    reached = start is not None and micros(t) <= micros(start)
    holds(
        "C14",
        "elapsed(t, b) >= d <=> t <= subtract(b, d)",
        when=enough == reached,
        t=t,
        b=b,
        d=probe.amount,
        subtract=start,
    )
    negative = landing(calendar.add, b, -probe.amount)
    holds(
        "C14", "add(b, -d) = subtract(b, d)", when=negative == start, add=negative, subtract=start
    )
    if start is not None:
        opened = calendar.elapsed(start, b)
        holds("C14", "elapsed(subtract(b, d), b) = d", when=opened == probe.amount, opened=opened)
    opens = start is not None and not calendar.is_open(shifted(start, -1))
    met("C14: lands on an opening", when=opens and bool(probe.amount))
    if start is not None and probe.amount:
        short = calendar.elapsed(shifted(start, 1), b)
        holds("C14", "one microsecond later is too late", when=short < probe.amount, start=start)


def law_never_opens(calendar: BusinessCalendar, probe: Probe) -> None:
    """C15: with all time closed nothing elapses, has no edges, and add says NoOpenTime."""
    empty = calendar - [Span(FAR.min.replace(tzinfo=UTC), None)]
    opened = open_micros(empty, probe.a, probe.b)
    holds("C15", "nothing elapses", when=opened == 0, opened=opened)
    questions = (empty.next_open, empty.prev_open, empty.next_opening, empty.next_close)
    answers = [ask(probe.a) for ask in questions]
    holds("C15", "there are no edges", when=not any(answers), found=answers)
    for move in (empty.add, empty.subtract):
        try:
            landed = move(probe.a, probe.amount + timedelta(microseconds=1))
        except NoOpenTime:
            continue
        holds("C15", "open time that never comes is NoOpenTime", when=False, landed=landed)
