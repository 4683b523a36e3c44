"""Who answers: the five support lines, agents and their skills, as data.

Routing reads them to find who may take a ticket now, staffing to find how many are needed.

Line 1 registers and solves what is known, line 2 knows the product, line 3 its makers, lines
4 and 5 are outside: vendors and contractors, who come when called out, on terms. A contractor
who takes tickets is an agent of such a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from attrs import field
from attrs.validators import optional

from support_model._checks import (
    Number,
    checked_level,
    checked_load,
    checked_names,
    checked_positive,
    checked_whole,
    exact,
    named_by_text,
    valid,
)
from support_model._frozen import FrozenMap, frozen, words
from support_model._time import (
    Span,
    instant,
    instant_of_reading,
    micros,
    micros_of,
    timezone,
    utc_zone,
)
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, timedelta, tzinfo
    from fractions import Fraction
    from zoneinfo import ZoneInfo

    from support_model.calendars import BusinessCalendar

__all__ = ["Agent", "CallOut", "Capacity", "Skill", "SupportLine"]

HOUR_MICROS = 3_600_000_000


@frozen(kw_only=True)
class Skill:
    """What somebody can do, how well, and until when it is attested.

    Attributes:
        name: the technology, product, language or duty.
        level: 1 (knows it) and up.
        expires: the instant from which it no longer counts, or a date: the last one on which
            it does, in the holder's zone; None when it lasts.

    Raises:
        InvalidValue: a level below 1, an expiry that is neither.
        NaiveDatetime: an expiry without a zone.

    Example:
        >>> Skill(name="postgres", level=2)
        Skill(name='postgres', level=2, expires=None)
    """

    name: str
    level: int = field(default=1, validator=valid(checked_whole, "a skill level", least=1))
    expires: datetime | date | None = field(default=None)

    @expires.validator
    def _can_end(self, _: object, __: object) -> None:
        self.ends()

    def ends(self, tz: tzinfo = UTC) -> int | None:
        """Return the first microsecond at which it no longer counts for a holder in a zone."""
        if self.expires is None:
            return None
        if isinstance(self.expires, datetime):
            return micros(self.expires)
        try:
            following = self.expires.toordinal() + 1
        except AttributeError:
            raise InvalidValue(self.expires, "a skill expires at an instant or a date") from None
        return instant_of_reading(timezone(tz), following, 0)

    def counts(self, *, as_of: datetime, level: int = 1, tz: tzinfo = UTC) -> bool:
        """Return whether the skill is held at this level and not expired."""
        ends = self.ends(tz)
        return (ends is None or micros(as_of) < ends) and self.level >= level


def _by_name(given: Mapping[str, Skill] | Iterable[Skill | str]) -> Mapping[str, Skill]:
    """Return skills by name; a bare name is the skill at level 1."""
    skills = given.values() if isinstance(given, Mapping) else given
    if isinstance(skills, str):
        raise InvalidValue(skills, "skills are a list", f"give [{skills!r}]")
    made = [Skill(name=skill) if isinstance(skill, str) else skill for skill in skills]
    table = {skill.name: skill for skill in made}
    if len(table) != len(made):
        raise InvalidValue([skill.name for skill in made], "a skill is listed twice")
    return FrozenMap(table)


@frozen
class Capacity:
    """How much work one person takes at once: in weighted units, in items a channel, or both.

    Attributes:
        units: the most units over all channels together; None is no limit.
        channels: the most items by channel; a channel not named has no limit of its own.

    Raises:
        InvalidLoad: units that are negative or not finite.
        InvalidValue: a negative or broken number of items.

    Example:
        >>> Capacity(6, {"chat": 3, "phone": 1}).channels["chat"]
        3
    """

    units: Number | None = field(
        default=None, validator=optional(valid(checked_load, "a capacity"))
    )
    channels: Mapping[str, int] = field(factory=FrozenMap, hash=False)

    @channels.validator
    def _are_whole(self, _: object, channels: Mapping[str, int]) -> None:
        for channel, places in channels.items():
            checked_whole(places, f"a capacity on channel {channel!r}")


def _capacity(given: Capacity | Mapping[str, int]) -> Capacity:
    """Return a capacity; a mapping is items by channel."""
    if not isinstance(given, (Capacity, Mapping)):
        raise InvalidValue(given, "not a capacity", "give Capacity(units) or {'chat': 3}")
    return given if isinstance(given, Capacity) else Capacity(None, given)


def _spans(given: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans as a tuple."""
    spans = tuple(given)
    for span in spans:
        if not isinstance(span, Span):
            raise InvalidValue(span, "not a span", "give Span(start, end)")
    return spans


