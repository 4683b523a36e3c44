"""A roster: who is on call between two instants, compiled once and asked often.

It is the answer of an on-call plan over a window, as maximal stretches of one crew; who is on
call is one binary search, and shifts, gaps, handoffs, loads and tables are read off the same
stretches. Tables give each date of one local clock a row, with its offset from UTC, so the night
in which clocks change shows what happens; a date on which nobody is on call has a row, too.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve, field

from support_model._frozen import frozen, frozen_parts
from support_model._hours import read_weekdays
from support_model._oncall.windows import DutyWindow, daily, instants_of, stretches_of
from support_model._tables import TextTable
from support_model._time import (
    DAY,
    Span,
    duration_text,
    instant,
    intersection,
    local_date,
    micros,
    month_name,
    timezone,
    union,
    utc_zone,
    wall_midnight,
    weekday_name,
)
from support_model.agenda import Agenda, Moment
from support_model.errors import InvalidRotation, InvalidValue
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, tzinfo
    from zoneinfo import ZoneInfo


DATES_SHOWN = 62
"""How many dates a notebook shows."""
NOBODY = "NOBODY"
HOUR = timedelta(hours=1)
Crew: TypeAlias = frozenset[str]
"""The people on call together; empty when nobody is."""


@frozen
class OnCallShift:
    """A maximal stretch in which the same people are on call."""

    who: Crew = field(converter=frozen_parts)
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
    tz: ZoneInfo = field(factory=utc_zone)

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
            tz: the zone whose clock nights and weekends follow.
            night: the hours of a night; one that starts on a date belongs to it whole.
            weekend: the weekdays of a weekend, from midnight to midnight.
            people: who is listed even with no load at all.

        Raises:
            InvalidHours: the night or the weekend cannot be read.
        """
        if isinstance(people, str):
            raise InvalidValue(people, "people are a list", f"give [{people!r}]")
        tz, window = timezone(tz), (self.start, self.end)
        nights = stretches_of([daily("mon-sun", night)], tz, *window)
        days = DutyWindow(tuple(sorted(set(read_weekdays(weekend)))), start=0, end=DAY)
        weekends = stretches_of([days], tz, *window)
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
            named = {name: crew for name, crew in (("giver", before), ("taker", after)) if crew}
            code = "on_call_gap" if not after else "handoff" if before else "on_call_starts"
            moments.append(
                Moment(
                    at=at,
                    key=(self.name, "handoff", at.isoformat()),
                    kind="handoff" if after else "gap",
                    subject=self.name,
                    reason=Reason.of(code, **named),
                    recipients=sorted(after),
                )
            )
        return Agenda(moments, as_of=as_of)

    def tables(
        self,
        *,
        tz: ZoneInfo,
        people: Iterable[str] = (),
        alone: Mapping[str, Iterable[Span]] | None = None,
        most: int | None = None,
    ) -> tuple[TextTable, TextTable]:
        """Return who is on call on each date of a zone's clock, and who carries how much.

        Args:
            tz: the clock.
            people: who is listed even with no load at all.
            alone: the gaps if a person is away, as `OnCall.single_absences` returns them.
            most: how many dates to show at most; None shows all.

        Example:
            >>> from datetime import UTC, datetime
            >>> from support_model.oncall import Layer, OnCall
            >>> layer = Layer(["ann", "bob"], start="2026-03-02 09:00", tz="Europe/Berlin")
            >>> start = datetime(2026, 3, 28, 23, tzinfo=UTC)
            >>> nights = OnCall([layer]).roster(start, start + timedelta(hours=47))
            >>> for row in nights.tables(tz=layer.tz)[0].rows:
            ...     print(*row, sep=" | ")
            Sun 29 Mar | +01:00, then +02:00 | 23h | 00:00-24:00 bob
            Mon 30 Mar | +02:00 | 24h | 00:00-09:00 bob; 09:00-24:00 ann
        """
        loads = self.loads(tz=tz, people=people)
        return roster_by_day(self, tz=tz, most=most), load_table(loads, alone=alone)

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables(tz=self.tz, most=DATES_SHOWN))


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


