"""A bug that people make over crews, duties, desks and rotas is noticed by a law or a case."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from desk import test_lint as lint
from desk import test_staff_lint as staff
from escalation import test_differential as differential
from escalation import test_oncall_laws as laws
from escalation import test_oncall_people as rota
from planted import Bug
from routing import test_people as routing
from staffing import test_crews as crews
from staffing import test_labor_rules as labor
from staffing import test_people as people
from staffing import test_queueing as queueing

from support_model._oncall.windows import daily
from support_model.instants import Span
from support_model.lines import Agent, Skill
from support_model.oncall import Absence, ByWorkedDates, Every, Layer, OnCall, Override, Swap
from support_model.shifts import LaborRules

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)


def rotation(**more):
    return Layer(["ann", "bob"], start="2026-03-02 00:00", tz="UTC", **more)


def test_a_handoff_belongs_to_who_comes():
    plan = OnCall([rotation()])
    at = MONDAY + 7 * 24 * HOUR
    roster = plan.roster(MONDAY, at + HOUR)
    for ask in (plan.who, roster.who):
        assert [*ask(MONDAY)] == [*ask(at - MICROSECOND)] == ["ann"]
        assert [*ask(at)] == ["bob"]


def test_exceptions_hold_from_their_first_instant_and_not_at_their_end():
    span = Span(MONDAY + HOUR, MONDAY + 2 * HOUR)
    for more, inside in (
        ({"overrides": [Override("cid", span)]}, {"cid"}),
        ({"absences": [Absence("ann", span)]}, set()),
        ({"swaps": [Swap("ann", "cid", span=span)]}, {"cid"}),
    ):
        plan = OnCall([rotation()], **more)
        edges = (span.start, span.end)
        asked = [plan.who(at + by) for at in edges for by in (-MICROSECOND, 0 * HOUR)]
        assert asked == [{"ann"}, inside, inside, {"ann"}]


def test_of_two_overrides_the_later_in_the_list_holds():
    span = Span(MONDAY, MONDAY + HOUR)
    plan = OnCall([rotation()], overrides=[Override("cid", span), Override("dee", span)])
    assert plan.who(MONDAY) == {"dee"}


def test_a_handoff_of_another_hour_than_the_start_cuts_the_first_turn():
    layer = Layer(
        ["ann", "bob"], start="2026-03-02 06:30", tz="UTC", form=Every(1, "days", handoff="09:00")
    )
    found = OnCall([layer]).roster(MONDAY, MONDAY + 48 * HOUR).handoffs()
    assert [f"{at:%d %H:%M}" for at in found] == ["02 06:30", "02 09:00", "03 09:00"]


def test_of_overlapping_windows_the_earlier_date_holds():
    nights = [daily("mon-sun", "18:00-06:00"), daily("mon-sun", "04:00-08:00")]
    plan = OnCall(
        [
            Layer(
                ["ann", "bob"],
                start="2026-03-02 18:00",
                tz="UTC",
                form=ByWorkedDates(1),
                windows=nights,
            )
        ]
    )
    asked = [MONDAY + 24 * HOUR + hours * HOUR for hours in (-1, 5, 6, 7, 18)]
    assert [[*plan.who(at)] for at in asked] == [["ann"], ["ann"], ["bob"], ["bob"], ["bob"]]


def test_a_hole_shows_the_layer_below():
    span = Span(MONDAY + HOUR, MONDAY + 2 * HOUR)
    layers = [evolve(rotation(), participants=[name]) for name in ("cid", "ann")]
    plan = OnCall(layers, absences=[Absence("ann", span)])
    asked = [MONDAY, span.start, span.end - MICROSECOND, span.end]
    assert [[*plan.who(at)] for at in asked] == [["ann"], ["cid"], ["cid"], ["ann"]]


def test_active_from_and_until_are_half_open():
    plan = OnCall([rotation(active_from="2026-03-03 00:00", until="2026-03-04 00:00")])
    first, last = MONDAY + 24 * HOUR, MONDAY + 48 * HOUR
    edges = [at + by for at in (first, last) for by in (-MICROSECOND, 0 * HOUR)]
    assert [bool(plan.who(at)) for at in edges] == [False, True, True, False]


def test_a_skill_that_ends_as_a_duty_begins_is_lacking():
    ann = Agent(id="ann", skills=[Skill(name="sap", expires=MONDAY)])
    for by, codes in ((-MICROSECOND, []), (0 * HOUR, ["without_skill"])):
        (start, end) = (MONDAY + by, MONDAY + HOUR)
        duty = labor.Duty(person="ann", shift="x", start=start, end=end, skills={"sap"})
        assert [
            x.reason.code for x in labor.check_roster([duty], labor.FREE, agents=[ann])
        ] == codes


def test_a_day_of_just_the_most_is_allowed():
    rules = LaborRules(tz="UTC", min_rest=None, daily_rest=None, max_day=12 * HOUR)
    assert labor.codes([labor.duty(0, 4), labor.duty(8, 16)], rules) == []
    assert labor.codes([labor.duty(0, 5), labor.duty(8, 16)], rules) == ["long_day"]


def test_days_in_a_row_have_no_hole():
    row = [labor.duty(24 * k, 24 * k + 4) for k in (0, 1, 3, 4)]
    rules = LaborRules(tz="UTC", max_days=2)
    assert labor.codes(row, rules) == []
    assert labor.codes([*row, labor.duty(48, 52)], rules) == ["days_in_a_row"]


def each_length():
    for length, found in ((13 * HOUR, []), (13 * HOUR + MICROSECOND, ["long_duty"])):
        crews.test_no_duty_outlasts_what_rest_leaves_of_a_day(length, found)


def each_duration():
    for form, found in (
        (rota.Every(1, "days", duration=24 * HOUR), []),
        (rota.Every(1, "days", duration=24 * HOUR + MICROSECOND), ["duration_beyond_turn"]),
    ):
        rota.test_lint_finds_durations_beyond_the_turn(form, found)


def each_presence():
    for presence, takes in (("unknown", "a"), ("busy", None), ("away", None)):
        routing.test_only_who_is_there_and_free_gets_work(presence, takes)


def each_role():
    for role in ("system", "agent"):
        routing.test_only_an_offer_ends_no_work(role)


def each_chain():
    for long in (1, 2, 5):
        staff.test_the_longest_chain_of_managers_decides_whether_one_is_there(long)


SEATS = differential.test_who_has_which_seat_as_the_slow_twin_says
BUGS = (
    # rotas
    Bug(
        "_oncall.rosters:Roster.who",
        "bisect_right(self.edges, t) - 1",
        "bisect_right(self.edges, t - 1) - 1",
        test_a_handoff_belongs_to_who_comes,
    ),
    Bug(
        "_oncall.rosters:Roster.gaps",
        "len(crew) < least",
        "len(crew) <= least",
        rota.test_a_doubled_seat_is_a_gap_of_two_and_lint_names_it,
    ),
    Bug(
        "_oncall.rosters:Roster.next_crew",
        "crew and crew != now",
        "crew != now",
        rota.test_who_is_next,
    ),
    Bug(
        "_oncall.plans:OnCall.seats",
        " - taken for k",
        " for k",
        rota.test_a_stand_in_never_has_a_second_seat,
    ),
    Bug("_oncall.plans:OnCall.seats", "turn[i] + 1", "turn[i] + 2", SEATS),
    Bug(
        "_oncall.plans:OnCall.seating",
        "max(overriding)",
        "min(overriding)",
        test_of_two_overrides_the_later_in_the_list_holds,
    ),
    Bug(
        "_oncall.plans:OnCall._edges",
        "end > first",
        "end >= first",
        differential.test_one_instant_asked_alone_gets_the_answer_of_the_roster,
    ),
    Bug(
        "_oncall.plans:OnCall._of_entry",
        "takers.get(one, one)",
        "one",
        test_exceptions_hold_from_their_first_instant_and_not_at_their_end,
    ),
    Bug(
        "_oncall.plans:OnCall.levels",
        "if any(seats.values()):",
        "if seats:",
        test_a_hole_shows_the_layer_below,
    ),
    Bug(
        "_oncall.plans:Layer.turns",
        "min(end, self.end)",
        "min(end, self.end + 1)",
        test_active_from_and_until_are_half_open,
    ),
    Bug(
        "_oncall.plans:Layer.changed",
        "(first - number)",
        "(first + number)",
        rota.test_a_dated_change_moves_no_handoff_and_passes_over_only_who_left,
    ),
    Bug(
        "_oncall.plans:_next_of",
        "place_after if k == 0 else (place_after + 1) % len(new)",
        "place_after",
        rota.test_a_member_leaves_and_everybody_else_keeps_the_turn,
    ),
    Bug(
        "_oncall.rotations:Every._aligned",
        "return start - (start - reading(self.handoff)) % DAY",
        "return start",
        test_a_handoff_of_another_hour_than_the_start_cuts_the_first_turn,
    ),
    Bug(
        "_oncall.rotations:_not_covered",
        "free = difference(own, covered)",
        "free = own",
        test_of_overlapping_windows_the_earlier_date_holds,
    ),
    Bug(
        "_oncall.rotations:_dated_pieces",
        "closes - opens <= DAY or day == last",
        "True",
        rota.test_worked_dates_of_a_calendar_pass_over_holidays,
    ),
    Bug(
        "_oncall.icalendar:_own",
        ".joined()",
        "",
        rota.test_a_personal_feed_has_an_event_for_each_unbroken_stretch,
    ),
    Bug(
        "_oncall.plans:OnCall.roster",
        "not crews or crew != crews[-1]",
        "True",
        laws.test_o2_shifts_and_gaps_tile_the_window,
    ),
    Bug("_oncall.lint:_durations", "length > turn", "length >= turn", each_duration),
    Bug(
        "_oncall.lint:_chains",
        "third != giver",
        "True",
        rota.test_lint_finds_a_substitute_of_a_substitute,
    ),
    Bug(
        "_oncall.lint:_judged",
        "inside >= min",
        "inside > 0 or inside >= min",
        rota.test_a_stand_in_is_a_third,
    ),
    # duties
    Bug("_shifts.labor_rules:too_long", "<= rules.max_duty", "< rules.max_duty", each_length),
    Bug(
        "_shifts.labor_rules:daily_rests",
        "rest < micros_of(rules.daily_rest)",
        "rest <= micros_of(rules.daily_rest)",
        crews.test_split_days_are_limited_in_hours_and_rest,
    ),
    Bug(
        "_shifts.labor_rules:long_days",
        "worked > rules.max_day",
        "worked >= rules.max_day",
        test_a_day_of_just_the_most_is_allowed,
    ),
    Bug(
        "_shifts.labor_rules:LaborRules.period",
        "max(micros_of(ONE_DAY), longest",
        "min(micros_of(ONE_DAY), longest",
        crews.test_a_long_duty_that_the_rules_allow_is_followed_by_its_rest,
    ),
    Bug(
        "_shifts.labor_rules:between_duties",
        ") < least:",
        ") <= least:",
        labor.test_every_limit_is_the_last_that_holds,
    ),
    Bug(
        "_shifts.labor_rules:long_runs",
        "late - early > 1",
        "late - early > 2",
        test_days_in_a_row_have_no_hole,
    ),
    Bug(
        "_shifts.labor_rules:unfit",
        "as_of=duty.start",
        "as_of=duty.end",
        labor.test_who_may_not_work_at_all,
    ),
    Bug(
        "lines:Skill.counts",
        "< ends)",
        "<= ends)",
        test_a_skill_that_ends_as_a_duty_begins_is_lacking,
    ),
    # crews
    Bug(
        "_staffing.coverage:CoverageRule.longest_week",
        "self.contract_hours < self.full_time",
        "self.contract_hours <= self.full_time",
        crews.test_a_whole_contract_may_be_stretched_to_the_cap,
    ),
    Bug(
        "_staffing.coverage:CoverageRule.headcount",
        "exact(longest))",
        "exact(self.weekly_cap))",
        crews.test_nobody_of_a_crew_works_beyond_contract_or_cap,
    ),
    Bug(
        "_staffing.demand:pooled",
        "(1 + exact(d.variation))",
        "exact(d.variation)",
        crews.test_pooled_work_keeps_its_first_two_moments,
    ),
    Bug(
        "queueing:stretch",
        "(1 + variation) / 2",
        "variation",
        crews.test_one_agent_waits_as_pollaczek_and_khinchin_say,
    ),
    Bug(
        "staffing:curve_loads",
        "time > length",
        "time >= length",
        crews.test_an_interval_shorter_than_the_work_is_warned_of,
    ),
    Bug(
        "queueing:agents_for",
        "max_occupancy == 1 and",
        "",
        crews.test_patience_without_a_target_is_refused,
    ),
    Bug(
        "staffing:Targets.crew",
        "max(agents, self.min_agents)",
        "agents",
        people.test_a_crew_says_what_binds,
    ),
    Bug(
        "_staffing.coverage:scheduled",
        "math.ceil(exact(agents) / (1 - ",
        "math.ceil(exact(agents) * (1 + ",
        people.test_e11_enough_remain_after_shrinkage,
    ),
    # routing and desks
    Bug(
        "_routing.ranking:sticky_owner",
        "absent(seat, IDLE, ticket)",
        "True",
        routing.test_a_deputy_takes_what_comes_back_during_an_absence,
    ),
    Bug(
        "_routing.rules:Routing.sort_key",
        "rank - raised",
        "max(rank - raised, 1)",
        routing.test_a_ticket_rises_by_one_rank_at_each_whole_wait,
    ),
    Bug(
        "_routing.ticket_logs:_ends",
        " and place not in refused",
        "",
        each_role,
    ),
    Bug(
        "_routing.ticket_logs:_waits_since",
        " and place not in refused",
        "",
        routing.test_who_was_offered_in_vain_keeps_the_place,
    ),
    Bug(
        "_routing.workloads:AgentState.away",
        '{"busy", "away", "offline"}',
        '{"away", "offline"}',
        each_presence,
    ),
    Bug(
        "_desk.presence_lint:_hours",
        "there.setdefault(person, []).extend(edges)",
        "there[person] = edges[-1:]",
        staff.test_every_stretch_of_a_roster_covers,
    ),
    Bug(
        "_desk.staff_lint:_longest_chain",
        "depth = -1 if here is None else above[here]",
        "depth = -1",
        each_chain,
    ),
    Bug(
        "_desk.staff_lint:_promised",
        "channel not in named",
        "channel in named",
        lint.test_channels_without_promise_are_found_as_by_trying_all,
    ),
    Bug(
        "_desk.policy_lint:Earlier.implied_by",
        "places.update(self._others)",
        "pass",
        lint.test_the_first_earlier_pattern_that_is_implied_is_found_as_by_trying_all,
    ),
    Bug(
        "_queueing.erlang:least_agents_c",
        "share * (agents + free)",
        "share * agents",
        queueing.test_e5_agents_are_enough_and_one_fewer_is_not,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
