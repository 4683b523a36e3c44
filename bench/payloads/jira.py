"""Issues of Jira Service Management as its interfaces and its webhooks write them."""

import random
from datetime import UTC, datetime, timedelta

WORDS = (
    *("the", "lamp", "flickers", "since", "yesterday", "evening", "please", "check", "whether"),
    *("another", "cable", "would", "help", "us", "and", "tell", "me", "when", "somebody"),
    *("could", "come", "to", "the", "second", "floor", "of", "house", "near", "river"),
)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SITE = "https://lamps.example.com"
STATUSES = (
    ("10010", "Waiting for support", 4, "indeterminate"), ("3", "In Progress", 4, "indeterminate"),
    ("10011", "Waiting for customer", 4, "indeterminate"), ("5", "Resolved", 3, "done"),
    ("6", "Closed", 3, "done"),
)  # fmt: skip
PRIORITIES = (("1", "Highest"), ("2", "High"), ("3", "Medium"), ("4", "Low"))


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def prose(rng):
    return " ".join(rng.choices(WORDS, k=rng.randint(18, 70)))


def document(text):
    """Return a text as the third version of the interface writes it."""
    inside = [{"type": "text", "text": text}]
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": inside}]}


def user(number, kind="atlassian"):
    own = f"5f64de67327ea500709{number:05d}"
    if kind == "customer":
        own = f"qm:9f1a2b3c-4d5e-6f70-8192-a3b4c5d6e7f8:{number:012d}"
    return {
        "self": f"{SITE}/rest/api/3/user?accountId={own}",
        "accountId": own,
        "avatarUrls": {
            size: f"{SITE}/avatar/{own}/{size}" for size in ("48x48", "24x24", "16x16")
        },
        "displayName": f"Person {number}",
        "active": True,
        "timeZone": "Europe/Berlin",
        "accountType": kind,
    }


def status(which):
    number, name, category, key = STATUSES[which]
    return {
        "self": f"{SITE}/rest/api/3/status/{number}", "description": "", "name": name,
        "id": number, "iconUrl": f"{SITE}/images/icons/status_generic.gif",
        "statusCategory": {
            "self": f"{SITE}/rest/api/3/statuscategory/{category}", "id": category, "key": key,
            "colorName": "yellow", "name": key,
        },
    }  # fmt: skip


def cycle(at, hours):
    end = at + timedelta(hours=hours)
    return {
        **{
            key: {
                "iso8601": stamp(then), "jira": stamp(then), "friendly": "02/Mar/26 9:00 AM",
                "epochMillis": int(then.timestamp() * 1000),
            }
            for key, then in (("startTime", at), ("stopTime", end), ("breachTime", end))
        },
        "breached": False,
        "goalDuration": {"millis": 14_400_000, "friendly": "4h"},
        "elapsedTime": {"millis": 3_600_000 * hours, "friendly": f"{hours}h"},
        "remainingTime": {"millis": 100_000, "friendly": "1m"},
    }  # fmt: skip


def item(field, before, after, *, own=None):
    return {
        "field": field, "fieldtype": "jira" if own is None else "custom", "fieldId": own or field,
        "from": before[0], "fromString": before[1], "to": after[0], "toString": after[1],
    }  # fmt: skip


def histories(rng, number, at, agents):
    found, now = [], 0
    for turn in range(rng.randint(5, 14)):
        after = rng.choice([n for n in range(len(STATUSES)) if n != now])
        items = [item("status", STATUSES[now][:2], STATUSES[after][:2])]
        who = rng.choice(agents)
        if turn == 0:
            named = who["accountId"], who["displayName"]
            items.append(item("assignee", (None, None), named))
        elif turn % 3 == 1:
            items = [item("Rank", ("", ""), ("", "Ranked higher"), own="customfield_10019")]
        else:
            now = after
        if turn == 0:
            now = after
        if turn % 5 == 2:
            items.append(item("priority", PRIORITIES[2], rng.choice(PRIORITIES[:2])))
        found.append(
            {
                "id": str(number * 100 + turn),
                "author": who,
                "created": stamp(at + timedelta(hours=1 + turn)),
                "items": items,
            }
        )
    return found[::-1], now


def comments(rng, number, at, agents, asks):
    rows = []
    for turn in range(rng.randint(2, 8)):
        who = asks if turn % 3 == 2 else rng.choice(agents)
        then = stamp(at + timedelta(hours=1 + turn, minutes=5))
        key = str(number * 100 + turn)
        rows.append(
            {
                "self": f"{SITE}/rest/api/3/issue/{number}/comment/{key}",
                "id": key,
                "author": who,
                "body": document(prose(rng)),
                "updateAuthor": who,
                "created": then,
                "updated": then,
                "jsdPublic": turn % 4 != 1,
            }
        )
    return rows


