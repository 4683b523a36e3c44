"""Labor rules by a grid of hours; the solver's rosters against all there are."""

import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles import roster_oracle as oracle

from support_model._shifts import rosters as shift_rosters
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue, MissingExtra, NaiveDatetime, UnprovenCover
from support_model.instants import Span
from support_model.lines import Agent, Skill
from support_model.shifts import Duty, LaborRules, Post, check_roster, fill_roster, shift_posts

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ANN, BOB = Agent(id="ann"), Agent(id="bob")
FREE = LaborRules(tz="UTC", min_rest=None, daily_rest=None, weekly_rest=None, max_week=None)
DAILY = ("min_rest", "daily_rest", "max_duty", "max_day")

shift_names = st.sampled_from(["early", "late", "night"])
limits = st.fixed_dictionaries(
    {
        "min_rest": st.integers(1, 14) | st.none(),
        "daily_rest": st.integers(6, 14) | st.none(),
        "max_duty": st.integers(6, 24) | st.none(),
        "max_day": st.integers(6, 24) | st.none(),
        "weekly_rest": st.integers(12, 72),
        "max_week": st.integers(8, 60),
        "nights": st.just({"night"}),
        "max_nights": st.integers(0, 3),
        "max_days": st.integers(1, 5),
        "forbidden": st.sets(st.tuples(shift_names, shift_names), max_size=2),
    }
)


def rules_of(limits, **more):
    durations = {
        key: None if limits[key] is None else limits[key] * HOUR
        for key in (*DAILY, "weekly_rest", "max_week")
    }
    return LaborRules(tz="UTC", **{**limits, **durations}, **more)


def duty(start, end, shift="early", person="ann", **more):
    times = {"start": MONDAY + start * HOUR, "end": MONDAY + end * HOUR}
    return Duty(person=person, shift=shift, **times, **more)


def codes(duties, rules, *agents):
    return [each.reason.code for each in check_roster(duties, rules, agents=agents or [ANN])]


hours_worked = st.lists(
    st.tuples(st.integers(0, 320), st.integers(1, 16), shift_names), min_size=1, max_size=9
)
regular = st.lists(st.integers(0, 13), min_size=1, max_size=13, unique=True).flatmap(
    lambda days: st.tuples(*[shift_names.map(lambda name, d=d: on_date(d, name)) for d in days])
)


def on_date(day, name):
    return (24 * day + {"early": 6, "late": 14, "night": 22}[name], 8, name)


@settings(max_examples=100)
@given(hours_worked | regular, limits)
def test_violations_by_the_hour(worked, limits):
    times = [(start, start + length, shift) for start, length, shift in worked]
    duties = [duty(*each) for each in times]
    found = codes(duties, rules_of(limits))
    assert set(found) == oracle.broken(times, **limits)
    assert found == codes(duties[::-1], rules_of(limits))


def test_every_limit_is_the_last_that_holds():
    rules = LaborRules(tz="UTC", nights={"night"}, max_nights=2, max_days=3)
    assert codes([duty(0, 8), duty(19, 27)], rules) == []
    assert codes([duty(0, 8), duty(18, 26)], rules) == ["short_rest"]
    assert codes([duty(0, 8), duty(7, 8)], rules) == ["overlapping_duties"]
    nights = [duty(24 * k + 22, 24 * k + 30, "night") for k in range(4)]
    assert codes(nights[:2], rules) == []
    assert codes(nights, rules) == ["days_in_a_row", "nights_in_a_row"]
    days = [duty(24 * k, 24 * k + 12) for k in range(4)]
    assert codes([*days[:2], *days[3:]], rules) == []
    assert codes(days, LaborRules(tz="UTC")) == []
    assert codes([*days, duty(120, 121)], LaborRules(tz="UTC")) == ["long_week"]


