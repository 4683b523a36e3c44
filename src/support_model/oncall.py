"""Who is on call when: layers, rotations, swaps, overrides and rosters."""

from __future__ import annotations

from support_model._oncall.icalendar import icalendar
from support_model._oncall.plans import Absence, Layer, OnCall, Override, Swap, explain_who
from support_model._oncall.rosters import Roster, roster_fairness
from support_model._oncall.rotations import ByRule, ByWorkedDates, Every

__all__ = [
    "Absence",
    "ByRule",
    "ByWorkedDates",
    "Every",
    "Layer",
    "OnCall",
    "Override",
    "Roster",
    "Swap",
    "explain_who",
    "icalendar",
    "roster_fairness",
]
