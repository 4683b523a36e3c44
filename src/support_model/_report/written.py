"""A table of values in the words of a language: what a terminal and a page both show."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._report.blocks import Said, says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._report.blocks import Kind, Table, Verdict
    from support_model._report.wording import Wording

WORDED: frozenset[Kind] = frozenset({"word", "instant", "date"})
"""The kinds of columns that are read as words; all others are numbers."""


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
    rows = [
        tuple(wording.cell(row[place], kind) for place, _, kind in shown)
        + ((_word(verdict, wording),) if judged else ())
        for row, verdict in zip(table.rows[: table.shown], verdicts, strict=False)
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
