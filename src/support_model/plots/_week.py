"""A week drawn: when contacts arrive, who is required and there, what service that makes.

Hours that are not open stay empty; too few people and missed promises are marked by shape, not by
color alone.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from matplotlib.colors import BoundaryNorm
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator

from support_model._checks import checked_whole
from support_model._hours import WEEKDAYS
from support_model.errors import InvalidValue
from support_model.plots._style import (
    BLACK,
    BLUE,
    ORANGE,
    VERMILION,
    count_axis,
    drawable_text,
    duration_words,
    finish,
    nothing,
    percent_axis,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from support_model.staffing import VolumeProfile


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _day_names(first_day: int) -> list[str]:
    """Return the names of the weekdays from one on, 0 for Monday."""
    if checked_whole(first_day, "a weekday") > 6:
        raise InvalidValue(first_day, "a weekday must be 0 (Monday) to 6")
    return [WEEKDAYS[(first_day + k) % 7].capitalize() for k in range(7)]


def draw_arrivals(
    ax: Axes,
    profile: VolumeProfile,
    *,
    first_day: int = 0,
    name: str = "Arrivals by hour of the week",
) -> Axes:
    """Draw mean arrivals by local hour of the week as a heat map, its scale under it.

    Lighter is more, also in gray; hours that were never open are hatched, which no quiet hour is.
    The hours are those of the profile's own clock, so a change to summer time moves none of them.
    `first_day` is the weekday in the first row, 0 for Monday.

    Raises:
        InvalidValue: no weekday.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from datetime import UTC, datetime
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.staffing import volume_profile
        >>> office = BusinessCalendar.weekly({"mon": "09:00-10:00"}, tz="UTC")
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> profile = volume_profile([nine] * 9, office, start=nine, end=nine + HOUR, step=HOUR)
        >>> print(draw_arrivals(Figure().subplots(), profile).get_title(loc="left"))
        Arrivals by hour of the week
        n = 9; busiest: Mon 9:00, 9.0
    """
    days = _day_names(first_day)
    total = sum(slot.count for slot in profile.slots)
    title = f"{drawable_text(name)}\nn = {total:,}"
    if not profile.slots:
        return nothing(ax, title, "no open hours")
    busiest = max(profile.slots, key=lambda slot: slot.mean)
    title += f"; busiest: {_slot_name(busiest.weekday, busiest.start)}, {busiest.mean:,.1f}"
    columns = DAY // profile.step
    table = [[math.nan] * columns for _ in days]
    for slot in profile.slots:
        table[(slot.weekday - first_day) % 7][slot.start // profile.step] = slot.mean
    bounds = MaxNLocator(6).tick_values(0, max(busiest.mean, 1e-9))
    ax.patch.set(facecolor="white", edgecolor="0.7", hatch="////", linewidth=0)
    mesh = ax.pcolormesh(
        [k * (profile.step / HOUR) for k in range(columns + 1)],
        range(8),
        table,
        cmap="viridis",
        norm=BoundaryNorm(bounds, 256),
        edgecolor="white",
        linewidth=0.4,
    )
    ax.invert_yaxis()
    ax.set_yticks([k + 0.5 for k in range(7)], days)
    ax.xaxis.set_major_locator(FixedLocator(range(0, 25, 3)))
    ax.xaxis.set_major_formatter(FixedFormatter([str(hour) for hour in range(0, 25, 3)]))
    ax.tick_params(length=0)
    never_open = len(profile.slots) < 7 * columns
    ax.set_xlabel(f"hour of the day{'; hatched: never open' if never_open else ''}")
    bar = ax.figure.colorbar(mesh, ax=ax, orientation="horizontal", aspect=40, pad=0.02)
    bar.set_label(
        f"mean arrivals per {'hour' if profile.step == HOUR else duration_words(profile.step)}"
    )
    count_axis(bar.ax.xaxis)
    bar.outline.set_visible(False)
    finish(ax, title)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    return ax


def _slot_name(weekday: int, start: timedelta) -> str:
    minutes = start // timedelta(minutes=1)
    return f"{WEEKDAYS[weekday].capitalize()} {minutes // 60}:{minutes % 60:02d}"


def draw_requirement(
    ax: Axes,
    profile: VolumeProfile,
    agents: Sequence[int],
    *,
    load: Sequence[float] | None = None,
    first_day: int = 0,
) -> Axes:
    """Draw the agents that each slot of a week requires, above the load they carry.

    `agents` and `load` (erlangs) are by slot of the profile; `first_day` is the weekday on
    which the week begins, 0 for Monday.

    Raises:
        InvalidValue: not one value for each slot.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from datetime import UTC, datetime
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.staffing import volume_profile
        >>> office = BusinessCalendar.weekly({"mon": "09:00-10:00"}, tz="UTC")
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> profile = volume_profile([nine] * 9, office, start=nine, end=nine + HOUR, step=HOUR)
        >>> ax = draw_requirement(Figure().subplots(), profile, [3], load=[1.8])
        >>> [label.get_text() for label in ax.get_legend().get_texts()]
        ['agents required', 'load, erlangs']
    """
    hours, steps = _week(ax, profile, agents, first_day)
    ax.stairs(steps, hours, color=BLUE, linewidth=1.6, label="agents required")
    if load is not None:
        _, loads = _week(ax, profile, load, first_day)
        ax.stairs(loads, hours, color=ORANGE, fill=True, alpha=0.5, label="load, erlangs")
    ax.locator_params(axis="y", integer=True)
    return _finish_week(ax, "agents")


def draw_cover(
    ax: Axes,
    profile: VolumeProfile,
    required: Sequence[int],
    there: Sequence[int],
    *,
    first_day: int = 0,
) -> Axes:
    """Draw who is there beside who is required; slots with too few people are hatched.

    Raises:
        InvalidValue: not one value for each slot.
    """
    hours, needs = _week(ax, profile, required, first_day)
    _, people = _week(ax, profile, there, first_day)
    ax.stairs(people, hours, color=BLUE, fill=True, alpha=0.3, label="agents there")
    ax.stairs(needs, hours, color=BLACK, linewidth=1.4, label="agents required")
    short = [max(have, need) for have, need in zip(people, needs, strict=True)]
    if any(have < need for have, need in zip(people, needs, strict=True)):
        ax.stairs(
            short, hours, baseline=people, fill=True, facecolor=VERMILION, edgecolor="white",
            linewidth=0, hatch="////", label="too few",
        )  # fmt: skip
    ax.locator_params(axis="y", integer=True)
    return _finish_week(ax, "agents")


def draw_service_level(
    ax: Axes,
    profile: VolumeProfile,
    levels: Sequence[float],
    *,
    promised: float,
    first_day: int = 0,
) -> Axes:
    """Draw the service level of each slot against the promise; slots below it are marked.

    Raises:
        InvalidValue: not one share for each slot.
    """
    hours, shares = _week(ax, profile, levels, first_day)
    ax.stairs(shares, hours, baseline=None, color=BLUE, linewidth=1.6, label="service level")
    ax.axhline(promised, color=BLACK, linestyle="--", linewidth=1.2, label="promised")
    missed = [k for k, share in enumerate(shares) if share < promised]
    if missed:
        middles = [(hours[k] + hours[k + 1]) / 2 for k in missed]
        below = [shares[k] for k in missed]
        ax.plot(
            middles, below, "x", color=VERMILION, markersize=6, clip_on=False,
            label="below the promise",
        )  # fmt: skip
    ax.set_ylim(0, 1.03)
    percent_axis(ax.yaxis, 0, 1)
    return _finish_week(ax, "answered in time")


def _week(
    ax: Axes, profile: VolumeProfile, values: Sequence[float], first_day: int
) -> tuple[list[float], list[float]]:
    """Return edges in hours of the week and a value between each two, NaN where not open."""
    if len(values) != len(profile.slots):
        raise InvalidValue(len(values), f"one value for each of {len(profile.slots)} slots")
    names = _day_names(first_day)
    count = timedelta(weeks=1) // profile.step
    table = [math.nan] * count
    for slot, value in zip(profile.slots, values, strict=True):
        since = timedelta(days=(slot.weekday - first_day) % 7) + slot.start
        table[since // profile.step] = value
    ax.set_xlim(0, 168)
    ax.set_xticks(range(0, 169, 24), minor=True)
    ax.set_xticks(range(12, 168, 24), names)
    return [k * (profile.step / HOUR) for k in range(count + 1)], table


def _finish_week(ax: Axes, quantity: str) -> Axes:
    """Label the axes, draw midnights, and show the legend."""
    ax.set_ylabel(quantity)
    ax.tick_params(axis="x", which="major", length=0)
    ax.grid(visible=True, axis="x", which="minor", color="0.8", linewidth=0.8)
    ax.grid(visible=True, axis="y", color="0.9", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False, ncols=3, fontsize="small")
    ax.spines[["top", "right"]].set_visible(False)
    return ax
