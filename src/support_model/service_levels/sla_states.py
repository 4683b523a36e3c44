"""The state of a ticket's clocks, kept between events: fed one event, it answers like the log.

A state is a value: feeding returns another. It holds what evaluating needs and no more (closed
repeating cycles only as counts), writes itself as a small JSON document, and knows the rules it
was made under, so an answer under other rules is refused instead of wrong.

Before this: `support_model.service_levels.state_data`, `support_model.lifecycle.ticket_data`,
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
from support_model.service_levels.evaluations import evaluation
from support_model.service_levels.policies import book_of
from support_model.service_levels.policy_data import book_fingerprint
from support_model.service_levels.state_data import clocks_from_data, clocks_to_data
from support_model.tickets import step

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from support_model.events import Event
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
            data["clocks"] = clocks_to_data(self.folds)
        return data

    def restore(self, data: Mapping[str, Any]) -> SlaState:
        """Return the state that `to_data` wrote, under the rules of this one.

        Raises:
            StaleState: policies or calendars differ from those it was made under, or the
                schema is another.
            InvalidValue: the data is no such state; nothing of it is taken.
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
        clocks_from_data(folds, data.get("clocks"))
        return SlaState(folds, ticket, self.rules)
