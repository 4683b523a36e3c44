"""Real logs read plainly into ticket events and facts, for the tests that compare with references.

What a system records of a ticket beside its events (when it was closed, what its SLA flag says)
is put into the facts as it stands.
"""

import csv
import gzip
import json
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

from attrs import evolve

from support_model import kpi
from support_model._kpi.facts import DONE
from support_model.events import Changed, Created
from support_model.kpi import Solve
from support_model.vocabulary import Status

DATA = Path(__file__).parents[2].parent / "shared" / "data"
HOUR = timedelta(hours=1)
OPEN, SOLVED = Status("open", "open"), Status("solved", "solved")
COMPLETED = {"Completed": "solved", "Queued": "new", "Accepted": "open", "Unmatched": "open"}
STATES = {"New": "new", "Resolved": "solved", "Closed": "closed"}  # any other is open
WAITS = {"Wait - User": "pending"}


def rows(name):
    with gzip.open(DATA / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def reference(name):
    return json.loads((DATA / f"{name}_reference.json").read_text("utf-8"))


def life(ticket, created, solved, **fields):
    """Two events: created by a customer, solved (or not)."""
    common = {"ticket_id": ticket, "role": "customer"}
    known = {name: value for name, value in fields.items() if value is not None}
    log = [Created(**common, at=created, seq=0, fields={"status": OPEN} | known)]
    if solved is not None:
        log.append(
            Changed(**common | {"role": "agent"}, at=solved, seq=1, fields={"status": SOLVED})
        )
    return log


def github():
    """Return package -> lives of its issues."""
    found = {}
    for row in rows("github_issues"):
        created, closed = (stamp(row[name]) for name in ("created", "closed"))
        lives = found.setdefault(row["package"], [])
        lives.append(life(f"{row['package']}#{row['number']}", created, closed))
    return found


def stamp(text):
    return datetime.fromisoformat(text) if text else None


def uci():
    """Return the rows of every incident, in file order."""
    found = {}
    for row in rows("uci_incidents_even"):
        found.setdefault(row["number"], []).append(row)
    return found


def uci_stamp(text):
    day, clock = text.split()
    d, m, y = map(int, day.split("/"))
    hour, minute = map(int, clock.split(":"))
    return datetime(y, m, d, hour, minute, tzinfo=UTC)


def known(text):
    return None if text == "?" else text


def uci_lives(incidents):
    """Yield lives that end with the close, as some figures of the reference have it."""
    for number, log in incidents.items():
        row = log[-1]
        yield life(
            number,
            uci_stamp(row["opened_at"]),
            uci_stamp(row["closed_at"]),
            requester=known(row["caller_id"]),
            topic=f"{row['category']}/{row['subcategory']}",  # "?" is a topic to it, too
        )


def uci_facts(incidents, *, as_of):
    """Return a case table: recorded stamps, and what changed from row to row."""
    return [uci_fact(number, log, as_of) for number, log in incidents.items()]


def uci_fact(number, log, as_of):
    row = log[-1]
    moments = [uci_stamp(each["sys_updated_at"]) for each in log]
    states = [STATES.get(each["incident_state"], "open") for each in log]
    taken = (at for at, each in zip(moments, log, strict=True) if each["incident_state"] != "New")
    groups = [known(each["assignment_group"]) for each in log]
    again = [
        at
        for (was, now), at in zip(pairwise(states), moments[1:], strict=True)
        if was in DONE and now not in DONE
    ]
    solved = known(row["resolved_at"])
    return kpi.Facts(
        ticket_id=number,
        as_of=as_of,
        created=uci_stamp(row["opened_at"]),
        fields={
            "priority": row["priority"],
            "channel": row["contact_type"],
            "topic": row["category"],
            "custom.sla_met": row["made_sla"] == "true",
        },
        history=tuple(zip(moments, states, strict=True)),
        acknowledged=next(taken, None),
        solves=(Solve(uci_stamp(solved)),) if solved else (),
        reopenings=tuple(again),
        groups=tuple(name for name, _ in groupby(name for name in groups if name is not None)),
        closed=uci_stamp(row["closed_at"]),
    )


def bpi():
    """Return the events of every incident: status, team, line and owner of each row."""
    logs = {}
    for row in rows("bpi2013_incidents"):
        ticket = row["SR Number"]
        log = logs.setdefault(ticket, [])
        status, sub, owner = (row[name] for name in ("Status", "Sub Status", "Owner First Name"))
        waiting = WAITS.get(sub, "on_hold") if sub.startswith("Wait") else None
        fields = {
            "status": Status(f"{status}-{sub}", waiting or COMPLETED[status]),
            "group": row["Involved ST"],
            "line": int(row["ST Level"][1]),
            "agent": None if owner == "Siebel" else owner,  # an account that closes: nobody
            "technology": row["Product"],
            "custom.impact": row["SR Latest Impact"],
        }
        kind = Changed if log else Created
        at = datetime.fromisoformat(row["Change Date+Time"])
        log.append(kind(ticket_id=ticket, role="agent", at=at, seq=len(log), fields=fields))
    return list(logs.values())


def bpi_facts(lives, *, as_of):
    """Return the facts, with the last row as the close and the first Accepted as noticed."""
    found = []
    for life in lives:
        fact = kpi.facts_of(life, as_of=as_of)
        taken = (event.at for event in life if status_of(event).startswith("Accepted"))
        found.append(
            evolve(
                fact,
                created_by="customer",
                acknowledged=next(taken, None),
                closed=life[-1].at if fact.solved else None,
            )
        )
    return found


def status_of(event):
    return dict(event.fields)["status"].name
