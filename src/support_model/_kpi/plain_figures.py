"""What the figures of KPIs are made of, from facts as plain lists: counts, numbers, times.

It says the same as `support_model._kpi.column_figures` does of columns, without an extra. Some
tickets at a time are asked, so that what is in between takes little memory.
"""

from __future__ import annotations

import operator
from collections import Counter
from itertools import chain, compress, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import define, field

from support_model._kpi import expressions as ask
from support_model._kpi.calendars_by import CalendarsBy
from support_model._kpi.field_names import must_be_field
from support_model._kpi.plain import consecutive
from support_model._kpi.plain_columns import PlainColumns, totals
from support_model._time import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from fractions import Fraction

    from support_model._kpi.calendars_by import Clock
    from support_model._kpi.plain import PlainFacts
    from support_model.calendars import BusinessCalendar

__all__ = [
    "asked_of_each",
    "counted",
    "first_instant",
    "flow",
    "tally",
    "times",
    "times_of_each",
    "values_of_each",
]

AT_ONCE = 1 << 13
"""How many tickets are asked together."""


@define(eq=False)
class _Answers:
    """What a question is answered with: of whom it is an expression, and who is left out."""

    columns: PlainColumns
    parts: list[tuple[Sequence[int], Any]] = field(factory=list)
    excluded: Counter[str] = field(factory=Counter)

    def decide(self, asked: ask.Outcome, places: Sequence[int]) -> None:
        """Say what is answered of some tickets, none of which is decided yet."""
        if asked is None or not places:
            return
        if isinstance(asked, str):
            self.excluded[asked] += len(places)
        elif isinstance(asked, ask.Rules):
            self._rules(asked, places)
        else:
            self.parts.append((places, asked))

    def _rules(self, asked: ask.Rules, places: Sequence[int]) -> None:
        for test, then in asked.cases:
            hit, places = _split(places, self.columns.of(test))
            self.decide(then, hit)
        if asked.unknown is not None and isinstance(asked.value, ask.Expression):
            known = [value is not None for value in self.columns.of(_known_by(asked.value))]
            places, unknown = _split(places, known)
            self.decide(asked.unknown, unknown)
        self.decide(asked.value, places)

    def values(self) -> Iterator[tuple[int, Any]]:
        """Yield the place of each ticket that counts, with its value."""
        for places, asked in self.parts:
            values = self.columns.of(asked)
            for place in places:
                value = values[place]
                if isinstance(value, Exception):
                    raise value
                yield place, value


def _split(places: Sequence[int], flags: Sequence[Any]) -> tuple[Sequence[int], Sequence[int]]:
    """Return the places of which something holds, and the others."""
    if True not in flags:
        return (), places
    held = [*compress(places, map(flags.__getitem__, places))]
    if len(held) == len(places):
        return held, ()
    return held, [place for place in places if not flags[place]] if held else places


def _known_by(value: ask.Expression) -> ask.Expression:
    """Return what is known where a value is."""
    if isinstance(value, ask.Stretch | ask.Stays):
        return value.end
    return value.part if isinstance(value, ask.Length) else value


def _answers(facts: PlainFacts, question: ask.Question) -> Iterator[_Answers]:
    """Yield what some tickets at a time answer."""
    for part in consecutive(facts, AT_ONCE):
        found = _Answers(PlainColumns(part))
        found.decide(question, range(part.size))
        yield found


def tally(facts: PlainFacts, question: ask.Question) -> Counter[Any]:
    """Return how often each value is answered, and each code; an answer may be a code itself."""
    tallied: Counter[Any] = Counter()
    for found in _answers(facts, question):
        tallied.update(value for _, value in found.values())
        tallied.update(found.excluded)
    return tallied


def counted(
    facts: PlainFacts, question: ask.Question, scale: object
) -> tuple[Mapping[int | Fraction | str, int], frozenset[tuple[float, float]]]:
    """Return how often each number is answered, how many are left out, and the scales."""
    tallied: Counter[Any] = Counter()
    scales = set[tuple[float, float]]()
    for found in _answers(facts, question):
        if isinstance(scale, ask.ScaleOf):
            each = found.columns.of(scale)
            scales.update(
                each[place] for place, value in found.values() if not isinstance(value, str | None)
            )
        tallied.update(value for _, value in found.values())
        tallied.update(found.excluded)
    del tallied[None]
    return tallied, frozenset(scales)


