"""Why: every answer of the library can say its reasons, as codes with parameters.

A `Reason` is data: a code and named parameters. `str()` renders English; a catalogue is a
mapping from code to a format string, so other languages are other mappings and hosts may
bring their own. `docs/reference/reasons.md` lists all codes.

Before this: `support_model.errors`. Next: `support_model.instants`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ENGLISH", "Reason", "render"]

ENGLISH: Mapping[str, str] = {
    # calendars: why time counts or does not
    "always": "open around the clock",
    "weekly_hours": "weekly hours, {weekday}",
    "date_hours": "hours of {date}",
    "working_date": "worked like a {weekday}: {name}",
    "outside_hours": "outside the hours",
    "holiday": "holiday: {name}",
    "shortened": "outside the hours of a shortened day: {name}",
    "break": "break {name}",
    "closed_span": "closed: {name}",
    "excluded": "taken out: {by}",
    "paused": "paused: {name}",
    # service levels: moments
    "sla_warning": "{metric} reaches {threshold} of its target ({policy})",
    "sla_breach": "{metric} is breached: past {threshold} ({policy})",
    # calendars: what lint finds
    "ends_2359": "{where} ends at 23:59 and misses the last minute; write 24:00",
    "overlap": "{where} overlaps another range of the same day; they were merged",
    "whole_day_range": "{where} ends where it starts and means 24 hours; write 00:00-24:00",
    "swallowed_by_gap": "{where} does not exist on {date}: the clock jumps over it",
    "closures_end": "the closures end on {last}; later holidays are unknown",
    "closed_for_long": "closed from {start} to {end}, {days} days",
    "never_opens": "never opens after {start}",
    # coverage: how many people a rule takes
    "hours_balance": (
        "hours balance: {hours} h a week x {seats} seats / {there} h that one person is there"
        " = {factor}, so {people}"
    ),
    "legality": "legality: {hours} h a week at most {cap} h each = {crews} people a seat, so {people}",
    "availability": "availability: {needed} needed and {spare} may be away, so {people}",
}


@frozen
class Reason:
    """One reason: a stable code and the parameters that its sentence needs.

    Example:
        >>> str(Reason.of("holiday", name="New Year's Day"))
        "holiday: New Year's Day"
    """

    code: str
    params: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, code: str, **params: object) -> Reason:
        """Make a reason from keywords; the order of the keywords does not matter."""
        return cls(code, tuple(sorted(params.items())))

    def __getitem__(self, name: str) -> object:
        """Return one parameter; `KeyError` where the reason has no such."""
        return dict(self.params)[name]

    def __str__(self) -> str:
        return render(self)


def render(reason: Reason, catalogue: Mapping[str, str] = ENGLISH) -> str:
    """Say a reason in the words of a catalogue; an unknown code is shown as it is.

    Example:
        >>> render(Reason.of("holiday", name="Neujahr"), {"holiday": "Feiertag: {name}"})
        'Feiertag: Neujahr'
    """
    template = catalogue.get(reason.code) or ENGLISH.get(reason.code)
    if template is None:
        return " ".join([reason.code, *(f"{name}={value}" for name, value in reason.params)])
    return template.format(**dict(reason.params))
