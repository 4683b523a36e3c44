"""What people reported of calendars in other products, asked of ours: one test a report."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from support_model import closures, opening_hours
from support_model.calendars import BusinessCalendar
from support_model.closures import Closures

HOUR = timedelta(hours=1)
weekly = BusinessCalendar.weekly
OFFICE = {"mon-fri": "09:00-17:00"}


def at(calendar, text):
    return datetime.fromisoformat(text).replace(tzinfo=calendar.tz)


def hours_on(calendar, *days):
    return [calendar.open_time_on(day) / HOUR for day in days]


def test_one_weekday_only():
    """osTicket/osTicket#6739: ten hours from a Wednesday take two Tuesdays."""
    tuesdays = weekly({"tue": "08:00-17:00"}, tz="America/Chicago")
    assert tuesdays.add(at(tuesdays, "2024-08-07T10:00"), 10 * HOUR) == at(
        tuesdays, "2024-08-20T09:00"
    )
    assert tuesdays.working_days(date(2024, 7, 31), date(2024, 8, 31)) == 4


def test_make_up_workdays():
    """zendesk/biz#142: Sunday 28 April 2019 was worked in China for a day off in May."""
    desk = weekly(
        {"mon-fri": "07:40-11:30,12:30-16:40"},
        tz="Asia/Shanghai",
        holidays=closures.country("CN", years=[2019]),
    )
    asked = ("2019-04-28T10:00", "2019-04-29T10:00", "2019-05-01T10:00")
    assert [desk.is_open(at(desk, text)) for text in asked] == [True, True, False]
    assert desk.elapsed(at(desk, "2019-04-28T00:00"), at(desk, "2019-04-30T00:00")) == 16 * HOUR


def test_a_holiday_is_a_local_date():
    """fivetran/dbt_zendesk#117: east of UTC it begins on the day before."""
    tokyo = weekly({"mon-sun": "00:00-24:00"}, tz="Asia/Tokyo", holidays=["2023-09-18"])
    start = datetime(2023, 9, 17, tzinfo=UTC)
    assert tokyo.next_close(start) == start + 15 * HOUR
    assert tokyo.next_opening(start) == start + 39 * HOUR


def test_hours_of_one_date_concern_that_date_only():
    """janizde/WP-Opening-Hours#72."""
    hours = {"mon-thu": "07:30-00:00", "fri": "07:30-18:00", "sat": "12:00-18:00"}
    bar = weekly(hours, tz="America/Chicago", dates={date(2017, 5, 29): "12:00-00:00"})
    assert bar.is_open(at(bar, "2017-05-30T09:00"))
    assert not bar.is_open(at(bar, "2017-05-29T09:00"))


def test_the_next_opening_skips_good_friday():
    """opening-hours/opening_hours.js#222 and #304."""
    shop = opening_hours.parse(
        "Mo-Fr 08:00-15:30; Sa 08:00-12:00; PH closed",
        tz="Europe/Bratislava",
        closures=closures.country("SK", years=[2017]),
    )
    assert shop.next_open(at(shop, "2017-04-13T15:33")) == at(shop, "2017-04-15T08:00")


def test_summer_fridays():
    """arteria/django-openinghours#17."""
    years = range(2024, 2029)
    desk = opening_hours.parse(
        "Mo-Fr 09:00-17:00; Jun-Aug Fr 09:00-13:00",
        tz="America/New_York",
        years=years,
        closures=closures.country("US", years=years),
    )
    asked = (date(2026, 7, 10), date(2026, 9, 4), date(2026, 7, 3))
    assert hours_on(desk, *asked) == [4, 8, 0]


def test_a_half_day_shortens_a_working_day_and_opens_no_saturday():
    """azuyalabs/yasumi#208. Hours of a date are another thing: they open whatever day it is."""
    eve = closures.recurring(
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
        first=date(2020, 1, 1),
        last=date(2029, 12, 31),
        hours="12:00-24:00",
    )
    asked = [date(year, 12, 24) for year in (2021, 2022)]
    assert hours_on(weekly(OFFICE, tz="Europe/Berlin", holidays=eve), *asked) == [3, 0]
    given = weekly(OFFICE, tz="Europe/Berlin", dates=dict.fromkeys(asked, "09:00-12:00"))
    assert hours_on(given, *asked) == [3, 3]
    (finding,) = given.lint(at(given, "2022-01-01T00:00"), at(given, "2023-01-01T00:00"))
    assert finding.code == "opens_closed_day"


def test_a_holiday_of_some_hours():
    """vacanza/holidays#20: in South Australia 24 and 31 December are holidays from 19:00."""
    eve = closures.recurring(
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24,31",
        first=date(2026, 1, 1),
        last=date(2026, 12, 31),
        hours="19:00-24:00",
    )
    public = closures.country("AU", subdivision="SA", years=[2026])
    desk = weekly({"mon-sun": "00:00-24:00"}, tz="Australia/Adelaide", holidays=public | eve)
    assert hours_on(desk, *(date(2026, 12, day) for day in (24, 25, 31))) == [19, 0, 19]


