"""The open times of tickets by columns: the same numbers as `places` counts ticket by ticket."""

from __future__ import annotations

from array import array
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from attrs import define

from support_model import arrays
from support_model._columns.fact_stretches import stretches
from support_model._columns.values import NULL, Words, code_type, taken
from support_model._kpi.facts import WAITING_FOR
from support_model._kpi.place_tallies import OnClock, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.fact_columns import FactColumns
    from support_model._columns.values import Column
    from support_model._kpi.facts import TimeBy, WaitingFor
    from support_model._kpi.place_tallies import PlaceName
    from support_model._time import Edges
    from support_model.calendars import BusinessCalendar

Numbers: TypeAlias = "NDArray[Any]"
Place: TypeAlias = "tuple[Numbers, Sequence[Any]]"
"""The code of the place of each piece, -1 for nobody, and what the codes mean."""
LISTS: Mapping[TimeBy, tuple[str, str]] = MappingProxyType(
    {
        "status": ("statuses", "name"),
        "category": ("history", "category"),
        "group": ("stays", "group"),
        "line": ("stays", "line"),
        "agent": ("stays", "agent"),
    }
)
"""Where it stands in which place a ticket is: the list, and the part of it."""
WIDTH = 5 + len(LISTS)
"""Columns of a piece: ticket, start, end, waits, whether it goes on, and its places."""
WAITS: tuple[WaitingFor, ...] = ("us", "customer", "others")
AT_ONCE = 1 << 14
"""Tickets whose histories are put in order at a time."""
BITS = 40
"""Bits of the place of a ticket."""
HALF = 26
"""Bits of the lower half of a sum: of a hundred million of them a float holds all."""


@define(eq=False)
class Stays:
    """Times in which tickets kept one place, ticket by ticket in order.

    Attributes:
        first: the first piece of each.
        ticket: whose they are.
        code: of their place.
        start: when they begin.
        end: when they end.
        last: whether it is the last one of its ticket.
        running: whether it goes on.
    """

    first: Numbers
    ticket: Numbers
    code: Numbers
    start: Numbers
    end: Numbers
    last: Numbers
    running: Numbers

    def take(self, rows: Numbers) -> Stays:
        """Return some stays."""
        return Stays(
            *(part[rows] for part in (self.first, self.ticket, self.code, self.start)),
            *(part[rows] for part in (self.end, self.last, self.running)),
        )


