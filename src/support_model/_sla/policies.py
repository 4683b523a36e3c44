"""What is promised to whom: targets, the policies that hold them, and which one is in force.

A target says how long a metric may take on which calendar, and what a change does to an open
cycle. A policy is a named, versioned set of targets for the tickets that match; a book picks,
purely from the ticket as it is, and says why the others were not picked.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar, get_args

from attrs import evolve, field

from support_model._frozen import FrozenMap, derived, frozen
from support_model._sla.metrics import Metric
from support_model._time import duration_text, instant, micros_of
from support_model._vocabulary import FIELDS, is_custom
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import InvalidTarget, UnknownPolicy, nearest
from support_model.patterns import ALWAYS, AllOf, AnyOf, Condition, Not, Pattern
from support_model.tickets import eventless_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model.reasons import Reason
    from support_model.tickets import Ticket, TicketStep


T = TypeVar("T")

OnChange = Literal["carry", "restart", "forward", "frozen"]
"""What an open cycle does when this target comes into force in place of another.

- `carry`: it keeps its start and pauses, and gets the new target.
- `restart`: it counts from zero.
- `forward`: the share that was left of the old target is left of the new one.
- `frozen`: it keeps the target with which it started.
"""
PolicyKind = Literal["sla", "ola", "underpinning_contract", "custom"]
Selection = Literal["first_match", "most_specific", "shortest", "all"]


class Warn(NamedTuple):
    """A warning as integers: a fraction of the target, then an offset in microseconds."""

    text: str
    numerator: int
    denominator: int
    offset: int


MOST_SHARE = 10
"""The largest share of a target at which a warning can be meant."""


def _warn(warning: float | timedelta) -> Warn:
    if isinstance(warning, timedelta):
        return Warn(duration_text(warning), 1, 1, micros_of(warning))
    share = Fraction(repr(warning))  # 0.1 means a tenth, not the float nearest to it
    return Warn(_decimal(warning), share.numerator, share.denominator, 0)


def _decimal(share: float) -> str:
    """Write a share as the shortest decimal that reads back: 0.75, 1, 0.0000001."""
    return f"{Decimal(repr(share)).normalize():f}"


def target_text(target: timedelta | WorkingDays | int | None) -> str:
    """Write a length or a promised date (in microseconds) as agenda keys spell it.

    Example:
        >>> target_text(timedelta(hours=4)), target_text(WorkingDays(2, end_of_day=True))
        ('4h', '2wd-eod')
    """
    if isinstance(target, timedelta):
        return duration_text(target)
    if isinstance(target, int):
        at = instant(target)
        seconds = "minutes" if not target % 60_000_000 else "auto"
        return f"by {at.replace(tzinfo=None).isoformat(timespec=seconds)}Z"
    if target is None:
        return "by promise"
    return (
        f"{target.n}wd{'-eod' if target.end_of_day else f'-{target.rule}' if target.rule else ''}"
    )


class TargetLabel(NamedTuple):
    """How agenda keys tell a target from the others of its policy and metric.

    Attributes:
        name: its name or its length.
        number: 1, or its place among those that are spelled alike.
        named: whether `name` is a name of its own.
    """

    name: str
    number: int
    named: bool

    @property
    def label(self) -> str:
        """The name or length, and the place from the second on."""
        return self.name if self.number == 1 else f"{self.name}#{self.number}"

    def forwarded(self, length: timedelta) -> str:
        """Return the label of the target where `forward` gave it another length."""
        name = self.name if self.named else duration_text(length)
        return name if self.number == 1 else f"{name}#{self.number}"


def _several(given: Iterable[T], what: str) -> tuple[T, ...]:
    try:
        return tuple(given)
    except TypeError:
        raise InvalidTarget(given, f"{what} are several", "give a list of them") from None


def _warnings(given: Iterable[float | timedelta]) -> tuple[float | timedelta, ...]:
    return _several(given, "warnings")


@frozen(kw_only=True)
class Target:
    """How long a metric may take, on which calendar, for which tickets.

    Attributes:
        metric: whose cycles it bounds.
        within: a positive duration of open time, or `WorkingDays`; None only for a metric
            whose dates are promised one by one.
        calendar: the hours in which time counts.
        when: which tickets it is for, asked of the ticket alone.
        warn_at: shares of the target (0.75), or durations from the due (negative: before it).
        on_change: what an open cycle does when this target replaces another.
        name: what agenda keys call it; without one they spell its length.

    Raises:
        InvalidTarget: no positive length, a warning that is no share or duration, an empty name.

    Example:
        >>> from support_model.sla import RESOLUTION
        >>> hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=hours).on_change
        'carry'
    """

    metric: Metric
    within: timedelta | WorkingDays | None
    calendar: BusinessCalendar
    when: Pattern = ALWAYS
    warn_at: tuple[float | timedelta, ...] = field(default=(), converter=_warnings)
    on_change: OnChange = "carry"
    name: str | None = None

    def __attrs_post_init__(self) -> None:
        """Check each part."""
        _must_be(self.metric, Metric, "a target needs a metric", "use METRICS or Metric(...)")
        _must_be(self.calendar, BusinessCalendar, "a target needs a calendar", "use always()")
        _must_be(self.when, Pattern, "a target's condition is a pattern", "use Field or ALWAYS")
        _must_be(self.within, timedelta | WorkingDays | None, "not a length", "use timedelta")
        if isinstance(self.within, timedelta) and micros_of(self.within) <= 0:
            raise InvalidTarget(self.within, "a target must be positive", "leave it out if none")
        for warning in self.warn_at:
            share = isinstance(warning, float | int) and not isinstance(warning, bool)
            if not isinstance(warning, timedelta) and not (
                share and isfinite(warning) and warning > 0
            ):
                raise InvalidTarget(warning, "no warning", "a share as 0.75 or timedelta(...)")
            if (
                not isinstance(warning, timedelta) and warning > MOST_SHARE
            ):  # 75 is meant as a percentage, or as minutes
                remedy = "write 0.75 for 75 %, or timedelta(...)"
                raise InvalidTarget(warning, "a warning beyond ten times the target", remedy)
        if self.on_change not in get_args(OnChange):
            remedy = nearest(str(self.on_change), get_args(OnChange))
            raise InvalidTarget(self.on_change, "unknown on_change", remedy)
        if self.name is not None and (not isinstance(self.name, str) or not self.name):
            raise InvalidTarget(self.name, "a target's name is text", "leave it out if none")

    @derived
    def length(self) -> int | None:
        """The duration in microseconds; None where it is none."""
        return micros_of(self.within) if isinstance(self.within, timedelta) else None

    @derived
    def warnings(self) -> tuple[Warn, ...]:
        """The warnings in exact numbers."""
        return tuple(map(_warn, self.warn_at))


def _must_be(value: object, kind: object, problem: str, remedy: str) -> None:
    if not isinstance(value, kind):  # type: ignore[arg-type]
        raise InvalidTarget(value, problem, remedy)


def _targets(given: Iterable[Target]) -> tuple[Target, ...]:
    return _several(given, "targets")


@frozen(kw_only=True)
class SlaPolicy:
    """A named set of targets for the tickets that match; versions replace each other by name.

    Of several targets for one metric the first whose condition holds is in force.

    Attributes:
        name: what results, moments and logs call it.
        targets: the targets, most particular first.
        version: a word for this edition; logs may name it.
        when: which tickets it is for, asked of the ticket alone.
        kind: an agreement with customers (`sla`), among teams (`ola`), with suppliers
            (`underpinning_contract`), or `custom`; kinds run side by side.

    Raises:
        InvalidTarget: no name, a version that is no text, an unknown kind, a condition that is
            no pattern, something that is no target.
    """

    name: str
    targets: tuple[Target, ...] = field(converter=_targets)
    version: str = "1"
    when: Pattern = ALWAYS
    kind: PolicyKind = "sla"

    def __attrs_post_init__(self) -> None:
        """Check each part."""
        if not isinstance(self.name, str) or not self.name:
            raise InvalidTarget(self.name, "a policy needs a name", "give text")
        _must_be(self.version, str, "a version is a word", "say str(number) for a number")
        _must_be(self.when, Pattern, "a policy's condition is a pattern", "use Field or ALWAYS")
        if self.kind not in get_args(PolicyKind):
            raise InvalidTarget(
                self.kind, "unknown kind", nearest(str(self.kind), get_args(PolicyKind))
            )
        metrics: dict[str, Metric] = {}
        for target in self.targets:
            _must_be(target, Target, f"policy {self.name!r} holds targets", "use Target(...)")
            if metrics.setdefault(target.metric.name, target.metric) != target.metric:
                remedy = "give one of them another name"
                raise InvalidTarget(target.metric.name, "two metrics of one name", remedy)

    @derived
    def by_metric(self) -> Mapping[str, tuple[Target, ...]]:
        """The targets by the name of their metric."""
        found: dict[str, tuple[Target, ...]] = {}
        for target in self.targets:
            found[target.metric.name] = (*found.get(target.metric.name, ()), target)
        return FrozenMap(found)

    def target(self, metric: str, step: TicketStep) -> Target | None:
        """Return the target of a metric for the ticket of a step; None if there is none."""
        for target in self.by_metric.get(metric, ()):
            if target.when.test(step):
                return target
        return None


@frozen
class Rejection:
    """A policy that was not picked, and why."""

    policy: SlaPolicy
    reasons: tuple[Reason, ...]


def _conditions(pattern: Pattern) -> int:
    """Count the conditions of a pattern, which is how specific it is."""
    match pattern:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return sum(map(_conditions, parts))
        case Not(part=part):
            return _conditions(part)
    return 1 if isinstance(pattern, Condition) else 2


def _fields_read(pattern: Pattern) -> frozenset[str] | None:
    """Return the ticket's fields on which a pattern depends; None where it cannot be told."""
    match pattern:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            fields_of_parts = [_fields_read(part) for part in parts]
            return (
                None
                if None in fields_of_parts
                else frozenset().union(*filter(None, fields_of_parts))
            )
        case Not(part=part):
            return _fields_read(part)
        case Condition(name=name):
            name = {"category": "status", "priority_rank": "priority"}.get(name, name)
            return frozenset({name}) if name in FIELDS or is_custom(name) else None
    return None


