"""The tickets of a log as facts, as of any instant: what the KPIs are asked of.

What the source states of a ticket takes precedence over what its events show: a close without a
recorded solution is none where solutions are recorded. Cohorts are seen the same time after
their end, so that an older one has had no more time to be solved.
"""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from support_model._packed_events import PackedEvents, of_kind
from support_model._report.reading import unknown_people
from support_model._time import micros, utc
from support_model.errors import MissingCreation
from support_model.events import Changed, Created, Message, Related, known_by, ordered
from support_model.kpi import (
    Solve,
    Stay,
    facts_in_order,
    packed,
    plain_facts,
    with_merged,
    without_circles,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from support_model.adapters import EventLog, Recorded
    from support_model.events import Event
    from support_model.kpi import Facts, PlainFacts


def facts_as_recorded(
    events: Sequence[Event],
    recorded: Recorded | None = None,
    *,
    as_of: datetime,
    unknown: Collection[str] = (),
) -> Facts:
    """Return what is known of a ticket at an instant, its priority as a word.

    Args:
        events: its log.
        recorded: what the source states of it besides.
        as_of: the instant.
        unknown: people whose role nobody told.

    Raises:
        MissingCreation: the ticket did not exist yet.
    """
    known = known_by(events, micros(as_of))
    if not known:
        raise MissingCreation(as_of, "the ticket did not exist yet", "give a later instant")
    return _as_recorded(ordered(known), recorded, utc(as_of), unknown)


def _as_recorded(
    known: Sequence[Event],
    recorded: Recorded | None,
    as_of: datetime,
    unknown: Collection[str],
) -> Facts:
    """Return what is known of a ticket from its events in order, none of them later."""
    facts = facts_in_order(known, as_of=as_of)
    if unknown:
        facts = _with_unknown(facts, known, unknown)
    if recorded is None:
        return facts
    created, closed = recorded.instants.get("created"), _closed(facts, recorded, known)
    return facts.revised(
        created=facts.created if created is None else utc(created),
        solves=_solves(facts, recorded),
        agents=_agents(known),
        stays=() if facts.snapshot else _stays(known),
        closed=closed and utc(closed),
    )


def _with_unknown(facts: Facts, known: Sequence[Event], unknown: Collection[str]) -> Facts:
    acts = [event for event in known if event.role == "third_party" and event.actor in unknown]
    wrote = (event.at for event in acts if isinstance(event, Created | Message))
    acted = min((event.at for event in acts), default=None)
    return facts.revised(unknown_wrote=min(wrote, default=None), unknown_acted=acted)


def _solves(facts: Facts, recorded: Recorded) -> tuple[Solve, ...]:
    if "solved" not in recorded.instants:
        return facts.solves
    at = recorded.instants["solved"]
    agent = facts.solves[-1].agent if facts.solves else facts.fields.get("agent")
    return () if at is None or micros(at) > micros(facts.as_of) else (Solve(at, agent),)


def _agents(events: Iterable[Event]) -> tuple[str, ...]:
    """Return the agents in order; who assigned them is not recorded, so no stay is an offer."""
    named = (
        value
        for event in events
        if isinstance(event, Created | Changed)
        for name, value in event.fields
        if name == "agent" and value is not None
    )
    return tuple(agent for agent, _ in groupby(named))


def _stays(events: Iterable[Event]) -> tuple[Stay, ...]:
    """Return who held the ticket since when, no stay being an offer."""
    held: dict[str, Any] = {}
    stays: list[Stay] = []
    for event in events:
        if not isinstance(event, Created | Changed):
            continue
        held |= {name: value for name, value in event.fields if name in _HELD}
        if stays and stays[-1].at == event.at:
            stays.pop()
        stay = Stay(event.at, held.get("group"), held.get("line"), held.get("agent"))
        if not stays or stays[-1][1:] != stay[1:]:
            stays.append(stay)
    return tuple(stays)


_HELD = frozenset({"group", "line", "agent"})


def _closed(facts: Facts, recorded: Recorded, events: Sequence[Event]) -> datetime | None:
    """Return the close: as recorded, else the last event of a ticket that is closed."""
    if "closed" not in recorded.instants:
        return events[-1].at if facts.category == "closed" else None
    at = recorded.instants["closed"]
    return None if at is None or micros(at) > micros(facts.as_of) else at


PART = 1 << 11
"""How many tickets are records at a time."""


def packed_log_facts(log: EventLog) -> PlainFacts:
    """Return `log_facts` as plain lists: records of some tickets at a time are made and let go.

    Example:
        >>> from support_model.adapters import EventLog
        >>> packed_log_facts(EventLog(events=())).size
        0
    """
    last = log.last
    if last is None:
        return plain_facts(())
    logs, told = logs_in(log), _telling(log, last)
    moved = _merged(log)
    table = {ticket: told(ticket, logs[ticket]) for ticket in logs if ticket in moved}
    known = {
        facts.ticket_id: facts
        for facts in with_merged(without_circles(table, logs.__getitem__, told).values())
    }
    parts = iter(logs.items())

    def part() -> list[Facts]:
        some = islice(parts, PART)
        return [known.get(ticket) or told(ticket, events) for ticket, events in some]

    return packed(iter(part, []))


def logs_in(log: EventLog) -> Mapping[str, tuple[Event, ...]]:
    """Return the log of each ticket; packed events are made when one is asked for."""
    return log.events.logs() if isinstance(log.events, PackedEvents) else log.logs()


def _merged(log: EventLog) -> set[str]:
    """Return the tickets that were merged into another, and those others."""
    merges = (event for event in of_kind(log.events, Related) if event.kind == "merged_into")
    return {ticket for event in merges for ticket in (event.ticket_id, event.other)}


def log_facts(log: EventLog) -> tuple[Facts, ...]:
    """Return the facts of every ticket as of the last instant of the log.

    Example:
        >>> from support_model.adapters.table import load
        >>> from support_model.adapters.table import read
        >>> from support_model._cli import demo
        >>> facts = log_facts(read(demo.LOG, load(demo.MAPPING)))
        >>> len(facts), facts[0].fields["channel"], facts[0].category
        (994, 'portal', 'closed')
    """
    last = log.last
    if last is None:
        return ()
    logs, told = logs_in(log), _telling(log, last)
    table = {ticket: told(ticket, events) for ticket, events in logs.items()}
    return with_merged(without_circles(table, logs.__getitem__, told).values())


def _telling(log: EventLog, last: datetime) -> Callable[[str, Sequence[Event]], Facts]:
    """Return what makes the facts of a ticket of its events."""
    unknown = unknown_people(log)

    def facts_as_told(ticket: str, events: Sequence[Event]) -> Facts:
        recorded = log.recorded.get(ticket)
        created = None if recorded is None else recorded.instants.get("created")
        seen = last if created is None else max(last, utc(created))
        return _as_recorded(ordered(events), recorded, seen, unknown)

    return facts_as_told
