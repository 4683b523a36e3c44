"""Webhooks of Chatwoot, and conversations with their messages as its API answers them."""

import random
from datetime import UTC, datetime

BEGIN = 1_772_442_000
WORDS = ("the", "invoice", "export", "stops", "after", "page", "two", "and", "our", "browser")


def payload(tickets, seed):
    """Return the webhooks of that many conversations, some ten of each."""
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    return [hook for number in range(1, tickets + 1) for hook in hooks(rng, number)]


def forms(tickets, seed):
    """Yield each form with its payload and no account."""
    yield "webhooks", payload(tickets, seed), None
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    pages = [page for number in range(1, tickets + 1) for page in answers(rng, number)]
    yield "conversations and messages", pages, None


def text(rng):
    return " ".join(rng.choices(WORDS, k=rng.randint(20, 70)))


def iso(seconds):
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.120Z")


def person(native, kind):
    return {
        "id": native,
        "name": f"Person {native}",
        "email": f"person{native}@example.com",
        "identifier": None,
        "phone_number": None,
        "thumbnail": "",
        "additional_attributes": {},
        "custom_attributes": {},
        "type": kind,
    }


def about(number, at):
    begin = BEGIN + number * 600
    return {
        "additional_attributes": {"browser_language": "en", "referer": "https://desk.example.com"},
        "can_reply": True,
        "channel": "Channel::WebWidget",
        "contact_inbox": {
            "id": number,
            "contact_id": 50_000 + number,
            "inbox_id": 3,
            "source_id": "96e55744-0000-0000-0000-ed125f7b071c",
            "created_at": iso(begin),
            "updated_at": iso(begin),
            "hmac_verified": False,
        },
        "id": number,
        "inbox_id": 3,
        "messages": [],
        "labels": [],
        "meta": {
            "sender": person(50_000 + number, "contact"),
            "assignee": person(71, "user"),
            "team": {"id": 3, "name": "parcels"},
            "hmac_verified": False,
        },
        "status": "open",
        "custom_attributes": {},
        "snoozed_until": None,
        "unread_count": 1,
        "first_reply_created_at": None,
        "priority": None,
        "waiting_since": begin,
        "agent_last_seen_at": at,
        "contact_last_seen_at": at,
        "last_activity_at": at,
        "timestamp": at,
        "created_at": begin,
        "updated_at": at + 0.25,
    }


def hooks(rng, number):
    begin = BEGIN + number * 600
    yield {"event": "conversation_created", **about(number, begin)}
    for place in range(6):
        at = begin + place * 1800
        mine = place % 2 == 1
        yield {
            "event": "message_created",
            "account": {"id": 1, "name": "Desk"},
            "additional_attributes": {},
            "content_attributes": {},
            "content_type": "text",
            "content": text(rng),
            "conversation": about(number, at),
            "created_at": iso(at),
            "id": number * 20 + place,
            "inbox": {"id": 3, "name": "Site"},
            "message_type": "outgoing" if mine else "incoming",
            "private": False,
            "sender": person(71 if mine else 50_000 + number, "user" if mine else "contact"),
            "source_id": None,
        }
    for place, pair in enumerate((("open", "resolved"), ("resolved", "open"))):
        at = begin + 12_000 + place * 600
        yield {
            "event": "conversation_status_changed",
            **about(number, at),
            "changed_attributes": [
                {"status": {"previous_value": pair[0], "current_value": pair[1]}},
                {"updated_at": {"previous_value": iso(begin), "current_value": iso(at)}},
            ],
        }


def answers(rng, number):
    begin = BEGIN + number * 600
    yield about(number, begin + 9000) | {"status": "resolved"}
    messages = []
    for place in range(12):
        mine = place % 2 == 1
        messages.append(
            {
                "id": number * 20 + place,
                "content": text(rng),
                "inbox_id": 3,
                "conversation_id": number,
                "message_type": int(mine),
                "content_type": "text",
                "status": "sent",
                "content_attributes": {},
                "created_at": begin + place * 600,
                "private": False,
                "source_id": None,
                "sender": person(71 if mine else 50_000 + number, "user" if mine else "contact"),
            }
        )
    yield {
        "meta": {"labels": [], "contact": person(50_000 + number, "contact")},
        "payload": messages,
    }
