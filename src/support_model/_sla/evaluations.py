"""The cycles and clocks of a ticket at an instant, and the moments that they bring.

Values only; `support_model.sla.evaluate` makes them. Elapsed time, due dates, breaches and
explanations are computed from the facts when they are read.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import field

from support_model._frozen import draft_class, frozen
from support_model._sla.cycles import (
    NONE_FOLDED,
    Pause,
    Result,
    Term,
    View,
    ahead_of,
    breach_of,
    counts_alone,
    earlier_breaches,
    measure_term,
    moments_of,
    results_of,
    state_of,
    warned,
)
from support_model._sla.metrics import Metric
from support_model._sla.pictures import picture
from support_model._time import (
    Span,
    clock_text,
    instant,
    micros,
)
from support_model.agenda import Agenda, Moment
from support_model.calendars import ExplainRow, Explanation, WorkingDays
from support_model.errors import ForeignEvent, InvalidValue, UnknownMetric, nearest
from support_model.events import known_by
from support_model.reasons import Reason
from support_model.tickets import ReadLog, steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from support_model._sentences import Catalogue
    from support_model._sla.clocks import ClockFold, ClockFolds
    from support_model._sla.cycles import (
        CountFold,
        CycleFold,
        Folded,
        MeasuredTerm,
        State,
        ThresholdMoment,
    )
    from support_model._sla.policies import PolicyBook, SlaPolicy, Target
    from support_model._vocabulary import PolicyKind
    from support_model.events import Event
    from support_model.tickets import Ticket


@frozen(kw_only=True)
class Count:
    """One count of a cycle at an instant; instants are in the calendar's zone.

    Attributes:
        number: 1 for the first; a reset or a restart begins the next.
        policy: the policy whose target is, or was last, in force.
        target: that target.
        as_of: the instant of the evaluation, in microseconds.
    """

    number: int
    policy: SlaPolicy
    target: Target
    as_of: int
    term: Term = field(hash=False, repr=False)
    """The stretch in which the target has been in force, and what was carried into it."""
    _fold: CountFold = field(hash=False, repr=False)
    _book: PolicyBook = field(eq=False, repr=False)
    _measured: list[MeasuredTerm] = field(eq=False, repr=False)

    @property
    def _measure(self) -> MeasuredTerm:
        """The term measured, once it is first asked for."""
        known = self._measured
        if not known:
            known.append(measure_term(View(self._fold, self.as_of), self.term))
        return known[0]

    @property
    def state(self) -> State:
        """Running, paused, met, missed, cancelled, or ended; `breached` is its own question.

        It has ended where another count of the cycle replaced it before it stopped.
        """
        return state_of(self._measure)

    def at(self, at: int) -> datetime:
        """Return an instant in the zone of the calendar."""
        return instant(at, self.target.calendar.tz)

    @property
    def start(self) -> datetime:
        """When it began."""
        return self.at(self._fold.start)

    @property
    def stop(self) -> datetime | None:
        """When it stopped; None while it is open, or where another count replaced it."""
        return None if self._fold.stopped is None else self.at(self._fold.stopped)

    @property
    def end(self) -> datetime | None:
        """When it stopped, was cancelled or replaced; None while it is open."""
        open_ended = self.state in ("running", "paused")
        return None if open_ended else self.until

    @property
    def until(self) -> datetime:
        """Its end; while it is open, `as_of`."""
        return self.at(self._fold.end(self.as_of))

    @property
    def promised(self) -> int | None:
        """The date promised for it, in microseconds; None where the target has a length."""
        return self._measure.force.promised

    @property
    def stopped_by(self) -> tuple[str, ...]:
        """The facts of the step that stopped it: replied, resolved, ..."""
        return self._fold.stopped_by

    @property
    def due(self) -> int | None:
        """When it is due, in microseconds."""
        return self._measure.due

    @property
    def due_at(self) -> datetime | None:
        """When it is due; while paused, when it would be if it resumed at `as_of`.

        None where the calendar never has so much open time.
        """
        return None if self._measure.due is None else self.at(self._measure.due)

    @property
    def breached(self) -> bool:
        """Whether it is past its due under the target in force.

        A stop at the very due is in time. An open count that reaches it is breached then, since
        everything up to `as_of` is known.
        """
        return breach_of(self._book, self._measure) is not None

    @property
    def warned(self) -> bool:
        """Whether a warning of the target in force was reached before it ended."""
        return warned(self._measure)

    @property
    def breach_at(self) -> datetime | None:
        """When it was breached under the target in force; None if it is not.

        Of a target that came back it is the first breach, which was reported.
        """
        breach = breach_of(self._book, self._measure)
        return None if breach is None else self.at(breach)

    @property
    def late(self) -> bool:
        """Whether it has not stopped and is past due, also if it paused since.

        At the very due an answer, or a pause, would still be in time.
        """
        if self.state not in ("running", "paused"):
            return False
        breach, paused = breach_of(self._book, self._measure), self._fold.paused
        return breach is not None and breach < (self.as_of if paused is None else paused[0])

    @property
    def earlier_breaches(self) -> tuple[datetime, ...]:
        """When it was breached under targets that are no longer in force."""
        return tuple(self.at(at) for at in earlier_breaches(self._book, self._measure.view))

    @property
    def was_breached(self) -> bool:
        """Whether it ever was breached, also before a later extension."""
        reopened = any(result.state == "missed" for result in self.results)
        return self.breached or reopened or bool(self.earlier_breaches)

    @property
    def elapsed(self) -> timedelta:
        """The counted time: open and not paused; on the way to a promised date pauses count."""
        return timedelta(microseconds=self._measure.used(self._fold.end(self.as_of)))

    @property
    def gross_elapsed(self) -> timedelta:
        """The open time, pauses included."""
        return timedelta(microseconds=self._measure.gross(self._fold.end(self.as_of)))

    @property
    def allowed(self) -> timedelta | None:
        """The target in open time; for a promised date, the open time until it.

        Negative where `forward` carried an overrun into a shorter target.
        """
        allowance = self._measure.allowance
        return None if allowance is None else timedelta(microseconds=allowance)

    @property
    def remaining(self) -> timedelta | None:
        """What is left of the target; negative when overrun."""
        return None if self.allowed is None else self.allowed - self.elapsed

    @property
    def overrun(self) -> timedelta:
        """The counted time beyond the target; zero while within it."""
        return max(timedelta(), -(self.remaining or timedelta()))

    @property
    def share(self) -> float | None:
        """Elapsed divided by the target, not clamped."""
        return self.elapsed / self.allowed if self.allowed else None

    @property
    def results(self) -> tuple[Result, ...]:
        """How it had ended, each time before it was reopened."""
        return tuple(results_of(self._measure.view)) if self._fold.gaps else ()

    @property
    def pauses(self) -> tuple[Span, ...]:
        """The stretches that did not count, solved gaps and void too; the last may be open."""
        spans = [Span(self.at(start), self.at(end)) for start, end, _ in self._fold.pauses]
        if self._fold.paused is not None:
            spans.append(Span(self.at(self._fold.paused[0])))
        return tuple(spans)

    def view(self, as_of: int) -> View:
        """Return its pauses and terms as they are seen at an instant, to be measured."""
        paused = self._fold.paused is not None  # only what is paused looks different later
        return View(self._fold.copy(), as_of) if paused else self._measure.view

    def stretches(self, view: View) -> Iterator[tuple[MeasuredTerm, int | None]]:
        """Yield its terms that had a target, seen like that, each with its end; None: open."""
        return view.stretches(self._measure)

    def closed_at(self, as_of: int) -> int:
        """Return its end in microseconds; the given instant while it is open."""
        return self._fold.end(as_of)

    def moments(self) -> list[tuple[int, ThresholdMoment]]:
        """Return the number of the count and the instant of each threshold, reached or ahead."""
        reached = moments_of(self._book, self._measure.view)
        return [(self._fold.number, one) for one in reached]

    def ahead(self) -> list[int]:
        """Return the instants of thresholds of a running count to come, at least the first."""
        return ahead_of(self._book, self._measure)

    def explain(self) -> Explanation:
        """Return rows from the start to the stop or `as_of`; they add up to `elapsed`.

        Time carried over from an earlier target is one row. On the way to a promised date
        pauses count, so they are cut only behind it.
        """
        calendar, measure, fold = self.target.calendar, self._measure, self._fold
        end, promised = fold.end(self.as_of), measure.force.promised
        paused = [] if fold.paused is None else [Pause(fold.paused[0], end, fold.paused[1])]
        pauses: dict[str, list[Span]] = {}
        for start, until, why in (*fold.pauses, *paused):
            begin = start if promised is None else max(start, promised)
            if begin < until:
                pauses.setdefault(why, []).append(Span(self.at(begin), self.at(until)))
        for why, spans in pauses.items():
            code = f"paused_{why}" if why in ("solved", "merged") else "paused"
            calendar = calendar.without(spans, reason=Reason.of(code, name=why))
        counted_from = self.at(min(measure.term.origin, end))
        rows = calendar.explain(counted_from, self.at(end))
        if not measure.term.carried:
            return rows
        row = ExplainRow(
            start=self.start,
            end=counted_from,
            counted=timedelta(microseconds=measure.term.carried),
            reason=Reason.of("carried"),
        )
        return Explanation((row, *rows.rows))

    @property
    def said(self) -> Reason:
        """Its state, what it counted, its target and its due, as its sentence says them."""
        late = self.state == "running" and self.breached
        given = {"state": "late" if late else self.state, "elapsed": clock_text(self.elapsed)}
        code = "clock" if self.allowed is None else "clock_of"
        if self.allowed is not None:
            given["allowed"] = clock_text(self.allowed)
        if self.due_at is None:
            return Reason.of(code, **given)
        zone = str(self.target.calendar.tz)
        return Reason.of(f"{code}_due", **given, local=self.due_at, zone=zone)

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return the sentence of `said` in the words of a catalogue, by default English."""
        return self.said.text(catalogue)

    def __str__(self) -> str:
        return self.text()


