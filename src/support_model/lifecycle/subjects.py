"""What a pattern can see of a step: the names, and how each is read and tested.

A step is an event with the ticket before and after it. The event is asked who, when and how;
the ticket after it by plain names, the ticket before it by the same names after `old.`; both
together what `changed` and which `facts` that makes, and the ticket how often a fact happened
so far (`times.<fact>`). Here a name, a test and a value become, checked, one closure.

Before this: `support_model.events`. Next: `support_model.patterns`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from math import isfinite
from operator import ge, gt, le, lt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidPattern, nearest
from support_model.events import EVENTS
from support_model.instants import plain
from support_model.lifecycle.vocabulary import CATEGORIES, FACTS, FIELDS, ROLES, is_custom, utc

if TYPE_CHECKING:
    from collections.abc import Collection

    from support_model.events import Event

__all__ = ["SUBJECTS", "TESTS", "StepLike"]

Test: TypeAlias = Callable[[Any], bool]
Getter: TypeAlias = Callable[[Any], Any]
Compare: TypeAlias = Callable[[Any, Any], bool]


class StepLike(Protocol):
    """What a pattern sees; `support_model.tickets.Step` is one."""

    @property
    def event(self) -> Event | None:
        """The event; None where only the ticket is asked about."""

    @property
    def before(self) -> Any:  # noqa: ANN401 - a Ticket, which a lower room cannot name
        """The ticket before; None at its creation."""

    @property
    def after(self) -> Any:  # noqa: ANN401 - as above
        """The ticket after."""

    @property
    def changed(self) -> frozenset[str]:
        """The names of the fields that really got another value, and `category`."""

    @property
    def facts(self) -> frozenset[str]:
        """What the event meant, as derived by `support_model.tickets`."""


_OF_EVENT = {
    **dict.fromkeys(("event", "role", "actor", "kind", "other", "metric", "policy"), "text"),
    **dict.fromkeys(("at", "until"), "instant"),
    "public": "flag",
    "score": "number",
}
_OF_TICKET = {
    "ticket_id": "text",
    "created_by": "text",
    "created_at": "instant",
    "category": "text",
    "priority_rank": "number",
    "waiting": "flag",
    **{name: "text" if kind in {"status", "priority"} else kind for name, kind in FIELDS.items()},
    **{f"times.{name}": "number" for name in FACTS},
}
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        **_OF_EVENT,
        "changed": "words",
        "facts": "words",
        **_OF_TICKET,
        **{f"old.{name}": kind for name, kind in _OF_TICKET.items()},
    }
)
"""Every name a pattern may ask about and its kind; besides them `custom.*`, `old.custom.*`."""

TESTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "text": ("is", "in", "has", "contains"),
        "words": ("has", "contains"),
        "number": ("is", "in", "has", "at_least", "at_most"),
        "flag": ("is",),
        "instant": ("has", "before", "after", "open_in"),
        "any": (
            "is",
            "in",
            "has",
            "contains",
            "at_least",
            "at_most",
            "before",
            "after",
            "open_in",
        ),
    }
)
"""The tests that a name of each kind can answer."""

_CLOSED: Mapping[str, Collection[object]] = {
    "event": EVENTS,
    "role": ROLES,
    "created_by": ROLES,
    "category": CATEGORIES,
    "facts": FACTS,
    "changed": (*FIELDS, "category"),
}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "flag": (bool,),
    "any": (str, int, float, bool),
}
_COMPARE: Mapping[str, Compare] = {
    "at_least": ge,
    "at_most": le,
    "before": lt,
    "after": gt,
}


def kind_of(name: object) -> str:
    """Return the kind of a name; raise `InvalidPattern` for one that nothing answers to."""
    if isinstance(name, str):
        if name in SUBJECTS:
            return SUBJECTS[name]
        if is_custom(name.removeprefix("old.")):
            return "any"
    raise InvalidPattern(name, "unknown field", nearest(str(name), [*SUBJECTS, f"custom.{name}"]))


def checked(name: str, operation: str, value: Any) -> Any:  # noqa: ANN401
    """Return the value of a test in the form it is kept in; raise `InvalidPattern`."""
    kind = kind_of(name)
    if operation not in TESTS[kind]:
        remedy = f"it answers {', '.join(TESTS[kind])}"
        raise InvalidPattern(operation, f"no test of {name!r}", remedy)
    if operation == "has":
        if value is not True:
            raise InvalidPattern(value, "has takes true only", "say ~ (not) for absence")
        return value
    if operation in {"before", "after"}:
        return utc(value)
    if operation == "open_in":
        if not isinstance(value, BusinessCalendar):
            raise InvalidPattern(value, "open_in needs a calendar", "give a BusinessCalendar")
        return value
    if operation in {"in", "contains"}:
        if not isinstance(value, tuple | list) or not value:
            raise InvalidPattern(value, f"{operation} needs values", "give at least one")
        value = [plain(one) for one in value]
        for one in value:
            _check_one(name, "text" if operation == "contains" else kind, one)
        return tuple(value)
    value = plain(value)
    _check_one(name, "number" if operation in _COMPARE else kind, value)
    return value


def _check_one(name: str, kind: str, value: object) -> None:
    right = isinstance(value, _TYPES[kind]) and not (kind == "number" and isinstance(value, bool))
    if not right or (isinstance(value, float) and not isfinite(value)):
        raise InvalidPattern(value, f"not a value of {name!r}", f"give {kind} (finite)")
    known = _CLOSED.get(name.removeprefix("old."))
    if known is None or value in known or (name == "changed" and is_custom(value)):
        return
    hint = nearest(str(value), map(str, known))
    if name == "facts" and value in _CLOSED["event"]:
        hint = f"it is an event: say Field('event').is_({value!r})"
    raise InvalidPattern(value, f"unknown value of {name!r}", hint)


def _of_ticket(name: str) -> Getter:  # noqa: PLR0911 - one line a way of looking
    """Return how to read a name from a ticket."""
    if name == "status":
        return lambda ticket: ticket.fields["status"].name
    if name == "category":
        return lambda ticket: ticket.fields["status"].category
    if name in {"priority", "priority_rank"}:
        part = "name" if name == "priority" else "rank"
        return lambda ticket: getattr(ticket.fields.get("priority"), part, None)
    if name == "waiting":
        return lambda ticket: ticket.waiting_since is not None
    if name.startswith("times."):
        happened = name.removeprefix("times.")
        return lambda ticket: ticket.times.get(happened, 0)
    if name in {"ticket_id", "created_by", "created_at"}:
        attribute = name.removeprefix("ticket_")
        return lambda ticket: getattr(ticket, attribute)
    return lambda ticket: ticket.fields.get(name)


def getter(name: str) -> Getter:
    """Return how to read a name from a step: None where it has no value."""
    if name in {"facts", "changed"}:
        return lambda step: getattr(step, name)
    if name in _OF_EVENT:
        attribute = "type" if name == "event" else name
        return lambda step: getattr(step.event, attribute, None)
    get = _of_ticket(name.removeprefix("old."))
    if name.startswith("old."):
        return lambda step: None if step.before is None else get(step.before)
    if name in FIELDS and name not in {"status", "priority"}:
        return lambda step: step.after.fields.get(name)
    return lambda step: get(step.after)


def _single(name: str, operation: str, value: Any) -> Test | None:  # noqa: ANN401
    """Return the closures that clocks ask at every event, each without a second call."""
    if operation == "contains" and name in {"facts", "changed"}:
        words, (word, *more) = frozenset(value), value
        if more:
            get = getter(name)
            return lambda step: not words.isdisjoint(get(step))
        if name == "facts":
            return lambda step: word in step.facts
        return lambda step: word in step.changed
    if name == "category" and operation == "is":
        return lambda step: bool(step.after.fields["status"].category == value)
    if name == "category" and operation == "in":
        return lambda step: step.after.fields["status"].category in value
    return None


def compiled(name: str, operation: str, value: Any) -> Test:  # noqa: ANN401, PLR0911
    """Return the closure of a checked test."""
    get, single = getter(name), _single(name, operation, value)
    if single is not None:
        return single
    if operation == "is":
        return lambda step: bool(get(step) == value)
    if operation == "in":
        return lambda step: get(step) in value
    if operation == "has":
        return lambda step: get(step) not in (None, "", frozenset())
    if operation == "contains":
        words = tuple(word.casefold() for word in value)
        return lambda step: _contains(get(step), words)
    if operation == "open_in":
        is_open = value.is_open
        return lambda step: isinstance(found := get(step), datetime) and is_open(found)
    compare = _COMPARE[operation]
    if kind_of(name) != "any":
        return lambda step: (found := get(step)) is not None and compare(found, value)
    comparable = (datetime,) if isinstance(value, datetime) else (int, float)
    return lambda step: _compared(get(step), value, compare, comparable)


def _contains(found: object, words: tuple[str, ...]) -> bool:
    if isinstance(found, str):
        text = found.casefold()
        return any(word in text for word in words)
    return isinstance(found, frozenset) and any(one.casefold() in words for one in found)


def _compared(found: Any, bound: Any, compare: Compare, kinds: tuple[type, ...]) -> bool:  # noqa: ANN401
    """Compare only what compares: a custom field may hold anything."""
    return isinstance(found, kinds) and not isinstance(found, bool) and compare(found, bound)
