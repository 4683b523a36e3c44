"""Workflows: what is decided is allowed, what is refused changes nothing, definitions hold."""

import pickle
import re
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from oracles import ticket_oracle as oracle
from tickets.twin import plain

from support_model._workflows.ready import CHANGE, PROBLEM, REQUEST
from support_model._workflows.workflow import StatusMap
from support_model.calendars import BusinessCalendar
from support_model.errors import (
    InvalidEvent,
    InvalidValue,
    InvalidWorkflow,
    NaiveDatetime,
    OutOfOrder,
    TransitionRefused,
)
from support_model.events import Changed, Created, Message
from support_model.patterns import Field
from support_model.testing import events, histories
from support_model.tickets import replay
from support_model.vocabulary import Actor, Priority, Status
from support_model.workflows import (
    INCIDENT,
    SIX_STEP,
    WORKFLOWS,
    Cascade,
    Put,
    Relate,
    Say,
    Transition,
    Workflow,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANN = Actor("agent", "ann")
CARL = Actor("customer", "carl")
ALL = st.sampled_from([*WORKFLOWS.values()])
CLASSIFIED = {"type": "incident", "priority": Priority("high", 2)}
every_workflow = pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=[*WORKFLOWS])


def small(*transitions, **more):
    return Workflow(
        **{
            "name": "small",
            "initial": "new",
            "statuses": (
                Status("new", "new"),
                Status("open", "open"),
                Status("solved", "solved"),
            ),
            "transitions": (
                Transition("take", "new", "open"),
                Transition("solve", "open", "solved"),
                *transitions,
            ),
            **more,
        }
    )


def begun(workflow, actor=CARL, seq=None, **fields):
    return [*workflow.begin("T1", actor=actor, at=AT, fields=fields, seq=seq)]


def lived(workflow, *actions, actor=CARL, seq=None, **fields):
    """The log of actions by an agent, each `name` or `(name, fields)`, a minute apart."""
    log = begun(workflow, actor, seq, **fields)
    for number, action in enumerate(actions, 1):
        name, brought = action if isinstance(action, tuple) else (action, {})
        at = AT + timedelta(minutes=number)
        log += workflow.decide(replay(log), name, actor=ANN, at=at, fields=brought)
    return log


def refused(code):
    """Expect a refusal for exactly this reason."""
    return pytest.raises(
        TransitionRefused, check=lambda error: {reason.code for reason in error.reasons} == {code}
    )


def invalid(code):
    """Expect a definition that fails for this reason, among others perhaps."""
    return pytest.raises(
        InvalidWorkflow, check=lambda error: code in {finding.code for finding in error.findings}
    )


IN_WORK = (
    ("register", {"requester": "carl"}),
    ("classify", CLASSIFIED),
    ("assign", {"agent": "ann"}),
)


@every_workflow
def test_w1_every_status_is_reached_and_leads_to_an_end(workflow):
    edges = {status.name: set() for status in workflow.statuses}
    for row in workflow.transitions:
        for source in row.sources:
            edges[source].add(row.to or source)
    category = {status.name: status.category for status in workflow.statuses}

    def walk(name, seen):
        for following in edges[name] - seen:
            walk(following, seen | {following})
            met.add(following)

    met = {workflow.initial[0]}
    walk(workflow.initial[0], {workflow.initial[0]})
    assert met == set(edges)
    for name in edges:
        met = {name}
        walk(name, {name})
        assert {category[other] for other in met} & {"solved", "closed", "void"}
    closed = {name for name in edges if category[name] in {"closed", "void"}}
    left = {row.action for row in workflow.transitions if closed & {*row.sources} and row.to}
    assert left == {"unmerge"}
    assert all(edges[name] <= {name} for name in closed - {"merged"})
    returns = {(a, b) for a in edges for b in edges[a] if category[b] == "new" != category[a]}
    assert not returns