@frozen(kw_only=True)
class Cycle(Count):
    """One cycle of a clock; its last count answers for it.

    `number` is that of the cycle, 1 for the first; `start` is where the last count began, and
    `counts[0].start` where the cycle did.
    """

    _whole: CycleFold = field(eq=False, repr=False)

    @property
    def counts(self) -> tuple[Count, ...]:
        """The counts in order; the last one is what the cycle answers with."""
        counts = []
        folds = self._whole.counts
        force = next(fold.held.force for fold in folds if fold.held is not None)
        for fold in folds:
            term = fold.held or Term(fold.start, force, fold.start)
            force = term.force
            counts.append(_count(fold, term, self._book, self.as_of))
        return tuple(counts)

    def spent(self) -> tuple[int, int] | None:
        """Return the counted time and the length of its target, in microseconds.

        None where more than that decides when a share is over: another count or target, a date
        or days, an end that was undone, or a start to come.
        """
        measure, fold = self._measure, self._fold
        length = measure.target.length
        if length is None or measure.allowance != length or not counts_alone(measure):
            return None
        if fold.gaps or len(self._whole.counts) > 1:
            return None
        return measure.used(self.as_of), length

    def reached(self, need: int) -> int | None:
        """Return when so much time will have counted if nothing pauses it; None if never."""
        return self._measure.reached(need)

    @property
    def parts(self) -> tuple[Count, ...]:
        """The counts, where it does not matter what number the only one has."""
        return self.counts if len(self._whole.counts) > 1 else (self,)

    @property
    def _earlier(self) -> tuple[Count, ...]:
        return self.counts[:-1] if len(self._whole.counts) > 1 else ()

    @property
    def results(self) -> tuple[Result, ...]:
        """How it had ended, each time before it was reopened."""
        results: list[Result] = []
        for fold, count in zip(self._whole.counts, self._earlier, strict=False):
            results += count.results
            if fold.stopped is not None and fold.held is not None:
                results.append(Result(fold.stopped, count.state))
        return (*results, *super().results)

    @property
    def earlier_breaches(self) -> tuple[datetime, ...]:
        """When it was breached in an earlier count, or under targets no longer in force."""
        breaches = {self.at(at) for at in earlier_breaches(self._book, self._measure.view)}
        for count in self._earlier:
            breaches.update(count.earlier_breaches)
            breaches.update(filter(None, [count.breach_at]))
        return tuple(sorted(breaches, key=micros))

    @property
    def was_breached(self) -> bool:
        """Whether any count ever was breached."""
        return super().was_breached or any(count.was_breached for count in self._earlier)

    def moments(self) -> list[tuple[int, ThresholdMoment]]:
        """Return those of every count."""
        earlier = [moment for count in self._earlier for moment in count.moments()]
        return earlier + super().moments()


