"""The ten events that make up a ticket's life, and the one order they have.

An event records that somebody did something at an instant: it is never refused for what it
changes of the ticket (that is `Workflow.check`), only for what no event can hold. Statuses and
priorities are whole in it, so no reader needs the workflow that named them. The log of a ticket
is ordered by (at, seq), then by the order given; an equal event given twice counts once.

Before this: `support_model._vocabulary`. Next: `support_model.patterns`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import field

from support_model._frozen import derived, frozen
from support_model._time import DAY, FIRST, LAST, micros, micros_of, python_scalar, utc
from support_model._vocabulary import (
    BASES,
    RELATIONS,
    ROLES,
    Basis,
    Relation,
    Role,
    frozen_fields,
    one_of,
    whole,
)
from support_model.errors import (
    DuplicateSequence,
    ForeignEvent,
    InvalidEvent,
    MergeCycle,
    MissingCreation,
    MixedSequence,
    RepeatedCreation,
)
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from support_model._sentences import Catalogue

__all__ = [
    "EVENTS",
    "Acknowledged",
    "Changed",
    "Created",
    "Event",
    "Message",
    "PolicyApplied",
    "Promised",
    "Rated",
    "RatingRequested",
    "Related",
    "Worked",
    "in_order",
    "known_by",
    "must_be_event",
    "ordered",
]


def _must_be_text(value: object, what: str) -> None:
    if value == "":
        raise InvalidEvent(value, f"{what} is empty", "give its text, or leave it out if unknown")
    if not isinstance(value, str):
        raise InvalidEvent(value, f"{what} is text", "say str(number) for a number")


def _plain_pair(pair: Any) -> Any:  # noqa: ANN401 - checked by the event
    return tuple(map(python_scalar, pair)) if isinstance(pair, tuple | list) else pair


def _utc_or_none(at: datetime | None) -> datetime | None:
    return None if at is None else utc(at)


@frozen(kw_only=True)
class Event:
    """What all ten events share: which ticket, when, and who.

    `at` is kept in UTC. `seq` orders events of one instant and is the number under which a host
    stores one; per ticket all events have one or none. `source_id` names what the event was made
    of, such as a request or a record of another system, and distinguishes two that are otherwise
    equal, such as two messages of one second. `basis` is None for a record of the act itself,
    "snapshot" for an event made of a present value (a list export has no history), "merge" for a
    comment that a merge writes.

    Raises:
        NaiveDatetime: `at` has no zone.
        InvalidEvent: an unknown role or basis, an empty ticket id, a `seq` that is no integer.
    """

    type: ClassVar[str]
    ticket_id: str
    at: datetime = field(converter=utc)
    role: Role
    actor: str | None = None
    seq: int | None = field(converter=python_scalar, default=None)
    source_id: str | None = None
    basis: Basis | None = None

    def __attrs_post_init__(self) -> None:
        _must_be_text(self.ticket_id, "a ticket id")
        for name in (self.actor, self.source_id):
            if name is not None:
                _must_be_text(name, "an id")
        one_of(self.role, ROLES, "role")
        if self.basis is not None:
            one_of(self.basis, BASES, "basis")
        if self.seq is not None and not whole(self.seq):
            raise InvalidEvent(self.seq, "a sequence number is a whole number", "or None")
        self._check()

    @derived
    def micros(self) -> int:
        """`at` as an integer, in microseconds."""
        return micros(self.at)

    def _check(self) -> None:
        """Raise `InvalidEvent` for what this kind of event cannot hold."""

    def text(self, catalogue: Catalogue | None = None, *, tz: tzinfo = UTC) -> str:
        """Return who did what in the words of a catalogue, by default English.

        Args:
            catalogue: the words; also of the statuses of the ready workflows.
            tz: the zone in which instants are said.

        Example:
            >>> from datetime import UTC, datetime
            >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> fields = {"group": "billing", "agent": None}
            >>> change = Changed(ticket_id="T1", at=at, role="agent", actor="ann", fields=fields)
            >>> change.text()
            'ann (agent): agent: nothing, group: billing'
        """
        who = Reason.of("told_role", role=self.role)
        if self.actor is not None:
            who = Reason.of("told_by", name=self.actor, role=self.role)
        return Reason.of("told", who=who, what=self._told(tz)).text(catalogue)

    def _told(self, tz: tzinfo) -> Reason:  # noqa: ARG002 - of instants, which most have none
        return Reason.of(f"told_{self.type}")


@frozen(kw_only=True)
class Created(Event):
    """The ticket began, with these fields; by a customer it is the first contact.

    A public `Message` of the same role at the same instant is its text: the same contact,
    neither a further one nor a reply. It may begin paused, solved, or in any other status.

    Raises:
        InvalidEvent: an unknown field, a value that a field cannot hold, no status.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> fields = {"status": Status("new", "new"), "channel": "email", "custom.vip": True}
        >>> Created(ticket_id="T1", at=at, role="customer", fields=fields).fields[0]
        ('channel', 'email')
    """

    type: ClassVar[str] = "created"
    fields: tuple[tuple[str, Any], ...] = field(converter=frozen_fields)

    def _check(self) -> None:
        if not any(name == "status" for name, _ in self.fields):
            raise InvalidEvent(self.fields, "a ticket begins in a status", "add 'status'")

    def _told(self, tz: tzinfo) -> Reason:
        return Reason.of("told_created", rows=_rows(self.fields, tz))


@frozen(kw_only=True)
class Message(Event):
    """Somebody wrote, in public or among staff; role and visibility decide what it means."""

    type: ClassVar[str] = "message"
    public: bool = field(converter=python_scalar)

    def _check(self) -> None:
        if not isinstance(self.public, bool):
            raise InvalidEvent(self.public, "visibility is true or false", "say public=True")

    def _told(self, tz: tzinfo) -> Reason:  # noqa: ARG002 - as of every event
        return Reason.of("told_message" if self.public else "told_note")


@frozen(kw_only=True)
class Changed(Event):
    """Fields got new values in one transaction; `until` ends a wait.

    Raises:
        InvalidEvent: an unknown field, a value that a field cannot hold, nothing changed.
    """

    type: ClassVar[str] = "changed"
    fields: tuple[tuple[str, Any], ...] = field(converter=frozen_fields, default=())
    until: datetime | None = field(converter=_utc_or_none, default=None)

    def _check(self) -> None:
        if not self.fields and self.until is None:
            raise InvalidEvent(self.fields, "a change of nothing", "leave the event out")

    def _told(self, tz: tzinfo) -> Reason:
        rows = _rows(self.fields, tz)
        if self.until is not None:
            rows = (*rows, Reason.of("told_until", until=self.until.astimezone(tz)))
        return Reason.of("told_changed", rows=rows)


@frozen(kw_only=True)
class Acknowledged(Event):
    """Somebody took notice without answering: a page accepted, an alert acknowledged."""

    type: ClassVar[str] = "acknowledged"


@frozen(kw_only=True)
class Worked(Event):
    """Effort spent on the ticket, ending at `at`."""

    type: ClassVar[str] = "worked"
    duration: timedelta

    def _check(self) -> None:
        if micros_of(self.duration) < 0:
            raise InvalidEvent(self.duration, "effort is never negative", "give timedelta(...)")

    def _told(self, tz: tzinfo) -> Reason:  # noqa: ARG002 - as of every event
        return Reason.of("told_worked", duration=self.duration)


@frozen(kw_only=True)
class Promised(Event):
    """A date was agreed for a metric; `due=None` withdraws it.

    Raises:
        InvalidEvent: a date within a day of the first or the last one of the calendar.
    """

    type: ClassVar[str] = "promised"
    metric: str
    due: datetime | None = field(converter=_utc_or_none)

    def _check(self) -> None:
        _must_be_text(self.metric, "a metric")
        if self.due is not None and not FIRST + DAY <= micros(self.due) <= LAST - DAY:
            remedy = "give one from 0001-01-02 to 9999-12-30"
            raise InvalidEvent(self.due, "a date that some zones do not have", remedy)

    def _told(self, tz: tzinfo) -> Reason:
        if self.due is None:
            return Reason.of("told_withdrawn", metric=self.metric)
        return Reason.of("told_promised", metric=self.metric, due=self.due.astimezone(tz))


@frozen(kw_only=True)
class RatingRequested(Event):
    """The requester was asked for a rating: `kind` is csat, nps, ces or your own."""

    type: ClassVar[str] = "rating_requested"
    kind: str

    def _check(self) -> None:
        _must_be_text(self.kind, "a kind of rating")

    def _told(self, tz: tzinfo) -> Reason:  # noqa: ARG002 - as of every event
        return Reason.of("told_rating_requested", name=self.kind)


@frozen(kw_only=True)
class Rated(Event):
    """A rating as given, never pre-normalized: `scale` is (lowest, highest)."""

    type: ClassVar[str] = "rated"
    kind: str
    score: float = field(converter=python_scalar)
    scale: tuple[float, float] = field(converter=_plain_pair)

    def _check(self) -> None:
        _must_be_text(self.kind, "a kind of rating")
        given = (self.score, self.scale)
        try:
            low, high = self.scale
            finite = isinstance(self.scale, tuple) and isfinite(low) and isfinite(high)
            fits = finite and low < high and low <= self.score <= high
        except (OverflowError, TypeError, ValueError):
            fits = False
        if not fits:
            raise InvalidEvent(given, "a score outside its scale", "scale=(lowest, highest)")

    def _told(self, tz: tzinfo) -> Reason:  # noqa: ARG002 - as of every event
        low, high = self.scale
        return Reason.of("told_rated", name=self.kind, score=self.score, low=low, high=high)


@frozen(kw_only=True)
class Related(Event):
    """This ticket is now merged into, split from, ... `other`, a ticket or an article."""

    type: ClassVar[str] = "related"
    kind: Relation
    other: str

    def _check(self) -> None:
        one_of(self.kind, RELATIONS, "relation")
        _must_be_text(self.other, "the id of a ticket or article")
        if self.kind == "merged_into" and self.other == self.ticket_id:
            raise MergeCycle(self, "a ticket merged into itself", "name another ticket")

    def _told(self, tz: tzinfo) -> Reason:  # noqa: ARG002 - as of every event
        return Reason.of(f"told_{self.kind}", other=self.other)


@frozen(kw_only=True)
class PolicyApplied(Event):
    """The log itself names the policy in force; without it the policy book decides."""

    type: ClassVar[str] = "policy_applied"
    policy: str
    version: str

    def _check(self) -> None:
        _must_be_text(self.policy, "a policy")
        _must_be_text(self.version, "a version")

    def _told(self, tz: tzinfo) -> Reason:  # noqa: ARG002 - as of every event
        return Reason.of("told_policy_applied", name=f"{self.policy} {self.version}")


def _rows(fields: tuple[tuple[str, Any], ...], tz: tzinfo) -> tuple[Reason, ...]:
    """Return a row for each field and its value."""
    return tuple(
        [Reason.of("told_field", field=name, value=_value(value, tz)) for name, value in fields]
    )


def _value(value: object, tz: tzinfo) -> object:
    return value.astimezone(tz) if isinstance(value, datetime) else value


_KINDS = (Created, Message, Changed, Acknowledged, Worked, Promised, RatingRequested, Rated)
EVENTS: Mapping[str, type[Event]] = MappingProxyType(
    {kind.type: kind for kind in (*_KINDS, Related, PolicyApplied)}
)
"""The ten events by the name that patterns and files use."""


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events of one ticket, not necessarily its first ones, in order, equal ones once.

    Raises:
        InvalidEvent: something that is no event, or no events at all.
        ForeignEvent: events of several tickets.
        MixedSequence: some events have `seq`, others none.
        DuplicateSequence: the same (at, seq) with other content.
    """
    return _read(events, lambda log: _sorted(log) if log else log)


