"""Escalation the slow way: minute after minute, every step asked whether its condition holds.

`Run` takes the plain data of a reference case (clock, plans, resolvers) in whole minutes and
returns all rows and reports up to an instant. `Story` takes what happened to a ticket, minute
by minute, and makes of it the counts of one clock, the stretches in which a condition holds,
and a `Course` for each stretch of each count. Counted time is a list with an entry a minute.
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


class Memory:
    """What happened to instances: a step and a stay in a line (-1: none)."""

    def __init__(self):
        self.attempts, self.skipped = {}, set()


class Walk:
    """One clock walked through minute by minute, from `start`; `begin` is where steps begin."""

    def __init__(self, start, begin, minutes, lines=None):
        self.start, self.begin, self.minutes = start, begin, minutes
        self.first = 0  # the minute at which the count began
        self.own, self.lines = Memory(), lines or Memory()
        self.passed, self.told, self.highest = set(), set(), {}
        self.steps, self.reports = [], []

    def memory(self, stay):
        return self.own if stay < 0 else self.lines

    def passed_since(self, step, begin, k, amount):
        """Whether so many seconds have gone by, in the step's base, since a minute."""
        if k < begin:
            return False
        if step["base"] == "wall":
            return (k - begin) * 60 >= amount
        return (self.counted[k] - self.counted[begin]) * 60 >= amount and not self.waits(k)

    def at_threshold(self, step, k):
        target = self.target(k)
        if target is None:
            return False
        need = Fraction(step.get("percent", 100) if step["anchor"] == "threshold" else 100)
        need = need * target / 100
        used = self.counted[self.first]
        if step["base"] == "wall":
            then = k - step["offset_s"] // 60
            return then >= self.first and (self.counted[then] - used) * 60 >= need
        return (self.counted[k] - used) * 60 >= need + step["offset_s"] and not self.waits(k)

    def holds(self, step, stay, entered, k):
        done = self.memory(stay).attempts.get((step["id"], stay), [])
        if done:
            repeat = step.get("repeat")
            if not repeat or (repeat["times"] is not None and len(done) > repeat["times"]):
                return False
            return self.passed_since(step, done[-1], k, repeat["every_s"])
        if (step["id"], stay) in self.passed:
            return True
        if step["anchor"] in ("threshold", "due"):
            return self.at_threshold(step, k)
        begin = self.begin if entered is None else entered
        if step["anchor"] == "ack_missing" and step.get("of"):
            firsts = [
                rows[0]
                for memory in (self.own, self.lines)
                for (name, _), rows in memory.attempts.items()
                if name == step["of"]
            ]
            if not firsts:
                return False
            begin = firsts[0]
        return self.passed_since(step, begin, k, step["offset_s"])

    def candidates(self, k):
        for order, step in enumerate(self.plan(k)):
            stays = [(-1, None, None)]
            if step["anchor"] == "line_timeout":
                stays = list(self.stays(step["line"]))
            for stay, entered, left in stays:
                if (step["id"], stay) in self.memory(stay).skipped:
                    continue
                if self.over(step, k) or (left is not None and left <= k):
                    continue
                if self.holds(step, stay, entered, k):
                    yield step["level"], order, stay, step

    def fire(self, k, stay, step):
        at, memory = self.start + k * MINUTE, self.memory(stay)
        done = memory.attempts.setdefault((step["id"], stay), [])
        n = len(done)
        done.append(k)
        key = [*self.name(stay), step["id"], n]
        if not n and step["kind"] != "notify":
            above = self.highest.get(step["kind"], 0) > step["level"]
            if above or self.by_hand(step["kind"], k) >= step["level"]:
                memory.skipped.add((step["id"], stay))
                self.reports.append((at, key, "level_reached"))
                return
        who = self.resolved(step["target"], at)
        if who:
            self.told.add(step["level"])
            kind = step["kind"]
            self.highest[kind] = max(self.highest.get(kind, 0), step["level"])
            self.steps.append((at, key, step["level"], who))
            return
        self.reports.append((at, key, "nobody_resolvable"))
        above = [
            other
            for other in self.plan(k)
            if other["level"] > step["level"] and other["anchor"] != "line_timeout"
        ]
        if n or not above:
            return
        level = min(other["level"] for other in above)
        if level not in self.told:
            self.passed |= {
                (other["id"], -1)
                for other in above
                if other["level"] == level and (other["id"], -1) not in self.own.attempts
            }

    def result(self):
        for k in range(self.begin, self.minutes + 1):
            while self.active(k) and (
                found := sorted(self.candidates(k), key=lambda row: row[:3])
            ):
                _, _, stay, step = found[0]
                self.fire(k, stay, step)
        return self.steps, self.reports


