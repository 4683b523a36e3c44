"""Pattern: a condition as data, evaluated on one step in a ticket's life.

A step is an event with the ticket before and after it. A pattern reads who, when and how off
the event, the ticket after it by plain names and the ticket before it by the same names after
`old.`; both together what `changed` and which `facts` that makes, and from the ticket how often
a fact happened so far (`times.<fact>`).

Patterns are values: they combine with `&`, `|`, `~`, compare, serialize to plain data, give
reasons why they hold or fail, and carry the closure they were compiled to when they were made.
There is no regex and no code in the data; a host's own test enters as a `Function`, by name.

What can be known of a pattern before there is any ticket (`known`, `cases`, `never`, `implies`)
is sound and incomplete: what is proven holds for every ticket, and the rest is None or False.

Before this: `support_model.events`. Next: `support_model.tickets`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from itertools import chain
from math import isfinite
from operator import attrgetter, ge, gt, le, lt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

import attrs
from attrs import field

from support_model._frozen import frozen
from support_model._time import python_scalar, utc
from support_model._vocabulary import CATEGORIES, FACTS, FIELDS, ROLES, TESTS, is_custom
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidPattern, nearest
from support_model.events import EVENTS
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import tzinfo

    from support_model._hours import HoursLike
    from support_model._sentences import Catalogue
    from support_model._vocabulary import Fact, Priority
    from support_model.events import Event


__all__ = [
    "ALWAYS",
    "NEVER",
    "AllOf",
    "Condition",
    "Field",
    "Function",
    "Functions",
    "Not",
    "Pattern",
    "fact",
    "read_pattern",
    "value_test",
]

Test: TypeAlias = Callable[[Any], bool]
Getter: TypeAlias = Callable[[Any], Any]
Compare: TypeAlias = Callable[[Any, Any], bool]


class TicketStepLike(Protocol):
    """What a pattern sees of `support_model.tickets.TicketStep`; its parts are described there."""

    @property
    def event(self) -> Event | None: ...
    @property
    def before(self) -> Any: ...  # noqa: ANN401 - a Ticket, which a lower module cannot name
    @property
    def after(self) -> Any: ...  # noqa: ANN401 - as above
    @property
    def changed(self) -> frozenset[str]: ...
    @property
    def facts(self) -> frozenset[str]: ...


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
"""Every name that a pattern may test and its kind; besides them `custom.*`, `old.custom.*`."""

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
_OPERANDS: Mapping[str, str] = {"contains": "text", "at_least": "number", "at_most": "number"}
"""The kind of value that a test takes; other tests take one of the kind of their field."""
_COMPARE: Mapping[str, Compare] = {"at_least": ge, "at_most": le, "before": lt, "after": gt}


def kind_of(name: object) -> str:
    """Return the kind of a name; raise `InvalidPattern` for an unknown one."""
    if isinstance(name, str):
        if name in SUBJECTS:
            return SUBJECTS[name]
        if is_custom(name.removeprefix("old.")):
            return "any"
    raise InvalidPattern(name, "unknown field", nearest(str(name), [*SUBJECTS, f"custom.{name}"]))


def checked_value(name: str, operation: str, value: Any) -> Any:  # noqa: ANN401 - a field holds anything
    """Return the value of a test in the form it is kept in; raise `InvalidPattern`."""
    kind = kind_of(name)
    if operation not in TESTS[kind]:
        remedy = f"it answers {', '.join(TESTS[kind])}"
        raise InvalidPattern(operation, f"no test of {name!r}", remedy)
    operand = _OPERANDS.get(operation, kind)
    match operation:
        case "before" | "after":
            return utc(value)
        case "has" if value is not True:
            raise InvalidPattern(value, "has takes true only", "say ~ (not) for absence")
        case "open_in" if not isinstance(value, BusinessCalendar):
            raise InvalidPattern(value, "open_in needs a calendar", "give a BusinessCalendar")
        case "in" | "contains" if not isinstance(value, tuple | list) or not value:
            raise InvalidPattern(value, f"{operation} needs values", "give at least one")
        case "in" | "contains":
            return tuple(_checked_scalar(name, operand, one) for one in value)
        case "is" | "at_least" | "at_most":
            return _checked_scalar(name, operand, value)
    return value


def _checked_scalar(name: str, kind: str, value: object) -> object:
    value = python_scalar(value)
    right = isinstance(value, _TYPES[kind]) and not (kind == "number" and isinstance(value, bool))
    if not right or (isinstance(value, float) and not isfinite(value)):
        raise InvalidPattern(value, f"not a value of {name!r}", f"give {kind} (finite)")
    known = _CLOSED.get(name.removeprefix("old."))
    if known is None or value in known or (name == "changed" and is_custom(value)):
        return value
    hint = nearest(str(value), map(str, known))
    if name == "facts" and value in _CLOSED["event"]:
        hint = f"it is an event: say Field('event').is_({value!r})"
    raise InvalidPattern(value, f"unknown value of {name!r}", hint)


_TICKET_GETTERS: Mapping[str, Getter] = {
    "ticket_id": attrgetter("id"),
    "created_by": attrgetter("created_by"),
    "created_at": attrgetter("created_at"),
    "status": lambda ticket: ticket.fields["status"].name,
    "category": lambda ticket: ticket.fields["status"].category,
    "priority": lambda ticket: getattr(ticket.fields.get("priority"), "name", None),
    "priority_rank": lambda ticket: getattr(ticket.fields.get("priority"), "rank", None),
    "waiting": lambda ticket: ticket.waiting_since is not None,
}


def _of_ticket(name: str) -> Getter:
    """Return how to read a name from a ticket."""
    if name.startswith("times."):
        happened = name.removeprefix("times.")
        return lambda ticket: ticket.times.get(happened, 0)
    return _TICKET_GETTERS.get(name) or (lambda ticket: ticket.fields.get(name))


def getter(name: str) -> Getter:
    """Return how to read a name from a step: None where it has no value."""
    if name in {"facts", "changed"}:
        return attrgetter(name)
    if name in _OF_EVENT:
        attribute = {"event": "type"}.get(name, name)
        return lambda step: getattr(step.event, attribute, None)
    if name.startswith("old."):
        get_old = _of_ticket(name.removeprefix("old."))
        return lambda step: None if step.before is None else get_old(step.before)
    if name in FIELDS and name not in {"status", "priority"}:
        return lambda step: step.after.fields.get(name)  # one call less than by `_of_ticket`
    get = _of_ticket(name)
    return lambda step: get(step.after)


def _single(name: str, operation: str, value: Any) -> Test | None:  # noqa: ANN401 - a field holds anything
    """Return the closures that clocks call at every event, each without a second call."""
    if operation == "contains" and name in {"facts", "changed"}:
        return _meeting(name, value)
    if name == "category" and operation == "is":
        return lambda step: bool(step.after.fields.get("status").category == value)
    if name == "category" and operation == "in":
        return lambda step: step.after.fields.get("status").category in value
    return None


def _meeting(name: str, words: tuple[str, ...]) -> Test:
    if len(words) > 1:
        get, wanted = getter(name), frozenset(words)
        return lambda step: not wanted.isdisjoint(get(step))
    (word,) = words
    if name == "facts":
        return lambda step: word in step.facts
    return lambda step: word in step.changed


_COMPILERS: Mapping[str, Callable[[Getter, Any], Test]] = {
    "is": lambda get, value: lambda step: bool(get(step) == value),
    "in": lambda get, values: lambda step: get(step) in values,
    "has": lambda get, _: lambda step: get(step) not in (None, "", frozenset()),
    "contains": lambda get, words: _containing(get, tuple(map(str.casefold, words))),
    "open_in": lambda get, calendar: (
        lambda step: isinstance(at := get(step), datetime) and calendar.is_open(at)
    ),
}


def compiled(name: str, operation: str, value: Any) -> Test:  # noqa: ANN401 - a field holds anything
    """Return the closure of a checked test."""
    single = _single(name, operation, value)
    return _tested(getter(name), name, operation, value) if single is None else single


def value_test(name: str, operation: str, value: Any) -> Callable[[Any], bool]:  # noqa: ANN401 - a field holds anything
    """Return a checked test as a test of what a step has under the name, None for nothing.

    It is the test that `compiled` makes of a step, for readers that look at many steps at once.
    """
    if operation == "contains" and name in {"facts", "changed"}:
        return lambda found: not found.isdisjoint(value)
    return _tested(lambda found: found, name, operation, value)


def _tested(get: Getter, name: str, operation: str, value: Any) -> Test:  # noqa: ANN401 - a field holds anything
    if operation in _COMPARE:
        custom = kind_of(name) == "any"
        return _comparison(get, _COMPARE[operation], value, custom=custom)
    return _COMPILERS[operation](get, value)


def _comparison(get: Getter, compare: Compare, bound: Any, *, custom: bool) -> Test:  # noqa: ANN401 - a field holds anything
    """Return a comparison with a bound; a custom field may hold what does not compare."""
    if not custom:
        return lambda step: (value := get(step)) is not None and compare(value, bound)
    kinds = (datetime,) if isinstance(bound, datetime) else (int, float)

    def test(step: TicketStepLike) -> bool:
        value = get(step)
        comparable = isinstance(value, kinds) and not isinstance(value, bool)
        return comparable and compare(value, bound)

    return test


def _containing(get: Getter, words: tuple[str, ...]) -> Test:
    def test(step: TicketStepLike) -> bool:
        value = get(step)
        if isinstance(value, str):
            text = value.casefold()
            return any(word in text for word in words)
        return isinstance(value, frozenset) and any(one.casefold() in words for one in value)

    return test


Functions: TypeAlias = "Mapping[str, Callable[[TicketStepLike], object]]"
DEEPEST, LARGEST = 32, 10_000
MOST = 256
"""Cases looked at; of a pattern with more, nothing is known."""

_KNOWN_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda found, value: bool(found == value),
    "in": lambda found, value: found in value,
    "has": lambda found, _: found not in (None, ""),
    "contains": lambda found, words: any(w.casefold() in found.casefold() for w in words),
    "at_least": lambda found, value: bool(found >= value),
    "at_most": lambda found, value: bool(found <= value),
}


_FIELD_OF = {"category": "status", "priority_rank": "priority"}


def _is_ticket_field(name: str) -> bool:
    return name in FIELDS or is_custom(name)


class Pattern(ABC):
    """A condition over a step; make one with `Field`, `fact` or `Function`.

    Example:
        >>> urgent = Field("priority_rank").at_most(2) & ~Field("channel").in_("chat", "phone")
        >>> print(urgent)
        priority rank at most 2 and not channel in 'chat', 'phone'
        >>> read_pattern(urgent.data()) == urgent
        True
    """

    __slots__ = ("test",)
    test: Test
    """The closure of the pattern; a plain slot, since every step of every clock reads it."""

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

    @property
    @abstractmethod
    def said(self) -> Reason:
        """What it asks, as its sentence says it."""

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return what it asks in the words of a catalogue, by default English."""
        return self.said.text(catalogue)

    def __str__(self) -> str:
        return self.text()

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """Return the pattern as plain data that JSON and TOML can hold."""

    def leaves(self) -> Iterator[Pattern]:
        """Yield every condition and function inside the pattern, negated ones too."""
        yield self

    def conditions(self) -> Iterator[Condition]:
        """Yield every condition inside the pattern, negated ones too."""
        return (leaf for leaf in self.leaves() if isinstance(leaf, Condition))

    @property
    def exactness(self) -> int:
        """How many conditions it has; a function of the host counts as two."""
        return sum(1 if isinstance(leaf, Condition) else 2 for leaf in self.leaves())

    def fields(self) -> frozenset[str] | None:
        """Return the ticket's fields on which it depends; None where it may be any."""
        names = [leaf.name if isinstance(leaf, Condition) else "" for leaf in self.leaves()]
        fields = {_FIELD_OF.get(name, name) for name in names}
        return frozenset(fields) if all(map(_is_ticket_field, fields)) else None

    def triggers(self) -> frozenset[str] | None:
        """Return words of which a step has at least one where it holds; None: it may have none.

        The words of a step are its facts, what changed, and the name of its event.

        Example:
            >>> replied = fact("replied")
            >>> sorted((replied | Field("event").is_("rated")).triggers()), (~replied).triggers()
            (['rated', 'replied'], None)
        """
        return None

    def values(self) -> Iterator[tuple[str, object]]:
        """Yield the fields and the values that the pattern compares for equality.

        Example:
            >>> list((~Field("channel").in_("chat", "phone")).values())
            [('channel', 'chat'), ('channel', 'phone')]
        """
        for condition in self.conditions():
            if condition.operation == "is":
                yield condition.name, condition.value
            elif condition.operation == "in":
                yield from ((condition.name, value) for value in condition.value)

    def unknown_priorities(self, known: Collection[Priority]) -> Iterator[InvalidPattern]:
        """Yield an error for each priority, by name or rank, that is not among those known.

        A bound of ranks may be any from the first to the last; nothing is unknown where nothing
        is known.
        """
        if not known:
            return
        names, ranks = [each.name for each in known], sorted({each.rank for each in known})
        between = range(ranks[0], ranks[-1] + 1)
        of_rank = {"at_least": between, "at_most": between, "has": (True,)}
        for condition in self.conditions():
            subject, operation = condition.name.removeprefix("old."), condition.operation
            for one in condition.value if operation == "in" else (condition.value,):
                if subject == "priority" and operation in ("is", "in") and one not in names:
                    yield InvalidPattern(one, "unknown priority", nearest(str(one), names))
                elif subject == "priority_rank" and one not in of_rank.get(operation, ranks):
                    remedy = f"ranks are {', '.join(map(str, ranks))}"
                    yield InvalidPattern(one, "a rank that no priority has", remedy)

    def known(
        self, facts: Mapping[str, Any], given: frozenset[Pattern] = frozenset()
    ) -> bool | None:
        """Return whether it holds where fields have these values; None if it may or may not.

        `given` are patterns taken to hold.

        Example:
            >>> urgent = Field("priority").is_("urgent") | Field("channel").is_("phone")
            >>> urgent.known({"priority": "urgent"}), urgent.known({"priority": "low"})
            (True, None)
        """
        return True if self in given else self._known(facts, given)

    def _known(self, facts: Mapping[str, Any], given: frozenset[Pattern]) -> bool | None:  # noqa: ARG002 - as every kind
        return None

    def cases(self) -> list[dict[str, Any]]:
        """Return the values that fields must have where it holds: one of these cases.

        No case: it never holds. An empty case: no field is compared by value.

        Example:
            >>> (Field("channel").in_("chat", "phone") & Field("agent").has()).cases()
            [{'channel': 'chat'}, {'channel': 'phone'}]
            >>> (Field("channel").is_("chat") & Field("channel").is_("phone")).cases()
            []
        """
        alternatives = self._cases()
        return alternatives if len(alternatives) <= MOST else [{}]

    def _cases(self) -> list[dict[str, Any]]:
        return [{}]

    def never(self) -> bool:
        """Return whether it is proven to hold of no ticket."""
        return all(self.known(case) is False for case in self.cases())

    def implies(self, other: Pattern) -> bool:
        """Return whether the other is proven to hold wherever this one does.

        Example:
            >>> chat = Field("channel").is_("chat")
            >>> chat.implies(Field("channel").in_("chat", "phone")), ALWAYS.implies(chat)
            (True, False)
        """
        given = frozenset(self.certain())
        return all(other.known(case, given) is True for case in self.cases())

    def certain(self) -> Iterator[Pattern]:
        """Yield what holds wherever the pattern does: itself, and its parts if all must hold."""
        yield self

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
        """Return one reason: the name, the value found and the value wanted."""
        actual = getter(self.name)(step)
        code = self.operation if self.test(step) else f"not_{self.operation}"
        value = self.value.title if self.operation == "open_in" else self.value
        return (Reason.of(code, field=self.name, found=actual, value=value),)

    def data(self) -> dict[str, Any]:
        """Return `{"field": name, test: value}`."""
        value = self.value
        if isinstance(value, datetime):
            value = value.isoformat()
        elif self.operation == "open_in":
            value = value.to_data()
        return {"field": self.name, self.operation: [*value] if type(value) is tuple else value}

    def triggers(self) -> frozenset[str] | None:
        """Return the facts, fields or names of events that it asks for."""
        if self.operation == "contains" and self.name in {"facts", "changed"}:
            return frozenset(self.value)
        if self.name == "event" and self.operation in {"is", "in"}:
            return frozenset(str(value) for _, value in self.values())
        return None

    def _known(self, facts: Mapping[str, Any], given: frozenset[Pattern]) -> bool | None:  # noqa: ARG002 - as every kind
        test = _KNOWN_TESTS.get(self.operation) if self.name in facts else None
        return None if test is None else test(facts[self.name], self.value)

    def _cases(self) -> list[dict[str, Any]]:
        if self.operation not in {"is", "in"}:
            return [{}]
        return [{name: value} for name, value in self.values()]

    @property
    def said(self) -> Reason:
        """The name, the test and the value wanted."""
        value = self.value.title if self.operation == "open_in" else self.value
        return Reason.of(f"asks_{self.operation}", field=self.name, value=value)


