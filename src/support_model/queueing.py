"""Queues in the long run: how long people wait for a given number of agents, and back.

`erlang_c` is the queue in which everybody waits, `erlang_a` the one in which people hang up
after a patience of their own; both return a `SteadyState`, which has service levels,
percentiles and means. `agents_for` turns the question around. Arrivals are Poisson, handling
times and patience exponential, and the figures are those of a queue that has run long enough
to forget its start.

Loads are in erlangs (arrivals per handle time). Overload is an answer and never raises:
without impatience everybody waits and the mean wait is unbounded. Everywhere a load that is
negative or not finite raises `InvalidLoad`, such agents `InvalidAgents`, a share outside its
range `InvalidShare`, a duration not above zero `InvalidValue`.
"""

from __future__ import annotations

import math
from datetime import timedelta
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, get_args

from attrs import field

from support_model._checks import (
    checked_agents,
    checked_hangup,
    checked_load,
    checked_positive,
    checked_positive_share,
    checked_share,
    checked_whole,
    exact,
    valid,
)
from support_model._frozen import frozen
from support_model._queueing.birth_death import chat, finite_queue, required_chat_agents
from support_model._queueing.erlang import (
    Impatience,
    blocking_odds,
    crossing,
    delay,
    impatience,
    late_shares,
    least_agents_c,
)
from support_model._short_texts import fields_row, number_text, share_text, short_repr
from support_model._tables import pairs_html
from support_model._time import duration_text
from support_model.errors import InvalidValue, TargetUnreachable, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support_model._checks import Number

__all__ = [
    "ServiceLevel",
    "SteadyState",
    "agents_for",
    "chat",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "finite_queue",
    "required_chat_agents",
]

QueueDenominator = Literal[
    "offered", "answered", "exclude_early_abandons", "early_abandons_met", "virtual"
]
DENOMINATORS: tuple[str, ...] = get_args(QueueDenominator)
MOST_AGENTS = 2**53  # beyond this a float cannot count people
STANDARD_NORMAL = NormalDist()


def checked_within(within: timedelta, name: str = "a threshold") -> timedelta:
    """Return a duration >= 0."""
    if not isinstance(within, timedelta) or within < timedelta(0):
        raise InvalidValue(within, f"{name} must be a timedelta >= 0")
    return within


def checked_denominator(of: str, name: str = "service level definition") -> None:
    """Refuse a name that is none of the `DENOMINATORS`."""
    if of not in DENOMINATORS:
        raise InvalidValue(of, f"unknown {name}", nearest(str(of), DENOMINATORS))


@frozen
class ServiceLevel:
    """A promise about waiting: this share is served within this time.

    `of` names of whom: `offered` (answered in time, of all), `answered` (of those answered),
    `exclude_early_abandons` (of all but those who hung up in time), `early_abandons_met`
    (who hung up in time counts as served) or `virtual` (what endlessly patient people would
    see). Without impatience all five are one.

    Example:
        >>> ServiceLevel(0.80, within=timedelta(seconds=20))
        ServiceLevel(share=0.8, within=datetime.timedelta(seconds=20), of='offered')
    """

    share: float = field(validator=valid(checked_positive_share, "a service level"))
    within: timedelta = field(kw_only=True, validator=valid(checked_within, "a threshold"))
    of: QueueDenominator = field(
        default="offered",
        kw_only=True,
        validator=valid(checked_denominator, "service level definition"),
    )


def _seconds(length: timedelta) -> str:
    return duration_text(timedelta(seconds=round(length.total_seconds(), 1)))


