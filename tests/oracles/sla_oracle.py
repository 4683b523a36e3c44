"""The slow twin of service levels: look at the clock tick by tick and count.

It knows zoneinfo, the other twins and the rules, and nothing of the library. Everything is
plain data: a scenario names calendars, metrics, policies, events and the instant asked about;
instants are microseconds since 1970, those of events fall on whole ticks. For every cycle of
every metric the twin marks the ticks that do not count, and then walks: a due is the end of the
tick in which the target is used up, found by walking there.

Before this: `sla_hours_oracle`, `sla_book_oracle`. Next: `tests/sla/test_sla_oracle.py`.
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from oracles import ticket_oracle as tickets
from oracles.sla_book_oracle import METRICS, holds, in_force, is_void, metric
from oracles.sla_hours_oracle import BEYOND, SECOND, WEEKDAYS, Hours

__all__ = ["BEYOND", "METRICS", "SECOND", "WEEKDAYS", "Twin", "merged", "metric", "micros"]


class Walk:
    """One clock on its way through the log: its cycles so far, and what is in force."""

    def __init__(self, rules):
        self.rules, self.after = rules, rules["after_stop"]
        self.repeats = self.after in ("again", "again_after_due")
        self.found, self.force = [], None

    @property
    def last(self):
        return self.found[-1] if self.found else None


class Twin:
    """All clocks of a scenario; `clocks` is what it says of them."""

    def __init__(self, scenario, first, last, tick=900):
        self.scenario, self.first, self.last, self.tick = scenario, first, last, tick
        self.unit = tick * SECOND
        self.as_of = scenario["as_of"]
        self.metrics = {**METRICS, **scenario.get("metrics", {})}
        log = [event for event in scenario["events"] if event["at"] <= self.as_of]
        log.sort(key=lambda event: (event["at"], event.get("seq") or 0))
        self.log = [event for i, event in enumerate(log) if event not in log[:i]]
        forces = [in_force(scenario["book"], self.log, i) for i in range(len(self.log))]
        keys = {key for force in forces for key in force}
        self.clocks = {
            key: [self.told(cycle) for cycle in self.cycles(key, forces) if cycle["held"]]
            for key in sorted(keys)
        }

    def hours(self, target):
        return Hours(
            self.scenario["calendars"][target["calendar"]], self.first, self.last, self.tick
        )

    def cycles(self, key, forces):
        """Walk the log; the forces are what held after each event."""
        walk = Walk(self.metrics[key[1]])
        for number in range(len(self.log)):
            self.take(walk, number, forces[number].get(key))
        return walk.found

    def take(self, walk, number, force):
        """Take one event: within it reset comes before stop, stop before pause, start last."""
        at, cycle = self.log[number]["at"], walk.last
        void = is_void(self.log, number)
        if cycle and cycle["stop"] is not None and walk.after == "once":
            cycle["voided"] |= cycle["stop"] == at and void
            return
        if force != walk.force:
            walk.force = force
            if cycle and cycle["stop"] is None:
                self.enter(cycle, at, force, void=void)
        if cycle and cycle["stop"] is None:
            self.may_stop(walk, number)
        elif cycle is None or walk.repeats:
            self.may_begin(walk, number)
        else:
            self.may_reopen(walk, number)
        cycle = walk.last
        if cycle is None:
            return
        if cycle["stop"] is not None:
            cycle["voided"] |= cycle["stop"] == at and void
        elif not self.says(walk, "pause", number):
            resumed(cycle, at)
        elif cycle["paused"] is None:
            cycle["paused"] = at

    def says(self, walk, what, number):
        return holds(walk.rules[what], self.log, number)

    def may_begin(self, walk, number):
        at = self.log[number]["at"]
        if self.says(walk, "start", number):
            self.begun(walk, at)
            if number == 0 and self.says(walk, "stop", number):
                stopped(walk.last, at)

    def may_stop(self, walk, number):
        at, cycle = self.log[number]["at"], walk.last
        if self.says(walk, "reset", number):
            self.restarted(cycle, at, walk.force)
        if self.says(walk, "stop", number):
            stopped(cycle, at)
            if walk.repeats and self.says(walk, "start", number):
                self.begun(walk, at)

    def may_reopen(self, walk, number):
        now = tickets.look(self.log, number, "category")
        left = tickets.facts(self.log, number) & {"reopened", "restored"}
        if (left and now not in ("solved", "closed", "void")) or self.says(walk, "start", number):
            self.reopened(walk.last, self.log[number]["at"], walk.force, walk.after)

    def begun(self, walk, at):
        found = walk.found
        if found and walk.after == "again_after_due" and found[-1]["held"]:
            at = max(at, self.due(found[-1], found[-1]["held"], at))
        cycle = {
            "number": len(found) + 1,
            "start": at,
            "stop": None,
            "voided": False,
            "paused": None,
            "pauses": [],
            "results": [],
            "reached": {},
            "terms": [],
            "held": None,
        }
        put(cycle, term(at, walk.force, at))
        found.append(cycle)

    def reopened(self, cycle, at, force, after):
        if cycle["held"]:
            cycle["results"].append((cycle["stop"], self.state(cycle, at)))
        if after == "restart":
            self.restarted(cycle, at, force)
            return
        solved, cycle["stop"], cycle["voided"] = cycle["stop"], None, False
        if after == "resume" and at > solved:
            cycle["pauses"].append((solved, at))
        if cycle["terms"][-1]["force"] != force:
            self.enter(cycle, at, force, void=False)

    def restarted(self, cycle, at, force):
        """Count from zero; what was reached before stays reached, and the cycle is known by it."""
        reached = {key: when for key, when in self.moments(cycle, at).items() if when < at}
        held = cycle["held"]
        cycle.update(start=at, stop=None, voided=False, pauses=[], paused=None, terms=[])
        cycle.update(reached=reached, held=None)
        if force is None and held:
            put(cycle, term(at, held["force"], at))
        put(cycle, term(at, force, at))

    def enter(self, cycle, at, force, *, void):
        """Another target comes into force in an open cycle, by the rule that it names.

        Another edition of the policy that promises the same takes the place of the old one.
        """
        held = cycle["held"]
        if force is None:
            if void or not held or held["force"][2]["on_change"] != "frozen":
                put(cycle, term(at, None, cycle["start"]))
            return
        rule = force[2]["on_change"]
        if held is None:
            entered = term(at, force, cycle["start"])
        elif force[2] == held["force"][2]:
            if cycle["terms"][-1] is held and (force[0], force[3]) == held["force"][0::3]:
                held["force"] = force
                return
            entered = {**held, "since": at, "force": force}
        elif rule == "carry":
            entered = {**held, "since": at, "force": force, "allowance": None}
        elif rule == "frozen":
            entered = {**held, "since": at}
        elif rule == "restart":
            entered = term(at, force, max(at, cycle["start"]))
        else:
            entered = self.forwarded(cycle, held, at, force)
        if {**entered, "since": 0} != {**cycle["terms"][-1], "since": 0}:
            put(cycle, entered)

    def forwarded(self, cycle, held, at, force):
        used, old = self.used(cycle, held, at, at), self.allowance(cycle, held, at)
        new, origin = self.length(force[2], at), max(at, cycle["start"])
        if not old or new is None or BEYOND in (old, new):
            return term(at, force, origin, used)
        left = new * (1 - Fraction(used, old))
        return term(at, force, origin, used, used + -(-left.numerator // left.denominator))

    def counting(self, cycle, open_, as_of):
        """Return the open ticks that count: those in no pause; one that holds lasts until now."""
        ticks = bytearray(open_)
        pauses = list(cycle["pauses"])
        if cycle["paused"] is not None:
            pauses.append((cycle["paused"], as_of))
        for start, end in pauses:
            for at in range(start, end, self.unit):
                place = at // self.unit - self.first
                if 0 <= place < len(ticks):
                    ticks[place] = 0
        return ticks

    def used(self, cycle, held, at, as_of, *, gross=False):
        """Count the time from a term's origin to an instant, tick by tick."""
        hours = self.hours(held["force"][2])
        ticks = hours.open if gross else self.counting(cycle, hours.open, as_of)
        total, origin = held["carried"], held["origin"]
        for place in range(hours.place(origin), hours.place(at) + 1):
            if ticks[place]:
                total += max(
                    0, min(hours.instant(place + 1), at) - self.since(hours, place, origin)
                )
        return total

    @staticmethod
    def since(hours, place, origin):
        """Return the start of a tick, or an origin that lies within it."""
        return max(hours.instant(place), origin)

    def reached(self, cycle, held, need, as_of):
        """Walk until so much has counted."""
        hours = self.hours(held["force"][2])
        ticks = self.counting(cycle, hours.open, as_of)
        total = held["carried"]
        if total >= need:
            return held["origin"]
        for place in range(hours.place(held["origin"]), len(ticks)):
            if ticks[place]:
                start = self.since(hours, place, held["origin"])
                room = hours.instant(place + 1) - start
                if total + room >= need:
                    return start + need - total
                total += room
        return BEYOND

    def length(self, target, origin):
        """Return a target in counted time; working days are counted without pauses."""
        within = target["within"]
        if not isinstance(within, dict):
            return within
        hours = self.hours(target)
        due = hours.nth_date(origin, within["days"], within.get("end_of_day", False))
        if due == BEYOND:
            return BEYOND
        return sum(hours.open[hours.place(origin) : hours.place(due)]) * self.unit

    def allowance(self, cycle, held, as_of):
        promised = held["force"][3]
        if promised is not None:
            return self.used(cycle, held, promised, as_of)
        if held["allowance"] is not None:
            return held["allowance"]
        return self.length(held["force"][2], held["origin"])

    def due(self, cycle, held, as_of):
        """Return when a term is due: the promised date, the n-th date, or where time is used."""
        target, promised = held["force"][2], held["force"][3]
        if promised is not None:
            return promised
        allowance = self.allowance(cycle, held, as_of)
        if allowance == BEYOND:
            return BEYOND
        within = target["within"]
        if isinstance(within, dict) and held["allowance"] is None:
            days, late = within["days"], within.get("end_of_day", False)
            due = self.hours(target).nth_date(held["origin"], days, late)
            if self.used(cycle, held, due, as_of) == allowance:
                return due
        return self.reached(cycle, held, allowance, as_of)

    def happens(self, cycle, held, at):
        """Return when something due then happens: not before its term, not inside a pause."""
        at = max(at, held["since"])
        if cycle["paused"] is not None and cycle["paused"] < at:
            return BEYOND
        for start, end in cycle["pauses"]:
            if start < at < end:
                return end
        return at

    def breach(self, cycle, held, as_of):
        due = self.due(cycle, held, as_of)
        return BEYOND if due == BEYOND else self.happens(cycle, held, due)

    def state(self, cycle, as_of):
        if cycle["terms"][-1]["force"] is None or cycle["voided"]:
            return "cancelled"
        if cycle["stop"] is None:
            return "running" if cycle["paused"] is None else "paused"
        return "missed" if self.due(cycle, cycle["held"], as_of) < cycle["stop"] else "met"

    def told(self, cycle):
        """Return everything that is asked of a cycle at the instant asked about."""
        as_of, held = self.as_of, cycle["held"]
        state, end = self.state(cycle, as_of), ended(cycle, as_of)
        *earlier, now = self.breaches(cycle, as_of)
        passed = [at for (_, kind, _), at in cycle["reached"].items() if kind == "breach"]
        passed += [at for at in earlier if at is not None]
        if state == "cancelled" and now is not None:
            passed, now = [*passed, now], None
        elapsed, gross = (
            self.used(cycle, held, end, as_of, gross=gross)
            if end > held["origin"]
            else held["carried"]
            for gross in (False, True)
        )
        reopened_late = any(result == "missed" for _, result in cycle["results"])
        return {
            "number": cycle["number"],
            "state": state,
            "policy": list(held["force"][:2]),
            "start": cycle["start"],
            "stop": cycle["stop"],
            "due_at": self.due(cycle, held, as_of),
            "elapsed": elapsed,
            "gross_elapsed": gross,
            "remaining": self.allowance(cycle, held, as_of) - elapsed,
            "breached": now is not None,
            "was_breached": now is not None or bool(passed) or reopened_late,
            "results": [list(result) for result in cycle["results"]],
            "breach_at": now,
            "earlier_breaches": sorted(passed),
            "moments": self.moments(cycle, as_of),
        }

    def breaches(self, cycle, as_of):
        """Return when each term was breached, or None: before its end, or by a stop too late."""
        found = []
        for one, until in lasting(cycle, as_of):
            at = self.breach(cycle, one, as_of)
            if one is cycle["terms"][-1] and self.state(cycle, as_of) == "missed":
                found.append(min(at, until))
            else:
                found.append(at if at < until else None)
        return found

    def moments(self, cycle, as_of):
        """Return (policy, kind, text) -> instant; what was reached first stays."""
        found: dict[tuple[str, str, str], int] = dict(cycle["reached"])
        state = self.state(cycle, as_of)
        breaches = self.breaches(cycle, as_of)
        for (one, until), breach in zip(lasting(cycle, as_of), breaches, strict=True):
            ahead = one is cycle["terms"][-1] and state in ("running", "paused")
            name, _, target, promised = one["force"]
            allowance = self.allowance(cycle, one, as_of)
            for kind, text, at in self.thresholds(cycle, one, allowance, target, promised, as_of):
                when = BEYOND if at == BEYOND else self.happens(cycle, one, at)
                if kind == "breach" and breach is not None:
                    when = breach
                elif not ahead and when >= until:
                    when = BEYOND
                if when < BEYOND:
                    found.setdefault((name, kind, text), when)
        return found

    def thresholds(self, cycle, one, allowance, target, promised, as_of):
        for warning in target.get("warn_at", ()):
            if allowance == BEYOND:
                continue
            whole = allowance
            if promised is not None:
                whole = self.used(cycle, one, promised, as_of, gross=True)
            if "share" in warning:
                need = Fraction(str(warning["share"])) * whole
                need = -(-need.numerator // need.denominator)
            else:
                need = whole + warning["offset"]
            if promised is None:
                at = self.reached(cycle, one, need, as_of)
            elif need <= whole:  # the date stands still, and so does what comes before it
                at = self.reached({**cycle, "pauses": [], "paused": None}, one, need, as_of)
            else:
                later = {**one, "origin": max(promised, one["origin"]), "carried": 0}
                at = self.reached(cycle, later, need - whole, as_of)
            yield "warning", warning["text"], at
        text = target["text"] if promised is None else f"promised {promised}"
        yield "breach", text, self.due(cycle, one, as_of)


def term(since, force, origin, carried=0, allowance=None):
    return {
        "since": since,
        "force": force,
        "origin": origin,
        "carried": carried,
        "allowance": allowance,
    }


def put(cycle, one):
    cycle["terms"].append(one)
    if one["force"] is not None:
        cycle["held"] = one


def ended(cycle, as_of):
    """Return when a cycle was cancelled or stopped; else the instant asked about."""
    last = cycle["terms"][-1]
    if last["force"] is None:
        return last["since"]
    return as_of if cycle["stop"] is None else cycle["stop"]


def lasting(cycle, as_of):
    """Return the terms that had a target, each with its end."""
    ends = [one["since"] for one in cycle["terms"][1:]] + [ended(cycle, as_of)]
    pairs = zip(cycle["terms"], ends, strict=True)
    return [(one, until) for one, until in pairs if one["force"] is not None]


def stopped(cycle, at):
    cycle["stop"] = at
    resumed(cycle, at)


def resumed(cycle, at):
    if cycle["paused"] is not None and at > cycle["paused"]:
        cycle["pauses"].append((cycle["paused"], at))
    cycle["paused"] = None


def merged(logs, name):
    """Return a ticket's log after one round of merges.

    What is written to a merged ticket later is read in the other one; a customer message that
    waited there begins to wait here with the merge.
    """
    own, extra = list(logs[name]), []
    for number, event in enumerate(own):
        if event.get("kind") == "merged_into":
            rest = [later for later in own[number + 1 :] if "public" not in later]
            own = [*own[: number + 1], *rest]
            break
    for other, log in logs.items():
        for number, event in enumerate(log):
            if other != name and event.get("kind") == "merged_into" and event["other"] == name:
                if tickets.waiting_since(log, number) is not None:
                    extra.append(
                        {
                            "type": "message",
                            "at": event["at"],
                            "role": "customer",
                            "actor": None,
                            "public": True,
                        }
                    )
                extra += [later for later in log[number:] if "public" in later]
    return sorted([*own, *extra], key=lambda event: event["at"])


def micros(text):
    """Read an ISO instant."""
    at = datetime.fromisoformat(text)
    days = at - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    return (days.days * 86_400 + days.seconds) * SECOND + days.microseconds