@frozen(kw_only=True)
class Clock:
    """All cycles of one metric under one slot; the last cycle answers for the clock.

    The slot is the `kind` of agreement; where all policies run side by side, a policy's name.
    `folded` counts closed cycles that a kept state holds no longer one by one.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.events import Created
        >>> from support_model.sla import RESOLUTION
        >>> from support_model.sla import SlaPolicy, Target, evaluate
        >>> from support_model.vocabulary import Status
        >>> hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
        >>> eight = Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=hours)
        >>> new = Created(
        ...     ticket_id="T1", at=datetime(2026, 3, 25, 13, tzinfo=UTC), role="customer",
        ...     fields={"status": Status("new", "new")},
        ... )
        >>> result = evaluate(
        ...     [new], SlaPolicy(name="gold", targets=[eight]),
        ...     as_of=datetime(2026, 3, 25, 15, tzinfo=UTC),
        ... )
        >>> print(result["resolution"])
        running, 2:00:00 of 8:00:00, due Thu 26 Mar 2026 14:00 Europe/Berlin
    """

    metric: Metric
    slot: str
    kind: PolicyKind
    cycles: tuple[Cycle, ...]
    folded: Folded = NONE_FOLDED

    @property
    def last(self) -> Cycle | None:
        """The last cycle; None before the first."""
        return self.cycles[-1] if self.cycles else None

    @property
    def state(self) -> State:
        """The state of the last cycle; `not_started` before the first."""
        return self.cycles[-1].state if self.cycles else "not_started"

    @property
    def breached(self) -> bool:
        """Whether the last cycle is past its due."""
        return bool(self.cycles) and self.cycles[-1].breached

    @property
    def warned(self) -> bool:
        """Whether the last cycle reached a warning of its target, wherever `warn_at` puts it."""
        return bool(self.cycles) and self.cycles[-1].warned

    @property
    def was_breached(self) -> bool:
        """Whether any cycle ever was breached."""
        return bool(self.folded.breached) or any(cycle.was_breached for cycle in self.cycles)

    @property
    def tally(self) -> dict[State, int]:
        """How many cycles ended met, missed and cancelled."""
        folded = self.folded
        tally: dict[State, int] = {
            "met": folded.met,
            "missed": folded.missed,
            "cancelled": folded.cancelled,
        }
        for cycle in self.cycles:
            if cycle.state in tally:
                tally[cycle.state] += 1
        return tally

    @property
    def breach_at(self) -> datetime | None:
        """When the first breach of any cycle was."""
        first = self.folded.first_breach
        breaches = [] if first is None or not self.cycles else [self.cycles[-1].at(first)]
        breaches += [
            at
            for cycle in self.cycles
            for at in (*cycle.earlier_breaches, cycle.breach_at)
            if at is not None
        ]
        return min(breaches, key=micros) if breaches else None

    @property
    def due_at(self) -> datetime | None:
        """When the last cycle is due."""
        return self.cycles[-1].due_at if self.cycles else None

    @property
    def elapsed(self) -> timedelta:
        """The counted time of the last cycle."""
        return self.cycles[-1].elapsed if self.cycles else timedelta()

    @property
    def remaining(self) -> timedelta | None:
        """What the last cycle has left of its target."""
        return self.cycles[-1].remaining if self.cycles else None

    def explain(self) -> Explanation:
        """Return the rows of the last cycle; none before the first."""
        return self.cycles[-1].explain() if self.cycles else Explanation(())

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return the last cycle in the words of a catalogue, by default English."""
        if not self.cycles:
            return Reason.of("clock_none", state="not_started").text(catalogue)
        return self.cycles[-1].text(catalogue)

    def __str__(self) -> str:
        return self.text()


@frozen(kw_only=True)
class Due:
    """An open cycle in a queue: which ticket's, of what metric, and when it is due."""

    due_at: datetime
    ticket_id: str
    metric: str
    policy: str
    breached: bool


