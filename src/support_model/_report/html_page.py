"""The sections of a report as one HTML page that stands alone: no network, no script.

What a manager asks comes first. All that a log, a file name or a person typed is escaped, and the
same sections give the same bytes.
"""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._report import drawings
from support_model._report.blocks import Drawing, Said, says
from support_model._report.drawn import drawn
from support_model._report.page_style import STYLE
from support_model._report.written import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._report.blocks import (
        Chart,
        Headline,
        Heat,
        Item,
        Section,
        Table,
        Verdict,
    )
    from support_model._report.drawings import Tone
    from support_model._report.wording import Wording
    from support_model._report.written import WrittenTable

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing from anywhere."""
TONES: Mapping[Verdict, Tone] = MappingProxyType({"worse": "bad", "better": "good"})
"""The color of a verdict, which stands beside its word."""
NARROW, WIDE = 3, 9
"""Up to so many columns a table fits a phone; from so many on its letters are small on paper."""
DEFINITIONS = "definitions"
"""The table whose rows say what each figure counts; elsewhere the names of figures lead there."""
UNSHOWN = MappingProxyType(
    {code: f"\\x{code:02x}" for code in (*range(9), 11, 12, *range(14, 32), 127)}
)
"""Control characters have no place in HTML; they are shown as what they are."""


def html_page(title: Said, sections: Sequence[Section], wording: Wording) -> str:
    """Return sections as one HTML page in a language.

    Example:
        >>> from support_model._report.blocks import Section
        >>> from support_model._report.wording import Wording
        >>> section = Section(key="how-many", title=says("table_shares"))
        >>> made = html_page(says("table_shares"), [section], Wording("ru"))
        >>> '<html lang="ru">' in made, '<section id="how-many"' in made
        (True, True)
    """
    page = _Page(wording, _anchors(sections, wording))
    name = _text(wording.say(title))
    links = "".join(
        f'<li><a href="#{_id(each.key)}">{page.said(each.title)}</a></li>' for each in sections
    )
    parts = "".join(map(page.section, sections))
    return (
        f'<!DOCTYPE html>\n<html lang="{wording.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#report">{page.said(says("page_skip"))}</a>\n'
        f"<header><h1>{name}</h1></header>\n"
        f'<nav aria-label="{page.said(says("page_contents"))}"><ul>{links}</ul></nav>\n'
        f'<main id="report">{parts}</main>\n</body>\n</html>\n'
    )


def _anchors(sections: Iterable[Section], wording: Wording) -> dict[str, str]:
    """Return where each figure is defined, by what it is called."""
    tables = (each for section in sections for each in section.tables if each.key == DEFINITIONS)
    names = (row[0] for table in tables for row in written(table, wording).rows)
    return {name: f"meaning-{number}" for number, name in enumerate(dict.fromkeys(names))}


@frozen
class _Page:
    """What the parts of a page have in common.

    Attributes:
        wording: the language and the zone.
        anchors: where each figure is defined, by what it is called.
    """

    wording: Wording
    anchors: Mapping[str, str]

    def said(self, said: Said) -> str:
        """Return a sentence as HTML."""
        return _text(self.wording.say(said))

    def section(self, section: Section) -> str:
        """Return a part of the page, closed where it is to be folded."""
        key, title = _id(section.key), self.said(section.title)
        heading = f'<h2 id="{key}-title">{title}</h2>'
        body = "".join(self._body(section))
        if section.folded:
            inside = f"<details><summary>{heading}</summary><div>{body}</div></details>"
        else:
            inside = heading + body
        return f'<section id="{key}" aria-labelledby="{key}-title">{inside}</section>\n'

    def _body(self, section: Section) -> Iterator[str]:
        kind = ' class="dim"' if section.headlines else ""
        yield from (f"<p{kind}>{self.said(line)}</p>" for line in section.lines)
        if section.headlines:
            yield f'<ul class="cards">{"".join(map(self._card, section.headlines))}</ul>'
        if section.items:
            yield f'<ol class="items">{"".join(map(self._item, section.items))}</ol>'
        if section.drawings:
            yield f'<div class="plots">{"".join(map(self._picture, section.drawings))}</div>'
        yield from (self._table(table, section) for table in section.tables if table.rows)
        yield _notes(map(self.said, section.notes))

    def _card(self, headline: Headline) -> str:
        """Return one of the figures seen first."""
        value = _text(self.wording.cell(headline.value, headline.kind))
        parts = [f"<h3>{self._named(self.wording.say(headline.title))}</h3>"]
        parts.append(f'<p class="value">{value}</p>')
        if headline.bounds is not None:
            bounds = self.wording.cell(headline.bounds, headline.kind)
            parts.append(f"<p>{self.said(says('page_interval', bounds=bounds))}</p>")
        change = "" if headline.change is None else self.said(headline.change)
        badge = self._badge(headline.verdict)
        if change or badge:
            parts.append(f"<p>{badge} {change}</p>")
        if any(value is not None for value in headline.series):
            parts.append(self._spark(headline))
        parts += (f'<p class="dim">{self.said(note)}</p>' for note in headline.notes)
        return f"<li{_toned(headline.verdict)}>{''.join(parts)}</li>"

    def _spark(self, headline: Headline) -> str:
        title = says("page_course", title=headline.title)
        least = 0.0 if headline.kind == "count" else None
        return drawings.sparkline(
            headline.series,
            title=self.wording.say(title),
            last_incomplete=headline.incomplete,
            least=least,
            tone=TONES.get(headline.verdict, "link"),
        )

    def _item(self, item: Item) -> str:
        """Return something to look at, with its weeks."""
        badge = self._badge(item.verdict)
        said = "".join(f"<p>{self.said(sentence)}</p>" for sentence in item.sentences)
        weeks = self._weeks(item) if any(value is not None for value in item.series) else ""
        return (
            f"<li{_toned(item.verdict)}><h3>{self.said(item.title)} {badge}</h3>"
            f'<div class="item">{weeks}<div>{said}</div></div></li>'
        )

    def _weeks(self, item: Item) -> str:
        caption = says("page_weeks" if item.since is None else "page_weeks_since")
        drawing = drawings.sparkline(
            item.series,
            title=self.wording.say(item.title),
            last_incomplete=False,
            since=item.since,
            tone=TONES.get(item.verdict, "link"),
        )
        return f"<figure>{drawing}<figcaption>{self.said(caption)}</figcaption></figure>"

    def _badge(self, verdict: Verdict) -> str:
        if not verdict:
            return ""
        tone = TONES.get(verdict, "")
        return f'<span class="badge {tone}">{self.said(Said(verdict))}</span>'

    def _picture(self, picture: Drawing | Chart | Heat) -> str:
        kind = ' class="plot"' if isinstance(picture, Drawing) else ""
        caption = self.said(picture.caption)
        svg = drawn(picture, self.wording)
        return f"<figure{kind}>{svg}<figcaption>{caption}</figcaption></figure>"

    def _table(self, table: Table, section: Section) -> str:
        """Return a table; one that a narrow screen does not hold is scrolled."""
        key = _id(f"table-{table.key}")
        titled = table.title != section.title
        caption = f'<caption id="{key}-title">{self.said(table.title)}</caption>' if titled else ""
        label = f"{key if titled else _id(section.key)}-title"
        texts = written(table, self.wording)
        classes = ["" if worded else ' class="n"' for worded in texts.worded]
        head = "".join(
            f'<th scope="col"{kind}>{_text(title)}</th>'
            for title, kind in zip(texts.titles, classes, strict=True)
        )
        body = "".join(self._row(table, texts, classes, place) for place in range(len(texts.rows)))
        frame = ' class="fits"'
        if len(classes) > NARROW:
            kind = "scroll wide" if len(classes) >= WIDE else "scroll"
            frame = f' class="{kind}" role="group" tabindex="0" aria-labelledby="{label}"'
        return (
            f'<div{frame}><table aria-labelledby="{label}">{caption}'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
            + _notes(map(_text, texts.notes))
        )

    def _row(self, table: Table, texts: WrittenTable, classes: Sequence[str], place: int) -> str:
        """Return a row; its first cell heads it, and defines a figure or leads to its meaning."""
        first, *rest = texts.rows[place]
        verdict = texts.verdicts[place]
        anchor = self.anchors.get(first) if table.key == DEFINITIONS else None
        named = _text(first) if table.key == DEFINITIONS else self._named(first)
        cells = [
            f"<td{kind}>{_text(cell)}</td>" for cell, kind in zip(rest, classes[1:], strict=True)
        ]
        if texts.judged:
            cells[-1] = f"<td>{self._badge(verdict)}</td>"
        identity = f' id="{anchor}"' if anchor else ""
        return f'<tr{identity}{_toned(verdict)}><th scope="row">{named}</th>{"".join(cells)}</tr>'

    def _named(self, name: str) -> str:
        """Return what a figure is called, as a link to its meaning if there is one."""
        return (
            f'<a href="#{self.anchors[name]}">{_text(name)}</a>'
            if name in self.anchors
            else _text(name)
        )


def _toned(verdict: Verdict) -> str:
    return f' class="{TONES[verdict]}"' if verdict in TONES else ""


def _notes(texts: Iterable[str]) -> str:
    items = "".join(f"<li>{text}</li>" for text in texts)
    return f'<ul class="notes">{items}</ul>' if items else ""


def _id(key: str) -> str:
    """Return a key as the name of an element."""
    return escape(key.replace(" ", "-"))


def _text(text: str) -> str:
    """Return text as HTML: escaped, line ends kept, control characters named."""
    return escape(text.translate(UNSHOWN)).replace("\n", "<br>")
