"""Decisions as tables that a manager can read: who takes it, who else could, who cannot and why.

Those who cannot are in the order of how few reasons each has, with the instant from which they
could by time alone. Instants are written in one zone, which the caller names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._routing.checks import ready_at
from support_model._routing.teams import FOREVER
from support_model._sentences import local_instant
from support_model._tables import TextTable
from support_model._time import instant, local_text
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, tzinfo

    from support_model.routing import Decision


def decision_table(
    decision: Decision, *, tz: tzinfo, most: int | None, catalogue: Mapping[str, str] | None
) -> TextTable:
    inputs = decision.inputs
    line = {seat.id: "-" if seat.line is None else str(seat.line) for seat in inputs.team.seats}
    rows = []
    for place, agent in enumerate(decision.ranked, start=1):
        if agent == decision.agent:
            why = _why(decision.reasons, tz, catalogue)
            rows.append((agent, line[agent], "takes it", why, ""))
        else:
            rows.append((agent, line[agent], "could", f"number {place} in the order", ""))
    for agent, reasons in sorted(decision.rejected.items(), key=lambda row: len(row[1])):
        seat = inputs.team.seat(agent)
        at = ready_at(seat, inputs.state(seat), inputs.ticket, FOREVER)
        free = "" if at is None else local_text(instant(at), tz)
        rows.append((agent, line[agent], "cannot", _why(reasons, tz, catalogue), free))
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
    tz: tzinfo,
) -> TextTable:
    """Return decisions, each with when to ask again: who takes each ticket and why."""
    rows = []
    for decision, retry_at in turns:
        why = _why(decision.reasons, tz, None) or in_words(decision.counts)
        again = "" if retry_at is None else local_text(retry_at, tz)
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


def _outcome(decision: Decision, tz: tzinfo) -> str:
    if decision.agent is not None:
        return f"{decision.agent} takes it"
    at = decision.retry_at
    if at is None:
        return "nobody can take it, and only an event can change that"
    return f"nobody can take it now; ask again {local_text(at, tz)}"


def _why(reasons: Iterable[Reason], tz: tzinfo, catalogue: Mapping[str, str] | None) -> str:
    return "; ".join(_reason_text(reason, tz, catalogue) for reason in reasons)


def _reason_text(reason: Reason, tz: tzinfo, catalogue: Mapping[str, str] | None) -> str:
    """Return a reason in words, its instants in one zone."""
    params = {name: _local(value, tz) for name, value in reason.params}
    return Reason.of(reason.code, **params).text(catalogue)


def _local(value: object, tz: tzinfo) -> object:
    found = local_instant(value) if isinstance(value, str) else None
    return value if found is None else local_text(found[0], tz)
