"""On call and escalation against their slow twins, on drawn plans around clock changes."""

from datetime import timedelta

from conformance import escalation as escalation_cases
from conformance import oncall as oncall_cases
from escalation import cases
from hypothesis import given
from oracles import escalation_oracle, oncall_oracle

from support_model.escalation import escalate

SECOND = timedelta(seconds=1)


@given(cases.plans())
def test_who_is_on_call_as_the_slow_twin_says(drawn):
    data, first, last = drawn
    plan, twin = oncall_cases.plan_of(data), oncall_oracle.Plan(data, first, last)
    roster = plan.roster(first, last)
    half_hours = [first + timedelta(minutes=30) * k for k in range(2 * 24 * 8)]
    edges = [at + step for at in roster.handoffs() for step in (-SECOND, 0 * SECOND)]
    for at in half_hours[::3] + edges:
        assert roster.who(at) == twin.who(at), at


@given(cases.seats())
def test_who_has_which_seat_as_the_slow_twin_says(drawn):
    data, first, last = drawn
    plan, twin = oncall_cases.plan_of(data), oncall_oracle.Plan(data, first, last)
    roster = plan.roster(first, last)
    edges = [at + step for at in roster.handoffs() for step in (-SECOND, 0 * SECOND)]
    for at in (first, *edges, last - SECOND):
        assert roster.who(at) == twin.who(at), at


@given(cases.plans())
def test_one_instant_asked_alone_gets_the_answer_of_the_roster(drawn):
    data, first, last = drawn
    plan = oncall_cases.plan_of(data)
    roster = plan.roster(first, last)
    for at in (first, *roster.handoffs()[:6], last - SECOND):
        assert plan.who(at) == roster.who(at)


@given(cases.escalations())
def test_steps_fire_as_the_slow_twin_says(data):
    through = cases.BEGIN + timedelta(minutes=4000)
    found = escalate(
        escalation_cases.plan_of(data),
        escalation_cases.course_of(data["clock"]),
        escalation_cases.resolver(data["resolvers"]),
        as_of=through,
        through=through,
    )
    steps, reports = escalation_oracle.Run(data, through).result()
    ours = [
        (row.at, escalation_cases.projected(row.key), row.step.level, list(row.who))
        for row in found.firings
    ]
    told = [
        (row.at, escalation_cases.projected(row.key), row.reason.code) for row in found.reports
    ]
    assert sorted(ours) == sorted(steps)
    assert sorted(told) == sorted(reports)
