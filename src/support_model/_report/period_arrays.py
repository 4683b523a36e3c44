"""The loops over all parts of spells with NumPy: the very numbers of `period_lists`."""

from __future__ import annotations

from array import array
from collections import Counter
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from support_model import arrays
from support_model._report.period_parts import OUT, Pieces
from support_model.inference import LifeQuantile, life_quantile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._report.period_parts import Codes, Ints, Lives, Stay
    from support_model.calendars import BusinessCalendar
    from support_model.changes import Marks, Rows, Spells

Numbers: TypeAlias = "NDArray[Any]"
HALF = 26
"""Bits of the lower half of a sum: of a hundred million of them a float holds all."""
LARGEST = int(np.iinfo(np.int32).max)
DOUBT = 1e-8
"""A share nearer than this to the one asked for is left to the loop, whose floats decide."""
AT_ONCE = 1 << 15
"""Spells that are cut at a time: what is made of them on the way is many times as large."""
LEFT, WIDTH = 0.5, NormalDist().inv_cdf(0.975)
"""Of a median: the share that is left, and how many standard errors its bounds are away."""


def _kept(code: str, values: Numbers) -> Ints:
    kept = array(code)
    _add(kept, values)
    return kept


def _add(kept: Ints, values: Numbers) -> None:
    kept.frombytes(np.ascontiguousarray(values, kept.typecode).view(np.uint8).data)


def _on(calendar: BusinessCalendar | None, instants: Numbers, origin: int) -> Numbers:
    """Return the time on a clock from an origin to instants."""
    if calendar is None:
        return instants - origin
    return np.asarray(arrays.elapsed(calendar, origin, instants), np.int64)


def cut(spells: Spells, edges: Sequence[int], calendar: BusinessCalendar | None) -> Pieces:
    """Return spells cut at the edges of periods, with the ages at both ends of each piece."""
    bounds = np.array(edges, np.int64)
    marks = _on(calendar, bounds, int(bounds[0]))
    inside = np.flatnonzero(
        (np.asarray(spells.end) >= bounds[0]) & (np.asarray(spells.start) < bounds[-1])
    )
    made = Pieces()
    for first in range(0, inside.size, AT_ONCE):
        _add_pieces(made, spells, inside[first : first + AT_ONCE], (bounds, marks), calendar)
    return made


def _add_pieces(
    made: Pieces,
    spells: Spells,
    rows: Numbers,
    edges: tuple[Numbers, Numbers],
    calendar: BusinessCalendar | None,
) -> None:
    """Add the pieces of some spells.

    Args:
        made: where they are added.
        spells: the spells.
        rows: which of them.
        edges: the edges of periods, and the time on the clock from the first one to each.
        calendar: the clock.
    """
    bounds, marks = edges
    start, end, origin, ended = (
        np.asarray(each)[rows] for each in (spells.start, spells.end, spells.origin, spells.ended)
    )
    first = np.maximum(0, bounds.searchsorted(start, "right") - 1)
    last = np.minimum(bounds.size - 2, bounds.searchsorted(end, "right") - 1)
    whole = end < bounds[last + 1]
    zero, young, old = (_on(calendar, each, int(bounds[0])) for each in (origin, start, end))
    young = np.where(start > bounds[first], young, marks[first])
    old = np.where(whole, old, marks[last + 1])
    count = last - first + 1
    of = np.repeat(np.arange(count.size), count)
    period = np.arange(of.size) - (np.cumsum(count) - count - first)[of]
    begins, ends, zero = period == first[of], period == last[of], zero[of]
    came = (ended != 0) & whole
    _add(made.unit, np.asarray(spells.unit)[rows][of])
    _add(made.period, period)
    _add(made.young, np.where(begins, young[of], marks[period]) - zero)
    _add(made.old, np.where(ends, old[of], marks[period + 1]) - zero)
    _add(made.came, ends & came[of])


def _groups(parts: Pieces, codes: Codes) -> Iterator[tuple[tuple[int, int], Numbers]]:
    """Yield the pieces of each period and code, by how old they become."""
    own = np.asarray(codes)[np.asarray(parts.unit)]
    kept = np.flatnonzero(own != OUT)
    if not kept.size:
        return
    size = int(own.max()) + 2
    most = (int(np.asarray(parts.period).max()) + 1) * size
    keys: Any = np.asarray(parts.period, np.int32 if most <= LARGEST else np.int64)[kept]
    keys *= keys.dtype.type(size)
    keys += own[kept].astype(keys.dtype) + 1
    del own
    order = np.lexsort((np.asarray(parts.old)[kept], keys))
    keys, kept = keys[order], kept[order]
    del order  # pieces are many, and groups are measured one by one
    begins = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    named = [divmod(key, size) for key in keys[begins].tolist()]
    ends = [*begins[1:].tolist(), keys.size]
    del keys
    for (period, code), begin, past in zip(named, begins.tolist(), ends, strict=True):
        yield (period, code - 1), kept[begin:past]


def lives(parts: Pieces, codes: Codes) -> Iterator[tuple[tuple[int, int], Lives]]:
    """Yield the ages through which units lived, by period and code of the unit."""
    columns = np.asarray(parts.old), np.asarray(parts.came) != 0, np.asarray(parts.young)
    for key, rows in _groups(parts, codes):
        lasted, came, entered = (column[rows].tolist() for column in columns)
        yield key, (lasted, came, entered)


