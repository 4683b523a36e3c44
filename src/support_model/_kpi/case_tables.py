"""From events to facts: the fold of one ticket's log, and the merges among tickets.

The fold of `support_model.tickets` decides what was resolved or reopened; here are added the
waiting periods of the customer, the order of messages and acts, the fields as they were,
and for a ticket that others were merged into the work done on those.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import Factory, define, evolve

from support_model._kpi.facts import DONE, Act, Facts, Rating, Solve, Wait
from support_model._merge_chains import redirects
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    Rated,
    RatingRequested,
    Related,
    Worked,
)
from support_model.tickets import holdings, steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from support_model._kpi.facts import Outcome
    from support_model._merge_chains import Stated
    from support_model._vocabulary import Category
    from support_model.events import Event
    from support_model.tickets import Ticket, TicketStep


HELD = frozenset({"group", "line", "agent"})


def gathered(log: Sequence[Event], as_of: datetime) -> Facts:
    """Return the facts of one ticket from the events of its log."""
    log_steps = tuple(steps(log))
    gathering = _Gathering(
        offers=_offers(log_steps),
        snapshot=any(event.basis == "snapshot" for event in log),
        cut=_is_cut(log_steps),
    )
    for place, step in enumerate(log_steps):
        gathering.take(step, place)
    return gathering.facts(as_of)


def _is_cut(log_steps: Sequence[TicketStep]) -> bool:
    """Return whether a log begins with present values, and acts were recorded later."""
    bases = [step.event.basis for step in log_steps if step.event is not None]
    return bases[0] == "snapshot" and None in bases


def _offers(log_steps: Sequence[TicketStep]) -> frozenset[int]:
    """Return the places of offers not taken; most logs hold no assignment that may be one."""
    if not any("agent" in step.changed and step.handed_out for step in log_steps):
        return frozenset()
    return frozenset(stay.first for stay in holdings(log_steps) if stay.offer)


Merge: TypeAlias = "tuple[datetime, str, str]"


def _redirects(table: Iterable[Facts]) -> tuple[Mapping[str, str], list[Stated]]:
    """Return the survivor of each merged ticket, and merges that would have closed a circle."""
    return redirects((at, each.ticket_id, into) for each in table for at, into in each.merges)


def circular_merges(table: Iterable[Facts]) -> list[Merge]:
    """Return the merges that would close a circle and have no effect: when, which, into which."""
    return [(at, ticket, into) for at, ticket, into in _redirects(table)[1] if into is not None]


def with_merged(table: Iterable[Facts]) -> tuple[Facts, ...]:
    """Return facts of which each holds those that are merged into it, through any chain.

    Work done on a ticket that went into another one counts once, for the surviving one. A merge
    into a ticket that is not in the table moves nothing.
    """
    facts = tuple(table)
    survivors, _ = _redirects(facts)
    if not survivors:
        return facts
    parts: dict[str, list[Facts]] = {}
    for ticket in facts:
        if ticket.ticket_id in survivors:
            survivor = survivors[ticket.ticket_id]
            parts.setdefault(survivor, []).append(evolve(ticket, merged=()))
    return tuple(evolve(ticket, merged=tuple(parts.get(ticket.ticket_id, ()))) for ticket in facts)


@define
class _Gathering:
    """Facts in the making; `silent` waits began while solved and count once it is reopened."""

    offers: frozenset[int] = frozenset()
    snapshot: bool = False
    cut: bool = False
    history: list[tuple[datetime, Category]] = Factory(list)
    statuses: list[tuple[datetime, str]] = Factory(list)
    as_were: dict[str, Mapping[str, Any]] = Factory(dict)
    merges: list[tuple[datetime, str | None]] = Factory(list)
    acts: list[Act] = Factory(list)
    waits: list[Wait] = Factory(list)
    acknowledged: datetime | None = None
    solves: list[Solve] = Factory(list)
    reopenings: list[datetime] = Factory(list)
    held: dict[str, list[Any]] = Factory(lambda: {"group": [], "line": [], "agent": []})
    ratings_requested: set[str] = Factory(set)
    ratings: list[Rating] = Factory(list)
    worked: timedelta | None = None
    ticket: Ticket | None = None
    open_since: datetime | None = None
    silent_since: datetime | None = None
    silent: list[Wait] = Factory(list)
    answered: bool = False
    contacted: bool = False

    def take(self, step: TicketStep, place: int) -> None:
        event, ticket, facts = step.event, step.after, step.facts
        assert event is not None  # noqa: S101 - steps of a log have events
        at = event.at
        self.ticket = ticket
        if "contacted" in facts:
            self._contact(step, at)
        if isinstance(event, Message):
            self._message(event, step)
        elif isinstance(event, Created | Changed):
            self._change(event, step, offered=place in self.offers)
        elif isinstance(event, Rated):
            self._rate(event, step)
        elif isinstance(event, RatingRequested):
            self.ratings_requested.add(event.kind)
        elif isinstance(event, Worked):
            self.worked = (self.worked or timedelta()) + event.duration
        elif isinstance(event, Related):
            self._relate(event)
        if self.acknowledged is None and _acknowledges(step, snapshot=self.snapshot):
            self.acknowledged = at

    def _contact(self, step: TicketStep, at: datetime) -> None:
        self.acts.append(Act(at, "contact"))
        self.contacted = True
        if step.before is not None and step.before.category in DONE:
            self.silent_since = self.silent_since or at
        else:
            self.open_since = self.open_since or at

    def _message(self, event: Message, step: TicketStep) -> None:
        if "replied" in step.facts:
            self.acts.append(Act(event.at, "reply", event.actor))
            self._end_wait(event.at, "replied")
            self.answered = self.answered or self.contacted
            self.as_were.setdefault("first_reply", step.after.fields)
        elif event.role == "agent" and not event.public:
            self.acts.append(Act(event.at, "note", event.actor))
        elif event.role == "bot" and event.public:
            self.acts.append(Act(event.at, "bot", event.actor))

    def _change(self, event: Created | Changed, step: TicketStep, *, offered: bool) -> None:
        ticket, at = step.after, event.at
        self._hold(step, offered=offered)
        if step.before is None:
            self.as_were["created"] = ticket.fields
        elif ticket.agent is not None and _sets_agent(event) and not offered:
            self.acts.append(Act(at, "assigned", ticket.agent))
        if "status" in step.changed:
            self.statuses.append((at, ticket.status.name))
        if "restored" in step.facts and self.merges:
            self.merges.append((at, None))
        if "category" in step.changed and not self._is_merged():
            self._enter(at, ticket.category)
        if "resolved" in step.facts:
            self._solve(step, at)
        if "reopened" in step.facts:
            self._reopen(at)

    def _solve(self, step: TicketStep, at: datetime) -> None:
        """Note a solution, which a present value of a close alone is not."""
        if not _is_close_alone(step):
            self.solves.append(Solve(at, self._credited(step)))
            self.as_were["solved"] = _before(step)
            self._end_wait(at, "solved")

    def _is_merged(self) -> bool:
        return bool(self.merges) and self.merges[-1][1] is not None

    def _reopen(self, at: datetime) -> None:
        self.reopenings.append(at)
        self.waits += self.silent
        self.silent.clear()
        self.open_since, self.silent_since = self.open_since or self.silent_since, None

    def _relate(self, event: Related) -> None:
        if event.kind == "merged_into":
            self.merges.append((event.at, event.other))
            self._enter(event.at, "void")

    def _hold(self, step: TicketStep, *, offered: bool) -> None:
        """Note the known owners; an offer that was not taken is none."""
        if step.changed.isdisjoint(HELD):
            return
        for name in step.changed & HELD:
            value, values = step.after.fields[name], self.held[name]
            skipped = offered and name == "agent"
            if value is not None and values[-1:] != [value] and not skipped:
                values.append(value)

    def _enter(self, at: datetime, category: Category) -> None:
        """Note a category; a merge makes it void, whatever its status is meanwhile."""
        if not self.history or self.history[-1][1] != category:
            self.history.append((at, category))

    def _credited(self, step: TicketStep) -> str | None:
        """Return whom an event is credited to: the owner before, who acted, the last owner."""
        event = step.event
        owner = None if step.before is None else step.before.agent
        acting = event.actor if event is not None and event.role == "agent" else None
        return owner or acting or next(reversed(self.held["agent"]), None)

    def _rate(self, event: Rated, step: TicketStep) -> None:
        self.as_were["rated"] = _before(step)
        self.ratings.append(
            Rating(
                kind=event.kind,
                at=event.at,
                score=event.score,
                scale=event.scale,
                agent=self._credited(step),
                solved=self.solves[-1].at if self.solves else None,
            )
        )

    def _end_wait(self, at: datetime, outcome: Outcome) -> None:
        if self.open_since is not None:
            self.waits.append(Wait(self.open_since, at, outcome, not self.answered))
            self.open_since = None
        if self.silent_since is not None:
            self.silent.append(Wait(self.silent_since, at, outcome, not self.answered))
            self.silent_since = None

    def facts(self, as_of: datetime) -> Facts:
        ticket = self.ticket
        assert ticket is not None  # noqa: S101 - a log has a creation
        if self.open_since is not None:
            self.waits.append(Wait(self.open_since, None, "waiting", not self.answered))
        return Facts(
            ticket_id=ticket.id,
            as_of=as_of,
            created=ticket.created_at,
            created_by=ticket.created_by,
            fields=ticket.fields,
            history=self.history,
            acts=tuple(self.acts),
            waits=tuple(self.waits),
            acknowledged=self.acknowledged,
            solves=tuple(self.solves),
            reopenings=self.reopenings,
            groups=tuple(self.held["group"]),
            lines=tuple(self.held["line"]),
            agents=tuple(self.held["agent"]),
            ratings_requested=frozenset(self.ratings_requested),
            ratings=tuple(self.ratings),
            worked=self.worked,
            statuses=self.statuses,
            as_were=self.as_were,
            merges=self.merges,
            snapshot=self.snapshot,
            cut=self.cut,
        )


def _is_close_alone(step: TicketStep) -> bool:
    """Return whether a present value says of a ticket when it closed, and nothing when solved."""
    event = step.event
    assert event is not None  # noqa: S101 - steps of a log have events
    return event.basis == "snapshot" and step.after.category == "closed"


def _before(step: TicketStep) -> Mapping[str, Any]:
    """Return the fields just before an event, and what it set where nothing was."""
    if step.before is None:
        return step.after.fields
    known = {name: value for name, value in step.before.fields.items() if value is not None}
    return {**step.after.fields, **known} if step.changed else step.before.fields


def _sets_agent(event: Created | Changed) -> bool:
    return any(name == "agent" for name, _ in event.fields)


def _acknowledges(step: TicketStep, *, snapshot: bool) -> bool:
    """Return whether a person took notice; present values do not show who acted first."""
    event = step.event
    if event is None or snapshot:
        return isinstance(event, Acknowledged)
    return "acknowledged" in step.facts or _touches(event)


def _touches(event: Event) -> bool:
    """Return whether a person set a status or an agent, also to the one it had already."""
    return (
        isinstance(event, Changed)
        and event.role == "agent"
        and any(name in {"status", "agent"} and value is not None for name, value in event.fields)
    )
