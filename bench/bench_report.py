"""The report of 70,000 events as a manager asks for it, beside SQL for its base figures.

The command reads lines of JSON, compares two months, judges a policy, prints and writes the page
and the figures as JSON: with the columns, and where neither NumPy nor pyarrow is installed. The
SQL (`report_sql`) counts what came, was solved and opened again, medians in business time, targets
and satisfaction by month and by eight fields. Each is a process of its own, its start included;
rounds take turns and the least processor time of each counts. What both count must be equal, or
nothing is measured.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import report_log
import report_sql

from support_model.kpi import plain_facts
from support_model.report import read_by_columns

HERE = Path(__file__).parent
ROUNDS = 3
POLICY = """
schema = "support_model.policies/1"
[calendars.office]
kind = "hours"
tz = "Europe/Berlin"
weeks = [{mon-fri = "08:00-18:00"}]
[[policies]]
name = "standard"
targets = [
    {metric = "first_response", within = "4h", calendar = "office"},
    {metric = "resolution", within = "16h", calendar = "office"},
]
"""
ASKED = (
    *("--tz", report_sql.ZONE, "--hours", "Mo-Fr 08:00-18:00", "--policy", "policy.toml"),
    *("--compare", "2026-05", "2026-06", "--html", "page.html", "--json", "figures.json"),
)
COMMAND = ("-m", "support_model", "report", "log.jsonl", *ASKED)
WITHOUT = """
import sys
sys.modules["numpy"] = sys.modules["pyarrow"] = None
from support_model.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
WAYS = {
    "SQL": (str(HERE / "report_sql.py"), "log.jsonl"),
    "with columns": COMMAND,
    "without an extra": ("-c", WITHOUT, *COMMAND[2:]),
}
LIMITS = {"with columns": 12, "without an extra": 30}
"""Processor time, times that of the SQL."""
LARGEST = 1.5
"""Of the page, in MB."""


def ran(way, folder):
    """Return the seconds of processor of one way, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *WAYS[way]], cwd=folder, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{way} failed:\n{done.stderr}")
    took = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return took, done.stdout


def counted(path):
    """Return what `report_sql` prints of the log, from its facts."""
    facts, tz = plain_facts(read_by_columns([path]).facts()), ZoneInfo(report_sql.ZONE)

    def months(instants):
        return Counter(datetime.fromtimestamp(at / 1e6, tz).strftime("%Y-%m") for at in instants)

    history = facts.entries("history")
    reopened = [
        at
        for at, now, was in zip(
            history.parts[0][1:], history.parts[1][1:], history.parts[1], strict=False
        )
        if was in {"solved", "closed"} and now == "open"
    ]
    return [
        months(each)
        for each in (facts.scalar("created"), facts.entries("solves").parts[0], reopened)
    ]


def must_agree(path, answer):
    """End where the SQL counts otherwise than the facts of the report."""
    for place, months in enumerate(counted(path)):
        own = {month: row[place] for month, row in json.loads(answer).items() if row[place]}
        if own != months:
            sys.exit(f"the SQL counts {own}, the report {dict(months)}")


def measure():
    """Return everything measured, as tables and bars."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        events = report_log.write_events(report_log.events(), folder / "log.jsonl")
        (folder / "policy.toml").write_text(POLICY)
        must_agree(folder / "log.jsonl", ran("SQL", folder)[1])
        took, texts = dict.fromkeys(WAYS, float("inf")), {}
        for _ in range(ROUNDS):
            for way in WAYS:
                spent, printed = ran(way, folder)
                took[way] = min(took[way], spent)
                files = (folder / "page.html", folder / "figures.json")
                if way != "SQL":
                    texts[way] = (printed, *(file.read_bytes() for file in files))
        if len(set(texts.values())) > 1:
            sys.exit("the report differs with and without the extra")
        page = (folder / "page.html").stat().st_size / 1e6
    bars = [
        {
            "bar": f"CPU of the report {way}, times the SQL",
            "limit": f"at most {most}",
            "measured": took[way] / took["SQL"],
            "met": took[way] <= most * took["SQL"],
        }
        for way, most in LIMITS.items()
    ]
    return {
        f"the report of {events:,} events": [
            {"way": way, "CPU s": spent, "CPU, times the SQL": spent / took["SQL"]}
            for way, spent in took.items()
        ],
        "what else ran": [
            {"processors": os.cpu_count(), "load of the machine": os.getloadavg()[0]}
        ],
        "bars": [
            *bars,
            {
                "bar": "MB of the page",
                "limit": f"at most {LARGEST}",
                "measured": page,
                "met": page <= LARGEST,
            },
        ],
    }


if __name__ == "__main__":
    found = measure()
    print(json.dumps(found, indent=1))
    sys.exit(0 if all(bar["met"] for bar in found["bars"]) else 1)
