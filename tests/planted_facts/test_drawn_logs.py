"""The drawn logs are a plausible desk, hold what is planted, and read as their tickets were."""

import math
from collections import Counter
from dataclasses import replace
from functools import cache
from statistics import fmean, median

import pytest
from planted_facts import crowded, desk, logs
from planted_facts.counting import measured
from planted_facts.plants import KINDS, dice, draw
from planted_facts.simulation import Effect, Scenario, Weeks, matches, simulate

from support_model import kpi, serde

APART = frozenset(  # what is counted in tests of their own
    {"group_slower_by_and_by", "outage_week", "small_extreme_weeks", "passed_trouble", "bursts"}
)
PLAIN = [name for name in KINDS if name not in APART and not name.startswith("simpson")]
SMALL = Scenario(tickets=800)


@cache
def drawn(name, seed=1, strength=1.0, tickets=1500):
    scenario, plant = draw(name, seed=seed, strength=strength)
    scenario = replace(scenario, tickets=tickets)
    return scenario, plant, simulate(scenario, rng=dice(name, seed))


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_planted_is_there_at_the_stated_strength(name):
    scenario, plant, tickets = drawn(name)
    for effect in plant.effects:
        planted = effect.plus or math.log(max(effect.times, 0.001))
        counted, error = measured(effect, scenario, tickets)
        assert abs(counted - planted) < 4 * error + 0.1 * abs(planted)
        if len(plant.effects) == 1:
            assert counted * planted > 0


def test_half_the_strength_is_half_as_strong():
    scenario, plant, tickets = drawn("group_slower", strength=0.5)
    counted, error = measured(plant.effects[0], scenario, tickets)
    assert counted == pytest.approx(math.log(1.7) / 2, abs=4 * error)


def test_where_nothing_is_planted_nothing_is_there():
    scenario, _, tickets = drawn("nothing", tickets=6000)
    for group in desk.WORK:
        effect = Effect("work", (("group", group),), 18, times=2)
        counted, error = measured(effect, scenario, tickets)
        assert abs(counted) < 4 * error


def satisfied(tickets, weeks):
    return fmean(score >= 4 for each in tickets for at, score in each.rated if at in weeks)


@pytest.mark.parametrize(
    ("name", "sign"), [("simpson_satisfaction_falls", -1), ("simpson_satisfaction_rises", 1)]
)
def test_satisfaction_moves_one_way_in_each_channel_and_not_so_in_all(name, sign):
    scenario, plant = draw(name, seed=1)
    scenario = Scenario(tickets=9000, effects=plant.effects)
    tickets = simulate(scenario, rng=dice(name))
    starts = Weeks(scenario).starts
    start = plant.effects[0].start
    before, after = range(starts[0], starts[start]), range(starts[start], starts[-1])
    moved = {effect.where for effect in plant.effects if effect.lever == "satisfied"}
    for channel in desk.CHANNELS if moved == {()} else ("email", "web form"):
        own = [each for each in tickets if each.fields["channel"] == channel]
        assert sign * (satisfied(own, after) - satisfied(own, before)) > 0.02
    assert sign * (satisfied(tickets, after) - satisfied(tickets, before)) < 0.02


def test_work_is_slower_in_each_channel_and_not_in_all():
    scenario, plant, tickets = drawn("simpson_times", tickets=6000)
    effect = plant.effects[0]
    for channel in ("email", "phone", "chat"):
        own = [each for each in tickets if each.fields["channel"] == channel]
        counted, error = measured(effect, scenario, own)
        assert counted == pytest.approx(math.log(1.25), abs=4 * error)
    assert measured(effect, scenario, tickets)[0] < 0.1


def test_an_effect_acts_on_tickets_that_are_open_when_it_starts():
    """A group that stops working solves nothing from that Monday on."""
    where = (("group", "Field"),)
    scenario = Scenario(tickets=1500, effects=(Effect("work", where, 10, times=10**9),))
    tickets = simulate(scenario, rng=dice(1))
    start = Weeks(scenario).starts[10]
    field = [each for each in tickets if matches(each.fields, where) and each.void is None]
    assert any(each.created < start and not each.solved for each in field)
    assert not any(at > start for each in field for at in each.solved[:1])
    assert any(at < start for each in field for at in each.solved[:1])


