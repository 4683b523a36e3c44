"""What business time costs: calls and columns beside other libraries, and what is kept for it.

All figures of one run come from one process; repeats are interleaved (each subject in turn,
several rounds) and the best round counts, so a busy machine slows everybody alike.
"""

import gc
import random
import resource
import subprocess
import sys
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import peers

from support_model import arrays
from support_model.instants import instant, micros

SPANS = {"<= 3 d": (0, 3), "<= 30 d": (0, 30), "365 d": (365, 365), "10 y": (3652, 3652)}
FIRST = 2014  # the year in which spans start
PAIRS = 200  # drawn for each span
ROUNDS = 9
SLOW_ROUNDS = 3  # for a call that takes longer than the budget
BUDGET = 0.03  # seconds that a subject may take a round, one call at least
MINUTE = 60_000_000
LIMITS = {
    "compile one year, ms": 2,
    "kept per compiled year, bytes": 8000,
    "import, ms of processor beyond the bare interpreter": 80,
}
HOURS = {  # name: the calendar's hours, the recipe's opening and closing minute of the day
    "09:00-17:00": (540, 1020),
    "09:07-16:53": (547, 1013),
}


def calls(rng):
    """Yield the table of scalar calls, one span after another.

    Each span has calendars of its own, with the holidays of the years that it touches.
    """
    versions = peers.installed([*peers.AWARE, *peers.NAIVE])
    makers = {"support_model": peers.ours, **peers.AWARE, **peers.NAIVE}
    present = [name for name in makers if versions.get(name, "here")]
    for span, (least, most) in SPANS.items():
        days = peers.public_days(FIRST, FIRST + 1 + most // 365, rng)
        subjects = {name: makers[name](days) for name in present}
        aware = list(pairs(rng, least, most))
        naive = [tuple(at.replace(tzinfo=None) for at in pair) for pair in aware]
        inputs = {name: naive if name in peers.NAIVE else aware for name in subjects}
        best, right = race(subjects, inputs)
        quickest = best["support_model"]
        for name, seconds in best.items():
            yield {
                "span": span,
                "library": name,
                "version": versions.get(name, "here"),
                "zones": "no" if name in peers.NAIVE else "yes",
                "calls/s": 1 / seconds,
                "times slower than ours": seconds / quickest,
                "equal answers": right[name],
            }


def pairs(rng, least, most):
    zone = ZoneInfo(peers.ZONE)
    first = datetime(FIRST, 1, 1, tzinfo=UTC)
    for _ in range(PAIRS):
        start = first + timedelta(seconds=rng.randrange(365 * 86_400))
        length = rng.randrange(least * 86_400, most * 86_400 + 1)
        end = start + timedelta(seconds=length)
        yield start.astimezone(zone), end.astimezone(zone)


def race(subjects, inputs):
    """Return each subject's best seconds a call, and its share of answers equal to ours."""
    ours = [subjects["support_model"](*pair) for pair in inputs["support_model"]]
    batches, right = {}, {}
    for name, ask in subjects.items():
        started = time.perf_counter()
        answers = []
        for pair in inputs[name]:
            answers.append(ask(*pair))
            if time.perf_counter() - started > 10 * BUDGET:
                break
        each = (time.perf_counter() - started) / len(answers)
        batches[name] = inputs[name][: max(1, min(PAIRS, int(BUDGET / each)))]
        right[name] = sum(map(same, answers, ours)) / len(answers)
    best = fastest({name: partial(ask_all, subjects[name], batches[name]) for name in subjects})
    return {name: seconds / len(batches[name]) for name, seconds in best.items()}, right


def ask_all(ask, batch):
    for start, end in batch:
        ask(start, end)


def fastest(subjects):
    """Return the best seconds of each subject, over rounds in which each has its turn."""
    best = dict.fromkeys(subjects, float("inf"))
    for turn in range(ROUNDS):
        for name, run in subjects.items():
            if turn >= SLOW_ROUNDS and best[name] > 2 * BUDGET:
                continue
            started = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - started)
    return best


def same(one, other):
    return abs(one - other) < 0.001


