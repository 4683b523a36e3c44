"""Policies measured on a log: the share of cycles met, by clock.

A table of statuses knows when a ticket was created, what its status meant from when to when,
and who held it. It knows no messages: a clock that waits for a reply cannot be computed from it,
and none is made up.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from attrs import evolve, field

from support_model._frozen import FrozenMap, frozen
from support_model._report.caveats import Caveat
from support_model._time import Span
from support_model._vocabulary import FIELDS
from support_model.errors import InvalidValue
from support_model.figures import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._report.cycle_rows import CycleRows
    from support_model._report.log_views import LogView, Tickets
    from support_model.adapters import EventLog
    from support_model.adapters.table import TableMapping
    from support_model.patterns import Condition, Pattern
    from support_model.sla import Metric, PolicyBook, SlaPolicy

_SAID = frozenset({"contacted", "replied", "assignee_replied"})
_BY_STATES = frozenset({"acknowledged", "resolved", "reopened", "voided", "restored"})
"""Facts that follow from how a ticket stood, whoever did it."""
_KNOWN_NAMES = frozenset({"category", "status", "group", "created_at", "ticket_id"})
_NOT_COLUMNS = frozenset({"tags", "line", "management_level"})
_SHOWN = 5
Outcomes: TypeAlias = "dict[tuple[str, str], Counter[str]]"
"""How many cycles ended how, by policy and metric."""


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
        cycles: every cycle.
        shares: over all cases, policies in the order of the book.
        groups: the same by the text in the column asked for.
        notes: what the log cannot tell, and what is odd in the policies.
    """

    cycles: CycleRows = field(repr=False, eq=False)
    shares: tuple[ClockShare, ...]
    groups: Mapping[str, tuple[ClockShare, ...]] = field(factory=FrozenMap)
    notes: tuple[Caveat, ...] = ()


def with_asked(mapping: TableMapping, book: PolicyBook) -> tuple[TableMapping, tuple[str, ...]]:
    """Return a mapping of all fields that a book asks for, and the further columns it asks for.

    A field that the mapping does not name is read from the column of its own name.

    Raises:
        InvalidValue: a condition on what a table of statuses cannot hold.

    Example:
        >>> from support_model.adapters.table import named
        >>> from support_model.patterns import Field
        >>> from support_model.sla import PolicyBook, SlaPolicy
        >>> phone = SlaPolicy(
        ...     name="phone", targets=[], when=Field("channel").has() & Field("custom.vip").has()
        ... )
        >>> mapping, columns = with_asked(named("bpi2013"), PolicyBook([phone]))
        >>> mapping.channel, columns
        ('channel', ('vip',))
    """
    missing: dict[str, Any] = {}
    columns: list[str] = []
    for policy in book.policies:
        for name in dict.fromkeys(_names(policy)):
            if name.startswith("custom."):
                columns.append(name.removeprefix("custom."))
            elif name not in mapping.fields:
                if name not in FIELDS or name in _NOT_COLUMNS:
                    _refuse(policy, name)
                missing[name] = name
    return evolve(mapping, **missing), tuple(columns)


def _refuse(policy: SlaPolicy, name: str) -> NoReturn:
    problem = f"policy {policy.name!r} asks what this kind of log does not hold"
    remedy = "ask for status, category, group, priority or a column by its name"
    raise InvalidValue(name, problem, remedy)


def _whens(policy: SlaPolicy) -> Iterator[Pattern]:
    yield policy.when
    yield from (target.when for target in policy.targets)


def _names(policy: SlaPolicy) -> Iterator[str]:
    """Yield what the conditions of a policy ask for, but for what every log tells."""
    for when in _whens(policy):
        yield from (one.name for one in when.conditions() if one.name not in _KNOWN_NAMES)


@frozen
class _Recorded:
    """What a log records: acts or states alone, messages, and which fields with their changes."""

    acts: bool
    messages: bool
    fields: frozenset[str]

    def metric(self, metric: Metric) -> bool:
        """Return whether it holds all that a metric asks for."""
        parts = (metric.start, metric.stop, metric.pause, metric.reset)
        return all(self.condition(one) for part in parts for one in part.conditions())

    def condition(self, condition: Condition) -> bool:
        values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        name = condition.name.removeprefix("old.")
        match name:
            case "event":
                recorded = self.messages or "message" not in values
                return recorded and (self.acts or {*values} <= {"created", "changed"})
            case "facts":
                return all(map(self.fact, values))
            case "changed":
                return self.acts or {*values} <= self.fields | {"category"}
        if name.startswith("times."):
            return self.fact(name.removeprefix("times."))
        return self.acts or name in self.fields | _KNOWN_NAMES - {"group"}

    def fact(self, fact: object) -> bool:
        if fact in _SAID:
            return self.messages
        by_group = fact == "transferred" and "group" in self.fields
        return self.acts or by_group or fact in _BY_STATES


def _shares(
    counts: Mapping[tuple[str, str], Counter[str]], wanted: Iterable[tuple[str, str]]
) -> tuple[ClockShare, ...]:
    return tuple(
        ClockShare(policy=key[0], metric=key[1], share=_share(key[1], counts[key]))
        for key in wanted
        if key in counts
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
    view: LogView, book: PolicyBook, *, groups: Mapping[str, Tickets] | None = None
) -> ClockReport:
    """Return the share of cycles met by policy and metric, as of the log's last instant.

    Args:
        view: the log; of a table, read with what `with_asked` returns.
        book: the policies.
        groups: the tickets of each group, to split by.

    Raises:
        InvalidValue: a condition on what a table of statuses does not hold.
    """
    known = _known(view, book)
    wanted = [pair for pair, is_known in known.items() if is_known]
    cycles = view.cycles(book)
    whole, parts = _counted(cycles, _group_names(view, groups))
    return ClockReport(
        cycles=cycles,
        shares=_shares(whole, wanted),
        groups={name: _shares(part, wanted) for name, part in parts.items()},
        notes=(
            *_notes(view, book, sorted({name for (_, name) in known.keys() - wanted})),
            *_unmet(view, book),
            *_unclaimed(cycles.tickets - len(set(cycles.ticket)), cycles.tickets),
            *_lint_notes(view, book),
        ),
    )


