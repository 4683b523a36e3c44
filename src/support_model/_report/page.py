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
from support_model._report.tables import GLOSSARY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model._report.changes import PeriodComparison
    from support_model._report.pictures import Picture
    from support_model._report.report import Report
    from support_model._tables import TextTable

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f3f4f6;
  --line: #c9ced6; --dim: #55606e; --bad: #9a3412; --good: #05603a; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #14171a; --soft: #20252b;
  --line: #454d57; --dim: #a9b3bf; --bad: #ffb086; --good: #7fd6a8; --link: #8ec5ff; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; padding-top: .5rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 1.2rem 0 .3rem; }
p, ul, ol { margin: .4rem 0; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .35rem 0; }
.dim { color: var(--dim); }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--good); font-weight: 600; }
tr.bad, tr.good { background: var(--soft); }
tr.bad > :first-child { box-shadow: inset .3rem 0 var(--bad); padding-left: .7rem; }
tr.good > :first-child { box-shadow: inset .3rem 0 var(--good); padding-left: .7rem; }
.answer { font-size: 1.15rem; font-weight: 600; }
.top { font-size: .9rem; }
td > a, h3 > a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em; }
.leads { padding: 0; list-style: none; counter-reset: lead; }
.leads > li { background: var(--soft); border-left: .3rem solid var(--bad);
  border-radius: .3rem; margin: 1rem 0; padding: .6rem 1rem; counter-increment: lead; }
.leads > li > h3::before { content: counter(lead) ". "; }
.leads h3 { margin: 0 0 .3rem; }
dl { margin: 0; }
dt { font-weight: 600; margin-top: .6rem; }
dd { margin: 0; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { font-weight: 600; text-align: left; padding-bottom: .3rem; }
th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top;
  text-align: right; white-space: nowrap; }
th { border-bottom-width: 2px; vertical-align: bottom; }
.word { text-align: left; white-space: normal; min-width: 7rem; overflow-wrap: break-word; }
tfoot td { border: 0; color: var(--dim); text-align: left; white-space: normal; }
figure { margin: 1.2rem 0; max-width: 40rem; }
figure svg { display: block; background: #fff; border-radius: .4rem; }
figcaption { color: var(--dim); margin-top: .3rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
  gap: 0 1.5rem; }
details { margin: .8rem 0; }
summary { cursor: pointer; padding: .3rem 0; }
@media (max-width: 600px) {
  .stack, .stack tbody, .stack tr, .stack td { display: block; width: 100%; }
  .stack caption { display: block; }
  .stack thead { position: absolute; left: -100rem; }
  .stack tr { border-bottom: 2px solid var(--line); padding: .5rem 0; }
  .stack td { border: 0; padding: .1rem 0; text-align: left; white-space: normal;
    display: flex; justify-content: space-between; gap: 1rem; }
  .stack td::before { content: attr(data-label); color: var(--dim); flex: none;
    max-width: 45%; }
  .stack td.word:first-child { font-weight: 600; display: block; }
  .stack td.word:first-child::before { content: none; }
  .stack tr.bad, .stack tr.good { padding-left: .7rem; padding-right: .4rem; }
  .stack tr.bad { border-left: .3rem solid var(--bad); }
  .stack tr.good { border-left: .3rem solid var(--good); }
  .stack tr > td.word:first-child { box-shadow: none; padding-left: 0; }
  .stack tfoot td { display: block; }
}
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #fff; --line: #999; --dim: #333; --bad: #000;
    --good: #000; --link: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .top { display: none; }
  .scroll { overflow: visible; }
  th, td { white-space: normal; padding: .15rem .4rem; }
  figure, .leads > li, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
"""
"""The style sheet."""


POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing from anywhere."""
TOP = '<p class="top"><a href="#top">Back to the top</a></p>'
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


def page(report: Report, comparison: PeriodComparison | None = None) -> str:
    """Return a report, and the comparison of two periods, as one HTML page.

    Days and weeks are those of the opening hours, else of the compared periods, else of UTC.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    sections = [each for each in _sections(report, comparison) if each.body]
    links = "".join(f'<li><a href="#{each.name}">{each.title}</a></li>' for each in sections)
    parts = "".join(
        f'<section id="{each.name}"><h2>{each.title}</h2>{each.body}{TOP}</section>'
        for each in sections
    )
    title = f"Report on {_text(report.log.file)}"
    read = "<br>".join(map(_text, tables.what_was_read(report)))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<header id="top"><h1>{title}</h1><p class="dim">{read}</p></header>\n'
        f'<nav aria-label="Contents"><details><summary>Contents</summary><ul>{links}</ul>'
        f"</details></nav>\n<main>{parts}</main>\n"
        "</body>\n</html>\n"
    )


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
    yield Section("notes", "Before you quote a figure", _list(note.text for note in report.notes))
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
    return {title: f"def-{key}" for key, title in report.titles.items()}


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
