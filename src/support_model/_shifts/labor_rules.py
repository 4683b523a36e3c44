"""What labor rules say about a roster of named people: every violation, with its reason.

No solver is needed to check a roster, whoever wrote it. Rest and hours are real time, so the
night of the change to summer time is an hour shorter here too; dates and weeks are told on the
clock of the rules' zone, a duty belongs to the date on which it starts, and what lies outside
the roster counts as free.

Source of the default limits: Directive 2003/88/EC, articles 3, 5 and 6 (the 48 hours are held
in every week, not on average). Eleven hours of rest in every 24 leave at most thirteen of work.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import Factory, field

from support_model._checks import checked_positive, checked_whole
from support_model._frozen import frozen
from support_model._time import (
    LAST,
    Span,
    difference,
    duration_text,
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
from support_model.lines import as_names
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from support_model._time import Edges
    from support_model.lines import Agent


MOST_REST = timedelta(days=6)
ONE_DAY = timedelta(days=1)


@frozen(kw_only=True)
class Duty:
    """Somebody works a shift.

    Attributes:
        person: the id of an agent.
        shift: the name of the shift, such as "night".
        start: when it begins.
        end: when it ends.
        skills: what it takes, by name.

    Raises:
        NaiveDatetime: an instant without a zone.
        InvalidValue: an end that is not after the start.
    """

    person: str
    shift: str
    start: datetime
    end: datetime
    skills: frozenset[str] = field(default=frozenset(), converter=as_names)

    def __attrs_post_init__(self) -> None:
        """Check the times."""
        if micros(self.end) <= micros(self.start):
            raise InvalidValue(self.end, "a duty must end after it starts")

    @property
    def edges(self) -> Edges:
        """Both ends in microseconds."""
        return micros(self.start), micros(self.end)


LENGTHS = ("min_rest", "daily_rest", "max_duty", "max_day", "weekly_rest", "max_week")


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
    """Tell whether rest after each duty that is short enough is rest within the day."""
    least, daily = rules.min_rest, rules.daily_rest
    if daily is None:
        return True
    return rules.max_duty is not None and least is not None and least >= daily


@frozen(kw_only=True)
class LaborRules:
    """What nobody's roster may break; None switches a rule off.

    Attributes:
        tz: the zone on whose clock dates and weeks are told.
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
    min_rest: timedelta | None = timedelta(hours=11)
    daily_rest: timedelta | None = timedelta(hours=11)
    max_duty: timedelta | None = Factory(left_of_day, takes_self=True)
    max_day: timedelta | None = Factory(longest_day, takes_self=True)
    weekly_rest: timedelta | None = timedelta(hours=35)
    max_week: timedelta | None = timedelta(hours=48)
    nights: frozenset[str] = field(default=frozenset(), converter=as_names)
    max_nights: int | None = None
    max_days: int | None = None
    forbidden: frozenset[tuple[str, str]] = field(default=frozenset(), converter=frozenset)
    max_away: int | None = None

    def __attrs_post_init__(self) -> None:
        """Check the limits."""
        for name in LENGTHS:
            if getattr(self, name) is not None:
                checked_positive(getattr(self, name), name)
        for name in ("max_nights", "max_days", "max_away"):
            if getattr(self, name) is not None:
                checked_whole(getattr(self, name), name)
        if self.weekly_rest is not None and self.weekly_rest > MOST_REST:
            raise InvalidValue(self.weekly_rest, "a weekly rest longer than a week less a day")

    def period(self, duty: Duty) -> int:
        """Return how long after a duty's start the daily rest must be over, in microseconds."""
        assert self.daily_rest is not None  # noqa: S101 - asked only where there is the rule
        start, end = duty.edges
        longest = end - start if self.max_duty is None else micros_of(self.max_duty)
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
    """A rule that a roster breaks.

    Attributes:
        person: whose roster it is; None when it is the team's.
        span: when.
        reason: which rule, and how; its `code` names the rule.
    """

    person: str | None
    span: Span
    reason: Reason

    def __str__(self) -> str:
        return str(self.reason)


