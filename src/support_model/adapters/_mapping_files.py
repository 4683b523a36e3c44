"""Mappings in TOML files, those that ship and those of a user.

`load` reads one from a file, `named` one of those in `mappings/`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from support_model import _time
from support_model._bounded_files import opened
from support_model._vocabulary import FIELDS, ROLES, Priority, Status, is_custom
from support_model.adapters._mapping import (
    CATEGORIES,
    STATED,
    Comments,
    Measured,
    Rating,
    TableMapping,
)
from support_model.adapters._stamps import StampFormat
from support_model.errors import InvalidMapping, InvalidValue, UnknownLogFormat, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model._vocabulary import Category, Role

HERE = Path(__file__).parent / "mappings"
NAMED = tuple(sorted(path.stem for path in HERE.glob("*.toml")))
"""The formats that ship with the library."""
LARGEST_FILE = 65_536

_PLAIN = (
    *("title", "system", "shape", "duplicates", "encoding", "delimiter", "opened_by", "other"),
    "order",
)
_LISTS = ("missing", "acknowledged_by", "ids", "keep", "marks", "totals")
_SEVERAL = ("status", "topic")
_TABLES: dict[str, tuple[str, ...] | None] = {
    "columns": (
        *(
            "ticket",
            "at",
            *_SEVERAL,
            "actor",
            "sequence",
            "creator",
            "updated",
            "requester_name",
            "key",
        ),
        *("field", "value", "old", *STATED),
    ),
    "recorded": (
        *("created", "solved", "closed", "sla_met", "first_reply", "first_reply_time"),
        "settled",
    ),
    "stamps": ("format", "tz", "language"),
    "statuses": CATEGORIES,
    "rating": ("score", "at", "kind", "scale", "words", "none"),
    "comments": ("column", "form", "separator", "public"),
    "actors": ROLES,
    **dict.fromkeys(("lines", "priorities", "channels", "stated", "fields", "ignore", "aliases")),
}
_SHAPE: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("name", *_PLAIN), str),
    **dict.fromkeys(_LISTS, list),
    **dict.fromkeys(_TABLES, dict),
    "initial": str,
}
_MEASURED = ("column", "unit", "none", "business", "yes", "no")


def named(name: str) -> TableMapping:
    """Return one of the mappings that ship with the library.

    Raises:
        UnknownLogFormat: there is none of this name.

    Example:
        >>> named("bpi2013").status
        ('Status', 'Sub Status')
    """
    if name not in NAMED:
        raise UnknownLogFormat(name, "unknown log format", nearest(name, NAMED))
    return _shipped(name)


@cache
def _shipped(name: str) -> TableMapping:
    return load(HERE / f"{name}.toml")


def load(path: Path) -> TableMapping:
    """Read a mapping from a TOML file of at most 64 KiB.

    Raises:
        InvalidMapping: the file cannot be read, is no TOML, or says something unknown.

    Example:
        >>> load(HERE / "uci-incidents.toml").categories["Awaiting Vendor"]
        'on_hold'
    """
    try:
        with opened(path) as file:
            raw = file.read(LARGEST_FILE + 1)
        data = tomllib.loads(raw.decode() if len(raw) <= LARGEST_FILE else "too large")
    except OSError as error:
        raise InvalidMapping(str(path), f"cannot read the mapping ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        remedy = str(error) if len(raw) <= LARGEST_FILE else "it is larger than 64 KiB"
        raise InvalidMapping(str(path), "the mapping is no TOML", remedy) from None
    try:
        return _from_data(data)
    except InvalidValue as error:
        raise InvalidMapping(str(path), f"in the mapping: {error}") from None


def _from_data(data: Mapping[str, Any]) -> TableMapping:
    """Return the mapping that parsed TOML states."""
    _check_shape(data)
    parts = {"name": data.get("name", "unnamed"), **_columns(data)}
    parts |= {key: data[key] for key in (*_PLAIN, "lines") if key in data}
    parts |= {key: tuple(_texts(data[key], key)) for key in _LISTS if key in data}
    parts |= {key: make(data[key]) for key, make in _MADE.items() if key in data}
    parts["categories"] = _words(data.get("statuses", {}), "statuses", "a status")
    if "fields" in data:
        parts["changed"] = _words(data["fields"], "fields", "a field")
        _check_fields(parts["changed"])
    if "initial" in data:
        category = parts["categories"].get(data["initial"], "new")
        parts["initial"] = Status(data["initial"], cast("Category", category))
    return TableMapping(**parts, **_stamps(data.get("stamps", {})))


def _columns(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what [columns] and [recorded] name."""
    columns = {**data.get("columns", {}), **data.get("recorded", {})}
    if data.get("shape", "changes") == "changes":
        for key in ("ticket", "at", "status"):
            if key not in columns:
                raise InvalidMapping(key, "[columns] lacks a column that every log needs")
    parts: dict[str, Any] = {}
    for key in _SEVERAL:
        parts[key] = tuple(_texts(_listed(columns.get(key, [])), key))
        if key in columns and not parts[key]:
            raise InvalidMapping(key, "a column name is empty", "name every column")
    for key in columns.keys() - {*_SEVERAL}:
        measured = key == "first_reply_time"
        parts[key] = _measured(key, columns[key]) if measured else _text(columns[key], key)
    return parts


