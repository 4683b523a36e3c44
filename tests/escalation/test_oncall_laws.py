"""On call: handoffs keep their local time, shifts tile the time, gaps are exact."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from conformance import oncall as oncall_cases
from escalation import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from support_model._oncall.rosters import DutyLoad, evenness
from support_model._oncall.windows import daily, instants_of, weekly
from support_model.instants import Span, micros
from support_model.oncall import (
    Absence,
    ByRule,
    ByWorkedDates,
    Every,
    Layer,
    OnCall,
    Override,
    Swap,
    explain_who,
    roster_fairness,
)

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "Atlantic/Azores",
    "Africa/Cairo",
    "Asia/Jerusalem",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
)
YEARS = datetime(2021, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
WEEK = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def jumps(zone):
    """The dates in the years looked at on which a zone's clock changes."""
    day, found = YEARS[0], []
    while day < YEARS[1]:
        after = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            found.append(day)
        day = after
    return found


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize(
    ("form", "times"),
    [
        (Every(1, "days"), {"09:30"}),
        (Every(12, "hours"), {"09:30", "21:30"}),
        (Every(1, "weeks", handoff="sun 09:30"), {"09:30"}),
        (ByRule("FREQ=DAILY"), {"09:30"}),
    ],
    ids=["days", "half-days", "weeks", "rule"],
)
def test_o1_handoffs_keep_their_local_time_over_every_clock_change(name, form, times):
    zone = ZoneInfo(name)
    changes = jumps(zone)
    assert changes
    layer = Layer(["ann", "bob", "cid"], start="2020-12-27 09:30", tz=name, form=form)
    roster = OnCall([layer]).roster(*YEARS)
    handoffs = roster.handoffs()
    assert {f"{at.astimezone(zone):%H:%M}" for at in handoffs} == times
    local = [at.astimezone(zone).replace(tzinfo=None) for at in handoffs]
    step = {"hours": timedelta(hours=12), "weeks": timedelta(weeks=1)}.get(
        getattr(form, "unit", "days"), timedelta(days=1)
    )
    assert all(b - a == step for a, b in pairwise(local)), "no turn is lost or doubled"


@pytest.mark.parametrize("name", ZONES)
def test_o1_a_handoff_inside_a_jump_waits_for_the_clock_and_is_not_repeated(name):
    zone = ZoneInfo(name)
    jumped_over = 0
    for time in ("00:30", "01:30", "02:15", "02:50"):
        layer = Layer(["ann", "bob"], start=f"2020-12-27 {time}", tz=name, form=Every(1, "days"))
        found = OnCall([layer]).roster(*YEARS).handoffs()
        local = [at.astimezone(zone) for at in found]
        assert len({at.date() for at in local}) == len(local), "one handoff a date"
        off = [at for at in local if f"{at:%H:%M}" != time]
        for at in off:  # only where the clock jumped over the reading, and then to its far side
            before = (at.astimezone(UTC) - MINUTE).astimezone(zone)
            wanted = datetime.fromisoformat(f"{at:%Y-%m-%d} {time}")
            assert before.replace(tzinfo=None) < wanted < at.replace(tzinfo=None)
        jumped_over += len(off)
    assert jumped_over


@given(cases.plans())
def test_o2_shifts_and_gaps_tile_the_window(drawn):
    data, first, last = drawn
    roster = oncall_cases.plan_of(data).roster(first, last)
    spans = [(shift.span, shift.who) for shift in roster.shifts()]
    spans += [(gap, frozenset()) for gap in roster.gaps()]
    spans.sort(key=lambda row: row[0].start)
    assert spans[0][0].start == first
    assert spans[-1][0].end == last
    for (one, crew), (two, other) in pairwise(spans):
        assert one.end == two.start
        assert crew != other
    for span, crew in spans:
        assert roster.who(span.start) == crew == roster.who(span.end - MINUTE / 60)
    assert [span.start for span, _ in spans[1:]] == list(roster.handoffs())


@given(cases.plans(), st.integers(1, 11))
def test_o3_windows_add_up_to_the_whole(drawn, parts):
    data, first, last = drawn
    plan = oncall_cases.plan_of(data)
    whole = plan.roster(first, last)
    middle = first + (last - first) * parts / 12
    left, right = plan.roster(first, middle), plan.roster(middle, last)
    crews = dict(zip(left.edges, left.crews, strict=True))
    crews |= dict(zip(right.edges, right.crews, strict=True))
    if left.crews[-1] == right.crews[0]:
        del crews[right.edges[0]]
    assert crews == dict(zip(whole.edges, whole.crews, strict=True))


