"""What holds of every decision, whoever works and whatever waits."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from attrs import evolve
from conformance import routing as adapter
from hypothesis import given
from hypothesis import strategies as st
from routing.cases import agents, backlogs, questions

from support_model._routing.checks import CODES
from support_model.lines import Agent, Capacity
from support_model.routing import (
    QueuedTicket,
    Ranking,
    RateLimit,
    Routing,
    assign_backlog,
    fairness,
    route,
    tally,
)

TESTS = Path(__file__).resolve().parents[1]
LAWS = TESTS.parent / "docs" / "explanation" / "laws.md"
AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_every_law_has_its_id_in_the_docs_and_among_the_tests():
    written = re.findall(r"^\| ([RO]\d+) \|", LAWS.read_text("utf-8"), re.MULTILINE)
    assert len(written) == len({*written})
    tested = set()
    for folder in ("routing", "escalation"):
        for path in (TESTS / folder).glob("test_*.py"):
            tested |= {*re.findall(r"^def test_([ro]\d+)_", path.read_text("utf-8"), re.MULTILINE)}
    assert {law.lower() for law in written} == tested


def asked(data, people=None):
    """Our decision on a case, with all that can be asked of it."""
    given_people, workload, routing = adapter.facts_of(data)
    people = given_people if people is None else people
    return route(
        adapter.ticket_of(data["ticket"]),
        people,
        workload,
        routing,
        as_of=adapter.at(data["as_of"]),
    )


@given(questions())
def test_r1_whoever_is_ranked_is_there_able_free_and_of_the_line(data):
    people, workload, rules = adapter.facts_of(data)
    routing = evolve(rules, relax=(), fallback=())
    ticket, now = adapter.ticket_of(data["ticket"]), adapter.at(data["as_of"])
    for name in route(ticket, people, workload, routing, as_of=now).ranked:
        agent = next(one for one in people if one.id == name)
        state, capacity = workload[name], agent.capacity
        assert name not in ticket.exclude
        assert ticket.line in {None, agent.line}
        assert ticket.team is None or ticket.team in agent.teams
        assert agent.calendar is None or agent.calendar.is_open(now)
        assert not any(span.start <= now < span.end for span in agent.absences)
        assert state.presence in {"unknown", "online"}
        for need in ticket.needs:
            assert not need.required or agent.can(need.skill, as_of=now, level=need.level)
        load = state.counts[routing.count]
        units = sum(routing.weights.get(channel, 1) * n for channel, n in load.items())
        weight = routing.weights.get(ticket.channel, 1)
        assert capacity.units is None or units + weight <= capacity.units
        places = capacity.channels.get(ticket.channel)
        assert places is None or load.get(ticket.channel, 0) < places
        limit = routing.rate_limit
        if limit is not None:
            assert sum(now - limit.within < at <= now for at in state.recent) < limit.most


@given(questions())
def test_r2_everybody_is_ranked_or_rejected_with_reasons_in_the_fixed_order(data):
    found = asked(data)
    names = {row["id"] for row in data["agents"]}
    assert {*found.ranked} | {*found.rejected} == names
    assert not {*found.ranked} & {*found.rejected}
    assert found.agent == (found.ranked[0] if found.ranked else None)
    assert bool(found.reasons) is (found.agent is not None)
    for codes in found.codes.values():
        places = [CODES.index(code) for code in codes]
        assert places
        assert all(a < b for a, b in pairwise(places))


@given(questions(), st.data())
def test_r3_the_order_of_agents_is_of_no_matter(data, choose):
    people, _, _ = adapter.facts_of(data)
    shuffled = choose.draw(st.permutations(people))
    found, other = asked(data), asked(data, shuffled)
    assert (found, found.ranked, found.codes, found.retry_at) == (
        other,
        other.ranked,
        other.codes,
        other.retry_at,
    )


@given(questions(), agents(names=("0", "aa", "b1", "z")))
def test_r5_somebody_who_may_not_take_it_changes_nothing(data, rows):
    people, _, _ = adapter.facts_of(data)
    more, _, _ = adapter.facts_of({**data, "agents": rows})
    found, wider = asked(data), asked(data, [*people, *more])
    rejected = [agent for agent in more if agent.id in wider.rejected]
    other = asked(data, [*people, *rejected])
    assert (found, found.ranked) == (other, other.ranked)
    assert other.retry_at is None or found.retry_at is None or other.retry_at <= found.retry_at
    if found.agent is not None:  # one more never turns somebody into nobody
        assert wider.agent is not None
    assert [agent for agent in wider.ranked if agent in found.ranked] == [*found.ranked]


@given(questions())
def test_r8_the_retry_is_one_moment_of_the_agenda(data):
    found = asked(data)
    at = found.retry_at
    assert found.agenda.next_at == at
    assert len(found.agenda) == (at is not None)
    if at is not None:
        (moment,) = found.agenda
        assert (moment.kind, moment.subject) == ("routing_retry", data["ticket"]["id"])
        again = asked({**data, "as_of": at.isoformat()})
        assert again.agent is not None
        just_before = asked({**data, "as_of": (at - timedelta(microseconds=1)).isoformat()})
        assert just_before.agent is None
        assert just_before.agenda.moments == found.agenda.moments


@given(
    st.integers(1, 7),
    st.integers(0, 40),
    st.sampled_from(["least_loaded", "round_robin", "least_active", "most_available"]),
    st.booleans(),
)
def test_r4_equal_people_get_equal_shares(crowd, waiting, strategy, one_by_one):
    team = [Agent(id=f"a{n}", capacity=Capacity(100)) for n in range(crowd)]
    tickets = [QueuedTicket(id=f"t{n}", channel="chat", queued_at=AT) for n in range(waiting)]
    routing, states = Routing(strategy=strategy), {}
    if one_by_one:
        given_to = []
        for n, ticket in enumerate(tickets):
            now = AT + n * MINUTE
            agent = route(ticket, team, states, routing, as_of=now).agent
            given_to.append(agent)
            states[agent] = states.get(agent, adapter.AgentState()).assigned("chat", now)
    else:
        given_to = assign_backlog(tickets, team, {}, routing, as_of=AT).assigned.values()
    shares = fairness(tally(given_to, [agent.id for agent in team]))
    assert shares.most - shares.least <= 1
    assert sum(shares.shares.values()) == waiting


@given(backlogs(), st.integers(0, 4), st.integers(1, 4))
def test_r6_under_a_static_rank_more_capacity_never_leaves_more(data, place, more):
    people, _, _ = adapter.facts_of(data)
    tickets = [evolve(adapter.ticket_of(row), channel="email") for row in data["tickets"]]
    routing = Routing(strategy=Ranking("by id", lambda candidate: candidate.agent.id))
    people = [
        evolve(one, capacity=Capacity(one.capacity.units and min(one.capacity.units, 2)))
        for one in people
    ]
    lucky = people[place % len(people)]
    if lucky.capacity.units is None:
        return
    stronger = evolve(lucky, capacity=Capacity(lucky.capacity.units + more))
    now = adapter.at(data["as_of"])
    before = assign_backlog(tickets, people, {}, routing, as_of=now)
    people = [stronger if one is lucky else one for one in people]
    after = assign_backlog(tickets, people, {}, routing, as_of=now)
    assert len(after.left) <= len(before.left)


@given(backlogs())
def test_a_host_s_own_ranking_orders_a_backlog_as_one_by_one(data):
    people, workload, routing = adapter.facts_of(data)
    own = evolve(
        routing, strategy=Ranking("odd", lambda one: (len(one.ticket.id), one.free, one.units))
    )
    now = adapter.at(data["as_of"])
    found = assign_backlog(
        map(adapter.ticket_of, data["tickets"]), people, workload, own, as_of=now
    )
    for name, agent in found.assigned.items():
        ranked = found.decision(name).ranked
        assert agent == (ranked[0] if ranked else None)


@given(questions())
def test_exclusion_beats_everything_and_manual_assignment_never_refuses(data):
    people, workload, routing = adapter.facts_of(data)
    ticket, now = adapter.ticket_of(data["ticket"]), adapter.at(data["as_of"])
    found = route(ticket, people, workload, routing, as_of=now)
    for agent in people:
        by_hand = adapter.assign(ticket, agent.id, people, workload, routing, as_of=now)
        assert by_hand.flags == found.rejected.get(agent.id, ())
    everybody = {agent.id: "conflict" for agent in people}
    closed = evolve(ticket, exclude=everybody)
    assert route(closed, people, workload, routing, as_of=now).ranked == ()


@given(st.integers(1, 5), st.integers(1, 60), st.lists(st.integers(-90, 0), max_size=8))
def test_a_rate_limit_frees_a_place_when_the_window_has_passed(most, minutes, given_at):
    rule = Routing(rate_limit=RateLimit(most, minutes * MINUTE))
    state = adapter.AgentState(recent=[AT + n * MINUTE for n in given_at])
    ticket = QueuedTicket(id="t", channel="chat", queued_at=AT)
    found = route(ticket, [Agent(id="a")], {"a": state}, rule, as_of=AT)
    inside = sorted(n for n in given_at if n > -minutes)
    expected = None if len(inside) < most else AT + (inside[-most] + minutes) * MINUTE
    assert (found.agent is None, found.retry_at) == (expected is not None, expected)
