"""Two periods compared: what changed, is it real, mix or rate, for whom, since when.

Both periods are cohorts of tickets by creation, each seen the same time after its end. Every KPI
gets a difference with an interval and a p-value adjusted for how many were looked at. What a
median cannot give, the share of slow tickets does: those that took longer than the median of
the earlier period can be counted, split by mix (Kitagawa) and told apart by group.

Before this: `support_model.reporting.report`, `support_model.reporting.weeks`. Next:
`support_model.reporting.log_comparison`, `support_model.reporting.change_text`.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import evolve, field, frozen

from support_model.errors import InvalidValue
from support_model.figures import Distribution, Rate, Share
from support_model.kpi import RateKpi, ShareKpi, TimeKpi
from support_model.reporting.report import MISSING
from support_model.reporting.weeks import FEWEST, Weeks, by_week
from support_model.statistics.comparisons import (
    Difference,
    benjamini_hochberg,
    two_means,
    two_medians,
    two_proportions,
)
from support_model.statistics.standardization import decompose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from support_model.calendars import BusinessCalendar
    from support_model.figures import Figure
    from support_model.instants import Span
    from support_model.kpi import Facts, Topics
    from support_model.reporting.catalogue import Asked
    from support_model.statistics.standardization import Decomposition

__all__ = [
    "Change",
    "GroupChange",
    "PeriodComparison",
    "Split",
    "Verdict",
    "compare",
]

REAL = 0.05
"""The share of false alarms among what is called real."""
Verdict: TypeAlias = Literal["worse", "better", "different", "undecided"]
Counts: TypeAlias = tuple[int, int]


@frozen(kw_only=True)
class GroupChange:
    """How a share changed in one group.

    Attributes:
        field: by which groups are told apart.
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
    before: Counts
    after: Counts
    difference: Difference
    p_adjusted: float | None
    tickets: float
    since: datetime | None = None

    @property
    def worse(self) -> bool:
        """Whether it really got worse."""
        return self.p_adjusted is not None and self.p_adjusted <= REAL and self.tickets > 0

    def holds(self, fact: Facts) -> bool:
        """Return whether a ticket is one of the group."""
        return _value(fact, self.field) == self.group


@frozen(kw_only=True)
class Split:
    """How much of a change is another mix of groups, and how much other rates inside them.

    Attributes:
        field: by which the groups are told apart.
        parts: Kitagawa's split of the share; a group seen in one period only is pure mix.
    """

    field: str
    parts: Decomposition


@frozen(kw_only=True)
class Change:
    """How one KPI changed.

    Attributes:
        asked: the KPI, with its title and which way is worse.
        before: the figure of the earlier period.
        after: the figure of the later one.
        difference: later minus earlier: hours of a median, a share, or a rate.
        p_adjusted: p-value, adjusted for all KPIs looked at; None where nothing was tested.
        counts: (k, n) of either period that groups and mix are told from: the share itself, or
            of a time those slower than the earlier median; None for rates.
        splits: how much of it is mix, by field.
        groups: each group, those with most tickets gone the worse way first.
        affected: tickets of the later period that went the worse way; of a mean that rises,
            those that add to it.
        weeks: the figure by week, and since when it shows; empty where the change is not real.
        background: the later period against the weeks before the earlier one, not adjusted;
            None where the change is not real or these weeks hold too little.
    """

    asked: Asked
    before: Figure
    after: Figure
    difference: Difference
    p_adjusted: float | None
    counts: tuple[Counts, Counts] | None = None
    splits: tuple[Split, ...] = ()
    groups: tuple[GroupChange, ...] = field(default=(), repr=False)
    affected: tuple[Facts, ...] = field(default=(), repr=False)
    weeks: Weeks = field(default=Weeks(), repr=False)
    background: Change | None = field(default=None, repr=False)

    @property
    def real(self) -> bool:
        """Whether luck is ruled out, at a false discovery rate of 0.05."""
        return self.p_adjusted is not None and self.p_adjusted <= REAL

    @property
    def leans(self) -> Verdict:
        """Which way it moved, real or not."""
        value, worse = self.difference.value, self.asked.worse
        if not value:
            return "undecided"
        if worse is None:
            return "different"
        return "worse" if (value > 0) is (worse == "higher") else "better"

    @property
    def verdict(self) -> Verdict:
        """Which way it moved; "undecided" where it may be luck."""
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
        return None if self.counts is None else _excess(*self.counts, self.asked)