def medians(parts: Pieces, codes: Codes) -> dict[tuple[int, int], LifeQuantile]:
    """Return the median of spells, by period and code of the unit."""
    columns = np.asarray(parts.old), np.asarray(parts.came) != 0, np.asarray(parts.young)
    return {
        key: _median(*(column[rows] for column in columns)) for key, rows in _groups(parts, codes)
    }


def _median(old: Numbers, came: Numbers, young: Numbers) -> LifeQuantile:
    """Return the median of lives in the order of their ends, of times that are not in doubt."""
    times, died = np.unique(old[came], return_counts=True)
    at_once = old[young == old]
    at_risk = np.sort(young).searchsorted(times) - old.searchsorted(times)
    at_risk += at_once.searchsorted(times, "right") - at_once.searchsorted(times)
    at_risk[times == 0] = np.count_nonzero(young == 0)  # who is watched from the start
    places = _crossings(at_risk, died)
    if places is None:
        return life_quantile(old.tolist(), came.tolist(), young.tolist())
    at = [None if place is None else int(times[place]) for place in places]
    return LifeQuantile(int(old.size), int(np.count_nonzero(came)), *at)


def _crossings(at_risk: Numbers, died: Numbers) -> list[int | None] | None:
    """Return where the share that is left and its bounds fall to a half; None where in doubt."""
    alive = int(np.argmax(np.append(died == at_risk, True)))  # those before all had ended
    left = np.cumprod((at_risk - died)[:alive] / at_risk[:alive])
    known = int(np.argmax(np.append(left < DOUBT, True)))  # smaller shares lose their digits
    shares, ends, alike = left[:known], died[:known], at_risk[:known]
    spread = np.cumsum(ends / (alike * (alike - ends)))
    width = WIDTH * np.sqrt(spread) / -np.log(shares)
    places: list[int | None] = []
    left = np.append(left, 0.0)[: died.size]
    for curve in (left, shares ** np.exp(width), shares ** np.exp(-width)):
        below = np.flatnonzero(curve <= LEFT + DOUBT)
        if below.size and curve[below[0]] > LEFT - DOUBT:
            return None
        places.append(int(below[0]) if below.size else None)
    if known < alive and None in places:
        return None
    return places


def counts(
    marks: Marks, codes: Codes, edges: Sequence[int], value: int
) -> Counter[tuple[int, int]]:
    """Return how often a value is marked, by period between edges and code of the unit."""
    at, own = np.asarray(marks.at), np.asarray(codes, np.int64)[np.asarray(marks.unit)]
    kept = np.asarray(marks.value) == value
    kept &= (own != OUT) & (at >= edges[0]) & (at < edges[-1])
    periods = np.array(edges, np.int64).searchsorted(at[kept], "right") - 1
    return Counter(_counted(periods, own[kept]))


def _counted(first: Numbers, codes: Numbers) -> dict[tuple[int, int], int]:
    """Return how often each number stands beside each code."""
    size = int(codes.max(initial=0)) + 2
    keys, numbers = np.unique(first * size + codes + 1, return_counts=True)
    pairs = (divmod(key, size) for key in keys.tolist())
    return {(n, code - 1): k for (n, code), k in zip(pairs, numbers.tolist(), strict=True)}


def running(rows: Rows, spells: Spells) -> Ints:
    """Return 1 for each stretch in a status that goes on at the end of the log."""
    unit = np.asarray(spells.unit)
    if not unit.size:
        return array("b")
    ticket = np.asarray(rows.ticket)[unit]
    last = np.full(int(ticket.max()) + 1, -1)
    last[ticket] = np.arange(unit.size)  # of several places the last one is kept
    goes_on = (np.asarray(spells.end) == rows.as_of) & (np.asarray(spells.ended) == 0)
    return _kept("b", goes_on & (last[ticket] == np.arange(unit.size)))


def moves(stay: Stay, codes: Codes, edges: Sequence[int]) -> Mapping[tuple[int, int], int]:
    """Return by how many open tickets each edge and code has more than the edge before."""
    spells, bounds = stay.spells, np.array(edges, np.int64)
    own = np.asarray(codes, np.int64)[np.asarray(spells.unit)]
    begins = bounds.searchsorted(np.asarray(spells.start), "right")
    ends = bounds.searchsorted(np.asarray(spells.end), "right")
    ends = np.where(np.asarray(stay.running) != 0, bounds.size, ends)
    kept = (own != OUT) & (begins < ends)
    made = Counter(_counted(begins[kept], own[kept]))
    made.subtract(_counted(ends[kept], own[kept]))
    return made


def spent(stay: Stay, codes: Codes, span: tuple[int, int]) -> Mapping[int, int]:
    """Return the time within a span, by code of the unit, as its codes are first met."""
    spells, (low, high) = stay.spells, span
    end = np.where(np.asarray(stay.running) != 0, high, np.minimum(np.asarray(spells.end), high))
    time = end - np.maximum(np.asarray(spells.start), low)
    kept = np.flatnonzero(time > 0)
    own, time = np.asarray(codes, np.int64)[np.asarray(spells.unit)[kept]], time[kept]
    if not kept.size:
        return {}
    found, first, places = np.unique(own, return_index=True, return_inverse=True)
    lower = np.bincount(places, time & ((1 << HALF) - 1)).astype(np.int64).tolist()
    upper = np.bincount(places, time >> HALF).astype(np.int64).tolist()
    return {int(found[n]): lower[n] + (upper[n] << HALF) for n in np.argsort(first).tolist()}


def held(stay: Stay) -> Sequence[int]:
    """Return the units whose stretches go on."""
    units: list[int] = np.asarray(stay.spells.unit)[np.asarray(stay.running) != 0].tolist()
    return units
