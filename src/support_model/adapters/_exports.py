"""The files of an export, wherever they lie: in a folder, a zip archive, gzip, standard input.

Each becomes a `Part`: its path inside the export and its bytes. Nothing is written to disk, and
packed data may not expand without measure. A file that stands in a folder or an archive and is of
no kind that is read is counted, not passed over.
"""

from __future__ import annotations

import io
import lzma
import os
import stat
import sys
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from attrs import Factory, define

from support_model._bounded_files import (
    LARGEST_EXPANSION,
    PACKED,
    SURELY_FINE,
    Broken,
    Endless,
    chunks,
    opened,
)
from support_model._frozen import frozen
from support_model.errors import InvalidLog

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator

    from support_model._findings import Findings

STDIN = "-"
DATA = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".xlsx")
"""Endings of what is read in a folder or an archive, with or without .gz."""
MOST_PARTS = 200_000
CHUNK = 1 << 16
ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
UNPACKING = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)
"""What `zipfile` raises of an archive that it cannot unpack."""


@frozen
class Part:
    """One file of an export: its path inside it, and its bytes."""

    name: str
    raw: bytes


@define
class Export:
    """The files that a reading was given.

    Attributes:
        paths: as they were named; "-" is standard input.
        findings: where what cannot be read is refused, or leniently noted.
        left_out: where files of other kinds are counted.
        progress: told the bytes read so far, of all files.
        lost: what was wrong with files that were leniently left out.
    """

    paths: tuple[Path, ...]
    findings: Findings
    left_out: Counter[str]
    progress: Callable[[int], object] | None = None
    lost: list[InvalidLog] = Factory(list)
    _done: int = 0

    def parts(self) -> Iterator[Part]:
        """Yield every file that holds data, in order of its name inside folders and archives.

        Raises:
            InvalidLog: a file cannot be opened or unpacked.
        """
        for path in self.paths:
            if path.is_dir():
                for inner in _files_below(path):
                    name = inner.relative_to(path).as_posix()
                    if not _is_ordinary(inner):  # opening a pipe would wait, a device never end
                        self.left_out["no ordinary file"] += 1
                    elif self._is_data(name):
                        yield from self._of_file(inner, name, alone=False)
            else:
                yield from self._of_file(path, path.name, alone=True)

    def _is_data(self, name: str) -> bool:
        """Tell whether a file in a folder or an archive is read; else count it."""
        pure = PurePosixPath(name)
        if any(piece.startswith((".", "__MACOSX")) for piece in pure.parts):
            self.left_out["hidden file"] += 1
            return False
        ending = PurePosixPath(pure.stem).suffix if pure.suffix.lower() == ".gz" else pure.suffix
        if ending.lower() not in DATA:
            self.left_out[f"file {pure.suffix.lower()[:10] or 'without ending'}"] += 1
            return False
        return True

    def _of_file(self, path: Path, name: str, *, alone: bool) -> Iterator[Part]:
        with self.reported(name, alone=alone), _opened(path) as file:
            head = file.read(len(ZIPPED[0]))
            if head in ZIPPED and path.suffix.lower() != ".xlsx":
                if not alone:
                    refuse_nested(name)
                yield from self._of_archive(file, name)
            else:
                file.seek(0)
                yield Part(name, self._unpacked(file, name))
            self._done += file.seek(0, os.SEEK_END)

    @contextmanager
    def reported(self, name: str, *, alone: bool = False) -> Iterator[None]:
        """Turn what goes wrong with one file of several into a finding, if leniently read.

        Raises:
            InvalidLog: it is read strictly, or there is no other file.
        """
        try:
            yield
        except InvalidLog as error:
            if alone or not self.findings.lenient:
                raise
            self.findings.note("no_document", None, f"{name}: {error.problem}")
            self.lost.append(error)
        except OSError as error:
            problem = f"cannot be opened ({error.strerror})"
            raise InvalidLog(name, None, problem, None, "check the path") from None

    def _unpacked(self, file: IO[bytes], name: str) -> bytes:
        """Return the bytes of one file, unpacked where it is gzip."""
        pieces = []
        try:
            for piece in chunks(file, must_be_packed=name.lower().endswith(".gz")):
                pieces.append(piece)
                self._tell(file.tell())
        except Broken as error:
            remedy = "fetch the file again"
            raise InvalidLog(name, None, "damaged or cut short", str(error), remedy) from None
        except Endless as error:
            raise _endless(name, str(error)) from None
        raw = b"".join(pieces)
        if raw.startswith(PACKED):
            refuse_nested(name)
        return raw

    def _of_archive(self, file: IO[bytes], name: str) -> Iterator[Part]:
        size = file.seek(0, os.SEEK_END)
        room = max(LARGEST_EXPANSION * size, SURELY_FINE)
        try:
            archive = zipfile.ZipFile(file)
            members = sorted(archive.infolist(), key=lambda member: member.filename)
        except UNPACKING as error:
            raise _broken(name, error) from None
        if len(members) > MOST_PARTS:
            raise _endless(name, f"{len(members):,} files")
        with archive:
            for member in members:
                if member.is_dir() or not self._is_data(member.filename):
                    continue
                inner = f"{name}: {member.filename}"
                if member.flag_bits & 1:
                    remedy = "unpack it with its password, and name the folder"
                    raise InvalidLog(inner, None, "locked by a password", None, remedy)
                raw = _expanded(archive, member, room, inner)
                room -= len(raw)
                yield from self._of_member(raw, member.filename)
                self._tell(min(file.tell(), size))

    def _of_member(self, raw: bytes, name: str) -> Iterator[Part]:
        with self.reported(name):
            if raw.startswith(ZIPPED) and not name.lower().endswith(".xlsx"):
                refuse_nested(name)
            if raw.startswith(PACKED):
                raw = self._unpacked(io.BytesIO(raw), name)
            yield Part(name, raw)

    def _tell(self, done: int) -> None:
        if self.progress is not None:
            self.progress(self._done + done)


