"""A table of values in the words of a language: what a terminal and a page both show.

A table of many columns is cut into parts that a reader can follow, and lengths that stand beside
or below each other are told in one unit.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from attrs import evolve

from support_model._frozen import frozen
from support_model._report.blocks import Said, says
from support_model._report.units import lengths_of, unit_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support_model._report.blocks import Cell, Column, Kind, Table, Verdict
    from support_model._report.units import Length
    from support_model._report.wording import Wording

WORDED: frozenset[Kind] = frozenset({"word", "instant", "date"})
"""The kinds of columns that are read as words; all others are numbers."""


MOST_COLUMNS = 10
"""A table with more columns is cut into its parts."""


@frozen(kw_only=True)
class WrittenTable:
    """A table as texts.

    Attributes:
        titles: of the columns shown; the last is the verdict where rows are judged.
        kinds: what each column holds; the verdict is a word.
        rows: the cells that a reader is shown.
        verdicts: of each of these rows; "" where it is not judged.
        judged: whether any row is.
        notes: what to read it by.
    """

    titles: tuple[str, ...]
    kinds: tuple[Kind, ...]
    rows: tuple[tuple[str, ...], ...]
    verdicts: tuple[Verdict, ...]
    judged: bool
    notes: tuple[str, ...]

    @property
    def worded(self) -> tuple[bool, ...]:
        """For each column whether it holds words."""
        return tuple(kind in WORDED for kind in self.kinds)


def kinds_of(table: Table) -> tuple[Kind, ...]:
    """Return what the cells of each column are; those of a range are of the kind before it.

    Example:
        >>> from support_model._report.blocks import Column, Table
        >>> share = Column(key="share", title=says("column_share"), kind="share")
        >>> interval = Column(key="interval", title=says("column_interval"), kind="range")
        >>> kinds_of(Table(key="t", title=share.title, columns=(share, interval), rows=()))
        ('share', 'share')
    """
    kinds: list[Kind] = []
    for column in table.columns:
        of_another = column.kind == "range" and kinds
        kinds.append(kinds[-1] if of_another else column.kind)
    return tuple(kinds)


def parts_of(table: Table) -> tuple[Table, ...]:
    """Return a table as a reader is shown it: one, or its parts where it has many columns.

    Columns that name the rows stand in every part, notes below the last.

    Example:
        >>> from support_model._report.blocks import Column, Table
        >>> name = Column(key="name", title=says("column_figure"), kind="word")
        >>> more = [Column(key=str(n), title=name.title, part=says("whom_part_times" if n % 2
        ...     else "whom_part_volumes")) for n in range(12)]
        >>> wide = Table(key="t", title=name.title, columns=(name, *more), rows=())
        >>> [len(each.columns) for each in parts_of(wide)]
        [7, 7]
    """
    parts = [*dict.fromkeys(each.part for each in table.columns if each.part is not None)]
    if len(parts) < 2 or sum(each.shown for each in table.columns) <= MOST_COLUMNS:
        return (table,)
    return tuple(_part(table, part, last=part == parts[-1]) for part in parts)


def _part(table: Table, part: Said, *, last: bool) -> Table:
    """Return the columns of a part, and those that name the rows."""
    places = [n for n, each in enumerate(table.columns) if each.part in {None, part}]
    rows = table.rows if last else table.rows[: table.shown]
    return evolve(
        table,
        key=f"{table.key}_{part.code}",
        title=says("table_part", title=table.title, part=part),
        columns=tuple(table.columns[n] for n in places),
        rows=tuple(tuple(row[n] for n in places) for row in rows),
        notes=table.notes if last else (),
        shown=table.shown if last else None,
    )


def _units(table: Table, rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Return the unit of each cell of rows: that of its row, or of its column."""
    if table.by_row:
        return [[unit_for(lengths_of(tuple(row)))] * len(row) for row in rows]
    groups: list[list[int]] = []
    for place, column in enumerate(table.columns):
        if groups and (column.joined or column.kind == "range"):
            groups[-1].append(place)
        else:
            groups.append([place])
    shared = [unit_for(_of_group(table.columns, group, rows)) for group in groups]
    units = [unit for unit, group in zip(shared, groups, strict=True) for _ in group]
    return [units] * len(rows)


def _of_group(
    columns: Sequence[Column], group: Sequence[int], rows: Sequence[Sequence[Cell]]
) -> Iterator[Length]:
    """Yield the lengths of some columns; intervals are told in the unit of what they are of."""
    for row in rows:
        for place in group:
            if columns[place].kind != "range":
                yield from lengths_of(row[place])


def written(table: Table, wording: Wording) -> WrittenTable:
    """Return a table as texts of a language, with the rows that a reader is shown.

    Example:
        >>> from support_model._report.blocks import Column, Table
        >>> from support_model._report.wording import Wording
        >>> share = Column(key="share", title=says("column_share"), kind="share")
        >>> table = Table(key="t", title=share.title, columns=(share,), rows=((0.5,), (None,)))
        >>> written(table, Wording()).rows
        (('50.0%',), ('-',))
    """
    verdicts = table.verdicts or tuple(_unjudged(len(table.rows)))
    judged = any(verdicts)
    kinds = zip(count(), table.columns, kinds_of(table))
    shown = [(place, column, kind) for place, column, kind in kinds if column.shown]
    seen = table.rows[: table.shown]
    rows = [
        tuple(wording.cell(row[place], kind, units[place]) for place, _, kind in shown)
        + ((_word(verdict, wording),) if judged else ())
        for row, verdict, units in zip(seen, verdicts, _units(table, seen), strict=False)
    ]
    titles = [column.title for _, column, _ in shown] + [says("verdict")] * judged
    return WrittenTable(
        titles=tuple(map(wording.say, titles)),
        kinds=(*(column.kind for _, column, _ in shown), *_verdict_kind(judged=judged)),
        rows=tuple(rows),
        verdicts=verdicts[: table.shown],
        judged=judged,
        notes=tuple(_notes(table, wording)),
    )


def _verdict_kind(*, judged: bool) -> tuple[Kind, ...]:
    return ("word",) if judged else ()


def _unjudged(rows: int) -> list[Verdict]:
    return [""] * rows


def _word(verdict: Verdict, wording: Wording) -> str:
    return wording.say(Said(verdict)) if verdict else ""


def _notes(table: Table, wording: Wording) -> Iterator[str]:
    yield from map(wording.say, table.notes)
    for column in table.columns:
        if column.shown and column.note is not None:
            yield wording.say(says("column_note", title=column.title, note=column.note))
    if table.shown is not None and len(table.rows) > table.shown:
        yield wording.say(says("rows_shown", shown=table.shown, rows=len(table.rows)))