def roster_by_day(roster: Roster, *, tz: ZoneInfo, most: int | None = None) -> TextTable:
    """Return a row for each date: its offset from UTC, its length, and who is on call."""
    rows = []
    for day, pieces in groupby(_days(roster, tz), key=lambda piece: piece[0]):
        parts, date_ = list(pieces), date.fromordinal(day)
        begin, end = parts[0][1], parts[-1][2]
        cells = [
            f"{_clock(a, day, tz)}-{_clock(b, day, tz)} {', '.join(sorted(crew)) or NOBODY}"
            for _, a, b, crew in parts
        ]
        rows.append(
            (
                f"{weekday_name(date_)} {date_:%d} {month_name(date_)}",
                _offsets(instant(begin, tz), instant(end - 1, tz)),
                duration_text(timedelta(microseconds=end - begin)),
                "; ".join(cells),
            )
        )
    kept = rows if most is None else rows[:most]
    first, last = instant(roster.start, tz), instant(max(roster.end - 1, roster.start), tz)
    return TextTable(
        title=f"On call, {roster.name}: {_day(first)} to {_day(last)}, clock of {tz}",
        columns=("Day:", "From UTC:", "Length", "Who:"),
        rows=tuple(kept),
        below=f"and {len(rows) - len(kept):,} more days" if len(kept) < len(rows) else "",
    )


def _day(at: datetime) -> str:
    return f"{at:%d} {month_name(at)} {at:%Y}"


def _days(roster: Roster, tz: ZoneInfo) -> Iterator[tuple[int, int, int, Crew]]:
    """Yield (date, start, end, crew): the stretches of a roster cut at local midnights."""
    first, last = local_date(tz, roster.start), local_date(tz, roster.end)
    walls = {day: wall_midnight(day) for day in range(first, last + 2)}
    at = instants_of(tz, walls.values())
    for start, end, crew in roster.stretches():
        here, day = start, local_date(tz, start)
        while here < end:
            cut = min(end, at[walls[day + 1]])
            if cut > here:
                yield day, here, cut, crew
                here = cut
            day += 1


def _clock(at: int, day: int, tz: ZoneInfo) -> str:
    """Return the reading of an instant; the midnight that ends a date is its 24:00."""
    local = instant(at, tz)
    if local.toordinal() > day:
        return "24:00"  # also where the clock jumps over midnight
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _offsets(first: datetime, last: datetime) -> str:
    start, end = (f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:5] for at in (first, last))
    return start if start == end else f"{start}, then {end}"


def load_table(
    loads: Mapping[str, DutyLoad], *, alone: Mapping[str, Iterable[Span]] | None = None
) -> TextTable:
    """Return who carries how much, in hours, and how evenly; with the n+1 check if it was made."""
    columns = ["Person:", "Hours", "Night hours", "Weekend hours"]
    if alone is not None:
        columns.append("Uncovered if away")
    rows = []
    for person, load in sorted(loads.items()):
        row = [person, _hours(load.total), _hours(load.nights), _hours(load.weekends)]
        if alone is not None:
            uncovered = _length(span.edges for span in alone.get(person, ()))
            row.append(_hours(uncovered) if uncovered else "all covered")
        rows.append(tuple(row))
    even = roster_fairness(loads)
    shares = ((even.total, "time"), (even.nights, "nights"), (even.weekends, "weekends"))
    below = ", ".join(f"{what} {share:.2f}" for share, what in shares if share is not None)
    if below:
        below = f"How evenly (1 is equal, {1 / len(rows):.2f} one carries all): {below}"
    return TextTable(
        title="Who carries how much", columns=tuple(columns), rows=tuple(rows), below=below
    )


def _hours(amount: timedelta) -> str:
    return f"{amount / HOUR:,.1f}"
