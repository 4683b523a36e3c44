"""A delimited file as a table: its encoding, its delimiter, its header, and rows that are rows.

Exports put titles above the header and totals below the rows, repeat the header where files were
joined, and repeat names of columns. All of that is told from rows here, and counted.
"""

from __future__ import annotations

import csv
import re
from itertools import chain
from typing import TYPE_CHECKING

from attrs import define

from support_model._bounded_files import foreign_form, head, records
from support_model._frozen import frozen
from support_model.adapters._mapping import AUTO, TableMapping
from support_model.adapters._mapping_files import NAMED, named
from support_model.adapters._payloads import masked
from support_model.errors import InvalidLog, UnknownLogFormat, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from support_model._findings import Findings

__all__ = [
    "Header",
    "header_of",
    "layout",
]

DELIMITERS = (",", ";", "\t", "|")
TITLES = 30
"""Rows above a header."""
LONGEST_NUMBER = 5
SHOWN, NAME_SHOWN = 12, 80
_DATA = re.compile(r"@|\d{4}")
"""What names of columns do not hold."""
_SEP = re.compile(r'\ufeff?"?sep=(.)"?\r?\n?')
_WORD = re.compile(r"[A-Za-z\x80-\xff]{1,200}")
CYRILLIC, WESTERN = "cp1251", "cp1252"


@frozen
class Layout:
    """How a file is written.

    Attributes:
        encoding: its text encoding.
        delimiter: between cells.
    """

    encoding: str
    delimiter: str


@define
class Header:
    """The names of a table's columns, and where they stand."""

    file: str
    line: int
    names: Sequence[str]
    aliases: Mapping[str, Sequence[str]]
    places: dict[str, list[int]]
    lowered: dict[str, list[int]]

    def all(self, name: str) -> list[int]:
        """Return the places of all columns of a name, or of one that stands for it."""
        for each in (name, *self.aliases.get(name, ())):
            found = self._places(each)
            if found:
                return found
        return []

    def _places(self, name: str) -> list[int]:
        if name in self.places:
            return self.places[name]
        base, _, number = name.rpartition("#")  # "Comment#2" is the second of that name
        if base and number.isdecimal() and number.isascii() and len(number) < LONGEST_NUMBER:
            return self._places(base)[max(int(number) - 1, 0) : int(number)]
        if name.startswith("*"):
            end = plain(name[1:])
            ends = [places for low, places in self.lowered.items() if low.endswith(end)]
            return ends[0] if len(ends) == 1 else []
        return self.lowered.get(plain(name), [])

    def one(self, name: str) -> int | None:
        """Return the place of a column; None where there is none.

        Raises:
            InvalidLog: there are several of that name.
        """
        found = self.all(name)
        if len(found) > 1:
            hint = f"say {name + '#2'!r} for the second of them"
            raise self.refused(name, "more than one column", hint)
        return found[0] if found else None

    def must(self, name: str) -> int:
        """Return the place of a column that must be there.

        Raises:
            InvalidLog: it is not there once.
        """
        found = self.one(name)
        if found is None:
            several = len(self.names) > 1
            hint = (
                nearest(name, self.names) if several else f"the header reads {_shown(self.names)}"
            )
            raise self.refused(name, "no column", hint)
        return found

    def shown(self) -> str:
        """Return the names of the first columns, for a message."""
        return _shown(self.names)

    def refused(self, name: str, problem: str, hint: str) -> InvalidLog:
        """Return the error of a column."""
        remedy = f"{hint}; check --from, --mapping or the delimiter"
        return InvalidLog(self.file, self.line, problem, name, remedy)


def _shown(names: Sequence[str]) -> str:
    """Return the first cells of a row; only their form where they are no names of columns."""
    first = [name for name in dict.fromkeys(names) if name][:SHOWN]
    data = any(_DATA.search(name) or len(name) > NAME_SHOWN for name in names)
    return ", ".join(repr(masked(name) if data else name) for name in first)


def header_of(
    file: str, line: int, names: Sequence[str], aliases: Mapping[str, Sequence[str]]
) -> Header:
    """Return a row as the header of a table.

    Example:
        >>> header = header_of("x.csv", 1, ["Id", "Comment", "Comment"], {"Id": ["Key"]})
        >>> header.one(" id"), header.all("Comment"), header.one("Comment#2")
        (0, [1, 2], 2)
    """
    places: dict[str, list[int]] = {}
    lowered: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
        lowered.setdefault(plain(name), []).append(place)
    return Header(file, line, names, aliases, places, lowered)


