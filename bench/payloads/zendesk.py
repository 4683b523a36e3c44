"""Zendesk: audits of tickets, the export of changes, lines of the account's export, webhooks."""

import random
from datetime import UTC, datetime, timedelta

WORDS = (
    *("printer", "invoice", "again", "the", "screen", "of", "my", "order", "please", "since"),
    *("monday", "room", "door", "cable"),
)
BEGUN = datetime(2026, 3, 2, 8, tzinfo=UTC)
AGENTS, GROUPS = range(7001, 7021), range(31, 36)


def forms(tickets, seed):
    """Yield each form with its payload and its account."""
    yield "audits", payload(tickets, seed), None
    yield "changes", changes(tickets, seed), None
    yield "export lines", lines(tickets, seed), None
    yield "webhooks", webhooks(tickets, seed), None
    yield "list", listed(tickets, seed), None
    yield "list with metric sets", listed(tickets, seed, metrics=True), None


def payload(tickets, seed):
    """Return a page of audits with its users."""
    users = [{"id": who, "role": "agent", "name": f"Agent {who}"} for who in AGENTS]
    audits, asked = [], set()
    for audit in drawn(tickets, seed):
        asked.add(audit["requester"])
        audits.append(as_audit(audit))
    users += [
        {"id": who, "role": "end-user", "name": f"Customer {who}", "email": f"c{who}@example.com"}
        for who in sorted(asked)
    ]
    return {"audits": audits, "users": users, "meta": {"has_more": False}}


def drawn(tickets, seed):
    """Yield (ticket, author, time, comment, creates, changes) of the audits of tickets."""
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    number = 6_130_852_545_178
    for ticket in range(1, tickets + 1):
        requester = 900_000 + rng.randrange(tickets)
        at = BEGUN + timedelta(minutes=7 * ticket)
        agent, status = rng.choice(AGENTS), "new"
        for step in range(rng.randint(4, 9)):
            number += rng.randint(128, 4096)
            customer = step == 0 or rng.random() < 0.3
            fields = {}
            if step == 0:
                fields = created(rng, requester)
            else:
                new = rng.choice(["open", "pending", "hold", "solved"])
                if new != status:
                    fields["status"] = (status, new)
                    status = new
                if rng.random() < 0.3:
                    fields["group_id"] = (rng.choice(GROUPS), rng.choice(GROUPS))
                if rng.random() < 0.3:
                    fields["assignee_id"] = (None, agent)
            yield {
                "id": number, "ticket": ticket, "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                "author": requester if customer else agent, "requester": requester,
                "body": " ".join(rng.choices(WORDS, k=rng.randint(18, 70))),
                "public": customer or rng.random() < 0.8, "born": step == 0, "fields": fields,
            }  # fmt: skip
            at += timedelta(seconds=rng.randint(60, 40_000))


def created(rng, requester):
    return {
        "subject": " ".join(rng.choices(WORDS, k=6)), "requester_id": requester,
        "priority": rng.choice(["low", "normal", "high", "urgent"]), "type": "incident",
        "status": "new", "group_id": rng.choice(GROUPS), "assignee_id": None,
        "brand_id": 6130830354842, "ticket_form_id": 6130830344474,
        "custom_status_id": 6130830355738, "tags": rng.choices(WORDS, k=3),
    }  # fmt: skip


def told(value):
    return str(value) if isinstance(value, int) else value


def as_audit(audit):
    """Return one audit as the interface writes it."""
    number = audit["id"]
    events = [
        {
            "id": number + 1, "type": "Comment", "author_id": audit["author"],
            "body": audit["body"], "html_body": f'<div class="zd-comment">{audit["body"]}</div>',
            "plain_body": audit["body"], "public": audit["public"], "attachments": [],
            "audit_id": number,
        },
    ]  # fmt: skip
    for place, (name, value) in enumerate(audit["fields"].items(), 2):
        part = {"id": number + place, "type": "Create" if audit["born"] else "Change"}
        if audit["born"]:
            part |= {"value": told(value), "field_name": name}
        else:
            part |= {
                "value": told(value[1]), "field_name": name, "previous_value": told(value[0]),
            }  # fmt: skip
        events.append(part)
    return {
        "id": number, "ticket_id": audit["ticket"], "created_at": audit["at"],
        "author_id": audit["author"],
        "metadata": {
            "system": {
                "client": "Mozilla/5.0 (X11; Linux x86_64) Chrome/192.0.2.1 Safari/537.36",
                "ip_address": "192.0.2.1", "location": None, "latitude": None, "longitude": None,
            },
            "custom": {},
        },
        "events": events,
        "via": {
            "channel": "email" if audit["born"] else "web",
            "source": {"from": {}, "to": {}, "rel": None},
        },
    }  # fmt: skip


