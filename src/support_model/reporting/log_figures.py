"""What is asked of a ticket log: times to acknowledge, resolve and close; shares of tickets.

Every function takes `Facts`, one a ticket, and returns a figure that accounts for every
ticket left out. Every time runs on a `BusinessCalendar`: calendar time is simply the calendar
that never closes.

Before this: `support_model.figures`, `support_model.calendars`. Next:
`support_model.adapters.table`, `support_model.reporting.report`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from support_model.figures import Distribution, Share
from support_model.instants import micros_of
from support_model.tickets import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime, timedelta

    from support_model.calendars import BusinessCalendar
    from support_model.events import Event

__all__ = [
    "DONE",
    "EXCLUSIONS",
    "Facts",
    "acknowledgement_time",
    "bounced",
    "close_delay",
    "close_time",
    "facts_of",
    "reopened",
    "resolution_time",
    "solved_within",
    "stated_within_sla",
    "straight_through",
    "transferred",
]

EXCLUSIONS: Mapping[str, str] = {
    "void": "cancelled, merged or spam",
    "not_acknowledged": "not taken up",
    "unsolved": "not solved at the end of the log",
    "no_solution_recorded": "solved or closed, but the log records no time of resolution",
    "not_closed": "not closed at the end of the log",
    "before_start": "ended before it began",
    "undecided": "not solved, and still within the target at the end of the log",
    "nothing_stated": "the tool states nothing",
}
"""Why a ticket is left out of a figure, by code."""

DONE = ("solved", "closed")
"""Categories of a ticket that needs no more work."""


@frozen(kw_only=True)
class Facts:
    """What the figures need to know of one ticket.

    Attributes:
        ticket: its id.
        created: when it came to be.
        acknowledged: when somebody took it; None if nobody did.
        solved: when it was first solved; None if it was not, or it is not known when.
        closed: when it was closed for good; None if it was not.
        category: category of its status at the end of the log.
        reopenings: how often it left solved or closed.
        groups: the known teams that held it, in order, neighbors distinct.
        sla_met: what the tool states at the end; None if nothing.
    """

    ticket: str
    created: datetime
    acknowledged: datetime | None = None
    solved: datetime | None = None
    closed: datetime | None = None
    category: str = "open"
    reopenings: int = 0
    groups: tuple[str, ...] = ()
    sla_met: bool | None = None


def facts_of(events: Iterable[Event]) -> Facts:
    """Return the facts of one ticket from its events.

    Solved is the first resolution, closed the last event of a ticket that ends solved or
    closed; groups are the known ones, in order.

    Raises:
        InconsistentLog: the events are no log of one ticket.
    """
    first: dict[str, datetime] = {}
    groups: list[str] = []
    ticket = None
    for now in steps(events):
        ticket = now.after
        for fact in now.facts:
            first.setdefault(fact, ticket.at)
        group = ticket.group
        if "group" in now.changed and group is not None and groups[-1:] != [group]:
            groups.append(group)
    assert ticket is not None  # noqa: S101 - a log has a creation
    return Facts(
        ticket=ticket.id,
        created=ticket.created_at,
        acknowledged=first.get("acknowledged"),
        solved=first.get("resolved"),
        closed=ticket.at if ticket.category in DONE else None,
        category=ticket.category,
        reopenings=ticket.times.get("reopened", 0),
        groups=tuple(groups),
        sla_met=ticket.fields.get("custom.sla_met"),
    )


def _times(
    facts: Iterable[Facts],
    calendar: BusinessCalendar,
    clock: str,
    *,
    key: str,
    definition: str,
    start: Callable[[Facts], datetime | None],
    stop: Callable[[Facts], datetime | None],
    unstopped: Callable[[Facts], str],
) -> Distribution:
    """Return how long it took from start to stop, with every ticket left out accounted for."""
    micros: list[int] = []
    excluded: Counter[str] = Counter()
    for fact in facts:
        begin, end = start(fact), stop(fact)
        if fact.category == "void":
            excluded["void"] += 1
        elif begin is None or end is None:
            excluded[unstopped(fact)] += 1
        elif end < begin:
            excluded["before_start"] += 1
        else:
            micros.append(micros_of(calendar.elapsed(begin, end)))
    return Distribution(
        key=key, clock=clock, definition=definition, micros=micros, excluded=excluded
    )


def _unsolved(fact: Facts) -> str:
    return "no_solution_recorded" if fact.category in DONE else "unsolved"


def acknowledgement_time(
    facts: Iterable[Facts], calendar: BusinessCalendar, *, clock: str = "business"
) -> Distribution:
    """Return the time from creation until somebody took the ticket (its mean is the MTTA).

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from support_model.calendars import BusinessCalendar
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
        >>> taken = Facts(ticket="1", created=nine, acknowledged=nine + timedelta(minutes=5))
        >>> waiting = Facts(ticket="2", created=nine)
        >>> figure = acknowledgement_time([taken, waiting], BusinessCalendar.always())
        >>> figure.mean, dict(figure.excluded)
        (datetime.timedelta(seconds=300), {'not_acknowledged': 1})
    """
    return _times(
        facts,
        calendar,
        clock,
        key="acknowledgement",
        definition="from creation until somebody took the ticket, over tickets that were taken",
        start=lambda fact: fact.created,
        stop=lambda fact: fact.acknowledged,
        unstopped=lambda _: "not_acknowledged",
    )


def resolution_time(
    facts: Iterable[Facts], calendar: BusinessCalendar, *, clock: str = "business"
) -> Distribution:
    """Return the time from creation to the (first) resolution."""
    return _times(
        facts,
        calendar,
        clock,
        key="resolution",
        definition="from creation to the resolution (the recorded one, else the first), "
        "over solved tickets; nothing paused",
        start=lambda fact: fact.created,
        stop=lambda fact: fact.solved,
        unstopped=_unsolved,
    )


def close_time(
    facts: Iterable[Facts], calendar: BusinessCalendar, *, clock: str = "business"
) -> Distribution:
    """Return the time from creation to the final close."""
    return _times(
        facts,
        calendar,
        clock,
        key="close",
        definition="from creation to the close (the recorded one, else the last change), "
        "over tickets that end solved or closed",
        start=lambda fact: fact.created,
        stop=lambda fact: fact.closed,
        unstopped=lambda _: "not_closed",
    )


def close_delay(
    facts: Iterable[Facts], calendar: BusinessCalendar, *, clock: str = "business"
) -> Distribution:
    """Return the time from the resolution to the close: an automatic close shows here."""
    return _times(
        facts,
        calendar,
        clock,
        key="close_delay",
        definition="from the resolution to the close, over tickets that have both",
        start=lambda fact: fact.solved,
        stop=lambda fact: fact.closed,
        unstopped=lambda fact: _unsolved(fact) if fact.solved is None else "not_closed",
    )


def solved_within(
    facts: Iterable[Facts], calendar: BusinessCalendar, target: timedelta, *, as_of: datetime
) -> Share:
    """Return the share of tickets solved within a target; on the dot is within.

    A ticket not solved at `as_of` has missed the target if that has passed, and is undecided
    and left out if it has not: counting solved tickets only would hide the late ones.

    Example:
        >>> from datetime import datetime, timedelta, timezone
        >>> from support_model.calendars import BusinessCalendar
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
        >>> quick = Facts(ticket="1", created=nine, solved=nine + timedelta(hours=1))
        >>> never = Facts(ticket="2", created=nine)
        >>> solved_within(
        ...     [quick, never], BusinessCalendar.always(), timedelta(hours=8),
        ...     as_of=nine + timedelta(days=1),
        ... ).value
        0.5
    """
    met = n = 0
    excluded: Counter[str] = Counter()
    for fact in facts:
        if fact.category == "void":
            excluded["void"] += 1
        elif fact.solved is None and fact.category in DONE:
            excluded["no_solution_recorded"] += 1
        elif fact.solved is not None and fact.solved < fact.created:
            excluded["before_start"] += 1
        else:
            within = calendar.elapsed(fact.created, fact.solved or as_of) <= target
            if within and fact.solved is None:
                excluded["undecided"] += 1
            else:
                n += 1
                met += within
    return Share(
        key="solved_within_target",
        definition="solved within the target in opening hours, of tickets solved or past it",
        numerator=met,
        n=n,
        excluded=excluded,
    )


def _share(
    facts: Iterable[Facts], key: str, definition: str, holds: Callable[[Facts], object]
) -> Share:
    kinds = Counter(
        "void" if fact.category == "void" else "yes" if holds(fact) else "no" for fact in facts
    )
    return Share(
        key=key,
        definition=definition,
        numerator=kinds["yes"],
        n=kinds["yes"] + kinds["no"],
        excluded={"void": kinds["void"]},
    )


def reopened(facts: Iterable[Facts]) -> Share:
    """Return the share of tickets that left solved or closed at least once."""
    definition = "left solved or closed at least once, of all tickets"
    return _share(facts, "reopened", definition, lambda fact: fact.reopenings)


def transferred(facts: Iterable[Facts]) -> Share:
    """Return the share of tickets that changed between known groups."""
    definition = "changed from one known group to another, of all tickets"
    return _share(facts, "transferred", definition, lambda fact: len(fact.groups) > 1)


def bounced(facts: Iterable[Facts]) -> Share:
    """Return the share of tickets handed straight back to the group they came from."""
    definition = "went from a group to another and straight back, of all tickets"
    return _share(
        facts,
        "bounced",
        definition,
        lambda fact: any(a == b for a, b in zip(fact.groups, fact.groups[2:], strict=False)),
    )


def straight_through(facts: Iterable[Facts]) -> Share:
    """Return the share of tickets solved in one group and never reopened."""
    definition = "ended solved or closed, in one group, never reopened, of all tickets"
    return _share(
        facts,
        "straight_through",
        definition,
        lambda fact: fact.category in DONE and len(fact.groups) <= 1 and not fact.reopenings,
    )


def stated_within_sla(facts: Iterable[Facts]) -> Share:
    """Return the share of tickets that the tool itself states to be within its SLA."""
    facts = list(facts)
    stated = [fact for fact in facts if fact.sla_met is not None]
    definition = (
        "the tool's own statement on the last row of each ticket, of tickets that have one"
    )
    share = _share(stated, "stated_within_sla", definition, lambda fact: fact.sla_met)
    return evolve(share, excluded={**share.excluded, "nothing_stated": len(facts) - len(stated)})
