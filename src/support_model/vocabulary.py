"""The words of a ticket: categories, roles, statuses, priorities and who acts."""

from __future__ import annotations

from support_model._vocabulary import Actor, Category, MomentKind, Priority, Role, Status

__all__ = ["Actor", "Category", "MomentKind", "Priority", "Role", "Status"]
