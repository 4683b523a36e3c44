"""Routing cases: agents, work in hand and options onto a team, a workload and a routing.

The file's header defines the keys; waits are seconds, lines are labels such as "L2".

Before this: `common.py`, `run.py`. Next: nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.common import Case, NotSupported, differs, expectation, moment

from support_model._time import EPOCH
from support_model.calendars import BusinessCalendar
from support_model.events import Created
from support_model.instants import Span
from support_model.lines import Agent, Capacity, Skill
from support_model.patterns import ALWAYS, Field
from support_model.routing import (
    AgentState,
    Fallback,
    Need,
    Owner,
    QueuedTicket,
    RateLimit,
    Relax,
    Routing,
    TriageRule,
    Work,
    assign,
    assign_backlog,
    is_returning,
    returns,
    route,
    triage,
)
from support_model.tickets import replay
from support_model.vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from support_model.patterns import Pattern

HORIZON = timedelta(days=21)


def cases(document: dict[str, Any]) -> Iterable[Case]:
    """Yield the cases of a file."""
    return (Case(row["id"], row["source"].split()[0], row) for row in document["cases"])


def at(text: str | None) -> datetime | None:
    """Read an instant."""
    return None if text is None else datetime.fromisoformat(text)


def seconds(number: float) -> timedelta:
    """Read a length."""
    return timedelta(seconds=number)


def line_of(label: str | None) -> int | None:
    """Read a line's label."""
    return None if label is None else int(label.removeprefix("L"))


def calendar_of(row: dict[str, Any]) -> BusinessCalendar:
    """Read a calendar."""
    hours = {
        day: ", ".join("-".join(pair) for pair in ranges) for day, ranges in row["weekly"].items()
    }
    holidays = [date.fromisoformat(day) for day in row.get("holidays") or ()]
    return BusinessCalendar.weekly(hours, tz=row["tz"], holidays=holidays)


def skill_of(row: dict[str, Any]) -> Skill:
    """Read a skill."""
    until = row.get("valid_until")
    expires = None if until is None else moment(until)
    return Skill(name=row["name"], level=row["level"], expires=expires)


def agent_of(row: dict[str, Any], calendars: dict[str, BusinessCalendar]) -> Agent:
    """Read an agent."""
    capacity = row.get("capacity") or {}
    return Agent(
        id=row["id"],
        line=line_of(row.get("line")),
        teams=[row["team"]] if row.get("team") else [],
        skills=[skill_of(skill) for skill in row.get("skills") or ()],
        capacity=Capacity(capacity.get("units"), capacity.get("channels") or {}),
        calendar=calendars[row["calendar"]] if row.get("calendar") else None,
        absences=[Span(at(a), at(b)) for a, b in row.get("absences") or ()],
        deputy=row.get("deputy"),
    )


def state_of(row: dict[str, Any], work: list[dict[str, Any]]) -> AgentState:
    """Read what an agent has in hand."""
    return AgentState(
        work=[
            Work(item["channel"], item["status"], timer=bool(item.get("timer")))
            for item in work
            if item["agent"] == row["id"]
        ],
        presence=row.get("presence") or "unknown",
        last_assigned_at=at(row.get("last_assigned_at")),
        idle_since=at(row.get("idle_since")),
        recent=[at(instant) for instant in row.get("recent") or ()],
    )


def ticket_of(row: dict[str, Any]) -> QueuedTicket:
    """Read a ticket that waits."""
    owner = row.get("owner")
    return QueuedTicket(
        id=row["id"],
        channel=row["channel"],
        queued_at=at(row["queued_at"]),
        line=line_of(row.get("line")),
        team=row.get("team"),
        needs=[
            Need(need["skill"], need["level"], need.get("required", True))
            for need in row.get("needs") or ()
        ],
        exclude={one["agent"]: one.get("why", "") for one in row.get("exclude") or ()},
        owner=Owner(owner["agent"], at(owner["since"])) if owner else None,
        due_at=at(row.get("due")),
        **({"priority": row["priority"]} if row.get("priority") else {}),
    )


