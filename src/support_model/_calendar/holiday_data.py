"""Holidays as people write them: a country, dates of one's own, a rule; and how they are resolved.

A list of statements becomes one `Closures` value. A country may carry the dates that it was
resolved to and the version of the data; without them it is resolved where it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import attrs

from support_model import _records as doc
from support_model._calendar import closures
from support_model._calendar.closures import Closures
from support_model._hours import WEEKDAYS, read_date, read_ranges
from support_model._time import micros_of
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support_model._hours import Ranges

MOST_STATEMENTS, MOST_DAYS, COUNTRY_YEAR = 200, 60_000, 100
"""The most statements in a document, and days that they look at; a country's year is so many."""
_DEEPEST = 64
"""No document is deeper."""

DATE = doc.leaf("string", read_date, date.isoformat)
NAMED = doc.row_of(DATE, doc.ANY_TEXT)
MARKED = doc.row_of(DATE, doc.WHOLE, doc.ANY_TEXT)
_WHEN_SAID = "2026-12-24, 2026-12-24/2026-12-26, or with years 12-24"
_WHEN = doc.leaf("string", minLength=1, description=_WHEN_SAID)
_YEARS = doc.list_of(doc.leaf("integer", int, minimum=1, maximum=9999), 1, 100)
_ROWS = ("closed", "working", "shortened")
_PARTS = ("holidays", "working", "shortened")


def _country(
    data: str | None = None,
    closed: Iterable[Any] = (),
    working: Iterable[Any] = (),
    shortened: Iterable[Any] = (),
    without: Iterable[str] = (),
    **query: Any,  # noqa: ANN401 - the arguments of `closures.country`
) -> Closures:
    """Return the holidays of a country: those stored, or as the installed data has them."""
    if data is None and (closed or working or shortened):
        problem = "resolved dates without the version of their data"
        raise doc.Fault(None, problem, "resolve them again, or take them out")
    stored = Closures(holidays=closed, working=working, shortened=shortened)
    if data is not None:
        stored = attrs.evolve(stored, source=closures.query_source(data, **query))
    if data not in (None, closures.data_version()):
        stored -= closures.days(without, years=query["years"])
        closures.drift(stored)
        return stored
    installed = closures.country(**query)
    out = _taken_out(without, installed, **query)
    if data is not None and stored - out != installed - out:
        remedy = "resolve them again, or take `data` and the dates out"
        raise doc.Fault(data, "resolved dates that the statement does not mean", remedy, ("data",))
    return installed - out


def _taken_out(
    without: Iterable[str],
    installed: Closures,
    code: str,
    years: Iterable[int],
    **_: Any,  # noqa: ANN401 - the rest of the query
) -> Closures:
    """Return the dates that are taken out of a country's; each text names one, by the data."""
    known = {row[0] for part in _PARTS for row in getattr(installed, part)}
    taken: set[date] = set()
    for text in without:
        named = closures.named_dates(text, closures.read_years(years))
        if known.isdisjoint(named):
            near = sorted(known, key=lambda when: [abs(when - one) for one in named[:1]])
            remedy = f"the nearest is {near[0]}" if near and named else "leave it out"
            raise InvalidValue(text, f"no holiday of {code}", remedy)
        taken |= known.intersection(named)
    return closures.days(taken)


def _days(
    days: Mapping[str, str] | Iterable[str],
    years: Iterable[int] | None = None,
    hours: str | None = None,
    name: str = "",
) -> Closures:
    named = days if isinstance(days, Mapping) else dict.fromkeys(days, name)
    rows = _rows(named, years)
    if hours is None:
        return closures.days(named, years=years)
    ranges = _ranges(hours)
    return Closures(breaks=[(when, *edges, label) for when, label in rows for edges in ranges])


def _ranges(hours: str) -> Ranges:
    ranges = read_ranges(hours)
    if not ranges:
        raise InvalidValue(hours, "no hours", "write 12:00-14:00, or leave it out for whole days")
    return ranges


def _recurring(rule: str, hours: str | None = None, **bounds: Any) -> Closures:  # noqa: ANN401 - dates and a name
    if hours is not None:
        _ranges(hours)
    made = closures.recurring(rule, hours=hours, **bounds)
    if not made.holidays and not made.breaks:
        raise InvalidValue(rule, "a rule without a date from `first` to `last`", "move these")
    return made


def _rows(named: Mapping[str, str], years: Iterable[int] | None) -> list[tuple[date, str]]:
    """Return the dates that texts name, each with the name of the text."""
    within = None if years is None else closures.read_years(years)
    rows = []
    for key, label in named.items():
        dates = closures.named_dates(key, within)
        if not dates:
            raise InvalidValue(key, "a date that none of the years has", "name other years")
        rows += [(when, label) for when in dates]
    return rows


