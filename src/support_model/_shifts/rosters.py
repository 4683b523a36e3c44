"""Who works which shift: rosters of named people under labor rules, by a constraint solver.

Needs the extra `shifts` (OR-Tools, CP-SAT). First as little work as possible is left undone,
then it is shared as evenly as can be, then the nights are. The solver's roster is never taken
on trust: `check_roster` judges it before it is returned, what is lacking and how uneven it is
are counted again, and the proven bounds are given beside them. Posts that too few people could
work in any roster are named without solving.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import timedelta
from importlib import import_module
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from attrs import field

from support_model._checks import checked_names, checked_positive, checked_whole, valid
from support_model._frozen import frozen
from support_model._hours import read_ranges
from support_model._shifts.labor_rules import Duty, check_roster, rested, too_long, unfit
from support_model._short_texts import fields_html, short_repr
from support_model._time import (
    duration_text,
    instant,
    instant_of_reading,
    intersection,
    micros,
    micros_of,
    timezone,
)
from support_model.errors import InvalidValue, MissingExtra, UnprovenCover

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date, datetime, tzinfo

    from support_model._shifts.labor_rules import LaborRules, LaborViolation
    from support_model._time import Edges
    from support_model.lines import Agent

OrTools: TypeAlias = Any
"""A value of OR-Tools, an extra without types."""
Works: TypeAlias = "Sequence[dict[str, OrTools]]"
"""For each post, by person, a variable: whether the person works it."""
PossibleDuties: TypeAlias = "list[tuple[Duty, OrTools]]"
"""One person's possible duties by start, each with its 0 or 1: a variable, or 1 when kept."""


@frozen(kw_only=True)
class Post:
    """A shift on a date that wants so many people, each with all of the skills.

    Raises:
        NaiveDatetime: an instant without a zone.
        InvalidValue: an end that is not after the start, people not a whole number >= 0.
    """

    shift: str
    start: datetime
    end: datetime = field()
    people: int = field(default=1, validator=valid(checked_whole, "people"))
    skills: frozenset[str] = field(default=frozenset(), converter=checked_names)

    @end.validator
    def _after_start(self, _: object, __: object) -> None:
        self.worked_by("")

    def worked_by(self, person: str) -> Duty:
        """Return the duty of somebody who works this post."""
        return Duty(
            person=person, shift=self.shift, start=self.start, end=self.end, skills=self.skills
        )

    @property
    def length(self) -> timedelta:
        """Real time from start to end."""
        return self.worked_by("").length


def shift_posts(
    shift: str,
    hours: str,
    dates: Iterable[date],
    *,
    tz: str | tzinfo,
    people: int | Sequence[int] = 1,
    skills: Collection[str] = (),
) -> tuple[Post, ...]:
    """Return one post a date for a shift with fixed hours on the local clock.

    `people` is one number, or one for each date.

    Raises:
        InvalidHours: hours that are no single range such as "22:00-06:00".
        InvalidValue: not as many numbers of people as dates.

    Example:
        >>> from datetime import date
        >>> night, = shift_posts("night", "22:00-06:00", [date(2026, 3, 28)], tz="Europe/Berlin")
        >>> print(night.length)  # the clock goes forward in it
        7:00:00
    """
    zone, days = timezone(tz), tuple(dates)
    wanted = (people,) * len(days) if isinstance(people, int) else tuple(people)
    ranges = read_ranges(hours)
    if len(wanted) != len(days) or len(ranges) != 1:
        raise InvalidValue((hours, wanted), f"one range, and people for {len(days)} dates")
    start, end = ranges[0]
    return tuple(
        Post(
            shift=shift,
            start=instant(instant_of_reading(zone, day.toordinal(), start), zone),
            end=instant(instant_of_reading(zone, day.toordinal(), end), zone),
            people=count,
            skills=checked_names(skills),
        )
        for day, count in zip(days, wanted, strict=True)
    )


@frozen
class Shortfall:
    """A post, and how many people it lacks."""

    post: Post
    people: int


@frozen(kw_only=True)
class FilledRoster:
    """A roster that keeps the rules, and how good it is.

    Attributes:
        duties: who works when, new duties only, by start and person.
        lacking: posts left short.
        uncoverable: posts for which too few people are fit in any roster.
        shortage: working time that nobody covers.
        least_shortage: proven: no roster under these rules leaves less.
        spread: most work of a person less least work, kept duties included; of those who are
            fit for some post or keep a duty.
        least_spread: proven: no roster that leaves as little undone is more even.
        night_spread: most nights of a person less fewest, of the same people; by the shifts
            that the rules call nights.
    """

    duties: tuple[Duty, ...]
    lacking: tuple[Shortfall, ...]
    uncoverable: tuple[Shortfall, ...]
    shortage: timedelta
    least_shortage: timedelta
    spread: timedelta
    least_spread: timedelta
    night_spread: int = 0

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        people = len({duty.person for duty in self.duties})
        short = f"{len(self.lacking):,} posts left short" if self.lacking else "no post short"
        return (
            f"{len(self.duties):,} duties of {people:,} people, {short}, "
            f"spread {duration_text(self.spread)}"
        )

    @property
    def gap(self) -> float:
        """How much of the shortage might be avoidable, as a share of it; 0 is proven least."""
        return share_above(self.shortage, self.least_shortage)

    @property
    def spread_gap(self) -> float:
        """How much of the spread might be avoidable, as a share of it; 0 is proven least."""
        return share_above(self.spread, self.least_spread)


