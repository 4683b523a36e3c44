"""Situations that users of other products reported, and the right answer to each."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from support_model._common_shapes import given as names
from support_model._escalation.data import PLAN
from support_model._records import read, write
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidEscalation
from support_model.escalation import (
    AckMissing,
    Course,
    Directory,
    EscalationRule,
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
from support_model.instants import Span
from support_model.oncall import Layer, OnCall
from support_model.patterns import Field, fact
from support_model.presets import load_preset
from support_model.sla import ASSIGNEE_RESPONSE, RESOLUTION, Metric, SlaPolicy, Target, evaluate
from support_model.vocabulary import Priority, Status

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALWAYS = BusinessCalendar.always()


def event(kind, hours, role="agent", **more):
    return kind(ticket_id="T1", at=NINE + hours * HOUR, role=role, **more)


def created(**fields):
    fields = {"status": Status("new", "new"), "agent": "ann", **fields}
    return event(Created, 0, "customer", fields=fields)


def status(hours, name, role="agent", **more):
    return event(Changed, hours, role, fields={"status": Status(name, name)}, **more)


def policy(metric, within, **more):
    return SlaPolicy(
        name="gold", targets=[Target(metric=metric, within=within, calendar=ALWAYS, **more)]
    )


def along(steps, log, rules, metric, hours):
    """The evaluation and the agenda of a plan, so many hours after nine."""
    known = [row for row in log if row.at <= NINE + hours * HOUR]
    now = evaluate(known, rules, as_of=NINE + hours * HOUR)
    house = Directory(managers={"ann": "mia", "bob": "mia"})
    resolve = house.resolver(assignees(known))
    return now, escalation_agenda(Plan("p", steps), known, now, now[metric], resolve)


def clock(moments):
    return [f"{m.at:%H:%M} {m.kind}" for m in moments]


def told(agenda):
    return [f"{m.at:%H:%M} {', '.join(m.reason['who'])}" for m in agenda]


def fired(steps, course, resolve, as_of):
    found = escalate(Plan("p", steps), course, resolve, as_of=as_of)
    rows = sorted([*found.firings, *found.reports], key=lambda row: row.at)
    return [(f"{row.at:%a %H:%M}", row.step.id, "+".join(getattr(row, "who", ()))) for row in rows]


def test_a_clock_that_restarts_after_a_breach_is_warned_and_breached_again():
    metric = load_preset("osticket").metrics["resolution"]
    log = [created(), status(3, "solved", actor="ann"), status(10, "open", "customer")]
    rules = policy(metric, 2 * HOUR, warn_at=[0.5])
    now = evaluate(log, rules, as_of=NINE + 10 * HOUR + 5 * MINUTE)
    assert f"{now[metric.name].due_at:%H:%M}" == "21:00"
    assert now.agenda.next_at == NINE + 11 * HOUR
    assert clock(now.agenda) == ["10:00 warning", "11:00 breach", "20:00 warning", "21:00 breach"]
    later = evaluate(log, rules, as_of=NINE + 12 * HOUR + 5 * MINUTE)
    assert later[metric.name].breached


HELD = Metric(
    name="held",
    start=Field("event").is_("created") | Field("changed").contains("agent"),
    stop=fact("resolved"),
    reset=Field("changed").contains("agent"),
    after_stop="resume",
)
HANDED = [created(), event(Changed, 2.5, actor="ann", fields={"agent": "bob"})]
WARN = [Step(id="warn", to="assignee", anchor=Threshold(0.5))]


def test_a_reset_on_reassignment_warns_the_new_assignee_under_keys_of_its_own():
    rules = policy(HELD, 2 * HOUR, warn_at=[0.5])
    now, first = along(WARN, HANDED, rules, "held", 2)
    assert (told(first), clock(now.agenda)) == (["10:00 ann"], ["10:00 warning", "11:00 breach"])
    now, later = along(WARN, HANDED, rules, "held", 3)
    assert told(later) == ["10:00 ann", "12:30 bob"]
    assert clock(now.agenda)[2:] == ["12:30 warning", "13:30 breach"]
    assert now.next_at == NINE + 3.5 * HOUR
    assert first.moments == later.moments[:1]


def test_a_metric_of_cycles_does_the_same_by_cycles():
    _, agenda = along(WARN, HANDED, policy(ASSIGNEE_RESPONSE, 2 * HOUR), "assignee_response", 3)
    assert [(*told([m]), m.key[3]) for m in agenda] == [("10:00 ann", 1), ("12:30 bob", 2)]


def test_a_target_that_restarts_is_warned_again():
    raised = event(Changed, 1.5, fields={"priority": Priority("high", 1)})
    common = {
        "metric": RESOLUTION,
        "within": 2 * HOUR,
        "calendar": ALWAYS,
        "warn_at": [0.5],
        "on_change": "restart",
    }
    high = Target(when=Field("priority").is_("high"), **common)
    rules = SlaPolicy(name="gold", targets=[high, Target(**common)])
    log = [created(priority=Priority("low", 3)), raised]
    now = evaluate(log, rules, as_of=NINE + 1.6 * HOUR)
    assert str(now["resolution"].elapsed) == "0:06:00"
    assert clock(now.agenda) == ["10:00 warning", "11:30 warning", "12:30 breach"]


def test_a_roster_that_ends_before_the_due_hides_no_moment():
    layer = Layer(["ann", "bob"], start="2026-03-02 09:00", tz="Europe/Berlin")
    march = OnCall([layer], name="primary").roster(NINE - HOUR, NINE + 24 * HOUR)
    house = Directory(on_call={"primary": march})
    log, rules = [created()], policy(RESOLUTION, 48 * HOUR)
    now = evaluate(log, rules, as_of=NINE + HOUR)
    due = Plan("due", [Step(id="due", to="oncall:primary")])
    agenda = escalation_agenda(due, log, now, now["resolution"], house.resolver())
    assert [(m.at, m.kind) for m in agenda] == [(NINE + 48 * HOUR, "not_known_yet")]
    assert agenda.next_at == NINE + 24 * HOUR


def chain(*targets):
    """Steps by level, each a quarter of an hour after the one before was tried."""
    names = [f"s{n}" for n in range(len(targets))]
    return [
        Step(
            id=name,
            to=to,
            anchor=AckMissing(of=before),
            base="wall",
            level=level,
            after=15 * MINUTE if before else timedelta(),
        )
        for level, (name, to, before) in enumerate(
            zip(names, targets, [None, *names], strict=False)
        )
    ]


def test_an_empty_step_at_the_weekend_passes_on_at_once():
    office = {"mon-fri": "09:00-17:00"}
    rota = OnCall([Layer(["ann"], start="2026-03-02 09:00", tz="UTC", windows=office)], name="p")
    house = Directory(on_call={"p": rota})
    saturday = NINE.replace(day=7, hour=12)
    alert = Course.of(ticket="A1", metric="page", start=saturday)
    steps = chain("oncall:p", "user:zoe", "user:max")
    assert fired(steps, alert, house.resolver(), saturday) == [
        ("Sat 12:00", "s1", "zoe"),
        ("Sat 12:00", "s0", ""),
        ("Sat 12:15", "s2", "max"),
    ]


def test_two_empty_steps_pass_on_at_once():
    alert = Course.of(ticket="A1", metric="page", start=NINE)
    people = {"boss": ["max"]}
    assert fired(chain("x", "y", "boss"), alert, lambda to, _: people.get(to, ()), NINE) == [
        ("Mon 09:00", "s2", "max"),
        ("Mon 09:00", "s0", ""),
        ("Mon 09:00", "s1", ""),
    ]


def test_who_acknowledged_and_forgot_is_told_again_after_each_acknowledgement():
    working = Metric(
        name="working",
        start=fact("acknowledged") & ~fact("resolved"),
        stop=fact("acknowledged", "resolved"),
        after_stop="again",
    )
    log = [
        created(),
        event(Acknowledged, 5 / 60, actor="ann"),
        event(Acknowledged, 50 / 60, actor="ann"),
        status(3, "solved", actor="ann"),
    ]
    again = Step(id="again", to="assignee", repeat=Repeat(30 * MINUTE))
    _, agenda = along([again], log, policy(working, 30 * MINUTE), "working", 5)
    assert [(f"{m.at:%H:%M}", m.key[3]) for m in agenda] == [
        ("09:35", 1),
        ("10:20", 2),
        ("10:50", 2),
        ("11:20", 2),
        ("11:50", 2),
    ]


def test_an_acknowledgement_belongs_to_its_cycle():
    alarm = Metric(
        name="alarm",
        start=fact("contacted", "reopened"),
        stop=fact("resolved"),
        after_stop="again",
    )
    log = [
        created(),
        event(Acknowledged, 0.1, actor="ann"),
        status(1, "solved", actor="ann"),
        status(18, "open", "customer"),
    ]
    call = Step(
        id="call",
        to="assignee",
        anchor=AckMissing(),
        base="wall",
        repeat=Repeat(10 * MINUTE, times=1),
    )
    _, agenda = along([call], log, policy(alarm, 24 * HOUR), "alarm", 19)
    assert [(f"{m.at:%a %H:%M}", m.key[3]) for m in agenda] == [
        ("Mon 09:00", 1),
        ("Tue 03:00", 2),
        ("Tue 03:10", 2),
    ]


def test_snoozed_repeats_and_levels_go_on_from_where_they_were():
    call = Step(id="call", to="user:ann", anchor=AckMissing(), repeat=Repeat(10 * MINUTE, times=2))
    lead = Step(id="lead", to="user:bob", anchor=AckMissing(of="call"), after=15 * MINUTE, level=2)
    snoozed = Span(NINE + 5 * MINUTE, NINE + 65 * MINUTE)
    alert = Course.of(ticket="A", metric="p", start=NINE, pauses=[snoozed])
    rows = fired([call, lead], alert, Directory().resolver(), NINE)
    assert [row[:2] for row in rows] == [
        ("Mon 09:00", "call"),
        ("Mon 10:10", "call"),
        ("Mon 10:15", "lead"),
        ("Mon 10:20", "call"),
    ]


def test_the_manager_hears_of_the_second_return_and_the_third():
    log = [created()]
    for n in range(3):
        log += [status(1 + 2 * n, "solved", actor="ann"), status(2 + 2 * n, "open", "customer")]
    back = Metric(
        name="back",
        start=fact("reopened") & Field("times.reopened").at_least(2),
        stop=fact("resolved"),
        after_stop="again",
    )
    tell = Step(id="tell", to="manager:1", anchor=Start(), level=2, kind="hierarchical")
    _, agenda = along([tell], log, policy(back, 24 * HOUR), "back", 9)
    assert told(agenda) == ["13:00 mia", "15:00 mia"]


@pytest.mark.parametrize(("number", "who"), [*enumerate("abca")])
def test_one_of_several_rotas_in_turn(number, who):
    rotas = [OnCall([Layer([x], start="2026-03-02 09:00", tz="UTC")], name=x) for x in "abc"]
    page = Step(id="page", to="some", anchor=AckMissing(), base="wall")
    alert = Course.of(ticket=f"A{number}", metric="p", start=NINE)
    rows = fired([page], alert, lambda _, at: rotas[number % 3].who(at), NINE)
    assert rows == [("Mon 09:00", "page", who)]


BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
WAKING = BusinessCalendar.weekly({"mon-sun": "08:00-22:00"}, tz="Europe/Berlin")


def in_berlin(steps, start, **more):
    course = Course.of(ticket="A1", metric="page", start=start, **more)
    who = Directory(groups={"desk": ["cid"]}).resolver()
    found = escalate(Plan("p", steps), course, who, as_of=start)
    return [f"{row.at.astimezone(BERLIN):%a %H:%M:%S.%f} {row.step.id}" for row in found.firings]


def test_a_team_is_told_when_the_office_opens():
    team = Step(id="team", to="group:desk", anchor=Start(), hours=OFFICE)
    six = datetime(2026, 3, 10, 6, tzinfo=BERLIN)
    assert in_berlin([team], six) == ["Tue 09:00:00.000000 team"]
    assert in_berlin([team], six, calendar=OFFICE) == ["Tue 09:00:00.000000 team"]
    noon = six.replace(hour=12)
    assert in_berlin([team], noon) == ["Tue 12:00:00.000000 team"]


def test_a_level_that_is_not_woken_at_night_is_held_and_not_skipped():
    bob = Step(id="bob", to="user:bob", anchor=AckMissing(), base="wall", hours=WAKING)
    boss = Step(
        id="boss",
        to="user:max",
        anchor=AckMissing(of="bob"),
        base="wall",
        level=2,
        after=12 * HOUR,
    )
    at_night = datetime(2026, 3, 10, 3, tzinfo=BERLIN)
    assert in_berlin([bob, boss], at_night) == [
        "Tue 08:00:00.000000 bob",
        "Tue 20:00:00.000000 boss",
    ]


def test_a_level_that_sleeps_is_held_also_when_it_is_passed_on_to():
    first = Step(id="first", to="assignee", anchor=Start(), base="wall")
    boss = Step(id="boss", to="user:max", anchor=Start(), after=9 * HOUR, level=2, hours=WAKING)
    at_night = datetime(2026, 3, 10, 3, tzinfo=BERLIN)
    assert in_berlin([first, boss], at_night) == ["Tue 08:00:00.000000 boss"]


def test_own_hours_and_pauses_are_both_waited_out():
    step = Step(id="s", to="user:bob", anchor=Start(), after=HOUR, hours=OFFICE)
    start = datetime(2026, 3, 10, 15, 30, tzinfo=BERLIN)
    pause = Span(start + 0.5 * HOUR, start + 3 * HOUR)  # until 18:30
    assert in_berlin([step], start, pauses=[pause]) == ["Wed 09:00:00.000000 s"]
    never = OFFICE - BusinessCalendar.always("Europe/Berlin")
    assert in_berlin([Step(id="s", to="user:bob", anchor=Start(), hours=never)], start) == []


def test_hours_are_a_calendar_and_are_written_by_name():
    with pytest.raises(InvalidEscalation, match="hours are a calendar"):
        Step(id="s", to="assignee", hours="09:00-17:00")
    rule = EscalationRule(Plan("p", [Step(id="s", to="assignee", hours=OFFICE)]), "resolution")
    data = write(PLAN, rule, "plan", names({"office": OFFICE}))
    assert data["steps"] == [{"id": "s", "to": "assignee", "hours": "office"}]
    assert read(PLAN, data, "plan", names({"office": OFFICE})) == rule
    assert read(PLAN, write(PLAN, rule, "plan"), "plan") == rule
