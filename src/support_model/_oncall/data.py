"""On-call plans as plain data: the tables of their keys.

What is local stays local: starts, handoffs and windows are readings of the layer's own clock;
overrides, swaps and absences are spans of absolute time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from attrs import evolve

from support_model._common_shapes import CALENDAR, CALENDAR_DATA, RANGES, SPAN, given
from support_model._hours import WEEKDAYS, read_weekdays, reading, reading_text
from support_model._oncall.plans import Absence, Away, Equal, Layer, OnCall, Override, Swap
from support_model._oncall.rotations import ByRule, ByWorkedDates, Every, TurnUnit, read_local
from support_model._oncall.windows import DutyWindow, read_windows
from support_model._records import (
    LENGTH,
    POSITIVE,
    TEXT,
    WHOLE,
    ZONE,
    Record,
    Shape,
    either,
    keyed,
    leaf,
    list_of,
    one_of,
    optional,
    read,
    required,
    table_of,
    write,
)
from support_model.calendars import BusinessCalendar

if TYPE_CHECKING:
    from support_model._common_shapes import Named
    from support_model._oncall.windows import Windows
    from support_model._records import Data, Given

MICROSECOND = timedelta(microseconds=1)


def _window(days: tuple[int, ...], start: int, lasts: timedelta) -> DutyWindow:
    return DutyWindow(days, start=start, end=start + lasts // MICROSECOND)


def _window_parts(window: DutyWindow) -> dict[str, Any]:
    lasts = (window.end - window.start) * MICROSECOND
    return {"days": window.days, "start": window.start, "lasts": lasts}


LOCAL = leaf(
    "string",
    read_local,
    lambda at: at.isoformat(sep=" "),
    minLength=1,
    description="a reading of the layer's clock: 2026-03-02 09:00",
)
DAYS = either(
    leaf(
        "string",
        lambda text: tuple(read_weekdays(text)),
        minLength=1,
        description="such as mon-fri",
    ),
    list_of(one_of(WEEKDAYS, WEEKDAYS.index, WEEKDAYS.__getitem__), 1),
    pick=lambda _: 1,
)
WINDOW = Record(
    DutyWindow,
    required("days", DAYS),
    required("from", leaf("string", reading, reading_text, minLength=1), "start"),
    required("lasts", LENGTH),
    make=_window,
    parts=_window_parts,
)
OWN_CALENDAR = Record(
    BusinessCalendar,
    required("calendar", CALENDAR_DATA),
    make=lambda calendar: calendar,
    parts=lambda calendar: {"calendar": calendar},
)
WEEK_WINDOWS = table_of(RANGES, "week")
CALENDAR_NAME = leaf("string", minLength=1, description="a calendar's name")


def _read_windows(data: Data, given: Given) -> Windows:
    if isinstance(data, str):
        return CALENDAR.read(data, given)  # type: ignore[no-any-return]
    if isinstance(data, dict):
        if "calendar" in data:
            return OWN_CALENDAR.read(data, given)  # type: ignore[no-any-return]
        WEEK_WINDOWS.read(data, given)
        return read_windows(data)
    return WINDOWS_LIST.read(data, given)  # type: ignore[no-any-return]


def _write_windows(windows: Windows, given: Given) -> Data:
    if not isinstance(windows, BusinessCalendar):
        return WINDOWS_LIST.write(windows, given)
    name = CALENDAR.write(windows, given)
    return name if isinstance(name, str) else OWN_CALENDAR.write(windows, given)


WINDOWS_LIST = list_of(WINDOW)
WINDOWS = Shape(
    ("array", "string", "object"),
    either(WINDOWS_LIST, CALENDAR_NAME, OWN_CALENDAR, WEEK_WINDOWS).schema,
    _read_windows,
    _write_windows,
)
TURN = keyed(
    {
        "every": Record(
            Every,
            required("every", POSITIVE, "n"),
            required("unit", one_of(TurnUnit)),
            optional("handoff", leaf("string", minLength=1, description="09:00 or mon 09:00")),
            optional("duration", LENGTH),
        ),
        "rule": Record(
            ByRule,
            required("rule", leaf("string", minLength=1, description="an RRULE of RFC 5545")),
            optional("duration", LENGTH),
        ),
        "worked_dates": Record(
            ByWorkedDates, required("worked_dates", POSITIVE, "n"), optional("duration", LENGTH)
        ),
    }
)
TOGETHER = either(
    leaf("string", out=lambda entry: entry[0], minLength=1),
    list_of(TEXT, 1),
    pick=lambda entry: len(entry) > 1,
)
LAYER = Record(
    Layer,
    required("participants", list_of(TOGETHER, 1)),
    required("start", LOCAL),
    required("tz", ZONE),
    optional("turn", TURN, "form", always=True),
    optional("windows", WINDOWS),
    optional("active_from", LOCAL),
    optional("until", LOCAL),
    optional("priority", WHOLE),
    definition="layer",
)
_STRETCH = (required("person", TEXT), required("span", SPAN))
ONCALL = Record(
    OnCall,
    required("layers", list_of(LAYER)),
    optional("overrides", list_of(Record(Override, *_STRETCH))),
    optional(
        "swaps",
        list_of(
            Record(
                Swap,
                required("giver", TEXT),
                required("taker", TEXT),
                required("span", SPAN),
                optional("back", SPAN),
            )
        ),
    ),
    optional("absences", list_of(Record(Absence, *_STRETCH))),
    optional("when_away", one_of(Away)),
    optional("same_priority", one_of(Equal)),
    definition="oncall",
)
ONCALLS = table_of(
    ONCALL,
    into=lambda plans: {name: evolve(plan, name=name) for name, plan in plans.items()},
    description="on-call plans by name",
)


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
    return write(ONCALL, plan, "oncall", given(calendars))


def read_oncall(
    data: object,
    *,
    name: str = "on-call",
    calendars: Named | None = None,
    path: str = "oncall",
) -> OnCall:
    """Return the on-call plan that `oncall_to_data` wrote; errors call it `path`.

    Windows may also be weekly hours, as {"mon-fri": "18:00-09:00"}, or a calendar's name.

    Raises:
        InvalidDocument: a key missing, unknown or unreadable, a plan that cannot mean
            anything; with the path to it.
    """
    plan: OnCall = read(ONCALL, data, path, given(calendars))
    return evolve(plan, name=name)
