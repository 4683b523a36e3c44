"""The grammar of `opening_hours` text: words in, rules out, or an error that names the word."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from support_model._calendar.dates_text import LIMIT
from support_model._frozen import frozen
from support_model._hours import reading
from support_model._time import DAY, MONTHS, Edges
from support_model.errors import InvalidHours, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn


DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ALL_DAY: tuple[Edges, ...] = ((0, DAY),)
_STATES = ("open", "off", "closed")


def read_rules(text: str, years: tuple[int, ...] | None, *, knows_holidays: bool) -> list[Rule]:
    """Return the rules of a text in their order; `years` resolve dates without a year.

    Raises:
        InvalidHours: a word outside the subset, with its position.

    Example:
        >>> rules = read_rules("10:00-12:00, Sa off", None, knows_holidays=False)
        >>> [rule.additive for rule in rules]
        [False, True]
    """
    return _Reader(text, years, knows_holidays=knows_holidays).rules()


class Day(NamedTuple):
    """A date as rules see it; without a date, any one of its weekday."""

    on: date | None
    weekday: int
    holiday: bool = False


@frozen(kw_only=True)
class Rule:
    """On which dates it holds, and what it does to their hours.

    Attributes:
        additive: adds to the hours said before; else replaces them.
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

    def holds_on(self, day: Day) -> bool:
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

    def rules(self) -> list[Rule]:
        """Read all rules to the end of the text."""
        rules = [self.rule(additive=False)]
        while sign := self.accept(";", ","):
            rules.append(self.rule(additive=sign.word == ","))
        if self.peek.kind != "end":
            self.fail(self.peek)
        return rules

    def rule(self, *, additive: bool) -> Rule:
        """Read selectors, ranges and a state, of which at least one is there."""
        begin = self.next
        dates, weekdays, holidays = None, frozenset(range(7)), False
        spans: tuple[Edges, ...] = ()
        if self.peek.kind == "always":
            self.take()
            spans = ALL_DAY
        else:
            if self.peek.kind == "year" or self.peek.word in MONTHS:
                dates = frozenset(self.dates())
            if self.peek.word in (*DAYS, "PH"):
                weekdays, holidays = self.weekdays()
            if self.peek.kind == "time":
                spans = self.spans()
        state = self.accept(*_STATES)
        closed = state is not None and state.word != "open"
        if self.next == begin:
            self.fail(self.peek)
        if self.peek.kind == "comment":
            if not closed:
                self.fail(self.peek, "a comment may restrict the hours: say them, and drop it")
            self.take()
        if self.peek.word == "," and not spans and not state:
            self.fail(self.peek, "say the hours of these days first")
        return Rule(
            additive=additive,
            dates=dates,
            weekdays=weekdays,
            holidays=holidays,
            spans=spans or (() if closed else ALL_DAY),
            closed=closed,
        )

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
            if last.year is not None:
                self.fail(last.token, "give both ends a year, or neither")
            if self.years is None:
                self.fail(first.token, "a date without a year needs years=range(2024, 2028)")
            low, high = (first.month, first.day or 1), (last.month, last.day or 31)
            for year in self.years:
                for number in range(366 if monthrange(year, 2)[1] == 29 else 365):
                    when = date.fromordinal(date(year, 1, 1).toordinal() + number)
                    mark = (when.month, when.day)
                    # an end before the start runs over the turn of the year
                    if low <= mark <= high or (high < low and not high < mark < low):
                        yield when
            return
        year = last.year or first.year
        ends_on = last.day or monthrange(year, last.month)[1]
        start, end = date(first.year, first.month, first.day or 1), date(year, last.month, ends_on)
        if not 0 <= (end - start).days < LIMIT:
            self.fail(last.token, f"a range runs forward, at most {LIMIT} dates: give its years")
        for ordinal in range(start.toordinal(), end.toordinal() + 1):
            yield date.fromordinal(ordinal)
