"""A ticket is a fold over its events, and everything derived about it is derived here.

`step` takes the ticket as it was and one event, and returns both beside the ticket as it is,
what changed, and the facts: replied, resolved, reopened, transferred, escalated, handed back
and the rest of `vocabulary.FACTS`. `evolve` is its last part, `replay` its repetition. The fold
refuses nothing that happened; only an event that cannot be the next one of this ticket raises.

Before this: `support_model.patterns`. Next: `support_model.lifecycle.workflows`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast, overload

import attrs
from attrs import field, frozen

from support_model.errors import (
    ForeignEvent,
    MissingCreation,
    MixedSequence,
    OutOfOrder,
    RepeatedCreation,
)
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    PolicyApplied,
    Promised,
    Related,
    in_order,
    must_be_event,
    ordered,
)
from support_model.frozen_maps import FrozenMap, frozen_map, owned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from support_model.events import Event
    from support_model.lifecycle.vocabulary import Category, Fact, Priority, Role, Status  # noqa: F401

__all__ = ["Step", "Ticket", "evolve", "replay", "step", "steps", "still"]

T = TypeVar("T")
NOTHING: frozenset[str] = frozenset()
SETTLED = frozenset({"solved", "closed"})
CONTACTED = frozenset({"contacted"})
ACKNOWLEDGED = frozenset({"acknowledged"})
REPLIED = frozenset({"replied", "acknowledged"})
REPLIED_BY_ASSIGNEE = REPLIED | {"assignee_replied"}
MOVES = ("group", "line", "management_level")


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
    """A ticket after some events; `version` counts them, for a host's optimistic locking.

    Besides the typed fields below, `fields` holds all of them by name, `custom.*` included.
    `times` counts each fact so far, `known` holds the last known group, line and management
    level (moves are told from them), `waiting_since` is the oldest customer message that got
    no reply and no solution yet, `status_since` the start of the present status, and
    `pending_until` the end of a wait that was given one.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lifecycle.vocabulary import Status
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
    fields: FrozenMap[str, Any] = field(converter=frozen_map, hash=False)
    times: FrozenMap[str, int] = field(converter=frozen_map, hash=False)
    known: FrozenMap[str, Any] = field(converter=frozen_map, hash=False)
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


@frozen
class Step:
    """One event with the ticket before and after it: what a `Pattern` is asked of.

    `before` is None at the creation. `changed` names the fields that really got another value
    (at the creation: those that got one), and `category` where the category moved.
    """

    event: Event | None
    before: Ticket | None
    after: Ticket
    changed: frozenset[str]
    facts: frozenset[str]


def still(ticket: Ticket) -> Step:
    """Return a step in which nothing happens, to ask a pattern about a ticket alone.

    Example:
        >>> from support_model.patterns import Field
        >>> billing = Field("group").is_("billing")
        >>> def is_billing(ticket):
        ...     return billing.holds(still(ticket))
    """
    return Step(None, ticket, ticket, NOTHING, NOTHING)


def step(ticket: Ticket | None, event: Event) -> Step:
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
    except AttributeError:  # asked only now, so that sound events pay nothing
        must_be_event(event)
        raise
    updates, changed, facts = EFFECTS.get(type(event), _none)(ticket, event)
    if facts:
        updates.update(_tallied(ticket.times, ticket.waiting_since, facts, event.at))
    values = [*_VALUES(ticket)]
    values[_VERSION] += 1
    values[_AT], values[_SEQ] = event.at, event.seq
    for name, value in updates.items():
        values[_PLACES[name]] = value
    return Step(event, ticket, Ticket(*values), changed, facts)


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """Return the ticket after one more event, whatever the event says.

    Raises:
        InconsistentLog: the event cannot be the next one of this ticket; see `step`.
    """
    return step(ticket, event).after


def steps(events: Iterable[Event], onto: Ticket | None = None) -> Iterator[Step]:
    """Yield a step for each event of a log, ordered and once; `onto` continues a ticket.

    Raises:
        InconsistentLog: the events are no log of one ticket; see `ordered`. Nothing was yielded.
    """
    log = ordered(events) if onto is None else in_order(events)

    def walk() -> Iterator[Step]:
        ticket = onto
        for event in log:
            now = step(ticket, event)
            ticket = now.after
            yield now

    return walk()


def replay(events: Iterable[Event], onto: Ticket | None = None) -> Ticket:
    """Return the ticket of a log; `onto` a ticket, its later events are enough.

    Raises:
        InconsistentLog: the events are no log of one ticket; see `ordered`.
    """
    ticket = onto
    for event in ordered(events) if onto is None else in_order(events):
        ticket = step(ticket, event).after
    return cast("Ticket", ticket)


def _must_follow(ticket: Ticket, event: Event) -> None:
    if event.ticket_id != ticket.id:
        raise ForeignEvent(event, f"an event beside ticket {ticket.id!r}", "split the log")
    if type(event) is Created:
        raise RepeatedCreation(event, "a second creation", "a ticket is created once")
    if (event.seq is None) is not (ticket.seq is None):
        raise MixedSequence(event, "a sequence number on some events only", "on all or none")
    if event.at <= ticket.at and (
        event.at < ticket.at or (event.seq is not None and event.seq <= cast("int", ticket.seq))
    ):
        raise OutOfOrder(event, "an event before one already seen", "replay the whole log")


Effect: TypeAlias = tuple[dict[str, Any], frozenset[str], frozenset[str]]


