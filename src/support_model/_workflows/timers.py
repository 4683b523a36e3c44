"""What time alone brings about in a workflow: waits that end and actions that come due.

A log is read instant by instant: what holds only between two events of one instant never held.
A stay lasts while the status is one; a stretch of it lasts while the guard of a transition
holds and no newer message anchors it. What a stretch reaches before it ends is a moment, and
stays one until it is answered.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import attrs

from support_model._time import instant, micros
from support_model._vocabulary import Actor
from support_model._workflows.transitions import (
    Cascade,
    Draft,
    FollowUp,
    LastMessage,
    Put,
    Relate,
    objections,
)
from support_model.agenda import Moment
from support_model.calendars import WorkingDays
from support_model.events import Created, Event, Message, Related
from support_model.reasons import Reason
from support_model.tickets import ReadLog, micros_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._vocabulary import MomentKind, Status
    from support_model._workflows.transitions import Transition
    from support_model.calendars import BusinessCalendar
    from support_model.tickets import Ticket, TicketStep


SYSTEM = Actor("system")
SHARED = frozenset({attribute.name for attribute in attrs.fields(Event)})
Content: TypeAlias = tuple[Any, ...]
_MOST_TURNS = 2_000
"""How often the hours of a guard open and close before it counts as never holding."""


class TicketSpan(NamedTuple):
    """The ticket from an instant until its next event."""

    start: int
    ticket: Ticket


class StatusStay(NamedTuple):
    """A stay in a status: from when until when, None if it lasts; its number there, from 1."""

    status: Status
    start: int
    end: int | None
    spans: Sequence[TicketSpan]
    number: int = 0


class Timer(NamedTuple):
    """What a stay may bring about at an instant; whether it does, `happens` says.

    Attributes:
        at: the instant, in microseconds.
        stay: the stay.
        number: the number of the wait, or of the anchor of the action, in the stay.
        transition: the action; None for the end of a wait.
        to: where the action leads.
        ticket: the ticket that it is about.
    """

    at: int
    stay: StatusStay
    number: int
    transition: Transition | None = None
    to: Status | None = None
    ticket: Ticket | None = None


class TimerLog:
    """The steps of a log until an instant; what is not asked for is not read."""

    def __init__(self, events: Iterable[Event], through: int) -> None:
        self.steps = ReadLog.until(events, through).steps

    def brings(self, timed: Mapping[str, object]) -> bool:
        """Return whether the stay that lasts may bring something about yet."""
        last = self.steps[-1].after if self.steps else None
        return last is not None and (last.status.name in timed or last.pending_until is not None)

    def stays(self) -> Iterator[StatusStay]:
        """Yield the stays in statuses, in order and numbered."""
        numbers: Counter[str] = Counter()
        for stay in [*self.stays_back()][::-1]:
            numbers[stay.status.name] += 1
            yield stay._replace(number=numbers[stay.status.name])

    def stays_back(self) -> Iterator[StatusStay]:
        """Yield the stays in statuses, the last one first, without their numbers."""
        spans: list[TicketSpan] = []
        end = None
        for now in reversed(self.steps):
            at, ticket = micros_at(now), now.after
            if spans and at == spans[-1].start:
                continue  # what holds between two events of one instant never held
            if spans and ticket.status != spans[-1].ticket.status:
                yield StatusStay(spans[-1].ticket.status, spans[-1].start, end, spans[::-1])
                end, spans = spans[-1].start, []
            spans.append(TicketSpan(at, ticket))
        if spans:
            yield StatusStay(spans[-1].ticket.status, spans[-1].start, end, spans[::-1])

    @cached_property
    def messages(self) -> Mapping[str, list[int]]:
        """The instants of public messages, by role."""
        messages: dict[str, list[int]] = {}
        for now in self.steps:
            role = _wrote(now.event)
            if role is not None:
                messages.setdefault(role, []).append(micros_at(now))
        return messages

    @cached_property
    def last_said(self) -> Mapping[Content, int]:
        """When each content last occurred."""
        known = ((now.event, micros_at(now)) for now in self.steps)
        return {_content(event): at for event, at in known if event is not None}

    def is_answered(self, made: Iterable[Content], at: int) -> bool:
        """Return whether something that an action would make has occurred since it came due."""
        return any(self.last_said.get(content, at - 1) >= at for content in made)


def _wrote(event: Event | None) -> str | None:
    """Return the role that wrote in public, or to begin with."""
    kind = type(event)
    if kind is not Message and kind is not Created:
        return None
    if isinstance(event, Message):
        return event.role if event.public and event.basis != "merge" else None
    return "customer" if event is not None and event.role == "customer" else None


def _content(event: Event) -> Content:
    """Return kind and content, without who and when; whom a ticket is related to is open."""
    own = [a.name for a in attrs.fields(type(event)) if a.init and a.name not in SHARED]
    if isinstance(event, Related):
        own.remove("other")
    return (event.type, *(getattr(event, name) for name in own))


def timers(
    log: TimerLog,
    stays: Iterable[StatusStay],
    timed: Mapping[str, Sequence[Transition]],
    statuses: Mapping[str, Status],
) -> Iterator[Timer]:
    """Yield what stays bring about, in no order; `timed` are the actions due in a status.

    It is the end of each wait that was given one, unless it was moved or left before, and each
    action that comes due, no earlier than its guard holds.
    """
    for stay in stays:
        yield from _waits(stay)
        if statuses.get(stay.status.name) == stay.status:
            for transition in timed.get(stay.status.name, ()):
                to = stay.status if transition.to is None else statuses[transition.to]
                yield from _due(log, stay, transition, to)


def happens(log: TimerLog, timer: Timer) -> bool:
    """Return whether something would be done, and was not done since it came due."""
    at, stay, _, transition, to, ticket = timer
    if transition is None or to is None or ticket is None:
        return True
    if at > micros_at(log.steps[-1]) and _changes_surely(transition, to, stay.status):
        return True
    made = _made(transition, to, ticket, at)
    return bool(made) and not log.is_answered(made, at)


def _changes_surely(transition: Transition, to: Status, status: Status) -> bool:
    """Return whether an action is allowed at any time and makes an event: no trial is needed."""
    free = transition.unguarded and transition.within is None
    return free and (to != status or any(type(made) is not Put for made in transition.effects))


def moment(timer: Timer) -> Moment:
    """Return the moment of what a stay brings about."""
    stay, transition = timer.stay, timer.transition
    kind: MomentKind = "pending_until" if transition is None else "action_due"
    action = None if transition is None else transition.action
    ticket = stay.spans[0].ticket.id
    return Moment(
        at=instant(timer.at),
        key=(ticket, "workflow", action or kind, stay.status.name, stay.number, timer.number),
        kind=kind,
        subject=ticket,
        reason=_reason(transition, stay),
        action=action,
    )


def _waits(stay: StatusStay) -> Iterator[Timer]:
    if all(row.ticket.pending_until is None for row in stay.spans):
        return
    groups = groupby(stay.spans, key=lambda row: row.ticket.pending_until)
    rows = [(next(group).start, until) for until, group in groups]
    ends = [*(since for since, _ in rows[1:]), stay.end]
    waits = [
        (since, until, end)
        for (since, until), end in zip(rows, ends, strict=True)
        if until is not None
    ]
    for number, (since, until, end) in enumerate(waits, 1):
        at = max(since, micros(until))
        if end is None or at < end:
            yield Timer(at, stay, number)


def _due(log: TimerLog, stay: StatusStay, transition: Transition, to: Status) -> Iterator[Timer]:
    number, anchored, begun, due = 0, None, 0, None
    for since, until, ticket in _parts(stay, transition):
        anchor = _anchor(log, stay, transition, since)
        first = None if anchor is None else _first(transition, to, ticket, since)
        if anchor is None or first is None:
            anchored = None
            continue
        if anchor != anchored:
            number, anchored, begun, due = number + 1, anchor, first, transition.due(anchor)
        if due is None:
            continue
        at = _first(transition, to, ticket, max(due, begun, since))
        if at is None or (until is not None and at >= until):
            continue
        due = None  # an action comes due once for each anchor
        yield Timer(at, stay, number, transition, to, ticket)


def _parts(stay: StatusStay, transition: Transition) -> Iterator[tuple[int, int | None, Ticket]]:
    """Yield (since, until, ticket): nothing that a guard reads changes in between."""
    turns = [] if transition.unguarded else sorted(_turns(transition))
    ends = [*(row.start for row in stay.spans[1:]), stay.end]
    for row, end in zip(stay.spans, ends, strict=True):
        inside = [at for at in turns if row.start < at and (end is None or at < end)]
        cuts = [row.start, *inside]
        for since, until in zip(cuts, [*inside, end], strict=True):
            yield since, until, row.ticket


def _turns(transition: Transition) -> set[int]:
    """Return the instants at which a guard may change its mind without any event."""
    return {
        micros(condition.value) + (condition.operation == "after")
        for condition in transition.guard.conditions()
        if condition.name == "at" and condition.operation in ("before", "after")
    }


def _anchor(log: TimerLog, stay: StatusStay, transition: Transition, at: int) -> int | None:
    if not isinstance(transition.anchor, LastMessage):
        return stay.start
    written = log.messages.get(transition.anchor.role, ())
    before = bisect_right(written, at)
    return written[before - 1] if before else None


def _trial(
    transition: Transition, to: Status, ticket: Ticket, at: int
) -> tuple[list[Event], TicketStep]:
    draft = Draft(ticket=ticket, transition=transition, actor=SYSTEM, at=instant(at))
    return draft.made(to, {}, None)


def _first(transition: Transition, to: Status, ticket: Ticket, since: int) -> int | None:
    """Return when a guard holds first, if no event comes: its hours open and close."""
    if transition.unguarded:
        return since
    calendars = _calendars(transition)
    at, seen = since, set[tuple[bool, ...]]()
    for _ in range(_MOST_TURNS):
        state = tuple([calendar.is_open(instant(at)) for calendar in calendars])
        if state not in seen and transition.guard.holds(_trial(transition, to, ticket, at)[1]):
            return at
        seen.add(state)
        turns = [
            calendar.next_close(instant(at)) if is_open else calendar.next_open(instant(at))
            for calendar, is_open in zip(calendars, state, strict=True)
        ]
        ahead = [micros(turn) for turn in turns if turn is not None]
        if not ahead or len(seen) == 1 << len(calendars):
            return None
        at = min(ahead)
    return None


def _calendars(transition: Transition) -> list[BusinessCalendar]:
    """Return the calendars that a guard holds its own instant against."""
    return [
        condition.value
        for condition in transition.guard.conditions()
        if condition.name == "at" and condition.operation == "open_in"
    ]


def _made(transition: Transition, to: Status, ticket: Ticket, at: int) -> list[Content]:
    """Return the content of what `decide` would make at an instant; nothing if it refuses."""
    events, trial = _trial(transition, to, ticket, at)
    if any(objections(transition, trial)):
        return []
    contents = [_content(event) for event in events]
    for effect in transition.effects:
        if isinstance(effect, Relate):
            contents.append((Related.type, effect.kind))
        elif isinstance(effect, FollowUp | Cascade):
            contents.append((type(effect).__name__,))  # events of other tickets: in no log of this
    return contents


def _reason(transition: Transition | None, stay: StatusStay) -> Reason:
    if transition is None:
        return Reason.of("pending_until", status=stay.status.name)
    after, anchor = transition.after, transition.anchor
    text = after.text if isinstance(after, WorkingDays) else after
    if isinstance(anchor, LastMessage):
        return Reason.of(
            "action_due_in_silence", action=transition.action, after=text, role=anchor.role
        )
    return Reason.of("action_due", action=transition.action, after=text, status=stay.status.name)