def _group_names(view: LogView, groups: Mapping[str, Tickets] | None) -> dict[str, str]:
    """Return the group of each ticket; empty without groups."""
    return {ticket: name for name, part in (groups or {}).items() for ticket in view.ids(part)}


def _counted(cycles: CycleRows, names: Mapping[str, str]) -> tuple[Outcomes, dict[str, Outcomes]]:
    """Return how many cycles ended how, by policy and metric, and the same by group."""
    whole: Outcomes = {}
    parts: dict[str, Outcomes] = {name: {} for name in names.values()}
    keys = zip(cycles.ticket, cycles.policy, cycles.metric, strict=True)
    for place, (ticket, policy, metric) in enumerate(keys):
        outcome = cycles.outcome(place)
        whole.setdefault((policy, metric), Counter())[outcome] += 1
        if ticket in names:
            parts[names[ticket]].setdefault((policy, metric), Counter())[outcome] += 1
    return whole, parts


def _known(view: LogView, book: PolicyBook) -> dict[tuple[str, str], bool]:
    """Return whether the log tells what each policy's metric asks for.

    Raises:
        InvalidValue: a condition on what a table of statuses does not hold.
    """
    log = view.log
    for policy in book.policies if view.states_alone else ():
        for name in _names(policy):
            if name not in log.fields:
                _refuse(policy, name)
    recorded = _Recorded(
        acts=not view.states_alone,
        messages=view.messages,
        fields=log.fields - log.undated,
    )
    statuses = "status" not in log.undated
    return {
        (policy.name, name): recorded.metric(targets[0].metric)
        and (statuses or not _by_status(targets[0].metric))
        for policy in book.policies
        for name, targets in policy.by_metric.items()
    }


def _by_status(metric: Metric) -> bool:
    """Return whether only a status stops a metric, which runs on where there is none."""
    for one in metric.stop.conditions():
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        if one.name == "facts" and not _BY_STATES.issuperset(values):
            return False
        if one.name not in {"facts", "status", "category", "changed"}:
            return False
    return True


def _notes(view: LogView, book: PolicyBook, untold: Sequence[str]) -> Iterator[Caveat]:
    log = view.log
    if untold and "status" in log.undated:
        text = f"Its system has no statuses, so {', '.join(untold)} cannot be computed: left out."
        yield Caveat("clocks_untold", text)
    elif untold:
        holds = "changes of status and" if view.states_alone else "events, but"
        text = (
            f"This log holds {holds} no messages, so {', '.join(untold)} cannot be computed from"
            " it and is left out."
        )
        yield Caveat("clocks_untold", text)
    if view.states_alone and any(
        policy.by_metric.get("acknowledgement") for policy in book.policies
    ):
        text = (
            "The log does not say who is an agent: acknowledged is the first row whose status"
            " shows that somebody took the ticket."
        )
        yield Caveat("clocks_actor", text)
    if undated := _undated(log, book):
        text = (
            f"Policies were chosen by {', '.join(undated)} as the last row of each ticket has it."
        )
        yield Caveat("clocks_last_value", text)
    if view.solutions_recorded:
        text = (
            "Clocks stop where the status becomes solved, not at the recorded resolution: the"
            " policy figures can differ from the times above."
        )
        yield Caveat("clocks_recorded", text)


def _undated(log: EventLog, book: PolicyBook) -> list[str]:
    """Return what the source calls the fields that policies ask for and it does not date."""
    names = dict.fromkeys(name for policy in book.policies for name in _names(policy))
    return [_own_name(log, name) for name in names if name in log.undated]


def _own_name(log: EventLog, name: str) -> str:
    """Return what the source calls a field."""
    return next((own for own, meant in log.columns.items() if meant == name), name)


def _unmet(view: LogView, book: PolicyBook) -> Iterator[Caveat]:
    """Yield the words that policies compare with and no ticket has: a slip, most often."""
    names = dict.fromkeys(name for policy in book.policies for name in _names(policy))
    whens = [when for policy in book.policies for when in _whens(policy)]
    held = view.words_of(names)
    for name in names:
        asked = {word for when in whens for field, word in when.values() if field == name}
        if absent := sorted(map(str, asked - held[name])):
            known = ", ".join(map(repr, sorted(map(str, held[name]))[:_SHOWN])) or "none"
            text = (
                f"Policies ask for {_own_name(view.log, name)} {', '.join(map(repr, absent))}, "
                f"which no ticket of the log has; it has {known}."
            )
            yield Caveat("clocks_unmet", text)


def _unclaimed(count: int, tickets: int) -> Iterator[Caveat]:
    if count:
        text = f"{count:,} of {tickets:,} tickets fall under no policy with a target."
        yield Caveat("clocks_unclaimed", text)


def _lint_notes(view: LogView, book: PolicyBook) -> Iterator[Caveat]:
    from support_model.desk import Desk  # noqa: PLC0415 - imports every component

    within = None if view.first is None else Span(view.first, view.last)
    findings = Desk(policies=book).lint(within)
    for finding in findings[:_SHOWN]:
        yield Caveat("clocks_lint", f"In the policy file: {finding}.")
    if len(findings) > _SHOWN:
        more = len(findings) - _SHOWN
        yield Caveat("clocks_lint", f"In the policy file: {more} further findings of its lint.")
