"""Tickets of Freshdesk as its API, its export of activities and its app events write them."""

import random
from datetime import UTC, datetime, timedelta

WORDS = (
    *("the", "lamp", "flickers", "since", "yesterday", "evening", "please", "check", "whether"),
    *("another", "cable", "would", "help", "us", "and", "tell", "me", "when", "somebody"),
    *("could", "come", "to", "the", "second", "floor", "of", "house", "near", "river"),
)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FORM = {
    "Product": "Lamp of the second floor", "Level of urgency": "None of these",
    "Time until first answer": "1 day", "Company": "N/A", "Link or address": "N/A",
}  # fmt: skip
AGENTS = [67_013_469_900 + n for n in range(12)]


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def prose(rng):
    return " ".join(rng.choices(WORDS, k=rng.randint(18, 70)))


def conversation(rng, number, ticket, user, at, *, incoming, private):
    text = prose(rng)
    return {
        "body": f'<div style="font-family:Helvetica; font-size:13px">{text}</div>',
        "body_text": text,
        "id": number,
        "incoming": incoming,
        "private": private,
        "user_id": user,
        "support_email": None if private else "support@example.freshdesk.com",
        "source": 2 if private else 0,
        "category": 1,
        "to_emails": [] if private else ["cleo@example.com"],
        "from_email": None if private else "Front desk <support@example.freshdesk.com>",
        "cc_emails": [],
        "bcc_emails": [],
        "email_failure_count": None,
        "outgoing_failures": None,
        "thread_id": None,
        "thread_message_id": None,
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "last_edited_at": None,
        "last_edited_user_id": None,
        "attachments": [],
        "automation_id": None,
        "automation_type_id": None,
        "auto_response": False,
        "ticket_id": ticket,
        "source_additional_info": None,
    }


def ticket(rng, number, at, said):
    text = prose(rng)
    return {
        "cc_emails": [],
        "fwd_emails": [],
        "reply_cc_emails": [],
        "ticket_cc_emails": [],
        "fr_escalated": False,
        "spam": False,
        "email_config_id": 67_000_041_667,
        "group_id": 67_000_259_998 + number % 4,
        "priority": rng.randint(1, 4),
        "requester_id": 67_042_965_499 + number,
        "responder_id": rng.choice(AGENTS),
        "source": rng.choice((1, 1, 2, 3)),
        "company_id": 67_001_265_522,
        "status": 5,
        "subject": text[:40],
        "association_type": None,
        "support_email": "support@example.freshdesk.com",
        "to_emails": ["support@example.freshdesk.com"],
        "product_id": None,
        "id": number,
        "type": "Question",
        "due_by": stamp(at + timedelta(days=3)),
        "fr_due_by": stamp(at + timedelta(days=1)),
        "is_escalated": False,
        "description": f"<div>{text}</div>",
        "description_text": text,
        "custom_fields": {"cf_site": "Lyon", "cf_reference": None},
        "created_at": stamp(at),
        "updated_at": stamp(at + timedelta(days=2)),
        "tags": ["lamp"],
        "attachments": [],
        "nr_due_by": None,
        "nr_escalated": False,
        "stats": {
            "agent_responded_at": said[-1]["created_at"],
            "requester_responded_at": None,
            "first_responded_at": said[0]["created_at"],
            "status_updated_at": stamp(at + timedelta(days=2)),
            "reopened_at": None,
            "resolved_at": stamp(at + timedelta(days=1)),
            "closed_at": stamp(at + timedelta(days=2)),
            "pending_since": None,
        },
        "conversations": said,
    }


def payload(tickets, seed):
    """Return answers of `GET /tickets/{id}?include=stats,conversations`."""
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    found = []
    for number in range(1, tickets + 1):
        at = START + timedelta(minutes=7 * number)
        said = []
        for turn in range(rng.randint(2, 9)):
            asks = turn % 3 == 2
            user = 67_042_965_499 + number if asks else rng.choice(AGENTS)
            then = at + timedelta(hours=1 + turn)
            item = conversation(
                rng, number * 10 + turn, number, user, then, incoming=asks, private=turn % 4 == 1
            )
            said.append(item)
        found.append(ticket(rng, number, at, said))
    return found


def activities(tickets, seed):
    """Return files of `GET /export/ticket_activities`, one a day."""
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    rows = []
    for number in range(1, tickets + 1):
        at, asks = START + timedelta(minutes=7 * number), 67_042_965_499 + number
        begun = {
            "requester_id": asks, "status": "Open", "source": 1, "product": "Lamps",
            "priority": rng.randint(1, 3), "new_ticket": True,
        }  # fmt: skip
        rule = {
            "automation": {"type": 1, "rule": "Lamps to the front desk"}, "added_tags": ["lamp"],
            "group": "Front desk", "agent_id": rng.choice(AGENTS),
        }  # fmt: skip
        if number % 2:  # a form of the portal asks for fields of the account's own
            begun = {**FORM, **begun, "source": 2}
        promise = {"sla_policy": "Default SLA Policy", "due_by": "28-03-2026 23:00:00 +0000"}
        rows += [(at, number, "user", asks, begun), (at, number, "system", None, rule)]
        rows += [(at, number, "system", None, promise)]
        for turn in range(rng.randint(3, 9)):
            then, who = at + timedelta(hours=1 + turn), rng.choice(AGENTS)
            act = rng.choice(
                [
                    {"note": {"id": number * 10 + turn, "type": 0}},
                    {"note": {"id": number * 10 + turn, "type": 1}},
                    {"status": rng.choice(("Pending", "Open", "Resolved"))},
                    {"agent_id": rng.choice(AGENTS), "group": rng.choice(("Field", "Back"))},
                    {"status": "Closed", "due_by": "01-04-2026 23:00:00 +0000"},
                ]
            )
            rows.append((then, number, "user", who, act))
    data = [
        {
            "performed_at": then.strftime("%d-%m-%Y %H:%M:%S +0000"), "ticket_id": number,
            "performer_type": kind, **({} if who is None else {"performer_id": who}),
            "activity": act,
        }
        for then, number, kind, who, act in sorted(rows, key=lambda row: row[0])
    ]  # fmt: skip
    return {"activities_data": data}


def app_events(tickets, seed):
    """Return events that an app received, each with the whole ticket beside."""
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    events = []
    for item in payload(tickets, seed):
        del item["conversations"], item["stats"]
        at = datetime.fromisoformat(item["created_at"])
        steps = [("onTicketCreate", None), ("onTicketUpdate", {"status": [2, 3]})]
        steps += [("onTicketUpdate", {"status": [3, 4], "group_id": [1, rng.randint(2, 5)]})]
        for turn, (name, changes) in enumerate(steps):
            shown = item if changes is None else {**item, "changes": changes}
            then = at + timedelta(hours=turn)
            data = {
                "ticket": {**shown, "status": 2, "updated_at": stamp(then)},
                "requester": {"id": item["requester_id"], "name": "Cleo Marsh", "language": "en"},
                "actor": {"id": rng.choice(AGENTS), "type": "agent", "name": "Ada Pine"},
            }
            moment = int(then.timestamp() * 1000)
            events.append({"data": data, "timestamp": moment, "account_id": 13, "event": name})
    return events


def forms(tickets, seed):
    """Yield each form of JSON."""
    yield "tickets", payload(tickets, seed), None
    yield "activities", activities(tickets, seed), None
    yield "app events", app_events(tickets, seed), None
