"""The drawn tickets as a log of events, as facts, and as a file for the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from support_model import kpi, serde
from support_model.events import Changed, Created, Message, Rated, RatingRequested, Related
from support_model.vocabulary import Priority, Status

from . import desk
from .simulation import Weeks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from support_model.events import Event
    from support_model.kpi import Facts

    from .simulation import Scenario, Ticket

STATUSES = {name: Status(name, category) for name, category in desk.STATUSES.items()}
PRIORITIES = {name: Priority(name, rank) for name, rank in desk.RANKS.items()}
OF_FIELD = {"status": STATUSES.get, "priority": PRIORITIES.get, "line": int}


def events(tickets: Iterable[Ticket], scenario: Scenario) -> Iterator[Event]:
    """Yield what happened up to the end of the log, ticket by ticket."""
    end = Weeks(scenario).end
    for ticket in tickets:
        for seq, entry in enumerate(ticket.entries, 1):
            if entry[0] < end:
                yield _event(ticket.id, seq, *entry)


def _event(ticket_id, seq, at, kind, role, actor, said) -> Event:
    parts = {
        "ticket_id": ticket_id,
        "seq": seq,
        "at": datetime.fromtimestamp(at, UTC),
        "role": role,
        "actor": actor,
    }
    if kind in {"created", "changed"}:
        fields = {name: OF_FIELD.get(name, str)(value) for name, value in said.items()}
        return (Created if kind == "created" else Changed)(**parts, fields=fields)
    if kind == "rated":
        return Rated(**parts, **said, scale=(1, 5))
    return {"message": Message, "related": Related, "rating_requested": RatingRequested}[kind](
        **parts, **said
    )


def end_of(scenario: Scenario) -> datetime:
    """Return the instant at which the log ends."""
    return datetime.fromtimestamp(Weeks(scenario).end, UTC)


def facts(tickets: Iterable[Ticket], scenario: Scenario) -> tuple[Facts, ...]:
    """Return the facts of the tickets at the end of the log."""
    return kpi.case_table(events(tickets, scenario), as_of=end_of(scenario))


def write(tickets: Iterable[Ticket], scenario: Scenario, path: Path) -> int:
    """Write the log to a file of events, in the order in which they happened; how many."""
    log = sorted(events(tickets, scenario), key=lambda event: event.at)
    return serde.write_events(log, path)
