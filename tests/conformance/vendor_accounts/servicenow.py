"""ServiceNow: users, groups, states and priorities by their ids and names."""

from __future__ import annotations

from conformance.vendor_accounts.glpi import account

__all__ = ["account"]
