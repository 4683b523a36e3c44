"""What has nobody behind it is found, and is gone when the desk is repaired."""

from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from support_model._sla.metrics import OWNERSHIP
from support_model._time import duration_text
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.desk import Desk
from support_model.errors import InvalidValue
from support_model.escalation import AckMissing, EscalationRule, Plan, Step
from support_model.instants import Span
from support_model.lines import Agent, CallOut, Capacity, Skill, SupportLine
from support_model.oncall import Absence, Every, Layer, OnCall, Override
from support_model.patterns import ALWAYS, Field
from support_model.routing import Fallback, Need, Queue, Routing
from support_model.sla import FIRST_RESPONSE, RESOLUTION, SlaPolicy, Target

OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
MORNING = BusinessCalendar.weekly({"mon-fri": "09:00-13:00"}, tz="Europe/Berlin")
EVENING = BusinessCalendar.weekly({"mon-fri": "13:00-17:00"}, tz="Europe/Berlin")
ALL_DAY = BusinessCalendar.always("Europe/Berlin")
HOUR = timedelta(hours=1)


def day(number, month=3):
    return datetime(2026, month, number, tzinfo=UTC)


MARCH = Span(day(2), day(30))
HOLIDAY = Span(day(9), day(16))
BRIEF = Span(day(11) + 9 * HOUR, day(11) + 10 * HOUR)


def target(metric=RESOLUTION, **more):
    return Target(metric=metric, **{"within": 8 * HOUR, "calendar": OFFICE, **more})


def policy(*targets, **more):
    return SlaPolicy(name="gold", targets=targets, **more)


def sap(level, expires=None):
    return Skill(name="sap", level=level, expires=expires)


def agent(name, line=1, *skills, **more):
    more = {"calendar": OFFICE, "manager": "mia", **more}
    return Agent(id=name, line=line, skills=skills or ["product", sap(3)], **more)


MIA = Agent(id="mia", line=None)
PEOPLE = [agent("ann"), agent("bob"), agent("cid", 2), agent("dan", 2), MIA]
ROTA = OnCall(
    [Layer(["ann", "bob"], start="2026-03-01 00:00", tz="Europe/Berlin")], name="primary"
)


def plan(to, metric="resolution", **more):
    step = Step(id="tell", to=to, anchor=AckMissing())
    return EscalationRule(Plan("page", [step]), metric, **more)


SOUND = Desk(
    calendars={"office": OFFICE},
    policies=policy(target()),
    channels=["chat", "email"],
    lines=[
        SupportLine(level=1, name="desk", calendar=OFFICE, qualifications=["product"]),
        SupportLine(level=2, calendar=OFFICE),
        SupportLine(level=4, call_out=CallOut(within=HOUR)),
    ],
    agents=PEOPLE,
    routing=Routing(
        fallback=[Fallback(HOUR, 2, of=1)],
        queues=[Queue(name="erp", when=ALWAYS, needs=[Need("sap", 3)])],
    ),
    plans=[plan("oncall:primary")],
    oncall=[ROTA],
)


def codes(desk, within=MARCH, **more):
    return [finding.code for finding in desk.lint(within, **more)]


def test_a_sound_desk_has_no_findings():
    assert SOUND.lint() == ()
    assert SOUND.lint(MARCH) == ()
    assert Desk().lint(MARCH) == ()


def wants(*needs):
    return Routing(queues=[Queue(name="erp", when=ALWAYS, needs=needs)])


def people(*changed):
    """The people of the sound desk, with some replaced by their id."""
    new = {one.id: one for one in changed}
    return [new.pop(one.id, one) for one in PEOPLE] + list(new.values())


def rota(*participants, **more):
    return OnCall(
        [Layer(participants, start="2026-03-01 00:00", tz="Europe/Berlin", **more)], name="primary"
    )


