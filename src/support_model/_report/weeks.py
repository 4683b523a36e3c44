"""Since when: a figure week by week, and the first week that shows a change.

The limits come from the weeks before the later period alone, as limits that saw the change would
hide it. A change may show late, and a gradual one in no single week; then no week is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from support_model._frozen import frozen
from support_model.figures import Distribution
from support_model.kpi import trend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from support_model._report.catalogue import Asked
    from support_model._time import Span
    from support_model.calendars import BusinessCalendar
    from support_model.figures import Figure
    from support_model.kpi import Facts, Trend


FEWEST = 10
"""Cases that a figure needs to be drawn for a week, or tested for a group."""
FEWEST_WEEKS = 4
"""Weeks before the later period that limits can be drawn from."""
RUN = 8
"""Weeks in a row on one side of the center that are a signal."""


@frozen(kw_only=True)
class Weeks:
    """A figure by week.

    Attributes:
        trend: the weeks; None where none has a value.
        baseline: from how many weeks the limits come; None where they were too few.
        since: the start of the first week that shows the change; None where none does.
    """

    trend: Trend | None = None
    baseline: int | None = None
    since: datetime | None = None


def by_week(
    one: Asked,
    weekly: Mapping[Span, Sequence[Facts]],
    *,
    until: Span,
    up: bool,
    calendar: BusinessCalendar | None = None,
) -> Weeks:
    """Return a figure by week, and since when it shows a change.

    Args:
        one: the KPI.
        weekly: the tickets of each week, in order.
        until: the later period; the weeks that end before it give the limits.
        up: whether the change is upwards.
        calendar: the opening hours in which times are measured.
    """
    figures: dict[Span, Figure] = {
        week: evolve(one.of(facts, calendar), min_n=FEWEST) for week, facts in weekly.items()
    }
    known = [week for week, figure in figures.items() if _has_value(figure)]
    baseline = sum(week.edges[1] <= until.edges[0] for week in known)
    if baseline < FEWEST_WEEKS:
        return Weeks(trend=trend(figures) if known else None)
    found = trend(figures, baseline=baseline)
    return Weeks(trend=found, baseline=baseline, since=_since(found, baseline, up=up))


def _has_value(figure: Figure) -> bool:
    known = figure.mean if isinstance(figure, Distribution) else figure.value
    return known is not None


def _since(found: Trend, baseline: int, *, up: bool) -> datetime | None:
    """Return when the first signal in the direction of the change began, after the baseline.

    A run counts only if half of it lies after the baseline: an older one is no news.
    """
    center = found.center or 0.0
    points = [point for point in found.points if point.mature and point.value is not None]
    rises = [(point.value or 0.0) > center for point in points]
    for place in range(baseline, len(points)):
        signal = points[place].signal
        if signal is None or rises[place] is not up:
            continue
        begins = place
        while signal == "shift" and begins and rises[begins - 1] is up:
            begins -= 1
        if begins >= baseline - RUN // 2:
            return points[begins].period.start
    return None
