"""What an event means for a ticket, decided on plain values: no ticket is made here.

The fold of `support_model.tickets` and the facts of `support_model.kpi` both ask these rules, so
that they cannot differ. Fields are mappings that are never written: a change returns new ones.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from support_model._frozen import frozen, owned
from support_model._vocabulary import MOVES, SETTLED
from support_model.events import Acknowledged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from support_model._frozen import FrozenMap
    from support_model._vocabulary import Category, Fact, Role
    from support_model.events import Changed, Created, Event, Message

__all__ = [
    "FACTS_ALONE",
    "HAND_OUT",
    "NOTHING",
    "Change",
    "Holding",
    "begun",
    "change_of",
    "facts_of_message",
    "stays",
]

NOTHING: frozenset[str] = frozenset()
CATEGORY = frozenset({"category"})
CONTACTED = frozenset({"contacted"})
ACKNOWLEDGED = frozenset({"acknowledged"})
REPLIED = frozenset({"replied", "acknowledged"})
REPLIED_BY_ASSIGNEE = REPLIED | {"assignee_replied"}
FACTS_ALONE: Mapping[type[Event], frozenset[str]] = MappingProxyType({Acknowledged: ACKNOWLEDGED})
"""The facts of events that mean the same whatever the ticket is like."""


class Change(NamedTuple):
    """What an event makes of the fields of a ticket.

    `changed` names the fields that got another value, and `category` where the category moved;
    `known` holds the last known group, line and management level.
    """

    changed: frozenset[str]
    facts: frozenset[str]
    fields: FrozenMap[str, Any]
    known: FrozenMap[str, Any]


def begun(event: Created) -> Change:
    """Return the fields of a new ticket: its status comes from nothing as from new."""
    fields = {name: value for name, value in event.fields if value is not None}
    facts: frozenset[str] = _category_facts("new", fields["status"].category)
    if event.role == "customer":
        facts |= CONTACTED
    changed = frozenset((*fields, "category"))
    return Change(changed, facts, owned(fields), _remembered({}, fields))


def facts_of_message(
    event: Message, *, created: datetime, created_by: Role, agent: str | None
) -> frozenset[str]:
    """Decide who wrote by role and visibility alone, never by the channel.

    Args:
        event: the message.
        created: when the ticket was created.
        created_by: by what role.
        agent: who holds it.
    """
    role = event.role
    if event.public and role == created_by and event.at == created:
        return NOTHING  # the text of the creation: the same contact
    if role == "customer" and event.public:
        return CONTACTED
    if role != "agent":
        return NOTHING
    if not event.public:
        return ACKNOWLEDGED
    by_assignee = event.actor is not None and event.actor == agent
    return REPLIED_BY_ASSIGNEE if by_assignee else REPLIED


def change_of(held: FrozenMap[str, Any], known: FrozenMap[str, Any], event: Changed) -> Change:
    """Return what a change makes of the fields held, and of those known last."""
    get, facts = held.get, NOTHING
    names = [name for name, value in event.fields if get(name) != value]
    if not names:
        return Change(NOTHING, facts, held, known)
    changed = _STATUS if names == _STATUS_ALONE else frozenset(names)
    fields = held.updated(dict(event.fields))
    if "status" in changed:
        was, now = get("status").category, fields.get("status").category
        if was != now:
            changed = _ENTERED if changed is _STATUS else changed | CATEGORY
            facts = _category_facts(was, now)
    if not changed.isdisjoint(MOVES):
        facts = facts.union(_move_facts(known, fields))
        known = _remembered(known, fields)
    if event.role == "agent" and _takes_notice(changed, fields):
        facts |= ACKNOWLEDGED
    return Change(changed, facts, fields, known)


_STATUS_ALONE = ["status"]
_STATUS, _ENTERED = frozenset({"status"}), frozenset({"status", "category"})
"""What most changes change."""


def _takes_notice(changed: frozenset[str], fields: Mapping[str, Any]) -> bool:
    return "status" in changed or ("agent" in changed and fields["agent"] is not None)


@cache
def _category_facts(was: Category, now: Category) -> frozenset[Fact]:
    facts: set[Fact] = set()
    if now in SETTLED and was not in SETTLED:
        facts.add("resolved")
    if was in SETTLED and now not in SETTLED and now != "void":
        facts.add("reopened")
    if now == "void":
        facts.add("voided")
    if was == "void":
        facts.add("restored")
    return frozenset(facts)


def _move_facts(known: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield moves between known values: a first value is no move, an unknown one is skipped."""
    moves = {
        name: (known[name], fields[name])
        for name in MOVES
        if name in known and fields.get(name) not in (None, known[name])
    }
    if "group" in moves:
        yield "transferred"
    rises = {name for name, (old, new) in moves.items() if name != "group" and new > old}
    if "line" in rises:
        yield "escalated_functional"
    elif "line" in moves:
        yield "handed_back"
    if "management_level" in rises:
        yield "escalated_hierarchical"
    if rises:
        yield "escalated"


def _remembered(known: Mapping[str, Any], fields: Mapping[str, Any]) -> FrozenMap[str, Any]:
    now = {name: fields[name] for name in MOVES if fields.get(name) is not None}
    return owned({**dict(known.items()), **now})


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


HAND_OUT = frozenset({"system", "bot"})
"""The roles of tools that assign tickets themselves."""


def stays(agents: Iterable[tuple[Event, str | None, bool]]) -> Iterator[Holding]:
    """Yield the stays of a ticket with its agents, of each event who holds it after it.

    An event of an agent without an id counts as one of the holder's.

    Args:
        agents: of each event of a log, the event, the agent after it, whether that is another.
    """
    held: str | None = None
    first, out, acted = 0, False, False
    for place, (event, agent, moved) in enumerate(agents):
        acted = acted or (held is not None and _acts(event, held))
        if not moved:
            continue
        if held is not None:
            yield Holding(agent=held, first=first, last=place, handed_out=out, acted=acted)
        held, first, out = agent, place, event.role in HAND_OUT
        acted = held is not None and _acts(event, held)
    if held is not None:
        yield Holding(agent=held, first=first, handed_out=out, acted=acted)


def _acts(event: Event, agent: str) -> bool:
    return event.actor == agent or (event.actor is None and event.role == "agent")
