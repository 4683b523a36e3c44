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
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from attrs import define, field

from support_model._escalation.courses import (
    END,
    Course,
    TicketHistory,
    counts_of,
    courses_of,
    cut,
)
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
    from collections.abc import Iterator, Sequence

    from support_model._escalation.plans import PlanHistory
    from support_model._escalation.runs import Attempt, Instance
    from support_model._vocabulary import MomentKind
    from support_model.events import Event
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
    "rules_next_at",
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
    def moments(self) -> Iterator[Moment]:
        """A moment for each firing and for each report that is not made again."""
        yield from map(_moment, self.firings)
        yield from map(_moment, (row for row in self.reports if not row.again))

    @property
    def agenda(self) -> Agenda:
        """The moments in order."""
        return Agenda(self.moments, as_of=self.as_of, known_until=self.known_until)


def _moment(row: Firing | UnreachedStep) -> Moment:
    step = row.step
    kind: MomentKind = step.kind
    who: tuple[str, ...] = ()
    if isinstance(row, UnreachedStep):
        reason, kind = row.reason, cast("MomentKind", row.reason.code)
    else:
        who = row.who
        reason = Reason.of(f"escalation_{kind}", step=step.id, level=step.level, who=who)
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
    walk = _Walk(run, resolve)
    rows = sorted(walk.outcomes(horizon), key=lambda row: row.due[:4])
    return Escalation(
        firings=tuple(_firing(run, row) for row in rows if row.fired),
        reports=tuple(_reported(run, row) for row in rows if not row.fired),
        as_of=as_of,
        known_until=walk.known_until,
    )


class _Outcome(NamedTuple):
    """What came of an attempt: whom it reached; None where its level was reached before."""

    due: Attempt
    n: int
    people: tuple[str, ...] | NotKnownYet | None
    again: bool = False

    @property
    def fired(self) -> bool:
        return isinstance(self.people, tuple) and bool(self.people)

    @property
    def until(self) -> datetime | None:
        """The end of the roster that is too short to say; None: it is no matter of waiting."""
        people = self.people
        if not isinstance(people, NotKnownYet) or self.due.at < micros(people.end):
            return None
        return people.end


@define
class _Walk:
    """A run that takes its attempts in order of time, and those that they bring about."""

    run: Run
    resolve: Resolve
    known_until: datetime | None = None
    pending: dict[Instance, Attempt] = field(factory=dict)
    heap: list[Attempt] = field(factory=list)
    looked: dict[Instance, int] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for instance in self.run.instances():
            self._look(instance)

    def outcomes(self, horizon: int) -> Iterator[_Outcome]:
        """Yield what comes of the attempts until an instant."""
        while (due := self._first()) is not None and due.at <= horizon:
            outcome = self._take(due)
            if not self._beyond(outcome):
                yield outcome

    def next_at(self, before: int) -> int | None:
        """Return when the first moment after `as_of` is, if it lies before an instant.

        Whoever an attempt reaches, it is a moment, but for one that reached nobody again. The
        resolver knows an answer for every instant.
        """
        sure = self.run.sure_next(self.pending)
        if sure is not None:
            return sure if sure < before else None
        return self._next_in_turn(before)

    def _next_in_turn(self, before: int) -> int | None:
        run = self.run
        while (due := self._first()) is not None and due.at < before:
            instance = (due.step.id, due.nth_stay)
            again = instance in run.memory(instance).unreached
            if due.at > run.as_of and (not again or self._take(due).fired):
                return due.at
            if due.at <= run.as_of:
                self._take(due)
                if due.step.repeat is not None and run.leap(due.step, instance):
                    self._look(instance)
        until = self.known_until
        return None if until is None or micros(until) >= before else micros(until)

    def _first(self) -> Attempt | None:
        """Return the earliest attempt; None if there is none any more."""
        heap = self.heap
        while heap and self.pending.get((heap[0].step.id, heap[0].nth_stay)) is not heap[0]:
            heappop(heap)
        return heap[0] if heap else None

    def _take(self, due: Attempt) -> _Outcome:
        """Make the earliest attempt, and look for those that follow it."""
        run, instance = self.run, (due.step.id, due.nth_stay)
        heappop(self.heap)
        outcome, passed = _attempt(run, due, self.resolve)
        if outcome.until is not None:
            self._ask_again(outcome.until)
        once = due.step.repeat is None and len(run.phases) == 1
        if once or self._exhausted(instance, due):
            self.pending.pop(instance, None)
        else:
            self._look(instance)
        if not outcome.n:
            for other in [*passed, *run.waiting_for(due.step.id)]:
                self._look(other)
        return outcome

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

    def _beyond(self, row: _Outcome) -> bool:
        """Return whether an attempt was made only to see whether a later one reaches somebody."""
        repeat = row.due.step.repeat
        if self.run.endless or row.due.at <= self.run.as_of or row.fired:
            return False
        return row.again and repeat is not None and repeat.times is None

    def _ask_again(self, at: datetime) -> None:
        if micros(at) > self.run.as_of:
            known = self.known_until
            self.known_until = at if known is None else min(known, at, key=micros)


