"""Escalation the slow way: minute after minute, every step asked whether its condition holds.

Takes the plain data of a reference case (clock, plans, resolvers) in whole minutes and returns
all rows and reports up to an instant. Counted time is a list with an entry a minute.
"""

from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read(text):
    return datetime.fromisoformat(text)


def is_open(base, at):
    if base == "wall":
        return True
    local = at.astimezone(ZoneInfo(base["tz"]))
    if local.date().isoformat() in base.get("holidays", ()):
        return False
    now = f"{local:%H:%M}"
    hours = base["weekly"].get(DAYS[local.weekday()], ())
    return any(start <= now < end for start, end in hours)


class Run:
    """One clock walked through minute by minute."""

    def __init__(self, data, through):
        self.data, self.clock = data, data["clock"]
        self.start = read(self.clock["start"])
        self.minutes = max(0, (through - self.start) // MINUTE)
        self.pauses = [
            (read(a), None if b is None else read(b)) for a, b in self.clock.get("pauses") or ()
        ]
        self.counted = [0]
        for k in range(self.minutes + 1):
            at = self.start + k * MINUTE
            runs = is_open(self.clock["base"], at) and not any(
                a <= at and (b is None or at < b) for a, b in self.pauses
            )
            self.counted.append(self.counted[-1] + runs)
        self.attempts = {}  # (step, stay) -> list of minutes
        self.skipped = set()
        self.passed = set()
        self.told = set()
        self.highest = {}
        self.steps, self.reports = [], []

    def inside_pause(self, k):
        at = self.start + k * MINUTE
        return any(a < at and (b is None or at < b) for a, b in self.pauses)

    def plan(self, at):
        plans = self.data["plans"]
        if self.data.get("plan_mode", "snapshot") == "snapshot":
            at = self.start
        known = [plan for plan in plans if not plan.get("from") or read(plan["from"]) <= at]
        return known[-1]["steps"] if known else []

    def target(self, at):
        known = [row for row in self.clock.get("targets") or () if read(row["from"]) <= at]
        return known[-1]["seconds"] if known else None

    def stays(self, line):
        rows = self.clock.get("lines") or []
        for i, row in enumerate(rows):
            if row["line"] == line:
                end = read(rows[i + 1]["at"]) if i + 1 < len(rows) else None
                yield i, (read(row["at"]) - self.start) // MINUTE, end

    def over(self, step, at, end):
        """Whether a step has ended at an instant."""
        ends = [self.clock.get("stop"), self.clock.get("cancel")]
        if step["anchor"] == "ack_missing" or step.get("until") == "ack":
            ends.append(self.clock.get("ack"))
        return any(text and read(text) <= at for text in ends) or (end is not None and end <= at)

    def passed_since(self, step, begin, k, amount):
        """Whether so many seconds have gone by, in the step's base, since a minute."""
        if k < begin:
            return False
        if step["base"] == "wall":
            return (k - begin) * 60 >= amount
        return (self.counted[k] - self.counted[begin]) * 60 >= amount and not self.inside_pause(k)

    def holds(self, step, stay, begin, k):  # noqa: PLR0911 - a condition a line
        done = self.attempts.get((step["id"], stay), [])
        if done:
            repeat = step.get("repeat")
            if not repeat or (repeat["times"] is not None and len(done) > repeat["times"]):
                return False
            return self.passed_since(step, done[-1], k, repeat["every_s"])
        if (step["id"], stay) in self.passed:
            return True
        if step["anchor"] in ("threshold", "due"):
            target = self.target(self.start + k * MINUTE)
            if target is None:
                return False
            need = Fraction(step.get("percent", 100) if step["anchor"] == "threshold" else 100)
            need = need * target / 100
            if step["base"] == "wall":
                then = k - step["offset_s"] // 60
                return then >= 0 and self.counted[then] * 60 >= need
            return self.counted[k] * 60 >= need + step["offset_s"] and not self.inside_pause(k)
        if step["anchor"] == "ack_missing" and step.get("of"):
            firsts = [rows[0] for (name, _), rows in self.attempts.items() if name == step["of"]]
            if not firsts:
                return False
            begin = firsts[0]
        return self.passed_since(step, begin, k, step["offset_s"])

    def candidates(self, k):
        at = self.start + k * MINUTE
        for order, step in enumerate(self.plan(at)):
            stays = [(-1, 0, None)]
            if step["anchor"] == "line_timeout":
                stays = list(self.stays(step["line"]))
            for stay, begin, end in stays:
                if (step["id"], stay) in self.skipped or self.over(step, at, end):
                    continue
                if self.holds(step, stay, begin, k):
                    yield step["level"], order, stay, step

    def fire(self, k, stay, step):
        at = self.start + k * MINUTE
        done = self.attempts.setdefault((step["id"], stay), [])
        n = len(done)
        done.append(k)
        clock = self.clock
        key = [clock["ticket"], clock["metric"], clock["cycle"], step["id"], n]
        if stay >= 0:
            lines = [row["line"] for row in clock["lines"]]
            key[1:3] = [f"line:{lines[stay]}", lines[: stay + 1].count(lines[stay])]
        if not n and step["kind"] != "notify":
            by_hand = any(
                row["kind"] == step["kind"]
                and row["level"] >= step["level"]
                and read(row["at"]) <= at
                for row in clock.get("levels") or ()
            )
            if by_hand or self.highest.get(step["kind"], 0) > step["level"]:
                self.skipped.add((step["id"], stay))
                self.reports.append((at, key, "level_reached"))
                return
        who = []
        for row in self.data["resolvers"].get(step["target"], ()):
            begun = not row.get("from") or read(row["from"]) <= at
            if begun and (not row.get("to") or at < read(row["to"])):
                who += row["who"]
        if who:
            self.told.add(step["level"])
            kind = step["kind"]
            self.highest[kind] = max(self.highest.get(kind, 0), step["level"])
            self.steps.append((at, key, step["level"], who))
            return
        self.reports.append((at, key, "nobody_resolvable"))
        above = [
            other
            for other in self.plan(at)
            if other["level"] > step["level"] and other["anchor"] != "line_timeout"
        ]
        if n or not above:
            return
        level = min(other["level"] for other in above)
        if level not in self.told:
            self.passed |= {
                (other["id"], -1)
                for other in above
                if other["level"] == level and (other["id"], -1) not in self.attempts
            }

    def result(self):
        for k in range(self.minutes + 1):
            while found := sorted(self.candidates(k), key=lambda row: row[:3]):
                _, _, stay, step = found[0]
                self.fire(k, stay, step)
        return self.steps, self.reports
