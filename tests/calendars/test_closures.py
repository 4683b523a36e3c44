"""Closures: holiday data, own dates, recurrence rules, and their sum."""

import json
import warnings
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._calendar.closures import LIMIT
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.closures import Closures, country, days, drift, recurring
from support_model.errors import (
    DataDrift,
    InvalidHours,
    InvalidRecurrence,
    InvalidValue,
    UnknownHolidays,
)
from support_model.reasons import ENGLISH
from support_model.reasons_ru import RUSSIAN

HOUR = timedelta(hours=1)
HOUR_US = 3_600_000_000
DAY = timedelta(days=1)
APRIL_27, NOVEMBER_2, DECEMBER_28 = (date(2024, *day) for day in ((4, 27), (11, 2), (12, 28)))

# The production calendars that Russia's ministry of labor publishes: working days of the year
# and hours of a 40-hour week, whose eves of public holidays are an hour shorter.
RUSSIAN_NORMS = [
    (2015, 247, 1971),
    (2016, 247, 1974),
    (2017, 247, 1973),
    (2018, 247, 1970),
    (2019, 247, 1970),
    (2020, 248, 1979),
    (2021, 247, 1972),
    (2022, 247, 1973),
    (2023, 247, 1973),
    (2024, 248, 1979),
    (2025, 247, 1972),
    (2026, 247, 1972),
]


def dates_of(rows):
    return [row[0] for row in rows]


@pytest.mark.parametrize(("year", "working_days", "working_hours"), RUSSIAN_NORMS)
def test_a_russian_year_has_its_official_days_and_hours(year, working_days, working_hours):
    cal = BusinessCalendar.weekly(
        {"mon-fri": "09:00-17:00"},
        tz="Europe/Moscow",
        holidays=country("RU", years=[year], eves=HOUR),
    )
    start, end = (datetime(y, 1, 1, tzinfo=cal.tz) for y in (year, year + 1))
    assert cal.working_days(date(year - 1, 12, 31), date(year, 12, 31)) == working_days
    assert cal.elapsed(start, end) == working_hours * HOUR


def test_working_saturdays_take_the_hours_of_the_day_they_were_swapped_with():
    russia = country("RU", years=[2024])
    assert [(day, weekday) for day, weekday, _ in russia.working] == [
        (APRIL_27, 0),  # for Monday 29 April
        (NOVEMBER_2, 1),  # for Tuesday 30 April
        (DECEMBER_28, 0),  # for Monday 30 December
    ]
    cal = BusinessCalendar.weekly(
        {"mon": "09:00-18:00", "tue-fri": "09:00-17:00"}, tz="Europe/Moscow", holidays=russia
    )
    assert cal.open_time_on(APRIL_27) == 9 * HOUR
    assert cal.open_time_on(NOVEMBER_2) == 8 * HOUR


def test_an_eve_is_the_date_directly_before_a_holiday_proper():
    russia = country("RU", years=[2024], eves=HOUR)
    assert {amount for _, amount, _ in russia.shortened} == {HOUR_US}
    assert [f"{day:%m-%d}" for day in dates_of(russia.shortened)] == [
        "02-22",
        "03-07",
        "05-08",
        "06-11",
        "11-02",  # worked instead of 30 April, the eve of 1 May
        "11-03",
    ]
    # 28 April precedes a mere day off, 30 April is one; 31 December is off itself
    assert not country("RU", years=[2024]).shortened


def test_a_substitute_for_a_weekend_holiday_has_no_eve():
    england = country("GB", years=[2021], subdivision="ENG", eves=HOUR)
    assert date(2021, 12, 27) in dates_of(england.holidays)
    assert [str(day) for day in dates_of(england.shortened) if day.month >= 8] == [
        "2021-08-29",
        "2021-12-24",
        "2021-12-31",
    ]


def test_an_eve_may_belong_to_a_holiday_of_the_next_year():
    germany = country("DE", years=[2024], eves=HOUR)
    assert (date(2024, 12, 31), HOUR_US, "New Year's Day") in germany.shortened