@settings(max_examples=20)
@given(
    cases.plans(), st.sampled_from([MINUTE / 60_000_000, MINUTE, HOUR, 400 * DAY, 11 * 366 * DAY])
)
def test_o3_windows_of_any_length_agree(drawn, length):
    data, first, last = drawn
    plan = oncall_cases.plan_of(data)
    near = plan.roster(first, last)
    far = plan.roster(first, first + length)
    spans = [*far.shifts(), *far.gaps()]
    lengths = [getattr(each, "span", each).length for each in spans]
    assert sum(lengths, timedelta()) == length, "shifts and gaps tile the window"
    assert far.edges == tuple(edge for edge in near.edges if edge < far.end) or length > 8 * DAY
    for at in (first, *near.handoffs()[:8], first + length):
        if at < first + length:
            assert far.who(at) == plan.who(at)
    late = first + length - MICROSECOND
    assert far.who(late) == plan.who(late)


@given(cases.plans())
def test_o4_loads_are_the_shifts_seen_by_person(drawn):
    data, first, last = drawn
    roster = oncall_cases.plan_of(data).roster(first, last)
    loads = roster.loads(tz="Europe/Berlin")
    expected = Counter()
    for shift in roster.shifts():
        for person in shift.who:
            expected[person] += shift.span.length / MINUTE
    assert {person: load.total / MINUTE for person, load in loads.items()} == expected
    for load in loads.values():
        assert load.nights <= load.total
        assert load.weekends <= load.total
    around = roster.loads(tz="Europe/Berlin", night="00:00-24:00", weekend="mon-sun")
    for load in around.values():
        assert load.nights == load.weekends == load.total


@given(cases.plans())
def test_o5_without_somebody_nobody_sees_that_one_and_nothing_else_is_lost(drawn):
    data, first, last = drawn
    plan = oncall_cases.plan_of(data)
    for person, gaps in plan.single_absences(first, last).items():
        roster = plan.without(person).roster(first, last)
        assert gaps == roster.gaps()
        assert all(person not in crew for crew in roster.crews)
        for gap in plan.gaps(first, last):
            assert not roster.who(gap.start)


@given(cases.plans())
def test_o6_every_handoff_is_one_keyed_moment(drawn):
    data, first, last = drawn
    roster = oncall_cases.plan_of(data).roster(first, last)
    agenda = roster.agenda(as_of=first)
    assert [moment.at for moment in agenda] == list(roster.handoffs())
    for moment in agenda:
        before, after = roster.who(moment.at - MINUTE / 60), roster.who(moment.at)
        assert moment.kind == ("handoff" if after else "gap")
        assert moment.recipients == tuple(sorted(after))
        named = {"giver": tuple(sorted(before)), "taker": tuple(sorted(after))}
        said = {name: crew for name, crew in named.items() if crew}
        assert dict(moment.reason.params) == said
        codes = {2: "handoff", 1: "on_call_starts" if after else "on_call_gap"}
        assert moment.reason.code == codes[len(said)]
    later = oncall_cases.plan_of(data).roster(first - timedelta(days=3), last).agenda(as_of=first)
    assert {moment.key for moment in agenda} <= {moment.key for moment in later}


def test_a_swap_is_settled_before_an_absence_and_an_override_after():
    week = Span(*WEEK)
    layer = Layer(["ann"], start="2026-01-05 00:00", tz="UTC")
    away = [Absence("ann", week)]
    swapped = OnCall([layer], absences=away, swaps=[Swap("ann", "bob", span=week)])
    assert swapped.who(WEEK[0]) == {"bob"}
    overridden = OnCall([layer], absences=away, overrides=[Override("ann", week)])
    assert overridden.who(WEEK[0]) == {"ann"}
    assert [reason.code for reason in overridden.lint()] == ["override_of_absent"]
    onto = OnCall(
        [layer], absences=[Absence("bob", week)], swaps=[Swap("ann", "bob", span=week, back=None)]
    )
    assert onto.who(WEEK[0]) == frozenset()
    assert [reason.code for reason in onto.lint()] == ["swap_to_absent"]
    assert swapped.lint() == ()


