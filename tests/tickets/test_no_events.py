"""What is no event is refused by name wherever logs are read."""

from datetime import UTC, datetime

import pytest

from support_model.errors import InvalidEvent
from support_model.escalation import assignees
from support_model.events import Created, Message, in_order, known_by, must_be_event, ordered
from support_model.instants import micros
from support_model.kpi import case_table, facts_of
from support_model.routing import line_history, ticket_in_queue, workload_of
from support_model.sla import SlaState, evaluate, evaluate_many
from support_model.tickets import evolve, replay, steps
from support_model.vocabulary import Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW = Created(ticket_id="T1", at=AT, role="customer", fields={"status": Status("new", "new")})
REPLY = Message(ticket_id="T1", at=AT, role="agent", public=True)
STRAYS = (None, {"type": "message"}, "message", 5)

READERS = {
    "ordered": ordered,
    "in_order": in_order,
    "known_by": lambda log: known_by(log, micros(AT)),
    "steps": steps,
    "replay": replay,
    "replay onto": lambda log: replay(log, onto=replay([NEW])),
    "evaluate": lambda log: evaluate(log, [], as_of=AT),
    "evaluate_many": lambda log: list(evaluate_many([log], [], as_of=AT)),
    "facts_of": lambda log: facts_of(log, as_of=AT),
    "case_table": lambda log: case_table(log, as_of=AT),
    "ticket_in_queue": lambda log: ticket_in_queue(log, as_of=AT),
    "workload_of": lambda log: workload_of([log], as_of=AT),
    "line_history": line_history,
    "assignees": assignees,
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("stray", STRAYS, ids=repr)
def test_a_stray_thing_in_a_log_is_named(name, stray):
    for log in ([stray], [NEW, stray], [NEW, REPLY, stray], iter([NEW, stray, REPLY])):
        with pytest.raises(InvalidEvent, match="no event") as caught:
            READERS[name](log)
        assert caught.value.value is stray


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("no_log", [None, 5, NEW], ids=["None", "5", "one event"])
def test_what_holds_no_events_is_no_log(name, no_log):
    with pytest.raises(InvalidEvent, match="no events") as caught:
        READERS[name](no_log)
    assert caught.value.value is no_log


@pytest.mark.parametrize("stray", STRAYS, ids=repr)
def test_a_stray_thing_fed_to_a_state_is_named_and_the_state_stays(stray):
    empty = SlaState.of([])
    fed = empty.feed(NEW)
    kept = fed.to_data()
    for feed in (empty.feed, fed.feed, lambda event: evolve(fed.ticket, event), must_be_event):
        with pytest.raises(InvalidEvent, match="no event") as caught:
            feed(stray)
        assert caught.value.value is stray
    assert fed.to_data() == kept
    assert must_be_event(REPLY) is None


def test_what_goes_wrong_within_a_generator_of_events_is_left_alone():
    def read():
        yield NEW
        None.ticket_id  # noqa: B018 - a fault of the reader's own

    for ask in (ordered, lambda log: facts_of(log, as_of=AT)):
        with pytest.raises(AttributeError, match="ticket_id"):
            ask(read())


@pytest.mark.parametrize("name", ["known_by", "facts_of", "case_table"])
def test_a_kind_of_event_is_no_event(name):
    with pytest.raises(InvalidEvent, match="no event"):
        READERS[name]([NEW, Message])
