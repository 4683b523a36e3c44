"""The rows in which changes are sought, made of plain facts: of records and columns alike."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from datetime import timedelta
from itertools import accumulate, chain, compress, count, pairwise, repeat
from operator import and_, itemgetter, sub
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import Factory, define

from support_model._changes.rows import Marks, Rows, Spells
from support_model._time import DAY, difference, micros_of, offsets
from support_model._vocabulary import Priority
from support_model.kpi import in_top_boxes, plain_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from support_model._changes.rows import Ints
    from support_model._columns.values import Words
    from support_model.calendars import BusinessCalendar
    from support_model.kpi import PlainFacts

HELD = ("group", "line", "agent")
"""Fields that say who holds a ticket: they are those of a unit, all others of the ticket."""
WAITING = frozenset({"pending", "on_hold"})
"""Categories in which a ticket waits for its customer or for others, not for the desk."""
FOLLOWED = micros_of(timedelta(days=7))
"""How long after a solution a reopening counts, and after its creation that a ticket is void."""
DAY_HOURS = range(8, 18)
"""What is called the day where no opening hours are given."""
FIELDS = ("channel", "priority", "type", "group", "line", "agent", "organization", "topic")
HOUR, SATURDAY = micros_of(timedelta(hours=1)), 5
PART = 4096
"""Tickets whose lists are held at a time."""
NOTHING = -1
"""The code of no value."""
OVER = frozenset({"void", "closed"})
"""Categories in which nobody waits for anything."""
FAR = 1 << 62
"""Beyond all instants."""
Entry: TypeAlias = "tuple[Any, ...]"
Met: TypeAlias = tuple[int, int, int]
"""By which ticket of a part a measure was met, and in which order at it."""
Key = TypeVar("Key", str, tuple[str, str])


@define
class Codes:
    """Values of a field as whole numbers, in the order in which they are met."""

    places: dict[str, int] = Factory(dict)
    known: bool = False

    def of(self, value: object) -> int:
        """Return the code of a value."""
        if value is None:
            return NOTHING
        if type(value) is str and value in self.places:  # as most are
            return self.places[value]
        text = value.name if isinstance(value, Priority) else str(value)
        return self.places.setdefault(text, len(self.places))

    def of_all(self, values: Sequence[object]) -> list[int]:
        """Return the codes of values."""
        if {*map(type, values)} <= {str, type(None)}:  # as most are
            known = {value: self.of(value) for value in dict.fromkeys(values)}
            return [*map(known.__getitem__, values)]
        return [*map(self.of, values)]


@define
class Maker:
    """Rows in the making.

    Attributes:
        rows: the rows.
        codes: of the values of each field.
        own: the fields of who holds a ticket.
        further: the tickets of further holders, and these.
        ids: the names of tickets, of records.
        named: the same of columns, some tickets each.
    """

    rows: Rows
    codes: dict[str, Codes]
    own: tuple[str, ...]
    further: list[tuple[int, tuple[int, ...]]] = Factory(list)
    ids: list[str] = Factory(list)
    named: list[Words] = Factory(list)

    def finish(self) -> Rows:
        """Return the rows, with the units of further holders after those of the tickets."""
        rows = self.rows
        size = len(rows.created)
        rows.ids = self._names()
        rows.ticket.extend(range(size))
        rows.ticket.extend(unit for unit, _ in self.further)
        for name, codes in self.codes.items():
            if codes.known:
                rows.names[name] = list(codes.places)
                rows.fields[name].extend(self._of_further(name))
            else:
                del rows.fields[name]
        if not self.further:
            return rows
        spells = (*rows.times.values(), *rows.whole.values(), *rows.chances.values())
        marks = (*rows.trials.values(), *rows.counts.values())
        for units in (*(each.unit for each in spells), *(each.unit for each in marks)):
            for place, unit in enumerate(units):
                if unit < 0:
                    units[place] = size - 1 - unit
        return rows

    def _names(self) -> Sequence[str]:
        if not self.named:
            return tuple(self.ids)
        from support_model._changes import making_by_arrays  # noqa: PLC0415 - needs numpy

        return making_by_arrays.names_of(self.named)

    def _of_further(self, name: str) -> list[int]:
        """Return the codes of a field of those who held a ticket after others."""
        if name in self.own:
            place = self.own.index(name)
            return [held[place] for _, held in self.further]
        column = self.rows.fields[name]
        return [column[unit] for unit, _ in self.further]


def _cut(
    spans: Iterable[tuple[int, int]], held: Sequence[tuple[int, int]]
) -> tuple[list[Entry], int]:
    """Return spans cut where another one holds a ticket, and the place of who held it last."""
    parts: list[Entry] = []
    place = 0
    for start, until in spans:
        begin = start
        while place + 1 < len(held) and held[place + 1][0] < until:
            left = held[place + 1][0]
            if left > begin:
                parts.append((held[place][1], begin, left))
                begin = left
            place += 1
        parts.append((held[place][1], begin, until))
    return parts, place


def rows_of_facts(
    facts: Any,  # noqa: ANN401 - records, or what is columns
    *,
    tz: ZoneInfo,
    calendar: BusinessCalendar | None = None,
    fields: Iterable[str] | None = None,
) -> Rows:
    """Return the rows of tickets; they do not depend on the order of these."""
    names = (*(FIELDS if fields is None else fields), "hours")
    parts = deque(plain_parts(facts, size=PART))
    as_of = max(map(_last, parts), default=0)
    listed = all(map(_listed, parts))
    rows = Rows(as_of, fields={name: array("i") for name in names}, listed=listed)
    codes = {name: Codes() for name in names}
    maker = Maker(rows, codes, tuple(name for name in names if name in HELD))
    while parts:
        part = parts.popleft()  # its lists are let go once it is added
        if part.columns is None:
            _add(maker, part, tz, calendar)
        else:
            from support_model._changes import making_by_arrays  # noqa: PLC0415 - needs numpy

            making_by_arrays.add_columns(maker, part, tz, calendar)
    return maker.finish()


def _listed(part: PlainFacts) -> bool:
    """Return whether of some tickets nothing but present values is known."""
    if part.columns is None:
        return all(part.scalar("snapshot"))
    return bool(part.columns.numbers("snapshot").all())


def _last(part: PlainFacts) -> int:
    """Return up to when something is known of any of some tickets."""
    if part.columns is None:
        return int(max(part.scalar("as_of")))
    return int(part.columns.numbers("as_of").max())


def _add(maker: Maker, facts: PlainFacts, tz: ZoneInfo, calendar: BusinessCalendar | None) -> None:
    """Add the rows of some tickets, measure by measure."""
    rows, created = maker.rows, facts.scalar("created")
    _fields(maker, facts, hours_names(created, tz, calendar))
    first = len(rows.created)
    maker.ids.extend(facts.scalar("ticket_id"))
    rows.created.extend(created)
    live = [category != "void" for category in facts.scalar("category")]
    part = _Part(rows, facts, first, live, _held(maker, facts, first))
    for measure in MEASURES:
        measure(part)
    part.keep()


def _fields(maker: Maker, part: PlainFacts, hours: list[str]) -> None:
    """Add the fields of tickets but for who holds them."""
    for name, codes in maker.codes.items():
        values = hours if name == "hours" else part.field(name)
        lists = f"{name}s" if name in maker.own else ""
        told = bool(lists) and part.entries(lists).offsets[-1] > 0
        codes.known = codes.known or told or any(value is not None for value in values)
        if name not in maker.own:
            maker.rows.fields[name].extend(codes.of_all(values))


def _held(maker: Maker, facts: PlainFacts, first: int) -> dict[int, list[tuple[int, int]]]:
    """Add the fields of who held tickets first.

    Returns from when on which unit holds each ticket that more than one holds, by its place; the
    unit of a further holder is a negative number.
    """
    offsets, at, held = _stays(facts)
    coded = [maker.codes[name].of_all(held[HELD.index(name)]) for name in maker.own]
    for name, codes in zip(maker.own, coded, strict=True):
        maker.rows.fields[name].extend(map(codes.__getitem__, offsets[:-1]))
    made: dict[int, list[tuple[int, int]]] = {}
    for place, (start, end) in enumerate(pairwise(offsets)):
        if end - start > 1 and coded:
            stays = [*zip(*(codes[start:end] for codes in coded), strict=True)]
            own = _units(maker, first + place, stays, at[start:end])
            if len(own) > 1:
                made[place] = own
    return made


def _units(
    maker: Maker, unit: int, stays: list[tuple[int, ...]], at: Sequence[int]
) -> list[tuple[int, int]]:
    """Return from when on which unit stands for a ticket; note its fields and further units."""
    fields, places = maker.rows.fields, range(len(maker.own))
    first = tuple([next((s[n] for s in stays if s[n] != NOTHING), NOTHING) for n in places])
    for name, code in zip(maker.own, first, strict=True):
        fields[name][unit] = code
    known, held = {first: unit}, list[tuple[int, int]]()
    for start, stay in zip(at, stays, strict=True):
        number = known.get(stay)
        if number is None:
            number = known[stay] = -1 - len(maker.further)
            maker.further.append((unit, stay))
        if not held or held[-1][1] != number:
            held.append((start, number))
    return held


def _stays(facts: PlainFacts) -> tuple[Sequence[int], Sequence[int], tuple[Sequence[Any], ...]]:
    """Return who held tickets from when on: offsets, instants, groups, lines and agents."""
    stays = facts.entries("stays")
    if all(start < end for start, end in pairwise(stays.offsets)):
        return stays.offsets, stays.parts[0], stays.parts[1:]
    own = [*stays_of(facts)]
    at, *held = zip(*chain.from_iterable(own), strict=True)
    return [*accumulate(map(len, own), initial=0)], at, tuple(held)


def stays_of(part: PlainFacts) -> Iterator[list[Entry]]:
    """Yield who held each ticket from when on; without a history, who holds it now."""
    last = [_lasts(part, name) for name in HELD]
    stays = part.entries("stays").each()
    for own, created, *held in zip(stays, part.scalar("created"), *last, strict=True):
        yield own or [(created, *held)]


def _lasts(part: PlainFacts, name: str) -> Iterator[Any]:
    """Yield who held each ticket last, or else what its field says."""
    entries = part.entries(f"{name}s")
    (values,) = entries.parts
    for (start, end), now in zip(pairwise(entries.offsets), part.field(name), strict=True):
        yield values[end - 1] if start < end else now


def hours_names(
    instants: Sequence[int], tz: ZoneInfo, calendar: BusinessCalendar | None
) -> list[str]:
    """Return in which part of the week each instant is; they are in order.

    A day on which a calendar is closed is one of the weekend.
    """
    if not instants:
        return []
    first, last = instants[0] - DAY, instants[-1] + DAY  # whole days
    changes = offsets(tz, first, last)
    starts, names = [at for at, _ in changes], []
    opened = [] if calendar is None else [*chain(*calendar.timeline.stretches(first, last))]

    def local_of(at: int) -> int:
        return at + changes[bisect_right(starts, at) - 1][1]

    days = _days_between(map(local_of, opened))
    for at in instants:
        local = local_of(at)
        weekend = (local // DAY + 3) % 7 >= SATURDAY  # 1970-01-01 was a Thursday
        if calendar is not None:
            weekend = weekend or local // DAY not in days
            open_now = bisect_right(opened, at) % 2 == 1
        else:
            open_now = not weekend and local % DAY // HOUR in DAY_HOURS
        names.append("open" if open_now else "weekend" if weekend else "evening/night")
    return names


def _days_between(edges: Iterable[int]) -> set[int]:
    """Return the days that hold a part of a stretch, from where each begins and ends."""
    days: set[int] = set()
    pairs = iter(edges)
    for start, end in zip(pairs, pairs, strict=True):
        days.update(range(start // DAY, (end - 1) // DAY + 1))
    return days


def spells_of(parts: dict[Key, Spells], key: Key) -> Spells:
    """Return the spells of a measure, which is met now at the latest."""
    if key not in parts:
        parts[key] = Spells()
    return parts[key]


def marks_of(parts: dict[str, Marks], key: str) -> Marks:
    """Return the marks of a measure, which is met now at the latest."""
    if key not in parts:
        parts[key] = Marks()
    return parts[key]


@define
class _Part:
    """Some tickets, by creation, whose rows are made.

    Attributes:
        rows: what they are added to.
        facts: of the tickets.
        first: the unit of the first of them; those of the others follow.
        live: which are not void.
        held: from when on which unit holds a ticket, of those that more than one holds, by place.
        spells: by measure the spells to be added, and by which ticket it was met.
        marks: the same of marks.
    """

    rows: Rows
    facts: PlainFacts
    first: int
    live: list[bool]
    held: dict[int, list[tuple[int, int]]]
    spells: dict[tuple[int, Any], tuple[Met, dict[Any, Spells], list[int]]] = Factory(dict)
    marks: dict[tuple[int, Any], tuple[Met, dict[str, Marks], list[int]]] = Factory(dict)

    def spells_to(self, parts: dict[Any, Spells], key: Any, met: Met) -> list[int]:  # noqa: ANN401 - text or two texts
        """Return what spells of a measure are added to until `keep`; it is met now at the latest.

        The columns of `Spells` follow each other: to extend one list takes a fifth of the time of
        adding to six columns.
        """
        return self.spells.setdefault((id(parts), key), (met, parts, []))[2]

    def marks_to(self, parts: dict[str, Marks], key: str, met: Met) -> list[int]:
        """Return what marks of a measure are added to until `keep`: unit, instant and value."""
        return self.marks.setdefault((id(parts), key), (met, parts, []))[2]

    def keep(self) -> None:
        """Put what was added into its columns, measures in the order in which they were met."""
        for (_, key), (_, parts, entries) in sorted(self.spells.items(), key=_met):
            spells = spells_of(parts, key)
            columns = spells.unit, spells.origin, spells.follows, spells.start, spells.end
            _extend((*columns, spells.ended), entries)
        for (_, key), (_, marks, entries) in sorted(self.marks.items(), key=_met):
            own = marks_of(marks, key)
            _extend((own.unit, own.at, own.value), entries)

    def tickets(self, name: str) -> list[int]:
        """Return the place of the ticket of each entry of a list."""
        offsets = self.facts.entries(name).offsets
        return [*chain.from_iterable(map(repeat, count(), map(sub, offsets[1:], offsets)))]

    def unit_at(self, place: int, at: int) -> int:
        """Return the unit that held a ticket just before an instant."""
        held = self.held.get(place)
        if held is None:
            return self.first + place
        return held[max(0, bisect_left(held, (at,)) - 1)][1]

    def spell(
        self,
        entries: list[int],
        place: int,
        spell: tuple[int, int, int],
        pauses: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Add a spell, cut where another one holds the ticket, without its pauses.

        Args:
            entries: what it is added to.
            place: of its ticket.
            spell: its start and end, and 1 where the outcome came.
            pauses: sorted stretches that do not overlap.
        """
        start, end, ended = spell
        held = self.held.get(place)
        if held is None:
            _paused(entries, self.first + place, spell, pauses)
            return
        parts, last = _cut(difference([(start, end)], pauses) if pauses else [(start, end)], held)
        if ended and (not parts or parts[-1][2] != end):  # the outcome came in a pause
            parts.append((held[last][1], end, end))
        for number, (unit, begin, until) in enumerate(parts, start=1):
            origin = begin if number == 1 else start
            came = ended if number == len(parts) and until == end else 0
            entries.extend((unit, origin, int(number > 1), begin, until, came))


