"""Laws for your own rules: Hypothesis strategies that draw hard cases, suites that judge them.

`check_calendar(our_hours)` asks a calendar of yours everything that must hold of every calendar,
`check_policy(gold)` a policy of yours everything that must hold of every policy.
Needs `pip install 'support-model[testing]'`.
"""

from __future__ import annotations

from support_model.errors import MissingExtra
from support_model.testing._calendar_laws import (
    law_absolute,
    law_additive,
    law_antisymmetric,
    law_bounded,
    law_closing_never_adds,
    law_defining,
    law_exact,
    law_inclusion,
    law_minimal,
    law_mirror,
    law_monotone,
    law_never_opens,
    law_one_step,
    law_zone_of_arguments,
)
from support_model.testing._calendar_strategies import (
    CLOCK_CHANGES,
    ZONES,
    Probe,
    amounts,
    calendars,
    clock_changes,
    day_hours,
    instants,
    probes,
    probes_of,
    scenes,
    weekly_hours,
    zones,
)
from support_model.testing._calendar_suite import CALENDAR_LAWS, check_calendar, check_calendar_at
from support_model.testing._calendar_twin_laws import CalendarOracle, law_oracle
from support_model.testing._calendar_view_laws import (
    law_day_table,
    law_edges,
    law_explained,
    law_local_dates,
    law_periods,
    law_round_trip,
    law_versions,
)
from support_model.testing._law_kit import counted_branches, met
from support_model.testing._policy_strategies import metrics, policies, policy_books, targets
from support_model.testing._sla_edge_laws import (
    law_agreement,
    law_earlier_breach,
    law_equality,
    law_reopening,
    law_warnings,
    law_warnings_reported,
)
from support_model.testing._sla_laws import (
    law_any_order,
    law_breach,
    law_deterministic,
    law_foretold,
    law_larger_targets,
    law_more_pauses,
    law_no_pauses,
    law_on_time,
    law_prefix,
    law_reached_stays,
    law_repetition,
    law_states,
    law_stopped_stays,
    law_time_counts,
    law_time_is_shared_out,
    law_windows,
)
from support_model.testing._sla_strategies import THEMES, SlaScene, sla_logs, sla_scenes
from support_model.testing._sla_suite import SLA_LAWS, check_policy, check_policy_at
from support_model.testing._slow_calendar import SlowCalendar, TooFar
from support_model.testing._ticket_strategies import (
    actors,
    events,
    field_values,
    histories,
    patterns,
    priorities,
    statuses,
)

__all__ = [
    "CALENDAR_LAWS",
    "CLOCK_CHANGES",
    "SLA_LAWS",
    "THEMES",
    "ZONES",
    "CalendarOracle",
    "Probe",
    "SlaScene",
    "SlowCalendar",
    "TooFar",
    "actors",
    "amounts",
    "calendars",
    "check_calendar",
    "check_calendar_at",
    "check_policy",
    "check_policy_at",
    "clock_changes",
    "counted_branches",
    "day_hours",
    "events",
    "field_values",
    "histories",
    "instants",
    "law_absolute",
    "law_additive",
    "law_agreement",
    "law_antisymmetric",
    "law_any_order",
    "law_bounded",
    "law_breach",
    "law_closing_never_adds",
    "law_day_table",
    "law_defining",
    "law_deterministic",
    "law_earlier_breach",
    "law_edges",
    "law_equality",
    "law_exact",
    "law_explained",
    "law_foretold",
    "law_inclusion",
    "law_larger_targets",
    "law_local_dates",
    "law_minimal",
    "law_mirror",
    "law_monotone",
    "law_more_pauses",
    "law_never_opens",
    "law_no_pauses",
    "law_on_time",
    "law_one_step",
    "law_oracle",
    "law_periods",
    "law_prefix",
    "law_reached_stays",
    "law_reopening",
    "law_repetition",
    "law_round_trip",
    "law_states",
    "law_stopped_stays",
    "law_time_counts",
    "law_time_is_shared_out",
    "law_versions",
    "law_warnings",
    "law_warnings_reported",
    "law_windows",
    "law_zone_of_arguments",
    "met",
    "metrics",
    "patterns",
    "policies",
    "policy_books",
    "priorities",
    "probes",
    "probes_of",
    "scenes",
    "sla_logs",
    "sla_scenes",
    "statuses",
    "targets",
    "weekly_hours",
    "zones",
]

try:
    import hypothesis as _hypothesis  # noqa: F401 - asked for here, so that its absence is told
except ModuleNotFoundError:
    extra, needs = "testing", "hypothesis"
    raise MissingExtra(extra, needs) from None
