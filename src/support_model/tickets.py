"""A ticket is a fold over its events, and everything derived about it is derived here.

`step` takes the ticket as it was and one event, and returns both beside the ticket as it is,
what changed, and the facts: replied, resolved, reopened, transferred, escalated, handed back
and the rest of `vocabulary.FACTS`. `evolve` is its last part, `replay` its repetition. The fold
refuses nothing that happened; only an event that cannot be the next one of this ticket raises.

`holdings` are the stays of a ticket with its agents. A tool that hands tickets out assigns them
itself, and takes them back where the agent does not answer: such an offer is no work and moves
neither the place of the ticket in the queue nor its owner.

`merged` moves work between the logs of tickets, and leaves the past. A ticket merged into
another has no clocks any more; the other keeps its own. A customer message that was waiting on
the first waits on the other from the merge on, and what is written to the first later is read
in the surviving ticket at the end of the chain. Leaving the `void` status again takes a merge
back from that instant on.

Before this: `support_model.patterns`. Next: `support_model.sla`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import count, groupby, repeat, takewhile
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar, cast, overload

import attrs
from attrs import field

from support_model._frozen import FrozenMap, draft_class, frozen, frozen_parts, owned
from support_model._ticket_rules import (
    FACTS_ALONE,
    HAND_OUT,
    NOTHING,
    begun,
    change_of,
    facts_of_message,
    stays,
)
from support_model._time import utc
from support_model._vocabulary import (
    HANDED_DOWN,
    Actor,
    frozen_fields,
    must_be_actor,
    one_of,
)
from support_model.errors import (
    ForeignEvent,
    InconsistentLog,
    InvalidEvent,
    InvalidValue,
    MissingCreation,
    MixedSequence,
    OutOfOrder,
    RepeatedCreation,
    TransitionRefused,
)
from support_model.events import (
    Changed,
    Created,
    Event,
    Message,
    PolicyApplied,
    Promised,
    Related,
    in_order,
    must_be_event,
    ordered,
)
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from support_model._ticket_rules import Holding
    from support_model._vocabulary import Category, Priority, Role, Status  # noqa: F401 - named in text


__all__ = [
    "ReadLog",
    "Ticket",
    "TicketStep",
    "eventless_step",
    "evolve",
    "holdings",
    "merge",
    "merged",
    "micros_at",
    "must_be_ticket",
    "numbered",
    "replay",
    "split",
    "step",
    "steps",
]

T = TypeVar("T")
TicketDraft: TypeAlias = Any
"""A `Ticket` whose fields can still be written."""


class _Value(Generic[T]):
    """A field of the ticket as a typed, read-only attribute; None where it was never set."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, ticket: None, owner: type) -> _Value[T]: ...
    @overload
    def __get__(self, ticket: Ticket, owner: type) -> T: ...
    def __get__(self, ticket: Ticket | None, owner: type) -> Any:
        return self if ticket is None else ticket.fields.get(self.name)


@frozen
class Ticket:
    """A ticket after some events.

    `version` is the highest `seq` of its events, or their number where they have none. What is
    stored next gets `version + 1` as its `seq`, also an event that happened earlier, so a
    unique key (ticket, `seq`) of the host's table is the lock: of two writers who read one
    version, the second is refused.

    Besides the typed fields below, `fields` holds all of them by name, `custom.*` included.
    `times` counts each fact so far, `known` holds the last known group, line and management
    level (moves are seen against them), `waiting_since` is the oldest customer message that got
    no reply and no solution yet, `status_since` the start of the present status, and
    `pending_until` the end of a wait that was given one.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new"), "group": "billing"}
        >>> ticket = replay([Created(ticket_id="T1", at=at, role="customer", fields=new)])
        >>> ticket.group, ticket.category, ticket.version, ticket.times["contacted"]
        ('billing', 'new', 1, 1)
    """

    id: str
    version: int
    at: datetime
    seq: int | None
    created_at: datetime
    created_by: Role
    fields: FrozenMap[str, Any] = field(hash=False)
    times: FrozenMap[str, int] = field(hash=False)
    known: FrozenMap[str, Any] = field(hash=False)
    status_since: datetime
    pending_until: datetime | None
    waiting_since: datetime | None
    relations: tuple[tuple[str, str], ...]
    promises: tuple[tuple[str, datetime], ...]
    policy: tuple[str, str] | None

    status = _Value["Status"]()
    priority = _Value["Priority | None"]()
    type = _Value["str | None"]()
    channel = _Value["str | None"]()
    line = _Value["int | None"]()
    management_level = _Value["int | None"]()
    group = _Value["str | None"]()
    agent = _Value["str | None"]()
    requester = _Value["str | None"]()
    organization = _Value["str | None"]()
    technology = _Value["str | None"]()
    service = _Value["str | None"]()
    topic = _Value["str | None"]()
    tags = _Value["frozenset[str] | None"]()

    @property
    def category(self) -> Category:
        """The category of the status, which is all that clocks and figures read of it."""
        return self.status.category

    @property
    def merged_into(self) -> str | None:
        """The ticket into which it was merged last; None where it lives by itself."""
        into = [other for kind, other in self.relations if kind == "merged_into"]
        return into[-1] if into else None


