"""The plots of a report's page: which are worth drawing for this log, each with what it says.

What changed comes first. Only weeks that hold the bulk of the tickets are drawn, because the
thin ends of a log are artefacts of its cutting. Needs the extra `plots`.
"""

from __future__ import annotations

import warnings
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from support_model import kpi
from support_model._frozen import frozen
from support_model._report.wording import english
from support_model.calendars import BusinessCalendar
from support_model.errors import MissingExtra, OverdispersedArrivals
from support_model.figures import Distribution, Share, find, suppress
from support_model.kpi import funnel, periods
from support_model.staffing import volume_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import ModuleType
    from zoneinfo import ZoneInfo

    from matplotlib.axes import Axes

    from support_model._report.changes import PeriodComparison
    from support_model._report.report import Report
    from support_model._time import Span
    from support_model.kpi import Funnel, Trend


BULK = 0.98
"""Share of the tickets whose weeks are drawn."""
MOST_TRENDS = 4
FEWEST_GROUPS, FEWEST_IN_GROUP = 3, 10
WEEKS_OF_BACKLOG = 2


@frozen(kw_only=True)
class Picture:
    """A plot and what it says.

    Attributes:
        svg: one SVG element.
        caption: how to read it.
    """

    svg: str
    caption: str


def _plots() -> ModuleType:
    """Return the package of plots, which needs an extra.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        from support_model import plots  # noqa: PLC0415 - only a page needs matplotlib
    except ImportError:
        raise MissingExtra(extra="plots", needs="matplotlib") from None
    return plots


def _picture(draw: Callable[[Axes], object], title: str, caption: str) -> Picture:
    return Picture(svg=_plots().svg_of(draw, title=title), caption=caption)


def changes(comparison: PeriodComparison) -> Iterator[Picture]:
    """Yield the weeks of what really changed: worse first, then better.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    spans = {"earlier": comparison.before, "later": comparison.after}
    drawn = [
        (english(each.asked.title), each.weeks.trend)
        for each in (*comparison.worse, *comparison.better)
    ]
    for title, trend in drawn[:MOST_TRENDS]:
        if trend is not None:
            yield _picture(partial(_trend, trend, title, spans), title, _weeks_said(title, trend))


def _weeks_said(title: str, trend: Trend) -> str:
    """Return how to read a trend, with no word of what is not in it."""
    said = [f"{title}, by week of creation, the two periods shaded."]
    seen = {point.signal for point in trend.points}
    if any(point.limits for point in trend.points):
        said.append("The limits are those of the weeks before the later period.")
        left = seen & {"above", "below"}
        said.append("A triangle marks a week beyond them." if left else "No week is beyond them.")
    if "shift" in seen:
        said.append("A square is one of eight weeks in a row, or more, on one side of the center.")
    return " ".join(said)


def _trend(trend: Trend, name: str, spans: Mapping[str, Span], ax: Axes) -> object:
    return _plots().draw_trend(ax, trend, name=name, spans=spans)


def _funnel(groups: Funnel, name: str, ax: Axes) -> object:
    return _plots().draw_funnel(ax, groups, name=name)


def overview(report: Report, tz: ZoneInfo) -> Iterator[Picture]:
    """Yield the plots of the log as a whole, those that it can fill; days and weeks are of `tz`.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    clock = "calendar" if report.calendar is None else "business"
    took = find(report.figures, "first_resolution", clock)
    if isinstance(took, Distribution) and took.n >= FEWEST_IN_GROUP:
        words = "calendar time" if report.calendar is None else "opening hours"
        yield _picture(
            lambda ax: _plots().draw_distribution(ax, took, name=f"Until resolved, in {words}"),
            "Until resolved",
            f"How long tickets took until they were resolved, in {words}.",
        )
    if report.curve.events:
        yield _picture(
            lambda ax: _plots().draw_survival(
                ax, {"": report.curve}, name="Until resolved, open ones counted"
            ),
            "Until resolved, open ones counted",
            "The share of tickets still unsolved so long after their creation, in calendar time. "
            "Open tickets count for as long as they have been open.",
        )
    weeks = _weeks(report, tz)
    if len(weeks) >= WEEKS_OF_BACKLOG:
        open_then = {week.start: kpi.backlog(report.facts, at=week.start) for week in weeks[1:]}
        yield _picture(
            lambda ax: _plots().draw_backlog(ax, open_then, name="Open tickets by age"),
            "Open tickets",
            "What was open at the start of each week, by age. The first weeks are too low: what "
            f"was open before the log began is not in it. The plot ends on "
            f"{weeks[-1].start:%Y-%m-%d}, when {BULK:.0%} of the tickets had come in.",
        )
    yield from _by_group(report)
    yield from _arrivals(report, weeks, tz)


def _weeks(report: Report, tz: ZoneInfo) -> tuple[Span, ...]:
    """Return the whole weeks that hold the bulk of the tickets."""
    created = sorted(report.view.created(report.facts))
    if not created:
        return ()
    last = created[int(BULK * (len(created) - 1))]
    return periods(
        created[0].astimezone(tz).date(), last.astimezone(tz).date(), tz=tz, every="week"
    )


def _by_group(report: Report) -> Iterator[Picture]:
    """Yield the groups of the split as a funnel, of the first share that judges them."""
    for key in ("solved_in_time", "stated_within_sla", "straight_through", "reopened"):
        shares = {
            name: suppress(figure, FEWEST_IN_GROUP)
            for name, part in report.groups.items()
            if isinstance(figure := find(part, key), Share)
        }
        if sum(share.value is not None for share in shares.values()) >= FEWEST_GROUPS:
            title = english(report.titles[key])
            yield _picture(
                partial(_funnel, funnel(shares), f"{title}, by {report.by}"),
                title,
                f"{title}, by {report.by}. A group between the limits differs from "
                "the rest by no more than its size explains.",
            )
            return


def _arrivals(report: Report, weeks: Sequence[Span], tz: ZoneInfo) -> Iterator[Picture]:
    if not weeks or weeks[-1].end is None:
        return
    with warnings.catch_warnings():  # a picture of means: their spread is no news in it
        warnings.simplefilter("ignore", OverdispersedArrivals)
        profile = volume_profile(
            report.view.created(report.facts),
            BusinessCalendar.always(tz),
            start=weeks[0].start,
            end=weeks[-1].end,
            step=timedelta(hours=1),
        )
    yield _picture(
        lambda ax: _plots().draw_arrivals(ax, profile, name="Arrivals by hour of the week"),
        "Arrivals",
        f"Tickets created by hour of the week, on the clock of {tz.key}.",
    )
