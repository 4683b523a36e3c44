"""What looks wrong in a calendar although it is legal: found by reading it, said as Reasons.

Before this: `support_model.hours.calendar_forms`. Next: `support_model.calendars`.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from support_model.hours.calendar_forms import Combined, Versions, Without
from support_model.hours.hours_text import WEEKDAYS, ranges_text
from support_model.hours.local_clock import local_date, resolve
from support_model.hours.local_hours import LocalHours
from support_model.instants import DAY, instant
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model.hours.calendar_forms import Form
    from support_model.hours.hours_text import Ranges
    from support_model.hours.timeline import Line

__all__ = ["LONG", "lint_form"]

LONG = 14 * DAY
"""Closed for longer than this is worth a look."""
_MINUTE = 60_000_000


def lint_form(form: Form, line: Line, start: int, end: int) -> tuple[Reason, ...]:
    """Return the findings of a form and its line between two instants, in a fixed order."""
    found = [reason for hours in _leaves(form) for reason in _lint_hours(hours, start, end)]
    return tuple(dict.fromkeys([*found, *_lint_line(form, line, start, end)]))


def _leaves(form: Form) -> Iterator[LocalHours]:
    match form:
        case LocalHours():
            yield form
        case Combined():
            yield from _leaves(form.left)
            yield from _leaves(form.right)
        case Without():
            yield from _leaves(form.base)
        case Versions():
            for _, part in form.parts:
                yield from _leaves(part)


def _lint_hours(hours: LocalHours, start: int, end: int) -> Iterator[Reason]:
    for week in hours.weeks:
        for weekday, ranges in zip(WEEKDAYS, week, strict=True):
            yield from _lint_ranges(weekday, ranges)
    for day, ranges in hours.dates:
        yield from _lint_ranges(day.isoformat(), ranges)
    first, last = local_date(hours.zone, start), local_date(hours.zone, end)
    for ordinal in range(first, last + 1):
        for opens, closes in hours.opened_on(ordinal):
            if resolve(hours.zone, ordinal, opens) == resolve(hours.zone, ordinal, closes):
                where = ranges_text(((opens, closes),))[0]
                yield Reason.of(
                    "swallowed_by_gap", where=where, date=date.fromordinal(ordinal).isoformat()
                )
    known = [day.toordinal() for day, _ in hours.closures.holidays]
    if (
        known
        and (latest := max(known)) < last
        and date.fromordinal(latest).year < (date.fromordinal(last - 1).year)
    ):
        yield Reason.of("closures_end", last=date.fromordinal(latest).isoformat())


def _lint_ranges(where: str, ranges: Ranges) -> Iterator[Reason]:
    for text, (opens, closes) in zip(ranges_text(ranges), ranges, strict=True):
        if closes % DAY in (DAY - _MINUTE, DAY - 1_000_000, DAY - 1):
            yield Reason.of("ends_2359", where=f"{where} {text}")
        if closes - opens == DAY and opens:
            yield Reason.of("whole_day_range", where=f"{where} {text}")
    for (_, closes), (opens, later) in pairwise(sorted(ranges)):
        if opens < closes:
            text = ranges_text(((opens, later),))[0]
            yield Reason.of("overlap", where=f"{where} {text}")


def _lint_line(form: Form, line: Line, start: int, end: int) -> Iterator[Reason]:
    at = start
    for opens, closes in line.runs(start):
        yield from _closed(form, at, min(opens, end))
        at = closes
        if at >= end:
            return
    yield Reason.of("never_opens", start=instant(max(at, start), form.zone).isoformat())


def _closed(form: Form, start: int, end: int) -> Iterator[Reason]:
    if end - start > LONG:
        edges = (instant(at, form.zone).isoformat() for at in (start, end))
        yield Reason.of(
            "closed_for_long",
            days=(end - start) // DAY,
            **dict(zip(("start", "end"), edges, strict=True)),
        )
