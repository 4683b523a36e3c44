"""The figures that a reader sees first: of the later period, against the one before."""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from itertools import pairwise
from math import sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from attrs import define

from support_model import kpi
from support_model._report.blocks import Bounds, Headline, OpenTime, Section, says
from support_model._report.causes import Source, carriers, other_tickets
from support_model._report.conclusions import course_said, group_said, where_said
from support_model._report.period_figures import (
    ALL,
    answers,
    counts,
    members,
    pieces,
    share_cells,
    time_cells,
    times,
    week_values,
)
from support_model._report.period_names import is_whole, period_said
from support_model._report.report import volumes_told
from support_model._report.spans import is_live, thin_tail
from support_model._time import instant, micros, moved
from support_model.changes import lasting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from support_model._report.blocks import Cell, Kind, Said, Verdict
    from support_model._report.period_parts import Ints
    from support_model._report.report import Report
    from support_model._time import Span
    from support_model.changes import Change, Spells
    from support_model.figures import Share
    from support_model.kpi import Volume

TIMES = MappingProxyType({"first_response": "first_response", "resolution": "first_resolution"})
"""The times told, each with the key of the figure that the log must support."""
SHARES = MappingProxyType({"sla": "headline_decided", "satisfied": "headline_rated"})
"""The shares told, each with the note that says of how many."""
MOST_GROUPS = 3
HOUR = timedelta(hours=1)
HARDLY = 0.03
"""A part of a figure by which the whole hardly moved."""
VOLUMES = ("created", "solved", "backlog")


def sections(report: Report) -> Iterator[Section]:
    """Yield what a reader sees first; nothing of a log too short for two periods."""
    changes = report.changes
    if changes is None:
        return
    yield Section(
        key="headlines",
        title=says("headline_title", period=period_said(changes.after)),
        lines=tuple(_about(report)),
        headlines=tuple(_Maker.of(report).every()),
    )


def _about(report: Report) -> Iterator[Said]:
    if report.first is not None and report.as_of is not None:
        ends = {"first": report.first, "last": report.as_of}
        yield says("headline_log", tickets=len(report.rows.ids), tz=report.tz.key, **ends)
    if report.changes is not None and report.as_of is not None:
        if not is_live(report.changes.after, micros(report.as_of)):
            yield says("headline_thin_end")
        if report.selected:
            yield says("headline_by_completion")
    hours = report.hours
    yield says("headline_no_hours") if hours is None else says("headline_hours", hours=hours)
    if lacking := tuple(_lacking(report)):
        yield says("headline_absent", figures=lacking)


def _lacking(report: Report) -> Iterator[Said]:
    """Yield which of the figures seen first the log cannot support, each with the reason."""
    reasons = {each.title.code: each.reason for each in report.absent}
    lacking: dict[str, Said] = {}
    if "status" in report.log.undated:
        lacking |= dict.fromkeys(("solved", "backlog"), says("headline_no_statuses"))
    elif report.selected:
        lacking["backlog"] = says("headline_finished_alone")
    for key, figure in (*TIMES.items(), ("satisfied", "csat_top_boxes")):
        if (reason := reasons.get(f"title_{figure}")) is not None:
            lacking[key] = reason
    if report.clocks is None:
        lacking["sla"] = says("headline_no_policy")
    for key, reason in lacking.items():
        yield says("headline_absent_part", figure=says(f"headline_{key}"), reason=reason)


