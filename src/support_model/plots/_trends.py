"""A trend drawn: each period with its interval, the control limits, and what is a signal.

A vertical bar says how well the period is known, the gray lines how much periods differ by
anyway. Signals have shapes of their own; a period that is still incomplete is hollow and stands
apart from the line; one whose value is withheld leaves a cross at the bottom and a gap.
"""

from __future__ import annotations

import math
from datetime import UTC, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D

from support_model._time import instant
from support_model.figures import Distribution, Share
from support_model.plots._style import (
    BLACK,
    BLUE,
    GRAY,
    VERMILION,
    Unit,
    count_axis,
    date_axis,
    finish,
    moment,
    percent_axis,
    plain,
    quantile_name,
    time_unit,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from support_model._time import Span
    from support_model.kpi import Trend, TrendPoint


HOUR = timedelta(hours=1)
METHODS = MappingProxyType({"laney": "Laney p'", "xmr": "XmR"})
SHAPES = MappingProxyType(
    {
        "above": ("^", 9, "signal: above limits"),
        "below": ("v", 9, "signal: below limits"),
        "shift": ("s", 6, "signal: 8 on one side"),
    }
)


def draw_trend(
    ax: Axes, trend: Trend, *, name: str = "", spans: Mapping[str, Span] | None = None
) -> Axes:
    """Draw a figure over periods with its intervals, control limits and signals.

    Times are drawn in minutes, hours or days, as the axis says; shares in percent. Periods
    stand at their middle, on dates of the zone in which the first one begins. An interval that
    is not bounded on both sides is not drawn.

    Args:
        ax: where to draw.
        trend: the figure over periods.
        name: what the figure is called; made of its key if empty.
        spans: periods to shade, each named at its top.

    Example:
        >>> from datetime import datetime
        >>> from matplotlib.figure import Figure
        >>> from support_model.instants import Span
        >>> from support_model.kpi import trend
        >>> weeks = [datetime(2026, 3, 2, tzinfo=UTC) + timedelta(weeks=k) for k in range(4)]
        >>> found = trend({
        ...     Span(a, b): Share(key="met", definition="on time", numerator=95, n=100)
        ...     for a, b in zip(weeks, weeks[1:])
        ... })
        >>> print(draw_trend(Figure().subplots(), found).get_title(loc="left"))
        Met
        n = 300 in 3 periods, 100 in each
    """
    per, followed, label = _scale(trend)
    places = [_middle(point) for point in trend.points]
    known = [p.mature and p.value is not None for p in trend.points]
    values = [math.nan if p.value is None else p.value / per for p in trend.points]
    joined = [value if ok else math.nan for value, ok in zip(values, known, strict=True)]
    (line,) = ax.plot(places, joined, "o-", color=BLUE, markersize=4, linewidth=1.4, zorder=3)
    line.set_label(", ".join(filter(None, (followed, _intervals(ax, trend, places, per)))))
    handles: list[Artist] = [line, *_limits(ax, trend, per)]
    for signal, (marker, size, meaning) in SHAPES.items():
        signal_places = [i for i, point in enumerate(trend.points) if point.signal == signal]
        handles += _marks(ax, places, values, signal_places, marker, size, meaning)
    young = [i for i, p in enumerate(trend.points) if not p.mature and p.value is not None]
    if young:
        where = [places[i] for i in young], [values[i] for i in young]
        handles += ax.plot(
            *where, "o", color=BLUE, markerfacecolor="white", markersize=5, label="incomplete"
        )
    withheld = [places[i] for i, p in enumerate(trend.points) if p.value is None]
    if withheld:
        zero = [0.02] * len(withheld)
        handles += ax.plot(
            withheld, zero, "x", color=GRAY, transform=ax.get_xaxis_transform(), label="no value"
        )
    _scale_y(ax, trend, label)
    for called, span in (spans or {}).items():
        _shade(ax, span, called)
    start = trend.points[0].period.start
    date_axis(ax, start.tzinfo or UTC)
    return finish(ax, _title(trend, name), handles=handles)


def _shade(ax: Axes, span: Span, name: str) -> None:
    """Shade a period, with its name at the top of it."""
    first, last = (moment(instant(edge)) for edge in span.edges)
    ax.axvspan(first, last, facecolor="0.94", edgecolor=GRAY, linestyle=":", zorder=0)
    ax.text(
        (first + last) / 2, 0.99, plain(name), transform=ax.get_xaxis_transform(), ha="center",
        va="top", fontsize="small", color=GRAY,
    )  # fmt: skip


def _middle(point: TrendPoint) -> float:
    first, last = point.period.edges
    return moment(instant((first + last) // 2))


def _scale(trend: Trend) -> tuple[float, str, str]:
    """Return what the values are divided by, what they are, and the name of their axis."""
    figure = trend.points[0].figure
    if not isinstance(figure, Distribution):
        name = "share" if isinstance(figure, Share) else "rate"
        return 1.0, name, name
    longest = max((p.value for p in trend.points if p.value is not None), default=0.0)
    unit: Unit = time_unit(longest * HOUR, figure.clock)
    name = quantile_name(trend.quantile or 0.5)
    return unit.length / HOUR, name, f"{name}, {unit.name}"


def _intervals(ax: Axes, trend: Trend, places: Sequence[float], per: float) -> str:
    """Draw the intervals that are bounded, and return what they are; nothing if none is."""
    rows = [
        (x, p.low / per, p.high / per)
        for x, p in zip(places, trend.points, strict=True)
        if p.low is not None and p.high is not None
    ]
    if not rows:
        return ""
    x, low, high = zip(*rows, strict=True)
    ax.vlines(x, low, high, color=BLUE, alpha=0.45, linewidth=2.6)
    return f"{100 * trend.points[0].figure.level:g} % interval"


def _limits(ax: Axes, trend: Trend, per: float) -> list[Artist]:
    if trend.center is None:
        return []
    name = "center"
    ax.axhline(trend.center / per, color=GRAY, linestyle="--", linewidth=1)
    rows = [(p.period, p.limits) for p in trend.points if p.limits is not None]
    if rows:
        starts = [moment(period.start) for period, _ in rows] * 2
        ends = [moment(instant(period.edges[1])) for period, _ in rows] * 2
        bounds = [low / per for _, (low, _) in rows] + [high / per for _, (_, high) in rows]
        ax.hlines(bounds, starts, ends, color=GRAY, linewidth=1.4)
        name = f"center, limits ({METHODS[trend.method]})"
    return [Line2D([], [], color=GRAY, linewidth=1.4, label=name)]


def _marks(
    ax: Axes,
    places: Sequence[float],
    values: Sequence[float],
    signal_places: Sequence[int],
    marker: str,
    size: float,
    name: str,
) -> list[Artist]:
    if not signal_places:
        return []
    x, y = [places[i] for i in signal_places], [values[i] for i in signal_places]
    style: dict[str, Any] = {
        "color": VERMILION,
        "markeredgecolor": BLACK,
        "markersize": size,
        "zorder": 4,
    }
    return list(ax.plot(x, y, marker, label=name, **style))


def _scale_y(ax: Axes, trend: Trend, label: str) -> None:
    ax.set_ylabel(label)
    low, high = ax.get_ylim()
    figure = trend.points[0].figure
    if isinstance(figure, Share):
        ax.set_ylim(max(low, -0.02), min(high, 1.02))
        percent_axis(ax.yaxis, low, high)
    elif isinstance(figure, Distribution):
        ax.set_ylim(-0.03 * high, high)
        count_axis(ax.yaxis)


def _title(trend: Trend, name: str) -> str:
    sizes = [point.figure.n for point in trend.points]
    least, most = min(sizes), max(sizes)
    spread = f"{least:,} in each" if least == most else f"{least:,} to {most:,} in each"
    return (
        f"{plain(name) or words(trend.key)}\nn = {sum(sizes):,} in {len(sizes)} periods, {spread}"
    )
