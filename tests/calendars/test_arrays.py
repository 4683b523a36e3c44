"""Columns of business time: array = scalar on drawn calendars, and every way a column can look."""

import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support_model import arrays
from support_model._time import FIRST, LAST
from support_model.arrays import EdgeTable, add_by, edge_table, elapsed_by
from support_model.calendars import BusinessCalendar
from support_model.errors import (
    InvalidValue,
    NaiveDatetime,
    NoOpenTime,
    OutOfRange,
    SupportModelError,
)
from support_model.instants import instant, micros
from support_model.testing import calendars, scenes

HOUR = 3_600_000_000
OFFICE = BusinessCalendar.weekly(
    {"mon-fri": "09:07-12:11, 12:58-16:53"},
    tz="Europe/Berlin",
    holidays={datetime(2024, 5, 1).date(): "Labor Day"},
)
NEVER = BusinessCalendar.weekly({}, tz="UTC")
YEAR = micros(datetime(2024, 1, 1, tzinfo=UTC)), micros(datetime(2025, 1, 1, tzinfo=UTC))
MANY = arrays.FEW + 1  # the fewest rows for which a table is made

stretches = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 60)).map(lambda s: (s[0], s[0] + s[1])),
    max_size=8,
)
ticks = st.integers(FIRST, LAST)


def counts(open_stretches):
    """Return the open ticks before each tick, by a look at every tick."""
    flags = [any(a <= tick < b for a, b in open_stretches) for tick in range(470)]
    return [0, *accumulate(flags)]


def some_instants(n, seed=1):
    return np.random.default_rng(seed).integers(*YEAR, n)


def scalar(calendar, starts, ends):
    pairs = zip(np.ravel(starts).tolist(), np.ravel(ends).tolist(), strict=True)
    return [
        calendar.elapsed(instant(a), instant(b)) // timedelta(microseconds=1) for a, b in pairs
    ]


@given(stretches, st.sampled_from([1, 10**6]))
def test_both_kernels_agree_with_a_look_at_every_tick(drawn, rows):
    """One row makes them search, a million rows make them cut slots."""
    table = EdgeTable.of(drawn, low=0, high=470, origin=7)
    expected = counts(drawn)
    ticks = np.arange(471)
    assert (table.counter(rows)(ticks) - 7).tolist() == expected
    total = expected[-1]
    if total:
        landings = table.lander(rows)(np.arange(1, total + 1) + 7)
        assert landings.tolist() == [expected.index(c) for c in range(1, total + 1)]


@example([(0, 10), (20, 25)], [21], -1)  # the latest instant is an opening, not a close
@given(stretches, st.lists(st.integers(0, 470), min_size=1), st.integers(-200, 200))
def test_add_agrees_with_a_look_at_every_tick(drawn, starts, amount):
    table = EdgeTable.of(drawn, low=0, high=470)
    c = counts(drawn)
    targets = [c[start] + amount for start in starts]
    if amount and not (min(targets) >= 0 and max(targets) <= c[-1]):
        with pytest.raises(OutOfRange):
            arrays.add(table, starts, amount)
    elif amount < 0:
        latest = [470 - c[::-1].index(target) for target in targets]
        assert arrays.add(table, starts, amount).tolist() == latest
    else:
        earliest = [c.index(target) for target in targets] if amount else starts
        assert arrays.add(table, starts, amount).tolist() == earliest


@given(stretches, st.integers(0, 470), st.integers(0, 470))
def test_a_table_cuts_stretches_at_its_bounds(drawn, low, high):
    low, high = sorted((low, high))
    table = EdgeTable.of(drawn, low=low, high=high)
    assert table.open_before(np.array([low, high])).tolist() == [
        0,
        counts(drawn)[high] - counts(drawn)[low],
    ]


@given(scenes(), st.lists(st.integers(-15 * 86_400_000_000, 15 * 86_400_000_000), max_size=9))
def test_elapsed_is_the_scalar_near_turned_clocks(scene, offsets):
    calendar, probe = scene
    near = np.resize(
        [micros(probe.a), micros(probe.b), *(micros(probe.c) + o for o in offsets)], MANY
    )
    ends = np.roll(near, 1)
    assert calendar.elapsed_array(near, ends).tolist() == scalar(calendar, near, ends)


