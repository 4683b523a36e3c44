"""A log as a report asks it: the same questions of events as records and of events by columns."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from attrs import evolve

from support_model import kpi
from support_model._frozen import frozen
from support_model._packed_events import of_kind, told_fields
from support_model._report.cycle_rows import CycleRows, cycle_rows
from support_model._report.log_facts import logs_in, packed_log_facts
from support_model._report.reading import PEOPLE, unknown_people
from support_model._time import micros
from support_model._vocabulary import Priority
from support_model.events import Changed, Created, Message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from support_model.adapters import EventLog
    from support_model.events import Event
    from support_model.kpi import PlainFacts
    from support_model.sla import PolicyBook


Tickets: TypeAlias = Any
"""Facts of tickets: plain lists of a log of records, or columns."""


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

    def agents(self) -> Mapping[str, int]:
        """Return who acted as an agent, held a ticket, or may be one: name and first mention.

        Mentions are in microseconds.
        """

    def renamed(self, names: Mapping[str, str]) -> LogView:
        """Return the log with some people called otherwise."""

    def within_sla(self) -> list[bool]:
        """Return what the source states of its SLA, row by row."""

    def perhaps_timed(self, facts: Tickets) -> Tickets:
        """Return the tickets never reopened that a timer may have closed: no person did."""

    def words_of(self, names: Iterable[str]) -> dict[str, set[object]]:
        """Return the values that tickets ever have in some fields, as conditions compare them.

        "priority_rank" has the ranks of their priorities.
        """

    def cycles(self, book: PolicyBook) -> CycleRows:
        """Return the cycles under a book as of the last instant."""


@frozen
class RecordView:
    """A log whose events are records."""

    log: EventLog

    @cached_property
    def first(self) -> datetime | None:
        return self.log.first

    @cached_property
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
        return next(of_kind(self.log.events, Message), None) is not None

    def facts(self) -> PlainFacts:
        return packed_log_facts(self.log)

    def unknown_people(self) -> frozenset[str]:
        return unknown_people(self.log)

    def acts_of(self, people: Collection[str]) -> int:
        return sum(event.actor in people for event in self.log.events)

    def agents(self) -> Mapping[str, int]:
        unknown = self.unknown_people()
        met: dict[str, int] = {}
        for event in self.log.events:
            at = micros(event.at)
            names = [event.actor] if event.role == "agent" or event.actor in unknown else []
            names += [value for name, value in fields_of(event) if name == "agent"]
            for name in names:
                if isinstance(name, str):
                    met[name] = min(at, met.get(name, at))
        return met

    def renamed(self, names: Mapping[str, str]) -> RecordView:
        events = tuple(_renamed(event, names) for event in self.log.events)
        return RecordView(evolve(log_renamed(self.log, names), events=events))

    def within_sla(self) -> list[bool]:
        return [flag for recorded in self.log.recorded.values() for flag in recorded.within_sla]

    def perhaps_timed(self, facts: PlainFacts) -> PlainFacts:
        by_person: dict[str, bool] = {}
        for event in of_kind(self.log.events, Changed):
            if event.ticket_id not in self.log.recorded:
                for name, value in event.fields:
                    if name == "status" and value.category == "closed":
                        by_person[event.ticket_id] = event.role in {"agent", "customer"}
        reopenings = pairwise(facts.entries("reopenings").offsets)
        return kpi.picked(
            facts,
            [
                place
                for place, (ticket, (first, last)) in enumerate(
                    zip(facts.scalar("ticket_id"), reopenings, strict=True)
                )
                if first == last and not by_person.get(ticket)
            ],
        )

    def words_of(self, names: Iterable[str]) -> dict[str, set[object]]:
        held: dict[str, set[object]] = {name: set() for name in names}
        ranks = held.get("priority_rank")
        if held:
            for fields in told_fields(self.log.events):
                for name, value in fields:
                    if name in held:
                        held[name] |= words_in(value)
                    if ranks is not None and isinstance(value, Priority):
                        ranks.add(value.rank)
        return held

    def cycles(self, book: PolicyBook) -> CycleRows:
        last = self.last
        return CycleRows() if last is None else cycle_rows(logs_in(self.log), book, as_of=last)


def words_in(value: object) -> set[object]:
    """Return a value of a field as conditions compare it: by name, or word by word."""
    if isinstance(value, Priority):
        return {value.name}
    return set(value) if isinstance(value, frozenset) else {value} - {None}


def fields_of(event: Event) -> tuple[tuple[str, Any], ...]:
    """Return the fields that an event names, each with its value."""
    return event.fields if isinstance(event, Created | Changed) else ()


def names_people(field: str) -> bool:
    """Return whether a field may hold the name of an agent: the agent's, or one of one's own."""
    return field == "agent" or field.startswith("custom.")


def log_renamed(log: EventLog, names: Mapping[str, str]) -> EventLog:
    """Return what a reading knew, people called otherwise; its events are as they were."""
    longest = sorted(names, key=len, reverse=True)

    def told(example: str) -> str:
        for name in longest:
            example = example.replace(name, names[name])
        return example

    findings = (evolve(each, example=told(each.example)) for each in log.findings)
    unknown = {
        (what, names.get(value, value) if what in PEOPLE else value): count
        for (what, value), count in log.unknown.items()
    }
    return evolve(log, unknown=unknown, findings=tuple(findings))


def _renamed(event: Event, names: Mapping[str, str]) -> Event:
    actor = None if event.actor is None else names.get(event.actor, event.actor)
    if not isinstance(event, Created | Changed):
        return evolve(event, actor=actor)
    fields = {
        name: names.get(value, value) if isinstance(value, str) and names_people(name) else value
        for name, value in event.fields
    }
    return evolve(event, actor=actor, fields=fields)
