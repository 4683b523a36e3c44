"""A funnel drawn: groups by their size, between the limits of chance.

A group is marked, and named, only where its size does not explain how it differs. Small groups
are drawn as what they are: between wide limits, and a single ticket at 0 or 100 % is inside.

Source: D. J. Spiegelhalter 2005.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model.plots._style import (
    BLACK,
    BLUE,
    GRAY,
    ORANGE,
    VERMILION,
    count_axis,
    finish,
    nothing,
    percent_axis,
    plain,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from support_model.kpi import Funnel, FunnelGroup


NAMED = 6
"""So many groups are named, the largest first."""
LINES = ("-", "--", ":")
COLORS = (ORANGE, VERMILION, BLACK)
MARKERS = MappingProxyType({"inside": "o", "high": "^", "low": "v"})
SIZES = tuple([k * 10**e for e in range(9) for k in (1, 3)])


def draw_funnel(ax: Axes, funnel: Funnel, *, name: str = "") -> Axes:
    """Draw groups of a share by their n, between the limits of chance.

    Groups beyond the strictest limits are named, the largest first, as far as names have room.

    Args:
        ax: where to draw.
        funnel: the groups and the limits of chance.
        name: what the picture is called; made of the key if empty.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from support_model.figures import Share
        >>> from support_model.kpi import funnel
        >>> met = {"north": (1, 2), "south": (700, 1000), "west": (930, 1000)}
        >>> found = funnel({
        ...     name: Share(key="met", definition="on time", numerator=k, n=n)
        ...     for name, (k, n) in met.items()
        ... })
        >>> ax = draw_funnel(Figure().subplots(), found)
        >>> [text.get_text() for text in ax.texts]
        ['south', 'west']
    """
    n = sum(group.share.n for group in funnel.groups)
    called = plain(name) or f"{words(funnel.key)} by group"
    title = f"{called}\nn = {n:,} in {len(funnel.groups)} groups"
    if funnel.left_out:
        title += f", {len(funnel.left_out)} left out as small"
    if funnel.center is None or not funnel.groups:
        return nothing(ax, title, "no group has enough cases")
    of = "all groups" if funnel.pooled else "target"
    line = ax.axhline(funnel.center, color=BLACK, linewidth=1)
    line.set_label(f"{of}: {100 * funnel.center:.1f} %")
    handles = [line]
    sizes = list(funnel.limits)
    for place, level in reversed(list(enumerate(funnel.levels))):
        sides = [limits[place] for limits in funnel.limits.values()]
        style = LINES[len(funnel.levels) - 1 - place]
        low, high = ([side.low or 0.0 for side in sides], [side.high or 0.0 for side in sides])
        ax.plot(sizes, low, style, color=GRAY, linewidth=1)
        (line,) = ax.plot(sizes, high, style, color=GRAY, linewidth=1)
        line.set_label(f"{100 * level:g} % limits of chance")
        handles.append(line)
    for kind, color, size, groups in _kinds(funnel):
        if groups:
            mark = _mark(ax, groups, color, size)
            mark.set_label(f"{len(groups)} {kind}")
            handles.append(mark)
    _axes(ax, funnel)
    _name(ax, funnel)
    return finish(ax, title, handles=handles)


def _axes(ax: Axes, funnel: Funnel) -> None:
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


def _kinds(funnel: Funnel) -> Iterator[tuple[str, str, float, list[FunnelGroup]]]:
    """Yield groups by how far off they are: in words, the color and size of the mark, groups."""
    inside = [group for group in funnel.groups if group.beyond is None]
    yield "within the limits", BLUE, 5, inside
    for place, level in enumerate(funnel.levels):
        beyond = [group for group in funnel.groups if group.beyond == level]
        yield f"beyond {100 * level:g} %", COLORS[place], 6 + 2.5 * place, beyond


def _mark(ax: Axes, groups: Sequence[FunnelGroup], color: str, size: float) -> Line2D:
    """Draw groups of one kind, each pointing away from the center; return one of the marks."""
    for verdict, marker in MARKERS.items():
        some = [group for group in groups if group.verdict == verdict]
        if some:
            x, y = [g.share.n for g in some], [g.share.numerator / g.share.n for g in some]
            edge = "white" if verdict == "inside" else BLACK
            (mark,) = ax.plot(x, y, marker, color=color, markeredgecolor=edge, markersize=size)
    return mark


def _name(ax: Axes, funnel: Funnel) -> None:
    """Name the largest groups beyond the strictest limits, where a name has room of its own."""
    least, most = (math.log(size) for size in ax.get_xlim())

    def place(group: FunnelGroup) -> tuple[float, float]:
        """Return where a group stands, as parts of the plot's width and height."""
        across = (math.log(group.share.n) - least) / (most - least)
        return across, group.share.numerator / group.share.n

    taken = [(*place(group), 0.02) for group in funnel.groups]
    far = [group for group in funnel.groups if group.beyond == funnel.levels[-1]]
    named = 0
    for group in sorted(far, key=lambda g: (-g.share.n, g.name)):
        name = plain(group.name, 24)
        x, share = place(group)
        up = share < 0.9 if group.verdict == "high" else share < 0.1  # away, and on the plot
        y, half = share + (0.09 if up else -0.09), 0.009 * len(name) + 0.01  # of small letters
        free = all(abs(x - a) > half + b or abs(y - c) > 0.06 for a, c, b in taken)
        if free and named < NAMED:
            named += 1
            taken.append((x, y, half))
            ax.annotate(
                name,
                (group.share.n, share),
                (0, 7 if up else -7),
                textcoords="offset points",
                ha="center",
                va="bottom" if up else "top",
                fontsize="small",
            )
