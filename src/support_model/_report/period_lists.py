"""The loops over all parts of spells in pure Python; `period_arrays` gives the very same."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from itertools import compress
from typing import TYPE_CHECKING

from support_model._report.period_parts import OUT, Pieces
from support_model.inference import life_quantile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support_model._report.period_parts import Codes, Ints, Lives, Stay
    from support_model.calendars import BusinessCalendar
    from support_model.changes import Marks, Rows, Spells
    from support_model.inference import LifeQuantile


def cut(spells: Spells, edges: Sequence[int], calendar: BusinessCalendar | None) -> Pieces:
    """Return spells cut at the edges of periods, with the ages at both ends of each piece."""
    made = Pieces()
    add_unit, add_period = made.unit.append, made.period.append
    add_young, add_old, add_came = made.young.append, made.old.append, made.came.append
    at = int if calendar is None else calendar.timeline.open_before
    marks, edges = [at(edge) for edge in edges], list(edges)
    begin, past, most = edges[0], edges[-1], len(edges) - 2
    for unit, origin, start, end, ended in zip(
        spells.unit, spells.origin, spells.start, spells.end, spells.ended, strict=True
    ):
        if end < begin or start >= past:
            continue
        zero = at(origin)
        first = max(0, bisect_right(edges, start) - 1)
        last = min(most, bisect_right(edges, end, first) - 1)
        young = (zero if start == origin else at(start)) if start > edges[first] else marks[first]
        for n in range(first, last):
            old = marks[n + 1]
            add_unit(unit), add_period(n), add_young(young - zero), add_old(old - zero)
            add_came(0)
            young = old
        inside = end < edges[last + 1]
        old = at(end) if inside else marks[last + 1]
        add_unit(unit), add_period(last), add_young(young - zero), add_old(old - zero)
        add_came(1 if ended and inside else 0)
    return made


def lives(parts: Pieces, codes: Codes) -> Iterator[tuple[tuple[int, int], Lives]]:
    """Yield the ages through which units lived, by period and code of the unit."""
    columns: dict[tuple[int, int], tuple[list[int], list[bool], list[int]]] = {}
    for unit, n, young, old, came in zip(
        parts.unit, parts.period, parts.young, parts.old, parts.came, strict=True
    ):
        key = n, codes[unit]
        own = columns.get(key)
        if own is None:
            own = columns[key] = ([], [], [])
        own[0].append(old)
        own[1].append(came == 1)
        own[2].append(young)
    yield from ((key, columns.pop(key)) for key in sorted(columns) if key[1] != OUT)


def medians(parts: Pieces, codes: Codes) -> dict[tuple[int, int], LifeQuantile]:
    """Return the median of spells, by period and code of the unit."""
    return {key: life_quantile(*own) for key, own in lives(parts, codes)}


def counts(
    marks: Marks, codes: Codes, edges: Sequence[int], value: int
) -> Counter[tuple[int, int]]:
    """Return how often a value is marked, by period between edges and code of the unit."""
    return Counter(
        (bisect_right(edges, at) - 1, codes[unit])
        for unit, at, own in zip(marks.unit, marks.at, marks.value, strict=True)
        if own == value and codes[unit] != OUT and edges[0] <= at < edges[-1]
    )


def running(rows: Rows, spells: Spells) -> Ints:
    """Return 1 for each stretch in a status that goes on at the end of the log."""
    ticket = rows.ticket
    last = {ticket[unit]: place for place, unit in enumerate(spells.unit)}
    made = array("b", bytes(len(spells.unit)))
    for place in last.values():
        made[place] = spells.end[place] == rows.as_of and not spells.ended[place]
    return made


def moves(stay: Stay, codes: Codes, edges: Sequence[int]) -> Mapping[tuple[int, int], int]:
    """Return by how many open tickets each edge and code has more than the edge before."""
    made: Counter[tuple[int, int]] = Counter()
    size = len(edges)
    for unit, start, end, goes_on in zip(
        stay.spells.unit, stay.spells.start, stay.spells.end, stay.running, strict=True
    ):
        code = codes[unit]
        if code != OUT:
            begins = bisect_right(edges, start)
            ends = size if goes_on else bisect_right(edges, end)
            if begins < ends:
                made[begins, code] += 1
                made[ends, code] -= 1
    return made


def spent(stay: Stay, codes: Codes, span: tuple[int, int]) -> Mapping[int, int]:
    """Return the time within a span, by code of the unit, as its codes are first met."""
    made: dict[int, int] = {}
    low, high = span
    for unit, start, end, goes_on in zip(
        stay.spells.unit, stay.spells.start, stay.spells.end, stay.running, strict=True
    ):
        time = (high if goes_on else min(end, high)) - max(start, low)
        if time > 0:
            code = codes[unit]
            made[code] = made.get(code, 0) + time
    return made


def held(stay: Stay) -> Sequence[int]:
    """Return the units whose stretches go on."""
    return [*compress(stay.spells.unit, stay.running)]
