"""What in the promises of a desk contradicts itself although each part is legal, as Reasons.

Only what is proven is a finding: a policy behind one that always matches first, a promise on a
calendar that never opens, a priority that a policy is for and no target covers.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support_model._time import EPOCH, micros_of
from support_model.errors import InvalidValue
from support_model.patterns import NEVER
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._time import Span
    from support_model._vocabulary import Priority
    from support_model.calendars import BusinessCalendar
    from support_model.desk import Desk
    from support_model.patterns import Pattern
    from support_model.sla import PolicyBook, SlaPolicy, Target
    from support_model.workflows import Workflow


def lint(desk: Desk, span: Span | None = None) -> Iterator[Reason]:
    """Yield the findings of a desk: calendars, policies, workflow.

    Raises:
        InvalidValue: `span` has no end.
    """
    yield from _calendars(desk, span)
    yield from _book(desk.policies)
    yield from _ranks(desk.priorities)
    if not desk.priorities:  # else none is named that is not among them
        yield from _priorities(desk)
    if desk.workflow is not None:
        yield from _workflow(desk.workflow, desk.policies)


def _calendars(desk: Desk, span: Span | None) -> Iterator[Reason]:
    if span is not None and span.end is None:
        raise InvalidValue(span, "calendars are read within bounds", "give the span an end")
    for name, calendar in _named(desk).items():
        if span is not None and span.end is not None:
            for finding in calendar.lint(span.start, span.end):
                yield Reason.of("calendar_finding", calendar=name, finding=finding)
        elif calendar.next_open(EPOCH) is None:
            finding = Reason.of("never_opens", start=EPOCH)
            yield Reason.of("calendar_finding", calendar=name, finding=finding)


def _named(desk: Desk) -> Mapping[str, BusinessCalendar]:
    """Return the desk's calendars, and those that are only inside a target."""
    calendars = dict(desk.calendars)
    seen = set(calendars.values())
    for policy in desk.policies.policies:
        for target in policy.targets:
            if target.calendar not in seen:
                seen.add(target.calendar)
                name = target.calendar.name or f"{policy.name}, {target.metric.name}"
                while name in calendars:  # two calendars may have one label
                    name += "'"
                calendars[name] = target.calendar
    return calendars


def _book(book: PolicyBook) -> Iterator[Reason]:
    """Yield what contradicts itself among the editions that are in force together at a time."""
    named_values = _values_named(book)
    for policies in (policies for epoch in book.epochs for policies in epoch.values()):
        metrics = dict.fromkeys(metric for policy in policies for metric in policy.by_metric)
        earlier = Earlier()
        for policy in policies:
            if policy.since is not None and policy.when == NEVER:
                pass  # an edition that ends a policy
            elif not policy.targets:
                yield Reason.of("policy_without_targets", policy=policy.name)
            else:
                if policy.when.never():
                    yield Reason.of("policy_never_matches", policy=policy.name)
                elif book.select in ("first_match", "most_specific"):
                    yield from _shadowed(policy, policies, earlier)
                yield from _policy(policy, metrics, named_values)
            earlier.add(policy.when)


def _shadowed(
    policy: SlaPolicy, policies: Sequence[SlaPolicy], earlier: Earlier
) -> Iterator[Reason]:
    place = earlier.implied_by(policy.when)
    if place is not None:
        yield Reason.of("policy_shadowed", policy=policy.name, by=policies[place].name)


def _policy(
    policy: SlaPolicy, metrics: Iterable[str], named_values: Mapping[str, Iterable[object]]
) -> Iterator[Reason]:
    for metric in metrics:
        if metric not in policy.by_metric:
            yield Reason.of("metric_without_target", policy=policy.name, metric=metric)
    for metric, targets in policy.by_metric.items():
        yield from _targets(policy, metric, targets)
        yield from _uncovered(policy, metric, targets, named_values)
    yield from _out_of_order(policy)


