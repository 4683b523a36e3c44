"""SLA scenarios, each under the preset of its product and the keys that it adds.

A scenario is a calendar, targets, events, `config` and what to expect at `as_of`; the file's
header defines each key, and `sla_rules.py` says which rules follow from them.

Statuses are named by their category. A change of the targets or the calendar is a new version
of the one policy, named by the log.

Before this: `common.py`, `calendar.py`, `sla_rules.py`. Next: nothing.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.calendar import calendar_of
from conformance.common import Case, same
from conformance.sla_rules import Rules, rules_of

from support_model._time import duration_text
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.events import Changed, Created, Message, PolicyApplied
from support_model.patterns import ALWAYS, Field
from support_model.presets import _projections as projections
from support_model.sla import PolicyBook, SlaPolicy, Target, evaluate
from support_model.vocabulary import Priority, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support_model.events import Event
    from support_model.sla import Clock, Evaluation

RANK = {name: rank for rank, name in enumerate(("urgent", "high", "normal", "medium", "low"), 1)}


def cases(document: dict[str, Any]) -> Iterable[Case]:
    """Yield the scenarios of a file."""
    NEEDED.clear()
    return (Case(row["id"], row["source"].split()[0], row) for row in document["scenarios"])


def targets_of(
    rows: Iterable[dict[str, Any]],
    calendar: BusinessCalendar,
    rules: Rules,
    warnings: dict[str, list[timedelta]],
    change: str,
) -> Iterator[Target]:
    """Yield the targets of one edition, those with a priority first."""
    for row in sorted(rows, key=lambda row: row.get("priority") is None):
        within = (
            WorkingDays(row["working_days"], bool(row.get("end_of_day")))
            if row.get("working_days")
            else timedelta(seconds=row["seconds"])
        )
        business = row.get("business_hours", True)
        priority = row.get("priority")
        yield Target(
            metric=rules.preset.metrics[row["metric"]],
            within=within,
            calendar=calendar if business else BusinessCalendar.always(calendar.tz),
            when=ALWAYS if priority is None else Field("priority").is_(priority),
            warn_at=tuple(warnings.get(row["metric"], ())),
            on_change=change,
        )


def sla_calendar(spec: dict[str, Any]) -> BusinessCalendar:
    """Build a scenario's calendar, whose overrides are rows of date and hours."""
    overrides = {row["date"]: row["hours"] for row in spec.get("overrides", ())}
    return calendar_of({**spec, "overrides": overrides})


