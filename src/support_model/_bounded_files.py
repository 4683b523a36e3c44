"""What kind of file some bytes are, and how far packed bytes may expand.

A file is known by its first bytes, not by its name, so that a spreadsheet or a Parquet file
given as text is called what it is. Packed data that expands without measure is refused while it
expands, in bounded memory.

Files written whole or not at all: what stood there before stays until the new one is complete.

A writer gets a new file beside the old one, which it replaces only when the writer is through
without an error. What is no ordinary file (a pipe, a terminal) cannot be replaced and is written
to directly.

The bytes of a text file as lines or CSV records, in bounded memory, whatever it holds.

Lines are capped, compressed data may not expand without measure, bytes outside the encoding,
NUL bytes and broken quotes are findings. What is no text at all is called what it is.

Which way the rows of a file run: exports write the newest first as often as the oldest.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import os
import re
import zlib
from contextlib import contextmanager, suppress
from itertools import islice
from operator import gt, lt
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from support_model.errors import InvalidLog, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from support_model._findings import Findings

__all__ = [
    "LARGEST_EXPANSION",
    "LONGEST_LINE",
    "LONGEST_RECORD",
    "PACKED",
    "SURELY_FINE",
    "WIDE",
    "Broken",
    "Endless",
    "apart",
    "chunks",
    "encoded",
    "foreign_form",
    "head",
    "lines",
    "opened",
    "records",
    "runs_backwards",
    "save_bytes",
    "save_text",
    "saving",
]


CHUNK = 1 << 16
LARGEST_EXPANSION = 200
"""Bytes per compressed byte. Real logs stay below 50; gzip itself can reach 1,032."""
SURELY_FINE = 1 << 24
"""Expanded bytes below which no ratio is suspicious."""
LARGEST_FILE = 1 << 36
PACKED = b"\x1f\x8b"
SPREADSHEET = "an Excel workbook"
REMEDY = "save it as CSV in UTF-8"
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"PAR1", "a Parquet file", "events in Parquet are read under a name in .parquet"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", REMEDY),
    (b"BZh", "a file packed with bzip2", "unpack it first, or pack it with gzip"),
    (b"\xfd7zXZ", "a file packed with xz", "unpack it first, or pack it with gzip"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a file packed with zstd", "unpack it first, or pack it with gzip"),
    (b"%PDF", "a PDF document", "export the table as CSV"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"\xff\xfe", "text in UTF-16", "save it as UTF-8"),
    (b"\xfe\xff", "text in UTF-16", "save it as UTF-8"),
)
_MARKUP = re.compile(rb"<(?:!doctype|\?xml|html|table|meta)\b", re.IGNORECASE)
_JSON = re.compile(rb'(?:\{|\[\s{0,99}\{)\s{0,99}(?:"|\})')


class Broken(ValueError):
    """Packed data that is damaged or cut short."""


class Endless(ValueError):
    """Packed data that expands without measure."""


def opened(path: Path) -> IO[bytes]:
    """Return a file open for reading; a name that no file can have is one that is not there.

    Raises:
        OSError: it cannot be opened.
    """
    try:
        return path.open("rb")
    except ValueError as error:  # a NUL character, half of a character
        raise OSError(22, str(error), str(path)) from None


def foreign_form(head: bytes, *, text: str) -> tuple[str, str] | None:
    """Return what a file is and what to do, where its first bytes are not those of text lines.

    Args:
        head: at least the first 2,000 bytes, or all there are.
        text: what was expected: "csv" or "jsonl".

    Example:
        >>> foreign_form(b"PAR1...", text="csv")[0]
        'a Parquet file'
        >>> foreign_form(b'{"tickets": []}', text="csv")[0]
        'JSON'
        >>> foreign_form(b"ticket,at,status", text="csv") is None
        True
    """
    for begins, form, remedy in _BEGINNINGS:
        if head.startswith(begins):
            return form, remedy
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"[Content_Types].xml" in head or b"xl/" in head:
            return SPREADSHEET, REMEDY
        return "a zip archive", "unpack it, and name the file inside"
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MARKUP.match(bare):
        return "HTML or XML", "export the table as CSV"
    if text == "csv" and _JSON.match(bare):
        return "JSON", "events as JSON lines are read under a name in .jsonl; else export CSV"
    return None


def chunks(raw: IO[bytes], *, must_be_packed: bool = False) -> Iterator[bytes]:
    """Yield the bytes of a file in chunks, unpacked where it begins as gzip does.

    Args:
        raw: the file, open at its beginning.
        must_be_packed: its name says that it is packed.

    Raises:
        Broken: packed data that is damaged, cut short, or none at all.
        Endless: data beyond all measure.

    Example:
        >>> from io import BytesIO
        >>> b"".join(chunks(BytesIO(gzip.compress(b"a,b"))))
        b'a,b'
    """
    packed = raw.read(2) == PACKED
    raw.seek(0)
    if must_be_packed and not packed:
        said = "no gzip data"
        raise Broken(said)
    source = gzip.GzipFile(fileobj=raw) if packed else raw
    expanded = 0
    while True:
        try:
            chunk: bytes = source.read1(CHUNK)  # type: ignore[union-attr,unused-ignore]
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Broken(str(error)) from None
        if not chunk:
            return
        expanded += len(chunk)
        measure = max(LARGEST_EXPANSION * raw.tell(), SURELY_FINE) if packed else LARGEST_FILE
        if expanded > min(measure, LARGEST_FILE):
            said = f"{expanded:,} bytes so far"
            raise Endless(said)
        yield chunk


MOST_BESIDE = 1000


@contextmanager
def saving(path: Path) -> Iterator[Path]:
    """Yield the path of a new file, which takes the place of `path` when all is written.

    Raises:
        OSError: the file cannot be written; the old one is as it was.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     with saving(Path(folder) / "figures.txt") as new:
        ...         _ = new.write_text("42")
        ...     (Path(folder) / "figures.txt").read_text()
        '42'
    """
    try:
        goal = Path(os.path.realpath(path))  # a link stays a link
        os.fsencode(goal)
    except ValueError as error:  # a NUL character, half of a character
        raise OSError(22, str(error), str(path)) from None
    if goal.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    if goal.exists() and not goal.is_file():
        yield goal
        return
    if goal.exists() and not os.access(goal, os.W_OK):
        raise PermissionError(13, "Permission denied", str(path))
    beside = _new(goal)
    try:
        if goal.exists():
            beside.chmod(goal.stat().st_mode & 0o777)
        yield beside
        with beside.open("rb+") as written:
            os.fsync(written.fileno())
        beside.replace(goal)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()


def _new(goal: Path) -> Path:
    """Return an empty file beside another, under a name that nobody has."""
    for number in range(MOST_BESIDE):
        beside = goal.with_name(f".{goal.name[:100]}.{os.getpid()}.{number}.new")
        with suppress(FileExistsError):
            beside.open("xb").close()
            return beside
    raise FileExistsError(17, "Too many files left by failed writes", str(goal))


def encoded(text: str) -> bytes:
    r"""Return text as UTF-8.

    Raises:
        InvalidValue: half of a character, which no encoding can hold.

    Example:
        >>> encoded("half \ud800")
        Traceback (most recent call last):
        support_model.errors.InvalidValue: half of a character cannot be written: ...
    """
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        part = text[max(error.start - 10, 0) : error.end + 10]
        problem = "half of a character cannot be written"
        raise InvalidValue(part, problem, "fix the text that was cut in two") from None


def save_text(text: str, path: Path) -> None:
    """Write text as UTF-8, line ends as they are; all of it, or nothing.

    Raises:
        OSError: the file cannot be written; the old one is as it was.
        InvalidValue: half of a character, which no encoding can hold.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "note.txt"
        ...     save_text("done", path)
        ...     path.read_text()
        'done'
    """
    save_bytes(encoded(text), path)


def save_bytes(raw: bytes, path: Path) -> None:
    """Write bytes; all of them, or nothing.

    Raises:
        OSError: the file cannot be written; the old one is as it was.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "note.bin"
        ...     save_bytes(b"done", path)
        ...     path.read_bytes()
        b'done'
    """
    with saving(path) as new:
        new.write_bytes(raw)


def apart(inputs: Mapping[str, Path | None], outputs: Mapping[str, Path | None]) -> None:
    """Refuse outputs that would overwrite an input, or each other.

    Args:
        inputs: files that are read, by how a message calls them.
        outputs: files that are written, likewise.

    Raises:
        InvalidValue: two of them are one file.

    Example:
        >>> apart({"the log": Path("log.csv")}, {"--json": Path("./log.csv")})
        Traceback (most recent call last):
        support_model.errors.InvalidValue: --json would overwrite the log: 'log.csv'; ...
    """
    taken = {key: name for name, path in inputs.items() if path for key in _keys(path)}
    for name, path in outputs.items():
        if path is None or (path.exists() and not path.is_file()):
            continue
        for key in _keys(path):
            if key in taken:
                problem = f"{name} would overwrite {taken[key]}"
                raise InvalidValue(str(path), problem, "name another file")
        taken |= dict.fromkeys(_keys(path), name)


def _keys(path: Path) -> set[object]:
    """Return what two names of one file have in common."""
    keys: set[object] = set()
    with suppress(OSError, ValueError):  # a name that no file can have is no file's
        keys.add(os.path.normcase(os.path.realpath(path)))
        found = path.stat()
        keys.add((found.st_dev, found.st_ino))
    return keys


LONGEST_LINE = 1 << 20
LONGEST_RECORD = 10_000
"""Lines of one record: quoted cells may hold line ends, but not a whole file."""
_CALLED = {"csv": "CSV", "jsonl": "JSON lines"}
ENDLESS = "a quoted cell that does not end"
WIDE = ("utf-16", "utf-16-le", "utf-16-be")
"""Encodings that do not write ASCII as ASCII, and are read all the same."""
HEAD = 1 << 18


def records(
    path: Path,
    *,
    encoding: str,
    delimiter: str,
    findings: Findings,
    undecodable: str = "undecodable",
    progress: Callable[[int], object] | None = None,
) -> Iterator[tuple[int, list[str]]]:
    """Yield (1-based line, cells) of every record, the header included; a blank line is [].

    Args:
        path: the file, plain or gzip.
        encoding: its text encoding, one that writes ASCII as ASCII, or one of `WIDE`.
        delimiter: the character between cells.
        findings: where problems go.
        undecodable: the code under which bytes of no such encoding are reported.
        progress: called with the number of bytes of the file read so far.

    Raises:
        InvalidLog: the file cannot be opened, or `findings` is strict and something is wrong.
    """
    wide = encoding if encoding in WIDE else ""
    found = lines(path, findings=findings, text="csv", progress=progress, wide=wide)
    feed = _Feed(found, "utf-8" if wide else encoding, findings)
    feed.undecodable = undecodable
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.first = 0
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lost = feed.number - feed.first + 1
            findings.refuse("malformed", feed.first, str(error), times=lost)
            continue
        yield feed.first, record


def lines(
    path: Path,
    *,
    findings: Findings,
    text: str,
    progress: Callable[[int], object] | None = None,
    wide: str = "",
) -> Iterator[tuple[int, bytes]]:
    """Yield (1-based number, line without its end) of a text file, plain or gzip.

    Args:
        path: the file.
        findings: where problems go.
        text: what it should be, "csv" or "jsonl".
        progress: called with the number of bytes of the file read so far.
        wide: its encoding, if it is one of `WIDE`; its lines are then given in UTF-8.

    Raises:
        InvalidLog: the file cannot be opened or is of another kind, or `findings` is strict and
            something is wrong.
    """
    try:
        raw = opened(path)
    except OSError as error:
        problem = f"cannot be opened ({error.strerror})"
        raise InvalidLog(path.name, None, problem, None, "check the path") from None
    with raw:
        found = _chunks(raw, path, findings, text, progress, wide)
        yield from _lines(found, findings)


def _chunks(
    raw: IO[bytes],
    path: Path,
    findings: Findings,
    text: str,
    progress: Callable[[int], object] | None,
    wide: str,
) -> Iterator[bytes | None]:
    """Yield expanded chunks; a final None says that the file broke off before its end."""
    first = True
    decoder = codecs.getincrementaldecoder(wide)("backslashreplace") if wide else None
    try:
        for given in chunks(raw, must_be_packed=path.suffix == ".gz"):
            chunk = given if decoder is None else _as_utf8(decoder.decode(given))
            found = foreign_form(chunk, text=text) if first else None
            if found is not None:
                problem = f"{found[0]}, not {_CALLED[text]}"
                raise InvalidLog(path.name, None, problem, None, found[1])
            first = False
            yield chunk
            if progress is not None:
                progress(raw.tell())
    except (Broken, OSError) as error:
        findings.refuse("corrupt", None, str(error))
        yield None
    except Endless as error:
        findings.refuse("too_large", None, str(error))
        yield None


def _as_utf8(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def head(path: Path, size: int = HEAD) -> bytes:
    """Return the first bytes of a file, unpacked; what is damaged further on is not its matter.

    Raises:
        InvalidLog: the file cannot be opened.
    """
    try:
        raw = opened(path)
    except OSError as error:
        problem = f"cannot be opened ({error.strerror})"
        raise InvalidLog(path.name, None, problem, None, "check the path") from None
    begun = b""
    with raw, suppress(Broken, Endless, OSError):
        for chunk in chunks(raw, must_be_packed=path.suffix == ".gz"):
            begun += chunk
            if len(begun) >= size:
                break
    return begun[:size]


def _lines(chunks: Iterator[bytes | None], findings: Findings) -> Iterator[tuple[int, bytes]]:
    """Yield (1-based number, line) without line ends; a line over the cap is never held."""
    number, rest, skipping = 0, b"", False
    for chunk in chunks:
        if chunk is None:  # broken off: the line begun is not to be trusted
            return
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            number += 1
            if not skipping:
                if len(line) <= LONGEST_LINE:
                    yield number, line
                else:
                    findings.refuse("long_line", number)
            skipping = False
        if len(rest) > LONGEST_LINE or skipping:
            if not skipping:
                findings.refuse("long_line", number + 1)
            rest, skipping = b"", True
    if rest:
        yield number + 1, rest


class _Feed:
    """Decoded lines for `csv.reader`, which remembers where the current record began.

    An iterator of its own and no generator, because it must survive the errors it raises.
    """

    __slots__ = ("encoding", "findings", "first", "lines", "number", "undecodable")

    def __init__(
        self, lines: Iterator[tuple[int, bytes]], encoding: str, findings: Findings
    ) -> None:
        self.lines = lines
        self.encoding = encoding
        self.findings = findings
        self.undecodable = "undecodable"
        self.first = self.number = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        self.number, line = next(self.lines)
        if not self.first:
            self.first = self.number
        elif self.number - self.first > LONGEST_RECORD:
            raise csv.Error(ENDLESS)
        if b"\0" in line:
            self.findings.refuse("nul", self.number)
            line = line.replace(b"\0", rb"\x00")
        try:
            text = line.decode(self.encoding)
        except UnicodeDecodeError as error:
            self.findings.refuse(self.undecodable, self.number, str(line[error.start : error.end]))
            text = line.decode(self.encoding, "backslashreplace")
        if self.number == 1:
            text = text.removeprefix("\ufeff")
        return text + "\n"


def descends(stamps: Sequence[datetime | int]) -> bool | None:
    """Return whether stamps run from late to early; None where they run neither way.

    Example:
        >>> descends([3, 3, 1]), descends([1, 1, 3]), descends([2, 2]), descends([1, 3, 2])
        (True, False, None, None)
    """
    falls = any(map(gt, stamps, islice(stamps, 1, None)))
    rises = any(map(lt, stamps, islice(stamps, 1, None)))
    return None if falls == rises else falls


def runs_backwards(
    file: Sequence[datetime | int], tickets: Iterable[Sequence[datetime | int]]
) -> list[bool]:
    """Return for each ticket whether its rows are newest first, equal stamps included.

    A ticket whose stamps fall is; where they say nothing, the file decides: all of its stamps
    fall, or those of every ticket that runs either way do.

    Args:
        file: the stamps of all rows, as the file has them.
        tickets: those of each ticket.

    Example:
        >>> runs_backwards([5, 5, 4, 4, 1], [[5, 4], [5, 4, 1]])
        [True, True]
        >>> runs_backwards([1, 1, 9, 7], [[1, 1], [9, 7]])
        [True, True]
        >>> runs_backwards([1, 1, 7, 9], [[1, 1], [7, 9]])
        [False, False]
    """
    ways = [descends(stamps) for stamps in tickets]
    whole = descends(file) or {way for way in ways if way is not None} == {True}
    return [whole if way is None else way for way in ways]
