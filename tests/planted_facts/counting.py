"""How strong an effect is in the tickets that were drawn, counted directly, with its error."""

from __future__ import annotations

import math
from statistics import fmean, pvariance
from typing import TYPE_CHECKING

from .simulation import OF_THE_DESK, WEEKS, OpenTime, Weeks, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .simulation import Effect, Scenario, Ticket

SETTLE = 2
"""The weeks at the end of the log whose long stages have not ended yet."""


def measured(effect: Effect, scenario: Scenario, tickets: Sequence[Ticket]) -> tuple[float, float]:
    """Return the effect as counted and its standard error: a logarithm of a factor, or points.

    What lies before the start is compared with what lies after it and before the effect's end.
    """
    if effect.lever == "arrivals":
        return _arrivals(effect, scenario, tickets)
    if effect.lever == "agent_share":
        return _share_of_agent(effect, tickets)
    if effect.plus:
        return _chance(effect, scenario, tickets)
    return _time(effect, scenario, tickets)


def _arrivals(effect, scenario, tickets) -> tuple[float, float]:
    weeks = [0] * scenario.weeks
    for ticket in tickets:
        weeks[ticket.week] += matches(ticket.began, effect.where)
    until = min(effect.until, scenario.weeks)
    before, after = weeks[: effect.start], weeks[effect.start : until]
    error = math.sqrt(
        sum(
            fmean(part) * 1.6 / len(part) / fmean(part) ** 2 for part in (before, after)
        )  # weeks differ more than chance alone makes them
    )
    return math.log(fmean(after) / fmean(before)), error


def _share_of_agent(effect, tickets) -> tuple[float, float]:
    agent = dict(effect.where)["agent"]
    group = next(each.began["group"] for each in tickets if each.began["agent"] == agent)
    counts = [[0, 0], [0, 0]]
    for ticket in tickets:
        if ticket.began["group"] == group:
            counts[ticket.week >= effect.start][ticket.began["agent"] == agent] += 1
    odds = [(own + 0.5) / (others + 0.5) for others, own in counts]
    error = math.sqrt(sum(1 / (each + 0.5) for pair in counts for each in pair))
    return math.log(odds[1] / odds[0]), error


def _chance(effect, scenario, tickets) -> tuple[float, float]:
    answers: tuple[list[bool], list[bool]] = ([], [])
    weeks = Weeks(scenario)
    for ticket in tickets:
        fields = ticket.began if effect.lever in BY_BEGINNING else ticket.fields
        if matches(fields, effect.where):
            for at, happened in CHANCES[effect.lever](ticket):
                week = weeks.week(at)
                if week < min(effect.until, WEEKS):
                    answers[week >= effect.start].append(happened)
    before, after = (fmean(each) for each in answers)
    error = sum(
        max(share, 0.01) * (1 - share) / len(each)
        for share, each in zip((before, after), answers, strict=True)
    )
    return after - before, math.sqrt(error)


BY_BEGINNING = frozenset({"escalated", "spam", "merged"})


def _reopenings(ticket: Ticket) -> Iterable[tuple[int, bool]]:
    for number, at in enumerate(ticket.solved):
        if number < len(ticket.reopened) or ticket.closed is not None:
            yield at, number < len(ticket.reopened)


def _first_work(ticket: Ticket) -> Iterable[int]:
    return (round(end) for lever, _, end in ticket.spells[1:2] if lever == "work")


def _stuck(ticket: Ticket) -> Iterable[tuple[int, bool]]:
    if ticket.solved:
        yield ticket.solved[0], False
    elif ticket.lying is not None:
        yield ticket.lying, True


CHANCES: dict[str, Callable[[Ticket], Iterable[tuple[int, bool]]]] = {
    "reopened": _reopenings,
    "satisfied": lambda ticket: ((at, score >= 4) for at, score in ticket.rated),
    "spam": lambda ticket: [(ticket.created, ticket.is_void("spam"))],
    "merged": lambda ticket: [(ticket.created, ticket.is_void("merged"))],
    "escalated": lambda ticket: (
        (at, bool(ticket.escalated)) for at in _first_work(ticket) if ticket.began["line"] == "1"
    ),
    "handed_back": lambda ticket: ((at, bool(ticket.handed_back)) for at in ticket.escalated),
    "stuck": _stuck,
}
"""When each chance came up for a ticket, and how it fell."""


def _time(effect, scenario, tickets) -> tuple[float, float]:
    lever = "close" if effect.lever == "close_after" else effect.lever
    clock = OpenTime(Weeks(scenario))
    last = Weeks(scenario).starts[min(effect.until, scenario.weeks - SETTLE)]
    start = Weeks(scenario).starts[effect.start]
    logs: tuple[list[float], list[float]] = ([], [])
    for ticket in tickets:
        if matches(ticket.fields, effect.where):
            for name, begun, ended in ticket.spells:
                took = clock.between(begun, ended) if lever in OF_THE_DESK else ended - begun
                after = begun >= start
                if name == lever and took > 0 and (after or ended < start) and begun < last:
                    logs[after].append(math.log(took))
    before, after = logs
    error = math.sqrt(sum(pvariance(each) / len(each) for each in logs))
    return fmean(after) - fmean(before), error
