"""Every name of a zone that another system writes is a zone here, or refused with a remedy."""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._zone_names import PLACES, RAILS, WINDOWS, WITHIN_THE_HOUR
from support_model.adapters import zone_named
from support_model.errors import UnknownZone

WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 12, tzinfo=UTC)


def offset(zone, at=WINTER):
    return at.astimezone(zone).utcoffset()


def test_every_zone_of_the_tables_is_in_the_database():
    zones = available_timezones()
    named = {*RAILS.values(), *WINDOWS.values(), *PLACES.values()}
    named |= {zone for zones in WITHIN_THE_HOUR.values() for zone in zones}
    assert named - zones == set()
    assert len(WINDOWS) == 139
    assert len(RAILS) >= 151


@pytest.mark.parametrize("table", [RAILS, WINDOWS, PLACES])
def test_every_name_of_the_tables_is_read(table):
    for name, zone in table.items():
        if table is not PLACES or name not in RAILS:
            assert zone_named(name) == ZoneInfo(zone), name


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("Eastern Time (US &amp; Canada)", "America/New_York"),
        ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("Magadan", "Asia/Magadan"),
        ("New Caledonia", "Pacific/Noumea"),
        ("Central European Standard Time", "Europe/Warsaw"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
        ("(UTC+05:00) Екатеринбург", "Asia/Yekaterinburg"),
        ("(UTC) Coordinated Universal Time", "UTC"),
        ("  chennai ", "Asia/Kolkata"),
        ("Europe/Moscow", "Europe/Moscow"),
        ("Etc/GMT-3", "Etc/GMT-3"),
        ("UTC", "UTC"),
        ("GMT", "UTC"),
        ("UTC+0", "UTC"),
    ],
)
def test_a_name_is_the_zone_of_its_system(name, zone):
    assert zone_named(name).key == zone


@pytest.mark.parametrize(
    "form", ["UTC{:+}", "GMT{:+}", "{:+03}:00", "UTC{:+03}00", "(UTC{:+03}:00)"]
)
@pytest.mark.parametrize("hours", range(-12, 15))
def test_an_offset_is_ahead_of_utc_by_what_it_says(form, hours):
    zone = zone_named(form.format(hours))
    assert offset(zone) == offset(zone, SUMMER) == timedelta(hours=hours)


def test_a_minus_sign_of_typesetting_is_a_minus_sign():
    assert offset(zone_named("UTC\u22123")) == timedelta(hours=-3)


@pytest.mark.parametrize("shown", WITHIN_THE_HOUR)
def test_an_offset_within_the_hour_is_refused_with_places_of_that_offset(shown):
    with pytest.raises(UnknownZone, match="no zone is named for this offset") as caught:
        zone_named(f"UTC{shown}")
    for place in WITHIN_THE_HOUR[shown]:
        assert place in caught.value.remedy
        told = timedelta(hours=int(shown[1:3]), minutes=int(shown[4:]))
        told = -told if shown[0] == "-" else told
        assert told in {offset(ZoneInfo(place)), offset(ZoneInfo(place), SUMMER)}


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("Eastern Time (US and Canada)", "did you mean 'Eastern Time (US & Canada)'?"),
        ("W Europe Standard Time", "did you mean 'W. Europe Standard Time'?"),
        ("Europe/Berln", "did you mean 'Europe/Berlin'?"),
        ("europe/berlin", "did you mean 'Europe/Berlin'?"),
        ("MSK", "an abbreviation names no zone; say 'Europe/Moscow'"),
        ("(UTC+05:00) Nowhere at all", "the offset alone is not enough"),
        ("UTC+5:17", "say the place"),
        ("UTC+15", "offsets go from UTC-12 to UTC+14"),
        ("UTC-13", "offsets go from UTC-12 to UTC+14"),
        ("localtime", "it means another clock on another machine"),
        ("", "say an IANA name"),
        ("x" * 1000, "say an IANA name"),
        (None, "say an IANA name"),
        (7, "say an IANA name"),
    ],
)
def test_what_names_no_zone_is_refused_with_what_to_say(name, remedy):
    with pytest.raises(UnknownZone) as caught:
        zone_named(name)
    assert remedy in caught.value.remedy


@given(st.text(max_size=120))
def test_any_text_is_a_zone_or_refused(name):
    with contextlib.suppress(UnknownZone):
        assert isinstance(zone_named(name), ZoneInfo)
