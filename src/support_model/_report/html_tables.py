"""A table in words as HTML, and the texts of a page.

A table that a phone does not hold is scrolled there, with the keyboard as well; one of many words
is shown row by row, each cell with its heading, and says by roles that it is a table still.
"""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model._frozen import FrozenMap, frozen
from support_model._report.directions import apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from support_model._report.blocks import Kind, Verdict
    from support_model._report.drawings import Tone
    from support_model._report.written import WrittenTable

TONES: Mapping[Verdict, Tone] = MappingProxyType({"worse": "bad", "better": "good"})
"""The color of a verdict, which stands beside its word."""
NARROW, WIDE = 3, 9
"""Up to so many columns a table fits a phone; from so many on its letters are small on paper."""
STACKED = 3
"""A wide table with more columns of words is shown row by row on a phone."""
LOOKS: Mapping[Kind, str] = MappingProxyType({"word": "", "date": "d", "instant": "d"})
"""How the cells of a column look: as words, as dates on one line, all others as numbers."""
UNSHOWN = MappingProxyType(
    {code: f"\\x{code:02x}" for code in (*range(9), 11, 12, *range(14, 32), 127)}
)
"""Control characters have no place in HTML; they are shown as what they are."""


def text_html(text: str) -> str:
    r"""Return text as HTML: escaped, line ends kept, control characters named, names isolated.

    Example:
        >>> text_html("a<b>\x1b")
        'a&lt;b&gt;\\x1b'
    """
    return escape(apart(text.translate(UNSHOWN))).replace("\n", "<br>")


def toned(verdict: Verdict) -> str:
    """Return the class of what is judged as an attribute; nothing without a color."""
    return _class(TONES.get(verdict, ""))


def badge(verdict: Verdict, word: str) -> str:
    """Return a verdict as a word in its color; nothing where there is none."""
    tone = TONES.get(verdict, "")
    return f'<span class="badge {tone}">{text_html(word)}</span>' if verdict else ""


def notes_html(texts: Iterable[str], name: str = "notes") -> str:
    """Return sentences as a list of a class; nothing where there are none."""
    items = "".join(f"<li>{text_html(text)}</li>" for text in texts)
    return f'<ul class="{name}">{items}</ul>' if items else ""


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


@frozen(kw_only=True)
class HtmlTable:
    """A table on a page.

    Attributes:
        texts: what it says.
        label: the name of the element that says what the table shows.
        caption: that element, if it is the table's own; else empty.
        links: where the names of figures lead, by name.
        anchors: the names of the rows that others lead to, by their first cells.
    """

    texts: WrittenTable
    label: str
    caption: str = ""
    links: Mapping[str, str] = FrozenMap()
    anchors: Mapping[str, str] = FrozenMap()

    @property
    def stacked(self) -> bool:
        """Whether a phone shows it row by row."""
        return len(self.texts.titles) > NARROW and sum(self.texts.worded) > STACKED

    @property
    def looks(self) -> list[str]:
        """How the cells of each column look, as attributes."""
        return [_class(LOOKS.get(kind, "n")) for kind in self.texts.kinds]

    def html(self) -> str:
        """Return the table with its frame and its notes."""
        role, columns = self.role, len(self.texts.titles)
        head = "".join(
            f'<th scope="col"{look}{role("columnheader")}>{text_html(title)}</th>'
            for title, look in zip(self.texts.titles, self.looks, strict=True)
        )
        looks = self.looks
        body = "".join(self.row(place, looks) for place in range(len(self.texts.rows)))
        frame = ' class="fits"'
        if columns > NARROW:
            kind = "scroll wide" if columns >= WIDE else "scroll"
            frame = f' class="{kind}" role="group" tabindex="0" aria-labelledby="{self.label}"'
        return (
            f"<div{frame}><table{_class('stack' if self.stacked else '')}{role('table')} "
            f'aria-labelledby="{self.label}">{self.caption}'
            f"<thead{role('rowgroup')}><tr{role('row')}>{head}</tr></thead>"
            f"<tbody{role('rowgroup')}>{body}</tbody></table></div>{notes_html(self.texts.notes)}"
        )

    def row(self, place: int, looks: Sequence[str]) -> str:
        """Return a row; its first cell heads it."""
        texts, role = self.texts, self.role
        name, *rest = texts.rows[place]
        verdict = texts.verdicts[place]
        shown = list(map(text_html, rest))
        if texts.judged:
            shown[-1] = badge(verdict, rest[-1])
        cells = "".join(
            f"<td{look}{role('cell', title)}>{cell}</td>"
            for cell, look, title in zip(shown, looks[1:], texts.titles[1:], strict=True)
        )
        anchor = f' id="{self.anchors[name]}"' if name in self.anchors else ""
        first = text_html(name)
        if name in self.links:
            first = f'<a href="#{self.links[name]}">{first}</a>'
        heading = f'<th scope="row"{looks[0]}{role("rowheader")}>{first}</th>'
        return f"<tr{anchor}{toned(verdict)}{role('row')}>{heading}{cells}</tr>"

    def role(self, role: str, title: str = "") -> str:
        """Return the attributes of a part of a stacked table, of a cell with its heading."""
        if not self.stacked:
            return ""
        label = f' data-label="{text_html(title)}"' if title else ""
        return f' role="{role}"{label}'
