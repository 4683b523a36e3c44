"""What a host does with tickets through its desk: every action, refused with reasons or stored."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model import (
    PROMISE,
    RESOLUTION,
    Actor,
    Agent,
    BusinessCalendar,
    Changed,
    Desk,
    Field,
    Message,
    Priority,
    SlaPolicy,
    Status,
    Target,
    Ticket,
    TransitionRefused,
    Workflow,
    evaluate,
    replay,
)
from support_model._desk.actions import ACTIONS
from support_model.errors import InvalidEvent, InvalidValue, OutOfOrder, UnknownName
from support_model.lines import SupportLine
from support_model.reasons_ru import RUSSIAN
from support_model.routing import TriageRule
from support_model.workflows import INCIDENT, SIX_STEP, Say, Transition

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NO_TARGET = "{} 09:00 UTC is promised for {!r}, which no target is for; {}"
ANN, CARL = Actor("agent", "ann"), Actor("customer", "carl")
ALWAYS = BusinessCalendar.always()
POLICY = SlaPolicy(
    name="gold",
    targets=[
        Target(metric=metric, within=timedelta(hours=8), calendar=ALWAYS)
        for metric in (RESOLUTION, PROMISE)
    ],
)
DESK = Desk(workflow=INCIDENT, policies=POLICY)
PLAIN = Desk(policies=POLICY)
DETAILS = {
    "change": {"fields": {"group": "billing"}},
    "work": {"duration": timedelta(minutes=5)},
    "promise": {"metric": "resolution", "due": AT + timedelta(days=1)},
    "withdraw": {"metric": "resolution"},
    "rate": {"score": 4, "scale": (1, 5)},
    "relate": {"kind": "parent", "other": "T7"},
    "split": {"other": "T8"},
    "apply_policy": {"policy": "gold", "version": "1"},
}


def begun(name="T1", *, seq=1, at=AT):
    return replay(INCIDENT.begin(name, actor=CARL, at=at, seq=seq))


def acted(desk, *actions, ticket=None):
    """The ticket and the events after actions of an agent, each a name with its details."""
    ticket, log = ticket or begun(), []
    for action, details in actions:
        made = desk.act(ticket, action, actor=ANN, at=AT, **details)
        log += made
        ticket = replay([event for event in made if event.ticket_id == ticket.id], ticket)
    return ticket, log


def refusal(desk, ticket, action, actor=ANN, **details):
    with pytest.raises(TransitionRefused) as caught:
        desk.act(ticket, action, actor=actor, at=AT, **details)
    return [str(reason) for reason in caught.value.reasons]


@pytest.mark.parametrize(
    ("action", "event", "says"),
    [
        ("message", "message", {"public": True}),
        ("note", "message", {"public": False}),
        ("change", "changed", {"fields": (("group", "billing"),)}),
        ("acknowledge", "acknowledged", {}),
        ("work", "worked", {"duration": timedelta(minutes=5)}),
        ("promise", "promised", {"due": AT + timedelta(days=1)}),
        ("request_rating", "rating_requested", {"kind": "csat"}),
        ("rate", "rated", {"kind": "csat", "score": 4, "scale": (1, 5)}),
        ("relate", "related", {"kind": "parent", "other": "T7"}),
        ("apply_policy", "policy_applied", {"policy": "gold", "version": "1"}),
    ],
)
def test_an_action_makes_its_event_with_the_number_that_follows(action, event, says):
    _, (made,) = acted(PLAIN, (action, DETAILS.get(action, {})))
    assert (made.type, made.seq, made.role, made.actor, made.at) == (event, 2, "agent", "ann", AT)
    assert {name: getattr(made, name) for name in says} == says


def test_a_ticket_begins_by_the_workflow_or_in_the_status_that_is_given():
    made = DESK.begin("T1", actor=CARL, at=AT, fields={"topic": "VPN"}, source_id="mail 1")
    assert made == INCIDENT.begin(
        "T1", actor=CARL, at=AT, fields={"topic": "VPN"}, source_id="mail 1"
    )
    status = Status("open", "open")
    (created,) = PLAIN.begin("T1", actor=CARL, at=AT, fields={"status": status})
    assert (created.seq, created.actor, dict(created.fields)) == (1, "carl", {"status": status})
    with pytest.raises(InvalidEvent):
        PLAIN.begin("T1", actor=CARL, at=AT)


OF_STAFF = sorted({*ACTIONS} - {"message", "rate"})


@pytest.mark.parametrize("action", OF_STAFF)
def test_a_customer_says_something_and_rates_and_the_rest_is_for_staff(action):
    details = {**DETAILS, "merge": {"other": begun("T9")}}.get(action, {})
    says = f"{action.replace('_', ' ')!r} is for staff, not for a customer"
    assert says in refusal(PLAIN, begun(), action, actor=CARL, **details)
    for actor in (CARL, ANN, Actor("bot", "b")):
        options = {option.action: option for option in PLAIN.allowed(begun(), actor=actor)}
        assert (says in map(str, options[action].reasons)) is (actor == CARL)
        assert options["message"].allowed
        assert options["rate"].allowed
        made = PLAIN.act(begun(), "rate", actor=actor, at=AT, **DETAILS["rate"])
        assert made[0].role == actor.role


@pytest.mark.parametrize("action", ["escalate", "hand_back"])
@pytest.mark.parametrize("workflow", [INCIDENT, SIX_STEP])
def test_a_customer_moves_no_ticket_to_another_line(workflow, action):
    rows = [row for row in workflow.transitions if row.action == action]
    for row in rows:
        ticket = replay(workflow.begin("T1", actor=CARL, at=AT, fields={"line": 2}))
        change = {"status": next(s for s in workflow.statuses if s.name == row.sources[-1])}
        ticket = replay(
            [Changed(ticket_id="T1", at=AT, seq=2, role="agent", fields=change)], ticket
        )
        line = {"line": 3 if action == "escalate" else 1}
        assert workflow.decide(ticket, action, actor=ANN, at=AT, fields=line)
        with pytest.raises(TransitionRefused):
            workflow.decide(ticket, action, actor=CARL, at=AT, fields=line)


def test_a_refusal_says_its_reasons_in_the_words_of_a_catalogue():
    with pytest.raises(TransitionRefused) as caught:
        PLAIN.act(begun(), "withdraw", actor=CARL, at=AT, metric="resolution")
    refused = caught.value
    one, other = "'withdraw' is for staff, not for a customer", "no date is promised on the ticket"
    assert refused.text() == f"{one}; {other}"
    assert refused.text(RUSSIAN) == "; ".join(each.text(RUSSIAN) for each in refused.reasons)
    assert str(refused).endswith(refused.text())


STAFFED = Desk(
    workflow=INCIDENT,
    agents=[Agent(id="ann", line=1, teams=["net"]), Agent(id="zora", line=2, teams=["sap"])],
    lines=[SupportLine(level=1), SupportLine(level=2)],
)


@pytest.mark.parametrize(
    ("action", "fields", "says"),
    [
        ("assign", {"agent": "zorro"}, "no such agent: 'zorro'; did you mean 'zora'?"),
        ("assign", {"group": "nett"}, "no such group: 'nett'; did you mean 'net'?"),
        ("change", {"line": 5}, "no such line: 5; known: 1, 2"),
    ],
)
def test_a_ticket_goes_to_nobody_whom_the_desk_does_not_have(action, fields, says):
    assert refusal(STAFFED, begun(), action, fields=fields) == [says]
    assert DESK.act(begun(), action, actor=ANN, at=AT, fields=fields)  # it lists nobody


def test_agents_groups_and_lines_of_the_desk_and_none_at_all_are_taken():
    for fields in (
        {"agent": "zora"},
        {"group": "sap", "agent": "ann"},
        {"agent": "ann", "line": 2},
    ):
        assert STAFFED.act(begun(), "assign", actor=ANN, at=AT, fields=fields)
    with pytest.raises(TransitionRefused, match="no such agent"):
        STAFFED.act(begun(), "split", actor=ANN, at=AT, other="T8", fields={"agent": "zorro"})
    held = replay(
        STAFFED.act(begun(), "assign", actor=ANN, at=AT, fields={"agent": "ann"}), begun()
    )
    assert STAFFED.act(held, "change", actor=ANN, at=AT, fields={"agent": None})


@pytest.mark.parametrize("desk", [DESK, PLAIN])
def test_another_ticket_is_another_one_and_a_merge_needs_the_ticket_itself(desk):
    needs = "'merge' needs the other ticket as it is now, not only its id"
    same = "T1 would be related to itself"
    assert refusal(desk, begun(), "merge", other="T2") == [needs]
    assert refusal(desk, begun(), "merge", other="T1") == [same]
    assert refusal(desk, begun(), "merge", other=begun()) == [same]
    assert refusal(desk, begun(), "split", other="T1") == [same]
    assert refusal(desk, begun(), "relate", kind="parent", other="T1") == [same]


VPN = TriageRule(
    name="vpn", when=Field("topic").contains("vpn"), sets={"group": "network", "line": 1}
)
SORTING = Desk(workflow=INCIDENT, triage=[VPN], lines=[SupportLine(level=1)])


def kinds(events):
    return [(event.ticket_id, event.seq, event.type, event.source_id) for event in events]


def test_a_new_ticket_is_sorted_by_triage_where_a_rule_changes_it():
    topic = {"topic": "VPN is down"}
    made = SORTING.begin("T1", actor=CARL, at=AT, fields=topic, source_id="m")
    assert kinds(made) == [("T1", 1, "created", "m"), ("T1", 2, "changed", "m/2")]
    change = made[1]
    assert (change.role, change.actor, change.at) == ("system", "triage", AT)
    assert dict(change.fields) == {"group": "network", "line": 1}
    assert replay(made).group == "network"
    assert len(SORTING.begin("T1", actor=CARL, at=AT, fields={"topic": "mail"})) == 1
    sorted_before = {**topic, "group": "network", "line": 1}
    assert len(SORTING.begin("T1", actor=CARL, at=AT, fields=sorted_before)) == 1
    status = {"status": Status("new", "new")}
    plain = Desk(triage=[VPN], lines=[SupportLine(level=1)])
    assert len(plain.begin("T1", actor=CARL, at=AT, fields={**topic, **status})) == 2


def test_tickets_that_an_action_begins_are_sorted_like_any_new_one():
    ticket = replay(SORTING.begin("T1", actor=CARL, at=AT, fields={"topic": "mail"}))
    apart = {"topic": "VPN is down", "group": "desktop"}
    made = SORTING.act(ticket, "split", actor=ANN, at=AT, other="T2", fields=apart, source_id="f")
    assert kinds(made) == [
        ("T1", 2, "related", "f"),
        ("T2", 1, "created", "f"),
        ("T2", 2, "related", "f/2"),
        ("T2", 3, "changed", "f/3"),
    ]
    assert replay(event for event in made if event.ticket_id == "T2").line == 1
    closed = replay(
        [
            *SORTING.begin("T3", actor=CARL, at=AT, fields={"topic": "vpn"}),
            Changed(
                ticket_id="T3",
                at=AT,
                seq=3,
                role="agent",
                fields={"status": Status("closed", "closed")},
            ),
        ]
    )
    made = SORTING.act(closed, "message", actor=CARL, at=AT, other="T4")
    assert made[-1].type == "changed"
    assert made[-1].ticket_id == "T4"


def test_a_priority_goes_by_its_name_where_the_desk_lists_it():
    high, low = Priority("high", 1), Priority("low", 2)
    desk = Desk(workflow=INCIDENT, priorities=[high, low])
    (created,) = desk.begin("T1", actor=CARL, at=AT, fields={"priority": "high"})
    assert replay([created]).priority == high
    for fields in ({"priority": "low"}, {"priority": low}):
        (change,) = desk.act(replay([created]), "change", actor=ANN, at=AT, fields=fields)
        assert dict(change.fields) == {"priority": low}
    for wrong in ("hihg", Priority("low", 3)):
        with pytest.raises(UnknownName, match="no priority of this desk"):
            desk.begin("T1", actor=CARL, at=AT, fields={"priority": wrong})
    for action in ("change", "assign"):
        with pytest.raises(UnknownName, match="did you mean 'high'"):
            desk.act(replay([created]), action, actor=ANN, at=AT, fields={"priority": "hihg"})
    with pytest.raises(UnknownName, match="give 'low', its name"):
        desk.begin("T1", actor=CARL, at=AT, fields={"priority": Priority("low", 3)})


def test_a_promise_overrides_the_due_date_until_it_is_withdrawn():
    log = [*INCIDENT.begin("T1", actor=CARL, at=AT)]
    promised, made = acted(DESK, ("promise", DETAILS["promise"]))
    due = evaluate([*log, *made], POLICY, as_of=AT)["resolution"].due_at
    assert due == AT + timedelta(days=1)
    taken_back = DESK.act(promised, "withdraw", actor=ANN, at=AT, metric="resolution")
    due = evaluate([*log, *made, *taken_back], POLICY, as_of=AT)["resolution"].due_at
    assert due == AT + timedelta(hours=8)


def test_what_means_nothing_is_refused_with_every_reason():
    assert refusal(DESK, begun(), "promise", metric="resolutoin", due=AT) == [
        NO_TARGET.format("Mon 2026-03-02", "resolutoin", "did you mean 'resolution'?"),
        "the promised date Mon 2026-03-02 09:00 UTC is not after Mon 2026-03-02 09:00 UTC",
    ]
    assert refusal(DESK, begun(), "withdraw", metric="promise") == [
        "no date is promised on the ticket"
    ]
    promised, _ = acted(DESK, ("promise", DETAILS["promise"]))
    assert refusal(DESK, promised, "withdraw", metric="resoluton") == [
        "no date is promised for 'resoluton'; did you mean 'resolution'?"
    ]
    assert refusal(DESK, begun(), "change", fields={"requester": None}) == [
        "'change' would change nothing"
    ]
    assert refusal(DESK, begun(), "relate", kind="parent", other="T1") == [
        "T1 would be related to itself"
    ]
    assert refusal(DESK, begun(), "relate", kind="merged_into", other="T2") == [
        "a merge concerns both tickets; use the action 'merge'"
    ]
    assert refusal(DESK, begun(), "apply_policy", policy="gold", version="2") == [
        "no such policy: 'gold 2'; did you mean 'gold 1'?"
    ]
    assert refusal(DESK, begun(), "promis") == [
        "no such action: 'promis'; did you mean 'promise'?"
    ]
    assert refusal(Desk(), begun(), "promise", metric="promise", due=AT + timedelta(1)) == [
        NO_TARGET.format("Tue 2026-03-03", "promise", "give the metric a target")
    ]


def test_a_rating_needs_no_question():
    ticket, _ = acted(DESK, ("rate", DETAILS["rate"]))
    assert ticket.version == 2


def test_the_action_of_the_workflow_comes_before_that_of_every_desk():
    loud = Workflow(
        name="loud",
        statuses=[Status("new", "new"), Status("done", "solved")],
        initial="new",
        transitions=[Transition("note", "new", "done", effects=[Say(public=True)])],
    )
    desk = Desk(workflow=loud)
    ticket = replay(loud.begin("T1", actor=CARL, at=AT))
    made = desk.act(ticket, "note", actor=ANN, at=AT)
    assert [event.type for event in made] == ["message", "changed"]
    assert made[0].public
    assert refusal(desk, replay(made, ticket), "note") == ["'note' does not start in 'done'"]


@pytest.mark.parametrize(
    ("action", "details", "message"),
    [
        (
            "promise",
            {"metrc": "x", "due": AT},
            "'promise' takes no such detail: 'metrc'; did you mean 'metric'?",
        ),
        ("note", {"public": True}, "'note' takes no such detail: 'public'; leave it out"),
        (
            "promise",
            {},
            "an action that needs to be told more: 'promise'; give metric=..., due=...",
        ),
        (
            "assign",
            {"agent": "ann"},
            "'assign' takes no such detail: 'agent'; give fields={'agent': ...}",
        ),
    ],
)
def test_what_an_action_is_told_is_checked(action, details, message):
    with pytest.raises(InvalidValue) as caught:
        (DESK if action == "assign" else PLAIN).act(begun(), action, actor=ANN, at=AT, **details)
    assert str(caught.value) == message


def test_the_status_is_the_workflows():
    with pytest.raises(InvalidEvent, match="the workflow sets the status"):
        DESK.act(begun(), "change", actor=ANN, at=AT, fields={"status": Status("x", "open")})
    ticket, _ = acted(PLAIN, ("change", {"fields": {"status": Status("x", "open")}}))
    assert ticket.category == "open"


def test_a_wait_may_get_an_end_and_no_field():
    (made,) = PLAIN.act(
        begun(), "change", actor=ANN, at=AT, fields={}, until=AT + timedelta(days=1)
    )
    assert (made.fields, made.until) == ((), AT + timedelta(days=1))


def test_an_option_names_what_a_form_must_ask_for():
    options = {option.action: option for option in DESK.allowed(begun(), actor=ANN)}
    assert options["merge"].needs == ("other",)
    assert options["promise"].needs == ("metric", "due")
    assert [options[name].writes for name in ("reply", "note", "work")] == [True, True, False]
    assert [name for name, option in options.items() if option.opens] == ["split"]


def test_a_message_on_a_closed_ticket_is_written_and_opens_another():
    closed = begun()
    for action, fields in (("assign", {"agent": "ann"}), ("resolve", {}), ("close", {})):
        closed = replay(DESK.act(closed, action, actor=ANN, at=AT, fields=fields), closed)
    options = {option.action: option for option in DESK.allowed(closed, actor=CARL)}
    message = options["message"]
    assert (message.needs, message.writes, message.opens) == (("other",), True, True)


def test_a_ticket_is_related_to_another_or_to_its_id():
    other = replay(DESK.begin("T2", actor=CARL, at=AT))
    made = [
        DESK.act(begun(), "relate", actor=ANN, at=AT, kind="duplicate", other=given)
        for given in (other, "T2")
    ]
    assert made[0] == made[1]
    assert made[0][0].other == "T2"


def test_an_action_before_the_last_event_is_refused():
    ticket = replay(DESK.act(begun(), "acknowledge", actor=ANN, at=AT + timedelta(1)), begun())
    with pytest.raises(OutOfOrder):
        DESK.act(ticket, "acknowledge", actor=ANN, at=AT)


def test_who_asked_is_on_every_event():
    ticket, _ = acted(DESK, ("assign", {"fields": {"agent": "ann"}}))
    made = DESK.act(ticket, "ask", actor=ANN, at=AT, source_id="request 7")
    assert [(event.seq, event.source_id) for event in made] == [
        (3, "request 7"),
        (4, "request 7/2"),
    ]


@given(st.sampled_from([INCIDENT, SIX_STEP, None]), st.data())
def test_allowed_tells_what_act_does(workflow, data):
    desk = Desk(workflow=workflow, policies=POLICY)
    workflow = workflow or INCIDENT
    ticket = replay(workflow.begin("T1", actor=CARL, at=AT, seq=data.draw(st.none() | st.just(1))))
    if data.draw(st.booleans()):
        other = begun("T2")
        made = desk.act(ticket, "merge", actor=ANN, at=AT, other=other)
        ticket = replay([event for event in made if event.ticket_id == "T1"], ticket)
    options = desk.allowed(ticket, actor=ANN)
    assert len({option.action for option in options}) == len(options)
    for option in options:
        details = {"merge": {"other": begun("T3")}, **DETAILS}.get(option.action, {})
        if option.transition is not None and "other" not in details:
            details = {}
        try:
            made = desk.act(ticket, option.action, actor=ANN, at=AT, **details)
        except TransitionRefused as refused:
            codes = [reason.code for reason in refused.reasons]
            assert codes == ["nothing_to_do"] or not option.allowed
        else:
            assert option.allowed
            assert (
                replay([e for e in made if e.ticket_id == "T1"], ticket).version > ticket.version
            )


def test_a_message_to_a_ticket_that_was_merged_names_the_other():
    merged, _ = acted(PLAIN, ("merge", {"other": begun("T2")}))
    assert isinstance(merged, Ticket)
    assert merged.merged_into == "T2"
    for action in ("message", "acknowledge", "promise", "split"):
        assert refusal(PLAIN, merged, action, **DETAILS.get(action, {})) == [
            "T1 is merged into T2; act on that one"
        ]
    assert acted(PLAIN, ("work", DETAILS["work"]), ticket=merged)[1]


def test_a_split_ticket_begins_where_its_workflow_begins():
    question = Message(ticket_id="T1", at=AT, role="customer", actor="carl", public=True)
    ticket, _ = acted(DESK, ("assign", {"fields": {"agent": "ann", "requester": "carl"}}))
    made = DESK.act(ticket, "split", actor=ANN, at=AT, other="T8", message=question)
    new = replay([event for event in made if event.ticket_id == "T8"])
    assert (new.status.name, new.requester, new.agent) == ("new", "carl", None)
    assert (new.created_by, new.waiting_since) == ("customer", AT)
    assert INCIDENT.check([event for event in made if event.ticket_id == "T8"]) == ()
