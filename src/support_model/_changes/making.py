"""The rows in which changes are sought, made of plain facts: of records and columns alike."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import deque
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import Factory, define

from support_model._changes.rows import Marks, Rows, Spells
from support_model._time import DAY, difference, micros_of, offsets
from support_model._vocabulary import Priority
from support_model.kpi import in_top_boxes, plain_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

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
Entry: TypeAlias = "tuple[Any, ...]"
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


@define
class _Ticket:
    """What is known of a ticket, and the units of who held it from when on."""

    unit: int
    created: int
    created_by: str
    category: str
    ever_solved: bool
    snapshot: bool
    cut: bool
    history: list[Entry]
    statuses: list[Entry]
    stays: list[Entry]
    acts: list[Entry]
    waits: list[Entry]
    solves: list[int]
    reopenings: list[int]
    ratings: list[Entry]
    held: list[tuple[int, int]] = Factory(list)


@define
class Maker:
    """Rows in the making."""

    rows: Rows
    codes: dict[str, Codes]
    own: tuple[str, ...]
    further: list[tuple[int, tuple[int, ...]]] = Factory(list)
    added: dict[Any, tuple[Spells, list[Entry]]] = Factory(dict)

    def spells(self, parts: dict[Key, Spells], key: Key) -> list[Entry]:
        """Return what spells of a measure are added to until `keep`; it is met now at the latest.

        To add whole entries to a list takes a third of the time of adding to six columns.
        """
        own = self.added.get(key)
        if own is None:
            own = self.added[key] = (spells_of(parts, key), [])
        return own[1]

    def keep(self) -> None:
        """Put the spells that were added into their columns."""
        for spells, entries in self.added.values():
            spells.extend(entries)
            entries.clear()

    def hold(self, ticket: _Ticket, stays: list[Entry]) -> None:
        """Note from when on which unit stands for a ticket, and add its fields of who held it."""
        own, fields = self.own, self.rows.fields
        coders = [(self.codes[name], HELD.index(name) + 1) for name in own]
        if len(stays) == 1:
            (stay,) = stays
            for name, (codes, place) in zip(own, coders, strict=True):
                fields[name].append(codes.of(stay[place]))
            ticket.held.append((stay[0], ticket.unit))
            return
        first = tuple([codes.of(_first(stays, place)) for codes, place in coders])
        for name, code in zip(own, first, strict=True):
            fields[name].append(code)
        known = {first: ticket.unit}
        for stay in stays:
            held = tuple([codes.of(stay[place]) for codes, place in coders])
            number = known.get(held)
            if number is None:
                number = known[held] = -1 - len(self.further)
                self.further.append((ticket.unit, held))
            if not ticket.held or ticket.held[-1][1] != number:
                ticket.held.append((stay[0], number))

    def spell(
        self,
        spells: list[Entry],
        ticket: _Ticket,
        start: int,
        end: int,
        ended: int,
        pauses: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Add a spell, cut where another one holds the ticket, without its pauses.

        An entry has the columns of `Spells`.
        """
        held = ticket.held
        if len(held) == 1 and not pauses:
            spells.append((held[0][1], start, 0, start, end, ended))
            return
        spans = difference([(start, end)], pauses) if pauses else [(start, end)]
        parts, place = _cut(spans, held)
        if ended and (not parts or parts[-1][2] != end):  # the outcome came in a pause
            parts.append((held[place][1], end, end))
        for number, (unit, begin, until) in enumerate(parts, start=1):
            origin = begin if number == 1 else start
            came = ended if number == len(parts) and until == end else 0
            spells.append((unit, origin, int(number > 1), begin, until, came))

    def finish(self) -> Rows:
        """Return the rows, with the units of further holders after those of the tickets."""
        rows = self.rows
        size = len(rows.ids)
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
        spells = (*rows.times.values(), *rows.chances.values())
        marks = (*rows.trials.values(), *rows.counts.values())
        for units in (*(each.unit for each in spells), *(each.unit for each in marks)):
            for place, unit in enumerate(units):
                if unit < 0:
                    units[place] = size - 1 - unit
        return rows

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


def _first(stays: list[Entry], part: int) -> Any:  # noqa: ANN401 - whatever stays hold
    """Return the first value of a part that is known."""
    return next((stay[part] for stay in stays if stay[part] is not None), None)


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
    rows = Rows(as_of, fields={name: array("i") for name in names})
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


def _last(part: PlainFacts) -> int:
    """Return up to when something is known of any of some tickets."""
    if part.columns is None:
        return int(max(part.scalar("as_of")))
    return int(part.columns.numbers("as_of").max())


def _add(maker: Maker, part: PlainFacts, tz: ZoneInfo, calendar: BusinessCalendar | None) -> None:
    """Add the rows of some tickets, ticket by ticket."""
    _fields(maker, part, hours_names(part.scalar("created"), tz, calendar))
    for ticket in _tickets(maker, part):
        _void(maker, ticket)
        if ticket.category != "void":
            _measures(maker, ticket)
    maker.keep()