def _begin(event: Event) -> Step:
    if not isinstance(event, Created):
        must_be_event(event)
        raise MissingCreation(event, "no ticket yet", "a log begins with Created")
    fields = {name: value for name, value in event.fields if value is not None}
    category = fields["status"].category
    facts: frozenset[str] = frozenset(_category_facts("new", category))  # from nothing as from new
    if event.role == "customer":
        facts |= CONTACTED
    ticket = Ticket(
        id=event.ticket_id,
        version=1,
        at=event.at,
        seq=event.seq,
        created_at=event.at,
        created_by=event.role,
        fields=fields,
        known=_remembered({}, fields),
        status_since=event.at,
        pending_until=None,
        relations=(),
        promises=(),
        policy=None,
        **_tallied({}, None, facts, event.at),
    )
    return Step(event, None, ticket, frozenset((*fields, "category")), facts)


def _none(ticket: Ticket, event: Event) -> Effect:  # noqa: ARG001 - as every effect
    return {}, NOTHING, NOTHING


def _message(ticket: Ticket, event: Message) -> Effect:
    """Tell who spoke by role and visibility alone, never by the channel."""
    at_creation = event.at == ticket.created_at and event.role == ticket.created_by
    if event.public and at_creation:  # the text of the creation: the same contact
        return {}, NOTHING, NOTHING
    if event.role == "customer" and event.public:
        return {}, NOTHING, CONTACTED
    if event.role != "agent":
        return {}, NOTHING, NOTHING
    if not event.public:
        return {}, NOTHING, ACKNOWLEDGED
    by_assignee = event.actor is not None and event.actor == ticket.agent
    return {}, NOTHING, REPLIED_BY_ASSIGNEE if by_assignee else REPLIED


def _change(ticket: Ticket, event: Changed) -> Effect:
    changed = frozenset(name for name, value in event.fields if ticket.fields.get(name) != value)
    updates: dict[str, Any] = {}
    facts: set[str] = set()
    if changed:
        fields = updates["fields"] = ticket.fields.updated(dict(event.fields))
        if "status" in changed:
            updates.update(status_since=event.at, pending_until=None)
            was, now = ticket.status.category, fields["status"].category
            if was != now:
                changed |= {"category"}
                facts.update(_category_facts(was, now))
                if was == "void" and ticket.relations:  # what left void is merged no more
                    updates["relations"] = tuple(
                        row for row in ticket.relations if row[0] != "merged_into"
                    )
        if not changed.isdisjoint(MOVES):
            facts.update(_move_facts(ticket.known, fields))
            updates["known"] = _remembered(ticket.known, fields)
        if event.role == "agent" and (
            "status" in changed or ("agent" in changed and fields["agent"] is not None)
        ):
            facts.add("acknowledged")
    if event.until is not None:
        updates["pending_until"] = event.until
    return updates, changed, frozenset(facts)


def _category_facts(was: Category, now: Category) -> Iterator[Fact]:
    if now in SETTLED and was not in SETTLED:
        yield "resolved"
    if was in SETTLED and now not in SETTLED and now != "void":
        yield "reopened"
    if now == "void":
        yield "voided"
    if was == "void":
        yield "restored"


def _move_facts(known: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[Fact]:
    """Tell moves between known values: a first value is no move, an unknown one is skipped."""
    moves = {
        name: (known[name], fields[name])
        for name in MOVES
        if name in known and fields.get(name) not in (None, known[name])
    }
    if "group" in moves:
        yield "transferred"
    rises = {name for name, (old, new) in moves.items() if name != "group" and new > old}
    if "line" in rises:
        yield "escalated_functional"
    elif "line" in moves:
        yield "handed_back"
    if "management_level" in rises:
        yield "escalated_hierarchical"
    if rises:
        yield "escalated"


def _remembered(known: Mapping[str, Any], fields: Mapping[str, Any]) -> FrozenMap[str, Any]:
    now = {name: fields[name] for name in MOVES if fields.get(name) is not None}
    return owned({**dict(known.items()), **now})


def _tallied(
    times: Mapping[str, int], waiting_since: datetime | None, facts: frozenset[str], at: datetime
) -> dict[str, Any]:
    """Count the facts; the oldest unanswered customer message waits until reply or solution."""
    if "replied" in facts or "resolved" in facts:
        waiting_since = None
    elif "contacted" in facts and waiting_since is None:
        waiting_since = at
    counted = dict(times.items())
    for name in facts:
        counted[name] = counted.get(name, 0) + 1
    return {"times": owned(counted), "waiting_since": waiting_since}


def _acknowledged(ticket: Ticket, event: Acknowledged) -> Effect:  # noqa: ARG001 - as every effect
    return {}, NOTHING, ACKNOWLEDGED


def _promised(ticket: Ticket, event: Promised) -> Effect:
    kept = tuple(promise for promise in ticket.promises if promise[0] != event.metric)
    promise = () if event.due is None else ((event.metric, event.due),)
    return {"promises": (*kept, *promise)}, NOTHING, NOTHING


def _related(ticket: Ticket, event: Related) -> Effect:
    return {"relations": (*ticket.relations, (event.kind, event.other))}, NOTHING, NOTHING


def _policy(ticket: Ticket, event: PolicyApplied) -> Effect:  # noqa: ARG001 - as every effect
    return {"policy": (event.policy, event.version)}, NOTHING, NOTHING


EFFECTS: Mapping[type[Event], Callable[[Ticket, Any], Effect]] = {
    Message: _message,
    Changed: _change,
    Acknowledged: _acknowledged,
    Promised: _promised,
    Related: _related,
    PolicyApplied: _policy,
}
_NAMES = tuple(attribute.name for attribute in attrs.fields(Ticket))
_VALUES = attrgetter(*_NAMES)
_PLACES = {name: place for place, name in enumerate(_NAMES)}
_VERSION, _AT, _SEQ = _PLACES["version"], _PLACES["at"], _PLACES["seq"]
