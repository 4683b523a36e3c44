"""The slow twin of the day rules: dates are looked up in a list of ticks, one after the other.

It is given, for every tick of a window, whether it is open and what the local clock shows, and
knows nothing of the library. A date begins with the first tick that shows it or a later one, so
a midnight that is shown twice begins its date once. What the window cannot tell is None.

Before this: `calendar_oracle`. Next: `tests/calendars/test_day_rules.py`.
"""

DAY = 86_400


class Days:
    """The dates of a window of ticks."""

    def __init__(self, opened, shown):
        self.opened, self.shown, self.dates, latest = opened, shown, [], 0
        for reading in shown:
            latest = max(latest, reading // DAY)
            self.dates.append(latest)
        self.known, self.spans = range(self.dates[0] + 1, self.dates[-1]), {}
        for place, day in enumerate(self.dates):
            if opened[place]:
                self.spans[day] = (self.spans.get(day, (place,))[0], place + 1)
        self.working = sorted(self.spans.keys() & set(self.known))

    def hours(self, day):
        """Return the ticks of the first opening and the last close."""
        return self.spans.get(day)

    def resolved(self, day, wall):
        """Return the first tick that shows a reading of a date, or later."""
        found = (i for i, shown in enumerate(self.shown) if shown >= day * DAY + wall)
        return next(found, None)

    def step(self, day, n):
        """Return the n-th working date after a date, before it if negative."""
        if day is None or n == 0:
            return day
        later = [other for other in self.working if other > day]
        earlier = [other for other in self.working if other < day]
        found = later[n - 1 : n] if n > 0 else earlier[n:][:1] if len(earlier) >= -n else []
        return found[0] if found else None

    def rolled(self, place, side):
        """Return the next open tick from a place on; going back, the last instant open before."""
        if side > 0:
            ahead = (i for i in range(place, len(self.opened)) if self.opened[i])
            return next(ahead, None)
        behind = (i + 1 for i in range(place - 1, -1, -1) if self.opened[i])
        return next(behind, None)

    def answer(self, place, n, rule):
        """Return the tick that a rule reaches from a tick."""
        today, side = self.dates[place], -1 if n < 0 else 1
        wall = self.shown[place] - today * DAY
        if n == 0 and rule in ("keep_time", "through_nth_date"):
            return place
        if n == 0 and rule == "close_of_day":
            n, rule = 1, "through_nth_date"
        if rule == "keep_time_then_roll":
            day = self.step(today, n)
            landed = None if day is None else self.resolved(day, wall)
            return None if landed is None else self.rolled(landed, side)
        if rule == "through_nth_date":
            hours = self.hours(today)
            left = hours and (place < hours[1] if side > 0 else hours[0] < place)
            return self.end(self.step(today, n - side if left else n), side)
        return self.begun(today, wall, n, rule)

    def begun(self, today, wall, n, rule):
        """Return where the rules lead that first leave a closed date."""
        side, begun = -1 if n < 0 else 1, today
        if self.hours(today) is None:
            begun = self.step(today, side)
            if begun is not None and rule == "clamp_to_hours":
                wall = self.shown[self.end(begun, -side)] - begun * DAY
        day = self.step(begun, n)
        if day is None or rule == "close_of_day":
            return self.end(day, side)
        landed = self.resolved(day, wall)
        if rule == "clamp_to_hours" and landed is not None:
            opens, closes = self.hours(day)
            landed = min(max(landed, opens), closes)
        return landed

    def end(self, day, side):
        """Return the last close of a date; going back, its first opening."""
        hours = None if day is None else self.hours(day)
        return hours and hours[1 if side > 0 else 0]

    def between(self, start, end):
        """Return how many working dates lie in (start, end], dates of the window."""
        return sum(start < day <= end for day in self.working)
