"""The words of a ticket: closed sets, the fields it has, and who acts on it.

Names are free, categories are fixed: a team calls its statuses what it likes, and everything
that measures or routes reads the category alone. A line is a number from 1 to 5; teams of one
line are groups. Fields outside the list are called `custom.<name>`.
"""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeGuard, cast, get_args

from attrs import field
from attrs.validators import optional

from support_model._checks import text, word
from support_model._frozen import frozen
from support_model._time import python_scalar, utc
from support_model.errors import InvalidEvent, InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "BASES",
    "CATEGORIES",
    "FACTS",
    "FIELDS",
    "HANDED_DOWN",
    "LINES",
    "MOST_PRIORITIES",
    "MOVES",
    "OVER",
    "RELATIONS",
    "ROLES",
    "SETTLED",
    "TESTS",
    "Actor",
    "AfterStop",
    "Basis",
    "Begins",
    "Category",
    "Fact",
    "MomentKind",
    "OnChange",
    "PolicyKind",
    "Priority",
    "Relation",
    "Role",
    "Selection",
    "Status",
    "frozen_fields",
    "is_custom",
    "must_be_actor",
    "one_of",
    "unknown_field",
    "whole",
]


Category = Literal["new", "open", "pending", "on_hold", "solved", "closed", "void"]
Role = Literal["customer", "agent", "bot", "system", "third_party"]
Basis = Literal["snapshot", "merge"]
Relation = Literal[
    "merged_into", "split_from", "follow_up", "parent", "duplicate", "article", "linked"
]
Fact = Literal[
    "contacted",
    "replied",
    "assignee_replied",
    "acknowledged",
    "resolved",
    "reopened",
    "voided",
    "restored",
    "transferred",
    "escalated",
    "escalated_functional",
    "escalated_hierarchical",
    "handed_back",
]
OnChange = Literal["carry", "restart", "forward", "frozen"]
PolicyKind = Literal["sla", "ola", "underpinning_contract", "custom"]
Selection = Literal["first_match", "most_specific", "shortest", "all"]
Begins = Literal["at_once", "if_it_lasts"]
MomentKind = Literal[
    "warning",
    "breach",
    "pending_until",
    "action_due",
    "notify",
    "functional",
    "hierarchical",
    "nobody_resolvable",
    "level_reached",
    "not_known_yet",
    "not_known",
    "handoff",
    "gap",
    "routing_retry",
    "swarm_due",
]
AfterStop = Literal["once", "resume", "count", "restart", "again", "again_after_due"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
ROLES: tuple[Role, ...] = get_args(Role)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
BASES: tuple[Basis, ...] = get_args(Basis)
"""What an event was made of, where it is no record of an act of its own."""
FACTS: tuple[Fact, ...] = get_args(Fact)
"""What a step can mean; `support_model.tickets` alone decides it."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "status": "status",
        "priority": "priority",
        "line": "number",
        "management_level": "number",
        "tags": "words",
        **dict.fromkeys(
            (
                *("type", "channel", "group", "agent", "requester", "organization"),
                *("technology", "service", "topic"),
            ),
            "text",
        ),
    }
)
"""The fields of a ticket and the kind of each; besides them any `custom.<name>`."""

_OF_INSTANTS = ("before", "after", "open_in")
TESTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "text": ("is", "in", "has", "contains"),
        "words": ("has", "contains"),
        "number": ("is", "in", "has", "at_least", "at_most"),
        "flag": ("is",),
        "instant": ("has", *_OF_INSTANTS),
        "any": ("is", "in", "has", "contains", "at_least", "at_most", *_OF_INSTANTS),
    }
)
"""The tests of patterns that a name of each kind can answer."""

SETTLED = frozenset({"solved", "closed"})
"""The categories in which a ticket is done."""
OVER = SETTLED | {"void"}
"""The categories of a ticket that waits for nobody any more."""
MOVES = ("group", "line", "management_level")
"""The fields whose changes move a ticket."""
HANDED_DOWN = ("requester", "organization", "technology", "service", "channel", "topic")
"""The fields that a ticket made out of another one has from it."""
LINES = range(1, 6)
_REMEDIES: Mapping[str | None, str] = {
    "line": "give 1 to 5; map labels such as 'L2' when they are read",
    "status": "give Status(name, category)",
    "priority": "give Priority(name, rank)",
    "number": "give a whole number",
    "words": "give a set of text",
    "text": "give text",
    None: "give text, a finite number, an aware datetime or a set of text",
}


def one_of(word: object, known: tuple[str, ...], what: str) -> None:
    """Raise `InvalidEvent`, with the nearest known word, for a word outside a closed set."""
    if word not in known:
        raise InvalidEvent(word, f"unknown {what}", nearest(str(word), known))


def _is_rank(_: object, __: object, rank: int) -> None:
    if not whole(rank) or rank < 1:
        raise InvalidEvent(rank, "a rank is a whole number", "1 is the most urgent")


@frozen
class Status:
    """A named state of a ticket and the category that clocks, figures and routing read.

    Categories are a closed set: `pending` waits for the requester, `on_hold` for anyone else,
    `void` is merged, cancelled or spam.

    Raises:
        InvalidEvent: a category outside the set, or an empty name.

    Example:
        >>> Status("awaiting vendor", "on_hold").category
        'on_hold'
    """

    name: str = field(validator=text(InvalidEvent, "a status needs a name", "give text"))
    category: Category = field(validator=word(Category, InvalidEvent, "unknown category"))


MOST_PRIORITIES = 100
"""A desk lists no more."""


@frozen
class Priority:
    """A named priority and its rank, 1 = most urgent.

    Raises:
        InvalidEvent: a rank below 1, or an empty name.

    Example:
        >>> Priority("urgent", 1).rank
        1
    """

    name: str = field(validator=text(InvalidEvent, "a priority needs a name", "give text"))
    rank: int = field(converter=python_scalar, validator=_is_rank)


@frozen
class Actor:
    """Who acts: a role, and an id where one is known.

    Raises:
        InvalidEvent: an unknown role, or an id that is no text.

    Example:
        >>> Actor("agent", "ann").role
        'agent'
    """

    role: Role = field(validator=word(Role, InvalidEvent, "unknown role"))
    id: str | None = field(
        default=None,
        validator=optional(text(InvalidEvent, "an id is text", "say str(number), or None")),
    )


def must_be_actor(thing: object) -> None:
    """Refuse who has no role, such as a bare name."""
    if not isinstance(thing, Actor):
        name = thing if isinstance(thing, str) else "ann"
        raise InvalidValue(thing, "an actor has a role", f"give Actor('agent', {name!r})")


_TYPES: Mapping[str | None, tuple[type, ...]] = {
    "status": (Status,),
    "priority": (Priority,),
    "text": (str,),
    None: (str, int),
}


_EXACT: Mapping[str, type] = {
    name: {"status": Status, "priority": Priority, "text": str}[kind]
    for name, kind in FIELDS.items()
    if kind in {"status", "priority", "text"}
}
"""Fields whose values of one class are all sound."""


MOST = 10**300
"""A whole number is smaller: readers of JSON know no greater ones than numbers of a float."""


def is_custom(name: object) -> bool:
    """Return whether a name is that of a custom field: `custom.<name>`."""
    return isinstance(name, str) and name.startswith("custom.") and name != "custom."


def whole(value: object) -> TypeGuard[int]:
    """Return whether a value is an int that JSON can hold, and no bool."""
    return isinstance(value, int) and not isinstance(value, bool) and -MOST < value < MOST


def unknown_field(name: object) -> InvalidEvent:
    """Return the error for a name that no field of a ticket has."""
    each = "give each field of your own as 'custom.<name>'"
    remedy = each if name == "custom" else nearest(str(name), [*FIELDS, f"custom.{name}"])
    return InvalidEvent(name, "unknown field of a ticket", remedy)


def _kept(name: str, value: object) -> object:
    """Return a field's value in the form in which it is kept; raise `InvalidEvent`."""
    kind = FIELDS.get(name) if isinstance(name, str) else None
    if kind is None and not is_custom(name):
        raise unknown_field(name)
    value = python_scalar(value)
    if kind in {"words", None} and isinstance(value, list | tuple | set | frozenset):
        words = tuple(cast("Iterable[object]", value))
        if all(isinstance(word, str) for word in words):
            return frozenset(words)
    if kind is None and isinstance(value, datetime):
        return utc(value)
    if not _fits(name, kind, value):
        remedy = _REMEDIES.get(name) or _REMEDIES[kind]
        raise InvalidEvent(value, f"not a value of {name!r}", remedy)
    return value


def _fits(name: str, kind: str | None, value: object) -> bool:
    if value is None:
        return kind != "status"
    if kind == "number":
        return whole(value) and (name != "line" or value in LINES)
    if kind is None and isinstance(value, float):
        return isfinite(value)
    if kind is None and isinstance(value, int):
        return whole(value) or isinstance(value, bool)
    return isinstance(value, _TYPES.get(kind, ()))


def frozen_fields(given: Any) -> tuple[tuple[str, Any], ...]:  # noqa: ANN401 - checked here
    """Freeze a mapping (or pairs) of fields: checked, sorted by name."""
    try:
        pairs = dict(given)
    except (TypeError, ValueError):
        raise InvalidEvent(given, "not fields", "give {'group': 'billing'}") from None
    rows = []
    for name, value in pairs.items():
        kind = value.__class__
        if kind is not _EXACT.get(name) and not (kind is str and is_custom(name)):
            value = _kept(name, value)  # noqa: PLW2901 - most values are kept as they are
        rows.append((name, value))
    rows.sort(key=_NAME)
    return tuple(rows)


_NAME = itemgetter(0)