@pytest.mark.parametrize("code", ["RU", "DE", "US", "JP", "CN", "HU", "IL"])
def test_years_add_up(code):
    both = country(code, years=range(2020, 2024), eves=HOUR)
    parts = [country(code, years=[year], eves=HOUR) for year in range(2020, 2024)]
    total = parts[0] | parts[1] | parts[2] | parts[3]
    for rows in ("holidays", "working", "shortened"):
        assert getattr(both, rows) == getattr(total, rows)
        assert {day.year for day in dates_of(getattr(both, rows))} <= set(range(2020, 2024))
    assert not set(dates_of(both.holidays)) & set(dates_of((*both.working, *both.shortened)))


def test_parts_and_kinds_of_a_country():
    epiphany = date(2024, 1, 6)
    assert epiphany not in dates_of(country("DE", years=[2024]).holidays)
    assert epiphany in dates_of(country("DE", years=[2024], subdivision="BY").holidays)
    catholic = country("de", years=[2024], subdivision="BY", categories=["public", "catholic"])
    assert date(2024, 8, 15) in dates_of(catholic.holidays)
    assert dict(catholic.source) | {"data": ""} == {
        "data": "",
        "country": "DE",
        "subdivision": "BY",
        "categories": "catholic,public",
        "years": "2024",
        "eves": "0s",
    }


@pytest.mark.parametrize(
    ("arguments", "value", "remedy"),
    [
        ({"code": "XX"}, "XX", "ISO 3166"),
        ({"code": "DEUT"}, "DEUT", "DEU"),
        ({"code": "MON"}, "MON", "did you mean"),
        ({"code": "NYSE"}, "NYSE", "no holiday data for this country"),
        ({"code": ""}, "", "ISO 3166"),
        ({"code": "DE", "subdivision": "BAY"}, "BAY", "did you mean 'BY'"),
        ({"code": "VA", "subdivision": "X"}, "X", "leave it out"),
        ({"code": "DE", "categories": ["publik"]}, "publik", "did you mean 'public'"),
        ({"code": "DE", "categories": []}, "", "public"),
        ({"code": "DE", "years": [1871]}, 1871, "1991 to 2100"),
        ({"code": "DE", "years": range(2020, 9999)}, 9998, "1991 to 2100"),
    ],
)
def test_unknown_holiday_data_names_the_nearest(arguments, value, remedy):
    with pytest.raises(UnknownHolidays, match=remedy) as caught:
        country(arguments.pop("code"), **({"years": [2024]} | arguments))
    assert caught.value.value == value


@pytest.mark.parametrize("years", [[], ["2024"], [True], [0], [10_000], None, [2024.0]])
def test_years_are_calendar_years(years):
    with pytest.raises(InvalidValue):
        country("DE", years=years)


@pytest.mark.parametrize("eves", [-HOUR, 3600, None])
def test_eves_are_a_positive_duration(eves):
    with pytest.raises(InvalidValue):
        country("DE", years=[2024], eves=eves)


@pytest.mark.parametrize(
    ("given_dates", "expected"),
    [
        ([date(2024, 2, 29)], ["2024-02-29"]),
        (["2024-12-24", date(2024, 12, 24)], ["2024-12-24"]),
        (["2024-12-24/2024-12-26"], ["2024-12-24", "2024-12-25", "2024-12-26"]),
        (["12-24"], ["2023-12-24", "2024-12-24"]),
        (["02-29"], ["2024-02-29"]),
        (["02-28/02-29"], ["2023-02-28", "2024-02-28", "2024-02-29"]),
        (["02-29/03-01"], ["2023-03-01", "2024-02-29", "2024-03-01"]),
        (["02-29/02-29"], ["2024-02-29"]),
        (["12-31/01-01"], ["2023-12-31", "2024-01-01", "2024-12-31", "2025-01-01"]),
        ([], []),
    ],
)
def test_own_dates(given_dates, expected):
    found = days(given_dates, years=[2024, 2023], name="shut")
    assert [str(day) for day in dates_of(found.holidays)] == expected
    assert all(name == "shut" for _, name in found.holidays)
    yearly = [key for key in given_dates if isinstance(key, str) and len(key.split("/")[0]) == 5]
    assert found.source == ((("yearly", "2023,2024"),) if yearly else ())