@given(workflow=ALL, data=st.data())
def test_w2_what_is_decided_is_replayed_and_passes_check(workflow, data):
    log = data.draw(histories(workflow))
    assert workflow.check(log) == ()
    numbers = [event.seq for event in log]
    distinct = len({*log})  # an equal event twice is one
    assert replay(log).version == (distinct if numbers[0] is None else numbers[-1])
    assert numbers[0] is None or numbers == [*range(1, len(log) + 1)]


@given(workflow=ALL, log=events())
def test_w7_check_names_exactly_what_the_table_does_not_have(workflow, log):
    bare = evolve(
        workflow, transitions=[Transition(t.action, t.sources, t.to) for t in workflow.transitions]
    )
    spoken = {"new": workflow.initial[0], "in work": "open"}
    names = {status.name for status in bare.statuses}
    renamed = [_renamed(event, bare, spoken) for event in log]
    rows = {(source, t.to) for t in bare.transitions for source in t.sources if t.to in names}
    statuses = {(status.name, status.category) for status in bare.statuses}
    wrong = oracle.forbidden(statuses, bare.initial, rows, [plain(event) for event in renamed])
    found = bare.check(renamed)
    assert [violation.place - 1 for violation in found] == wrong
    assert all(violation.reasons for violation in found)
    assert all(violation.event is renamed[violation.place - 1] for violation in found)


def _renamed(event, workflow, spoken):
    """The event with drawn statuses put into the workflow's words where it has such a category."""
    fields = dict(getattr(event, "fields", ()))
    if "status" not in fields:
        return event
    known = {status.category: status for status in workflow.statuses}
    first = next(status for status in workflow.statuses if status.name == workflow.initial[0])
    wanted = fields["status"]
    status = (
        first if wanted.name in spoken and wanted.category == "new" else known[wanted.category]
    )
    return evolve(
        event, fields={**fields, "status": wanted if wanted.name == "in work" else status}
    )


def test_check_asks_the_guards_too():
    guarded = small(Transition("reopen", "solved", "open", guard=Field("role").is_("customer")))
    log = lived(guarded, "take", "solve")
    reopened = Changed(
        ticket_id="T1",
        at=AT + timedelta(1),
        role="agent",
        fields={"status": Status("open", "open")},
    )
    (violation,) = guarded.check([*log, reopened])
    assert violation.place == 4
    assert [reason.code for reason in violation.reasons] == ["not_is"]
    assert guarded.check([*log, evolve(reopened, role="customer")]) == ()


def test_a_status_of_the_same_name_and_another_category_is_unknown():
    wrong = Created(ticket_id="T1", at=AT, role="agent", fields={"status": Status("new", "open")})
    (violation,) = small().check([wrong])
    assert [reason.code for reason in violation.reasons] == ["not_initial"]
    with refused("unknown_status"):
        small().decide(replay([wrong]), "take", actor=ANN, at=AT)


def test_the_six_steps():
    log = lived(
        SIX_STEP, *IN_WORK, "reply", ("escalate", {"line": 2}), "solve", "close", line=1, seq=7
    )
    ticket = replay(log)
    assert ticket.status.name == "closed"
    assert ticket.times["escalated_functional"] == 1
    assert [event.seq for event in log] == [*range(7, 7 + len(log))]
    assert log[-1].type == "rating_requested"
    assert SIX_STEP.check(log) == ()


def test_the_client_is_identified_before_anything_is_registered():
    ticket = replay(begun(SIX_STEP))
    with pytest.raises(TransitionRefused) as caught:
        SIX_STEP.decide(ticket, "register", actor=ANN, at=AT)
    (reason,) = caught.value.reasons
    assert (reason.code, reason["field"]) == ("not_has", "requester")
    log = lived(SIX_STEP, ("identify", {"requester": "carl"}), "register")
    assert replay(log).status.name == "registered"


def test_a_message_comes_before_the_status_it_changes():
    log = lived(SIX_STEP, *IN_WORK, "ask")
    assert [event.type for event in log[-2:]] == ["message", "changed"]
    answered = SIX_STEP.decide(replay(log), "message", actor=CARL, at=AT + timedelta(1))
    assert [event.type for event in answered] == ["message", "changed"]
    assert replay([*log, *answered]).category == "open"