@given(calendars(), st.lists(ticks, min_size=2, max_size=4))
def test_elapsed_is_the_scalar_over_all_years(calendar, drawn):
    starts = np.resize(drawn, MANY)
    ends = np.roll(starts, 1)
    assert calendar.elapsed_array(starts, ends).tolist() == scalar(calendar, starts, ends)


def moved(calendar, start, amount):
    try:
        return micros(calendar.add(instant(start), timedelta(microseconds=amount)))
    except SupportModelError as error:
        return type(error)


@given(scenes(), st.lists(st.integers(-400 * HOUR, 400 * HOUR), min_size=1, max_size=9))
def test_add_is_the_scalar(scene, amounts):
    calendar, probe = scene
    starts = np.resize([micros(probe.a), micros(probe.b), micros(probe.c)], MANY)
    amounts = np.resize(amounts, MANY)
    expected = [
        moved(calendar, *row) for row in zip(starts.tolist(), amounts.tolist(), strict=True)
    ]
    refused = {answer for answer in expected if isinstance(answer, type)}
    if refused:
        with pytest.raises(tuple(refused)):
            calendar.add_array(starts, amounts)
    else:
        assert calendar.add_array(starts, amounts).tolist() == expected


@given(st.lists(st.integers(-(10**17), 10**17), min_size=1, max_size=4), ticks)
def test_add_is_the_scalar_over_all_years(amounts, start):
    rows = [(start, amount) for amount in amounts]
    expected = [moved(OFFICE, *row) for row in rows]
    if any(isinstance(answer, type) for answer in expected):
        with pytest.raises(OutOfRange):
            OFFICE.add_array(start, np.resize(amounts, MANY))
    else:
        landed = OFFICE.add_array(start, np.resize(amounts, MANY))
        assert landed.tolist() == np.resize(expected, MANY).tolist()


@given(st.lists(st.tuples(st.integers(0, 2), ticks, ticks), max_size=200))
def test_each_row_in_its_own_calendar(rows):
    three = [OFFICE, NEVER, BusinessCalendar.always()]
    which, starts, ends = np.array(rows, np.int64).reshape(-1, 3).T
    answers = elapsed_by(three, which, starts, ends).tolist()
    assert answers == [scalar(three[k], [a], [b])[0] for k, a, b in rows]


@pytest.mark.parametrize("edge", [-1, 0, 1])
@pytest.mark.parametrize("passes", [1, 2])
def test_rows_at_the_bounds_of_a_pass(edge, passes):
    n = passes * arrays.CHUNK + edge
    starts, ends = some_instants(n), some_instants(n, seed=2)
    got = OFFICE.elapsed_array(starts, ends)
    ours = np.r_[0:3, n - 3 : n, min(n, arrays.CHUNK) - 2 : min(n, arrays.CHUNK)]
    assert got[ours].tolist() == scalar(OFFICE, starts[ours], ends[ours])
    assert (OFFICE.elapsed_array(ends, starts) == -got).all()


def test_a_million_rows_in_any_order():
    starts = some_instants(10**6)
    order = np.argsort(starts)
    unsorted = OFFICE.elapsed_array(YEAR[0], starts)
    in_order = OFFICE.elapsed_array(YEAR[0], starts[order])
    assert (unsorted[order] == in_order).all()
    assert (np.diff(in_order) >= 0).all()
    ours = np.arange(0, 10**6, 9973)
    assert unsorted[ours].tolist() == scalar(OFFICE, np.full(ours.size, YEAR[0]), starts[ours])
    landed = OFFICE.add_array(YEAR[0], unsorted[unsorted > 0])
    assert (landed <= starts[unsorted > 0]).all()
    assert (OFFICE.elapsed_array(YEAR[0], landed) == unsorted[unsorted > 0]).all()


@pytest.mark.parametrize("n", [0, 1, arrays.FEW, MANY])
def test_any_number_of_rows(n):
    starts, ends = some_instants(n), some_instants(n, seed=2)
    got = OFFICE.elapsed_array(starts, ends)
    assert got.shape == (n,)
    assert got.dtype == np.int64
    assert got.tolist() == scalar(OFFICE, starts, ends)
    assert OFFICE.add_array(starts, np.full(n, HOUR)).shape == (n,)


def test_shapes_are_broadcast():
    starts = some_instants(60).reshape(3, 20)
    ends = some_instants(20, seed=2)
    got = OFFICE.elapsed_array(starts, ends)
    assert got.shape == (3, 20)
    assert got.ravel().tolist() == scalar(OFFICE, starts, np.broadcast_to(ends, (3, 20)))
    assert OFFICE.elapsed_array(*YEAR).shape == ()