def check_roster(
    duties: Iterable[Duty], rules: LaborRules, *, agents: Iterable[Agent]
) -> tuple[LaborViolation, ...]:
    """Return every violation of a roster, by person and time; none when it may be worked.

    Each person's duties are checked for skills, absences and own hours, overlaps and rest,
    their length, hours and rest of each day and week, nights and days in a row and forbidden
    successions; the team
    for leave taken together by holders of one skill. A duty of somebody who is no agent is
    a violation, not an error.

    Example:
        >>> from datetime import UTC
        >>> from support_model.lines import Agent
        >>> def at(day, hour):
        ...     return datetime(2026, 3, day, hour, tzinfo=UTC)
        >>> roster = [Duty(person="ann", shift="late", start=at(2, 14), end=at(2, 22)),
        ...           Duty(person="ann", shift="early", start=at(3, 6), end=at(3, 14))]
        >>> for found in check_roster(roster, LaborRules(tz="UTC"), agents=[Agent(id="ann")]):
        ...     print(found)
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
    """Return the violations in one person's duties."""
    person = duties[0].person
    ordered = sorted(duties, key=lambda duty: (duty.edges, duty.shift))
    violations: list[tuple[Edges, Reason]] = []
    agent = team.get(person)
    if agent is None:
        violations.append((ordered[0].edges, Reason.of("unknown_person", person=person)))
    else:
        violations += [(duty.edges, why) for duty in ordered for why in unfit(agent, duty, rules)]
    violations += [(duty.edges, why) for duty in ordered for why in too_long(duty, rules)]
    violations += between_duties(ordered, rules)
    violations += within_days(ordered, rules)
    violations += within_weeks(ordered, rules)
    nights = [duty for duty in ordered if duty.shift in rules.nights]
    violations += long_runs(nights, rules, "nights_in_a_row", rules.max_nights)
    violations += long_runs(ordered, rules, "days_in_a_row", rules.max_days)
    violations.sort(key=lambda each: (each[0], each[1].code))
    return [
        LaborViolation(person=person, span=rules.span(*edges), reason=why)
        for edges, why in violations
    ]


def unfit(agent: Agent, duty: Duty, rules: LaborRules) -> list[Reason]:
    """Return why an agent may not work a duty at all, whatever else is on the roster."""
    start, end = duty.edges
    about = {"person": agent.id, "shift": duty.shift, "date": day_text(rules.date_of(start))}
    lacking = sorted(s for s in duty.skills if not agent.can(s, as_of=duty.start))
    why = [Reason.of("without_skill", skills=", ".join(lacking), **about)] if lacking else []
    if intersection([duty.edges], union(span.edges for span in agent.absences)):
        why.append(Reason.of("away", **about))
    own, length = agent.calendar, timedelta(microseconds=end - start)
    if own is not None and own.elapsed(duty.start, duty.end) < length:
        why.append(Reason.of("not_own_hours", **about))
    return why


def too_long(duty: Duty, rules: LaborRules) -> list[Reason]:
    """Return why nobody may work a duty, whoever it is."""
    start, end = duty.edges
    length = timedelta(microseconds=end - start)
    if rules.max_duty is None or length <= rules.max_duty:
        return []
    texts = {"length": duration_text(length), "most": duration_text(rules.max_duty)}
    about = {"person": duty.person, "shift": duty.shift, "date": day_text(rules.date_of(start))}
    return [Reason.of("long_duty", **texts, **about)]


def between_duties(ordered: Sequence[Duty], rules: LaborRules) -> list[tuple[Edges, Reason]]:
    """Return overlaps, short rests and forbidden successions."""
    violations: list[tuple[Edges, Reason]] = []
    least = rules.min_rest
    latest = ordered[0]
    for duty in ordered[1:]:
        about = {
            "person": duty.person,
            "before": latest.shift,
            "after": duty.shift,
            "date": day_text(rules.date_of(duty.edges[0])),
        }
        ended, starts = latest.edges[1], duty.edges[0]
        if starts < ended:
            overlap = (starts, min(ended, duty.edges[1]))
            violations.append((overlap, Reason.of("overlapping_duties", **about)))
        elif least is not None and (rest := timedelta(microseconds=starts - ended)) < least:
            texts = {"rest": duration_text(rest), "least": duration_text(least)}
            violations.append(((ended, starts), Reason.of("short_rest", **texts, **about)))
        if duty.edges[1] > latest.edges[1]:
            latest = duty
    days: dict[int, list[Duty]] = defaultdict(list)
    for duty in ordered:
        days[rules.date_of(duty.edges[0])].append(duty)
    for day, later in days.items():
        for before, after in ((x, y) for x in days.get(day - 1, ()) for y in later):
            if (before.shift, after.shift) in rules.forbidden:
                params = {"person": after.person, "before": before.shift, "after": after.shift}
                why = Reason.of("forbidden_succession", date=day_text(day), **params)
                violations.append(((before.edges[0], after.edges[1]), why))
    return violations


