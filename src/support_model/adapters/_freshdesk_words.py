"""What the numbers, labels and stamps of Freshdesk mean.

Sources: Tickets, Conversations, Satisfaction ratings and Time entries of the API,
https://developers.freshdesk.com/api; How to export ticket activities,
https://support.freshdesk.com.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import Factory, define

from support_model._time import instant, instant_of_reading
from support_model._vocabulary import Priority, Status
from support_model.adapters._account import Account, group_of, priority_of, status_of
from support_model.adapters._freshdesk_pages import VENDOR, native
from support_model.adapters._payloads import Node, Tally

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

OPEN = Status("Open", "open")
PENDING = Status("Pending", "pending")
RESOLVED = Status("Resolved", "solved")
CLOSED = Status("Closed", "closed")
SPAM, DELETED = Status("spam", "void"), Status("deleted", "void")
STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        "2": OPEN,
        "3": PENDING,
        "4": RESOLVED,
        "5": CLOSED,
        **{status.name: status for status in (OPEN, PENDING, RESOLVED, CLOSED)},
        "Waiting on Customer": Status("Waiting on Customer", "pending"),
        "Waiting on Third Party": Status("Waiting on Third Party", "on_hold"),
    }
)
"""What every account has; numbers from 6 on are each account's own."""
SEEDED: Mapping[str, Status] = MappingProxyType(
    {"6": STATUSES["Waiting on Customer"], "7": STATUSES["Waiting on Third Party"]}
)
"""What numbers mean in an account that has not changed the statuses it began with."""
_LOW, _NORMAL = Priority("low", 4), Priority("normal", 3)
_HIGH, _URGENT = Priority("high", 2), Priority("urgent", 1)
PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {
        "1": _LOW,
        "2": _NORMAL,
        "3": _HIGH,
        "4": _URGENT,
        "Low": _LOW,
        "Medium": _NORMAL,
        "High": _HIGH,
        "Urgent": _URGENT,
    }
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "1": "email",
        "2": "web",
        "3": "phone",
        "5": "social",
        "6": "social",
        "7": "chat",
        "8": "messaging",
        "9": "web",
        "10": "email",
        "11": "other",
        "12": "bot",
        "13": "messaging",
        "14": "other",
        "15": "other",
        "16": "other",
        "Email": "email",
        "Portal": "web",
        "Phone": "phone",
        "Chat": "chat",
        "Feedback Widget": "web",
        "Outbound Email": "email",
    }
)
"""What the source of a ticket is: 9 the widget, 13 WhatsApp."""
OUTBOUND = frozenset({"10", "Outbound Email"})
"""Sources of tickets that an agent begins by writing to a customer."""
FORWARDED, SURVEY = 8, 6
"""Sources of conversations: mail to others than the customer; the comment of a rating."""
PUBLIC_NOTES = frozenset({"0", "4"})
PRIVATE_NOTES = frozenset({"1", "2", "3"})
"""Types of notes in the activities export: a reply and a public note, against the rest."""
SCALE = (-103, 103)
SCORES = frozenset({-103, -102, -101, 100, 101, 102, 103})
OLDER = MappingProxyType({1: 103, 2: 100, 3: -103})
"""The older survey's happy, neutral and unhappy, as Freshdesk carried them over."""
CHANGES: Mapping[str, str] = MappingProxyType(
    {
        "status": "status",
        "priority": "priority",
        "group_id": "group",
        "group": "group",
        "responder_id": "agent",
        "agent_id": "agent",
        "requester_id": "requester",
        "source": "channel",
        "type": "type",
        "ticket_type": "type",
        "company_id": "organization",
        "spam": "spam",
        "deleted": "deleted",
    }
)
"""What keys of tickets, activities and changes are here."""
BEGINNING = ("priority", "group_id", "requester_id", "source", "type", "ticket_type", "company_id")
PEOPLE_OR_FIRMS = frozenset({"agent", "requester", "organization"})
LONGEST_WORD = 200
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_MILLISECONDS = 10**11
"""Larger stamps of app events count milliseconds, smaller ones seconds."""


def at_of(value: object, tz: ZoneInfo | None) -> datetime | None:
    """Return the instant of a stamp in UTC; None where it names none.

    Example:
        >>> at_of("2026-03-02T09:00:00Z", None).isoformat()
        '2026-03-02T09:00:00+00:00'
        >>> at_of("28-03-2024 14:05:00 +0000", None).isoformat()  # the activities export
        '2024-03-28T14:05:00+00:00'
    """
    if value.__class__ is not str:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return day_first(value, tz)
    return _in_utc(at, tz)


def day_first(value: str, tz: ZoneInfo | None) -> datetime | None:
    """Return the instant of DD-MM-YYYY, a time and an offset; None where it names none."""
    if value[2:3] != "-" or value[5:6] != "-":
        return None
    try:
        at = datetime.fromisoformat(
            f"{value[6:10]}-{value[3:5]}-{value[:2]}T{value[11:19]}{value[20:]}"
        )
    except ValueError:
        return None
    return at if at.tzinfo is UTC and at.year >= _FIRST_YEAR else _in_utc(at, tz)


