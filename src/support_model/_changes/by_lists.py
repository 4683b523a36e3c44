"""The loops over all tickets of a log in pure Python; `by_arrays` gives the same to the bit."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import compress
from typing import TYPE_CHECKING

from support_model._changes.rows import FACTOR_PRIOR, FEWEST, PASSES, UNIT, Cells, Pieces
from support_model._changes.weeks import HOURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from support_model._changes.kernels import Bounds
    from support_model._changes.labels import Labels
    from support_model._changes.rows import Hazards, Ints, Marks, Spells, Tallies
    from support_model._changes.weeks import Rhythm, Slots, Weeks


def count_codes(codes: Ints, ticket: Ints, size: int) -> dict[int, int]:
    """Return how many tickets ever had each code; the first units are the tickets."""
    counts = Counter(codes[:size])
    counts.update(  # of another holder of the same ticket, once
        code
        for own, code in {*zip(ticket[size:], codes[size:], strict=True)}
        if code != codes[own]
    )
    return counts


def numbered(codes: Ints, numbers: Sequence[int]) -> Ints:
    """Return the number of each code; that of -1 is the last."""
    return array("i", map(numbers.__getitem__, codes))


def count_pairs(first: Ints, other: Ints, size: int) -> dict[tuple[int, int], int]:
    """Return how many of the first units have each pair of numbers, neither of them -1."""
    counts = Counter(zip(first[:size], other[:size], strict=True))
    return {pair: count for pair, count in counts.items() if min(pair) >= 0}


def paired(first: Ints, other: Ints, numbers: Mapping[tuple[int, int], int]) -> Ints:
    """Return the number of the pair that each unit has; -1 for another."""
    return array("i", [numbers.get(pair, -1) for pair in zip(first, other, strict=True)])


def ends_by_hour(spells: Spells, slots: Slots) -> list[int]:
    """Return how many outcomes came in each hour of the week."""
    start, step, hours = slots.start, slots.step, slots.hours
    ends = compress(spells.end, spells.ended)
    counts, by_slot = [0] * HOURS, Counter([(end - start) // step for end in ends])
    for slot, count in by_slot.items():
        if 0 <= slot < len(hours):
            counts[hours[slot]] += count
    return counts


def flow_cells(marks: Marks, weeks: Weeks) -> Cells:
    """Return solutions as outcomes, and arrivals as what is to be expected."""
    cells, first, last, place = Cells(), weeks.edges[0], weeks.end, weeks.place
    for unit, at, value in zip(marks.unit, marks.at, marks.value, strict=True):
        if first <= at < last:
            cells.unit.append(unit)
            cells.week.append(place(at))
            cells.observed.append(int(value > 0))
            cells.expected.append(UNIT if value < 0 else 0)
    return cells


def count_marks(marks: Marks, weeks: Weeks) -> Cells:
    """Return what is counted; 1 is expected where it came as early as the last week goes."""
    cells, edges, end, place = Cells(), weeks.edges, weeks.end, weeks.place
    cut, last = end - edges[-2], weeks.size - 1  # how far the last week is known
    for unit, at in zip(marks.unit, marks.at, strict=True):
        if edges[0] <= at < end:
            week = place(at)
            cells.unit.append(unit)
            cells.week.append(week)
            cells.observed.append(1)
            cells.expected.append(int(at - edges[week] < cut and week < last))
    return cells


def overlaps(
    labels: Labels, cells: Cells, label: int, weeks: tuple[int, int]
) -> tuple[list[int], list[int]]:
    """Return of each group how many cells are outside of some weeks, and in a group too."""
    sizes, inside = [0] * len(labels.where), [0] * len(labels.where)
    of_unit, (since, until) = labels.of_unit, weeks
    counts = Counter(
        of_unit[unit]
        for unit, week in zip(cells.unit, cells.week, strict=True)
        if week < since or week >= until
    )
    for groups, count in counts.items():
        both = count if label in groups else 0
        for other in groups:
            sizes[other] += count
            inside[other] += both
    return sizes, inside


def places(labels: Labels, units: Ints, label: int, *bounds: Bounds) -> list[int]:
    """Return the places of units of a group at which columns are within their bounds."""
    column = labels.column(label)
    made = [place for place, unit in enumerate(units) if column[unit] == label]
    for values, low, high in bounds:
        made = [place for place in made if low <= values[place] < high]
    return made


def _at(rhythm: Rhythm, instants: Iterable[int]) -> list[int]:
    """Return the coordinates of instants."""
    start, step, sums, weights = rhythm.start, rhythm.step, rhythm.sums, rhythm.weights
    size, other = len(sums), rhythm.at
    return [
        sums[slot] + ((at - start - slot * step) * weights[slot] >> 10)
        if 0 <= (slot := (at - start) // step) < size
        else other(at)
        for at in instants
    ]


def cut_spells(spells: Spells, rhythm: Rhythm, weeks: Weeks) -> Pieces:
    """Return spells cut at the edges of weeks, with their ages in the rhythm of the desk."""
    pieces, edges, end_of_all = Pieces(), weeks.edges, weeks.end
    first, final, at_end = edges[0], weeks.size - 1, rhythm.at(end_of_all)
    at_edges = _at(rhythm, edges[:-1])
    add_unit, add_week = pieces.unit.append, pieces.week.append
    add_young, add_old, add_came = pieces.young.append, pieces.old.append, pieces.came.append
    age = 0
    for unit, follows, start, end, came, at_start, at_stop in zip(
        *(spells.unit, spells.follows, spells.start, spells.end, spells.ended),
        *(_at(rhythm, spells.start), _at(rhythm, spells.end)),
        strict=True,
    ):
        zero = at_start - age if follows else at_start
        age = at_stop - zero
        if end < first or start >= end_of_all:
            continue
        young = (at_start if start > first else at_edges[0]) - zero
        week, last = bisect_right(edges, start) - 1, bisect_right(edges, end) - 1
        week, old = max(0, week), age
        if end >= end_of_all:
            last, came, old = bisect_right(edges, end_of_all) - 1, 0, at_end - zero  # noqa: PLW2901
        last = min(last, final)
        while week < last:
            week += 1
            edge = at_edges[week] - zero
            add_unit(unit), add_week(week - 1), add_young(young), add_old(edge), add_came(0)
            young = edge
        add_unit(unit), add_week(week), add_young(young), add_old(old), add_came(came)
    return pieces


def cut_marks(marks: Marks, weeks: Weeks) -> Pieces:
    """Return answers as pieces of one age."""
    pieces = Pieces()
    for unit, at, value in zip(marks.unit, marks.at, marks.value, strict=True):
        if weeks.edges[0] <= at < weeks.end:
            pieces.unit.append(unit)
            pieces.week.append(weeks.place(at))
            pieces.young.append(0)
            pieces.old.append(1)
            pieces.came.append(value)
    return pieces


def ended(pieces: Pieces) -> list[int]:
    """Return the ages at which outcomes came, in order."""
    return sorted(old for old, came in zip(pieces.old, pieces.came, strict=True) if came)


def ages(edges: list[int], values: Sequence[int]) -> Sequence[int]:
    """Return in which age, between edges, each value is; one at an edge is in the age before."""
    return [bisect_left(edges, value, 1) - 1 for value in values]


def lived(
    pieces: Pieces,
    edges: list[int],
    spans: tuple[Sequence[int], Sequence[int]],
    strata: Sequence[int] | None,
    count: int,
) -> list[Tallies]:
    """Return of each stratum what is needed to know how long each age was lived, and outcomes."""
    size = len(edges)
    made: list[Tallies] = [([0] * size, [0] * size, [0] * size) for _ in range(count)]
    passed, parts, came = made[0]
    for unit, first, last, a, b, outcome in zip(
        pieces.unit, *spans, pieces.young, pieces.old, pieces.came, strict=True
    ):
        if strata is not None:
            passed, parts, came = made[strata[unit]]
        passed[last] += 1
        passed[first] -= 1
        parts[last] += b - edges[last]
        parts[first] -= a - edges[first]
        if outcome:
            came[last] += 1
    return made


def risks(
    pieces: Pieces,
    edges: list[int],
    spans: tuple[Sequence[int], Sequence[int]],
    strata: Sequence[int] | None,
    hazards: Sequence[Hazards],
) -> Sequence[float]:
    """Return the outcomes to be expected in each piece."""
    made: list[float] = []
    add = made.append
    own, rates = hazards[0]
    for unit, first, last, a, b in zip(pieces.unit, *spans, pieces.young, pieces.old, strict=True):
        if strata is not None:
            own, rates = hazards[strata[unit]]
        add(
            own[last]
            - own[first]
            + rates[last] * (b - edges[last])
            - rates[first] * (a - edges[first])
        )
    return made


def units_of(pieces: Pieces) -> Sequence[int]:
    """Return the units that pieces are of, in order."""
    return sorted(set(pieces.unit))


def by_unit(
    pieces: Pieces, risk: Sequence[float], units: Sequence[int]
) -> tuple[Sequence[int], Sequence[float]]:
    """Return the outcomes of each unit, and those that were to be expected."""
    size = max(pieces.unit, default=0) + 1
    came, due = [0] * size, [0.0] * size
    for unit, own in zip(pieces.unit, risk, strict=True):
        due[unit] += own
    for unit in compress(pieces.unit, pieces.came):
        came[unit] += 1
    return [came[unit] for unit in units], [due[unit] for unit in units]


def by_value(
    codes: Ints, units: Sequence[int], came: Sequence[int], due: Sequence[float]
) -> list[tuple[float, float]]:
    """Return outcomes and expected ones of each value that a unit has, by code."""
    sums: dict[int, list[float]] = {}
    for unit, outcomes, expected in zip(units, came, due, strict=True):
        pair = sums.get(codes[unit])
        if pair is None:
            pair = sums[codes[unit]] = [0.0, 0.0]
        pair[0] += outcomes
        pair[1] += expected
    return [(o, e) for _, (o, e) in sorted(sums.items())]


def strata(
    columns: Sequence[Ints], units: Sequence[int], came: Sequence[int]
) -> tuple[Sequence[int], int]:
    """Return the stratum of each unit, and how many there are.

    A stratum is formed by as many of the columns as leave it enough outcomes.
    """
    size = len(units)
    stratum, large = [0] * size, [sum(came) >= FEWEST] * size
    path, count = [0] * size, 1
    for column in columns:
        places: dict[tuple[int, int], int] = {}
        path = [
            places.setdefault((above, column[unit]), len(places))
            for above, unit in zip(path, units, strict=True)
        ]
        outcomes = [0] * len(places)
        for own, n in zip(path, came, strict=True):
            outcomes[own] += n
        large = [
            before and outcomes[own] >= FEWEST for before, own in zip(large, path, strict=True)
        ]
        stratum = [
            count + own if fits else before
            for before, own, fits in zip(stratum, path, large, strict=True)
        ]
        count += len(places)
    numbers = {own: number for number, own in enumerate(sorted(set(stratum)))}
    made = [0] * (units[-1] + 1 if units else 1)
    for unit, own in zip(units, stratum, strict=True):
        made[unit] = numbers[own]
    return made, max(1, len(numbers))


def factors(
    columns: Iterable[Ints], units: Sequence[int], came: Sequence[int], due: Sequence[float]
) -> Sequence[float]:
    """Return the factor of each unit that makes outcomes of each value of each column add up."""
    fields = []
    for column in columns:
        codes = [column[unit] + 1 for unit in units]
        outcomes = [0.0] * (max(codes, default=0) + 1)
        for code, n in zip(codes, came, strict=True):
            outcomes[code] += n
        fields.append((codes, outcomes))
    made = [1.0] * len(units)
    for _ in range(PASSES):
        for codes, outcomes in fields:
            sums = [0.0] * len(outcomes)
            for code, own in zip(codes, due, strict=True):
                sums[code] += own
            of_code = [
                (o + FACTOR_PRIOR) / (e + FACTOR_PRIOR)
                for o, e in zip(outcomes, sums, strict=True)
            ]
            own_factors = [of_code[code] for code in codes]
            made = [factor * own for factor, own in zip(made, own_factors, strict=True)]
            due = [value * own for value, own in zip(due, own_factors, strict=True)]
    return made


def expected(
    pieces: Pieces, risk: Sequence[float], units: Sequence[int], factor: Sequence[float]
) -> Ints:
    """Return the outcomes to be expected in each piece, in `UNIT`."""
    of_unit = dict(zip(units, factor, strict=True))
    return array(
        "q",
        [int(own * of_unit[unit] * UNIT) for unit, own in zip(pieces.unit, risk, strict=True)],
    )


def count_cells(
    labels: Labels, cells: Cells, size: int
) -> tuple[list[list[int]], list[list[int]]]:
    """Return observed and expected outcomes of each group in each of some weeks."""
    numbers = labels.sets[1]
    came_of: dict[int, int] = {}
    due_of: dict[int, int] = {}
    for unit, week, came, due in zip(
        cells.unit, cells.week, cells.observed, cells.expected, strict=True
    ):
        key = numbers[unit] * size + week
        due_of[key] = due_of.get(key, 0) + due
        if came:
            came_of[key] = came_of.get(key, 0) + came
    return _by_group(labels, came_of, size), _by_group(labels, due_of, size)


def _by_group(labels: Labels, counts: Mapping[int, int], size: int) -> list[list[int]]:
    """Return counts of weeks by group, from those by set of groups and week."""
    made, sets = [[0] * size for _ in labels.where], labels.sets[0]
    for key, count in counts.items():
        number, week = divmod(key, size)
        for label in sets[number]:
            made[label][week] += count
    return made


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
    of_unit, due, wanted = labels.of_unit, cells.expected, set(others)
    since, until = weeks
    overlaps: dict[int, tuple[int, ...]] = {}
    for place, (unit, week) in enumerate(zip(cells.unit, cells.week, strict=True)):
        if week < since or week >= until:
            continue
        own = overlaps.get(unit)
        if own is None:
            known = of_unit[unit]
            own = tuple(wanted.intersection(known)) if label in known else ()
            overlaps[unit] = own
        if own:
            change = int(due[place] * more)
            due[place] += change
            for other in own:
                sums[other][week] += change