def plain(name: str) -> str:
    """Return the name of a column as names are compared: without blanks around it, in one case.

    Example:
        >>> plain(" Created At ")
        'created at'
    """
    return " ".join(name.split()).casefold()


def fitting(header: Sequence[str], system: str | None = None) -> TableMapping:
    """Return the shipped mapping for a table with these columns.

    Args:
        header: the names of the columns.
        system: whose table it is said to be; any system's if None.

    Raises:
        UnknownLogFormat: none fits, or more than one; the message names the columns.

    Example:
        >>> fitting(["Ticket ID", "Status", "Created time", "Agent interactions"]).name
        'freshdesk-tickets'
    """
    held = {
        each.name: _held(each, header, said=system is not None)
        for each in map(named, NAMED)
        if system in {None, each.system}
    }
    most = max(held.values(), default=0)
    best = [name for name, count in held.items() if count == most > 0]
    if len(best) == 1:
        return named(best[0])
    problem = "columns of more than one log format" if best else "columns of no known log format"
    remedy = f"say which with --from ({', '.join(best or NAMED)}) or --mapping FILE.toml"
    raise UnknownLogFormat(
        system or "auto", problem, f"{remedy}; the columns are {_shown(header)}"
    )


def _held(mapping: TableMapping, names: Sequence[str], *, said: bool) -> int:
    """Return how many columns of a mapping a table has; 0 where it is not of its format."""
    header = header_of("", 0, names, mapping.aliases)
    needed = mapping.columns if mapping.shape == "changes" else mapping.essential
    if not all(header.all(name) for name in needed):
        return 0
    if mapping.marks and not said and not any(header.all(name) for name in mapping.marks):
        return 0
    return sum(bool(header.all(name)) for name in {*mapping.columns, *mapping.marks})


def layout(path: Path, mapping: TableMapping, findings: Findings) -> Layout:
    """Return how a file is written: as the mapping says, or as the file itself shows.

    Raises:
        InvalidLog: the file cannot be opened, or does not show it.
    """
    encoding, delimiter = mapping.encoding, mapping.delimiter
    if AUTO not in {encoding, delimiter}:
        return Layout(encoding, delimiter)
    begun = head(path)
    if encoding == AUTO:
        encoding = encoding_of(begun, path.name)
        if encoding != "utf-8":
            findings.note("encoding_taken", None, encoding)
    if delimiter == AUTO:
        text = begun.decode(encoding, "replace")
        delimiter = _delimiter(text, lambda names: _share(names, mapping))
        if delimiter != ",":
            findings.note("delimiter_taken", None, delimiter)
    return Layout(encoding, delimiter)


def _share(names: Sequence[str], mapping: TableMapping) -> int:
    """Return how many of the mapping's columns a row names; 0 where an essential one lacks."""
    header = header_of("", 0, names, mapping.aliases)
    if not all(header.all(name) for name in mapping.essential):
        return 0
    return sum(bool(header.all(name)) for name in mapping.columns)


