"""What lint finds, each finding on a calendar that has just this flaw, and none on a sound one."""

from datetime import UTC, date, datetime

import pytest

from support_model.calendars import BusinessCalendar
from support_model.instants import Span

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
        (weekly({"mon": "09:00-12:00, 11:00-15:00"}), "overlap", "mon 11:00-15:00 overlaps"),
        (weekly({"mon": "22:00-06:00, 23:00-23:30"}), "overlap", "mon 23:00-23:30"),
        (weekly({"tue": "09:00-09:00"}), "whole_day_range", "means 24 hours"),
        (
            weekly({"sun": "02:15-02:45"}, tz="Europe/Berlin"),
            "swallowed_by_gap",
            "02:15-02:45 does not exist on 2026-03-29",
        ),
        (
            weekly({"mon-fri": "09:00-17:00"}, holidays={date(2025, 12, 25): "Christmas"}),
            "closures_end",
            "end on 2025-12-25",
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
        (weekly({}, dates={date(2026, 3, 2): "09:00-17:00"}), "never_opens", "2026-03-02T17:00"),
    ],
)
def test_a_flaw_is_named(calendar, code, says):
    found = dict(findings(calendar))
    assert says in found[code]
    assert set(found) <= {code, "closed_for_long"}


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
