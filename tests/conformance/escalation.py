"""Escalation cases: a clock, a plan and resolvers, polled through windows.

The file's header defines the keys. A row's key is the library's without the slot, the plan and
the word between.

Before this: `common.py`, `calendar.py`, `run.py`. Next: nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from conformance.calendar import calendar_of
from conformance.common import Case, differs, expectation

from support_model._escalation.plans import Edition, PlanHistory
from support_model.calendars import BusinessCalendar
from support_model.escalation import (
    AckMissing,
    Course,
    LineTimeout,
    Plan,
    Repeat,
    Start,
    Step,
    Threshold,
    escalate,
)
from support_model.instants import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support_model._escalation.plans import Anchor
    from support_model.escalation import Resolve


def cases(document: dict[str, Any]) -> Iterable[Case]:
    """Yield the cases of a file."""
    return (Case(row["id"], row["source"].split()[0], row) for row in document["cases"])


def at(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


def maybe(text: str | None) -> datetime | None:
    """Read an instant that may be missing."""
    return None if text is None else at(text)


def text(instant: datetime) -> str:
    """Write an instant as the file does."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def anchor_of(row: dict[str, Any]) -> Anchor:
    """Read an anchor."""
    match row["anchor"]:
        case "start":
            return Start()
        case "threshold":
            return Threshold(Fraction(str(row.get("percent", 100))) / 100)
        case "due":
            return Threshold(1)
        case "ack_missing":
            return AckMissing(row.get("of"))
    return LineTimeout(row["line"])


def step_of(row: dict[str, Any]) -> Step:
    """Read a step."""
    repeat = row.get("repeat")
    return Step(
        id=row["id"],
        to=row["target"],
        anchor=anchor_of(row),
        after=timedelta(seconds=row.get("offset_s", 0)),
        base=row.get("base", "clock"),
        level=row["level"],
        kind=row["kind"],
        repeat=repeat and Repeat(timedelta(seconds=repeat["every_s"]), repeat.get("times")),
        until=row.get("until") or "stop",
    )


def course_of(clock: dict[str, Any]) -> Course:
    """Read a clock."""
    base = clock["base"]
    ends = [at(clock[name]) for name in ("stop", "cancel") if clock.get(name)]
    return Course.of(
        ticket=clock["ticket"],
        metric=clock["metric"],
        cycle=clock["cycle"],
        start=at(clock["start"]),
        calendar=BusinessCalendar.always() if base == "wall" else calendar_of(base),
        targets=[
            (at(row["from"]), timedelta(seconds=row["seconds"]))
            for row in clock.get("targets") or ()
        ],
        pauses=[Span(at(start), maybe(end)) for start, end in clock.get("pauses") or ()],
        end=min(ends, default=None),
        ack=maybe(clock.get("ack")),
        lines=[(row["line"], at(row["at"])) for row in clock.get("lines") or ()],
        raised=[(at(row["at"]), row["kind"], row["level"]) for row in clock.get("levels") or ()],
    )


def plan_of(data: dict[str, Any]) -> PlanHistory:
    """Read the editions of a plan."""
    return PlanHistory(
        [
            Edition(Plan("plan", [step_of(step) for step in row["steps"]]), maybe(row.get("from")))
            for row in data["plans"]
        ],
        follow=data.get("plan_mode") or "snapshot",
    )


def resolver(rows: dict[str, list[dict[str, Any]]]) -> Resolve:
    """Read who the targets mean when."""

    def resolve(target: str, now: datetime) -> list[str]:
        return [
            person
            for row in rows.get(target, ())
            if (not row.get("from") or at(row["from"]) <= now)
            and (not row.get("to") or now < at(row["to"]))
            for person in row["who"]
        ]

    return resolve


def projected(key: tuple[str | int, ...]) -> list[str | int]:
    """Write a key as the file does."""
    ticket, _, clock, number, *_, step, n = key
    return [ticket, clock, number, step, n]


def run(case: Case) -> str | None:
    """Poll at the end of every window and compare; None where all is as expected."""
    data = case.data
    plan, course, resolve = plan_of(data), course_of(data["clock"]), resolver(data["resolvers"])
    answer = []
    for after, through in data["windows"]:
        found = escalate(plan, course, resolve, as_of=at(through), through=at(through))
        rows = found.between(at(after), at(through))
        answer.append(
            {
                "steps": [
                    {
                        "at": text(row.at),
                        "key": projected(row.key),
                        "level": row.step.level,
                        "who": list(row.who),
                    }
                    for row in rows.firings
                ],
                "reports": [
                    {
                        "at": text(row.at),
                        "key": projected(row.key),
                        "reason": row.reason.code,
                    }
                    for row in rows.reports
                ],
            }
        )
    return differs(answer, expectation(data))
