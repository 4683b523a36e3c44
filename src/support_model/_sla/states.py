"""The state of a ticket's clocks, kept between events: fed one event, it answers like the log.

A state is a value: feeding returns another. It holds what evaluating needs and no more (closed
repeating cycles only as counts, once the host has stored their moments), writes itself as a
small JSON document, and knows what of the rules it depends on, so an answer that would differ
under other rules is refused instead of wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve, field

from support_model._frozen import frozen
from support_model._sla.clocks import ClockFolds, fold_closed
from support_model._sla.evaluations import evaluation
from support_model._sla.policies import PolicyBook
from support_model._sla.policy_data import RuleDigest, rule_digests
from support_model._sla.state_data import REPLAY, Begun, digest, folds_from_data, folds_to_data
from support_model._ticket_data import (
    event_from_data,
    event_to_data,
    ticket_from_data,
    ticket_to_data,
)
from support_model._time import FIRST, LAST, instant, micros
from support_model._vocabulary import whole
from support_model.errors import InconsistentLog, InvalidValue, StaleState
from support_model.tickets import step

if TYPE_CHECKING:
    from datetime import datetime

    from support_model._sla.evaluations import Evaluation
    from support_model._sla.policies import Policies
    from support_model.events import Event
    from support_model.tickets import Ticket, TicketStep


SCHEMA = 3


@frozen(repr=False)
class SlaState:
    """Clocks of one ticket after some events.

    Make one empty state of your rules with `of`; every ticket begins from it with `feed`, or
    goes on from what was stored with `restore`. The events of the last instant are kept as they
    are, since another of that instant may follow.

    Attributes:
        last: the steps of the last instant.
        rules: digests of the policies and calendars, before and from each turn on.
        through: the instant, in microseconds, through which all moments are stored.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Created
        >>> from support_model.vocabulary import Status
        >>> empty = SlaState.of([])
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new")}
        >>> state = empty.feed(Created(ticket_id="T1", at=at, role="customer", fields=new))
        >>> empty.restore(state.to_data()) == state
        True
    """

    _folds: ClockFolds = field(hash=False)
    last: tuple[TicketStep, ...]
    rules: tuple[RuleDigest, ...] = field(repr=False)
    through: int | None = None

    @classmethod
    def of(cls, policies: Policies) -> SlaState:
        """Return the state before the first event."""
        book = PolicyBook.of(policies)
        return cls(ClockFolds.of(book), (), rule_digests(book))

    @property
    def ticket(self) -> Ticket | None:
        """The ticket after the last event; None before the first."""
        return self.last[-1].after if self.last else None

    def __repr__(self) -> str:
        if self.ticket is None:
            return "<SlaState before the first event>"
        return f"<SlaState of {self.ticket.id!r} at version {self.ticket.version}>"

    def feed(self, event: Event) -> SlaState:
        """Return the state after one more event; this one stays as it is.

        An event that equals one of the last instant is the same once more, as in a log.

        Raises:
            OutOfOrder: the event lies before one already fed; replay the log then.
            StaleState: the event lies at or before the instant through which moments are stored.
            InconsistentLog: it cannot be the next event of this ticket.
        """
        at = getattr(event, "micros", None)  # what is no event is refused by the step
        goes_on = bool(self.last) and self._at == at
        if goes_on and any(event == now.event for now in self.last):
            return self
        taken = step(self.ticket, event)
        if self.through is not None and event.micros <= self.through:
            problem = f"an event at or before {instant(self.through)}, to which moments are stored"
            raise StaleState(event.at, problem, REPLAY)
        if goes_on:
            return SlaState(self._folds, (*self.last, taken), self.rules, self.through)
        return SlaState(self._settled(), (taken,), self.rules, self.through)

    @property
    def _at(self) -> int:
        event = self.last[-1].event
        assert event is not None  # noqa: S101 - a state is fed events
        return event.micros

    def _settled(self) -> ClockFolds:
        """Return the clocks after the last instant."""
        folds = self._folds.copy()
        if self.last:
            folds.take(self.last)
        return folds

    def stored(self, *, through: datetime) -> SlaState:
        """Return the state of a host that has stored every moment at or before an instant.

        Closed cycles whose moments all lie there are kept as counts only; the agenda has them
        no more. Later events have to lie after the instant.

        Raises:
            NaiveDatetime: `through` has no zone.
            InvalidValue: events after it were fed, or moments through a later one are stored.
        """
        at = micros(through)
        if (
            self.ticket is None
            or at < self._at
            or (self.through is not None and at < self.through)
        ):
            remedy = "give an instant not before the last event"
            raise InvalidValue(through, "the state does not stand at this instant", remedy)
        folds = self._folds.copy()
        for place in range(len(folds.clocks)):
            fold_closed(folds.own(place), folds.book, at)
        return evolve(self, folds=folds, through=at)

    def evaluate(self, as_of: datetime) -> Evaluation:
        """Return the clocks at an instant.

        The same as evaluating the log, but for closed cycles that `stored` turned into counts.

        Raises:
            InvalidValue: the state has seen events after `as_of`, or none at all.
        """
        if self.ticket is None:
            raise InvalidValue(self, "a state before the first event", "feed it one")
        if micros(as_of) < self._at:
            raise InvalidValue(as_of, "events after this were seen", "evaluate the log itself")
        return evaluation(self.ticket, self._settled(), as_of)

    def to_data(self) -> dict[str, Any]:
        """Return the state as a dict of JSON types, some hundred bytes a clock."""
        data: dict[str, Any] = {"schema": SCHEMA}
        if self.last:
            before = self.last[0].before
            data["events"] = [event_to_data(now.event) for now in self.last if now.event]
            if before is not None:
                begun = Begun.of(self._folds, self.rules, before)
                data |= begun.to_data()
                data["ticket"] = ticket_to_data(before)
                data["folds"] = folds_to_data(self._folds, begun)
                if self._folds.named > micros(before.at):
                    data["named"] = self._folds.named
        if self.through is not None:
            data["through"] = self.through
        return {**data, "digest": digest(data)}

    def restore(self, data: Mapping[str, Any]) -> SlaState:
        """Return the state that `to_data` wrote, under the rules of this one.

        It equals what the log makes under these rules. Rules may differ in what nothing in the
        state depends on: editions that begin after its last event but one, and the hours of
        calendars. Hours matter only where `forward`, `again_after_due` or a cycle kept as a
        count has been measured by them, and only as long as that took.

        Raises:
            StaleState: the log may make another state under these rules, or the schema differs;
                it names the policy or the calendar.
            InvalidValue: the data is no such state; nothing of it is taken.
        """
        if not isinstance(data, Mapping):
            raise InvalidValue(data, "a state is a mapping", "give what to_data returned")
        if data.get("schema") != SCHEMA:
            raise StaleState(data.get("schema"), "a state of another schema", REPLAY)
        content = {key: value for key, value in data.items() if key != "digest"}
        if data.get("digest") != digest(content):
            raise InvalidValue(data.get("digest"), "the state was changed", REPLAY)
        folds = ClockFolds.of(self._folds.book)
        if "events" not in data:
            return SlaState(folds, (), self.rules)
        row = data.get("ticket")
        before = None if row is None else ticket_from_data(row)
        last = _steps(before, data["events"])
        if before is not None:
            folds.named = _instant(data.get("named", FIRST))
            begun = Begun.of(folds, self.rules, before)
            begun.check(data, before)
            folds_from_data(folds, data.get("folds"), before, begun)
        return SlaState(folds, last, self.rules, _through(data, last[0].after))


def _instant(value: Any) -> int:  # noqa: ANN401 - JSON
    if not (whole(value) and FIRST <= value <= LAST):
        raise InvalidValue(value, "no instant in microseconds", REPLAY)
    at: int = value
    return at


def _through(data: Mapping[str, Any], ticket: Ticket) -> int | None:
    through = None if data.get("through") is None else _instant(data["through"])
    if through is not None and through < micros(ticket.created_at):
        raise InvalidValue(through, "no instant of the ticket", REPLAY)
    return through


def _steps(before: Ticket | None, rows: object) -> tuple[TicketStep, ...]:
    """Return the steps of the events of one instant."""
    if not isinstance(rows, list | tuple) or not rows:
        raise InvalidValue(rows, "a state keeps the events of its last instant", REPLAY)
    events = [event_from_data(row) for row in rows]
    if len({event.micros for event in events}) > 1:
        raise InvalidValue(rows, "events of several instants", REPLAY)
    ticket, steps_of_instant = before, []
    try:
        for event in events:
            steps_of_instant.append(step(ticket, event))
            ticket = steps_of_instant[-1].after
    except InconsistentLog as problem:
        raise InvalidValue(rows, f"no events of the ticket ({problem})", REPLAY) from None
    return tuple(steps_of_instant)
