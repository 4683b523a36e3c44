"""On call: layers of rotations, absences, swaps and overrides, and who that leaves on duty.

Evaluated in this order: the turn of each layer, swaps, absences, layers over each other,
overrides over all. So a swap can settle a vacation, an absence leaves a hole and drafts nobody
silently, and an override, which is an explicit later decision, holds whatever else is on file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, get_args

import attrs
from attrs import field

from support_model._frozen import frozen
from support_model._oncall import lint as oncall_lint
from support_model._oncall.parts import Absence, Layer, Override, Swap
from support_model._oncall.rosters import UTC_ZONE, Crew, Roster
from support_model._time import DAY, FIRST, LAST, Span, instant, micros, micros_of
from support_model.errors import InvalidRotation, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from support_model._oncall.rosters import OnCallShift
    from support_model.reasons import Reason


T = TypeVar("T")
Away = Literal["hole", "next"]
Equal = Literal["later", "union"]
EMPTY_CREW: Crew = frozenset()


def _several(given: Iterable[T]) -> tuple[T, ...]:
    if not isinstance(given, Iterable):
        raise InvalidRotation(given, "parts of a plan are several", "give a list of them")
    return tuple(given)


def _layers(given: Iterable[Layer]) -> tuple[Layer, ...]:
    return _several(given)


def _overrides(given: Iterable[Override]) -> tuple[Override, ...]:
    return _several(given)


def _swaps(given: Iterable[Swap]) -> tuple[Swap, ...]:
    return _several(given)


def _absences(given: Iterable[Absence]) -> tuple[Absence, ...]:
    return _several(given)


Edge: TypeAlias = tuple[int, bool, str, Any]
"""An instant, whether something begins (True) or ends there, its kind, and what it is."""


def _one_swap_at_a_time(gifts: Iterable[tuple[str, str, Span]]) -> None:
    given: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for giver, _, span in gifts:
        given[giver].append(span.edges)
    for giver, edges in given.items():
        for (_, end), (start, _) in pairwise(sorted(edges)):
            if start < end:
                remedy = f"let one of them end by {instant(start).isoformat()}"
                raise InvalidRotation(giver, "one person gives in two swaps at once", remedy)


@frozen(kw_only=True)
class OnCall:
    """A plan of who is on call; all of it is data, and every question is a pure function of it.

    Attributes:
        layers: rotations; a later one lies over an earlier one of the same priority.
        overrides, swaps, absences: what differs from the layers.
        when_away: an absence leaves a `hole`, through which lower layers show, or the `next`
            participant who is there stands in, unless on call already; the rotation never
            shifts.
        same_priority: of layers of one priority the `later` holds, or their `union`.
        name: what moments and calendars call it.

    Raises:
        InvalidRotation: something that is no layer, or one person gives in two swaps at once.

    Example:
        >>> from datetime import UTC, datetime
        >>> plan = OnCall(
        ...     [Layer(["ann", "bob"], start="2026-03-02 09:00", tz="Europe/Berlin")],
        ...     absences=[Absence("bob", Span(datetime(2026, 3, 10, tzinfo=UTC),
        ...                                   datetime(2026, 3, 11, tzinfo=UTC)))],
        ... )
        >>> sorted(plan.who(datetime(2026, 3, 9, 12, tzinfo=UTC)))
        ['bob']
        >>> [gap.length for gap in plan.gaps(
        ...     datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 16, tzinfo=UTC))]
        [datetime.timedelta(days=1)]
    """

    layers: tuple[Layer, ...] = field(converter=_layers, kw_only=False)
    overrides: tuple[Override, ...] = field(default=(), converter=_overrides)
    swaps: tuple[Swap, ...] = field(default=(), converter=_swaps)
    absences: tuple[Absence, ...] = field(default=(), converter=_absences)
    when_away: Away = "hole"
    same_priority: Equal = "later"
    name: str = "on-call"

    def __attrs_post_init__(self) -> None:
        """Check the parts."""
        kinds = (Layer, Override, Swap, Absence)
        parts = (self.layers, self.overrides, self.swaps, self.absences)
        for kind, given in zip(kinds, parts, strict=True):
            for part in given:
                if not isinstance(part, kind):
                    raise InvalidRotation(part, f"not of kind {kind.__name__}")
        for word, known in ((self.when_away, Away), (self.same_priority, Equal)):
            if word not in get_args(known):
                raise InvalidRotation(word, "unknown rule", nearest(str(word), get_args(known)))
        _one_swap_at_a_time(self.gifts)

    @cached_property
    def ranks(self) -> tuple[tuple[int, int], ...]:
        """The level of each layer, 0 on top, and its place in it."""
        order = sorted(
            range(len(self.layers)), key=lambda i: (self.layers[i].priority, i), reverse=True
        )
        level = (lambda i: self.layers[i].priority) if self.same_priority == "union" else int
        levels = [tuple(group) for _, group in groupby(order, key=level)]
        ranks = {i: (n, k) for n, group in enumerate(levels) for k, i in enumerate(group)}
        return tuple(ranks[i] for i in range(len(order)))

    @property
    def gifts(self) -> tuple[tuple[str, str, Span], ...]:
        """Who gives to whom, and when, in all swaps."""
        return tuple(gift for swap in self.swaps for gift in swap.gifts)

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who takes turns, each once."""
        return tuple(dict.fromkeys(person for layer in self.layers for person in layer.people))

    @property
    def tz(self) -> ZoneInfo:
        """The zone that all layers share, else UTC: on whose clock the plan is shown."""
        zones = {layer.tz.key: layer.tz for layer in self.layers}
        return next(iter(zones.values())) if len(zones) == 1 else UTC_ZONE

    def roster(self, start: datetime, end: datetime) -> Roster:
        """Compile who is on call within [start, end); an empty window holds nothing.

        Raises:
            InvalidRotation: the window ends before it starts.
        """
        first, last = micros(start), micros(end)
        if first > last:
            raise InvalidRotation((start, end), "a roster runs forward", "swap the bounds")
        edges: list[int] = []
        crews: list[Crew] = []
        for at, crew in self._crews(first, last) if first < last else ():
            if not crews or crew != crews[-1]:
                edges.append(at)
                crews.append(crew)
        return Roster(name=self.name, edges=tuple(edges), crews=tuple(crews), end=last, tz=self.tz)

    def who(self, at: datetime) -> Crew:
        """Return who is on call at an instant; ask a `roster` where you ask often."""
        t = micros(at)
        return next(crew for _, crew in self._crews(t, t + 1))

    def shifts(self, start: datetime, end: datetime) -> tuple[OnCallShift, ...]:
        """Return the maximal spans of one crew within [start, end)."""
        return self.roster(start, end).shifts()

    def gaps(self, start: datetime, end: datetime, *, least: int = 1) -> tuple[Span, ...]:
        """Return the maximal spans within [start, end) with fewer than `least` on call.

        Raises:
            InvalidRotation: the window runs backward, or `least` is no positive whole number.
        """
        return self.roster(start, end).gaps(least=least)

    def next_crew(self, at: datetime, *, within: timedelta = timedelta(days=366)) -> Crew:
        """Return who is on call next, other than now; empty if nobody else is within a time.

        Raises:
            InvalidRotation: the time is not above zero.

        Example:
            >>> from datetime import UTC, datetime
            >>> plan = OnCall([Layer(["ann", "bob"], start="2026-03-02 09:00", tz="UTC")])
            >>> [*plan.next_crew(datetime(2026, 3, 3, tzinfo=UTC))]
            ['bob']
        """
        first, last = micros(at), min(micros(at) + micros_of(within), LAST)
        if first >= last:
            raise InvalidRotation(within, "a time to look ahead is above zero", "say days=366")
        reach = 32 * DAY
        while True:
            end = min(first + reach, last)
            crew = self.roster(instant(first), instant(end)).next_crew(at)
            if crew is not None or end == last:
                return crew or EMPTY_CREW
            reach *= 4

    def without(self, person: str) -> OnCall:
        """Return the plan as it is when a person is gone: from turns, swaps and overrides."""
        return attrs.evolve(
            self,
            overrides=[override for override in self.overrides if override.person != person],
            absences=[*self.absences, Absence(person, Span(instant(FIRST)))],
        )

    def single_absences(self, start: datetime, end: datetime) -> Mapping[str, tuple[Span, ...]]:
        """Return, for each participant, the gaps within [start, end) if that one is gone.

        The n+1 check: every hour is covered whoever is missing if all of them are empty. Gaps
        that are there anyway are part of the answer.
        """
        return {person: self.without(person).gaps(start, end) for person in self.people}

    def lint(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> tuple[Reason, ...]:
        """Return what looks like a mistake; each finding once.

        Overrides and swaps onto people who are away, a substitute of a substitute, durations
        beyond the turn, and within [start, end): layers that never act, people who never serve,
        seats that are empty or held by one person twice beside others, months without anybody.
        Without a window, from the first duty to a year after the last date that the plan names,
        or to the end of two rounds.

        Raises:
            InvalidRotation: one bound without the other, or an empty window.
        """
        return oncall_lint.lint(self, start, end)

    def _crews(self, first: int, last: int) -> Iterator[tuple[int, Crew]]:
        """Yield (instant, crew) wherever something begins or ends within [first, last)."""
        for at, override, seats in self.seating(first, last):
            yield at, crew_of(seats) if override is None else frozenset({override})

    def seating(
        self, first: int, last: int
    ) -> Iterator[tuple[int, str | None, Mapping[int, Crew]]]:
        """Yield (instant, who overrides, crews by layer) wherever something begins or ends.

        Of the layers those of the level that holds are named, each with who serves.
        """
        edges = sorted(self._edges(first, last), key=lambda edge: edge[:2])
        turn: dict[int, int] = {}
        takers: dict[str, str] = {}
        away: Counter[str] = Counter()
        overriding: set[int] = set()
        i = 0
        at = first
        while True:
            while i < len(edges) and edges[i][0] <= at:
                _, begins, kind, what = edges[i]
                i += 1
                if kind == "turn":
                    turn.pop(what[0]) if not begins else turn.update([what])
                elif kind == "gift":
                    takers.pop(what[0]) if not begins else takers.update([what])
                elif kind == "absence":
                    away[what] += 1 if begins else -1
                    if not away[what]:
                        del away[what]
                elif begins:
                    overriding.add(what)
                else:
                    overriding.remove(what)
            override = self.overrides[max(overriding)].person if overriding else None
            yield at, override, self._layered(turn, takers, away)
            if i == len(edges) or edges[i][0] >= last:
                return
            at = edges[i][0]

    def _edges(self, first: int, last: int) -> Iterator[Edge]:
        held: list[tuple[tuple[int, int], str, Any]] = [
            *((gift[2].edges, "gift", gift[:2]) for gift in self.gifts),
            *((absence.span.edges, "absence", absence.person) for absence in self.absences),
            *((over.span.edges, "override", i) for i, over in enumerate(self.overrides)),
        ]
        for number, layer in enumerate(self.layers):
            held += [((a, b), "turn", (number, k)) for a, b, k in layer.turns(first, last)]
        for (start, end), kind, what in held:
            if start < end and start < last and end > first:
                yield max(start, first), True, kind, what
                yield end, False, kind, what

    def _layered(
        self, turn: Mapping[int, int], takers: Mapping[str, str], away: Collection[str]
    ) -> Mapping[int, Crew]:
        """Return who serves each layer of the highest level with anybody there."""
        rank = self.ranks
        seats: Mapping[int, Crew] = {}
        for _, level in groupby(sorted(turn, key=lambda i: rank[i]), key=lambda i: rank[i][0]):
            seats = self.seats({i: turn[i] for i in level}, takers, away)
            if any(seats.values()):
                return seats
        return seats

    def seats(
        self, turn: Mapping[int, int], takers: Mapping[str, str], away: Collection[str]
    ) -> Mapping[int, Crew]:
        """Return who serves each layer of one level, after swaps and absences.

        Those whose turn it is come first; whoever then stands in has no seat yet.
        """
        crews = {i: self._of_entry(i, k, takers, away) for i, k in sorted(turn.items())}
        if self.when_away == "next":
            for i, crew in crews.items():
                taken = crew_of(crews)
                tries = range(turn[i] + 1, turn[i] + len(self.layers[i].participants))
                there = (self._of_entry(i, k, takers, away) - taken for k in tries)
                crews[i] = crew or next(filter(None, there), EMPTY_CREW)
        return crews

    def _of_entry(
        self, layer: int, turn: int, takers: Mapping[str, str], away: Collection[str]
    ) -> Crew:
        entries = self.layers[layer].participants
        rostered = (takers.get(one, one) for one in entries[turn % len(entries)])
        return frozenset(one for one in rostered if one not in away)


def crew_of(seats: Mapping[int, Crew]) -> Crew:
    """Return everybody who has a seat."""
    return EMPTY_CREW.union(*seats.values())
