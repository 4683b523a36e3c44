"""How many people a demand takes: now, over a week, pooled, on each line, and at what cost.

`required_agents` answers for one demand, `requirement_curve` for volumes that change by the
interval, `pooling_gain` for demands served together. A result keeps its question: its figures
at the number and at one fewer, and which target binds.

`line_flow` follows tickets through support lines. They enter at some line, each line solves a
share and escalates the rest upward, possibly skipping lines; contractors take a price per ticket
instead of a crew. The crew of a line is what its queue needs and never below its coverage
minimum, so cost follows the occupancy that the staffing really yields. `DeskChange` and
`desk_break_even` answer whether a change pays, and from how many tickets on a desk pays at all.

Everywhere a volume, load or cost that is negative or not finite raises `InvalidLoad`, a share
outside its range `InvalidShare`, a duration not above zero or a wrong count `InvalidValue`, and
`TargetUnreachable` says that more people are needed than a limit allows.

Before this: `support_model.queueing`, `support_model.lines`. Next: `support_model.shifts`.
"""

from __future__ import annotations

import math
import warnings
from fractions import Fraction
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Literal, get_args

from attrs import field
from attrs.validators import optional

from support_model._checks import (
    checked_level,
    checked_load,
    checked_positive,
    checked_positive_share,
    checked_share,
    checked_whole,
    exact,
    valid,
)
from support_model._frozen import FrozenMap, frozen
from support_model._short_texts import (
    fields_html,
    number_text,
    rows_html,
    share_text,
    short_repr,
)
from support_model._staffing.coverage import (
    BUSINESS_HOURS,
    ROUND_THE_CLOCK,
    CoverageRule,
    Headcount,
    PaidAbsence,
    competence_coverage,
    effective_hours,
    relief_factor,
    scheduled,
)
from support_model._staffing.deadlines import (
    Job,
    agents_to_clear,
    agents_to_clear_by,
    deadline_capacity,
)
from support_model._staffing.demand import (
    HOUR,
    Demand,
    VolumeProfile,
    offered_loads,
    pooled,
    volume_profile,
    volume_quantile,
)
from support_model._tables import pairs_html
from support_model._time import duration_text, micros_of
from support_model.errors import HandlingOutlastsInterval, InvalidShare, InvalidValue, nearest
from support_model.queueing import ServiceLevel, SteadyState, agents_for, erlang_a, erlang_c

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from support_model._checks import Number


__all__ = [
    "BUSINESS_HOURS",
    "HOUR",
    "ROUND_THE_CLOCK",
    "Contractor",
    "CoverageRule",
    "Demand",
    "DeskChange",
    "Job",
    "LineWork",
    "PaidAbsence",
    "Targets",
    "VolumeProfile",
    "agents_to_clear",
    "agents_to_clear_by",
    "competence_coverage",
    "deadline_capacity",
    "desk_break_even",
    "effective_hours",
    "line_flow",
    "pooling_gain",
    "relief_factor",
    "required_agents",
    "requirement_curve",
    "scheduled",
    "volume_profile",
    "volume_quantile",
    "what_if",
]

Method = Literal["sipp", "sipp_max", "lag", "mol"]
METHODS: tuple[str, ...] = get_args(Method)


def is_promise(_: object, __: object, given: ServiceLevel | None) -> None:
    if not isinstance(given, ServiceLevel | None):
        remedy = "write ServiceLevel(0.8, within=...)"
        raise InvalidValue(given, "a promise is a ServiceLevel", remedy)


