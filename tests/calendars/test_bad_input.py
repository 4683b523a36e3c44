"""What cannot be meant is refused with a typed error; what is only extreme gets an answer."""

import json
import math
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import product
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support_model._calendar.day_rules import DayRule
from support_model.calendars import BusinessCalendar
from support_model.errors import (
    InvalidHours,
    InvalidValue,
    NaiveDatetime,
    NoOpenTime,
    OutOfRange,
    SupportModelError,
    UnknownZone,
)
from support_model.instants import Span
from support_model.testing._calendar_strategies import ZONES

DAY_RULES = get_args(DayRule)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AT = datetime(2024, 3, 4, 12, tzinfo=UTC)
LATER = AT + DAY
NAIVE = datetime(2024, 3, 4, 12)
NO_INSTANTS = (
    NAIVE,
    date(2024, 3, 4),
    None,
    "2024-03-04T12:00Z",
    1709553600,
    math.nan,
    True,
    time(9),
)
NO_DURATIONS = (None, 3600, 1.5, math.nan, True, "1h", AT)
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
EMPTY = BusinessCalendar.weekly({}, tz="Europe/Berlin")
ALWAYS = BusinessCalendar.always()
FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)

ONE_INSTANT = (
    "is_open",
    "next_open",
    "prev_open",
    "next_opening",
    "next_close",
    "prev_opening",
    "prev_close",
)
TWO_INSTANTS = ("elapsed", "periods", "explain", "lint", "day_table")


def told(error, *parts):
    """Every message is a line in lower case that shows the value."""
    text = str(error.value)
    assert text[0] == text[0].lower()
    assert len(text.splitlines()) == 1
    for part in parts:
        assert part in text


@pytest.mark.parametrize("value", NO_INSTANTS, ids=repr)
@pytest.mark.parametrize("method", ONE_INSTANT)
def test_one_instant(method, value):
    with pytest.raises(InvalidValue) as caught:
        getattr(OFFICE, method)(value)
    told(caught, repr(value))
    assert isinstance(caught.value, NaiveDatetime) == (value is NAIVE)


@pytest.mark.parametrize("value", NO_INSTANTS, ids=repr)
@pytest.mark.parametrize("method", TWO_INSTANTS)
def test_two_instants(method, value):
    for arguments in ((value, LATER), (AT, value)):
        with pytest.raises(InvalidValue) as caught:
            getattr(OFFICE, method)(*arguments)
        told(caught, repr(value))


@pytest.mark.parametrize("method", ["add", "subtract"])
def test_moves(method):
    move = getattr(OFFICE, method)
    for value in NO_INSTANTS:
        with pytest.raises(InvalidValue):
            move(value, HOUR)
    for value in NO_DURATIONS:
        with pytest.raises(InvalidValue) as caught:
            move(AT, value)
        told(caught, repr(value))


@pytest.mark.parametrize("value", [None, "soon", 20240304, AT, math.nan, True], ids=repr)
def test_dates(value):
    for ask in (
        lambda: OFFICE.open_time_on(value),
        lambda: OFFICE.resolve(value, "09:00"),
        lambda: OFFICE.working_days(value, date(2024, 3, 4)),
        lambda: OFFICE.working_days(date(2024, 3, 4), value),
        lambda: BusinessCalendar.weekly({}, tz="UTC", holidays=[value]),
        lambda: BusinessCalendar.weekly({}, tz="UTC", dates={value: "09:00-10:00"}),
        lambda: BusinessCalendar.rotating(
            [{}, {}], tz="UTC", anchor="" if value is None else value
        ),
    ):
        with pytest.raises(InvalidValue):
            ask()


@pytest.mark.parametrize("value", [NAIVE, None, "2024-03-04 12:00", 3, math.nan], ids=repr)
def test_day_rules_refuse_starts(value):
    with pytest.raises(InvalidValue):
        OFFICE.add_days(value, 1, rule="keep_time")


