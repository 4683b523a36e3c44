"""Tables of 1C: which table a table is, and where its rows stand among titles and totals.

A table is known by its columns, never by the name of a file. A report that was saved as text
or as a workbook has titles, parameters and filters above its header, a total below, the header
again on each printed page, and rows of groups between its own; several tables may follow each
other. What is no row of a table is kept aside, so that a reading can say so.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import Factory, define

from support_model.adapters._onec_cells import first, presented
from support_model.adapters._onec_words import PEOPLE, PERIODS, TOTALS, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# ruff: noqa: RUF001 - Russian names are Russian

READABLE, REFERENCED, BARE = "____presentation", "_key", ""
"""How OData names a reference: by its words, by its id, or as it is."""
TECHNICAL = re.compile(
    r"(?:@|_type$|_base64data$|^odata\.|^dataversion$|^posted$|^active$|^stateuuid$"
    r"|^availablestates$|^№?п/п$|^№п/п$|^recorder|^predefined)"
)
"""Columns of the interface itself, which say nothing of a ticket."""
_STAMP = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d{2}-\d{2}", re.ASCII)
_BEGINS = re.compile(
    r"\d{1,2}[./]\d{1,2}[./]\d{2}|\d{4}-\d{2}-\d{2}|\d{14}|\d{1,2} [а-я]{3,8} \d{4}", re.IGNORECASE
)
"""How a cell begins that holds a stamp and no more."""
_COUNT = re.compile(r"[\d\s.,:-]{1,30}")
"""A total of a group."""
_PERIOD = re.compile(
    r"(\d{1,2}\.\d{1,2}\.\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?(?: г\.)? ?(?:[-\u2013\u2014]|по) ?"
    r"\d{1,2}\.\d{1,2}\.\d{4}"
)
LONGEST_TITLE = 100
GROUPING = (
    *("ticket", "number", "status", "priority", "group", "agent", "requester", "organization"),
    *("service", "type", "channel", "author"),
)
"""The meanings by which a report has groups."""
BROKEN = "\0cells"
"""Under it a row says why it is none."""
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "tickets": "a list of tickets",
        "changes": "a history of changes",
        "states": "a register of states",
        "comments": "comments",
        "works": "work done",
        "names": "a catalog",
        "": "no table that is known",
    }
)


@define
class Aliases:
    """The columns of each meaning: those that the account names, and the usual ones."""

    own: Mapping[str, tuple[str, ...]]
    usual: Mapping[str, tuple[str, ...]]

    def titles(self, *meanings: str) -> frozenset[str]:
        """Return those of some meanings, or all of them, as titles compare."""
        both = (*self.own.items(), *self.usual.items())
        return frozenset(
            name
            for meaning, names in both
            if not meanings or meaning in meanings
            for name in names
        )


class Layout:
    """The columns of a table by what they mean."""

    def __init__(self, keys: Iterable[Any], aliases: Aliases) -> None:
        self.native: dict[str, str] = {}
        for key in keys:
            if isinstance(key, str):
                self.native.setdefault(titled(key), key)
        self.aliases = aliases
        self.taken: set[str] = set()
        self._columns: dict[str, tuple[str, ...]] = {}

    def columns(self, meaning: str) -> tuple[str, ...]:
        """Return the columns that hold a meaning, the one that counts first first."""
        known = self._columns.get(meaning)
        if known is None:
            known = self._found(meaning, self.aliases.own.get(meaning, ()))
            known = known or self._found(meaning, self.aliases.usual.get(meaning, ()))
            if not known and meaning == "ticket":
                known = self.columns("number")  # as the account calls it
            self._columns[meaning] = known
        return known

    def _found(self, meaning: str, names: Iterable[str]) -> tuple[str, ...]:
        variants = (
            (REFERENCED, BARE, READABLE) if meaning in PEOPLE else (READABLE, BARE, REFERENCED)
        )
        found = [name + end for name in names for end in variants if name + end in self.native]
        self.taken.update(found)
        return tuple(dict.fromkeys(self.native[name] for name in found))

    def has(self, *meanings: str) -> bool:
        """Return whether there is a column for any of some meanings."""
        return any(self.columns(meaning) for meaning in meanings)

    def unread(self) -> list[str]:
        """Return the columns that nothing was asked of."""
        return [
            key
            for name, key in self.native.items()
            if key != BROKEN and name not in self.taken and not TECHNICAL.search(name)
        ]


@define
class Table:
    """Rows of one kind.

    Attributes:
        kind: which table it is, a key of `KINDS`.
        path: where it stands in what was read.
        rows: its rows; of each, what stands under each column.
        layout: its columns.
        entity: what OData calls it.
        lines: the numbers of the rows in a file; empty for a payload, whose rows follow.
        around: the titles, filters, groups and totals around the rows.
        begins: the first day of the period that its titles state.
        columns: the columns of each meaning, once they are asked for.
        fields: the fields of a ticket among these.
    """

    kind: str
    path: str
    rows: list[Mapping[str, Any]]
    layout: Layout
    entity: str = ""
    lines: list[int] = Factory(list)
    around: list[str] = Factory(list)
    begins: str = ""
    columns: dict[str, tuple[str, ...]] = Factory(dict)
    fields: tuple[str, ...] = ()

    def place(self, number: int) -> str:
        """Return where a row stands."""
        if self.lines:
            return f"{self.path}, line {self.lines[number]}"
        return f"{self.path}[{number}]"


def titled(title: str) -> str:
    """Return the title of a column as titles compare.

    Example:
        >>> titled("Дата регистрации:"), titled("Состояние *")
        ('датарегистрации', 'состояние')
    """
    return plain(title).strip(":.*\u00a0") if len(title) <= LONGEST_TITLE else plain(title)


def kind_of(layout: Layout, rows: Sequence[Mapping[str, Any]], entity: str = "") -> str:
    """Return which table some columns are of; "" where it is none that is known."""
    if entity.startswith(("Catalog_", "ChartOf", "Enum_")):
        return "names"
    if layout.has("new_status") or (layout.has("attribute") and layout.has("new", "old")):
        return "changes"
    asked = layout.has("requester") or entity == "Incidents"
    if not asked and (kind := _kind_of_acts(layout, rows, entity)):
        return kind
    if layout.has("ticket") and any((asked, layout.has("status"), entity[:9] == "Document_")):
        return "tickets"
    return "names" if {"ref_key", "description", "code"} <= layout.native.keys() else ""


def _kind_of_acts(layout: Layout, rows: Sequence[Mapping[str, Any]], entity: str) -> str:
    """Return which table of what was done to tickets this is; "" where it is none."""
    has = layout.has
    if has("author") and not has("status"):
        if has("text", "kind", "internal", "public"):
            return "comments"
        if has("effort") and has("at") and not has("topic"):
            return "works"
    dated = not PERIODS.isdisjoint(layout.native) or "Register_" in entity
    if has("status", "group", "agent", "priority") and (
        dated or (has("author") and _repeats(layout, rows))
    ):
        return "states"
    return ""


def _repeats(layout: Layout, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether a ticket has several rows."""
    keys = layout.columns("ticket")
    tickets = [str(ticket) for row in rows if (ticket := first(row, keys)) is not None]
    return len(set(tickets)) < len(tickets)


