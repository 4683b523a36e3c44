"""The expressions of KPIs answered for many tickets at once: arithmetic on whole columns.

`Columns` answers each kind of expression as its `closure` does for a record. Flags are bool;
instants, lengths and numbers int64 with `NULL` where not known; words, and numbers that need not
be whole, codes of distinct values. A function of a score is called once for each distinct score.
"""

from __future__ import annotations

import operator
from datetime import datetime
from fractions import Fraction
from math import isnan, lcm
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define, field

from support_model._columns.fact_columns import SCALARS, FactColumns
from support_model._columns.segments import Segments, counted
from support_model._columns.values import NONE, NULL, Lists, Words
from support_model._kpi import expressions as ask
from support_model._time import LAST, instant, micros, micros_of, moved
from support_model.arrays import elapsed
from support_model.errors import OutOfRange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from support_model._columns.values import Flags, Ints

__all__ = ["Columns", "as_words", "latest_until"]

_NUMERIC = frozenset({"instant", "length", "whole"})


@define(eq=False)
class Columns:
    """Facts by columns, and what was asked of them so far.

    Attributes:
        facts: the facts.
        faults: tickets whose answer is an error where it is needed, and what returns the error.
    """

    facts: FactColumns
    faults: list[tuple[Flags, Callable[[int], Exception]]] = field(factory=list, init=False)
    _known: dict[Any, Any] = field(factory=dict, init=False, repr=False)

    @property
    def size(self) -> int:
        """How many tickets there are."""
        return self.facts.size

    def of(self, expression: ask.Expression | ask.Entries) -> Any:  # noqa: ANN401 - as its kind
        """Return what an expression answers for each ticket, or the mask of entries."""
        found = self._known.get(expression)
        if found is None:
            found = self._known[expression] = _ANSWERS[type(expression)](self, expression)
        return found

    def flags(self, expression: ask.Expression) -> Flags:
        """Return whether something holds for each ticket."""
        found = self.of(expression)
        assert isinstance(found, np.ndarray)  # noqa: S101 - asked of what holds or does not
        return np.broadcast_to(found, (self.size,))

    def ints(self, expression: ask.Expression) -> Ints:
        """Return an instant, length or whole number for each ticket."""
        return np.broadcast_to(self.of(expression), (self.size,))

    def known(self, expression: ask.Expression) -> Flags:
        """Return whether a value is known of each ticket."""
        found = self.of(expression)
        if isinstance(found, Words):
            return found.codes >= 0
        if found.dtype.kind == "f":
            return ~np.isnan(found)
        return found != NULL if found.dtype.kind == "i" else np.ones(self.size, np.bool_)

    def segments(self, name: str) -> Segments:
        """Return the stretch of entries of each ticket in a list."""
        return self._once(("segments", name), lambda: Segments(self.facts.lists(name).offsets))

    def rows(self, name: str) -> Ints:
        """Return the ticket of each entry of a list."""
        return self._once(("rows", name), lambda: self.facts.lists(name).rows)

    def _once(self, key: object, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is made
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]


def _values(column: NDArray[Any] | Words) -> NDArray[Any]:
    """Return a column as numbers that differ where its values do."""
    return column.codes if isinstance(column, Words) else column


def added(values: Ints, rows: Ints, size: int) -> Ints:
    """Return the sum of each row's values, exactly.

    Raises:
        OutOfRange: a sum that int64 may not hold.
    """
    sums = np.zeros(size, np.int64)
    if not values.size:
        return sums
    most = max(abs(int(values.min())), abs(int(values.max())))
    if most * int(np.bincount(rows, minlength=1).max()) > np.iinfo(np.int64).max:
        remedy = "leave out what nobody can have worked"
        raise OutOfRange(most, "lengths whose sum a column may not hold", remedy)
    np.add.at(sums, rows, values)
    return sums


# Facts and comparisons


def _constant(_: Columns, asked: ask.Constant) -> NDArray[Any]:
    value = asked.value
    if isinstance(value, bool):
        return np.array(value)
    if isinstance(value, datetime):
        return np.array(micros(value), np.int64)
    whole = value if isinstance(value, int) else micros_of(value)
    # no column holds a longer time than int64 does, so the bound compares as the length does
    return np.array(min(max(whole, NULL + 1), np.iinfo(np.int64).max), np.int64)


