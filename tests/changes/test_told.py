"""Which of the changes found are told: evidence counts as many times as the log asks for."""

from types import SimpleNamespace

import pytest

from support_model._changes.items import _hints_at, _large_enough, _two_families
from support_model._changes.rows import Measure
from support_model._changes.scan import Term
from support_model._changes.search import Found, Move, _without_returns

WHERE = [(), (("channel", "mail"),), (("channel", "chat"),), (("group", "desk"),)]
TELLER = SimpleNamespace(desk=SimpleNamespace(labels=SimpleNamespace(where=WHERE)))


def moved(key, label, p, within=None):
    term = Term("step", 20, 26, 0, 30.0, 2.0, 1.0)
    return Move(SimpleNamespace(measure=Measure(key, "count")), label, term, p, within)


def event(move, *, of_volume=True):
    return SimpleNamespace(moves=[move], of_volume=of_volume, p=move.weighted)


def test_values_that_shift_together_are_one_discovery():
    shifts = [moved("mix", 1, 1e-9), moved("mix", 2, 1e-8)]
    volumes = [moved("created", label, p) for label, p in ((1, 1e-7), (2, 1e-6), (3, 1e-4))]
    events = [event(move) for move in volumes]
    found = Found([*shifts, *volumes], {}, 1000)
    _, alone = _two_families(TELLER, events, (), found, 1)
    _, shifted = _two_families(TELLER, events, shifts, found, 1)
    assert alone[1e-4] == pytest.approx(0.1 / 3)
    assert shifted[1e-4] == pytest.approx(0.1 / 2)  # the shift of channels, and the group


def test_where_the_mix_shifted_better_and_worse_need_more():
    slower = moved("resolution", 3, 1e-5)
    found = Found([slower], {}, 1000)
    for times in (1, 20):
        service, _ = _two_families(TELLER, [event(slower, of_volume=False)], (), found, times)
        assert service[1e-5] == pytest.approx(0.01 * times)
    hints = {3: [moved("reopened", 3, 1e-3, within=within) for within in (1e-4, 0.04)]}
    assert [each.within for each in _hints_at(hints, 1)[3]] == [1e-4, 0.04]
    assert [each.within for each in _hints_at(hints, 20)[3]] == [pytest.approx(2e-3)]


@pytest.mark.parametrize(
    ("verdict", "tickets", "told"),
    [("worse", 9, False), ("better", 10, True), ("fewer", 0, True), ("different", 3, True)],
)
def test_a_few_tickets_are_no_change_for_the_worse(verdict, tickets, told):
    assert _large_enough(SimpleNamespace(verdict=verdict, tickets=tickets)) is told


@pytest.mark.parametrize(
    ("ratios", "label", "left"),
    [
        ((0.5, 1.9), 3, []),
        ((1.9, 0.5), 3, []),
        ((0.5, 1.2), 3, [0.5, 1.2]),
        ((0.5, 0.7), 3, [0.5, 0.7]),
        ((0.5, 1.9), 1, [0.5, 1.9]),
    ],
)
def test_what_a_later_change_undoes_is_over(ratios, label, left):
    first, second = moved("resolution", 3, 1e-5), moved("resolution", label, 1e-5)
    first.term.since, second.term.since = 16, 20
    first.term.ratio, second.term.ratio = ratios
    assert [move.term.ratio for move in _without_returns([first, second])] == left