def _values_named(book: PolicyBook) -> Mapping[str, Iterable[object]]:
    """Return by field the values that anything in a book names, each once, in order."""
    everywhere = [target.when for policy in book.policies for target in policy.targets]
    everywhere += [policy.when for policy in book.policies]
    by_field: dict[str, dict[object, None]] = {}
    for when in everywhere:
        for name, value in when.values():
            by_field.setdefault(name, {})[value] = None
    return by_field


def _targets(policy: SlaPolicy, metric: str, targets: tuple[Target, ...]) -> Iterator[Reason]:
    earlier = Earlier()
    for i, target in enumerate(targets):
        if i:
            earlier.add(targets[i - 1].when)
        where: dict[str, Any] = {"policy": policy.name, "metric": metric, "number": i + 1}
        combined = policy.when & target.when
        if combined.never():
            if not policy.when.never():
                yield Reason.of("target_never_holds", **where)
        else:
            place = earlier.implied_by(combined)
            if place is not None:
                yield Reason.of("target_shadowed", **where, by=place + 1)
        if target.calendar.next_open(EPOCH) is None:
            yield Reason.of("target_never_due", **where)
        for warning in target.warn_at:
            if not isinstance(warning, timedelta) or target.length is None:
                continue
            if micros_of(warning) + target.length <= 0:
                yield Reason.of("warning_at_start", **where, warning=warning)


def _uncovered(
    policy: SlaPolicy,
    metric: str,
    targets: tuple[Target, ...],
    named_values: Mapping[str, Iterable[object]],
) -> Iterator[Reason]:
    """Yield the values that a policy is for, or the book knows, and no target holds for."""
    fields = dict.fromkeys(name for target in targets for name, _ in target.when.values())
    for field in fields:
        own = [case.get(field) for case in policy.when.cases()]
        for value in dict.fromkeys(named_values[field] if None in own else own):
            facts = {field: value}
            if policy.when.known(facts) is False:
                continue
            if all(target.when.known(facts) is False for target in targets):
                yield Reason.of(
                    "value_uncovered",
                    policy=policy.name, metric=metric, field=field, value=value,
                )  # fmt: skip


def _out_of_order(policy: SlaPolicy) -> Iterator[Reason]:
    """Yield first responses that may take longer than the whole resolution."""
    shortest: dict[tuple[Pattern, BusinessCalendar], int] = {}
    for whole in policy.by_metric.get("resolution", ()):
        if whole.length:
            place = whole.when, whole.calendar
            shortest[place] = min(whole.length, shortest.get(place, whole.length))
    for first in policy.by_metric.get("first_response", ()):
        limit = shortest.get((first.when, first.calendar))
        if limit is not None and first.length and first.length > limit:
            yield Reason.of("response_after_resolution", policy=policy.name)
            return


def _ranks(priorities: Iterable[Priority]) -> Iterator[Reason]:
    """Yield the ranks that several priorities share, and those left out before a priority."""
    by_rank: dict[int, list[str]] = {}
    for priority in priorities:
        by_rank.setdefault(priority.rank, []).append(priority.name)
    before = 0
    for rank, names in sorted(by_rank.items()):
        if rank > before + 1:
            yield Reason.of("rank_of_none", rank=before + 1, priority=names[0])
        if len(names) > 1:
            yield Reason.of("rank_of_several", rank=rank, priorities=", ".join(names))
        before = rank


def _priorities(desk: Desk) -> Iterator[Reason]:
    """Yield the priorities in patterns that seem to exist nowhere.

    Where triage sets priorities, those are all there are; where it does not, one that is named
    once and spelled almost like another is suspect. A desk that lists its priorities names no
    other.
    """
    if desk.priorities:
        return
    set_by_triage = [dict(rule.sets).get("priority") for rule in desk.triage]
    names = {priority.name for priority in set_by_triage if priority is not None}
    pairs = [
        (where, value)
        for where, value in dict.fromkeys(_named_in(_patterns(desk), "priority"))
        if isinstance(value, str)
    ]
    times = Counter(value for _, value in pairs)
    for where, value in pairs:
        if names:
            hint = None if value in names else Reason.nearest(value, names)
        else:
            hint = _misspelled(value, times)
        if hint is not None:
            yield Reason.of("priority_nowhere", where=where, priority=value, hint=hint)


