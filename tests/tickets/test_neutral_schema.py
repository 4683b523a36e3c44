"""The neutral schema of exported logs fits into the ten events, by the table in the docs."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from support_model.events import EVENTS, Changed, Created, Message, Rated
from support_model.tickets import replay, steps
from support_model.vocabulary import Priority, Status
from support_model.workflows import SIX_STEP

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "data" / "constructed_A_expected_events.jsonl"
PAGE = ROOT / "docs" / "reference" / "events.md"
ROLES = {"automation": "bot"}
LINES = {"L1": 1, "L2": 2}
RANKS = {"urgent": 1, "high": 2, "normal": 3, "low": 4}


def status(name):
    return Status(name, name)


def priority(name):
    return Priority(name, RANKS[name])


def changed_fields(row):
    value = row["new_value"]
    match row["event_type"]:
        case "ticket.status.changed":
            return {"status": status(value)}
        case "ticket.priority.changed":
            return {"priority": priority(value)}
        case "ticket.queue.changed":
            return {"group": value, "line": LINES[value]}
        case "ticket.assignee.changed":
            return {"agent": value}


def event(row):
    """One row as one of the ten; None for what is derived again."""
    common = {
        "ticket_id": row["ticket_id"],
        "at": datetime.fromisoformat(row["occurred_at"]),
        "seq": row["seq"],
        "actor": row["actor_id"],
        "role": ROLES.get(row["actor_role"], row["actor_role"]),
    }
    match row["event_type"]:
        case "ticket.created":
            fields = {
                "status": status(row["status"]),
                "priority": priority(row["priority"]),
                "channel": row["channel"],
                "group": row["queue"],
                "agent": row["assignee_id"],
                "requester": row["requester_id"],
                "line": row["line"],
            }
            return Created(**common, fields=fields)
        case "ticket.message.received" | "ticket.message.sent" | "ticket.note.added":
            return Message(**common, public=row["visibility"] == "public")
        case "ticket.satisfaction.responded":
            return Rated(**common, kind="csat", score=row["score"], scale=(1, row["scale_max"]))
        case "ticket.escalated":
            return None
    return Changed(**common, fields=changed_fields(row))


@pytest.fixture
def rows():
    return [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]


def test_what_the_sample_derives_is_derived_again(rows):
    log = [made for row in rows if (made := event(row)) is not None]
    ticket = replay(reversed(log))
    told = {row["seq"] for row in rows if row.get("derived")}
    assert told
    found = {now.event.seq + 1 for now in steps(log) if "escalated" in now.facts}
    assert found == told
    assert ticket.times["escalated_functional"] == 1
    assert ticket.times["transferred"] == 1
    assert ticket.times["reopened"] == 1
    assert ticket.times["replied"] == 3
    assert ticket.times["contacted"] == 3
    assert ticket.category == "closed"
    assert ticket.waiting_since is None
    first_reply = next(now.event for now in steps(log) if "replied" in now.facts)
    assert first_reply.at == datetime.fromisoformat("2024-03-28T15:02:10Z")
    assert SIX_STEP.check(log)  # its statuses are those of another workflow


def test_the_page_names_all_ten_and_every_type_of_the_sample(rows):
    page = PAGE.read_text("utf-8")
    assert all(f"| `{kind.__name__}` |" in page for kind in EVENTS.values())
    for row in rows:
        tail = row["event_type"].removeprefix("ticket")
        assert f"ticket{tail}" in page or f"`{tail}`" in page
