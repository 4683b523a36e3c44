"""On-call plans as plain data: the tables of their keys.

What is local stays local: starts, handoffs and windows are readings of the layer's own clock;
overrides, swaps and absences are spans of absolute time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from attrs import evolve

from support_model import _records as doc
from support_model._common_shapes import CALENDAR, CALENDAR_DATA, RANGES, SPAN
from support_model._hours import WEEKDAYS, read_weekdays, reading, reading_text
from support_model._oncall.plans import Absence, Away, Equal, Layer, OnCall, Override, Swap
from support_model._oncall.rotations import ByRule, ByWorkedDates, Every, TurnUnit, read_local
from support_model._oncall.windows import DutyWindow, read_windows
from support_model.calendars import BusinessCalendar

if TYPE_CHECKING:
    from support_model._oncall.windows import Windows

MICROSECOND = timedelta(microseconds=1)


def _window(days: tuple[int, ...], start: int, lasts: timedelta) -> DutyWindow:
    return DutyWindow(days, start=start, end=start + lasts // MICROSECOND)


def _window_parts(window: DutyWindow) -> dict[str, Any]:
    lasts = (window.end - window.start) * MICROSECOND
    return {"days": window.days, "start": window.start, "lasts": lasts}


LOCAL = doc.leaf(
    "string",
    read_local,
    lambda at: at.isoformat(sep=" "),
    minLength=1,
    description="a reading of the layer's clock: 2026-03-02 09:00",
)
DAYS = doc.either(
    doc.leaf(
        "string",
        lambda text: tuple(read_weekdays(text)),
        minLength=1,
        description="such as mon-fri",
    ),
    doc.list_of(doc.one_of(WEEKDAYS, WEEKDAYS.index, WEEKDAYS.__getitem__), 1),
    pick=lambda _: 1,
)
WINDOW = doc.Record(
    DutyWindow,
    doc.required("days", DAYS),
    doc.required("from", doc.leaf("string", reading, reading_text, minLength=1), "start"),
    doc.required("lasts", doc.LENGTH),
    make=_window,
    parts=_window_parts,
)
OWN_CALENDAR = doc.Record(
    BusinessCalendar,
    doc.required("calendar", CALENDAR_DATA),
    make=lambda calendar: calendar,
    parts=lambda calendar: {"calendar": calendar},
)
WEEK_WINDOWS = doc.table_of(RANGES, "week")
CALENDAR_NAME = doc.leaf("string", minLength=1, description="a calendar's name")


def _read_windows(data: doc.Data, given: doc.Given) -> Windows:
    if isinstance(data, str):
        return CALENDAR.read(data, given)  # type: ignore[no-any-return]
    if isinstance(data, dict):
        if "calendar" in data:
            return OWN_CALENDAR.read(data, given)  # type: ignore[no-any-return]
        WEEK_WINDOWS.read(data, given)
        return read_windows(data)
    return WINDOWS_LIST.read(data, given)  # type: ignore[no-any-return]


def _write_windows(windows: Windows, given: doc.Given) -> doc.Data:
    if not isinstance(windows, BusinessCalendar):
        return WINDOWS_LIST.write(windows, given)
    name = CALENDAR.write(windows, given)
    return name if isinstance(name, str) else OWN_CALENDAR.write(windows, given)


WINDOWS_LIST = doc.list_of(WINDOW)
WINDOWS = doc.Shape(
    ("array", "string", "object"),
    doc.either(WINDOWS_LIST, CALENDAR_NAME, OWN_CALENDAR, WEEK_WINDOWS).schema,
    _read_windows,
    _write_windows,
)
TURN = doc.keyed(
    {
        "every": doc.Record(
            Every,
            doc.required("every", doc.POSITIVE, "n"),
            doc.required("unit", doc.one_of(TurnUnit)),
            doc.optional(
                "handoff", doc.leaf("string", minLength=1, description="09:00 or mon 09:00")
            ),
            doc.optional("duration", doc.LENGTH),
        ),
        "rule": doc.Record(
            ByRule,
            doc.required(
                "rule", doc.leaf("string", minLength=1, description="an RRULE of RFC 5545")
            ),
            doc.optional("duration", doc.LENGTH),
        ),
        "worked_dates": doc.Record(
            ByWorkedDates,
            doc.required("worked_dates", doc.POSITIVE, "n"),
            doc.optional("duration", doc.LENGTH),
        ),
    }
)
TOGETHER = doc.either(
    doc.leaf("string", out=lambda entry: entry[0], minLength=1),
    doc.list_of(doc.TEXT, 1),
    pick=lambda entry: len(entry) > 1,
)
LAYER = doc.Record(
    Layer,
    doc.required("participants", doc.list_of(TOGETHER, 1)),
    doc.required("start", LOCAL),
    doc.required("tz", doc.ZONE),
    doc.optional("turn", TURN, "form", always=True),
    doc.optional("windows", WINDOWS),
    doc.optional("active_from", LOCAL),
    doc.optional("until", LOCAL),
    doc.optional("priority", doc.WHOLE),
    definition="layer",
)
_STRETCH = (doc.required("person", doc.TEXT), doc.required("span", SPAN))
ONCALL = doc.Record(
    OnCall,
    doc.required("layers", doc.list_of(LAYER)),
    doc.optional("overrides", doc.list_of(doc.Record(Override, *_STRETCH))),
    doc.optional(
        "swaps",
        doc.list_of(
            doc.Record(
                Swap,
                doc.required("giver", doc.TEXT),
                doc.required("taker", doc.TEXT),
                doc.required("span", SPAN),
                doc.optional("back", SPAN),
            )
        ),
    ),
    doc.optional("absences", doc.list_of(doc.Record(Absence, *_STRETCH))),
    doc.optional("when_away", doc.one_of(Away)),
    doc.optional("same_priority", doc.one_of(Equal)),
    definition="oncall",
)
ONCALLS = doc.table_of(
    ONCALL,
    into=lambda plans: {name: evolve(plan, name=name) for name, plan in plans.items()},
    description="on-call plans by name",
)
