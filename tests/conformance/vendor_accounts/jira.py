"""Jira: whatever a case says of people, fields, lines, statuses and priorities, by id or name."""

from __future__ import annotations

from typing import Any

from support_model.adapters.jira import Account
from support_model.vocabulary import Priority, Status

SYSTEM = "jira"
PEOPLE = {
    **dict.fromkeys(("agents", "staff", "team"), "agent"),
    **dict.fromkeys(("customers", "requesters", "reporters", "participants"), "customer"),
}
ROBOTS = ("bots", "robots", "automation", "automations", "apps")
ROLES = {"automation": "system", "unknown": "third_party"}
RANKS = ("urgent", "high", "normal", "low", "lowest")
GROUP_FIELDS = ("group_field", "line_field", "team_field", "queue_field")
RATED = ("satisf", "csat", "rat")


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    roles = {
        str(person): role
        for key, role in PEOPLE.items()
        if isinstance(config.get(key), list)
        for person in config[key]
    }
    roles |= {str(who): ROLES.get(role, role) for who, role in config.get("roles", {}).items()}
    return Account(
        tz=config.get("tz"),
        roles=roles,
        bots=[bot for key in ROBOTS for bot in listed(config.get(key, ()))],
        statuses=statuses(named(config, "statuses", "states")),
        priorities=priorities(config.get("priorities", {})),
        groups=named(config, "groups", "teams", "queues"),
        lines={k: int(str(line).lstrip("Ll")) for k, line in config.get("lines", {}).items()},
        group_field=first(config, *GROUP_FIELDS),
        rated_field=first(config, *(key for key in config if is_rated(key))),
        channel=config.get("channel", "web"),
        keep=config.get("keep", ()),
        stamps=stamps(config),
        people="as_written",
    )


def named(config: dict[str, Any], *keys: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in keys:
        value = config.get(key, {})
        found |= value if isinstance(value, dict) else {}
    return found


def first(config: dict[str, Any], *keys: str) -> str | None:
    return next((str(config[key]) for key in keys if config.get(key) is not None), None)


def is_rated(key: str) -> bool:
    """Return whether a key names the field with the time of a rating."""
    return key.endswith(("field", "at", "date")) and any(word in key for word in RATED)


def listed(value: Any) -> list[str]:
    return [str(value)] if isinstance(value, str | int) else [str(each) for each in value]


def statuses(words: dict[str, Any]) -> dict[str, Status]:
    """Return statuses of {id or name: category}, or of {id: {name, category}}."""
    return {
        native: Status(word.get("name", native), word["category"])
        if isinstance(word, dict)
        else Status(native, "void" if word == "deleted" else word)
        for native, word in words.items()
    }


def priorities(words: dict[str, Any]) -> dict[str, Priority]:
    """Return priorities by their neutral names, in the order in which they are stated."""
    return {
        native: Priority(name, RANKS.index(name) + 1 if name in RANKS else rank)
        for rank, (native, name) in enumerate(words.items(), 1)
        if isinstance(name, str)
    }


def stamps(config: dict[str, Any]) -> tuple[str, ...]:
    """Return the order of day and month, or the format, that a case states."""
    said = " ".join(str(config.get(key, "")) for key in ("dates", "date_format", "format"))
    return tuple(order for order in ("day first", "month first") if order in said)
