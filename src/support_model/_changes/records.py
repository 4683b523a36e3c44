"""The rows in which changes are sought, made of facts as records."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from attrs import Factory, define

from support_model._changes.rows import Marks, Rows, Spells
from support_model._time import difference, micros, micros_of
from support_model._vocabulary import Priority
from support_model.kpi import SATISFIED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from support_model.calendars import BusinessCalendar
    from support_model.kpi import Facts

HELD = ("group", "line", "agent")
"""Fields that say who holds a ticket: they are those of a unit, all others of the ticket."""
WAITING = frozenset({"pending", "on_hold"})
"""Categories in which a ticket waits for its customer or for others, not for the desk."""
FOLLOWED = micros_of(timedelta(days=7))
"""How long after a solution a reopening counts, and after its creation that a ticket is void."""
DAY_HOURS = range(8, 18)
"""What is called the day where no opening hours are given."""
FIELDS = ("channel", "priority", "type", "group", "line", "agent", "organization", "topic")


@define
class _Codes:
    """Values of a field as whole numbers, in the order in which they are met."""

    places: dict[str, int] = Factory(dict)

    def of(self, value: object) -> int:
        """Return the code of a value; -1 for None."""
        if value is None:
            return -1
        text = value.name if isinstance(value, Priority) else str(value)
        return self.places.setdefault(text, len(self.places))


@define
class _Ticket:
    """A ticket in the making: its facts, and the units of who held it from when on."""

    facts: Facts
    created: int
    unit: int
    stays: list[tuple[int, int]]


@define
class _Maker:
    """Rows in the making."""

    rows: Rows
    tz: ZoneInfo
    calendar: BusinessCalendar | None
    own: tuple[str, ...]
    codes: dict[str, _Codes]
    held: list[tuple[int, dict[str, int]]] = Factory(list)

    def begin(self, facts: Facts) -> _Ticket:
        """Add a ticket with its fields, and return what its measures are added to."""
        rows = self.rows
        unit = len(rows.ids)
        created = micros(facts.created)
        rows.ids.append(facts.ticket_id)
        rows.created.append(created)
        stays = _stays(facts, created)
        for name in self.own:
            if name in HELD:
                place = HELD.index(name)
                value = next((held[place] for _, held in stays if held[place] is not None), None)
            elif name == "hours":
                value = hours_name(facts.created, self.tz, self.calendar)
            else:
                value = facts.fields.get(name)
            rows.fields[name].append(self.codes[name].of(value))
        return _Ticket(facts, created, unit, self._held(unit, stays))

    def _held(self, unit: int, stays: list[tuple[int, Sequence[Any]]]) -> list[tuple[int, int]]:
        """Return from when on which unit stands for a ticket."""
        own = {name: self.rows.fields[name][unit] for name in self.own if name in HELD}
        known: list[tuple[dict[str, int], int]] = [(own, unit)]
        units: list[tuple[int, int]] = []
        for at, values in stays:
            held = {name: self.codes[name].of(values[HELD.index(name)]) for name in own}
            number = next((number for each, number in known if each == held), None)
            if number is None:
                number = -1 - len(self.held)
                self.held.append((unit, held))
                known.append((held, number))
            if not units or units[-1][1] != number:
                units.append((at, number))
        return units

    def spell(
        self,
        spells: Spells,
        ticket: _Ticket,
        start: int,
        end: int,
        ended: int,
        pauses: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Add a spell, cut where another one holds the ticket, without its pauses."""
        origin: int | None = None
        stays, place = ticket.stays, 0
        for begin, until in difference([(start, end)], pauses) if pauses else [(start, end)]:
            while place + 1 < len(stays) and stays[place + 1][0] < until:
                left = stays[place + 1][0]
                if left > begin:
                    spells.add(stays[place][1], begin, left, 0, origin)
                    begin, origin = left, start  # noqa: PLW2901 - the next part begins there
                place += 1
            last = ended if until == end else 0
            spells.add(stays[place][1], begin, until, last, origin)
            origin = start
        if ended and (origin is None or spells.end[-1] != end):
            spells.add(stays[place][1], end, end, 1, origin)

    def finish(self) -> Rows:
        """Return the rows, with the units of further holders after those of the tickets."""
        rows = self.rows
        size = len(rows.ids)
        rows.ticket = [*range(size), *(unit for unit, _ in self.held)]
        for name, column in rows.fields.items():
            column.extend(held[name] if name in held else column[unit] for unit, held in self.held)
            rows.names[name] = list(self.codes[name].places)
        spells = (*rows.times.values(), *rows.chances.values())
        marks = (*rows.trials.values(), *rows.counts.values())
        for column in (*(each.unit for each in spells), *(each.unit for each in marks)):
            column[:] = [unit if unit >= 0 else size - 1 - unit for unit in column]
        return rows


