"""The tickets of a log as facts, as of any instant: what the KPIs are asked of.

Where a mapping names a column for the solution or the close, the recorded instant wins over the
derived one, and a missing one too: a close without a recorded solution is none. Cohorts are
seen the same time after their end, so that an older one has had no longer to come to a close.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from attrs import evolve

from support_model import kpi
from support_model._report.event_logs import EventLog
from support_model._time import instant, micros, micros_of
from support_model.adapters.table import events_of
from support_model.events import Changed, Created, Related
from support_model.kpi import Solve, with_merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from support_model._time import Span
    from support_model.adapters.table import Case, Log, TableMapping
    from support_model.events import Event
    from support_model.kpi import Facts


def facts_of(case: Case, mapping: TableMapping, *, as_of: datetime) -> Facts:
    """Return what is known of a case at an instant.

    Its fields are those of its last row throughout: a table of statuses keeps no other.

    Raises:
        MissingCreation: the case did not exist yet.
    """
    facts = kpi.facts_of(events_of(case, mapping), as_of=as_of)
    solves = facts.solves
    if mapping.solved is not None:
        known = case.solved is not None and micros(case.solved) <= micros(as_of)
        agent = solves[-1].agent if solves else facts.fields.get("agent")
        solves = (Solve(case.solved, agent),) if known and case.solved is not None else ()
    texts = _fields(case, mapping)
    return evolve(
        facts,
        created=case.created,
        fields={**facts.fields, **texts},
        as_were={moment: {**were, **texts} for moment, were in facts.as_were.items()},
        solves=solves,
        agents=_agents(case, facts.as_of),
        closed=_closed(case, facts, mapping),
    )


def _agents(case: Case, as_of: datetime) -> tuple[str, ...]:
    """Return the agents in order: a table does not say who assigned, so no stay is an offer."""
    end = micros(as_of)
    known = (row.agent for row in case.rows if micros(row.at) <= end and row.agent is not None)
    return tuple(agent for agent, _ in groupby(known))


def _closed(case: Case, facts: Facts, mapping: TableMapping) -> datetime | None:
    """Return the close: as recorded, else the last row known of a ticket that stands closed."""
    if mapping.closed is not None:
        known = case.closed is not None and micros(case.closed) <= micros(facts.as_of)
        return case.closed if known else None
    if facts.category != "closed":
        return None
    end = micros(facts.as_of)
    return max(row.at for row in case.rows if micros(row.at) <= end)


def _fields(case: Case, mapping: TableMapping) -> dict[str, str]:
    """Return the texts that a case states, by field; several columns are joined by "/"."""
    found = {}
    for name, columns in mapping.fields.items():
        texts = [case.fields[column] for column in columns]
        if name != "line" and any(texts):
            found[name] = "/".join(text or "?" for text in texts)
    stated = {column for columns in mapping.fields.values() for column in columns}
    others = ((column, text) for column, text in case.fields.items() if column not in stated)
    return found | {f"custom.{column}": text for column, text in others if text is not None}


def field_named(mapping: TableMapping, name: str) -> str:
    """Return the field of the facts meant by the name of a field or of a column.

    Example:
        >>> from support_model.adapters.table import named
        >>> [field_named(named("bpi2013"), name) for name in ("priority", "Product", "Country")]
        ['priority', 'technology', 'custom.Country']
    """
    for field, columns in mapping.fields.items():
        if name == field or columns == (name,):
            return field
    return f"custom.{mapping.actor if name == 'actor' and mapping.actor else name}"


def holds(log: Log | EventLog, column: str) -> bool:
    """Return whether a log was read with a column; of events, whether any has the field."""
    if isinstance(log, EventLog):
        names = {column, f"custom.{column}"}
        return any(
            name in names
            for case in log.cases
            for event in case
            if isinstance(event, Created | Changed)
            for name, _ in event.fields
        )
    return not log.cases or column in log.cases[0].fields


def stated_by_row(log: Log | EventLog) -> tuple[bool, ...]:
    """Return what a ticket system states of its SLA on each row; nothing of events."""
    if isinstance(log, EventLog):
        return ()
    rows = (row for case in log.cases for row in case.rows)
    return tuple(row.sla_met for row in rows if row.sla_met is not None)


def _seen(log: Log | EventLog) -> Iterator[tuple[datetime, Callable[[datetime], Facts]]]:
    """Yield of each ticket its creation, and what tells its facts at an instant."""
    if isinstance(log, EventLog):
        for events in log.cases:
            yield events[0].at, partial(_event_facts, events)
    else:
        for case in log.cases:
            yield case.created, partial(_case_facts, case, log.mapping)


def _case_facts(case: Case, mapping: TableMapping, as_of: datetime) -> Facts:
    return facts_of(case, mapping, as_of=as_of)


def _event_facts(events: Sequence[Event], as_of: datetime) -> Facts:
    """Return the facts of a ticket, its priority as the word that a case states."""
    facts = kpi.facts_of(events, as_of=as_of)
    as_were = {moment: _worded(were) for moment, were in facts.as_were.items()}
    return evolve(facts, fields=_worded(facts.fields), as_were=as_were)


def _worded(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    priority = fields.get("priority")
    return fields if priority is None else {**fields, "priority": priority.name}


def log_facts(log: Log | EventLog) -> tuple[Facts, ...]:
    """Return the facts of every ticket as of the last instant of the log.

    Example:
        >>> from support_model.adapters.table import load
        >>> from support_model.adapters.table import read
        >>> from support_model._cli import demo
        >>> facts = log_facts(read(demo.LOG, load(demo.MAPPING)))
        >>> len(facts), facts[0].fields["channel"], facts[0].category
        (994, 'portal', 'closed')
    """
    last = log.last
    if last is None:
        return ()
    return with_merged(facts(max(last, created)) for created, facts in _seen(log))


def cohorts(
    log: Log | EventLog, spans: Iterable[Span], *, follow: timedelta
) -> Mapping[Span, Sequence[Facts]]:
    """Return the tickets created in each span, seen as long after its end as `follow` says."""
    found: dict[Span, Sequence[Facts]] = {}
    lag, sources = micros_of(follow), _sources(log)
    seen = sorted(((micros(created), facts) for created, facts in _seen(log)), key=itemgetter(0))
    starts = [created for created, _ in seen]
    for span in spans:
        start, end = span.edges
        as_of = instant(end + lag)
        part = [
            facts(as_of)
            for _, facts in seen[bisect_left(starts, start) : bisect_left(starts, end)]
        ]
        names = {fact.ticket for fact in part}
        others = [_event_facts(log, as_of) for log in sources if log[0].at <= as_of]
        known = with_merged([*part, *(fact for fact in others if fact.ticket not in names)])
        found[span] = known[: len(part)]
    return found


def _sources(log: Log | EventLog) -> list[Sequence[Event]]:
    """Return the logs of tickets that were merged: their work counts in whatever cohort."""
    if not isinstance(log, EventLog):
        return []
    return [
        events
        for events in log.cases
        if any(isinstance(event, Related) and event.kind == "merged_into" for event in events)
    ]
