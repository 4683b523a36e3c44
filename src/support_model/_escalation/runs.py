"""A run of an escalation: what happened so far along a course, and what comes next.

Each step, and each stay of a line time-out, is an instance with its own attempts. The next
attempt of an instance is a function of what happened before; so the engine only ever takes the
earliest one, and nothing depends on when it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from attrs import define, field

from support_model._escalation.courses import END
from support_model._escalation.plans import (
    AckMissing,
    LineTimeout,
    Plan,
    PlanHistory,
    Repeat,
    Step,
    Threshold,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model._escalation.courses import Course
    from support_model._escalation.plans import Anchor


class Phase(NamedTuple):
    """A plan in force within [start, end)."""

    start: int
    end: int
    plan: Plan


class Attempt(NamedTuple):
    """The next attempt of an instance; sorts by instant, level and order of the plan."""

    at: int
    level: int
    order: int
    nth_stay: int
    step: Step


NO_PLACE: tuple[int, None] = (0, None)
Instance: TypeAlias = tuple[str, int]
"""A step's id, and which stay in a line it belongs to (-1: none)."""


@define
class Memory:
    """What happened to instances so far: attempts, the last one, the first of each step."""

    attempts: dict[Instance, int] = field(factory=dict)  # how many attempts
    last: dict[Instance, int] = field(factory=dict)  # the instant of the last one
    first: dict[str, int] = field(factory=dict)  # the instant of a step's first one
    over: set[Instance] = field(factory=set)  # skipped for good
    unreached: set[Instance] = field(factory=set)  # the last attempt reached nobody


