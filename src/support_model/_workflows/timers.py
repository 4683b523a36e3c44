"""What time alone brings about in a workflow: waits that end and actions that come due.

A log is read instant by instant: what holds only between two events of one instant never held.
A stay lasts while the status is one; a stretch of it lasts while the guard of a transition
holds and no newer message anchors it. What a stretch reaches before it ends is a moment, and
stays one until it is answered.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

import attrs

from support_model._time import duration_text, instant, micros
from support_model._vocabulary import Actor
from support_model._workflows.transitions import (
    Cascade,
    Draft,
    FollowUp,
    LastMessage,
    Relate,
    objections,
)
from support_model.agenda import Moment
from support_model.calendars import WorkingDays
from support_model.events import Created, Event, Message, Related
from support_model.patterns import ALWAYS
from support_model.reasons import Reason
from support_model.tickets import steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import timedelta

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
    """A stay in a status: its number there, from when until when, None if it lasts."""

    status: Status
    number: int
    start: int
    end: int | None
    spans: tuple[TicketSpan, ...]


class TimerLog(NamedTuple):
    """A log read instant by instant, and when each content last occurred."""

    stays: tuple[StatusStay, ...]
    messages: Mapping[str, tuple[int, ...]]
    last_said: Mapping[Content, int]


def timer_log(events: Iterable[Event], through: int) -> TimerLog:
    """Return the stays and contents of a ticket's events until an instant."""
    spans: list[TicketSpan] = []
    messages: dict[str, list[int]] = {}
    last_said: dict[Content, int] = {}
    known = (now for now in steps(events) if micros(now.after.at) <= through)
    for at, rows in groupby(known, key=lambda now: micros(now.after.at)):
        wrote = set()
        for now in rows:
            event, ticket = now.event, now.after
            if event is not None:
                last_said[_content(event)] = at
                wrote |= _wrote(event)
        spans.append(TicketSpan(at, ticket))
        for role in wrote:
            messages.setdefault(role, []).append(at)
    spoken = {role: tuple(instants) for role, instants in messages.items()}
    return TimerLog(tuple(_stays(spans)), spoken, last_said)


def _wrote(event: Event) -> set[str]:
    if isinstance(event, Message):
        return {event.role} if event.public and event.basis != "merge" else set()
    return {"customer"} if isinstance(event, Created) and event.role == "customer" else set()


def _content(event: Event) -> Content:
    """Return kind and content, without who and when; whom a ticket is related to is open."""
    own = [a.name for a in attrs.fields(type(event)) if a.init and a.name not in SHARED]
    if isinstance(event, Related):
        own.remove("other")
    return (event.type, *(getattr(event, name) for name in own))


def _stays(spans: Sequence[TicketSpan]) -> Iterator[StatusStay]:
    groups = [list(rows) for _, rows in groupby(spans, key=lambda row: row.ticket.status)]
    numbers: dict[str, int] = {}
    ends = [*(rows[0].start for rows in groups[1:]), None]
    for rows, until in zip(groups, ends, strict=False):
        status = rows[0].ticket.status
        numbers[status.name] = numbers.get(status.name, 0) + 1
        yield StatusStay(status, numbers[status.name], rows[0].start, until, tuple(rows))


def moments_of_waits(log: TimerLog) -> Iterator[Moment]:
    """Yield the end of each wait that was given one, unless it was moved or left before."""
    for stay in log.stays:
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
                reason = Reason.of("pending_until", status=stay.status.name)
                yield _moment(stay, None, number, at, reason)


def moments_due(
    log: TimerLog, transitions: Iterable[Transition], statuses: Mapping[str, Status]
) -> Iterator[Moment]:
    """Yield when actions come due: no earlier than their guard holds, and not once answered."""
    timed = [transition for transition in transitions if transition.after is not None]
    for stay in log.stays:
        if statuses.get(stay.status.name) != stay.status:
            continue
        for transition in timed:
            if stay.status.name in transition.sources:
                to = stay.status if transition.to is None else statuses[transition.to]
                yield from _due(log, stay, transition, to)


def _due(log: TimerLog, stay: StatusStay, transition: Transition, to: Status) -> Iterator[Moment]:
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
        made = _made(transition, to, ticket, at)
        if made and not _is_answered(log, made, at):
            reason = _reason(transition, stay)
            yield _moment(stay, transition.action, number, at, reason)


def _is_answered(log: TimerLog, made: Iterable[Content], at: int) -> bool:
    """Return whether something that an action would make has occurred since it came due."""
    return any(log.last_said.get(content, at - 1) >= at for content in made)


def _parts(stay: StatusStay, transition: Transition) -> Iterator[tuple[int, int | None, Ticket]]:
    """Yield (since, until, ticket): nothing that a guard reads changes in between."""
    turns = sorted(_turns(transition))
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
    calendars = _calendars(transition)
    at, seen = since, set[tuple[bool, ...]]()
    for _ in range(_MOST_TURNS):
        state = tuple([calendar.is_open(instant(at)) for calendar in calendars])
        if state not in seen and (
            transition.guard == ALWAYS
            or transition.guard.holds(_trial(transition, to, ticket, at)[1])
        ):
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


def _reason(transition: Transition, stay: StatusStay) -> Reason:
    after, anchor = transition.after, transition.anchor
    text = (
        after.text if isinstance(after, WorkingDays) else duration_text(cast("timedelta", after))
    )
    if isinstance(anchor, LastMessage):
        return Reason.of(
            "action_due_in_silence", action=transition.action, after=text, role=anchor.role
        )
    return Reason.of("action_due", action=transition.action, after=text, status=stay.status.name)


def _moment(stay: StatusStay, action: str | None, number: int, at: int, reason: Reason) -> Moment:
    """Return the moment of an action; None is the end of a wait."""
    kind: MomentKind = "pending_until" if action is None else "action_due"
    ticket = stay.spans[0].ticket.id
    return Moment(
        at=instant(at),
        key=(ticket, "workflow", action or kind, stay.status.name, stay.number, number),
        kind=kind,
        subject=ticket,
        reason=reason,
        action=action,
    )