def _fields(maker: Maker, part: PlainFacts, hours: list[str]) -> None:
    """Add the fields of tickets but for who holds them."""
    for name, codes in maker.codes.items():
        values = hours if name == "hours" else part.field(name)
        lists = f"{name}s" if name in maker.own else ""
        told = bool(lists) and part.entries(lists).offsets[-1] > 0
        codes.known = codes.known or told or any(value is not None for value in values)
        if name not in maker.own:
            maker.rows.fields[name].extend(map(codes.of, values))


def _tickets(maker: Maker, part: PlainFacts) -> Iterator[_Ticket]:
    """Add tickets with who held them, and yield each for its measures to be added."""
    rows = maker.rows
    scalars = [
        part.scalar(name)
        for name in ("created", "created_by", "category", "ever_solved", "snapshot", "cut")
    ]
    lists = [
        *(part.entries(name).each() for name in ("history", "statuses", "stays", "acts", "waits")),
        *(_ones(part, name) for name in ("solves", "reopenings")),
        part.entries("ratings").each(),
    ]
    first = len(rows.ids)
    rows.ids.extend(part.scalar("ticket_id"))
    rows.created.extend(scalars[0])
    for unit, (values, own, stays) in enumerate(
        zip(zip(*scalars, strict=True), zip(*lists, strict=True), stays_of(part), strict=True),
        first,
    ):
        ticket = _Ticket(unit, *values, *own)
        maker.hold(ticket, stays)
        yield ticket


def stays_of(part: PlainFacts) -> Iterator[list[Entry]]:
    """Yield who held each ticket from when on; without a history, who holds it now."""
    last = [_lasts(part, name) for name in HELD]
    stays = part.entries("stays").each()
    for own, created, *held in zip(stays, part.scalar("created"), *last, strict=True):
        yield own or [(created, *held)]


def _ones(part: PlainFacts, name: str) -> Iterator[list[Any]]:
    """Yield the entries of each ticket that have one part."""
    entries = part.entries(name)
    (values,) = entries.parts
    for start, end in pairwise(entries.offsets):
        yield [*values[start:end]]


def _lasts(part: PlainFacts, name: str) -> Iterator[Any]:
    """Yield who held each ticket last, or else what its field says."""
    for own, now in zip(_ones(part, f"{name}s"), part.field(name), strict=True):
        yield own[-1] if own else now


