"""A report as one HTML page that stands alone: no network, no script, readable on a phone.

The summary comes first: what got worse, is it real, for whom, since when, what to look at. All
that a log, a file name or a person typed is escaped, and the same report gives the same bytes.
"""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attrs import evolve

from support_model._frozen import frozen
from support_model._report import comparison_tables, leads, pictures, tables
from support_model._report.document import document, title_of
from support_model._report.html_page import html_page
from support_model._report.tables import GLOSSARY
from support_model._report.wording import Wording, english

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._report import blocks
    from support_model._report.changes import PeriodComparison
    from support_model._report.pictures import Picture
    from support_model._report.report import Report
    from support_model._tables import TextTable

TOP = '<p class="top"><a href="#report">Back to the top</a></p>'
MARKS = MappingProxyType({"really worse": "bad", "really better": "good"})
"""The look of rows by their verdict."""
UNSHOWN = MappingProxyType(
    {code: f"\\x{code:02x}" for code in (*range(9), 11, 12, *range(14, 32), 127)}
)
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


def page(
    report: Report,
    wording: Wording | None = None,
    sections: Sequence[blocks.Section] | None = None,
    *,
    comparison: PeriodComparison | None = None,
) -> str:
    """Return a report as one HTML page.

    Args:
        report: the report.
        wording: the language, and the zone of instants; by default English in the report's zone.
        sections: its sections, if they are made already: see `document`.
        comparison: of two periods.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    rest = "".join(
        f'<section id="old-{each.name}"><h2>{each.title}</h2>{each.body}{TOP}</section>'
        for each in _sections(report, comparison)
        if each.body
    )
    said = Wording(tz=report.tz) if wording is None else wording
    every = document(report) if sections is None else sections
    return html_page(title_of(report), every, said, rest=rest)


def _sections(report: Report, comparison: PeriodComparison | None) -> Iterator[Section]:
    links = _links(report)

    def shown(*some: TextTable) -> str:
        return "".join(_table(table, links) for table in some if table.rows)

    if comparison is not None:
        yield Section("worse", "What got worse", _worse(comparison, links))
        yield Section("weeks", "Week by week", _pictures(pictures.changes(comparison)))
        whom = comparison_tables.groups(comparison), comparison_tables.mixes(comparison)
        yield Section("whom", "For whom, and is it the mix", shown(*whom))
        yield Section("changes", "Earlier and later", shown(comparison_tables.changes(comparison)))
        asked = evolve(comparison_tables.topics(comparison), title="")
        yield Section("topics", "What is asked about", shown(asked))
    yield Section(
        "notes", "Before you quote a figure", _list(english(note.said) for note in report.notes)
    )
    every = (
        tables.times(report),
        tables.shares(report),
        tables.rates(report),
        tables.clocks(report),
    )
    yield Section("figures", "All figures", shown(*every))
    yield Section("groups", "Group by group", shown(*tables.groups(report)))
    yield Section(
        "plots", "Plots", _pictures(pictures.overview(report, _zone(report, comparison)))
    )
    for name, table in (("absent", tables.absent(report)), ("left-out", tables.left_out(report))):
        yield Section(name, table.title, shown(evolve(table, title="")))
    meant = evolve(tables.definitions(report), title="")
    yield Section("definitions", "What each figure counts", _table(meant, {}, ids=links))
    yield Section("words", "What the words mean", _table(evolve(GLOSSARY, title=""), {}))
    yield Section("findings", "What is odd in the file", shown(tables.findings_table(report)))


def _links(report: Report) -> dict[str, str]:
    """Return the anchor of the definition of each figure, by what the figure is called."""
    return {english(title): f"def-{key}" for key, title in report.titles.items()}


def _zone(report: Report, comparison: PeriodComparison | None) -> ZoneInfo:
    if report.calendar is not None:
        return report.calendar.tz
    zone = None if comparison is None else comparison.after.start.tzinfo
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


def _worse(comparison: PeriodComparison, links: Mapping[str, str]) -> str:
    """Return the summary: one card for each thing to look at, in order."""
    answer, *more = leads.headline(comparison)
    said = f'<p class="answer">{_text(answer)}</p>'
    said += "".join(f"<p>{_text(sentence)}</p>" for sentence in more)
    cards = "".join(
        f"<li><h3>{_figure(lead.figure, links)}: {_text(lead.turn)}</h3>"
        + "".join(f"<p>{_text(sentence)}</p>" for sentence in lead.sentences)
        + "</li>"
        for lead in leads.leads(comparison)
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

    First cells are links, and rows have anchors, by the text of their first cells.
    """
    names = [_text(name.removesuffix(":")) for name in table.columns]
    words = [' class="word"' if name.endswith(":") else "" for name in table.columns]
    head = "".join(
        f'<th scope="col"{word}>{name}</th>' for name, word in zip(names, words, strict=True)
    )
    judged = table.columns[-1] == "Verdict:"
    opens = [
        f'<td{word} data-label="{name.replace("<br>", " ")}">'
        for name, word in zip(names, words, strict=True)
    ]
    rows = []
    for row in _filled(table.rows):
        cells = _figure(row[0], links), *map(_text, row[1:])
        mark = f' class="{MARKS[row[-1]]}"' if judged and row[-1] in MARKS else ""
        anchor = f' id="{ids[row[0]]}"' if ids and row[0] in ids else ""
        body = "".join(f"{tag}{cell}</td>" for tag, cell in zip(opens, cells, strict=True))
        rows.append(f"<tr{anchor}{mark}>{body}</tr>")
    return _framed(table, head, "".join(rows))


def _framed(table: TextTable, head: str, body: str) -> str:
    """Return the head and the rows of a table with its title and the line below it."""
    caption = f"<caption>{_text(table.title)}</caption>" if table.title else ""
    below = " ".join(table.below.split())
    foot = f'<p class="dim">{_text(below)}</p>' if below else ""
    return (
        f'<div class="scroll"><table class="stack">{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{foot}"
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