@define(eq=False)
class Pieces:
    """Times in which open tickets kept all of their places, ticket by ticket in order.

    Attributes:
        ticket: whose they are.
        start: when they begin.
        end: when they end.
        waits: who is asked to act, as a place in `WAITS`.
        running: whether the ticket is open at the instant of the facts.
        places: where they are, by the kind of place.
        told: of how many tickets it is told where they were.
    """

    ticket: Numbers
    start: Numbers
    end: Numbers
    waits: Numbers
    running: Numbers
    places: Mapping[TimeBy, Place]
    told: int

    def stays(self, by: TimeBy) -> Stays:
        """Return the stays in each place."""
        codes, _ = self.places[by]
        fresh = np.ones(codes.size + 1, np.bool_)
        fresh[1:-1] = (self.ticket[1:] != self.ticket[:-1]) | (codes[1:] != codes[:-1])
        fresh[1:-1] |= self.start[1:] != self.end[:-1]
        first, past = np.flatnonzero(fresh[:-1]), np.flatnonzero(fresh[1:])
        ticket = self.ticket[first]
        last = np.append(ticket[1:] != ticket[:-1], np.ones(min(1, ticket.size), np.bool_))
        start, end, running = self.start[first], self.end[past], self.running[first] & last
        return Stays(first, ticket, codes[first], start, end, last, running)

    def times(self, by: TimeBy, edges: Edges) -> dict[PlaceName, int]:
        """Return the wall time of all tickets in each place that any was in."""
        codes, names = self.places[by]
        length = np.minimum(self.end, edges[1]) - np.maximum(self.start, edges[0])
        rows = np.flatnonzero(length > 0)
        found, first = np.unique(codes[rows], return_index=True)
        sums = _sums(codes[rows] + 1, length[rows], len(names) + 1)
        ordered = found[np.argsort(first)].tolist()  # as they are first met
        return {_name(names, code): sums[code + 1] for code in ordered}

    def tallies(
        self, by: TimeBy, edges: Edges, calendar: BusinessCalendar | None
    ) -> dict[PlaceName, Tally]:
        """Return what is counted of each place, in wall time and in that of a calendar."""
        (since, until), (_, names) = edges, self.places[by]
        within = self._within(edges, by)
        stays = within.stays(by)
        found, first = np.unique(stays.code, return_index=True)
        clocks = (None,) if calendar is None else (None, calendar)
        made = {
            int(code): Tally([OnClock() for _ in clocks])
            for code in found[np.argsort(first)].tolist()
        }
        for number, clock in enumerate(clocks):
            _add_times(made, number, stays, edges, clock)
        lengths = _grouped(stays.code[stays.running], (stays.end - stays.start)[stays.running])
        for code, each in lengths.items():
            made[code].running = each.tolist()
        left = ~stays.running & (stays.end >= since) & (stays.end < until)
        there = stays.take(_there(stays, edges))
        for code, n in _counted(stays.code[left]):
            made[code].left = n
        for code, n in _counted(np.unique(_keys(there)) >> BITS):
            made[code].tickets = n
        if by in {"status", "category"}:
            _add_waits(made, within, by)
        return {_name(names, code): tally for code, tally in made.items()}

    def _within(self, edges: Edges, by: TimeBy) -> Pieces:
        """Return those of tickets that are open at the end, or were within a period."""
        begins = np.flatnonzero(np.diff(self.ticket, prepend=-1))
        counts = np.diff(begins, append=self.ticket.size)
        lasts = begins + counts - 1
        inside = (self.start[begins] < edges[1]) & (self.end[lasts] >= edges[0])
        rows = np.flatnonzero(np.repeat(inside | self.running[begins], counts))
        codes, names = self.places[by]
        return Pieces(
            ticket=self.ticket[rows],
            start=self.start[rows],
            end=self.end[rows],
            waits=self.waits[rows],
            running=self.running[rows],
            places={by: (codes[rows], names)},
            told=self.told,
        )

    def held(self, by: TimeBy, edges: Edges, calendar: BusinessCalendar | None) -> Sequence[int]:
        """Return how long tickets waited for us in each stay that ended in a period."""
        stays = self.stays(by)
        ended = ~stays.running & (stays.end >= edges[0]) & (stays.end < edges[1])
        waited = self._waited(stays, edges[1], calendar)
        return _kept(waited[ended & (stays.code >= 0)])

    def decided(
        self, by: TimeBy, limit: int, edges: Edges, calendar: BusinessCalendar | None
    ) -> dict[PlaceName, tuple[int, int]]:
        """Return how many stays with each holder were met, and how many missed."""
        (since, until), (_, names) = edges, self.places[by]
        stays = self.stays(by)
        asked = (stays.end >= since) & (stays.start < until) & (stays.code >= 0)
        late = self._waited(stays, until, calendar) > limit
        missed = asked & late & (self._waited(stays, since, calendar) <= limit)
        met = asked & ~late & ~stays.running & (stays.end < until)
        counts = [np.bincount(stays.code[each], minlength=len(names)) for each in (met, missed)]
        pairs = zip(*(each.tolist() for each in counts), strict=True)
        return {names[code]: pair for code, pair in enumerate(pairs) if any(pair)}

    def _waited(self, stays: Stays, until: int, calendar: BusinessCalendar | None) -> Numbers:
        """Return how long the ticket waited for us before an instant in each stay."""
        if not stays.first.size:
            return np.zeros(0, np.int64)
        end = np.minimum(self.end, until)
        ours = (self.waits == 0) & (self.start < end)
        time = np.zeros(self.start.size, np.int64)
        time[ours] = _lengths(calendar, self.start[ours], end[ours])
        return np.asarray(np.add.reduceat(time, stays.first))


def _name(names: Sequence[Any], code: int) -> PlaceName:
    return None if code < 0 else names[code]


