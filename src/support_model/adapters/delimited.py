"""The bytes of a .csv or .csv.gz file as records, in bounded memory, whatever the file holds.

Lines are capped, compressed data may not expand without measure, bytes outside the encoding,
NUL bytes and broken quotes are findings. Gzip is known by its first bytes, not by its name.

Before this: `support_model.adapters.findings`. Next: `support_model.adapters.table`.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from typing import TYPE_CHECKING, Self

from support_model.errors import InvalidLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedReader
    from pathlib import Path

    from support_model.adapters.findings import Findings

__all__ = ["records"]

CHUNK = 1 << 16
LONGEST_LINE = 1 << 20
LONGEST_RECORD = 10_000
"""Lines of one record: quoted cells may hold line ends, but not a whole file."""
ENDLESS = "a quoted cell that does not end"
LARGEST_EXPANSION = 200
"""Bytes per compressed byte. Real logs stay below 50; gzip itself can reach 1,032."""
SURELY_FINE = 1 << 24
"""Expanded bytes below which no ratio is suspicious."""
LARGEST_FILE = 1 << 36


def records(
    path: Path,
    *,
    encoding: str,
    delimiter: str,
    findings: Findings,
    progress: Callable[[int], object] | None = None,
) -> Iterator[tuple[int, list[str]]]:
    """Yield (1-based line, cells) of every record, the header included; a blank line is [].

    Args:
        path: the file, plain or gzip.
        encoding: its text encoding, one that writes ASCII as ASCII.
        delimiter: the character between cells.
        findings: where problems go.
        progress: called with the number of bytes of the file read so far.

    Raises:
        InvalidLog: the file cannot be opened, or `findings` is strict and something is wrong.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        problem = f"cannot be opened ({error.strerror})"
        raise InvalidLog(str(path), None, problem, None, "check the path") from None
    with raw:
        lines = _lines(_chunks(raw, path, findings, progress), findings)
        feed = _Feed(lines, encoding, findings)
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


def _chunks(
    raw: BufferedReader, path: Path, findings: Findings, progress: Callable[[int], object] | None
) -> Iterator[bytes | None]:
    """Yield expanded chunks; a final None says that the file broke off before its end."""
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    if path.suffix == ".gz" and not packed:
        findings.refuse("corrupt", None, "no gzip data")
        yield None
        return
    source = gzip.GzipFile(fileobj=raw) if packed else raw
    expanded = 0
    while True:
        try:
            chunk = source.read1(CHUNK)
        except (EOFError, OSError, zlib.error) as error:
            findings.refuse("corrupt", None, str(error))
            yield None
            return
        if not chunk:
            return
        expanded += len(chunk)
        measure = max(LARGEST_EXPANSION * raw.tell(), SURELY_FINE) if packed else LARGEST_FILE
        if expanded > min(measure, LARGEST_FILE):
            findings.refuse("too_large", None, f"{expanded:,} bytes so far")
            yield None
            return
        yield chunk
        if progress is not None:
            progress(raw.tell())


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

    __slots__ = ("encoding", "findings", "first", "lines", "number")

    def __init__(
        self, lines: Iterator[tuple[int, bytes]], encoding: str, findings: Findings
    ) -> None:
        self.lines = lines
        self.encoding = encoding
        self.findings = findings
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
            self.findings.refuse("undecodable", self.number, str(line[error.start : error.end]))
            text = line.decode(self.encoding, "backslashreplace")
        if self.number == 1:
            text = text.removeprefix("\ufeff")
        return text + "\n"
