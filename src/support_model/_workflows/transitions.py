"""One row of a workflow's table: what it makes of a ticket, and what it objects to.

A transition holds an action, where it starts and leads, a guard and effects, all of it data.
A `Draft` applies one to a ticket on trial, so that the guard is evaluated on the very step that
the log would get.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import field

from support_model._checks import word
from support_model._frozen import derived, frozen, frozen_parts, words
from support_model._time import LAST, instant, micros, micros_of
from support_model._vocabulary import Actor, Role, frozen_fields
from support_model.calendars import WorkingDays
from support_model.errors import InvalidEvent, InvalidValue, NoOpenTime, OutOfRange
from support_model.events import Changed, Message, RatingRequested, Related
from support_model.patterns import ALWAYS, Pattern
from support_model.reasons import Reason
from support_model.tickets import Ticket, TicketStep, step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from support_model._vocabulary import Relation, Status
    from support_model.calendars import BusinessCalendar
    from support_model.events import Event


@frozen
class Say:
    """Effect: a message, in public or among staff; it precedes the change of status."""

    public: bool


def _no_status(_: object, __: object, fields: tuple[tuple[str, object], ...]) -> None:
    """Refuse the status: it would lead past `to`, with which the workflow is checked."""
    for name, value in fields:
        if name == "status":
            raise InvalidEvent(value, "a transition sets the status", "name it as its `to`")


@frozen
class Put:
    """Effect: fields set together with the status, in one change; None empties a field.

    Raises:
        InvalidEvent: a field that no ticket has, or the status, which the transition sets.
    """

    fields: tuple[tuple[str, Any], ...] = field(converter=frozen_fields, validator=_no_status)


@frozen
class Ask:
    """Effect: the requester is asked for a rating."""

    kind: str = "csat"


@frozen
class Relate:
    """Effect: the ticket gets related to the ticket or article given as `other`."""

    kind: Relation


@frozen
class FollowUp:
    """Effect: a new ticket, its id given as `other`, follows this one, which stays as it is."""


@frozen
class Cascade:
    """Effect: the same or another action on every child given that allows it."""

    action: str


Effect: TypeAlias = Say | Put | Ask | Relate | FollowUp | Cascade
_EFFECTS = (Say, Put, Ask, Relate, FollowUp, Cascade)


def _sources(given: str | Iterable[str]) -> tuple[str, ...]:
    if not isinstance(given, Iterable):
        raise InvalidValue(given, "no source of a transition", "name one status or several")
    return words(given)


@frozen
class Entering:
    """Anchor of `after`: the instant at which the status was entered."""


@frozen
class LastMessage:
    """Anchor of `after`: the last public message of a role, before or in the status.

    The creation of a ticket by its customer is a message of the customer.

    Raises:
        InvalidEvent: an unknown role.
    """

    role: Role = field(validator=word(Role, InvalidEvent, "unknown role"))


ENTERING = Entering()


def _must_be_positive(length: object) -> None:
    if length is not None and (not isinstance(length, timedelta) or micros_of(length) <= 0):
        remedy = "give timedelta(days=5), or leave it out"
        raise InvalidValue(length, "not a positive duration", remedy)


@frozen
class Transition:
    """One row of the table: an action, where it may start, where it leads, when, and with what.

    `to=None` stays in the status. `guard` is evaluated on the step that the transition makes.
    `within` allows it only so long after the status was entered. `after` makes it due that long
    after its `anchor`, if nobody acts: `Entering()` the status, or `LastMessage(role)`. Both
    lengths are in the open time of `calendar`, or in wall time without one; `after` also takes
    `WorkingDays` of the calendar.

    Raises:
        InvalidValue: no action, no source, a length that is not positive, working days without
            a calendar, an anchor or a calendar that no length needs, or a part of another type.

    Example:
        >>> from datetime import timedelta
        >>> silent = Transition("close", "waiting", "closed", after=timedelta(days=5),
        ...                     anchor=LastMessage("agent"))
        >>> silent.anchor
        LastMessage(role='agent')
    """

    action: str
    sources: tuple[str, ...] = field(converter=_sources)
    to: str | None = None
    guard: Pattern = field(default=ALWAYS, kw_only=True)
    effects: tuple[Effect, ...] = field(default=(), converter=frozen_parts, kw_only=True)
    within: timedelta | None = field(default=None, kw_only=True)
    after: timedelta | WorkingDays | None = field(default=None, kw_only=True)
    anchor: Entering | LastMessage = field(default=ENTERING, kw_only=True)
    calendar: BusinessCalendar | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.action or not self.sources:
            raise InvalidValue(self, "a transition without action or source", "name both")
        self._check_values()
        if not isinstance(self.after, WorkingDays):
            _must_be_positive(self.after)
        _must_be_positive(self.within)
        if self.after is None and self.anchor != ENTERING:
            raise InvalidValue(self.anchor, "an anchor without `after`", "give both")
        if self.after is None and self.within is None and self.calendar is not None:
            remedy = "give `after` or `within` too"
            raise InvalidValue(self.calendar, "a calendar in which no length counts", remedy)
        if isinstance(self.after, WorkingDays) and self.calendar is None:
            raise InvalidValue(self.after, "working days of no calendar", "give `calendar` too")

    def _check_values(self) -> None:
        for name in (*self.sources, self.to):
            if name is not None and not isinstance(name, str):
                raise InvalidValue(name, "statuses go by name", "give the text of its name")
        if not isinstance(self.guard, Pattern):
            raise InvalidValue(self.guard, "a guard is a pattern", "use Field or ALWAYS")
        if not isinstance(self.effects, tuple):
            raise InvalidValue(self.effects, "effects are several", "give a list of them")
        for effect in self.effects:
            if not isinstance(effect, _EFFECTS):
                raise InvalidValue(effect, "no effect of a transition", "use Say, Put or Ask")
        if not isinstance(self.anchor, Entering | LastMessage):
            raise InvalidValue(self.anchor, "no anchor of a transition", 'LastMessage("agent")')

    @derived
    def unguarded(self) -> bool:
        """Whether its guard holds always."""
        return self.guard == ALWAYS

    @property
    def needs_other(self) -> bool:
        """Whether an effect names another ticket, which the action must give."""
        return any(isinstance(effect, Relate | FollowUp) for effect in self.effects)

    @property
    def opens(self) -> bool:
        """Whether an effect opens the other ticket, which the host gives an id."""
        return any(isinstance(effect, FollowUp) for effect in self.effects)

    @property
    def merges(self) -> bool:
        """Whether an effect merges the ticket into the other one."""
        return Relate("merged_into") in self.effects

    def due(self, since: int) -> int | None:
        """Return when `after` is over, counted from an instant; None where it never is."""
        if self.after is None:
            return None
        try:
            if isinstance(self.after, WorkingDays):
                assert self.calendar is not None  # noqa: S101 - checked when made
                return self.after.reached(self.calendar, since)
            if self.calendar is None:
                due = since + micros_of(self.after)
                return due if due <= LAST else None
            return micros(self.calendar.add(instant(since), self.after))
        except (NoOpenTime, OutOfRange):
            return None


@frozen(kw_only=True)
class Draft:
    """The events that a transition would make of a ticket."""

    ticket: Ticket
    transition: Transition
    actor: Actor
    at: datetime
    other: str | None = None

    def made(
        self, to: Status, fields: Mapping[str, Any], until: datetime | None
    ) -> tuple[list[Event], TicketStep]:
        """Return the events, and the step of the change in them that the guard is about."""
        events: list[Event] = []
        ticket = self.ticket
        for effect in self.transition.effects:
            if isinstance(effect, Say):
                events.append(Message(**self._common(len(events) + 1), public=effect.public))
                ticket = step(ticket, events[-1]).after
        puts = (effect.fields for effect in self.transition.effects if isinstance(effect, Put))
        given = {"status": to, **dict(chain.from_iterable(puts)), **fields}
        change = Changed(**self._common(len(events) + 1), fields=given, until=until)
        trial = step(ticket, change)
        if trial.changed or until is not None:
            events.append(change)
        for effect in self.transition.effects:
            common = self._common(len(events) + 1)
            if isinstance(effect, Ask):
                events.append(RatingRequested(**common, kind=effect.kind))
            elif isinstance(effect, Relate) and self.other is not None:
                events.append(Related(**common, kind=effect.kind, other=self.other))
        return events, trial

    def _common(self, number: int) -> dict[str, Any]:
        """Return what the events of this action share, and the next sequence number."""
        return {
            "ticket_id": self.ticket.id,
            "at": self.at,
            "role": self.actor.role,
            "actor": self.actor.id,
            "seq": None if self.ticket.seq is None else self.ticket.version + number,
        }


def against_other(
    transition: Transition, ticket: Ticket, other: Ticket | str | None
) -> Iterator[Reason]:
    """Yield why a transition cannot be about another ticket: the same one, or only its id."""
    if not transition.needs_other:
        return
    if ticket.id == (other.id if isinstance(other, Ticket) else other):
        yield Reason.of("related_to_itself", ticket=ticket.id)
    elif isinstance(other, str) and transition.merges:
        yield Reason.of("needs_ticket", action=transition.action)


def objections(transition: Transition, trial: TicketStep) -> Iterator[Reason]:
    """Yield why a transition may not make this step."""
    if not transition.guard.holds(trial):
        yield from transition.guard.reasons(trial)
    if transition.within is not None and trial.before is not None:
        since, at, calendar = trial.before.status_since, trial.after.at, transition.calendar
        stayed = at - since if calendar is None else calendar.elapsed(since, at)
        if stayed > transition.within:
            yield Reason.of("too_late", within=transition.within)
