"""Crews at their edges: rest and long duties, contracts, mixed work, and questions without aim."""

import warnings
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._staffing.demand import pooled
from support_model.errors import HandlingOutlastsInterval, InvalidValue
from support_model.lines import Agent
from support_model.queueing import (
    ServiceLevel,
    agents_for,
    chat,
    erlang_a,
    erlang_c,
    required_chat_agents,
)
from support_model.shifts import Duty, LaborRules, Post, check_roster, fill_roster, shift_posts
from support_model.staffing import (
    BUSINESS_HOURS,
    HOUR,
    ROUND_THE_CLOCK,
    CoverageRule,
    Demand,
    PaidAbsence,
    Targets,
    pooling_gain,
    required_agents,
    requirement_curve,
    what_if,
)

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
PROMISE = ServiceLevel(0.8, within=20 * SECOND)
ANN = Agent(id="ann")
USUAL = LaborRules(tz="UTC")


def duty(start, end, shift="day", person="ann"):
    return Duty(person=person, shift=shift, start=MONDAY + start, end=MONDAY + end)


def codes(duties, rules=USUAL):
    return [each.reason.code for each in check_roster(duties, rules, agents=[ANN])]


# rest and long duties


@pytest.mark.parametrize(
    ("length", "found"),
    [(13 * HOUR, []), (13 * HOUR + MICROSECOND, ["long_duty"]), (20 * HOUR, ["long_duty"])],
)
def test_no_duty_outlasts_what_rest_leaves_of_a_day(length, found):
    assert codes([duty(0 * HOUR, length)]) == found
    said = LaborRules(tz="UTC", max_duty=length)
    assert codes([duty(0 * HOUR, length)], said) == []
    assert codes([duty(0 * HOUR, length)], LaborRules(tz="UTC", daily_rest=None)) == []


def test_a_long_duty_that_the_rules_allow_is_followed_by_its_rest():
    rules = LaborRules(tz="UTC", max_duty=24 * HOUR, min_rest=None, max_week=None)
    assert rules.max_day == 24 * HOUR
    day = duty(0 * HOUR, 24 * HOUR)
    assert codes([day, duty(35 * HOUR, 40 * HOUR)], rules) == []
    early = duty(35 * HOUR - MICROSECOND, 40 * HOUR)
    assert codes([day, early], rules) == ["no_daily_rest"]


def test_the_longest_duty_is_what_the_daily_rest_leaves():
    for hours in (8, 11, 12):
        assert LaborRules(tz="UTC", daily_rest=hours * HOUR).max_duty == (24 - hours) * HOUR
    assert LaborRules(tz="UTC", daily_rest=None).max_duty is None
    assert LaborRules(tz="UTC", daily_rest=30 * HOUR).max_duty is None
    assert LaborRules(tz="UTC", max_duty=None).max_duty is None
    assert USUAL.max_day is None, "eleven hours between duties are enough"
    assert LaborRules(tz="UTC", min_rest=None, max_duty=None).max_day is None


def test_split_days_are_limited_in_hours_and_rest():
    two = [duty(0 * HOUR, 8 * HOUR, "a"), duty(9 * HOUR, 15 * HOUR, "b")]
    split = LaborRules(tz="UTC", min_rest=None)
    day, rest = map(str, check_roster(two, split, agents=[ANN]))
    assert day == "ann works 14h in duties that start on 2026-03-02, more than 13h"
    assert rest == (
        "ann rests at most 9h unbroken in the 24h from the start of a of 2026-03-02, less than 11h"
    )
    twelve = LaborRules(tz="UTC", min_rest=None, max_day=12 * HOUR, daily_rest=None)
    (found,) = check_roster(two, twelve, agents=[ANN])
    assert str(found) == "ann works 14h in duties that start on 2026-03-02, more than 12h"
    assert (found.span.start, found.span.end) == (MONDAY, MONDAY + 15 * HOUR)
    ordinary = [duty(0 * HOUR, 4 * HOUR), duty(8 * HOUR, 12 * HOUR), duty(24 * HOUR, 28 * HOUR)]
    assert codes(ordinary, split) == []
    for by, wrong in ((0 * HOUR, []), (MICROSECOND, ["no_daily_rest"] * 2)):
        spread = [duty(0 * HOUR, 6 * HOUR), duty(9 * HOUR, 13 * HOUR + by)]
        assert codes([*spread, duty(24 * HOUR, 30 * HOUR)], split) == wrong