def test_one_datetime_and_one_timedelta_stand_for_a_column():
    zone = OFFICE.tz
    as_of = datetime(2024, 12, 24, 12, tzinfo=zone)
    starts = some_instants(100)
    typed = starts.view("datetime64[us]")
    plain = OFFICE.elapsed_array(starts, as_of)
    assert plain.tolist() == scalar(OFFICE, starts, np.full(100, micros(as_of)))
    assert (OFFICE.elapsed_array(typed, as_of) == plain.view("timedelta64[us]")).all()
    due = OFFICE.add_array(typed, timedelta(hours=4))
    assert due.dtype == "datetime64[us]"
    assert (OFFICE.elapsed_array(typed, due) == np.timedelta64(4, "h")).all()


def test_columns_are_read_wherever_they_lie():
    both = np.stack([some_instants(200), some_instants(200, seed=2)], axis=1)
    expected = scalar(OFFICE, both[:, 0], both[:, 1])
    both.flags.writeable = False
    kept = both.copy()
    assert OFFICE.elapsed_array(both[:, 0], both[:, 1]).tolist() == expected
    assert OFFICE.elapsed_array(both[::-1, 0], both[::-1, 1]).tolist() == expected[::-1]
    swapped = both.astype(">i8")
    assert OFFICE.elapsed_array(swapped[:, 0], swapped[:, 1]).tolist() == expected
    assert OFFICE.add_array(both[:, 0], np.zeros(200, np.int64)).tolist() == both[:, 0].tolist()
    assert (both == kept).all()


@pytest.mark.parametrize("unit", ["D", "h", "m", "s", "ms", "us", "ns"])
def test_units_are_exact(unit):
    starts = some_instants(100).view("datetime64[us]").astype(f"datetime64[{unit}]")
    ends = some_instants(100, seed=2).view("datetime64[us]").astype(f"datetime64[{unit}]")
    got = OFFICE.elapsed_array(starts, ends)
    assert got.dtype == "timedelta64[us]"
    as_ints = [column.astype("datetime64[us]").view(np.int64) for column in (starts, ends)]
    assert got.view(np.int64).tolist() == scalar(OFFICE, *as_ints)
    amounts = np.arange(100).astype(f"timedelta64[{unit if unit != 'ns' else 'us'}]")
    landed = OFFICE.add_array(starts, amounts)
    assert (OFFICE.elapsed_array(starts, landed) == amounts).all()


@pytest.mark.parametrize("n", [3, MANY])
def test_nat_stays_nat_and_disturbs_nothing(n):
    starts = some_instants(n).view("datetime64[us]")
    ends = some_instants(n, seed=2).view("datetime64[us]")
    expected = OFFICE.elapsed_array(starts, ends)
    holes = starts.copy()
    holes[1] = "NaT"
    got = OFFICE.elapsed_array(holes, ends)
    assert np.isnat(got).tolist() == [row == 1 for row in range(n)]
    assert (got[~np.isnat(got)] == np.delete(expected, 1)).all()
    amounts = np.full(n, np.timedelta64(1, "h"))
    amounts[1] = np.timedelta64(10**9, "D")  # would leave the calendar, but its start is unknown
    assert np.isnat(OFFICE.add_array(holes, amounts)).sum() == 1
    assert np.isnat(OFFICE.elapsed_array(np.full(n, "NaT", "M8[s]"), ends)).all()
    by = elapsed_by({"a": OFFICE}, np.where(np.isnat(holes), "?", "a"), holes, ends)
    assert (by[~np.isnat(by)] == np.delete(expected, 1)).all()


@pytest.mark.parametrize(
    "column",
    [
        [1.5],
        ["2024-01-01"],
        [True],
        [None],
        np.array([2**63], np.uint64),
        [datetime(2024, 1, 1, tzinfo=UTC)],
        np.array(["2024-01"], "datetime64[M]"),
        np.array(["2024-01-01"], "datetime64[15m]"),
        np.array([1], "timedelta64[s]"),
    ],
)
def test_a_column_that_names_no_exact_instants_is_refused(column):
    with pytest.raises(InvalidValue, match="dtype"):
        OFFICE.elapsed_array(column, YEAR[1])


