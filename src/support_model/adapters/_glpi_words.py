"""What the numbers of GLPI mean: statuses, priorities, sources, kinds of rows of a history."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from support_model._vocabulary import Priority, Status
from support_model.adapters._account import called
from support_model.adapters._boards import LONGEST_WORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model.adapters._account import Account

STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        "1": Status("New", "new"),
        "2": Status("Processing (assigned)", "open"),
        "3": Status("Processing (planned)", "open"),
        "4": Status("Pending", "pending"),
        "5": Status("Solved", "solved"),
        "6": Status("Closed", "closed"),
        "new": Status("New", "new"),
        "assign": Status("Processing (assigned)", "open"),
        "plan": Status("Processing (planned)", "open"),
        "waiting": Status("Pending", "pending"),
        "solved": Status("Solved", "solved"),
        "closed": Status("Closed", "closed"),
    }
)
"""Statuses by number, and by the words of versions before 0.84."""
NEW, SOLVED, CLOSED, PENDING = (STATUSES[number] for number in "1564")
DELETED = Status("deleted", "void")
PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {
        "6": Priority("major", 1),
        "5": Priority("urgent", 2),
        "4": Priority("high", 3),
        "3": Priority("normal", 4),
        "2": Priority("low", 5),
        "1": Priority("lowest", 6),
    }
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {"1": "web", "2": "email", "3": "phone", "4": "other", "5": "other", "6": "other"}
)
"""Request sources that every GLPI begins with."""
TYPES: Mapping[str, str] = MappingProxyType({"1": "incident", "2": "request"})
CREATE, DELETE, RESTORE, ADD, REMOVE, SUBITEM = 20, 13, 14, 15, 16, 17
ACTIONS: Mapping[int, str] = MappingProxyType(
    {
        12: "message",
        18: "changed sub-item",
        19: "deleted sub-item",
        21: "changed relation",
        26: "locked",
        27: "unlocked",
        28: "webhook sent",
    }
)
"""Kinds of rows that no event can say, in words."""
PEOPLE: Mapping[int, str] = MappingProxyType(
    {4: "requester", 5: "agent", 8: "group", 6: "supplier", 66: "observer", 65: "observer group"}
    | {71: "requester group"}
)
"""Search options of who and which group has to do with a ticket."""
STATUS, PRIORITY, TYPE, SOURCE = 12, 3, 14, 9
SHOWN_ID = re.compile(r"\((\d{1,20})\)(?!\s{0,9}\()")
CRON: Final = "cron_"
SYSTEM: Final = "-1"
"""What the system itself is called, which has no user."""


class Doer(NamedTuple):
    """Who a row of the history names: the id of a user, None for nobody; whether impersonated."""

    actor: str | None
    impersonated: bool = False


def doer_of(account: Account, value: object) -> Doer:
    """Return who a row of a history names, in whatever language it says it.

    Example:
        >>> from support_model.adapters import Account
        >>> doer_of(Account(), "Bo (42) impersonated by Root (2)")
        Doer(actor='42', impersonated=True)
        >>> doer_of(Account(), "cron_closeticket").actor, doer_of(Account(), "").actor
        ('-1', None)
    """
    if not isinstance(value, str) or not value.strip():
        return Doer(None)
    if value.startswith(CRON):
        return Doer(SYSTEM)
    ids = SHOWN_ID.findall(value)
    if not ids:
        return Doer(called(account, value))
    return Doer(ids[0], len(ids) > 1)


def native_in(value: object) -> tuple[str | None, str]:
    """Return the id and the name that a value of a history holds: a number, or "Name (7)".

    Example:
        >>> native_in("Réseau N2 (52)"), native_in("52"), native_in(""), native_in("&nbsp; (0)")
        (('52', 'Réseau N2'), ('52', ''), (None, ''), (None, ''))
    """
    if value.__class__ is int:
        value = str(value)
    if not isinstance(value, str) or not value:
        return None, ""
    if value.isdecimal():
        return (value if int(value[:20]) else None), ""
    head, _, tail = value.rpartition("(")
    digits = tail.rstrip(" )")
    if not digits.isdecimal() or not tail.rstrip().endswith(")"):
        return None, value.strip()[:LONGEST_WORD]
    if not int(digits[:20]):
        return None, ""
    return digits[:20], head.strip()[:LONGEST_WORD]


def person_of(account: Account, value: object) -> str | None:
    """Return what a user is called: the id, or the name where the answer holds names for ids.

    Example:
        >>> from support_model.adapters import Account
        >>> person_of(Account(people="as_written"), "ada.pine"), person_of(Account(), 0)
        ('ada.pine', None)
    """
    if value.__class__ is int:
        return str(value) if 0 < value < 10**20 else None
    if not isinstance(value, str) or not value.strip() or value == "0":
        return None
    return value if value.isdecimal() and len(value) <= LONGEST_WORD else called(account, value)
