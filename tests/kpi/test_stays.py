"""Who held a ticket from when on, and how long it waited for whom."""

from datetime import timedelta
from itertools import groupby, pairwise

from hypothesis import given
from kpi.drawn_logs import at, events, scenes

from support_model import kpi
from support_model.events import Changed, Created, Message, Related
from support_model.kpi import Facts, Stay
from support_model.vocabulary import Status

MINUTE = timedelta(minutes=1)
NEW, OPEN, ASKED, VENDOR, DONE = (
    Status("new", "new"),
    Status("open", "open"),
    Status("asked", "pending"),
    Status("at the vendor", "on_hold"),
    Status("done", "solved"),
)


def created(basis=None, role="customer", **fields):
    new = {"status": NEW} | fields
    return Created(ticket_id="T1", at=at(0), role=role, basis=basis, fields=new)


def put(minutes, role="agent", **fields):
    return Changed(ticket_id="T1", at=at(0) + minutes * MINUTE, role=role, fields=fields)


def facts(*log, end=60):
    return kpi.facts_of(log, as_of=at(0) + end * MINUTE)


def held(fact):
    return [((stay.at - at(0)) // MINUTE, *stay[1:]) for stay in fact.stays]


def minutes(times):
    return {key: time // MINUTE for key, time in times.items()}


def test_each_change_of_group_line_or_agent_is_an_entry():
    fact = facts(
        created(group="desk"),
        put(5, agent="ann", line=1),
        put(9, priority=None, agent="ann"),
        put(10, group="network", agent=None),
        put(20, line=2),
    )
    assert held(fact) == [
        (0, "desk", None, None),
        (5, "desk", 1, "ann"),
        (10, "network", 1, None),
        (20, "network", 2, None),
    ]


def test_of_one_instant_the_last_holds_and_a_change_taken_back_at_once_is_none():
    assert held(facts(created(), put(0, group="desk"), put(0, group="network"))) == [
        (0, "network", None, None)
    ]
    back = facts(created(group="desk"), put(5, group="network"), put(5, group="desk"))
    assert held(back) == [(0, "desk", None, None)]


def test_nobody_held_what_was_offered_and_not_taken():
    fact = facts(
        created(),
        put(5, "system", agent="ann"),
        put(7, "system", group="desk"),
        put(10, "system", agent="bob"),
        Message(ticket_id="T1", at=at(0) + 20 * MINUTE, role="agent", actor="bob", public=True),
    )
    assert held(fact) == [
        (0, None, None, None),
        (7, "desk", None, None),
        (10, "desk", None, "bob"),
    ]
    assert fact.agents == ("bob",)


def test_present_values_do_not_tell_since_when():
    fact = facts(created(basis="snapshot", group="desk", agent="ann"), put(5, agent="bob"))
    assert fact.cut
    assert fact.stays == fact.stretches() == ()
    assert fact.time_by("group") is fact.time_by("waiting_for") is None


def test_time_with_each_holder_ends_with_the_solution_and_leaves_out_what_was_done():
    fact = facts(
        created(group="desk"),
        put(10, status=OPEN, agent="ann"),
        put(20, status=VENDOR, group="network"),
        put(25, status=DONE),
        put(35, status=ASKED, agent="bob"),
        put(40, status=DONE),
        end=100,
    )
    assert minutes(fact.time_by("group")) == {"desk": 20, "network": 10}
    assert minutes(fact.time_by("agent")) == {None: 10, "ann": 15, "bob": 5}
    assert minutes(fact.time_by("waiting_for")) == {"us": 20, "others": 5, "customer": 5}
    names = {"new": 10, "open": 10, "at the vendor": 5, "asked": 5}
    assert minutes(fact.time_by("status")) == names
    assert minutes(fact.time_by("line")) == {None: 30}
    assert minutes(fact.time_by("group", until=at(0) + 22 * MINUTE)) == {"desk": 20, "network": 2}
    assert fact.time_by("group", until=at(0)) == {}


def test_a_ticket_that_is_merged_waits_for_nobody():
    merged = Related(
        ticket_id="T1", at=at(0) + 15 * MINUTE, role="agent", kind="merged_into", other="T2"
    )
    fact = facts(created(group="desk"), merged)
    assert minutes(fact.time_by("group")) == {"desk": 15}
    assert [each.category for each in fact.stretches()] == ["new", "void"]


def test_facts_that_lack_a_history_have_no_stretch_before_it_begins():
    fact = Facts(
        ticket_id="T1",
        as_of=at(0) + 60 * MINUTE,
        created=at(0),
        history=[(at(0) + 10 * MINUTE, "open")],
        statuses=[(at(0), "open")],
        stays=[(at(0), "desk")],
    )
    assert fact.stays == (Stay(at(0), "desk"),)
    assert [each.start for each in fact.stretches()] == [at(0) + 10 * MINUTE]


@given(scenes())
def test_stretches_are_the_life_of_a_ticket_cut_where_something_changed(scene):
    rows, as_of, _ = scene
    for fact in kpi.case_table(events(rows), as_of=at(as_of)):
        stretches = fact.stretches(until=fact.as_of)
        if fact.as_of == fact.created:
            assert stretches == ()
            continue
        assert stretches[0].start == fact.created
        assert stretches[-1].end == fact.as_of
        assert all(one.end == other.start for one, other in pairwise(stretches))
        assert all(one[2:] != other[2:] for one, other in pairwise(stretches))
        for each in stretches:
            assert each.category == fact.category_at(each.start)
            assert each.start < each.end
        agents = [stay.agent for stay in fact.stays if stay.agent is not None]
        assert {*agents} <= {*fact.agents}
        if len({event.at for event in events(rows)}) == len(rows):  # no instant hides a stay
            assert tuple(agent for agent, _ in groupby(agents)) == fact.agents
        waits = fact.spells(("new", "open", "pending", "on_hold"), until=fact.as_of)
        total = sum((end - start for start, end in waits), timedelta())
        for what in ("status", "category", "group", "line", "agent", "waiting_for"):
            assert sum(fact.time_by(what, until=fact.as_of).values(), timedelta()) == total
