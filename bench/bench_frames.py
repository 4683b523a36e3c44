"""Whole logs by columns, beside the SQL and the NumPy that analysts write: CPU, clock, memory.

Each subject is a process of its own over the same Parquet file (`frames_log`), the SQL with two
threads, and all must give the same answer or nothing is measured (`frames_peers`). Rounds take
turns and the least of each counts. Memory is the peak of the process. Ratios of processor time
move little with what else runs on the machine; those of the clock do, so its load is told.
"""

import json
import os
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import frames_log

HERE = Path(__file__).parent
TICKETS, REPORTED, LARGE = 1_000_000, 200_000, 7_700_000
GROWN = (240_000, 480_000, 960_000, 1_920_000)
ROUNDS = 2


def ran(way, path):
    """Return what one way measured of itself."""
    command = [sys.executable, str(HERE / "frames_ways.py"), way, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{way} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def least(ways, path):
    """Return the least of each way over some rounds; every answer is the same, or nothing is."""
    found = {}
    for _ in range(ROUNDS):
        for way in ways:
            now = ran(way, path)
            before = found.setdefault(way, now)
            wanted = next(iter(found.values()))["answer"]
            if now["answer"] != wanted:
                sys.exit(f"{way} answers {now['answer']}, not {wanted}")
            found[way] = now | {name: min(before[name], now[name]) for name in ("cpu", "wall")}
    return found


def logged(folder, tickets, **more):
    """Write a log; return its path and how many events it has."""
    path = Path(folder) / f"{tickets}.parquet"
    return path, frames_log.write(path, tickets, **more)


def at_most(limit, name, measured):
    """Return a bar that is met where no more is measured."""
    met = measured <= limit
    return {"bar": name, "limit": f"at most {limit:g}", "measured": measured, "met": met}


def at_least(limit, name, measured):
    """Return a bar that is met where no less is measured."""
    met = measured >= limit
    return {"bar": name, "limit": f"at least {limit:g}", "measured": measured, "met": met}


def row(way, one, ours):
    """Return what one way took, and how many times ours."""
    return {
        "way": way,
        "CPU s": one["cpu"],
        "wall s": one["wall"],
        "peak MB": one["peak"],
        "CPU, times ours": one["cpu"] / ours["cpu"],
        "wall, times ours": one["wall"] / ours["wall"],
    }


def figures(folder):
    """First response, resolution and SLA by priority of a million tickets."""
    path, events = logged(folder, TICKETS)
    found = least(("columns", "sql", "lean sql", "recipe"), path)
    files = least(("columns, file", "columns in 300 MB", "sql, file"), path)
    if files["columns, file"]["answer"] != found["columns"]["answer"]:
        sys.exit("the file is answered otherwise")
    ours, sql, recipe = (found[way] for way in ("columns", "sql", "recipe"))
    rows = [row(way, one, ours) for way, one in (found | files).items()]
    bars = [
        at_least(4, "CPU of the SQL, times ours", sql["cpu"] / ours["cpu"]),
        at_least(3, "wall of the SQL, times ours", sql["wall"] / ours["wall"]),
        at_least(4.5, "wall of the recipe, times ours", recipe["wall"] / ours["wall"]),
        at_most(700, "peak MB of a file read whole", files["columns, file"]["peak"]),
        at_most(300, "peak MB in partitions", files["columns in 300 MB"]["peak"]),
    ]
    return {f"figures of {TICKETS:,} tickets, {events:,} events": rows}, bars


def cycles(folder):
    """Cycles of four metrics with targets by priority, beside the fold of a sample."""
    path, events = logged(folder, TICKETS)
    rows = []
    for way in ("evaluate", "fold"):
        one = ran(way, path)
        tickets = one["answer"]["tickets"]
        rows.append(
            {
                "way": way,
                "tickets": tickets,
                "cycles a ticket": one["answer"]["cycles"] / tickets,
                "CPU us a ticket": 1e6 * one["cpu"] / tickets,
                "peak MB": one["peak"],
            }
        )
    ours, fold = (each["CPU us a ticket"] for each in rows)
    bars = [
        at_most(9, "CPU us a ticket of evaluate", ours),
        at_least(40, "CPU of the fold, times ours", fold / ours),
    ]
    return {f"cycles of four metrics, {events:,} events": rows}, bars


def growth(folder):
    """CPU when the rows double."""
    rows, bars = [], []
    for tickets in GROWN:
        path, events = logged(folder, tickets)
        found = least(("columns, file",), path)["columns, file"]
        rows.append({"events": events, "CPU s": found["cpu"], "peak MB": found["peak"]})
        path.unlink()
    for half, whole in pairwise(rows):
        name = f"CPU of {whole['events']:,} events, times that of half"
        bars.append(at_most(2.2, name, whole["CPU s"] / half["CPU s"]))
    return {"growth": rows}, bars


def large(folder):
    """A log of 40 million events in partitions, under a limit of memory."""
    path, events = logged(folder, LARGE, size=500_000)
    found = ran("columns in 1 GB", path)
    rows = [{"events": events} | {name: found[name] for name in ("cpu", "wall", "peak")}]
    bars = [at_most(1000, f"peak MB of {events:,} events", found["peak"])]
    return {"larger than memory, in partitions": rows}, bars


def reports(folder):
    """The report command beside a query for its main figures, with the extra and without."""
    path, events = logged(folder, REPORTED)
    ran("as csv", path)
    lines = path.with_suffix(".csv")
    asked = {
        "report sql": path,
        "report": path,
        "report of the CSV file": lines,
        "report without the extra": lines,
    }
    found = {way: ran(way.removesuffix(" of the CSV file"), file) for way, file in asked.items()}
    sql = found["report sql"]
    rows = [
        {
            "way": way,
            "CPU s": one["cpu"],
            "peak MB": one["peak"],
            "CPU, times the SQL": one["cpu"] / sql["cpu"],
        }
        for way, one in found.items()
    ]
    plain = found["report without the extra"]
    bars = [
        at_most(6, "CPU of the report, times the SQL", found["report"]["cpu"] / sql["cpu"]),
        at_most(30, "CPU s of the report without the extra", plain["cpu"]),
        at_most(400, "peak MB of the report", found["report"]["peak"]),
        at_most(400, "peak MB of the report without the extra", plain["peak"]),
    ]
    return {f"report of {REPORTED:,} tickets, {events:,} events": rows}, bars


PARTS = (figures, cycles, growth, reports, large)


def measure(parts=PARTS):
    """Return the tables and the bars of some parts."""
    tables, bars = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for part in parts:
            found, limits = part(folder)
            tables |= found
            bars += limits
    load = [{"processors": os.cpu_count(), "load of the machine": os.getloadavg()[0]}]
    return tables | {"what else ran": load, "bars": bars}