@frozen
class TicketStep:
    """One event with the ticket before and after it: what a `Pattern` is evaluated on.

    `before` is None at the creation. `changed` names the fields that really got another value
    (at the creation: those that got one), and `category` where the category moved.
    """

    event: Event | None
    before: Ticket | None
    after: Ticket
    changed: frozenset[str]
    facts: frozenset[str]

    @property
    def handed_out(self) -> bool:
        """Whether a system or a bot did it, as tools that assign tickets themselves."""
        return self.event is not None and self.event.role in HAND_OUT


def must_be_ticket(thing: object) -> None:
    """Refuse what is no ticket, such as an id or a log."""
    if not isinstance(thing, Ticket):
        raise InvalidValue(thing, "no ticket", "give replay(events)")


def eventless_step(ticket: Ticket) -> TicketStep:
    """Return a step in which nothing happens, to evaluate a pattern on a ticket alone.

    Example:
        >>> from support_model.patterns import Field
        >>> billing = Field("group").is_("billing")
        >>> def is_billing(ticket):
        ...     return billing.holds(eventless_step(ticket))
    """
    return TicketStep(None, ticket, ticket, NOTHING, NOTHING)


def step(ticket: Ticket | None, event: Event) -> TicketStep:
    """Return what one event does to a ticket; None and `Created` begin one.

    Raises:
        InvalidEvent: something that is no event.
        MissingCreation: there is no ticket yet and the event is no `Created`.
        RepeatedCreation: there is one and the event is `Created`.
        ForeignEvent: the event is of another ticket.
        MixedSequence: the event has a `seq` and the ticket's events have none, or vice versa.
        OutOfOrder: the event lies before one already seen, or has no later (at, seq).
    """
    if ticket is None:
        return _begin(event)
    try:
        _must_follow(ticket, event)
    except AttributeError:  # looked at only now, so that sound events pay nothing
        must_be_event(event)
        raise
    return _following(ticket, event)


def _following(ticket: Ticket, event: Event) -> TicketStep:
    """Return what an event does that is known to follow."""
    now = _draft(ticket, event)
    changed, facts = EFFECTS.get(type(event), _alone)(now, event)
    return _done(event, ticket, now, changed, facts)


def _draft(ticket: Ticket, event: Event) -> TicketDraft:
    """Return a ticket to be written, at an event; a loop over its fields costs seven times."""
    now = _TicketDraft()
    now.at, now.seq = event.at, event.seq
    now.version = ticket.version + 1 if now.seq is None else max(ticket.version, now.seq)
    now.id, now.created_at, now.created_by = ticket.id, ticket.created_at, ticket.created_by
    now.fields, now.times, now.known = ticket.fields, ticket.times, ticket.known
    now.status_since, now.pending_until = ticket.status_since, ticket.pending_until
    now.waiting_since, now.relations = ticket.waiting_since, ticket.relations
    now.promises, now.policy = ticket.promises, ticket.policy
    return now


