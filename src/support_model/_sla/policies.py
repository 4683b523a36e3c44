"""What is promised to whom: targets, the policies that hold them, and which one is in force.

A target says how long a metric may take on which calendar, and what a change does to an open
cycle. A policy is a named, versioned set of targets for the tickets that match; a book picks,
purely from the ticket as it is, and gives the reasons why the others were not picked.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from attrs import converters, evolve, field
from attrs.validators import optional

from support_model._checks import (
    checked_names,
    finite,
    must_be,
    must_be_several,
    of_kind,
    text,
    word,
)
from support_model._frozen import FrozenMap, derived, frozen
from support_model._sla.metrics import Metric
from support_model._time import FIRST, duration_text, instant, micros, micros_of, utc
from support_model._vocabulary import OnChange, PolicyKind, Selection
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import InvalidTarget, UnknownName, UnknownPolicy, nearest
from support_model.patterns import ALWAYS, Pattern
from support_model.tickets import eventless_step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from support_model._checks import Validator
    from support_model.reasons import Reason
    from support_model.tickets import Ticket, TicketStep


T = TypeVar("T")
Offers: TypeAlias = "tuple[Force, ...]"


class Warn(NamedTuple):
    """A warning as integers: a fraction of the target, then an offset in microseconds."""

    text: str
    numerator: int
    denominator: int
    offset: int


RENAME = "give one of them another name"
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
    """How agenda keys distinguish a target from the others of its policy and metric.

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


def _is(kind: object, problem: str, remedy: str) -> Validator:
    return of_kind(kind, InvalidTarget, problem, remedy)


