"""Tickets that name what a desk does not have: found before a change of rules is put in force."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from support_model._checks import must_be_several
from support_model._desk.references import lines_of
from support_model.errors import InvalidValue
from support_model.reasons import Reason
from support_model.tickets import Ticket

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from support_model._vocabulary import Priority, Status
    from support_model.desk import Desk


MOST = 5
"""How many known names are listed where none is near."""
ENDED = ("closed", "void")


class Names:
    """What tickets may name at a desk; of what it does not list, anything."""

    def __init__(self, desk: Desk) -> None:
        statuses = () if desk.workflow is None else desk.workflow.statuses
        self.statuses = {status.name: status for status in statuses}
        self.priorities = {priority.name: priority for priority in desk.priorities}
        self.policies = {(policy.name, policy.version) for policy in desk.policies.policies}
        self.places = names_of(desk)

    def stranded(self, ticket: Ticket) -> Iterator[Reason]:
        """Yield the names of a ticket that are none here.

        The policy matters to every ticket, since without it no clock can be told; the other
        names to those that may still change.
        """
        if ticket.policy is not None and ticket.policy not in self.policies:
            named = {f"{name} {version}" for name, version in self.policies}
            yield _reason("policy", ticket, " ".join(ticket.policy), named)
        if ticket.category in ENDED:
            return
        yield from self._status(ticket, ticket.status)
        if ticket.priority is not None:
            yield from self._priority(ticket, ticket.priority)
        for what, known in self.places.items():
            value = ticket.fields.get(what)
            if value is not None and known and str(value) not in known:
                yield _reason(what, ticket, str(value), known)

    def _status(self, ticket: Ticket, status: Status) -> Iterator[Reason]:
        known = self.statuses.get(status.name)
        if known is None and self.statuses:
            yield _reason("status", ticket, status.name, self.statuses)
        elif known is not None and known.category != status.category:
            yield Reason.of(
                "stranded_category",
                ticket=ticket.id,
                value=status.name,
                category=status.category,
                now=known.category,
            )

    def _priority(self, ticket: Ticket, priority: Priority) -> Iterator[Reason]:
        known = self.priorities.get(priority.name)
        if known is None and self.priorities:
            yield _reason("priority", ticket, priority.name, self.priorities)
        elif known is not None and known.rank != priority.rank:
            yield Reason.of(
                "stranded_rank",
                ticket=ticket.id,
                value=priority.name,
                rank=priority.rank,
                known=known.rank,
            )


def names_of(desk: Desk) -> Mapping[str, Collection[str]]:
    """Return the names of agents, groups and lines of a desk; empty where it lists none."""
    return {
        "agent": {agent.id for agent in desk.agents},
        "group": {*desk.directory.groups},
        "line": {str(line) for line in lines_of(desk.lines, desk.agents)},
    }


def _reason(what: str, ticket: Ticket, value: str, known: Collection[str]) -> Reason:
    near = get_close_matches(value, sorted(known), n=1) or sorted(known)[:MOST]
    return Reason.of(f"stranded_{what}", ticket=ticket.id, value=value, known=tuple(near))


def stranded(desk: Desk, tickets: Iterable[Ticket]) -> Iterator[Reason]:
    """Yield what each of the tickets names that the desk does not have."""
    must_be_several(tickets, "tickets")
    names = Names(desk)
    for ticket in tickets:
        if not isinstance(ticket, Ticket):
            remedy = "give replay(events), or state.ticket of a kept state"
            raise InvalidValue(ticket, "no ticket", remedy)
        yield from names.stranded(ticket)
