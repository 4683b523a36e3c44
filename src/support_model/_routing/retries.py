"""When somebody may take a ticket by time alone: the instant at which to ask again.

What only an event can change (presence, load, exclusion) rejects for good. What time changes
(waiting, expiring skills, rate windows, absences, hours) says from when on it no longer
rejects, so the next instant at which somebody is eligible is found, not polled for.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

from support_model._routing.eligibility import (
    channel_full,
    excluded,
    no_capacity,
    offline,
    rate_limited,
    wrong_team,
)
from support_model._routing.teams import FOREVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from support_model._routing.eligibility import Case, Rejects
    from support_model._routing.teams import Seat
    from support_model._routing.workloads import AgentState


UNTIL_AN_EVENT: tuple[Rejects, ...] = (excluded, wrong_team, offline, channel_full, no_capacity)
Wait: TypeAlias = "Callable[[Seat, AgentState, Case, int], int | None]"


def line_opens(seat: Seat, _: AgentState, case: Case, t: int) -> int | None:
    """Return from when on, at `t` or later, the line may take the ticket."""
    if not case.lines:
        return t
    since = [since for since, line in case.lines if line == seat.line]
    return max(t, min(since)) if since else None


def returns(seat: Seat, _: AgentState, _case: Case, t: int) -> int | None:
    """Return from when on this one is not away; an absence without an end lasts past all."""
    i = bisect_right(seat.absences, t)
    return seat.absences[i] if i % 2 else t


def opens(seat: Seat, _: AgentState, _case: Case, t: int) -> int | None:
    """Return from when on the own calendar is open; None by proof."""
    calendar = seat.agent.calendar
    if calendar is None:
        return t
    run = next(calendar.timeline.runs(t), None)
    return None if run is None else max(t, run[0])


def masters(seat: Seat, _: AgentState, case: Case, t: int) -> int | None:
    """Return from when on the required skills are held: waiting lowers them, time expires them."""
    for skill, levels in case.needs:
        level, expires = seat.skills.get(skill, (0, 0))
        ends = [since for since, _ in levels[1:]] + [FOREVER]
        for (since, asked), end in zip(levels, ends, strict=True):
            last = min(end, expires) if asked else end
            begin = max(since, t)
            if level >= asked and begin < last:
                t = begin
                break
        else:
            return None
    return t


def rate_allows(seat: Seat, state: AgentState, case: Case, t: int) -> int | None:
    """Return from when on few enough assignments lie in the window."""
    for at in (t, *(given + case.window for given in state.lately)):
        if at >= t and not rate_limited(seat, state, case, at):
            return at
    return None


WAITS: tuple[Wait, ...] = (line_opens, masters, rate_allows, returns, opens)


def ready_at(seat: Seat, state: AgentState, case: Case, t: int, before: int) -> int | None:
    """Return the first instant in [t, before) at which an agent may take the ticket by itself.

    Each wait moves the instant on and none can be passed over, so what all of them agree on is
    the first; it ends because only the calendar goes on without end.
    """
    if any(rejects(seat, state, case, t) for rejects in UNTIL_AN_EVENT):
        return None
    while True:
        start = t
        for wait in WAITS:
            found = wait(seat, state, case, t)
            if found is None or found >= before:
                return None
            t = found
        if t == start:
            return t
