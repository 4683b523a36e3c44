"""How many agents: the questions of `support_model.queueing` turned around.

Each answer is minimal and sufficient: it meets the target and one agent fewer does not.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from support_model._checks import (
    checked_agents,
    checked_hangup,
    checked_load,
    checked_number,
    checked_positive,
    checked_share,
    checked_whole,
    exact,
)
from support_model.errors import InvalidShare, InvalidValue, TargetUnreachable
from support_model.queueing import (
    blocking_odds,
    erlang_a,
    erlang_c,
    impatient,
    least_agents_c,
    stretch,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from support_model._checks import Number
    from support_model.queueing import ServiceLevel


STANDARD_NORMAL = NormalDist()
MOST_AGENTS = 2**53  # beyond this a float cannot count people


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
        InvalidValue: patience and no target: whoever hangs up asks for nobody.
        TargetUnreachable: more than `max_agents` would be needed; `.best` is the queue at
            that number.
        InvalidValue: and its kinds, for inputs that cannot be.

    Example:
        >>> from datetime import timedelta
        >>> from support_model.queueing import ServiceLevel
        >>> target = ServiceLevel(0.80, within=timedelta(seconds=20))
        >>> agents_for(10, target, handle_time=timedelta(minutes=3))
        14
        >>> agents_for(10, handle_time=timedelta(minutes=3), max_wait=timedelta(seconds=20))
        13
    """
    offered = checked_load(load)
    checked_positive(handle_time, "a handle time")
    checked_caps(max_occupancy, max_abandonment)
    longest = math.inf if max_wait is None else checked_positive(max_wait, "a wait") / handle_time
    limit = MOST_AGENTS if max_agents is None else checked_whole(max_agents, "max_agents")
    goals = (target, max_abandonment, max_wait)
    if patience is not None and max_occupancy == 1 and all(goal is None for goal in goals):
        remedy = "name a target: a service level, a cap on occupancy, abandonment or the wait"
        raise InvalidValue(patience, "patience alone asks for nobody", remedy)
    if not offered:
        return 0
    busy = math.ceil(exact(load) / exact(max_occupancy)) if max_occupancy < 1 else 0
    agents: int | None
    if patience is None:
        longer = stretch(checked_load(variation, "a variation"))
        within = target.within / handle_time / longer if target else 0.0
        share = target.share if target else 0.0
        agents = least_agents_c(offered, within, share, busy, limit, longest / longer)
    else:
        # each who waits hangs up at the same rate, so the mean wait is that share of patience
        given_up = longest * checked_hangup(handle_time, patience, offered)

        def pairs(crew: int) -> list[tuple[float, float]]:
            odds = blocking_odds(offered, crew)
            queue = impatient(offered, crew, handle_time, patience, odds)
            # nobody at all is no crew that keeps a cap
            bounds = [(1 - queue.occupancy if crew else 0.0, 1 - max_occupancy)]
            if target is not None:
                bounds.append((queue.service_level(target.within, target.of), target.share))
            lost = min(given_up, math.inf if max_abandonment is None else max_abandonment)
            if lost < 1:
                bounds.append((1 - queue.p_abandon, 1 - lost))
            return bounds

        agents = least_impatient(offered, limit, pairs)
    if agents is None or agents > limit:
        best = (
            erlang_c(offered, agents=limit, handle_time=handle_time, variation=variation)
            if patience is None
            else erlang_a(offered, agents=limit, handle_time=handle_time, patience=patience)
        )
        raise TargetUnreachable(target, best, f"more than {limit} agents are needed")
    return agents


def checked_caps(max_occupancy: Number, max_abandonment: Number | None) -> None:
    """Refuse caps that no crew, or no finite one, can keep.

    Raises:
        InvalidShare: an occupancy outside (0, 1], an abandonment outside (0, 1).
    """
    if not checked_share(max_occupancy, "an occupancy", full=True):
        raise InvalidShare(max_occupancy, "an occupancy cap must be above 0")
    if max_abandonment is not None and not checked_share(max_abandonment, "an abandonment"):
        raise InvalidShare(max_abandonment, "an abandonment cap must be above 0")


def least_impatient(
    load: float, limit: int, pairs: Callable[[int], list[tuple[float, float]]]
) -> int | None:
    """Return the fewest agents who reach all that `pairs` wants; None beyond `limit`.

    `pairs` gives (reached, wanted) shares for a crew, each of the kind the more the better.
    On the scale of normal quantiles they are nearly linear in the agents, so the slack there
    says how far to step for a bracket, above the load or below; halving it does the rest.
    """
    fails, meets = -1, -1
    agents, step = min(math.ceil(load), limit), math.sqrt(load)
    while True:
        bounds = pairs(agents)
        if all(got >= wanted for got, wanted in bounds):
            meets = agents
        elif agents == limit:
            return None
        else:
            fails = agents
        slack = min(normal(got) - normal(wanted) for got, wanted in bounds)
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


