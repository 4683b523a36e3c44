"""On call: layers of rotations, absences, swaps and overrides, and who that leaves on duty.

Evaluated in this order: the turn of each layer, swaps, absences, layers over each other,
overrides over all. So a swap can settle a vacation, an absence leaves a hole and drafts nobody
silently, and an override, which is an explicit later decision, holds whatever else is on file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, get_args

from attrs import Factory, evolve, field
from attrs.validators import optional

from support_model._frozen import derived, frozen
from support_model._oncall import lint as oncall_lint
from support_model._oncall.rosters import Crew, Roster
from support_model._oncall.rotations import (
    ByRule,
    ByWorkedDates,
    Every,
    Turn,
    TurnForm,
    read_local,
    turns,
    wall_of,
)
from support_model._oncall.windows import Windows, instants_of, read_windows
from support_model._time import (
    DAY,
    FIRST,
    LAST,
    Span,
    instant,
    micros,
    micros_of,
    timezone,
    utc_zone,
)
from support_model.errors import InvalidRotation, nearest
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from attrs import Attribute

    from support_model._oncall.rosters import OnCallShift


T = TypeVar("T")
WEEK, MOST_WEEKS = 7 * DAY, 200
Away = Literal["hole", "next"]
Equal = Literal["later", "union"]
Gift: TypeAlias = tuple[str, str, Span]
"""Who gives duty to whom, and when."""
Edge: TypeAlias = tuple[int, bool, str, Any, Any]
"""An instant, whether something begins (True) or ends there, its kind, its key, and what it is."""
END = LAST + 1
EMPTY_CREW: Crew = frozenset()


def _entries(given: Iterable[str | Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    if isinstance(given, str):
        raise InvalidRotation(given, "participants are a list", f"give [{given!r}]")
    return tuple((entry,) if isinstance(entry, str) else tuple(entry) for entry in given)


def _is_named(_: object, __: Attribute[Any] | None, person: object) -> None:
    if not isinstance(person, str) or not person:
        raise InvalidRotation(person, "a person is named by text", "give an id")


def _is_span(_: object, __: Attribute[Any], span: object) -> None:
    if not isinstance(span, Span):
        raise InvalidRotation(span, "not a span of time", "give Span(start, end)")


def _local(given: object) -> datetime | None:
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
            union, or a `BusinessCalendar`, which knows holidays and has a clock of its own;
            empty is always. They hide time and do not stop the rotation.
        active_from, until: local dates and times that clip duty, [active_from, until); turns are
            counted from `start` all the same.
        priority: a higher one lies over a lower one; equal ones lie in the order of the list.

    Raises:
        InvalidRotation: nobody takes turns, a local time that cannot be read, no form, an end
            before duty begins.
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
    start: datetime = field(converter=read_local)
    tz: ZoneInfo = field(converter=timezone)
    form: TurnForm = Factory(Every)
    windows: Windows = field(default=(), converter=read_windows)
    active_from: datetime | None = field(default=None, converter=_local)
    until: datetime | None = field(default=None, converter=_local)
    priority: int = 0

    def __attrs_post_init__(self) -> None:
        if not self.participants or not all(self.participants):
            raise InvalidRotation(self.participants, "nobody takes turns", "name somebody")
        for person in self.people:
            _is_named(self, None, person)
        if not isinstance(self.form, Every | ByRule | ByWorkedDates):
            remedy = "use Every, ByRule or ByWorkedDates"
            raise InvalidRotation(self.form, "not how turns follow each other", remedy)
        if type(self.priority) is not int:
            raise InvalidRotation(self.priority, "a priority is a whole number")
        begin, end = self._bounds()
        if end <= begin:
            remedy = f"duty begins at {instant(begin, self.tz).isoformat()}"
            raise InvalidRotation(str(self.until), "a layer ends before its duty begins", remedy)

    @derived
    def anchor(self) -> int:
        """The start in microseconds of the wall clock."""
        return wall_of(self.start)

    @derived
    def begin(self) -> int:
        """When duty begins, in microseconds."""
        return self._bounds()[0]

    @derived
    def end(self) -> int:
        """When duty ends, in microseconds."""
        return self._bounds()[1]

    def _bounds(self) -> tuple[int, int]:
        begin = self._instant(max(self.start, self.active_from or self.start))
        return begin, END if self.until is None else self._instant(self.until)

    def _instant(self, reading: datetime) -> int:
        wall = wall_of(reading)
        return instants_of(self.tz, [wall])[wall]

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who takes turns, each once."""
        return tuple(dict.fromkeys(person for entry in self.participants for person in entry))

    def turns(self, start: int, end: int) -> list[Turn]:
        """Return the turns on duty within [start, end), in microseconds, in order."""
        start, end = max(start, self.begin), min(end, self.end)
        return turns(self.form, self.anchor, self.windows, self.tz, start=start, end=end)

    def changed(
        self, at: str | datetime, participants: Iterable[str | Iterable[str]]
    ) -> tuple[Layer, Layer]:
        """Return this layer until a local date and time, and the one with other people from it.

        Handoffs stay where they are. Whose turn it is, or would be next, goes on; where they are
        no longer among the participants, who follows the last one before them who still is.

        Raises:
            InvalidRotation: the change lies outside the time of the layer.

        Example:
            >>> daily = Layer(
            ...     ["ann", "bob", "cid", "dee"], start="2026-03-02 09:00", tz="Europe/Berlin",
            ...     form=Every(1, "days"))
            >>> before, after = daily.changed("2026-03-04 09:00", ["ann", "bob", "dee"])
            >>> before.until == after.active_from
            True
            >>> from datetime import datetime
            >>> [*OnCall([before, after]).who(datetime(2026, 3, 4, 12, tzinfo=daily.tz))]
            ['dee']
        """
        reading = read_local(at)
        edge = self._instant(reading)
        if not self.begin < edge < self.end:
            raise InvalidRotation(at, "a change outside the time of the layer", "make a new layer")
        people = _entries(participants)
        number = self._turn_from(edge)
        first = _next_of(self.participants, people, number)
        moved = (first - number) % len(people) if people else 0
        after = (*people[moved:], *people[:moved])
        return (
            evolve(self, until=reading),
            evolve(self, participants=after, active_from=reading),
        )

    def _turn_from(self, at: int) -> int:
        """Return the number of the first turn that is on duty at an instant or later."""
        reach = 8 * DAY
        while True:
            turns_ahead = self.turns(at, min(at + reach, END))
            if turns_ahead or at + reach >= self.end:
                return turns_ahead[0][2] if turns_ahead else 0
            reach *= 8