def known_by(events: Iterable[Event], as_of: int) -> list[Event]:
    """Return the events up to an instant in microseconds; later ones are not known yet.

    Raises:
        InvalidEvent: something that is no event, or no events at all.
    """
    return _read(events, lambda log: [event for event in log if event.micros <= as_of])


def _read(events: Iterable[Event], take: Callable[[list[Event]], list[Event]]) -> list[Event]:
    try:
        log = list(iter(events))
    except TypeError:
        remedy = "give the ticket's log, a list of events"
        raise InvalidEvent(events, "no events", remedy) from None
    try:
        return take(log)
    except (AttributeError, TypeError):  # looked at only now, so that sound logs pay nothing
        if isinstance(events, Mapping | str):
            remedy = "give the log of one ticket, such as logs['T1']"
            raise InvalidEvent(events, "no events", remedy) from None
        for event in log:
            must_be_event(event)
        raise


def _sorted(log: list[Event]) -> list[Event]:
    ticket_id, unnumbered = log[0].ticket_id, log[0].seq is None
    last, alone, in_place = log[0], True, True
    for event in log[1:]:
        if event.ticket_id != ticket_id:
            raise ForeignEvent(event, f"an event beside ticket {ticket_id!r}", "split the log")
        if (event.seq is None) is not unnumbered:
            raise MixedSequence(event, "a sequence number on some events only", "on all or none")
        if event.micros > last.micros:
            alone = True
        else:
            in_place = in_place and _in_place(last, event, alone=alone)
            alone = False
        last = event
    if in_place:
        return log
    log.sort(key=_BY_INSTANT if unnumbered else _BY_PLACE)
    return _once(log)