def _in_utc(at: datetime, tz: ZoneInfo | None) -> datetime | None:
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            if tz is None or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
                return None
            wall = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
            micros = wall // timedelta(microseconds=1) + at.microsecond
            at = instant(instant_of_reading(tz, at.toordinal(), micros))
        else:
            try:
                at = at.astimezone(UTC)
            except OverflowError:
                return None
    return at if _FIRST_YEAR <= at.year <= _LAST_YEAR else None


def of_epoch(value: object) -> datetime | None:
    """Return the instant of a count of milliseconds, or seconds, since 1970; None for no such.

    Example:
        >>> of_epoch(1496400354326).isoformat()
        '2017-06-02T10:45:54.326000+00:00'
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 < value < _MILLISECONDS * 100:  # leaves out NaN as well
        return None
    milliseconds = value if value > _MILLISECONDS else value * 1000
    return instant(int(milliseconds) * 1000)


def length_of(value: object) -> timedelta | None:
    """Return a time spent, hours and minutes as "01:30"; None for anything else."""
    if not isinstance(value, str):
        return None
    parts = value.split(":")
    if not 2 <= len(parts) <= 3 or not all(
        p.isascii() and p.isdecimal() and len(p) < 6 for p in parts
    ):
        return None
    hours, minutes, *seconds = map(int, parts)
    return timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)


@define
class Words:
    """What values of one account mean.

    Attributes:
        account: what ids mean, with the names of groups that the payload itself gives.
        labels: what statuses are called, by number.
        tally: where what is unknown is counted.
    """

    account: Account
    labels: Mapping[str, str]
    tally: Tally
    _known: dict[tuple[str, object], dict[str, Any]] = Factory(dict)

    def status(self, given: object, label: object = None) -> Status | None:
        """Return what a status means, by its number or label; None where none is said."""
        key = _word(given)
        if key is None:
            return None
        name = label if isinstance(label, str) and label else self.labels.get(key, "")
        known = self.account.statuses.get(key) or self.account.statuses.get(name)
        if known is None:
            known = STATUSES.get(key) or STATUSES.get(name)
        if known is None and not name and key in SEEDED:
            self.tally.noted.note("seeded_status", None, f"{key}: {SEEDED[key].name}")
            known = SEEDED[key]
        return known or status_of(self.account, key, STATUSES, self.tally, name=name)

    def fields(self, name: str, given: object) -> Mapping[str, Any]:
        """Return a value as fields of a ticket; none where it says nothing that can be read."""
        if name in PEOPLE_OR_FIRMS:
            word = native(given)
            return {name: word} if word is not None or name == "agent" else {}
        if given.__class__ is not str and given.__class__ is not int:
            return self._fields(name, given)
        known = self._known.get((name, given))
        if known is None:
            times = self.tally.times
            known = self._fields(name, given)
            if self.tally.times == times:  # what is unknown is counted each time
                self._known[name, given] = known
        return known

    def _fields(self, name: str, given: object) -> dict[str, Any]:  # noqa: PLR0911 - a table
        if name == "status":
            status = self.status(given)
            return {} if status is None else {"status": status}
        if name in ("spam", "deleted"):
            void = SPAM if name == "spam" else DELETED
            return {"void": void if given is True else None} if isinstance(given, bool) else {}
        word = _word(given)
        if name == "group":
            return group_of(self.account, word, self.tally)
        if word is None:
            return {}
        if name == "priority":
            return {name: priority_of(self.account, word, PRIORITIES, self.tally)}
        if name == "channel":
            if word not in CHANNELS:
                self.tally.met("source", word, "other")
            return {name: CHANNELS.get(word, "other")}
        return {name: word}

    def beginning(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a ticket as an item shows them, but for its status and agent."""
        fields: dict[str, Any] = {}
        for key in BEGINNING:
            given = item.get(key)
            if given is not None:
                fields |= self.fields(CHANGES[key], given)
        tags = item.get("tags")
        if isinstance(tags, list) and tags:
            names = (each.get("name") if isinstance(each, Mapping) else each for each in tags)
            fields["tags"] = frozenset(each for each in names if isinstance(each, str) and each)
        return fields | self.own(item)

    def own(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return the native fields that the account keeps, by their name there."""
        fields: dict[str, Any] = {}
        if not self.account.keep:
            return fields
        custom = item.get("custom_fields", item.get("custom_field"))
        for name in self.account.keep:
            given = item.get(name)
            if given is None and isinstance(custom, Mapping):
                given = custom.get(name)
            fits, value = Node(VENDOR, given).plain()
            if fits:
                fields[f"custom.{name}"] = value
        return fields


def _word(given: object) -> str | None:
    """Return a number or a label as text; None for anything else."""
    if isinstance(given, str):
        return given if 0 < len(given) <= LONGEST_WORD else None
    return native(given)
