"""Conditions over time: when a plan is in force, and what each of its courses does."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._escalation.courses import TicketHistory
from support_model._escalation.plans import Edition, PlanHistory
from support_model._escalation.recipients import NotKnownYet
from support_model.agenda import Agenda
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidEscalation
from support_model.escalation import (
    AckMissing,
    Course,
    Directory,
    EscalationRule,
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
from support_model.events import Acknowledged, Changed, Created
from support_model.instants import micros
from support_model.oncall import Layer, OnCall
from support_model.patterns import Field
from support_model.sla import RESOLUTION, SlaPolicy, Target, evaluate
from support_model.vocabulary import Priority, Status

HOUR = timedelta(hours=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALWAYS = BusinessCalendar.always()
LOW, HIGH = Priority("p2", 2), Priority("p1", 1)
URGENT = Field("priority").is_("p1")
FOUR = SlaPolicy(
    name="gold", targets=[Target(metric=RESOLUTION, within=4 * HOUR, calendar=ALWAYS)]
)


def ann(target, at):  # noqa: ARG001 - a resolver
    return ("ann",)


def event(kind, hours, role="agent", **more):
    return kind(ticket_id="T1", at=NINE + hours * HOUR, role=role, **more)


def created(priority=LOW, **fields):
    given = {"status": Status("new", "new"), "priority": priority, **fields}
    return event(Created, 0, "customer", fields=given)


def priority(hours, value):
    return event(Changed, hours, "system", fields={"priority": value})


def status(hours, name, **fields):
    return event(Changed, hours, "system", fields={"status": Status(name, name), **fields})


def told(steps, log, hours, *, when=URGENT, resolve=ann, policy=FOUR, plan=None):
    """Hours, course, step, n and kind of each moment of a rule, asked so many hours later."""
    as_of = NINE + hours * HOUR
    known = [row for row in log if row.at <= as_of]
    result = evaluate(known, policy, as_of=as_of)
    if "resolution" not in result:
        return []
    rule = EscalationRule(plan or Plan("p", steps), "resolution", when=when)
    found = escalation_agenda(rule, known, result, result["resolution"], resolve)
    return [((m.at - NINE) / HOUR, m.key[5], *m.key[-2:], m.kind) for m in found]


AFTER_AN_HOUR = Step(id="hour", to="x", anchor=Start(), after=HOUR, base="wall")
DUE = Step(id="due", to="x")
HALF = Step(id="half", to="x", anchor=Threshold(0.5))
PAGE = Step(id="page", to="x", anchor=AckMissing(), base="wall", repeat=Repeat(HOUR, 2))


def test_a_plan_that_comes_into_force_late_begins_its_course_there():
    log = [created(), priority(3, HIGH)]
    assert told([AFTER_AN_HOUR, HALF, DUE], log, 2) == []
    assert told([AFTER_AN_HOUR, HALF, DUE], log, 3) == [
        (3, 1, "half", 0, "notify"),
        (4, 1, "due", 0, "notify"),
        (4, 1, "hour", 0, "notify"),
    ]


def test_when_it_stops_to_hold_nothing_more_fires_and_what_fired_stays():
    log = [created(HIGH), priority(3, LOW)]
    assert told([HALF, DUE], log, 2) == [(2, 1, "half", 0, "notify"), (4, 1, "due", 0, "notify")]
    assert told([HALF, DUE], log, 9) == [(2, 1, "half", 0, "notify")]


def test_what_stops_to_hold_at_the_instant_of_a_step_comes_in_time():
    assert told([DUE], [created(HIGH), priority(4, LOW)], 9) == []


def test_when_it_holds_again_a_new_course_begins_under_keys_of_its_own():
    log = [created(HIGH), priority(3, LOW), priority(5, HIGH)]
    assert told([AFTER_AN_HOUR, HALF, DUE], log, 5) == [
        (1, 1, "hour", 0, "notify"),
        (2, 1, "half", 0, "notify"),
        (5, 2, "due", 0, "notify"),
        (5, 2, "half", 0, "notify"),
        (6, 2, "hour", 0, "notify"),
    ]


def test_what_holds_between_two_events_of_one_instant_never_held():
    assert told([HALF], [created(), priority(3, HIGH), priority(3, LOW)], 9) == []
    log = [created(HIGH), priority(1, LOW), priority(1, HIGH)]
    assert told([AFTER_AN_HOUR], log, 2) == [(1, 1, "hour", 0, "notify")]


def test_missing_acknowledgements_count_from_the_course_and_are_seen_since_the_count():
    log = [created(), priority(3, HIGH)]
    assert told([PAGE], log, 3)[0][:2] == (3, 1)
    assert told([PAGE], [log[0], event(Acknowledged, 1), log[1]], 9) == []
    assert told([PAGE], [*log, event(Acknowledged, 4)], 9) == [(3, 1, "page", 0, "notify")]


def test_inside_a_pause_counted_steps_wait_for_the_resume():
    log = [created(), status(1, "pending"), priority(2, HIGH), status(6, "open")]
    counted = Step(id="start", to="x", anchor=Start())
    wall = Step(id="wall", to="x", anchor=Start(), base="wall")
    assert told([counted, wall], log, 5) == [(2, 1, "wall", 0, "notify")]
    assert told([counted, wall], log, 6) == [
        (2, 1, "wall", 0, "notify"),
        (6, 1, "start", 0, "notify"),
    ]


def test_a_pause_that_begins_with_the_course_comes_too_late():
    log = [created(), status(5, "pending", priority=HIGH)]
    assert told([DUE], log, 5) == [(5, 1, "due", 0, "notify")]


def test_a_solved_gap_that_ends_in_a_pause_is_waited_out():
    counted = Step(id="c", to="x", anchor=Start(), after=2 * HOUR)
    log = [created(HIGH), status(2, "solved"), status(10, "pending")]
    assert told([counted], log, 12) == []
    assert told([counted], [*log, status(13, "open")], 13) == [(13, 1, "c", 0, "notify")]


def test_levels_begin_anew_and_those_raised_by_hand_are_kept():
    up = Step(id="up", to="x", anchor=Start(), level=2, kind="functional")
    low = Step(id="low", to="x", anchor=Start(), after=HOUR, kind="functional")
    log = [created(HIGH, line=1), priority(3, LOW), priority(5, HIGH)]
    assert told([up, low], log, 7) == [
        (0, 1, "up", 0, "functional"),
        (1, 1, "low", 0, "level_reached"),
        (5, 2, "up", 0, "functional"),
        (6, 2, "low", 0, "level_reached"),
    ]
    by_hand = event(Changed, 1, fields={"line": 2})
    assert told([up], [log[0], by_hand, *log[1:]], 7) == [
        (0, 1, "up", 0, "functional"),
        (5, 2, "up", 0, "level_reached"),
    ]


def test_a_course_takes_the_edition_in_force_at_its_beginning():
    history = PlanHistory(
        [Edition(Plan("p", [AFTER_AN_HOUR])), Edition(Plan("p", [HALF]), NINE + 4 * HOUR)]
    )
    log = [created(HIGH), priority(3, LOW), priority(5, HIGH)]
    assert told([], log, 9, plan=history) == [
        (1, 1, "hour", 0, "notify"),
        (5, 2, "half", 0, "notify"),
    ]


def line(hours, value):
    return event(Changed, hours, "system", fields={"line": value})


def stays(steps, log, hours):
    as_of = NINE + hours * HOUR
    result = evaluate(log, FOUR, as_of=as_of)
    rule = EscalationRule(Plan("p", steps), "resolution", when=URGENT)
    found = escalation_agenda(rule, log, result, result["resolution"], ann)
    return [((m.at - NINE) / HOUR, m.key[2:4], m.key[-1]) for m in found]


IDLE = Step(id="idle", to="x", anchor=LineTimeout("1"), after=HOUR, base="wall")


def test_a_stay_in_a_line_has_one_key_in_all_courses():
    log = [created(HIGH, line=1), priority(2, LOW), priority(3, HIGH)]
    assert stays([IDLE], log, 9) == [(1, ("line:1", 1), 0)]
    late = [created(line=1), priority(3, HIGH)]
    assert stays([IDLE], late, 9) == [(3, ("line:1", 1), 0)]


def test_repeats_of_a_stay_go_on_from_where_an_earlier_course_was():
    nag = Step(id="idle", to="x", anchor=LineTimeout("1"), base="wall", repeat=Repeat(2 * HOUR, 3))
    log = [created(HIGH, line=1), priority(3, LOW), priority(3.5, HIGH)]
    assert stays([nag], log, 9) == [(at, ("line:1", 1), n) for n, at in enumerate([0, 2, 4, 6])]


def test_an_unknown_line_ends_no_stay():
    log = [created(HIGH, line=1), line(0.5, None), line(0.6, 1), line(2, None), line(2.5, 2)]
    assert stays([IDLE], log, 9) == [(1, ("line:1", 1), 0)]
    known = TicketHistory(log, micros(NINE + 9 * HOUR)).stays
    assert [(stay.line, stay.number) for stay in known] == [("1", 1), ("2", 1)]


# Who is meant.


def test_nobody_is_told_once_for_a_state():
    page = Step(id="page", to="assignee", anchor=Start(), base="wall", repeat=Repeat(HOUR, 5))
    log = [created(HIGH), event(Changed, 2.5, "system", fields={"agent": "ann"})]
    log.append(event(Changed, 3.5, "system", fields={"agent": None}))

    def found(hours):
        known = log[: 1 + (hours >= 2.5) + (hours >= 3.5)]
        return told([page], log, hours, resolve=Directory().resolver(assignees(known)))

    assert found(1) == [(0, 1, "page", 0, "nobody_resolvable")]
    assert found(9) == [
        (0, 1, "page", 0, "nobody_resolvable"),
        (3, 1, "page", 3, "notify"),
        (4, 1, "page", 4, "nobody_resolvable"),
    ]


def test_an_assignee_whom_the_desk_does_not_name_is_nobody():
    page = Step(id="page", to="assignee", anchor=Start())
    log = [created(HIGH, agent="bot-7")]
    open_house, house = Directory(), Directory(agents=["ann"])
    assert told([page], log, 1, resolve=open_house.resolver(assignees(log)))[0][-1] == "notify"
    found = told([page], log, 1, resolve=house.resolver(assignees(log)))
    assert found[0][-1] == "nobody_resolvable"


PRIMARY = OnCall([Layer(["ann"], start="2026-03-02 00:00", tz="UTC")], name="primary")


def on_roster(steps, hours, begin=0, end=2):
    roster = PRIMARY.roster(NINE + begin * HOUR, NINE + end * HOUR)
    log, as_of = [created(HIGH)], NINE + hours * HOUR
    result = evaluate(log, FOUR, as_of=as_of)
    resolve = Directory(on_call={"primary": roster}).resolver()
    return escalation_agenda(Plan("p", steps), log, result, result["resolution"], resolve)


def test_beyond_the_end_of_a_roster_it_is_not_known_yet_who():
    first = Step(id="first", to="oncall:primary", anchor=Start())
    due = Step(id="due", to="oncall:primary")
    agenda = on_roster([first, due], 0)
    assert [(m.kind, (m.at - NINE) / HOUR) for m in agenda] == [
        ("notify", 0),
        ("not_known_yet", 4),
    ]
    assert agenda.next_at == agenda.known_until == NINE + 2 * HOUR
    assert str(agenda.moments[1].reason) == (
        "step due: whom it means is not known yet, roster primary ends Mon 2026-03-02 11:00 UTC"
    )
    assert on_roster([first, due], 3).next_at == NINE + 4 * HOUR
    late = on_roster([first, due], 9)
    assert late.next_at is None
    known = on_roster([first, due], 9, end=20)
    assert {m.key for m in known} & {m.key for m in late} == {known.moments[0].key}


def test_before_the_beginning_of_a_roster_it_is_not_known_who():
    first = Step(id="first", to="oncall:primary", anchor=Start())
    agenda = on_roster([first], 0, begin=1)
    assert [m.kind for m in agenda] == ["not_known"]
    assert agenda.known_until is None


def test_what_is_not_known_is_not_passed_on_and_told_once():
    page = Step(
        id="page", to="oncall:primary", anchor=Start(), after=3 * HOUR, repeat=Repeat(HOUR)
    )
    lead = Step(id="lead", to="user:mia", anchor=Start(), after=9 * HOUR, level=2)
    agenda = on_roster([page, lead], 0)
    assert [(m.kind, (m.at - NINE) / HOUR) for m in agenda] == [
        ("not_known_yet", 3),
        ("notify", 9),
    ]


def test_who_comes_after_the_last_crew_of_a_roster_is_not_known_yet():
    roster = PRIMARY.roster(NINE, NINE + 2 * HOUR)
    who = Directory(on_call={"primary": roster}).resolver()
    assert isinstance(who("oncall:primary:next", NINE), NotKnownYet)


def test_the_end_of_what_is_known_joins_like_moments():
    one = Agenda((), as_of=NINE, known_until=NINE + HOUR)
    two = Agenda((), as_of=NINE, known_until=NINE + 2 * HOUR)
    assert (one | two) == (two | one) == one
    assert (one | Agenda((), as_of=NINE)).next_at == NINE + HOUR
    assert Agenda((), as_of=NINE + HOUR, known_until=NINE + HOUR).next_at is None


# Repeats without end.


def without_end(resolve, hours):
    nag = Step(id="nag", to="x", anchor=Start(), base="wall", repeat=Repeat(HOUR))
    course = Course.of(ticket="A1", metric="m", start=NINE)
    return escalate(Plan("p", [nag]), course, resolve, as_of=NINE + hours * HOUR).agenda


def test_a_repeat_without_end_finds_who_is_there_later():
    def from_ten(target, at):  # noqa: ARG001 - a resolver
        return ("ann",) if at >= NINE + 30 * HOUR else ()

    agenda = without_end(from_ten, 2.5)
    assert [((m.at - NINE) / HOUR, m.kind) for m in agenda] == [
        (0, "nobody_resolvable"),
        (30, "notify"),
    ]


def test_a_repeat_without_end_that_reaches_nobody_is_asked_again_late():
    agenda = without_end(lambda target, at: (), 2.5)  # noqa: ARG005
    assert agenda.next_at == agenda.known_until == NINE + 1002 * HOUR
    nobody = Directory().resolver(assignees([created()]))
    agenda = without_end(lambda _, at: nobody("assignee", at), 2.5)
    assert agenda.known_until is not None


def test_who_never_changes_is_not_asked_again():
    nag = Step(id="nag", to="assignee", anchor=Start(), base="wall", repeat=Repeat(HOUR))
    course = Course.of(ticket="A1", metric="m", start=NINE)
    nobody = Directory().resolver(assignees([created()]))
    agenda = escalate(Plan("p", [nag]), course, nobody, as_of=NINE + 3 * HOUR).agenda
    assert [m.kind for m in agenda] == ["nobody_resolvable"]
    assert agenda.next_at is None


def test_a_rule_runs_along_its_own_clocks_only():
    log = [created(HIGH)]
    result = evaluate(log, FOUR, as_of=NINE)
    for rule in (
        EscalationRule(Plan("p", [DUE]), "first_response"),
        EscalationRule(Plan("p", [DUE]), "resolution", kind="ola"),
    ):
        with pytest.raises(InvalidEscalation, match="no clock of rule 'p'"):
            escalation_agenda(rule, log, result, result["resolution"], ann)


LADDER = [
    AFTER_AN_HOUR,
    HALF,
    DUE,
    PAGE,
    Step(id="up", to="x", anchor=Threshold(0.75), level=2, kind="hierarchical"),
    Step(id="next", to="x", anchor=AckMissing(of="hour"), base="wall", after=HOUR / 2, level=3),
    Step(id="nag", to="x", anchor=Start(), repeat=Repeat(HOUR * 0.7)),
    Step(id="idle", to="x", anchor=LineTimeout("1"), after=HOUR, repeat=Repeat(HOUR, 3)),
]
BOOK = SlaPolicy(
    name="gold",
    targets=[
        Target(metric=RESOLUTION, within=2 * HOUR, calendar=ALWAYS, when=URGENT),
        Target(metric=RESOLUTION, within=6 * HOUR, calendar=ALWAYS),
    ],
)
CHANGES = {
    "high": {"priority": HIGH},
    "low": {"priority": LOW},
    "pause": {"status": Status("pending", "pending")},
    "open": {"status": Status("open", "open")},
    "solve": {"status": Status("solved", "solved")},
    "line 1": {"line": 1},
    "line 2": {"line": 2},
    "no line": {"line": None},
    "void": {"status": Status("spam", "void")},
}


@st.composite
def histories(draw):
    """A log by what happens when, in quarters of an hour; some events share an instant."""
    first = draw(st.sampled_from([LOW, HIGH]))
    log = [created(first, line=draw(st.sampled_from([1, 2])))]
    at = 0
    for _ in range(draw(st.integers(1, 9))):
        at += draw(st.sampled_from([0, 0.25, 0.5, 1, 1, 2, 3, 4.5]))
        word = draw(st.sampled_from([*CHANGES, "ack"]))
        row = event(Acknowledged, at) if word == "ack" else None
        role = draw(st.sampled_from(["agent", "system"]))
        log.append(row or event(Changed, at, role, fields=CHANGES[word]))
    return log


EDITED = [
    PlanHistory(
        [
            Edition(Plan("p", LADDER[:5])),
            Edition(Plan("p", LADDER[::-1][:-1] + LADDER[:1]), NINE + 3 * HOUR),
        ],
        follow,
    )
    for follow in ("snapshot", "live")
]
ANEW = attrs.evolve(RESOLUTION, after_stop="restart", reset=Field("changed").contains("line"))
BOOKS = [BOOK]
BOOKS += [
    SlaPolicy(
        name="gold",
        targets=[
            attrs.evolve(target, metric=metric, on_change=rule)
            for target, rule in zip(BOOK.targets, rules, strict=True)
        ],
    )
    for metric, *rules in [
        (ANEW, "carry", "carry"),
        (RESOLUTION, "restart", "forward"),
        (ANEW, "restart", "frozen"),
    ]
]


@given(
    histories(),
    st.sampled_from([Plan("p", LADDER), *EDITED]),
    st.sampled_from(BOOKS),
    st.lists(st.integers(0, 150).map(lambda quarters: quarters / 4), max_size=5),
)
def test_replaying_window_by_window_gives_what_one_late_look_gives(log, plan, book, further):
    end = (log[-1].at - NINE) / HOUR + 5
    cuts = {(row.at - NINE) / HOUR for row in log} | {cut for cut in further if cut < end}
    seen, before = [], -1
    for now in sorted({*cuts, end}):
        moments = told([], log, now, policy=book, plan=plan)
        seen += [row for row in moments if before < row[0] <= now]
        before = now
    late = [row for row in told([], log, end, policy=book, plan=plan) if row[0] <= end]
    assert sorted(seen, key=str) == sorted(late, key=str)


@given(histories())
def test_no_moment_is_dated_while_its_condition_does_not_hold(log):
    stretches = TicketHistory(log, micros(log[-1].at)).stretches(URGENT)
    for at, *_ in told(LADDER, log, (log[-1].at - NINE) / HOUR, policy=BOOK):
        instant = micros(NINE + at * HOUR)
        assert any(since <= instant < until for since, until in stretches)
