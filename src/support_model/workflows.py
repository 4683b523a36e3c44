"""Which statuses a ticket may have, who may move it between them, and the timers that do so."""

from __future__ import annotations

from support_model._workflows.data import read_workflow
from support_model._workflows.ready import INCIDENT, SIX_STEP, WORKFLOWS
from support_model._workflows.transitions import (
    Ask,
    Cascade,
    Entering,
    FollowUp,
    LastMessage,
    Put,
    Relate,
    Say,
    Transition,
)
from support_model._workflows.workflow import Option, StatusMap, Workflow

__all__ = [
    "INCIDENT",
    "SIX_STEP",
    "WORKFLOWS",
    "Ask",
    "Cascade",
    "Entering",
    "FollowUp",
    "LastMessage",
    "Option",
    "Put",
    "Relate",
    "Say",
    "StatusMap",
    "Transition",
    "Workflow",
    "read_workflow",
]
