"""The KPIs of customer support, one definition each, with population, clock and interval.

This is the face of the rooms behind it. Read a log into facts (`case_table`), then ask a KPI of
them: `first_response().of(facts, calendar=hours)`. Every answer is a figure with n, the tickets
left out by reason, an interval and its definition; it is None where undefined, never 0.

Before this: `support_model._kpi.facts`, `support_model._kpi.measures`. Next:
`support_model._report.report`.
"""

from __future__ import annotations

from support_model._kpi.calls import Call, abandonment, occupancy, service_level, utilization
from support_model._kpi.case_tables import (
    Unread,
    case_table,
    facts_of,
    readable_cases,
    with_merged,
)
from support_model._kpi.closing import (
    CLOSE_DELAY,
    STATED_WITHIN_SLA,
    STRAIGHT_THROUGH,
    TIME_TO_CLOSE,
    solved_in_time,
)
from support_model._kpi.contact import (
    CONTAINED_BY_BOT,
    NO_FURTHER_CONTACT,
    ONE_REPLY,
    ZERO_REPLY,
    Repeats,
    Session,
    deflection,
    no_handoff,
    no_repeat,
    repeat_contacts,
)
from support_model._kpi.facts import Facts, Solve, by
from support_model._kpi.funnels import Funnel, FunnelGroup, funnel
from support_model._kpi.measures import EXCLUSIONS, RateKpi, ShareKpi, TimeKpi
from support_model._kpi.money import (
    cost_per_ticket,
    expense_per_ticket,
    return_interval,
    return_on_investment,
)
from support_model._kpi.periods import created_in, mature_until, periods, solved_in
from support_model._kpi.ratings import (
    by_rated_agent,
    ease,
    effort,
    low_effort,
    mean_satisfaction,
    net_promoter_score,
    response_rate,
    satisfied,
)
from support_model._kpi.resolution import (
    AGENT_WORK,
    HANDLE_TIME,
    ON_HOLD_TIME,
    REQUESTER_WAIT,
    first_resolution,
    full_resolution,
    reopened,
    reopenings,
    resolution_curve,
    resolution_lifetimes,
    selected_by_completion,
    solved_per_created,
    solved_within,
)
from support_model._kpi.sla import Compliance, sla_compliance
from support_model._kpi.times import AVERAGE_RESPONSE, MTTA, NEXT_RESPONSE, backlog, first_response
from support_model._kpi.topics import Topic, Topics, top_topics
from support_model._kpi.trends import Trend, TrendPoint, trend
from support_model._kpi.work import (
    BOUNCED,
    BOUNCES_PER_TICKET,
    ESCALATED,
    ESCALATIONS_PER_TICKET,
    HANDOFFS,
    TRANSFERRED,
    TRANSFERS_PER_TICKET,
    Attribution,
    attributed,
    touches,
)

__all__ = [
    "AGENT_WORK",
    "AVERAGE_RESPONSE",
    "BOUNCED",
    "BOUNCES_PER_TICKET",
    "CLOSE_DELAY",
    "CONTAINED_BY_BOT",
    "ESCALATED",
    "ESCALATIONS_PER_TICKET",
    "EXCLUSIONS",
    "HANDLE_TIME",
    "HANDOFFS",
    "MTTA",
    "NEXT_RESPONSE",
    "NO_FURTHER_CONTACT",
    "ONE_REPLY",
    "ON_HOLD_TIME",
    "REQUESTER_WAIT",
    "STATED_WITHIN_SLA",
    "STRAIGHT_THROUGH",
    "TIME_TO_CLOSE",
    "TRANSFERRED",
    "TRANSFERS_PER_TICKET",
    "ZERO_REPLY",
    "Attribution",
    "Call",
    "Compliance",
    "Facts",
    "Funnel",
    "FunnelGroup",
    "RateKpi",
    "Repeats",
    "Session",
    "ShareKpi",
    "Solve",
    "TimeKpi",
    "Topic",
    "Topics",
    "Trend",
    "TrendPoint",
    "Unread",
    "abandonment",
    "attributed",
    "backlog",
    "by",
    "by_rated_agent",
    "case_table",
    "cost_per_ticket",
    "created_in",
    "deflection",
    "ease",
    "effort",
    "expense_per_ticket",
    "facts_of",
    "first_resolution",
    "first_response",
    "full_resolution",
    "funnel",
    "low_effort",
    "mature_until",
    "mean_satisfaction",
    "net_promoter_score",
    "no_handoff",
    "no_repeat",
    "occupancy",
    "periods",
    "readable_cases",
    "reopened",
    "reopenings",
    "repeat_contacts",
    "resolution_curve",
    "resolution_lifetimes",
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
    "top_topics",
    "touches",
    "trend",
    "utilization",
    "with_merged",
]
