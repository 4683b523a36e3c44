"""Queues in the long run: how long people wait for a given number of agents, and back.

`erlang_c` is the queue in which everybody waits, `erlang_a` the one in which people hang up
after a patience of their own; both answer with a `SteadyState`, which is then asked for
service levels, percentiles and means. Arrivals are
Poisson, handling times and patience exponential, and the figures are those of a queue that
has run long enough to forget its start.

Loads are in erlangs (arrivals per handle time). Overload is an answer and never raises:
without impatience everybody waits and the mean wait is unbounded.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from attrs import field

from support_model._checks import (
    checked_agents,
    checked_hangup,
    checked_load,
    checked_positive,
    checked_share,
)
from support_model._frozen import frozen
from support_model._queueing.birth_death import chat, finite_queue, required_chat_agents
from support_model._queueing.erlang import (
    Impatience,
    blocking_odds,
    delay,
    impatience,
    late_shares,
    least_agents_c,
    log_poisson,
)
from support_model.errors import InvalidShare, InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support_model._checks import Number

__all__ = [
    "ServiceLevel",
    "SteadyState",
    "blocking_odds",
    "chat",
    "erlang_a",
    "erlang_b",
    "erlang_b_log",
    "erlang_c",
    "finite_queue",
    "impatient",
    "least_agents_c",
    "priority_waits",
    "required_chat_agents",
    "stretch",
]

Of = Literal["offered", "answered", "exclude_early_abandons", "early_abandons_met", "virtual"]
DENOMINATORS = ("offered", "answered", "exclude_early_abandons", "early_abandons_met", "virtual")


@frozen
class ServiceLevel:
    """A promise about waiting: this share is served within this time.

    `of` says of whom: `offered` (answered in time, of all), `answered` (of those answered),
    `exclude_early_abandons` (of all but those who hung up in time), `early_abandons_met`
    (who hung up in time counts as served) or `virtual` (what endlessly patient people would
    see). Without impatience all five are one.

    Raises:
        InvalidShare: the share is not above 0 and below 1.
        InvalidValue: a negative time, or an unknown definition.

    Example:
        >>> ServiceLevel(0.80, within=timedelta(seconds=20))
        ServiceLevel(share=0.8, within=datetime.timedelta(seconds=20), of='offered')
    """

    share: float
    within: timedelta = field(kw_only=True)
    of: Of = field(default="offered", kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        if checked_share(self.share, "a service level") == 0:
            raise InvalidShare(self.share, "a service level must lie between 0 and 1")
        checked_within(self.within)
        checked_definition(self.of)


def checked_within(within: timedelta) -> timedelta:
    """Return a duration >= 0."""
    if not isinstance(within, timedelta) or within < timedelta(0):
        raise InvalidValue(within, "a threshold must be a timedelta >= 0")
    return within


def checked_definition(of: str) -> None:
    """Refuse an unknown definition of service level."""
    if of not in DENOMINATORS:
        raise InvalidValue(of, "unknown service level definition", nearest(str(of), DENOMINATORS))


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

    def service_level(self, within: timedelta, of: Of = "offered") -> float:
        """Return the share served within a time, by one of five definitions.

        See `ServiceLevel` for `of`. Where nobody is answered at all, the share of the
        answered is 0.

        Example:
            >>> queue = erlang_c(10, agents=14, handle_time=timedelta(minutes=3))
            >>> round(queue.service_level(timedelta(seconds=20)), 5)
            0.88835
        """
        checked_definition(of)
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

        Raises:
            InvalidShare: `share` outside [0, 1).

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
        low, high = 0.0, 1.0
        while self._still_waiting(high) > rest:
            low, high = high, 2 * high
        while low < (middle := (low + high) / 2) < high:
            low, high = (middle, high) if self._still_waiting(middle) > rest else (low, middle)
        return self.handle_time * high

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

    Raises:
        InvalidLoad: a load that is negative or not finite.
        InvalidAgents: agents likewise.

    Example:
        >>> round(erlang_b(8.108, agents=15), 6)
        0.01
    """
    return 1 / (1 + blocking_odds(checked_load(load), checked_agents(agents)))