@pytest.mark.parametrize("n", [None, 1.0, "1", True, math.nan], ids=repr)
def test_day_rules_refuse_counts(n):
    for start in (AT, AT.date()):
        with pytest.raises(InvalidValue) as caught:
            OFFICE.add_days(start, n, rule="keep_time")
        told(caught, repr(n))


@pytest.mark.parametrize("rule", ["keep_tim", "", None, 3, ["keep_time"]], ids=repr)
def test_day_rules_refuse_rules(rule):
    for n in (0, 1):
        with pytest.raises(InvalidValue) as caught:
            OFFICE.add_days(AT, n, rule=rule)
        told(caught, repr(rule))


@pytest.mark.parametrize(
    "tz",
    ["Mars/Olympus", "", "Europe/Berlim", "../etc/passwd", "/etc/localtime", "\0", None, 3, HOUR],
    ids=repr,
)
def test_zones(tz):
    for make in (
        lambda: BusinessCalendar.weekly({}, tz=tz),
        lambda: BusinessCalendar.rotating([{}], tz=tz),
        lambda: BusinessCalendar.always(tz),
    ):
        with pytest.raises(UnknownZone) as caught:
            make()
        told(caught)


HOURS_THAT_MEAN_NOTHING = (
    {"mon": "25:61-26:00"},
    {"mon": "9-17"},
    {"mon": "09:00"},
    {"mon": "09:00-"},
    {"mon": "09:00-17:00-18:00"},
    {"mon": "-09:00-17:00"},
    {"mon": "24:00-25:00"},
    {"mon": "09:60-17:00"},
    {"mon": "٠٩:00-17:00x"},
    {"mon": [("09:00",)]},
    {"mon": [("09:00", "17:00", "18:00")]},
    {"mon": [(9, 17)]},
    {"mon": [(math.nan, "17:00")]},
    {"mon": [None]},
    {"mon": None},
    {"mon": 9},
    {"mon": True},
    {"mon": time(9)},
    {"mon": [(time(9, tzinfo=UTC), time(17, tzinfo=UTC))]},
    {"someday": "09:00-17:00"},
    {"m": "09:00-17:00"},
    {"mon-": "09:00-17:00"},
    {"mon-tue-wed": "09:00-17:00"},
    {"": "09:00-17:00"},
    {"mon": "09:00-17:00", "monday": "09:00-18:00"},
    {0: "09:00-17:00"},
    {None: "09:00-17:00"},
    [("mon", "09:00-17:00")],
    "mon-fri 09:00-17:00",
    None,
    3,
)


@pytest.mark.parametrize("hours", HOURS_THAT_MEAN_NOTHING, ids=repr)
def test_hours(hours):
    for make in (
        lambda: BusinessCalendar.weekly(hours, tz="UTC"),
        lambda: BusinessCalendar.rotating([{}, hours], tz="UTC", anchor=date(2024, 1, 1)),
    ):
        with pytest.raises(InvalidHours) as caught:
            make()
        told(caught)


@pytest.mark.parametrize("value", ["25:61-26:00", None, 9, [(9, 17)]], ids=repr)
def test_hours_of_dates_and_breaks(value):
    for keywords in (
        {"dates": {date(2024, 1, 1): value}},
        {"breaks": {date(2024, 1, 1): value}},
        {"breaks": {"mon": value}},
    ):
        with pytest.raises(InvalidHours):
            BusinessCalendar.weekly({}, tz="UTC", **keywords)


@pytest.mark.parametrize(
    "value", [3, "2024-01-01", [None], {"2024-13-01": "x"}, {3: "x"}, Ellipsis], ids=str
)
def test_holidays(value):
    with pytest.raises(InvalidValue):
        BusinessCalendar.weekly({}, tz="UTC", holidays=value)


@pytest.mark.parametrize(
    "text", ["25:61", "9", "", "soon", None, 9, math.nan, "49:00", "-01:00"], ids=repr
)
def test_readings(text):
    with pytest.raises(InvalidHours):
        OFFICE.resolve(date(2024, 3, 4), text)