def _places(policies: Iterable[SlaPolicy]) -> dict[tuple[str, str], tuple[TargetLabel, ...]]:
    """Return the spelling of each target, by (policy, version), in the policy's order.

    Places are counted over all versions of a policy; targets that differ in `when` alone are one.
    """
    known: dict[tuple[str, str, str], list[Target]] = {}
    labels: dict[tuple[str, str], tuple[TargetLabel, ...]] = {}
    for policy in policies:
        places = []
        for target in policy.targets:
            text = target.name or target_text(target.within)
            alike = known.setdefault((policy.name, target.metric.name, text), [])
            same = (i for i, held in enumerate(alike) if _same_but_when(held, target))
            number = next(same, len(alike))
            if number == len(alike):
                alike.append(target)
            places.append(TargetLabel(text, number + 1, target.name is not None))
        labels[policy.name, policy.version] = tuple(places)
    return labels


def _same_but_when(one: Target, other: Target) -> bool:
    return one is other or evolve(one, when=ALWAYS) == evolve(other, when=ALWAYS)


def _policies(given: Iterable[SlaPolicy]) -> tuple[SlaPolicy, ...]:
    return _several(given, "policies")


@frozen
class PolicyBook:
    """Policies in their order of precedence, old versions included, and how one is picked.

    Per kind: the first that matches, the one with most conditions, the one with the shortest
    target of each metric, or all. Of several versions of one name the last one is current; the
    others answer for logs that name them. That none matches is a legal answer.

    Raises:
        InvalidTarget: a policy twice, editions of one policy of two kinds, two metrics of one
            name in one kind, or an unknown selection.

    Example:
        >>> PolicyBook([]).select
        'first_match'
    """

    policies: tuple[SlaPolicy, ...] = field(converter=_policies)
    select: Selection = "first_match"
    _places: Mapping[tuple[str, str], tuple[TargetLabel, ...]] = field(
        init=False, eq=False, repr=False
    )

    def __attrs_post_init__(self) -> None:
        """Check each part."""
        if self.select not in get_args(Selection):
            remedy = nearest(str(self.select), get_args(Selection))
            raise InvalidTarget(self.select, "unknown selection", remedy)
        kinds: dict[str, PolicyKind] = {}
        named: set[tuple[str, str]] = set()
        metrics: dict[tuple[PolicyKind, str], Metric] = {}
        for policy in self.policies:
            _must_be(policy, SlaPolicy, "a book holds policies", "use SlaPolicy(...)")
            if (policy.name, policy.version) in named:
                raise InvalidTarget((policy.name, policy.version), "a policy twice", "rename one")
            named.add((policy.name, policy.version))
            if kinds.setdefault(policy.name, policy.kind) != policy.kind:
                remedy = "give one of them another name"
                raise InvalidTarget(policy.name, "editions of two kinds of agreement", remedy)
            for target in policy.targets:
                held = metrics.setdefault((policy.kind, target.metric.name), target.metric)
                if held != target.metric:
                    problem = f"two metrics of one name among {policy.kind} policies"
                    raise InvalidTarget(held.name, problem, "give one of them another name")

    @derived
    def current(self) -> Mapping[PolicyKind, tuple[SlaPolicy, ...]]:
        """The last version of each policy, by kind, in the order in which they are asked."""
        latest = {policy.name: policy for policy in self.policies}
        order = [policy for policy in self.policies if latest[policy.name] is policy]
        if self.select == "most_specific":
            order.sort(key=lambda policy: -_conditions(policy.when))
        found: dict[PolicyKind, tuple[SlaPolicy, ...]] = {}
        for policy in order:
            found[policy.kind] = (*found.get(policy.kind, ()), policy)
        return FrozenMap(found)

    @derived
    def asks(self) -> frozenset[str] | None:
        """The fields whose change may bring another target into force; None: any may."""
        asked = [
            _fields_read(condition)
            for policy in self.policies
            for condition in (policy.when, *(target.when for target in policy.targets))
        ]
        return None if None in asked else frozenset().union(*filter(None, asked))

    @derived
    def slots(self) -> tuple[tuple[tuple[str, str], Metric], ...]:
        """The slot and the name of each clock, and its metric."""
        found = {
            (self.slot(policy), name): targets[0].metric
            for policy in self.policies
            for name, targets in policy.by_metric.items()
        }
        return tuple(found.items())

    @derived
    def kinds(self) -> Mapping[str, PolicyKind]:
        """The kind of agreement by slot."""
        return FrozenMap({self.slot(policy): policy.kind for policy in self.policies})

    @derived
    def places(self) -> Mapping[tuple[str, str], tuple[TargetLabel, ...]]:
        """How keys spell the targets of each policy, by its name and version."""
        return FrozenMap(_places(self.policies))

    def target_label(self, policy: SlaPolicy, target: Target) -> TargetLabel:
        """Return how agenda keys spell a target of one of the book's policies."""
        places = self.places[policy.name, policy.version]
        return next(
            place for held, place in zip(policy.targets, places, strict=True) if held is target
        )

    def slot(self, policy: SlaPolicy) -> str:
        """Return what the clocks of a policy go by: its kind; where all run, its name."""
        return policy.name if self.select == "all" else policy.kind

    def named(self, name: str, version: str) -> SlaPolicy:
        """Return one policy by name and version.

        Raises:
            UnknownPolicy: the book has no such.
        """
        for policy in self.policies:
            if (policy.name, policy.version) == (name, version):
                return policy
        known = [f"{policy.name} {policy.version}" for policy in self.policies]
        raise UnknownPolicy((name, version), nearest(f"{name} {version}", known))

    def matching(self, ticket: Ticket) -> tuple[SlaPolicy, ...]:
        """Return the policies that hold for a ticket as it is, by precedence.

        A policy that the ticket's log names decides for its kind; `shortest` keeps all that
        match, since it picks metric by metric.

        Raises:
            UnknownPolicy: the log names a policy that the book does not have.
        """
        return tuple(self._matching(eventless_step(ticket)))

    def _matching(self, step: TicketStep) -> Iterator[SlaPolicy]:
        applied = step.after.policy
        named = None if applied is None else self.named(*applied)
        if named is not None:
            yield named
        single = self.select in ("first_match", "most_specific")
        for kind, policies in self.current.items():
            if named is not None and named.kind == kind:
                continue
            for policy in policies:
                if policy.when.test(step):
                    yield policy
                    if single:
                        break

    def in_force(self, step: TicketStep) -> dict[tuple[str, str], tuple[SlaPolicy, Target]]:
        """Return the targets in force for the ticket of a step, by (slot, metric).

        A slot is a kind; where all policies run side by side, a policy's name.
        """
        targets: dict[tuple[str, str], tuple[SlaPolicy, Target]] = {}
        for policy in self._matching(step):
            for metric in policy.by_metric:
                target = policy.target(metric, step)
                if target is None:
                    continue
                key = (self.slot(policy), metric)
                held = targets.get(key)
                if held is None or (
                    self.select == "shortest" and _length(target) < _length(held[1])
                ):
                    targets[key] = (policy, target)
        return targets

    def rejected(self, ticket: Ticket) -> tuple[Rejection, ...]:
        """Return the current policies that do not hold for a ticket, each with its reasons."""
        at = eventless_step(ticket)
        held = self.matching(ticket)
        return tuple(
            Rejection(policy, policy.when.reasons(at))
            for policies in self.current.values()
            for policy in policies
            if policy not in held
        )


def _length(target: Target) -> float:
    """Return what `shortest` compares: microseconds, a working day taken as 24 hours."""
    within = target.within
    if isinstance(within, WorkingDays):
        return within.n * 86_400e6
    return float("inf") if target.length is None else target.length


def book_of(policies: PolicyBook | SlaPolicy | Iterable[SlaPolicy]) -> PolicyBook:
    """Return a book of whatever names policies."""
    if isinstance(policies, PolicyBook):
        return policies
    return PolicyBook((policies,) if isinstance(policies, SlaPolicy) else _policies(policies))
