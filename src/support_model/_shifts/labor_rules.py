"""Labor rules, and every violation of them by a roster of named people, with its reason.

No solver is needed to check a roster. Rest and hours are real time, so the
night of the change to summer time is an hour shorter here too; dates and weeks are those of the
rules' zone, a duty belongs to the date on which it starts, and what lies outside the roster
counts as free.

Source of the default limits: Directive 2003/88/EC, articles 3, 5 and 6 (the 48 hours are held
in every week, not on average). Eleven hours of rest in every 24 leave at most thirteen of work.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import Factory, field

from support_model._checks import checked_names, checked_positive, checked_whole
from support_model._frozen import frozen
from support_model._time import (
    LAST,
    Span,
    difference,
    instant,
    instant_of_reading,
    intersection,
    local_date,
    micros,
    micros_of,
    timezone,
    union,
)
from support_model.errors import InvalidValue
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from attrs import Attribute

    from support_model._sentences import Catalogue
    from support_model._time import Edges
    from support_model.lines import Agent

    Broken: TypeAlias = tuple[Edges, Reason]


MOST_REST = timedelta(days=6)
ONE_DAY = timedelta(days=1)


@frozen(kw_only=True)
class Duty:
    """Somebody, by the id of an agent, works a shift that takes skills.

    Raises:
        NaiveDatetime: an instant without a zone.
        InvalidValue: an end that is not after the start.
    """

    person: str
    shift: str
    start: datetime
    end: datetime = field()
    skills: frozenset[str] = field(default=frozenset(), converter=checked_names)

    @end.validator
    def _after_start(self, _: object, end: datetime) -> None:
        if micros(end) <= micros(self.start):
            raise InvalidValue(end, "a duty must end after it starts")

    @property
    def edges(self) -> Edges:
        """Both ends in microseconds."""
        return micros(self.start), micros(self.end)

    @property
    def length(self) -> timedelta:
        """Real time from start to end."""
        return timedelta(microseconds=micros(self.end) - micros(self.start))


def left_of_day(rules: LaborRules) -> timedelta | None:
    """Return what the daily rest leaves of 24 hours; None where that is no limit."""
    rest = rules.daily_rest
    return None if rest is None or not timedelta(0) < rest < ONE_DAY else ONE_DAY - rest


def longest_day(rules: LaborRules) -> timedelta | None:
    """Return the most work of a day: what rest leaves of it, or a longer single duty."""
    left = left_of_day(rules)
    if left is None or rules.max_duty is None or rested(rules):
        return None
    return max(left, rules.max_duty)


def rested(rules: LaborRules) -> bool:
    """Return whether rest after each duty that is short enough is rest within the day."""
    least, daily = rules.min_rest, rules.daily_rest
    if daily is None:
        return True
    return rules.max_duty is not None and least is not None and least >= daily


def is_length(_: object, attribute: Attribute[Any], value: timedelta | None) -> None:
    if value is not None:
        checked_positive(value, attribute.name)


def is_count(_: object, attribute: Attribute[Any], value: int | None) -> None:
    if value is not None:
        checked_whole(value, attribute.name)


@frozen(kw_only=True)
class LaborRules:
    """What no roster may break; None switches a rule off.

    Attributes:
        tz: the zone of dates and weeks.
        min_rest: shortest rest between two duties; None where a day's work may be split.
        daily_rest: shortest unbroken rest in the 24 hours from the start of each duty, or in as
            many as the longest duty and this rest take together. `min_rest` implies it unless
            it is shorter or off.
        max_duty: longest duty; by default what the daily rest leaves of 24 hours.
        max_day: most work in duties that start on one date; by default, where a day's work may
            be split, what the daily rest leaves of it, or the longest duty if that is more.
        weekly_rest: shortest unbroken rest within each week from Monday to Sunday.
        max_week: most work within each such week.
        nights: names of the shifts that are night work.
        max_nights: most nights in a row.
        max_days: most days of work in a row.
        forbidden: pairs of shifts that may not follow each other from one day to the next.
        max_away: of those who hold one skill, most who may be away at once.

    Raises:
        UnknownZone: the zone has no name in the tz database.
        InvalidValue: a limit that is no positive duration or count, a weekly rest of more
            than six days.

    Example:
        >>> rules = LaborRules(tz="Europe/Berlin", nights={"night"}, max_nights=4)
        >>> rules.min_rest, rules.max_week
        (datetime.timedelta(seconds=39600), datetime.timedelta(days=2))
        >>> print(rules.max_duty, LaborRules(tz="UTC", min_rest=None).max_day)
        13:00:00 13:00:00
    """

    tz: ZoneInfo = field(converter=timezone)
    min_rest: timedelta | None = field(default=timedelta(hours=11), validator=is_length)
    daily_rest: timedelta | None = field(default=timedelta(hours=11), validator=is_length)
    max_duty: timedelta | None = field(
        default=Factory(left_of_day, takes_self=True), validator=is_length
    )
    max_day: timedelta | None = field(
        default=Factory(longest_day, takes_self=True), validator=is_length
    )
    weekly_rest: timedelta | None = field(default=timedelta(hours=35), validator=is_length)
    max_week: timedelta | None = field(default=timedelta(hours=48), validator=is_length)
    nights: frozenset[str] = field(default=frozenset(), converter=checked_names)
    max_nights: int | None = field(default=None, validator=is_count)
    max_days: int | None = field(default=None, validator=is_count)
    forbidden: frozenset[tuple[str, str]] = field(default=frozenset(), converter=frozenset)
    max_away: int | None = field(default=None, validator=is_count)

    @weekly_rest.validator
    def _fits_a_week(self, _: object, rest: timedelta | None) -> None:
        if rest is not None and rest > MOST_REST:
            raise InvalidValue(rest, "a weekly rest longer than a week less a day")

    def period(self, duty: Duty) -> int:
        """Return how long after a duty's start the daily rest must be over, in microseconds."""
        assert self.daily_rest is not None  # noqa: S101 - called only where there is the rule
        longest = micros_of(duty.length if self.max_duty is None else self.max_duty)
        return max(micros_of(ONE_DAY), longest + micros_of(self.daily_rest))

    def date_of(self, at: int) -> int:
        """Return the ordinal of the date that the rules' clock shows at an instant."""
        return local_date(self.tz, at)

    def span(self, start: int, end: int) -> Span:
        """Return a stretch on the rules' clock; one that never ends stays open."""
        return Span(instant(start, self.tz), instant(end, self.tz) if end <= LAST else None)

    def weeks(self, start: int, end: int) -> Iterator[tuple[int, Edges]]:
        """Yield (ordinal of its Monday, edges) of each week that a stretch touches."""
        day = self.date_of(start)
        monday, last = day - (day - 1) % 7, self.date_of(end - 1)
        while monday <= last:
            yield (
                monday,
                (
                    instant_of_reading(self.tz, monday, 0),
                    instant_of_reading(self.tz, monday + 7, 0),
                ),
            )
            monday += 7


