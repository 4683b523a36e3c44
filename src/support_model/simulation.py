"""A desk on its own past: what other rules would have answered for tickets that really happened.

Nothing is simulated here that can be computed: the same events are evaluated under the old and
the new rules (policies, calendars and holidays, or whole desks with their plans and workflows),
and the answers are compared ticket by ticket.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from support_model._checks import checked_whole, must_be, must_be_several
from support_model._frozen import frozen
from support_model._short_texts import plain_in_short, rows_html, short_repr
from support_model._tables import percent, value_text
from support_model._time import micros
from support_model.agenda import changes
from support_model.desk import Desk
from support_model.errors import InvalidValue
from support_model.events import ordered
from support_model.figures import Share
from support_model.reasons import Reason
from support_model.sla import PolicyBook, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from support_model.agenda import Agenda, Moment
    from support_model.events import Event
    from support_model.sla import Clock, Evaluation, SlaPolicy
    from support_model.tickets import Ticket

__all__ = ["backtest", "impact", "impact_summary"]

Policies: TypeAlias = "PolicyBook | SlaPolicy | Iterable[SlaPolicy]"
Rules: TypeAlias = "Desk | Policies"


@frozen(kw_only=True)
class Impact:
    """A ticket whose moments differ under other rules: what is new, and what is withdrawn."""

    ticket_id: str
    new: tuple[Moment, ...]
    withdrawn: tuple[Moment, ...]


def impact(
    logs: Iterable[Iterable[Event]], old: Rules, new: Rules, *, as_of: datetime
) -> Iterator[Impact]:
    """Yield the tickets whose moments differ under other rules, one log at a time.

    A moment that moved is both withdrawn and new, under the same key. Tickets that did not
    exist at `as_of` are passed over.

    Args:
        logs: one log a ticket.
        old: the rules in force: policies, of which warnings and breaches are compared, or a desk,
            of which the moments of workflow and escalation are compared too.
        new: the rules to try.
        as_of: when; what comes due later is compared as if nobody acted.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InconsistentLog: when it reaches a log that is none.
        UnknownPolicy: a log names an edition that is gone; `Desk.stranded` finds all such.
    """
    at, before, after = micros(as_of), _desk(old), _desk(new)
    must_be_several(logs, "logs")
    for log in logs:
        events = ordered(log)
        if events[0].micros <= at:
            was, would_be = (_agenda(desk, events, as_of) for desk in (before, after))
            added, withdrawn = changes(was, would_be)
            if added or withdrawn:
                yield Impact(ticket_id=events[0].ticket_id, new=added, withdrawn=withdrawn)


def _desk(rules: Rules) -> Desk:
    return rules if isinstance(rules, Desk) else Desk(policies=rules)


def _agenda(desk: Desk, events: Iterable[Event], as_of: datetime) -> Agenda:
    return desk.agenda(evaluate(events, desk.policies, as_of=as_of), events)


def impact_summary(
    impacts: Iterable[Impact], *, as_of: datetime, examples: int = 3
) -> tuple[Reason, ...]:
    """Return what `impact` found in a few sentences, to be read before rules are put in force.

    One says how many tickets differ, one for each kind of moment how many are new, withdrawn or
    changed (moved, or said otherwise), and the first tickets. Moments dated at or before `as_of`
    have sentences of their own: they are what rewrites the past.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InvalidValue: a ticket twice, something that is no impact, or less than one example.

    Example:
        >>> from datetime import UTC, datetime
        >>> print(*impact_summary([], as_of=datetime(2026, 3, 2, tzinfo=UTC)))
        0 tickets differ
    """
    now, tickets = micros(as_of), set[str]()
    must_be_several(impacts, "impacts", "give impact(logs, old, new, as_of=...)")
    checked_whole(examples, "examples", least=1)
    rows: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one in impacts:
        must_be(Impact, one, "no impact", "give impact(logs, old, new, as_of=...)")
        _must_be_new(one.ticket_id, tickets)
        for code, kind, what in _differences(one, now):
            rows.setdefault((code, kind), []).append((what, one.ticket_id))
    found = [Reason.of("impact_tickets", n=len(tickets))]
    for (code, kind), told in sorted(rows.items(), reverse=True):
        counts = Counter(what for what, _ in told)
        named = tuple(dict.fromkeys(ticket for _, ticket in told))[:examples]
        parts = {what: counts[what] for what in ("new", "withdrawn", "changed")}
        found.append(Reason.of(code, kind=kind, tickets=named, **parts))
    return tuple(found)


def _must_be_new(ticket_id: str, seen: set[str]) -> None:
    """Refuse a ticket that was seen before: it would count twice."""
    if ticket_id in seen:
        raise InvalidValue(ticket_id, "a ticket twice", "give one log for each ticket")
    seen.add(ticket_id)


def _differences(one: Impact, now: int) -> Iterator[tuple[str, str, str]]:
    """Yield of each moment that differs whether it lies in the past, its kind, and how."""
    new, gone = ({moment.key: moment for moment in row} for row in (one.new, one.withdrawn))
    for key, moment in {**gone, **new}.items():
        what = "withdrawn" if key not in new else "changed" if key in gone else "new"
        first = min(micros(row[key].at) for row in (new, gone) if key in row)
        yield "impact_past" if first <= now else "impact_ahead", moment.kind, what


@frozen(kw_only=True)
class BacktestRow:
    """One clock in one segment under both rules.

    Attributes:
        segment: what `by` returned for these tickets.
        slot: the kind of agreement; where all policies run side by side, the policy's name.
        metric: the metric's name.
        old: the share of tickets whose clock was ever breached under the old rules, of those
            decided; left out are `undecided` ones, which still run, `cancelled` and
            `not_started` ones, and tickets for which there was `no_target`.
        new: the same under the new ones.
        newly_breached: tickets breached under the new rules only, sorted by id.
        no_longer_breached: tickets breached under the old rules only.
    """

    segment: str
    slot: str
    metric: str
    old: Share
    new: Share
    newly_breached: tuple[str, ...]
    no_longer_breached: tuple[str, ...]

    __repr__ = short_repr

    def __str__(self) -> str:
        where = ", ".join(map(plain_in_short, (self.segment, self.slot, self.metric)))
        return f"{where}: breached {self.old.text()} before, {self.new.text()} after"

    def _repr_html_(self) -> str:
        return rows_html("back-test", _HEAD, [_cells(self)])


_HEAD = (
    *("segment", "agreement", "metric", "breached before", "breached after"),
    *("newly", "no longer"),
)


def _cells(row: BacktestRow) -> tuple[str, ...]:
    shares = (value_text(share.value, percent, None) for share in (row.old, row.new))
    moved = (f"{len(row.newly_breached):,}", f"{len(row.no_longer_breached):,}")
    return row.segment, row.slot, row.metric, *shares, *moved


@frozen
class Backtest:
    """What other rules would have breached: rows by segment, slot and metric."""

    rows: tuple[BacktestRow, ...]

    __repr__ = short_repr

    def __str__(self) -> str:
        newly, no_longer = len(self.newly_breached), len(self.no_longer_breached)
        return f"back-test: {newly:,} tickets newly breached, {no_longer:,} no longer"

    def _repr_html_(self) -> str:
        return rows_html(str(self), _HEAD, [_cells(row) for row in self.rows])

    @property
    def newly_breached(self) -> tuple[str, ...]:
        """The tickets that any metric breaches under the new rules only."""
        return tuple(sorted({ticket for row in self.rows for ticket in row.newly_breached}))

    @property
    def no_longer_breached(self) -> tuple[str, ...]:
        """The tickets that any metric breaches under the old rules only."""
        return tuple(sorted({ticket for row in self.rows for ticket in row.no_longer_breached}))


def backtest(
    logs: Iterable[Iterable[Event]],
    old: Policies,
    new: Policies,
    *,
    as_of: datetime,
    by: Callable[[Ticket], str] = lambda ticket: "all",  # noqa: ARG005 - one segment
) -> Backtest:
    """Return what other policies, calendars or holidays would have breached, exactly.

    Args:
        logs: one log a ticket, read one by one.
        old: the rules in force.
        new: the rules to try.
        as_of: until when the past is looked at.
        by: names the segment of a ticket in text, such as its channel.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InvalidValue: a segment that is no text, or a ticket twice.
        InconsistentLog: a log that is none.
    """
    outcomes: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
    for before, after in _evaluated(logs, old, new, as_of):
        segment = by(before.ticket)
        if not isinstance(segment, str):
            raise InvalidValue(segment, "a segment is text", "name it: str(ticket.priority.name)")
        old_clocks, new_clocks = _clocks(before), _clocks(after)
        for slot, metric in old_clocks.keys() | new_clocks.keys():
            one = old_clocks.get((slot, metric), "no_target")
            other = new_clocks.get((slot, metric), "no_target")
            rows = outcomes.setdefault((segment, slot, metric), [])
            rows.append((before.ticket.id, one, other))
    return Backtest(tuple(_row(*key, rows) for key, rows in sorted(outcomes.items())))


def _evaluated(
    logs: Iterable[Iterable[Event]], old: Policies, new: Policies, as_of: datetime
) -> Iterator[tuple[Evaluation, Evaluation]]:
    """Yield each ticket that existed then under the old and the new policies."""
    old_book, new_book, at = PolicyBook.of(old), PolicyBook.of(new), micros(as_of)
    must_be_several(logs, "logs")
    seen: set[str] = set()
    for log in logs:
        events = ordered(log)
        _must_be_new(events[0].ticket_id, seen)
        if events[0].micros <= at:
            yield (
                evaluate(events, old_book, as_of=as_of),
                evaluate(events, new_book, as_of=as_of),
            )


def _clocks(result: Evaluation) -> dict[tuple[str, str], str]:
    return {(clock.slot, clock.metric.name): _verdict(clock) for clock in result.clocks}


def _verdict(clock: Clock) -> str:
    """Return whether a clock was breached or kept, or why that is not decided."""
    if clock.was_breached:
        return "breached"
    if clock.state in ("running", "paused"):
        return "undecided"
    return "kept" if clock.state == "met" else clock.state


def _row(segment: str, slot: str, metric: str, rows: list[tuple[str, str, str]]) -> BacktestRow:
    late = "breached"
    return BacktestRow(
        segment=segment,
        slot=slot,
        metric=metric,
        old=_share(metric, [one for _, one, _ in rows]),
        new=_share(metric, [other for _, _, other in rows]),
        newly_breached=tuple(sorted(t for t, one, other in rows if one != late == other)),
        no_longer_breached=tuple(sorted(t for t, one, other in rows if one == late != other)),
    )


def _share(metric: str, verdicts: list[str]) -> Share:
    counted = Counter(verdicts)
    breached = counted.pop("breached", 0)
    return Share(
        key=f"{metric}_breached",
        definition=f"tickets whose {metric} was ever breached, of those decided",
        numerator=breached,
        n=breached + counted.pop("kept", 0),
        excluded=counted,
    )
