"""Who may take a ticket: one table of checks, each with its code, reason and end.

All questions about eligibility read this table: who may take a ticket now, why each of the
others may not, and from which instant on somebody may if only time passes. What only an event
can change (presence, load, exclusion) has no such instant; for the rest (waiting, expiring
skills, rate windows, absences, hours) it is computed, so nobody polls for it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from support_model._frozen import derived, frozen
from support_model._routing.teams import FOREVER
from support_model._time import instant, micros, micros_of
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from support_model._routing.queues import QueuedTicket
    from support_model._routing.rules import Routing
    from support_model._routing.teams import Seat
    from support_model._routing.workloads import AgentState, CountedWork

BEGINNING = -FOREVER

On: TypeAlias = Literal["exclusion", "kind", "load", "hours", "presence"]
"""What a check depends on beside the agent: whom one ticket excludes, what all tickets of its kind
need, what the agent has in hand, and whether the agent is at work at all."""
AT_WORK: tuple[On, ...] = ("hours", "presence")
"""Hours first, which reject most at night."""


@frozen
class CompiledTicket:
    """A queued ticket under a routing at an instant, in integers, with what waiting loosens."""

    queued: QueuedTicket
    routing: Routing
    at: int

    def __reduce__(self) -> tuple[type[CompiledTicket], tuple[QueuedTicket, Routing, int]]:
        return CompiledTicket, (self.queued, self.routing, self.at)  # the checks are functions

    @derived
    def channel(self) -> str:
        """The channel of the ticket."""
        return self.queued.channel

    @derived
    def counted_work(self) -> CountedWork:
        """Which work is load."""
        return self.routing.count

    @derived
    def weight(self) -> int | Fraction:
        """The units of work that the ticket is."""
        return self.routing.units.get(self.queued.channel, 1)

    @derived
    def window(self) -> int:
        """Over how long assignments are limited, in microseconds; 0 without a limit."""
        limit = self.routing.rate_limit
        return 0 if limit is None else micros_of(limit.within)

    @derived
    def most(self) -> int:
        """How many assignments there may be in the window; 0 without a limit."""
        limit = self.routing.rate_limit
        return 0 if limit is None else limit.most

    @derived
    def lines(self) -> tuple[tuple[int, int], ...]:
        """(instant, line) from which on a line may take it, its own first; empty: any may."""
        ticket = self.queued
        if ticket.line is None:
            return ()
        queued = micros(ticket.queued_at)
        steps = [step for step in self.routing.fallback if step.of in (None, ticket.line)]
        later = [(queued + micros_of(step.after), step.line) for step in steps]
        return ((BEGINNING, ticket.line), *later)

    @derived
    def needs(self) -> tuple[tuple[str, tuple[tuple[int, int], ...]], ...]:
        """The required skills, each with (instant, level) from which on so much is required."""
        ticket = self.queued
        required = [need for need in ticket.needs if need.required]
        if not required:
            return ()
        queued = micros(ticket.queued_at)
        since = queued if ticket.queue_since is None else max(queued, micros(ticket.queue_since))
        return tuple(
            [(need.skill, self._relaxed(need.skill, need.level, since)) for need in required]
        )

    def _relaxed(self, skill: str, level: int, since: int) -> tuple[tuple[int, int], ...]:
        """Return (instant, level) from which on so much of a skill is required; 0 is none."""
        steps = sorted(
            (step for step in self.routing.relax if skill in step.lower or skill in step.drop),
            key=lambda step: step.after,
        )
        levels = [(BEGINNING, level)]
        taken, dropped = 0, False
        for step in steps:
            taken += step.lower.get(skill, 0)
            dropped = dropped or skill in step.drop
            at = since + micros_of(step.after)
            levels.append((at, 0 if dropped else max(1, level - taken)))
        return tuple(levels)

    @derived
    def checks(self) -> tuple[Check, ...]:
        """The checks that can reject anybody for this ticket, in the fixed order."""
        return tuple([check for check in CHECKS if check.applies(self)])

    def screens(self, *groups: On) -> list[Rejects]:
        """Return the tests of some groups, each once, without their codes."""
        checks = [check for group in groups for check in self.checks if check.on == group]
        return list(dict.fromkeys([check.screen or check.rejects for check in checks]))

    @derived
    def waits(self) -> tuple[Ready, ...]:
        """What to wait for, each once, the dearest last."""
        checks = sorted(self.checks, key=lambda check: check.on in AT_WORK)
        return tuple(dict.fromkeys([check.ready for check in checks if check.ready is not None]))

    @derived
    def line_ranks(self) -> Mapping[int | None, int]:
        """The lines that may take it now: 0 is its own, then fallback lines in order."""
        ranks: dict[int | None, int] = {}
        for rank, (since, line) in enumerate(self.lines):
            if since <= self.at:
                ranks.setdefault(line, rank)
        return ranks

    @derived
    def levels(self) -> tuple[tuple[str, int], ...]:
        """(skill, level) of what is required now."""
        levels = []
        for skill, steps in self.needs:
            level = [level for since, level in steps if since <= self.at][-1]
            if level:
                levels.append((skill, level))
        return tuple(levels)

    def used(self, state: AgentState) -> int | Fraction:
        """Return the units of work that count as load."""
        units = self.routing.units.get
        used: int | Fraction = 0
        for channel, number in state.counts.get(self.counted_work, {}).items():
            used += number * units(channel, 1)
        return used

    def items(self, state: AgentState) -> int:
        """Return how much of the counted work came by the ticket's channel."""
        return state.counts.get(self.counted_work, {}).get(self.channel, 0)


