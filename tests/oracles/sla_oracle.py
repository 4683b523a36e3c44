"""The slow twin of service levels: one clock, taken from instant to instant.

It knows the other twins and the rules, and nothing of the library. Everything is plain data: a
scenario names calendars, metrics, policies, events and the instant asked about; instants are
microseconds since 1970. All events of one instant are one step: what they do to a clock that
was open before is asked of all of them together, then starts are taken in their order. Between
two steps nothing changes, so what is reached there is looked for stretch by stretch, and what
was reached is written down and never computed again.

`old` plants readings of the rules that were given up: the numbers of section 12 of the rules
that are to be read as they were before. Nothing but a test of the scenes uses it.

Before this: `sla_hours_oracle`, `sla_book_oracle`. Next: `merge_oracle`,
`tests/sla/differential.py`.
"""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction

from oracles import ticket_oracle as tickets
from oracles.sla_book_oracle import (
    METRICS,
    date_text,
    duration_text,
    holds,
    in_force,
    metric,
    spelled,
)
from oracles.sla_hours_oracle import BEYOND, SECOND, WEEKDAYS, hours_of

__all__ = ["BEYOND", "METRICS", "OLD", "SECOND", "WEEKDAYS", "Twin", "metric", "micros"]

PERSONAL = ("assignee_response", "ownership")
"""The metrics about a person's work: they never start on a settled ticket."""
OLD = (
    *("1", "2", "3", "4", "9", "18", "19", "19-none", "20", "20-pause", "21", "24", "25", "28"),
    *("29", "30", "35", "36", "37", "38", "39"),
)
"""The readings that can be planted."""


ALL_TIME = 315_537_897_599_999_999
"""The microseconds of the years 1 to 9999: no target allows more."""


class Unknown(Exception):
    """The window does not tell."""


class Count:
    """One count of a cycle: from when it counts, under what, and what it has reached."""

    def __init__(self, number, start):
        self.number, self.start, self.end = number, start, None
        self.origin, self.match, self.base, self.first = None, None, None, None
        self.force, self.shown, self.changed, self.kept = None, None, None, False
        self.reached = {}


class Cycle:
    """A cycle, its counts, and the stretches that do not count."""

    def __init__(self, number, start, begun):
        self.number, self.begun = number, begun
        self.counts, self.cuts, self.results = [Count(1, start)], [], []
        self.paused, self.stop, self.reopened, self.cancelled = None, None, None, None

    @property
    def count(self):
        return self.counts[-1]

    def missed(self):
        return any(state == "missed" for _, state in self.results)


class Twin:
    """All clocks of a scenario; `clocks` is what it says of them."""

    def __init__(self, scenario, first, last, tick=900, old=()):
        self.scenario, self.as_of, self.old = scenario, scenario["as_of"], frozenset(old)
        self.window = first, last, tick
        self.metrics = {**METRICS, **scenario.get("metrics", {})}
        log = [event for event in scenario["events"] if event["at"] <= self.as_of]
        log.sort(key=lambda event: (event["at"], event.get("seq") or 0))
        self.log = tickets.Log(event for i, event in enumerate(log) if event not in log[:i])
        self.steps = steps_of(self.log, apart="35" in self.old)
        self.voids = [is_void(self.log, last) for _, last in self.steps]
        forces = [in_force(scenario["book"], self.log, last) for _, last in self.steps]
        self.turns = [(at, self.turned(at)) for at in self.begins() if at <= self.as_of]
        keys = sorted({key for force in (*forces, *(at for _, at in self.turns)) for key in force})
        self.folds = {key: Clock(self, key, [force.get(key) for force in forces]) for key in keys}
        self.clocks = {key: [*fold.told()] for key, fold in self.folds.items()}

    def begins(self):
        """The instants at which an edition begins while no event happens."""
        since = {policy.get("since") for policy in self.scenario["book"]["policies"]}
        return sorted(
            at
            for at in since - {None}
            if self.log and self.log[0]["at"] < at and all(e["at"] != at for e in self.log)
        )

    def turned(self, at):
        """What is in force once an edition has begun at an instant."""
        known = max(number for number, event in enumerate(self.log) if event["at"] < at)
        return in_force(self.scenario["book"], self.log, known, at)

    def hours(self, target):
        calendar = self.scenario["calendars"][target["calendar"]]
        return hours_of(json.dumps(calendar), *self.window)


