"""What is counted of a place, ticket by ticket or by columns, and how long each of both lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from attrs import Factory, define

if TYPE_CHECKING:
    from collections.abc import Callable, MutableSequence, Sequence

    from support_model._kpi.facts import WaitingFor
    from support_model._time import Edges

PlaceName: TypeAlias = "str | int | None"
Clock: TypeAlias = "Callable[[int], int]"
"""The counted time before an instant, both in microseconds."""
Stay: TypeAlias = "tuple[int, int, PlaceName]"
"""A time in which a ticket kept one place: its start, end and place."""


@define
class OnClock:
    """Times that were counted of one place on one clock, in microseconds.

    Attributes:
        time: of all tickets within the period.
        ended: of each stay that began in the period and has ended.
        going_on: of each that goes on.
        per_ticket: of each ticket that was solved in the period.
    """

    time: int = 0
    ended: MutableSequence[int] = Factory(list)
    going_on: MutableSequence[int] = Factory(list)
    per_ticket: MutableSequence[int] = Factory(list)


@define
class Tally:
    """What was counted of one place.

    Attributes:
        clocks: its times on each clock.
        waiting_for: who is asked to act in it.
        tickets: how many tickets were there within the period.
        left: how many stays ended in the period.
        running: how long each stay lasts that goes on, in wall time.
    """

    clocks: list[OnClock]
    waiting_for: set[WaitingFor] = Factory(set)
    tickets: int = 0
    left: int = 0
    running: list[int] = Factory(list)

    def add(self, stay: Stay, edges: Edges, clocks: Sequence[Clock], *, running: bool) -> bool:
        """Add a stay; return whether the ticket was there within the period."""
        (since, until), (start, end, _) = edges, stay
        if running:
            self.running.append(end - start)
        elif since <= end < until:
            self.left += 1
        if start >= until or (start < since and end <= since):
            return False
        low, high = max(start, since), min(end, until)
        for times, count in zip(self.clocks, clocks, strict=True):
            before = count(low)
            times.time += count(high) - before
            if start >= since:
                lengths = times.going_on if running else times.ended
                lengths.append(count(end) - before)
        return True
