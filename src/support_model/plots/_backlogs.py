"""The backlog over time: how many tickets are open, how old, and how their age moves.

Each instant is a figure of its own, as of then: `{at: backlog(facts, at=at) for at in instants}`.
The oldest stand at the bottom, in the darkest shade, so that what only grows is seen to grow.
"""

from __future__ import annotations

import math
from datetime import UTC, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from support_model.errors import InvalidValue
from support_model.plots._style import (
    BLUE,
    VERMILION,
    count_axis,
    date_axis,
    day,
    finish,
    moment,
    nothing,
    plain,
    quantile_name,
    spoken,
    time_unit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from support_model.figures import Distribution


SHADES = ("#D7E6F0", "#9CC3DD", "#4F93BF", "#0B5A8A", "#06304A")
HATCHES = ("", "////", "", "\\\\\\\\", "")
LINES = ((BLUE, "-"), (VERMILION, "--"), ("#009E73", "-."), ("#000000", ":"))


def draw_backlog(
    ax: Axes,
    backlogs: Mapping[datetime, Distribution],
    *,
    edges: Sequence[timedelta] = (timedelta(days=1), timedelta(days=7), timedelta(days=30)),
    name: str = "Backlog by age",
) -> Axes:
    """Draw how many tickets were open at each instant, by age.

    Args:
        ax: where to draw.
        backlogs: by instant, the ages of what was open then.
        edges: ages at which the classes are cut, ascending; up to four.
        name: what the picture is called.

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
        raise InvalidValue(
            edges, "ages are cut at one to four ascending edges", "say 1 and 7 days"
        )
    if not backlogs:
        return nothing(ax, plain(name), "no instants")
    rows = sorted(backlogs.items())
    clock = rows[0][1].clock
    places = [moment(at) for at, _ in rows]
    classes = list(zip(*(figure.histogram(edges) for _, figure in rows), strict=True))
    names = [f"under {spoken(edges[0], clock)}"]
    names += [f"{spoken(a, clock)} to {spoken(b, clock)}" for a, b in pairwise(edges)]
    names.append(f"{spoken(edges[-1], clock)} and older")
    below = [0] * len(rows)
    handles: list[Artist] = []
    for counts, aged, shade, hatch in reversed(
        list(zip(classes, names, SHADES, HATCHES, strict=False))
    ):
        top = [a + b for a, b in zip(below, counts, strict=True)]
        band = ax.fill_between(
            places, below, top, facecolor=shade, edgecolor="white", hatch=hatch, linewidth=0
        )
        band.set_label(aged)
        handles.append(band)
        below = top
    ax.plot(places, below, color="black", linewidth=1)
    ax.set_ylabel("open tickets")
    count_axis(ax.yaxis)
    ax.set_ylim(bottom=0)
    ax.margins(x=0)
    date_axis(ax, rows[0][0].tzinfo or UTC)
    title = f"{plain(name)}{'' if clock == 'calendar' else f' ({plain(clock)} time)'}\n"
    title += f"{below[-1]:,} open on {day(rows[-1][0])}; least {min(below):,}, most {max(below):,}"
    return finish(ax, title, handles=handles[::-1])


def draw_ages(
    ax: Axes,
    backlogs: Mapping[datetime, Distribution],
    *,
    quantiles: Sequence[float] = (0.5, 0.9),
    name: str = "Age of the backlog",
) -> Axes:
    """Draw quantiles of the age of what was open at each instant, with their intervals.

    There is a gap where nothing was open, or the value is withheld.

    Args:
        ax: where to draw.
        backlogs: by instant, the ages of what was open then.
        quantiles: which, up to four.
        name: what the picture is called.

    Raises:
        InvalidShare: a quantile outside (0, 1).
        InvalidValue: no quantile, or more than four.
    """
    if not 1 <= len(quantiles) <= len(LINES):
        raise InvalidValue(quantiles, "one to four quantiles can be told apart", "say (0.5, 0.9)")
    if not backlogs:
        return nothing(ax, plain(name), "no instants")
    rows = sorted(backlogs.items())
    clock = rows[0][1].clock
    places = [moment(at) for at, _ in rows]
    known = [age for _, figure in rows for q in quantiles if (age := figure.quantile(q))]
    unit = time_unit(max(known, default=timedelta()), clock)

    def scaled(ages: Sequence[timedelta | None]) -> list[float]:
        return [math.nan if age is None else age / unit.length for age in ages]

    handles: list[Artist] = []
    for q, (color, style) in zip(quantiles, LINES, strict=False):
        ages = scaled([figure.quantile(q) for _, figure in rows])
        bounds = [figure.interval(q) for _, figure in rows]
        lows, highs = (scaled([bound[side] for bound in bounds]) for side in (0, 1))
        ax.fill_between(places, lows, highs, color=color, alpha=0.18, linewidth=0)
        handles += ax.plot(places, ages, style, color=color, label=quantile_name(q))
    level = rows[0][1].level
    handles[-1].set_label(f"{handles[-1].get_label()} (bands: {level * 100:g} % intervals)")
    ax.set_ylabel(f"age, {unit.name}")
    count_axis(ax.yaxis)
    ax.set_ylim(bottom=0)
    ax.margins(x=0)
    date_axis(ax, rows[0][0].tzinfo or UTC)
    sizes = [figure.n for _, figure in rows]
    title = f"{plain(name)}\nn = {min(sizes):,} to {max(sizes):,} open tickets"
    return finish(ax, title, handles=handles)
