"""Who comes first of those who may take a ticket: the strategies, as keys of one candidate.

A key depends on its candidate alone, so the order of the others does not change when somebody
is added who may not take the ticket. The smallest key comes first.
"""

from __future__ import annotations

from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from support_model._frozen import frozen
from support_model._routing.checks import absent, lacks
from support_model._routing.rules import Ranking
from support_model._routing.workloads import IDLE
from support_model._time import micros, micros_of
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from fractions import Fraction

    from support_model._routing.checks import CompiledTicket
    from support_model._routing.queues import QueuedTicket
    from support_model._routing.rules import Routing
    from support_model._routing.teams import Seat
    from support_model._routing.workloads import AgentState
    from support_model.lines import Agent


SortKey: TypeAlias = tuple[Any, ...]
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


def fit(seat: Seat, ticket: CompiledTicket) -> tuple[int, int]:
    """Return how many original needs are met, wishes included, and the levels above them."""
    met = surplus = 0
    for need in ticket.queued.needs:
        if lacks(seat, need.skill, need.level, ticket.at) is None:
            met += 1
            surplus += seat.skills[need.skill][0] - need.level
    return met, surplus


def share(seat: Seat, state: AgentState, ticket: CompiledTicket) -> float:
    """Return load over capacity, in units where the agent has them, else on the channel."""
    if seat.units is not None:
        return float(ticket.used(state) / seat.units) if seat.units else 1.0
    places = seat.places.get(ticket.channel)
    if places is None:
        return 0.0
    return ticket.items(state) / places if places else 1.0


def free(seat: Seat, state: AgentState, ticket: CompiledTicket) -> int | Fraction | float:
    """Return the units left, or the places on the channel where no units are given."""
    if seat.units is not None:
        return seat.units - ticket.used(state)
    places = seat.places.get(ticket.channel)
    return inf if places is None else places - ticket.items(state)


def _skill_fit(seat: Seat, state: AgentState, ticket: CompiledTicket) -> SortKey:
    last = share(seat, state, ticket), state.given
    if not ticket.queued.needs:
        return last
    met, surplus = fit(seat, ticket)
    return (-met, surplus if ticket.routing.fit == "closest" else -surplus, *last)


def _share_figure(seat: Seat, state: AgentState, ticket: CompiledTicket) -> dict[str, object]:
    return {"share": round(share(seat, state, ticket), 3)}


def _fit_figures(seat: Seat, state: AgentState, ticket: CompiledTicket) -> dict[str, object]:
    met, surplus = fit(seat, ticket)
    needs = len(ticket.queued.needs)
    return {"met": met, "needs": needs, "surplus": surplus, **_share_figure(seat, state, ticket)}


def _free_figure(seat: Seat, state: AgentState, ticket: CompiledTicket) -> dict[str, object]:
    left = free(seat, state, ticket)
    return {"free": Reason.of("unlimited") if isinstance(left, float) else left}


def _since(at: datetime | None) -> dict[str, object]:
    return {"since": Reason.of("never") if at is None else at}


OrderKey: TypeAlias = "Callable[[Seat, AgentState, CompiledTicket], SortKey]"


class Order(NamedTuple):
    """One strategy."""

    key: OrderKey
    figures: Callable[[Seat, AgentState, CompiledTicket], dict[str, object]]
    """The parameters of the reason `by_<strategy>`: what the key depends on."""


ORDERS: Mapping[str, Order] = MappingProxyType(
    {
        "skill_fit": Order(_skill_fit, _fit_figures),
        "least_loaded": Order(
            lambda seat, state, ticket: (share(seat, state, ticket), state.given), _share_figure
        ),
        "least_active": Order(
            lambda _, state, ticket: (ticket.used(state), state.given),
            lambda _, state, ticket: {"units": ticket.used(state)},
        ),
        "most_available": Order(
            lambda seat, state, ticket: (-free(seat, state, ticket), state.given), _free_figure
        ),
        "round_robin": Order(
            lambda _, state, _ticket: (state.given,),
            lambda _, state, _ticket: _since(state.last_assigned_at),
        ),
        "longest_idle": Order(
            lambda _, state, _ticket: (state.idle,),
            lambda _, state, _ticket: _since(state.idle_since),
        ),
    }
)


def key_of(routing: Routing) -> OrderKey:
    """Return the key of a routing's strategy."""
    strategy = routing.strategy
    if not isinstance(strategy, Ranking):
        return ORDERS[strategy].key
    return lambda seat, state, ticket: (strategy.key(candidate(seat, state, ticket)),)


def candidate(seat: Seat, state: AgentState, ticket: CompiledTicket) -> Candidate:
    """Return what a host's own ranking sees."""
    met, surplus = fit(seat, ticket)
    return Candidate(
        agent=seat.agent,
        state=state,
        ticket=ticket.queued,
        met=met,
        surplus=surplus,
        share=share(seat, state, ticket),
        units=ticket.used(state),
        free=free(seat, state, ticket),
    )


def sticky_owner(ticket: CompiledTicket, seats: Mapping[str, Seat]) -> str | None:
    """Return who comes first because they had the ticket before; gone at the expiry itself.

    During an absence that is the deputy, or the deputy's; in a circle of people who are all
    away it is one of them, who is not eligible.
    """
    owner, lasts, at = ticket.queued.owner, ticket.routing.sticky, ticket.at
    if owner is None or lasts is None or at - micros(owner.since) >= micros_of(lasts):
        return None
    name, passed = owner.agent, {owner.agent}
    while (seat := seats.get(name)) is not None and absent(seat, IDLE, ticket):
        deputy = seat.agent.deputy
        if deputy is None or deputy in passed:
            break
        passed.add(deputy)
        name = deputy
    return name


def why(
    seat: Seat, state: AgentState, ticket: CompiledTicket, seats: Mapping[str, Seat]
) -> tuple[Reason, ...]:
    """Return why this candidate comes first."""
    queued, owner = ticket.queued, ticket.queued.owner
    reasons = []
    if owner is not None and seat.id == sticky_owner(ticket, seats):
        if owner.agent == seat.id:
            reasons.append(Reason.of("sticky_owner", since=owner.since))
        else:
            reasons.append(Reason.of("sticky_deputy", owner=owner.agent))
    if ticket.line_ranks.get(seat.line):
        reasons.append(Reason.of("fallback_line", line=seat.line, own=queued.line))
    relaxed = [
        need.skill
        for need in queued.needs
        if need.required and lacks(seat, need.skill, need.level, ticket.at) is not None
    ]
    if relaxed:
        reasons.append(Reason.of("relaxed", skill=tuple(relaxed)))
    strategy = ticket.routing.strategy
    if isinstance(strategy, Ranking):
        return (*reasons, Reason.of("by_ranking", name=strategy.name))
    if strategy == "skill_fit" and not queued.needs:
        strategy = "least_loaded"  # without needs the load decides
    figures = ORDERS[strategy].figures(seat, state, ticket)
    return (*reasons, Reason.of(f"by_{strategy}", **figures))
