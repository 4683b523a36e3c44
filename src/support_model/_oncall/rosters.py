"""A roster: who is on call between two instants, compiled once and asked often.

It is the answer of an on-call plan over a window, as maximal stretches of one crew; who is on
call is one binary search, and shifts, gaps, handoffs and loads are read off the same stretches.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from attrs import evolve

from support_model._frozen import frozen
from support_model._hours import read_weekdays
from support_model._oncall.roster_tables import load_table, roster_by_day
from support_model._oncall.windows import DutyWindow, daily, stretches_of
from support_model._time import DAY, Span, instant, intersection, micros, timezone, union
from support_model.agenda import Agenda, Moment
from support_model.errors import InvalidRotation, InvalidValue
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, tzinfo


UTC_ZONE = ZoneInfo("UTC")
DATES_SHOWN = 62
"""How many days a notebook shows."""
Crew: TypeAlias = frozenset[str]
"""The people on call together; empty when nobody is."""


@frozen
class OnCallShift:
    """A maximal stretch in which the same people are on call."""

    who: Crew
    span: Span


@frozen(kw_only=True)
class DutyLoad:
    """Real time on call: in all, at night, and on the weekend (a weekend night is in both)."""

    total: timedelta = timedelta()
    nights: timedelta = timedelta()
    weekends: timedelta = timedelta()


@frozen(kw_only=True)
class RosterFairness:
    """How evenly loads are shared, each from 1/n (one carries all) to 1 (equal); None: no load."""

    total: float | None
    nights: float | None
    weekends: float | None


@frozen(kw_only=True, repr=False)
class Roster:
    """Who is on call within [start, end); `OnCall.roster` makes one.

    Attributes:
        name: the plan's name.
        edges: the instants, in microseconds, at which the crew changes; the window's start first,
            none in an empty window.
        crews: who is on call from each of them.
        end: the end of the window, in microseconds.
        tz: on whose clock a notebook shows it.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.oncall import Layer, OnCall
        >>> plan = OnCall([Layer(["ann", "bob"], start="2026-03-02 09:00", tz="Europe/Berlin")])
        >>> march = plan.roster(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
        >>> sorted(march.who(datetime(2026, 3, 12, tzinfo=UTC)))
        ['bob']
        >>> [f"{at:%m-%d %H:%M}" for at in march.handoffs()]  # clocks change on 29 March
        ['03-02 08:00', '03-09 08:00', '03-16 08:00', '03-23 08:00', '03-30 07:00']
    """

    name: str
    edges: tuple[int, ...]
    crews: tuple[Crew, ...]
    end: int
    tz: ZoneInfo = UTC_ZONE

    def __repr__(self) -> str:
        start, end = (instant(at).isoformat() for at in (self.start, self.end))
        return f"<Roster {self.name!r} from {start} to {end}, {len(self.edges)} stretches>"

    @property
    def start(self) -> int:
        """The start of the window, in microseconds; its end where it is empty."""
        return self.edges[0] if self.edges else self.end

    def who(self, at: datetime) -> Crew:
        """Return who is on call at an instant; a handoff belongs to the next crew.

        Raises:
            InvalidValue: the instant lies outside the window.
        """
        t = micros(at)
        if not self.start <= t < self.end:
            raise InvalidValue(at, f"an instant outside {self!r}", "make a roster that holds it")
        return self.crews[bisect_right(self.edges, t) - 1]

    def stretches(self) -> Iterator[tuple[int, int, Crew]]:
        """Yield (start, end, crew) in microseconds, in order; they tile the window."""
        for (start, end), crew in zip(pairwise((*self.edges, self.end)), self.crews, strict=True):
            yield start, end, crew

    def joined(self) -> Roster:
        """Return the roster with neighboring stretches of one crew joined."""
        kept = [i for i, crew in enumerate(self.crews) if i == 0 or crew != self.crews[i - 1]]
        return evolve(
            self,
            edges=tuple(self.edges[i] for i in kept),
            crews=tuple(self.crews[i] for i in kept),
        )

    def shifts(self) -> tuple[OnCallShift, ...]:
        """Return the stretches in which somebody is on call, in order."""
        return tuple(OnCallShift(crew, _span(a, b)) for a, b, crew in self.stretches() if crew)

    def gaps(self, *, least: int = 1) -> tuple[Span, ...]:
        """Return the maximal stretches with fewer than `least` people on call, in order.

        Raises:
            InvalidRotation: `least` is no positive whole number.
        """
        if type(least) is not int or least < 1:
            raise InvalidRotation(least, "how many are on call is a whole number from 1 on")
        thin = union((a, b) for a, b, crew in self.stretches() if len(crew) < least)
        return tuple(_span(a, b) for a, b in thin)

    def next_crew(self, at: datetime) -> Crew | None:
        """Return who is on call next, other than at an instant; None: not in this window.

        Raises:
            InvalidValue: the instant lies outside the window.
        """
        now, after = self.who(at), bisect_right(self.edges, micros(at))
        return next((crew for crew in self.crews[after:] if crew and crew != now), None)

    def handoffs(self) -> tuple[datetime, ...]:
        """Return the instants strictly inside the window at which the crew changes."""
        return tuple(map(instant, self.edges[1:]))

    def loads(
        self,
        *,
        tz: str | tzinfo,
        night: str = "22:00-06:00",
        weekend: str = "sat,sun",
        people: Iterable[str] = (),
    ) -> Mapping[str, DutyLoad]:
        """Return how long each person is on call, every member of a crew in full.

        Args:
            tz: the zone on whose clock nights and weekends are told.
            night: the hours of a night; one that starts on a date belongs to it whole.
            weekend: the weekdays of a weekend, from midnight to midnight.
            people: who is listed even with no load at all.

        Raises:
            InvalidHours: the night or the weekend cannot be read.
        """
        zone, window = timezone(tz), (self.start, self.end)
        nights = stretches_of([daily("mon-sun", night)], zone, *window)
        days = DutyWindow(tuple(sorted(set(read_weekdays(weekend)))), start=0, end=DAY)
        weekends = stretches_of([days], zone, *window)
        if isinstance(people, str):
            raise InvalidValue(people, "a list of people is asked for", f"give [{people!r}]")
        held: dict[str, list[tuple[int, int]]] = {person: [] for person in people}
        held |= self.by_person()
        return {
            person: DutyLoad(
                total=_length(spans),
                nights=_length(intersection(spans, nights)),
                weekends=_length(intersection(spans, weekends)),
            )
            for person, spans in held.items()
        }

    def by_person(self) -> dict[str, list[tuple[int, int]]]:
        """Return the stretches of everybody who is on call, in microseconds, in order."""
        held: dict[str, list[tuple[int, int]]] = {}
        for start, end, crew in self.stretches():
            for person in sorted(crew):
                held.setdefault(person, []).append((start, end))
        return held

    def load(
        self,
        person: str,
        *,
        tz: str | tzinfo,
        night: str = "22:00-06:00",
        weekend: str = "sat,sun",
    ) -> DutyLoad:
        """Return how long one person is on call; zero for somebody who never is.

        Raises:
            InvalidHours: the night or the weekend cannot be read.
        """
        return self.loads(tz=tz, night=night, weekend=weekend, people=[person])[person]

    def agenda(self, *, as_of: datetime) -> Agenda:
        """Return a moment for each handoff strictly inside the window.

        Its kind is `handoff`, or `gap` where nobody takes over; its key is the plan's name, the
        word handoff and the instant.
        """
        moments = []
        for at, (before, after) in zip(self.handoffs(), pairwise(self.crews), strict=True):
            code = "handoff" if before and after else "on_call_starts" if after else "on_call_gap"
            names = {"before": _names(before), "after": _names(after)}
            reason = Reason.of(code, **{key: names[key] for key in _NAMED[code]})
            moments.append(
                Moment(
                    at=at,
                    key=(self.name, "handoff", at.isoformat()),
                    kind="handoff" if after else "gap",
                    subject=self.name,
                    reason=reason,
                )
            )
        return Agenda(moments, as_of=as_of)

    def _repr_html_(self) -> str:
        loads = self.loads(tz=self.tz)
        days = roster_by_day(self, tz=self.tz, most=DATES_SHOWN).html()
        return days + load_table(loads, roster_fairness(loads)).html()


_NAMED = {
    "handoff": ("before", "after"),
    "on_call_starts": ("after",),
    "on_call_gap": ("before",),
}


def _names(crew: Crew) -> str:
    return ", ".join(sorted(crew))


def _span(start: int, end: int) -> Span:
    return Span(instant(start), instant(end))


def _length(spans: Iterable[tuple[int, int]]) -> timedelta:
    return timedelta(microseconds=sum(end - start for start, end in spans))


def evenness(amounts: Iterable[timedelta]) -> float | None:
    """Return Jain's fairness index of shares: 1 when equal, 1/n when one carries all.

    None where there is nothing to share.

    Source: R. Jain, D. Chiu, W. Hawe, 1984, DEC-TR-301.

    Example:
        >>> evenness([timedelta(hours=3), timedelta(hours=1)])
        0.8
    """
    whole = [amount // timedelta(microseconds=1) for amount in amounts]
    squares = sum(amount * amount for amount in whole)
    return sum(whole) ** 2 / (len(whole) * squares) if squares else None


def roster_fairness(loads: Mapping[str, DutyLoad]) -> RosterFairness:
    """Return how evenly people share the time, the nights and the weekends.

    Example:
        >>> roster_fairness({"ann": DutyLoad(total=timedelta(hours=2)), "bob": DutyLoad()}).total
        0.5
    """
    return RosterFairness(
        total=evenness(load.total for load in loads.values()),
        nights=evenness(load.nights for load in loads.values()),
        weekends=evenness(load.weekends for load in loads.values()),
    )
