"""Arrivals drawn as a heat map: when in the week they come, by hour of the day.

Lighter is more, also in gray; hours that were never open are hatched, which no quiet hour is.
The hours are those of the profile's own clock, so a change to summer time moves none of them.
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
from support_model.plots._style import count_axis, finish, nothing, plain, spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from support_model.staffing import VolumeProfile


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def draw_arrivals(
    ax: Axes,
    profile: VolumeProfile,
    *,
    first_day: int = 0,
    name: str = "Arrivals by hour of the week",
) -> Axes:
    """Draw mean arrivals by local hour of the week as a heat map, its scale under it.

    Args:
        ax: where to draw.
        profile: of the week.
        first_day: weekday in the first row, 0 for Monday.
        name: what the picture is called.

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
    if checked_whole(first_day, "a weekday") > 6:
        raise InvalidValue(first_day, "a weekday must be 0 (Monday) to 6")
    days = [WEEKDAYS[(first_day + k) % 7].capitalize() for k in range(7)]
    total = sum(slot.count for slot in profile.slots)
    title = f"{plain(name)}\nn = {total:,}"
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
    ax.set_xlabel(
        "hour of the day" + ("; hatched: never open" if _closed(profile, columns) else "")
    )
    bar = ax.figure.colorbar(mesh, ax=ax, orientation="horizontal", aspect=40, pad=0.02)
    bar.set_label(f"mean arrivals per {'hour' if profile.step == HOUR else spoken(profile.step)}")
    count_axis(bar.ax.xaxis)
    bar.outline.set_visible(False)
    finish(ax, title)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    return ax


def _slot_name(weekday: int, start: timedelta) -> str:
    minutes = start // timedelta(minutes=1)
    return f"{WEEKDAYS[weekday].capitalize()} {minutes // 60}:{minutes % 60:02d}"


def _closed(profile: VolumeProfile, columns: int) -> bool:
    return len(profile.slots) < 7 * columns
