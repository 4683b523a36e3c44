"""What a report is made of, before any output: sections of sentences, headlines, items and tables.

Cells are values with a kind, not texts: the terminal, the page, JSON, CSV and a workbook each
write them in their own way, and a language writes the sentences. A sentence is a code with
parameters, as a reason is.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs

from support_model._frozen import FrozenMap, frozen
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind: TypeAlias = Literal[
    "word",
    "count",
    "number",
    "rate",
    "share",
    "points",
    "duration",
    "instant",
    "date",
    "range",
    "money",
]
"""What the cells of a column are: a `share` of 1, `points` a difference of shares, a `range` the
`Bounds` of the column before it, a `number` with decimals, a `rate` with a single one, all others
as they are called."""
Verdict: TypeAlias = Literal["worse", "better", "different", ""]


@frozen
class OpenTime:
    """A length in opening hours.

    Attributes:
        amount: how long.
        day: how long a working day is, on average; lengths above some of them are told in days.
    """

    amount: timedelta
    day: timedelta


@frozen
class Bounds:
    """An interval, of the kind of what it belongs to; None where a side is not known.

    Attributes:
        low: the lower bound.
        high: the upper bound.
    """

    low: float | timedelta | OpenTime | datetime | date | None
    high: float | timedelta | OpenTime | datetime | date | None


@frozen
class Withheld:
    """A value that is not shown because too few cases stand behind it.

    Attributes:
        least: how many it would need.
    """

    least: int


@frozen
class Said:
    """A sentence or a heading: a code of the catalogues, and what it says.

    Attributes:
        code: the code.
        params: values by name; another `Said`, or a tuple of them, is said within it.
    """

    code: str
    params: Mapping[str, Any] = attrs.field(factory=FrozenMap, hash=False)


def says(code: str, **params: Any) -> Said:  # noqa: ANN401 - whatever a cell may be
    """Return a sentence with its parameters.

    Example:
        >>> says("tickets", n=3).params["n"]
        3
    """
    return Said(code, FrozenMap(params))


Cell: TypeAlias = (
    str | int | float | timedelta | OpenTime | datetime | date | Bounds | Withheld | Said | None
)


@frozen(kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        key: its stable name, in CSV, JSON and workbooks.
        title: its heading.
        kind: what its cells are.
        note: what to know of it; None if nothing.
        shown: whether a reader sees it; the files have all.
        joined: whether its lengths are told in the unit of those in the column before it.
        part: in which part of a table of many columns it is; None of what names its rows.
    """

    key: str
    title: Said
    kind: Kind = "count"
    note: Said | None = None
    shown: bool = True
    joined: bool = False
    part: Said | None = None


@frozen(kw_only=True)
class Table:
    """A table of values.

    Attributes:
        key: its stable name: of the sheet, of the CSV file, in JSON.
        title: what it shows.
        columns: its columns.
        rows: its cells, a value for each column; None is "nothing known", never 0.
        notes: what to read it by.
        verdicts: of each row; empty if none is judged.
        shown: how many rows a reader is shown; the files have all. None: all.
        by_row: whether the lengths of a row are told in one unit, and not those of a column.
    """

    key: str
    title: Said
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Said, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    shown: int | None = None
    by_row: bool = False

    def __attrs_post_init__(self) -> None:
        """Check that every row has a cell for each column."""
        for row in self.rows:
            if len(row) != len(self.columns):
                remedy = f"give {len(self.columns)} cells"
                raise InvalidValue(row, f"not a row of table {self.key!r}", remedy)


@frozen(kw_only=True)
class Drawing:
    """A picture for the page that needs no words of its own.

    Attributes:
        key: its stable name.
        svg: one SVG element.
        caption: how to read it.
    """

    key: str
    svg: str
    caption: Said