def normal(share: float) -> float:
    """Return the normal quantile of a share, within eight deviations."""
    return STANDARD_NORMAL.inv_cdf(min(max(share, 1e-15), 1 - 1e-15))


def erlang_b_agents(load: Number, *, blocking: float) -> int:
    """Return the fewest agents (lines) that lose at most this share of calls.

    Raises:
        InvalidLoad: a load that is negative or not finite.
        InvalidShare: `blocking` not above 0 and below 1.

    Example:
        >>> erlang_b_agents(100, blocking=0.001)
        128
    """
    offered, lost = checked_load(load), checked_loss(blocking)
    return least(lambda n: lost * (1 + blocking_odds(offered, n)) >= 1, int(offered))


def erlang_b_load(*, agents: float, blocking: float) -> float:
    """Return the load in erlangs at which `agents` lose this share of calls.

    Raises:
        InvalidAgents: agents not above 0.
        InvalidShare: `blocking` not above 0 and below 1.

    Example:
        >>> round(erlang_b_load(agents=15, blocking=0.01), 4)
        8.108
    """
    lost = checked_loss(blocking)
    if checked_agents(agents) == 0:
        raise InvalidValue(agents, "without agents every load is lost", "give at least one")
    high = float(agents)
    while 1 / (1 + blocking_odds(high, agents)) < lost:
        high *= 2
    low = high / 2
    while 1 / (1 + blocking_odds(low, agents)) > lost:
        low, high = low / 2, low
    while low < (middle := (low + high) / 2) < high:
        if lost * (1 + blocking_odds(middle, agents)) > 1:
            low = middle
        else:
            high = middle
    return high


def checked_loss(blocking: float) -> float:
    """Return a share strictly between 0 and 1."""
    if checked_share(blocking, "blocking") == 0:
        raise InvalidShare(blocking, "blocking must lie between 0 and 1")
    return float(blocking)


def least(meets: Callable[[int], bool], start: int) -> int:
    """Return the least n >= 0 that meets a condition which, once met, stays met."""
    low, high, step = -1, start, 1
    while not meets(high):
        low, high, step = high, high + step, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if meets(middle) else (middle, high)
    return high


def halfin_whitt_wait(slack: float) -> float:
    """Return P(wait) of a large queue with load + slack * sqrt(load) agents.

    The square-root rule of thumb; `agents_for` is exact and as quick.

    Source: S. Halfin, W. Whitt 1981.

    Raises:
        InvalidValue: a slack that is not finite.

    Example:
        >>> round(halfin_whitt_wait(1.06), 2)
        0.2
    """
    if checked_number(slack, "a slack") <= 0:
        return 1.0
    density = STANDARD_NORMAL.pdf(slack)
    return density / (density + slack * STANDARD_NORMAL.cdf(slack))


def halfin_whitt_slack(p_wait: float) -> float:
    """Return the slack, in square roots of the load, at which this share must wait.

    Raises:
        InvalidShare: `p_wait` not above 0 and below 1.

    Example:
        >>> round(halfin_whitt_slack(0.2), 2)
        1.06
    """
    checked_loss(p_wait)
    low, high = 0.0, 1.0
    while halfin_whitt_wait(high) > p_wait:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if halfin_whitt_wait(middle) > p_wait else (low, middle)
    return high


def garnett_wait(slack: float, *, patience_ratio: float) -> float:
    """Return P(wait) of a large impatient queue with load + slack * sqrt(load) agents.

    `patience_ratio` is the square root of patience over handle time; `slack` may be
    negative, because those who hang up relieve the queue.

    Source: O. Garnett, A. Mandelbaum, M. Reiman 2002.

    Raises:
        InvalidValue: a number that is not finite, or a patience ratio not above zero.

    Example:
        >>> round(garnett_wait(-0.5, patience_ratio=1.0), 4)
        0.6915
    """
    checked_number(slack, "a slack")
    if checked_number(patience_ratio, "a patience ratio") <= 0:
        raise InvalidValue(patience_ratio, "a patience ratio must be above zero")
    waiting = patience_ratio * hazard(-slack)
    return waiting / (waiting + hazard(slack * patience_ratio)) if waiting < math.inf else 1.0


def hazard(z: float) -> float:
    """Return the density over the upper tail of a standard normal, also far out in it."""
    if z > 30:  # the tail underflows from 38 on; here its continued fraction is exact
        return z + 1 / (z + 2 / (z + 3 / z))
    return STANDARD_NORMAL.pdf(z) / (math.erfc(z / math.sqrt(2)) / 2)
