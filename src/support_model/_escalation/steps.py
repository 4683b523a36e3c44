"""Escalation plans as data: who is told or takes over, how long after what, how often again.

A step waits at an anchor: the start of a clock, a share of its target, its due, a missing
acknowledgement, a stay in a line. Its offset and repeats run in its base: counted time of the
clock (calendar minus pauses), or the wall, which ignores both.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from attrs import field

from support_model._frozen import frozen
from support_model._time import micros, micros_of
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidEscalation, UnknownName, nearest

if TYPE_CHECKING:
    from datetime import datetime


Base = Literal["clock", "wall"]
"""What an offset is measured in: counted time, or time on the wall."""
StepKind = Literal["notify", "functional", "hierarchical"]
"""Tell somebody; move the ticket to another line or group; bring in a manager (ITIL 4)."""
Until = Literal["stop", "ack"]
Follow = Literal["snapshot", "live"]
_MOST_SHARE = 10
"""The largest share of a target that can be meant, as for warnings."""


@frozen
class Start:
    """The start of the cycle."""


@frozen
class Threshold:
    """A share of the target, counted; the whole of it is the due.

    Raises:
        InvalidEscalation: no positive share, or one beyond ten times the target.
    """

    share: float | Fraction = 1

    def __attrs_post_init__(self) -> None:
        """Check the share."""
        number = isinstance(self.share, int | float | Fraction)
        if not number or isinstance(self.share, bool) or not 0 < self.share < float("inf"):
            raise InvalidEscalation(self.share, "a threshold is a positive share", "75 % is 0.75")
        if self.share > _MOST_SHARE:  # meant as a percentage: it would never be reached
            problem = "a threshold beyond ten times the target"
            raise InvalidEscalation(self.share, problem, "75 % is 0.75")

    @property
    def exact(self) -> Fraction:
        """The share as it is written: 0.1 is a tenth."""
        return Fraction(repr(float(self.share)) if isinstance(self.share, float) else self.share)


@frozen
class AckMissing:
    """No acknowledgement since the start of the cycle, or since step `of` was first tried."""

    of: str | None = None


@frozen
class LineTimeout:
    """A stay of the ticket in a line, from entering to leaving it."""

    line: str


Anchor: TypeAlias = Start | Threshold | AckMissing | LineTimeout
"""From where the offset of a step counts."""


@frozen
class Repeat:
    """Firings after the first, each so long after the one before, in the step's base.

    `times=None` goes on until the step ends.

    Raises:
        InvalidEscalation: no positive interval, or a negative number of times.
    """

    every: timedelta
    times: int | None = None

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        if micros_of(self.every) <= 0:
            raise InvalidEscalation(self.every, "an interval must be positive")
        if self.times is not None and (type(self.times) is not int or self.times < 0):
            raise InvalidEscalation(self.times, "times is a whole number", "None: until the end")


@frozen(kw_only=True)
class Step:
    """One step of a plan.

    Attributes:
        id: what keys and other steps call it.
        to: who is meant, resolved at the firing instant: "oncall:primary", "manager:1".
        anchor: from where the offset counts.
        after: the offset; negative (before the due) in the clock's time only.
        base: whether offset and repeats are counted time or time on the wall.
        level: which tier of the plan; of one kind, a lower level never follows a higher one.
        kind: notify, functional or hierarchical.
        repeat: further firings; None is one firing only.
        until: `ack` ends the step at the acknowledgement too, as it always does `AckMissing`.
        hours: when it may reach people: an attempt outside them is held until they open, also
            one that another step passes on. None: at any time.

    Raises:
        InvalidEscalation: a part that cannot mean anything.

    Example:
        >>> Step(id="warn", to="assignee", anchor=Threshold(0.75)).level
        1
    """

    id: str
    to: str
    anchor: Anchor = Threshold()
    after: timedelta = timedelta()
    base: Base = "clock"
    level: int = 1
    kind: StepKind = "notify"
    repeat: Repeat | None = None
    until: Until = "stop"
    hours: BusinessCalendar | None = None

    def __attrs_post_init__(self) -> None:
        """Check each part."""
        if self.hours is not None and not isinstance(self.hours, BusinessCalendar):
            raise InvalidEscalation(self.hours, "hours are a calendar", "BusinessCalendar.weekly")
        for text in (self.id, self.to):
            if not isinstance(text, str) or not text:
                raise InvalidEscalation(text, "a step has an id and a target", "give text")
        if not isinstance(self.anchor, get_args(Anchor)):
            raise InvalidEscalation(self.anchor, "no anchor of a step", "use Threshold(...)")
        for word, known in ((self.base, Base), (self.kind, StepKind), (self.until, Until)):
            if word not in get_args(known):
                raise InvalidEscalation(word, "unknown word", nearest(str(word), get_args(known)))
        if type(self.level) is not int:
            raise InvalidEscalation(self.level, "a level is a whole number")
        if micros_of(self.after) < 0 and self.base == "wall":
            remedy = "use base='clock': on the wall a pause would move it backwards"
            raise InvalidEscalation(self.after, "a negative offset on the wall", remedy)

    @property
    def ends_at_ack(self) -> bool:
        """Whether an acknowledgement ends it."""
        return self.until == "ack" or isinstance(self.anchor, AckMissing)


def _steps(given: Iterable[Step]) -> tuple[Step, ...]:
    if not isinstance(given, Iterable):
        raise InvalidEscalation(given, "steps are several", "give a list of them")
    return tuple(given)


@frozen
class Plan:
    """Steps in order, under a name that is part of their keys.

    Raises:
        InvalidEscalation: an id twice, `of` a step that is not there, or steps that wait for
            each other in a circle.

    Example:
        >>> plan = Plan("page", [
        ...     Step(id="first", to="oncall:primary", anchor=AckMissing()),
        ...     Step(id="then", to="manager:1", anchor=AckMissing(of="first"), level=2,
        ...          after=timedelta(minutes=15), base="wall"),
        ... ])
        >>> plan["then"].level
        2
    """

    name: str
    steps: tuple[Step, ...] = field(converter=_steps)

    def __attrs_post_init__(self) -> None:
        """Check ids and what waits for what."""
        waits: dict[str, str | None] = {}
        for step in self.steps:
            if not isinstance(step, Step):
                raise InvalidEscalation(step, "a plan holds steps", "use Step(...)")
            if step.id in waits:
                raise InvalidEscalation(step.id, "a step twice", "give each its own id")
            waits[step.id] = step.anchor.of if isinstance(step.anchor, AckMissing) else None
        cleared: set[str] = set()
        for step_id in waits:
            path: set[str] = set()
            at: str | None = step_id
            while at is not None and at not in cleared:
                if at not in waits:
                    raise InvalidEscalation(at, "no step to wait for", nearest(at, waits))
                if at in path:
                    raise InvalidEscalation(at, "steps wait for each other in a circle")
                path.add(at)
                at = waits[at]
            cleared |= path

    def __getitem__(self, step_id: str) -> Step:
        """Return a step by its id.

        Raises:
            UnknownName: there is none.
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        known = [step.id for step in self.steps]
        raise UnknownName(step_id, "no step of this plan", nearest(str(step_id), known))


