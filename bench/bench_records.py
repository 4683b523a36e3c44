"""What a log costs as records, without any extra: lines to events, to facts, to a report.

The log is that of `bench_kpi`, a line an event. The measure is `json.loads` of the same lines,
which whoever reads them pays anyway; for tables it is `csv.reader` over the rows of the made-up
help desk of the package, twenty times over. Times are of the processor; repeats are interleaved,
the best counts.
"""

import csv
import gc
import gzip
import json
import sys
import tempfile
import time
from pathlib import Path

from bench_kpi import AS_OF, TICKETS, history

from support_model import kpi
from support_model._cli import demo
from support_model.adapters import read_files, table
from support_model.report import make_report
from support_model.serde import read_logs, write_events

ROUNDS, COPIES = 3, 20
LIMITS = {
    "events of lines, times json.loads": 3.0,
    "facts of events, times json.loads": 2.5,
    "a table as events, times csv.reader": 28.0,
    "a report of lines, times json.loads": 11.0,
}


def best(subjects):
    """Return the best processor time of each subject over interleaved rounds."""
    found = dict.fromkeys(subjects, float("inf"))
    for _ in range(ROUNDS):
        for name, ask in subjects.items():
            gc.collect()
            gc.disable()
            started = time.process_time()
            ask()
            found[name] = min(found[name], time.process_time() - started)
            gc.enable()
    return found


def many_rows(path):
    """Write the rows of the made-up log so many times, each time other tickets."""
    with gzip.open(demo.LOG, "rt", encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for copy in range(COPIES):
            writer.writerows([f"{row[0]}-{copy}", *row[1:]] for row in rows)
    return COPIES * len({row[0] for row in rows})


def parsed(path):
    with path.open("rb") as file:
        return [json.loads(line) for line in file]


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def measure():
    """Return everything measured, as tables and bars."""
    with tempfile.TemporaryDirectory() as folder:
        lines, cells = Path(folder, "log.jsonl"), Path(folder, "log.csv")
        write_events(history(), lines)
        listed = many_rows(cells)
        mapping = table.load(demo.MAPPING)
        events = [event for log in read_logs(lines).values() for event in log]
        took = best(
            {
                "json.loads": lambda: parsed(lines),
                "events of lines": lambda: read_logs(lines),
                "facts of events": lambda: kpi.case_table(events, as_of=AS_OF),
                "a report of lines": lambda: make_report(read_files(lines, "events")),
                "csv.reader": lambda: rows_of(cells),
                "a table as events": lambda: table.read(cells, mapping),
            }
        )
    of_tables = {"csv.reader", "a table as events"}
    ratios = [took[what.split(",")[0]] / took[what.rsplit("times ", 1)[1]] for what in LIMITS]
    return {
        "microseconds a ticket": [
            {"what": name, "us a ticket": 1e6 * each / (listed if name in of_tables else TICKETS)}
            for name, each in took.items()
        ],
        "bars": [
            {"what": what, "measured": found, "at most": most, "met": found <= most}
            for (what, most), found in zip(LIMITS.items(), ratios, strict=True)
        ],
    }


if __name__ == "__main__":
    found = measure()
    print(json.dumps(found, indent=1))
    sys.exit(0 if all(bar["met"] for bar in found["bars"]) else 1)
