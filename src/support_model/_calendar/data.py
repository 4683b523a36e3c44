"""Calendars as plain data: dicts of JSON types out and in, and the meaning they hash.

`form_to_data` keeps what was written; `meaning` reduces it to what is open, so two spellings
of the same hours share a fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from support_model._calendar import closures
from support_model._calendar.forms import Always, Combined, Versions, Without
from support_model._calendar.local_hours import LocalHours
from support_model._hours import WEEKDAYS, ranges_text, read_date, read_dates, read_week
from support_model._time import FIRST, LAST, instant, micros, timezone
from support_model.errors import InvalidValue, nearest
from support_model.reasons import Reason

if TYPE_CHECKING:
    from support_model._calendar.forms import Form, Operation
    from support_model._hours import Ranges, Week


SCHEMA = 1
DEPTH = 32
"""Expressions nested deeper than this are refused."""


def form_to_data(form: Form) -> dict[str, Any]:
    """Return a form as a dict of JSON types."""
    match form:
        case LocalHours():
            return _hours_to_data(form)
        case Always():
            return {"kind": "always", "tz": form.tz.key}
        case Combined():
            return {
                "kind": form.operation,
                "left": form_to_data(form.left),
                "right": form_to_data(form.right),
            }
        case Without():
            spans = [[_instant_text(start), _instant_text(end)] for start, end in form.spans]
            return {
                "kind": "without",
                "calendar": form_to_data(form.base),
                "spans": spans,
                "reason": {"code": form.reason.code, **dict(form.reason.params)},
            }
        case Versions():
            parts = [
                {"from": _instant_text(since), "calendar": form_to_data(part)}
                for since, part in form.parts
            ]
            return {"kind": "versions", "versions": parts}
    raise InvalidValue(form, "not a form of a calendar")


def _instant_text(at: int) -> str | None:
    return instant(at).isoformat() if FIRST <= at <= LAST else None


def _hours_to_data(form: LocalHours) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": "hours",
        "tz": form.tz.key,
        "weeks": [_week_to_data(week) for week in form.weeks],
    }
    if form.anchor is not None:
        data["anchor"] = form.anchor.isoformat()
    if form.overnight != "date":
        data["overnight"] = form.overnight
    if form.dates:
        data["dates"] = _dates_to_data(form.dates)
    if any(form.breaks):
        data["breaks"] = _week_to_data(form.breaks)
    if form.date_breaks:
        data["date_breaks"] = _dates_to_data(form.date_breaks)
    if closed := form.closures.to_data():
        data["closures"] = closed
    return data


def _week_to_data(week: Week) -> dict[str, list[str]]:
    return {WEEKDAYS[i]: ranges_text(ranges) for i, ranges in enumerate(week) if ranges}


def _dates_to_data(dates: Sequence[tuple[Any, Ranges]]) -> dict[str, list[str]]:
    return {day.isoformat(): ranges_text(ranges) for day, ranges in dates}


_KEYS = {
    "hours": ("tz", "weeks", "anchor", "dates", "breaks", "date_breaks", "closures", "overnight"),
    "always": ("tz",),
    "union": ("left", "right"),
    "intersection": ("left", "right"),
    "difference": ("left", "right"),
    "without": ("calendar", "spans", "reason"),
    "versions": ("versions",),
}


def form_from_data(data: object, path: str = "calendar", depth: int = 0) -> Form:
    """Return the form that `form_to_data` wrote.

    Raises:
        InvalidValue: a key missing, unknown or unreadable; the message names its path.
    """
    if depth > DEPTH:
        raise InvalidValue(depth, f"{path} is nested too deep", f"at most {DEPTH} levels")
    if not isinstance(data, Mapping):
        raise InvalidValue(data, f"{path} is not a mapping")
    if not depth and data.get("schema", SCHEMA) != SCHEMA:
        raise InvalidValue(
            data["schema"], f"unknown {path}.schema", f"this version reads {SCHEMA}"
        )
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in _KEYS:
        raise InvalidValue(kind, f"unknown {path}.kind", nearest(str(kind), _KEYS))
    allowed = {"kind", *_KEYS[kind], *(() if depth else ("schema", "name"))}
    for key in data:
        if key not in allowed:
            raise InvalidValue(key, f"unknown key in {path}", nearest(str(key), allowed))
    try:
        return _read(kind, data, path, depth + 1)
    except KeyError as missing:
        raise InvalidValue(dict(data), f"{path} lacks the key {missing.args[0]!r}") from None


def _read(kind: str, data: Mapping[str, Any], path: str, depth: int) -> Form:
    if kind == "always":
        return Always(timezone(data["tz"]))
    if kind == "without":
        spans = [_span(pair, path) for pair in _list(data["spans"], f"{path}.spans")]
        base = form_from_data(data["calendar"], f"{path}.calendar", depth)
        why = _reason(data.get("reason", {"code": "closed_span"}), path)
        return Without(base, tuple(spans), why)
    if kind == "versions":
        parts = []
        for i, part in enumerate(_list(data["versions"], f"{path}.versions")):
            where = f"{path}.versions[{i}]"
            if not isinstance(part, Mapping):
                raise InvalidValue(part, f"{where} is not a mapping")
            form = form_from_data(part["calendar"], f"{where}.calendar", depth)
            parts.append((_at(part.get("from"), 2 * FIRST, where), form))
        if not parts or [at for at, _ in parts] != sorted({at for at, _ in parts}):
            raise InvalidValue(data["versions"], f"{path}.versions are not in order")
        return Versions(tuple(parts))
    if kind == "hours":
        return _read_hours(data, path)
    left, right = (form_from_data(data[k], f"{path}.{k}", depth) for k in ("left", "right"))
    return Combined(cast("Operation", kind), left, right)


def _read_hours(data: Mapping[str, Any], path: str) -> LocalHours:
    read = closures.Closures.from_data(data.get("closures", {}))
    closures.drift(read)
    anchor = data.get("anchor")
    return LocalHours(
        tz=timezone(data["tz"]),
        weeks=tuple(read_week(week) for week in _list(data["weeks"], f"{path}.weeks")),
        anchor=None if anchor is None else read_date(anchor),
        dates=read_dates(data.get("dates", {})),
        breaks=read_week(data.get("breaks", {})),
        date_breaks=read_dates(data.get("date_breaks", {})),
        closures=read,
        overnight=data.get("overnight", "date"),
    )


def _list(value: object, path: str) -> Sequence[Any]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidValue(value, f"{path} is not a list")
    return value


def _span(pair: object, path: str) -> tuple[int, int]:
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
        raise InvalidValue(pair, f"a span in {path}.spans is not [start, end]")
    start, end = _at(pair[0], FIRST, path), _at(pair[1], LAST + 1, path)
    if end < start:
        raise InvalidValue(pair, f"a span in {path}.spans ends before it starts", "swap them")
    return start, end


def _reason(data: object, path: str) -> Reason:
    if not isinstance(data, Mapping) or not isinstance(data.get("code"), str):
        raise InvalidValue(data, f"{path}.reason is not a reason", "give {'code': 'closed_span'}")
    params = {str(key): value for key, value in data.items() if key != "code"}
    return Reason.of(data["code"], **{"name": "", **params})


def _at(text: object, missing: int, path: str) -> int:
    if text is None or text == "":  # TOML has no null
        return missing
    try:
        return micros(datetime.fromisoformat(cast("str", text)))
    except (TypeError, ValueError):
        raise InvalidValue(text, f"no instant in {path}", "write 2026-01-01T00:00+00:00") from None


def meaning(form: Form) -> dict[str, Any]:
    """Return what a form opens, whatever way it was written, as JSON types."""
    match form:
        case LocalHours():
            return form.meaning()
        case Combined():
            return {form.operation: [meaning(form.left), meaning(form.right)]}
        case Without():
            return {"without": [meaning(form.base), [list(span) for span in form.spans]]}
        case Versions():
            return {"versions": [[since, meaning(part)] for since, part in form.parts]}
    return form_to_data(form)


def summary(form: Form) -> str:
    """Return a form in a few words, for `repr`."""
    match form:
        case LocalHours():
            week = _week_to_data(form.weeks[0])
            parts = [f"{day} {','.join(ranges)}" for day, ranges in _grouped(week)]
            if len(form.weeks) > 1:
                parts.append(f"and {len(form.weeks) - 1} more weeks")
            if dated := len(form.closures.holidays) + len(form.dates):
                parts.append(f"{dated} own dates and holidays")
            return "; ".join([*(parts or ["no weekly hours"]), form.tz.key])
        case Combined():
            sign = {"union": "|", "intersection": "&", "difference": "-"}[form.operation]
            return f"({summary(form.left)}) {sign} ({summary(form.right)})"
        case Without():
            return f"({summary(form.base)}) - {len(form.spans)} spans"
        case Versions():
            return f"{len(form.parts)} versions, now {summary(form.parts[-1][1])}"
    return f"always open; {form.tz.key}"


def _grouped(week: Mapping[str, list[str]]) -> list[tuple[str, list[str]]]:
    """Return weekdays with the same ranges as one entry where they follow each other."""
    groups: list[tuple[list[str], list[str]]] = []
    for day, ranges in week.items():
        follows = groups and WEEKDAYS.index(day) == WEEKDAYS.index(groups[-1][0][-1]) + 1
        if follows and groups[-1][1] == ranges:
            groups[-1][0].append(day)
        else:
            groups.append(([day], ranges))
    return [(days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}", r) for days, r in groups]
