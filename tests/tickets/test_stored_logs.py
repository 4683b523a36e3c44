"""Logs as a host stores them: numbered, locked by their numbers, merged and split."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model import (
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    Actor,
    BusinessCalendar,
    Changed,
    Created,
    Desk,
    Message,
    Related,
    SlaPolicy,
    SlaState,
    Status,
    Target,
    TransitionRefused,
    evaluate,
    replay,
)
from support_model.errors import (
    ForeignEvent,
    InvalidEvent,
    MergeCycle,
    MissingCreation,
    OutOfOrder,
    RepeatedCreation,
)
from support_model.testing._ticket_strategies import events
from support_model.tickets import evolve, merge, merged, numbered, split
from support_model.workflows import INCIDENT

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANN, CARL = Actor("agent", "ann"), Actor("customer", "carl")
NEW, OPEN, GONE = Status("new", "new"), Status("open", "open"), Status("merged", "void")
POLICY = SlaPolicy(
    name="gold",
    targets=[
        Target(metric=metric, within=timedelta(hours=4), calendar=BusinessCalendar.always())
        for metric in (FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION)
    ],
)
DESK = Desk(policies=POLICY)


def hours(number):
    return AT + timedelta(hours=number)


def created(name="T1", seq=1, role="customer"):
    return Created(ticket_id=name, at=AT, seq=seq, role=role, fields={"status": NEW})


def says(name="T1", after=1, role="agent", **more):
    return Message(ticket_id=name, at=hours(after), role=role, public=True, **more)


def bare(log):
    return [attrs.evolve(event, seq=None) for event in log]


@given(events(), events(), st.booleans())
def test_w8_what_is_numbered_onto_a_ticket_can_be_stored_whenever_it_happened(log, told, is_bare):
    stored = [*numbered(log)] if not is_bare else [*numbered(log)[:1]]
    ticket = replay(stored)
    late = [
        attrs.evolve(event, ticket_id=ticket.id) for event in bare(told) if event.type != "created"
    ]
    late = [event for event in late if event.at >= ticket.created_at]
    if not late:
        return
    added = numbered(late, ticket)
    after = replay([*stored, *added])
    assert [event.seq for event in stored] == [*range(1, len(stored) + 1)]
    assert [event.seq for event in added] == [
        *range(ticket.version + 1, ticket.version + len(added) + 1)
    ]
    assert after.version == ticket.version + len(added)


def test_two_writers_who_read_one_version_write_one_number():
    ticket = replay([created()])
    one = DESK.act(ticket, "message", actor=ANN, at=hours(1))
    other = DESK.act(ticket, "note", actor=Actor("agent", "bob"), at=hours(1))
    assert [event.seq for event in one] == [event.seq for event in other] == [2]


def test_a_second_click_of_one_instant_is_another_number_and_never_a_repetition():
    log = [created()]
    for _ in range(3):
        log += DESK.act(replay(log), "message", actor=ANN, at=AT)
    assert replay(log).version == len(log) == 4


def test_the_number_that_follows_a_late_event_is_free():
    log = [created(), says(after=3, seq=2)]
    log += numbered([says(after=1, role="third_party")], replay(log))
    log += DESK.act(replay(log), "message", actor=ANN, at=hours(4))
    assert [event.seq for event in log] == [1, 2, 3, 4]
    assert replay(log).version == 4


def test_a_whole_log_is_numbered_from_one_and_a_bare_ticket_stays_bare():
    log = bare([created(), says(after=1), says(after=2)])
    assert [event.seq for event in numbered(reversed(log))] == [1, 2, 3]
    assert [event.seq for event in numbered([says(after=3)], replay(log))] == [None]


def test_an_event_with_a_source_keeps_it():
    made = numbered(
        [says(after=1), says(after=2, source_id="mail 9"), says(after=3)],
        replay([created()]),
        source_id="request 7",
    )
    assert [event.source_id for event in made] == ["request 7", "mail 9", "request 7/3"]


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (says("T2", seq=9), ForeignEvent),
        (created(seq=9), RepeatedCreation),
        (says(after=-1), MissingCreation),
        ({"type": "message"}, InvalidEvent),
    ],
)
def test_what_no_reader_could_place_is_not_numbered(event, error):
    with pytest.raises(error):
        numbered([event], replay([created()]))


class Store:
    """A host: one log for each ticket, rows unique by ticket and number, kept states beside."""

    def __init__(self, names):
        self.logs = {name: [created(name)] for name in names}
        self.states = {name: SlaState.of(POLICY).feed(created(name)) for name in names}

    def ticket(self, name):
        return replay(self.logs[name])

    def home(self, name):
        while self.ticket(name).merged_into is not None:
            name = self.ticket(name).merged_into
        return name

    def append(self, made):
        for event in made:
            log = self.logs.setdefault(event.ticket_id, [])
            assert event.seq == len(log) + 1
            log.append(event)
            state = self.states.get(event.ticket_id, SlaState.of(POLICY))
            self.states[event.ticket_id] = state.feed(event)


ACTS = st.tuples(
    st.sampled_from(["message", "answer", "merge", "take back", "split", "open", "solve"]),
    st.sampled_from("ABC"),
    st.sampled_from("ABC"),
    st.sampled_from([0, 1, 30]),
)


@given(st.lists(ACTS, max_size=14), st.sampled_from([None, "public", "internal"]))
def test_w9_what_is_merged_action_by_action_leaves_nothing_to_merge(acts, comment):
    store, now = Store("ABC"), AT
    for number, (action, name, other, minutes) in enumerate(acts):
        now += timedelta(minutes=1 + minutes)
        ticket = store.ticket(name)
        who = {"actor": CARL if action == "message" else ANN, "at": now}
        if action in {"message", "answer"}:
            made = DESK.act(store.ticket(store.home(name)), "message", **who)
        elif action == "split" and ticket.merged_into is None:
            made = split(ticket, f"S{number}", **who)
        elif action == "merge" and name != other:
            try:
                made = merge(ticket, store.ticket(other), status=GONE, comment=comment, **who)
            except TransitionRefused:
                continue
        elif action == "take back" and ticket.merged_into is not None:
            made = DESK.act(ticket, "change", fields={"status": OPEN}, **who)
        elif action in {"open", "solve"} and ticket.merged_into is None:
            status = OPEN if action == "open" else Status("solved", "solved")
            if status == ticket.status:
                continue
            made = DESK.act(ticket, "change", fields={"status": status}, **who)
        else:
            continue
        store.append(made)
    found = merged(store.logs)
    assert found.findings == ()
    assert {name: list(log) for name, log in found.items()} == store.logs
    ends = {name: store.home(name) for name in store.logs if store.home(name) != name}
    assert dict(found.survivors) == ends
    later = now + timedelta(days=1)
    for name, log in store.logs.items():
        state = store.states[name].evaluate(later)
        assert state == evaluate(log, POLICY, as_of=later)
        assert state.ticket.version == len(log)


def test_the_question_that_waits_on_the_source_waits_on_the_target():
    source, target = [created("A")], [created("B"), says("B", 1, seq=2)]
    made = merge(
        replay(source), replay(target), actor=ANN, at=hours(2), status=GONE, comment="public"
    )
    assert [(event.ticket_id, event.seq, event.type) for event in made] == [
        ("A", 2, "changed"),
        ("A", 3, "related"),
        ("B", 3, "message"),
        ("B", 4, "message"),
    ]
    after = replay([*target, *made[2:]])
    assert after.waiting_since == hours(2)  # the comment of the merge is no reply
    assert (made[3].role, made[3].basis, made[3].actor) == ("system", "merge", "ann")
    clock = evaluate([*target, *made[2:]], POLICY, as_of=hours(3))["next_response"]
    assert (clock.last.start, clock.due_at) == (hours(2), hours(6))
    gone = evaluate([*source, *made[:2]], POLICY, as_of=hours(3))
    assert {clock.state for clock in gone} == {"cancelled"}


def test_a_merge_by_the_workflow_concerns_both_tickets():
    a, b = (INCIDENT.begin(name, actor=CARL, at=AT) for name in "AB")
    made = INCIDENT.decide(
        replay(a), "merge", actor=ANN, at=hours(1), other=replay(b), source_id="request 7"
    )
    assert [(event.ticket_id, event.seq, event.source_id) for event in made] == [
        ("A", 2, "request 7"),
        ("A", 3, "request 7/2"),
        ("B", 2, "A: waiting when merged at 2026-03-02T10:00:00+00:00"),
    ]
    logs = {"A": (*a, *made[:2]), "B": (*b, *made[2:])}
    assert merged(logs) == logs
    with pytest.raises(TransitionRefused, match="not only its id"):
        INCIDENT.decide(replay(a), "merge", actor=ANN, at=hours(1), other="B")


def test_merges_that_mean_nothing_are_refused():
    a, b, c = (replay([created(name)]) for name in "ABC")
    gone = replay(merge(a, b, actor=ANN, at=AT, status=GONE)[:2], a)
    spam = evolve(c, Changed(ticket_id="C", at=AT, seq=2, role="bot", fields={"status": GONE}))
    for source, target, reason in (
        (gone, c, "A is merged into B; act on that one"),
        (c, gone, "A is merged into B; act on that one"),
        (b, spam, "C is 'merged': merge into a ticket that goes on"),
    ):
        with pytest.raises(TransitionRefused) as caught:
            merge(source, target, actor=ANN, at=AT)
        assert [str(found) for found in caught.value.reasons] == [reason]
    with pytest.raises(MergeCycle):
        merge(a, a, actor=ANN, at=AT)
    with pytest.raises(OutOfOrder):
        merge(a, evolve(b, says("B", 3, seq=2)), actor=ANN, at=hours(2))
    with pytest.raises(InvalidEvent, match="a ticket merged away is void"):
        merge(a, b, actor=ANN, at=AT, status=OPEN)


def test_a_split_ticket_has_clocks_of_its_own_from_its_start():
    ticket = replay([created("A"), says("A", 1, seq=2), says("A", 2, "customer", seq=3)])
    question = says("A", 2, "customer", seq=3, actor="carl")
    made = split(ticket, "B", actor=ANN, at=hours(3), message=question, source_id="request 7")
    assert [(e.ticket_id, e.seq, e.type, e.role, e.source_id) for e in made] == [
        ("A", 4, "related", "agent", "request 7"),
        ("B", 1, "created", "customer", "request 7"),
        ("B", 2, "related", "agent", "request 7/2"),
    ]
    clock = evaluate(made[1:], POLICY, as_of=hours(4))["first_response"]
    assert (clock.state, clock.due_at) == ("running", hours(7))
    by_staff = split(ticket, "B", actor=ANN, at=hours(3), fields={"topic": "invoice"})
    assert "first_response" not in [
        clock.metric.name
        for clock in evaluate(by_staff[1:], POLICY, as_of=hours(4))
        if clock.state != "not_started"
    ]
    assert replay(by_staff[1:]).topic == "invoice"


class Table:
    """Rows that only grow: a transaction is refused whole if a number or a request is there."""

    def __init__(self):
        self.rows, self.cuts = [], []

    def append(self, made):
        numbers = {row.seq for row in self.rows}
        requests = {row.source_id for row in self.rows} - {None}
        if any(event.seq in numbers or event.source_id in requests for event in made):
            return False
        self.rows += made
        self.cuts.append(len(self.rows))
        return True


CLICKS = st.tuples(
    st.sampled_from(["message", "acknowledge", "ask", "work", "late"]),
    st.integers(0, 3),  # how many transactions ago the ticket was read
    st.sampled_from([None, "form 1", "form 2", "form 3"]),
    st.sampled_from([0, 0, 1]),
)


@given(st.lists(CLICKS, max_size=12))
def test_w10_a_log_that_its_keys_let_pass_replays_and_its_version_rises(clicks):
    table, now = Table(), AT
    table.append(INCIDENT.begin("T1", actor=CARL, at=AT, source_id="mail"))
    desk = Desk(policies=POLICY, workflow=INCIDENT)
    for action, ago, request, minutes in clicks:
        now += timedelta(minutes=minutes)
        ticket = replay(table.rows[: table.cuts[-1 - min(ago, len(table.cuts) - 1)]])
        if action == "late":
            told = Message(ticket_id="T1", at=AT, role="third_party", public=False)
            made = numbered([told], ticket, source_id=request)
        else:
            details = {"duration": timedelta(minutes=5)} if action == "work" else {}
            actor = CARL if action == "message" else ANN
            at = max(now, ticket.at)
            try:
                made = desk.act(ticket, action, actor=actor, at=at, source_id=request, **details)
            except TransitionRefused:
                continue
        was = replay(table.rows).version
        if table.append(made):
            assert replay(table.rows).version == was + len(made) == len(table.rows)
        else:
            is_stale = ticket.version < was
            assert is_stale or request in {row.source_id for row in table.rows}


def test_a_merge_into_one_and_then_another_ticket_names_the_last():
    moved = [
        Related(
            ticket_id="A", at=hours(n), seq=n + 1, role="agent", kind="merged_into", other=name
        )
        for n, name in ((1, "B"), (2, "C"))
    ]
    assert replay([created("A"), *moved]).merged_into == "C"


def test_a_merge_leaves_the_status_that_the_source_has_already():
    spam = evolve(
        replay([created("A")]),
        Changed(ticket_id="A", at=AT, seq=2, role="bot", fields={"status": GONE}),
    )
    made = merge(spam, replay([created("B")]), actor=ANN, at=AT, status=GONE, comment="internal")
    assert [event.type for event in made] == ["related", "message", "message"]
    assert [event.public for event in made[1:]] == [True, False]


def test_tickets_without_numbers_stay_without():
    bare_ticket, other = (replay(bare([created(name)])) for name in "AB")
    made = (
        *split(bare_ticket, "C", actor=ANN, at=AT),
        *merge(bare_ticket, other, actor=ANN, at=AT, status=GONE),
        *DESK.act(bare_ticket, "message", actor=ANN, at=AT),
    )
    assert {event.seq for event in made} == {None}