def asked_of_each(facts: PlainFacts, question: ask.Question) -> Iterator[tuple[int, Any]]:
    """Yield the place of each ticket that is answered with a value, and the value."""
    before = 0
    for found in _answers(facts, question):
        for place, value in sorted(found.values(), key=operator.itemgetter(0)):
            yield before + place, value
        before += found.columns.size


def values_of_each(facts: PlainFacts, question: ask.Question) -> Iterator[tuple[str, Any]]:
    """Yield each ticket that counts, with its value."""
    ids = facts.scalar("ticket_id")
    for place, value in asked_of_each(facts, question):
        if not isinstance(value, str | None):
            yield ids[place], value


def first_instant(facts: PlainFacts, fact: ask.Fact) -> datetime | None:
    """Return the earliest instant of a fact; None without tickets."""
    found = [at for at in facts.scalar(fact.name) if at is not None]
    return instant(min(found)) if found else None


def flow(
    facts: PlainFacts, question: ask.Question, first: int, last: int
) -> tuple[int, int, Mapping[str, int]]:
    """Return how many tickets were solved in a period and created in it, and those left out."""
    solved = came = 0
    excluded: Counter[str] = Counter()
    for found in _answers(facts, question):
        columns = found.columns
        created = columns.of(ask.CREATED)
        inside = [first <= at < last for at in columns.part("solves", "at")]
        solutions = totals(inside, columns.offsets("solves"))
        for places, _ in found.parts:
            solved += sum(solutions[place] > 0 for place in places)
            came += sum(first <= created[place] < last for place in places)
        excluded.update(found.excluded)
    return solved, came, excluded


# Times


def times(
    facts: PlainFacts, question: ask.Question, clocks: Sequence[Clock | None]
) -> tuple[Iterable[list[int]], Mapping[str, int]]:
    """Return what is measured on each clock, in no order, and how many are left out by code."""
    measured: list[list[int]] = [[] for _ in clocks]
    excluded: Counter[str] = Counter()
    for found in _answers(facts, question):
        for places, asked in found.parts:
            for lengths, clock in zip(measured, clocks, strict=True):
                lengths.extend(_micros(found, asked, places, clock)[1])
            if isinstance(asked, ask.Waits):
                _leave_waits(found, asked, places)
        excluded.update(found.excluded)
    return measured, excluded


def times_of_each(
    facts: PlainFacts, question: ask.Question, clock: Clock | None
) -> Iterator[tuple[str, int]]:
    """Yield the ticket and the microseconds of each time that is measured."""
    for found in _answers(facts, question):
        ids = found.columns.facts.scalar("ticket_id")
        parts = (_micros(found, asked, places, clock) for places, asked in found.parts)
        every = chain.from_iterable(zip(*part, strict=True) for part in parts)
        for place, length in sorted(every, key=operator.itemgetter(0)):
            yield ids[place], length


Measured: TypeAlias = "tuple[Sequence[int], list[int]]"
"""The place of the ticket of each time, and its microseconds."""


def _micros(
    found: _Answers, asked: ask.Expression, places: Sequence[int], clock: Clock | None
) -> Measured:
    if isinstance(clock, CalendarsBy):
        owners, lengths = list[int](), list[int]()
        for calendar, some in _by_calendar(found.columns, clock, places):
            more, times = _MEASURES[type(asked)](found.columns, asked, some, calendar)
            owners += more
            lengths += times
        return owners, lengths
    measured: Measured = _MEASURES[type(asked)](found.columns, asked, places, clock)
    return measured


def _by_calendar(
    columns: PlainColumns, clock: CalendarsBy, places: Iterable[int]
) -> Iterator[tuple[BusinessCalendar, list[int]]]:
    must_be_field(clock.field)
    values, parts = columns.facts.field(clock.field), dict[int, list[int]]()
    for place in places:
        parts.setdefault(clock.place(values[place]), []).append(place)
    return ((clock.every[which], some) for which, some in parts.items())


def _length(
    columns: PlainColumns, asked: ask.Length, places: Sequence[int], _: BusinessCalendar | None
) -> Measured:
    return places, [*map(columns.of(asked.part).__getitem__, places)]


