"""The KPIs of customer support, one definition each, with population, clock and interval.

Read a log into facts (`case_table`), then ask a KPI of them:
`first_response().of(facts, calendar=hours)`. A KPI with options is a function that returns one;
those without are in `KPIS`, by key. Every answer is a figure with n, the tickets left out by
reason, an interval and its definition; it is None where undefined, never 0.

Before this: `support_model.events`, `support_model.figures`. Next: `support_model.report`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field

from support_model._frozen import FrozenMap, frozen
from support_model._kpi import contact, resolution, times, work
from support_model._kpi.by_group import compared, merged, table
from support_model._kpi.calendars_by import CalendarsBy
from support_model._kpi.calls import Call, abandonment, occupancy, service_level, utilization
from support_model._kpi.case_tables import (
    facts_in_order,
    gathered,
    with_merged,
    without_circles,
)
from support_model._kpi.contact import (
    Session,
    deflection,
    no_handoff,
    no_repeat,
    repeat_contacts,
)
from support_model._kpi.facts import Facts, Solve, Stay, Stretch
from support_model._kpi.groups import Funnel, Topics, funnel, top_topics
from support_model._kpi.measures import EXCLUSIONS, RateKpi, ShareKpi, TimeKpi
from support_model._kpi.money import (
    cost_per_ticket,
    expense_per_ticket,
    return_interval,
    return_on_investment,
)
from support_model._kpi.periods import (
    Trend,
    created_in,
    mature_until,
    periods,
    solved_in,
    trend,
)
from support_model._kpi.places import (
    HandOver,
    PlaceTimes,
    TimeIn,
    hand_overs,
    held_times,
    held_within,
    tickets_told,
    time_in,
    time_shares,
)
from support_model._kpi.plain import (
    Entries,
    PlainFacts,
    packed,
    picked,
    plain_facts,
    plain_parts,
)
from support_model._kpi.rare import RareTrend, over_time, tickets_between, time_between
from support_model._kpi.ratings import (
    by_rated_agent,
    ease,
    effort,
    in_top_boxes,
    low_effort,
    mean_satisfaction,
    net_promoter_score,
    response_rate,
    satisfied,
)
from support_model._kpi.resolution import (
    HANDLE_TIME,
    STRAIGHT_THROUGH,
    TIME_TO_CLOSE,
    first_resolution,
    full_resolution,
    reopened,
    reopenings,
    resolution_curve,
    resolution_lifetimes,
    resolution_quantiles,
    selected_by_completion,
    solved_in_time,
    solved_per_created,
    solved_within,
)
from support_model._kpi.sla import sla_compliance
from support_model._kpi.splits import by
from support_model._kpi.times import MTTA, backlog, first_response
from support_model._kpi.two_periods import Comparison, compare_periods
from support_model._kpi.volumes import (
    DaysOfWork,
    Volume,
    arrivals_by_hour,
    days_of_work,
    days_of_work_by,
    volumes,
)
from support_model._kpi.work import attributed, touches
from support_model._time import micros
from support_model.errors import InconsistentLog, MissingCreation
from support_model.events import known_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from support_model.events import Event

__all__ = [
    "EXCLUSIONS",
    "FIRST_RESOLUTION",
    "FIRST_RESPONSE",
    "FULL_RESOLUTION",
    "HANDLE_TIME",
    "KPIS",
    "MTTA",
    "REOPENED",
    "SATISFIED",
    "STRAIGHT_THROUGH",
    "TIME_TO_CLOSE",
    "CalendarsBy",
    "Call",
    "Comparison",
    "DaysOfWork",
    "Entries",
    "Facts",
    "Funnel",
    "HandOver",
    "PlaceTimes",
    "PlainFacts",
    "RareTrend",
    "RateKpi",
    "Session",
    "ShareKpi",
    "Solve",
    "Stay",
    "Stretch",
    "TimeIn",
    "TimeKpi",
    "Topics",
    "Trend",
    "Unread",
    "Volume",
    "abandonment",
    "arrivals_by_hour",
    "attributed",
    "backlog",
    "by",
    "by_rated_agent",
    "case_table",
    "compare_periods",
    "compared",
    "cost_per_ticket",
    "created_in",
    "days_of_work",
    "days_of_work_by",
    "deflection",
    "ease",
    "effort",
    "expense_per_ticket",
    "facts_in_order",
    "facts_of",
    "first_resolution",
    "first_response",
    "full_resolution",
    "funnel",
    "hand_overs",
    "held_times",
    "held_within",
    "in_top_boxes",
    "low_effort",
    "mature_until",
    "mean_satisfaction",
    "merged",
    "net_promoter_score",
    "no_handoff",
    "no_repeat",
    "occupancy",
    "over_time",
    "packed",
    "periods",
    "picked",
    "plain_facts",
    "plain_parts",
    "readable_cases",
    "reopened",
    "reopenings",
    "repeat_contacts",
    "resolution_curve",
    "resolution_lifetimes",
    "resolution_quantiles",
    "response_rate",
    "return_interval",
    "return_on_investment",
    "satisfied",
    "selected_by_completion",
    "service_level",
    "sla_compliance",
    "solved_in",
    "solved_in_time",
    "solved_per_created",
    "solved_within",
    "table",
    "tickets_between",
    "tickets_told",
    "time_between",
    "time_in",
    "time_shares",
    "top_topics",
    "touches",
    "trend",
    "utilization",
    "volumes",
    "with_merged",
    "without_circles",
]

FIRST_RESPONSE = first_response()
FIRST_RESOLUTION, FULL_RESOLUTION = first_resolution(), full_resolution()
REOPENED, SATISFIED = reopened(), satisfied()
_READY: tuple[TimeKpi | ShareKpi | RateKpi, ...] = (
    *(*times.READY, *resolution.READY, *contact.READY, *work.READY),
    *(FIRST_RESPONSE, FIRST_RESOLUTION, FULL_RESOLUTION, REOPENED, SATISFIED),
)
KPIS: Mapping[str, TimeKpi | ShareKpi | RateKpi] = FrozenMap({each.key: each for each in _READY})
"""The KPIs without options, by key, such as "next_response" or "escalated", and those whose
options are the usual ones, such as "first_response"."""


def facts_of(events: Iterable[Event], *, as_of: datetime) -> Facts:
    """Return the facts of one ticket from its events up to an instant.

    A customer's message on a solved ticket opens no waiting period, unless the ticket is
    reopened later: then the wait began with the message.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InvalidEvent: something that is no event.
        InconsistentLog: the events are no log of one ticket, or none lies before `as_of`.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.events import Created, Message
        >>> from support_model.vocabulary import Status
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> made = Created(
        ...     ticket_id="T1", at=nine, role="customer", fields={"status": Status("new", "new")}
        ... )
        >>> reply = Message(
        ...     ticket_id="T1", at=nine + timedelta(hours=1), role="agent", public=True
        ... )
        >>> facts = facts_of([made, reply], as_of=nine + timedelta(days=1))
        >>> facts.waits[0].outcome, facts.category
        ('replied', 'new')
    """
    log = known_by(events, micros(as_of))
    if not log:
        raise MissingCreation(as_of, "the ticket did not exist yet", "give a later instant")
    return gathered(log, as_of)


@frozen(kw_only=True)
class Unread:
    """A ticket that could not be read.

    Attributes:
        ticket_id: its id.
        problem: what its events contradict.
    """

    ticket_id: str
    problem: InconsistentLog = field(eq=str)


def case_table(events: Iterable[Event], *, as_of: datetime) -> tuple[Facts, ...]:
    """Return the facts of every ticket of a log that existed at an instant.

    The events of different tickets may be mixed; tickets keep the order in which they appear.
    A ticket merged into another is void, and its work counts there (`Facts.merged`).

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InvalidEvent: something that is no event.
        InconsistentLog: events of a ticket are no log; see `readable_cases` to leave it out.
    """
    table, unread = readable_cases(events, as_of=as_of)
    if unread:
        raise unread[0].problem
    return table


def readable_cases(
    events: Iterable[Event], *, as_of: datetime
) -> tuple[tuple[Facts, ...], tuple[Unread, ...]]:
    """Return `case_table` of the tickets that can be read, and by name those that cannot.

    A year's report should not hang on one ticket that contradicts itself, nor leave it out
    without a word.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InvalidEvent: something that is no event.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Message
        >>> late = Message(
        ...     ticket_id="T1", at=datetime(2026, 3, 2, tzinfo=UTC), role="agent", public=True
        ... )
        >>> table, unread = readable_cases([late], as_of=datetime(2026, 3, 3, tzinfo=UTC))
        >>> table, [each.ticket_id for each in unread]
        ((), ['T1'])
    """
    logs: dict[str, list[Event]] = {}
    for event in known_by(events, micros(as_of)):
        logs.setdefault(event.ticket_id, []).append(event)
    table: dict[str, Facts] = {}
    unread: list[Unread] = []
    for ticket_id, log in logs.items():
        try:
            table[ticket_id] = gathered(log, as_of)
        except InconsistentLog as problem:
            unread.append(Unread(ticket_id=ticket_id, problem=problem))
    table = without_circles(table, logs.__getitem__, lambda _, log: gathered(log, as_of))
    return with_merged(table.values()), tuple(unread)
