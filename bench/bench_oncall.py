"""What on call and escalation cost, beside the plain ways to answer the same question.

Run it alone with `python bench/bench_oncall.py`. Beside a compiled roster stand the same shifts
kept as a list and walked, and the slow twin of the tests, which works out every turn of every
layer anew; both must give the same answers. No package was found that says who is on call by
rotations in local time, so there is no other peer. Rounds are interleaved and the best of them
counts.
"""

import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support_model.escalation import AckMissing, Course, Plan, Repeat, Step, Threshold, escalate
from support_model.instants import Span
from support_model.oncall import (
    Absence,
    ByRule,
    ByWorkedDates,
    Every,
    Layer,
    OnCall,
    Override,
    Swap,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the twin, and how cases are read

from conformance import oncall as cases
from oracles import oncall_oracle

ROUNDS = 7
YEAR = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
BUDGET = 0.05  # seconds that a subject may take a round, one call at least
LIMITS = {"who(at) of a compiled year": 20}  # microseconds
PEOPLE = [f"p{number:02}" for number in range(12)]


def plan(rng):
    """A year of three layers with what people do to them: 60 absences, 20 swaps, 30 overrides."""

    def span(hours):
        start = YEAR[0] + timedelta(hours=rng.randrange(8700))
        return Span(start, start + timedelta(hours=rng.randrange(1, hours)))

    swaps = []
    for number in range(20):
        start = YEAR[0] + timedelta(days=18 * number)
        giver, taker = rng.sample(PEOPLE, 2)
        swaps.append(Swap(giver, taker, span=Span(start, start + timedelta(days=5))))
    zone = {"tz": "Europe/Berlin"}
    return OnCall(
        [
            Layer(PEOPLE[:6], start="2020-01-06 09:00", form=Every(12, "hours"), **zone),
            Layer(
                PEOPLE[4:], start="2020-01-06 09:00", windows={"sat-sun": "08:00-20:00"}, **zone
            ),
            Layer(
                PEOPLE[::3],
                start="2020-01-06 18:00",
                form=ByWorkedDates(2),
                windows={"mon-thu": "18:00-09:00"},
                **zone,
            ),
        ],
        overrides=[Override(rng.choice(PEOPLE), span(24)) for _ in range(30)],
        swaps=swaps,
        absences=[Absence(rng.choice(PEOPLE), span(14 * 24)) for _ in range(60)],
        when_away="next",
    )


def text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def as_case(rota):
    """Return a plan in the shape of the reference cases, for the twin."""

    def span(of):
        return {"from": text(of.start), "to": text(of.end)}

    def layer(number, rotation, restrictions):
        people = [list(entry) for entry in rota.layers[number].participants]
        start = "2020-01-06T18:00" if number == 2 else "2020-01-06T09:00"
        data = {"participants": people, "start": start, "tz": "Europe/Berlin"}
        return {**data, "rotation": rotation, "restrictions": restrictions}

    days = {"days": ["sat", "sun"], "from": "08:00", "to": "20:00"}
    nights = {"days": ["mon", "tue", "wed", "thu"], "from": "18:00", "to": "09:00"}
    worked = {"every": 2, "unit": "days", "advance": "worked"}
    return {
        "layers": [
            layer(0, {"every": 12, "unit": "hours"}, []),
            layer(1, {"every": 1, "unit": "weeks"}, [days]),
            layer(2, worked, [nights]),
        ],
        "overrides": [{"person": one.person, **span(one.span)} for one in rota.overrides],
        "absences": [{"person": one.person, **span(one.span)} for one in rota.absences],
        "swaps": [
            {
                "a": one.giver,
                "b": one.taker,
                "a_from": text(one.span.start),
                "a_to": text(one.span.end),
            }
            for one in rota.swaps
        ],
        "options": {"absence": "next"},
    }


def walked(shifts):
    """Return who is on call by a walk along a list of shifts."""

    def who(at):
        for shift in shifts:
            if shift.span.start <= at < shift.span.end:
                return shift.who
        return frozenset()

    return who


def race(subjects):
    """Return each subject's best microseconds a call."""
    counts, best = {}, dict.fromkeys(subjects, float("inf"))
    for name, ask in subjects.items():
        started = time.process_time()
        ask()
        counts[name] = max(1, int(BUDGET / max(time.process_time() - started, 1e-7)))
    for _ in range(ROUNDS):
        for name, ask in subjects.items():
            started = time.process_time()
            for _ in range(counts[name]):
                ask()
            best[name] = min(best[name], (time.process_time() - started) / counts[name])
    return {name: seconds * 1e6 for name, seconds in best.items()}


def equal(ways, instants):
    """Return the share of instants at which each way agrees with the first."""
    right = next(iter(ways.values()))
    return {
        name: sum(frozenset(who(at)) == right(at) for at in instants) / len(instants)
        for name, who in ways.items()
    }


def measure():
    """Return everything measured, as tables and bars."""
    rng = random.Random(7)  # noqa: S311 - draws a plan, not a secret
    rota = plan(rng)
    data = as_case(rota)
    assert cases.plan_of(data).roster(*YEAR) == rota.roster(*YEAR)
    roster, twin = rota.roster(*YEAR), oncall_oracle.Plan(data, *YEAR)
    instants = [YEAR[0] + timedelta(minutes=rng.randrange(525_600)) for _ in range(1_000)]
    ways = {
        "who(at) of a compiled year": roster.who,
        "who(at) of the plan itself": rota.who,
        "a walk along the year's shifts": walked(roster.shifts()),
        "the slow twin, its turns listed": twin.who,
    }
    asked = iter(instants * 10_000)
    subjects = {name: (lambda who=who: who(next(asked))) for name, who in ways.items()}
    subjects["compile a year"] = lambda: rota.roster(*YEAR)
    subjects["list the year's turns, the slow twin"] = lambda: oncall_oracle.Plan(data, *YEAR)
    best = race(subjects | others(rota, roster))
    same = equal(ways, instants[:200])
    first = best["who(at) of a compiled year"]
    return {
        f"on call, {len(roster.edges)} stretches, {len(roster.shifts())} shifts": [
            {
                "what": name,
                "microseconds": took,
                "beside the roster": took / first,
                "equal answers": f"{same[name]:.1%}" if name in same else "",
            }
            for name, took in best.items()
        ],
        "bars": [
            {"what": what, "measured": best[what], "at most": most, "met": best[what] <= most}
            for what, most in LIMITS.items()
        ],
    }


def others(rota, roster):
    """Return what else is measured."""
    people = {"tz": "Europe/Berlin", "form": ByRule("FREQ=DAILY")}
    rule = OnCall([Layer(PEOPLE, start="2015-01-05 09:00", **people)])
    paged = Plan(
        "page",
        [
            Step(
                id="first",
                to="a",
                anchor=AckMissing(),
                base="wall",
                repeat=Repeat(timedelta(minutes=30), 9),
            ),
            Step(
                id="then",
                to="b",
                anchor=AckMissing("first"),
                after=timedelta(minutes=15),
                level=2,
                base="wall",
            ),
            Step(id="warn", to="a", anchor=Threshold(0.75)),
            Step(id="due", to="c", level=2, kind="hierarchical"),
            Step(id="after", to="c", after=timedelta(hours=1), level=3, kind="hierarchical"),
        ],
    )
    course = Course.of(
        ticket="T1",
        metric="resolution",
        start=YEAR[0],
        targets=[(YEAR[0], timedelta(hours=8))],
        pauses=[Span(YEAR[0] + timedelta(hours=2), YEAR[0] + timedelta(hours=3))],
    )
    return {
        "compile a year of a daily rule begun ten years ago": lambda: rule.roster(*YEAR),
        "n+1 check of a year, 12 people": lambda: rota.single_absences(*YEAR),
        "loads of a year": lambda: roster.loads(tz="Europe/Berlin"),
        "escalate a plan of 5 steps, 14 firings": lambda: escalate(
            paged, course, lambda _, __: ("x",), as_of=YEAR[0]
        ),
    }


if __name__ == "__main__":
    found = measure()
    print(json.dumps(found, indent=1))
    sys.exit(0 if all(bar["met"] for bar in found["bars"]) else 1)