def _fact(columns: Columns, asked: ask.Fact) -> NDArray[Any] | Words:
    return columns.facts.column(asked.name)


def _field(columns: Columns, asked: ask.FieldNow) -> NDArray[Any] | Words:
    return columns.facts.column(asked.name)


def _truth(columns: Columns, asked: ask.Truth) -> Flags:
    found = columns.of(asked.part)
    if isinstance(found, Words):
        return found.holds(bool)
    return columns.known(asked.part) & found.astype(np.bool_)


def _is_in(columns: Columns, asked: ask.IsIn) -> Flags:
    found, values = columns.of(asked.part), asked.values
    if isinstance(found, Words):
        held = found.holds(lambda word: word in values)
        return held | (found.codes < 0) if None in values else held
    held = np.isin(found, [value for value in values if value is not None])
    return held | ~columns.known(asked.part) if None in values else held


def _compared(columns: Columns, asked: ask.Compared) -> Flags:
    left, right = columns.of(asked.left), columns.of(asked.right)
    held: Flags = getattr(operator, asked.order)(left, right)
    for part, values in ((asked.left, left), (asked.right, right)):
        if not _always(part):
            held = held & (values != NULL)
    return held


def _always(part: ask.Expression) -> bool:
    """Return whether a value is known of every ticket, so that no look is needed."""
    counted = ask.Constant, ask.Count, ask.Distinct, ask.Changes, ask.Pairs, ask.Sessions, ask.Open
    if isinstance(part, ask.Fact):
        return SCALARS[part.name] == "whole" or part in {ask.CREATED, ask.AS_OF}
    return isinstance(part, counted)


def _all(columns: Columns, asked: ask.All) -> Flags:
    return np.logical_and.reduce([columns.flags(part) for part in asked.parts])


def _any(columns: Columns, asked: ask.AnyOf) -> Flags:
    return np.logical_or.reduce([columns.flags(part) for part in asked.parts])


def _either(columns: Columns, asked: ask.Either) -> Ints:
    return np.where(
        columns.known(asked.first), columns.ints(asked.first), columns.ints(asked.second)
    )


def _when(columns: Columns, asked: ask.When) -> Ints:
    test = columns.flags(asked.test)
    other = NULL if asked.other is None else columns.ints(asked.other)
    return np.where(test, columns.ints(asked.value), other)


def _later(columns: Columns, asked: ask.Later) -> Ints:
    starts, length = columns.ints(asked.start), micros_of(asked.length)
    known = starts != NULL
    if length > 0:
        beyond = known & (starts > max(LAST - length, NULL))
        if beyond.any() and asked.bounded:
            return np.where(known, np.where(beyond, LAST, starts + min(length, LAST)), NULL)
        if beyond.any():
            moved(instant(int(starts[beyond][0])), asked.length)  # raises as it does for a record
    return np.where(known, starts + np.int64(min(length, LAST)), NULL)


def _open(columns: Columns, asked: ask.Open) -> Ints:
    return elapsed(asked.calendar, columns.ints(asked.start), columns.ints(asked.end))


# Entries of lists


def _entries(columns: Columns, asked: ask.Entries) -> Flags:
    """Return which entries are meant, but for `after`."""
    lists = columns.facts.lists(asked.name)
    meant = np.ones(int(lists.offsets[-1]), np.bool_)
    if asked.values:
        part = lists.parts[asked.part]
        meant = _among(part, asked.values)
    if asked.until is not None:
        ends = columns.ints(asked.until)[columns.rows(asked.name)]
        at = lists.parts["at"]
        assert not isinstance(at, Words)  # noqa: S101 - instants
        meant = meant & (at <= ends)
    return meant


def _among(part: NDArray[Any] | Words, values: tuple[Any, ...]) -> Flags:
    if isinstance(part, Words):
        return part.holds(lambda word: word in values)
    return np.isin(part, values)


def _count(columns: Columns, asked: ask.Count) -> Ints:
    entries = asked.entries
    if not entries.values and entries.until is None:
        return columns.facts.lists(entries.name).lengths
    return columns.segments(entries.name).counts(columns.of(entries))