@frozen(kw_only=True)
class Targets:
    """Everything that a crew must meet at once.

    Attributes:
        service_level: the promise about waiting; None when there is none.
        max_occupancy: most of their time that agents may be busy.
        max_abandonment: largest share that may hang up; needs patience.
        max_wait: longest mean wait of all who come, those who hang up included.
        min_agents: coverage minimum, also without any work.
        shrinkage: share of scheduled people who are not at work; see `scheduled`.
        max_agents: as many as there can be; None has no limit.
    """

    service_level: ServiceLevel | None = field(default=None, validator=is_promise)
    max_occupancy: float = field(
        default=1, validator=valid(checked_positive_share, "an occupancy cap", full=True)
    )
    max_abandonment: float | None = field(
        default=None, validator=optional(valid(checked_positive_share, "an abandonment cap"))
    )
    max_wait: timedelta | None = field(
        default=None, validator=optional(valid(checked_positive, "a wait"))
    )
    min_agents: int = field(default=0, validator=valid(checked_whole, "min_agents"))
    shrinkage: Number = field(default=0, validator=valid(checked_share, "shrinkage"))
    max_agents: int | None = field(
        default=None, validator=optional(valid(checked_whole, "max_agents"))
    )

    @property
    def about_waiting(self) -> bool:
        """Whether anything but a minimum is wanted of a queue whose people hang up."""
        goals = (self.service_level, self.max_abandonment, self.max_wait)
        return self.max_occupancy < 1 or any(goal is not None for goal in goals)

    def crew(
        self,
        load: Number,
        handle_time: timedelta,
        patience: timedelta | None,
        variation: Number = 1,
    ) -> int:
        """Return the fewest people at work who keep all of it under a load."""
        if patience is not None and self.min_agents and not self.about_waiting:
            return self.min_agents
        agents = agents_for(
            load,
            self.service_level,
            handle_time=handle_time,
            patience=patience,
            max_occupancy=self.max_occupancy,
            max_abandonment=self.max_abandonment,
            max_wait=self.max_wait,
            max_agents=self.max_agents,
            variation=variation,
        )
        return max(agents, self.min_agents)


def as_targets(given: Targets | ServiceLevel) -> Targets:
    return given if isinstance(given, Targets) else Targets(service_level=given)


@frozen(kw_only=True)
class Staffing:
    """The fewest people at work, and to schedule, who meet the targets of a demand."""

    demand: Demand
    targets: Targets
    agents: int
    scheduled: int

    __repr__ = short_repr

    def __str__(self) -> str:
        load, bound = number_text(float(self.demand.load)), ", ".join(self.binding)
        limit = f"; one fewer misses {bound}" if bound else ""
        return f"{self.agents:,} agents, {self.scheduled:,} scheduled, for {load} erlangs{limit}"

    def _repr_html_(self) -> str:
        queue = self.figures
        rows = [
            ("agents", f"{self.agents:,}"),
            ("scheduled", f"{self.scheduled:,}"),
            ("load", f"{number_text(float(self.demand.load))} erlangs"),
            ("occupancy", share_text(queue.occupancy)),
            ("must wait", share_text(queue.p_wait)),
            ("one fewer misses", ", ".join(self.binding)),
        ]
        return pairs_html("staffing", rows)

    @property
    def figures(self) -> SteadyState:
        """The queue at this number."""
        return steady(self.demand, self.agents)

    @property
    def one_fewer(self) -> SteadyState | None:
        """The queue with one agent fewer; None without agents."""
        return steady(self.demand, self.agents - 1) if self.agents else None

    @property
    def binding(self) -> tuple[str, ...]:
        """The targets that one agent fewer would miss, in words."""
        queue, targets = self.one_fewer, self.targets
        if queue is None:
            return ()
        promise, lost = targets.service_level, targets.max_abandonment
        missed = {
            "coverage minimum": self.agents <= targets.min_agents,
            "stability": not queue.stable,
            "service level": promise is not None
            and queue.service_level(promise.within, promise.of) < promise.share,
            "occupancy": exact(busy(queue)) > exact(targets.max_occupancy),
            "abandonment": lost is not None and queue.p_abandon > lost,
            "mean wait": targets.max_wait is not None
            and queue.relative_wait > targets.max_wait / queue.handle_time,
        }
        return tuple(name for name, holds in missed.items() if holds)


def busy(queue: SteadyState) -> float:
    """Return how busy a crew is; a load without agents is as busy as can be."""
    return queue.occupancy if queue.agents or not queue.load else 1.0


def steady(demand: Demand, agents: int) -> SteadyState:
    """Return the long run of a demand: Erlang A with patience, Erlang C without."""
    load, time = demand.load, demand.handle_time
    if demand.patience is None:
        return erlang_c(load, agents=agents, handle_time=time, variation=demand.variation)
    return erlang_a(load, agents=agents, handle_time=time, patience=demand.patience)


