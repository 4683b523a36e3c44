"""Who takes a ticket, asked of the desk itself."""

from datetime import UTC, datetime, timedelta

import pytest

from support_model import Actor, Agent, BusinessCalendar, Changed, Desk, Field, Status, route
from support_model.errors import InvalidValue
from support_model.lines import Capacity
from support_model.reasons_ru import RUSSIAN
from support_model.routing import AgentState, Queue, Routing, Work, ticket_in_queue
from support_model.workflows import INCIDENT

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = BusinessCalendar.weekly({"mon-fri": "10:00-18:00"}, tz="UTC")
SAP = Queue(name="sap", when=Field("topic").contains("sap"), needs=["sap"])
DESK = Desk(
    workflow=INCIDENT,
    agents=[
        Agent(id="ann", skills=["sap"], calendar=HOURS, capacity=Capacity(2)),
        Agent(id="bob", calendar=HOURS),
    ],
    routing=Routing(queues=[SAP]),
)


def log(name="T1", **fields):
    return DESK.begin(name, actor=Actor("customer", "kim"), at=AT, fields=fields)


def then(status=None, **fields):
    fields |= {} if status is None else {"status": status}
    return Changed(ticket_id="T1", at=AT + HOUR, seq=2, role="agent", actor="ann", fields=fields)


def test_a_desk_asks_its_queues_its_agents_and_its_routing():
    sap, later = log(topic="sap login"), AT + 2 * HOUR
    busy = {"bob": AgentState(work=[Work("email")])}
    waiting = ticket_in_queue(sap, [SAP], as_of=later)
    expected = route(waiting, DESK.agents, busy, DESK.routing, as_of=later)
    assert DESK.route(sap, busy, as_of=later) == expected
    assert (expected.agent, expected.codes) == ("ann", {"bob": ("missing_skill",)})
    assert DESK.route(log(), {"ann": AgentState(work=[Work("email")])}, as_of=later).agent == "bob"
    early = DESK.route(sap, {}, as_of=AT)
    assert (early.agent, early.reasons, early.retry_at) == (None, (), AT + HOUR)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (then(agent="bob"), "T1: needs nobody: bob has it"),
        (then(Status("waiting", "pending")), "T1: needs nobody: it is pending, in 'waiting'"),
        (then(Status("parked", "on_hold")), "T1: needs nobody: it is on hold, in 'parked'"),
        (
            then(Status("solved", "solved"), agent="bob"),
            "T1: needs nobody: it is solved, in 'solved'",
        ),
        (then(Status("merged", "void")), "T1: needs nobody: it is void, in 'merged'"),
    ],
)
def test_a_ticket_that_needs_nobody_says_so_and_asks_for_no_retry(change, says):
    for as_of in (AT + HOUR, AT + 30 * HOUR):
        decision = DESK.route([*log(), change], {}, as_of=as_of)
        assert (decision.agent, decision.retry_at, decision.agenda.moments) == (None, None, ())
        assert str(decision) == says
        assert "needs" not in decision.text(RUSSIAN)
    before = DESK.route([*log(), change], {}, as_of=AT)
    assert before.retry_at == AT + HOUR  # what comes later is not known yet


def test_a_ticket_that_does_not_exist_yet_is_refused():
    with pytest.raises(InvalidValue, match="does not exist yet"):
        DESK.route(log(), {}, as_of=AT - HOUR)
