"""Up and back between lines: the nearest that can help, and why the others are passed by."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from conformance import routing as adapter
from hypothesis import given
from hypothesis import strategies as st
from routing.cases import questions

from support_model.errors import InvalidValue, NaiveDatetime
from support_model.lines import Agent, Skill
from support_model.routing import Need, QueuedTicket, Routing, line_above, line_below, route
from support_model.tickets import replay, steps
from support_model.vocabulary import Actor, Status
from support_model.workflows import INCIDENT

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def waiting(**parts):
    return QueuedTicket(**{"id": "T1", "channel": "chat", "queued_at": AT, **parts})


@given(questions(), st.integers(1, 4), st.booleans(), st.lists(st.integers(1, 4), max_size=4))
def test_r10_the_line_chosen_can_take_it_when_people_come_and_those_passed_by_cannot(
    data, line, up, history
):
    people, _, _ = adapter.facts_of(data)
    now = adapter.at(data["as_of"])
    item = evolve(adapter.ticket_of(data["ticket"]), line=line, team=None)
    if up:
        found = line_above(item, people, as_of=now)
        possible = [other for other in range(1, 6) if other > line]
    else:
        found = line_below(item, people, as_of=now, history=history)
        possible = [other for other in range(1, 6) if other < line]
    ready = [evolve(agent, calendar=None, absences=(), capacity={}) for agent in people]
    able = [
        other
        for other in possible
        if route(evolve(item, line=other), ready, {}, Routing(), as_of=now).agent is not None
    ]
    passed_by = [reason["line"] for reason in found.skipped]
    assert not {*passed_by} & {*able}
    if found.line is None:
        assert not able
        assert sorted(passed_by) == possible
    else:
        assert found.line in able
        been = [other for other in reversed(history) if other in able]
        nearest = min(able) if up else max(able)
        assert found.line == (been[0] if been and not up else nearest)


def test_why_a_line_is_passed_by():
    people = [
        Agent(id="ann", line=2, skills=["sap"]),
        Agent(id="bob", line=2, skills=[Skill(name="db", level=2)]),
        Agent(id="cid", line=4),
        Agent(id="dee", line=5, skills=["sap", Skill(name="db", level=3)]),
    ]
    needs = [Need("sap"), Need("db", 2), Need("french", required=False)]
    found = line_above(waiting(line=1, needs=needs), people, as_of=AT)
    assert found.line == 5
    assert [str(reason) for reason in found.skipped] == [
        "nobody on line 2 holds sap, db (2+)",  # each of them, and nobody both
        "nobody serves on line 3",
        "nobody on line 4 holds sap, db (2+)",
    ]
    short = line_above(waiting(line=1, needs=needs), people[:1], as_of=AT)
    assert str(short.skipped[0]) == "nobody on line 2 holds db (2+)"
    item = waiting(line=1, exclude={"ann": "author", "bob": "conflict"})
    found = line_above(item, people[:2], as_of=AT)
    assert found.line is None
    assert found.skipped[0].code == "line_excluded"
    expired = Agent(id="eve", line=2, skills=[Skill(name="sap", expires=AT)])
    just_before = AT - timedelta(microseconds=1)
    item = waiting(line=1, needs=["sap"])
    assert line_above(item, [expired], as_of=AT).line is None
    assert line_above(item, [expired], as_of=just_before).line == 2


def test_a_ticket_goes_back_where_it_came_from():
    people = [Agent(id=f"a{line}", line=line) for line in range(1, 6)]
    item = waiting(line=4)
    assert line_below(item, people, as_of=AT).line == 3
    assert line_below(item, people, as_of=AT, history=[1, 2, 4]).line == 2
    assert line_below(item, people, as_of=AT, history=[2, 1, 4]).line == 1
    without = [agent for agent in people if agent.line != 2]
    back = line_below(item, without, as_of=AT, history=[1, 2, 4])
    assert (back.line, [reason.code for reason in back.skipped]) == (1, ["line_empty"])
    assert line_below(waiting(line=1), people, as_of=AT).line is None
    assert line_above(waiting(line=5), people, as_of=AT).line is None


def test_the_choice_is_written_down_by_the_workflow_and_read_back_as_facts():
    people = [Agent(id="ann", line=1), Agent(id="cid", line=3)]
    agent = Actor("agent", "ann")
    log = [*INCIDENT.begin("T1", actor=Actor("customer"), at=AT, fields={"line": 1})]
    new = replay(log)
    log += INCIDENT.decide(new, "assign", actor=agent, at=AT + HOUR, fields={"agent": "ann"})
    for hours, action, ask in ((2, "escalate", line_above), (3, "hand_back", line_below)):
        ticket, now = replay(log), AT + hours * HOUR
        line = ask(waiting(line=ticket.line), people, as_of=now).line
        log += INCIDENT.decide(ticket, action, actor=agent, at=now, fields={"line": line})
    facts = [fact for step in steps(log) for fact in sorted(step.facts)]
    assert "escalated_functional" in facts
    assert facts[-1] == "handed_back"
    assert replay(log).line == 1
    assert replay(log).status == Status("in progress", "open")


@pytest.mark.parametrize("ask", [line_above, line_below])
def test_what_cannot_be_asked(ask):
    with pytest.raises(InvalidValue, match="'T1'"):
        ask(waiting(), [], as_of=AT)
    with pytest.raises(NaiveDatetime):
        ask(waiting(line=1), [], as_of=datetime(2026, 3, 4))
