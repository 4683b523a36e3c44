"""The judge accepts what is right, and nothing that is only near it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from planted_facts.judge import judge
from planted_facts.pages import rows_of, tells
from planted_facts.plants import Plant, dice, draw
from planted_facts.simulation import simulate


@dataclass(frozen=True)
class Item:
    """As a detector says it."""

    measure: str
    where: tuple[tuple[str, str], ...]
    verdict: str
    since: date
    lasting: bool = True
    also: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Found:
    """Everything that a detector says."""

    items: tuple[Item, ...] = ()
    mixes: tuple[object, ...] = ()
    episodes: tuple[object, ...] = ()


@pytest.fixture(scope="module")
def planted():
    scenario, plant = draw("group_slower", seed=1)
    return scenario, plant, simulate(scenario, rng=dice(1))


@pytest.fixture
def right(planted):
    scenario, plant, _ = planted
    (truth,) = plant.truths
    return Item("resolution", truth.wheres[0], "worse", scenario.monday(truth.start))


def judged(planted, *items):
    scenario, plant, tickets = planted
    made = judge(plant, scenario, tickets, Found(items))
    return made.named[0], made.in_time[0], len(made.false)


def other_group(item):
    return "Network" if item.where[0][1] != "Network" else "South"


def test_the_planted_change_is_named_and_not_false(planted, right):
    assert judged(planted, right) == (True, True, 0)


def test_silence_names_nothing(planted):
    assert judged(planted) == (False, False, 0)


@pytest.mark.parametrize(("weeks", "in_time"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_start_may_be_a_week_off(planted, right, weeks, in_time):
    moved = replace(right, since=right.since + timedelta(weeks=weeks))
    assert judged(planted, moved) == (True, in_time, 0)


def test_the_wrong_direction_is_false(planted, right):
    assert judged(planted, replace(right, verdict="better")) == (False, False, 1)


def test_another_group_is_false(planted, right):
    wrong = replace(right, where=(("group", other_group(right)),))
    assert judged(planted, wrong) == (False, False, 1)
    assert judged(planted, right, wrong) == (True, True, 1)


def test_a_channel_that_is_slower_as_all_are_is_false(planted, right):
    assert judged(planted, replace(right, where=(("channel", "email"),)))[2] == 1


def test_the_total_is_explained_but_names_no_group(planted, right):
    assert judged(planted, replace(right, where=())) == (False, False, 0)


def test_a_measure_that_the_work_cannot_move_is_false(planted, right):
    for measure in ("satisfied", "created", "first_response", "closing_delay"):
        assert judged(planted, replace(right, measure=measure)) == (False, False, 1)


def test_a_consequence_is_explained_and_names_it_as_the_first_of_also(planted, right):
    backlog = replace(right, measure="backlog")
    assert judged(planted, backlog) == (False, False, 0)
    assert judged(planted, replace(backlog, also=(right,))) == (True, True, 0)
    assert judged(planted, replace(backlog, also=(backlog, right))) == (False, False, 0)


def test_time_in_the_status_of_work_names_it_and_time_in_another_does_not(planted, right):
    spell = replace(right, measure="status_time", where=(*right.where, ("status", "Open")))
    assert judged(planted, spell) == (True, True, 0)
    waits = replace(spell, where=(*right.where, ("status", "Waiting for vendor")))
    assert judged(planted, waits)[0] is False


def test_the_first_of_also_names_nothing_under_another_group(planted, right):
    wrong = replace(right, where=(("group", other_group(right)),), also=(right,))
    assert judged(planted, wrong) == (False, False, 1)


def test_an_item_of_long_before_is_false(planted, right):
    assert judged(planted, replace(right, since=right.since - timedelta(weeks=6)))[2] == 1


def test_where_nothing_is_planted_every_item_is_false(planted, right):
    scenario, _, tickets = planted
    assert len(judge(Plant(), scenario, tickets, Found((right,))).false) == 1


def test_beside_a_shift_of_mix_only_volumes_may_move():
    scenario, plant = draw("mix_of_channels", seed=1)
    tickets = simulate(scenario, rng=dice(1))
    since = scenario.monday(plant.truths[0].start)
    more = Item("created", (("channel", "email"),), "more", since)
    fewer = Item("created", (("channel", "phone"),), "fewer", since)
    slower = Item("resolution", (), "worse", since)
    wrong = replace(more, where=(("topic", "login"),))
    made = judge(plant, scenario, tickets, Found((more, fewer, slower, wrong)))
    assert made.false == (slower, wrong)


def test_effects_of_one_shift_are_counted_together():
    scenario, plant = draw("mix_of_topics", seed=1)
    tickets = simulate(scenario, rng=dice(1))
    since = scenario.monday(plant.truths[0].start)
    fewer = Item("created", (("line", "1"),), "fewer", since)
    made = judge(plant, scenario, tickets, Found((fewer, replace(fewer, verdict="more"))))
    assert made.false == (replace(fewer, verdict="more"),)


def test_volumes_of_agents_follow_from_one_who_left():
    scenario, plant = draw("agent_left", seed=1)
    tickets = simulate(scenario, rng=dice(1))
    (where,) = plant.truths[0].wheres
    since = scenario.monday(plant.truths[0].start)
    group = next(each.began["group"] for each in tickets if each.began["agent"] == where[0][1])
    colleague = next(
        each.began["agent"]
        for each in tickets
        if each.began["group"] == group and each.began["agent"] != where[0][1]
    )
    left = Item("created", where, "fewer", since)
    more = Item("created", (("agent", colleague),), "more", since)
    made = judge(plant, scenario, tickets, Found((left, more, replace(more, verdict="fewer"))))
    assert (made.named, made.in_time) == ((True,), (True,))
    assert made.false == (replace(more, verdict="fewer"),)


def test_of_passed_trouble_nothing_may_last():
    scenario, plant = draw("passed_trouble", seed=1)
    tickets = simulate(scenario, rng=dice(1))
    (effect,) = plant.effects
    passed = Item(
        "resolution", effect.where, "worse", scenario.monday(effect.start), lasting=False
    )
    lasts = replace(passed, lasting=True)
    assert judge(plant, scenario, tickets, Found((passed, lasts))).false == (lasts,)


PAGE = """<section id="changes"><table><tr><th>Tickets take longer</th><td>group {group}</td>
<td>{since}</td></tr></table></section><section id="whom"><table><tr><td>group Field {since}</td>
</tr></table></section>"""


def test_a_row_of_a_page_tells_a_change_by_its_group_and_week(planted):
    scenario, plant, _ = planted
    (truth,) = plant.truths
    ((_, group),) = truth.wheres[0]

    def told(group, start):
        page = PAGE.format(group=group, since=scenario.monday(start))
        return tells(rows_of(page), truth, scenario)

    assert told(group, truth.start) == (True, True)
    assert told(group, truth.start + 2) == (True, False)
    assert told("Somebody", truth.start) == (False, False)
    assert len(rows_of(PAGE)) == 1
