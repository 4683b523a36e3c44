"""SLA scenarios, each under the preset of its product, with single keys only where needed.

A scenario is a calendar, targets, events, `config` and what to expect at `as_of`; the file's
header defines each key. The source's first word names a product, hence a preset. Where the
preset alone does not give the expected answer, the keys of `config` are tried one at a time on
top of it, then all together; `remarks` tells which cases needed which. Sources that are no
product with a preset are graded by the file's own defaults and the keys.

Statuses are named by their category. A change of the targets or the calendar is a new version
of the one policy, named by the log.

Before this: `common.py`, `calendar.py`, `run.py`. Next: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
from conformance.calendar import calendar_of
from conformance.common import Case

from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Message, PolicyApplied
from support_model.instants import duration_text
from support_model.lifecycle.vocabulary import Priority, Status
from support_model.patterns import ALWAYS, NEVER, Field, fact
from support_model.presets import projections
from support_model.presets.loading import load_preset
from support_model.service_levels import metrics
from support_model.service_levels.policies import PolicyBook, SlaPolicy, Target, WorkingDays
from support_model.sla import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support_model.events import Event
    from support_model.sla import Evaluation

PRODUCTS = {  # how a source begins: the preset
    "chatwoot": "chatwoot",
    "dbt_zendesk": "zendesk",
    "frappe/erpnext": "erpnext",
    "frappe/helpdesk": "frappe",
    "glpi": "glpi",
    "https://confluence.atlassian.com/": "jsm",
    "https://developer.zendesk.com/": "zendesk",
    "https://github.com/osTicket/": "osticket",
    "https://help.saasjet.com/": "jsm",
    "https://support.zendesk.com/": "zendesk",
    "https://www.intercom.com/": "intercom",
    "https://www.servicenow.com/": "servicenow",
    "itop": "itop",
    "otobo": "otrs",
    "rt": "rt",
    "zammad": "zammad",
}
DEFAULTS: dict[str, Any] = {
    "pause": {},
    "reopen": "resume",
    "next_from": "first_reply",
    "next_anchor": "oldest_unanswered",
    "update_start": "created",
    "recurrence": "independent",
    "due_when_paused": "projected",
    "due_when_stopped": "kept",
    "boundary": "close",
    "priority_change": "carry",
    "policy_change": "recompute",
    "hold_extension": "exact",
    "pause_granularity_s": 1,
    "fallback_no_hours": False,
    "agent_created": "excluded",
    "breach_requires_open": False,
}
CREATED = Field("event").is_("created")
BY_CUSTOMER = CREATED & Field("role").is_("customer")
CONTACTED, RESOLVED, REPLIED = fact("contacted"), fact("resolved"), fact("replied")
UPDATED = metrics.PERIODIC_UPDATE.start
REOPEN = {"resume": "resume", "restart": "restart", "stay_stopped": "once"}
RECURRENCE = {"independent": "again", "sequential": "again_after_due"}
ON_CHANGE = {"carry": "carry", "recompute": "carry", "restart": "restart"}
RANK = {name: rank for rank, name in enumerate(("urgent", "high", "normal", "medium", "low"), 1)}


@dataclass(frozen=True)
class Rules:
    """What a scenario is evaluated under."""

    metrics: dict[str, Any]
    select: str = "first_match"
    priority_change: str = "carry"
    policy_change: str = "carry"
    grain: int = 1
    without_hours: bool = False
    shown: tuple[str, ...] = ()


def defaults() -> Rules:
    """Return the rules of the file's own defaults."""
    solved = {"stop": RESOLVED, "after_stop": "resume", "pause": NEVER}
    return Rules(
        {
            "first_response": attrs.evolve(
                metrics.FIRST_RESPONSE, start=BY_CUSTOMER, stop=REPLIED
            ),
            "next_response": metrics.NEXT_RESPONSE,
            "periodic_update": attrs.evolve(
                metrics.PERIODIC_UPDATE, start=UPDATED | CREATED, pause=NEVER
            ),
            "resolution": attrs.evolve(metrics.RESOLUTION, **solved),
            "requester_wait": metrics.REQUESTER_WAIT,
            "agent_work": metrics.AGENT_WORK,
            "ola_own": attrs.evolve(
                metrics.OWNERSHIP, name="ola_own", stop=REPLIED | RESOLVED, after_stop="once"
            ),
            "ola_resolve": attrs.evolve(metrics.OWNERSHIP, name="ola_resolve", **solved),
        }
    )


