"""GitHub: labels by name, people by login."""

from __future__ import annotations

from typing import Any

from conformance.vendor_accounts.chatwoot import status

from support_model.adapters import Account
from support_model.adapters.github import STATUSES
from support_model.vocabulary import Priority, Status

PRIORITIES = ("urgent", "high", "normal", "low")
CATEGORIES = frozenset({"new", "open", "pending", "on_hold", "solved", "closed", "void"})
ROLES = {"agents": "agent", "members": "agent", "customers": "customer"}


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
    meant = {native: status(native, each) for native, each in statuses.items()}
    priorities = dict(config.get("priorities", {}))
    for label, means in config.get("labels", {}).items():
        if means in PRIORITIES:
            priorities[label] = means
        elif means in CATEGORIES:
            meant[label] = Status(label, means)
        else:
            named[label] = means
    return Account(
        roles={who: role for who, role in roles.items() if who not in bots},
        bots=bots,
        groups=named,
        lines=config.get("lines", {}),
        statuses=meant,
        priorities={
            label: Priority(name, PRIORITIES.index(name) + 1 if name in PRIORITIES else 5)
            for label, name in priorities.items()
        },
        tz=config.get("tz"),
        people="as_written",
    )
