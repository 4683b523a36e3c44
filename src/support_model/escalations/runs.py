"""A run of an escalation: what happened so far along a course, and what comes next.

Each step, and each stay of a line time-out, is an instance with its own attempts. The next
attempt of an instance is a function of what happened before; so the engine only ever takes the
earliest one, and nothing depends on when it is asked.

Before this: `support_model.escalations.courses`, `support_model.escalations.steps`.
Next: `support_model.escalation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from attrs import define, field

from support_model.escalations.courses import END
from support_model.escalations.steps import (
    AckMissing,
    Edition,
    LineTimeout,
    Plan,
    PlanHistory,
    Start,
    Step,
    Threshold,
)
from support_model.instants import micros_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model.escalations.courses import Course

__all__ = ["Instance", "Phase", "Run", "Try", "phases_of"]


class Phase(NamedTuple):
    """A plan in force within [since, until)."""

    since: int
    until: int
    plan: Plan
    order: dict[str, int]


class Try(NamedTuple):
    """The next attempt of an instance; sorts by instant, level and order of the plan."""

    at: int
    level: int
    order: int
    nth_stay: int
    step: Step


Instance: TypeAlias = tuple[str, int]
"""A step's id, and which stay in a line it belongs to (-1: none)."""


@define
class Run:
    """What happened so far along a course."""

    course: Course
    phases: list[Phase]
    as_of: int
    endless: bool
    tried: dict[Instance, int] = field(factory=dict)  # how many attempts
    last: dict[Instance, int] = field(factory=dict)  # the instant of the last one
    first: dict[str, int] = field(factory=dict)  # the instant of a step's first one
    over: set[Instance] = field(factory=set)  # skipped for good
    passed_on: dict[Instance, int] = field(factory=dict)
    told: set[int] = field(factory=set)  # levels
    highest: dict[str, int] = field(factory=dict)  # level by kind

    def instances(self) -> Iterator[Instance]:
        """Yield every step of every phase, those of line time-outs for each stay."""
        seen = dict.fromkeys(
            (step.id, nth)
            for phase in self.phases
            for step in phase.plan.steps
            for nth in self._stays(step)
        )
        yield from seen

    def _stays(self, step: Step) -> list[int]:
        if not isinstance(step.anchor, LineTimeout):
            return [-1]
        line = step.anchor.line
        return [nth for nth, stay in enumerate(self.course.stays) if stay.line == line]

    def next_try(self, instance: Instance) -> Try | None:
        """Return the next attempt of an instance under the phases in turn."""
        if instance in self.over:
            return None
        step_id, nth = instance
        for phase in self.phases:
            order = phase.order.get(step_id)
            if order is None:
                continue
            step = phase.plan.steps[order]
            if nth not in self._stays(step):
                continue
            at = self._when(step, instance, phase.since)
            if at is not None and at < min(phase.until, self._end(step, nth)):
                return Try(at, step.level, order, nth, step)
        return None

    def _end(self, step: Step, nth: int) -> int:
        course = self.course
        end = course.end
        if step.ends_at_ack and course.ack is not None:
            end = min(end, course.ack)
        return end if nth < 0 else min(end, course.stays[nth].until)

    def _when(self, step: Step, instance: Instance, since: int) -> int | None:
        """Return the first instant from `since` on at which the next attempt is due."""
        course, tried = self.course, self.tried.get(instance, 0)
        since = max(since, course.start)
        if not tried and instance in self.passed_on:
            return max(self.passed_on[instance], since)
        if tried:
            repeat = step.repeat
            if repeat is None or (repeat.times is not None and tried > repeat.times):
                return None
            if repeat.times is None and not self.endless and self.last[instance] > self.as_of:
                return None  # of what never ends, the next one is enough
            return self._after(step, self.last[instance], micros_of(repeat.every), since)
        anchor = step.anchor
        if isinstance(anchor, Threshold):
            return self._at_threshold(step, anchor, since)
        begin: int | None
        if isinstance(anchor, Start) or (isinstance(anchor, AckMissing) and anchor.of is None):
            begin = course.start
        elif isinstance(anchor, AckMissing):
            begin = self.first.get(str(anchor.of))
        else:
            begin = course.stays[instance[1]].since
        return None if begin is None else self._after(step, begin, micros_of(step.after), since)

    def _after(self, step: Step, begin: int, amount: int, since: int) -> int | None:
        at = begin + amount if step.base == "wall" else self.course.counted(begin, amount)
        return None if at is None else self._settled(step, max(at, since))

    def _at_threshold(self, step: Step, anchor: Threshold, since: int) -> int | None:
        offset, wall = micros_of(step.after), step.base == "wall"
        for goal in self.course.goals:
            at = goal.reached(anchor.exact, 0 if wall else offset)
            if at is None:
                continue
            at = self._settled(step, max(at + offset if wall else at, goal.since, since))
            if at < goal.until:
                return at
        return None

    def _settled(self, step: Step, at: int) -> int:
        """Wait where nothing fires: while a cycle had ended and, in counted time, in a pause."""
        return self.course.reopened(at if step.base == "wall" else self.course.resumed(at))

    def reached(self, step: Step, at: int) -> bool:
        """Tell whether a step's level is reached already, by hand or by a higher one."""
        if step.kind == "notify":
            return False
        by_hand = any(
            row.kind == step.kind and row.level >= step.level and row.at <= at
            for row in self.course.raised
        )
        return by_hand or self.highest.get(step.kind, step.level) > step.level

    def pass_on(self, level: int, at: int) -> None:
        """Let the next higher level fire now, unless it has been told."""
        phase = next(phase for phase in self.phases if phase.since <= at < phase.until)
        above = [
            step
            for step in phase.plan.steps
            if step.level > level and not isinstance(step.anchor, LineTimeout)
        ]
        following = min((step.level for step in above), default=level)
        if following not in self.told:
            for step in above:
                if step.level == following:
                    self.passed_on.setdefault((step.id, -1), at)


def phases_of(plan: Plan | PlanHistory, start: int) -> list[Phase]:
    """Return the plans that a cycle follows from its start on, in order."""
    history = plan if isinstance(plan, PlanHistory) else PlanHistory([Edition(plan)])
    begins = [start if row.begin is None else row.begin for row in history.editions]
    rows = list(zip(begins, [*begins[1:], END], history.editions, strict=True))
    if history.follow == "snapshot":
        rows = [(start, END, row) for since, until, row in rows if since <= start < until]
    return [
        Phase(since, until, row.plan, {step.id: i for i, step in enumerate(row.plan.steps)})
        for since, until, row in rows
    ]
