"""The tables of a report as plain values: what notebooks, CSV files and workbooks are made of.

Everything of a document becomes a table: figures seen first, things to look at, charts and
sentences too; the numbers of heat strips and pictures are those of tables anyway. An interval
becomes two columns, a verdict one.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from support_model._frozen import frozen
from support_model._report.blocks import (
    Bounds,
    Chart,
    Column,
    OpenTime,
    Said,
    Table,
    Withheld,
    says,
)
from support_model._report.wording import english
from support_model._report.written import kinds_of, written
from support_model._tables import TextTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support_model._report.blocks import Cell, Headline, Kind, Section
    from support_model._report.wording import Wording

Plain: TypeAlias = str | int | float | timedelta | datetime | date | None
UNIT = "unit"
"""Key of a column that says what the numbers of its row are; lengths among them are in seconds."""
SHOWN = 30
"""Rows that a notebook is shown."""
TITLE_OF_ENDS = ("bound_low", "bound_high")


@frozen(kw_only=True)
class PlainColumn:
    """A column of plain values.

    Attributes:
        key: its stable name.
        title: its heading in a language.
        kind: what its values are, as of `Column`; never a range.
        note: what to know of it; may be empty.
    """

    key: str
    title: str
    kind: Kind
    note: str = ""


@frozen(kw_only=True)
class PlainTable:
    """A table of plain values; a notebook shows it as the report does.

    Attributes:
        key: its stable name.
        table: as the report has it.
        wording: the language of its words.
    """

    key: str
    table: Table = attrs.field(repr=False)
    wording: Wording = attrs.field(repr=False)

    @cached_property
    def title(self) -> str:
        """What it shows."""
        return self.wording.say(self.table.title)

    @cached_property
    def columns(self) -> tuple[PlainColumn, ...]:
        """Its columns: two for an interval, and a last one where rows are judged."""
        return tuple(_columns(self.table, self.wording))

    @cached_property
    def rows(self) -> tuple[tuple[Plain, ...], ...]:
        """Its values, all rows; None where nothing is known or too few cases are behind it.

        Shares are of 1, lengths `timedelta`, instants in the zone of the report.
        """
        kinds = kinds_of(self.table)
        verdicts = self.table.verdicts or ("",) * len(self.table.rows)
        return tuple(
            (
                *self._values(row, kinds),
                *((self._word(verdict),) if any(self.table.verdicts) else ()),
            )
            for row, verdict in zip(self.table.rows, verdicts, strict=True)
        )

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What to read it by."""
        return tuple(map(self.wording.say, self.table.notes))

    def records(self) -> list[dict[str, Plain]]:
        """Return its rows by the keys of its columns, as data frames are made of."""
        keys = [column.key for column in self.columns]
        return [dict(zip(keys, row, strict=True)) for row in self.rows]

    def _values(self, row: Iterable[Cell], kinds: Iterable[Kind]) -> Iterator[Plain]:
        for cell, kind, column in zip(row, kinds, self.table.columns, strict=True):
            if column.kind == "range":
                ends = (cell.low, cell.high) if isinstance(cell, Bounds) else (None, None)
                yield from (plain(end, kind, self.wording) for end in ends)
            else:
                yield plain(cell, kind, self.wording)

    def _word(self, verdict: str) -> str | None:
        return self.wording.say(Said(verdict)) if verdict else None

    def _repr_html_(self) -> str:
        texts = written(self.table, self.wording)
        columns = zip(texts.titles, texts.worded, strict=True)
        shown = TextTable(
            title=self.title,
            columns=tuple(title + ":" * worded for title, worded in columns),
            rows=texts.rows[:SHOWN],
            below=" ".join(texts.notes),
        )
        return shown.html()


def plain(cell: Cell, kind: Kind, wording: Wording) -> Plain:
    """Return a cell as a plain value; words are said, and of a length in opening hours how long.

    Example:
        >>> from support_model._report.wording import Wording
        >>> plain(OpenTime(timedelta(hours=3), timedelta(hours=8)), "duration", Wording())
        datetime.timedelta(seconds=10800)
    """
    if cell is None or isinstance(cell, Withheld):
        return None
    if isinstance(cell, Said | Bounds) or (kind == "word" and not isinstance(cell, str | bool)):
        return wording.cell(cell, kind)
    if isinstance(cell, OpenTime):
        return cell.amount
    return cell.astimezone(wording.tz) if isinstance(cell, datetime) else cell


def _columns(table: Table, wording: Wording) -> Iterator[PlainColumn]:
    before = None
    for column, kind in zip(table.columns, kinds_of(table), strict=True):
        title = wording.say(column.title)
        note = "" if column.note is None else wording.say(column.note)
        if column.kind == "range":
            of = column if before is None else before
            name = wording.say(of.title)
            for end, code in zip(("low", "high"), TITLE_OF_ENDS, strict=True):
                told = wording.say(says(code, title=name))
                yield PlainColumn(key=f"{of.key}_{end}", title=told, kind=kind, note=note)
        else:
            yield PlainColumn(key=column.key, title=title, kind=kind, note=note)
            before = column
    if any(table.verdicts):
        yield PlainColumn(key="verdict", title=wording.say(says("verdict")), kind="word")


