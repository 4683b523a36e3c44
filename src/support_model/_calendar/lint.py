"""What looks wrong in a calendar although it is legal: each finding a Reason."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from support_model._calendar.forms import Combined, Versions, Without
from support_model._calendar.local_hours import LocalHours
from support_model._hours import WEEKDAYS, number_runs, ranges_text
from support_model._time import DAY, instant, instant_of_reading, local_date, offsets
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._calendar.closures import Closures
    from support_model._calendar.forms import Form
    from support_model._calendar.timeline import Timeline
    from support_model._hours import Ranges


LONG = 14 * DAY
"""Closed for longer than this is worth a look."""
_MINUTE = 60_000_000


def lint_form(form: Form, timeline: Timeline, start: int, end: int) -> tuple[Reason, ...]:
    """Return the findings of a form and its timeline between two instants, in a fixed order."""
    findings = [
        reason
        for hours, first, last in _leaves(form, start, end)
        for reason in _lint_hours(hours, first, last)
    ]
    return tuple(dict.fromkeys([*findings, *_lint_timeline(form, timeline, start, end)]))


def _leaves(form: Form, start: int, end: int) -> Iterator[tuple[LocalHours, int, int]]:
    """Yield the hours in a form, each with the window in which it is in force."""
    match form:
        case LocalHours():
            yield form, start, end
        case Combined():
            yield from _leaves(form.left, start, end)
            yield from _leaves(form.right, start, end)
        case Without():
            yield from _leaves(form.base, start, end)
        case Versions():
            for since, until, part in form.windows(start, end):
                yield from _leaves(part, since, until)


def _lint_hours(hours: LocalHours, start: int, end: int) -> Iterator[Reason]:
    for week in hours.weeks:
        for weekday, ranges in zip(WEEKDAYS, week, strict=True):
            yield from _lint_ranges(weekday, ranges)
    for day, ranges in hours.dates:
        yield from _lint_ranges(day.isoformat(), ranges)
    yield from _lint_gaps(hours, start, end)
    begun, ended = local_date(hours.tz, start), local_date(hours.tz, end)
    first, last = (  # the last whole date: a midnight of another zone begins no year
        date.fromordinal(min(max(day, 1), date.max.toordinal()))
        for day in (begun, max(begun, ended - 1))
    )
    for what, known in _dated(hours):
        yield from _lint_years(what, known, first.year, last.year)
    guesses = [
        Reason.of("named_date", date=when, name=name)
        for when, name in hours.closures.holidays
        if first <= when <= last and "estimated" in name
    ]
    if guesses:
        yield Reason.of("estimated_holidays", dates=_listed(guesses))
    yield from _lint_yearly(hours, first, last)


def _lint_gaps(hours: LocalHours, start: int, end: int) -> Iterator[Reason]:
    """Find ranges that a clock turned forward leaves no time."""
    for at, _ in offsets(hours.tz, start, end)[1:]:
        day = local_date(hours.tz, at)
        for ordinal in range(day - 1, day + 2):
            for opens, closes in hours.opened_on(ordinal):
                begin, finish = (
                    instant_of_reading(hours.tz, ordinal, reading) for reading in (opens, closes)
                )
                if begin == finish:
                    where = ranges_text(((opens, closes),))[0]
                    when = date.fromordinal(ordinal).isoformat()
                    yield Reason.of("swallowed_by_gap", where=where, date=when)


def _dated(hours: LocalHours) -> Iterator[tuple[Reason, list[int]]]:
    """Yield each dated ingredient, and the years that it covers."""
    yield from _dated_closures(hours.closures)
    breaks = [when for when, _ in hours.date_breaks]
    breaks += [when for when, *_ in hours.closures.breaks]
    own = {"own_hours": [when for when, _ in hours.dates], "own_breaks": breaks}
    for code, dates in own.items():
        if dates:
            yield Reason.of(code), [when.year for when in dates]


def _dated_closures(closures: Closures) -> Iterator[tuple[Reason, list[int]]]:
    """Yield the holidays of a country and own ones, each with the years that it covers.

    A country covers the years it was resolved for, also one without holidays, and so do own
    yearly dates. Single dates count only where there is neither.
    """
    country = ""
    for key, value in closures.source:
        if key in {"country", "subdivision"}:
            country = f"{country}-{value}" if key == "subdivision" else value
        elif key == "years":
            yield Reason.of("holidays_of", country=country), _years(value)
        elif key == "yearly":
            yield Reason.of("own_holidays"), _years(value)
    if closures.holidays and not {"country", "yearly"} & dict(closures.source).keys():
        yield Reason.of("own_holidays"), [when.year for when, _ in closures.holidays]


def _years(text: str) -> list[int]:
    return [int(year) for year in text.split(",")]


def _lint_years(what: Reason, known: list[int], first: int, last: int) -> Iterator[Reason]:
    """Find the years of a stretch that an ingredient does not cover; own dates may begin late."""
    years = {*known} if what.code == "holidays_of" else {*range(1, max(known) + 1)}
    if missing := [year for year in range(first, last + 1) if year not in years]:
        yield Reason.of(
            "closures_end", what=what, known=_runs({*known}), missing=_runs({*missing})
        )


def _runs(years: set[int]) -> str:
    """Write years as runs: "2024-2026, 2030"."""
    runs = number_runs(sorted(years))
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in runs)


def _lint_yearly(hours: LocalHours, first: date, last: date) -> Iterator[Reason]:
    """Find hours of one day of several years that open a weekday which the week closes."""
    by_day: dict[str, list[date]] = {}
    for when, ranges in hours.dates:
        if ranges:
            by_day.setdefault(f"{when:%m-%d}", []).append(when)
    for dates in by_day.values():
        closed = [when for when in dates if not hours.week_opens(when.toordinal())]
        if len(dates) > len(closed) and (seen := [d for d in closed if first <= d <= last]):
            named = [
                Reason.of("weekday_date", date=when, day=WEEKDAYS[when.weekday()]) for when in seen
            ]
            yield Reason.of("opens_closed_day", yearly=dates[0], dates=_listed(named))


def _listed(items: list[Reason]) -> object:
    few = tuple(items[:5])
    more = len(items) - len(few)
    return Reason.of("and_more", dates=few, n=more) if more else few


def _at(day: str, hours: str) -> Reason:
    if day in WEEKDAYS:
        return Reason.of("hours_of_weekday", weekday=day, hours=hours)
    return Reason.of("hours_of_date", date=day, hours=hours)


def _lint_ranges(where: str, ranges: Ranges) -> Iterator[Reason]:
    for text, (opens, closes) in zip(ranges_text(ranges), ranges, strict=True):
        if closes % DAY in (DAY - _MINUTE, DAY - 1_000_000, DAY - 1):
            yield Reason.of("ends_2359", where=_at(where, text))
        if closes - opens == DAY and opens:
            yield Reason.of("whole_day_range", where=_at(where, text))
    for (_, closes), (opens, later) in pairwise(sorted(ranges)):
        if opens < closes:
            text = ranges_text(((opens, later),))[0]
            yield Reason.of("overlap", where=_at(where, text))


def _lint_timeline(form: Form, timeline: Timeline, start: int, end: int) -> Iterator[Reason]:
    at = start
    for opens, closes in timeline.runs(start):
        yield from _closed(form, at, min(opens, end))
        at = closes
        if at >= end:
            return
    yield Reason.of("never_opens", start=instant(max(at, start), form.tz))


def _closed(form: Form, start: int, end: int) -> Iterator[Reason]:
    if end - start > LONG:
        first, last = (instant(at, form.tz) for at in (start, end))
        yield Reason.of("closed_for_long", days=(end - start) // DAY, start=first, end=last)
