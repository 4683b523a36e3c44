"""Calendars as plain data: the tables of their keys, and the meaning they hash.

`CALENDAR` keeps what was written; `meaning` reduces it to what is open, so two spellings of the
same hours share a fingerprint.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import attrs

from support_model import _records as doc
from support_model._calendar.closures import Closures, drift
from support_model._calendar.day_rules import DayRule, WorkingDays
from support_model._calendar.forms import CLOSED_SPAN, Always, Combined, Versions, Without
from support_model._calendar.holiday_data import CLOSURES, HOLIDAYS, STORED, few
from support_model._calendar.local_hours import LocalHours, Overnight
from support_model._hours import WEEKDAYS, ranges_text, read_date, read_dates, read_week
from support_model._time import FIRST, LAST, instant, micros
from support_model.errors import InvalidValue
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support_model._calendar.forms import Form
    from support_model._hours import Ranges, Week

MOST_DATES = 1_500
"""A calendar with more closed dates is no base of others."""
DEPTH, MOST_FORMS = 32, 500
"""Expressions nested deeper than this, or of more parts, are refused."""


def _week_to_data(week: Week) -> dict[str, list[str]]:
    return {WEEKDAYS[i]: ranges_text(ranges) for i, ranges in enumerate(week) if ranges}


def _dates_to_data(dates: Sequence[tuple[date, Ranges]]) -> dict[str, list[str]]:
    return {day.isoformat(): ranges_text(ranges) for day, ranges in dates}


def _is_pair(item: object) -> bool:
    return not isinstance(item, str)


def _read_at(text: str) -> int | None:
    if not text:  # TOML has no null
        return None
    try:
        return micros(datetime.fromisoformat(text))
    except ValueError:
        raise InvalidValue(text, "not an instant", "write 2026-01-01T00:00+00:00") from None


def _read_edges(edges: list[int | None]) -> tuple[int, int]:
    start = FIRST if edges[0] is None else edges[0]
    end = LAST + 1 if edges[1] is None else edges[1]
    if end < start:
        raise InvalidValue([*edges], "a span ends before it starts", "swap the bounds")
    return start, end


NONE = Closures()


def _hours(holidays: Closures = NONE, closures: Closures = NONE, **parts: Any) -> LocalHours:  # noqa: ANN401 - parts of the record
    drift(closures)
    joined = closures if holidays == NONE else holidays | closures
    return LocalHours(closures=joined, **parts)


def _hours_parts(hours: LocalHours) -> dict[str, Any]:
    """Return the parts of hours; closures are written as statements, and what these leave."""
    return {**{name: getattr(hours, name) for name in _HOURS}, "holidays": hours.closures}


_HOURS = ("tz", "weeks", "anchor", "overnight", "dates", "breaks", "date_breaks", "closures")


def _versions(parts: Sequence[tuple[int, Form]]) -> Form:
    if [at for at, _ in parts] != sorted({at for at, _ in parts}):
        raise InvalidValue(None, "versions are not in order", "sort them by `from`")
    return _bounded(Versions(tuple(parts)))


def _bounded(form: Form) -> Form:
    """Return a form of forms, which is few; names could multiply them without end."""
    if _size(form) > MOST_FORMS:
        problem = "too many calendars in one"
        raise doc.Fault(MOST_FORMS, problem, f"make it of at most {MOST_FORMS}")
    return form


def _size(form: Form) -> int:
    match form:
        case Combined():
            return 1 + _size(form.left) + _size(form.right)
        case Without():
            return 1 + _size(form.base)
        case Versions():
            return 1 + sum(_size(part) for _, part in form.parts)
    return 1


def _version(form: Form, since: int | None = None) -> tuple[int, Form]:
    return 2 * FIRST if since is None else since, form


def _reason(data: dict[str, doc.Data]) -> Reason:
    if "code" not in data:
        raise doc.Fault(data, "lacks the key 'code'", "give {'code': 'closed_span'}")
    if data["code"] == "closed_span" and "name" not in data:
        return CLOSED_SPAN
    return Reason.of(**data)


def _kind(form: Form) -> str:
    kinds = {LocalHours: "hours", Always: "always", Without: "without", Versions: "versions"}
    return form.operation if isinstance(form, Combined) else kinds[type(form)]


DATE = doc.leaf("string", read_date, date.isoformat, minLength=1)
RANGE = doc.either(doc.TEXT, doc.list_of(doc.ANY, 2, 2), pick=_is_pair)
RANGES = doc.either(
    doc.ANY_TEXT, doc.list_of(RANGE, into=list), pick=lambda _: 1, definition="ranges"
)
_WEEK = doc.table_of(RANGES, "week", into=read_week, out=_week_to_data)


def _write_week(week: Week, given: doc.Given) -> dict[str, Any]:
    """Return a week by its days; in short, days in a row with the same hours are one."""
    if not given.get("compact"):
        return _WEEK.write(week, given)  # type: ignore[no-any-return]
    runs = [[*days] for _, days in groupby(range(7), lambda i: week[i])]
    return {
        WEEKDAYS[days[0]] + (f"-{WEEKDAYS[days[-1]]}" if days[1:] else ""): ", ".join(
            ranges_text(week[days[0]])
        )
        for days in runs
        if week[days[0]]
    }


WEEK = attrs.evolve(_WEEK, write=_write_week)
DATES = doc.table_of(RANGES, into=read_dates, out=_dates_to_data)
EDGE = doc.either(
    doc.leaf("string", _read_at, lambda at: instant(at).isoformat()),
    doc.NULL,
    pick=lambda at: not FIRST <= at <= LAST,
    description="ISO 8601 with an offset; null or empty: no bound",
)
REASON = doc.table_of(
    doc.ANY,
    into=_reason,
    out=lambda why: {"code": why.code, **dict(why.params)},
    required=["code"],
)


def _read_form(data: doc.Data, given: doc.Given) -> Form:
    if isinstance(data, str):
        return NAME.read(data, given).form  # type: ignore[no-any-return]
    return _INLINE.read(data, given)  # type: ignore[no-any-return]


def _write_form(form: Form, given: doc.Given) -> doc.Data:
    named = given.get("calendars", {}) if given.get("compact") else {}
    names = (name for name, held in named.items() if held.form == form)
    return next(names, None) or _INLINE.write(form, given)


NAME = doc.named("calendars", "calendar")
_INLINE = doc.lazy(lambda: _FORM, DEPTH)
FORM = doc.Shape(("string", "object"), doc.either(NAME, _INLINE).schema, _read_form, _write_form)
"""What a calendar is made of: another one of the document by its name, or in full."""
_OPERATION = doc.Record(
    Combined,
    doc.required("kind", doc.one_of(("union", "intersection", "difference")), "operation"),
    doc.required("left", FORM),
    doc.required("right", FORM),
    make=lambda **parts: _bounded(Combined(**parts)),
)
_VERSION = doc.Record(
    tuple,
    doc.optional("from", EDGE, "since"),
    doc.required("calendar", FORM, "form"),
    make=_version,
    parts=lambda version: {"since": version[0], "form": version[1]},
)
_RECORDS = {
    "hours": doc.Record(
        LocalHours,
        doc.required("kind", doc.const("hours"), None),
        doc.required("tz", doc.ZONE),
        doc.required("weeks", doc.list_of(WEEK, 1, 53)),
        doc.optional("anchor", DATE),
        doc.optional("overnight", doc.one_of(Overnight)),
        doc.optional("dates", DATES),
        doc.optional("breaks", WEEK),
        doc.optional("date_breaks", DATES),
        doc.optional("holidays", HOLIDAYS),
        doc.optional("closures", STORED),
        make=_hours,
        parts=_hours_parts,
    ),
    "always": doc.Record(
        Always, doc.required("kind", doc.const("always"), None), doc.required("tz", doc.ZONE)
    ),
    **dict.fromkeys(("union", "intersection", "difference"), _OPERATION),
    "without": doc.Record(
        Without,
        doc.required("kind", doc.const("without"), None),
        doc.required("calendar", FORM, "base"),
        doc.required("spans", doc.list_of(doc.list_of(EDGE, 2, 2, into=_read_edges))),
        doc.optional("reason", REASON, always=True),
    ),
    "versions": doc.Record(
        Versions,
        doc.required("kind", doc.const("versions"), None),
        doc.required("versions", doc.list_of(_VERSION, 1), "parts"),
        make=_versions,
    ),
}
_FORM: doc.Shape = doc.tagged("kind", _RECORDS, "calendar_part", _kind)


def _titled(record: doc.Record, version: doc.Field) -> doc.Record:
    """Return the record of a whole calendar, as its form and its name."""
    return doc.Record(
        record.made,
        version,
        doc.optional("name", doc.ANY_TEXT, always=True),
        *record.fields,
        make=lambda name="", **parts: (record.make(**parts), name),
        parts=lambda whole: {**record.parts(whole[0]), "name": whole[1]},
    )


def _whole(version: doc.Field) -> dict[str, doc.Record]:
    made = {record: _titled(record, version) for record in dict.fromkeys(_RECORDS.values())}
    return {kind: made[record] for kind, record in _RECORDS.items()}


def _of_any_kind(records: Mapping[str, doc.Record]) -> doc.Shape:
    return doc.tagged("kind", records, "calendar", lambda whole: _kind(whole[0]))


def calendar(version: doc.Field) -> doc.Shape:
    """Return the shape of a whole calendar, as its form and its name.

    `version` is the key of the version of the data.
    """
    return _of_any_kind(_whole(version))


_CALENDARS = _whole(doc.optional("schema", doc.const(1), None, always=True))
CALENDAR = _of_any_kind(_CALENDARS)


def _parts_of_base(base: Any) -> dict[str, Any]:  # noqa: ANN401 - a BusinessCalendar, which is above
    if not isinstance(base.form, LocalHours):
        remedy = "say kind, and name it as a part"
        raise doc.Fault(base.name, "a base that is no weekly hours", remedy, ("base",))
    held = base.form.closures
    if len(held.holidays) + len(held.shortened) + len(held.breaks) > MOST_DATES:
        remedy = f"at most {MOST_DATES:,}"
        raise doc.Fault(base.name, "a base with too many dates", remedy, ("base",))
    return {**_hours_parts(base.form), "holidays": None}


LIKE = doc.like(_CALENDARS["hours"], NAME, ("holidays", "closures"), parts=_parts_of_base)
"""Weekly hours like another calendar's, with some of their keys replaced."""


