"""Who works which shift: rosters of named people under labor rules, by a constraint solver.

Needs the extra `shifts` (OR-Tools, CP-SAT). First as little work as possible is left undone,
then it is shared as evenly as can be, then the nights are. The solver's roster is never taken
on trust: `check_roster` judges it before it is returned, what is lacking and how uneven it is
are counted again, and the proven bounds stand beside them. Posts that too few people could
work, whatever the roster, are named without solving.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

from attrs import field

from support_model._checks import checked_positive, checked_whole
from support_model._frozen import frozen
from support_model._hours import read_ranges
from support_model._shifts.labor_rules import Duty, check_roster, rested, too_long, unfit
from support_model._time import (
    instant,
    instant_of_reading,
    intersection,
    micros,
    micros_of,
    timezone,
)
from support_model.errors import InvalidValue, MissingExtra, UnprovenCover
from support_model.lines import as_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date, datetime, tzinfo

    from support_model._shifts.labor_rules import LaborRules
    from support_model._time import Edges
    from support_model.lines import Agent


@frozen(kw_only=True)
class Post:
    """A shift on a date that wants people.

    Attributes:
        shift: the name of the shift.
        start: when it begins.
        end: when it ends.
        people: how many are wanted.
        skills: what each of them must know.

    Raises:
        NaiveDatetime: an instant without a zone.
        InvalidValue: an end that is not after the start, people not a whole number >= 0.
    """

    shift: str
    start: datetime
    end: datetime
    people: int = 1
    skills: frozenset[str] = field(default=frozenset(), converter=as_names)

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        checked_whole(self.people, "people")
        self.worked_by("")

    def worked_by(self, person: str) -> Duty:
        """Return the duty of somebody who works this post."""
        return Duty(
            person=person, shift=self.shift, start=self.start, end=self.end, skills=self.skills
        )

    @property
    def length(self) -> timedelta:
        """Real time from start to end."""
        return timedelta(microseconds=micros(self.end) - micros(self.start))


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
            skills=as_names(skills),
        )
        for day, count in zip(days, wanted, strict=True)
    )


@frozen
class Shortfall:
    """A post with too few people on it.

    Attributes:
        post: the post.
        people: how many are lacking.
    """

    post: Post
    people: int


@frozen(kw_only=True)
class FilledRoster:
    """A roster that keeps the rules, and how good it is.

    Attributes:
        duties: who works when, new duties only, by start and person.
        lacking: posts left short.
        uncoverable: posts for which too few people are fit, whatever the roster.
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

    @property
    def gap(self) -> float:
        """How much of the shortage might be avoidable, as a share of it; 0 is proven least."""
        return share_above(self.shortage, self.least_shortage)

    @property
    def spread_gap(self) -> float:
        """How much of the spread might be avoidable, as a share of it; 0 is proven least."""
        return share_above(self.spread, self.least_spread)


def share_above(hours_found: timedelta, bound: timedelta) -> float:
    """Return how far a value lies above its bound, as a share of the value."""
    return (hours_found - bound) / hours_found if hours_found else 0.0


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
    wanted = sorted(posts, key=lambda post: (micros(post.start), micros(post.end), post.shift))
    team = sorted(agents, key=lambda agent: agent.id)
    fixed = tuple(kept)
    if len({agent.id for agent in team}) != len(team):
        raise InvalidValue([agent.id for agent in team], "an agent is listed twice")
    checked_positive(time_limit, "a time limit")
    granted = check_roster((), rules, agents=team)  # what leave alone breaks, no roster can mend
    broken = [each for each in check_roster(fixed, rules, agents=team) if each not in granted]
    if broken:
        raise InvalidValue(str(broken[0]), "kept duties break the rules already")
    fit = [
        [
            agent.id
            for agent in team
            if not too_long(duty := post.worked_by(agent.id), rules)
            and not unfit(agent, duty, rules)
        ]
        for post in wanted
    ]
    short = [Shortfall(p, p.people - len(able)) for p, able in zip(wanted, fit, strict=True)]
    on_posts: list[list[str]] = [[] for _ in wanted]
    shortage = sum((post.length * post.people for post in wanted), timedelta())
    spread: timedelta | None = None
    if any(fit):
        on_posts, shortage, spread = solve(wanted, fit, team, rules, fixed, time_limit)
    duties = tuple(
        post.worked_by(person)
        for post, people in zip(wanted, on_posts, strict=True)
        for person in people
    )
    if check_roster((*fixed, *duties), rules, agents=team) != granted:
        raise UnprovenCover(duties, "the solver's roster breaks a rule")
    lacking = [Shortfall(p, p.people - len(on)) for p, on in zip(wanted, on_posts, strict=True)]
    everybody = {who for able in fit for who in able} | {duty.person for duty in fixed}
    work, nights = dict.fromkeys(everybody, timedelta()), dict.fromkeys(everybody, 0)
    for duty in (*fixed, *duties):
        start, end = duty.edges
        work[duty.person] += timedelta(microseconds=end - start)
        nights[duty.person] += duty.shift in rules.nights
    uneven = max(work.values(), default=timedelta()) - min(work.values(), default=timedelta())
    return FilledRoster(
        duties=duties,
        lacking=tuple(each for each in lacking if each.people > 0),
        uncoverable=tuple(each for each in short if each.people > 0),
        shortage=sum((each.post.length * each.people for each in lacking), timedelta()),
        least_shortage=shortage,
        spread=uneven,
        least_spread=uneven if spread is None else spread,
        night_spread=max(nights.values(), default=0) - min(nights.values(), default=0),
    )


