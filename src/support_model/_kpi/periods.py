"""Figures over periods: whole days, weeks or months, their tickets, and whether a figure changed.

A period is [start, end) between local midnights, so a week with a clock change has 167 or 169
hours and is still a week. Periods that are not whole are left out: a month of ten days is not
a low month.

The limits of a trend are those of a control chart: Laney's p' for shares, XmR for a quantile or a
rate. An interval says how well one period is known, the limits how much periods differ when
nothing happens; only what leaves the limits, or eight periods in a row on one side of the center,
is a change. Periods that are not followed to their end, and those without a value, take no part.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, overload

from attrs import evolve

from support_model._frozen import frozen
from support_model._kpi.measures import check_one_question
from support_model._kpi.sources import Columnar, records_of
from support_model._short_texts import (
    bounds_text,
    number_text,
    plain_in_short,
    rows_html,
    share_text,
    short_repr,
)
from support_model._time import (
    MICROSECOND,
    Span,
    instant,
    instant_of_reading,
    micros,
    moved,
    not_negative,
    timezone,
)
from support_model.errors import InvalidValue
from support_model.figures import Distribution, Figure, Share
from support_model.inference import laney, western_electric, xmr

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo

    from support_model._columns.fact_columns import FactColumns
    from support_model._kpi.facts import Facts
    from support_model._kpi.sources import AnyFacts, ArrowStream


HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)
PeriodLength = Literal["day", "week", "month"]


def periods(
    start: date, end: date, *, tz: str | tzinfo, every: PeriodLength, whole: bool = True
) -> tuple[Span, ...]:
    """Return the whole days, weeks (from Monday) or months inside [start, end), in order.

    Args:
        start: the first day.
        end: the day after the last.
        tz: whose midnights bound them.
        every: how long each is.
        whole: False for those as well that begin before `start` or end after `end`.

    Raises:
        InvalidValue: another kind of period, or bounds that are no dates.
        UnknownZone: no IANA zone.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> berlin = ZoneInfo("Europe/Berlin")
        >>> weeks = periods(date(2026, 3, 20), date(2026, 4, 1), tz=berlin, every="week")
        >>> [(week.start.isoformat(), str(week.length)) for week in weeks]
        [('2026-03-23T00:00:00+01:00', '6 days, 23:00:00')]
        >>> march = date(2026, 3, 20), date(2026, 3, 22)
        >>> [
        ...     str(month.length)
        ...     for month in periods(*march, tz="UTC", every="month", whole=False)
        ... ]
        ['31 days, 0:00:00']
    """
    if every not in {"day", "week", "month"}:
        raise InvalidValue(every, "unknown kind of period", "write 'day', 'week' or 'month'")
    for day in (start, end):
        if not isinstance(day, date):
            raise InvalidValue(day, "a period runs between dates", "give date(2026, 3, 1)")
    zone = timezone(tz)
    if not whole and start < end:
        start, end = _begin_of(start, every), _begin_after(end - ONE_DAY, every)
    begins = first_days(start, end, every)
    cuts = (instant(instant_of_reading(zone, day.toordinal(), 0), zone) for day in begins)
    return tuple(Span(a, b) for a, b in pairwise(cuts))


def _begin_of(day: date, every: PeriodLength) -> date:
    """Return the first day of the period in which a day lies."""
    back = {"day": 0, "week": day.weekday(), "month": day.day - 1}
    return day - back[every] * ONE_DAY


def _begin_after(day: date, every: PeriodLength) -> date:
    """Return the first day of the period after that of a day."""
    ahead = {"day": 1, "week": 7, "month": 31}
    return _begin_of(_begin_of(day, every) + ahead[every] * ONE_DAY, every)


def first_days(start: date, end: date, every: PeriodLength) -> Iterator[date]:
    """Yield the days on which a period begins, from `start` to `end`, both included."""
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        day = date.fromordinal(ordinal)
        first = {"day": True, "week": day.weekday() == 0, "month": day.day == 1}
        if first[every]:
            yield day


@overload
def created_in(facts: Iterable[Facts], spans: Sequence[Span]) -> dict[Span, list[Facts]]: ...
@overload
def created_in(
    facts: FactColumns | ArrowStream, spans: Sequence[Span]
) -> dict[Span, FactColumns]: ...
def created_in(
    facts: AnyFacts, spans: Sequence[Span]
) -> dict[Span, list[Facts]] | dict[Span, FactColumns]:
    """Return the tickets created in each of some periods, which are in order and do not overlap.

    Tickets may be records or columns, and the parts are then, too.

    Example:
        >>> created_in([], [])
        {}
    """
    if isinstance(records := records_of(facts), Columnar):
        return _columns_by_span(records, spans, solved=False)
    return _by_span(records, spans, lambda ticket: [ticket.created])


@overload
def solved_in(facts: Iterable[Facts], spans: Sequence[Span]) -> dict[Span, list[Facts]]: ...
@overload
def solved_in(
    facts: FactColumns | ArrowStream, spans: Sequence[Span]
) -> dict[Span, FactColumns]: ...
def solved_in(
    facts: AnyFacts, spans: Sequence[Span]
) -> dict[Span, list[Facts]] | dict[Span, FactColumns]:
    """Return the tickets solved in each of some periods, whenever they were created.

    A ticket is in each period in which it was solved, once, as `solved_per_created` counts it.
    The periods are in order and do not overlap. Tickets may be records or columns, and the parts
    are then, too.

    Example:
        >>> solved_in([], [])
        {}
    """
    if isinstance(records := records_of(facts), Columnar):
        return _columns_by_span(records, spans, solved=True)
    return _by_span(records, spans, lambda ticket: [solve.at for solve in ticket.solves])


def _columns_by_span(
    facts: Columnar, spans: Sequence[Span], *, solved: bool
) -> dict[Span, FactColumns]:
    from support_model._kpi import column_populations  # noqa: PLC0415 - numpy is an extra

    edges = [span.edges for span in spans]
    parts = column_populations.in_spans(facts.columns(), edges, solved=solved)
    return dict(zip(spans, parts, strict=True))


def _by_span(
    facts: Iterable[Facts], spans: Sequence[Span], dates: Callable[[Facts], Iterable[datetime]]
) -> dict[Span, list[Facts]]:
    by_span: dict[Span, list[Facts]] = {span: [] for span in spans}
    starts = [span.edges[0] for span in spans]
    for ticket in facts:
        inside = set()
        for at in map(micros, dates(ticket)):
            place = bisect_right(starts, at) - 1
            if place >= 0 and at < spans[place].edges[1]:
                inside.add(place)
        for place in sorted(inside):
            by_span[spans[place]].append(ticket)
    return by_span


def mature_until(as_of: datetime, within: timedelta) -> datetime:
    """Return the instant up to which a figure with a follow-up window is complete.

    A period is mature if its end is at or before it; younger ones are never drawn as equals.

    Raises:
        InvalidValue: a negative time, or no duration.

    Example:
        >>> from datetime import UTC, datetime
        >>> mature_until(datetime(2026, 3, 9, tzinfo=UTC), timedelta(days=7)).day
        2
    """
    not_negative(within)
    return moved(as_of, -within)


Signal: TypeAlias = Literal["above", "below", "shift"]
PointUnit: TypeAlias = Literal["share", "hours", "per case"]


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

    __repr__ = short_repr

    def row(self) -> dict[str, Any]:
        """Return the point as one row of plain values.

        They are the first instant of the period and the first after it, key, unit ("share",
        "hours", "per case"), n, value, low and high, the limits, the signal, and whether the
        period was followed to its end.
        """
        low_limit, high_limit = self.limits or (None, None)
        return {
            "start": self.period.start,
            "end": self.period.end,
            "key": self.figure.key,
            "unit": self.unit,
            "n": self.figure.n,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "low_limit": low_limit,
            "high_limit": high_limit,
            "signal": self.signal,
            "mature": self.mature,
        }

    @property
    def unit(self) -> PointUnit:
        """What its value, bounds and limits are counted in."""
        if isinstance(self.figure, Distribution):
            return "hours"
        return "share" if isinstance(self.figure, Share) else "per case"

    def __str__(self) -> str:
        number = _number(self)
        parts = [f"{days_text(self.period)}: {_value_text(self)}, n {self.figure.n:,}"]
        if self.limits is not None:
            parts.append(f"limits{bounds_text(self.limits, number)}")
        parts += [] if self.signal is None else [self.signal]
        return ", ".join([*parts, *([] if self.mature else [UNFOLLOWED])])

    def _repr_html_(self) -> str:
        return rows_html(self.figure.key, _HEAD, [_point_cells(self)])


UNFOLLOWED = "not followed to its end"
_HEAD = ("period", "n", "value", "limits", "signal")


def _number(point: TrendPoint) -> Callable[[float | None], str]:
    """Return how values of a point are written."""
    return {"share": share_text, "hours": _hours_text}.get(point.unit, number_text)


def days_text(period: Span) -> str:
    """Return the first and the last day of a period."""
    first = period.start.date()
    last = first if period.end is None else moved(period.end, -MICROSECOND).date()
    return f"{first}" if first >= last else f"{first} to {last}"


def _value_text(point: TrendPoint) -> str:
    number = _number(point)
    return number(point.value) + bounds_text((point.low, point.high), number)


def _point_cells(point: TrendPoint) -> tuple[str, ...]:
    limits = bounds_text(point.limits, _number(point)).strip(" ()")
    note = point.signal or ("" if point.mature else UNFOLLOWED)
    return days_text(point.period), f"{point.figure.n:,}", _value_text(point), limits, note


def _hours_text(hours: float | None) -> str:
    return "not defined" if hours is None else f"{hours:,.4g}h"


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

    __repr__ = short_repr

    def rows(self) -> list[dict[str, Any]]:
        """Return each point as a row of plain values, with the center and its method."""
        common = {"center": self.center, "method": self.method, "quantile": self.quantile}
        return [{**point.row(), **common} for point in self.points]

    def __str__(self) -> str:
        last = self.points[-1]
        found = self.signals
        signals = "a signal" if len(found) == 1 else f"{len(found):,} signals"
        signals = signals if found else "no signal"
        first = f", the first {found[0].signal} in {days_text(found[0].period)}" if found else ""
        return (
            f"{plain_in_short(self.key, 60)}: {len(self.points):,} periods, center "
            f"{_number(last)(self.center)}, {signals}{first}; last {last}"
        )

    def _repr_html_(self) -> str:
        cells = [_point_cells(point) for point in reversed(self.points)]
        center = _number(self.points[-1])(self.center)
        return rows_html(f"{self.key}, center {center}, the latest first", _HEAD, cells)

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
    if not rows:
        raise InvalidValue(figures, "a trend follows one figure", "give some periods")
    problem, remedy = "a trend follows one figure", "give periods of one definition"
    check_one_question(figures.values(), problem, remedy)
    if any(span.end is None for span in figures):
        raise InvalidValue(rows[-1][0], "a period without an end", "give its end")
    points = [_point(span, figure, quantile, mature_until) for span, figure in rows]
    first = rows[0][1]
    center = _judge(points, baseline)
    return Trend(
        key=first.key,
        definition=first.definition,
        quantile=quantile if isinstance(first, Distribution) else None,
        points=tuple(points),
        center=center,
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


class _Chart(NamedTuple):
    """A control chart: limits and places outside them, by point; without either if undefined."""

    center: float | None
    limits: Sequence[tuple[float, float]] = ()
    outside: Collection[int] = ()


def _judge(points: list[TrendPoint], baseline: int | None) -> float | None:
    """Give the points that take part their limits and signals; return the center line."""
    part = {
        place: point.value
        for place, point in enumerate(points)
        if point.mature and point.value is not None
    }
    values = list(part.values())
    chart = _chart([points[place].figure for place in part], values, baseline)
    if chart.center is not None and chart.limits:
        signals = _signals(values, chart.center, chart.outside)
        for place, limits, signal in zip(part, chart.limits, signals, strict=True):
            points[place] = evolve(points[place], limits=limits, signal=signal)
    return chart.center


def _chart(figures: Sequence[Figure], values: Sequence[float], baseline: int | None) -> _Chart:
    shares = [figure for figure in figures if isinstance(figure, Share)]
    if shares:
        return _share_chart(shares, baseline)
    timed = any(isinstance(figure, Distribution) for figure in figures)
    return _value_chart(values, baseline, least=0.0 if timed else -math.inf)


def _share_chart(shares: Sequence[Share], baseline: int | None) -> _Chart:
    chart = laney([(share.numerator, share.n) for share in shares], baseline=baseline)
    pairs = zip(chart.low or (), chart.high or (), strict=True)
    limits = [(low, high) for low, high in pairs if low is not None and high is not None]
    return _Chart(chart.center, limits, chart.outside or ())


def _value_chart(values: Sequence[float], baseline: int | None, *, least: float) -> _Chart:
    chart = xmr(values, baseline=baseline)
    if chart.low is None or chart.high is None:
        return _Chart(chart.mean)
    limits = [(max(chart.low, least), chart.high)] * len(values)
    return _Chart(chart.mean, limits, chart.outside or ())


def _signals(
    values: Sequence[float], center: float, outside: Collection[int]
) -> Iterator[Signal | None]:
    completed = western_electric(values, center=center, sigma=1).eight_in_a_row
    shifted = {place for end in completed for place in range(end - 7, end + 1)}
    for place, value in enumerate(values):
        if place in outside:
            yield "above" if value > center else "below"
        else:
            yield "shift" if place in shifted else None
