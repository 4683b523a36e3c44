"""`Desk.next_at` says what the agenda's `next_at` says, without making the agenda."""

import pickle
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from support_model._escalation.plans import Edition, PlanHistory
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.errors import InvalidValue
from support_model.escalation import (
    AckMissing,
    EscalationRule,
    LineTimeout,
    Plan,
    Repeat,
    Start,
    Step,
    Threshold,
)
from support_model.events import Acknowledged, Changed, Created, Message, Promised, Related
from support_model.instants import Span
from support_model.lines import Agent, SupportLine
from support_model.oncall import Layer, OnCall, Override
from support_model.patterns import ALWAYS as ANY
from support_model.patterns import Field
from support_model.sla import (
    ACKNOWLEDGEMENT,
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    SlaPolicy,
    SlaState,
    Target,
    evaluate,
)
from support_model.tickets import ReadLog, steps
from support_model.vocabulary import Priority, Status
from support_model.workflows import LastMessage, Put, Say, Transition, Workflow

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NINE = datetime(2026, 3, 27, 9, tzinfo=UTC)  # a Friday before a clock change
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
ALWAYS = BusinessCalendar.always()
HIGH, LOW = Priority("p1", 1), Priority("p2", 2)
URGENT = Field("priority").is_("p1")
STATUSES = NEW, OPEN, WAITING, SOLVED, CLOSED, VOID = (
    Status("new", "new"),
    Status("open", "open"),
    Status("waiting", "pending"),
    Status("solved", "solved"),
    Status("closed", "closed"),
    Status("void", "void"),
)


def target(metric, hours, calendar=ALWAYS, **more):
    return Target(metric=metric, within=hours * HOUR, calendar=calendar, warn_at=[0.5], **more)


