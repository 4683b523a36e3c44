"""The pieces by example: what each rule means, and what no rule can mean."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from support_model.calendars import BusinessCalendar
from support_model.errors import (
    InvalidEvent,
    InvalidLoad,
    InvalidRouting,
    InvalidValue,
    ManagerCycle,
    NaiveDatetime,
    UnknownAgent,
)
from support_model.events import Changed, Created
from support_model.instants import Span
from support_model.lines import Agent, CallOut, Capacity, Skill, SupportLine
from support_model.patterns import ALWAYS, Field
from support_model.reasons import Reason
from support_model.routing import (
    AgentState,
    Fallback,
    Invitation,
    Need,
    Owner,
    Queue,
    QueuedTicket,
    Ranking,
    RateLimit,
    Relax,
    Routing,
    Team,
    TriageRule,
    Work,
    assign,
    assign_backlog,
    fairness,
    is_returning,
    line_history,
    priority_rules,
    queued,
    returns,
    route,
    swarm,
    swarm_agenda,
    tally,
    triage,
)
from support_model.tickets import evolve as after
from support_model.tickets import replay
from support_model.vocabulary import Actor, Priority, Status

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")


def waiting(**parts):
    return QueuedTicket(**{"id": "T1", "channel": "chat", "queued_at": AT, **parts})


def ticket(**fields):
    new = {"status": Status("new", "new"), **fields}
    return replay([Created(ticket_id="T1", at=AT, role="customer", fields=new)])


def asked(item, people, workload=None, routing=None, at=AT):
    return route(item, people, workload or {}, routing or Routing(), as_of=at)


def test_a_chosen_agent_comes_with_what_spoke_for_them():
    ann = Agent(id="ann", line=2, skills=[Skill(name="sap", level=3)], capacity=Capacity(4))
    rules = Routing(
        sticky=HOUR,
        relax=[Relax(timedelta(0), lower={"sap": 1})],
        fallback=[Fallback(timedelta(0), 2)],
    )
    item = waiting(line=1, needs=[Need("sap", 4)], owner=Owner("ann", AT))
    found = asked(item, [ann], {"ann": AgentState(work=[Work("chat")])}, rules)
    assert [reason.code for reason in found.reasons] == [
        *("sticky_owner", "fallback_line", "relaxed", "by_skill_fit")
    ]
    assert found.reasons[-1]["share"] == 0.25
    assert found.line == 2
    for strategy, name, value in (
        ("least_loaded", "share", 0.25),
        ("least_active", "units", 1.0),
        ("most_available", "free", 3.0),
        ("round_robin", "since", Reason.of("never")),
        ("longest_idle", "since", Reason.of("never")),
        (Ranking("own", lambda one: one.share), "name", "own"),
    ):
        chosen = asked(
            item, [ann], {"ann": AgentState(work=[Work("chat")])}, evolve(rules, strategy=strategy)
        )
        assert chosen.reasons[-1][name] == value


def test_a_share_is_told_to_three_places():
    ann, busy = Agent(id="ann", capacity=Capacity(3)), {"ann": AgentState(work=[Work("chat")])}
    for strategy in ("skill_fit", "least_loaded"):
        found = asked(waiting(), [ann], busy, Routing(strategy=strategy))
        assert found.reasons[-1]["share"] == 0.333


def test_off_hours_end_at_the_opening_and_not_before():
    opening, tick = AT.replace(hour=8), timedelta(microseconds=1)  # 09:00 in Berlin
    ann = Agent(id="ann", calendar=OFFICE)
    early = asked(waiting(), [ann], at=opening - tick)
    assert [reason.code for reason in early.rejected["ann"]] == ["off_hours"]
    assert early.retry_at == opening
    assert asked(waiting(), [ann], at=opening).agent == "ann"


def test_a_rejection_says_what_stands_in_the_way():
    away = Span(AT - HOUR, AT + HOUR)
    dan = Agent(
        id="dan",
        line=3,
        skills=[Skill(name="db", level=1), Skill(name="de", expires=AT)],
        absences=[away],
        calendar=OFFICE,
        capacity=Capacity(2.5, {"chat": 1}),
    )
    state = AgentState(work=[Work("chat"), Work("email")], presence="away", recent=[AT])
    rules = Routing(rate_limit=RateLimit(1, HOUR), weights={"chat": 1.5})
    needs = [Need("sap"), Need("db", 2), Need("de")]
    item = waiting(line=1, team="red", needs=needs, exclude={"dan": "author"})
    night = AT.replace(hour=0)
    assert asked(item, [dan], {"dan": state}, rules, at=night).codes["dan"][3] == "off_hours"
    found = {
        reason.code: reason for reason in asked(item, [dan], {"dan": state}, rules).rejected["dan"]
    }
    assert found["excluded"]["by"] == "author"
    assert (found["wrong_line"]["line"], found["wrong_line"]["wanted"]) == (3, 1)
    assert found["wrong_team"]["wanted"] == "red"
    assert found["absent"]["until"] == "2026-03-04T12:00:00+01:00[Europe/Berlin]"
    assert found["offline"]["presence"] == "away"
    assert found["missing_skill"]["skill"] == ("sap",)
    assert found["skill_level_low"]["skill"] == ("db",)
    assert found["skill_expired"]["skill"] == ("de",)
    assert (found["channel_full"]["items"], found["channel_full"]["places"]) == (1, 1)
    assert (found["no_capacity"]["used"], found["no_capacity"]["weight"]) == (2.5, 1.5)
    assert found["rate_limited"]["most"] == 1
    gone = evolve(dan, absences=[Span(AT)])
    reasons = asked(item, [gone], {"dan": state}, rules).rejected["dan"]
    assert next(one for one in reasons if one.code == "absent")["until"].code == "open_ended"


def test_units_are_exact_decimals():
    ann = Agent(id="ann", capacity=Capacity(0.3))
    tenths = Routing(weights={"chat": 0.1})
    state = AgentState(work=[Work("chat"), Work("chat")])
    assert asked(waiting(), [ann], {"ann": state}, tenths).agent == "ann"
    third = AgentState(work=[Work("chat")] * 3)
    assert asked(waiting(), [ann], {"ann": third}, tenths).agent is None


def test_a_date_counts_through_its_end_where_the_holder_works():
    honolulu = BusinessCalendar.always("Pacific/Honolulu")
    ann = Agent(id="ann", skills=[Skill(name="sap", expires=date(2026, 3, 4))], calendar=honolulu)
    last = datetime(2026, 3, 5, tzinfo=ZoneInfo("Pacific/Honolulu")) - timedelta(microseconds=1)
    item = waiting(needs=["sap"])
    assert asked(item, [ann], at=last).agent == "ann"
    assert asked(item, [ann], at=last + timedelta(microseconds=1)).agent is None
    assert ann.can("sap", as_of=last)
    assert not ann.can("sap", as_of=last + timedelta(microseconds=1))


def test_retry_waits_for_all_that_only_time_can_change():
    skill = Skill(name="sap", level=1, expires=AT + 30 * HOUR)
    ann = Agent(
        id="ann",
        line=2,
        skills=[skill],
        calendar=OFFICE,
        absences=[Span(AT, AT + 5 * HOUR), Span(AT + 5 * HOUR, AT + 22.5 * HOUR)],
    )
    rules = Routing(
        relax=[Relax(21 * HOUR, lower={"sap": 1})],
        fallback=[Fallback(2 * HOUR, 2), Fallback(HOUR, 3)],
    )
    item = waiting(line=1, needs=[Need("sap", 2)])
    found = asked(item, [ann], {}, rules)
    assert found.retry_at == AT + 22.5 * HOUR  # Thursday 09:30 in Berlin
    expired = evolve(ann, skills=[evolve(skill, expires=AT + 22 * HOUR)])
    assert asked(item, [expired], {}, rules).retry_at is None
    dropped = evolve(rules, relax=[Relax(24 * HOUR, drop=["sap"])])
    assert asked(item, [expired], {}, dropped).retry_at == AT + 24 * HOUR
    assert asked(item, [evolve(ann, line=4)], {}, rules).retry_at is None
    gone = evolve(ann, absences=[Span(AT)])
    assert asked(item, [gone], {}, rules).retry_at is None
    never = evolve(ann, calendar=BusinessCalendar.weekly({}, tz="UTC"))
    assert asked(item, [never], {}, rules).retry_at is None
    blocked = evolve(rules, rate_limit=RateLimit(0, HOUR))
    assert asked(item, [ann], {}, blocked).retry_at is None


def test_an_owner_s_claim_is_gone_at_its_very_end():
    people = [Agent(id="ann"), Agent(id="own")]
    item = waiting(owner=Owner("own", AT - HOUR))
    just = Routing(sticky=HOUR + timedelta(microseconds=1))
    assert asked(item, people, {}, just).agent == "own"
    assert asked(item, people, {}, Routing(sticky=HOUR)).agent == "ann"
    left = waiting(owner=Owner("gone", AT))
    assert asked(left, people, {}, just).agent == "ann"  # people leave, their tickets stay


def test_falling_back_can_belong_to_one_line():
    rules = Routing(fallback=[Fallback(HOUR, 2, of=1), Fallback(HOUR, 3, of=2)])
    people = [Agent(id=f"l{line}", line=line) for line in (2, 3)]
    later = AT + HOUR
    assert route(waiting(line=1), people, {}, rules, as_of=later).ranked == ("l2",)
    assert route(waiting(line=2), people, {}, rules, as_of=later).ranked == ("l2", "l3")
    nobodys = [Agent(id="x", line=None)]
    assert asked(waiting(line=1), nobodys).codes == {"x": ("wrong_line",)}
    assert asked(waiting(), nobodys).agent == "x"


def test_work_counts_by_category_by_timer_or_all():
    work = [
        Work("chat", "new"),
        Work("chat", "pending", timer=True),
        Work("email", "open", timer=False),
    ]
    state = AgentState(work=work)
    assert dict(state.counts["open_new"]) == {"chat": 1, "email": 1}
    assert dict(state.counts["timer_on"]) == {"chat": 2}
    assert dict(state.counts["all"]) == {"chat": 2, "email": 1}
    given = AgentState(last_assigned_at=AT + HOUR).assigned("chat", AT)
    assert given.last_assigned_at == AT + HOUR  # whoever was given something later still was
    assert given.recent == (AT,)


def test_a_queue_says_what_its_tickets_need():
    sap = Queue(name="sap", when=Field("technology").is_("sap"), needs=["sap"], line=2, team="red")
    rest = Queue(name="rest", when=ALWAYS)
    item = queued(
        ticket(technology="sap", priority=Priority("high", 2)), [sap, rest], queued_at=AT
    )
    assert (item.line, item.team, item.needs) == (2, "red", (Need("sap"),))
    assert (item.channel, item.priority) == ("email", 2)
    own = queued(ticket(technology="sap", line=1, group="blue"), [sap], queued_at=AT)
    assert (own.line, own.team) == (1, "blue")
    assert Routing(queues=[sap, rest]).queue_of(ticket()) is rest
    assert Routing(queues=[sap]).queue_of(ticket()) is None
    assert queued(ticket(), [sap], queued_at=AT).needs == ()


def test_a_backlog_tells_counts_by_reason():
    people = [Agent(id="a", capacity=Capacity(1)), Agent(id="b", line=2)]
    items = [waiting(id=name, line=1) for name in ("t1", "t2")]
    found = assign_backlog(items, people, {}, Routing(), as_of=AT)
    assert (found.order, found.left) == (("t1", "t2"), ("t2",))
    assert found.counts("t2") == {"no_capacity": 1, "wrong_line": 1}
    assert found.decision("t1").agent == "a"
    with pytest.raises(InvalidValue, match="no ticket of this backlog"):
        found.decision("t3")
    with pytest.raises(InvalidValue, match="listed twice"):
        assign_backlog([*items, items[0]], people, {}, Routing(), as_of=AT)


def test_in_a_backlog_the_owner_comes_first_too():
    item = waiting(owner=Owner("own", AT))
    people = [Agent(id="ann"), Agent(id="own")]
    assert assign_backlog([item], people, {}, Routing(sticky=HOUR), as_of=AT).assigned == {
        "T1": "own"
    }


def test_triage_takes_the_first_rule_and_says_why():
    rules = [
        TriageRule(
            name="vip down",
            when=Field("custom.tier").is_("vip") & Field("topic").contains("down"),
            sets={"priority": Priority("urgent", 1), "line": 2},
        ),
        TriageRule(name="vpn", when=Field("topic").contains("VPN"), sets={"technology": "net"}),
    ]
    found = triage(ticket(topic="Vpn is slow"), rules)
    assert (found.rule, found.ticket.technology) == ("vpn", "net")
    assert [reason.code for reason in found.reasons] == ["contains"]
    assert [(name, len(reasons)) for name, reasons in found.rejected] == [("vip down", 2)]
    event = found.change(at=AT, actor=Actor("bot", "triage"))
    assert after(ticket(topic="Vpn is slow"), event).technology == "net"
    nothing = triage(ticket(), rules)
    assert (nothing.rule, dict(nothing.fields), len(nothing.rejected)) == (None, {}, 2)
    with pytest.raises(InvalidEvent, match="nothing"):
        nothing.change(at=AT, actor=Actor("bot"))


def test_a_classifier_fills_gaps_and_rules_go_before_it():
    rules = [TriageRule(name="net", when=Field("technology").is_("net"), sets={"type": "problem"})]

    def model(known):
        assert known.topic == "VPN"
        return {"technology": "net", "type": "incident", "channel": "phone", "service": None}

    found = triage(ticket(topic="VPN", channel="chat"), rules, classifier=model)
    assert dict(found.guessed) == {"technology": "net", "type": "incident"}
    assert (found.ticket.type, found.ticket.channel, found.rule) == ("problem", "chat", "net")
    event = found.change(at=AT, actor=Actor("bot"))
    assert dict(event.fields) == {"technology": "net", "type": "problem"}
    with pytest.raises(InvalidEvent, match="unknown field"):
        triage(ticket(), rules, classifier=lambda _: {"technolgy": "net"})


def test_priority_is_impact_times_urgency():
    low, urgent = Priority("low", 4), Priority("urgent", 1)
    rules = priority_rules({(1, 1): urgent, (1, 2): low, (2, 1): low})
    found = triage(ticket(**{"custom.impact": 1, "custom.urgency": 2}), rules)
    assert (found.rule, found.ticket.priority) == ("1 x 2", low)


def test_tickets_that_keep_returning_are_seen():
    log = [
        Created(
            ticket_id="T1", at=AT, seq=0, role="customer", fields={"status": Status("n", "new")}
        )
    ]
    for seq, line in enumerate((1, 2, 2, 1, 3, None, 1), 1):
        log.append(Changed(ticket_id="T1", at=AT, seq=seq, role="agent", fields={"line": line}))
    assert line_history(log) == (1, 2, 1, 3, 1)
    assert returns(line_history(log)) == 2
    assert is_returning(line_history(log))
    assert not is_returning([1, 2, 3])
    assert is_returning([1, 2, 1], limit=1)
    with pytest.raises(InvalidValue):
        is_returning([1], limit=0)


def test_a_swarm_leaves_the_ticket_where_it_is():
    people = [
        Agent(id=name, calendar=OFFICE, skills=["sap"]) for name in ("ann", "bob", "cid", "dan")
    ]
    item = waiting(needs=["sap"], owner=Owner("ann", AT))
    first = swarm(item, people, {}, Routing(), as_of=AT, within=8 * HOUR)
    assert [one.agent for one in first] == ["bob"]
    more = swarm(item, people, {}, Routing(), as_of=AT, within=HOUR, helpers=5, invited=first)
    assert [one.agent for one in more] == ["cid", "dan"]
    assert first[0].due == AT + 24 * HOUR  # eight office hours
    agenda = swarm_agenda([*first, *more], as_of=AT)
    assert [moment.recipients for moment in agenda] == [("cid",), ("dan",), ("bob",)]
    in_time = first[0].answered(first[0].due)
    assert not in_time.missed(as_of=AT + 99 * HOUR)
    assert len(swarm_agenda([in_time], as_of=AT + 99 * HOUR)) == 0
    late = first[0].answered(first[0].due + timedelta(microseconds=1))
    assert late.missed(as_of=AT)
    assert len(swarm_agenda([late], as_of=AT + 99 * HOUR)) == 1
    with pytest.raises(InvalidValue, match="before the question"):
        first[0].answered(AT - HOUR)
    with pytest.raises(InvalidValue):
        Invitation(ticket_id="T1", agent="a", invited_at=AT, within=timedelta(0))


def test_a_contractor_comes_on_terms():
    terms = CallOut(within=4 * HOUR, calendar=OFFICE, fee=150, per_hour=90, least=HOUR)
    vendor = SupportLine(level=4, name="vendor", call_out=terms)
    company = Agent(id="acme", line=4, calendar=OFFICE)
    found = asked(waiting(line=4), [company], at=AT + 4 * HOUR)
    assert found.line == vendor.level
    assert vendor.call_out.due(AT + 4 * HOUR) == AT + 24 * HOUR  # 15:00 to 17:00, 09:00 to 11:00
    assert terms.cost(timedelta(minutes=90)) == 285
    assert terms.cost(timedelta(0)) == 240
    always = CallOut(within=4 * HOUR, per_hour=Fraction(1, 3))
    assert always.due(AT) == AT + 4 * HOUR
    assert always.cost(HOUR) == Fraction(1, 3)
    assert always.cost(timedelta(0)) == 0  # no least, no fee
    for wrong in ({"within": timedelta(0)}, {"within": HOUR, "least": -HOUR}):
        with pytest.raises(InvalidValue):
            CallOut(**wrong)
    with pytest.raises(InvalidLoad):
        CallOut(within=HOUR, fee=-1)


def test_a_decision_travels_between_processes():
    team = Team([Agent(id="ann", calendar=OFFICE, skills=["sap"]), Agent(id="bob")])
    state = {"ann": AgentState(work=[Work("chat")], recent=[AT])}
    for needs in (["sap"], ["db"]):
        found = asked(waiting(needs=needs), team, state)
        same = pickle.loads(pickle.dumps(found))  # noqa: S301 - our own bytes
        assert (same, same.ranked, same.codes) == (found, found.ranked, found.codes)
        assert copy.deepcopy(found).retry_at == found.retry_at
    assert pickle.loads(pickle.dumps(team)) == team  # noqa: S301 - our own bytes


def test_fairness_counts_those_who_got_nothing():
    shares = tally(["b", "a", None, "b"], ["a", "b", "c"])
    assert shares == {"a": 1, "b": 2, "c": 0}
    found = fairness(shares)
    assert (found.least, found.most, found.mean, found.index) == (0, 2, 1, Fraction(9, 15))
    assert fairness({"a": 0}).index is None
    assert fairness({}).mean is None
    with pytest.raises(InvalidLoad):
        fairness({"a": -1})


MANAGED = [Agent(id="a", manager="b"), Agent(id="b", manager="c"), Agent(id="c", manager="a")]
NAIVE = datetime(2026, 3, 4)


WRONG = [
    (lambda: Team([Agent(id="a"), Agent(id="a", line=2)]), InvalidValue, "listed twice: 'a'"),
    (lambda: Team(["a"]), InvalidValue, "not an agent"),
    (lambda: Team(MANAGED), ManagerCycle, "circle"),
    (lambda: Team([Agent(id="a", manager="a")]), ManagerCycle, "circle"),
    (lambda: Team([Agent(id="ann")])["anne"], UnknownAgent, "did you mean 'ann'"),
    (lambda: Team([])["a"], UnknownAgent, "unknown agent: 'a'"),
    (lambda: Agent(id=""), InvalidValue, "named by text"),
    (lambda: Agent(id="a", teams="red"), InvalidValue, "names are a list"),
    (lambda: Agent(id="a", absences=[AT]), InvalidValue, "not a span"),
    (lambda: Capacity(-1), InvalidLoad, ">= 0"),
    (lambda: Capacity(None, {"chat": -1}), InvalidValue, "'chat'"),
    (lambda: Skill(name="a", expires="soon"), InvalidValue, "instant or a date"),
    (lambda: Work("chat", "opne"), InvalidValue, "did you mean 'open'"),
    (lambda: AgentState(presence="onlin"), InvalidValue, "did you mean 'online'"),
    (lambda: AgentState(recent=[NAIVE]), NaiveDatetime, "zone"),
    (lambda: Need("sap", 0), InvalidValue, "needed level"),
    (lambda: Owner("a", NAIVE), NaiveDatetime, "zone"),
    (lambda: waiting(id=7), InvalidValue, "named by text"),
    (lambda: waiting(line=6), InvalidValue, "1 to 5"),
    (lambda: waiting(priority=0), InvalidValue, "rank"),
    (lambda: waiting(due_at=NAIVE), NaiveDatetime, "zone"),
    (lambda: Queue(name="q", when="always"), InvalidRouting, "needs a pattern"),
    (lambda: Queue(name="q", when=ALWAYS, line=0), InvalidValue, "1 to 5"),
    (lambda: TriageRule(name="r", when=None, sets={}), InvalidRouting, "needs a pattern"),
    (lambda: TriageRule(name="r", when=ALWAYS, sets={"lin": 1}), InvalidEvent, "'line'"),
    (lambda: Relax(-HOUR, drop=["a"]), InvalidRouting, "not negative"),
    (lambda: Relax(HOUR), InvalidRouting, "relaxes nothing"),
    (lambda: Relax(HOUR, lower={"a": -1}), InvalidValue, "'a'"),
    (lambda: Fallback(-HOUR, 2), InvalidRouting, "not negative"),
    (lambda: Fallback(HOUR, 6), InvalidValue, "1 to 5"),
    (lambda: Fallback(HOUR, 2, of=2), InvalidRouting, "on itself"),
    (lambda: RateLimit(-1, HOUR), InvalidValue, "assignments"),
    (lambda: RateLimit(1, timedelta(0)), InvalidValue, "rate window"),
    (lambda: Ranking("", len), InvalidRouting, "no named ranking"),
    (lambda: Routing(strategy="roundrobin"), InvalidRouting, "did you mean 'round_robin'"),
    (lambda: Routing(count="open"), InvalidRouting, "'open_new'"),
    (lambda: Routing(fit="close"), InvalidRouting, "'closest'"),
    (lambda: Routing(sticky=timedelta(0)), InvalidValue, "longer than zero"),
    (lambda: Routing(weights={"chat": -1}), InvalidLoad, "weight"),
    (lambda: asked(waiting(), [], at=NAIVE), NaiveDatetime, "zone"),
    (lambda: assign(waiting(), "a", [], {}, Routing(), as_of=AT), UnknownAgent, "'a'"),
]


@pytest.mark.parametrize(("make", "error", "says"), WRONG, ids=range(len(WRONG)))
def test_what_cannot_be_is_refused_where_it_is_made(make, error, says):
    with pytest.raises(error, match=says):
        make()


def test_lines_that_fall_back_in_a_circle_are_refused():
    round_about = [Fallback(HOUR, b, of=a) for a, b in ((1, 2), (2, 3), (3, 1))]
    with pytest.raises(InvalidRouting, match="circle: 1"):
        Routing(fallback=round_about)
    assert Routing(fallback=round_about[:2]).fallback == tuple(round_about[:2])


def test_a_team_knows_which_lines_and_skills_there_are():
    team = Team([Agent(id="a", line=1, skills=["sap"]), Agent(id="x", line=None)])
    team.check(Routing(relax=[Relax(HOUR, drop=["sap"])]))
    with pytest.raises(InvalidRouting, match=r"unknown line: 2; known: 1"):
        team.check(Routing(fallback=[Fallback(HOUR, 2)]))
    team.check(Routing(fallback=[Fallback(HOUR, 2)]), lines=[1, 2])
    queue = Queue(name="q", when=ALWAYS, needs=["sapp"], line=1)
    with pytest.raises(InvalidRouting, match="did you mean 'sap'"):
        team.check(Routing(queues=[queue]))
    assert "a" in team
    assert len(team) == 2
    assert team.tz.key == "UTC"
    new_york = BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz="America/New_York")
    two = [Agent(id="b", calendar=OFFICE), Agent(id="c", calendar=new_york)]
    assert Team([*team, *two]).tz.key == "America/New_York"  # as many in each: by name
    assert Team([*two, Agent(id="d", calendar=OFFICE)]).tz.key == "Europe/Berlin"
    assert [agent.id for agent in team] == ["a", "x"]
