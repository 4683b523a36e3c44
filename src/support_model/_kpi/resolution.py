"""How long until it is solved, and does it stay solved: resolution, its parts, reopening.

Solved is the entry into solved or closed; a close that follows a solution is none, so a timer
that closes tickets can neither stop nor start a clock. Contract clocks pause and live in
`support_model.sla`; here nothing pauses unless asked.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from support_model._kpi.measures import RateKpi, ShareKpi, TimeKpi, left_out
from support_model._time import difference, instant, micros, moved, not_negative
from support_model._vocabulary import CATEGORIES, one_of
from support_model.errors import InvalidValue
from support_model.figures import Rate
from support_model.inference import Survival, kaplan_meier
from support_model.summaries import Lifetimes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from support_model._kpi.facts import Facts
    from support_model._kpi.measures import Item


def first_resolution(*, pause: Collection[str] = ()) -> TimeKpi:
    """Return the time from creation to the first solution, whatever came later.

    Args:
        pause: categories whose time is taken out.

    Example:
        >>> first_resolution(pause=["pending"]).key
        'first_resolution'
    """
    paused = _categories(pause)

    def measure(fact: Facts) -> Iterator[Item | str]:
        yield _until(fact, fact.solves[0].at, paused) if fact.solves else unsolved(fact)

    return TimeKpi(
        key="first_resolution",
        definition=f"from creation to the first solution{_less(paused)}, over tickets ever solved",
        measure=measure,
        history=bool(paused),
    )


def full_resolution(*, pause: Collection[str] = ()) -> TimeKpi:
    """Return the time from creation to the last solution, of tickets that are solved now.

    Args:
        pause: categories whose time is taken out; without them the time between a solution
            and a reopening counts.

    Example:
        >>> full_resolution(pause=["solved", "closed"]).key
        'full_resolution'
    """
    paused = _categories(pause)

    def measure(fact: Facts) -> Iterator[Item | str]:
        if fact.solved and fact.solves:
            yield _until(fact, fact.solves[-1].at, paused)
        else:
            yield not_solved(fact)

    return TimeKpi(
        key="full_resolution",
        definition=f"from creation to the last solution{_less(paused)}, over tickets solved now",
        measure=measure,
        history=bool(paused),
    )


def _categories(pause: Collection[str]) -> tuple[str, ...]:
    """Return the categories of a pause, each of them one that a status can have."""
    if isinstance(pause, str):
        raise InvalidValue(pause, "a pause is a collection of categories", f"write [{pause!r}]")
    for name in pause:
        one_of(name, CATEGORIES, "category")
    return tuple(pause)


def _less(pause: Collection[str]) -> str:
    return f", less the time in {', '.join(pause)}" if pause else ""


def unsolved(fact: Facts) -> str:
    """Return why it is not known when a ticket was solved."""
    return "no_solution_recorded" if fact.ever_solved else "unsolved"


def not_solved(fact: Facts) -> str:
    """Return why a ticket that is not solved now, or nobody knows since when, is left out."""
    return "open_again" if fact.solves else unsolved(fact)


def _until(fact: Facts, end: datetime, pause: Collection[str]) -> Item:
    held = [(micros(a), micros(b)) for a, b in fact.spells(pause, until=end)] if pause else []
    if not held:
        return ((fact.created, end),)
    left = difference([(micros(fact.created), micros(end))], held)
    return tuple((instant(a), instant(b)) for a, b in left)


def _spells(key: str, definition: str, categories: tuple[str, ...]) -> TimeKpi:
    def measure(fact: Facts) -> Iterator[Item | str]:
        if fact.solved and fact.solves:
            yield fact.spells(categories, until=fact.solves[-1].at)
        else:
            yield not_solved(fact)

    return TimeKpi(
        key=key,
        definition=f"{definition}, up to the last solution, over tickets solved now",
        measure=measure,
        history=True,
    )


REQUESTER_WAIT = _spells(
    "requester_wait", "time in new, open or on hold", ("new", "open", "on_hold")
)
"""The time in which the requester waited for somebody."""

AGENT_WORK = _spells("agent_work", "time in new or open", ("new", "open"))
"""The time in which the ticket lay with agents."""

ON_HOLD_TIME = _spells("on_hold_time", "time on hold", ("on_hold",))
"""The time in which it waited for a third party."""


def _handled(fact: Facts) -> Iterator[Item | str]:
    recorded = [part.worked for part in fact.whole if part.worked is not None]
    yield sum(recorded, timedelta()) if recorded else "no_work_recorded"


HANDLE_TIME = TimeKpi(
    key="handle_time",
    definition="effort recorded on the ticket and on those merged into it, wrap-up included as "
    "recorded",
    measure=_handled,
)
"""Effort per ticket; a log without recorded effort leaves every ticket out, by name."""


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

    def judge(fact: Facts) -> bool | str:
        found = _reopenings(fact, within)
        return found if isinstance(found, str) else found > 0

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
        count=lambda fact: _reopenings(fact, within),
        history=True,
    )


def _soon(within: timedelta | None) -> str:
    return "" if within is None else f" within {within} of the first solution"


def _reopenings(fact: Facts, within: timedelta | None) -> int | str:
    if within is None:
        return len(fact.reopenings) if fact.ever_solved else "unsolved"
    if not fact.solves:
        return unsolved(fact)
    end = moved(fact.solves[0].at, within)
    return "immature" if end > fact.as_of else sum(at <= end for at in fact.reopenings)


def solved_within(horizon: timedelta) -> ShareKpi:
    """Return the share of a cohort first solved within a wall time of creation; on it counts.

    Tickets younger than the horizon are immature, even if already solved.

    Raises:
        InvalidValue: a negative time, or no duration.

    Example:
        >>> from datetime import timedelta
        >>> solved_within(timedelta(days=1)).key
        'solved_within'
    """
    not_negative(horizon)

    def judge(fact: Facts) -> bool | str:
        end = moved(fact.created, horizon)
        if end > fact.as_of:
            return "immature"
        if not fact.solves and fact.ever_solved:
            return "no_solution_recorded"
        return bool(fact.solves) and fact.solves[0].at <= end

    return ShareKpi(
        key="solved_within",
        definition=f"first solved within {horizon} of creation, of tickets at least so old",
        judge=judge,
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
    solved = created = void = 0
    first, last = micros(since), micros(until)
    if first > last:
        raise InvalidValue((since, until), "a period runs forward", "swap the bounds")
    for fact in facts:
        if fact.category == "void":
            void += 1
            continue
        solved += any(first <= micros(solve.at) < last for solve in fact.solves)
        created += first <= micros(fact.created) < last
    return Rate(
        key="solved_per_created",
        definition="distinct tickets solved in the period per ticket created in it",
        numerator=Fraction(solved),
        denominator=created,
        n=created,
        excluded={"void": void},
    )


def resolution_curve(facts: Iterable[Facts], *, level: float = 0.95) -> Survival:
    """Return how many tickets are still unsolved after each microsecond since creation.

    Open tickets are censored at `as_of` instead of left out: with them left out, the median
    would be that of the easy ones. Void tickets are no part of it, nor those solved nobody knows
    when.

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


def _no_life(fact: Facts) -> str | None:
    """Return why it is not known how long a ticket lasted; None where it is."""
    unknown = fact.ever_solved and not fact.solves
    return left_out(fact) or ("no_solution_recorded" if unknown else None)


def _lives(facts: Iterable[Facts]) -> tuple[list[int], list[bool]]:
    durations: list[int] = []
    observed: list[bool] = []
    for fact in facts:
        if _no_life(fact) is None:
            end = fact.solves[0].at if fact.solves else fact.as_of
            durations.append(micros(end) - micros(fact.created))
            observed.append(bool(fact.solves))
    return durations, observed


def selected_by_completion(facts: Iterable[Facts]) -> bool:
    """Tell whether a log looks selected by completion: of 100 or more, under 1 % are open.

    Such a log lacks what was open when it was taken. Backlog, arrivals and trends by creation
    are artefacts of that choice, and `resolution_curve` does not cure it.

    Example:
        >>> selected_by_completion([])
        False
    """
    kept = [fact for fact in facts if fact.category != "void"]
    return len(kept) >= 100 and sum(not fact.solved for fact in kept) < len(kept) / 100