def _first(columns: Columns, asked: ask.First) -> NDArray[Any] | Words:
    entries = asked.entries
    segments, meant = columns.segments(entries.name), columns.of(entries)
    part = columns.facts.lists(entries.name).parts[asked.part]
    if not entries.after:
        return _at(part, segments.first(meant))
    begun = columns.of(ask.Entries(entries.name, entries.part, entries.after))
    opened = segments.first(begun)
    rows = np.flatnonzero(meant)
    places = counted(meant).take(opened + 1)
    found = np.append(rows, segments.rows).take(places)
    there = (opened != NONE) & (found < segments.starts[1:])
    return _at(part, np.where(there, found, NONE))


def _at(part: NDArray[Any] | Words, rows: Ints) -> NDArray[Any] | Words:
    """Return the part of some entries; nothing where the row is `NONE`."""
    values = _values(part)
    nothing = NONE if isinstance(part, Words) else NULL
    if not values.size:
        found = np.full(rows.size, nothing, values.dtype)
    else:
        found = np.where(rows == NONE, nothing, values[np.maximum(rows, 0)])
    return Words(found.astype(np.int32), part.words) if isinstance(part, Words) else found


def _last(columns: Columns, asked: ask.Last) -> NDArray[Any] | Words:
    lists = columns.facts.lists(asked.name)
    if asked.until is None:
        rows = np.where(lists.lengths > 0, lists.offsets[1:] - 1, NONE)
    else:
        every = np.arange(columns.size)
        rows = latest_until(columns, asked.name, every, columns.ints(asked.until))
    return _at(lists.parts[asked.part], rows)


def latest_until(columns: Columns, name: str, tickets: Ints, instants: Ints) -> Ints:
    """Return the last entry of a list at or before an instant, of each of some tickets."""
    lists = columns.facts.lists(name)
    at, first = _values(lists.parts["at"]), lists.offsets[tickets]
    low, high = first.copy(), lists.offsets[tickets + 1]
    while (open_ := np.flatnonzero(low < high)).size:
        middle = (low[open_] + high[open_]) // 2
        early = at[middle] <= instants[open_]
        low[open_[early]] = middle[early] + 1
        high[open_[~early]] = middle[~early]
    return np.where(low > first, low - 1, NONE)


def _came_back(columns: Columns, asked: ask.CameBack) -> Flags:
    requesters, topics = (as_words(columns.facts.column(n)) for n in ("requester", "topic"))
    nobody = requesters.holds(lambda word: word in (*ask.UNKNOWN, *asked.shared))
    customers = columns.flags(ask.CREATED_BY.is_in("customer"))
    counted = customers & ~columns.flags(ask.VOID) & (requesters.codes >= 0) & ~nobody
    keys = requesters.codes.astype(np.int64) * (len(topics.words) + 1) + topics.codes
    created, rows = columns.ints(ask.CREATED), np.flatnonzero(counted)
    order = rows[np.lexsort((created[rows], keys[rows]))]
    starts, ends = columns.ints(asked.start), columns.ints(asked.end)
    asking = np.flatnonzero((starts != NULL) & (requesters.codes >= 0))
    # places by key and instant at once: contacts and questions in one order, contacts last
    every = np.concatenate([asking, order])
    instants = np.concatenate([starts[asking], created[order]])
    is_contact = np.repeat([False, True], [asking.size, order.size])
    ranked = np.lexsort((~is_contact, instants, keys[every]))
    seen = np.cumsum(is_contact[ranked])
    place = np.empty(every.size, np.int64)
    place[ranked] = seen
    following = np.append(order, NONE)[place[: asking.size]]
    found = (following != NONE) & (keys[following] == keys[asking])
    back = np.zeros(columns.size, np.bool_)
    back[asking] = found & (created[following] <= ends[asking])
    return back


def as_words(column: NDArray[Any] | Words) -> Words:
    """Return a column of fields as codes of its distinct values."""
    if isinstance(column, Words):
        return column
    distinct, codes = np.unique(column, return_inverse=True)
    words = distinct.tolist()
    nothing = (value == NULL or isnan(value) for value in words)
    kept = np.where(list(nothing), NONE, np.arange(len(words)))
    return Words(kept[codes].astype(np.int32), tuple(words))


def _plain(lists: Lists) -> NDArray[Any]:
    """Return the entries of a list of plain values as numbers."""
    (part,) = lists.parts.values()
    return _values(part)


def _distinct(columns: Columns, asked: ask.Distinct) -> Ints:
    lists = columns.facts.lists(asked.name)
    firsts = _first_of_each(columns.rows(asked.name), _plain(lists))
    return np.bincount(columns.rows(asked.name)[firsts], minlength=columns.size)