def changes(tickets, seed):
    """Return the same as a page of the incremental export of ticket events."""
    rows = []
    for audit in drawn(tickets, seed):
        number, via = audit["id"], "Mail" if audit["born"] else "Web form"
        shared = {"via": via, "via_reference_id": 0}
        children = [
            {
                "event_type": "Comment", "type": "Comment", "author_id": audit["author"],
                "body": audit["body"], "html_body": f"<p>{audit['body']}</p>",
                "plain_body": audit["body"], "public": audit["public"], "attachments": [],
                "audit_id": number, "created_at": audit["at"], "id": number + 1, **shared,
            },
        ]  # fmt: skip
        for place, (name, value) in enumerate(audit["fields"].items(), 2):
            new = {name: value} if audit["born"] else {name: value[1], "previous_value": value[0]}
            kind = "Create" if audit["born"] else "Change"
            children.append({**new, "event_type": kind, "id": number + place, **shared})
        rows.append({
            "child_events": children, "id": number, "ticket_id": audit["ticket"],
            "timestamp": int(datetime.fromisoformat(audit["at"]).timestamp()),
            "created_at": audit["at"], "updater_id": audit["author"], "via": via,
            "system": {"client": "Mozilla/5.0", "location": "Nowhere"}, "metadata": {},
            "event_type": "Audit",
        })  # fmt: skip
    return {"ticket_events": rows, "count": len(rows), "end_of_stream": True}


def lines(tickets, seed):
    """Return the lines of the account's export: tickets with comments and metrics."""
    found = {}
    for audit in drawn(tickets, seed):
        line = found.get(audit["ticket"]) or found.setdefault(audit["ticket"], line_of(audit))
        line["comments"].append({
            "id": audit["id"] + 1, "type": "Comment", "author_id": audit["author"],
            "body": audit["body"], "html_body": f"<p>{audit['body']}</p>",
            "plain_body": audit["body"], "public": audit["public"], "attachments": [],
            "audit_id": audit["id"], "created_at": audit["at"],
            "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
            "metadata": {"system": {"client": "Mozilla/5.0", "ip_address": "192.0.2.1"}},
        })  # fmt: skip
        line["updated_at"] = line["metric_set"]["status_updated_at"] = audit["at"]
        line["status"] = "solved"
        line["metric_set"]["solved_at"] = audit["at"]
    return list(found.values())


def line_of(audit):
    born = audit["fields"]
    return {
        "url": f"https://example.zendesk.com/api/v2/tickets/{audit['ticket']}.json",
        "id": audit["ticket"], "external_id": None,
        "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": audit["at"], "updated_at": audit["at"], "type": born["type"],
        "subject": born["subject"], "raw_subject": born["subject"], "description": audit["body"],
        "priority": born["priority"], "status": "open", "recipient": None,
        "requester_id": audit["requester"], "submitter_id": audit["requester"],
        "assignee_id": 7001, "organization_id": None, "group_id": born["group_id"],
        "collaborator_ids": [], "follower_ids": [], "email_cc_ids": [], "problem_id": None,
        "has_incidents": False, "is_public": True, "due_at": None, "tags": born["tags"],
        "custom_fields": [{"id": 23111693329300, "value": None}], "satisfaction_rating": None,
        "sharing_agreement_ids": [], "custom_status_id": born["custom_status_id"],
        "ticket_form_id": born["ticket_form_id"], "brand_id": born["brand_id"], "comments": [],
        "metric_set": {
            "id": audit["ticket"], "created_at": audit["at"], "group_stations": 1,
            "assignee_stations": 1, "reopens": 0, "replies": 2,
            "status_updated_at": audit["at"], "initially_assigned_at": audit["at"],
            "assigned_at": audit["at"], "solved_at": None,
            "reply_time_in_minutes": {"calendar": 42, "business": 12},
            "first_resolution_time_in_minutes": {"calendar": 600, "business": 60},
            "full_resolution_time_in_minutes": {"calendar": 600, "business": 60},
            "agent_wait_time_in_minutes": {"calendar": 10, "business": 1},
            "requester_wait_time_in_minutes": {"calendar": 10, "business": 1},
            "on_hold_time_in_minutes": {"calendar": 0, "business": 0},
        },
    }  # fmt: skip


