"""Strategies for tickets: histories that a workflow allows, and logs of any content.

`histories` draws what `decide` makes of random actions, so every log passes `check`; `events`
draws any log that is one ticket's, however strange, since a log is only a record. Instants
repeat, so ties happen; half of the logs are numbered.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from support_model._vocabulary import CATEGORIES, ROLES, Actor, Priority, Status
from support_model.errors import TransitionRefused
from support_model.tickets import replay

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from support_model.events import Event
    from support_model.workflows import Workflow


START = datetime(2026, 3, 27, 15, tzinfo=UTC)  # the Friday before Europe changes its clocks
GAPS = st.sampled_from([0, 0, 1, 59, 60, 61, 1_440]).map(
    lambda minutes: timedelta(minutes=minutes)
)
PRIORITIES = (Priority("urgent", 1), Priority("normal", 2), Priority("low", 3))
PEOPLE = ("ann", "bob", None)
GROUPS = ("billing", "network", None)


def statuses() -> SearchStrategy[Status]:
    """Draw a status: one per category, and a second open one."""
    usual = st.sampled_from(CATEGORIES).map(lambda category: Status(category, category))
    return usual | st.just(Status("in work", "open"))


def actors() -> SearchStrategy[Actor]:
    return st.builds(Actor, st.sampled_from(ROLES), st.sampled_from(PEOPLE))


def field_values() -> SearchStrategy[dict[str, Any]]:
    """Draw fields of a ticket other than its status; few values, so that they repeat."""
    names = st.sampled_from(PEOPLE)
    return st.fixed_dictionaries(
        {},
        optional={
            "priority": st.sampled_from(PRIORITIES),
            "type": st.sampled_from(["incident", "request"]),
            "channel": st.sampled_from(["email", "chat", "phone"]),
            "line": st.sampled_from([1, 2, 3, None]),
            "management_level": st.sampled_from([0, 1, 2, None]),
            "group": st.sampled_from(GROUPS),
            "agent": names,
            "requester": names,
            "topic": st.sampled_from(["Invoice lost", "VPN is down", ""]),
            "tags": st.frozensets(st.sampled_from(["vip", "Billing"])),
            "custom.severity": st.integers(1, 3) | st.sampled_from(["high", None]),
        },
    )


@st.composite
def histories(
    draw: DrawFn, workflow: Workflow, *, ticket_id: str = "T1", max_size: int = 12
) -> list[Event]:
    """Draw the log of a ticket that lived by a workflow: at most `max_size` accepted actions.

    Example:
        >>> from hypothesis import find
        >>> from support_model.workflows import INCIDENT
        >>> log = find(histories(INCIDENT), lambda log: len(log) > 2)
        >>> INCIDENT.check(log)
        ()
    """
    seq = draw(st.sampled_from([None, 1]))
    fields = draw(field_values())
    at = START
    log = [*workflow.begin(ticket_id, actor=draw(actors()), at=at, fields=fields, seq=seq)]
    for _ in range(draw(st.integers(0, max_size))):
        ticket = replay(log)
        rows = [t for t in workflow.transitions if ticket.status.name in t.sources]
        if not rows:
            break
        action = draw(st.sampled_from(rows)).action
        actor, brought = draw(actors()), draw(field_values())
        at += draw(GAPS)
        try:
            made = workflow.decide(ticket, action, actor=actor, at=at, fields=brought, other="T9")
        except TransitionRefused:
            continue
        log += [event for event in made if event.ticket_id == ticket_id]
    return log
