"""A figure is shown where the log supports it, and named with the reason where it does not."""

from datetime import UTC, datetime, timedelta

import pytest
from report.small_log import MAPPING

from support_model import kpi
from support_model._kpi.facts import Act, Rating
from support_model._report import catalogue, figure_sections, report
from support_model._report.wording import english
from support_model.adapters import table
from support_model.calendars import BusinessCalendar
from support_model.kpi import Facts, Solve
from support_model.report import report_to_data

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
END = NINE + 900 * HOUR
ALWAYS = BusinessCalendar.always()
HELD = {
    "messages": {"acts": (Act(NINE, "contact"), Act(NINE + HOUR, "reply", "ann"))},
    "bots": {"acts": (Act(NINE, "bot"),)},
    "effort": {"worked": HOUR},
    "holds": {"history": ((NINE, "new"), (NINE + HOUR, "on_hold"))},
    "group": {"groups": ("a",)},
    "line": {"lines": (1,)},
    "agent": {"agents": ("ann",)},
    "requester": {"fields": {"requester": "kim"}},
    "topic": {"fields": {"topic": "vpn"}},
    "statement": {"fields": {"custom.sla_met": False}},
    "second": {"solves": (Solve(NINE), Solve(NINE + HOUR))},
    "csat": {"ratings_requested": frozenset({"csat"})},
    "nps": {"ratings": (Rating(kind="nps", at=NINE, score=9, scale=(0, 10)),)},
}


def fact(**more):
    return Facts(
        **{"ticket_id": "1", "created": NINE, "as_of": END, "history": ((NINE, "new"),)} | more
    )


def test_every_need_is_known_by_what_a_ticket_has():
    assert {*HELD, "target"} == set(catalogue.NEEDS)
    assert catalogue.held([fact()]) == frozenset()
    for name, more in HELD.items():
        assert catalogue.held([fact(), fact(**more)]) == {name}


def test_one_solution_is_no_second_one():
    assert catalogue.held([fact(solves=(Solve(NINE),))]) == frozenset()


def test_a_target_needs_hours_and_hours_alone_are_none():
    for more in ({}, {"target": HOUR}, {"calendar": ALWAYS}):
        (one,) = [each for each in catalogue.asked(**more) if each.needs == ("target",)]
        assert (one.kpi, one.whole) == (None, None)
    assert all(each.needs != ("target",) for each in catalogue.asked(target=HOUR, calendar=ALWAYS))


def test_the_creation_alone_is_no_message():
    assert catalogue.held([fact(acts=(Act(NINE, "contact"),))]) == frozenset()
    twice = (Act(NINE, "contact"), Act(NINE + HOUR, "contact"))
    assert catalogue.held([fact(acts=twice)]) == {"messages"}


@pytest.mark.parametrize("missing", [*HELD, "nothing"])
def test_each_kpi_is_either_asked_or_absent(missing):
    every = catalogue.asked(target=HOUR, calendar=ALWAYS)
    holds = frozenset(HELD) - {missing}
    shown = [one.title.code for one in every if holds.issuperset(one.needs)]
    named = [each.title.code for each in catalogue.absent(every, holds)]
    never = [f"title_{name}" for name in catalogue.ALWAYS_ABSENT]
    assert sorted(shown + named) == sorted([one.title.code for one in every] + never)
    assert len({*shown, *named}) == len(shown + named)
    reasons = {each.reason.code for each in catalogue.absent(every, holds)}
    reasons -= {f"lacks_{name}" for name in catalogue.ALWAYS_ABSENT}
    assert reasons == ({f"lacks_{missing}"} if missing != "nothing" else set())


def test_what_is_absent_would_have_been_empty_or_a_lie():
    bare = [fact(), fact(ticket_id="2", solves=(Solve(NINE),), history=((NINE, "solved"),))]
    for one in catalogue.asked():
        if one.needs and one.kpi is not None and one.kpi.key != "full_resolution":
            figure = one.of(bare)
            value = getattr(figure, "value", None) or getattr(figure, "mean", None)
            assert not value or one.needs == ("group",)  # no group known is one group at most


