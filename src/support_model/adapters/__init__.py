"""Adapters: tables and payloads of other systems become events."""

from support_model.adapters._account import Account, unmet
from support_model.adapters._account_file import account_schema, load_account, skeleton
from support_model.adapters._event_logs import (
    EVERY,
    FIGURES,
    EventLog,
    Recorded,
    StatedFigure,
    read_event_log,
    told_of,
    with_told,
)
from support_model.adapters._joining import joined
from support_model.adapters._payloads import Page
from support_model.adapters._reading import events_at_sight, formats, read_files
from support_model.adapters._stated import Comparison, check_stated
from support_model.adapters._streaming import combined, read_in_parts
from support_model.adapters._zones import zone_named

__all__ = [
    "EVERY",
    "FIGURES",
    "Account",
    "Comparison",
    "EventLog",
    "Page",
    "Recorded",
    "StatedFigure",
    "account_schema",
    "check_stated",
    "combined",
    "events_at_sight",
    "formats",
    "joined",
    "load_account",
    "read_event_log",
    "read_files",
    "read_in_parts",
    "skeleton",
    "told_of",
    "unmet",
    "with_told",
    "zone_named",
]