class Running(NamedTuple):
    """A cycle that runs to a due: when, in microseconds, and whose it is."""

    at: int
    ticket_id: str
    metric: str
    cycle: Cycle

    def due(self) -> Due:
        """Return what a queue says of it."""
        cycle = self.cycle
        return Due(
            due_at=cycle.at(self.at),
            ticket_id=self.ticket_id,
            metric=self.metric,
            policy=cycle.policy.name,
            breached=cycle.breached,
        )


_EVALUATED = "give the events that were evaluated: desk.agenda(result, events)"
IN_QUEUE = itemgetter(0, 1, 2)
"""The order of a queue: by due, ticket and metric."""


@frozen(kw_only=True)
class Evaluation:
    """The clocks of a ticket at an instant.

    `result[name]` is the one clock of a metric among agreements with customers (kind `sla`);
    `result.clocks` lists all. `coming` are the clocks as editions of policies that begin after
    `as_of` will have changed them, if nobody acts: what comes due is read off them.
    """

    ticket: Ticket
    clocks: tuple[Clock, ...]
    as_of: datetime
    coming: tuple[Clock, ...] = field(repr=False)
    _log: ReadLog | None = field(default=None, eq=False, repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        parts = self.ticket, self.clocks, self.as_of, self.coming
        return _evaluation, parts  # a copy reads its log anew

    def log(self, events: Iterable[Event]) -> ReadLog:
        """Return the events until `as_of` with their steps, as they were read if these were.

        Raises:
            InconsistentLog: the events are no log of one ticket.
            ForeignEvent: they are those of another ticket.
            InvalidValue: they are not the ones that were evaluated.
        """
        if isinstance(events, ReadLog):
            return self._checked(events)
        read, now = self._log, micros(self.as_of)
        if read is not None and isinstance(events, list | tuple) and tuple(events) == read.events:
            return read
        known = tuple(known_by(events, now))
        if read is not None and known == read.events:
            return read
        return self._checked(ReadLog(known, tuple(steps(known)) if known else ()))

    def _checked(self, log: ReadLog) -> ReadLog:
        """Refuse the log of another ticket, or one with fewer or more events."""
        ticket = self.ticket
        if not log.steps:
            problem = "workflow and escalation need the ticket's events"
            raise InvalidValue(ticket.id, problem, _EVALUATED)
        last = log.steps[-1].after
        if last.id != ticket.id:
            problem = f"an event beside ticket {ticket.id!r}"
            raise ForeignEvent(log.events[0], problem, _EVALUATED)
        if (last.version, last.at) != (ticket.version, ticket.at):
            problem = f"not the log of version {ticket.version} that was evaluated"
            raise InvalidValue(last.version, problem, _EVALUATED)
        return log

    def __getitem__(self, metric: str) -> Clock:
        """Return the first clock of a metric of kind sla, else of any kind.

        Raises:
            UnknownMetric: no target of the ticket has been of that metric; `in` asks first.
        """
        clocks = [clock for clock in self.clocks if clock.metric.name == metric]
        if not clocks:
            known = {clock.metric.name for clock in self.clocks}
            remedy = nearest(str(metric), known) if known else "no policy has matched the ticket"
            if isinstance(metric, Metric):
                remedy = f"ask by name: result[{metric.name!r}]"
            raise UnknownMetric(metric, remedy)
        return next((clock for clock in clocks if clock.kind == "sla"), clocks[0])

    def __contains__(self, metric: object) -> bool:
        return any(clock.metric.name == metric for clock in self.clocks)

    def __iter__(self) -> Iterator[Clock]:
        return iter(self.clocks)

    def running(self) -> Iterator[Running]:
        """Yield the cycles that run to a due; a paused one does not."""
        for clock in self.clocks:
            for cycle in clock.cycles[-1:]:
                at = cycle.due if cycle.state == "running" else None
                if at is not None:
                    yield Running(at, self.ticket.id, clock.metric.name, cycle)

    @property
    def first_due(self) -> Due | None:
        """The running cycle that is due first, perhaps breached; None where none runs to a due.

        It is the front of the `breach_queue` of the ticket alone.
        """
        first = min(self.running(), key=IN_QUEUE, default=None)
        return None if first is None else first.due()

    @property
    def next_at(self) -> datetime | None:
        """The agenda's `next_at`, for hosts with many tickets: only what is ahead is measured."""
        if self.coming is not self.clocks:
            return self.agenda.next_at
        ahead = [
            when
            for clock in self.clocks
            for cycle in clock.cycles[-1:]
            if cycle.state == "running"
            for when in cycle.ahead()
        ]
        return instant(min(ahead)) if ahead else None

    @property
    def agenda(self) -> Agenda:
        """The warnings and breaches reached so far, and those to come if nobody acts."""
        return Agenda(
            [
                moment
                for clock in self.coming
                for cycle in clock.cycles
                for moment in _moments(self.ticket.id, clock, cycle)
            ],
            as_of=self.as_of,
        )

    @property
    def findings(self) -> tuple[Reason, ...]:
        """The promised dates that no clock of the ticket runs to.

        No policy of the book measures the metric, or no target for it is in force.
        """
        known = {clock.metric.name for clock in self.clocks if clock.state != "cancelled"}
        return tuple(
            Reason.of(
                "promise_without_target",
                metric=metric,
                at=due,
                hint=Reason.nearest(metric, known) if known else Reason.of("give_target"),
            )
            for metric, due in self.ticket.promises
            if metric not in known and self.ticket.category != "void"
        )

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return a line for each clock, and each finding, in the words of a catalogue.

        Example:
            >>> from datetime import UTC, datetime
            >>> from support_model.events import Created
            >>> from support_model.sla import evaluate
            >>> from support_model.vocabulary import Status
            >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> new = {"status": Status("new", "new")}
            >>> log = [Created(ticket_id="T1", at=at, role="customer", fields=new)]
            >>> print(evaluate(log, [], as_of=at))
            no clocks
        """
        lines = [
            Reason.of("clock_line", metric=clock.metric.name, policy=policy, clock=last)
            for clock in self.clocks
            for policy, last in _last(clock)
        ]
        lines += self.findings
        return "\n".join(line.text(catalogue) for line in lines or (Reason.of("no_clocks"),))

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return picture(self)


def _last(clock: Clock) -> list[tuple[str, Reason]]:
    """Return the policy and the sentence of the last cycle."""
    return [(cycle.policy.name, cycle.said) for cycle in clock.cycles[-1:]]


def _moments(ticket_id: str, clock: Clock, cycle: Cycle) -> list[Moment]:
    """Return the moments of a cycle, reached and ahead.

    The parts of a key are ticket, policy, metric, cycle, count, kind, threshold and target: the
    threshold is a share as a decimal, an offset from the due, or "due"; the target is spelled by
    its name, its length or its promised date, with `#2` from the second of one spelling on.
    """
    metric = clock.metric.name
    return [
        Moment(
            at=instant(reached.at),
            key=(ticket_id, reached.policy, metric, cycle.number, number, *reached[1:4]),
            kind=reached.kind,
            subject=ticket_id,
            reason=_reason(metric, reached),
            metric=metric,
            policy=reached.policy,
        )
        for number, reached in cycle.moments()
    ]


def _reason(metric: str, reached: ThresholdMoment) -> Reason:
    params = {"metric": metric, "target": _target(reached), "policy": reached.policy}
    warning = reached.warning
    if isinstance(warning, timedelta):
        when = "after" if warning > timedelta() else "before"
        return Reason.of(f"sla_warning_{when}", offset=abs(warning), **params)
    if warning is None:
        return Reason.of("sla_breach", **params)
    return Reason.of("sla_warning", share=Decimal(reached.threshold), **params)


def _target(reached: ThresholdMoment) -> Reason:
    length = reached.length
    if isinstance(length, timedelta):
        return Reason.of("target_time", within=length)
    if isinstance(length, WorkingDays):
        return length.text
    return Reason.of("target_promised", at=None if length is None else instant(length))


def evaluation(
    ticket: Ticket, folds: ClockFolds, as_of: datetime, log: ReadLog | None = None
) -> Evaluation:
    """Return the evaluation of what was folded, at an instant."""
    now, turns = micros(as_of), folds.book.turns
    if turns:
        folds.turn(ticket, micros(ticket.at), now)
    clocks = coming = _clocks(folds, now)
    if turns and turns[-1] > now and any(clock.is_open for clock in folds.clocks):
        later = folds.copy()
        later.turn(ticket, now, turns[-1])
        coming = _clocks(later, now)
    return Evaluation(ticket=ticket, clocks=clocks, as_of=as_of, coming=coming, log=log)


def _evaluation(
    ticket: Ticket, clocks: tuple[Clock, ...], as_of: datetime, coming: tuple[Clock, ...]
) -> Evaluation:
    return Evaluation(ticket=ticket, clocks=clocks, as_of=as_of, coming=coming)


def _clocks(folds: ClockFolds, as_of: int) -> tuple[Clock, ...]:
    return tuple([clock for fold in folds.clocks if (clock := _clock(fold, folds, as_of))])


def _clock(fold: ClockFold, folds: ClockFolds, as_of: int) -> Clock | None:
    """Return a clock; None where no target ever held."""
    cycles = [cycle for whole in fold.cycles if (cycle := _cycle(whole, folds, as_of))]
    if not cycles and fold.key not in folds.forces:
        return None
    made = _ClockDraft()
    slot = fold.key[0]
    made.metric, made.slot, made.kind = fold.metric, slot, folds.book.kinds.get(slot)
    made.cycles, made.folded = tuple(cycles), fold.folded
    made.__class__ = Clock
    clock: Clock = made
    return clock


def _cycle(cycle: CycleFold, folds: ClockFolds, as_of: int) -> Cycle | None:
    """Return a cycle; None where no count of it ever had a target."""
    fold = cycle.counts[-1]
    term = fold.held
    if term is None:  # it is reported under the target of the count before
        count = cycle.held
        if count is None or count.held is None:
            return None
        term = Term(fold.start, count.held.force, fold.start)
    made = _CycleDraft()
    _place(made, fold, term, folds.book, as_of)
    made.number, made._whole = cycle.number, cycle  # noqa: SLF001 - a cycle in the making
    made.__class__ = Cycle
    found: Cycle = made
    return found


def _count(fold: CountFold, term: Term, book: PolicyBook, as_of: int) -> Count:
    made = _CountDraft()
    _place(made, fold, term, book, as_of)
    made.__class__ = Count
    found: Count = made
    return found


def _place(made: Any, fold: CountFold, term: Term, book: PolicyBook, as_of: int) -> None:  # noqa: ANN401 - a draft
    """Write the parts of a count, or of the cycle whose last one it is, under a term."""
    force = term.force
    assert force is not None  # noqa: S101 - checked by every caller
    made.number, made.policy, made.target = fold.number, force.policy, force.target
    made.as_of, made.term = as_of, term
    made._fold, made._book, made._measured = fold, book, []  # noqa: SLF001 - in the making


_CountDraft, _CycleDraft, _ClockDraft = map(draft_class, (Count, Cycle, Clock))
