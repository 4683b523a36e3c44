"""Freshdesk: whatever a case says of people, groups, lines, statuses and priorities."""

from __future__ import annotations

from typing import Any

from support_model.adapters import Account
from support_model.vocabulary import Priority, Status


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    roles = dict(config.get("roles", {}))
    for key, role in (("agents", "agent"), ("customers", "customer"), ("contacts", "customer")):
        roles |= {str(person): role for person in config.get(key, ())}
    return Account(
        roles={person: {"automation": "system"}.get(role, role) for person, role in roles.items()},
        bots=[str(bot) for key in ("bots", "robots", "automation") for bot in config.get(key, ())],
        groups=named(config, "groups", "teams", "queues"),
        lines=lines(config),
        statuses=statuses(named(config, "statuses", "states", "labels")),
        priorities={
            native: Priority(name, ("urgent", "high", "normal", "low").index(name) + 1)
            for native, name in named(config, "priorities").items()
        },
        tz=config.get("tz"),
        people="as_written",
    )


def named(config: dict[str, Any], *keys: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in keys:
        value = config.get(key, {})
        found |= value if isinstance(value, dict) else {}
    return found


def statuses(words: dict[str, Any]) -> dict[str, Status]:
    """Return statuses of {id or label: category}, or of {id: {name, category}}."""
    return {
        native: Status(word.get("name", native), word["category"])
        if isinstance(word, dict)
        else Status(native, word)
        for native, word in words.items()
    }


def lines(config: dict[str, Any]) -> dict[str, int]:
    """Return the lines of groups, by their ids and names."""
    return {group: int(str(line).lstrip("L")) for group, line in config.get("lines", {}).items()}
