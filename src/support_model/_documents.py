"""Files of TOML and JSON as plain data, within limits.

A document is read as a whole before anything is made of it: at most `LARGEST` bytes, at most
`DEEPEST` levels, no key twice, no number that is none. TOML's own dates become the ISO text that
JSON would hold, so both formats are one. Nothing in a document is ever run.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from attrs import define

from support_model._bounded_files import encoded, foreign_form, opened, saving
from support_model.errors import InvalidDocument, InvalidValue, MissingExtra

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Document", "dumped", "loaded", "text_of"]


LARGEST = 2**20
DEEPEST = 64
WIDTH = 100
HEAD = 4096
"""Bytes that tell what kind of file it is."""


@define
class Document:
    """Plain data and the name of the file that it came from."""

    name: str
    data: Mapping[str, Any]


def _plain(value: object, name: str, where: str = "", depth: int = 0) -> Any:  # noqa: ANN401 - JSON types
    if depth > DEEPEST:
        raise InvalidValue(depth, "nested too deep", f"at most {DEEPEST} levels")
    if isinstance(value, dict):
        at = f"{where}." if where else ""
        return {key: _plain(one, name, f"{at}{key}", depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, name, f"{where}[{i}]", depth + 1) for i, one in enumerate(value)]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and not abs(value) < float("inf"):
        raise InvalidDocument(name, where, value, "not a finite number", "leave it out")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise InvalidValue(max(keys, key=keys.count), "a key given twice", "keep one of them")
    return found


def _from_toml(text: str) -> dict[str, Any]:
    """Parse TOML; dotted keys are bounded first, because their depth costs its square."""
    for line in text.split("\n"):
        if line.count(".") > DEEPEST:
            raise InvalidValue(line[:DEEPEST], "too many dots in a line", "break it up")
    return tomllib.loads(text)


_FORMATS = {".json": "JSON", ".toml": "TOML"}


def _format(path: Path) -> str:
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InvalidDocument(path.name, "", None, "neither .toml nor .json", "rename the file")
    return kind


def _parsed(raw: bytes, kind: str, name: str) -> Any:  # noqa: ANN401 - JSON types
    """Return the plain data of a document's bytes.

    Raises:
        InvalidDocument: they are none of its format, too deep, or hold what no document can.
    """
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        read = _from_toml(text) if kind == "TOML" else json.loads(text, object_pairs_hook=_once)
        return _plain(read, name)
    except InvalidDocument:
        raise
    except InvalidValue as error:
        raise InvalidDocument(name, "", error.value, error.problem, error.remedy) from None
    except RecursionError:
        remedy = f"at most {DEEPEST} levels"
        raise InvalidDocument(name, "", None, "nested too deep", remedy) from None
    except ValueError as error:
        form = foreign_form(raw[:HEAD], text=kind.lower())
        problem, remedy = f"no {kind}", str(error)
        if form is not None:
            problem, remedy = f"{form[0]}, not {kind}", "name a document"
        raise InvalidDocument(name, "", None, problem, remedy) from None


def loaded(path: Path) -> Document:
    """Read a .toml or .json file as plain data.

    Raises:
        InvalidDocument: it cannot be opened, is too large, too deep or no such format.
    """
    kind = _format(path)
    try:
        with opened(path) as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise InvalidDocument(
            path.name, "", None, f"cannot be opened ({error.strerror})", "check the path"
        ) from None
    if len(raw) > LARGEST:
        remedy = f"at most {LARGEST:,} bytes"
        raise InvalidDocument(path.name, "", None, "too large a document", remedy)
    data = _parsed(raw, kind, path.name)
    if not isinstance(data, dict):
        problem = "a document is a table of keys"
        raise InvalidDocument(path.name, "", None, problem, "begin with {")
    return Document(path.name, data)


def dumped(data: Mapping[str, Any], path: Path) -> None:
    """Write plain data as .toml or .json; nothing is written when it cannot be said.

    Raises:
        InvalidDocument: another suffix, or the file cannot be written.
        MissingExtra: TOML without tomli-w.
    """
    raw = encoded(text_of(data, path))
    try:
        with saving(path) as new:
            new.write_bytes(raw)
    except OSError as error:
        raise InvalidDocument(
            path.name, "", None, f"cannot be written ({error.strerror})", "check the path"
        ) from None


def text_of(data: Mapping[str, Any], path: Path) -> str:
    """Return plain data as the text of a .toml or .json file of this name.

    Raises:
        InvalidDocument: another suffix, or what could not be read again.
        MissingExtra: TOML without tomli-w.
    """
    kind = _format(path)
    try:
        text = _toml(data) if kind == "TOML" else _json(data)
        raw = encoded(text)
    except InvalidValue as error:
        raise InvalidDocument(path.name, "", error.value, error.problem, error.remedy) from None
    except (ValueError, RecursionError) as error:  # a number without end, a ring
        remedy = "fix the value"
        raise InvalidDocument(
            path.name, "", None, f"no {kind} can say it ({error})", remedy
        ) from None
    if len(raw) > LARGEST:
        remedy = f"at most {LARGEST:,} bytes can be read again"
        raise InvalidDocument(path.name, "", None, "too large a document", remedy)
    _parsed(raw, kind, path.name)  # what could not be read again is not written
    return text


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _toml(data: Mapping[str, Any]) -> str:
    try:
        import tomli_w  # noqa: PLC0415 - an extra; reading needs none
    except ImportError:
        raise MissingExtra(extra="serde", needs="tomli-w") from None
    return _compact(tomli_w.dumps(_without_null(data), indent=2))


def _compact(text: str) -> str:
    """Write lists of plain values, or of one table, on one line where they fit."""
    lines: list[str] = []
    opened: list[int] = []  # where the lists begin that are not closed yet
    for line in text.split("\n"):
        lines.append(line)
        if opened and line.strip().startswith("]"):
            begun = opened.pop()
            items = " ".join(item.strip() for item in lines[begun + 1 : -1]).rstrip(",")
            if len(lines[begun]) + len(items) < WIDTH and items.count("{") <= 1:
                lines[begun:] = [f"{lines[begun]}{items}{line.strip()}"]
        if line.endswith("["):
            opened.append(len(lines) - 1)
    return "\n".join(lines)


def _without_null(value: Any) -> Any:  # noqa: ANN401 - JSON types
    """Leave null keys out and write null in a list as empty text: TOML has no null."""
    if isinstance(value, Mapping):
        return {key: _without_null(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return ["" if one is None else _without_null(one) for one in value]
    return value
