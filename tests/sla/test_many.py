"""Many tickets: each answered as alone, and what is due first at the front."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sla.test_sla_rules import at, life, of, promises, says

from support_model.agenda import changes
from support_model.errors import MissingCreation, NaiveDatetime
from support_model.instants import micros
from support_model.sla import FIRST_RESPONSE, SlaPolicy, breach_queue, evaluate, evaluate_many
from support_model.testing._sla_strategies import SlaScene, sla_logs, sla_scenes

GOLD = SlaPolicy(name="gold", targets=[of("4h"), of("2h", FIRST_RESPONSE)])


@st.composite
def desks(draw):
    """A scene, and the logs of several tickets under its book."""
    scene = draw(sla_scenes())
    logs = [
        [attrs.evolve(event, ticket_id=f"M{number}") for event in log]
        for number, log in enumerate(draw(st.lists(sla_logs(scene.book), min_size=1, max_size=4)))
    ]
    return scene, logs


def alone(logs, scene):
    return [
        evaluate(log, scene.book, as_of=scene.as_of) for log in logs if log[0].at <= scene.as_of
    ]


@given(desk=desks())
def test_each_ticket_is_answered_as_alone_in_the_order_given(desk):
    scene, logs = desk
    found = [*evaluate_many(logs, scene.book, as_of=scene.as_of)]
    assert found == alone(logs, scene)


@given(desk=desks(), rng=st.randoms(use_true_random=False))
def test_the_queue_holds_what_runs_and_is_sorted_whatever_the_order(desk, rng):
    scene, logs = desk
    results = alone(logs, scene)
    queue = breach_queue(results)
    running = [
        (result.ticket.id, clock.metric.name, clock.due_at, clock.breached)
        for result in results
        for clock in result
        if clock.state == "running" and clock.due_at is not None
    ]
    told = [(due.ticket_id, due.metric, due.due_at, due.breached) for due in queue]
    assert sorted(told, key=repr) == sorted(running, key=repr)
    dues = [micros(due.due_at) for due in queue]
    assert dues == sorted(dues)
    assert all(not due.breached for due in queue if due.due_at > scene.as_of)
    assert [*breach_queue(results[:1])[:1]] == [r.first_due for r in results[:1] if r.first_due]
    rng.shuffle(results)
    assert breach_queue(results) == queue


def test_what_waits_and_what_has_stopped_is_in_no_queue():
    logs = [
        life((1, "pending")),
        life((1, says()), (2, promises("resolution", 3))),
        life((1, "solved")),
    ]
    named = [
        [attrs.evolve(event, ticket_id=name) for event in log]
        for name, log in zip(("waits", "runs", "done"), logs, strict=True)
    ]
    queue = breach_queue(evaluate_many(named, GOLD, as_of=at(3.5)))
    waits, runs, done = evaluate_many(named, GOLD, as_of=at(3.5))
    assert (waits.first_due, runs.first_due, done.first_due) == (*queue, None)
    assert [
        (due.ticket_id, due.metric, due.policy, due.due_at, due.breached) for due in queue
    ] == [
        ("waits", "first_response", "gold", at(2), True),
        ("runs", "resolution", "gold", at(3), True),
    ]


def test_logs_are_read_one_by_one_and_a_bad_one_stops_when_it_comes():
    def logs():
        yield life()
        yield []

    found = evaluate_many(logs(), GOLD, as_of=at(1))
    assert next(found)["resolution"].state == "running"
    with pytest.raises(MissingCreation):
        next(found)
    with pytest.raises(NaiveDatetime):
        next(evaluate_many([life()], GOLD, as_of=at(1).replace(tzinfo=None)))


@given(scene=sla_scenes(), data=st.data())
def test_a_late_event_changes_what_differs_and_nothing_else(scene: SlaScene, data):
    """What was sent, less what is withdrawn, with what is new, is what holds."""
    late = data.draw(st.sampled_from(range(1, len(scene.log) + 1)))
    known = [event for number, event in enumerate(scene.log) if number != late]
    before = evaluate(known, scene.book, as_of=scene.as_of).agenda
    after = evaluate(scene.log, scene.book, as_of=scene.as_of).agenda
    new, withdrawn = changes(before, after)
    assert {*before} - {*withdrawn} | {*new} == {*after}
    assert not {*new} & {*withdrawn}
    assert {*new}.isdisjoint(before)
    assert {*withdrawn} <= {*before}
    assert changes(after, before) == (withdrawn, new)


def test_a_late_reply_withdraws_a_breach_that_was_told():
    log = life((1, says()))
    before = evaluate(log[:1], GOLD, as_of=at(3)).agenda
    new, withdrawn = changes(before, evaluate(log, GOLD, as_of=at(3)).agenda)
    assert new == ()
    assert [(m.kind, m.key[2], m.at) for m in withdrawn] == [
        ("breach", "first_response", at(0) + timedelta(hours=2))
    ]
