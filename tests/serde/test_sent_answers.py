"""Answers go to other processes: what arrives equals what was sent, says the same and is small."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from datetime import timedelta
from functools import partial
from multiprocessing import get_context

import attrs
import pytest
from hypothesis import given
from serde.answer_values import ANSWERS, AT, EVERY, GOLD, HOUR, PEOPLE, STORY, TAKEN, TICKET

from support_model.figures import Distribution, Rate, Share
from support_model.routing import Routing, route
from support_model.serde import answer_to_data
from support_model.sla import Evaluation, PolicyBook, evaluate, evaluate_many
from support_model.summaries import summarize
from support_model.testing import sla_scenes

TIMES = Distribution.of([HOUR, 2 * HOUR], key="t", clock="c", definition="d")
FIGURES = [
    TIMES,
    summarize(TIMES),
    Share(key="met", definition="d", numerator=1, n=2),
    Rate(key="r", definition="d", numerator=9, denominator=4, n=4),
]


def sent_on(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - written one call before


@given(sla_scenes())
def test_j3_an_evaluation_that_was_pickled_or_copied_answers_the_same(scene):
    result = evaluate(scene.log, scene.book, as_of=scene.as_of)
    for again in (sent_on(result), deepcopy(result)):
        assert again == result
        assert hash(again) == hash(result)
        assert again.agenda == result.agenda
        assert answer_to_data(again) == answer_to_data(result)
        assert [clock.explain() for clock in again] == [clock.explain() for clock in result]


@pytest.mark.parametrize("sent", [ANSWERS, FIGURES], ids=["answers", "figures"])
def test_every_answer_that_was_pickled_or_copied_is_equal(sent):
    assert sent_on(sent) == sent
    assert deepcopy(sent) == sent


def test_workers_of_a_pool_return_answers():
    look = partial(evaluate, policies=GOLD, as_of=AT + 3 * HOUR)
    take = partial(route, agents=PEOPLE, workload={}, routing=Routing(), as_of=AT)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        found = [*pool.map(look, [STORY]), *pool.map(take, [TICKET])]
    assert found == [look(STORY), TAKEN]
    assert [*map(answer_to_data, found)] == [*map(answer_to_data, [look(STORY), TAKEN])]


def test_an_evaluation_is_its_policies_and_little_more():
    own = len(pickle.dumps(EVERY)) - len(pickle.dumps([*policies_of(EVERY)]))
    assert own < 1_200 * sum(len(clock.cycles) for clock in EVERY)


def policies_of(result: Evaluation):
    return dict.fromkeys(cycle.policy for clock in result for cycle in clock.cycles)


def test_many_evaluations_share_their_policies():
    book = PolicyBook.of(GOLD)
    logs = [[attrs.evolve(event, ticket_id=f"T{n}") for event in STORY] for n in range(100)]
    results = [*evaluate_many(logs, book, as_of=AT + timedelta(hours=3))]
    alone, together = len(pickle.dumps(results[0])), len(pickle.dumps(results))
    assert alone < len(pickle.dumps(book)) + 1_500
    assert together < len(pickle.dumps(book)) + 100 * 700
