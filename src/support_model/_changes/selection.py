"""Whether a log was chosen by when tickets ended: fewer seem to come the earlier it was."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support_model._changes.rows import Rows

FEWEST, MOST = 100, 4096
"""Tickets that tell it, and as many of them as are looked at."""
PART, LIVES = 0.1, 3
"""The part of tickets that came before any ended, and for how many usual lives none did."""


def lacks_what_ended(rows: Rows) -> bool:
    """Return whether a log lacks the tickets that ended before some time, but not those that came.

    Of the earlier weeks it holds those alone that took long, the fewer the earlier.
    """
    lives = _lives(rows)
    if len(lives) < FEWEST:
        return False
    first_end = sorted(end for _, end in lives)[len(lives) // 100]
    begin = rows.created[len(rows.created) // 100]
    usual = sorted(end - created for created, end in lives)[len(lives) // 2]
    earlier = bisect_left(rows.created, first_end) / len(rows.created)
    return earlier >= PART and first_end - begin > LIVES * usual


def _lives(rows: Rows) -> list[tuple[int, int]]:
    """Return when some tickets came and ended: were closed, where most were, or else solved."""
    closed, solved = (rows.times.get((key, "")) for key in ("closing_delay", "resolution"))
    if closed is None or 2 * closed.ended.count(1) < len(rows.ids):
        closed = solved
    if closed is None:
        return []
    step = len(rows.ids) // MOST + 1
    ticket, last = rows.ticket, dict[int, int]()
    for unit, end in zip(closed.unit, closed.end, strict=True):
        if ticket[unit] % step == 0:
            last[ticket[unit]] = max(end, last.get(ticket[unit], end))
    return [(rows.created[own], end) for own, end in last.items()]
