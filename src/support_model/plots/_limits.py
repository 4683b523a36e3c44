"""Figures between limits: a trend over periods, and a funnel of groups by their size.

In a trend a vertical bar shows how well a period is known, the gray lines how much periods differ
in any case. Signals have shapes of their own; an incomplete period is hollow and apart from the
line; one whose value is withheld leaves a cross at the bottom and a gap.

In a funnel a group is marked, and named, only where its size, and the spread that is usual among
the groups, do not explain how it differs.
Small groups are between wide limits, and a single ticket at 0 or 100 % is inside.

Source of the funnel: D. J. Spiegelhalter 2005.
"""

from __future__ import annotations

import math
from datetime import UTC, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from matplotlib.lines import Line2D

from support_model._time import instant
from support_model.figures import Distribution, Share
from support_model.plots._style import (
    BLACK,
    BLUE,
    GRAY,
    ORANGE,
    VERMILION,
    count_axis,
    date_axis,
    drawable_text,
    figure_name,
    finish,
    moment,
    nothing,
    percent_axis,
    quantile_name,
    time_unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from support_model._time import Span
    from support_model.kpi import Funnel, Trend

Place: TypeAlias = tuple[float, float, float]
HOUR = timedelta(hours=1)
METHODS = MappingProxyType({"laney": "Laney p'", "xmr": "XmR"})
SHAPES = MappingProxyType(
    {
        "above": ("^", 9, "signal: above limits"),
        "below": ("v", 9, "signal: below limits"),
        "shift": ("s", 6, "signal: 8 on one side"),
    }
)
NAMED = 6
"""So many groups of a funnel are named, the largest first."""
DASHES = ("-", "--", ":")
COLORS = (ORANGE, VERMILION, BLACK)
MARKERS = MappingProxyType({"inside": "o", "high": "^", "low": "v"})
SIZES = tuple([k * 10**e for e in range(9) for k in (1, 3)])


def draw_trend(
    ax: Axes, trend: Trend, *, name: str = "", spans: Mapping[str, Span] | None = None
) -> Axes:
    """Draw a figure over periods with its intervals, control limits and signals.

    Times are drawn in minutes, hours or days, as the axis states; shares in percent. Periods
    are drawn at their middle, on dates of the zone in which the first one begins. An interval
    that is not bounded on both sides is not drawn.

    Args:
        ax: the Axes to draw on.
        trend: the figure over periods.
        name: of the figure; made of its key if empty.
        spans: periods to shade, each named at its top.

    Example:
        >>> from datetime import datetime
        >>> from matplotlib.figure import Figure
        >>> from support_model.instants import Span
        >>> from support_model.kpi import trend
        >>> weeks = [datetime(2026, 3, 2, tzinfo=UTC) + timedelta(weeks=k) for k in range(4)]
        >>> over_weeks = trend({
        ...     Span(a, b): Share(key="met", definition="on time", numerator=95, n=100)
        ...     for a, b in zip(weeks, weeks[1:])
        ... })
        >>> print(draw_trend(Figure().subplots(), over_weeks).get_title(loc="left"))
        Met
        n = 300 in 3 periods, 100 in each
    """
    per, followed, label = _scale(trend)
    places = [moment(instant(sum(point.period.edges) // 2)) for point in trend.points]
    values = [math.nan if p.value is None else p.value / per for p in trend.points]
    joined = [v if p.mature else math.nan for p, v in zip(trend.points, values, strict=True)]
    (line,) = ax.plot(places, joined, "o-", color=BLUE, markersize=4, linewidth=1.4, zorder=3)
    line.set_label(", ".join(filter(None, (followed, _intervals(ax, trend, places, per)))))
    handles: list[Artist] = [line, *_limits(ax, trend, per)]
    handles += _special_points(ax, trend, list(zip(places, values, strict=True)))
    _scale_y(ax, trend, label)
    for title, span in (spans or {}).items():
        _shade(ax, span, title)
    date_axis(ax, trend.points[0].period.start.tzinfo or UTC)
    return finish(ax, _title(trend, name), handles=handles)


def _special_points(
    ax: Axes, trend: Trend, points: Sequence[tuple[float, float]]
) -> Iterator[Artist]:
    """Mark signals, incomplete periods and those without a value; yield what the legend names."""
    rows = list(zip(trend.points, points, strict=True))
    for signal, (marker, size, meaning) in SHAPES.items():
        signals = [at for point, at in rows if point.signal == signal]
        yield from _marks(ax, signals, marker, meaning, color=VERMILION, markeredgecolor=BLACK,
                          markersize=size, zorder=4)  # fmt: skip
    young = [at for point, at in rows if not point.mature and point.value is not None]
    yield from _marks(ax, young, "o", "incomplete", color=BLUE, markerfacecolor="white",
                      markersize=5)  # fmt: skip
    gaps = [(place, 0.02) for point, (place, _) in rows if point.value is None]
    bottom = ax.get_xaxis_transform()
    yield from _marks(ax, gaps, "x", "no value", color=GRAY, transform=bottom)


def _marks(
    ax: Axes, points: Sequence[tuple[float, float]], marker: str, label: str, **style: object
) -> list[Line2D]:
    """Draw points, if there are any; return what the legend names."""
    if not points:
        return []
    x, y = zip(*points, strict=True)
    return ax.plot(x, y, marker, label=label, **style)  # type: ignore[arg-type]


def _shade(ax: Axes, span: Span, name: str) -> None:
    """Shade a period, with its name at the top of it."""
    first, last = (moment(instant(edge)) for edge in span.edges)
    ax.axvspan(first, last, facecolor="0.94", edgecolor=GRAY, linestyle=":", zorder=0)
    ax.text(
        (first + last) / 2, 0.99, drawable_text(name), transform=ax.get_xaxis_transform(),
        ha="center", va="top", fontsize="small", color=GRAY,
    )  # fmt: skip


def _scale(trend: Trend) -> tuple[float, str, str]:
    """Return what the values are divided by, what they are, and the name of their axis."""
    figure = trend.points[0].figure
    if not isinstance(figure, Distribution):
        name = "share" if isinstance(figure, Share) else "rate"
        return 1.0, name, name
    longest = max((p.value for p in trend.points if p.value is not None), default=0.0)
    unit = time_unit(longest * HOUR, figure.clock)
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
    title = drawable_text(name) or figure_name(trend.key)
    return f"{title}\nn = {sum(sizes):,} in {len(sizes)} periods, {spread}"


def draw_funnel(ax: Axes, funnel: Funnel, *, name: str = "") -> Axes:
    """Draw groups of a share by their n, between the limits of chance.

    Where the groups differ by more than chance, their usual spread is part of the limits, and
    title and legend say so.

    Groups beyond the strictest limits are named, the largest first, where names have space. The
    name in the title is made of the figure's key if none is given.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from support_model.kpi import funnel
        >>> met = {"north": (1, 2), "south": (700, 1000), "west": (930, 1000)}
        >>> groups = funnel({
        ...     name: Share(key="met", definition="on time", numerator=k, n=n)
        ...     for name, (k, n) in met.items()
        ... })
        >>> ax = draw_funnel(Figure().subplots(), groups)
        >>> [text.get_text() for text in ax.texts]
        ['south', 'west']
    """
    n = sum(group.share.n for group in funnel.groups)
    title = drawable_text(name) or f"{figure_name(funnel.key)} by group"
    title += f"\nn = {n:,} in {len(funnel.groups)} groups"
    if funnel.spread:
        title += f", usual spread {100 * funnel.spread:.1f} points"
    if funnel.left_out:
        title += f", {len(funnel.left_out)} left out as small"
    if funnel.center is None or not funnel.groups:
        return nothing(ax, title, "no group has enough cases")
    handles = [*_chance(ax, funnel, funnel.center), *_groups(ax, funnel)]
    least, most = funnel.groups[0].share.n, max(funnel.limits)
    ax.set_xscale("log")
    ax.set_xlim(least / 1.3, most * 1.3)
    ax.set_xticks([size for size in SIZES if least <= size <= most])
    ax.set_xticks([], minor=True)
    count_axis(ax.xaxis)
    ax.set_ylim(-0.04, 1.04)
    percent_axis(ax.yaxis, 0, 1)
    ax.set_ylabel("share")
    ax.set_xlabel("n of the group, logarithmic")
    _name(ax, funnel)
    return finish(ax, title, handles=handles)


def _chance(ax: Axes, funnel: Funnel, center: float) -> Iterator[Line2D]:
    """Draw the common rate and the limits around it, the strictest first."""
    of = "all groups" if funnel.pooled else "target"
    yield ax.axhline(center, color=BLACK, linewidth=1, label=f"{of}: {100 * center:.1f} %")
    sizes = list(funnel.limits)
    kind = "limits with spread" if funnel.spread else "limits of chance"
    for dashes, place in zip(DASHES, reversed(range(len(funnel.levels))), strict=False):
        sides = [limits[place] for limits in funnel.limits.values()]
        label = f"{100 * funnel.levels[place]:g} % {kind}"
        for bounds in ([side.low or 0.0 for side in sides], [side.high or 0.0 for side in sides]):
            (line,) = ax.plot(sizes, bounds, dashes, color=GRAY, linewidth=1)
        line.set_label(label)
        yield line


def _groups(ax: Axes, funnel: Funnel) -> Iterator[Line2D]:
    """Draw groups by how far off they are, each pointing away from the center."""
    kinds: list[tuple[float | None, str, str, float]] = [(None, "within the limits", BLUE, 5)]
    kinds += [
        (level, f"beyond {100 * level:g} %", COLORS[place], 6 + 2.5 * place)
        for place, level in enumerate(funnel.levels)
    ]
    for level, kind, color, size in kinds:
        groups = [group for group in funnel.groups if group.beyond == level]
        marks: list[Line2D] = []
        for verdict, marker in MARKERS.items():
            points = [
                (group.share.n, group.share.numerator / group.share.n)
                for group in groups
                if group.verdict == verdict
            ]
            edge = "white" if verdict == "inside" else BLACK
            marks += _marks(ax, points, marker, f"{len(groups)} {kind}", color=color,
                            markeredgecolor=edge, markersize=size)  # fmt: skip
        yield from marks[-1:]


def _name(ax: Axes, funnel: Funnel) -> None:
    """Name the largest groups beyond the strictest limits, where a name has space of its own."""
    least, most = map(math.log, ax.get_xlim())
    places = {}  # as parts of the plot's width and height
    for group in funnel.groups:
        across = (math.log(group.share.n) - least) / (most - least)
        places[group.name] = (across, group.share.numerator / group.share.n)
    taken = [(*place, 0.02) for place in places.values()]
    far = [group for group in funnel.groups if group.beyond == funnel.levels[-1]]
    named = 0
    for group in sorted(far, key=attrgetter("share.n"), reverse=True):
        name, (x, share) = drawable_text(group.name, 24), places[group.name]
        up = share < 0.9 if group.verdict == "high" else share < 0.1  # away, and on the plot
        label = (x, share + (0.09 if up else -0.09), 0.009 * len(name) + 0.01)  # small letters
        if named < NAMED and _is_free(label, taken):
            named += 1
            taken.append(label)
            ax.annotate(
                name, (group.share.n, share), (0, 7 if up else -7), textcoords="offset points",
                ha="center", va="bottom" if up else "top", fontsize="small",
            )  # fmt: skip


def _is_free(label: Place, taken: Iterable[Place]) -> bool:
    """Return whether a name overlaps none of the places taken: (x, y, half the width) each."""
    x, y, half = label
    return all(abs(x - a) > half + b or abs(y - c) > 0.06 for a, c, b in taken)
