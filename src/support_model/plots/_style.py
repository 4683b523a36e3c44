"""What all pictures share: colors, safe text, units of time, local dates, title and legend.

Text that a user typed may hold dollar signs, which would be set as mathematics, control
characters, which no SVG may hold, or a leading underscore, which hides it from a legend;
`drawable_text` keeps it as typed. Dates are written without asking the machine for its language.

Source of the colors: M. Okabe, K. Ito 2008.
"""

from __future__ import annotations

import math
import unicodedata
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from matplotlib.dates import AutoDateLocator, date2num, num2date
from matplotlib.ticker import Formatter, FuncFormatter, MaxNLocator

from support_model._frozen import frozen
from support_model._time import MONTHS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis


BLUE, ORANGE, VERMILION, GREEN, BLACK = "#0072B2", "#E69F00", "#D55E00", "#009E73", "#000000"
GRAY, PALE = "#767676", "#9CC3DD"
LINE_STYLES = ((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."), (BLACK, ":"))
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=s) for s in (1, 60, 3_600, 86_400))
LONGEST = 48
"""So many letters fit above a plot on a page."""
INITIALS = frozenset({"ces", "csat", "fcr", "nps", "sla"})


def drawable_text(text: str, longest: int = LONGEST) -> str:
    """Return a text drawn as it reads: no mathematics, no control characters, not long."""
    printable = "".join("\ufffd" if unicodedata.category(c)[0] == "C" else c for c in text)
    short = printable if len(printable) <= longest else f"{printable[: longest - 1]}…"
    hidden = short.startswith("_")  # a legend leaves such labels out
    return ("\u200a" if hidden else "") + short.replace("$", r"\$")


def figure_name(key: str) -> str:
    """Return the name of a figure for a person, from its key."""
    text = drawable_text(" ".join(w.upper() if w in INITIALS else w for w in key.split("_") if w))
    return text[:1].upper() + text[1:]


def quantile_name(q: float) -> str:
    """Return how a quantile is called."""
    return "median" if q == 0.5 else f"p{100 * q:g}"


@frozen
class TimeUnit:
    """A unit in which times are drawn, with its plural name."""

    length: timedelta
    name: str


def time_unit(longest: timedelta, clock: str) -> TimeUnit:
    """Return the unit that keeps numbers small; days only where days have a length."""
    of = "" if clock == "calendar" else f"{drawable_text(clock, 12)} "
    if longest <= 2 * HOUR:
        return TimeUnit(MINUTE, f"{of}minutes")
    if longest <= 4 * DAY or of:
        return TimeUnit(HOUR, f"{of}hours")
    return TimeUnit(DAY, "days")


def duration_words(amount: timedelta, clock: str = "calendar") -> str:
    """Return a duration with three digits or so, in days only on the calendar's clock."""
    size = abs(amount)
    if size < HOUR:
        unit, name = (SECOND, "s") if size < MINUTE else (MINUTE, "min")
    elif clock == "calendar" and (size >= 2 * DAY or not size % DAY):
        unit, name = DAY, "d"
    else:
        unit, name = HOUR, "h"
    return f"{_short(amount / unit)} {name}" if amount else "0"


def _short(number: float) -> str:
    text = f"{number:,.0f}" if abs(number) >= 99.95 else f"{number:.1f}"
    return text.removesuffix(".0")


def day(at: datetime) -> str:
    """Return a local date in short, in English on any machine."""
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


class LocalDates(Formatter):
    """Dates of a zone: days and months, with the year where it begins or changes."""

    def __init__(self, tz: tzinfo) -> None:
        self.tz = tz

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002 - of the base
        return day(_at(x, self.tz))

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        moments = [_at(value, self.tz) for value in values]
        months = all(at.day == 1 and not at.hour for at in moments)
        hours = any(at.hour or at.minute for at in moments)
        labels, year, date = [], 0, None
        for at in moments:
            name = MONTHS[at.month - 1] if months else f"{at.day} {MONTHS[at.month - 1]}"
            if hours:
                first = f"{at:%H:%M}"
                labels.append(f"{first}\n{name}" if at.date() != date else first)
            else:
                labels.append(f"{name}\n{at.year}" if at.year != year else name)
            year, date = at.year, at.date()
        return labels


def date_axis(ax: Axes, tz: tzinfo) -> None:
    ax.xaxis.set_major_locator(AutoDateLocator(tz=tz, minticks=3, maxticks=6))  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(LocalDates(tz))
    ax.set_xlabel(f"date ({drawable_text(str(tz))})")


def moment(at: datetime) -> float:
    """Return the place of an instant on an axis of dates."""
    return float(date2num(at))  # type: ignore[no-untyped-call]


def _at(place: float, tz: tzinfo) -> datetime:
    at: datetime = num2date(place, tz)  # type: ignore[no-untyped-call]
    return at


def percent_axis(axis: Axis, least: float, most: float) -> None:
    """Write shares as percentages, with a digit more where they lie close together."""
    axis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    digits = 0 if most - least > 0.08 else 1
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.{digits}f} %"))


def count_axis(axis: Axis) -> None:
    """Write numbers with separators of thousands, and as many decimals as they need."""
    axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.10g}"))


def finish(ax: Axes, title: str, *, handles: Sequence[object] = (), columns: int = 2) -> Axes:
    """Set title and legend above the plot, and take away what carries nothing."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)
    ax.grid(visible=True, axis="y", color="0.9", linewidth=0.8)
    pad = 6.0
    if handles:
        legend = ax.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=columns,
            frameon=False,
            fontsize="small",
            borderpad=0.2,
            borderaxespad=0.1,
            labelspacing=0.3,
            columnspacing=1.2,
            handlelength=1.8,
        )
        rows = math.ceil(len(handles) / columns)
        pad += rows * 1.45 * float(legend.get_texts()[0].get_fontsize())
    ax.set_title(title, loc="left", fontsize="medium", pad=pad)
    return ax


def nothing(ax: Axes, title: str, reason: str) -> Axes:
    ax.text(0.5, 0.5, reason, transform=ax.transAxes, ha="center", va="center", color=GRAY)
    ax.set_xticks([])
    ax.set_yticks([])
    return finish(ax, title)
