"""Semantic cases: the rules of service levels, each as a book, a log and what must come out.

The files lie in `tests/conformance/semantics`; their header documents every key. Expectations
come from a twin that counts ticks and were written by `semantics/make.py`, never by the library.

Before this: `common.py`, `run.py`. Next: `semantics/make.py`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs
from conformance.calendar import calendar_of
from conformance.common import Case

from support_model import events as vocabulary
from support_model._time import duration_text
from support_model.calendars import WorkingDays
from support_model.instants import duration, instant, micros
from support_model.patterns import ALWAYS, read_pattern
from support_model.sla import METRICS, Metric, PolicyBook, SlaPolicy, Target, evaluate
from support_model.tickets import merged
from support_model.vocabulary import Priority, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support_model.calendars import BusinessCalendar
    from support_model.events import Event
    from support_model.sla import Cycle, Evaluation


def cases(document: dict[str, Any]) -> Iterable[Case]:
    """Yield the cases of a file, each with the calendars of its header."""
    if document["format"] != "semantics/1":
        raise KeyError(document["format"])
    for row in document["cases"]:
        yield Case(row["id"], row["rule"], {**row, "calendars": document["calendars"]})


@lru_cache(maxsize=100)
def _calendar(text: str) -> BusinessCalendar:
    return calendar(json.loads(text))


def calendar(spec: dict[str, Any]) -> BusinessCalendar:
    """Build a calendar from its key in the header."""
    if "replaced" in spec:
        old, at, new = spec["replaced"]
        return calendar(old).replaced(moment(at), calendar(new))
    return calendar_of({**spec, "overrides": spec.get("dates", {})})


def moment(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


def metrics_of(data: dict[str, Any]) -> dict[str, Metric]:
    """Return the ready metrics and those that a case changes or adds."""
    found = dict(METRICS)
    for name, row in data.get("metrics", {}).items():
        parts = {
            key: value if key == "after_stop" else read_pattern(value)
            for key, value in row.items()
            if key != "like"
        }
        like = row.get("like")
        found[name] = (
            attrs.evolve(METRICS[like], name=name, **parts) if like else Metric(name=name, **parts)
        )
    return found


def target_of(row: dict[str, Any], metrics: dict[str, Metric], hours: dict[str, Any]) -> Target:
    """Build a target."""
    within: Any = row["within"]
    if isinstance(within, dict):
        within = WorkingDays(within["days"], within.get("end_of_day", False))
    elif within is not None:
        within = duration(within)
    return Target(
        metric=metrics[row["metric"]],
        within=within,
        calendar=_calendar(json.dumps(hours[row["calendar"]])),
        when=read_pattern(row["when"]) if "when" in row else ALWAYS,
        warn_at=[duration(w) if isinstance(w, str) else w for w in row.get("warn_at", ())],
        on_change=row.get("on_change", "carry"),
    )


def book_of(data: dict[str, Any]) -> PolicyBook:
    """Build the book."""
    metrics = metrics_of(data)
    return PolicyBook(
        [
            SlaPolicy(
                name=row["name"],
                version=row.get("version", "1"),
                kind=row.get("kind", "sla"),
                when=read_pattern(row["when"]) if "when" in row else ALWAYS,
                targets=[target_of(t, metrics, data["calendars"]) for t in row["targets"]],
            )
            for row in data["policies"]
        ],
        data.get("select", "first_match"),
    )


def value(name: str, given: Any) -> Any:
    """Read a field's value; statuses and priorities are pairs."""
    if name == "status":
        return Status(*given)
    if name == "priority" and given is not None:
        return Priority(*given)
    return given


def log_of(data: dict[str, Any]) -> Iterable[Event]:
    """Return the log that is asked about; of several tickets, after their merges."""
    if "logs" not in data:
        return events_of("T1", data["events"])
    logs = {name: tuple(events_of(name, rows)) for name, rows in data["logs"].items()}
    return merged(logs)[data["ticket"]]


def events_of(ticket: str, rows: list[dict[str, Any]]) -> Iterator[Event]:
    """Yield the events of a ticket."""
    for row in rows:
        parts = {key: part for key, part in row.items() if key != "type"}
        for name in ("at", "due", "until"):
            if parts.get(name) is not None:
                parts[name] = moment(parts[name])
        if "fields" in parts:
            parts["fields"] = {name: value(name, part) for name, part in parts["fields"].items()}
        if "duration" in parts:
            parts["duration"] = duration(parts["duration"])
        kind = vocabulary.EVENTS[row["type"]]
        yield kind(ticket_id=ticket, role=parts.pop("role", "agent"), **parts)


def told(cycle: Cycle, key: str) -> Any:
    """Return one answer about a cycle in the words of the file."""
    if key == "policy":
        return [cycle.policy.name, cycle.policy.version]
    if key == "results":
        return [[utc(instant(result.stopped)), result.state] for result in cycle.results]
    if key == "breaches":
        breaches = {*cycle.earlier_breaches, *filter(None, [cycle.breach_at])}
        return sorted(map(utc, breaches))
    if key == "counts":
        return [utc(count.start) for count in cycle.counts]
    found = getattr(cycle, key)
    if isinstance(found, timedelta):
        return duration_text(found)
    return utc(found) if isinstance(found, datetime) else found


def utc(at: datetime) -> str:
    """Write an instant as the files do."""
    return instant(micros(at), UTC).isoformat()


def run(case: Case) -> str | None:
    """Evaluate a case and compare all that it expects."""
    data = case.data
    result = evaluate(log_of(data), book_of(data), as_of=moment(data["as_of"]))
    return "; ".join(problems(data["expect"], result)) or None


def problems(expect: dict[str, Any], result: Evaluation) -> Iterator[str]:
    """Yield a line for each answer that is not the one expected."""
    clocks = {f"{clock.slot}/{clock.metric.name}": clock.cycles for clock in result.clocks}
    for name, rows in expect["clocks"].items():
        cycles = clocks.get(name, ())
        if len(cycles) != len(rows):
            yield f"{name}: {len(cycles)} cycles, expected {len(rows)}"
        for row, cycle in zip(rows, cycles, strict=False):
            for key, wanted in row.items():
                answer = told(cycle, key)
                if answer != wanted:
                    yield f"{name} {row['number']} {key}: answered {answer}, expected {wanted}"
    for name in clocks.keys() - expect["clocks"].keys():
        if clocks[name]:
            yield f"{name}: {len(clocks[name])} cycles, expected none"
    answer = sorted([utc(moment.at), *moment.key[1:]] for moment in result.agenda)
    if answer != expect["moments"]:
        yield f"moments: answered {answer}, expected {expect['moments']}"
