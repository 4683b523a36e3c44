"""The folder of CSV files of a report: what this report does not write of an earlier one goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from support_model._bounded_files import encoded, save_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

LIST = "_tables.txt"
"""The file that names the tables written into a folder."""
_NAME = re.compile(r"[a-z0-9_]{1,80}\.csv")


def save_tables(texts: Mapping[str, str], folder: Path, kept: Collection[Path] = ()) -> list[str]:
    """Write tables into a folder, and return the names of those of an earlier report removed.

    A table of an earlier report that this one does not have would be read as of this one. Files
    that no report wrote stay, and so do those `kept`.

    Raises:
        OSError: the folder or a file cannot be made.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as name:
        ...     save_tables({"a.csv": "n"}, Path(name)), save_tables({"b.csv": "n"}, Path(name))
        ([], ['a.csv'])
    """
    folder.mkdir(exist_ok=True)
    inputs = {path.resolve() for path in kept}
    old = [
        name
        for name in _listed(folder)
        if name not in texts and (folder / name).resolve() not in inputs
    ]
    for name, text in texts.items():
        save_bytes(encoded(text), folder / name)
    removed = [name for name in old if _removed(folder / name)]
    save_bytes(encoded("".join(f"{name}\n" for name in sorted(texts))), folder / LIST)
    return removed


def _listed(folder: Path) -> Iterator[str]:
    """Yield the names of tables in the list of a folder; none where it is no such list."""
    try:
        lines = (folder / LIST).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return
    yield from (line for line in lines if _NAME.fullmatch(line))


def _removed(path: Path) -> bool:
    """Remove a file; return whether there was one."""
    if not path.is_file():
        return False
    path.unlink()
    return True