def required_agents(
    demand: Demand,
    target: ServiceLevel | None = None,
    *,
    max_occupancy: float = 1,
    max_abandonment: float | None = None,
    max_wait: timedelta | None = None,
    min_agents: int = 0,
    shrinkage: Number = 0,
    max_agents: int | None = None,
) -> Staffing:
    """Return the smallest crew that meets every target given.

    Patience on the demand chooses Erlang A, its absence Erlang C. No demand needs nobody but
    the coverage minimum.

    Raises:
        InvalidValue: patience and no target.

    Example:
        >>> from datetime import timedelta
        >>> calls = Demand(count=100, per=timedelta(minutes=30), handle_time=timedelta(minutes=3))
        >>> crew = required_agents(
        ...     calls, ServiceLevel(0.80, within=timedelta(seconds=20)), shrinkage=0.30)
        >>> crew.agents, crew.scheduled, crew.binding
        (14, 20, ('service level',))
    """
    targets = Targets(
        service_level=target,
        max_occupancy=max_occupancy,
        max_abandonment=max_abandonment,
        max_wait=max_wait,
        min_agents=min_agents,
        shrinkage=shrinkage,
        max_agents=max_agents,
    )
    return staffed(demand, targets)


def staffed(demand: Demand, targets: Targets) -> Staffing:
    """Return the smallest crew that meets a set of targets."""
    agents = targets.crew(demand.load, demand.handle_time, demand.patience, demand.variation)
    people = scheduled(agents, shrinkage=targets.shrinkage)
    return Staffing(demand=demand, targets=targets, agents=agents, scheduled=people)


@frozen
class Requirement:
    """What one interval takes: load in erlangs, people at work, people to schedule."""

    load: float
    agents: int
    scheduled: int


def requirement_curve(
    volumes: Sequence[Number],
    targets: Targets | ServiceLevel,
    *,
    interval: timedelta,
    handle_time: timedelta,
    patience: timedelta | None = None,
    method: Method = "sipp",
    volume_before: Number = 0,
) -> tuple[Requirement, ...]:
    """Return the crew of each interval for volumes that change.

    `volumes` are arrivals per interval; `volume_before` is the volume before the first.
    `method` chooses the load that an interval is staffed for:

    - `sipp`: its own volume, as if it went on for ever; right when handling is much shorter
      than an interval, and warned of where it outlasts one;
    - `sipp_max`: the largest rate within it, between the volumes of its neighbors; likewise;
    - `lag`: the volume one handle time earlier;
    - `mol`: the mean modified offered load; right also when handling outlasts an interval.

    Source: L. Green, P. Kolesar, W. Whitt 2007.

    Raises:
        InvalidValue: an unknown method, patience and no target.

    Warns:
        HandlingOutlastsInterval: with `sipp` or `sipp_max`, whose load ends with the interval.

    Example:
        >>> from datetime import timedelta
        >>> target = ServiceLevel(0.80, within=timedelta(seconds=20))
        >>> curve = requirement_curve([20, 100, 40], target,
        ...     interval=timedelta(minutes=30), handle_time=timedelta(minutes=3))
        >>> [need.agents for need in curve]
        [4, 14, 7]
    """
    goals = as_targets(targets)
    loads = curve_loads(volumes, interval, handle_time, method, volume_before)
    known: dict[Number, Requirement] = {}
    curve = []
    for load in loads:
        need = known.get(load)
        if need is None:
            agents = goals.crew(load, handle_time, patience)
            people = scheduled(agents, shrinkage=goals.shrinkage) if goals.shrinkage else agents
            need = known[load] = Requirement(float(load), agents, people)
        curve.append(need)
    return tuple(curve)


