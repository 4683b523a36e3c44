"""Routing between people: offers, deputies, presence, who waited long, and the edges of all."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from support_model._records import read, write
from support_model._routing.data import AGENT, ROUTING
from support_model.desk import Desk
from support_model.errors import InvalidRouting, InvalidValue
from support_model.events import Changed, Created, Message
from support_model.instants import Span, micros
from support_model.lines import Agent, Capacity, Skill
from support_model.routing import (
    AgentState,
    Need,
    Owner,
    QueuedTicket,
    Routing,
    Work,
    assign_backlog,
    route,
    ticket_in_queue,
    workload_of,
)
from support_model.vocabulary import Status

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
MICROSECOND = timedelta(microseconds=1)
NEW = {"status": Status("new", "new"), "channel": "chat"}


def waiting(name="T", **more):
    return QueuedTicket(**{"id": name, "channel": "chat", "queued_at": MONDAY, **more})


def created(name, seconds=0, **fields):
    at = MONDAY + seconds * SECOND
    return Created(ticket_id=name, at=at, role="customer", fields={**NEW, **fields})


def assigned(name, seconds, agent, role="system", **more):
    at = MONDAY + seconds * SECOND
    return Changed(ticket_id=name, at=at, role=role, fields={"agent": agent, **more})


# an offer is no work


def test_who_was_offered_in_vain_keeps_the_place():
    kim = [created("kim"), assigned("kim", 5, "ann"), assigned("kim", 25, None)]
    now = MONDAY + 26 * SECOND
    queue = [
        ticket_in_queue(kim, as_of=now, exclude={"ann": "no answer"}),
        ticket_in_queue([created("lee", 20)], as_of=now),
    ]
    found = assign_backlog(
        queue, [Agent(id="bob", capacity=Capacity(1))], {}, Routing(), as_of=now
    )
    assert [str(x.queued_at - MONDAY) for x in queue] == ["0:00:00", "0:00:20"]
    assert {k: v for k, v in found.assigned.items() if v} == {"kim": "bob"}


def test_who_never_acted_was_no_owner():
    log = [created("T1"), assigned("T1", 5, "ann"), assigned("T1", 25, None)]
    now = MONDAY + 26 * SECOND
    item = ticket_in_queue(log, as_of=now)
    states = {"ann": AgentState(last_assigned_at=MONDAY + 5 * SECOND)}
    found = route(
        item, [Agent(id="ann"), Agent(id="bob")], states, Routing(sticky=HOUR), as_of=now
    )
    assert (item.owner, found.agent) == (None, "bob")
    taken = Message(ticket_id="T1", at=MONDAY + 9 * SECOND, role="agent", actor="ann", public=True)
    worked = ticket_in_queue([*log[:2], taken, log[2]], as_of=now)
    assert (worked.owner.agent, worked.queued_at - MONDAY) == ("ann", 25 * SECOND)


@pytest.mark.parametrize("role", ["system", "bot", "agent"])
def test_only_an_offer_ends_no_work(role):
    log = [created("T1"), assigned("T1", 5, "ann", role), assigned("T1", 25, "bob", "system")]
    ann = workload_of([log], as_of=MONDAY + DAY)["ann"]
    assert ann.idle_since == (MONDAY + 25 * SECOND if role == "agent" else None)
    assert ann.recent == (MONDAY + 5 * SECOND,), "it was given to her all the same"


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), min_size=2, max_size=4))
def test_idle_since_is_the_latest_end_of_all_logs_in_any_order(spans):
    logs = [
        [
            created(f"T{n}", begin),
            assigned(f"T{n}", begin, "ann", "agent"),
            assigned(f"T{n}", begin + more, None, "agent"),
        ]
        for n, (begin, more) in enumerate(spans)
    ]
    latest = max(begin + more for begin, more in spans)
    for given_ in permutations(logs):
        found = workload_of(given_, as_of=MONDAY + DAY)["ann"]
        assert found.idle_since == MONDAY + latest * SECOND
        known = workload_of(given_, as_of=MONDAY + latest * SECOND - MICROSECOND).get("ann")
        assert known is None or known.idle_since != MONDAY + latest * SECOND


# edges


@pytest.mark.parametrize("by", [-MICROSECOND, timedelta(), MICROSECOND])
@pytest.mark.parametrize("required", [True, False])
def test_a_skill_that_ends_now_counts_no_more_wherever_it_is_asked(by, required):
    ann = Agent(id="ann", skills=[Skill(name="sap", level=2, expires=MONDAY + by)])
    bob = Agent(id="bob", skills=[Skill(name="sap", level=1)])
    counts = by > timedelta()
    item = waiting(needs=[Need("sap", 2, required)])
    found = route(item, [ann, bob], {}, Routing(), as_of=MONDAY)
    assert ann.can("sap", as_of=MONDAY, level=2) is counts
    if required:
        assert found.ranked == (("ann",) if counts else ())
        assert found.codes["bob"] == ("skill_level_low",)
    # bob was given less lately, so only a skill that counts puts ann first
    states = {"ann": AgentState(last_assigned_at=MONDAY - DAY)}
    wish = route(item, [ann, bob], states, Routing(), as_of=MONDAY)
    assert required or wish.ranked == (("ann", "bob") if counts else ("bob", "ann"))
    assert required or wish.reasons[-1]["met"] == (1 if counts else 0)


@pytest.mark.parametrize("by", [-MICROSECOND, timedelta(), MICROSECOND])
def test_every_end_is_half_open(by):
    at = MONDAY + by
    people = [Agent(id="ann"), Agent(id="bob")]
    kept = route(
        waiting(owner=Owner("bob", at - HOUR)), people, {}, Routing(sticky=HOUR), as_of=MONDAY
    )
    assert kept.agent == ("bob" if by > timedelta() else "ann")
    gone = [Agent(id="ann", absences=[Span(MONDAY - HOUR, at)])]
    back = route(waiting(), gone, {}, Routing(), as_of=MONDAY)
    assert (back.agent, back.retry_at) == ((None, at) if by > timedelta() else ("ann", None))
    leaves = [Agent(id="ann", absences=[Span(at, MONDAY + HOUR)])]
    there = route(waiting(), leaves, {}, Routing(), as_of=MONDAY)
    assert there.agent == ("ann" if by > timedelta() else None)


def test_a_freed_agent_takes_the_urgent_first():
    queue = [
        waiting("old", queued_at=MONDAY - 30 * MINUTE, needs=["support"], priority=5),
        waiting("hot", queued_at=MONDAY - MINUTE, needs=["sales"], priority=1),
    ]
    ann = Agent(id="ann", skills=["sales", "support"], capacity=Capacity(1))
    found = assign_backlog(queue, [ann], {}, Routing(), as_of=MONDAY)
    assert dict(found.assigned) == {"hot": "ann", "old": None}


def test_nobody_is_an_answer():
    ann = Agent(id="a", capacity=Capacity(1))
    a = route(waiting(), [], {}, Routing(), as_of=MONDAY)
    b = route(waiting(), [ann], {"a": AgentState(work=[Work("chat")])}, Routing(), as_of=MONDAY)
    assert (a.agent, a.ranked, a.codes, a.retry_at) == (None, (), {}, None)
    assert (b.agent, b.codes, b.retry_at) == (None, {"a": ("no_capacity",)}, None)


@pytest.mark.parametrize(
    ("presence", "takes"),
    [("unknown", "a"), ("online", "a"), ("busy", None), ("away", None), ("offline", None)],
)
def test_only_who_is_there_and_free_gets_work(presence, takes):
    found = route(
        waiting(), [Agent(id="a")], {"a": AgentState(presence=presence)}, Routing(), as_of=MONDAY
    )
    assert found.agent == takes
    assert takes or (found.codes, found.retry_at) == ({"a": ("offline",)}, None)


# deputies


def team(**deputies):
    leave = Span(MONDAY - DAY, MONDAY + 7 * DAY)
    away = [Agent(id=name, absences=[leave], deputy=deputy) for name, deputy in deputies.items()]
    there = [Agent(id=name) for name in ("bob", "mia") if name not in deputies]
    return [*away, *there]


STATES = {"bob": AgentState(), "mia": AgentState(last_assigned_at=MONDAY - MINUTE)}


def sticky(people, owner="ann", at=MONDAY, **more):
    item = waiting(owner=Owner(owner, MONDAY - HOUR), **more)
    return route(item, people, STATES, Routing(sticky=DAY), as_of=at)


def test_a_deputy_takes_what_comes_back_during_an_absence():
    found = sticky(team(ann="mia"))
    assert (found.agent, found.reasons[0].code) == ("mia", "sticky_deputy")
    item = waiting(owner=Owner("ann", MONDAY - HOUR))
    many = assign_backlog([item], team(ann="mia"), STATES, Routing(sticky=DAY), as_of=MONDAY)
    assert dict(many.assigned) == {"T": "mia"}
    assert sticky([evolve(x, absences=()) for x in team(ann="mia")]).agent == "ann"
    assert sticky(team(ann="mia"), exclude={"mia": "conflict"}).agent == "bob"
    assert sticky(team(ann=None)).agent == "bob"


def test_deputies_of_deputies_and_circles():
    assert sticky(team(ann="eva", eva="mia")).agent == "mia"
    assert sticky(team(ann="eva", eva="ann")).agent == "bob"
    with pytest.raises(InvalidValue, match="own deputy"):
        Agent(id="ann", deputy="ann")
    with pytest.raises(InvalidRouting, match=r"unknown deputy: 'mai'; did you mean 'mia'"):
        Desk(agents=[Agent(id="ann", deputy="mai"), Agent(id="mia")])


def test_deputies_and_ageing_are_kept_in_files():
    ann, rules = Agent(id="ann", deputy="mia"), Routing(ageing=4 * HOUR, sticky=DAY)
    assert read(AGENT, write(AGENT, ann, "agent"), "agent") == ann
    assert read(ROUTING, write(ROUTING, rules, "routing"), "routing") == rules


# waiting long


def served(ageing, times=200):
    """How an urgent ticket every ten minutes goes with one agent and an old ordinary one."""
    queue = [waiting("low", queued_at=MONDAY - 10 * DAY, priority=4)]
    done = []
    for k in range(times):
        at = MONDAY + k * 10 * MINUTE
        queue.append(waiting(f"hot{k:03}", queued_at=at, priority=1))
        ann = [Agent(id="a", capacity=Capacity(1))]
        got = assign_backlog(queue, ann, {}, Routing(ageing=ageing), as_of=at)
        done += [x for x, who in got.assigned.items() if who]
        queue = [x for x in queue if x.id not in done]
    return done


def test_nothing_waits_for_ever_where_waiting_raises():
    assert "low" not in served(None)
    assert served(DAY)[0] == "low"
    assert len(served(DAY)) == 200


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 40), st.sampled_from([-1, 0, 1]))
def test_a_ticket_rises_by_one_rank_at_each_whole_wait(rank, hours, waits, by):
    every = hours * HOUR
    item = waiting(priority=rank)
    at = micros(MONDAY + waits * every) + by
    place = Routing(ageing=every).sort_key(item, at)
    assert place[0] == rank - (max(waits - 1, 0) if by < 0 else waits)
    assert place[1:] == item.sort_key[1:]
    assert Routing().sort_key(item, at) == item.sort_key


def test_ageing_is_a_wait_above_zero():
    with pytest.raises(InvalidValue, match="longer than zero"):
        Routing(ageing=timedelta())