def test_a_message_to_a_closed_ticket_begins_a_follow_up():
    log = lived(SIX_STEP, *IN_WORK, "solve", "close", seq=1, organization="acme")
    ticket, later = replay(log), AT + timedelta(days=9)
    with refused("needs_other"):
        SIX_STEP.decide(ticket, "message", actor=CARL, at=later)
    made = SIX_STEP.decide(ticket, "message", actor=CARL, at=later, other="T2", source_id="mail 7")
    assert [event.source_id for event in made] == ["mail 7", "mail 7/2"]
    follow_up = replay(made)
    assert follow_up.id == "T2"
    assert follow_up.relations == (("follow_up", "T1"),)
    assert (follow_up.requester, follow_up.organization) == ("carl", "acme")
    assert follow_up.times["contacted"] == 1
    assert SIX_STEP.check(made) == ()
    assert [event.seq for event in made if event.ticket_id == "T2"] == [1, 2]


@pytest.mark.parametrize(
    ("action", "code"),
    [("solve", "not_from_here"), ("slove", "unknown_action"), ("register", "not_has")],
)
def test_w3_a_refusal_has_reasons_and_changes_nothing(action, code):
    ticket, twin = replay(begun(SIX_STEP)), replay(begun(SIX_STEP))
    with pytest.raises(TransitionRefused) as caught:
        SIX_STEP.decide(ticket, action, actor=ANN, at=AT)
    assert [reason.code for reason in caught.value.reasons] == [code]
    assert (caught.value.ticket_id, caught.value.status) == ("T1", "received")
    assert action in str(caught.value)
    assert ticket == twin


def test_bad_input_to_decide():
    ticket = replay(begun(SIX_STEP))
    ask = {"actor": ANN, "at": AT}
    with pytest.raises(NaiveDatetime):
        SIX_STEP.decide(ticket, "reply", actor=ANN, at=AT.replace(tzinfo=None))
    with pytest.raises(OutOfOrder):
        SIX_STEP.decide(ticket, "reply", actor=ANN, at=AT - timedelta(seconds=1))
    with pytest.raises(InvalidEvent):
        SIX_STEP.decide(ticket, "reply", **ask, fields={"status": Status("x", "open")})
    with pytest.raises(InvalidEvent):
        SIX_STEP.decide(ticket, "reply", **ask, fields={"grup": "x"})
    with refused("not_initial"):
        SIX_STEP.begin("T1", **ask, fields={"status": Status("solved", "solved")})
    with refused("nothing_to_do"):
        small(Transition("tag", "new")).decide(replay(begun(small())), "tag", **ask)


@given(workflow=ALL, data=st.data())
def test_allowed_lists_every_row_and_tells_what_decide_does(workflow, data):
    ticket = replay(data.draw(histories(workflow, max_size=6)))
    actor = data.draw(st.sampled_from([ANN, CARL, Actor("system")]))
    options = workflow.allowed(ticket, actor=actor)
    rows = [t for t in workflow.transitions if ticket.status.name in t.sources]
    other = replay(workflow.begin("T9", actor=CARL, at=ticket.created_at))
    assert [option.transition for option in options] == rows
    for option in options:
        assert option.allowed or option.reasons
        try:
            workflow.decide(ticket, option.action, actor=actor, at=ticket.at, other=other)
        except TransitionRefused as error:
            codes = {reason.code for reason in error.reasons}
            assert codes == {"nothing_to_do"} or not option.allowed
        else:
            assert option.allowed


def test_an_option_says_why_it_is_open_or_what_it_lacks():
    workflow = small(
        Transition("take", "open", guard=Field("role").is_("agent")),
        Transition("hand", "open", guard=Field("agent").is_("bob")),
    )
    ticket = replay(lived(workflow, ("take", {"agent": "ann"})))
    take, hand = (o for o in workflow.allowed(ticket) if o.transition.action in {"take", "hand"})
    assert take.allowed
    assert take.reasons
    assert not hand.allowed
    assert any("bob" in str(reason) for reason in hand.reasons)


