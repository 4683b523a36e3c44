"""Business-time cases: one calendar, one operation, one answer each.

A calendar is `tz`, `weekly` (or `cycle`: an anchor date and weeks), `holidays`, `overrides`
(hours of one date), `breaks`, `busy` (absolute closed spans) and `precedence` ("holiday": an
override on a holiday does not count). Durations are seconds.

Before this: `common.py`, `run.py`. Next: nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.common import Case, NotSupported, differs, expectation, moment

from support_model._time import difference, intersection, union
from support_model.calendars import BusinessCalendar
from support_model.instants import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DAY_RULES = {
    "biz": "keep_time_then_roll",
    "working_hours": "keep_time",
    "odoo": "through_nth_date",
}


def cases(document: list[dict[str, Any]]) -> Iterable[Case]:
    """Yield the cases of a file, which is a list of them."""
    return (Case(row["id"], row["source"], row) for row in document)


def calendar_of(spec: dict[str, Any]) -> BusinessCalendar:
    """Build the calendar that the keys of a case describe."""
    holidays = [date.fromisoformat(day) for day in spec.get("holidays", ())]
    dates = {date.fromisoformat(day): hours for day, hours in spec.get("overrides", {}).items()}
    if spec.get("precedence") == "holiday":
        dates = {day: hours for day, hours in dates.items() if day not in holidays}
    keywords: dict[str, Any] = {
        "tz": spec["tz"],
        "holidays": holidays,
        "dates": dates,
        "breaks": {
            date.fromisoformat(day): hours for day, hours in spec.get("breaks", {}).items()
        },
    }
    if cycle := spec.get("cycle"):
        anchor = date.fromisoformat(cycle["anchor"])
        calendar = BusinessCalendar.rotating(cycle["weeks"], anchor=anchor, **keywords)
    else:
        calendar = BusinessCalendar.weekly(spec.get("weekly", {}), **keywords)
    busy = [Span(*map(datetime.fromisoformat, span)) for span in spec.get("busy", ())]
    return calendar - busy if busy else calendar


def seconds(amount: float) -> timedelta:
    """Return seconds as a duration, to the microsecond."""
    return timedelta(microseconds=round(amount * 1_000_000))


def spans(rows: Iterable[Iterable[str]]) -> list[Span]:
    """Read pairs of instants."""
    return [Span(*map(datetime.fromisoformat, row)) for row in rows]


def pairs(rows: Iterable[Iterable[int]]) -> list[tuple[int, int]]:
    """Read pairs of integers."""
    return [(start, end) for start, end in rows]


def resolve(calendar: BusinessCalendar, reading: str) -> datetime:
    """Ask for the instant of a local reading such as `2024-03-31T02:30`."""
    day, clock = reading.split("T")
    return calendar.resolve(date.fromisoformat(day), clock)


def days(rule: str) -> Callable[[BusinessCalendar, str, int], date | datetime]:
    """Return the operation of one day rule."""
    return lambda calendar, start, n: calendar.add_days(moment(start), n, rule=rule)


def at(name: str) -> tuple[Callable[..., Any], Callable[[Any], Any]]:
    """Return the operation of a method that takes an instant and gives one, or None."""
    return (
        lambda calendar, text: getattr(calendar, name)(datetime.fromisoformat(text)),
        lambda text: None if text is None else datetime.fromisoformat(text),
    )


def moved(method: str) -> tuple[Callable[..., Any], Callable[[Any], Any]]:
    """Return the operation of `add` or `subtract`, an instant and seconds."""
    return (
        lambda calendar, text, amount: getattr(calendar, method)(
            datetime.fromisoformat(text), seconds(amount)
        ),
        datetime.fromisoformat,
    )


def periods(calendar: BusinessCalendar, start: str, end: str) -> list[Span]:
    """Ask for the open periods between two instants."""
    return list(calendar.periods(datetime.fromisoformat(start), datetime.fromisoformat(end)))


OPERATIONS: dict[str, tuple[Callable[..., Any], Callable[[Any], Any]]] = {
    "between": (
        lambda calendar, start, end: calendar.elapsed(moment(start), moment(end)),
        seconds,
    ),
    "add": moved("add"),
    "subtract": moved("subtract"),
    "add_latest": (
        lambda calendar, start, amount: calendar.next_open(
            calendar.add(datetime.fromisoformat(start), seconds(amount))
        ),
        datetime.fromisoformat,
    ),
    "is_open": (lambda calendar, text: calendar.is_open(moment(text)), bool),
    **{
        name: at(name)
        for name in (
            "next_open",
            "prev_open",
            "next_opening",
            "next_close",
            "prev_opening",
            "prev_close",
        )
    },
    "periods": (periods, spans),
    "intersect_periods": (periods, spans),
    "resolve_local": (resolve, datetime.fromisoformat),
    "business_days_between:(from,to]": (
        lambda calendar, start, end: calendar.working_days(moment(start), moment(end)),
        int,
    ),
    **{f"add_days:{name}": (days(rule), moment) for name, rule in DAY_RULES.items()},
    "interval_union": (lambda _, rows: union(pairs(rows)), pairs),
    "interval_intersection": (lambda _, a, b: intersection(pairs(a), pairs(b)), pairs),
    "interval_difference": (lambda _, a, b: difference(pairs(a), pairs(b)), pairs),
}


def run(case: Case) -> str | None:
    """Ask the library and compare; None where the answer is the expected one."""
    name = case.data["op"]
    if name not in OPERATIONS:
        reason = f"operation {name!r}"
        raise NotSupported(reason)
    ask, read = OPERATIONS[name]
    spec = case.data["calendar"]
    calendar = None
    if isinstance(spec, list):
        calendar, *others = map(calendar_of, spec)
        for other in others:
            calendar &= other
    elif spec is not None:
        calendar = calendar_of(spec)
    return differs(ask(calendar, *case.data["args"]), read(expectation(case.data)))
