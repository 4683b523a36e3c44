"""Who comes first of those who may take a ticket: the strategies, as keys of one candidate.

A key depends on its candidate alone, so nobody's place among the others changes when somebody
is added who may not take the ticket. The smallest key comes first.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias

from support_model._frozen import frozen
from support_model._routing.eligibility import absent, plain
from support_model._routing.rules import Ranking
from support_model._routing.workloads import IDLE
from support_model._time import micros, micros_of
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from support_model._routing.eligibility import Case
    from support_model._routing.queues import QueuedTicket
    from support_model._routing.teams import Seat
    from support_model._routing.workloads import AgentState
    from support_model.lines import Agent


Key: TypeAlias = tuple[Any, ...]
"""What candidates are ordered by, the smallest first."""


@frozen(kw_only=True)
class Candidate:
    """Somebody who may take a ticket, as a `Ranking` sees them.

    Attributes:
        agent: who.
        state: what they have in hand.
        ticket: the ticket.
        met: how many of the ticket's needs are met by skills that have not expired.
        surplus: levels above what is needed, in all of those.
        share: load over capacity; 0 where there is no limit, 1 where it is zero.
        units: the work in hand that counts, in weighted units.
        free: units (or places on the channel) left; infinite without a limit.
    """

    agent: Agent
    state: AgentState
    ticket: QueuedTicket
    met: int
    surplus: int
    share: float
    units: int | Fraction
    free: int | Fraction | float


def fit(seat: Seat, case: Case, t: int) -> tuple[int, int]:
    """Return how many original needs are met, wishes included, and the levels above them."""
    met = surplus = 0
    for need in case.ticket.needs:
        level, expires = seat.skills.get(need.skill, (0, 0))
        if level >= need.level and t < expires:
            met += 1
            surplus += level - need.level
    return met, surplus


def share(seat: Seat, state: AgentState, case: Case) -> float:
    """Return load over capacity, in units where the agent has them, else on the channel."""
    if seat.units is not None:
        return float(case.used(state) / seat.units) if seat.units else 1.0
    places = seat.places.get(case.channel)
    if places is None:
        return 0.0
    return case.items(state) / places if places else 1.0


def free(seat: Seat, state: AgentState, case: Case) -> int | Fraction | float:
    """Return the units left, or the places on the channel where no units are given."""
    if seat.units is not None:
        return seat.units - case.used(state)
    places = seat.places.get(case.channel)
    return inf if places is None else places - case.items(state)


Order: TypeAlias = "Callable[[Seat, AgentState, Case, int], Key]"


def _skill_fit(seat: Seat, state: AgentState, case: Case, t: int) -> Key:
    last = share(seat, state, case), state.given
    if not case.ticket.needs:
        return last
    met, surplus = fit(seat, case, t)
    return (-met, surplus if case.routing.fit == "closest" else -surplus, *last)


STRATEGY: Mapping[str, Order] = {
    "skill_fit": _skill_fit,
    "least_loaded": lambda seat, state, case, _: (share(seat, state, case), state.given),
    "least_active": lambda _, state, case, _t: (case.used(state), state.given),
    "most_available": lambda seat, state, case, _: (-free(seat, state, case), state.given),
    "round_robin": lambda _, state, _case, _t: (state.given,),
    "longest_idle": lambda _, state, _case, _t: (state.idle,),
}


def order_of(case: Case) -> Order:
    """Return the key of a routing's strategy."""
    strategy = case.routing.strategy
    if not isinstance(strategy, Ranking):
        return STRATEGY[strategy]
    return lambda seat, state, case, t: (strategy.key(candidate(seat, state, case, t)),)


def candidate(seat: Seat, state: AgentState, case: Case, t: int) -> Candidate:
    """Return what a host's own ranking sees."""
    met, surplus = fit(seat, case, t)
    return Candidate(
        agent=seat.agent,
        state=state,
        ticket=case.ticket,
        met=met,
        surplus=surplus,
        share=share(seat, state, case),
        units=case.used(state),
        free=free(seat, state, case),
    )


def sticky_owner(case: Case, t: int, seats: Mapping[str, Seat]) -> str | None:
    """Return who comes first because they had the ticket before; gone at the expiry itself.

    During an absence that is the deputy, or the deputy's; in a circle of people who are all
    away it is one of them, who is not eligible.
    """
    owner, lasts = case.ticket.owner, case.routing.sticky
    if owner is None or lasts is None or t - micros(owner.since) >= micros_of(lasts):
        return None
    name, passed = owner.agent, {owner.agent}
    while (seat := seats.get(name)) is not None and absent(seat, IDLE, case, t):
        deputy = seat.agent.deputy
        if deputy is None or deputy in passed:
            break
        passed.add(deputy)
        name = deputy
    return name


def why(
    seat: Seat, state: AgentState, case: Case, t: int, seats: Mapping[str, Seat]
) -> tuple[Reason, ...]:
    """Return why a chosen agent came first, the strongest reason first."""
    found = []
    owner = case.ticket.owner
    if owner is not None and sticky_owner(case, t, seats) == seat.id:
        code, said = "sticky_owner", {"since": owner.since.isoformat()}
        if owner.agent != seat.id:
            code, said = "sticky_deputy", {"owner": owner.agent}
        found.append(Reason.of(code, **said))
    if case.line_rank(seat, t):
        found.append(Reason.of("fallback_line", line=seat.line, own=case.ticket.line))
    relaxed = _relaxed(seat, case, t)
    if relaxed:
        found.append(Reason.of("relaxed", skill=", ".join(relaxed)))
    strategy = case.routing.strategy
    if isinstance(strategy, Ranking):
        return (*found, Reason.of("by_ranking", name=strategy.name))
    if strategy == "skill_fit" and not case.ticket.needs:
        strategy = "least_loaded"  # with nothing to fit, load is what was looked at
    return (*found, Reason.of(f"by_{strategy}", **_figures(strategy, seat, state, case, t)))


def _relaxed(seat: Seat, case: Case, t: int) -> list[str]:
    """Return the required skills that this agent lacks as they were asked for at first."""
    lacking = []
    for need in case.ticket.needs:
        level, expires = seat.skills.get(need.skill, (0, 0))
        if need.required and not (level >= need.level and t < expires):
            lacking.append(need.skill)
    return lacking


def _figures(
    strategy: str, seat: Seat, state: AgentState, case: Case, t: int
) -> dict[str, object]:
    """Return what the strategy looked at."""
    if strategy == "skill_fit":
        met, surplus = fit(seat, case, t)
        load = round(share(seat, state, case), 3)
        return {"met": met, "needs": len(case.ticket.needs), "surplus": surplus, "share": load}
    if strategy == "least_loaded":
        return {"share": round(share(seat, state, case), 3)}
    if strategy == "least_active":
        return {"units": plain(case.used(state))}
    if strategy == "most_available":
        left = free(seat, state, case)
        return {"free": "unlimited" if isinstance(left, float) else plain(left)}
    at = state.last_assigned_at if strategy == "round_robin" else state.idle_since
    return {"since": "never" if at is None else at.isoformat()}