@frozen(kw_only=True)
class PeriodComparison:
    """Two periods side by side.

    Attributes:
        before: the earlier period.
        after: the later one.
        follow: how long after its end each is seen.
        created: tickets of either.
        fields: by which groups were told apart.
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
    changes: tuple[Change, ...]
    topics: Topics | None = field(default=None, repr=False)
    selected: bool = False
    outlasting: float | None = None

    @property
    def worse(self) -> tuple[Change, ...]:
        """What really got worse, in the order to look at it: most tickets first, then rates."""
        found = [change for change in self.changes if change.verdict == "worse"]
        return tuple(sorted(found, key=lambda change: -(change.tickets or 0.0)))

    @property
    def better(self) -> tuple[Change, ...]:
        """What really got better, most tickets first."""
        found = [change for change in self.changes if change.verdict == "better"]
        return tuple(sorted(found, key=lambda change: change.tickets or 0.0))

    @property
    def doubtful(self) -> tuple[Change, ...]:
        """What looks worse and may be luck."""
        return tuple(
            change
            for change in self.changes
            if change.leans == "worse" and change.verdict == "undecided"
        )


def compare(
    tickets: Mapping[Span, Sequence[Facts]],
    *,
    before: Span,
    after: Span,
    follow: timedelta,
    asked: Iterable[Asked],
    fields: Sequence[str] = (),
    weeks: Sequence[Span] = (),
    calendar: BusinessCalendar | None = None,
) -> PeriodComparison:
    """Return how the KPIs of two periods differ.

    Args:
        tickets: the tickets of both periods and of `weeks`, each as of `follow` after its end;
            see `support_model.reporting.log_facts.cohorts`.
        before: the earlier period.
        after: the later one.
        follow: how long after its end each is seen.
        asked: the KPIs; those that need all tickets at once are passed over.
        fields: by which to tell groups apart.
        weeks: in order, up to the end of the later period; limits come from those before it, so
            they should begin with the earlier period or some weeks before.
        calendar: the opening hours in which times are measured.

    Raises:
        InvalidValue: a later period that begins before the earlier one ends.
    """
    if after.edges[0] < before.edges[1]:
        remedy = "give the earlier period first, and periods that do not overlap"
        raise InvalidValue(after, "the later period begins before the earlier one ends", remedy)
    sides = tickets[before], tickets[after]
    changes = [
        change
        for one in asked
        if one.kpi is not None and (change := _change(one, sides, calendar)) is not None
    ]
    adjusted = benjamini_hochberg([change.difference.p for change in changes])
    told = (evolve(c, p_adjusted=p) for c, p in zip(changes, adjusted, strict=True))
    weekly = {week: tickets[week] for week in weeks}
    return PeriodComparison(
        before=before,
        after=after,
        follow=follow,
        created=(len(sides[0]), len(sides[1])),
        fields=tuple(fields),
        changes=tuple(
            _located(_split(change, sides, fields, calendar), weekly, (before, after), calendar)
            for change in told
        ),
    )


def _change(
    one: Asked, sides: tuple[Sequence[Facts], Sequence[Facts]], calendar: BusinessCalendar | None
) -> Change | None:
    """Return how one KPI changed, not adjusted yet; None where a period has no value."""
    first, last = (one.of(facts, calendar) for facts in sides)
    return _differing(one, first, last)


def _differing(one: Asked, first: Figure, last: Figure) -> Change | None:
    difference = Difference(value=None)
    if isinstance(first, Distribution) and isinstance(last, Distribution):
        difference = _in_hours(two_medians(first.micros, last.micros))
    elif isinstance(first, Share) and isinstance(last, Share):
        difference = two_proportions((first.numerator, first.n), (last.numerator, last.n))
    elif isinstance(first, Rate) and isinstance(last, Rate):
        difference = _of_rates(first, last)
    if difference.value is None:
        return None
    return Change(asked=one, before=first, after=last, difference=difference, p_adjusted=None)


def _of_rates(first: Rate, last: Rate) -> Difference:
    if first.squares is None or last.squares is None:
        return Difference(value=None)
    return two_means(
        (first.numerator, first.squares, first.n), (last.numerator, last.squares, last.n)
    )


def _in_hours(found: Difference) -> Difference:
    hour = timedelta(hours=1) / timedelta(microseconds=1)
    return evolve(
        found,
        value=None if found.value is None else found.value / hour,
        interval=found.interval and (found.interval[0] / hour, found.interval[1] / hour),
    )


def _marks(
    one: Asked, facts: Sequence[Facts], slow: timedelta | None, calendar: BusinessCalendar | None
) -> Iterator[tuple[Facts, int, int]]:
    """Yield each ticket that counts with its k and n."""
    if isinstance(one.kpi, ShareKpi):
        for fact in facts:
            if fact.category != "void" and isinstance(holds := one.kpi.judge(fact), bool):
                yield fact, int(holds), 1
    elif isinstance(one.kpi, TimeKpi) and slow is not None:
        times = one.kpi.per_ticket(facts, calendar=calendar if one.timed else None)
        for fact in facts:
            if fact.ticket in times:
                found = times[fact.ticket]
                yield fact, sum(each > slow for each in found), len(found)


def _split(
    change: Change,
    sides: tuple[Sequence[Facts], Sequence[Facts]],
    fields: Sequence[str],
    calendar: BusinessCalendar | None,
) -> Change:
    """Return a change with its counts, its mix splits and its groups."""
    one = change.asked
    slow = change.before.quantile(0.5) if isinstance(change.before, Distribution) else None
    marks = [list(_marks(one, facts, slow, calendar)) for facts in sides]
    if not all(marks):
        return evolve(change, affected=_adding(one, sides[1]))
    higher = one.worse == "higher"
    whole = [(sum(k for _, k, _ in side), sum(n for _, _, n in side)) for side in marks]
    splits: list[Split] = []
    groups: list[GroupChange] = []
    for name in fields:
        before, after = (_cells(side, name) for side in marks)
        splits.append(Split(field=name, parts=decompose(before, after, empty="carry")))
        groups += (
            _group(one, name, group, before.get(group, (0, 0)), after.get(group, (0, 0)))
            for group in sorted({*before, *after})
        )
    tested = [each.difference.p if _enough(each) else None for each in groups]
    adjusted = benjamini_hochberg(tested)
    groups = [evolve(each, p_adjusted=p) for each, p in zip(groups, adjusted, strict=True)]
    return evolve(
        change,
        counts=(whole[0], whole[1]),
        affected=tuple(fact for fact, k, n in marks[1] if (k if higher else n - k)),
        splits=tuple(splits),
        groups=tuple(sorted(groups, key=lambda each: -each.tickets)),
    )


def _adding(one: Asked, facts: Sequence[Facts]) -> tuple[Facts, ...]:
    """Return the tickets that add to a mean that gets worse as it rises."""
    if not isinstance(one.kpi, RateKpi) or one.worse != "higher":
        return ()
    added = one.kpi.per_ticket(facts)
    return tuple(fact for fact in facts if added.get(fact.ticket))


def _cells(marks: Iterable[tuple[Facts, int, int]], name: str) -> dict[str, Counts]:
    cells: dict[str, Counts] = {}
    for fact, k, n in marks:
        group = _value(fact, name)
        so_far = cells.get(group, (0, 0))
        cells[group] = (so_far[0] + k, so_far[1] + n)
    return cells


def _group(one: Asked, name: str, group: str, before: Counts, after: Counts) -> GroupChange:
    return GroupChange(
        field=name,
        group=group,
        before=before,
        after=after,
        difference=two_proportions(before, after),
        p_adjusted=None,
        tickets=_excess(before, after, one),
    )


def _enough(each: GroupChange) -> bool:
    return min(each.before[1], each.after[1]) >= FEWEST


def _excess(before: Counts, after: Counts, one: Asked) -> float:
    """Return how many cases more went the worse way than at the earlier share; 0 if unknown."""
    if not before[1] or one.worse is None:
        return 0.0
    more = after[0] - before[0] / before[1] * after[1]
    return more if one.worse == "higher" else -more


def _located(
    change: Change,
    weekly: Mapping[Span, Sequence[Facts]],
    spans: tuple[Span, Span],
    calendar: BusinessCalendar | None,
) -> Change:
    """Return a real change with its weeks, and the first that shows it, also in its groups."""
    if not change.real or not weekly:
        return change
    before, after = spans
    up = (change.difference.value or 0.0) > 0
    ask = partial(by_week, change.asked, until=after, up=up, calendar=calendar)
    groups = [
        evolve(each, since=ask(_inside(each, weekly)).since) if each.worse else each
        for each in change.groups
    ]
    past = [
        fact
        for week, facts in weekly.items()
        if week.edges[1] <= before.edges[0]
        for fact in facts
    ]
    usual = change.asked.of(past, calendar)
    return evolve(
        change,
        weeks=ask(weekly),
        groups=tuple(groups),
        background=_differing(change.asked, usual, change.after) if usual.n >= FEWEST else None,
    )


def _inside(group: GroupChange, weekly: Mapping[Span, Sequence[Facts]]) -> dict[Span, list[Facts]]:
    """Return the tickets of one group by week."""
    return {week: [fact for fact in facts if group.holds(fact)] for week, facts in weekly.items()}


def _value(fact: Facts, name: str) -> str:
    value = fact.fields.get(name)
    return MISSING if value is None else str(value)
