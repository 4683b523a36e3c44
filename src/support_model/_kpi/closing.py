"""How tickets end on the books: in time, in one group, closed, and as their system states it.

These need no messages, only statuses and what a ticket system records of itself. A close that
follows a solution is often a timer, and a flag of the system is its own judgement: each stands
beside the figure it is mistaken for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._kpi.measures import ShareKpi, TimeKpi
from support_model._kpi.resolution import unsolved
from support_model._time import duration_text, micros, not_negative

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from support_model._kpi.facts import Facts
    from support_model._kpi.measures import Item
    from support_model.calendars import BusinessCalendar


def _closed(fact: Facts) -> datetime | None:
    """Return when it was closed: as its system has it, else when it entered `closed` last."""
    if fact.closed is not None:
        return fact.closed
    return fact.history[-1][0] if fact.category == "closed" else None


def _between(start: datetime, end: datetime) -> Item | str:
    return "before_start" if micros(end) < micros(start) else ((start, end),)


def _to_close(fact: Facts) -> Iterator[Item | str]:
    end = _closed(fact)
    yield "not_closed" if end is None else _between(fact.created, end)


TIME_TO_CLOSE = TimeKpi(
    key="time_to_close",
    definition="from creation to the close (as its system has it, else the last entry into "
    "closed), over tickets that are closed",
    measure=_to_close,
)
"""Where a timer closes tickets, this measures the timer."""


def _delay(fact: Facts) -> Iterator[Item | str]:
    end = _closed(fact)
    if not fact.solves:
        yield unsolved(fact)
    elif end is None:
        yield "not_closed"
    else:
        yield _between(fact.solves[0].at, end)


CLOSE_DELAY = TimeKpi(
    key="close_delay",
    definition="from the first solution to the close, over tickets that have both",
    measure=_delay,
)
"""How long a solution waits for its close: the timer itself."""


def _straight(fact: Facts) -> bool | str:
    if not fact.solved:
        return "open_again" if fact.solves else unsolved(fact)
    return len(fact.groups) <= 1 and not fact.reopenings


STRAIGHT_THROUGH = ShareKpi(
    key="straight_through",
    definition="in one known group at most and never reopened, of tickets that are solved",
    judge=_straight,
    history=True,
)
"""A stand-in for first contact resolution where a log holds no messages; not the same."""


def _stated(fact: Facts) -> bool | str:
    stated = fact.fields.get("custom.sla_met")
    return "nothing_stated" if stated is None else bool(stated)


STATED_WITHIN_SLA = ShareKpi(
    key="stated_within_sla",
    definition="within SLA as the ticket system itself states it last, of tickets of which it "
    "states anything",
    judge=_stated,
)
"""Read from the field `custom.sla_met`; by ticket, as by change it counts busy ones often."""


def solved_in_time(target: timedelta, *, calendar: BusinessCalendar) -> ShareKpi:
    """Return the share of tickets solved within a target in opening hours; on it is within.

    A ticket that is not solved has missed the target if that has passed, and is undecided if
    it has not: counting solved tickets only would hide the late ones.

    Raises:
        InvalidValue: a negative time, or no duration.

    Example:
        >>> from datetime import timedelta
        >>> from support_model.calendars import BusinessCalendar
        >>> solved_in_time(timedelta(hours=8), calendar=BusinessCalendar.always()).of([]).n
        0
    """
    not_negative(target)

    def judge(fact: Facts) -> bool | str:
        end = fact.solves[0].at if fact.solves else fact.as_of
        if not fact.solves and fact.ever_solved:
            return "no_solution_recorded"
        if micros(end) < micros(fact.created):
            return "before_start"
        within = calendar.elapsed(fact.created, end) <= target
        return "undecided" if within and not fact.solves else within

    return ShareKpi(
        key="solved_in_time",
        definition=f"first solved within {duration_text(target)} of opening hours, of tickets "
        "solved or past it",
        judge=judge,
    )
