"""How many people keep a seat filled: relief, shrinkage, availability, coverage, competence.

Numbers are taken as the decimal texts that they print as and stay rational until a person is
counted, so binary rounding adds and loses no person.

"Five per technology around the clock, two for office hours" is derived here, not assumed. A
`CoverageRule` has three independent conditions for every technology, and the largest answer is
the headcount: do the paid hours add up, can the rota respect the weekly cap, and is the crew
still complete when somebody is away. `competence_coverage` checks a team's skills against that.
"""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

from attrs import field
from attrs.validators import optional

from support_model._checks import (
    checked_load,
    checked_positive_share,
    checked_share,
    checked_whole,
    exact,
    valid,
)
from support_model._frozen import frozen
from support_model._time import micros, micros_of
from support_model.errors import InvalidValue, TargetUnreachable
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from support_model._checks import Number
    from support_model._sentences import Catalogue
    from support_model.calendars import BusinessCalendar
    from support_model.lines import Agent

WEEKS = 52
WORKDAYS = 5 * WEEKS
MOST_SPARE = 100  # beyond it a level of cover is out of reach in practice


def relief_factor(coverage_hours: Number, effective_hours: Number) -> Fraction:
    """Return how many people one seat takes: hours to cover over hours one person works.

    Both in hours of the same period. Round up for a headcount.

    Raises:
        InvalidValue: nobody works at all.

    Example:
        >>> relief_factor(168, 33.6)
        Fraction(5, 1)
    """
    checked_load(coverage_hours, "hours to cover")
    if not checked_load(effective_hours, "effective hours"):
        raise InvalidValue(effective_hours, "effective hours must be above zero")
    return exact(coverage_hours) / exact(effective_hours)


def effective_hours(
    contract: Number,
    *,
    leave: Number = 0,
    holidays: Number = 0,
    sick: Number = 0,
    training: Number = 0,
) -> Fraction:
    """Return the hours somebody is really there: contract hours less every paid absence.

    Raises:
        InvalidValue: more absence than contract.

    Example:
        >>> effective_hours(1979, leave=160, sick=48)
        Fraction(1771, 1)
    """
    parts = (contract, leave, holidays, sick, training)
    for hours in parts:
        checked_load(hours, "hours")
    rest = exact(contract) - sum(map(exact, parts[1:]))
    if rest < 0:
        raise InvalidValue(contract, "more hours of absence than of contract")
    return rest


def scheduled(agents: Number, *, shrinkage: Number) -> int:
    """Return how many people to schedule so that `agents` remain after shrinkage, exactly.

    Divides by the share that remains and rounds up the exact quotient of decimal texts.

    Example:
        >>> scheduled(21, shrinkage=0.30)
        30
    """
    checked_load(agents, "agents")
    return math.ceil(exact(agents) / (1 - exact(checked_share(shrinkage, "shrinkage"))))


def k_of_n(needed: int, headcount: int, *, availability: Number) -> Fraction:
    """Return the probability that at least `needed` of `headcount` are there, exactly.

    Each is there with probability `availability`, independently.
    """
    checked_whole(needed, "needed")
    checked_whole(headcount, "headcount")
    there = exact(checked_share(availability, "availability", full=True))
    ways = range(needed, headcount + 1)
    each = (comb(headcount, k) * there**k * (1 - there) ** (headcount - k) for k in ways)
    return sum(each, Fraction(0))


def planned_leave_coverage(
    needed: int, headcount: int, *, leave_weeks: Number, sick: Number
) -> Fraction:
    """Return the probability that at least `needed` are there when leave is spread evenly.

    Leave is planned so that it overlaps only when the year is too short for all of it;
    sickness strikes the others independently with probability `sick`.
    """
    checked_whole(headcount, "headcount")
    checked_share(sick, "sickness", full=True)
    if checked_load(leave_weeks, "weeks of leave") > WEEKS:
        raise InvalidValue(leave_weeks, "a year has 52 weeks of leave at most")
    away, rest = divmod(headcount * exact(leave_weeks), WEEKS)
    there = 1 - exact(sick)
    more = k_of_n(needed, headcount - away - 1, availability=there) if rest else Fraction(0)
    fewer = k_of_n(needed, headcount - away, availability=there)
    return (rest * more + (WEEKS - rest) * fewer) / WEEKS


