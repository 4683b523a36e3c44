"""A log's figures in one value: every KPI that it supports, and the reason for every other.

Stages, each a pure function: cases -> `log_facts` -> `measure` (the KPIs of `catalogue`) ->
`summarize` (with the notes of `caveats`) -> `report_data`, `tables`, `page`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cached_property, reduce
from operator import add
from typing import TYPE_CHECKING, Any

from attrs import evolve, field

from support_model import kpi
from support_model._frozen import FrozenMap, frozen
from support_model._report import caveats, reading
from support_model._report.blocks import OpenTime, Said
from support_model._report.catalogue import absent, asked, held, told
from support_model._report.log_views import RecordView
from support_model._report.period_figures import Clock, open_stays, promises
from support_model._report.policy_report import clock_shares
from support_model._report.spans import is_live, period_text, usual_periods
from support_model._report.spare_memory import release
from support_model._short_texts import short_repr
from support_model._time import duration_text, micros, utc_zone
from support_model.adapters import EventLog
from support_model.changes import changes_of_rows, rows_of
from support_model.errors import InvalidValue
from support_model.figures import Distribution
from support_model.sla import PolicyBook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from support_model._report.catalogue import ReportedKpi, UnsupportedFigure
    from support_model._report.log_views import LogView, Tickets
    from support_model._report.period_parts import Stay
    from support_model._report.policy_report import ClockReport
    from support_model._time import Span
    from support_model.adapters.table import TableMapping
    from support_model.calendars import BusinessCalendar
    from support_model.changes import Changes, Rows
    from support_model.desk import Desk
    from support_model.figures import Figure
    from support_model.inference import LifeQuantile
    from support_model.kpi import PlainFacts


MISSING = "(missing)"
"""Name of the group of tickets whose column is empty."""
TEAM = "group"
"""The field of the team that holds a ticket, which handovers change."""
TEAM_KEYS = frozenset({
    "acknowledgement", "first_resolution", "solved_in_time", "stated_within_sla", "reopened",
    "transferred",
})  # fmt: skip
"""What is measured by team."""
FEWEST_TEAMS = 2
WEEKEND = (5, 6)
MOST_WEEKS = 53
SOLVED_BY = (0.5, 0.9, 0.95)
"""The shares of tickets of which it is told by when they were solved."""
LEVEL = 0.95
"""Of the bounds of these."""


@frozen(kw_only=True)
class Report:
    """What a log says.

    Attributes:
        log: the log as read, with its findings, without its events.
        first: the first instant of the log; None without cases.
        as_of: the instant up to which the log knows; None without cases.
        plain: the facts of every ticket as of `as_of`, as plain lists.
        selected: whether the log looks selected by completion: it lacks what was open.
        remarks: what the reading says of the log.
        hours: the opening hours of the business clock, in words; None if none were given.
        holidays: the country whose public holidays are closed; None if it was not said.
        calendar: the same as a value.
        target: the time within which tickets should be solved; None if none was given.
        by: the field or column that `groups` splits by, as asked for; None if not split.
        split: the field that it means.
        tz: zone of days, weeks and of instants told.
        periods: the period before and the one that is reported on; None where the log is too
            short for two.
        changes_until: up to when changes are sought, in microseconds; None is up to now.
        asked: the KPIs that the log supports.
        figures: of these over all cases; times on both clocks where there are opening hours.
        absent: the figures that it does not support, each with the reason.
        solved_by: by when half, 90 % and 95 % of the tickets were solved, open ones counted, in
            microseconds since creation, by share.
        groups: the figures by the text in `by`, but for those that need all tickets at once.
        teams: a few of the figures by the group that held the ticket last; empty where `by` says
            so anyway or the log names less than two groups.
        notes: what to know before quoting them.
        clocks: what the policies say, over all cases and by group; None without policies.
        desk: the desk whose people's qualifications are shown; None if none was given.
        aliases: what agents are called who are not to be named, by name; empty if all may be.
        requesters: the same of those who ask.
    """

    log: EventLog = field(repr=False)
    first: datetime | None
    as_of: datetime | None
    plain: PlainFacts = field(repr=False, eq=False)
    hours: str | None
    holidays: str | None
    calendar: BusinessCalendar | None
    target: timedelta | None
    by: str | None
    split: str | None
    tz: ZoneInfo
    periods: tuple[Span, Span] | None
    changes_until: int | None
    selected: bool
    remarks: tuple[reading.Remark, ...]
    asked: tuple[ReportedKpi, ...]
    figures: tuple[Figure, ...]
    absent: tuple[UnsupportedFigure, ...]
    groups: Mapping[str, tuple[Figure, ...]] = field(factory=FrozenMap)
    teams: Mapping[str, tuple[Figure, ...]] = field(factory=FrozenMap)
    notes: tuple[caveats.Caveat, ...] = ()
    clocks: ClockReport | None = None
    desk: Desk | None = field(default=None, repr=False)
    aliases: Mapping[str, str] = field(factory=FrozenMap, repr=False)
    requesters: Mapping[str, str] = field(factory=FrozenMap, repr=False)

    __repr__ = short_repr

    @cached_property
    def rows(self) -> Rows:
        """The tickets as plain lists in which changes are sought, with what was promised."""
        rows = rows_of(self.plain, tz=self.tz, calendar=self.calendar)
        release(self.plain)
        if self.clocks is not None:
            rows.trials["sla"] = promises(self.clocks.cycles, rows)
        return rows

    @cached_property
    def stays(self) -> tuple[Stay, ...]:
        """The stretches of the tickets in each open status."""
        return open_stays(self.rows)

    @cached_property
    def changes(self) -> Changes | None:
        """What changed from period to period and since, and what did before and still stands."""
        if self.periods is None:
            return None
        before, after = self.periods
        found = changes_of_rows(
            self.rows,
            tz=self.tz,
            calendar=self.calendar,
            before=before,
            after=after,
            until=self.changes_until,
        )
        release(self.plain)
        return found

    @cached_property
    def clock(self) -> Clock:
        """The clock of times: of the opening hours, or without them the wall clock."""
        if self.calendar is None or self.first is None or self.as_of is None:
            return Clock(None, timedelta())
        ends = (at.astimezone(self.tz).date() for at in (self.first, self.as_of))
        days = self.working_days(*ends)
        opened = self.calendar.elapsed(self.first, self.as_of)
        return Clock(self.calendar, opened / days if days else timedelta())

    @cached_property
    def weeks(self) -> tuple[Span, ...]:
        """The last weeks of the log, at most a year of them, the running one included."""
        if self.first is None or self.as_of is None:
            return ()
        days = self.first.astimezone(self.tz).date(), self.as_of.astimezone(self.tz).date()
        end = days[1] + timedelta(days=1)
        return kpi.periods(days[0], end, tz=self.tz, every="week", whole=False)[-MOST_WEEKS:]

    def working_days(self, start: date, end: date) -> int:
        """Return how many days from one to before another are worked."""
        if self.calendar is not None:
            day = timedelta(days=1)  # a calendar counts what follows a date, up to another
            return self.calendar.working_days(start - day, end - day)
        days = (date.fromordinal(n) for n in range(start.toordinal(), end.toordinal()))
        return sum(day.weekday() not in WEEKEND for day in days)

    @cached_property
    def solved_by(self) -> Mapping[float, LifeQuantile]:
        """By when shares of the tickets were solved; of no tickets where it is not told."""
        told = () if "status" in self.log.undated else self.plain
        every = kpi.resolution_quantiles(told, SOLVED_BY, level=LEVEL)
        return dict(zip(SOLVED_BY, every, strict=True))

    @cached_property
    def titles(self) -> Mapping[str, Said]:
        """What a reader calls each figure, by key."""
        return {one.code: one.title for one in self.asked}

    @cached_property
    def meanings(self) -> Mapping[str, Said]:
        """What each figure counts, by key."""
        return {one.code: one.means for one in self.asked}

    @cached_property
    def measures(self) -> Mapping[str, Said]:
        """What the figures of the two periods count, by key; empty where there are none."""
        if self.periods is None:
            return {}
        asked = {"first_response": "first_response", "resolution": "first_resolution",
                 "satisfied": "csat_top_boxes"}  # fmt: skip
        keys = [*volumes_told(self)]
        keys += [key for key, figure in asked.items() if figure in self.titles]
        keys += [] if self.clocks is None else ["sla"]
        return {key: Said(f"measure_{key}") for key in keys}

    def in_hours(self, amount: timedelta | None) -> OpenTime | None:
        """Return an amount of time in opening hours as such; None stays None."""
        return None if amount is None else OpenTime(amount, self.clock.day)


def volumes_told(report: Report) -> tuple[str, ...]:
    """Return the volumes that a log tells; what is open says nothing of finished tickets alone."""
    if "status" in report.log.undated:
        return ("created",)
    return ("created", "solved") if report.selected else ("created", "solved", "backlog")


def columns_of(mapping: TableMapping, name: str) -> tuple[str, ...]:
    """Return the columns to keep for a split by a field, "actor" or a column of its own name.

    What the mapping itself names is read anyway.

    Example:
        >>> from support_model.adapters.table import named
        >>> columns_of(named("uci-incidents"), "topic"), columns_of(named("bpi2013"), "Country")
        ((), ('Country',))
    """
    column = mapping.actor if name == "actor" and mapping.actor is not None else name
    alone = {columns[0] for columns in mapping.fields.values() if len(columns) == 1}
    return () if column in mapping.fields or column in alone else (column,)


def measure(
    facts: Tickets,
    every: Iterable[ReportedKpi],
    *,
    calendar: BusinessCalendar | None = None,
    parts: Iterable[Sequence[Figure]] = (),
) -> tuple[Figure, ...]:
    """Return the figure of each KPI over some tickets, in the order given.

    Figures merge exactly: where those of `parts` that make up the tickets are known already, only
    those that need all tickets at once are measured.
    """
    known = {_name(column[0]): reduce(add, column) for column in zip(*parts, strict=True)}
    made: list[Figure] = []
    for one in every:
        names = {_name(figure): figure for figure in one.on_clocks((), calendar)}
        if names.keys() <= known.keys():
            made += (known[name] for name in names)
        else:
            made += one.on_clocks(facts, calendar)
    return tuple(made)


def _name(figure: Figure) -> tuple[str, str | None]:
    return figure.key, figure.clock if isinstance(figure, Distribution) else None


def grouped(facts: Tickets, name: str) -> dict[str, Tickets]:
    """Return tickets by the text of a field, numbers in order, those without it last."""
    groups = {
        MISSING if value is None else str(value): part
        for value, part in kpi.by(facts, name).items()
    }
    return {value: groups[value] for value in sorted(groups, key=_natural)}


def _natural(name: str) -> tuple[object, ...]:
    """Sort key: numbers inside names by value, the missing group last."""
    pieces = re.split(r"(\d+)", name)
    return (name == MISSING, *((int(x), "") if x.isdecimal() else (-1, x) for x in pieces))


def make_report(  # noqa: PLR0913 - what a report is told besides its log, by keyword
    log: EventLog | LogView,
    *,
    calendar: BusinessCalendar | None = None,
    hours: str | None = None,
    holidays: str | None = None,
    target: timedelta | None = None,
    by: str | None = None,
    policies: PolicyBook | Desk | None = None,
    tz: ZoneInfo | None = None,
    periods: tuple[Span, Span] | None = None,
    hide_agents: bool = False,
    hide_requesters: bool = False,
) -> Report:
    """Return the report of a log.

    Args:
        log: the log, or what `read_by_columns` returned; a table read with `keep=[by]` if it
            is to be split by a column that its mapping does not name.
        calendar: the opening hours; without them there are calendar times only.
        hours: the same in words.
        holidays: the country whose public holidays `calendar` is closed on, to be named.
        target: the time, in opening hours, within which a ticket should be solved.
        by: the field or column to split by.
        policies: what was promised; of a desk its policies, and what its people know is shown.
            A table must be read with the columns they ask for.
        tz: zone of days and weeks; by default that of the opening hours, else UTC.
        periods: the period before and the one to report on; by default the last two whole
            months of the log, or weeks where it holds no two months.
        hide_agents: whether agents are shown as #1, #2 and so on, in the order in which the log
            first mentions them, instead of by their names.
        hide_requesters: whether those who ask are shown as @1, @2 and so on, in the order of
            their tickets; an organization keeps its name.

    Raises:
        InvalidValue: a target without opening hours, a log read without column `by`, or periods
            that overlap, or of which the later one lies outside of the log.
    """
    _check_target(target, calendar)
    named = RecordView(log) if isinstance(log, EventLog) else log
    split = None if by is None else _must_hold(named.log, by)
    view, aliases = _renamed(named, policies) if hide_agents else (named, {})
    facts, every = view.facts(), asked(target=target, calendar=calendar)
    plain = kpi.plain_facts(facts).packed()
    there, statuses = held(plain), "status" not in view.log.undated
    supported = told(every, there, statuses=statuses)
    groups = {} if split is None else _by_part(facts, split, supported, calendar)
    overall = measure(facts, supported, calendar=calendar, parts=groups.values())
    clocks = _clocks(named, policies, facts, split)  # conditions may name an agent
    zone = tz or (utc_zone() if calendar is None else calendar.tz)
    selected = kpi.selected_by_completion(facts)
    about = _of_log(view, plain, hide_requesters=hide_requesters)
    return Report(
        tz=zone,
        **_periods(_checked_periods(periods, view), plain, view.last, zone, selected=selected),
        **about,
        plain=plain,
        hours=_hours_in_words(hours, calendar),
        holidays=holidays,
        calendar=calendar,
        target=target,
        by=by,
        split=split,
        selected=selected,
        asked=supported,
        figures=overall,
        absent=absent(every, there, statuses=statuses),
        groups=_called(groups, split, about["requesters"]),
        teams={} if split == TEAM else _teams(facts, supported, calendar),
        notes=tuple(_notes(view, plain, facts, overall, groups, clocks)),
        clocks=clocks,
        desk=None if isinstance(policies, PolicyBook) else policies,
        aliases=aliases,
    )


def _called(
    groups: Mapping[str, tuple[Figure, ...]], split: str | None, requesters: Mapping[str, str]
) -> dict[str, tuple[Figure, ...]]:
    """Return groups by their names; of requesters by what they are called instead."""
    if split != "requester" or not requesters:
        return dict(groups)
    called = {requesters.get(name, name): figures for name, figures in groups.items()}
    return {name: called[name] for name in sorted(called, key=_natural)}


def _requesters(plain: PlainFacts) -> dict[str, str]:
    """Return what those who ask are called instead of by their names, the first ticket first."""
    rows = zip(
        plain.scalar("created"), plain.scalar("ticket_id"), plain.field("requester"), strict=True
    )
    names = dict.fromkeys(str(name) for *_, name in sorted(rows, key=lambda row: row[:2]) if name)
    return {name: f"@{number}" for number, name in enumerate(names, start=1)}


def _of_log(view: LogView, plain: PlainFacts, *, hide_requesters: bool) -> dict[str, Any]:
    """Return the parts of a report that say what was read; it holds no events."""
    requesters = _requesters(plain) if hide_requesters else {}
    told = view.renamed(requesters) if requesters else view
    return {
        "requesters": requesters,
        "log": evolve(told.log, events=()),
        "first": view.first,
        "as_of": view.last,
        "remarks": reading.remarks(told),
    }


def _hours_in_words(hours: str | None, calendar: BusinessCalendar | None) -> str | None:
    """Return opening hours as given, else as their calendar is called."""
    return calendar.title if hours is None and calendar is not None else hours


def _checked_periods(periods: tuple[Span, Span] | None, view: LogView) -> tuple[Span, Span] | None:
    """Refuse periods that overlap or stand the wrong way round, or lie outside of the log."""
    if periods is None or view.first is None or view.last is None:
        return periods
    if periods[1].edges[0] < periods[0].edges[1]:
        problem = "the later period begins before the earlier one ends"
        remedy = "give the earlier period first, and periods that do not overlap"
        raise InvalidValue(period_text(periods[1]), problem, remedy)
    later = periods[1]
    if later.edges[1] <= micros(view.first) or micros(view.last) < later.edges[0]:
        remedy = f"it goes from {view.first:%Y-%m-%d} to {view.last:%Y-%m-%d}"
        raise InvalidValue(period_text(later), "the log holds nothing of the period", remedy)
    return periods


def _renamed(view: LogView, policies: PolicyBook | Desk | None) -> tuple[LogView, dict[str, str]]:
    """Return the log with agents numbered, and their numbers, those of people of the log first."""
    met = view.agents()
    names = sorted(met, key=lambda name: (met[name], name))
    if policies is not None and not isinstance(policies, PolicyBook):
        names += [agent.id for agent in policies.agents if agent.id not in met]
    aliases = {name: f"#{number}" for number, name in enumerate(names, start=1)}
    return view.renamed(aliases), aliases


def _periods(
    asked_for: tuple[Span, Span] | None,
    plain: PlainFacts,
    last: datetime | None,
    tz: ZoneInfo,
    *,
    selected: bool,
) -> dict[str, Any]:
    """Return the periods, and up to when changes are sought.

    It is now in a log that goes on as it went before. Where periods were asked for, and in a log
    that ends thin or holds finished tickets alone, it is the end of the later one.
    """
    spans = asked_for or _usual_periods(plain, last, tz)
    if spans is None or last is None:
        return {"periods": spans, "changes_until": None}
    up_to_now = not (asked_for or selected) and is_live(spans[1], micros(last))
    return {"periods": spans, "changes_until": None if up_to_now else spans[1].edges[1]}


def _usual_periods(
    facts: PlainFacts, last: datetime | None, tz: ZoneInfo
) -> tuple[Span, Span] | None:
    created = facts.scalar("created")
    return None if last is None else usual_periods(created, micros(last), tz)


def _clocks(
    view: LogView, policies: PolicyBook | Desk | None, facts: Tickets, split: str | None
) -> ClockReport | None:
    """Return what the policies say; None where nothing is promised."""
    book = policies if policies is None or isinstance(policies, PolicyBook) else policies.policies
    if book is None or not book.policies:
        return None
    return clock_shares(view, book, groups=None if split is None else grouped(facts, split))


def _by_part(
    facts: Tickets,
    split: str,
    every: Iterable[ReportedKpi],
    calendar: BusinessCalendar | None,
) -> dict[str, tuple[Figure, ...]]:
    """Return the figures of each group of the tickets, but for those of all tickets at once."""
    apart = [one for one in every if one.kpi is not None]
    parts = grouped(facts, split)
    # a part lets go of the columns that were made for it once it is measured
    return {name: measure(parts.pop(name), apart, calendar=calendar) for name in [*parts]}


def _notes(
    view: LogView,
    plain: PlainFacts,
    facts: Tickets,
    overall: Sequence[Figure],
    groups: Mapping[str, Sequence[Figure]],
    clocks: ClockReport | None,
) -> Iterator[caveats.Caveat]:
    """Yield what to know before quoting the figures of a log."""
    yield from reading.notes(view, plain)
    yield from caveats.notes(
        overall,
        groups,
        rows=view.within_sla(),
        messages="messages" in held(plain),
        timed=kpi.KPIS["close_delay"].of(view.perhaps_timed(facts)),
    )
    yield from () if clocks is None else clocks.notes


def _check_target(target: timedelta | None, calendar: BusinessCalendar | None) -> None:
    if target is not None and calendar is None:
        remedy = "give opening hours; '24/7' counts every hour"
        raise InvalidValue(duration_text(target), "a target needs opening hours", remedy)


def _teams(
    facts: Tickets, every: Iterable[ReportedKpi], calendar: BusinessCalendar | None
) -> dict[str, tuple[Figure, ...]]:
    """Return the main figures by the group that held a ticket last; nothing of a single one."""
    parts = grouped(facts, TEAM)
    if len(parts.keys() - {MISSING}) < FEWEST_TEAMS:
        return {}
    main = [one for one in every if one.kpi is not None and one.kpi.key in TEAM_KEYS]
    return {name: measure(parts.pop(name), main, calendar=calendar) for name in [*parts]}


def _must_hold(log: EventLog, by: str) -> str:
    """Return the field to split by; refuse one that the log was read without."""
    name = log.field_named(by)
    if name is None:
        raise InvalidValue(by, "the log was read without this column", f"keep=[{by!r}]")
    return name
