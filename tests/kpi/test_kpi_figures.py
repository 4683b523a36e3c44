"""Figures beyond the drawn logs: withheld values, rates, calls, topics, clocks, and refusals."""

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist, stdev

import pytest
from attrs import evolve

from support_model import kpi
from support_model._statistics.intervals import net_promoter
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidShare, InvalidValue, MissingCreation
from support_model.events import Changed, Created, Message, Rated, RatingRequested, Worked
from support_model.figures import Distribution, Rate, Share, suppress
from support_model.serde import answer_from_data, answer_to_data
from support_model.sla import NEXT_RESPONSE, RESOLUTION, SlaPolicy, Target, evaluate
from support_model.summaries import Summary, summarize
from support_model.vocabulary import Status

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
END = NINE + 1000 * HOUR
SECOND = timedelta(seconds=1)


def status(name):
    return {"status": Status(name, name)}


def created(ticket="T1", at=NINE, role="customer", **fields):
    return Created(ticket_id=ticket, at=at, role=role, seq=0, fields=status("open") | fields)


def change(hours, name, *, ticket="T1", seq=1, role="agent", **more):
    at = NINE + hours * HOUR
    return Changed(ticket_id=ticket, at=at, role=role, seq=seq, fields=status(name) | more)


def one(*events, as_of=END):
    return kpi.facts_of(events, as_of=as_of)


def test_small_numbers_are_withheld_and_counts_are_not():
    share = Share(key="met", definition="on time", numerator=9, n=9, min_n=10)
    assert (share.value, share.interval, share.suppressed) == (None, None, "small_n")
    assert (share + share).value == 1.0
    assert suppress(share, 9).value == 1.0
    empty = Share(key="met", definition="on time", numerator=0, n=0, min_n=10)
    assert (empty.value, empty.suppressed) == (None, None)
    times = Distribution.of([HOUR] * 4, key="t", clock="calendar", definition="d")
    few = suppress(times, 5)
    assert (few.mean, few.quantile(0.5), few.interval(0.5), few.n) == (None, None, (None, None), 4)
    assert few.total == 4 * HOUR
    assert kpi.reopened().of([one(created(), change(1, "solved"))], min_n=2).suppressed


def test_a_histogram_counts_an_edge_with_what_begins_there():
    times = Distribution.of(
        [0 * HOUR, HOUR, 2 * HOUR, 9 * HOUR], key="t", clock="c", definition="d"
    )
    assert times.histogram([HOUR, 3 * HOUR]) == (1, 2, 1)
    assert times.histogram([]) == (4,)
    assert times.zero_share == 0.25


def test_rates_refuse_what_is_no_rate():
    good = {"key": "r", "definition": "d", "numerator": 1, "denominator": 2, "n": 2}
    for bad in ({"method": "magic"}, {"denominator": -1}, {"squares": 1}, {"method": "normal"}):
        with pytest.raises(InvalidValue):
            Rate(**good | bad)
    with pytest.raises(InvalidValue, match="different questions"):
        Rate(**good) + Rate(**good | {"key": "other"})
    assert Rate(**good).interval is None
    assert Rate(**good | {"denominator": 0}).value is None
    mean = Rate(
        **good | {"numerator": 6, "denominator": 3, "n": 3, "squares": 12}, method="normal"
    )
    assert mean.interval is None  # three equal contributions
    assert suppress(mean, 4).value is None


def test_the_interval_of_a_mean_is_the_normal_one():
    values = [1, 2, 2, 7]
    mean = Rate(
        key="r",
        definition="d",
        numerator=sum(values),
        denominator=4,
        n=4,
        squares=sum(value * value for value in values),
        method="normal",
    )
    half = NormalDist().inv_cdf(0.975) * stdev(values) / 2
    assert mean.interval == pytest.approx((3 - half, 3 + half))
    assert (mean + mean).interval[0] > mean.interval[0]
    score = Rate(
        key="nps", definition="d", numerator=1, denominator=4, n=4, squares=3, method="wald"
    )
    assert score.interval == net_promoter(2, 1, 1, adjusted=False)
    assert evolve(score, method="adjusted_wald").interval == net_promoter(2, 1, 1)