def _several(given: Iterable[T], what: str) -> tuple[T, ...]:
    must_be_several(given, what, error=InvalidTarget)
    return tuple(given)


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
        when: which tickets it is for, read off the ticket alone.
        warn_at: shares of the target (0.75), or durations from the due (negative: before it).
        on_change: what an open cycle does when this target replaces another. `carry`: it keeps
            its start and pauses, and gets the new target. `restart`: it counts from zero.
            `forward`: the share that was left of the old target is left of the new one.
            `frozen`: it keeps the target with which it started.
        name: what agenda keys call it; without one they spell its length.

    Raises:
        InvalidTarget: no positive length, a warning that is no share or duration, an empty name.

    Example:
        >>> from support_model.sla import RESOLUTION
        >>> hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=hours).on_change
        'carry'
    """

    metric: Metric = field(validator=_is(Metric, "a target needs a metric", "use METRICS[...]"))
    within: timedelta | WorkingDays | None = field(
        validator=_is(timedelta | WorkingDays | None, "not a length", "give timedelta(hours=8)")
    )
    calendar: BusinessCalendar = field(
        validator=_is(BusinessCalendar, "a target needs a calendar", "use BusinessCalendar")
    )
    when: Pattern = field(
        default=ALWAYS,
        validator=_is(Pattern, "a target's condition is a pattern", "write Field(...).is_(...)"),
    )
    warn_at: tuple[float | timedelta, ...] = field(default=(), converter=_warnings)
    on_change: OnChange = field(
        default="carry", validator=word(OnChange, InvalidTarget, "unknown on_change")
    )
    name: str | None = field(
        default=None,
        validator=optional(text(InvalidTarget, "a target's name is text", "leave it out if none")),
    )

    @within.validator
    def _is_positive(self, _: object, within: object) -> None:
        if isinstance(within, timedelta) and micros_of(within) <= 0:
            raise InvalidTarget(within, "a target must be positive", "leave it out if none")

    @warn_at.validator
    def _are_shares_or_offsets(self, _: object, warnings: tuple[float | timedelta, ...]) -> None:
        for warning in warnings:
            if isinstance(warning, timedelta):
                continue
            if not finite(warning) or warning <= 0:
                raise InvalidTarget(warning, "no warning", "a share as 0.75 or timedelta(...)")
            if warning > MOST_SHARE:  # 75 is meant as a percentage, or as minutes
                remedy = "write 0.75 for 75 %, or timedelta(...)"
                raise InvalidTarget(warning, "a warning beyond ten times the target", remedy)

    @derived
    def length(self) -> int | None:
        """The duration in microseconds; None where it is none."""
        return micros_of(self.within) if isinstance(self.within, timedelta) else None

    @derived
    def compared(self) -> float:
        """What `shortest` compares: microseconds, a working day taken as 24 hours."""
        if isinstance(self.within, WorkingDays):
            return self.within.n * 86_400e6
        return float("inf") if self.length is None else self.length

    @derived
    def warnings(self) -> tuple[Warn, ...]:
        """The warnings in exact numbers."""
        return tuple(map(_warn, self.warn_at))


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
        when: which tickets it is for, read off the ticket alone.
        kind: an agreement with customers (`sla`), among teams (`ola`), with suppliers
            (`underpinning_contract`), or `custom`; kinds run side by side.
        since: from when it holds, in place of the edition before; None is always. Nothing
            dated before it depends on it.

    Raises:
        InvalidTarget: no name, a version that is no text, an unknown kind, a condition that is
            no pattern, something that is no target.
        NaiveDatetime: `since` has no zone.
    """

    name: str = field(validator=text(InvalidTarget, "a policy needs a name", "give text"))
    targets: tuple[Target, ...] = field(converter=_targets)
    version: str = field(
        default="1", validator=_is(str, "a version is a word", "give str(number) for a number")
    )
    when: Pattern = field(
        default=ALWAYS,
        validator=_is(Pattern, "a policy's condition is a pattern", "write Field(...).is_(...)"),
    )
    kind: PolicyKind = field(
        default="sla", validator=word(PolicyKind, InvalidTarget, "unknown kind")
    )
    since: datetime | None = field(default=None, converter=converters.optional(utc))

    @derived
    def begin(self) -> int:
        """The instant from which it holds, in microseconds; of one that always did, the first."""
        return FIRST if self.since is None else micros(self.since)

    @targets.validator
    def _are_of_one_metric_a_name(self, _: object, targets: tuple[Target, ...]) -> None:
        metrics: dict[str, Metric] = {}
        for target in targets:
            if not isinstance(target, Target):
                problem = f"policy {self.name!r} holds targets"
                raise InvalidTarget(target, problem, "use Target(...)")
            if metrics.setdefault(target.metric.name, target.metric) != target.metric:
                raise InvalidTarget(target.metric.name, "two metrics of one name", RENAME)

    @derived
    def by_metric(self) -> Mapping[str, tuple[Target, ...]]:
        """The targets by the name of their metric."""
        table: dict[str, tuple[Target, ...]] = {}
        for target in self.targets:
            table[target.metric.name] = (*table.get(target.metric.name, ()), target)
        return FrozenMap(table)

    @derived
    def places(self) -> Mapping[object, int]:
        """The places of targets by their name, and of the first by metric name and condition."""
        found: dict[object, int] = {}
        for i, target in enumerate(self.targets):
            for key in (target.name, (target.metric.name, target.when)):
                found.setdefault(key, i)
        return FrozenMap({key: i for key, i in found.items() if key is not None})

    def place(self, metric: str | None, when: Pattern, name: str | None) -> int | None:
        """Return the place of the target of a name; else that of a metric and a condition."""
        return self.places.get(name, self.places.get((metric, when)))

    def revised(
        self,
        targets: Iterable[Target] = (),
        *,
        remove: Iterable[str] = (),
        scale: float | Fraction = 1,
    ) -> SlaPolicy:
        """Return the policy with some targets taken out, all lengths scaled, and others put in.

        A target replaces the one of its name, or else of its metric and condition. Others are
        new: they come before those that were there, or behind them where they have no
        condition. Use `attrs.evolve` for the rest of a policy.

        Args:
            targets: what replaces or joins; not scaled.
            remove: names of targets, or of metrics of which all targets go.
            scale: by which every `within` is multiplied.

        Raises:
            InvalidTarget: no such target to remove; a scale that is not positive, or under which
                working days are not whole.

        Example:
            >>> from support_model.sla import RESOLUTION
            >>> hours = BusinessCalendar.always()
            >>> day = Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=hours)
            >>> half = SlaPolicy(name="standard", targets=[day]).revised(scale=0.5)
            >>> half.targets[0].within
            datetime.timedelta(seconds=14400)
        """
        scaled = [_scaled(target, scale) for target in self._kept(checked_names(remove))]
        base = evolve(self, targets=scaled)
        new: list[Target] = []
        for target in _several(targets, "targets"):
            must_be(Target, target, "a policy holds targets", "use Target(...)")
            place = base.place(target.metric.name, target.when, target.name)
            if place is None:
                new.append(target)
            else:
                scaled[place] = target
        first = [target for target in new if target.when != ALWAYS]
        last = [target for target in new if target.when == ALWAYS]
        return evolve(self, targets=[*first, *scaled, *last])

    def _kept(self, remove: Iterable[str]) -> tuple[Target, ...]:
        kept = self.targets
        for name in remove:
            left = tuple([each for each in kept if name not in (each.name, each.metric.name)])
            if len(left) == len(kept):
                known = [each.name or each.metric.name for each in self.targets]
                raise InvalidTarget(name, f"no target of {self.name!r}", nearest(name, known))
            kept = left
        return kept


