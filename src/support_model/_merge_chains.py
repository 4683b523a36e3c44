"""Where merged tickets went: merges of many tickets in order of time, chains and circles.

Both ways to facts read merges here: the fold of one ticket after the other and the fold by
columns. An instant is whatever sorts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import Factory, define

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Stated", "redirects"]

Stated: TypeAlias = tuple[Any, str, str | None]
"""When which ticket was merged into which other one; None where that was taken back."""


@define
class _Redirects:
    """Where merged tickets went; `short` keeps how far each was followed, while that holds."""

    into: dict[str, str] = Factory(dict)
    short: dict[str, str] = Factory(dict)

    def survivor(self, ticket_id: str) -> str:
        """Return the ticket that merges lead to; long chains are walked once."""
        passed: list[str] = []
        while (following := self.short.get(ticket_id, self.into.get(ticket_id))) is not None:
            passed.append(ticket_id)
            ticket_id = following
        self.short.update(dict.fromkeys(passed, ticket_id))
        return ticket_id

    def take_back(self, ticket_id: str) -> str | None:
        """End the merge of a ticket; return where it had gone."""
        before = self.into.pop(ticket_id, None)
        if before is not None:
            self.short.clear()
        return before

    def merge(self, ticket_id: str, other: str) -> bool:
        """Send a ticket to another; return False where that would close a circle."""
        before = self.take_back(ticket_id)
        circle = self.survivor(other) == ticket_id
        if not circle:
            self.into[ticket_id] = other
        elif before is not None:
            self.into[ticket_id] = before
        return not circle


def redirects(merges: Iterable[Stated]) -> tuple[Mapping[str, str], list[Stated]]:
    """Return the survivor of each merged ticket, and the merges that would have closed a circle.

    Each is judged at its own instant; of several merges of one ticket the last holds. Within one
    instant what is taken back goes first, then tickets by name.
    """
    went = _Redirects()
    circles: list[Stated] = []
    for merge in sorted(merges, key=lambda merge: (merge[0], merge[2] is not None, merge[1])):
        _, ticket_id, other = merge
        if other is None:
            went.take_back(ticket_id)
        elif not went.merge(ticket_id, other):
            circles.append(merge)
    return {ticket_id: went.survivor(ticket_id) for ticket_id in went.into}, circles
