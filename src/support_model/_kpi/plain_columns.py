"""The expressions of KPIs answered for many tickets at once, from facts as plain lists.

`PlainColumns` answers each kind of expression as its `closure` does for a record, with a value for
every ticket: flags as bool, instants and lengths as microseconds, words as they are, None for what
is not known. It needs no extra; `support_model._kpi.columns` does the same by NumPy.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from itertools import accumulate, chain, compress, pairwise, repeat
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import define, field

from support_model._kpi import expressions as ask
from support_model._kpi.facts import DONE
from support_model._kpi.plain import ENTRIES
from support_model._time import LAST, instant, micros, micros_of, moved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from support_model._kpi.plain import PlainFacts

__all__ = ["PlainColumns"]

Values = Sequence[Any]


@define(eq=False)
class PlainColumns:
    """Facts as plain lists, and what was asked of them so far."""

    facts: PlainFacts
    _made: dict[Any, Any] = field(factory=dict, init=False, repr=False)

    @property
    def size(self) -> int:
        """How many tickets there are."""
        return self.facts.size

    def of(self, asked: ask.Expression | ask.Entries) -> Values:
        """Return what an expression answers for each ticket, or which entries are meant."""
        found = self._made.get(asked)
        if found is None:
            found = self._made[asked] = _ANSWERS[type(asked)](self, asked)
        made: Values = found
        return made

    def offsets(self, name: str) -> Sequence[int]:
        """Return where the entries of each ticket begin in a list, and last their number."""
        return self.facts.entries(name).offsets

    def part(self, name: str, part: str) -> Values:
        """Return a part of each entry of a list; that of plain values needs no name."""
        name, part = _BESIDE.get((name, part), (name, part))
        place = ENTRIES[name][0].index(part) if part else 0
        return self.facts.entries(name).parts[place]

    def owners(self, name: str) -> Sequence[int]:
        """Return the place of the ticket of each entry of a list."""
        return self._once(("owners", name), lambda: self._owners(name))

    def _owners(self, name: str) -> list[int]:
        return [*chain.from_iterable(map(repeat, range(self.size), self.lengths(name)))]

    def lengths(self, name: str) -> Sequence[int]:
        """Return how many entries each ticket has in a list."""
        return self._once(("lengths", name), lambda: _differences(self.offsets(name)))

    def _once(self, key: object, make: Callable[[], Values]) -> Values:
        if key not in self._made:
            self._made[key] = make()
        made: Values = self._made[key]
        return made


_BESIDE = MappingProxyType(
    {
        ("acts", "agent"): ("act_agents", "agent"),
        ("ratings", "solved"): ("rating_solutions", "solved"),
    }
)
"""Parts of entries that stand in a list of their own."""


def _differences(numbers: Sequence[int]) -> list[int]:
    return [*map(operator.sub, numbers[1:], numbers)]


def totals(values: Iterable[int], offsets: Iterable[int]) -> list[int]:
    """Return the sum of the values of each ticket's entries."""
    sums = [0, *accumulate(values)]
    return _differences([*map(sums.__getitem__, offsets)])


# Facts and comparisons


def _constant(of: PlainColumns, asked: ask.Constant) -> Values:
    value: Any = asked.value
    if isinstance(value, datetime):
        value = micros(value)
    elif isinstance(value, timedelta):
        value = micros_of(value)
    return [value] * of.size


def _fact(of: PlainColumns, asked: ask.Fact) -> Values:
    derived = _DERIVED.get(asked.name)
    return of.facts.scalar(asked.name) if derived is None else of.of(derived)


def _first_act(kind: str) -> ask.First:
    return ask.First(ask.Entries("acts", "kind", (kind,)), "at")


_DERIVED: Mapping[str, ask.Expression] = MappingProxyType(
    {
        "solved": ask.Fact("category").is_in(*DONE),
        "contact": _first_act("contact"),
        "first_reply": _first_act("reply"),
        "first_solve": ask.First(ask.Entries("solves"), "at"),
        "last_solve": ask.Last("solves", "at"),
        "assignments": ask.Count(ask.Entries("acts", "kind", ("assigned",))),
    }
)
"""The facts that stand in no list of their own."""


def _field(of: PlainColumns, asked: ask.FieldNow) -> Values:
    return of.facts.field(asked.name)


def _known(of: PlainColumns, asked: ask.Known) -> Values:
    return [value is not None for value in of.of(asked.part)]


def _is_in(of: PlainColumns, asked: ask.IsIn) -> Values:
    return [*map(frozenset(asked.values).__contains__, of.of(asked.part))]


def _compared(of: PlainColumns, asked: ask.Compared) -> Values:
    left, right, compare = of.of(asked.left), of.of(asked.right), getattr(operator, asked.order)
    if _always(asked.left) and _always(asked.right):
        return [*map(compare, left, right)]
    return [
        one is not None and other is not None and compare(one, other)
        for one, other in zip(left, right, strict=True)
    ]


_COUNTED = ask.Constant, ask.Count, ask.Distinct, ask.Changes, ask.Pairs, ask.Sessions