def encoding_of(begun: bytes, file: str) -> str:
    """Return the encoding of text by its first bytes.

    UTF-8 is told by itself; of the encodings of Windows the one in which the words are words:
    letters beyond ASCII stand in rows in Cyrillic words, and among ASCII letters in Western ones.

    Raises:
        InvalidLog: it cannot be told.

    Example:
        >>> encoding_of("Müller;Vertrag".encode("cp1252"), "x"), encoding_of("Имя".encode(), "x")
        ('cp1252', 'utf-8')
    """
    if begun.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    evens, odds = begun[0:2000:2].count(0), begun[1:2000:2].count(0)
    most = max(len(begun[:2000]) // 4, 1)
    if odds > most > evens:
        return "utf-16-le"
    if evens > most > odds:
        return "utf-16-be"
    try:
        begun.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(begun) - 3:
            return _windows(begun, file)
    return "utf-8"


def _windows(begun: bytes, file: str) -> str:
    cyrillic = western = 0
    for word in _WORD.findall(begun.decode("latin-1")):
        high = sum(char >= "\xc0" or char in "\xa8\xb8" for char in word)
        if not high:
            continue
        if high == len(word) > 1:
            cyrillic += 1
        elif high < len(word):
            western += 1
    if cyrillic > 9 * western:
        return CYRILLIC
    if western > 9 * cyrillic:
        return WESTERN
    raise InvalidLog(
        file,
        None,
        "neither UTF-8 nor clearly one of the Windows encodings",
        None,
        "save it as UTF-8, or say encoding in a mapping of your own",
    )


def _delimiter(text: str, share: Callable[[Sequence[str]], int]) -> str:
    """Return the delimiter under which a row has most of the columns, else most cells."""
    said = _SEP.match(text)
    if said is not None:
        return said[1]
    best = max(DELIMITERS, key=lambda each: max(map(share, _rows(text, each)), default=0))
    if any(map(share, _rows(text, best))):
        return best
    return max(DELIMITERS, key=lambda each: max(map(len, _rows(text, each)), default=0))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the first rows of a text, as far as they are well-formed."""
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True), delimiter=delimiter)
    try:
        for number, row in enumerate(reader):
            if number >= TITLES:
                return
            yield row
    except csv.Error:
        return


def table_of(
    path: Path,
    mapping: TableMapping,
    findings: Findings,
    progress: Callable[[int], object] | None = None,
) -> tuple[Header | None, Iterator[tuple[int, list[str]]]]:
    """Return the header of a file, and its rows with their lines; None where it is empty.

    The header is the first row that has the columns that the mapping cannot do without; what
    stands above it is noted. Where no row has them, it is the first row.

    Raises:
        InvalidLog: the file cannot be opened or is no text.
    """
    found = layout(path, mapping, findings)
    source = records(
        path,
        encoding=found.encoding,
        delimiter=found.delimiter,
        findings=findings,
        progress=progress,
    )
    return headed(path.name, source, mapping, findings)


def headed(
    file: str,
    source: Iterator[tuple[int, list[str]]],
    mapping: TableMapping,
    findings: Findings,
) -> tuple[Header | None, Iterator[tuple[int, list[str]]]]:
    """Return the header among the first rows, and the rows below it; None without any row."""
    above: list[tuple[int, list[str]]] = []
    for line, cells in source:
        if not cells and not above:
            continue
        header = header_of(file, line, cells, mapping.aliases)
        if all(header.all(name) for name in mapping.essential):
            for number, row in above:
                if row:
                    findings.note("no_row", number)
            return header, _rows_of(source, cells, findings)
        above.append((line, cells))
        if len(above) >= TITLES:
            break
    if not above:
        return None, iter(())
    line, cells = above[0]
    header = header_of(file, line, cells, mapping.aliases)
    return header, _rows_of(chain(above[1:], source), cells, findings)


def _rows_of(
    source: Iterable[tuple[int, list[str]]], names: Sequence[str], findings: Findings
) -> Iterator[tuple[int, list[str]]]:
    """Yield rows; a header that is repeated among them is none."""
    for row in source:
        if row[1] == names:
            findings.note("repeated_header", row[0])
        else:
            yield row


def is_total(cells: Sequence[str], totals: Iterable[str]) -> bool:
    """Return whether a row is of totals, or a note that fills one cell alone.

    Example:
        >>> is_total(["", "Total:", "7"], {"total"}), is_total(["7", "total"], {"total"})
        (True, False)
    """
    first = next((cell for cell in cells if cell.strip()), "")
    return plain(first).rstrip(":. ") in totals


def recognized(path: Path, system: str | None = None) -> TableMapping:
    """Return the shipped mapping whose columns the file has.

    Args:
        path: the file.
        system: whose table it is said to be; any system's if None.

    Raises:
        InvalidLog: the file cannot be read, or no shipped mapping, or more than one, fits it.
    """
    begun = head(path)
    form = foreign_form(begun, text="csv")
    if form is not None and not begun.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidLog(path.name, None, f"{form[0]}, not CSV", None, form[1])
    text = begun.decode(encoding_of(begun, path.name), "replace")
    first: UnknownLogFormat | None = None
    for delimiter in _likely(text):
        for row in _rows(text, delimiter):
            try:
                return fitting(row, system)
            except UnknownLogFormat as error:
                if first is None or "more than one" in error.problem:
                    first = error
    problem = "columns of no known log format" if first is None else first.problem
    remedy = "check the export" if first is None else first.remedy
    raise InvalidLog(path.name, 1, problem, None, remedy)


def _likely(text: str) -> list[str]:
    """Return the delimiters, the one first that makes most cells of the first rows."""
    return sorted(DELIMITERS, key=lambda each: -max(map(len, _rows(text, each)), default=0))
