"""The sections of a report as one HTML page that stands alone: no network, no script.

What a manager asks comes first. All that a log, a file name or a person typed is escaped, and the
same sections give the same bytes.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._report import drawings
from support_model._report.blocks import Bounds, Drawing, Said, says
from support_model._report.drawn import drawn
from support_model._report.html_tables import TONES, HtmlTable, badge, notes_html, text_html, toned
from support_model._report.page_style import STYLE
from support_model._report.units import lengths_of, unit_for
from support_model._report.written import parts_of, written

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
    from support_model._report.wording import Wording

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing from anywhere."""
ANSWERS = "brief"
"""The section whose sentences begin with what they answer, up to a colon."""
DEFINITIONS = "definitions"
"""The table whose rows say what each figure counts; elsewhere the names of figures lead there."""


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
    name = text_html(wording.say(title))
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

    def said(self, said: Said, unit: str = "") -> str:
        """Return a sentence as HTML, its lengths in a unit if one is given."""
        return text_html(self.wording.say(said, unit))

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
        shown = (part for table in section.tables if table.rows for part in parts_of(table))
        yield from (self._table(part, section) for part in shown)
        yield self._notes(section)

    def _notes(self, section: Section) -> str:
        """Return the sentences at the end of a section, or the answers that it is made of."""
        texts = map(self.wording.say, section.notes)
        if section.key == ANSWERS:
            return answers_html(texts)
        aside = section.lines or section.headlines or section.items or section.tables
        return notes_html(texts, "notes" if aside else "said")

    def _card(self, headline: Headline) -> str:
        """Return one of the figures seen first."""
        unit = unit_for(lengths_of(headline.compared))
        value = text_html(self.wording.cell(headline.value, headline.kind, unit))
        parts = [f"<h3>{self._named(self.wording.say(headline.title))}</h3>"]
        parts.append(f'<p class="value">{value}</p>')
        if headline.bounds is not None and headline.bounds != Bounds(None, None):
            bounds = self.wording.cell(headline.bounds, headline.kind, unit)
            parts.append(f"<p>{self.said(says('page_interval', bounds=bounds))}</p>")
        change = "" if headline.change is None else self.said(headline.change, unit)
        badge = self._badge(headline.verdict)
        if change or badge:
            parts.append(f"<p>{badge} {change}</p>")
        if any(value is not None for value in headline.series):
            parts.append(self._spark(headline))
        parts += (f'<p class="dim">{self.said(note)}</p>' for note in headline.notes)
        return f"<li{toned(headline.verdict)}>{''.join(parts)}</li>"

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
            f"<li{toned(item.verdict)}><h3>{self.said(item.title)} {badge}</h3>"
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
        return badge(verdict, self.wording.say(Said(verdict)) if verdict else "")

    def _picture(self, picture: Drawing | Chart | Heat) -> str:
        kind = ' class="plot"' if isinstance(picture, Drawing) else ""
        caption = self.said(picture.caption)
        svg = drawn(picture, self.wording)
        return f"<figure{kind}>{svg}<figcaption>{caption}</figcaption></figure>"

    def _table(self, table: Table, section: Section) -> str:
        """Return a table; that of the definitions is where the names of figures lead."""
        key = _id(f"table-{table.key}")
        own = table.title != section.title
        defining = table.key == DEFINITIONS
        made = HtmlTable(
            texts=written(table, self.wording),
            label=f"{key if own else _id(section.key)}-title",
            caption=f'<caption id="{key}-title">{self.said(table.title)}</caption>' if own else "",
            links={} if defining else self.anchors,
            anchors=self.anchors if defining else {},
        )
        return made.html()

    def _named(self, name: str) -> str:
        """Return what a figure is called, as a link to its meaning if there is one."""
        return (
            f'<a href="#{self.anchors[name]}">{text_html(name)}</a>'
            if name in self.anchors
            else text_html(name)
        )


def answers_html(texts: Iterable[str]) -> str:
    """Return answers as a list, what each answers in bold."""
    items = []
    for text in texts:
        what, colon, said = text.partition(": ")
        answer = (
            f"<strong>{text_html(what)}:</strong> {text_html(said)}" if colon else text_html(text)
        )
        items.append(f"<li>{answer}</li>")
    return f'<ul class="said">{"".join(items)}</ul>' if items else ""


def _id(key: str) -> str:
    """Return a key as the name of an element."""
    return escape(key.replace(" ", "-"))
