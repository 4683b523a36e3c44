"""Strategies for tickets: histories that a workflow allows, and logs of any content.

`histories` draws what `decide` makes of random actions, so every log passes `check`; `events`
draws any log that is one ticket's, however strange, since a log is only a record. Instants
repeat, so ties happen; half of the logs are numbered.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from support_model._vocabulary import CATEGORIES, FACTS, ROLES, Actor, Priority, Status
from support_model.errors import TransitionRefused
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    PolicyApplied,
    Promised,
    Rated,
    RatingRequested,
    Related,
    Worked,
)
from support_model.patterns import Field, fact
from support_model.tickets import replay

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from support_model.events import Event
    from support_model.patterns import Pattern
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
def _later(draw: DrawFn, common: dict[str, Any]) -> Event:
    """Draw an event other than the creation."""
    kind = draw(st.integers(0, 10))
    if kind in {0, 1}:
        return Message(**common, public=draw(st.booleans()))
    if kind in {2, 3, 4}:
        status = draw(st.fixed_dictionaries({}, optional={"status": statuses()}))
        fields = {**draw(field_values()), **status}
        until = draw(st.none() | GAPS.map(lambda gap: common["at"] + gap))
        return Changed(**common, fields=fields or {"tags": ()}, until=until)
    return draw(
        st.sampled_from(
            [
                Acknowledged(**common),
                Worked(**common, duration=timedelta(minutes=5)),
                Promised(**common, metric="resolution", due=common["at"] + timedelta(hours=8)),
                Promised(**common, metric="resolution", due=None),
                RatingRequested(**common, kind="csat"),
                Rated(**common, kind="csat", score=4, scale=(1, 5)),
                Related(**common, kind="parent", other="T9"),
                PolicyApplied(**common, policy="gold", version="2"),
            ]
        )
    )


@st.composite
def events(draw: DrawFn, *, ticket_id: str = "T1", max_size: int = 12) -> list[Event]:
    """Draw the log of one ticket, in order, of any content.

    Example:
        >>> from hypothesis import find
        >>> find(events(), lambda log: len(log) > 1)[0].type
        'created'
    """
    numbered = draw(st.booleans())
    at, log = START, list[Any]()
    for number in range(draw(st.integers(1, max_size))):
        at += draw(GAPS) if number else timedelta()
        actor = draw(actors())
        common: dict[str, Any] = {
            "ticket_id": ticket_id,
            "at": at,
            "role": actor.role,
            "actor": actor.id,
            "seq": number if numbered else None,
            "source_id": f"e{number}",
        }
        if number:
            log.append(draw(_later(common)))
        else:
            fields = {"status": draw(statuses()), **draw(field_values())}
            log.append(Created(**common, fields=fields))
    return log


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
    other = replay(workflow.begin("T9", actor=Actor("customer"), at=at))
    for _ in range(draw(st.integers(0, max_size))):
        ticket = replay(log)
        rows = [t for t in workflow.transitions if ticket.status.name in t.sources]
        if not rows:
            break
        action = draw(st.sampled_from(rows)).action
        actor, brought = draw(actors()), draw(field_values())
        at += draw(GAPS)
        try:
            made = workflow.decide(ticket, action, actor=actor, at=at, fields=brought, other=other)
        except TransitionRefused:
            continue
        log += [event for event in made if event.ticket_id == ticket_id]
    return log


def patterns(*, max_leaves: int = 6) -> SearchStrategy[Pattern]:
    """Draw conditions over every kind of name, combined."""
    leaves = st.one_of(
        st.sampled_from(FACTS).map(fact),
        st.sampled_from(["category", "old.category"]).flatmap(
            lambda name: st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3).map(
                lambda values: Field(name).in_(*values)
            )
        ),
        st.sampled_from(ROLES).map(Field("role").is_),
        st.sampled_from(["message", "changed", "created"]).map(Field("event").is_),
        st.booleans().map(Field("public").is_),
        st.sampled_from(["group", "status", "line"]).map(Field("changed").contains),
        st.integers(1, 3).map(Field("priority_rank").at_most),
        st.integers(0, 2).map(Field("old.times.replied").at_least),
        st.sampled_from([START, START + timedelta(hours=1)]).map(Field("at").before),
        st.sampled_from(["invoice", "VPN"]).map(Field("topic").contains),
        st.sampled_from(["VIP", "billing"]).map(Field("tags").contains),
        st.just(Field("custom.severity").is_(2)) | st.just(Field("custom.severity").is_("high")),
        st.integers(1, 3).map(Field("old.custom.severity").at_least),
        st.sampled_from(["agent", "old.group", "tags"]).map(lambda name: Field(name).has()),
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.builds(lambda a, b: a & b, inner, inner)
            | st.builds(lambda a, b: a | b, inner, inner)
            | inner.map(lambda part: ~part)
        ),
        max_leaves=max_leaves,
    )
