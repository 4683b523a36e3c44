"""OpenStreetMap `opening_hours` text, read into a calendar and written from one.

The subset is what a calendar can hold exactly: weekdays, several ranges a day, ranges over
midnight, public holidays, dates and months, `off`, and rules that replace (`;`) or add (`,`).
Anything else is an error that names the word and its position. As everywhere here, a
range over midnight means two ranges split at midnight, so a rule for a date decides that
date alone.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from support_model._calendar.closures import LIMIT, Closures, read_years
from support_model._calendar.forms import Always, Combined, Versions, Without
from support_model._calendar.local_hours import LocalHours
from support_model._frozen import frozen
from support_model._hours import WEEKDAYS, number_runs, ranges_text, reading
from support_model._time import DAY, MONTHS, Edges, difference, union
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidHours, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo
    from typing import NoReturn

__all__ = ["parse", "text"]

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ALL_DAY: tuple[Edges, ...] = ((0, DAY),)
_STATES = ("open", "off", "closed")


class _Day(NamedTuple):
    """A date as rules see it; without a date, any one of its weekday."""

    on: date | None
    weekday: int
    holiday: bool = False


@frozen(kw_only=True)
class _Rule:
    """On which dates it holds, and what it does to their hours.

    Attributes:
        additive: adds to the hours of earlier rules; else replaces them.
        dates: the dates that it is limited to; None is every date.
        weekdays: 0 is Monday; `holidays`: public holidays besides.
        spans: ranges in microseconds of the local day; an end past 24 h is tomorrow's.
        closed: takes the ranges away instead; without ranges, the whole date.
    """

    additive: bool = False
    dates: frozenset[date] | None = None
    weekdays: frozenset[int] = frozenset()
    holidays: bool = False
    spans: tuple[Edges, ...] = ()
    closed: bool = False

    def holds_on(self, day: _Day) -> bool:
        """Return whether the selectors of the rule choose a date."""
        chosen = self.dates is None or day.on in self.dates
        return chosen and (day.weekday in self.weekdays or (self.holidays and day.holiday))


class _Token(NamedTuple):
    kind: str
    word: str
    at: int


_TOKEN = re.compile(
    r'(?P<space>\s+)|(?P<comment>"[^"]*")|(?P<always>24/7)|(?P<time>\d{1,2}:\d\d)'
    r"|(?P<year>\d{4})|(?P<number>\d{1,2})|(?P<word>[A-Za-z]+)|(?P<sign>\|\||.)",
    re.DOTALL,
)
_HINTS = {
    "||": "fallback rules are not in the subset: write rules with ';'",
    "+": "an open end is not in the subset: write the closing time",
    "[": "nth weekdays are not in the subset: use closures.recurring",
    "/": "repeated times are not in the subset: write each range",
    "SH": "school holidays are not in the subset: write their dates",
    "week": "week numbers are not in the subset: write dates",
    "easter": "movable dates are not in the subset: write dates, or PH with closures",
    "unknown": "a calendar is open or closed: write hours or 'off'",
    **dict.fromkeys(("sunrise", "sunset", "dawn", "dusk"), "write a time of day as 'HH:MM'"),
}


class _Point(NamedTuple):
    year: int | None
    month: int
    day: int | None
    token: _Token


class _Reader:
    """A cursor over the words of one text."""

    def __init__(
        self, text: object, years: tuple[int, ...] | None, *, knows_holidays: bool
    ) -> None:
        if not isinstance(text, str):
            raise InvalidHours(text, "opening hours are not text", "write 'Mo-Fr 09:00-17:00'")
        self.tokens = [
            _Token(match.lastgroup or "", match[0], match.start())
            for match in _TOKEN.finditer(text)
            if match.lastgroup != "space"
        ]
        self.tokens.append(_Token("end", "", len(text)))
        self.next = 0
        self.years = years
        self.knows_holidays = knows_holidays

    @property
    def peek(self) -> _Token:
        return self.tokens[self.next]

    def take(self) -> _Token:
        token = self.peek
        self.next += token.kind != "end"
        return token

    def accept(self, *words: str) -> _Token | None:
        return self.take() if self.peek.word in words and self.peek.kind != "end" else None

    def fail(self, token: _Token, hint: str = "") -> NoReturn:
        known = (*DAYS, "PH", *MONTHS, *_STATES)
        if not hint:
            hint = _HINTS.get(token.word, "write rules such as 'Mo-Fr 09:00-17:00; PH off'")
            if token.kind == "word" and token.word not in (*_HINTS, *known):
                hint = nearest(token.word, known)
        word = token.word or "end of text"
        raise InvalidHours(word, f"opening hours cannot be read at position {token.at}", hint)

    def rules(self) -> list[_Rule]:
        """Read all rules to the end of the text."""
        rules = [self.rule(additive=False)]
        while sign := self.accept(";", ","):
            rules.append(self.rule(additive=sign.word == ","))
        if self.peek.kind != "end":
            self.fail(self.peek)
        return rules

    def rule(self, *, additive: bool) -> _Rule:
        """Read selectors, ranges and a state, of which at least one is there."""
        begin = self.next
        dates, weekdays, holidays = self.selectors()
        spans: tuple[Edges, ...] = ()
        if self.peek.kind == "time":
            spans = self.spans()
        elif self.peek.kind == "always" and self.next == begin:
            self.take()
            spans = ALL_DAY
        state = self.accept(*_STATES)
        closed = state is not None and state.word != "open"
        if self.next == begin:
            self.fail(self.peek)
        self.comment(closed=closed)
        if self.peek.word == "," and not spans and not state:
            self.fail(self.peek, "say the hours of these days first")
        return _Rule(
            additive=additive,
            dates=dates,
            weekdays=weekdays,
            holidays=holidays,
            spans=spans or (() if closed else ALL_DAY),
            closed=closed,
        )

    def selectors(self) -> tuple[frozenset[date] | None, frozenset[int], bool]:
        """Read "2024 Dec Mo-Fr,PH": dates, weekdays, and whether they include public holidays."""
        dates, weekdays, holidays = None, frozenset(range(7)), False
        if self.peek.kind == "year" or self.peek.word in MONTHS:
            dates = frozenset(self.dates())
        if self.peek.word in (*DAYS, "PH"):
            weekdays, holidays = self.weekdays()
        return dates, weekdays, holidays

    def comment(self, *, closed: bool) -> None:
        """Skip a comment, which says why a date is closed."""
        if self.peek.kind == "comment":
            if not closed:
                self.fail(self.peek, "a comment may restrict the hours: say them, and drop it")
            self.take()

    def weekdays(self) -> tuple[frozenset[int], bool]:
        """Read "Mo-Fr,PH": weekdays, and whether public holidays are among them."""
        weekdays: set[int] = set()
        holidays = False
        while True:
            token = self.take()
            if token.word == "PH":
                if not self.knows_holidays:
                    self.fail(token, "PH needs closures=: closures.country(...), or Closures()")
                holidays = True
            else:
                first = last = self.weekday(token)
                if self.accept("-"):
                    last = self.weekday(self.take())
                weekdays.update((first + i) % 7 for i in range((last - first) % 7 + 1))
            if not self.accept(","):
                return frozenset(weekdays), holidays

    def weekday(self, token: _Token) -> int:
        if token.word not in DAYS:
            self.fail(token)
        return DAYS.index(token.word)

    def spans(self) -> tuple[Edges, ...]:
        """Read "09:00-12:00,13:00-17:00"; an end past 24:00 is on the next date."""
        spans = []
        while True:
            token, start = self.time()
            if start >= DAY:
                self.fail(token, "a range starts before 24:00")
            if not self.accept("-"):
                self.fail(self.peek, _HINTS.get(self.peek.word, "write '09:00-17:00'"))
            _, end = self.time()
            spans.append((start, end if end > start else end + DAY))
            if self.peek.word != "," or self.tokens[self.next + 1].kind != "time":
                return tuple(spans)
            self.take()

    def time(self) -> tuple[_Token, int]:
        token = self.take()
        if token.kind != "time":
            self.fail(token, _HINTS.get(token.word, "write a time of day as 'HH:MM'"))
        try:
            return token, reading(token.word)
        except InvalidHours:
            self.fail(token, "write a time of day as 'HH:MM', at most '48:00'")

    def dates(self) -> Iterator[date]:
        """Read "2024 Dec 24-26,Jun-Aug" as dates."""
        while True:
            first = last = self.point()
            if self.accept("-"):
                if self.peek.kind == "number":
                    token = self.take()
                    last = first._replace(day=int(token.word), token=token)
                else:
                    last = self.point()
            yield from self.between(first, last)
            if not self.accept(","):
                return

    def point(self) -> _Point:
        """Read "2024 Dec 24", "Dec 24" or "Dec"."""
        year = int(self.take().word) if self.peek.kind == "year" else None
        token = self.take()
        if token.word not in MONTHS:
            self.fail(token, "" if year is None else "a year needs a month: '2024 Jan-Dec'")
        month = MONTHS.index(token.word) + 1
        if self.peek.kind != "number":
            return _Point(year, month, None, token)
        token = self.take()
        if not 1 <= int(token.word) <= monthrange(year or 2000, month)[1]:
            self.fail(token, f"{MONTHS[month - 1]} has no such date")
        return _Point(year, month, int(token.word), token)

    def between(self, first: _Point, last: _Point) -> Iterator[date]:
        """Yield the dates of a range with both ends; without a year, those of `years`."""
        if (first.day is None) != (last.day is None):
            self.fail(last.token, "give both ends a date, or neither")
        if first.year is None:
            yield from self.between_yearly(first, last)
            return
        year = last.year or first.year
        ends_on = last.day or monthrange(year, last.month)[1]
        start, end = date(first.year, first.month, first.day or 1), date(year, last.month, ends_on)
        if not 0 <= (end - start).days < LIMIT:
            self.fail(last.token, f"a range runs forward, at most {LIMIT} dates: give its years")
        yield from map(date.fromordinal, range(start.toordinal(), end.toordinal() + 1))

    def between_yearly(self, first: _Point, last: _Point) -> Iterator[date]:
        if last.year is not None:
            self.fail(last.token, "give both ends a year, or neither")
        if self.years is None:
            self.fail(first.token, "a date without a year needs years=range(2024, 2028)")
        low, high = (first.month, first.day or 1), (last.month, last.day or 31)
        for year in self.years:
            days = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
            for when in map(date.fromordinal, days):
                mark = (when.month, when.day)
                # an end before the start runs over the turn of the year
                if low <= mark <= high or (high < low and not high < mark < low):
                    yield when


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
            unless it names PH itself. Working weekend dates follow the rules of the
            weekday that they are worked like.
        years: the years in which dates without a year ("Dec 24", "Jun-Aug") hold.

    Raises:
        InvalidHours: the text leaves the subset, names PH without closures or a yearly date
            without years; `value` is the word at fault, the message gives its position.
        UnknownZone: no such zone.

    Example:
        >>> from datetime import date
        >>> cal = parse("Mo-Fr 08:00-12:00,13:00-17:00; We off", tz="Europe/Paris")
        >>> print(cal.open_time_on(date(2026, 1, 6)), cal.open_time_on(date(2026, 1, 7)))
        8:00:00 0:00:00
    """
    within = None if years is None else read_years(years)
    rules = _Reader(text, within, knows_holidays=closures is not None).rules()
    closures = closures or Closures()
    if not any(rule.holidays for rule in rules):
        rules.append(_Rule(holidays=True, closed=True))
    week = [_opened(rules, _Day(None, day), _Day(None, (day - 1) % 7)) for day in range(len(DAYS))]
    dates = _dated(rules, week, closures)
    if week == [list(ALL_DAY)] * 7 and not dates and closures == Closures():
        return BusinessCalendar.always(tz)
    return BusinessCalendar.weekly(
        {name: ranges_text(tuple(day)) for name, day in zip(WEEKDAYS, week, strict=True)},
        tz=tz,
        holidays=closures,
        dates={when: ranges_text(tuple(day)) for when, day in dates.items()},
    )