def hours_names(
    instants: Sequence[int], tz: ZoneInfo, calendar: BusinessCalendar | None
) -> list[str]:
    """Return in which part of the week each instant is; they are in order."""
    if not instants:
        return []
    changes = offsets(tz, instants[0], instants[-1] + 1)
    starts, names = [at for at, _ in changes], []
    opened = None if calendar is None else calendar.timeline.open_before
    for at in instants:
        local = at + changes[bisect_right(starts, at) - 1][1]
        weekend = (local // DAY + 3) % 7 >= SATURDAY  # 1970-01-01 was a Thursday
        if opened is not None:
            open_now = opened(at + 1) > opened(at)
        else:
            open_now = not weekend and local % DAY // HOUR in DAY_HOURS
        names.append("open" if open_now else "weekend" if weekend else "evening/night")
    return names


def _void(maker: Maker, ticket: _Ticket) -> None:
    """Add the time in which a ticket may turn out to be void; one that is counts nowhere else."""
    created = ticket.created
    limit = min(created + FOLLOWED, maker.rows.as_of)
    end = ticket.history[-1][0] if ticket.category == "void" else None
    came = end is not None and end <= limit
    spells = maker.spells(maker.rows.chances, "void")
    stop = end if end is not None and came else limit
    maker.spell(spells, ticket, created, max(created, stop), int(came))


def _measures(maker: Maker, ticket: _Ticket) -> None:
    marks_of(maker.rows.counts, "created").add(ticket.unit, ticket.created)
    if not ticket.cut:
        _responses(maker, ticket)
    _resolutions(maker, ticket)
    if not ticket.snapshot:
        _reopenings(maker, ticket)
    _flow(maker, ticket)
    _hand_overs(maker, ticket)
    _statuses(maker, ticket)
    _satisfaction(maker, ticket)


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


def _responses(maker: Maker, ticket: _Ticket) -> None:
    times = maker.rows.times
    for start, end, outcome, first in ticket.waits:
        key = ("first_response" if first else "next_response", "")
        until = maker.rows.as_of if end is None else end
        spells = maker.spells(times, key)
        maker.spell(spells, ticket, start, max(start, until), int(outcome == "replied"))
    if ticket.snapshot and not ticket.waits and ticket.created_by == "third_party":
        reply = next((at for at, kind in ticket.acts if kind == "reply"), None)
        if reply is not None:  # without one nobody knows whether an answer was given
            spells = maker.spells(times, ("first_response", ""))
            end = max(ticket.created, reply)
            maker.spell(spells, ticket, ticket.created, end, 1)


def _resolutions(maker: Maker, ticket: _Ticket) -> None:
    """Add the time to the first solution."""
    rows, first = maker.rows, ticket.solves[0] if ticket.solves else None
    if first is None and ticket.ever_solved:
        return  # nobody knows when
    times = maker.spells(rows.times, ("resolution", ""))
    end = rows.as_of if first is None else max(first, ticket.created)
    pauses = _pauses(ticket.history, end)
    maker.spell(times, ticket, ticket.created, end, int(first is not None), pauses)


def _pauses(history: list[Entry], end: int) -> list[tuple[int, int]]:
    """Return when a ticket waited for its customer or for others."""
    if not any(category in WAITING for _, category in history):
        return []
    ends = [*(at for at, _ in history[1:]), end]
    return [
        (start, min(until, end))
        for (start, category), until in zip(history, ends, strict=True)
        if category in WAITING and start < min(until, end)
    ]


def _reopenings(maker: Maker, ticket: _Ticket) -> None:
    """Add the time from each solution in which the ticket may be opened again."""
    as_of, solves, reopenings = maker.rows.as_of, ticket.solves, ticket.reopenings
    spells = maker.spells(maker.rows.chances, "reopened")
    for at, following in zip(solves, [*solves[1:], as_of], strict=False):
        limit = max(at, min(at + FOLLOWED, following, as_of))
        back = next((t for t in reopenings if at <= t <= limit), None)
        maker.spell(spells, ticket, at, limit if back is None else back, int(back is not None))


def _hand_overs(maker: Maker, ticket: _Ticket) -> None:
    """Add the time until a group hands a ticket back, and who moved it to a higher line."""
    rows, solves = maker.rows, ticket.solves
    groups = _visits(ticket, 1)
    for (_, former), (start, _), after in zip(
        groups, groups[1:], [*groups[2:], None], strict=False
    ):
        end, following = _end_of_visit(maker, solves, start, after)
        spells = maker.spells(rows.chances, "handed_back")
        maker.spell(spells, ticket, start, end, int(following == former))
    lines = _visits(ticket, 2)
    for (start, line), after in zip(lines, [*lines[1:], None], strict=False):
        end, following = _end_of_visit(maker, solves, start, after)
        if following is not None or end < rows.as_of:
            higher = following is not None and following > line
            trials = marks_of(rows.trials, "escalated")
            trials.add(_unit_at(ticket, end), end, int(higher))


def _end_of_visit(
    maker: Maker, solves: list[int], start: int, after: tuple[int, Any] | None
) -> tuple[int, Any]:
    """Return when a holder is done with a ticket, and who had it then; None once it is solved."""
    end = next((at for at in solves if at >= start), maker.rows.as_of)
    return after if after is not None and after[0] <= end else (max(start, end), None)


def _visits(ticket: _Ticket, part: int) -> list[tuple[int, Any]]:
    """Return from when on which group, or which line, held a ticket; unknown ones left out."""
    visits: list[tuple[int, Any]] = []
    for stay in ticket.stays:
        if stay[part] is not None and (not visits or visits[-1][1] != stay[part]):
            visits.append((stay[0], stay[part]))
    return visits


def _flow(maker: Maker, ticket: _Ticket) -> None:
    """Add when a ticket came into the queue and left it, as often as it did."""
    flow = marks_of(maker.rows.counts, "backlog")
    flow.add(ticket.unit, ticket.created, -1)
    for at in ticket.reopenings:
        flow.add(_unit_at(ticket, at), at, -1)
    for at in ticket.solves:
        flow.add(_unit_at(ticket, at), at, 1)


def _unit_at(ticket: _Ticket, at: int) -> int:
    """Return the unit that held a ticket just before an instant."""
    unit = ticket.held[0][1]
    for start, held in ticket.held:
        if start >= at:
            break
        unit = held
    return unit


def _statuses(maker: Maker, ticket: _Ticket) -> None:
    times, as_of = maker.rows.times, maker.rows.as_of
    for name, category, start, end in _status_stays(ticket):
        if category in {"void", "closed"}:
            continue
        key = ("closing_delay", "") if category == "solved" else ("status_time", name)
        spells = maker.spells(times, key)
        until = max(start, as_of if end is None else end)
        maker.spell(spells, ticket, start, until, int(end is not None))


def _status_stays(ticket: _Ticket) -> Iterator[tuple[str, str, int, int | None]]:
    """Yield the statuses of a ticket by name, with category, start and end."""
    history, place = ticket.history, 0
    entries: list[Entry] = []
    for entry in ticket.statuses:
        if not entries or entries[-1][1] != entry[1]:
            entries.append(entry)
    ends = [*(at for at, _ in entries[1:]), None]
    for (start, name), end in zip(entries, ends, strict=False):
        while place + 1 < len(history) and history[place + 1][0] <= start:
            place += 1
        yield name, history[place][1] if history else "open", start, end


def _satisfaction(maker: Maker, ticket: _Ticket) -> None:
    """Add whether the last answer of the customer was a good one."""
    for kind, at, score, low, high in reversed(ticket.ratings):
        if kind == "csat":
            good = in_top_boxes(score, (low, high))
            if good is not None:
                trials = marks_of(maker.rows.trials, "satisfied")
                trials.add(_unit_at(ticket, at), at, int(not good))
            return