@define
class _Maker:
    """Headlines in the making.

    Attributes:
        report: the report.
        edges: where the earlier period begins, where the later one does, and where that ends.
        weeks: the edges of the weeks drawn.
        inside: that all units are one group.
        before: the place of the earlier period among the edges.
        after: that of the later one.
        tail: how many last weeks hold hardly any tickets, the running one included.
    """

    report: Report
    edges: list[int]
    weeks: list[int]
    inside: Ints
    before: int
    after: int
    tail: int

    @classmethod
    def of(cls, report: Report) -> _Maker:
        """Return what makes the headlines of a report."""
        assert report.changes is not None  # noqa: S101 - asked before
        changes = report.changes
        edges = sorted({*changes.before.edges, *changes.after.edges})
        weeks = [*(week.edges[0] for week in report.weeks), report.weeks[-1].edges[1]]
        before, after = (edges.index(span.edges[0]) for span in (changes.before, changes.after))
        inside = members(report.rows)
        return cls(report, edges, weeks, inside, before, after, _tail(report, weeks))

    def every(self) -> Iterator[Headline]:
        """Yield those that the log has."""
        yield from self.volumes()
        for key in TIMES:
            spells = lasting(self.report.rows, key)
            if spells is not None and TIMES[key] in self.report.titles:
                yield self.time(key, spells)
        for key, note in SHARES.items():
            if marks := self.report.rows.trials.get(key):
                given = answers(marks, self.inside, self.edges)
                yield self.share(key, given, answers(marks, self.inside, self.weeks), note)

    def ends(self) -> Iterator[Said]:
        """Yield with which week the line of a figure ends, where hardly any ticket came later."""
        if self.tail:
            last = self.report.weeks[-self.tail - 1].end
            assert last is not None  # noqa: S101 - weeks end
            until = moved(last, -timedelta.resolution).date()
            yield says("headline_line_ends", until=until, n=self.tail)

    def voided(self, created: int) -> Iterator[Said]:
        """Yield how many of those that came are void now, so that no other figure counts them."""
        living = counts(self.report.rows.counts.get("created"), self.inside, self.edges)
        if n := created - living[self.after, ALL]:
            yield says("headline_void", n=n)

    def volumes(self) -> Iterator[Headline]:
        """Yield how many tickets were created and solved, and how many are open at the end."""
        report = self.report
        every = kpi.volumes(report.plain, self.spans)
        before, now, *weekly = every
        notes: dict[str, tuple[Said, ...]] = {"created": (*self.voided(now.created),)}
        if now.solved > now.tickets_solved:
            notes["solved"] = (says("headline_solved_again", n=now.tickets_solved),)
        end = instant(min(now.period.edges[1], report.rows.as_of))
        work = kpi.days_of_work(report.plain, at=end, tz=report.tz, calendar=report.calendar)
        if work.days is not None:
            notes["backlog"] = (says("headline_days_of_work", n=work.days),)
        for key in volumes_told(report):
            value, earlier = getattr(now, key), getattr(before, key)
            series = [getattr(each, key) for each in weekly]
            yield self.headline(
                key, "count", value, before=earlier, series=series, notes=notes.get(key, ())
            )

    @property
    def spans(self) -> tuple[Span, ...]:
        """The two periods and the weeks."""
        assert self.report.changes is not None  # noqa: S101 - asked before
        changes = self.report.changes
        return (changes.before, changes.after, *self.report.weeks)

    def time(self, key: str, spells: Spells) -> Headline:
        """Return the median of a time, open tickets counted."""
        report = self.report
        parts = pieces(spells, self.edges, report.calendar)
        medians = times(parts, self.inside)
        n, value, bounds = time_cells(medians.get((self.after, ALL)), report.clock)
        _, before, _ = time_cells(medians.get((self.before, ALL)), report.clock)
        series = list(week_values(report, key, (), self.weeks))
        notes = (says(f"headline_from_{key}", n=n),)
        return self.headline(
            key, "duration", value, bounds=bounds, before=before, series=series, notes=notes
        )

    def share(
        self,
        key: str,
        shares: dict[tuple[int, int], Share],
        weekly: dict[tuple[int, int], Share],
        note: str,
    ) -> Headline:
        """Return a share of what was decided."""
        n, value, bounds = share_cells(shares.get((self.after, ALL)))
        _, before, _ = share_cells(shares.get((self.before, ALL)))
        by_week = (weekly.get((week, ALL)) for week in range(len(self.weeks) - 1))
        series = [None if each is None else each.value for each in by_week]
        notes = (says(note, n=n),)
        return self.headline(
            key, "share", value, bounds=bounds, before=before, series=series, notes=notes
        )

    def headline(
        self,
        key: str,
        kind: Kind,
        value: Cell,
        *,
        before: Cell,
        series: Sequence[float | None],
        notes: tuple[Said, ...],
        bounds: Cell = None,
    ) -> Headline:
        """Return a headline with what is said of its change."""
        assert self.report.changes is not None  # noqa: S101 - asked before
        source = Source.of(self.report, key, self.edges, (self.before, self.after))
        groups = carriers(source, filter(_of_group, self.moved(key)))
        verdict = self.queue() if key == "backlog" else self.verdict(key, groups)
        if verdict and verdict != way(key, value, before):
            verdict = ""  # groups moved, and the whole did not go their way
        causes = (*self.of_all(key), *_groups(groups))
        if key not in VOLUMES and not causes:
            causes = (*self.cause(source, (value, before), bounds),)
        return Headline(
            key=key,
            title=says(f"headline_{key}"),
            kind=kind,
            value=value,
            bounds=bounds,  # type: ignore[arg-type] # bounds or None
            before=before,
            change=self.change(kind, value, before),
            verdict=verdict,
            series=tuple(series[: len(series) - self.tail]),
            incomplete=not self.tail and not last_week_whole(self.report),
            notes=(*notes, *causes, *self.ends()),
        )

    def moved(self, key: str) -> list[Change]:
        """Return what changed in a measure in the later period, for anybody."""
        assert self.report.changes is not None  # noqa: S101 - asked before
        every = [part for item in self.report.changes.items for part in (item, *item.also)]
        return [each for each in every if each.measure == key and self.within(each)]

    def within(self, change: Change) -> bool:
        """Return whether something changed in the later period itself, not since."""
        assert self.report.changes is not None  # noqa: S101 - asked before
        end = self.report.changes.after.end
        return change.recent and (end is None or change.since < end.date())

    def verdict(self, key: str, groups: Sequence[Change]) -> Verdict:
        """Return which way a figure went: as what changed says, of all tickets or of groups."""
        whole = [each for each in self.moved(key) if not each.where]
        verdicts = {each.verdict for each in whole or groups}
        verdict = verdicts.pop() if len(verdicts) == 1 else ""
        return verdict if verdict in {"worse", "better"} else ""

    def queue(self) -> Verdict:
        """Return which way the backlog went; empty of one that did not by more than it varies."""
        if self.report.selected:
            return ""
        (now,) = kpi.volumes(self.report.plain, self.spans[1:2])
        verdicts: dict[str, Verdict] = {"growing": "worse", "shrinking": "better"}
        return verdicts.get(course(now), "")

    def cause(self, source: Source, sides: tuple[Cell, Cell], bounds: Cell) -> Iterator[Said]:
        """Yield where a change comes from that no group carries, or that it may be chance.

        Nothing where neither is known: that nothing began in the period explains no change.
        """
        gone, moved = way(source.key, *sides), self.moved(source.key)
        if gone and other_tickets(source):
            yield says("headline_other_tickets")
        elif gone and (earlier := self.earlier(source, gone)) is not None:
            where = says("changes_in_words", parts=where_said(earlier))
            course = course_said(earlier, self.report)
            yield says("headline_earlier", where=where, course=course, since=earlier.since)
        elif not self.looked_at(source.key):
            yield says("headline_untold")
        elif not moved and _may_be_chance(gone, sides[1], bounds):
            yield says("headline_chance")

    def looked_at(self, key: str) -> bool:
        """Return whether a figure holds enough of bad outcomes, or of all, to be looked at."""
        return self.report.changes is not None and key in self.report.changes.measures

    def earlier(self, source: Source, gone: Verdict) -> Change | None:
        """Return what went the same way before the later period, stands and carries most."""
        assert self.report.changes is not None  # noqa: S101 - asked before
        every = [part for item in self.report.changes.items for part in (item, *item.also)]
        standing = [
            each
            for each in every
            if each.measure == source.key and not each.recent and each.verdict == gone
        ]
        return next(iter(carriers(source, standing)), None)

    def of_all(self, key: str) -> Iterator[Said]:
        """Yield how far a measure of all tickets went, which its period shows only in part."""
        for whole in [each for each in self.moved(key) if not each.where][:1]:
            course, verdict = course_said(whole, self.report), whole.verdict
            told = {"verdict": says(verdict)} if verdict in {"worse", "better"} else {}
            code = "headline_whole_judged" if told else "headline_whole"
            yield says(code, since=whole.since, course=course, **told)

    def change(self, kind: Kind, value: Cell, before: Cell) -> Said | None:
        """Return how a figure stands against the period before."""
        assert self.report.changes is not None  # noqa: S101 - asked before
        if before is None or value is None:
            return None
        period = period_said(self.report.changes.before)
        if kind == "count" and isinstance(value, int) and isinstance(before, int) and before:
            part = (value - before) / before
            return says("headline_change_count", percent=part, before=before, period=period)
        said = says("headline_share", share=before) if kind == "share" else before
        return says("headline_change_from", before=said, period=period)