@pytest.mark.parametrize(
    "weeks", [[], None, {"mon": "09:00-17:00"}, 3, [{}] * 54], ids=lambda weeks: str(weeks)[:20]
)
def test_weeks(weeks):
    with pytest.raises(InvalidValue):
        BusinessCalendar.rotating(weeks, anchor=date(2024, 1, 1), tz="UTC")


def test_rotating_weeks_need_an_anchor():
    with pytest.raises(InvalidHours):
        BusinessCalendar.rotating([{}, {}], tz="UTC")


def test_spans():
    for make in (
        lambda: Span(LATER, AT),
        lambda: Span(NAIVE, None),
        lambda: Span(AT, NAIVE),
        lambda: Span(None, AT),
        lambda: Span("2024", AT),
    ):
        with pytest.raises(InvalidValue):
            make()


@pytest.mark.parametrize("other", [None, 3, [AT], [(AT, LATER)], "span", Span(AT, LATER)], ids=str)
def test_what_cannot_be_taken_out(other):
    with pytest.raises((TypeError, InvalidValue)):
        OFFICE - other
    with pytest.raises((TypeError, InvalidValue)):
        OFFICE.without(other)


@pytest.mark.parametrize("other", [None, 3, [Span(AT, LATER)], "cal"], ids=str)
def test_what_cannot_be_combined(other):
    for combine in (lambda: OFFICE | other, lambda: OFFICE & other, lambda: other | OFFICE):
        with pytest.raises(TypeError):
            combine()


@pytest.mark.parametrize("from_", [NAIVE, None, "soon", 3], ids=repr)
def test_changes_need_an_instant_or_a_date(from_):
    with pytest.raises(InvalidValue):
        OFFICE.replaced(from_, EMPTY)


@pytest.mark.parametrize("new", [None, 3, {"mon": "09:00-17:00"}], ids=repr)
def test_changes_need_a_calendar(new):
    for from_ in (AT, AT.date()):
        with pytest.raises((TypeError, InvalidValue)):
            OFFICE.replaced(from_, new)


BROKEN_DATA = (
    None,
    3,
    [],
    {},
    {"schema": 1},
    {**OFFICE.to_data(), "schema": 99},
    {**OFFICE.to_data(), "kind": "tarot"},
    {**OFFICE.to_data(), "zone": "Mars/Olympus", "tz": "Mars/Olympus"},
    dict.fromkeys(OFFICE.to_data()),
    {key: value for key, value in OFFICE.to_data().items() if key in {"schema", "name", "kind"}},
    {**OFFICE.to_data(), "surprise": 1},
)


@pytest.mark.parametrize("data", BROKEN_DATA, ids=lambda data: str(data)[:60])
def test_data(data):
    with pytest.raises(InvalidValue) as caught:
        BusinessCalendar.from_data(data)
    told(caught)


def nested(depth):
    calendar = OFFICE
    for _ in range(depth):
        calendar = calendar | EMPTY
    return calendar


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def paths(data, path=()):
    """Yield the path of every place in plain data."""
    yield path
    items = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data if isinstance(data, list) else ())
    )
    for key, value in items:
        yield from paths(value, (*path, key))


RICH = (
    BusinessCalendar.rotating(
        [{"mon-fri": "09:00-17:00"}, {"sat": "22:00-02:00"}],
        anchor=date(2024, 1, 1),
        tz="Europe/Berlin",
        holidays={date(2024, 5, 1): "Labour Day"},
        dates={date(2024, 12, 24): "09:00-12:00"},
        breaks={"mon-fri": "12:00-13:00", date(2024, 1, 3): "15:00-16:00"},
    )
    & ALWAYS.without([Span(AT, LATER)], reason="outage")
).replaced(LATER, OFFICE - EMPTY)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_data_with_one_place_broken(data):
    """Anything may stand anywhere: it is refused with a typed error, or means a calendar."""
    plain = json.loads(json.dumps(RICH.to_data()))
    place = data.draw(st.sampled_from([path for path in paths(plain) if path]))
    holder = plain
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = data.draw(JSON)
    try:
        calendar = BusinessCalendar.from_data(plain)
    except InvalidValue:
        return
    assert calendar.elapsed(AT, LATER) >= timedelta(0)


