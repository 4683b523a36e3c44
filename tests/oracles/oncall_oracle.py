"""On call the slow way: every instant asked by itself, every turn looked at one by one.

A plan is the plain data of a reference case (layers, overrides, swaps, absences, options).
Readings become instants by asking the zone about both folds and, in a gap, by halving until the
jump is found; nothing is shared with the library.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def first_showing(wall, tz):
    """The first instant at which the clock of a zone shows a naive reading, or a later one."""
    zone = ZoneInfo(tz)
    both = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    shown = [at for at in both if at.astimezone(zone).replace(tzinfo=None) == wall]
    if shown:
        return min(shown)
    before, after = sorted(both)
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle <= before:
            middle = before + SECOND
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            after = middle
        else:
            before = middle
    return after


def clock_time(text):
    hours, minutes = map(int, text.split(":"))
    return timedelta(hours=hours, minutes=minutes)


class Layer:
    """One layer with its turns and windows listed as far as a horizon."""

    def __init__(self, data, first, last):
        self.data, self.tz = data, data["tz"]
        self.start = datetime.fromisoformat(data["start"])
        self.horizon = last.replace(tzinfo=None) + 3 * DAY
        begins = [data["start"], data.get("active_from") or data["start"]]
        self.begin = max(self.instant(datetime.fromisoformat(text)) for text in begins)
        until = data.get("until")
        self.end = self.instant(datetime.fromisoformat(until)) if until else None
        self.first = first
        self.windows = list(self.list_windows())
        rotation = data["rotation"]
        self.turns = [] if rotation.get("advance") == "worked" else list(self.list_turns())

    def instant(self, wall):
        return first_showing(wall, self.tz)

    def duration(self):
        given = self.data["rotation"].get("duration")
        return timedelta(**given) if given else None

    def list_turns(self):  # noqa: C901, PLR0912 - spelled out on purpose
        rotation, wall = self.data["rotation"], self.start
        if rotation["unit"] == "rrule":
            walls = []
            for at in rrulestr(rotation["rrule"], dtstart=self.start):
                walls.append(at)
                if at > self.horizon:
                    break
        else:
            step = timedelta(**{rotation["unit"]: rotation["every"]})
            handoff = self.data.get("handoff")
            if isinstance(handoff, dict):
                while DAYS[wall.weekday()] != handoff["day"]:
                    wall -= DAY
                wall = datetime.combine(wall.date(), datetime.min.time()) + clock_time(
                    handoff["time"]
                )
                if wall > self.start:
                    wall -= 7 * DAY
            elif handoff:
                wall = datetime.combine(wall.date(), datetime.min.time()) + clock_time(handoff)
                if wall > self.start:
                    wall -= DAY
            walls = [wall]
            while walls[-1] <= self.horizon:
                walls.append(walls[-1] + step)
        for number, at in enumerate(walls):
            end = walls[number + 1] if number + 1 < len(walls) else None
            if self.duration() is not None:
                part = at + self.duration()
                end = part if end is None else min(part, end)
            if end is not None:
                yield self.instant(at), self.instant(end), number

    def list_windows(self):
        """(date, start, end) of every window of every date, as instants."""
        rows = self.data.get("restrictions") or []
        if not rows and self.data["rotation"].get("advance") == "worked":
            rows = [{"days": [], "from": "00:00", "to": "24:00"}]
        day = self.start.date() - 9 * DAY
        while day <= self.horizon.date():
            midnight = datetime.combine(day, datetime.min.time())
            for row in rows:
                if "from_day" in row:
                    if DAYS[day.weekday()] != row["from_day"]:
                        continue
                    away = (DAYS.index(row["to_day"]) - day.weekday()) % 7
                    start = midnight + clock_time(row["from"])
                    end = midnight + away * DAY + clock_time(row["to"])
                    end += 7 * DAY if end <= start else 0 * DAY
                else:
                    if row["days"] and DAYS[day.weekday()] not in row["days"]:
                        continue
                    start, end = (midnight + clock_time(row[key]) for key in ("from", "to"))
                    end += DAY if end <= start else 0 * DAY
                yield day, start, self.instant(start), self.instant(end)
            day += DAY

    def turn_at(self, at):
        """The number of the turn on duty at an instant; None if none is."""
        if at < self.begin or (self.end is not None and at >= self.end):
            return None
        if self.data["rotation"].get("advance") == "worked":
            return self.worked_at(at)
        if self.windows and not any(start <= at < end for _, _, start, end in self.windows):
            return None
        return next((number for start, end, number in self.turns if start <= at < end), None)

    def worked_at(self, at):
        anchor = self.instant(self.start)
        first = min(day for day, _, _, end in self.windows if end > anchor)
        dates = sorted({day for day, _, _, _ in self.windows if day >= first})
        holding = [
            day for day, _, start, end in self.windows if day >= first and start <= at < end
        ]
        if not holding:
            return None
        every = self.data["rotation"]["every"]
        turn = dates.index(min(holding)) // every
        if self.duration() is not None:
            opening = min(wall for day, wall, _, _ in self.windows if day == dates[turn * every])
            if not self.instant(opening) <= at < self.instant(opening + self.duration()):
                return None
        return turn


def inside(at, start, end):
    return datetime.fromisoformat(start) <= at < datetime.fromisoformat(end)


class Plan:
    """Who is on call, instant by instant, within a window."""

    def __init__(self, data, first, last):
        self.data = data
        self.layers = [Layer(layer, first, last) for layer in data["layers"]]

    def taker(self, person, at):
        for swap in self.data.get("swaps") or ():
            if swap["a"] == person and inside(at, swap["a_from"], swap["a_to"]):
                return swap["b"]
            if (
                swap.get("b_from")
                and swap["b"] == person
                and inside(at, swap["b_from"], swap["b_to"])
            ):
                return swap["a"]
        return person

    def away(self, person, at):
        rows = self.data.get("absences") or ()
        return any(row["person"] == person and inside(at, row["from"], row["to"]) for row in rows)

    def entry(self, layer, turn, at):
        """Who is there of those whose turn it is, by the number of a turn."""
        entries = layer.data["participants"]
        entry = entries[turn % len(entries)]
        people = [entry] if isinstance(entry, str) else entry
        there = {self.taker(person, at) for person in people}
        return {person for person in there if not self.away(person, at)}

    def crews(self, at):
        """(priority, crew) of each layer: whose turn it is, then who stands in beside others."""
        turns = [layer.turn_at(at) for layer in self.layers]
        crews = [
            set() if turn is None else self.entry(layer, turn, at)
            for layer, turn in zip(self.layers, turns, strict=True)
        ]
        priorities = [layer.data.get("priority") or 0 for layer in self.layers]
        options = self.data.get("options") or {}
        union = options.get("same_priority") == "union"
        for k, (layer, turn) in enumerate(zip(self.layers, turns, strict=True)):
            if turn is None or crews[k] or options.get("absence") != "next":
                continue
            beside = set()
            for other, crew in enumerate(crews):
                if union and priorities[other] == priorities[k]:
                    beside |= crew
            for more in range(1, len(layer.data["participants"])):
                there = self.entry(layer, turn + more, at) - beside
                if there:
                    crews[k] = there
                    break
        return list(zip(priorities, crews, strict=True))

    def who(self, at):
        overrides = [
            row["person"]
            for row in self.data.get("overrides") or ()
            if inside(at, row["from"], row["to"])
        ]
        if overrides:
            return {overrides[-1]}
        crews = self.crews(at)
        for priority in sorted({level for level, _ in crews}, reverse=True):
            equal = [crew for level, crew in crews if level == priority and crew]
            if equal and (self.data.get("options") or {}).get("same_priority") == "union":
                return set().union(*equal)
            if equal:
                return equal[-1]
        return set()


def local_reading(at, tz):
    """What a zone's clock shows at an instant, as (date, time since midnight)."""
    local = at.astimezone(ZoneInfo(tz)).replace(tzinfo=None)
    return date(local.year, local.month, local.day), local - datetime.combine(
        local.date(), datetime.min.time()
    )