def _shortened(
    shortened: str, by: timedelta, years: Iterable[int] | None = None, name: str = ""
) -> Closures:
    rows = _rows({shortened: name}, years)
    return Closures(shortened=[(when, micros_of(by), label) for when, label in rows])


def _worked(working: date, weekday: int, name: str = "") -> Closures:
    return Closures(working=[(working, weekday, name)])


_NAME = doc.optional("name", doc.ANY_TEXT)
_YEARLY = doc.optional("years", _YEARS)
_HOURS = doc.optional("hours", doc.leaf("string", description="closed for these hours alone"))
COUNTRY = doc.Record(
    dict,
    doc.required("country", doc.TEXT, "code"),
    doc.optional("subdivision", doc.TEXT),
    doc.optional("categories", doc.list_of(doc.TEXT, 1)),
    doc.required("years", _YEARS),
    doc.optional("eves", doc.LENGTH),
    doc.optional("without", doc.list_of(_WHEN)),
    doc.optional("data", doc.TEXT),
    doc.optional("closed", doc.list_of(NAMED)),
    doc.optional("working", doc.list_of(MARKED)),
    doc.optional("shortened", doc.list_of(MARKED)),
    make=_country,
    parts=lambda said: said,
    description="as the data of the `holidays` package has them",
)
_SAID = doc.keyed(
    {
        "country": COUNTRY,
        "days": doc.Record(
            dict,
            doc.required(
                "days",
                doc.either(doc.list_of(_WHEN, 1), doc.table_of(doc.ANY_TEXT), pick=lambda _: 1),
            ),
            *(_YEARLY, _HOURS, _NAME),
            make=_days,
        ),
        "rule": doc.Record(
            dict,
            doc.required("rule", doc.leaf("string", description="an RRULE of RFC 5545")),
            doc.required("first", DATE),
            doc.required("last", DATE),
            *(_HOURS, _NAME),
            make=_recurring,
        ),
        "shortened": doc.Record(
            dict,
            doc.required("shortened", _WHEN),
            doc.required("by", doc.LENGTH),
            *(_YEARLY, _NAME),
            make=_shortened,
            description="a date that closes earlier",
        ),
        "working": doc.Record(
            dict,
            doc.required("working", DATE),
            doc.required("as", doc.one_of(WEEKDAYS, WEEKDAYS.index), "weekday"),
            _NAME,
            make=_worked,
            description="a date with the hours of a weekday",
        ),
    },
    pick=lambda _: "country",
)
_DATES = doc.leaf("string", lambda text: _days([text]), minLength=1, description=_WHEN_SAID)
_STATEMENT = doc.either(_DATES, _SAID, pick=lambda _: 1, definition="holiday")
_STATEMENTS = doc.list_of(_STATEMENT, into=list)


def _read(data: doc.Data, given: doc.Given) -> Closures:
    return reduce(or_, _STATEMENTS.read(data, given), Closures())


def _write(value: Closures, given: doc.Given) -> doc.Data:
    said = _split(value)[0] if given.get("compact") else []
    return _STATEMENTS.write(said, given) or doc.LEFT_OUT


def _write_dates(value: Closures, given: doc.Given) -> doc.Data:
    rest = _split(value)[1] if given.get("compact") else value
    return CLOSURES.write(rest, given) or doc.LEFT_OUT


def _split(value: Closures) -> tuple[list[dict[str, Any]], Closures]:
    """Return the countries that closures come from, and what the installed data has not of them.

    No country is said where the data would answer other dates than the closures hold.
    """
    groups = [dict(group) for group in closures.groups_of(value)]
    if not all(group["data"] == closures.data_version() for group in groups):
        return [], value
    said = list(map(_query_said, groups))
    try:
        known = reduce(or_, (_country(**query) for query in said), Closures())
    except InvalidValue:
        return [], value
    rest = _rest(value, known)
    return (said, rest) if known | rest == value else ([], value)


def _rest(value: Closures, known: Closures) -> Closures:
    """Return what closures hold beside those of countries."""
    own = {*closures.own_dates(value)}
    return Closures(
        holidays=[row for row in value.holidays if row[0] in own],
        working={*value.working} - {*known.working},
        shortened={*value.shortened} - {*known.shortened},
        breaks=value.breaks,
        source=[pair for pair in value.source if pair[0] == "yearly"],
    )