NEVER = (
    EMPTY,
    BusinessCalendar.weekly({"mon": []}, tz="Pacific/Apia"),
    BusinessCalendar.weekly({"mon": "09:00-10:00"}, tz="UTC", breaks={"mon": "08:00-11:00"}),
    BusinessCalendar.weekly({"mon": "09:00-10:00"}, tz="UTC")
    & BusinessCalendar.weekly({"tue": "09:00-10:00"}, tz="UTC"),
    BusinessCalendar.rotating([{"mon": "09:00-10:00"}, {}], anchor=date(2024, 1, 1), tz="UTC")
    & BusinessCalendar.rotating([{"mon": "09:00-10:00"}, {}], anchor=date(2024, 1, 8), tz="UTC"),
    OFFICE - OFFICE,
    ALWAYS - ALWAYS,
    OFFICE - [Span(FIRST, None)],
    EMPTY | EMPTY,
    EMPTY & ALWAYS,
    EMPTY.replaced(AT, EMPTY),
)


@pytest.mark.parametrize("calendar", NEVER, ids=repr)
def test_every_question_to_a_calendar_that_never_opens(calendar):
    zero = timedelta(0)
    for at in (AT, FIRST, LAST):
        assert calendar.elapsed(at, AT) == calendar.elapsed(AT, at) == zero
        assert calendar.is_open(at) is False
        assert [getattr(calendar, name)(at) for name in ONE_INSTANT[1:]] == [None] * 6
        assert calendar.add(at, zero) == calendar.subtract(at, zero) == at
        for move in (calendar.add, calendar.subtract):
            with pytest.raises(NoOpenTime) as caught:
                move(at, HOUR)
            assert caught.value.calendar is calendar
            assert caught.value.start == at
    assert list(calendar.periods(AT, LATER)) == []
    assert list(calendar.periods(AT, LATER, reverse=True)) == []
    assert calendar.open_time_on(AT.date()) == zero
    assert calendar.working_days(AT.date(), LATER.date()) == 0
    for rule in DAY_RULES:
        for start in (AT, AT.date()):
            for n in (2, -2):
                with pytest.raises(NoOpenTime):
                    calendar.add_days(start, n, rule=rule)
    explanation = list(calendar.explain(AT, LATER))
    assert sum((row.counted for row in explanation), zero) == zero
    assert all(not row.intervals for row in calendar.day_table(AT, LATER))
    assert isinstance(calendar.lint(AT, LATER), tuple)
    assert BusinessCalendar.from_data(calendar.to_data()) == calendar
    assert (calendar | OFFICE).elapsed(AT, LATER) == OFFICE.elapsed(AT, LATER)


def test_a_long_rotation_that_never_meets_another():
    """53 weeks repeat after more years than there are: still an answer, not a hang."""
    weeks = [{"mon": "09:00-10:00"}, *[{}] * 52]
    one = BusinessCalendar.rotating(weeks, anchor=date(2024, 1, 1), tz="UTC")
    other = BusinessCalendar.rotating(weeks, anchor=date(2024, 1, 8), tz="UTC")
    never = one & other
    assert never.next_open(AT) is None
    with pytest.raises(NoOpenTime):
        never.add(AT, HOUR)