def listed(tickets, seed, *, metrics=False):
    """Return pages of `GET /tickets`, with or without `include=metric_sets`."""
    rows = lines(tickets, seed)
    sets = [row.pop("metric_set") for row in rows]
    pages = []
    for begin in range(0, tickets, 100):
        for row, own in zip(rows[begin : begin + 100], sets[begin : begin + 100], strict=True):
            del row["comments"]
            own |= {
                "ticket_id": row["id"],
                "url": f"{row['url']}/metrics",
                "updated_at": own["solved_at"],
            }
        page = {"tickets": rows[begin : begin + 100], "meta": {"has_more": begin + 100 < tickets}}
        pages.append(page | ({"metric_sets": sets[begin : begin + 100]} if metrics else {}))
    return pages


def webhooks(tickets, seed):
    """Return the bodies of event webhooks."""
    rows, state = [], {}
    for audit in drawn(tickets, seed):
        detail = state.get(audit["ticket"]) or state.setdefault(audit["ticket"], detail_of(audit))
        detail["actor_id"], detail["updated_at"] = str(audit["author"]), audit["at"]
        events = [("created", {})] if audit["born"] else []
        comment = {
            "id": str(audit["id"] + 1), "body": audit["body"], "is_public": audit["public"],
            "author": {
                "id": str(audit["author"]), "is_staff": audit["author"] < 9000, "name": "A B",
            },
        }  # fmt: skip
        events.append(("comment_added", {"comment": comment}))
        if not audit["born"]:
            names = {
                "status": "status", "group_id": "group_assignment", "assignee_id":
                "agent_assignment",
            }  # fmt: skip
            for name, (old, new) in audit["fields"].items():
                both = {"previous": told(old), "current": told(new)}
                if name == "status":
                    both = {key: value.upper() for key, value in both.items()}
                events.append((f"{names[name]}_changed", both))
        for place, (kind, event) in enumerate(events, 1):
            sequence = {"id": f"S{audit['id']}", "position": place, "total": len(events)}
            rows.append({
                "type": f"zen:event-type:ticket.{kind}", "account_id": 12514403,
                "id": f"{audit['id']:x}-{place}", "time": audit["at"],
                "zendesk_event_version": "2022-06-20", "subject": f"zen:ticket:{audit['ticket']}",
                "detail": dict(detail), "event": {**event, "meta": {"sequence": sequence}},
            })  # fmt: skip
    return rows


def detail_of(audit):
    born = audit["fields"]
    return {
        "actor_id": str(audit["author"]), "assignee_id": None, "brand_id": str(born["brand_id"]),
        "created_at": audit["at"], "custom_status": str(born["custom_status_id"]),
        "description": audit["body"], "external_id": None, "form_id": str(born["ticket_form_id"]),
        "group_id": str(born["group_id"]), "id": str(audit["ticket"]), "is_public": True,
        "organization_id": None, "priority": born["priority"].upper(),
        "requester_id": str(audit["requester"]), "status": "NEW", "subject": born["subject"],
        "submitter_id": str(audit["requester"]), "tags": born["tags"], "type": "INCIDENT",
        "updated_at": audit["at"], "via": {"channel": "mail"},
    }  # fmt: skip
