"""What kind of file some bytes are, and how far packed bytes may expand.

A file is known by its first bytes, not by its name, so that a spreadsheet or a Parquet file
given as text is called what it is. Packed data that expands without measure is refused while it
expands, in bounded memory.

Before this: `support_model.errors`. Next: `support_model.files.event_files`.
"""

from __future__ import annotations

import gzip
import re
import zlib
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "LARGEST_EXPANSION",
    "LARGEST_FILE",
    "Broken",
    "Endless",
    "chunks",
    "foreign_form",
    "opened",
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