def test_own_dates_with_names():
    found = days({"2024-12-24/2024-12-25": "winter", date(2024, 12, 24): "eve"})
    assert found.holidays == ((date(2024, 12, 24), "winter; eve"), (date(2024, 12, 25), "winter"))


@pytest.mark.parametrize(
    "given_dates",
    [
        "2024-12-24",
        None,
        5,
        [5],
        [None],
        [[]],
        [datetime(2024, 12, 24)],
        [datetime(2024, 12, 24, tzinfo=UTC)],
        ["24.12.2024"],
        ["2024-02-30"],
        ["2024-12-26/2024-12-24"],
        ["2024-01-01/2024-02-01/2024-03-01"],
        ["0001-01-01/9999-12-31"],
        ["12-24"],
        ["12-24/2024-12-26"],
        {"2024-12-24": None},
        {"2024-12-24": 5},
    ],
)
def test_what_is_no_date_is_refused(given_dates):
    with pytest.raises(InvalidValue):
        days(given_dates)


@pytest.mark.parametrize(
    "given_dates", [["13-01"], ["02-30"], ["12-24/2024-12-26"], ["12-31/13-01"]]
)
def test_what_is_no_yearly_date_is_refused(given_dates):
    with pytest.raises(InvalidValue):
        days(given_dates, years=[2024])


def test_a_yearly_range_cannot_leave_the_year_9999():
    with pytest.raises(InvalidValue):
        days(["12-31/01-01"], years=[9999])


@given(
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(1, 5),
    st.dates(date(1, 1, 8), date(9999, 1, 1)),
    st.integers(0, 400),
)
def test_weekly_rules_against_a_scan(weekdays, interval, first, length):
    names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    rule = f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={','.join(names[i] for i in sorted(weekdays))}"
    last = min(date.max, first + length * DAY) if length < (date.max - first).days else date.max
    monday = first.toordinal() - first.weekday()
    expected = [
        date.fromordinal(ordinal)
        for ordinal in range(first.toordinal(), last.toordinal() + 1)
        if (ordinal - 1) % 7 in weekdays and (ordinal - monday) // 7 % interval == 0
    ]
    assert dates_of(recurring(rule, first=first, last=last).holidays) == expected


@given(st.integers(1, 31), st.integers(1, 12), st.dates(date(1, 1, 1), date(9900, 1, 1)))
def test_yearly_rules_against_a_scan(day, month, first):
    last = first + 3660 * DAY
    expected = []
    for year in range(first.year, last.year + 1):
        try:
            when = date(year, month, day)
        except ValueError:
            continue
        if first <= when <= last:
            expected.append(when)
    rule = f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}"
    assert dates_of(recurring(rule, first=first, last=last).holidays) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=1SU", [7, 4, 3]),
        ("rrule:freq=monthly;byday=-1fr", [26, 23, 29]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", [31, 29, 29]),
        ("FREQ=MONTHLY;COUNT=2", [1, 1]),
        ("FREQ=MONTHLY;UNTIL=20240201", [1, 1]),
        ("FREQ=MONTHLY;UNTIL=20240201T235959Z", [1, 1]),
        ("FREQ=MONTHLY;UNTIL=20500101", [1, 1, 1]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", []),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", []),
        ("FREQ=DAILY;INTERVAL=999999999", [1]),
        ("FREQ=WEEKLY;INTERVAL=5", [1, 5, 11]),
    ],
)
def test_rules_in_the_first_quarter(rule, expected):
    found = recurring(rule, first=date(2024, 1, 1), last=date(2024, 3, 31))
    assert [day.day for day in dates_of(found.holidays)] == expected


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY;COUNT=3",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;BYHOUR=3",
        "FREQ=DAILY;BYEASTER=0",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=" + "9" * 5000,
        "FREQ=DAILY;COUNT=x",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTHDAY=",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
        "FREQ=DAILY\nEXDATE:20240101",
        "DTSTART:20240101T000000\nRRULE:FREQ=DAILY",
        "every monday",
        "BYDAY=MO",
        "",
        None,
    ],
)
def test_what_is_no_rule_of_dates_is_refused(rule):
    with pytest.raises(InvalidRecurrence):
        recurring(rule, first=date(2024, 1, 1), last=date(2024, 12, 31))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2024, 1, 2), date(2024, 1, 1)),
        (date(2024, 1, 1), date(2024, 1, 1) + LIMIT * DAY),
        (date(2024, 1, 1), None),
        (datetime(2024, 1, 1), date(2024, 2, 1)),
        ("2024-01-01", "2024-02-01"),
    ],
)
def test_a_rule_is_bounded(first, last):
    with pytest.raises(InvalidRecurrence):
        recurring("FREQ=DAILY", first=first, last=last)


