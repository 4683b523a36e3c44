"""What policies say of a log of status changes: its cases as events, and shares by clock.

A table of statuses knows when a ticket was created, what its status meant from when to when,
and who held it. It knows no messages: a clock that waits for a reply cannot be told from it,
and none is made up.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from support_model._frozen import FrozenMap, frozen
from support_model._report.caveats import Note
from support_model._time import Span
from support_model._vocabulary import FIELDS, Priority
from support_model.adapters.table import events_of
from support_model.desk import Desk
from support_model.errors import InvalidValue
from support_model.events import Created
from support_model.figures import Share
from support_model.patterns import conditions, values
from support_model.sla import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from support_model.adapters.table import Case, Log, TableMapping
    from support_model.events import Event
    from support_model.patterns import Condition
    from support_model.sla import Metric, PolicyBook


_KNOWN_FACTS = frozenset({"acknowledged", "resolved", "reopened", "voided", "restored"})
_KNOWN_NAMES = frozenset({"category", "status", "group", "created_at", "ticket_id"})
_NOT_COLUMNS = frozenset({"tags", "line", "management_level"})
_SHOWN = 5


@frozen(kw_only=True)
class ClockShare:
    """How many cycles of one policy's metric were met.

    Attributes:
        policy: the policy's name.
        metric: the metric's name.
        share: met, of those met, missed, or open and past their due; the others are excluded
            as `undecided` or `cancelled`.
    """

    policy: str
    metric: str
    share: Share


@frozen(kw_only=True)
class ClockReport:
    """Shares by clock, over all cases and by group, and what to know of them.

    Attributes:
        shares: over all cases, policies in the order of the book.
        groups: the same by the text in the column asked for.
        notes: what the log cannot tell, and what is odd in the policies.
    """

    shares: tuple[ClockShare, ...]
    groups: Mapping[str, tuple[ClockShare, ...]] = field(factory=FrozenMap)
    notes: tuple[Note, ...] = ()


def columns_asked(book: PolicyBook, mapping: TableMapping) -> dict[str, str]:
    """Return the columns that the conditions of a book need, by the field they fill.

    Raises:
        InvalidValue: a condition on what a table of statuses cannot hold.

    Example:
        >>> from support_model.adapters.table import named
        >>> from support_model.patterns import Field
        >>> from support_model.sla import PolicyBook, SlaPolicy
        >>> phone = SlaPolicy(name="phone", targets=[], when=Field("channel").is_("phone"))
        >>> columns_asked(PolicyBook([phone]), named("bpi2013"))
        {'channel': 'channel'}
    """
    found: dict[str, str] = {}
    for policy in book.policies:
        for when in (policy.when, *(target.when for target in policy.targets)):
            for condition in conditions(when):
                name = condition.name
                if name in _KNOWN_NAMES:
                    continue
                if name == "priority" and mapping.priority is not None:
                    found[name] = mapping.priority
                elif name.startswith("custom."):
                    found[name] = name.removeprefix("custom.")
                elif name in FIELDS and name not in _NOT_COLUMNS:
                    found[name] = name
                else:
                    problem = f"policy {policy.name!r} asks what this kind of log does not hold"
                    remedy = "ask for status, category, group, priority or a column by its name"
                    raise InvalidValue(name, problem, remedy)
    return found


def events_asked(
    case: Case, mapping: TableMapping, columns: Mapping[str, str]
) -> tuple[Event, ...]:
    """Return a case as events, begun with the fields that `columns` fill.

    They are those of the last row throughout: a table of statuses keeps no other.
    """
    created, *rest = events_of(case, mapping)
    fields: dict[str, Any] = {}
    for name, column in columns.items():
        text = case.fields[column]
        if text is not None:  # the rank of a priority is never asked for: see columns_asked
            fields[name] = Priority(text, 1) if name == "priority" else text
    if not isinstance(created, Created) or not fields:
        return created, *rest
    return evolve(created, fields={**dict(created.fields), **fields}), *rest


def _told(metric: Metric, mapping: TableMapping) -> bool:
    """Return whether a log of statuses holds all that a metric asks for."""
    parts = (metric.start, metric.stop, metric.pause, metric.reset)
    return all(_answered(one, mapping) for part in parts for one in conditions(part))


def _answered(condition: Condition, mapping: TableMapping) -> bool:
    grouped = mapping.group is not None
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    match condition.name.removeprefix("old."):
        case "category" | "status" | "created_at" | "ticket_id":
            return True
        case "event":
            return {*values} <= {"created", "changed"}
        case "facts":
            return {*values} <= _KNOWN_FACTS | ({"transferred"} if grouped else set())
        case "changed":
            return {*values} <= {"status", "category"} | ({"group"} if grouped else set())
        case "group":
            return grouped
    return condition.name.removeprefix("times.") in _KNOWN_FACTS


@define
class _Tally:
    """Cycles counted by policy, metric and how they stand."""

    counts: dict[tuple[str, str], Counter[str]] = field(factory=dict)

    def add(self, policy: str, metric: str, state: str) -> None:
        self.counts.setdefault((policy, metric), Counter())[state] += 1

    def shares(self, wanted: Iterable[tuple[str, str]]) -> tuple[ClockShare, ...]:
        return tuple(
            ClockShare(policy=key[0], metric=key[1], share=_share(key[1], self.counts[key]))
            for key in wanted
            if key in self.counts
        )


def _share(metric: str, counts: Counter[str]) -> Share:
    excluded = {code: counts[code] for code in ("undecided", "cancelled") if counts[code]}
    return Share(
        key="clock_met",
        definition=f"{metric} met, of its cycles met, missed or past their due",
        numerator=counts["met"],
        n=counts["met"] + counts["missed"],
        excluded=excluded,
    )


def clock_shares(
    log: Log, book: PolicyBook, *, by: str | None = None, missing: str = "(missing)"
) -> ClockReport:
    """Return the share of cycles met by policy and metric, as of the log's last instant.

    Args:
        log: the log, read with the columns of `columns_asked`.
        book: the policies.
        by: the column to split by.
        missing: the name of the group whose column is empty.

    Raises:
        InvalidValue: a condition on what the log does not hold.
    """
    columns = columns_asked(book, log.mapping)
    pairs = {
        (policy.name, name): targets[0].metric
        for policy in book.policies
        for name, targets in policy.by_metric.items()
    }
    told = [key for key, metric in pairs.items() if _told(metric, log.mapping)]
    whole = _Tally()
    parts: dict[str, _Tally] = {}
    unclaimed = 0
    if log.last is not None:
        for case in log.cases:
            rows = list(_cycles(events_asked(case, log.mapping, columns), book, log.last))
            unclaimed += not rows
            tallies = [whole]
            if by is not None:
                tallies.append(parts.setdefault(case.fields[by] or missing, _Tally()))
            for tally in tallies:
                for policy, metric, state in rows:
                    tally.add(policy, metric, state)
    untold = sorted({metric for policy, metric in pairs if (policy, metric) not in told})
    return ClockReport(
        shares=whole.shares(told),
        groups={name: tally.shares(told) for name, tally in parts.items()},
        notes=tuple(_notes(log, book, untold, columns, unclaimed)),
    )


def _cycles(
    events: Sequence[Event], book: PolicyBook, as_of: datetime
) -> Iterator[tuple[str, str, str]]:
    for clock in evaluate(events, book, as_of=as_of):
        for cycle in clock.cycles:
            state: str = cycle.state
            if state in ("running", "paused"):
                state = "missed" if cycle.breached else "undecided"
            yield cycle.policy.name, clock.metric.name, state


def _unmet(log: Log, book: PolicyBook, columns: Mapping[str, str]) -> Iterator[Note]:
    """Yield the words that policies compare with and no ticket has: a slip, most often."""
    whens = [w for p in book.policies for w in (p.when, *(t.when for t in p.targets))]
    for name, column in columns.items():
        held = {case.fields[column] for case in log.cases} - {None}
        asked = {word for when in whens for field, word in values(when) if field == name}
        if absent := sorted(map(str, asked - held)):
            known = ", ".join(map(repr, sorted(map(str, held))[:_SHOWN]))
            text = (
                f"Policies ask for {column} {', '.join(map(repr, absent))}, which no ticket of"
                f" the log has; it has {known}."
            )
            yield Note("clocks_unmet", text)


def _notes(
    log: Log, book: PolicyBook, untold: list[str], columns: Mapping[str, str], unclaimed: int
) -> Iterator[Note]:
    if untold:
        text = (
            f"This log holds changes of status and no messages, so {', '.join(untold)} cannot be"
            " computed from it and is left out."
        )
        yield Note("clocks_untold", text)
    if any(policy.by_metric.get("acknowledgement") for policy in book.policies):
        text = (
            "The log does not say who is an agent: acknowledged is the first row whose status"
            " shows that somebody took the ticket."
        )
        yield Note("clocks_actor", text)
    if columns:
        names = ", ".join(columns.values())
        text = f"Policies were chosen by {names} as the last row of each ticket has it."
        yield Note("clocks_last_value", text)
    if log.mapping.solved is not None:
        text = (
            "Clocks stop where the status becomes solved, not at the recorded resolution: the"
            " policy figures can differ from the times above."
        )
        yield Note("clocks_recorded", text)
    yield from _unmet(log, book, columns)
    if unclaimed:
        text = f"{unclaimed:,} of {len(log.cases):,} tickets fall under no policy with a target."
        yield Note("clocks_unclaimed", text)
    within = None if log.first is None else Span(log.first, log.last)
    findings = Desk(policies=book).lint(within)
    for finding in findings[:_SHOWN]:
        yield Note("clocks_lint", f"In the policy file: {finding}.")
    if len(findings) > _SHOWN:
        more = len(findings) - _SHOWN
        yield Note("clocks_lint", f"In the policy file: {more} further findings of its lint.")
