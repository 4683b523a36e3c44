"""Work that may wait until a deadline: the least crew that is never late, and backlogs.

Tickets with targets in hours or days are not calls: what counts is whether, over every
stretch of business time, the work that is both released and due in it fits. A night between
release and deadline costs nothing, because the calendar counts no time then. The crew
is the least constant one, exactly: earliest-deadline-first achieves it.
"""

from __future__ import annotations

import heapq
import math
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

from attrs import field

from support_model._checks import (
    checked_load,
    checked_positive,
    checked_positive_share,
    checked_whole,
    exact,
    valid,
)
from support_model._frozen import frozen
from support_model._time import Span, micros, micros_of
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from support_model._checks import Number
    from support_model.calendars import BusinessCalendar


@frozen(kw_only=True)
class Job:
    """Work that may be done between two instants.

    Attributes:
        release: when it can start.
        due_at: when it must be done.
        work: how long one person takes; `count` jobs alike take `count` times as long.
        count: how many such jobs, for a batch.
        name: to name it in answers.

    Raises:
        NaiveDatetime: an instant without a zone.
        InvalidValue: work below zero, or no whole count above zero.
    """

    release: datetime = field(validator=valid(micros))
    due_at: datetime = field(validator=valid(micros))
    work: timedelta = field()
    count: int = field(default=1, validator=valid(checked_whole, "a count", least=1))
    name: str = ""

    @work.validator
    def _not_negative(self, _: object, work: timedelta) -> None:
        if micros_of(work) < 0:
            raise InvalidValue(work, "work must not be negative")


@frozen(kw_only=True)
class DeadlineCapacity:
    """The least crew that finishes every job in time.

    Attributes:
        crew: people working at the same time, exactly; they share work freely. None where no
            crew is enough for any of the work, 0 where there is none.
        window: the stretch that needs so many; None where there is no work.
        window_jobs: names of the jobs released and due in that stretch.
        infeasible: names of the jobs with no open time between release and due; they are
            left out of everything else, as no crew does them in time.
        crowded: names of single jobs that more than one person must share to be in time.
    """

    crew: Fraction | None
    window: Span | None
    window_jobs: tuple[str, ...]
    infeasible: tuple[str, ...]
    crowded: tuple[str, ...]

    @property
    def agents(self) -> int | None:
        """The crew in whole people; None where no crew is enough."""
        return None if self.crew is None else math.ceil(self.crew)


def deadline_capacity(jobs: Iterable[Job], calendar: BusinessCalendar) -> DeadlineCapacity:
    """Return the least constant crew that meets every deadline in a calendar's open time.

    The crew is the largest ratio, over all stretches from a release to a deadline, of the
    work released and due within it to the open time in it.

    Source: W. Horn 1974; S. Baruah, A. Mok, L. Rosier 1990 (processor demand).

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.calendars import BusinessCalendar
        >>> office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> batch = Job(release=monday, due_at=monday + timedelta(hours=8),
        ...             work=timedelta(hours=1), count=40)
        >>> deadline_capacity([batch], office).crew
        Fraction(5, 1)
    """
    windows, infeasible, crowded = [], [], []
    for job in jobs:
        start, end = (
            calendar.timeline.open_before(micros(job.release)),
            calendar.timeline.open_before(micros(job.due_at)),
        )
        if not job.work:
            continue
        if end <= start:
            infeasible.append(job.name)
            continue
        if micros_of(job.work) > end - start:
            crowded.append(job.name)
        windows.append((start, end, micros_of(job.work) * job.count, job))
    crew, inside = least_crew(sorted(windows, key=lambda window: window[:3]))
    return DeadlineCapacity(
        crew=None if infeasible and not windows else crew,
        window=span_of(inside) if inside else None,
        window_jobs=tuple(job.name for job in inside),
        infeasible=tuple(infeasible),
        crowded=tuple(crowded),
    )


def span_of(jobs: Sequence[Job]) -> Span:
    return Span(min(job.release for job in jobs), max(job.due_at for job in jobs))


def least_crew(windows: Sequence[tuple[int, int, int, Job]]) -> tuple[Fraction, list[Job]]:
    """Return the least crew for (release, due, work, job) rows, and the jobs that need it."""
    rows = [window[:3] for window in windows]
    crew, bounds = Fraction(0), (0, 0)
    for start, end, work in rows:  # any job alone is a bound; the search starts at the best
        if (bound := Fraction(work, end - start)) > crew:
            crew, bounds = bound, (start, end)
    while (late := first_late(rows, crew)) is not None:
        start, end = bounds = late
        crew = Fraction(sum(w for s, e, w in rows if s >= start and e <= end), end - start)
    start, end = bounds
    return crew, [job for s, e, _, job in windows if s >= start and e <= end]


def first_late(rows: Sequence[tuple[int, int, int]], crew: Fraction) -> tuple[int, int] | None:
    """Run earliest deadline first at a crew; return a stretch that overflows, or None.

    The stretch ends at the first deadline missed and starts where the crew was last free
    of work due by then: its demand exceeds its capacity. Each further search therefore
    starts at a larger crew, and ends. Time is scaled by the crew's parts to stay whole.
    """
    if not rows:
        return None
    rate, scale = crew.numerator, crew.denominator
    pending: list[tuple[int, int]] = []
    k, now = 0, rows[0][0] * rate
    while pending or k < len(rows):
        if not pending:
            now = max(now, rows[k][0] * rate)
        while k < len(rows) and rows[k][0] * rate <= now:
            heapq.heappush(pending, (rows[k][1], rows[k][2] * scale))
            k += 1
        due, left = heapq.heappop(pending)
        until = rows[k][0] * rate if k < len(rows) else math.inf
        done = int(min(left, until - now))
        now += done
        if now > due * rate:
            return busy_start(rows, due, crew), due
        if done < left:
            heapq.heappush(pending, (due, left - done))
    return None


