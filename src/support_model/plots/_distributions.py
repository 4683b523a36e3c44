"""A distribution drawn: how many took how long, with its quantiles and how well they are known.

Times of support span seconds to months, so the axis is logarithmic and each bar twice as long
as the one before. What took no time at all has no place on such an axis: it stands in a bar of
its own, left of the rest.
"""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from support_model._time import MICROSECOND
from support_model.errors import InvalidValue
from support_model.plots._style import (
    BLACK,
    BLUE,
    GRAY,
    GREEN,
    PALE,
    VERMILION,
    count_axis,
    finish,
    nothing,
    plain,
    quantile_name,
    spoken,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from support_model.figures import Distribution


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TICKS = tuple([timedelta(seconds=s) for s in (0.001, 0.01, 0.1, 1, 10, 60, 600, 3_600)])
DAYS = tuple([timedelta(days=d) for d in (1, 10, 100, 1_000, 10_000)])
HOURS = tuple([timedelta(hours=h) for h in (10, 100, 1_000, 10_000, 100_000)])
LINES = ((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."), (BLACK, ":"))


def draw_distribution(
    ax: Axes,
    figure: Distribution,
    *,
    quantiles: Sequence[float] = (0.5, 0.9),
    name: str = "",
) -> Axes:
    """Draw a histogram of a distribution and its quantiles with their intervals.

    Args:
        ax: where to draw.
        figure: the distribution.
        quantiles: which to mark, up to four.
        name: what the figure is called; made of its key if empty.

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
    if not 1 <= len(quantiles) <= len(LINES):
        raise InvalidValue(quantiles, "one to four quantiles can be told apart", "say (0.5, 0.9)")
    title = f"{plain(name) or words(figure.key)}\nn = {figure.n:,}"
    if left_out := sum(figure.excluded.values()):
        title += f", {left_out:,} left out"
    if figure.suppressed or not figure.n:
        return nothing(ax, title, f"n is below {figure.min_n}" if figure.n else "no tickets")
    if figure.micros[0] < 0:
        raise InvalidValue(figure.micros[0] * MICROSECOND, "a time is negative", "leave it out")
    positive = [micros * MICROSECOND for micros in figure.micros if micros]
    edges = doublings(positive[0], positive[-1]) if positive else [MINUTE, 2 * MINUTE]
    zeros, *counts, _ = figure.histogram([MICROSECOND, *edges])
    first = edges[0] / HOUR
    ax.set_xscale("log")
    ax.bar(
        [edge / HOUR for edge in edges[:-1]],
        counts[1:],
        [(b - a) / HOUR for a, b in pairwise(edges)],
        align="edge",
        color=PALE,
        edgecolor="white",
        linewidth=0.8,
    )
    nil = (first / 5, first / 2.5)
    if zeros:
        ax.bar(
            nil[0], zeros, nil[1] - nil[0], align="edge", color=PALE, edgecolor=GRAY, hatch="//"
        )
    handles: list[Artist] = []
    for q, (color, style) in zip(quantiles, LINES, strict=False):
        handles.append(_quantile(ax, figure, q, color, style, nil))
    ladder = TICKS + (DAYS if figure.clock == "calendar" else HOURS)
    ticks_shown = [tick for tick in ladder if edges[0] <= tick <= edges[-1]]
    names = [spoken(tick, figure.clock) for tick in ticks_shown]
    middle = [math.sqrt(nil[0] * nil[1])] if zeros else []
    ax.set_xticks(middle + [tick / HOUR for tick in ticks_shown], ["0"] * len(middle) + names)
    ax.set_xticks([], minor=True)
    ax.set_xlim(nil[0] / 1.2 if zeros else first, edges[-1] / HOUR)
    ax.set_xlabel(f"{plain(figure.clock, 12)} time, each bar twice the last")
    ax.set_ylabel("how many")
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    count_axis(ax.yaxis)
    return finish(ax, title, handles=handles, columns=1)


def doublings(least: timedelta, most: timedelta) -> list[timedelta]:
    """Return edges from a minute up and down by factors of two, such that all lies between.

    Example:
        >>> [str(edge) for edge in doublings(timedelta(seconds=45), timedelta(minutes=3))]
        ['0:00:30', '0:01:00', '0:02:00', '0:04:00']
    """
    low = math.floor(math.log2(least / MINUTE))
    high = math.floor(math.log2(most / MINUTE)) + 1
    return [MINUTE * 2.0**k for k in range(low, high + 1)]


def _quantile(
    ax: Axes,
    figure: Distribution,
    q: float,
    color: str,
    style: str,
    nil: tuple[float, float],
) -> Artist:
    """Draw one quantile as a line with its interval as a band, both also in words."""

    def place(amount: timedelta) -> float:
        return amount / HOUR if amount else math.sqrt(nil[0] * nil[1])

    value, (low, high) = figure.quantile(q), figure.interval(q)
    assert value is not None  # noqa: S101 - there are values, and none is withheld
    bounds = [spoken(x, figure.clock) if x is not None else "?" for x in (low, high)]
    name = f"{quantile_name(q)} {spoken(value, figure.clock)}, {100 * figure.level:g} % interval "
    name += " to ".join(bounds)
    if low is not None and high is not None:
        ax.axvspan(place(low), place(high), color=color, alpha=0.2, linewidth=0)
    return ax.axvline(place(value), color=color, linestyle=style, linewidth=1.8, label=name)
