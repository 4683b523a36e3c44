"""Threads of a Slack channel, with texts, rich text blocks and keys as real ones have them."""

import random

from support_model.adapters import slack

TEXT = "the printer in room two prints blank pages since this morning and nobody knows why"
WORDS = TEXT.split()
FIRST = 1_774_731_600
AGENTS, CUSTOMERS = ("U07AGENT001", "U07AGENT002", "U07AGENT003"), 200


def forms(tickets, seed):
    """Yield (form, payload, account): an answer of the API, and the messages of a day's file."""
    account = slack.Account(channels=["C07HELPDESK"], roles=dict.fromkeys(AGENTS, "agent"))
    answer = payload(tickets, seed)
    yield "answers", answer, account
    yield "export", [answer["messages"]], account
    yield "lines", [{**each, "channel": "C07HELPDESK"} for each in answer["messages"]], account
    yield "events", [*map(as_event, answer["messages"])], account


def as_event(message):
    """Return a message as the Events API sends it."""
    return {
        "token": "XXYYZZ", "team_id": "T07TEAM0001", "api_app_id": "A07APP00001",
        "event": {**message, "channel": "C07HELPDESK", "event_ts": message["ts"]},
        "type": "event_callback", "event_id": f"Ev{message['client_msg_id'][:10]}",
        "event_time": int(message["ts"].partition(".")[0]),
    }  # fmt: skip


def payload(tickets, seed):
    """Return one answer that holds all threads of a channel."""
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    messages = []
    for number in range(tickets):
        customer = f"U07CUST{rng.randrange(CUSTOMERS):04}"
        begun = FIRST + number * 700 + rng.randrange(600)
        thread = f"{begun}.{rng.randrange(10**6):06}"
        replies = rng.randrange(5)
        root = said(customer, thread, thread, rng)
        if replies:
            root |= {
                "reply_count": replies,
                "reply_users_count": 2,
                "latest_reply": thread,
                "reply_users": [AGENTS[0], customer],
                "is_locked": False,
                "subscribed": False,
                "replies": [{"user": customer, "ts": thread}] * replies,
            }
        messages.append(root)
        for place in range(replies):
            who = customer if place % 2 else rng.choice(AGENTS)
            ts = f"{begun + 300 * (place + 1)}.{rng.randrange(10**6):06}"
            messages.append(said(who, ts, thread, rng) | {"parent_user_id": customer})
    return {"ok": True, "messages": messages, "has_more": False, "pin_count": 0}


def said(user, ts, thread, rng):
    text = " ".join(rng.choices(WORDS, k=rng.randint(20, 80)))
    return {
        "client_msg_id": f"{rng.getrandbits(128):032x}",
        "type": "message",
        "user": user,
        "text": text,
        "ts": ts,
        "thread_ts": thread,
        "team": "T07TEAM0001",
        "user_team": "T07TEAM0001",
        "source_team": "T07TEAM0001",
        "user_profile": {
            "avatar_hash": "g1234567890a",
            "image_72": "https://secure.example.com/avatar/1234567890abcdef.jpg?s=72",
            "first_name": "Ann",
            "real_name": "Ann Example",
            "display_name": "ann",
            "team": "T07TEAM0001",
            "name": "ann",
            "is_restricted": False,
            "is_ultra_restricted": False,
        },
        "blocks": [
            {
                "type": "rich_text",
                "block_id": "gB9fq",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "text", "text": text}],
                    }
                ],
            }
        ],
    }
