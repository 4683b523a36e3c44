"""On-call plans as plain data: dicts of JSON types out and in.

What is local stays local: starts, handoffs and windows are readings of the layer's own clock;
overrides, swaps and absences are spans of absolute time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support_model._hours import WEEKDAYS, read_weekdays, reading, reading_text
from support_model._oncall.plans import Absence, Layer, OnCall, Override, Swap
from support_model._oncall.rotations import ByRule, ByWorkedDates, Every
from support_model._oncall.windows import DutyWindow, read_windows
from support_model._records.documents import Document
from support_model._records.parts import calendar_to_data, read_calendar, read_span, span_to_data
from support_model._records.schemas import fitted
from support_model._time import duration, duration_text
from support_model.calendars import BusinessCalendar

if TYPE_CHECKING:
    from support_model._oncall.rotations import TurnForm
    from support_model._oncall.windows import Windows
    from support_model._records.parts import Named


MICROSECOND = timedelta(microseconds=1)


def oncall_to_data(plan: OnCall, calendars: Named | None = None) -> dict[str, Any]:
    """Return an on-call plan as a dict of JSON types, without its name.

    Calendars that have a name go by it.

    Example:
        >>> plan = OnCall([Layer(["ann", "bob"], start="2026-03-02 09:00", tz="Europe/Berlin")])
        >>> oncall_to_data(plan)["layers"][0]["start"]
        '2026-03-02 09:00:00'
        >>> read_oncall(oncall_to_data(plan)) == plan
        True
    """
    data: dict[str, Any] = {
        "layers": [_layer_out(layer, calendars or {}) for layer in plan.layers]
    }
    for part in ("overrides", "absences"):
        rows = [{"person": it.person, "span": span_to_data(it.span)} for it in getattr(plan, part)]
        if rows:
            data[part] = rows
    if plan.swaps:
        data["swaps"] = [_swap_out(swap) for swap in plan.swaps]
    if plan.when_away != "hole":
        data["when_away"] = plan.when_away
    if plan.same_priority != "later":
        data["same_priority"] = plan.same_priority
    return data


def _layer_out(layer: Layer, calendars: Named) -> dict[str, Any]:
    data: dict[str, Any] = {
        "participants": [e[0] if len(e) == 1 else list(e) for e in layer.participants],
        "start": layer.start.isoformat(sep=" "),
        "tz": layer.tz.key,
        "turn": _form_out(layer.form),
    }
    if isinstance(layer.windows, BusinessCalendar):
        known = calendar_to_data(layer.windows, calendars)
        data["windows"] = known if isinstance(known, str) else {"calendar": known}
    elif layer.windows:
        data["windows"] = [
            {
                "days": [WEEKDAYS[day] for day in window.days],
                "from": reading_text(window.start),
                "lasts": duration_text((window.end - window.start) * MICROSECOND),
            }
            for window in layer.windows
        ]
    for bound in ("active_from", "until"):
        if getattr(layer, bound) is not None:
            data[bound] = getattr(layer, bound).isoformat(sep=" ")
    if layer.priority:
        data["priority"] = layer.priority
    return data


def _form_out(form: TurnForm) -> dict[str, Any]:
    match form:
        case Every(n=n, unit=unit, handoff=handoff):
            data: dict[str, Any] = {"every": n, "unit": unit}
            data |= {"handoff": handoff} if handoff else {}
        case ByRule(rule=rule):
            data = {"rule": rule}
        case ByWorkedDates(n=n):
            data = {"worked_dates": n}
    if form.duration is not None:
        data["duration"] = duration_text(form.duration)
    return data


def _swap_out(swap: Swap) -> dict[str, Any]:
    data = {"giver": swap.giver, "taker": swap.taker, "span": span_to_data(swap.span)}
    return data if swap.back is None else {**data, "back": span_to_data(swap.back)}


def read_oncall(
    data: object,
    *,
    name: str = "on-call",
    calendars: Named | None = None,
    path: str = "oncall",
) -> OnCall:
    """Return the on-call plan that `oncall_to_data` wrote.

    Windows may also be weekly hours, as {"mon-fri": "18:00-09:00"}, or a calendar's name.

    Raises:
        InvalidDocument: a key missing, unknown or of the wrong kind; with its path.
        InvalidRotation: a plan that cannot mean anything, as `support_model.oncall.OnCall` says.
        InvalidHours, InvalidRecurrence, UnknownZone, InvalidValue: a part that cannot be read.
    """
    row = fitted("oncall", data, path)
    parts = Document(path, row)
    return OnCall(
        parts.each("layers", _layer_in, calendars=calendars or {}),
        overrides=parts.each("overrides", _override_in),
        swaps=parts.each("swaps", _swap_in),
        absences=parts.each("absences", _absence_in),
        when_away=row.get("when_away", "hole"),
        same_priority=row.get("same_priority", "later"),
        name=name,
    )


def _layer_in(row: Mapping[str, Any], *, calendars: Named) -> Layer:
    windows: Windows = ()
    if "windows" in row:
        with Document("layer", row).reading("windows") as data:
            windows = _windows_in(data, calendars)
    return Layer(
        row["participants"],
        start=row["start"],
        tz=row["tz"],
        form=_form_in(row["turn"]) if "turn" in row else Every(),
        windows=windows,
        active_from=row.get("active_from"),
        until=row.get("until"),
        priority=row.get("priority", 0),
    )


def _windows_in(data: Any, calendars: Named) -> Windows:  # noqa: ANN401 - of the shape
    if isinstance(data, str):
        return read_calendar(data, calendars)
    if isinstance(data, Mapping):
        if "calendar" in data:
            return read_calendar(data["calendar"], calendars)
        return read_windows(data)
    windows = []
    for row in data:
        days = row["days"]
        named = read_weekdays(days) if isinstance(days, str) else map(WEEKDAYS.index, days)
        start = reading(row["from"])
        length = duration(row["lasts"]) // MICROSECOND
        windows.append(DutyWindow(tuple(named), start=start, end=start + length))
    return tuple(windows)


def _form_in(row: Mapping[str, Any]) -> TurnForm:
    lasts = duration(row["duration"]) if "duration" in row else None
    if "rule" in row:
        return ByRule(row["rule"], lasts)
    if "worked_dates" in row:
        return ByWorkedDates(row["worked_dates"], lasts)
    return Every(row["every"], row["unit"], handoff=row.get("handoff", ""), duration=lasts)


def _override_in(row: Mapping[str, Any]) -> Override:
    return Override(row["person"], read_span(row["span"]))


def _absence_in(row: Mapping[str, Any]) -> Absence:
    return Absence(row["person"], read_span(row["span"]))


def _swap_in(row: Mapping[str, Any]) -> Swap:
    back = read_span(row["back"]) if "back" in row else None
    return Swap(row["giver"], row["taker"], span=read_span(row["span"]), back=back)
