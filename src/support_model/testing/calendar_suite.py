"""All laws of business time by their ids, and the suites that judge a calendar by them.

Before this: `support_model.testing.calendar_laws`, `support_model.testing.calendar_view_laws`.
Next: your own tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from support_model.testing import calendar_laws as laws
from support_model.testing import calendar_view_laws as view_laws
from support_model.testing.calendar_strategies import Probe, probes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

    from support_model.calendars import BusinessCalendar

__all__ = ["CALENDAR_LAWS", "check_calendar", "check_calendar_at"]

_ANY_PROBE = probes()

CALENDAR_LAWS: Mapping[str, Callable[[BusinessCalendar, Probe], None]] = {
    "C1": laws.law_additive,
    "C2": laws.law_antisymmetric,
    "C3": laws.law_bounded,
    "C4": laws.law_defining,
    "C5": laws.law_exact,
    "C6": laws.law_minimal,
    "C7": laws.law_one_step,
    "C8": laws.law_monotone,
    "C9": view_laws.law_periods,
    "C10": laws.law_inclusion,
    "C11": laws.law_closing_never_adds,
    "C12": laws.law_zone_of_arguments,
    "C13": laws.law_absolute,
    "C14": laws.law_mirror,
    "C15": laws.law_never_opens,
    "C16": view_laws.law_edges,
    "C17": view_laws.law_day_table,
    "C18": view_laws.law_round_trip,
    "C19": view_laws.law_explained,
    "C20": view_laws.law_local_dates,
    "C21": view_laws.law_versions,
}
"""Every law of calendars by its id."""


def check_calendar_at(calendar: BusinessCalendar, probe: Probe) -> None:
    """Judge a calendar by every law at one probe, for use under a `@given` of your own.

    Raises:
        LawBroken: a law does not hold; the error names it and the values.

    Example:
        >>> from support_model.calendars import BusinessCalendar
        >>> @given(probes())
        ... def judge(probe):
        ...     check_calendar_at(BusinessCalendar.always(), probe)
        >>> judge()
    """
    for law in CALENDAR_LAWS.values():
        law(calendar, probe)


def check_calendar(
    calendar: BusinessCalendar, *, probes: SearchStrategy[Probe] = _ANY_PROBE
) -> None:
    """Judge a calendar by every law, at probes that Hypothesis draws under the active profile.

    Args:
        calendar: the calendar to judge.
        probes: what it is asked; narrow the instants to the years that matter to you.

    Raises:
        LawBroken: a law does not hold; Hypothesis shows the smallest probe that breaks it.

    Example:
        >>> from support_model.calendars import BusinessCalendar
        >>> check_calendar(BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC"))
    """

    @given(probes)
    def judge(probe: Probe) -> None:
        check_calendar_at(calendar, probe)

    judge()
