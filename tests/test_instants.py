"""Instants, durations as text, spans, and the integer interval algebra."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._time import (
    between,
    difference,
    duration_text,
    intersection,
    micros_of,
    month_name,
    not_negative,
    union,
    weekday_name,
)
from support_model._time import timezone as named_zone
from support_model.errors import InvalidValue, NaiveDatetime, OutOfRange, UnknownZone
from support_model.instants import Span, duration, instant, micros

AT = datetime(2026, 3, 29, 12, tzinfo=UTC)
STRETCHES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: tuple(sorted(pair))),
    max_size=8,
)


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_survives_the_way_in_and_out(at):
    at = at.replace(year=min(max(at.year, 2), 9998))
    assert instant(micros(at)) == at.astimezone(UTC)


@pytest.mark.parametrize("value", [None, "2026-03-29", date(2026, 3, 29), 1_774_000_000, object()])
def test_what_is_no_datetime_is_refused(value):
    with pytest.raises(InvalidValue):
        micros(value)


def test_a_naive_datetime_says_its_remedy():
    with pytest.raises(NaiveDatetime, match=r"replace\(tzinfo=ZoneInfo"):
        micros(datetime(2026, 3, 29))


@pytest.mark.parametrize("at", [10**18, -(10**18)])
def test_instants_outside_the_years_of_datetime(at):
    with pytest.raises(OutOfRange):
        instant(at)


@pytest.mark.parametrize("value", ["Europe/Berlni", "", "../etc", 3, timezone(timedelta(hours=1))])
def test_unknown_zones(value):
    with pytest.raises(UnknownZone):
        named_zone(value)


def test_a_misspelled_zone_names_no_neighbor():
    """Spelling says nothing about clocks: MST is ten hours from MSK."""
    with pytest.raises(UnknownZone, match="use an IANA name such as 'Europe/Berlin'"):
        named_zone("Europe/Berlni")
    assert named_zone(UTC) == ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8h", 28_800),
        ("1h30m", 5_400),
        ("1h 30min", 5_400),
        ("90m", 5_400),
        ("20 s", 20),
        ("0.5s", 0.5),
        ("PT4H", 14_400),
        ("PT1H30M", 5_400),
        ("-30m", -1_800),
        ("48h", 172_800),
    ],
)
def test_durations_as_people_write_them(text, seconds):
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "8", "h", "1d", "P1D", "1w", "PT", "1h-2m", "\u0661h", None, 8.5, "1e3s"]
)
def test_what_is_no_duration(text):
    with pytest.raises(InvalidValue):
        duration(text)


@given(st.timedeltas(timedelta(days=-3000), timedelta(days=3000)))
def test_a_duration_written_is_read_back(amount):
    assert duration(duration_text(amount)) == amount


def test_durations_are_timedeltas():
    assert micros_of(timedelta(days=1, microseconds=1)) == 86_400_000_001
    with pytest.raises(InvalidValue):
        micros_of(3)


def test_a_span_knows_its_length_across_a_clock_change():
    berlin = ZoneInfo("Europe/Berlin")
    night = Span(datetime(2026, 3, 28, 22, tzinfo=berlin), datetime(2026, 3, 29, 6, tzinfo=berlin))
    assert night.length == timedelta(hours=7)
    assert Span(AT).length is None
    with pytest.raises(InvalidValue, match="end before it starts"):
        Span(AT, AT - timedelta(seconds=1))
    with pytest.raises(NaiveDatetime):
        Span(AT, datetime(2026, 3, 30))


def points(stretches):
    return {at for start, end in stretches for at in range(start, end)}


@given(STRETCHES, STRETCHES)
def test_interval_algebra_is_set_algebra(left, right):
    one, other = union(left), union(right)
    assert points(one) == points(left)
    for found, wanted in (
        (union([*one, *other]), points(one) | points(other)),
        (intersection(one, other), points(one) & points(other)),
        (difference(one, other), points(one) - points(other)),
    ):
        assert points(found) == wanted
        assert all(start < end for start, end in found)
        assert all(a[1] < b[0] for a, b in pairwise(found))


def test_between_counts_absolute_time_over_a_clock_change():
    berlin = named_zone("Europe/Berlin")
    noon, next_noon = (datetime(2026, 3, day, 12, tzinfo=berlin) for day in (28, 29))
    assert between(noon, next_noon) == timedelta(hours=23)
    assert between(next_noon, noon) == timedelta(hours=-23)


def test_names_of_dates_are_english_and_durations_may_be_zero():
    assert (weekday_name(date(2026, 3, 26)), month_name(date(2026, 3, 26))) == ("Thu", "Mar")
    assert not_negative(timedelta(0)) == 0


def test_union_merges_what_touches_and_drops_what_is_empty():
    assert union([(3, 5), (1, 3), (7, 7)]) == [(1, 5)]
    assert intersection([(0, 4), (6, 9)], [(2, 7)]) == [(2, 4), (6, 7)]
    assert difference([(0, 9)], [(2, 3), (8, 12)]) == [(0, 2), (3, 8)]
