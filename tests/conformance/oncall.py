"""On-call cases: layers, overrides, swaps and absences onto a plan, one question each.

The file's header defines the keys; durations and loads are seconds, readings local.

Before this: `common.py`, `run.py`. Next: nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.common import Case, NotSupported, differs, expectation

from support_model._oncall.windows import daily, weekly
from support_model.instants import Span
from support_model.oncall import (
    Absence,
    ByRule,
    ByWorkedDates,
    Every,
    Layer,
    OnCall,
    Override,
    Swap,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from support_model._oncall.rotations import TurnForm
    from support_model._oncall.windows import DutyWindow


def cases(document: dict[str, Any]) -> Iterable[Case]:
    """Yield the cases of a file."""
    return (Case(row["id"], row["source"].split()[0], row) for row in document["cases"])


def at(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


def text(instant: datetime) -> str:
    """Write an instant as the file does."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pair(span: Span) -> list[str]:
    """Write a span as the file does."""
    return [text(span.start), text(span.end)]


def window_of(row: dict[str, Any]) -> DutyWindow:
    """Read a restriction."""
    if "from_day" in row:
        return weekly(f"{row['from_day']} {row['from']}", f"{row['to_day']} {row['to']}")
    return daily(",".join(row["days"]) or "mon-sun", f"{row['from']}-{row['to']}")


def form_of(row: dict[str, Any]) -> TurnForm:
    """Read a rotation and its handoff."""
    rotation, handoff = row["rotation"], row.get("handoff", "")
    duration = timedelta(**rotation["duration"]) if "duration" in rotation else None
    if rotation["unit"] == "rrule":
        return ByRule(rotation["rrule"], duration)
    if rotation.get("advance") == "worked":
        return ByWorkedDates(rotation["every"], duration)
    if isinstance(handoff, dict):
        handoff = f"{handoff['day']} {handoff['time']}"
    return Every(rotation["every"], rotation["unit"], handoff=handoff, duration=duration)


def layer_of(row: dict[str, Any]) -> Layer:
    """Read a layer."""
    return Layer(
        row["participants"],
        start=row["start"],
        tz=row["tz"],
        form=form_of(row),
        windows=[window_of(window) for window in row.get("restrictions") or ()],
        active_from=row.get("active_from"),
        until=row.get("until"),
        priority=row.get("priority") or 0,
    )


def swap_of(row: dict[str, Any]) -> Swap:
    """Read a swap, paired or one-sided."""
    back = Span(at(row["b_from"]), at(row["b_to"])) if row.get("b_from") else None
    return Swap(row["a"], row["b"], span=Span(at(row["a_from"]), at(row["a_to"])), back=back)


def span_of(row: dict[str, Any]) -> Span:
    """Read a span of instants."""
    return Span(at(row["from"]), at(row["to"]))


def plan_of(data: dict[str, Any]) -> OnCall:
    """Read the plan of a case."""
    options = data.get("options") or {}
    return OnCall(
        [layer_of(row) for row in data["layers"]],
        overrides=[Override(row["person"], span_of(row)) for row in data.get("overrides") or ()],
        swaps=[swap_of(row) for row in data.get("swaps") or ()],
        absences=[Absence(row["person"], span_of(row)) for row in data.get("absences") or ()],
        when_away=options.get("absence", "hole"),
        same_priority=options.get("same_priority", "later"),
    )


def loads(plan: OnCall, args: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Ask for loads, in whole seconds."""
    night, days = "-".join(args["night"]), ",".join(args["weekend"])
    found = plan.roster(*window(args)).loads(tz=args["tz"], night=night, weekend=days)
    return {
        person: {
            "total_s": load.total // timedelta(seconds=1),
            "night_s": load.nights // timedelta(seconds=1),
            "weekend_s": load.weekends // timedelta(seconds=1),
        }
        for person, load in found.items()
    }


def window(args: dict[str, Any]) -> tuple[datetime, datetime]:
    """Read the window of a question."""
    return at(args["from"]), at(args["to"])


def shifts(plan: OnCall, args: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask for shifts."""
    return [
        {"who": sorted(shift.who), "from": text(shift.span.start), "to": text(shift.span.end)}
        for shift in plan.shifts(*window(args))
    ]


OPERATIONS: dict[str, Callable[[OnCall, dict[str, Any]], Any]] = {
    "who": lambda plan, args: [sorted(plan.who(at(moment))) for moment in args["at"]],
    "shifts": shifts,
    "gaps": lambda plan, args: [pair(gap) for gap in plan.gaps(*window(args))],
    "handoffs": lambda plan, args: [text(x) for x in plan.roster(*window(args)).handoffs()],
    "load": loads,
    "single_absence": lambda plan, args: {
        person: [pair(gap) for gap in gaps]
        for person, gaps in plan.single_absences(*window(args)).items()
    },
}


def run(case: Case) -> str | None:
    """Ask the plan and compare; None where the answer is the expected one."""
    name = case.data["op"]
    if name not in OPERATIONS:
        reason = f"operation {name!r}"
        raise NotSupported(reason)
    answer = OPERATIONS[name](plan_of(case.data), case.data["args"])
    return differs(answer, expectation(case.data))