def test_a_calendar_that_ends():
    only = BusinessCalendar.weekly({}, tz="UTC", dates={date(2024, 3, 5): "09:00-17:00"})
    assert only.add(AT, 8 * HOUR) == datetime(2024, 3, 5, 17, tzinfo=UTC)
    with pytest.raises(NoOpenTime):
        only.add(AT, 8 * HOUR + timedelta(microseconds=1))
    assert only.next_open(datetime(2024, 3, 5, 17, tzinfo=UTC)) is None
    assert only.prev_open(datetime(2024, 3, 5, 9, tzinfo=UTC)) is None
    last_day = BusinessCalendar.weekly({}, tz="UTC", dates={date(9999, 12, 31): "09:00-17:00"})
    assert last_day.next_open(AT) == datetime(9999, 12, 31, 9, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Apia", "Africa/Casablanca"])
@pytest.mark.parametrize(
    "calendar_in",
    [
        lambda zone: BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz=zone),
        lambda zone: BusinessCalendar.weekly({"mon-sun": "22:00-06:00"}, tz=zone),
        lambda zone: BusinessCalendar.weekly({"mon-sun": "00:00-24:00"}, tz=zone),
        BusinessCalendar.always,
    ],
    ids=["office", "nights", "every day", "always"],
)
def test_every_question_at_the_ends_of_time(calendar_in, zone):
    """Years 1 and 9999: an answer or OutOfRange, in any zone, quickly."""
    calendar = calendar_in(zone)
    ends = (FIRST, FIRST + DAY, FIRST + 400 * DAY, LAST - 400 * DAY, LAST - DAY, LAST)
    kathmandu = ZoneInfo("Asia/Kathmandu")
    asked = [*ends, *(at.astimezone(kathmandu) for at in ends[1:4])]
    answered = [
        answers(partial(getattr(calendar, name), at)) for name in ONE_INSTANT for at in asked
    ]
    assert sum(answered) > len(answered) / 2
    for move, at in product((calendar.add, calendar.subtract), asked):
        assert move(at, timedelta(0)) == at
        for amount in (HOUR, 10_000 * DAY, timedelta.max, timedelta.min):
            answers(partial(move, at, amount))
    whole = calendar.elapsed(FIRST, LAST)
    assert whole == -calendar.elapsed(LAST, FIRST)
    assert calendar.elapsed(FIRST, AT) + calendar.elapsed(AT, LAST) == whole
    assert timedelta(0) < whole <= LAST - FIRST
    for ask, bounds in product(
        (calendar.periods, calendar.explain, calendar.day_table, calendar.lint),
        ((FIRST, FIRST + 3 * DAY), (LAST - 3 * DAY, LAST)),
    ):
        answers(lambda ask=ask, bounds=bounds: tuple(ask(*bounds)))
    for day in (date.min, date.min + DAY, date.max - DAY, date.max):
        answers(partial(calendar.open_time_on, day))
        answers(partial(calendar.resolve, day, "00:00"))
        answers(partial(calendar.resolve, day, "48:00"))
        answers(partial(calendar.working_days, day, day))
        answers(partial(calendar.replaced, day, EMPTY))
        for n, rule in product((-2, 2), DAY_RULES):
            answers(partial(calendar.add_days, day, n, rule=rule))


def answers(ask):
    """Whether there is an answer; OutOfRange and NoOpenTime are the only errors."""
    try:
        ask()
    except (OutOfRange, NoOpenTime):
        return False
    return True


@pytest.mark.parametrize("day", [date.min, date.max])
def test_exceptions_on_the_first_and_the_last_date(day):
    """A night that begins on the last date has no tomorrow to spill into; it is still hours."""
    calendar = BusinessCalendar.weekly(
        {"mon-fri": "09:00-17:00"},
        tz="Europe/Berlin",
        dates={day: "22:00-06:00"},
        breaks={day: "23:00-01:00"},
        holidays=[day],
    )
    assert calendar.elapsed(AT, LATER) == 8 * HOUR
    assert BusinessCalendar.from_data(calendar.to_data()) == calendar
    answers(lambda: calendar.explain(AT, LATER))
    answers(lambda: calendar.lint(AT, LATER))


def test_an_endless_pause():
    paused = OFFICE - [Span(LATER, None)]
    assert paused.elapsed(AT, LAST) == OFFICE.elapsed(AT, LATER)
    assert not paused.is_open(LAST)
    with pytest.raises(NoOpenTime):
        paused.add(LATER, HOUR)
    assert paused.next_open(LATER) is None
    assert paused.prev_open(LAST) == OFFICE.prev_open(LATER)


