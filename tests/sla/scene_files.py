"""Scene files: plain data of the rules, what happened, and what must come out.

`tests/sla/scenes/*.json` hold one small scene each; `README.md` beside them says how. Here a file
becomes the scenario that the slow twin reads, and the book and log that the library reads.

Before this: `oracles/sla_oracle.py`. Next: `test_scenes.py`.
"""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from oracles import sla_oracle as oracle
from sla import oracle_data

from support_model.calendars import WorkingDays
from support_model.events import EVENTS
from support_model.instants import instant
from support_model.patterns import read_pattern
from support_model.sla import METRICS, Metric, PolicyBook, SlaPolicy, Target
from support_model.tickets import merged
from support_model.vocabulary import Priority, Status

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


def told(scene, as_of, tick=900, **options):
    """Return what the twin says of a scene, within a month of its events."""
    instants = [row["at"] for row in scene["events"]]
    unit = tick * oracle.SECOND
    first, last = (min(instants) - 3 * DAY) // unit, (max(*instants, as_of) + 40 * DAY) // unit
    return oracle.Twin(scenario(scene, as_of), first, last, tick, **options).clocks


def policy_book(scene):
    """Return the book of a scene as the library reads it."""
    calendars = {
        name: oracle_data.calendar(calendar(spec)) for name, spec in scene["calendars"].items()
    }
    metrics = {
        **METRICS,
        **{name: own_metric(name, row) for name, row in scene["metrics"].items()},
    }
    return PolicyBook(
        [
            SlaPolicy(
                name=policy["name"],
                version=policy["version"],
                kind=policy["kind"],
                when=read_pattern(policy["when"]),
                targets=[target_of(row, metrics, calendars) for row in policy["targets"]],
            )
            for policy in scene["book"]["policies"]
        ],
        scene["book"]["select"],
    )


def own_metric(name, row):
    parts = {key: part if key == "after_stop" else read_pattern(part) for key, part in row.items()}
    return Metric(name=name, **parts)


def target_of(row, metrics, calendars):
    within = row["within"]
    if isinstance(within, dict):
        within = WorkingDays(within["days"], within.get("end_of_day", False))
    elif within is not None:
        within = timedelta(microseconds=within)
    return Target(
        metric=metrics[row["metric"]],
        within=within,
        calendar=calendars[row["calendar"]],
        when=read_pattern(row["when"]),
        warn_at=[
            float(Fraction(given[1])) if given[0] == "share" else timedelta(microseconds=given[1])
            for given in row["warn_at"]
        ],
        on_change=row["on_change"],
    )


def events(rows, ticket_id):
    """Return a log as the library reads it."""
    found = []
    for row in rows:
        parts = {**row, "at": instant(row["at"])}
        if parts.get("due") is not None:
            parts["due"] = instant(parts["due"])
        if "fields" in parts:
            parts["fields"] = {name: value(name, part) for name, part in row["fields"].items()}
        found.append(EVENTS[parts.pop("type")](ticket_id=ticket_id, **parts))
    return found


def value(name, part):
    kind = {"status": Status, "priority": Priority}.get(name)
    return part if kind is None or part is None else kind(**part)


def logs(scene):
    """Return the logs of a scene, after their merges, by ticket."""
    if "logs" not in scene:
        return {scene["ticket"]: events(scene["events"], scene["ticket"])}
    return merged({name: events(rows, name) for name, rows in scene["logs"].items()})
