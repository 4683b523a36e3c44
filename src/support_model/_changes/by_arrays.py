"""The loops over all tickets of a log with NumPy: the same numbers as `by_lists`, to the bit.

`bincount` adds weights in the order of a loop; whole numbers that could pass what a float holds
are added in two halves.
"""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from support_model._changes.rows import FACTOR_PRIOR, FEWEST, PASSES, UNIT, Cells, Pieces
from support_model._changes.stretches import extend, spread
from support_model._changes.weeks import HOURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._changes.kernels import Bounds
    from support_model._changes.labels import Labels
    from support_model._changes.rows import Hazards, Ints, Marks, Spells, Tallies
    from support_model._changes.weeks import Rhythm, Slots, Weeks

Numbers: TypeAlias = "NDArray[Any]"
HALF = 26
"""Bits of the lower half of a sum: of a hundred million of them a float holds all."""
CHUNK = 1 << 17
"""Entries looped over at a time: what is made of them on the way stays small."""


def _of(values: Ints) -> Numbers:
    """Return whole numbers as an array over the same memory."""
    return np.asarray(values)


def _kept(code: str, values: Numbers) -> Ints:
    kept = array(code)
    extend(kept, values)
    return kept


def _halves(places: Numbers, values: Numbers, size: int) -> Numbers:
    """Return sums of whole numbers by place, in two halves each of which is exact."""
    low = np.bincount(places, values & ((1 << HALF) - 1), size)
    return np.stack([low, np.bincount(places, values >> HALF, size)])


def _whole(halves: Numbers) -> list[int]:
    """Return sums of which there are two halves."""
    low, high = halves.tolist()
    return [int(a) + (int(b) << HALF) for a, b in zip(low, high, strict=True)]


def _chunks(size: int) -> Iterator[slice]:
    """Yield the parts of so many entries that are looped over at a time."""
    for start in range(0, size, CHUNK):
        yield slice(start, start + CHUNK)


