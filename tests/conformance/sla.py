"""SLA scenarios: the file's keys onto metrics, targets, policies and events of the library.

A scenario is a calendar, targets, events, `config` and what to expect at `as_of`; the file's
header defines each key. Statuses are named by their category. A change of the targets or the
calendar is a new version of the one policy, named by the log.

Before this: `common.py`, `calendar.py`, `run.py`. Next: nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
from conformance.calendar import calendar_of
from conformance.common import Case

from support_model import metrics
from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Message, PolicyApplied
from support_model.instants import duration_text
from support_model.patterns import ALWAYS, NEVER, Field, fact
from support_model.policies import PolicyBook, SlaPolicy, Target, WorkingDays
from support_model.presets import projections
from support_model.sla import evaluate
from support_model.vocabulary import Priority, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support_model.events import Event
    from support_model.metrics import Metric
    from support_model.sla import Evaluation

CREATED = Field("event").is_("created")
BY_CUSTOMER = CREATED & Field("role").is_("customer")
WITH_MESSAGE = BY_CUSTOMER & Field("custom.message").is_(value=True)
WRITTEN = fact("contacted") & ~CREATED
RESOLVED, REPLIED = fact("resolved"), fact("replied")
ANSWERED = fact("replied", "resolved")
REOPEN = {"resume": "resume", "restart": "restart", "stay_stopped": "once"}
RECURRENCE = {"independent": "again", "sequential": "again_after_due"}
ON_CHANGE = {"carry": "carry", "recompute": "carry", "restart": "restart"}
RANK = {name: rank for rank, name in enumerate(("urgent", "high", "normal", "medium", "low"), 1)}


def cases(document: dict[str, Any]) -> Iterable[Case]:
    """Yield the scenarios of a file."""
    return (Case(row["id"], row["source"].split()[0], row) for row in document["scenarios"])


def metrics_of(config: dict[str, Any]) -> dict[str, Metric]:
    """Return the metrics that a configuration describes."""
    reply = config.get("agent_created", "excluded") == "next_public_reply"
    replied_before = Field("times.replied").at_least(1)
    from_created = config.get("next_from", "first_reply") == "created"
    exchange = WRITTEN | WITH_MESSAGE if from_created else WRITTEN & replied_before
    latest = config.get("next_anchor", "oldest_unanswered") == "latest"
    first = config.get("update_start", "created") == "first_reply"
    solved = {"stop": RESOLVED, "after_stop": REOPEN[config.get("reopen", "resume")]}
    settled = ~Field("category").in_("solved", "closed")
    found = {
        "first_response": attrs.evolve(
            metrics.FIRST_RESPONSE, start=CREATED if reply else BY_CUSTOMER, stop=REPLIED
        ),
        "next_response": attrs.evolve(
            metrics.NEXT_RESPONSE,
            start=exchange,
            reset=fact("contacted") if latest else NEVER,
        ),
        "periodic_update": attrs.evolve(
            metrics.PERIODIC_UPDATE,
            start=(REPLIED & settled) | (NEVER if first else CREATED),
            pause=NEVER,
            after_stop=RECURRENCE[config.get("recurrence", "independent")],
        ),
        "resolution": attrs.evolve(metrics.RESOLUTION, pause=NEVER, **solved),
        "requester_wait": attrs.evolve(metrics.REQUESTER_WAIT, **solved),
        "agent_work": attrs.evolve(metrics.AGENT_WORK, **solved),
        "ola_own": attrs.evolve(
            metrics.OWNERSHIP, name="ola_own", stop=ANSWERED, after_stop="once"
        ),
        "ola_resolve": attrs.evolve(metrics.OWNERSHIP, name="ola_resolve", **solved),
    }
    for name, statuses in config.get("pause", {}).items():
        pause = Field("category").in_(*statuses) if statuses else NEVER
        found[name] = attrs.evolve(found[name], pause=pause)
    return found


def targets_of(
    rows: Iterable[dict[str, Any]],
    calendar: BusinessCalendar,
    config: dict[str, Any],
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
        closed = calendar.next_open(instant("1970-01-01T00:00Z")) is None
        wall = not row.get("business_hours", True) or (config.get("fallback_no_hours") and closed)
        hours = BusinessCalendar.always(calendar.tz) if wall else calendar
        priority = row.get("priority")
        yield Target(
            metric=metrics_of(config)[row["metric"]],
            within=within,
            calendar=hours,
            when=ALWAYS if priority is None else Field("priority").is_(priority),
            warn_at=tuple(warnings.get(row["metric"], ())),
            on_change=ON_CHANGE[change],
        )


def sla_calendar(spec: dict[str, Any]) -> BusinessCalendar:
    """Build a scenario's calendar, whose overrides are rows of date and hours."""
    overrides = {row["date"]: row["hours"] for row in spec.get("overrides", ())}
    return calendar_of({**spec, "overrides": overrides})