def _opened(rules: Iterable[_Rule], today: _Day, before: _Day) -> list[Edges]:
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
    rules: Sequence[_Rule], week: Sequence[list[Edges]], closures: Closures
) -> dict[date, list[Edges]]:
    """Return the hours of the dates that are not as their weekday, or closed for a holiday."""
    holidays = {when for when, _ in closures.holidays}
    working = {when: weekday for when, weekday, _ in closures.working}
    places = _places(rules)
    regular = places.pop(None, set())
    touched = {*filter(None, places), *holidays}
    touched |= {when + _ONE for when in touched if when < date.max}
    by_date = {}
    for when in sorted(touched):
        weekday = working.get(when, when.weekday())
        eve = when - _ONE if when > date.min else None
        chosen = regular.union(places.get(when, ()), places.get(eve, ()))
        opened = _opened(
            [rules[i] for i in sorted(chosen)],
            _Day(when, weekday, when in holidays),
            _Day(eve, (weekday - 1) % 7, eve in holidays),
        )
        if opened != ([] if when in holidays else week[weekday]):
            by_date[when] = opened
    return by_date


def _places(rules: Sequence[_Rule]) -> dict[date | None, set[int]]:
    """Return the places of the rules of each date, and under None of those of every date."""
    places: defaultdict[date | None, set[int]] = defaultdict(set)
    for i, rule in enumerate(rules):
        for when in (None,) if rule.dates is None else rule.dates:
            places[when].add(i)
    return places


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
    rules = list(_week_rules(week))
    by_state: defaultdict[str, list[str]] = defaultdict(list)
    for first, last, opened in _runs(form, week):
        by_state[_hours_text(opened) if opened else "off"].append(_dates_text(first, last))
    rules += [f"{','.join(dates)} {state}" for state, dates in by_state.items()]
    return "; ".join(rules) or "off"


def _week_rules(week: Sequence[list[Edges]]) -> Iterator[str]:
    if week == [list(ALL_DAY)] * 7:
        yield "24/7"
        return
    by_hours: defaultdict[str, list[int]] = defaultdict(list)
    for weekday, opened in enumerate(week):
        if opened:
            by_hours[_hours_text(opened)].append(weekday)
    for hours, weekdays in by_hours.items():
        yield hours if len(weekdays) == len(DAYS) else f"{_weekdays_text(weekdays)} {hours}"


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
    ends = [(DAYS[first], DAYS[last]) for first, last in number_runs(weekdays)]
    return ",".join(first if first == last else f"{first}-{last}" for first, last in ends)


def _dates_text(first: date, last: date) -> str:
    written = f"{first.year:04d} {MONTHS[first.month - 1]} {first.day:02d}"
    if first == last:
        return written
    if (first.year, first.month) == (last.year, last.month):
        return f"{written}-{last.day:02d}"
    return f"{written}-{last.year:04d} {MONTHS[last.month - 1]} {last.day:02d}"