def _tail(report: Report, weeks: Sequence[int]) -> int:
    """Return how many last weeks hold hardly any tickets; a running one alone is none."""
    running = not last_week_whole(report)
    spans = [*pairwise(weeks)][: len(weeks) - 1 - running]
    came = sorted(report.plain.scalar("created"))
    thin = thin_tail([bisect_left(came, end) - bisect_left(came, start) for start, end in spans])
    return thin + running if thin else 0


def _of_group(change: Change) -> bool:
    return bool(change.where)


def _groups(changes: Iterable[Change]) -> Iterator[Said]:
    """Yield the groups that moved each way, without parts of groups that are named."""
    ways: dict[str, list[Change]] = {}
    for each in changes:
        own = ways.setdefault(each.verdict, [])
        if not any(set(other.where) <= set(each.where) for other in own):
            own.append(each)
    for verdict, own in ways.items():
        groups = tuple(group_said(each.where) for each in own[:MOST_GROUPS])
        yield says(f"headline_groups_{verdict}", groups=groups)


def _may_be_chance(gone: Verdict, before: Cell, bounds: Cell) -> bool:
    """Return whether a figure hardly moved, or no further than its own interval goes."""
    then = _number(before)
    if then is None or not isinstance(bounds, Bounds):
        return False
    low, high = _number(bounds.low), _number(bounds.high)
    return not gone or ((low is None or low <= then) and (high is None or then <= high))