def test_recurring_hours_are_breaks():
    upkeep = recurring(
        "FREQ=WEEKLY", first=date(2024, 1, 6), last=date(2024, 1, 13), hours="22:00-02:00"
    )
    assert upkeep.breaks == (
        (date(2024, 1, 6), 22 * HOUR_US, 26 * HOUR_US, ""),
        (date(2024, 1, 13), 22 * HOUR_US, 26 * HOUR_US, ""),
    )
    cal = BusinessCalendar.weekly({"mon-sun": "00:00-24:00"}, tz="UTC", holidays=upkeep)
    assert cal.open_time_on(date(2024, 1, 6)) == cal.open_time_on(date(2024, 1, 7)) == 22 * HOUR
    with pytest.raises(InvalidHours):
        recurring("FREQ=DAILY", first=date(2024, 1, 1), last=date(2024, 1, 2), hours="2-4")


def test_a_date_without_a_name_is_told_in_words_of_the_catalogue():
    """2026-04-02 is the eve of Good Friday; 4 April, a Saturday, is worked like a Monday."""
    own = Closures(
        working=[(date(2026, 4, 4), 0, "")],
        shortened=[(date(2026, 4, 8), HOUR_US, "")],
        breaks=[(date(2026, 4, 9), 12 * HOUR_US, 13 * HOUR_US, "")],
    )
    dates = country("DE", years=[2026], eves=HOUR) | days(["2026-04-07"]) | own
    cal = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC", holidays=dates)

    def told(catalogue):
        hours = {
            day: [datetime(2026, 4, day, n, tzinfo=UTC) for n in (10, 18)] for day in range(2, 10)
        }
        return {
            day: [row.reason.text(catalogue) for row in cal.explain(*edges)]
            for day, edges in hours.items()
        }

    english, russian = told(ENGLISH), told(RUSSIAN)
    assert english[2][1] == "outside the hours of a day shortened for Good Friday"
    assert english[3] == ["holiday: Good Friday"]
    assert english[7] == ["closed on this date"]
    assert russian[2][1] == "день сокращён по случаю: Good Friday"
    assert russian[4][0] == "рабочий день по расписанию на день «понедельник»"
    assert russian[7] == ["в эту дату закрыто"]
    assert russian[8][1] == "сокращённый день"
    assert russian[9][1] == "перерыв в эту дату"


some_dates = st.dates(date(2024, 1, 1), date(2024, 1, 6))
words = st.sampled_from(["a", "b", "c", "a; b", ""])


@st.composite
def some_closures(draw):
    """Draw closures of few dates, so that they collide."""
    return Closures(
        holidays=draw(st.dictionaries(some_dates, words, max_size=3)).items(),
        working=[
            (day, *row)
            for day, row in draw(
                st.dictionaries(some_dates, st.tuples(st.integers(0, 6), words), max_size=3)
            ).items()
        ],
        shortened=[
            (day, *row)
            for day, row in draw(
                st.dictionaries(some_dates, st.tuples(st.integers(1, 9), words), max_size=3)
            ).items()
        ],
        breaks=draw(
            st.lists(st.tuples(some_dates, st.just(1), st.integers(2, 9), words), max_size=3)
        ),
        source=draw(st.sampled_from([(), SOURCES[0], SOURCES[1]])),
    )


SOURCES = [
    (("data", "holidays 0.1"), ("country", code), ("categories", "public"), ("years", "2024"))
    for code in ("RU", "KZ")
]


def unnamed(closures):
    rows = (closures.holidays, closures.working, closures.shortened)
    named = [(*row[:-1], frozenset(row[-1].split("; ")) - {""}) for part in rows for row in part]
    return named, closures.breaks, frozenset(closures.source)


