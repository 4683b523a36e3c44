"""Trello: lists, labels and members by name or id."""

from __future__ import annotations

from typing import Any

from support_model.adapters.trello import Account
from support_model.vocabulary import Priority, Status

RANKS = ("urgent", "high", "normal", "low")
ROLES = {"automation": "system", "unknown": "third_party", "staff": "agent"}
PEOPLE = {"agents": "agent", "staff": "agent", "customers": "customer", "requesters": "customer"}


def roles_of(config: dict[str, Any]) -> dict[str, Any]:
    """Return who is who, from lists of people and from a table of roles."""
    listed = {str(each): role for key, role in PEOPLE.items() for each in config.get(key, ())}
    named = (config.get(key, {}) for key in ("roles", "members", "people", "users"))
    return listed | {
        str(person): ROLES.get(role, role)
        for each in named
        if isinstance(each, dict)
        for person, role in each.items()
        if isinstance(role, str)
    }


def bots_of(config: dict[str, Any]) -> list[str]:
    """Return whose acts are the system's own."""
    named = (
        config.get(key, ()) for key in ("bots", "robots", "automation", "automations", "apps")
    )
    return [
        str(bot) for bots in named for bot in ([bots] if isinstance(bots, str | int) else bots)
    ]


def statuses_of(config: dict[str, Any], *keys: str) -> dict[str, Status]:
    """Return what lists, sections or states mean: a category by name or id."""
    return {
        str(native): Status(category, "void" if category == "deleted" else category)
        for key in keys
        for native, category in config.get(key, {}).items()
    }


def priority(name: str) -> Priority:
    """Return a priority by its neutral name."""
    return Priority(name, 1 + RANKS.index(name) if name in RANKS else len(RANKS) + 1)


def lines_of(config: dict[str, Any]) -> dict[str, int]:
    """Return lines by the name of a group, label or option: 2, "2" or "L2"."""
    given = config.get("lines", {}).items()
    return {str(name): int(str(line).lstrip("Ll")) for name, line in given}


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    labels = dict(config.get("labels", {})) | dict(config.get("priorities", {}))
    lines = lines_of(config)
    groups = {
        str(k): v for key in ("groups", "teams", "queues") for k, v in config.get(key, {}).items()
    }
    for native, meant in [*labels.items()]:
        if meant not in RANKS:
            del labels[native]
            groups[native] = meant
    archived = config.get("archived", "closed")
    return Account(
        roles=roles_of(config),
        bots=bots_of(config),
        groups=groups,
        lines=lines,
        statuses=statuses_of(config, "lists", "statuses", "states"),
        priorities={str(native): priority(name) for native, name in labels.items()},
        tz=config.get("tz"),
        archived=Status(archived, archived),
        internal_prefix=config.get("internal_prefix", ""),
    )
