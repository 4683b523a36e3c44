"""Asana: sections, custom fields and people by name or gid."""

from __future__ import annotations

from typing import Any

from conformance.vendor_accounts.trello import bots_of, lines_of, priority, roles_of, statuses_of

from support_model.adapters.asana import Account
from support_model.vocabulary import Status


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    usual = {"complete": Status("solved", "solved"), "incomplete": Status("open", "open")}
    named = {
        key: config[key]
        for key in ("internal_prefix", "priority_field", "line_field", "status_field")
        if key in config
    }
    groups = (config.get(key, {}) for key in ("groups", "teams", "queues"))
    return Account(
        roles=roles_of(config),
        bots=bots_of(config),
        groups={str(native): name for each in groups for native, name in each.items()},
        lines=lines_of(config),
        statuses=usual | statuses_of(config, "sections", "statuses", "states"),
        priorities={str(k): priority(name) for k, name in config.get("priorities", {}).items()},
        tz=config.get("tz"),
        project=config.get("project", ""),
        **named,
    )
