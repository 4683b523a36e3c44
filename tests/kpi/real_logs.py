"""Real logs read plainly into ticket events, for the tests that compare with references."""

import csv
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support_model.events import Changed, Created
from support_model.lifecycle.vocabulary import Status

DATA = Path(__file__).parents[2].parent / "shared" / "data"
HOUR = timedelta(hours=1)
OPEN, SOLVED = Status("open", "open"), Status("solved", "solved")
COMPLETED = {"Completed": "solved", "Queued": "new", "Accepted": "open", "Unmatched": "open"}
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
    """Return the last row of every incident, in file order of the first."""
    found = {}
    for row in rows("uci_incidents_even"):
        found[row["number"]] = row
    return found


def uci_stamp(text):
    day, clock = text.split()
    d, m, y = map(int, day.split("/"))
    hour, minute = map(int, clock.split(":"))
    return datetime(y, m, d, hour, minute, tzinfo=UTC)


def known(text):
    return None if text == "?" else text


def uci_lives():
    for number, row in uci().items():
        category, subcategory = row["category"], row["subcategory"]
        yield life(
            number,
            uci_stamp(row["opened_at"]),
            uci_stamp(row["closed_at"]),
            requester=known(row["caller_id"]),
            topic=f"{category}/{subcategory}",  # "?" in it is a topic to the reference too
        )


def bpi():
    """Yield the events of every incident: status, team and line of each row."""
    logs = {}
    for row in rows("bpi2013_incidents"):
        ticket = row["SR Number"]
        log = logs.setdefault(ticket, [])
        sub = row["Sub Status"]
        waiting = WAITS.get(sub, "on_hold") if sub.startswith("Wait") else None
        fields = {
            "status": Status(f"{row['Status']} {sub}", waiting or COMPLETED[row["Status"]]),
            "group": row["Involved ST"],
            "line": int(row["ST Level"][1]),
        }
        kind = Changed if log else Created
        at = datetime.fromisoformat(row["Change Date+Time"])
        log.append(kind(ticket_id=ticket, role="agent", at=at, seq=len(log), fields=fields))
    return list(logs.values())
