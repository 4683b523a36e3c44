"""How many people a demand takes: now, over a week, pooled, after a change.

`required_agents` answers for one demand, `requirement_curve` for volumes that change by the
interval, `what_if` compares. Each result keeps what was asked and can be asked on: its
figures at the number found and at one fewer, and which target binds.

Before this: `support_model.capacity.demand`, `support_model.capacity.sizing`,
`support_model.capacity.coverage`. Next: `support_model.capacity.deadlines` for work that may
wait, `support_model.capacity.line_flow` for the lines.
"""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from support_model.capacity.demand import Demand, offered_loads, pooled
from support_model.capacity.quantities import (
    checked_load,
    checked_positive,
    checked_share,
    checked_whole,
    exact,
)
from support_model.capacity.relief import scheduled
from support_model.capacity.sizing import agents_for, checked_caps
from support_model.errors import HandlingOutlastsInterval, InvalidValue, nearest
from support_model.instants import duration_text, micros_of
from support_model.queueing import ServiceLevel, SteadyState, erlang_a, erlang_c

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from support_model.capacity.quantities import Number

__all__ = [
    "Comparison",
    "Need",
    "Pooling",
    "Staffing",
    "Targets",
    "pooling_gain",
    "required_agents",
    "requirement_curve",
    "what_if",
]

Method = Literal["sipp", "sipp_max", "lag", "mol"]
METHODS = ("sipp", "sipp_max", "lag", "mol")


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

    Raises:
        InvalidShare: a share outside its range.
        InvalidValue: counts that are negative or not whole, a wait not above zero, no promise
            where one is expected.
    """

    service_level: ServiceLevel | None = None
    max_occupancy: float = 1
    max_abandonment: float | None = None
    max_wait: timedelta | None = None
    min_agents: int = 0
    shrinkage: Number = 0
    max_agents: int | None = None

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        if not isinstance(self.service_level, ServiceLevel | None):
            why = "a promise is a ServiceLevel"
            raise InvalidValue(self.service_level, why, "say ServiceLevel(0.8, within=...)")
        checked_caps(self.max_occupancy, self.max_abandonment)
        if self.max_wait is not None:
            checked_positive(self.max_wait, "a wait")
        checked_share(self.shrinkage, "shrinkage")
        checked_whole(self.min_agents, "min_agents")
        if self.max_agents is not None:
            checked_whole(self.max_agents, "max_agents")

    @property
    def about_waiting(self) -> bool:
        """Whether anything but a minimum is asked of a queue whose people hang up."""
        goals = (self.service_level, self.max_abandonment, self.max_wait)
        return self.max_occupancy < 1 or any(goal is not None for goal in goals)

    def crew(
        self,
        load: Number,
        handle_time: timedelta,
        patience: timedelta | None,
        variation: Number = 1,
    ) -> int:
        """Return the fewest people at work who keep all of it under a load.

        Raises:
            InvalidValue: patience and no target at all, not even a coverage minimum.
            TargetUnreachable: more than `max_agents` would be needed.
        """
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


@frozen(kw_only=True)
class Staffing:
    """The crew that a demand takes.

    Attributes:
        demand: the demand that was asked about.
        targets: what the crew must meet.
        agents: fewest people at work.
        scheduled: fewest people to schedule so that so many are at work.
    """

    demand: Demand
    targets: Targets
    agents: int
    scheduled: int

    @property
    def figures(self) -> SteadyState:
        """The queue at this number."""
        return steady(self.demand, self.agents)

    @property
    def one_fewer(self) -> SteadyState | None:
        """The queue with one agent fewer; None when there is nobody to leave out."""
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
    """Return how busy a crew is; where nobody faces a load, as busy as can be."""
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
        TargetUnreachable: more than `max_agents` would be needed.
        InvalidValue: patience and no target.
        InvalidShare: a share outside its range.

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
class Need:
    """What one interval takes.

    Attributes:
        load: the load used, erlangs.
        agents: fewest people at work.
        scheduled: fewest people to schedule.
    """

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
    before: Number = 0,
) -> tuple[Need, ...]:
    """Return the crew of each interval for volumes that change.

    `volumes` are arrivals per interval; `before` is the volume before the first.
    `method` says which load an interval is staffed for:

    - `sipp`: its own volume, as if it went on for ever; right when handling is much shorter
      than an interval, and warned of where it outlasts one;
    - `sipp_max`: the largest rate within it, between the volumes of its neighbors; likewise;
    - `lag`: the volume one handle time earlier;
    - `mol`: the mean modified offered load; right also when handling outlasts an interval.

    Source: L. Green, P. Kolesar, W. Whitt 2007.

    Raises:
        TargetUnreachable: an interval needs more than the targets' `max_agents`.
        InvalidLoad: a volume that is negative or not finite.
        InvalidValue: an unknown method, a duration not above zero, patience and no target.

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
    goals = targets if isinstance(targets, Targets) else Targets(service_level=targets)
    loads = curve_loads(volumes, interval, handle_time, method, before)
    known: dict[Number, Need] = {}
    curve = []
    for load in loads:
        need = known.get(load)
        if need is None:
            agents = goals.crew(load, handle_time, patience)
            people = scheduled(agents, shrinkage=goals.shrinkage) if goals.shrinkage else agents
            need = known[load] = Need(float(load), agents, people)
        curve.append(need)
    return tuple(curve)