def rows_of_records(
    facts: Iterable[Facts],
    *,
    tz: ZoneInfo,
    calendar: BusinessCalendar | None = None,
    fields: Iterable[str] | None = None,
) -> Rows:
    """Return the rows of tickets; they do not depend on the order of these."""
    tickets = sorted(facts, key=lambda each: (each.created, each.ticket_id))
    as_of = max((micros(each.as_of) for each in tickets), default=0)
    own = (*_held_fields(tickets, FIELDS if fields is None else fields), "hours")
    rows = Rows(as_of, fields={name: [] for name in own})
    maker = _Maker(rows, tz, calendar, own, {name: _Codes() for name in own})
    for each in tickets:
        ticket = maker.begin(each)
        _void(maker, ticket)
        if each.category != "void":
            _measures(maker, ticket)
    return maker.finish()


def _held_fields(tickets: list[Facts], names: Iterable[str]) -> list[str]:
    """Return the fields of which any ticket has a value."""
    return [name for name in names if any(_has(each, name) for each in tickets)]


def _void(maker: _Maker, ticket: _Ticket) -> None:
    """Add the time in which a ticket may turn out to be void; one that is counts nowhere else."""
    facts, as_of, end = ticket.facts, maker.rows.as_of, None
    if facts.category == "void":
        end = micros(next(at for at, what in reversed(facts.history) if what == "void"))
    limit = min(ticket.created + FOLLOWED, as_of)
    came = end is not None and end <= limit
    spells = maker.rows.chances.setdefault("void", Spells())
    stop = end if end is not None and came else limit
    maker.spell(spells, ticket, ticket.created, max(ticket.created, stop), int(came))


def _measures(maker: _Maker, ticket: _Ticket) -> None:
    _marks(maker.rows.counts, "created").add(ticket.unit, ticket.created)
    _responses(maker, ticket)
    _resolutions(maker, ticket)
    if not ticket.facts.snapshot:
        _reopenings(maker, ticket)
    _flow(maker, ticket)
    _hand_overs(maker, ticket)
    _statuses(maker, ticket)
    _satisfaction(maker, ticket)


def _has(facts: Facts, name: str) -> bool:
    """Return whether a ticket has a value of a field, or had."""
    own = {"group": facts.groups, "line": facts.lines, "agent": facts.agents}.get(name)
    return bool(own) or facts.fields.get(name) is not None


def _marks(parts: dict[str, Marks], key: str) -> Marks:
    return parts.setdefault(key, Marks())


def _stays(facts: Facts, created: int) -> list[tuple[int, Sequence[Any]]]:
    """Return from when on who held a ticket: group, line, agent; without a history, as now."""
    if facts.stays:
        return [(micros(at), held) for at, *held in facts.stays]
    fields = facts.fields
    group = fields.get("group") if not facts.groups else facts.groups[-1]
    line = fields.get("line") if not facts.lines else facts.lines[-1]
    agent = fields.get("agent") if not facts.agents else facts.agents[-1]
    return [(created, (group, line, agent))]


def hours_name(created: datetime, tz: ZoneInfo, calendar: BusinessCalendar | None) -> str:
    """Return in which part of the week a ticket was created."""
    local = created.astimezone(tz)
    weekend = local.weekday() >= 5
    day = (
        not weekend and local.hour in DAY_HOURS if calendar is None else calendar.is_open(created)
    )
    if day:
        return "open"
    return "weekend" if weekend else "evening/night"


def _responses(maker: _Maker, ticket: _Ticket) -> None:
    facts, times = ticket.facts, maker.rows.times
    if facts.cut:
        return
    for wait in facts.waits:
        key = ("first_response" if wait.first else "next_response", "")
        start = micros(wait.start)
        end = maker.rows.as_of if wait.end is None else micros(wait.end)
        spells = times.setdefault(key, Spells())
        maker.spell(spells, ticket, start, max(start, end), int(wait.outcome == "replied"))
    if facts.snapshot and not facts.waits and facts.created_by == "third_party":
        reply = next((act.at for act in facts.acts if act.kind == "reply"), None)
        if reply is not None:  # without one nobody knows whether an answer was given
            spells = times.setdefault(("first_response", ""), Spells())
            end = max(ticket.created, micros(reply))
            maker.spell(spells, ticket, ticket.created, end, 1)


def _resolutions(maker: _Maker, ticket: _Ticket) -> None:
    """Add the time to the first solution."""
    facts, rows = ticket.facts, maker.rows
    first = micros(facts.solves[0].at) if facts.solves else None
    if first is None and facts.ever_solved:
        return  # nobody knows when
    times = rows.times.setdefault(("resolution", ""), Spells())
    end = rows.as_of if first is None else max(first, ticket.created)
    maker.spell(times, ticket, ticket.created, end, int(first is not None), _pauses(facts, end))