def within_days(ordered: Sequence[Duty], rules: LaborRules) -> list[tuple[Edges, Reason]]:
    """Return the dates with too much work, and the duties without a rest in the day from them."""
    violations: list[tuple[Edges, Reason]] = []
    person = ordered[0].person
    days: dict[int, list[Edges]] = defaultdict(list)
    for duty in ordered:
        days[rules.date_of(duty.edges[0])].append(duty.edges)
    for day, parts in days.items() if rules.max_day is not None else ():
        worked = timedelta(microseconds=sum(end - start for start, end in parts))
        if rules.max_day is not None and worked > rules.max_day:
            texts = {"worked": duration_text(worked), "most": duration_text(rules.max_day)}
            why = Reason.of("long_day", person=person, date=day_text(day), **texts)
            violations.append(((parts[0][0], max(end for _, end in parts)), why))
    if rules.daily_rest is None or rested(rules):
        return violations
    busy = union(duty.edges for duty in ordered)
    ends = [end for _, end in busy]
    for duty in ordered:
        start = duty.edges[0]
        until = start + rules.period(duty)
        rest, since = 0, start
        for begins, end in busy[bisect_right(ends, start) :]:
            rest = max(rest, min(begins, until) - since)
            since = end
            if since >= until:
                break
        rest = max(rest, until - since)
        if rest < micros_of(rules.daily_rest):
            longest_rest = timedelta(microseconds=max(rest, 0))
            texts = {"rest": duration_text(longest_rest), "least": duration_text(rules.daily_rest)}
            about = {"person": person, "shift": duty.shift, "date": day_text(rules.date_of(start))}
            length = duration_text(timedelta(microseconds=until - start))
            why = Reason.of("no_daily_rest", length=length, **texts, **about)
            violations.append(((start, until), why))
    return violations


def within_weeks(ordered: Sequence[Duty], rules: LaborRules) -> list[tuple[Edges, Reason]]:
    """Return the weeks with too much work or without a long rest."""
    violations: list[tuple[Edges, Reason]] = []
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
            texts = {"worked": duration_text(worked), "most": duration_text(rules.max_week)}
            violations.append((week, Reason.of("long_week", **texts, **about)))
        if rules.weekly_rest is not None and rest < rules.weekly_rest:
            texts = {"rest": duration_text(rest), "least": duration_text(rules.weekly_rest)}
            violations.append((week, Reason.of("no_weekly_rest", **texts, **about)))
    return violations


def long_runs(
    ordered: Sequence[Duty], rules: LaborRules, code: str, most: int | None
) -> list[tuple[Edges, Reason]]:
    """Return the runs of consecutive dates with a duty that are too long."""
    if most is None or not ordered:
        return []
    days = {rules.date_of(duty.edges[0]): duty for duty in ordered}  # the last duty of each date
    breaks = [late for early, late in pairwise(days) if late - early > 1]
    runs_found = []
    for first, after in pairwise([min(days), *breaks, max(days) + 2]):
        run = [day for day in days if first <= day < after]
        if len(run) > most:
            about = {"person": ordered[0].person, "date": day_text(first)}
            start = min(duty.edges[0] for duty in ordered if rules.date_of(duty.edges[0]) == first)
            why = Reason.of(code, count=len(run), most=most, **about)
            runs_found.append(((start, days[run[-1]].edges[1]), why))
    return runs_found


def away_together(agents: Iterable[Agent], rules: LaborRules) -> list[LaborViolation]:
    """Return the stretches in which too many holders of one skill are away at once."""
    if rules.max_away is None:
        return []
    away: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for agent in agents:
        for start, end in union(span.edges for span in agent.absences):
            for skill in agent.skills:
                away[skill].append((start, end, agent.id))
    violations = []
    for skill, absences in sorted(away.items()):
        turns = sorted(
            turn
            for start, end, who in absences
            for turn in ((start, True, who), (end, False, who))
        )
        gone: set[str] = set()
        for (start, leaves, who), (end, _, _) in pairwise(turns):
            gone.add(who) if leaves else gone.remove(who)
            if start < end and len(gone) > rules.max_away:
                people = ", ".join(sorted(gone))
                about = {"people": people, "skill": skill, "most": rules.max_away}
                why = Reason.of("away_together", **about)
                violations.append(
                    LaborViolation(person=None, span=rules.span(start, end), reason=why)
                )
    return violations


def day_text(ordinal: int) -> str:
    """Write the date of an ordinal."""
    return date.fromordinal(ordinal).isoformat()
