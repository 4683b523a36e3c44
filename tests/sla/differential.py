"""The engine against its slow twin over many scenes: `python tests/sla/differential.py`.

    --scenes 300 --seed 0 [--themes counts,void] [--show 5]

Prints each kind of disagreement with how often it was met and its smallest scene: the targets,
the events in hours from the creation, and what each of the two answers.

Before this: `oracle_data.py`. Next: `test_differential.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from oracles import sla_oracle as oracle
from sla import oracle_data

from support_model._time import duration_text
from support_model.instants import micros
from support_model.sla import PolicyBook, evaluate
from support_model.testing._calendar_strategies import CLOCK_CHANGES
from support_model.testing._sla_strategies import THEMES, sla_scenes

DAY = timedelta(days=1)
BEFORE, AFTER = 6 * DAY, 60 * DAY


@st.composite
def meetings(draw, *, themes=tuple(THEMES), changes=CLOCK_CHANGES[:4], **options):
    """A scene within a few days of a turned clock, its calendars, and the window looked at."""
    zone, day = draw(st.sampled_from(changes))
    plans, values, names = oracle_data.desk_hours(zone, day)
    noon = datetime(day.year, day.month, day.day, tzinfo=UTC)
    start = st.sampled_from((*range(-4 * 96, 2 * 96, 7), 44, 45, 46, 48, 52)).map(
        lambda n: noon + n * timedelta(minutes=15)
    )
    hours = st.sampled_from(
        [values[name] for name in ("always", "always", "always", "office", *values)]
    )
    scene = draw(sla_scenes(calendars=hours, themes=themes, start=start, **options))
    return scene, plans, names, (noon - BEFORE, noon + AFTER)


def disagreements(meeting, as_of=None):
    """What the engine says differently from the twin at an instant."""
    scene, plans, names, window = meeting
    as_of = as_of or scene.as_of
    end = micros(window[1] - DAY)
    given_ = oracle_data.scenario(scene.book, scene.log, as_of, plans, names)
    try:
        theirs = oracle_data.twin(given_, window)
        later = oracle_data.foreseen(given_, window)
    except oracle.Unknown:
        return []
    return oracle_data.differences(
        oracle_data.answers(evaluate(scene.log, scene.book, as_of=as_of)), theirs, end, later
    )


def looks(scene):
    """The instants at which a scene is asked about: the two drawn, and those of all events."""
    found = {scene.as_of, scene.later, *(event.at for event in scene.log)}
    return sorted(at for at in found if at >= scene.log[0].at)


def kind(row):
    """What a disagreement is about."""
    if row[1] == "moment":
        return "moment", (row[2] or row[3])[4], "mine" if row[3] is None else "twin's"
    return ("cycles",) if row[1] == "cycles" else (row[2],)


def first(meeting):
    """The first disagreement of a scene, and when it was asked."""
    for at in looks(meeting[0]):
        rows = disagreements(meeting, at)
        if rows:
            return at, rows
    return None


def smaller(meeting):
    """Yield the scene without one of its parts."""
    scene, *rest = meeting
    for place in reversed(range(1, len(scene.log))):
        log = scene.log[:place] + scene.log[place + 1 :]
        yield (attrs.evolve(scene, log=log), *rest)
    for place, policy in enumerate(scene.book.policies):
        if len(scene.book.policies) > 1:
            others = [p for p in scene.book.policies if p is not policy]
            yield (attrs.evolve(scene, book=PolicyBook(others, scene.book.select)), *rest)
        for target in policy.targets:
            kept = [t for t in policy.targets if t is not target]
            if target.warn_at:
                kept = [attrs.evolve(t, warn_at=()) if t is target else t for t in policy.targets]
            policies = [*scene.book.policies]
            policies[place] = attrs.evolve(policy, targets=kept)
            if kept:
                yield (attrs.evolve(scene, book=PolicyBook(policies, scene.book.select)), *rest)


def minimal(meeting, what):
    """The smallest scene that one can reach by leaving out parts, still disagreeing alike."""
    while True:
        for other in smaller(meeting):
            try:
                found = first(other)
            except Exception:  # noqa: BLE001, S112 - a part that others need was left out
                continue
            if found and kind(found[1][0]) == what:
                meeting = other
                break
        else:
            return meeting


def hours(at, start):
    """An instant as hours from the creation."""
    if not isinstance(at, int) or isinstance(at, bool) or abs(at) < 10**14:
        is_time = isinstance(at, int) and not isinstance(at, bool) and abs(at) > 10**6
        return duration_text(timedelta(microseconds=at)) if is_time else at
    return "+" + duration_text(timedelta(microseconds=at - start))


def readable(value, start):
    if isinstance(value, list | tuple):
        return [readable(part, start) for part in value]
    return hours(value, start)


def show(meeting):
    """Print a scene and what the two say of it."""
    scene, _, names, _ = meeting
    start = micros(scene.log[0].at)
    at, rows = first(meeting)
    print(f"  created {scene.log[0].at.isoformat()}, asked at {hours(micros(at), start)}")
    for policy in scene.book.policies:
        since = "" if policy.since is None else f" since {hours(micros(policy.since), start)}"
        print(f"  policy {policy.name} {policy.version} {policy.kind} when {policy.when}{since}")
        for t in policy.targets:
            m, metric = t.metric, t.metric.name
            rule = f"after {m.after_stop}, pause {m.pause}, reset {m.reset}"
            print(f"    {metric} ({rule}) within {t.within} on {names[t.calendar]}")
            print(f"      when {t.when}, warn {t.warn_at}, {t.on_change}")
    for event in scene.log:
        parts = {
            a.name: getattr(event, a.name)
            for a in attrs.fields(type(event))
            if a.init and a.name not in ("ticket_id", "at", "seq", "source_id", "basis")
        }
        told = ", ".join(f"{name}={value}" for name, value in parts.items() if value is not None)
        print(f"    {hours(event.micros, start):>12} {event.type} {told}")
    for row in rows[:8]:
        print("   ", [readable(part, start) for part in row])


def drawn(strategy, number, seed=0):
    """Yield so many values of a strategy, each drawn from dice of its own.

    Hypothesis varies what it has drawn, so half of its examples are alike; these are not.
    """
    found, dice = [], Random(seed)  # noqa: S311 - dice of a test

    @settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value):
        found.append(value)

    while number:
        collect.hypothesis.fuzz_one_input(dice.randbytes(8_000))
        if found:
            number -= 1
            yield found.pop()


def run(scenes, seed, themes=tuple(THEMES), shown=6):
    """Look at many scenes; return how many disagree."""
    counts, failing = Counter(), {}
    for meeting in drawn(meetings(themes=themes), scenes, seed):
        try:
            found = first(meeting)
        except Exception as error:  # noqa: BLE001 - a crash is a disagreement, shown as one
            found = meeting[0].as_of, [(type(error).__name__, "crash", str(error)[:90], 0)]
        if found:
            what = kind(found[1][0])
            counts[what] += 1
            if what not in failing or len(meeting[0].log) < len(failing[what][0].log):
                failing[what] = meeting
    print(f"{scenes} scenes, {sum(counts.values())} disagree")
    for what, times in counts.most_common(shown):
        print(f"\n{times} x {what}")
        try:
            show(minimal(failing[what], what))
        except Exception as error:  # noqa: BLE001 - likewise
            print("  crash", type(error).__name__, error, failing[what][0].log)
    return sum(counts.values())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--themes", default="")
    parser.add_argument("--show", type=int, default=6)
    asked = parser.parse_args()
    chosen = tuple(filter(None, asked.themes.split(","))) or tuple(THEMES)
    sys.exit(1 if run(asked.scenes, asked.seed, chosen, asked.show) else 0)
