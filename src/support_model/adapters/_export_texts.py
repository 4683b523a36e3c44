"""The bytes of one file of an export as text: JSON documents, lines of them, or rows of cells.

What a file is shows in its content, not its name. Encodings are told by their mark, then by
evidence: zero bytes are UTF-16; what is no UTF-8 is cp1251 where letters beyond ASCII make whole
words, as Cyrillic ones do, else cp1252. Of a key given twice the last value holds, as in the
parsers of every vendor.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

from support_model._bounded_files import foreign_form
from support_model._frozen import frozen
from support_model.adapters._payloads import Page
from support_model.errors import InvalidLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._findings import Findings

DEEPEST = 100
"""Levels of a JSON document; rich text of the deepest vendor has some twenty."""
DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 50
"""Lines that tell the delimiter."""
HEAD = 4096
NEARLY_JSON = ('{"freshdesk_webhook":',)
"""How bodies begin that a system writes as if they were JSON."""
JSON_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ARRAY = re.compile(r'\[\s{0,4096}(?:[\[{"\]]|-?\d|null|true|false|$)')
_WORDS = re.compile(rb"[A-Za-z\x80-\xff]{1,200}")
_LATIN = re.compile(rb"[A-Za-z]{1,200}")


@frozen
class Table:
    """The rows of a delimited text, every cell as text.

    Attributes:
        name: path inside the export.
        rows: all rows, the header included; blank lines are left out.
        delimiter: what stands between cells.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    delimiter: str


def decoded(raw: bytes, name: str) -> tuple[str, str]:
    """Return a text and the encoding that it was taken for.

    Raises:
        InvalidLog: no text.

    Example:
        >>> decoded("Обращение".encode("cp1251"), "list.csv")
        ('Обращение', 'cp1251')
        >>> decoded("Größe".encode("cp1252"), "list.csv")
        ('Größe', 'cp1252')
    """
    encoding = _encoding(raw)
    try:
        return raw.decode(encoding), encoding
    except UnicodeDecodeError as error:
        problem = f"bytes that are no {encoding}"
        value = str(raw[error.start : error.end][:4])
        raise InvalidLog(name, None, problem, value, "save the file as UTF-8") from None


def _encoding(raw: bytes) -> str:
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return encoding
    zeros = [raw[:HEAD][first::2].count(0) for first in (0, 1)]
    if min(zeros) == 0 < max(zeros):
        return "utf-16-be" if zeros[0] else "utf-16-le"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return _of_letters(raw)
    return "utf-8"


def _of_letters(raw: bytes) -> str:
    """Return the encoding of eight bits whose letters make whole words, as Cyrillic ones do."""
    words = [word for word in _WORDS.findall(raw) if not word.isascii()]
    whole = sum(len(word) for word in words if len(word) > 1 and not _LATIN.search(word))
    mixed = sum(len(_LATIN.sub(b"", word)) for word in words if _LATIN.search(word))
    return "cp1251" if whole > mixed else "cp1252"


def is_json(text: str) -> bool:
    """Tell whether a text can only be JSON.

    Example:
        >>> is_json(' {"tickets": []}'), is_json("ticket,at"), is_json("[Report] of;;")
        (True, False, False)
    """
    begun = text[:HEAD].lstrip()
    return begun.startswith("{") or _ARRAY.match(begun) is not None


def is_nearly_json(text: str) -> bool:
    """Tell whether a text is what a system writes as if it were JSON, and says why it is not."""
    return any(mark in text[:HEAD] for mark in NEARLY_JSON) and not parses(text)


def documents(text: str, name: str, findings: Findings) -> Iterator[Page]:
    """Yield the JSON documents of a text: one, one a line, or one after the other.

    Raises:
        InvalidLog: no JSON, nested too deep, no finite number; leniently a line is left out.
    """
    first, _, rest = text.lstrip().partition("\n")
    lines = bool(rest) and not rest.isspace() and parses(first)
    if lines or (name.lower().endswith(JSON_LINES) and not parses(text)):
        for number, line in enumerate(text.split("\n"), 1):
            if line and not line.isspace():
                yield from of_line(line, name, number, findings)
        return
    at, count = _blank(text, 0), 0
    while at < len(text):
        value, at = _parsed(text, at, name, None)
        at = _blank(text, at)
        yield Page(name if not count and at == len(text) else f"{name}[{count}]", value)
        count += 1


