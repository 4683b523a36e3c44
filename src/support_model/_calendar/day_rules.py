"""Counting working dates: five rules, each named by what it does, and none the default.

Libraries disagree on what "two business days later" means, so the caller says it. A working
date is a local date on which the calendar has any open time. `n` may be negative, which
mirrors the rule.

- `keep_time`: roll a closed start date to a working date in the direction of travel, then
  count n working dates; the wall time stays, even where that is closed.
- `keep_time_then_roll`: go n working dates on, keep the wall time, then roll to open time in
  the direction of travel.
- `through_nth_date`: the start date counts as the first while open time is left on it; the
  answer is the last close (going back: the first opening) of the n-th working date.
- `clamp_to_hours`: a start on a closed date moves to the opening of the next working date;
  then n working dates on at the same wall time, clamped into that date's hours.
- `close_of_day`: likewise, but the answer is the last close of that date (going back: the
  first opening). Of no days (n = 0), the last close of the date on which the first open
  instant from the start on lies: "by the end of the same business day".
"""

from __future__ import annotations

from itertools import islice, takewhile
from math import lcm
from typing import TYPE_CHECKING, Literal, get_args

from attrs import field
from attrs.validators import optional

from support_model._calendar.timeline import CYCLE, END, YEAR
from support_model._checks import word
from support_model._frozen import frozen
from support_model._hours import read_integer
from support_model._time import (
    DAY,
    EPOCH_DATE,
    FIRST,
    GREGORIAN,
    LAST,
    instant_of_reading,
    offset_at,
    python_scalar,
    wall_midnight,
)
from support_model.errors import InvalidTarget, InvalidValue, OutOfRange, nearest
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from support_model._calendar.timeline import Timeline
    from support_model.calendars import BusinessCalendar


DayRule = Literal[
    "keep_time", "keep_time_then_roll", "through_nth_date", "clamp_to_hours", "close_of_day"
]
"""The name of a rule; see the module."""
MOST = (LAST - FIRST) // DAY + 1
"""More dates than there are."""
MARGIN = 400
"""Dates to keep away from a year whose end is not midnight, and from what spills out of it."""


def check(n: object, rule: object) -> int:
    """Return a count as an int; refuse what is none, and a rule that does not exist."""
    if rule not in get_args(DayRule):
        raise InvalidValue(rule, "unknown day rule", nearest(str(rule), get_args(DayRule)))
    return read_integer(n, "a number of days must be an integer", "write 2")


@frozen(eq=False)
class Dates:
    """The working dates of a timeline in a zone: a date runs from its midnight to the next one."""

    tz: ZoneInfo
    timeline: Timeline

    @classmethod
    def of(cls, calendar: BusinessCalendar) -> Dates:
        return cls(calendar.tz, calendar.timeline)

    def midnight(self, day: int) -> int:
        """Return the first instant of a date, given as its ordinal."""
        return instant_of_reading(self.tz, day, 0)

    def at(self, t: int) -> int:
        """Return the date (its ordinal) of an instant; a repeated midnight begins it once."""
        offset = offset_at(self.tz, t)
        day = (t + offset) // DAY + EPOCH_DATE
        if offset_at(self.tz, t - DAY) <= offset:
            return day  # the clock was not set back: nothing is repeated
        return day + 1 if self.midnight(day + 1) <= t else day

    def hours(self, day: int) -> tuple[int, int] | None:
        """Return the first opening and the last close of a date; None if it is closed."""
        start, end = self.midnight(day), self.midnight(day + 1)
        first = next(self.timeline.runs(start, end), None)
        if first is None or max(first[0], start) >= end:
            return None
        last = next(self.timeline.runs_back(end, start))
        return max(first[0], start), min(last[1], end)

    def after(self, day: int) -> Iterator[int]:
        """Yield the working dates after a date."""
        start = self.midnight(day + 1)
        for opens, closes in self.timeline.runs(start):
            first, last = self.at(max(opens, start)), self.at(min(closes, END) - 1)
            for other in range(max(first, day + 1), last + 1):
                if last - first < 2 or self.midnight(other) < self.midnight(other + 1):
                    yield other
                    day = other

    def before(self, day: int) -> Iterator[int]:
        """Yield the working dates before a date, the latest first."""
        end = self.midnight(day)
        for opens, closes in self.timeline.runs_back(end):
            first, last = self.at(max(opens, FIRST)), self.at(min(closes, end) - 1)
            for other in range(min(last, day - 1), first - 1, -1):
                if last - first < 2 or self.midnight(other) < self.midnight(other + 1):
                    yield other
                    day = other

    def step(self, day: int, n: int) -> int | None:
        """Return the n-th working date after a date (before it, if negative); None by proof.

        Raises:
            OutOfRange: it lies beyond the years 1 to 9999.
        """
        if n == 0:
            return day
        walk = self.after(day) if n > 0 else self.before(day)
        landing = next(islice(walk, abs(n) - 1, None), None) if abs(n) <= MOST else None
        if landing is None:
            at = LAST if n > 0 else FIRST
            beyond = self.timeline.open_before(at) + (1 if n > 0 else 0)
            if self.timeline.earliest(beyond, at) is None:
                return None
            raise OutOfRange(n, "that many working dates lead beyond the years 1 to 9999")
        return landing