def table_of(
    path: str, rows: list[Mapping[str, Any]], aliases: Aliases, entity: str = ""
) -> Table:
    """Return rows as the table that they are of."""
    keys: dict[Any, Any] = {}
    for row in rows:
        keys.update(row)
    layout = Layout(keys, aliases)
    return Table(kind_of(layout, rows, entity), path, rows, layout, entity)


def tables_of(name: str, cells: Sequence[Sequence[str]], aliases: Aliases) -> list[Table]:
    """Return the tables among the lines of a file, in which each line is a list of cells.

    Args:
        name: what the file is called.
        cells: all lines, titles and totals included.
        aliases: the columns of each meaning.
    """
    lines = [[str(cell).strip() for cell in line] for line in cells]
    known = aliases.titles()
    headers = list(_headers(lines, known, aliases.titles(*GROUPING))) or _widest(lines)
    found = []
    for number, header in enumerate(headers):
        above = headers[number - 1].last + 1 if number else 0
        until = headers[number + 1].at if number + 1 < len(headers) else len(lines)
        block = _Block(name, header, lines, aliases)
        block.read(range(header.last + 1, until), known)
        table = block.table()
        if not number:
            table.around[:0] = [
                " ".join(filter(None, line)) for line in lines[: header.at] if any(line)
            ]
        table.begins = _begins(lines[above : header.at])
        found.append(table)
    return _joined(found)


