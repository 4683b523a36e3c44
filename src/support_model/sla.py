"""Service levels: what is due, why, and when to look again, from a ticket's events alone.

`evaluate` folds the events once through the clocks of a policy book and measures each at
`as_of`. It reads no wall clock, keeps nothing, and its answer depends on no event after
`as_of`; so a handler, a timer and a restart ask the same question and get the same answer.

Before this: `support_model._sla.clocks`, `support_model._sla.evaluations`.
Next: `support_model.desk`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._sla.clocks import ClockFolds
from support_model._sla.evaluations import (
    IN_QUEUE,
    Clock,
    Cycle,
    Due,
    Evaluation,
    Running,
    evaluation,
)
from support_model._sla.metrics import (
    ACKNOWLEDGEMENT,
    ASSIGNEE_RESPONSE,
    FIRST_RESPONSE,
    METRICS,
    NEXT_RESPONSE,
    PROMISE,
    RESOLUTION,
    Metric,
)
from support_model._sla.policies import (
    PolicyBook,
    SlaPolicy,
    Target,
)
from support_model._sla.policy_data import book_to_data, read_book, read_policy
from support_model._sla.states import SlaState
from support_model._time import micros
from support_model.errors import InvalidValue, MissingCreation
from support_model.events import ordered
from support_model.tickets import ReadLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from support_model._sla.policies import Policies
    from support_model.events import Event

__all__ = [
    "ACKNOWLEDGEMENT",
    "ASSIGNEE_RESPONSE",
    "FIRST_RESPONSE",
    "METRICS",
    "NEXT_RESPONSE",
    "PROMISE",
    "RESOLUTION",
    "Clock",
    "Cycle",
    "Due",
    "Evaluation",
    "Metric",
    "PolicyBook",
    "SlaPolicy",
    "SlaState",
    "Target",
    "book_to_data",
    "breach_queue",
    "evaluate",
    "evaluate_many",
    "read_book",
    "read_policy",
]


def evaluate(events: Iterable[Event], policies: Policies, *, as_of: datetime) -> Evaluation:
    """Return the clocks of a ticket at an instant.

    Args:
        events: one ticket's log, in any order if its events carry `seq`; events after `as_of`
            are not looked at.
        policies: a book, or policies in order of precedence.
        as_of: the instant that is "now".

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InconsistentLog: the events are no log of one ticket, or none lies before `as_of`.
        UnknownPolicy: the log names a policy that is not in the book.
    """
    now = micros(as_of)
    log = ReadLog.until(events, now)
    if not log.steps:
        raise MissingCreation(as_of, "the ticket did not exist yet", "ask later")
    folds = ClockFolds.of(PolicyBook.of(policies))
    folds.take_all(log.steps)
    return evaluation(log.steps[-1].after, folds, as_of, log)


def evaluate_many(
    logs: Iterable[Iterable[Event]], policies: Policies, *, as_of: datetime
) -> Iterator[Evaluation]:
    """Yield the evaluation of each ticket that existed at an instant, in the order given.

    The book and its calendars are shared, so what one ticket compiled serves all; logs are
    read one by one.

    Raises:
        NaiveDatetime: `as_of` has no zone.
        InconsistentLog: a log is not that of one ticket.
    """
    now, book = micros(as_of), PolicyBook.of(policies)
    for log in logs:
        events = ordered(log)
        if events[0].micros <= now:
            yield evaluate(events, book, as_of=as_of)


def breach_queue(evaluations: Iterable[Evaluation]) -> tuple[Due, ...]:
    """Return the running cycles of many tickets, the one due first at the front.

    Breached ones are among them and come first by nature; paused ones are not, since nothing
    falls due while they wait. Evaluations are read one by one, so those of very many tickets
    may come from a generator; of one ticket `Evaluation.first_due` is the front.

    Raises:
        InvalidValue: something else than evaluations of several tickets.
    """
    if isinstance(evaluations, Evaluation):
        raise InvalidValue(evaluations, "tickets are several", "give a list of evaluations")
    running: list[Running] = []
    for result in evaluations:
        if not isinstance(result, Evaluation):
            raise InvalidValue(result, "no evaluation", "give what evaluate returns")
        running += result.running()
    running.sort(key=IN_QUEUE)
    return tuple([one.due() for one in running])
