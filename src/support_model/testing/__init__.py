"""Laws for your own rules: Hypothesis strategies that draw hard cases, suites that judge them.

`check_calendar(our_hours)` asks a calendar of yours everything that must hold of every calendar,
`check_policy(gold)` a policy of yours everything that must hold of every policy.
Needs `pip install 'support-model[testing]'`.
"""

from __future__ import annotations

from support_model.errors import MissingExtra

try:
    import hypothesis as _hypothesis  # noqa: F401 - the strategies need it
except ModuleNotFoundError:
    extra, needs = "testing", "hypothesis"
    raise MissingExtra(extra, needs) from None

from support_model.testing._calendar_laws import CALENDAR_LAWS, check_calendar, check_calendar_at
from support_model.testing._calendar_strategies import (
    amounts,
    calendars,
    instants,
    probes_of,
    scenes,
)
from support_model.testing._sla_laws import SLA_LAWS, check_policy, check_policy_at
from support_model.testing._sla_strategies import policies, sla_scenes
from support_model.testing._slow_calendar import SlowCalendar
from support_model.testing._ticket_strategies import events, histories, patterns

__all__ = [
    "CALENDAR_LAWS",
    "SLA_LAWS",
    "SlowCalendar",
    "amounts",
    "calendars",
    "check_calendar",
    "check_calendar_at",
    "check_policy",
    "check_policy_at",
    "events",
    "histories",
    "instants",
    "patterns",
    "policies",
    "probes_of",
    "scenes",
    "sla_scenes",
]