def _scaled(target: Target, scale: float | Fraction) -> Target:
    within, factor = target.within, _factor(scale)
    if within is None or factor == 1:
        return target
    if not isinstance(within, WorkingDays):
        try:
            length = timedelta(microseconds=round(micros_of(within) * factor))
        except OverflowError:
            raise InvalidTarget(scale, "lengths beyond every date", "give a smaller one") from None
        return evolve(target, within=length)
    if within.n * factor % 1:
        remedy = "give this target a length of its own"
        raise InvalidTarget(scale, f"no whole number of {within.n} working days", remedy)
    return evolve(target, within=evolve(within, n=int(within.n * factor)))


def _factor(scale: float | Fraction) -> Fraction:
    if isinstance(scale, Fraction) or finite(scale):
        factor = Fraction(repr(scale)) if isinstance(scale, float) else Fraction(scale)
        if factor > 0:
            return factor
    raise InvalidTarget(scale, "no positive scale", "0.5 halves every length")


class Force(NamedTuple):
    """What is in force: a policy's target, and a promised date that overrides its due."""

    policy: SlaPolicy
    target: Target
    promised: int | None


@frozen
class Rejection:
    """A policy that was not picked, and why."""

    policy: SlaPolicy
    reasons: tuple[Reason, ...]


def _same_but_when(one: Target, other: Target) -> bool:
    return one is other or evolve(one, when=ALWAYS) == evolve(other, when=ALWAYS)


def _policies(given: Iterable[SlaPolicy]) -> tuple[SlaPolicy, ...]:
    if isinstance(given, Mapping):
        raise InvalidTarget(given, "policies are a list", "give list(policies.values())")
    if isinstance(getattr(given, "policies", None), PolicyBook):  # a desk, which stands above
        raise InvalidTarget(given, "no policies but a desk", "give desk.policies")
    return _several(given, "policies")


