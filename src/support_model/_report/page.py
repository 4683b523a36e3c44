"""A report as one HTML page that stands alone: no network, no script, readable on a phone.

The summary comes first: what got worse, is it real, for whom, since when, what to look at. All
that a log, a file name or a person typed is escaped, and the same report gives the same bytes.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attrs import evolve

from support_model._frozen import frozen
from support_model._report import comparison_tables, leads, pictures, tables
from support_model._report.glossary import GLOSSARY
from support_model._report.page_style import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model._report.changes import PeriodComparison
    from support_model._report.pictures import Picture
    from support_model._report.report import Report
    from support_model._tables import TextTable


POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing from anywhere."""
TOP = '<p class="top"><a href="#top">Back to the top</a></p>'
MARKS = {"really worse": "bad", "really better": "good"}
"""The look of rows by their verdict."""
UNSHOWN = {code: f"\\x{code:02x}" for code in (*range(9), 11, 12, *range(14, 32), 127)}
"""Control characters have no place in HTML; they are shown as what they are."""


@frozen
class Section:
    """A part of the page.

    Attributes:
        name: its anchor.
        title: its heading.
        body: its HTML.
    """

    name: str
    title: str
    body: str


def page(made: Report, found: PeriodComparison | None = None) -> str:
    """Return a report, and the comparison of two periods, as one HTML page.

    Days and weeks are those of the opening hours, else of the compared periods, else of UTC.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    sections = [each for each in _sections(made, found) if each.body]
    links = "".join(f'<li><a href="#{each.name}">{each.title}</a></li>' for each in sections)
    parts = "".join(
        f'<section id="{each.name}"><h2>{each.title}</h2>{each.body}{TOP}</section>'
        for each in sections
    )
    title = f"Report on {_text(made.log.file)}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<header id="top"><h1>{title}</h1>{_what_was_read(made)}</header>\n'
        f'<nav aria-label="Contents"><details><summary>Contents</summary><ul>{links}</ul>'
        f"</details></nav>\n<main>{parts}</main>\n"
        "</body>\n</html>\n"
    )


def _sections(made: Report, found: PeriodComparison | None) -> Iterator[Section]:
    links = _links(made)

    def shown(*some: TextTable) -> str:
        return "".join(_table(table, links) for table in some if table.rows)

    if found is not None:
        yield Section("worse", "What got worse", _worse(found, links))
        yield Section("weeks", "Week by week", _pictures(pictures.changes(found)))
        whom = comparison_tables.groups(found), comparison_tables.mixes(found)
        yield Section("whom", "For whom, and is it the mix", shown(*whom))
        yield Section("changes", "Earlier and later", shown(comparison_tables.changes(found)))
        asked = evolve(comparison_tables.topics(found), title="")
        yield Section("topics", "What is asked about", shown(asked))
    yield Section("notes", "Before you quote a figure", _list(note.text for note in made.notes))
    every = (tables.times(made), tables.shares(made), tables.rates(made), tables.clocks(made))
    yield Section("figures", "All figures", shown(*every))
    yield Section("groups", "Group by group", shown(*tables.groups(made)))
    yield Section("plots", "Plots", _pictures(pictures.overview(made, _zone(made, found))))
    for name, table in (("absent", tables.absent(made)), ("left-out", tables.left_out(made))):
        yield Section(name, table.title, shown(evolve(table, title="")))
    meant = evolve(tables.definitions(made), title="")
    yield Section("definitions", "What each figure counts", _table(meant, {}, ids=links))
    yield Section("words", "What the words mean", _table(evolve(GLOSSARY, title=""), {}))
    yield Section("findings", "What is odd in the file", shown(tables.findings(made)))


def _links(made: Report) -> dict[str, str]:
    """Return the anchor of the definition of each figure, by what the figure is called."""
    return {title: f"def-{key}" for key, title in made.titles.items()}


def _zone(made: Report, found: PeriodComparison | None) -> ZoneInfo:
    if made.calendar is not None:
        return made.calendar.tz
    zone = None if found is None else found.after.start.tzinfo
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


def _what_was_read(made: Report) -> str:
    log = made.log
    kind = f" ({_text(log.mapping.title)})" if log.mapping.title else ""
    lines = [f"{len(log.cases):,} tickets in {log.rows:,} rows{kind}"]
    if log.first and log.last:
        lines.append(f"From {log.first:%Y-%m-%d %H:%M} to {log.last:%Y-%m-%d %H:%M} UTC")
    hours = made.hours or "not given, so times count round the clock"
    lines.append(f"Opening hours: {_text(hours)}")
    return f'<p class="dim">{"<br>".join(lines)}</p>'


def _worse(found: PeriodComparison, links: Mapping[str, str]) -> str:
    """Return the summary: one card for each thing to look at, in order."""
    answer, *more = leads.headline(found)
    said = f'<p class="answer">{_text(answer)}</p>'
    said += "".join(f"<p>{_text(sentence)}</p>" for sentence in more)
    cards = "".join(
        f"<li><h3>{_figure(lead.figure, links)}: {_text(lead.turn)}</h3>"
        + "".join(f"<p>{_text(sentence)}</p>" for sentence in lead.sentences)
        + "</li>"
        for lead in leads.leads(found)
    )
    return f'{said}<h3>Look at this first</h3><ol class="leads">{cards}</ol>' if cards else said


def _figure(title: str, links: Mapping[str, str]) -> str:
    """Return what a figure is called, as a link to its definition if there is one."""
    name = _text(title)
    return f'<a href="#{links[title]}">{name}</a>' if title in links else name


def _pictures(drawn: Iterable[Picture]) -> str:
    made = "".join(
        f"<figure>{each.svg}<figcaption>{_text(each.caption)}</figcaption></figure>"
        for each in drawn
    )
    return f'<div class="plots">{made}</div>' if made else ""


def _list(texts: Iterable[str]) -> str:
    items = "".join(f"<li>{_text(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else ""


def _table(
    table: TextTable, links: Mapping[str, str], *, ids: Mapping[str, str] | None = None
) -> str:
    """Return a table that a narrow screen shows row by row, each cell with its heading.

    Args:
        table: the table.
        links: where first cells lead, by their text.
        ids: the anchors of rows, by the text of their first cells.
    """
    names = [_text(name.removesuffix(":")) for name in table.columns]
    words = [' class="word"' if name.endswith(":") else "" for name in table.columns]
    head = "".join(
        f'<th scope="col"{word}>{name}</th>' for name, word in zip(names, words, strict=True)
    )
    judged = table.columns[-1] == "Verdict:"
    rows = []
    for row in _filled(table.rows):
        cells = _figure(row[0], links), *map(_text, row[1:])
        mark = f' class="{MARKS[row[-1]]}"' if judged and row[-1] in MARKS else ""
        anchor = f' id="{ids[row[0]]}"' if ids and row[0] in ids else ""
        rows.append(
            f"<tr{anchor}{mark}>"
            + "".join(
                f'<td{word} data-label="{name.replace("<br>", " ")}">{cell}</td>'
                for cell, name, word in zip(cells, names, words, strict=True)
            )
            + "</tr>"
        )
    caption = f"<caption>{_text(table.title)}</caption>" if table.title else ""
    below = " ".join(table.below.split())
    foot = f'<p class="dim">{_text(below)}</p>' if below else ""
    return (
        f'<div class="scroll"><table class="stack">{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{foot}"
    )


def _filled(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield rows whose first cell is said again where it was left empty."""
    first = ""
    for row in rows:
        first = row[0] or first
        yield (first, *row[1:])


def _text(text: str) -> str:
    """Return text as HTML: escaped, line ends kept, control characters named."""
    return escape(text.translate(UNSHOWN)).replace("\n", "<br>")
