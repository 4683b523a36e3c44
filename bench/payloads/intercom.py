"""Conversations as `GET /conversations/{id}` answers them, with the keys that it gives today."""

import random

BEGIN = 1_772_442_000
WORDS = (
    "the",
    "invoice",
    "export",
    "stops",
    "after",
    "page",
    "two",
    "and",
    "our",
    "browser",
    "fails",
)


def payload(tickets, seed):
    """Return that many conversations of some ten parts."""
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    return [conversation(rng, number) for number in range(tickets)]


def forms(tickets, seed):
    """Yield each form: conversations, and webhooks that hold one each."""
    drawn = payload(tickets, seed)
    yield "conversations", drawn, None
    yield "webhooks", [webhook(each) for each in drawn], None


def webhook(item):
    """Return the notice that a conversation was closed."""
    return {
        "type": "notification_event", "app_id": "abc123", "data": {"type": "n", "item": item},
        "links": {}, "id": f"notif_{item['id']}", "topic": "conversation.admin.closed",
        "delivery_status": "pending", "delivery_attempts": 1, "delivered_at": 0,
        "first_sent_at": item["updated_at"], "created_at": item["updated_at"], "self": None,
    }  # fmt: skip


def body(rng):
    return f"<p>{' '.join(rng.choices(WORDS, k=rng.randint(20, 70)))}</p>"


def person(kind, native):
    return {
        "type": kind,
        "id": native,
        "name": f"Person {native}",
        "email": f"person{native}@example.com",
    }


def conversation(rng, number):
    contact, native = f"6762f{number:019x}", str(215_000_000 + number)
    begin = BEGIN + number * 600
    parts = [
        part(rng, contact, number * 40 + place, begin + place * 1800) for place in range(1, 12)
    ]
    return {
        "type": "conversation",
        "id": native,
        "created_at": begin,
        "updated_at": begin + 20_000,
        "waiting_since": None,
        "snoozed_until": None,
        "source": {
            "type": "email",
            "id": f"40391{number}",
            "delivered_as": "customer_initiated",
            "subject": "Cannot export",
            "body": body(rng),
            "author": person("user", contact),
            "attachments": [],
            "url": None,
            "redacted": False,
        },
        "contacts": {
            "type": "contact.list",
            "contacts": [{"type": "contact", "id": contact, "external_id": str(number)}],
        },
        "first_contact_reply": {"created_at": begin, "type": "email", "url": None},
        "admin_assignee_id": 71,
        "team_assignee_id": 501,
        "open": False,
        "state": "closed",
        "read": True,
        "tags": {"type": "tag.list", "tags": []},
        "priority": "not_priority",
        "sla_applied": None,
        "statistics": {
            "type": "conversation_statistics",
            "first_contact_reply_at": begin,
            "first_admin_reply_at": begin + 1800,
            "first_close_at": begin + 19_800,
            "last_close_at": begin + 19_800,
            "time_to_admin_reply": 1800,
            "time_to_first_close": 19_800,
            "count_reopens": 0,
            "count_assignments": 2,
            "count_conversation_parts": len(parts),
        },
        "conversation_rating": None,
        "teammates": {"type": "admin.list", "admins": [{"type": "admin", "id": "71"}]},
        "title": "Cannot export",
        "custom_attributes": {"Plan": "team"},
        "topics": {},
        "ticket": None,
        "ai_agent": None,
        "ai_agent_participated": False,
        "conversation_parts": {
            "type": "conversation_part.list",
            "conversation_parts": parts,
            "total_count": len(parts),
        },
    }


def part(rng, contact, native, at):
    place = native % 40
    kind = {1: "assignment", 5: "note", 9: "assignment", 11: "close"}.get(place, "comment")
    spoken = kind != "assignment" or place == 9
    author = person("user", contact) if place in (3, 6, 8) else person("admin", "71")
    return {
        "type": "conversation_part",
        "id": str(native),
        "part_type": kind,
        "body": body(rng) if spoken else None,
        "created_at": at,
        "updated_at": at,
        "notified_at": at,
        "assigned_to": {"type": "team" if place == 1 else "admin", "id": "501"}
        if kind == "assignment"
        else None,
        "author": author,
        "attachments": [],
        "external_id": None,
        "redacted": False,
        "metadata": {},
        "email_message_metadata": None,
        "state": "closed" if kind == "close" else "open",
        "tags": [],
        "event_details": None,
        "app_package_code": None,
    }