Rejects: TypeAlias = "Callable[[Seat, AgentState, CompiledTicket], bool]"
Params: TypeAlias = "Callable[[Seat, AgentState, CompiledTicket], dict[str, object]]"
Ready: TypeAlias = "Callable[[Seat, AgentState, CompiledTicket, int], int | None]"


class Check(NamedTuple):
    """One reason for which an agent may not take a ticket."""

    code: str
    on: On
    rejects: Rejects
    params: Params
    """The parameters of the reason."""
    ready: Ready | None = None
    """From when on, at an instant or later, it no longer rejects; None where only an event
    changes that."""
    applies: Callable[[CompiledTicket], bool] = lambda _: True
    """Whether it can reject anybody for a ticket."""
    screen: Rejects | None = None
    """One test for several checks, in place of theirs: rejects where any of them does."""


def excluded(seat: Seat, _: AgentState, ticket: CompiledTicket) -> bool:
    return seat.id in ticket.queued.exclude


def _line_opens(seat: Seat, _: AgentState, ticket: CompiledTicket, at: int) -> int | None:
    since = [since for since, line in ticket.lines if line == seat.line]
    return max(at, min(since)) if since else None


def absent(seat: Seat, _: AgentState, ticket: CompiledTicket) -> bool:
    return bisect_right(seat.absences, ticket.at) % 2 == 1


def _returns(seat: Seat, _: AgentState, _ticket: CompiledTicket, at: int) -> int | None:
    place = bisect_right(seat.absences, at)  # an absence without an end lasts past all instants
    return seat.absences[place] if place % 2 else at


def _until(seat: Seat, _: AgentState, ticket: CompiledTicket) -> dict[str, object]:
    back = seat.absences[bisect_right(seat.absences, ticket.at)]
    return {"until": Reason.of("open_ended") if back >= FOREVER else instant(back, seat.agent.tz)}


def _off_hours(seat: Seat, _: AgentState, ticket: CompiledTicket) -> bool:
    open_before, at = seat.open_before, ticket.at
    return open_before is not None and open_before(at + 1) == open_before(at)


def _opens(seat: Seat, _: AgentState, _ticket: CompiledTicket, at: int) -> int | None:
    calendar = seat.agent.calendar
    if calendar is None:
        return at
    run = next(calendar.timeline.runs(at), None)
    return None if run is None else max(at, run[0])


def lacks(seat: Seat, skill: str, level: int, at: int) -> str | None:
    """Return the code of why an agent's skill does not suffice; None where it does."""
    held = seat.skills.get(skill)
    if held is None:
        return "missing_skill"
    if held[0] < level:
        return "skill_level_low"
    return "skill_expired" if held[1] <= at else None


def _unskilled(seat: Seat, _: AgentState, ticket: CompiledTicket) -> bool:
    for skill, level in ticket.levels:  # noqa: SIM110 - a loop is faster than any()
        if lacks(seat, skill, level, ticket.at) is not None:
            return True
    return False


def _skill_check(code: str) -> Check:
    def lacking(seat: Seat, ticket: CompiledTicket) -> list[str]:
        at = ticket.at
        return sorted([s for s, level in ticket.levels if lacks(seat, s, level, at) == code])

    return Check(
        code,
        on="kind",
        rejects=lambda seat, _, ticket: bool(lacking(seat, ticket)),
        params=lambda seat, _, ticket: {"skill": tuple(lacking(seat, ticket))},
        ready=_skills_held,
        applies=lambda ticket: bool(ticket.needs),
        screen=_unskilled,
    )


def _skills_held(seat: Seat, _: AgentState, ticket: CompiledTicket, at: int) -> int | None:
    """Return from when on the required skills are held: waiting lowers them, time expires them."""
    for skill, levels in ticket.needs:
        level, expires = seat.skills.get(skill, (0, 0))
        ends = [since for since, _ in levels[1:]] + [FOREVER]
        for (since, needed), end in zip(levels, ends, strict=True):
            last = min(end, expires) if needed else end
            begin = max(since, at)
            if level >= needed and begin < last:
                at = begin
                break
        else:
            return None
    return at


