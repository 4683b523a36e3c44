"""Which way the rows of a file run: exports write the newest first as often as the oldest.

Before this: `support_model.files.findings`. Next: `support_model.files.event_files`,
`support_model.adapters.table`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

__all__ = ["descends", "runs_backwards"]


def descends(stamps: Sequence[datetime | int]) -> bool | None:
    """Return whether stamps run from late to early; None where they run neither way.

    Example:
        >>> descends([3, 3, 1]), descends([1, 1, 3]), descends([2, 2]), descends([1, 3, 2])
        (True, False, None, None)
    """
    pairs = [*pairwise(stamps)]
    falls = any(b < a for a, b in pairs)  # type: ignore[operator]
    rises = any(a < b for a, b in pairs)  # type: ignore[operator]
    return None if falls == rises else falls


def runs_backwards(
    file: Sequence[datetime | int], tickets: Iterable[Sequence[datetime | int]]
) -> list[bool]:
    """Return for each ticket whether its rows are newest first, equal stamps included.

    A ticket whose stamps fall is; where they say nothing, the file decides: all of its stamps
    fall, or those of every ticket that runs either way do.

    Args:
        file: the stamps of all rows, as the file has them.
        tickets: those of each ticket.

    Example:
        >>> runs_backwards([5, 5, 4, 4, 1], [[5, 4], [5, 4, 1]])
        [True, True]
        >>> runs_backwards([1, 1, 9, 7], [[1, 1], [9, 7]])
        [True, True]
        >>> runs_backwards([1, 1, 7, 9], [[1, 1], [7, 9]])
        [False, False]
    """
    ways = [descends(stamps) for stamps in tickets]
    whole = descends(file) or {way for way in ways if way is not None} == {True}
    return [whole if way is None else way for way in ways]
