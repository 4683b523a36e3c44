"""What a pattern can see of a step: the names, and how each is read and tested.

A step is an event with the ticket before and after it. The event is asked who, when and how;
the ticket after it by plain names, the ticket before it by the same names after `old.`; both
together what `changed` and which `facts` that makes, and the ticket how often a fact happened
so far (`times.<fact>`). Here a name, a test and a value become, checked, one closure.

Pattern: a condition as data, asked of one step in a ticket's life.

Patterns are values: they combine with `&`, `|`, `~`, compare, serialize to plain data, say why
they hold or fail, and carry the closure they were compiled to when they were made. There is no
regex and no code in the data; a host's own test enters as a `function`, under a name. What can
be asked is in `support_model.patterns.SUBJECTS`; what is not there cannot be asked.

What can be known of a pattern before there is any ticket: always, never, implied by another.

Sound and incomplete: what is said to hold holds for every ticket; where it cannot be told, the
answer is None, and nobody is warned.

Before this: `support_model.patterns`. Next: `support_model._desk.policy_lint`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import chain
from math import isfinite
from operator import ge, gt, le, lt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

import attrs
from attrs import field

from support_model._frozen import frozen
from support_model._time import python_scalar
from support_model._vocabulary import CATEGORIES, FACTS, FIELDS, ROLES, is_custom, utc
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidPattern, nearest
from support_model.events import EVENTS
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import tzinfo

    from support_model._hours import HoursLike
    from support_model._vocabulary import Fact
    from support_model.events import Event


__all__ = [
    "ALWAYS",
    "NEVER",
    "SUBJECTS",
    "TESTS",
    "AllOf",
    "AnyOf",
    "Condition",
    "Earlier",
    "Field",
    "Function",
    "Functions",
    "Not",
    "Pattern",
    "TicketStepLike",
    "cases",
    "conditions",
    "fact",
    "implies",
    "known",
    "never",
    "read_pattern",
    "values",
]

Test: TypeAlias = Callable[[Any], bool]
Getter: TypeAlias = Callable[[Any], Any]
Compare: TypeAlias = Callable[[Any, Any], bool]


class TicketStepLike(Protocol):
    """What a pattern sees; `support_model.tickets.TicketStep` is one."""

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


def checked_value(name: str, operation: str, value: Any) -> Any:  # noqa: ANN401
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
        value = [python_scalar(one) for one in value]
        for one in value:
            _check_one(name, "text" if operation == "contains" else kind, one)
        return tuple(value)
    value = python_scalar(value)
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
        return lambda step: isinstance(at := get(step), datetime) and is_open(at)
    compare = _COMPARE[operation]
    if kind_of(name) != "any":
        return lambda step: (at := get(step)) is not None and compare(at, value)
    comparable = (datetime,) if isinstance(value, datetime) else (int, float)
    return lambda step: _compared(get(step), value, compare, comparable)


def _contains(value: object, words: tuple[str, ...]) -> bool:
    if isinstance(value, str):
        text = value.casefold()
        return any(word in text for word in words)
    return isinstance(value, frozenset) and any(one.casefold() in words for one in value)


def _compared(value: Any, bound: Any, compare: Compare, kinds: tuple[type, ...]) -> bool:  # noqa: ANN401
    """Compare only what compares: a custom field may hold anything."""
    return isinstance(value, kinds) and not isinstance(value, bool) and compare(value, bound)


Functions: TypeAlias = "Mapping[str, Callable[[TicketStepLike], object]]"
DEEPEST, LARGEST = 32, 10_000


class Pattern(ABC):
    """A condition over a step; make one with `Field`, `fact` or `Function`.

    Example:
        >>> urgent = Field("priority_rank").at_most(2) & ~Field("channel").in_("chat", "phone")
        >>> print(urgent)
        priority_rank at most 2 and not channel in 'chat', 'phone'
        >>> read_pattern(urgent.data()) == urgent
        True
    """

    __slots__ = ("test",)
    test: Test
    """The closure of the pattern; a plain slot, since it is asked for each step of each clock."""

    def compile(self) -> Test:
        """Return the closure of this pattern: a step in, a bool out.

        It was made with the pattern, so asking for it costs nothing.
        """
        return self.test

    def holds(self, step: TicketStepLike) -> bool:
        """Return whether the condition holds of a step."""
        return self.test(step)

    @abstractmethod
    def reasons(self, step: TicketStepLike) -> tuple[Reason, ...]:
        """Return why the condition holds, or why it fails, whichever it does."""

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """Return the pattern as plain data that JSON and TOML can hold."""

    def __and__(self, other: Pattern) -> Pattern:
        return _joined(AllOf, self, other)

    def __or__(self, other: Pattern) -> Pattern:
        return _joined(AnyOf, self, other)

    def __invert__(self) -> Pattern:
        return Not(self)

    def __bool__(self) -> bool:
        """Refuse `a and b`, of which Python would silently drop one.

        Raises:
            InvalidPattern: always.
        """
        raise InvalidPattern(self, "a pattern is neither true nor false", "use & | ~ or .holds()")

    def __reduce__(self) -> tuple[type[Pattern], tuple[Any, ...]]:
        """Leave the closure out of pickles and copies: it is compiled again."""
        own = attrs.fields(type(self))  # type: ignore[arg-type]
        return type(self), tuple(getattr(self, part.name) for part in own)


def _keep(pattern: Pattern, test: Test) -> None:
    object.__setattr__(pattern, "test", test)


def _patterns(parts: Iterable[Pattern]) -> tuple[Pattern, ...]:
    return tuple(map(_pattern, parts))


def _pattern(value: Pattern) -> Pattern:
    if not isinstance(value, Pattern):
        raise InvalidPattern(value, "not a pattern", "make one with Field(...), fact(...)")
    return value


def _is_pattern(_: object, __: object, value: Pattern) -> None:
    _pattern(value)


def _is_function(pattern: Function, _: object, call: Callable[[TicketStepLike], object]) -> None:
    if not isinstance(pattern.name, str) or not pattern.name or not callable(call):
        raise InvalidPattern((pattern.name, call), "no named function", "Function('vip', is_vip)")


def _is_known(_: object, __: object, name: str) -> None:
    kind_of(name)


@frozen
class Condition(Pattern):
    """One test of one name; `Field` makes them.

    Raises:
        InvalidPattern: an unknown name, or a test or value that does not fit the name.
    """

    name: str
    operation: str
    value: Any

    def __attrs_post_init__(self) -> None:
        """Keep the value in the form in which it is compared, and compile."""
        value = checked_value(self.name, self.operation, self.value)
        object.__setattr__(self, "value", value)
        _keep(self, compiled(self.name, self.operation, value))

    def reasons(self, step: TicketStepLike) -> tuple[Reason, ...]:
        """Return one reason: the name, what was found and what was asked for."""
        actual = getter(self.name)(step)
        value_text = tuple(sorted(actual)) if isinstance(actual, frozenset) else actual
        code = self.operation if self.test(step) else f"not_{self.operation}"
        value = self.value.title if self.operation == "open_in" else self.value
        return (Reason.of(code, field=self.name, found=value_text, value=value),)

    def data(self) -> dict[str, Any]:
        """Return `{"field": name, test: value}`."""
        value = self.value
        if isinstance(value, datetime):
            value = value.isoformat()
        elif self.operation == "open_in":
            value = value.to_data()
        return {"field": self.name, self.operation: [*value] if type(value) is tuple else value}

    def __str__(self) -> str:
        if self.operation == "has":
            return f"{self.name} given"
        if self.operation == "open_in":
            return f"{self.name} within {self.value.title}"
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        text = ", ".join(v.isoformat() if isinstance(v, datetime) else repr(v) for v in values)
        return f"{self.name} {self.operation.replace('_', ' ')} {text}"


@frozen
class _Group(Pattern):
    """Several patterns as one; the two kinds differ in which outcome decides at once."""

    decisive: ClassVar[bool]
    key: ClassVar[str]
    word: ClassVar[str]
    empty: ClassVar[str]
    parts: tuple[Pattern, ...] = field(converter=_patterns)

    def __attrs_post_init__(self) -> None:
        """Compile."""
        tests, decisive = tuple(part.test for part in self.parts), self.decisive

        def test(step: TicketStepLike) -> bool:
            for one in tests:  # all() and any() with a generator cost three times this
                if one(step) is decisive:
                    return decisive
            return not decisive

        _keep(self, test)

    def reasons(self, step: TicketStepLike) -> tuple[Reason, ...]:
        """Return the reasons of the parts that came out as the whole did."""
        holds = self.test(step)
        deciding = (part for part in self.parts if part.test(step) is holds)
        return tuple(chain.from_iterable(part.reasons(step) for part in deciding))

    def data(self) -> dict[str, Any]:
        """Return `{"every": [...]}` or `{"some": [...]}`."""
        return {self.key: [part.data() for part in self.parts]}

    def __str__(self) -> str:
        return f" {self.word} ".join(map(_bracketed, self.parts)) or self.empty


@frozen
class AllOf(_Group):
    """All parts hold; without parts it always does."""

    decisive: ClassVar[bool] = False
    key: ClassVar[str] = "every"
    word: ClassVar[str] = "and"
    empty: ClassVar[str] = "always"


@frozen
class AnyOf(_Group):
    """At least one part holds; without parts none does."""

    decisive: ClassVar[bool] = True
    key: ClassVar[str] = "some"
    word: ClassVar[str] = "or"
    empty: ClassVar[str] = "never"


@frozen
class Not(Pattern):
    """The part does not hold: the exact complement, also where nothing is known."""

    part: Pattern = field(validator=_is_pattern)

    def __attrs_post_init__(self) -> None:
        """Compile."""
        test = self.part.test
        _keep(self, lambda step: not test(step))

    def reasons(self, step: TicketStepLike) -> tuple[Reason, ...]:
        """Return the reasons of the part: why it holds is why this fails."""
        return self.part.reasons(step)

    def data(self) -> dict[str, Any]:
        """Return `{"not": ...}`."""
        return {"not": self.part.data()}

    def __str__(self) -> str:
        return f"not {_bracketed(self.part)}"


@frozen
class Function(Pattern):
    """A host's own pure test under a name; it serializes as the name, and the name is it.

    Raises:
        InvalidPattern: the name is empty, or nothing can be called.

    Example:
        >>> Function("night", lambda step: step.event.at.hour < 6).data()
        {'function': 'night'}
    """

    name: str
    call: Callable[[TicketStepLike], object] = field(eq=False, repr=False, validator=_is_function)

    def __attrs_post_init__(self) -> None:
        """Compile; the answer is made a bool."""
        call = self.call
        _keep(self, lambda step: bool(call(step)))

    def reasons(self, step: TicketStepLike) -> tuple[Reason, ...]:
        """Return the name alone: a function does not say why."""
        return (Reason.of("function" if self.test(step) else "not_function", name=self.name),)

    def data(self) -> dict[str, Any]:
        """Return `{"function": name}`."""
        return {"function": self.name}

    def __str__(self) -> str:
        return self.name


def _joined(kind: type[_Group], left: Pattern, right: Pattern) -> Pattern:
    """Join two patterns, flat: (a & b) & c has three parts."""
    _pattern(right)
    parts = [p.parts if isinstance(p, kind) else (p,) for p in (left, right)]
    return kind((*parts[0], *parts[1]))


def _bracketed(part: Pattern) -> str:
    return f"({part})" if isinstance(part, _Group) and len(part.parts) > 1 else str(part)


@frozen
class Field:
    """A name that patterns ask about: `Field("channel").is_("phone")`.

    The names are `SUBJECTS`, any `custom.<name>`, and the ticket's ones after `old.` for the
    value before the event. A value that is missing answers no test with yes.

    Raises:
        InvalidPattern: an unknown name, with the nearest known one; by the tests: a value of
            the wrong kind, or a test that the name cannot answer.

    Example:
        >>> Field("chanel")
        Traceback (most recent call last):
        ...
        support_model.errors.InvalidPattern: unknown field: 'chanel'; did you mean 'channel'?
    """

    name: str = field(validator=_is_known)

    def is_(self, value: str | float | bool) -> Pattern:  # noqa: FBT001 - the value looked for
        """Hold where the value is this one; statuses and priorities go by name."""
        return Condition(self.name, "is", value)

    def in_(self, *values: str | float) -> Pattern:
        """Hold where the value is one of these."""
        return Condition(self.name, "in", values)

    def has(self) -> Pattern:
        """Hold where there is a value: not None, no empty text, no empty set."""
        return Condition(self.name, "has", value=True)

    def contains(self, *words: str) -> Pattern:
        """Hold where the text has any of the words in it, or the set as a member; case ignored."""
        return Condition(self.name, "contains", words)

    def at_least(self, value: float) -> Pattern:
        """Hold where the number is this or more."""
        return Condition(self.name, "at_least", value)

    def at_most(self, value: float) -> Pattern:
        """Hold where the number is this or less."""
        return Condition(self.name, "at_most", value)

    def before(self, at: datetime) -> Pattern:
        """Hold where the instant is strictly earlier."""
        return Condition(self.name, "before", at)

    def after(self, at: datetime) -> Pattern:
        """Hold where the instant is strictly later."""
        return Condition(self.name, "after", at)

    def open_in(self, calendar: BusinessCalendar) -> Pattern:
        """Hold where the calendar is open at the instant; a name labels it in reasons.

        Example:
            >>> from support_model.calendars import BusinessCalendar
            >>> calendar = BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz="UTC", name="desk")
            >>> str(Field("created_at").open_in(calendar))
            'created_at within desk'
        """
        return Condition(self.name, "open_in", calendar)

    def within_hours(self, hours: HoursLike, *, tz: str | tzinfo) -> Pattern:
        """Hold where the clock of a zone shows one of these hours of the week at the instant.

        Example:
            >>> weekend = Field("created_at").within_hours({"sat-sun": "00:00-24:00"}, tz="UTC")
            >>> str(weekend)
            'created_at within sat-sun 00:00-24:00; UTC'
        """
        return Condition(self.name, "open_in", BusinessCalendar.weekly(hours, tz=tz))


ALWAYS: Pattern = AllOf(())
"""The pattern that holds of every step."""

NEVER: Pattern = AnyOf(())
"""The pattern that holds of none."""


def fact(*names: Fact) -> Pattern:
    """Return the pattern that holds of a step with any of these facts.

    Raises:
        InvalidPattern: no such fact.

    Example:
        >>> str(fact("replied", "resolved"))
        "facts contains 'replied', 'resolved'"
    """
    return Condition("facts", "contains", names)


def read_pattern(
    data: object,
    functions: Functions | None = None,
    calendars: Mapping[str, BusinessCalendar] | None = None,
) -> Pattern:
    """Return the pattern of plain data; functions and calendars go by the names given here.

    `open_in` takes the name of a calendar, its data, or {"hours": ..., "tz": ...}.

    Raises:
        InvalidPattern: unknown keys, fields, tests, values or functions, or data too deep
            (32 levels) or too large (10,000 conditions).

    Example:
        >>> str(read_pattern({"not": {"field": "role", "is": "agent"}}))
        "not role is 'agent'"
    """
    left = iter(range(LARGEST))
    known = functions or {}

    def read(data: object, depth: int) -> Pattern:
        if depth > DEEPEST or next(left, None) is None:
            raise InvalidPattern(type(data), "a pattern too deep or too large", "split it")
        if not isinstance(data, Mapping):
            raise InvalidPattern(data, "not a pattern", "give {'field': ..., 'is': ...}")
        if "field" in data:
            return _read_condition(data, calendars or {})
        if len(data) != 1:
            raise InvalidPattern(data, "a pattern has one key", "join several with 'every'")
        ((key, value),) = data.items()
        if key in {"every", "some"} and isinstance(value, list | tuple):
            kind = AllOf if key == "every" else AnyOf
            return kind(tuple(read(part, depth + 1) for part in value))
        if key == "not":
            return Not(read(value, depth + 1))
        if key == "function" and isinstance(value, str):
            if value not in known:
                raise InvalidPattern(value, "unknown function", nearest(value, known))
            return Function(value, known[value])
        remedy = nearest(str(key), ["field", "every", "some", "not", "function"])
        raise InvalidPattern(data, "not a pattern", remedy)

    return read(data, 1)


def _read_condition(data: Mapping[str, Any], calendars: Mapping[str, BusinessCalendar]) -> Pattern:
    name = data["field"]
    tests = [key for key in data if key != "field"]
    kind = kind_of(name)
    if len(tests) != 1:
        raise InvalidPattern(data, "a field takes exactly one test", "join several with 'every'")
    (operation,) = tests
    value = data[operation]
    if operation not in TESTS["any"]:
        raise InvalidPattern(operation, "unknown test", nearest(str(operation), TESTS[kind]))
    if operation in {"before", "after"}:
        try:
            value = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            remedy = "write 2026-03-02T09:00:00+00:00"
            raise InvalidPattern(value, "not an instant", remedy) from None
    if operation == "open_in":
        value = _read_calendar(value, calendars)
    return Condition(name, operation, value)


def _read_calendar(value: object, calendars: Mapping[str, BusinessCalendar]) -> object:
    """Return the calendar of a name or of data; anything else as it is, to be refused."""
    if isinstance(value, str):
        if value not in calendars:
            raise InvalidPattern(value, "unknown calendar", nearest(value, calendars))
        return calendars[value]
    if isinstance(value, Mapping) and value.keys() == {"hours", "tz"}:
        return BusinessCalendar.weekly(value["hours"], tz=value["tz"])
    return BusinessCalendar.from_data(value) if isinstance(value, Mapping) else value


MOST = 256
"""Cases looked at; of a pattern with more, nothing is known."""


def conditions(pattern: Pattern) -> Iterator[Condition]:
    """Yield every condition inside a pattern, negated ones too."""
    match pattern:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from conditions(part)
        case Not(part=part):
            yield from conditions(part)
        case Condition():
            yield pattern


def values(pattern: Pattern) -> Iterator[tuple[str, object]]:
    """Yield the fields and the values that a pattern compares for equality.

    Example:
        >>> from support_model.patterns import Field
        >>> list(values(~Field("channel").in_("chat", "phone")))
        [('channel', 'chat'), ('channel', 'phone')]
    """
    for condition in conditions(pattern):
        if condition.operation == "is":
            yield condition.name, condition.value
        elif condition.operation == "in":
            yield from ((condition.name, value) for value in condition.value)


def known(
    pattern: Pattern, facts: Mapping[str, Any], given: frozenset[Pattern] = frozenset()
) -> bool | None:
    """Return whether a pattern holds where fields have these values; None if it may or may not.

    `given` are patterns taken to hold.

    Example:
        >>> from support_model.patterns import Field
        >>> urgent = Field("priority").is_("urgent") | Field("channel").is_("phone")
        >>> known(urgent, {"priority": "urgent"}), known(urgent, {"priority": "low"})
        (True, None)
    """
    if pattern in given:
        return True
    match pattern:
        case AllOf(parts=parts):
            return _decided((known(part, facts, given) for part in parts), decisive=False)
        case AnyOf(parts=parts):
            return _decided((known(part, facts, given) for part in parts), decisive=True)
        case Not(part=part):
            answer = known(part, facts, given)
            return None if answer is None else not answer
        case Condition(name=name, operation=operation, value=value) if name in facts:
            test = _TESTS.get(operation)
            return None if test is None else test(facts[name], value)
    return None


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda found, value: bool(found == value),
    "in": lambda found, value: found in value,
    "has": lambda found, _: found not in (None, ""),
    "contains": lambda found, words: any(w.casefold() in found.casefold() for w in words),
    "at_least": lambda found, value: bool(found >= value),
    "at_most": lambda found, value: bool(found <= value),
}


def _decided(parts: Iterator[bool | None], *, decisive: bool) -> bool | None:
    """Fold answers of which one decides the whole."""
    whole: bool | None = not decisive
    for part in parts:
        if part is decisive:
            return decisive
        if part is None:
            whole = None
    return whole


def cases(pattern: Pattern) -> list[dict[str, Any]]:
    """Return the values that fields must have where a pattern holds: one of these cases.

    No case: it never holds. An empty case: nothing is asked of any field by value.

    Example:
        >>> from support_model.patterns import Field
        >>> cases(Field("channel").in_("chat", "phone") & Field("agent").has())
        [{'channel': 'chat'}, {'channel': 'phone'}]
        >>> cases(Field("channel").is_("chat") & Field("channel").is_("phone"))
        []
    """
    alternatives = _cases(pattern)
    return alternatives if len(alternatives) <= MOST else [{}]


def _cases(pattern: Pattern) -> list[dict[str, Any]]:
    match pattern:
        case Condition(name=name, operation="is", value=value):
            return [{name: value}]
        case Condition(name=name, operation="in", value=values):
            return [{name: value} for value in values]
        case AnyOf(parts=parts):
            return [case for part in parts for case in cases(part)]
        case AllOf(parts=parts):
            alternatives: list[dict[str, Any]] = [{}]
            for part in parts:
                more = cases(part)
                if len(alternatives) * len(more) > MOST:
                    continue  # fewer conditions are still necessary ones
                alternatives = [
                    {**one, **other}
                    for one in alternatives
                    for other in more
                    if all(one.get(name, value) == value for name, value in other.items())
                ]
            return [case for case in alternatives if known(pattern, case) is not False]
    return [{}]


def _given(pattern: Pattern) -> frozenset[Pattern]:
    """Return what holds wherever a pattern does: itself and, where all must hold, its parts."""
    return frozenset({pattern, *(pattern.parts if isinstance(pattern, AllOf) else ())})


def never(pattern: Pattern) -> bool:
    """Return whether a pattern is proven to hold of no ticket."""
    return all(known(pattern, case) is False for case in cases(pattern))


def implies(pattern: Pattern, other: Pattern) -> bool:
    """Return whether the other is proven to hold wherever the pattern does.

    Example:
        >>> from support_model.patterns import ALWAYS, Field
        >>> chat = Field("channel").is_("chat")
        >>> implies(chat, Field("channel").in_("chat", "phone")), implies(ALWAYS, chat)
        (True, False)
    """
    given = _given(pattern)
    return all(known(other, case, given) is True for case in cases(pattern))


class Earlier:
    """Patterns given one after the other, to find the first that a later one implies.

    A pattern that asks fields for values is kept under one value of each of its cases, the one
    under which fewest are kept, so that only those are tried that could be implied at all.

    Example:
        >>> from support_model.patterns import ALWAYS, Field
        >>> earlier = Earlier()
        >>> for pattern in (Field("channel").is_("chat"), Field("channel").is_("phone"), ALWAYS):
        ...     earlier.add(pattern)
        >>> earlier.implied_by(Field("channel").is_("phone") & Field("agent").has())
        1
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._patterns: list[Pattern] = []
        self._asking: dict[tuple[str, Any], list[int]] = {}
        self._others: list[int] = []
        self._same: dict[Pattern, int] = {}

    def add(self, pattern: Pattern) -> None:
        """Take one more pattern."""
        place = len(self._patterns)
        self._patterns.append(pattern)
        self._same.setdefault(pattern, place)
        alternatives = cases(pattern)
        if not alternatives or not all(alternatives):
            self._others.append(place)
            return
        for case in alternatives:
            pair = min(case.items(), key=lambda item: len(self._asking.get(item, ())))
            self._asking.setdefault(pair, []).append(place)

    def implied_by(self, pattern: Pattern) -> int | None:
        """Return the place of the first pattern that is proven to hold wherever this one does."""
        own = cases(pattern)
        if not own:
            return 0 if self._patterns else None
        places = {place for item in own[0].items() for place in self._asking.get(item, ())}
        places.update(self._others)
        places.update(self._same[part] for part in _given(pattern) if part in self._same)
        tried = (place for place in sorted(places) if implies(pattern, self._patterns[place]))
        return next(tried, None)
