"""What the calendars take for granted of the zone database, checked for the installed one."""

import itertools
import struct
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

import pytest

from support_model._calendar.timeline import YEAR
from support_model._time import DAY, GREGORIAN, LAST, PROBE, offset_at, offsets

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones())
CALM = (1800 - 1970) * YEAR, (2101 - 1970) * YEAR


def file_of(zone):
    for folder in TZPATH:
        path = Path(folder, zone)
        if path.is_file():
            return path.read_bytes()
    package, _, name = f"tzdata.zoneinfo.{zone.replace('/', '.')}".rpartition(".")
    return resources.files(package).joinpath(name).read_bytes()


def changes(zone):
    """Return (second, offset) of each explicit change of offset, read from the file itself."""
    data = file_of(zone)

    def header(at):
        return struct.unpack(">6l", data[at + 20 : at + 44])

    utc, standard, leaps, times, types, letters = header(0)
    at = 44 + times * 5 + types * 6 + letters + leaps * 8 + standard + utc
    *_, times, types, _ = header(at)
    at += 44
    when = struct.unpack(f">{times}q", data[at : at + 8 * times])
    which = data[at + 8 * times : at + 9 * times]
    at += 9 * times
    offset = [struct.unpack(">l", data[at + 6 * i : at + 6 * i + 4])[0] for i in range(types)]
    found, known = [], offset[0]
    for second, kind in zip(when, which, strict=True):
        if offset[kind] != known:
            known = offset[kind]
            found.append((second * 1_000_000, known * 1_000_000))
    return found


@pytest.fixture(scope="module")
def database():
    return {zone: changes(zone) for zone in ZONES}


def test_no_zone_changes_twice_between_two_probes(database):
    close = {
        zone: (one, other)
        for zone, found in database.items()
        for (one, _), (other, _) in itertools.pairwise(found)
        if other - one <= PROBE
    }
    assert not close


def test_explicit_changes_lie_in_the_years_taken_for_irregular(database):
    for zone, found in database.items():
        for at, _ in found:
            assert CALM[0] < at < CALM[1], (zone, EPOCH + timedelta(microseconds=at))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana", "Africa/Casablanca"])
def test_the_probes_find_every_explicit_change(zone, database):
    first, last = database[zone][0][0], database[zone][-1][0]
    seen = {at for at, _ in offsets(ZoneInfo(zone), first - DAY, last + DAY)}
    assert {at for at, _ in database[zone]} <= seen


def test_rules_repeat_every_four_centuries():
    for zone in map(ZoneInfo, ZONES):
        for month in range(0, 24, 5):
            early, late = CALM[0] - YEAR + month * 31 * DAY, CALM[1] + month * 31 * DAY
            assert offset_at(zone, early - GREGORIAN) == offset_at(zone, early - 2 * GREGORIAN)
            assert offset_at(zone, late) == offset_at(zone, late + GREGORIAN)
            assert offset_at(zone, late) == offset_at(zone, late + 2 * GREGORIAN)


def test_the_ends_of_time_have_an_offset():
    for zone in map(ZoneInfo, ZONES):
        assert abs(offset_at(zone, LAST)) < DAY
