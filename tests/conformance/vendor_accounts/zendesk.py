"""Zendesk: groups, lines, people and statuses by id or name."""

from __future__ import annotations

from typing import Any

from support_model.adapters.zendesk import Account
from support_model.vocabulary import Priority, Status

ROLES = {"automation": "system", "unknown": "third_party", "end-user": "customer"}


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    roles = {who: ROLES.get(role, role) for who, role in config.get("roles", {}).items()}
    for key, role in (("agents", "agent"), ("staff", "agent"), ("customers", "customer")):
        roles |= dict.fromkeys(map(str, config.get(key, ())), role)
    bots = [who for key in ("bots", "robots", "automation") for who in config.get(key, ())]
    named = {"custom_statuses": {}, "statuses": {}, "states": {}}
    statuses = {
        native: status(native, meant)
        for key in named
        for native, meant in dict(config.get(key, {})).items()
    }
    priorities = {
        native: Priority(native, int(rank)) if isinstance(rank, int) else Priority(rank, 1)
        for native, rank in dict(config.get("priorities", {})).items()
    }
    return Account(
        groups=config.get("groups", config.get("teams", config.get("queues", {}))),
        lines=config.get("lines", {}),
        roles=roles,
        bots=bots,
        statuses=statuses,
        priorities=priorities,
        tz=config.get("tz"),
        keep=config.get("keep", ()),
    )


def status(native: str, meant: Any) -> Status:
    """Return a status that a case calls by its category, or by a name and a category."""
    if isinstance(meant, dict):
        return Status(meant.get("name", native), meant["category"])
    return Status(native, meant)
