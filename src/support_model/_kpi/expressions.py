"""What a KPI asks of a ticket, as a value: facts compared, entries counted, rules in order.

An expression is made of named facts (`Fact`), fields (`FieldNow`) and lists of facts (`Entries`),
by the names of `support_model._columns.fact_columns`. Here it is compiled once to a function of a
record; `support_model._kpi.columns` answers the same expression for many tickets at once. A law
of the tests holds both together. A value that is not known is None, and every comparison with it
is false.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import field

from support_model._frozen import frozen
from support_model._kpi.facts import DONE, ActKind, Facts, Rating
from support_model._time import LAST, instant, micros, moved

if TYPE_CHECKING:
    from fractions import Fraction

    from support_model.calendars import BusinessCalendar

Ask: TypeAlias = Callable[[Facts], Any]
Outcome: TypeAlias = "str | Expression | None"
"""The code of an exclusion, what to answer, or None: the ticket is not asked."""


def _of_kind(kind: ActKind) -> Ask:
    return lambda ticket: [act.kind for act in ticket.acts].count(kind)


def _first_of_kind(kind: str) -> Ask:
    def first(ticket: Facts) -> datetime | None:
        for act in ticket.acts:
            if act.kind == kind:
                return act.at
        return None

    return first


_FACTS: Mapping[str, Ask] = MappingProxyType(
    {
        "category": lambda ticket: ticket.history[-1][1],
        "solved": lambda ticket: ticket.history[-1][1] in DONE,
        "contact": _first_of_kind("contact"),
        "first_reply": _first_of_kind("reply"),
        "first_solve": lambda ticket: ticket.solves[0].at if ticket.solves else None,
        "last_solve": lambda ticket: ticket.solves[-1].at if ticket.solves else None,
        "contacts": _of_kind("contact"),
        "replies": _of_kind("reply"),
        "notes": _of_kind("note"),
        "bots": _of_kind("bot"),
        "assignments": _of_kind("assigned"),
    }
)
"""The facts by columns that are no attribute of a record, or a slower one."""
FLAGS = frozenset({"solved", "ever_solved", "snapshot", "cut"})


class Expression:
    """What is asked of a ticket; see the module."""

    __slots__ = ()

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        raise NotImplementedError

    @property
    def known(self) -> Known:
        """Whether it is known."""
        return Known(self)

    def is_in(self, *values: object) -> IsIn:
        """Return whether it is one of some values; None may be one."""
        return IsIn(self, values)

    def equals(self, other: object) -> Compared:
        """Return whether it is another value or a constant, which `==` says of expressions."""
        return Compared("eq", self, _expression(other))

    def above(self, other: object) -> Compared:
        """Return whether it is more or later than another value or a constant."""
        return Compared("gt", self, _expression(other))

    def below(self, other: object) -> Compared:
        """Return whether it is less or earlier."""
        return Compared("lt", self, _expression(other))

    def at_most(self, other: object) -> Compared:
        """Return whether it is no more and no later."""
        return Compared("le", self, _expression(other))

    def plus(self, length: timedelta) -> Later:
        """Return the instant that lies a length after it."""
        return Later(self, length)

    def __and__(self, other: Expression) -> All:
        return All((self, other))

    def __or__(self, other: Expression) -> AnyOf:
        return AnyOf((self, other))

    def __invert__(self) -> Not:
        return Not(self)


@frozen
class Constant(Expression):
    """The same value for every ticket: a flag, a whole number, a length or an instant."""

    value: bool | int | timedelta | datetime

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        value = self.value
        return lambda _: value


def _expression(value: object) -> Expression:
    if isinstance(value, Expression):
        return value
    assert isinstance(value, bool | int | timedelta)  # noqa: S101 - definitions give no other
    return Constant(value)


@frozen
class Fact(Expression):
    """A fact of `SCALARS`, by name."""

    name: str

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        return _FACTS.get(self.name) or attrgetter(self.name)


@frozen
class FieldNow(Expression):
    """A field as it is at the instant of the facts."""

    name: str

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        name = self.name
        return lambda ticket: ticket.fields.get(name)


@frozen
class CameBack(Expression):
    """Whether a requester opened another ticket on the same topic, after an instant to another.

    Attributes:
        start: from when on, itself excluded.
        end: until when, itself included.
        contacts: when each requester made contact on each topic, in microseconds, ascending:
            of records alone, since columns hold all tickets themselves.
        shared: requesters that are several people, who are nobody's.
    """

    start: Expression
    end: Expression
    contacts: Mapping[tuple[Any, Any], Sequence[int]] = field(eq=False, repr=False)
    shared: tuple[str, ...]

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        start, end, contacts = self.start.closure(), self.end.closure(), self.contacts

        def came_back(ticket: Facts) -> bool:
            fields = ticket.fields
            again = contacts.get((fields.get("requester"), fields.get("topic")), ())
            place = bisect_right(again, micros(start(ticket)))
            return place < len(again) and again[place] <= micros(end(ticket))

        return came_back


@frozen
class Truth(Expression):
    """Whether a value is one that Python takes for true."""

    part: Expression

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        part = self.part.closure()
        return lambda ticket: bool(part(ticket))


@frozen
class Known(Expression):
    """Whether a value is known."""

    part: Expression

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        part = self.part.closure()
        return lambda ticket: part(ticket) is not None


@frozen
class IsIn(Expression):
    """Whether a word is one of some."""

    part: Expression
    values: tuple[Any, ...]

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        part, values = self.part.closure(), self.values
        if self.part == Fact("category"):  # asked of every ticket, so without a call between
            return lambda ticket: ticket.history[-1][1] in values
        return lambda ticket: part(ticket) in values


@frozen
class Compared(Expression):
    """Whether two instants, lengths or numbers stand in an order; not where one is not known.

    Attributes:
        order: the name of a comparison in the module `operator`.
        left: the one.
        right: the other.
    """

    order: str
    left: Expression
    right: Expression

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        compare, left = getattr(operator, self.order), self.left.closure()
        if isinstance(self.left, Count) and isinstance(self.right, Constant):
            constant = self.right.value
            if constant == 0 and self.order == "eq":
                entries = self.left.entries.closure()
                return lambda ticket: not entries(ticket)
            return lambda ticket: compare(left(ticket), constant)
        right = self.right.closure()

        def compared(ticket: Facts) -> bool:
            one = left(ticket)
            if one is None:
                return False
            other = right(ticket)
            return other is not None and compare(one, other)

        return compared


@frozen
class Not(Expression):
    """Whether something does not hold."""

    part: Expression

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        if isinstance(self.part, Known):
            known = self.part.part.closure()
            return lambda ticket: known(ticket) is None
        if isinstance(self.part, IsIn):
            word, values = self.part.part.closure(), self.part.values
            return lambda ticket: word(ticket) not in values
        part = self.part.closure()
        return lambda ticket: not part(ticket)


@frozen
class All(Expression):
    """Whether all of some hold."""

    parts: tuple[Expression, ...]

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        parts = [part.closure() for part in self.parts]
        if len(parts) == 2:
            first, second = parts
            return lambda ticket: first(ticket) and second(ticket)
        return lambda ticket: all(part(ticket) for part in parts)


@frozen
class AnyOf(Expression):
    """Whether any of some holds."""

    parts: tuple[Expression, ...]

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        parts = [part.closure() for part in self.parts]
        if len(parts) == 2:
            first, second = parts
            return lambda ticket: first(ticket) or second(ticket)
        return lambda ticket: any(part(ticket) for part in parts)


@frozen
class Either(Expression):
    """The first of two values that is known."""

    first: Expression
    second: Expression

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        first, second = self.first.closure(), self.second.closure()

        def either(ticket: Facts) -> Any:  # noqa: ANN401 - as its parts
            value = first(ticket)
            return second(ticket) if value is None else value

        return either


@frozen
class When(Expression):
    """A value where something holds, another elsewhere; None stands for nothing."""

    test: Expression
    value: Expression
    other: Expression | None = None

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        test, value = self.test.closure(), self.value.closure()
        other = _nothing if self.other is None else self.other.closure()
        return lambda ticket: value(ticket) if test(ticket) else other(ticket)


def _nothing(_: Facts) -> None:
    return None


@frozen
class Later(Expression):
    """The instant that lies a length after another.

    Attributes:
        start: the other.
        length: how much later.
        bounded: whether what lies beyond the year 9999 is the last instant of it.

    Raises:
        OutOfRange: it lies beyond the year 9999, and is not bounded.
    """

    start: Expression
    length: timedelta
    bounded: bool = False

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        start, length, bounded = self.start.closure(), self.length, self.bounded

        def later(ticket: Facts) -> datetime | None:
            at = start(ticket)
            if at is None:
                return None
            try:
                found: datetime = at + length  # exact: instants of facts are in UTC
            except OverflowError:
                return instant(LAST) if bounded else moved(at, length)
            return found

        return later


@frozen
class Open(Expression):
    """The opening hours of a calendar between two instants."""

    start: Expression
    end: Expression
    calendar: BusinessCalendar

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        start, end, elapsed = self.start.closure(), self.end.closure(), self.calendar.elapsed
        return lambda ticket: elapsed(start(ticket), end(ticket))


def _itself(entry: object) -> object:
    return entry


def _first_of(entry: tuple[Any, Any]) -> object:
    return entry[0]


def _second_of(entry: tuple[Any, Any]) -> object:
    return entry[1]


_PAIRS = ("history", "statuses")
_PLAIN = ("reopenings", "groups", "lines", "agents", "ratings_requested")


def _part_of(name: str, part: str) -> Callable[[Any], Any]:
    """Return what reads a part of an entry of a list of a record."""
    if name in _PLAIN:
        return _itself
    if name in _PAIRS:
        return _first_of if part == "at" else _second_of
    return attrgetter(part)


@frozen
class Entries:
    """Some entries of a list of facts.

    Attributes:
        name: of the list, as in `LISTS`.
        part: whose value is asked by `values` and `after`.
        values: what the part is of the entries that are meant; all entries if empty.
        after: only entries after the first one whose part is one of these, of which `First`
            takes the first; all entries if empty.
        until: only entries at or before an instant; all if None.
    """

    name: str
    part: str = ""
    values: tuple[Any, ...] = ()
    after: tuple[Any, ...] = ()
    until: Expression | None = None

    def closure(self) -> Callable[[Facts], Sequence[Any]]:
        """Return the function of a record that finds them."""
        entries = attrgetter(self.name)
        part, values = _part_of(self.name, self.part), self.values
        if self.until is not None:
            until, at = self.until.closure(), _part_of(self.name, "at")
            return lambda ticket: _early(entries(ticket), at, until(ticket))
        if values:
            return lambda ticket: [entry for entry in entries(ticket) if part(entry) in values]
        return entries


def _early(entries: Iterable[Any], at: Callable[[Any], Any], end: datetime | None) -> list[Any]:
    return [entry for entry in entries if end is not None and at(entry) <= end]


@frozen
class Count(Expression):
    """How many entries there are."""

    entries: Entries

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        entries = self.entries.closure()
        return lambda ticket: len(entries(ticket))


@frozen
class First(Expression):
    """A part of the first entry; nothing without one."""

    entries: Entries
    part: str

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        of = self.entries
        entries, part = attrgetter(of.name), _part_of(of.name, self.part)
        asked, values, after = _part_of(of.name, of.part), of.values, of.after

        def first(ticket: Facts) -> Any:  # noqa: ANN401 - as the part
            for entry in entries(ticket):
                if asked(entry) in values:
                    return part(entry)
            return None

        def later(ticket: Facts) -> Any:  # noqa: ANN401 - as the part
            begun = False
            for entry in entries(ticket):
                kind = asked(entry)
                if begun:
                    if kind in values:
                        return part(entry)
                elif kind in after:
                    begun = True
            return None

        return later if after else first


@frozen
class Last(Expression):
    """A part of the last entry of a list; nothing without one.

    Attributes:
        name: of the list.
        part: which part.
        until: only of the entries at or before an instant; of all if None.
    """

    name: str
    part: str
    until: Expression | None = None

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        if self.until is None:
            return self._find
        until = self.until.closure()
        return lambda ticket: self._at(ticket, until(ticket))

    def _at(self, ticket: Facts, until: datetime) -> Any:  # noqa: ANN401 - as the part
        found = getattr(ticket, self.name)
        place = bisect_right(found, until, key=_part_of(self.name, "at"))
        return _part_of(self.name, self.part)(found[place - 1]) if place else None

    def _find(self, ticket: Facts) -> Any:  # noqa: ANN401 - as the part
        found = getattr(ticket, self.name)
        return _part_of(self.name, self.part)(found[-1]) if found else None


@frozen
class Distinct(Expression):
    """How many different entries a list of plain values has."""

    name: str

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        entries = attrgetter(self.name)
        return lambda ticket: len(set(entries(ticket)))


@frozen
class Changes(Expression):
    """How often a list of plain values goes on to another entry."""

    name: str

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        entries = attrgetter(self.name)
        return lambda ticket: max(len(entries(ticket)) - 1, 0)


@frozen
class Pairs(Expression):
    """How many entries of a list of plain values compare so with the entry some places before.

    Attributes:
        name: of the list.
        order: the name of a comparison in the module `operator`, of the later with the earlier.
        apart: how many places.
    """

    name: str
    order: str
    apart: int

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        return self._count

    def _count(self, ticket: Facts) -> int:
        found, apart = getattr(ticket, self.name), self.apart
        if len(found) <= apart:
            return 0
        return sum(map(getattr(operator, self.order), found[apart:], found))


WORK = ("reply", "note")
"""The kinds of acts that are work of an agent."""


@frozen
class Sessions(Expression):
    """How many sessions of work there are, those on tickets merged into it included.

    A session is replies and notes of one agent, no gap longer than `gap` between them and no
    other agent's in between.
    """

    gap: timedelta

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        return self._count

    def _count(self, ticket: Facts) -> int:
        found = self._sessions(ticket)
        return found + sum(map(self._sessions, ticket.merged)) if ticket.merged else found

    def _sessions(self, ticket: Facts) -> int:
        gap, work = self.gap, [act for act in ticket.acts if act.kind in WORK]
        breaks = sum(a.agent != b.agent or b.at - a.at > gap for a, b in pairwise(work))
        return breaks + bool(work)


@frozen
class AnyUnknownWrote(Expression):
    """Whether anybody whose role nobody told wrote on it or on a ticket merged into it."""

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        return lambda ticket: (
            ticket.unknown_wrote is not None
            or any(part.unknown_wrote is not None for part in ticket.merged)
        )


@frozen
class Effort(Expression):
    """The effort on it and on the tickets merged into it; nothing where none was recorded."""

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""

        def effort(ticket: Facts) -> timedelta | None:
            if not ticket.merged:
                return ticket.worked
            found = [part.worked for part in ticket.with_merged if part.worked is not None]
            return sum(found, timedelta()) if found else None

        return effort


@frozen
class LineCosts(Expression):
    """What the distinct lines of it, and of each ticket merged into it, cost; nothing without any.

    Attributes:
        costs: of a ticket on each line, whole or exact.
        missing: returns the error for a line without a cost.
    """

    costs: Mapping[int, int | Fraction]
    missing: Callable[[int], Exception]

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        return self._cost

    def _cost(self, ticket: Facts) -> int | Fraction | None:
        costs, held = self.costs, [*set(ticket.lines)]
        held += (line for part in ticket.merged for line in set(part.lines))
        for line in held:
            if line not in costs:
                raise self.missing(line)
        return sum(costs[line] for line in held) if held else None


@frozen
class Answered(Expression):
    """The last answer of a ticket to a survey, or the last that belongs to a period.

    Attributes:
        kind: of the survey.
        since: in microseconds; from the first answer on if None.
        until: in microseconds, itself excluded; to the last answer if None.
        by_solution: whether an answer belongs to the solution before it, not to when it came.
    """

    kind: str
    since: int | None = None
    until: int | None = None
    by_solution: bool = False

    def closure(self) -> Callable[[Facts], Rating | None]:
        """Return the function of a record that finds it."""
        if self.since is None and self.until is None:
            kind = self.kind
            return lambda ticket: ticket.rating(kind) if ticket.ratings else None
        return self._find

    def _find(self, ticket: Facts) -> Rating | None:
        for rating in reversed(ticket.ratings):
            if rating.kind == self.kind and self._inside(rating):
                return rating
        return None

    def _inside(self, rating: Rating) -> bool:
        dated = rating.solved if self.by_solution else rating.at
        if dated is None:
            return False
        at = micros(dated)
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


class Items(Expression):
    """Times to be measured: a tuple of stretches each, or a duration; or a code in its place."""

    __slots__ = ()


@frozen
class Stretch(Items):
    """The time from one instant to another, less its stays in some categories.

    Nothing where its end is not known; where that is, its start is, too.
    """

    start: Expression
    end: Expression
    less: tuple[str, ...] = ()

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        start, end, less = self.start.closure(), self.end.closure(), self.less

        def whole(ticket: Facts) -> tuple[Any, ...] | None:
            b = end(ticket)
            return None if b is None else (((start(ticket), b),),)

        if not less:
            return whole

        def left(ticket: Facts) -> tuple[Any, ...] | None:
            a, b = start(ticket), end(ticket)
            if b is None:
                return None
            stays = ticket.spells(less, until=b)
            return (tuple(_without(a, b, stays)),) if stays else (((a, b),),)

        return left


def _without(
    start: datetime, end: datetime, stays: Iterable[tuple[datetime, datetime]]
) -> Iterable[tuple[datetime, datetime]]:
    """Yield what is left of a time without some stretches, which are in order."""
    for a, b in stays:
        if start < a < end:
            yield start, a
        start = max(start, b)
    if start < end:
        yield start, end


@frozen
class Stays(Items):
    """The time in some categories up to an instant; nothing where that is not known."""

    categories: tuple[str, ...]
    end: Expression

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        categories, end = self.categories, self.end.closure()

        def stays(ticket: Facts) -> tuple[Any, ...] | None:
            until = end(ticket)
            return None if until is None else (ticket.spells(categories, until=until),)

        return stays


@frozen
class Length(Items):
    """A duration that needs no clock; nothing where it is not known."""

    part: Expression

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        part = self.part.closure()

        def length(ticket: Facts) -> tuple[timedelta] | None:
            found = part(ticket)
            return None if found is None else (found,)

        return length


@frozen
class Waits(Items):
    """Each waiting period of the customer that was answered, or why it was not."""

    further: bool = False
    """Whether those before the first reply are left out."""

    def closure(self) -> Ask:
        """Return the function of a record that answers it."""
        further = self.further

        def waits(ticket: Facts) -> list[Any]:
            return [
                "waiting"
                if wait.end is None
                else "solved_without_reply"
                if wait.outcome == "solved"
                else ((wait.start, wait.end),)
                for wait in ticket.waits
                if not (further and wait.first)
            ]

        return waits


class Question(Expression):
    """A question about a ticket: it is a function of a record, made when it is first asked."""

    __slots__ = ()
    _ask: Ask | None

    def closure(self, *, items: bool = False) -> Ask:
        """Return the function of a record: what is answered, a code, or None where not asked."""
        raise NotImplementedError

    @property
    def ask(self) -> Ask:
        """The function of a record."""
        if self._ask is None:
            object.__setattr__(self, "_ask", self.closure())
        assert self._ask is not None  # noqa: S101 - just made
        return self._ask

    def __call__(self, ticket: Facts) -> Any:  # noqa: ANN401 - as its expression
        """Answer for one record."""
        return self.ask(ticket)


@frozen
class Rules(Question):
    """Conditions in order with what each leads to, else an answer.

    Attributes:
        cases: condition and outcome: a code, an answer, or None where the ticket is not asked.
        value: the answer where no condition holds.
        unknown: the outcome where that answer is not known; None where it always is.
    """

    cases: tuple[tuple[Expression, Outcome], ...]
    value: str | Expression
    unknown: str | Expression | None = None
    _ask: Ask | None = field(default=None, init=False, eq=False, repr=False)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return Rules, (self.cases, self.value, self.unknown)

    @property
    def measures(self) -> bool:
        """Whether it answers with times to be measured."""
        value = self.value
        return value.measures if isinstance(value, Rules) else isinstance(value, Items)

    def closure(self, *, items: bool = False) -> Ask:
        """Return the function of a record; a code is a tuple of its own among times."""
        items = items or self.measures
        if isinstance(self.value, Rules) and self.unknown is None:  # one list of cases
            inner = self.value
            return Rules((*self.cases, *inner.cases), inner.value, inner.unknown).closure(
                items=items
            )
        cases = [(test.closure(), _outcome(then, items=items)) for test, then in self.cases]
        value = _outcome(self.value, items=items)
        if self.unknown is not None:
            value = _or(value, _outcome(self.unknown, items=items))

        def ask(ticket: Facts) -> Any:  # noqa: ANN401 - as its outcomes
            for test, then in cases:
                if test(ticket):
                    return then(ticket)
            return value(ticket)

        return ask


def _outcome(then: Outcome, *, items: bool) -> Ask:
    if isinstance(then, Question):
        return then.closure(items=items)
    if isinstance(then, Expression):
        return then.closure()
    if then is None:
        return _nothing
    code = (then,) if items else then
    return lambda _: code


def _or(value: Ask, unknown: Ask) -> Ask:
    def known(ticket: Facts) -> Any:  # noqa: ANN401 - as the value
        found = value(ticket)
        return unknown(ticket) if found is None else found

    return known


@frozen
class Reading(Question):
    """What an answer to a survey is worth; a ticket without one is not asked.

    Attributes:
        answer: which answer.
        worth: of a score and its scale, both as given; None where the scale does not fit.
        scale: the only scale that fits; None where each does.
        misfit: the code of an answer whose scale does not fit.
    """

    answer: Answered
    worth: Callable[[float, tuple[float, float]], Any]
    scale: tuple[float, float] | None
    misfit: str
    _ask: Ask | None = field(default=None, init=False, eq=False, repr=False)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return Reading, (self.answer, self.worth, self.scale, self.misfit)

    def read(self, score: float, scale: tuple[float, float]) -> Any:  # noqa: ANN401 - as its worth
        """Return what a score is worth; None where its scale does not fit."""
        return self.worth(score, scale) if self.scale in (None, scale) else None

    def closure(self, *, items: bool = False) -> Ask:
        """Return the function of a record."""
        assert not items  # noqa: S101 - an answer is no time
        find, read, misfit = self.answer.closure(), self.read, self.misfit

        def ask(ticket: Facts) -> Any:  # noqa: ANN401 - as its worth
            rating = find(ticket)
            if rating is None:
                return None
            found = read(rating.score, rating.scale)
            return misfit if found is None else found

        return ask


@frozen
class ScaleOf(Question):
    """The scale of an answer: (lowest, highest)."""

    answer: Answered
    _ask: Ask | None = field(default=None, init=False, eq=False, repr=False)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return ScaleOf, (self.answer,)

    def closure(self, *, items: bool = False) -> Ask:
        """Return the function of a record."""
        assert not items  # noqa: S101 - a scale is no time
        find = self.answer.closure()

        def scale(ticket: Facts) -> tuple[float, float] | None:
            rating = find(ticket)
            return None if rating is None else rating.scale

        return scale


CREATED, AS_OF, CREATED_BY = Fact("created"), Fact("as_of"), Fact("created_by")
SOLVED, EVER_SOLVED = Fact("solved"), Fact("ever_solved")
FIRST_SOLVE, LAST_SOLVE = Fact("first_solve"), Fact("last_solve")
SNAPSHOT, CUT = Fact("snapshot"), Fact("cut")
UNKNOWN_WROTE, UNKNOWN_ACTED = Fact("unknown_wrote"), Fact("unknown_acted")
CONTACT = Fact("contact")
NEVER_REOPENED = Count(Entries("reopenings")).equals(0)
UNSOLVED = Rules(((EVER_SOLVED, "no_solution_recorded"),), "unsolved")
"""Why it is not known when a ticket was solved."""
NOT_SOLVED = Rules(((FIRST_SOLVE.known, "open_again"),), UNSOLVED)
"""Why a ticket is left out that is not solved now, or was solved at an unknown time."""
VOID = Fact("category").is_in("void")
POPULATION = ((VOID, "void"),)
"""Void tickets are left out of every figure."""
HISTORY = (*POPULATION, (SNAPSHOT, "not_stated"))
"""Present values are left out of those that ask for what came before, too."""
UNKNOWN = (None, "", "?")
"""Of whom nobody knows who it is: requesters and topics."""
