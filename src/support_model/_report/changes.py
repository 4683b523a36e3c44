"""What changed between two periods, as values: of a KPI, of a group, and of the whole desk.

A change carries both figures, their difference with its interval, and a p-value adjusted for how
many were looked at; what is called real, worse or usual is said here and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs
from attrs import evolve, field

from support_model._frozen import frozen, frozen_parts
from support_model._report.report import MISSING
from support_model.figures import Distribution
from support_model.kpi import trend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from support_model._report.catalogue import ReportedKpi
    from support_model._time import Span
    from support_model.calendars import BusinessCalendar
    from support_model.figures import Figure
    from support_model.inference import Decomposition, Difference
    from support_model.kpi import Facts, Topics, Trend

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
    one: ReportedKpi,
    weekly: Mapping[Span, Sequence[Facts]],
    *,
    until: Span,
    up: bool,
    calendar: BusinessCalendar | None = None,
) -> Weeks:
    """Return a figure by week, and since when it shows a change.

    The limits come from the weeks that end before the later period begins, `until`.
    """
    figures: dict[Span, Figure] = {
        week: evolve(one.of(facts, calendar), min_n=FEWEST) for week, facts in weekly.items()
    }
    known = [week for week, figure in figures.items() if _has_value(figure)]
    baseline = sum(week.edges[1] <= until.edges[0] for week in known)
    if baseline < FEWEST_WEEKS:
        return Weeks(trend=trend(figures) if known else None)
    chart = trend(figures, baseline=baseline)
    return Weeks(trend=chart, baseline=baseline, since=_since(chart, baseline, up=up))


def _has_value(figure: Figure) -> bool:
    known = figure.mean if isinstance(figure, Distribution) else figure.value
    return known is not None


def _run_start(rises: Sequence[bool], place: int) -> int:
    """Return where the run on one side of the center began that a place is in."""
    return next((i + 1 for i in reversed(range(place)) if rises[i] is not rises[place]), 0)


def _since(chart: Trend, baseline: int, *, up: bool) -> datetime | None:
    """Return when the first signal in the direction of the change began, after the baseline.

    A run counts only if half of it lies after the baseline: an older one is no news.
    """
    center = chart.center or 0.0
    points = [point for point in chart.points if point.mature and point.value is not None]
    rises = [(point.value or 0.0) > center for point in points]
    for place in range(baseline, len(points)):
        signal = points[place].signal
        if signal is None or rises[place] is not up:
            continue
        begins = _run_start(rises, place) if signal == "shift" else place
        if begins >= baseline - RUN // 2:
            return points[begins].period.start
    return None


REAL = 0.05
"""The share of false alarms among what is called real."""
ChangeVerdict: TypeAlias = Literal["worse", "better", "different", "undecided"]
Counts: TypeAlias = tuple[int, int]


@frozen(kw_only=True)
class GroupChange:
    """How a share changed in one group.

    Attributes:
        field: by which groups are formed.
        group: the value of that field.
        before: the earlier (k, n).
        after: the later one.
        difference: of the two shares.
        p_adjusted: p-value, adjusted for all groups looked at; None where n is below ten.
        tickets: how many tickets more went the worse way than at the group's earlier share.
        since: the start of the first week that shows it; only of groups that really got worse.
    """

    field: str
    group: str
    before: Counts = attrs.field(converter=frozen_parts)
    after: Counts = attrs.field(converter=frozen_parts)
    difference: Difference
    p_adjusted: float | None
    tickets: float
    since: datetime | None = None

    @property
    def worse(self) -> bool:
        """Whether it really got worse."""
        return self.p_adjusted is not None and self.p_adjusted <= REAL and self.tickets > 0

    def holds(self, ticket: Facts) -> bool:
        """Return whether a ticket is one of the group."""
        return group_of(ticket, self.field) == self.group


@frozen(kw_only=True)
class Split:
    """How much of a change is another mix of groups, and how much other rates inside them.

    Attributes:
        field: by which the groups are formed.
        parts: Kitagawa's split of the share; a group seen in one period only is pure mix.
    """

    field: str
    parts: Decomposition


@frozen(kw_only=True)
class KpiChange:
    """How one KPI changed.

    Attributes:
        asked: the KPI, with its title and which way is worse.
        before: the figure of the earlier period.
        after: the figure of the later one.
        difference: later minus earlier: hours of a median, a share, or a rate.
        p_adjusted: p-value, adjusted for all KPIs looked at; None where nothing was tested.
        counts: (k, n) of either period that groups and mix are computed from: the share itself, or
            of a time those slower than the earlier median; None for rates.
        splits: how much of it is mix, by field.
        groups: each group, those with most tickets gone the worse way first.
        affected: tickets of the later period that went the worse way; of a mean that rises,
            those that add to it.
        weeks: the figure by week, and since when it shows; empty where the change is not real.
        background: the later period against the weeks before the earlier one, not adjusted;
            None where the change is not real or these weeks hold too little.
    """

    asked: ReportedKpi
    before: Figure
    after: Figure
    difference: Difference
    p_adjusted: float | None
    counts: tuple[Counts, Counts] | None = None
    splits: tuple[Split, ...] = ()
    groups: tuple[GroupChange, ...] = field(default=(), repr=False)
    affected: tuple[Facts, ...] = field(default=(), repr=False)
    weeks: Weeks = field(default=Weeks(), repr=False)
    background: KpiChange | None = field(default=None, repr=False)

    @property
    def real(self) -> bool:
        """Whether chance is ruled out, at a false discovery rate of 0.05."""
        return self.p_adjusted is not None and self.p_adjusted <= REAL

    @property
    def leans(self) -> ChangeVerdict:
        """Which way it moved, real or not."""
        value, worse = self.difference.value, self.asked.worse
        if not value:
            return "undecided"
        if worse is None:
            return "different"
        return "worse" if (value > 0) is (worse == "higher") else "better"

    @property
    def verdict(self) -> ChangeVerdict:
        """Which way it moved; "undecided" where it may be chance."""
        return self.leans if self.real else "undecided"

    @property
    def usual(self) -> bool:
        """Whether the later period is no worse than the weeks before the earlier one were."""
        if self.background is None:
            return False
        p = self.background.difference.p
        return p is None or p > REAL or self.background.leans != self.leans

    @property
    def tickets(self) -> float | None:
        """How many tickets more went the worse way than at the earlier share; None for rates."""
        return None if self.counts is None else worse_by(*self.counts, self.asked)


@frozen(kw_only=True)
class PeriodComparison:
    """Two periods side by side.

    Attributes:
        before: the earlier period.
        after: the later one.
        follow: how long after its end each is seen.
        created: tickets of either.
        fields: by which groups were formed.
        changes: each KPI that has a value in both, in the order asked.
        topics: what was asked about in the later period, against the earlier one; None where
            the log names no topics.
        selected: whether the log looks selected by completion, so that the later period may
            lack its long tickets.
        outlasting: share of the earlier period's tickets that took longer to close than both
            are followed: so many may be missing; None unless the log looks so selected.
    """

    before: Span
    after: Span
    follow: timedelta
    created: tuple[int, int]
    fields: tuple[str, ...]
    changes: tuple[KpiChange, ...]
    topics: Topics | None = field(default=None, repr=False)
    selected: bool = False
    outlasting: float | None = None

    @property
    def worse(self) -> tuple[KpiChange, ...]:
        """What really got worse, in the order to look at it: most tickets first, then rates."""
        worse = [change for change in self.changes if change.verdict == "worse"]
        return tuple(sorted(worse, key=lambda change: -(change.tickets or 0.0)))

    @property
    def better(self) -> tuple[KpiChange, ...]:
        """What really got better, most tickets first."""
        better = [change for change in self.changes if change.verdict == "better"]
        return tuple(sorted(better, key=lambda change: change.tickets or 0.0))

    @property
    def doubtful(self) -> tuple[KpiChange, ...]:
        """What looks worse and may be chance."""
        return tuple(
            change
            for change in self.changes
            if change.leans == "worse" and change.verdict == "undecided"
        )


def worse_by(before: Counts, after: Counts, one: ReportedKpi) -> float:
    """Return how many cases more went the worse way than at the earlier share; 0 if unknown."""
    if not before[1] or one.worse is None:
        return 0.0
    more = after[0] - before[0] / before[1] * after[1]
    return more if one.worse == "higher" else -more


def group_of(ticket: Facts, name: str) -> str:
    """Return the group that a ticket is in by a field."""
    value = ticket.fields.get(name)
    return MISSING if value is None else str(value)
