"""The sections of a report as plain data of JSON types: every number that any output shows.

Lengths are in seconds, shares of 1, instants ISO 8601 in the zone of the report. What is not known
is None. Every sentence has its code and parameters beside its words.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from support_model._frozen import frozen
from support_model._report.blocks import Bounds, Chart, Heat, OpenTime, Said, Withheld
from support_model._report.plain_tables import seconds
from support_model._report.written import kinds_of
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model._report.blocks import (
        Cell,
        Column,
        Drawing,
        Headline,
        Item,
        Kind,
        Section,
        Table,
    )
    from support_model._report.wording import Wording


CLOCKS: Mapping[type, str] = MappingProxyType({timedelta: "calendar", OpenTime: "business"})


def sections_data(
    sections: Iterable[Section], wording: Wording, measures: Mapping[str, Said]
) -> list[dict[str, Any]]:
    """Return sections as plain data.

    Args:
        sections: in reading order.
        wording: the language of their words, and the zone.
        measures: what the figures seen first count, by their keys.
    """
    writer = _Writer(wording, measures)
    return [writer.section(section) for section in sections]


@frozen
class _Writer:
    """What writes the parts of a document as plain data, in one language."""

    wording: Wording
    measures: Mapping[str, Said] = attrs.field(hash=False)

    def section(self, section: Section) -> dict[str, Any]:
        return {
            "key": section.key,
            "title": self.wording.say(section.title),
            "lines": list(map(self.said, section.lines)),
            "headlines": list(map(self.headline, section.headlines)),
            "items": list(map(self.item, section.items)),
            "notes": list(map(self.said, section.notes)),
            "tables": [self.table(table) for table in section.tables if table.rows],
            "charts": [
                self.chart(drawing) if isinstance(drawing, Chart) else self.heat(drawing)
                for drawing in section.drawings
                if isinstance(drawing, Chart | Heat)
            ],
        }

    def said(self, said: Said) -> dict[str, Any]:
        """Return a sentence: its words, its code, and what it says as values."""
        return {
            "text": self.wording.say(said),
            "code": said.code,
            "params": {name: self.param(value) for name, value in said.params.items()},
        }

    def word(self, said: Said | None) -> str | None:
        return None if said is None else self.wording.say(said)

    def param(self, value: Any) -> Any:  # noqa: ANN401 - a cell, a reason, or several
        if isinstance(value, tuple):
            return [self.param(each) for each in value]
        if isinstance(value, Said):
            return self.said(value)
        return value.text(None) if isinstance(value, Reason) else self.value(value)

    def value(self, cell: Cell | Fraction) -> Any:  # noqa: ANN401 - of JSON
        """Return a cell as JSON has it; one that is withheld is None."""
        if isinstance(cell, Said):
            return self.wording.say(cell)
        if isinstance(cell, Bounds):
            return [self.value(cell.low), self.value(cell.high)]
        if isinstance(cell, datetime):
            cell = cell.astimezone(self.wording.tz)
        return value_data(cell)

    def headline(self, each: Headline) -> dict[str, Any]:
        low, high = (each.bounds.low, each.bounds.high) if each.bounds else (None, None)
        return {
            "key": each.key,
            "title": self.wording.say(each.title),
            "definition": self.word(self.measures.get(each.key)),
            "kind": each.kind,
            **_unit(each.kind, [each.value, each.before]),
            "value": self.value(each.value),
            "low": self.value(low),
            "high": self.value(high),
            "before": self.value(each.before),
            "change": None if each.change is None else self.said(each.change),
            "verdict": each.verdict or None,
            "series": list(each.series),
            "incomplete": each.incomplete,
            "notes": list(map(self.said, each.notes)),
        }

    def item(self, item: Item) -> dict[str, Any]:
        return {
            "title": self.said(item.title),
            "verdict": item.verdict or None,
            "sentences": list(map(self.said, item.sentences)),
            "series": list(item.series),
            "since": item.since,
        }

    def table(self, table: Table) -> dict[str, Any]:
        """Return a table; every row of it, also those that a page leaves out."""
        kinds = kinds_of(table)
        columns = zip(table.columns, kinds, range(len(kinds)), strict=True)
        return {
            "key": table.key,
            "title": self.wording.say(table.title),
            "columns": [
                self.column(column, kind, [row[place] for row in table.rows])
                for column, kind, place in columns
            ],
            "rows": [list(map(self.value, row)) for row in table.rows],
            "verdicts": [verdict or None for verdict in table.verdicts],
            "withheld": [
                {"row": number, "column": column.key, "least": cell.least}
                for number, row in enumerate(table.rows)
                for cell, column in zip(row, table.columns, strict=True)
                if isinstance(cell, Withheld)
            ],
            "notes": list(map(self.said, table.notes)),
        }

    def column(self, column: Column, kind: Kind, cells: Iterable[Cell]) -> dict[str, Any]:
        return {
            "key": column.key,
            "title": self.wording.say(column.title),
            "kind": kind,
            "interval": column.kind == "range",
            **_unit(kind, cells),
            "note": self.word(column.note),
            "part": self.word(column.part),
        }

    def chart(self, chart: Chart) -> dict[str, Any]:
        return {
            "key": chart.key,
            "title": self.wording.say(chart.title),
            "caption": self.said(chart.caption),
            "kind": chart.kind,
            "labels": list(map(self.value, chart.labels)),
            "lines": [
                {"name": self.said(line.name), "values": list(line.values)} for line in chart.lines
            ],
            "incomplete": chart.incomplete,
            "tail": chart.tail,
        }

    def heat(self, heat: Heat | Drawing) -> dict[str, Any]:
        assert isinstance(heat, Heat)  # noqa: S101 - other drawings hold no values
        return {
            "key": heat.key,
            "title": self.wording.say(heat.title),
            "caption": self.said(heat.caption),
            "names": [self.wording.say(name) for name in heat.names],
            "columns": list(heat.columns),
            "rows": [list(row) for row in heat.rows],
        }


def value_data(value: Any) -> Any:  # noqa: ANN401 - a plain value, or one made of such
    """Return a value as JSON has it: a length in seconds, a date as ISO 8601, fields by name.

    Example:
        >>> value_data((timedelta(minutes=1), date(2026, 3, 2)))
        [60, '2026-03-02']
    """
    if isinstance(value, OpenTime | timedelta):
        return seconds(value.amount if isinstance(value, OpenTime) else value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(map(value_data, value))
    if value is None or isinstance(value, Withheld):
        return None
    if attrs.has(type(value)):
        return {name: value_data(getattr(value, name)) for name in attrs.fields_dict(type(value))}
    return float(value) if isinstance(value, Fraction) else value


def _unit(kind: Kind, cells: Iterable[Cell]) -> dict[str, str | None]:
    """Return the unit of numbers of a kind, and the clock of lengths: wall time or open hours."""
    if kind != "duration":
        return {"unit": {"share": "of 1", "points": "of 1"}.get(kind)}
    clocks = {CLOCKS[type(cell)] for cell in cells if type(cell) in CLOCKS}
    return {"unit": "seconds", "clock": clocks.pop() if len(clocks) == 1 else None}