def curve_loads(
    volumes: Sequence[Number],
    interval: timedelta,
    handle_time: timedelta,
    method: str,
    before: Number,
) -> list[Number]:
    """Return the load that each interval is staffed for."""
    for volume in (*volumes, before):
        checked_load(volume, "a volume")
    length = micros_of(checked_positive(interval, "an interval"))
    time = micros_of(checked_positive(handle_time, "a handle time"))
    if time > length and method in ("sipp", "sipp_max"):
        warnings.warn(
            f"handling takes {duration_text(handle_time)}, an interval {duration_text(interval)}:"
            ' the load lags behind arrivals; method="mol" follows it',
            HandlingOutlastsInterval,
            stacklevel=3,
        )
    if method == "mol":
        found = offered_loads(volumes, interval=interval, handle_time=handle_time, before=before)
        return [load.mean for load in found]
    if method == "sipp":
        return [volume * time / length for volume in volumes]
    exacts = [exact(volume) for volume in volumes]
    if method == "lag":
        back, part = divmod(time, length)
        early = [exact(before)] * (back + 1) + exacts
        share = Fraction(part, length)
        shifted = [(1 - share) * early[k + 1] + share * early[k] for k in range(len(exacts))]
    elif method == "sipp_max":
        around = [exacts[0], *exacts, exacts[-1]] if exacts else []
        shifted = [
            max(own, (left + own) / 2, (own + right) / 2)
            for left, own, right in zip(around, exacts, around[2:], strict=False)
        ]
    else:
        raise InvalidValue(method, "unknown method", nearest(str(method), METHODS))
    return [volume * time / length for volume in shifted]


@frozen(kw_only=True)
class Pooling:
    """What serving several demands as one queue saves.

    Attributes:
        apart: the crew of each demand on its own.
        together: the crew of the pooled demand.
    """

    apart: tuple[Staffing, ...]
    together: Staffing

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
    goals = targets if isinstance(targets, Targets) else Targets(service_level=targets)
    together = staffed(pooled(demands), goals)
    return Pooling(apart=tuple(staffed(d, goals) for d in demands), together=together)


@frozen(kw_only=True)
class Comparison:
    """The crew before and after a change of the demand.

    Attributes:
        before: the crew of the demand as it is.
        after: the crew of the changed demand.
    """

    before: Staffing
    after: Staffing

    @property
    def saved(self) -> int:
        """Agents saved; negative when more are needed."""
        return self.before.agents - self.after.agents

    @property
    def saved_share(self) -> float | None:
        """Share of the agents saved; None when nobody was needed before."""
        return self.saved / self.before.agents if self.before.agents else None


def what_if(
    demand: Demand,
    targets: Targets | ServiceLevel,
    *,
    volume: Number = 1,
    handle_time: Number = 1,
) -> Comparison:
    """Return what a change of volume or handle time does to the crew.

    40 % fewer contacts do not mean 40 % fewer people: the smaller queue pools less, and
    what is left is usually the harder part. See `Demand.scaled` for the factors.

    Example:
        >>> from datetime import timedelta
        >>> calls = Demand(count=100, per=timedelta(minutes=50), handle_time=timedelta(minutes=5))
        >>> target = ServiceLevel(0.80, within=timedelta(seconds=20))
        >>> change = what_if(calls, target, volume=0.6, handle_time=1.2)
        >>> change.before.agents, change.after.agents
        (14, 11)
    """
    goals = targets if isinstance(targets, Targets) else Targets(service_level=targets)
    after = demand.scaled(volume=volume, handle_time=handle_time)
    return Comparison(before=staffed(demand, goals), after=staffed(after, goals))