def test_files_of_figures_are_checked():
    share = Share(key="met", definition="on time", numerator=1, n=2, excluded={"void": 3})
    data = answer_to_data(share)
    assert answer_from_data("figure", data) == share
    for bad in (
        data | {"schema": 2},
        data | {"kind": "opinion"},
        data | {"numerator": 3},
        {name: value for name, value in data.items() if name != "n"},
        data | {"color": "red"},
    ):
        with pytest.raises(InvalidValue):
            answer_from_data("figure", bad)


def test_summaries_add_alike_only():
    times = Distribution.of([HOUR, 3 * HOUR], key="t", clock="calendar", definition="d")
    both = summarize(times) + summarize(times)
    assert (both.n, both.mean) == (4, 2 * HOUR)
    assert answer_from_data("figure", answer_to_data(both)) == both
    with pytest.raises(InvalidValue, match="another clock"):
        summarize(times) + Summary(
            key="t", clock="business", definition="d", total_micros=0, sketch=both.sketch
        )
    with pytest.raises(InvalidShare):
        both.quantile(2)


def test_facts_need_a_ticket_that_exists():
    with pytest.raises(MissingCreation):
        kpi.facts_of([created()], as_of=NINE - HOUR)
    assert kpi.case_table([created()], as_of=NINE - HOUR) == ()


def test_times_on_a_business_clock():
    office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
    fact = one(created(), change(24, "solved"))
    figure = kpi.first_resolution().of([fact], calendar=office)
    assert (figure.mean, figure.clock) == (8 * HOUR, "business")
    assert kpi.backlog([one(created())], at=NINE + 24 * HOUR, calendar=office).mean == 8 * HOUR


def test_a_message_on_a_solved_ticket_opens_a_wait_only_if_it_is_reopened():
    def message(hours, role, seq):
        at = NINE + hours * HOUR
        return Message(ticket_id="T1", at=at, role=role, actor="x", public=True, seq=seq)

    log = [
        created(),
        message(1, "agent", 1),
        change(1, "solved", seq=2),
        message(2, "customer", 3),
    ]
    assert [wait.outcome for wait in one(*log).waits] == ["replied"]
    answered = [*log, message(3, "agent", 4)]
    assert len(one(*answered).waits) == 1
    opened = one(*answered, change(4, "open", seq=5))
    assert [(wait.start, wait.end) for wait in opened.waits][1:] == [
        (NINE + 2 * HOUR, NINE + 3 * HOUR)
    ]
    assert [wait.first for wait in opened.waits] == [True, False]
    reopened = one(*log, change(5, "open", seq=4))
    assert (reopened.waits[-1].start, reopened.waits[-1].outcome) == (NINE + 2 * HOUR, "waiting")


def test_chains_of_repeats_grow_or_start_again():
    days = [0, 5, 10, 30]
    log = [
        created(f"T{day}", NINE + day * 24 * HOUR, requester="ann", topic="vpn") for day in days
    ]
    facts = kpi.case_table(log, as_of=END)
    week = 7 * 24 * HOUR
    grown = kpi.repeat_contacts(facts, within=week)
    assert (grown.share.numerator, grown.chains, grown.longest_chain) == (2, 1, 3)
    first = kpi.repeat_contacts(facts, within=week, link="first")
    assert (first.share.numerator, first.chains, first.longest_chain) == (1, 1, 2)
    late = kpi.repeat_contacts(facts, within=week, history_from=NINE)
    assert (late.share.numerator, late.share.n) == (1, 2)
    assert late.share.excluded == {"no_history": 2}
    edge = kpi.repeat_contacts(facts, within=week, history_from=NINE + 3 * 24 * HOUR)
    assert edge.share.excluded == {"no_history": 2}
    shared = kpi.repeat_contacts(facts, within=week, shared=["ann"])
    assert shared.share.excluded == {"unknown_requester": 4}


