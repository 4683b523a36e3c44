"""The agenda of a desk: clocks, workflow and escalation, with the desk's own people behind it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._sla.metrics import OWNERSHIP
from support_model.agenda import changes
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.errors import InvalidValue
from support_model.escalation import (
    AckMissing,
    EscalationRule,
    LineTimeout,
    Plan,
    Step,
    Threshold,
    assignees,
    escalation_agenda,
)
from support_model.events import Acknowledged, Changed, Created
from support_model.instants import Span
from support_model.lines import Agent, SupportLine
from support_model.oncall import Layer, OnCall, Override
from support_model.patterns import Field
from support_model.sla import RESOLUTION, PolicyBook, SlaPolicy, Target, evaluate
from support_model.vocabulary import Priority, Status
from support_model.workflows import INCIDENT

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
ROTA = OnCall(
    [Layer(["ann", "bob"], start="2026-03-02 00:00", tz="UTC")],
    overrides=[Override("cid", Span(AT + 30 * MINUTE, AT + HOUR))],
    name="primary",
)
URGENT = EscalationRule(
    Plan(
        "urgent",
        [
            Step(id="page", to="oncall:primary", anchor=AckMissing(), base="wall"),
            Step(id="again", to="oncall:primary", anchor=AckMissing(), after=30 * MINUTE),
            Step(id="team", to="group:erp", anchor=AckMissing(), after=40 * MINUTE),
            Step(id="moved", to="line:2", anchor=LineTimeout("1"), after=HOUR, kind="functional"),
        ],
    ),
    "resolution",
    when=Field("priority").is_("urgent"),
)
LATE = EscalationRule(
    Plan(
        "late",
        [
            Step(id="warn", to="assignee", anchor=Threshold(0.75)),
            Step(id="due", to="manager:1", level=2),
        ],
    ),
    "resolution",
)
TEAMS = EscalationRule(
    Plan("teams", [Step(id="warn", to="manager:2", anchor=Threshold(0.5))]),
    "ownership",
    kind="ola",
)
DESK = Desk(
    workflow=INCIDENT,
    policies=PolicyBook(
        [
            SlaPolicy(
                name="gold", targets=[Target(metric=RESOLUTION, within=8 * HOUR, calendar=HOURS)]
            ),
            SlaPolicy(
                name="teams",
                kind="ola",
                targets=[Target(metric=OWNERSHIP, within=2 * HOUR, calendar=HOURS)],
            ),
        ]
    ),
    lines=[SupportLine(level=1), SupportLine(level=2, name="product")],
    agents=[
        Agent(id="ann", manager="mia"),
        Agent(id="bob", line=2, teams=["erp"], manager="mia"),
        Agent(id="mia", line=None, manager="max"),
    ],
    plans=[URGENT, LATE, TEAMS],
    oncall=[ROTA],
)


def log(*later, **fields):
    status = {"status": Status("new", "new"), "agent": "ann", "line": 1, "group": "L1"}
    new = Created(ticket_id="T1", at=AT, seq=1, role="customer", fields={**status, **fields})
    return [new, *later]


def steps(agenda):
    """Who is told when, by plan and step."""
    return {
        moment.key[-3:-1]: (moment.at - AT, *moment.recipients) for moment in agenda if moment.plan
    }


HIGH = Priority("urgent", 1)


def test_targets_mean_the_people_of_the_desk():
    events = log(priority=HIGH)
    result = evaluate(events, DESK.policies, as_of=AT)
    assert steps(DESK.agenda(result, events)) == {
        ("urgent", "page"): (timedelta(), "ann"),
        ("urgent", "again"): (30 * MINUTE, "cid"),
        ("urgent", "team"): (40 * MINUTE, "bob"),
        ("urgent", "moved"): (HOUR, "bob"),
        ("late", "warn"): (6 * HOUR, "ann"),
        ("late", "due"): (8 * HOUR, "mia"),
        ("teams", "warn"): (HOUR, "max"),
    }


def test_a_moment_says_in_data_what_a_host_decides_by():
    events = log(priority=HIGH)
    agenda = DESK.agenda(evaluate(events, DESK.policies, as_of=AT), events)
    found = {
        (m.at - AT, m.kind, m.metric, m.policy, m.plan, m.level, m.recipients) for m in agenda
    }
    assert found == {
        (timedelta(), "notify", "resolution", None, "urgent", 1, ("ann",)),
        (30 * MINUTE, "notify", "resolution", None, "urgent", 1, ("cid",)),
        (40 * MINUTE, "notify", "resolution", None, "urgent", 1, ("bob",)),
        (HOUR, "functional", None, None, "urgent", 1, ("bob",)),
        (HOUR, "notify", "ownership", None, "teams", 1, ("max",)),
        (2 * HOUR, "breach", "ownership", "teams", None, None, ()),
        (6 * HOUR, "notify", "resolution", None, "late", 1, ("ann",)),
        (8 * HOUR, "notify", "resolution", None, "late", 2, ("mia",)),
        (8 * HOUR, "breach", "resolution", "gold", None, None, ()),
    }


def test_a_step_that_reaches_nobody_has_no_recipients():
    events = log(priority=HIGH, agent=None)
    agenda = DESK.agenda(evaluate(events, DESK.policies, as_of=AT), events)
    found = {(m.at - AT, m.kind, m.level, m.recipients) for m in agenda if m.plan == "late"}
    nobody = (6 * HOUR, "nobody_resolvable")  # the first step passes on to the second at once
    assert found == {(*nobody, 1, ()), (*nobody, 2, ())}


def test_a_moment_whose_recipients_change_is_withdrawn_and_new_under_its_key():
    before, after = log(), log(agent="bob")
    agendas = [
        DESK.agenda(evaluate(events, DESK.policies, as_of=AT), events)
        for events in (before, after)
    ]
    new, withdrawn = changes(*agendas)
    assert [one.recipients for one in (*withdrawn, *new)] == [("ann",), ("bob",)]
    assert new[0].key == withdrawn[0].key


def test_it_is_the_union_of_its_parts():
    events = log(priority=HIGH)
    result = evaluate(events, DESK.policies, as_of=AT + HOUR)
    whole = result.agenda | INCIDENT.agenda(events, as_of=result.as_of)
    resolve = DESK.directory.resolver(assignees(events))
    for rule, clock in ((URGENT, "resolution"), (LATE, "resolution"), (TEAMS, "ownership")):
        whole |= escalation_agenda(rule.plan, events, result, result[clock], resolve)
    assert DESK.agenda(result, iter(events)) == whole


def test_an_acknowledgement_ends_what_waits_for_one():
    events = log(
        Acknowledged(ticket_id="T1", at=AT + 10 * MINUTE, seq=2, role="agent"), priority=HIGH
    )
    result = evaluate(events, DESK.policies, as_of=AT + HOUR)
    found = steps(DESK.agenda(result, events))
    assert {step for plan, step in found if plan == "urgent"} == {"page", "moved"}


def test_a_rule_that_comes_into_force_begins_there():
    raised = Changed(
        ticket_id="T1", at=AT + 2 * HOUR, seq=2, role="agent", fields={"priority": HIGH}
    )
    events = log(raised)
    calm = evaluate(events, DESK.policies, as_of=AT + HOUR)
    assert ("urgent", "page") not in steps(DESK.agenda(calm, events))
    now = evaluate(events, DESK.policies, as_of=AT + 2 * HOUR)
    assert steps(DESK.agenda(now, events))["urgent", "page"] == (2 * HOUR, "ann")


def test_what_comes_later_is_not_foretold():
    handed = Changed(
        ticket_id="T1", at=AT + 3 * HOUR, seq=2, role="agent", fields={"agent": "bob"}
    )
    events = log(handed)
    early = evaluate(events, DESK.policies, as_of=AT + HOUR)
    assert steps(DESK.agenda(early, events))["late", "warn"] == (6 * HOUR, "ann")
    now = evaluate(events, DESK.policies, as_of=AT + 3 * HOUR)
    assert steps(DESK.agenda(now, events))["late", "warn"] == (6 * HOUR, "bob")


def test_a_rule_is_for_its_kind_of_agreement():
    sla = SlaPolicy(name="teams", targets=[Target(metric=OWNERSHIP, within=HOUR, calendar=HOURS)])
    desk = Desk(policies=sla, agents=DESK.agents, plans=[TEAMS])
    events = log()
    result = evaluate(events, desk.policies, as_of=AT)
    assert TEAMS.covers(result["ownership"]) is False
    assert steps(desk.agenda(result, events)) == {}


def test_plans_need_the_events():
    result = evaluate(log(), DESK.policies, as_of=AT)
    with pytest.raises(InvalidValue, match="give the events that were evaluated"):
        DESK.agenda(result)


@given(st.lists(st.integers(0, 700), max_size=6))
def test_windows_cut_anyhow_are_the_whole(cuts):
    events = log(priority=HIGH)
    agenda = DESK.agenda(evaluate(events, DESK.policies, as_of=AT), events)
    edges = [AT - HOUR, *(AT + MINUTE * cut for cut in sorted(cuts)), AT + 1000 * HOUR]
    parts = [agenda.between(a, b) for a, b in pairwise(edges)]
    assert [moment for part in parts for moment in part] == list(agenda)