def test_a_ramp_grows():
    effect = Effect("work", start=10, times=2, ramp=4)
    assert [effect.grown(week) for week in range(9, 15)] == [0, 0.25, 0.5, 0.75, 1, 1]


def test_a_passed_trouble_ends():
    scenario, plant, tickets = drawn("passed_trouble", tickets=6000)
    (effect,) = plant.effects
    own = [each for each in tickets if matches(each.fields, effect.where)]
    weeks = Weeks(scenario)

    def hours(of):
        took = [
            each.solved[0] - each.created
            for each in own
            if each.solved and weeks.week(each.created) in of
        ]
        return median(took) / 3600

    before, within = hours(range(effect.start - 6, effect.start)), hours([effect.start + 1])
    later = hours(range(effect.until, effect.until + 4))
    assert within > 1.3 * before
    assert later < 1.3 * before


def test_an_outage_is_one_week():
    scenario, plant, tickets = drawn("outage_week", tickets=6000)
    week = plant.truths[0].start
    counts = Counter(each.week for each in tickets)
    usual = median(counts[each] for each in range(scenario.weeks))
    assert counts[week] > 1.5 * usual
    assert max(counts[week - 1], counts[week + 1]) < 1.3 * usual


def test_a_log_is_repeated_by_its_seed():
    first, again, other = (
        list(logs.events(simulate(SMALL, rng=dice(seed)), SMALL)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_facts_are_what_happened():
    tickets = simulate(SMALL, rng=dice(1))
    end = Weeks(SMALL).end
    facts = logs.facts(tickets, SMALL)
    assert [each.ticket_id for each in facts] == [each.id for each in tickets]
    for fact, ticket in zip(facts, tickets, strict=True):
        assert fact.created.timestamp() == ticket.created
        assert [each.at.timestamp() for each in fact.solves] == _until(end, ticket.solved)
        assert [each.timestamp() for each in fact.reopenings] == _until(end, ticket.reopened)
        assert [each.score for each in fact.ratings] == [
            score for at, score in ticket.rated if at < end
        ]
        assert fact.fields["group"] == ticket.fields["group"]
        assert (fact.category == "void") == (ticket.void is not None and ticket.void[0] < end)
        moves = len(_until(end, ticket.escalated)) + len(_until(end, ticket.handed_back))
        assert len(fact.groups) == 1 + moves


def _until(end, moments):
    return [at for at in moments if at < end]


def test_the_desk_is_plausible():
    scenario, _, tickets = drawn("nothing", tickets=6000)
    assert 5400 < len(tickets) < 6600
    events = sum(1 for _ in logs.events(tickets, scenario))
    assert 35_000 < events < 70_000
    unsolved = sum(not each.solved and each.void is None for each in tickets)
    assert 50 < unsolved < 200
    hours = Counter(each.fields["hours"] for each in tickets)
    assert 0.15 < hours["evening/night"] / len(tickets) < 0.2
    assert 0.06 < hours["weekend"] / len(tickets) < 0.1
    weeks = Counter(each.week for each in tickets)
    assert len(weeks) == scenario.weeks


def test_a_written_log_is_read_back(tmp_path):
    tickets = simulate(SMALL, rng=dice(1))
    path = tmp_path / "log.jsonl"
    assert logs.write(tickets, SMALL, path) == sum(1 for _ in logs.events(tickets, SMALL))

    again = kpi.case_table(serde.read_events(path), as_of=logs.end_of(SMALL))
    assert sorted(again, key=lambda fact: int(fact.ticket_id)) == list(logs.facts(tickets, SMALL))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_crowded_log_has_facts_of_their_own_groups(seed):
    scenario, plant = crowded.crowded(seed)
    assert len(plant.truths) == 12
    named = [
        {effect.where for effect in plant.effects if effect.lever == lever and effect.where}
        for lever in {effect.lever for effect in plant.effects}
    ]
    assert sum(map(len, named)) == len(set().union(*named))
    assert scenario.effects == plant.effects


def test_a_crowded_log_is_written_with_its_policy_and_its_truth(tmp_path):
    truths = crowded.write(tmp_path, 1)
    policies = serde.load_policies(tmp_path / "policy.toml")
    assert len(policies.policies[0].targets) == 2 * len(desk.PRIORITIES)
    text = (tmp_path / "truth.md").read_text("utf-8")
    assert all(truth.says in text for truth in truths)
    assert (tmp_path / "log.jsonl").stat().st_size > 10**6
