"""The actions that every desk has beside those of its workflow: one for each kind of event.

Where there is a workflow, none of them changes the status. What an action is told is data, what
speaks against it is a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta  # noqa: TC003 - named in a TypedDict
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, Unpack

from support_model._desk.stranded import names_of
from support_model._frozen import FrozenMap
from support_model._vocabulary import FIELDS, Actor, Relation, frozen_fields
from support_model.errors import (
    InvalidEvent,
    InvalidValue,
    TransitionRefused,
    UnknownName,
    nearest,
)
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Event,
    Message,
    PolicyApplied,
    Promised,
    Rated,
    RatingRequested,
    Related,
    Worked,
)
from support_model.reasons import Reason
from support_model.routing import triage
from support_model.tickets import Ticket, merge, numbered, replay, split, step
from support_model.workflows import Option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model.desk import Desk
    from support_model.tickets import TicketStep


class ActionDetails(TypedDict, total=False):
    """What an action says besides who and when; each takes those that mean something for it."""

    fields: Mapping[str, Any]
    until: datetime | None
    other: Ticket | str
    children: Iterable[Ticket]
    message: Message
    comment: Literal["public", "internal"]
    duration: timedelta
    metric: str
    due: datetime
    kind: Relation | str
    policy: str
    version: str
    score: float
    scale: tuple[float, float]


class Who(TypedDict):
    """Who acts, when, and what asked for it."""

    actor: Actor
    at: datetime
    source_id: str | None


class Action(NamedTuple):
    """What an action must be told, what it may be told, and the event that it makes."""

    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    event: type[Event] = Event
    given: tuple[tuple[str, Any], ...] = ()


OF_WORKFLOW = Action(takes=("fields", "until", "other", "children"))
ACTIONS: Mapping[str, Action] = FrozenMap(
    {
        "message": Action(event=Message, given=(("public", True),)),
        "note": Action(event=Message, given=(("public", False),)),
        "change": Action(("fields",), ("until",), Changed),
        "acknowledge": Action(event=Acknowledged),
        "work": Action(("duration",), (), Worked),
        "promise": Action(("metric", "due"), (), Promised),
        "withdraw": Action(("metric",), (), Promised, (("due", None),)),
        "request_rating": Action((), ("kind",), RatingRequested, (("kind", "csat"),)),
        "rate": Action(("score", "scale"), ("kind",), Rated, (("kind", "csat"),)),
        "relate": Action(("kind", "other"), (), Related),
        "apply_policy": Action(("policy", "version"), (), PolicyApplied),
        "merge": Action(("other",), ("comment",)),
        "split": Action(("other",), ("fields", "message")),
    }
)
OF_CUSTOMERS = ("message", "rate")
"""What a customer does too; the others are for staff."""
TRIAGE = Actor("system", "triage")
OF_SURVIVORS = ("message", "acknowledge", "promise", "request_rating", "merge", "split")
"""What is done on the ticket that survives, not on one that is merged into it."""


def begin(
    desk: Desk,
    ticket_id: str,
    fields: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    source_id: str | None,
) -> tuple[Event, ...]:
    """Return the creation of a ticket; see `Desk.begin`."""
    fields = _listed(desk, fields)
    if desk.workflow is not None:
        made = desk.workflow.begin(
            ticket_id, actor=actor, at=at, fields=fields, source_id=source_id
        )
        return _triaged(desk, made, source_id)
    created = Created(
        ticket_id=ticket_id,
        at=at,
        role=actor.role,
        actor=actor.id,
        seq=1,
        source_id=source_id,
        fields=fields,
    )
    return _triaged(desk, [created], source_id)


def act(
    desk: Desk, ticket: Ticket, action: str, details: Mapping[str, Any], **who: Unpack[Who]
) -> tuple[Event, ...]:
    """Return the events of an action; see `Desk.act`."""
    if not isinstance(action, str):
        raise InvalidValue(action, "an action goes by name", "desk.allowed(ticket) lists all")
    workflow = desk.workflow
    own = frozenset[str]() if workflow is None else workflow.actions
    if action not in {*ACTIONS, *own}:
        hint = Reason.nearest(action, {*ACTIONS, *own})
        raise _refused(ticket, action, [Reason.of("unknown_action", action=action, hint=hint)])
    _must_take(action, OF_WORKFLOW if action in own else ACTIONS[action], details)
    if "fields" in details:
        fields = frozen_fields(_listed(desk, details["fields"]))
        details = {**details, "fields": dict(fields)}
    reasons = [*_against_names(desk, details.get("fields", {}))]
    if action not in own:
        reasons += [
            *_before(ticket, action, who["actor"]),
            *_against_other(ticket, action, details),
        ]
    if reasons:
        raise _refused(ticket, action, reasons)
    if workflow is not None and action in own:
        made = workflow.decide(ticket, action, **who, **details)
    else:
        made = _made(desk, ticket, action, details, who)
    return _triaged(desk, made, who["source_id"])


def _triaged(desk: Desk, made: Sequence[Event], source_id: str | None) -> tuple[Event, ...]:
    """Return events with what triage makes of each ticket that begins among them."""
    rest: list[Event] = []
    for begun in [event for event in made if isinstance(event, Created)] if desk.triage else ():
        log = [event for event in made if event.ticket_id == begun.ticket_id]
        ticket = replay(log)
        sorted_by = triage(ticket, desk.triage)
        if sorted_by.ticket != ticket:
            change = sorted_by.change(at=begun.at, actor=TRIAGE)
            source = source_id and f"{source_id}/{len(log) + 1}"
            rest += numbered([change], ticket, source_id=source)
    return (*made, *rest)


def _made(
    desk: Desk, ticket: Ticket, action: str, details: Mapping[str, Any], who: Who
) -> tuple[Event, ...]:
    """Return the events of an action that every desk has."""
    if action == "promise" and details["due"] is None:
        remedy = "give the date, or withdraw it with the action 'withdraw'"
        raise InvalidValue(None, "a promise without a date", remedy)
    given = {**dict(ACTIONS[action].given), **details}
    if desk.workflow is not None:
        _must_leave_status(given.get("fields", {}))
    if action == "merge":
        return merge(ticket, given.pop("other"), **who, **given)
    if action == "split":
        first = {} if desk.workflow is None else {"status": desk.workflow.first}
        given["fields"] = {**first, **given.get("fields", {})}
        return split(ticket, given.pop("other"), **who, **given)
    if isinstance(given.get("other"), Ticket):
        given["other"] = given["other"].id
    actor = who["actor"]
    event = ACTIONS[action].event(
        ticket_id=ticket.id, at=who["at"], role=actor.role, actor=actor.id, **given
    )
    made = numbered([event], ticket, source_id=who["source_id"])
    reasons = [*_against(desk, ticket, step(ticket, made[0]))]
    if reasons:
        raise _refused(ticket, action, reasons)
    return made


def allowed(desk: Desk, ticket: Ticket, actor: Actor) -> Iterator[Option]:
    """Yield what can be done on a ticket, and why the rest cannot; see `Desk.allowed`."""
    own = frozenset[str]()
    if desk.workflow is not None:
        own = desk.workflow.actions
        yield from desk.workflow.allowed(ticket, actor=actor)
    for action, row in ACTIONS.items():
        if action not in own:
            reasons = tuple(_before(ticket, action, actor))
            writes, opens = row.event is Message, action == "split"
            yield Option(action, not reasons, reasons, row.needs, writes, opens)


def _listed(desk: Desk, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return fields with a priority of the desk, which may go by its name where it lists any."""
    if not desk.priorities or not isinstance(fields, Mapping) or fields.get("priority") is None:
        return fields
    given, known = fields["priority"], {each.name: each for each in desk.priorities}
    if isinstance(given, str) and given in known:
        return {**fields, "priority": known[given]}
    if given not in desk.priorities:
        name = getattr(given, "name", given)
        remedy = f"give {name!r}, its name" if name in known else nearest(str(name), known)
        raise UnknownName(given, "no priority of this desk", remedy)
    return fields