def test_violations_say_who_when_and_why():
    late, early = duty(14, 22, "late"), duty(30, 38)
    (found,) = check_roster([early, late], LaborRules(tz="Europe/Berlin"), agents=[ANN])
    assert (found.person, found.span) == ("ann", Span(late.end, early.start))
    assert found.span.start.tzinfo == BERLIN
    assert str(found) == "ann rests 8h between late and early of 2026-03-03, less than 11h"
    week = check_roster(
        [duty(k * 24, k * 24 + 10) for k in range(5)], LaborRules(tz="UTC"), agents=[ANN]
    )
    assert str(week[0]) == "ann works 50h in the week of 2026-03-02, more than 48h"
    assert week[0].span == Span(MONDAY, MONDAY + 7 * DAY)


def test_violations_name_the_date_on_which_a_duty_starts_and_the_time_shared():
    rules = LaborRules(tz="UTC", max_week=None)
    (found,) = check_roster([duty(6, 14), duty(22, 30, "night")], rules, agents=[ANN])
    assert str(found) == "ann rests 8h between early and night of 2026-03-02, less than 11h"
    inside = [duty(0, 8), duty(4, 6, "late")]
    (found,) = check_roster(inside, rules, agents=[ANN])
    assert found.span == Span(MONDAY + 4 * HOUR, MONDAY + 6 * HOUR)
    # of two that end together the one that began first is named
    both = [duty(0, 8), duty(4, 8, "late"), duty(10, 12, "night")]
    found = check_roster(both, rules, agents=[ANN])
    assert str(found[1]) == "ann rests 2h between early and night of 2026-03-02, less than 11h"


def test_a_week_is_touched_by_a_microsecond():
    rules = LaborRules(tz="UTC")
    night = duty(166, 168).edges
    assert len(list(rules.weeks(*night))) == 1
    assert len(list(rules.weeks(night[0], night[1] + 1))) == 2


def test_rest_is_real_time_when_the_clock_changes():
    spring = [
        Duty(person="ann", shift="late", start=datetime(2026, 3, 28, 14, tzinfo=BERLIN),
             end=datetime(2026, 3, 28, 20, tzinfo=BERLIN)),
        Duty(person="ann", shift="early", start=datetime(2026, 3, 29, 7, tzinfo=BERLIN),
             end=datetime(2026, 3, 29, 12, tzinfo=BERLIN)),
    ]  # fmt: skip
    (found,) = check_roster(spring, LaborRules(tz=BERLIN), agents=[ANN])
    assert str(found.reason).startswith("ann rests 10h ")


def test_who_may_not_work_at_all():
    away = Agent(id="ann", absences=[Span(MONDAY + 7 * HOUR, MONDAY + 9 * HOUR)])
    assert codes([duty(0, 7)], FREE, away) == []
    assert codes([duty(0, 8)], FREE, away) == ["away"]
    assert codes([duty(9, 10)], FREE, away) == []
    skilled = Agent(id="ann", skills=["sap", Skill(name="linux", expires=MONDAY + 4 * HOUR)])
    asked = {"skills": {"linux", "sap"}}
    assert codes([duty(0, 8, **asked)], FREE, skilled) == []
    (found,) = check_roster([duty(4, 8, **asked)], FREE, agents=[skilled])
    assert str(found) == "ann lacks linux for early of 2026-03-02"
    part_time = Agent(id="ann", calendar=BusinessCalendar.weekly({"mon": "08:00-12:00"}, tz="UTC"))
    assert codes([duty(8, 12)], FREE, part_time) == []
    assert codes([duty(8, 13)], FREE, part_time) == ["not_own_hours"]
    assert codes([duty(0, 8, person="eve")], FREE) == ["unknown_person"]


