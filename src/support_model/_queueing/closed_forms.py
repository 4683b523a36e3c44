"""Closed forms beside the queues: Erlang B turned around, priorities, the square-root rules."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from support_model._checks import (
    checked_agents,
    checked_load,
    checked_number,
    checked_positive,
    checked_positive_share,
)
from support_model._queueing.erlang import blocking_odds, crossing, delay, log_poisson
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from support_model._checks import Number

STANDARD_NORMAL = NormalDist()


def erlang_b_log(load: Number, *, agents: float) -> float:
    """Return the natural logarithm of `erlang_b`, also where that is too small for a float."""
    offered, crew = checked_load(load), checked_agents(agents)
    odds = blocking_odds(offered, crew)
    if odds < math.inf:
        return -math.log1p(odds)
    return log_poisson(crew, offered) if offered else -math.inf


def erlang_b_agents(load: Number, *, blocking: float) -> int:
    """Return the fewest agents (lines) that lose at most this share of calls."""
    offered, lost = checked_load(load), float(checked_positive_share(blocking, "blocking"))
    low, high, step = -1, int(offered), 1
    while lost * (1 + blocking_odds(offered, high)) < 1:
        low, high, step = high, high + step, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        enough = lost * (1 + blocking_odds(offered, middle)) >= 1
        low, high = (low, middle) if enough else (middle, high)
    return high


def erlang_b_load(*, agents: float, blocking: float) -> float:
    """Return the load in erlangs at which `agents` lose this share of calls."""
    lost = float(checked_positive_share(blocking, "blocking"))
    if checked_agents(agents) == 0:
        raise InvalidValue(agents, "without agents every load is lost", "give at least one")
    return crossing(lambda load: lost * (1 + blocking_odds(load, agents)) > 1, float(agents))


def priority_waits(
    loads: Sequence[Number], *, agents: int, handle_time: timedelta
) -> tuple[float, ...]:
    """Return the mean wait of each priority class in handle times, the first served first.

    `loads` in erlangs by class. Nobody is interrupted (non-preemptive M/M/c), all classes
    share one handle time. A class whose own and higher load fills the agents waits without
    bound: `math.inf`. The load-weighted mean is the wait without priorities.

    Source: A. Cobham 1954; O. Kella, U. Yechiali 1985.
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


def halfin_whitt_wait(slack: float) -> float:
    """Return P(wait) of a large queue with load + slack * sqrt(load) agents.

    Source: S. Halfin, W. Whitt 1981.
    """
    if checked_number(slack, "a slack") <= 0:
        return 1.0
    density = STANDARD_NORMAL.pdf(slack)
    return density / (density + slack * STANDARD_NORMAL.cdf(slack))


def halfin_whitt_slack(p_wait: float) -> float:
    """Return the slack, in square roots of the load, at which this share must wait."""
    checked_positive_share(p_wait, "a share of waiting")
    return crossing(lambda slack: halfin_whitt_wait(slack) > p_wait, 1.0)


def garnett_wait(slack: float, *, patience_ratio: float) -> float:
    """Return P(wait) of a large impatient queue with load + slack * sqrt(load) agents.

    `patience_ratio` is the square root of patience over handle time; `slack` may be
    negative, because those who hang up relieve the queue.

    Source: O. Garnett, A. Mandelbaum, M. Reiman 2002.
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
