"""The loops over all tickets of a log with NumPy: the same numbers as `by_lists`, to the bit.

`bincount` adds weights in the order of a loop; whole numbers that could pass what a float holds
are added in two halves.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from support_model._changes.rows import FACTOR_PRIOR, FEWEST, PASSES, UNIT, Cells, Pieces
from support_model._changes.weeks import HOURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._changes.kernels import Bounds
    from support_model._changes.labels import Labels
    from support_model._changes.rows import Hazards, Ints, Marks, Spells, Tallies
    from support_model._changes.weeks import Rhythm, Slots, Weeks

Numbers: TypeAlias = "NDArray[Any]"
HALF = 26
"""Bits of the lower half of a sum: of a hundred million of them a float holds all."""


def _of(values: Ints) -> Numbers:
    """Return whole numbers as an array over the same memory."""
    return np.asarray(values)


def _kept(code: str, values: Numbers) -> Ints:
    kept = array(code)
    kept.frombytes(np.ascontiguousarray(values, kept.typecode).tobytes())
    return kept


def _sums(places: Numbers, values: Numbers, size: int) -> list[int]:
    """Return exact sums of whole numbers by place."""
    low = np.bincount(places, values & ((1 << HALF) - 1), size)
    high = np.bincount(places, values >> HALF, size)
    return [int(a) + (int(b) << HALF) for a, b in zip(low.tolist(), high.tolist(), strict=True)]


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
    return _cut(unit, zero, (young, old, came), (week, np.maximum(week, last)), at_edges)


def _cut(
    unit: Numbers,
    zero: Numbers,
    told: tuple[Numbers, Numbers, Numbers],
    span: tuple[Numbers, Numbers],
    at_edges: Numbers,
) -> Pieces:
    """Return a piece of each spell for each week from its first to its last."""
    young, old, came = told
    first, last = span
    count = last - first + 1
    of = np.repeat(np.arange(count.size), count)
    begins = np.cumsum(count) - count
    week = np.arange(of.size) - begins[of] + first[of]
    is_first, is_last = week == first[of], week == last[of]
    edge = at_edges[week] - zero[of]
    next_edge = at_edges[np.minimum(week + 1, at_edges.size - 1)] - zero[of]
    return Pieces(
        _kept("i", unit[of]),
        _kept("i", week),
        _kept("q", np.where(is_first, young[of], edge)),
        _kept("q", np.where(is_last, old[of], next_edge)),
        _kept("b", np.where(is_last, came[of], 0)),
    )


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
    own: Numbers = np.array(edges[1:], np.int64)
    return np.asarray(own.searchsorted(_of(values), "left"), np.int64)


def _codes(pieces: Pieces, of: Numbers, strata: Numbers | None, size: int) -> Numbers:
    return of if strata is None else strata[_of(pieces.unit)] * size + of


def lived(
    pieces: Pieces,
    edges: list[int],
    spans: tuple[Numbers, Numbers],
    strata: Numbers | None,
    count: int,
) -> list[Tallies]:
    """Return of each stratum what is needed to know how long each age was lived, and outcomes."""
    size = len(edges)
    first, last = (_codes(pieces, each, strata, size) for each in spans)
    begins, every = np.array(edges, np.int64), count * size
    passed = np.bincount(last, minlength=every) - np.bincount(first, minlength=every)
    added = _sums(last, _of(pieces.old) - begins[spans[1]], every)
    taken = _sums(first, _of(pieces.young) - begins[spans[0]], every)
    parts = [a - b for a, b in zip(added, taken, strict=True)]
    came = np.bincount(last[_of(pieces.came) != 0], minlength=every)
    columns = passed.tolist(), parts, came.tolist()
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
    first, last = (_codes(pieces, each, strata, size) for each in spans)
    risk: Numbers = sums[last] - sums[first]
    risk += rates[last] * (_of(pieces.old) - begins[spans[1]])
    risk -= rates[first] * (_of(pieces.young) - begins[spans[0]])
    return risk


def units_of(pieces: Pieces) -> Numbers:
    """Return the units that pieces are of, in order."""
    return np.flatnonzero(np.bincount(_of(pieces.unit)))


def by_unit(pieces: Pieces, risk: Numbers, units: Numbers) -> tuple[Numbers, Numbers]:
    """Return the outcomes of each unit, and those that were to be expected."""
    unit = _of(pieces.unit)
    came = np.bincount(unit, _of(pieces.came)).astype(np.int64)
    return came[units], np.bincount(unit, risk)[units]


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
    return _kept("q", (risk * of_unit[unit] * UNIT).astype(np.int64))


def count_cells(
    labels: Labels, cells: Cells, size: int
) -> tuple[list[list[int]], list[list[int]]]:
    """Return observed and expected outcomes of each group in each of some weeks."""
    count = len(labels.where)
    unit, week, due = _of(cells.unit), _of(cells.week), _of(cells.expected)
    came = np.flatnonzero(_of(cells.observed))
    observed = np.zeros((count + 1) * size, np.int64)
    sums = np.zeros((count + 1) * size, np.int64)
    for column in labels.columns:
        places = _of(column)[unit] * size + week + size  # units of no group come first
        sums += np.bincount(places, due, sums.size).astype(np.int64)
        own = np.bincount(places[came], _of(cells.observed)[came], sums.size)
        observed += own.astype(np.int64)
    shaped = (each[size:].reshape(count, size).tolist() for each in (observed, sums))
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
