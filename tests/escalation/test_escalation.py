"""Escalation: steps fire once, in order, whoever polls; along real clocks of real events."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from conformance import escalation as escalation_cases
from escalation import cases
from hypothesis import given
from hypothesis import strategies as st

from support_model._escalation.courses import courses
from support_model.agenda import changes
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidEscalation
from support_model.escalation import (
    AckMissing,
    Course,
    Directory,
    LineTimeout,
    Plan,
    Repeat,
    Start,
    Step,
    Threshold,
    assignees,
    escalate,
    escalation_agenda,
)
from support_model.events import Acknowledged, Changed, Created, Message
from support_model.instants import Span
from support_model.oncall import Layer, OnCall
from support_model.patterns import Field
from support_model.sla import NEXT_RESPONSE, RESOLUTION, SlaPolicy, Target, evaluate
from support_model.vocabulary import Priority, Status

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALWAYS = BusinessCalendar.always()
STATUS = {name: Status(name, name) for name in ("new", "open", "pending", "solved", "void")}


def target(hours, when=None, **more):
    condition = {} if when is None else {"when": when}
    return Target(metric=RESOLUTION, within=hours * HOUR, calendar=ALWAYS, **condition, **more)


GOLD = SlaPolicy(name="gold", targets=[target(4)])


def ran(data, through=None):
    as_of = cases.BEGIN + timedelta(minutes=4000) if through is None else through
    return escalate(
        escalation_cases.plan_of(data),
        escalation_cases.course_of(data["clock"]),
        escalation_cases.resolver(data["resolvers"]),
        as_of=as_of,
        through=as_of,
    )


@given(cases.escalations(), st.lists(st.integers(-10, 4000), max_size=4))
def test_r7_windows_add_up_to_the_whole_whoever_polls_when(data, cuts):
    whole = ran(data)
    edges = {cases.BEGIN + minute * MINUTE for minute in (-20, *cuts, 4000)}
    edges = sorted(edges | {row.at for row in whole.firings[::2]})  # cut where things happen, too
    firings, reports = [], []
    for after, through in pairwise(edges):
        part = ran(data, through).between(after, through)
        firings += part.firings
        reports += part.reports
    assert (tuple(firings), tuple(reports)) == (whole.firings, whole.reports)


@given(cases.escalations())
def test_r7_every_attempt_has_one_key_and_its_moment(data):
    found = ran(data)
    keys = [row.key for row in (*found.firings, *found.reports)]
    assert len(keys) == len(set(keys))
    again = {row.key for row in found.reports if row.again}
    assert {moment.key for moment in found.agenda} == set(keys) - again
    assert all(row.n for row in found.reports if row.again)
    order = [(row.at, row.step.level) for row in found.firings]
    assert order == sorted(order)


@given(cases.escalations())
def test_r7_levels_of_one_kind_rise(data):
    highest = {}
    for row in ran(data).firings:
        if row.step.kind != "notify":
            assert row.n or row.step.level >= highest.get(row.step.kind, 0)
            highest[row.step.kind] = max(row.step.level, highest.get(row.step.kind, 0))


@given(cases.escalations(), st.integers(-10, 3000))
def test_next_at_is_when_something_happens_next_if_nobody_acts(data, minute):
    plan, resolve = escalation_cases.plan_of(data), escalation_cases.resolver(data["resolvers"])
    course = escalation_cases.course_of(data["clock"])
    now, horizon = cases.BEGIN + minute * MINUTE, cases.BEGIN + 4000 * MINUTE
    agenda = escalate(plan, course, resolve, as_of=now).agenda
    later = [moment.at for moment in ran(data).agenda if moment.at > now]
    expected = min(later, default=None)
    found = agenda.next_at
    assert expected == (None if found is None or found > horizon else found)
    assert (
        agenda.through(now)
        == escalate(plan, course, resolve, as_of=now, through=now).agenda.moments
    )


@given(cases.escalations())
def test_r7_nothing_fires_at_or_after_the_end_or_inside_a_pause_in_counted_time(data):
    course = escalation_cases.course_of(data["clock"])
    for row in ran(data).firings:
        at = (row.at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        assert course.start <= at < course.end
        if row.step.ends_at_ack and course.ack is not None:
            assert at < course.ack
        passed_on = any(
            report.at == row.at and report.step.level < row.step.level
            for report in ran(data).reports
        )
        if row.step.base == "clock" and not passed_on:
            assert not any(row.start < at < row.end for row in course.waits.rows)


def event(kind, hours, role="agent", **more):
    return kind(ticket_id="T1", at=NINE + hours * HOUR, role=role, **more)


def created(**fields):
    return event(Created, 0, "customer", fields={"status": STATUS["new"], **fields})


def status(hours, name, role="system"):
    return event(Changed, hours, role, fields={"status": STATUS[name]})


PLAN = Plan(
    "gold",
    [
        Step(
            id="page",
            to="oncall:primary",
            anchor=AckMissing(),
            base="wall",
            repeat=Repeat(30 * MINUTE),
        ),
        Step(id="warn", to="assignee", anchor=Threshold(0.75)),
        Step(id="due", to="manager:1", level=2, kind="hierarchical"),
        Step(id="after", to="manager:2", after=HOUR, level=3, kind="hierarchical"),
    ],
)
HOUSE = Directory(
    managers={"ann": "mia", "mia": "max"},
    lines={"2": ["l2"]},
    on_call={"primary": OnCall([Layer(["ann", "bob"], start="2026-03-02 00:00", tz="UTC")])},
)


def agenda(events, *, hours, plan=PLAN, policy=GOLD, house=HOUSE):
    as_of = NINE + hours * HOUR
    evaluation = evaluate(events, policy, as_of=as_of)
    resolve = house.resolver(assignees(events))
    return escalation_agenda(plan, events, evaluation, evaluation["resolution"], resolve)


def rows(found):
    return [((m.at - NINE) / HOUR, m.key[-2], m.key[-1]) for m in found]


def test_a_clock_of_an_evaluation_escalates_along_its_own_target():
    events = [
        created(),
        event(Changed, 0.1, "system", fields={"agent": "ann"}),
        event(Acknowledged, 1),
    ]
    found = agenda(events, hours=0.5)
    assert rows(found) == [
        (0, "page", 0),
        (0.5, "page", 1),
        (1, "page", 2),
        (3, "warn", 0),
        (4, "due", 0),
        (5, "after", 0),
    ]
    assert found.next_at == NINE + HOUR
    assert [m.reason["who"] for m in found][-3:] == [("ann",), ("mia",), ("max",)]
    later = agenda(events, hours=2)
    assert rows(later) == [
        (0, "page", 0),
        (0.5, "page", 1),
        (3, "warn", 0),
        (4, "due", 0),
        (5, "after", 0),
    ]
    of = ("T1", "sla", "resolution", 1, 1, 1)
    assert later.moments[0].key == (*of, "escalation", "gold", "page", 0)
    assert changes(found, later)[0] == ()


def test_a_pause_without_end_holds_all_that_counts():
    events = [created(agent="ann"), event(Acknowledged, 0), status(1, "pending")]
    assert rows(agenda(events, hours=2)) == []
    again = [*events, status(3, "open")]
    assert rows(agenda(again, hours=4)) == [(5, "warn", 0), (6, "due", 0), (7, "after", 0)]


def test_solved_ends_it_and_reopening_goes_on():
    plan = Plan(
        "nag", [Step(id="nag", to="assignee", anchor=Start(), base="wall", repeat=Repeat(HOUR, 6))]
    )
    events = [created(agent="ann"), status(1.5, "solved")]
    assert rows(agenda(events, hours=9, plan=plan)) == [(0, "nag", 0), (1, "nag", 1)]
    again = [*events, status(5, "open")]
    assert rows(agenda(again, hours=5, plan=plan))[:4] == [
        (0, "nag", 0),
        (1, "nag", 1),
        (5, "nag", 2),
        (6, "nag", 3),
    ]


NAG = Plan(
    "nag",
    [Step(id="nag", to="assignee", anchor=Start(), base="wall", repeat=Repeat(HOUR, 6))],
)


def test_the_instant_of_the_end_belongs_to_it_also_when_the_cycle_comes_back():
    events = [created(agent="ann"), status(2, "solved"), status(5, "open")]
    found = rows(agenda(events, hours=5, plan=NAG))
    assert found[:4] == [(0, "nag", 0), (1, "nag", 1), (5, "nag", 2), (6, "nag", 3)]


def test_without_a_target_in_force_nothing_fires_and_a_match_goes_on():
    urgent = SlaPolicy(name="gold", targets=[target(4, Field("priority").is_("urgent"))])
    events = [
        created(agent="ann", priority=Priority("urgent", 1)),
        event(Acknowledged, 0),
        event(Changed, 1.5, "system", fields={"priority": Priority("low", 4)}),
    ]
    assert rows(agenda(events, hours=3, plan=NAG, policy=urgent)) == [
        (0, "nag", 0),
        (1, "nag", 1),
    ]
    assert rows(agenda(events, hours=3, policy=urgent)) == []
    again = [
        *events,
        event(Changed, 3.5, "system", fields={"priority": Priority("urgent", 1)}),
    ]
    found = rows(agenda(again, hours=4, plan=NAG, policy=urgent))
    assert found[:4] == [(0, "nag", 0), (1, "nag", 1), (3.5, "nag", 2), (4.5, "nag", 3)]
    found = rows(agenda(again, hours=4, policy=urgent))
    assert found == [(3.5, "warn", 0), (4, "due", 0), (5, "after", 0)]


def test_void_ends_it():
    assert (
        rows(agenda([created(agent="ann"), event(Acknowledged, 0), status(1, "void")], hours=9))
        == []
    )


def test_a_target_that_replaces_another_makes_overdue_steps_fire_at_the_change():
    urgent = Field("priority").is_("urgent")
    policy = SlaPolicy(name="gold", targets=[target(1, urgent), target(4)])
    events = [
        created(agent="ann", priority=Priority("low", 4)),
        event(Acknowledged, 0),
        event(Changed, 2, "system", fields={"priority": Priority("urgent", 1)}),
    ]
    found = agenda(events, hours=2, policy=policy)
    assert rows(found) == [(2, "after", 0), (2, "due", 0), (2, "warn", 0)]
    assert [m.reason["level"] for m in found] == [3, 2, 1]


def test_stays_in_lines_and_levels_raised_by_hand_come_from_the_events():
    plan = Plan(
        "lines",
        [
            Step(
                id="idle",
                to="line:2",
                anchor=LineTimeout("1"),
                after=HOUR,
                level=2,
                kind="functional",
            ),
            Step(id="up", to="line:2", anchor=Threshold(0.5), level=2, kind="functional"),
        ],
    )
    events = [
        created(line=1),
        event(Changed, 1.4, fields={"line": None}),
        event(Changed, 1.5, fields={"line": 2}),
        event(Changed, 1.6, fields={"line": 1}),
    ]
    found = agenda(events, hours=3, plan=plan)
    assert [(m.key[2:4], m.key[-2], m.kind) for m in found] == [
        (("line:1", 1), "idle", "functional"),
        (("resolution", 1), "up", "level_reached"),
        (("line:1", 2), "idle", "level_reached"),
    ]


def test_every_cycle_has_its_own_keys():
    policy = SlaPolicy(
        name="gold", targets=[Target(metric=NEXT_RESPONSE, within=HOUR, calendar=ALWAYS)]
    )
    plan = Plan("p", [Step(id="due", to="user:mia")])
    log = [created()]
    for hour, role in ((1, "agent"), (2, "customer"), (5, "agent"), (6, "customer")):
        log.append(event(Message, hour, role, public=True))
    evaluation = evaluate(log, policy, as_of=NINE + 9 * HOUR)
    clock = evaluation["next_response"]
    found = escalation_agenda(plan, log, evaluation, clock, HOUSE.resolver())
    assert [(m.key[3], (m.at - NINE) / HOUR) for m in found] == [(1, 3), (2, 7)]
    assert len(courses(log, evaluation, clock)) == 2
    other = evaluate(log, policy, as_of=NINE + 9 * HOUR)
    with pytest.raises(InvalidEscalation, match="another evaluation"):
        escalation_agenda(plan, log, other, clock, HOUSE.resolver())
    with pytest.raises(InvalidEscalation, match="a name is no clock"):
        escalation_agenda(plan, log, evaluation, "next_response", HOUSE.resolver())
    with pytest.raises(InvalidEscalation, match="a resolver is a function"):
        escalation_agenda(plan, log, evaluation, clock, HOUSE)


def test_what_never_ends_shows_its_next_only():
    plan = Plan(
        "p", [Step(id="nag", to="user:ann", anchor=Start(), base="wall", repeat=Repeat(HOUR))]
    )
    course = Course.of(ticket="A1", metric="page", start=NINE)
    people = HOUSE.resolver()
    found = escalate(plan, course, people, as_of=NINE + 2.5 * HOUR)
    assert [row.n for row in found.firings] == [0, 1, 2, 3]
    far = escalate(plan, course, people, as_of=NINE, through=NINE + 9 * HOUR)
    assert [row.n for row in far.firings] == list(range(10))


def test_on_call_is_asked_about_the_firing_instant():
    plan = Plan(
        "p",
        [
            Step(
                id="page",
                to="oncall:primary",
                anchor=Start(),
                base="wall",
                repeat=Repeat(7 * 24 * HOUR, 2),
            )
        ],
    )
    course = Course.of(ticket="A1", metric="page", start=NINE)
    found = escalate(plan, course, HOUSE.resolver(), as_of=NINE)
    assert [row.who for row in found.firings] == [("ann",), ("bob",), ("ann",)]


def test_passing_on_skips_line_time_outs_and_levels_told_already():
    plan = Plan(
        "p",
        [
            Step(id="one", to="user:", anchor=Start(), base="wall"),
            Step(id="line", to="line:2", anchor=LineTimeout("1"), after=9 * HOUR, level=2),
            Step(id="three", to="user:mia", anchor=Start(), after=HOUR, level=3, base="wall"),
        ],
    )
    course = Course.of(ticket="A1", metric="page", start=NINE, lines=[("1", NINE)])
    people = {"user:mia": ["mia"], "line:2": ["l2"]}
    found = escalate(plan, course, lambda to, _: people.get(to, ()), as_of=NINE)
    assert [(row.step.id, row.at - NINE) for row in found.firings] == [
        ("three", 0 * HOUR),
        ("line", 9 * HOUR),
    ]


def test_targets_are_resolved_by_data():
    events = [
        created(agent="ann"),
        event(Changed, 1, fields={"agent": None}),
        event(Changed, 2, fields={"agent": "mia"}),
    ]
    resolve = HOUSE.resolver(assignees(events))
    asked = [
        ("assignee", 0),
        ("manager:1", 0),
        ("manager:2", 0),
        ("manager:3", 0),
        ("assignee", 1),
        ("manager:1", 1),
        ("assignee", 2),
        ("manager:1", 2),
        ("line:2", 0),
        ("user:x", 0),
    ]
    assert [resolve(to, NINE + hours * HOUR) for to, hours in asked] == [
        ("ann",),
        ("mia",),
        ("max",),
        (),
        (),
        (),
        ("mia",),
        ("max",),
        ("l2",),
        ("x",),
    ]
    assert resolve("assignee", NINE - HOUR) == ()
    with pytest.raises(InvalidEscalation, match="did you mean 'primary'"):
        resolve("oncall:primry", NINE)


def test_a_pause_may_have_no_end_in_plain_facts():
    course = Course.of(
        ticket="A1", metric="m", start=NINE, targets=[(NINE, HOUR)], pauses=[Span(NINE + MINUTE)]
    )
    plan = Plan("p", [Step(id="due", to="user:mia"), Step(id="at", to="user:mia", anchor=Start())])
    found = escalate(plan, course, HOUSE.resolver(), as_of=NINE)
    assert [row.step.id for row in found.firings] == ["at"]
