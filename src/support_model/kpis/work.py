"""Who did the work: moves between lines, groups and agents, touches, tickets per agent.

Moves are told from sequences of known owners with equal neighbors collapsed; the first owner
is no move. Work is attributed by a stated rule, per full-time equivalent and not per head.

Before this: `support_model.kpis.contact`. Next: `support_model.kpis.money`.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from support_model.errors import InvalidValue
from support_model.figures import Rate
from support_model.frozen_maps import FrozenMap, frozen_map
from support_model.kpis.measures import RateKpi, ShareKpi

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from support_model.kpis.facts import Facts

__all__ = [
    "BOUNCED",
    "BOUNCES_PER_TICKET",
    "ESCALATED",
    "ESCALATIONS_PER_TICKET",
    "HANDOFFS",
    "TRANSFERRED",
    "TRANSFERS_PER_TICKET",
    "Attribution",
    "attributed",
    "touches",
]


def _escalations(fact: Facts) -> int | str:
    return sum(b > a for a, b in pairwise(fact.lines)) if fact.lines else "no_line"


def _transfers(fact: Facts) -> int | str:
    return len(fact.groups) - 1 if fact.groups else "no_group"


def _bounces(fact: Facts) -> int | str:
    returns = sum(a == c for a, c in zip(fact.groups, fact.groups[2:], strict=False))
    return returns if fact.groups else "no_group"


def _moved(rate: RateKpi, key: str, definition: str) -> ShareKpi:
    def judge(fact: Facts) -> bool | str | None:
        moves = rate.count(fact)
        return moves if isinstance(moves, str) or moves is None else moves > 0

    return ShareKpi(key=key, definition=definition, judge=judge)


ESCALATIONS_PER_TICKET = RateKpi(
    key="escalations_per_ticket",
    definition="moves to a higher line per ticket with a known line",
    count=_escalations,
)
"""A skipped line is one move."""

ESCALATED = _moved(
    ESCALATIONS_PER_TICKET,
    "escalated",
    "moved to a higher line at least once, of tickets with a known line",
)
"""Functional escalation, by ticket."""

TRANSFERS_PER_TICKET = RateKpi(
    key="transfers_per_ticket",
    definition="changes of group per ticket with a known group",
    count=_transfers,
)
"""How often tickets change groups."""

TRANSFERRED = _moved(
    TRANSFERS_PER_TICKET,
    "transferred",
    "held by two or more known groups one after the other, of tickets with a known group",
)
"""By ticket."""

BOUNCES_PER_TICKET = RateKpi(
    key="bounces_per_ticket",
    definition="returns to the group it had just left, per ticket with a known group",
    count=_bounces,
)
"""A, B, A, B bounces twice; A, B, C, A does not: nobody handed it straight back."""

BOUNCED = _moved(
    BOUNCES_PER_TICKET,
    "bounced",
    "handed straight back to the group it came from, of tickets with a known group",
)
"""Ping-pong, by ticket."""

HANDOFFS = RateKpi(
    key="handoffs",
    definition="changes from one known agent to another, per ticket",
    count=lambda fact: max(len(fact.agents) - 1, 0),
)
"""The mean over all tickets; stations are `len(set(facts.agents))`."""


def touches(*, gap: timedelta) -> RateKpi:
    """Return how many sessions of work a ticket takes.

    A session is replies and notes of one agent, no gap longer than `gap` between them and no
    other agent's in between.

    Example:
        >>> from datetime import timedelta
        >>> touches(gap=timedelta(minutes=30)).key
        'touches'
    """

    def count(fact: Facts) -> int:
        work = [act for act in fact.acts if act.kind in {"reply", "note"}]
        breaks = sum(a.agent != b.agent or b.at - a.at > gap for a, b in pairwise(work))
        return breaks + bool(work)

    definition = f"sessions of agent work per ticket; a pause over {gap} begins another"
    return RateKpi(key="touches", definition=definition, count=count)


def _counts(by_agent: Mapping[str, Fraction]) -> Mapping[str, Fraction]:
    return FrozenMap({agent: n for agent, n in sorted(by_agent.items()) if n})


@frozen(kw_only=True)
class Attribution:
    """Solved tickets by the agent they are credited to.

    Attributes:
        rule: "solver", "first_replier" or "touch".
        by_agent: tickets by agent; parts of tickets under "touch".
        excluded: tickets left out, by code.
    """

    rule: str
    by_agent: Mapping[str, Fraction] = field(converter=_counts, hash=False)
    excluded: Mapping[str, int] = field(converter=frozen_map, hash=False)

    def per_fte(self, fte: Mapping[str, float]) -> dict[str, float | None]:
        """Return tickets per full-time equivalent of each agent in `fte`; None at 0."""
        return {
            agent: float(self.by_agent.get(agent, Fraction(0)) / Fraction(str(present)))
            if present
            else None
            for agent, present in fte.items()
        }

    def rate(self, fte: Mapping[str, float]) -> Rate:
        """Return all these tickets per full-time equivalent present."""
        handled = sum(self.by_agent.values(), Fraction(0))
        return Rate(
            key="tickets_per_agent",
            definition=f"tickets solved, credited to the {self.rule.replace('_', ' ')}, per "
            "full-time equivalent present",
            numerator=handled,
            denominator=sum((Fraction(str(each)) for each in fte.values()), Fraction(0)),
            n=round(handled),
            excluded=self.excluded,
        )


def attributed(
    facts: Iterable[Facts], rule: Literal["solver", "first_replier", "touch"] = "solver"
) -> Attribution:
    """Return whom the solved tickets are credited to.

    Args:
        facts: the tickets.
        rule: the agent of the last solution (else the assignee then), the first to reply, or
            each agent by the share of replies and notes.

    Raises:
        InvalidValue: an unknown rule.

    Example:
        >>> attributed([]).rate({"ann": 1, "bob": 0.5}).denominator
        Fraction(3, 2)
    """
    if rule not in {"solver", "first_replier", "touch"}:
        raise InvalidValue(rule, "unknown rule of attribution", "say 'solver'")
    parts: dict[str, Fraction] = {}
    excluded: Counter[str] = Counter()
    for fact in facts:
        if fact.category == "void":
            excluded["void"] += 1
            continue
        if not fact.solved:
            excluded["unsolved"] += 1
            continue
        credit = _credit(fact, rule)
        if not credit:
            excluded["unattributed"] += 1
        for agent, n in credit.items():
            parts[agent] = parts.get(agent, Fraction(0)) + Fraction(n, credit.total())
    return Attribution(rule=rule, by_agent=parts, excluded=dict(excluded))


def _credit(fact: Facts, rule: str) -> Counter[str]:
    if rule == "solver":
        solver = fact.solves[-1].agent
        return Counter([solver] if solver else [])
    kinds = {"reply"} if rule == "first_replier" else {"reply", "note"}
    agents = [act.agent for act in fact.acts if act.kind in kinds and act.agent]
    return Counter(agents[:1] if rule == "first_replier" else agents)
