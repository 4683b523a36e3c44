"""A table of text: what a terminal, a page and a notebook all show the same way.

As HTML it is one plain element without colors, so it is readable on light and dark pages; all
that users typed is escaped. In a terminal no character of a cell is lost, however narrow it is.
"""

from __future__ import annotations

from html import escape
from itertools import chain, takewhile
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar
from unicodedata import category, east_asian_width

from attrs import evolve

from support_model._frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = [
    "TextTable",
    "folded",
    "interval_text",
    "pairs_html",
    "percent",
    "printable",
    "row_html",
    "table_lines",
    "text_width",
    "value_text",
]


T = TypeVar("T")
WITHHELD = MappingProxyType(
    {"small_n": "withheld: too few", "several_scales": "not defined: several scales"}
)
LEFT, RIGHT = ' style="text-align:left;vertical-align:top"', ' style="text-align:right"'
GAP = "  "
"""What stands between the columns of a printed table."""
RULE, PLAIN_RULE = "\u2500", "-"
WIDEST_WORD = 24
"""A longer word of a narrow table may be broken."""


@frozen(kw_only=True)
class TextTable:
    """A table of text.

    Attributes:
        title: what it shows.
        columns: headings; one that ends in ":" heads words, any other numbers.
        rows: the cells.
        below: a line to read the table by; may be empty.

    Example:
        >>> table = TextTable(title="Load", columns=("Who:", "Hours"), rows=(("<ann>", "40"),))
        >>> "&lt;ann&gt;" in table.html(), "<ann>" in table.html()
        (True, False)
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    below: str = ""

    def html(self) -> str:
        """Return the table as one HTML element, its title a caption, everything escaped."""
        sides = [LEFT if name.endswith(":") else RIGHT for name in self.columns]
        title = f'<caption style="text-align:left"><b>{escape(self.title)}</b></caption>'
        head = "".join(
            f"<th{side}>{escape(name.removesuffix(':'))}</th>"
            for side, name in zip(sides, self.columns, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f"<td{side}>{escape(cell)}</td>" for side, cell in zip(sides, row, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        foot = ""
        if self.below:
            said = f'<td colspan="{len(self.columns)}"{LEFT}>{escape(self.below)}</td>'
            foot = f"<tfoot><tr>{said}</tr></tfoot>"
        return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table>"


def row_html(cells: Iterable[str], tag: str = "td") -> str:
    """Return one row of a table without styles, everything escaped."""
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def pairs_html(caption: str, rows: Iterable[tuple[str, str]]) -> str:
    """Return a table of names and texts without styles; a row without text is left out."""
    body = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows if text
    )
    return f"<table><caption>{escape(caption)}</caption>{body}</table>"


def percent(share: float) -> str:
    """Return a share in percent."""
    return f"{100 * share:.1f} %"


def value_text(value: T | None, text: Callable[[T], str], suppressed: str | None) -> str:
    """Return the value of a figure as text, or why there is none."""
    if value is None:
        return WITHHELD.get(suppressed or "", "not defined")
    return text(value)


def interval_text(
    bounds: tuple[T | None, T | None] | None, text: Callable[[T], str], method: str, level: float
) -> str:
    """Return what bounds there are; a side that too few values leave open is named."""
    if bounds is None or bounds == (None, None):
        return ""
    low, high = ("unknown" if bound is None else text(bound) for bound in bounds)
    return f"{low} to {high} ({method.replace('_', ' ')}, level {level})"


def printable(text: str, encoding: str = "utf-8") -> str:
    r"""Return text that cannot steer a terminal, in characters that its encoding has.

    Example:
        >>> printable("\x1b[2J", "ascii"), printable("M\xfcll", "ascii"), printable("M\xfcll")
        ('\\x1b[2J', 'M\\xfcll', 'Müll')
    """
    safe = text.replace("\u202f", "\u00a0")
    if not safe.isprintable():
        safe = "".join(
            each
            if each.isprintable() or each in "\u00a0\n"
            else each.encode("unicode_escape").decode()
            for each in safe
        )
    if safe.isascii():
        return safe
    parts = safe.split("\u00a0")  # a space in the end, whether the encoding has one or not
    known = (part.encode(encoding, "backslashreplace").decode(encoding) for part in parts)
    return "\u00a0".join(known)


def text_width(text: str) -> int:
    """Return how many places of a terminal a text takes.

    Example:
        >>> text_width("ticket"), text_width("\u6f22\u5b57"), text_width("e\u0301")
        (6, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_places, text))


