"""GLPI: users, groups, statuses and priorities by their ids, the zone of the server."""

from __future__ import annotations

from typing import Any

from support_model.adapters import Account
from support_model.vocabulary import Priority, Status

RANKS = {"urgent": 2, "high": 3, "normal": 4, "low": 5}
ROLES = {"automation": "system", "unknown": "third_party", "staff": "agent"}
AGENTS = ("agents", "technicians", "staff")
CUSTOMERS = ("customers", "requesters", "callers", "contacts")


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    roles = {
        str(person): ROLES.get(role, role)
        for key in ("roles", "users", "people")
        for person, role in table(config, key).items()
    }
    for keys, role in ((AGENTS, "agent"), (CUSTOMERS, "customer")):
        roles |= {str(person): role for key in keys for person in config.get(key, ())}
    return Account(
        roles=roles,
        bots=[
            str(bot)
            for key in ("bots", "robots", "automation", "automations")
            for bot in config.get(key, ())
        ],
        groups={
            native: name
            for key in ("groups", "teams", "queues")
            for native, name in table(config, key).items()
        },
        lines={k: int(str(v).lstrip("Ll")) for k, v in table(config, "lines").items()},
        statuses={
            native: Status(native, "void" if category == "deleted" else category)
            for key in ("statuses", "states", "labels")
            for native, category in table(config, key).items()
        },
        priorities={
            native: Priority(name, RANKS.get(name, 6))
            for native, name in table(config, "priorities").items()
        },
        tz=config.get("tz"),
        keep=config.get("keep", ()),
        people="as_written",
    )


def table(config: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a table of a case; an empty one where it is absent or something else."""
    value = config.get(key, {})
    return value if isinstance(value, dict) else {}
