"""What the columns of a log mean, as a value: one TOML file a format, and no code.

A `TableMapping` says which columns hold the ticket, the instant, the status and so on, how
stamps are written, which status means which category, and how exact duplicates count.
`load` reads one from a file, `named` one of those that ship in `mappings/`.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field

from support_model import _time
from support_model._bounded_files import opened
from support_model._checks import valid
from support_model._frozen import FrozenMap, frozen, words
from support_model._vocabulary import LINES
from support_model.errors import InvalidMapping, InvalidValue, UnknownLogFormat, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from support_model._vocabulary import Role


CATEGORIES = ("new", "open", "pending", "on_hold", "solved", "closed", "void")
"""What a status can mean. pending: waiting for the requester; on_hold: for anyone else."""

HERE = Path(__file__).parent / "mappings"
NAMED = tuple(sorted(path.stem for path in HERE.glob("*.toml")))
"""The formats that ship with the library."""

LARGEST_FILE = 65_536
DUPLICATES = ("refuse", "drop", "keep")
OPENERS = ("customer", "agent", "system")

_DIRECTIVES = {
    "Y": r"(?P<year>\d{4})",
    "m": r"(?P<month>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
    "H": r"(?P<hour>\d{1,2})",
    "M": r"(?P<minute>\d{2})",
    "S": r"(?P<second>\d{2})",
    "f": r"(?P<microsecond>\d{1,6})",
    "z": r"(?P<zone>Z|[+-]\d{2}:?\d{2})",
}


@frozen
class StampFormat:
    """How a log writes instants: "iso", or numeric `strptime` directives between literals.

    Directives: %Y %m %d %H %M %S %f %z. Names of months and the like are left out, because
    their reading depends on the machine's language. A stamp needs a date and a time of day.

    Raises:
        InvalidMapping: an unknown directive, or a format without date or hour.

    Example:
        >>> StampFormat("%d/%m/%Y %H:%M").read("29/2/2016 06:38")
        datetime.datetime(2016, 2, 29, 6, 38)
    """

    text: str = "iso"

    def __attrs_post_init__(self) -> None:
        """Check the format."""
        self.reader()

    def read(self, stamp: str) -> datetime:
        """Return the datetime of one stamp, aware only if the stamp says its offset.

        Raises:
            ValueError: the text is no such stamp, or names no possible time.
        """
        return self.reader()(stamp)

    def reader(self) -> Callable[[str], datetime]:
        """Return a function that reads one stamp, for many of them."""
        if self.text == "iso":
            return _iso
        pieces = re.split(r"%(.)", self.text)
        names = pieces[1::2]
        for name in names:
            if name not in _DIRECTIVES:
                known = " ".join(f"%{each}" for each in _DIRECTIVES)
                raise InvalidMapping(self.text, f"unknown directive %{name}", f"known: {known}")
        if not {"Y", "m", "d", "H"} <= set(names) or len(set(names)) < len(names):
            raise InvalidMapping(
                self.text, "a stamp needs %Y, %m, %d and %H, each once", "or format = 'iso'"
            )
        pieces[0::2] = map(re.escape, pieces[0::2])
        pieces[1::2] = (_DIRECTIVES[name] for name in names)
        match = re.compile("".join(pieces), re.ASCII).fullmatch

        def read(stamp: str) -> datetime:
            found = match(stamp)
            if found is None:
                raise ValueError(stamp)
            parts = found.groupdict()
            zone = parts.pop("zone", None)
            if "microsecond" in parts:
                parts["microsecond"] = parts["microsecond"].ljust(6, "0")
            return datetime(**{k: int(v) for k, v in parts.items()}, tzinfo=_offset(zone))

        return read


def _check_categories(given: Mapping[str, object] | frozenset[str]) -> None:
    for category in given.values() if isinstance(given, FrozenMap) else given:
        if not isinstance(category, str):  # a mapping file names statuses by category instead
            remedy = "give each status its category, as {'Waiting': 'pending'}"
            raise InvalidMapping(category, "a category is a word", remedy)
        _check_known(category, CATEGORIES, "category")


def _check_known(word: str, words: tuple[str, ...], what: str) -> None:
    if word not in words:
        raise InvalidMapping(word, f"unknown {what}", nearest(word, words))


def _check_lines(lines: Mapping[str, int]) -> None:
    for text, line in lines.items():
        if type(line) is not int or line not in LINES:
            raise InvalidMapping(line, f"the line {text!r} has no number", "give 1 to 5")


def _check_delimiter(delimiter: str) -> None:
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise InvalidMapping(delimiter, "not a delimiter", "one character, such as ','")


def _check_encoding(encoding: str) -> None:
    try:
        plain = "a\n".encode(encoding) == b"a\n"
    except (LookupError, UnicodeError):
        plain = False
    if not plain:
        problem = "unknown encoding, or one that is no superset of ASCII"
        remedy = "say 'utf-8', 'latin-1' or 'cp1252', or convert the file to UTF-8"
        raise InvalidMapping(encoding, problem, remedy)


def _word_set(given: str | Iterable[str]) -> frozenset[str]:
    return frozenset(words(given))


def _check_zone(zone: object) -> None:
    if zone is not None and not isinstance(zone, tzinfo):
        raise InvalidMapping(zone, "not a zone", "give ZoneInfo('Europe/Berlin')")


def _iso(stamp: str) -> datetime:
    if len(stamp) <= len("2016-02-29"):
        raise ValueError(stamp)  # a date names no time of day
    return datetime.fromisoformat(stamp)


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


@frozen(kw_only=True)
class TableMapping:
    """What the columns and the statuses of one kind of log mean.

    Attributes:
        name: the mapping's own name.
        title: what kind of log it reads, in words.
        ticket: column of the ticket's id.
        at: column of the instant of the row.
        status: columns that together name the status; several are joined by "/".
        stamps: how instants are written.
        tz: zone of stamps that carry no offset, where the format fixes it; else the reader
            must be given.
        group: column of the team that holds the ticket.
        actor: column of who made the change.
        priority: column of the priority.
        agent: column of whom the ticket is assigned to.
        line: column of the support line that holds it; `lines` says which text is which.
        requester: column of who asks for help.
        topic: columns that together name the topic; several are joined by "/".
        channel: column of how the ticket came in.
        type: column of the type of ticket.
        technology: column of the technology or product it is about.
        organization: column of the requester's organization.
        service: column of the service it is about.
        lines: number (1 to 5) of every text in `line`.
        opened_by: who opens tickets: "customer" (also where staff write down a call),
            "agent" or "system".
        sequence: column that counts a ticket's updates; where it is mapped it is their order.
        created: column of the recorded creation; without it the first row creates the ticket.
        solved: column of the recorded resolution; without it entering solved or closed is it.
        closed: column of the recorded close; without it the last row of a ticket that ends
            solved or closed is it.
        sla_met: yes/no column in which the tool itself states that the ticket is within SLA.
        categories: category (see `CATEGORIES`) of every status.
        acknowledged_by: categories that show that somebody has taken the ticket.
        missing: cell texts that mean "no value", besides the empty one.
        duplicates: what an exact repetition of a row is: "refuse" (an error), "drop" (counted
            once) or "keep" (another row).
        encoding: text encoding; one that writes ASCII as ASCII.
        delimiter: one character between cells.

    Raises:
        InvalidMapping: an unknown category, encoding or rule, an empty column name.
    """

    name: str
    title: str = ""
    ticket: str
    at: str
    status: tuple[str, ...] = field(converter=words)
    stamps: StampFormat = StampFormat()
    tz: ZoneInfo | None = field(default=None, validator=valid(_check_zone))
    group: str | None = None
    actor: str | None = None
    priority: str | None = None
    agent: str | None = None
    line: str | None = None
    requester: str | None = None
    topic: tuple[str, ...] = field(default=(), converter=words)
    channel: str | None = None
    type: str | None = None
    technology: str | None = None
    organization: str | None = None
    service: str | None = None
    lines: Mapping[str, int] = field(factory=FrozenMap, hash=False, validator=valid(_check_lines))
    opened_by: Role = field(
        default="customer", validator=valid(_check_known, words=OPENERS, what="opener of tickets")
    )
    sequence: str | None = None
    created: str | None = None
    solved: str | None = None
    closed: str | None = None
    sla_met: str | None = None
    categories: Mapping[str, str] = field(
        factory=FrozenMap, hash=False, validator=valid(_check_categories)
    )
    acknowledged_by: frozenset[str] = field(
        default=frozenset({"open", "pending", "on_hold"}),
        converter=_word_set,
        validator=valid(_check_categories),
    )
    missing: frozenset[str] = field(default=frozenset(), converter=_word_set)
    duplicates: str = field(
        default="refuse",
        validator=valid(_check_known, words=DUPLICATES, what="rule for duplicates"),
    )
    encoding: str = field(default="utf-8", validator=valid(_check_encoding))
    delimiter: str = field(default=",", validator=valid(_check_delimiter))

    def __attrs_post_init__(self) -> None:
        """Check the names of all columns."""
        if not self.status or "" in self.columns:
            raise InvalidMapping(self.name, "a column name is empty", "name every column")

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping reads, each once."""
        single = (getattr(self, role) for role in ROLES)
        named = (each for each in single if each is not None)
        return tuple(dict.fromkeys((*named, *self.status, *self.topic)))

    @property
    def fields(self) -> Mapping[str, tuple[str, ...]]:
        """The columns of each field of a ticket that the log states, by the field's name."""
        single = {name: (getattr(self, name),) for name in STATED if getattr(self, name)}
        return single | ({"topic": self.topic} if self.topic else {})


