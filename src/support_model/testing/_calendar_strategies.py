"""Strategies that draw calendars and questions to them, from plain to exotic.

Everything shrinks towards UTC, whole minutes and office hours; the other end is zones whose
clocks jump by half an hour, by two hours or over a whole date, with closures on those dates.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from support_model._frozen import frozen
from support_model._time import (
    MICROSECOND,
    Span,
    instant,
    instant_of_reading,
    micros,
    micros_of,
    offset_at,
    offsets,
)
from support_model.calendars import BusinessCalendar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy


CLOCK_CHANGES: tuple[tuple[str, date], ...] = (
    ("UTC", date(2024, 3, 11)),
    ("Europe/Berlin", date(2024, 3, 31)),
    ("America/New_York", date(2024, 11, 3)),
    ("Australia/Lord_Howe", date(2024, 4, 7)),
    ("America/St_Johns", date(2011, 11, 6)),
    ("Asia/Kathmandu", date(1986, 1, 1)),
    ("Pacific/Chatham", date(2024, 9, 29)),
    ("America/Sao_Paulo", date(2017, 10, 15)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Havana", date(2024, 3, 10)),
    ("Atlantic/Azores", date(2024, 10, 27)),
    ("Europe/Dublin", date(2024, 10, 27)),
    ("Africa/Cairo", date(2024, 4, 26)),
    ("Asia/Gaza", date(2023, 4, 29)),
    ("Africa/Casablanca", date(2024, 3, 10)),
    ("Africa/Casablanca", date(2024, 4, 14)),
    ("Antarctica/Troll", date(2024, 3, 31)),
    ("Antarctica/Troll", date(2024, 10, 27)),
    ("Europe/Moscow", date(2011, 3, 27)),
    ("Europe/Moscow", date(2014, 10, 26)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
)
"""Zones and local dates on which a clock is turned: by 20 or 30 minutes, 1 or 2 hours, a day."""

ZONES: tuple[str, ...] = tuple(dict.fromkeys(zone for zone, _ in CLOCK_CHANGES))
"""The zones of the strategies, plain ones first."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)
_MINUTE = 60_000_000
_ONE_MINUTE = timedelta(minutes=1)
ZERO = timedelta(0)


def zones() -> SearchStrategy[ZoneInfo]:
    """Draw time zones: UTC first, then those whose clocks have done strange things."""
    return st.sampled_from(ZONES).map(ZoneInfo)


_ANY_ZONE = zones()