def _channel_full(seat: Seat, state: AgentState, ticket: CompiledTicket) -> bool:
    places = seat.places.get(ticket.channel)
    return places is not None and ticket.items(state) >= places


def _no_capacity(seat: Seat, state: AgentState, ticket: CompiledTicket) -> bool:
    return seat.units is not None and ticket.used(state) + ticket.weight > seat.units


def _rate_limited(state: AgentState, ticket: CompiledTicket, at: int) -> bool:
    given = bisect_right(state.lately, at) - bisect_right(state.lately, at - ticket.window)
    return given >= ticket.most


def _rate_allows(_: Seat, state: AgentState, ticket: CompiledTicket, at: int) -> int | None:
    for since in (at, *(given + ticket.window for given in state.lately)):
        if since >= at and not _rate_limited(state, ticket, since):
            return since
    return None


CHECKS: tuple[Check, ...] = (
    Check(
        "excluded",
        on="exclusion",
        rejects=excluded,
        params=lambda seat, _, ticket: {"by": ticket.queued.exclude[seat.id]},
        applies=lambda ticket: bool(ticket.queued.exclude),
    ),
    Check(
        "wrong_line",
        on="kind",
        rejects=lambda seat, _, ticket: seat.line not in ticket.line_ranks,
        params=lambda seat, _, ticket: {
            "line": seat.line or Reason.of("none"),
            "wanted": ticket.queued.line,
        },
        ready=_line_opens,
        applies=lambda ticket: bool(ticket.lines),
    ),
    Check(
        "wrong_team",
        on="kind",
        rejects=lambda seat, _, ticket: ticket.queued.team not in seat.teams,
        params=lambda _, _state, ticket: {"wanted": ticket.queued.team},
        applies=lambda ticket: ticket.queued.team is not None,
    ),
    Check("absent", on="presence", rejects=absent, params=_until, ready=_returns),
    Check(
        "off_hours",
        on="hours",
        rejects=_off_hours,
        params=lambda _, _state, _ticket: {},
        ready=_opens,
    ),
    Check(
        "offline",
        on="presence",
        rejects=lambda _, state, _ticket: state.away,
        params=lambda _, state, _ticket: {"presence": state.presence},
    ),
    _skill_check("missing_skill"),
    _skill_check("skill_level_low"),
    _skill_check("skill_expired"),
    Check(
        "channel_full",
        on="load",
        rejects=_channel_full,
        params=lambda seat, state, ticket: {
            "channel": ticket.channel,
            "items": ticket.items(state),
            "places": seat.places[ticket.channel],
        },
    ),
    Check(
        "no_capacity",
        on="load",
        rejects=_no_capacity,
        params=lambda seat, state, ticket: {
            "used": ticket.used(state),
            "weight": ticket.weight,
            "units": seat.units or 0,
        },
    ),
    Check(
        "rate_limited",
        on="load",
        rejects=lambda _, state, ticket: _rate_limited(state, ticket, ticket.at),
        params=lambda _, _state, ticket: {"most": ticket.most},
        ready=_rate_allows,
        applies=lambda ticket: ticket.routing.rate_limit is not None,
    ),
)
CODES: tuple[str, ...] = tuple(check.code for check in CHECKS)
"""The codes of every reason to reject an agent, in the order in which they are listed."""


def passing(
    people: list[tuple[Seat, AgentState]], ticket: CompiledTicket, *groups: On
) -> list[tuple[Seat, AgentState]]:
    """Return those whom the checks of some groups let pass."""
    for rejects in ticket.screens(*groups):
        people = [one for one in people if not rejects(one[0], one[1], ticket)]
    return people


def rejected_by(seat: Seat, state: AgentState, ticket: CompiledTicket) -> list[Check]:
    """Return every check that rejects an agent, in the fixed order."""
    return [check for check in ticket.checks if check.rejects(seat, state, ticket)]


def rejections(seat: Seat, state: AgentState, ticket: CompiledTicket) -> tuple[Reason, ...]:
    """Return every reason to reject an agent, in the fixed order; none where one may take it."""
    return tuple(
        [
            Reason.of(check.code, **check.params(seat, state, ticket))
            for check in rejected_by(seat, state, ticket)
        ]
    )


def ready_at(seat: Seat, state: AgentState, ticket: CompiledTicket, before: int) -> int | None:
    """Return the first instant, from the question on, at which an agent may take the ticket.

    None where only an event can change that, or where it is not before an instant. Each wait
    moves the instant on and none can be passed over, so the first on which all agree is the
    answer; it ends because only the calendar goes on without end.
    """
    for check in ticket.checks:
        if check.ready is None and check.rejects(seat, state, ticket):
            return None
    at = ticket.at
    while True:
        start = at
        for ready in ticket.waits:
            moved = ready(seat, state, ticket, at)
            if moved is None or moved >= before:
                return None
            at = moved
        if at == start:
            return at