def of_preset(name: str) -> Rules:
    """Return the rules of a preset."""
    preset = load_preset(name)
    return Rules(
        metrics=dict(preset.metrics),
        select=preset.select,
        priority_change=preset.on_change,
        policy_change=preset.on_change,
        grain=60 if preset.before == "floored_to_minutes" else 1,
        without_hours=preset.without_hours,
        shown=(preset.shown,) if preset.shown else (),
    )


def with_key(rules: Rules, key: str, value: Any) -> Rules:
    """Return rules with one key of `config` in force."""

    def metric(names: Iterable[str], **parts: Any) -> Rules:
        held = rules.metrics
        changed = {name: attrs.evolve(held[name], **parts) for name in names if name in held}
        return replace(rules, metrics={**held, **changed})

    def shown(projection: str, *, on: bool) -> Rules:
        others = tuple(name for name in rules.shown if name != projection)
        return replace(rules, shown=(*others, projection) if on else others)

    if key == "pause":
        for name, statuses in value.items():
            rules = metric([name], pause=Field("category").in_(*statuses) if statuses else NEVER)
        return rules
    if key in ("priority_change", "policy_change"):
        return replace(rules, **{key: ON_CHANGE[value]})
    if key == "next_from":
        later = CONTACTED & ~CREATED & Field("times.replied").at_least(1)
        return metric(["next_response"], start=CONTACTED if value == "created" else later)
    return {
        "reopen": lambda: metric(
            ("resolution", "requester_wait", "agent_work", "ola_resolve"),
            after_stop=REOPEN[value],
        ),
        "next_anchor": lambda: metric(
            ["next_response"], reset=CONTACTED if value == "latest" else NEVER
        ),
        "update_start": lambda: metric(
            ["periodic_update"], start=UPDATED if value == "first_reply" else UPDATED | CREATED
        ),
        "recurrence": lambda: metric(["periodic_update"], after_stop=RECURRENCE[value]),
        "agent_created": lambda: metric(
            ["first_response"], start=CREATED if value == "next_public_reply" else BY_CUSTOMER
        ),
        "due_when_paused": lambda: shown("due_unless_paused", on=value == "null"),
        "due_when_stopped": lambda: shown("due_unless_stopped", on=value == "null"),
        "boundary": lambda: shown("landing_at_next_opening", on=value == "next_open"),
        "hold_extension": lambda: shown(
            "hold_added_as_wall_time", on=value == "wall_added_to_due"
        ),
        "breach_requires_open": lambda: shown("open_only_breach", on=value),
        "pause_granularity_s": lambda: replace(rules, grain=value),
        "fallback_no_hours": lambda: replace(rules, without_hours=value),
    }[key]()


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
        wall = not row.get("business_hours", True) or (
            rules.without_hours and calendar.next_open(instant("1970-01-01T00:00Z")) is None
        )
        hours = BusinessCalendar.always(calendar.tz) if wall else calendar
        priority = row.get("priority")
        yield Target(
            metric=rules.metrics[row["metric"]],
            within=within,
            calendar=hours,
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
    config = data["config"]
    warnings: dict[str, list[timedelta]] = {}
    for row in data["expect"].get("thresholds", ()):
        warnings.setdefault(row["metric"], []).append(timedelta(seconds=row["offset_s"]))
    calendar, rows = sla_calendar(data["calendar"]), data["targets"]
    for event in data["events"]:
        if event["type"] == "calendar_changed" and instant(event["at"]) <= as_of:
            new = sla_calendar(event["calendar"])
            segment = config.get("calendar_change", "recompute") == "segment"
            calendar = calendar.replaced(instant(event["at"]), new) if segment else new
    editions = [(rows, calendar, rules.priority_change)]
    for event in data["events"]:
        if event["type"] == "policy_changed":
            if "calendar" in event:
                calendar = sla_calendar(event["calendar"])
            editions.append((event["targets"], calendar, rules.policy_change))
    policies = [
        SlaPolicy(
            name="policy",
            version=str(number),
            targets=tuple(targets_of(rows, hours, rules, warnings, change)),
        )
        for number, (rows, hours, change) in enumerate(editions)
    ]
    return PolicyBook(policies, rules.select)


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


NEEDED: dict[str, tuple[str, str]] = {}
"""Case: the preset, and the keys that it needed; no keys where the preset sufficed."""


def run(case: Case) -> str | None:
    """Evaluate a scenario and compare everything that it expects."""
    preset = next((name for word, name in PRODUCTS.items() if case.source.startswith(word)), "")
    keys = {**DEFAULTS, **case.data["config"]}
    keys.pop("calendar_change", None)
    if preset:
        rules = of_preset(preset)
        NEEDED[case.id] = (preset, "")
        if graded(case, rules) is None:
            return None
        for key, value in keys.items():
            if graded(case, with_key(rules, key, value)) is None:
                NEEDED[case.id] = (preset, f"{key} = {value}")
                return None
    rules = defaults()
    for key, value in case.data["config"].items():
        rules = with_key(rules, key, value) if key in keys else rules
    NEEDED[case.id] = (preset, "every key")
    return graded(case, rules)


def graded(case: Case, rules: Rules) -> str | None:
    """Return None where a scenario comes out as expected under the rules."""
    data, as_of = case.data, instant(case.data["expect"]["as_of"])
    if any(row["metric"] not in rules.metrics for row in data["targets"]):
        return "a metric that the preset does not measure"
    events: Iterable[Event] = events_of(data)
    if rules.grain != 1:
        events = projections.floored_status_edges(events, timedelta(seconds=rules.grain))
    result = evaluate(events, book_of(data, as_of, rules), as_of=as_of)
    problems = [
        f"{key} of {name}: answered {answer}, expected {wanted}"
        for key, name, answer, wanted in answers(data["expect"], result, rules)
        if answer != wanted
    ]
    return "; ".join(problems) or None


def remarks() -> Iterator[str]:
    """Yield for each preset how many cases it passed alone, and what the others needed."""
    for preset in sorted({preset for preset, _ in NEEDED.values() if preset}):
        of_it = {case: keys for case, (name, keys) in NEEDED.items() if name == preset}
        alone = sum(not keys for keys in of_it.values())
        yield f"{preset}: {alone} of {len(of_it)} by preset alone"
        yield from (f"  {case} needs {keys}" for case, keys in of_it.items() if keys)
    others = sum(not preset for preset, _ in NEEDED.values())
    yield f"no preset for the source: {others} by the file's defaults"


def answers(
    expect: dict[str, Any], result: Evaluation, rules: Rules
) -> Iterator[tuple[str, str, object, object]]:
    """Yield what is expected beside what the library says."""
    shown = [getattr(projections, name) for name in rules.shown]
    for key in ("due_at", "breached", "breach_at"):
        for name, wanted in expect.get(key, {}).items():
            answer = None
            if name in result:
                answer = getattr(projections.shown(result[name], *shown), key)
            elif key == "breached":
                answer = False
            if isinstance(wanted, str):
                wanted = instant(wanted)  # noqa: PLW2901 - read
            yield key, name, answer, wanted
    for name, wanted in expect.get("elapsed_s", {}).items():
        elapsed = result[name].elapsed if name in result else timedelta()
        yield "elapsed_s", name, elapsed, timedelta(seconds=wanted)
    moments = {
        (moment.key[2], moment.key[5]): moment.at
        for moment in result.agenda
        if moment.kind == "warning"
    }
    for row in expect.get("thresholds", ()):
        text = duration_text(timedelta(seconds=row["offset_s"]))
        found = moments.get((row["metric"], text))
        yield f"threshold {text}", row["metric"], found, instant(row["at"])