def test_times_run_on_the_clock_asked_for_and_efforts_on_none():
    office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
    solved = fact(solves=(Solve(NINE + 24 * HOUR),), worked=30 * HOUR)
    by_key = {one.of(()).key: one for one in catalogue.asked(target=HOUR, calendar=ALWAYS)}
    resolved, effort = by_key["first_resolution"], by_key["handle_time"]
    assert [resolved.of([solved], each).mean / HOUR for each in (None, office)] == [24, 8]
    assert effort.of([solved], office).mean == 30 * HOUR
    assert [each.clock for each in resolved.on_clocks([solved], office)] == [
        "calendar",
        "business",
    ]
    assert [each.mean / HOUR for each in resolved.on_clocks([solved], office)] == [24, 8]
    assert [each.clock for each in resolved.on_clocks([solved])] == ["calendar"]
    assert [each.clock for each in effort.on_clocks([solved], office)] == ["calendar"]
    assert len(by_key["reopened"].on_clocks([solved], office)) == 1


def test_what_is_asked_of_all_tickets_at_once():
    late = NINE + 20 * HOUR
    facts = [
        fact(ticket_id="1", solves=(Solve(END),), fields={"requester": "kim", "topic": "vpn"}),
        fact(ticket_id="2", created=late, fields={"requester": "kim", "topic": "vpn"}),
        fact(ticket_id="3", created=NINE + 200 * HOUR, history=((NINE + 200 * HOUR, "open"),)),
    ]
    by_key = {one.of(()).key: one for one in catalogue.asked(target=HOUR, calendar=ALWAYS)}
    flow = by_key["solved_per_created"].of(facts)
    assert (flow.numerator, flow.denominator) == (1, 3)  # up to the last instant, included
    repeats = by_key["repeat_contact"].of(facts)
    assert (repeats.n, dict(repeats.excluded)) == (0, {"no_history": 2, "unknown_requester": 1})
    assert by_key["backlog_age"].of(facts).n == 3
    nobody = by_key["fcr_no_repeat"].of(facts)
    assert dict(nobody.excluded) == {"no_contact": 3}


def test_keys_and_titles_are_unique():
    every = catalogue.asked(target=HOUR, calendar=ALWAYS)
    keys = [one.of(()).key for one in every]
    assert len(keys) == len(set(keys))
    assert len({english(one.title) for one in every}) == len(every)
    assert [one.code for one in every] == keys


def test_a_log_with_everything_shows_everything():
    more = {}
    for each in HELD.values():
        for name, value in each.items():
            more[name] = {**more.get(name, {}), **value} if name == "fields" else value
    full = [
        fact(**more),
        fact(ticket_id="2", **HELD["messages"]),
        fact(ticket_id="3", **HELD["bots"]),
    ]
    asked = catalogue.asked(target=HOUR, calendar=ALWAYS)
    holds = catalogue.held(full)
    assert [one for one in asked if not holds.issuperset(one.needs)] == []
    figures = report.measure(full, asked, calendar=ALWAYS)
    keys = {figure.key for figure in figures}
    assert {"first_response", "net_promoter_score", "handle_time", "escalated"} <= keys
    answered = next(figure for figure in figures if figure.key == "first_response")
    assert (answered.n, dict(answered.excluded)) == (1, {"no_contact": 2})


def test_the_report_lists_the_absent_once_with_the_reason(small):
    made = report.make_report(table.read(small(), MAPPING))
    shown = {figure.key for figure in made.figures}
    assert not shown & {"first_response", "net_promoter_score", "csat_mean", "handle_time"}
    data = report_to_data(made)
    titles = [each["title"] for each in data["absent"]]
    assert len(titles) == len(set(titles))
    assert {
        "Until first response",
        "Net promoter score",
        "Cost per ticket, return on investment",
    } <= {*titles}
    assert all(each["reason"] for each in data["absent"])
    printed = figure_sections.absent(made)
    assert [english(row[0]) for row in printed.rows] == list(
        dict.fromkeys(e["reason"] for e in data["absent"])
    )


def test_every_figure_has_its_definition_and_reasons_in_words(small):
    made = report.make_report(table.read(small(), MAPPING), by="group")
    keys = {figure.key for figure in made.figures}
    defined = [row[-1] for row in figure_sections.definitions(made).rows]
    assert defined == [*dict.fromkeys(each.key for each in made.figures), "open_counted"]
    assert set(defined) == {*keys, "open_counted"}
    for figure in made.figures:
        assert figure.definition
        assert set(figure.excluded) <= set(kpi.EXCLUSIONS)
        assert made.titles[figure.key]
