"""Queues solved state by state: limited waiting places, and agents with several chats at once.

Each is a birth-and-death chain: a state is how many people are there, weighed by the rates
of arriving and leaving. Weights are carried with their own exponent, so neither 100,000
agents nor a hopeless overload overflows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from support_model._checks import (
    checked_agents,
    checked_hangup,
    checked_load,
    checked_positive,
    checked_share,
    checked_whole,
)
from support_model._frozen import frozen
from support_model._queueing.erlang import impatience
from support_model.errors import InvalidAgents, InvalidValue, TargetUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import timedelta

    from support_model._checks import Number


def stationary(ratios: Iterable[float]) -> list[float]:
    """Return the long-run shares of states 0..n from the n ratios of birth to next death."""
    weight, exponent = 1.0, 0
    states = [(weight, exponent)]
    for ratio in ratios:
        weight *= ratio
        if not 1e-140 < weight < 1e140:
            weight, shift = math.frexp(weight)
            exponent += shift
        states.append((weight, exponent))
    top = max(exponent for weight, exponent in states if weight)
    shares = [math.ldexp(weight, exponent - top) for weight, exponent in states]
    total = math.fsum(shares)
    return [share / total for share in shares]


@frozen(kw_only=True)
class FiniteQueue:
    """The long run of a queue with a limited number of places (M/M/c/K, M/M/c/K+M).

    Shares are of all who arrive, the refused included.

    Attributes:
        p_block: share refused because every place is taken.
        p_wait: share let in that must wait.
        p_abandon: share that waits and hangs up.
        occupancy: share of their time that agents are busy.
        queue_length: mean number waiting.
        relative_wait: mean wait of those let in, in handle times.
    """

    p_block: float
    p_wait: float
    p_abandon: float
    occupancy: float
    queue_length: float
    relative_wait: float


def finite_queue(
    load: Number,
    *,
    agents: int,
    places: int,
    handle_time: timedelta,
    patience: timedelta | None = None,
) -> FiniteQueue:
    """Return the long run of a queue that holds at most `places` people, served or waiting.

    With as many places as agents it is Erlang B, with ever more Erlang C or A.

    Raises:
        InvalidAgents: agents not whole, none, or more than places.

    Example:
        >>> from datetime import timedelta
        >>> queue = finite_queue(4, agents=5, places=5, handle_time=timedelta(minutes=1))
        >>> round(queue.p_block, 4)
        0.1991
    """
    offered = checked_load(load)
    crew = int(checked_agents(agents, whole=True))
    checked_whole(places, "places")
    if not 1 <= crew <= places:
        raise InvalidAgents(agents, f"agents must be between 1 and the {places} places")
    checked_positive(handle_time, "a handle time")
    hangup = handle_time / checked_positive(patience, "patience") if patience is not None else 0.0
    shares = stationary(
        offered / (min(k, crew) + hangup * max(0, k - crew)) for k in range(1, places + 1)
    )
    queue = math.fsum((k - crew) * shares[k] for k in range(crew + 1, places + 1))
    busy = math.fsum(min(k, crew) * share for k, share in enumerate(shares))
    let_in = math.fsum(shares[:-1])
    return FiniteQueue(
        p_block=shares[-1],
        p_wait=math.fsum(shares[crew:-1]),
        p_abandon=queue * hangup / offered if offered else 0.0,
        occupancy=min(1.0, busy / crew),
        queue_length=queue,
        relative_wait=queue / (offered * let_in) if offered and let_in else 0.0,
    )


@frozen(kw_only=True)
class ChatDesk:
    """The long run of agents who each hold several chats at once.

    Attributes:
        p_wait: share that finds every slot taken.
        p_abandon: share that waits and leaves.
        queue_length: mean number waiting; `math.inf` in overload without impatience.
        relative_wait: mean wait of all, in handle times of a chat alone.
        chats: mean number of chats being served.
        concurrency: chats being served per agent.
        relative_session: mean length of a served chat, in handle times of a chat alone.
    """

    p_wait: float = 0.0
    p_abandon: float = 0.0
    queue_length: float = 0.0
    relative_wait: float = 0.0
    chats: float = 0.0
    concurrency: float = 0.0
    relative_session: float

    @property
    def stable(self) -> bool:
        """Whether the queue settles at all; with impatience it always does."""
        return self.queue_length < math.inf


def chat(
    load: Number,
    *,
    agents: int,
    speedup: Sequence[float],
    handle_time: timedelta,
    patience: timedelta | None = None,
) -> ChatDesk:
    """Return the long run of a chat desk whose agents are evenly loaded.

    Each chat goes to the least loaded agent, and loads are taken to differ by one at most at
    all times; that and exponential sessions are all that is idealized.

    `load` is arrivals per `handle_time`, the length of a chat served alone. `speedup[k - 1]`
    is how much an agent with k chats gets done, relative to one chat; its length is the
    number of slots.

    Raises:
        InvalidAgents: agents not a whole number >= 1.
        InvalidValue: a speed-up not above zero, or no slot at all.

    Example:
        >>> from datetime import timedelta
        >>> desk = chat(9, agents=5, speedup=[1, 1.7, 2.5], handle_time=timedelta(minutes=10))
        >>> round(desk.p_wait, 4), round(desk.concurrency, 4)
        (0.1579, 2.1017)
    """
    offered = checked_load(load)
    crew = int(checked_agents(agents, whole=True))
    if crew < 1:
        raise InvalidAgents(agents, "a chat desk needs at least one agent")
    rates = speeds(speedup)
    checked_positive(handle_time, "a handle time")
    slots = crew * len(speedup)
    done = [crew_rate(n, crew, rates) for n in range(1, slots + 1)]
    hangup = 0.0
    if patience is not None:
        hangup = checked_hangup(handle_time, patience, max(offered, done[-1]))
    if not offered:
        return ChatDesk(relative_session=1 / done[0])
    if not hangup and offered >= done[-1]:
        return ChatDesk(
            p_wait=1.0,
            queue_length=math.inf,
            relative_wait=math.inf,
            chats=float(slots),
            concurrency=float(len(speedup)),
            relative_session=slots / done[-1],
        )
    return settled_desk(offered, crew, done, hangup)


def settled_desk(load: float, agents: int, done: Sequence[float], hangup: float) -> ChatDesk:
    """Solve the chain of a desk that settles; `done[n - 1]` is the rate at which n chats end."""
    slots, full = len(done), done[-1]
    shares = stationary(load / rate for rate in done)
    if hangup:  # the queue's weights, relative to the state in which every slot is taken
        waiting = impatience(full / hangup, load / hangup)
        tail, first, moment = waiting.total, waiting.first, waiting.moment
    else:
        rho = load / full
        tail, first, moment = 1 / (1 - rho), 1.0, rho / (1 - rho) ** 2
    free = math.fsum(shares[:-1])
    before = free / shares[-1] * first if shares[-1] else math.inf
    queue, p_wait = moment / (before + tail), tail / (before + tail)
    weight = (1 - p_wait) / free if free else 0.0  # of the states with a slot to spare
    chats = p_wait * slots + weight * math.fsum(n * shares[n] for n in range(1, slots))
    ended = math.fsum(done[n - 1] * shares[n] for n in range(1, slots))
    ended = p_wait * full + weight * ended
    return ChatDesk(
        p_wait=p_wait,
        p_abandon=min(1.0, queue * hangup / load),
        queue_length=queue,
        relative_wait=queue / load,
        chats=chats,
        concurrency=chats / agents,
        relative_session=chats / ended if ended else 1 / done[0],
    )


def speeds(speedup: Sequence[float]) -> list[float]:
    """Return the speed-up table with its zero for no chat at all, checked."""
    if not speedup:
        raise InvalidValue(speedup, "a chat agent needs at least one slot", "give [1.0]")
    table = [0.0, *(checked_load(rate, "a speed-up") for rate in speedup)]
    if not all(table[1:]):
        raise InvalidValue(speedup, "a speed-up must be above zero")
    return table


def crew_rate(chats: int, agents: int, rates: Sequence[float]) -> float:
    """Return how fast evenly spread chats are finished, in chats per handle time."""
    each, more = divmod(chats, agents)
    return (agents - more) * rates[each] + (more * rates[each + 1] if more else 0.0)


def required_chat_agents(
    load: Number,
    *,
    speedup: Sequence[float],
    handle_time: timedelta,
    max_waiting: float,
    patience: timedelta | None = None,
    max_agents: int = 10_000,
) -> int:
    """Return the fewest chat agents with whom at most this share must wait.

    Raises:
        TargetUnreachable: more than `max_agents` would be needed.

    Example:
        >>> from datetime import timedelta
        >>> required_chat_agents(9, speedup=[1, 1.7, 2.5], max_waiting=0.2,
        ...                      handle_time=timedelta(minutes=10))
        5
    """
    offered = checked_load(load)
    rates = speeds(speedup)
    checked_share(max_waiting, "a share of waiting")
    checked_whole(max_agents, "max_agents", least=1)
    start = 1 if patience is not None else max(1, math.ceil(offered / rates[-1]))

    def desk(agents: int) -> ChatDesk:
        return chat(
            offered, agents=agents, speedup=speedup, handle_time=handle_time, patience=patience
        )

    if not offered:
        return 0
    low = high = start
    while desk(min(high, max_agents)).p_wait > max_waiting:
        if high >= max_agents:
            best = desk(max_agents)
            raise TargetUnreachable(max_waiting, best, f"more than {max_agents} are needed")
        low, high = high, 2 * high
    high = min(high, max_agents)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if desk(middle).p_wait <= max_waiting else (middle, high)
    return high


def chat_effective_time(handle_time: timedelta, *, slots: int, speedup: float) -> timedelta:
    """Return the handle time that the usual shortcut feeds to Erlang C: what a full agent takes.

    It overstates waiting several times over at small desks; `chat` solves the chain itself.
    """
    checked_whole(slots, "slots", least=1)
    return checked_positive(handle_time, "a handle time") / speeds([speedup])[1]