def solve(
    posts: Sequence[Post],
    fit: Sequence[Sequence[str]],
    team: Sequence[Agent],
    rules: LaborRules,
    kept: Sequence[Duty],
    time_limit: timedelta,
) -> tuple[list[list[str]], timedelta, timedelta]:
    """Return people by post and the proven bounds of shortage and spread, from CP-SAT.

    Aims are taken in turn, each at the best that those before it leave.
    """
    cp_model = cp_sat()
    model = cp_model.CpModel()
    works: list[dict[str, Any]] = [{who: model.new_bool_var("") for who in able} for able in fit]
    lengths = [micros_of(post.length) for post in posts]
    held = [end - start for start, end in (duty.edges for duty in kept)]
    unit = math.gcd(*lengths, *held) or 1  # small whole numbers keep the search quick
    shortage: Any = 0
    for post, length, on in zip(posts, lengths, works, strict=True):
        lack = model.new_int_var(0, post.people, "")
        model.add(sum(on.values()) + lack == post.people)
        shortage += lack * (length // unit)
    loads, nights = [], []
    for row in rows_of(team, posts, works, kept):
        keep_rules(model, row, rules)
        loads.append(sum(x * ((duty.edges[1] - duty.edges[0]) // unit) for duty, x in row))
        nights.append(sum(x for duty, x in row if duty.shift in rules.nights))
    solver = steady_solver(cp_model, time_limit)
    known = (cp_model.OPTIMAL, cp_model.FEASIBLE)
    model.minimize(shortage)
    if solver.solve(model) not in known:
        raise UnprovenCover(None, "the solver found no roster in time")
    people, undone = chosen(solver, works), timedelta(microseconds=proven(solver) * unit)
    uneven, least = shortage, timedelta()
    aims = [(loads, sum(lengths + held) // unit)]
    if rules.nights:
        aims.append((nights, len(posts) + len(kept)))
    for number, (amounts, limit) in enumerate(aims):
        model.add(uneven <= round(solver.objective_value))
        model.clear_hints()
        for x in (x for on in works for x in on.values()):
            model.add_hint(x, solver.boolean_value(x))
        uneven = spread_of(model, amounts, limit)
        model.minimize(uneven)
        if solver.solve(model) not in known:
            break
        people = chosen(solver, works)
        if number == 0:
            least = timedelta(microseconds=proven(solver) * unit)
    return people, undone, least


def rows_of(
    team: Sequence[Agent],
    posts: Sequence[Post],
    works: Sequence[dict[str, Any]],
    kept: Sequence[Duty],
) -> Iterator[PossibleDuties]:
    """Yield each person's possible duties by start, of those who have any."""
    for agent in team:
        row: PossibleDuties = [(duty, 1) for duty in kept if duty.person == agent.id]
        for post, on in zip(posts, works, strict=True):
            if agent.id in on:
                row.append((post.worked_by(agent.id), on[agent.id]))
        if row:
            yield sorted(row, key=lambda each: each[0].edges)


def spread_of(model: Any, amounts: Sequence[Any], limit: int) -> Any:  # noqa: ANN401 - of an extra
    """Return the largest of some amounts less the smallest, to be made small."""
    most, least = model.new_int_var(0, limit, ""), model.new_int_var(0, limit, "")
    for amount in amounts:
        model.add(most >= amount)
        model.add(least <= amount)
    return most - least


def cp_sat() -> Any:  # noqa: ANN401 - a module of an extra
    """Return OR-Tools' CP-SAT.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        from ortools.sat.python import cp_model  # noqa: PLC0415 - an extra
    except ImportError as error:  # the cause shows: another library may be in the way
        raise MissingExtra("shifts", "ortools") from error  # noqa: EM101 - names, no message
    return cp_model


def steady_solver(cp_model: Any, time_limit: timedelta) -> Any:  # noqa: ANN401 - of an extra
    """Return a solver that answers alike each time: one thread, one seed, time in steps."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = time_limit.total_seconds()
    return solver


def proven(solver: Any) -> int:  # noqa: ANN401 - of an extra
    """Return the proven bound of a whole aim that is never negative."""
    bound: float = solver.best_objective_bound
    return max(0, math.ceil(bound - 1e-6))


def chosen(solver: Any, works: Sequence[dict[str, Any]]) -> list[list[str]]:  # noqa: ANN401
    """Return the people that a solution puts on each post."""
    return [[who for who, x in on.items() if solver.boolean_value(x)] for on in works]


PossibleDuties = list[tuple[Duty, Any]]
"""One person's possible duties by start, each with its 0 or 1: a variable, or 1 when kept."""


def keep_rules(model: Any, row: PossibleDuties, rules: LaborRules) -> None:  # noqa: ANN401 - of an extra
    """Hold one person's duties to every rule."""
    keep_pairs(model, row, rules)
    keep_days(model, row, rules)
    keep_weeks(model, row, rules)
    keep_runs(model, row, rules, rules.max_days)
    nights = [(duty, x) for duty, x in row if duty.shift in rules.nights]
    keep_runs(model, nights, rules, rules.max_nights)


def keep_pairs(model: Any, row: PossibleDuties, rules: LaborRules) -> None:  # noqa: ANN401 - of an extra
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


def keep_days(model: Any, row: PossibleDuties, rules: LaborRules) -> None:  # noqa: ANN401 - of an extra
    """Hold each date's work down, and after the start of each duty one rest free."""
    days: dict[int, list[tuple[Duty, Any]]] = defaultdict(list)
    for duty, x in row:
        days[rules.date_of(duty.edges[0])].append((duty, x))
    most = rules.max_day
    if most is not None:
        for inside in days.values():
            work = sum(x * (duty.edges[1] - duty.edges[0]) for duty, x in inside)
            model.add(work <= micros_of(most))
    rest = rules.daily_rest
    if rest is None or rested(rules):
        return
    length = micros_of(rest)
    for duty, x in row:
        start, last = duty.edges[0], duty.edges[0] + rules.period(duty) - length
        rests = []
        for begins in sorted({end for (_, end), _ in map(edges_of, row) if start < end <= last}):
            rests.append(taken := model.new_bool_var(""))
            for (a, b), y in map(edges_of, row):
                if a < begins + length and begins < b:
                    model.add(y + taken <= 1)
        model.add(sum(rests) >= x)


def edges_of(each: tuple[Duty, Any]) -> tuple[Edges, Any]:
    """Return the edges of a possible duty, and whether it is worked."""
    return each[0].edges, each[1]


def keep_weeks(model: Any, row: PossibleDuties, rules: LaborRules) -> None:  # noqa: ANN401 - of an extra
    """Hold each week's work down, and one long rest in it free."""
    weeks = {week for duty, _ in row for _, week in rules.weeks(*duty.edges)}
    for start, end in sorted(weeks):
        inside = [
            (part, x) for duty, x in row for part in intersection([duty.edges], [(start, end)])
        ]
        if rules.max_week is not None:
            work = sum(x * (part[1] - part[0]) for part, x in inside)
            model.add(work <= micros_of(rules.max_week))
        if rules.weekly_rest is None:
            continue
        rest = micros_of(rules.weekly_rest)
        rests = []
        for begins in sorted({start, *(part[1] for part, _ in inside)}):
            if begins + rest > end:
                continue
            rests.append(taken := model.new_bool_var(""))
            for part, x in inside:
                if part[0] < begins + rest and begins < part[1]:
                    model.add(x + taken <= 1)
        model.add(sum(rests) >= 1)


def keep_runs(model: Any, row: PossibleDuties, rules: LaborRules, most: int | None) -> None:  # noqa: ANN401
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