def _done(
    event: Event,
    before: Ticket | None,
    now: TicketDraft,
    changed: frozenset[str],
    facts: frozenset[str],
) -> TicketStep:
    """Count the facts, then freeze the draft of the ticket and the step that leads to it.

    The oldest unanswered customer message waits until reply or solution.
    """
    if facts:
        if "replied" in facts or "resolved" in facts:
            now.waiting_since = None
        elif "contacted" in facts and now.waiting_since is None:
            now.waiting_since = event.at
        now.times = _counted(now.times, facts)
    now.__class__ = Ticket
    made = _StepDraft()
    made.event, made.before, made.after = event, before, now
    made.changed, made.facts = changed, facts
    made.__class__ = TicketStep
    done: TicketStep = made
    return done


@lru_cache(maxsize=1024)
def _counted(times: FrozenMap[str, int], facts: frozenset[str]) -> FrozenMap[str, int]:
    """Return the counts after a step, by name; tickets share the few that most of them have."""
    counted = {name: times.get(name, 0) + 1 for name in facts}
    return owned(dict(sorted({**times, **counted}.items())))


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """Return the ticket after one more event, whatever the event says.

    Raises:
        InconsistentLog: the event cannot be the next one of this ticket; see `step`.
    """
    return step(ticket, event).after


def steps(events: Iterable[Event], onto: Ticket | None = None) -> Iterator[TicketStep]:
    """Yield a step for each event of a log, ordered and once; `onto` continues a ticket.

    Raises:
        InconsistentLog: the events are no log of one ticket; see `ordered`. Nothing was yielded.
    """
    if type(events) is ReadLog and onto is None:
        return iter(events.steps)
    if onto is None:
        return iter(_folded(ordered(events)))
    return _walk(in_order(events), onto)


def _walk(log: Iterable[Event], ticket: Ticket) -> Iterator[TicketStep]:
    for event in log:
        now = step(ticket, event)
        ticket = now.after
        yield now


def _folded(log: Sequence[Event]) -> tuple[TicketStep, ...]:
    """Return the steps of an ordered log, or of its beginning, which needs no second look."""
    if not log:
        return ()
    now = _begin(log[0])
    made = [now]
    for event in log[1:]:
        now = _following(now.after, event)
        made.append(now)
    return tuple(made)


@frozen
class ReadLog:
    """The events of a log with the step of each: `steps` of it folds nothing again."""

    events: tuple[Event, ...]
    steps: tuple[TicketStep, ...]

    @classmethod
    def until(cls, events: Iterable[Event], through: int) -> ReadLog:
        """Return what of a log lies at or before an instant in microseconds.

        Raises:
            InconsistentLog: the events are no log of one ticket; see `ordered`.
        """
        if type(events) is not ReadLog:
            log = ordered(events)
            if log[-1].micros > through:
                log = tuple([event for event in log if event.micros <= through])
            return cls(log, _folded(log))
        if not events.steps or micros_at(events.steps[-1]) <= through:
            return events
        count = bisect_right(events.steps, through, key=micros_at)
        return cls(events.events[:count], events.steps[:count])

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)


micros_at: Callable[[TicketStep], int] = attrgetter("event.micros")
"""The instant of a step that has an event, in microseconds."""


def replay(events: Iterable[Event], onto: Ticket | None = None) -> Ticket:
    """Return the ticket of a log; `onto` a ticket, its later events are enough.

    Raises:
        InconsistentLog: the events are no log of one ticket; see `ordered`.
    """
    ticket = onto
    for event in ordered(events) if onto is None else in_order(events):
        ticket = step(ticket, event).after
    return cast("Ticket", ticket)