def share_above(amount: timedelta, bound: timedelta) -> float:
    """Return how far an amount lies above its bound, as a share of the amount."""
    return (amount - bound) / amount if amount else 0.0


def fill_roster(
    posts: Iterable[Post],
    agents: Iterable[Agent],
    rules: LaborRules,
    *,
    kept: Iterable[Duty] = (),
    time_limit: timedelta = timedelta(seconds=60),
) -> FilledRoster:
    """Return a roster that leaves least work undone and then shares it, and nights, most evenly.

    `kept` are duties already given, such as those of last week: they stay, count for rest,
    rows of nights and evenness, and take no post. `time_limit` holds for each of the aims
    and is counted in the solver's own steps, about as many as a processor of its own does in
    that time: equal input gives an equal roster, on a busy machine as on an idle one.

    Raises:
        InvalidValue: an agent listed twice, or kept duties that break the rules already.
        MissingExtra: there is something to solve, and OR-Tools is not installed.
        UnprovenCover: the solver found no roster in time, or one that breaks a rule.

    Example:
        >>> from support_model.shifts import LaborRules
        >>> from support_model.lines import Agent
        >>> from datetime import date
        >>> days = [date(2026, 3, day) for day in (2, 3)]
        >>> roster = fill_roster(
        ...     shift_posts("early", "06:00-14:00", days, tz="UTC", people=[1, 3], skills=["sap"]),
        ...     [Agent(id="ann"), Agent(id="bob")], LaborRules(tz="UTC"))
        >>> [short.people for short in roster.uncoverable], roster.gap, roster.spread_gap
        ([1, 3], 0.0, 0.0)
    """
    checked_positive(time_limit, "a time limit")
    task = task_of(posts, agents, rules, tuple(kept))
    if any(task.fit):
        people, shortage, spread = solve(task, time_limit)
    else:
        people, shortage, spread = [[] for _ in task.posts], work_on(task.posts), None
    duties = tuple(
        post.worked_by(person)
        for post, workers in zip(task.posts, people, strict=True)
        for person in workers
    )
    if check_roster((*task.kept, *duties), rules, agents=task.team) != task.granted:
        raise UnprovenCover(duties, "the solver's roster breaks a rule")
    lacking = shortfalls(task.posts, people)
    uneven, nights = spreads(task, duties)
    return FilledRoster(
        duties=duties,
        lacking=lacking,
        uncoverable=shortfalls(task.posts, task.fit),
        shortage=sum((each.post.length * each.people for each in lacking), timedelta()),
        least_shortage=shortage,
        spread=uneven,
        least_spread=uneven if spread is None else spread,
        night_spread=nights,
    )


class Task(NamedTuple):
    """What a roster is to fill, in order: the posts, those fit for each, the duties that stay.

    `granted` is what leave alone breaks; no roster can fix it.
    """

    posts: Sequence[Post]
    fit: Sequence[Sequence[str]]
    team: Sequence[Agent]
    rules: LaborRules
    kept: tuple[Duty, ...]
    granted: tuple[LaborViolation, ...]


def task_of(
    posts: Iterable[Post], agents: Iterable[Agent], rules: LaborRules, kept: tuple[Duty, ...]
) -> Task:
    team = sorted(agents, key=lambda agent: agent.id)
    if len({agent.id for agent in team}) != len(team):
        raise InvalidValue([agent.id for agent in team], "an agent is listed twice")
    granted = check_roster((), rules, agents=team)
    for violation in check_roster(kept, rules, agents=team):
        if violation not in granted:
            raise InvalidValue(str(violation), "kept duties break the rules already")
    wanted = sorted(posts, key=lambda post: (micros(post.start), micros(post.end), post.shift))
    fit = [[agent.id for agent in team if may_work(agent, post, rules)] for post in wanted]
    return Task(wanted, fit, team, rules, kept, granted)


def may_work(agent: Agent, post: Post, rules: LaborRules) -> bool:
    duty = post.worked_by(agent.id)
    return not too_long(duty, rules) and not unfit(agent, duty, rules)


