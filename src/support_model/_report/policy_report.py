"""Policies measured on a log: the share of cycles met, by clock.

A table of statuses knows when a ticket was created, what its status meant from when to when,
and who held it. It knows no messages: a clock that waits for a reply cannot be computed from it,
and none is made up.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from attrs import evolve, field

from support_model import kpi
from support_model._frozen import FrozenMap, frozen
from support_model._report.blocks import says
from support_model._report.caveats import Caveat
from support_model._report.words.figures import METRICS
from support_model._time import Span
from support_model._vocabulary import FIELDS
from support_model.errors import InvalidValue
from support_model.figures import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._report.blocks import Said
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
_RANK, _PRIORITY = "priority_rank", "priority"
_SHOWN = 5
OF_CLOCKS = ("clock_met",)
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
    """Yield the fields that the conditions of a policy ask for, but for what every log tells."""
    names = (one.name for when in _whens(policy) for one in when.conditions())
    yield from (_PRIORITY if name == _RANK else name for name in names if name not in _KNOWN_NAMES)


def _check_ranks(view: LogView, book: PolicyBook) -> None:
    """Refuse conditions on ranks where nobody said which priority is more urgent.

    Then each has the first rank, and the strictest promise would hold for every ticket.
    """
    whens = [(policy, when) for policy in book.policies for when in _whens(policy)]
    asking = [p for p, when in whens if any(one.name == _RANK for one in when.conditions())]
    held = view.words_of((_PRIORITY, _RANK)) if asking else {}
    if asking and len(held[_PRIORITY]) > 1 and len(held[_RANK]) == 1:
        problem = f"policy {asking[0].name!r} asks for ranks, and no priority of the log has one"
        remedy = "say [priorities] in the mapping, such as urgent = 1"
        raise InvalidValue(_RANK, problem, remedy)


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
        field = _PRIORITY if name == _RANK else name
        return self.acts or field in self.fields | _KNOWN_NAMES - {"group"}

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
    whole, parts = _counted(cycles, _group_names(groups))
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


def _group_names(groups: Mapping[str, Tickets] | None) -> dict[str, str]:
    """Return the group of each ticket; empty without groups."""
    return {
        ticket: name
        for name, part in (groups or {}).items()
        for ticket in kpi.plain_facts(part).scalar("ticket_id")
    }


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
        InvalidValue: a condition on what a table of statuses does not hold, or on ranks of
            priorities that have none.
    """
    log = view.log
    for policy in book.policies if view.states_alone else ():
        for name in _names(policy):
            if name not in log.fields:
                _refuse(policy, name)
    if view.states_alone:
        _check_ranks(view, book)
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
    if untold:
        if "status" in log.undated:
            code = "note_clocks_untold_statuses"
        elif view.states_alone:
            code = "note_clocks_untold_states"
        else:
            code = "note_clocks_untold_messages"
        metrics = tuple(map(metric_name, untold))
        yield Caveat(says(code, metrics=metrics, n=len(untold)), OF_CLOCKS)
    if view.states_alone and any(
        policy.by_metric.get("acknowledgement") for policy in book.policies
    ):
        yield Caveat(says("note_clocks_actor"), OF_CLOCKS)
    if undated := _undated(log, book):
        yield Caveat(says("note_clocks_last_value", fields=tuple(undated)), OF_CLOCKS)
    if view.solutions_recorded:
        yield Caveat(says("note_clocks_recorded"), OF_CLOCKS)


def metric_name(name: str) -> Said | str:
    """Return what a metric is called; one of a policy's own has the name it was given."""
    return says(f"metric_{name}") if f"metric_{name}" in METRICS else name


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
    names |= {_RANK: None} if _PRIORITY in names else {}
    whens = [when for policy in book.policies for when in _whens(policy)]
    held = view.words_of(names)
    for name in names:
        asked = {word for when in whens for field, word in when.values() if field == name}
        if absent := sorted(map(_written, asked - held[name])):
            known = sorted(map(_written, held[name]))[:_SHOWN]
            said = says(
                "note_clocks_unmet" if known else "note_clocks_unmet_none",
                field=_own_name(view.log, name),
                asked=_quoted(absent),
                known=_quoted(known),
            )
            yield Caveat(said, OF_CLOCKS)


def _written(value: object) -> str:
    """Return a value as a file of policies has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(words: Iterable[str]) -> tuple[Said, ...]:
    return tuple(says("quoted", text=word) for word in words)


def _unclaimed(count: int, tickets: int) -> Iterator[Caveat]:
    if count:
        yield Caveat(says("note_clocks_unclaimed", n=count, total=tickets), OF_CLOCKS)


def _lint_notes(view: LogView, book: PolicyBook) -> Iterator[Caveat]:
    from support_model.desk import Desk  # noqa: PLC0415 - imports every component

    within = None if view.first is None else Span(view.first, view.last)
    findings = Desk(policies=book).lint(within)
    for finding in findings[:_SHOWN]:
        yield Caveat(says("note_clocks_lint", finding=finding), OF_CLOCKS)
    if len(findings) > _SHOWN:
        more = len(findings) - _SHOWN
        yield Caveat(says("note_clocks_lint_more", n=more), OF_CLOCKS)
