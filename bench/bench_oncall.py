"""What on call and escalation cost: `python bench/bench_oncall.py`.

Best of several rounds in one process, so a busy machine shows in the worst rounds only.
"""

import platform
import random
import sys
import time
from datetime import UTC, datetime, timedelta

from support_model.duty.rotations import ByRule, ByWorkedDates, Every
from support_model.escalation import escalate
from support_model.escalations.courses import Course
from support_model.escalations.steps import AckMissing, Plan, Repeat, Step, Threshold
from support_model.instants import Span
from support_model.oncall import Absence, Layer, OnCall, Override, Swap

ROUNDS = 7
YEAR = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 20  # microseconds for who(at) after compile
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


def best(act, times):
    """Return the microseconds of one call, in the best round."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(times):
            act()
        rounds.append((time.perf_counter() - start) / times)
    return min(rounds) * 1e6


def measure():
    """Return the rows of the table: what is done, microseconds, limit."""
    rng = random.Random(7)  # noqa: S311 - draws a plan, not a secret
    house = plan(rng)
    roster = house.roster(*YEAR)
    instants = [YEAR[0] + timedelta(minutes=rng.randrange(525_600)) for _ in range(1000)]
    asked = iter(instants * 10_000)
    rule = OnCall(
        [Layer(PEOPLE, start="2015-01-05 09:00", tz="Europe/Berlin", form=ByRule("FREQ=DAILY"))]
    )
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
    return [
        ("who(at) of a compiled year", best(lambda: roster.who(next(asked)), 20_000), LIMIT),
        ("who(at) of the plan itself", best(lambda: house.who(next(asked)), 50), None),
        (
            f"compile a year, {len(roster.edges)} stretches",
            best(lambda: house.roster(*YEAR), 1),
            None,
        ),
        (
            "compile a year of a daily rule begun ten years ago",
            best(lambda: rule.roster(*YEAR), 1),
            None,
        ),
        ("n+1 check of a year, 12 people", best(lambda: house.single_absences(*YEAR), 1), None),
        ("loads of a year", best(lambda: roster.loads(tz="Europe/Berlin"), 5), None),
        (
            "escalate a plan of 5 steps, 14 firings",
            best(lambda: escalate(paged, course, lambda _, __: ("x",), as_of=YEAR[0]), 50),
            None,
        ),
    ]


def main():
    rows = measure()
    print(f"Python {platform.python_version()}, {platform.machine()}")
    for what, microseconds, limit in rows:
        met = (
            ""
            if limit is None
            else f"  (limit {limit}: {'met' if microseconds < limit else 'missed'})"
        )
        print(f"  {what:52} {microseconds:12,.2f} us{met}")
    return 0 if all(limit is None or cost < limit for _, cost, limit in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
