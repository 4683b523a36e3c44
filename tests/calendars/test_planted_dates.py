"""Which date an instant has where a zone repeats or leaves out midnights, and bugs in that."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from planted import Bug

from support_model._calendar.day_rules import Dates
from support_model._time import local_date
from support_model.calendars import BusinessCalendar

HOUR = 3_600_000_000
TURNS = (  # the date around which the zone's clock is turned, and by how much
    ("America/St_Johns", date(2010, 11, 7)),  # back over midnight, by an hour
    ("Pacific/Kwajalein", date(1969, 9, 30)),  # back by 23 hours: the date is repeated
    ("America/Sitka", date(1867, 10, 18)),  # back by a day
    ("Pacific/Apia", date(2011, 12, 30)),  # forward by a day: there is no such date
    ("Europe/Berlin", date(2024, 10, 27)),  # back, far from any midnight
)


def dates_of(zone):
    calendar = BusinessCalendar.weekly({"mon-sun": "00:00-24:00"}, tz=zone)
    return Dates(ZoneInfo(zone), calendar.timeline)


def test_a_date_lasts_from_its_first_midnight_to_the_next_one():
    for zone, turned in TURNS:
        dates, middle = dates_of(zone), turned.toordinal()
        midnights = {day: dates.midnight(day) for day in range(middle - 4, middle + 5)}
        probes = {
            edge + step
            for edge in midnights.values()
            for step in (-1, 0, 1, *(k * HOUR for k in range(-30, 31)))
        }
        for t in sorted(probes):
            begun = [day for day, begins in midnights.items() if begins <= t]
            if begun and begun[-1] < middle + 4:
                assert dates.at(t) == begun[-1], (zone, t)


def test_a_midnight_is_the_first_instant_that_shows_its_date_or_a_later_one():
    for zone, turned in TURNS:
        dates = dates_of(zone)
        for day in range(turned.toordinal() - 2, turned.toordinal() + 3):
            begins = dates.midnight(day)
            assert local_date(dates.tz, begins) >= day
            assert local_date(dates.tz, begins - 1) < day


BUGS = (
    Bug(
        "_calendar.day_rules:Dates.at",
        "if offset_at(self.tz, t - DAY) <= offset:",
        "if True:",
        test_a_date_lasts_from_its_first_midnight_to_the_next_one,
    ),
    Bug(
        "_calendar.day_rules:Dates.at",
        "t - DAY",
        "t - DAY // 24",
        test_a_date_lasts_from_its_first_midnight_to_the_next_one,
    ),
    Bug(
        "_time:rising",
        "return max(since, wall - offset)",
        "return wall - offset",
        test_a_midnight_is_the_first_instant_that_shows_its_date_or_a_later_one,
    ),
    Bug(
        "_time:rising",
        "while wall >= ends[i]:",
        "while wall > ends[i]:",
        test_a_midnight_is_the_first_instant_that_shows_its_date_or_a_later_one,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