def _in_place(last: Event, event: Event, *, alone: bool) -> bool:
    """Return whether an event that is no later than the one before it surely belongs there.

    By its number; without numbers two of one instant that differ in kind are, and no third one.
    """
    if event.micros != last.micros:
        return False
    if event.seq is None or last.seq is None:
        return alone and type(event) is not type(last)
    return event.seq > last.seq


def must_be_event(thing: object) -> None:
    """Refuse what is no event, such as a row that was not read."""
    if not isinstance(thing, Event):
        is_log = isinstance(thing, list | tuple)
        remedy = "make one, or read it with serde.event_from_data"
        raise InvalidEvent(thing, "no event", "give one log" if is_log else remedy)


def ordered(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the log of one ticket in its order, equal events once.

    Linear for a log that is already in order.

    Raises:
        InvalidEvent: something that is no event, or no events at all.
        InconsistentLog: as `in_order`, and
        MissingCreation: the first event is no `Created`, or there is none.
        RepeatedCreation: a second, different `Created`.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new")}
        >>> first = Created(ticket_id="T1", at=at, seq=1, role="customer", fields=new)
        >>> reply = Message(ticket_id="T1", at=at, seq=2, role="bot", public=True)
        >>> ordered([reply, first, reply]) == (first, reply)
        True
    """
    log = in_order(events)
    creations = [event for event in log if type(event) is Created]
    if not log or not creations or log[0] is not creations[0]:
        problem = "an event before the ticket was created" if creations else "no creation"
        raise MissingCreation(log[0] if log else None, problem, "a log begins with Created")
    if len(creations) > 1:
        raise RepeatedCreation(creations[1], "a second creation", "a ticket is created once")
    return tuple(log)


_BY_INSTANT, _BY_PLACE = attrgetter("micros"), attrgetter("micros", "seq")


def _once(log: list[Event]) -> list[Event]:
    """Drop repetitions from a sorted log; only events of one place can be equal."""
    kept = log[:1]
    since = 0  # where in `kept` the last instant begins
    companions: set[Event] = set()  # its unnumbered events, from the third on
    for event in log[1:]:
        last = kept[-1]
        if event.micros != last.micros or event.seq != last.seq:
            companions = companions and set()
            since = len(kept)
        elif type(event) is type(last) and event == last:
            continue
        elif event.seq is not None:
            raise DuplicateSequence(event, "another event at the same instant and seq", "renumber")
        elif len(kept) > since + 1:
            companions.update(kept[since + len(companions) :])
            if event in companions:
                continue
        kept.append(event)
    return kept
