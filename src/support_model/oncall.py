"""On call: layers of rotations, absences, swaps and overrides, and who that leaves on duty.

Evaluated in this order: the turn of each layer, swaps, absences, layers over each other,
overrides over all. So a swap can settle a vacation, an absence leaves a hole and drafts nobody
silently, and an override, which is an explicit later decision, holds whatever else is on file.

Before this: `support_model.duty.rotations`, `support_model.duty.rosters`.
Next: `support_model.duty.icalendar_text`, `support_model.escalation`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import attrs
from attrs import Factory, field, frozen

from support_model.duty.duty_windows import DutyWindow, instants_of, read_windows
from support_model.duty.rosters import UTC_ZONE, Crew, Roster
from support_model.duty.rotations import (
    ByRule,
    ByWorkedDates,
    Every,
    Form,
    Turn,
    read_local,
    turns,
)
from support_model.errors import InvalidRotation, nearest
from support_model.instants import FIRST, LAST, Span, instant, micros, timezone
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from support_model.duty.rosters import Shift

__all__ = ["Absence", "Layer", "OnCall", "Override", "Swap"]

Away = Literal["hole", "next"]
Equal = Literal["later", "union"]
NOBODY: Crew = frozenset()
END = LAST + 1


def _entries(given: Iterable[str | Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    if isinstance(given, str):
        raise InvalidRotation(given, "participants are a list", f"say [{given!r}]")
    return tuple((entry,) if isinstance(entry, str) else tuple(entry) for entry in given)


def _layers(given: Iterable[Layer]) -> tuple[Layer, ...]:
    return tuple(given)


def _overrides(given: Iterable[Override]) -> tuple[Override, ...]:
    return tuple(given)


def _swaps(given: Iterable[Swap]) -> tuple[Swap, ...]:
    return tuple(given)


def _absences(given: Iterable[Absence]) -> tuple[Absence, ...]:
    return tuple(given)


def _named(person: object) -> None:
    if not isinstance(person, str) or not person:
        raise InvalidRotation(person, "a person is named by text", "give an id")


def _local(given: object) -> int | None:
    return None if given is None else read_local(given)


@frozen(kw_only=True)
class Layer:
    """One rotation: people who take turns from a start on, perhaps in some hours only.

    Attributes:
        participants: who takes turns, in order: names, or lists of names who serve together; a
            name that occurs twice takes twice the turns.
        start: the local date and time at which turn 0 is anchored and duty begins.
        tz: the zone of everything local here.
        form: how turns follow each other: `Every`, `ByRule` or `ByWorkedDates`.
        windows: the hours on duty, as {"mon-fri": "18:00-09:00"} or `DutyWindow` values, their
            union; empty is always. They hide time and do not stop the rotation.
        active_from, until: local dates and times that clip duty, [active_from, until); turns are
            counted from `start` all the same.
        priority: a higher one lies over a lower one; equal ones lie in the order of the list.
        begin, end: what is left of time after clipping, in microseconds.

    Raises:
        InvalidRotation: nobody takes turns, a local time that cannot be read, no form.
        InvalidHours: windows that cannot be read.
        UnknownZone: no such zone.

    Example:
        >>> nights = Layer(
        ...     ["ann", ["bob", "cid"]], start="2026-03-02 18:00", tz="Europe/Berlin",
        ...     form=Every(1, "days"), windows={"mon-fri": "18:00-09:00"},
        ... )
        >>> nights.participants
        (('ann',), ('bob', 'cid'))
    """

    participants: tuple[tuple[str, ...], ...] = field(converter=_entries, kw_only=False)
    start: int = field(converter=read_local)
    tz: ZoneInfo = field(converter=timezone)
    form: Form = Factory(Every)
    windows: tuple[DutyWindow, ...] = field(default=(), converter=read_windows)
    active_from: int | None = field(default=None, converter=_local)
    until: int | None = field(default=None, converter=_local)
    priority: int = 0
    begin: int = field(init=False, eq=False, repr=False)
    end: int = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the parts and find when duty begins and ends."""
        if not self.participants or not all(self.participants):
            raise InvalidRotation(self.participants, "nobody takes turns", "name somebody")
        for person in self.people:
            _named(person)
        if not isinstance(self.form, Every | ByRule | ByWorkedDates):
            remedy = "use Every, ByRule or ByWorkedDates"
            raise InvalidRotation(self.form, "not how turns follow each other", remedy)
        if type(self.priority) is not int:
            raise InvalidRotation(self.priority, "a priority is a whole number")
        walls = [wall for wall in (self.start, self.active_from, self.until) if wall is not None]
        at = instants_of(self.tz, walls)
        begin = max(at[wall] for wall in (self.start, self.active_from) if wall is not None)
        object.__setattr__(self, "begin", begin)
        object.__setattr__(self, "end", END if self.until is None else at[self.until])

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who takes turns, each once."""
        return tuple(dict.fromkeys(person for entry in self.participants for person in entry))

    def turns(self, start: int, end: int) -> list[Turn]:
        """Return the turns on duty within [start, end), in microseconds, in order."""
        start, end = max(start, self.begin), min(end, self.end)
        return turns(self.form, self.start, self.windows, self.tz, start=start, end=end)


@frozen
class Override:
    """Somebody is on call in a span, whatever the layers say; of two, the later in the list."""

    person: str
    span: Span


@frozen
class Absence:
    """Somebody is away in a span; one without an end lasts."""

    person: str
    span: Span


@frozen
class Swap:
    """Within a span the taker stands in wherever the giver is rostered; `back` is the return.

    It follows the person, not the shift, so it survives a moved handoff.

    Raises:
        InvalidRotation: somebody swaps with himself.
    """

    giver: str
    taker: str
    span: Span = field(kw_only=True)
    back: Span | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Check that two people swap."""
        if self.giver == self.taker:
            raise InvalidRotation(self.giver, "somebody swaps with himself", "name another")

    @property
    def gifts(self) -> tuple[tuple[str, str, Span], ...]:
        """Who gives to whom, and when."""
        gift = (self.giver, self.taker, self.span)
        return (gift,) if self.back is None else (gift, (self.taker, self.giver, self.back))


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
            participant who is there stands in; the rotation never shifts.
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
    levels: tuple[tuple[int, ...], ...] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the parts; `levels` are the numbers of layers from the top down."""
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
        order = sorted(
            range(len(self.layers)), key=lambda i: (self.layers[i].priority, i), reverse=True
        )
        level = (lambda i: self.layers[i].priority) if self.same_priority == "union" else int
        levels = tuple(tuple(group) for _, group in groupby(order, key=level))
        object.__setattr__(self, "levels", levels)

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
        """Compile who is on call within [start, end).

        Raises:
            InvalidRotation: the window is empty.
        """
        first, last = micros(start), micros(end)
        if first >= last:
            raise InvalidRotation((start, end), "a roster needs a window", "swap the bounds")
        edges: list[int] = []
        crews: list[Crew] = []
        for at, crew in self._crews(first, last):
            if not crews or crew != crews[-1]:
                edges.append(at)
                crews.append(crew)
        return Roster(name=self.name, edges=tuple(edges), crews=tuple(crews), end=last, tz=self.tz)

    def who(self, at: datetime) -> Crew:
        """Return who is on call at an instant; ask a `roster` where you ask often."""
        t = micros(at)
        return next(crew for _, crew in self._crews(t, t + 1))

    def shifts(self, start: datetime, end: datetime) -> tuple[Shift, ...]:
        """Return the maximal spans of one crew within [start, end)."""
        return self.roster(start, end).shifts()

    def gaps(self, start: datetime, end: datetime) -> tuple[Span, ...]:
        """Return the maximal spans within [start, end) in which nobody is on call."""
        return self.roster(start, end).gaps()

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

    def lint(self) -> tuple[Reason, ...]:
        """Return what looks like a mistake: overrides and swaps onto people who are away."""
        planned = [("override_of_absent", over.person, over.span) for over in self.overrides]
        planned += [("swap_to_absent", taker, span) for _, taker, span in self.gifts]
        found = []
        for code, person, span in planned:
            start, end = span.edges
            for absence in self.absences:
                away, back = absence.span.edges
                if absence.person == person and away < end and start < back:
                    since = instant(max(start, away)).isoformat()
                    found.append(Reason.of(code, person=person, since=since))
        return tuple(dict.fromkeys(found))

    def _crews(self, first: int, last: int) -> Iterator[tuple[int, Crew]]:
        """Yield (instant, crew) wherever something begins or ends within [first, last)."""
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
            if overriding:
                yield at, frozenset({self.overrides[max(overriding)].person})
            else:
                yield at, self._layered(turn, takers, away)
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
        self, turn: Mapping[int, int], takers: Mapping[str, str], away: Mapping[str, int]
    ) -> Crew:
        for level in self.levels:
            crew = NOBODY.union(
                *(self.on_duty(i, turn[i], takers, away) for i in level if i in turn)
            )
            if crew:
                return crew
        return NOBODY

    def on_duty(
        self, layer: int, turn: int, takers: Mapping[str, str], away: Mapping[str, int]
    ) -> Crew:
        """Return who of a layer serves a turn, after swaps and absences."""
        entries = self.layers[layer].participants
        tries = range(turn, turn + len(entries)) if self.when_away == "next" else (turn,)
        for k in tries:
            rostered = (takers.get(one, one) for one in entries[k % len(entries)])
            if crew := frozenset(one for one in rostered if one not in away):
                return crew
        return NOBODY