def amounts(
    *, min_value: timedelta = ZERO, max_value: timedelta = timedelta(days=60)
) -> SearchStrategy[timedelta]:
    """Draw durations, half of them whole minutes.

    Example:
        >>> from hypothesis import find
        >>> find(amounts(min_value=timedelta(seconds=90)), lambda amount: True)
        datetime.timedelta(seconds=120)
    """
    low, high = -(-micros_of(min_value) // _MINUTE), micros_of(max_value) // _MINUTE
    exact = st.timedeltas(min_value=min_value, max_value=max_value)
    if low > high:
        return exact
    return st.integers(low, high).map(lambda minutes: timedelta(minutes=minutes)) | exact


def instants(
    *,
    min_value: datetime = datetime(2018, 1, 1, tzinfo=UTC),
    max_value: datetime = datetime(2030, 1, 1, tzinfo=UTC),
    zones: SearchStrategy[ZoneInfo] = _ANY_ZONE,
) -> SearchStrategy[datetime]:
    """Draw aware datetimes, in any zone, half of them on whole minutes.

    Args:
        min_value: the first instant drawn.
        max_value: the last instant drawn.
        zones: the zones of the instants.

    Raises:
        NaiveDatetime: a bound without a zone.

    Example:
        >>> from hypothesis import find
        >>> str(find(instants(), lambda at: at >= datetime(2019, 2, 3, tzinfo=UTC)))
        '2019-02-03 00:00:00+00:00'
    """
    first, last = micros(min_value), micros(max_value)
    exact = st.integers(first, last)
    low, high = -(-first // _MINUTE), last // _MINUTE
    if low <= high:
        exact = st.integers(low, high).map(lambda minute: minute * _MINUTE) | exact
    return st.builds(instant, exact, zones)


_CLOCKS = st.integers(0, 95).map(lambda quarter: quarter * 15) | st.integers(0, 24 * 60 - 1)
_STARTS = _CLOCKS.map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
_ENDS = st.just("24:00") | _STARTS


def day_hours(*, max_size: int = 3) -> SearchStrategy[list[tuple[str, str]]]:
    """Draw the ranges of one day: quarter hours first, odd minutes, nights, until 24:00."""
    return st.lists(st.tuples(_STARTS, _ENDS), max_size=max_size)


def weekly_hours() -> SearchStrategy[dict[str, list[tuple[str, str]]]]:
    """Draw weekly hours: office hours first, then any ranges on any weekday, perhaps none."""
    return st.sampled_from(_WEEKS) | st.dictionaries(
        st.sampled_from(WEEKDAYS), day_hours(max_size=2), max_size=4
    )


_WEEKS: tuple[dict[str, list[tuple[str, str]]], ...] = (
    {"mon-fri": [("09:00", "17:00")]},
    {"mon-thu": [("22:00", "06:00")], "sat": [("00:00", "24:00")]},
    {"mon-sun": [("08:00", "12:00"), ("13:00", "18:30")]},
    {"mon-sun": [("00:00", "24:00")]},
    {"sun": [("02:15", "02:45")], "wed": [("09:00", "12:00")]},
    {},
)


def clock_changes() -> SearchStrategy[tuple[ZoneInfo, date]]:
    """Draw a zone and a local date on which its clock is turned (a quiet week of UTC first)."""
    return st.sampled_from(CLOCK_CHANGES).map(lambda change: (ZoneInfo(change[0]), change[1]))


_ANY_DATE = st.dates(date(2018, 1, 1), date(2030, 1, 1))


@st.composite
def _leaves(
    draw: DrawFn, zones: SearchStrategy[ZoneInfo], dates: SearchStrategy[date]
) -> BusinessCalendar:
    tz, kind = draw(zones), draw(st.integers(0, 9))
    if kind == 9:
        return BusinessCalendar.always(tz)
    weeks = [draw(weekly_hours()) for _ in range(max(1, kind - 5))]
    more: Any = {"overnight": "start" if draw(st.integers(0, 4)) == 4 else "date"}
    if kind % 3:
        hours = st.sampled_from(_DAYS) | day_hours()
        more["holidays"] = draw(st.lists(dates, max_size=3))
        more["dates"] = draw(st.dictionaries(dates, hours, max_size=2))
        more["breaks"] = draw(st.dictionaries(dates, hours, max_size=2))
    if len(weeks) == 1:
        return BusinessCalendar.weekly(weeks[0], tz=tz, **more)
    return BusinessCalendar.rotating(weeks, anchor=draw(dates), tz=tz, **more)


_DAYS: tuple[list[tuple[str, str]], ...] = (
    [("09:00", "12:00")],
    [],
    [("00:00", "24:00")],
    [("22:00", "06:00")],
    [("02:30", "03:00"), ("08:00", "08:01")],
)
_WAYS = ("plain", "plain", "union", "intersection", "difference", "without", "versions")


def calendars(
    *,
    zones: SearchStrategy[ZoneInfo] = _ANY_ZONE,
    dates: SearchStrategy[date] = _ANY_DATE,
    max_leaves: int = 3,
) -> SearchStrategy[BusinessCalendar]:
    """Draw calendars: weekly hours first, then rotations, closures, and combinations of them.

    Args:
        zones: where the calendars live.
        dates: the dates on which holidays, own hours, breaks, closed spans and changes fall.
        max_leaves: at most so many calendars are combined into one.

    Example:
        >>> from hypothesis import find
        >>> zone = st.just(ZoneInfo("Asia/Tokyo"))
        >>> find(calendars(zones=zone), lambda calendar: True).tz.key
        'Asia/Tokyo'
    """
    leaves = _leaves(zones, dates)

    @st.composite
    def combined(draw: DrawFn) -> BusinessCalendar:
        calendar = draw(leaves)
        for _ in range(max_leaves - 1):
            way = draw(st.sampled_from(_WAYS))
            if way == "plain":
                return calendar
            if way in {"without", "versions"}:
                day, minute = draw(dates), draw(st.sampled_from((0, 540, 1020, 61)))
                at = datetime(day.year, day.month, day.day, tzinfo=UTC) + minute * _ONE_MINUTE
            if way == "without":
                calendar -= [Span(at, at + draw(amounts(max_value=3 * ONE_DAY)))]
                continue
            other = draw(leaves)
            match way:
                case "union":
                    calendar |= other
                case "intersection":
                    calendar &= other
                case "difference":
                    calendar -= other
                case "versions":
                    calendar = calendar.replaced(at, other)
        return calendar

    return combined()


@frozen(kw_only=True)
class Probe:
    """A question to a calendar: instants in any order, durations that are not negative."""

    a: datetime
    b: datetime
    c: datetime
    amount: timedelta
    more: timedelta
    tz: ZoneInfo
    other: BusinessCalendar

    @property
    def ordered(self) -> tuple[datetime, datetime]:
        """`a` and `b`, earlier first."""
        return (self.a, self.b) if micros(self.a) <= micros(self.b) else (self.b, self.a)


_COMPANIONS = (
    lambda: BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin"),
    lambda: BusinessCalendar.weekly({"mon-sun": "22:00-06:00"}, tz="America/New_York"),
    BusinessCalendar.always,
    lambda: BusinessCalendar.weekly({}, tz="UTC"),
    lambda: BusinessCalendar.weekly({"sat-sun": "00:00-24:00"}, tz="Australia/Lord_Howe"),
)


@lru_cache(maxsize=len(_COMPANIONS))
def _companion(number: int) -> BusinessCalendar:
    """Return a calendar to combine others with, its years compiled once."""
    return _COMPANIONS[number]()


_WIDTHS = (
    *(timedelta(microseconds=1), timedelta(hours=1), ONE_DAY, 8 * ONE_DAY, 8 * ONE_DAY),
    *(60 * ONE_DAY, 400 * ONE_DAY, 10_000 * ONE_DAY),
)
_SIDES = (0, 0, 0, 1, -1)  # on the mark, or a microsecond beside it
_KINDS = ("edges", "edges", "edges", "midnights", "turns", "years")


@st.composite
def probes_of(
    draw: DrawFn, calendar: BusinessCalendar, *, around: SearchStrategy[datetime] | None = None
) -> Probe:
    """Draw probes from a calendar: half of its instants lie on what it turns at.

    Those are its openings and closes, its midnights, changes of its clock, its dated
    exceptions, ends of years, each met or missed by a microsecond; durations are distances
    between them; windows last from a microsecond to decades. The other half is uniform.

    Args:
        draw: given by Hypothesis; leave it out.
        calendar: the calendar in question.
        around: where to look; where something is dated, and anywhere else, if left out.

    Example:
        >>> from hypothesis import find
        >>> office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> probe = find(probes_of(office), lambda probe: not office.is_open(probe.a))
        >>> probe.ordered[0] <= probe.ordered[1]
        True
    """
    center = micros(draw(_centers(calendar) if around is None else around))
    near = _marks(calendar, center)
    width = micros_of(draw(st.sampled_from(_WIDTHS)))

    def place(middle: int, marks: dict[str, list[int]], reach: int, odds: int = 1) -> int:
        if draw(st.integers(0, odds)):
            kind = draw(st.sampled_from([name for name in _KINDS if marks[name]]))
            return draw(st.sampled_from(marks[kind])) + draw(st.sampled_from(_SIDES))
        return middle + draw(st.integers(-reach, reach))

    a = place(center, near, max(width, _MINUTE), odds=3)
    c = place(center, near, max(width, _MINUTE))
    far = a + draw(st.sampled_from((1, -1))) * width
    b = place(far, near if abs(far - center) < _REACH else _marks(calendar, far), width)
    at = instant(a)
    zone = draw(zones())
    tellers = [draw(st.sampled_from((calendar.tz, UTC, zone))) for _ in range(3)]

    def amount() -> timedelta:
        how = draw(st.sampled_from(("distance", "distance", "minutes", "free")))
        if how == "distance" and near["edges"]:
            opened = abs(calendar.elapsed(at, instant(draw(st.sampled_from(near["edges"])))))
            return max(opened + draw(st.sampled_from(_SIDES)) * MICROSECOND, ZERO)
        return draw(_SOME_MINUTES if how == "minutes" else _SOME_TIME)

    return Probe(
        **{
            name: instant(place_, teller)
            for name, place_, teller in zip("abc", (a, b, c), tellers, strict=True)
        },
        amount=amount(),
        more=amount(),
        tz=zone,
        other=_companion(draw(st.integers(0, len(_COMPANIONS) - 1))),
    )


_REACH = 12 * micros_of(ONE_DAY)
_SOME_MINUTES = st.integers(0, 1_200).map(lambda minutes: timedelta(minutes=minutes))
_SOME_TIME = st.timedeltas(ZERO, 2 * ONE_DAY)
_FREE = st.integers(
    micros(datetime(2018, 1, 1, tzinfo=UTC)), micros(datetime(2030, 1, 1, tzinfo=UTC))
)
_LONG_AGO = st.integers(
    micros(datetime(1850, 1, 1, tzinfo=UTC)), micros(datetime(2250, 1, 1, tzinfo=UTC))
)


def _centers(calendar: BusinessCalendar) -> SearchStrategy[datetime]:
    """Draw what to look around: turned clocks, dated exceptions, ends of years, any instant."""
    turns = _turns(calendar.tz.key)
    dated = tuple(_dated(calendar.to_data()))
    years = tuple(micros(datetime(year, 1, 1, tzinfo=calendar.tz)) for year in range(2018, 2030))
    fixed = [st.sampled_from(marks) for marks in (turns, dated, years) if marks]
    return st.one_of(*fixed, _FREE, _FREE, _LONG_AGO).map(instant)


@lru_cache(maxsize=100)
def _turns(tz: str) -> tuple[int, ...]:
    """Return when the clock of a zone is turned, in the years that are looked at."""
    known = [day for key, day in CLOCK_CHANGES if key == tz]
    years = {2019, 2024, 2029, *(day.year for day in known)}
    return tuple(
        at
        for year in sorted(years)
        for at, _ in offsets(
            ZoneInfo(tz),
            micros(datetime(year, 1, 1, tzinfo=UTC)),
            micros(datetime(year + 1, 1, 1, tzinfo=UTC)),
        )[1:]
    )


def _dated(data: Mapping[str, Any]) -> list[int]:
    """Return instants at which a calendar's data has something of its own, at most a few dozen."""
    match data["kind"]:
        case "hours":
            return _dates(data)
        case "without":
            edges = [edge for span in data["spans"][:20] for edge in span]
            return _dated(data["calendar"]) + _read(edges)
        case "versions":
            parts = data["versions"]
            changes = _read(part["from"] for part in parts)
            return changes + [at for part in parts for at in _dated(part["calendar"])]
        case "union" | "intersection" | "difference":
            return _dated(data["left"]) + _dated(data["right"])
    return []


def _read(texts: Iterable[str | None]) -> list[int]:
    return [micros(datetime.fromisoformat(text)) for text in texts if text]


def _dates(data: Mapping[str, Any]) -> list[int]:
    tz, closures = ZoneInfo(data["tz"]), data.get("closures", {})
    kinds = ("holidays", "working", "shortened", "breaks")
    closed = {row[0] for kind in kinds for row in closures.get(kind, ())}
    days = sorted({*data.get("dates", ()), *data.get("date_breaks", ()), *closed})
    chosen = days[:: max(len(days) // 20, 1)]
    return [instant_of_reading(tz, date.fromisoformat(day).toordinal(), 0) for day in chosen]


def _marks(calendar: BusinessCalendar, center: int) -> dict[str, list[int]]:
    """Return what a calendar turns at near an instant, the nearest first."""
    low, high = center - _REACH, center + _REACH
    edges = [
        edge
        for span in islice(calendar.periods(instant(low), instant(high)), 60)
        for edge in span.edges
        if low < edge < high
    ]
    day = instant(center, calendar.tz).date()
    midnights = [micros(calendar.resolve(day + n * ONE_DAY, "00:00")) for n in (0, 1, -1)]
    turns = []
    for at, offset in offsets(calendar.tz, low, high)[1:]:
        by = offset - offset_at(calendar.tz, at - 1)
        turns += [at, at - abs(by), at + abs(by), at + abs(by) // 2]
    year = [micros(datetime(day.year + n, 1, 1, tzinfo=calendar.tz)) for n in (0, 1)]
    near = sorted(edges, key=lambda edge: abs(edge - center))[:24]
    return {"edges": near, "midnights": midnights, "turns": turns, "years": year}


@st.composite
def scenes(draw: DrawFn, *, days: int = 8) -> tuple[BusinessCalendar, Probe]:
    """Draw a calendar and a probe of it; half of them meet near a turned clock.

    Args:
        draw: given by Hypothesis; leave it out.
        days: how far holidays and own hours lie from the turned clock.

    Example:
        >>> from hypothesis import given
        >>> @given(scenes(days=2))
        ... def bounded(scene):
        ...     calendar, probe = scene
        ...     assert calendar.elapsed(*probe.ordered) >= timedelta(0)
        >>> bounded()
    """
    zone, day = draw(clock_changes())
    around = timedelta(days=days)
    here = st.just(zone) if draw(st.booleans()) else zones()
    calendar = draw(calendars(zones=here, dates=st.dates(day - around, day + around)))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    close = st.integers(-days * 24, days * 24).map(lambda hours: noon + timedelta(hours=hours))
    return calendar, draw(probes_of(calendar, around=close if draw(st.booleans()) else None))
