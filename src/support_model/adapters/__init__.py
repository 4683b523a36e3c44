"""Adapters: tables and payloads of other systems become events."""

from support_model.adapters._payloads import Reading

__all__ = ["Reading"]
