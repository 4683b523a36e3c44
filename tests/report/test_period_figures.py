"""Figures of periods equal what walking the tickets one by one says."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from frames.histories import drawn_book, drawn_log

from support_model import kpi
from support_model._report import period_figures as figures
from support_model._report.cycle_rows import cycle_rows
from support_model._time import instant, micros, utc_zone
from support_model.adapters import EventLog
from support_model.changes import rows_of
from support_model.events import Changed, Created
from support_model.report import make_report
from support_model.vocabulary import Status

SEEDS = range(12)
DONE = {"solved", "closed", "void"}


def drawn(seed):
    """A drawn log as facts, its rows, and edges of four periods that end after it."""
    log = drawn_log(seed, 20)
    last = max(event.at for event in log)
    facts = kpi.readable_cases(log, as_of=last)[0]
    rows = rows_of(facts, tz=utc_zone())
    first, end = min(rows.created), rows.as_of + 1
    edges = [first + (end - first) * n // 4 for n in range(4)] + [end]
    return log, facts, rows, edges


@pytest.mark.parametrize("seed", SEEDS)
def test_open_tickets_are_those_whose_category_is_open(seed):
    _, facts, rows, edges = drawn(seed)
    held = figures.open_at(figures.open_stays(rows), figures.members(rows), edges)
    living = [fact for fact in facts if fact.category != "void"]
    for n, edge in enumerate(edges):
        before = instant(edge - 1)
        held_then = sum(
            (category := fact.category_at(before)) is not None and category not in DONE
            for fact in living
        )
        assert held.get((n, figures.ALL), 0) == held_then


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_open_now_is_not_done(seed):
    _, facts, rows, _ = drawn(seed)
    units, status = figures.held_now(rows, figures.open_stays(rows))
    assert {rows.ids[ticket] for ticket in units} == {
        fact.ticket_id for fact in facts if fact.category not in DONE
    }
    by_id = {fact.ticket_id: fact for fact in facts}
    for ticket, name in status.items():
        assert name == by_id[rows.ids[ticket]].statuses[-1][1]


@pytest.mark.parametrize("seed", SEEDS)
def test_solutions_are_counted_in_the_period_of_the_solution(seed):
    _, facts, rows, edges = drawn(seed)
    solved = figures.counts(rows.counts.get("backlog"), figures.members(rows), edges)
    for n, (low, high) in enumerate(pairwise(edges)):
        assert solved[n, figures.ALL] == sum(
            low <= micros(solve.at) < high
            for fact in facts
            if fact.category != "void"
            for solve in fact.solves
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_time_of_the_whole_log_is_that_of_its_lifetimes(seed):
    _, _, rows, edges = drawn(seed)
    spells = rows.times["resolution", ""]
    whole = figures.times(figures.pieces(spells, [edges[0], edges[-1]]), figures.members(rows))
    ended = [
        end - origin
        for origin, end, came in zip(spells.origin, spells.end, spells.ended, strict=True)
        if came
    ]
    assert whole[0, figures.ALL].events == len(ended)
    curve = figures.curves(figures.pieces(spells, [edges[0], edges[-1]]), figures.members(rows))
    assert curve[0, figures.ALL].times == tuple(sorted(set(ended)))


@pytest.mark.parametrize("seed", SEEDS)
def test_periods_and_groups_share_out_the_outcomes(seed):
    _, _, rows, edges = drawn(seed)
    spells = rows.times["resolution", ""]
    codes = rows.fields["hours"]
    parts = figures.times(figures.pieces(spells, edges), codes)
    whole = figures.times(figures.pieces(spells, [edges[0], edges[-1]]), figures.members(rows))
    assert sum(curve.events for curve in parts.values()) == whole[0, figures.ALL].events


@pytest.mark.parametrize("seed", SEEDS)
def test_promises_are_dated_by_their_decision(seed):
    log, _, rows, edges = drawn(seed)
    logs = {}
    for event in log:
        logs.setdefault(event.ticket_id, []).append(event)
    cycles = cycle_rows(logs, drawn_book(seed), as_of=instant(rows.as_of))
    marks = figures.promises(cycles, rows)
    kept = figures.answers(marks, figures.members(rows), edges)
    n = met = 0
    for state, late, stop, due in zip(
        cycles.state, cycles.late, cycles.stop, cycles.due, strict=True
    ):
        decided = stop if state in {"met", "missed"} else due if late else None
        if decided is not None and edges[0] <= decided < edges[-1]:
            n += 1
            met += state == "met"
    assert sum(share.n for share in kept.values()) == n
    assert sum(share.numerator for share in kept.values()) == met


def test_a_ticket_open_before_a_period_enters_at_the_age_it_had():
    day = timedelta(days=1) // timedelta.resolution
    spells = type(next(iter(drawn(0)[2].times.values())))()
    spells.add(0, 0, 3 * day, 1)
    spells.add(1, 2 * day, 9 * day, 0)
    curve = figures.curves(figures.pieces(spells, [2 * day, 4 * day]), [0, 0])[0, 0]
    assert curve.n == 2
    assert curve.events == 1
    assert curve.times == (3 * day,)
    assert curve.at_risk(3 * day) == 1


def test_the_weeks_of_what_goes_to_a_higher_line_are_of_what_went():
    fields = {"status": Status("new", "new"), "line": 1}
    start, hour = datetime(2026, 3, 1, tzinfo=UTC), timedelta(hours=1)
    events = []
    for n in range(1200):
        at = start + n * hour
        parts = {"ticket_id": f"T{n:05}", "role": "agent", "actor": "ann"}
        events.append(Created(**parts, seq=1, at=at, fields=fields))
        done = {"line": 2} if n % 4 == 0 else {"status": Status("solved", "solved")}
        events.append(Changed(**parts, seq=2, at=at + hour / 2, fields=done))
    report = make_report(EventLog(events=tuple(events)))
    edges = [*report.changes.before.edges]
    (share,) = figures.week_values(report, "escalated", (("line", "1"),), edges)
    assert share == pytest.approx(0.25, abs=0.01)