@given(some_closures(), some_closures(), some_closures())
def test_the_sum_of_closures(a, b, c):
    assert (a | b) | c == a | (b | c)
    assert unnamed(a | b) == unnamed(b | a)
    assert (a | b) | b == a | b
    total = a | b
    assert set(dates_of(total.holidays)) == {*dates_of(a.holidays), *dates_of(b.holidays)}
    assert not set(dates_of(total.working)) & set(dates_of(total.holidays))
    assert set(a.breaks) <= set(total.breaks)


@given(some_closures())
def test_data_reads_back(closures):
    data = json.loads(json.dumps(closures.to_data()))
    assert Closures.from_data(data) == closures
    assert hash(Closures.from_data(data)) == hash(closures)
    for rows in (closures.holidays, closures.working, closures.shortened):
        assert all(before < after for before, after in pairwise(dates_of(rows)))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"holiday": []},
        {5: []},
        {"holidays": "2024-01-01"},
        {"holidays": 5},
        {"holidays": ["2024-01-01"]},
        {"holidays": [5]},
        {"holidays": [[]]},
        {"holidays": [["2024-01-01"]]},
        {"holidays": [["2024-01-01", 5]]},
        {"holidays": [["01/01/2024", "x"]]},
        {"holidays": [["2024-01-01", ["x"]]]},
        {"holidays": [["2024-01-01", "a"], ["2024-01-01", "b"]]},
        {"working": [["2024-01-01", 7, "x"]]},
        {"working": [["2024-01-01", True, "x"]]},
        {"shortened": [["2024-01-01", 0, "x"]]},
        {"shortened": [["2024-01-01", 1.5, "x"]]},
        {"breaks": [["2024-01-01", 5, 5, "x"]]},
        {"breaks": [["2024-01-01", 0, 90_000_000_000_000, "x"]]},
        {"source": [["data"]]},
    ],
)
def test_unreadable_data_is_refused(data):
    with pytest.raises(InvalidValue):
        Closures.from_data(data)


def test_a_datetime_is_no_date_of_closures():
    with pytest.raises(InvalidValue):
        Closures(holidays=[(datetime(2024, 1, 1, tzinfo=UTC), "x")])
    with pytest.raises(TypeError):
        Closures() | {"2024-01-01"}


def test_stored_dates_that_still_hold_do_not_drift():
    stored = country("RU", years=range(2023, 2025), eves=HOUR) | days(["2024-06-14"])
    stored |= country("DE", years=[2024], subdivision="BE")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert drift(Closures.from_data(stored.to_data())) == ()
        assert drift(days(["2024-06-14"])) == ()


def test_drift_names_every_kind_of_difference():
    stored = country("RU", years=[2024], eves=HOUR)
    holidays = dict(stored.holidays)
    del holidays[date(2024, 5, 10)]
    old = Closures(
        holidays={**holidays, date(2024, 7, 1): "abolished"}.items(),
        working=stored.working[1:],
        shortened=stored.shortened[1:],
        source=[("data", "holidays 0.1"), *stored.source[1:]],
    )
    expected = (date(2024, 2, 22), APRIL_27, date(2024, 5, 10), date(2024, 7, 1))
    for closures in (old, old | days(["2024-06-14"]), days(["2024-06-14"]) | old):
        with pytest.warns(DataDrift, match=r"4 dates stored from holidays 0\.1 differ") as caught:
            assert drift(closures) == expected
        assert "2024-05-10" in str(caught[0].message)


@pytest.mark.parametrize(
    "changed", [{"years": "soon"}, {"years": ""}, {"eves": "1 day"}, {"eves": None}]
)
def test_a_source_that_cannot_be_asked_again(changed):
    source = dict(country("DE", years=[2024]).source) | changed
    with pytest.raises(InvalidValue):
        drift(Closures(source=[row for row in source.items() if row[1] is not None]))


def test_stored_dates_outlive_the_data_they_came_from():
    stored = country("DE", years=[2024])
    source = dict(stored.source) | {"years": "1871", "data": "holidays 0.1"}
    old = Closures(holidays=stored.holidays, source=source.items())
    with pytest.warns(DataDrift, match="cannot be compared"):
        assert drift(old) == ()