def busy_start(rows: Sequence[tuple[int, int, int]], due: int, crew: Fraction) -> int:
    """Return the release from which work due by `due` overflows the crew most."""
    inside = [(start, work) for start, end, work in reversed(rows) if end <= due]
    demands = accumulate(work for _, work in inside)
    excess = {
        start: demand - crew * (due - start)
        for (start, _), demand in zip(inside, demands, strict=True)  # of equal starts the last
    }
    return max(excess, key=excess.__getitem__)


@frozen(kw_only=True)
class BacklogPeriod:
    """A backlog at the end of a period, and what was done in it.

    `age` is how many whole periods the oldest item left has waited; None when none is left.
    """

    backlog: Fraction
    done: Fraction
    age: int | None


def backlog_by_period(
    arrivals: Sequence[Number], capacity: Sequence[Number], *, initial: Number = 0
) -> tuple[BacklogPeriod, ...]:
    """Return how a backlog evolves, first in first out, period by period.

    `initial` items are there before the first period. What arrives in a period can be
    finished in it.
    """
    if len(arrivals) != len(capacity):
        raise InvalidValue(len(capacity), f"a capacity for each of {len(arrivals)} periods")
    for number in (initial, *arrivals, *capacity):
        checked_load(number, "a number of items")
    batches = [exact(initial), *map(exact, arrivals)]  # batch k arrived in period k, 0 before all
    oldest, left, periods = 0, batches[0], []
    for period, able in enumerate(map(exact, capacity), 1):
        left += batches[period]
        done = rest = min(left, able)
        left -= done
        while oldest <= period and rest >= batches[oldest]:
            rest -= batches[oldest]
            oldest += 1
        if left:
            batches[oldest] -= rest
        age = period - oldest if left else None
        periods.append(BacklogPeriod(backlog=left, done=done, age=age))
    return tuple(periods)


@frozen(kw_only=True)
class ClearingCrew:
    """The crew that clears a backlog: items a period, items a person does in one, people."""

    per_period: Fraction
    per_agent: Fraction
    exact: Fraction
    agents: int


def agents_to_clear(
    backlog: Number,
    *,
    periods: Number,
    arrivals: Number,
    handle_time: timedelta,
    productive: timedelta,
) -> ClearingCrew:
    """Return who clears a backlog within `periods` while `arrivals` come in each period.

    `productive` is the time in a period that one person really works on items.

    Raises:
        InvalidValue: no period to do it in.

    Example:
        >>> from datetime import timedelta
        >>> agents_to_clear(200, periods=5, arrivals=80, handle_time=timedelta(minutes=25),
        ...                 productive=timedelta(hours=5.5)).agents
        10
    """
    if not checked_load(periods, "periods"):
        raise InvalidValue(periods, "there must be time to clear a backlog in")
    checked_load(backlog, "a backlog")
    checked_load(arrivals, "arrivals")
    each = micros_of(checked_positive(handle_time, "a handle time"))
    per_agent = Fraction(micros_of(checked_positive(productive, "productive time")), each)
    return clearing(exact(backlog), exact(periods), exact(arrivals), per_agent)


def clearing(
    backlog: Fraction, periods: Fraction, arrivals: Fraction, per_agent: Fraction
) -> ClearingCrew:
    """Return the crew that does an even share of a backlog, and what comes in, each period."""
    per_period = backlog / periods + arrivals
    crew = per_period / per_agent
    return ClearingCrew(
        per_period=per_period, per_agent=per_agent, exact=crew, agents=math.ceil(crew)
    )


def agents_to_clear_by(
    backlog: Number,
    *,
    as_of: datetime,
    due_at: datetime,
    calendar: BusinessCalendar,
    arrivals: Number,
    per: timedelta,
    handle_time: timedelta,
    productive: Number = 1,
) -> ClearingCrew:
    """Return who clears a backlog by a date, in a calendar's open time.

    `arrivals` come in every `per` of open time, `productive` is the share of open time that
    one person really works on items; the figures returned are per `per`.

    Raises:
        InvalidValue: no open time until then.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.calendars import BusinessCalendar
        >>> office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> agents_to_clear_by(200, as_of=datetime(2026, 3, 5, 17, tzinfo=UTC),
        ...                    due_at=datetime(2026, 3, 12, 17, tzinfo=UTC), calendar=office,
        ...                    arrivals=80, per=timedelta(hours=8),
        ...                    handle_time=timedelta(minutes=25), productive=0.6875).agents
        10
    """
    length = micros_of(checked_positive(per, "a period"))
    share = exact(checked_positive_share(productive, "a productive share", full=True))
    left = calendar.timeline.open_before(micros(due_at)) - calendar.timeline.open_before(
        micros(as_of)
    )
    if left <= 0:
        raise InvalidValue(due_at, "no open time is left until then", "choose a later date")
    checked_load(backlog, "a backlog")
    checked_load(arrivals, "arrivals")
    per_agent = share * length / micros_of(checked_positive(handle_time, "a handle time"))
    return clearing(exact(backlog), Fraction(left, length), exact(arrivals), per_agent)
