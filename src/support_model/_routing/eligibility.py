"""Who may take a ticket at an instant, and every reason why not.

One table of checks in one fixed order: each has a code, says whether it rejects, and gives the
parameters of its reason.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from support_model._frozen import frozen
from support_model._routing.teams import FOREVER
from support_model._time import instant, micros, micros_of
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from fractions import Fraction

    from support_model._routing.queues import QueuedTicket
    from support_model._routing.rules import Routing
    from support_model._routing.teams import Seat
    from support_model._routing.workloads import AgentState, Count


BEGINNING = -FOREVER


@frozen
class Case:
    """A queued ticket under a routing, in integers; it knows what waiting loosens, and when."""

    ticket: QueuedTicket
    routing: Routing

    @cached_property
    def channel(self) -> str:
        """The channel of the ticket."""
        return self.ticket.channel

    @cached_property
    def count(self) -> Count:
        """Which work is load."""
        return self.routing.count

    @cached_property
    def weight(self) -> int | Fraction:
        """The units of work that the ticket is."""
        return self.routing.units.get(self.ticket.channel, 1)

    @cached_property
    def window(self) -> int:
        """Over how long assignments are limited, in microseconds; 0 without a limit."""
        limit = self.routing.rate_limit
        return 0 if limit is None else micros_of(limit.within)

    @cached_property
    def lines(self) -> tuple[tuple[int, int], ...]:
        """(instant, line) from which on a line may take it, its own first; empty: any may."""
        ticket = self.ticket
        if ticket.line is None:
            return ()
        queued = micros(ticket.queued_at)
        steps = [step for step in self.routing.fallback if step.of in (None, ticket.line)]
        later = [(queued + micros_of(step.after), step.line) for step in steps]
        return ((BEGINNING, ticket.line), *later)

    @cached_property
    def needs(self) -> tuple[tuple[str, tuple[tuple[int, int], ...]], ...]:
        """The required skills, each with (instant, level) from which on so much is required."""
        ticket = self.ticket
        queued = micros(ticket.queued_at)
        since = queued if ticket.queue_since is None else max(queued, micros(ticket.queue_since))
        required = [need for need in ticket.needs if need.required]
        return tuple(
            [(need.skill, self._levels(need.skill, need.level, since)) for need in required]
        )

    def _levels(self, skill: str, level: int, since: int) -> tuple[tuple[int, int], ...]:
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

    def line_rank(self, seat: Seat, t: int) -> int | None:
        """Return 0 on the ticket's own line, the place of a fallback line, None on others."""
        if not self.lines:
            return 0
        for rank, (since, line) in enumerate(self.lines):
            if line == seat.line and since <= t:
                return rank
        return None

    def levels_at(self, t: int) -> Iterator[tuple[str, int]]:
        """Yield (skill, level) of what is required at an instant."""
        for skill, levels in self.needs:
            level = [level for since, level in levels if since <= t][-1]
            if level:
                yield skill, level

    def used(self, state: AgentState) -> int | Fraction:
        """Return the units of work that count as load."""
        units = self.routing.units
        used: int | Fraction = 0
        for channel, number in state.counts[self.count].items():
            used += number * units.get(channel, 1)
        return used

    def items(self, state: AgentState) -> int:
        """Return how much of the counted work came by the ticket's channel."""
        return state.counts[self.count].get(self.channel, 0)


Rejects: TypeAlias = "Callable[[Seat, AgentState, Case, int], bool]"


def excluded(seat: Seat, _: AgentState, case: Case, _t: int) -> bool:
    """Whether the ticket must not go to this one."""
    return seat.id in case.ticket.exclude


def wrong_line(seat: Seat, _: AgentState, case: Case, t: int) -> bool:
    """Whether neither the ticket's line nor a fallback line is this one's."""
    return case.line_rank(seat, t) is None


def wrong_team(seat: Seat, _: AgentState, case: Case, _t: int) -> bool:
    """Whether the ticket is for another team."""
    return case.ticket.team is not None and case.ticket.team not in seat.teams


def absent(seat: Seat, _: AgentState, _case: Case, t: int) -> bool:
    """Whether this one is away."""
    return bisect_right(seat.absences, t) % 2 == 1


def off_hours(seat: Seat, _: AgentState, _case: Case, t: int) -> bool:
    """Whether the own calendar is closed."""
    count = seat.count
    return count is not None and count(t + 1) == count(t)


def offline(_: Seat, state: AgentState, _case: Case, _t: int) -> bool:
    """Whether presence blocks."""
    return state.away


def missing_skill(seat: Seat, _: AgentState, case: Case, t: int) -> bool:
    """Whether a required skill was never learned."""
    return any(skill not in seat.skills for skill, _ in case.levels_at(t))


def skill_level_low(seat: Seat, _: AgentState, case: Case, t: int) -> bool:
    """Whether a required skill is held at too low a level, expired or not."""
    return any(
        skill in seat.skills and seat.skills[skill][0] < level
        for skill, level in case.levels_at(t)
    )


def skill_expired(seat: Seat, _: AgentState, case: Case, t: int) -> bool:
    """Whether a required skill, at a level that would do, has expired."""
    for skill, level in case.levels_at(t):
        held = seat.skills.get(skill)
        if held is not None and held[0] >= level and held[1] <= t:
            return True
    return False