def test_a_row_has_no_monday():
    row = [duty(k * DAY, k * DAY + 8 * HOUR) for k in range(2, 12)]
    rules = LaborRules(tz="UTC", max_days=6, weekly_rest=None)
    told = [str(each) for each in check_roster(row, rules, agents=[ANN])]
    assert told == ["ann works 10 days in a row from 2026-03-04, more than 6"]


@given(st.integers(1, 12), st.integers(0, 30))
def test_decades_of_duties_are_judged_like_one_week(hours, years):
    weeks = 52 * years + 1
    rows = [
        duty(week * 7 * DAY + k * DAY, week * 7 * DAY + k * DAY + hours * HOUR)
        for week in range(0, weeks, 13)
        for k in range(5)
    ]
    found = codes(rows, LaborRules(tz="UTC", min_rest=None))
    blocks = len(range(0, weeks, 13))
    assert found.count("long_week") == (blocks if hours > 9 else 0)
    assert set(found) <= {"long_week"}


# contracts


def test_part_time_crews_are_counted_by_their_contracts():
    found = CoverageRule(weekly_hours=168, contract_hours=20).headcount()
    assert (found.people, dict(found.conditions), round(float(found.cover), 3)) == (
        10,
        {"hours balance": 10, "legality": 9, "availability": 10},
        0.778,
    )
    assert "at most 20 h each" in found.explain()
    assert CoverageRule(weekly_hours=168, contract_hours=20, weekly_cap=10).longest_week == 10


def test_a_whole_contract_may_be_stretched_to_the_cap():
    assert ROUND_THE_CLOCK.headcount(technologies=3).people == 15
    assert ROUND_THE_CLOCK.longest_week == BUSINESS_HOURS.longest_week == 48
    short = CoverageRule(weekly_hours=168, contract_hours=Fraction(77, 2))
    assert short.longest_week == Fraction(77, 2)
    whole = CoverageRule(
        weekly_hours=168, contract_hours=Fraction(77, 2), full_time=Fraction(77, 2)
    )
    assert whole.longest_week == 48


@given(st.integers(1, 168), st.integers(1, 48), st.integers(1, 3), st.sampled_from([0, 0.05]))
def test_nobody_of_a_crew_works_beyond_contract_or_cap(hours, contract, seats, sick):
    rule = CoverageRule(
        weekly_hours=hours, contract_hours=contract, seats=seats, absence=PaidAbsence(sick=sick)
    )
    crew = rule.headcount().conditions["legality"] // seats
    most = 48 if contract >= 40 else contract
    assert crew * most >= hours > (crew - 1) * most


# work of unlike length in one queue


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(1, 60)), min_size=1, max_size=4),
)
def test_pooled_work_keeps_its_first_two_moments(rows):
    demands = [Demand(count=n, per=HOUR, handle_time=m * MINUTE) for n, m in rows]
    whole, total = pooled(demands), sum(n for n, _ in rows)
    assert float(whole.load) == pytest.approx(float(sum(d.load for d in demands)), rel=1e-8)
    square = Fraction(sum(n * 2 * m * m for n, m in rows), total)
    mean = Fraction(sum(n * m for n, m in rows), total)
    assert float(whole.variation) == pytest.approx(float(square / mean**2 - 1), abs=1e-6)
    assert whole.variation >= 1 - Fraction(1, 10**6)
    twice = pooled([pooled(demands[:1]), *demands[1:]])
    assert twice == whole


@given(st.floats(0.05, 0.95), st.floats(0, 20))
def test_one_agent_waits_as_pollaczek_and_khinchin_say(load, variation):
    queue = erlang_c(load, agents=1, handle_time=MINUTE, variation=variation)
    assert queue.relative_wait == pytest.approx(load * (1 + variation) / 2 / (1 - load))
    plain = erlang_c(load, agents=1, handle_time=MINUTE)
    assert queue.p_wait == plain.p_wait
    assert (queue.service_level(MINUTE) <= plain.service_level(MINUTE)) == (variation >= 1) or (
        queue.service_level(MINUTE) == plain.service_level(MINUTE)
    )


