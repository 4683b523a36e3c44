"""Strategies that draw calendars and what they are asked, from plain to exotic.

Everything shrinks towards UTC, whole minutes and office hours; the other end is zones whose
clocks jump by half an hour, by two hours or over a whole date, with closures on those dates.

Before this: `support_model.calendars`. Next: `support_model.testing.calendar_laws`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from attrs import frozen
from hypothesis import strategies as st

from support_model.calendars import BusinessCalendar
from support_model.instants import Span, instant, micros, micros_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = [
    "CLOCK_CHANGES",
    "ZONES",
    "Probe",
    "amounts",
    "calendars",
    "clock_changes",
    "day_hours",
    "instants",
    "probes",
    "scenes",
    "weekly_hours",
    "zones",
]

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
DAY = timedelta(days=1)
_MINUTE = 60_000_000
NOTHING = timedelta(0)


def zones() -> SearchStrategy[ZoneInfo]:
    """Draw time zones: UTC first, then those whose clocks have done strange things.

    Example:
        >>> from hypothesis import find
        >>> find(zones(), lambda zone: True).key
        'UTC'
    """
    return st.sampled_from(ZONES).map(ZoneInfo)


_ANY_ZONE = zones()


def amounts(
    *, min_value: timedelta = NOTHING, max_value: timedelta = timedelta(days=60)
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
        zones: the zones in which the instants are told.

    Raises:
        NaiveDatetime: a bound without a zone.

    Example:
        >>> from hypothesis import find
        >>> str(find(instants(), lambda at: at.minute > 0))
        '2018-01-01 00:01:00+00:00'
    """
    first, last = micros(min_value), micros(max_value)
    exact = st.integers(first, last)
    low, high = -(-first // _MINUTE), last // _MINUTE
    if low <= high:
        exact = st.integers(low, high).map(lambda minute: minute * _MINUTE) | exact
    return st.builds(instant, exact, zones)


_ANY_AMOUNT = amounts()
_ANY_INSTANT = instants()


def day_hours(*, max_size: int = 3) -> SearchStrategy[list[tuple[str, str]]]:
    """Draw the ranges of one day: quarter hours first, odd minutes, nights, until 24:00.

    Example:
        >>> from hypothesis import find
        >>> find(day_hours(), lambda hours: len(hours) == 1)
        [('00:00', '24:00')]
    """
    minutes = st.integers(0, 95).map(lambda quarter: quarter * 15) | st.integers(0, 24 * 60 - 1)
    starts = minutes.map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
    return st.lists(st.tuples(starts, st.just("24:00") | starts), max_size=max_size)


def weekly_hours() -> SearchStrategy[dict[str, list[tuple[str, str]]]]:
    """Draw weekly hours: office hours first, then any ranges on any weekday, perhaps none.

    Example:
        >>> from hypothesis import find
        >>> find(weekly_hours(), lambda hours: True)
        {'mon-fri': [('09:00', '17:00')]}
    """
    office = st.just({"mon-fri": [("09:00", "17:00")]})
    nights = st.just({"mon-thu": [("22:00", "06:00")], "sat": [("00:00", "24:00")]})
    free = st.dictionaries(st.sampled_from(WEEKDAYS), day_hours(), max_size=7)
    return office | nights | free


def clock_changes() -> SearchStrategy[tuple[ZoneInfo, date]]:
    """Draw a zone and a local date on which its clock is turned (a quiet week of UTC first).

    Example:
        >>> from hypothesis import find
        >>> zone, day = find(clock_changes(), lambda drawn: drawn[0].key == "Pacific/Apia")
        >>> str(day)
        '2011-12-30'
    """
    return st.sampled_from(CLOCK_CHANGES).map(lambda change: (ZoneInfo(change[0]), change[1]))


_ANY_DATE = st.dates(date(2018, 1, 1), date(2030, 1, 1))


@st.composite
def _leaves(
    draw: DrawFn, zones: SearchStrategy[ZoneInfo], dates: SearchStrategy[date]
) -> BusinessCalendar:
    tz = draw(zones)
    if draw(st.integers(0, 9)) == 9:
        return BusinessCalendar.always(tz)
    days = st.dictionaries(dates, day_hours(), max_size=3)
    holidays = draw(st.lists(dates, max_size=4))
    own = draw(days)
    breaks: Any = draw(days)
    weeks = draw(st.lists(weekly_hours(), min_size=1, max_size=3))
    if len(weeks) == 1:
        return BusinessCalendar.weekly(
            weeks[0], tz=tz, holidays=holidays, dates=own, breaks=breaks
        )
    return BusinessCalendar.rotating(
        weeks, anchor=draw(dates), tz=tz, holidays=holidays, dates=own, breaks=breaks
    )


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
    moments = st.builds(
        lambda day, minute: (
            datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
        ),
        dates,
        st.integers(0, 24 * 60 - 1),
    )
    spans = st.lists(
        st.builds(lambda at, length: Span(at, at + length), moments, amounts(max_value=3 * DAY)),
        max_size=3,
    )

    def extend(inner: SearchStrategy[BusinessCalendar]) -> SearchStrategy[BusinessCalendar]:
        pairs = st.tuples(inner, inner)
        return st.one_of(
            pairs.map(lambda two: two[0] | two[1]),
            pairs.map(lambda two: two[0] & two[1]),
            pairs.map(lambda two: two[0] - two[1]),
            st.builds(lambda calendar, closed: calendar - closed, inner, spans),
            st.builds(lambda two, at: two[0].replaced(at, two[1]), pairs, moments),
        )

    return st.recursive(_leaves(zones, dates), extend, max_leaves=max_leaves)


_ANY_CALENDAR = calendars(max_leaves=1)


@frozen(kw_only=True)
class Probe:
    """What a calendar is asked: three instants in any order, two durations, company.

    Attributes:
        a: an instant, in any zone.
        b: an instant, in any zone.
        c: an instant, in any zone.
        amount: a duration, not negative.
        more: a duration, not negative.
        zone: a zone to tell instants in.
        other: another calendar.
    """

    a: datetime
    b: datetime
    c: datetime
    amount: timedelta
    more: timedelta
    zone: ZoneInfo
    other: BusinessCalendar

    @property
    def ordered(self) -> tuple[datetime, datetime]:
        """`a` and `b`, earlier first."""
        return (self.a, self.b) if micros(self.a) <= micros(self.b) else (self.b, self.a)


def probes(
    *,
    instants: SearchStrategy[datetime] = _ANY_INSTANT,
    amounts: SearchStrategy[timedelta] = _ANY_AMOUNT,
    calendars: SearchStrategy[BusinessCalendar] = _ANY_CALENDAR,
) -> SearchStrategy[Probe]:
    """Draw what a calendar can be asked.

    Args:
        instants: where the three instants come from.
        amounts: where both durations come from.
        calendars: where the other calendar comes from.

    Example:
        >>> from hypothesis import given
        >>> @given(probes())
        ... def in_order(probe):
        ...     first, last = probe.ordered
        ...     assert micros(first) <= micros(last)
        >>> in_order()
    """
    return st.builds(
        Probe,
        a=instants,
        b=instants,
        c=instants,
        amount=amounts,
        more=amounts,
        zone=zones(),
        other=calendars,
    )


_ANY_PROBE = probes()


@st.composite
def scenes(draw: DrawFn, *, days: int = 8) -> tuple[BusinessCalendar, Probe]:
    """Draw a calendar and a probe that meet within a few days of a turned clock.

    Args:
        draw: given by Hypothesis; leave it out.
        days: how far instants, holidays and own hours lie from the turned clock.

    Example:
        >>> from hypothesis import given
        >>> @given(scenes(days=2))
        ... def close_by(scene):
        ...     calendar, probe = scene
        ...     assert micros(probe.b) - micros(probe.a) <= micros_of(timedelta(days=4))
        >>> close_by()
    """
    zone, day = draw(clock_changes())
    around = timedelta(days=days)
    here = st.just(zone) | zones()
    noon = datetime(day.year, day.month, day.day, tzinfo=UTC)
    near = calendars(zones=here, dates=st.dates(day - around, day + around))
    at = instants(min_value=noon - around, max_value=noon + around, zones=here)
    probe = draw(probes(instants=at, amounts=amounts(max_value=around), calendars=near))
    return draw(near), probe
