"""Who did the work and what it cost: moves, touches, tickets per agent, cost per ticket.

Moves are told from sequences of known owners with equal neighbors collapsed; the first owner
is no move. Work is attributed by a stated rule, per full-time equivalent and not per head.

Before this: `support_model.kpis.contact`. Next: `support_model.kpis.ratings`.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from support_model.errors import InvalidValue
from support_model.figures import Rate
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
    "Return",
    "attributed",
    "cost_per_ticket",
    "expense_per_ticket",
    "return_on_investment",
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
    return MappingProxyType({agent: n for agent, n in sorted(by_agent.items()) if n})


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
    excluded: Mapping[str, int] = field(hash=False)

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


def cost_per_ticket(line_cost: Mapping[int, float]) -> RateKpi:
    """Return the cost of a solved ticket along the lines that held it.

    Every distinct line is charged once: a line's cost per ticket spreads all its work already,
    so coming back is not charged again.

    Args:
        line_cost: cost of a ticket on each line, in any currency.

    Raises:
        InvalidValue: when asked, for a line without a cost.

    Example:
        >>> cost_per_ticket({1: 22, 2: 62}).key
        'cost_per_ticket'
    """

    def count(fact: Facts) -> Fraction | str:
        if not fact.solved:
            return "unsolved"
        if not fact.lines:
            return "no_line"
        for line in fact.lines:
            if line not in line_cost:
                raise InvalidValue(line, "a line without a cost", "give the cost of every line")
        return sum((Fraction(str(line_cost[line])) for line in set(fact.lines)), Fraction(0))

    definition = "cost of all distinct lines that held it, per solved ticket with a known line"
    return RateKpi(key="cost_per_ticket", definition=definition, count=count)


def expense_per_ticket(facts: Iterable[Facts], *, variable: float, fixed: float = 0.0) -> Rate:
    """Return the operating expense per solved ticket; without `fixed` it is the marginal one.

    Fixed cost makes the figure fall with volume, so quote the marginal one beside it.

    Example:
        >>> expense_per_ticket([], variable=200, fixed=1000).value is None
        True
    """
    kinds = Counter(
        "void" if fact.category == "void" else "solved" if fact.solved else "unsolved"
        for fact in facts
    )
    return Rate(
        key="expense_per_ticket" if fixed else "marginal_expense_per_ticket",
        definition=f"{'fixed and ' if fixed else ''}variable expense per solved ticket",
        numerator=Fraction(str(fixed)) + Fraction(str(variable)),
        denominator=kinds["solved"],
        n=kinds["solved"],
        excluded={"unsolved": kinds["unsolved"], "void": kinds["void"]},
    )


@frozen(kw_only=True)
class Return:
    """What an investment brings.

    Attributes:
        ratio: (benefit - cost) / cost over the horizon; None at cost 0.
        payback: after how many periods the benefit has paid the cost; `inf` if never.
    """

    ratio: float | None
    payback: float


def return_on_investment(
    *, avoided: Iterable[float], marginal_cost: float, investment: float, running: float = 0.0
) -> Return:
    """Return what avoiding tickets brings; an avoided ticket saves its marginal cost only.

    Args:
        avoided: tickets avoided in each period of the horizon, so that a ramp is stated.
        marginal_cost: what one ticket more costs.
        investment: what is paid at the start.
        running: what is paid in every period.

    Example:
        >>> return_on_investment(avoided=[50, 100, 100], marginal_cost=20, investment=2500)
        Return(ratio=1.0, payback=1.75)
    """
    cost, benefit, payback = investment, 0.0, inf
    for number, saved in enumerate(avoided):
        before = benefit - cost
        cost += running
        benefit += saved * marginal_cost
        if payback == inf and benefit >= cost and benefit - cost > before:
            payback = number + max(-before, 0.0) / (benefit - cost - before)
    return Return(ratio=(benefit - cost) / cost if cost else None, payback=payback)