def test_short_work_behind_long_takes_more_people():
    short = Demand(count=600, per=HOUR, handle_time=2 * MINUTE)
    long = Demand(count=60, per=HOUR, handle_time=30 * MINUTE)
    gain = pooling_gain([short, long], PROMISE)
    # simulated: 56 agents, which the mean alone asks for, answer 72.5 % in time, 58 answer 84 %
    mean = Demand(count=660, per=HOUR, handle_time=gain.together.demand.handle_time)
    assert required_agents(mean, PROMISE).agents == 56
    assert (gain.together.agents, gain.saved) == (58, 2)
    assert gain.together.binding == ("service level",)
    alike = pooling_gain([short, short], PROMISE).together
    assert alike.demand.variation == 1
    changed = what_if(gain.together.demand, PROMISE, volume=2).after.demand
    assert changed.variation == gain.together.demand.variation


def test_no_work_is_pooled_without_work():
    idle = [Demand(count=0, per=HOUR, handle_time=m * MINUTE) for m in (2, 30)]
    assert pooling_gain(idle, PROMISE).together.agents == 0


# questions without aim, and intervals that are too short


def test_patience_without_a_target_is_refused():
    calls = {"count": 100, "per": HOUR, "handle_time": 6 * MINUTE}
    patient = Demand(**calls, patience=2 * MINUTE)
    assert required_agents(Demand(**calls)).agents == 11
    for ask in (
        lambda: required_agents(patient),
        lambda: required_agents(patient, shrinkage=0.3, max_agents=9),
        lambda: agents_for(10, handle_time=MINUTE, patience=MINUTE),
        lambda: agents_for(0, handle_time=MINUTE, patience=MINUTE),
        lambda: pooling_gain([patient, patient], Targets()),
        lambda: what_if(patient, Targets()),
        lambda: requirement_curve(
            [1], Targets(), interval=HOUR, handle_time=MINUTE, patience=MINUTE
        ),
    ):
        with pytest.raises(InvalidValue, match=r"patience alone asks for nobody.*name a target"):
            ask()
    assert required_agents(patient, min_agents=3).agents == 3
    for aim in (
        {"target": PROMISE},
        {"max_occupancy": 0.9},
        {"max_abandonment": 0.05},
        {"max_wait": MINUTE},
    ):
        assert required_agents(patient, **aim).agents > 0


@given(st.integers(1, 200), st.sampled_from([1, 20, 300]), st.none() | st.integers(30, 600))
def test_a_mean_wait_binds_the_crew_that_keeps_it(count, seconds, patience):
    demand = Demand(
        count=count,
        per=HOUR,
        handle_time=6 * MINUTE,
        patience=None if patience is None else patience * SECOND,
    )
    found = required_agents(demand, max_wait=seconds * SECOND)
    assert found.figures.relative_wait * found.demand.handle_time <= (
        seconds * SECOND + MICROSECOND
    )
    fewer = found.one_fewer
    assert fewer is None or fewer.mean_wait is None or fewer.mean_wait >= seconds * SECOND
    assert not found.agents or set(found.binding) & {"mean wait", "stability"}


def test_an_interval_shorter_than_the_work_is_warned_of():
    volumes = [10, 40, 60, 80, 60, 20, 5]
    ask = {"interval": 15 * MINUTE, "handle_time": 45 * MINUTE}
    found = {}
    for method in ("sipp", "sipp_max", "lag", "mol"):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            found[method] = max(
                need.agents for need in requirement_curve(volumes, PROMISE, method=method, **ask)
            )
        assert [type(each.message) for each in told] == (
            [HandlingOutlastsInterval] if method in {"sipp", "sipp_max"} else []
        )
    assert (found["sipp"], found["mol"]) == (256, 146)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        requirement_curve(volumes, PROMISE, interval=15 * MINUTE, handle_time=15 * MINUTE)


