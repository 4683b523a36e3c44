"""The state of a ticket's clocks, kept between events: fed one event, it answers like the log.

A state is a value: feeding returns another. It holds what evaluating needs and no more (closed
repeating cycles only as counts), writes itself as a small JSON document, and knows the rules it
was made under, so an answer under other rules is refused instead of wrong.

Before this: `support_model.service_levels.clocks`, `support_model.lifecycle.ticket_data`,
`support_model.service_levels.policy_data`. Next: `support_model.desk`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from support_model.errors import InvalidValue, StaleState
from support_model.instants import micros
from support_model.lifecycle.ticket_data import ticket_from_data, ticket_to_data
from support_model.service_levels.clocks import ClockFolds
from support_model.service_levels.cycles import (
    CycleFold,
    Folded,
    Force,
    Pause,
    Reached,
    Result,
    Term,
)
from support_model.service_levels.evaluations import evaluation
from support_model.service_levels.policies import book_of
from support_model.service_levels.policy_data import book_fingerprint
from support_model.tickets import step

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from support_model.events import Event
    from support_model.service_levels.clocks import ClockFold
    from support_model.service_levels.evaluations import Evaluation
    from support_model.service_levels.policies import PolicyBook, SlaPolicy
    from support_model.tickets import Ticket

__all__ = ["SlaState"]

SCHEMA = 1


@frozen(repr=False)
class SlaState:
    """Clocks of one ticket after some events.

    Make one empty state of your rules with `of`; every ticket begins from it with `feed`, or
    goes on from what was stored with `restore`.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Created
        >>> from support_model.lifecycle.vocabulary import Status
        >>> empty = SlaState.of([])
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new")}
        >>> state = empty.feed(Created(ticket_id="T1", at=at, role="customer", fields=new))
        >>> empty.restore(state.to_data()) == state
        True
    """

    folds: ClockFolds
    ticket: Ticket | None
    rules: str

    @classmethod
    def of(cls, policies: PolicyBook | SlaPolicy | Iterable[SlaPolicy]) -> SlaState:
        """Return the state before the first event."""
        book = book_of(policies)
        return cls(ClockFolds.of(book), None, book_fingerprint(book)[:32])

    def __repr__(self) -> str:
        if self.ticket is None:
            return "<SlaState before the first event>"
        return f"<SlaState of {self.ticket.id!r} after {self.ticket.version} events>"

    def feed(self, event: Event) -> SlaState:
        """Return the state after one more event; this one stays as it is.

        Raises:
            OutOfOrder: the event lies before one already fed; replay the log then.
            InconsistentLog: it cannot be the next event of this ticket.
        """
        taken = step(self.ticket, event)
        folds = self.folds.copy()
        folds.feed(taken)
        for clock in folds.clocks:
            clock.count_closed()
        return SlaState(folds, taken.after, self.rules)

    def evaluate(self, as_of: datetime) -> Evaluation:
        """Return where every clock stands at an instant.

        The same as evaluating the log, but for closed repeating cycles, which are counts.

        Raises:
            InvalidValue: the state has seen events after `as_of`, or none at all.
        """
        if self.ticket is None:
            raise InvalidValue(self, "a state before the first event", "feed it one")
        if micros(as_of) < micros(self.ticket.at):
            raise InvalidValue(as_of, "events after this were seen", "evaluate the log itself")
        return evaluation(self.ticket, self.folds, as_of)

    def to_data(self) -> dict[str, Any]:
        """Return the state as a dict of JSON types, some hundred bytes a clock."""
        data: dict[str, Any] = {"schema": SCHEMA, "rules": self.rules}
        if self.ticket is not None:
            data["ticket"] = ticket_to_data(self.ticket)
            book = self.folds.book
            data["clocks"] = [_clock_out(clock, book) for clock in self.folds.clocks]
        return data

    def restore(self, data: Mapping[str, Any]) -> SlaState:
        """Return the state that `to_data` wrote, under the rules of this one.

        Raises:
            StaleState: policies or calendars differ from those it was made under, or the
                schema is another.
            InvalidValue: the data is no such state.
        """
        if not isinstance(data, Mapping):
            raise InvalidValue(data, "a state is a mapping", "give what to_data returned")
        if data.get("schema") != SCHEMA:
            raise StaleState(data.get("schema"), "a state of another schema", "replay the log")
        if data.get("rules") != self.rules:
            raise StaleState(data.get("rules"), "a state made under other rules", "replay the log")
        folds = ClockFolds.of(self.folds.book)
        if "ticket" not in data:
            return SlaState(folds, None, self.rules)
        ticket = ticket_from_data(data["ticket"])
        folds.enter(ticket)
        try:
            for clock, row in zip(folds.clocks, data["clocks"], strict=True):
                _clock_in(clock, row, folds.book)
        except (LookupError, TypeError, ValueError) as problem:
            shown = data.get("clocks")
            raise InvalidValue(shown, f"clocks cannot be read ({problem})") from None
        return SlaState(folds, ticket, self.rules)


def _clock_out(clock: ClockFold, book: PolicyBook) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if any(clock.folded):
        row["folded"] = list(clock.folded)
    if clock.cycles:
        row["cycles"] = [_cycle_out(cycle, book) for cycle in clock.cycles]
    return row


def _cycle_out(cycle: CycleFold, book: PolicyBook) -> dict[str, Any]:
    """Write a cycle, instants as microseconds since its start, pauses since one another."""
    start, at = cycle.start, cycle.start
    names: dict[str, int] = {}
    pauses = []
    for begin, end, why in cycle.pauses:
        pauses.append([begin - at, end - begin, names.setdefault(why, len(names))])
        at = end
    found: dict[str, Any] = {
        "number": cycle.number,
        "start": start,
        "terms": [
            [
                term.since - start,
                None if term.force is None else _force_out(term.force, book),
                term.origin - start,
                term.carried,
                term.allowance,
            ]
            for term in cycle.terms
        ],
    }
    if pauses:
        found["pauses"], found["names"] = pauses, list(names)
    if cycle.paused is not None:
        found["paused"] = [cycle.paused[0] - start, cycle.paused[1]]
    if cycle.stopped is not None:
        found["stopped"], found["by"] = cycle.stopped - start, list(cycle.stopped_by)
    if cycle.voided:
        found["voided"] = True
    if cycle.reached:
        found["reached"] = [[reached.when - start, *reached[1:]] for reached in cycle.reached]
    if cycle.results:
        found["results"] = [[result.stopped - start, result.state] for result in cycle.results]
    return found


def _force_out(force: Force, book: PolicyBook) -> list[int | None]:
    policy = next(i for i, held in enumerate(book.policies) if held is force.policy)
    target = next(i for i, held in enumerate(force.policy.targets) if held is force.target)
    return [policy, target, force.promised]


def _clock_in(clock: ClockFold, row: Mapping[str, Any], book: PolicyBook) -> None:
    clock.folded = Folded(*row.get("folded", ()))
    clock.cycles = tuple(_cycle_in(data, book) for data in row.get("cycles", ()))


def _cycle_in(data: Mapping[str, Any], book: PolicyBook) -> CycleFold:
    start = at = data["start"]
    cycle = CycleFold(data["number"], start)
    for since, held, origin, carried, allowance in data["terms"]:
        force = None
        if held is not None:
            policy = book.policies[held[0]]
            force = Force(policy, policy.targets[held[1]], held[2])
        cycle.terms += (Term(start + since, force, start + origin, carried, allowance),)
    for gap, length, name in data.get("pauses", ()):
        cycle.pauses += (Pause(at + gap, at + gap + length, data["names"][name]),)
        at += gap + length
    if "paused" in data:
        cycle.paused = (start + data["paused"][0], data["paused"][1])
    if "stopped" in data:
        cycle.stopped, cycle.stopped_by = start + data["stopped"], tuple(data["by"])
    cycle.voided = data.get("voided", False)
    cycle.results = tuple(
        Result(start + stopped, state) for stopped, state in data.get("results", ())
    )
    cycle.reached = tuple(Reached(start + when, *rest) for when, *rest in data.get("reached", ()))
    return cycle
