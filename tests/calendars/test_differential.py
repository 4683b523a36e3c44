"""Calendars against other implementations, where those can express the question."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model.calendars import BusinessCalendar
from support_model.instants import Span
from support_model.testing import calendars, instants, scenes
from support_model.testing._calendar_strategies import clock_changes

DAY = timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OSM_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@st.composite
def hours_by_day(draw):
    """Hours whose end points no clock shows twice: those are read differently by convention."""
    edges = st.integers(5 * 4, 22 * 4).map(
        lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}"
    )
    times = st.lists(edges, min_size=2, max_size=4, unique=True).map(sorted)
    ranges = times.map(lambda found: list(zip(found[::2], found[1::2], strict=False)))
    return draw(st.dictionaries(st.integers(0, 6), ranges, min_size=1, max_size=7))


@given(clock_changes(), hours_by_day(), st.data())
def test_opening_hours_evaluates_alike(change, hours, data):
    opening_hours = pytest.importorskip("opening_hours")
    zone, day = change
    osm = "; ".join(
        f"{OSM_WEEKDAYS[weekday]} {','.join(f'{start}-{end}' for start, end in ranges)}"
        for weekday, ranges in sorted(hours.items())
    )
    twin = opening_hours.OpeningHours(osm, timezone=zone)
    calendar = BusinessCalendar.weekly(
        {WEEKDAYS[weekday]: ranges for weekday, ranges in hours.items()}, tz=zone
    )
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    times = instants(min_value=noon - 9 * DAY, max_value=noon + 9 * DAY, zones=st.just(zone))
    whole = st.builds(lambda at: at.replace(second=0, microsecond=0), times)
    start, end = sorted((data.draw(whole), data.draw(whole)), key=lambda at: at.astimezone(UTC))
    found = [
        (opens, closes)
        for opens, closes, state, _ in twin.intervals(start, end)
        if state == opening_hours.State.OPEN and opens.astimezone(UTC) < closes.astimezone(UTC)
    ]
    assert [(span.start, span.end) for span in calendar.periods(start, end)] == found


@given(
    st.sets(st.integers(0, 6)),
    st.sets(st.dates(date(2020, 1, 1), date(2026, 1, 1)), max_size=20),
    st.dates(date(2019, 1, 1), date(2027, 1, 1)),
    st.dates(date(2019, 1, 1), date(2027, 1, 1)),
)
def test_whole_days_are_counted_alike(weekdays, holidays, start, end):
    np = pytest.importorskip("numpy")
    calendar = BusinessCalendar.weekly(
        {WEEKDAYS[weekday]: "00:00-24:00" for weekday in weekdays}, tz="UTC", holidays=holidays
    )
    first, last = (datetime.combine(day, time(), UTC) for day in sorted((start, end)))
    counted = 0
    if weekdays:
        rules = {
            "weekmask": [weekday in weekdays for weekday in range(7)],
            "holidays": sorted(holidays),
        }
        counted = int(np.busday_count(first.date(), last.date(), **rules))
        dates = int(np.busday_count(first.date() + DAY, last.date() + DAY, **rules))
        assert calendar.working_days(first.date(), last.date()) == dates
        assert calendar.working_days(last.date(), first.date()) == -dates
    assert calendar.elapsed(first, last) == counted * DAY


def stamps(np, moments):
    """Aware datetimes as UTC datetime64 microseconds."""
    naive = [at.astimezone(UTC).replace(tzinfo=None) for at in moments]
    return np.array(naive, dtype="datetime64[us]")


@given(scenes(), st.data())
def test_arrays_answer_as_scalars_do(scene, data):
    np = pytest.importorskip("numpy")
    from support_model import arrays  # noqa: PLC0415 - only where numpy is

    calendar, probe = scene
    near = instants(min_value=probe.a - 20 * DAY, max_value=probe.a + 20 * DAY)
    pairs = data.draw(st.lists(st.tuples(near, near), max_size=6))
    starts = stamps(np, [start for start, _ in pairs])
    ends = stamps(np, [end for _, end in pairs])
    expected = [calendar.elapsed(start, end) for start, end in pairs]
    assert calendar.elapsed_array(starts, ends).tolist() == expected
    which = np.arange(len(pairs)) % 2
    both = [
        (calendar, probe.other)[i % 2].elapsed(start, end) for i, (start, end) in enumerate(pairs)
    ]
    assert arrays.elapsed_by([calendar, probe.other], which, starts, ends).tolist() == both
    office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz=probe.tz)
    due = office.add_array(starts, np.full(len(pairs), probe.amount, dtype="timedelta64[us]"))
    landings = stamps(np, [office.add(start, probe.amount) for start, _ in pairs])
    assert due.tolist() == landings.tolist()


@given(calendars(), instants(), st.timedeltas(timedelta(0), 40 * DAY))
def test_spans_of_closed_time_are_the_complement_of_periods(calendar, start, length):
    """Closing every period leaves nothing; closing every gap loses nothing."""
    end = (start.astimezone(UTC) + length).astimezone(start.tzinfo)
    periods = list(calendar.periods(start, end))
    edges = [start, *(edge for span in periods for edge in (span.start, span.end)), end]
    gaps = [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert (calendar - periods).elapsed(start, end) == timedelta(0)
    assert (calendar - gaps).elapsed(start, end) == calendar.elapsed(start, end)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize("span", [("0001-01-01", "9999-12-31"), ("1999-02-28", "2801-03-01")])
def test_working_days_over_centuries_are_those_of_numpy(zone, span):
    office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz=zone)
    np = pytest.importorskip("numpy")
    first, last = map(date.fromisoformat, span)
    counted = int(np.busday_count(first, last)) + (last.weekday() < 5) - (first.weekday() < 5)
    assert office.working_days(first, last) == counted
    assert office.working_days(last, first) == -counted
