"""A board of Trello as its JSON export holds it: cards, lists, members, actions newest first."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

BOARD = {"id": "5f1111111111111111111111", "name": "Helpdesk", "shortLink": "AbCd1234"}
LISTS = [
    {"id": f"5f000000000000000000000{n}", "name": name}
    for n, name in enumerate(("Inbox", "Doing", "Waiting", "Done"))
]
WORDS = (
    *("the", "printer", "on", "the", "third", "floor", "says", "that", "there", "is", "no"),
    *("paper", "although", "it", "was", "filled"),
)


def text(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(20, 80)))


def member(number):
    return {
        "id": f"4f{number:022x}",
        "activityBlocked": False,
        "avatarHash": "d2f9f8c8995019e2d3fda00f45d939b8",
        "avatarUrl": f"https://trello-members.example.com/4f{number:022x}/d2f9f8c8995019e2",
        "fullName": f"Member {number}",
        "idMemberReferrer": None,
        "initials": "MN",
        "nonPublic": {},
        "nonPublicAvailable": True,
        "username": f"member{number}",
    }


def action(at, who, kind, data, number):
    return {
        "id": f"{int(at.timestamp()):08x}{number:016x}",
        "idMemberCreator": who["id"],
        "data": {"board": BOARD, **data},
        "appCreator": None,
        "type": kind,
        "date": f"{at:%Y-%m-%dT%H:%M:%S}.{number % 1000:03d}Z",
        "limits": {"reactions": {"perAction": {"status": "ok", "disableAt": 900, "warnAt": 720}}},
        "memberCreator": who,
    }


def payload(tickets, seed):
    rng = random.Random(seed)  # noqa: S311 - the same board for the same seed
    people = [member(number) for number in range(30)]
    actions, cards = [], []
    for number in range(tickets):
        at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=number * 7)
        card = {
            "id": f"{int(at.timestamp()):08x}{number:016x}",
            "name": text(rng)[:60],
            "idShort": number,
            "shortLink": f"c{number:07d}",
        }
        asks, agent = rng.choice(people[10:]), rng.choice(people[:10])
        acts = [
            (asks, "createCard", {"card": card, "list": LISTS[0]}),
            (agent, "addMemberToCard", {"card": card, "idMember": agent["id"], "member": agent}),
        ]
        for before, after in pairwise(LISTS):
            moved = {**card, "idList": after["id"]}
            move = {"listBefore": before, "listAfter": after, "old": {"idList": before["id"]}}
            acts.append((agent, "updateCard", {"card": moved, **move}))
            said = [{"card": card, "text": text(rng)} for _ in range(2)]
            acts += [(agent, "commentCard", said[0]), (asks, "commentCard", said[1])]
        for step, (who, kind, data) in enumerate(acts):
            then = at + timedelta(minutes=step * 31)
            actions.append(action(then, who, kind, data, number * 20 + step))
        cards.append({**card, "idList": LISTS[-1]["id"], "closed": False, "desc": text(rng)})
    actions.sort(key=lambda each: each["id"], reverse=True)
    board = {**BOARD, "lists": LISTS, "cards": cards, "members": people, "labels": []}
    return {**board, "actions": actions}
