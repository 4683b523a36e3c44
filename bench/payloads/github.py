"""Issues of GitHub with their timelines, and as the command line lists them."""

import random
from datetime import UTC, datetime

BEGIN = 1_772_442_000
WORDS = ("the", "build", "export", "stops", "after", "page", "two", "and", "our", "browser")


def payload(tickets, seed):
    """Return that many issues with their timelines of some twelve events."""
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    return [bundle(rng, number) for number in range(1, tickets + 1)]


def forms(tickets, seed):
    """Yield each form with its payload and no account."""
    yield "issues and timelines", payload(tickets, seed), None
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    yield "gh issue list", [listed(rng, number) for number in range(1, tickets + 1)], None


def text(rng):
    return " ".join(rng.choices(WORDS, k=rng.randint(20, 70)))


def iso(seconds):
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def user(login, native):
    url = f"https://api.github.com/users/{login}"
    return {
        "login": login,
        "id": native,
        "node_id": f"MDQ6VXNlcj{native}",
        "avatar_url": f"https://avatars.example.com/u/{native}",
        "url": url,
        "html_url": f"https://github.com/{login}",
        "events_url": f"{url}/events",
        "type": "User",
        "site_admin": False,
    }


def bundle(rng, number):
    begin, url = BEGIN + number * 600, f"https://api.github.com/repos/inv/desk/issues/{number}"
    events = [event(rng, number * 20 + place, begin + place * 900, url) for place in range(12)]
    closed = begin + 12_000
    issue = {
        "id": 9_000_000 + number,
        "url": url,
        "repository_url": "https://api.github.com/repos/inv/desk",
        "html_url": f"https://github.com/inv/desk/issues/{number}",
        "number": number,
        "title": "Sync fails",
        "user": user("cleo", 4),
        "labels": [],
        "state": "closed",
        "state_reason": "completed",
        "assignee": user("ada", 3),
        "assignees": [user("ada", 3)],
        "comments": 8,
        "created_at": iso(begin),
        "updated_at": iso(closed),
        "closed_at": iso(closed),
        "author_association": "NONE",
        "body": text(rng),
    }
    done = {"id": number * 20 + 15, "event": "closed", "actor": user("ada", 3)}
    done |= {"created_at": iso(closed), "state_reason": "completed", "commit_id": None}
    return {"issue": issue, "timeline": [*events, done]}


def event(rng, native, at, url):
    mine = native % 2 == 1
    who = user("ada", 3) if mine else user("cleo", 4)
    shared = {"id": native, "url": f"{url}/events/{native}", "actor": who, "created_at": iso(at)}
    if native % 6 == 0:
        return {**shared, "event": "labeled", "label": {"name": "bug", "color": "d73a4a"}}
    return {
        **shared,
        "event": "commented",
        "user": who,
        "issue_url": url,
        "updated_at": iso(at),
        "author_association": "MEMBER" if mine else "NONE",
        "body": text(rng),
        "reactions": {"total_count": 0, "+1": 0, "-1": 0, "laugh": 0},
    }


def listed(rng, number):
    begin = BEGIN + number * 600
    comments = [
        {
            "id": f"IC_{number}_{place}",
            "author": {"login": "ada" if place % 2 else "cleo"},
            "authorAssociation": "OWNER" if place % 2 else "NONE",
            "body": text(rng),
            "createdAt": iso(begin + place * 900),
            "includesCreatedEdit": False,
            "isMinimized": False,
            "minimizedReason": "",
            "reactionGroups": [],
            "url": f"https://github.com/inv/desk/issues/{number}#issuecomment-{place}",
            "viewerDidAuthor": False,
        }
        for place in range(8)
    ]
    return {
        "number": number,
        "title": "Sync fails",
        "state": "CLOSED",
        "stateReason": "COMPLETED",
        "createdAt": iso(begin),
        "updatedAt": iso(begin + 9000),
        "closedAt": iso(begin + 9000),
        "author": {"id": "U_4", "is_bot": False, "login": "cleo", "name": ""},
        "assignees": [{"id": "U_3", "login": "ada", "name": ""}],
        "labels": [{"id": "L_1", "name": "bug", "description": "", "color": "d73a4a"}],
        "comments": comments,
    }
