"""OpenStreetMap `opening_hours` text, read into a calendar and written from one.

The subset is what a calendar can hold exactly: weekdays, several ranges a day, ranges over
midnight, public holidays, dates and months, `off`, and rules that replace (`;`) or add (`,`).
Anything else is an error that names the word and where it stands. As everywhere here, a
range over midnight means two ranges split at midnight, so a rule for a date decides that
date alone.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from support_model._calendar.closures import Closures
from support_model._calendar.dates_text import read_years
from support_model._calendar.forms import Always, Combined, Versions, Without
from support_model._calendar.grammar import ALL_DAY, DAYS, Day, Rule, read_rules
from support_model._calendar.local_hours import LocalHours
from support_model._hours import WEEKDAYS, ranges_text
from support_model._time import DAY, MONTHS, Edges, difference, union
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidHours

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

__all__ = ["parse", "text"]

_MINUTE = 60_000_000
_ONE = timedelta(days=1)


def parse(
    text: str,
    *,
    tz: str | tzinfo,
    closures: Closures | None = None,
    years: Iterable[int] | None = None,
) -> BusinessCalendar:
    """Return the calendar that an `opening_hours` text describes.

    Source: the OpenStreetMap specification of the key `opening_hours`; the reference page
    "Opening hours" lists the subset.

    Args:
        text: as "Mo-Fr 09:00-17:00; PH off".
        tz: the IANA zone of the clock on the wall.
        closures: the holidays that PH means. They close, as if the text ended in "; PH off",
            unless it speaks of PH itself. Working weekend dates follow the rules of the
            weekday that they are worked like.
        years: the years in which dates without a year ("Dec 24", "Jun-Aug") hold.

    Raises:
        InvalidHours: the text leaves the subset, says PH without closures or a yearly date
            without years; `value` is the word at fault, the message says where it stands.
        UnknownZone: no such zone.

    Example:
        >>> from datetime import date
        >>> cal = parse("Mo-Fr 08:00-12:00,13:00-17:00; We off", tz="Europe/Paris")
        >>> print(cal.open_time_on(date(2026, 1, 6)), cal.open_time_on(date(2026, 1, 7)))
        8:00:00 0:00:00
    """
    within = None if years is None else read_years(years)
    rules = read_rules(text, within, knows_holidays=closures is not None)
    closures = closures or Closures()
    if not any(rule.holidays for rule in rules):
        rules.append(Rule(holidays=True, closed=True))
    week = [_opened(rules, Day(None, day), Day(None, (day - 1) % 7)) for day in range(len(DAYS))]
    dates = _dated(rules, week, closures)
    if week == [list(ALL_DAY)] * 7 and not dates and closures == Closures():
        return BusinessCalendar.always(tz)
    return BusinessCalendar.weekly(
        {name: ranges_text(tuple(day)) for name, day in zip(WEEKDAYS, week, strict=True)},
        tz=tz,
        holidays=closures,
        dates={when: ranges_text(tuple(day)) for when, day in dates.items()},
    )


def _opened(rules: Iterable[Rule], today: Day, before: Day) -> list[Edges]:
    """Return a date's open ranges: each rule replaces, adds to or cuts those before it."""
    opened: list[Edges] = []
    for rule in rules:
        ranges: list[Edges] = []
        if rule.holds_on(today):
            if not rule.spans or not (rule.additive or rule.closed):
                opened = []
            ranges += [(start, min(end, DAY)) for start, end in rule.spans]
        if rule.holds_on(before):
            ranges += [(0, end - DAY) for _, end in rule.spans if end > DAY]
        opened = difference(opened, union(ranges)) if rule.closed else union([*opened, *ranges])
    return opened


def _dated(
    rules: Sequence[Rule], week: Sequence[list[Edges]], closures: Closures
) -> dict[date, list[Edges]]:
    """Return the hours of the dates that neither the week nor a holiday already says."""
    holidays = {when for when, _ in closures.holidays}
    working = {when: weekday for when, weekday, _ in closures.working}
    named: defaultdict[date, set[int]] = defaultdict(set)
    for i, rule in enumerate(rules):
        for when in rule.dates or ():
            named[when].add(i)
    regular = {i for i, rule in enumerate(rules) if rule.dates is None}
    touched = {*named, *holidays}
    touched |= {when + _ONE for when in touched if when < date.max}
    by_date = {}
    for when in sorted(touched):
        weekday = working.get(when, when.weekday())
        eve = when - _ONE if when > date.min else None
        chosen = regular | named.get(when, set()) | (named.get(eve, set()) if eve else set())
        opened = _opened(
            [rules[i] for i in sorted(chosen)],
            Day(when, weekday, when in holidays),
            Day(eve, (weekday - 1) % 7, eve in holidays),
        )
        if opened != ([] if when in holidays else week[weekday]):
            by_date[when] = opened
    return by_date