PAGES = [
    Step(id="page", to="oncall:short", anchor=AckMissing(), base="wall", repeat=Repeat(3 * HOUR)),
    Step(id="boss", to="manager:1", anchor=Start(), after=2 * HOUR, level=2, kind="hierarchical"),
    Step(id="then", to="line:3", anchor=AckMissing(of="page"), after=HOUR, level=3),
]
LINES = [
    Step(id="long", to="line:2", anchor=LineTimeout("1"), after=3 * HOUR, kind="functional"),
    Step(id="after", to="assignee", anchor=AckMissing(of="long"), after=HOUR, level=2),
    Step(id="again", to="line:1", anchor=LineTimeout("2"), after=HOUR, repeat=Repeat(2 * HOUR, 2)),
]
LATE = [
    Step(id="half", to="assignee", anchor=Threshold(0.5), hours=OFFICE),
    Step(id="due", to="oncall:primary:next", level=2, repeat=Repeat(4 * HOUR), until="ack"),
    Step(id="before", to="user:max", after=-HOUR, level=1),
]
STAYS = [Step(id="stay", to="line:3", anchor=LineTimeout("1"), after=5 * HOUR)]
SHARES = [
    Step(id="half", to="line:3", anchor=Threshold(0.5)),
    Step(id="due", to="manager:1", level=2),
    Step(id="over", to="assignee", after=3 * HOUR, level=3, repeat=Repeat(2 * HOUR)),
]
PAGED = [
    Step(id="page", to="line:3", anchor=AckMissing(), base="wall", repeat=Repeat(HOUR, 2)),
    Step(id="lead", to="assignee", anchor=Start(), after=HOUR, level=2, repeat=Repeat(HOUR, 1)),
    Step(id="move", to="line:2", anchor=LineTimeout("1"), after=2 * HOUR),
]
PLANS = [
    EscalationRule(Plan("paged", PAGED), "resolution", when=URGENT),
    EscalationRule(Plan("shares", SHARES[:2]), "next_response"),
    EscalationRule(Plan("repeats", SHARES), "resolution"),
    EscalationRule(Plan("first", SHARES[:2]), "first_response", when=URGENT),
    EscalationRule(Plan("pages", PAGES), "resolution", when=URGENT),
    EscalationRule(Plan("lines", LINES), "resolution"),
    EscalationRule(Plan("stays", STAYS), "resolution", when=Field("agent").has()),
    EscalationRule(
        PlanHistory(
            [Edition(Plan("late", LATE[:1])), Edition(Plan("late", LATE), NINE + 9 * HOUR)],
            follow="live",
        ),
        "resolution",
    ),
    EscalationRule(
        PlanHistory([Edition(Plan("kept", LATE)), Edition(Plan("kept", LATE[1:]), NINE + HOUR)]),
        "next_response",
    ),
]
TIMERS = (
    Transition("close", "solved", "closed", after=24 * HOUR),
    Transition(
        "nudge",
        "waiting",
        after=8 * HOUR,
        anchor=LastMessage("agent"),
        effects=(Say(public=True),),
    ),
    Transition("raise", "open", "waiting", after=5 * HOUR, guard=URGENT),
    Transition("sort", "open", after=2 * HOUR, effects=(Put({"priority": HIGH}),)),
    Transition("late", "new", "open", after=6 * HOUR, within=5 * HOUR),
    Transition("open", "waiting", "open", after=3 * HOUR, guard=Field("at").open_in(OFFICE)),
)
DESK = Desk(
    lines=[SupportLine(level=1), SupportLine(level=2), SupportLine(level=3)],
    agents=[Agent(id="ann", manager="mia"), Agent(id="bob", line=2), Agent(id="mia", line=None)],
    policies=SlaPolicy(
        name="gold",
        targets=[
            target(RESOLUTION, 4, when=URGENT, on_change="restart"),
            target(RESOLUTION, 10, OFFICE),
            target(NEXT_RESPONSE, 2),
            target(FIRST_RESPONSE, 3, OFFICE),
            target(ACKNOWLEDGEMENT, 1),
        ],
    ),
    oncall=[
        OnCall([Layer(["ann"], start="2026-03-02", tz="UTC", until="2026-03-28")], name="short"),
        OnCall(
            [Layer(["ann", "bob"], start="2026-03-02", tz="UTC")],
            overrides=[Override("mia", Span(NINE + HOUR, NINE + 3 * HOUR))],
            name="primary",
        ),
    ],
    plans=PLANS,
    workflow=Workflow(
        name="w",
        statuses=STATUSES,
        initial="new",
        transitions=(
            *TIMERS,
            Transition("work", ("new", "waiting", "solved"), "open"),
            Transition("solve", ("new", "open", "waiting"), "solved"),
            Transition("call off", "new", "void"),
        ),
    ),
)
EDITED = attrs.evolve(  # other lengths nine hours on, and no first response any more
    DESK,
    policies=[
        *DESK.policies.policies,
        SlaPolicy(
            name="gold",
            version="2",
            since=NINE + 9 * HOUR,
            targets=[target(RESOLUTION, 6, OFFICE, on_change="forward"), target(NEXT_RESPONSE, 5)],
        ),
    ],
)
CHANGES = [
    {"priority": HIGH},
    {"priority": LOW},
    {"agent": "ann"},
    {"agent": None},
    {"line": 2},
    {"line": 1},
    {"status": OPEN},
    {"status": WAITING},
    {"status": SOLVED},
    {"status": VOID},
    {"management_level": 2},
]
ROLES = st.sampled_from(["agent", "customer", "system"])


def changed(fields, role, until):
    later = NINE + until * HOUR if until and "status" in fields else None
    return lambda common: Changed(**common, role=role, fields=fields, until=later)


def said(role):
    return lambda common: Message(**common, role=role, public=True)


def promised(hours):
    due = None if hours is None else NINE + hours * HOUR
    return lambda common: Promised(**common, role="agent", metric="resolution", due=due)


def merged_away():
    return lambda common: Related(**common, role="agent", kind="merged_into", other="T2")