def _extend(columns: tuple[Ints, ...], entries: list[int]) -> None:
    """Add entries, whose values follow each other, to columns."""
    for number, column in enumerate(columns):
        column.fromlist(entries[number :: len(columns)])


def _paused(
    entries: list[int], unit: int, spell: tuple[int, int, int], pauses: Sequence[tuple[int, int]]
) -> None:
    """Add a spell without its pauses, all of it of one unit."""
    start, end, ended = spell
    at, follows = start, 0
    for begin, until in pauses:
        if at < begin:
            entries.extend((unit, start if follows else at, follows, at, begin, 0))
            follows = 1
        at = max(at, until)
    if at < end or not pauses:  # a spell of no length is one, too
        entries.extend((unit, start if follows else at, follows, at, end, ended))
    elif ended:  # the outcome came in a pause
        entries.extend((unit, start if follows else end, follows, end, end, 1))


def _met(entry: tuple[Any, tuple[Met, Any, Any]]) -> Met:
    return entry[1][0]


def _voids(part: _Part) -> None:
    """Add the time in which a ticket may turn out to be void; one that is counts nowhere else."""
    facts, as_of, first, held = part.facts, part.rows.as_of, part.first, part.held
    history = facts.entries("history")
    entries = part.spells_to(part.rows.chances, "void", (0, 0, 0))
    for place, (created, live) in enumerate(zip(facts.scalar("created"), part.live, strict=True)):
        limit = created + FOLLOWED
        limit = min(limit, as_of)
        came = 0
        if not live:
            end = history.last_of(place)[0]
            came, limit = (1, end) if end <= limit else (0, limit)
        limit = max(limit, created)
        if place in held:
            part.spell(entries, place, (created, limit, came))
        else:
            entries.extend((first + place, created, 0, created, limit, came))


