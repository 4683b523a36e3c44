"""Two periods compared: what changed, is it real, mix or rate, for whom, since when.

Both periods are cohorts of tickets by creation, each seen the same time after its end. Every KPI
gets a difference with an interval and a p-value adjusted for how many were looked at. What a
median cannot give, the share of slow tickets does: those that took longer than the median of
the earlier period can be counted, split by mix (Kitagawa) and split by group.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from attrs import evolve

from support_model._report.changes import (
    FEWEST,
    GroupChange,
    KpiChange,
    PeriodComparison,
    Split,
    by_week,
    group_of,
    worse_by,
)
from support_model._report.spans import period_text
from support_model._time import between, instant, micros
from support_model.errors import InvalidValue
from support_model.figures import Distribution, Rate, Share
from support_model.inference import (
    Difference,
    benjamini_hochberg,
    decompose,
    two_means,
    two_medians,
    two_proportions,
)
from support_model.kpi import (
    RateKpi,
    ShareKpi,
    TimeKpi,
    periods,
    selected_by_completion,
    top_topics,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from support_model._report.catalogue import ReportedKpi
    from support_model._report.changes import Counts
    from support_model._report.report import Report
    from support_model._time import Span
    from support_model.calendars import BusinessCalendar
    from support_model.figures import Figure
    from support_model.kpi import Facts


def compare(
    tickets: Mapping[Span, Sequence[Facts]],
    *,
    before: Span,
    after: Span,
    follow: timedelta,
    asked: Iterable[ReportedKpi],
    fields: Sequence[str] = (),
    weeks: Sequence[Span] = (),
    calendar: BusinessCalendar | None = None,
) -> PeriodComparison:
    """Return how the KPIs of two periods differ; those of all tickets at once are left out.

    `tickets` holds the `cohorts` of both periods and of `weeks`, each as of `follow` after its
    end. Limits come from the weeks before the later period: some should lie before the earlier.

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
    judged = (evolve(c, p_adjusted=p) for c, p in zip(changes, adjusted, strict=True))
    weekly = {week: tickets[week] for week in weeks}
    return PeriodComparison(
        before=before,
        after=after,
        follow=follow,
        created=(len(sides[0]), len(sides[1])),
        fields=tuple(fields),
        changes=tuple(
            _located(_split(change, sides, fields, calendar), weekly, (before, after), calendar)
            for change in judged
        ),
    )


def _change(
    one: ReportedKpi,
    sides: tuple[Sequence[Facts], Sequence[Facts]],
    calendar: BusinessCalendar | None,
) -> KpiChange | None:
    """Return how one KPI changed, not adjusted yet; None where a period has no value."""
    first, last = (one.of(facts, calendar) for facts in sides)
    return _differing(one, first, last)


def _differing(one: ReportedKpi, first: Figure, last: Figure) -> KpiChange | None:
    difference = Difference(value=None)
    if isinstance(first, Distribution) and isinstance(last, Distribution):
        difference = _in_hours(two_medians(first.micros, last.micros))
    elif isinstance(first, Share) and isinstance(last, Share):
        difference = two_proportions((first.numerator, first.n), (last.numerator, last.n))
    elif isinstance(first, Rate) and isinstance(last, Rate):
        difference = _of_rates(first, last)
    if difference.value is None:
        return None
    return KpiChange(asked=one, before=first, after=last, difference=difference, p_adjusted=None)


def _of_rates(first: Rate, last: Rate) -> Difference:
    if first.squares is None or last.squares is None or len(first.scales | last.scales) > 1:
        return Difference(value=None)
    return two_means(
        (first.numerator, first.squares, first.n), (last.numerator, last.squares, last.n)
    )


def _in_hours(difference: Difference) -> Difference:
    hour = timedelta(hours=1) / timedelta(microseconds=1)
    return evolve(
        difference,
        value=None if difference.value is None else difference.value / hour,
        interval=difference.interval
        and (difference.interval[0] / hour, difference.interval[1] / hour),
    )


def _marks(
    one: ReportedKpi,
    facts: Sequence[Facts],
    slow: timedelta | None,
    calendar: BusinessCalendar | None,
) -> Iterator[tuple[Facts, int, int]]:
    """Yield each ticket that counts with its k and n."""
    if isinstance(one.kpi, ShareKpi):
        for fact in facts:
            if fact.category != "void" and isinstance(holds := one.kpi.judge(fact), bool):
                yield fact, int(holds), 1
    elif isinstance(one.kpi, TimeKpi) and slow is not None:
        times = one.kpi.per_ticket(facts, calendar=calendar if one.timed else None)
        for fact in facts:
            if fact.ticket_id in times:
                durations = times[fact.ticket_id]
                yield fact, sum(each > slow for each in durations), len(durations)


def _split(
    change: KpiChange,
    sides: tuple[Sequence[Facts], Sequence[Facts]],
    fields: Sequence[str],
    calendar: BusinessCalendar | None,
) -> KpiChange:
    """Return a change with its counts, its mix splits and its groups."""
    one = change.asked
    slow = change.before.quantile(0.5) if isinstance(change.before, Distribution) else None
    marks = [list(_marks(one, facts, slow, calendar)) for facts in sides]
    if not all(marks):
        return evolve(change, affected=_adding(one, sides[1]))
    higher = one.worse == "higher"
    whole = [_whole(side) for side in marks]
    cells = {name: [_cells(side, name) for side in marks] for name in fields}
    return evolve(
        change,
        counts=(whole[0], whole[1]),
        affected=tuple(fact for fact, k, n in marks[1] if (k if higher else n - k)),
        splits=tuple(
            Split(field=name, parts=decompose(before, after, empty="carry"))
            for name, (before, after) in cells.items()
        ),
        groups=_groups(one, cells),
    )