@frozen(kw_only=True)
class Line:
    """A line of a chart, or what else shows values over time.

    Attributes:
        name: what it is called beside the chart.
        values: one for each place of the chart; None is a gap.
        look: as of `drawings.Series`.
        tone: its color, likewise.
    """

    name: Said
    values: tuple[float | None, ...]
    look: Literal["line", "dots", "thin", "area"] = "line"
    tone: Literal["ink", "link", "dim", "good", "bad"] = "ink"


@frozen(kw_only=True)
class Chart:
    """Lines over days, weeks, months or lengths, whose words depend on the language.

    Attributes:
        key: its stable name.
        title: what it is read as.
        caption: how to read it.
        labels: what each place is called: the first day of a period, or a length.
        lines: what is drawn.
        incomplete: whether the last place still runs.
        tail: how many of the last places still run or hold hardly any tickets.
        kind: what the values are.
    """

    key: str
    title: Said
    caption: Said
    labels: tuple[Cell, ...]
    lines: tuple[Line, ...]
    incomplete: bool = False
    tail: int = 0
    kind: Kind = "count"


@frozen(kw_only=True)
class Heat:
    """Cells that are the stronger the larger their value.

    Attributes:
        key: its stable name.
        title: what it is read as: says where the largest value is.
        caption: how to read it.
        names: what each row is called.
        columns: what is written below each column; empty where nothing is.
        rows: values >= 0 of each row, one for each column.
    """

    key: str
    title: Said
    caption: Said
    names: tuple[Said, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]


@frozen(kw_only=True)
class Headline:
    """One of the figures that a reader sees first.

    Attributes:
        key: of the figure.
        title: what it is called.
        kind: what `value`, `bounds` and `before` are.
        value: of the later period.
        bounds: its interval; None where it has none, such as a count.
        before: the same figure of the period before; None where unknown.
        change: how much it moved, as a sentence; None where it cannot be said.
        verdict: which way that is.
        series: by week up to now, or to where a log goes on with hardly any tickets, oldest
            first; None is a gap. The last may be incomplete.
        incomplete: whether the last of `series` is not over yet.
        notes: what to know of it, at the figure itself.
    """

    key: str
    title: Said
    kind: Kind
    value: Cell
    bounds: Bounds | None = None
    before: Cell = None
    change: Said | None = None
    verdict: Verdict = ""
    series: tuple[float | None, ...] = ()
    incomplete: bool = False
    notes: tuple[Said, ...] = ()

    @property
    def compared(self) -> tuple[Cell, Cell]:
        """The values of both periods, whose lengths are told in one unit."""
        return self.value, self.before


@frozen(kw_only=True)
class Item:
    """Something to look at.

    Attributes:
        title: what it is, in a line.
        verdict: which way it went.
        sentences: the rest, in the order to read it.
        series: by week, to draw beside it; empty if there is none.
        since: the place in `series` at which it begins; None where there is none.
    """

    title: Said
    verdict: Verdict = ""
    sentences: tuple[Said, ...] = ()
    series: tuple[float | None, ...] = ()
    since: int | None = None


@frozen(kw_only=True)
class Section:
    """A part of a report, in reading order.

    Attributes:
        key: its stable name, the anchor on a page.
        title: its heading.
        lines: sentences, each a paragraph.
        headlines: figures seen first.
        items: things to look at, in order.
        notes: sentences of a list.
        tables: its tables.
        drawings: its pictures; a terminal leaves them out.
        folded: whether a page shows it closed until asked.
    """

    key: str
    title: Said
    lines: tuple[Said, ...] = ()
    headlines: tuple[Headline, ...] = ()
    items: tuple[Item, ...] = ()
    notes: tuple[Said, ...] = ()
    tables: tuple[Table, ...] = ()
    drawings: tuple[Drawing | Chart | Heat, ...] = ()
    folded: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is in it."""
        parts = (self.lines, self.headlines, self.items, self.notes, self.drawings)
        return not any(parts) and not any(table.rows for table in self.tables)
