"""Courses of real clocks: what was told stays told, and where shares of a target lie."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model.calendars import BusinessCalendar
from support_model.escalation import (
    AckMissing,
    Course,
    LineTimeout,
    Plan,
    Repeat,
    Start,
    Step,
    Threshold,
    escalate,
    escalation_agenda,
)
from support_model.events import Changed, Created, Promised
from support_model.instants import Span
from support_model.patterns import NEVER, Field
from support_model.sla import RESOLUTION, SlaPolicy, Target, evaluate
from support_model.testing._sla_strategies import metrics, policy_books, sla_logs
from support_model.vocabulary import Priority, Status

HOUR = timedelta(hours=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALWAYS = BusinessCalendar.always()
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")


def ann(target, at):  # noqa: ARG001 - a resolver
    return ("ann",)


LADDER = Plan(
    "ladder",
    [
        Step(id="half", to="x", anchor=Threshold(0.5)),
        Step(id="third on the wall", to="x", anchor=Threshold(Fraction(1, 3)), base="wall"),
        Step(id="soon", to="x", after=-timedelta(minutes=7)),
        Step(id="due", to="x", level=2, kind="hierarchical"),
        Step(id="late", to="x", anchor=Threshold(1.5), level=3, kind="hierarchical"),
        Step(id="page", to="x", anchor=AckMissing(), repeat=Repeat(45 * HOUR / 60, 3)),
        Step(id="nag", to="x", anchor=Start(), base="wall", repeat=Repeat(HOUR, 5), until="ack"),
    ],
)


def told(log, book, as_of, until):
    result = evaluate(log, book, as_of=as_of)
    return {
        (moment.at, moment.key, moment.kind)
        for clock in result.clocks
        for moment in escalation_agenda(LADDER, log, result, clock, ann)
        if moment.at <= until
    }


LASTING = ("once", "resume", "again", "again_after_due")
NEVER_ANEW = metrics(after_stop=st.sampled_from(LASTING)).map(
    lambda metric: attrs.evolve(metric, reset=NEVER)
)
"""Metrics whose cycles never begin from zero: such a cycle is another, with the same keys."""


@given(data=st.data())
def test_what_was_told_stays_told_whatever_happens_later(data):
    book = data.draw(policy_books(metrics=NEVER_ANEW))
    log = data.draw(sla_logs(book))
    known = data.draw(st.integers(1, len(log)))
    last = log[known - 1].at
    later = log[known].at if known < len(log) else last + 100 * HOUR
    now = last + data.draw(st.integers(0, 9)) * (later - last) / 10
    if now < later:
        past = told(log[:known], book, now, now)
        assert past == told(log, book, log[-1].at + HOUR, now)


# In what follows instants are told in hours since nine o'clock of a Monday.


def event(kind, hours, role="agent", **more):
    return kind(ticket_id="T1", at=NINE + hours * HOUR, role=role, **more)


def created(**fields):
    return event(Created, 0, "customer", fields={"status": Status("new", "new"), **fields})


def status(hours, name):
    return event(Changed, hours, "system", fields={"status": Status(name, name)})


def of_events(steps, log, hours, calendar=ALWAYS):
    """Hours and step of all moments along the one clock of a log, due after 24 hours."""
    policy = SlaPolicy(
        name="gold", targets=[Target(metric=RESOLUTION, within=24 * HOUR, calendar=calendar)]
    )
    result = evaluate(log, policy, as_of=NINE + hours * HOUR)
    found = escalation_agenda(Plan("p", steps), log, result, result["resolution"], ann)
    return [((m.at - NINE) / HOUR, m.key[-2], m.kind) for m in found]


def of_facts(*steps, people=None, **facts):
    """Hours, step and whether it fired, along a course of plain facts; all know ann only."""
    course = Course.of(ticket="A1", metric="m", start=NINE, **facts)
    find = ann if people is None else lambda target, _: people.get(target, ())
    run = escalate(Plan("p", steps), course, find, as_of=NINE)
    rows = [(row, True) for row in run.firings] + [(row, False) for row in run.reports]
    return sorted(((row.at - NINE) / HOUR, row.step.id, fired) for row, fired in rows)


HALF, DUE = Step(id="half", to="x", anchor=Threshold(0.5)), Step(id="due", to="x")


def test_no_pause_moves_what_is_told_on_the_way_to_a_promised_date():
    promise = event(Promised, 0, metric="resolution", due=NINE + 8 * HOUR)
    before = [Step(id="before", to="x", after=-3 * HOUR), HALF, DUE]
    told = [(4, "half", "notify"), (5, "before", "notify"), (8, "due", "notify")]
    log = [created(), promise]
    assert of_events(before, log, 4.5) == told
    log += [status(5, "pending"), status(7, "open")]
    assert of_events(before, log, 7.5) == told


def test_beyond_a_promised_date_time_counts_as_ever():
    promise = event(Promised, 0, metric="resolution", due=NINE + 8 * HOUR)
    late = [Step(id="late", to="x", after=2 * HOUR), Step(id="1.5", to="x", anchor=Threshold(1.5))]
    log = [created(), promise, status(9, "pending"), status(10, "open")]
    assert of_events(late, log, 11) == [(11, "late", "notify"), (13, "1.5", "notify")]


def test_a_share_of_a_promised_date_is_of_open_time():
    monday_to_tuesday = event(Promised, 0, metric="resolution", due=NINE + 26 * HOUR)
    found = of_events([HALF], [created(), monday_to_tuesday], 1, OFFICE)  # ten open hours
    assert found == [(5, "half", "notify")]


def test_a_date_that_was_promised_outside_the_hours_is_due_then():
    in_the_evening = event(Promised, 0, metric="resolution", due=NINE + 11 * HOUR)
    assert of_events([DUE], [created(), in_the_evening], 1, OFFICE) == [(11, "due", "notify")]


def test_a_share_that_falls_into_a_pause_waits_for_its_end():
    promise = event(Promised, 0, metric="resolution", due=NINE + 8 * HOUR)
    log = [created(), promise, status(3, "pending")]
    assert of_events([HALF], log, 6) == []
    assert of_events([HALF], [*log, status(7, "open")], 7) == [(7, "half", "notify")]


def test_nothing_is_told_of_a_ticket_that_began_void():
    nag = Step(id="nag", to="x", anchor=Start(), base="wall")
    log = [event(Created, 0, "customer", fields={"status": Status("void", "void")})]
    assert of_events([nag], [*log, status(2, "open")], 3) == [(2, "nag", "notify")]


def test_a_stay_in_a_line_goes_on_whatever_else_happens():
    idle = Step(id="idle", to="x", anchor=LineTimeout("1"), after=HOUR)
    log = [created(line=1), event(Changed, 0.5, fields={"group": "billing"})]
    assert of_events([idle], log, 1) == [(1, "idle", "notify")]


def test_what_begins_with_another_target_waits_in_the_hours_of_that_one():
    urgent = Field("priority").is_("urgent")
    targets = [
        Target(metric=RESOLUTION, within=8 * HOUR, calendar=ALWAYS, when=urgent),
        Target(metric=RESOLUTION, within=8 * HOUR, calendar=OFFICE),
    ]
    fields = {"line": 2, "priority": Priority("urgent", 1)}
    log = [created(line=1), event(Changed, 11, fields=fields)]  # in the evening
    result = evaluate(log, SlaPolicy(name="p", targets=targets), as_of=NINE + 11 * HOUR)
    idle = Plan("p", [Step(id="idle", to="x", anchor=LineTimeout("2"), after=HOUR)])
    (moment,) = escalation_agenda(idle, log, result, result["resolution"], ann)
    assert moment.at == NINE + 12 * HOUR


def test_a_level_of_managers_reached_by_hand_is_not_reached_again():
    boss = Step(id="boss", to="x", anchor=Start(), after=3 * HOUR, level=2, kind="hierarchical")
    log = [created(management_level=1), event(Changed, 1, fields={"management_level": 2})]
    assert of_events([boss], log, 2) == [(3, "boss", "level_reached")]
    moved = event(Changed, 1, fields={"group": "billing"})  # the level was there before
    assert of_events([boss], [created(management_level=2), moved], 2) == [
        (3, "boss", "hierarchical")
    ]
    by_rule = event(Changed, 1, "system", fields={"management_level": 2})
    assert of_events([boss], [created(management_level=1), by_rule], 2) == [
        (3, "boss", "hierarchical")
    ]


def test_a_line_that_the_ticket_began_in_was_not_reached_by_hand():
    up = Step(id="up", to="x", anchor=Start(), after=3 * HOUR, level=2, kind="functional")
    moved = event(Changed, 1, fields={"group": "billing"})
    assert of_events([up], [created(line=2), moved], 2) == [(3, "up", "functional")]
    raised = event(Changed, 1, fields={"line": 2})
    assert of_events([up], [created(line=1), raised], 2) == [(3, "up", "level_reached")]


@pytest.mark.parametrize(("by_hand", "fires"), [(2, False), (2.5, True)])
def test_a_level_raised_by_hand_at_the_very_instant_comes_first(by_hand, fires):
    up = Step(id="up", to="x", anchor=Start(), after=2 * HOUR, kind="functional")
    raised = [(NINE + by_hand * HOUR, "functional", 1)]
    assert of_facts(up, raised=raised) == [(2, "up", fires)]


def test_a_repeat_of_a_lower_level_does_not_lower_what_was_reached():
    tell = {"to": "x", "anchor": Start(), "kind": "hierarchical"}
    steps = [
        Step(id="low", repeat=Repeat(2 * HOUR, 1), **tell),
        Step(id="high", after=HOUR, level=2, **tell),
        Step(id="again", after=3 * HOUR, **tell),
    ]
    assert of_facts(*steps) == [
        (0, "low", True),
        (1, "high", True),
        (2, "low", True),
        (3, "again", False),
    ]


def test_a_target_does_not_fall_due_at_the_instant_another_takes_its_place():
    targets = [(NINE, HOUR), (NINE + HOUR, 4 * HOUR)]
    assert of_facts(DUE, targets=targets) == [(4, "due", True)]
    targets = [(NINE, HOUR), (NINE + HOUR + timedelta(microseconds=1), 4 * HOUR)]
    assert of_facts(DUE, targets=targets) == [(1, "due", True)]


def test_on_the_wall_an_offset_goes_on_through_a_pause_that_the_share_waited_out():
    on_the_wall = Step(id="wall", to="x", base="wall", after=HOUR)
    at_once = Step(id="at once", to="x", base="wall")
    pauses = [Span(NINE + HOUR, NINE + 2 * HOUR), Span(NINE + 5 * HOUR, NINE + 7 * HOUR)]
    found = of_facts(at_once, on_the_wall, targets=[(NINE, 4 * HOUR)], pauses=pauses)
    assert found == [(5, "at once", True), (6, "wall", True)]


def test_what_waits_for_no_time_does_not_wait_for_the_calendar():
    at_once = Step(id="at once", to="x", anchor=Start())
    then = Step(id="then", to="x", anchor=Start(), after=timedelta(microseconds=1))
    evening = Course.of(ticket="A1", metric="m", start=NINE + 11 * HOUR, calendar=OFFICE)
    found = escalate(Plan("p", [at_once, then]), evening, ann, as_of=NINE)
    assert [row.at for row in found.firings] == [
        NINE + 11 * HOUR,
        NINE + 24 * HOUR + timedelta(microseconds=1),
    ]


def test_a_stay_that_is_over_is_not_waited_out():
    idle = Step(id="idle", to="x", anchor=LineTimeout("1"), after=HOUR)
    assert of_facts(idle, lines=[("1", NINE), ("2", NINE + HOUR / 2)]) == []


def test_a_stay_that_begins_when_no_time_counts_is_never_told_of_before_it():
    entered = Step(id="entered", to="x", anchor=LineTimeout("2"))
    evening = [("1", NINE), ("2", NINE + 11 * HOUR)]
    assert of_facts(entered, calendar=OFFICE, lines=evening) == [(11, "entered", True)]


def test_a_level_that_was_told_is_not_told_early_again():
    steps = [
        Step(id="first", to="x", anchor=Start(), level=2),
        Step(id="nobody", to="nobody", anchor=Start(), after=HOUR),
        Step(id="second", to="x", anchor=Start(), after=3 * HOUR, level=2),
    ]
    assert of_facts(*steps, people={"x": ["ann"]}) == [
        (0, "first", True),
        (1, "nobody", False),
        (3, "second", True),
    ]


def test_who_reaches_nobody_passes_on_to_the_next_level_and_not_beyond():
    steps = [
        Step(id="nobody", to="nobody", anchor=Start(), after=HOUR),
        Step(id="next", to="x", anchor=Start(), after=5 * HOUR, level=2),
        Step(id="beyond", to="x", anchor=Start(), after=6 * HOUR, level=3),
    ]
    assert of_facts(*steps, people={"x": ["ann"]}) == [
        (1, "next", True),
        (1, "nobody", False),
        (6, "beyond", True),
    ]


def test_the_shortest_repeat_and_none_at_all():
    short = Repeat(timedelta(microseconds=1), 0)
    assert of_facts(Step(id="once", to="x", anchor=Start(), repeat=short)) == [(0, "once", True)]


def test_a_cancelled_clock_that_was_void_in_between_ended_where_it_was_cancelled():
    urgent = SlaPolicy(
        name="gold",
        targets=[
            Target(
                metric=RESOLUTION,
                within=4 * HOUR,
                calendar=ALWAYS,
                when=Field("priority").is_("p1"),
            )
        ],
    )
    log = [
        created(priority=Priority("p1", 1)),
        event(Changed, 1, fields={"priority": Priority("p2", 2)}),
        status(3, "void"),
        status(4, "open"),
    ]
    result = evaluate(log, urgent, as_of=NINE + 9 * HOUR)
    assert result["resolution"].elapsed == HOUR
    start = Step(id="start", to="x", anchor=Start(), after=2 * HOUR)
    found = escalation_agenda(Plan("p", [start]), log, result, result["resolution"], ann)
    assert len(found) == 0


def test_a_stay_in_a_line_is_paused_by_what_paused_an_earlier_count():
    anew = attrs.evolve(RESOLUTION, name="anew", reset=Field("changed").contains("topic"))
    policy = SlaPolicy(
        name="gold", targets=[Target(metric=anew, within=24 * HOUR, calendar=ALWAYS)]
    )
    idle = Step(id="idle", to="x", anchor=LineTimeout("1"), after=4 * HOUR)
    log = [
        created(line=1),
        status(1, "pending"),
        status(2, "open"),
        event(Changed, 3, fields={"topic": "vpn"}),
    ]
    result = evaluate(log, policy, as_of=NINE + 3 * HOUR)
    found = escalation_agenda(Plan("p", [idle]), log, result, result["anew"], ann)
    assert [(m.at - NINE) / HOUR for m in found] == [5]
