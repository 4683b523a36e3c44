"""The facts of a ticket: what the KPIs need to know of it, read once from its events.

One row a ticket, as of an instant: later events do not exist, so a figure of a past instant
never changes. What was resolved or reopened the fold of `support_model.tickets` decides; here
are added the waiting periods of the customer and the order of what was said by whom.

Before this: `support_model.tickets`. Next: `support_model.kpis.measures`.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import Factory, define, field, frozen

from support_model.errors import MissingCreation
from support_model.events import (
    Changed,
    Created,
    Message,
    Rated,
    RatingRequested,
    Worked,
    known_by,
)
from support_model.frozen_maps import FrozenMap, frozen_map
from support_model.instants import micros
from support_model.tickets import steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from support_model.events import Event
    from support_model.lifecycle.vocabulary import Category, Role
    from support_model.tickets import Step, Ticket

__all__ = ["DONE", "Act", "Facts", "Rating", "Solve", "Wait", "by", "case_table", "facts_of"]

DONE = ("solved", "closed")
"""Categories of a ticket that needs no more work."""

HELD = frozenset({"group", "line", "agent"})
Kind: TypeAlias = Literal["contact", "reply", "note", "bot", "assigned"]
Outcome: TypeAlias = Literal["replied", "solved", "waiting"]


@frozen
class Act:
    """Something said or done, in the order of the log.

    Attributes:
        at: when.
        kind: a contact of the customer, a public reply, an internal note, a public bot reply,
            or the assignment to an agent.
        agent: who, for a reply or note; to whom, for an assignment; None if unknown.
    """

    at: datetime
    kind: Kind
    agent: str | None = None


@frozen
class Wait:
    """A period in which the customer waited for an answer, from the oldest unanswered message.

    Attributes:
        start: when it began.
        end: when it was answered or solved; None while it lasts.
        outcome: what ended it: "replied", "solved" (without an answer), or still "waiting".
        first: whether no reply to a contact came before it.
    """

    start: datetime
    end: datetime | None
    outcome: Outcome
    first: bool


@frozen
class Solve:
    """An entry into solved or closed from any other status.

    Attributes:
        at: when.
        agent: who solved it: the agent of the event, else the one it was assigned to.
    """

    at: datetime
    agent: str | None = None


@frozen(kw_only=True)
class Rating:
    """An answer to a survey.

    Attributes:
        kind: csat, nps, ces or your own.
        at: when it was given.
        score: as given.
        scale: (lowest, highest).
        agent: to whom the ticket was assigned then; None if to nobody.
        solved: when it was last solved before; None if it was not.
    """

    kind: str
    at: datetime
    score: float
    scale: tuple[float, float]
    agent: str | None = None
    solved: datetime | None = None


@frozen(kw_only=True)
class Facts:
    """What the KPIs need to know of one ticket as of an instant.

    Attributes:
        ticket: its id.
        as_of: the instant up to which anything is known.
        created: when it came to be.
        created_by: by what role.
        fields: its fields at `as_of`: requester, topic, priority, group and so on.
        history: each category it entered and when, the first at its creation; at equal
            instants the last one holds.
        acts: what was said and done, in order.
        waits: the periods in which the customer waited for an answer, in order of their end.
        acknowledged: when a person first acted on it; None if nobody did.
        solves: every entry into solved or closed.
        reopenings: every exit from them, but not into void.
        groups: the known groups that held it, neighbors distinct.
        lines: the known lines, likewise.
        agents: the known agents, likewise.
        asked: the kinds of rating that were asked for.
        ratings: the answers, in order.
        worked: effort recorded on it; None if none was.
        closed: the close that its system recorded; None if it recorded none.
    """

    ticket: str
    as_of: datetime
    created: datetime
    created_by: Role = "customer"
    fields: Mapping[str, Any] = field(factory=FrozenMap, converter=frozen_map, hash=False)
    history: tuple[tuple[datetime, Category], ...] = ()
    acts: tuple[Act, ...] = ()
    waits: tuple[Wait, ...] = ()
    acknowledged: datetime | None = None
    solves: tuple[Solve, ...] = ()
    reopenings: tuple[datetime, ...] = ()
    groups: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    agents: tuple[str, ...] = ()
    asked: frozenset[str] = frozenset()
    ratings: tuple[Rating, ...] = ()
    worked: timedelta | None = None
    closed: datetime | None = None

    @property
    def category(self) -> Category:
        """The category it is in at `as_of`."""
        return self.history[-1][1]

    @property
    def solved(self) -> bool:
        """Whether it is solved or closed at `as_of`."""
        return self.category in DONE

    @property
    def ever_solved(self) -> bool:
        """Whether it has been solved or closed by `as_of`, known since when or not."""
        return bool(self.solves) or any(category in DONE for _, category in self.history)

    @property
    def contact(self) -> datetime | None:
        """When the customer first made contact; None if never."""
        return next((act.at for act in self.acts if act.kind == "contact"), None)

    def count(self, kind: Kind) -> int:
        """Return how many acts of a kind there are."""
        return sum(act.kind == kind for act in self.acts)

    def category_at(self, at: datetime) -> Category | None:
        """Return the category it was in at an instant; None before its creation."""
        place = bisect_right(self.history, at, key=lambda entry: entry[0])
        return self.history[place - 1][1] if place else None

    def spells(
        self, categories: Iterable[str], *, until: datetime
    ) -> tuple[tuple[datetime, datetime], ...]:
        """Return the stretches it spent in some categories, up to an instant."""
        wanted = frozenset(categories)
        ends = [at for at, _ in self.history[1:]] + [until]
        found: list[tuple[datetime, datetime]] = []
        for (at, category), end in zip(self.history, ends, strict=True):
            if at >= until:
                break
            if category in wanted and at < end:
                found.append((at, min(end, until)))
        return tuple(found)

    def rating(self, kind: str) -> Rating | None:
        """Return the last answer of a kind; None without one."""
        return next((each for each in reversed(self.ratings) if each.kind == kind), None)


def facts_of(events: Iterable[Event], *, as_of: datetime) -> Facts:
    """Return the facts of one ticket from its events up to an instant.

    A customer's message on a solved ticket opens no waiting period, unless the ticket is
    reopened later: then the wait began with the message.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InvalidEvent: something that is no event.
        InconsistentLog: the events are no log of one ticket, or none lies before `as_of`.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lifecycle.vocabulary import Status
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> made = Created(
        ...     ticket_id="T1", at=nine, role="customer", fields={"status": Status("new", "new")}
        ... )
        >>> reply = Message(
        ...     ticket_id="T1", at=nine + timedelta(hours=1), role="agent", public=True
        ... )
        >>> facts = facts_of([made, reply], as_of=nine + timedelta(days=1))
        >>> facts.waits[0].outcome, facts.category
        ('replied', 'new')
    """
    log = known_by(events, micros(as_of))
    if not log:
        raise MissingCreation(as_of, "the ticket did not exist yet", "ask later")
    gathered = _Gathering()
    for step in steps(log):
        gathered.take(step)
    return gathered.facts(as_of)


def case_table(events: Iterable[Event], *, as_of: datetime) -> tuple[Facts, ...]:
    """Return the facts of every ticket of a log that existed at an instant.

    The events of different tickets may be mixed; tickets keep the order in which they appear.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InvalidEvent: something that is no event.
        InconsistentLog: events of a ticket are no log.
    """
    logs: dict[str, list[Event]] = {}
    for event in known_by(events, micros(as_of)):
        logs.setdefault(event.ticket_id, []).append(event)
    return tuple(facts_of(log, as_of=as_of) for log in logs.values())


@define
class _Gathering:
    """Facts in the making; `silent` waits began while solved and count once it is reopened."""

    history: list[tuple[datetime, Category]] = Factory(list)
    acts: list[Act] = Factory(list)
    waits: list[Wait] = Factory(list)
    acknowledged: datetime | None = None
    solves: list[Solve] = Factory(list)
    reopenings: list[datetime] = Factory(list)
    held: dict[str, list[Any]] = Factory(lambda: {"group": [], "line": [], "agent": []})
    asked: set[str] = Factory(set)
    ratings: list[Rating] = Factory(list)
    worked: timedelta | None = None
    ticket: Ticket | None = None
    open_since: datetime | None = None
    silent_since: datetime | None = None
    silent: list[Wait] = Factory(list)
    answered: bool = False
    contacted: bool = False

    def take(self, step: Step) -> None:
        event, ticket, facts = step.event, step.after, step.facts
        assert event is not None  # noqa: S101 - steps of a log have events
        at = event.at
        self.ticket = ticket
        if "contacted" in facts:
            self._contact(at, was_solved=step.before is not None and step.before.category in DONE)
        if isinstance(event, Message):
            self._message(event, replied="replied" in facts)
        elif isinstance(event, Created | Changed):
            self._change(event, step)
        elif isinstance(event, Rated):
            self._rate(event, ticket)
        elif isinstance(event, RatingRequested):
            self.asked.add(event.kind)
        elif isinstance(event, Worked):
            self.worked = (self.worked or timedelta()) + event.duration
        if self.acknowledged is None and ("acknowledged" in facts or _touches(event)):
            self.acknowledged = at

    def _contact(self, at: datetime, *, was_solved: bool) -> None:
        self.acts.append(Act(at, "contact"))
        self.contacted = True
        if was_solved:
            self.silent_since = self.silent_since or at
        else:
            self.open_since = self.open_since or at

    def _message(self, event: Message, *, replied: bool) -> None:
        if replied:
            self.acts.append(Act(event.at, "reply", event.actor))
            self._end_wait(event.at, "replied")
            self.answered = self.answered or self.contacted
        elif event.role == "agent" and not event.public:
            self.acts.append(Act(event.at, "note", event.actor))
        elif event.role == "bot" and event.public:
            self.acts.append(Act(event.at, "bot", event.actor))

    def _change(self, event: Created | Changed, step: Step) -> None:
        ticket, at = step.after, event.at
        for name in step.changed & HELD:
            value, values = ticket.fields[name], self.held[name]
            if value is not None and values[-1:] != [value]:
                values.append(value)
        if step.before is not None and ticket.agent is not None and _sets_agent(event):
            self.acts.append(Act(at, "assigned", ticket.agent))
        if "category" in step.changed:
            self.history.append((at, ticket.category))
        if "resolved" in step.facts:
            solver = event.actor if event.role == "agent" else None
            self.solves.append(Solve(at, solver or ticket.agent))
            self._end_wait(at, "solved")
        if "reopened" in step.facts:
            self.reopenings.append(at)
            self.waits += self.silent
            self.silent.clear()
            self.open_since, self.silent_since = self.open_since or self.silent_since, None

    def _rate(self, event: Rated, ticket: Ticket) -> None:
        self.ratings.append(
            Rating(
                kind=event.kind,
                at=event.at,
                score=event.score,
                scale=event.scale,
                agent=ticket.agent,
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
            ticket=ticket.id,
            as_of=as_of,
            created=ticket.created_at,
            created_by=ticket.created_by,
            fields=ticket.fields,
            history=tuple(self.history),
            acts=tuple(self.acts),
            waits=tuple(self.waits),
            acknowledged=self.acknowledged,
            solves=tuple(self.solves),
            reopenings=tuple(self.reopenings),
            groups=tuple(self.held["group"]),
            lines=tuple(self.held["line"]),
            agents=tuple(self.held["agent"]),
            asked=frozenset(self.asked),
            ratings=tuple(self.ratings),
            worked=self.worked,
        )


def _sets_agent(event: Created | Changed) -> bool:
    return any(name == "agent" for name, _ in event.fields)


def _touches(event: Event) -> bool:
    """Tell whether a person set a status or an agent, be it the one it had already."""
    return (
        isinstance(event, Changed)
        and event.role == "agent"
        and any(name in {"status", "agent"} and value is not None for name, value in event.fields)
    )


def by(facts: Iterable[Facts], name: str) -> Mapping[Any, Sequence[Facts]]:
    """Return facts split by a field; None holds those without it.

    Example:
        >>> by([], "priority")
        {}
    """
    parts: dict[Any, list[Facts]] = {}
    for fact in facts:
        parts.setdefault(fact.fields.get(name), []).append(fact)
    return parts
