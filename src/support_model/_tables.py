"""A table of text: what a terminal, a page and a notebook all show the same way.

As HTML it is one plain element without colors, so it is readable on light and dark pages; all
that users typed is escaped.
"""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from support_model._frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["TextTable", "interval_text", "pairs_html", "percent", "row_html", "value_text"]


T = TypeVar("T")
WITHHELD = MappingProxyType(
    {"small_n": "withheld: too few", "several_scales": "not defined: several scales"}
)
LEFT, RIGHT = ' style="text-align:left;vertical-align:top"', ' style="text-align:right"'


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
