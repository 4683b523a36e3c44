"""The shapes that documents share: spans, exact numbers, patterns, calendars by their name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from support_model import _records as doc
from support_model._calendar import data as calendar_data
from support_model._time import Span
from support_model._vocabulary import TESTS
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.patterns import Pattern, read_pattern

if TYPE_CHECKING:
    from support_model.patterns import Functions

__all__ = [
    "CALENDAR",
    "CALENDARS",
    "CALENDAR_DATA",
    "INSTANT",
    "NUMBER",
    "PATTERN",
    "RANGES",
    "RATIO",
    "SPAN",
    "WORKING_DAYS",
    "Named",
    "given",
    "whole_calendar",
]


_RATIO = re.compile(r"\d{1,4000}/[1-9]\d{0,3999}", re.ASCII)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValue(text, "not an instant", "write 2026-03-02T09:00:00+01:00") from None
    if at.tzinfo is None:
        raise InvalidValue(text, "an instant without an offset", f"write {at.isoformat()}+01:00")
    return at


def _bound(text: str) -> datetime | None:
    return _instant(text) if text else None  # TOML has no null


def _ratio(text: str) -> Fraction:
    if not _RATIO.fullmatch(text):
        raise InvalidValue(text, "not a number", "write 1.5 or '1/3'")
    return Fraction(text)


def _ratio_text(number: Fraction) -> str:
    return f"{number.numerator}/{number.denominator}"


def _span(bounds: list[datetime | None]) -> Span:
    start, end = bounds
    if start is None:
        raise doc.Fault(start, "not an instant", "write 2026-03-02T09:00:00+01:00", (0,))
    return Span(start, end)


INSTANT = doc.leaf("string", _instant, datetime.isoformat, description="ISO 8601 with an offset")
BOUND = doc.either(
    doc.leaf("string", _bound, datetime.isoformat),
    doc.NULL,
    pick=lambda bound: bound is None,
    description="ISO 8601 with an offset; null or empty: no bound",
)
SPAN = doc.list_of(BOUND, 2, 2, into=_span, out=lambda span: (span.start, span.end))
RATIO = doc.leaf("string", _ratio, _ratio_text, minLength=1, description="a ratio such as 1/3")
NUMBER = doc.either(
    doc.leaf("number", minimum=0),
    RATIO,
    pick=lambda number: isinstance(number, Fraction),
)

Named: TypeAlias = Mapping[str, BusinessCalendar]
"""The calendars of a document, which its parts call by name."""


def given(calendars: Named | None = None, functions: Functions | None = None) -> doc.Given:
    """Return what the parts of a document may name."""
    return {"calendars": calendars or {}, "functions": functions or {}}


def whole_calendar(shape: doc.Shape) -> doc.Shape:
    """Return the shape of a calendar in full, by that of its form and its name."""

    def read(data: doc.Data, given: doc.Given) -> BusinessCalendar:
        return BusinessCalendar(*shape.read(data, given))

    def write(calendar: BusinessCalendar, given: doc.Given) -> doc.Data:
        return shape.write((calendar.form, calendar.name), given)

    return doc.Shape(("object",), shape.schema, read, write, definition=shape.definition)


RANGES, WORKING_DAYS = calendar_data.RANGES, calendar_data.WORKING_DAYS
CALENDAR_DATA = whole_calendar(calendar_data.CALENDAR)


def _read_calendar(data: doc.Data, given: doc.Given) -> BusinessCalendar:
    if not isinstance(data, str | Mapping):
        raise doc.Fault(data, "not text or a table of keys")
    shape = calendar_data.NAME if isinstance(data, str) else CALENDAR_DATA
    return shape.read(data, given)  # type: ignore[no-any-return]


def _write_calendar(calendar: BusinessCalendar, given: doc.Given) -> doc.Data:
    """Return the name that a calendar has among those given, else its data."""
    names = (name for name, held in given.get("calendars", {}).items() if held == calendar)
    return next(names, None) or CALENDAR_DATA.write(calendar, given)


def _calendar_schema(defs: doc.Defs) -> doc.Defs:
    name = {"type": "string", "minLength": 1, "description": "a calendar's name"}
    return {"anyOf": [name, CALENDAR_DATA.described(defs)]}


CALENDAR = doc.Shape(("string", "object"), _calendar_schema, _read_calendar, _write_calendar)
"""A calendar of the document by its name, or another in full."""


_EACH = doc.or_like(CALENDAR_DATA, calendar_data.LIKE)
_CALENDARS = doc.table_of(_EACH, description="calendars by name")


def _read_calendars(data: doc.Data, given: doc.Given) -> dict[str, BusinessCalendar]:
    """Return calendars by name, each made after those that it is based on or made of."""
    doc.must_be(_CALENDARS.kinds, data)
    doc.must_be_named(data)
    made: dict[str, BusinessCalendar] = {}

    def one(part: doc.Data, given: doc.Given) -> BusinessCalendar:
        read = _EACH.read(part, given)
        return read if isinstance(read, BusinessCalendar) else BusinessCalendar(*read)

    known = {**given, "calendars": made}

    def parts(name: str) -> dict[str, doc.Path]:
        named = calendar_data.bases(data[name])
        return {part: path for part, path in named.items() if part in data}

    for name in doc.in_order(data, parts):
        calendar = doc.at(name, one, data[name], known)
        made[name] = BusinessCalendar(calendar.form, calendar.name or name, calendar.timeline)
    return {name: made[name] for name in data}


def _write_calendars(calendars: Named, given: doc.Given) -> doc.Data:
    """Return calendars by name; what one is made of goes by its name where it stands before."""
    written: dict[str, doc.Data] = {}
    before: dict[str, BusinessCalendar] = {}
    for name, calendar in calendars.items():
        data = doc.at(name, CALENDAR_DATA.write, calendar, {**given, "calendars": before})
        del data["schema"]  # the document says it
        if data["name"] in ("", name):
            del data["name"]
        written[name], before[name] = data, calendar
    return written


CALENDARS = doc.Shape(_CALENDARS.kinds, _CALENDARS.schema, _read_calendars, _write_calendars)
"""The calendars of a document, which its other parts may name."""


_THIS = doc.lazy(lambda: PATTERN, 32)
_TESTS = [doc.optional(test, doc.ANY) for test in TESTS["any"]]
_FORMS = (
    doc.Record(dict, doc.required("field", doc.TEXT), *_TESTS, minProperties=2, maxProperties=2),
    doc.Record(dict, doc.required("every", doc.list_of(_THIS))),
    doc.Record(dict, doc.required("some", doc.list_of(_THIS))),
    doc.Record(dict, doc.required("not", _THIS)),
    doc.Record(dict, doc.required("function", doc.TEXT)),
)


def _pattern_schema(defs: doc.Defs) -> doc.Defs:
    said = "a field with one test, or every, some, not, or a host's function by name"
    return {"anyOf": [form.schema(defs) for form in _FORMS], "description": said}


def _known_pattern(data: doc.Data, given: doc.Given) -> Pattern:
    pattern = read_pattern(data, given.get("functions"), given.get("calendars"))
    for error in pattern.unknown_priorities(given.get("priorities", ())):
        raise error
    return pattern


def _read_pattern(data: doc.Data, given: doc.Given) -> Pattern:
    try:
        return _known_pattern(data, given)
    except InvalidValue as error:
        path = doc.located(data, error.value)
        if path and path[-1] == error.value:  # a key that should not be: of the table around it
            path = path[:-1]
        raise doc.Fault(error.value, error.problem, error.remedy, path) from None


def _write_pattern(pattern: Pattern, _: doc.Given) -> doc.Data:
    return pattern.data()


PATTERN: doc.Shape = doc.Shape(
    ("object",), _pattern_schema, _read_pattern, _write_pattern, definition="pattern"
)
"""A condition; its language is that of `support_model.patterns`."""