@frozen
class _Group(Pattern):
    """Several patterns as one; the two kinds differ in which outcome decides at once."""

    decisive: ClassVar[bool]
    key: ClassVar[str]
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

    def leaves(self) -> Iterator[Pattern]:
        """Yield those of all parts."""
        return chain.from_iterable(part.leaves() for part in self.parts)

    def _known(self, facts: Mapping[str, Any], given: frozenset[Pattern]) -> bool | None:
        whole: bool | None = not self.decisive
        for part in self.parts:
            answer = part.known(facts, given)
            if answer is self.decisive:
                return answer
            whole = None if answer is None else whole
        return whole

    def data(self) -> dict[str, Any]:
        """Return `{"every": [...]}` or `{"some": [...]}`."""
        return {self.key: [part.data() for part in self.parts]}

    @property
    def said(self) -> Reason:
        """The parts, joined by the word of the group."""
        if not self.parts:
            return Reason.of(self.empty)
        return reduce(
            lambda one, other: Reason.of(f"asks_{self.key}", one=one, other=other),
            map(_bracketed, self.parts),
        )


@frozen
class AllOf(_Group):
    """All parts hold; without parts it always does."""

    decisive: ClassVar[bool] = False
    key: ClassVar[str] = "every"
    empty: ClassVar[str] = "asks_all"

    def triggers(self) -> frozenset[str] | None:
        """Return the fewest of any part: each has to hold."""
        found = [words for part in self.parts if (words := part.triggers()) is not None]
        return min(found, key=len, default=None)

    def certain(self) -> Iterator[Pattern]:
        """Yield the pattern and its parts."""
        yield self
        yield from self.parts

    def _cases(self) -> list[dict[str, Any]]:
        alternatives: list[dict[str, Any]] = [{}]
        for part in self.parts:
            more = part.cases()
            if len(alternatives) * len(more) > MOST:
                continue  # fewer conditions are still necessary ones
            alternatives = [
                {**one, **other}
                for one in alternatives
                for other in more
                if all(one.get(name, value) == value for name, value in other.items())
            ]
        return [case for case in alternatives if self.known(case) is not False]