def test_handle_time_is_left_out_where_none_is_recorded():
    worked = Worked(ticket_id="T1", at=NINE + HOUR, role="agent", seq=1, duration=HOUR / 4)
    again = Worked(ticket_id="T1", at=NINE + 2 * HOUR, role="agent", seq=2, duration=HOUR / 2)
    figure = kpi.HANDLE_TIME.of([one(created(), worked, again), one(created("T2"))])
    assert (figure.mean, figure.excluded) == (HOUR * 3 / 4, {"no_work_recorded": 1})


def test_voids_are_out_of_everything_but_the_past_backlog():
    gone = one(created(), change(1, "solved"), change(2, "open", seq=2), change(3, "void", seq=3))
    assert kpi.reopened().of([gone]).excluded == {"void": 1}
    assert kpi.resolution_curve([gone]).n == 0
    assert kpi.attributed([gone]).excluded == {"void": 1}
    assert kpi.expense_per_ticket([gone], variable=3).excluded == {"void": 1}
    flow = kpi.solved_per_created([gone], since=NINE, until=END)
    assert (flow.value, flow.excluded) == (None, {"void": 1})
    assert [kpi.backlog([gone], at=NINE + hours * HOUR).n for hours in (0, 1, 2, 3)] == [
        1,
        0,
        1,
        0,
    ]
    with pytest.raises(InvalidValue, match="facts end"):
        kpi.backlog([gone], at=END + HOUR)


def ask(score, *, hours=1, seq=1, kind="csat", scale=(1, 5)):
    at = NINE + hours * HOUR
    return Rated(
        ticket_id="T1", at=at, role="customer", seq=seq, kind=kind, score=score, scale=scale
    )


@pytest.mark.parametrize(
    ("score", "scale", "top", "good"),
    [(4, (1, 5), None, True), (3, (1, 5), None, False), (4, (1, 5), 1, False),
     (2, (1, 2), None, True), (3, (1, 4), None, False), (4, (1, 4), None, True),
     (6, (1, 7), None, True)],
)  # fmt: skip
def test_top_boxes(score, scale, top, good):
    fact = one(created(), ask(score, scale=scale))
    assert kpi.satisfied(top=top).of([fact]).value == good


@pytest.mark.parametrize(
    ("score", "scale", "direction", "easy"),
    [(5, (1, 7), "high_is_easy", True), (4, (1, 7), "high_is_easy", False),
     (3, (1, 7), "low_is_easy", True), (4, (1, 7), "low_is_easy", False),
     (4, (1, 5), "high_is_easy", True), (3, (1, 5), "high_is_easy", False),
     (2, (1, 5), "low_is_easy", True), (3, (1, 5), "low_is_easy", False)],
)  # fmt: skip
def test_easy_boxes_know_their_direction(score, scale, direction, easy):
    fact = one(created(), ask(score, scale=scale, kind="ces"))
    assert kpi.low_effort(direction=direction).of([fact]).value == easy
    place = (score - scale[0]) / (scale[1] - scale[0])
    ease = place if direction == "high_is_easy" else 1 - place
    assert kpi.ease(direction=direction).of([fact]).value == pytest.approx(ease)


def test_the_last_answer_counts_and_belongs_to_a_date():
    asked = RatingRequested(ticket_id="T1", at=NINE, role="system", seq=1, kind="csat")
    fact = one(
        created(),
        asked,
        change(1, "solved", seq=2),
        ask(1, hours=2, seq=3),
        ask(5, hours=30, seq=4),
    )
    cut = {"since": NINE, "until": NINE + 24 * HOUR}
    assert kpi.satisfied().of([fact]).value == 1
    assert kpi.satisfied(**cut).of([fact]).value == 0  # what it was in the period stays
    assert kpi.satisfied(**cut, date="solved").of([fact]).value == 1
    assert kpi.response_rate("csat").of([fact, one(created("T2"))]).n == 1