@frozen(kw_only=True)
class SteadyState:
    """A queue in the long run: the figures of `erlang_c` and `erlang_a`.

    Attributes:
        load: offered load, erlangs.
        agents: people serving; may be fractional.
        handle_time: mean handling time, all else is relative to it.
        patience: mean time until people hang up; None when they never do.
        variation: squared coefficient of variation of handling times; 1 is exponential.
        p_wait: share that must wait; `p_no_wait` is the rest, to full precision.
        p_abandon: share that hangs up.
        occupancy: share of their time that agents are busy.
        queue_length: mean number waiting; `math.inf` in overload without impatience.
        relative_wait: mean wait of all, in handle times.
        relative_wait_answered: mean wait of those answered, in handle times.
    """

    load: float
    agents: float
    handle_time: timedelta
    patience: timedelta | None = None
    variation: float = 1.0
    p_wait: float
    p_no_wait: float = field(repr=False)
    p_abandon: float
    occupancy: float
    queue_length: float
    relative_wait: float
    relative_wait_answered: float
    _waiting: Impatience | None = field(default=None, repr=False, eq=False)

    __repr__ = short_repr
    row = fields_row

    def __str__(self) -> str:
        wait = "without bound" if self.mean_wait is None else _seconds(self.mean_wait)
        return (
            f"{number_text(self.load)} erlangs, {number_text(self.agents)} agents: "
            f"{share_text(self.p_wait)} wait, mean wait {wait}, "
            f"{share_text(self.p_abandon)} hang up, {share_text(self.occupancy)} busy"
        )

    def _repr_html_(self) -> str:
        wait = "without bound" if self.mean_wait is None else _seconds(self.mean_wait)
        rows = [
            ("load", f"{number_text(self.load)} erlangs"),
            ("agents", number_text(self.agents)),
            ("must wait", share_text(self.p_wait)),
            ("mean wait", wait),
            ("hang up", share_text(self.p_abandon)),
            ("occupancy", share_text(self.occupancy)),
            ("waiting", number_text(self.queue_length)),
        ]
        return pairs_html("queue", rows)

    @property
    def stable(self) -> bool:
        """Whether the queue settles at all; with impatience it always does."""
        return self.relative_wait < math.inf

    @property
    def mean_wait(self) -> timedelta | None:
        """Mean wait of everybody, those who hang up included; None when unbounded."""
        return self.handle_time * self.relative_wait if self.stable else None

    @property
    def mean_wait_answered(self) -> timedelta | None:
        """Mean wait of those answered (average speed of answer); None when unbounded."""
        return self.handle_time * self.relative_wait_answered if self.stable else None

    def p_wait_exceeds(self, within: timedelta) -> float:
        """Return the share still waiting after `within` (hung up before: not waiting).

        Example:
            >>> minute = timedelta(minutes=1)
            >>> round(erlang_c(48, agents=50, handle_time=minute).p_wait_exceeds(minute), 4)
            0.094
        """
        return self._still_waiting(checked_within(within) / self.handle_time)

    def p_virtual_exceeds(self, within: timedelta) -> float:
        """Return the share that would wait longer than `within` if nobody there hung up."""
        return self._late(checked_within(within) / self.handle_time)[0]

    def service_level(self, within: timedelta, of: QueueDenominator = "offered") -> float:
        """Return the share served within a time, by one of five definitions.

        See `ServiceLevel` for `of`. Where nobody is answered at all, the share of the
        answered is 0.

        Example:
            >>> queue = erlang_c(10, agents=14, handle_time=timedelta(minutes=3))
            >>> round(queue.service_level(timedelta(seconds=20)), 5)
            0.88835
        """
        checked_denominator(of)
        t = checked_within(within) / self.handle_time
        if self._waiting is None:  # 1 - p_wait * exp(...) would lose the digits near overload
            spare = max(0.0, self.agents - self.load) / stretch(self.variation)
            return self.p_no_wait - self.p_wait * math.expm1(-spare * t)
        late, answered_late = self._late(t)
        if of == "virtual":
            return self.p_no_wait + (self.p_wait - late)
        if of == "early_abandons_met":
            return 1 - self._still_waiting(t)
        answered = 1 - self.p_abandon
        prompt = max(0.0, answered - answered_late)
        if of == "offered":
            return prompt
        base = answered if of == "answered" else prompt + self._still_waiting(t)
        return min(1.0, prompt / base) if base > 0 else 0.0

    def wait_quantile(self, share: float) -> timedelta | None:
        """Return the wait that `share` of people do not exceed; None when unbounded.

        Those who hang up have waited until then.

        Example:
            >>> queue = erlang_c(10, agents=14, handle_time=timedelta(minutes=3))
            >>> queue.wait_quantile(0.9)
            datetime.timedelta(seconds=24, microseconds=958938)
        """
        rest = 1 - float(checked_share(share))
        if rest >= self.p_wait:
            return timedelta(0)
        if not self.stable:
            return None
        return self.handle_time * crossing(lambda t: self._still_waiting(t) > rest, 1.0)

    def _still_waiting(self, t: float) -> float:
        """Return P(wait > t), `t` in handle times."""
        late = self._late(t)[0]
        return late if self.patience is None else late * math.exp(-t * self._hangup)

    def _late(self, t: float) -> tuple[float, float]:
        """Return P(virtual wait > t) and P(answered after t), `t` in handle times."""
        if self._waiting is None:
            spare = max(0.0, self.agents - self.load) / stretch(self.variation)
            late = self.p_wait * math.exp(-spare * t)
            return late, late
        late, answered = late_shares(self.load, self.agents, self._hangup, t, self._waiting)
        return self.p_wait * late, self.p_wait * answered

    @property
    def _hangup(self) -> float:
        """Handle time over patience."""
        return self.handle_time / self.patience if self.patience else 0.0


def stretch(variation: float) -> float:
    """Return how much longer those wait who wait, than with exponential handling times."""
    return (1 + variation) / 2


