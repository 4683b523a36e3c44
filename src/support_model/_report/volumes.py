"""How much came and was solved, what waits and how old it is: the volumes of a report."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from attrs import define

from support_model import kpi
from support_model._frozen import frozen
from support_model._report.blocks import Chart, Column, Heat, Line, Section, Table, says
from support_model._report.headlines import course
from support_model._report.period_names import is_whole, period_said, periods_until
from support_model._report.spans import thin_tail
from support_model._time import Span, moved
from support_model._vocabulary import OVER
from support_model.figures import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from support_model._report.blocks import Cell, Kind, Said
    from support_model._report.report import Report
    from support_model.kpi import DaysOfWork, PlainFacts, Volume

LENGTHS: tuple[Literal["month", "week", "day"], ...] = ("month", "week", "day")
SHOWN: Mapping[str, int] = MappingProxyType({"month": 13, "week": 13, "day": 14})
GROUPS_SHOWN, WEEKS_DRAWN, FEWEST_WEEKS = 15, 53, 3
DAY = timedelta(days=1)
AGES = (1, 3, 7, 14, 28, 90)
"""Days at which the bins of ages end."""
DAYS_OF_WEEK = range(7)


@frozen
class Void:
    """A ticket that is void now: when it came, when it became void, and how.

    `status` is the name of its status; None for one merged into another.
    """

    created: int
    at: int
    status: str | None


@define(eq=False, slots=False)
class Volumes:
    """What a report says of volumes, asked of its tickets once."""

    report: Report
    first: datetime
    last: datetime

    @property
    def plain(self) -> PlainFacts:
        """The tickets."""
        return self.report.plain

    @property
    def told(self) -> bool:
        """Whether the log tells what was solved."""
        return "status" not in self.report.log.undated

    @cached_property
    def by_completion(self) -> bool:
        """Whether the log seems to hold finished tickets alone, so that its backlog is low."""
        return self.told and self.report.selected

    @cached_property
    def reopenings_untold(self) -> int:
        """Of how many tickets only present values are known."""
        return sum(self.plain.scalar("snapshot"))

    @cached_property
    def left_untold(self) -> Counter[str]:
        """How many tickets are over while nothing tells since when, by status."""
        plain = self.plain
        statuses, histories = plain.entries("statuses"), plain.entries("history").each()
        return Counter(
            statuses.of(place)[0][1]
            for place, (listed, history) in enumerate(
                zip(plain.scalar("snapshot"), histories, strict=True)
            )
            if listed and history and history[0][1] in OVER
        )

    @cached_property
    def by_length(self) -> Mapping[str, tuple[Volume, ...]]:
        """The volumes by month, week and day, oldest first."""
        tz = self.report.tz
        return {
            every: kpi.volumes(self.plain, periods_until(self.first, self.last, tz, every))
            for every in LENGTHS
        }

    @cached_property
    def periods(self) -> tuple[Volume, ...]:
        """The volumes of the two periods of the report, and of the time since then."""
        spans = self.report.periods
        if spans is None:
            return ()
        since, today = spans[1].end, moved(self.last, timedelta.resolution)
        later = () if since is None or today <= since else (Span(since, today),)
        return kpi.volumes(self.plain, (*spans, *later))

    def work(self, at: datetime | None) -> DaysOfWork:
        """Return how much work was open at an instant; None is the end of the log."""
        report = self.report
        end = self.last if at is None else min(at, self.last)
        return kpi.days_of_work(self.plain, at=end, tz=report.tz, calendar=report.calendar)

    @cached_property
    def open(self) -> tuple[timedelta, ...]:
        """The ages of the open tickets, the oldest first."""
        plain = self.plain
        rows = zip(
            plain.scalar("created"),
            plain.scalar("as_of"),
            plain.entries("history").each(),
            strict=True,
        )
        ages = [
            as_of - created
            for created, as_of, history in rows
            if history and history[-1][1] not in OVER
        ]
        return tuple(timedelta(microseconds=age) for age in sorted(ages, reverse=True))

    @cached_property
    def void(self) -> tuple[Void, ...]:
        """The tickets that are void now."""
        plain = self.plain
        created, into = plain.scalar("created"), plain.scalar("merged_into")
        statuses = plain.entries("statuses")
        return tuple(
            Void(
                created[place],
                history[-1][0],
                None if into[place] is not None else statuses.of(place)[-1][1],
            )
            for place, history in enumerate(plain.entries("history").each())
            if history and history[-1][1] == "void"
        )


def sections(report: Report) -> Iterator[Section]:
    """Yield what came, what was solved, what waits and how old it is; then it all by time."""
    if report.first is None or report.as_of is None:
        return
    volumes = Volumes(report, report.first, report.as_of)
    yield Section(
        key="volumes",
        title=says("volumes_title"),
        lines=tuple(_lines(volumes)),
        notes=tuple(_notes(volumes)),
        tables=(
            *((_periods(volumes),) if volumes.periods else ()),
            _by(volumes, "month"),
            *((_ages(volumes), _by_group(volumes)) if volumes.told else ()),
            _void(volumes),
        ),
        drawings=(*_charts(volumes), _heat(volumes)),
    )
    yield Section(
        key="volumes_by_time",
        title=says("volumes_by_time"),
        tables=(_by(volumes, "week"), _by(volumes, "day"), _arrivals(volumes)),
        folded=True,
    )


def _lines(volumes: Volumes) -> Iterator[Said]:
    if len(volumes.periods) > 1:
        before, after = volumes.periods[:2]
        names = {"period": period_said(after.period), "before": period_said(before.period)}
        created = {"created": after.created, "created_before": before.created}
        if volumes.told:
            yield says(
                "volumes_in_period",
                **names,
                **created,
                solved=_solved(after),
                reopened=after.reopened,
                solved_before=_solved(before),
                reopened_before=before.reopened,
            )
        else:
            yield says("volumes_created", **names, **created)
        yield from _void_line(volumes, after)
        if volumes.told and not volumes.by_completion:
            yield _keeping_up(volumes, after)
    if not volumes.told:
        yield says("volumes_no_statuses")
    elif volumes.by_completion:
        yield says("volumes_by_completion", open=len(volumes.open))
    else:
        yield from _open_lines(volumes)
    if volumes.told:
        yield from _since_line(volumes)


def _solved(volume: Volume) -> Said:
    """Return how many solutions there were, and of how many tickets where these are less."""
    again = volume.solved > volume.tickets_solved
    code = "volumes_solved_again" if again else "volumes_solved"
    return says(code, n=volume.solved, tickets=volume.tickets_solved)


def _void_line(volumes: Volumes, after: Volume) -> Iterator[Said]:
    """Yield how many of those that came are void now, each named by its way."""
    start, end = after.period.edges
    counts = Counter(each.status for each in volumes.void if start <= each.created < end)
    if counts:
        parts = tuple(
            says("volumes_merged", n=n)
            if status is None
            else says("volumes_void_by_status", n=n, status=status)
            for status, n in _ranked(counts)
        )
        yield says("volumes_void", period=period_said(after.period), parts=parts)


def _ranked(counts: Counter[str | None]) -> list[tuple[str | None, int]]:
    """Return counts by word, merges first, then the most frequent."""
    return sorted(counts.items(), key=lambda item: (item[0] is not None, -item[1], item[0] or ""))


def _keeping_up(volumes: Volumes, after: Volume) -> Said:
    """Return whether as much left the backlog as entered it, with the backlog then and now."""
    out, came = after.solved + after.voided, after.created + after.reopened + after.restored
    then, now = (volumes.work(each).days for each in (after.period.start, after.period.end))
    days = says("volumes_no_days")
    if then is not None and now is not None:
        days = says("volumes_days_then_now", then=then, now=now)
    return says(
        f"volumes_{course(after)}",
        period=period_said(after.period),
        out=out,
        came=came,
        before=after.backlog_before,
        after=after.backlog,
        days=days,
    )


def _open_lines(volumes: Volumes) -> Iterator[Said]:
    tickets, at = volumes.open, volumes.last
    if not tickets:
        yield says("volumes_none_open", at=at)
        return
    middle = _median(tickets)
    yield says("volumes_open", at=at, open=len(tickets), median=middle, oldest=tickets[0])
    work = volumes.work(None)
    if work.days is not None and work.per_day is not None:
        yield says("volumes_days_of_work", days=work.days, per_day=work.per_day)


def _median(ages: Iterable[timedelta]) -> timedelta | None:
    of = Distribution.of(ages, key="backlog_age", clock="calendar", definition="age")
    return of.quantile(0.5)


def _since_line(volumes: Volumes) -> Iterator[Said]:
    for later in volumes.periods[2:]:
        yield says(
            "volumes_since",
            start=later.period.start.date(),
            at=volumes.last,
            created=later.created,
            solved=later.solved,
            open=later.backlog,
        )


def _notes(volumes: Volumes) -> Iterator[Said]:
    if volumes.told:
        yield says("volumes_begins", start=volumes.first.astimezone(volumes.report.tz).date())
        if volumes.left_untold:
            yield _left_untold(volumes.left_untold)
        if volumes.reopenings_untold:
            yield says("volumes_reopened_untold", n=volumes.reopenings_untold)
        yield says("volumes_solved_means")
        if volumes.by_completion:
            return
        calendar = volumes.report.calendar
        by = "volumes_days_weekdays" if calendar is None else "volumes_days_calendar"
        yield says("volumes_days_means", days=says(by))


def _left_untold(counts: Counter[str]) -> Said:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    parts = tuple(says("volumes_left_as", n=n, status=status) for status, n in ranked)
    return says("volumes_left_untold", n=counts.total(), parts=parts)


def _column(key: str, kind: Kind = "count") -> Column:
    return Column(key=key, title=says(f"column_{key}"), kind=kind)


def _flow_columns(volumes: Volumes) -> tuple[Column, ...]:
    """Return the columns of flows that the log tells; restored only where anything was."""
    names = ["created"]
    if volumes.told:
        names += ["solved", "reopened", "voided"]
        if any(each.restored for each in volumes.by_length["month"]):
            names.append("restored")
        names += ["net", "backlog"]
    return tuple(map(_column, names))


def _periods(volumes: Volumes) -> Table:
    flows = _flow_columns(volumes)
    worked = volumes.told and not volumes.by_completion
    work = (_column("days_of_work", "rate"),) if worked else ()

    def row(volume: Volume) -> tuple[Cell, ...]:
        cells: tuple[Cell, ...] = tuple(getattr(volume, each.key) for each in flows)
        days = (volumes.work(volume.period.end).days,)
        whole = is_whole(volume.period, volumes.first, volumes.last)
        return (
            period_said(volume.period),
            *cells,
            *(days if worked else ()),
            whole and volume is not last,
        )

    last = volumes.periods[2] if len(volumes.periods) > 2 else None
    return Table(
        key="volumes_periods",
        title=says("volumes_periods"),
        columns=(_column("period", "word"), *flows, *work, _column("whole", "word")),
        rows=tuple(map(row, volumes.periods)),
    )


def _by(volumes: Volumes, every: Literal["month", "week", "day"]) -> Table:
    flows = _flow_columns(volumes)
    return Table(
        key=f"volumes_by_{every}",
        title=says(f"volumes_by_{every}"),
        columns=(_column("start", "date"), *flows, _column("whole", "word")),
        rows=tuple(
            (
                volume.period.start.date(),
                *(getattr(volume, each.key) for each in flows),
                is_whole(volume.period, volumes.first, volumes.last),
            )
            for volume in reversed(volumes.by_length[every])
        ),
        notes=() if every == "day" else (says("volumes_newest"),),
        shown=SHOWN[every],
    )


def _bins(ages: Sequence[timedelta], days: Sequence[int]) -> list[int]:
    """Return how many ages lie below the first edge, between neighbors, and from the last on."""
    counts = [0] * (len(days) + 1)
    for age in ages:
        counts[sum(age >= edge * DAY for edge in days)] += 1
    return counts


def _bin_names(edges: Sequence[int]) -> list[Said]:
    between = [says("age_between", from_=low, to=high) for low, high in pairwise(edges)]
    return [says("age_below", to=edges[0]), *between, says("age_above", from_=edges[-1])]


def _ages(volumes: Volumes) -> Table:
    counts = _bins(volumes.open, AGES)
    total = len(volumes.open)
    names = zip(_bin_names(AGES), counts, strict=True)
    return Table(
        key="open_ages",
        title=says("volumes_ages"),
        columns=(_column("age", "word"), _column("open"), _column("share_open", "share")),
        rows=tuple((name, n, n / total) for name, n in names) if total else (),
    )


def _by_group(volumes: Volumes) -> Table:
    """Return the work that each group has, at its own pace."""
    report = volumes.report
    groups = kpi.days_of_work_by(volumes.plain, "group", tz=report.tz, calendar=report.calendar)
    return Table(
        key="work_by_group",
        title=says("volumes_work_by_group"),
        columns=(
            _column("group", "word"),
            _column("open"),
            _column("solved_lately"),
            _column("per_day", "rate"),
            _column("days_of_work", "rate"),
        ),
        rows=tuple(
            (
                says("missing_value") if group is None else str(group),
                work.backlog,
                work.solved,
                work.per_day,
                work.days,
            )
            for group, work in groups.items()
        )
        if groups.keys() - {None} and not volumes.by_completion
        else (),
        shown=GROUPS_SHOWN,
    )


def _void(volumes: Volumes) -> Table:
    spans = volumes.report.periods or ()
    edges = [span.edges for span in spans]
    counts = Counter(each.status for each in volumes.void)
    inside = [
        Counter(each.status for each in volumes.void if start <= each.at < end)
        for start, end in edges
    ]
    periods = [_column(key) for key, _ in zip(("before", "after"), spans, strict=False)]
    return Table(
        key="void_tickets",
        title=says("volumes_void_table"),
        columns=(_column("kind", "word"), *periods, _column("all")),
        rows=tuple(
            (
                says("volumes_kind_merged") if status is None else status,
                *(count[status] for count in inside),
                n,
            )
            for status, n in _ranked(counts)
        ),
        notes=(says("volumes_void_note"),),
    )


def _arrivals(volumes: Volumes) -> Table:
    week = kpi.arrivals_by_hour(volumes.plain, tz=volumes.report.tz)
    days = tuple(
        Column(key=f"weekday_{day}", title=says(f"weekday_{day}")) for day in DAYS_OF_WEEK
    )
    return Table(
        key="arrivals_by_hour",
        title=says("volumes_arrivals"),
        columns=(_column("hour", "word"), *days, _column("sum")),
        rows=tuple(
            (f"{hour:02}:00", *(day[hour] for day in week), sum(day[hour] for day in week))
            for hour in range(24)
        ),
        notes=(says("volumes_arrivals_note", tz=volumes.report.tz.key),),
    )


def _heat(volumes: Volumes) -> Heat:
    week = kpi.arrivals_by_hour(volumes.plain, tz=volumes.report.tz)
    most = max(n for day in week for n in day)
    day, hour = next(
        (day, hour) for day in DAYS_OF_WEEK for hour in range(24) if week[day][hour] == most
    )
    title = says("volumes_busiest", n=most, day=says(f"weekday_{day}"), hour=hour)
    return Heat(
        key="arrivals",
        title=title,
        caption=title,
        names=tuple(says(f"weekday_{day}") for day in DAYS_OF_WEEK),
        columns=tuple("" if hour % 3 else str(hour) for hour in range(24)),
        rows=week,
    )


def _charts(volumes: Volumes) -> Iterator[Chart]:
    weeks = volumes.by_length["week"][-WEEKS_DRAWN:]
    if len(weeks) < FEWEST_WEEKS:
        return
    labels = tuple(week.period.start.date() for week in weeks)
    running = not is_whole(weeks[-1].period, volumes.first, volumes.last)
    came = [week.created for week in weeks]
    tail = running + thin_tail(came[: len(came) - running])
    created = Line(name=says("column_created"), values=tuple(week.created for week in weeks))
    solved = Line(
        name=says("column_solved"), values=tuple(week.solved for week in weeks), tone="link"
    )
    yield Chart(
        key="flow_by_week",
        title=says("volumes_flow_chart"),
        caption=says("volumes_flow_chart"),
        labels=labels,
        lines=(created, solved) if volumes.told else (created,),
        incomplete=running,
        tail=tail,
    )
    if volumes.told:
        backlog = tuple(week.backlog for week in weeks)
        yield Chart(
            key="backlog_by_week",
            title=says("volumes_backlog_chart"),
            caption=says("volumes_backlog_chart"),
            labels=labels,
            lines=(Line(name=says("column_backlog"), values=backlog, look="area", tone="link"),),
            incomplete=running,
            tail=tail,
        )
