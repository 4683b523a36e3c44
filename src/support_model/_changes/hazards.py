"""How many outcomes were to be expected: as in like tickets, at the ages lived in a week.

The reference is a hazard, constant in each of some ages and estimated from all weeks, for each
stratum of like tickets; on top of it each value of each field has a factor, so that another mix of
tickets makes no difference between what happens and what is expected. A share known at once is
the same with a single age.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from attrs import Factory, define

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from support_model._changes.rows import Ints, Marks, Spells
    from support_model._changes.weeks import Rhythm, Weeks

UNIT = 1 << 20
"""Expected outcomes are whole numbers of this part of one: their sums are exact."""
AGES = 28
FEWEST = 60
"""Outcomes of a stratum of its own."""
PRIOR = 2.0
"""How many outcomes of an age the shape of the whole counts as, in a stratum."""
FACTOR_PRIOR = 4.0
PASSES = 3
DEEPEST = 4
"""Fields that a stratum is formed by, at most."""
LIKE = ("channel", "priority", "type", "group", "line", "hours", "topic")
"""The fields that may form strata; all others have factors alone."""


@define
class Pieces:
    """Stretches of lives, each in one week: ages at its ends, and 1 where the outcome came."""

    unit: list[int] = Factory(list)
    week: list[int] = Factory(list)
    young: list[int] = Factory(list)
    old: list[int] = Factory(list)
    came: list[int] = Factory(list)


@define
class Cells:
    """Observed and expected outcomes of units in weeks; expected ones in `UNIT`."""

    unit: list[int] = Factory(list)
    week: list[int] = Factory(list)
    observed: list[int] = Factory(list)
    expected: list[int] = Factory(list)


def pieces_of_spells(spells: Spells, rhythm: Rhythm, weeks: Weeks) -> Pieces:
    """Return spells cut at the edges of weeks, with their ages in the rhythm of the desk."""
    pieces, edges, end_of_all = Pieces(), weeks.edges, weeks.end
    at, place, first = rhythm.at, weeks.place, weeks.edges[0]
    at_edges = [at(edge) for edge in edges[:-1]]
    add_unit, add_week = pieces.unit.append, pieces.week.append
    add_young, add_old, add_came = pieces.young.append, pieces.old.append, pieces.came.append
    age = 0
    for unit, follows, start, end, ended in zip(
        spells.unit, spells.follows, spells.start, spells.end, spells.ended, strict=True
    ):
        if start >= end_of_all:
            continue
        zero = at(start) - (age if follows else 0)
        age = at(min(end, end_of_all)) - zero
        if end < first:
            continue
        came, until = (ended, end) if end < end_of_all else (0, end_of_all)
        young = at(start) - zero if start > first else at_edges[0] - zero
        week, last = max(0, place(start)), min(place(until), weeks.size - 1)
        while week < last:
            old = at_edges[week + 1] - zero
            add_unit(unit), add_week(week), add_young(young), add_old(old), add_came(0)
            young, week = old, week + 1
        add_unit(unit), add_week(week), add_young(young), add_old(at(until) - zero), add_came(came)
    return pieces


def pieces_of_marks(marks: Marks, weeks: Weeks) -> Pieces:
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


@define
class _Table:
    """Hazards of a stratum: at the beginning of each age the sum so far, and the hazard in it."""

    sums: list[float]
    rates: list[float]


def age_edges(pieces: Pieces) -> list[int]:
    """Return the ages between which hazards are constant: quantiles of the ages of outcomes."""
    ages = sorted(old for old, came in zip(pieces.old, pieces.came, strict=True) if came)
    if not ages:
        return [0]
    inner = {ages[len(ages) * n // AGES] for n in range(1, AGES)}
    return [0, *sorted(age for age in inner if age > 0)]


def expected_cells(pieces: Pieces, fields: Mapping[str, Ints]) -> Cells:
    """Return observed and expected outcomes of pieces, by unit and week."""
    edges = age_edges(pieces)
    young = [bisect_left(edges, age, 1) - 1 for age in pieces.young]
    old = [bisect_left(edges, age, 1) - 1 for age in pieces.old]
    whole = _tables(pieces, edges, young, old, [0] * (max(pieces.unit, default=0) + 1), 1, None)
    plain = _risks(pieces, edges, young, old, None, whole)
    strata, count = _strata(pieces, plain, fields)
    tables = _tables(pieces, edges, young, old, strata, count, whole[0])
    risks = _risks(pieces, edges, young, old, strata, tables)
    factors = _factors(pieces, risks, fields)
    expected = [
        int(risk * factors[unit] * UNIT) for unit, risk in zip(pieces.unit, risks, strict=True)
    ]
    return Cells(pieces.unit, pieces.week, pieces.came, expected)


def _tables(
    pieces: Pieces,
    edges: list[int],
    young: list[int],
    old: list[int],
    strata: list[int],
    count: int,
    prior: _Table | None,
) -> list[_Table]:
    """Return the hazards of each stratum, drawn to those of a prior where there is one."""
    ages = len(edges)
    whole = [[0] * ages for _ in range(count)]
    rest = [[0] * ages for _ in range(count)]
    came = [[0] * ages for _ in range(count)]
    for unit, first, last, a, b, outcome in zip(
        pieces.unit, young, old, pieces.young, pieces.old, pieces.came, strict=True
    ):
        stratum = strata[unit]
        passed, parts = whole[stratum], rest[stratum]
        passed[last] += 1
        passed[first] -= 1
        parts[last] += b - edges[last]
        parts[first] -= a - edges[first]
        if outcome:
            came[stratum][last] += 1
    return [_table(edges, came[n], _lived(edges, whole[n], rest[n]), prior) for n in range(count)]


def _lived(edges: list[int], passed: list[int], parts: list[int]) -> list[int]:
    """Return the time lived in each age."""
    lived, older = [0] * len(edges), 0
    for age in range(len(edges) - 1, -1, -1):
        width = edges[age + 1] - edges[age] if age + 1 < len(edges) else 0
        lived[age] = parts[age] + width * older
        older += passed[age]
    return lived


def _table(edges: list[int], came: list[int], lived: list[int], prior: _Table | None) -> _Table:
    rates: list[float] = []
    if prior is None:
        rates = [n / time if time else 0.0 for n, time in zip(came, lived, strict=True)]
    else:
        foreseen = [rate * time for rate, time in zip(prior.rates, lived, strict=True)]
        level = (sum(came) + PRIOR) / (sum(foreseen) + PRIOR)
        rates = [
            rate * level * (n + PRIOR) / (level * due + PRIOR)
            for rate, n, due in zip(prior.rates, came, foreseen, strict=True)
        ]
    sums, total = [], 0.0
    for age, rate in enumerate(rates):
        sums.append(total)
        if age + 1 < len(edges):
            total += rate * (edges[age + 1] - edges[age])
    return _Table(sums, rates)


def _risks(
    pieces: Pieces,
    edges: list[int],
    young: list[int],
    old: list[int],
    strata: list[int] | None,
    tables: Sequence[_Table],
) -> list[float]:
    """Return the outcomes to be expected in each piece."""
    risks: list[float] = []
    add = risks.append
    table = tables[0]
    sums, rates = table.sums, table.rates
    for unit, first, last, a, b in zip(
        pieces.unit, young, old, pieces.young, pieces.old, strict=True
    ):
        if strata is not None:
            table = tables[strata[unit]]
            sums, rates = table.sums, table.rates
        add(
            sums[last]
            - sums[first]
            + rates[last] * (b - edges[last])
            - rates[first] * (a - edges[first])
        )
    return risks


def _sums_by_unit(pieces: Pieces, risks: list[float], size: int) -> tuple[list[int], list[float]]:
    came, due = [0] * size, [0.0] * size
    for unit, outcome, risk in zip(pieces.unit, pieces.came, risks, strict=True):
        came[unit] += outcome
        due[unit] += risk
    return came, due


def _sums_by_value(
    codes: Ints, units: Sequence[int], came: list[int], due: list[float]
) -> dict[int, list[float]]:
    sums: dict[int, list[float]] = {}
    for unit in units:
        pair = sums.get(codes[unit])
        if pair is None:
            pair = sums[codes[unit]] = [0.0, 0.0]
        pair[0] += came[unit]
        pair[1] += due[unit]
    return sums


def _strata(
    pieces: Pieces, risks: list[float], fields: Mapping[str, Ints]
) -> tuple[list[int], int]:
    """Return the stratum of each unit, and how many there are.

    Fields that tell most about the measure come first; a stratum is formed by as many of them as
    leave it `FEWEST` outcomes, and what is left over of a coarser one is a stratum as well.
    """
    size = max(pieces.unit, default=0) + 1
    came, due = _sums_by_unit(pieces, risks, size)
    units = sorted(set(pieces.unit))
    columns = [fields[name] for name in _telling(fields, units, came, due)]
    paths: list[list[tuple[int, ...]]] = [[()] * size]
    for column in columns:
        above = paths[-1]
        paths.append([(*above[unit], column[unit]) for unit in range(size)])
    outcomes = [Counter[tuple[int, ...]]() for _ in paths]
    for unit in units:
        for path, counter in zip(paths, outcomes, strict=True):
            counter[path[unit]] += came[unit]
    numbers: dict[tuple[int, ...], int] = {}
    strata = [0] * size
    for unit in units:
        own: tuple[int, ...] = ()
        for path, counter in zip(paths, outcomes, strict=True):
            if counter[path[unit]] < FEWEST:
                break
            own = path[unit]
        strata[unit] = numbers.setdefault(own, len(numbers))
    return strata, max(1, len(numbers))


def _telling(
    fields: Mapping[str, Ints], units: Sequence[int], came: list[int], due: list[float]
) -> list[str]:
    """Return the fields that tell most about a measure, at most `DEEPEST`, the best first."""
    gains: list[tuple[float, str]] = []
    for name in LIKE:
        if name in fields:
            sums = _sums_by_value(fields[name], units, came, due)
            gain = sum((o - e) ** 2 / (e + 1) for o, e in sums.values()) - 3 * (len(sums) - 1)
            if gain > 0:
                gains.append((-gain, name))
    return [name for _, name in sorted(gains)[:DEEPEST]]


def _factors(pieces: Pieces, risks: list[float], fields: Mapping[str, Ints]) -> list[float]:
    """Return the factor of each unit that makes outcomes of each value of each field add up."""
    size = max(pieces.unit, default=0) + 1
    came, due = _sums_by_unit(pieces, risks, size)
    units = sorted(set(pieces.unit))
    factors = [1.0] * size
    for _ in range(PASSES):
        for codes in fields.values():
            sums = _sums_by_value(codes, units, came, due)
            by_value = {
                value: (o + FACTOR_PRIOR) / (e + FACTOR_PRIOR) for value, (o, e) in sums.items()
            }
            for unit in units:
                factor = by_value[codes[unit]]
                factors[unit] *= factor
                due[unit] *= factor
    return factors
