"""The loops over all tickets of a log in pure Python; `by_arrays` gives the same to the bit."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from itertools import compress, repeat
from typing import TYPE_CHECKING, TypeAlias

from support_model._changes.rows import FACTOR_PRIOR, FEWEST, PASSES, UNIT, Cells, Lives
from support_model._changes.weeks import HOURS, SHIFT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from support_model._changes.hazards import Reference
    from support_model._changes.kernels import Bounds
    from support_model._changes.labels import Kinds, Labels
    from support_model._changes.rows import Hazards, Ints, Marks, Spells, Tallies
    from support_model._changes.weeks import Rhythm, Slots, Weeks

Line: TypeAlias = "tuple[int, list[float], list[float], float]"
"""The place of the cells of a kind, what lines say at zero, their slopes, and their factor."""
ByAge: TypeAlias = "list[tuple[int, int, int, int, int]]"
"""Kind, age, how many lived beyond it, what they lived of it, and outcomes; in order."""


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


def alike(columns: Sequence[Ints], size: int) -> tuple[Ints, Ints]:
    """Number units by all of some columns; return these numbers, and the first unit of each."""
    known: dict[tuple[int, ...], int] = {}
    units = zip(*columns, strict=True) if columns else repeat((), size)
    numbers = array("i", [known.setdefault(own, len(known)) for own in units])
    first = array("i")
    for unit, number in enumerate(numbers):
        if number == len(first):
            first.append(unit)
    return numbers, first


def taken(column: Ints, places: Ints) -> Ints:
    """Return the numbers of a column at some places."""
    return array("i", map(column.__getitem__, places))


def ends_by_hour(spells: Spells, slots: Slots) -> list[int]:
    """Return how many outcomes came in each hour of the week."""
    start, step, hours = slots.start, slots.step, slots.hours
    ends = compress(spells.end, spells.ended)
    counts, by_slot = [0] * HOURS, Counter([(end - start) // step for end in ends])
    for slot, count in by_slot.items():
        if 0 <= slot < len(hours):
            counts[hours[slot]] += count
    return counts


def flow_cells(marks: Marks, weeks: Weeks, kinds: Kinds) -> Cells:
    """Return solutions as outcomes, and arrivals as what is to be expected."""
    places, inside = _marked(marks, weeks, kinds)
    signs = [*compress(marks.value, inside)]
    came = Counter(compress(places, [sign > 0 for sign in signs]))
    due = Counter(compress(places, [sign < 0 for sign in signs]))
    return _cells(came, {place: UNIT * count for place, count in due.items()})


def count_marks(marks: Marks, weeks: Weeks, kinds: Kinds) -> Cells:
    """Return what is counted; 1 is expected where it came as early as the last week goes."""
    places, inside = _marked(marks, weeks, kinds)
    edges, size = weeks.edges, weeks.size
    limits = [edge + weeks.end - edges[-2] for edge in edges[: size - 1]]
    limits.append(edges[0])  # of the last week itself nothing is asked
    at = compress(marks.at, inside)
    early = [own < limits[place % size] for own, place in zip(at, places, strict=True)]
    return _cells(Counter(places), Counter(compress(places, early)))


def _marked(marks: Marks, weeks: Weeks, kinds: Kinds) -> tuple[list[int], list[bool]]:
    """Return the places of the cells of marks in some weeks, and which marks these are."""
    first, end, edges, size = weeks.edges[0], weeks.end, weeks.edges, weeks.size
    inside = [first <= at < end for at in marks.at]
    sets, of_unit = kinds.sets, kinds.of_unit
    places = [
        sets[of_unit[unit]] * size + bisect_right(edges, at) - 1
        for unit, at in zip(compress(marks.unit, inside), compress(marks.at, inside), strict=True)
    ]
    return places, inside


def _cells(observed: Mapping[int, int], expected: Mapping[int, int]) -> Cells:
    """Return cells of what is observed and expected by place."""
    places = sorted({*observed, *expected})
    return Cells(
        array("i", places),
        array("i", [observed.get(place, 0) for place in places]),
        array("q", [expected.get(place, 0) for place in places]),
    )


def overlaps(
    kinds: Kinds, cells: Cells, label: int, weeks: tuple[int, int], size: int
) -> tuple[list[int], list[int]]:
    """Return how much each group has outside of some weeks, and what is in another too."""
    sizes, inside = [0] * kinds.count, [0] * kinds.count
    by_set: Counter[int] = Counter()
    for place, count in zip(cells.place, cells.observed, strict=True):
        number, week = divmod(place, size)
        if week < weeks[0] or week >= weeks[1]:
            by_set[number] += count
    for number, count in by_set.items():
        groups = kinds.groups[number]
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


def lives(spells: Spells, rhythm: Rhythm, weeks: Weeks, kinds: Kinds) -> Lives:
    """Return what is observed of spells in some weeks, by age in the rhythm of the desk."""
    made = Lives(edges=array("q", map(rhythm.at, weeks.edges[:-1])))
    first, stop, of_unit = weeks.edges[0], weeks.end, kinds.of_unit
    origin, step, weights, begun, week_of = _hours(rhythm, weeks)
    add_kind, add_week, add_last = made.kind.append, made.week.append, made.last.append
    add_zero, add_young = made.zero.append, made.young.append
    add_old, add_came = made.old.append, made.came.append
    add_cut = _adder(made, rhythm, weeks)
    age = 0
    for unit, follows, start, end, came in zip(
        spells.unit, spells.follows, spells.start, spells.end, spells.ended, strict=True
    ):
        if start < first or end >= stop:
            zero = rhythm.at(start) - age if follows else rhythm.at(start)
            age = rhythm.at(end) - zero
            if end >= first and start < stop:
                add_cut((start, end, came), of_unit[unit], zero)
            continue
        past = start - origin  # as `rhythm.at` does, without a call
        slot = past // step
        begin = past * weights[slot] + begun[slot] >> SHIFT
        add_week(week_of[slot])
        past = end - origin
        slot = past // step
        zero = begin - age if follows else begin
        age = (past * weights[slot] + begun[slot] >> SHIFT) - zero
        add_last(week_of[slot])
        add_kind(of_unit[unit])
        add_zero(zero)
        add_young(begin - zero)
        add_old(age)
        add_came(came)
    return made


def _hours(rhythm: Rhythm, weeks: Weeks) -> tuple[int, int, list[int], list[int], list[int]]:
    """Return the start and the length of hours, and of each its line in a rhythm, and its week."""
    origin, step = rhythm.start, rhythm.step
    begun = [
        (own << SHIFT) - n * step * weight
        for n, (own, weight) in enumerate(zip(rhythm.sums, rhythm.weights, strict=True))
    ]
    return (
        origin,
        step,
        rhythm.weights,
        begun,
        [weeks.place(origin + n * step) for n in range(len(begun))],
    )


def _adder(
    made: Lives, rhythm: Rhythm, weeks: Weeks
) -> Callable[[tuple[int, int, int], int, int], None]:
    """Return what adds spells that begin before some weeks, or go on behind them."""
    first, stop, at = weeks.edges[0], weeks.end, rhythm.at
    final = min(weeks.place(stop), weeks.size - 1)
    at_first, at_stop = at(first), at(stop)

    def add(spell: tuple[int, int, int], kind: int, zero: int) -> None:
        start, end, came = spell
        made.kind.append(kind)
        made.week.append(max(0, weeks.place(start)))
        made.last.append(final if end >= stop else weeks.place(end))
        made.zero.append(zero)
        made.young.append((at(start) if start > first else at_first) - zero)
        made.old.append((at_stop if end >= stop else at(end)) - zero)
        made.came.append(0 if end >= stop else came)

    return add


def lives_of_marks(marks: Marks, weeks: Weeks, kinds: Kinds) -> Lives:
    """Return answers as lives of one age."""
    first, end = weeks.edges[0], weeks.end
    inside = [first <= at < end for at in marks.at]
    count, week = sum(inside), array("i", map(weeks.place, compress(marks.at, inside)))
    return Lives(
        kind=array("i", map(kinds.of_unit.__getitem__, compress(marks.unit, inside))),
        week=week,
        last=week,
        zero=array("q", bytes(8 * count)),
        young=array("q", bytes(8 * count)),
        old=array("q", repeat(1, count)),
        came=array("b", compress(marks.value, inside)),
        edges=array("q", bytes(8 * weeks.size)),
    )


def ended(lives: Lives) -> list[int]:
    """Return the ages at which outcomes came, in order."""
    return sorted(compress(lives.old, lives.came))


def by_age(lives: Lives, edges: list[int]) -> ByAge:
    """Return what is needed to know how long each kind lived each age, and outcomes."""
    size = len(edges)
    ages = map(bisect_left, repeat(edges), lives.old, repeat(1))
    keys = [kind * size + age - 1 for kind, age in zip(lives.kind, ages, strict=False)]
    passed, came = Counter(keys), Counter(compress(keys, lives.came))
    parts: defaultdict[int, int] = defaultdict(int)
    for key, old in zip(keys, lives.old, strict=True):
        parts[key] += old
    for kind, young in compress(zip(lives.kind, lives.young, strict=True), lives.young):
        key = kind * size + bisect_left(edges, young, 1) - 1
        passed[key] -= 1  # most are young at no age, beyond which there is nothing to pass
        parts[key] -= young
    return [
        (kind, age, count, parts[key] - count * edges[age], came[key])
        for key, count in sorted(passed.items())
        for kind, age in (divmod(key, size),)
    ]


def present(by_age: ByAge) -> Sequence[int]:
    """Return the kinds that have lived, in order."""
    return [*dict.fromkeys(kind for kind, *_ in by_age)]


def lived(by_age: ByAge, ages: int, strata: Sequence[int] | None, count: int) -> list[Tallies]:
    """Return of each stratum what is needed to know how long each age was lived, and outcomes."""
    made: list[Tallies] = [([0] * ages, [0] * ages, [0] * ages) for _ in range(count)]
    for kind, age, passed, parts, came in by_age:
        own = made[0 if strata is None else strata[kind]]
        own[0][age] += passed
        own[1][age] += parts
        own[2][age] += came
    return made


def by_kind(
    by_age: ByAge,
    present: Sequence[int],
    strata: Sequence[int] | None,
    hazards: Sequence[Hazards],
) -> tuple[Sequence[int], Sequence[float]]:
    """Return the outcomes of each kind, and those that were to be expected."""
    outcomes, due = dict.fromkeys(present, 0), dict.fromkeys(present, 0.0)
    for kind, age, passed, parts, came in by_age:
        sums, rates = hazards[0 if strata is None else strata[kind]]
        due[kind] += sums[age] * passed + rates[age] * parts
        outcomes[kind] += came
    return [*outcomes.values()], [*due.values()]


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
    stratum, large = [0] * len(units), [sum(came) >= FEWEST] * len(units)
    path, count = [0] * len(units), 1
    for column in columns:
        pairs = [*zip(path, map(column.__getitem__, units), strict=True)]
        places = {pair: place for place, pair in enumerate(sorted({*pairs}))}
        path = [places[pair] for pair in pairs]
        outcomes = [0] * len(places)
        for own, n in zip(path, came, strict=True):
            outcomes[own] += n
        large = [
            before and outcomes[own] >= FEWEST for before, own in zip(large, path, strict=True)
        ]
        every = zip(stratum, path, large, strict=True)
        stratum = [count + own if fits else before for before, own, fits in every]
        count += len(places)
    numbers = {own: number for number, own in enumerate(sorted(set(stratum)))}
    made = [0] * (max(units, default=0) + 1)
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


def cells(lives: Lives, reference: Reference, kinds: Kinds, size: int) -> Cells:
    """Return observed and expected outcomes of lives by set of groups, in so many weeks."""
    edges, sets, strata = reference.edges, kinds.sets, reference.strata
    lines = {
        kind: (sets[kind] * size, *reference.lines[strata[kind]], reference.factors[kind])
        for kind in {*lives.kind}
    }
    due = array("q", bytes(8 * len(kinds.columns[0]) * size))  # many cells: a mapping is large
    whole: Counter[tuple[int, int]] = Counter()
    walk = _walker(lines, edges, lives.edges, due, whole)
    for kind, week, last, zero, young, old in zip(
        *(lives.kind, lives.week, lives.last, lives.zero, lives.young, lives.old), strict=True
    ):
        row, lows, slopes, factor = lines[kind]
        low = 0
        if young:
            age = bisect_left(edges, young, 1) - 1
            low = int((lows[age] + slopes[age] * young) * factor)
        if week < last:
            low = walk(kind, week, last, zero, low)
        age = bisect_left(edges, old, 1) - 1
        due[row + last] += int((lows[age] + slopes[age] * old) * factor) - low
    _add_whole(due, whole, lines, lives.edges)
    ended = zip(*(compress(own, lives.came) for own in (lives.kind, lives.last)), strict=True)
    came = Counter([sets[kind] * size + week for kind, week in ended])
    return _cells(came, {place: due[place] for place in compress(range(len(due)), due)})


def _walker(
    lines: Mapping[int, Line],
    edges: list[int],
    weeks: Ints,
    due: Ints,
    whole: Counter[tuple[int, int]],
) -> Callable[[int, int, int, int, int], int]:
    """Return what adds the weeks of a life up to its last, and returns what is expected by then.

    Of the last age only a part of a week is added; whole weeks are counted by kind, where they
    begin and where they end.
    """
    oldest = edges[-1]

    def walk(kind: int, week: int, last: int, zero: int, low: int) -> int:
        row, lows, slopes, factor = lines[kind]
        while week < last:
            old = weeks[week + 1] - zero
            age = -1 if old > oldest else bisect_left(edges, old, 1) - 1
            top = int((lows[age] + slopes[age] * old) * factor)
            due[row + week] += top - low
            low = top
            week += 1
            if old > oldest and week < last:
                whole[kind, week] += 1
                whole[kind, last] -= 1
                return int((lows[-1] + slopes[-1] * (weeks[last] - zero)) * factor)
        return low

    return walk


def _add_whole(
    due: Ints, whole: Counter[tuple[int, int]], lines: Mapping[int, Line], weeks: Ints
) -> None:
    """Add what is expected of lives of the last age in whole weeks."""
    before, from_week, count = -1, 0, 0
    for (kind, week), change in sorted(whole.items()):
        if kind != before:
            count = 0
            row, _, slopes, factor = lines[kind]
        elif count:
            for own in range(from_week, week):
                length = weeks[own + 1] - weeks[own]
                due[row + own] += count * int(slopes[-1] * length * factor)
        count += change
        before, from_week = kind, week


def count_cells(kinds: Kinds, cells: Cells, size: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return observed and expected outcomes of each group in each of some weeks."""
    return (
        _by_group(kinds, cells.place, cells.observed, size),
        _by_group(kinds, cells.place, cells.expected, size),
    )


def _by_group(kinds: Kinds, places: Ints, counts: Ints, size: int) -> list[list[int]]:
    """Return counts of weeks by group, from those by set of groups and week."""
    made, sets = [[0] * size for _ in range(kinds.count)], kinds.groups
    for place, count in zip(places, counts, strict=True):
        if count:
            number, week = divmod(place, size)
            for label in sets[number]:
                made[label][week] += count
    return made


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
    due, wanted, size = cells.expected, set(others), len(sums[0])
    overlaps = [wanted.intersection(own) if label in own else frozenset() for own in kinds.groups]
    for n, place in enumerate(cells.place):
        number, week = divmod(place, size)
        if overlaps[number] and weeks[0] <= week < weeks[1]:
            change = int(due[n] * more)
            due[n] += change
            for other in overlaps[number]:
                sums[other][week] += change