REFUSED = (
    lambda: kpi.first_response(agent_created="never"),
    lambda: kpi.first_response(start="whenever"),
    lambda: kpi.backlog([], age_from="birth"),
    lambda: kpi.no_handoff(["desk"]),
    lambda: kpi.repeat_contacts([], within=HOUR, anchor="closed"),
    lambda: kpi.repeat_contacts([], within=HOUR, link="last"),
    lambda: kpi.attributed([], "boss"),
    lambda: kpi.satisfied(top=0),
    lambda: kpi.satisfied(date="sent"),
    lambda: kpi.effort(direction="up"),
    lambda: kpi.service_level([], within=HOUR, of="all"),
    lambda: kpi.sla_compliance([], "resolution", unit="row"),
    lambda: kpi.occupancy(talk=-HOUR, hold=HOUR, wrap=HOUR, available=HOUR),
    lambda: kpi.cost_per_ticket({1: 5}).of([one(created(line=2), change(1, "solved"))]),
)


@pytest.mark.parametrize("place", range(len(REFUSED)))
def test_unknown_options_are_refused(place):
    with pytest.raises(InvalidValue):
        REFUSED[place]()


def test_four_service_levels_of_the_same_calls():
    waits = [(5, True), (20, True), (25, True), (3, False), (20, False), (45, False)]
    calls = [kpi.Call(wait=wait * SECOND, answered=answered) for wait, answered in waits]
    found = {
        of: kpi.service_level(calls, within=20 * SECOND, of=of)
        for of in ("offered", "answered", "exclude_early_abandons", "early_abandons_met")
    }
    assert {of: (one.numerator, one.n) for of, one in found.items()} == {
        "offered": (2, 6),
        "answered": (2, 3),
        "exclude_early_abandons": (2, 4),
        "early_abandons_met": (4, 6),
    }
    assert found["answered"].excluded == {"abandoned": 3}
    assert found["exclude_early_abandons"].excluded == {"early_abandon": 2}
    assert kpi.abandonment(calls, short=3 * SECOND).n == 6
    assert kpi.abandonment(calls, short=4 * SECOND).excluded == {"short_abandon": 1}


def test_what_was_said_by_whom():
    said = [("agent", True), ("agent", False), ("system", False), ("bot", True), ("bot", False),
            ("third_party", True), ("customer", True), ("customer", False)]  # fmt: skip
    log = [
        Message(ticket_id="T1", at=NINE + HOUR, role=role, public=public, seq=seq)
        for seq, (role, public) in enumerate(said, 1)
    ]
    fact = one(created(role="agent"), *log)
    kinds = ("reply", "note", "bot", "contact", "assigned")
    assert [fact.count(kind) for kind in kinds] == [1, 1, 1, 1, 0]


def test_a_ticket_as_old_as_the_horizon_counts():
    fact = one(created(), change(2, "solved"), change(3, "open", seq=2), as_of=NINE + 4 * HOUR)
    assert kpi.solved_within(4 * HOUR).of([fact]).value == 1
    assert kpi.solved_within(5 * HOUR).of([fact]).excluded == {"immature": 1}
    assert kpi.reopened(within=2 * HOUR).of([fact]).value == 1
    assert kpi.reopened(within=3 * HOUR).of([fact]).excluded == {"immature": 1}


def test_shares_of_paid_time():
    used = kpi.utilization(talk=4 * HOUR, hold=HOUR, wrap=HOUR, paid=8 * HOUR)
    assert (used.value, used.n, used.numerator) == (0.75, 1, 6 * 3600)
    idle = kpi.utilization(talk=0 * HOUR, hold=0 * HOUR, wrap=0 * HOUR, paid=0 * HOUR)
    assert (idle.value, idle.n) == (None, 0)


def test_return_on_investment_counts_marginal_cost_and_says_when():
    found = kpi.return_on_investment(
        avoided=[0, 100, 100], marginal_cost=10, investment=900, running=100
    )
    assert found.ratio == pytest.approx((2000 - 1200) / 1200)
    assert found.payback == pytest.approx(2 + 100 / 900)
    never = kpi.return_on_investment(avoided=[1, 1], marginal_cost=10, investment=900)
    assert never.payback == float("inf")
    assert kpi.return_on_investment(avoided=[1], marginal_cost=1, investment=0).ratio is None