def bases(data: object) -> dict[str, doc.Path]:
    """Return the names of other calendars that the data of one says, each with its path."""
    found: dict[str, doc.Path] = {}
    if isinstance(data, Mapping):
        versions = data.get("versions")
        parts = [((key,), data.get(key)) for key in ("base", "left", "right", "calendar")]
        listed = versions if isinstance(versions, list) else ()
        for path, part in (*parts, *((("versions", i), one) for i, one in enumerate(listed))):
            named = {part: ()} if isinstance(part, str) else bases(part)
            found |= {name: (*path, *below) for name, below in named.items()}
    return found


def _working_days(working_days: int, **parts: doc.Data) -> WorkingDays:
    return WorkingDays(working_days, parts.get("end_of_day", False), rule=parts.get("day_rule"))


def _days_parts(days: WorkingDays) -> dict[str, doc.Data]:
    end_of_day = days.end_of_day or None
    return {"working_days": days.n, "end_of_day": end_of_day, "day_rule": days.rule}


WORKING_DAYS = doc.Record(
    WorkingDays,
    doc.required("working_days", doc.COUNT),
    doc.optional("end_of_day", doc.FLAG),
    doc.optional("day_rule", doc.one_of(DayRule)),
    make=_working_days,
    parts=_days_parts,
)


