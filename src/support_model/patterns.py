"""Pattern: a condition as data, asked of one step in a ticket's life.

Patterns are values: they combine with `&`, `|`, `~`, compare, serialize to plain data, say why
they hold or fail, and carry the closure they were compiled to when they were made. There is no
regex and no code in the data; a host's own test enters as a `function`, under a name. What can
be asked is in `support_model.lifecycle.subjects.SUBJECTS`; what is not there cannot be asked.

Before this: `support_model.lifecycle.subjects`. Next: `support_model.tickets`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import attrs
from attrs import field, frozen

from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidPattern, nearest
from support_model.lifecycle.subjects import TESTS, Test, checked, compiled, getter, kind_of
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from support_model.hours.hours_text import HoursLike
    from support_model.lifecycle.subjects import StepLike
    from support_model.lifecycle.vocabulary import Fact

__all__ = [
    "ALWAYS",
    "NEVER",
    "Condition",
    "Every",
    "Field",
    "Function",
    "Not",
    "Pattern",
    "Some",
    "fact",
    "read_pattern",
]

Functions: TypeAlias = "Mapping[str, Callable[[StepLike], object]]"
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

    __slots__ = ()
    test: Test

    def compile(self) -> Test:
        """Return the closure of this pattern: a step in, a bool out.

        It was made with the pattern, so asking for it costs nothing.
        """
        return self.test

    def holds(self, step: StepLike) -> bool:
        """Return whether the condition holds of a step."""
        return self.test(step)

    @abstractmethod
    def reasons(self, step: StepLike) -> tuple[Reason, ...]:
        """Return why the condition holds, or why it fails, whichever it does."""

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """Return the pattern as plain data that JSON and TOML can hold."""

    def __and__(self, other: Pattern) -> Pattern:
        return _joined(Every, self, other)

    def __or__(self, other: Pattern) -> Pattern:
        return _joined(Some, self, other)

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
        own = [a.name for a in attrs.fields(type(self)) if a.init]  # type: ignore[arg-type]
        return type(self), tuple(getattr(self, name) for name in own)


def _closure() -> Any:  # noqa: ANN401 - attrs types a field as the value it holds
    return field(init=False, eq=False, repr=False)


def _keep(pattern: Pattern, test: Test) -> None:
    object.__setattr__(pattern, "test", test)


def _tupled(parts: Iterable[Pattern]) -> tuple[Pattern, ...]:
    return tuple(parts)


@frozen
class Condition(Pattern):
    """One test of one name; `Field` makes them.

    Raises:
        InvalidPattern: an unknown name, or a test or value that does not fit the name.
    """

    name: str
    operation: str
    value: Any
    test: Test = _closure()  # noqa: RUF009 - attrs.field, named once

    def __attrs_post_init__(self) -> None:
        """Check and compile."""
        value = checked(self.name, self.operation, self.value)
        object.__setattr__(self, "value", value)
        _keep(self, compiled(self.name, self.operation, value))

    def reasons(self, step: StepLike) -> tuple[Reason, ...]:
        """Return one reason: the name, what was found and what was asked for."""
        found = getter(self.name)(step)
        shown = tuple(sorted(found)) if isinstance(found, frozenset) else found
        code = self.operation if self.test(step) else f"not_{self.operation}"
        value = self.value.title if self.operation == "open_in" else self.value
        return (Reason.of(code, field=self.name, found=shown, value=value),)

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
        said = ", ".join(v.isoformat() if isinstance(v, datetime) else repr(v) for v in values)
        return f"{self.name} {self.operation.replace('_', ' ')} {said}"


@frozen
class _Group(Pattern):
    """Several patterns as one; the two kinds differ in which outcome decides at once."""

    decisive: ClassVar[bool]
    key: ClassVar[str]
    word: ClassVar[str]
    empty: ClassVar[str]
    parts: tuple[Pattern, ...] = field(converter=_tupled)
    test: Test = _closure()  # noqa: RUF009 - attrs.field, named once

    def __attrs_post_init__(self) -> None:
        """Check and compile."""
        for part in self.parts:
            _must_be_pattern(part)
        tests, decisive = tuple(part.test for part in self.parts), self.decisive

        def test(step: StepLike) -> bool:
            for one in tests:  # all() and any() with a generator cost three times this
                if one(step) is decisive:
                    return decisive
            return not decisive

        _keep(self, test)

    def reasons(self, step: StepLike) -> tuple[Reason, ...]:
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
class Every(_Group):
    """All parts hold; without parts it always does."""

    decisive: ClassVar[bool] = False
    key: ClassVar[str] = "every"
    word: ClassVar[str] = "and"
    empty: ClassVar[str] = "always"


@frozen
class Some(_Group):
    """At least one part holds; without parts none does."""

    decisive: ClassVar[bool] = True
    key: ClassVar[str] = "some"
    word: ClassVar[str] = "or"
    empty: ClassVar[str] = "never"


@frozen
class Not(Pattern):
    """The part does not hold: the exact complement, also where nothing is known."""

    part: Pattern
    test: Test = _closure()  # noqa: RUF009 - attrs.field, named once

    def __attrs_post_init__(self) -> None:
        """Check and compile."""
        _must_be_pattern(self.part)
        test = self.part.test
        _keep(self, lambda step: not test(step))

    def reasons(self, step: StepLike) -> tuple[Reason, ...]:
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
    call: Callable[[StepLike], object] = field(eq=False, repr=False)
    test: Test = _closure()  # noqa: RUF009 - attrs.field, named once

    def __attrs_post_init__(self) -> None:
        """Check; the answer is made a bool."""
        call = self.call
        if not isinstance(self.name, str) or not self.name or not callable(call):
            raise InvalidPattern((self.name, call), "no named function", "Function('vip', is_vip)")
        _keep(self, lambda step: bool(call(step)))

    def reasons(self, step: StepLike) -> tuple[Reason, ...]:
        """Return the name alone: a function does not say why."""
        return (Reason.of("function" if self.test(step) else "not_function", name=self.name),)

    def data(self) -> dict[str, Any]:
        """Return `{"function": name}`."""
        return {"function": self.name}

    def __str__(self) -> str:
        return self.name


def _joined(kind: type[_Group], left: Pattern, right: Pattern) -> Pattern:
    """Join two patterns, flat: (a & b) & c has three parts."""
    _must_be_pattern(right)
    parts = [p.parts if isinstance(p, kind) else (p,) for p in (left, right)]
    return kind((*parts[0], *parts[1]))


def _must_be_pattern(value: object) -> None:
    if not isinstance(value, Pattern):
        raise InvalidPattern(value, "not a pattern", "make one with Field(...), fact(...)")


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

    name: str

    def __attrs_post_init__(self) -> None:
        """Check the name."""
        kind_of(self.name)

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


ALWAYS: Pattern = Every(())
"""The pattern that holds of every step."""

NEVER: Pattern = Some(())
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
            kind = Every if key == "every" else Some
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
