"""Ratings of one system put into the tickets of another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from attrs import evolve

from support_model._findings import Findings
from support_model.events import Created

if TYPE_CHECKING:
    from support_model.adapters._event_logs import EventLog
    from support_model.events import Event


def joined(log: EventLog, ratings: EventLog) -> EventLog:
    """Return a log with the events of another reading put into its tickets.

    A survey knows the id of a ticket and nothing else of it: what it tells becomes part of the
    log of the system that has the ticket. The events of such a ticket are numbered anew; at one
    instant those of `log` come first. What belongs to no ticket of the log, or happened before
    the ticket began, is left out, with a finding. That `ratings` is not whole makes no ticket of
    the log cut.

    Args:
        log: the log of the system that has the tickets.
        ratings: what another one tells of them, such as `surveymonkey.read` returns.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.adapters import EventLog
        >>> from support_model.events import Rated
        >>> from support_model.vocabulary import Status
        >>> at, fields = datetime(2026, 3, 2, 9, tzinfo=UTC), {"status": Status("new", "new")}
        >>> begun = Created(ticket_id="T1", at=at, role="customer", seq=7, fields=fields)
        >>> given = {"at": at, "role": "customer", "seq": 1, "score": 4, "scale": (1, 5)}
        >>> rated = [Rated(ticket_id=ticket, kind="csat", **given) for ticket in ("T1", "T2")]
        >>> both = joined(EventLog(events=(begun,)), EventLog(events=tuple(rated)))
        >>> [(event.ticket_id, event.type, event.seq) for event in both.events]
        [('T1', 'created', 1), ('T1', 'rated', 2)]
        >>> [(found.code, found.tickets) for found in both.findings]
        [('not_in_log', ('T2',))]
    """
    findings = Findings(ratings.file)
    logs, added = log.logs(), ratings.logs()
    events: list[Event] = []
    for ticket, own in logs.items():
        fitting: list[Event] = []
        for event in added.pop(ticket, ()):
            if isinstance(own[0], Created) and event.micros < own[0].micros:
                findings.note("not_in_log", None, None, ticket=ticket)
            else:
                fitting.append(event)
        events += _numbered([*own, *fitting]) if fitting else own
    for ticket, foreign in added.items():
        findings.note("not_in_log", None, None, ticket=ticket, times=len(foreign))
    cut = {ticket: code for ticket, code in ratings.incomplete.items() if ticket in logs}
    return evolve(
        log,
        events=tuple(events),
        rows=log.rows + ratings.rows,
        unknown=dict(Counter(log.unknown) + Counter(ratings.unknown)),
        left_out=dict(Counter(log.left_out) + Counter(ratings.left_out)),
        findings=(*log.findings, *ratings.findings, *findings.all()),
        incomplete={**cut, **log.incomplete},
    )


def _numbered(events: list[Event]) -> list[Event]:
    """Return events ordered by their instant and numbered, those of one instant as given."""
    events.sort(key=lambda event: event.micros)
    return [evolve(event, seq=seq) for seq, event in enumerate(events, 1)]