def test_a_naive_datetime_names_no_instant():
    with pytest.raises(NaiveDatetime):
        OFFICE.elapsed_array(some_instants(3), datetime(2024, 1, 1))


def test_part_of_a_microsecond_is_not_rounded_silently():
    starts = np.array([1000, 2001, 3000], "datetime64[ns]")
    with pytest.raises(InvalidValue, match=r"row 1 .*2001"):
        OFFICE.elapsed_array(starts, starts)


def test_integers_beside_units_are_refused():
    typed = some_instants(3).view("datetime64[us]")
    with pytest.raises(InvalidValue, match="starts and ends"):
        OFFICE.elapsed_array(typed, some_instants(3))
    with pytest.raises(InvalidValue, match="starts and amounts"):
        OFFICE.add_array(typed, [HOUR] * 3)


@pytest.mark.parametrize("stray", [FIRST - 1, LAST + 1, np.iinfo(np.int64).min])
def test_an_instant_outside_the_years_is_named(stray):
    starts = some_instants(5)
    starts[3] = stray
    with pytest.raises(OutOfRange, match="row 3"):
        OFFICE.elapsed_array(starts, starts)


@pytest.mark.parametrize("unit", ["D", "s"])
def test_a_unit_that_would_overflow_is_named(unit):
    with pytest.raises(OutOfRange, match="row 1"):
        OFFICE.elapsed_array(np.array([0, 2**62], f"datetime64[{unit}]"), instant(0))


@pytest.mark.parametrize("n", [5, MANY])
def test_a_row_that_never_lands_is_named(n):
    amounts = np.zeros(n, np.int64)
    amounts[3] = 1
    with pytest.raises(NoOpenTime) as caught:
        NEVER.add_array(some_instants(n), amounts)
    assert caught.value.__notes__ == ["row 3"]
    assert micros(caught.value.start) == some_instants(n)[3]


@pytest.mark.parametrize("n", [5, MANY])
def test_a_row_is_named_by_its_place_among_all(n):
    """Neither a row left out for NaT nor one that stays where it is shifts the numbers."""
    starts = some_instants(n).view("datetime64[us]")
    starts[0] = "NaT"
    amounts = np.zeros(n, "timedelta64[us]")
    amounts[[0, 4]] = 1
    for answer in (
        lambda: NEVER.add_array(starts, amounts),
        lambda: add_by({"never": NEVER, "office": OFFICE}, ["never"] * n, starts, amounts),
        lambda: add_by([OFFICE, NEVER], (np.arange(n) > 2).astype(int), starts, amounts),
    ):
        with pytest.raises(NoOpenTime) as caught:
            answer()
        assert caught.value.__notes__ == ["row 4"]


@pytest.mark.parametrize("n", [5, MANY])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_row_that_lands_outside_the_years_is_refused(n, sign):
    amounts = np.full(n, HOUR)
    amounts[3] = sign * (LAST - FIRST)
    with pytest.raises(OutOfRange):
        BusinessCalendar.always().add_array(some_instants(n), amounts)
    with pytest.raises(OutOfRange):
        OFFICE.add_array(some_instants(n).view("M8[us]"), np.full(n, sign * 2**62, "m8[D]"))


@pytest.mark.parametrize("n", [1, MANY])
def test_the_end_of_the_last_year_is_no_landing(n):
    always = BusinessCalendar.always()
    assert always.add_array(np.full(n, LAST - 1), 1).tolist() == [LAST] * n
    with pytest.raises(OutOfRange, match="row 0"):
        always.add_array(np.full(n, LAST), 1)