def rotation_size(simultaneous: int, *, max_share: Number, sites: int = 1) -> int:
    """Return how many people a site's on-call rotation takes.

    `simultaneous` people are on call at any time (two: primary and secondary), nobody for
    more than `max_share` of the time; sites take turns and share the day evenly.

    Source: B. Beyer et al., Site Reliability Engineering, chapter 11 (the 25 % rule).
    """
    checked_whole(simultaneous, "people on call", least=1)
    checked_whole(sites, "sites", least=1)
    share = exact(checked_positive_share(max_share, "a share of time on call", full=True))
    return max(simultaneous, math.ceil(simultaneous / (share * sites)))


def on_call_share(simultaneous: int, *, headcount: int, sites: int = 1) -> Fraction:
    """Return the share of time that each of a site's `headcount` people is on call."""
    for count, name in ((simultaneous, "people on call"), (headcount, "people"), (sites, "sites")):
        checked_whole(count, name, least=1)
    return Fraction(simultaneous, headcount * sites)


@frozen(kw_only=True)
class PaidAbsence:
    """What keeps people from a seat although they are paid.

    Attributes:
        leave_weeks: planned leave a year, spread so that it does not overlap.
        holidays: public holidays a year, in working days.
        sick: share of working time lost to sickness.
        training: training and meetings a year, in working days.

    Raises:
        InvalidShare: sick outside [0, 1), or no working time left.

    Example:
        >>> round(float(PaidAbsence().share), 4)
        0.1581
    """

    leave_weeks: Number = field(default=4, validator=valid(checked_load, "an absence"))
    holidays: Number = field(default=12, validator=valid(checked_load, "an absence"))
    sick: Number = field(default=0.035, validator=valid(checked_share, "sickness"))
    training: Number = field(default=0, validator=valid(checked_load, "an absence"))

    @training.validator
    def _leaves_working_time(self, _: object, __: object) -> None:
        checked_share(self.share, "absence")

    @property
    def share(self) -> Fraction:
        """Share of paid time that is absent, of 260 working days a year."""
        days = 5 * exact(self.leave_weeks) + exact(self.holidays) + exact(self.training)
        return days / WORKDAYS + exact(self.sick)


@frozen(kw_only=True)
class Headcount:
    """How many people a coverage rule takes, and why.

    Attributes:
        people: in all technologies together.
        per_technology: in each.
        technologies: how many there are.
        conditions: people per technology by condition: hours balance, legality,
            availability.
        cover: probability that the crew of a technology is complete.
        uncovered_days: days a year, per technology, on which it is not.
        reasons: one sentence for each condition, in that order.
    """

    people: int
    per_technology: int
    technologies: int
    conditions: Mapping[str, int] = field(hash=False)
    cover: Fraction
    uncovered_days: float
    reasons: tuple[Reason, ...]

    @property
    def binding(self) -> tuple[str, ...]:
        """The conditions that need this many; the others need fewer."""
        return tuple(
            name for name, people in self.conditions.items() if people == self.per_technology
        )

    def __int__(self) -> int:
        return self.people

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return how many, what binds and what it covers, in the words of a catalogue."""
        said = Reason.of(
            "headcount",
            people=self.people,
            each=self.per_technology,
            condition=[name.replace(" ", "_") for name in self.binding],
            cover=self.cover,
            uncovered=self.uncovered_days,
        )
        return said.text(catalogue)

    def __str__(self) -> str:
        return self.text()

    def explain(self, catalogue: Catalogue | None = None) -> str:
        """Return each condition on a line of its own, in the words of a catalogue."""
        conditions = [reason.text(catalogue) for reason in self.reasons]
        return "\n".join([self.text(catalogue), *conditions])


def checked_hours(value: Number, name: str, *, most: int = 168) -> Number:
    """Return so many hours, or days, of a week."""
    if not 0 < checked_load(value, name) <= most:
        unit = "days" if most == 7 else "hours"
        raise InvalidValue(value, f"a week has more than 0 and at most {most} {unit}")
    return value


@frozen(kw_only=True)
class CoverageRule:
    """How a technology's seats are kept filled.

    Attributes:
        weekly_hours: hours a week that a seat is open; `CoverageRule.over` takes them from a
            calendar.
        weekly_days: days a week on which it is open.
        seats: people needed at the same time.
        contract_hours: hours a week that one person is paid for.
        weekly_cap: most hours a week that the law lets one person work on average.
        full_time: hours of a whole contract. Who has one works up to the cap; a part-time
            contract is a cap of its own.
        absence: what keeps people away.
        spare: how many of a technology's people may be away with the crew still complete.
        level: least probability of a complete crew; None is content with the spare.

    Raises:
        InvalidValue: hours that no week has, seats below 1, or nothing to divide by.

    Example:
        >>> print(ROUND_THE_CLOCK.headcount(technologies=3).explain())
        15 people (5 per technology); binds: hours balance, availability; crew complete 94.2% of \
