"""Every figure by channel, priority, group, agent, every other field, requester, hour and week.

A row is a group in the later period, with the median or share of the earlier one beside it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from attrs import define

from support_model._report.blocks import Column, OpenTime, Section, Table, says
from support_model._report.conclusions import field_said, value_said
from support_model._report.headlines import SHARES, TIMES
from support_model._report.period_figures import (
    ALL,
    answers,
    counts,
    members,
    open_at,
    pieces,
    reopened,
    share_cells,
    time_cells,
    times,
)
from support_model._report.period_names import period_said
from support_model._report.period_parts import OUT
from support_model._report.solutions import solutions
from support_model._report.void_tickets import void_tickets
from support_model._time import DAY, instant, micros_of, offsets
from support_model.changes import lasting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from support_model._report.blocks import Cell, Kind, Said
    from support_model._report.period_parts import Pieces, Stay
    from support_model._report.report import Report
    from support_model._report.void_tickets import VoidTickets
    from support_model.changes import Marks
    from support_model.kpi import PlainFacts

Cells: TypeAlias = "tuple[Cell, Cell, Cell]"
SHOWN, MOST_REQUESTERS = 12, 50
WEEKS_AT_ONCE = 18
"""Weeks whose parts of all tickets are held at a time."""
FEWEST_NAMED, FEWEST_GROUPS = 10, 2
"""Outcomes from which a group is named as the worst of a field, and of how many such groups."""
HOUR = micros_of(timedelta(hours=1))
VOLUMES = ("created", "void", "solved", "open")
NOTHING: Cells = (0, None, None)
NO_VALUE = says("missing_value")
VOLUMES_PART, TIMES_PART, SHARES_PART = (
    says(f"whom_part_{each}") for each in ("volumes", "times", "shares")
)


def sections(report: Report) -> Iterator[Section]:
    """Yield the tables of every field that tells tickets apart; none of a log too short."""
    if report.changes is None:
        return
    rows = report.rows
    fields = [name for name in rows.fields if len(rows.names[name]) > 1]
    changes = report.changes
    void = void_tickets(report.plain, rows)
    solved = solutions(report.plain, rows, report.stays)
    edges = sorted({*changes.before.edges, *changes.after.edges})
    parts = _Parts.of(report, edges, void, solved)
    tables = [_by_field(parts, name) for name in fields]
    yield Section(
        key="whom",
        title=says("whom_title", period=period_said(report.changes.after)),
        tables=(
            _extremes(parts, tables),
            *tables,
            *_by_requester(parts),
            _by_hour(parts),
            _by_week(parts),
        ),
        notes=(says("whom_note", period=period_said(changes.after)),),
    )


@define
class _Figures:
    """The figures of some groups in some periods, by (period, code)."""

    created: Mapping[tuple[int, int], int]
    voided: Mapping[tuple[int, int], int]
    solved: Mapping[tuple[int, int], int]
    held: Mapping[tuple[int, int], int]
    timed: dict[str, dict[tuple[int, int], Cells]]
    shared: dict[str, dict[tuple[int, int], Cells]]

    def row(self, period: int, code: int, *, before: int | None = None) -> tuple[Cell, ...]:
        """Return the cells of a group, with the values of an earlier period beside them."""
        key = period, code
        volumes = (self.created, self.voided, self.solved)
        cells: list[Cell] = [each.get(key, 0) for each in volumes]
        cells.append(self.held.get((period + 1, code), 0))
        for figures in (*self.timed.values(), *self.shared.values()):
            cells += figures.get(key, NOTHING)
            if before is not None:
                cells.append(figures.get((before, code), NOTHING)[1])
        return tuple(cells)


@define
class _Parts:
    """What all groups share: the parts of a log between some edges.

    Attributes:
        report: the report.
        edges: where periods begin, and where the last ends.
        timed: the parts of each time.
        reopened: those of what may be reopened.
        stays: the stretches in which tickets were open.
        void: the tickets that are void now, which no time and no share counts.
        solved: every solution, those of void tickets too.
    """

    report: Report
    edges: Sequence[int]
    timed: dict[str, Pieces]
    reopened: Pieces | None
    stays: tuple[Stay, ...]
    void: VoidTickets
    solved: Marks

    @classmethod
    def of(cls, report: Report, edges: Sequence[int], void: VoidTickets, solved: Marks) -> _Parts:
        """Return the parts of a log."""
        rows = report.rows
        timed = {
            key: pieces(spells, edges, report.calendar)
            for key, figure in TIMES.items()
            if (spells := lasting(rows, key)) is not None and figure in report.titles
        }
        chances = rows.chances.get("reopened")
        followed = None if chances is None else pieces(chances, edges)
        stays = (*report.stays, void.open)
        return cls(report, edges, timed, followed, stays, void, solved)

    @property
    def shared(self) -> tuple[str, ...]:
        """The shares that the log has."""
        known = [key for key in SHARES if key in self.report.rows.trials]
        return (*known, *(() if self.reopened is None else ("reopened",)))

    def figures(self, codes: Sequence[int]) -> _Figures:
        """Return every figure by period between edges and code of the unit."""
        rows, edges = self.report.rows, self.edges
        shared: dict[str, dict[tuple[int, int], Cells]] = {}
        for key in SHARES:
            if key in rows.trials:
                given = answers(rows.trials[key], codes, edges)
                shared[key] = {at: share_cells(share) for at, share in given.items()}
        if self.reopened is not None:
            shared["reopened"] = reopened(self.reopened, codes)
        voided = counts(self.void.created, codes, edges)
        return _Figures(
            counts(rows.counts.get("created"), codes, edges) + voided,
            voided,
            counts(self.solved, codes, edges),
            open_at(self.stays, codes, edges),
            {key: self._medians(parts, codes) for key, parts in self.timed.items()},
            shared,
        )

    def _medians(self, parts: Pieces, codes: Sequence[int]) -> dict[tuple[int, int], Cells]:
        clock = self.report.clock
        return {at: time_cells(median, clock) for at, median in times(parts, codes).items()}


def _columns(parts: _Parts, *, before: bool) -> Iterator[Column]:
    for key in VOLUMES:
        yield Column(key=key, title=says(f"whom_{key}"), part=VOLUMES_PART)
    kinds: dict[str, Kind] = {
        **dict.fromkeys(parts.timed, "duration"), **dict.fromkeys(parts.shared, "share"),
    }  # fmt: skip
    for key, kind in kinds.items():
        title, part = says(f"whom_{key}"), TIMES_PART if kind == "duration" else SHARES_PART
        if key == "reopened":
            part = VOLUMES_PART
        yield Column(key=f"{key}_n", title=says(f"whom_{key}_n"), part=part)
        yield Column(key=key, title=title, kind=kind, part=part)
        yield Column(key=f"{key}_interval", title=says("whom_interval"), kind="range", part=part)
        if before:
            yield Column(
                key=f"{key}_before",
                title=says("whom_before", title=title),
                kind=kind,
                joined=True,
                part=part,
            )


def _by_field(parts: _Parts, name: str) -> Table:
    """Return the figures of the values of a field, the largest first."""
    rows = parts.report.rows
    names = {code: value_said(name, value) for code, value in enumerate(rows.names[name])}
    names[-1] = NO_VALUE
    title = says("whom_table", field=field_said(name))
    return _table(
        parts,
        name,
        says("whom_table_agent") if name == "agent" else title,
        says("word", word=field_said(name)),
        sorted(_rows(parts, rows.fields[name], names), key=_size),
    )


def _extremes(parts: _Parts, tables: Sequence[Table]) -> Table:
    """Return the group of each field that is slowest, and the one with the worst share."""
    measures = (*parts.timed, *parts.shared)
    (whole,) = _rows(parts, members(parts.report.rows), {ALL: says("changes_everyone")}) or ((),)
    rows: list[tuple[Cell, ...]] = []
    for table in tables:
        cells = tuple(_worst(table, key) for key in measures)
        rows += [(table.columns[0].title, *cells)] if any(cells) else []
    if rows and tables:
        keys = [column.key for column in tables[0].columns]
        rows.append((whole[0], *(_figure(whole[keys.index(key)]) for key in measures)))
    return Table(
        key="extremes",
        title=says("whom_extremes"),
        columns=(
            Column(key="field", title=says("whom_column_field"), kind="word"),
            *(Column(key=key, title=says(f"whom_most_{key}"), kind="word") for key in measures),
        ),
        rows=tuple(rows),
        notes=(says("whom_extremes_note", n=FEWEST_NAMED),),
    )


def _worst(table: Table, key: str) -> Said | None:
    """Return the value of a field whose figure is worst, with the figure and of how many it is.

    Of a time it is the longest, and longest of all one of which half is not done yet.
    """
    at = [column.key for column in table.columns].index(key)
    every = ((row[0], row[at], row[at - 1]) for row in table.rows if row[0] != NO_VALUE)
    known = [
        (name, figure, n) for name, figure, n in every if isinstance(n, int) and n >= FEWEST_NAMED
    ]
    if len(known) < FEWEST_GROUPS:
        return None
    name, figure, n = max(known, key=lambda each: _badness(key, each[1]))
    return says("whom_extreme", name=name, figure=_figure(figure), n=n)


def _badness(key: str, figure: Cell) -> float:
    if isinstance(figure, OpenTime):
        return figure.amount / timedelta.resolution
    if isinstance(figure, timedelta):
        return figure / timedelta.resolution
    if isinstance(figure, int | float):
        return figure if key == "reopened" else -figure
    return inf


def _figure(figure: Cell) -> Cell:
    """Return a figure as it is said within a sentence."""
    if isinstance(figure, float):
        return says("headline_share", share=figure)
    return says("changes_level_unreached") if figure is None else figure


def _by_requester(parts: _Parts) -> Iterator[Table]:
    """Yield the figures of the requesters with most tickets, where any has several."""
    report = parts.report
    assert report.changes is not None  # noqa: S101 - asked before
    rows, (low, high) = report.rows, report.changes.after.edges
    named = _requesters(report.plain)
    asked = [named.get(name, "") for name in rows.ids]
    came = Counter(who for who, at in zip(asked, rows.created, strict=True) if low <= at < high)
    del came[""]
    ranked = sorted(came.items(), key=lambda each: (-each[1], each[0]))[:MOST_REQUESTERS]
    codes = {who: code for code, (who, n) in enumerate(ranked) if n > 1}
    if len(codes) > 1:
        every = _rows(
            parts,
            [codes.get(asked[ticket], OUT) for ticket in rows.ticket],
            {n: report.requesters.get(w, w) for w, n in codes.items()},
        )
        word = says("word", word=field_said("requester"))
        yield _table(parts, "requester", says("whom_requesters"), word, every)


def _requesters(plain: PlainFacts) -> dict[str, str]:
    """Return who asked, by the name of the ticket, of those of which it is told."""
    every = zip(plain.scalar("ticket_id"), plain.field("requester"), strict=True)
    return {name: str(who) for name, who in every if who is not None}


def _by_hour(parts: _Parts) -> Table:
    """Return the figures of tickets by the hour of the day in which they came."""
    rows = parts.report.rows
    hours = [*_hours(rows.created, parts.report.tz)]
    names = {hour: f"{hour:02}:00" for hour in range(24)}
    every = _rows(parts, [hours[ticket] for ticket in rows.ticket], names)
    return _table(parts, "hour", says("whom_hours"), says("whom_column_hour"), every, shown=24)


def _hours(instants: Sequence[int], tz: ZoneInfo) -> Iterator[int]:
    """Yield the hour of the day of each instant."""
    changes = offsets(tz, min(instants), max(instants) + 1)
    starts = [at for at, _ in changes]
    for at in instants:
        yield (at + changes[bisect_right(starts, at) - 1][1]) % DAY // HOUR


def _rows(
    parts: _Parts, codes: Sequence[int], names: Mapping[int, Cell]
) -> list[tuple[Cell, ...]]:
    """Return a row for each group of which there is anything to tell."""
    changes, edges = parts.report.changes, parts.edges
    assert changes is not None  # noqa: S101 - asked before
    earlier, later = (edges.index(span.edges[0]) for span in (changes.before, changes.after))
    figures = parts.figures(codes)
    cells = [(name, *figures.row(later, code, before=earlier)) for code, name in names.items()]
    return [row for row in cells if any(row[1 : 1 + len(VOLUMES)])]


def _table(
    parts: _Parts,
    key: str,
    title: Said,
    word: Said,
    rows: Sequence[tuple[Cell, ...]],
    *,
    shown: int = SHOWN,
) -> Table:
    return Table(
        key=f"by_{key}",
        title=title,
        columns=(Column(key=key, title=word, kind="word"), *_columns(parts, before=True)),
        rows=tuple(rows),
        shown=shown,
    )


def _size(row: tuple[Cell, ...]) -> tuple[object, ...]:
    """Sort key: by how many tickets came, then were solved, then are open."""
    return tuple(-number for number in row[1 : 1 + len(VOLUMES)] if isinstance(number, int))


def _by_week(parts: _Parts) -> Table:
    """Return the figures of all tickets by week, up to now."""
    report = parts.report
    rows: list[tuple[Cell, ...]] = []
    edges = [*(week.edges[0] for week in report.weeks), report.weeks[-1].edges[1]]
    for first in range(0, len(report.weeks), WEEKS_AT_ONCE):
        rows += _of_weeks(parts, edges[first : first + WEEKS_AT_ONCE + 1])
    return Table(
        key="by_week",
        title=says("whom_week"),
        columns=(
            Column(key="week", title=says("whom_column_week"), kind="date"),
            *_columns(parts, before=False),
        ),
        rows=tuple(rows),
        notes=(says("whom_running"),),
    )


def _of_weeks(parts: _Parts, edges: Sequence[int]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures of all tickets in some weeks, whose parts are not held longer."""
    report = parts.report
    own = _Parts.of(report, edges, parts.void, parts.solved)
    figures = own.figures(members(report.rows))
    for n, edge in enumerate(edges[:-1]):
        yield (instant(edge, report.tz).date(), *figures.row(n, 0))
