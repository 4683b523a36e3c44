"""What each agent has in hand now: work, presence, and when they were last given something.

The facts of this instant, which a host reads from its database, beside the agents themselves,
who change rarely. A workload is a mapping from agent ids to `AgentState`; who is missing from
it has nothing in hand. The counts that routing reads are made here, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from attrs import Factory, field

from support_model._frozen import FrozenMap, derived, frozen
from support_model._time import instant, micros
from support_model._vocabulary import CATEGORIES, Category
from support_model.errors import InvalidValue, nearest

if TYPE_CHECKING:
    from datetime import datetime


Presence: TypeAlias = Literal["unknown", "online", "busy", "away", "offline"]
CountedWork: TypeAlias = Literal["open_new", "timer_on", "all"]
COUNTED_WORK: tuple[CountedWork, ...] = get_args(CountedWork)
"""Which work is load: in an open or new status, with a running clock, or all of it."""

BEFORE_ALL = -(10**18)
"""When somebody who never was given anything was given something: before all others."""
EMAIL = "email"
"""The channel of a ticket that states none."""


def _channel(given: str | None) -> str:
    return EMAIL if given is None else given


def _runs(work: Work) -> bool:
    return work.category in {"new", "open"}


@frozen
class Work:
    """One ticket in somebody's hands.

    Attributes:
        channel: it came by; None is "email".
        category: of its status.
        timer: whether its clock is running; unless said, in `new` and `open`.

    Raises:
        InvalidValue: a category outside the set.

    Example:
        >>> Work(None, "pending")
        Work(channel='email', category='pending', timer=False)
    """

    channel: str = field(converter=_channel)
    category: Category = "open"
    timer: bool = field(default=Factory(_runs, takes_self=True))

    def __attrs_post_init__(self) -> None:
        """Check the category."""
        if self.category not in CATEGORIES:
            remedy = nearest(str(self.category), CATEGORIES)
            raise InvalidValue(self.category, "unknown category", remedy)

    @property
    def loads(self) -> tuple[CountedWork, ...]:
        """In which counts it is load."""
        is_load = {
            "open_new": self.category in {"open", "new"},
            "timer_on": self.timer,
            "all": True,
        }
        return tuple([count for count in COUNTED_WORK if is_load[count]])


def as_work(given: Iterable[Work]) -> tuple[Work, ...]:
    """Return work as a tuple."""
    return tuple(given)


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else instant(micros(at))


def _all_utc(given: Iterable[datetime]) -> tuple[datetime, ...]:
    return tuple(sorted(instant(micros(at)) for at in given))


@frozen(kw_only=True)
class AgentState:
    """What one agent has in hand now.

    Attributes:
        work: the tickets.
        presence: `busy`, `away` and `offline` block until an event says otherwise; `unknown`
            leaves it to the calendar. Give `unknown` outside hours, else no next opening can be
            named.
        last_assigned_at: when routing last gave them something; None is never.
        idle_since: when their last work ended; None is never busy.
        recent: when they were given something lately, for a rate limit.

    Raises:
        InvalidValue: an unknown presence.
        NaiveDatetime: an instant without a zone.

    Example:
        >>> ann = AgentState(work=[Work("chat"), Work("email", "pending")])
        >>> ann.counts["open_new"]
        {'chat': 1}
    """

    work: tuple[Work, ...] = field(default=(), converter=as_work)
    presence: Presence = "unknown"
    last_assigned_at: datetime | None = field(default=None, converter=_utc)
    idle_since: datetime | None = field(default=None, converter=_utc)
    recent: tuple[datetime, ...] = field(default=(), converter=_all_utc)

    def __attrs_post_init__(self) -> None:
        """Check the presence."""
        if self.presence not in get_args(Presence):
            remedy = nearest(str(self.presence), get_args(Presence))
            raise InvalidValue(self.presence, "unknown presence", remedy)

    @derived
    def away(self) -> bool:
        """Whether presence says that no work may come."""
        return self.presence in {"busy", "away", "offline"}

    @derived
    def counts(self) -> Mapping[CountedWork, Mapping[str, int]]:
        """How much work counts as load, by way of counting and channel."""
        tables: dict[CountedWork, dict[str, int]] = {count: {} for count in COUNTED_WORK}
        for item in self.work:
            for count in item.loads:
                tables[count][item.channel] = tables[count].get(item.channel, 0) + 1
        return FrozenMap({name: FrozenMap(held) for name, held in tables.items()})

    @derived
    def idle(self) -> int:
        """Since when idle, in microseconds."""
        return _place(self.idle_since)

    @derived
    def lately(self) -> tuple[int, ...]:
        """The recent assignments in microseconds."""
        return tuple(map(micros, self.recent))

    @derived
    def given(self) -> tuple[int, int]:
        """The last assignment in microseconds, and how many came at that instant."""
        last = _place(self.last_assigned_at)
        return last, max(1, self.lately.count(last))

    def assigned(self, channel: str, at: datetime) -> AgentState:
        """Return the state after one more ticket by a channel: open, its clock running."""
        last = self.last_assigned_at
        return AgentState(
            work=(*self.work, Work(channel)),
            presence=self.presence,
            last_assigned_at=at if last is None or last < at else last,
            idle_since=self.idle_since,
            recent=(*self.recent, at),
        )


def _place(at: datetime | None) -> int:
    return BEFORE_ALL if at is None else micros(at)


Workload: TypeAlias = Mapping[str, AgentState]
"""What everybody has in hand, by agent id."""


def as_workload(given: Workload) -> FrozenMap[str, AgentState]:
    """Return a workload that does not change with the mapping given."""
    return given if isinstance(given, FrozenMap) else FrozenMap(given)


IDLE = AgentState()
