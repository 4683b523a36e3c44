"""Dates that are not as their weekday says: holidays, swapped working days, short eves.

A `Closures` value holds resolved dates and nothing else, so a calendar that carries it needs
no holiday data afterwards and means the same on every machine. `country` resolves public
holidays, `days` reads dates of your own, `recurring` expands one recurrence rule, `|`
puts such values together and `-` takes dates out; `drift` compares with what the installed
holiday data answers.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial, reduce
from itertools import chain, islice, pairwise, starmap
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from attrs import field

from support_model._frozen import frozen
from support_model._hours import read_date, read_integer, read_ranges
from support_model._time import DAY, duration, duration_text, micros_of, python_scalar
from support_model.errors import (
    DataDrift,
    InvalidHours,
    InvalidRecurrence,
    InvalidValue,
    UnknownHolidays,
    nearest,
)

if TYPE_CHECKING:
    from holidays import HolidayBase

LIMIT = 36_525
"""The most dates between the bounds of a rule or a range: a hundred years."""

_WRITE_DATE = "write date(2024, 12, 24), '2024-12-24', '2024-12-24/2024-12-26' or '12-24'"

_PARTS = "FREQ INTERVAL COUNT UNTIL WKST BYMONTH BYWEEKNO BYYEARDAY BYMONTHDAY BYDAY BYSETPOS"
_FREQUENCIES = ("DAILY", "MONTHLY", "WEEKLY", "YEARLY")
YEARLY = re.compile(r"(\d\d)-(\d\d)")
"""A date without a year, as "12-24"."""
_UNTIL = re.compile(r"(\d{8})(T\d{6}Z?)?")
_REMEDY = "write one rule such as 'FREQ=MONTHLY;BYDAY=1SU'"


def read_years(years: Iterable[int]) -> tuple[int, ...]:
    """Return calendar years in ascending order, each once."""
    many = years if isinstance(years, Iterable) else (years,)
    wanted = "not calendar years", "write range(2024, 2028)"
    numbers = tuple(read_integer(year, *wanted) for year in islice(many, 10_000))
    if not numbers or not all(1 <= year <= 9999 for year in numbers):
        raise InvalidValue(years, *wanted)
    return tuple(sorted(set(numbers)))


def named_dates(key: object, years: tuple[int, ...] | None) -> list[date]:
    """Return the dates that a `date`, an ISO date, a range or a yearly text names.

    Example:
        >>> [str(day) for day in named_dates("12-31/01-01", (2024,))]
        ['2024-12-31', '2025-01-01']
    """
    if _is(key, date):
        return [cast("date", key)]
    ends = key.split("/") if isinstance(key, str) else []
    if len(ends) not in (1, 2):
        raise InvalidValue(key, "not a date", _WRITE_DATE)
    yearly = [match for end in ends if (match := YEARLY.fullmatch(end))]
    if not yearly:
        return _between(key, read_date(ends[0]), read_date(ends[-1]))
    if years is None:
        raise InvalidValue(key, "a yearly date needs years", "add years=range(2024, 2028)")
    marks = [(int(match[1]), int(match[2])) for match in yearly]
    leap_year = 2000
    if len(marks) != len(ends) or None in list(starmap(partial(_on, leap_year), marks)):
        raise InvalidValue(key, "not a date", _WRITE_DATE)
    return list(chain.from_iterable(_dates_in(year, key, *marks) for year in years))


def _dates_in(
    year: int, key: object, start: tuple[int, int], end: tuple[int, int] | None = None
) -> list[date]:
    """Return the dates of a year from one (month, day) to another, or the single one."""
    first = _on(year, *start)
    if end is None:
        return [first] if first else []
    first, wraps = first or date(year, 3, 1), end < start
    last = _on(year + wraps, *end) or date(year + wraps, 2, 28)
    return _between(key, first, last) if first <= last else []


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        if 1 <= year <= 9999:
            return None
        raise InvalidValue(year, "a year outside 1 to 9999") from None


def _between(key: object, first: date, last: date) -> list[date]:
    if last < first:
        raise InvalidValue(key, "a range ends before it starts", "swap its ends")
    if (last - first).days >= LIMIT:
        raise InvalidValue(key, f"a range of more than {LIMIT} dates", "use weekly hours")
    return [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]


def occurrences(rule: str, first: date, last: date) -> list[date]:
    """Return the dates of a rule in [first, last]; `first` anchors its intervals."""
    for bound in (first, last):
        if not isinstance(bound, date) or isinstance(bound, datetime):
            raise InvalidRecurrence(bound, "a recurrence needs two dates as bounds", "give dates")
    if last < first or (last - first).days >= LIMIT:
        raise InvalidRecurrence(
            (first, last), f"not bounds in order that span at most {LIMIT} days", "bound the rule"
        )
    parts = _read(rule)
    until = parts.pop("UNTIL", None)
    try:
        if until is not None:
            match = _UNTIL.fullmatch(until)
            last = min(last, date.fromisoformat(match[1] if match else ""))
        return _expanded(parts, first, last)
    except (ValueError, TypeError, LookupError, OverflowError) as problem:
        raise InvalidRecurrence(rule, f"an unreadable rule ({problem})", _REMEDY) from None


def _read(rule: str) -> dict[str, str]:
    text = rule.strip().upper().removeprefix("RRULE:") if isinstance(rule, str) else ""
    pairs = [part.split("=") for part in text.split(";")]
    if any(len(pair) != 2 for pair in pairs):
        raise InvalidRecurrence(rule, "not one recurrence rule", _REMEDY)
    parts = {key: value for key, value in pairs}  # noqa: C416 - typed pairs
    if len(parts) < len(pairs) or "FREQ" not in parts:
        raise InvalidRecurrence(rule, "a rule needs each part once, and FREQ", _REMEDY)
    if unknown := parts.keys() - set(_PARTS.split()):
        problem = f"{min(unknown)!r} cannot be part of a rule of dates"
        raise InvalidRecurrence(rule, problem, _REMEDY)
    if parts["FREQ"] not in _FREQUENCIES:
        hint = nearest(parts["FREQ"], _FREQUENCIES)
        raise InvalidRecurrence(rule, "a frequency finer than daily, or unknown", hint)
    for key in ("INTERVAL", "COUNT"):
        if not re.fullmatch(r"0*[1-9]\d{0,8}", parts.get(key, "1")):
            raise InvalidRecurrence(rule, f"{key} must be a positive number", _REMEDY)
    return parts


def _expanded(parts: dict[str, str], first: date, last: date) -> list[date]:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - paid only by those who recur

    # dateutil seeks the next date as far as year 9999. Dates repeat to the weekday every 400
    # years, so asking just before that end keeps a rule that never occurs quick.
    shift = (9999 - last.year) // 400 * 400
    anchor = datetime(first.year + shift, first.month, first.day)  # noqa: DTZ001 - a date
    dates = []
    for at in rrulestr(";".join(f"{key}={value}" for key, value in parts.items()), dtstart=anchor):
        when = date(at.year - shift, at.month, at.day)
        if when > last:
            break
        dates.append(when)
    return dates


def data_version() -> str:
    """Return the name and version of the installed data, as "holidays 0.109"."""
    from importlib import metadata  # noqa: PLC0415 - a fifth of the import time of calendars

    return f"holidays {metadata.version('holidays')}"


class _HolidayQuery(NamedTuple):
    """Which holidays to look up; `_query` makes one that the installed data can answer."""

    country: str
    subdivision: str
    categories: tuple[str, ...]
    years: tuple[int, ...]


def _query(
    code: str, years: Iterable[int], subdivision: str | None, categories: Iterable[str]
) -> _HolidayQuery:
    """Return a query that the installed data can answer."""
    query = _read_query(code, years, subdivision, categories)
    _must_be_known(query)
    return query


def _read_query(
    code: str, years: Iterable[int], subdivision: str | None, categories: Iterable[str]
) -> _HolidayQuery:
    """Read a query: any case, any order of years, one or several kinds of holiday."""
    kinds = (categories,) if isinstance(categories, str) else categories
    return _HolidayQuery(
        str(code).upper(), subdivision or "", tuple(sorted(set(kinds))), read_years(years)
    )


def _must_be_known(query: _HolidayQuery) -> None:
    from holidays import country_holidays  # noqa: PLC0415 - 65 ms, paid by those who name a country
    from holidays.registry import EntityLoader  # noqa: PLC0415 - likewise

    code, longest = query.country, 3  # ISO 3166 alpha-3; the registry also knows class names
    names = EntityLoader.get_country_codes(include_aliases=True)
    codes = [name for name in names if len(name) <= longest]
    if code not in codes:
        hint = nearest(code, codes)
        hint = hint if hint.startswith("did") else "use an ISO 3166 code such as 'DE'"
        raise UnknownHolidays(code, "no holiday data for this country", hint)
    _must_cover(country_holidays(code), query)


def _must_cover(data: HolidayBase, query: _HolidayQuery) -> None:
    code = query.country
    parts = {*data.subdivisions, *data.subdivisions_aliases}
    if query.subdivision and query.subdivision not in parts:
        hint = nearest(str(query.subdivision), parts) if parts else "it has none: leave it out"
        raise UnknownHolidays(query.subdivision, f"no such subdivision of {code}", hint)
    for kind in query.categories or ("",):
        if kind not in data.supported_categories:
            hint = nearest(str(kind), data.supported_categories)
            raise UnknownHolidays(kind, f"no such holiday category of {code}", hint)
    for year in (query.years[0], query.years[-1]):
        if not data.start_year <= year <= data.end_year:
            hint = f"they cover {data.start_year} to {data.end_year}"
            raise UnknownHolidays(year, f"the holidays of {code} lack this year", hint)


def _resolve_holidays(query: _HolidayQuery, *, observed: bool = True) -> HolidayBase:
    """Return the holidays of the years of a query and of one year around each.

    A swapped day or an eve may belong to a holiday of the next year. `observed` adds the days
    off for holidays on a weekend.
    """
    from holidays import country_holidays  # noqa: PLC0415 - 65 ms, paid by those who name a country

    languages = country_holidays(query.country).supported_languages
    return country_holidays(
        query.country,
        subdiv=query.subdivision or None,
        years={near for year in query.years for near in (year - 1, year, year + 1)},
        expand=False,
        observed=observed,
        language="en_US" if "en_US" in languages else None,
        categories=query.categories,
    )


def _working_dates(base: HolidayBase) -> dict[date, date | None]:
    """Return the weekend dates that are worked, each with the day off it was swapped with.

    The data has that day only in the name of the day off ("Day off (substituted from
    04/27/2024)"), so such names are made from its own label and compared.
    """
    worked = [when for when in base.weekend_workdays if when not in base]
    label = base.tr(getattr(base, "substituted_label", "") or "%s")
    style = base.tr(getattr(base, "substituted_date_format", "") or "%Y-%m-%d")
    days_off = {name: when for when in base for name in base.get_list(when)}
    return {when: days_off.get(label % when.strftime(style)) for when in sorted(worked)}


def _shortened_eves(query: _HolidayQuery, working: dict[date, date | None]) -> dict[date, str]:
    """Return the dates directly before a public holiday, each with the name of this.

    A weekend date that is worked instead of such an eve is one itself.
    """
    public = _query(query.country, query.years, query.subdivision, ("public",))
    holidays = _resolve_holidays(public, observed=False)
    label = holidays.tr(getattr(holidays, "substituted_label", "") or "\0%s")
    before, _, after = label.partition("%s")
    named = {}
    for when in holidays:
        proper = [
            name
            for name in holidays.get_list(when)
            if not (name.startswith(before) and name.endswith(after))
        ]
        if proper:
            named[when - timedelta(days=1)] = "; ".join(proper)
    swapped = {when: named[other] for when, other in working.items() if other in named}
    return named | swapped


def _rows(rows: Iterable[object], *kinds: type) -> tuple[Any, ...]:
    """Return rows that hold these kinds; dated ones sorted, each once."""
    read = [tuple(row) if isinstance(row, Iterable) else (row,) for row in rows]
    if int in kinds:  # an integer of NumPy is read as one of Python's
        read = [tuple(map(python_scalar, row)) for row in read]
    for row in read:
        if len(row) != len(kinds) or not all(map(_is, row, kinds)):
            wanted = ", ".join(kind.__name__ for kind in kinds)
            raise InvalidValue(row, "not a row of closures", f"give ({wanted})")
    return tuple(sorted(set(read))) if date in kinds else tuple(read)


def _is(item: object, kind: type) -> bool:
    # a datetime is no date here, and a bool no number, although Python makes them so
    return isinstance(item, kind) and not isinstance(item, datetime | bool)


def _named(rows: Iterable[object]) -> tuple[tuple[date, str], ...]:
    return _rows(rows, date, str)


def _numbered(rows: Iterable[object]) -> tuple[tuple[date, int, str], ...]:
    return _rows(rows, date, int, str)


def _timed(rows: Iterable[object]) -> tuple[tuple[date, int, int, str], ...]:
    return _rows(rows, date, int, int, str)


def _pairs(rows: Iterable[object]) -> tuple[tuple[str, str], ...]:
    return _rows(rows, str, str)


_LISTS = {  # parts of a source that list years or dates
    **dict.fromkeys(("years", "yearly"), r"\d{1,4}(,\d{1,4})*"),
    **dict.fromkeys(("own", "without"), r"\d{4}-\d\d-\d\d(,\d{4}-\d\d-\d\d)*"),
}


def _checked_source(_: object, __: object, source: tuple[tuple[str, str], ...]) -> None:
    for key, value in source:
        if key in _LISTS and not re.fullmatch(_LISTS[key], value):
            raise InvalidValue(value, f"not what a source says of {key!r}")


@frozen(kw_only=True)
class Closures:
    """Resolved dates that differ from their weekday, each with a name or ""; sorted by date.

    Where a date is a holiday it is closed, also where other rows name it.

    Attributes:
        holidays: (date, name): closed.
        working: (date, weekday 0-6, name): open with the weekly hours of that weekday.
        shortened: (date, microseconds, name): closes earlier by so much.
        breaks: (date, start, end, name): closed between these microseconds of the local day;
            an end past 24 hours reaches into the next date.
        source: where the dates come from, as (key, value) pairs. Each "data" key begins one
            resolved country; "own" lists the holidays added to it, "without" those that were
            taken out, "yearly" the years of own yearly dates.

    Raises:
        InvalidValue: a row that cannot be: no date, an unknown weekday, a date named twice.

    Example:
        >>> shop = days({"2024-12-24": "Christmas Eve"}) | days({"2024-12-31": "stocktaking"})
        >>> [name for _, name in shop.holidays]
        ['Christmas Eve', 'stocktaking']
    """

    holidays: tuple[tuple[date, str], ...] = field(default=(), converter=_named)
    working: tuple[tuple[date, int, str], ...] = field(default=(), converter=_numbered)
    shortened: tuple[tuple[date, int, str], ...] = field(default=(), converter=_numbered)
    breaks: tuple[tuple[date, int, int, str], ...] = field(default=(), converter=_timed)
    source: tuple[tuple[str, str], ...] = field(
        default=(), converter=_pairs, validator=_checked_source
    )

    def __attrs_post_init__(self) -> None:
        for _, weekday, _ in self.working:
            if not 0 <= weekday <= 6:
                raise InvalidValue(weekday, "not a weekday", "0 is Monday, 6 is Sunday")
        for _, amount, _ in self.shortened:
            if not 0 < amount <= DAY:
                raise InvalidValue(amount, "a day is shortened by a positive time up to 24h")
        for _, start, end, _ in self.breaks:
            if not 0 <= start < DAY or not start < end <= start + DAY:
                raise InvalidHours((start, end), "a break needs 0 <= start < end, in one day")
        for single in (self.holidays, self.working, self.shortened):
            for (when, *_), (after, *_) in pairwise(single):
                if when == after:
                    raise InvalidValue(when, "a date is named twice", "combine values with |")

    def __or__(self, other: Closures) -> Closures:
        """Close where either closes; names of one date are joined.

        The longer shortening of an eve wins, and a holiday wins over a working weekend date.
        The order of the operands matters only for the order of joined names.
        """
        if not isinstance(other, Closures):
            return NotImplemented
        holidays = _names((*self.holidays, *other.holidays))
        working: dict[date, tuple[int, str]] = {}
        for when, weekday, name in (*self.working, *other.working):
            if when not in holidays:
                held = working.get(when, (weekday, name))
                working[when] = (min(held[0], weekday), _joined(held[1], name))
        shortened: dict[date, tuple[int, str]] = {}
        for when, amount, name in (*self.shortened, *other.shortened):
            taken = shortened.get(when, (amount, name))
            shortened[when] = (max(taken[0], amount), _joined(taken[1], name))
        return Closures(
            holidays=holidays.items(),
            working=((when, *rest) for when, rest in working.items()),
            shortened=((when, *rest) for when, rest in shortened.items()),
            breaks=(*self.breaks, *other.breaks),
            source=_joint_source(self, other),
        )

    def __sub__(self, other: Closures) -> Closures:
        """Take dates out: everything about the holidays of the other value is dropped.

        What was taken out is remembered, so `drift` does not miss it. An eve is a date of its
        own: it stays unless it is named.

        Raises:
            InvalidValue: the other value holds more than whole dates.

        Example:
            >>> us = country("US", years=[2026])
            >>> open_on = us - days(["2026-07-03"])
            >>> date(2026, 7, 3) in dict(us.holidays), date(2026, 7, 3) in dict(open_on.holidays)
            (True, False)
        """
        if not isinstance(other, Closures):
            return NotImplemented
        if other.working or other.shortened or other.breaks:
            problem = "only whole dates can be taken out"
            raise InvalidValue(other, problem, "subtract closures.days([...])")
        out = {when for when, _ in other.holidays}
        rows = {
            part: [row for row in getattr(self, part) if row[0] not in out]
            for part in ("holidays", "working", "shortened", "breaks")
        }
        return Closures(**rows, source=_reduced_source(self, out))

    def to_data(self) -> dict[str, Any]:
        """Return plain data (JSON types): rows as they are, dates as ISO text.

        Example:
            >>> days(["2024-12-24"], name="Christmas Eve").to_data()
            {'holidays': [['2024-12-24', 'Christmas Eve']]}
        """
        from support_model._calendar.data import closures_to_data  # noqa: PLC0415 - rarely asked

        return closures_to_data(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Closures:
        """Read what `to_data` wrote; the dates stay as they were resolved (see `drift`).

        Raises:
            InvalidValue: an unknown key, or rows that cannot be read.

        Example:
            >>> Closures.from_data({"holidays": [["2024-12-24", "Christmas Eve"]]}).holidays
            ((datetime.date(2024, 12, 24), 'Christmas Eve'),)
        """
        from support_model._calendar.data import closures_from_data  # noqa: PLC0415 - likewise

        return closures_from_data(data)


def country(
    code: str,
    *,
    years: Iterable[int],
    subdivision: str | None = None,
    categories: Iterable[str] = ("public",),
    eves: timedelta = timedelta(0),
) -> Closures:
    """Return the holidays of a country, as the installed `holidays` package has them.

    Names are English where the package translates them. Weekend dates that the country works
    instead of a bridge day become `working`, with the hours of the weekday they were swapped
    with, or Monday's where the data does not name it; only decreed years have them. Such a
    date goes by the one it was swapped with, an eve by its holiday.

    Args:
        code: ISO 3166 country code of two or three letters.
        years: calendar years.
        subdivision: ISO 3166-2 part after the dash, or an alias of it.
        categories: kinds of holiday; each closes the whole date.
        eves: how much earlier the date directly before a public holiday closes, also where
            it was swapped with a weekend date. Substitute days off have no eve.

    Raises:
        UnknownHolidays: no such country, subdivision or category, or no data for a year.

    Example:
        >>> germany = country("DE", years=[2024], subdivision="BE")
        >>> [name for day, name in germany.holidays if day.month == 3]
        ["Women's Day", 'Good Friday']
        >>> [str(day) for day, _, _ in country("RU", years=[2024]).working]
        ['2024-04-27', '2024-11-02', '2024-12-28']
    """
    amount = micros_of(eves)
    if not 0 <= amount <= DAY:
        raise InvalidValue(eves, "an eve cannot close later, nor by over 24h", "give hours")
    query = _query(code, years, subdivision, categories)
    holidays = _resolve_holidays(query)
    working = _working_dates(holidays)
    shortened = _shortened_eves(query, working) if amount else {}
    within = set(query.years)
    closures = Closures(
        holidays=holidays.items(),
        working=(
            (when, other.weekday() if other else 0, str(other or ""))
            for when, other in working.items()
        ),
        shortened=(
            (when, amount, name) for when, name in shortened.items() if when not in holidays
        ),
    )
    kept = {
        part: [row for row in getattr(closures, part) if row[0].year in within]
        for part in ("holidays", "working", "shortened")
    }
    return Closures(**kept, source=_source_of(query, data_version(), eves))


def query_source(
    data: str,
    code: str,
    *,
    years: Iterable[int],
    subdivision: str | None = None,
    categories: Iterable[str] = ("public",),
    eves: timedelta = timedelta(0),
) -> list[tuple[str, str]]:
    """Return the source of what `country` returns for these arguments under some data.

    Example:
        >>> dict(query_source("holidays 0.1", "de", years=[2026]))["country"]
        'DE'
    """
    return _source_of(_read_query(code, years, subdivision, categories), data, eves)


def _source_of(query: _HolidayQuery, data: str, eves: timedelta) -> list[tuple[str, str]]:
    query_data = {
        "data": data,
        "country": query.country,
        "subdivision": query.subdivision,
        "categories": ",".join(query.categories),
        "years": ",".join(map(str, query.years)),
        "eves": duration_text(eves),
    }
    return [pair for pair in query_data.items() if pair[1]]


def days(
    dates: Mapping[Any, str] | Iterable[Any],
    *,
    years: Iterable[int] | None = None,
    name: str = "",
) -> Closures:
    """Return dates of your own as closed: single ones, ranges, or yearly ones.

    A date is a `date`, "2024-12-24", a range "2024-12-24/2024-12-26" with both ends, or every
    year's "12-24" or "12-24/01-06" (which ends in the next year) for `years`. A yearly 29
    February exists in leap years only.

    `dates` maps dates to names, or lists dates, which get `name`; `years` are those in which
    yearly dates begin.

    Raises:
        InvalidValue: no such date, a yearly one without `years`, or more than a hundred years.

    Example:
        >>> winter = days({"12-24/12-26": "Christmas"}, years=range(2024, 2026))
        >>> len(winter.holidays)
        6
    """
    _must_hold_dates(dates)
    named = dates.items() if isinstance(dates, Mapping) else [(key, name) for key in dates]
    within = None if years is None else read_years(years)
    rows = [(when, label) for key, label in named for when in named_dates(key, within)]
    _must_be_named(rows)
    yearly = any(YEARLY.match(key) for key, _ in named if isinstance(key, str))
    source = [("yearly", ",".join(map(str, within)))] if within and yearly else []
    return Closures(holidays=_names(rows).items(), source=source)


def _must_hold_dates(dates: object) -> None:
    if isinstance(dates, str) or not isinstance(dates, Iterable):
        raise InvalidValue(dates, "not dates", "give {'2024-12-24': 'Christmas Eve'} or a list")
    if hasattr(dates, "years") and hasattr(dates, "expand") and not dates.years:
        # a table of the `holidays` package that fills itself when it is read, and is empty now
        kind, remedy = type(dates).__name__, "use closures.country('US', years=range(2024, 2028))"
        raise InvalidValue(kind, "holidays without years hold no dates yet", remedy)


def _must_be_named(rows: Iterable[tuple[date, object]]) -> None:
    for _, label in rows:
        if not isinstance(label, str):
            raise InvalidValue(label, "the name of a date is not text", "write {date: 'name'}")


def recurring(
    rule: str, *, first: date, last: date, hours: str | None = None, name: str = ""
) -> Closures:
    """Return the dates of one recurrence rule as closed, or closed for some hours.

    Args:
        rule: an RRULE of RFC 5545, as "FREQ=MONTHLY;BYDAY=1SU"; daily or coarser.
        first: the anchor; no date before it.
        last: the last possible date; at most a hundred years after `first`.
        hours: closed from and until, as "02:00-04:00" (until the next date where the end is
            not after the start); None closes the whole date.
        name: the name of the closure.

    Raises:
        InvalidRecurrence: no rule, a rule that names times of day, or bounds too far apart.
        InvalidHours: hours that cannot be read.

    Example:
        >>> upkeep = recurring(
        ...     "FREQ=MONTHLY;BYDAY=1SU", first=date(2024, 1, 1), last=date(2024, 3, 31),
        ...     hours="02:00-04:00", name="maintenance")
        >>> [str(day) for day, *_ in upkeep.breaks]
        ['2024-01-07', '2024-02-04', '2024-03-03']
    """
    dates = occurrences(rule, first, last)
    if hours is None:
        years = ",".join(map(str, range(first.year, last.year + 1)))
        holidays = ((when, name) for when in dates)
        return Closures(holidays=holidays, source=[("yearly", years)])
    ranges = read_ranges(hours)
    return Closures(breaks=((when, *edges, name) for when in dates for edges in ranges))


def drift(closures: Closures) -> tuple[date, ...]:
    """Return the dates on which the installed holiday data differs from the stored dates.

    Own dates are never compared, nor dates that were taken out, nor anything while the data
    installed is the data stored from. A difference also warns once a call (`DataDrift`), and so
    does installed data that no longer has the country, its part, a kind or a year.

    Raises:
        InvalidValue: a source that lacks a part.

    Example:
        >>> drift(country("DE", years=[2024]) | days(["2024-12-24"]))
        ()
    """
    groups = [dict(group) for group in groups_of(closures)]
    if not groups:
        return ()
    data, installed = groups[0]["data"], data_version()
    queries = list(map(query_of, groups))
    if all(group["data"] == installed for group in groups):
        return ()
    try:
        fresh = reduce(or_, (_again(*query) for query in queries))
    except UnknownHolidays as problem:  # the stored dates are as good as ever
        text = f"dates stored from {data} cannot be compared with {installed}: {problem}"
        warnings.warn(DataDrift(text), stacklevel=2)
        return ()
    own = set(own_dates(closures))
    was, now = _kinds(closures), _kinds(fresh)
    differing = sorted(
        when
        for when in was.keys() | now.keys()
        if when not in own and was.get(when) != now.get(when)
    )
    if differing:
        some = ", ".join(map(str, differing[:5])) + (", ..." if len(differing) > 5 else "")
        text = f"{len(differing)} dates stored from {data} differ in {installed}: {some}"
        warnings.warn(DataDrift(text), stacklevel=2)
    return tuple(differing)


def query_of(source: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """Return the query of a stored source, and the dates that were taken out."""
    try:
        query = {
            "code": source["country"],
            "categories": source["categories"].split(","),
            "years": [int(year) for year in source["years"].split(",")],
            "eves": duration(source["eves"]),
            "subdivision": source.get("subdivision"),
        }
    except (KeyError, ValueError) as problem:
        known = "country, categories, years and eves"
        raise InvalidValue(dict(source), f"a source without {problem}", f"give {known}") from None
    return query, source.get("without", "")


def _again(query: dict[str, Any], out: str) -> Closures:
    resolved = country(**query)
    return resolved - days(out.split(",")) if out else resolved


def _kinds(closures: Closures) -> dict[date, tuple[object, ...]]:
    """Return what each date is, names aside."""
    kinds: dict[date, tuple[object, ...]] = {}
    for when, *rest, _ in (*closures.working, *closures.shortened):
        kinds[when] = (*kinds.get(when, ()), *rest)
    return kinds | {when: ("holiday",) for when, _ in closures.holidays}


def groups_of(closures: Closures) -> list[tuple[tuple[str, str], ...]]:
    """Return the resolved countries of a source, each as its pairs."""
    groups: list[tuple[tuple[str, str], ...]] = []
    for pair in closures.source:
        if pair[0] == "data":
            groups.append((pair,))
        elif groups and pair[0] not in {"own", "yearly"}:
            groups[-1] += (pair,)
    return groups


def own_dates(closures: Closures) -> list[date]:
    """Return the holidays that come from no data."""
    if not groups_of(closures):
        return [when for when, _ in closures.holidays]
    return [
        read_date(when)
        for key, value in closures.source
        if key == "own"
        for when in value.split(",")
    ]


def _joint_source(left: Closures, right: Closures) -> list[tuple[str, str]]:
    groups = dict.fromkeys((*groups_of(left), *groups_of(right)))
    yearly = {pair for pair in (*left.source, *right.source) if pair[0] == "yearly"}
    return _source(groups, {*own_dates(left), *own_dates(right)}, yearly)


def _source(
    groups: Iterable[tuple[tuple[str, str], ...]],
    own: Iterable[date],
    yearly: Iterable[tuple[str, str]],
) -> list[tuple[str, str]]:
    pairs = [pair for group in groups for pair in group]
    if pairs and (listed := ",".join(map(str, sorted(own)))):
        pairs.append(("own", listed))
    return [*pairs, *sorted(yearly)]


def _reduced_source(closures: Closures, out: set[date]) -> list[tuple[str, str]]:
    """Return the source of closures without some dates, each country remembering them."""
    groups = []
    for group in groups_of(closures):
        before = dict(group).get("without", "").split(",")
        years = {int(year) for year in dict(group)["years"].split(",")}
        taken = {str(when) for when in out if when.year in years} | {*before} - {""}
        kept = tuple(pair for pair in group if pair[0] != "without")
        groups.append((*kept, ("without", ",".join(sorted(taken)))) if taken else group)
    yearly = [pair for pair in closures.source if pair[0] == "yearly"]
    return _source(groups, set(own_dates(closures)) - out, yearly)


def _joined(*names: str) -> str:
    parts = (part for name in names for part in name.split("; "))
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _names(rows: Iterable[tuple[date, str]]) -> dict[date, str]:
    named: dict[date, str] = {}
    for when, name in rows:
        named[when] = _joined(named[when], name) if when in named else name
    return named
