"""A figure over periods, and whether it changed: values, intervals, limits and signals.

The limits are those of a control chart: Laney's p' for shares, XmR for a quantile or a rate.
An interval says how well one period is known, the limits how much periods differ when nothing
happens; only what leaves the limits, or eight periods in a row on one side of the center, is a
change. Periods that are not followed to their end, and those without a value, take no part.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import evolve

from support_model._frozen import frozen
from support_model._time import Span, micros
from support_model.errors import InvalidValue
from support_model.figures import Distribution, Figure, Share
from support_model.inference import laney, western_electric, xmr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


HOUR = timedelta(hours=1)
Signal: TypeAlias = Literal["above", "below", "shift"]


@frozen(kw_only=True)
class TrendPoint:
    """A figure of one period.

    Attributes:
        period: the period.
        figure: the figure itself, with its n and what was left out.
        value: a share, a rate, or the quantile in hours; None where undefined or withheld.
        low: lower bound of its interval; None where there is none.
        high: upper bound, likewise.
        mature: whether the period was followed to its end.
        limits: control limits of the period; None where it takes no part, or there are none.
        signal: "above" or "below" the limits, "shift" inside them in a run of eight or more on
            one side of the center, else None.
    """

    period: Span
    figure: Figure
    value: float | None
    low: float | None
    high: float | None
    mature: bool
    limits: tuple[float, float] | None = None
    signal: Signal | None = None


@frozen(kw_only=True)
class Trend:
    """A figure over periods.

    Attributes:
        key: stable name of the figure.
        definition: the figure in words.
        quantile: which quantile is followed, for a distribution; None for shares and rates.
        points: one a period, in order of time.
        center: the center line; None where too few periods take part.
        method: "laney" or "xmr".
    """

    key: str
    definition: str
    quantile: float | None
    points: tuple[TrendPoint, ...]
    center: float | None
    method: Literal["laney", "xmr"]

    @property
    def signals(self) -> tuple[TrendPoint, ...]:
        """The points that say that something changed, in order of time: the first says when."""
        return tuple(point for point in self.points if point.signal)


def trend(
    figures: Mapping[Span, Figure],
    *,
    quantile: float = 0.5,
    baseline: int | None = None,
    mature_until: datetime | None = None,
) -> Trend:
    """Return a figure over periods, with the limits of what periods differ by anyway.

    Args:
        figures: the figure of each period; all of one definition.
        quantile: which quantile to follow, where the figures are distributions.
        baseline: how many of the first periods that take part fix the limits; all if None.
        mature_until: instant up to which the figure is complete: a period that ends later is
            shown, and takes no part. See `support_model.kpi.mature_until`.

    Raises:
        InvalidValue: no figures, figures of different definitions, a period without an end, or
            a baseline that is no part of the series.
        InvalidShare: a quantile outside (0, 1).

    Example:
        >>> from datetime import UTC, datetime
        >>> weeks = [datetime(2026, 3, 2, tzinfo=UTC) + timedelta(weeks=k) for k in range(9)]
        >>> met = [95, 97, 96, 94, 96, 95, 97, 70]
        >>> found = trend({
        ...     Span(a, b): Share(key="met", definition="on time", numerator=k, n=100)
        ...     for a, b, k in zip(weeks, weeks[1:], met)
        ... }, baseline=7)
        >>> [(point.period.start.date().isoformat(), point.signal) for point in found.signals]
        [('2026-04-20', 'below')]
    """
    rows = sorted(figures.items(), key=lambda row: row[0].edges)
    questions = {(type(figure), figure.key, figure.definition) for _, figure in rows}
    if len(questions) != 1:
        found = sorted(f"{key}: {text}" for _, key, text in questions)
        raise InvalidValue(found, "a trend follows one figure", "give periods of one definition")
    if any(span.end is None for span, _ in rows):
        raise InvalidValue(rows[-1][0], "a period without an end", "say where it ends")
    points = [_point(span, figure, quantile, mature_until) for span, figure in rows]
    places = [i for i, point in enumerate(points) if point.mature and point.value is not None]
    chart = _chart([points[i] for i in places], baseline)
    for i, limits, signal in zip(places, chart.limits, chart.signals, strict=True):
        points[i] = evolve(points[i], limits=limits, signal=signal)
    first = rows[0][1]
    return Trend(
        key=first.key,
        definition=first.definition,
        quantile=quantile if isinstance(first, Distribution) else None,
        points=tuple(points),
        center=chart.center,
        method="laney" if isinstance(first, Share) else "xmr",
    )


def _point(span: Span, figure: Figure, q: float, mature_until: datetime | None) -> TrendPoint:
    if isinstance(figure, Distribution):
        middle, (lower, upper) = figure.quantile(q), figure.interval(q)
        value, low, high = (None if x is None else x / HOUR for x in (middle, lower, upper))
    else:
        value = figure.value
        low, high = figure.interval or (None, None)
    return TrendPoint(
        period=span,
        figure=figure,
        value=value,
        low=low,
        high=high,
        mature=mature_until is None or span.edges[1] <= micros(mature_until),
    )


@frozen(kw_only=True)
class _Chart:
    """A control chart of either kind: an entry a point."""

    center: float | None
    limits: Sequence[tuple[float, float] | None]
    signals: Sequence[Signal | None]


def _chart(points: Sequence[TrendPoint], baseline: int | None) -> _Chart:
    values = [point.value for point in points if point.value is not None]
    shares = [point.figure for point in points if isinstance(point.figure, Share)]
    limits: Sequence[tuple[float, float]] = ()
    if shares:
        wide = laney([(share.numerator, share.n) for share in shares], baseline=baseline)
        center, outside = wide.center, wide.outside
        if wide.low is not None and wide.high is not None:
            pairs = zip(wide.low, wide.high, strict=True)
            limits = tuple((a, b) for a, b in pairs if a is not None and b is not None)
    else:
        single = xmr(values, baseline=baseline)
        center, outside = single.mean, single.outside
        if single.low is not None and single.high is not None:
            timed = isinstance(points[0].figure, Distribution)  # no time is below 0
            low = max(single.low, 0.0) if timed else single.low
            limits = ((low, single.high),) * len(points)
    if center is None or outside is None:
        nothing = (None,) * len(points)
        return _Chart(center=center, limits=nothing, signals=nothing)
    completed = western_electric(values, center=center, sigma=1).eight_in_a_row
    signals: list[Signal | None] = []
    for i, value in enumerate(values):
        shifted = any(i <= end < i + 8 for end in completed)
        side: Signal = "above" if value > center else "below"
        signals.append(side if i in outside else "shift" if shifted else None)
    return _Chart(center=center, limits=limits, signals=signals)
