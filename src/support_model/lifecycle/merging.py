"""What merges do to the logs of tickets: the work moves, the past stays.

A ticket merged into another has no clocks any more; the other keeps its own. A customer message
that was waiting on the first waits on the other from the merge on, and what is written to the
first later is read in the ticket that lives at the end of the chain. Leaving the `void` status
again takes a merge back from that instant on.

Before this: `support_model.tickets`. Next: `support_model.sla`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, takewhile
from operator import attrgetter
from typing import TYPE_CHECKING, cast

import attrs
from attrs import field, frozen

from support_model.errors import ForeignEvent, InconsistentLog, InvalidEvent, InvalidValue
from support_model.events import Changed, Created, Event, Message, Related, ordered
from support_model.frozen_maps import FrozenMap, frozen_parts
from support_model.reasons import Reason
from support_model.tickets import step

if TYPE_CHECKING:
    from support_model.tickets import Ticket

__all__ = ["Merged", "merged"]

Log = tuple[Event, ...]


def _pairs(given: Mapping[str, Log] | Iterable[tuple[str, Log]]) -> tuple[tuple[str, Log], ...]:
    return tuple([(name, frozen_parts(log)) for name, log in dict(given).items()])


def _ends(given: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(dict(given).items()))


@frozen(eq=False)
class Merged(Mapping[str, Log]):
    """The logs of tickets after their merges, by id: a mapping, equal to any with these logs.

    Attributes:
        logs: the same as pairs, in the order in which they were given.
        survivors: each merged ticket with the one in which it lives at the end.
        findings: a reason for each log that was left as it was, and for each merge left out.

    Example:
        >>> found = merged({})
        >>> dict(found), found.findings
        ({}, ())
    """

    logs: tuple[tuple[str, Log], ...] = field(converter=_pairs)
    survivors: tuple[tuple[str, str], ...] = field(converter=_ends)
    findings: tuple[Reason, ...] = field(converter=frozen_parts)
    _places: Mapping[str, Log] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Index the logs."""
        object.__setattr__(self, "_places", FrozenMap(self.logs))

    def __getitem__(self, ticket_id: str) -> Log:
        return self._places[ticket_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __hash__(self) -> int:
        return hash(frozenset(self.logs))


def merged(logs: Mapping[str, Iterable[Event]]) -> Merged:
    """Return the logs of tickets after the merges that they tell of.

    A public message that staff write in the instant of a merge, as its actor and on either
    ticket, is the comment that the merge writes: it gets the role `system` and answers nobody.
    What is merged already stays as it is. Linear in the number of events.

    Args:
        logs: each ticket's log under its id; merges into tickets that are not among them
            move nothing. A log that is none comes back unchanged, and a merge that would close
            a circle is left out; `findings` says both.

    Raises:
        InvalidValue: the logs are no mapping.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lifecycle.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> asked = {"status": Status("new", "new")}
        >>> logs = {n: [Created(ticket_id=n, at=at, role="customer", fields=asked)] for n in "AB"}
        >>> later = at.replace(hour=11)
        >>> into = Related(ticket_id="A", at=later, role="agent", kind="merged_into", other="B")
        >>> found = merged({**logs, "A": [*logs["A"], into]})
        >>> print(found["B"][1].at, found["B"][1].source_id, found.survivors)
        2026-03-02 11:00:00+00:00 A: waiting when merged (('A', 'B'),)
    """
    if not isinstance(logs, Mapping):
        raise InvalidValue(logs, "logs are given by ticket", "give {'T1': events}")
    kept: dict[str, Log] = {}
    sound: dict[str, Log] = {}
    findings: list[Reason] = []
    for name, log in logs.items():
        given = tuple(log) if isinstance(log, Iterable) else cast("Log", log)
        try:
            kept[name] = sound[name] = _own(name, given)
        except (InvalidEvent, InconsistentLog) as problem:
            kept[name] = given
            findings.append(Reason.of("log_unreadable", ticket=name, problem=str(problem)))
    sweep = _Sweep(_concerned(sound))
    sweep.run()
    kept.update(sweep.found())
    return Merged(kept, sweep.survivors(), (*findings, *sweep.findings))


def _own(name: str, given: Log) -> Log:
    log = ordered(given)
    if log[0].ticket_id != name:
        raise ForeignEvent(log[0], f"an event in the log of {name!r}", "split the logs")
    return log


def _is_merge(event: Event) -> bool:
    return isinstance(event, Related) and event.kind == "merged_into"


def _concerned(logs: Mapping[str, Log]) -> dict[str, Log]:
    """Return the logs that merge or are merged into; the others stay as they are."""
    names: set[str] = set()
    for name, log in logs.items():
        into = {cast("Related", event).other for event in log if _is_merge(event)}
        if into:
            names |= {name, *into}
    return {name: logs[name] for name in sorted(names & logs.keys())}


class _Links:
    """Which ticket is merged into which now; a merge into no ticket yet waits for its birth."""

    def __init__(self) -> None:
        self.into: dict[str, str] = {}
        self._born: set[str] = set()
        self._early: dict[str, str] = {}
        self._expected: dict[str, list[str]] = {}
        self._ends: dict[str, str] = {}

    def end(self, name: str) -> str:
        """Return the ticket in which one lives; paths are remembered until a link goes."""
        path = []
        here = name
        while here in self.into:
            path.append(here)
            here = self._ends.get(here) or self.into[here]
        self._ends.update(dict.fromkeys(path, here))
        return here

    def born(self, name: str) -> list[str]:
        """Begin a ticket; return those that were merged into it before it was there."""
        self._born.add(name)
        sources = [
            source for source in self._expected.pop(name, ()) if self._early.get(source) == name
        ]
        return [source for source in dict.fromkeys(sources) if self.link(source, name)]

    def link(self, name: str, other: str) -> bool:
        """Merge one ticket into another, unless that closes a circle; return whether it holds."""
        if other not in self._born:
            self.unlink(name)
            self._early[name] = other
            self._expected.setdefault(other, []).append(name)
        elif self._leads(other, name):
            return False
        elif self.into.get(name) != other:
            self.unlink(name)
            self.into[name] = other
        return True

    def unlink(self, name: str) -> None:
        """Let a ticket live by itself again."""
        self._early.pop(name, None)
        if self.into.pop(name, None) is not None:
            self._ends.clear()

    def _leads(self, start: str, name: str) -> bool:
        if name not in self.into:
            return self.end(start) == name
        here: str | None = start
        while here is not None and here != name:
            here = self.into.get(here)
        return here is not None


class _Sweep:
    """One pass over the instants of all tickets concerned, in their order."""

    def __init__(self, logs: Mapping[str, Log]) -> None:
        self.logs = logs
        self.links = _Links()
        self.findings: list[Reason] = []
        self._out: dict[str, list[Event]] = {name: [] for name in logs}
        self._tickets: dict[str, Ticket] = {}
        self._void: set[str] = set()
        self._waits: dict[str, bool] = {}
        self._crowds: dict[str, set[object]] = {}

    def run(self) -> None:
        """Take every instant."""
        every = [event for log in self.logs.values() for event in log]
        every.sort(key=attrgetter("micros"))
        for _, events in groupby(every, attrgetter("micros")):
            self._instant(list(events))

    def found(self) -> dict[str, Log]:
        """Return the logs as they came out."""
        return {name: tuple(log) for name, log in self._out.items()}

    def survivors(self) -> dict[str, str]:
        """Return where each merged ticket lives at the end."""
        return {name: self.links.end(name) for name in self.links.into}

    def _instant(self, events: list[Event]) -> None:
        """Judge the merges of an instant first, then place what was written in it."""
        self._crowds.clear()
        into = self.links.into
        joined, held, refused, gone = self._judged(events)
        marks = {
            (name, merge.actor)
            for merge in held
            for name in (merge.ticket_id, merge.other)
            if merge.actor is not None or merge.role == "agent"
        }
        moved: list[Event] = []
        for event in events:
            here = event.ticket_id
            if event in refused:
                continue
            if here in gone and isinstance(event, Message):
                moved.append(_told(event, marks, here, self.links.end(here)))
                continue
            self._add(_told(event, marks, here))
            if here in into and _is_merge(event):
                self._waits[here] = self._tickets[here].waiting_since is not None
                gone.add(here)
        for name in sorted(joined & into.keys()):
            if self._waits[name]:
                self._carry(name, events[0])
        for event in moved:
            self._move(event, self.links.end(event.ticket_id))

    def _judged(self, events: list[Event]) -> tuple[set[str], list[Related], set[Event], set[str]]:
        """Return the tickets merged now, merges that hold and that do not, and who was gone."""
        links = self.links
        gone = {event.ticket_id for event in events} & links.into.keys()
        restored, merges = self._statements(events)
        for name in restored:
            links.unlink(name)
        born = [event.ticket_id for event in events if type(event) is Created]
        joined = {source for name in born for source in links.born(name)}
        for source in joined:
            self._waits[source] = self._tickets[source].waiting_since is not None
        gone |= joined
        was = {merge.ticket_id: links.into.get(merge.ticket_id) for merge in merges}
        held: list[Related] = []
        refused: set[Event] = set()
        for merge in sorted(merges, key=lambda merge: (merge.seq or 0, merge.ticket_id)):
            if links.link(merge.ticket_id, merge.other):
                held.append(merge)
            else:
                refused.add(merge)
                self.findings.append(_circle(merge))
        joined |= {name for name, other in was.items() if links.into.get(name) != other}
        return joined, held, refused, (gone - restored) & links.into.keys()

    def _statements(self, events: list[Event]) -> tuple[set[str], list[Related]]:
        """Return the tickets that leave `void` now, and the merges told after that."""
        restored: set[str] = set()
        merges: dict[str, list[Related]] = {}
        for event in events:
            name = event.ticket_id
            if _is_merge(event):
                merges.setdefault(name, []).append(cast("Related", event))
            elif isinstance(event, Created | Changed):
                status = dict(event.fields).get("status")
                if status is not None and status.category == "void":
                    self._void.add(name)
                elif status is not None and name in self._void:
                    self._void.remove(name)
                    restored.add(name)
                    merges.pop(name, None)
        return restored, [merge for told in merges.values() for merge in told]

    def _carry(self, name: str, now: Event) -> None:
        """Let what waits on a merged ticket wait on the one in which it lives."""
        home, source = self.links.end(name), f"{name}: waiting when merged"
        if source not in self._crowd(home, now.micros):
            waiting = Message(
                ticket_id=home, at=now.at, role="customer", public=True, source_id=source
            )
            self._move(waiting, home)

    def _move(self, event: Event, home: str) -> None:
        """Write an event after those of its instant, unless it is there already."""
        ticket, crowd = self._tickets[home], self._crowd(home, event.micros)
        seq = None
        if ticket.seq is not None:
            seq = ticket.seq + 1 if ticket.at == event.at else 1
        event = attrs.evolve(event, ticket_id=home, seq=seq)
        if event not in crowd:
            self._add(event)
            crowd |= {event, event.source_id}

    def _crowd(self, name: str, at: int) -> set[object]:
        """Return the events of a ticket at this instant, and their source ids."""
        crowd = self._crowds.get(name)
        if crowd is None:
            crowd = self._crowds[name] = set()
            for event in takewhile(lambda event: event.micros == at, reversed(self._out[name])):
                crowd |= {event, event.source_id}
        return crowd

    def _add(self, event: Event) -> None:
        name = event.ticket_id
        self._out[name].append(event)
        self._tickets[name] = step(self._tickets.get(name), event).after


def _told(event: Event, marks: set[tuple[str, str | None]], *places: str) -> Event:
    """Return an event; the comment of a merge is what its tool wrote and answers nobody."""
    written = bool(marks) and isinstance(event, Message) and event.public and event.role == "agent"
    if written and any((place, event.actor) in marks for place in places):
        return attrs.evolve(event, role="system")
    return event


def _circle(merge: Related) -> Reason:
    return Reason.of(
        "merge_in_circle", ticket=merge.ticket_id, other=merge.other, at=merge.at.isoformat()
    )
