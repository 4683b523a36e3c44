"""The hours of the slow twin of service levels: which stretches are open, which date is which.

Calendars are plain data: `tz`, `weekly`, `holidays`, `dates` (hours of single dates), or
`replaced`: [old, at, new]. A `Hours` is one of them over a window of ticks; its open stretches
are found tick by tick, by `calendar_oracle`, once for a calendar. Instants may lie anywhere
between the ticks; beyond the window nothing is known, and such an instant is `BEYOND`.

Before this: `calendar_oracle`. Next: `sla_oracle`.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache

from oracles import calendar_oracle as hours

SECOND = 1_000_000
BEYOND = 10**18
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 86_400 * SECOND


def minutes(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def ranges(rows):
    return [(minutes(start), minutes(end)) for start, end in rows]


def plan(spec):
    """Return a calendar as the calendar twin reads it."""
    if "replaced" in spec:
        old, at, new = spec["replaced"]
        return ("replaced", plan(old), at, plan(new))
    return hours.Plan(
        zone=spec["tz"],
        weeks=[{WEEKDAYS.index(day): ranges(rows) for day, rows in spec["weekly"].items()}],
        holidays={date.fromisoformat(day) for day in spec.get("holidays", ())},
        dates={
            date.fromisoformat(day): ranges(rows) for day, rows in spec.get("dates", {}).items()
        },
    )


def in_ticks(spec, tick):
    """Return a calendar whose instants are ticks instead of microseconds."""
    if "replaced" in spec:
        old, at, new = spec["replaced"]
        return {"replaced": [in_ticks(old, tick), at // (tick * SECOND), in_ticks(new, tick)]}
    return spec


@lru_cache(maxsize=200)
def hours_of(text, first, last, tick):
    """Return the hours of a calendar, given as JSON text."""
    return Hours(json.loads(text), first, last, tick)


class Hours:
    """One calendar in a window: its open stretches, and the dates by its clock."""

    def __init__(self, spec, first, last, tick):
        self.first, self.last, self.unit = first, last, tick * SECOND
        window = hours.Window(first, last, tick)
        ticks = [*hours.open_ticks(plan(in_ticks(spec, tick)), window), False]
        self.spans, start = [], None
        for place, opened in enumerate(ticks):
            if opened and start is None:
                start = self.instant(place)
            elif not opened and start is not None:
                self.spans.append((start, self.instant(place)))
                start = None
        here = spec
        while "replaced" in here:
            here = here["replaced"][0]
        self.shown = [
            reading * SECOND
            for reading in window.readings(here["tz"])[first - window.first : last - window.first]
        ]
        self.dates, day = {}, 0  # a midnight that is shown twice begins its date once
        for place, reading in enumerate(self.shown):
            day = max(day, reading // DAY)
            opens = self.dates.setdefault(day, [None, None, place])
            if ticks[place]:
                opens[0] = self.instant(place) if opens[0] is None else opens[0]
                opens[1] = self.instant(place + 1)
        self.working = [day for day, (opens, _, _) in self.dates.items() if opens is not None]

    def instant(self, place):
        return (self.first + place) * self.unit

    def open_time(self, start, end):
        """Return the open time of [start, end)."""
        return sum(max(0, min(b, end) - max(a, start)) for a, b in self.spans)

    def next_open(self, at):
        return next((max(a, at) for a, b in self.spans if b > at), BEYOND)

    def local(self, at):
        """Return the date of an instant and the time of its clock."""
        place = at // self.unit - self.first
        day = max(day for day, (_, _, begins) in self.dates.items() if begins <= place)
        return day, self.shown[place] + at % self.unit - day * DAY

    def showing(self, day, wall):
        """Return the first instant at which the clock shows a reading, or a later one."""
        wanted = day * DAY + wall
        for place, shown in enumerate(self.shown):
            if shown + self.unit > wanted:
                return self.instant(place) + max(0, wanted - shown)
        return BEYOND

    def later(self, day, n):
        """Return the n-th working date after a date; None beyond the window."""
        found = [other for other in self.working if other > day]
        return day if n == 0 else found[n - 1] if len(found) >= n else None

    def landed(self, start, within):
        """Return where a number of working days leads."""
        if start == BEYOND or not self.instant(0) <= start < self.instant(len(self.shown)):
            return BEYOND
        n, rule = within["days"], within.get("rule")
        if rule is None:
            rule = "close_of_day" if within.get("end_of_day") else "clamp_to_hours"
        if n == 0 and rule == "close_of_day":
            opens = self.next_open(start)
            return BEYOND if opens == BEYOND else self.dates[self.local(opens)[0]][1]
        day, wall = self.local(start)
        if rule == "through_nth_date":
            left = day in self.working and start < self.dates[day][1]
            day = self.later(day, n - 1 if left else n)
            return BEYOND if day is None else self.dates[day][1]
        if rule == "keep_time_then_roll":
            day = self.later(day, n)
            return BEYOND if day is None else self.next_open(self.showing(day, wall))
        return self.begun(day, wall, n, rule)

    def begun(self, day, wall, n, rule):
        """Return where the rules lead that first leave a closed date."""
        if day not in self.working:
            day = self.later(day, 1)
            if day is not None and rule == "clamp_to_hours":
                wall = self.local(self.dates[day][0])[1]
        day = None if day is None else self.later(day, n)
        if day is None:
            return BEYOND
        opens, closes, _ = self.dates[day]
        if rule == "close_of_day":
            return closes
        same = self.showing(day, wall)
        return same if rule == "keep_time" else min(max(same, opens), closes)
