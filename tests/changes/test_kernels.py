"""The loops over all tickets give the same numbers, to the bit, in pure Python and with NumPy."""

import sys
from copy import deepcopy
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from changes.small_logs import HOUR, NEW, SOLVED, START, log
from frames.histories import drawn_log

from support_model import kpi
from support_model._changes import by_arrays, by_lists
from support_model._changes.hazards import expected_cells
from support_model._changes.items import _open_at
from support_model._changes.kernels import FEW, kernels
from support_model._changes.labels import labels_of
from support_model._changes.tables import desk_of, rhythm_of_spells
from support_model._changes.weeks import weeks_between
from support_model.changes import rows_of
from support_model.events import Changed, Created
from support_model.kpi import facts_of

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = 7 * 24 * 3_600_000_000


def desk(facts, until=0):
    rows = rows_of(facts, tz=BERLIN)
    weeks = weeks_between(BERLIN, rows.created[0] + WEEK, rows.as_of + 1 - until)
    return desk_of(rows, weeks, labels_of(rows))


def drawn(seed):
    history = [*drawn_log(seed, 60)]
    return kpi.case_table(history, as_of=max(event.at for event in history))


DESKS = [
    pytest.param(
        lambda: desk(log(tickets=900, slower=lambda week, _: 1 + (week > 9))), id="slower"
    ),
    pytest.param(lambda: desk(log(3, tickets=900), 3 * WEEK), id="ended weeks ago"),
    pytest.param(lambda: desk(drawn(1)), id="drawn"),
    pytest.param(lambda: desk(drawn(2), WEEK), id="drawn, ended a week ago"),
]


def cells_of(own, loops):
    """The cells of every measure of a desk."""
    rows, weeks = own.rows, own.weeks
    spells = [*rows.times.values(), *rows.chances.values()]
    pieces = [loops.cut_spells(each, rhythm_of_spells(own, each), weeks) for each in spells]
    pieces += [loops.cut_marks(each, weeks) for each in rows.trials.values()]
    return pieces, [expected_cells(each, rows.fields, loops) for each in pieces]


@pytest.mark.parametrize("made", DESKS)
def test_cells_are_the_same(made):
    own = made()
    lists, arrays = cells_of(own, by_lists), cells_of(own, by_arrays)
    assert lists == arrays
    assert any(any(each.expected) for each in lists[1])


@pytest.mark.parametrize("made", DESKS)
def test_sums_by_group_are_the_same_before_and_after_a_change(made):
    own = made()
    size, labels = own.weeks.size, own.labels
    for cells in cells_of(own, by_lists)[1]:
        other_cells = deepcopy(cells)
        one, other = (loops.count_cells(labels, cells, size) for loops in (by_lists, by_arrays))
        assert one == other
        for label, more in (
            (0, 0.7),
            (len(labels.where) - 1, -0.4),
            (1 % len(labels.where), 1e-3),
        ):
            wanted, weeks = range(0, len(labels.where), 2), (1, size - 1)
            by_lists.change_cells(labels, cells, one[1], label, wanted, weeks, more)
            by_arrays.change_cells(labels, other_cells, other[1], label, wanted, weeks, more)
            assert cells == other_cells
            assert one[1] == other[1]


def test_nothing_is_the_same():
    own = desk(log(tickets=30))
    empty = evolve(next(iter(own.rows.times.values())))
    for part in ("unit", "origin", "follows", "start", "end", "ended"):
        setattr(empty, part, getattr(empty, part)[:0])
    for loops in (by_lists, by_arrays):
        pieces = loops.cut_spells(empty, rhythm_of_spells(own, empty), own.weeks)
        cells = expected_cells(pieces, own.rows.fields, loops)
        assert not cells.unit
        observed, sums = loops.count_cells(own.labels, cells, own.weeks.size)
        assert observed == sums == [[0] * own.weeks.size for _ in own.labels.where]


def test_a_large_log_is_looped_over_with_numpy_where_it_is_there(monkeypatch):
    assert kernels(FEW) is by_arrays
    assert kernels(FEW - 1) is by_lists
    monkeypatch.delattr("support_model._changes.by_arrays")
    monkeypatch.delitem(sys.modules, "support_model._changes.by_arrays")
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert kernels(FEW) is by_lists


def handed_over(number):
    """A ticket that one group hands to another, or a third one keeps, until it is solved."""
    at = START + number * 4 * HOUR
    parts = {"ticket_id": f"T{number:04}", "actor": None}
    groups = ("third", "third") if number % 2 else ("first", "second")
    fields = {"status": NEW, "group": groups[0]}
    events = [
        Created(**parts, seq=1, at=at, role="customer", fields=fields),
        Changed(**parts, seq=2, at=at + HOUR, role="agent", fields={"group": groups[1]}),
        Changed(**parts, seq=3, at=at + 24 * HOUR, role="agent", fields={"status": SOLVED}),
    ]
    end = START + 4 * 7 * 24 * HOUR
    return facts_of([event for event in events if event.at <= end], as_of=end)


def test_the_queue_of_a_group_is_what_it_holds_whoever_solves_it():
    own = desk([handed_over(number) for number in range(4 * 7 * 6)])
    named = {pairs: label for label, pairs in enumerate(own.labels.where)}
    at = own.weeks.edges[2] + 1
    first, second = (named[(("group", group),)] for group in ("first", "second"))
    # six are open: every second one is not of the third group, the last still with the first
    assert [_open_at(own, label, at) for label in (0, first, second)] == [6, 1, 2]
