"""The support desk of the drawn logs: who writes in, who serves, how long each part takes.

Plain tables and nothing of `support_model`: the detector under test and what is planted for it
share no code. Times of the desk's own work are hours of opening time, times of others are hours
of the wall clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

ZONE = ZoneInfo("Europe/Berlin")
OPENS, CLOSES = time(8), time(18)
OPEN_WEEKDAYS = range(5)
HOURS = "Mo-Fr 08:00-18:00"

CHANNELS: Mapping[str, float] = MappingProxyType(
    {"email": 0.38, "phone": 0.25, "chat": 0.19, "web form": 0.13, "social": 0.05}
)
PRIORITIES: Mapping[str, float] = MappingProxyType(
    {"urgent": 0.07, "high": 0.20, "normal": 0.54, "low": 0.19}
)
RANKS: Mapping[str, int] = MappingProxyType({"urgent": 1, "high": 2, "normal": 3, "low": 4})
TYPES: Mapping[str, float] = MappingProxyType(
    {"question": 0.36, "incident": 0.34, "request": 0.23, "complaint": 0.07}
)
TOPICS: Mapping[str, float] = MappingProxyType(
    {
        "login": 0.17,
        "invoice": 0.15,
        "connection": 0.14,
        "delivery": 0.13,
        "app error": 0.12,
        "hardware": 0.10,
        "how to": 0.09,
        "contract": 0.06,
        "data export": 0.04,
    }
)
LINES: Mapping[str, int] = MappingProxyType(
    {"North": 1, "South": 1, "Billing": 1, "Network": 2, "Applications": 2, "Field": 3}
)
GROUPS_OF_TOPIC: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "login": {"North": 0.55, "South": 0.45},
        "invoice": {"Billing": 0.85, "North": 0.08, "South": 0.07},
        "connection": {"North": 0.25, "South": 0.2, "Network": 0.55},
        "delivery": {"North": 0.5, "South": 0.5},
        "app error": {"North": 0.15, "South": 0.1, "Applications": 0.75},
        "hardware": {"North": 0.1, "South": 0.1, "Field": 0.8},
        "how to": {"North": 0.55, "South": 0.45},
        "contract": {"Billing": 0.9, "South": 0.1},
        "data export": {"Applications": 0.6, "Network": 0.4},
    }
)
"""To which group a new ticket goes, by its topic."""
LINE_TWO: Mapping[str, str] = MappingProxyType(
    {"login": "Applications", "app error": "Applications", "data export": "Applications"}
)
"""To which group of line 2 a topic is escalated; the others go to Network."""
AGENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "North": ("Anna", "Ben", "Clara", "David", "Elif", "Felix"),
        "South": ("Greta", "Hugo", "Ines", "Jonas", "Karim"),
        "Billing": ("Lena", "Marek", "Nora", "Oskar"),
        "Network": ("Paula", "Quirin", "Rosa", "Stefan"),
        "Applications": ("Tara", "Uwe", "Vera", "Willi"),
        "Field": ("Xenia", "Yusuf", "Zoe"),
    }
)
ORGANIZATIONS: Mapping[str, float] = MappingProxyType(
    {
        "Albatros": 0.11,
        "Birkenhof": 0.09,
        "Cobalt": 0.08,
        "Dornbach": 0.07,
        "Eiger": 0.06,
        "Falkner": 0.05,
        "Gerlach": 0.04,
        "Hansa": 0.04,
        **{f"Customer {number:02}": 0.46 / 40 for number in range(1, 41)},
    }
)
MADE_OF = MappingProxyType(
    {
        "channel": CHANNELS,
        "priority": PRIORITIES,
        "type": TYPES,
        "topic": TOPICS,
        "organization": ORGANIZATIONS,
    }
)
"""The fields that a customer's ticket comes with, each drawn by itself."""

WEEKDAYS = (1.16, 1.06, 1.0, 0.98, 0.90, 0.26, 0.19)
DAY_HOURS = (
    *(0.2, 0.12, 0.1, 0.1, 0.15, 0.3, 0.7, 1.6, 4.0, 6.0, 6.6, 6.0),
    *(4.6, 5.2, 5.8, 5.2, 4.4, 3.4, 2.4, 1.9, 1.6, 1.2, 0.8, 0.4),
)
"""How many tickets come at each hour of a local day, relative to each other."""

WORK: Mapping[str, float] = MappingProxyType(
    {
        "North": 4.0,
        "South": 4.6,
        "Billing": 9.0,
        "Network": 12.0,
        "Applications": 16.0,
        "Field": 22.0,
    }
)
"""Median hours of opening time that a group needs for a ticket, waits of others left out."""
WORK_FACTORS = MappingProxyType(
    {
        "channel": {"email": 1.35, "phone": 0.7, "chat": 0.65, "web form": 1.2, "social": 1.0},
        "priority": {"urgent": 0.45, "high": 0.75, "normal": 1.05, "low": 1.5},
        "type": {"question": 0.85, "incident": 1.1, "request": 1.1, "complaint": 1.3},
    }
)
WORK_SPREAD = 0.8
"""Standard deviation of the logarithm."""
REPLY: Mapping[str, float] = MappingProxyType(
    {"email": 2.6, "phone": 0.05, "chat": 0.08, "web form": 3.2, "social": 1.6}
)
"""Median hours of opening time to the first reply."""
REPLY_SPREAD = 0.8
NEXT_REPLY, NEXT_REPLY_SPREAD = 1.8, 0.8


@dataclass(frozen=True)
class Rates:
    """What happens to a share of the tickets, and how long others take; hours of the wall."""

    spam: float = 0.025
    merged: float = 0.018
    asked: float = 0.36  # the customer is asked for something
    customer_wait: float = 16.0
    vendor: float = 0.13
    vendor_wait: float = 40.0
    wait_spread: float = 0.8
    escalated: float = 0.13
    handed_back: float = 0.12
    look: float = 1.5  # hours of opening time until a straight return
    reopened: float = 0.06
    until_reopened: float = 20.0
    work_again: float = 0.5  # of the group's median
    rated: float = 0.38
    until_rated: float = 9.0
    close_after: float = 120.0


RATES = Rates()
SATISFIED: Mapping[str, float] = MappingProxyType(
    {"email": 0.62, "phone": 0.94, "chat": 0.90, "web form": 0.66, "social": 0.50}
)
"""The share of ratings of 4 or 5 of 5."""
PENDING, ON_HOLD = "Waiting for customer", "Waiting for vendor"
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "New": "new",
        "Open": "open",
        PENDING: "pending",
        ON_HOLD: "on_hold",
        "Solved": "solved",
        "Closed": "closed",
        "Spam": "void",
        "Merged": "void",
    }
)

WEEK_NOISE = 0.035
FIELD_NOISE: Mapping[str, float] = MappingProxyType(
    {"channel": 0.05, "topic": 0.06, "organization": 0.12, "priority": 0.03, "type": 0.03}
)
"""How much arrivals differ from week to week by themselves, in all and by the values of a field:
standard deviations of the logarithm, besides what chance alone does."""
