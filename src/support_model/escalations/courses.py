"""A course: what an escalation runs along, the cycle of a clock and what happened beside it.

It knows when a share of the target is reached, when counted time moves on, when a wait ends and
when all is over; steps ask it and never see calendars or pauses themselves. `courses` reads
them off an evaluation and the events; `Course.of` makes one where there is no service level.

Before this: `support_model.sla`, `support_model.escalations.steps`.
Next: `support_model.escalations.runs`.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from attrs import field, frozen

from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidEscalation, OutOfRange
from support_model.hours.timeline import CutLine
from support_model.instants import LAST, Span, micros, micros_of, union
from support_model.service_levels.cycles import measured
from support_model.tickets import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, timedelta
    from fractions import Fraction

    from support_model.escalations.steps import Kind
    from support_model.events import Event
    from support_model.hours.timeline import Line
    from support_model.service_levels.evaluations import Clock, Cycle, Evaluation

__all__ = ["Course", "Goal", "Raised", "Stay", "courses"]

END = LAST + 1
Edges = tuple[int, int]


class Goal(NamedTuple):
    """A target in force within [since, until): what its shares are of, and when they are over.

    Attributes:
        since, until: when it is in force, in microseconds, as all of these.
        line: the counted time under it.
        whole: what its shares are of; None where it is never reached.
        over: when so much of it is over; None if never.
        due: when it is due; None if never.
    """

    since: int
    until: int
    line: Line
    whole: int | None
    over: Callable[[int], int | None]
    due: int | None

    def reached(self, share: Fraction, offset: int) -> int | None:
        """Return when a share and an offset are over; None if never."""
        if self.whole is None:
            return None
        if share == 1 and not offset:
            return self.due  # promised and day-counted dues need not be where counting gets to
        return self.over(-(-share.numerator * self.whole // share.denominator) + offset)


class Stay(NamedTuple):
    """A stay of the ticket in a line: its how-manieth there, from when until when."""

    line: str
    number: int
    since: int
    until: int


class Raised(NamedTuple):
    """An escalation made by hand: when, of which kind, to which level."""

    at: int
    kind: Kind
    level: int


def _later(line: Line, at: int, amount: int) -> int | None:
    """Return when so much more counts after an instant; beyond the year 9999 is never."""
    if amount <= 0:
        return at
    try:
        return line.earliest(line.count(at) + amount, at)
    except OutOfRange:
        return None


@frozen(kw_only=True)
class Course:
    """One cycle to escalate along; instants in microseconds.

    Attributes:
        ticket, slot, metric, cycle: the first parts of every key.
        start: the start of the cycle.
        end: from when nothing happens any more: stop or cancellation.
        ack: the acknowledgement; None while it is missing.
        line: counted time where no target is in force.
        goals: the targets, in order.
        pauses: when counted time stands still, sorted and disjoint.
        shut: when nothing happens at all, because the cycle had ended and came back.
        stays: stays in lines, in order.
        raised: escalations made by hand.
    """

    ticket: str
    slot: str
    metric: str
    cycle: int
    start: int
    end: int = END
    ack: int | None = None
    line: Line = field(eq=False, repr=False)
    goals: tuple[Goal, ...] = field(default=(), eq=False, repr=False)
    pauses: tuple[Edges, ...] = ()
    shut: tuple[Edges, ...] = ()
    stays: tuple[Stay, ...] = ()
    raised: tuple[Raised, ...] = ()

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
        raised: Iterable[tuple[datetime, Kind, int]] = (),
    ) -> Course:
        """Return a course from plain facts, such as an alert's, with no service level behind.

        Args:
            ticket: the first part of every key.
            metric: the part that names what is clocked.
            start: the start of the cycle.
            cycle: its number.
            slot: the part that tells clocks of one metric apart.
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
        begin = micros(start)
        cuts = union(pause.edges for pause in pauses)
        line: Line = (calendar or BusinessCalendar.always()).line
        line = CutLine(line, cuts) if cuts else line
        rows = [(micros(since), micros_of(length)) for since, length in targets]
        entered = [(name, micros(at)) for name, at in lines]
        for order in ([since for since, _ in rows], [at for _, at in entered]):
            if order != sorted(order):
                raise InvalidEscalation(order, "not in order of time", "sort them")
        goals = []
        for (since, length), (until, _) in pairwise([*rows, (END, 0)]):
            over = partial(_later, line, begin)
            goals.append(Goal(since, until, line, length, over, over(length)))
        return cls(
            ticket=ticket,
            slot=slot,
            metric=metric,
            cycle=cycle,
            start=begin,
            end=END if end is None else micros(end),
            ack=None if ack is None else micros(ack),
            line=line,
            goals=tuple(goals),
            pauses=tuple(cuts),
            stays=_stays(entered),
            raised=tuple(Raised(micros(at), kind, level) for at, kind, level in raised),
        )

    def counted(self, at: int, amount: int) -> int | None:
        """Return when so much more will have counted since an instant; None if never."""
        line = next((goal.line for goal in self.goals if goal.since <= at < goal.until), self.line)
        return _later(line, at, amount)

    def resumed(self, at: int) -> int:
        """Return an instant, or the end of the pause strictly inside which it lies."""
        for start, end in self.pauses:
            if start < at < end:
                return end
        return at

    def reopened(self, at: int) -> int:
        """Return an instant, or the end of the closed stretch in which it lies."""
        for start, end in self.shut:
            if start <= at < end:
                return end
        return at