def _at(rhythm: Rhythm, instants: Numbers) -> Numbers:
    """Return the coordinates of instants."""
    sums, weights = (np.array(each, np.int64) for each in (rhythm.sums, rhythm.weights))
    past = instants - rhythm.start
    slot = np.clip(past // rhythm.step, 0, sums.size - 1)
    rest = past - slot * rhythm.step
    return np.where(past < 0, past, sums[slot] + (rest * weights[slot] >> 10))


def count_codes(codes: Ints, ticket: Ints, size: int) -> dict[int, int]:
    """Return how many tickets ever had each code; the first units are the tickets."""
    every, of = _of(codes), _of(ticket)
    counts = np.bincount(every[:size] + 1)
    other = size + np.flatnonzero(every[size:] != every[of[size:]])
    if other.size:  # of another holder of the same ticket, once
        wide = int(every.max()) + 2
        pairs = np.unique(of[other].astype(np.int64) * wide + every[other] + 1)
        counts = np.bincount(pairs % wide, minlength=wide) + np.append(
            counts, np.zeros(wide - counts.size, np.int64)
        )
    return dict(enumerate(counts[1:].tolist()))


def numbered(codes: Ints, numbers: Sequence[int]) -> Ints:
    """Return the number of each code; that of -1 is the last."""
    return _kept("i", np.array(numbers, np.int32)[_of(codes)])


def count_pairs(first: Ints, other: Ints, size: int) -> dict[tuple[int, int], int]:
    """Return how many of the first units have each pair of numbers, neither of them -1."""
    one, two = _of(first)[:size], _of(other)[:size]
    both = (one >= 0) & (two >= 0)
    wide = int(two.max(initial=0)) + 1
    keys, counts = np.unique(one[both].astype(np.int64) * wide + two[both], return_counts=True)
    pairs = zip((keys // wide).tolist(), (keys % wide).tolist(), strict=True)
    return dict(zip(pairs, counts.tolist(), strict=True))


def paired(first: Ints, other: Ints, numbers: Mapping[tuple[int, int], int]) -> Ints:
    """Return the number of the pair that each unit has; -1 for another."""
    one, two = _of(first), _of(other)
    made = np.full(one.size, -1, np.int32)
    for pair, number in numbers.items():
        made[(one == pair[0]) & (two == pair[1])] = number
    return _kept("i", made)


def ends_by_hour(spells: Spells, slots: Slots) -> list[int]:
    """Return how many outcomes came in each hour of the week."""
    ends = _of(spells.end)[_of(spells.ended) != 0]
    slot = (ends - slots.start) // slots.step
    hours = np.array(slots.hours, np.int64)
    inside = slot[(slot >= 0) & (slot < hours.size)]
    counts: list[int] = np.bincount(hours[inside], minlength=HOURS).tolist()
    return counts


def _inside(marks: Marks, weeks: Weeks) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return the places of marks in some weeks, their units, instants and weeks."""
    at = _of(marks.at)
    inside = np.flatnonzero((at >= weeks.edges[0]) & (at < weeks.end))
    at = at[inside]
    week = np.searchsorted(np.array(weeks.edges), at, "right") - 1
    return inside, _of(marks.unit)[inside], at, week


def flow_cells(marks: Marks, weeks: Weeks) -> Cells:
    """Return solutions as outcomes, and arrivals as what is to be expected."""
    inside, unit, _, week = _inside(marks, weeks)
    came = _of(marks.value)[inside] > 0
    expected = np.where(came, 0, UNIT)
    return Cells(_kept("i", unit), _kept("i", week), _kept("b", came), _kept("q", expected))


def count_marks(marks: Marks, weeks: Weeks) -> Cells:
    """Return what is counted; 1 is expected where it came as early as the last week goes."""
    _, unit, at, week = _inside(marks, weeks)
    passed = at - np.array(weeks.edges)[week]
    early = (passed < weeks.end - weeks.edges[-2]) & (week < weeks.size - 1)
    ones = np.ones(unit.size)
    return Cells(_kept("i", unit), _kept("i", week), _kept("b", ones), _kept("q", early))


def overlaps(
    labels: Labels, cells: Cells, label: int, weeks: tuple[int, int]
) -> tuple[list[int], list[int]]:
    """Return of each group how many cells are outside of some weeks, and in a group too."""
    unit, week, count = _of(cells.unit), _of(cells.week), len(labels.where)
    outside = unit[(week < weeks[0]) | (week >= weeks[1])]
    both = outside[_of(labels.column(label))[outside] == label]
    sizes, inside = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    for column in labels.columns:
        own = _of(column) + 1  # units of no group come first
        sizes += np.bincount(own[outside], minlength=count + 1)
        inside += np.bincount(own[both], minlength=count + 1)
    return sizes[1:].tolist(), inside[1:].tolist()


def places(labels: Labels, units: Ints, label: int, *bounds: Bounds) -> list[int]:
    """Return the places of units of a group at which columns are within their bounds."""
    kept = _of(labels.column(label))[_of(units)] == label
    for column, low, high in bounds:
        own = _of(column)
        kept &= (own >= low) & (own < high)
    made: list[int] = np.flatnonzero(kept).tolist()
    return made


def cut_spells(spells: Spells, rhythm: Rhythm, weeks: Weeks) -> Pieces:
    """Return spells cut at the edges of weeks, with their ages in the rhythm of the desk."""
    edges = np.array(weeks.edges, np.int64)
    start, end, follows = _of(spells.start), _of(spells.end), _of(spells.follows) != 0
    if not start.size:
        return Pieces()
    at_start = _at(rhythm, start)
    lasted = _at(rhythm, end) - at_start
    sums = np.cumsum(lasted)  # may wrap around: only differences of the near are asked
    first = np.maximum.accumulate(np.where(follows, 0, np.arange(start.size)))
    before = np.where(follows, sums - lasted - (sums - lasted)[first], 0)
    zero = at_start - before
    inside = np.flatnonzero((end >= edges[0]) & (start < weeks.end))
    unit, start, end, zero, at_start = (
        each[inside] for each in (_of(spells.unit), start, end, zero, at_start)
    )
    came = np.where(end < weeks.end, _of(spells.ended)[inside], 0)
    until = np.minimum(end, weeks.end)
    at_edges = _at(rhythm, edges[:-1])
    young = np.where(start > edges[0], at_start, at_edges[0]) - zero
    old = _at(rhythm, until) - zero
    week = np.maximum(0, np.searchsorted(edges, start, "right") - 1)
    last = np.minimum(np.searchsorted(edges, until, "right") - 1, weeks.size - 1)
    count = np.maximum(week, last) - week + 1
    pieces, ends = Pieces(), np.cumsum(count)
    cuts = ends.searchsorted(np.arange(CHUNK, int(ends[-1]) if ends.size else 0, CHUNK))
    for begin, stop in pairwise(np.unique([0, *cuts.tolist(), count.size]).tolist()):
        rows = slice(begin, stop)
        told = unit[rows], zero[rows], young[rows], old[rows], came[rows]
        _cut(pieces, told, (week[rows], count[rows]), at_edges)
    return pieces


def _cut(
    pieces: Pieces,
    told: tuple[Numbers, Numbers, Numbers, Numbers, Numbers],
    span: tuple[Numbers, Numbers],
    at_edges: Numbers,
) -> None:
    """Add a piece of each spell for each week from its first to its last."""
    unit, zero, young, old, came = told
    first, count = span
    of, place = spread(count)
    week = first[of] + place
    is_last = place == count[of] - 1
    zero = zero[of]
    extend(pieces.unit, unit[of])
    extend(pieces.week, week)
    extend(pieces.young, np.where(place == 0, young[of], at_edges[week] - zero))
    next_edge = at_edges[np.minimum(week + 1, at_edges.size - 1)] - zero
    extend(pieces.old, np.where(is_last, old[of], next_edge))
    extend(pieces.came, np.where(is_last, came[of], 0))


def cut_marks(marks: Marks, weeks: Weeks) -> Pieces:
    """Return answers as pieces of one age."""
    inside, unit, _, week = _inside(marks, weeks)
    return Pieces(
        _kept("i", unit),
        _kept("i", week),
        _kept("q", np.zeros(inside.size)),
        _kept("q", np.ones(inside.size)),
        _kept("b", _of(marks.value)[inside]),
    )


def ended(pieces: Pieces) -> list[int]:
    """Return the ages at which outcomes came, in order."""
    made: list[int] = np.sort(_of(pieces.old)[_of(pieces.came) != 0]).tolist()
    return made


def ages(edges: list[int], values: Ints) -> Numbers:
    """Return in which age, between edges, each value is; one at an edge is in the age before."""
    own, given = np.array(edges[1:], np.int64), _of(values)
    made = np.empty(given.size, np.int16)
    for chunk in _chunks(given.size):
        made[chunk] = own.searchsorted(given[chunk], "left")
    return made


def lived(
    pieces: Pieces,
    edges: list[int],
    spans: tuple[Numbers, Numbers],
    strata: Numbers | None,
    count: int,
) -> list[Tallies]:
    """Return of each stratum what is needed to know how long each age was lived, and outcomes."""
    size, begins = len(edges), np.array(edges, np.int64)
    every = count * size
    passed, came = np.zeros(every, np.int64), np.zeros(every, np.int64)
    parts = np.zeros((2, every))
    unit, outcomes = _of(pieces.unit), _of(pieces.came)
    for chunk in _chunks(unit.size):
        stratum = 0 if strata is None else strata[unit[chunk]] * size
        for ages_of, values, sign in ((spans[0], pieces.young, -1), (spans[1], pieces.old, 1)):
            age = ages_of[chunk].astype(np.int64)
            code = age + stratum
            passed += sign * np.bincount(code, minlength=every)
            parts += sign * _halves(code, _of(values)[chunk] - begins[age], every)
        came += np.bincount(code[outcomes[chunk] != 0], minlength=every)
    columns = passed.tolist(), _whole(parts), came.tolist()
    return [
        (columns[0][n : n + size], columns[1][n : n + size], columns[2][n : n + size])
        for n in range(0, every, size)
    ]


def risks(
    pieces: Pieces,
    edges: list[int],
    spans: tuple[Numbers, Numbers],
    strata: Numbers | None,
    hazards: Sequence[Hazards],
) -> Numbers:
    """Return the outcomes to be expected in each piece."""
    size, begins = len(edges), np.array(edges, np.int64)
    sums, rates = (np.array([each[n] for each in hazards]).ravel() for n in (0, 1))
    unit, young, old = _of(pieces.unit), _of(pieces.young), _of(pieces.old)
    risk = np.empty(unit.size)
    for chunk in _chunks(unit.size):
        stratum = 0 if strata is None else strata[unit[chunk]] * size
        ages_of = [each[chunk].astype(np.int64) for each in spans]
        first, last = (each + stratum for each in ages_of)
        own = sums[last] - sums[first]
        own += rates[last] * (old[chunk] - begins[ages_of[1]])
        own -= rates[first] * (young[chunk] - begins[ages_of[0]])
        risk[chunk] = own
    return risk


def units_of(pieces: Pieces) -> Numbers:
    """Return the units that pieces are of, in order."""
    unit = _of(pieces.unit)
    told = np.zeros(int(unit.max(initial=-1)) + 1, np.bool_)
    told[unit] = True
    return np.flatnonzero(told)


def by_unit(pieces: Pieces, risk: Numbers, units: Numbers) -> tuple[Numbers, Numbers]:
    """Return the outcomes of each unit, and those that were to be expected."""
    unit = _of(pieces.unit)
    outcomes = _of(pieces.came)
    some = np.flatnonzero(outcomes)
    came = np.bincount(unit[some], outcomes[some], int(unit.max(initial=-1)) + 1)
    due = np.zeros(came.size)
    for chunk in _chunks(unit.size):
        np.add.at(due, unit[chunk].astype(np.intp), risk[chunk])  # one after the other
    return came[units].astype(np.int64), due[units]


def by_value(
    codes: Ints, units: Numbers, came: Numbers, due: Numbers
) -> list[tuple[float, float]]:
    """Return outcomes and expected ones of each value that a unit has, by code."""
    own = _of(codes)[units] + 1
    outcomes, expected = np.bincount(own, came), np.bincount(own, due)
    there = np.flatnonzero(np.bincount(own))
    return [*zip(outcomes[there].tolist(), expected[there].tolist(), strict=True)]


def strata(columns: Sequence[Ints], units: Numbers, came: Numbers) -> tuple[Numbers, int]:
    """Return the stratum of each unit, and how many there are.

    A stratum is formed by as many of the columns as leave it enough outcomes.
    """
    stratum = np.zeros(units.size, np.int64)
    large = np.full(units.size, int(came.sum()) >= FEWEST)
    path, count = stratum, 1
    for column in columns:
        codes = _of(column)[units].astype(np.int64) + 1
        keys = path * (int(codes.max(initial=0)) + 1) + codes
        _, path = np.unique(keys, return_inverse=True)
        outcomes = np.bincount(path, came)
        large = large & (outcomes[path] >= FEWEST)
        stratum = np.where(large, count + path, stratum)
        count += outcomes.size
    numbers, dense = np.unique(stratum, return_inverse=True)
    made = np.zeros(int(units[-1]) + 1 if units.size else 1, np.int64)
    made[units] = dense
    return made, max(1, int(numbers.size))


def factors(columns: Iterable[Ints], units: Numbers, came: Numbers, due: Numbers) -> Numbers:
    """Return the factor of each unit that makes outcomes of each value of each column add up."""
    fields = []
    for column in columns:
        codes = _of(column)[units] + 1
        fields.append((codes, np.bincount(codes, came)))
    made = np.ones(units.size)
    for _ in range(PASSES):
        for codes, outcomes in fields:
            of_code = (outcomes + FACTOR_PRIOR) / (np.bincount(codes, due) + FACTOR_PRIOR)
            own = of_code[codes]
            made = made * own
            due = due * own
    return made


def expected(pieces: Pieces, risk: Numbers, units: Numbers, factor: Numbers) -> Ints:
    """Return the outcomes to be expected in each piece, in `UNIT`."""
    unit = _of(pieces.unit)
    of_unit = np.ones(int(unit.max(initial=0)) + 1)
    of_unit[units] = factor
    made: Ints = array("q")
    for chunk in _chunks(unit.size):
        extend(made, (risk[chunk] * of_unit[unit[chunk]] * UNIT).astype(np.int64))
    return made


def count_cells(
    labels: Labels, cells: Cells, size: int
) -> tuple[list[list[int]], list[list[int]]]:
    """Return observed and expected outcomes of each group in each of some weeks."""
    count = len(labels.where)
    unit, week, due, came = map(_of, (cells.unit, cells.week, cells.expected, cells.observed))
    observed = np.zeros((count + 1) * size)
    sums = np.zeros((count + 1) * size)
    for chunk in _chunks(unit.size):
        own, weeks, outcomes = unit[chunk], week[chunk] + size, came[chunk]
        some = np.flatnonzero(outcomes)
        for column in labels.columns:  # units of no group come first
            places = _of(column)[own] * size + weeks
            sums += np.bincount(places, due[chunk], sums.size)
            observed += np.bincount(places[some], outcomes[some], sums.size)
    shaped = (
        each[size:].astype(np.int64).reshape(count, size).tolist() for each in (observed, sums)
    )
    first, second = shaped
    return first, second


def change_cells(
    labels: Labels,
    cells: Cells,
    sums: list[list[int]],
    label: int,
    others: Iterable[int],
    weeks: tuple[int, int],
    more: float,
) -> None:
    """Multiply what is expected of the tickets of a group in some weeks, in other groups too."""
    week, due, count = _of(cells.week), _of(cells.expected), len(labels.where)
    wanted = np.zeros(count + 1, np.bool_)  # the last stands for no group
    wanted[list(others)] = True
    columns = [_of(column) for column in labels.columns]
    inside = np.zeros(columns[0].size, np.bool_)
    touched = np.zeros(columns[0].size, np.bool_)
    for column in columns:
        inside |= column == label
        touched |= wanted[column]
    unit = _of(cells.unit)
    chosen = np.flatnonzero((inside & touched)[unit] & (week >= weeks[0]) & (week < weeks[1]))
    change = (due[chosen] * more).astype(np.int64)
    due[chosen] += change
    size = len(sums[0])
    added = np.zeros((count + 1) * size, np.int64)
    for column in columns:
        own = column[unit[chosen]]
        kept = wanted[own]
        places = own[kept] * size + week[chosen][kept]
        added += np.bincount(places, change[kept], added.size).astype(np.int64)
    for other in np.flatnonzero(added.reshape(count + 1, size).any(axis=1)).tolist():
        more_here = added[other * size : (other + 1) * size].tolist()
        sums[other] = [a + b for a, b in zip(sums[other], more_here, strict=True)]