def channel_full(seat: Seat, state: AgentState, case: Case, _t: int) -> bool:
    """Whether no place is left on the ticket's channel."""
    places = seat.places.get(case.channel)
    return places is not None and case.items(state) >= places


def no_capacity(seat: Seat, state: AgentState, case: Case, _t: int) -> bool:
    """Whether the ticket would be more units than this one takes."""
    return seat.units is not None and case.used(state) + case.weight > seat.units


def rate_limited(_: Seat, state: AgentState, case: Case, t: int) -> bool:
    """Whether this one was given too much lately."""
    limit = case.routing.rate_limit
    if limit is None:
        return False
    given = bisect_right(state.lately, t) - bisect_right(state.lately, t - case.window)
    return given >= limit.most


CHECKS: tuple[tuple[str, Rejects], ...] = (
    ("excluded", excluded),
    ("wrong_line", wrong_line),
    ("wrong_team", wrong_team),
    ("absent", absent),
    ("off_hours", off_hours),
    ("offline", offline),
    ("missing_skill", missing_skill),
    ("skill_level_low", skill_level_low),
    ("skill_expired", skill_expired),
    ("channel_full", channel_full),
    ("no_capacity", no_capacity),
    ("rate_limited", rate_limited),
)
CODES: tuple[str, ...] = tuple(code for code, _ in CHECKS)
"""The codes of every reason to reject an agent, in the order in which they are told."""


def fits(seat: Seat, state: AgentState, case: Case, t: int) -> bool:
    """Return whether nothing rejects an agent; the cheapest checks first."""
    return not (
        state.away
        or excluded(seat, state, case, t)
        or case.line_rank(seat, t) is None
        or wrong_team(seat, state, case, t)
        or not able(seat, case, t)
        or full(seat, state, case, t)
        or not there(seat, t)
    )


def there(seat: Seat, t: int) -> bool:
    """Return whether an agent is at work by absences and own hours, whatever the ticket."""
    if bisect_right(seat.absences, t) % 2:
        return False
    count = seat.count
    return count is None or count(t + 1) > count(t)


def able(seat: Seat, case: Case, t: int) -> bool:
    """Return whether all required skills are held."""
    for skill, level in case.levels_at(t):
        held = seat.skills.get(skill)
        if held is None or held[0] < level or held[1] <= t:
            return False
    return True


def full(seat: Seat, state: AgentState, case: Case, t: int) -> bool:
    """Return whether load or the rate rejects."""
    return (
        (bool(seat.places) and channel_full(seat, state, case, t))
        or (seat.units is not None and case.used(state) + case.weight > seat.units)
        or (bool(case.window) and rate_limited(seat, state, case, t))
    )


def codes_against(seat: Seat, state: AgentState, case: Case, t: int) -> tuple[str, ...]:
    """Return the code of every reason to reject an agent, in the fixed order."""
    return tuple(code for code, rejects in CHECKS if rejects(seat, state, case, t))


def rejections(seat: Seat, state: AgentState, case: Case, t: int) -> tuple[Reason, ...]:
    """Return every reason to reject an agent, in the fixed order; none where one may take it."""
    return tuple(
        Reason.of(code, **PARAMS[code](seat, state, case, t))
        for code in codes_against(seat, state, case, t)
    )


def plain(units: int | Fraction) -> int | float:
    """Return units as people write them: 4, 1.5."""
    return units if isinstance(units, int) else float(units)


def _until(seat: Seat, t: int) -> str:
    back = seat.absences[bisect_right(seat.absences, t)]
    return "further notice" if back >= FOREVER else instant(back, seat.agent.tz).isoformat()


def _lacking(code: str, seat: Seat, case: Case, t: int) -> Iterator[str]:
    for skill, level in case.levels_at(t):
        held = seat.skills.get(skill)
        if held is None:
            found = "missing_skill"
        elif held[0] < level:
            found = "skill_level_low"
        else:
            found = "skill_expired" if held[1] <= t else ""
        if found == code:
            yield skill


def _skills(code: str) -> Params:
    return lambda seat, _, case, t: {"skill": ", ".join(sorted(_lacking(code, seat, case, t)))}


Params: TypeAlias = "Callable[[Seat, AgentState, Case, int], dict[str, object]]"
PARAMS: Mapping[str, Params] = {
    "excluded": lambda seat, _, case, _t: {"by": case.ticket.exclude[seat.id]},
    "wrong_line": lambda seat, _, case, _t: {
        "line": seat.line or "none",
        "wanted": case.ticket.line,
    },
    "wrong_team": lambda _, _state, case, _t: {"wanted": case.ticket.team},
    "absent": lambda seat, _, _case, t: {"until": _until(seat, t)},
    "off_hours": lambda _, _state, _case, _t: {},
    "offline": lambda _, state, _case, _t: {"presence": state.presence},
    **{code: _skills(code) for code in ("missing_skill", "skill_level_low", "skill_expired")},
    "channel_full": lambda seat, state, case, _: {
        "channel": case.channel,
        "items": case.items(state),
        "places": seat.places[case.channel],
    },
    "no_capacity": lambda seat, state, case, _: {
        "used": plain(case.used(state)),
        "weight": plain(case.weight),
        "units": plain(seat.units or 0),
    },
    "rate_limited": lambda _, _state, case, _t: {
        "most": case.routing.rate_limit and case.routing.rate_limit.most
    },
}