def _first_of_each(rows: Ints, values: NDArray[Any], places: Ints | None = None) -> Ints:
    """Return one entry for each distinct value of a row."""
    keys = (values, rows) if places is None else (values, places, rows)
    order = np.lexsort(keys)
    fresh = np.ones(order.size, np.bool_)
    fresh[1:] = np.logical_or.reduce([key[order][1:] != key[order][:-1] for key in keys])
    return order[fresh]


def _changes(columns: Columns, asked: ask.Changes) -> Ints:
    return np.maximum(columns.facts.lists(asked.name).lengths - 1, 0)


def _pairs(columns: Columns, asked: ask.Pairs) -> Ints:
    values, rows = _plain(columns.facts.lists(asked.name)), columns.rows(asked.name)
    apart = asked.apart
    same = rows[apart:] == rows[:-apart]
    counted = same & getattr(operator, asked.order)(values[apart:], values[:-apart])
    return np.bincount(rows[apart:][counted], minlength=columns.size)


def _sessions(columns: Columns, asked: ask.Sessions) -> Ints:
    lists, rows = columns.facts.lists("acts"), columns.rows("acts")
    own = _begun(lists, rows, np.zeros(rows.size, np.int64), asked)
    merged = columns.facts.lists("merged_acts")
    rows_merged, places = merged.rows, merged.parts["place"]
    assert not isinstance(places, Words)  # noqa: S101 - whole numbers
    others = _begun(merged, rows_merged, places, asked)
    return np.bincount(rows[own], minlength=columns.size) + np.bincount(
        rows_merged[others], minlength=columns.size
    )


def _begun(lists: Lists, rows: Ints, places: Ints, asked: ask.Sessions) -> Ints:
    """Return the acts with which sessions begin."""
    work = np.flatnonzero(_among(lists.parts["kind"], ask.WORK))
    keys = [_values(column)[work] for column in (rows, places, lists.parts["agent"])]
    at = _values(lists.parts["at"])[work]
    begins = np.ones(work.size, np.bool_)
    begins[1:] = np.diff(at) > min(micros_of(asked.gap), np.iinfo(np.int64).max)
    for key in keys:
        begins[1:] |= key[1:] != key[:-1]
    return work[begins]


def _unknown_wrote(columns: Columns, _: ask.AnyUnknownWrote) -> Flags:
    merged = columns.facts.lists("merged")
    wrote = _values(merged.parts["unknown_wrote"]) != NULL
    return columns.known(ask.UNKNOWN_WROTE) | (Segments(merged.offsets).counts(wrote) > 0)


def _effort(columns: Columns, _: ask.Effort) -> Ints:
    own, merged = columns.ints(ask.Fact("worked")), columns.facts.lists("merged")
    lengths = _values(merged.parts["worked"])
    some = lengths != NULL
    rows = merged.rows[some]
    if not rows.size:
        return own
    known = own != NULL
    tickets = np.concatenate([np.flatnonzero(known), rows])
    total = added(np.concatenate([own[known], lengths[some]]), tickets, columns.size)
    known = known.copy()
    known[rows] = True
    return np.where(known, total, NULL)


def _line_costs(columns: Columns, asked: ask.LineCosts) -> Words:
    lines, merged = columns.facts.lists("lines"), columns.facts.lists("merged_lines")
    own, others = _values(lines.parts["line"]), _values(merged.parts["line"])
    places = _values(merged.parts["place"])
    firsts = _first_of_each(columns.rows("lines"), own)
    merged_rows = merged.rows
    merged_firsts = _first_of_each(merged_rows, others, places)
    rows = np.concatenate([columns.rows("lines")[firsts], merged_rows[merged_firsts]])
    held = np.concatenate([own[firsts], others[merged_firsts]])
    distinct, codes = np.unique(held, return_inverse=True)
    _note_costless(columns, asked, rows, held, distinct.tolist())
    whole = lcm(*(Fraction(cost).denominator for cost in asked.costs.values()))
    prices = [int(asked.costs.get(line, 0) * whole) for line in distinct.tolist()]
    counts = np.bincount(rows, minlength=columns.size)
    if max(map(abs, prices), default=0) * int(counts.max(initial=0)) < np.iinfo(np.int64).max:
        sums = np.zeros(columns.size, np.int64)
        np.add.at(sums, rows, np.array(prices, np.int64)[codes])
    else:  # as Python's integers, which have no bound
        sums = np.zeros(columns.size, object)
        np.add.at(sums, rows, np.array(prices, object)[codes])
    costs, places = np.unique(sums, return_inverse=True)
    words = tuple(Fraction(int(cost), whole) for cost in costs)
    return Words(np.where(counts > 0, places, NONE).astype(np.int32), words)


