"""Files written whole or not at all: what stood there before stays until the new one is complete.

A writer gets a new file beside the old one, which it replaces only when the writer is through
without an error. What is no ordinary file (a pipe, a terminal) cannot be replaced and is written
to directly.

Before this: `support_model.errors`. Next: `support_model.files.documents`.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["apart", "encoded", "save_text", "saving"]

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
        raise InvalidValue(part, problem, "mend the text that was cut in two") from None


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
    raw = encoded(text)
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