def test_swaps_act_at_once_without_chains():
    week = Span(*WEEK)
    layer = Layer(["ann", "bob"], start="2026-03-02 00:00", tz="UTC", form=Every(1, "days"))
    chain = OnCall([layer], swaps=[Swap("ann", "bob", span=week), Swap("bob", "cid", span=week)])
    assert [sorted(shift.who) for shift in chain.shifts(*WEEK)[:3]] == [["bob"], ["cid"], ["bob"]]


def test_equal_priorities_fall_back_to_the_order_of_the_list_or_add_up():
    low, high, last = (
        Layer([name], start="2026-03-02 00:00", tz="UTC", priority=priority)
        for name, priority in (("ann", 1), ("bob", 2), ("cid", 2))
    )
    assert OnCall([high, last, low]).who(WEEK[0]) == {"cid"}
    assert OnCall([last, high, low]).who(WEEK[0]) == {"bob"}
    assert OnCall([last, high, low], same_priority="union").who(WEEK[0]) == {"bob", "cid"}


def test_a_weekly_window_reaches_over_the_week_end():
    layer = Layer(
        ["ann"], start="2026-01-05 00:00", tz="UTC", windows=[weekly("fri 18:00", "mon 09:00")]
    )
    gaps = OnCall([layer]).gaps(*WEEK)
    assert [(gap.start, gap.end) for gap in gaps] == [
        (utc("2026-03-02 09:00"), utc("2026-03-06 18:00"))
    ]
    assert (
        weekly("mon 09:00", "mon 09:00").end - weekly("mon 09:00", "mon 09:00").start
        == 7 * 86_400 * 10**6
    )
    assert weekly("mon 24:00", "wed 00:00") == weekly("tue 00:00", "wed 00:00")


def test_hours_of_a_week_may_be_given_as_a_calendar_writes_them():
    given_ = Layer(["ann"], start="2026-01-05 00:00", tz="UTC", windows={"mon-fri": "18:00-09:00"})
    made = Layer(
        ["ann"], start="2026-01-05 00:00", tz="UTC", windows=[daily("mon-fri", "18:00-09:00")]
    )
    assert OnCall([given_]).gaps(*WEEK) == OnCall([made]).gaps(*WEEK)


def test_worked_dates_may_have_a_duration_and_no_windows():
    layer = Layer(
        ["ann", "bob"],
        start="2026-03-02 06:00",
        tz="UTC",
        form=ByWorkedDates(2, timedelta(days=1, hours=12)),
    )
    shifts = OnCall([layer]).shifts(WEEK[0], utc("2026-03-06 00:00"))
    assert [(sorted(shift.who), shift.span.start, shift.span.end) for shift in shifts] == [
        (["ann"], utc("2026-03-02 06:00"), utc("2026-03-03 12:00")),
        (["bob"], utc("2026-03-04 00:00"), utc("2026-03-05 12:00")),
    ]


def test_a_worked_turn_lasts_from_the_first_window_of_its_date():
    layer = Layer(
        ["ann", "bob"],
        start="2026-03-02 00:00",
        tz="UTC",
        form=ByWorkedDates(1, timedelta(hours=6)),
        windows=[daily("mon-fri", "14:00-18:00"), daily("mon-fri", "09:00-12:00")],
    )
    shifts = OnCall([layer]).shifts(WEEK[0], utc("2026-03-03 00:00"))
    assert [(shift.span.start.hour, shift.span.end.hour) for shift in shifts] == [
        (9, 12),
        (14, 15),
    ]


@pytest.mark.parametrize(
    ("until", "turns"),
    [
        ("UNTIL=20260304", 3),  # the whole date
        ("UNTIL=20260304T083000", 2),
        ("UNTIL=20260304T090000", 3),
        ("UNTIL=20260304T080000Z", 3),  # 09:00 in Berlin
        ("UNTIL=20260304T075959Z", 2),
        ("COUNT=2", 2),
    ],
)
def test_a_rule_ends_where_it_says_on_the_local_clock(until, turns):
    rule = ByRule(f"FREQ=DAILY;{until}", timedelta(hours=1))
    layer = Layer(["ann"], start="2026-03-02 09:00", tz="Europe/Berlin", form=rule)
    assert len(OnCall([layer]).shifts(*WEEK)) == turns