def test_effects_set_relate_and_reach_the_children():
    workflow = small(
        Transition("drop", "open", "new", effects=(Put({"agent": None}), Say(public=False))),
        Transition("fix", "open", "solved", effects=(Cascade("solve"), Relate("article"))),
    )
    ticket = replay(lived(workflow, ("take", {"agent": "ann"})))
    later = AT + timedelta(hours=1)
    note, change = workflow.decide(ticket, "drop", actor=ANN, at=later)
    assert not note.public
    assert dict(change.fields) == {"agent": None, "status": Status("new", "new")}
    open_child = evolve(ticket, id="T2")
    new_child = evolve(replay(begun(workflow)), id="T3")
    made = workflow.decide(
        ticket, "fix", actor=ANN, at=later, other="KB7", children=[open_child, new_child]
    )
    assert [(event.ticket_id, event.type) for event in made] == [
        ("T1", "changed"),
        ("T1", "related"),
        ("T2", "changed"),
    ]


def test_a_window_closes():
    workflow = small(Transition("reopen", "solved", "open", within=timedelta(days=1)))
    ticket = replay(lived(workflow, "take", "solve"))
    last = ticket.status_since + timedelta(days=1)
    assert workflow.decide(ticket, "reopen", actor=ANN, at=last)
    with refused("too_late"):
        workflow.decide(ticket, "reopen", actor=ANN, at=last + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("definition", "codes"),
    [
        ({"statuses": [Status("new", "new")] * 2}, {"repeated_status", "undefined_status"}),
        ({"initial": ()}, {"no_initial_status"}),
        ({"initial": "nwe"}, {"undefined_status"}),
        ({"transitions": [Transition("take", "new", "open")]}, {"unreachable_status"}),
    ],
    ids=lambda part: str(sorted(part, key=str)),  # sets have no order of their own
)
def test_definitions_that_contradict_themselves(definition, codes):
    with pytest.raises(InvalidWorkflow, match="small") as caught:
        small(**definition)
    assert codes <= {finding.code for finding in caught.value.findings}


@pytest.mark.parametrize(
    ("status", "transitions", "code"),
    [
        (Status("lost", "open"), [Transition("lose", "open", "lost")], "trap_status"),
        (Status("lost", "open"), [], "unreachable_status"),
        (None, [Transition("take", "new", "solved")], "ambiguous_action"),
        (None, [Transition("solve", ("new", "open"))], "ambiguous_action"),
        (None, [Transition("lose", "open", "lost")], "undefined_status"),
    ],
    ids=str,
)
def test_rows_that_contradict_the_workflow(status, transitions, code):
    statuses = (*small().statuses, *([status] if status else []))
    with invalid(code):
        small(*transitions, statuses=statuses)


def test_a_workflow_without_a_solution_is_refused():
    statuses = (Status("new", "new"), Status("gone", "void"))
    with invalid("no_solution"):
        small(statuses=statuses, transitions=[Transition("drop", "new", "gone")])


@pytest.mark.parametrize(
    "row",
    [
        ("", "new", {}),
        ("take", (), {}),
        ("close", "new", {"after": timedelta(0)}),
        ("close", "new", {"within": timedelta(-1)}),
    ],
    ids=str,
)
def test_what_is_no_transition(row):
    action, sources, more = row
    with pytest.raises(InvalidValue):
        Transition(action, sources, "closed", **more)


def test_closing_comes_due_and_goes_when_the_status_does():
    log = lived(SIX_STEP, *IN_WORK, "solve")
    ticket = replay(log)
    (moment,) = SIX_STEP.agenda(log, as_of=ticket.at)
    assert moment.at == ticket.status_since + timedelta(days=7)
    assert moment.reason["action"] == "close"
    assert moment.key == (ticket.id, "workflow", "close", "solved", 1, 1)
    closed = SIX_STEP.decide(ticket, "close", actor=Actor("system"), at=moment.at)
    assert SIX_STEP.check([*log, *closed]) == ()
    assert len(SIX_STEP.agenda([*log, *closed], as_of=moment.at)) == 0
    reopened = SIX_STEP.decide(ticket, "message", actor=CARL, at=moment.at)
    assert len(SIX_STEP.agenda([*log, *reopened], as_of=moment.at)) == 0


