"""A table of text: what a terminal, a page and a notebook all show the same way.

As HTML it is one plain element without colors, so it is readable on light and dark pages; all
that users typed is escaped.
"""

from __future__ import annotations

from html import escape

from support_model._frozen import frozen

__all__ = ["TextTable"]

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
