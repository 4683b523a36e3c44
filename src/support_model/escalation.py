"""Escalation: which steps of a plan fire when, who is notified, and what could not be done.

One pure function runs a plan along a course. As of any instant, a step fires at
the first instant at which its condition holds, under a key of its own; so a late poll, a
restart and a replay find the same steps, and windows add up to the whole. A step that reaches
nobody is reported and passes on to the next level at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from attrs import define, field

from support_model._escalation.courses import END, Course, courses_of, ticket_history
from support_model._escalation.plans import (
    AckMissing,
    EscalationRule,
    LineTimeout,
    Plan,
    Repeat,
    Start,
    Step,
    Threshold,
)
from support_model._escalation.recipients import Directory, NotKnownYet, assignees
from support_model._escalation.runs import Memory, Run, phases_of
from support_model._frozen import frozen
from support_model._time import instant, micros
from support_model.agenda import Agenda, Moment
from support_model.errors import InvalidEscalation
from support_model.patterns import ALWAYS
from support_model.reasons import Reason

if TYPE_CHECKING:
    from support_model._escalation.courses import TicketHistory
    from support_model._escalation.plans import PlanHistory
    from support_model._escalation.runs import Attempt, Instance
    from support_model._vocabulary import MomentKind
    from support_model.events import Event
    from support_model.patterns import Pattern
    from support_model.sla import Clock, Evaluation

__all__ = [
    "AckMissing",
    "Course",
    "Directory",
    "Escalation",
    "EscalationRule",
    "LineTimeout",
    "Plan",
    "Repeat",
    "Start",
    "Step",
    "Threshold",
    "assignees",
    "escalate",
    "escalation_agenda",
    "rules_agenda",
]

Resolve: TypeAlias = Callable[[str, datetime], Iterable[str] | NotKnownYet]
"""Who a target means at an instant; nobody is an answer, and so is that it is not known yet."""
LOOK_AHEAD = 1000
"""Attempts beyond the instant of asking, of a repeat without end that reaches nobody."""


@frozen(kw_only=True)
class Firing:
    """A step that fired: who is notified or takes over; `n` is 0 first, then each repeat.

    `metric` is what the clock measures; None for a line time-out, which belongs to no clock.
    """

    at: datetime
    key: tuple[str | int, ...]
    plan: str
    metric: str | None
    step: Step
    n: int
    who: tuple[str, ...]


@frozen(kw_only=True)
class UnreachedStep:
    """A step that was tried and reached nobody.

    The code of the reason is `nobody_resolvable`, `level_reached` before, `not_known_yet` behind
    the end of a compiled roster (`until`), or `not_known` before its beginning. `again` says
    that nobody was reached at the attempt before, either: that is a state, reported once.
    """

    at: datetime
    key: tuple[str | int, ...]
    plan: str
    metric: str | None
    step: Step
    n: int
    reason: Reason
    until: datetime | None = None
    again: bool = False


@frozen(kw_only=True)
class Escalation:
    """The result of a plan along a course: firings and reports, each in order of firing.

    At one instant a lower level comes first, then the order of the plan. What lies after
    `as_of` happens if nobody acts. `known_until` is when to ask again at the latest, because
    a compiled roster ends; None: without an event nothing changes.
    """

    firings: tuple[Firing, ...]
    reports: tuple[UnreachedStep, ...]
    as_of: datetime
    known_until: datetime | None = None

    def between(self, after: datetime, through: datetime) -> Escalation:
        """Return what lies in after < at <= through."""
        first, last = micros(after), micros(through)
        return Escalation(
            firings=tuple(row for row in self.firings if first < micros(row.at) <= last),
            reports=tuple(row for row in self.reports if first < micros(row.at) <= last),
            as_of=self.as_of,
            known_until=self.known_until,
        )

    @property
    def agenda(self) -> Agenda:
        """A moment for each firing and for each report that is not made again."""
        rows: list[Firing | UnreachedStep] = [*self.firings]
        rows += (row for row in self.reports if not row.again)
        return Agenda(map(_moment, rows), as_of=self.as_of, known_until=self.known_until)


def _moment(row: Firing | UnreachedStep) -> Moment:
    step = row.step
    kind: MomentKind = step.kind
    who: tuple[str, ...] = ()
    if isinstance(row, UnreachedStep):
        reason, kind = row.reason, cast("MomentKind", row.reason.code)
    else:
        who, named = row.who, ", ".join(row.who)
        reason = Reason.of(f"escalation_{kind}", step=step.id, level=step.level, who=named)
    return Moment(
        at=row.at,
        key=row.key,
        kind=kind,
        subject=str(row.key[0]),
        reason=reason,
        recipients=who,
        metric=row.metric,
        plan=row.plan,
        level=step.level,
    )


def escalate(
    plan: Plan | PlanHistory,
    course: Course,
    resolve: Resolve,
    *,
    as_of: datetime,
    through: datetime | None = None,
) -> Escalation:
    """Return which steps of a plan have fired at an instant, and fire later if nobody acts.

    Args:
        plan: a plan, or the history of its editions.
        course: what it runs along.
        resolve: who a target means at the instant of firing, which is not that of asking.
        as_of: the instant of asking.
        through: how far to look; None looks to the end, of a repeat without end to the next
            one after `as_of`.

    Raises:
        NaiveDatetime: an instant without a zone.

    Example:
        >>> from datetime import UTC, timedelta
        >>> from support_model.escalation import AckMissing, Course, Plan, Step
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> plan = Plan("page", [
        ...     Step(id="first", to="primary", anchor=AckMissing(), base="wall"),
        ...     Step(id="then", to="manager", anchor=AckMissing(), base="wall", level=2,
        ...          after=timedelta(minutes=15)),
        ... ])
        >>> people = {"manager": ["mia"]}
        >>> result = escalate(
        ...     plan, Course.of(ticket="A1", metric="page", start=nine),
        ...     lambda target, at: people.get(target, ()), as_of=nine,
        ... )
        >>> [(firing.step.id, firing.who) for firing in result.firings]  # nobody first: at once
        [('then', ('mia',))]
        >>> result.reports[0].reason.code
        'nobody_resolvable'
    """
    return _walked(plan, course, resolve, as_of, through, Memory())


def _walked(
    plan: Plan | PlanHistory,
    course: Course,
    resolve: Resolve,
    as_of: datetime,
    through: datetime | None,
    stays: Memory,
) -> Escalation:
    horizon = END if through is None else micros(through)
    run = Run(course, phases_of(plan, course.begin), micros(as_of), through is not None, stays)
    walk = _Walk(run, resolve, horizon)
    return Escalation(
        firings=tuple(row for _, row in walk.rows if isinstance(row, Firing)),
        reports=tuple(row for _, row in walk.rows if isinstance(row, UnreachedStep)),
        as_of=as_of,
        known_until=walk.known_until,
    )


@define
class _Walk:
    """A run that takes its attempts in order of time, and those that they bring about."""

    run: Run
    resolve: Resolve
    horizon: int
    rows: list[tuple[Attempt, Firing | UnreachedStep]] = field(factory=list)
    known_until: datetime | None = None
    pending: dict[Instance, Attempt] = field(factory=dict)
    heap: list[Attempt] = field(factory=list)
    looked: dict[Instance, int] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        waiting = self.run.waiting_for()
        for instance in self.run.instances():
            self._look(instance)
        while self.heap and self.heap[0].at <= self.horizon:
            due = heappop(self.heap)
            instance = (due.step.id, due.nth_stay)
            if self.pending.get(instance) is not due:
                continue
            first = instance not in self.run.memory(instance).attempts
            row, passed = _attempt(self.run, due, self.resolve)
            if not self._beyond(row, due):
                self.rows.append((due, row))
            if isinstance(row, UnreachedStep) and row.until is not None:
                self._ask_again(row.until)
            if not self._exhausted(instance, due):
                self._look(instance)
            else:
                self.pending.pop(instance, None)
            for other in passed + (waiting.get(due.step.id, []) if first else []):
                self._look(other)
        self.rows.sort(key=lambda row: row[0][:4])

    def _look(self, instance: Instance) -> None:
        """Find the next attempt of an instance anew."""
        attempt = self.run.next_attempt(instance)
        if attempt is None:
            self.pending.pop(instance, None)
        else:
            self.pending[instance] = attempt
            heappush(self.heap, attempt)

    def _exhausted(self, instance: Instance, due: Attempt) -> bool:
        """Return whether a repeat without end reached nobody for long enough beyond `as_of`.

        Whom a step reaches can change with time alone, so attempts ahead are looked at; where
        none of them reached anybody, it has to be asked again at the last of them.
        """
        run, repeat = self.run, due.step.repeat
        if repeat is None or repeat.times is not None or run.endless or due.at <= run.as_of:
            return False
        same = getattr(self.resolve, "same_from", None)
        since = None if same is None else same(due.step.to)
        if since is not None and micros(since) <= due.at:
            return instance not in run.ahead
        self.looked[instance] = self.looked.get(instance, 0) + 1
        if instance in run.ahead or self.looked[instance] < LOOK_AHEAD:
            return False
        self._ask_again(instant(due.at))
        return True

    def _beyond(self, row: Firing | UnreachedStep, due: Attempt) -> bool:
        """Return whether an attempt was made only to see whether a later one reaches somebody."""
        if self.run.endless or due.at <= self.run.as_of or isinstance(row, Firing):
            return False
        return row.again and due.step.repeat is not None and due.step.repeat.times is None

    def _ask_again(self, at: datetime) -> None:
        if micros(at) > self.run.as_of:
            known = self.known_until
            self.known_until = at if known is None else min(known, at, key=micros)


def _attempt(
    run: Run, due: Attempt, resolve: Resolve
) -> tuple[Firing | UnreachedStep, list[Instance]]:
    """Attempt a step; return its row, and which steps fire at once because of it."""
    step, at = due.step, due.at
    instance = (step.id, due.nth_stay)
    memory = run.memory(instance)
    n = memory.attempts.get(instance, 0)
    memory.attempts[instance], memory.last[instance] = n + 1, at
    memory.first.setdefault(step.id, at)
    if not n and run.reached(step, at):
        memory.over.add(instance)
        reason = Reason.of("level_reached", step=step.id, level=step.level)
        return _reported(run, due, n, reason), []
    people = resolve(step.to, instant(at))
    if people is None or isinstance(people, str):
        problem = f"a resolver returns names, for {step.to!r} it returned"
        remedy = "return a list: [] for nobody"
        raise InvalidEscalation(people, problem, remedy)
    who = () if isinstance(people, NotKnownYet) else tuple(dict.fromkeys(people))
    if who:
        memory.unreached.discard(instance)
        run.levels_reached.add(step.level)
        run.highest[step.kind] = max(step.level, run.highest.get(step.kind, step.level))
        if at > run.as_of:
            run.ahead.add(instance)
        return Firing(at=instant(at), key=_key(run, due, n), **_of(run, due), n=n, who=who), []
    again = instance in memory.unreached
    memory.unreached.add(instance)
    if isinstance(people, NotKnownYet):
        return _unknown(run, due, n, people, again=again), []
    passed = [] if n else run.pass_on(step.level, at)
    reason = Reason.of("nobody_resolvable", step=step.id, to=step.to)
    return _reported(run, due, n, reason, again=again), passed


def _unknown(run: Run, due: Attempt, n: int, people: NotKnownYet, *, again: bool) -> UnreachedStep:
    """Report that a compiled roster ends before an attempt, or begins after it."""
    beyond = due.at >= micros(people.end)
    code, edge = ("not_known_yet", people.end) if beyond else ("not_known", people.start)
    reason = Reason.of(code, step=due.step.id, roster=people.roster, at=edge.isoformat())
    return _reported(run, due, n, reason, until=people.end if beyond else None, again=again)


def _reported(
    run: Run,
    due: Attempt,
    n: int,
    reason: Reason,
    *,
    until: datetime | None = None,
    again: bool = False,
) -> UnreachedStep:
    if due.at > run.as_of and not again:
        run.ahead.add((due.step.id, due.nth_stay))
    key = _key(run, due, n)
    if reason.code in ("not_known_yet", "not_known"):
        key = (*key, reason.code)  # once it is known, the step fires under its own key
    at = instant(due.at)
    return UnreachedStep(
        at=at, key=key, **_of(run, due), n=n, reason=reason, until=until, again=again
    )


def _of(run: Run, due: Attempt) -> dict[str, Any]:
    """Return what an attempt belongs to; a stay in a line is of no metric."""
    metric = None if due.nth_stay >= 0 else run.course.metric
    return {"plan": run.phases[0].plan.name, "metric": metric, "step": due.step}


def _key(run: Run, due: Attempt, n: int) -> tuple[str | int, ...]:
    """Return the key of an attempt: of a stay in a line it names the stay and no course."""
    course, plan = run.course, run.phases[0].plan.name
    if due.nth_stay >= 0:
        stay = course.stays[due.nth_stay]
        of: tuple[str | int, ...] = (course.ticket, course.slot, f"line:{stay.line}", stay.number)
    else:
        count = (course.cycle, course.count, course.number)
        of = (course.ticket, course.slot, course.metric, *count)
    return (*of, "escalation", plan, due.step.id, n)


def escalation_agenda(
    plan: Plan | PlanHistory | EscalationRule,
    events: Iterable[Event],
    evaluation: Evaluation,
    clock: Clock,
    resolve: Resolve,
) -> Agenda:
    """Return the moments of a plan along every count of a clock, past and to come.

    A rule has a course for each stretch of a count in which its condition holds; a plan alone
    has one for the whole of it. Keys are (ticket, slot, metric, cycle, count, course,
    "escalation", plan, step, n); for a line time-out (ticket, slot, "line:2", stay,
    "escalation", plan, step, n), whichever course it falls into.

    Args:
        plan: a plan, the history of its editions, or a rule with its condition.
        events: those that were evaluated.
        evaluation: the clocks.
        clock: one of them.
        resolve: who a target means at an instant.

    Raises:
        InvalidEscalation: the clock is not one of the evaluation's, or not one of the rule's, or
            the resolver is no function.
    """
    if all(clock is not known for known in evaluation.clocks):
        if isinstance(clock, str):
            raise InvalidEscalation(clock, "a name is no clock", "give evaluation[name]")
        raise InvalidEscalation(clock.metric.name, "a clock of another evaluation", "evaluate it")
    if not callable(resolve):
        remedy = "give directory.resolver(assignees(events))"
        raise InvalidEscalation(resolve, "a resolver is a function", remedy)
    when = ALWAYS
    if isinstance(plan, EscalationRule):
        if not plan.covers(clock):
            remedy = f"it is for {plan.metric!r} of kind {plan.kind!r}"
            raise InvalidEscalation(clock.metric.name, f"no clock of rule {plan.name!r}", remedy)
        when, plan = plan.when, plan.plan
    history = ticket_history(events, micros(evaluation.as_of))
    return _along(plan, when, history, evaluation, clock, resolve)


def rules_agenda(
    rules: Iterable[EscalationRule],
    events: Iterable[Event],
    evaluation: Evaluation,
    resolve: Resolve,
) -> Agenda:
    """Return the moments of rules along all clocks that they cover, past and to come.

    Args:
        rules: plans with their conditions.
        events: those that were evaluated.
        evaluation: the clocks.
        resolve: who a target means at an instant.
    """
    history = ticket_history(events, micros(evaluation.as_of))
    agenda = Agenda((), as_of=evaluation.as_of)
    for rule in rules:
        for clock in filter(rule.covers, evaluation.clocks):
            agenda |= _along(rule.plan, rule.when, history, evaluation, clock, resolve)
    return agenda


def _along(
    plan: Plan | PlanHistory,
    when: Pattern,
    history: TicketHistory,
    evaluation: Evaluation,
    clock: Clock,
    resolve: Resolve,
) -> Agenda:
    """Return the moments of a plan along a clock, given what the log of its ticket holds."""
    stays, as_of = Memory(), evaluation.as_of
    agendas = [
        _walked(plan, course, resolve, as_of, None, stays).agenda
        for course in courses_of(history, evaluation.ticket.id, clock, when)
    ]
    until = [agenda.known_until for agenda in agendas if agenda.known_until is not None]
    return Agenda(
        [moment for agenda in agendas for moment in agenda],
        as_of=as_of,
        known_until=min(until, key=micros, default=None),
    )