ACTS = st.one_of(
    st.builds(changed, st.sampled_from(CHANGES), ROLES, st.sampled_from([None, 4, 30])),
    st.builds(changed, st.sampled_from(CHANGES), ROLES, st.none()),
    st.builds(said, ROLES),
    st.builds(promised, st.sampled_from([None, 3, 40])),
    st.just(lambda common: Acknowledged(**common, role="agent")),
    st.builds(merged_away),
)
GAPS = st.sampled_from([0, 0.5, 1, 1, 2, 3, 5, 12, 26])


@st.composite
def logs(draw):
    fields = {"status": NEW, "priority": draw(st.sampled_from([HIGH, LOW])), "line": 1}
    log = [Created(ticket_id="T1", at=NINE, role="customer", fields=fields)]
    for gap, act in draw(st.lists(st.tuples(GAPS, ACTS), max_size=8)):
        log.append(act({"ticket_id": "T1", "at": log[-1].at + gap * HOUR}))
    return log


@settings(max_examples=60)
@given(st.sampled_from([DESK, EDITED]), logs(), st.lists(GAPS, min_size=1, max_size=4))
def test_it_is_the_agendas(desk, log, gaps):
    """Asked at each event, some hours after, and when it says that something comes."""
    at = NINE
    for gap in [*gaps, *([None] * 3)]:
        result = evaluate(log, desk.policies, as_of=at)
        told = desk.next_at(result, log)
        assert told == desk.agenda(result, log).next_at
        assert result.next_at == result.agenda.next_at
        note(f"something comes: {told is not None}")
        at = at + gap * HOUR if gap is not None else max(told or at, log[-1].at)


@given(logs(), st.sampled_from(range(len(PLANS))))
def test_it_is_that_of_each_plan_and_workflow(log, place):
    at = log[-1].at
    alone = Desk(
        lines=DESK.lines.values(),
        agents=DESK.agents,
        policies=DESK.policies,
        oncall=DESK.oncall,
        plans=[PLANS[place]],
    )
    result = evaluate(log, DESK.policies, as_of=at)
    assert alone.next_at(result, log) == alone.agenda(result, log).next_at
    workflow = DESK.workflow
    assert workflow.next_at(log, as_of=at) == workflow.agenda(log, as_of=at).next_at


LOG = [
    Created(ticket_id="T1", at=NINE, role="customer", fields={"status": NEW, "priority": LOW}),
    Changed(ticket_id="T1", at=NINE + HOUR, role="agent", fields={"status": OPEN, "agent": "ann"}),
]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, 0.5),  # half of the acknowledgement
        (1, 1.5),  # the first response, half of it in office hours from 10:00 in Berlin
        (1.5, 3),  # the timer "sort", two hours after the ticket was opened
        (3, 5),  # half of the resolution, nine hours of which do not pass before Monday
    ],
)
def test_by_hand(hours, expected):
    result = evaluate(LOG, DESK.policies, as_of=NINE + hours * HOUR)
    assert (DESK.next_at(result, LOG) - NINE) / HOUR == expected


def page(step, after, to="line:3", **more):
    return Step(id=step, to=to, anchor=Start(), after=after * HOUR, **more)


BY_HAND = {
    "level 2 came at once, as level 1 reached nobody": (
        [page("one", 0), page("two", 5, level=2)],
        None,
    ),
    "level 2 is to come, as level 1 reached somebody": (
        [page("one", 0, to="user:max"), page("two", 5, level=2)],
        5,
    ),
    "the repeats of what came at half of the target": (
        [
            Step(id="half", to="line:3", anchor=Threshold(0.25)),
            Step(id="due", to="user:max", level=2, repeat=Repeat(3 * HOUR)),
        ],
        5.5,  # from 2:30 on, every three hours
    ),
    "a share before any of the clock": ([Step(id="s", to="user:max", anchor=Threshold(0.4))], 4),
    "a repeat of a step that an earlier course took": (
        [
            Step(
                id="s",
                to="user:max",
                anchor=LineTimeout("1"),
                after=HOUR,
                repeat=Repeat(5 * HOUR, 1),
            )
        ],
        6,  # of which it was the first at 1:00, not at 2:00 as the second course began
    ),
}