def plain_tables(sections: Iterable[Section], wording: Wording) -> tuple[PlainTable, ...]:
    """Return all that sections hold as tables, each with a key of its own, without empty ones."""
    tables: dict[str, Table] = {}
    sentences: list[tuple[Cell, ...]] = []
    for section in sections:
        for table in _tables(section):
            key, number = table.key, 2
            while key in tables:
                key, number = f"{table.key}_{number}", number + 1
            if table.rows:
                tables[key] = table
        sentences += ((section.key, section.title, said) for said in _sentences(section))
    if sentences:
        tables["sentences"] = _of_sentences(sentences)
    return tuple(
        PlainTable(key=key, table=table, wording=wording) for key, table in tables.items()
    )


def _tables(section: Section) -> Iterator[Table]:
    if section.headlines:
        yield _of_headlines(section)
    if section.items:
        yield _of_items(section)
    yield from section.tables
    for drawing in section.drawings:
        if isinstance(drawing, Chart):
            yield _of_chart(drawing)


def _word(key: str, code: str) -> Column:
    return Column(key=key, title=says(code), kind="word")


def _of_headlines(section: Section) -> Table:
    """Return the figures seen first, lengths in seconds as the column `unit` says."""
    return Table(
        key=section.key,
        title=section.title,
        columns=(
            _word("figure", "headline_figure"),
            Column(key="value", title=says("headline_value"), kind="number"),
            Column(key="interval", title=says("column_interval"), kind="range"),
            Column(key="before", title=says("headline_before"), kind="number"),
            _word(UNIT, "headline_unit"),
            _word("change", "headline_against"),
            _word("notes", "headline_notes"),
            _word("key", "column_key"),
        ),
        rows=tuple(map(_of_headline, section.headlines)),
        verdicts=tuple(each.verdict for each in section.headlines),
    )


def _of_headline(each: Headline) -> tuple[Cell, ...]:
    bounds = each.bounds or Bounds(None, None)
    return (
        each.title,
        _number(each.value),
        Bounds(_number(bounds.low), _number(bounds.high)),
        _number(each.before),
        "seconds" if each.kind == "duration" else each.kind,
        each.change,
        says("sentences", all=each.notes) if each.notes else None,
        each.key,
    )


def _number(cell: Cell) -> Any:  # noqa: ANN401 - as the cell
    """Return a length as seconds, whole if it is; anything else as it is."""
    amount = cell.amount if isinstance(cell, OpenTime) else cell
    return seconds(amount) if isinstance(amount, timedelta) else amount


def seconds(amount: timedelta) -> int | float:
    """Return a length in seconds, exactly: a whole number if it is one.

    Example:
        >>> seconds(timedelta(hours=1)), seconds(timedelta(microseconds=1))
        (3600, 1e-06)
    """
    whole, rest = divmod(amount, timedelta(seconds=1))
    return amount / timedelta(seconds=1) if rest else whole


def _of_items(section: Section) -> Table:
    return Table(
        key=f"{section.key}_items",
        title=section.title,
        columns=(
            Column(key="place", title=says("item_place")),
            _word("what", "item_what"),
            _word("sentences", "item_sentences"),
        ),
        rows=tuple(
            (place, item.title, says("sentences", all=item.sentences) if item.sentences else None)
            for place, item in enumerate(section.items, start=1)
        ),
        verdicts=tuple(item.verdict for item in section.items),
    )


def _of_chart(chart: Chart) -> Table:
    kind: Kind = "date" if chart.labels and isinstance(chart.labels[0], date) else "duration"
    keys = _keys(line.name for line in chart.lines)
    return Table(
        key=chart.key.replace("-", "_"),
        title=chart.title,
        columns=(
            Column(key="at", title=says("chart_at"), kind=kind),
            *(
                Column(key=key, title=line.name, kind=chart.kind)
                for key, line in zip(keys, chart.lines, strict=True)
            ),
        ),
        rows=tuple(
            (label, *(line.values[place] for line in chart.lines))
            for place, label in enumerate(chart.labels)
        ),
        notes=(chart.caption,),
    )


def _keys(names: Iterable[Said]) -> list[str]:
    """Return a key for each line: its English name in small letters, with a number if taken."""
    keys: list[str] = []
    for name in names:
        words = re.findall(r"[a-z0-9]{1,60}", english(name).lower())
        key = first = "_".join(words) or "line"
        while key in keys:
            key = f"{first}_{len(keys) + 1}"
        keys.append(key)
    return keys


def _sentences(section: Section) -> Iterator[Said]:
    yield from section.lines
    yield from section.notes
    for table in section.tables:
        yield from table.notes if table.rows else ()


def _of_sentences(rows: Iterable[tuple[Cell, ...]]) -> Table:
    return Table(
        key="sentences",
        title=says("sentences_title"),
        columns=(
            _word("section", "sentences_key"),
            _word("title", "sentences_section"),
            _word("sentence", "sentences_said"),
        ),
        rows=tuple(rows),
    )