def test_landings_a_tick_of_open_time_but_decades_apart():
    days = datetime(1990, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    hours = {day.date(): "00:00-01:00" for day in days}
    seldom = BusinessCalendar.weekly({}, tz="UTC", dates=hours)
    landed = seldom.add_array(days[0], np.resize([HOUR, HOUR + 1], MANY))
    assert landed[:2].tolist() == [micros(days[0]) + HOUR, micros(days[1]) + 1]


def test_a_stray_year_9999_among_ordinary_rows():
    starts = some_instants(2000)
    ends = some_instants(2000, seed=2)
    ends[::500] = LAST
    starts[::700] = FIRST
    ours = np.r_[0:50, 500:550, 700:750]
    got = OFFICE.elapsed_array(starts, ends)
    assert got[ours].tolist() == scalar(OFFICE, starts[ours], ends[ours])


def test_a_table_stands_for_its_calendar():
    table = edge_table(OFFICE, *YEAR)
    starts, ends = some_instants(500), some_instants(500, seed=2)
    assert (arrays.elapsed(table, starts, ends) == OFFICE.elapsed_array(starts, ends)).all()
    inside = OFFICE.elapsed_array(starts, YEAR[1])
    some = inside > 0
    landed = arrays.add(table, starts[some], inside[some])
    assert (landed == OFFICE.add_array(starts[some], inside[some])).all()
    back = OFFICE.elapsed_array(YEAR[0], starts[some])
    assert (arrays.add(table, starts[some], -back) == OFFICE.add_array(starts[some], -back)).all()
    with pytest.raises(OutOfRange, match=r"row 1: .* table"):
        arrays.elapsed(table, [YEAR[0], YEAR[0] - 1], YEAR[1])
    with pytest.raises(OutOfRange, match=r"row 0: .* table"):
        arrays.add(table, YEAR[:1], HOUR * 10_000)
    with pytest.raises(InvalidValue, match="swap"):
        edge_table(OFFICE, *YEAR[::-1])


class OpensTwice:
    """A line whose second run is centuries off, and cannot be found."""

    def open_before(self, t):
        return min(max(t, 0), 10)

    def runs(self, t):
        yield 0, 10
        pytest.fail(f"searched beyond {t} for a run that nobody asked for")


def test_a_table_looks_for_no_run_beyond_its_end():
    assert edge_table(OpensTwice(), 0, 100).ends.tolist() == [10]


def test_tables_are_read_only():
    table = edge_table(OFFICE, *YEAR)
    with pytest.raises(ValueError, match="read-only"):
        table.starts[0] = 0


def test_the_memory_for_slots_is_bounded():
    """Two stretches a tick apart would need ten million slots; they are searched instead."""
    table = EdgeTable.of([(0, 1), (2, 3)], low=0, high=2 * 10**7)
    tracemalloc.start()
    counter, lander = table.counter(10**9), table.lander(10**9)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < arrays.TABLE_BYTES
    assert counter(np.array([0, 1, 2, 3, 10**7])).tolist() == [0, 1, 1, 2, 2]
    assert lander(np.array([1, 2])).tolist() == [1, 3]


def test_the_memory_for_stretches_is_bounded(monkeypatch):
    starts = some_instants(500)
    monkeypatch.setattr(arrays, "TABLE_BYTES", 400 * arrays.ROW_BYTES)
    with pytest.raises(OutOfRange, match="400"):
        OFFICE.elapsed_array(starts, YEAR[1])


def test_calendars_by_key():
    keys = np.array(["gold", "never", "gold"] * 40)
    starts = some_instants(120)
    by_key = elapsed_by({"gold": OFFICE, "never": NEVER}, keys, starts, YEAR[1])
    by_index = elapsed_by([OFFICE, NEVER], (keys == "never").astype(np.uint8), starts, YEAR[1])
    assert (by_key == by_index).all()
    assert not by_key[1::3].any()
    assert (by_key[::3] == OFFICE.elapsed_array(starts[::3], YEAR[1])).all()
    objects = keys.astype(object)
    due = add_by({"gold": OFFICE, "spare": NEVER}, objects[::3], starts[::3], HOUR)
    assert (due == OFFICE.add_array(starts[::3], HOUR)).all()
    with pytest.raises(NoOpenTime) as caught:
        add_by({"gold": OFFICE, "never": NEVER}, objects, starts, HOUR)
    assert caught.value.__notes__ == ["row 1"]


def test_an_unknown_calendar_is_named():
    with pytest.raises(InvalidValue, match=r"row 1: .*'gould'; did you mean 'gold'"):
        elapsed_by({"gold": OFFICE}, ["gold", "gould"], *YEAR)
    for index in (-1, 2):
        with pytest.raises(InvalidValue, match="row 0"):
            elapsed_by([OFFICE, NEVER], [index], *YEAR)
    with pytest.raises(InvalidValue, match="integers"):
        elapsed_by([OFFICE], ["gold"], *YEAR)


def test_without_numpy_the_extra_is_named():
    code = "import sys; sys.modules['numpy'] = None; import support_model.arrays"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "MissingExtra: frames need numpy: pip install 'support-model[frames]'" in done.stderr