US = country("US", years=range(2026, 2028))


def quiet_drift(closures):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return drift(closures)


def test_all_holidays_but_these():
    """A bank observes a holiday on a Sunday, not one on a Saturday (Federal Reserve K.8)."""
    fridays = {d: n for d, n in US.holidays if n.endswith("(observed)") and d.weekday() == 4}
    bank = US - days(fridays)
    assert dict(bank.holidays) == {d: n for d, n in US.holidays if d not in fridays}
    assert quiet_drift(bank) == ()
    assert Closures.from_data(bank.to_data()) == bank
    desk = BusinessCalendar.weekly(
        {"mon-fri": "09:00-17:00"}, tz="America/New_York", holidays=bank
    )
    assert desk.open_time_on(date(2026, 7, 3)) == 8 * HOUR
    assert desk.open_time_on(date(2027, 7, 5)) == 0 * HOUR


def other_data(closures):
    """The same dates, stored from another version of the data."""
    source = [(k, "holidays 0.1" if k == "data" else v) for k, v in closures.source]
    return Closures.from_data(closures.to_data() | {"source": source})


def test_what_was_taken_out_does_not_drift_under_other_data():
    bank = US - days(["2026-07-03", "2026-01-02"])  # the second is no holiday anyway
    assert quiet_drift(other_data(bank)) == ()
    assert quiet_drift(other_data(bank - days(["2026-12-25"]))) == ()
    assert quiet_drift(other_data(bank | days(["2026-07-03"]))) == ()
    changed = Closures(holidays=bank.holidays[1:], source=other_data(bank).source)
    with pytest.warns(DataDrift, match="1 dates"):
        assert drift(changed) == (date(2026, 1, 1),)


def test_nothing_drifts_under_the_data_it_was_stored_from():
    some = Closures(holidays=US.holidays[3:], source=US.source)
    assert quiet_drift(some) == ()


def test_taking_out_reaches_working_dates_eves_and_breaks():
    russia = country("RU", years=[2024], eves=HOUR)
    kept = russia - days(["2024-04-27", "2024-05-08"])
    assert APRIL_27 in dates_of(russia.working)
    assert APRIL_27 not in dates_of(kept.working)
    assert date(2024, 5, 8) in dates_of(russia.shortened)
    assert date(2024, 5, 8) not in dates_of(kept.shortened)
    assert quiet_drift(other_data(kept)) == ()
    own = days(["2024-06-14", "2024-06-15"]) - days(["2024-06-14"])
    assert dates_of(own.holidays) == [date(2024, 6, 15)]
    with pytest.raises(InvalidValue, match="only whole dates"):
        russia - recurring("FREQ=DAILY", first=APRIL_27, last=APRIL_27, hours="02:00-04:00")
    with pytest.raises(TypeError):
        russia - ["2024-06-14"]


def test_a_table_of_holidays_without_years_is_not_read_as_no_holidays():
    lazy, asked = holidays.US(), holidays.US(years=2026)
    for table in (lazy, holidays.US() + holidays.CA()):
        for read in (
            days,
            lambda given: BusinessCalendar.weekly({}, tz="UTC", holidays=given),
        ):
            with pytest.raises(InvalidValue, match="hold no dates yet"):
                read(table)
    assert dates_of(days(asked).holidays) == sorted(asked)


def test_integers_of_numpy_are_integers():
    np = pytest.importorskip("numpy")
    assert country("DE", years=np.arange(2024, 2026)) == country("DE", years=[2024, 2025])
    working = [(APRIL_27, np.int64(0), "x")]
    assert Closures(working=working) == Closures(working=[(APRIL_27, 0, "x")])
    cal = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
    start = date(2026, 1, 9)
    assert WorkingDays(np.int64(2)) == WorkingDays(2)
    assert type(WorkingDays(np.int64(2)).n) is int
    assert cal.add_days(start, np.int8(2), rule="keep_time") == date(2026, 1, 13)
    for wrong in (np.float64(2), 2.0, np.bool_(True), True, "2", None):  # noqa: FBT003
        with pytest.raises(InvalidValue):
            cal.add_days(start, wrong, rule="keep_time")
