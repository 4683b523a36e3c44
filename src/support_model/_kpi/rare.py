"""Rare events over time: how many tickets, or how much time, lie between two of them.

Of a share that holds an event or two a week, a trend of weeks shows nothing. `tickets_between`
follows how many tickets came from one event to the next, `time_between` how much time went by;
`over_time` takes the trend or the events, as the data asks. What lies between the last event and
now is not at its end: it is shown, and is a signal only where it is too long already.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from attrs import evolve

from support_model._frozen import frozen
from support_model._kpi.measures import ShareKpi
from support_model._kpi.periods import created_in, trend
from support_model._kpi.plain import plain_facts
from support_model._kpi.sources import read_again
from support_model._short_texts import (
    bounds_text,
    number_text,
    plain_in_short,
    rows_html,
    short_repr,
)
from support_model._time import instant, micros
from support_model.errors import InvalidValue
from support_model.inference import g_chart, t_chart

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from support_model._kpi.periods import Trend
    from support_model._kpi.sources import AnyFacts
    from support_model._time import Span
    from support_model.inference import BetweenChart

HOUR = 3_600_000_000
"""In microseconds."""
RareSignal: TypeAlias = Literal["longer", "shorter", "shift"]
TWO_DAYS = 48
"""In hours; a longer time is told in days."""
FEWEST_A_PERIOD = 3
"""Of fewer events a period, on average, a chart of periods holds nothing."""


@frozen(kw_only=True)
class RarePoint:
    """What lies before one event.

    Attributes:
        at: when the event was; of the last point now, up to when is known.
        value: tickets since the event before that were none, or hours since it.
        complete: whether it ends with an event; the last point does not.
        signal: "longer" or "shorter" beyond the limits, so rarer or more often; "shift" in a run
            of eight or more on one side of the center; else None.
    """

    at: datetime
    value: float
    complete: bool = True
    signal: RareSignal | None = None

    __repr__ = short_repr

    def row(self) -> dict[str, Any]:
        """Return the point as one row of plain values."""
        return {
            "at": self.at,
            "value": self.value,
            "complete": self.complete,
            "signal": self.signal,
        }

    def __str__(self) -> str:
        return _point_text(self, number_text(self.value))


def _point_text(point: RarePoint, value: str) -> str:
    note = "" if point.signal is None else f", {point.signal}"
    running = "" if point.complete else ", not at its end"
    return f"{point.at.date()}: {value}{note}{running}"


def _length_text(value: float, unit: str) -> str:
    """Return tickets, or a time in hours or days."""
    if unit == "hours" and value >= TWO_DAYS:
        return f"{value / 24:,.3g} days"
    return f"{value:,.3g} {unit}" if unit == "hours" else f"{value:,.0f} {unit}"


@frozen(kw_only=True)
class RareTrend:
    """How far apart events are, in order of time.

    Attributes:
        key: stable name of what is an event.
        definition: it in words.
        unit: of values, center and limits: "tickets" or "hours".
        n: how many events there are.
        points: one for each event after the first, and one for what came since the last.
        center: the median; None without two events.
        limits: (low, high) of what lies between as usual, low None where nothing is too short;
            None where too few events are known.
        method: "g" or "t".
        undefined: why there are no limits: "few_events" or "nothing_varies"; else None.
    """

    key: str
    definition: str
    unit: Literal["tickets", "hours"]
    n: int
    points: tuple[RarePoint, ...]
    center: float | None
    limits: tuple[float | None, float] | None
    method: Literal["g", "t"]
    undefined: str | None = None

    __repr__ = short_repr

    @property
    def signals(self) -> tuple[RarePoint, ...]:
        """The points that say that something changed, in order of time: the first says when."""
        return tuple(point for point in self.points if point.signal)

    def rows(self) -> list[dict[str, Any]]:
        """Return each point as a row of plain values, with key, unit, center and limits."""
        low, high = self.limits or (None, None)
        common = {
            "key": self.key,
            "unit": self.unit,
            "center": self.center,
            "low_limit": low,
            "high_limit": high,
            "method": self.method,
        }
        return [{**point.row(), **common} for point in self.points]

    def __str__(self) -> str:
        name = f"{plain_in_short(self.key, 60)}: {self.n:,} events"
        if self.center is None:
            return f"{name}, fewer than two"
        found = self.signals
        if not found:
            return f"{name}, {self._usual()}, no signal"
        first = _point_text(found[0], _length_text(found[0].value, self.unit))
        many = "a signal on" if len(found) == 1 else f"{len(found):,} signals, the first on"
        return f"{name}, {self._usual()}, {many} {first}"

    def _usual(self) -> str:
        def length(value: float) -> str:
            return _length_text(value, self.unit)

        center = "not defined" if self.center is None else length(self.center)
        if self.limits is None:
            return f"{center} between, no limits"
        low, high = self.limits
        return f"{center} between, limits{bounds_text((low or 0.0, high), length)}"

    def _repr_html_(self) -> str:
        rows = [
            (
                str(point.at.date()),
                number_text(point.value),
                point.signal or ("" if point.complete else "not at its end"),
            )
            for point in reversed(self.points)
        ]
        title = f"{self.key}, {self._usual()}, the latest first"
        return rows_html(title, ("event", self.unit, "signal"), rows)


def tickets_between(
    facts: AnyFacts, kpi: ShareKpi, *, event: bool = True, baseline: int | None = None
) -> RareTrend:
    """Return how many tickets lie between those of a rare kind: a g chart.

    Tickets are in order of their creation; those that the KPI leaves out take no part.

    Args:
        facts: the tickets, as records or by columns.
        kpi: the share that is rarely, or nearly always, true of a ticket.
        event: which answer is the event: whether it holds, or that it does not.
        baseline: how many of the first lengths fix the limits; all of them if None.

    Raises:
        InvalidValue: no share, a KPI of your own asked of columns, or a baseline that is no part
            of the series.

    Source: see `support_model.inference.g_chart`.

    Example:
        >>> from support_model.kpi import REOPENED
        >>> print(tickets_between([], REOPENED))
        reopened: 0 events, fewer than two
    """
    if not isinstance(kpi, ShareKpi):
        raise InvalidValue(kpi, "events are those of a share", "give kpi.REOPENED")
    return _between_events(_answers(read_again(facts), kpi), kpi, event=event, baseline=baseline)


def _answers(facts: AnyFacts, kpi: ShareKpi) -> list[tuple[int, bool]]:
    """Return when each ticket that counts was created, and whether the share holds, in order."""
    plain, told = plain_facts(facts), kpi.per_ticket(facts)
    created = sorted(zip(plain.scalar("created"), plain.scalar("ticket_id"), strict=True))
    return [(at, told[ticket]) for at, ticket in created if ticket in told]


def _between_events(
    answers: Sequence[tuple[int, bool]], kpi: ShareKpi, *, event: bool, baseline: int | None
) -> RareTrend:
    places = [place for place, (_, answer) in enumerate(answers) if answer is event]
    lengths = [later - earlier - 1 for earlier, later in pairwise(places)]
    chart = g_chart(lengths, baseline=baseline)
    points = [
        RarePoint(at=instant(answers[place][0]), value=float(length))
        for place, length in zip(places[1:], lengths, strict=True)
    ]
    if places:
        since = len(answers) - 1 - places[-1]
        points.append(RarePoint(at=instant(answers[-1][0]), value=float(since), complete=False))
    definition = kpi.definition if event else f"not: {kpi.definition}"
    events = RareTrend(
        key=kpi.key,
        definition=definition,
        unit="tickets",
        n=len(places),
        points=tuple(points),
        center=chart.center,
        limits=None,
        method="g",
    )
    return _judged(events, chart)


def time_between(
    events: Iterable[datetime],
    *,
    until: datetime,
    key: str = "event",
    definition: str = "events",
    baseline: int | None = None,
) -> RareTrend:
    """Return how much time lies between rare events, in hours: a t chart.

    Args:
        events: when they were, in any order, such as the creations of urgent tickets.
        until: up to when they are known.
        key: what they are called.
        definition: what they are, in words.
        baseline: how many of the first times fix the limits; all of them if None.

    Raises:
        NaiveDatetime: an instant without a zone.
        InvalidValue: an event after `until`, or a baseline that is no part of the series.

    Source: see `support_model.inference.t_chart`.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> first = datetime(2026, 3, 2, tzinfo=UTC)
        >>> outages = [first + timedelta(days=k * k) for k in range(4)]
        >>> found = time_between(outages, until=first + timedelta(days=10), key="outage")
        >>> [(point.value, point.complete) for point in found.points]
        [(24.0, True), (72.0, True), (120.0, True), (24.0, False)]
    """
    at, known = sorted(map(micros, events)), micros(until)
    if at and at[-1] > known:
        raise InvalidValue(instant(at[-1]), "an event after what is known", "give a later until")
    gaps = [(later - earlier) / HOUR for earlier, later in pairwise(at)]
    chart = t_chart(gaps, baseline=baseline)
    points = [RarePoint(at=instant(end), value=gap) for end, gap in zip(at[1:], gaps, strict=True)]
    if at:
        since = (known - at[-1]) / HOUR
        points.append(RarePoint(at=instant(known), value=since, complete=False))
    found = RareTrend(
        key=key,
        definition=definition,
        unit="hours",
        n=len(at),
        points=tuple(points),
        center=chart.center,
        limits=None,
        method="t",
    )
    return _judged(found, chart)


def over_time(
    facts: AnyFacts,
    kpi: ShareKpi,
    spans: Sequence[Span],
    *,
    baseline: int | None = None,
    mature_until: datetime | None = None,
) -> Trend | RareTrend:
    """Return a share over periods, or from event to event where periods hold too few.

    A trend needs three tickets a period, on average, of which the share holds, and three of which
    it does not. Else the rarer of the two is the event of `tickets_between`, over the tickets
    created in the periods that are complete.

    Args:
        facts: the tickets, as records or by columns.
        kpi: the share.
        spans: the periods of creation, in order, such as `periods` returns.
        baseline: how many of the first periods, or lengths, fix the limits; all if None.
        mature_until: instant up to which the share is complete, as of `trend`.

    Raises:
        InvalidValue: no periods, or as `trend` and `tickets_between` do.

    Example:
        >>> from datetime import UTC, date, datetime, timedelta
        >>> from support_model.kpi import REOPENED, Facts, Solve, periods
        >>> weeks = periods(date(2026, 3, 2), date(2026, 3, 30), tz="UTC", every="week")
        >>> at = datetime(2026, 3, 2, tzinfo=UTC)
        >>> facts = [
        ...     Facts(
        ...         ticket_id=str(k), created=at + timedelta(hours=k), as_of=weeks[-1].end,
        ...         history=[(at + timedelta(hours=k), "solved")],
        ...         solves=[Solve(at + timedelta(hours=k))],
        ...     )
        ...     for k in range(400)
        ... ]
        >>> over_time(facts, REOPENED, weeks).method  # none was reopened
        'g'
    """
    records = read_again(facts)
    parts = created_in(cast("Any", records), spans)  # of either kind
    figures = {span: kpi.of(part) for span, part in parts.items()}
    known = math.inf if mature_until is None else micros(mature_until)
    mature = {span.edges: figures[span] for span in spans if span.edges[1] <= known}
    held = sum(share.numerator for share in mature.values())
    missed = sum(share.n for share in mature.values()) - held
    if min(held, missed) >= FEWEST_A_PERIOD * len(mature):
        return trend(figures, baseline=baseline, mature_until=mature_until)
    answers = _inside(_answers(records, kpi), mature)
    return _between_events(answers, kpi, event=held <= missed, baseline=baseline)


def _inside(
    answers: Iterable[tuple[int, bool]], spans: Collection[tuple[int, int]]
) -> list[tuple[int, bool]]:
    """Return the answers of tickets created in some periods."""
    return [row for row in answers if any(start <= row[0] < end for start, end in spans)]


def _judged(events: RareTrend, chart: BetweenChart) -> RareTrend:
    """Return events with limits and signals; what is not at its end may be too long already."""
    limits = None if chart.high is None else (chart.low, chart.high)
    outside, runs = set(chart.outside), set(chart.runs)

    def signal(place: int, point: RarePoint) -> RareSignal | None:
        if not point.complete:
            return "longer" if chart.high is not None and point.value > chart.high else None
        if place in outside:
            return "longer" if point.value > (chart.center or 0) else "shorter"
        return "shift" if place in runs else None

    points = [evolve(each, signal=signal(k, each)) for k, each in enumerate(events.points)]
    return evolve(events, points=tuple(points), limits=limits, undefined=chart.undefined)