def columns(rng):
    """Yield the table of whole columns: ours beside the NumPy recipe."""
    days = peers.public_days(2024, 2025, rng)
    holidays = np.busdaycalendar(holidays=days)
    low, high = (micros(datetime(year, 1, 1, tzinfo=UTC)) for year in (2024, 2026))
    for hours, (opens, closes) in HOURS.items():
        calendar = peers.office(days, hours)
        table = arrays.edge_table(calendar, low, high)
        for n in (10**5, 10**6):
            random_rows = np.random.default_rng(n)
            starts = random_rows.integers(low, high - 30 * 86_400_000_000, n)
            ends = starts + random_rows.integers(0, 30 * 86_400_000_000, n)
            utc = (pd.DatetimeIndex(x.view("M8[us]"), tz="UTC") for x in (starts, ends))
            wall = [
                x.tz_convert(peers.ZONE).tz_localize(None).to_numpy().view(np.int64) for x in utc
            ]
            amounts = random_rows.integers(1, 40 * 60 * MINUTE, n)
            limits = opens * MINUTE, closes * MINUTE
            subjects = {
                "support_model": partial(calendar.elapsed_array, starts, ends),
                "support_model, table held": partial(arrays.elapsed, table, starts, ends),
                "support_model, add": partial(calendar.add_array, starts, amounts),
                "NumPy busday recipe": partial(peers.busday_recipe, *wall, holidays, *limits),
            }
            exact = subjects["support_model"]()
            recipe = subjects["NumPy busday recipe"]()
            best = fastest(subjects)
            for name, seconds in best.items():
                equal = (recipe == exact).mean() if "recipe" in name else 1.0
                yield {
                    "hours": hours,
                    "rows": n,
                    "kernel": name,
                    "million rows/s": n / seconds / 1e6,
                    "times the recipe": best["NumPy busday recipe"] / seconds,
                    "equal answers": float(equal),
                }


def keeping(rng):
    """Return what a calendar costs before it answers, and what it keeps."""
    days = peers.public_days(FIRST, FIRST + 11, rng)
    year = 31_556_952_000_000
    first = micros(datetime(FIRST, 6, 1, tzinfo=UTC))
    made, compiled = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        calendar = peers.office(days)
        made.append(time.perf_counter() - started)
        calendar.is_open(instant(first))  # what is made once, not once a year
        started = time.perf_counter()
        for k in range(1, 11):
            calendar.timeline.open_before(first + k * year)
        compiled.append((time.perf_counter() - started) / 10)
    calendar = peers.office(days)
    calendar.timeline.open_before(first)
    tracemalloc.start()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for k in range(1, 11):
        calendar.timeline.open_before(first + k * year)
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    cpu, wall = importing("from support_model import BusinessCalendar")
    bare_cpu, bare_wall = importing("pass")
    return {
        "make a calendar, ms": min(made) * 1e3,
        "compile one year, ms": min(compiled) * 1e3,
        "kept per compiled year, bytes": kept / 10,
        "import, ms of processor beyond the bare interpreter": (cpu - bare_cpu) * 1e3,
        "import, ms of the clock beyond the bare interpreter": (wall - bare_wall) * 1e3,
    }


def importing(code):
    """Return the least seconds of processor and of the clock that a fresh interpreter takes."""
    cpu = wall = float("inf")
    for _ in range(3 * ROUNDS):
        used, started = children(), time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        cpu, wall = min(cpu, children() - used), min(wall, time.perf_counter() - started)
    return cpu, wall


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(seed=2024):
    """Return everything, as data for JSON."""
    rng = random.Random(seed)  # noqa: S311 - inputs, not secrets
    found = {"calls": list(calls(rng)), "columns": list(columns(rng))}
    kept = keeping(rng)
    found["kept"] = [{"what": what, "value": value} for what, value in kept.items()]
    found["bars"] = list(bars(found["calls"], found["columns"], kept))
    found["machine"] = {"python": sys.version.split()[0], "numpy": np.__version__}
    return found


def bars(scalar, array, kept):
    """Yield what this library promises of its speed, and whether this run kept it."""
    rivals = [
        row["times slower than ours"]
        for row in scalar
        if row["span"] == "365 d" and row["library"] in peers.AWARE
    ]
    if rivals:
        yield bar("calls at one year, times the best peer with zones", min(rivals), least=400)
    for hours, least in zip(HOURS, (7, 3), strict=True):
        ratios = [
            row["times the recipe"]
            for row in array
            if row["hours"] == hours and row["kernel"] == "support_model"
        ]
        yield bar(f"columns of {hours}, times the busday recipe", min(ratios), least=least)
    for what, most in LIMITS.items():
        yield bar(what, kept[what], most=most)


def bar(what, value, *, least=None, most=None):
    met = value >= least if most is None else value <= most
    wanted = f">= {least}" if most is None else f"<= {most}"
    return {"what": what, "wanted": wanted, "measured": value, "met": met}
