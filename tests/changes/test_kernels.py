"""The loops over all tickets give the same numbers, to the bit, in pure Python and with NumPy."""

import sys
from array import array
from copy import deepcopy
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from changes.small_logs import HOUR, NEW, SOLVED, START, log
from frames.histories import drawn_log

from support_model import kpi
from support_model._changes import by_arrays, by_lists
from support_model._changes.hazards import reference_of
from support_model._changes.items import _open_at
from support_model._changes.kernels import FAR, FEW, kernels
from support_model._changes.labels import FEWEST, kinds_of, labels_of
from support_model._changes.rows import UNIT
from support_model._changes.tables import CellTable, desk_of, rhythm_of_spells, tables_of
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
    """What is observed, the references and the cells of every measure of a desk."""
    rows, weeks, kinds = own.rows, own.weeks, own.kinds
    spells = [*rows.times.values(), *rows.chances.values()]
    lives = [loops.lives(each, rhythm_of_spells(own, each), weeks, kinds) for each in spells]
    lives += [loops.lives_of_marks(each, weeks, kinds) for each in rows.trials.values()]
    references = [reference_of(each, kinds.codes, loops) for each in lives]
    pairs = zip(lives, references, strict=True)
    return lives, references, [loops.cells(*pair, kinds, weeks.size) for pair in pairs]


@pytest.mark.parametrize("made", DESKS)
def test_cells_are_the_same(made):
    own = made()
    lists, arrays = cells_of(own, by_lists), cells_of(own, by_arrays)
    assert lists == arrays
    assert any(any(each.expected) for each in lists[2])


@pytest.mark.parametrize("made", DESKS)
def test_sums_by_group_are_the_same_before_and_after_a_change(made):
    own = made()
    size, kinds = own.weeks.size, own.kinds
    for cells in cells_of(own, by_lists)[2]:
        other_cells = deepcopy(cells)
        one, other = (loops.count_cells(kinds, cells, size) for loops in (by_lists, by_arrays))
        assert one == other
        for label, more in (
            (0, 0.7),
            (kinds.count - 1, -0.4),
            (1 % kinds.count, 1e-3),
        ):
            wanted, weeks = range(0, kinds.count, 2), (1, size - 1)
            by_lists.change_cells(kinds, cells, one[1], label, wanted, weeks, more)
            by_arrays.change_cells(kinds, other_cells, other[1], label, wanted, weeks, more)
            assert cells == other_cells
            assert one[1] == other[1]


@pytest.mark.parametrize("made", DESKS)
def test_what_is_expected_of_all_is_what_is_expected_of_each(made):
    """Cells add up to what a table says of the spells and marks one by one, but for rounding."""
    for table in tables_of(made()):
        if isinstance(table, CellTable):
            places = range(len(table.source.unit))
            for total, each in (
                (sum(table.cells.observed) * UNIT, table.observed_of),
                (sum(table.cells.expected), table.expected_of),
            ):
                assert total <= sum(map(each, places)) * (1 + 1e-3) + 1


def test_some_entries_at_a_time_are_the_same(monkeypatch):
    own = desk(log(tickets=150))
    size, kinds = own.weeks.size, own.kinds
    made = cells_of(own, by_arrays)
    monkeypatch.setattr(by_arrays, "CHUNK", 7)
    assert cells_of(own, by_arrays) == made
    for each in made[2]:
        one, other = (loops.count_cells(kinds, each, size) for loops in (by_lists, by_arrays))
        assert one == other


@pytest.mark.parametrize("made", DESKS)
def test_groups_are_the_same(made, monkeypatch):
    rows, found = made().rows, []
    for loops in (by_lists, by_arrays):
        monkeypatch.setattr("support_model._changes.labels.kernels", lambda _, own=loops: own)
        found.append(labels_of(rows))
    assert found[0] == found[1]
    labels = found[1]
    assert labels.number(1) or len(rows.ids) < FEWEST


@pytest.mark.parametrize("made", DESKS)
def test_units_of_a_kind_have_the_same_values_and_are_in_the_same_groups(made, monkeypatch):
    own, found = made(), []
    rows, labels = own.rows, own.labels
    for loops in (by_lists, by_arrays):
        monkeypatch.setattr("support_model._changes.labels.kernels", lambda _, own=loops: own)
        found.append(kinds_of(rows, labels))
    assert found[0] == found[1]
    kinds = found[1]
    assert kinds.of_unit[0] == 0
    for name, column in rows.fields.items():
        assert column.tolist() == [kinds.codes[name][kind] for kind in kinds.of_unit]
    sets = [kinds.groups[kinds.sets[kind]] for kind in kinds.of_unit]
    for label in range(len(labels.where)):
        column = labels.column(label)
        assert [label in groups for groups in sets] == [group == label for group in column]


@pytest.mark.parametrize("made", DESKS)
def test_what_is_counted_is_the_same(made):
    own = made()
    rows, kinds, labels, weeks = own.rows, own.kinds, own.labels, own.weeks
    marks = rows.counts["backlog"]
    for spells in rows.times.values():
        one, other = (each.ends_by_hour(spells, own.slots) for each in (by_lists, by_arrays))
        assert one == other
    one, other = (each.flow_cells(marks, weeks, kinds) for each in (by_lists, by_arrays))
    assert one == other
    cells = by_lists.count_marks(marks, weeks, kinds)
    assert cells == by_arrays.count_marks(marks, weeks, kinds)
    assert cells.place
    for label in (0, len(labels.where) // 2, len(labels.where) - 1):
        for span in ((0, weeks.size), (2, weeks.size), (1, 3)):
            args = kinds, cells, label, span, weeks.size
            assert by_lists.overlaps(*args) == by_arrays.overlaps(*args)
            bounds = (marks.at, *map(weeks.edges.__getitem__, span)), (marks.value, 1, FAR)
            one = by_lists.places(labels, marks.unit, label, *bounds)
            assert one == by_arrays.places(labels, marks.unit, label, *bounds)
            column = labels.column(label)
            assert all(column[marks.unit[place]] == label for place in one)


def test_a_ticket_counts_once_for_a_code_that_it_ever_had():
    codes, ticket = array("i", [0, 1, -1, 1, 1, 2, -1, 0]), array("i", [0, 1, 2, 0, 0, 0, 1, 2])
    for loops in (by_lists, by_arrays):
        counts = loops.count_codes(codes, ticket, 3)
        assert [counts[code] for code in range(3)] == [2, 2, 1]


def test_nothing_is_the_same():
    own = desk(log(tickets=30))
    empty = evolve(next(iter(own.rows.times.values())))
    for part in ("unit", "origin", "follows", "start", "end", "ended"):
        setattr(empty, part, getattr(empty, part)[:0])
    for loops in (by_lists, by_arrays):
        lives = loops.lives(empty, rhythm_of_spells(own, empty), own.weeks, own.kinds)
        reference = reference_of(lives, own.kinds.codes, loops)
        cells = loops.cells(lives, reference, own.kinds, own.weeks.size)
        assert not cells.place
        observed, sums = loops.count_cells(own.kinds, cells, own.weeks.size)
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
