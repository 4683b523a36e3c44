"""Mistakes of the kind people make in figures and statistics, each noticed by a test."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from conformance import kpi_statistics
from hypothesis import settings
from kpi import test_asked, test_kpi_laws, test_stays, test_told, test_twin, test_undefined
from kpi.test_told import HOUR, NINE, answered, created, merged, table, three, work
from planted import QUICK, SETTINGS, Bug
from tickets import test_holdings

from support_model import kpi
from support_model.figures import Distribution, Share
from support_model.instants import Span
from support_model.kpi import Facts, trend
from support_model.staffing import Job, deadline_capacity

VECTORS = Path(__file__).parents[1] / "vectors" / "kpi.json"


def statistics(op):
    """Return a check of all reference cases of one operation."""
    cases = [case for case in json.loads(VECTORS.read_text())["cases"] if case.get("op") == op]

    def check():
        assert [found for case in cases if (found := kpi_statistics.run(case))] == []

    return check


def thorough(test):
    """Return a test of Hypothesis with as many examples as the default profile of Hypothesis has.

    It ends at the first that fails, so a bug that laws reach costs little.
    """

    def test_thoroughly():
        own = getattr(test, SETTINGS)
        setattr(test, SETTINGS, settings(own, max_examples=200, **QUICK))
        try:
            test()
        finally:
            setattr(test, SETTINGS, own)

    return test_thoroughly


def whole_steps():
    assert kpi.satisfied().of(answered((3.5, (1, 5)), (4, (1, 5)))).numerator == 1


def chains():
    assert work(*three(*merged(5, "B", "A"), *merged(6, "C", "B"))) == (70, 1, 3)


def edges_of_periods():
    week, gap = Span(NINE, NINE + HOUR), Span(NINE + 2 * HOUR, NINE + 3 * HOUR)
    facts = table(created(0, "A"), created(1, "B"), created(2, "C"))
    parts = kpi.created_in(facts, [week, gap]).values()
    assert [[ticket.ticket_id for ticket in part] for part in parts] == [["A"], ["C"]]


def a_contact_after_the_very_gap_repeats():
    first, again = (
        Facts(
            ticket_id=f"T{hours}", as_of=NINE + 2 * HOUR, created=NINE + hours * HOUR,
            fields={"requester": "ann", "topic": "vpn"}, history=[(NINE + hours * HOUR, "new")],
        )
        for hours in (0, 1)
    )  # fmt: skip
    assert kpi.repeat_contacts([first, again], within=HOUR).share.numerator == 1


def windows_back():
    assert kpi.mature_until(NINE, HOUR) == NINE - HOUR


def on_the_threshold():
    calls = [kpi.Call(wait=timedelta(seconds=20), answered=True)]
    assert kpi.service_level(calls, within=timedelta(seconds=20)).value == 1


def a_period_that_ends_at_maturity_is_mature():
    share = Share(key="met", definition="on time", numerator=1, n=2)
    found = trend({Span(NINE, NINE + HOUR): share}, mature_until=NINE + HOUR)
    assert found.points[0].mature


def few_are_withheld_strictly_below():
    took = partial(Distribution, key="k", clock="calendar", definition="d", micros=[1, 2])
    assert (took(min_n=2).suppressed, took(min_n=3).suppressed) == (None, "small_n")


def outside_all_open_time():
    saturday = datetime(2026, 3, 7, tzinfo=UTC)
    job = Job(release=saturday, due_at=saturday + HOUR, work=HOUR, name="late")
    office = test_kpi_laws.OFFICE
    assert deadline_capacity([job], office).infeasible == ("late",)


def an_instant_of_a_change_is_the_new_category():
    fact = Facts(
        ticket_id="T", as_of=NINE + HOUR, created=NINE, history=[(NINE, "new"), (NINE, "open")]
    )
    assert fact.category_at(NINE) == "open"
    assert kpi.backlog([fact], at=NINE).n == 1


TIMES, SHARES, RATES, REPEATS, DEFLECTED, CREDITED = map(
    thorough,
    (
        test_twin.test_times,
        test_twin.test_shares,
        test_twin.test_rates,
        test_twin.test_repeat_contacts,
        test_twin.test_deflection,
        test_twin.test_whom_tickets_are_credited_to,
    ),
)
BUGS = (
    # boundaries
    Bug("_kpi.resolution:_reopenings", "end.above(AS_OF)", "~end.below(AS_OF)", SHARES),
    Bug("_kpi.resolution:solved_within", "FIRST_SOLVE.at_most(end)",
        "FIRST_SOLVE.below(end)", SHARES),
    Bug("_kpi.expressions:Sessions._sessions", "> gap", ">= gap", RATES),
    Bug("_kpi.contact:_follows", "between(earlier.created, ticket.created) <= within",
        "between(earlier.created, ticket.created) < within",
        a_contact_after_the_very_gap_repeats),
    Bug("_kpi.contact:no_repeat", "end.above(AS_OF)", "~end.below(AS_OF)", SHARES),
    Bug("_kpi.contact:deflection", "bisect_left(again, at)", "bisect_left(again, at + 1)",
        DEFLECTED),
    Bug("_kpi.contact:_any_until", "ascending[place] <= end", "ascending[place] < end",
        DEFLECTED),
    Bug("_kpi.periods:_by_span", "at < spans", "at <= spans", edges_of_periods),
    Bug("_kpi.calls:service_level", "call.wait <= within", "call.wait < within",
        on_the_threshold),
    Bug("_kpi.periods:_point", "<= micros(mature_until)", "< micros(mature_until)",
        a_period_that_ends_at_maturity_is_mature),
    Bug("_statistics.answers:SizedAnswer.suppressed", "self.n < self.min_n",
        "self.n <= self.min_n",
        few_are_withheld_strictly_below),
    Bug("_kpi.facts:Facts.category_at", "bisect_right", "bisect_left",
        an_instant_of_a_change_is_the_new_category),
    Bug("_staffing.deadlines:deadline_capacity", "end <= start", "end < start",
        outside_all_open_time),
    # which of several
    Bug("_kpi.resolution:full_resolution", "Stretch(CREATED, LAST_SOLVE",
        "Stretch(CREATED, FIRST_SOLVE", TIMES),
    Bug("_kpi.expressions:Last._at", "found[place - 1]", "found[0]",
        test_told.test_the_last_of_two_solutions_and_of_two_reopenings_counts),
    Bug("_kpi.case_tables:_Gathering.hold", "stays[-1][0] == at", "False",
        test_stays.test_of_one_instant_the_last_holds_and_a_change_taken_back_at_once_is_none),
    Bug("_kpi.facts:Facts.time_by", "is not None", "is not what",
        test_stays.test_time_with_each_holder_ends_with_the_solution_and_leaves_out_what_was_done),
    Bug("_kpi.facts:known_at", "sorted(told)", "told",
        test_stays.test_stretches_are_the_life_of_a_ticket_cut_where_something_changed),
    Bug("_kpi.facts:Facts.rating", "reversed(self.ratings)", "self.ratings", RATES),
    Bug("_kpi.expressions:Answered._find", "reversed(ticket.ratings)",
        "ticket.ratings",
        test_told.test_an_answer_that_changes_later_stays_in_its_period),
    Bug("_kpi.expressions:Pairs._count", "found[apart:]", "found[1:]", RATES),
    Bug("_kpi.work:_credit", "ticket.solves[-1:]", "ticket.solves[:1]",
        test_told.test_the_last_of_two_solutions_and_of_two_reopenings_counts),
    Bug("_kpi.sla:sla_compliance", "states[-1]", "states[0]",
        test_told.test_a_ticket_stands_as_its_last_cycle_or_its_worst),
    # who, and what counts
    Bug("_kpi.case_tables:_Gathering._credited", "owner or acting", "acting or owner",
        CREDITED),
    Bug("_kpi.facts:FieldsAsWere.__getitem__", "if held.get(name) is None", "if True",
        test_told.test_fields_are_split_as_they_were),
    Bug("_merge_chains:redirects", "went.survivor(ticket_id) for", "went.into[ticket_id] for",
        chains),
    Bug("_kpi.case_tables:_Gathering.hold", "None if offered else ", "",
        test_asked.test_an_offer_is_neither_a_handoff_nor_a_person_that_a_bot_needed),
    Bug("_ticket_rules:Holding.offer", "self.last is not None and ", "",
        test_holdings.test_what_makes_an_offer),
    Bug("_ticket_rules:_acts", 'event.role == "agent"', "True",
        test_holdings.test_what_makes_an_offer),
    Bug("_kpi.expressions:Pairs._count",
        "getattr(operator, self.order)", "operator.ne", RATES),
    Bug("_kpi.expressions:LineCosts._cost", "[*set(ticket.lines)]", "[*ticket.lines]",
        RATES),
    Bug("_kpi.expressions:Last._find", "found[-1]", "found[0]",
        test_told.test_only_what_was_closed_has_a_time_to_close),
    Bug("_kpi.sla:sla_compliance", 'counts["no_target"]', 'counts["no_contact"]',
        test_told.test_tickets_without_a_promise_are_named),
    Bug("_kpi.measures:_of_population",
        "ask.HISTORY if history else ask.POPULATION", "ask.POPULATION",
        test_told.test_present_values_tell_no_history),
    # scales, units, signs, None
    Bug("_kpi.ratings:Boxes.__call__", "exact >= high - boxes + 1", "exact > high - boxes",
        whole_steps),
    Bug("_kpi.ratings:_steps", "+ 1 if whole", "if whole",
        test_told.test_effort_is_read_on_the_scale_and_direction_stated),
    Bug("figures:Rate.__add__", "self.scales | other.scales", "self.scales",
        test_told.test_a_mean_is_of_one_scale),
    Bug("_kpi.measures:duration_micros", "micros(end) - micros(start)",
        "(micros(end) - micros(start)) // 1000", TIMES),
    Bug("_kpi.periods:mature_until", "-within", "within", windows_back),
    # statistics
    Bug("_statistics.probability:exceeds", "limit * (1 + SLACK)", "limit",
        test_undefined.test_a_median_is_bounded_at_the_very_coverage_of_its_ranks),
    Bug("_statistics.intervals:quantile_ranks",
        "binomial_sf(rank - 1, n, q)", "binomial_sf(rank, n, q)",
        statistics("quantile_interval")),
    Bug("_statistics.intervals:wilson", "_wilson_low(n - k, n, z)", "_wilson_low(k, n, z)",
        statistics("rate_interval")),
    Bug("_statistics.comparisons:two_proportions", "Fraction(k2, n2) - Fraction(k1, n1)",
        "Fraction(k1, n1) - Fraction(k2, n2)", statistics("two_proportions")),
    Bug("_statistics.comparisons:benjamini_hochberg", "len(tested) / (len(tested) - behind)",
        "len(p_values) / (len(p_values) - behind)",
        test_undefined.test_what_was_not_tested_is_not_rejected_nor_kept),
    Bug("_statistics.control_charts:_limits", "3 * _deviation", "2 * _deviation",
        statistics("laney")),
    Bug("_statistics.control_charts:xmr", "abs(value - mean) > reach",
        "abs(value - mean) >= reach", statistics("xmr")),
    Bug("_statistics.standardization:_split", "(w1 + w2) / 2", "w1", statistics("kitagawa")),
    Bug("_statistics.standardization:standardize", "share * share * rate", "share * rate",
        statistics("standardise")),
    Bug("_statistics.survival:_levels", "value ** exp(width), value ** exp(-width)",
        "value ** exp(-width), value ** exp(width)", statistics("kaplan_meier")),
    Bug("_statistics.survival:Survival.at", "t > self.last", "t >= self.last",
        statistics("kaplan_meier")),
    Bug("_statistics.survival:_at_risk", "n - left", "n", statistics("kaplan_meier")),
    Bug("_statistics.sketches:Sketch.__add__", "max(tops", "min(tops", statistics("sketch")),
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_planted_bugs_are_caught(bug):
    bug.must_be_caught()