def export_of(
    paths: Iterable[str | Path] | str | Path,
    findings: Findings,
    left_out: Counter[str],
    progress: Callable[[int], object] | None = None,
) -> Export:
    """Return the files that paths name."""
    named = [paths] if isinstance(paths, str | Path) else [*paths]
    return Export(tuple(map(Path, named)), findings, left_out, progress)


def _files_below(folder: Path) -> list[Path]:
    """Return all files below a folder, sorted; links to folders are not followed."""
    found = [Path(top, name) for top, _, names in os.walk(folder) for name in names]
    if len(found) > MOST_PARTS:
        raise _endless(folder.name, f"{len(found):,} files")
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def _is_ordinary(path: Path) -> bool:
    """Tell whether a path is a file of bytes, or of nothing that could be opened."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:  # which opening it says
        return True


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file; standard input is read to its end, because an archive is read from there.

    Raises:
        InvalidLog: a device, such as /dev/zero, which has no end.
    """
    if str(path) == STDIN:
        yield io.BytesIO(sys.stdin.buffer.read())
        return
    with opened(path) as file:
        if stat.S_ISCHR(os.fstat(file.fileno()).st_mode) and not file.isatty():
            remedy = "name the files of an export"
            raise InvalidLog(path.name, None, "a device, no file", None, remedy)
        yield file if file.seekable() else io.BytesIO(file.read())


def _expanded(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int, name: str) -> bytes:
    """Return the bytes of a member, which may not be more than the room that is left."""
    pieces, held = [], 0
    try:
        with archive.open(member) as source:
            while piece := source.read(CHUNK):
                held += len(piece)
                if held > room:
                    raise _endless(name, f"{held:,} bytes so far")
                pieces.append(piece)
    except InvalidLog:
        raise
    except UNPACKING as error:
        raise _broken(name, error) from None
    return b"".join(pieces)


def _broken(name: str, error: Exception) -> InvalidLog:
    remedy = "fetch the file again, or unpack it and name the folder"
    return InvalidLog(name, None, "damaged, or no zip archive that can be unpacked",
                      str(error), remedy)  # fmt: skip


def _endless(name: str, what: str) -> InvalidLog:
    problem = "packed data that expands without measure"
    return InvalidLog(name, None, problem, what, "check where the file comes from")


def refuse_nested(name: str) -> None:
    """Refuse an archive inside an archive or a folder.

    Raises:
        InvalidLog: always.
    """
    problem = "an archive inside an archive or a folder"
    raise InvalidLog(name, None, problem, None, "unpack it, and name it beside the others")
