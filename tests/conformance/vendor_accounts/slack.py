"""Slack: channels, agents and bots by id."""

from __future__ import annotations

from typing import Any

from support_model.adapters.slack import Account

ROLES = {
    "agents": "agent",
    "staff": "agent",
    "customers": "customer",
    "third_parties": "third_party",
    "partners": "third_party",
}
BOTS = ("bots", "robots", "automation", "apps")
CHANNELS = ("channel", "channels", "channel_id", "channel_name")
FORMS = ("forms", "workflows", "workflow_bots")
STATED = ("groups", "lines", "tz", "keep")


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    roles = {person: role for key, role in ROLES.items() for person in listed(config, key)}
    words = {"unknown": "third_party", "automation": "system"}
    given = {**roles, **config.get("roles", {})}
    return Account(
        channels=[name for key in CHANNELS for name in listed(config, key)],
        roles={person: words.get(role, role) for person, role in given.items()},
        bots=[person for key in BOTS for person in listed(config, key)],
        forms=[bot for key in FORMS for bot in listed(config, key)],
        people="as_written",
        **{key: config[key] for key in STATED if key in config},
    )


def listed(config: dict[str, Any], key: str) -> list[str]:
    """Return what stands under a key: a text, several, or the keys of a table."""
    value = config.get(key, [])
    if isinstance(value, dict) and "id" in value:
        return [value["id"]]
    return [value] if isinstance(value, str) else [*value]