def test_closing_counts_open_time_where_a_calendar_is_given():
    hours = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
    never = hours - BusinessCalendar.always("Europe/Berlin")
    close = {"after": timedelta(hours=8), "effects": ()}
    closed = Status("closed", "closed")
    for calendar, due in (
        (hours, hours.add(AT + timedelta(minutes=2), timedelta(hours=8))),
        (never, None),
    ):
        row = Transition("close", "solved", "closed", calendar=calendar, **close)
        workflow = small(row, statuses=(*small().statuses, closed))
        log = lived(workflow, "take", "solve")
        assert workflow.agenda(log, as_of=log[-1].at).next_at == due


def test_a_wait_ends_and_each_stay_has_its_own_key():
    until = AT + timedelta(days=3)
    log = lived(SIX_STEP, *IN_WORK)
    ask = {"actor": ANN, "at": AT + timedelta(hours=1), "until": until}
    log += SIX_STEP.decide(replay(log), "ask", **ask)
    (moment,) = SIX_STEP.agenda(log, as_of=log[-1].at)
    assert (moment.kind, moment.at, moment.action) == ("pending_until", until, None)
    later = until + timedelta(hours=1)
    log += SIX_STEP.decide(replay(log), "resume", actor=ANN, at=later)
    log += SIX_STEP.decide(
        replay(log), "ask", actor=ANN, at=later, until=later + timedelta(days=1)
    )
    told, other = SIX_STEP.agenda(log, as_of=log[-1].at)
    assert told == moment
    assert other.key != moment.key


def test_a_timer_past_the_end_of_time_never_comes_due():
    end = datetime(9999, 12, 31, tzinfo=UTC)
    row = Transition("close", "new", "open", after=timedelta(days=2))
    workflow = small(row)
    log = workflow.begin("T1", actor=ANN, at=end)
    assert len(workflow.agenda(log, as_of=end)) == 0


@every_workflow
def test_mermaid_draws_every_status_and_every_row(workflow):
    lines = workflow.mermaid().splitlines()
    assert sum(" as s" in line for line in lines) == len(workflow.statuses)
    arrows = [line for line in lines if re.fullmatch(r"    s\d+ --> s\d+: [\w ]+", line)]
    assert len(arrows) == sum(len(row.sources) for row in workflow.transitions)


@given(name=st.text(min_size=1), action=st.text(min_size=1))
def test_no_name_can_escape_its_label(name, action):
    workflow = Workflow(
        name="typed",
        statuses=[Status(name, "new"), Status(name + "!", "solved")],
        initial=name,
        transitions=[Transition(action, name, name + "!")],
    )
    lines = workflow.mermaid().splitlines()
    assert len(lines) == 5
    for line, shape in zip(
        lines[1:],
        (r'state "(.*)" as s0', r'state "(.*)" as s1', r"\[\*\] --> s0", r"s0 --> s1: (.*)"),
        strict=True,
    ):
        inside = re.fullmatch(rf"    {shape}", line, flags=re.DOTALL)
        text = "".join(inside.groups())
        assert all(c.isalnum() or c in " _-()" for c in re.sub(r"#\d+;", "", text))


