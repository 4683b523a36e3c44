"""The sections of a report as lines of a terminal, no character of a cell lost.

A sparkline of block characters stands where the page draws one; other pictures are left out.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._report.blocks import Said, says
from support_model._report.units import lengths_of, unit_for
from support_model._report.written import parts_of, written
from support_model._tables import TextTable, folded, printable, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._report.blocks import Headline, Item, Section, Table
    from support_model._report.wording import Wording

WIDTH = 100
"""Sentences are folded to this width where the terminal is wider; tables are not."""
BARS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
GAP_MARK, RUNNING, BEGINS = "\u00b7", "*", "|"
MOST_BARS = 30
"""Of a longer series the last so many are printed."""
PARTS: Mapping[str, str] = MappingProxyType(
    {
        "figure": "headline_figure",
        "value": "headline_value",
        "interval": "column_interval",
        "change": "headline_against",
        "verdict": "verdict",
        "course": "headline_course",
    }
)
"""What is printed of a headline: the heading of each column."""
WORDED = frozenset({"figure", "change", "verdict", "course"})


@frozen
class PrintedLine:
    """A line of a terminal.

    Attributes:
        text: what it says.
        strong: whether it is a heading.
    """

    text: str
    strong: bool = False


def printed_sections(
    title: Said,
    sections: Iterable[Section],
    wording: Wording,
    *,
    width: int = WIDTH,
    encoding: str = "utf-8",
) -> Iterator[PrintedLine]:
    """Yield the lines of sections in a language.

    Args:
        title: the heading of the whole.
        sections: in reading order.
        wording: the language and the zone.
        width: the most places of a line.
        encoding: that of the terminal; a character that it lacks is written as its number.

    Example:
        >>> from support_model._report.blocks import Section
        >>> from support_model._report.wording import Wording
        >>> section = Section(key="k", title=says("table_shares"), notes=(says("column_share"),))
        >>> [line.text
        ...  for line in printed_sections(section.title, [section], Wording())]
        ['How many', '', 'How many', '- Share']
    """
    printer = _Printer(wording, width, encoding)
    yield from printer.heading(wording.say(title))
    for section in sections:
        body = list(printer.body(section))
        if body:  # a part of pictures alone has nothing for a terminal
            yield PrintedLine("")
            yield from printer.heading(wording.say(section.title))
            yield from body


@frozen
class _Printer:
    """How lines are written: in which language, how wide, in which encoding."""

    wording: Wording
    width: int
    encoding: str

    def heading(self, text: str) -> Iterator[PrintedLine]:
        """Yield a heading."""
        for line in self.text(text):
            yield PrintedLine(line, strong=True)

    def text(self, text: str, *, first: str = "", indent: int = 0) -> Iterator[str]:
        """Yield a sentence in lines, the later ones as far in as the first."""
        margin = " " * (indent or len(first))
        room = min(self.width, WIDTH) - len(margin)
        for place, line in enumerate(folded(printable(text, self.encoding), max(room, 1))):
            yield ((margin if place else first or margin) + line.replace("\u00a0", " ")).rstrip()

    def body(self, section: Section) -> Iterator[PrintedLine]:
        """Yield what a section holds."""
        for line in section.lines:
            yield from map(PrintedLine, self.text(self.wording.say(line)))
        if section.headlines:
            yield from self.headlines(section.headlines)
        for number, item in enumerate(section.items, start=1):
            yield from self.item(number, item)
        begun = any((section.lines, section.headlines, section.items))
        for table in section.tables:
            if table.rows:
                if begun:
                    yield PrintedLine("")
                begun = True
                yield from self.table_in_parts(table, section)
        if section.notes and begun:
            yield PrintedLine("")
        for note in section.notes:
            yield from map(PrintedLine, self.text(self.wording.say(note), first="- "))

    def table_in_parts(self, table: Table, section: Section) -> Iterator[PrintedLine]:
        """Yield a table, or its parts one below the other."""
        for place, part in enumerate(parts_of(table)):
            if place:
                yield PrintedLine("")
            yield from self.table(part, section)

    def table(self, table: Table, section: Section) -> Iterator[PrintedLine]:
        """Yield a table, its title where the section has another one, and its notes."""
        if table.title != section.title:
            yield from self.heading(self.wording.say(table.title))
        texts = written(table, self.wording)
        named = zip(texts.titles, texts.worded, strict=True)
        columns = tuple(title + ":" * worded for title, worded in named)
        yield from self.rows(TextTable(title="", columns=columns, rows=texts.rows))
        if texts.notes:
            yield PrintedLine("")
        for note in texts.notes:
            yield from map(PrintedLine, self.text(note, first="- "))

    def rows(self, table: TextTable) -> Iterator[PrintedLine]:
        """Yield the lines of a table of texts."""
        yield from map(PrintedLine, table_lines(table, self.width, self.encoding))

    def headlines(self, headlines: Sequence[Headline]) -> Iterator[PrintedLine]:
        """Yield the figures seen first as a table, with what to know of each below it."""
        rows = list(map(self.headline, headlines))
        kept = [name for name in PARTS if any(row[name] for row in rows)]
        named = ((self.wording.say(says(PARTS[name])), name in WORDED) for name in kept)
        table = TextTable(
            title="",
            columns=tuple(title + ":" * worded for title, worded in named),
            rows=tuple(tuple(row[name] for name in kept) for row in rows),
        )
        yield from self.rows(table)
        running = any(row["course"].endswith(RUNNING) for row in rows)
        notes = [*self.notes_of(headlines), *([says("headline_running")] if running else [])]
        if notes:
            yield PrintedLine("")
        for note in notes:
            yield from map(PrintedLine, self.text(self.wording.say(note), first="- "))

    def notes_of(self, headlines: Iterable[Headline]) -> Iterator[Said]:
        """Yield what to know of each figure, under its name."""
        for each in headlines:
            for note in each.notes:
                yield says("column_note", title=each.title, note=note)

    def headline(self, headline: Headline) -> dict[str, str]:
        """Return the cells of a figure by what they are; empty where there is none."""
        wording, kind, bounds = self.wording, headline.kind, headline.bounds
        unit = unit_for(lengths_of(headline.compared))
        return {
            "figure": wording.say(headline.title),
            "value": wording.cell(headline.value, kind, unit),
            "interval": "" if bounds is None else wording.cell(bounds, kind, unit),
            "change": "" if headline.change is None else wording.say(headline.change, unit),
            "verdict": wording.say(Said(headline.verdict)) if headline.verdict else "",
            "course": self.bars(headline.series, running=headline.incomplete),
        }

    def item(self, number: int, item: Item) -> Iterator[PrintedLine]:
        """Yield something to look at."""
        said = self.wording.say(item.title)
        if item.verdict:
            said = f"{said} ({self.wording.say(Said(item.verdict))})"
        first = f"{number}. "
        for line in self.text(said, first=first):
            yield PrintedLine(line, strong=True)
        sentences = list(item.sentences)
        if bars := self.bars(item.series, since=item.since):
            code = "item_weeks" if item.since is None else "item_weeks_since"
            sentences.append(says(code, weeks=bars))
        for sentence in sentences:
            lines = self.text(self.wording.say(sentence), indent=len(first))
            yield from map(PrintedLine, lines)

    def bars(
        self, series: Sequence[float | None], *, running: bool = False, since: int | None = None
    ) -> str:
        """Return values as bars from zero; nothing where the terminal has no characters for it."""
        known = [abs(value) for value in series if value is not None]
        if not known or printable(BARS, self.encoding) != BARS:
            return ""
        top = max(known) or 1.0
        marks = [
            GAP_MARK if value is None else BARS[round((len(BARS) - 1) * abs(value) / top)]
            for value in series
        ]
        if running:
            marks[-1] += RUNNING
        if since is not None:
            marks[since] = BEGINS + marks[since]
        return "".join(marks[-MOST_BARS:])
