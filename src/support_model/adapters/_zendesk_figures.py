"""The figures that Zendesk computed itself: ticket metrics and metric events.

They are kept beside the events, to compare with; none enters a figure of ours.
"""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from support_model.adapters._event_logs import StatedFigure, stated
from support_model.adapters._zendesk_shapes import Item, Unfit, in_order, native_id, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support_model.adapters._zendesk_desk import Desk
    from support_model.adapters._zendesk_shapes import Found

DURATIONS = MappingProxyType(
    {
        "reply_time_in_minutes": "first_reply_time",
        "first_resolution_time_in_minutes": "first_solved_time",
        "full_resolution_time_in_minutes": "last_solved_time",
        "agent_wait_time_in_minutes": "pending",
        "requester_wait_time_in_minutes": "requester_wait",
        "on_hold_time_in_minutes": "on_hold",
    }
)
"""Agent wait time is how long agents wait for the requester."""
KNOWN_WHEN_SOLVED = frozenset({"pending", "requester_wait"})
COUNTS = MappingProxyType(
    {
        "reopens": "reopens",
        "replies": "replies",
        "group_stations": "group_stations",
        "assignee_stations": "agent_stations",
    }
)
INSTANTS = MappingProxyType(
    {"initially_assigned_at": "first_assigned", "solved_at": "last_solved"}
)
UNTOLD: Any = object()
LONGEST = 10**9
"""No duration is of more minutes."""
MINUTE = timedelta(minutes=1)
EVENT_DURATIONS = MappingProxyType(
    {
        "reply_time": "first_reply_time",
        "requester_wait_time": "requester_wait",
        "agent_work_time": "agent_work",
    }
)
BREACHED = MappingProxyType(
    {
        "reply_time": "within_first_reply",
        "agent_work_time": "within_resolution",
        "requester_wait_time": "within_resolution",
    }
)


def state_figures(found: Found, desk: Desk) -> None:
    """Keep the figures of all tickets that Zendesk computed."""
    for ticket in in_order(found.metrics):
        item = found.metrics[ticket]
        told = (*_durations(item, desk), *_counts(item.value, desk), *_instants(item, desk))
        if told:
            desk.tally.stated.setdefault(ticket, []).extend(told)
    last: dict[tuple[str, str, bool], tuple[int, StatedFigure]] = {}
    for key in in_order(found.metric_events):
        for ticket, cycle, figure in _of_event(found.metric_events[key], desk):
            name = (ticket, figure.name, figure.business)
            if name not in last or last[name][0] <= cycle:
                last[name] = cycle, figure
    for (ticket, _, _), (_, figure) in last.items():
        desk.tally.states(ticket, figure)


def _durations(item: Item, desk: Desk) -> Iterator[StatedFigure]:
    made, value = desk.figures, item.value
    for native, name in DURATIONS.items():
        told = value.get(native)
        if isinstance(told, dict):
            for kind in ("calendar", "business"):
                count = told.get(kind, UNTOLD)
                if count.__class__ is not int:
                    if count is UNTOLD or (count is None and name in KNOWN_WHEN_SOLVED):
                        continue
                    count = None
                key = native, kind, count
                yield made[key] if key in made else _duration(key, desk)


def _duration(key: tuple[str, str, int | None], desk: Desk) -> StatedFigure:
    """Return a duration as a figure; most of them are a few, each made once."""
    native, kind, count = key
    made = desk.figures[key] = StatedFigure(
        name=DURATIONS[native],
        native=f"ticket_metrics.{native}.{kind}",
        value=_minutes(count),
        business=kind == "business",
        within=MINUTE,
    )
    return made


def _minutes(count: object) -> timedelta | None:
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count < LONGEST:
        return None
    return timedelta(minutes=count)


def _counts(metrics: Mapping[str, Any], desk: Desk) -> Iterator[StatedFigure]:
    made = desk.figures
    for native, name in COUNTS.items():
        count = metrics.get(native)
        if count.__class__ is int and 0 <= count < LONGEST:
            key = native, "", count
            if key not in made:
                made[key] = StatedFigure(name=name, native=f"ticket_metrics.{native}", value=count)
            yield made[key]


def _instants(item: Item, desk: Desk) -> Iterator[StatedFigure]:
    for native, name in INSTANTS.items():
        if native in item.value:
            try:
                at = None if item.value[native] is None else desk.stamps.at(item, native)
            except Unfit:
                continue
            yield stated(name, f"ticket_metrics.{native}", at)


def _of_event(item: Item, desk: Desk) -> Iterator[tuple[str, int, StatedFigure]]:
    """Yield (ticket, cycle, figure) of a metric event; one that was taken back says nothing."""
    value = item.value
    if value.get("deleted") is True:
        return
    ticket = None
    try:
        ticket = native_id(value.get("ticket_id"))
        cycle = whole_number(value.get("instance_id", 1))
        for figure in _event_figures(item, cycle, desk):
            yield ticket, cycle, figure
    except Unfit as odd:
        desk.unread(item, "", ticket, odd)


def _event_figures(item: Item, cycle: int, desk: Desk) -> Iterator[StatedFigure]:
    metric, kind = item.value.get("metric"), item.value.get("type")
    if not isinstance(metric, str) or not isinstance(kind, str):
        return
    if metric == "reply_time" and cycle != 1:
        return  # the first reply alone has a figure here
    native = f"ticket_metric_events.{metric}.{kind}"
    if kind == "update_status" and metric in EVENT_DURATIONS:
        yield from _elapsed(item.value.get("status"), EVENT_DURATIONS[metric], native)
    elif kind == "fulfill" and metric == "reply_time":
        at = desk.stamps.at(item, "time")
        yield StatedFigure(name="first_reply", native=native, value=at)
    elif kind == "breach" and metric in BREACHED:
        yield StatedFigure(name=BREACHED[metric], native=native, value=0)


def _elapsed(status: object, name: str, native: str) -> Iterator[StatedFigure]:
    for kind in ("calendar", "business"):
        minutes = _minutes(status.get(kind)) if isinstance(status, dict) else None
        if minutes is not None:
            yield StatedFigure(
                name=name,
                native=f"{native}.{kind}",
                value=minutes,
                business=kind == "business",
                within=MINUTE,
            )