def curve_loads(
    volumes: Sequence[Number],
    interval: timedelta,
    handle_time: timedelta,
    method: str,
    volume_before: Number,
) -> list[Number]:
    """Return the load that each interval is staffed for."""
    for volume in (*volumes, volume_before):
        checked_load(volume, "a volume")
    length = micros_of(checked_positive(interval, "an interval"))
    time = micros_of(checked_positive(handle_time, "a handle time"))
    if method not in METHODS:
        raise InvalidValue(method, "unknown method", nearest(str(method), METHODS))
    if time > length and method in ("sipp", "sipp_max"):
        warnings.warn(
            f"handling takes {duration_text(handle_time)}, an interval {duration_text(interval)}:"
            ' the load lags behind arrivals; method="mol" follows it',
            HandlingOutlastsInterval,
            stacklevel=3,
        )
    if method == "mol":
        loads = offered_loads(
            volumes, interval=interval, handle_time=handle_time, volume_before=volume_before
        )
        return [load.mean for load in loads]
    rates = volumes
    if method == "sipp_max":
        rates = peaks([exact(volume) for volume in volumes])
    elif method == "lag":
        earlier = [exact(volume) for volume in (volume_before, *volumes)]
        rates = lagged(earlier, *divmod(Fraction(time, length), 1))
    return [volume * time / length for volume in rates]


def peaks(volumes: Sequence[Fraction]) -> list[Fraction]:
    """Return the largest volume within each interval, on the lines between their middles."""
    around = [*volumes[:1], *volumes, *volumes[-1:]]
    return [
        max(own, (left + own) / 2, (own + right) / 2)
        for left, own, right in zip(around, volumes, around[2:], strict=False)
    ]


def lagged(volumes: Sequence[Fraction], back: int, part: Fraction) -> list[Fraction]:
    """Return the volumes so many intervals and a part earlier; the first goes before all."""
    early = [volumes[0]] * back + [*volumes]
    pairs = islice(pairwise(early), len(volumes) - 1)
    return [(1 - part) * own + part * before for before, own in pairs]


@frozen(kw_only=True)
class StaffingChange:
    """The crews of a demand before and after a change."""

    before: Staffing
    after: Staffing

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        return f"{self.before.agents:,} agents before, {self.after.agents:,} after"

    @property
    def saved(self) -> int:
        """Agents saved; negative when more are needed."""
        return self.before.agents - self.after.agents

    @property
    def saved_share(self) -> float | None:
        """Share of the agents saved; None when no agent was needed before."""
        return self.saved / self.before.agents if self.before.agents else None


def what_if(
    demand: Demand,
    targets: Targets | ServiceLevel,
    *,
    volume: Number = 1,
    handle_time: Number = 1,
) -> StaffingChange:
    """Return what a change of volume or handle time does to the crew.

    40 % fewer contacts do not mean 40 % fewer people: the smaller queue pools less, and what is
    left is usually the harder part. See `Demand.scaled` for the factors.

    Example:
        >>> from datetime import timedelta
        >>> calls = Demand(count=100, per=timedelta(minutes=50), handle_time=timedelta(minutes=5))
        >>> target = ServiceLevel(0.80, within=timedelta(seconds=20))
        >>> change = what_if(calls, target, volume=0.6, handle_time=1.2)
        >>> change.before.agents, change.after.agents
        (14, 11)
    """
    goals = as_targets(targets)
    after = demand.scaled(volume=volume, handle_time=handle_time)
    return StaffingChange(before=staffed(demand, goals), after=staffed(after, goals))


@frozen(kw_only=True)
class Pooling:
    """The crews of several demands served apart, and the crew of all together."""

    apart: tuple[Staffing, ...]
    together: Staffing

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        agents = sum(each.agents for each in self.apart)
        return f"{agents:,} agents in {len(self.apart):,} crews, {self.together.agents:,} in one"

    @property
    def saved(self) -> int:
        """Agents saved by pooling."""
        return sum(crew.agents for crew in self.apart) - self.together.agents


def pooling_gain(demands: Sequence[Demand], targets: Targets | ServiceLevel) -> Pooling:
    """Return the crews of demands served apart and together by cross-trained people.

    Short work that waits behind long may make together the dearer way.

    Raises:
        InvalidValue: nothing to pool, or patience on some and not on others.

    Example:
        >>> from datetime import timedelta
        >>> queue = Demand(count=20, per=timedelta(hours=1), handle_time=timedelta(minutes=6))
        >>> target = ServiceLevel(0.80, within=timedelta(seconds=20))
        >>> gain = pooling_gain([queue] * 5, target)
        >>> sum(crew.agents for crew in gain.apart), gain.together.agents
        (20, 14)
    """
    goals = as_targets(targets)
    together = staffed(pooled(demands), goals)
    return Pooling(apart=tuple(staffed(d, goals) for d in demands), together=together)


