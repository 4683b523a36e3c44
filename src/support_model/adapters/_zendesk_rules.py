"""Schedules and SLA policies of Zendesk, as calendars and policies of this library.

Intervals of a schedule are minutes since Sunday 00:00 of its zone, which has a name of Rails.
A policy has one target for each metric and priority. What cannot be said here is warned of, and
never met: a policy that it belongs to stays in the book and promises nothing it should not.

Sources: Schedules, SLA Policies, Group SLA Policies, https://developer.zendesk.com.
"""

from __future__ import annotations

import warnings
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import define, evolve

from support_model.adapters._account import Account
from support_model.adapters._payloads import Node, refuse_error
from support_model.adapters._zendesk_words import VENDOR
from support_model.adapters._zones import zone_named
from support_model.calendars import BusinessCalendar
from support_model.closures import days
from support_model.errors import UnknownVendorValue
from support_model.patterns import ALWAYS, NEVER, Field, Pattern
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model.sla import Metric

STANDARD = Account()
DAY = 24 * 60
WEEK = 7 * DAY
LONGEST = 10**9
"""No target is of more seconds."""
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
KINDS = MappingProxyType({"sla_policies": "sla", "group_sla_policies": "ola"})
NAMES = MappingProxyType(
    {
        "first_reply_time": METRICS["first_response"],
        "next_reply_time": METRICS["next_response"],
        "periodic_update_time": evolve(METRICS["periodic_update"], pause=NEVER),
        "pausable_update_time": evolve(METRICS["periodic_update"], name="pausable_update"),
        "requester_wait_time": METRICS["requester_wait"],
        "agent_work_time": METRICS["agent_work"],
        "total_resolution_time": METRICS["total_resolution"],
        "resolution_time": METRICS["total_resolution"],
        "group_ownership_time": METRICS["ownership"],
    }
)
"""Metrics by their native names; the update that pauses while pending is ours."""
FIELDS = MappingProxyType(
    {
        "priority": "priority",
        "type": "type",
        "ticket_type_id": "type",
        "group_id": "group",
        "assignee_id": "agent",
        "requester_id": "requester",
        "organization_id": "organization",
        "current_tags": "tags",
        "tags": "tags",
        "via_id": "channel",
        "current_via_id": "channel",
        "brand_id": "custom.brand_id",
        "ticket_form_id": "custom.ticket_form_id",
        "locale_id": "custom.locale_id",
    }
)
_KINDS = {"1": "question", "2": "incident", "3": "problem", "4": "task"}
_VIA = {
    "0": "web",
    "4": "email",
    "5": "api",
    "29": "chat",
    "30": "social",
    "33": "phone",
    "34": "phone",
    "35": "phone",
    "38": "social",
    "41": "social",
    "44": "phone",
    "45": "phone",
    "46": "phone",
    "48": "web",
    "75": "messaging",
}
VALUES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"ticket_type_id": MappingProxyType(_KINDS), "via_id": MappingProxyType(_VIA)}
)
"""What numbers in conditions mean; a channel is called as it is in events."""
PREFIXES = ("ticket_fields_", "custom_fields_")


def read_calendars(
    payload: object, holidays: Mapping[Any, object] | None = None
) -> dict[str, BusinessCalendar]:
    """Return the calendar of each schedule of a payload, by its id."""
    root = Node(VENDOR, payload)
    refuse_error(root, ("schedules", "schedule"))
    one = root.get("schedule")
    known = {str(native): answer for native, answer in (holidays or {}).items()}
    found: dict[str, BusinessCalendar] = {}
    for schedule in root["schedules"].items() if one is None else [one]:
        native = schedule["id"].id()
        closed = dict(_holidays(schedule))
        if native in known:
            closed |= dict(_holidays(Node(VENDOR, known[native], f"holidays[{native}]")))
        found[native] = BusinessCalendar.weekly(
            _hours(schedule),
            tz=zone_named(schedule["time_zone"].text()),
            holidays=days(closed) if closed else None,
            name=schedule["name"].text(),
        )
    return found