def add_dates(dates: Dates, day: int, n: int, rule: DayRule) -> int | None:
    """Return the date that a rule reaches from a date (ordinals); None by proof."""
    n = check(n, rule)
    side = -1 if n < 0 else 1
    opened = dates.hours(day) is not None
    if rule == "keep_time_then_roll":
        return day if not n and opened else dates.step(day, n or 1)
    if n == 0 and rule in {"keep_time", "through_nth_date"}:
        return day
    if rule == "through_nth_date" and opened:
        return dates.step(day, n - side)
    if not opened and rule != "through_nth_date":
        n += side
    return dates.step(day, n)


def add_days(dates: Dates, start: int, n: int, rule: DayRule) -> int | None:
    """Return the instant that a rule reaches from an instant; None by proof."""
    n = check(n, rule)
    if n == 0 and rule in {"keep_time", "through_nth_date"}:
        return start
    if n == 0 and rule == "close_of_day":
        n, rule = 1, "through_nth_date"  # by the end of the same business day
    side = -1 if n < 0 else 1
    today = dates.at(start)
    wall = start + offset_at(dates.tz, start) - wall_midnight(today)
    day: int | None
    if rule == "through_nth_date":
        hours = dates.hours(today)
        left = hours and (start < hours[1] if side > 0 else hours[0] < start)
        day = dates.step(today, n - side if left else n)
    elif rule == "keep_time_then_roll":
        day = dates.step(today, n)
    else:
        day, wall = _from_working_date(dates, today, wall, n, rule, side)
    return None if day is None else _land(dates, day, wall, rule, side)


def _from_working_date(
    dates: Dates, today: int, wall: int, n: int, rule: DayRule, side: int
) -> tuple[int | None, int]:
    """Return the n-th date from the next working one, and the wall time to keep there."""
    begin = dates.step(today, side) if dates.hours(today) is None else today
    if begin is None:
        return None, wall
    if begin != today and rule == "clamp_to_hours":
        hours = dates.hours(begin)
        assert hours is not None  # noqa: S101 - a working date has hours
        at = hours[0] if side > 0 else hours[1]
        wall = at + offset_at(dates.tz, at) - wall_midnight(begin)
    return dates.step(begin, n), wall