def last_week_whole(report: Report) -> bool:
    """Return whether a log covers the days of the last of its weeks."""
    if not report.weeks or report.first is None or report.as_of is None:
        return False
    return is_whole(report.weeks[-1], report.first, report.as_of)


def course(volume: Volume) -> Literal["growing", "level", "shrinking"]:
    """Return how the backlog went in a period, level where by no more than its moves vary.

    These come and go one by one, so that their difference varies by the root of their number.
    """
    moves = volume.solved + volume.voided + volume.created + volume.reopened + volume.restored
    if abs(volume.net) <= sqrt(moves):
        return "level"
    return "growing" if volume.net > 0 else "shrinking"


def way(key: str, value: Cell, before: Cell) -> Verdict:
    """Return which way a figure of the whole went; empty where it hardly moved.

    Example:
        >>> from datetime import timedelta
        >>> way("resolution", timedelta(hours=3), timedelta(hours=2))
        'worse'
        >>> way("satisfied", 0.70, 0.71)
        ''
    """
    now, then = (_number(each) for each in (value, before))
    if now is None or then is None or abs(now - then) <= HARDLY * abs(then):
        return ""
    return "worse" if (now > then) is (key not in SHARES) else "better"


def _number(cell: Cell) -> float | None:
    if isinstance(cell, OpenTime):
        return cell.amount / HOUR
    if isinstance(cell, timedelta):
        return cell / HOUR
    return float(cell) if isinstance(cell, int | float) else None