@pytest.mark.parametrize(("steps", "expected"), BY_HAND.values(), ids=BY_HAND)
def test_a_plan_by_hand(steps, expected):
    """Three hours after the start, of ten to the due; urgent until 1:30 and from 2:00 on."""
    ten = Target(metric=RESOLUTION, within=10 * HOUR, calendar=ALWAYS)
    desk = Desk(
        lines=DESK.lines.values(),
        agents=DESK.agents,
        policies=SlaPolicy(name="gold", targets=[ten]),
        plans=[
            EscalationRule(
                Plan("p", steps),
                "resolution",
                when=URGENT if any(step.line for step in steps) else ANY,
            )
        ],
    )
    fields = {"status": NEW, "priority": HIGH, "line": 1}
    log = [Created(ticket_id="T1", at=NINE, role="customer", fields=fields)]
    for hours, priority in ((1.5, LOW), (2, HIGH)):
        at = NINE + hours * HOUR
        log.append(Changed(ticket_id="T1", at=at, role="system", fields={"priority": priority}))
    result = evaluate(log, desk.policies, as_of=NINE + 3 * HOUR)
    found = desk.next_at(result, log)
    assert found == desk.agenda(result, log).next_at
    assert (found - NINE) / HOUR == (10 if expected is None else expected)


@pytest.mark.parametrize("days", [0.1, 1, 3, 8, 30])
@pytest.mark.parametrize("agent", [None, "ann"])
@pytest.mark.parametrize("base", ["wall", "clock"])
@pytest.mark.parametrize("times", [2, 50, None])
def test_repeats_of_the_past_are_leapt_over(days, agent, base, times):
    """Three hours apart from the start on, reaching one who works there, or nobody."""
    steps = [
        Step(id="page", to="assignee", anchor=Start(), base=base, repeat=Repeat(3 * HOUR, times))
    ]
    desk = Desk(policies=DESK.policies, plans=[EscalationRule(Plan("p", steps), "first_response")])
    moved = Changed(ticket_id="T1", at=NINE + 40 * HOUR, role="system", fields={"agent": agent})
    log = [LOG[0], Changed(ticket_id="T1", at=NINE, role="system", fields={"agent": "bob"}), moved]
    result = evaluate(log, desk.policies, as_of=NINE + timedelta(days=days))
    assert desk.next_at(result, log) == desk.agenda(result, log).next_at


def test_events_of_any_origin_give_the_same():
    result = evaluate(LOG, DESK.policies, as_of=NINE + 2 * HOUR)
    expected = DESK.next_at(result, LOG)
    state = SlaState.of(DESK.policies)
    for now in LOG:
        state = state.feed(now)
    copied = pickle.loads(pickle.dumps(result))  # noqa: S301 - made here
    later = [*LOG, Acknowledged(ticket_id="T1", at=NINE + 9 * HOUR, role="agent")]
    for answer in (result, copied, state.evaluate(NINE + 2 * HOUR)):
        assert DESK.next_at(answer, iter(later)) == expected


def test_other_events_than_were_evaluated_are_read_anew():
    result = evaluate(LOG, DESK.policies, as_of=NINE + 2 * HOUR)
    assert result.log(LOG) is result.log(tuple(LOG))
    asked = [*LOG[:1], Changed(ticket_id="T1", at=NINE + HOUR, role="agent", fields={"line": 1})]
    assert result.log(asked) == ReadLog(tuple(asked), tuple(steps(asked)))


def test_it_needs_the_events():
    result = evaluate(LOG, DESK.policies, as_of=NINE)
    with pytest.raises(InvalidValue, match="give the events that were evaluated"):
        DESK.next_at(result)


def test_a_desk_of_clocks_alone_needs_none():
    result = evaluate(LOG, DESK.policies, as_of=NINE)
    assert Desk(policies=DESK.policies).next_at(result) == NINE + 0.5 * HOUR