@frozen
class AnyOf(_Group):
    """At least one part holds; without parts none does."""

    decisive: ClassVar[bool] = True
    key: ClassVar[str] = "some"
    empty: ClassVar[str] = "asks_none"

    def triggers(self) -> frozenset[str] | None:
        """Return those of all parts; None where one may hold without any."""
        found: frozenset[str] = frozenset()
        for part in self.parts:
            words = part.triggers()
            if words is None:
                return None
            found |= words
        return found

    def _cases(self) -> list[dict[str, Any]]:
        return [case for part in self.parts for case in part.cases()]


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

    def leaves(self) -> Iterator[Pattern]:
        """Yield those of the part that does not hold."""
        return self.part.leaves()

    def _known(self, facts: Mapping[str, Any], given: frozenset[Pattern]) -> bool | None:
        answer = self.part.known(facts, given)
        return None if answer is None else not answer

    def data(self) -> dict[str, Any]:
        """Return `{"not": ...}`."""
        return {"not": self.part.data()}

    @property
    def said(self) -> Reason:
        """That the part does not hold."""
        return Reason.of("asks_not", one=_bracketed(self.part))


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

    @property
    def said(self) -> Reason:
        """The name."""
        return Reason.of("asks_function", name=self.name)


def _joined(kind: type[_Group], left: Pattern, right: Pattern) -> Pattern:
    """Join two patterns, flat: (a & b) & c has three parts."""
    _pattern(right)
    parts = [p.parts if isinstance(p, kind) else (p,) for p in (left, right)]
    return kind((*parts[0], *parts[1]))