def test_the_interval_of_a_return_bounds_ratio_and_payback_apart():
    drawn = iter(range(1, 102))

    def draw(_):
        return kpi.return_on_investment(avoided=[next(drawn)] * 50, marginal_cost=1, investment=50)

    worst, best = kpi.return_interval(draw, rng=None, level=0.8, draws=101)
    assert (worst.ratio, best.ratio) == (10, 90)  # of the ratios 0, 1, ... 100
    assert (worst.payback, best.payback) == (pytest.approx(50 / 11), pytest.approx(50 / 91))

    def nothing_paid(_):
        return kpi.return_on_investment(avoided=[1], marginal_cost=1, investment=0)

    assert kpi.return_interval(nothing_paid, rng=None) is None
    with pytest.raises(InvalidValue, match="nothing is drawn"):
        kpi.return_interval(draw, rng=None, draws=0)
    with pytest.raises(InvalidShare):
        kpi.return_interval(draw, rng=None, level=1.0)


def test_topics_against_the_week_before():
    week = timedelta(days=7)
    log = [
        *(created(f"A{i}", NINE, topic="vpn") for i in range(5)),
        *(created(f"B{i}", NINE + week, topic="vpn") for i in range(4)),
        *(created(f"C{i}", NINE + week, topic="mail") for i in range(40)),
        created("D", NINE + week),
    ]
    facts = kpi.case_table(log, as_of=END)
    periods = {"current": (NINE + week, NINE + 2 * week), "previous": (NINE, NINE + week)}
    found = kpi.top_topics(facts, min_count=2, **periods)
    assert [(one.name, one.share.numerator, one.new) for one in found.topics] == [
        ("mail", 40, True),
        ("vpn", 4, False),
    ]
    assert (found.n, found.excluded) == (44, {"unknown_topic": 1})
    assert [one.through for one in found.topics] == [40 / 44, 1.0]
    assert found.topics[1].change.value == pytest.approx(4 / 44 - 1)
    assert found.topics[1].p_adjusted < 0.01
    assert not kpi.top_topics(facts, min_count=41, **periods).topics[0].new


def test_compliance_counts_late_and_undecided_apart():
    target = Target(metric=RESOLUTION, within=2 * HOUR, calendar=BusinessCalendar.always())
    policy = SlaPolicy(name="p", targets=[target])

    def stands(*events, hours):
        results = [evaluate(events, policy, as_of=NINE + hours * HOUR)]
        found = kpi.sla_compliance(results, "resolution")
        return [name for name in ("met", "missed", "running_late", "undecided", "cancelled")
                if getattr(found, name)]  # fmt: skip

    assert stands(created(), change(2, "solved"), hours=9) == ["met"]
    assert stands(created(), change(3, "solved"), hours=9) == ["missed"]
    assert stands(created(), hours=2) == ["undecided"]
    assert stands(created(), hours=3) == ["running_late"]
    assert stands(created(), change(1, "pending"), hours=9) == ["undecided"]
    assert stands(created(), change(2, "pending"), hours=9) == ["undecided"]
    assert stands(created(), change(3, "pending"), hours=9) == ["running_late"]
    assert stands(created(), change(3, "void"), hours=9) == ["cancelled"]
    further = Target(metric=NEXT_RESPONSE, within=HOUR, calendar=BusinessCalendar.always())
    results = [evaluate([created()], SlaPolicy(name="p", targets=[further]), as_of=END)]
    found = kpi.sla_compliance(results, "next_response")
    assert (found + found).share.excluded == {}
    with pytest.raises(InvalidValue):
        found + kpi.sla_compliance([], "resolution")


def test_attribution_by_touch_shares_a_ticket():
    def wrote(hours, agent, seq, *, public=True):
        at = NINE + hours * HOUR
        return Message(ticket_id="T1", at=at, role="agent", actor=agent, public=public, seq=seq)

    fact = one(
        created(),
        wrote(1, "ann", 1),
        wrote(2, "bob", 2, public=False),
        wrote(3, "bob", 3),
        change(4, "solved", seq=4, role="system"),
    )
    assert kpi.attributed([fact], "touch").by_agent == {
        "ann": Fraction(1, 3),
        "bob": Fraction(2, 3),
    }
    assert kpi.attributed([fact], "first_replier").by_agent == {"ann": 1}
    assert kpi.attributed([fact]).excluded == {"unattributed": 1}
    found = kpi.attributed([fact], "touch")
    assert found.per_fte({"ann": 0.5, "eve": 0}) == {"ann": pytest.approx(2 / 3), "eve": None}
    assert found.rate({"ann": 0.5, "eve": 0}).value == 2


