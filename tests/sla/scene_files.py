"""Scene files: plain data of the rules, what happened, and what must come out.

`tests/sla/scenes/*.json` hold one small scene each; `README.md` beside them says how. Here a file
becomes the scenario that the slow twin reads, and the book and log that the library reads.

Before this: `oracles/sla_oracle.py`. Next: `test_scenes.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

from oracles import sla_oracle as oracle

FOLDER = Path(__file__).parent / "scenes"
DAY = 86_400 * oracle.SECOND
HOUR = 3_600 * oracle.SECOND


def read(path):
    return json.loads(path.read_text("utf-8"))


def files(*kinds):
    return [path for path in sorted(FOLDER.glob("*.json")) if read(path)["kind"] in kinds]


def clock_text(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def calendar(spec):
    if spec["kind"] == "always":
        week = {day: [["00:00", "24:00"]] for day in oracle.WEEKDAYS}
    else:
        week = {
            oracle.WEEKDAYS[int(day)]: [[clock_text(a), clock_text(b)] for a, b in rows]
            for day, rows in spec["week"].items()
        }
    return {"tz": spec["tz"], "weekly": week}


def warning(row):
    if row[0] == "share":
        share = oracle.Fraction(row[1])
        return {"share": str(share), "text": oracle.share_text(share)}
    return {"offset": row[1], "text": oracle.duration_text(row[1])}


def pair(value, second):
    return None if value is None else (value["name"], value[second])


def event(row):
    found = {"actor": None, **row}
    if "fields" in row:
        fields = dict(row["fields"])
        for name, second in (("status", "category"), ("priority", "rank")):
            if name in fields:
                fields[name] = pair(fields[name], second)
        found["fields"] = fields
    return found


def scenario(scene, as_of):
    """Return a scene as the twin reads it."""
    policies = [
        {
            **policy,
            "targets": [
                {**target, "warn_at": [warning(row) for row in target["warn_at"]]}
                for target in policy["targets"]
            ],
        }
        for policy in scene["book"]["policies"]
    ]
    return {
        "calendars": {name: calendar(spec) for name, spec in scene["calendars"].items()},
        "metrics": {name: oracle.metric(**row) for name, row in scene["metrics"].items()},
        "book": {**scene["book"], "policies": policies},
        "events": [event(row) for row in scene.get("events", ())],
        "as_of": as_of,
    }


def twin(scene, as_of, tick=900, **options):
    """Return what the twin says of a scene, within a month of its events."""
    instants = [row["at"] for row in scene["events"]]
    unit = tick * oracle.SECOND
    first, last = (min(instants) - 3 * DAY) // unit, (max(*instants, as_of) + 40 * DAY) // unit
    return oracle.Twin(scenario(scene, as_of), first, last, tick, **options).clocks