def _stamps(stamps: Mapping[str, Any]) -> dict[str, Any]:
    formats = _texts(_listed(stamps.get("format", "iso")), "format")
    languages = tuple(_texts(_listed(stamps.get("language", "en")), "language"))
    tz = stamps.get("tz")
    if not formats:
        raise InvalidMapping(formats, "no format of stamps", "leave it out, or give one")
    return {
        "stamps": [StampFormat(each, languages) for each in formats],
        "tz": None if tz is None else _time.timezone(_text(tz, "tz")),
    }


def _check_fields(changed: Mapping[str, str]) -> None:
    known = (*FIELDS, "created")
    for name in changed.values():
        if name not in known and not is_custom(name):
            raise InvalidMapping(name, "[fields] unknown field of a ticket", nearest(name, known))


def _priorities(given: Mapping[str, Any]) -> dict[str, Priority]:
    """Return the priority of every word: a rank, or a name and a rank."""
    found: dict[str, Priority] = {}
    for word, value in given.items():
        if isinstance(value, dict):
            _known(value, ("name", "rank"), f"[priorities.{word}] ")
            found[word] = Priority(_text(value.get("name", word), "name"), value.get("rank", 1))
        else:
            found[word] = Priority(word, value)
    return found


def _stated(given: Mapping[str, Any]) -> tuple[Measured, ...]:
    return tuple(
        _measured(name, each)
        for name, columns in given.items()
        for each in (columns if isinstance(columns, list) else [columns])
    )


def _measured(name: str, given: object) -> Measured:
    if isinstance(given, str):
        unit = "minutes" if name == "first_reply_time" else ""
        return Measured(column=given, name=name, unit=unit)
    if not isinstance(given, dict):
        remedy = 'give its name, or {column = "...", unit = "minutes"}'
        raise InvalidMapping(given, f"{name} must be a column", remedy)
    _known(given, _MEASURED, f"[{name}] ")
    parts: dict[str, Any] = {"column": _text(given.get("column"), "column")}
    parts |= {key: _texts(given[key], key) for key in ("none", "yes", "no") if key in given}
    parts |= {"unit": _text(given["unit"], "unit")} if "unit" in given else {}
    return Measured(name=name, business=_flag(given, "business", usual=False), **parts)


def _rating(given: Mapping[str, Any]) -> Rating:
    parts: dict[str, Any] = {key: _text(given.get(key), key) for key in ("score",)}
    parts |= {key: _text(given[key], key) for key in ("at", "kind") if key in given}
    parts |= {"none": _texts(given["none"], "none")} if "none" in given else {}
    for key, kind in (("scale", list), ("words", dict)):
        if key in given:
            if not isinstance(given[key], kind):
                raise InvalidMapping(given[key], f"{key} has the wrong type")
            parts[key] = given[key]
    return Rating(**parts)


def _comments(given: Mapping[str, Any]) -> Comments:
    parts: dict[str, Any] = {"column": _text(given.get("column"), "column")}
    parts |= {"separator": _text(given["separator"], "separator")} if "separator" in given else {}
    parts |= {"form": tuple(_texts(given["form"], "form"))} if "form" in given else {}
    return Comments(public=_flag(given, "public", usual=True), **parts)


def _flag(given: Mapping[str, Any], key: str, *, usual: bool) -> bool:
    value = given.get(key, usual)
    if not isinstance(value, bool):
        raise InvalidMapping(value, f"{key} must be true or false")
    return value


def _lists(given: Mapping[str, Any]) -> dict[str, list[str]]:
    return {key: _texts(_listed(value), key) for key, value in given.items()}


def _channels(given: Mapping[str, Any]) -> dict[str, str]:
    return _words(given, "channels", "a channel")


def _actors(given: Mapping[str, Any]) -> dict[str, Role]:
    return cast("dict[str, Role]", _words(given, "actors", "a person"))


_MADE: dict[str, Any] = {
    "priorities": _priorities,
    "stated": _stated,
    "rating": _rating,
    "comments": _comments,
    "channels": _channels,
    "actors": _actors,
    "ignore": _lists,
    "aliases": _lists,
}
"""What makes the value of a table of the file."""


def _check_shape(data: Mapping[str, Any]) -> None:
    """Check the keys of the file and of its tables, and the types of its values."""
    _known(data, _SHAPE, "")
    for key, value in data.items():
        if not isinstance(value, _SHAPE[key]):
            raise InvalidMapping(value, f"{key} has the wrong type")
    for table, keys in _TABLES.items():
        if keys is not None:
            _known(data.get(table, {}), keys, f"[{table}] ")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _words(given: Mapping[str, Any], table: str, what: str) -> dict[str, str]:
    """Return our word of every word of a log; the file lists those under each of ours."""
    found: dict[str, str] = {}
    for ours, theirs in given.items():
        for word in _texts(theirs, ours):
            if word in found:
                raise InvalidMapping(word, f"[{table}] lists {what} twice")
            found[word] = ours
    return found


def _known(data: Mapping[str, Any], keys: Iterable[str], table: str) -> None:
    for key in data:
        if key not in keys:
            raise InvalidMapping(key, f"{table}unknown key", nearest(key, keys))


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise InvalidMapping(value, f"{key} must be text")
    return value


def _texts(value: object, key: str) -> list[str]:
    if not isinstance(value, list):
        raise InvalidMapping(value, f"{key} must be a list of texts")
    return [_text(each, key) for each in value]