@frozen
class Edition:
    """A plan and the instant from which it holds; None is always."""

    plan: Plan
    since: datetime | None = None

    @property
    def begin(self) -> int | None:
        """The instant in microseconds."""
        return None if self.since is None else micros(self.since)


def _editions(given: Iterable[Edition]) -> tuple[Edition, ...]:
    return tuple(given)


@frozen
class PlanHistory:
    """Editions of a plan, and whether a running cycle follows them.

    `snapshot`: the edition in force at the cycle's start holds for all of it. `live`: at each
    instant the one then in force; step ids keep their identity, what a new edition makes overdue
    fires at the change, and what it leaves out never.

    Raises:
        InvalidEscalation: none, editions out of order, of several names, or an unknown rule.
    """

    editions: tuple[Edition, ...] = field(converter=_editions)
    follow: Follow = "snapshot"

    def __attrs_post_init__(self) -> None:
        """Check the order and the rule."""
        begins = [edition.begin for edition in self.editions]
        later = [begin for begin in begins[1:] if begin is None]
        known = [begin for begin in begins if begin is not None]
        if not begins or later or known != sorted(set(known)):
            raise InvalidEscalation(begins, "editions follow each other", "sort them by `since`")
        if len({edition.plan.name for edition in self.editions}) > 1:
            raise InvalidEscalation(self.editions, "editions of several plans", "use one name")
        if self.follow not in get_args(Follow):
            remedy = nearest(str(self.follow), get_args(Follow))
            raise InvalidEscalation(self.follow, "unknown rule", remedy)