def _responses(part: _Part) -> None:
    """Add the time to the first answer, and to each later one."""
    facts, as_of, held, times = part.facts, part.rows.as_of, part.held, part.rows.times
    chosen = [live and not cut for live, cut in zip(part.live, facts.scalar("cut"), strict=True)]
    waits = [*zip(part.tickets("waits"), *facts.entries("waits").parts, strict=True)]
    if more := _alone(part, chosen):
        waits = sorted([*waits, *more], key=itemgetter(0))
    keys = {True: ("first_response", ""), False: ("next_response", "")}
    added: dict[bool, list[int]] = {}
    for number, (place, start, until, outcome, first) in enumerate(waits):
        if not chosen[place]:
            continue
        if first not in added:
            added[first] = part.spells_to(times, keys[bool(first)], (place, 0, number))
        end = as_of if until is None else until
        end = max(end, start)
        replied = 1 if outcome == "replied" else 0
        if place in held:
            part.spell(added[first], place, (start, end, replied))
        else:
            added[first].extend((part.first + place, start, 0, start, end, replied))


def _alone(part: _Part, chosen: Sequence[bool]) -> list[Entry]:
    """Return waits of tickets of others of which the log holds replies alone."""
    facts = part.facts
    snapshots = facts.scalar("snapshot")
    if not any(snapshots):
        return []
    created, by = facts.scalar("created"), facts.scalar("created_by")
    waits, acts = facts.entries("waits"), facts.entries("acts")
    made: list[Entry] = []
    for place, snapshot in enumerate(snapshots):
        if snapshot and chosen[place] and by[place] == "third_party" and not waits.size_of(place):
            reply = next((at for at, kind in acts.of(place) if kind == "reply"), None)
            if reply is not None:  # without one nobody knows whether an answer was given
                made.append((place, created[place], reply, "replied", True))
    return made