def test_a_bank_of_the_federal_reserve():
    """enova/business_calendar#34: a holiday on a Saturday is not observed on Friday."""
    us = closures.country("US", years=range(2026, 2028))
    fridays = [d for d, n in us.holidays if n.endswith("(observed)") and d.weekday() == 4]
    kept = [(d, n) for d, n in us.holidays if d not in fridays]
    for bank in (us - closures.days(fridays), Closures(holidays=kept, source=us.source)):
        desk = weekly(OFFICE, tz="America/New_York", holidays=bank)
        assert hours_on(desk, date(2026, 7, 3), date(2027, 7, 5)) == [8, 0]
        assert closures.drift(bank) == ()


def test_a_working_day_after_a_weekend():
    """date-fns/date-fns#1584 and #1628: both readings are rules."""
    desk = weekly(OFFICE, tz="UTC")
    saturday = date(2020, 1, 11)
    assert desk.add_days(saturday, 1, rule="keep_time_then_roll") == date(2020, 1, 13)
    assert desk.add_days(saturday, 1, rule="keep_time") == date(2020, 1, 14)
    assert desk.add_days(date(2019, 8, 18), -5, rule="keep_time_then_roll") == date(2019, 8, 12)


@pytest.mark.parametrize(
    ("tz", "holidays", "start", "end", "expected"),
    [
        ("UTC", None, date(2019, 7, 20), date(2019, 7, 28), 5),
        ("UTC", None, date(2019, 7, 27), date(2019, 7, 28), 0),
        ("Europe/Paris", ["2021-07-22"], date(2021, 7, 20), date(2021, 7, 24), 2),
        ("Europe/Paris", ["2021-07-22"], date(2021, 7, 20), date(2021, 7, 22), 1),
        ("Europe/London", "ENG", date(2018, 7, 31), date(2018, 8, 31), 22),
    ],
)
def test_working_days_between_dates_that_are_none(tz, holidays, start, end, expected):
    """date-fns#1268, moment-business-days#96, workalendar#323: (start, end]."""
    if holidays == "ENG":
        holidays = closures.country("GB", subdivision="ENG", years=[2018])
    assert weekly(OFFICE, tz=tz, holidays=holidays).working_days(start, end) == expected


def test_hours_added_over_a_holiday():
    """pandas-dev/pandas#16867 and #23542."""
    us = weekly(OFFICE, tz="America/New_York", holidays=closures.country("US", years=[2014]))
    assert us.add(at(us, "2014-01-17T15:00"), 8 * HOUR) == at(us, "2014-01-21T15:00")
    six = weekly({"mon-sat": "08:00-17:00"}, tz="UTC", holidays=["2018-11-09"])
    assert six.add(at(six, "2018-11-08T08:00"), 10 * HOUR) == at(six, "2018-11-10T09:00")


def test_a_reminder_at_the_start_of_the_office_in_two_working_days():
    """OTRS/otrs#780."""
    office = weekly({"mon-fri": "08:00-17:00"}, tz="Europe/Berlin")
    day = office.add_days(date(2015, 10, 15), 2, rule="keep_time")
    assert office.next_open(office.resolve(day, "00:00")) == at(office, "2015-10-19T08:00")


def test_a_target_of_minutes_from_an_odd_second():
    """fivetran/dbt_zendesk#142: nothing is rounded."""
    desk = weekly({"mon-fri": "14:30-23:30"}, tz="UTC")
    start = at(desk, "2023-10-17T14:51:01")
    assert desk.add(start, timedelta(minutes=540)) == at(desk, "2023-10-18T14:51:01")


def test_a_container_without_a_zone_database():
    code = "from support_model import BusinessCalendar as B; B.always('Europe/Berlin')"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    try:
        import tzdata  # noqa: F401, PLC0415 - where it is installed, the zone is found
    except ModuleNotFoundError:
        assert "pip install tzdata" in told.splitlines()[-1]
    else:
        assert not told


ROTATIONS = [
    [(53, "mon"), (52, "tue"), (51, "mon")],
    [(7, "mon"), (11, "wed"), (13, "fri"), (17, "sun")],
]


@pytest.mark.parametrize("weeks", ROTATIONS, ids=str)
@pytest.mark.parametrize(
    "zones", [("Europe/Berlin",), ("Europe/Berlin", "America/New_York")], ids=str
)
def test_rotations_of_coprime_weeks_that_never_meet(weeks, zones):
    """Proven from the weeks: no walk over the eight thousand years of their common cycle."""
    made = [
        BusinessCalendar.rotating(
            [{day: "09:00-12:00"}, *[{}] * (n - 1)],
            anchor=date(2024, 1, 1),
            tz=zones[i % len(zones)],
        )
        for i, (n, day) in enumerate(weeks)
    ]
    calendar = made[0]
    for other in made[1:]:
        calendar &= other
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert calendar.next_open(start) is None
    assert calendar.prev_open(start) is None
    assert calendar.elapsed(start, datetime(9999, 1, 1, tzinfo=UTC)) == timedelta(0)


def test_rotations_of_coprime_weeks_meet_where_their_weeks_do():
    one, other = (
        BusinessCalendar.rotating(
            [{"mon": "09:00-12:00"}, *[{}] * (n - 1)],
            anchor=date(2024, 1, 1) + timedelta(weeks=n % 2),
            tz="Europe/Berlin",
        )
        for n in (6, 11)
    )
    first = (one & other).next_open(datetime(2024, 1, 2, tzinfo=UTC))
    weeks = (first.date() - date(2024, 1, 1)).days // 7
    assert weeks % 6 == 0
    assert weeks % 11 == 1
    assert weeks < 66