def _sums(places: Numbers, values: Numbers, size: int) -> list[int]:
    """Return exact sums of whole numbers, 0 or more, by place."""
    low = np.bincount(places, values & ((1 << HALF) - 1), size).tolist()
    high = np.bincount(places, values >> HALF, size).tolist()
    return [int(a) + (int(b) << HALF) for a, b in zip(low, high, strict=True)]


def _lengths(calendar: BusinessCalendar | None, start: Numbers, end: Numbers) -> Numbers:
    """Return the time between instants on a clock."""
    return end - start if calendar is None else arrays.elapsed(calendar, start, end)


def _grouped(codes: Numbers, values: Numbers) -> dict[int, Numbers]:
    """Return the values of each code, ascending."""
    order = np.lexsort((values, codes))
    found, first = np.unique(codes[order], return_index=True)
    parts = np.split(values[order], first[1:])
    return dict(zip(found.tolist(), parts, strict=bool(found.size)))


def _keys(stays: Stays) -> Numbers:
    """Return a number for each place and ticket."""
    keys: Numbers = (stays.code.astype(np.int64) << BITS) + stays.ticket
    return keys


def _counted(codes: Numbers) -> Iterator[tuple[int, int]]:
    """Yield how often there is each code."""
    found, counts = np.unique(codes, return_counts=True)
    yield from zip(found.tolist(), counts.tolist(), strict=True)


def _kept(values: Numbers) -> array[int]:
    kept = array("q")
    kept.frombytes(np.ascontiguousarray(values, np.int64).tobytes())
    return kept


def _add_waits(made: Mapping[int, Tally], pieces: Pieces, by: TimeBy) -> None:
    """Add who is asked to act in each place."""
    keys = pieces.places[by][0].astype(np.int64) * len(WAITS) + pieces.waits
    for code, wait in (divmod(key, len(WAITS)) for key in np.unique(keys).tolist()):
        made[code].waiting_for.add(WAITS[wait])


def _there(stays: Stays, edges: Edges) -> Numbers:
    """Return which stays are of tickets that were in their place within a period."""
    since, until = edges
    return np.flatnonzero((stays.start < until) & ((stays.start >= since) | (stays.end > since)))


def _add_times(
    made: Mapping[int, Tally],
    number: int,
    stays: Stays,
    edges: Edges,
    calendar: BusinessCalendar | None,
) -> None:
    """Add the times of stays on a clock."""
    (since, until), there = edges, stays.take(_there(stays, edges))
    codes = there.code.astype(np.int64)
    low, high = np.maximum(there.start, since), np.minimum(there.end, until)
    sums = _sums(codes + 1, _lengths(calendar, low, high), int(codes.max(initial=-1)) + 2)
    new = there.start >= since
    whole = _lengths(calendar, there.start[new], there.end[new])
    goes_on = there.running[new]
    ended = _grouped(codes[new][~goes_on], whole[~goes_on])
    going_on = _grouped(codes[new][goes_on], whole[goes_on])
    solved = _of_solved(stays, edges, calendar)
    for code, tally in made.items():
        own = tally.clocks[number]
        own.time = sums[code + 1] if code + 1 < len(sums) else 0
        own.ended, own.going_on, own.per_ticket = (
            _kept(each.get(code, np.zeros(0))) for each in (ended, going_on, solved)
        )


def _of_solved(
    stays: Stays, edges: Edges, calendar: BusinessCalendar | None
) -> dict[int, Numbers]:
    """Return the time in each place of each ticket that was solved in a period."""
    since, until = edges
    done = stays.last & ~stays.running & (stays.end >= since) & (stays.end < until)
    own = stays.take(np.isin(stays.ticket, stays.ticket[done]))
    keys = _keys(own)
    order = np.argsort(keys, kind="stable")
    found, first = np.unique(keys[order], return_index=True)
    if not found.size:
        return {}
    times = np.add.reduceat(_lengths(calendar, own.start, own.end)[order], first)
    return _grouped(found >> BITS, times)