def _next_of(
    old: tuple[tuple[str, ...], ...], new: tuple[tuple[str, ...], ...], number: int
) -> int:
    """Return whose turn it is among new participants when a turn of the old ones comes.

    Who had the turn has it; where they left, who follows the last one before who stays.
    """
    for k in range(len(old)):
        place = (number - k) % len(old)
        same = [i for i, entry in enumerate(new) if entry == old[place]]
        if same:
            place_after = same[old[:place].count(old[place]) % len(same)]
            return place_after if k == 0 else (place_after + 1) % len(new)
    return 0


@frozen
class Override:
    """Somebody is on call in a span, whatever the layers say; of two, the later in the list.

    Raises:
        InvalidRotation: no name, or no span.
    """

    person: str = field(validator=_is_named)
    span: Span = field(validator=_is_span)


@frozen
class Absence:
    """Somebody is away in a span; one without an end lasts.

    Raises:
        InvalidRotation: no name, or no span.
    """

    person: str = field(validator=_is_named)
    span: Span = field(validator=_is_span)


@frozen
class Swap:
    """Within a span the taker stands in wherever the giver is rostered; `back` is the return.

    It follows the person, not the shift, so it survives a moved handoff.

    Raises:
        InvalidRotation: somebody swaps with himself, no name, or no span.
    """

    giver: str = field(validator=_is_named)
    taker: str = field(validator=_is_named)
    span: Span = field(kw_only=True, validator=_is_span)
    back: Span | None = field(default=None, kw_only=True, validator=optional(_is_span))

    @taker.validator
    def _differs(self, _: Attribute[str], taker: str) -> None:
        if self.giver == taker:
            raise InvalidRotation(taker, "somebody swaps with himself", "name another")

    @property
    def gifts(self) -> tuple[Gift, ...]:
        """Who gives to whom, and when."""
        gift = (self.giver, self.taker, self.span)
        return (gift,) if self.back is None else (gift, (self.taker, self.giver, self.back))


def _several(given: Iterable[T], kind: type[T]) -> tuple[T, ...]:
    if not isinstance(given, Iterable):
        raise InvalidRotation(given, "parts of a plan are several", "give a list of them")
    parts = tuple(given)
    for part in parts:
        if not isinstance(part, kind):
            raise InvalidRotation(part, f"not of kind {kind.__name__}")
    return parts


def _layers(given: Iterable[Layer]) -> tuple[Layer, ...]:
    return _several(given, Layer)


def _overrides(given: Iterable[Override]) -> tuple[Override, ...]:
    return _several(given, Override)


