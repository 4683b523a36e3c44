"""Decisions as tables that a manager can read: who takes it, who else could, who cannot and why.

Whoever cannot stands in the order of how little is in the way, with the instant from which they
could by time alone. Instants are shown on one clock, which the caller names.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from attrs import evolve

from support_model._routing.retries import ready_at
from support_model._routing.teams import FOREVER
from support_model._tables import TextTable
from support_model._time import instant, micros, month_name, weekday_name
from support_model.reasons import ENGLISH, Reason, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from support_model.routing import Decision


INSTANTS = ("since", "until")
"""Parameters of reasons that are instants."""


def decision_table(
    decision: Decision,
    *,
    tz: tzinfo = UTC,
    most: int | None = None,
    catalogue: Mapping[str, str] = ENGLISH,
) -> TextTable:
    """Return a decision with every agent in it: the chosen one, the others in order, the rest.

    Args:
        decision: what was decided.
        tz: the clock on which instants are shown.
        most: how many rows to show at most; None shows all.
        catalogue: in whose words reasons are said.

    Example:
        >>> from support_model.routing import QueuedTicket
        >>> from support_model.routing import Routing
        >>> from support_model.lines import Agent
        >>> from support_model.routing import route
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(id="T1", channel="chat", queued_at=at, needs=["sap"])
        >>> people = [Agent(id="ann"), Agent(id="bob", skills=["sap"])]
        >>> table = decision_table(route(ticket, people, {}, Routing(), as_of=at))
        >>> table.title
        'T1: bob takes it (UTC)'
        >>> for row in table.rows:
        ...     print(row[0], row[2], row[3][:33])
        bob takes it fits best: 1 of 1 needs met, 0 le
        ann cannot lacks sap
    """
    scene = decision.scene
    line = {seat.id: "-" if seat.line is None else str(seat.line) for seat in scene.team.seats}
    words = [_said(reason, tz, catalogue) for reason in decision.reasons]
    rows = []
    for place, agent in enumerate(decision.ranked, start=1):
        if agent == decision.agent:
            rows.append((agent, line[agent], "takes it", "; ".join(words), ""))
        else:
            rows.append((agent, line[agent], "could", f"number {place} in the order", ""))
    rejected = sorted(decision.rejected.items(), key=lambda row: len(row[1]))
    for agent, reasons in rejected:
        seat = scene.team.seat(agent)
        at = ready_at(seat, scene.state(seat), scene.case, scene.t, FOREVER)
        free = "" if at is None else shown(instant(at), tz)
        why = "; ".join(_said(reason, tz, catalogue) for reason in reasons)
        rows.append((agent, line[agent], "cannot", why, free))
    kept = rows if most is None else rows[:most]
    below = f"and {len(rows) - len(kept):,} more" if len(kept) < len(rows) else ""
    return TextTable(
        title=f"{decision.ticket_id}: {_outcome(decision, tz)} ({tz})",
        columns=("Agent:", "Line:", "Answer:", "Why:", "Can take it from:"),
        rows=tuple(kept),
        below=below,
    )


def backlog_table(
    turns: Iterable[tuple[Decision, datetime | None]],
    *,
    tz: tzinfo = UTC,
    catalogue: Mapping[str, str] = ENGLISH,
) -> TextTable:
    """Return turns of a backlog: who takes each ticket and why, or what stands in the way.

    Args:
        turns: the decisions to show, in order, each with when to ask again.
        tz: the clock on which instants are shown.
        catalogue: in whose words reasons are said.
    """
    rows = []
    for decision, retry_at in turns:
        why = "; ".join(_said(reason, tz, catalogue) for reason in decision.reasons)
        again = "" if retry_at is None else shown(retry_at, tz)
        why = why or in_words(decision.counts)
        rows.append((decision.ticket_id, decision.agent or "nobody", why, again))
    return TextTable(
        title=f"Backlog ({tz})",
        columns=("Ticket:", "Agent:", "Why:", "Ask again:"),
        rows=tuple(rows),
    )


def in_words(counts: Mapping[str, int]) -> str:
    """Return how many agents each reason rejects, the most frequent first.

    Example:
        >>> in_words({"no_capacity": 2, "off_hours": 11})
        'off hours: 11, no capacity: 2'
    """
    ordered = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return ", ".join(f"{code.replace('_', ' ')}: {count:,}" for code, count in ordered)


def shown(at: datetime, tz: tzinfo) -> str:
    """Return an instant on a clock, as people read it.

    Example:
        >>> shown(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), UTC)
        'Mon 02 Mar 2026 09:30'
    """
    local = at.astimezone(tz)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{weekday_name(local)} {local:%d} {month_name(local)} {local:%Y} {clock}"


def _outcome(decision: Decision, tz: tzinfo) -> str:
    if decision.agent is not None:
        return f"{decision.agent} takes it"
    at = decision.retry_at
    if at is None:
        return "nobody can take it, and only an event can change that"
    return f"nobody can take it now; ask again {shown(at, tz)}"


def _said(reason: Reason, tz: tzinfo, catalogue: Mapping[str, str]) -> str:
    """Return a reason in words, its instants on one clock."""
    params = {name: _local(name, value, tz) for name, value in reason.params}
    return render(evolve(reason, params=tuple(params.items())), catalogue)


def _local(name: str, value: object, tz: tzinfo) -> object:
    if name not in INSTANTS or not isinstance(value, str):
        return value
    try:
        at = datetime.fromisoformat(value)
    except ValueError:  # "never", "further notice"
        return value
    return shown(instant(micros(at)), tz)
