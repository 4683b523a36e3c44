"""The loops over all tickets of a log with NumPy: the same numbers as `by_lists`, to the bit.

`bincount` adds weights in the order of a loop.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from support_model._changes.kernels import FAR
from support_model._changes.rows import FACTOR_PRIOR, FEWEST, PASSES, UNIT, Cells, Lives
from support_model._changes.stretches import extend, spread
from support_model._changes.weeks import HOURS, SHIFT, TICK_BITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._changes.hazards import Reference
    from support_model._changes.kernels import Bounds
    from support_model._changes.labels import Kinds, Labels
    from support_model._changes.rows import Hazards, Ints, Marks, Spells, Tallies
    from support_model._changes.weeks import Rhythm, Slots, Weeks

Numbers: TypeAlias = "NDArray[Any]"
ByAge: TypeAlias = "tuple[Numbers, Numbers, Numbers, Numbers, Numbers]"
"""Kind, age, how many lived beyond it, what they lived of it, and outcomes; in order."""
CHUNK = 1 << 15
"""Entries looped over at a time: what is made of them on the way stays small."""


def _of(values: Ints) -> Numbers:
    """Return whole numbers as an array over the same memory."""
    return np.asarray(values)


def _kept(code: str, values: Numbers) -> Ints:
    kept = array(code)
    extend(kept, values)
    return kept


def _chunks(size: int) -> Iterator[slice]:
    """Yield the parts of so many entries that are looped over at a time."""
    for start in range(0, size, CHUNK):
        yield slice(start, start + CHUNK)


def _at(rhythm: Rhythm, instants: Numbers) -> Numbers:
    """Return the coordinates of instants."""
    sums, weights = (np.array(each, np.int64) for each in (rhythm.sums, rhythm.weights))
    found = np.empty(instants.size, np.int64)
    for chunk in _chunks(instants.size):
        past = instants[chunk] - rhythm.start
        slot = np.clip(past // rhythm.step, 0, sums.size - 1)
        told = sums[slot] + ((past - slot * rhythm.step) * weights[slot] >> SHIFT)
        found[chunk] = np.where(past < 0, past >> TICK_BITS, told)
    return found


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


def alike(columns: Sequence[Ints], size: int) -> tuple[Ints, Ints]:
    """Number units by all of some columns; return these numbers, and the first unit of each."""
    key, wide = np.zeros(size, np.int64), 1
    for column in columns:
        codes = _of(column) + 1
        most = int(codes.max(initial=0)) + 1
        if wide * most >= FAR:
            found, key = np.unique(key, return_inverse=True)
            wide = found.size
        key, wide = key * most + codes, wide * most
    _, first, own = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first)
    numbers = np.empty(order.size, np.int32)
    numbers[order] = np.arange(order.size)
    return _kept("i", numbers[own]), _kept("i", first[order])


def taken(column: Ints, places: Ints) -> Ints:
    """Return the numbers of a column at some places."""
    return _kept("i", _of(column)[_of(places)])


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


def flow_cells(marks: Marks, weeks: Weeks, kinds: Kinds) -> Cells:
    """Return solutions as outcomes, and arrivals as what is to be expected."""
    inside, place, _, _ = _marked(marks, weeks, kinds)
    value = _of(marks.value)[inside]
    return _cells(place[value > 0], np.bincount(place[value < 0]) * UNIT)


def count_marks(marks: Marks, weeks: Weeks, kinds: Kinds) -> Cells:
    """Return what is counted; 1 is expected where it came as early as the last week goes."""
    _, place, at, week = _marked(marks, weeks, kinds)
    passed = at - np.array(weeks.edges)[week]
    early = (passed < weeks.end - weeks.edges[-2]) & (week < weeks.size - 1)
    return _cells(place, np.bincount(place[early]))


def _marked(marks: Marks, weeks: Weeks, kinds: Kinds) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return of marks in some weeks the places, those of their cells, instants and weeks."""
    inside, unit, at, week = _inside(marks, weeks)
    sets = _of(kinds.sets)[_of(kinds.of_unit)[unit]].astype(np.int64)
    return inside, sets * weeks.size + week, at, week


