"""Notifications as Slack's incoming webhooks take them, and many others do."""

import asyncio
from html import escape

import httpx

from .store import Notification

PATIENCE = 10
"""Seconds that a whole request may take; a message stays claimed for longer."""


def payload(one: Notification, site: str) -> dict[str, str]:
    """Return the message: who is meant, what is the matter, and where to look."""
    topic = escape(one.topic, quote=False)  # Slack reads <, > and &
    link = f"<{site}/tickets/{one.ticket_id}|#{one.ticket_id} {topic}>"
    who = "".join(f"@{name} " for name in one.recipients)
    return {"text": f"{who}{link}: {escape(one.text, quote=False)}"}


class Webhook:
    """Posts to one address; the key tells a receiver what it has seen already."""

    def __init__(self, url: str, site: str) -> None:
        self.url, self.site = url, site

    def __call__(self, one: Notification) -> None:
        asyncio.run(self.post(one))

    async def post(self, one: Notification) -> None:
        headers = {"Idempotency-Key": one.key}
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as client:
            answer = await client.post(self.url, json=payload(one, self.site), headers=headers)
            answer.raise_for_status()
