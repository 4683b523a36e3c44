"""What a ticket of Freshdesk shows of its past: `stats`, the last stamps of its statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import define

from support_model.adapters._event_logs import StatedFigure
from support_model.adapters._freshdesk_words import OPEN, at_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from support_model._vocabulary import Status
    from support_model.adapters._freshdesk_words import Words

FIGURES = (
    ("first_reply", "first_responded_at"),
    ("last_solved", "resolved_at"),
    ("closed", "closed_at"),
    ("reopened_at", "reopened_at"),
)
"""What `stats` states, as figures."""
RESOLVED, CLOSED, PENDING = 4, 5, 3


@define
class Present:
    """A ticket as it is, and the stamps that it keeps.

    Attributes:
        item: the ticket.
        words: what values mean.
        status: the status that it has; None where it says none.
    """

    item: Mapping[str, Any]
    words: Words
    status: Status | None

    @classmethod
    def of(cls, item: Mapping[str, Any], words: Words) -> Present:
        """Return a ticket as it is, its status read once."""
        status = words.status(item.get("status"), item.get("status_name")) if item else None
        return cls(item, words, status)

    @property
    def stats(self) -> Mapping[str, Any]:
        """The stamps; empty where the ticket came without them."""
        stats = self.item.get("stats")
        return stats if isinstance(stats, Mapping) else {}

    def at(self, name: str) -> datetime | None:
        """Return a stamp; None where there is none, or none that can be read."""
        return at_of(self.stats.get(name), self.words.account.tz)

    def statuses(self) -> list[tuple[datetime, Status]]:
        """Return the statuses that stamps tell, in order, the present one last.

        A ticket that is closed at once has both stamps at one instant: it was closed. A stamp
        after the last change of status is left over from before a reopening.
        """
        present = self.status
        if present is None:
            return []
        since = self.at("status_updated_at")
        if since is None and self.item.get("status") == PENDING:
            since = self.at("pending_since")
        told = [
            (at, status)
            for at, status in self._ends()
            if since is None or at < since or (at == since and status == present)
        ]
        if since is not None and (told[-1][1] if told else OPEN) != present:
            told.append((since, present))
        return told

    def _ends(self) -> list[tuple[datetime, Status]]:
        """Return when the ticket was last solved and closed, in order."""
        solved, closed = self.at("resolved_at"), self.at("closed_at")
        stamps = [(solved, RESOLVED)] if solved != closed else []
        ends = [
            (at, status)
            for at, number in (*stamps, (closed, CLOSED))
            if at is not None and (status := self.words.status(number)) is not None
        ]
        return sorted(ends, key=lambda end: end[0])

    def undated(self, told: list[tuple[datetime, Status]]) -> bool:
        """Return whether the present status has no stamp."""
        return self.status not in (None, told[-1][1] if told else OPEN)

    def replies(self) -> Iterator[tuple[datetime, bool]]:
        """Yield the instants at which an agent (True) or the requester (False) last wrote."""
        first, last = self.at("first_responded_at"), self.at("agent_responded_at")
        if first is not None:
            yield first, True
        if last is not None and last != first:
            yield last, True
        requester = self.at("requester_responded_at")
        if requester is not None:
            yield requester, False

    def figures(self) -> Iterator[StatedFigure]:
        """Yield what the system itself computed."""
        for name, key in FIGURES:
            if key in self.stats:
                value = self.at(key)
                if value is not None or self.stats[key] is None:
                    yield StatedFigure(name=name, native=f"stats.{key}", value=value)