def numbered(
    events: Iterable[Event], onto: Ticket | None = None, *, source_id: str | None = None
) -> tuple[Event, ...]:
    """Return events as they are stored next: in order, equal ones once, with `seq` following.

    Without `onto` they are a whole log, numbered from 1; onto a ticket they go on from its
    `version`, or stay without `seq` if it has none. They may have happened earlier than the
    ticket's last event: the log is ordered when it is read.

    Args:
        events: of one ticket, such as another system tells them; their own `seq` is replaced.
        onto: the ticket after all that is stored.
        source_id: what asked for the events, such as the id of a request; a unique key (ticket,
            `source_id`) of the host's table then refuses the same request a second time. The
            first event gets it, the n-th with `/n` after it; one that has its own keeps it.

    Raises:
        InconsistentLog: the events are no log of one ticket, or cannot be among those of
            `onto`: of another ticket, a second creation, before its creation.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new")}
        >>> stored = numbered([Created(ticket_id="T1", at=at, role="customer", fields=new)])
        >>> late = Message(ticket_id="T1", at=at, role="agent", public=True)
        >>> [event.seq for event in numbered([late], replay(stored), source_id="request 7")]
        [2]
    """
    if onto is not None:
        must_be_ticket(onto)
    log = ordered(events) if onto is None else in_order(events)
    stored = 0 if onto is None else onto.version
    numbers: Iterable[int | None] = range(stored + 1, stored + len(log) + 1)
    if onto is not None:
        for event in log:
            _must_belong(onto, event)
        numbers = repeat(None) if onto.seq is None else numbers
    sources = (f"{source_id}/{n}" if n > 1 else source_id for n in count(1))
    return tuple(
        attrs.evolve(event, seq=seq, source_id=event.source_id or (source_id and source))
        for event, seq, source in zip(log, numbers, sources, strict=False)
    )


def _must_belong(ticket: Ticket, event: Event) -> None:
    """Refuse what can be no further event of a ticket, wherever in its log it would stand."""
    if event.ticket_id != ticket.id:
        raise ForeignEvent(event, f"an event beside ticket {ticket.id!r}", "split the log")
    if type(event) is Created:
        raise RepeatedCreation(event, "a second creation", "a ticket is created once")
    if event.at < ticket.created_at:
        problem = "an event before the ticket was created"
        raise MissingCreation(event, problem, "a log begins with Created")


def _must_follow(ticket: Ticket, event: Event) -> None:
    if event.ticket_id != ticket.id or type(event) is Created:
        _must_belong(ticket, event)
    if (event.seq is None) is not (ticket.seq is None):
        raise MixedSequence(event, "a sequence number on some events only", "on all or none")
    if event.at <= ticket.at and (
        event.at < ticket.at or (event.seq is not None and event.seq <= cast("int", ticket.seq))
    ):
        raise OutOfOrder(event, "an event before one already seen", "replay the whole log")


