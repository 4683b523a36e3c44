"""The cycles of a log under policies, as plain lists: what records and columns both hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support_model._frozen import frozen
from support_model._time import micros, micros_of
from support_model._vocabulary import SETTLED
from support_model.events import Created
from support_model.sla import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from support_model.events import Event
    from support_model.sla import Cycle, PolicyBook

NAMES = ("ticket", "policy", "metric", "state", "late", "due", "stop", "elapsed", "allowed")
OPEN, STOPPED = ("running", "paused"), ("met", "missed")


@frozen(kw_only=True)
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

    ticket: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()
    metric: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    late: tuple[bool, ...] = ()
    due: tuple[int | None, ...] = ()
    stop: tuple[int | None, ...] = ()
    elapsed: tuple[int, ...] = ()
    allowed: tuple[int | None, ...] = ()
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
    """Return the cycles of the events of each ticket, in order.

    A ticket of present values that begins when it is done was done at an unknown time: it has
    none, else each of its promises would be kept at once.
    """
    rows = [
        _row(ticket, clock.metric.name, cycle)
        for ticket, events in logs.items()
        if not _done_untold(events[0])
        for clock in evaluate(events, book, as_of=as_of)
        for cycle in clock.cycles
    ]
    columns = zip(*rows, strict=True) if rows else ((),) * len(NAMES)
    return CycleRows(tickets=len(logs), **dict(zip(NAMES, columns, strict=True)))


def _done_untold(begun: Event) -> bool:
    told = dict(begun.fields)["status"] if isinstance(begun, Created) else None
    return begun.basis == "snapshot" and told is not None and told.category in SETTLED


def _row(ticket: str, metric: str, cycle: Cycle) -> tuple[Any, ...]:
    """Return the values of a cycle, in the order of `NAMES`."""
    allowed = cycle.allowed
    end = cycle.end if cycle.state in STOPPED else None
    return (
        ticket,
        cycle.policy.name,
        metric,
        cycle.state,
        cycle.late,
        cycle.due,
        None if end is None else micros(end),
        micros_of(cycle.elapsed),
        None if allowed is None else micros_of(allowed),
    )
