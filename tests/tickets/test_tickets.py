"""The fold of events into a ticket, against its slow twin and its own laws."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import ticket_oracle as oracle
from tickets.twin import plain, plain_fields

from support_model._vocabulary import FACTS
from support_model.errors import (
    ForeignEvent,
    InconsistentLog,
    MissingCreation,
    MixedSequence,
    OutOfOrder,
    RepeatedCreation,
)
from support_model.events import Changed, Created, Message, PolicyApplied, Promised, Related
from support_model.instants import micros
from support_model.testing import events
from support_model.tickets import eventless_step, evolve, replay, step, steps
from support_model.vocabulary import Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def made(kind, /, minutes=0, role="agent", ticket_id="T1", seq=None, actor=None, **more):
    at = AT + timedelta(minutes=minutes)
    return kind(ticket_id=ticket_id, at=at, role=role, seq=seq, actor=actor, **more)


def created(role="customer", category="new", **more):
    fields = {"status": Status(category, category), **more}
    return made(Created, role=role, fields=fields)


def changed(minutes, role="agent", **fields):
    if "category" in fields:
        category = fields.pop("category")
        fields["status"] = Status(category, category)
    return made(Changed, minutes, role, fields=fields)


def meanings(*log):
    """The facts of the last event of a log."""
    return set([*steps(log)][-1].facts)


@given(log=events())
def test_every_step_is_what_the_slow_twin_finds_in_the_whole_log(log):
    rows = [plain(event) for event in log]
    for number, now in enumerate(steps(log)):
        assert now.facts == oracle.facts(rows, number)
        assert now.changed == oracle.changed(rows, number)
        times = {name: oracle.look(rows, number, f"times.{name}") for name in FACTS}
        assert now.after.times == {name: count for name, count in times.items() if count}
        waiting = now.after.waiting_since
        assert (waiting and micros(waiting)) == oracle.waiting_since(rows, number)
        for name, value in plain_fields(now.after.fields).items():
            assert value == oracle.value_before(rows, number + 1, name)


@given(log=events(), data=st.data())
def test_w4_replaying_the_tail_on_the_head_is_replaying_the_whole(log, data):
    cut = data.draw(st.integers(1, len(log)))
    assert replay(log[cut:], onto=replay(log[:cut])) == replay(log)
    ticket = replay(log[:cut])
    for event in log[cut:]:
        ticket = evolve(ticket, event)
    assert ticket == replay(log)


@given(log=events())
def test_w5_the_version_is_the_highest_number_or_how_many_there_are(log):
    numbers = [event.seq for event in log]
    if numbers[0] is None:
        numbers = [*range(1, len(log) + 1)]
    assert [now.after.version for now in steps(log)] == numbers


@given(log=events())
def test_steps_are_a_chain_and_leave_what_they_read(log):
    before = None
    for now in steps(log):
        kept = None if before is None else dict(before.fields)
        assert now == step(before, now.event)
        assert before is None or dict(before.fields) == kept
        before = now.after


@given(log=events())
def test_a_ticket_can_be_asked_without_an_event(log):
    ticket = replay(log)
    now = eventless_step(ticket)
    assert now.after is ticket is now.before
    assert not now.changed
    assert not now.facts


@given(log=events(max_size=6), data=st.data())
def test_a_refused_event_leaves_the_ticket_as_it_was(log, data):
    ticket, twin = replay(log), replay(log)
    bad = data.draw(
        st.sampled_from(
            [
                log[0],
                made(Message, 10**5, ticket_id="T2", seq=log[0].seq, public=True),
                made(Message, 10**5, seq=1 if log[0].seq is None else None, public=True),
                made(Message, -(10**5), seq=log[0].seq, public=True),
            ]
        )
    )
    with pytest.raises(InconsistentLog):
        evolve(ticket, bad)
    assert ticket == twin


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (made(Message, ticket_id="T2", public=True), ForeignEvent),
        (made(Message, seq=4, public=True), MixedSequence),
        (made(Message, -1, public=True), OutOfOrder),
        (created(), RepeatedCreation),
    ],
)
def test_events_that_cannot_come_next(event, error):
    with pytest.raises(error):
        evolve(replay([created()]), event)


def test_without_a_ticket_only_a_creation_can_come():
    with pytest.raises(MissingCreation):
        step(None, made(Message, public=True))


def test_a_numbered_event_must_have_a_later_place():
    first = made(Created, seq=2, fields={"status": Status("new", "new")})
    for seq in (1, 2):
        with pytest.raises(OutOfOrder):
            evolve(replay([first]), made(Message, seq=seq, public=True))


def test_the_text_of_a_creation_is_the_same_contact():
    text = made(Message, 0, "customer", public=True)
    assert meanings(created()) == {"contacted"}
    assert meanings(created(), text) == set()
    assert meanings(created(), made(Message, 1, "customer", public=True)) == {"contacted"}
    assert meanings(created(role="agent"), made(Message, 0, public=True)) == set()
    assert meanings(created(role="agent"), text) == {"contacted"}
    note = made(Message, 0, public=False)
    assert meanings(created(role="agent"), note) == {"acknowledged"}


@pytest.mark.parametrize("role", ["bot", "system", "third_party"])
def test_only_public_messages_of_human_agents_are_replies(role):
    assert meanings(created(), made(Message, 1, role, public=True)) == set()
    assert meanings(created(), made(Message, 1, "agent", public=False)) == {"acknowledged"}
    assert meanings(created(), made(Message, 1, "agent", public=True)) == {
        "acknowledged",
        "replied",
    }


def test_a_reply_by_the_agent_the_ticket_is_assigned_to():
    log = [created(agent="ann"), made(Message, 1, actor="bob", public=True)]
    assert "assignee_replied" not in meanings(*log)
    assert "assignee_replied" in meanings(*log, made(Message, 2, actor="ann", public=True))
    assert "assignee_replied" not in meanings(created(), made(Message, 2, public=True))


def test_solved_closed_reopened_and_void():
    solved = [created(category="open"), changed(1, "system", category="solved")]
    assert meanings(*solved) == {"resolved"}
    assert meanings(*solved, changed(2, "system", category="closed")) == set()
    assert meanings(*solved, changed(2, "system", category="open")) == {"reopened"}
    void = [*solved, changed(2, "system", category="void")]
    assert meanings(*void) == {"voided"}
    assert meanings(*void, changed(3, "system", category="open")) == {"restored"}
    assert meanings(created(category="closed")) == {"contacted", "resolved"}


def test_moves_are_told_between_known_values_only():
    first = created(line=1)
    assert meanings(created(), changed(1, "system", line=2)) == set()
    gone = changed(1, "system", line=None, group=None)
    assert meanings(first, gone, changed(2, "system", line=1)) == set()
    assert meanings(first, gone, changed(2, "system", line=3)) == {
        "escalated",
        "escalated_functional",
    }
    assert meanings(created(line=2), changed(1, "system", line=1)) == {"handed_back"}
    assert meanings(created(group="a"), changed(1, "system", group="b")) == {"transferred"}
    rise = changed(1, "system", management_level=1)
    assert meanings(created(management_level=0), rise) == {"escalated", "escalated_hierarchical"}
    assert meanings(created(), rise) == set()


def test_several_fields_of_one_change_are_one_event():
    log = [created(group="a", line=1), changed(1, group="b", line=2, category="open")]
    last = [*steps(log)][-1]
    assert last.changed == {"group", "line", "status", "category"}
    assert last.after.version == 2
    assert {"transferred", "escalated"} <= last.facts


def test_a_status_of_the_same_category_changes_the_status_alone():
    log = [created(category="open"), made(Changed, 1, fields={"status": Status("doing", "open")})]
    assert [*steps(log)][-1].changed == {"status"}


def test_a_wait_ends_with_the_status_and_can_be_prolonged():
    until = AT + timedelta(days=2)
    wait = made(Changed, 1, fields={"status": Status("wait", "pending")}, until=until)
    longer = made(Changed, 2, until=until + timedelta(days=1))
    assert replay([created(), wait]).pending_until == until
    assert replay([created(), wait, longer]).pending_until == until + timedelta(days=1)
    assert replay([created(), wait, longer, changed(3, category="open")]).pending_until is None
    assert replay([created(), wait]).status_since == AT + timedelta(minutes=1)
    assert replay([created(), wait, longer]).status_since == AT + timedelta(minutes=1)


def test_promises_relations_and_policies_are_remembered():
    due = AT + timedelta(days=1)
    log = [
        created(),
        made(Promised, 1, metric="resolution", due=due),
        made(Promised, 2, metric="promise", due=due),
        made(Related, 3, kind="parent", other="T9"),
        made(PolicyApplied, 4, policy="gold", version="2"),
    ]
    ticket = replay(log)
    assert ticket.promises == (("resolution", due), ("promise", due))
    assert ticket.relations == (("parent", "T9"),)
    assert ticket.policy == ("gold", "2")
    withdrawn = evolve(ticket, made(Promised, 5, metric="resolution", due=None))
    assert withdrawn.promises == (("promise", due),)


def test_steps_refuse_before_the_first_one_is_taken():
    with pytest.raises(MissingCreation):
        steps([])


def test_fields_are_typed_attributes():
    ticket = replay([created(group="billing", line=2, tags=["vip"])])
    assert (ticket.group, ticket.line, ticket.tags) == ("billing", 2, frozenset({"vip"}))
    assert ticket.agent is None
    assert ticket.category == "new"
    assert hash(ticket) == hash(replay([created(group="billing", line=2, tags=["vip"])]))
