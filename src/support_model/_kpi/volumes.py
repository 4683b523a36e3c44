"""How much came, was solved, came back and waits: flows of tickets by period, and the backlog.

A ticket is open, done (solved or closed) or void (also while it is merged into another). Every
flow is a move between these, so what they add up to is the backlog, whatever the periods.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from datetime import date, timedelta
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import Factory, define

from support_model._frozen import frozen
from support_model._kpi.facts import DONE
from support_model._kpi.periods import days_text
from support_model._kpi.plain import plain_facts
from support_model._short_texts import fields_html, fields_row, number_text, short_repr
from support_model._time import (
    instant,
    instant_of_reading,
    local_date,
    micros,
    offsets,
    timezone,
)
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo
    from zoneinfo import ZoneInfo

    from support_model._kpi.plain import PlainFacts, Tickets
    from support_model._time import Span
    from support_model.calendars import BusinessCalendar

State: TypeAlias = Literal["open", "done", "void"]
HOUR, HOURS_OF_WEEK, FIRST_WEEKDAY = 3_600_000_000, 168, 3 * 24
"""1970-01-01 was a Thursday."""
WORKING_WEEKDAYS = 5
NUMBERS = Factory(partial(array, "q"))
WEEKS = 4
"""Over how many weeks the pace of solving is taken."""


def state_of(category: str) -> State:
    """Return what a category means for a backlog."""
    if category in DONE:
        return "done"
    return "void" if category == "void" else "open"


@define
class Flows:
    """When tickets moved, each kind of move in ascending order of instants (microseconds).

    `solvers` are the places of the tickets of `solved`. A ticket of present values that begins
    when it is over left at an unknown time: it is among the voided, at its creation, so that it
    is open at no time and no solution is made up.
    """

    created: array[int] = NUMBERS
    solved: array[int] = NUMBERS
    reopened: array[int] = NUMBERS
    voided: array[int] = NUMBERS
    restored: array[int] = NUMBERS
    solvers: array[int] = NUMBERS

    def open_before(self, at: int) -> int:
        """Return how many tickets were open just before an instant."""
        came = sum(bisect_left(each, at) for each in (self.created, self.reopened, self.restored))
        return came - sum(bisect_left(each, at) for each in (self.solved, self.voided))

    def move(self, place: int, was: State, now: State, at: int) -> None:
        """Note a move of a ticket; one made void once it was done leaves no backlog."""
        if was == "void":
            self.restored.append(at)
        if now == "done":
            self.solved.append(at)
            self.solvers.append(place)
        elif now == "void":
            if was == "open":
                self.voided.append(at)
            return
        if was == "done":
            self.reopened.append(at)


def flows_of(plain: PlainFacts) -> Flows:
    """Return the moves of all tickets; what is told of before a creation is dated by it."""
    return plain.once("flows", "", lambda: _flows(plain))


def _flows(plain: PlainFacts) -> Flows:
    if plain.columns is not None:
        from support_model._kpi import volume_columns  # noqa: PLC0415 - needs numpy

        return Flows(**volume_columns.moved(plain.columns))
    flows = Flows()
    histories = plain.entries("history").each()
    listed = plain.scalar("snapshot")
    for place, (created, history) in enumerate(
        zip(plain.scalar("created"), histories, strict=True)
    ):
        flows.created.append(created)
        was: State = "open"
        for number, (at, category) in enumerate(history):
            now = state_of(category)
            if number == 0 and now == "done" and listed[place]:
                flows.move(place, was, "void", max(at, created))
                was = now
            elif now != was:
                flows.move(place, was, now, max(at, created))
                was = now
    for name in ("created", "reopened", "voided", "restored"):
        setattr(flows, name, array("q", sorted(getattr(flows, name))))
    solved = sorted(zip(flows.solved, flows.solvers, strict=True))
    flows.solved = array("q", (at for at, _ in solved))
    flows.solvers = array("q", (place for _, place in solved))
    return flows


def _open_now(plain: PlainFacts) -> list[bool]:
    """Return whether each ticket is open at the end; one of which no history tells is not."""
    if plain.columns is not None:
        from support_model._kpi import volume_columns  # noqa: PLC0415 - needs numpy

        return volume_columns.open_now(plain.columns)
    histories = plain.entries("history").each()
    return [bool(own) and state_of(own[-1][1]) == "open" for own in histories]


@frozen(kw_only=True)
class Volume:
    """What came to a desk in a period, what left it, and what was open at its end.

    `backlog` = `backlog_before` + `created` + `reopened` + `restored` - `solved` - `voided`.

    Attributes:
        period: the period.
        complete: whether the facts reach to its end; what comes later is in none of the numbers.
        created: tickets created, whatever became of them.
        solved: solutions: a ticket solved again after a reopening counts again.
        tickets_solved: how many tickets these are.
        reopened: exits from solved or closed, but not into void.
        voided: open tickets that became void: merged into another, spam, cancelled; and, when
            they came, those of a list that are over while nothing tells since when.
        restored: tickets that were taken back from there.
        backlog: tickets open at its end.
    """

    period: Span
    complete: bool
    created: int
    solved: int
    tickets_solved: int
    reopened: int
    voided: int
    restored: int
    backlog: int

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        moved = f"{self.created:,} created, {self.solved:,} solved, {self.reopened:,} reopened"
        running = "" if self.complete else ", not complete"
        return f"{days_text(self.period)}: {moved}, {self.backlog:,} left open{running}"

    @property
    def net(self) -> int:
        """How much the backlog grew."""
        return self.created + self.reopened + self.restored - self.solved - self.voided

    @property
    def backlog_before(self) -> int:
        """Tickets open at its beginning."""
        return self.backlog - self.net

    def row(self) -> dict[str, Any]:
        """Return it as one row of plain values.

        Example:
            >>> from datetime import UTC, date
            >>> from support_model.kpi import periods, volumes
            >>> march = periods(date(2026, 3, 1), date(2026, 4, 1), tz="UTC", every="month")
            >>> row = volumes([], march)[0].row()
            >>> row["start"].isoformat(), row["created"], row["net"]
            ('2026-03-01T00:00:00+00:00', 0, 0)
        """
        return {
            "start": self.period.start,
            "end": self.period.end,
            "complete": self.complete,
            "created": self.created,
            "solved": self.solved,
            "tickets_solved": self.tickets_solved,
            "reopened": self.reopened,
            "voided": self.voided,
            "restored": self.restored,
            "net": self.net,
            "backlog": self.backlog,
        }


def volumes(facts: Tickets, spans: Iterable[Span]) -> tuple[Volume, ...]:
    """Return what came, was solved, came back and stayed open in each of some periods.

    A ticket is open from its creation until it is solved, closed or void, by the status it had
    then. Tickets from before the log are not in it, so the backlog of its first weeks is low.

    Args:
        facts: the tickets, as records, by columns or plain.
        spans: the periods, such as `periods` returns; they may overlap.

    Raises:
        InvalidValue: a period without an end.

    Example:
        >>> from datetime import UTC, date, datetime, timedelta
        >>> from support_model.kpi import Facts, periods
        >>> nine, hour = datetime(2026, 3, 2, 9, tzinfo=UTC), timedelta(hours=1)
        >>> told = {"created": nine, "as_of": nine + 24 * hour}
        >>> facts = [
        ...     Facts(ticket_id="T1", history=[(nine, "new")], **told),
        ...     Facts(ticket_id="T2", history=[(nine, "new"), (nine + hour, "solved")], **told),
        ... ]
        >>> monday = periods(date(2026, 3, 2), date(2026, 3, 3), tz="UTC", every="day")
        >>> [(each.created, each.solved, each.backlog) for each in volumes(facts, monday)]
        [(2, 1, 1)]
    """
    plain = plain_facts(facts)
    known = max(plain.scalar("as_of"), default=None)
    return tuple(volumes_of(flows_of(plain), spans, known))


def volumes_of(flows: Flows, spans: Iterable[Span], known: int | None) -> Iterator[Volume]:
    """Yield what moved in each period; `known` is up to when the tickets are (microseconds)."""
    for span in spans:
        if span.end is None:
            raise InvalidValue(span, "a period without an end", "give its end")
        start, end = span.edges

        def inside(instants: Sequence[int], start: int = start, end: int = end) -> int:
            return bisect_left(instants, end) - bisect_left(instants, start)

        solves = slice(bisect_left(flows.solved, start), bisect_left(flows.solved, end))
        yield Volume(
            period=span,
            complete=known is not None and end <= known,
            created=inside(flows.created),
            solved=inside(flows.solved),
            tickets_solved=len({*flows.solvers[solves]}),
            reopened=inside(flows.reopened),
            voided=inside(flows.voided),
            restored=inside(flows.restored),
            backlog=flows.open_before(end),
        )


@frozen(kw_only=True)
class DaysOfWork:
    """How long a desk would work on its backlog at its pace of solving.

    Attributes:
        backlog: tickets open at the instant.
        solved: how many were solved in the weeks before.
        working_days: on how many working days.
    """

    backlog: int
    solved: int
    working_days: int

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        if self.days is None:
            return f"{self.backlog:,} open tickets, none solved in {self.working_days:,} days"
        pace = f"{self.solved:,} solved in {self.working_days:,}"
        return f"{number_text(self.days)} working days for {self.backlog:,} tickets, {pace}"

    @property
    def per_day(self) -> float | None:
        """Tickets solved per working day; None without working days."""
        return self.solved / self.working_days if self.working_days else None

    @property
    def days(self) -> float | None:
        """Working days of work; None where nothing was solved and something is open."""
        if not self.backlog:
            return 0.0
        return self.backlog * self.working_days / self.solved if self.solved else None


def days_of_work(
    facts: Tickets,
    *,
    at: datetime | None = None,
    tz: str | tzinfo,
    calendar: BusinessCalendar | None = None,
    weeks: int = WEEKS,
) -> DaysOfWork:
    """Return how many working days of work the backlog is, at the pace of the last weeks.

    The weeks end with the last whole local day before the instant.

    Args:
        facts: the tickets, as records, by columns or plain.
        at: the instant, not after the facts' own; None for theirs.
        tz: the zone of days.
        calendar: whose days with opening hours are working days; Monday to Friday if None.
        weeks: over how many weeks the pace is taken.

    Raises:
        InvalidValue: less than one week, or an instant after that of the facts.
        UnknownZone: no IANA zone.

    Example:
        >>> days_of_work([], tz="UTC").days
        0.0
    """
    if weeks < 1:
        raise InvalidValue(weeks, "a pace is taken over a week or more", "give 1 or more")
    plain, zone = plain_facts(facts), timezone(tz)
    known = max(plain.scalar("as_of"), default=None)
    if known is None:
        return DaysOfWork(backlog=0, solved=0, working_days=0)
    end = known if at is None else micros(at)
    if end > known:
        remedy = "make facts as of a later instant"
        raise InvalidValue(at, f"the facts end at {instant(known)}", remedy)
    flows = flows_of(plain)
    begin, last = _pace_days(flows, end, zone, weeks)
    return DaysOfWork(
        backlog=flows.open_before(end + 1),
        solved=len(_solvers(flows, begin, last, zone)),
        working_days=working_days(begin, last, calendar),
    )


def days_of_work_by(
    facts: Tickets, field: str, *, tz: str | tzinfo, calendar: BusinessCalendar | None = None
) -> Mapping[Any, DaysOfWork]:
    """Return how many working days of work each group has now, each at its own pace.

    A ticket counts for the value that it has now, its solutions too; None holds those without.

    Args:
        facts: the tickets, as records, by columns or plain.
        field: by what tickets are grouped, such as "group" or "agent".
        tz: the zone of days.
        calendar: whose days with opening hours are working days; Monday to Friday if None.

    Returns:
        The groups with anything open or solved in the last four weeks, the largest backlog first.

    Raises:
        UnknownZone: no IANA zone.

    Example:
        >>> days_of_work_by([], "group", tz="UTC")
        {}
    """
    plain, zone = plain_facts(facts), timezone(tz)
    if not plain.size:
        return {}
    flows, held = flows_of(plain), plain.field(field)
    begin, last = _pace_days(flows, max(plain.scalar("as_of")), zone, WEEKS)
    backlog = Counter(compress(held, _open_now(plain)))
    solved = Counter(held[place] for place in _solvers(flows, begin, last, zone))
    days = working_days(begin, last, calendar)
    work = {
        value: DaysOfWork(backlog=backlog[value], solved=solved[value], working_days=days)
        for value in backlog | solved
    }
    return dict(sorted(work.items(), key=_rank))


def _rank(item: tuple[Any, DaysOfWork]) -> tuple[int, bool, str]:
    value, work = item
    return -work.backlog, value is None, str(value)


def _pace_days(flows: Flows, at: int, zone: ZoneInfo, weeks: int) -> tuple[int, int]:
    """Return the days, as ordinals, over which the pace at an instant is taken: [first, end)."""
    end = local_date(zone, at)
    begin = end - 7 * weeks
    if flows.created:  # the days before the log say nothing of a pace
        begin = min(max(begin, local_date(zone, flows.created[0])), end)
    return begin, end


def _solvers(flows: Flows, begin: int, end: int, zone: ZoneInfo) -> Sequence[int]:
    """Return the place of the ticket of each solution of some days."""
    since, until = (
        bisect_left(flows.solved, instant_of_reading(zone, day, 0)) for day in (begin, end)
    )
    return flows.solvers[since:until]


def working_days(begin: int, end: int, calendar: BusinessCalendar | None) -> int:
    """Return how many days of [begin, end), as ordinals, are working days."""
    if calendar is None:
        days = range(begin, end)
        return sum(date.fromordinal(day).weekday() < WORKING_WEEKDAYS for day in days)
    one = timedelta(days=1)
    return calendar.working_days(date.fromordinal(begin) - one, date.fromordinal(end) - one)


def arrivals_by_hour(facts: Tickets, *, tz: str | tzinfo) -> tuple[tuple[int, ...], ...]:
    """Return how many tickets were created in each hour of the local week.

    Args:
        facts: the tickets, as records, by columns or plain.
        tz: the zone of the hours.

    Returns:
        Seven rows from Monday on, of 24 hours each.

    Raises:
        UnknownZone: no IANA zone.

    Example:
        >>> week = arrivals_by_hour([], tz="Europe/Berlin")
        >>> len(week), len(week[0]), sum(map(sum, week))
        (7, 24, 0)
    """
    return hours_of_week(plain_facts(facts).scalar("created"), timezone(tz))


def hours_of_week(instants: Iterable[int], zone: ZoneInfo) -> tuple[tuple[int, ...], ...]:
    """Return how many instants (microseconds) lie in each hour of the local week."""
    counts = [0] * HOURS_OF_WEEK
    ordered = sorted(instants)
    changes = offsets(zone, ordered[0], ordered[-1] + 1) if ordered else [(0, 0)]
    ends = [bisect_left(ordered, at) for at, _ in changes[1:]] + [len(ordered)]
    start = 0
    for (_, offset), end in zip(changes, ends, strict=True):
        for at in ordered[start:end]:
            counts[((at + offset) // HOUR + FIRST_WEEKDAY) % HOURS_OF_WEEK] += 1
        start = end
    return tuple(tuple(counts[24 * day : 24 * day + 24]) for day in range(7))
