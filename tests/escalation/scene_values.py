"""Scene files as values of the library: books, logs, plans, rules and workflows.

Before this: `tests/sla/scene_files.py`. Next: `test_scenes.py`.
"""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from sla.oracle_data import calendar as calendar_of
from sla.scene_files import calendar as plain_calendar

from support_model.escalation import (
    AckMissing,
    Directory,
    EscalationRule,
    LineTimeout,
    Plan,
    Repeat,
    Start,
    Step,
    Threshold,
    assignees,
    escalation_agenda,
)
from support_model.events import EVENTS
from support_model.patterns import NEVER, read_pattern
from support_model.sla import METRICS, Metric, PolicyBook, SlaPolicy, Target, evaluate
from support_model.vocabulary import Priority, Status
from support_model.workflows import Transition, Workflow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def at(micros):
    return EPOCH + micros * MICROSECOND


def since_start(scene, moment):
    """Hours since the first event of a scene."""
    return (moment.at - at(scene["events"][0]["at"])) / timedelta(hours=1)


def event(scene, row):
    given = {name: value for name, value in row.items() if name not in ("type", "at", "fields")}
    if "fields" in row:
        fields = given["fields"] = {**row["fields"]}
        for name, kind in (("status", Status), ("priority", Priority)):
            if fields.get(name) is not None:
                fields[name] = kind(**fields[name])
    for name in ("due", "until"):
        if given.get(name) is not None:
            given[name] = at(given[name])
    return EVENTS[row["type"]](ticket_id=scene["ticket"], at=at(row["at"]), **given)


def log_of(scene):
    return [event(scene, row) for row in scene["events"]]


def metric(scene, name):
    row = scene["metrics"].get(name)
    if row is None:
        return METRICS[name]
    parts = {
        part: read_pattern(row[part]) if part in row else NEVER
        for part in ("start", "stop", "pause", "reset")
    }
    return Metric(name=name, after_stop=row["after_stop"], **parts)


def book_of(scene):
    hours = {name: calendar_of(plain_calendar(row)) for name, row in scene["calendars"].items()}
    policies = [
        SlaPolicy(
            name=policy["name"],
            version=policy["version"],
            kind=policy["kind"],
            when=read_pattern(policy["when"]),
            targets=[
                Target(
                    metric=metric(scene, row["metric"]),
                    within=row["within"] * MICROSECOND,
                    calendar=hours[row["calendar"]],
                    when=read_pattern(row["when"]),
                    warn_at=[float(Fraction(share)) for _, share, _ in row["warn_at"]],
                    on_change=row["on_change"],
                )
                for row in policy["targets"]
            ],
        )
        for policy in scene["book"]["policies"]
    ]
    return PolicyBook(policies, select=scene["book"]["select"])


ANCHORS = {
    "start": Start,
    "threshold": lambda share: Threshold(Fraction(share)),
    "ack_missing": AckMissing,
    "line_timeout": LineTimeout,
}


def step(row):
    kind, *given = row["anchor"]
    repeat = row["repeat"]
    return Step(
        id=row["id"],
        to=row["to"],
        anchor=ANCHORS[kind](*given),
        after=row["after"] * MICROSECOND,
        base=row["base"],
        level=row["level"],
        kind=row["kind"],
        repeat=repeat and Repeat(repeat[0] * MICROSECOND, repeat[1]),
        until=row["until"],
    )


def told(scene, as_of):
    """Hours, step, n and kind of all moments of a scene's plan or rule."""
    log = [row for row in log_of(scene) if row.at <= as_of]
    result = evaluate(log, book_of(scene), as_of=as_of)
    plan = Plan("plan", [step(row) for row in scene["steps"]])
    if "when" in scene:
        plan = EscalationRule(plan, scene["metric"], when=read_pattern(scene["when"]))
        resolve = Directory().resolver(assignees(log))
    else:

        def resolve(target, now):
            return [
                person
                for person, begin, end in scene["who"].get(target, ())
                if (begin is None or at(begin) <= now) and (end is None or now < at(end))
            ]

    clock = result[scene.get("metric", "resolution")]
    agenda = escalation_agenda(plan, log, result, clock, resolve)
    return [(since_start(scene, m), *m.key[-2:], m.kind) for m in agenda]


def workflow_of(scene):
    rows = [
        Transition(
            row["action"],
            row["sources"],
            row["to"],
            after=row["after"] * MICROSECOND,
            guard=read_pattern(row["guard"]),
        )
        for row in scene["rows"]
    ]
    categories = ("new", "open", "pending", "on_hold", "solved", "closed", "void")
    named = {name for row in rows for name in (*row.sources, row.to)} | {"solved"}
    statuses = [Status(name, name) for name in categories if name in named]
    known = {source for row in rows for source in row.sources}
    free = [Transition("go", [s.name for s in statuses], s.name) for s in statuses]
    first = next(s.name for s in statuses if s.name in known)
    others = [t for i, t in enumerate(free) if i == 0 or t.to != first]
    renamed = [Transition(f"to {t.to}", t.sources, t.to) for t in others]
    return Workflow(name="w", statuses=statuses, initial=first, transitions=(*rows, *renamed))