def _must_take(action: str, row: Action, details: Mapping[str, Any]) -> None:
    known = (*row.needs, *row.takes)
    for name in details:
        if name not in known:
            remedy = nearest(name, known) if known else "leave it out"
            if name in FIELDS and "fields" in known:
                remedy = f"give fields={{{name!r}: ...}}"
            raise InvalidValue(name, f"{action!r} takes no such detail", remedy)
    missing = [name for name in row.needs if name not in details]
    if missing:
        remedy = f"give {', '.join(f'{name}=...' for name in missing)}"
        raise InvalidValue(action, "an action that needs to be told more", remedy)


def _must_leave_status(fields: Mapping[str, Any]) -> None:
    if "status" in fields:
        remedy = "leave it out, and use an action of the workflow"
        raise InvalidEvent(fields["status"], "the workflow sets the status", remedy)


def _refused(ticket: Ticket, action: str, reasons: list[Reason]) -> TransitionRefused:
    return TransitionRefused(ticket.id, ticket.status.name, action, reasons)


def _before(ticket: Ticket, action: str, actor: Actor) -> Iterator[Reason]:
    """Yield what speaks against an action of every desk whatever it is told."""
    if actor.role == "customer" and action not in OF_CUSTOMERS:
        yield Reason.of("for_staff", action=action)
    if action in OF_SURVIVORS and ticket.merged_into is not None:
        yield Reason.of("merged_away", ticket=ticket.id, other=ticket.merged_into)
    if action == "withdraw" and not ticket.promises:
        yield Reason.of("nothing_promised")