def of_line(line: str, name: str, number: int, findings: Findings) -> Iterator[Page]:
    """Yield the document of a line; leniently none where it is not one.

    Raises:
        InvalidLog: as `documents`.
    """
    try:
        value, end = _parsed(line, _blank(line, 0), name, number)
        if line[end:].strip():
            _no_json(name, number, "more than one document on a line")
    except InvalidLog as error:
        if not findings.lenient:
            raise
        findings.note("no_document", number, error.problem)
    else:
        yield Page(f"{name}:{number}", value)


def parses(text: str) -> bool:
    """Tell whether a text is one JSON document."""
    try:
        DECODER.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def value_of(line: str) -> object:
    r"""Return the document of a line of which `of_line` made one.

    Example:
        >>> value_of("\0 [7]\f")
        [7]
    """
    return DECODER.raw_decode(line, _blank(line, 0))[0]


def _parsed(text: str, at: int, name: str, line: int | None) -> tuple[Any, int]:
    try:
        value, end = DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        where = error.lineno if line is None else line
        _no_json(name, where, f"{error.msg}, column {error.colno}")
    except _NoNumber:
        _no_json(name, line, "NaN or Infinity")
    except ValueError:
        _no_json(name, line, "a number of too many digits")
    except RecursionError:
        _too_deep(name, line)
    if deeper_than(value, DEEPEST):
        _too_deep(name, line)
    return value, end


def deeper_than(value: object, most: int) -> bool:
    """Tell whether lists and objects are nested in more levels.

    Example:
        >>> deeper_than([[[]]], 2), deeper_than({"a": [1]}, 2)
        (True, False)
    """
    level: list[Any] = [value] if value.__class__ in _HOLDERS else []
    for _ in range(most):
        if not level:
            return False
        level = [
            inner
            for each in level
            for inner in (each.values() if each.__class__ is dict else each)
            if inner.__class__ in _HOLDERS
        ]
    return bool(level)


_HOLDERS = frozenset({dict, list})


class _NoNumber(Exception):
    """NaN or an infinity, which JSON does not have."""


def _refused(_: str) -> NoReturn:
    raise _NoNumber


DECODER = json.JSONDecoder(parse_constant=_refused, strict=False)


def _blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n\ufeff\x00":
        at += 1
    return at


def _no_json(name: str, line: int | None, what: str) -> NoReturn:
    raise InvalidLog(name, line, "no JSON", what, "check that the file is whole")


def _too_deep(name: str, line: int | None) -> NoReturn:
    problem = "JSON that is nested too deep"
    raise InvalidLog(name, line, problem, None, f"at most {DEEPEST} levels")


def refuse_foreign(raw: bytes, name: str) -> None:
    """Refuse a file that is neither JSON nor a table.

    Raises:
        InvalidLog: such as a page of HTML, a Parquet file, a picture.
    """
    if raw.startswith(tuple(mark for mark, _ in MARKS)):
        return
    form = foreign_form(raw[:HEAD], text="jsonl")
    if form is not None:
        remedy = "export JSON or CSV" if form[0] == "HTML or XML" else form[1]
        raise InvalidLog(name, None, f"{form[0]}, neither JSON nor CSV", None, remedy)


def table_of(text: str, name: str) -> Table:
    r"""Return the rows of a delimited text, whose delimiter its lines tell.

    Raises:
        InvalidLog: no well-formed rows.

    Example:
        >>> table_of("Номер;Дата\n7;01.03.2026 9:05\n", "list.csv").rows[1]
        ('7', '01.03.2026 9:05')
    """
    delimiter = told_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = tuple(tuple(row) for row in reader if row)
    except csv.Error as error:
        remedy = "check its quotes and line ends"
        raise InvalidLog(name, reader.line_num, "no CSV", str(error), remedy) from None
    return Table(name, rows, delimiter)


def told_delimiter(text: str) -> str:
    r"""Return what most evenly divides the first lines of a text.

    Example:
        >>> told_delimiter("a;b;c\n1,5;2;3\n"), told_delimiter("a\tb\n1, or 2\t3\n")
        (';', '\t')
    """
    lines = [*islice(io.StringIO(text[: 1 << 18], newline=""), LOOKED_AT)]

    def evenness(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return 0, 0
        del widths[0], widths[1]
        width, times = max(widths.items(), key=lambda each: (each[1], each[0]), default=(0, 0))
        return times, width

    return max(DELIMITERS, key=evenness)