def _named_in(patterns: Iterable[tuple[str, Pattern]], field: str) -> Iterator[tuple[str, object]]:
    """Yield each value that patterns name for a field or its old value, and where."""
    for where, pattern in patterns:
        for name, value in pattern.values():
            if name in (field, f"old.{field}"):
                yield where, value


def _patterns(desk: Desk) -> Iterator[tuple[str, Pattern]]:
    """Yield every pattern that decides something, and the name of what it decides."""
    yield from _promise_patterns(desk.policies, desk.workflow)
    yield from ((rule.name, rule.when) for rule in desk.triage)
    yield from ((queue.name, queue.when) for queue in desk.routing.queues)
    yield from ((rule.name, rule.when) for rule in desk.plans.values())


def _promise_patterns(
    book: PolicyBook, workflow: Workflow | None
) -> Iterator[tuple[str, Pattern]]:
    for policy in book.policies:
        for when in (policy.when, *(target.when for target in policy.targets)):
            yield f"{policy.name} {policy.version}", when
    for transition in () if workflow is None else workflow.transitions:
        yield transition.action, transition.guard


def _misspelled(word: str, times: Mapping[str, int]) -> Reason | None:
    """Return the remedy for a word met once that is almost another; None where it is not."""
    if times[word] > 1:
        return None
    for other in times:
        alike = other.casefold().strip() == word.casefold().strip()
        if other != word and (alike or _swapped(word, other)):
            return Reason.of("did_you_mean", name=other)
    return None


def _swapped(one: str, other: str) -> bool:
    """Return whether two words of four letters or more differ in the order of their letters."""
    return len(one) > 3 and one[0] == other[:1] and sorted(one) == sorted(other)


def _workflow(workflow: Workflow, book: PolicyBook) -> Iterator[Reason]:
    statuses = [status.name for status in workflow.statuses]
    for where, value in _named_in(_promise_patterns(book, workflow), "status"):
        if value not in statuses:
            hint = Reason.nearest(str(value), statuses)
            yield Reason.of("status_nowhere", where=where, status=value, hint=hint)
    for transition in workflow.transitions:
        calendar = transition.calendar
        if transition.after and calendar is not None and calendar.next_open(EPOCH) is None:
            yield Reason.of("action_never_due", action=transition.action)


class Earlier:
    """Patterns given one after the other, to find the first that a later one implies.

    A pattern that asks fields for values is kept under one value of each of its cases, the one
    under which fewest are kept, so that only those are tried that could be implied at all.
    """

    def __init__(self) -> None:
        self._patterns: list[Pattern] = []
        self._asking: dict[tuple[str, Any], list[int]] = {}
        self._others: list[int] = []
        self._same: dict[Pattern, int] = {}

    def add(self, pattern: Pattern) -> None:
        place = len(self._patterns)
        self._patterns.append(pattern)
        self._same.setdefault(pattern, place)
        alternatives = pattern.cases()
        if not alternatives or not all(alternatives):
            self._others.append(place)
            return
        for case in alternatives:
            pair = min(case.items(), key=lambda item: len(self._asking.get(item, ())))
            self._asking.setdefault(pair, []).append(place)

    def implied_by(self, pattern: Pattern) -> int | None:
        """Return the place of the first pattern that is proven to hold wherever this one does."""
        own = pattern.cases()
        if not own:
            return 0 if self._patterns else None
        places = {place for item in own[0].items() for place in self._asking.get(item, ())}
        places.update(self._others)
        places.update(self._same[part] for part in pattern.certain() if part in self._same)
        tried = (place for place in sorted(places) if pattern.implies(self._patterns[place]))
        return next(tried, None)