def test_leave_of_one_skill_does_not_overlap():
    def away(name, start, end):
        span = Span(MONDAY + start * DAY, None if end is None else MONDAY + end * DAY)
        return Agent(id=name, skills=["sap"], absences=[span])

    rules = LaborRules(tz="UTC", max_away=1)
    assert codes([], rules, away("ann", 0, 5), away("bob", 5, 9)) == []
    (found,) = check_roster([], rules, agents=[away("bob", 4, None), away("ann", 0, 5)])
    assert (found.person, found.span) == (None, Span(MONDAY + 4 * DAY, MONDAY + 5 * DAY))
    assert str(found) == "ann, bob of those who know sap are away at once, more than 1"
    (endless,) = check_roster([], rules, agents=[away("bob", 4, None), away("ann", 2, None)])
    assert endless.span == Span(MONDAY + 4 * DAY)
    assert codes([], LaborRules(tz="UTC"), away("ann", 0, 5), away("bob", 0, 5)) == []


def test_bad_rules_and_duties():
    with pytest.raises(InvalidValue, match="end after"):
        duty(8, 8)
    with pytest.raises(NaiveDatetime):
        Duty(person="ann", shift="x", start=datetime(2026, 3, 2), end=MONDAY)
    for bad in ({"min_rest": timedelta()}, {"max_nights": -1}, {"weekly_rest": 7 * DAY}):
        with pytest.raises(InvalidValue):
            LaborRules(tz="UTC", **bad)
    with pytest.raises(InvalidValue):
        Post(shift="x", start=MONDAY, end=MONDAY + HOUR, people=-1)


def test_posts_follow_the_local_clock():
    dates = [date(2026, 3, 28) + k * DAY for k in range(2)]
    first, second = shift_posts("night", "22:00-06:00", dates, tz=BERLIN, people=[1, 2])
    assert (first.length, second.length) == (7 * HOUR, 8 * HOUR)
    assert (second.start.hour, second.people) == (22, 2)
    for hours, people in (("08:00-12:00, 13:00-17:00", 1), ("08:00-12:00", [1])):
        with pytest.raises(InvalidValue):
            shift_posts("day", hours, dates, tz=BERLIN, people=people)


def test_rosters_need_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools", None)
    monkeypatch.setitem(sys.modules, "ortools.sat.python.cp_model", None)
    with pytest.raises(MissingExtra, match=r"support-model\[shifts\]"):
        fill_roster([Post(shift="x", start=MONDAY, end=MONDAY + HOUR)], [ANN], FREE)


@pytest.fixture
def solver():
    return pytest.importorskip("ortools")


def post(start, end, shift, people):
    return Post(shift=shift, start=MONDAY + start * HOUR, end=MONDAY + end * HOUR, people=people)


@pytest.mark.usefixtures("solver")
@settings(max_examples=40)
@given(
    st.lists(st.tuples(hours_worked.map(lambda rows: rows[0]), st.integers(0, 2)), max_size=5)
    | regular.map(lambda rows: [(row, 1) for row in rows[:5]]),
    limits,
)
@example(
    [((24 * k + 22, 8, "night"), 1) for k in range(5)],
    {"min_rest": 11, "weekly_rest": 35, "max_week": 48, "nights": {"night"}, "max_nights": 1,
     "max_days": 6, "forbidden": set(), "daily_rest": None, "max_duty": None, "max_day": None},
)  # fmt: skip
def test_rosters_are_the_best_there_are(worked, limits):
    posts = [(start, start + length, shift, n) for (start, length, shift), n in worked]
    found = fill_roster([post(*each) for each in posts], [ANN, BOB], rules_of(limits))
    undone, spread = oracle.best(posts, 2, **limits)
    assert (found.shortage, found.gap) == (undone * HOUR, 0)
    assert (found.spread, found.spread_gap) == (spread * HOUR, 0)


