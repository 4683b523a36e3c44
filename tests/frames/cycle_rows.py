"""The cycles of tickets as the pure path tells them, in the rows of `frames.evaluate`."""

from datetime import UTC

from support_model.events import ordered
from support_model.sla import evaluate

NOTHING = dict.fromkeys(
    (
        *("policy", "version", "target", "start", "due", "stop", "elapsed", "allowed"),
        "breach",
    )
) | {"number": 0, "count": 0, "warned": False, "breached": False, "late": False}


def by_ticket(events):
    """The events of each ticket, in the order in which the tickets appear."""
    logs = {}
    for event in events:
        logs.setdefault(event.ticket_id, []).append(event)
    return logs


def expected(events, book, as_of):
    """One row a cycle, by folding each ticket."""
    known = [event for event in events if event.at <= as_of]
    return [
        row
        for log in by_ticket(known).values()
        for row in of_ticket(evaluate(ordered(log), book, as_of=as_of), book)
    ]


def of_ticket(result, book):
    alone = {"ticket_id": result.ticket.id, "category": result.ticket.category}
    rows = [
        alone | of_clock | row
        for clock in result.clocks
        for of_clock in [
            {
                "slot": clock.slot,
                "kind": clock.kind,
                "metric": clock.metric.name,
                "repeats": clock.metric.repeats,
            }
        ]
        for row in [of_cycle(cycle, book) for cycle in clock.cycles]
        or [NOTHING | {"state": "not_started"}]
    ]
    empty = dict.fromkeys(("slot", "kind", "metric", "state")) | {"repeats": False}
    return rows or [alone | empty | NOTHING]


def of_cycle(cycle, book):
    return {
        "policy": cycle.policy.name,
        "version": cycle.policy.version,
        "target": book.target_label(cycle.policy, cycle.target).label,
        "number": cycle.number,
        "count": len(cycle.counts),
        "state": cycle.state,
        "start": utc(cycle.start),
        "due": utc(cycle.due_at),
        "stop": utc(cycle.stop),
        "elapsed": cycle.elapsed,
        "allowed": cycle.allowed,
        "warned": cycle.warned,
        "breached": cycle.breached,
        "breach": utc(cycle.breach_at),
        "late": cycle.late,
    }


def utc(at):
    """An instant told in UTC: a reading of a repeated hour equals no other zone's."""
    return None if at is None else at.astimezone(UTC)
