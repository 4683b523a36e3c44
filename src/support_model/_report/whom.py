"""Every figure by channel, priority, group, agent and every other field, and by week.

A row is a group in the later period, with the median or share of the earlier one beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from attrs import define

from support_model._report.blocks import Column, Section, Table, says
from support_model._report.conclusions import field_said, value_said
from support_model._report.headlines import SHARES, TIMES
from support_model._report.period_figures import (
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
from support_model._time import instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support_model._report.blocks import Cell, Kind
    from support_model._report.period_parts import Pieces, Stay
    from support_model._report.report import Report

Cells: TypeAlias = "tuple[Cell, Cell, Cell]"
SHOWN = 12
NOTHING: Cells = (0, None, None)


def sections(report: Report) -> Iterator[Section]:
    """Yield the tables of every field that tells tickets apart; none of a log too short."""
    if report.changes is None:
        return
    rows = report.rows
    fields = [name for name in rows.fields if len(rows.names[name]) > 1]
    changes = report.changes
    parts = _Parts.of(report, sorted({*changes.before.edges, *changes.after.edges}))
    tables = [_by_field(parts, name) for name in fields]
    yield Section(
        key="whom",
        title=says("whom_title", period=period_said(report.changes.after)),
        tables=(*tables, _by_week(report)),
    )


@define
class _Figures:
    """The figures of some groups in some periods, by (period, code)."""

    created: Mapping[tuple[int, int], int]
    solved: Mapping[tuple[int, int], int]
    held: Mapping[tuple[int, int], int]
    timed: dict[str, dict[tuple[int, int], Cells]]
    shared: dict[str, dict[tuple[int, int], Cells]]

    def row(self, period: int, code: int, *, before: int | None = None) -> tuple[Cell, ...]:
        """Return the cells of a group, with the values of an earlier period beside them."""
        key = period, code
        cells: list[Cell] = [self.created.get(key, 0), self.solved.get(key, 0)]
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
    """

    report: Report
    edges: Sequence[int]
    timed: dict[str, Pieces]
    reopened: Pieces | None
    stays: tuple[Stay, ...]

    @classmethod
    def of(cls, report: Report, edges: Sequence[int]) -> _Parts:
        """Return the parts of a log."""
        rows = report.rows
        timed = {
            key: pieces(rows.times[key, ""], edges, report.calendar)
            for key, figure in TIMES.items()
            if (key, "") in rows.times and figure in report.titles
        }
        chances = rows.chances.get("reopened")
        followed = None if chances is None else pieces(chances, edges)
        return cls(report, edges, timed, followed, report.stays)

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
        return _Figures(
            counts(rows.counts.get("created"), codes, edges),
            counts(rows.counts.get("backlog"), codes, edges),
            open_at(self.stays, codes, edges),
            {key: self._medians(parts, codes) for key, parts in self.timed.items()},
            shared,
        )

    def _medians(self, parts: Pieces, codes: Sequence[int]) -> dict[tuple[int, int], Cells]:
        clock = self.report.clock
        return {at: time_cells(median, clock) for at, median in times(parts, codes).items()}


def _columns(figures: _Figures, *, before: bool) -> Iterator[Column]:
    for key in ("created", "solved", "open"):
        yield Column(key=key, title=says(f"whom_{key}"))
    kinds: dict[str, Kind] = {
        **dict.fromkeys(figures.timed, "duration"), **dict.fromkeys(figures.shared, "share"),
    }  # fmt: skip
    for key, kind in kinds.items():
        title = says(f"whom_{key}")
        yield Column(key=f"{key}_n", title=says(f"whom_{key}_n"))
        yield Column(key=key, title=title, kind=kind)
        yield Column(key=f"{key}_interval", title=says("whom_interval"), kind="range")
        if before:
            yield Column(key=f"{key}_before", title=says("whom_before", title=title), kind=kind)


def _by_field(parts: _Parts, name: str) -> Table:
    """Return the figures of the values of a field, the largest first."""
    report, edges = parts.report, parts.edges
    assert report.changes is not None  # noqa: S101 - asked before
    rows, changes = report.rows, report.changes
    earlier, later = (edges.index(span.edges[0]) for span in (changes.before, changes.after))
    figures = parts.figures(rows.fields[name])
    names = {code: value_said(name, value) for code, value in enumerate(rows.names[name])}
    names[-1] = says("missing_value")
    cells = [(names[code], *figures.row(later, code, before=earlier)) for code in names]
    told = sorted((row for row in cells if any(row[1:4])), key=_size)
    notes = [says("whom_note", period=period_said(changes.after))]
    if len(told) > SHOWN:
        notes.append(says("whom_shown", n=SHOWN, all=len(told)))
    return Table(
        key=f"by_{name}",
        title=says("whom_table_agent")
        if name == "agent"
        else says("whom_table", field=field_said(name)),
        columns=(
            Column(key=name, title=says("word", word=field_said(name)), kind="word"),
            *_columns(figures, before=True),
        ),
        rows=tuple(told),
        notes=tuple(notes),
        shown=SHOWN,
    )


def _size(row: tuple[Cell, ...]) -> tuple[object, ...]:
    """Sort key: by how many tickets came, then were solved, then are open."""
    return tuple(-number for number in row[1:4] if isinstance(number, int))


def _by_week(report: Report) -> Table:
    """Return the figures of all tickets by week, up to now."""
    weeks = report.weeks
    edges = [*(week.edges[0] for week in weeks), weeks[-1].edges[1]]
    figures = _Parts.of(report, edges).figures(members(report.rows))
    return Table(
        key="by_week",
        title=says("whom_week"),
        columns=(
            Column(key="week", title=says("whom_column_week"), kind="date"),
            *_columns(figures, before=False),
        ),
        rows=tuple(
            (instant(edges[n], report.tz).date(), *figures.row(n, 0)) for n in range(len(weeks))
        ),
        notes=(says("whom_running"),),
    )
