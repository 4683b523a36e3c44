"""Values of other libraries and of other systems: read exactly, or refused with a true remedy."""

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest

from support_model import arrays
from support_model._calendar.forms import Always
from support_model._time import MACHINE_ZONES, micros_of, zone_remedy
from support_model._time import timezone as named_zone
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue, UnknownZone
from support_model.events import Created, Message, Rated
from support_model.instants import Span, duration, micros
from support_model.patterns import Field
from support_model.vocabulary import Priority, Status

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
MONDAY = pd.Timestamp("2026-01-05 09:00", tz="Europe/Berlin")


QUESTIONS = (
    lambda nat: OFFICE.elapsed(nat, MONDAY),
    lambda nat: OFFICE.elapsed(MONDAY, nat),
    lambda nat: OFFICE.add(nat, timedelta(hours=1)),
    lambda nat: OFFICE.add(MONDAY, nat),
    lambda nat: OFFICE.subtract(MONDAY, nat),
    OFFICE.is_open,
    OFFICE.next_open,
    OFFICE.prev_close,
    lambda nat: list(OFFICE.periods(nat, MONDAY)),
    lambda nat: list(OFFICE.periods(MONDAY, nat)),
    lambda nat: OFFICE.explain(MONDAY, nat),
    lambda nat: OFFICE.lint(nat, MONDAY),
    lambda nat: OFFICE.add_days(nat, 1, rule="keep_time"),
    OFFICE.open_time_on,
    lambda nat: OFFICE.working_days(nat, date(2026, 1, 5)),
    lambda nat: OFFICE.replaced(nat, OFFICE),
    lambda nat: OFFICE.elapsed_array(nat, MONDAY),
    lambda nat: BusinessCalendar.weekly({}, tz="UTC", holidays=[nat]),
    lambda nat: BusinessCalendar.weekly({}, tz="UTC", dates={nat: "09:00-17:00"}),
    Span,
    lambda nat: Span(MONDAY, nat),
    micros,
    micros_of,
)


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_not_a_time_is_refused(number):
    with pytest.raises(InvalidValue):
        QUESTIONS[number](pd.NaT)


def test_timestamps_and_timedeltas_of_pandas_are_read_exactly():
    later = pd.Timestamp("2026-01-05 11:00", tz="Europe/Berlin")
    assert OFFICE.elapsed(MONDAY, later) == timedelta(hours=2)
    assert OFFICE.add(MONDAY, pd.Timedelta("2h")) == later


@pytest.mark.parametrize(
    "ask",
    [
        lambda: micros(pd.Timestamp("2026-01-05 09:00:00.000000001", tz="UTC")),
        lambda: micros_of(pd.Timedelta(1, "ns")),
        lambda: OFFICE.elapsed(MONDAY, MONDAY + pd.Timedelta(1, "ns")),
    ],
    ids=["instant", "duration", "elapsed"],
)
def test_parts_of_a_microsecond_are_not_dropped(ask):
    with pytest.raises(InvalidValue, match="part of a microsecond"):
        ask()


@pytest.mark.parametrize("kind", ["uint8", "uint16", "uint32", "uint64", "int8", "int16", "int64"])
def test_keys_of_any_integer_dtype_choose_a_calendar(kind):
    both = [OFFICE, BusinessCalendar.always()]
    start = np.array(["2026-01-05T00:00"] * 3, "datetime64[us]")
    end = start + np.timedelta64(1, "D")
    found = arrays.elapsed_by(both, np.array([0, 1, 0], kind), start, end)
    assert found.tolist() == [timedelta(hours=8), timedelta(days=1), timedelta(hours=8)]
    with pytest.raises(InvalidValue, match="row 1: no such calendar"):
        arrays.elapsed_by(both, np.array([0, 2, 0], kind), start, end)


REMEDIES = {
    "MSK": "say 'Europe/Moscow'",
    "cest": "say 'Europe/Berlin'",
    "W. Europe Standard Time": "this is a name of Windows; say 'Europe/Berlin'",
    "Russian Standard Time": "say 'Europe/Moscow'",
    "Eastern Daylight Time": "say 'America/New_York'",
    "GMT+3": "'Etc/GMT-3' (the sign is reversed)",
    "UTC-5": "'Etc/GMT+5' (the sign is reversed)",
    "+03:00": "'Etc/GMT-3' (the sign is reversed)",
    "UTC+05:30": "an offset names no zone; name the place",
    "UTC+00:00": "say 'UTC'",
    "GMT-14": "an offset names no zone; name the place",
    "Moscow": "did you mean 'Europe/Moscow'?",
    "europe/berlin": "did you mean 'Europe/Berlin'?",
    "America/New York": "did you mean 'America/New_York'?",
    "Europe/Berln": "use an IANA name such as 'Europe/Berlin'",
    "": "say 'UTC'",
    "localtime": "it means another clock on another machine",
    "right/Europe/Berlin": "it means another clock on another machine",
    "posix/UTC": "it means another clock on another machine",
    "Factory": "it means another clock on another machine",
    "posixrules": "it means another clock on another machine",
}


