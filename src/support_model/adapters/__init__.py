"""Adapters: tables and payloads of other systems become events."""

from support_model.adapters._event_logs import EventLog, Stated, read_event_log

__all__ = ["EventLog", "Stated", "read_event_log"]