def _joined(tables: list[Table]) -> list[Table]:
    """Return the tables, those with the same columns as one."""
    found: dict[tuple[str, ...], Table] = {}
    for table in tables:
        key = (table.kind, *table.layout.native)
        if key in found:
            first_ = found[key]
            first_.rows += table.rows
            first_.lines += table.lines
            first_.around += table.around
        else:
            found[key] = table
    return list(found.values())


_PART = re.compile(
    r"(отбор\w{0,20}|фильтр\w{0,20}|период\w{0,20})\s{0,20}:\s{0,20}(.{0,1000})", re.IGNORECASE
)
_VALUE = re.compile(
    r"[\"«'=]|\b(?:не )?(?:равно|в списке|в группе|содержит|заполнено)\b", re.IGNORECASE
)
_DATES = re.compile(r"[\d.:\s\u2013-]{1,1000}")


def part_of(line: str) -> str:
    """Return the filter or period that a title states, without what a filter compares with.

    Example:
        >>> part_of('Отбор: Подразделение Равно "Офис"'), part_of("Итого 5")
        ('Отбор: Подразделение ...', '')
    """
    found = _PART.match(line.strip())
    if found is None:
        return ""
    what, said = found.groups()
    if _DATES.fullmatch(said):
        return f"{what}: {said.strip()}"
    value = _VALUE.search(said)
    field = said[: value.start()].strip() if value else ""
    return f"{what}: {field} ..." if field else f"{what}: ..."


def _begins(lines: Iterable[Sequence[str]]) -> str:
    for line in lines:
        text = " ".join(" ".join(line).split())
        if re.search(r"период|period", text, re.IGNORECASE) and (match := _PERIOD.search(text)):
            return match[1]
    return ""


@define
class _Header:
    """A header: its first and last line, its titles, and the titles of groups above it."""

    at: int
    last: int
    titles: list[str]
    groups: list[str]


def _headers(
    lines: list[list[str]], known: frozenset[str], grouping: frozenset[str]
) -> Iterator[_Header]:
    """Yield the headers; the same one again, as on each printed page, is none of its own."""
    earlier: list[str] = []
    skipped = -1
    for at, line in enumerate(lines):
        if at <= skipped:
            continue
        last, titles = at, line
        score = _score(line, known)
        if at + 1 < len(lines) and (joined := _two_lines(line, lines[at + 1])):
            below = _score(joined, known)
            if below > max(score, _score(lines[at + 1], known)):
                last, titles, score = at + 1, joined, below
        filled = sum(map(bool, titles))
        if score < 2 or 2 * score < filled or any(map(_STAMP.search, titles)):
            continue
        skipped = last
        if titles == earlier:
            continue
        earlier = titles
        groups = list(_groups_above(lines, at, grouping))
        yield _Header(at - len(groups), last, titles, groups)


def _score(line: Iterable[str], known: frozenset[str]) -> int:
    return sum(titled(cell) in known for cell in line if cell)


def _two_lines(above: list[str], below: list[str]) -> list[str] | None:
    """Return a header of two lines as one; None where the second is none of a header."""
    if not any(below) or any(map(_STAMP.search, below)) or len(below) > len(above) + 1:
        return None
    titles, wide = [], ""
    for number, cell in enumerate(below):
        top = above[number] if number < len(above) else ""
        wide = top or (wide if cell else "")
        titles.append(f"{wide} {cell}".strip())
    return titles + above[len(below) :]


def _groups_above(lines: list[list[str]], at: int, known: frozenset[str]) -> Iterator[str]:
    """Yield the titles of groups that stand alone on the lines above a header."""
    found: list[str] = []
    for line in reversed(lines[:at]):
        alone = [cell for cell in line if cell]
        if len(alone) != 1 or titled(alone[0]) not in known:
            break
        found.append(alone[0])
    yield from reversed(found)


def _is_total(cell: str) -> bool:
    """Return whether the first cell of a line says that it is a total."""
    word = re.split(r"[\s:(]", cell, maxsplit=1)[0]
    return plain(word) in TOTALS or titled(cell) in TOTALS


def _are_counts(cells: Iterable[str]) -> bool:
    return all(map(_COUNT.fullmatch, cells))


def _widest(lines: list[list[str]]) -> list[_Header]:
    """Return the header of columns that nobody knows: the first line, or one below titles."""
    widths = [sum(map(bool, line)) for line in lines]
    begins = next((i for i, width in enumerate(widths) if width), None)
    if begins is None:
        return []
    for i in range(begins, len(lines) - 1):
        if not widths[i] and widths[i + 1] > max(widths[: i + 1]):
            begins = i + 1
    return [_Header(begins, begins, lines[begins], [])]