def test_a_rule_that_never_occurs_leaves_a_gap_and_costs_no_search_to_the_end_of_time():
    rule = ByRule("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30")
    layer = Layer(["ann"], start="2026-03-02 09:00", tz="Europe/Berlin", form=rule)
    assert OnCall([layer]).gaps(*WEEK) == (Span(*WEEK),)


def test_far_ends_of_time_hold():
    layer = Layer(["ann", "bob"], start="0001-01-03 09:00", tz="Europe/Berlin")
    plan = OnCall([layer])
    assert len(plan.who(datetime(9999, 12, 30, tzinfo=UTC))) == 1
    assert plan.who(datetime(1, 1, 1, 12, tzinfo=UTC)) == frozenset()
    assert plan.roster(
        datetime(9999, 12, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    ).handoffs()


def test_a_roster_answers_inside_its_window_only():
    roster = OnCall([Layer(["ann"], start="2026-01-05 00:00", tz="UTC")]).roster(*WEEK)
    assert roster.who(WEEK[1] - timedelta(microseconds=1)) == {"ann"}
    for at in (WEEK[1], WEEK[0] - MINUTE):
        with pytest.raises(ValueError, match="outside"):
            roster.who(at)


def test_fairness_is_jains_index():
    hours = [timedelta(hours=n) for n in (4, 4, 4, 0)]
    assert evenness(hours) == 0.75
    assert evenness([]) is None
    assert roster_fairness({"ann": DutyLoad(), "bob": DutyLoad()}).total is None
    loads = OnCall([Layer(["ann"], start="2026-01-05 00:00", tz="UTC")]).roster(*WEEK)
    shares = roster_fairness(loads.loads(tz="UTC", people=["ann", "bob"]))
    assert (shares.total, shares.nights, shares.weekends) == (0.5, 0.5, 0.5)


def test_microseconds_are_kept():
    at = WEEK[0] + timedelta(microseconds=7)
    layer = Layer(["ann"], start=at.replace(tzinfo=None), tz="UTC")
    (gap,) = OnCall([layer]).gaps(*WEEK)
    assert micros(gap.end) == micros(at)


@given(cases.plans())
def test_reasons_end_in_who_is_on_call_and_name_how(drawn):
    data, first, last = drawn
    plan = oncall_cases.plan_of(data)
    for at in (first, *plan.roster(first, last).handoffs()[:5]):
        *why, final = explain_who(plan, at)
        crew = plan.who(at)
        if not crew:
            assert final.code == "on_call_nobody"
            assert {reason.code for reason in why} <= {
                "on_call_turn",
                "on_call_away",
                "on_call_swap",
            }
            continue
        assert final["who"] == tuple(sorted(crew))
        assert crew <= {
            person
            for reason in why
            for _, value in reason.params
            for person in (value if isinstance(value, tuple) else (value,))
        }


def test_reasons_name_swaps_absences_and_who_stands_in():
    week = Span(*WEEK)
    layer = Layer(["ann", "bob", "cid"], start="2026-03-02 00:00", tz="UTC")
    plan = OnCall(
        [layer],
        swaps=[Swap("ann", "bob", span=week)],
        absences=[Absence("bob", week)],
        when_away="next",
    )
    assert [reason.code for reason in explain_who(plan, WEEK[0])] == [
        "on_call_turn",
        "on_call_swap",
        "on_call_away",
        "on_call_stand_in",
        "on_call",
    ]
    assert dict(explain_who(plan, WEEK[0])[0].params) == {"layer": 1, "turn": 0, "who": ("ann",)}
    over = OnCall([layer], overrides=[Override("dee", week), Override("eve", week)])
    assert [dict(reason.params) for reason in explain_who(over, WEEK[0])] == [
        {"person": "eve"},
        {"who": ("eve",)},
    ]


def test_a_turn_is_not_named_before_it_begins():
    plan = OnCall([Layer(["ann", "bob"], start="2026-03-02 00:00", tz="UTC")])
    handoff = datetime(2026, 3, 9, tzinfo=UTC)
    told = {
        at: [reason["who"] for reason in explain_who(plan, at)]
        for at in (handoff - timedelta(microseconds=1), handoff)
    }
    assert [*told.values()] == [[("ann",)] * 2, [("bob",)] * 2]


def test_no_readings_have_no_instants():
    assert instants_of(ZoneInfo("Europe/Berlin"), []) == {}