@frozen(kw_only=True)
class Contractor:
    """A line that is paid by the ticket, and at least a minimum charge each period."""

    price: Number = field(validator=valid(checked_load, "a price"))
    minimum: Number = field(default=0, validator=valid(checked_load, "a minimum charge"))


@frozen(kw_only=True)
class LineWork:
    """What one line does with the tickets that reach it.

    Attributes:
        level: the support line, 1 to 5.
        handle_time: mean time that a ticket takes here, escalated ones included.
        escalates: share of its tickets that go on, by the level they go to.
        targets: what its crew must meet, with its coverage minimum and shrinkage.
        cost_per_hour: of one scheduled person.
        license_cost: of one license a period.
        licenses_each: licenses that one scheduled person takes; below 1 where they share.
        contractor: takes the place of a crew.

    Raises:
        InvalidValue: a level outside 1 to 5, an escalation downward.
        InvalidShare: escalated shares of more than 1 in all.
    """

    level: int = field(validator=valid(checked_level))
    handle_time: timedelta = field(validator=valid(checked_positive, "a handle time"))
    escalates: Mapping[int, Number] = field(factory=FrozenMap, hash=False)
    targets: Targets = field(factory=Targets)
    cost_per_hour: Number = field(default=0, validator=valid(checked_load, "a cost"))
    license_cost: Number = field(default=0, validator=valid(checked_load, "a cost"))
    licenses_each: Number = field(default=1, validator=valid(checked_load, "licenses"))
    contractor: Contractor | None = None

    @escalates.validator
    def _go_upward(self, _: object, escalates: Mapping[int, Number]) -> None:
        for level, share in escalates.items():
            checked_share(share, "an escalated share", full=True)
            if checked_level(level) <= self.level:
                raise InvalidValue(level, f"line {self.level} can only escalate upward")
        if sum(map(exact, escalates.values())) > 1:
            raise InvalidShare(dict(escalates), "escalated shares add up to more than 1")


def reach(
    lines: Sequence[LineWork], *, entry: Mapping[int, Number] | None = None
) -> dict[int, Fraction]:
    """Return the share of all tickets that reaches each line.

    `entry` is the share that enters at each level; by default all enter at the lowest.

    Raises:
        InvalidValue: a level given twice, or one that tickets go to and nobody works.
        InvalidShare: entry shares that do not add up to 1.
    """
    table = by_level(lines)
    entry = {min(table): 1} if entry is None else entry
    if (
        sum(exact(checked_share(part, "an entry share", full=True)) for part in entry.values())
        != 1
    ):
        raise InvalidShare(dict(entry), "entry shares must add up to 1")
    if strangers := {*entry}.union(*(line.escalates for line in lines)) - table.keys():
        raise InvalidValue(sorted(strangers), "tickets go to lines that nobody works", "add them")
    shares = {level: exact(entry.get(level, 0)) for level in table}
    for level, line in table.items():
        for above, share in line.escalates.items():
            shares[above] += shares[level] * exact(share)
    return shares


def by_level(lines: Sequence[LineWork]) -> dict[int, LineWork]:
    table = {line.level: line for line in sorted(lines, key=lambda line: line.level)}
    if not table or len(table) != len(lines):
        raise InvalidValue([line.level for line in lines], "give each line once")
    return table


@frozen(kw_only=True)
class LineResult:
    """One line of a desk: what reaches it, who serves it, what it costs a period.

    Attributes:
        level: the support line.
        tickets: per period.
        load: erlangs; 0 for a contractor.
        staffing: the crew; None for a contractor.
        occupancy: share of their time that the crew is busy.
        licenses: whole ones that the crew takes.
        cost: per period.
    """

    level: int
    tickets: Fraction
    load: Fraction = Fraction(0)
    staffing: Staffing | None = None
    occupancy: float = 0.0
    licenses: int = 0
    cost: Fraction

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        people = "" if self.staffing is None else f", {self.staffing.scheduled:,} people"
        tickets, cost = (number_text(float(value)) for value in (self.tickets, self.cost))
        return f"line {self.level}: {tickets} tickets{people}, cost {cost}"


