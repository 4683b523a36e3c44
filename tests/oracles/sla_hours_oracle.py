"""The hours of the slow twin of service levels: which ticks are open, which date is which.

Calendars are plain data: `tz`, `weekly`, `holidays`, `dates` (hours of single dates), or
`replaced`: [old, at, new]. A `Hours` is one of them over a window of ticks; beyond the window
nothing is known, and such an instant is `BEYOND`.

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
def open_ticks(text, first, last, tick):
    window = hours.Window(first, last, tick)
    return bytes(hours.open_ticks(plan(in_ticks(json.loads(text), tick)), window))


@lru_cache(maxsize=200)
def local_dates(zone, first, last, tick):
    """Return (date, reading) of each tick; a midnight shown twice begins its date once."""
    window = hours.Window(first, last, tick)
    shown = window.readings(zone)[first - window.first : last - window.first]
    found, day = [], 0
    for reading in shown:
        day = max(day, reading // 86_400)
        found.append((day, reading))
    return found


class Hours:
    """The ticks of one calendar in a window: which are open, which date each belongs to."""

    def __init__(self, spec, first, last, tick):
        self.first, self.last, self.tick = first, last, tick
        self.open = open_ticks(json.dumps(spec), first, last, tick)
        here = spec
        while "replaced" in here:
            here = here["replaced"][0]
        self.zone = here["tz"]

    @property
    def dates(self):
        return local_dates(self.zone, self.first, self.last, self.tick)

    def place(self, at):
        return at // (self.tick * SECOND) - self.first

    def instant(self, place):
        return (self.first + place) * self.tick * SECOND

    def open_places(self, day):
        return [i for i, (own, _) in enumerate(self.dates) if own == day and self.open[i]]

    def nth_date(self, start, n, end_of_day):
        """Return the instant n open dates on, at the same local time within that date's hours."""
        place = self.place(start)
        today, reading = self.dates[place]
        wall = reading - today * 86_400
        open_days = sorted({day for i, (day, _) in enumerate(self.dates) if self.open[i]})
        later = [day for day in open_days if day > today]
        if today not in open_days:
            if not later:
                return BEYOND
            opening = self.open_places(later[0])[0]
            wall = self.dates[opening][1] - later[0] * 86_400
            later = later[1:]
        if len(later) < n:
            return BEYOND
        day = later[n - 1]
        places = self.open_places(day)
        opens, closes = places[0], places[-1] + 1
        if end_of_day:
            return self.instant(closes)
        same = next(
            (i for i, (_, shown) in enumerate(self.dates) if shown >= day * 86_400 + wall), closes
        )
        return self.instant(min(max(same, opens), closes))