def pieces_of(facts: FactColumns) -> Pieces:
    """Return the pieces of the tickets that are not void and of which a history tells."""
    meanings = {name: _meanings(facts.lists(of).parts[part]) for name, (of, part) in LISTS.items()}
    starts = range(0, max(1, facts.size), AT_ONCE)
    parts = [_part(facts, (start, start + AT_ONCE), meanings) for start in starts]
    # the parts of a column are let go of once they are one
    columns = (np.concatenate([each.columns.pop(0) for each in parts]) for _ in range(WIDTH))
    ticket, start, end, waits, running, *codes = columns
    places: dict[TimeBy, Place] = {"waiting_for": (waits, WAITS)}
    for (name, names), own in zip(meanings.items(), codes, strict=True):
        places[name] = own, names
    told = sum(each.told for each in parts)
    return Pieces(ticket, start, end, waits, running, places, told)


@define(eq=False)
class _Part:
    """The columns of pieces of some tickets, and of how many a history tells."""

    columns: list[Numbers]
    told: int


def _part(
    facts: FactColumns, span: tuple[int, int], meanings: Mapping[TimeBy, Sequence[Any]]
) -> _Part:
    """Return the pieces of the tickets of some places."""
    own = facts.take(np.arange(span[0], min(span[1], facts.size)))
    told, known = stretches(own), np.flatnonzero(own.lists("stays").lengths > 0)
    lists = {of: own.lists(of) for of in ("statuses", "history", "stays")}
    last = {of: each.offsets[1:][known] - 1 for of, each in lists.items()}
    categories = lists["history"].words("category")
    waits_now = _waits(categories)[last["history"]]
    open_now = waits_now >= 0
    keep = np.zeros(own.size + 1, np.bool_)
    keep[known] = ~categories.holds("void".__eq__)[last["history"]]
    ticket, waits = told.rows.astype(np.int32), _waits(told.words("category"))
    rows = np.flatnonzero((waits >= 0) & keep[ticket])
    now = known[open_now].astype(np.int32)
    as_of = own.numbers("as_of")[now]
    columns = [ticket[rows], *(np.asarray(told.parts[name])[rows] for name in ("start", "end"))]
    columns.append(waits[rows])
    at_end = [now, as_of, as_of, waits_now[open_now]]
    for name, (of, part) in LISTS.items():
        codes = _codes(told.parts[name], meanings[name])[rows]
        columns.append(codes)
        at_end.append(_codes(taken(lists[of].parts[part], last[of][open_now]), meanings[name]))
    columns = _joined(columns, at_end)
    running = np.zeros(own.size, np.bool_)
    running[now] = True
    columns.insert(4, running[columns[0]])
    columns[0] = columns[0] + np.int32(span[0])
    return _Part(columns, int(np.count_nonzero(told.lengths)))


def _waits(categories: Words) -> Numbers:
    """Return who is asked to act in each category, as a place in `WAITS`; -1 for nobody."""

    def place(category: str) -> int:
        waits = WAITING_FOR.get(category)
        return -1 if waits is None else WAITS.index(waits)

    return categories.mapped(place, -1, np.int8)


def _meanings(column: Column) -> Sequence[Any]:
    """Return the distinct values of a column."""
    if isinstance(column, Words):
        return column.words
    values: list[Any] = np.unique(column[column != NULL]).tolist()
    return values


def _codes(column: Column, meanings: Sequence[Any]) -> Numbers:
    """Return the code of each value, -1 for nothing."""
    kind = code_type(meanings)
    if isinstance(column, Words):
        return np.asarray(np.maximum(column.codes, -1), kind)
    places = np.array(meanings, np.int64).searchsorted(column)
    return np.asarray(np.where(column == NULL, -1, places), kind)


def _joined(columns: Sequence[Numbers], at_end: Sequence[Numbers]) -> list[Numbers]:
    """Return pieces with how open tickets stand at the end, where they became so at that instant.

    Columns are the ticket, start, end and waits of pieces, and the codes of their places.
    """
    ticket, now = columns[0], at_end[0]
    place = ticket.searchsorted(now, "right") - 1
    same = place >= 0
    for own, end in zip((ticket, *columns[2:]), (now, *at_end[2:]), strict=True):
        same[same] = own[place[same]] == end[same]
    whole = [np.append(own, end[~same]) for own, end in zip(columns, at_end, strict=True)]
    order = np.argsort(whole[0], kind="stable")  # what is added comes last of its ticket
    return [each[order] for each in whole]