def steps_of(log, *, apart=False):
    """Return the first and last event of each instant."""
    found = []
    for number, event in enumerate(log):
        if found and not apart and log[found[-1][0]]["at"] == event["at"]:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def is_void(log, number):
    """Whether the ticket is void after event `number`, or merged and not taken back."""
    merged = False
    for place in range(number + 1):
        if log[place]["type"] == "related" and log[place]["kind"] == "merged_into":
            merged = True
        elif "restored" in tickets.facts(log, place):
            merged = False
    return merged or tickets.look(log, number, "category") == "void"


class Clock:
    """One clock on its way through the steps."""

    def __init__(self, twin, key, forces):
        self.twin, self.old, self.log, self.key = twin, twin.old, twin.log, key
        self.slot, self.metric = key
        self.rules = twin.metrics[self.metric]
        self.after = self.rules["after_stop"]
        self.repeats = self.after in ("again", "again_after_due")
        self.cycles, self.numbers, self.voids = [], 0, []
        self.void, self.force, self.now = False, None, 0
        for place, (first, last) in enumerate(twin.steps):
            self.now = self.log[last]["at"]
            self.take(first, last, twin.voids[place], forces[place])
            more = twin.steps[place + 1 :]
            until = self.log[more[0][0]]["at"] if more else twin.as_of + 1
            for at, force in twin.turns:
                if self.now < at < until:
                    self.reach(at)
                    self.follow(at, force.get(key))
            self.reach(until)

    @property
    def last(self):
        return self.cycles[-1] if self.cycles else None

    def says(self, what, number):
        return holds(self.rules[what], self.log, number)

    def follow(self, at, force):
        """Take what an edition brings into force that begins between two events."""
        self.now = at
        if not self.void:
            self.force = force
            if self.last is not None and self.last.stop is None:
                self.enter(self.last)

    # one step

    def take(self, first, last, void, force):
        """Take all events of an instant."""
        cycle, was_void = self.last, self.void
        numbers = range(first, last + 1)
        was_open = cycle is not None and cycle.stop is None
        was_paused = was_open and cycle.paused is not None
        was_forced = was_open and (cycle.count.force is not None or cycle.count.kept)
        self.turn(void)
        self.force = None if void else force
        self.settled = tickets.look(self.log, last, "category") in tickets.SETTLED
        dead = was_void and void and "38" not in self.old
        if was_open:
            self.enter(cycle)
            if not dead:
                self.reset_or_stop(cycle, numbers, was_forced, was_void)
        if not dead:
            self.starts(numbers, was_open)
        elif not was_open and self.back(numbers):
            self.reopen(cycle)  # in a merged ticket it is no longer met: it is cancelled
        if self.last is not None and self.last.stop is None:
            self.pause(self.last, last, was_open, was_void or was_paused)

    def back(self, numbers):
        """Whether a stopped cycle comes back."""
        closed = self.last is None or self.repeats or self.after == "once"
        return not closed and any(self.may_reopen(number) for number in numbers)

    def turn(self, void):
        """Write down when the ticket is void."""
        if void and not self.void:
            self.voids.append([self.now, BEYOND])
        elif self.void and not void:
            self.voids[-1][1] = self.now
            if "9" in self.old:
                self.voids.pop()
        self.void = void

    def pause(self, cycle, last, was_open, was_silent):
        """Pause or resume; a pause that begins now comes too late for what is reached now."""
        at = self.now
        if not self.says("pause", last):
            self.resume(cycle)
        elif cycle.paused is None:
            cycle.paused = at
        back = cycle.reopened == at and "20-pause" not in self.old
        late = not back and (cycle.begun == at or (was_open and not was_silent))
        if "36" in self.old and cycle.count.changed == at:
            late = False
        if cycle.paused == at and late and not self.void:
            self.reach(at + 1, paused=True)

    def reset_or_stop(self, cycle, numbers, was_forced, was_void):
        at = self.now
        if any(self.says("reset", number) for number in numbers) and cycle.count.start < at:
            self.anew(cycle)
        if any(self.says("stop", number) for number in numbers):
            cancelled = self.void or (was_forced and self.force is None)
            if "38" in self.old and was_void and self.void:
                cancelled = False
            if not cancelled or "21" in self.old:
                self.stop(cycle)

    def stop(self, cycle):
        at, count = self.now, cycle.count
        self.resume(cycle)
        cycle.stop = at
        if count.force is not None and self.due(cycle, count, at) < at:
            # a due that passed in a pause, or under a target that came with the stop
            key = self.breach_key(count)
            count.reached.setdefault(key, at)

    def starts(self, numbers, was_open):
        """Take starts and reopenings in their order; what follows one may stop it."""
        stays = was_open and self.last.stop is None
        for number in numbers:
            cycle = self.last
            if cycle is not None and cycle.stop is None:
                if stays or self.void or not self.says("stop", number):
                    continue
                self.stop(cycle)
                self.forget()
                if not self.repeats and self.last is cycle:
                    continue
            if self.repeats or not (was_open and self.says("stop", number)):
                self.start(self.last, number)  # no event both stops and reopens
                self.forget()

    def forget(self):
        """Forget a cycle about a person's work that stops at the instant at which it starts."""
        last = self.last
        mine = self.metric in PERSONAL and "37" not in self.old and last is not None
        if mine and last.begun == last.stop == self.now:
            self.cycles.pop()
            self.numbers -= 1

    def start(self, cycle, number):
        """Begin a cycle, or reopen the last one, where an event says so."""
        if cycle is None or self.repeats:
            if self.may_begin(number):
                self.begin(self.now)
                at_once = number == 0 and self.says("stop", number) and not self.void
                if at_once and self.metric not in PERSONAL:
                    self.stop(self.last)
        elif self.after != "once" and self.may_reopen(number):
            self.reopen(cycle)

    def may_begin(self, number):
        settled = self.settled
        if "37" in self.old:
            settled = tickets.look(self.log, number, "category") in tickets.SETTLED
        if self.metric in PERSONAL:
            starts = holds(METRICS[self.metric]["start"], self.log, number)
            return starts and (not settled or "24" in self.old)
        return self.says("start", number)

    def may_reopen(self, number):
        now = tickets.look(self.log, number, "category")
        left = tickets.facts(self.log, number) & {"reopened", "restored"}
        return (left and now not in (*tickets.SETTLED, "void")) or self.says("start", number)

    def begin(self, at):
        start = at
        if self.after == "again_after_due" and self.cycles and self.last.count.force:
            start = max(at, self.due(self.last, self.last.count, self.last.stop))
            if start == BEYOND:
                raise Unknown
        self.numbers += 1
        self.cycles.append(Cycle(self.numbers, start, at))
        self.enter(self.last)

    def reopen(self, cycle):
        at, stop = self.now, cycle.stop
        if cycle.count.shown is not None:
            cycle.results.append((stop, self.state(cycle)))
        cycle.stop, cycle.reopened = None, at
        if self.after == "restart":
            self.anew(cycle)
            return
        if self.after == "resume":
            cycle.cuts.append((stop, at))
        if "20" in self.old and self.after == "count" and cycle.count.force is not None:
            self.reach(at, since=stop)
        self.enter(cycle)

    def anew(self, cycle):
        """End the count and begin the next one from zero."""
        start = max(self.now, cycle.count.start)
        if cycle.count.start >= self.now:  # it has not begun: it begins anew as it is
            cycle.count.base = cycle.count.match = cycle.count.first = None
            cycle.count.force = cycle.count.origin = None
        else:
            cycle.count.end = self.now
            cycle.counts.append(Count(len(cycle.counts) + 1, start))
        if cycle.paused is not None:
            cycle.cuts.append((cycle.paused, self.now))
            cycle.paused = self.now
        self.enter(cycle)

    def resume(self, cycle):
        if cycle.paused is not None and cycle.paused < self.now:
            cycle.cuts.append((cycle.paused, self.now))
        cycle.paused = None

    # targets

    def enter(self, cycle):
        """Bring what is in force into the open count."""
        count, force = cycle.count, self.force
        if force is None:
            held = count.match
            if "19-none" in self.old and held and held[1]["on_change"] == "frozen":
                return
            cycle.cancelled = self.now if count.force is not None else cycle.cancelled
            count.kept = self.void and (count.kept or count.force is not None)
            count.force = None
            return
        cycle.cancelled = None
        if force[2]["within"] is None and "30" not in self.old:
            base = count.base or {}
            kept = {key: base[key] for key in ("origin", "carried") if key in base}
            count.force = count.shown = {
                **kept,
                "policy": force[:2],
                "target": force[2],
                "promised": force[3],
            }
            return
        if self.change(cycle, count, force):
            count.match = count.base["policy"][0], count.base["target"]
            count.force = count.shown = {**count.base, "promised": force[3]}

    def change(self, cycle, count, force):
        """Bring a target with a length into a count; False where another count began."""
        held, target = count.match, force[2]
        rule = target["on_change"]
        if held is None:
            late = rule in ("restart", "forward") and "3" not in self.old
            count.origin = max(self.now, count.start) if late else count.start
            self.based(count, force, count.origin)
        elif (force[0], target) == held:
            if count.first == count.base:  # another edition of the target takes its place
                count.first = {**count.first, "policy": force[:2]}
            count.base["policy"] = force[:2]
        elif rule == "carry":
            self.based(count, force, count.base["origin"], count.base["carried"])
        elif rule == "frozen":
            if "19" in self.old:
                return False
            count.base = dict(count.first)
        elif rule == "forward":
            self.forward(cycle, count, force)
        else:
            self.anew(cycle)
            return False
        count.changed = self.now
        return True

    @staticmethod
    def based(count, force, origin, carried=0, allowed=None):
        count.base = {
            "policy": force[:2],
            "target": force[2],
            "origin": origin,
            "carried": carried,
            "allowed": allowed,
        }
        count.match = force[0], force[2]
        count.first = count.first or dict(count.base)

    def forward(self, cycle, count, force):
        """The share of the old target that was left is left of the new one."""
        at, old = max(self.now, count.start), {**count.base, "promised": None}
        used = self.used(cycle, count, at, old)
        allowed = self.allowed(cycle, count, at, old)
        new = self.length(force[2], at)
        if not allowed or BEYOND in (allowed, new):
            self.based(count, force, at, used)
            return
        left = new * (1 - Fraction(used, allowed))
        left = used + -(-left.numerator // left.denominator)
        self.based(count, force, at, used, max(-ALL_TIME, min(ALL_TIME, left)))

    def length(self, target, at):
        """Return a target in open time from an instant."""
        within = target["within"]
        if not isinstance(within, dict):
            return within
        hours = self.twin.hours(target)
        due = hours.landed(at, within)
        return BEYOND if due == BEYOND else hours.open_time(at, due)

    # measuring

    def cuts(self, cycle, until):
        """Return the stretches that do not count, disjoint, what is open ended by an instant."""
        found = [*cycle.cuts, *((a, min(b, until)) for a, b in self.voids)]
        if cycle.paused is not None:
            found.append((cycle.paused, until))
        return joined(found)

    def term(self, count, term=None):
        """Return what is measured by: target, origin, carried time, promised date."""
        term = term or count.force or count.shown
        origin = term.get("origin")
        if origin is None:
            origin = count.start if count.origin is None else count.origin
        return {"carried": 0, "allowed": None, **term, "origin": origin}

    def net(self, hours, start, end, cuts):
        return hours.open_time(start, end) - sum(
            hours.open_time(max(a, start), min(b, end)) for a, b in cuts
        )

    def used(self, cycle, count, at, term=None, known=None):
        """Return the counted time from the origin to an instant, by the pauses then known."""
        term = self.term(count, term)
        origin, promised, carried = term["origin"], term["promised"], term["carried"]
        hours, cuts = self.twin.hours(term["target"]), self.cuts(cycle, known or at)
        if promised is None or "18" in self.old:
            return carried + self.net(hours, origin, at, cuts)
        way = max(origin, min(at, promised))
        beyond = self.net(hours, max(promised, origin), at, cuts)
        if "29" in self.old:
            beyond = hours.open_time(max(promised, origin), at)
        return carried + hours.open_time(origin, way) + beyond

    def allowed(self, cycle, count, at, term=None):
        term = self.term(count, term)
        if term["allowed"] is not None and term["promised"] is None:
            return term["allowed"]
        if term["promised"] is None and not isinstance(term["target"]["within"], dict):
            return term["target"]["within"]
        due = self.due(cycle, count, at, term)
        if due == BEYOND:
            return BEYOND
        if term["promised"] is None and "39" in self.old:
            return self.length(term["target"], term["origin"])
        return self.used(cycle, count, due, term, known=at)

    def due(self, cycle, count, at, term=None):
        """Return when it is due, as it is known at an instant."""
        term = self.term(count, term)
        if term["promised"] is not None:
            return term["promised"]
        if term["allowed"] is not None:
            return self.reached(cycle, term, term["allowed"], at)
        within = term["target"]["within"]
        if not isinstance(within, dict):
            return self.reached(cycle, term, within, at)
        origin = term["origin"] if "39" in self.old else count.origin
        hours = self.twin.hours(term["target"])
        due = hours.landed(origin, within)
        if due == BEYOND:
            return BEYOND
        whole = hours.open_time(origin, due)
        if self.net(hours, origin, due, self.cuts(cycle, at)) == whole:
            return due
        return self.reached(cycle, {**term, "origin": origin, "carried": 0}, whole, at)

    def reached(self, cycle, term, need, at, *, gross=False):
        """Return the earliest instant at which so much has counted."""
        hours, origin = self.twin.hours(term["target"]), term["origin"]
        cuts = [] if gross else self.cuts(cycle, at)
        left = need - term["carried"]
        if left <= 0:
            return origin
        for a, b in hours.spans:
            for start, end in less(max(a, origin), b, cuts):
                if end - start >= left:
                    return start + left
                left -= end - start
        return BEYOND

    # what is reached

    def breach_key(self, count):
        return ("breach", "", self.target_key(count), self.term(count)["policy"][0])

    def target_key(self, count):
        term = self.term(count)
        if term["promised"] is not None:
            return date_text(term["promised"])
        text, place = spelled(self.twin.scenario["book"], term["policy"][0], term["target"])
        if term["allowed"] is not None and not term["target"].get("name"):
            text = duration_text(term["allowed"])
        return text if "28" in self.old else text + place

    def thresholds(self, cycle, count, at):
        """Yield the key and the instant of each warning, and of the breach."""
        term, target = self.term(count), self.target_key(count)
        policy, promised = term["policy"][0], term["promised"]
        allowed = self.allowed(cycle, count, at)
        for warning in term["target"].get("warn_at", ()):
            if allowed == BEYOND:
                continue
            if "share" in warning:
                need = Fraction(str(warning["share"])) * allowed
                need = -(-need.numerator // need.denominator)
            else:
                need = allowed + warning["offset"]
            if promised is None or "18" in self.old:
                when = self.reached(cycle, term, need, at)
            elif need <= allowed:
                when = self.reached(cycle, term, need, at, gross=True)
            else:
                beyond = {**term, "origin": max(promised, term["origin"]), "carried": 0}
                when = self.reached(cycle, beyond, need - allowed, at)
            text = warning["text"]
            if "25" in self.old and "share" in warning:
                text = f"{float(Fraction(str(warning['share']))):g}"
            yield ("warning", text, target, policy), when
        yield ("breach", "", target, policy), self.due(cycle, count, at)

    def reach(self, until, *, paused=False, since=None):
        """Write down what is reached from now until an instant, or at once where a pause begins.

        Nothing is reached in a pause, after a stop, in the void, or without a target.
        """
        cycle = self.last
        if cycle is None or cycle.stop is not None or self.void or cycle.count.force is None:
            return
        if cycle.paused is not None and not paused:
            return
        count, now = cycle.count, self.now if since is None else since
        for key, marked in self.thresholds(cycle, count, self.now if paused else until):
            when = max(marked, now, count.start)
            if when < until and not self.told_before(cycle, key):
                count.reached[key] = when

    def told_before(self, cycle, key):
        counts = cycle.counts if "1" in self.old else [cycle.count]
        if "2" in self.old and key[0] == "warning":
            return any(key[:2] == other[:2] for count in counts for other in count.reached)
        return any(key in count.reached for count in counts)

    # answers

    def state(self, cycle):
        count = cycle.count
        if count.force is None or (cycle.stop is None and self.void):
            return "cancelled"
        if cycle.stop is None:
            return "running" if cycle.paused is None else "paused"
        return "missed" if self.due(cycle, count, cycle.stop) < cycle.stop else "met"

    def ahead(self, cycle):
        """Return what will be reached if nothing happens."""
        if self.state(cycle) != "running":
            return {}
        found = {}
        for key, marked in self.thresholds(cycle, cycle.count, self.twin.as_of):
            when = max(marked, cycle.count.start)
            if when > self.twin.as_of and not self.told_before(cycle, key) and when < BEYOND:
                found[key] = when
        return found

    def told(self):
        """Yield everything that is asked of the cycles that ever had a target."""
        for cycle in self.cycles:
            if any(count.shown for count in cycle.counts):
                yield self.answer(cycle)

    def answer(self, cycle):
        as_of, count, state = self.twin.as_of, cycle.count, self.state(cycle)
        moments = [
            (at, key[3], cycle.number, one.number, *key[:3])
            for one in cycle.counts
            for key, at in one.reached.items()
        ]
        breaches = {row[0] for row in moments if row[4] == "breach"}
        if "4" in self.old:
            breaches.discard(as_of)
        mine = count.reached.get(self.breach_key(count)) if count.force else None
        if "4" in self.old and mine == as_of:
            mine = None
        now = mine if state in ("running", "paused", "missed") else None
        moments += [
            (at, key[3], cycle.number, count.number, *key[:3])
            for key, at in self.ahead(cycle).items()
        ]
        found = {
            "number": cycle.number,
            "state": state,
            "start": count.start,
            "counts": [one.start for one in cycle.counts],
            "stop": cycle.stop,
            "breached": now is not None,
            "was_breached": bool(breaches) or cycle.missed(),
            "breach_at": now,
            "breaches": sorted(breaches),
            "results": [list(result) for result in cycle.results],
            "moments": sorted(moments),
        }
        return {**found, **self.measures(cycle, count, state)}

    def measures(self, cycle, count, state):
        """Return due and times; of a count that has had no target nothing can be said."""
        if count.shown is None:
            return {}
        end = now = self.twin.as_of if cycle.stop is None else cycle.stop
        if state == "cancelled" and cycle.cancelled is not None:
            end = min(end, cycle.cancelled)
        term = self.term(count)
        elapsed, allowed = self.used(cycle, count, end), self.allowed(cycle, count, now)
        hours = self.twin.hours(term["target"])
        pauses = self.cuts(cycle, end)
        return {
            "policy": list(term["policy"]),
            "due_at": self.due(cycle, count, now),
            "elapsed": elapsed,
            "gross_elapsed": term["carried"] + hours.open_time(term["origin"], end),
            "allowed": allowed,
            "remaining": allowed if allowed == BEYOND else allowed - elapsed,
            "pauses": [
                (max(a, count.start), min(b, end))
                for a, b in pauses
                if max(a, count.start) < min(b, end)
            ],
        }


def joined(spans):
    """Return spans in order, touching ones as one, empty ones left out."""
    found = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def less(start, end, cuts):
    """Yield what is left of a stretch."""
    for a, b in cuts:
        if start < min(a, end):
            yield start, min(a, end)
        start = max(start, b)
    if start < end:
        yield start, end


def share_text(share):
    """Write a share as the shortest decimal that reads back."""
    text = repr(float(share))
    return text.removesuffix(".0")


def micros(text):
    """Read an ISO instant."""
    at = datetime.fromisoformat(text)
    days = at - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    return (days.days * 86_400 + days.seconds) * SECOND + days.microseconds
