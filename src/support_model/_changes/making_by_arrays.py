"""The rows in which changes are sought, made of facts by columns: the same as of records."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from attrs import Factory, define

from support_model._changes import making
from support_model._changes.stretches import (
    Cut,
    Holders,
    Instants,
    InstantScale,
    Pauses,
    Stretches,
    add_marks,
    cut,
    extend,
)
from support_model._columns.memory import release_unused
from support_model._columns.told import told
from support_model._columns.values import NONE, NULL, Words
from support_model._time import DAY, offsets
from support_model.kpi import in_top_boxes, plain_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from support_model._changes.rows import Marks, Spells
    from support_model._columns.fact_columns import FactColumns
    from support_model.calendars import BusinessCalendar
    from support_model.kpi import PlainFacts

Numbers: TypeAlias = "NDArray[Any]"
HOURS = ("open", "weekend", "evening/night")
MOST_BITS = 62
"""Bits of a whole number that a ticket and an instant take together."""


@define(eq=False)
class _Part:
    """Some tickets, by creation, whose rows are made.

    Attributes:
        maker: has the rows.
        facts: of the tickets.
        scale: of all their instants.
        holders: who holds them.
        created: when each was created.
        live: which are not void.
        met: the ticket, the order and the place where a measure was met, and what adds its rows.
    """

    maker: making.Maker
    facts: FactColumns
    scale: InstantScale
    holders: Holders
    created: Numbers
    live: Numbers
    met: list[tuple[tuple[int, int, int], Callable[[], object]]] = Factory(list)

    def instants(self, name: str) -> Instants:
        """Return when the entries of a list are."""
        lists = self.facts.lists(name)
        return Instants(self.scale, lists.offsets, np.asarray(lists.parts["at"]))

    def of(self, name: str, part: str) -> Numbers:
        """Return a part of the entries of a list."""
        return np.asarray(self.facts.lists(name).parts[part])

    def meet(self, where: tuple[int, int, int], add: Callable[[], object]) -> None:
        """Note a measure, and what adds its rows."""
        self.met.append((where, add))

    def spells(
        self,
        order: int,
        keys: Sequence[tuple[dict[Any, Spells], Any]],
        key: Numbers,
        spells: Stretches,
        pauses: Pauses | None = None,
    ) -> None:
        """Add spells, each of the measure whose number it has."""
        made = cut(spells, self.holders, pauses)
        for number in np.unique(key).tolist():
            place = int(np.argmax(key == number))
            chosen = np.flatnonzero(key[made.of] == number)
            parts, name = keys[number]
            own = partial(_add_spells, parts, name, made, chosen)
            self.meet((int(spells.ticket[place]), order, place), own)

    def marks(
        self,
        order: int,
        parts: dict[str, Marks],
        key: str,
        own: tuple[Numbers, Numbers, Numbers, Numbers],
    ) -> None:
        """Add marks of a measure: tickets, units, instants and values."""
        ticket, *columns = own
        if ticket.size:
            self.meet((int(ticket[0]), order, 0), partial(_add_marks, parts, key, *columns))


def _add_spells(
    parts: dict[Any, Spells],
    key: Any,  # noqa: ANN401 - text or two texts
    made: Cut,
    chosen: Numbers,
) -> None:
    made.add_to(making.spells_of(parts, key), chosen)


def _add_marks(
    parts: dict[str, Marks], key: str, unit: Numbers, at: Numbers, value: Numbers
) -> None:
    add_marks(making.marks_of(parts, key), unit, at, value)


def add_columns(
    maker: making.Maker, plain: PlainFacts, tz: ZoneInfo, calendar: BusinessCalendar | None
) -> None:
    """Add the rows of tickets by columns, which are in the order of their creation."""
    facts = plain.columns
    assert facts is not None  # noqa: S101 - only such tickets come here
    release_unused()  # what figures were made of is not needed beside the rows
    created = facts.numbers("created")
    low, high = _ends(facts, maker.rows.as_of)
    bits = (high - low).bit_length() + 1
    if bits + facts.size.bit_length() > MOST_BITS and facts.size > 1:
        middle = facts.size // 2
        for half in (range(middle), range(middle, facts.size)):
            add_columns(maker, plain_facts(facts.at_places(half)), tz, calendar)
        return
    scale = InstantScale(low, bits)
    _fields(maker, plain, facts, hours_of(created, tz, calendar))
    first = len(maker.rows.created)
    maker.named.append(facts.words("ticket_id"))
    extend(maker.rows.created, created)
    holders = _holders(maker, plain, facts, scale, first)
    live = ~facts.words("category").holds(lambda word: word == "void")
    part = _Part(maker, facts, scale, holders, created, live)
    for measure in MEASURES:
        measure(part)
    for _, add in sorted(part.met, key=itemgetter(0)):
        add()


def names_of(parts: Sequence[Words]) -> Sequence[str]:
    """Return the names of tickets, of columns that share their words, without making them."""
    return told(Words(np.concatenate([part.codes for part in parts]), parts[0].words))


LISTS = MappingProxyType(
    {
        **dict.fromkeys(("history", "statuses", "stays", "acts", "solves"), ("at",)),
        **dict.fromkeys(("reopenings", "ratings"), ("at",)),
        "waits": ("start", "end"),
    }
)
"""The instants of lists that are asked for."""


def _ends(facts: FactColumns, as_of: int) -> tuple[int, int]:
    """Return the first and the last instant of tickets."""
    columns = [facts.numbers("created")]
    columns += [np.asarray(facts.lists(name).parts[at]) for name in LISTS for at in LISTS[name]]
    known = [column[column != NULL] for column in columns]
    some = [column for column in known if column.size]
    low = min([as_of, *(int(column.min()) for column in some)])
    return low, max([as_of, *(int(column.max()) for column in some)])


def hours_of(created: Numbers, tz: ZoneInfo, calendar: BusinessCalendar | None) -> Words:
    """Return in which part of the week each instant is; they are in order."""
    if not created.size:
        return Words(np.zeros(0, np.int32), HOURS)
    first, last = int(created[0]) - DAY, int(created[-1]) + DAY  # whole days
    changes = np.array(offsets(tz, first, last), np.int64)

    def local_of(at: Numbers) -> Numbers:
        local: Numbers = at + changes[changes[:, 0].searchsorted(at, "right") - 1, 1]
        return local

    local = local_of(created)
    weekend = (local // DAY + 3) % 7 >= making.SATURDAY  # 1970-01-01 was a Thursday
    if calendar is None:
        hour = local % DAY // making.HOUR
        day = (hour >= making.DAY_HOURS.start) & (hour < making.DAY_HOURS.stop)
        open_now = ~weekend & day
    else:
        edges = np.array([*calendar.timeline.stretches(first, last)], np.int64).ravel()
        open_now = edges.searchsorted(created, "right") % 2 == 1
        starts, ends = local_of(edges[::2]) // DAY, (local_of(edges[1::2]) - 1) // DAY
        days = local // DAY
        held = starts.searchsorted(days, "right") - 1  # the last stretch that begins by then
        weekend = weekend | (held < 0) | (ends[np.maximum(held, 0)] < days if ends.size else True)
    return Words(np.where(open_now, 0, np.where(weekend, 1, 2)).astype(np.int32), HOURS)


def _coded(codes: making.Codes, column: Words) -> Numbers:
    """Return the codes of words, which are numbered in the order in which they are met."""
    places, first = np.unique(column.codes[column.codes >= 0], return_index=True)
    table = np.full(len(column.words) + 2, making.NOTHING, np.int32)  # nothing is last
    for place in places[np.argsort(first)].tolist():
        table[place] = codes.of(column.words[place])
    coded: Numbers = table[column.codes]
    return coded


def _fields(maker: making.Maker, plain: PlainFacts, facts: FactColumns, hours: Words) -> None:
    """Add the fields of tickets but for who holds them."""
    for name, codes in maker.codes.items():
        column = hours if name == "hours" else facts.column(name)
        own = name in maker.own
        told = own and facts.lists(f"{name}s").offsets[-1] > 0
        if isinstance(column, Words):
            codes.known = codes.known or bool(told) or bool((column.codes >= 0).any())
            if not own:
                extend(maker.rows.fields[name], _coded(codes, column))
        else:
            values = plain.field(name)
            told = told or any(value is not None for value in values)
            codes.known = codes.known or bool(told)
            if not own:
                maker.rows.fields[name].extend(map(codes.of, values))


def _holders(
    maker: making.Maker, plain: PlainFacts, facts: FactColumns, scale: InstantScale, first: int
) -> Holders:
    """Add the fields of who held tickets first, and return from when on which unit holds them."""
    offsets, at, coded = _stays(maker, plain, facts)
    ticket = np.repeat(np.arange(facts.size), np.diff(offsets))
    unit, further = first + ticket, np.zeros(ticket.size, np.bool_)
    for name, codes in zip(maker.own, coded, strict=True):
        told = np.flatnonzero(codes >= 0)[::-1]
        own = np.full(facts.size, making.NOTHING, np.int32)
        own[ticket[told]] = codes[told]  # the first one is written last
        extend(maker.rows.fields[name], own)
        further |= codes != own[ticket]
    if (others := np.flatnonzero(further)).size:
        unit[others] = _further(maker, ticket[others] + first, [each[others] for each in coded])
    kept = np.ones(unit.size, np.bool_)
    kept[1:] = (unit[1:] != unit[:-1]) | (ticket[1:] != ticket[:-1])
    entries = np.append(0, np.cumsum(np.bincount(ticket[kept], minlength=facts.size)))
    return Holders(Instants(scale, entries, at[kept]), unit[kept])


def _further(maker: making.Maker, unit: Numbers, coded: Sequence[Numbers]) -> Numbers:
    """Add a unit for each further holder of a ticket, and return their numbers."""
    key = unit
    for codes in coded:
        key = np.unique(key, return_inverse=True)[1] * (int(codes.max()) + 2) + codes + 1
    _, place, inverse = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(place)
    held = [codes[place[order]].tolist() for codes in coded]
    numbers = np.empty(order.size, np.int64)
    numbers[order] = -1 - len(maker.further) - np.arange(order.size)
    maker.further.extend(zip(unit[place[order]].tolist(), zip(*held, strict=True), strict=True))
    return numbers[inverse]


def _stays(
    maker: making.Maker, plain: PlainFacts, facts: FactColumns
) -> tuple[Numbers, Numbers, list[Numbers]]:
    """Return stays by ticket: offsets, instants, and codes of who held it, of each field."""
    stays = facts.lists("stays")
    if bool((stays.lengths == 0).any()):
        return _with_present(maker, plain)
    coded = []
    for name in maker.own:
        column = stays.parts[name]
        if not isinstance(column, Words):
            known, own = np.unique(column, return_inverse=True)
            there = np.where(column == NULL, NONE, own).astype(np.int32)
            column = Words(there, known.tolist())
        coded.append(_coded(maker.codes[name], column))
    return stays.offsets, np.asarray(stays.parts["at"]), coded


def _with_present(
    maker: making.Maker, plain: PlainFacts
) -> tuple[Numbers, Numbers, list[Numbers]]:
    """Return stays, of tickets without any who holds them now."""
    counts, at = [], []
    values: list[list[int]] = [[] for _ in maker.own]
    coders = [(making.HELD.index(name), maker.codes[name]) for name in maker.own]
    for own in making.stays_of(plain):
        counts.append(len(own))
        for begin, *held in own:
            at.append(begin)
            for kept, (place, codes) in zip(values, coders, strict=True):
                kept.append(codes.of(held[place]))
    offsets = np.append(0, np.cumsum(np.array(counts, np.int64)))
    return offsets, np.array(at, np.int64), [np.array(each, np.int32) for each in values]


def _voids(part: _Part) -> None:
    history, as_of = part.instants("history"), part.maker.rows.as_of
    limit = np.minimum(part.created + making.FOLLOWED, as_of)
    last = np.append(history.at, 0)[history.offsets[1:] - 1]
    came = ~part.live & (last <= limit)
    end = np.maximum(part.created, np.where(came, last, limit))
    own = Stretches(np.arange(came.size), part.created, end, came)
    part.spells(0, [(part.maker.rows.chances, "void")], np.zeros(came.size, np.int8), own)


def _responses(part: _Part) -> None:
    facts, times = part.facts, part.maker.rows.times
    waits, chosen = facts.lists("waits"), part.live & ~facts.numbers("cut")
    kept = np.flatnonzero(chosen[waits.rows])
    start, end, first = (part.of("waits", name)[kept] for name in ("start", "end", "first"))
    until = np.where(end == NULL, part.maker.rows.as_of, end)
    replied = waits.words("outcome").holds(lambda word: word == "replied")[kept]
    own = [waits.rows[kept], start, np.maximum(start, until), replied, ~first]
    third = facts.words("created_by").holds(lambda word: word == "third_party")
    alone = chosen & facts.numbers("snapshot") & third & (waits.lengths == 0)
    if alone.any():  # without a reply nobody knows whether an answer was given
        acts = facts.lists("acts")
        replies = np.flatnonzero(acts.words("kind").holds(lambda word: word == "reply"))
        ticket, place = np.unique(acts.rows[replies], return_index=True)
        at = part.of("acts", "at")[replies[place[alone[ticket]]]]
        ticket = ticket[alone[ticket]]
        begin, ones = part.created[ticket], np.ones(ticket.size, np.bool_)
        further = (ticket, begin, np.maximum(begin, at), ones, ~ones)
        own = [np.concatenate(pair) for pair in zip(own, further, strict=True)]
        order = np.argsort(own[0], kind="stable")
        own = [column[order] for column in own]
    keys = [(times, ("first_response", "")), (times, ("next_response", ""))]
    part.spells(0, keys, own[4].astype(np.int8), Stretches(*own[:4]))


def _resolutions(part: _Part) -> None:
    """Add the time to the first solution, whole and without waiting."""
    facts, as_of = part.facts, part.maker.rows.as_of
    solves = part.instants("solves")
    some = np.diff(solves.offsets) > 0
    first = np.append(solves.at, 0)[np.where(some, solves.offsets[:-1], -1)]
    end = np.where(some, np.maximum(first, part.created), as_of)
    chosen = part.live & (some | ~facts.numbers("ever_solved"))
    own = np.flatnonzero(chosen)
    spells = Stretches(own, part.created[own], end[own], some[own])
    rows, key = part.maker.rows, np.zeros(own.size, np.int8)
    part.spells(1, [(rows.whole, ("resolution", ""))], key, spells)
    pauses = _pauses(part, chosen, end)
    part.spells(1, [(rows.times, ("resolution", ""))], key, spells, pauses)


def _pauses(part: _Part, chosen: Numbers, end: Numbers) -> Pauses:
    """Return when tickets waited for their customer or for others, up to an instant of each."""
    history = part.facts.lists("history")
    waits = history.words("category").holds(lambda word: word in making.WAITING)
    ticket, start = history.rows, part.of("history", "at")
    until = np.append(start[1:], 0)
    until[history.offsets[1:][history.lengths > 0] - 1] = np.iinfo(np.int64).max
    until = np.minimum(until, end[ticket])
    kept = waits & chosen[ticket] & (start < until)
    counts = np.bincount(ticket[kept], minlength=end.size)[chosen]
    return Pauses(counts, start[kept], until[kept])


def _reopenings(part: _Part) -> None:
    """Add the time from each solution in which the ticket may be opened again."""
    as_of = part.maker.rows.as_of
    solves, reopenings = part.instants("solves"), part.instants("reopenings")
    chosen = part.live & ~part.facts.numbers("snapshot")
    if not chosen.any():
        return
    kept = np.flatnonzero(chosen[solves.ticket])
    ticket, at = solves.ticket[kept], solves.at[kept]
    following = np.where(
        solves.following(ticket, kept + 1), np.append(solves.at, 0)[kept + 1], as_of
    )
    limit = np.minimum(np.minimum(at + making.FOLLOWED, following), as_of)
    limit = np.maximum(at, limit)
    place = reopenings.before(ticket, at)
    back = np.append(reopenings.at, 0)[place]
    came = reopenings.following(ticket, place) & (back <= limit)
    end = np.where(came, back, limit)
    chances = part.maker.rows.chances
    part.meet((int(np.argmax(chosen)), 1, 0), partial(making.spells_of, chances, "reopened"))
    own = Stretches(ticket, at, end, came)
    part.spells(1, [(chances, "reopened")], np.zeros(ticket.size, np.int8), own)


def _flow(part: _Part) -> None:
    """Add when tickets came into the queue and left it, as often as they did."""
    counts, live = part.maker.rows.counts, np.flatnonzero(part.live)
    unit = len(part.maker.rows.created) - part.facts.size + live
    created, ones = part.created[live], np.ones(live.size, np.int8)
    part.marks(0, counts, "created", (live, unit, created, ones))
    columns = [(live, unit, created, -ones)]
    for name, sign in (("reopenings", -1), ("solves", 1)):
        own = part.instants(name)
        kept = part.live[own.ticket]
        ticket, at = own.ticket[kept], own.at[kept]
        columns.append((ticket, part.holders.at(ticket, at), at, np.full(at.size, sign, np.int8)))
    joined = [np.concatenate(each) for each in zip(*columns, strict=True)]
    order = np.argsort(joined[0], kind="stable")
    ticket, held, at, value = (each[order] for each in joined)
    part.marks(1, counts, "backlog", (ticket, held, at, value))


@define(eq=False)
class _Visits:
    """Who held tickets one after the other, unknown ones left out, and until when.

    Attributes:
        ticket: of each visit.
        start: when it began.
        value: who it was.
        end: when the ticket was solved or went on to another one, or the end of all.
        moved: whether it went on to another one.
    """

    ticket: Numbers
    start: Numbers
    value: Numbers
    end: Numbers
    moved: Numbers


def _visits(part: _Part, name: str) -> _Visits:
    """Return the visits of tickets that are not void to a group, or to a line."""
    stays = part.facts.lists("stays")
    column, ticket = stays.parts[name], stays.rows
    value = column.codes if isinstance(column, Words) else column
    nothing = value < 0 if isinstance(column, Words) else value == NULL
    known = np.flatnonzero(part.live[ticket] & ~nothing)
    ticket, value = ticket[known], value[known]
    kept = np.ones(known.size, np.bool_)
    kept[1:] = (ticket[1:] != ticket[:-1]) | (value[1:] != value[:-1])
    ticket, value, start = ticket[kept], value[kept], part.of("stays", "at")[known[kept]]
    solves = part.instants("solves")
    place = solves.before(ticket, start)
    solved = np.append(solves.at, 0)[place]
    end = np.where(solves.following(ticket, place), solved, part.maker.rows.as_of)
    after = np.append(start[1:], 0)[: start.size]
    moved = np.append(ticket[1:] == ticket[:-1], False)[: start.size] & (after <= end)
    return _Visits(ticket, start, value, np.where(moved, after, np.maximum(start, end)), moved)


def _hand_overs(part: _Part) -> None:
    """Add the time until a group hands a ticket back."""
    every = _visits(part, "group")
    own = np.flatnonzero(every.ticket[1:] == every.ticket[:-1]) + 1
    back = np.append(every.value, NONE)[own + 1] == every.value[own - 1]
    came = every.moved[own] & back
    spells = Stretches(every.ticket[own], every.start[own], every.end[own], came)
    keys = [(part.maker.rows.chances, "handed_back")]
    part.spells(2, keys, np.zeros(own.size, np.int8), spells)


def _escalations(part: _Part) -> None:
    """Add which lines moved tickets to a higher one."""
    every, rows = _visits(part, "line"), part.maker.rows
    own = np.flatnonzero(every.moved | (every.end < rows.as_of))
    higher = every.moved[own] & (np.append(every.value, 0)[own + 1] > every.value[own])
    ticket, end = every.ticket[own], every.end[own]
    part.marks(0, rows.trials, "escalated", (ticket, part.holders.at(ticket, end), end, higher))


def _statuses(part: _Part) -> None:
    """Add the time in each status."""
    statuses, rows = part.facts.lists("statuses"), part.maker.rows
    names, ticket = statuses.words("name"), statuses.rows
    kept = np.ones(ticket.size, np.bool_)
    kept[1:] = (ticket[1:] != ticket[:-1]) | (names.codes[1:] != names.codes[:-1])
    own = np.flatnonzero(kept & part.live[ticket])
    ticket, start, name = ticket[own], part.of("statuses", "at")[own], names.codes[own]
    ended = np.append(ticket[1:] == ticket[:-1], False)[: own.size]
    end = np.where(ended, np.append(start[1:], 0)[: own.size], rows.as_of)
    category = _categories(part, ticket, start)
    chosen = ~category.holds(lambda word: word in {"void", "closed"})
    solved = category.holds(lambda word: word == "solved")
    keys = [(rows.times, ("closing_delay", ""))]
    keys += [(rows.times, ("status_time", word)) for word in names.words]
    number = np.where(solved, 0, name + 1)[chosen]
    spells = Stretches(*(each[chosen] for each in (ticket, start, np.maximum(start, end), ended)))
    part.spells(2, keys, number, spells)


def _categories(part: _Part, ticket: Numbers, at: Numbers) -> Words:
    """Return the category of tickets at instants; without a history they are open."""
    history, given = part.instants("history"), part.facts.lists("history").words("category")
    words = (*given.words, "open")
    first = history.offsets[ticket]
    place = np.maximum(history.up_to(ticket, at) - 1, first)
    codes = np.append(given.codes, NONE)[place]
    known = history.following(ticket, first)
    return Words(np.where(known, codes, len(words) - 1), words)


def _satisfaction(part: _Part) -> None:
    """Add whether the last answer of the customer was a good one."""
    ratings, rows = part.facts.lists("ratings"), part.maker.rows
    asked = ratings.words("kind").holds(lambda word: word == "csat")
    own = np.flatnonzero(asked & part.live[ratings.rows])
    ticket = ratings.rows[own]
    last = np.append(ticket[1:] != ticket[:-1], True)[: own.size]
    own, ticket = own[last], ticket[last]
    given = zip(*(part.of("ratings", name)[own].tolist() for name in SCORES), strict=True)
    known: dict[tuple[float, float, float], bool | None] = {}
    value = np.full(own.size, NONE, np.int8)
    for place, one in enumerate(given):
        if one not in known:
            known[one] = in_top_boxes(one[0], one[1:])
        good = known[one]
        value[place] = NONE if good is None else not good
    told = value != NONE
    ticket, at = ticket[told], part.of("ratings", "at")[own[told]]
    satisfied = (ticket, part.holders.at(ticket, at), at, value[told])
    part.marks(1, rows.trials, "satisfied", satisfied)


SCORES = ("score", "low", "high")
MEASURES = (
    *(_voids, _responses, _resolutions, _reopenings, _flow),
    *(_hand_overs, _escalations, _statuses, _satisfaction),
)