def _cells(came: Numbers, due: Numbers) -> Cells:
    """Return cells of the places at which outcomes came, and of those expected at each place."""
    observed, expected = np.bincount(came, minlength=due.size), np.zeros_like(due)
    expected = np.append(due, np.zeros(observed.size - due.size, due.dtype))
    some = np.flatnonzero((observed != 0) | (expected != 0))
    return Cells(_kept("i", some), _kept("i", observed[some]), _kept("q", expected[some]))


def _split(cells: Cells, size: int) -> tuple[Numbers, Numbers]:
    """Return the sets of groups and the weeks of cells."""
    place = _of(cells.place)
    return place // size, place % size


def overlaps(
    kinds: Kinds, cells: Cells, label: int, weeks: tuple[int, int], size: int
) -> tuple[list[int], list[int]]:
    """Return how much each group has outside of some weeks, and what is in another too."""
    number, week = _split(cells, size)
    outside = (week < weeks[0]) | (week >= weeks[1])
    counts = np.bincount(
        number[outside], _of(cells.observed)[outside], len(kinds.columns[0])
    ).astype(np.int64)
    columns = [_of(column) for column in kinds.columns]
    both = np.where(np.any([column == label for column in columns], axis=0), counts, 0)
    sizes, inside = np.zeros(kinds.count + 1), np.zeros(kinds.count + 1)
    for column in columns:  # sets of no group come first
        sizes += np.bincount(column + 1, counts, sizes.size)
        inside += np.bincount(column + 1, both, inside.size)
    return sizes[1:].astype(np.int64).tolist(), inside[1:].astype(np.int64).tolist()


def places(labels: Labels, units: Ints, label: int, *bounds: Bounds) -> list[int]:
    """Return the places of units of a group at which columns are within their bounds."""
    kept = _of(labels.column(label))[_of(units)] == label
    for column, low, high in bounds:
        own = _of(column)
        kept &= (own >= low) & (own < high)
    made: list[int] = np.flatnonzero(kept).tolist()
    return made


def lives(spells: Spells, rhythm: Rhythm, weeks: Weeks, kinds: Kinds) -> Lives:
    """Return what is observed of spells in some weeks, by age in the rhythm of the desk."""
    edges = np.array(weeks.edges, np.int64)
    at_edges = _at(rhythm, edges[:-1])
    start, end, follows = _of(spells.start), _of(spells.end), _of(spells.follows) != 0
    at_start = _at(rhythm, start)
    lasted = _at(rhythm, end) - at_start
    sums = np.cumsum(lasted)  # may wrap around: only differences of the near are asked
    first = np.maximum.accumulate(np.where(follows, 0, np.arange(start.size)))
    before = np.where(follows, sums - lasted - (sums - lasted)[first], 0)
    zero = at_start - before
    inside = np.flatnonzero((end >= edges[0]) & (start < weeks.end))
    start, end, zero, at_start = (each[inside] for each in (start, end, zero, at_start))
    until = np.minimum(end, weeks.end)
    last = np.minimum(np.searchsorted(edges, until, "right") - 1, weeks.size - 1)
    return Lives(
        kind=_kept("i", _of(kinds.of_unit)[_of(spells.unit)[inside]]),
        week=_kept("i", np.maximum(0, np.searchsorted(edges, start, "right") - 1)),
        last=_kept("i", last),
        zero=_kept("q", zero),
        young=_kept("q", np.where(start > edges[0], at_start, at_edges[0]) - zero),
        old=_kept("q", _at(rhythm, until) - zero),
        came=_kept("b", np.where(end < weeks.end, _of(spells.ended)[inside], 0)),
        edges=_kept("q", at_edges),
    )


def lives_of_marks(marks: Marks, weeks: Weeks, kinds: Kinds) -> Lives:
    """Return answers as lives of one age."""
    inside, unit, _, week = _inside(marks, weeks)
    nothing, own = np.zeros(inside.size), _kept("i", week)
    return Lives(
        kind=_kept("i", _of(kinds.of_unit)[unit]),
        week=own,
        last=own,
        zero=_kept("q", nothing),
        young=_kept("q", nothing),
        old=_kept("q", nothing + 1),
        came=_kept("b", _of(marks.value)[inside]),
        edges=_kept("q", np.zeros(weeks.size)),
    )


def ended(lives: Lives) -> list[int]:
    """Return the ages at which outcomes came, in order."""
    made: list[int] = np.sort(_of(lives.old)[_of(lives.came) != 0]).tolist()
    return made