@frozen(kw_only=True)
class DeskCost:
    """A desk of several lines.

    Attributes:
        lines: by level.
        volume: tickets that reach people, per period.
        deflected: tickets that self-service or a bot took, per period.
        cost: of all lines and fixed cost, per period.
    """

    lines: tuple[LineResult, ...]
    volume: Fraction
    deflected: Fraction
    cost: Fraction

    __repr__ = short_repr

    def __str__(self) -> str:
        volume, cost = (number_text(float(value)) for value in (self.volume, self.cost))
        crews = f"{self.people:,} people on {len(self.lines):,} lines"
        return f"{volume} tickets, {crews}, cost {cost}"

    def _repr_html_(self) -> str:
        head = ("line", "tickets", "load", "people", "cost")
        rows = [
            (
                str(line.level),
                *(number_text(float(value)) for value in (line.tickets, line.load)),
                "" if line.staffing is None else f"{line.staffing.scheduled:,}",
                number_text(float(line.cost)),
            )
            for line in self.lines
        ]
        return rows_html(str(self), head, rows)

    @property
    def cost_per_ticket(self) -> Fraction | None:
        """Cost over tickets that reached people; None without any."""
        return self.cost / self.volume if self.volume else None

    @property
    def people(self) -> int:
        """Scheduled people on all lines."""
        return sum(line.staffing.scheduled for line in self.lines if line.staffing)


def line_flow(
    count: Number,
    lines: Sequence[LineWork],
    *,
    per: timedelta,
    deflected: Number = 0,
    fixed_cost: Number = 0,
    entry: Mapping[int, Number] | None = None,
) -> DeskCost:
    """Return loads, crews and cost of every line for `count` tickets in `per` open hours.

    `per` is the open time of the period, which scheduled people are paid for. `deflected`
    is the share taken by self-service before line 1; `fixed_cost` is per period.

    Raises:
        InvalidShare: entry shares that do not add up to 1.
        InvalidValue: a line given twice, or one that tickets go to and nobody works.

    Example:
        >>> from datetime import timedelta
        >>> desk = line_flow(
        ...     800, [LineWork(level=1, handle_time=timedelta(minutes=6), escalates={4: 0.1},
        ...                    targets=Targets(max_occupancy=0.8), cost_per_hour=30),
        ...           LineWork(level=4, handle_time=timedelta(hours=1),
        ...                    contractor=Contractor(price=50))],
        ...     per=timedelta(hours=40))
        >>> desk.people, float(desk.cost_per_ticket)
        (3, 9.5)
    """
    checked_positive(per, "a period")
    checked_load(fixed_cost, "a cost")
    checked_load(count, "a count")
    taken = exact(count) * exact(checked_share(deflected, "a deflected share", full=True))
    volume = exact(count) - taken
    shares = reach(lines, entry=entry)
    results = [
        line_result(line, volume * shares[level], per) for level, line in by_level(lines).items()
    ]
    return DeskCost(
        lines=tuple(results),
        volume=volume,
        deflected=taken,
        cost=sum((result.cost for result in results), exact(fixed_cost)),
    )


def line_result(line: LineWork, tickets: Fraction, per: timedelta) -> LineResult:
    """Return one line at its share of the tickets."""
    if line.contractor is not None:
        cost = max(tickets * exact(line.contractor.price), exact(line.contractor.minimum))
        return LineResult(level=line.level, tickets=tickets, cost=cost)
    demand = Demand(count=tickets, per=per, handle_time=line.handle_time)
    crew = staffed(demand, line.targets)
    hours = Fraction(micros_of(per), 3_600_000_000)
    licenses = math.ceil(crew.scheduled * exact(line.licenses_each))
    wages = crew.scheduled * exact(line.cost_per_hour) * hours
    return LineResult(
        level=line.level,
        tickets=tickets,
        load=demand.load,
        staffing=crew,
        occupancy=crew.figures.occupancy,
        licenses=licenses,
        cost=wages + licenses * exact(line.license_cost),
    )


