"""Jira: the table of issues, whose people are told apart by their ids."""

from __future__ import annotations

from typing import Any

from support_model.adapters import Account
from support_model.vocabulary import Priority, Status

SYSTEM = "jira"
CUSTOMERS = ("customers", "requesters", "reporters")
ROBOTS = ("bots", "robots", "automation", "apps")


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    roles = {str(person): role for person, role in config.get("roles", {}).items()}
    roles |= {str(person): "agent" for person in config.get("agents", ())}
    roles |= {str(person): "customer" for key in CUSTOMERS for person in config.get(key, ())}
    statuses = config.get("statuses", config.get("states", {}))
    priorities = config.get("priorities", {})
    return Account(
        tz=config.get("tz"),
        roles=roles,
        bots=[str(person) for key in ROBOTS for person in config.get(key, ())],
        statuses={name: Status(name, category) for name, category in statuses.items()},
        priorities={
            native: Priority(name, rank)
            for rank, (native, name) in enumerate(priorities.items(), 1)
            if isinstance(name, str)
        },
        groups=config.get("groups", {}),
        lines=config.get("lines", {}),
        stamps=stamps(config),
        people="as_written",
    )


def stamps(config: dict[str, Any]) -> tuple[str, ...]:
    """Return the order of day and month, or the format, that a case states."""
    said = " ".join(str(config.get(key, "")) for key in ("dates", "date_format", "format"))
    return tuple(order for order in ("day first", "month first") if order in said)