Effect: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""What an event changed of a ticket, and the facts of it; the draft is written meanwhile."""


def _begin(event: Event) -> TicketStep:
    if not isinstance(event, Created):
        must_be_event(event)
        raise MissingCreation(event, "no ticket yet", "a log begins with Created")
    changed, facts, fields, known = begun(event)
    now = _TicketDraft()
    now.version = 1 if event.seq is None else event.seq
    now.id, now.at, now.seq = event.ticket_id, event.at, event.seq
    now.created_at, now.created_by = event.at, event.role
    now.fields, now.times, now.known = fields, owned({}), known
    now.status_since, now.pending_until, now.waiting_since = event.at, None, None
    now.relations, now.promises, now.policy = (), (), None
    return _done(event, None, now, changed, facts)


def _alone(now: TicketDraft, event: Event) -> Effect:  # noqa: ARG001 - as every effect
    return NOTHING, FACTS_ALONE.get(type(event), NOTHING)


def _message(now: TicketDraft, event: Message) -> Effect:
    agent = now.fields.get("agent")
    return NOTHING, facts_of_message(
        event, created=now.created_at, created_by=now.created_by, agent=agent
    )


def _change(now: TicketDraft, event: Changed) -> Effect:
    changed, facts, now.fields, now.known = change_of(now.fields, now.known, event)
    if "status" in changed:
        now.status_since, now.pending_until = event.at, None
    if "restored" in facts:  # what left void is merged no more
        now.relations = tuple([row for row in now.relations if row[0] != "merged_into"])
    if event.until is not None:
        now.pending_until = event.until
    return changed, facts


def _promised(now: TicketDraft, event: Promised) -> Effect:
    kept = tuple(promise for promise in now.promises if promise[0] != event.metric)
    promise = () if event.due is None else ((event.metric, event.due),)
    now.promises = (*kept, *promise)
    return NOTHING, NOTHING


def _related(now: TicketDraft, event: Related) -> Effect:
    now.relations = (*now.relations, (event.kind, event.other))
    return NOTHING, NOTHING


def _policy(now: TicketDraft, event: PolicyApplied) -> Effect:
    now.policy = (event.policy, event.version)
    return NOTHING, NOTHING


EFFECTS: Mapping[type[Event], Callable[[TicketDraft, Any], Effect]] = MappingProxyType(
    {
        Message: _message,
        Changed: _change,
        Promised: _promised,
        Related: _related,
        PolicyApplied: _policy,
    }
)
_TicketDraft, _StepDraft = draft_class(Ticket), draft_class(TicketStep)


def holdings(steps: Iterable[TicketStep]) -> tuple[Holding, ...]:
    """Return the stays of a ticket with its agents, in order; a log from its creation on.

    An event of an agent without an id counts as one of the holder's.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.events import Changed, Created
        >>> from support_model.vocabulary import Status
        >>> from support_model.tickets import steps
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> log = [
        ...     Created(ticket_id="T1", at=at, role="customer",
        ...             fields={"status": Status("new", "new")}),
        ...     Changed(ticket_id="T1", at=at + timedelta(seconds=5), role="system",
        ...             fields={"agent": "ann"}),
        ...     Changed(ticket_id="T1", at=at + timedelta(seconds=25), role="system",
        ...             fields={"agent": None}),
        ... ]
        >>> [(stay.agent, stay.first, stay.last, stay.offer) for stay in holdings(steps(log))]
        [('ann', 1, 2, True)]
    """
    agents = [(_event(now), now.after.agent, "agent" in now.changed) for now in steps]
    return tuple(stays(agents))


def _event(step: TicketStep) -> Event:
    assert step.event is not None  # noqa: S101 - steps of a log have events
    return step.event


def merge(
    source: Ticket,
    target: Ticket,
    *,
    actor: Actor,
    at: datetime,
    status: Status | None = None,
    comment: Literal["public", "internal"] | None = None,
    source_id: str | None = None,
) -> tuple[Event, ...]:
    """Return the events of a merge for both tickets, those of the target last.

    The source is related to the target. A customer message that waits on the source waits on
    the target from now on. `merged` has nothing to add to logs that hold these events.

    Args:
        source: the ticket that is merged away.
        target: the ticket that goes on.
        actor: who merges them.
        at: when.
        status: what the source becomes, void in its workflow; None leaves its status.
        comment: writes a message of the merge itself on the target; it is no reply.
        source_id: what asked for it; see `numbered`.

    Raises:
        TransitionRefused: the source is merged already, or the target is void.
        OutOfOrder: `at` lies before the last event of one of them.
        MergeCycle: both are one ticket.
        InvalidValue: only the id of a ticket is given.
        InvalidEvent: a status that is not void, or another visibility of the comment.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.vocabulary import Actor, Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new")}
        >>> a, b = [
        ...     replay([Created(ticket_id=name, at=at, seq=1, role="customer", fields=new)])
        ...     for name in ("A", "B")
        ... ]
        >>> events = merge(a, b, actor=Actor("agent", "ann"), at=at, status=Status("gone", "void"))
        >>> [(event.ticket_id, event.seq, event.type) for event in events]
        [('A', 2, 'changed'), ('A', 3, 'related'), ('B', 2, 'message')]
    """
    must_be_ticket(source)
    must_be_ticket(target)
    must_be_actor(actor)
    if comment is not None:
        one_of(comment, ("public", "internal"), "visibility of a comment")
    if status is not None and getattr(status, "category", None) != "void":
        raise InvalidEvent(status, "a ticket merged away is void", "give such a status, or none")
    reasons = [*_against_merge(source, target)]
    if reasons:
        raise TransitionRefused(source.id, source.status.name, "merge", reasons)
    who = _who(actor, at)
    own: list[Event] = []
    if status not in (None, source.status):
        own.append(Changed(ticket_id=source.id, **who, fields={"status": status}))
    own.append(Related(ticket_id=source.id, **who, kind="merged_into", other=target.id))
    taken = [] if source.waiting_since is None else [_waiting(source.id, target.id, at)]
    if comment is not None:
        said = _who(Actor("system", actor.id), at)
        public = comment == "public"
        taken.append(Message(ticket_id=target.id, **said, public=public, basis="merge"))
    if own[-1].at < max(source.at, target.at):
        problem = "a merge before the last event of one of the tickets"
        raise OutOfOrder(own[-1], problem, "act at max(now, ticket.at, other.at)")
    return (*_next(own, source, source_id), *_next(taken, target, source_id))


def _against_merge(source: Ticket, target: Ticket) -> Iterator[Reason]:
    """Yield why one ticket cannot be merged into another one."""
    for ticket in (source, target):
        if ticket.merged_into is not None:
            yield Reason.of("merged_away", ticket=ticket.id, other=ticket.merged_into)
    if target.category == "void" and target.merged_into is None:
        yield Reason.of("merge_into_void", ticket=target.id, status=target.status.name)


def _waiting(name: str, home: str, at: datetime) -> Message:
    """Return the customer's question of a merged ticket, asked again where it survives."""
    source_id = f"{name}: waiting when merged at {utc(at).isoformat()}"
    return Message(ticket_id=home, at=at, role="customer", public=True, source_id=source_id)