def _ages(edges: Numbers, values: Numbers) -> Numbers:
    """Return in which age, between edges, each value is; one at an edge is in the age before."""
    found: Numbers = edges[1:].searchsorted(values, "left")
    return found


def by_age(lives: Lives, edges: list[int]) -> ByAge:
    """Return what is needed to know how long each kind lived each age, and outcomes."""
    begins, size = np.array(edges, np.int64), len(edges)
    kind = _of(lives.kind).astype(np.int64)
    young = np.flatnonzero(_of(lives.young))  # most are young at no age, behind which nothing is
    values = np.concatenate([_of(lives.old), _of(lives.young)[young]])
    keys = np.concatenate([kind, kind[young]]) * size + _ages(begins, values)
    found, own = np.unique(keys, return_inverse=True)
    passed = np.bincount(own[: kind.size], minlength=found.size)
    passed -= np.bincount(own[kind.size :], minlength=found.size)
    parts = np.zeros(found.size, np.int64)
    np.add.at(parts, own[: kind.size], values[: kind.size])
    np.subtract.at(parts, own[kind.size :], values[kind.size :])
    age = found % size
    came = np.bincount(own[: kind.size][_of(lives.came) != 0], minlength=found.size)
    return found // size, age, passed, parts - passed * begins[age], came


def present(by_age: ByAge) -> Numbers:
    """Return the kinds that have lived, in order."""
    return np.unique(by_age[0])


def lived(by_age: ByAge, ages: int, strata: Numbers | None, count: int) -> list[Tallies]:
    """Return of each stratum what is needed to know how long each age was lived, and outcomes."""
    kind, age, passed, parts, came = by_age
    key = age + (0 if strata is None else strata[kind] * ages)
    columns = []
    for values in (passed, parts, came):
        own = np.zeros(count * ages, np.int64)
        np.add.at(own, key, values)
        columns.append(own.tolist())
    return [
        (columns[0][n : n + ages], columns[1][n : n + ages], columns[2][n : n + ages])
        for n in range(0, count * ages, ages)
    ]


def by_kind(
    by_age: ByAge, present: Numbers, strata: Numbers | None, hazards: Sequence[Hazards]
) -> tuple[Numbers, Numbers]:
    """Return the outcomes of each kind, and those that were to be expected."""
    kind, age, passed, parts, came = by_age
    sums, rates = (np.array([each[n] for each in hazards]) for n in (0, 1))
    stratum = np.zeros(kind.size, np.int64) if strata is None else strata[kind]
    own = np.searchsorted(present, kind)
    due = np.bincount(own, sums[stratum, age] * passed + rates[stratum, age] * parts, present.size)
    return np.bincount(own, came, present.size).astype(np.int64), due


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


def cells(lives: Lives, reference: Reference, kinds: Kinds, size: int) -> Cells:
    """Return observed and expected outcomes of lives by set of groups, in so many weeks."""
    row = _of(kinds.sets).astype(np.int64)[_of(lives.kind)] * size
    due = np.zeros(len(kinds.columns[0]) * size, np.int64)
    last = _of(lives.last)
    for chunk in _chunks(last.size):
        _add_due(due, lives, reference, row, chunk)
    return _cells((row + last)[_of(lives.came) != 0], due)


def _add_due(due: Numbers, lives: Lives, reference: Reference, row: Numbers, chunk: slice) -> None:
    """Add what is expected of some lives.

    Of the last age only a part of a week is told by ages; whole weeks are counted.
    """
    kind, week, last, zero, young, old = (
        _of(each)[chunk]
        for each in (lives.kind, lives.week, lives.last, lives.zero, lives.young, lives.old)
    )
    row, at_weeks, up_to = row[chunk], _of(lives.edges), _up_to(reference)
    np.add.at(due, row + last, up_to(kind, old))
    np.subtract.at(due, row + week, up_to(kind, young))
    # the first week of a life that begins beyond the last age
    oldest = np.maximum(np.searchsorted(at_weeks, zero + reference.edges[-1], "right"), week + 1)
    jumps = np.flatnonzero(oldest < last)
    of, place = spread(np.minimum(oldest, last) - week)
    edge = week[of] + 1 + place
    told = up_to(kind[of], at_weeks[edge] - zero[of])
    np.add.at(due, row[of] + edge - 1, told)
    begins = (edge < oldest[of]) | (edge == last[of])  # else whole weeks follow
    np.subtract.at(due, (row[of] + edge)[begins], told[begins])
    if jumps.size:
        lasts = last[jumps]
        np.subtract.at(due, row[jumps] + lasts, up_to(kind[jumps], at_weeks[lasts] - zero[jumps]))
        _add_whole(due, reference, (kind[jumps], row[jumps]), (oldest[jumps], lasts), at_weeks)


