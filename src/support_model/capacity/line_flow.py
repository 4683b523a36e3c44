"""What reaches each support line, the people it takes there, and what a ticket costs.

Tickets enter at some line, each line solves a share and escalates the rest upward, possibly
skipping lines; contractors take a price per ticket instead of a crew. The crew of a line is
what its queue needs and never below its coverage minimum, so cost follows the occupancy that
the staffing really yields.

Before this: `support_model.lines`, `support_model.staffing`. Next:
`support_model.capacity.payback`.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import field, frozen

from support_model.capacity.demand import Demand
from support_model.capacity.quantities import (
    checked_load,
    checked_positive,
    checked_share,
    exact,
)
from support_model.errors import InvalidShare, InvalidValue
from support_model.frozen_maps import FrozenMap, frozen_map
from support_model.instants import micros_of
from support_model.lines import checked_level
from support_model.staffing import Staffing, Targets, staffed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from support_model.capacity.quantities import Number

__all__ = [
    "Contractor",
    "DeskCost",
    "LineResult",
    "LineWork",
    "line_flow",
    "reach",
]


@frozen(kw_only=True)
class Contractor:
    """A line that is paid by the ticket.

    Attributes:
        price: per ticket.
        minimum: least charge of a period, whatever arrives.
    """

    price: Number
    minimum: Number = 0

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        checked_load(self.price, "a price")
        checked_load(self.minimum, "a minimum charge")


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
        InvalidShare: escalated shares outside [0, 1], or more than 1 in all.
        InvalidLoad: a cost that is negative or not finite.
    """

    level: int
    handle_time: timedelta
    escalates: Mapping[int, Number] = field(factory=FrozenMap, converter=frozen_map, hash=False)
    targets: Targets = field(factory=Targets)
    cost_per_hour: Number = 0
    license_cost: Number = 0
    licenses_each: Number = 1
    contractor: Contractor | None = None

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        checked_level(self.level)
        checked_positive(self.handle_time, "a handle time")
        checked_load(self.cost_per_hour, "a cost")
        checked_load(self.license_cost, "a cost")
        checked_load(self.licenses_each, "licenses")
        for level, share in self.escalates.items():
            checked_share(share, "an escalated share", full=True)
            if checked_level(level) <= self.level:
                raise InvalidValue(level, f"line {self.level} can only escalate upward")
        if sum(map(exact, self.escalates.values())) > 1:
            raise InvalidShare(dict(self.escalates), "escalated shares add up to more than 1")


def reach(
    lines: Sequence[LineWork], *, entry: Mapping[int, Number] | None = None
) -> dict[int, Fraction]:
    """Return the share of all tickets that reaches each line.

    `entry` is the share that enters at each level; by default all enter at the lowest.

    Raises:
        InvalidValue: a level given twice, or one that tickets go to and nobody works.
        InvalidShare: entry shares that do not add up to 1.

    Example:
        >>> from datetime import timedelta
        >>> minutes = timedelta(minutes=10)
        >>> desk = [LineWork(level=1, handle_time=minutes, escalates={2: 0.25, 3: 0.05}),
        ...         LineWork(level=2, handle_time=minutes, escalates={3: 0.2}),
        ...         LineWork(level=3, handle_time=minutes)]
        >>> reach(desk)
        {1: Fraction(1, 1), 2: Fraction(1, 4), 3: Fraction(1, 10)}
    """
    table = {line.level: line for line in sorted(lines, key=lambda line: line.level)}
    if not table or len(table) != len(lines):
        raise InvalidValue([line.level for line in lines], "give each line once")
    entry = {min(table): 1} if entry is None else entry
    for share in entry.values():
        checked_share(share, "an entry share", full=True)
    if sum(map(exact, entry.values())) != 1:
        raise InvalidShare(dict(entry), "entry shares must add up to 1")
    going = {*entry, *(level for line in lines for level in line.escalates)}
    if strangers := going - table.keys():
        raise InvalidValue(sorted(strangers), "tickets go to lines that nobody works", "add them")
    shares = {level: exact(entry.get(level, 0)) for level in table}
    for level, line in table.items():
        for above, share in line.escalates.items():
            shares[above] += shares[level] * exact(share)
    return shares


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
    load: Fraction
    staffing: Staffing | None
    occupancy: float
    licenses: int
    cost: Fraction


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
        InvalidLoad: a count or cost that is negative or not finite.
        InvalidShare: shares outside [0, 1], or that do not add up.
        InvalidValue: lines that do not fit together; see `reach`.
        TargetUnreachable: a line needs more people than its targets allow.

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
        line_result(line, volume * shares[line.level], per)
        for line in sorted(lines, key=lambda line: line.level)
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
        return LineResult(
            level=line.level,
            tickets=tickets,
            load=Fraction(0),
            staffing=None,
            occupancy=0.0,
            licenses=0,
            cost=cost,
        )
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
