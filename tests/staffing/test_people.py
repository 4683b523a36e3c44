"""From the 5-and-2 rule to whole desks: coverage, competence, crews, lines and money."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from support_model._records import read, write
from support_model._routing.data import LINE
from support_model._staffing.coverage import (
    k_of_n,
    on_call_share,
    planned_leave_coverage,
    rotation_size,
)
from support_model._staffing.demand import pooled
from support_model.calendars import BusinessCalendar
from support_model.errors import (
    InvalidLoad,
    InvalidShare,
    InvalidValue,
    NaiveDatetime,
    TargetUnreachable,
)
from support_model.lines import Agent, Skill, SupportLine
from support_model.queueing import ServiceLevel
from support_model.staffing import (
    BUSINESS_HOURS,
    HOUR,
    ROUND_THE_CLOCK,
    Contractor,
    CoverageRule,
    Demand,
    DeskChange,
    LineWork,
    PaidAbsence,
    Targets,
    competence_coverage,
    desk_break_even,
    effective_hours,
    line_flow,
    pooling_gain,
    reach,
    relief_factor,
    required_agents,
    scheduled,
    what_if,
)

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
PROMISE = ServiceLevel(0.80, within=20 * SECOND)
AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_five_around_the_clock_and_two_in_the_office():
    found = ROUND_THE_CLOCK.headcount(technologies=3)
    assert (int(found), found.per_technology) == (15, 5)
    assert found.binding == ("hours balance", "availability")
    assert found.conditions == {"hours balance": 5, "legality": 4, "availability": 5}
    assert round(float(found.cover), 3) == 0.942
    assert round(found.uncovered_days) == 21
    office = BUSINESS_HOURS.headcount()
    assert int(office) == 2
    assert round(float(office.cover), 4) == 0.9936
    assert round(office.uncovered_days, 1) == 1.7
    assert int(ROUND_THE_CLOCK.headcount(technologies=0)) == 0


@pytest.mark.parametrize(
    ("absent", "people"),
    [(Fraction(0), 5), (Fraction(16, 100), 5), (Fraction(1601, 10_000), 6)],
)
def test_five_holds_while_absence_stays_within_16_percent(absent, people):
    absence = PaidAbsence(leave_weeks=0, holidays=0, sick=absent)
    rule = CoverageRule(weekly_hours=168, absence=absence)
    assert int(rule.headcount()) == people


@pytest.mark.parametrize("seats", [1, 2, 3, 7])
def test_many_seats_take_the_hours_balance_not_n_plus_one(seats):
    rule = CoverageRule(weekly_hours=168, seats=seats)
    found = rule.headcount()
    assert found.conditions["availability"] == 4 * seats + 1
    assert found.people == max(ceil(seats * 168 / (40 * (1 - 0.158076923))), 4 * seats + 1)


def test_legality_binds_where_the_cap_is_low():
    rule = CoverageRule(
        weekly_hours=168, weekly_cap=24, contract_hours=168, spare=0, absence=PaidAbsence(sick=0)
    )
    assert rule.headcount().binding == ("legality", "availability")
    assert rule.headcount().people == 7


def test_half_an_hour_on_every_other_monday_is_a_week_too():
    rule = CoverageRule(weekly_hours=0.5, weekly_days=0.5, contract_hours=0.5, weekly_cap=0.5)
    assert rule.headcount().people == 2
    full = CoverageRule(weekly_hours=168, weekly_days=7, contract_hours=168, weekly_cap=168)
    assert full.headcount().people == 2


def test_every_absence_counts():
    one = PaidAbsence(leave_weeks=1, holidays=0, sick=0)
    assert one.share == Fraction(5, 260)
    full = PaidAbsence(leave_weeks=5, holidays=10, sick=0.04, training=3)
    assert full.share == Fraction(38, 260) + Fraction(4, 100)
    assert PaidAbsence().share == Fraction(32, 260) + Fraction(35, 1000)


def test_a_level_of_cover_reached_exactly_is_enough():
    five = planned_leave_coverage(4, 5, leave_weeks=4, sick=0.035)
    assert int(CoverageRule(weekly_hours=168, level=five).headcount()) == 5
    assert int(CoverageRule(weekly_hours=168, level=five + Fraction(1, 10**9)).headcount()) == 6


def test_a_level_of_cover_asks_for_more():
    rule = CoverageRule(weekly_hours=168, level=0.99)
    found = rule.headcount()
    assert found.binding == ("availability",)
    assert found.cover >= Fraction(99, 100)
    assert planned_leave_coverage(4, found.people - 1, leave_weeks=4, sick=0.035) < 0.99
    never = CoverageRule(
        weekly_hours=168, level=0.99, absence=PaidAbsence(leave_weeks=0, holidays=0, sick=0.99)
    )
    with pytest.raises(TargetUnreachable, match="spare people"):
        never.headcount()


def test_a_calendar_gives_its_own_hours():
    office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
    rule = CoverageRule.over(office, start=date(2026, 1, 5))
    assert (rule.weekly_hours, rule.weekly_days) == (40, 5)
    assert rule.headcount() == BUSINESS_HOURS.headcount()
    always = CoverageRule.over(
        BusinessCalendar.always(tz="Europe/Berlin"), start=date(2026, 3, 23), weeks=1
    )
    assert always.weekly_hours == 167  # the week in which the clock goes forward
    autumn = CoverageRule.over(
        BusinessCalendar.always(tz="Europe/Berlin"), start=date(2026, 10, 19), weeks=1
    )
    assert autumn.weekly_hours == 168
    with pytest.raises(InvalidValue, match="does not open"):
        CoverageRule.over(BusinessCalendar.weekly({}, tz="UTC"), start=date(2026, 1, 5))


@given(
    hours=st.integers(1, 168),
    seats=st.integers(1, 5),
    leave=st.integers(0, 12),
    sick=st.integers(0, 30),
)
def test_every_condition_holds_at_the_headcount(hours, seats, leave, sick):
    absence = PaidAbsence(leave_weeks=leave, holidays=0, sick=Fraction(sick, 100))
    found = CoverageRule(weekly_hours=hours, seats=seats, absence=absence).headcount()
    there = 40 * (1 - Fraction(leave, 52) - Fraction(sick, 100))
    assert found.people * there >= seats * hours
    assert found.people == max(found.conditions.values())
    assert found.binding
    assert len(found.explain().splitlines()) == 4


@given(needed=st.integers(0, 8), people=st.integers(0, 10), percent=st.integers(0, 100))
def test_k_of_n_adds_up(needed, people, percent):
    there = Fraction(percent, 100)
    cover = k_of_n(needed, people, availability=there)
    # by conditioning on the first person
    if people and needed:
        with_one = k_of_n(needed - 1, people - 1, availability=there)
        without = k_of_n(needed, people - 1, availability=there)
        assert cover == there * with_one + (1 - there) * without
    assert cover == (1 if needed == 0 else cover)
    assert 0 <= cover <= 1


@given(needed=st.integers(0, 6), people=st.integers(1, 9), weeks=st.integers(0, 52))
def test_leave_is_spread_evenly(needed, people, weeks):
    """Week by week: person-weeks of leave dealt out in turn."""
    away = [0] * 52
    for k in range(people * weeks):
        away[k % 52] += 1
    wanted = sum((k_of_n(needed, people - gone, availability=0.9) for gone in away), Fraction(0))
    cover = planned_leave_coverage(needed, people, leave_weeks=weeks, sick=0.1)
    assert cover == wanted / 52


@given(agents=st.integers(0, 2_000), percent=st.integers(0, 99))
def test_e11_enough_remain_after_shrinkage(agents, percent):
    people = scheduled(agents, shrinkage=percent / 100)
    kept = Fraction(100 - percent, 100)
    assert people * kept >= agents
    assert people == 0 or (people - 1) * kept < agents


def test_relief_arithmetic():
    hours = effective_hours(1872, leave=200, holidays=64, sick=76, training=10.064)
    assert hours == Fraction("1521.936")
    assert ceil(relief_factor(8736, hours)) == 6
    assert rotation_size(2, max_share=0.25) == 8
    assert rotation_size(2, max_share=0.25, sites=2) == 4
    assert rotation_size(3, max_share=1) == 3
    assert rotation_size(1, max_share=0.25) == 4
    assert on_call_share(1, headcount=1) == 1
    assert on_call_share(2, headcount=8) == Fraction(1, 4)


def test_bad_people():
    with pytest.raises(InvalidShare):
        scheduled(10, shrinkage=1)
    with pytest.raises(InvalidValue):
        relief_factor(168, 0)
    with pytest.raises(InvalidValue):
        effective_hours(100, leave=101)
    with pytest.raises(InvalidShare):
        k_of_n(1, 2, availability=1.1)
    with pytest.raises(InvalidValue):
        k_of_n(1.5, 2, availability=1)
    with pytest.raises(InvalidValue):
        planned_leave_coverage(1, 2, leave_weeks=53, sick=0)
    with pytest.raises(InvalidShare):
        rotation_size(2, max_share=0)
    with pytest.raises(InvalidShare):
        PaidAbsence(leave_weeks=40, sick=0.5)
    for keywords in (
        {"weekly_hours": 169},
        {"weekly_hours": 0},
        {"weekly_hours": 40, "weekly_days": 8},
        {"weekly_hours": 40, "seats": 0},
        {"weekly_hours": 40, "spare": -1},
        {"weekly_hours": 40, "level": 1},
    ):
        with pytest.raises(InvalidValue):
            CoverageRule(**keywords)


def test_competence_names_gaps_and_single_points_of_failure():
    old = Skill(name="sap", expires=datetime(2026, 1, 1, tzinfo=UTC))
    people = [
        Agent(id="cy", line=2, skills=["linux", Skill(name="sap", level=3)]),
        Agent(id="ann", line=1, skills=["linux", old]),
        Agent(id="bob", line=1, skills=["linux"]),
    ]
    linux, sap = competence_coverage(people, ["linux", "sap"], least=5, as_of=AT)
    assert linux.holders == ("ann", "bob", "cy")
    assert (linux.missing, linux.trainees, linux.hires) == (2, (), 2)
    assert (sap.holders, sap.single_point_of_failure, sap.missing) == (("cy",), True, 4)
    assert (sap.trainees, sap.hires) == (("ann", "bob"), 2)
    by_line = competence_coverage(people, ["sap"], least=1, as_of=AT, lines=[2, 1])
    assert [(c.line, c.holders, c.missing) for c in by_line] == [(1, (), 1), (2, ("cy",), 0)]
    expert = competence_coverage(people, ["linux"], least=1, as_of=AT, level=2)
    assert expert[0].holders == ()
    early = datetime(2025, 12, 31, tzinfo=UTC)
    assert competence_coverage(people, ["sap"], least=1, as_of=early)[0].holders == ("ann", "cy")


def test_bad_questions_of_competence():
    for bad in ({"least": 0}, {"least": 1.5}, {"level": 0}, {"level": True}):
        with pytest.raises(InvalidValue, match="whole number"):
            competence_coverage([], ["a"], **{"least": 1, "as_of": AT, **bad})
    with pytest.raises(NaiveDatetime):
        competence_coverage([], ["a"], least=1, as_of=datetime(2026, 1, 1))


def test_lines_and_agents_are_checked():
    line = SupportLine(level=2, duties=["diagnose"], qualifications=["linux"], zone="hosting")
    assert line.duties == ("diagnose",)
    paid = SupportLine(level=1, cost_per_hour=Fraction(61, 3))
    assert read(LINE, write(LINE, paid, "line"), "line") == paid
    assert "cost_per_hour" not in write(LINE, line, "line")
    with pytest.raises(InvalidLoad, match="a cost"):
        SupportLine(level=1, cost_per_hour=-1)
    for level in (0, 6, True, 1.0, "1"):
        with pytest.raises(InvalidValue, match="1 to 5"):
            SupportLine(level=level)
        with pytest.raises(InvalidValue, match="1 to 5"):
            Agent(id="x", line=level)
    with pytest.raises(InvalidValue, match="twice"):
        Agent(id="x", skills=["a", "a"])
    with pytest.raises(InvalidValue, match="capacity"):
        Agent(id="x", capacity={"chat": -1})
    with pytest.raises(InvalidValue):
        Skill(name="a", level=0)
    with pytest.raises(NaiveDatetime):
        Skill(name="a", expires=datetime(2026, 1, 1))
    same = Agent(id="x", skills={"a": Skill(name="a")})
    assert same == Agent(id="x", skills=["a"])
    assert len({same, Agent(id="x", skills=["a"])}) == 1
    assert not same.can("b", as_of=AT)


def test_a_crew_says_what_binds():
    calls = Demand(count=100, per=30 * MINUTE, handle_time=3 * MINUTE)
    crew = required_agents(calls, PROMISE, max_occupancy=0.85, shrinkage=0.30)
    assert (crew.agents, crew.scheduled, crew.binding) == (14, 20, ("service level",))
    assert round(crew.figures.service_level(20 * SECOND), 5) == 0.88835
    assert crew.one_fewer.service_level(20 * SECOND) < 0.8
    assert required_agents(calls, PROMISE, max_occupancy=0.6).binding == ("occupancy",)
    assert required_agents(calls).binding == ("stability",)
    few = Demand(count=5, per=HOUR, handle_time=6 * MINUTE, patience=MINUTE)
    crew = required_agents(few, max_occupancy=0.7)
    assert (crew.agents, crew.binding) == (1, ("occupancy",))
    idle = Demand(count=0, per=HOUR, handle_time=MINUTE)
    crew = required_agents(idle, max_occupancy=0.7, min_agents=1)
    assert crew.binding == ("coverage minimum",)
    assert required_agents(calls, PROMISE, min_agents=20).binding == ("coverage minimum",)
    hurried = Demand(count=100, per=30 * MINUTE, handle_time=3 * MINUTE, patience=MINUTE)
    crew = required_agents(hurried, max_abandonment=0.02)
    assert crew.binding == ("abandonment",)
    nobody = required_agents(Demand(count=0, per=HOUR, handle_time=MINUTE), PROMISE)
    assert (nobody.agents, nobody.one_fewer, nobody.binding) == (0, None, ())


@pytest.mark.parametrize(
    ("load", "plain", "harder"),
    [
        (5, (8, 6), (8, 6)),
        (10, (14, 9), (14, 11)),
        (20, (25, 16), (25, 19)),
        (50, (57, 36), (57, 42)),
        (100, (108, 67), (108, 80)),
        (1000, (1015, 614), (1015, 736)),
    ],
)
def test_forty_percent_fewer_contacts_are_not_forty_percent_fewer_people(load, plain, harder):
    demand = Demand(count=load, per=300 * SECOND, handle_time=300 * SECOND)
    for handle_time, wanted in ((1, plain), (1.2, harder)):
        change = what_if(demand, PROMISE, volume=0.6, handle_time=handle_time)
        assert (change.before.agents, change.after.agents) == wanted
        assert change.saved_share == (wanted[0] - wanted[1]) / wanted[0]
    assert what_if(demand.scaled(volume=0), PROMISE).saved_share is None


def test_pooling():
    queue = Demand(count=20, per=HOUR, handle_time=6 * MINUTE)
    gain = pooling_gain([queue] * 5, PROMISE)
    assert (sum(crew.agents for crew in gain.apart), gain.together.agents) == (20, 14)
    assert gain.saved == 6
    slow = Demand(count=10, per=30 * MINUTE, handle_time=12 * MINUTE)
    both = pooled([queue, slow])
    assert both.load == queue.load + slow.load
    assert both.handle_time == 9 * MINUTE
    with pytest.raises(InvalidValue, match="patience"):
        pooled([queue, Demand(count=1, per=HOUR, handle_time=MINUTE, patience=MINUTE)])
    idle = Demand(count=0, per=HOUR, handle_time=MINUTE)
    assert pooled([idle, idle]).handle_time == MINUTE


@st.composite
def desks(draw):
    lines = []
    for level in range(1, 6):
        left = Fraction(1)
        escalates = {}
        for above in range(level + 1, 6):
            escalates[above] = share = left * draw(st.integers(0, 4)) / 4
            left -= share
        lines.append(LineWork(level=level, handle_time=10 * MINUTE, escalates=escalates))
    return draw(st.permutations(lines))


def test_a_target_met_exactly_does_not_bind():
    calls = Demand(count=100, per=HOUR, handle_time=6 * MINUTE)
    patient = Demand(count=100, per=HOUR, handle_time=6 * MINUTE, patience=2 * MINUTE)
    steady = required_agents(calls, min_agents=14).figures
    hasty = required_agents(patient, min_agents=14).figures
    asked = [
        (calls, {"target": ServiceLevel(steady.service_level(20 * SECOND), within=20 * SECOND)}),
        (calls, {"max_occupancy": steady.occupancy}),
        (patient, {"max_abandonment": hasty.p_abandon}),
    ]
    for demand, targets in asked:
        crew = required_agents(demand, min_agents=15, **targets)
        assert crew.agents == 15
        assert crew.one_fewer.agents == 14
        assert crew.binding == ("coverage minimum",)
        assert required_agents(demand, **targets).agents == 14


@given(desks())
def test_reach_is_a_walk_over_all_paths(lines):
    table = {line.level: line for line in lines}

    def walk(level):
        found = dict.fromkeys(table, Fraction(0))
        found[level] = Fraction(1)
        for above, share in table[level].escalates.items():
            for other, reached in walk(above).items():
                found[other] += share * reached
        return found

    assert reach(lines) == walk(1)


def test_a_desk_of_lines_and_its_cost():
    lines = [
        LineWork(
            level=1,
            handle_time=6 * MINUTE,
            escalates={2: 0.25, 4: 0.01},
            targets=Targets(service_level=PROMISE, min_agents=2, shrinkage=0.16),
            cost_per_hour=30,
            license_cost=100,
        ),
        LineWork(
            level=2,
            handle_time=30 * MINUTE,
            escalates={4: 0.1},
            targets=Targets(min_agents=2),
            cost_per_hour=50,
        ),
        LineWork(level=4, handle_time=HOUR, contractor=Contractor(price=200, minimum=500)),
    ]
    desk = line_flow(800, lines, per=40 * HOUR, fixed_cost=1_000)
    first, second, vendor = desk.lines
    assert (first.load, second.load, vendor.load) == (2, Fraction(5, 2), 0)
    assert (first.staffing.agents, first.staffing.scheduled) == (4, 5)
    assert second.staffing.agents == 3
    assert (first.occupancy, vendor.occupancy) == (0.5, 0)
    assert vendor.tickets == 28
    assert vendor.cost == 28 * 200
    assert first.cost == 5 * (30 * 40 + 100)
    assert desk.cost == 5 * 1_300 + 3 * 50 * 40 + 5_600 + 1_000
    assert desk.cost_per_ticket == desk.cost / 800
    assert desk.people == 8
    quiet = line_flow(800, lines, per=40 * HOUR, deflected=0.99)
    assert [line.staffing.agents for line in quiet.lines if line.staffing] == [2, 2]
    assert (quiet.volume, quiet.deflected, quiet.lines[2].cost) == (8, 792, 500)
    assert line_flow(0, lines, per=HOUR).cost_per_ticket is None
    skipping = line_flow(100, lines, per=HOUR, entry={1: 0.5, 2: 0.5})
    assert skipping.lines[1].tickets == Fraction(125, 2)


def test_bad_lines():
    line = LineWork(level=1, handle_time=MINUTE)
    for level in (1, 2):
        with pytest.raises(InvalidValue, match="upward"):
            LineWork(level=2, handle_time=MINUTE, escalates={level: 0.1})
    assert line_flow(9, [line], per=HOUR, deflected=1).volume == 0
    with pytest.raises(InvalidShare):
        LineWork(level=1, handle_time=MINUTE, escalates={2: 0.6, 3: 0.6})
    with pytest.raises(InvalidShare):
        LineWork(level=1, handle_time=MINUTE, escalates={2: 1.1})
    with pytest.raises(InvalidLoad):
        LineWork(level=1, handle_time=MINUTE, cost_per_hour=-1)
    with pytest.raises(InvalidLoad, match="licenses"):
        LineWork(level=1, handle_time=MINUTE, licenses_each=-1)
    with pytest.raises(InvalidLoad, match="a cost"):
        LineWork(level=1, handle_time=MINUTE, license_cost=float("inf"))
    with pytest.raises(InvalidLoad):
        Contractor(price=float("nan"))
    with pytest.raises(InvalidValue, match="once"):
        reach([line, line])
    with pytest.raises(InvalidValue, match="once"):
        reach([])
    with pytest.raises(InvalidValue, match="nobody works"):
        reach([LineWork(level=1, handle_time=MINUTE, escalates={3: 0.1})])
    with pytest.raises(InvalidShare, match="add up"):
        reach([line], entry={1: 0.5})
    with pytest.raises(InvalidShare):
        line_flow(1, [line], per=HOUR, deflected=-0.1)


def test_break_even_of_a_desk():
    even = desk_break_even(
        2,
        agent_cost=4_000,
        developer_cost_per_hour=80,
        handle_time=30 * MINUTE,
        interruption=15 * MINUTE,
        escalated=0.2,
    )
    developers = even.tickets * even.developer_per_ticket
    assert developers == even.desk_fixed + even.tickets * even.desk_per_ticket
    assert even.tickets == Fraction(500, 3)
    assert even.assumptions == (
        "the desk is 2 people, busy or idle",
        "a ticket takes a developer 0:30:00 of handling",
        "and 15 minutes of lost thread",
        "20% of tickets still reach a developer",
        "the desk has capacity for all of them; check with required_agents",
    )
    never = desk_break_even(
        ROUND_THE_CLOCK.headcount(),
        agent_cost=1,
        developer_cost_per_hour=80,
        handle_time=MINUTE,
        escalated=1,
    )
    assert never.tickets is None
    assert never.developer_per_ticket == Fraction(80, 60)  # nothing is lost besides
    assert never.desk_fixed == 5
    ask = {"agent_cost": 1, "developer_cost_per_hour": 1, "handle_time": MINUTE}
    with pytest.raises(InvalidValue, match="negative"):
        desk_break_even(1, interruption=-MINUTE, **ask)
    for people in (-1, 1.5, True, float("nan"), None):
        with pytest.raises(InvalidValue, match="people must be a whole number"):
            desk_break_even(people, **ask)


def week_of(*lines, count=1_000, **more):
    return line_flow(count, lines, per=40 * HOUR, **more)


def test_what_if_of_a_desk():
    """Self-service, automation, pooling and shared licenses, each against the same desk."""
    crew = Targets(service_level=PROMISE, min_agents=2, shrinkage=0.16)
    first = LineWork(
        level=1,
        handle_time=12 * MINUTE,
        escalates={2: 0.3},
        targets=crew,
        cost_per_hour=30,
        license_cost=50,
    )
    second = LineWork(level=2, handle_time=40 * MINUTE, targets=crew, cost_per_hour=50)
    today = week_of(first, second)
    assert [(line.load, line.staffing.agents) for line in today.lines] == [(5, 8), (5, 8)]
    assert today.people == 20
    assert today.cost == 10 * 1_200 + 10 * 2_000 + 10 * 50

    def change(*lines, **more):
        return DeskChange(before=today, after=week_of(*lines, **more))

    # 40 % fewer contacts save less than 40 % of the people, and the bot is not free
    bot = change(first, second, deflected=0.4, fixed_cost=2_000)
    assert [line.staffing.agents for line in bot.after.lines] == [6, 6]
    assert bot.people_saved == 4  # of 20
    assert bot.after.cost == 8 * 1_200 + 8 * 2_000 + 8 * 50 + 2_000
    assert bot.cost_saved == today.cost - bot.after.cost
    assert bot.cost_share == bot.cost_saved / today.cost
    # a script that saves two fifths of the time on line 1
    assert change(evolve(first, handle_time=432 * SECOND), second).people_saved == 2
    # one line of people who know both: 12 + 0.3 * 40 minutes a ticket
    pooled_desk = change(evolve(first, handle_time=24 * MINUTE, escalates={}))
    assert pooled_desk.after.lines[0].staffing.agents == 14
    assert pooled_desk.people_saved == 3
    # three people share two licenses: 7 for 10
    shared = change(evolve(first, licenses_each=Fraction(2, 3)), second)
    assert [line.licenses for line in shared.after.lines] == [7, 10]
    assert (shared.people_saved, shared.cost_saved) == (0, 150)
    assert DeskChange(before=week_of(first, second, count=0), after=today).cost_saved < 0
    idle = week_of(LineWork(level=1, handle_time=MINUTE), count=0)
    assert DeskChange(before=idle, after=idle).cost_share is None