def _always(part: ask.Expression) -> bool:
    """Return whether a value is known of every ticket."""
    return part in {ask.CREATED, ask.AS_OF} or isinstance(part, _COUNTED)


def _all(of: PlainColumns, asked: ask.All) -> Values:
    return reduce(_both, map(of.of, asked.parts))


def _both(one: Values, other: Values) -> Values:
    return [*map(operator.and_, one, other)]


def _any(of: PlainColumns, asked: ask.AnyOf) -> Values:
    return reduce(_one_of, map(of.of, asked.parts))


def _one_of(one: Values, other: Values) -> Values:
    return [*map(operator.or_, one, other)]


def _either(of: PlainColumns, asked: ask.Either) -> Values:
    pairs = zip(of.of(asked.first), of.of(asked.second), strict=True)
    return [other if one is None else one for one, other in pairs]


def _when(of: PlainColumns, asked: ask.When) -> Values:
    others = [None] * of.size if asked.other is None else of.of(asked.other)
    each = zip(of.of(asked.test), of.of(asked.value), others, strict=True)
    return [value if test else other for test, value, other in each]


def _later(of: PlainColumns, asked: ask.Later) -> Values:
    starts, length = of.of(asked.start), micros_of(asked.length)
    latest = max((at for at in starts if at is not None), default=0)
    if latest + length <= LAST:
        return [None if at is None else at + length for at in starts]
    if not asked.bounded:
        moved(instant(latest), asked.length)  # raises as it does for a record
    return [None if at is None else min(at + length, LAST) for at in starts]


def _open(of: PlainColumns, asked: ask.Open) -> Values:
    count = asked.calendar.timeline.open_before
    return [
        None if start is None or end is None else count(end) - count(start)
        for start, end in zip(of.of(asked.start), of.of(asked.end), strict=True)
    ]


def _came_back(of: PlainColumns, asked: ask.CameBack) -> Values:
    contacts, back = asked.contacts, []
    keys = (of.facts.field(name) for name in ("requester", "topic"))
    for *key, start, end in zip(*keys, of.of(asked.start), of.of(asked.end), strict=True):
        again = () if start is None else contacts.get(tuple(key), ())
        place = bisect_right(again, start) if again else 0
        back.append(place < len(again) and again[place] <= end)
    return back


# Entries of lists


def _entries(of: PlainColumns, asked: ask.Entries) -> Values:
    """Return which entries are meant, but for `after`."""
    if asked.until is not None:
        ends = map(of.of(asked.until).__getitem__, of.owners(asked.name))
        at = of.part(asked.name, "at")
        meant = [end is not None and each <= end for each, end in zip(at, ends, strict=True)]
        return _both(meant, _among(of, asked)) if asked.values else meant
    return _among(of, asked) if asked.values else [True] * of.offsets(asked.name)[-1]


def _among(of: PlainColumns, asked: ask.Entries) -> Values:
    return [*map(frozenset(asked.values).__contains__, of.part(asked.name, asked.part))]


def _count(of: PlainColumns, asked: ask.Count) -> Values:
    entries = asked.entries
    if not entries.values and entries.until is None:
        return of.lengths(entries.name)
    return totals(of.of(entries), of.offsets(entries.name))


def _first(of: PlainColumns, asked: ask.First) -> Values:
    entries = asked.entries
    part = of.part(entries.name, asked.part)
    if not entries.values:
        return [
            part[start] if start < end else None
            for start, end in pairwise(of.offsets(entries.name))
        ]
    meant: Values = of.of(entries)
    if entries.after:
        begun = of.of(ask.Entries(entries.name, entries.part, entries.after))
        meant = _both(meant, _following(begun, of.offsets(entries.name)))
    owners = of.owners(entries.name)
    # the last one written stays, so from the end on
    back = zip(
        compress(reversed(owners), reversed(meant)),
        compress(reversed(part), reversed(meant)),
        strict=True,
    )
    return [*map(dict(back).get, range(of.size))]


def _following(begun: Values, offsets: Sequence[int]) -> list[bool]:
    """Return which entries come after the first one of their ticket that is meant."""
    after: list[bool] = []
    for start, end in pairwise(offsets):
        seen = False
        for flag in begun[start:end]:
            after.append(seen)
            seen = seen or flag
    return after


def _last(of: PlainColumns, asked: ask.Last) -> Values:
    part, offsets = of.part(asked.name, asked.part), of.offsets(asked.name)
    if asked.until is None:
        return [part[end - 1] if start < end else None for start, end in pairwise(offsets)]
    at, found = of.part(asked.name, "at"), list[Any]()
    for (start, end), until in zip(pairwise(offsets), of.of(asked.until), strict=True):
        place = start if until is None else bisect_right(at, until, start, end)
        found.append(part[place - 1] if place > start else None)
    return found


def _distinct(of: PlainColumns, asked: ask.Distinct) -> Values:
    part = of.part(asked.name, "")
    return [len({*part[start:end]}) for start, end in pairwise(of.offsets(asked.name))]


def _changes(of: PlainColumns, asked: ask.Changes) -> Values:
    return [length - 1 if length else 0 for length in of.lengths(asked.name)]


