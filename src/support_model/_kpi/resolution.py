"""Resolution: how long until a ticket is solved and closed, and whether it stays solved.

Solved is the entry into solved or closed; a close that follows a solution is none, so a timer
that closes tickets can neither stop nor start a clock. Contract clocks pause, see
`support_model.sla`; here nothing pauses unless requested. What a ticket system records of itself,
a close or a flag, is its own judgement: each is beside the figure it is mistaken for.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import evolve

from support_model._kpi import plain_figures
from support_model._kpi.expressions import (
    AS_OF,
    CREATED,
    EVER_SOLVED,
    FIRST_SOLVE,
    HISTORY,
    LAST_SOLVE,
    NEVER_REOPENED,
    NOT_SOLVED,
    POPULATION,
    SNAPSHOT,
    SOLVED,
    UNSOLVED,
    Constant,
    Count,
    Effort,
    Either,
    Entries,
    Fact,
    FieldNow,
    Last,
    Length,
    Open,
    Rules,
    Stays,
    Stretch,
    Truth,
    When,
)
from support_model._kpi.measures import (
    RateKpi,
    ShareKpi,
    TimeKpi,
    duration_micros,
    tallied,
)
from support_model._kpi.plain import PlainFacts
from support_model._kpi.sources import Columnar, records_of, source_of
from support_model._time import duration_text, micros, not_negative, term_text
from support_model._vocabulary import CATEGORIES, one_of
from support_model.errors import InvalidValue
from support_model.figures import Rate
from support_model.inference import LifeQuantile, Survival, kaplan_meier, life_quantiles
from support_model.summaries import Lifetimes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from support_model._kpi.expressions import Expression, Items, Outcome
    from support_model._kpi.facts import Facts
    from support_model._kpi.plain import Tickets
    from support_model._kpi.sources import AnyFacts
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
    return TimeKpi(
        key="first_resolution",
        definition=f"from creation to the first solution{_less(paused)}, over tickets ever solved",
        measure=Rules((), Stretch(CREATED, FIRST_SOLVE, less=paused), unknown=UNSOLVED),
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
        Stretch(CREATED, LAST_SOLVE, less=paused),
        history=bool(paused),
    )


def _to_last_solution(key: str, definition: str, item: Items, *, history: bool = True) -> TimeKpi:
    """Return a time that ends at the last solution, of tickets that are solved now."""
    measure = Rules(((~SOLVED, NOT_SOLVED),), item, unknown=NOT_SOLVED)
    return TimeKpi(key=key, definition=definition, measure=measure, history=history)


def _categories(pause: Collection[str]) -> tuple[str, ...]:
    if isinstance(pause, str):
        raise InvalidValue(pause, "a pause is a collection of categories", f"write [{pause!r}]")
    for name in pause:
        one_of(name, CATEGORIES, "category")
    return tuple(pause)


def _less(pause: Collection[str]) -> str:
    return f", less the time in {', '.join(pause)}" if pause else ""


def _time_in(key: str, definition: str, categories: tuple[str, ...]) -> TimeKpi:
    return _to_last_solution(
        key,
        f"{definition}, up to the last solution, over tickets solved now",
        Stays(categories, LAST_SOLVE),
    )


HANDLE_TIME = TimeKpi(
    key="handle_time",
    definition="effort recorded on the ticket and on those merged into it, wrap-up included as "
    "recorded",
    measure=Rules((), Length(Effort()), unknown="no_work_recorded"),
)
"""Effort per ticket; a log without recorded effort leaves every ticket out, by name."""


CLOSED = Either(Fact("closed"), When(Fact("category").is_in("closed"), Last("history", "at")))
"""When it was closed: as its system has it, else when it entered `closed` last."""
_NOT_CLOSED = Rules(((SNAPSHOT & SOLVED, "close_untold"),), "not_closed")


def _to_close(start: Expression) -> Rules:
    return Rules(
        ((CLOSED.below(start), "before_start"),),
        Stretch(start, CLOSED),
        unknown=_NOT_CLOSED,
    )


TIME_TO_CLOSE = TimeKpi(
    key="time_to_close",
    definition="from creation to the close (as its system has it, else the last entry into "
    "closed), over tickets that are closed",
    measure=_to_close(CREATED),
)
"""Where a timer closes tickets, this measures the timer."""


STRAIGHT_THROUGH = ShareKpi(
    key="straight_through",
    definition="in one known group at most and never reopened, of tickets that are solved",
    judge=Rules(((~SOLVED, NOT_SOLVED),), Count(Entries("groups")).at_most(1) & NEVER_REOPENED),
    history=True,
)
"""A substitute for first contact resolution where a log holds no messages; not the same."""


_STATED = FieldNow("custom.sla_met")


READY: tuple[TimeKpi | ShareKpi, ...] = (
    HANDLE_TIME,
    TIME_TO_CLOSE,
    TimeKpi(
        key="close_delay",
        definition="from the first solution to the close, over tickets that have both",
        measure=Rules(((~FIRST_SOLVE.known, UNSOLVED),), _to_close(FIRST_SOLVE)),
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
        judge=Rules(((~_STATED.known, "nothing_stated"),), Truth(_STATED)),
    ),
)


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
    end = Either(FIRST_SOLVE, AS_OF)
    within = Open(CREATED, end, calendar).at_most(target)
    return ShareKpi(
        key="solved_in_time",
        definition=f"first solved within {duration_text(target)} of opening hours, of tickets "
        "solved or past it",
        judge=Rules(
            (
                (~FIRST_SOLVE.known & EVER_SOLVED, "no_solution_recorded"),
                (end.below(CREATED), "before_start"),
                (~FIRST_SOLVE.known & within, "undecided"),
            ),
            within,
        ),
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

    cases, times = _reopenings(within)
    return ShareKpi(
        key="reopened" if within is None else "reopened_within",
        definition=f"left solved or closed (not into void){_soon(within)}, of tickets ever solved",
        judge=Rules(cases, times.above(0)),
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
    cases, times = _reopenings(within)
    return RateKpi(
        key="reopenings" if within is None else "reopenings_within",
        definition=f"reopenings{_soon(within)} per ticket ever solved",
        count=Rules(cases, times),
        history=True,
    )


def _soon(within: timedelta | None) -> str:
    return "" if within is None else f" within {term_text(within)} of the first solution"


def _reopenings(
    within: timedelta | None,
) -> tuple[tuple[tuple[Expression, Outcome], ...], Expression]:
    """Return why tickets are left out, and how often the others were reopened."""
    if within is None:
        return ((~EVER_SOLVED, "unsolved"),), Count(Entries("reopenings"))
    end = FIRST_SOLVE.plus(within)
    cases = ((~FIRST_SOLVE.known, UNSOLVED), (end.above(AS_OF), "immature"))
    return cases, Count(Entries("reopenings", until=end))


def solved_within(within: timedelta) -> ShareKpi:
    """Return the share of a cohort first solved within a wall time of creation; on it counts.

    Younger tickets are immature, even if already solved.

    Raises:
        InvalidValue: a negative time, or no duration.

    Example:
        >>> from datetime import timedelta
        >>> solved_within(timedelta(days=1)).key
        'solved_within'
    """
    not_negative(within)

    end = CREATED.plus(within)
    return ShareKpi(
        key="solved_within",
        definition=f"first solved within {term_text(within)} of creation, of tickets at least so "
        "old",
        judge=Rules(
            (
                (end.above(AS_OF), "immature"),
                (~FIRST_SOLVE.known & EVER_SOLVED, "no_solution_recorded"),
            ),
            FIRST_SOLVE.at_most(end),
        ),
        history=True,
    )


def solved_per_created(facts: AnyFacts, *, since: datetime, until: datetime) -> Rate:
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
    first, last = micros(since), micros(until)
    if first > last:
        raise InvalidValue((since, until), "a period runs forward", "swap the bounds")
    if isinstance(records := source_of(facts), Columnar):
        from support_model._kpi import column_figures  # noqa: PLC0415 - numpy is an extra

        solved, created, left_out = column_figures.flow(records, FLOW, first, last)
    elif isinstance(records, PlainFacts):
        solved, created, left_out = plain_figures.flow(records, FLOW, first, last)
    else:
        solved, created, left_out = _flow(records, first, last)
    return Rate(
        key="solved_per_created",
        definition="distinct tickets solved in the period per ticket created in it",
        numerator=Fraction(solved),
        denominator=created,
        n=created,
        excluded=left_out,
    )


FLOW = Rules(HISTORY, Constant(value=True))
"""The tickets of which it is told when they came and when they were solved."""


def _flow(records: Iterable[Facts], first: int, last: int) -> tuple[int, int, Mapping[str, int]]:
    """Return how many tickets were solved in a period and created in it, and those left out."""
    solved = created = 0
    excluded: Counter[str] = Counter()
    for ticket in records:
        answer = FLOW(ticket)
        if isinstance(answer, str):
            excluded[answer] += 1
        else:
            solved += any(first <= micros(solve.at) < last for solve in ticket.solves)
            created += first <= micros(ticket.created) < last
    return solved, created, excluded


def resolution_curve(facts: Tickets, *, level: float = 0.95) -> Survival:
    """Return how many tickets are still unsolved after each microsecond since creation.

    Open tickets are censored at `as_of` instead of left out: with them left out, the median
    would be that of the easy ones. Void tickets are no part of it, nor those solved at an
    unknown time, nor those of which at most the last solution is told.

    Example:
        >>> resolution_curve([]).n
        0
    """
    durations, observed, _ = _lives(facts)
    curve = kaplan_meier(durations, observed, level=level)
    return evolve(curve, key="resolution_curve", unit="microseconds")


def resolution_quantiles(
    facts: Tickets, qs: Sequence[float], *, level: float = 0.95
) -> tuple[LifeQuantile, ...]:
    """Return quantiles of `resolution_curve` in microseconds, without the curve.

    Example:
        >>> resolution_quantiles([], [0.5])[0].n
        0
    """
    durations, observed, _ = _lives(facts)
    return life_quantiles(durations, observed, qs, level=level)


def resolution_lifetimes(facts: AnyFacts) -> Lifetimes:
    """Return `resolution_curve` as a state that merges: of days, tenants, partitions.

    Example:
        >>> (resolution_lifetimes([]) + resolution_lifetimes([])).curve().n
        0
    """
    durations, observed, excluded = _lives(facts)
    return Lifetimes.of(
        durations,
        observed,
        excluded=excluded,
        key="resolution_lifetimes",
        definition="from creation to the first solution, or so far, over tickets not void",
    )


LIFE = Rules(
    (*HISTORY, (~FIRST_SOLVE.known & EVER_SOLVED, "no_solution_recorded")),
    Stretch(CREATED, Either(FIRST_SOLVE, AS_OF)),
)
"""How long a ticket lasted until it was solved, or so far."""


def _lives(facts: Tickets) -> tuple[Sequence[int], Sequence[bool], Mapping[str, int]]:
    """Return how long tickets lasted, whether each was solved then, and those left out by code."""
    if isinstance(facts, PlainFacts):
        return _plain_lives(facts) if facts.columns is None else _lives(facts.columns)
    if isinstance(records := records_of(facts), Columnar):
        from support_model._kpi import column_figures  # noqa: PLC0415 - numpy is an extra

        return column_figures.lives(records, LIFE, FIRST_SOLVE)
    durations: list[int] = []
    observed: list[bool] = []
    excluded: Counter[str] = Counter()
    for ticket in records:
        for item in LIFE(ticket):
            if isinstance(item, str):
                excluded[item] += 1
            else:
                durations.append(duration_micros(item, None))
                observed.append(bool(ticket.solves))
    return durations, observed, excluded


def _plain_lives(facts: PlainFacts) -> tuple[list[int], list[bool], Mapping[str, int]]:
    """Return what `LIFE` answers of each ticket, from plain lists."""
    solves, durations, observed = facts.entries("solves"), list[int](), list[bool]()
    excluded: Counter[str] = Counter()
    names = ("created", "as_of", "category", "snapshot", "ever_solved")
    for place, (created, as_of, category, snapshot, ever) in enumerate(
        zip(*map(facts.scalar, names), strict=True)
    ):
        solved = solves.size_of(place) > 0
        if category == "void":
            excluded["void"] += 1
        elif snapshot:
            excluded["not_stated"] += 1
        elif ever and not solved:
            excluded["no_solution_recorded"] += 1
        else:
            end = solves.parts[0][solves.offsets[place]] if solved else as_of
            durations.append(end - created)
            observed.append(solved)
    return durations, observed, excluded


def selected_by_completion(facts: AnyFacts) -> bool:
    """Return whether a log looks selected by completion: of 100 or more, under 1 % are open.

    Such a log lacks what was open when it was taken. Backlog, arrivals and trends by creation
    are artefacts of that choice, and `resolution_curve` does not cure it.

    Example:
        >>> selected_by_completion([])
        False
    """
    tickets = tallied(facts, STANDING)
    kept = tickets[True] + tickets[False]
    return kept >= 100 and tickets[False] < kept / 100


STANDING = Rules(POPULATION, SOLVED)
"""Whether a ticket is solved now."""