def _who(actor: Actor, at: datetime) -> dict[str, Any]:
    """Return what the events of one act share."""
    return {"at": at, "role": actor.role, "actor": actor.id}


def _next(events: Sequence[Event], ticket: Ticket, source_id: str | None) -> tuple[Event, ...]:
    """Return events that follow the last one of a ticket, as they are stored."""
    made = numbered(events, ticket, source_id=source_id) if events else ()
    for event in made:
        ticket = evolve(ticket, event)
    return made


def split(
    ticket: Ticket,
    new_id: str,
    *,
    actor: Actor,
    at: datetime,
    fields: Mapping[str, Any] | None = None,
    message: Message | None = None,
    source_id: str | None = None,
) -> tuple[Event, ...]:
    """Return the events of a split for both tickets, those of the new one last.

    The new ticket begins at `at` with the requester, organization, technology, service, channel
    and topic of the old one, and the clocks of its own begin there. It is split from the old
    ticket, which is linked to it.

    Args:
        ticket: the ticket that something is split off from; it stays as it is.
        new_id: the id of the new ticket.
        actor: who splits it.
        at: when.
        fields: of the new ticket, instead of or beside those that it has from the old one; its
            status is that of the old one unless they say so.
        message: the message that goes over: whoever wrote it begins the new ticket, so that a
            customer's question waits for its first response. None: the actor begins it.
        source_id: what asked for it; see `numbered`.

    Raises:
        TransitionRefused: the ticket is merged away, or the new one has its id.
        OutOfOrder: `at` lies before its last event, or before the message.
        ForeignEvent: the message is of another ticket.
        InvalidValue: what goes over is no message.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.vocabulary import Actor, Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new"), "requester": "carl"}
        >>> begun = Created(ticket_id="A", at=at, seq=1, role="customer", fields=new)
        >>> events = split(replay([begun]), "B", actor=Actor("agent", "ann"), at=at)
        >>> [(event.ticket_id, event.seq, event.type) for event in events]
        [('A', 2, 'related'), ('B', 1, 'created'), ('B', 2, 'related')]
    """
    must_be_ticket(ticket)
    must_be_actor(actor)
    reasons = [*_against_split(ticket, new_id)]
    if reasons:
        raise TransitionRefused(ticket.id, ticket.status.name, "split", reasons)
    if message is not None:
        _must_go_over(ticket, message, at)
    who = _who(actor, at)
    by = who if message is None else _who(Actor(message.role, message.actor), at)
    given = {name: ticket.fields[name] for name in HANDED_DOWN if name in ticket.fields}
    begun = {"status": ticket.status, **given, **dict(frozen_fields(fields or {}))}
    own = Related(ticket_id=ticket.id, **who, kind="linked", other=new_id)
    other = (
        Created(ticket_id=new_id, **by, fields=begun),
        Related(ticket_id=new_id, **who, kind="split_from", other=ticket.id),
    )
    numbers = (None, None) if ticket.seq is None else (1, 2)
    sources = (source_id, source_id and f"{source_id}/2")
    return (
        *_next([own], ticket, source_id),
        *(
            attrs.evolve(event, seq=seq, source_id=source)
            for event, seq, source in zip(other, numbers, sources, strict=True)
        ),
    )