def erlang_b(load: Number, *, agents: float) -> float:
    """Return the share of calls lost where nobody can wait (Erlang B, M/M/c/c).

    `load` in erlangs; `agents` may be fractional (the continuous extension).

    Example:
        >>> round(erlang_b(8.108, agents=15), 6)
        0.01
    """
    return 1 / (1 + blocking_odds(checked_load(load), checked_agents(agents)))


def erlang_c(
    load: Number, *, agents: float, handle_time: timedelta, variation: Number = 1
) -> SteadyState:
    """Return the long run of a queue in which everybody waits (Erlang C, M/M/c).

    `load` in erlangs; `agents` may be fractional. Overload is an answer: `p_wait` 1,
    `stable` false, service level 0. Where handling times are not exponential, `variation` is
    the square of their standard deviation over their mean, and waits are stretched by
    (1 + variation) / 2, which is exact for one agent and near otherwise.

    Source: A. Lee, P. Longton 1959 for the stretch.

    Example:
        >>> queue = erlang_c(10, agents=14, handle_time=timedelta(minutes=3))
        >>> round(queue.p_wait, 4), queue.mean_wait
        (0.1741, datetime.timedelta(seconds=7, microseconds=835937))
    """
    offered, crew = checked_load(load), checked_agents(agents)
    checked_positive(handle_time, "a handle time")
    wait, free = delay(offered, crew)
    stable = offered < crew or offered == 0
    spread = checked_load(variation, "a variation")
    relative = (wait / (crew - offered) if wait else 0.0) if stable else math.inf
    relative *= stretch(spread)
    return SteadyState(
        load=offered,
        agents=crew,
        handle_time=handle_time,
        variation=spread,
        p_wait=wait,
        p_no_wait=free,
        p_abandon=0.0,
        occupancy=(offered / crew if stable else 1.0) if crew else 0.0,
        queue_length=relative * offered if stable else math.inf,
        relative_wait=relative,
        relative_wait_answered=relative,
    )


def erlang_a(
    load: Number, *, agents: float, handle_time: timedelta, patience: timedelta
) -> SteadyState:
    """Return the long run of a queue in which people hang up (Erlang A, M/M/c+M).

    `patience` is the mean time that somebody is ready to wait. Exact in every regime: a
    crew far too small, far too large, endless or no patience. The time it takes grows with
    the square root of agents times patience over handle time.

    Example:
        >>> minute = timedelta(minutes=1)
        >>> queue = erlang_a(48, agents=50, handle_time=minute, patience=2 * minute)
        >>> round(queue.p_abandon, 4), queue.mean_wait
        (0.0309, datetime.timedelta(seconds=3, microseconds=709470))
    """
    offered, crew = checked_load(load), checked_agents(agents)
    checked_hangup(handle_time, patience, max(offered, crew))
    return _impatient(offered, crew, handle_time, patience)


def _impatient(
    load: float, agents: float, handle_time: timedelta, patience: timedelta
) -> SteadyState:
    hangup = handle_time / patience
    waiting = impatience(agents / hangup, load / hangup)
    free = blocking_odds(load, agents) * waiting.first
    scale = waiting.total + free
    queue = waiting.moment / scale
    lost = min(1.0, queue * hangup / load) if load else 0.0
    answered = 1 - lost
    delayed = agents / load * waiting.harmonic / (scale * hangup) if load else 0.0
    return SteadyState(
        load=load,
        agents=agents,
        handle_time=handle_time,
        patience=patience,
        p_wait=waiting.total / scale if load else 0.0,
        p_no_wait=(free / scale if free < math.inf else 1.0) if load else 1.0,
        p_abandon=lost,
        occupancy=min(1.0, load * answered / agents) if agents else 0.0,
        queue_length=queue if load else 0.0,
        relative_wait=lost / hangup,
        relative_wait_answered=delayed / answered if answered > 0 else 0.0,
        waiting=waiting,
    )


