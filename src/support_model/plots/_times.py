"""Durations drawn: a distribution, a survival curve, and the ages of a backlog over time.

Times of support span seconds to months, so a distribution has a logarithmic axis and each bar is
twice as long as the one before. What took no time at all has no place on such an axis: it has a
bar of its own, left of the rest.

Open tickets are part of a survival curve. It ends where too few are left for it to show much; the
numbers at risk under the axis are given group by group.

Source: S. J. Pocock, T. C. Clayton, D. G. Altman 2002, for numbers at risk and where to stop.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from datetime import UTC, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator

from support_model._time import MICROSECOND
from support_model.errors import InvalidValue
from support_model.plots._style import (
    GRAY,
    LINE_STYLES,
    PALE,
    count_axis,
    date_axis,
    day,
    drawable_text,
    duration_words,
    figure_name,
    finish,
    moment,
    nothing,
    percent_axis,
    quantile_name,
    time_unit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from support_model.figures import Distribution
    from support_model.inference import Survival


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TICKS = tuple([timedelta(seconds=s) for s in (0.001, 0.01, 0.1, 1, 10, 60, 600, 3_600)])
DAYS = tuple([timedelta(days=d) for d in (1, 10, 100, 1_000, 10_000)])
HOURS = tuple([timedelta(hours=h) for h in (10, 100, 1_000, 10_000, 100_000)])
SHADES = ("#D7E6F0", "#9CC3DD", "#4F93BF", "#0B5A8A", "#06304A")
HATCHES = ("", "////", "", "\\\\\\\\", "")
FINE = 300
"""A survival curve is drawn in so many places of the axis at most: more cannot be seen."""
FEWEST = 0.05


def _check_quantiles(quantiles: Sequence[float]) -> None:
    if not 1 <= len(quantiles) <= len(LINE_STYLES):
        problem = "one to four quantiles can be distinguished"
        raise InvalidValue(quantiles, problem, "give (0.5, 0.9)")


def draw_distribution(
    ax: Axes, figure: Distribution, *, quantiles: Sequence[float] = (0.5, 0.9), name: str = ""
) -> Axes:
    """Draw a histogram of a distribution and up to four quantiles with their intervals.

    The name in the title is made of the figure's key if none is given.

    Raises:
        InvalidShare: a quantile outside (0, 1).
        InvalidValue: no quantile, more than four, or a negative duration.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from support_model.figures import Distribution
        >>> hours = [timedelta(hours=h) for h in range(1, 20)]
        >>> took = Distribution.of(hours, key="resolution", clock="calendar", definition="...")
        >>> ax = draw_distribution(Figure().subplots(), took, quantiles=[0.5])
        >>> [label.get_text() for label in ax.get_legend().get_texts()]
        ['median 10 h, 95 % interval 5 h to 15 h']
    """
    _check_quantiles(quantiles)
    title = f"{drawable_text(name) or figure_name(figure.key)}\nn = {figure.n:,}"
    if left_out := sum(figure.excluded.values()):
        title += f", {left_out:,} left out"
    if figure.suppressed or not figure.n:
        return nothing(ax, title, f"n is below {figure.min_n}" if figure.n else "no tickets")
    if figure.micros[0] < 0:
        raise InvalidValue(figure.micros[0] * MICROSECOND, "a time is negative", "leave it out")
    positive = [micros * MICROSECOND for micros in figure.micros if micros]
    edges = doublings(positive[0], positive[-1]) if positive else [MINUTE, 2 * MINUTE]
    _bars(ax, figure, edges)
    handles: list[Artist] = [
        _quantile(ax, figure, q, style, edges[0])
        for q, style in zip(quantiles, LINE_STYLES, strict=False)
    ]
    _time_axis(ax, figure, edges)
    ax.set_ylabel("how many")
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    count_axis(ax.yaxis)
    return finish(ax, title, handles=handles, columns=1)


def doublings(least: timedelta, most: timedelta) -> list[timedelta]:
    """Return edges from a minute up and down by factors of two, such that all lies between."""
    low = math.floor(math.log2(least / MINUTE))
    high = math.floor(math.log2(most / MINUTE)) + 1
    return [MINUTE * 2.0**k for k in range(low, high + 1)]


def _bars(ax: Axes, figure: Distribution, edges: Sequence[timedelta]) -> None:
    zeros, _, *counts, _ = figure.histogram([MICROSECOND, *edges])
    ax.set_xscale("log")
    ax.bar(
        [edge / HOUR for edge in edges[:-1]],
        counts,
        [(b - a) / HOUR for a, b in pairwise(edges)],
        align="edge",
        color=PALE,
        edgecolor="white",
        linewidth=0.8,
    )
    if zeros:
        first = edges[0] / HOUR
        style: dict[str, Any] = {"color": PALE, "edgecolor": GRAY, "hatch": "//"}
        ax.bar(first / 5, zeros, first / 5, align="edge", **style)


def _time_axis(ax: Axes, figure: Distribution, edges: Sequence[timedelta]) -> None:
    ladder = TICKS + (DAYS if figure.clock == "calendar" else HOURS)
    ticks = [tick for tick in ladder if edges[0] <= tick <= edges[-1]]
    if figure.zeros:
        ticks.insert(0, timedelta())
    names = [duration_words(tick, figure.clock) for tick in ticks]
    ax.set_xticks([_place(tick, edges[0]) for tick in ticks], names)
    ax.set_xticks([], minor=True)
    ax.set_xlim(edges[0] / HOUR / (6 if figure.zeros else 1), edges[-1] / HOUR)
    ax.set_xlabel(f"{drawable_text(figure.clock, 12)} time, each bar twice the last")


def _place(amount: timedelta, first: timedelta) -> float:
    """Return where a duration is on the axis; zero is in the middle of its bar."""
    return amount / HOUR if amount else first / HOUR / math.sqrt(5 * 2.5)


def _quantile(
    ax: Axes, figure: Distribution, q: float, style: tuple[str, str], first: timedelta
) -> Artist:
    """Draw one quantile as a line with its interval as a band, both also in words."""
    color, line = style
    value, (low, high) = figure.quantile(q), figure.interval(q)
    assert value is not None  # noqa: S101 - there are values, and none is withheld
    bounds = [duration_words(x, figure.clock) if x is not None else "?" for x in (low, high)]
    name = (
        f"{quantile_name(q)} {duration_words(value, figure.clock)}, "
        f"{100 * figure.level:g} % interval {' to '.join(bounds)}"
    )
    if low is not None and high is not None:
        ax.axvspan(_place(low, first), _place(high, first), color=color, alpha=0.2, linewidth=0)
    return ax.axvline(_place(value, first), color=color, linestyle=line, linewidth=1.8, label=name)


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
        ax: the Axes to draw on.
        curves: by name of the group, up to four; the name of a single one may be empty.
        unit: what a time of 1 in the curves means.
        name: of the share that is left.

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
    if len(curves) > len(LINE_STYLES):
        problem = "up to four curves can be distinguished"
        raise InvalidValue(list(curves), problem, "draw the largest")
    known = {name: curve for name, curve in curves.items() if curve.n}
    size = sum(curve.n for curve in known.values())
    ended = sum(curve.events for curve in known.values())
    title = f"{drawable_text(name)}\nn = {size:,}, of which {size - ended:,} still open"
    if not known:
        return nothing(ax, title, "no tickets")
    last = max(map(_end, known.values())) or 1
    scale = time_unit(last * unit, "calendar")
    per = scale.length / unit
    handles: list[Artist] = []
    for (group, curve), style in zip(known.items(), LINE_STYLES, strict=False):
        line = _curve(ax, curve, style, per, apart=last / FINE)
        line.set_label(_label(group, curve, unit))
        handles.append(line)
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
    return curve.outlasted_by(max(1, math.ceil(FEWEST * curve.n)))


def _curve(ax: Axes, curve: Survival, style: tuple[str, str], per: float, apart: float) -> Artist:
    """Draw a curve in units of `per` with its band and its median."""
    (color, dashes), end = style, _end(curve)
    x, y, low, high = _steps(curve, end, apart)
    x = [t / per for t in x]
    ax.fill_between(x, low, high, step="post", color=color, alpha=0.18, linewidth=0)
    (line,) = ax.step(x, y, where="post", color=color, linestyle=dashes, linewidth=1.6)
    middle = curve.quantile(0.5)
    if middle is not None and middle <= end:
        ax.plot([middle / per] * 2, [0, 0.5], color=color, linestyle=":", linewidth=1)
        ax.plot(middle / per, 0.5, "o", color=color, markeredgecolor="white", markersize=6)
    return line


def _steps(
    curve: Survival, end: float, apart: float
) -> tuple[list[float], list[float], list[float], list[float]]:
    """Return the corners of a curve to its end, those too close together left out."""
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

    low, high = (column(side, math.nan) for side in (curve.low, curve.high))
    return x, column(curve.survival, 1.0), low, high


def _label(name: str, curve: Survival, unit: timedelta) -> str:
    prefix = f"{drawable_text(name)}: " if name else ""
    middle, bounds = curve.quantile(0.5), curve.interval(0.5)
    low, high = ("?" if t is None else duration_words(t * unit) for t in bounds)
    if middle is None:
        return f"{prefix}median not reached"
    return f"{prefix}median {duration_words(middle * unit)} ({low} to {high})"


def _at_risk(ax: Axes, curves: Mapping[str, Survival], ticks: Sequence[float], per: float) -> None:
    """Write under each tick how many were at risk then."""
    style: dict[str, Any] = {
        "annotation_clip": False,
        "fontsize": "small",
        "textcoords": "offset points",
        "va": "top",
    }
    below: dict[str, Any] = {"xycoords": "axes fraction", **style}
    ax.annotate("at risk", (0, 0), (0, -22), color=GRAY, **below)
    for row, (name, curve) in enumerate(curves.items()):
        down = -35 - 13 * row
        for tick in ticks:
            at_risk = f"{curve.at_risk(tick * per):,}"
            xy, offset = (tick, 0), (0, down)
            ax.annotate(
                at_risk, xy, offset, xycoords=("data", "axes fraction"), ha="center", **style
            )
        if name:
            ax.annotate(drawable_text(name, 12), (0, 0), (-24, down), ha="right", **below)


def draw_backlog(
    ax: Axes,
    backlogs: Mapping[datetime, Distribution],
    *,
    edges: Sequence[timedelta] = (timedelta(days=1), timedelta(days=7), timedelta(days=30)),
    name: str = "Backlog by age",
) -> Axes:
    """Draw how many tickets were open at each instant, by age, the oldest at the bottom.

    Each instant is a figure of its own, as of then:
    `{at: backlog(facts, at=at) for at in instants}`. Classes are cut at up to four ascending ages.

    Raises:
        InvalidValue: edges that do not ascend, none, or more than four.

    Example:
        >>> from datetime import datetime
        >>> from matplotlib.figure import Figure
        >>> from support_model.kpi import backlog
        >>> days = [datetime(2026, 3, k, tzinfo=UTC) for k in (2, 3)]
        >>> ax = draw_backlog(Figure().subplots(), {at: backlog([]) for at in days})
        >>> ax.get_ylabel()
        'open tickets'
    """
    if not 1 <= len(edges) < len(SHADES) or list(edges) != sorted(set(edges)):
        problem = "ages are cut at one to four ascending edges"
        raise InvalidValue(edges, problem, "give 1 and 7 days")
    if not backlogs:
        return nothing(ax, drawable_text(name), "no instants")
    rows = sorted(backlogs.items())
    clock = rows[0][1].clock
    places = [moment(at) for at, _ in rows]
    classes = list(zip(*(figure.histogram(edges) for _, figure in rows), strict=True))
    cuts = [duration_words(edge, clock) for edge in edges]
    names = [f"under {cuts[0]}", *(f"{a} to {b}" for a, b in pairwise(cuts))]
    names.append(f"{cuts[-1]} and older")
    below = [0] * len(rows)
    handles: list[Artist] = []
    bands = list(zip(classes, names, SHADES, HATCHES, strict=False))
    for counts, aged, shade, hatch in reversed(bands):
        top = [a + b for a, b in zip(below, counts, strict=True)]
        band = ax.fill_between(
            places, below, top, facecolor=shade, edgecolor="white", hatch=hatch, linewidth=0
        )
        band.set_label(aged)
        handles.append(band)
        below = top
    ax.plot(places, below, color="black", linewidth=1)
    _axes_of_dates(ax, rows[0][0], "open tickets")
    title = drawable_text(name)
    if clock != "calendar":
        title += f" ({drawable_text(clock)} time)"
    title += (
        f"\n{below[-1]:,} open on {day(rows[-1][0])}; least {min(below):,}, most {max(below):,}"
    )
    return finish(ax, title, handles=handles[::-1])


def _axes_of_dates(ax: Axes, first: datetime, quantity: str) -> None:
    ax.set_ylabel(quantity)
    count_axis(ax.yaxis)
    ax.set_ylim(bottom=0)
    ax.margins(x=0)
    date_axis(ax, first.tzinfo or UTC)


def draw_ages(
    ax: Axes,
    backlogs: Mapping[datetime, Distribution],
    *,
    quantiles: Sequence[float] = (0.5, 0.9),
    name: str = "Age of the backlog",
) -> Axes:
    """Draw up to four quantiles of the age of what was open at each instant, with intervals.

    There is a gap where nothing was open, or the value is withheld.

    Raises:
        InvalidShare: a quantile outside (0, 1).
        InvalidValue: no quantile, or more than four.
    """
    _check_quantiles(quantiles)
    if not backlogs:
        return nothing(ax, drawable_text(name), "no instants")
    rows = sorted(backlogs.items())
    first = rows[0][1]
    places = [moment(at) for at, _ in rows]
    known = [age for _, figure in rows for q in quantiles if (age := figure.quantile(q))]
    unit = time_unit(max(known, default=timedelta()), first.clock)

    def scaled(ages: Sequence[timedelta | None]) -> list[float]:
        return [math.nan if age is None else age / unit.length for age in ages]

    handles: list[Artist] = []
    for q, (color, style) in zip(quantiles, LINE_STYLES, strict=False):
        ages = scaled([figure.quantile(q) for _, figure in rows])
        lows, highs = zip(*(figure.interval(q) for _, figure in rows), strict=True)
        ax.fill_between(places, scaled(lows), scaled(highs), color=color, alpha=0.18, linewidth=0)
        handles += ax.plot(places, ages, style, color=color, label=quantile_name(q))
    label = f"{handles[-1].get_label()} (bands: {first.level * 100:g} % intervals)"
    handles[-1].set_label(label)
    _axes_of_dates(ax, rows[0][0], f"age, {unit.name}")
    sizes = [figure.n for _, figure in rows]
    title = f"{drawable_text(name)}\nn = {min(sizes):,} to {max(sizes):,} open tickets"
    return finish(ax, title, handles=handles)
