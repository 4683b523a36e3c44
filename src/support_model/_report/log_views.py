"""A log as a report asks it: the same questions of events as records and of events by columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from support_model._frozen import frozen
from support_model._report.cycle_rows import CycleRows, cycle_rows
from support_model._report.log_facts import log_facts
from support_model._report.reading import unknown_people
from support_model._vocabulary import Priority
from support_model.events import Changed, Created

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from support_model.adapters import EventLog
    from support_model.kpi import Facts
    from support_model.sla import PolicyBook


Tickets: TypeAlias = Any
"""Facts of tickets: records in a sequence, or columns, which have a length as well."""


class LogView(Protocol):
    """What a report asks of a log; `facts` are those that the view itself has made."""

    @property
    def log(self) -> EventLog:
        """What the reading knew; its events may be elsewhere."""

    @property
    def first(self) -> datetime | None:
        """The first instant; None without events."""

    @property
    def last(self) -> datetime | None:
        """The last instant, up to which the log knows; None without events."""

    @property
    def states_alone(self) -> bool:
        """Whether the source records how tickets stood, and no acts."""

    @property
    def solutions_recorded(self) -> bool:
        """Whether the source records when tickets were solved, beside their events."""

    @property
    def messages(self) -> bool:
        """Whether any event is a message."""

    def facts(self) -> Tickets:
        """Return the facts of every ticket as of the last instant."""

    def unknown_people(self) -> frozenset[str]:
        """Return the people whose role nobody told."""

    def acts_of(self, people: Collection[str]) -> int:
        """Return how many events some people made."""

    def within_sla(self) -> list[bool]:
        """Return what the source states of its SLA, row by row."""

    def perhaps_timed(self, facts: Tickets) -> Tickets:
        """Return the tickets never reopened that a timer may have closed: no person did."""

    def words_of(self, names: Iterable[str]) -> dict[str, set[object]]:
        """Return the values that tickets ever have in some fields, as conditions compare them."""

    def cycles(self, book: PolicyBook) -> CycleRows:
        """Return the cycles under a book as of the last instant."""


@frozen
class RecordView:
    """A log whose events are records."""

    log: EventLog

    @property
    def first(self) -> datetime | None:
        return self.log.first

    @property
    def last(self) -> datetime | None:
        return self.log.last

    @property
    def states_alone(self) -> bool:
        return bool(self.log.recorded)

    @property
    def solutions_recorded(self) -> bool:
        return any("solved" in each.instants for each in self.log.recorded.values())

    @property
    def messages(self) -> bool:
        return any(event.type == "message" for event in self.log.events)

    def facts(self) -> Sequence[Facts]:
        return log_facts(self.log)

    def unknown_people(self) -> frozenset[str]:
        return unknown_people(self.log)

    def acts_of(self, people: Collection[str]) -> int:
        return sum(event.actor in people for event in self.log.events)

    def within_sla(self) -> list[bool]:
        return [flag for recorded in self.log.recorded.values() for flag in recorded.within_sla]

    def perhaps_timed(self, facts: Sequence[Facts]) -> Sequence[Facts]:
        by_person: dict[str, bool] = {}
        for event in self.log.events:
            if isinstance(event, Changed) and event.ticket_id not in self.log.recorded:
                for name, value in event.fields:
                    if name == "status" and value.category == "closed":
                        by_person[event.ticket_id] = event.role in {"agent", "customer"}
        return [
            fact for fact in facts if not fact.reopenings and not by_person.get(fact.ticket_id)
        ]

    def words_of(self, names: Iterable[str]) -> dict[str, set[object]]:
        held: dict[str, set[object]] = {name: set() for name in names}
        if held:
            for event in self.log.events:
                if isinstance(event, Created | Changed):
                    for name, value in event.fields:
                        if name in held:
                            held[name] |= words_in(value)
        return held

    def cycles(self, book: PolicyBook) -> CycleRows:
        last = self.last
        return CycleRows() if last is None else cycle_rows(self.log.logs(), book, as_of=last)


def words_in(value: object) -> set[object]:
    """Return a value of a field as conditions compare it: by name, or word by word."""
    if isinstance(value, Priority):
        return {value.name}
    return set(value) if isinstance(value, frozenset) else {value} - {None}