CHAT = Field("channel").is_("chat")
BROKEN = [
    # (code, what is changed, a part of what is said)
    ("channel_without_promise", {"policies": policy(target(when=CHAT))}, "'email'"),
    ("channel_without_promise", {"policies": policy(target(), when=CHAT)}, "'email'"),
    (
        "channel_without_promise",
        {
            "channels": (),
            "policies": policy(target(when=CHAT)),
            "routing": Routing(weights={"fax": 2}),
        },
        "'fax'",
    ),
    (
        "channel_without_promise",
        {
            "channels": (),
            "policies": policy(target(when=CHAT)),
            "agents": people(agent("ann", capacity=Capacity(None, {"fax": 2}))),
        },
        "'fax'",
    ),
    (
        "fallback_cycle",
        {"routing": Routing(fallback=[Fallback(HOUR, 2), Fallback(HOUR, 1, of=2)])},
        "lines 1, 2 ",
    ),
    ("line_without_people", {"lines": [*SOUND.lines.values(), SupportLine(level=3)]}, "line 3"),
    ("line_of_one", {"agents": PEOPLE[:3]}, "line 2: only cid"),
    (
        "skill_without_holders",
        {"routing": wants(Need("sap", 4))},
        "erp: nobody holds sap at level 4",
    ),
    (
        "skill_without_holders",
        {"agents": [agent("ann", 1, "sap"), agent("bob", 1, "sap"), *PEOPLE[2:]]},
        "desk: nobody holds product at level 1",
    ),
    (
        "skill_of_one",
        {"agents": people(agent("eve", 2, sap(5))), "routing": wants(Need("sap", 4))},
        "only eve holds sap at level 4",
    ),
    ("target_reaches_nobody", {"plans": [plan("line:4")]}, "line:4"),
    ("target_reaches_nobody", {"plans": [plan("manager:2")]}, "manager:2"),
    ("target_reaches_nobody", {"plans": [plan("user:zoe")]}, "user:zoe"),
    (
        "target_reaches_nobody",
        {"agents": [evolve(one, manager=None) for one in PEOPLE], "plans": [plan("manager:1")]},
        "manager:1",
    ),
    ("target_reaches_nobody", {"oncall": [OnCall([], name="primary")]}, "oncall:primary"),
    ("stranger_on_call", {"oncall": [rota("ann", "zoe")]}, "zoe is no agent"),
    (
        "stranger_on_call",
        {"oncall": [evolve(ROTA, overrides=[Override("zoe", HOLIDAY)])]},
        "zoe is no agent",
    ),
    (
        "on_call_finding",
        {
            "oncall": [
                evolve(
                    ROTA,
                    overrides=[Override("ann", HOLIDAY)],
                    absences=[Absence("ann", HOLIDAY)],
                )
            ]
        },
        "ann, who is away from Mon 2026-03-09",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changed", "said"), BROKEN)
def test_what_holds_of_every_date(code, changed, said):
    found = evolve(SOUND, **changed).lint(MARCH)
    assert {finding.code for finding in found} >= {code}
    assert any(said in str(finding) for finding in found if finding.code == code)


IN_TIME = [
    (
        "training_expires",
        {"agents": people(agent("ann", 1, "product", sap(3, day(20))))},
        "ann: sap runs out at Fri 2026-03-20 01:00 Europe/Berlin",
    ),
    (
        "training_expires",
        {"agents": people(agent("ann", 1, Skill(name="product", expires=date(2026, 3, 28))))},
        "ann: product runs out at Sun 2026-03-29 00:00 Europe/Berlin",
    ),
    (
        "training_expired",
        {"agents": people(agent("ann", 1, "product", sap(3, day(2))))},
        "ann: sap ran out",
    ),
    (
        "hours_unattended",
        {
            "agents": [evolve(one, calendar=MORNING) for one in PEOPLE],
            "oncall": [],
            "plans": [],
        },
        "'office': promised hours with nobody at work or on call, first from Mon 2026-03-02 13:00",
    ),
    (
        "hours_unattended",
        {
            "agents": [evolve(one, absences=[BRIEF]) for one in PEOPLE],
            "policies": policy(target(calendar=MORNING)),
            "oncall": [],
            "plans": [],
        },
        ("'gold, resolution': promised hours with nobody at work or on call, first from"
        " Wed 2026-03-11 10:00 Europe/Berlin to Wed 2026-03-11 11:00 Europe/Berlin, 1h in all"),
    ),
    (
        "promise_unkept",
        {
            "agents": [evolve(one, calendar=MORNING) for one in PEOPLE],
            "policies": policy(target(within=timedelta(hours=3, minutes=59))),
            "oncall": [],
            "plans": [],
        },
        ("target 1 for resolution in policy 'gold' cannot be kept while nobody is at"
        " work or on call, from Mon 2026-03-02 13:00 Europe/Berlin to Tue"
        " 2026-03-03 09:00 Europe/Berlin"),
    ),
    (
        "promise_unkept",
        {
            "agents": [evolve(one, absences=[HOLIDAY]) for one in PEOPLE],
            "lines": (),
            "oncall": [],
            "plans": [],
        },
        "from Fri 2026-03-06 17:00 Europe/Berlin to Mon 2026-03-16 09:00 Europe/Berlin",
    ),
    (
        "promise_unkept",
        {
            "policies": policy(target(), target(FIRST_RESPONSE, calendar=ALL_DAY)),
            "oncall": [],
            "plans": [],
        },
        ("target 1 for first response in policy 'gold' cannot be kept while nobody is at"
        " work or on call, from Mon 2026-03-02 17:00 Europe/Berlin to Tue"
        " 2026-03-03 09:00 Europe/Berlin"),
    ),
    (
        "line_unattended",
        {"agents": people(*(agent(name, 2, calendar=MORNING) for name in ("cid", "dan")))},
        "line 2: open with nobody there, first from Mon 2026-03-02 13:00 Europe/Berlin",
    ),
    (
        "line_unattended",
        {
            "lines": [SupportLine(level=1), SupportLine(level=2, calendar=OFFICE)],
            "oncall": [],
            "plans": [],
        },
        "line 1: open with nobody there, first from Mon 2026-03-02 01:00 Europe/Berlin to",
    ),
    (
        "on_call_absent",
        {"agents": people(agent("ann", absences=[HOLIDAY]))},
        ("first from Sun 2026-03-15 00:00 Europe/Berlin to Mon 2026-03-16 01:00"
        " Europe/Berlin, 25h in all"),
    ),
    (
        "on_call_uncovered",
        {"oncall": [rota("ann", windows={"mon-fri": "12:00-17:00"})]},
        ("first from Mon 2026-03-02 09:00 Europe/Berlin to Mon 2026-03-02 12:00"
        " Europe/Berlin, 60h in all"),
    ),
    (
        "on_call_uncovered",
        {
            "policies": [policy(target(OWNERSHIP, calendar=ALL_DAY), kind="ola")],
            "plans": [plan("oncall:primary", "ownership", kind="ola")],
            "oncall": [evolve(ROTA, when_away="hole", absences=[Absence("ann", HOLIDAY)])],
        },
        ("first from Sun 2026-03-15 00:00 Europe/Berlin to Mon 2026-03-16 01:00"
        " Europe/Berlin, 25h in all"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changed", "said"), IN_TIME)
def test_what_holds_within_a_span(code, changed, said):
    desk = evolve(SOUND, **changed)
    assert [str(finding) for finding in desk.lint(MARCH) if finding.code == code], codes(desk)
    assert any(said in str(finding) for finding in desk.lint(MARCH) if finding.code == code)
    assert code not in codes(desk, None)


NOBODY_ON_CALL = {"oncall": [], "plans": []}
REPAIRED = [
    # what is unusual, and sound all the same
    {"policies": policy(target(within=65 * HOUR, calendar=ALL_DAY)), **NOBODY_ON_CALL},
    {"policies": policy(target(within=WorkingDays(1), calendar=ALL_DAY)), **NOBODY_ON_CALL},
    {"policies": [policy(target(calendar=ALL_DAY), kind="ola")], **NOBODY_ON_CALL},
    {"policies": policy(target(when=CHAT), target(FIRST_RESPONSE))},
    {"policies": (), "plans": []},
    {"agents": [], "lines": (), "plans": [], "routing": wants(Need("x", 9))},
    {"routing": Routing(fallback=[Fallback(HOUR, 2, of=1), Fallback(2 * HOUR, 4, of=2)])},
    {
        "lines": [SupportLine(level=1, calendar=OFFICE), SupportLine(level=3, calendar=OFFICE)],
        "agents": [
            *PEOPLE[:2],
            agent("cid", 3, calendar=MORNING),
            agent("dan", 3, calendar=EVENING),
            MIA,
        ],
        "routing": Routing(),
    },
    {"agents": [*PEOPLE, Agent(id="vendor", line=4)], "plans": [plan("line:4")]},
    {"agents": people(Agent(id="mia", line=None, manager="zoe")), "plans": [plan("manager:2")]},
    {"agents": people(Agent(id="mia", line=None, manager="zoe")), "oncall": [rota("zoe")]},
    {"policies": policy(target(calendar=ALL_DAY))},
    {"policies": [policy(target(calendar=ALL_DAY), kind="ola")], "plans": []},
    {"agents": people(agent("ann", absences=[Span(day(8), day(14))]))},
    {"oncall": [rota("ann", windows={"mon-fri": "09:00-17:00"})]},
    {"oncall": [rota("ann", windows={"sat": "09:00-17:00"})], "plans": []},
]  # fmt: skip


@pytest.mark.parametrize("changed", REPAIRED)
def test_what_is_sound(changed):
    desk = evolve(SOUND, **changed)
    assert [str(finding) for finding in desk.lint(MARCH)] == []


def test_a_promise_that_cannot_be_kept_says_it_once():
    desk = evolve(
        SOUND,
        agents=[evolve(one, calendar=MORNING) for one in PEOPLE],
        policies=policy(target(within=4 * HOUR, when=CHAT), target(within=HOUR)),
        lines=(),
        channels=(),
        **NOBODY_ON_CALL,
    )
    (finding,) = desk.lint(MARCH)
    assert (finding.code, finding["number"]) == ("promise_unkept", 2)


def test_a_promise_of_a_day_or_more_is_kept_by_being_there_daily():
    daily = BusinessCalendar.weekly({"mon-sun": "09:00-17:00"}, tz="Europe/Berlin")
    parts = {
        "agents": [evolve(one, calendar=daily) for one in PEOPLE],
        **NOBODY_ON_CALL,
    }
    for hours, found in [(24, []), (23, ["hours_unattended"]), (15, ["promise_unkept"])]:
        promise = policy(target(within=hours * HOUR, calendar=ALL_DAY))
        assert codes(evolve(SOUND, policies=promise, **parts)) == found


def test_training_is_named_within_its_horizon():
    ends = agent("ann", 1, "product", sap(3, day(20)))
    desk = evolve(SOUND, agents=people(ends))
    assert codes(desk, horizon=timedelta(days=17)) == []
    assert codes(desk, horizon=timedelta(days=18)) == ["training_expires"]
    later = Span(day(20), day(30))
    assert codes(desk, later, horizon=timedelta(0)) == ["training_expired"]


def test_training_that_ran_out_is_held_no_more():
    gone = [
        agent(name, 1, "product", Skill(name="sap", expires=day(10))) for name in ("ann", "bob")
    ]
    desk = evolve(SOUND, agents=[*gone, *PEOPLE[2:]], routing=wants("sap"))
    alone = evolve(desk, agents=[*gone, agent("cid", 2, "sap"), agent("dan", 2, "product"), MIA])
    assert "skill_of_one" not in codes(alone)
    assert "skill_of_one" in codes(alone, Span(day(10), day(12)))


def test_a_stretch_and_a_horizon_belong_together():
    with pytest.raises(InvalidValue, match="give the span an end"):
        SOUND.lint(Span(day(2)))
    with pytest.raises(InvalidValue, match="give a span too"):
        SOUND.lint(horizon=HOUR)
    assert SOUND.lint(Span(day(2), day(2))) == ()


@given(
    st.sampled_from(["00:00-12:00", "06:00-10:00", "22:00-06:00"]),
    st.sampled_from([Every(1, "days"), Every(7, "hours")]),
    st.integers(1, 3),
)
def test_every_stretch_of_a_roster_covers(hours, form, people):
    rota = OnCall(
        [
            Layer(
                [f"a{n}" for n in range(people)],
                start="2026-03-02 00:00",
                tz="UTC",
                form=form,
                windows={"mon-sun": hours},
            )
        ]
    )
    week = Span(
        datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=7)
    )
    promised = BusinessCalendar.weekly({"mon-fri": "00:00-12:00"}, tz="UTC")
    hour = timedelta(hours=1)
    policy = SlaPolicy(
        name="p",
        targets=[Target(metric=FIRST_RESPONSE, within=23 * hour, calendar=promised)],
    )
    team = [Agent(id=f"a{n}", line=None) for n in range(people)]
    desk = Desk(policies=policy, agents=team, oncall=[rota], calendars={"office": promised})
    told = [each for each in desk.lint(week) if each.code == "hours_unattended"]
    asked = [week.start + k * hour for k in range(7 * 24)]
    alone = [at for at in asked if promised.is_open(at) and not rota.who(at)]
    assert [each["total"] for each in told] == (
        [duration_text(len(alone) * hour)] if alone else []
    )
    assert [each["start"] for each in told] == [f"{at.isoformat()}[UTC]" for at in alone[:1]]


@pytest.mark.parametrize("long", [1, 2, 5])
def test_the_longest_chain_of_managers_decides_whether_one_is_there(long):
    chain = [Agent(id=f"m{n}", manager=f"m{n + 1}" if n < long else None) for n in range(long + 1)]
    branch = Agent(id="new", manager="m0" if long > 2 else None)
    above = long + (long > 2)
    for n in (above, above + 1):
        plan = Plan("p", [Step(id="tell", to=f"manager:{n}", level=2)])
        rule = EscalationRule(plan=plan, metric="resolution")
        found = [x.code for x in Desk(agents=[*chain, branch], plans=[rule]).lint()]
        assert ("target_reaches_nobody" in found) is (n > above)


def test_on_call_plans_are_read_within_the_stretch_asked():
    seats = [
        Layer(list(names), start="2026-03-02 09:00", tz="Europe/Berlin")
        for names in ("abcde", "bcda")
    ]
    desk = Desk(oncall=[OnCall(seats, same_priority="union", name="two")])

    def told(*within):
        return [x["finding"].code for x in desk.lint(*within) if x.code == "on_call_finding"]

    june = Span(day(15, 6), day(29, 6))
    assert told() == ["two_seats"] * 4
    assert told(MARCH) == []
    assert told(june) == ["two_seats"] * 2
    assert told(Span(june.start, june.start)) == told()


def test_one_person_in_two_plans_that_one_escalation_calls_is_told():
    first, second = (
        OnCall([Layer(list(names), start="2026-03-02 09:00", tz="Europe/Berlin")], name=name)
        for name, names in (("first", "abcde"), ("second", "bcda"))
    )
    steps = [
        Step(id="one", to="oncall:first", anchor=AckMissing()),
        Step(id="two", to="oncall:second", anchor=AckMissing(of="one"), level=2),
    ]

    def told(*chosen):
        plans = [EscalationRule(plan=Plan("p", chosen), metric="resolution")]
        desk = Desk(oncall=[first, second], plans=plans)
        found = desk.lint(Span(day(15, 6), day(29, 6)))
        return [(x["person"], x["total"]) for x in found if x.code == "on_call_twice"]

    assert told(*steps) == [("a", "168h"), ("b", "161h")]
    assert told(steps[0]) == []