def _stays(entered: Sequence[tuple[str, int]]) -> tuple[Stay, ...]:
    numbers: dict[str, int] = {}
    found = []
    for (line, since), (_, until) in pairwise([*entered, ("", END)]):
        numbers[line] = numbers.get(line, 0) + 1
        found.append(Stay(line, numbers[line], since, until))
    return tuple(found)


def courses(events: Iterable[Event], evaluation: Evaluation, clock: Clock) -> tuple[Course, ...]:
    """Return a course for each cycle of a clock.

    The events say what a clock does not know: acknowledgements, stays in lines ("line:2" for
    line 2), and levels that agents raised by hand. Give those that were evaluated.
    """
    acks: list[int] = []
    entered: list[tuple[str, int]] = []
    raised: list[Raised] = []
    for now in steps(events):
        event = now.event
        if event is None or event.micros > micros(evaluation.as_of):
            continue
        if "acknowledged" in now.facts:
            acks.append(event.micros)
        after = now.after
        if "line" in now.changed and after.line is not None:
            entered.append((str(after.line), event.micros))
        if event.role == "agent":
            if "escalated_functional" in now.facts and after.line is not None:
                raised.append(Raised(event.micros, "functional", after.line))
            if "escalated_hierarchical" in now.facts and after.management_level is not None:
                raised.append(Raised(event.micros, "hierarchical", after.management_level))
    stays = _stays(entered)
    return tuple(
        _course(evaluation.ticket.id, clock, cycle, acks, stays, raised) for cycle in clock.cycles
    )


def _course(
    ticket: str,
    clock: Clock,
    cycle: Cycle,
    acks: list[int],
    stays: tuple[Stay, ...],
    raised: list[Raised],
) -> Course:
    fold = cycle.fold
    stop = END if fold.stopped is None else fold.stopped
    ends = [*(term.since for term in fold.terms[1:]), stop]
    goals, shut, end = [], [], stop
    for term, until in zip(fold.terms, ends, strict=True):
        if term.force is None:
            if term is fold.terms[-1]:
                end = min(end, term.since)
            else:
                shut.append((term.since, until))
            continue
        found = measured(fold, term, END)  # an open pause counts nothing until it ends
        whole, over = found.allowance, found.reached
        if term.force.promised is not None:  # no pause moves the date, so none moves its shares
            whole = found.gross(term.force.promised)
            over = partial(found.on_the_way, promised=term.force.promised)
        goals.append(Goal(term.since, until, found.line, whole, over, found.due))
    shut += [(since, until) for since, until, why in fold.pauses if why == "solved"]
    return Course(
        ticket=ticket,
        slot=clock.slot,
        metric=clock.metric.name,
        cycle=cycle.number,
        start=fold.start,
        end=end,
        ack=next((at for at in acks if at >= fold.start), None),
        line=goals[0].line,
        goals=tuple(goals),
        pauses=tuple(union(fold.cuts(END))),
        shut=tuple(union(shut)),
        stays=stays,
        raised=tuple(raised),
    )