def _query_said(group: Mapping[str, str]) -> dict[str, Any]:
    query, out = closures.query_of(group)
    usual = {"subdivision": None, "categories": ["public"], "eves": timedelta(0)}
    said = {key: part for key, part in query.items() if part != usual.get(key)}
    return {**said, "without": out.split(",")} if out else said


CLOSURES = doc.Record(
    Closures,
    doc.optional("holidays", doc.list_of(NAMED)),
    doc.optional("working", doc.list_of(MARKED)),
    doc.optional("shortened", doc.list_of(MARKED)),
    doc.optional("breaks", doc.list_of(doc.row_of(DATE, doc.WHOLE, doc.WHOLE, doc.ANY_TEXT))),
    doc.optional("source", doc.list_of(doc.row_of(doc.ANY_TEXT, doc.ANY_TEXT))),
)
STORED = doc.Shape(CLOSURES.kinds, CLOSURES.schema, CLOSURES.read, _write_dates)
"""Resolved dates, and where they come from."""
HOLIDAYS = doc.Shape(("array",), _STATEMENTS.schema, _read, _write)
"""Statements, of which the countries are written where the installed data has the same dates."""


def with_dates(data: doc.Data, given: doc.Given) -> doc.Data:
    """Return a document's data, each country in it with its dates and the version of the data."""
    if isinstance(data, Mapping):
        return {
            key: doc.at(key, _with_dates if key == "holidays" else with_dates, part, given)
            for key, part in data.items()
        }
    if isinstance(data, list):
        return [doc.at(i, with_dates, part, given) for i, part in enumerate(data)]
    return data


def _with_dates(said: doc.Data, given: doc.Given) -> doc.Data:
    if not isinstance(said, list):
        return with_dates(said, given)
    return [doc.at(i, _dated, each, given) for i, each in enumerate(said)]


def _dated(said: doc.Data, given: doc.Given) -> doc.Data:
    if not _is_country(said):
        return said
    query = {key: part for key, part in said.items() if key not in ("data", *_ROWS)}
    rows = CLOSURES.write(COUNTRY.read(query, given), {})
    rows["closed"] = rows.pop("holidays", [])
    dates = {key: rows[key] for key in _ROWS if key in rows}
    return {**query, "data": closures.data_version(), **dates}


def _is_country(said: object) -> bool:
    return isinstance(said, Mapping) and "country" in said


def few(shape: doc.Shape) -> doc.Shape:
    """Return a shape that is read where all its statements of holidays are not too many."""

    def read(data: doc.Data, given: doc.Given) -> doc.Data:
        _must_be_few([*_statements(data)])
        return shape.read(data, given)

    return doc.Shape(shape.kinds, shape.schema, read, shape.write, definition=shape.definition)


def _must_be_few(statements: list[Any]) -> None:
    if len(statements) > MOST_STATEMENTS:
        remedy = f"at most {MOST_STATEMENTS} in a document"
        raise doc.Fault(len(statements), "too many statements of holidays", remedy)
    looked_at = sum(map(_days_looked_at, statements))
    if looked_at > MOST_DAYS:
        remedy = f"at most {MOST_DAYS:,} in a document, {COUNTRY_YEAR} for a country's year"
        raise doc.Fault(looked_at, "holidays that look at too many days", remedy)


def _days_looked_at(said: object) -> int:
    """Return how many days a statement looks at; what cannot be read is refused elsewhere."""
    if not isinstance(said, Mapping):
        return _length(said, 1)
    listed = said.get("years")
    years = len(listed) if isinstance(listed, list) else 1
    if "country" in said:
        return COUNTRY_YEAR * years
    if "rule" in said:
        ends = [end for end in map(said.get, ("first", "last")) if isinstance(end, str)]
        return _length("/".join(ends), 1)
    dates = said.get("days", said.get("shortened"))
    texts = dates if isinstance(dates, list | dict) else [dates]
    return sum(_length(text, years) for text in texts)


def _length(text: object, years: int) -> int:
    """Return how many dates a text names at most, a yearly one in so many years."""
    first, _, last = text.partition("/") if isinstance(text, str) else ("", "", "")
    try:
        return abs((read_date(last or first) - read_date(first)).days) + 1
    except InvalidValue:
        return YEAR * years if last else years


YEAR = 366


def _statements(data: object, depth: int = 0) -> Iterator[Any]:
    """Yield the statements of holidays in a document, wherever they stand."""
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(data, Mapping):
        parts = data.items()
    elif isinstance(data, list):
        parts = enumerate(data)
    for key, part in parts if depth < _DEEPEST else ():
        if key == "holidays" and isinstance(part, list):
            yield from part
        else:
            yield from _statements(part, depth + 1)