def resolved(resolvers, target, at):
    who = []
    for row in resolvers.get(target, ()):
        begun = not row.get("from") or read(row["from"]) <= at
        if begun and (not row.get("to") or at < read(row["to"])):
            who += row["who"]
    return who


class Run(Walk):
    """One clock of a reference case."""

    def __init__(self, data, through):
        self.data, self.clock = data, data["clock"]
        start = read(self.clock["start"])
        super().__init__(start, 0, max(0, (through - start) // MINUTE))
        self.pauses = [
            (read(a), None if b is None else read(b)) for a, b in self.clock.get("pauses") or ()
        ]
        self.counted = [0]
        for k in range(self.minutes + 1):
            at = start + k * MINUTE
            runs = is_open(self.clock["base"], at) and not any(
                a <= at and (b is None or at < b) for a, b in self.pauses
            )
            self.counted.append(self.counted[-1] + runs)

    def active(self, k):  # noqa: ARG002 - the end is asked for each step
        return True

    def waits(self, k):
        at = self.start + k * MINUTE
        return any(a < at and (b is None or at < b) for a, b in self.pauses)

    def plan(self, k):
        at = self.start + k * MINUTE
        plans = self.data["plans"]
        if self.data.get("plan_mode", "snapshot") == "snapshot":
            at = self.start
        known = [plan for plan in plans if not plan.get("from") or read(plan["from"]) <= at]
        return known[-1]["steps"] if known else []

    def target(self, k):
        at = self.start + k * MINUTE
        known = [row for row in self.clock.get("targets") or () if read(row["from"]) <= at]
        return known[-1]["seconds"] if known else None

    def stays(self, line):
        rows = self.clock.get("lines") or []
        for i, row in enumerate(rows):
            if row["line"] == line:
                end = read(rows[i + 1]["at"]) if i + 1 < len(rows) else None
                left = None if end is None else (end - self.start) // MINUTE
                yield i, (read(row["at"]) - self.start) // MINUTE, left

    def over(self, step, k):
        """Whether a step has ended at an instant."""
        at = self.start + k * MINUTE
        ends = [self.clock.get("stop"), self.clock.get("cancel")]
        if step["anchor"] == "ack_missing" or step.get("until") == "ack":
            ends.append(self.clock.get("ack"))
        return any(text and read(text) <= at for text in ends)

    def name(self, stay):
        clock = self.clock
        if stay < 0:
            return [clock["ticket"], clock["metric"], clock["cycle"]]
        lines = [row["line"] for row in clock["lines"]]
        return [clock["ticket"], f"line:{lines[stay]}", lines[: stay + 1].count(lines[stay])]

    def by_hand(self, kind, k):
        at = self.start + k * MINUTE
        rows = self.clock.get("levels") or ()
        levels = [row["level"] for row in rows if row["kind"] == kind and read(row["at"]) <= at]
        return max(levels, default=0)

    def resolved(self, target, at):
        return resolved(self.data["resolvers"], target, at)


SETTLED = ("solved", "closed")


class Story:
    """What happened to a ticket: its state at each minute, after the last event of the minute.

    Events are dicts: `minute`, `role`, and `set` (fields: category, priority, line, begin) or
    `ack`. A count stops when the ticket is settled, pauses while it waits for its requester, is
    cancelled while it is void or without a target (`targets`: seconds by priority), and goes on
    when it comes back, `anew` from zero. A change of `begin` resets it. The condition is that
    the priority is `urgent`.
    """

    def __init__(self, data, through):
        self.data, self.start = data, read(data["start"])
        self.minutes = (through - self.start) // MINUTE
        self.states, self.acks, self.raised = [], [], []
        self.resets = set()
        state, rows = {}, list(data["events"])
        for k in range(self.minutes + 1):
            while rows and rows[0]["minute"] == k:
                state = self.happened(k, state, rows.pop(0))
            self.states.append(state)
        self.entered = []
        for k, state in enumerate(self.states):
            line = state.get("line")
            if line is not None and (not self.entered or self.entered[-1][0] != line):
                self.entered.append((line, k))

    def happened(self, k, state, row):
        if row.get("ack"):
            self.acks.append(k)
            return state
        new = {**state, **row["set"]}
        if state:
            if row["role"] == "agent" and new["category"] != state["category"]:
                self.acks.append(k)
            was = state.get("known")
            by_hand = row["role"] == "agent" and was is not None and new.get("line") is not None
            if by_hand and new["line"] > was:
                self.raised.append((k, "functional", new["line"]))
            if new["begin"] != state["begin"]:
                self.resets.add(k)
        if new.get("line") is not None:
            new["known"] = new["line"]
        return new

    def settled(self, k):
        return self.states[k]["category"] in SETTLED

    def void(self, k):
        return self.states[k]["category"] == "void"

    def target(self, k):
        return self.data["targets"].get(self.states[k]["priority"])

    def alive(self, k):
        """Whether a clock stands neither stopped nor cancelled."""
        return not self.settled(k) and not self.void(k) and self.target(k) is not None

    def starts(self):
        """The minutes at which counts begin."""
        found = [0]
        for k in range(1, self.minutes + 1):
            back = self.settled(k - 1) and not self.settled(k) and not self.void(k)
            open_before = not self.settled(k - 1) and not self.void(k - 1)
            if (back and self.data["anew"]) or (k in self.resets and open_before):
                found.append(k)
        return found

    def held(self):
        """The stretches of minutes in which the condition holds."""
        found, since = [], None
        for k in range(self.minutes + 2):
            now = k <= self.minutes and self.states[k]["priority"] in self.data["urgent"]
            if now and since is None:
                since = k
            if not now and since is not None:
                found.append((since, k if k <= self.minutes else None))
                since = None
        return found

    def result(self):
        """All rows: (instant, key, level, who) and (instant, key, reason)."""
        starts, lines = self.starts(), Memory()
        steps, reports = [], []
        edges = zip(starts, [*starts[1:], None], strict=True)
        for number, (start, following) in enumerate(edges, 1):
            end = self.end(start, following)
            spans = [
                (max(a, start), b)
                for a, b in self.held()
                if (b is None or b > start) and (end is None or a < end)
            ]
            for course, (begin, until) in enumerate(spans, 1):
                ends = [minute for minute in (until, end) if minute is not None]
                last = min(ends, default=None)
                rows, told = Course(self, (number, course), (start, begin, last), lines).result()
                steps += rows
                reports += told
        return steps, reports

    def end(self, start, following):
        """The minute at which a count ended for good, as far as is known; None if it lives."""
        last = self.minutes if following is None else following - 1
        living = [k for k in range(start, last + 1) if self.alive(k)]
        if not living:
            return start
        return following if living[-1] == last else living[-1] + 1


class Course(Walk):
    """A stretch of a count in which the condition holds."""

    def __init__(self, story, numbers, edges, lines):
        self.story, self.numbers = story, numbers
        first, begin, end = edges
        super().__init__(story.start, begin, story.minutes if end is None else end - 1, lines)
        self.first = first
        self.counted = [0]
        for k in range(story.minutes + 1):
            runs = is_open(story.data["base"], story.start + k * MINUTE)
            runs = runs and not story.settled(k) and not story.void(k) and not self.pending(k)
            self.counted.append(self.counted[-1] + runs)
        self.ack = next((k for k in story.acks if k >= self.first), None)

    def pending(self, k):
        return self.story.states[k]["category"] == "pending"

    def active(self, k):
        return self.story.alive(k)

    def waits(self, k):
        """Strictly inside a pause, or in one that began where the clock came back."""
        if not self.pending(k):
            return False
        if k == self.first:
            return False
        return self.pending(k - 1) or not self.story.alive(k - 1)

    def plan(self, k):  # noqa: ARG002 - one edition
        return self.story.data["steps"]

    def target(self, k):
        return self.story.target(k)

    def stays(self, line):
        rows = self.story.entered
        for i, (name, since) in enumerate(rows):
            left = rows[i + 1][1] if i + 1 < len(rows) else None
            if f"L{name}" == line:
                yield i, since, left

    def over(self, step, k):
        ends = step["anchor"] == "ack_missing" or step.get("until") == "ack"
        return ends and self.ack is not None and self.ack <= k

    def name(self, stay):
        if stay < 0:
            return list(self.numbers)
        lines = [line for line, _ in self.story.entered]
        return [f"line:{lines[stay]}", lines[: stay + 1].count(lines[stay])]

    def by_hand(self, kind, k):
        rows = self.story.raised
        return max((level for at, name, level in rows if name == kind and at <= k), default=0)

    def resolved(self, target, at):
        return resolved(self.story.data["resolvers"], target, at)
