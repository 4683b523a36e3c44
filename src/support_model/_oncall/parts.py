"""The parts of an on-call plan: layers of rotations, and what people do to them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
from attrs import Factory, field
from attrs.validators import optional

from support_model._frozen import frozen
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
from support_model._time import DAY, LAST, Span, instant, timezone
from support_model.errors import InvalidRotation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo


END = LAST + 1


def _entries(given: Iterable[str | Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    if isinstance(given, str):
        raise InvalidRotation(given, "participants are a list", f"say [{given!r}]")
    return tuple((entry,) if isinstance(entry, str) else tuple(entry) for entry in given)


def _named(person: object) -> None:
    if not isinstance(person, str) or not person:
        raise InvalidRotation(person, "a person is named by text", "give an id")


def _is_named(_: object, __: object, person: Any) -> None:  # noqa: ANN401 - what attrs asks
    _named(person)


def _is_span(_: object, __: object, span: Any) -> None:  # noqa: ANN401 - what attrs asks
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
        anchor, begin, end: the start in microseconds of the wall clock, and what is left of
            time after clipping, in microseconds.

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
        """Check the parts."""
        if not self.participants or not all(self.participants):
            raise InvalidRotation(self.participants, "nobody takes turns", "name somebody")
        for person in self.people:
            _named(person)
        if not isinstance(self.form, Every | ByRule | ByWorkedDates):
            remedy = "use Every, ByRule or ByWorkedDates"
            raise InvalidRotation(self.form, "not how turns follow each other", remedy)
        if type(self.priority) is not int:
            raise InvalidRotation(self.priority, "a priority is a whole number")
        if self.end <= self.begin:
            remedy = f"duty begins at {instant(self.begin, self.tz).isoformat()}"
            raise InvalidRotation(str(self.until), "a layer ends before its duty begins", remedy)

    @cached_property
    def anchor(self) -> int:
        """The start in microseconds of the wall clock."""
        return wall_of(self.start)

    @cached_property
    def begin(self) -> int:
        """When duty begins, in microseconds."""
        return self._instant(max(self.start, self.active_from or self.start))

    @cached_property
    def end(self) -> int:
        """When duty ends, in microseconds."""
        return END if self.until is None else self._instant(self.until)

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
            >>> from support_model.oncall import OnCall
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
            attrs.evolve(self, until=reading),
            attrs.evolve(self, participants=after, active_from=reading),
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

    def __attrs_post_init__(self) -> None:
        """Check that two people swap."""
        if self.giver == self.taker:
            raise InvalidRotation(self.giver, "somebody swaps with himself", "name another")

    @property
    def gifts(self) -> tuple[tuple[str, str, Span], ...]:
        """Who gives to whom, and when."""
        gift = (self.giver, self.taker, self.span)
        return (gift,) if self.back is None else (gift, (self.taker, self.giver, self.back))