def _attempt(run: Run, due: Attempt, resolve: Resolve) -> tuple[_Outcome, list[Instance]]:
    """Attempt a step; return what came of it, and which steps fire at once because of it."""
    step, at = due.step, due.at
    instance = (step.id, due.nth_stay)
    memory = run.memory(instance)
    n = memory.attempts.get(instance, 0)
    memory.attempts[instance], memory.last[instance] = n + 1, at
    memory.first.setdefault(step.id, at)
    ahead = at > run.as_of
    if not n and run.reached(step, at):
        memory.over.add(instance)
        if ahead:
            run.ahead.add(instance)
        return _Outcome(due, n, None), []
    people = _people(resolve, step, at)
    fired = people != () and not isinstance(people, NotKnownYet)
    outcome = _Outcome(due, n, people, again=not fired and instance in memory.unreached)
    if fired:
        memory.unreached.discard(instance)
        run.levels_reached.add(step.level)
        run.highest[step.kind] = max(step.level, run.highest.get(step.kind, step.level))
    else:
        memory.unreached.add(instance)
    if ahead and not outcome.again:
        run.ahead.add(instance)
    return outcome, run.pass_on(step.level, at) if people == () and not n else []


def _people(resolve: Resolve, step: Step, at: int) -> tuple[str, ...] | NotKnownYet:
    people = resolve(step.to, instant(at))
    if people is None or isinstance(people, str):
        problem = f"a resolver returns names, for {step.to!r} it returned"
        remedy = "return a list: [] for nobody"
        raise InvalidEscalation(people, problem, remedy)
    return people if isinstance(people, NotKnownYet) else tuple(dict.fromkeys(people))


def _firing(run: Run, row: _Outcome) -> Firing:
    who = cast("tuple[str, ...]", row.people)
    return Firing(at=instant(row.due.at), key=_key(run, row), **_of(run, row), who=who)


def _reported(run: Run, row: _Outcome) -> UnreachedStep:
    step, key, people = row.due.step, _key(run, row), row.people
    if people is None:
        reason = Reason.of("level_reached", step=step.id, level=step.level)
    elif isinstance(people, NotKnownYet):
        code, edge = ("not_known", people.start)
        if row.until is not None:
            code, edge = ("not_known_yet", people.end)
        reason = Reason.of(code, step=step.id, roster=people.roster, at=edge)
        key = (*key, code)  # once it is known, the step fires under its own key
    else:
        reason = Reason.of("nobody_resolvable", step=step.id, to=step.to)
    at, until = instant(row.due.at), row.until
    return UnreachedStep(
        at=at, key=key, **_of(run, row), reason=reason, until=until, again=row.again
    )


def _of(run: Run, row: _Outcome) -> dict[str, Any]:
    """Return what an attempt belongs to; a stay in a line is of no metric."""
    metric = None if row.due.nth_stay >= 0 else run.course.metric
    plan = run.phases[0].plan.name
    return {"plan": plan, "metric": metric, "step": row.due.step, "n": row.n}