@define
class Run:
    """What happened so far along a course.

    What happened at stays in lines is kept in `stay_memory`: their keys name no course, so it is
    common to all courses of a ticket.
    """

    course: Course
    phases: list[Phase]
    as_of: int
    endless: bool
    stay_memory: Memory = field(factory=Memory)
    own: Memory = field(factory=Memory)
    passed_on: dict[Instance, int] = field(factory=dict)
    levels_reached: set[int] = field(factory=set)  # levels
    highest: dict[str, int] = field(factory=dict)  # level by kind
    ahead: set[Instance] = field(factory=set)  # reached somebody or was reported after `as_of`

    def memory(self, instance: Instance) -> Memory:
        """Return where the attempts of an instance are kept."""
        return self.own if instance[1] < 0 else self.stay_memory

    def instances(self) -> Iterable[Instance]:
        """Return every step of every phase, those of line time-outs for each stay."""
        found: dict[Instance, None] = {}
        for phase in self.phases:
            for step in phase.plan.steps:
                line = step.line
                for nth in (-1,) if line is None else self.course.stays_in(line):
                    found[step.id, nth] = None
        return found

    def waiting_for(self, step_id: str) -> list[Instance]:
        """Return which steps wait for the first attempt of a step."""
        return [
            (other, -1) for phase in self.phases for other in phase.plan.waiting.get(step_id, ())
        ]

    def next_attempt(self, instance: Instance) -> Attempt | None:
        """Return the next attempt of an instance under the phases in turn."""
        step_id, nth = instance
        memory, course = self.memory(instance), self.course
        if instance in memory.over:
            return None
        stay = None if nth < 0 else course.stays[nth]
        line, last = (None, course.end) if stay is None else (stay.line, stay.end)
        for phase in self.phases:
            order, step = phase.plan.places.get(step_id, NO_PLACE)
            if step is None or step.line != line:
                continue
            until = min(phase.end, course.end, last)
            if course.ack is not None and step.ends_at_ack:
                until = min(until, course.ack)
            since = max(phase.start, course.begin)
            tried = memory.attempts.get(instance, 0)
            if tried:
                at = self._again(step, instance, since, tried)
            else:
                at = self._first(step, instance, since, until)
            if at is not None and at < until:
                return Attempt(at, step.level, order, nth, step)
        return None

    def _again(self, step: Step, instance: Instance, since: int, tried: int) -> int | None:
        """Return when a step that was attempted is due again, at the earliest from `since` on."""
        repeat = step.repeat
        if repeat is None or self._is_over(instance, repeat, tried):
            return None
        return self._after(step, self.memory(instance).last[instance], repeat.interval, since)

    def _first(self, step: Step, instance: Instance, since: int, until: int) -> int | None:
        """Return when the first attempt of a step is due, at the earliest from `since` on."""
        if instance in self.passed_on:
            return _held(step, max(self.passed_on[instance], since))
        if isinstance(step.anchor, Threshold):
            return self._at_threshold(step, step.anchor, since, until)
        begin = self._anchored(step.anchor, instance[1])
        return None if begin is None else self._after(step, begin, step.offset, since)

    def sure_next(self, first: Mapping[Instance, Attempt]) -> int | None:
        """Return when a step is next, the end of time if none is; None where it is not sure.

        A step that reaches nobody makes those of higher levels fire earlier and never later. So
        where the first attempts until `as_of` have no repeats after it, and those to come are of
        no higher level or of stays in lines, it is the next of these, whomever they reach.
        """
        plan = self.phases[0].plan
        if len(self.phases) > 1 or plan.waiting:
            return None
        ahead = [attempt for attempt in first.values() if attempt.at > self.as_of]
        sure = len(ahead) == len(first) or self._are_apart(first, ahead)
        return min([attempt.at for attempt in ahead], default=END) if sure else None

    def _are_apart(self, first: Mapping[Instance, Attempt], ahead: Iterable[Attempt]) -> bool:
        """Return whether what came of the attempts until `as_of` surely moves no later one."""
        least = min([one.level for one in first.values() if one.at <= self.as_of])
        moved = any(one.nth_stay < 0 and one.level > least for one in ahead)
        return not moved and all(self._ends(step, first) for step in self.phases[0].plan.steps)

    def _ends(self, step: Step, first: Mapping[Instance, Attempt]) -> bool:
        """Return whether a step that was attempted surely has no attempt after `as_of`."""
        repeat, attempt = step.repeat, first.get((step.id, -1))
        if repeat is None:
            return step.hours is None
        if repeat.times is None or attempt is None or not self._is_even(step):
            return False
        last = self._after(step, attempt.at, repeat.times * repeat.interval, attempt.at)
        return last is not None and last <= self.as_of

    def _is_even(self, step: Step) -> bool:
        """Return whether nothing but their interval moves the repeats of a step."""
        course = self.course
        alone = len(self.phases) == 1 and len(course.targets) <= 1
        return alone and step.hours is None and not course.gaps.rows

    def leap(self, step: Step, instance: Instance) -> bool:
        """Let repeats until `as_of` but the last count as attempted; return whether some do.

        A step that reached somebody changes nothing by reaching them again, so only the last of
        its repeats matters to what comes. Where nothing but its interval moves it, they lie at
        even distances.
        """
        repeat, course, memory = step.repeat, self.course, self.memory(instance)
        last = memory.last[instance]
        if repeat is None or instance in memory.unreached or not self._is_even(step):
            return False
        count = (lambda at: at) if step.base == "wall" else course.timeline_at(last).open_before
        skipped = (count(self.as_of) - count(last)) // repeat.interval - 1
        if repeat.times is not None:
            skipped = min(skipped, repeat.times - memory.attempts[instance])
        at = self._after(step, last, skipped * repeat.interval, last) if skipped > 0 else None
        if at is None:
            return False
        memory.attempts[instance] += skipped
        memory.last[instance] = at
        return True

    def _anchored(self, anchor: Anchor, nth_stay: int) -> int | None:
        """Return from when the offset of a step counts; None if that is not known yet."""
        if isinstance(anchor, AckMissing) and anchor.of is not None:
            first = self.own.first.get(anchor.of)
            return self.stay_memory.first.get(anchor.of) if first is None else first
        return self.course.stays[nth_stay].start if nth_stay >= 0 else self.course.begin

    def _is_over(self, instance: Instance, repeat: Repeat, tried: int) -> bool:
        """Return whether no repeat follows; of one without end the next one ahead is enough."""
        if repeat.times is not None:
            return tried > repeat.times
        return not self.endless and instance in self.ahead

    def _after(self, step: Step, begin: int, amount: int, since: int) -> int | None:
        at = begin + amount if step.base == "wall" else self.course.counted(begin, amount)
        return None if at is None else self._settled(step, max(at, since))

    def _at_threshold(self, step: Step, anchor: Threshold, since: int, until: int) -> int | None:
        inside, behind = (0, step.offset) if step.base == "wall" else (step.offset, 0)
        targets = self.course.targets
        for target in targets if len(targets) == 1 else self.course.targets_from(since, until):
            at = target.reached(anchor.ratio, inside)
            if at is None:
                continue
            at = self._settled(step, max(at + behind, target.start, since))
            if at < target.end:
                return at
        return None

    def _settled(self, step: Step, at: int) -> int:
        """Wait where nothing fires: while a count had ended and, in counted time, in a pause.

        Outside the step's own hours, too; each may lead into another.
        """
        course = self.course
        waits = course.gaps if step.base == "wall" else course.waits
        while True:
            after = waits.after(at)
            if step.hours is None:
                return after
            after = _held(step, after)
            if after == at or after >= course.end:
                return after
            at = after

    def reached(self, step: Step, at: int) -> bool:
        """Return whether a step's level is reached already, by hand or by a higher one."""
        if step.kind == "notify":
            return False
        by_hand = self.course.raised.highest(step.kind, at)
        if by_hand is not None and by_hand >= step.level:
            return True
        return self.highest.get(step.kind, step.level) > step.level

    def pass_on(self, level: int, at: int) -> list[Instance]:
        """Let the next higher level fire now, unless it was reached; return what does."""
        phase = next(phase for phase in self.phases if phase.start <= at < phase.end)
        above = [
            step
            for step in phase.plan.steps
            if step.level > level and not isinstance(step.anchor, LineTimeout)
        ]
        following = min((step.level for step in above), default=level)
        if following in self.levels_reached:
            return []
        following_steps = [(step.id, -1) for step in above if step.level == following]
        for instance in following_steps:
            self.passed_on.setdefault(instance, at)
        return following_steps


def _held(step: Step, at: int) -> int:
    """Return an instant, or the next opening of the step's hours; the end of time if never."""
    if step.hours is None or at >= END:
        return at
    opening = next(step.hours.timeline.runs(at), None)
    return END if opening is None else max(at, opening[0])


def phases_of(plan: Plan | PlanHistory, start: int) -> list[Phase]:
    """Return the plans that a course follows from its beginning on, in order."""
    if not isinstance(plan, PlanHistory):
        return [Phase(start, END, plan)]
    begins = [start if row.begin is None else row.begin for row in plan.editions]
    rows = list(zip(begins, [*begins[1:], END], plan.editions, strict=True))
    if plan.follow == "snapshot":
        rows = [(start, END, row) for since, until, row in rows if since <= start < until]
    return [Phase(since, until, row.plan) for since, until, row in rows]