def test_chats_one_by_one_are_calls():
    one, three = (
        chat(9, agents=agents, speedup=speedup, handle_time=10 * MINUTE).p_wait
        for agents, speedup in ((12, [1]), (4, [1, 2, 3]))
    )
    calls = erlang_c(9, agents=12, handle_time=10 * MINUTE).p_wait
    assert one == pytest.approx(calls, abs=1e-12)
    assert three == pytest.approx(calls, abs=1e-12)
    nobody = required_chat_agents(0, speedup=[1, 1.7], handle_time=10 * MINUTE, max_waiting=0.1)
    assert nobody == 0


@pytest.mark.parametrize("years", [1, 10, 40])
def test_a_curve_of_decades_repeats_its_week(years):
    week = [3, 0, 10, 8, 1, 0, 0]
    ask = {"interval": DAY, "handle_time": HOUR}
    one = requirement_curve(week, PROMISE, **ask)
    assert requirement_curve(week * 52 * years, PROMISE, **ask) == one * 52 * years


def test_patience_needs_no_variation():
    queue = erlang_a(10, agents=11, handle_time=MINUTE, patience=MINUTE)
    assert queue.variation == 1
    demand = Demand(count=600, per=HOUR, handle_time=MINUTE, patience=MINUTE, variation=9)
    assert required_agents(demand, PROMISE).agents == agents_for(
        10, PROMISE, handle_time=MINUTE, patience=MINUTE
    )


# rosters, where the solver is there


@pytest.fixture
def solver():
    return pytest.importorskip("ortools", reason="the extra `shifts` is not installed")


@pytest.mark.usefixtures("solver")
def test_rosters_keep_rest_and_length():
    dates = [date(2026, 3, 2) + k * DAY for k in range(2)]
    long = shift_posts("long", "08:00-22:00", dates, tz="UTC")
    found = fill_roster(long, [ANN], USUAL)
    assert (found.duties, [short.people for short in found.uncoverable]) == ((), [1, 1])
    ten = LaborRules(tz="UTC", daily_rest=10 * HOUR, min_rest=10 * HOUR)
    assert len(fill_roster(long, [ANN], ten).duties) == 2
    eleven = LaborRules(tz="UTC", max_duty=14 * HOUR, min_rest=10 * HOUR)
    assert len(fill_roster(long, [ANN], eleven).duties) == 1
    split = [
        Post(shift=name, start=MONDAY + a * HOUR, end=MONDAY + b * HOUR)
        for name, a, b in (("a", 0, 6), ("b", 7, 13), ("c", 14, 20))
    ]
    day = LaborRules(tz="UTC", min_rest=None)
    assert len(fill_roster(split, [ANN], day).duties) == 2
    rest = LaborRules(tz="UTC", min_rest=None, max_day=None)
    assert {x.shift for x in fill_roster(split, [ANN], rest).duties} in ({"a", "b"}, {"b", "c"})
    free = LaborRules(tz="UTC", min_rest=None, max_day=None, daily_rest=None)
    assert len(fill_roster(split, [ANN], free).duties) == 3


@pytest.mark.usefixtures("solver")
def test_nights_are_shared_like_hours():
    dates = [date(2026, 3, 2) + k * DAY for k in range(14)]
    posts = [
        *shift_posts("day", "08:00-20:00", dates, tz="UTC"),
        *shift_posts("night", "20:00-08:00", dates, tz="UTC"),
    ]
    team = [Agent(id=f"p{k}") for k in range(6)]
    rules = LaborRules(tz="UTC", nights={"night"})
    found = fill_roster(posts, team, rules, time_limit=3 * SECOND)
    nights = [sum(x.shift == "night" and x.person == a.id for x in found.duties) for a in team]
    assert (len(found.duties), found.lacking) == (28, ())
    assert max(nights) - min(nights) == found.night_spread <= 1


@pytest.mark.usefixtures("solver")
def test_a_row_of_last_week_goes_on():
    row = [duty(k * DAY, k * DAY + 8 * HOUR) for k in range(2, 8)]
    dates = [date(2026, 3, 10) + k * DAY for k in range(3)]
    rules = LaborRules(tz="UTC", max_days=6, weekly_rest=None)
    team = [ANN, Agent(id="bob")]
    filled = fill_roster(shift_posts("day", "09:00-17:00", dates, tz="UTC"), team, rules, kept=row)
    assert [x.person for x in filled.duties] == ["bob", "bob", "bob"]