def _hours(schedule: Node) -> dict[str, list[tuple[str, str]]]:
    """Return the hours of each weekday; an interval over midnight is cut there."""
    hours: dict[str, list[tuple[str, str]]] = {}
    for interval in schedule["intervals"].items():
        start, end = interval["start_time"].number(), interval["end_time"].number()
        if not 0 <= start < end <= 2 * WEEK:
            interval.refuse("not an interval", "expected minutes since Sunday 00:00")
        while start < end:
            until = min(end, start - start % DAY + DAY)
            day = WEEKDAYS[start // DAY % 7]
            midnight = start - start % DAY
            hours.setdefault(day, []).append((_time(start - midnight), _time(until - midnight)))
            start = until
    return hours


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _holidays(holder: Node) -> Iterator[tuple[str, str]]:
    """Yield (dates, name) of the holidays of a schedule, or of the answer that lists them."""
    listed = holder.get("holidays")
    for each in [] if listed is None else listed.items():
        first, last = each["start_date"].text(), each["end_date"].text()
        name = each.inside("name")
        yield f"{first}/{last}", name if isinstance(name, str) else ""


@define
class _Rules:
    """The policies of one payload being read."""

    calendars: Mapping[str, BusinessCalendar]
    account: Account

    def policy(self, node: Node, kind: Any, name: str) -> SlaPolicy:  # noqa: ANN401 - one of two kinds
        """Return one policy."""
        settings = node.get("metric_settings")
        if settings is not None and settings.value:
            self.warn(f"metric settings of policy {name!r}", "own ones", "the usual ones")
        targets = [
            target
            for metric in node["policy_metrics"].items()
            for target in self.target(metric, name)
        ]
        return SlaPolicy(name=name, targets=targets, when=self.condition(node, name), kind=kind)

    def target(self, node: Node, policy: str) -> Iterator[Target]:
        """Yield the target of one metric and priority; a null target is none."""
        native = node["metric"].text()
        metric: Metric | None = NAMES.get(native)
        if metric is None:
            self.warn(f"metric of policy {policy!r}", native, "no target")
            return
        seconds = node.get("target_in_seconds")
        minutes = node.get("target")
        if seconds is None and minutes is None:
            return
        length = seconds.number() if seconds is not None else minutes.number() * 60  # type: ignore[union-attr]  # one is given
        if not 0 < length < LONGEST:
            self.warn(f"length of a target of policy {policy!r}", str(length), "no target")
            return
        priority = node.inside("priority")
        yield Target(
            metric=metric,
            within=timedelta(seconds=length),
            calendar=self.calendar(node, policy),
            when=Field("priority").is_(priority) if isinstance(priority, str) else ALWAYS,
        )

    def calendar(self, node: Node, policy: str) -> BusinessCalendar:
        """Return the hours in which a target counts."""
        if node.inside("business_hours") is not True:
            return BusinessCalendar.always()
        if not self.calendars:
            node.refuse("a target in business hours", "give calendars=zendesk.calendars(...)")
        if len(self.calendars) > 1:
            first = next(iter(self.calendars))
            self.warn(f"schedule of policy {policy!r}", "that of each ticket", f"schedule {first}")
        return next(iter(self.calendars.values()))

    def condition(self, node: Node, policy: str) -> Pattern:
        """Return which tickets a policy is for: all of some conditions, and any of others."""
        held = node.get("filter")
        if held is None:
            return ALWAYS
        pattern = ALWAYS
        every, some = held.get("all"), held.get("any")
        for each in [] if every is None else every.items():
            pattern &= self.test(each, policy)
        either = NEVER
        for each in [] if some is None else some.items():
            either |= self.test(each, policy)
        return pattern if some is None or not some.value else pattern & either

    def test(self, node: Node, policy: str) -> Pattern:
        """Return one condition as a pattern; one that cannot be said is never met."""
        native, operator = node["field"].text(), node.inside("operator")
        values = self.values(native, node.inside("value"))
        name = _field(native)
        tested = None if name is None else _tested(name, operator, values)
        if tested is None:
            said = f"{native} {operator}" if isinstance(operator, str) else native
            self.warn(f"condition of policy {policy!r}", said, "never met")
            return NEVER
        return tested

    def values(self, native: str, value: object) -> list[str]:
        """Return the values of a condition as events hold them."""
        each = value if isinstance(value, list) else [value]
        texts = [str(one) for one in each if one is not None and one != ""]
        if native in {"current_tags", "tags"}:
            texts = [word for text in texts for word in text.split()]
        if native == "group_id":
            return [self.account.groups.get(text, text) for text in texts]
        known = VALUES.get(native.removeprefix("current_"), {})
        return [known.get(text, text) for text in texts]

    def warn(self, what: str, value: str, taken_as: str) -> None:
        """Warn of something that cannot be said."""
        warnings.warn(UnknownVendorValue(VENDOR, what, value, 1, taken_as), stacklevel=2)


def _field(native: str) -> str | None:
    if native in FIELDS:
        return FIELDS[native]
    for prefix in PREFIXES:
        if native.startswith(prefix) and native != prefix:
            return f"custom.{native.removeprefix(prefix)}"
    return None


def _tested(name: str, operator: object, values: list[str]) -> Pattern | None:
    """Return a condition of a field; None where the operator has no counterpart."""
    if operator in ("present", "not_present") or (operator in ("is", "is_not") and not values):
        there = Field(name).has()
        return there if operator in ("present", "is_not") else ~there
    if not values or operator not in ("is", "is_not", "includes", "not_includes"):
        return None
    if name == "tags":
        pattern = Field(name).contains(*values)
    else:
        pattern = Field(name).is_(values[0]) if len(values) == 1 else Field(name).in_(*values)
    return ~pattern if operator in ("is_not", "not_includes") else pattern


def read_policies(
    payloads: Iterable[Node], calendars: Mapping[str, BusinessCalendar], account: Account
) -> PolicyBook:
    """Return the policies of answers in their order of position."""
    rows: list[tuple[int, int, Node, str]] = []
    for page in payloads:
        refuse_error(page, (*KINDS, "sla_policy"))
        for key, kind in KINDS.items():
            listed = page.get(key)
            rows += [
                (_position(each), place, each, kind)
                for place, each in enumerate([] if listed is None else listed.items())
            ]
        one = page.get("sla_policy")
        if one is not None:
            rows.append((_position(one), 0, one, "sla"))
        elif all(page.get(key) is None for key in KINDS):
            page.refuse("no policies", "ask for /api/v2/slas/policies")
    rules, taken, made = _Rules(calendars, account), set[str](), []
    for _, _, node, kind in sorted(rows, key=lambda row: row[:2]):
        title = node["title"].text()
        name = title if title not in taken else f"{title} {node['id'].id()}"
        taken.add(name)
        made.append(rules.policy(node, kind, name))
    return PolicyBook(made)


def _position(node: Node) -> int:
    position = node.inside("position")
    return position if type(position) is int else 0
