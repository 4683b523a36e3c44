"""What stands at an instant: the cycles and clocks of a ticket, and the moments they bring.

Values only; `support_model.sla.evaluate` makes them. Elapsed time, due dates, breaches and
explanations are read off the facts when they are asked for.

Before this: `support_model.service_levels.clocks`,
`support_model.service_levels.timeline_pictures`. Next: `support_model.sla`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import field, frozen

from support_model.agenda import Agenda, Moment
from support_model.hours.explanations import Explanation
from support_model.instants import Span, instant, micros, month_name, weekday_name
from support_model.reasons import Reason
from support_model.service_levels.cycles import (
    NONE_FOLDED,
    ahead_of,
    breach_of,
    earlier_breaches,
    measured,
    moments_of,
    state_of,
)
from support_model.service_levels.timeline_pictures import picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from support_model.service_levels.clocks import ClockFold, ClockFolds
    from support_model.service_levels.cycles import CycleFold, Folded, Measured, Result, State
    from support_model.service_levels.metrics import Metric
    from support_model.service_levels.policies import Kind, SlaPolicy, Target
    from support_model.tickets import Ticket

__all__ = ["Clock", "Cycle", "Evaluation", "evaluation"]


@frozen(kw_only=True)
class Cycle:
    """One cycle of a clock as it stands at an instant; instants are in the calendar's zone.

    Attributes:
        number: 1 for the first.
        state: see `State`; `breached` is asked beside it.
        policy: the policy whose target is, or was last, in force.
        target: that target.
        as_of: the instant that was asked about, in microseconds.
    """

    number: int
    state: State
    policy: SlaPolicy
    target: Target
    as_of: int
    fold: CycleFold = field(eq=False, repr=False)
    measure: Measured = field(eq=False, repr=False)

    def at(self, at: int) -> datetime:
        """Return an instant in the zone of the calendar."""
        return instant(at, self.target.calendar.tz)

    @property
    def start(self) -> datetime:
        """When it began."""
        return self.at(self.fold.start)

    @property
    def stop(self) -> datetime | None:
        """When it stopped; None while it is open."""
        return None if self.fold.stopped is None else self.at(self.fold.stopped)

    @property
    def end(self) -> datetime | None:
        """When it stopped or was cancelled; None while it is open."""
        open_ended = self.state in ("running", "paused")
        return None if open_ended else self.at(self.fold.end(self.as_of))

    @property
    def stopped_by(self) -> tuple[str, ...]:
        """The facts of the step that stopped it: replied, resolved, ..."""
        return self.fold.stopped_by

    @property
    def due_at(self) -> datetime | None:
        """When it is due; while paused, when it would be if it resumed at `as_of`.

        None where the calendar never has so much open time.
        """
        return None if self.measure.due is None else self.at(self.measure.due)

    @property
    def breached(self) -> bool:
        """Whether it is past its due under the target in force; equality is on time."""
        return self.breach_at is not None

    @property
    def breach_at(self) -> datetime | None:
        """When it was breached under the target in force; None if it is not."""
        breach = breach_of(self.fold, self.measure, self.as_of)
        return None if breach is None else self.at(breach)

    @property
    def earlier_breaches(self) -> tuple[datetime, ...]:
        """When it was breached under targets that are no longer in force."""
        return tuple(self.at(at) for at in earlier_breaches(self.fold, self.as_of))

    @property
    def was_breached(self) -> bool:
        """Whether it ever was breached, also before a later extension."""
        reopened = any(result.state == "missed" for result in self.fold.results)
        return self.breached or reopened or bool(self.earlier_breaches)

    @property
    def elapsed(self) -> timedelta:
        """The counted time: open and not paused."""
        return timedelta(microseconds=self.measure.used(self.fold.end(self.as_of)))

    @property
    def gross_elapsed(self) -> timedelta:
        """The open time, pauses included."""
        return timedelta(microseconds=self.measure.gross(self.fold.end(self.as_of)))

    @property
    def allowed(self) -> timedelta | None:
        """The target in open time; for a promised date, the open time until it.

        Negative where `forward` carried an overrun into a shorter target.
        """
        allowance = self.measure.allowance
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
        return tuple(self.fold.results)

    @property
    def pauses(self) -> tuple[Span, ...]:
        """The stretches that did not count, solved gaps included; the last may be open."""
        spans = [Span(self.at(start), self.at(end)) for start, end, _ in self.fold.pauses]
        if self.fold.paused is not None:
            spans.append(Span(self.at(self.fold.paused[0])))
        return tuple(spans)

    def explain(self) -> Explanation:
        """Return rows from the start to the stop or `as_of`; they add up to `elapsed`.

        Time carried over from an earlier target is not in them.
        """
        calendar = self.target.calendar
        end = self.fold.end(self.as_of)
        pauses: dict[str, list[Span]] = {}
        for start, until, why in self.fold.pauses:
            pauses.setdefault(why, []).append(Span(self.at(start), self.at(until)))
        if self.fold.paused is not None and self.fold.paused[0] < end:
            since, why = self.fold.paused
            pauses.setdefault(why, []).append(Span(self.at(since), self.at(end)))
        for why, spans in pauses.items():
            calendar = calendar.without(spans, reason=Reason.of("paused", name=why))
        start = min(self.measure.term.origin, end)
        return calendar.explain(self.at(start), self.at(end))

    def __str__(self) -> str:
        word = (
            f"{self.state}, breached" if self.state == "running" and self.breached else self.state
        )
        allowed = "" if self.allowed is None else f" of {self.allowed}"
        due, when = self.due_at, ""
        if due is not None:
            when = f", due {weekday_name(due)} {due:%d} {month_name(due)} {due:%Y %H:%M}"
            when += f" {self.target.calendar.tz}"
        return f"{word}, {self.elapsed}{allowed}{when}"


@frozen(kw_only=True)
class Clock:
    """All cycles of one metric under one slot; what is asked of it, its last cycle answers.

    The slot is the `kind` of agreement; where all policies run side by side, a policy's name.
    `folded` stands for closed cycles that a kept state holds as counts only.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.events import Created
        >>> from support_model.service_levels.metrics import RESOLUTION
        >>> from support_model.sla import SlaPolicy, Target, evaluate
        >>> from support_model.lifecycle.vocabulary import Status
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
    kind: Kind
    cycles: tuple[Cycle, ...]
    folded: Folded = NONE_FOLDED

    @property
    def last(self) -> Cycle | None:
        """The last cycle; None before the first."""
        return self.cycles[-1] if self.cycles else None

    @property
    def state(self) -> State:
        """Where the last cycle stands; `not_started` before the first."""
        return self.cycles[-1].state if self.cycles else "not_started"

    @property
    def breached(self) -> bool:
        """Whether the last cycle is past its due."""
        return bool(self.cycles) and self.cycles[-1].breached

    @property
    def was_breached(self) -> bool:
        """Whether any cycle ever was breached."""
        return bool(self.folded.breached) or any(cycle.was_breached for cycle in self.cycles)

    @property
    def tally(self) -> dict[State, int]:
        """How many cycles ended met, missed and cancelled."""
        folded = self.folded
        found: dict[State, int] = {
            "met": folded.met,
            "missed": folded.missed,
            "cancelled": folded.cancelled,
        }
        for cycle in self.cycles:
            if cycle.state in found:
                found[cycle.state] += 1
        return found

    @property
    def breach_at(self) -> datetime | None:
        """When the first breach of any cycle was."""
        first = self.folded.first_breach
        found = [] if first is None or not self.cycles else [self.cycles[-1].at(first)]
        found += [
            at
            for cycle in self.cycles
            for at in (*cycle.earlier_breaches, cycle.breach_at)
            if at is not None
        ]
        return min(found, key=micros) if found else None

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

    def __str__(self) -> str:
        return str(self.cycles[-1]) if self.cycles else "not started"