the time, 21.2 uncovered days a year per technology
        hours balance: 168 h a week x 1 seats / 33.7 h that one person is there = 4.99, so 5
        legality: 168 h a week at most 48 h each = 4 people a seat, so 4
        availability: 4 needed and 1 may be away, so 5
    """

    weekly_hours: Number = field(validator=valid(checked_hours, "hours a week"))
    weekly_days: Number = field(default=7, validator=valid(checked_hours, "days a week", most=7))
    seats: int = field(default=1, validator=valid(checked_whole, "seats", least=1))
    contract_hours: Number = field(default=40, validator=valid(checked_hours, "hours a week"))
    weekly_cap: Number = field(default=48, validator=valid(checked_hours, "hours a week"))
    absence: PaidAbsence = field(factory=PaidAbsence)
    spare: int = field(default=1, validator=valid(checked_whole, "spare"))
    level: Number | None = field(
        default=None, validator=optional(valid(checked_share, "a level of cover"))
    )
    full_time: Number = field(default=40, validator=valid(checked_hours, "hours a week"))

    @classmethod
    def over(  # noqa: PLR0913 - the parts of the rule itself
        cls,
        calendar: BusinessCalendar,
        *,
        start: date,
        weeks: int = WEEKS,
        seats: int = 1,
        contract_hours: Number = 40,
        weekly_cap: Number = 48,
        absence: PaidAbsence | None = None,
        spare: int = 1,
        level: Number | None = None,
        full_time: Number = 40,
    ) -> CoverageRule:
        """Return the rule for a calendar's own hours, averaged over `weeks` from `start`.

        Holidays and daylight saving count as the calendar has them.

        Raises:
            InvalidValue: the calendar does not open in those weeks.
        """
        checked_whole(weeks, "weeks", least=1)
        days = [start + timedelta(days=k) for k in range(7 * weeks)]
        begin = datetime.combine(start, time(), tzinfo=calendar.tz)
        end = datetime.combine(days[-1] + timedelta(days=1), time(), tzinfo=calendar.tz)
        worked = Fraction(micros_of(calendar.elapsed(begin, end)), 3_600_000_000)
        opened = sum(calendar.open_time_on(day) > timedelta(0) for day in days)
        if not opened:
            raise InvalidValue(calendar, "the calendar does not open in these weeks")
        return cls(
            weekly_hours=min(worked / weeks, Fraction(168)),  # the hour of a clock change
            weekly_days=Fraction(opened, weeks),
            seats=seats,
            contract_hours=contract_hours,
            weekly_cap=weekly_cap,
            absence=PaidAbsence() if absence is None else absence,
            spare=spare,
            level=level,
            full_time=full_time,
        )

    @property
    def longest_week(self) -> Number:
        """Most hours a week that one person works: the cap, or a part-time contract."""
        if self.contract_hours < self.full_time:
            return min(self.contract_hours, self.weekly_cap)
        return self.weekly_cap

    def headcount(self, *, technologies: int = 1) -> Headcount:
        """Return how many people it takes, and which condition needs them.

        Technologies do not share people: who watches two of them is one seat of one.

        Raises:
            InvalidValue: a number of technologies that is not whole.
            TargetUnreachable: no crew reaches `level`.
        """
        checked_whole(technologies, "technologies")
        there = exact(self.contract_hours) * (1 - self.absence.share)
        balance = relief_factor(self.seats * exact(self.weekly_hours), there)
        longest = self.longest_week
        crews = math.ceil(exact(self.weekly_hours) / exact(longest))
        needed = self.seats * crews
        conditions = {
            "hours balance": math.ceil(balance),
            "legality": needed,
            "availability": self._available(needed),
        }
        people = max(conditions.values())
        cover = self._cover(needed, people)
        return Headcount(
            people=people * technologies,
            per_technology=people,
            technologies=technologies,
            conditions=conditions,
            cover=cover,
            uncovered_days=float((1 - cover) * exact(self.weekly_days) * 365 / 7),
            reasons=(
                Reason.of(
                    "hours_balance",
                    hours=exact(self.weekly_hours),
                    seats=self.seats,
                    there=there,
                    factor=balance,
                    people=conditions["hours balance"],
                ),
                Reason.of(
                    "legality",
                    hours=exact(self.weekly_hours),
                    cap=exact(longest),
                    crews=crews,
                    people=needed,
                ),
                Reason.of(
                    "availability",
                    needed=needed,
                    spare=self.spare,
                    people=conditions["availability"],
                ),
            ),
        )

    def _cover(self, needed: int, people: int) -> Fraction:
        absence = self.absence
        return planned_leave_coverage(
            needed, people, leave_weeks=absence.leave_weeks, sick=absence.sick
        )

    def _available(self, needed: int) -> int:
        """Return the fewest people with the spare, and with the level where there is one."""
        people = needed + self.spare
        if self.level is None:
            return people
        level = exact(self.level)
        for more in range(people, people + MOST_SPARE):
            if self._cover(needed, more) >= level:
                return more
        best = self._cover(needed, people + MOST_SPARE)
        raise TargetUnreachable(self.level, best, f"not even with {MOST_SPARE} spare people")


ROUND_THE_CLOCK = CoverageRule(weekly_hours=168)
BUSINESS_HOURS = CoverageRule(weekly_hours=40, weekly_days=5)


@frozen(kw_only=True)
class Competence:
    """Who holds one technology on one line, or on all lines together (`line` None).

    `missing` is how many holders are lacking, the least number of people to train; `trainees` are
    those on the line who could be trained.
    """

    technology: str
    line: int | None
    holders: tuple[str, ...]
    missing: int
    trainees: tuple[str, ...]

    @property
    def single_point_of_failure(self) -> bool:
        """Whether exactly one person holds it."""
        return len(self.holders) == 1

    @property
    def hires(self) -> int:
        """How many people are lacking even if everybody on the line is trained."""
        return max(0, self.missing - len(self.trainees))


def competence_coverage(
    agents: Iterable[Agent],
    technologies: Collection[str],
    *,
    least: int,
    as_of: datetime,
    lines: Collection[int] | None = None,
    level: int = 1,
) -> tuple[Competence, ...]:
    """Return, per technology and line, who holds it and how many must be trained.

    `least` holders are wanted of each technology on each line in `lines` (None: on all lines
    together). Each training makes one holder, so the least extra training is the sum of
    `missing`.

    Raises:
        InvalidValue: `least` or `level` below 1.
        NaiveDatetime: `as_of` without a zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lines import Agent
        >>> people = [Agent(id="ann", skills=["linux", "sap"]), Agent(id="bob", skills=["linux"])]
        >>> at = datetime(2026, 1, 1, tzinfo=UTC)
        >>> for row in competence_coverage(people, ["linux", "sap"], least=2, as_of=at):
        ...     print(row.technology, row.holders, row.missing)
        linux ('ann', 'bob') 0
        sap ('ann',) 1
    """
    checked_whole(least, "holders", least=1)
    checked_whole(level, "a skill level", least=1)
    micros(as_of)
    if isinstance(technologies, str):
        problem = "a list of technologies is asked for"
        raise InvalidValue(technologies, problem, f"give [{technologies!r}]")
    staff = sorted(agents, key=lambda agent: agent.id)
    return tuple(
        competence_of(technology, line, staff, least=least, as_of=as_of, level=level)
        for line in ([None] if lines is None else sorted(lines))
        for technology in technologies
    )


def competence_of(
    technology: str,
    line: int | None,
    staff: Iterable[Agent],
    *,
    least: int,
    as_of: datetime,
    level: int,
) -> Competence:
    holders: list[str] = []
    trainees: list[str] = []
    for agent in staff:
        if line is None or agent.line == line:
            able = agent.can(technology, as_of=as_of, level=level)
            (holders if able else trainees).append(agent.id)
    return Competence(
        technology=technology,
        line=line,
        holders=tuple(holders),
        missing=max(0, least - len(holders)),
        trainees=tuple(trainees),
    )
