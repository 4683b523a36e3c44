"""Constructed files of two vendors become the neutral events that stand beside them."""

import csv
import json
from collections import Counter

import pytest
from adapters.scenario import DATA

from support_model.adapters import onec, zendesk
from support_model.errors import AdapterError
from support_model.events import Changed, Created, Message, Rated, Related
from support_model.tickets import steps

VENDORS = DATA / "vendors"
ROLES = {"automation": "system", "unknown": "third_party"}
MESSAGES = {"message.received", "message.sent", "note.added"}
DERIVED = {"escalated", "deescalated", "reopened"}


def beside(name):
    return next(VENDORS.glob(f"*/{name}"))


def payload(name):
    return json.loads(beside(name).read_text("utf-8"))


def neutral(name):
    """The expected facts, each by ticket, instant, actor and role, in the library's words."""
    rows = beside(f"{name}.expected.jsonl").read_text("utf-8").splitlines()
    found = Counter()
    for row in map(json.loads, rows):
        what = row["event_type"].removeprefix("ticket.")
        if what in DERIVED:
            continue
        role = ROLES.get(row["actor_role"], row["actor_role"])
        shared = (row["ticket_id"], row["occurred_at"], row["actor_id"], role, row.get("basis"))
        if what == "created":
            told = (row["status"], row["channel"], row["queue"], row["line"], row["requester_id"])
            found[(*shared, "created", told)] += 1
        elif what in MESSAGES:
            found[(*shared, "message", row["visibility"] == "public")] += 1
        elif what == "satisfaction.responded":
            found[(*shared, "rated", (row["score"], row["scale_min"], row["scale_max"]))] += 1
        elif what == "linked":
            found[(*shared, "related", (row["relation"], row["new_value"]))] += 1
        elif what == "deleted":
            found[(*shared, "status", "void")] += 1
        else:
            field = what.removesuffix(".changed")
            field = {"queue": "group", "assignee": "agent"}.get(field, field)
            found[(*shared, field, row["new_value"])] += 1
    return found


def told(events):
    """The same of events that were read; a line moves with its group and is not counted apart."""
    found = Counter()
    for event in events:
        at = f"{event.at:%Y-%m-%dT%H:%M:%SZ}"
        shared = (event.ticket_id, at, event.actor, event.role, event.basis)
        if isinstance(event, Created):
            held = dict(event.fields)
            names = ("channel", "group", "line", "requester")
            told_ = (held["status"].category, *(held.get(name) for name in names))
            found[(*shared, "created", told_)] += 1
        elif isinstance(event, Message):
            found[(*shared, "message", event.public)] += 1
        elif isinstance(event, Rated):
            found[(*shared, "rated", (event.score, *event.scale))] += 1
        elif isinstance(event, Related):
            found[(*shared, "related", (event.kind, event.other))] += 1
        elif isinstance(event, Changed):
            for name, value in event.fields:
                if name in {"status", "group", "agent"}:
                    found[(*shared, name, getattr(value, "category", value))] += 1
    return found


def agree(events, name):
    expected = neutral(name)
    found = told(events)
    assert found - expected == Counter()
    assert expected - found == Counter()
    facts = json.loads(beside(f"{name}.expected.json").read_text("utf-8"))["facts"]
    logs = {}
    for event in events:
        logs.setdefault(event.ticket_id, []).append(event)
    for ticket, stated in facts.items():
        walk = list(steps(logs[ticket]))
        times = walk[-1].after.times
        replies = [now.after.at for now in walk if "replied" in now.facts]
        assert times.get("reopened", 0) == stated["reopens"]
        assert times.get("escalated", 0) == stated["escalations"]
        assert len(replies) == stated["agent_public_replies"]
        waited = (replies[0] - walk[0].after.at).total_seconds() if replies else None
        assert waited == stated["first_human_reply_seconds"]


def codes(reading):
    return {found.code: found.count for found in reading.findings}


def test_a_conversation_inside_an_audit():
    reading = zendesk.read(payload("audits_messaging_transcript.json"))
    agree(reading.events, "audits_messaging_transcript.json")
    assert reading.left_out == {"ChatJoin": 2, "ChatEndedEvent": 1, "OfferedToEvent": 1}


def test_the_incremental_export():
    groups = {"31": "L1", "32": "L2"}
    roles = {"7001": "agent", "7002": "agent"}
    account = zendesk.Account(groups=groups, lines={"31": 1, "32": 2}, roles=roles)
    reading = zendesk.read(payload("incremental_ticket_events.json"), account)
    agree(reading.events, "incremental_ticket_events.json")
    assert codes(reading) == {"more_pages": 1}


@pytest.mark.parametrize(
    ("read", "name"),
    [(zendesk.read, "error_rate_limit.json"), (onec.read, "odata_error.json")],
)
def test_an_error_instead_of_data(read, name):
    refused = json.loads(beside(f"{name}.expected.json").read_text("utf-8"))["refused"]
    with pytest.raises(AdapterError) as caught:
        read(payload(name))
    assert all(text in str(caught.value) for text in refused["must_name"])


def test_a_deleted_document_with_comments_inside():
    roles = {"0000000b-0000-0000-0000-000000000000": "agent"}
    account = onec.Account(roles=roles, tz="Europe/Moscow")
    reading = onec.read(payload("odata_deleted_with_table_part.json"), account)
    assert told(reading.events) == neutral("odata_deleted_with_table_part.json")
    assert codes(reading) == {"no_time_of": 1, "undated_link": 1}


def test_reports_with_titles_and_totals():
    names = ("otchet_obrashcheniya.csv", "otchet_istoriya.csv", "otchet_kommentarii.csv")
    tables = {
        name: list(csv.reader(beside(name).read_text("windows-1251").splitlines(), delimiter=";"))
        for name in names
    }
    own = onec.Account(
        columns={
            "requester": "Контактное лицо",
            "group": "Линия поддержки",
            "channel": "Способ обращения",
        },
        lines={"1-я линия": 1, "2-я линия": 2},
        channels={"Телефон": "phone", "Портал": "web"},
        tz="Europe/Moscow",
        people="as_written",
    )
    reading = onec.read_tables(tables, own)
    agree(reading.events, "otchet")
    assert codes(reading) == {
        "no_row": 4, "dropped": 1, "newest_first": 1, "short_name": 1, "no_kind": 1,
    }  # fmt: skip
    assert reading.unknown == {}