def test_a_ticket_moves_to_another_workflow_by_a_total_map():
    pairs = {
        "new": "received",
        "triaged": "classified",
        "in progress": "in work",
        "awaiting user": "waiting for customer",
        "awaiting vendor": "on hold",
        "awaiting change": "on hold",
        "resolved": "solved",
    }
    log = lived(INCIDENT, ("triage", {"requester": "carl", **CLASSIFIED}), seq=3)
    moved = StatusMap(INCIDENT, SIX_STEP, pairs).move(replay(log), actor=ANN, at=AT + timedelta(1))
    ticket = replay([*log, *moved])
    assert ticket.status.name == "classified"
    assert SIX_STEP.allowed(ticket)
    at_once = StatusMap(INCIDENT, SIX_STEP, pairs).move(replay(log), actor=ANN, at=log[-1].at)
    assert replay([*log, *at_once]).status == ticket.status
    with invalid("unmapped_status"):
        StatusMap(INCIDENT, SIX_STEP, {"new": "received"})
    assert StatusMap(SIX_STEP, SIX_STEP).move(ticket, actor=ANN, at=ticket.at) == ()


@every_workflow
def test_a_workflow_survives_pickling(workflow):
    assert pickle.loads(pickle.dumps(workflow)) == workflow  # noqa: S301 - our own bytes
    assert hash(workflow) == hash(evolve(workflow))


def test_the_practices_have_their_own_ends():
    assert {workflow.name for workflow in (INCIDENT, REQUEST, PROBLEM, CHANGE)} < {*WORKFLOWS}
    for workflow in WORKFLOWS.values():
        categories = {status.category for status in workflow.statuses}
        assert categories == {"new", "open", "pending", "on_hold", "solved", "closed", "void"}


def test_messages_of_one_action_are_numbered_in_order():
    twice = small(Transition("shout", "new", effects=(Say(public=True), Say(public=False))))
    log = lived(twice, "shout", seq=1)
    assert [(event.seq, getattr(event, "public", None)) for event in log] == [
        (1, None),
        (2, True),
        (3, False),
    ]
    assert all(isinstance(event, Message) for event in log[1:])


@pytest.mark.parametrize("actor", ["ann", None, {"role": "agent"}])
def test_who_acts_is_an_actor(actor):
    ticket = replay(REQUEST.begin("T1", actor=ANN, at=AT))
    action = REQUEST.allowed(ticket)[0].transition.action
    move = StatusMap(REQUEST, REQUEST)
    for ask in (
        lambda: REQUEST.begin("T1", actor=actor, at=AT),
        lambda: REQUEST.decide(ticket, action, actor=actor, at=AT),
        lambda: REQUEST.allowed(ticket, actor=actor),
        lambda: move.move(ticket, actor=actor, at=AT),
    ):
        with pytest.raises(InvalidValue, match="an actor has a role"):
            ask()


def test_a_log_is_no_ticket():
    log = REQUEST.begin("T1", actor=ANN, at=AT)
    move = StatusMap(REQUEST, REQUEST)
    for ask in (
        lambda: REQUEST.decide(log, "x", actor=ANN, at=AT),
        lambda: REQUEST.allowed(log),
        lambda: move.move(log, actor=ANN, at=AT),
    ):
        with pytest.raises(InvalidValue, match="replay"):
            ask()


NEW, DONE = Status("new", "new"), Status("done", "solved")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Transition("solve", None, "done"),
        lambda: Transition("solve", "new", DONE),
        lambda: Transition("solve", [NEW], "done"),
        lambda: Transition("solve", "new", "done", guard="vip"),
        lambda: Transition("solve", "new", "done", effects=Say(public=True)),
        lambda: Transition("solve", "new", "done", effects=["say"]),
        lambda: Workflow(name="w", statuses=NEW, initial="new", transitions=()),
        lambda: Workflow(name="w", statuses=("new", "done"), initial="new", transitions=()),
        lambda: Workflow(
            name="w",
            statuses=(NEW, DONE),
            initial="new",
            transitions=Transition("solve", "new", "done"),
        ),
    ],
    ids=range(9),
)
def test_parts_of_another_type_are_refused_when_defined(make):
    """They were kept, and ended in an AttributeError when an action was decided."""
    with pytest.raises(InvalidValue):
        make()


def test_an_effect_does_not_lead_past_the_table():
    """A status among the fields of `Put` won over `to`, which the definition is checked with."""
    with pytest.raises(InvalidEvent, match="a transition sets the status"):
        Put({"status": DONE})
