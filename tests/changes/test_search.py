"""Which of the groups that moved is told."""

import pytest
from attrs import Factory, define

from support_model._changes.rows import Marks, Measure
from support_model._changes.scan import Horizon, Usual, best_term, judge
from support_model._changes.search import _of_all, _Series

WEEKS, SINCE = 26, 20
HORIZON = Horizon(WEEKS, recent=18, base=0)


@define
class Counted:
    """What comes by group and week; the same is expected in every week."""

    observed: list[list[int]]
    kind: str = "count"
    measure: Measure = Factory(lambda own: Measure("created", own.kind), takes_self=True)
    source: Marks = Factory(Marks)

    def expected(self, label):
        return [1.0] * len(self.observed[label])


def two(part, rest, *, kind="count"):
    """The series of all tickets, which vary by more than chance, and of a part, which does not."""
    sides = [[own] * SINCE + [round(own * more)] * (WEEKS - SINCE) for own, more in (part, rest)]
    table = Counted([[sum(pair) for pair in zip(*sides, strict=True)], sides[0]], kind)
    series = []
    for label, spread in ((0, 0.005), (1, 0.0)):
        term, own = best_term(table.observed[label], table.expected(label), HORIZON), Usual(spread)
        judge(term, own)
        series.append(_Series(table, label, own, term))
    return series


@pytest.mark.parametrize(
    ("part", "rest", "told"),
    [
        ((170, 1.34), (60, 1.34), 0),  # both moved alike
        ((170, 1.34), (60, 1.20), 0),  # no more apart than chance makes them
        ((170, 1.34), (60, 1.00), 1),  # the rest did not move
        ((60, 1.60), (170, 1.20), 1),  # a part that moved by far more
        ((60, 0.60), (170, 0.62), 0),
    ],
)
def test_of_what_comes_a_part_is_told_where_it_moved_otherwise_than_the_rest(part, rest, told):
    whole, own = two(part, rest)
    assert _of_all(own, [whole, own]).label == told
    assert _of_all(whole, [whole, own]) is whole
    assert _of_all(own, [own]) is own  # all tickets together did not move


def test_of_how_tickets_are_served_the_group_is_told_that_explains_best():
    whole, own = two((170, 1.34), (60, 1.34), kind="time")
    assert _of_all(own, [whole, own]) is own
