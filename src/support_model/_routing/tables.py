"""Decisions as tables that a manager can read: who takes it, who else could, who cannot and why.

Those who cannot are in the order of how few reasons each has, with the instant from which they
could by time alone. Instants are written in one zone, which the caller names.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from support_model._routing.checks import ready_at
from support_model._routing.teams import FOREVER
from support_model._sentences import local_instant
from support_model._tables import TextTable
from support_model._time import instant
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime, tzinfo

    from support_model._sentences import Catalogue
    from support_model.routing import Decision


def decision_table(
    decision: Decision, *, tz: tzinfo, most: int | None, catalogue: Catalogue | None
) -> TextTable:
    say = partial(_said, catalogue)
    inputs = decision.inputs
    line = {seat.id: "-" if seat.line is None else str(seat.line) for seat in inputs.team.seats}
    rows = []
    for place, agent in enumerate(decision.ranked, start=1):
        if agent == decision.agent:
            why = _why(decision.reasons, tz, catalogue)
            rows.append((agent, line[agent], say("answer_takes"), why, ""))
        else:
            order = say("number_in_order", number=place)
            rows.append((agent, line[agent], say("answer_could"), order, ""))
    for agent, reasons in sorted(decision.rejected.items(), key=lambda row: len(row[1])):
        seat = inputs.team.seat(agent)
        at = ready_at(seat, inputs.state(seat), inputs.ticket, FOREVER)
        free = "" if at is None else say("at_local", local=instant(at, tz))
        rows.append((agent, line[agent], say("answer_cannot"), _why(reasons, tz, catalogue), free))
    kept = rows if most is None else rows[:most]
    outcome = outcome_of(decision, tz, local=True)
    return TextTable(
        title=say("decision_title", ticket=decision.ticket_id, outcome=outcome, zone=str(tz)),
        columns=_heads(say, "agent", "line", "answer", "why", "can_from"),
        rows=tuple(kept),
        below=say("more_rows", n=len(rows) - len(kept)) if len(kept) < len(rows) else "",
    )


def backlog_table(
    turns: Iterable[tuple[Decision, datetime | None]],
    *,
    tz: tzinfo,
    catalogue: Catalogue | None = None,
) -> TextTable:
    """Return decisions, each with when to ask again: who takes each ticket and why."""
    say = partial(_said, catalogue)
    rows = []
    for decision, retry_at in turns:
        why = _why(decision.reasons, tz, catalogue) or in_words(decision.counts, catalogue)
        again = "" if retry_at is None else say("at_local", local=retry_at.astimezone(tz))
        rows.append((decision.ticket_id, decision.agent or say("nobody"), why, again))
    return TextTable(
        title=say("backlog_title", zone=str(tz)),
        columns=_heads(say, "ticket", "agent", "why", "ask_again"),
        rows=tuple(rows),
    )


def in_words(counts: Mapping[str, int], catalogue: Catalogue | None = None) -> str:
    """Return how many agents each reason rejects, the most frequent first.

    Example:
        >>> in_words({"no_capacity": 2, "off_hours": 11})
        'off hours: 11, no capacity: 2'
    """
    ordered = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    rows = tuple(Reason.of("rejected_count", rejected=code, n=n) for code, n in ordered)
    return Reason.of("listed_rows", listed=rows).text(catalogue)


def outcome_of(decision: Decision, tz: tzinfo, *, local: bool = False) -> Reason:
    """Return who takes it, or when to ask again; `local` leaves the name of the zone out."""
    if decision.agent is not None:
        return Reason.of("decision_taken", agent=decision.agent)
    if decision.reasons:
        return Reason.of("decision_needless")
    at = decision.retry_at
    if at is None:
        return Reason.of("decision_stuck")
    when = at.astimezone(tz)
    return Reason.of("decision_waits", at=Reason.of("at_local", local=when) if local else when)


def _heads(say: Callable[[str], str], *names: str) -> tuple[str, ...]:
    return tuple(f"{say(f'head_{name}')}:" for name in names)


def _said(catalogue: Catalogue | None, code: str, **params: object) -> str:
    return Reason.of(code, **params).text(catalogue)


def _why(reasons: Iterable[Reason], tz: tzinfo, catalogue: Catalogue | None) -> str:
    local = tuple(_in_zone(reason, tz) for reason in reasons)
    return Reason.of("listed_reasons", reasons=local).text(catalogue) if local else ""


def _in_zone(reason: Reason, tz: tzinfo) -> Reason:
    """Return a reason whose instants are readings of one clock."""
    return Reason.of(reason.code, **{name: _local(value, tz) for name, value in reason.params})


def _local(value: object, tz: tzinfo) -> object:
    found = local_instant(value) if isinstance(value, str) else None
    return value if found is None else Reason.of("at_local", local=found[0].astimezone(tz))
