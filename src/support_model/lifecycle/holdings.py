"""Who held a ticket, from when to when, and which of these stays were offers that nobody took.

A tool that hands tickets out assigns them itself, and takes them back where the agent does not
answer. Such an offer is no work: it moves neither the place of the ticket in the queue nor its
owner. Routing and figures read it from here, so that they agree.

Before this: `support_model.tickets`. Next: `support_model.assignment.ticket_logs`,
`support_model.kpis.facts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support_model.tickets import Step

__all__ = ["Holding", "handed_out", "holdings"]

HANDED_OUT = frozenset({"system", "bot"})


@frozen(kw_only=True)
class Holding:
    """A stay of a ticket with one agent.

    Attributes:
        agent: who held it.
        first: place in the log of the event that assigned it, counted from 0.
        last: place of the event that ended it; None while it lasts.
        handed_out: whether a system or a bot assigned it.
        acted: whether the agent did anything on it meanwhile, the event that ended it included.
    """

    agent: str
    first: int
    last: int | None = None
    handed_out: bool = False
    acted: bool = False

    @property
    def offer(self) -> bool:
        """Whether it was an offer that the agent did not take: handed out, ended, never acted."""
        return self.handed_out and self.last is not None and not self.acted


def holdings(log: Iterable[Step]) -> tuple[Holding, ...]:
    """Return the stays of a ticket with its agents, in order; a log from its creation on.

    An event with the role of an agent that does not say by whom counts as one of the holder's.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.events import Changed, Created
        >>> from support_model.lifecycle.vocabulary import Status
        >>> from support_model.tickets import steps
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> log = [
        ...     Created(ticket_id="T1", at=at, role="customer",
        ...             fields={"status": Status("new", "new")}),
        ...     Changed(ticket_id="T1", at=at + timedelta(seconds=5), role="system",
        ...             fields={"agent": "ann"}),
        ...     Changed(ticket_id="T1", at=at + timedelta(seconds=25), role="system",
        ...             fields={"agent": None}),
        ... ]
        >>> [(stay.agent, stay.first, stay.last, stay.offer) for stay in holdings(steps(log))]
        [('ann', 1, 2, True)]
    """
    found: list[Holding] = []
    held: Holding | None = None
    for place, now in enumerate(log):
        if held is not None and not held.acted and _acts(now, held.agent):
            held = evolve(held, acted=True)
        if "agent" not in now.changed:
            continue
        if held is not None:
            found.append(evolve(held, last=place))
        held = None if now.after.agent is None else _begun(now, now.after.agent, place)
    return tuple(found) if held is None else (*found, held)


def handed_out(now: Step) -> bool:
    """Tell whether a system or a bot did this."""
    return now.event is not None and now.event.role in HANDED_OUT


def _begun(now: Step, agent: str, place: int) -> Holding:
    return Holding(agent=agent, first=place, handed_out=handed_out(now), acted=_acts(now, agent))


def _acts(now: Step, agent: str) -> bool:
    event = now.event
    return event is not None and (
        event.actor == agent or (event.actor is None and event.role == "agent")
    )
