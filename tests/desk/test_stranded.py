"""Tickets that name what a desk no longer has, each name found once and with the nearest."""

from datetime import UTC, datetime

import attrs
import pytest

from support_model.desk import Desk
from support_model.errors import InvalidValue
from support_model.events import Changed, Created, PolicyApplied
from support_model.lines import Agent, SupportLine
from support_model.reasons_ru import RUSSIAN
from support_model.sla import SlaPolicy
from support_model.tickets import replay
from support_model.vocabulary import Priority, Status
from support_model.workflows import INCIDENT

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPEN = INCIDENT.statuses[0]
HIGH = Priority("high", 1)
DESK = Desk(
    workflow=INCIDENT,
    priorities=[HIGH, Priority("low", 2)],
    policies=[SlaPolicy(name="gold", version="2", targets=())],
    agents=[Agent(id="ann", teams=["billing"]), Agent(id="bob", line=2)],
    lines=[SupportLine(level=1), SupportLine(level=2)],
)


def ticket(policy=None, **fields):
    head = {"ticket_id": "T1", "at": AT, "role": "agent"}
    log = [Created(**head, fields={"status": OPEN, **fields})]
    if policy is not None:
        log.append(PolicyApplied(**head, policy=policy[0], version=policy[1]))
    return replay(log)


@pytest.mark.parametrize(
    ("given", "code", "value", "known"),
    [
        ({"policy": ("gold", "1")}, "stranded_policy", "gold 1", ["gold 2"]),
        ({"status": Status("trigaed", "open")}, "stranded_status", "trigaed", ["triaged"]),
        ({"priority": Priority("hihg", 1)}, "stranded_priority", "hihg", ["high"]),
        ({"agent": "zoe"}, "stranded_agent", "zoe", ["ann", "bob"]),
        ({"group": "biling"}, "stranded_group", "biling", ["billing"]),
        ({"line": 3}, "stranded_line", "3", ["1", "2"]),
    ],
)
def test_a_name_that_is_gone(given, code, value, known):
    (reason,) = DESK.stranded([ticket(**given)])
    assert (reason.code, reason["ticket"]) == (code, "T1")
    assert (reason["value"], reason["known"]) == (value, tuple(known))
    assert ", ".join(map(repr, known)) in str(reason)
    assert ", ".join(f"«{name}»" for name in known) in reason.text(RUSSIAN)


def test_a_name_that_means_something_else():
    moved = ticket(status=Status(OPEN.name, "open"), priority=Priority("high", 3))
    category, rank = DESK.stranded([moved])
    assert str(category) == "T1 is in status 'new' of category 'open', which is 'new' now"
    assert str(rank) == "T1 has priority 'high' of rank 3, which is 1 now"


def test_a_ticket_of_the_desk_is_not_stranded():
    known = ticket(
        policy=("gold", "2"), priority=HIGH, agent="ann", group="billing", line=2, status=OPEN
    )
    assert DESK.stranded([known, ticket()]) == ()
    gone = ticket(priority=Priority("hihg", 1), agent="zoe", group="x", line=3)
    assert Desk().stranded([gone]) == ()


@pytest.mark.parametrize("category", ["closed", "void"])
def test_of_what_has_ended_only_the_policy_matters(category):
    ended = ticket(policy=("gold", "1"), agent="zoe", status=Status("shut", category))
    assert [reason.code for reason in DESK.stranded([ended])] == ["stranded_policy"]


def test_two_events_bring_a_ticket_back():
    """A new status and a new edition are events like any others."""
    head = {"ticket_id": "T1", "at": AT, "role": "system"}
    lost = ticket(policy=("gold", "1"), status=Status("waiting", "pending"))
    assert len(DESK.stranded([lost])) == 2
    log = [
        Created(**head, fields={"status": Status("waiting", "pending")}),
        PolicyApplied(**head, policy="gold", version="1"),
        Changed(**head, fields={"status": OPEN}),
        PolicyApplied(**head, policy="gold", version="2"),
    ]
    assert DESK.stranded([replay(log)]) == ()


@pytest.mark.parametrize("thing", [None, "T1", [ticket()]])
def test_only_tickets_are_asked_about(thing):
    with pytest.raises(InvalidValue, match="replay"):
        DESK.stranded([thing])
    with pytest.raises(InvalidValue, match="no ticket"):
        DESK.stranded([attrs.asdict(ticket(), recurse=False)])
