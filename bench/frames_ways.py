"""One way to one answer, in a process of its own: `python bench/frames_ways.py WAY FILE`.

Prints a line of JSON: the seconds of processor and of the clock, the most memory in MB, and the
answer. Modules, and rows as an Arrow table or a data frame, are loaded before the clock starts,
unless the way says that it reads the file.
"""

# ruff: noqa: PLC0415 - a way loads what it uses, or its memory would be that of all of them

import contextlib
import importlib
import io
import json
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path

import frames_peers as peers
from frames_peers import AS_OF

SAMPLE = 20_000
HOURS = timedelta(hours=1)
NEEDED = (
    *("priority", "category", "cut", "snapshot", "created", "created_by", "contact", "acts"),
    *("unknown_wrote", "solved", "ever_solved", "first_solve", "last_solve", "history"),
)
"""The facts that first response and full resolution use."""
USED = ("ticket_id", "at", "seq", "type", "role", "public", "status", "priority")
"""The columns of events that these rest on; a query reads no others either."""


def arrow(path):
    """Return the rows as an Arrow table."""
    import pyarrow.parquet as pq

    return pq.read_table(path)


def frame(path):
    """Return the rows as a data frame."""
    return arrow(path).to_pandas()


def office():
    from support_model.calendars import BusinessCalendar

    return BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz=peers.ZONE)


def answered(facts):
    """Return the answer from a table of facts."""
    import pyarrow.compute as pc

    from support_model import kpi

    response = kpi.first_response()
    resolution = kpi.full_resolution(pause=["pending", "solved"])
    answer = {}
    for name, hours in peers.FIRST_RESPONSE.items():
        own = facts.filter(pc.equal(facts["priority"], name))
        row = [own.num_rows]
        for measure, limit in ((response, hours), (resolution, peers.RESOLUTION[name])):
            figure = measure.of(own, calendar=office())
            in_time = figure.histogram([limit * HOURS + timedelta(microseconds=1)])[0]
            row += [figure.n, figure.total_micros, in_time]
        answer[name] = row
    return answer


def columns(source):
    """Return the answer by columns, from an Arrow table or the path of a Parquet file."""
    from support_model import frames

    rows = source if isinstance(source, str) else source.select(USED)
    return answered(frames.facts(frames.events(rows), as_of=AS_OF, columns=NEEDED))


def part_answered(events):
    """Return the answer of some tickets as a table, in numbers that add up."""
    import pyarrow as pa

    from support_model import frames

    found = answered(frames.facts(events, as_of=AS_OF, columns=NEEDED))
    rows = [
        {"priority": name} | dict(zip(peers.PARTS, row, strict=True))
        for name, row in found.items()
    ]
    return pa.Table.from_pylist(rows)


def in_partitions(source, limit):
    """Return the answer of partitions, whose tables are added up."""
    from support_model import frames

    totals = {name: [0] * len(peers.PARTS) for name in peers.FIRST_RESPONSE}
    events = frames.events(source)
    for table in frames.partitioned(events, part_answered, memory_limit=limit):
        for row in table.to_pylist():
            name = row.pop("priority")
            totals[name] = [a + b for a, b in zip(totals[name], row.values(), strict=True)]
    return totals


def evaluated(source):
    """Return how many cycles there are by columns."""
    from support_model import frames

    table = frames.evaluate(frames.events(source), book(), as_of=AS_OF)
    return {"tickets": len(table["ticket_id"].unique()), "cycles": table.num_rows}


def book():
    """Return targets by priority of four metrics."""
    from support_model import sla
    from support_model.patterns import Field

    hours, targets = office(), []
    for metric in ("first_response", "next_response", "periodic_update", "resolution"):
        limits = peers.RESOLUTION if metric == "resolution" else peers.FIRST_RESPONSE
        for priority, limit in limits.items():
            target = sla.Target(
                metric=sla.METRICS[metric],
                within=limit * HOURS,
                calendar=hours,
                when=Field("priority").is_(priority),
            )
            targets.append(target)
    return sla.PolicyBook([sla.SlaPolicy(name="standard", targets=targets)])


def sampled(path):
    """Return the rows of some tickets as an Arrow table."""
    import pyarrow.compute as pc

    table = arrow(path)
    ids = pc.unique(table["ticket_id"])
    some = ids.take(list(range(0, len(ids), max(1, len(ids) // SAMPLE))))
    return table.filter(pc.is_in(table["ticket_id"], some))


def folded(source):
    """Return how many cycles there are by the fold of each ticket alone, made of its rows."""
    from support_model import frames
    from support_model.sla import evaluate

    raw, logs = frames.events(source).raw, {}
    for row in range(raw.size):
        event = raw.event(row)
        logs.setdefault(event.ticket_id, []).append(event)
    policies, cycles = book(), 0
    for log in logs.values():
        result = evaluate(log, policies, as_of=AS_OF)
        cycles += sum(len(clock.cycles) or 1 for clock in result.clocks)
    return {"tickets": len(logs), "cycles": cycles}


def report(path):
    """Ask for the report of a log as a user does."""
    from support_model.__main__ import main as command

    hours = ["--hours", "Mo-Fr 08:00-18:00", "--tz", peers.ZONE]
    return command(["report", str(path), "--from", "events", *hours, "--by", "priority"])


def without_extra(path):
    """The same where neither NumPy nor pyarrow is installed."""
    sys.modules["numpy"] = sys.modules["pyarrow"] = None
    return report(path)


WAYS = {
    "columns": (arrow, columns),
    "columns, file": (str, columns),
    "columns in 300 MB": (str, lambda path: in_partitions(path, 300_000_000)),
    "columns in 1 GB": (str, lambda path: in_partitions(path, 1_000_000_000)),
    "evaluate": (arrow, evaluated),
    "fold": (sampled, folded),
    "sql": (arrow, peers.sql),
    "sql, file": (str, peers.sql),
    "lean sql": (arrow, peers.lean_sql),
    "recipe": (frame, peers.recipe),
    "as csv": (str, peers.as_csv),
    "report": (str, report),
    "report without the extra": (str, without_extra),
    "report sql": (str, peers.report_sql),
}
"""By name: what loads the rows before the clock starts, and what answers."""


def peak():
    """Return the most memory of this process in MB; that of `resource` may be its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if "VmHWM" in line)
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


MODULES = ("support_model.frames", "support_model.kpi", "support_model.sla")
"""What ours imports; others import one package."""


def main():
    way, path = sys.argv[1:]
    for name in ("duckdb",) if "sql" in way else () if "report" in way else MODULES:
        importlib.import_module(name)
    load, answer = WAYS[way]
    source = load(path)
    wall, cpu = time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        found = answer(source)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps({"cpu": cpu, "wall": wall, "peak": peak(), "answer": found}))


if __name__ == "__main__":
    main()