def _pairs(of: PlainColumns, asked: ask.Pairs) -> Values:
    part, apart, compare = of.part(asked.name, ""), asked.apart, getattr(operator, asked.order)
    return [
        sum(map(compare, part[start + apart : end], part[start:end])) if end - start > apart else 0
        for start, end in pairwise(of.offsets(asked.name))
    ]


def _sessions(of: PlainColumns, asked: ask.Sessions) -> Values:
    own = _begun(of, "acts", repeat(0), asked)
    merged = _begun(of, "merged_acts", of.part("merged_acts", "place"), asked)
    return [*map(operator.add, own, merged)] if any(merged) else own


def _begun(
    of: PlainColumns, name: str, places: Iterable[int], asked: ask.Sessions
) -> Sequence[int]:
    """Return how many sessions of work each ticket has in a list of acts."""
    gap, found = micros_of(asked.gap), [0] * of.size
    work = [kind in ask.WORK for kind in of.part(name, "kind")]
    parts = (of.owners(name), places, of.part(name, "agent"), of.part(name, "at"))
    before: tuple[Any, ...] = ()
    for *key, at in zip(*(compress(part, work) for part in parts), strict=False):
        if before[:3] != (*key,) or at - before[3] > gap:
            found[key[0]] += 1
        before = (*key, at)
    return found


def _unknown_wrote(of: PlainColumns, _: ask.AnyUnknownWrote) -> Values:
    merged = [at is not None for at in of.part("merged", "unknown_wrote")]
    others = totals(merged, of.offsets("merged"))
    own = of.of(ask.UNKNOWN_WROTE)
    return [at is not None or n > 0 for at, n in zip(own, others, strict=True)]


def _effort(of: PlainColumns, _: ask.Effort) -> Values:
    own, merged = of.facts.scalar("worked"), of.part("merged", "worked")
    if not merged:
        return own
    found: list[int | None] = []
    for worked, (start, end) in zip(own, pairwise(of.offsets("merged")), strict=True):
        each = [part for part in (worked, *merged[start:end]) if part is not None]
        found.append(sum(each) if each else None)
    return found


def _line_costs(of: PlainColumns, asked: ask.LineCosts) -> Values:
    """Return what lines cost; a line without a cost is an error in its place."""
    found: list[Any] = []
    lines, others = of.part("lines", ""), of.part("merged_lines", "line")
    places = of.part("merged_lines", "place")
    for own, merged in zip(
        pairwise(of.offsets("lines")), pairwise(of.offsets("merged_lines")), strict=True
    ):
        start, end = merged
        held = [*{*lines[slice(*own)]}]
        held += [line for _, line in {*zip(places[start:end], others[start:end], strict=True)}]
        lacking = [line for line in held if line not in asked.costs]
        cost = sum(asked.costs[line] for line in held) if held and not lacking else None
        found.append(asked.missing(lacking[0]) if lacking else cost)
    return found


def _answered(of: PlainColumns, asked: ask.Answered) -> Values:
    """Return the entry of `ratings` that is meant."""
    meant: Values = [kind == asked.kind for kind in of.part("ratings", "kind")]
    if asked.since is not None or asked.until is not None:
        dated = of.part("ratings", "solved" if asked.by_solution else "at")
        meant = _both(meant, [_is_inside(at, asked) for at in dated])
    owners = compress(of.owners("ratings"), meant)
    found = dict(zip(owners, compress(range(len(meant)), meant), strict=True))
    return [*map(found.get, range(of.size))]


def _is_inside(at: int | None, asked: ask.Answered) -> bool:
    if at is None or (asked.since is not None and at < asked.since):
        return False
    return asked.until is None or at < asked.until


def _scales(of: PlainColumns, asked: ask.ScaleOf) -> Values:
    scales = [*zip(of.part("ratings", "low"), of.part("ratings", "high"), strict=True)]
    return [None if row is None else scales[row] for row in of.of(asked.answer)]


def _worths(of: PlainColumns, asked: ask.Reading) -> Values:
    """Return what each ticket's answer is worth; the code of a misfit where its scale is none."""
    scores, known = of.part("ratings", "score"), dict[Any, Any]()
    found: list[Any] = []
    for row, scale in zip(of.of(asked.answer), of.of(ask.ScaleOf(asked.answer)), strict=True):
        if row is None:
            found.append(None)
            continue
        key = scores[row], scale
        if key not in known:
            worth = asked.read(*key)
            known[key] = asked.misfit if worth is None else worth
        found.append(known[key])
    return found


_ANSWERS: Mapping[type, Callable[[PlainColumns, Any], Values]] = MappingProxyType(
    {
        ask.Constant: _constant,
        ask.Fact: _fact,
        ask.FieldNow: _field,
        ask.Truth: lambda of, asked: [*map(bool, of.of(asked.part))],
        ask.CameBack: _came_back,
        ask.Known: _known,
        ask.IsIn: _is_in,
        ask.Compared: _compared,
        ask.Not: lambda of, asked: [*map(operator.not_, of.of(asked.part))],
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
        ask.ScaleOf: _scales,
        ask.Reading: _worths,
    }
)
