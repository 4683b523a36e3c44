"""Who is on call when: layers, rotations, swaps, overrides and rosters."""

from __future__ import annotations

from support_model._oncall.data import oncall_to_data, read_oncall
from support_model._oncall.icalendar import icalendar
from support_model._oncall.parts import Absence, Layer, Override, Swap
from support_model._oncall.plans import OnCall
from support_model._oncall.reasons import explain_who
from support_model._oncall.roster_tables import load_table, roster_by_day
from support_model._oncall.rosters import Roster, roster_fairness
from support_model._oncall.rotations import ByRule, ByWorkedDates, Every
from support_model._oncall.windows import instants_of

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
    "instants_of",
    "load_table",
    "oncall_to_data",
    "read_oncall",
    "roster_by_day",
    "roster_fairness",
]