def _against_split(ticket: Ticket, new_id: str) -> Iterator[Reason]:
    """Yield why nothing can be split off from a ticket under an id."""
    if ticket.merged_into is not None:
        yield Reason.of("merged_away", ticket=ticket.id, other=ticket.merged_into)
    if new_id == ticket.id:
        yield Reason.of("related_to_itself", ticket=ticket.id)


def _must_go_over(ticket: Ticket, message: Message, at: datetime) -> None:
    """Refuse what is no message of a ticket until the instant of its split."""
    if not isinstance(message, Message):
        raise InvalidValue(message, "no message", "give one of the ticket's log")
    _must_belong(ticket, message)
    if message.at > utc(at):
        problem = "a message written after the split"
        raise OutOfOrder(message, problem, "split at max(now, message.at)")


Log = tuple[Event, ...]


def _log_pairs(
    given: Mapping[str, Log] | Iterable[tuple[str, Log]],
) -> tuple[tuple[str, Log], ...]:
    return tuple([(name, frozen_parts(log)) for name, log in dict(given).items()])


def _ends(given: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(dict(given).items()))


@frozen(eq=False)
class Merged(Mapping[str, Log]):
    """The logs of tickets after their merges, by id: a mapping, equal to any with these logs.

    Attributes:
        logs: the same as pairs, in the order in which they were given.
        survivors: each merged ticket with the one that survives at the end.
        findings: a reason for each log that was left as it was, and for each merge left out.

    Example:
        >>> found = merged({})
        >>> dict(found), found.findings
        ({}, ())
    """

    logs: tuple[tuple[str, Log], ...] = field(converter=_log_pairs)
    survivors: tuple[tuple[str, str], ...] = field(converter=_ends)
    findings: tuple[Reason, ...]

    @cached_property
    def _places(self) -> Mapping[str, Log]:
        return FrozenMap(self.logs)

    def __getitem__(self, ticket_id: str) -> Log:
        """Return the log of one ticket.

        Raises:
            UnknownName: there is no such ticket.
        """
        return self._places[ticket_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __hash__(self) -> int:
        return hash(frozenset(self.logs))


def merged(logs: Mapping[str, Iterable[Event]]) -> Merged:
    """Return the logs of tickets after the merges in them.

    A public message that staff write in the instant of a merge, as its actor and on either
    ticket, is the comment that the merge writes: it gets the role `system` and is no reply.
    What is merged already stays as it is. Linear in the number of events.

    Args:
        logs: each ticket's log under its id; merges into tickets that are not among them
            move nothing. A log that is none comes back unchanged, and a merge that would close
            a circle is left out; `findings` names both.

    Raises:
        InvalidValue: the logs are no mapping.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new")}
        >>> logs = {n: [Created(ticket_id=n, at=at, role="customer", fields=new)] for n in "AB"}
        >>> later = at.replace(hour=11)
        >>> into = Related(ticket_id="A", at=later, role="agent", kind="merged_into", other="B")
        >>> found = merged({**logs, "A": [*logs["A"], into]})
        >>> found["B"][1].source_id, found.survivors
        ('A: waiting when merged at 2026-03-02T11:00:00+00:00', (('A', 'B'),))
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
    kept.update(sweep.result())
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
    """Which ticket is merged into which now; a merge into no ticket yet waits for its creation."""

    def __init__(self) -> None:
        self.into: dict[str, str] = {}
        self._created: set[str] = set()
        self._early: dict[str, str] = {}
        self._expected: dict[str, list[str]] = {}
        self._ends: dict[str, str] = {}

    def end(self, name: str) -> str:
        """Return the ticket in which one survives; paths are remembered until a link goes."""
        path = []
        here = name
        while here in self.into:
            path.append(here)
            here = self._ends.get(here) or self.into[here]
        self._ends.update(dict.fromkeys(path, here))
        return here

    def create(self, name: str) -> list[str]:
        """Begin a ticket; return those that were merged into it before it was there."""
        self._created.add(name)
        sources = [
            source for source in self._expected.pop(name, ()) if self._early.get(source) == name
        ]
        return [source for source in dict.fromkeys(sources) if self.link(source, name)]

    def link(self, name: str, other: str) -> bool:
        """Merge one ticket into another, unless that closes a circle; return whether it holds."""
        if other not in self._created:
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
        self._present: dict[str, set[object]] = {}

    def run(self) -> None:
        every = [event for log in self.logs.values() for event in log]
        every.sort(key=attrgetter("micros"))
        for _, events in groupby(every, attrgetter("micros")):
            self._instant(list(events))

    def result(self) -> dict[str, Log]:
        return {name: tuple(log) for name, log in self._out.items()}

    def survivors(self) -> dict[str, str]:
        """Return the ticket that survives each merged one."""
        return {name: self.links.end(name) for name in self.links.into}

    def _instant(self, events: list[Event]) -> None:
        """Judge the merges of an instant first, then place what was written in it."""
        self._present.clear()
        into = self.links.into
        joined, held, refused, gone = self._judged(events)
        marks = _marks(held)
        moved: list[Event] = []
        for event in events:
            here = event.ticket_id
            if event in refused:
                continue
            if here in gone and isinstance(event, Message):
                moved.append(_with_tool_role(event, marks, here, self.links.end(here)))
                continue
            self._add(_with_tool_role(event, marks, here))
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
        created = [event.ticket_id for event in events if type(event) is Created]
        joined = {source for name in created for source in links.create(name)}
        for source in joined:
            self._waits[source] = self._tickets[source].waiting_since is not None
        gone |= joined
        was = {merge.ticket_id: links.into.get(merge.ticket_id) for merge in merges}
        held, refused = self._linked(merges)
        joined |= {name for name, other in was.items() if links.into.get(name) != other}
        return joined, held, refused, (gone - restored) & links.into.keys()

    def _linked(self, merges: Iterable[Related]) -> tuple[list[Related], set[Event]]:
        """Link tickets by the merges of an instant; return those that hold and the circles."""
        held: list[Related] = []
        refused: set[Event] = set()
        for merge in sorted(merges, key=lambda merge: (merge.seq or 0, merge.ticket_id)):
            if self.links.link(merge.ticket_id, merge.other):
                held.append(merge)
                continue
            refused.add(merge)
            of = {"ticket": merge.ticket_id, "other": merge.other}
            self.findings.append(Reason.of("merge_in_circle", **of, at=merge.at))
        return held, refused

    def _statements(self, events: list[Event]) -> tuple[set[str], list[Related]]:
        """Return the tickets that leave `void` now, and the merges stated after that."""
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
        return restored, [merge for statements in merges.values() for merge in statements]

    def _carry(self, name: str, now: Event) -> None:
        """Let what waits on a merged ticket wait on the one that survives."""
        home = self.links.end(name)
        waiting = _waiting(name, home, now.at)
        if waiting.source_id not in self._events_of(home, now.micros):
            self._move(waiting, home)

    def _move(self, event: Event, home: str) -> None:
        """Write an event after those of its instant, unless it is there already."""
        ticket, present = self._tickets[home], self._events_of(home, event.micros)
        seq = None
        if ticket.seq is not None:
            seq = ticket.seq + 1 if ticket.at == event.at else 1
        event = attrs.evolve(event, ticket_id=home, seq=seq)
        if event not in present:
            self._add(event)
            present |= {event, event.source_id}

    def _events_of(self, name: str, at: int) -> set[object]:
        """Return the events of a ticket at this instant, and their source ids."""
        present = self._present.get(name)
        if present is None:
            present = self._present[name] = set()
            for event in takewhile(lambda event: event.micros == at, reversed(self._out[name])):
                present |= {event, event.source_id}
        return present

    def _add(self, event: Event) -> None:
        name = event.ticket_id
        self._out[name].append(event)
        self._tickets[name] = step(self._tickets.get(name), event).after


def _marks(held: Iterable[Related]) -> set[tuple[str, str | None]]:
    """Return the tickets of merges, each with the actor whose message is the merge's comment."""
    return {
        (name, merge.actor)
        for merge in held
        for name in (merge.ticket_id, merge.other)
        if merge.actor is not None or merge.role == "agent"
    }


def _with_tool_role(event: Event, marks: set[tuple[str, str | None]], *places: str) -> Event:
    """Return an event; the comment of a merge is what its tool wrote and is no reply."""
    written = bool(marks) and isinstance(event, Message) and event.public and event.role == "agent"
    if written and any((place, event.actor) in marks for place in places):
        return attrs.evolve(event, role="system")
    return event
