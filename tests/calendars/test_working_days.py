"""Lengths in working days: each day rule by its name, and the end of the same business day."""

from datetime import UTC, datetime

import pytest
from english import english

from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import InvalidTarget
from support_model.instants import instant, micros

OFFICE = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="UTC")


def reached(within, text):
    start = micros(datetime.fromisoformat(text).replace(tzinfo=UTC))
    found = within.reached(OFFICE, start)
    return english(instant(found), "%a %H:%M")


@pytest.mark.parametrize(
    ("within", "wednesday", "friday_evening"),
    [
        (WorkingDays(1), "Thu 10:00", "Mon 18:00"),
        (WorkingDays(1, end_of_day=True), "Thu 18:00", "Mon 18:00"),
        (WorkingDays(0, end_of_day=True), "Wed 18:00", "Mon 18:00"),
        (WorkingDays(1, rule="keep_time"), "Thu 10:00", "Mon 20:00"),
        (WorkingDays(1, rule="keep_time_then_roll"), "Thu 10:00", "Tue 08:00"),
        (WorkingDays(1, rule="through_nth_date"), "Wed 18:00", "Mon 18:00"),
        (WorkingDays(1, rule="clamp_to_hours"), "Thu 10:00", "Mon 18:00"),
        (WorkingDays(1, rule="close_of_day"), "Thu 18:00", "Mon 18:00"),
    ],
)
def test_each_day_rule_by_its_name(within, wednesday, friday_evening):
    assert reached(within, "2026-03-04T10:00") == wednesday
    assert reached(within, "2026-03-06T20:00") == friday_evening


def test_the_end_of_the_same_business_day_is_of_the_first_open_minute():
    same_day = WorkingDays(0, end_of_day=True)
    assert reached(same_day, "2026-03-04T17:59") == "Wed 18:00"
    assert reached(same_day, "2026-03-04T18:00") == "Thu 18:00"
    assert reached(same_day, "2026-03-07T12:00") == "Mon 18:00"


@pytest.mark.parametrize(
    "given",
    [
        {"n": 0},
        {"n": -1, "end_of_day": True},
        {"n": 1, "rule": "soon"},
        {"n": 1, "end_of_day": True, "rule": "keep_time"},
    ],
)
def test_what_is_no_length_in_working_days(given):
    with pytest.raises(InvalidTarget):
        WorkingDays(**given)


def test_working_days_print_as_what_makes_them():
    for within in (WorkingDays(2), WorkingDays(1, rule="keep_time")):
        assert eval(repr(within), {"WorkingDays": WorkingDays}) == within  # noqa: S307 - its own text
