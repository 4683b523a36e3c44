"""Edges: what lies exactly on a window, a threshold or a date, and who is asked at all."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from attrs import evolve

from support_model import kpi
from support_model._kpi.facts import Act, Rating
from support_model.figures import Distribution
from support_model.kpi import Solve
from support_model.summaries import summarize

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def hour(n):
    return NINE + n * HOUR


def fact(ticket="T1", created=0, history=(), solves=(), reopenings=(), as_of=100, **more):
    """A ticket told in hours; solved where it was solved last."""
    told = [(hour(created), "open"), *((hour(at), name) for at, name in history)]
    return kpi.Facts(
        ticket_id=ticket,
        as_of=hour(as_of),
        created=hour(created),
        history=tuple(told),
        solves=tuple(Solve(hour(at)) for at in solves),
        reopenings=tuple(hour(at) for at in reopenings),
        **more,
    )


def solved(ticket="T1", at=2, **more):
    return fact(ticket, history=[(at, "solved")], solves=[at], **more)


CONTACT = {"acts": (Act(NINE, "contact"),), "fields": {"requester": "ann", "topic": "vpn"}}


def test_spells_are_never_empty_and_end_where_asked():
    waits = fact(history=[(1, "pending"), (1, "open"), (2, "pending"), (5, "open")])
    assert waits.spells(["pending"], until=hour(9)) == ((hour(2), hour(5)),)
    assert waits.spells(["pending"], until=hour(4)) == ((hour(2), hour(4)),)
    assert waits.spells(["pending"], until=hour(2)) == ()
    assert waits.spells(["open"], until=hour(9)) == (
        (hour(0), hour(1)),
        (hour(1), hour(2)),
        (hour(5), hour(9)),
    )


def test_the_curve_takes_the_open_and_the_solved_and_nobody_unknown():
    unknown = fact("T3", history=[(3, "closed")])  # closed nobody knows when it was solved
    curve = kpi.resolution_curve([solved(at=2), fact("T2", as_of=9), unknown])
    assert (curve.n, curve.events) == (2, 1)
    assert curve.quantile(0.5) == 2 * HOUR / timedelta(microseconds=1)


@pytest.mark.parametrize(("again", "repeats"), [(2, False), (3, True), (6, True), (7, False)])
def test_who_comes_back_on_the_last_moment_of_the_window_comes_back(again, repeats):
    first = solved(at=2, **CONTACT)
    later = fact("T2", created=again, **CONTACT)
    found = kpi.no_repeat([first, later], within=4 * HOUR)
    assert (found.numerator, found.n) == (0 if repeats else 1, 1)


@pytest.mark.parametrize(("visit", "deflected"), [(1, 1), (2, 0), (6, 0), (7, 1)])
def test_a_ticket_on_either_end_of_the_window_is_no_deflection(visit, deflected):
    ticket = fact(created=6, **CONTACT)
    session = kpi.Session(at=hour(visit), requester="ann")
    found = kpi.deflection([ticket], [session], within=4 * HOUR, as_of=hour(11))
    assert (found.numerator, found.n) == (deflected, deflected + 1)
    young = kpi.deflection([], [session], within=(11 - visit) * HOUR, as_of=hour(11))
    assert (young.n, young.excluded) == (1, {})
    younger = kpi.deflection([], [session], within=(12 - visit) * HOUR, as_of=hour(11))
    assert (younger.n, younger.excluded) == (0, {"immature": 1})
    future = kpi.deflection([], [session], within=HOUR, as_of=hour(visit) - SECOND)
    assert (future.n, future.excluded) == (0, {})


@pytest.mark.parametrize(("asked", "age"), [(4, None), (5, 0), (7, 2)])
def test_an_age_since_reopening_begins_at_that_instant(asked, age):
    again = solved(at=4, reopenings=[5])
    again = evolve(again, history=(*again.history, (hour(5), "open")))
    found = kpi.backlog([again], at=hour(asked), age_from="reopened")
    assert found.mean == (None if age is None else age * HOUR)
    assert kpi.backlog([again], at=hour(3), age_from="reopened").mean == 3 * HOUR


@pytest.mark.parametrize(("created", "repeats"), [(2, True), (6, True), (7, False)])
def test_a_gap_from_the_solution_counts_both_of_its_ends(created, repeats):
    facts = [solved(at=2, **CONTACT), fact("T2", created=created, **CONTACT)]
    found = kpi.repeat_contacts(facts, within=4 * HOUR, anchor="solved").share
    assert (found.numerator, found.n) == (int(repeats), 2)


@pytest.mark.parametrize("unknown", [None, "", "?"])
def test_a_visit_by_nobody_known_is_left_out(unknown):
    sessions = [kpi.Session(at=NINE, requester=unknown)]
    found = kpi.deflection([], sessions, within=HOUR, as_of=hour(9))
    assert (found.n, found.excluded) == (0, {"unknown_requester": 1})


def test_flow_counts_what_falls_into_the_period():
    facts = [solved("T1", at=4, created=2), solved("T2", at=3, created=1), fact("T3", created=3)]
    flow = kpi.solved_per_created(facts, since=hour(2), until=hour(4))
    assert (flow.numerator, flow.denominator) == (1, 2)  # the end of a period is in the next


def rated(kind, score, at=5, scale=(0, 10)):
    return fact(ratings=(Rating(kind=kind, at=hour(at), score=score, scale=scale),))


@pytest.mark.parametrize(("score", "side"), [(10, 1), (9, 1), (8, 0), (7, 0), (6, -1), (0, -1)])
def test_promoters_passives_and_detractors(score, side):
    assert kpi.net_promoter_score().of([rated("nps", score)]).value == side


def test_answers_of_a_period_that_is_open_on_one_side():
    facts = [rated("csat", 5, at, (1, 5)) for at in (1, 2, 3)]

    def counted(**cut):
        return kpi.mean_satisfaction(**cut).of(facts).n

    assert counted() == 3
    assert counted(since=hour(2)) == 2  # from it on
    assert counted(until=hour(2)) == 1  # before it
    assert counted(since=hour(2), until=hour(3)) == 1
    assert counted(since=hour(2), date="solved") == 0  # rated, but never solved before


def test_definitions_of_boxes():
    assert "in the top boxes of" in kpi.satisfied().definition
    assert "in the top 1 of" in kpi.satisfied(top=1).definition


ON_TIME, LATE = (kpi.Call(wait=s * SECOND, answered=True) for s in (20, 21))
GAVE_UP, GAVE_UP_LATE = (kpi.Call(wait=s * SECOND, answered=False) for s in (20, 21))


@pytest.mark.parametrize(
    ("of", "share", "excluded"),
    [
        ("offered", (2, 6), {}),
        ("answered", (2, 3), {"abandoned": 3}),
        ("exclude_early_abandons", (2, 4), {"early_abandon": 2}),
        ("early_abandons_met", (4, 6), {}),
    ],
)
def test_four_service_levels_of_the_same_calls(of, share, excluded):
    calls = [ON_TIME, ON_TIME, LATE, GAVE_UP, GAVE_UP, GAVE_UP_LATE]
    found = kpi.service_level(calls, within=20 * SECOND, of=of)
    assert ((found.numerator, found.n), found.excluded) == (share, excluded)


def test_an_abandon_is_short_strictly_below_the_limit():
    calls = [ON_TIME, GAVE_UP, GAVE_UP_LATE]
    assert kpi.abandonment(calls).value == 2 / 3
    found = kpi.abandonment(calls, short=21 * SECOND)
    assert ((found.numerator, found.n), found.excluded) == ((1, 2), {"short_abandon": 1})


def test_one_draw_is_a_draw():
    once = kpi.return_on_investment(avoided=[9], marginal_cost=1, investment=3)
    dice = Random(1)  # noqa: S311 - not used
    assert kpi.return_interval(lambda _: once, rng=dice, draws=1) == (once, once)


def test_nobody_is_not_withheld():
    empty = Distribution(key="k", clock="calendar", definition="d", micros=[], min_n=3)
    assert (summarize(empty).suppressed, empty.suppressed) == (None, None)
    few = Distribution(key="k", clock="calendar", definition="d", micros=[1, 2], min_n=3)
    assert (summarize(few).suppressed, few.suppressed) == ("small_n", "small_n")
    enough = Distribution(key="k", clock="calendar", definition="d", micros=[1, 2], min_n=2)
    assert (summarize(enough).suppressed, enough.suppressed) == (None, None)


def test_touches_are_sessions():
    def act(minutes, agent, kind="reply"):
        return Act(NINE + minutes * HOUR / 60, kind, agent)

    half = HOUR / 2
    for acts, sessions in (
        ((), 0),
        ((act(0, "ann"),), 1),
        ((act(0, "ann"), act(30, "ann", "note")), 1),
        ((act(0, "ann"), act(31, "ann")), 2),
        ((act(0, "ann"), act(1, "bob"), act(2, "ann")), 3),
        ((act(0, "ann"), act(1, None, "contact"), act(2, "ann")), 1),
    ):
        assert kpi.touches(gap=half).of([fact(acts=acts)]).value == sessions


def test_a_mean_is_known_where_the_total_is_too_long_for_a_duration():
    long = timedelta.max // timedelta(microseconds=1)
    figure = Distribution(key="k", clock="calendar", definition="d", micros=[long] * 3)
    assert figure.mean == summarize(figure).mean == timedelta.max
    halves = Distribution(key="k", clock="calendar", definition="d", micros=[1, 2, 2, 5])
    assert halves.mean == timedelta(microseconds=2)  # 2.5, to the even one
