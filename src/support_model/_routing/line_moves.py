"""How a ticket moves between lines: where it has been, and whether it keeps coming back.

A return is entering a line in which the ticket has been before, so 1, 2, 1 is one. The figures
of `support_model.kpi` speak of ping-pong among groups, A, B, A, which is another thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._checks import checked_whole
from support_model.tickets import steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support_model.events import Event


def line_history(events: Iterable[Event]) -> tuple[int, ...]:
    """Return the lines that a ticket entered, in order; unknown lines are left out.

    Raises:
        InconsistentLog: the events are no log of one ticket.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Changed, Created
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new"), "line": 1}
        >>> log = [Created(ticket_id="T1", at=at, seq=1, role="customer", fields=new)]
        >>> log += [
        ...     Changed(ticket_id="T1", at=at, seq=seq, role="agent", fields={"line": line})
        ...     for seq, line in ((2, 2), (3, 1))
        ... ]
        >>> line_history(log)
        (1, 2, 1)
    """
    entered: list[int] = []
    for step in steps(events):
        line = step.after.line
        if line is not None and entered[-1:] != [line]:
            entered.append(line)
    return tuple(entered)


def returns(history: Iterable[int]) -> int:
    """Return how often a line was entered in which the ticket had been before.

    Example:
        >>> returns([1, 2, 1, 2]), returns([1, 1, 2])
        (2, 0)
    """
    been: set[int] = set()
    here: int | None = None
    count = 0
    for line in history:
        if line != here:
            count += line in been
            been.add(line)
            here = line
    return count


def is_returning(history: Iterable[int], *, limit: int = 2) -> bool:
    """Return whether a ticket keeps coming back: somebody should look at why.

    Raises:
        InvalidValue: a limit below 1.

    Example:
        >>> is_returning([1, 2, 1]), is_returning([1, 2, 1, 3, 1])
        (False, True)
    """
    return returns(history) >= checked_whole(limit, "a limit of returns", least=1)
