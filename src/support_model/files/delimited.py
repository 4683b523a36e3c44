"""The bytes of a text file as lines or CSV records, in bounded memory, whatever it holds.

Lines are capped, compressed data may not expand without measure, bytes outside the encoding,
NUL bytes and broken quotes are findings. What is no text at all is called what it is.

Before this: `support_model.files.findings`. Next: `support_model.files.event_files`,
`support_model.adapters.table`.
"""

from __future__ import annotations

import csv
from typing import IO, TYPE_CHECKING, Self

from support_model.errors import InvalidLog
from support_model.files.file_forms import Broken, Endless, chunks, foreign_form, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support_model.files.findings import Findings

__all__ = ["LONGEST_LINE", "LONGEST_RECORD", "lines", "records"]

LONGEST_LINE = 1 << 20
LONGEST_RECORD = 10_000
"""Lines of one record: quoted cells may hold line ends, but not a whole file."""
_CALLED = {"csv": "CSV", "jsonl": "JSON lines"}
ENDLESS = "a quoted cell that does not end"


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
        encoding: its text encoding, one that writes ASCII as ASCII.
        delimiter: the character between cells.
        findings: where problems go.
        undecodable: the code under which bytes of no such encoding are reported.
        progress: called with the number of bytes of the file read so far.

    Raises:
        InvalidLog: the file cannot be opened, or `findings` is strict and something is wrong.
    """
    feed = _Feed(lines(path, findings=findings, text="csv", progress=progress), encoding, findings)
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
) -> Iterator[tuple[int, bytes]]:
    """Yield (1-based number, line without its end) of a text file, plain or gzip.

    Args:
        path: the file.
        findings: where problems go.
        text: what it should be, "csv" or "jsonl".
        progress: called with the number of bytes of the file read so far.

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
        yield from _lines(_chunks(raw, path, findings, text, progress), findings)


def _chunks(
    raw: IO[bytes],
    path: Path,
    findings: Findings,
    text: str,
    progress: Callable[[int], object] | None,
) -> Iterator[bytes | None]:
    """Yield expanded chunks; a final None says that the file broke off before its end."""
    first = True
    try:
        for chunk in chunks(raw, must_be_packed=path.suffix == ".gz"):
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
