"""Who did the work: moves between lines, groups and agents, touches, tickets per agent.

Moves are derived from sequences of known owners with equal neighbors collapsed; the first owner
is no move. Work is attributed by a stated rule, per full-time equivalent and not per head.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from attrs import field

from support_model._checks import check_numbers
from support_model._frozen import FrozenMap, frozen
from support_model._kpi.expressions import (
    FIRST_SOLVE,
    NOT_SOLVED,
    POPULATION,
    SNAPSHOT,
    SOLVED,
    UNKNOWN_WROTE,
    UNSOLVED,
    AnyUnknownWrote,
    Changes,
    Constant,
    Count,
    Distinct,
    Entries,
    Pairs,
    Rules,
    Sessions,
)
from support_model._kpi.measures import RateKpi, ShareKpi
from support_model._kpi.sources import Columnar, records_of
from support_model._short_texts import few_names, plain_in_short, rows_html, short_repr
from support_model._time import duration_text
from support_model.errors import InvalidValue, nearest
from support_model.figures import Rate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import timedelta

    from support_model._kpi.expressions import Expression
    from support_model._kpi.facts import Facts
    from support_model._kpi.sources import AnyFacts


CREDITED = MappingProxyType(
    {
        "solver": "tickets solved, credited to the solver",
        "solutions": "solutions, those reopened later included, credited to the solver",
        "first_replier": "tickets solved, credited to the first replier",
        "touch": "tickets solved, credited by the share of replies and notes",
    }
)


_NO_LINE, _NO_GROUP = Count(Entries("lines")).equals(0), Count(Entries("groups")).equals(0)
_HIGHER, _BACK = Pairs("lines", "gt", 1), Pairs("groups", "eq", 2)
"""Moves to a higher line, a skipped line being one move; straight returns: A, B, A, B has two of
them, A, B, C, A none."""
COUNTED: tuple[tuple[str, str, tuple[Expression, str], Expression], ...] = (
    ("escalations_per_ticket", "moves to a higher line per ticket with a known line",
     (_NO_LINE, "no_line"), _HIGHER),
    ("transfers_per_ticket", "changes of group per ticket with a known group",
     (_NO_GROUP, "no_group"), Changes("groups")),
    ("bounces_per_ticket", "returns to the group it had just left, per ticket with a known group",
     (_NO_GROUP, "no_group"), _BACK),
)  # fmt: skip
MOVED: tuple[tuple[str, str, tuple[Expression, str], Expression], ...] = (
    ("escalated", "moved to a higher line at least once, of tickets with a known line",
     (_NO_LINE, "no_line"), _HIGHER.above(0)),
    ("transferred",
     "held by two or more known groups one after the other, of tickets with a known group",
     (_NO_GROUP, "no_group"), Changes("groups").above(0)),
    ("bounced", "handed straight back to the group it came from, of tickets with a known group",
     (_NO_GROUP, "no_group"), _BACK.above(0)),
)  # fmt: skip
READY: tuple[RateKpi | ShareKpi, ...] = (
    *(
        RateKpi(key=key, definition=text, count=Rules((without,), count), history=True)
        for key, text, without, count in COUNTED
    ),
    RateKpi(
        key="handoffs",
        definition="changes from one known agent to another, per ticket",
        count=Rules((), Changes("agents")),
        history=True,
    ),
    *(
        ShareKpi(key=key, definition=text, judge=Rules((without,), any_), history=True)
        for key, text, without, any_ in MOVED
    ),
    ShareKpi(
        key="first_level",
        definition="never on another line than the first, of tickets solved with a known line",
        judge=Rules(
            ((_NO_LINE, "no_line"), (~SOLVED, NOT_SOLVED)),
            Distinct("lines").at_most(1) & Count(Entries("lines", "line", (1,))).above(0),
        ),
        history=True,
    ),
)


def touches(*, gap: timedelta) -> RateKpi:
    """Return how many sessions of work a ticket takes.

    A session is replies and notes of one agent, no gap longer than `gap` between them and no
    other agent's in between. Sessions on tickets that were merged into it count here.

    Example:
        >>> from datetime import timedelta
        >>> touches(gap=timedelta(minutes=30)).key
        'touches'
    """
    definition = (
        "sessions of agent work per ticket, those on tickets merged into it included; a pause "
        f"over {duration_text(gap)} begins another"
    )
    return RateKpi(
        key="touches",
        definition=definition,
        count=Rules(((AnyUnknownWrote(), "unknown_people"),), Sessions(gap)),
        history=True,
    )


def _counts(by_agent: Mapping[str, Fraction]) -> Mapping[str, Fraction]:
    return FrozenMap({agent: n for agent, n in sorted(by_agent.items()) if n})


@frozen(kw_only=True)
class Attribution:
    """Solved tickets by the agent they are credited to.

    Attributes:
        rule: "solver", "solutions", "first_replier" or "touch".
        by_agent: tickets by agent; parts of tickets under "touch", solutions under "solutions".
        excluded: tickets left out, by code.
    """

    rule: str
    by_agent: Mapping[str, Fraction] = field(converter=_counts, hash=False)
    excluded: Mapping[str, int] = field(hash=False)

    __repr__ = short_repr

    @property
    def _most_first(self) -> list[tuple[str, Fraction]]:
        return sorted(self.by_agent.items(), key=lambda row: (-row[1], row[0]))

    def rows(self) -> list[dict[str, Any]]:
        """Return each agent as a row of plain values, the one with the most tickets first."""
        return [
            {"agent": agent, "tickets": float(n), "rule": self.rule}
            for agent, n in self._most_first
        ]

    def __str__(self) -> str:
        handled = float(sum(self.by_agent.values(), Fraction(0)))
        names = (f"{plain_in_short(agent)} {float(n):,.6g}" for agent, n in self._most_first)
        told = few_names(names, len(self.by_agent)) if self.by_agent else "nobody"
        return f"tickets credited to the {self.rule}: {handled:,.6g}; {told}"

    def _repr_html_(self) -> str:
        rows = [(agent, f"{float(n):,.6g}") for agent, n in self._most_first]
        return rows_html(f"tickets credited to the {self.rule}", ("agent", "tickets"), rows)

    def per_fte(self, fte: Mapping[str, float]) -> dict[str, float | None]:
        """Return tickets per full-time equivalent of each agent in `fte`; None at 0.

        Raises:
            InvalidValue: an equivalent that is negative or no finite number.
        """
        _check_present(fte)
        return {
            agent: float(self.by_agent.get(agent, Fraction(0)) / Fraction(str(present)))
            if present
            else None
            for agent, present in fte.items()
        }

    def rate(self, fte: Mapping[str, float]) -> Rate:
        """Return all these tickets per full-time equivalent present.

        Raises:
            InvalidValue: an equivalent that is negative or no finite number.
        """
        _check_present(fte)
        handled = sum(self.by_agent.values(), Fraction(0))
        return Rate(
            key="tickets_per_agent",
            definition=f"{CREDITED[self.rule]}, per full-time equivalent present",
            numerator=handled,
            denominator=sum((Fraction(str(each)) for each in fte.values()), Fraction(0)),
            n=round(handled),
            excluded=self.excluded,
        )


def _check_present(fte: Mapping[str, float]) -> None:
    check_numbers(fte.values())
    for agent, present in fte.items():
        if present < 0:
            raise InvalidValue(
                present, f"the equivalent of {agent!r} is negative", "give 0 or more"
            )


def attributed(
    facts: AnyFacts,
    rule: Literal["solver", "solutions", "first_replier", "touch"] = "solver",
) -> Attribution:
    """Return whom the solved tickets are credited to.

    A solution belongs to who owned the ticket just before it, else to who acted, else to the
    last owner.

    Args:
        facts: the tickets.
        rule: "solver", of the last solution of a ticket that is solved now; "solutions", of
            every solution, so that one that was reopened counts as well; "first_replier"; or
            "touch", each agent by the share of replies and notes, those on tickets merged into
            it included.

    Raises:
        InvalidValue: an unknown rule.

    Example:
        >>> attributed([]).rate({"ann": 1, "bob": 0.5}).denominator
        Fraction(3, 2)
    """
    if rule not in CREDITED:
        raise InvalidValue(rule, "unknown rule of attribution", nearest(str(rule), CREDITED))
    question = CREDITS[rule]
    if isinstance(records := records_of(facts), Columnar):
        from support_model._kpi import column_populations  # noqa: PLC0415 - numpy is an extra

        parts, excluded = column_populations.credited(records.columns(), question, rule)
    else:
        parts, excluded = _credited(records, question, rule)
    return Attribution(rule=rule, by_agent=parts, excluded=excluded)


def _credited(
    records: Iterable[Facts], question: Rules, rule: str
) -> tuple[dict[str, Fraction], dict[str, int]]:
    """Return tickets, or parts of them, by the agent they are credited to, and those left out."""
    parts: dict[str, Fraction] = {}
    excluded: Counter[str] = Counter()
    for ticket in records:
        code = question(ticket)
        credit = _credit(ticket, rule) if code is True else Counter[str]()
        if not credit:
            excluded["unattributed" if code is True else code] += 1
        whole = 1 if rule == "solutions" else credit.total()
        for agent, n in credit.items():
            parts[agent] = parts.get(agent, Fraction(0)) + Fraction(n, whole)
    return parts, dict(excluded)


_NOW_SOLVED = (*POPULATION, (~SOLVED, NOT_SOLVED))
_BY_MESSAGES = Rules(
    (*_NOW_SOLVED, (UNKNOWN_WROTE.known, "unknown_people"), (SNAPSHOT, "not_stated")),
    Constant(value=True),
)
CREDITS = MappingProxyType(
    {
        "solver": Rules(_NOW_SOLVED, Constant(value=True)),
        "solutions": Rules(
            (
                *POPULATION,
                (~FIRST_SOLVE.known, UNSOLVED),
                (SNAPSHOT, "not_stated"),
            ),
            Constant(value=True),
        ),
        "first_replier": _BY_MESSAGES,
        "touch": _BY_MESSAGES,
    }
)
"""Which tickets have something to credit, by rule."""


def _credit(ticket: Facts, rule: str) -> Counter[str]:
    """Return the agents that a ticket is credited to, as often as they count."""
    agents: Iterable[str | None]
    if rule == "solver":
        agents = [solve.agent for solve in ticket.solves[-1:]]
    elif rule == "solutions":
        agents = [solve.agent for solve in ticket.solves]
    elif rule == "first_replier":
        agents = _authors([ticket], {"reply"})[:1]
    else:
        agents = _authors(ticket.with_merged, {"reply", "note"})
    return Counter(agent for agent in agents if agent)


def _authors(facts: Iterable[Facts], kinds: Collection[str]) -> list[str]:
    acts = (act for ticket in facts for act in ticket.acts if act.kind in kinds)
    return [act.agent for act in acts if act.agent]
