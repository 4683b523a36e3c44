"""Whom an escalation means: lines, groups, managers and on-call plans resolved by data.

A target is text, so that plans stay data: "user:ann", "assignee", "line:2", "group:billing",
"manager:1" (of the assignee; 2 is that one's manager), "oncall:primary" (who is on call),
"oncall:primary:next" (who is on call after them). Nobody is an answer.

Before this: `support_model.oncall`. Next: `support_model.escalation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from support_model.errors import InvalidEscalation, ManagerCycle, nearest
from support_model.frozen_maps import FrozenMap, frozen_map
from support_model.instants import micros
from support_model.tickets import steps

if TYPE_CHECKING:
    from datetime import datetime

    from support_model.duty.rosters import Roster
    from support_model.events import Event
    from support_model.oncall import OnCall

__all__ = ["Directory", "assignees"]

People: TypeAlias = Mapping[str, tuple[str, ...]]
NEXT = ":next"
KINDS = ("assignee", "group", "line", "manager", "oncall", "user")


def _people(given: Mapping[str, Iterable[str]]) -> People:
    return {name: tuple(people) for name, people in given.items()}


def _managers(given: Mapping[str, str]) -> Mapping[str, str]:
    return FrozenMap(given)


@frozen(kw_only=True)
class Directory:
    """Who works where and for whom.

    Attributes:
        lines: people of a line, by its number or name as text.
        groups: people of a group.
        managers: who manages whom: {"ann": "mia"}.
        on_call: plans or compiled rosters by name.

    Raises:
        ManagerCycle: people who manage each other in a circle.

    Example:
        >>> house = Directory(managers={"ann": "mia", "mia": "max"}, groups={"desk": ["ann"]})
        >>> house.managers_of("ann")
        ('mia', 'max')
    """

    lines: People = field(factory=dict, converter=_people)
    groups: People = field(factory=dict, converter=_people)
    managers: Mapping[str, str] = field(factory=dict, converter=_managers)
    on_call: Mapping[str, OnCall | Roster] = field(factory=FrozenMap, converter=frozen_map)

    def __attrs_post_init__(self) -> None:
        """Refuse managers in a circle."""
        for person in self.managers:
            seen = [person]
            while (above := self.managers.get(seen[-1])) is not None:
                if above in seen:
                    circle = " -> ".join([*seen[seen.index(above) :], above])
                    raise ManagerCycle(circle, "managers in a circle", "let one be the top")
                seen.append(above)

    def managers_of(self, person: str) -> tuple[str, ...]:
        """Return the managers above a person, the nearest first."""
        found: list[str] = []
        above = self.managers.get(person)
        while above is not None:
            found.append(above)
            above = self.managers.get(above)
        return tuple(found)

    def check(self, target: str) -> None:
        """Refuse a target that cannot be read, or names what the directory does not have.

        Raises:
            InvalidEscalation: it says which kinds, lines, groups or plans there are.
        """
        kind, _, name = target.partition(":")
        if kind not in KINDS:
            raise InvalidEscalation(target, "unknown kind of target", nearest(kind, KINDS))
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
        assignee: Callable[[datetime], str | None] = lambda at: None,  # noqa: ARG005
    ) -> Callable[[str, datetime], tuple[str, ...]]:
        """Return who a target means at an instant, given who is assigned when.

        Example:
            >>> from datetime import UTC, datetime
            >>> house = Directory(managers={"ann": "mia"})
            >>> who = house.resolver(lambda at: "ann")
            >>> who("manager:1", datetime(2026, 3, 2, tzinfo=UTC))
            ('mia',)
        """

        def resolve(target: str, at: datetime) -> tuple[str, ...]:
            self.check(target)
            kind, _, name = target.partition(":")
            if kind in ("assignee", "manager"):
                person = assignee(at)
                if person is None or kind == "assignee":
                    return () if person is None else (person,)
                return self.managers_of(person)[int(name) - 1 : int(name)]
            if kind == "oncall":
                if name in self.on_call:
                    return tuple(sorted(self.on_call[name].who(at)))
                return tuple(sorted(self.on_call[name.removesuffix(NEXT)].next_crew(at) or ()))
            if kind == "user":
                return (name,)
            return (self.lines if kind == "line" else self.groups)[name]

        return resolve


def assignees(events: Iterable[Event]) -> Callable[[datetime], str | None]:
    """Return who is assigned to a ticket at an instant, by its events; later ones foretell.

    Raises:
        InconsistentLog: the events are no log of one ticket.
    """
    known = [
        (micros(now.after.at), now.after.agent) for now in steps(events) if "agent" in now.changed
    ]

    def assignee(at: datetime) -> str | None:
        t = micros(at)
        return next((agent for since, agent in reversed(known) if since <= t), None)

    return assignee