def routing_of(data: dict[str, Any]) -> Routing:
    """Read the options."""
    options = data.get("options") or {}
    strategy, sticky = options.get("strategy") or "default", options.get("sticky_ttl_s")
    limit = options.get("rate_limit")
    return Routing(
        strategy="skill_fit" if strategy == "default" else strategy,
        sticky=seconds(sticky) if sticky else None,
        ageing=seconds(options["ageing_s"]) if options.get("ageing_s") else None,
        relax=[
            Relax(
                seconds(step["after_s"]),
                lower=step.get("lower") or {},
                drop=step.get("drop") or (),
            )
            for step in options.get("relax") or ()
        ],
        fallback=[
            Fallback(seconds(step["after_s"]), line_of(step["line"]))
            for step in options.get("fallback") or ()
        ],
        rate_limit=RateLimit(limit["max"], seconds(limit["window_s"])) if limit else None,
        count=options.get("count") or "open_new",
        fit=options.get("fit") or "closest",
        weights=data.get("weights") or {},
    )


def facts_of(data: dict[str, Any]) -> tuple[Any, ...]:
    """Read agents, workload and routing."""
    calendars = {name: calendar_of(row) for name, row in (data.get("calendars") or {}).items()}
    people = [agent_of(row, calendars) for row in data["agents"]]
    work = data.get("work") or []
    return people, {row["id"]: state_of(row, work) for row in data["agents"]}, routing_of(data)


def routed(data: dict[str, Any]) -> dict[str, Any]:
    """Ask for a decision."""
    now = at(data["as_of"])
    found = route(ticket_of(data["ticket"]), *facts_of(data), as_of=now)
    retry = found.retry_at
    known = retry is not None and retry <= now + HORIZON
    return {
        "agent": found.agent,
        "ranked": [*found.ranked],
        "rejected": {agent: [*codes] for agent, codes in found.codes.items()},
        "retry_at": retry.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if known else None,
    }


def by_hand(data: dict[str, Any]) -> dict[str, Any]:
    """Ask for a manual assignment."""
    to, now = data["assign_to"], at(data["as_of"])
    found = assign(ticket_of(data["ticket"]), to, *facts_of(data), as_of=now)
    return {"agent": found.agent, "flags": [flag.code for flag in found.flags]}


def batch(data: dict[str, Any]) -> dict[str, Any]:
    """Ask for a whole backlog."""
    tickets = [ticket_of(row) for row in data["tickets"]]
    found = assign_backlog(tickets, *facts_of(data), as_of=at(data["as_of"]))
    return {"order": [*found.order], "assigned": dict(found.assigned)}


def condition(name: str, test: Any) -> Pattern:
    """Read one test of a rule."""
    field = Field(f"custom.{name}")
    if isinstance(test, list):
        return field.in_(*test)
    if isinstance(test, dict) and "contains" in test:
        return field.contains(*test["contains"])
    return field.at_least(test["gte"]) if isinstance(test, dict) else field.is_(test)


def custom(row: dict[str, Any]) -> dict[str, Any]:
    """Keep fields, which are free here, as custom ones."""
    return {f"custom.{name}": value for name, value in row.items()}


def rule_of(row: dict[str, Any]) -> TriageRule:
    """Read a triage rule."""
    when = ALWAYS
    for name, test in row["when"].items():
        when &= condition(name, test)
    return TriageRule(name=row["id"], when=when, sets=custom(row["set"]))


def triaged(data: dict[str, Any]) -> dict[str, Any]:
    """Ask for triage."""
    fields = {"status": Status("new", "new"), **custom(data["ticket"])}
    ticket = replay([Created(ticket_id="T", at=EPOCH, role="customer", fields=fields)])
    found = triage(ticket, [rule_of(row) for row in data["rules"]])
    sets = {name.removeprefix("custom."): value for name, value in found.fields.items()}
    return {"rule": found.rule, "set": sets}


def ping_pong(data: dict[str, Any]) -> dict[str, Any]:
    """Ask whether a ticket keeps returning."""
    history = [line_of(label) for label in data["history"]]
    return {
        "returns": returns(history),
        "ping_pong": is_returning(history, limit=data["limit"]),
    }


OPERATIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "route": routed,
    "backlog": batch,
    "manual": by_hand,
    "triage": triaged,
    "ping_pong": ping_pong,
}


def run(case: Case) -> str | None:
    """Ask and compare; None where the answer is the expected one."""
    name = case.data["op"]
    if name not in OPERATIONS:
        reason = f"operation {name!r}"
        raise NotSupported(reason)
    return differs(OPERATIONS[name](case.data), expectation(case.data))
