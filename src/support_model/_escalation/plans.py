"""Escalation plans as data: who is notified or takes over, how long after what, how often again.

A step waits at an anchor: the start of a clock, a share of its target, its due, a missing
acknowledgement, a stay in a line. Its offset and repeats run in its base: counted time of the
clock (calendar minus pauses), or the wall, which ignores both.

A rule adds of which clocks of which tickets a plan runs. Its condition is in force from the first
instant at which it holds until it no longer does, and each time it comes to hold the plan begins
anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import evolve, field

from support_model._checks import finite, of_kind, text, word
from support_model._frozen import FrozenMap, derived, frozen
from support_model._time import FIRST, micros, micros_of, utc
from support_model._vocabulary import PolicyKind
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidEscalation, UnknownName, nearest
from support_model.patterns import ALWAYS, Pattern

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from support_model._checks import Validator
    from support_model._escalation.courses import TicketHistory
    from support_model.sla import Clock, Cycle


Base = Literal["clock", "wall"]
"""What an offset is measured in: counted time, or time on the wall."""
StepKind = Literal["notify", "functional", "hierarchical"]
"""Notify somebody; move the ticket to another line or group; bring in a manager (ITIL 4)."""
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

    share: float | Fraction = field(default=1)

    @share.validator
    def _is_a_share(self, _: object, share: float | Fraction) -> None:
        if not finite(share) or share <= 0:
            raise InvalidEscalation(share, "a threshold is a positive share", "75 % is 0.75")
        if share > _MOST_SHARE:  # meant as a percentage: it would never be reached
            problem = "a threshold beyond ten times the target"
            raise InvalidEscalation(share, problem, "75 % is 0.75")

    @property
    def exact(self) -> Fraction:
        """The share as it is written: 0.1 is a tenth."""
        return Fraction(repr(float(self.share)) if isinstance(self.share, float) else self.share)

    @derived
    def ratio(self) -> tuple[int, int]:
        """Numerator and denominator of the exact share."""
        return self.exact.as_integer_ratio()


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

    every: timedelta = field()
    times: int | None = field(default=None)

    @every.validator
    def _is_positive(self, _: object, every: timedelta) -> None:
        if micros_of(every) <= 0:
            raise InvalidEscalation(every, "an interval must be positive")

    @derived
    def interval(self) -> int:
        """The interval in microseconds."""
        return micros_of(self.every)

    @times.validator
    def _is_a_count(self, _: object, times: int | None) -> None:
        if times is not None and (type(times) is not int or times < 0):
            raise InvalidEscalation(times, "times is a whole number", "None: until the end")


_TEXT = text(InvalidEscalation, "a step has an id and a target", "give text")


def _word(words: object) -> Validator:
    return word(words, InvalidEscalation, "unknown word")


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

    id: str = field(validator=_TEXT)
    to: str = field(validator=_TEXT)
    anchor: Anchor = field(
        default=Threshold(),
        validator=of_kind(Anchor, InvalidEscalation, "no anchor of a step", "use Threshold(...)"),
    )
    after: timedelta = timedelta()
    base: Base = field(default="clock", validator=_word(Base))
    level: int = field(default=1)
    kind: StepKind = field(default="notify", validator=_word(StepKind))
    repeat: Repeat | None = None
    until: Until = field(default="stop", validator=_word(Until))
    hours: BusinessCalendar | None = field(
        default=None,
        validator=of_kind(
            BusinessCalendar | None,
            InvalidEscalation,
            "hours are a calendar",
            "BusinessCalendar.weekly",
        ),
    )

    @level.validator
    def _is_whole(self, _: object, level: int) -> None:
        if type(level) is not int:
            raise InvalidEscalation(level, "a level is a whole number")

    @base.validator
    def _runs_forward(self, _: object, base: Base) -> None:
        if micros_of(self.after) < 0 and base == "wall":
            remedy = "use base='clock': on the wall a pause would move it backwards"
            raise InvalidEscalation(self.after, "a negative offset on the wall", remedy)

    @derived
    def ends_at_ack(self) -> bool:
        """Whether an acknowledgement ends it."""
        return self.until == "ack" or isinstance(self.anchor, AckMissing)

    @derived
    def line(self) -> str | None:
        """The line of whose stays it is a step; None: it is one of the course."""
        return self.anchor.line if isinstance(self.anchor, LineTimeout) else None

    @derived
    def offset(self) -> int:
        """The offset in microseconds."""
        return micros_of(self.after)


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

    @steps.validator
    def _wait_for_each_other(self, _: object, steps: tuple[Step, ...]) -> None:
        waits: dict[str, str | None] = {}
        for step in steps:
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

    @derived
    def places(self) -> Mapping[str, tuple[int, Step]]:
        """The place of each step and the step, by its id."""
        return FrozenMap({step.id: (place, step) for place, step in enumerate(self.steps)})

    @derived
    def waiting(self) -> Mapping[str, tuple[str, ...]]:
        """Which steps wait for the first attempt of which."""
        waiting: dict[str, list[str]] = {}
        for step in self.steps:
            if isinstance(step.anchor, AckMissing) and step.anchor.of is not None:
                waiting.setdefault(step.anchor.of, []).append(step.id)
        return FrozenMap({of: tuple(ids) for of, ids in waiting.items()})

    @derived
    def shares(self) -> tuple[tuple[int, int, int], ...] | None:
        """The share, as a ratio, and the offset of each step; None where one waits for more.

        That is another anchor than a share of the target, an offset on the wall, or hours.
        """
        rows = [(step.anchor, step.offset) for step in self.steps]
        plain = all(step.base == "clock" and step.hours is None for step in self.steps)
        shares = [(*at.ratio, offset) for at, offset in rows if isinstance(at, Threshold)]
        return tuple(shares) if plain and len(shares) == len(rows) else None

    @derived
    def repeats(self) -> bool:
        """Whether a step has repeats."""
        return any(step.repeat is not None for step in self.steps)

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
    follow: Follow = field(
        default="snapshot", validator=word(Follow, InvalidEscalation, "unknown rule")
    )

    @editions.validator
    def _are_in_order(self, _: object, editions: tuple[Edition, ...]) -> None:
        begins = [edition.begin for edition in editions]
        later = [begin for begin in begins[1:] if begin is None]
        known = [begin for begin in begins if begin is not None]
        if not begins or later or known != sorted(set(known)):
            raise InvalidEscalation(begins, "editions follow each other", "sort them by `since`")
        if len({edition.plan.name for edition in editions}) > 1:
            raise InvalidEscalation(editions, "editions of several plans", "use one name")


@frozen
class EscalationRule:
    """A plan for the clocks of one metric.

    Attributes:
        plan: the plan, or the history of its editions.
        metric: the name of the metric along whose clocks it runs.
        when: for which tickets, and while it holds of them.
        kind: for which kind of agreement: `sla`, `ola`, `underpinning_contract`, `custom`.

    Raises:
        InvalidEscalation: no plan, no metric, no pattern, or an unknown kind.

    Example:
        >>> warn = Plan("warn", [Step(id="first", to="assignee", anchor=Threshold(0.75))])
        >>> EscalationRule(warn, "resolution").name
        'warn'
    """

    plan: Plan | PlanHistory = field(
        validator=of_kind(
            Plan | PlanHistory, InvalidEscalation, "a rule has a plan", "use Plan or PlanHistory"
        )
    )
    metric: str = field(
        validator=text(InvalidEscalation, "a metric is named by text", "'resolution'")
    )
    when: Pattern = field(
        default=ALWAYS,
        kw_only=True,
        validator=of_kind(
            Pattern, InvalidEscalation, "a rule needs a pattern", "use Field(...) or ALWAYS"
        ),
    )
    kind: PolicyKind = field(
        default="sla",
        kw_only=True,
        validator=word(PolicyKind, InvalidEscalation, "unknown kind of agreement"),
    )

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The editions of the plan; a plan that never changed is the only one."""
        return self.plan.editions if isinstance(self.plan, PlanHistory) else (Edition(self.plan),)

    @property
    def name(self) -> str:
        """The name of the plan."""
        return self.editions[0].plan.name

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all editions."""
        return tuple(step for edition in self.editions for step in edition.plan.steps)

    @derived
    def always(self) -> bool:
        """Whether it has no condition."""
        return self.when == ALWAYS

    @derived
    def stay_steps(self) -> frozenset[str]:
        """The ids of the steps of stays in lines."""
        return frozenset(step.id for step in self.steps if step.line is not None)

    @derived
    def waits_for_a_stay(self) -> bool:
        """Whether a step waits for the first attempt of one of a stay in a line."""
        anchors = [step.anchor for step in self.steps]
        return any(isinstance(one, AckMissing) and one.of in self.stay_steps for one in anchors)

    def waits_beyond(self, cycle: Cycle, before: int) -> bool:
        """Return whether it is sure, at a glance, that no step is next before an instant.

        Of a plan that waits for shares of the target alone, what needs more time comes later, and
        nothing comes in a pause. A step that is over may have passed on to one with repeats.
        """
        plan, spent = self.plan, cycle.spent()
        if not isinstance(plan, Plan) or plan.shares is None or spent is None:
            return False
        used, length = spent
        needs = [-(-share * length // of) + offset for share, of, offset in plan.shares]
        ahead = [need for need in needs if need > used]
        if cycle.state == "paused":
            return True
        if plan.repeats and len(ahead) < len(needs):
            return False
        at = cycle.reached(min(ahead)) if ahead else None
        return at is None or at >= before

    def matters_since(self, as_of: int, history: TicketHistory) -> int:
        """Return an instant: courses that end until then change nothing after `as_of`."""
        if not self.stay_steps or not history.stays:
            return as_of
        return FIRST if self.waits_for_a_stay else min(as_of, history.stays[-1].start)

    def replaced(self, at: datetime, new: Plan) -> EscalationRule:
        """Return the rule with another edition of its plan, from an instant on.

        A course that has begun keeps its edition, unless the history of the plan says `live`.

        Raises:
            NaiveDatetime: `at` has no zone.
            InvalidEscalation: a plan of another name, or a later edition is there.

        Example:
            >>> from datetime import UTC, datetime
            >>> warn = Plan("warn", [Step(id="first", to="assignee", anchor=Threshold(0.75))])
            >>> rule = EscalationRule(warn, "resolution")
            >>> later = rule.replaced(datetime(2026, 7, 1, tzinfo=UTC), Plan("warn", []))
            >>> [len(edition.plan.steps) for edition in later.editions]
            [1, 0]
        """
        follow = self.plan.follow if isinstance(self.plan, PlanHistory) else "snapshot"
        return evolve(self, plan=PlanHistory((*self.editions, Edition(new, utc(at))), follow))

    def covers(self, clock: Clock) -> bool:
        """Return whether the plan runs along a clock: of its metric and kind, whenever `when`."""
        return clock.metric.name == self.metric and clock.kind == self.kind
