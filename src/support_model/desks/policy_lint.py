"""What in the promises of a desk contradicts itself although each part is legal, as Reasons.

Only what is proven is said: a policy behind one that always matches first, a promise on a
calendar that never opens, a priority that a policy is for and no target covers.

Before this: `support_model.lifecycle.pattern_logic`, `support_model.service_levels.policies`.
Next: `support_model.desks.staff_lint`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support_model.errors import InvalidValue, nearest
from support_model.instants import EPOCH, duration_text, micros_of
from support_model.lifecycle.pattern_logic import cases, implies, known, never, values
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model.calendars import BusinessCalendar
    from support_model.desk import Desk
    from support_model.instants import Span
    from support_model.lifecycle.workflows import Workflow
    from support_model.patterns import Pattern
    from support_model.service_levels.policies import PolicyBook, SlaPolicy, Target

__all__ = ["lint"]


def lint(desk: Desk, within: Span | None = None) -> tuple[Reason, ...]:
    """Return the findings of a desk, each once: calendars, policies, workflow.

    Raises:
        InvalidValue: `within` has no end.
    """
    found = [*_calendars(desk, within), *_book(desk.policies)]
    if desk.workflow is not None:
        found += _workflow(desk.workflow, desk.policies)
    return tuple(dict.fromkeys(found))


def _calendars(desk: Desk, within: Span | None) -> Iterator[Reason]:
    if within is not None and within.end is None:
        raise InvalidValue(within, "calendars are read within bounds", "give the span an end")
    for name, calendar in _named(desk).items():
        if within is not None and within.end is not None:
            for finding in calendar.lint(within.start, within.end):
                yield Reason.of("calendar_finding", calendar=name, finding=finding)
        elif calendar.next_open(EPOCH) is None:
            finding = Reason.of("never_opens", start=EPOCH.isoformat())
            yield Reason.of("calendar_finding", calendar=name, finding=finding)


def _named(desk: Desk) -> Mapping[str, BusinessCalendar]:
    """Return the desk's calendars, and those that only stand inside a target."""
    found = dict(desk.calendars)
    for policy in desk.policies.policies:
        for target in policy.targets:
            if target.calendar not in found.values():
                where = f"{policy.name}, {target.metric.name}"
                found.setdefault(target.calendar.name or where, target.calendar)
    return found


def _book(book: PolicyBook) -> Iterator[Reason]:
    for policies in book.current.values():
        metrics = dict.fromkeys(metric for policy in policies for metric in policy.by_metric)
        for i, policy in enumerate(policies):
            if not policy.targets:
                yield Reason.of("policy_without_targets", policy=policy.name)
                continue
            if never(policy.when):
                yield Reason.of("policy_never_matches", policy=policy.name)
            elif book.select in ("first_match", "most_specific"):
                yield from _shadowed(policy, policies[:i])
            for metric in metrics:
                if metric not in policy.by_metric:
                    yield Reason.of("metric_without_target", policy=policy.name, metric=metric)
            for metric, targets in policy.by_metric.items():
                yield from _targets(policy, metric, targets)
                yield from _uncovered(policy, metric, targets, book)
            yield from _out_of_order(policy)


def _shadowed(policy: SlaPolicy, earlier: Iterable[SlaPolicy]) -> Iterator[Reason]:
    for other in earlier:
        if implies(policy.when, other.when):
            yield Reason.of("policy_shadowed", policy=policy.name, by=other.name)
            return


def _targets(policy: SlaPolicy, metric: str, targets: tuple[Target, ...]) -> Iterator[Reason]:
    for i, target in enumerate(targets):
        where: dict[str, Any] = {"policy": policy.name, "metric": metric, "number": i + 1}
        combined = policy.when & target.when
        if never(combined):
            if not never(policy.when):
                yield Reason.of("target_never_holds", **where)
        else:
            for k, other in enumerate(targets[:i]):
                if implies(combined, other.when):
                    yield Reason.of("target_shadowed", **where, by=k + 1)
                    break
        if target.calendar.next_open(EPOCH) is None:
            yield Reason.of("target_never_due", **where)
        for warning in target.warn_at:
            if not isinstance(warning, timedelta) or target.length is None:
                continue
            if micros_of(warning) + target.length <= 0:
                yield Reason.of("warning_at_start", **where, warning=duration_text(warning))


def _uncovered(
    policy: SlaPolicy, metric: str, targets: tuple[Target, ...], book: PolicyBook
) -> Iterator[Reason]:
    """Yield the values that a policy is for, or the book knows, and no target holds for."""
    fields = dict.fromkeys(name for target in targets for name, _ in values(target.when))
    everywhere = [target.when for held in book.policies for target in held.targets]
    everywhere += [held.when for held in book.policies]
    for field in fields:
        own = [case.get(field) for case in cases(policy.when)]
        spoken = (value for when in everywhere for name, value in values(when) if name == field)
        for value in dict.fromkeys(spoken if None in own else own):
            facts = {field: value}
            if known(policy.when, facts) is False:
                continue
            if all(known(target.when, facts) is False for target in targets):
                yield Reason.of(
                    "value_uncovered",
                    policy=policy.name, metric=metric, field=field, value=value,
                )  # fmt: skip


def _out_of_order(policy: SlaPolicy) -> Iterator[Reason]:
    """Yield first responses that may take longer than the whole resolution."""
    for first in policy.by_metric.get("first_response", ()):
        for whole in policy.by_metric.get("resolution", ()):
            same = first.when == whole.when and first.calendar == whole.calendar
            if same and first.length and whole.length and first.length > whole.length:
                yield Reason.of("response_after_resolution", policy=policy.name)
                return


def _workflow(workflow: Workflow, book: PolicyBook) -> Iterator[Reason]:
    known_statuses = [status.name for status in workflow.statuses]
    asked: list[tuple[str, Pattern]] = [
        (f"{policy.name} {policy.version}", when)
        for policy in book.policies
        for when in (policy.when, *(target.when for target in policy.targets))
    ]
    asked += [(transition.action, transition.guard) for transition in workflow.transitions]
    for where, pattern in asked:
        for name, value in values(pattern):
            if name in ("status", "old.status") and value not in known_statuses:
                hint = nearest(str(value), known_statuses)
                yield Reason.of("status_nowhere", where=where, status=value, hint=hint)
    for transition in workflow.transitions:
        calendar = transition.calendar
        if transition.after and calendar is not None and calendar.next_open(EPOCH) is None:
            yield Reason.of("action_never_due", action=transition.action)
