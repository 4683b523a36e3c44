"""All laws of business time by their ids, and the suites that judge a calendar by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings

from support_model.testing import _calendar_laws as laws
from support_model.testing import _calendar_view_laws as view_laws
from support_model.testing._calendar_strategies import Probe, probes_of
from support_model.testing._calendar_twin_laws import CalendarOracle, law_oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

    from support_model.calendars import BusinessCalendar


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


def check_calendar_at(
    calendar: BusinessCalendar, probe: Probe, *, against: CalendarOracle | None = None
) -> None:
    """Judge a calendar by every law at one probe, for use under a `@given` of your own.

    Raises:
        LawBroken: a law does not hold; the error names it and the values.

    Example:
        >>> from support_model.calendars import BusinessCalendar
        >>> always = BusinessCalendar.always()
        >>> @given(probes_of(always))
        ... def judge(probe):
        ...     check_calendar_at(always, probe)
        >>> judge()
    """
    for law in CALENDAR_LAWS.values():
        law(calendar, probe)
    if against is not None:
        law_oracle(calendar, probe, against)


def check_calendar(
    calendar: BusinessCalendar,
    *,
    against: CalendarOracle | None = None,
    probes: SearchStrategy[Probe] | None = None,
) -> None:
    """Judge a calendar by every law, at probes that Hypothesis draws under the active profile.

    Args:
        calendar: the calendar to judge.
        against: another calendar that must answer the same; `SlowCalendar.of(calendar)` reads
            the same hours date by date.
        probes: what it is asked; what it turns at itself and around it, if left out.

    Raises:
        LawBroken: a law does not hold; Hypothesis shows the smallest probe that breaks it.

    Example:
        >>> from support_model.calendars import BusinessCalendar
        >>> office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> check_calendar(office)
    """

    @settings(deadline=None)  # the first example compiles years; laws judge no speed
    @given(probes_of(calendar) if probes is None else probes)
    def judge(probe: Probe) -> None:
        check_calendar_at(calendar, probe, against=against)

    judge()