def test_every_kpi_and_every_exclusion_is_defined_on_the_page():
    page = Path(__file__).parents[2] / "docs" / "reference" / "kpi-definitions.md"
    said = {*re.findall(r"\w+", page.read_text("utf-8"))}
    kinds = {"EXCLUSIONS", "Facts", "Funnel", "RateKpi", "ShareKpi", "Solve", "TimeKpi",
             "Topics", "Trend", "Unread", "with_merged", "facts_of", "created_in",
             "Comparison", "DaysOfWork", "Entries", "HandOver", "PlaceTimes", "PlainFacts",
             "RareTrend", "Stay", "Stretch", "TimeIn", "Volume", "in_top_boxes",
             "packed", "picked", "plain_parts", "facts_in_order", "without_circles"}  # fmt: skip
    assert {*kpi.__all__} - said <= kinds
    assert {*kpi.EXCLUSIONS} <= said
    assert {*kpi.KPIS} - said <= {"acknowledgement", "handle_time", "straight_through",
                                  "time_to_close"}  # fmt: skip


def test_the_ready_kpis_are_found_by_their_keys():
    assert all(each.key == key for key, each in kpi.KPIS.items())
    assert kpi.KPIS["acknowledgement"] is kpi.MTTA
    with pytest.raises(TypeError):
        kpi.KPIS["mine"] = kpi.MTTA


def test_a_definition_says_what_an_option_changes():
    def said(**options):
        return kpi.first_response(**options).definition

    assert said() == "from the first contact of the customer to the first public reply of a person"
    assert said(bots=True) == f"{said()}, or a bot"
    assert said(notes=True) == f"{said()}, or a note"
    assert said(start="assignment") == said().replace("contact of the customer", "assignment")
    soon = " within 1h of the first solution"
    both = [make(within=w) for make in (kpi.reopened, kpi.reopenings) for w in (None, HOUR)]
    assert {each.key: each.definition for each in both} == {
        "reopened": "left solved or closed (not into void), of tickets ever solved",
        "reopened_within": f"left solved or closed (not into void){soon}, of tickets ever solved",
        "reopenings": "reopenings per ticket ever solved",
        "reopenings_within": f"reopenings{soon} per ticket ever solved",
    }
    for make in (kpi.first_resolution, kpi.full_resolution):
        assert "less" not in make().definition
        assert (
            ", less the time in pending, on_hold" in make(pause=["pending", "on_hold"]).definition
        )
    assert kpi.abandonment([]).definition == "abandoned, of calls offered"
    assert "without abandons under 0:00:05" in kpi.abandonment([], short=5 * SECOND).definition
    marginal, whole = (kpi.expense_per_ticket([], variable=1, fixed=fixed) for fixed in (0, 2))
    assert (marginal.key, whole.key) == ("marginal_expense_per_ticket", "expense_per_ticket")
    assert whole.definition == f"fixed and {marginal.definition}"


def test_compliance_counts_cycles_or_tickets():
    def wrote(hours, role, seq):
        at = NINE + hours * HOUR
        return Message(ticket_id="T1", at=at, role=role, actor="x", public=True, seq=seq)

    calendar = BusinessCalendar.always()
    target = Target(metric=NEXT_RESPONSE, within=2 * HOUR, calendar=calendar)
    log = [created(), wrote(1, "agent", 1)]
    log += [wrote(2, "customer", 2), wrote(9, "agent", 3)]  # missed
    log += [wrote(10, "customer", 4), wrote(11, "agent", 5)]  # met
    results = [evaluate(log, SlaPolicy(name="p", targets=[target]), as_of=END)]
    found = {
        unit: kpi.sla_compliance(results, "next_response", unit=unit)
        for unit in ("cycle", "ticket_last", "ticket_any")
    }
    assert {unit: (each.met, each.missed) for unit, each in found.items()} == {
        "cycle": (1, 1),
        "ticket_last": (1, 0),
        "ticket_any": (0, 1),
    }
