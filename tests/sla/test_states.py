"""A state that is fed event by event answers as the whole log does, also after it was stored."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from sla.test_sla_laws import meetings
from sla.test_sla_rules import URGENT, at, life, of, promises, says

from support_model.errors import InvalidValue, OutOfOrder, StaleState
from support_model.service_levels.metrics import NEXT_RESPONSE
from support_model.service_levels.policies import SlaPolicy
from support_model.service_levels.sla_states import SlaState
from support_model.sla import evaluate
from support_model.testing.sla_strategies import SlaScene, sla_scenes

LATER = timedelta(days=2)


def told(result):
    """What a kept state must know: sums over all cycles, and all of the last one."""
    found = {}
    for clock in result.clocks:
        row = [clock.was_breached, clock.tally, clock.breach_at]
        if (last := clock.last) is not None:
            row += [clock.state, clock.due_at, clock.elapsed, clock.remaining, clock.breached]
            row += [last.number, last.start, last.stop, last.end, last.stopped_by, last.breach_at]
            row += [last.policy, last.earlier_breaches, last.gross_elapsed, last.pauses]
            row += [last.results]
        found[clock.slot, clock.metric.name] = row
    return found


def judge(scene):
    empty = SlaState.of(scene.book)
    state = empty
    for number, event in enumerate(scene.log, 1):
        state = state.feed(event)
        stored = empty.restore(json.loads(json.dumps(state.to_data())))
        assert stored == state
        for as_of in (event.at, event.at + LATER):
            whole = evaluate(scene.log[:number], scene.book, as_of=as_of)
            fed = stored.evaluate(as_of)
            assert told(fed) == told(whole)
            assert fed.next_at == whole.next_at == whole.agenda.next_at


@given(meetings())
def test_fed_is_evaluated_near_a_turned_clock(scene):
    judge(scene)


@given(sla_scenes())
def test_fed_is_evaluated(scene):
    judge(scene)


def gold(*targets):
    return SlaPolicy(name="gold", targets=targets)


def test_a_clock_stays_known_when_a_later_cycle_begins_without_a_target():
    log = life(
        *((1, says()), (2, says("customer")), (7, says()), (8, "normal")),
        *((9, says("customer")), (10, says()), (11, "urgent"), (12, says("customer"))),
        priority="urgent",
    )
    book = gold(of("2h", NEXT_RESPONSE, when=URGENT))
    judge(SlaScene(book=SlaState.of(book).folds.book, log=tuple(log), as_of=at(1), later=at(1)))


def test_what_a_promise_reached_is_not_ahead_again_when_it_is_withdrawn():
    """The warning came with the promised date; it does not come again after two hours."""
    log = life((0, promises("resolution", 1)), (1.5, promises("resolution", None)))
    result = evaluate(log, gold(of("4h", warn_at=[0.5])), as_of=at(1.75))
    assert [moment.at for moment in result.agenda] == [at(0.5), at(1), at(4)]
    assert result.next_at == at(4)


def test_feeding_leaves_the_state_before_as_it_was():
    empty = SlaState.of(gold(of("2h")))
    first, second = life((1, "solved"))
    one = empty.feed(first)
    two = one.feed(second)
    assert empty.ticket is None
    assert one.evaluate(at(3))["resolution"].state == "running"
    assert two.evaluate(at(3))["resolution"].state == "met"


def test_a_state_refuses_what_it_cannot_answer():
    empty = SlaState.of(gold(of("2h")))
    first, second = life((1, "solved"))
    two = empty.feed(first).feed(second)
    with pytest.raises(InvalidValue, match="before the first event"):
        empty.evaluate(at(0))
    with pytest.raises(InvalidValue, match="events after this were seen"):
        two.evaluate(at(0.5))
    with pytest.raises(OutOfOrder):
        two.feed(says()(0.5, 2))
    with pytest.raises(StaleState, match="other rules"):
        SlaState.of(gold(of("3h"))).restore(two.to_data())
    with pytest.raises(InvalidValue, match="cannot be read"):
        empty.restore({**two.to_data(), "clocks": [{"cycles": [{}]}]})