@pytest.mark.usefixtures("solver")
def test_a_week_round_the_clock():
    dates = [date(2026, 3, 23) + k * DAY for k in range(7)]  # the clock changes in it
    shifts = {"early": "06:00-14:00", "late": "14:00-22:00", "night": "22:00-06:00"}
    posts = [
        p for name, hours in shifts.items() for p in shift_posts(name, hours, dates, tz=BERLIN)
    ]
    rules = LaborRules(tz=BERLIN, nights={"night"}, max_nights=4, max_days=6)
    crew = [Agent(id=name) for name in "abcde"]
    five = fill_roster(posts, crew, rules)
    assert (five.lacking, five.shortage, five.gap, five.spread_gap) == ((), timedelta(), 0, 0)
    assert len(five.duties) == 21
    three = fill_roster(posts, crew[:3], rules)
    assert three.shortage >= three.least_shortage >= 167 * HOUR - 3 * 48 * HOUR
    assert three.uncoverable == ()
    assert (
        sum((short.post.length * short.people for short in three.lacking), timedelta())
        == three.shortage
    )
    assert fill_roster(posts, crew, rules).duties == five.duties


@pytest.mark.usefixtures("solver")
def test_a_search_cut_short_answers_alike():
    dates = [date(2026, 3, 2) + k * DAY for k in range(7)]
    hours = {"early": "06:00-13:12", "late": "13:00-21:36", "night": "21:00-06:00"}
    people = [3, 1, 4, 1, 5, 2, 6]
    posts = [
        p for n, h in hours.items() for p in shift_posts(n, h, dates, tz=BERLIN, people=people)
    ]
    crew = [Agent(id=f"{number:02d}") for number in range(20)]
    rules = LaborRules(tz=BERLIN, nights={"night"}, max_nights=3, max_days=5)
    limit = timedelta(milliseconds=150)
    first, second = (fill_roster(posts, crew, rules, time_limit=limit) for _ in range(2))
    assert first.spread_gap > 0  # there was more to search
    assert first == second
    assert check_roster(first.duties, rules, agents=crew) == ()


@pytest.mark.usefixtures("solver")
def test_what_nobody_can_work_is_named():
    skilled = Agent(id="ann", skills=["sap"])
    wanted = Post(shift="x", start=MONDAY, end=MONDAY + HOUR, people=2, skills={"sap"})
    found = fill_roster([wanted], [skilled, BOB], FREE)
    assert [(short.post, short.people) for short in found.uncoverable] == [(wanted, 1)]
    assert [d.person for d in found.duties] == ["ann"]
    assert found.lacking == found.uncoverable
    assert found.spread == timedelta()


@pytest.mark.usefixtures("solver")
def test_last_week_counts():
    rules = LaborRules(tz="UTC", nights={"night"}, max_nights=2)
    kept = [duty(-2 - 24 * k, 6 - 24 * k, "night") for k in (0, 1)]
    tonight = [post(22, 30, "night", 1)]
    found = fill_roster(tonight, [ANN, BOB], rules, kept=kept)
    assert [d.person for d in found.duties] == ["bob"]
    assert found.spread == 8 * HOUR
    assert fill_roster(tonight, [ANN], rules, kept=kept).shortage == 8 * HOUR
    with pytest.raises(InvalidValue, match="kept duties"):
        fill_roster([], [ANN], rules, kept=[*kept, duty(-50, -42, "night")])
    with pytest.raises(InvalidValue, match="listed twice"):
        fill_roster([], [ANN, ANN], rules)


@pytest.mark.usefixtures("solver")
def test_leave_that_breaks_a_rule_already_does_not_stop_the_roster():
    span = Span(MONDAY + 7 * DAY, MONDAY + 9 * DAY)
    crew = [Agent(id=name, skills=["sap"], absences=[span]) for name in ("ann", "bob")]
    rules = LaborRules(tz="UTC", max_away=1)
    assert len(fill_roster([post(6, 14, "early", 1)], crew, rules).duties) == 1


def test_a_wrong_answer_of_the_solver_is_refused(monkeypatch):
    monkeypatch.setattr(
        shift_rosters, "solve", lambda *_: ([["ann"], ["ann"]], timedelta(), timedelta())
    )
    with pytest.raises(UnprovenCover, match="breaks a rule"):
        fill_roster(
            [post(0, 8, "early", 1), post(10, 18, "early", 1)], [ANN], LaborRules(tz="UTC")
        )