def _resolutions(part: _Part) -> None:
    """Add the time to the first solution, whole and without waiting."""
    facts, as_of = part.facts, part.rows.as_of
    solves, waiting, created = facts.entries("solves"), _waiting(part), facts.scalar("created")
    starts, (at,) = solves.offsets, solves.parts
    some = [start < end for start, end in pairwise(starts)]
    if not (chosen := _known_to_end(part, some)):
        return
    entries, whole = (
        part.spells_to(parts, ("resolution", ""), (chosen[0], 1, 0))
        for parts in (part.rows.times, part.rows.whole)
    )
    for place in chosen:
        came, solved = created[place], int(some[place])
        end = max(came, at[starts[place]]) if solved else as_of
        pauses = waiting.get(place, ())
        spans = [(begin, min(until, end)) for begin, until in pauses if begin < end]
        part.spell(whole, place, (came, end, solved))
        part.spell(entries, place, (came, end, solved), spans)


def _known_to_end(part: _Part, solved: Sequence[bool]) -> list[int]:
    """Return the tickets of which is known when they were solved, or that they were not."""
    told = zip(solved, part.facts.scalar("ever_solved"), strict=True)
    known = [there or not ever for there, ever in told]
    return [*compress(range(part.facts.size), map(and_, part.live, known))]


