"""Which of the changes found are told: evidence counts as many times as the log asks for."""

from types import SimpleNamespace

import pytest

from support_model._changes.items import MIXED, _beside_shifts, _large_enough, _two_families
from support_model._changes.rows import Measure
from support_model._changes.scan import Term
from support_model._changes.search import Move, _without_returns

WHERE = [(), (("channel", "mail"),), (("channel", "chat"),), (("group", "desk"),)]
TELLER = SimpleNamespace(desk=SimpleNamespace(labels=SimpleNamespace(where=WHERE)))


def moved(key, label, p, within=None, kind="count", since=20, ratio=2.0):
    term = Term("step", since, 26, 0, 30.0, ratio, 1.0, low=since, high=since)
    return Move(SimpleNamespace(measure=Measure(key, kind)), label, term, p, within)


def event(move, *, of_volume=True):
    return SimpleNamespace(moves=[move], of_volume=of_volume, p=move.weighted)


def test_values_that_shift_together_are_one_discovery():
    shifts = [moved("mix", 1, 1e-9), moved("mix", 2, 1e-8)]
    volumes = [moved("created", label, p) for label, p in ((1, 1e-7), (2, 1e-6), (3, 1e-4))]
    events = [event(move) for move in volumes]
    _, alone = _two_families(TELLER, events, volumes, 1000)
    _, shifted = _two_families(TELLER, events, [*volumes, *shifts], 1000)
    assert alone[1e-4] == pytest.approx(0.1 / 3)
    assert shifted[1e-4] == pytest.approx(0.1 / 2)  # the shift of channels, and the group


def teller(part):
    """Return one in whose groups a part of the tickets came by mail."""
    desk = SimpleNamespace(labels=TELLER.desk.labels, rows=SimpleNamespace(trials={"satisfied"}))
    return SimpleNamespace(desk=desk, part_of=lambda _label, _other: part)


@pytest.mark.parametrize(
    ("key", "label", "part", "since", "times"),
    [
        ("resolution", 3, 0.3, 20, MIXED),
        ("resolution", 3, 0.3, 25, MIXED),  # later tickets are other ones, too
        ("resolution", 3, 0.3, 16, 1),  # it began before the mix shifted
        ("resolution", 3, 0.1, 20, 1),  # 10% of these came by mail before, 18% since
        ("resolution", 1, 1.0, 20, 1),  # all of these came by mail
        ("satisfied", 0, 0.3, 20, 1),  # answers are expected of who answers
        ("satisfied", 3, 0.3, 20, MIXED),
    ],
)
def test_what_begins_as_its_own_mix_shifts_needs_more(key, label, part, since, times):
    shifts = [moved("mix", 1, 1e-9)]
    told = moved(key, label, 1e-5, kind="time", since=since)
    hint = moved(key, label, 1e-3, within=1e-3, kind="time", since=since)
    assert _beside_shifts(teller(part), told, shifts).weighted == pytest.approx(1e-5 * times)
    assert _beside_shifts(teller(part), hint, shifts).within == pytest.approx(1e-3 * times)
    volume = moved("created", label, 1e-5, since=since)
    assert _beside_shifts(teller(part), volume, shifts) is volume


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
