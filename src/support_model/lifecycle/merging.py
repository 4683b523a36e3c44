"""What a merge does to the logs of two tickets: the work moves, the past stays.

A ticket merged into another has no clocks any more; the other keeps its own. A customer message
that was waiting on the first waits on the other from the merge on, and what is written to the
first later is read there.

Before this: `support_model.tickets`. Next: `support_model.sla`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from support_model.errors import ForeignEvent
from support_model.events import Message, Related, ordered, survivors
from support_model.tickets import replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model.events import Event

__all__ = ["merged"]


def merged(logs: Mapping[str, Iterable[Event]]) -> dict[str, tuple[Event, ...]]:
    """Return the logs of tickets after the merges that they tell of.

    Args:
        logs: each ticket's log under its id; merges into tickets that are not among them
            change nothing.

    Raises:
        MergeCycle: tickets merged into each other in a circle.
        ForeignEvent: a log under another ticket's id.
        InconsistentLog: a log that is none.

    Example:
        >>> merged({})
        {}
    """
    found = {name: ordered(log) for name, log in logs.items()}
    for name, log in found.items():
        if log[0].ticket_id != name:
            raise ForeignEvent(log[0], f"an event in the log of {name!r}", "split the logs")
    every = [event for log in found.values() for event in log]
    survivors(every)
    merges = [
        event for event in every if isinstance(event, Related) and event.kind == "merged_into"
    ]
    for merge in sorted(merges, key=lambda event: event.micros):
        if merge.other in found:
            _move(found, merge)
    return found


def _move(logs: dict[str, tuple[Event, ...]], merge: Related) -> None:
    log = logs[merge.ticket_id]
    i = log.index(merge) + 1
    moved: list[Event] = []
    if replay(log[:i]).waiting_since is not None:
        moved.append(
            Message(
                ticket_id=merge.other,
                at=merge.at,
                role="customer",
                public=True,
                source_id=f"{merge.ticket_id}: waiting when merged",
            )
        )
    moved += [
        attrs.evolve(event, ticket_id=merge.other, seq=None)
        for event in log[i:]
        if isinstance(event, Message)
    ]
    logs[merge.ticket_id] = (
        *log[:i],
        *(event for event in log[i:] if not isinstance(event, Message)),
    )
    target = logs[merge.other]
    if target[0].seq is not None:
        moved = _numbered(moved, target)
    logs[merge.other] = ordered((*target, *moved))


def _numbered(moved: list[Event], target: tuple[Event, ...]) -> list[Event]:
    """Number moved events after those of the same instant."""
    last: dict[int, int] = {}
    for event in target:
        last[event.micros] = max(last.get(event.micros, 0), event.seq or 0)
    numbered = []
    for event in moved:
        last[event.micros] = last.get(event.micros, 0) + 1
        numbered.append(attrs.evolve(event, seq=last[event.micros]))
    return numbered