def _waiting(part: _Part) -> dict[int, list[tuple[int, int]]]:
    """Return when tickets waited for their customer or for others, by place of the ticket."""
    history = part.facts.entries("history")
    at, categories = history.parts
    offsets = history.offsets
    made: dict[int, list[tuple[int, int]]] = {}
    for number, place in compress(
        enumerate(part.tickets("history")), map(WAITING.__contains__, categories)
    ):
        until = at[number + 1] if number + 1 < offsets[place + 1] else FAR
        if at[number] < until:
            made.setdefault(place, []).append((at[number], until))
    return made


def _reopenings(part: _Part) -> None:
    """Add the time from each solution in which the ticket may be opened again."""
    facts, as_of, held = part.facts, part.rows.as_of, part.held
    solves, reopenings = facts.entries("solves"), facts.entries("reopenings")
    chosen = [
        live and not snapshot
        for live, snapshot in zip(part.live, facts.scalar("snapshot"), strict=True)
    ]
    if True not in chosen:
        return
    entries = part.spells_to(part.rows.chances, "reopened", (chosen.index(True), 1, 0))
    (at,), (back,) = solves.parts, reopenings.parts
    for number, place in enumerate(part.tickets("solves")):
        if not chosen[place]:
            continue
        start = at[number]
        limit = at[number + 1] if number + 1 < solves.offsets[place + 1] else as_of
        limit = max(start, min(start + FOLLOWED, limit, as_of))
        came, low, high = 0, reopenings.offsets[place], reopenings.offsets[place + 1]
        if low < high:
            own = bisect_left(back, start, low, high)
            if own < high and back[own] <= limit:
                came, limit = 1, back[own]
        if place in held:
            part.spell(entries, place, (start, limit, came))
        else:
            entries.extend((part.first + place, start, 0, start, limit, came))