def _note_costless(
    columns: Columns, asked: ask.LineCosts, rows: Ints, held: Ints, lines: list[int]
) -> None:
    """Note the tickets on a line without a cost: an error for those that are counted."""
    lacking = np.isin(held, [line for line in lines if line not in asked.costs])
    if lacking.any():
        faulty = np.zeros(columns.size, np.bool_)
        faulty[rows[lacking]] = True

        def error(ticket: int) -> Exception:
            return asked.missing(int(held[lacking & (rows == ticket)][0]))

        columns.faults.append((faulty, error))


def _answered(columns: Columns, asked: ask.Answered) -> Ints:
    """Return the entry of `ratings` that is meant; `NULL` for none."""
    parts = columns.facts.lists("ratings").parts
    meant = _among(parts["kind"], (asked.kind,))
    if asked.since is not None or asked.until is not None:
        dated = _values(parts["solved" if asked.by_solution else "at"])
        meant &= dated != NULL
        if asked.since is not None:
            meant &= dated >= asked.since
        if asked.until is not None:
            meant &= dated < asked.until
    found = columns.segments("ratings").last(meant)
    return np.where(found == NONE, NULL, found)


def scales(columns: Columns, asked: ask.ScaleOf) -> Words:
    """Return the scale of each ticket's answer."""
    lows, highs = (_score_part(columns, asked.answer, name) for name in ("low", "high"))
    return _paired(lows, highs, lambda low, high: (low, high))


def _score_part(columns: Columns, answer: ask.Answered, name: str) -> Words:
    """Return a number of each ticket's answer as codes of distinct ones."""
    rows = columns.ints(answer)
    there = rows != NULL
    distinct, places = np.unique(
        _values(columns.facts.lists("ratings").parts[name])[rows[there]], return_inverse=True
    )
    codes = np.full(columns.size, NONE, np.int32)
    codes[there] = places
    return Words(codes, tuple(distinct.tolist()))


def _paired(one: Words, other: Words, join: Callable[[Any, Any], Any]) -> Words:
    """Return a function of two columns, called once for each distinct pair."""
    width = len(other.words)
    there = (one.codes >= 0) & (other.codes >= 0)
    keys = one.codes[there].astype(np.int64) * width + other.codes[there]
    distinct, places = np.unique(keys, return_inverse=True)
    codes = np.full(one.size, NONE, np.int32)
    codes[there] = places
    pairs = (divmod(key, width) for key in distinct.tolist())
    return Words(codes, tuple(join(one.words[a], other.words[b]) for a, b in pairs))


def worths(columns: Columns, asked: ask.Reading) -> Words:
    """Return what each ticket's answer is worth; None where its scale does not fit."""
    scale = columns.of(ask.ScaleOf(asked.answer))
    return _paired(_score_part(columns, asked.answer, "score"), scale, asked.read)


_ANSWERS: Mapping[type, Callable[[Columns, Any], Any]] = MappingProxyType(
    {
        ask.Constant: _constant,
        ask.Fact: _fact,
        ask.FieldNow: _field,
        ask.Truth: _truth,
        ask.CameBack: _came_back,
        ask.Known: lambda columns, asked: columns.known(asked.part),
        ask.IsIn: _is_in,
        ask.Compared: _compared,
        ask.Not: lambda columns, asked: ~columns.flags(asked.part),
        ask.All: _all,
        ask.AnyOf: _any,
        ask.Either: _either,
        ask.When: _when,
        ask.Later: _later,
        ask.Open: _open,
        ask.Entries: _entries,
        ask.Count: _count,
        ask.First: _first,
        ask.Last: _last,
        ask.Distinct: _distinct,
        ask.Changes: _changes,
        ask.Pairs: _pairs,
        ask.Sessions: _sessions,
        ask.AnyUnknownWrote: _unknown_wrote,
        ask.Effort: _effort,
        ask.LineCosts: _line_costs,
        ask.Answered: _answered,
        ask.ScaleOf: scales,
        ask.Reading: worths,
    }
)
