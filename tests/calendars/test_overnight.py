"""Which date a range over midnight belongs to: each local date its part, or where it begins."""

from datetime import date, datetime, timedelta

import pytest

from support_model import closures, opening_hours
from support_model.calendars import BusinessCalendar
from support_model.closures import Closures
from support_model.errors import InvalidHours, InvalidValue
from support_model.testing import SlowCalendar, check_calendar

MAY_DAY = date(2026, 5, 1)  # a Friday
HOUR = timedelta(hours=1)


def nights(overnight, **more):
    return BusinessCalendar.weekly(
        {"mon-fri": "22:00-06:00"}, tz="Europe/Berlin", overnight=overnight, **more
    )


def shifts(calendar, first=date(2026, 4, 29), days=5):
    start, end = (calendar.resolve(first + timedelta(days=n), "12:00") for n in (0, days))
    return [
        f"{span.start:%d} {span.start:%H:%M}-{span.end:%H:%M}"
        for span in calendar.periods(start, end)
    ]


def test_a_holiday_closes_its_date_or_cancels_the_shift_that_begins_on_it():
    holiday = {"holidays": {MAY_DAY: "May Day"}}
    assert shifts(nights("date", **holiday)) == [
        "29 22:00-06:00",
        "30 22:00-00:00",
        "02 00:00-06:00",
    ]
    assert shifts(nights("start", **holiday)) == ["29 22:00-06:00", "30 22:00-06:00"]


def test_without_exceptions_the_two_are_one():
    assert nights("date").fingerprint == nights("start").fingerprint
    assert shifts(nights("date")) == shifts(nights("start"))


def test_own_hours_and_working_dates_begin_on_their_date():
    own = nights("start", dates={MAY_DAY: "20:00-02:00"})
    assert shifts(own)[1:] == ["30 22:00-06:00", "01 20:00-02:00"]
    saturday = Closures(working=[(date(2026, 5, 2), 0, "worked")])
    assert shifts(nights("start", holidays=saturday))[-1] == "02 22:00-06:00"
    short = Closures(shortened=[(MAY_DAY, 3_600_000_000, "eve")])
    assert shifts(nights("start", holidays=short))[-1] == "01 22:00-05:00"


def test_breaks_stay_on_their_local_date():
    rest = nights("start", breaks={"sat": "02:00-03:00"})
    assert shifts(rest)[-2:] == ["01 22:00-02:00", "02 03:00-06:00"]


def test_the_cancelled_night_says_which_holiday_cancelled_it():
    calendar = nights("start", holidays={MAY_DAY: "May Day"})
    night = calendar.resolve(date(2026, 5, 2), "00:00")
    rows = calendar.explain(night, night + 8 * HOUR)
    assert [(str(row.reason), f"{row.end:%H:%M}") for row in rows] == [
        ("holiday: May Day", "06:00"),
        ("outside the hours", "08:00"),
    ]


def test_it_is_kept_as_data_and_checked():
    calendar = nights("start", holidays={MAY_DAY: "May Day"})
    assert calendar.to_data()["overnight"] == "start"
    assert BusinessCalendar.from_data(calendar.to_data()) == calendar
    assert "overnight" not in nights("date").to_data()
    assert calendar != nights("date", holidays={MAY_DAY: "May Day"})
    for wrong in ("begin", None, 1):
        with pytest.raises(InvalidHours, match="anchor of overnight"):
            nights(wrong)
    with pytest.raises(InvalidValue):
        BusinessCalendar.from_data(calendar.to_data() | {"overnight": "begin"})


def test_its_text_reads_back_as_the_same_hours():
    calendar = nights("start", holidays=closures.days(["2026-05-01", "2026-12-24"]))
    text = opening_hours.text(calendar)
    again = opening_hours.parse(text, tz="Europe/Berlin")
    assert again.fingerprint == calendar.fingerprint


def test_it_keeps_all_laws_and_agrees_with_its_oracle():
    calendar = BusinessCalendar.rotating(
        [{"mon-fri": "22:00-06:00"}, {"sat-sun": "18:00-09:00"}],
        anchor=date(2026, 1, 5),
        tz="Europe/Berlin",
        holidays=closures.country("DE", years=range(2024, 2027), eves=2 * HOUR),
        dates={date(2026, 3, 28): "23:00-04:00", date(2026, 3, 29): "closed"},
        breaks={"mon-sun": "01:30-02:30"},
        overnight="start",
    )
    check_calendar(calendar, against=SlowCalendar.of(calendar))
    start = datetime(2026, 12, 23, tzinfo=calendar.tz)
    assert calendar.next_close(start) is not None
