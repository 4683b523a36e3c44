"""Business hours and SLA policies of Freshdesk, as calendars and policies of this library.

A policy has targets for each priority, in seconds, and one flag for business hours; which hours
these are, the ticket's group says, else the account's default. Pending and statuses that wait for
others stop the timer of a resolution. What cannot be said here is warned of.

Sources: Business hours, SLA policies, Groups, https://developers.freshdesk.com/api.
"""

from __future__ import annotations

import re
import warnings
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import define, evolve

from support_model.adapters._freshdesk_pages import VENDOR, Shapes, native
from support_model.adapters._freshdesk_words import CHANNELS, PRIORITIES
from support_model.adapters._payloads import Node, Tally, refuse_error
from support_model.adapters._zones import zone_named
from support_model.calendars import BusinessCalendar
from support_model.closures import days
from support_model.errors import UnknownVendorValue
from support_model.patterns import ALWAYS, NEVER, Field, Pattern
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model.adapters._account import Account

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?\s{0,9}([ap]\.?m\.?)?", re.IGNORECASE | re.ASCII)
_WAITS = Field("category").in_("pending", "on_hold")
METRIC_OF = MappingProxyType(
    {
        "respond_within": METRICS["first_response"],
        "next_respond_within": METRICS["next_response"],
        "resolve_within": evolve(METRICS["resolution"], pause=_WAITS),
    }
)
CONDITIONS = MappingProxyType(
    {
        "group_ids": "group",
        "ticket_types": "type",
        "company_ids": "organization",
        "sources": "channel",
        "product_ids": "custom.product_id",
    }
)
"""Which field a condition of a policy tests; other conditions are warned of."""


def read_calendars(pages: Iterable[Node]) -> dict[str, BusinessCalendar]:
    """Return the calendar of each business hours, by id, the default one first."""
    found: list[tuple[bool, str, BusinessCalendar]] = []
    for node in _nodes(pages, "business hours", "GET /api/v2/business_hours"):
        key = "working_hours" if node.get("working_hours") is not None else "business_hours"
        hours = {day[:3]: [span] for day in WEEKDAYS if (span := _span(node[key], day))}
        if not hours:
            node[key].refuse("hours of no weekday", "check that the answer is whole")
        closed = dict(_holidays(node))
        name = node["name"].text()
        calendar = BusinessCalendar.weekly(
            hours,
            tz=zone_named(node["time_zone"].text()),
            holidays=days(closed) if closed else None,
            name=name,
        )
        found.append((node.inside("is_default") is not True, node["id"].id(), calendar))
    return {key: calendar for _, key, calendar in sorted(found, key=lambda each: each[0])}


def _span(hours: Node, day: str) -> tuple[str, str] | None:
    span = hours.get(day)
    return None if span is None else (_time(span["start_time"]), _time(span["end_time"]))


def _time(node: Node) -> str:
    """Return a time such as "8:00 am" on the clock of 24 hours."""
    match = _TIME.fullmatch(node.text().strip())
    if match is None:
        node.refuse("no time of day", 'expected one such as "8:00 am"')
    hours, half = int(match[1]), (match[3] or "").lower()[:1]
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    return f"{hours:02}:{match[2]}"


def _holidays(node: Node) -> Iterator[tuple[str, str]]:
    """Yield (date, name); a date without a year cannot be said."""
    listed = node.get("list_of_holidays")
    for each in [] if listed is None else listed.items():
        day = each.get("date") or each.get("holiday_date")
        name = each.inside("name") or each.inside("holiday_name")
        if day is not None and re.fullmatch(r"\d{4}-\d{2}-\d{2}", day.text(), re.ASCII):
            yield day.text(), name if isinstance(name, str) else ""
        else:
            _warn("holiday", str(None if day is None else day.text()), "no holiday")


def read_policies(
    pages: Iterable[Node], calendars: Mapping[str, BusinessCalendar], account: Account
) -> PolicyBook:
    """Return the active policies in their order, the default one last."""
    shapes = _shapes(pages)
    rules = _Rules(calendars, account, *_groups(shapes, account))
    rows: list[tuple[bool, int, int, Node]] = []
    for node in _found(shapes, "SLA policy", "GET /api/v2/sla_policies"):
        position = node.inside("position")
        last = node.inside("is_default") is True
        if node.inside("active") is not False:
            rows.append((last, position if type(position) is int else 0, len(rows), node))
    taken, made = set[str](), []
    for _, _, _, node in sorted(rows, key=lambda row: row[:3]):
        title = node["name"].text()
        name = title if title not in taken else f"{title} {node['id'].id()}"
        taken.add(name)
        made.append(rules.policy(node, name))
    return PolicyBook(made)