def _key(run: Run, row: _Outcome) -> tuple[str | int, ...]:
    """Return the key of an attempt: of a stay in a line it names the stay and no course."""
    course, plan, due = run.course, run.phases[0].plan.name, row.due
    if due.nth_stay >= 0:
        stay = course.stays[due.nth_stay]
        of: tuple[str | int, ...] = (course.ticket, course.slot, f"line:{stay.line}", stay.number)
    else:
        count = (course.cycle, course.count, course.number)
        of = (course.ticket, course.slot, course.metric, *count)
    return (*of, "escalation", plan, due.step.id, row.n)


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
    key = clock.slot, clock.metric
    clock = next(known for known in evaluation.coming if (known.slot, known.metric) == key)
    history = TicketHistory(evaluation.log(events), micros(evaluation.as_of))
    courses = courses_of(history, evaluation.ticket.id, clock, when)
    return _agenda([*_along(plan, courses, evaluation.as_of, resolve)], evaluation.as_of)


def _along(
    plan: Plan | PlanHistory, courses: Iterable[Course], as_of: datetime, resolve: Resolve
) -> Iterator[Escalation]:
    """Yield what a plan does along the courses of one clock, which share the stays in lines."""
    stays = Memory()
    for course in courses:
        yield _walked(plan, course, resolve, as_of, None, stays)


def _agenda(parts: Sequence[Escalation], as_of: datetime) -> Agenda:
    until = [part.known_until for part in parts if part.known_until is not None]
    return Agenda(
        [moment for part in parts for moment in part.moments],
        as_of=as_of,
        known_until=min(until, key=micros, default=None),
    )


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
    as_of, parts = evaluation.as_of, list[Escalation]()
    history = TicketHistory(evaluation.log(events), micros(as_of))
    for rule in rules:
        for clock in filter(rule.covers, evaluation.coming):
            courses = courses_of(history, evaluation.ticket.id, clock, rule.when)
            parts += _along(rule.plan, courses, as_of, resolve)
    return _agenda(parts, as_of)


def rules_next_at(
    rules: Iterable[EscalationRule],
    events: Iterable[Event],
    evaluation: Evaluation,
    resolver: Callable[[], Resolve],
    *,
    before: datetime | None = None,
) -> datetime | None:
    """Return `next_at` of the agenda of rules, if it lies before an instant.

    Only courses that last are walked, and those that may have taken a step of a stay in a line
    before them. `resolver` makes what knows at every instant who is meant, where one is walked.
    """
    as_of, limit = micros(evaluation.as_of), END if before is None else micros(before)
    history = TicketHistory(evaluation.log(events), as_of)
    ahead = _Ahead(history, evaluation.ticket.id, as_of, resolver, limit)
    holding = [rule for rule in rules if ahead.history.holds(rule)]
    for clock in evaluation.coming:
        covering = [rule for rule in holding if ahead.may_reach(rule, clock)]
        if covering:
            ahead.look_along(clock, covering)
    return instant(ahead.before) if ahead.before < limit else None


@define
class _Ahead:
    """The earliest moment after `as_of` that was found so far lies at `before`."""

    history: TicketHistory
    ticket_id: str
    as_of: int
    resolver: Callable[[], Resolve]
    before: int

    def may_reach(self, rule: EscalationRule, clock: Clock) -> bool:
        """Return whether a rule is for a clock and may bring an earlier one."""
        if not rule.covers(clock) or not clock.cycles:
            return False
        return not rule.waits_beyond(clock.cycles[-1], self.before)

    def look_along(self, clock: Clock, rules: Iterable[EscalationRule]) -> None:
        """Look for an earlier one of rules along a clock."""
        history, as_of, resolve = self.history, self.as_of, self.resolver()
        since = [rule.matters_since(as_of, history) for rule in rules]
        counts = [*counts_of(history, self.ticket_id, clock, min(since))]
        for rule, first in zip(rules, since, strict=True):
            lasting = [count for count in counts if count["end"] > first]
            stays = Memory()
            for course in cut(lasting, history.stretches(rule.when, first)) if lasting else ():
                phases = phases_of(rule.plan, course.begin)
                run = Run(course, phases, as_of, endless=False, stay_memory=stays)
                at = _Walk(run, resolve).next_at(self.before)
                self.before = self.before if at is None else at
