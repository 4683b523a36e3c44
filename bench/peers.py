"""How each library is asked for the open time of Mon-Fri 09:00-17:00 with 22 holidays a year.

Every entry makes a function of two datetimes that returns seconds. `AWARE` ones are given aware
datetimes; `NAIVE` ones know no zones and are given the same instants as local wall times, with
the conversion not timed. A library that is not installed is left out and named.
"""

# ruff: noqa: PLC0415 - a peer is imported when it is asked, so that a missing one is left out

from datetime import date, datetime, time, timedelta
from importlib.metadata import version

import numpy as np

from support_model import BusinessCalendar

ZONE = "Europe/Berlin"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def ours(holidays):
    calendar = office(holidays)
    return lambda start, end: calendar.elapsed(start, end).total_seconds()


def office(holidays, hours="09:00-17:00"):
    return BusinessCalendar.weekly({"mon-fri": hours}, tz=ZONE, holidays=holidays)


def bizdurr(holidays):
    from bizdurr import BusinessDuration

    day = {"start": "09:00", "end": "17:00"}
    rule = BusinessDuration(dict.fromkeys(WEEKDAYS, day), ZONE, holidays)
    return lambda start, end: rule.calculate(start, end).total_seconds()


def businesstimedelta(holidays):
    import businesstimedelta as peer
    import pytz

    zone = pytz.timezone(ZONE)
    days = peer.WorkDayRule(
        start_time=time(9), end_time=time(17), working_days=[0, 1, 2, 3, 4], tz=zone
    )
    off = peer.HolidayRule(dict.fromkeys(holidays, "off"), tz=zone)
    rules = peer.Rules([days, off])
    return lambda start, end: rules.difference(start, end).timedelta.total_seconds()


def opening_hours_py(holidays):
    from zoneinfo import ZoneInfo

    from opening_hours import OpeningHours, State

    off = ",".join(f"{day:%Y %b %d}" for day in holidays)
    rule = OpeningHours(f"Mo-Fr 09:00-17:00; {off} off", timezone=ZoneInfo(ZONE))

    def elapsed(start, end):
        spans = rule.intervals(start, end)
        return sum(
            (min(b, end) - max(a, start)).total_seconds()
            for a, b, state, _ in spans
            if state == State.OPEN
        )

    return elapsed


def business_duration(holidays):
    from business_duration import businessDuration

    off = dict.fromkeys(holidays, "off")
    return lambda start, end: businessDuration(
        start, end, time(9), time(17), holidaylist=off, unit="sec"
    )


def businesstime(holidays):
    from businesstime import BusinessTime

    rule = BusinessTime((time(9), time(17)), holidays=set(holidays))

    def elapsed(start, end):
        found = rule.businesstimedelta(start, end)  # a day of it is eight hours
        return found.days * 8 * 3600 + found.seconds

    return elapsed


def timegrid(holidays):
    calendar = _timegrid(holidays)
    return lambda start, end: calendar.get_working_duration(start, end).total_seconds()


def timegrid_compiled(holidays):
    first, last = min(holidays), max(holidays)
    line = _timegrid(holidays).compile(datetime(first.year, 1, 1), datetime(last.year + 1, 1, 1))
    return lambda start, end: line.get_working_duration(start, end).total_seconds()


def _timegrid(holidays):
    from timegrid import TimeGridCalendar

    calendar = TimeGridCalendar.weekdays(time(9), time(17))
    for day in holidays:
        calendar = calendar.close(day)
    return calendar


def pandas_business_hours(holidays):
    import pandas as pd

    hour = pd.offsets.CustomBusinessHour(start="09:00", end="17:00", holidays=holidays)
    return lambda start, end: 3600 * (len(pd.date_range(start, end, freq=hour)) - 1)


AWARE = {
    "bizdurr": bizdurr,
    "businesstimedelta": businesstimedelta,
    "opening-hours-py": opening_hours_py,
}
NAIVE = {
    "business-duration": business_duration,
    "businesstime": businesstime,
    "timegrid": timegrid,
    "timegrid, compiled": timegrid_compiled,
    "pandas, whole hours": pandas_business_hours,
}
PACKAGES = {"pandas, whole hours": "pandas", "timegrid, compiled": "timegrid"}


def installed(names):
    """Return the version of each named peer; None where it is absent."""
    found = {}
    for name in names:
        try:
            found[name] = version(PACKAGES.get(name, name))
        except ImportError:
            found[name] = None
    return found


def busday_recipe(starts, ends, days, opens, closes):
    """Return open microseconds as NumPy experts count them: local wall times, whole days.

    `days` is a np.busdaycalendar, so the holidays are sorted once and not in each call.
    """
    day = 86_400_000_000
    first, last = starts // day, ends // day
    dates = first.astype("datetime64[D]"), last.astype("datetime64[D]")
    whole = np.busday_count(*dates, busdaycal=days)
    before, after = (np.is_busday(d, busdaycal=days) for d in dates)
    return (
        whole * (closes - opens)
        - before * (np.clip(starts - first * day, opens, closes) - opens)
        + after * (np.clip(ends - last * day, opens, closes) - opens)
    )


def public_days(first, last, rng):
    """Return 22 weekdays of each year, sorted, by the generator given."""
    days = []
    for year in range(first, last + 1):
        start = date(year, 1, 1)
        year_days = (start + timedelta(i) for i in range(365))
        weekdays = [day for day in year_days if day.weekday() < 5]
        days += sorted(rng.sample(weekdays, 22))
    return days