@define
class _Rules:
    """The policies of one payload being read.

    Attributes:
        calendars: business hours by id, the default first.
        account: what ids mean.
        names: what the payload calls groups, by id.
        hours: the groups that have business hours of their own, by the id of these.
    """

    calendars: Mapping[str, BusinessCalendar]
    account: Account
    names: Mapping[str, str]
    hours: Mapping[str, list[str]]

    def policy(self, node: Node, name: str) -> SlaPolicy:
        """Return one policy; whom it escalates to is not read."""
        told = node.get("escalation")
        for part, escalates in ({} if told is None else told.mapping()).items():
            if escalates:
                _warn(f"escalation of policy {name!r}", str(part), "not read")
        targets = [
            target
            for key in ("priority_4", "priority_3", "priority_2", "priority_1")
            if (each := node["sla_target"].get(key)) is not None
            for target in self.targets(each, key.removeprefix("priority_"))
        ]
        return SlaPolicy(name=name, targets=targets, when=self.condition(node, name))

    def targets(self, node: Node, number: str) -> Iterator[Target]:
        """Yield the targets of one priority, those of groups with hours of their own first."""
        priority = self.account.priorities.get(number, PRIORITIES[number]).name
        for key, metric in METRIC_OF.items():
            length = node.get(key)
            if length is None or length.number() <= 0:
                continue
            for groups, calendar in self.calendar(node):
                when = Field("priority").is_(priority)
                yield Target(
                    metric=metric,
                    within=timedelta(seconds=length.number()),
                    calendar=calendar,
                    when=when & Field("group").in_(*groups) if groups else when,
                )

    def calendar(self, node: Node) -> Iterator[tuple[list[str], BusinessCalendar]]:
        """Yield (groups, hours) of a target; without groups those of all others."""
        if node.inside("business_hours") is not True:
            yield [], BusinessCalendar.always()
            return
        if not self.calendars:
            node.refuse("a target in business hours", "give calendars=freshdesk.calendars(...)")
        yield from ((self.hours[key], each) for key, each in self.own_hours())
        yield [], next(iter(self.calendars.values()))

    def own_hours(self) -> Iterator[tuple[str, BusinessCalendar]]:
        """Yield the hours that are those of some groups, but for the default."""
        for number, (key, calendar) in enumerate(self.calendars.items()):
            if number and key in self.hours:
                yield key, calendar

    def condition(self, node: Node, policy: str) -> Pattern:
        """Return which tickets a policy is for; what cannot be said is never met."""
        held, pattern = node.get("applicable_to"), ALWAYS
        for key, values in ({} if held is None else held.mapping()).items():
            if not isinstance(values, list) or not values:
                continue
            if key not in CONDITIONS:
                _warn(f"condition of policy {policy!r}", str(key), "never met")
                return NEVER
            known, field = self.values(key, values), Field(CONDITIONS[key])
            pattern &= field.is_(known[0]) if len(known) == 1 else field.in_(*known)
        return pattern

    def values(self, key: str, values: list[Any]) -> list[Any]:
        """Return the values of a condition as events hold them."""
        if key == "product_ids":
            return [each for each in values if isinstance(each, int | str)]
        texts = [str(each) for each in values]
        if key == "group_ids":
            return [self.account.groups.get(text, self.names.get(text, text)) for text in texts]
        return [CHANNELS.get(text, "other") for text in texts] if key == "sources" else texts


def _groups(shapes: Shapes, account: Account) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return what groups are called, and which of them have business hours of their own."""
    names: dict[str, str] = {}
    hours: dict[str, list[str]] = {}
    for *_, item in shapes.each("group"):
        key, name = native(item.get("id")), item.get("name")
        if key is None or not isinstance(name, str) or not name:
            continue
        names[key] = account.groups.get(key, name)
        own = native(item.get("business_hour_id"))
        if own is not None:
            hours.setdefault(own, []).append(names[key])
    return names, hours


def _shapes(pages: Iterable[Node]) -> Shapes:
    shapes = Shapes(Tally(VENDOR))
    for page in pages:
        if isinstance(page.value, dict):
            refuse_error(page, ("sla_policies", "business_hours", "sla_target", "time_zone"))
        shapes.add(page)
    return shapes


def _nodes(pages: Iterable[Node], kind: str, call: str) -> Iterator[Node]:
    return _found(_shapes(pages), kind, call)


def _found(shapes: Shapes, kind: str, call: str) -> Iterator[Node]:
    """Yield the items of a kind; refuse a payload without any."""
    several = [
        Node(VENDOR, item, batch.node(place).path) for batch, place, item in shapes.each(kind)
    ]
    if not several:
        Node(VENDOR, None).refuse(f"no {kind}", f"ask for {call}")
    yield from several


def _warn(what: str, value: str, taken_as: str) -> None:
    warnings.warn(UnknownVendorValue(VENDOR, what, value, 1, taken_as), stacklevel=2)