def _pauses(facts: Facts, end: int) -> list[tuple[int, int]]:
    """Return when a ticket waited for its customer or for others."""
    if not any(category in WAITING for _, category in facts.history):
        return []
    starts = [micros(at) for at, _ in facts.history]
    return [
        (start, min(until, end))
        for (_, category), start, until in zip(
            facts.history, starts, [*starts[1:], end], strict=True
        )
        if category in WAITING and start < min(until, end)
    ]


def _reopenings(maker: _Maker, ticket: _Ticket) -> None:
    """Add the time from each solution in which the ticket may be opened again."""
    facts, as_of = ticket.facts, maker.rows.as_of
    spells = maker.rows.chances.setdefault("reopened", Spells())
    solves = [micros(solve.at) for solve in facts.solves]
    for at, following in zip(solves, [*solves[1:], as_of], strict=False):
        limit = max(at, min(at + FOLLOWED, following, as_of))
        back = next((t for t in map(micros, facts.reopenings) if at <= t <= limit), None)
        maker.spell(spells, ticket, at, limit if back is None else back, int(back is not None))


def _hand_overs(maker: _Maker, ticket: _Ticket) -> None:
    """Add the time until a group hands a ticket back, and who moved it to a higher line."""
    solves = [micros(solve.at) for solve in ticket.facts.solves]
    groups = _visits(ticket, 0)
    for (_, former), (start, _), after in zip(
        groups, groups[1:], [*groups[2:], None], strict=False
    ):
        end, following = _end_of_visit(maker, solves, start, after)
        spells = maker.rows.chances.setdefault("handed_back", Spells())
        maker.spell(spells, ticket, start, end, int(following == former))
    lines = _visits(ticket, 1)
    for (start, line), after in zip(lines, [*lines[1:], None], strict=False):
        end, following = _end_of_visit(maker, solves, start, after)
        if following is not None or end < maker.rows.as_of:
            trials = maker.rows.trials.setdefault("escalated", Marks())
            higher = following is not None and following > line
            trials.add(_unit_at(ticket, end), end, int(higher))


def _end_of_visit(
    maker: _Maker, solves: list[int], start: int, after: tuple[int, Any] | None
) -> tuple[int, Any]:
    """Return when a holder is done with a ticket, and who had it then; None once it is solved."""
    end = next((at for at in solves if at >= start), maker.rows.as_of)
    return after if after is not None and after[0] <= end else (max(start, end), None)


def _visits(ticket: _Ticket, place: int) -> list[tuple[int, Any]]:
    """Return from when on which group, or which line, held a ticket; unknown ones left out."""
    visits: list[tuple[int, Any]] = []
    for at, *held in ticket.facts.stays:
        if held[place] is not None and (not visits or visits[-1][1] != held[place]):
            visits.append((micros(at), held[place]))
    return visits


def _flow(maker: _Maker, ticket: _Ticket) -> None:
    """Add when a ticket came into the queue and left it, as often as it did."""
    flow = _marks(maker.rows.counts, "backlog")
    flow.add(ticket.unit, ticket.created, -1)
    for at in map(micros, ticket.facts.reopenings):
        flow.add(_unit_at(ticket, at), at, -1)
    for solve in ticket.facts.solves:
        at = micros(solve.at)
        flow.add(_unit_at(ticket, at), at, 1)


def _unit_at(ticket: _Ticket, at: int) -> int:
    """Return the unit that held a ticket just before an instant."""
    unit = ticket.stays[0][1]
    for start, held in ticket.stays:
        if start >= at:
            break
        unit = held
    return unit


def _statuses(maker: _Maker, ticket: _Ticket) -> None:
    times = maker.rows.times
    for name, category, start, end in _status_stays(ticket.facts):
        if category in {"void", "closed"}:
            continue
        key = ("closing_delay", "") if category == "solved" else ("status_time", name)
        until = maker.rows.as_of if end is None else end
        spells = times.setdefault(key, Spells())
        maker.spell(spells, ticket, start, max(start, until), int(end is not None))


def _status_stays(facts: Facts) -> Iterator[tuple[str, str, int, int | None]]:
    """Yield the statuses of a ticket by name, with category, start and end."""
    history, place = facts.history, 0
    entries: list[tuple[int, str]] = []
    for at, name in facts.statuses:
        t = micros(at)
        if entries and entries[-1][1] == name:
            continue
        entries.append((t, name))
    for number, (start, name) in enumerate(entries):
        while place + 1 < len(history) and micros(history[place + 1][0]) <= start:
            place += 1
        end = entries[number + 1][0] if number + 1 < len(entries) else None
        yield name, history[place][1] if history else "open", start, end


def _satisfaction(maker: _Maker, ticket: _Ticket) -> None:
    rating = ticket.facts.rating("csat") if ticket.facts.ratings else None
    if rating is None:
        return
    judged = SATISFIED.asked(ticket.facts)
    if isinstance(judged, bool):
        at = micros(rating.at)
        trials = maker.rows.trials.setdefault("satisfied", Marks())
        trials.add(_unit_at(ticket, at), at, int(not judged))
