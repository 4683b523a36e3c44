"""The promises of the slow twin of service levels: metrics, patterns, what is in force.

Metrics, targets and policies are plain data, conditions are patterns as data. What is in force
at an event is asked of the whole log up to it, every time anew.

Before this: `ticket_oracle`. Next: `sla_oracle`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from oracles import ticket_oracle as tickets
from oracles.sla_hours_oracle import BEYOND, DAY, SECOND

NEVER: dict[str, Any] = {"some": []}


def fact(*names):
    return {"field": "facts", "contains": list(names)}


def category(*names):
    return {"field": "category", "in": list(names)}


def changed(name):
    return {"field": "changed", "contains": [name]}


def both(*parts):
    return {"every": list(parts)}


def either(*parts):
    return {"some": list(parts)}


def metric(start, stop, pause=NEVER, after_stop="once", reset=NEVER):
    return {"start": start, "stop": stop, "pause": pause, "reset": reset, "after_stop": after_stop}


CREATED = {"field": "event", "is": "created"}
ANSWER = fact("replied", "resolved")
LATER = {"not": CREATED}
METRICS = {
    "first_response": metric(fact("contacted"), ANSWER),
    "next_response": metric(
        both(fact("contacted"), {"field": "times.replied", "at_least": 1}),
        ANSWER,
        after_stop="again",
    ),
    "periodic_update": metric(
        both(fact("replied"), {"not": category("solved", "closed")}),
        ANSWER,
        category("pending"),
        "again",
    ),
    "requester_wait": metric(CREATED, fact("resolved"), category("pending"), "resume"),
    "agent_work": metric(CREATED, fact("resolved"), category("pending", "on_hold"), "resume"),
    "resolution": metric(CREATED, fact("resolved"), category("pending"), "resume"),
    "total_resolution": metric(CREATED, fact("resolved"), NEVER, "count"),
    "ownership": metric(
        both(changed("group"), {"field": "group", "has": True}),
        either(both(changed("group"), LATER), fact("resolved")),
        after_stop="again",
    ),
    "assignee_response": metric(
        both(changed("agent"), {"field": "agent", "has": True}),
        either(fact("assignee_replied", "resolved"), both(changed("agent"), LATER)),
        after_stop="again",
    ),
    "acknowledgement": metric(CREATED, fact("acknowledged")),
    "promise": metric(
        both({"field": "event", "is": "promised"}, {"field": "metric", "is": "promise"}),
        ANSWER,
        after_stop="again",
    ),
}
"""Section 4 of the rules, as data."""


def holds(data, log, number):
    """Whether a pattern, as data, holds at event `number`."""
    if "every" in data:
        return all(holds(part, log, number) for part in data["every"])
    if "some" in data:
        return any(holds(part, log, number) for part in data["some"])
    if "not" in data:
        return not holds(data["not"], log, number)
    if data["field"] == "metric":
        return log[number].get("metric") == data["is"]
    return tickets.holds(data, log, number)


def conditions(data):
    """How many conditions a pattern has."""
    parts = data.get("every", data.get("some"))
    if parts is not None:
        return sum(map(conditions, parts))
    return conditions(data["not"]) if "not" in data else 1


def applied(log, number):
    """The policy that the log itself names, if any."""
    for event in reversed(log[: number + 1]):
        if event["type"] == "policy_applied":
            return event["policy"], event["version"]
    return None


def promises(log, number):
    found = {}
    for event in log[: number + 1]:
        if event["type"] == "promised":
            found[event["metric"]] = event["due"]
    return {name: due for name, due in found.items() if due is not None}


def matching(book, log, number, at):
    policies, select = book["policies"], book.get("select", "first_match")
    named = applied(log, number)
    decided = [p for p in policies if (p["name"], p["version"]) == named]
    begun = [p for p in policies if p.get("since") is None or p["since"] <= at]
    last = {policy["name"]: policy for policy in begun}
    current = [policy for policy in begun if last[policy["name"]] is policy]
    if select == "most_specific":
        current.sort(key=lambda policy: -conditions(policy["when"]))
    found, kinds = decided, {policy["kind"] for policy in decided}
    fixed = set(kinds)
    for policy in current:
        if policy["kind"] in fixed or not holds(policy["when"], log, number):
            continue
        if select in ("first_match", "most_specific") and policy["kind"] in kinds:
            continue
        kinds.add(policy["kind"])
        found = [*found, policy]
    return found


def length_of(target):
    within = target["within"]
    if isinstance(within, dict):
        return within["days"] * DAY
    return BEYOND if within is None else within


def in_force(book, log, number, at=None):
    """Return (slot, metric) -> (policy, version, target, promised due) after event `number`.

    Editions that begin later than `at`, the instant of the event if not given, are left out.

    A target without a length is in force only where a date was promised. The void is no matter
    of the book.
    """
    promised, found = promises(log, number), {}
    for policy in matching(book, log, number, log[number]["at"] if at is None else at):
        slot = policy["name"] if book.get("select") == "all" else policy["kind"]
        seen = set()
        for target in policy["targets"]:
            name = target["metric"]
            if name in seen or not holds(target["when"], log, number):
                continue
            seen.add(name)
            key, offered = (slot, name), (policy["name"], policy["version"], target)
            held = found.get(key)
            shorter = book.get("select") == "shortest" and held is not None
            if held is None or (shorter and length_of(target) < length_of(held[2])):
                found[key] = offered
    return {
        key: (*held, promised.get(key[1]))
        for key, held in found.items()
        if promised.get(key[1]) is not None or held[2]["within"] is not None
    }


def duration_text(amount):
    """Write microseconds as keys do: 4h, 6h30m, -15m."""
    rest, parts = abs(amount), []
    for unit, scale in (("h", 3600), ("m", 60), ("s", 1)):
        count, rest = divmod(rest, scale * SECOND)
        if unit == "s" and rest:
            parts.append(f"{count}.{rest:06d}".rstrip("0") + "s")
        elif count:
            parts.append(f"{count}{unit}")
    return ("-" if amount < 0 else "") + ("".join(parts) or "0s")


def date_text(at):
    """Write a promised date as keys do: by 2026-03-05T17:00Z."""
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    whole = when.second == when.microsecond == 0
    text = when.isoformat(timespec="minutes") if whole else when.isoformat()
    return "by " + text.removesuffix("+00:00") + "Z"


def length_text(within):
    if isinstance(within, dict):
        rule = within.get("rule")
        end = "-eod" if within.get("end_of_day") else "" if rule is None else f"-{rule}"
        return f"{within['days']}wd{end}"
    return "none" if within is None else duration_text(within)


def spelled(book, policy, target):
    """Return how keys name a target: its name or length, and `#2` for the second of a length.

    Two targets of one policy and metric that differ in `when` alone are one; places are counted
    over all versions of the policy.
    """
    if target.get("name"):
        return target["name"], ""
    text, alike = length_text(target["within"]), []
    for one in book["policies"]:
        for other in one["targets"] if one["name"] == policy else ():
            if other["metric"] == target["metric"] and not other.get("name"):
                bare = {**other, "when": None}
                if length_text(other["within"]) == text and bare not in alike:
                    alike.append(bare)
    place = alike.index({**target, "when": None}) + 1
    return text, "" if place == 1 else f"#{place}"