@frozen(kw_only=True)
class Agent:
    """Somebody who serves: on which line, with which skills, when, and how much at once.

    Attributes:
        id: the stable name.
        line: the support line, 1 to 5; None takes no ticket of a line.
        skills: skills by name; give them as `Skill` values or bare names.
        teams: groups of the line that the agent belongs to.
        calendar: own working hours; None means always.
        capacity: most work at once; a mapping is items by channel; by default no limit.
        absences: spans away from work, such as holidays, sickness and training.
        manager: the id of who is notified when this one cannot help.
        deputy: the id of who takes this one's tickets that come back during an absence.

    Raises:
        InvalidValue: no id, a line outside 1 to 5, a skill listed twice, a negative capacity,
            somebody as their own deputy.

    Example:
        >>> Agent(id="ann", line=2, skills=["linux", Skill(name="postgres", level=3)]).line
        2
    """

    id: str = field(validator=valid(named_by_text, "an agent"))
    line: int | None = field(default=1)
    skills: Mapping[str, Skill] = field(factory=dict, converter=_by_name, hash=False)
    teams: frozenset[str] = field(default=frozenset(), converter=checked_names)
    calendar: BusinessCalendar | None = None
    capacity: Capacity = field(factory=Capacity, converter=_capacity)
    absences: tuple[Span, ...] = field(default=(), converter=_spans)
    manager: str | None = None
    deputy: str | None = field(default=None)

    @line.validator
    def _is_level(self, _: object, line: int | None) -> None:
        if line is not None:
            checked_level(line)

    @deputy.validator
    def _is_another(self, _: object, deputy: str | None) -> None:
        if deputy == self.id:
            raise InvalidValue(deputy, "somebody is their own deputy", "name another")

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which this agent's dates are meant: the calendar's, or UTC."""
        return utc_zone() if self.calendar is None else self.calendar.tz

    def is_there(self, at: datetime) -> bool:
        """Return whether the agent is at work at an instant: in own hours and not absent.

        Example:
            >>> from datetime import UTC, datetime
            >>> from support_model.calendars import BusinessCalendar
            >>> from support_model.instants import Span
            >>> hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
            >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
            >>> ill = Span(noon, datetime(2026, 3, 3, tzinfo=UTC))
            >>> Agent(id="ann", calendar=hours).is_there(noon)
            True
            >>> Agent(id="ann", calendar=hours, absences=[ill]).is_there(noon)
            False
        """
        now = micros(at)
        if any(start <= now < end for start, end in (span.edges for span in self.absences)):
            return False
        return self.calendar is None or self.calendar.is_open(at)

    def can(self, skill: str, *, as_of: datetime, level: int = 1) -> bool:
        """Return whether the agent holds a skill at this level at this instant."""
        held = self.skills.get(skill)
        return held is not None and held.counts(as_of=as_of, level=level, tz=self.tz)


@frozen(kw_only=True)
class CallOut:
    """On which terms somebody outside comes: how soon, in which hours, for how much.

    Attributes:
        within: the time until they answer, in open time of `calendar`.
        calendar: the hours of the contract; None means around the clock.
        fee: charged for each call-out.
        per_hour: charged for the time worked.
        least: the shortest time that is charged.

    Raises:
        InvalidValue: `within` not above zero, a negative `least`.
        InvalidLoad: a price that is negative or not finite.

    Example:
        >>> from datetime import timedelta
        >>> vendor = CallOut(within=timedelta(hours=4), fee=150, per_hour=90,
        ...                  least=timedelta(hours=1))
        >>> vendor.cost(timedelta(minutes=20)), vendor.cost(timedelta(minutes=80))
        (Fraction(240, 1), Fraction(270, 1))
    """

    within: timedelta = field(validator=valid(checked_positive, "the time until they answer"))
    calendar: BusinessCalendar | None = None
    fee: Number = field(default=0, validator=valid(checked_load, "a price"))
    per_hour: Number = field(default=0, validator=valid(checked_load, "a price"))
    least: timedelta | None = field(default=None)

    @least.validator
    def _is_not_negative(self, _: object, least: timedelta | None) -> None:
        if least is not None and micros_of(least) < 0:
            raise InvalidValue(least, "a charged time is not negative")

    def due(self, called_at: datetime) -> datetime:
        """Return by when they must have answered a call.

        Raises:
            NoOpenTime: the contract's hours are proven to hold too little.
        """
        if self.calendar is not None:
            return self.calendar.add(called_at, self.within)
        return instant(micros(called_at) + micros_of(self.within), called_at.tzinfo or UTC)

    def cost(self, worked: timedelta) -> Fraction:
        """Return what a call-out of some working time costs, exactly."""
        charged = max(micros_of(worked), 0 if self.least is None else micros_of(self.least))
        return exact(self.fee) + exact(self.per_hour) * charged / HOUR_MICROS


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
        call_out: terms of a line that is outside; None for one's own.
        cost_per_hour: of one person at work; that of an outside line is in its terms.

    Raises:
        InvalidValue: a level outside 1 to 5.
        InvalidLoad: a cost that is negative or not finite.

    Example:
        >>> SupportLine(level=1, name="service desk", duties=("register", "classify")).level
        1
    """

    level: int = field(validator=valid(checked_level))
    name: str = ""
    duties: tuple[str, ...] = field(default=(), converter=words)
    qualifications: tuple[str, ...] = field(default=(), converter=words)
    zone: str = ""
    calendar: BusinessCalendar | None = None
    call_out: CallOut | None = None
    cost_per_hour: Number = field(default=0, validator=valid(checked_load, "a cost"))