@frozen
class PolicyBook:
    """Policies in their order of precedence, old editions included, and how one is picked.

    Per kind: the first that matches, the one with most conditions, the one with the shortest
    target of each metric, or all. Of several editions of one name the last one that has begun
    is in force at an instant; the others answer for logs that name them. That none matches is a
    legal answer.

    Raises:
        InvalidTarget: a policy twice, editions of one policy of two kinds or not in the order of
            their `since`, two metrics of one name in one kind, or an unknown selection.

    Example:
        >>> PolicyBook([]).select
        'first_match'
    """

    policies: tuple[SlaPolicy, ...] = field(converter=_policies)
    select: Selection = field(
        default="first_match", validator=word(Selection, InvalidTarget, "unknown selection")
    )

    @classmethod
    def of(cls, policies: Policies) -> PolicyBook:
        """Return a book of one policy or several, and a book as it is."""
        if isinstance(policies, PolicyBook):
            return policies
        return cls((policies,) if isinstance(policies, SlaPolicy) else _policies(policies))

    @policies.validator
    def _agree(self, _: object, policies: tuple[SlaPolicy, ...]) -> None:
        kinds: dict[str, PolicyKind] = {}
        named: set[tuple[str, str]] = set()
        metrics: dict[tuple[PolicyKind, str], Metric] = {}
        for policy in policies:
            if not isinstance(policy, SlaPolicy):
                raise InvalidTarget(policy, "a book holds policies", "use SlaPolicy(...)")
            if (policy.name, policy.version) in named:
                raise InvalidTarget((policy.name, policy.version), "a policy twice", "rename one")
            named.add((policy.name, policy.version))
            if kinds.setdefault(policy.name, policy.kind) != policy.kind:
                raise InvalidTarget(policy.name, "editions of two kinds of agreement", RENAME)
            for target in policy.targets:
                held = metrics.setdefault((policy.kind, target.metric.name), target.metric)
                if held != target.metric:
                    problem = f"two metrics of one name among {policy.kind} policies"
                    raise InvalidTarget(held.name, problem, RENAME)

    @policies.validator
    def _follow_each_other(self, _: object, policies: tuple[SlaPolicy, ...]) -> None:
        begun: dict[str, int] = {}
        for policy in policies:
            last = begun.get(policy.name, FIRST)
            if policy.begin < last or (policy.since is not None and policy.begin == last):
                remedy = "sort them by `since`"
                raise InvalidTarget(policy.name, "editions follow each other", remedy)
            begun[policy.name] = policy.begin

    @derived
    def turns(self) -> tuple[int, ...]:
        """The instants at which an edition comes into force, in microseconds, in order."""
        return tuple(sorted({policy.begin for policy in self.policies if policy.since}))

    @derived
    def epochs(self) -> tuple[Mapping[PolicyKind, tuple[SlaPolicy, ...]], ...]:
        """The editions in force by kind, by precedence: at first, and from each turn on."""
        return tuple([FrozenMap(self._begun_by(turn)) for turn in (FIRST, *self.turns)])

    def _begun_by(self, at: int) -> dict[PolicyKind, tuple[SlaPolicy, ...]]:
        begun = [policy for policy in self.policies if policy.begin <= at]
        latest = {policy.name: policy for policy in begun}
        order = [policy for policy in begun if latest[policy.name] is policy]
        if self.select == "most_specific":
            order.sort(key=lambda policy: -policy.when.exactness)
        table: dict[PolicyKind, tuple[SlaPolicy, ...]] = {}
        for policy in order:
            table[policy.kind] = (*table.get(policy.kind, ()), policy)
        return table

    def turns_within(self, after: int, through: int) -> tuple[int, ...]:
        """Return the turns with after < turn <= through."""
        return self.turns[bisect_right(self.turns, after) : bisect_right(self.turns, through)]

    def current(self, at: int) -> Mapping[PolicyKind, tuple[SlaPolicy, ...]]:
        """Return the edition of each policy in force at an instant, by kind, by precedence."""
        return self.epochs[bisect_right(self.turns, at) if self.turns else 0]

    def replaced(self, at: datetime, new: SlaPolicy) -> PolicyBook:
        """Return the book with another edition of one of its policies, from an instant on.

        Open cycles take its targets at that instant, as their `on_change` says; cycles that
        stopped before keep theirs, and nothing dated before it changes.

        Raises:
            NaiveDatetime: `at` has no zone.
            UnknownPolicy: the book has no policy of this name; add one with `since` to it.
            InvalidTarget: the version is in the book, or a later edition is.

        Example:
            >>> from datetime import UTC, datetime
            >>> july = datetime(2026, 7, 1, tzinfo=UTC)
            >>> book = PolicyBook.of(SlaPolicy(name="gold", targets=[]))
            >>> book = book.replaced(july, SlaPolicy(name="gold", version="2", targets=[]))
            >>> [(policy.version, policy.since) for policy in book.policies]
            [('1', None), ('2', datetime.datetime(2026, 7, 1, 0, 0, tzinfo=datetime.timezone.utc))]
        """
        must_be(SlaPolicy, new, "a book holds policies", "use SlaPolicy(...)")
        names = [policy.name for policy in self.policies]
        if new.name not in names:
            raise UnknownPolicy((new.name, new.version), nearest(new.name, names))
        place = len(names) - names[::-1].index(new.name)
        edition = evolve(new, since=at)
        policies = (*self.policies[:place], edition, *self.policies[place:])
        return evolve(self, policies=policies)

    @derived
    def decisive_words(self) -> frozenset[str] | None:
        """The words of which a step that may bring another target into force has one.

        None where any step may; see `Pattern.triggers`.
        """
        words = {"created", "policy_applied", "promised", "related", "voided", "restored"}
        for policy in self.policies:
            for condition in (policy.when, *(target.when for target in policy.targets)):
                read = condition.fields()
                if read is None:
                    return None
                words |= read
        return frozenset(words)

    @derived
    def slots(self) -> tuple[tuple[tuple[str, str], Metric], ...]:
        """The slot and the name of each clock, and its metric."""
        metrics = {
            (self.slot(policy), name): targets[0].metric
            for policy in self.policies
            for name, targets in policy.by_metric.items()
        }
        return tuple(metrics.items())

    @derived
    def offers(self) -> FrozenMap[tuple[str, str], tuple[tuple[tuple[str, str], Offers], ...]]:
        """What each policy, by name and version, can bring into force in each of its clocks."""
        return FrozenMap(
            {
                (policy.name, policy.version): tuple(
                    (
                        (self.slot(policy), name),
                        tuple([Force(policy, one, None) for one in targets]),
                    )
                    for name, targets in policy.by_metric.items()
                )
                for policy in self.policies
            }
        )

    @derived
    def kinds(self) -> Mapping[str, PolicyKind]:
        """The kind of agreement by slot."""
        return FrozenMap({self.slot(policy): policy.kind for policy in self.policies})

    @derived
    def labels(self) -> Mapping[tuple[str, str], tuple[TargetLabel, ...]]:
        """How keys spell the targets of each policy, by its name and version, in its order.

        Targets are numbered over all versions of a policy; those that differ in `when` alone
        are one.
        """
        known: dict[tuple[str, str, str], list[Target]] = {}
        table = {}
        for policy in self.policies:
            labels = []
            for target in policy.targets:
                name = target.name or target_text(target.within)
                alike = known.setdefault((policy.name, target.metric.name, name), [])
                same = (i for i, held in enumerate(alike) if _same_but_when(held, target))
                number = next(same, len(alike))
                if number == len(alike):
                    alike.append(target)
                labels.append(TargetLabel(name, number + 1, target.name is not None))
            table[policy.name, policy.version] = tuple(labels)
        return FrozenMap(table)

    def target_label(self, policy: SlaPolicy, target: Target) -> TargetLabel:
        """Return how agenda keys spell a target of one of the book's policies.

        Raises:
            UnknownName: the book has no such policy, or the policy no such target.
        """
        labels = self.labels[policy.name, policy.version]
        for held, label in zip(policy.targets, labels, strict=True):
            if held is target:
                return label
        raise UnknownName(target.name, f"no target of policy {policy.name!r}", "ask `targets`")

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
        """Return the policies that hold for a ticket after its last event, by precedence.

        A policy that the ticket's log names decides for its kind; `shortest` keeps all that
        match, since it picks metric by metric.

        Raises:
            UnknownPolicy: the log names a policy that the book does not have.
        """
        return tuple(self._matching(eventless_step(ticket), micros(ticket.at)))

    def _matching(self, step: TicketStep, at: int) -> Iterator[SlaPolicy]:
        applied = step.after.policy
        named = None if applied is None else self.named(*applied)
        if named is not None:
            yield named
        single = self.select in ("first_match", "most_specific")
        for kind, policies in self.current(at).items():
            if named is not None and named.kind == kind:
                continue
            for policy in policies:
                if policy.when.test(step):
                    yield policy
                    if single:
                        break

    def in_force(self, step: TicketStep, at: int) -> dict[tuple[str, str], Force]:
        """Return the targets in force for the ticket of a step at an instant, by (slot, metric).

        A slot is a kind; where all policies run side by side, a policy's name. Of the targets of
        a policy for one metric the first whose condition holds is taken.
        """
        forces: dict[tuple[str, str], Force] = {}
        for policy in self._matching(step, at):
            for key, targets in self.offers.get((policy.name, policy.version)):
                for force in targets:
                    if force.target.when.test(step):
                        break
                else:
                    continue
                held = forces.get(key)
                if held is None or (
                    self.select == "shortest" and force.target.compared < held.target.compared
                ):
                    forces[key] = force
        return forces

    def rejected(self, ticket: Ticket) -> tuple[Rejection, ...]:
        """Return the policies in force that do not hold for a ticket, each with its reasons."""
        step, held = eventless_step(ticket), self.matching(ticket)
        return tuple(
            Rejection(policy, policy.when.reasons(step))
            for policies in self.current(micros(ticket.at)).values()
            for policy in policies
            if policy not in held
        )


Policies: TypeAlias = PolicyBook | SlaPolicy | Iterable[SlaPolicy]
"""A book, one policy, or policies in order of precedence."""
