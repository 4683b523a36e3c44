"""Who answers: the five support lines, agents and their skills, as data.

Routing asks who may take a ticket now, staffing asks how many are needed; both read the same
values and neither changes them.

Line 1 registers and solves what is known, line 2 knows the product, line 3 its makers, lines
4 and 5 are outside: vendors and contractors, paid by the ticket.

Before this: `support_model.calendars`. Next: `support_model.line_flow`,
`support_model.coverage`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

from support_model.errors import InvalidValue
from support_model.instants import micros
from support_model.quantities import checked_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from support_model.calendars import BusinessCalendar

__all__ = ["LEVELS", "Agent", "Skill", "SupportLine"]

LEVELS = range(1, 6)


def checked_level(level: int) -> int:
    """Return a support line's number, 1 to 5."""
    if not isinstance(level, int) or isinstance(level, bool) or level not in LEVELS:
        raise InvalidValue(level, "a support line must be a whole number from 1 to 5")
    return level


@frozen(kw_only=True)
class Skill:
    """What somebody can do, how well, and until when it is attested.

    Attributes:
        name: the technology, product, language or duty.
        level: 1 (knows it) and up.
        expires: the instant from which it no longer counts; None when it lasts.

    Raises:
        InvalidValue: a level below 1.
        NaiveDatetime: an expiry without a zone.

    Example:
        >>> Skill(name="postgres", level=2)
        Skill(name='postgres', level=2, expires=None)
    """

    name: str
    level: int = 1
    expires: datetime | None = None

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        checked_whole(self.level, "a skill level", least=1)
        if self.expires is not None:
            micros(self.expires)

    def counts(self, *, as_of: datetime, level: int = 1) -> bool:
        """Tell whether the skill is held at this level and not expired."""
        fresh = self.expires is None or micros(as_of) < micros(self.expires)
        return fresh and self.level >= level


def by_name(given: Mapping[str, Skill] | Iterable[Skill | str]) -> Mapping[str, Skill]:
    """Return skills by name; a bare name is the skill at level 1."""
    skills = given.values() if isinstance(given, Mapping) else given
    made = [Skill(name=skill) if isinstance(skill, str) else skill for skill in skills]
    table = {skill.name: skill for skill in made}
    if len(table) != len(made):
        raise InvalidValue([skill.name for skill in made], "a skill is listed twice")
    return table


@frozen(kw_only=True)
class Agent:
    """Somebody who serves: on which line, with which skills, when, and how much at once.

    Attributes:
        id: the stable name.
        line: the support line, 1 to 5.
        skills: skills by name; give them as `Skill` values or bare names.
        teams: groups of the line that the agent belongs to.
        calendar: own working hours; None means always.
        capacity: most units of work at once, by channel; a channel not named takes none.

    Raises:
        InvalidValue: a line outside 1 to 5, a skill listed twice, a negative capacity.

    Example:
        >>> Agent(id="ann", line=2, skills=["linux", Skill(name="postgres", level=3)]).line
        2
    """

    id: str
    line: int = 1
    skills: Mapping[str, Skill] = field(factory=dict, converter=by_name, hash=False)
    teams: frozenset[str] = field(default=frozenset(), converter=frozenset)
    calendar: BusinessCalendar | None = None
    capacity: Mapping[str, float] = field(factory=dict, hash=False)

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        checked_level(self.line)
        for channel, units in self.capacity.items():
            if not units >= 0:
                raise InvalidValue(units, f"a capacity must be >= 0 (channel {channel!r})")

    def can(self, skill: str, *, as_of: datetime, level: int = 1) -> bool:
        """Tell whether the agent holds a skill at this level at this instant."""
        held = self.skills.get(skill)
        return held is not None and held.counts(as_of=as_of, level=level)


@frozen(kw_only=True)
class SupportLine:
    """One of the five lines: what it does, what it must know, when it works.

    Attributes:
        level: 1 to 5.
        name: as people call it.
        duties: what the line does.
        qualifications: skills that its people need.
        zone: what it is responsible for, and where that ends.
        calendar: its opening hours; None means around the clock.

    Raises:
        InvalidValue: a level outside 1 to 5.

    Example:
        >>> SupportLine(level=1, name="service desk", duties=("register", "classify")).level
        1
    """

    level: int
    name: str = ""
    duties: tuple[str, ...] = field(default=(), converter=tuple)
    qualifications: tuple[str, ...] = field(default=(), converter=tuple)
    zone: str = ""
    calendar: BusinessCalendar | None = None

    def __attrs_post_init__(self) -> None:
        """Check the level."""
        checked_level(self.level)
