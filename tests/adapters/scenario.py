"""One ticket of a Berlin help desk, as any system should tell it, in the words of one of them."""

import json
from datetime import datetime
from itertools import groupby
from pathlib import Path

import attrs

from support_model import BusinessCalendar
from support_model.events import Changed, Created, Message, Rated
from support_model.tickets import steps

DATA = Path(__file__).parents[1] / "data"
SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
FACTS = json.loads((DATA / "constructed_A_calendar_facts.json").read_text("utf-8"))
del FACTS["scenario"], FACTS["ticket_id"]
NEUTRAL = [
    json.loads(line)
    for line in (DATA / "constructed_A_expected_events.jsonl").read_text("utf-8").splitlines()
]
ROLES = {"customer": "customer", "agent": "agent", "automation": "system"}
LINES = {"L1": 1, "L2": 2}
TOLD = {"status", "priority", "requester", "channel", "group", "agent", "line"}


@attrs.frozen(kw_only=True)
class Words:
    """How one system calls the ticket, its people and groups, and what it says of values."""

    ticket: str
    statuses: dict
    priorities: dict
    people: dict
    groups: dict
    channel: str | None
    score: float
    scale: tuple

    def events(self):
        """The expected events, unnumbered; changes of one person at one instant are one."""
        found = []
        for (at, actor, kind), group in groupby(NEUTRAL, self.transaction):
            rows = list(group)
            shared = {
                "ticket_id": self.ticket,
                "at": datetime.fromisoformat(at),
                "role": ROLES[rows[0]["actor_role"]],
                "actor": self.people[actor],
            }
            if kind == "created":
                found.append(Created(fields=self.beginning(rows[0]), **shared))
            elif kind == "said":
                public = rows[0]["visibility"] == "public"
                found.append(Message(public=public, **shared))
            elif kind == "rated":
                found.append(Rated(kind="csat", score=self.score, scale=self.scale, **shared))
            else:
                fields = {k: v for row in rows for k, v in self.change(row).items()}
                found.append(Changed(fields=fields, **shared))
        return found

    def transaction(self, row):
        what = row["event_type"].removeprefix("ticket.")
        known = {"created": "created", "note.added": "said", "satisfaction.responded": "rated"}
        kind = "said" if what.startswith("message") else known.get(what, "changed")
        return row["occurred_at"], row["actor_id"], kind

    def beginning(self, row):
        fields = {
            "status": self.statuses[row["status"]],
            "priority": self.priorities[row["priority"]],
            "requester": self.people[row["requester_id"]],
        }
        return fields if self.channel is None else fields | {"channel": self.channel}

    def change(self, row):
        new = row["new_value"]
        what = row["event_type"].split(".")[1]
        return {
            "status": lambda: {"status": self.statuses[new]},
            "priority": lambda: {"priority": self.priorities[new]},
            "queue": lambda: {"group": self.groups[new], "line": LINES[new]},
            "assignee": lambda: {"agent": self.people[new]},
            "escalated": dict,  # derived from the queue
        }[what]()


def bare(event):
    """An event without what only its own system says: numbers, sources, further fields."""
    event = attrs.evolve(event, seq=None, source_id=None)
    if isinstance(event, Created):
        told = {name: value for name, value in event.fields if name in TOLD}
        event = attrs.evolve(event, fields=told)
    return event


def facts_of(events):
    """What the scenario states about itself, from the fold and a calendar that never closes."""
    walk = list(steps(events))
    clock = BusinessCalendar.always()

    def at(fact, which):
        when = [now.after.at for now in walk if fact in now.facts][which]
        return int(clock.elapsed(walk[0].after.at, when).total_seconds())

    assigned = next(now.after.at for now in walk if now.after.agent is not None)
    times = walk[-1].after.times
    return {
        "first_human_reply_seconds": at("replied", 0),
        "first_solved_seconds": at("resolved", 0),
        "last_solved_seconds": at("resolved", -1),
        "agent_public_replies": times["replied"],
        "reopens": times["reopened"],
        "escalations": times["escalated"],
        "deescalations": times.get("handed_back", 0),
        "internal_notes": sum(
            isinstance(now.event, Message) and not now.event.public for now in walk
        ),
        "csat_last_score": [now.event.score for now in walk if isinstance(now.event, Rated)][-1],
        "first_assigned_seconds": int(clock.elapsed(walk[0].after.at, assigned).total_seconds()),
    }


def places(payload, path=()):
    """Every place inside a payload, as a path of keys."""
    inside = (
        payload.items()
        if isinstance(payload, dict)
        else enumerate(payload)
        if isinstance(payload, list)
        else ()
    )
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def mangled(payload, path, value):
    """Put a value at a place, or take the place out; a place that is gone by now stays gone."""
    *above, last = path
    for key in above:
        try:
            payload = payload[key]
        except (KeyError, IndexError, TypeError):
            return
    try:
        if value is ...:
            del payload[last]
        else:
            payload[last] = value
    except (KeyError, IndexError, TypeError):
        return