def _land(dates: Dates, day: int, wall: int, rule: DayRule, side: int) -> int | None:
    at = instant_of_reading(dates.tz, day, wall)
    if rule == "keep_time":
        return at
    if rule == "keep_time_then_roll":
        if side > 0:
            run = next(dates.timeline.runs(at), None)
            return run and max(run[0], at)
        run = next(dates.timeline.runs_back(at), None)
        return run and min(run[1], at)
    hours = dates.hours(day)
    if hours is None:  # only a start that n = 0 leaves on a closed date
        return None
    if rule == "clamp_to_hours":
        return min(max(at, hours[0]), hours[1])
    return hours[1] if side > 0 else hours[0]


def _is_count(days: WorkingDays, _: object, n: int) -> None:
    least = 0 if days.end_of_day else 1
    if not isinstance(n, int) or isinstance(n, bool) or n < least:
        remedy = "say 1, or 0 with end_of_day"
        raise InvalidTarget(n, "working days are a positive whole number", remedy)


def _is_only_rule(days: WorkingDays, _: object, rule: object) -> None:
    if days.end_of_day:
        raise InvalidTarget(rule, "end_of_day is a rule itself", "leave one out")


@frozen(repr=False)
class WorkingDays:
    """A length in working days, which are dates and no hours.

    A start on a closed date first moves to the opening of the next open date; then it ends `n`
    open dates later at the same local time, clamped into that date's hours (`clamp_to_hours`),
    or with `end_of_day` at its last close (`close_of_day`). No day with `end_of_day` is the
    end of the same business day, the date of the first open minute from the start on. `rule`
    names any other of the day rules. A pause adds the open time that it cost.

    Raises:
        InvalidTarget: no whole number, a number below 1 (0 with `end_of_day`), an unknown rule,
            or both a rule and `end_of_day`, which is one.

    Example:
        >>> WorkingDays(2, end_of_day=True)
        WorkingDays(n=2, end_of_day=True)
    """

    n: int = field(converter=python_scalar, validator=_is_count)
    end_of_day: bool = False
    rule: DayRule | None = field(
        default=None,
        kw_only=True,
        validator=optional((word(DayRule, InvalidTarget, "unknown day rule"), _is_only_rule)),
    )

    def __repr__(self) -> str:
        rule = "" if self.rule is None else f", rule={self.rule!r}"
        return f"WorkingDays(n={self.n!r}, end_of_day={self.end_of_day!r}{rule})"

    @property
    def text(self) -> Reason:
        """The length in words."""
        if not self.n:
            return Reason.of("same_business_day")
        return Reason.of("working_days_end" if self.end_of_day else "working_days", n=self.n)

    def reached(self, calendar: BusinessCalendar, start: int) -> int | None:
        """Return the instant they lead to from another one (microseconds); None by proof.

        Raises:
            OutOfRange: beyond the years 1 to 9999.
        """
        rule: DayRule = "close_of_day" if self.end_of_day else "clamp_to_hours"
        return add_days(Dates.of(calendar), start, self.n, self.rule or rule)


def working_days(dates: Dates, start: int, end: int) -> int:
    """Return how many working dates lie in (start, end], negative if reversed (ordinals).

    Outside the years in which anything irregular is dated, whole cycles are counted once.
    """
    if end < start:
        return -working_days(dates, end, start)
    regular = dates.timeline.regular
    cycle = lcm(regular.cycle, CYCLE) // CYCLE * GREGORIAN // DAY
    after, before = (year * YEAR // DAY + EPOCH_DATE for year in (regular.last, regular.first))
    low, high = max(start, after + MARGIN), min(end, before - MARGIN)
    if (cycles := (end - low) // cycle) > 1:
        each, rest = _walked(dates, low, low + cycle), low + cycles * cycle
        return working_days(dates, start, low) + cycles * each + _walked(dates, rest, end)
    if (cycles := (high - start) // cycle) > 1:
        each, rest = _walked(dates, start, start + cycle), start + cycles * cycle
        return cycles * each + working_days(dates, rest, end)
    return _walked(dates, start, end)


def _walked(dates: Dates, start: int, end: int) -> int:
    return sum(1 for _ in takewhile(lambda day: day <= end, dates.after(start)))