def _against_names(desk: Desk, fields: Mapping[str, Any]) -> Iterator[Reason]:
    """Yield which agent, group or line a ticket would get that the desk does not have."""
    for what, known in names_of(desk).items() if fields else ():
        value = fields.get(what)
        if value is not None and known and str(value) not in known:
            hint = Reason.nearest(str(value), known)
            yield Reason.of(f"unknown_{what}", name=value, hint=hint)


def _against_other(ticket: Ticket, action: str, details: Mapping[str, Any]) -> Iterator[Reason]:
    other = details.get("other")
    if ticket.id == (other.id if isinstance(other, Ticket) else other):
        yield Reason.of("related_to_itself", ticket=ticket.id)
    elif action == "merge" and isinstance(other, str):
        yield Reason.of("needs_ticket", action=action)


def _against(desk: Desk, ticket: Ticket, now: TicketStep) -> Iterator[Reason]:
    """Yield what speaks against the event of an action."""
    event = now.event
    if isinstance(event, Promised):
        yield from _against_promise(desk, ticket, event)
    elif isinstance(event, PolicyApplied):
        editions = {f"{policy.name} {policy.version}" for policy in desk.policies.policies}
        name = f"{event.policy} {event.version}"
        if name not in editions:
            yield Reason.of("unknown_policy", name=name, hint=nearest(name, editions))
    elif isinstance(event, Changed) and not now.changed and event.until is None:
        yield Reason.of("nothing_to_do", action="change")
    elif isinstance(event, Related) and event.kind == "merged_into":
        yield Reason.of("relate_is_no_merge", action="merge")


def _against_promise(desk: Desk, ticket: Ticket, event: Promised) -> Iterator[Reason]:
    promised = [metric for metric, _ in ticket.promises]
    if event.due is None:
        if promised and event.metric not in promised:
            hint = Reason.nearest(event.metric, promised)
            yield Reason.of("not_promised", metric=event.metric, hint=hint)
        return
    known = {t.metric.name for policy in desk.policies.policies for t in policy.targets}
    if event.metric not in known:
        hint = Reason.nearest(event.metric, known) if known else Reason.of("give_target")
        yield Reason.of("promise_without_target", metric=event.metric, at=event.due, hint=hint)
    if event.due <= event.at:
        yield Reason.of("promised_too_late", due=event.due, at=event.at)