def erlang_b_log(load: Number, *, agents: float) -> float:
    """Return the natural logarithm of `erlang_b`, also where that is too small for a float.

    Raises:
        InvalidLoad: a load that is negative or not finite.
        InvalidAgents: agents likewise.

    Example:
        >>> round(erlang_b_log(2, agents=200), 6)
        -726.602551
    """
    offered, crew = checked_load(load), checked_agents(agents)
    odds = blocking_odds(offered, crew)
    if odds < math.inf:
        return -math.log1p(odds)
    return log_poisson(crew, offered) if offered else -math.inf


def erlang_c(
    load: Number, *, agents: float, handle_time: timedelta, variation: Number = 1
) -> SteadyState:
    """Return the long run of a queue in which everybody waits (Erlang C, M/M/c).

    `load` in erlangs; `agents` may be fractional. Overload is an answer: `p_wait` 1,
    `stable` false, service level 0. Where handling times are not exponential, `variation` is
    the square of their standard deviation over their mean, and waits are stretched by
    (1 + variation) / 2, which is exact for one agent and near otherwise.

    Source: A. Lee, P. Longton 1959 for the stretch.

    Raises:
        InvalidLoad: a load or a variation that is negative or not finite.
        InvalidAgents: agents likewise.
        InvalidValue: a handle time not above zero.

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

    Raises:
        InvalidLoad: a load that is negative or not finite.
        InvalidAgents: agents likewise.
        InvalidValue: a handle time or patience not above zero.

    Example:
        >>> minute = timedelta(minutes=1)
        >>> queue = erlang_a(48, agents=50, handle_time=minute, patience=2 * minute)
        >>> round(queue.p_abandon, 4), queue.mean_wait
        (0.0309, datetime.timedelta(seconds=3, microseconds=709470))
    """
    offered, crew = checked_load(load), checked_agents(agents)
    checked_hangup(handle_time, patience, max(offered, crew))
    return impatient(offered, crew, handle_time, patience, blocking_odds(offered, crew))


def impatient(
    load: float, agents: float, handle_time: timedelta, patience: timedelta, odds: float
) -> SteadyState:
    """Return Erlang A at blocking odds already known."""
    hangup = handle_time / patience
    waiting = impatience(agents / hangup, load / hangup)
    free = odds * waiting.first
    scale = waiting.total + free
    wait = waiting.total / scale
    queue = waiting.moment / scale
    lost = min(1.0, queue * hangup / load) if load else 0.0
    answered = 1 - lost
    delayed = agents / load * waiting.harmonic / (scale * hangup) if load else 0.0
    return SteadyState(
        load=load,
        agents=agents,
        handle_time=handle_time,
        patience=patience,
        p_wait=wait if load else 0.0,
        p_no_wait=(free / scale if free < math.inf else 1.0) if load else 1.0,
        p_abandon=lost,
        occupancy=min(1.0, load * answered / agents) if agents else 0.0,
        queue_length=queue if load else 0.0,
        relative_wait=lost / hangup,
        relative_wait_answered=delayed / answered if answered > 0 else 0.0,
        waiting=waiting,
    )


def priority_waits(
    loads: Sequence[Number], *, agents: int, handle_time: timedelta
) -> tuple[float, ...]:
    """Return the mean wait of each priority class in handle times, the first served first.

    `loads` in erlangs by class. Nobody is interrupted (non-preemptive M/M/c), all classes
    share one handle time. A class whose own and higher load fills the agents waits without
    bound: `math.inf`. The load-weighted mean is the wait without priorities.

    Source: A. Cobham 1954; O. Kella, U. Yechiali 1985.

    Raises:
        InvalidLoad: a load that is negative or not finite.
        InvalidAgents: agents not a whole number >= 0.

    Example:
        >>> [round(w, 6) for w in priority_waits([0.2, 0.3, 0.4], agents=1,
        ...                                      handle_time=timedelta(seconds=10))]
        [1.125, 2.25, 18.0]
    """
    offered = [checked_load(load) for load in loads]
    crew = checked_agents(agents, whole=True)
    checked_positive(handle_time, "a handle time")
    wait = delay(math.fsum(offered), crew)[0]
    waits, above = [], crew
    for k in range(1, len(offered) + 1):
        left = crew - math.fsum(offered[:k])
        waits.append(wait * crew / (above * left) if left > 0 else math.inf)
        above = left
    return tuple(waits)
