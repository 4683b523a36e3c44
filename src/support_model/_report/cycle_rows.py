"""The cycles of a log under policies, as plain lists: what records and columns both hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from support_model._time import micros, micros_of
from support_model.sla import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from support_model.events import Event
    from support_model.sla import Cycle, PolicyBook

OPEN, STOPPED = ("running", "paused"), ("met", "missed")


@define
class CycleRows:
    """Cycles, each with a place in every list; instants and lengths in microseconds.

    Attributes:
        ticket: whose clock it is.
        policy: the policy whose target is, or was last, in force.
        metric: what it measures.
        state: met, missed, cancelled, running or paused.
        late: whether it has not stopped and is past its due.
        due: when it is due; while paused, if it resumed now. None without a target.
        stop: when it stopped; None where it did not.
        elapsed: the counted time.
        allowed: what the target allows; None without a target.
        tickets: how many tickets the log has.
    """

    ticket: list[str] = field(factory=list)
    policy: list[str] = field(factory=list)
    metric: list[str] = field(factory=list)
    state: list[str] = field(factory=list)
    late: list[bool] = field(factory=list)
    due: list[int | None] = field(factory=list)
    stop: list[int | None] = field(factory=list)
    elapsed: list[int] = field(factory=list)
    allowed: list[int | None] = field(factory=list)
    tickets: int = 0

    def outcome(self, place: int) -> str:
        """Return how a cycle stands: met, missed, cancelled or undecided.

        One that is open and past its due is missed.
        """
        state = self.state[place]
        if state in OPEN:
            return "missed" if self.late[place] else "undecided"
        return state


def cycle_rows(
    logs: Mapping[str, Sequence[Event]], book: PolicyBook, *, as_of: datetime
) -> CycleRows:
    """Return the cycles of the events of each ticket, in order."""
    rows = CycleRows(tickets=len(logs))
    for ticket, events in logs.items():
        for clock in evaluate(events, book, as_of=as_of):
            for cycle in clock.cycles:
                _add(rows, ticket, clock.metric.name, cycle)
    return rows


def _add(rows: CycleRows, ticket: str, metric: str, cycle: Cycle) -> None:
    allowed = cycle.allowed
    rows.ticket.append(ticket)
    rows.policy.append(cycle.policy.name)
    rows.metric.append(metric)
    rows.state.append(cycle.state)
    rows.late.append(cycle.late)
    rows.due.append(cycle.due)
    end = cycle.end if cycle.state in STOPPED else None
    rows.stop.append(None if end is None else micros(end))
    rows.elapsed.append(micros_of(cycle.elapsed))
    rows.allowed.append(None if allowed is None else micros_of(allowed))
