"""Tasks of Asana, each beside its stories, with the fields that have to be asked for."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

SECTIONS = [
    {"gid": f"120114300000000{n}", "resource_type": "section", "name": name}
    for n, name in enumerate(("To do", "Doing", "Waiting", "Done"))
]
WORDS = (
    *("the", "printer", "on", "the", "third", "floor", "says", "that", "there", "is", "no"),
    *("paper", "although", "it", "was", "filled"),
)
PROJECT = {"gid": "1201143000000077", "resource_type": "project", "name": "Helpdesk"}


def text(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(20, 80)))


def user(number):
    return {"gid": f"12000000000{number:05d}", "resource_type": "user", "name": f"Member {number}"}


def payload(tickets, seed):
    rng = random.Random(seed)  # noqa: S311 - the same tasks for the same seed
    people = [user(number) for number in range(30)]
    return [document(rng, people, number) for number in range(tickets)]


def document(rng, people, number):
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=number * 7)
    asks, agent = rng.choice(people[10:]), rng.choice(people[:10])
    target = {
        "gid": f"1201143{number:09d}",
        "resource_type": "task",
        "name": text(rng)[:60],
        "resource_subtype": "default_task",
    }
    acts = [
        (asks, "added_to_project", {"project": PROJECT}),
        (agent, "assigned", {"assignee": agent}),
    ]
    for before, after in pairwise(SECTIONS):
        acts.append((agent, "section_changed", {"old_section": before, "new_section": after}))
        acts += [(who, "comment_added", {}) for who in (agent, asks)]
    acts.append((agent, "marked_complete", {}))
    stories = [
        {
            "gid": f"1301143{number * 20 + step:09d}",
            "resource_type": "story",
            "created_at": f"{at + timedelta(minutes=step * 31):%Y-%m-%dT%H:%M:%S}.000Z",
            "created_by": who,
            "resource_subtype": kind,
            "type": "comment" if kind == "comment_added" else "system",
            "text": text(rng),
            "html_text": f"<body>{text(rng)}</body>",
            "is_edited": False,
            "is_pinned": False,
            "hearted": False,
            "liked": False,
            "num_likes": 0,
            "source": "web",
            "target": target,
            **more,
        }
        for step, (who, kind, more) in enumerate(acts)
    ]
    task = {
        **target,
        "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
        "created_by": asks,
        "assignee": agent,
        "completed": True,
        "completed_at": stories[-1]["created_at"],
        "modified_at": stories[-1]["created_at"],
        "notes": text(rng),
        "memberships": [{"project": PROJECT, "section": SECTIONS[-1]}],
        "custom_fields": [],
    }
    return {"task": task, "stories": stories}