def _flow(part: _Part) -> None:
    """Add when tickets came into the queue and left it, as often as they did."""
    facts, first, live, unit_at = part.facts, part.first, part.live, part.unit_at
    if True not in live:
        return
    met, counts, held = live.index(True), part.rows.counts, part.held
    created = part.marks_to(counts, "created", (met, 0, 0))
    flow = part.marks_to(counts, "backlog", (met, 1, 0))
    back, solved = facts.entries("reopenings"), facts.entries("solves")
    bounds = zip(pairwise(back.offsets), pairwise(solved.offsets), strict=True)
    for place, (came, spans) in enumerate(zip(facts.scalar("created"), bounds, strict=True)):
        if not live[place]:
            continue
        unit = first + place
        created.extend((unit, came, 1))
        flow.extend((unit, came, -1))
        for own, (start, end), value in zip((back, solved), spans, (-1, 1), strict=True):
            for at in own.parts[0][start:end] if start < end else ():
                flow.extend((unit_at(place, at) if place in held else unit, at, value))


def _hand_overs(part: _Part) -> None:
    """Add the time until a group hands a ticket back, and who moved it to a higher line."""
    stays = part.facts.entries("stays")
    at, groups, lines, _ = stays.parts
    lined = any(line is not None for line in lines)
    for place, (start, end) in enumerate(pairwise(stays.offsets)):
        if part.live[place]:
            if end - start > 1:
                _backs(part, place, _visits(at[start:end], groups[start:end]))
            if lined:
                _escalations(part, place, _visits(at[start:end], lines[start:end]))


