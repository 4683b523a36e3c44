"""Two periods of one log compared: which tickets, how long followed, by which groups.

The later period says how long both are followed: until the log ends. The limits of the weeks
are drawn from those before the later period: six at least, and four before the earlier one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import evolve

from support_model._report.comparison import compare
from support_model._report.log_facts import cohorts, field_named
from support_model._report.spans import period_text
from support_model._report.weeks import FEWEST
from support_model._time import between, instant, micros
from support_model.errors import InvalidValue
from support_model.kpi import periods, selected_by_completion, top_topics

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from support_model._report.changes import PeriodComparison
    from support_model._report.report import Report
    from support_model._time import Span
    from support_model.kpi import Facts


WEEKS, WEEKS_BEFORE = timedelta(weeks=7), timedelta(weeks=5)
"""How far the weeks reach back: six whole ones before the later, four before the earlier."""
FIELDS = ("priority", "type", "channel", "line", "technology", "group")
"""By which groups are told apart: never by agent, as their tickets differ and so does chance."""
MOST_GROUPS = 100
SLACK = 86_400_000_000
"""Microseconds by which the last row may lie before the end of a period: a quiet last day."""


def compare_periods(made: Report, before: Span, after: Span, *, tz: ZoneInfo) -> PeriodComparison:
    """Return how two periods of a report's log differ, on the clock of its opening hours.

    Groups are told apart by each field of `FIELDS` that the log states, and by what the report
    is split by.

    Args:
        made: the report.
        before: the earlier period.
        after: the later one.
        tz: zone of the days and weeks.

    Raises:
        InvalidValue: periods that overlap, or one that the log does not reach the end of.
    """
    log = made.log
    first, last = log.first, log.last
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
    found = compare(
        cohorts(log, (before, after, *weeks), follow=follow),
        before=before,
        after=after,
        follow=follow,
        asked=made.asked,
        fields=_fields(made),
        weeks=weeks,
        calendar=made.calendar,
    )
    topics = top_topics(
        made.facts,
        current=(instant(after.edges[0]), end),
        previous=(instant(before.edges[0]), instant(before.edges[1])),
        min_count=FEWEST,
    )
    selected = selected_by_completion(made.facts)
    return evolve(
        found,
        selected=selected,
        outlasting=_outlasting(made.facts, before, follow) if selected else None,
        topics=topics if topics.n else None,
    )


def _outlasting(every: Iterable[Facts], period: Span, follow: timedelta) -> float | None:
    """Return the share of a period's tickets that took longer than `follow` to close."""
    start, end = period.edges
    lives = [
        between(fact.created, fact.closed or fact.as_of)
        for fact in every
        if start <= micros(fact.created) < end
    ]
    return sum(life > follow for life in lives) / len(lives) if lives else None


def _fields(made: Report) -> tuple[str, ...]:
    """Return by what to tell groups apart: fields of some groups and not of too many."""
    chosen = [] if made.by is None else [field_named(made.log.mapping, made.by)]
    for name in FIELDS:
        values = {fact.fields.get(name) for fact in made.facts}
        if 1 < len(values) <= MOST_GROUPS and name not in chosen:
            chosen.append(name)
    return tuple(chosen)
