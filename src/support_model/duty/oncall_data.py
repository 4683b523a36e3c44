"""On-call plans as plain data: dicts of JSON types out and in.

What is local stays local: starts, handoffs and windows are readings of the layer's own clock;
overrides, swaps and absences are spans of absolute time.

Before this: `support_model.oncall`, `support_model.files.schemas`. Next: `support_model.serde`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support_model.duty.duty_windows import DutyWindow, read_windows
from support_model.duty.rotations import WALL, ByRule, ByWorkedDates, Every
from support_model.files.documents import Document
from support_model.files.parts import read_span, span_to_data
from support_model.files.schemas import fitted
from support_model.hours.hours_text import WEEKDAYS, read_weekdays, reading, reading_text
from support_model.instants import duration, duration_text
from support_model.oncall import Absence, Layer, OnCall, Override, Swap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from support_model.duty.rotations import Form

__all__ = ["oncall_to_data", "read_oncall"]

MICROSECOND = timedelta(microseconds=1)


def oncall_to_data(plan: OnCall) -> dict[str, Any]:
    """Return an on-call plan as a dict of JSON types, without its name.

    Example:
        >>> plan = OnCall([Layer(["ann", "bob"], start="2026-03-02 09:00", tz="Europe/Berlin")])
        >>> oncall_to_data(plan)["layers"][0]["start"]
        '2026-03-02 09:00:00'
        >>> read_oncall(oncall_to_data(plan)) == plan
        True
    """
    data: dict[str, Any] = {"layers": [_layer_out(layer) for layer in plan.layers]}
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


def _layer_out(layer: Layer) -> dict[str, Any]:
    data: dict[str, Any] = {
        "participants": [e[0] if len(e) == 1 else list(e) for e in layer.participants],
        "start": _wall_text(layer.start),
        "tz": layer.tz.key,
        "turn": _form_out(layer.form),
    }
    if layer.windows:
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
            data[bound] = _wall_text(getattr(layer, bound))
    if layer.priority:
        data["priority"] = layer.priority
    return data


def _wall_text(wall: int) -> str:
    return (WALL + wall * MICROSECOND).isoformat(sep=" ")


def _form_out(form: Form) -> dict[str, Any]:
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


def read_oncall(data: object, *, name: str = "on-call", path: str = "oncall") -> OnCall:
    """Return the on-call plan that `oncall_to_data` wrote.

    Windows may also be weekly hours, as {"mon-fri": "18:00-09:00"}.

    Raises:
        InvalidDocument: a key missing, unknown or of the wrong kind; with its path.
        InvalidRotation: a plan that cannot mean anything, as `support_model.oncall.OnCall` says.
        InvalidHours, InvalidRecurrence, UnknownZone, InvalidValue: a part that cannot be read.
    """
    row = fitted("oncall", data, path)
    parts = Document(path, row)
    return OnCall(
        parts.each("layers", _layer_in),
        overrides=parts.each("overrides", _override_in),
        swaps=parts.each("swaps", _swap_in),
        absences=parts.each("absences", _absence_in),
        when_away=row.get("when_away", "hole"),
        same_priority=row.get("same_priority", "later"),
        name=name,
    )


def _layer_in(row: Mapping[str, Any]) -> Layer:
    windows: tuple[DutyWindow, ...] = ()
    if "windows" in row:
        with Document("layer", row).reading("windows") as data:
            windows = _windows_in(data) if isinstance(data, list) else read_windows(data)
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


def _windows_in(rows: Sequence[Mapping[str, Any]]) -> tuple[DutyWindow, ...]:
    found = []
    for row in rows:
        days = row["days"]
        named = read_weekdays(days) if isinstance(days, str) else map(WEEKDAYS.index, days)
        start = reading(row["from"])
        length = duration(row["lasts"]) // MICROSECOND
        found.append(DutyWindow(tuple(named), start=start, end=start + length))
    return tuple(found)


def _form_in(row: Mapping[str, Any]) -> Form:
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
