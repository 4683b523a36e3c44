"""Rare events drawn: a point for each event, as high as what lies between it and the one before.

Long is rare, short is often. What is not at its end, because the next event has not come, is
hollow and joined by dots.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D

from support_model.plots._style import (
    BLACK,
    BLUE,
    GRAY,
    VERMILION,
    count_axis,
    date_axis,
    drawable_text,
    figure_name,
    finish,
    moment,
    nothing,
    time_unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from support_model.kpi import RareTrend

HOUR = timedelta(hours=1)
SIGNS = MappingProxyType(
    {
        "longer": ("^", 9, "signal: rarer"),
        "shorter": ("v", 9, "signal: more often"),
        "shift": ("s", 6, "signal: 8 on one side"),
    }
)
HEADROOM = 1.15


def draw_rare(ax: Axes, events: RareTrend, *, name: str = "", tz: tzinfo = UTC) -> Axes:
    """Draw how many tickets, or how much time, lie between rare events, with limits and signals.

    Times are drawn in minutes, hours or days, as the axis states.

    Args:
        ax: the Axes to draw on.
        events: what `kpi.tickets_between` or `kpi.time_between` returned.
        name: of what is an event; made of its key if empty.
        tz: zone of the dates.

    Example:
        >>> from datetime import datetime
        >>> from matplotlib.figure import Figure
        >>> from support_model.kpi import time_between
        >>> days = [datetime(2026, 3, day, tzinfo=UTC) for day in (2, 5, 6, 11, 20)]
        >>> outages = time_between(days, until=datetime(2026, 4, 1, tzinfo=UTC), key="outage")
        >>> print(draw_rare(Figure().subplots(), outages).get_title(loc="left"))
        Outage: days between
        5 events
    """
    longest = max((point.value for point in events.points), default=0.0)
    unit = time_unit(longest * HOUR, "calendar")
    timed = events.unit == "hours"
    per, label = (unit.length / HOUR, unit.name) if timed else (1.0, events.unit)
    title = f"{drawable_text(name) or figure_name(events.key)}: {label} between"
    title += f"\n{events.n:,} events"
    if events.center is None:
        return nothing(ax, title, "fewer than two events")
    handles = [*_points(ax, events, per), *_usual(ax, events, per)]
    ax.set_ylim(0, HEADROOM * max([longest, *(events.limits or (0,))[-1:]]) / per)
    ax.set_ylabel(label)
    count_axis(ax.yaxis)
    date_axis(ax, tz)
    return finish(ax, title, handles=handles)


def _points(ax: Axes, events: RareTrend, per: float) -> Iterator[Artist]:
    """Draw the points; yield what the legend names."""
    places = [(moment(point.at), point.value / per, point) for point in events.points]
    whole = [(x, y) for x, y, point in places if point.complete]
    x, y = zip(*whole, strict=True)
    yield ax.plot(x, y, "o-", color=BLUE, markersize=4, linewidth=1.2, zorder=3, label="event")[0]
    for (since, so_far, point), before in zip(places[-1:], whole[-1:], strict=True):
        if not point.complete:
            ax.plot([before[0], since], [before[1], so_far], ":", color=BLUE, linewidth=1.2)
            yield ax.plot(
                [since], [so_far], "o", color=BLUE, markerfacecolor="white", markersize=5,
                zorder=3, label="since the last event",
            )[0]  # fmt: skip
    for signal, (marker, size, meaning) in SIGNS.items():
        found = [(at, value) for at, value, point in places if point.signal == signal]
        if found:
            at, value = zip(*found, strict=True)
            yield ax.plot(
                at, value, marker, color=VERMILION, markeredgecolor=BLACK, markersize=size,
                linestyle="none", zorder=4, label=meaning,
            )[0]  # fmt: skip


def _usual(ax: Axes, events: RareTrend, per: float) -> Iterator[Artist]:
    """Draw the center and the limits; yield what the legend names."""
    if events.center is not None:
        ax.axhline(events.center / per, color=GRAY, linestyle="--", linewidth=1)
    name = "center"
    for limit in events.limits or ():
        if limit is not None:
            ax.axhline(limit / per, color=GRAY, linewidth=1.4)
            name = f"center, limits ({events.method} chart)"
    yield Line2D([], [], color=GRAY, linewidth=1.4, label=name)