def instant(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


def book_of(data: dict[str, Any], as_of: datetime, rules: Rules) -> PolicyBook:
    """Return the editions of a scenario's policy, oldest first."""
    warnings: dict[str, list[timedelta]] = {}
    for row in data["expect"].get("thresholds", ()):
        warnings.setdefault(row["metric"], []).append(timedelta(seconds=row["offset_s"]))
    calendar, rows = sla_calendar(data["calendar"]), data["targets"]
    for event in data["events"]:
        if event["type"] == "calendar_changed" and instant(event["at"]) <= as_of:
            calendar = after_edit(calendar, event, rules)
    editions = [(rows, calendar, rules.preset.on_change)]
    for event in data["events"]:
        if event["type"] == "policy_changed":
            if "calendar" in event:
                calendar = sla_calendar(event["calendar"])
            change = rules.policy_change or rules.preset.on_change
            editions.append((event["targets"], calendar, change))
    policies = [
        SlaPolicy(
            name="policy",
            version=str(number),
            targets=tuple(targets_of(rows, hours, rules, warnings, change)),
        )
        for number, (rows, hours, change) in enumerate(editions)
    ]
    book = PolicyBook(policies, rules.preset.select)
    return rules.preset.opened(book, instant(data["events"][0]["at"]))


def after_edit(
    calendar: BusinessCalendar, event: dict[str, Any], rules: Rules
) -> BusinessCalendar:
    """Return the calendar of an open clock after an edit."""
    new = sla_calendar(event["calendar"])
    if rules.calendar_change is None:
        return rules.preset.edited(calendar, new)
    segment = rules.calendar_change == "segment"
    return calendar.replaced(instant(event["at"]), new) if segment else new


def events_of(data: dict[str, Any]) -> Iterator[Event]:
    """Yield a scenario's events; a status beside something else is an event of its own.

    A ticket that a customer created without a message is one that nobody has written to yet.
    """
    edition, seq = 0, 0
    for row in data["events"]:
        kind = row["type"]
        role = {"agent_reply": "agent", "internal_note": "agent", "customer_message": "customer"}
        silent = kind == "created" and not row.get("message", True)
        common: dict[str, Any] = {
            "ticket_id": data["id"],
            "at": instant(row["at"]),
            "role": "system" if silent else role.get(kind, row.get("by", "system")),
        }
        fields: dict[str, Any] = {}
        if "status" in row or kind == "created":
            name = row.get("status", "open")
            fields["status"] = Status(name, name)
        if "priority" in row:
            fields["priority"] = Priority(row["priority"], RANK.get(row["priority"], 9))
        if "group" in row:
            fields["group"] = row["group"]
        if kind == "created":
            yield Created(**common, fields=fields, seq=seq)
            yield PolicyApplied(**common, policy="policy", version="0", seq=seq + 1)
            seq += 2
            continue
        if kind in role:
            yield Message(**common, public=kind != "internal_note", seq=seq)
        if kind == "policy_changed":
            edition += 1
            yield PolicyApplied(**common, policy="policy", version=str(edition), seq=seq)
        if fields:
            yield Changed(**common, fields=fields, seq=seq + 1)
        seq += 2


NEEDED: dict[str, tuple[str, tuple[str, ...]]] = {}
"""Case: the preset, and the keys added to it."""


def run(case: Case) -> str | None:
    """Evaluate a scenario under its rules and compare everything that it expects."""
    rules = rules_of(case.source, case.data)
    NEEDED[case.id] = rules.preset.name, rules.added
    return graded(case, rules)


def graded(case: Case, rules: Rules) -> str | None:
    """Return None where a scenario comes out as expected under the rules."""
    data, as_of = case.data, instant(case.data["expect"]["as_of"])
    events: Iterable[Event] = events_of(data)
    if rules.grain is None:
        events = rules.preset.prepared(events)
    elif rules.grain > 1:
        events = projections.floored_status_edges(events, timedelta(seconds=rules.grain))
    result = evaluate(events, book_of(data, as_of, rules), as_of=as_of)
    problems = [
        f"{key} of {name}: answered {answer}, expected {wanted}"
        for key, name, answer, wanted in answers(data["expect"], result, rules)
        if not same(answer, wanted)
    ]
    return "; ".join(problems) or None


def remarks() -> Iterator[str]:
    """Yield for each preset how many cases it answers alone, and the keys that others add."""
    for preset in sorted({preset for preset, _ in NEEDED.values()}):
        of_it = {case: keys for case, (name, keys) in NEEDED.items() if name == preset}
        alone = sum(not keys for keys in of_it.values())
        yield f"{preset}: {alone} of {len(of_it)} without another key"
        yield from (f"  {case} adds {', '.join(keys)}" for case, keys in of_it.items() if keys)
    total = Counter(key for _, keys in NEEDED.values() for key in keys)
    yield f"keys added: {total.total()}"


def displayed(clock: Clock, rules: Rules) -> projections.Display:
    """Return what the product shows of a clock."""
    if rules.shown is None:
        return rules.preset.display(clock)
    return projections.project(clock, *(getattr(projections, name) for name in rules.shown))


def answers(
    expect: dict[str, Any], result: Evaluation, rules: Rules
) -> Iterator[tuple[str, str, object, object]]:
    """Yield what is expected beside what the library says."""
    for key in ("due_at", "breached", "breach_at"):
        for name, wanted in expect.get(key, {}).items():
            answer = None
            if name in result:
                answer = getattr(displayed(result[name], rules), key)
            elif key == "breached":
                answer = False
            if isinstance(wanted, str):
                wanted = instant(wanted)  # noqa: PLW2901 - read
            yield key, name, answer, wanted
    for name, wanted in expect.get("elapsed_s", {}).items():
        elapsed = result[name].elapsed if name in result else timedelta()
        yield "elapsed_s", name, elapsed, timedelta(seconds=wanted)
    warnings = [moment for moment in result.agenda if moment.kind == "warning"]
    for row in expect.get("thresholds", ()):
        text = duration_text(timedelta(seconds=row["offset_s"]))
        names = {row["metric"], text}
        found = [moment.at for moment in warnings if names <= set(moment.key)]
        yield f"threshold {text}", row["metric"], found, [instant(row["at"])]
