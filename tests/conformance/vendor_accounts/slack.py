"""Slack: channels, agents and bots by id."""

from __future__ import annotations

from typing import Any

from support_model.adapters.slack import Account

ROLES = {
    "agents": "agent",
    "staff": "agent",
    "admins": "agent",
    "customers": "customer",
    "requesters": "customer",
    "third_parties": "third_party",
    "partners": "third_party",
    "external": "third_party",
}
BOTS = ("bots", "robots", "automation", "apps")
CHANNELS = ("channel_id", "channel_ids", "channel", "channels", "channel_name")
"""Of these the first one that is there, so that an id precedes the name of the same channel."""
FORMS = ("forms", "workflows", "workflow_bots")
GROUPS = ("groups", "teams", "queues")
STATED = ("lines", "tz", "keep")


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    roles = {person: role for key, role in ROLES.items() for person in listed(config, key)}
    words = {"unknown": "third_party", "automation": "system"}
    given = {**roles, **by_person(config.get("roles", {}))}
    return Account(
        channels=next(filter(None, (listed(config, key) for key in CHANNELS)), []),
        roles={person: words.get(role, role) for person, role in given.items()},
        bots=[person for key in BOTS for person in listed(config, key)],
        forms=[bot for key in FORMS for bot in listed(config, key)],
        groups={native: name for key in GROUPS for native, name in config.get(key, {}).items()},
        people="as_written",
        **{key: config[key] for key in STATED if key in config},
    )


def by_person(roles: dict[str, Any]) -> dict[str, str]:
    """Return the role of each person, where roles may list their people instead."""
    found = {}
    for key, value in roles.items():
        found |= {key: value} if isinstance(value, str) else dict.fromkeys(value, key)
    return found


def listed(config: dict[str, Any], key: str) -> list[str]:
    """Return what stands under a key: a text, several, or of a table the side that has ids."""
    value = config.get(key, [])
    if isinstance(value, dict):
        sides = ([value["id"]] if "id" in value else [*value], [*value.values()])
        return next((side for side in sides if all(map(str.isupper, side))), sides[0])
    return [value] if isinstance(value, str) else [*value]
