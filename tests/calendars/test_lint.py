"""What lint finds, each finding on a calendar that has just this flaw, and none on a sound one."""

from datetime import UTC, date, datetime

import pytest

from support_model import closures, opening_hours
from support_model.calendars import BusinessCalendar
from support_model.instants import Span
from support_model.reasons_ru import RUSSIAN

YEAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def weekly(hours, tz="UTC", **more):
    return BusinessCalendar.weekly(hours, tz=tz, **more)


def findings(calendar, window=YEAR):
    return [(reason.code, str(reason)) for reason in calendar.lint(*window)]


@pytest.mark.parametrize(
    ("calendar", "code", "says"),
    [
        (weekly({"mon-sun": "00:00-23:59"}), "ends_2359", "00:00-23:59 ends at 23:59"),
        (weekly({"mon-sun": "00:00-23:59:59"}), "ends_2359", "write 24:00"),
        (weekly({"mon": "09:00-12:00, 11:00-15:00"}), "overlap", "Monday 11:00-15:00 overlaps"),
        (weekly({"mon": "22:00-06:00, 23:00-23:30"}), "overlap", "Monday 23:00-23:30"),
        (weekly({"tue": "09:00-09:00"}), "whole_day_range", "means 24 hours"),
        (
            weekly({"sun": "02:15-02:45"}, tz="Europe/Berlin"),
            "swallowed_by_gap",
            "02:15-02:45 does not exist on 2026-03-29",
        ),
        (
            weekly({"mon-fri": "09:00-17:00"}, holidays={date(2025, 12, 25): "Christmas"}),
            "closures_end",
            "own closed dates are known for 2025, nothing is known for 2026",
        ),
        (
            weekly({"mon-fri": "09:00-17:00"}, dates={date(2026, 5, 1): "09:00-23:59"}),
            "ends_2359",
            "2026-05-01",
        ),
        (
            weekly({"mon-fri": "09:00-17:00"})
            - [Span(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))],
            "closed_for_long",
            "32 days",
        ),
        (
            weekly({}, dates={date(2026, 3, 2): "09:00-17:00"}),
            "never_opens",
            "Mon 2026-03-02 17:00",
        ),
    ],
)
def test_a_flaw_is_named(calendar, code, says):
    found = dict(findings(calendar))
    assert says in found[code]
    assert set(found) <= {code, "closed_for_long"}


OFFICE_HOURS = {"mon-fri": "09:00-17:00"}


def codes(closures_, start, end=None, **more):
    """The findings of office hours with some closures over the years from start to end."""
    calendar = weekly(OFFICE_HOURS, tz="Europe/Berlin", holidays=closures_, **more)
    window = (datetime(year, 1, 1, tzinfo=calendar.tz) for year in (start, (end or start) + 1))
    return [reason.code for reason in calendar.lint(*window)]


def country(code, *years):
    return closures.country(code, years=years)


YEARLY = closures.days({"12-31": "works holiday"}, years=range(2024, 2031))
NEW_YEAR = closures.recurring("FREQ=YEARLY", first=date(2024, 1, 2), last=date(2026, 12, 31))
UPKEEP = closures.recurring(
    "FREQ=MONTHLY;BYDAY=1SU", first=date(2024, 1, 1), last=date(2025, 12, 31), hours="02:00-04:00"
)


@pytest.mark.parametrize(
    ("known", "window", "expected"),
    [
        (country("DE", 2024, 2025) | YEARLY, (2026,), ["closures_end"]),
        (country("DE", 2024, 2026), (2025,), ["closures_end"]),
        (country("DE", 2024, 2026), (2024,), []),
        (country("DE", 2024, 2026), (2023, 2024), ["closures_end"]),
        (country("UA", *range(2021, 2027)), (2023,), []),
        (country("DE", *range(2024, 2031)) | country("AT", 2024), (2025,), ["closures_end"]),
        (country("DE", *range(2024, 2032)) | YEARLY, (2031,), ["closures_end"]),
        (country("DE", *range(2024, 2031)) | YEARLY, (2030,), []),
        (country("DE", 2024, 2025, 2026) | closures.days(["2024-06-14"]), (2026,), []),
        (closures.days(["2024-06-14"]), (2026,), ["closures_end"]),
        (NEW_YEAR, (2026,), []),
        (NEW_YEAR, (2027,), ["closures_end"]),
        (UPKEEP, (2025,), []),
        (UPKEEP, (2026,), ["closures_end"]),
        (country("DE", 2024, 2025) - closures.days(["2025-10-03"]), (2025,), []),
    ],
)
def test_each_dated_ingredient_is_compared_with_the_stretch(known, window, expected):
    assert codes(known, *window) == expected


