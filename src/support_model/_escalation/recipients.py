"""Whom an escalation means: lines, groups, managers and on-call plans resolved by data.

A target is text, so that plans stay data: "user:ann", "assignee", "line:2", "group:billing",
"manager:1" (of the assignee; 2 is that one's manager), "oncall:primary" (who is on call),
"oncall:primary:next" (who is on call after them). Nobody is an answer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from attrs import field

from support_model._frozen import FrozenMap, derived, frozen, words
from support_model._time import FIRST, instant, micros
from support_model.errors import InvalidEscalation, ManagerCycle, nearest
from support_model.oncall import Roster
from support_model.tickets import micros_at, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from support_model.events import Event
    from support_model.oncall import OnCall


MembersByName: TypeAlias = Mapping[str, tuple[str, ...]]
NEXT = ":next"
RECIPIENT_KINDS = ("assignee", "group", "line", "manager", "oncall", "user")


def _must_map(given: object, example: str) -> None:
    if not isinstance(given, Mapping):
        raise InvalidEscalation(given, "a directory has names for names", f"give {example}")


def _people(given: Mapping[str, Iterable[str]]) -> MembersByName:
    _must_map(given, "{'desk': ['ann']}")
    return FrozenMap({name: words(people) for name, people in given.items()})


def _agents(given: Iterable[str] | None) -> frozenset[str] | None:
    return None if given is None else frozenset(words(given))


def _managers(given: Mapping[str, str]) -> Mapping[str, str]:
    _must_map(given, "{'ann': 'mia'}")
    return FrozenMap(given)


@frozen
class NotKnownYet:
    """An answer that a compiled roster does not hold: the roster holds [start, end)."""

    roster: str
    start: datetime
    end: datetime


@frozen(kw_only=True)
class Directory:
    """Who works where and for whom.

    Attributes:
        lines: people of a line, by its number or name as text.
        groups: people of a group.
        managers: who manages whom: {"ann": "mia"}.
        on_call: plans or compiled rosters by name.
        agents: who works here, if that is known: an assignee who does not is nobody.

    Raises:
        ManagerCycle: people who manage each other in a circle.
        InvalidEscalation: people of groups, of lines or above others that are no mapping.

    Example:
        >>> directory = Directory(managers={"ann": "mia", "mia": "max"}, groups={"desk": ["ann"]})
        >>> directory.managers_of("ann")
        ('mia', 'max')
    """

    lines: MembersByName = field(factory=dict, converter=_people)
    groups: MembersByName = field(factory=dict, converter=_people)
    managers: Mapping[str, str] = field(factory=dict, converter=_managers)
    on_call: Mapping[str, OnCall | Roster] = field(factory=FrozenMap)
    agents: frozenset[str] | None = field(default=None, converter=_agents)

    @derived
    def members(self) -> MembersByName:
        """The people of each line and group, by the target that means it."""
        parts = {"line": self.lines, "group": self.groups}
        return FrozenMap(
            {f"{kind}:{name}": people for kind, of in parts.items() for name, people in of.items()}
        )

    @managers.validator
    def _form_no_circle(self, _: object, managers: Mapping[str, str]) -> None:
        cleared: set[str] = set()
        for person in managers:
            path: dict[str, None] = {}
            above: str | None = person
            while above is not None and above not in cleared:
                if above in path:
                    names = list(path)
                    circle = " -> ".join([*names[names.index(above) :], above])
                    raise ManagerCycle(circle, "managers in a circle", "let one be the top")
                path[above] = None
                above = managers.get(above)
            cleared.update(path)

    def managers_of(self, person: str) -> tuple[str, ...]:
        """Return the managers above a person, the nearest first."""
        return tuple(_above(self.managers, person))

    def check(self, target: str) -> None:
        """Refuse a target that cannot be read, or names what the directory does not have.

        Raises:
            InvalidEscalation: it names the nearest kind, line, group or plan.
        """
        kind, _, name = target.partition(":")
        if kind not in RECIPIENT_KINDS:
            raise InvalidEscalation(
                target, "unknown kind of target", nearest(kind, RECIPIENT_KINDS)
            )
        known = {"group": self.groups, "line": self.lines, "oncall": self.on_call}.get(kind)
        if known is not None and name not in known and not self._is_next(kind, name):
            raise InvalidEscalation(target, f"unknown {kind}", nearest(name, known))
        if kind == "manager" and not (name.isascii() and name.isdigit() and int(name)):
            raise InvalidEscalation(target, "which manager is unclear", "write 'manager:1'")
        if kind == "user" and not name:
            raise InvalidEscalation(target, "which user is unclear", "write 'user:ann'")

    def _is_next(self, kind: str, name: str) -> bool:
        return kind == "oncall" and name.endswith(NEXT) and name.removesuffix(NEXT) in self.on_call

    def resolver(
        self,
        assignee: Callable[[datetime], str | None] = lambda at: None,  # noqa: ARG005 - a resolver takes it
    ) -> Resolver:
        """Return who a target means at an instant, given who is assigned when.

        Example:
            >>> from datetime import UTC, datetime
            >>> directory = Directory(managers={"ann": "mia"})
            >>> who = directory.resolver(lambda at: "ann")
            >>> who("manager:1", datetime(2026, 3, 2, tzinfo=UTC))
            ('mia',)
        """
        return Resolver(self, assignee)


@frozen
class Resolver:
    """Who a target means at an instant, by a directory and who is assigned when."""

    directory: Directory
    assignee: Callable[[datetime], str | None] = field(repr=False)

    def __call__(self, target: str, at: datetime) -> tuple[str, ...] | NotKnownYet:
        """Return the people; nobody is an answer, and so is that it is not known yet.

        Raises:
            InvalidEscalation: a target that means nothing here.
        """
        directory = self.directory
        people = directory.members.get(target)
        if people is not None:
            return people
        kind, _, name = target.partition(":")
        if kind != "assignee":
            directory.check(target)
        else:
            person = self.assignee(at)
            foreign = directory.agents is not None and person not in directory.agents
            return () if person is None or foreign else (person,)
        if kind == "manager":
            person, n = self.assignee(at), int(name)
            above = () if person is None else _above(directory.managers, person)
            return tuple(islice(above, n - 1, n))
        if kind == "oncall":
            return _on_call(directory.on_call, name, at)
        return (name,)  # "user:ann"

    def same_from(self, target: str) -> datetime | None:
        """Return an instant from which the answer is always the same; None if it may change."""
        kind = target.partition(":")[0]
        if kind == "oncall":
            return None
        if kind in ("assignee", "manager"):
            return self.assignee.since if isinstance(self.assignee, Assignee) else None
        return instant(FIRST)


def _above(managers: Mapping[str, str], person: str) -> Iterator[str]:
    above = managers.get(person)
    while above is not None:
        yield above
        above = managers.get(above)


def _on_call(
    plans: Mapping[str, OnCall | Roster], name: str, at: datetime
) -> tuple[str, ...] | NotKnownYet:
    following = name not in plans
    plan = plans[name.removesuffix(NEXT) if following else name]
    if not isinstance(plan, Roster):
        return tuple(sorted((plan.next_crew(at) or ()) if following else plan.who(at)))
    beyond = NotKnownYet(plan.name, instant(plan.start), instant(plan.end))
    if not plan.start <= micros(at) < plan.end:
        return beyond
    crew = plan.next_crew(at) if following else plan.who(at)
    return beyond if crew is None else tuple(sorted(crew))


class Assigned(NamedTuple):
    """From when somebody, or nobody, is assigned."""

    at: int
    agent: str | None


@frozen
class Assignee:
    """Who is assigned to a ticket at an instant.

    Attributes:
        changes: instants in microseconds, and who is assigned from each of them.
    """

    changes: tuple[Assigned, ...]

    def __call__(self, at: datetime) -> str | None:
        """Return the agent at an instant; None if nobody is assigned."""
        before = bisect_right(self.changes, micros(at), key=lambda row: row[0])
        return self.changes[before - 1][1] if before else None

    @property
    def since(self) -> datetime:
        """The instant of the last change."""
        return instant(self.changes[-1][0] if self.changes else FIRST)


def assignees(events: Iterable[Event]) -> Assignee:
    """Return who is assigned to a ticket at an instant, by its events; later ones foretell.

    Raises:
        InconsistentLog: the events are no log of one ticket.
    """
    moves = (now for now in steps(events) if "agent" in now.changed)
    return Assignee(tuple([Assigned(micros_at(now), now.after.agent) for now in moves]))