def _swaps(given: Iterable[Swap]) -> tuple[Swap, ...]:
    return _several(given, Swap)


def _absences(given: Iterable[Absence]) -> tuple[Absence, ...]:
    return _several(given, Absence)


class _KnownWeeks(dict[int, tuple[tuple[int, Crew], ...]]):
    """Who is on call from which instant of a week on, by the number of the week.

    No part of a value: write-once, bounded, and empty in copies and pickles.
    """

    def keep(
        self, number: int, week: tuple[tuple[int, Crew], ...]
    ) -> tuple[tuple[int, Crew], ...]:
        if len(self) >= MOST_WEEKS:
            self.clear()
        return self.setdefault(number, week)

    def __reduce__(self) -> tuple[type[_KnownWeeks], tuple[()]]:
        return _KnownWeeks, ()


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
        for word, known in ((self.when_away, Away), (self.same_priority, Equal)):
            if word not in get_args(known):
                raise InvalidRotation(word, "unknown rule", nearest(str(word), get_args(known)))
        given: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for giver, _, span in self.gifts:
            given[giver].append(span.edges)
        for giver, edges in given.items():
            for (_, end), (start, _) in pairwise(sorted(edges)):
                if start < end:
                    remedy = f"let one of them end by {instant(start).isoformat()}"
                    raise InvalidRotation(giver, "one person gives in two swaps at once", remedy)

    @derived
    def tiers(self) -> tuple[tuple[int, ...], ...]:
        """The numbers of the layers of each level, the highest and the later ones first."""
        order = sorted(
            range(len(self.layers)), key=lambda i: (self.layers[i].priority, i), reverse=True
        )
        if self.same_priority == "later":
            return tuple((i,) for i in order)
        levels = groupby(order, key=lambda i: self.layers[i].priority)
        return tuple(tuple(level) for _, level in levels)

    @property
    def gifts(self) -> tuple[Gift, ...]:
        """Who gives to whom, and when, in all swaps."""
        return tuple(gift for swap in self.swaps for gift in swap.gifts)

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who takes turns, each once."""
        return tuple(dict.fromkeys(person for layer in self.layers for person in layer.people))

    @property
    def tz(self) -> ZoneInfo:
        """The zone that all layers share, else UTC: on whose clock the plan is drawn."""
        zones = {layer.tz.key: layer.tz for layer in self.layers}
        return next(iter(zones.values())) if len(zones) == 1 else utc_zone()

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

    @derived
    def known_weeks(self) -> _KnownWeeks:
        """The weeks that were asked for."""
        return _KnownWeeks()

    def who(self, at: datetime) -> Crew:
        """Return who is on call at an instant; the week of the answer is compiled and kept."""
        t = micros(at)
        weeks = self.known_weeks
        week = weeks.get(t // WEEK)
        if week is None:
            first, last = max(t // WEEK * WEEK, FIRST), min((t // WEEK + 1) * WEEK, LAST + 1)
            week = weeks.keep(t // WEEK, tuple(self._crews(first, last)))
        return week[bisect_right(week, t, key=itemgetter(0)) - 1][1]

    def shifts(self, start: datetime, end: datetime) -> tuple[OnCallShift, ...]:
        """Return the maximal spans of one crew within [start, end)."""
        return self.roster(start, end).shifts()

    def gaps(self, start: datetime, end: datetime, *, least: int = 1) -> tuple[Span, ...]:
        """Return the maximal spans within [start, end) with fewer than `least` on call.

        Raises:
            InvalidRotation: the window runs backward, or `least` is no positive whole number.
        """
        return self.roster(start, end).gaps(least=least)

    def next_crew(self, at: datetime, *, within: timedelta = timedelta(days=366)) -> Crew | None:
        """Return who is on call next, other than now; None if nobody else is within a time.

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
            raise InvalidRotation(within, "a time to look ahead is above zero", "give days=366")
        reach = 32 * DAY
        while True:
            end = min(first + reach, last)
            crew = self.roster(instant(first), instant(end)).next_crew(at)
            if crew is not None or end == last:
                return crew
            reach *= 4

    def without(self, person: str) -> OnCall:
        """Return the plan as it is when a person is gone: from turns, swaps and overrides."""
        return evolve(
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
        held: dict[str, dict[Any, Any]] = {
            "turn": {}, "gift": {}, "absence": {}, "override": {},
        }  # fmt: skip
        overriding = held["override"]
        at = first
        edges = sorted(self._edges(first, last), key=itemgetter(0, 1))
        for edge, group in groupby([*edges, (last, False, "", None, None)], key=itemgetter(0)):
            if edge > at or edge >= last:
                override = overriding[max(overriding)] if overriding else None
                away = frozenset(held["absence"].values())
                yield at, override, self._layered(held["turn"], held["gift"], away)
                at = edge
            if edge >= last:
                return
            for _, begins, kind, key, what in group:
                if begins:
                    held[kind][key] = what
                else:
                    del held[kind][key]

    def _edges(self, first: int, last: int) -> Iterator[Edge]:
        spans: list[tuple[tuple[int, int], str, Any, Any]] = [
            *((span.edges, "gift", giver, taker) for giver, taker, span in self.gifts),
            *((one.span.edges, "absence", i, one.person) for i, one in enumerate(self.absences)),
            *((one.span.edges, "override", i, one.person) for i, one in enumerate(self.overrides)),
        ]
        for number, layer in enumerate(self.layers):
            spans += [((a, b), "turn", number, k) for a, b, k in layer.turns(first, last)]
        for (start, end), kind, key, what in spans:
            if start < end and start < last and end > first:
                yield max(start, first), True, kind, key, what
                yield end, False, kind, key, what

    def _layered(
        self, turn: Mapping[int, int], takers: Mapping[str, str], away: Collection[str]
    ) -> Mapping[int, Crew]:
        """Return who serves each layer of the highest level with anybody there."""
        return [{}, *self.levels(turn, takers, away)][-1]

    def levels(
        self, turn: Mapping[int, int], takers: Mapping[str, str], away: Collection[str]
    ) -> Iterator[Mapping[int, Crew]]:
        """Yield who serves each layer of a level, from the top to the first with anybody there."""
        for tier in self.tiers:
            on_duty = {i: turn[i] for i in tier if i in turn}
            if on_duty:
                seats = self.seats(on_duty, takers, away)
                yield seats
                if any(seats.values()):
                    return

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


def explain_who(plan: OnCall, at: datetime) -> tuple[Reason, ...]:
    """Return why `plan.who(at)` is who it is: turns from the top layer down, swaps, absences.

    The last reason names who is on call. Layers are numbered from 1, turns from 0.

    Raises:
        NaiveDatetime: the instant has no zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> week = Span(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC))
        >>> rota = OnCall(
        ...     [Layer(["ann", "bob"], start="2026-03-02 09:00", tz="UTC")],
        ...     swaps=[Swap("ann", "bob", span=week)],
        ... )
        >>> [reason.code for reason in explain_who(rota, datetime(2026, 3, 3, tzinfo=UTC))]
        ['on_call_turn', 'on_call_swap', 'on_call']
    """
    t = micros(at)
    crew = plan.who(at)
    reasons: list[Reason] = []
    overrides = [override.person for override in plan.overrides if _holds(override.span, t)]
    if overrides:
        reasons.append(Reason.of("on_call_override", person=overrides[-1]))
    else:
        reasons += _of_layers(plan, t)
    last = Reason.of("on_call", who=crew) if crew else Reason.of("on_call_nobody")
    return *reasons, last


def _of_layers(plan: OnCall, t: int) -> Iterator[Reason]:
    """Yield the reasons of the layers on duty, from the top one down."""
    takers = {giver: taker for giver, taker, span in plan.gifts if _holds(span, t)}
    away = {absence.person for absence in plan.absences if _holds(absence.span, t)}
    layers = enumerate(plan.layers)
    turn = {i: number for i, layer in layers for _, _, number in layer.turns(t, t + 1)}
    for seats in plan.levels(turn, takers, away):
        for i in sorted(seats, reverse=True):
            yield from _of_turn(plan, i, turn[i], takers, away, seats[i])


def _of_turn(
    plan: OnCall,
    number: int,
    turn: int,
    takers: Mapping[str, str],
    away: Collection[str],
    served: Crew,
) -> Iterator[Reason]:
    """Yield the reasons of a layer on duty: whose turn it is, and why others serve or nobody."""
    entries = plan.layers[number].participants
    entry = entries[turn % len(entries)]
    yield Reason.of("on_call_turn", layer=number + 1, turn=turn, who=tuple(entry))
    rostered = {one: takers.get(one, one) for one in entry}
    for giver, taker in rostered.items():
        if giver != taker:
            yield Reason.of("on_call_swap", giver=giver, taker=taker)
    absent = sorted({one for one in rostered.values() if one in away})
    for person in absent:
        yield Reason.of("on_call_away", person=person)
    if served and len(absent) == len(set(rostered.values())):
        yield Reason.of("on_call_stand_in", who=served)


def _holds(span: Span, t: int) -> bool:
    start, end = span.edges
    return start <= t < end