@frozen(kw_only=True)
class Evaluation:
    """The clocks of a ticket at an instant.

    `result[name]` is the one clock of a metric among agreements with customers (kind `sla`);
    `result.clocks` lists all.
    """

    ticket: Ticket
    clocks: tuple[Clock, ...]
    as_of: datetime

    def __getitem__(self, metric: str) -> Clock:
        """Return the first clock of a metric of kind sla, else of any kind; KeyError if none."""
        found = [clock for clock in self.clocks if clock.metric.name == metric]
        if not found:
            raise KeyError(metric)
        return next((clock for clock in found if clock.kind == "sla"), found[0])

    def __contains__(self, metric: object) -> bool:
        return any(clock.metric.name == metric for clock in self.clocks)

    def __iter__(self) -> Iterator[Clock]:
        return iter(self.clocks)

    @property
    def next_at(self) -> datetime | None:
        """The agenda's `next_at`, for hosts with many tickets: only what is ahead is measured."""
        ahead = [
            when
            for clock in self.clocks
            for cycle in clock.cycles[-1:]
            if cycle.state == "running"
            for when in ahead_of(cycle.fold, cycle.measure, cycle.as_of)
        ]
        return instant(min(ahead)) if ahead else None

    @property
    def agenda(self) -> Agenda:
        """The warnings and breaches reached so far, and those to come if nobody acts."""
        return Agenda(
            [
                moment
                for clock in self.clocks
                for cycle in clock.cycles
                for moment in _moments(self.ticket.id, clock, cycle)
            ],
            as_of=self.as_of,
        )

    def _repr_html_(self) -> str:
        return picture(self)


def _moments(ticket_id: str, clock: Clock, cycle: Cycle) -> list[Moment]:
    """Return the moments of a cycle, reached and ahead."""
    metric = clock.metric.name
    return [
        Moment(
            at=instant(when),
            key=(ticket_id, policy, metric, cycle.number, kind, text),
            kind=kind,
            subject=ticket_id,
            reason=Reason.of(f"sla_{kind}", metric=metric, threshold=text, policy=policy),
        )
        for when, kind, text, policy in moments_of(cycle.fold, cycle.as_of)
    ]


def evaluation(ticket: Ticket, folds: ClockFolds, as_of: datetime) -> Evaluation:
    """Return what folds come to at an instant."""
    now = micros(as_of)
    clocks = (_clock(fold, folds, now) for fold in folds.clocks)
    return Evaluation(
        ticket=ticket, clocks=tuple(clock for clock in clocks if clock is not None), as_of=as_of
    )


def _clock(fold: ClockFold, folds: ClockFolds, as_of: int) -> Clock | None:
    """Return a clock; None where no target ever held."""
    cycles = []
    for cycle in fold.cycles:
        term = cycle.held
        if term is None:
            continue
        measure = measured(cycle, term, as_of)
        cycles.append(
            Cycle(
                number=cycle.number,
                state=state_of(cycle, measure),
                policy=measure.force.policy,
                target=measure.target,
                as_of=as_of,
                fold=cycle,
                measure=measure,
            )
        )
    if not cycles and fold.key not in folds.forces:
        return None
    slot = fold.key[0]
    return Clock(
        metric=fold.metric,
        slot=slot,
        kind=folds.book.kinds[slot],
        cycles=tuple(cycles),
        folded=fold.folded,
    )