@pytest.mark.parametrize("name", REMEDIES)
def test_what_is_no_zone_gets_a_true_remedy(name):
    with pytest.raises(UnknownZone) as caught:
        BusinessCalendar.always(name)
    assert REMEDIES[name] in caught.value.remedy
    assert repr(name) in str(caught.value)


def test_every_zone_that_a_remedy_names_exists():
    zones = available_timezones()
    said = [zone_remedy(f"{name} Standard Time", zones) for name in ("W. Europe", "China", "FLE")]
    said += [zone_remedy(f"UTC{hours:+}", zones) for hours in range(-12, 15)]
    for text in said:
        assert text.split("'")[1] in zones


def test_without_a_zone_database_the_remedy_is_to_install_it():
    assert "pip install tzdata" in zone_remedy("Europe/Berlin", ())


def test_an_offset_or_a_foreign_zone_object_is_no_named_zone():
    with pytest.raises(UnknownZone, match="needs a named zone"):
        named_zone(timezone(timedelta(hours=3)))
    pytz_like = type("Zone", (), {"zone": "Europe/Berlin"})()
    with pytest.raises(UnknownZone, match="say 'Europe/Berlin'"):
        named_zone(pytz_like)
    for key in MACHINE_ZONES:
        with pytest.raises(UnknownZone):
            named_zone(key)


def test_calendars_compare_by_the_name_of_their_zone():
    key = "Atlantic/Stanley"  # which no other test holds, so that clearing it harms none
    one = BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz=ZoneInfo.no_cache(key))
    ZoneInfo.clear_cache(only_keys=[key])
    other = BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz=key)
    for copy in (other, pickle.loads(pickle.dumps(one))):  # noqa: S301 - made on the same line
        assert one == copy
        assert hash(one) == hash(copy)
        assert one.fingerprint == copy.fingerprint
    assert Always(ZoneInfo.no_cache("UTC")) == Always(ZoneInfo("UTC"))
    assert one != BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz="Europe/Paris")


def test_a_duration_is_read_in_linear_time():
    for text in ("1" + " " * 60_000 + "x", " " * 60_000, "1h" + " " * 60_000 + "!"):
        with pytest.raises(InvalidValue, match="not a duration"):
            duration(text)
    assert duration(" 1 h  30 min 5 s ") == timedelta(hours=1, minutes=30, seconds=5)


def test_aware_instants_are_told_in_the_zone_they_came_in():
    assert OFFICE.add(datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(0)).tzinfo is UTC


AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_scalars_of_numpy_are_numbers_in_every_field():
    new = Status("new", "new")
    event = Created(
        ticket_id="T1",
        at=AT,
        role="customer",
        seq=np.int64(1),
        fields={"status": new, "line": np.int8(2), "custom.size": np.float32(0.5)},
    )
    plain_event = Created(
        ticket_id="T1",
        at=AT,
        role="customer",
        seq=1,
        fields={"status": new, "line": 2, "custom.size": 0.5},
    )
    assert event == plain_event
    values = [event.seq, *(value for name, value in event.fields if name != "status")]
    assert {type(value) for value in values} == {int, float}
    message = Message(ticket_id="T1", at=AT, role="agent", public=np.bool_(True))  # noqa: FBT003
    assert message.public is True
    rated = Rated(
        ticket_id="T1",
        at=AT,
        role="customer",
        kind="csat",
        score=np.int64(4),
        scale=(np.int64(1), np.int64(5)),
    )
    assert [type(n) for n in (rated.score, *rated.scale)] == [int, int, int]
    assert Priority("high", np.int64(1)) == Priority("high", 1)
    pattern = Field("line").at_least(np.int64(2))
    assert pattern == Field("line").at_least(2)
    assert type(pattern.value) is int
    assert Field("line").in_(np.int64(1), 2) == Field("line").in_(1, 2)


def test_what_is_no_number_of_numpy_stays_refused():
    for wrong in (np.float64(1.5), np.array([1]), np.bool_(True)):  # noqa: FBT003
        with pytest.raises(InvalidValue):
            Created(ticket_id="T1", at=AT, role="agent", seq=wrong, fields={})
        with pytest.raises(InvalidValue):
            Priority("high", wrong)
