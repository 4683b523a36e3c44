"""A survival curve drawn: the share still open, its band, the median, and who is left to tell.

Open tickets are part of the curve. It ends where too few are left for it to say much; the
numbers at risk under the axis say how many there are, group by group.

Source: S. J. Pocock, T. C. Clayton, D. G. Altman 2002, for numbers at risk and where to stop.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator

from support_model._time import MICROSECOND
from support_model.errors import InvalidValue
from support_model.plots._style import (
    BLACK,
    BLUE,
    GRAY,
    GREEN,
    VERMILION,
    count_axis,
    finish,
    nothing,
    percent_axis,
    plain,
    spoken,
    time_unit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from support_model.inference import Survival


LINES = ((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."), (BLACK, ":"))
FINE = 300
"""A curve is drawn in so many places of the axis at most: more cannot be seen."""
FEWEST = 0.05


def draw_survival(
    ax: Axes,
    curves: Mapping[str, Survival],
    *,
    unit: timedelta = MICROSECOND,
    name: str = "Still unsolved",
) -> Axes:
    """Draw Kaplan-Meier curves with Greenwood bands, medians and numbers at risk.

    Each curve is drawn while a twentieth of its tickets is at risk.

    Args:
        ax: where to draw.
        curves: by name of the group, up to four; the name of a single one may be empty.
        unit: what a time of 1 in the curves means.
        name: what the share that is left is called.

    Raises:
        InvalidValue: more than four curves.

    Example:
        >>> from datetime import timedelta
        >>> from matplotlib.figure import Figure
        >>> from support_model.inference import kaplan_meier
        >>> curve = kaplan_meier([2, 3, 5, 8], [True, False, True, True])
        >>> ax = draw_survival(Figure().subplots(), {"": curve}, unit=timedelta(hours=1))
        >>> [label.get_text() for label in ax.get_legend().get_texts()]
        ['median 5 h (2 h to ?)']
    """
    if len(curves) > len(LINES):
        raise InvalidValue(list(curves), "up to four curves can be told apart", "draw the largest")
    known = {name: curve for name, curve in curves.items() if curve.n}
    size = sum(curve.n for curve in known.values())
    ended = sum(curve.events for curve in known.values())
    title = f"{plain(name)}\nn = {size:,}, of which {size - ended:,} still open"
    if not known:
        return nothing(ax, title, "no tickets")
    ends = {name: _end(curve) for name, curve in known.items()}
    last = max(ends.values()) or 1
    scale = time_unit(last * unit, "calendar")
    per = scale.length / unit
    handles: list[Artist] = []
    for (group, curve), (color, style) in zip(known.items(), LINES, strict=False):
        x, y, low, high = _steps(curve, ends[group], last / FINE)
        x = [t / per for t in x]
        ax.fill_between(x, low, high, step="post", color=color, alpha=0.18, linewidth=0)
        (line,) = ax.step(x, y, where="post", color=color, linestyle=style, linewidth=1.6)
        line.set_label(_label(group, curve, unit))
        handles.append(line)
        middle = curve.quantile(0.5)
        if middle is not None and middle <= ends[group]:
            ax.plot([middle / per] * 2, [0, 0.5], color=color, linestyle=":", linewidth=1)
            ax.plot(middle / per, 0.5, "o", color=color, markeredgecolor="white", markersize=6)
    ax.axhline(0.5, color=GRAY, linewidth=0.8, linestyle=":")
    ax.set_ylim(0, 1.02)
    ax.set_xlim(0, last / per)
    percent_axis(ax.yaxis, 0, 1)
    ax.set_ylabel(f"share ({100 * next(iter(known.values())).level:g} % band)")
    ticks = [t for t in MaxNLocator(5).tick_values(0, last / per) if 0 <= t <= last / per]
    ax.set_xticks(ticks)
    count_axis(ax.xaxis)
    _at_risk(ax, known, ticks, per)
    ax.set_xlabel(f"{scale.name} since creation", labelpad=20 + 13 * len(known))
    return finish(ax, title, handles=handles, columns=1)


def _end(curve: Survival) -> float:
    """Return the time up to which a curve is drawn."""
    fewest = max(1, math.ceil(FEWEST * curve.n))
    return curve.outlasted_by(fewest)


def _steps(
    curve: Survival, end: float, apart: float
) -> tuple[list[float], list[float], list[float], list[float]]:
    """Return the corners of a curve to its end, those too close to be told apart left out."""
    x, places = [0.0], [-1]
    stop = bisect_right(curve.times, end)
    for i in range(stop):
        crowded = i + 1 < stop and curve.times[i + 1] - x[-1] < apart
        if not crowded:
            x.append(curve.times[i])
            places.append(i)
    x.append(end)
    places.append(stop - 1)

    def column(values: Sequence[float | None], start: float) -> list[float]:
        values_at = [start if i < 0 else values[i] for i in places]
        return [math.nan if value is None else value for value in values_at]

    return (
        x,
        column(curve.survival, 1.0),
        column(curve.low, math.nan),
        column(curve.high, math.nan),
    )


def _label(name: str, curve: Survival, unit: timedelta) -> str:
    prefix = f"{plain(name)}: " if name else ""
    middle, bounds = curve.quantile(0.5), curve.interval(0.5)
    low, high = ("?" if t is None else spoken(t * unit) for t in bounds)
    if middle is None:
        return f"{prefix}median not reached"
    return f"{prefix}median {spoken(middle * unit)} ({low} to {high})"


def _at_risk(ax: Axes, curves: Mapping[str, Survival], ticks: Sequence[float], per: float) -> None:
    """Write under each tick how many were at risk then."""
    style: dict[str, Any] = {
        "annotation_clip": False,
        "fontsize": "small",
        "textcoords": "offset points",
    }
    ax.annotate(
        "at risk", (0, 0), (0, -22), xycoords="axes fraction", va="top", color=GRAY, **style
    )
    for row, (name, curve) in enumerate(curves.items()):
        down = -35 - 13 * row
        for tick in ticks:
            ax.annotate(
                f"{curve.at_risk(tick * per):,}",
                (tick, 0),
                (0, down),
                xycoords=("data", "axes fraction"),
                ha="center",
                va="top",
                **style,
            )
        if name:
            ax.annotate(
                plain(name, 12),
                (0, 0),
                (-24, down),
                xycoords="axes fraction",
                ha="right",
                va="top",
                **style,
            )