def _add_whole(
    due: Numbers,
    reference: Reference,
    of: tuple[Numbers, Numbers],
    span: tuple[Numbers, Numbers],
    at_weeks: Numbers,
) -> None:
    """Add what is expected of lives of the last age in whole weeks, which are counted by kind."""
    size = at_weeks.size
    known, first, own = np.unique(of[0], return_index=True, return_inverse=True)
    counts = np.zeros(known.size * size, np.int64)
    np.add.at(counts, own * size + span[0], 1)
    np.subtract.at(counts, own * size + span[1], 1)
    counts = counts.reshape(known.size, size).cumsum(axis=1)[:, :-1]
    slopes = np.array([line[1][-1] for line in reference.lines])[_of(reference.strata)[known]]
    factors = np.asarray(reference.factors)[known]
    each = (slopes[:, None] * np.diff(at_weeks) * factors[:, None]).astype(np.int64)
    places = of[1][first][:, None] + np.arange(size - 1)
    np.add.at(due, places.ravel(), (counts * each).ravel())


def _up_to(reference: Reference) -> Callable[[Numbers, Numbers], Numbers]:
    """Return what says the outcomes to be expected of kinds up to ages."""
    lows, slopes = (np.array([each[n] for each in reference.lines]) for n in (0, 1))
    edges, strata = np.array(reference.edges, np.int64), _of(reference.strata)
    factors = np.asarray(reference.factors)

    def up_to(kind: Numbers, old: Numbers) -> Numbers:
        age, stratum = _ages(edges, old), strata[kind]
        told: Numbers = (lows[stratum, age] + slopes[stratum, age] * old) * factors[kind]
        return told.astype(np.int64)

    return up_to


def count_cells(kinds: Kinds, cells: Cells, size: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return observed and expected outcomes of each group in each of some weeks."""
    number, week = _split(cells, size)
    observed, sums = (np.zeros((kinds.count + 1) * size) for _ in range(2))
    came, due = _of(cells.observed), _of(cells.expected)
    for chunk in _chunks(number.size):
        own, weeks = number[chunk], week[chunk] + size
        for column in kinds.columns:  # sets of no group come first
            places = _of(column)[own] * size + weeks
            sums += np.bincount(places, due[chunk], sums.size)
            observed += np.bincount(places, came[chunk], sums.size)
    first, second = (
        each[size:].astype(np.int64).reshape(kinds.count, size).tolist()
        for each in (observed, sums)
    )
    return first, second


def change_cells(
    kinds: Kinds,
    cells: Cells,
    sums: list[list[int]],
    label: int,
    others: Iterable[int],
    weeks: tuple[int, int],
    more: float,
) -> None:
    """Multiply what is expected of the tickets of a group in some weeks, in other groups too."""
    count, size = kinds.count, len(sums[0])
    (number, week), due = _split(cells, size), _of(cells.expected)
    wanted = np.zeros(count + 1, np.bool_)  # the last stands for no group
    wanted[list(others)] = True
    columns = [_of(column) for column in kinds.columns]
    inside = np.any([column == label for column in columns], axis=0)
    touched = np.any([wanted[column] for column in columns], axis=0)
    chosen = np.flatnonzero((inside & touched)[number] & (week >= weeks[0]) & (week < weeks[1]))
    change = (due[chosen] * more).astype(np.int64)
    due[chosen] += change
    added = np.zeros((count + 1) * size, np.int64)
    for column in columns:
        own = column[number[chosen]]
        kept = wanted[own]
        places = own[kept] * size + week[chosen][kept]
        added += np.bincount(places, change[kept], added.size).astype(np.int64)
    for other in np.flatnonzero(added.reshape(count + 1, size).any(axis=1)).tolist():
        more_here = added[other * size : (other + 1) * size].tolist()
        sums[other] = [a + b for a, b in zip(sums[other], more_here, strict=True)]