def _places(character: str) -> int:
    if category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1


def folded(text: str, width: int) -> list[str]:
    """Return the lines of a text, none wider than `width`; only a word wider than it is broken.

    Example:
        >>> folded("one two three", 7), folded("unbreakable", 6)
        (['one two', 'three'], ['unbrea', 'kable'])
    """
    lines = []
    for line in text.split("\n"):
        if text_width(line) <= width:
            lines.append(line)
        else:
            lines += _fold(line, width)
    return lines


def _fold(line: str, width: int) -> Iterator[str]:
    held = ""
    for word in line.split(" "):
        joined = f"{held} {word}" if held else word
        if text_width(joined) <= width:
            held = joined
            continue
        if held:
            yield held
        *full, held = _broken(word, width)
        yield from full
    yield held


def _broken(word: str, width: int) -> list[str]:
    """Return the pieces of a word, at least one character each."""
    pieces, piece, places = [], "", 0
    for character in word:
        wide = _places(character)
        if piece and places + wide > width:
            pieces.append(piece)
            piece, places = "", 0
        piece += character
        places += wide
    return [*pieces, piece]


def table_lines(table: TextTable, width: int, encoding: str = "utf-8") -> Iterator[str]:
    r"""Yield the lines of a table without its title, no character of a cell lost.

    A rule below the headings shows which places each column takes. Where cells take several
    lines, a blank line stands between the rows. Columns that do not fit side by side follow in
    further panels, which begin with the leading columns of words again; where not even that fits,
    each row is a block of lines "heading: value".

    Args:
        table: what to print.
        width: the most places of a line; a single wide character may take more.
        encoding: that of the terminal.

    Example:
        >>> hours = ("Who:", "Hours", "Days")
        >>> table = TextTable(title="", columns=hours, rows=(("ann", "40", "5"),))
        >>> print(*table_lines(table, 60), sep="\n")
        Who  Hours  Days
        ───  ─────  ────
        ann     40     5
        >>> print(*table_lines(table, 12), sep="\n")
        Who  Hours
        ───  ─────
        ann     40
        <BLANKLINE>
        Who  Days
        ───  ────
        ann     5
    """
    columns = [
        _Column.of(name, (row[place] for row in table.rows), encoding)
        for place, name in enumerate(table.columns)
    ]
    rule = RULE if printable(RULE, encoding) == RULE else PLAIN_RULE
    panels = _panels(columns, width)
    if panels is None:
        made: Iterable[str] = _blocks(columns, width)
    else:
        made = chain.from_iterable(
            chain([""] if number else (), _side_by_side(panel, width, rule))
            for number, panel in enumerate(panels)
        )
    below = printable(" ".join(table.below.split("\n")), encoding)
    for line in chain(made, ["", *folded(below, width)] if below else ()):
        yield line.replace("\u00a0", " ").rstrip()


