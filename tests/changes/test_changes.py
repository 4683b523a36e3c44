"""Changes are found where they are, for whom and since when, and nowhere else."""

from datetime import date, timedelta
from random import Random

import pytest
from attrs import evolve
from changes.small_logs import BERLIN, START, log

from support_model._changes import hazards, tables
from support_model._changes.weeks import TICK_BITS, Slots, rhythm_of
from support_model.changes import find_changes
from support_model.instants import Span

STARTS = 12
"""The week in which what is planted begins."""


def slow_network(week, group):
    return 3.0 if week >= STARTS and group == "network" else 1.0


@pytest.fixture(scope="module")
def slowed():
    return log(slower=slow_network)


@pytest.fixture(scope="module")
def found(slowed):
    return find_changes(slowed, tz=BERLIN)


def said(changes):
    return [
        (item.measure, item.where, item.verdict, item.since, item.ratio, item.examples)
        for item in changes.items
    ]


def test_a_slower_group_is_named_with_its_start(found):
    item = found.items[0]
    assert (item.measure, item.where, item.verdict) == (
        "resolution",
        (("group", "network"),),
        "worse",
    )
    assert abs(item.since - (START.date() + timedelta(weeks=STARTS))) <= timedelta(weeks=1)
    assert item.since_low <= item.since <= item.since_high
    assert item.ratio_low < item.ratio < item.ratio_high
    assert item.recent
    assert item.lasting
    assert item.after.value > item.before.value


def test_examples_are_tickets_of_the_trouble(slowed, found):
    item, by_id = found.items[0], {each.ticket_id: each for each in slowed}
    for ticket in map(by_id.get, item.examples):
        assert ticket.fields["group"] == "network"
        assert ticket.created.astimezone(BERLIN).date() >= item.since


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_found_where_nothing_happened(seed):
    assert find_changes(log(seed), tz=BERLIN).items == ()


def test_the_order_of_tickets_does_not_matter(slowed, found):
    others = list(slowed)
    Random(1).shuffle(others)  # noqa: S311 - repeatable, not secret
    assert find_changes(others, tz=BERLIN) == found


def test_a_log_moved_by_weeks_moves_its_answers(found):
    later = log(slower=slow_network, start=START - timedelta(weeks=2))
    moved = find_changes(later, tz=BERLIN)
    assert moved.items[0].since == found.items[0].since - timedelta(weeks=2)


def test_other_names_of_groups_change_names_alone(found):
    named = {"billing": "a", "network": "b", "desk": "c"}
    others = find_changes(log(slower=slow_network, names=named), tz=BERLIN)
    assert others.items[0].where == (("group", "b"),)
    assert others.items[0].since == found.items[0].since


def test_a_bare_log_has_no_changes():
    changes = find_changes([], tz=BERLIN)
    assert changes.items == changes.mixes == changes.episodes == ()
    assert changes.looks == 0


def test_periods_are_whole_months_by_default(found):
    assert found.before.start.date() == date(2026, 2, 1)
    assert found.after.start.date() == date(2026, 3, 1)
    assert found.after.end.date() == date(2026, 4, 1)


def test_void_tickets_are_counted_apart(slowed):
    voided = [
        evolve(each, history=(*each.history[:1], (each.created, "void"))) for each in slowed[:400]
    ]
    rest = find_changes(slowed[400:], tz=BERLIN)
    both = find_changes([*voided, *slowed[400:]], tz=BERLIN)
    assert [item for item in said(both) if item[0] != "void"] == said(rest)


def test_time_goes_on_after_the_weeks_that_are_looked_at():
    """A ticket may end after the thin end of a log, which is passed over."""
    tick = 1 << TICK_BITS
    slots = Slots(0, 3_600_000 * tick, [0, 1, 0])
    rhythm = rhythm_of(slots, [512, 2048])
    end = 3 * slots.step
    total = rhythm.at(end)
    assert total == 3 * 3_600_000
    assert [rhythm.at(end + past) - total for past in (0, tick, 10 * slots.step)] == [
        0,
        1,
        36_000_000,
    ]


def test_a_log_may_go_on_after_the_periods(slowed):
    cuts = [START + timedelta(weeks=n) for n in (6, 9, 12)]
    before, after = Span(*cuts[:2]), Span(*cuts[1:])
    changes = find_changes(slowed, tz=BERLIN, before=before, after=after)
    assert changes.weeks[-1].end == cuts[-1]
    assert changes.items == ()


def test_measures_of_few_outcomes_need_no_table(slowed, found, monkeypatch):
    made = []
    monkeypatch.setattr(
        tables, "reference_of", lambda *args: made.append(1) or hazards.reference_of(*args)
    )
    assert find_changes(slowed, tz=BERLIN) == found
    some = len(made)
    monkeypatch.setattr(tables, "FEWEST", 0)
    assert find_changes(slowed, tz=BERLIN) == found
    assert some < len(made)


def test_an_agent_who_begins_when_replies_slow_down_does_not_explain_it():
    """A ticket waits without an agent, and the first reply comes from one at once."""

    def agent(week):
        return "new" if week >= STARTS else "old"

    facts = log(tickets=2400, slower=slow_network, agent=agent)
    items = find_changes(facts, tz=BERLIN).items
    told = [(each.measure, each.where, each.verdict) for each in items]
    assert [each for each in told if each[2] in {"worse", "better"}] == [
        ("resolution", (("group", "network"),), "worse")
    ]
