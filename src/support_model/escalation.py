"""Escalation: which steps of a plan fire when, who is told, and what could not be done.

One pure function runs a plan along a course. Whatever instant it is asked at, a step fires at
the first instant at which its condition holds, under a key of its own; so a late poll, a
restart and a replay find the same steps, and windows add up to the whole. A step that reaches
nobody is reported and passes on to the next level at once.

Before this: `support_model.escalations.runs`, `support_model.escalations.targets`.
Next: `support_model.desk`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen

from support_model.agenda import Agenda, Moment
from support_model.errors import InvalidEscalation
from support_model.escalations.courses import END, courses
from support_model.escalations.runs import Run, Try, phases_of
from support_model.instants import instant, micros
from support_model.reasons import Reason

if TYPE_CHECKING:
    from support_model.agenda import Key
    from support_model.escalations.courses import Course
    from support_model.escalations.steps import Plan, PlanHistory, Step
    from support_model.events import Event
    from support_model.service_levels.evaluations import Clock, Evaluation

__all__ = ["Escalation", "Firing", "Report", "Resolve", "escalate", "escalation_agenda"]

Resolve: TypeAlias = Callable[[str, datetime], Iterable[str]]
"""Who a target means at an instant; nobody is an answer."""


@frozen(kw_only=True)
class Firing:
    """A step that fired: who is to be told or takes over; `n` is 0 first, then each repeat."""

    at: datetime
    key: Key
    step: Step
    n: int
    who: tuple[str, ...]


@frozen(kw_only=True)
class Report:
    """A step that was tried and told nobody: `nobody_resolvable`, or `level_reached` before."""

    at: datetime
    key: Key
    step: Step
    n: int
    reason: Reason


@frozen(kw_only=True)
class Escalation:
    """What a plan comes to along a course: firings and reports, each in order of firing.

    At one instant a lower level comes first, then the order of the plan. What lies after
    `as_of` happens if nobody acts.
    """

    firings: tuple[Firing, ...]
    reports: tuple[Report, ...]
    as_of: datetime

    def between(self, after: datetime, through: datetime) -> Escalation:
        """Return what lies in after < at <= through."""
        first, last = micros(after), micros(through)
        return Escalation(
            firings=tuple(row for row in self.firings if first < micros(row.at) <= last),
            reports=tuple(row for row in self.reports if first < micros(row.at) <= last),
            as_of=self.as_of,
        )

    @property
    def agenda(self) -> Agenda:
        """A moment for each firing and report, under the same keys."""
        moments = [
            Moment(
                at=row.at,
                key=row.key,
                kind=row.step.kind,
                subject=str(row.key[0]),
                reason=Reason.of(
                    f"escalation_{row.step.kind}",
                    step=row.step.id,
                    level=row.step.level,
                    who=", ".join(row.who),
                ),
            )
            for row in self.firings
        ]
        moments += [
            Moment(
                at=row.at,
                key=row.key,
                kind=row.reason.code,
                subject=str(row.key[0]),
                reason=row.reason,
            )
            for row in self.reports
        ]
        return Agenda(moments, as_of=self.as_of)


def escalate(
    plan: Plan | PlanHistory,
    course: Course,
    resolve: Resolve,
    *,
    as_of: datetime,
    through: datetime | None = None,
) -> Escalation:
    """Return what a plan has come to at an instant, and comes to if nobody acts.

    Args:
        plan: a plan, or the history of its editions.
        course: the cycle it runs along.
        resolve: who a target means; asked about the firing instant, never about the poll.
        as_of: the instant of asking.
        through: how far to look; None looks to the end, of a repeat without end to the next
            one after `as_of`.

    Raises:
        NaiveDatetime: an instant without a zone.

    Example:
        >>> from datetime import UTC, timedelta
        >>> from support_model.escalations.courses import Course
        >>> from support_model.escalations.steps import AckMissing, Plan, Step
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> plan = Plan("page", [
        ...     Step(id="first", to="primary", anchor=AckMissing(), base="wall"),
        ...     Step(id="then", to="manager", anchor=AckMissing(), base="wall", level=2,
        ...          after=timedelta(minutes=15)),
        ... ])
        >>> people = {"manager": ["mia"]}
        >>> found = escalate(
        ...     plan, Course.of(ticket="A1", metric="page", start=nine),
        ...     lambda target, at: people.get(target, ()), as_of=nine,
        ... )
        >>> [(firing.step.id, firing.who) for firing in found.firings]  # nobody first: at once
        [('then', ('mia',))]
        >>> found.reports[0].reason.code
        'nobody_resolvable'
    """
    now = micros(as_of)
    horizon = END if through is None else micros(through)
    run = Run(course, phases_of(plan, course.start), now, endless=through is not None)
    pending = {instance: run.next_try(instance) for instance in run.instances()}
    firings: list[tuple[Try, Firing]] = []
    reports: list[tuple[Try, Report]] = []
    while True:
        ready = [row for row in pending.values() if row is not None and row.at <= horizon]
        if not ready:
            break
        due = min(ready, key=lambda row: row[:4])
        row = _attempt(run, due, resolve)
        if isinstance(row, Firing):
            firings.append((due, row))
        else:
            reports.append((due, row))
        if row.n:
            instance = (due.step.id, due.nth_stay)
            pending[instance] = run.next_try(instance)
        else:  # others may wait for a first attempt, or be passed on to
            pending = {instance: run.next_try(instance) for instance in pending}
    return Escalation(
        firings=tuple(firing for _, firing in sorted(firings, key=lambda row: row[0][:4])),
        reports=tuple(report for _, report in sorted(reports, key=lambda row: row[0][:4])),
        as_of=as_of,
    )


def _attempt(run: Run, due: Try, resolve: Resolve) -> Firing | Report:
    """Try a step: skip it, tell whom it means, or report that this is nobody."""
    step, at = due.step, due.at
    instance = (step.id, due.nth_stay)
    n = run.tried.get(instance, 0)
    run.tried[instance], run.last[instance] = n + 1, at
    run.first.setdefault(step.id, at)
    key = _key(run, due, n)
    if not n and run.reached(step, at):
        run.over.add(instance)
        reason = Reason.of("level_reached", step=step.id, level=step.level)
        return Report(at=instant(at), key=key, step=step, n=n, reason=reason)
    who = tuple(dict.fromkeys(resolve(step.to, instant(at))))
    if who:
        run.told.add(step.level)
        run.highest[step.kind] = max(step.level, run.highest.get(step.kind, step.level))
        return Firing(at=instant(at), key=key, step=step, n=n, who=who)
    if not n:
        run.pass_on(step.level, at)
    reason = Reason.of("nobody_resolvable", step=step.id, to=step.to)
    return Report(at=instant(at), key=key, step=step, n=n, reason=reason)


def _key(run: Run, due: Try, n: int) -> Key:
    course, plan = run.course, run.phases[0].plan.name
    if due.nth_stay < 0:
        of: tuple[str, int] = (course.metric, course.cycle)
    else:
        stay = course.stays[due.nth_stay]
        of = (f"line:{stay.line}", stay.number)
    return (course.ticket, course.slot, *of, "escalation", plan, due.step.id, n)


def escalation_agenda(
    plan: Plan | PlanHistory,
    events: Iterable[Event],
    evaluation: Evaluation,
    clock: Clock,
    resolve: Resolve,
) -> Agenda:
    """Return the moments of a plan along every cycle of a clock, past and to come.

    Keys are (ticket, slot, metric, cycle, "escalation", plan, step, n); for a line time-out
    the line and the number of the stay take the places of metric and cycle.

    Args:
        plan: a plan, or the history of its editions.
        events: those that were evaluated.
        evaluation: where the clocks stand.
        clock: one of them.
        resolve: who a target means at an instant.

    Raises:
        InvalidEscalation: the clock is not one of the evaluation's.
    """
    if all(clock is not known for known in evaluation.clocks):
        raise InvalidEscalation(clock.metric.name, "a clock of another evaluation", "evaluate it")
    moments: dict[Key, Moment] = {}
    for course in courses(events, evaluation, clock):
        for moment in escalate(plan, course, resolve, as_of=evaluation.as_of).agenda:
            moments.setdefault(moment.key, moment)  # two cycles may share a stay in a line
    return Agenda(tuple(moments.values()), as_of=evaluation.as_of)