def _backs(part: _Part, place: int, visits: list[tuple[int, Any]]) -> None:
    """Add the time until a group hands a ticket back."""
    for (_, former), (start, _), after in zip(
        visits, visits[1:], [*visits[2:], None], strict=False
    ):
        end, following = _end_of_visit(part, place, start, after)
        entries = part.spells_to(part.rows.chances, "handed_back", (place, 2, 0))
        part.spell(entries, place, (start, end, int(following == former)))


def _escalations(part: _Part, place: int, visits: list[tuple[int, Any]]) -> None:
    """Add which lines moved a ticket to a higher one."""
    for (start, line), after in zip(visits, [*visits[1:], None], strict=False):
        end, following = _end_of_visit(part, place, start, after)
        if following is not None or end < part.rows.as_of:
            higher = following is not None and following > line
            marks = part.marks_to(part.rows.trials, "escalated", (place, 0, 0))
            marks.extend((part.unit_at(place, end), end, int(higher)))


def _end_of_visit(
    part: _Part, place: int, start: int, after: tuple[int, Any] | None
) -> tuple[int, Any]:
    """Return when a holder is done with a ticket, and who had it then; None once it is solved."""
    solves = part.facts.entries("solves")
    low, high = solves.offsets[place], solves.offsets[place + 1]
    end = next((at for at in solves.parts[0][low:high] if at >= start), part.rows.as_of)
    return after if after is not None and after[0] <= end else (max(start, end), None)


def _visits(at: Sequence[int], values: Sequence[Any]) -> list[tuple[int, Any]]:
    """Return from when on which group, or which line, held a ticket; unknown ones left out."""
    visits: list[tuple[int, Any]] = []
    for start, value in zip(at, values, strict=True):
        if value is not None and (not visits or visits[-1][1] != value):
            visits.append((start, value))
    return visits


def _statuses(part: _Part) -> None:
    """Add the time in each status."""
    as_of, first, held, times = part.rows.as_of, part.first, part.held, part.rows.times
    added: dict[tuple[bool, str], list[int] | None] = {}
    stays = _status_stays(part)
    for number, (place, start, name, category) in enumerate(stays):
        if category in OVER:
            continue
        key = category == "solved", name
        entries = added.get(key)
        if entries is None:
            measure = ("closing_delay", "") if key[0] else ("status_time", name)
            entries = added[key] = part.spells_to(times, measure, (place, 2, number))
        end, ended = as_of, 0
        if number + 1 < len(stays) and stays[number + 1][0] == place:
            end, ended = stays[number + 1][1], 1
        end = max(end, start)
        if place in held:
            part.spell(entries, place, (start, end, ended))
        else:
            entries.extend((first + place, start, 0, start, end, ended))


def _status_stays(part: _Part) -> list[tuple[int, int, str, str]]:
    """Return the statuses of tickets: places of these, start, name and category."""
    facts, live = part.facts, part.live
    history = facts.entries("history")
    at, categories = history.parts
    offsets, made = history.offsets, list[tuple[int, int, str, str]]()
    before, named, own, last = -1, None, 0, 0
    for place, start, name in zip(
        part.tickets("statuses"), *facts.entries("statuses").parts, strict=True
    ):
        if place != before:
            before, own, last = place, offsets[place], offsets[place + 1]
        elif name == named:
            continue
        named = name
        if live[place]:
            while own + 1 < last and at[own + 1] <= start:
                own += 1
            made.append((place, start, name, categories[own] if own < last else "open"))
    return made


def _satisfaction(part: _Part) -> None:
    """Add whether the last answer of the customer was a good one."""
    ratings = part.facts.entries("ratings")
    for place, (start, end) in enumerate(pairwise(ratings.offsets)):
        asked = reversed(ratings.of(place) if start < end and part.live[place] else [])
        last = next((own for own in asked if own[0] == "csat"), None)
        if last is not None:
            _, at, score, low, high = last
            good = in_top_boxes(score, (low, high))
            if good is not None:
                marks = part.marks_to(part.rows.trials, "satisfied", (place, 1, 0))
                marks.extend((part.unit_at(place, at), at, int(not good)))


MEASURES = (
    *(_voids, _responses, _resolutions, _reopenings, _flow),
    *(_hand_overs, _statuses, _satisfaction),
)