class _Block:
    """The lines below one header, sorted into rows and what is none."""

    def __init__(
        self, name: str, header: _Header, lines: list[list[str]], aliases: Aliases
    ) -> None:
        self.name, self.header, self.lines, self.aliases = name, header, lines, aliases
        self.keys = _unique(header.titles)
        layout = Layout([key for key in self.keys if key], aliases)
        self.known = bool(kind_of(layout, []))
        self.stamps = {
            *layout.columns("created"),
            *layout.columns("at"),
            *layout.columns("closed"),
        }
        self.needs_ticket = not layout.has("ticket")
        self.telling = {*layout.columns("status"), *layout.columns("requester")}
        self.telling |= {
            *layout.columns("new"),
            *layout.columns("author"),
            *layout.columns("text"),
        }
        self.grouping = aliases.titles(*GROUPING)
        self.naming = aliases.titles("ticket", "number") if self.needs_ticket else frozenset()
        self.rows: list[dict[str, Any]] = []
        self.numbers: list[int] = []
        self.around: list[str] = []
        self.group: dict[str, str] = {}
        self.pending: list[str] = []

    def read(self, numbers: Iterable[int], known: frozenset[str]) -> None:
        """Sort lines into rows and others."""
        for number in numbers:
            line = self.lines[number]
            filled = [cell for cell in line if cell]
            if not filled:
                continue
            if self._around(line, filled, known):
                self.around.append(" ".join(filled))
                continue
            self._settle()
            row: dict[str, Any] = {**self.group}
            row |= {key: cell for key, cell in zip(self.keys, line, strict=False) if key and cell}
            if any(line[len(self.keys) :]):
                row[BROKEN] = f"{len(line)} cells under {len(self.keys)} columns"
            self.rows.append(row)
            self.numbers.append(number + 1)

    def _around(self, line: list[str], filled: list[str], known: frozenset[str]) -> bool:
        """Return whether a line is no row; the values of a group are kept for the rows below."""
        if _is_total(filled[0]) or line == self.header.titles:
            return True
        if not self.known:
            return False
        cells = dict(zip(self.keys, line, strict=False))
        stamped = any(_BEGINS.match(cells.get(key, "")) for key in self.stamps)
        if not stamped and (len(filled) == 1 or (line[0] and _are_counts(filled[1:]))):
            self._grouped(filled[0])
            return True
        if _score(line, known) >= max(2, len(filled) - 1):
            return not any(map(_STAMP.search, filled))
        return not stamped and len(filled) <= 3 and not any(map(cells.get, self.telling))

    def _grouped(self, value: str) -> None:
        """Keep what the row of a group says of the rows below it."""
        title, _, rest = map(str.strip, value.partition(":"))
        if self.needs_ticket and (shown := presented(value)):
            self.group = {**self.group, "Документ": f"{shown[0]} от {shown[1]}"}
        elif rest and titled(title) in self.grouping and not _STAMP.search(rest):
            name = "Документ" if titled(title) in self.naming else title
            self.group = {**self.group, name: rest}
        elif self.header.groups:
            self.pending.append(value)
        elif self.needs_ticket:
            self.group = {"Документ": value.rpartition("№")[2].strip() or value}

    def _settle(self) -> None:
        """Give the values of groups that follow each other to the innermost levels."""
        if self.pending:
            levels = self.header.groups[-len(self.pending) :]
            self.group |= dict(zip(levels, self.pending[-len(levels) :], strict=True))
            self.pending = []

    def table(self) -> Table:
        """Return the rows as the table that they are of."""
        table = table_of(self.name, [*self.rows], self.aliases)
        if not self.rows:
            layout = Layout([key for key in self.keys if key], self.aliases)
            table = Table(kind_of(layout, []), self.name, [], layout)
        else:
            keys = dict.fromkeys([*(key for key in self.keys if key), *self.group])
            layout = Layout([*keys, *table.layout.native.values()], self.aliases)
            table = Table(kind_of(layout, self.rows), self.name, [*self.rows], layout)
        table.lines, table.around = self.numbers, self.around
        return table


def _unique(titles: Iterable[str]) -> list[str]:
    """Return titles, of which the second of one name has a number."""
    seen: dict[str, int] = {}
    found = []
    for title in titles:
        seen[title] = seen.get(title, 0) + 1
        found.append(title if seen[title] == 1 or not title else f"{title} ({seen[title]})")
    return found