def issue(rng, number, at, agents):
    asks = user(number, "customer")
    changes, now = histories(rng, number, at, agents)
    said = comments(rng, number, at, agents, asks)
    own = f"{SITE}/rest/api/3/issue/{number}"
    fields = {
        "summary": prose(rng)[:40], "description": document(prose(rng)),
        "created": stamp(at), "updated": stamp(at + timedelta(hours=20)), "resolutiondate": None,
        "statuscategorychangedate": stamp(at + timedelta(hours=20)),
        "reporter": asks, "creator": asks, "assignee": rng.choice(agents), "status": status(now),
        "priority": {
            "self": f"{SITE}/rest/api/3/priority/2", "iconUrl": f"{SITE}/images/high.svg",
            "name": "High", "id": "2",
        },
        "issuetype": {
            "self": f"{SITE}/rest/api/3/issuetype/10100", "id": "10100",
            "description": "For system outages or incidents.", "name": "[System] Incident",
            "subtask": False, "avatarId": 10318,
        },
        "project": {"id": "10000", "key": "LAMP", "projectTypeKey": "service_desk"},
        "labels": ["lamp"], "components": [], "issuelinks": [], "subtasks": [],
        "worklog": {"startAt": 0, "maxResults": 20, "total": 0, "worklogs": []},
        "comment": {
            "comments": said, "self": f"{own}/comment", "maxResults": len(said),
            "total": len(said), "startAt": 0,
        },
        "customfield_10030": {
            "id": "1", "name": "Time to first response", "completedCycles": [cycle(at, 1)],
            "_links": {"self": f"{SITE}/rest/servicedeskapi/request/{number}/sla/1"},
        },
        "customfield_10031": {
            "id": "2", "name": "Time to resolution", "completedCycles": [cycle(at, 9)],
            "_links": {"self": f"{SITE}/rest/servicedeskapi/request/{number}/sla/2"},
        },
        **{f"customfield_{10050 + n}": None for n in range(60)},
    }  # fmt: skip
    return {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog",
        "id": str(number), "self": own, "key": f"LAMP-{number - 10_000}",
        "changelog": {
            "startAt": 0, "maxResults": len(changes), "total": len(changes), "histories": changes,
        },
        "fields": fields,
    }  # fmt: skip


def payload(tickets, seed):
    """Return one answer of a search with `expand=changelog&fields=*all`."""
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    agents = [user(n) for n in range(1, 12)]
    issues = [
        issue(rng, 10_000 + n, START + timedelta(minutes=7 * n), agents)
        for n in range(1, tickets + 1)
    ]
    return {"startAt": 0, "maxResults": tickets, "total": tickets, "issues": issues}


def bundles(tickets, seed):
    """Return issues without a changelog, each with the pages of it beside."""
    found = []
    for each in payload(tickets, seed)["issues"]:
        rows = each.pop("changelog")["histories"][::-1]
        size = 5
        pages = [
            {
                "self": f"{each['self']}/changelog?startAt={n}", "maxResults": size, "startAt": n,
                "total": len(rows), "isLast": n + size >= len(rows), "values": rows[n : n + size],
            }
            for n in range(0, len(rows), size)
        ]  # fmt: skip
        found.append({"issue": each, "changelog_pages": pages})
    return found


def shown(issue, at, now):
    """Return an issue as it was at an instant."""
    return {**issue, "fields": {**issue["fields"], "updated": at, "status": now}}


def webhooks(tickets, seed):
    """Return the bodies of webhooks, each with the issue as it was."""
    found = []
    for each in payload(tickets, seed)["issues"]:
        rows = each.pop("changelog")["histories"][::-1]
        said = each["fields"].pop("comment")["comments"]
        begun = datetime.fromisoformat(each["fields"]["created"])
        now = status(0)
        found.append(
            {
                "timestamp": int(begun.timestamp() * 1000),
                "webhookEvent": "jira:issue_created",
                "issue_event_type_name": "issue_created",
                "user": each["fields"]["reporter"],
                "issue": shown(each, each["fields"]["created"], now),
            }
        )
        for row in rows[:3]:
            at = datetime.fromisoformat(row["created"])
            for one in row["items"]:
                if one["field"] == "status":
                    now = status([own[0] for own in STATUSES].index(one["to"]))
            found.append(
                {
                    "timestamp": int(at.timestamp() * 1000),
                    "webhookEvent": "jira:issue_updated",
                    "issue_event_type_name": "issue_generic",
                    "user": row["author"],
                    "changelog": {"id": row["id"], "items": row["items"]},
                    "issue": shown(each, row["created"], now),
                }
            )
        for row in said[:2]:
            at = datetime.fromisoformat(row["created"])
            found.append(
                {
                    "timestamp": int(at.timestamp() * 1000),
                    "webhookEvent": "comment_created",
                    "comment": row,
                    "issue": shown(each, row["created"], now),
                }
            )
    return found


def forms(tickets, seed):
    """Yield each form of JSON."""
    yield "search", payload(tickets, seed), None
    yield "bundles", bundles(tickets, seed), None
    yield "webhooks", webhooks(tickets // 4, seed), None
