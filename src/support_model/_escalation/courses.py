"""A course: what an escalation runs along, a count of a clock and what happened beside it.

It knows when a share of the target is reached, when counted time moves on, when a wait ends and
when all is over; steps ask it and know no calendars or pauses themselves. `courses` reads
them off an evaluation and the events: one for each stretch of each count in which a condition
holds. `Course.of` makes one where there is no service level.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property, partial
from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from attrs import field

from support_model._frozen import FrozenMap, frozen
from support_model._time import (
    FIRST,
    LAST,
    NO_SUSPENSIONS,
    Edges,
    Span,
    Suspension,
    Suspensions,
    micros,
    micros_of,
    union,
)
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidEscalation, OutOfRange
from support_model.patterns import ALWAYS
from support_model.tickets import ReadLog, eventless_step, micros_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from support_model._escalation.plans import EscalationRule, StepKind
    from support_model.calendars import Timeline
    from support_model.events import Event
    from support_model.patterns import Pattern
    from support_model.sla import Clock, Cycle, Evaluation, Target
    from support_model.tickets import TicketStep


END = LAST + 1
CountParts: TypeAlias = dict[str, Any]
"""The arguments of the course of a count, but for what its stretches differ in."""
WHOLE = (1, 1)
RAISING = frozenset({"escalated_functional", "escalated_hierarchical"})


class CourseTarget(NamedTuple):
    """A target in force within [start, end): what its shares are of, and when they are over.

    Attributes:
        start, end: when it is in force, in microseconds, as all of these.
        timeline: the counted time under it.
        length: what its shares are of; None where it is never reached.
        over: when so much of it is over; None if never.
        due: when it is due; None if never.
    """

    start: int
    end: int
    timeline: Timeline
    length: int | None
    over: Callable[[int], int | None]
    due: int | None

    def reached(self, share: tuple[int, int], offset: int) -> int | None:
        """Return when a share, as a ratio, and an offset are over; None if never."""
        if self.length is None:
            return None
        if share == WHOLE and not offset:
            return self.due  # promised and day-counted dues need not be where counting gets to
        numerator, denominator = share
        return self.over(-(-numerator * self.length // denominator) + offset)


class LineStay(NamedTuple):
    """The n-th stay of the ticket in a line, within [start, end)."""

    line: str
    number: int
    start: int
    end: int


class Raised(NamedTuple):
    """An escalation made by hand: when, of which kind, to which level."""

    at: int
    kind: StepKind
    level: int


def _in_order(given: Iterable[Raised]) -> tuple[Raised, ...]:
    return tuple(sorted(given, key=lambda row: row.at))


@frozen
class Levels:
    """Escalations made by hand, and the highest level of a kind until an instant."""

    rows: tuple[Raised, ...] = field(default=(), converter=_in_order)

    @cached_property
    def reached(self) -> Mapping[StepKind, tuple[tuple[int, int], ...]]:
        """The highest level so far, with the instant of each row, by kind."""
        table: dict[StepKind, tuple[tuple[int, int], ...]] = {}
        for kind in {row.kind for row in self.rows}:
            rows = [row for row in self.rows if row.kind == kind]
            highest = accumulate((row.level for row in rows), max)
            table[kind] = tuple(zip((row.at for row in rows), highest, strict=True))
        return FrozenMap(table)

    def highest(self, kind: StepKind, at: int) -> int | None:
        """Return the highest level that was reached; None if none was."""
        rows = self.reached.get(kind, ())
        place = bisect_right(rows, at, key=lambda row: row[0])
        return rows[place - 1][1] if place else None


NONE_RAISED = Levels()


def _suspensions(pauses: Sequence[Edges], gaps: Sequence[Edges]) -> Suspensions:
    """Return pauses and the gaps after an end that was undone, joined where they touch.

    What waited for the end of a gap was not reached before the pause that the gap touches.
    """
    if not pauses and not gaps:
        return NO_SUSPENSIONS
    given = [Suspension(start, end, closed=False) for start, end in pauses]
    given += [Suspension(start, end, closed=True) for start, end in gaps if start < end]
    rows: list[Suspension] = []
    for row in sorted(given, key=lambda row: (row.start, not row.closed, row.end)):
        last = rows[-1] if rows else None
        if last is None or row.start > last.end:
            rows.append(row)
        else:
            rows[-1] = Suspension(last.start, max(last.end, row.end), last.closed)
    return Suspensions(tuple(rows))


def _later(timeline: Timeline, at: int, amount: int) -> int | None:
    """Return when so much more counts after an instant; beyond the year 9999 is never."""
    if amount <= 0:
        return at
    try:
        return timeline.earliest(timeline.open_before(at) + amount, at)
    except OutOfRange:
        return None


@frozen(kw_only=True)
class Course:
    """A stretch of a count to escalate along; instants in microseconds.

    Attributes:
        ticket, slot, metric, cycle, count: the first parts of every key.
        number: which stretch of the count it is, in which the condition holds.
        start: the start of the count.
        begin: the beginning of the course: the start, or when the condition came to hold.
        end: from when nothing happens any more: stop, cancellation, the next count, or the
            condition holds no more.
        ack: the first acknowledgement of the count; None while it is missing.
        timeline: counted time where no target is in force.
        targets: the targets, in order.
        waits: when nothing counted fires: pauses, and `gaps`.
        gaps: when nothing happens at all, because the count had ended and came back.
        stays: stays in lines, in order.
        raised: escalations made by hand.
    """

    ticket: str
    slot: str
    metric: str
    cycle: int
    count: int = 1
    number: int = 1
    start: int
    begin: int
    end: int = END
    ack: int | None = None
    timeline: Timeline = field(eq=False, repr=False)
    targets: tuple[CourseTarget, ...] = field(default=(), eq=False, repr=False)
    waits: Suspensions = NO_SUSPENSIONS
    gaps: Suspensions = NO_SUSPENSIONS
    stays: tuple[LineStay, ...] = ()
    raised: Levels = NONE_RAISED

    @classmethod
    def of(  # noqa: PLR0913 - all that may happen to a cycle, by keyword
        cls,
        *,
        ticket: str,
        metric: str,
        start: datetime,
        cycle: int = 1,
        slot: str = "sla",
        calendar: BusinessCalendar | None = None,
        targets: Iterable[tuple[datetime, timedelta]] = (),
        pauses: Iterable[Span] = (),
        end: datetime | None = None,
        ack: datetime | None = None,
        lines: Iterable[tuple[str, datetime]] = (),
        raised: Iterable[tuple[datetime, StepKind, int]] = (),
    ) -> Course:
        """Return a course from plain facts, such as an alert's, with no service level behind.

        Args:
            ticket: the first part of every key.
            metric: the part that names what is clocked.
            start: the start of the cycle.
            cycle: its number.
            slot: the part that distinguishes clocks of one metric.
            calendar: when time counts; always, if not given.
            targets: (since, length) of each target in turn; each counts from the start.
            pauses: when time stands still; the last may have no end yet.
            end: stop or cancellation, if it is over.
            ack: the acknowledgement, if there was one.
            lines: (line, since) of each stay in a line.
            raised: (at, kind, level) of escalations made by hand.

        Raises:
            NaiveDatetime: an instant without a zone.
            InvalidEscalation: targets or lines that are not in order of time.

        Example:
            >>> from datetime import UTC, datetime
            >>> Course.of(ticket="A1", metric="page", start=datetime(2026, 3, 2, tzinfo=UTC)).cycle
            1
        """
        begin, cuts = micros(start), union(pause.edges for pause in pauses)
        timeline = (calendar or BusinessCalendar.always()).timeline
        timeline = timeline.without(cuts) if cuts else timeline
        rows = [(micros(since), micros_of(length)) for since, length in targets]
        entered = [(name, micros(at)) for name, at in lines]
        _must_be_sorted([since for since, _ in rows])
        _must_be_sorted([at for _, at in entered])
        over = partial(_later, timeline, begin)
        in_turn = [
            CourseTarget(since, until, timeline, length, over, over(length))
            for (since, length), (until, _) in pairwise([*rows, (END, 0)])
        ]
        return cls(
            ticket=ticket,
            slot=slot,
            metric=metric,
            cycle=cycle,
            start=begin,
            begin=begin,
            end=END if end is None else micros(end),
            ack=None if ack is None else micros(ack),
            timeline=timeline,
            targets=tuple(in_turn),
            waits=_suspensions(cuts, ()),
            stays=tuple(_stays(entered)),
            raised=Levels(Raised(micros(at), kind, level) for at, kind, level in raised),
        )

    def counted(self, at: int, amount: int) -> int | None:
        """Return when so much more will have counted since an instant; None if never."""
        return _later(self.timeline_at(at), at, amount)

    def timeline_at(self, at: int) -> Timeline:
        """Return the counted time under the target in force at an instant."""
        i = bisect_right(self.targets, at, key=_start_of) - 1
        held = i >= 0 and at < self.targets[i].end
        return self.targets[i].timeline if held else self.timeline

    def targets_from(self, start: int, end: int) -> Iterator[CourseTarget]:
        """Yield the targets that are in force within [start, end)."""
        first = bisect_right(self.targets, start, key=_start_of) - 1
        for place in range(max(first, 0), len(self.targets)):
            if self.targets[place].start >= end:
                return
            yield self.targets[place]

    def stays_in(self, line: str) -> Iterator[int]:
        """Yield the places of the stays in a line that last into the course."""
        first = bisect_right(self.stays, self.begin, key=lambda stay: stay.end)
        for place in range(first, len(self.stays)):
            stay = self.stays[place]
            if stay.start >= self.end:
                return
            if stay.line == line:
                yield place


_start_of = itemgetter(0)


def _must_be_sorted(instants: list[int]) -> None:
    if instants != sorted(instants):
        raise InvalidEscalation(instants, "not in order of time", "sort them")


def _stays(entered: Sequence[tuple[str, int]]) -> Iterator[LineStay]:
    numbers: dict[str, int] = {}
    for (line, start), (_, end) in pairwise([*entered, ("", END)]):
        numbers[line] = numbers.get(line, 0) + 1
        yield LineStay(line, numbers[line], start, end)


class TicketHistory:
    """What a log holds beside its clocks until an instant; what is not asked for is not read.

    What holds is read after the last event of each instant.
    """

    def __init__(self, events: Iterable[Event], through: int) -> None:
        self.steps = ReadLog.until(events, through).steps
        facts = self.steps[-1].after.times if self.steps else {}
        self._acknowledged = facts.get("acknowledged")
        self._escalated = any(map(facts.get, RAISING))

    @property
    def acks(self) -> list[int]:
        """The instants of acknowledgements."""
        steps = self.steps if self._acknowledged else ()
        return [micros_at(now) for now in steps if "acknowledged" in now.facts]

    @property
    def raised(self) -> Levels:
        """The levels that agents raised by hand."""
        if not self._escalated:
            return NONE_RAISED
        moves = [now for now in self.steps if not RAISING.isdisjoint(now.facts)]
        return Levels(level for now in moves for level in _raised(now))

    @cached_property
    def stays(self) -> tuple[LineStay, ...]:
        """The stays in lines: "line:2" is one in line 2. An unknown line ends none."""
        moves = [now for now in self.steps if "line" in now.changed]
        if len(moves) > 1:
            moves = [[*rows][-1] for _, rows in groupby(moves, key=micros_at)]
        entered: list[tuple[str, int]] = []
        for now in moves:
            line = now.after.line
            if line is not None and (not entered or entered[-1][0] != str(line)):
                entered.append((str(line), micros_at(now)))
        return tuple(_stays(entered))

    def holds(self, rule: EscalationRule) -> bool:
        """Return whether the condition of a rule holds at the end."""
        if rule.always or not self.steps:
            return True
        return rule.when.holds(eventless_step(self.steps[-1].after))

    def stretches(self, when: Pattern, since: int = FIRST) -> list[Edges]:
        """Return when a condition holds: from the first instant until it no longer does.

        Stretches that end at an instant `since` or before may be left out.
        """
        if when == ALWAYS:
            return [(micros_at(now), END) for now in self.steps[:1]]
        found: list[Edges] = []
        until, read = END, None
        for now in reversed(self.steps):
            at = micros_at(now)
            if at == read:
                continue
            read = at
            if when.holds(eventless_step(now.after)):
                if found and found[-1][0] == until:
                    found[-1] = (at, found[-1][1])
                else:
                    found.append((at, until))
            elif at <= since:
                break
            until = at
        return found[::-1]


def _raised(step: TicketStep) -> Iterator[Raised]:
    at, after = micros_at(step), step.after
    if step.event is None or step.event.role != "agent":
        return
    if "escalated_functional" in step.facts and after.line is not None:
        yield Raised(at, "functional", after.line)
    if "escalated_hierarchical" in step.facts and after.management_level is not None:
        yield Raised(at, "hierarchical", after.management_level)


def courses(
    events: Iterable[Event], evaluation: Evaluation, clock: Clock, when: Pattern = ALWAYS
) -> tuple[Course, ...]:
    """Return the courses of a clock: a stretch of a count in which a condition holds is one.

    Acknowledgements, stays in lines ("line:2" for line 2), levels that agents raised by hand and
    the times of the condition are read off the events; give those that were evaluated.
    """
    history = TicketHistory(evaluation.log(events), micros(evaluation.as_of))
    return tuple(courses_of(history, evaluation.ticket.id, clock, when))


def courses_of(
    history: TicketHistory, ticket_id: str, clock: Clock, when: Pattern
) -> Iterator[Course]:
    """Yield the courses of a clock, given what the log of its ticket holds."""
    return cut(counts_of(history, ticket_id, clock), history.stretches(when))


def cut(counts: Iterable[CountParts], stretches: Sequence[Edges]) -> Iterator[Course]:
    """Yield a course for each of some stretches, in order, and each count in which it lies."""
    for count in counts:
        start, end = count["start"], count["end"]
        first = bisect_right(stretches, start, key=lambda stretch: stretch[1])
        for number, (begin, until) in enumerate(stretches[first:], 1):
            if begin >= end:
                break
            inside = {"begin": max(begin, start), "end": min(until, end)}
            if inside["begin"] < inside["end"]:
                yield Course(**{**count, **inside, "number": number})


def counts_of(
    history: TicketHistory, ticket_id: str, clock: Clock, since: int = FIRST
) -> Iterator[CountParts]:
    """Yield the parts of the course of each count of a clock that ends after an instant, whole."""
    for cycle in clock.cycles:
        if cycle.closed_at(END) > since:
            yield from _of_cycle(history, ticket_id, clock, cycle, since)


def _of_cycle(
    history: TicketHistory, ticket_id: str, clock: Clock, cycle: Cycle, since: int
) -> Iterator[CountParts]:
    """Yield the parts of the course of each count of a cycle.

    A stay in a line may have begun in an earlier count, and what paused that does not count.
    """
    counts = cycle.parts
    views = [count.view(END) for count in counts]  # an open pause counts nothing until it ends
    timeline = views[0].timeline if len(views) == 1 else _Timelines(cycle).of
    for count, view in zip(counts, views, strict=True):
        fold = view.count
        end = fold.end(END)
        if end <= since:
            continue
        gaps = [(gap.start, gap.end) for gap in fold.gaps]
        gaps += [
            (term.since, later.since) for term, later in pairwise(fold.terms) if term.force is None
        ]
        yield {
            "ticket": ticket_id,
            "slot": clock.slot,
            "metric": clock.metric.name,
            "cycle": cycle.number,
            "count": fold.number,
            "start": fold.start,
            "end": end,
            "ack": next(iter(history.acks[bisect_left(history.acks, fold.start) :]), None),
            "timeline": timeline(count.target),
            "targets": tuple(
                [
                    CourseTarget(
                        measure.term.since,
                        END if until is None else until,
                        timeline(measure.target),
                        measure.allowance,
                        measure.reached,
                        measure.due,
                    )
                    for measure, until in count.stretches(view)
                ]
            ),
            "waits": _suspensions(view.cuts, gaps),
            "gaps": _suspensions((), gaps),
            "stays": history.stays,
            "raised": history.raised,
        }


class _Timelines:
    """The counted time of a cycle, one timeline for a calendar, whichever count it is in."""

    def __init__(self, cycle: Cycle) -> None:
        views = [count.view(END) for count in cycle.parts]
        cuts = [cut for view in views for cut in view.cuts]
        for view, following in pairwise(views):
            if view.count.stopped is not None:
                cuts.append((view.count.stopped, following.count.start))
        self.cuts = union(cuts)
        self.known: dict[int, Timeline] = {}

    def of(self, target: Target) -> Timeline:
        base = target.calendar.timeline
        if not self.cuts:
            return base
        if id(base) not in self.known:
            self.known[id(base)] = base.without(self.cuts)
        return self.known[id(base)]
