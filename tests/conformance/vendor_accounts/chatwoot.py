"""Chatwoot: teams, people and statuses by id."""

from __future__ import annotations

from typing import Any

from support_model.adapters import Account
from support_model.adapters.chatwoot import STATUSES
from support_model.vocabulary import Priority, Status

CATEGORIES = frozenset({"new", "open", "pending", "on_hold", "solved", "closed", "void"})
ROLES = {"agents": "agent", "admins": "agent", "teammates": "agent", "customers": "customer"}


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    roles = dict(config.get("roles", {}))
    for key, role in ROLES.items():
        roles |= dict.fromkeys(map(str, config.get(key, ())), role)
    bots = {str(each) for key in ("bots", "robots", "automation") for each in config.get(key, ())}
    bots |= {who for who, role in roles.items() if role in {"automation", "bot", "system"}}
    named = {**config.get("groups", {}), **config.get("teams", {}), **config.get("queues", {})}
    statuses = {**config.get("states", {}), **config.get("statuses", {})}
    statuses |= {state: config[state] for state in STATUSES if isinstance(config.get(state), str)}
    return Account(
        roles={who: role for who, role in roles.items() if who not in bots},
        bots=bots,
        groups=named,
        lines=config.get("lines", {}),
        statuses={native: status(native, meant) for native, meant in statuses.items()},
        priorities={
            native: Priority(meant, rank)
            for rank, (native, meant) in enumerate(config.get("priorities", {}).items(), 1)
        },
        tz=config.get("tz"),
        people="as_written",
    )


def status(native: str, meant: Any) -> Status:
    """Return a status; a category alone is called as the vendor calls it."""
    if isinstance(meant, dict):
        return Status(meant.get("name", native), meant["category"])
    return Status(
        native if meant in CATEGORIES else meant, meant if meant in CATEGORIES else "open"
    )
