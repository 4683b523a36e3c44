"""Resolution: how long until a ticket is solved and closed, and whether it stays solved.

Solved is the entry into solved or closed; a close that follows a solution is none, so a timer
that closes tickets can neither stop nor start a clock. Contract clocks pause, see
`support_model.sla`; here nothing pauses unless requested. What a ticket system records of itself,
a close or a flag, is its own judgement: each is beside the figure it is mistaken for.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from support_model._kpi.measures import RateKpi, ShareKpi, TimeKpi, left_out
from support_model._time import (
    difference,
    duration_text,
    instant,
    micros,
    moved,
    not_negative,
)
from support_model._vocabulary import CATEGORIES, one_of
from support_model.errors import InvalidValue
from support_model.figures import Rate
from support_model.inference import Survival, kaplan_meier
from support_model.summaries import Lifetimes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import datetime

    from support_model._kpi.facts import Facts
    from support_model._kpi.measures import Item
    from support_model.calendars import BusinessCalendar


def first_resolution(*, pause: Collection[str] = ()) -> TimeKpi:
    """Return the time from creation to the first solution; `pause`: categories taken out of it.

    Raises:
        InvalidValue: an unknown category, or one text for several.

    Example:
        >>> first_resolution(pause=["pending"]).key
        'first_resolution'
    """
    paused = _categories(pause)

    def measure(ticket: Facts) -> Iterator[Item | str]:
        if ticket.solves:
            yield _until(ticket, ticket.solves[0].at, paused)
        else:
            yield unsolved(ticket)

    return TimeKpi(
        key="first_resolution",
        definition=f"from creation to the first solution{_less(paused)}, over tickets ever solved",
        measure=measure,
        history=True,
    )


def full_resolution(*, pause: Collection[str] = ()) -> TimeKpi:
    """Return the time from creation to the last solution, of tickets that are solved now.

    Args:
        pause: categories whose time is taken out; without them the time between a solution
            and a reopening counts.

    Raises:
        InvalidValue: an unknown category, or one text for several.

    Example:
        >>> full_resolution(pause=["solved", "closed"]).key
        'full_resolution'
    """
    paused = _categories(pause)
    return _to_last_solution(
        "full_resolution",
        f"from creation to the last solution{_less(paused)}, over tickets solved now",
        lambda ticket, end: _until(ticket, end, paused),
        history=bool(paused),
    )


def _to_last_solution(
    key: str, definition: str, item: Callable[[Facts, datetime], Item], *, history: bool = True
) -> TimeKpi:
    """Return a time that ends at the last solution, of tickets that are solved now."""

    def measure(ticket: Facts) -> Iterator[Item | str]:
        if ticket.solved and ticket.solves:
            yield item(ticket, ticket.solves[-1].at)
        else:
            yield not_solved(ticket)

    return TimeKpi(key=key, definition=definition, measure=measure, history=history)


def _categories(pause: Collection[str]) -> tuple[str, ...]:
    if isinstance(pause, str):
        raise InvalidValue(pause, "a pause is a collection of categories", f"write [{pause!r}]")
    for name in pause:
        one_of(name, CATEGORIES, "category")
    return tuple(pause)


def _less(pause: Collection[str]) -> str:
    return f", less the time in {', '.join(pause)}" if pause else ""


def unsolved(ticket: Facts) -> str:
    """Return why it is not known when a ticket was solved."""
    return "no_solution_recorded" if ticket.ever_solved else "unsolved"


def not_solved(ticket: Facts) -> str:
    """Return why a ticket is left out that is not solved now, or was solved at an unknown time."""
    return "open_again" if ticket.solves else unsolved(ticket)


def _until(ticket: Facts, end: datetime, pause: Collection[str]) -> Item:
    held = [(micros(a), micros(b)) for a, b in ticket.spells(pause, until=end)] if pause else []
    if not held:
        return ((ticket.created, end),)
    left = difference([(micros(ticket.created), micros(end))], held)
    return tuple((instant(a), instant(b)) for a, b in left)


def _time_in(key: str, definition: str, categories: tuple[str, ...]) -> TimeKpi:
    return _to_last_solution(
        key,
        f"{definition}, up to the last solution, over tickets solved now",
        lambda ticket, end: ticket.spells(categories, until=end),
    )


def _handled(ticket: Facts) -> Iterator[Item | str]:
    recorded = [part.worked for part in ticket.with_merged if part.worked is not None]
    yield sum(recorded, timedelta()) if recorded else "no_work_recorded"


HANDLE_TIME = TimeKpi(
    key="handle_time",
    definition="effort recorded on the ticket and on those merged into it, wrap-up included as "
    "recorded",
    measure=_handled,
)
"""Effort per ticket; a log without recorded effort leaves every ticket out, by name."""


def _closed(ticket: Facts) -> datetime | None:
    """Return when it was closed: as its system has it, else when it entered `closed` last."""
    if ticket.closed is not None:
        return ticket.closed
    return ticket.history[-1][0] if ticket.category == "closed" else None


def _to_close(ticket: Facts, start: datetime) -> Item | str:
    end = _closed(ticket)
    if end is None:
        return "close_untold" if ticket.snapshot and ticket.solved else "not_closed"
    return "before_start" if micros(end) < micros(start) else ((start, end),)


def _from_solution_to_close(ticket: Facts) -> Iterator[Item | str]:
    yield _to_close(ticket, ticket.solves[0].at) if ticket.solves else unsolved(ticket)


TIME_TO_CLOSE = TimeKpi(
    key="time_to_close",
    definition="from creation to the close (as its system has it, else the last entry into "
    "closed), over tickets that are closed",
    measure=lambda ticket: (_to_close(ticket, ticket.created),),
)
"""Where a timer closes tickets, this measures the timer."""


def _straight(ticket: Facts) -> bool | str:
    if not ticket.solved:
        return not_solved(ticket)
    return len(ticket.groups) <= 1 and not ticket.reopenings


STRAIGHT_THROUGH = ShareKpi(
    key="straight_through",
    definition="in one known group at most and never reopened, of tickets that are solved",
    judge=_straight,
    history=True,
)
"""A substitute for first contact resolution where a log holds no messages; not the same."""


def _stated(ticket: Facts) -> bool | str:
    """Return the field `custom.sla_met`; by ticket, as by change busy tickets count often."""
    stated = ticket.fields.get("custom.sla_met")
    return "nothing_stated" if stated is None else bool(stated)


READY = (
    HANDLE_TIME,
    TIME_TO_CLOSE,
    TimeKpi(
        key="close_delay",
        definition="from the first solution to the close, over tickets that have both",
        measure=_from_solution_to_close,
        history=True,
    ),
    _time_in("requester_wait", "time in new, open or on hold", ("new", "open", "on_hold")),
    _time_in("agent_work", "time in new or open", ("new", "open")),
    _time_in("on_hold_time", "time on hold", ("on_hold",)),
    STRAIGHT_THROUGH,
    ShareKpi(
        key="stated_within_sla",
        definition="within SLA as the ticket system itself states it last, of tickets of which it "
        "states anything",
        judge=_stated,
    ),
)


def solved_in_time(target: timedelta, *, calendar: BusinessCalendar) -> ShareKpi:
    """Return the share of tickets solved within a target in opening hours; on it is within.

    A ticket that is not solved has missed the target if that has passed, and is undecided if
    it has not: counting solved tickets only would hide the late ones.

    Raises:
        InvalidValue: a negative time, or no duration.

    Example:
        >>> from support_model.calendars import BusinessCalendar
        >>> solved_in_time(timedelta(hours=8), calendar=BusinessCalendar.always()).of([]).n
        0
    """
    not_negative(target)

    def judge(ticket: Facts) -> bool | str:
        end = ticket.solves[0].at if ticket.solves else ticket.as_of
        if not ticket.solves and ticket.ever_solved:
            return "no_solution_recorded"
        if micros(end) < micros(ticket.created):
            return "before_start"
        within = calendar.elapsed(ticket.created, end) <= target
        return "undecided" if within and not ticket.solves else within

    return ShareKpi(
        key="solved_in_time",
        definition=f"first solved within {duration_text(target)} of opening hours, of tickets "
        "solved or past it",
        judge=judge,
        history=True,
    )


def reopened(*, within: timedelta | None = None) -> ShareKpi:
    """Return the share of solved tickets that were reopened: tickets, not reopenings.

    Args:
        within: only reopenings so soon after the first solution. Tickets that could not be
            followed for so long are immature, decided or not: bad news arrives early, and
            keeping only the decided ones would raise the share.

    Raises:
        InvalidValue: a negative time, or no duration.

    Example:
        >>> reopened().of([]).value is None
        True
    """
    if within is not None:
        not_negative(within)

    def judge(ticket: Facts) -> bool | str:
        times = _reopenings(ticket, within)
        return times if isinstance(times, str) else times > 0

    return ShareKpi(
        key="reopened" if within is None else "reopened_within",
        definition=f"left solved or closed (not into void){_soon(within)}, of tickets ever solved",
        judge=judge,
        history=True,
    )


def reopenings(*, within: timedelta | None = None) -> RateKpi:
    """Return reopenings per ticket ever solved: events, so it may exceed 1.

    Args:
        within: as in `reopened`.

    Raises:
        InvalidValue: a negative time, or no duration.

    Example:
        >>> reopenings().key
        'reopenings'
    """
    if within is not None:
        not_negative(within)
    return RateKpi(
        key="reopenings" if within is None else "reopenings_within",
        definition=f"reopenings{_soon(within)} per ticket ever solved",
        count=lambda ticket: _reopenings(ticket, within),
        history=True,
    )


def _soon(within: timedelta | None) -> str:
    return "" if within is None else f" within {within} of the first solution"


def _reopenings(ticket: Facts, within: timedelta | None) -> int | str:
    if within is None:
        return len(ticket.reopenings) if ticket.ever_solved else "unsolved"
    if not ticket.solves:
        return unsolved(ticket)
    end = moved(ticket.solves[0].at, within)
    return "immature" if end > ticket.as_of else sum(at <= end for at in ticket.reopenings)


def solved_within(within: timedelta) -> ShareKpi:
    """Return the share of a cohort first solved within a wall time of creation; on it counts.

    Younger tickets are immature, even if already solved.

    Raises:
        InvalidValue: a negative time, or no duration.

    Example:
        >>> solved_within(timedelta(days=1)).key
        'solved_within'
    """
    not_negative(within)

    def judge(ticket: Facts) -> bool | str:
        end = moved(ticket.created, within)
        if end > ticket.as_of:
            return "immature"
        if not ticket.solves and ticket.ever_solved:
            return "no_solution_recorded"
        return bool(ticket.solves) and ticket.solves[0].at <= end

    return ShareKpi(
        key="solved_within",
        definition=f"first solved within {within} of creation, of tickets at least so old",
        judge=judge,
        history=True,
    )


def solved_per_created(facts: Iterable[Facts], *, since: datetime, until: datetime) -> Rate:
    """Return distinct tickets solved in [since, until) per ticket created in it.

    A ratio of two populations: it exceeds 1 whenever old work is cleared.

    Raises:
        InvalidValue: a period that ends before it begins.

    Example:
        >>> from datetime import UTC, datetime
        >>> week = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
        >>> solved_per_created([], since=week[0], until=week[1]).value is None
        True
    """
    solved = created = void = untold = 0
    first, last = micros(since), micros(until)
    if first > last:
        raise InvalidValue((since, until), "a period runs forward", "swap the bounds")
    for ticket in facts:
        if ticket.category == "void":
            void += 1
            continue
        if ticket.snapshot:
            untold += 1
            continue
        solved += any(first <= micros(solve.at) < last for solve in ticket.solves)
        created += first <= micros(ticket.created) < last
    return Rate(
        key="solved_per_created",
        definition="distinct tickets solved in the period per ticket created in it",
        numerator=Fraction(solved),
        denominator=created,
        n=created,
        excluded={"void": void, "not_stated": untold},
    )


def resolution_curve(facts: Iterable[Facts], *, level: float = 0.95) -> Survival:
    """Return how many tickets are still unsolved after each microsecond since creation.

    Open tickets are censored at `as_of` instead of left out: with them left out, the median
    would be that of the easy ones. Void tickets are no part of it, nor those solved at an
    unknown time, nor those of which at most the last solution is told.

    Example:
        >>> resolution_curve([]).n
        0
    """
    return kaplan_meier(*_lives(facts), level=level)


def resolution_lifetimes(facts: Iterable[Facts]) -> Lifetimes:
    """Return `resolution_curve` as a state that merges: of days, tenants, partitions.

    Example:
        >>> (resolution_lifetimes([]) + resolution_lifetimes([])).curve().n
        0
    """
    table = tuple(facts)
    durations, observed = _lives(table)
    return Lifetimes.of(
        durations,
        observed,
        excluded=Counter(filter(None, map(_no_life, table))),
        key="resolution_lifetimes",
        definition="from creation to the first solution, or so far, over tickets not void",
    )


def _no_life(ticket: Facts) -> str | None:
    """Return why it is not known how long a ticket lasted; None where it is."""
    unknown = ticket.ever_solved and not ticket.solves
    return left_out(ticket, history=True) or ("no_solution_recorded" if unknown else None)


def _lives(facts: Iterable[Facts]) -> tuple[list[int], list[bool]]:
    durations: list[int] = []
    observed: list[bool] = []
    for ticket in facts:
        if _no_life(ticket) is None:
            end = ticket.solves[0].at if ticket.solves else ticket.as_of
            durations.append(micros(end) - micros(ticket.created))
            observed.append(bool(ticket.solves))
    return durations, observed


def selected_by_completion(facts: Iterable[Facts]) -> bool:
    """Return whether a log looks selected by completion: of 100 or more, under 1 % are open.

    Such a log lacks what was open when it was taken. Backlog, arrivals and trends by creation
    are artefacts of that choice, and `resolution_curve` does not cure it.

    Example:
        >>> selected_by_completion([])
        False
    """
    kept = [ticket for ticket in facts if ticket.category != "void"]
    return len(kept) >= 100 and sum(not ticket.solved for ticket in kept) < len(kept) / 100