_UNSAID = {
    Combined: "a combination of calendars",
    Without: "absolute closed spans",
    Versions: "versions by date",
}


def text(calendar: BusinessCalendar) -> str:
    """Return the `opening_hours` text of a calendar: `parse` reads the same hours back.

    Holidays, working weekend dates, eves and breaks are written out date by date, so the text
    means the same to readers with other holiday data; names are not written.

    Raises:
        InvalidHours: the calendar combines others, rotates, or has hours with seconds.

    Example:
        >>> cal = BusinessCalendar.weekly(
        ...     {"mon-fri": "09:00-17:00"}, tz="UTC", holidays=["2024-12-25", "2024-12-26"]
        ... )
        >>> text(cal)
        'Mo-Fr 09:00-17:00; 2024 Dec 25-26 off'
    """
    form = calendar.form
    if isinstance(form, Always):
        return "24/7"
    if not isinstance(form, LocalHours) or len(form.weeks) > 1:
        what = _UNSAID.get(type(form), "rotating weeks")
        raise InvalidHours(calendar, f"opening_hours cannot say {what}", "write its parts")
    regular = LocalHours(tz=form.tz, weeks=form.weeks, breaks=form.breaks)
    week = [regular.opened_on(ordinal) for ordinal in range(1, 8)]  # 0001-01-01 is a Monday
    rules = []
    if week == [list(ALL_DAY)] * 7:
        rules.append("24/7")
    else:
        by_hours: defaultdict[str, list[int]] = defaultdict(list)
        for weekday, opened in enumerate(week):
            if opened:
                by_hours[_hours_text(opened)].append(weekday)
        for hours, weekdays in by_hours.items():
            days = "" if len(weekdays) == len(DAYS) else f"{_weekdays_text(weekdays)} "
            rules.append(f"{days}{hours}")
    by_state: defaultdict[str, list[str]] = defaultdict(list)
    for first, last, opened in _runs(form, week):
        by_state[_hours_text(opened) if opened else "off"].append(_dates_text(first, last))
    rules += [f"{','.join(dates)} {state}" for state, dates in by_state.items()]
    return "; ".join(rules) or "off"


def _runs(form: LocalHours, week: Sequence[list[Edges]]) -> list[tuple[date, date, list[Edges]]]:
    """Return the dates that differ from their weekday, in runs of the same hours."""
    runs: list[tuple[date, date, list[Edges]]] = []
    for day in sorted(form.exceptions()):
        if day > date.max.toordinal():
            continue
        when, opened = date.fromordinal(day), form.opened_on(day)
        if opened == week[when.weekday()]:
            continue
        if runs and runs[-1][1] + _ONE == when and runs[-1][2] == opened:
            runs[-1] = (runs[-1][0], when, opened)
        else:
            runs.append((when, when, opened))
    return runs


def _hours_text(opened: Sequence[Edges]) -> str:
    for edge in (edge for span in opened for edge in span):
        if edge % _MINUTE:
            seconds = timedelta(microseconds=edge)
            raise InvalidHours(str(seconds), "opening_hours cannot say seconds", "round the hours")
    return ",".join(ranges_text(tuple(opened)))


def _weekdays_text(weekdays: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and runs[-1][-1] + 1 == weekday:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    ends = [(DAYS[run[0]], DAYS[run[-1]]) for run in runs]
    return ",".join(first if first == last else f"{first}-{last}" for first, last in ends)


def _dates_text(first: date, last: date) -> str:
    written = f"{first.year:04d} {MONTHS[first.month - 1]} {first.day:02d}"
    if first == last:
        return written
    if (first.year, first.month) == (last.year, last.month):
        return f"{written}-{last.day:02d}"
    return f"{written}-{last.year:04d} {MONTHS[last.month - 1]} {last.day:02d}"