def shortfalls(posts: Sequence[Post], people: Sequence[Sequence[str]]) -> tuple[Shortfall, ...]:
    """Return the posts with fewer people than they want."""
    lacking = (post.people - len(on) for post, on in zip(posts, people, strict=True))
    return tuple(Shortfall(post, n) for post, n in zip(posts, lacking, strict=True) if n > 0)


def work_on(posts: Iterable[Post]) -> timedelta:
    return sum((post.length * post.people for post in posts), timedelta())


def spreads(task: Task, duties: Iterable[Duty]) -> tuple[timedelta, int]:
    """Return the most work of a person less the least, and the most nights less the fewest."""
    people = {who for able in task.fit for who in able} | {duty.person for duty in task.kept}
    work = dict.fromkeys(people, timedelta())
    nights = dict.fromkeys(people, 0)
    for duty in (*task.kept, *duties):
        work[duty.person] += duty.length
        nights[duty.person] += duty.shift in task.rules.nights
    if not people:
        return timedelta(), 0
    return (
        max(work.values()) - min(work.values()),
        max(nights.values()) - min(nights.values()),
    )


def solve(task: Task, time_limit: timedelta) -> tuple[list[list[str]], timedelta, timedelta]:
    """Return people by post and the proven bounds of shortage and spread, from CP-SAT.

    Aims are taken in turn, each at the best that those before it leave.
    """
    cp_model = ortools("sat.python.cp_model")
    model = cp_model.CpModel()
    works = [{who: model.new_bool_var("") for who in able} for able in task.fit]
    lengths = [micros_of(post.length) for post in task.posts]
    lengths += [micros_of(duty.length) for duty in task.kept]
    unit = math.gcd(*lengths) or 1  # small whole numbers keep the search quick
    shortage = undone(model, task.posts, works, unit)
    loads, nights = loads_and_nights(model, task, works, unit)
    aims = [(loads, sum(lengths) // unit), (nights, len(lengths))]
    solver = steady_solver(cp_model, time_limit)
    if not minimized(cp_model, solver, model, shortage):
        raise UnprovenCover(None, "the solver found no roster in time")
    people, least_shortage = chosen(solver, works), proven(solver)
    uneven, least_spread = shortage, 0
    for amounts, limit in aims if task.rules.nights else aims[:1]:
        model.add(uneven <= round(solver.objective_value))
        hint(model, solver, works)
        uneven = spread_of(model, amounts, limit)
        if not minimized(cp_model, solver, model, uneven):
            break
        people = chosen(solver, works)
        if amounts is loads:
            least_spread = proven(solver)
    size = timedelta(microseconds=unit)
    return people, least_shortage * size, least_spread * size


def undone(model: OrTools, posts: Sequence[Post], works: Works, unit: int) -> OrTools:
    """Return the time that nobody works on the posts, in units."""
    shortage: OrTools = 0
    for post, on in zip(posts, works, strict=True):
        lack = model.new_int_var(0, post.people, "")
        model.add(sum(on.values()) + lack == post.people)
        shortage += lack * (micros_of(post.length) // unit)
    return shortage


def loads_and_nights(
    model: OrTools, task: Task, works: Works, unit: int
) -> tuple[list[Any], list[Any]]:
    """Hold everybody to the rules; return the work of each, in units, and the nights of each."""
    loads, nights = [], []
    for row in rows_of(task, works):
        keep_rules(model, row, task.rules)
        loads.append(sum(x * (micros_of(duty.length) // unit) for duty, x in row))
        nights.append(sum(x for duty, x in row if duty.shift in task.rules.nights))
    return loads, nights


def minimized(cp_model: OrTools, solver: OrTools, model: OrTools, aim: OrTools) -> bool:
    """Minimize an aim; return whether a solution was found."""
    model.minimize(aim)
    return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def hint(model: OrTools, solver: OrTools, works: Works) -> None:
    """Let the next search start from the present solution."""
    model.clear_hints()
    for x in (x for on in works for x in on.values()):
        model.add_hint(x, solver.boolean_value(x))


def rows_of(task: Task, works: Works) -> Iterator[PossibleDuties]:
    for agent in task.team:
        row: PossibleDuties = [(duty, 1) for duty in task.kept if duty.person == agent.id]
        for post, on in zip(task.posts, works, strict=True):
            if agent.id in on:
                row.append((post.worked_by(agent.id), on[agent.id]))
        if row:
            yield sorted(row, key=lambda each: each[0].edges)


def spread_of(model: OrTools, amounts: Sequence[Any], limit: int) -> OrTools:
    """Return the largest of some amounts less the smallest, to be made small."""
    most, least = model.new_int_var(0, limit, ""), model.new_int_var(0, limit, "")
    for amount in amounts:
        model.add(most >= amount)
        model.add(least <= amount)
    return most - least


def ortools(name: str) -> OrTools:
    """Return a module of OR-Tools; without it raise `MissingExtra`."""
    try:
        return import_module(f"ortools.{name}")
    except ImportError as error:  # the cause shows: another library may be in the way
        raise MissingExtra("shifts", "ortools") from error  # noqa: EM101 - names, no message


def steady_solver(cp_model: OrTools, time_limit: timedelta) -> OrTools:
    """Return a solver that answers alike each time: one thread, one seed, time in steps."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = time_limit.total_seconds()
    return solver


def proven(solver: OrTools) -> int:
    """Return the proven bound of a whole aim that is never negative."""
    bound: float = solver.best_objective_bound
    return max(0, math.ceil(bound - 1e-6))


def chosen(solver: OrTools, works: Works) -> list[list[str]]:
    """Return the people that a solution puts on each post."""
    return [[who for who, x in on.items() if solver.boolean_value(x)] for on in works]


def keep_rules(model: OrTools, row: PossibleDuties, rules: LaborRules) -> None:
    """Hold one person's duties to every rule."""
    keep_pairs(model, row, rules)
    keep_days(model, row, rules)
    keep_weeks(model, row, rules)
    keep_runs(model, row, rules, rules.max_days)
    nights = [(duty, x) for duty, x in row if duty.shift in rules.nights]
    keep_runs(model, nights, rules, rules.max_nights)


def keep_pairs(model: OrTools, row: PossibleDuties, rules: LaborRules) -> None:
    """Forbid overlaps, short rests and successions: of two such duties at most one."""
    least = 0 if rules.min_rest is None else micros_of(rules.min_rest)
    successions = {(1, pair) for pair in rules.forbidden}
    for (first, x), (second, y) in combinations(row, 2):
        days = [rules.date_of(duty.edges[0]) for duty in (first, second)]
        if (
            second.edges[0] < first.edges[1] + least
            or (days[1] - days[0], (first.shift, second.shift)) in successions
        ):
            model.add(x + y <= 1)


def keep_days(model: OrTools, row: PossibleDuties, rules: LaborRules) -> None:
    """Hold each date's work down, and after the start of each duty one rest free."""
    days: dict[int, list[Any]] = defaultdict(list)
    for duty, x in row:
        days[rules.date_of(duty.edges[0])].append(x * micros_of(duty.length))
    if rules.max_day is not None:
        for work in days.values():
            model.add(sum(work) <= micros_of(rules.max_day))
    if rules.daily_rest is None or rested(rules):
        return
    length = micros_of(rules.daily_rest)
    parts = [(duty.edges, x) for duty, x in row]
    for duty, x in row:
        start, last = duty.edges[0], duty.edges[0] + rules.period(duty) - length
        begins = {end for (_, end), _ in parts if start < end <= last}
        model.add(rests(model, parts, begins, length) >= x)


def keep_weeks(model: OrTools, row: PossibleDuties, rules: LaborRules) -> None:
    """Hold each week's work down, and one long rest in it free."""
    weeks = {week for duty, _ in row for _, week in rules.weeks(*duty.edges)}
    for start, end in sorted(weeks):
        parts = [
            (part, x) for duty, x in row for part in intersection([duty.edges], [(start, end)])
        ]
        if rules.max_week is not None:
            work = sum(x * (part[1] - part[0]) for part, x in parts)
            model.add(work <= micros_of(rules.max_week))
        if rules.weekly_rest is not None:
            length = micros_of(rules.weekly_rest)
            begins = {start, *(part[1] for part, _ in parts)}
            fitting = {begin for begin in begins if begin + length <= end}
            model.add(rests(model, parts, fitting, length) >= 1)


def rests(
    model: OrTools, parts: Sequence[tuple[Edges, Any]], begins: Iterable[int], length: int
) -> OrTools:
    """Return how many rests are taken that begin at these instants; in them no part is worked."""
    taken = []
    for begin in sorted(begins):
        taken.append(rest := model.new_bool_var(""))
        for (start, end), x in parts:
            if start < begin + length and begin < end:
                model.add(x + rest <= 1)
    return sum(taken)


def keep_runs(model: OrTools, row: PossibleDuties, rules: LaborRules, most: int | None) -> None:
    """Hold rows of consecutive dates with a duty down."""
    if most is None:
        return
    days: dict[int, list[Any]] = defaultdict(list)
    for duty, x in row:
        days[rules.date_of(duty.edges[0])].append(x)
    busy = {}
    for day, choices in days.items():
        busy[day] = model.new_bool_var("")
        for x in choices:
            model.add(x <= busy[day])
    for day in days:
        window = [busy[later] for later in range(day, day + most + 1) if later in busy]
        if len(window) == most + 1:
            model.add(sum(window) <= most)
