"""Decisions, backlogs and retries against a slow twin that asks every minute."""

from datetime import timedelta

from conformance import routing as adapter
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import routing_oracle as oracle
from routing.cases import backlogs, questions

from support_model.instants import micros

MINUTES = 2_000
"""Longer than any wait, absence or expiry that is drawn, and over a night and a holiday."""


def answered(data, minutes=MINUTES):
    """Our decision, its retry left out where the twin does not look so far."""
    found = adapter.routed(data)
    last = adapter.at(data["as_of"]) + timedelta(minutes=minutes)
    if found["retry_at"] is not None and adapter.at(found["retry_at"]) > last:
        found["retry_at"] = None
    return found


@settings(max_examples=150)
@given(questions())
def test_a_decision_is_the_twins(data):
    assert answered(data, 120) == oracle.route(data, 120)


@given(questions().filter(lambda data: not oracle.route(data, 0)["ranked"]))
def test_r8_retry_at_is_the_first_minute_at_which_the_answer_changes(data):
    found = answered(data)
    assert found["retry_at"] == oracle.route(data, MINUTES)["retry_at"]
    if found["retry_at"] is not None:
        later = adapter.routed({**data, "as_of": found["retry_at"]})
        assert later["agent"] is not None


@given(backlogs())
def test_a_backlog_is_the_twins(data):
    assert adapter.batch(data) == oracle.backlog(data)


@given(backlogs(), st.data())
def test_r9_a_backlog_is_route_asked_again_and_again(data, choose):
    tickets = [adapter.ticket_of(row) for row in data["tickets"]]
    agents, workload, routing = adapter.facts_of(data)
    now = adapter.at(data["as_of"])
    shuffled = choose.draw(st.permutations(tickets))
    found = adapter.assign_backlog(shuffled, agents, workload, routing, as_of=now)
    states = dict(workload)
    for ticket in sorted(tickets, key=lambda ticket: routing.sort_key(ticket, micros(now))):
        one = adapter.route(ticket, agents, states, routing, as_of=now)
        then = found.decision(ticket.id)
        assert (then, then.ranked, then.codes, then.retry_at) == (
            one,
            one.ranked,
            one.codes,
            one.retry_at,
        )
        if one.agent is not None:
            state = states.get(one.agent, adapter.AgentState())
            states[one.agent] = state.assigned(ticket.channel, now)
    assert found.after == states
    assert set(found.left) == {name for name, agent in found.assigned.items() if agent is None}
