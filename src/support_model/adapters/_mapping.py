"""What the columns of a table mean, as a value, and no code.

A `TableMapping` says which columns hold the ticket, the instant, the status and so on, how
stamps are written, which status means which category, and how exact duplicates count. Its shape
says what a row is: a change of a ticket, a ticket with its present values, or a change of one
field. `_mapping_files` reads one from a file.
"""

from __future__ import annotations

from datetime import tzinfo
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import attrs
from attrs import Factory

from support_model._checks import valid
from support_model._frozen import FrozenMap, frozen, words
from support_model._vocabulary import LINES, ROLES, Priority, Role, Status
from support_model.adapters._event_logs import FIGURES
from support_model.adapters._stamps import UNITS, StampFormat
from support_model.errors import InvalidMapping, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo


CATEGORIES = ("new", "open", "pending", "on_hold", "solved", "closed", "void")
"""What a status can mean. pending: waiting for the requester; on_hold: for anyone else."""
Shape: TypeAlias = Literal["changes", "list", "fields"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
DUPLICATES = ("refuse", "drop", "keep")
OPENERS = ("customer", "agent", "system", "third_party")
ORDERS = ("", "oldest_first", "newest_first")
AUTO = "auto"
PEOPLE = ("requester", "agent", "actor")
"""The columns that may hold names or addresses of people."""
TOTALS = (
    *("total", "totals", "grand total", "sum", "summe", "gesamt", "gesamtsumme", "totale"),
    *("total général", "totaal", "razem", "suma", "soma", "всего", "итого", "общий итог"),
)
"""How a row of totals begins, in the languages that exports are written in."""
INSTANTS = (
    *("first_reply", "first_assigned", "first_solved", "last_solved", "closed", "reopened_at"),
)
FLAGS = ("within_first_reply", "within_resolution")
LENGTHS = (
    *("first_reply_time", "first_assigned_time", "first_solved_time", "last_solved_time"),
    *("requester_wait", "agent_work", "on_hold", "pending"),
)
"""Figures of a tool that are instants, answers to yes or no, and durations; others are counts."""
PARTS_OF_COMMENTS = ("at", "actor", "text")


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
    if delimiter == AUTO:
        return
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise InvalidMapping(delimiter, "not a delimiter", "one character, such as ','")


def _check_encoding(encoding: str) -> None:
    if encoding == AUTO:
        return
    try:
        plain = "a\n".encode(encoding) == b"a\n"
    except (LookupError, UnicodeError):
        plain = False
    if not plain:
        problem = "unknown encoding, or one that is no superset of ASCII"
        remedy = "say 'utf-8', 'latin-1' or 'cp1252', or convert the file to UTF-8, or say 'auto'"
        raise InvalidMapping(encoding, problem, remedy)


def _word_set(given: str | Iterable[str]) -> frozenset[str]:
    return frozenset(words(given))


def _check_zone(zone: object) -> None:
    if zone is not None and not isinstance(zone, tzinfo):
        raise InvalidMapping(zone, "not a zone", "give ZoneInfo('Europe/Berlin')")


def _check_status(status: object) -> None:
    if status is not None and not isinstance(status, Status):
        raise InvalidMapping(status, "not a status", "give Status('New', 'new')")


def _check_priorities(priorities: Mapping[str, object]) -> None:
    for priority in priorities.values():
        if not isinstance(priority, Priority):
            raise InvalidMapping(priority, "not a priority", "give Priority('high', 2)")


def _check_actors(actors: Mapping[str, str]) -> None:
    for role in actors.values():
        _check_known(role, ROLES, "role")


def _check_people(names: Iterable[str]) -> None:
    for name in names:
        _check_known(name, PEOPLE, "column of people")


def _check_other(category: str | None) -> None:
    if category is not None:
        _check_known(category, CATEGORIES, "category")


def _check_unit(unit: str) -> None:
    _check_known(unit, ("", *UNITS), "unit of time")


def _check_figure(name: str) -> None:
    _check_known(name, FIGURES, "figure")


def _check_form(form: tuple[str, ...]) -> None:
    if sorted(form) != sorted({*form} & {*PARTS_OF_COMMENTS}) or "at" not in form:
        remedy = "give a list of 'at', 'actor' and 'text', each at most once, with 'at'"
        raise InvalidMapping([*form], "not the parts of a comment", remedy)


def _formats(given: StampFormat | Iterable[StampFormat]) -> tuple[StampFormat, ...]:
    return (given,) if isinstance(given, StampFormat) else tuple(given)


def _word_sets(given: Mapping[str, Iterable[str]]) -> FrozenMap[str, frozenset[str]]:
    return FrozenMap({name: _word_set(values) for name, values in given.items()})


def _texts(given: Mapping[str, Iterable[str]]) -> FrozenMap[str, tuple[str, ...]]:
    return FrozenMap({name: words(values) for name, values in given.items()})


@frozen(kw_only=True)
class Measured:
    """A column in which the tool itself states a figure.

    Attributes:
        column: its name.
        name: which figure, in the words of `support_model.adapters.StatedFigure`.
        unit: how durations are written (see `UNITS`).
        none: cells that mean that there is no such time, such as "0:00:00".
        business: whether a duration is measured in the tool's business hours.
        yes: of a figure that is answered by yes or no, the cells that mean yes; where none are
            said, a length that is not negative means yes, as time left does.
        no: the cells that mean no.
    """

    column: str
    name: str = attrs.field(default="first_reply_time", validator=valid(_check_figure))
    unit: str = attrs.field(default="", validator=valid(_check_unit))
    none: frozenset[str] = attrs.field(default=frozenset(), converter=_word_set)
    business: bool = False
    yes: frozenset[str] = attrs.field(default=frozenset(), converter=_word_set)
    no: frozenset[str] = attrs.field(default=frozenset(), converter=_word_set)

    def __attrs_post_init__(self) -> None:
        """Check that a duration has a unit."""
        if self.name in LENGTHS and not self.unit:
            remedy = f"say one of {', '.join(UNITS)}"
            raise InvalidMapping(self.name, "a duration needs its unit", remedy)


@frozen(kw_only=True)
class Rating:
    """The columns of a rating.

    Attributes:
        score: column of the score.
        at: column of its time; without one a rating is a finding and no event.
        kind: csat, nps, ces or your own.
        scale: (lowest, highest).
        words: the score of every word, where the column holds words.
        none: words that mean that nothing was answered.
    """

    score: str
    at: str | None = None
    kind: str = "csat"
    scale: tuple[float, ...] = attrs.field(default=(1, 5), converter=tuple)
    words: Mapping[str, float] = attrs.field(factory=FrozenMap, hash=False)
    none: frozenset[str] = attrs.field(default=frozenset(), converter=_word_set)

    def __attrs_post_init__(self) -> None:
        """Check the scale and the words on it."""
        numbers = all(type(each) in {int, float} and isfinite(each) for each in self.scale)
        if len(self.scale) != 2 or not numbers or not self.scale[0] < self.scale[1]:
            raise InvalidMapping([*self.scale], "not a scale", "give [lowest, highest]")
        low, high = self.scale
        for word, score in self.words.items():
            if type(score) not in {int, float} or not low <= score <= high:
                raise InvalidMapping(score, f"{word!r} is off the scale", f"give {low} to {high}")


@frozen(kw_only=True)
class Comments:
    """Columns of which each holds one comment, its parts in one cell.

    Attributes:
        column: the name that all of them have.
        form: what stands before each separator: "at", "actor", "text".
        separator: between the parts; the last part may hold it too.
        public: whether comments are messages to the requester, which such a column seldom says.
    """

    column: str
    form: tuple[str, ...] = attrs.field(
        default=("at", "actor", "text"), converter=words, validator=valid(_check_form)
    )
    separator: str = ";"
    public: bool = True


def _usual_opener(mapping: TableMapping) -> Role:
    return "customer" if mapping.shape == "changes" else "third_party"


def _usual_ids(mapping: TableMapping) -> frozenset[str]:
    return frozenset(PEOPLE if mapping.shape == "changes" else ())


@frozen(kw_only=True)
class TableMapping:
    """What the columns and the statuses of one kind of table mean.

    Attributes:
        name: the mapping's own name.
        title: what kind of table it reads, in words.
        system: the system that writes such tables, by its short name; "" where it is none's.
        shape: what a row is: of "changes" a change of a ticket, of a "list" a ticket with its
            present values, of "fields" a change of one field.
        ticket: column of the ticket's id.
        key: in a list, column of the id by which a table of fields beside calls the ticket.
        at: column of the instant of the row; a list has none.
        status: columns that together name the status; several are joined by "/". In a list without
            one a ticket with the time of a close is closed, else one with that of a solution
            solved, and any other in its initial status.
        stamps: how instants are written; of several formats those hold that the stamps of the
            whole table allow.
        tz: zone of stamps that carry no offset, where the format fixes it; else the reader
            must be given.
        group: column of the team that holds the ticket.
        actor: column of who made the change.
        priority: column of the priority.
        agent: column of whom the ticket is assigned to.
        line: column of the support line that holds it; `lines` says which text is which.
        requester: column of who asks for help.
        requester_name: column of the name or address of the requester, for rows that state no id.
        topic: columns that together name the topic; several are joined by "/".
        channel: column of how the ticket came in.
        type: column of the type of ticket.
        technology: column of the technology or product it is about.
        organization: column of the requester's organization.
        service: column of the service it is about.
        lines: number (1 to 5) of every text in `line`.
        opened_by: who opens tickets: "customer" (also where staff write down a call),
            "agent", "system", or "third_party" where it is not known, as in a list.
        creator: column of who opened the ticket; the requester is its customer.
        updated: column of the last update, by which the later of two rows of a ticket is known.
        field: in the shape of fields, column of the field's name; `changed` says which is which.
        value: column of its value after the change.
        old: column of its value before.
        changed: our name of every field that the column `field` may name; others are left out.
            "created" is the creation.
        initial: the status in which tickets begin, where a table does not tell.
        sequence: column that counts a ticket's updates; where it is mapped it is their order.
        created: column of the recorded creation; without it the first row creates the ticket.
        solved: column of the recorded resolution; without it entering solved or closed is it.
        closed: column of the recorded close; without it the last row of a ticket that ends
            solved or closed is it.
        first_reply: column of the recorded first public reply of a person.
        first_reply_time: the same as a duration from the creation.
        settled: column since when the status is of its class; the solution of a ticket that is
            solved or closed and has no stamp of its own.
        stated: figures that the tool itself computed; they enter none of ours.
        rating: the columns of a rating.
        comments: the columns of comments.
        sla_met: yes/no column in which the tool itself states that the ticket is within SLA.
        categories: category (see `CATEGORIES`) of every status.
        other: category of every other status; without it one is an error.
        priorities: the priority that a word means; without any, every word ranks alike.
        channels: our word of a channel's own.
        actors: the role of people by name or id, such as a robot's.
        ids: the columns of people ("requester", "agent", "actor") that hold ids; what the others
            hold are names or addresses, which `Account.people` says how to write. In the shape
            of changes all of them are ids unless said.
        keep: further columns, each kept as a custom field of its name.
        ignore: rows to leave out: the cells of a column that mark them.
        aliases: other names that a column may have, as in another language.
        marks: columns of which one is there where the table is this system's, to recognize it by.
        totals: how a row of totals begins.
        order: which way the file runs, where equal stamps do not tell: "oldest_first" or
            "newest_first"; else it is looked at.
        acknowledged_by: categories that show that somebody has taken the ticket.
        missing: cell texts that mean "no value", besides the empty one.
        duplicates: what an exact repetition of a row is: "refuse" (an error), "drop" (counted
            once) or "keep" (another row).
        encoding: text encoding, one that writes ASCII as ASCII; or "auto": UTF-8, UTF-16, or
            one of the Windows encodings of Cyrillic and Western letters, where it is clear which.
        delimiter: one character between cells; or "auto".

    Raises:
        InvalidMapping: an unknown category, encoding or rule, an empty column name.
    """

    name: str
    title: str = ""
    system: str = ""
    shape: Shape = attrs.field(
        default="changes", validator=valid(_check_known, words=SHAPES, what="shape of a table")
    )
    ticket: str
    key: str | None = None
    at: str | None = None
    status: tuple[str, ...] = attrs.field(default=(), converter=words)
    stamps: tuple[StampFormat, ...] = attrs.field(default=(StampFormat(),), converter=_formats)
    tz: ZoneInfo | None = attrs.field(default=None, validator=valid(_check_zone))
    group: str | None = None
    actor: str | None = None
    priority: str | None = None
    agent: str | None = None
    line: str | None = None
    requester: str | None = None
    requester_name: str | None = None
    topic: tuple[str, ...] = attrs.field(default=(), converter=words)
    channel: str | None = None
    type: str | None = None
    technology: str | None = None
    organization: str | None = None
    service: str | None = None
    lines: Mapping[str, int] = attrs.field(
        factory=FrozenMap, hash=False, validator=valid(_check_lines)
    )
    opened_by: Role = attrs.field(
        default=Factory(_usual_opener, takes_self=True),
        validator=valid(_check_known, words=OPENERS, what="opener of tickets"),
    )
    creator: str | None = None
    updated: str | None = None
    field: str | None = None
    value: str | None = None
    old: str | None = None
    changed: Mapping[str, str] = attrs.field(factory=FrozenMap, hash=False)
    initial: Status | None = attrs.field(default=None, validator=valid(_check_status))
    sequence: str | None = None
    created: str | None = None
    solved: str | None = None
    closed: str | None = None
    first_reply: str | None = None
    first_reply_time: Measured | None = None
    settled: str | None = None
    stated: tuple[Measured, ...] = ()
    rating: Rating | None = None
    comments: Comments | None = None
    sla_met: str | None = None
    categories: Mapping[str, str] = attrs.field(
        factory=FrozenMap, hash=False, validator=valid(_check_categories)
    )
    other: str | None = attrs.field(default=None, validator=valid(_check_other))
    priorities: Mapping[str, Priority] = attrs.field(
        factory=FrozenMap, hash=False, validator=valid(_check_priorities)
    )
    channels: Mapping[str, str] = attrs.field(factory=FrozenMap, hash=False)
    actors: Mapping[str, Role] = attrs.field(
        factory=FrozenMap, hash=False, validator=valid(_check_actors)
    )
    ids: frozenset[str] = attrs.field(
        default=Factory(_usual_ids, takes_self=True),
        converter=_word_set,
        validator=valid(_check_people),
    )
    keep: tuple[str, ...] = attrs.field(default=(), converter=words)
    ignore: Mapping[str, frozenset[str]] = attrs.field(
        factory=FrozenMap, converter=_word_sets, hash=False
    )
    aliases: Mapping[str, tuple[str, ...]] = attrs.field(
        factory=FrozenMap, converter=_texts, hash=False
    )
    marks: tuple[str, ...] = attrs.field(default=(), converter=words)
    totals: frozenset[str] = attrs.field(default=frozenset(TOTALS), converter=_word_set)
    order: str = attrs.field(default="", validator=valid(_check_known, words=ORDERS, what="order"))
    acknowledged_by: frozenset[str] = attrs.field(
        default=frozenset({"open", "pending", "on_hold"}),
        converter=_word_set,
        validator=valid(_check_categories),
    )
    missing: frozenset[str] = attrs.field(default=frozenset(), converter=_word_set)
    duplicates: str = attrs.field(
        default="refuse",
        validator=valid(_check_known, words=DUPLICATES, what="rule for duplicates"),
    )
    encoding: str = attrs.field(default="utf-8", validator=valid(_check_encoding))
    delimiter: str = attrs.field(default=",", validator=valid(_check_delimiter))

    def __attrs_post_init__(self) -> None:
        """Check the names of all columns, and that what the shape needs is there."""
        if "" in self.columns:
            raise InvalidMapping(self.name, "a column name is empty", "name every column")
        for name in NEEDED[self.shape]:
            if not getattr(self, name) and name not in TOLD_BY_STAMPS[self.shape]:
                problem = f"a table of the shape {self.shape!r} lacks the column {name}"
                raise InvalidMapping(self.name, problem, "name it")

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping reads, each once."""
        single = (getattr(self, role) for role in ROLES_OF_COLUMNS)
        named = (each for each in single if each is not None)
        return tuple(dict.fromkeys((*named, *self.status, *self.topic, *self._further())))

    def _further(self) -> Iterator[str]:
        yield from (figure.column for figure in self.stated)
        if self.first_reply_time is not None:
            yield self.first_reply_time.column
        if self.rating is not None:
            yield self.rating.score
            yield from () if self.rating.at is None else (self.rating.at,)
        if self.comments is not None:
            yield self.comments.column
        yield from self.ignore

    @property
    def essential(self) -> tuple[str, ...]:
        """The columns without which a table of its shape says nothing."""
        named = (getattr(self, name) for name in NEEDED[self.shape])
        return tuple(each for given in named for each in words(given))

    @property
    def fields(self) -> Mapping[str, tuple[str, ...]]:
        """The columns of each field of a ticket that the log states, by the field's name."""
        single = {name: (getattr(self, name),) for name in STATED if getattr(self, name)}
        return single | ({"topic": self.topic} if self.topic else {})


NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "changes": ("ticket", "at", "status"),
        "list": ("ticket", "status", "created"),
        "fields": ("ticket", "at", "field", "value"),
    }
)
"""The columns without which a table of a shape says nothing."""
STATED = (
    "priority", "group", "agent", "line", "requester", "channel", "type", "technology",
    "organization", "service",
)  # fmt: skip
TOLD_BY_STAMPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"changes": (), "list": ("status",), "fields": ()}
)
"""Of these, what a mapping may leave to the stamps of a ticket."""
ROLES_OF_COLUMNS = (
    *("ticket", "at", "actor", "sequence", "created", "solved", "closed", "sla_met", *STATED),
    *(
        "creator",
        "updated",
        "field",
        "value",
        "old",
        "first_reply",
        "settled",
        "requester_name",
        "key",
    ),
)
"""Attributes of `TableMapping` that name one column."""