@frozen
class _Column:
    """A column of a printed table: its heading, its cells, and the widths that it may have.

    Attributes:
        head: its heading.
        cells: its cells.
        worded: whether it holds words, which fold; numbers stay whole.
        least: the width below which it does not go.
        body: the width at which no cell folds.
        whole: the width at which its heading does not fold either.
    """

    head: str
    cells: tuple[str, ...]
    worded: bool
    least: int
    body: int
    whole: int

    @classmethod
    def of(cls, name: str, cells: Iterable[str], encoding: str) -> _Column:
        """Return the column of a heading, which ends in ":" where it holds words."""
        worded = name.endswith(":")
        head = printable(name.removesuffix(":"), encoding)
        shown = tuple(printable(cell, encoding) for cell in cells)
        least, body = _widest(_words(head)), _widest(shown)
        if worded:
            word = _widest(each for cell in shown for each in _words(cell))
            folded_body = min(body, max(min(word, WIDEST_WORD), WIDEST_WORD // 2))
            least = max(min(least, WIDEST_WORD), folded_body)
        else:
            least = max(least, body)
        body = max(least, body)
        return cls(head, shown, worded, least, body, max(body, _widest([head])))


def _panels(columns: Sequence[_Column], width: int) -> list[list[_Column]] | None:
    """Return the columns that stand side by side, panel by panel; None where that cannot be."""
    if _needed(columns) <= width:
        return [[*columns]]
    leading = _leading(columns, width)
    panels = [[*leading]]
    for column in columns[len(leading) :]:
        if len(panels[-1]) > len(leading) and _needed([*panels[-1], column]) > width:
            panels.append([*leading])
        panels[-1].append(column)
    return panels if max(map(_needed, panels)) <= width else None


def _leading(columns: Sequence[_Column], width: int) -> list[_Column]:
    """Return the columns that every panel begins with, unfolded where that leaves room."""
    leading = list(takewhile(attrgetter("worded"), columns[:-1])) or [*columns[:1]]
    while len(leading) > 1 and 2 * _needed(leading) > width:
        leading.pop()
    unfolded = [evolve(column, least=column.body) for column in leading]
    return unfolded if 5 * _needed(unfolded) <= 3 * width else leading


def _needed(columns: Sequence[_Column]) -> int:
    return sum(column.least for column in columns) + len(GAP) * (len(columns) - 1)


def _words(text: str) -> list[str]:
    """Return the words of a text; a space that does not break is part of one."""
    return [word for word in text.replace("\n", " ").split(" ") if word]


def _widest(texts: Iterable[str]) -> int:
    return max((text_width(line) for text in texts for line in text.split("\n")), default=0)


def _shared(most: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return widths between `least` and `most` that fill the room; what is narrow stays whole."""
    widths = list(least)
    spare = room - sum(least)
    needy = sorted(range(len(most)), key=lambda place: most[place] - least[place])
    for turn, place in enumerate(needy):
        given = min(most[place] - least[place], spare // (len(needy) - turn))
        widths[place] += given
        spare -= given
    return widths


def _side_by_side(columns: Sequence[_Column], width: int, rule: str) -> Iterator[str]:
    """Yield the lines of columns that fit; cells get what room there is before headings."""
    room = width - len(GAP) * (len(columns) - 1)
    widths = _shared([each.body for each in columns], [each.least for each in columns], room)
    widths = _shared([each.whole for each in columns], widths, room)

    def lines_of(row: Iterable[str], *, low: bool = False) -> list[str]:
        cells = [folded(cell, places) for cell, places in zip(row, widths, strict=True)]
        height = max(map(len, cells))
        blanks = [[""] * (height - len(lines)) for lines in cells]
        filled = [
            [*blank, *lines] if low else [*lines, *blank]
            for lines, blank in zip(cells, blanks, strict=True)
        ]
        return [
            GAP.join(map(_padded, line, widths, columns)) for line in zip(*filled, strict=True)
        ]

    yield from lines_of((column.head for column in columns), low=True)
    yield GAP.join(rule * places for places in widths)
    printed = [lines_of(row) for row in zip(*(each.cells for each in columns), strict=True)]
    apart = any(len(lines) > 1 for lines in printed)
    for place, lines in enumerate(printed):
        if place and apart:
            yield ""
        yield from lines


def _padded(text: str, width: int, column: _Column) -> str:
    blanks = " " * (width - text_width(text))
    return text + blanks if column.worded else blanks + text


def _blocks(columns: Sequence[_Column], width: int) -> Iterator[str]:
    for number, row in enumerate(zip(*(each.cells for each in columns), strict=True)):
        if number:
            yield ""
        for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
            name = " ".join(_words(column.head))
            first, *more = folded(f"{name}: {cell}", max(width - 4, 1))
            yield f"  {first}" if place else first
            yield from (f"    {line}" for line in more)