@frozen(kw_only=True)
class LaborViolation:
    """A rule that a roster breaks; `reason.code` names the rule.

    `person` is whose roster it is; None when it is the team's.
    """

    person: str | None
    span: Span
    reason: Reason

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return the reason in the words of a catalogue, by default English."""
        return self.reason.text(catalogue)

    def __str__(self) -> str:
        return self.text()


def check_roster(
    duties: Iterable[Duty], rules: LaborRules, *, agents: Iterable[Agent]
) -> tuple[LaborViolation, ...]:
    """Return every violation of a roster, by person and time; none when it may be worked.

    Each person's duties are checked for skills, absences and own hours, overlaps and rest,
    their length, hours and rest of each day and week, nights and days in a row and forbidden
    successions; the team for leave taken together by holders of one skill. A duty of somebody
    who is no agent is a violation, not an error.

    Example:
        >>> from datetime import UTC
        >>> from support_model.lines import Agent
        >>> def at(day, hour):
        ...     return datetime(2026, 3, day, hour, tzinfo=UTC)
        >>> roster = [Duty(person="ann", shift="late", start=at(2, 14), end=at(2, 22)),
        ...           Duty(person="ann", shift="early", start=at(3, 6), end=at(3, 14))]
        >>> for violation in check_roster(roster, LaborRules(tz="UTC"), agents=[Agent(id="ann")]):
        ...     print(violation)
        ann rests 8h between late and early of 2026-03-03, less than 11h
    """
    team = {agent.id: agent for agent in agents}
    rosters: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        rosters[duty.person].append(duty)
    violations = [
        each for person in sorted(rosters) for each in of_person(rosters[person], rules, team)
    ]
    return (*violations, *away_together(team.values(), rules))


def of_person(
    duties: list[Duty], rules: LaborRules, team: dict[str, Agent]
) -> list[LaborViolation]:
    ordered = sorted(duties, key=lambda duty: (duty.edges, duty.shift))
    person, nights = ordered[0].person, [duty for duty in ordered if duty.shift in rules.nights]
    agent = team.get(person)
    broken = [(duty.edges, why) for duty in ordered for why in too_long(duty, rules)]
    if agent is None:
        broken.append((ordered[0].edges, Reason.of("unknown_person", person=person)))
    else:
        broken += [(duty.edges, why) for duty in ordered for why in unfit(agent, duty, rules)]
    for judge in (between_duties, successions, long_days, daily_rests, within_weeks):
        broken += judge(ordered, rules)
    broken += long_runs(nights, rules, "nights_in_a_row", rules.max_nights)
    broken += long_runs(ordered, rules, "days_in_a_row", rules.max_days)
    broken.sort(key=lambda each: (each[0], each[1].code))
    return [
        LaborViolation(person=person, span=rules.span(*edges), reason=why) for edges, why in broken
    ]


def unfit(agent: Agent, duty: Duty, rules: LaborRules) -> list[Reason]:
    """Return why an agent may not work a duty, apart from all other duties."""
    about = {"person": agent.id, "shift": duty.shift, "date": date_text(rules, duty)}
    lacking = sorted(s for s in duty.skills if not agent.can(s, as_of=duty.start))
    why = [Reason.of("without_skill", skills=tuple(lacking), **about)] if lacking else []
    if intersection([duty.edges], union(span.edges for span in agent.absences)):
        why.append(Reason.of("away", **about))
    own = agent.calendar
    if own is not None and own.elapsed(duty.start, duty.end) < duty.length:
        why.append(Reason.of("not_own_hours", **about))
    return why


def too_long(duty: Duty, rules: LaborRules) -> list[Reason]:
    """Return why nobody may work a duty."""
    if rules.max_duty is None or duty.length <= rules.max_duty:
        return []
    about = {"person": duty.person, "shift": duty.shift, "date": date_text(rules, duty)}
    return [Reason.of("long_duty", length=duty.length, most=rules.max_duty, **about)]


def between_duties(ordered: Sequence[Duty], rules: LaborRules) -> list[Broken]:
    """Return overlaps and short rests."""
    violations: list[Broken] = []
    least = rules.min_rest
    latest = ordered[0]
    for duty in ordered[1:]:
        ended, starts = latest.edges[1], duty.edges[0]
        about = {
            "person": duty.person,
            "earlier": latest.shift,
            "later": duty.shift,
            "date": date_text(rules, duty),
        }
        if starts < ended:
            overlap = (starts, min(ended, duty.edges[1]))
            violations.append((overlap, Reason.of("overlapping_duties", **about)))
        elif least is not None and (rest := timedelta(microseconds=starts - ended)) < least:
            why = Reason.of("short_rest", rest=rest, least=least, **about)
            violations.append(((ended, starts), why))
        if duty.edges[1] > latest.edges[1]:
            latest = duty
    return violations


def successions(ordered: Sequence[Duty], rules: LaborRules) -> list[Broken]:
    """Return the shifts that may not follow the one of the day before."""
    violations: list[Broken] = []
    days = by_date(ordered, rules)
    for day, later in days.items():
        for before, after in product(days.get(day - 1, ()), later):
            if (before.shift, after.shift) in rules.forbidden:
                params = {"person": after.person, "earlier": before.shift, "later": after.shift}
                why = Reason.of("forbidden_succession", date=day_text(day), **params)
                violations.append(((before.edges[0], after.edges[1]), why))
    return violations


def long_days(ordered: Sequence[Duty], rules: LaborRules) -> list[Broken]:
    """Return the dates with too much work."""
    violations: list[Broken] = []
    if rules.max_day is None:
        return violations
    for day, duties in by_date(ordered, rules).items():
        worked = sum((duty.length for duty in duties), timedelta())
        if worked > rules.max_day:
            about = {"person": duties[0].person, "date": day_text(day)}
            why = Reason.of("long_day", worked=worked, most=rules.max_day, **about)
            start, end = duties[0].edges[0], max(duty.edges[1] for duty in duties)
            violations.append(((start, end), why))
    return violations


def daily_rests(ordered: Sequence[Duty], rules: LaborRules) -> list[Broken]:
    """Return the duties without a rest in the day from their start."""
    violations: list[Broken] = []
    if rules.daily_rest is None or rested(rules):
        return violations
    busy = union(duty.edges for duty in ordered)
    for duty in ordered:
        start, until = duty.edges[0], duty.edges[0] + rules.period(duty)
        free = difference([(start, until)], busy)
        rest = max((end - begin for begin, end in free), default=0)
        if rest < micros_of(rules.daily_rest):
            why = Reason.of(
                "no_daily_rest",
                length=timedelta(microseconds=until - start),
                rest=timedelta(microseconds=rest),
                least=rules.daily_rest,
                person=duty.person,
                shift=duty.shift,
                date=date_text(rules, duty),
            )
            violations.append(((start, until), why))
    return violations


def within_weeks(ordered: Sequence[Duty], rules: LaborRules) -> list[Broken]:
    """Return the weeks with too much work or without a long rest."""
    violations: list[Broken] = []
    weeks: dict[tuple[int, Edges], list[Edges]] = defaultdict(list)
    for duty in ordered:
        for touched in rules.weeks(*duty.edges):
            weeks[touched] += intersection([duty.edges], [touched[1]])
    for (monday, week), inside in sorted(weeks.items()):
        worked = timedelta(microseconds=sum(end - start for start, end in inside))
        free = difference([week], union(inside))
        rest = timedelta(microseconds=max((end - start for start, end in free), default=0))
        about = {"person": ordered[0].person, "monday": day_text(monday)}
        if rules.max_week is not None and worked > rules.max_week:
            why = Reason.of("long_week", worked=worked, most=rules.max_week, **about)
            violations.append((week, why))
        if rules.weekly_rest is not None and rest < rules.weekly_rest:
            why = Reason.of("no_weekly_rest", rest=rest, least=rules.weekly_rest, **about)
            violations.append((week, why))
    return violations


def long_runs(
    ordered: Sequence[Duty], rules: LaborRules, code: str, most: int | None
) -> list[Broken]:
    """Return the runs of consecutive dates with a duty that are too long."""
    if most is None or not ordered:
        return []
    days = by_date(ordered, rules)
    breaks = [late for early, late in pairwise(days) if late - early > 1]
    violations = []
    for first, after in pairwise([min(days), *breaks, max(days) + 2]):
        run = [day for day in days if first <= day < after]
        if len(run) > most:
            about = {"person": ordered[0].person, "date": day_text(first)}
            edges = (days[first][0].edges[0], days[run[-1]][-1].edges[1])
            violations.append((edges, Reason.of(code, count=len(run), most=most, **about)))
    return violations


def away_together(agents: Iterable[Agent], rules: LaborRules) -> list[LaborViolation]:
    """Return the stretches in which too many holders of one skill are away at once."""
    if rules.max_away is None:
        return []
    turns: dict[str, list[tuple[int, bool, str]]] = defaultdict(list)
    for agent in agents:
        for start, end in union(span.edges for span in agent.absences):
            for skill in agent.skills:
                turns[skill] += [(start, True, agent.id), (end, False, agent.id)]
    violations = []
    for skill, absences in sorted(turns.items()):
        away: set[str] = set()
        for (start, leaves, who), (end, _, _) in pairwise(sorted(absences)):
            away.add(who) if leaves else away.remove(who)
            if start < end and len(away) > rules.max_away:
                people = tuple(sorted(away))
                why = Reason.of("away_together", people=people, skill=skill, most=rules.max_away)
                span = rules.span(start, end)
                violations.append(LaborViolation(person=None, span=span, reason=why))
    return violations


def by_date(ordered: Sequence[Duty], rules: LaborRules) -> dict[int, list[Duty]]:
    """Return the duties that start on each date, by its ordinal."""
    days: dict[int, list[Duty]] = defaultdict(list)
    for duty in ordered:
        days[rules.date_of(duty.edges[0])].append(duty)
    return days


def date_text(rules: LaborRules, duty: Duty) -> str:
    return day_text(rules.date_of(duty.edges[0]))


def day_text(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