def agents_for(  # noqa: PLR0913 - one for each target
    load: Number,
    target: ServiceLevel | None = None,
    *,
    handle_time: timedelta,
    patience: timedelta | None = None,
    max_occupancy: float = 1,
    max_abandonment: float | None = None,
    max_wait: timedelta | None = None,
    max_agents: int | None = None,
    variation: Number = 1,
) -> int:
    """Return the fewest agents that meet every target given; one fewer misses one.

    Patience chooses Erlang A, its absence Erlang C, for which the load must also stay below
    the agents. No load needs nobody. `max_wait` caps the mean wait of all who come, those who
    hang up included. `variation` is that of `erlang_c`; with patience it is not used.

    Raises:
        InvalidValue: patience and no target.
        TargetUnreachable: more than `max_agents` would be needed; `.best` is the queue at
            that number.

    Example:
        >>> target = ServiceLevel(0.80, within=timedelta(seconds=20))
        >>> agents_for(10, target, handle_time=timedelta(minutes=3))
        14
        >>> agents_for(10, handle_time=timedelta(minutes=3), max_wait=timedelta(seconds=20))
        13
    """
    offered = checked_load(load)
    checked_positive(handle_time, "a handle time")
    checked_positive_share(max_occupancy, "an occupancy cap", full=True)
    most_lost, longest, limit = math.inf, math.inf, MOST_AGENTS
    if max_abandonment is not None:
        most_lost = float(checked_positive_share(max_abandonment, "an abandonment cap"))
    if max_wait is not None:
        longest = checked_positive(max_wait, "a wait") / handle_time
    if max_agents is not None:
        limit = checked_whole(max_agents, "max_agents")
    aims = (target, max_abandonment, max_wait)
    if patience is not None and max_occupancy == 1 and aims == (None, None, None):
        remedy = "name a target: a service level, a cap on occupancy, abandonment or the wait"
        raise InvalidValue(patience, "patience alone asks for nobody", remedy)
    if not offered:
        return 0
    if patience is None:
        agents = _least_patient(
            load, target, handle_time, max_occupancy, longest, variation, limit
        )
    else:
        # each who waits hangs up at the same rate, so the mean wait is that share of patience
        most_lost = min(most_lost, longest * checked_hangup(handle_time, patience, offered))

        def shares(crew: int) -> list[tuple[float, float]]:
            queue = _impatient(offered, crew, handle_time, patience)
            return _reached(queue, target, max_occupancy, most_lost)

        agents = _least_impatient(offered, limit, shares)
    if agents is None or agents > limit:
        best = _steady(offered, limit, handle_time, patience, variation)
        raise TargetUnreachable(target, best, f"more than {limit} agents are needed")
    return agents


def _least_patient(
    load: Number,
    target: ServiceLevel | None,
    handle_time: timedelta,
    max_occupancy: float,
    longest: float,
    variation: Number,
    limit: int,
) -> int | None:
    """Return the fewest agents of Erlang C; `longest` is the mean wait in handle times."""
    longer = stretch(checked_load(variation, "a variation"))
    busy = math.ceil(exact(load) / exact(max_occupancy)) if max_occupancy < 1 else 0
    within, share = (target.within / handle_time / longer, target.share) if target else (0.0, 0.0)
    return least_agents_c(float(load), within, share, busy, limit, longest / longer)


def _steady(
    load: float,
    agents: int,
    handle_time: timedelta,
    patience: timedelta | None,
    variation: Number,
) -> SteadyState:
    if patience is None:
        return erlang_c(load, agents=agents, handle_time=handle_time, variation=variation)
    return erlang_a(load, agents=agents, handle_time=handle_time, patience=patience)


def _reached(
    queue: SteadyState, target: ServiceLevel | None, max_occupancy: float, most_lost: float
) -> list[tuple[float, float]]:
    """Return the (reached, wanted) shares of each target, of the kind the more the better."""
    idle = 1 - queue.occupancy if queue.agents else 0.0  # no agents at all keep no cap
    shares = [(idle, 1 - max_occupancy)]
    if target is not None:
        shares.append((queue.service_level(target.within, target.of), target.share))
    if most_lost < 1:
        shares.append((1 - queue.p_abandon, 1 - most_lost))
    return shares


def _least_impatient(
    load: float, limit: int, shares: Callable[[int], list[tuple[float, float]]]
) -> int | None:
    """Return the fewest agents who reach all that `shares` wants; None beyond `limit`.

    On the scale of normal quantiles the shares are nearly linear in the agents, so the slack
    there says how far to step for a bracket, above the load or below; halving it does the rest.
    """
    fails, meets = -1, -1
    agents, step = min(math.ceil(load), limit), math.sqrt(load)
    while True:
        pairs = shares(agents)
        if all(reached >= wanted for reached, wanted in pairs):
            meets = agents
        elif agents == limit:
            return None
        else:
            fails = agents
        slack = min(_normal(reached) - _normal(wanted) for reached, wanted in pairs)
        if meets < 0:
            agents = min(limit, fails + math.ceil(max(1.0, -slack) * step))
            step *= 2
        elif meets - fails == 1:
            return meets
        elif fails < 0:
            agents = max(0, meets - math.ceil(max(0.1, slack) * step))
            step *= 2
        else:
            agents = (fails + meets) // 2


def _normal(share: float) -> float:
    """Return the normal quantile of a share, within eight deviations."""
    return STANDARD_NORMAL.inv_cdf(min(max(share, 1e-15), 1 - 1e-15))
