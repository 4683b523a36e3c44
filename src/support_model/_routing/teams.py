"""A team: agents checked as a whole and compiled once, so that many questions are cheap.

Agents are in the order of their ids, so no answer depends on the order in which they were
given; each has a seat, which holds in integers what the checks read.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import field

from support_model._frozen import FrozenMap, derived, frozen
from support_model._routing.rules import as_number
from support_model._time import LAST, union, utc_zone
from support_model.errors import InvalidValue, ManagerCycle, UnknownAgent, nearest
from support_model.lines import Agent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from fractions import Fraction
    from zoneinfo import ZoneInfo

    from support_model._routing.rules import Routing


FOREVER = LAST + 1


@frozen
class Seat:
    """One agent in integers: what eligibility and ranking read."""

    agent: Agent
    id: str
    number: int
    line: int | None
    teams: frozenset[str]
    absences: tuple[int, ...]
    """Starts and ends in turn, sorted: an instant after an odd number of them is absent."""
    open_before: Callable[[int], int] | None = field(eq=False, repr=False)
    """The open time of the own calendar before an instant; None is always open."""
    skills: Mapping[str, tuple[int, int]]
    """Level, and the first microsecond at which it no longer counts."""
    units: int | Fraction | None
    places: Mapping[str, int]


def seat_of(agent: Agent, number: int) -> Seat:
    away = union(span.edges for span in agent.absences)
    ends = {skill.name: skill.ends(agent.tz) for skill in agent.skills.values()}
    return Seat(
        agent=agent,
        id=agent.id,
        number=number,
        line=agent.line,
        teams=agent.teams,
        absences=tuple([edge for span in away for edge in span]),
        open_before=None if agent.calendar is None else agent.calendar.timeline.open_before,
        skills={
            skill.name: (skill.level, FOREVER if (end := ends[skill.name]) is None else end)
            for skill in agent.skills.values()
        },
        units=None if agent.capacity.units is None else as_number(agent.capacity.units),
        places=agent.capacity.channels,
    )


def _sorted(given: Iterable[Agent]) -> tuple[Agent, ...]:
    agents = tuple(given)
    for agent in agents:
        if not isinstance(agent, Agent):
            raise InvalidValue(agent, "not an agent", "make one with Agent(id=...)")
    return tuple(sorted(agents, key=lambda agent: agent.id))


@frozen
class Team:
    """Agents as a whole, in the order of their ids.

    Raises:
        InvalidValue: something that is no agent, or an agent twice.
        ManagerCycle: people who manage each other in a circle.

    Example:
        >>> team = Team([Agent(id="bob", line=2), Agent(id="ann")])
        >>> [agent.id for agent in team], team["bob"].line
        (['ann', 'bob'], 2)
    """

    agents: tuple[Agent, ...] = field(converter=_sorted)

    @classmethod
    def of(cls, agents: Team | Iterable[Agent]) -> Team:
        """Return a team as it is, and agents as one."""
        return agents if isinstance(agents, Team) else cls(agents)

    def __attrs_post_init__(self) -> None:
        """Check that each is there once, and that managers make no circle."""
        for one, other in pairwise(self.agents):
            if one.id == other.id:
                raise InvalidValue(
                    one.id, "an agent is listed twice", "give each an id of its own"
                )
        _must_not_circle({agent.id: agent.manager for agent in self.agents})

    @derived
    def seats(self) -> tuple[Seat, ...]:
        """The agents as routing sees them."""
        return tuple([seat_of(agent, number) for number, agent in enumerate(self.agents)])

    @derived
    def by_id(self) -> Mapping[str, Seat]:
        """The seats by the id of their agents."""
        return FrozenMap({seat.id: seat for seat in self.seats})

    def __reduce__(self) -> tuple[type[Team], tuple[tuple[Agent, ...]]]:
        """Leave the seats out of pickles and copies: they are compiled again."""
        return Team, (self.agents,)

    def __iter__(self) -> Iterator[Agent]:
        return iter(self.agents)

    def __len__(self) -> int:
        return len(self.agents)

    def __contains__(self, agent: object) -> bool:
        return agent in self.by_id

    def __getitem__(self, agent: str) -> Agent:
        """Return an agent by id.

        Raises:
            UnknownAgent: there is no such agent.
        """
        return self.seat(agent).agent

    def seat(self, agent: str) -> Seat:
        """Return the seat of an agent; raises `UnknownAgent`."""
        seat = self.by_id.get(agent)
        if seat is None:
            raise UnknownAgent(agent, nearest(str(agent), self.by_id) if self.by_id else "add it")
        return seat

    @property
    def tz(self) -> ZoneInfo:
        """The zone of most calendars, UTC where there are none: for output."""
        zones = Counter(agent.tz for agent in self.agents if agent.calendar is not None)
        return min(zones, key=lambda tz: (-zones[tz], tz.key), default=utc_zone())

    def check(self, routing: Routing, *, lines: Collection[int] | None = None) -> None:
        """Raise where a routing names skills or lines that nobody here has.

        `lines` are those that exist; None are those on which somebody serves.

        Raises:
            InvalidRouting: an unknown skill or line, with the nearest known one.

        Example:
            >>> from support_model.routing import Fallback, Routing
            >>> from datetime import timedelta
            >>> rules = Routing(fallback=[Fallback(timedelta(minutes=30), 3)])
            >>> Team([Agent(id="ann", line=1)]).check(rules)
            Traceback (most recent call last):
            ...
            support_model.errors.InvalidRouting: unknown line: 3; known: 1
        """
        levels = {agent.line for agent in self.agents if agent.line is not None}
        held = {skill for agent in self.agents for skill in agent.skills}
        known = levels if lines is None else lines
        for _, error in routing.unknown_names(lines=known, skills=held):
            raise error


def _must_not_circle(manager: Mapping[str, str | None]) -> None:
    """Raise `ManagerCycle` where somebody is above themselves."""
    fine: set[str] = set()
    for start in manager:
        path: dict[str, None] = {}
        here: str | None = start
        while here is not None and here not in fine:
            if here in path:
                remedy = "give one of them another manager, or none"
                raise ManagerCycle(here, "people who manage each other in a circle", remedy)
            path[here] = None
            here = manager.get(here)
        fine.update(path)