def _bracketed(part: Pattern) -> Reason:
    several = isinstance(part, _Group) and len(part.parts) > 1
    return Reason.of("asks_group", one=part.said) if several else part.said


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
            'created at within desk'
        """
        return Condition(self.name, "open_in", calendar)

    def within_hours(self, hours: HoursLike, *, tz: str | tzinfo) -> Pattern:
        """Hold where the clock of a zone shows one of these hours of the week at the instant.

        Example:
            >>> weekend = Field("created_at").within_hours({"sat-sun": "00:00-24:00"}, tz="UTC")
            >>> str(weekend)
            'created at within sat-sun 00:00-24:00; UTC'
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
    known_functions, known_calendars = functions or {}, calendars or {}

    def read(data: object, depth: int) -> Pattern:
        if depth > DEEPEST or next(left, None) is None:
            raise InvalidPattern(type(data), "a pattern too deep or too large", "split it")
        if not isinstance(data, Mapping):
            raise InvalidPattern(data, "not a pattern", "give {'field': ..., 'is': ...}")
        if "field" in data:
            return _read_condition(data, known_calendars)
        if len(data) != 1:
            raise InvalidPattern(data, "a pattern has one key", "join several with 'every'")
        ((key, value),) = data.items()
        if key in _GROUPS:
            if not isinstance(value, list | tuple):
                raise InvalidPattern(value, "not a list", f"give {{{key!r}: [...]}}")
            return _GROUPS[key](tuple(read(part, depth + 1) for part in value))
        if key == "not":
            return Not(read(value, depth + 1))
        if key == "function":
            return _read_function(value, known_functions)
        remedy = nearest(str(key), ["field", "every", "some", "not", "function"])
        raise InvalidPattern(data, "not a pattern", remedy)

    return read(data, 1)


_GROUPS: Mapping[object, type[AllOf | AnyOf]] = {"every": AllOf, "some": AnyOf}


def _read_function(name: object, known: Functions) -> Pattern:
    if not isinstance(name, str):
        raise InvalidPattern(name, "not the name of a function", "give text")
    if name not in known:
        raise InvalidPattern(name, "unknown function", nearest(name, known))
    return Function(name, known[name])


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