def test_own_hours_and_breaks_are_compared_with_the_stretch():
    halves = {date(year, 12, 24): "09:00-12:00" for year in (2024, 2025)}
    assert codes(None, 2025, dates=halves) == []
    assert codes(None, 2026, dates=halves) == ["closures_end"]
    assert codes(None, 2026, breaks={"2025-06-01": "12:00-13:00"}) == ["closures_end"]
    assert codes(None, 2026, breaks={"mon": "12:00-13:00"}) == []
    summer = opening_hours.parse(
        "Mo-Fr 09:00-17:00; Jun-Aug Fr 09:00-13:00", tz="UTC", years=range(2024, 2027)
    )
    found = summer.lint(datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    assert [str(reason) for reason in found] == [
        "hours of single dates are known for 2024-2026, nothing is known for 2027"
    ]


def test_a_version_is_held_against_its_own_stretch_only():
    german = weekly(OFFICE_HOURS, tz="Europe/Berlin", holidays=country("DE", 2024))
    later = weekly(OFFICE_HOURS, tz="Europe/Berlin", holidays=country("DE", 2025, 2026))
    calendar = german.replaced(date(2025, 1, 1), later)
    assert findings(calendar, (datetime(2024, 1, 1, tzinfo=UTC), YEAR[1])) == []


def test_a_midnight_of_another_zone_begins_no_year():
    riyadh = weekly(OFFICE_HOURS, tz="Asia/Riyadh", holidays=country("SA", 2026))
    assert "closures_end" not in dict(findings(riyadh))


def test_estimated_holidays_are_named():
    emirates = weekly(OFFICE_HOURS, tz="Asia/Dubai", holidays=country("AE", 2030))
    window = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 12, 31, tzinfo=UTC)
    assert (
        "2030-02-04 Eid al-Fitr (estimated)"
        in dict(findings(emirates, window))["estimated_holidays"]
    )
    early = window[0], datetime(2030, 1, 31, tzinfo=UTC)
    assert findings(emirates, early) == []


def test_a_half_day_given_year_by_year_that_opens_a_saturday_is_named():
    halves = {date(year, 12, 24): "09:00-12:00" for year in range(2020, 2030)}
    assert codes(None, 2021, dates=halves) == []
    assert codes(None, 2022, dates=halves) == ["opens_closed_day"]
    eves = closures.recurring(
        "FREQ=YEARLY", first=date(2020, 12, 24), last=date(2029, 12, 24), hours="12:00-24:00"
    )
    assert codes(eves, 2022) == []
    assert codes(None, 2026, dates={date(2026, 3, 7): "09:00-12:00"}) == []  # one Saturday, meant


def test_weekdays_are_said_as_words():
    (flaw,) = weekly({"mon": "00:00-23:59"}).lint(*YEAR)
    assert str(flaw).startswith("Monday 00:00-23:59 ends at 23:59")
    assert flaw.text(RUSSIAN).startswith("понедельник 00:00-23:59")
    desk = weekly(OFFICE_HOURS)
    rows = desk.explain(datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert "weekly hours, Monday" in str(rows)
    assert "понедельник" in rows.text(RUSSIAN)
    less = BusinessCalendar.always() - desk
    rows = less.explain(datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert "исключено: часы работы" in rows.text(RUSSIAN)


def test_flaws_inside_combinations_are_found():
    flawed, sound = weekly({"mon": "00:00-23:59"}), weekly({"mon-fri": "09:00-17:00"})
    for calendar in (
        flawed | sound,
        sound & flawed,
        sound - flawed,
        flawed - [],
        sound.replaced(date(2026, 6, 1), flawed),
    ):
        assert "ends_2359" in dict(findings(calendar))


def test_sound_calendars_have_no_findings():
    holidays = {date(2026, 12, 25): "Christmas"}
    assert findings(weekly({"mon-fri": "09:00-12:00, 13:00-17:00"}, holidays=holidays)) == []
    assert findings(BusinessCalendar.always()) == []
    assert findings(weekly({"mon-sun": "22:00-06:00"}, tz="Europe/Berlin")) == []
