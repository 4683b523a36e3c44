"""Whether a change of a desk pays, and from how many tickets on a desk pays at all.

Before this: `support_model.capacity.line_flow`. Next: nothing.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import frozen

from support_model.capacity.coverage import Headcount
from support_model.capacity.quantities import (
    checked_load,
    checked_positive,
    checked_share,
    checked_whole,
    exact,
)
from support_model.capacity.relief import scheduled
from support_model.errors import InvalidValue
from support_model.instants import micros_of

if TYPE_CHECKING:
    from datetime import timedelta

    from support_model.capacity.line_flow import DeskCost
    from support_model.capacity.quantities import Number

__all__ = ["BreakEven", "DeskChange", "desk_break_even"]


@frozen(kw_only=True)
class DeskChange:
    """A desk as it is and as it would be: the answer to "what if?", in people and money.

    Self-service is a larger `deflected`, automation a shorter `handle_time` or a smaller share
    escalated, pooling two lines made one, sharing of licenses a smaller `licenses_each`. What
    the change itself costs belongs into the `fixed_cost` of the desk after it.

    Attributes:
        before: the desk as it is.
        after: the desk with the change.

    Example:
        >>> from datetime import timedelta
        >>> from support_model.capacity.line_flow import LineWork, line_flow
        >>> from support_model.staffing import Targets
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
        InvalidLoad: a cost that is negative or not finite.
        InvalidShare: a share outside its range.
        InvalidValue: people not a whole number >= 0, a handle time not above zero, a negative
            interruption.

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
