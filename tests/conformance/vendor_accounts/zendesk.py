"""Zendesk: groups, lines and roles by id."""

from __future__ import annotations

from typing import Any

from support_model.adapters.zendesk import Account


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states."""
    named = config.get("groups", {})
    lines = {native: config["lines"][name] for native, name in named.items()}
    return Account(groups=named, lines=lines, roles=config.get("roles", {}))
