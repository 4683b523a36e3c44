"""What logs say to routing: since when a ticket waits, whose it was, what people have in hand."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._vocabulary import CATEGORIES
from support_model.errors import InvalidValue
from support_model.events import Changed, Created, Message
from support_model.lines import Agent
from support_model.patterns import ALWAYS, Field
from support_model.routing import (
    AgentState,
    Need,
    Owner,
    Queue,
    Relax,
    Routing,
    Work,
    route,
    ticket_in_queue,
    workload_now,
    workload_of,
)
from support_model.tickets import replay
from support_model.vocabulary import Priority, Status

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
DONE = Status("done", "solved")
OPEN = Status("work", "open")


def begun(name="T1", **fields):
    new = {"status": Status("new", "new"), "channel": "chat", **fields}
    return Created(ticket_id=name, at=AT, role="customer", fields=new)


def changed(hours, name="T1", role="agent", actor=None, **fields):
    at = AT + hours * HOUR
    return Changed(ticket_id=name, at=at, role=role, actor=actor, fields=fields)


@pytest.mark.parametrize(
    ("log", "since"),
    [
        ([begun()], 0),
        ([begun(), changed(1, type="incident")], 0),
        ([begun(line=1), changed(1, line=2)], 1),
        ([begun(group="a"), changed(1, group="b"), changed(2, type="incident")], 1),
        ([begun(agent="ann"), changed(1, agent=None)], 1),
        ([begun(agent="ann"), changed(1, agent="bob")], 0),
        ([begun(), changed(1, status=DONE), changed(2, status=OPEN)], 2),
        ([begun(), changed(9, line=2)], 0),  # not known yet
    ],
)
def test_since_when_a_ticket_waits(log, since):
    found = ticket_in_queue(log, as_of=AT + 5 * HOUR)
    assert found.queued_at == AT + since * HOUR


def test_the_last_one_assigned_is_the_owner_until_their_last_event():
    log = [
        begun(agent="ann", requester="kim"),
        changed(1, agent="bob"),
        Message(ticket_id="T1", at=AT + 2 * HOUR, role="agent", actor="bob", public=True),
        Message(ticket_id="T1", at=AT + 3 * HOUR, role="agent", actor="ann", public=True),
        changed(4, agent=None, technology="sap"),
    ]
    sap = Queue(name="sap", when=Field("technology").is_("sap"), needs=["sap"], line=2)
    due = AT + 9 * HOUR
    found = ticket_in_queue(log, [sap], as_of=AT + 5 * HOUR, due_at=due)
    assert found.owner == Owner("bob", AT + 2 * HOUR)
    assert (found.line, found.due_at, dict(found.exclude)) == (2, due, {"kim": "author"})
    assert ticket_in_queue(log, [sap], as_of=AT).owner == Owner("ann", AT)
    more = ticket_in_queue(log, as_of=AT, exclude={"bob": "conflict"}).exclude
    assert more == {"kim": "author", "bob": "conflict"}
    assert ticket_in_queue([begun()], as_of=AT).owner is None
    with pytest.raises(InvalidValue, match="does not exist yet"):
        ticket_in_queue(log, as_of=AT - HOUR)


def test_what_everybody_has_in_hand():
    logs = [
        [begun("T1", agent="ann"), changed(1, "T1", agent="bob"), changed(3, "T1", agent="ann")],
        [begun("T2", agent="ann"), changed(2, "T2", status=DONE)],
        [begun("T3"), changed(1, "T3", agent="cid", status=Status("wait", "pending"))],
        [begun("T4", agent="dee"), changed(8, "T4", agent="ann")],
        [begun("T5")],
    ]
    found = workload_of(logs, as_of=AT + 4 * HOUR)
    assert found == {
        "ann": AgentState(
            work=[Work("chat", "new")],
            last_assigned_at=AT + 3 * HOUR,
            idle_since=AT + 2 * HOUR,
            recent=[AT, AT, AT + 3 * HOUR],
        ),
        "bob": AgentState(
            last_assigned_at=AT + HOUR, idle_since=AT + 3 * HOUR, recent=[AT + HOUR]
        ),
        "cid": AgentState(
            work=[Work("chat", "pending", timer=False)],
            last_assigned_at=AT + HOUR,
            recent=[AT + HOUR],
        ),
        "dee": AgentState(work=[Work("chat", "new")], last_assigned_at=AT, recent=[AT]),
    }
    assert workload_of(logs, as_of=AT - HOUR) == {}


def test_what_people_have_in_hand_by_tickets_or_by_rows_of_a_table():
    wait, void = Status("wait", "pending"), Status("merged", "void")
    logs = [
        [begun("T1", agent="ann")],
        [begun("T2", agent="ann"), changed(1, "T2", status=wait)],
        [begun("T3", agent="ann"), changed(1, "T3", status=DONE)],
        [begun("T4", agent="bob"), changed(1, "T4", status=void)],
        [begun("T5")],
        [begun("T6", agent="cid", channel=None)],
    ]
    tickets = [replay(log) for log in logs]
    found = workload_now(tickets)
    assert found == {
        "ann": AgentState(work=[Work("chat", "new"), Work("chat", "pending", timer=False)]),
        "cid": AgentState(work=[Work("email", "new")]),
    }
    rows = [(ticket.agent, Work(ticket.channel, ticket.category)) for ticket in tickets]
    assert workload_now(rows) == found
    by_log = workload_of(logs, as_of=AT + 5 * HOUR)
    assert {agent: state.work for agent, state in by_log.items() if state.work} == {
        agent: state.work for agent, state in found.items()
    }
    for wrong in ("ann", ("ann", "chat"), ("ann", "chat", "new")):
        with pytest.raises(InvalidValue, match="no work in hand"):
            workload_now([wrong])


moves = st.lists(
    st.tuples(st.sampled_from(["ann", "bob", None]), st.sampled_from(CATEGORIES)), max_size=6
)


@given(st.lists(moves, max_size=4))
def test_every_ticket_that_is_not_at_rest_is_in_one_pair_of_hands(histories):
    logs = []
    for number, history in enumerate(histories):
        name = f"T{number}"
        steps = [
            changed(hour, name, agent=agent, status=Status(category, category))
            for hour, (agent, category) in enumerate(history, start=1)
        ]
        logs.append([begun(name), *steps])
    states = workload_of(logs, as_of=AT + 99 * HOUR)
    ends = [history[-1] for history in histories if history]
    for agent in ("ann", "bob"):
        mine = sorted(
            category
            for who, category in ends
            if who == agent and category not in {"solved", "closed", "void"}
        )
        state = states.get(agent, AgentState())
        assert sorted(work.category for work in state.work) == mine
        assert [work.timer for work in state.work] == [
            work.category in {"new", "open"} for work in state.work
        ]
        times = [
            hour
            for history in histories
            for hour, (before, now) in enumerate(pairwise([(None, "new"), *history]), start=1)
            if now[0] == agent != before[0]
        ]
        assert [(at - AT) // HOUR for at in state.recent] == sorted(times)


SAP = Queue(name="sap", when=Field("priority").is_("p1"), needs=[Need("sap", 3)], line=2)
ELSE = Queue(name="else", when=ALWAYS, needs=["office"], line=1)
LOW, HIGH = Priority("p2", 2), Priority("p1", 1)


def waiting(log, hours=9):
    found = ticket_in_queue(log, [SAP, ELSE], as_of=AT + hours * HOUR)
    return found.line, (found.queued_at - AT) / HOUR, (found.queue_since - AT) / HOUR


def test_a_queue_is_in_force_from_the_first_instant_at_which_its_condition_holds():
    log = [begun(priority=LOW), changed(3, priority=HIGH)]
    assert waiting(log, 2) == (1, 0, 0)
    assert waiting(log) == (2, 3, 3)
    assert waiting([*log, changed(5, type="incident")]) == (2, 3, 3)
    back = [*log, changed(5, priority=LOW), changed(6, priority=HIGH)]
    assert waiting(back) == (2, 6, 6)


def test_what_holds_between_two_events_of_one_instant_is_no_queue():
    log = [begun(priority=LOW), changed(3, priority=HIGH), changed(3, priority=LOW)]
    assert waiting(log) == (1, 0, 0)


def test_a_queue_that_moves_the_ticket_nowhere_leaves_its_place():
    log = [begun(priority=LOW, line=1), changed(3, priority=HIGH)]
    assert waiting(log) == (1, 0, 3)


def test_what_a_queue_needs_relaxes_from_when_it_came_into_force():
    relax = Routing(relax=[Relax(after=HOUR, drop=["sap"])])
    log = [begun(priority=LOW, line=1), changed(3, priority=HIGH)]
    team = [Agent(id="ann", line=1)]
    found = ticket_in_queue(log, [SAP, ELSE], as_of=AT + 3.5 * HOUR)
    decision = route(found, team, {}, relax, as_of=AT + 3.5 * HOUR)
    assert decision.agent is None
    assert decision.retry_at == AT + 4 * HOUR
    assert route(found, team, {}, relax, as_of=AT + 4 * HOUR).agent == "ann"