def meaning(form: Form) -> dict[str, Any]:
    """Return what a form opens as JSON types, the same for every way to write it."""
    match form:
        case LocalHours():
            return form.meaning()
        case Combined():
            return {form.operation: [meaning(form.left), meaning(form.right)]}
        case Without():
            return {"without": [meaning(form.base), [list(span) for span in form.spans]]}
        case Versions():
            return {"versions": [[since, meaning(part)] for since, part in form.parts]}
    return {"kind": "always", "tz": form.tz.key}


def to_data(form: Form, name: str) -> dict[str, Any]:
    """Return a calendar of this form and name as a dict of JSON types."""
    return doc.write(CALENDAR, (form, name), "calendar")


def from_data(data: object) -> tuple[Form, str]:
    """Return the form and the name of a calendar of plain data."""
    return doc.read(few(CALENDAR), data, "calendar")


def fingerprint(form: Form) -> str:
    """Return a digest of what a form means, stable across processes."""
    text = json.dumps(meaning(form), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def closures_to_data(value: Closures) -> dict[str, Any]:
    """Return closures as a dict of JSON types."""
    return doc.write(CLOSURES, value, "closures")


def closures_from_data(data: object) -> Closures:
    """Return the closures of plain data."""
    return doc.read(CLOSURES, data, "closures")