def _between(
    starts: Iterable[int], ends: Iterable[int], clock: BusinessCalendar | None
) -> list[int]:
    """Return the time from each start to its end."""
    if clock is None:
        return [*map(operator.sub, ends, starts)]
    count = clock.timeline.open_before
    return [
        count(end) - count(start) if start != end else 0  # many are no stretch at all
        for start, end in zip(starts, ends, strict=True)
    ]


def _stretch(
    columns: PlainColumns,
    asked: ask.Stretch,
    places: Sequence[int],
    clock: BusinessCalendar | None,
) -> Measured:
    every = columns.of(asked.start), columns.of(asked.end)
    starts, ends = ([*map(part.__getitem__, places)] for part in every)
    lengths = _between(starts, ends, clock)
    if not asked.less:
        return places, lengths
    stays = columns.of(ask.Entries("history", "category", asked.less))
    if True not in stays:
        return places, lengths
    begins, stops = _edges(columns, stays, every[1])
    some = totals(map(operator.lt, begins, stops), columns.offsets("history"))
    owners, first = columns.owners("history"), every[0]
    begins = [
        min(max(begin, first[owner] or 0), stop)
        for begin, stop, owner in zip(begins, stops, owners, strict=True)
    ]
    less = totals(_between(begins, stops, clock), columns.offsets("history"))
    return places, [
        # where a stay is taken out of a time that ends before it begins, nothing is left of it
        0 if some[place] and end <= start else length - less[place]
        for place, start, end, length in zip(places, starts, ends, lengths, strict=True)
    ]


def _edges(
    columns: PlainColumns, meant: Sequence[Any], until: Sequence[int | None]
) -> tuple[list[int], list[int]]:
    """Return from when to when each entry of `history` counts; the same twice if it does not."""
    at = columns.part("history", "at")
    stops = [*at[1:], 0]
    for (_, last), end in zip(pairwise(columns.offsets("history")), until, strict=True):
        stops[last - 1] = at[last - 1] if end is None else end
    owners = columns.owners("history")
    for row in compress(range(len(stops)), meant):
        end = until[owners[row]]
        stops[row] = at[row] if end is None else max(at[row], min(stops[row], end))
    return [*at], [
        stop if flag else start for start, stop, flag in zip(at, stops, meant, strict=True)
    ]


def _stays(
    columns: PlainColumns, asked: ask.Stays, places: Sequence[int], clock: BusinessCalendar | None
) -> Measured:
    meant = columns.of(ask.Entries("history", "category", asked.categories))
    begins, stops = _edges(columns, meant, columns.of(asked.end))
    each = _between(begins, stops, clock)
    return places, [*map(totals(each, columns.offsets("history")).__getitem__, places)]


def _waits(
    columns: PlainColumns, asked: ask.Waits, places: Sequence[int], clock: BusinessCalendar | None
) -> Measured:
    meant = [
        answered and end is not None and outcome != "solved"
        for answered, end, outcome in _asked_waits(columns, asked, places)
    ]
    starts, ends = (compress(columns.part("waits", name), meant) for name in ("start", "end"))
    return [*compress(columns.owners("waits"), meant)], _between(starts, ends, clock)


def _asked_waits(
    columns: PlainColumns, asked: ask.Waits, places: Sequence[int]
) -> Iterator[tuple[bool, int | None, str]]:
    """Yield of each wait whether it is asked for, its end and its outcome."""
    some = {*places}
    parts = (columns.part("waits", name) for name in ("end", "outcome", "first"))
    for owner, end, outcome, first in zip(columns.owners("waits"), *parts, strict=True):
        yield owner in some and not (asked.further and first), end, outcome


def _leave_waits(found: _Answers, asked: ask.Waits, places: Sequence[int]) -> None:
    left = Counter(
        "waiting" if end is None else "solved_without_reply"
        for meant, end, outcome in _asked_waits(found.columns, asked, places)
        if meant and (end is None or outcome == "solved")
    )
    found.excluded.update(left)


_MEASURES: Mapping[type, Any] = {
    ask.Length: _length,
    ask.Stretch: _stretch,
    ask.Stays: _stays,
    ask.Waits: _waits,
}
