"""How many people keep a seat filled: hours, law and availability, and which of them binds.

"Five per technology around the clock, two for office hours" is derived here, not assumed. A
`CoverageRule` asks three independent questions of every technology, and the largest answer is
the headcount: do the paid hours add up, can the rota respect the weekly cap, and is the crew
still complete when somebody is away. All arithmetic is exact.
"""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import field

from support_model._checks import checked_load, checked_share, checked_whole, exact
from support_model._frozen import frozen
from support_model._staffing.relief import WEEKS, planned_leave_coverage, relief_factor
from support_model._time import micros_of
from support_model.errors import InvalidValue, TargetUnreachable
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from support_model._checks import Number
    from support_model.calendars import BusinessCalendar


WORKDAYS = 5 * WEEKS
MOST_SPARE = 100  # beyond it a level of cover is out of reach in practice


@frozen(kw_only=True)
class PaidAbsence:
    """What keeps people from a seat although they are paid.

    Attributes:
        leave_weeks: planned leave a year, spread so that it does not overlap.
        holidays: public holidays a year, in working days.
        sick: share of working time lost to sickness.
        training: training and meetings a year, in working days.

    Raises:
        InvalidLoad: a number that is negative or not finite.
        InvalidShare: sick outside [0, 1), or no working time left.

    Example:
        >>> round(float(PaidAbsence().share), 4)
        0.1581
    """

    leave_weeks: Number = 4
    holidays: Number = 12
    sick: Number = 0.035
    training: Number = 0

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        for number in (self.leave_weeks, self.holidays, self.training):
            checked_load(number, "an absence")
        checked_share(self.sick, "sickness")
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
        """The conditions that ask for this many; the others ask for fewer."""
        return tuple(
            name for name, people in self.conditions.items() if people == self.per_technology
        )

    def __int__(self) -> int:
        return self.people

    def __str__(self) -> str:
        return (
            f"{self.people} people ({self.per_technology} per technology);"
            f" binds: {', '.join(self.binding)};"
            f" crew complete {float(self.cover):.1%} of the time,"
            f" {self.uncovered_days:.1f} uncovered days a year per technology"
        )

    def explain(self) -> str:
        """Say each condition on a line of its own."""
        return "\n".join(map(str, (self, *self.reasons)))


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
        full_time: hours of a whole contract. Who has one may be asked up to the cap; a part-time
            contract is a cap of its own.
        absence: what keeps people away.
        spare: how many of a technology's people may be away with the crew still complete.
        level: least probability of a complete crew; None asks for the spare only.

    Raises:
        InvalidLoad: hours that are negative or not finite.
        InvalidValue: hours that no week has, seats below 1, or nothing to divide by.
        InvalidShare: level outside [0, 1).

    Example:
        >>> print(ROUND_THE_CLOCK.headcount(technologies=3).explain())
        15 people (5 per technology); binds: hours balance, availability; crew complete 94.2% of \
the time, 21.2 uncovered days a year per technology
        hours balance: 168 h a week x 1 seats / 33.7 h that one person is there = 4.99, so 5
        legality: 168 h a week at most 48 h each = 4 people a seat, so 4
        availability: 4 needed and 1 may be away, so 5
    """

    weekly_hours: Number
    weekly_days: Number = 7
    seats: int = 1
    contract_hours: Number = 40
    weekly_cap: Number = 48
    absence: PaidAbsence = field(factory=PaidAbsence)
    spare: int = 1
    level: Number | None = None
    full_time: Number = 40

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        for hours in (self.weekly_hours, self.contract_hours, self.weekly_cap, self.full_time):
            if not 0 < checked_load(hours, "hours a week") <= 168:
                raise InvalidValue(hours, "a week has more than 0 and at most 168 hours")
        if not 0 < checked_load(self.weekly_days, "days a week") <= 7:
            raise InvalidValue(self.weekly_days, "a week has more than 0 and at most 7 days")
        checked_whole(self.seats, "seats", least=1)
        checked_whole(self.spare, "spare")
        if self.level is not None:
            checked_share(self.level, "a level of cover")

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
        """Most hours a week that one person may be asked for: the cap, or a part-time contract."""
        if self.contract_hours < self.full_time:
            return min(self.contract_hours, self.weekly_cap)
        return self.weekly_cap

    def headcount(self, *, technologies: int = 1) -> Headcount:
        """Return how many people it takes, and which condition asks for them.

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
                    hours=f"{float(self.weekly_hours):g}",
                    seats=self.seats,
                    there=f"{float(there):.1f}",
                    factor=f"{float(balance):.2f}",
                    people=conditions["hours balance"],
                ),
                Reason.of(
                    "legality",
                    hours=f"{float(self.weekly_hours):g}",
                    cap=f"{float(longest):g}",
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
        """Return the fewest people with the spare, and with the level where one is asked."""
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