@frozen(kw_only=True)
class DeskChange:
    """A desk before and after a change: the answer to "what if?", in people and money.

    Self-service is a larger `deflected`, automation a shorter `handle_time` or a smaller share
    escalated, pooling two lines made one, sharing of licenses a smaller `licenses_each`. What
    the change itself costs belongs into the `fixed_cost` of the desk after it.

    Example:
        >>> from datetime import timedelta
        >>> week = timedelta(hours=40)
        >>> line = LineWork(level=1, handle_time=timedelta(minutes=6), cost_per_hour=30,
        ...                 targets=Targets(max_occupancy=0.8, min_agents=2))
        >>> change = DeskChange(before=line_flow(1200, [line], per=week),
        ...                     after=line_flow(1200, [line], per=week, deflected=0.4))
        >>> change.people_saved, change.cost_saved, float(change.cost_share)
        (1, Fraction(1200, 1), 0.25)
    """

    before: DeskCost
    after: DeskCost

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        costs = [number_text(float(each.cost)) for each in (self.before, self.after)]
        people = f"{self.before.people:,} people before, {self.after.people:,} after"
        return f"{people}, cost {costs[0]} before, {costs[1]} after"

    @property
    def people_saved(self) -> int:
        """Scheduled people saved; negative when more are needed."""
        return self.before.people - self.after.people

    @property
    def cost_saved(self) -> Fraction:
        """Cost saved a period; negative when the change costs more than it saves."""
        return self.before.cost - self.after.cost

    @property
    def cost_share(self) -> Fraction | None:
        """Share of the cost saved; None where nothing was spent."""
        return self.cost_saved / self.before.cost if self.before.cost else None


@frozen(kw_only=True)
class BreakEven:
    """When a support desk costs less than developers who answer between their other work.

    Attributes:
        tickets: per period, from which the desk is no dearer; None when never.
        desk_fixed: cost of the desk's people a period, whatever arrives.
        developer_per_ticket: what a ticket costs that a developer answers.
        desk_per_ticket: what a ticket still costs developers with a desk before them.
        assumptions: what was assumed, in words.
    """

    tickets: Fraction | None
    desk_fixed: Fraction
    developer_per_ticket: Fraction
    desk_per_ticket: Fraction
    assumptions: tuple[str, ...]

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        if self.tickets is None:
            return "break-even: never, the desk costs more for each ticket"
        return f"break-even: {number_text(float(self.tickets))} tickets a period"


def desk_break_even(
    headcount: Headcount | int,
    *,
    agent_cost: Number,
    developer_cost_per_hour: Number,
    handle_time: timedelta,
    interruption: timedelta | None = None,
    escalated: Number = 0,
    shrinkage: Number = 0,
) -> BreakEven:
    """Return the tickets per period from which a desk of its own pays for a product.

    `agent_cost` is one person's cost per period; `interruption` is the time a developer
    loses on each ticket besides handling it; `escalated` is the share that reaches
    developers even with a desk.

    Raises:
        InvalidValue: a negative interruption.

    Example:
        >>> from datetime import timedelta
        >>> even = desk_break_even(2, agent_cost=4000, developer_cost_per_hour=80,
        ...     handle_time=timedelta(minutes=30), interruption=timedelta(minutes=15),
        ...     escalated=0.2)
        >>> float(even.tickets)
        166.66666666666666
    """
    checked_load(agent_cost, "a cost")
    crew = headcount.people if isinstance(headcount, Headcount) else headcount
    people = scheduled(checked_whole(crew, "people"), shrinkage=shrinkage)
    fixed = people * exact(agent_cost)
    checked_load(developer_cost_per_hour, "a cost")
    pause = micros_of(interruption) if interruption is not None else 0
    if pause < 0:
        raise InvalidValue(interruption, "an interruption must not be negative")
    lost = micros_of(checked_positive(handle_time, "a handle time")) + pause
    each = exact(developer_cost_per_hour) * Fraction(lost, 3_600_000_000)
    still = each * exact(checked_share(escalated, "an escalated share", full=True))
    saved = each - still
    return BreakEven(
        tickets=fixed / saved if saved else None,
        desk_fixed=fixed,
        developer_per_ticket=each,
        desk_per_ticket=still,
        assumptions=(
            f"the desk is {people} people, busy or idle",
            f"a ticket takes a developer {handle_time} of handling",
            f"and {pause / 60_000_000:g} minutes of lost thread",
            f"{float(escalated):.0%} of tickets still reach a developer",
            "the desk has capacity for all of them; check with required_agents",
        ),
    )
