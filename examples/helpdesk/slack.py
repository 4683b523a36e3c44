"""Notifications as Slack's incoming webhooks take them, and many others do."""

from html import escape
from typing import Any

import httpx

from .store import Notification

ICONS = {"warning": ":hourglass:", "breach": ":rotating_light:", "hierarchical": ":arrow_up:"}


def payload(one: Notification, site: str) -> dict[str, Any]:
    """Return the message: who is meant, what is the matter, and where to look."""
    topic = escape(one.topic, quote=False)  # Slack reads <, > and &
    who = "".join(f"@{name} " for name in one.recipients)
    said = f"{ICONS.get(one.kind, ':bell:')} {who}{escape(one.text, quote=False)}"
    link = f"<{site}/tickets/{one.ticket_id}|#{one.ticket_id} {topic}>"
    block = {"type": "section", "text": {"type": "mrkdwn", "text": f"{said}\n{link}"}}
    return {"text": f"{who}#{one.ticket_id} {topic}: {one.text}", "blocks": [block]}


class Webhook:
    """Posts to one address; the key tells a receiver what it has seen already."""

    def __init__(self, url: str, site: str) -> None:
        self.url, self.site = url, site

    def __call__(self, one: Notification) -> None:
        headers = {"Idempotency-Key": one.key}
        answer = httpx.post(self.url, json=payload(one, self.site), headers=headers, timeout=10)
        answer.raise_for_status()