def instant(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


def book_of(data: dict[str, Any], as_of: datetime) -> PolicyBook:
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
    editions = [(rows, calendar, config.get("priority_change", "carry"))]
    for event in data["events"]:
        if event["type"] == "policy_changed":
            if "calendar" in event:
                calendar = sla_calendar(event["calendar"])
            change = config.get("policy_change", "recompute")
            editions.append((event["targets"], calendar, change))
    return PolicyBook(
        SlaPolicy(
            name="policy",
            version=str(number),
            targets=tuple(targets_of(rows, hours, config, warnings, change)),
        )
        for number, (rows, hours, change) in enumerate(editions)
    )


def events_of(data: dict[str, Any]) -> Iterator[Event]:
    """Yield a scenario's events; a status beside something else is an event of its own."""
    edition, seq = 0, 0
    for row in data["events"]:
        kind = row["type"]
        role = {"agent_reply": "agent", "internal_note": "agent", "customer_message": "customer"}
        common: dict[str, Any] = {
            "ticket_id": data["id"],
            "at": instant(row["at"]),
            "role": role.get(kind, row.get("by", "system")),
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
            fields["custom.message"] = row.get("message", True)
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


def projections_of(config: dict[str, Any]) -> list[Any]:
    """Return how a configuration shows its clocks."""
    found: list[Any] = []
    if config.get("hold_extension", "exact") == "wall_added_to_due":
        found.append(projections.hold_added_as_wall_time)
    if config.get("boundary", "close") == "next_open":
        found.append(projections.landing_at_next_opening)
    if config.get("due_when_paused", "projected") == "null":
        found.append(projections.due_unless_paused)
    if config.get("due_when_stopped", "kept") == "null":
        found.append(projections.due_unless_stopped)
    if config.get("breach_requires_open"):
        found.append(projections.open_only_breach)
    return found


def run(case: Case) -> str | None:
    """Evaluate a scenario and compare everything that it expects."""
    data, config = case.data, case.data["config"]
    as_of = instant(data["expect"]["as_of"])
    events: Iterable[Event] = events_of(data)
    grain = config.get("pause_granularity_s", 1)
    if grain != 1:
        events = projections.floored_status_edges(events, timedelta(seconds=grain))
    result = evaluate(events, book_of(data, as_of), as_of=as_of)
    problems = [
        f"{key} of {name}: answered {answer}, expected {wanted}"
        for key, name, answer, wanted in answers(data["expect"], result, config)
        if answer != wanted
    ]
    return "; ".join(problems) or None


def answers(
    expect: dict[str, Any], result: Evaluation, config: dict[str, Any]
) -> Iterator[tuple[str, str, object, object]]:
    """Yield what is expected beside what the library says."""
    for key in ("due_at", "breached", "breach_at"):
        for name, wanted in expect.get(key, {}).items():
            answer = None
            if name in result:
                answer = getattr(projections.shown(result[name], *projections_of(config)), key)
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
