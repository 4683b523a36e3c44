"""Which line a ticket goes to when its own cannot help: up or back, skipping those that cannot.

A line can help when somebody on it holds, together, all that the ticket requires; whether they
are at work now is no question here, for a queue waits and `route` says until when. What is
skipped is told with its reason, and no line at all is an answer: then a manager is asked
(`support_model.escalation.Directory.managers_of`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._routing.teams import Team, as_team
from support_model._time import micros
from support_model.errors import InvalidValue
from support_model.lines import LEVELS
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from support_model._routing.queues import Need, QueuedTicket
    from support_model._routing.teams import Seat
    from support_model.lines import Agent


@frozen(kw_only=True)
class LineChoice:
    """Where a ticket goes from its line.

    Attributes:
        ticket_id: the ticket.
        line: the line; None where no line that way can help.
        skipped: why each line that was passed by cannot, in the order in which they were asked.
    """

    ticket_id: str
    line: int | None
    skipped: tuple[Reason, ...]


def line_above(
    ticket: QueuedTicket, agents: Team | Iterable[Agent], *, as_of: datetime
) -> LineChoice:
    """Return the nearest line above the ticket's that can help: functional escalation.

    Raises:
        InvalidValue: the ticket is on no line, or an agent is listed twice.
        NaiveDatetime: `as_of` without a zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.routing import QueuedTicket
        >>> from support_model.lines import Agent
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(id="T1", channel="email", queued_at=at, line=1, needs=["sap"])
        >>> people = [Agent(id="ann", line=2), Agent(id="bob", line=3, skills=["sap"])]
        >>> found = line_above(ticket, people, as_of=at)
        >>> found.line, [str(reason) for reason in found.skipped]
        (3, ['nobody on line 2 holds sap'])
    """
    return _first(ticket, agents, range(_own(ticket) + 1, LEVELS.stop), as_of)


def line_below(
    ticket: QueuedTicket,
    agents: Team | Iterable[Agent],
    *,
    as_of: datetime,
    history: Iterable[int] = (),
) -> LineChoice:
    """Return the line to hand a ticket back to: where it came from, else the nearest below.

    Args:
        ticket: on the line that hands it back.
        agents: all who serve.
        as_of: skills that have expired by then do not count.
        history: the lines that the ticket has been on, as
            `support_model.routing.line_history` tells them.

    Raises:
        InvalidValue: the ticket is on no line, or an agent is listed twice.
        NaiveDatetime: `as_of` without a zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.routing import QueuedTicket
        >>> from support_model.lines import Agent
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(id="T1", channel="email", queued_at=at, line=3)
        >>> people = [Agent(id="ann", line=1), Agent(id="bob", line=2)]
        >>> line_below(ticket, people, as_of=at).line
        2
        >>> line_below(ticket, people, as_of=at, history=[1, 3]).line  # it had skipped line 2
        1
    """
    own = _own(ticket)
    been = [line for line in reversed(tuple(history)) if line < own]
    lines = dict.fromkeys([*been, *range(own - 1, 0, -1)])
    return _first(ticket, agents, lines, as_of)


def _own(ticket: QueuedTicket) -> int:
    if ticket.line is None:
        raise InvalidValue(ticket.id, "a ticket on no line has none above or below", "give a line")
    return ticket.line


def _first(
    ticket: QueuedTicket, agents: Team | Iterable[Agent], lines: Iterable[int], as_of: datetime
) -> LineChoice:
    """Return the first line that can help, and why those before it cannot."""
    team, t = as_team(agents), micros(as_of)
    skipped: list[Reason] = []
    for line in lines:
        seats = [seat for seat in team.seats if seat.line == line]
        against = _against(ticket, line, seats, t)
        if against is None:
            return LineChoice(ticket_id=ticket.id, line=line, skipped=tuple(skipped))
        skipped.append(against)
    return LineChoice(ticket_id=ticket.id, line=None, skipped=tuple(skipped))


def _against(ticket: QueuedTicket, line: int, seats: list[Seat], t: int) -> Reason | None:
    """Return why nobody on a line can help; None where somebody can."""
    if not seats:
        return Reason.of("line_empty", line=line)
    free = [seat for seat in seats if seat.id not in ticket.exclude]
    if not free:
        return Reason.of("line_excluded", line=line)
    required = [need for need in ticket.needs if need.required]
    if any(all(_holds(seat, need, t) for need in required) for seat in free):
        return None
    lacking = [need for need in required if not any(_holds(seat, need, t) for seat in free)]
    return Reason.of("line_lacks_skill", line=line, skill=", ".join(_said(lacking or required)))


def _holds(seat: Seat, need: Need, t: int) -> bool:
    held = seat.skills.get(need.skill)
    return held is not None and held[0] >= need.level and t < held[1]


def _said(needs: list[Need]) -> Iterator[str]:
    for need in needs:
        yield need.skill if need.level == 1 else f"{need.skill} ({need.level}+)"