def _whole(marks: Iterable[tuple[Facts, int, int]]) -> Counts:
    counts = [(k, n) for _, k, n in marks]
    return sum(k for k, _ in counts), sum(n for _, n in counts)


def _groups(
    one: ReportedKpi, cells: Mapping[str, Sequence[Mapping[str, Counts]]]
) -> tuple[GroupChange, ...]:
    """Return the groups of all fields, their p-values adjusted together."""
    groups = [
        _group(one, name, group, before.get(group, (0, 0)), after.get(group, (0, 0)))
        for name, (before, after) in cells.items()
        for group in sorted({*before, *after})
    ]
    adjusted = benjamini_hochberg(
        [each.difference.p if _enough(each) else None for each in groups]
    )
    groups = [evolve(each, p_adjusted=p) for each, p in zip(groups, adjusted, strict=True)]
    return tuple(sorted(groups, key=lambda each: -each.tickets))


def _adding(one: ReportedKpi, facts: Sequence[Facts]) -> tuple[Facts, ...]:
    """Return the tickets that add to a mean that gets worse as it rises."""
    if not isinstance(one.kpi, RateKpi) or one.worse != "higher":
        return ()
    added = one.kpi.per_ticket(facts)
    return tuple(fact for fact in facts if added.get(fact.ticket_id))


def _cells(marks: Iterable[tuple[Facts, int, int]], name: str) -> dict[str, Counts]:
    cells: dict[str, Counts] = {}
    for fact, k, n in marks:
        group = group_of(fact, name)
        so_far = cells.get(group, (0, 0))
        cells[group] = (so_far[0] + k, so_far[1] + n)
    return cells


def _group(one: ReportedKpi, name: str, group: str, before: Counts, after: Counts) -> GroupChange:
    return GroupChange(
        field=name,
        group=group,
        before=before,
        after=after,
        difference=two_proportions(before, after),
        p_adjusted=None,
        tickets=worse_by(before, after, one),
    )


def _enough(each: GroupChange) -> bool:
    return min(each.before[1], each.after[1]) >= FEWEST


def _located(
    change: KpiChange,
    weekly: Mapping[Span, Sequence[Facts]],
    spans: tuple[Span, Span],
    calendar: BusinessCalendar | None,
) -> KpiChange:
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


WEEKS, WEEKS_BEFORE = timedelta(weeks=7), timedelta(weeks=5)
"""How far the weeks reach back: six whole ones before the later, four before the earlier."""
GROUP_FIELDS = ("priority", "type", "channel", "line", "technology", "group")
"""By which groups are formed: never by agent, as their tickets differ and so does chance."""
MOST_GROUPS = 100
SLACK = 86_400_000_000
"""Microseconds by which the last row may lie before the end of a period: a quiet last day."""


def compare_periods(
    report: Report, before: Span, after: Span, *, tz: ZoneInfo
) -> PeriodComparison:
    """Return how two periods of a report's log differ, on the clock of its opening hours.

    Groups are formed by each field of `FIELDS` that the log states, and by what the report
    is split by.

    Args:
        report: the report.
        before: the earlier period.
        after: the later one.
        tz: zone of the days and weeks.

    Raises:
        InvalidValue: periods that overlap, or one that the log does not reach the end of.
    """
    first, last = report.first, report.as_of
    for period in (before, after):
        if first is None or last is None or micros(last) < period.edges[1] - SLACK:
            problem = "the log ends before the period does"
            raise InvalidValue(
                period_text(period), problem, f"it ends at {last}; compare what it holds"
            )
        if micros(first) >= period.edges[1]:
            problem = "the log begins after the period"
            raise InvalidValue(period_text(period), problem, f"it begins at {first}")
    assert first is not None and last is not None  # noqa: S101, PT018 - asked above
    end = instant(after.edges[1], tz)
    starts = instant(before.edges[0], tz), instant(after.edges[0], tz)
    since = max(first, min(starts[0] - WEEKS_BEFORE, starts[1] - WEEKS))
    weeks = periods(since.astimezone(tz).date(), end.date(), tz=tz, every="week")
    follow = max(between(end, last), timedelta())
    comparison = compare(
        report.view.cohorts((before, after, *weeks), follow=follow),
        before=before,
        after=after,
        follow=follow,
        asked=report.asked,
        fields=_fields(report),
        weeks=weeks,
        calendar=report.calendar,
    )
    topics = top_topics(
        report.facts,
        current=(instant(after.edges[0]), end),
        previous=(instant(before.edges[0]), instant(before.edges[1])),
        min_count=FEWEST,
    )
    selected = selected_by_completion(report.facts)
    return evolve(
        comparison,
        selected=selected,
        outlasting=_outlasting(report.view.lives(report.facts, before), follow)
        if selected
        else None,
        topics=topics if topics.n else None,
    )


def _outlasting(lives: Sequence[timedelta], follow: timedelta) -> float | None:
    """Return the share of tickets that took longer than `follow` to close."""
    return sum(life > follow for life in lives) / len(lives) if lives else None


def _fields(report: Report) -> tuple[str, ...]:
    """Return by what to tell groups apart: fields of some groups and not of too many."""
    chosen = [] if report.split is None else [report.split]
    for name in GROUP_FIELDS:
        values = report.view.values(report.facts, name)
        if 1 < len(values) <= MOST_GROUPS and name not in chosen:
            chosen.append(name)
    return tuple(chosen)
