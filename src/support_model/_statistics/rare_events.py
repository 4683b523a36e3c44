"""Control charts of what is rare: how long, or how many cases, lie between two events.

Where a week holds an event now and then, a chart of weeks is a row of zeros with limits that
hold nothing. What lies between the events says more: it gets long where they become rarer, and
short where they come more often. Such lengths are skewed, so the center is a median, and a run
of eight on one side of it is as unlikely as in any other chart.
"""

from __future__ import annotations

from math import ceil, floor, log, log1p
from typing import TYPE_CHECKING, Literal

from support_model._checks import check_level, check_numbers
from support_model._frozen import frozen
from support_model._short_texts import fields_html, fields_row, number_text, short_repr
from support_model._statistics.control_charts import check_baseline, western_electric, xmr
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 10
"""Of fewer lengths no limits can be told."""
THREE_SIGMA = 0.9973
NELSON = 3.6
"""The root of a length of this degree is nearly normal where events come at random."""


@frozen(kw_only=True)
class BetweenChart:
    """A chart of what lies between rare events.

    Attributes:
        method: "g" for cases between events, "t" for times.
        center: the median; None without lengths.
        low: lower limit; None where nothing is too short, and where undefined.
        high: upper limit; None where undefined.
        outside: places strictly beyond the limits.
        runs: places in a run of eight or more on one side of the center.
        undefined: why there are no limits: "few_events" or "nothing_varies"; else None.
    """

    method: Literal["g", "t"]
    center: float | None
    low: float | None = None
    high: float | None = None
    outside: tuple[int, ...] = ()
    runs: tuple[int, ...] = ()
    undefined: str | None = None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        center = f"{self.method} chart, center {number_text(self.center)}"
        if self.high is None:
            return f"{center}, no limits: {self.undefined}".replace("_", " ")
        low = "none" if self.low is None else number_text(self.low)
        limits = f"limits {low} to {number_text(self.high)}"
        return f"{center}, {limits}, {len(self.outside):,} outside, {len(self.runs):,} in runs"


def g_chart(
    counts: Sequence[int], *, baseline: int | None = None, level: float = THREE_SIGMA
) -> BetweenChart:
    """Return the chart of how many cases lie between two events: the cases that were none.

    Each case is an event with one probability, so the counts are geometric. The limits are its
    exact tails: with three standard deviations nothing would ever be too short.

    Args:
        counts: cases between the events, in order of time.
        baseline: how many of the first fix the limits; all of them if None.
        level: how much lies between the limits.

    Raises:
        InvalidValue: a count that is no whole number >= 0, or a baseline below 1 or longer than
            the series.
        InvalidShare: a level outside (0, 1).

    Source: Benneyan (2001), Health Care Management Science 4; Montgomery (2013), Introduction
        to Statistical Quality Control, 7.3.5.

    Example:
        >>> chart = g_chart([120, 80, 200, 60, 140, 90, 110, 150, 70, 180, 900], baseline=10)
        >>> chart.center, chart.low, chart.high, chart.outside
        (83.0, None, 796.0, (10,))
    """
    check_level(level)
    check_baseline(baseline, counts)
    for count in counts:
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise InvalidValue(count, "cases between events are a whole number >= 0")
    base = counts[:baseline]
    if not base:
        return BetweenChart(method="g", center=None, undefined="few_events")
    none = sum(base) / (sum(base) + len(base))  # the probability that a case is no event
    if not none:
        return BetweenChart(method="g", center=0.0, undefined="nothing_varies")
    per_case = log(none)
    center = float(max(ceil(-log(2) / per_case) - 1, 0))
    if len(base) < FEWEST:
        return BetweenChart(method="g", center=center, undefined="few_events")
    tail = (1 - level) / 2
    low = float(floor(log1p(-tail) / per_case))
    high = float(ceil(log(tail) / per_case) - 1)
    return BetweenChart(
        method="g",
        center=center,
        low=low or None,
        high=high,
        outside=tuple(k for k, count in enumerate(counts) if not low <= count <= high),
        runs=_runs([float(count) for count in counts], center),
    )


def t_chart(gaps: Sequence[float], *, baseline: int | None = None) -> BetweenChart:
    """Return the chart of how much time lies between two events, in any unit.

    The 3.6th root of a time is nearly normal where events come at random, and not far from it
    where they come in clusters. Its XmR chart gives the limits, which are taken back to times.

    Args:
        gaps: times between the events, in order.
        baseline: how many of the first fix the limits; all of them if None.

    Raises:
        InvalidValue: a time that is negative or not finite, or a baseline below 1 or longer than
            the series.

    Source: Nelson (1994), Journal of Quality Technology 26; Montgomery (2013), 7.3.5.

    Example:
        >>> chart = t_chart([9, 14, 7, 11, 16, 8, 12, 10, 13, 9, 96], baseline=10)
        >>> round(chart.center, 1), [round(limit, 1) for limit in (chart.low, chart.high)]
        (10.7, [2.7, 28.8])
        >>> chart.outside
        (10,)
    """
    check_baseline(baseline, gaps)
    check_numbers(gaps)
    for gap in gaps:
        if gap < 0:
            raise InvalidValue(gap, "a time between events is negative", "sort the events")
    roots = [gap ** (1 / NELSON) for gap in gaps]
    chart = xmr(roots, baseline=baseline)
    if chart.mean is None:
        return BetweenChart(method="t", center=None, undefined="few_events")
    center = chart.mean**NELSON
    if len(gaps[:baseline]) < FEWEST or chart.low is None or chart.high is None:
        return BetweenChart(method="t", center=center, undefined="few_events")
    if chart.low == chart.high:
        return BetweenChart(method="t", center=center, undefined="nothing_varies")
    return BetweenChart(
        method="t",
        center=center,
        low=chart.low**NELSON if chart.low > 0 else None,
        high=chart.high**NELSON,
        outside=tuple(k for k, root in enumerate(roots) if not chart.low <= root <= chart.high),
        runs=_runs(roots, chart.mean),
    )


def _runs(values: Sequence[float], center: float) -> tuple[int, ...]:
    """Return the places in runs of eight or more on one side of a center."""
    ends = western_electric(values, center=center, sigma=1).eight_in_a_row
    return tuple(sorted({place for end in ends for place in range(end - 7, end + 1)}))