def test_adding_more_than_there_is():
    with pytest.raises(OutOfRange):
        OFFICE.add(AT, timedelta.max)
    with pytest.raises(OutOfRange):
        OFFICE.subtract(AT, timedelta.max)
    with pytest.raises((OutOfRange, NoOpenTime)):
        OFFICE.add_days(datetime(9999, 12, 1, tzinfo=UTC), 100, rule="keep_time")


def test_deep_combinations_answer():
    deep = nested(60)
    assert deep.elapsed(AT, LATER) == OFFICE.elapsed(AT, LATER)
    assert pickle.loads(pickle.dumps(deep)) == deep  # noqa: S301 - made on the same line
    assert BusinessCalendar.from_data(nested(20).to_data()) == nested(20)
    with pytest.raises(InvalidValue, match="too deep"):
        BusinessCalendar.from_data(deep.to_data())


def test_equality_and_hash_go_by_meaning():
    same = BusinessCalendar.weekly(
        {"Mo,tu": ["09:00-17:00"], "wed-friday": [(time(9), time(17))]},
        tz=ZoneInfo("Europe/Berlin"),
    )
    assert same == OFFICE
    assert hash(same) == hash(OFFICE)
    assert same.fingerprint == OFFICE.fingerprint
    others = [
        EMPTY,
        ALWAYS,
        OFFICE | EMPTY,
        OFFICE - [Span(AT, LATER)],
        BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Paris"),
        BusinessCalendar.weekly(
            {"mon-fri": "09:00-17:00"}, tz="Europe/Berlin", holidays=[AT.date()]
        ),
        OFFICE.replaced(AT, EMPTY),
    ]
    assert len({OFFICE, same, *others}) == 1 + len(others)
    assert len({cal.fingerprint for cal in (OFFICE, *others)}) == 1 + len(others)
    assert OFFICE != "calendar"


def test_calendars_are_frozen():
    for name in ("form", "tz", "name", "surprise"):
        with pytest.raises(AttributeError):
            setattr(OFFICE, name, None)


def test_threads_that_share_one_fresh_calendar():
    """Compiled years are the one hidden state: eight threads fill them in at once."""
    zones = [ZoneInfo(zone) for zone in ZONES]

    def make():
        office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
        return office | BusinessCalendar.weekly({"mon-sun": "20:00-02:00"}, tz="America/New_York")

    def ask(calendar, offset):
        years = [1950 + (offset * 17 + step * 29) % 120 for step in range(40)]
        answers = {}
        for year in years:
            start = datetime(year, 5, 5, 7, tzinfo=zones[year % len(zones)])
            due = calendar.add(start, 300 * HOUR)
            answers[year] = (
                due.astimezone(UTC),
                calendar.elapsed(start, AT),
                calendar.next_close(start),
            )
        return answers

    shared = make()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda offset: ask(shared, offset), range(8)))
    assert together == [ask(make(), offset) for offset in range(8)]


PRINT_FINGERPRINTS = """
import pickle, sys
calendars = pickle.load(sys.stdin.buffer)
print([calendar.fingerprint for calendar in calendars])
print([calendar.to_data() for calendar in calendars])
"""


def test_fingerprints_are_the_same_in_every_process():
    calendars = [OFFICE, EMPTY, ALWAYS, RICH, *NEVER]
    here = f"{[cal.fingerprint for cal in calendars]}\n{[cal.to_data() for cal in calendars]}\n"
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", PRINT_FINGERPRINTS],
            input=pickle.dumps(calendars),
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        )
        assert done.stdout.decode().replace("\r\n", "\n") == here


def test_every_error_is_of_the_family():
    assert issubclass(InvalidValue, SupportModelError)
    assert issubclass(InvalidValue, ValueError)
    assert issubclass(NoOpenTime, LookupError)


def test_spans_are_several():
    """One span alone was a TypeError about iteration."""
    always = BusinessCalendar.always()
    start = datetime(2026, 3, 2, tzinfo=UTC)
    for spans in (Span(start, start + timedelta(hours=1)), None, 3):
        for ask in (always.without, always.__sub__):
            with pytest.raises(InvalidValue, match="give a list of them"):
                ask(spans)
