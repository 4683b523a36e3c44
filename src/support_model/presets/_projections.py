"""How a product displays clocks in its own way: pure functions around the engine.

`before` edits the events that the engine reads, `shown` the display of the clock that it returns.
What the engine stores follows the rules alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import attrs

from support_model._frozen import frozen
from support_model._time import instant, micros, micros_of
from support_model.errors import InvalidValue
from support_model.events import Changed, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from support_model.events import Event
    from support_model.sla import Clock, Cycle


@frozen
class Display:
    """What a product displays of a clock: its due, and whether and when it was breached."""

    due_at: datetime | None
    breached: bool
    breach_at: datetime | None


Projection: TypeAlias = "Callable[[Clock, Display], Display]"


def project(clock: Clock, *projections: Projection) -> Display:
    """Return the display of a clock after some projections, applied in order."""
    display = Display(clock.due_at, clock.was_breached, clock.breach_at)
    for projection in projections:
        display = projection(clock, display)
    return display


def due_unless_paused(clock: Clock, display: Display) -> Display:
    """Show no due while the clock is paused."""
    return attrs.evolve(display, due_at=None) if clock.state == "paused" else display


def due_unless_stopped(clock: Clock, display: Display) -> Display:
    """Show no due once the clock has stopped."""
    stopped = clock.state in ("met", "missed", "cancelled")
    return attrs.evolve(display, due_at=None) if stopped else display


def due_only_while_running(clock: Clock, display: Display) -> Display:
    """Show no due while the clock is paused, and none once it has stopped."""
    return due_unless_stopped(clock, due_unless_paused(clock, display))


def due_frozen_while_paused(clock: Clock, display: Display) -> Display:
    """Show while the clock is paused the due as it was when the pause began."""
    cycle = clock.last
    if cycle is None or clock.state != "paused" or not cycle.pauses or display.due_at is None:
        return display
    left = cycle.remaining
    if left is None or left <= timedelta():
        return display
    due = cycle.target.calendar.add(cycle.pauses[-1].start, left)
    return attrs.evolve(display, due_at=due)


def landing_at_next_opening(clock: Clock, display: Display) -> Display:
    """Show a due at a closing instant as the next opening, and a breach likewise.

    The clock counts nothing between the two, but a stop between them then is on time.
    """
    cycle = clock.last
    if cycle is None or display.due_at is None:
        return display
    due = cycle.target.calendar.next_open(display.due_at)
    end = cycle.stop or instant(cycle.as_of)
    late = due is not None and micros(end) > micros(due)
    if display.breach_at is not None and display.breach_at == display.due_at:
        return Display(due, late, due if late else None)
    return attrs.evolve(display, due_at=due)


def hold_added_as_wall_time(clock: Clock, display: Display) -> Display:
    """Show the due that the target alone gives, moved by the wall time of all pauses.

    It may lie outside the hours, and closed time counts as a pause. A promised date is not moved.
    """
    cycle = clock.last
    if cycle is None or display.due_at is None or not isinstance(cycle.target.within, timedelta):
        return display
    term, allowed = cycle.term, cycle.allowed
    left = None if allowed is None else allowed - timedelta(microseconds=term.carried)
    if cycle.promised is not None or left is None or left <= timedelta():
        return display
    end = cycle.stop or instant(cycle.as_of)
    due = cycle.target.calendar.add(cycle.at(term.origin), left) + _held(cycle, end)
    late = micros(end) > micros(due)
    return Display(due, late, due if late else None)


def _held(cycle: Cycle, end: datetime) -> timedelta:
    """Return the wall time of all pauses since the origin of the term."""
    origin = instant(cycle.term.origin)
    pauses = [(max(span.start, origin), span.end or end) for span in cycle.pauses]
    return sum((later - earlier for earlier, later in pauses if later > earlier), timedelta())


def breached_at_its_due(clock: Clock, display: Display) -> Display:
    """Show a breach at the very instant of the due, where nothing is left."""
    cycle = clock.last
    if cycle is None or display.breached or display.due_at is None or clock.state == "paused":
        return display
    end = micros(cycle.stop) if cycle.stop is not None else cycle.as_of
    if end != micros(display.due_at):
        return display
    return Display(display.due_at, breached=True, breach_at=display.due_at)


def open_only_breach(clock: Clock, display: Display) -> Display:
    """Show a breach only while the clock has not stopped, as a check of open tickets does."""
    if clock.state in ("running", "paused"):
        return display
    return attrs.evolve(display, breached=False, breach_at=None)


def floored_status_edges(events: Iterable[Event], to: timedelta) -> tuple[Event, ...]:
    """Return a log in which a wait begins and ends at whole steps, such as minutes.

    Status changes into and out of a waiting status are moved back to the step they lie in,
    never before the ticket's creation or its last change; a solution keeps its instant.

    Raises:
        InvalidValue: `to` is not positive.
    """
    grain = micros_of(to)
    if grain <= 0:
        raise InvalidValue(to, "a grain of time must be positive", "give timedelta(minutes=1)")
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


BEFORE: Mapping[str, Callable[[Iterable[Event]], tuple[Event, ...]]] = MappingProxyType(
    {"floored_to_minutes": lambda events: floored_status_edges(events, timedelta(minutes=1))}
)
"""What presets may do to the events, by name."""

PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        projection.__name__: projection
        for projection in (
            breached_at_its_due,
            due_frozen_while_paused,
            due_only_while_running,
            due_unless_paused,
            due_unless_stopped,
            hold_added_as_wall_time,
            landing_at_next_opening,
            open_only_breach,
        )
    }
)
"""What presets may do to the display of a clock, by name."""
