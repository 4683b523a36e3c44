"""How a ticket moves between lines: where it can go, where it has been, whether it comes back.

A line can help when somebody on it holds, together, all that the ticket requires. Whether they
are at work does not matter, for a queue waits and `route` returns until when. Each line that is
skipped has a reason, and no line at all is an answer: then a manager decides
(`support_model.escalation.Directory.managers_of`).

A return is entering a line in which the ticket has been before, so 1, 2, 1 is one. The figures
of `support_model.kpi` count ping-pong among groups, A, B, A, which is another thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._checks import LEVELS, checked_whole
from support_model._frozen import frozen
from support_model._routing.checks import lacks
from support_model._routing.teams import Team
from support_model._time import micros
from support_model.errors import InvalidValue
from support_model.reasons import Reason
from support_model.tickets import steps

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from support_model._routing.queues import Need, QueuedTicket
    from support_model._routing.teams import Seat
    from support_model.events import Event
    from support_model.lines import Agent


@frozen(kw_only=True)
class LineChoice:
    """Where a ticket goes from its line.

    Attributes:
        ticket_id: the ticket.
        line: the line; None where no line that way can help.
        skipped: why each line that was passed by cannot, in order.
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
        >>> from support_model.routing import Need, QueuedTicket
        >>> from support_model.lines import Agent
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = QueuedTicket(id="T1", channel="email", queued_at=at, line=1, needs=["sap"])
        >>> people = [Agent(id="ann", line=2), Agent(id="bob", line=3, skills=["sap"])]
        >>> choice = line_above(ticket, people, as_of=at)
        >>> choice.line, [str(reason) for reason in choice.skipped]
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
        history: the lines that the ticket has been on: `line_history` of its log.

    Raises:
        InvalidValue: the ticket is on no line, or an agent is listed twice.
        NaiveDatetime: `as_of` without a zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.routing import Need, QueuedTicket
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
    team, at = Team.of(agents), micros(as_of)
    skipped: list[Reason] = []
    for line in lines:
        seats = [seat for seat in team.seats if seat.line == line]
        against = _against(ticket, line, seats, at)
        if against is None:
            return LineChoice(ticket_id=ticket.id, line=line, skipped=tuple(skipped))
        skipped.append(against)
    return LineChoice(ticket_id=ticket.id, line=None, skipped=tuple(skipped))


def _against(ticket: QueuedTicket, line: int, seats: list[Seat], at: int) -> Reason | None:
    """Return why nobody on a line can help; None where somebody can."""
    if not seats:
        return Reason.of("line_empty", line=line)
    free = [seat for seat in seats if seat.id not in ticket.exclude]
    if not free:
        return Reason.of("line_excluded", line=line)
    lacking = _lacking(free, [need for need in ticket.needs if need.required], at)
    if not lacking:
        return None
    return Reason.of("line_lacks_skill", line=line, skill=tuple(map(_skill_text, lacking)))


def _lacking(seats: list[Seat], required: list[Need], at: int) -> list[Need]:
    """Return the needs that nobody meets, or all where nobody alone meets them together."""
    holders = {
        need: {seat.id for seat in seats if lacks(seat, need.skill, need.level, at) is None}
        for need in required
    }
    if {seat.id for seat in seats}.intersection(*holders.values()):
        return []
    return [need for need in required if not holders[need]] or required


def _skill_text(need: Need) -> str:
    return need.skill if need.level == 1 else f"{need.skill} ({need.level}+)"


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
