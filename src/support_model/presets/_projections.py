"""What a product shows in its own way, as pure functions around the engine, never inside it.

`before` edits the events that the engine is given, `shown` reads the clock that it returned.
What the engine stores stays what the rules say; a figure shown otherwise is only shown so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from support_model._frozen import frozen
from support_model._time import instant, micros, micros_of
from support_model.errors import InvalidValue
from support_model.events import Changed, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from support_model.events import Event
    from support_model.sla import Clock


@frozen
class Shown:
    """What a product displays of a clock: its due, and whether and when it was breached."""

    due_at: datetime | None
    breached: bool
    breach_at: datetime | None


def shown(clock: Clock, *projections: Callable[[Clock, Shown], Shown]) -> Shown:
    """Return what is displayed of a clock after some projections, applied in order."""
    found = Shown(clock.due_at, clock.was_breached, clock.breach_at)
    for projection in projections:
        found = projection(clock, found)
    return found


def due_unless_paused(clock: Clock, found: Shown) -> Shown:
    """Show no due while the clock is paused."""
    return attrs.evolve(found, due_at=None) if clock.state == "paused" else found


def due_unless_stopped(clock: Clock, found: Shown) -> Shown:
    """Show no due once the clock has stopped."""
    stopped = clock.state in ("met", "missed", "cancelled")
    return attrs.evolve(found, due_at=None) if stopped else found


def due_only_while_running(clock: Clock, found: Shown) -> Shown:
    """Show no due while the clock is paused, and none once it has stopped."""
    return due_unless_stopped(clock, due_unless_paused(clock, found))


def due_frozen_while_paused(clock: Clock, found: Shown) -> Shown:
    """Show while the clock is paused the due as it was when the pause began."""
    cycle = clock.last
    if cycle is None or clock.state != "paused" or not cycle.pauses or found.due_at is None:
        return found
    left = cycle.remaining
    if left is None or left <= timedelta():
        return found
    due = cycle.target.calendar.add(cycle.pauses[-1].start, left)
    return attrs.evolve(found, due_at=due)


def landing_at_next_opening(clock: Clock, found: Shown) -> Shown:
    """Show a due at a closing instant as the next opening, and a breach likewise.

    The clock counts nothing between the two, but a stop between them then is on time.
    """
    cycle = clock.last
    if cycle is None or found.due_at is None:
        return found
    due = cycle.target.calendar.next_open(found.due_at)
    end = cycle.stop or instant(cycle.as_of)
    late = due is not None and micros(end) > micros(due)
    if found.breach_at is not None and found.breach_at == found.due_at:
        return Shown(due, late, due if late else None)
    return attrs.evolve(found, due_at=due)


def hold_added_as_wall_time(clock: Clock, found: Shown) -> Shown:
    """Show the due that the target alone gives, moved by the wall time of all pauses.

    It may lie outside the hours, and time that nobody works counts as a pause. A promised date
    stands as it is.
    """
    cycle = clock.last
    if cycle is None or found.due_at is None or not isinstance(cycle.target.within, timedelta):
        return found
    term, allowed = cycle.term, cycle.allowed
    left = None if allowed is None else allowed - timedelta(microseconds=term.carried)
    if cycle.promised is not None or left is None or left <= timedelta():
        return found
    origin, end = instant(term.origin), cycle.stop or instant(cycle.as_of)
    pauses = [(max(span.start, origin), span.end or end) for span in cycle.pauses]
    held = sum((until - since for since, until in pauses if until > since), timedelta())
    due = cycle.target.calendar.add(cycle.at(term.origin), left) + held
    late = micros(end) > micros(due)
    return Shown(due, late, due if late else None)


def breached_at_its_due(clock: Clock, found: Shown) -> Shown:
    """Show a breach at the very instant of the due, where nothing is left."""
    cycle = clock.last
    if cycle is None or found.breached or found.due_at is None or clock.state == "paused":
        return found
    end = micros(cycle.stop) if cycle.stop is not None else cycle.as_of
    if end != micros(found.due_at):
        return found
    return Shown(found.due_at, breached=True, breach_at=found.due_at)


def open_only_breach(clock: Clock, found: Shown) -> Shown:
    """Show a breach only while the clock has not stopped, as a check of open tickets does."""
    if clock.state in ("running", "paused"):
        return found
    return attrs.evolve(found, breached=False, breach_at=None)


def floored_status_edges(events: Iterable[Event], to: timedelta) -> tuple[Event, ...]:
    """Return a log in which a wait begins and ends at whole steps, such as minutes.

    Status changes into and out of a waiting status are moved back to the step they lie in,
    never before the ticket's creation or its last change; a solution keeps its instant.

    Raises:
        InvalidValue: `to` is not positive.
    """
    grain = micros_of(to)
    if grain <= 0:
        raise InvalidValue(to, "a grain of time must be positive", "say timedelta(minutes=1)")
    log = ordered(events)
    last, waiting = log[0].micros, False
    edited: list[Event] = []
    for event in log:
        status = dict(event.fields).get("status") if isinstance(event, Changed) else None
        if status is not None:
            waits = status.category in ("pending", "on_hold")
            settled = status.category in ("solved", "closed", "void")
            if waits != waiting and not settled:
                floored = max(event.micros // grain * grain, last)
                event = attrs.evolve(event, at=instant(floored, UTC))  # noqa: PLW2901 - moved
            waiting = waits
        if isinstance(event, Changed):
            last = event.micros
        edited.append(event)
    return tuple(edited)


def _shown_by(
    *projections: Callable[[Clock, Shown], Shown],
) -> Callable[[Clock], Shown]:
    return lambda clock: shown(clock, *projections)


BEFORE: Mapping[str, Callable[[Iterable[Event]], tuple[Event, ...]]] = MappingProxyType(
    {"floored_to_minutes": lambda events: floored_status_edges(events, timedelta(minutes=1))}
)
"""What presets may do to the events, by name."""

SHOWN: Mapping[str, Callable[[Clock], Shown]] = MappingProxyType(
    {
        "as_it_is": _shown_by(),
        "breached_at_its_due": _shown_by(breached_at_its_due),
        "due_frozen_while_paused": _shown_by(due_frozen_while_paused),
        "due_only_while_running": _shown_by(due_only_while_running),
        "due_unless_paused": _shown_by(due_unless_paused),
        "due_unless_stopped": _shown_by(due_unless_stopped),
        "hold_added_as_wall_time": _shown_by(hold_added_as_wall_time),
        "landing_at_next_opening": _shown_by(landing_at_next_opening),
        "open_only_breach": _shown_by(open_only_breach),
    }
)
"""What presets may do to a clock that is shown, by name."""