STATED = (
    "priority", "group", "agent", "line", "requester", "channel", "type", "technology",
    "organization", "service",
)  # fmt: skip
ROLES = ("ticket", "at", "actor", "sequence", "created", "solved", "closed", "sla_met", *STATED)
"""Attributes of `TableMapping` that name one column."""

_PLAIN = ("title", "duplicates", "encoding", "delimiter", "opened_by")
_LISTS = ("missing", "acknowledged_by")
_TABLES: dict[str, set[str] | None] = {
    "columns": {"ticket", "at", "status", "actor", "sequence", "topic", *STATED},
    "recorded": {"created", "solved", "closed", "sla_met"},
    "stamps": {"format", "tz"},
    "statuses": set(CATEGORIES),
    "lines": None,
}
_SHAPE: dict[str, type] = {
    **dict.fromkeys(("name", *_PLAIN), str),
    **dict.fromkeys(_LISTS, list),
    **dict.fromkeys(_TABLES, dict),
}


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
    columns = {**data.get("columns", {}), **data.get("recorded", {})}
    for key in ("ticket", "at", "status"):
        if key not in columns:
            raise InvalidMapping(key, "[columns] lacks a column that every log needs")
    several = {key: _texts(_listed(columns.pop(key, [])), key) for key in ("status", "topic")}
    plain: dict[str, Any] = {key: _text(value, key) for key, value in columns.items()}
    plain |= {key: data[key] for key in _PLAIN if key in data}
    plain |= {key: frozenset(_texts(data[key], key)) for key in _LISTS if key in data}
    stamps = data.get("stamps", {})
    tz = stamps.get("tz")
    return TableMapping(
        name=data.get("name", "unnamed"),
        status=tuple(several["status"]),
        topic=tuple(several["topic"]),
        lines=data.get("lines", {}),
        stamps=StampFormat(_text(stamps.get("format", "iso"), "format")),
        tz=None if tz is None else _time.timezone(_text(tz, "tz")),
        categories=_categories(data.get("statuses", {})),
        **plain,
    )


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


def _categories(statuses: Mapping[str, Any]) -> dict[str, str]:
    categories: dict[str, str] = {}
    for category, names in statuses.items():
        for name in _texts(names, category):
            if name in categories:
                raise InvalidMapping(name, "[statuses] lists a status twice")
            categories[name] = category
    return categories


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
