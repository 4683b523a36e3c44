"""What a start costs: the next instant of each of 50,000 open tickets, under a whole desk.

The desk has four targets with two warnings each, two plans of four and three steps, an on-call
rotation, and the six-step cycle with three timers. Its tickets are six histories of five to
fifteen events, moved in time. A loop written by hand beside it reads the same lines for one
policy: working hours that count while the ticket does not wait, one warning and one due. It
knows no zone, no holiday, no second clock, no reopening and nothing of workflow or plans.

Times are of the processor; subjects take turns over a sample of the tickets and the best turn
of each counts. Memory is the peak of a process of its own that reads all of them one by one and
keeps three values of each: its id, its next instant and what is due first.
"""

import gc
import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from support_model import serde
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.escalation import (
    AckMissing,
    EscalationRule,
    LineTimeout,
    Plan,
    Repeat,
    Step,
    Threshold,
)
from support_model.events import Acknowledged, Changed, Created, Message
from support_model.lines import Agent, SupportLine
from support_model.oncall import Layer, OnCall
from support_model.patterns import Field
from support_model.sla import (
    ACKNOWLEDGEMENT,
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    SlaPolicy,
    Target,
    breach_queue,
    evaluate,
)
from support_model.vocabulary import Priority
from support_model.workflows import SIX_STEP, LastMessage, Say, Transition

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = datetime(2026, 3, 25, 10, tzinfo=UTC)
HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
TICKETS, QUEUE, ROUNDS, SAMPLE, SHIFTS = 50_000, 10_000, 7, 360, 60
LIMITS = {
    "evaluate and next_at of the desk, beside evaluate": 1.5,
    f"breach_queue of {QUEUE}, beside evaluate and next_at of as many": 0.05,
    f"peak memory of a start with {TICKETS} tickets, MB": 200,
}


def desk():
    lengths = {FIRST_RESPONSE: 1, NEXT_RESPONSE: 2, RESOLUTION: 8, ACKNOWLEDGEMENT: 1}
    targets = [
        Target(metric=metric, within=hours * HOUR, calendar=HOURS, warn_at=[0.75, -30 * MINUTE])
        for metric, hours in lengths.items()
    ]
    page = Plan(
        "page",
        [
            Step(id="page", to="oncall:primary", anchor=AckMissing(), base="wall"),
            Step(
                id="again",
                to="oncall:primary",
                anchor=AckMissing(),
                base="wall",
                after=15 * MINUTE,
                repeat=Repeat(15 * MINUTE, times=3),
            ),
            Step(id="lead", to="manager:1", anchor=AckMissing(), after=HOUR, level=2),
            Step(id="move", to="line:2", anchor=LineTimeout("1"), after=4 * HOUR),
        ],
    )
    late = Plan(
        "late",
        [
            Step(id="warn", to="assignee", anchor=Threshold(0.75)),
            Step(id="due", to="manager:1", level=2),
            Step(id="over", to="group:leads", after=4 * HOUR, level=3, repeat=Repeat(8 * HOUR)),
        ],
    )
    timers = [
        Transition(
            "remind",
            "waiting for customer",
            after=timedelta(days=2),
            anchor=LastMessage("agent"),
            effects=(Say(public=True),),
        ),
        Transition(
            "give_up",
            "waiting for customer",
            "solved",
            after=timedelta(days=5),
            anchor=LastMessage("agent"),
        ),
    ]
    return Desk(
        workflow=attrs.evolve(SIX_STEP, transitions=(*SIX_STEP.transitions, *timers)),
        calendars={"office": HOURS},
        policies=SlaPolicy(name="gold", targets=targets),
        lines=[SupportLine(level=1), SupportLine(level=2)],
        agents=[
            Agent(id="ann", manager="mia"),
            Agent(id="bob", line=2, manager="mia"),
            Agent(id="mia", line=None, teams=["leads"]),
        ],
        plans=[
            EscalationRule(page, "resolution", when=Field("priority").is_("urgent")),
            EscalationRule(late, "resolution"),
        ],
        oncall=[
            OnCall([Layer(["ann", "bob"], start="2026-01-05 08:00", tz="UTC")], name="primary")
        ],
    )


STATUS = {status.name: status for status in SIX_STEP.statuses}
URGENT, NORMAL = Priority("urgent", 1), Priority("normal", 3)


def histories():
    """Return the events of each ticket as rows (hours before now, kind, role, fields)."""
    taken = {"status": STATUS["in work"], "agent": "ann", "group": "desk"}
    sorted_in = {"status": STATUS["classified"], "type": "incident", "priority": NORMAL}
    urgent = {**sorted_in, "priority": URGENT}
    begun = [
        (0, "created", "customer", {"status": STATUS["received"], "line": 1, "channel": "mail"}),
        (0.1, "change", "system", {"status": STATUS["registered"], "requester": "kim"}),
        (0.2, "change", "agent", sorted_in),
        (0.3, "change", "agent", taken),
    ]
    hurried = [*begun[:2], (0.2, "change", "system", urgent)]
    answered = [*begun, (0.5, "ack", "agent", None), (0.6, "reply", "agent", None)]
    asked = [*answered, (1, "change", "agent", {"status": STATUS["waiting for customer"]})]
    back = [*asked, (5, "reply", "customer", None), (5, "change", "system", taken)]
    moved = {"line": 2, "agent": "bob"}
    held = {"status": STATUS["on hold"]}
    return {
        "just taken": (2, [*begun, (0.4, "note", "agent", None)]),
        "urgent, nobody looks": (
            3,
            [*hurried, (0.5, "reply", "customer", None), (0.6, "note", "bot", None)],
        ),
        "waiting for the customer": (30, [*asked, (20, "note", "agent", None)]),
        "back at work": (6, [*back, (5.5, "note", "agent", None)]),
        "late, in line 2": (
            30,
            [
                *back,
                (6, "change", "agent", moved),
                (6.5, "reply", "agent", None),
                (22, "reply", "customer", None),
                (25, "note", "agent", None),
            ],
        ),
        "solved and reopened": (
            50,
            [
                *back,
                (6, "reply", "agent", None),
                (6.1, "change", "agent", {"status": STATUS["solved"]}),
                (24, "reply", "customer", None),
                (24, "change", "system", taken),
                (26, "change", "agent", held),
                (30, "change", "agent", taken),
            ],
        ),
    }


def event(opened, row):
    hours, kind, role, fields = row
    common = {
        "ticket_id": "T0",
        "at": opened + hours * HOUR,
        "role": role,
        "actor": "ann" if role == "agent" else None,
    }
    if kind == "created":
        return Created(**common, fields=fields)
    if kind == "change":
        return Changed(**common, fields=fields)
    if kind == "ack":
        return Acknowledged(**common)
    return Message(**common, public=kind == "reply")


def templates():
    """Return the lines of JSON of each history, begun in each minute of an hour."""
    made = []
    for minutes in range(SHIFTS):
        for age, rows in histories().values():
            opened = NOW - age * HOUR - timedelta(minutes=minutes)
            made.append([json.dumps(serde.event_to_data(event(opened, row))) for row in rows])
    return made


def lines_of(number, made):
    """Return the lines of one of the tickets, as a database gives them."""
    named = f'"T{number}"'
    return [line.replace('"T0"', named) for line in made[number * 7 % len(made)]]


def read(lines):
    return [serde.event_from_data(json.loads(line)) for line in lines]


ZONE, EIGHT = ZoneInfo("Europe/Berlin"), timedelta(hours=8)
PAUSING, ENDING = {"pending", "on_hold"}, {"solved", "closed", "void"}


def working_day(at):
    """Return the opening and the close of a date; the same instant where it has none."""
    opens = at.replace(hour=9, minute=0, second=0, microsecond=0)
    return opens, opens + EIGHT if at.weekday() < 5 else opens


def worked(start, end):
    """Return the time between 9 and 17 o'clock from Monday to Friday, date by date."""
    total, day = timedelta(), start
    while day.date() <= end.date():
        opens, closes = working_day(day)
        total += max(min(closes, end) - max(opens, start), timedelta())
        day += timedelta(days=1)
    return total


def later(start, amount):
    """Return when so much working time is over."""
    day = start
    while True:
        opens, closes = working_day(day)
        begin = max(opens, start)
        if begin < closes and closes - begin >= amount:
            return begin + amount
        amount -= max(closes - begin, timedelta())
        day += timedelta(days=1)


def hand_written(rows, now):
    """Return the next warning or due of eight working hours: what one writes first."""
    used, since = timedelta(), None
    for row in rows:
        status = row.get("fields", {}).get("status")
        if status is None:
            continue
        at = datetime.fromisoformat(row["at"]).astimezone(ZONE)
        runs = status["category"] not in PAUSING | ENDING
        if since is not None and not runs:
            used, since = used + worked(since, at), None
        elif since is None and runs:
            since = at
    if since is None:
        return None
    ahead = [later(since, max(part * EIGHT - used, timedelta())) for part in (0.75, 1)]
    return min([at for at in ahead if at > now], default=None)


def best_of(subjects):
    """Return the best time of each subject over interleaved rounds, in microseconds a ticket."""
    best = dict.fromkeys(subjects, float("inf"))
    for _ in range(ROUNDS):
        for name, (ask, tickets) in subjects.items():
            gc.collect()
            gc.disable()
            started = time.process_time()
            for ticket in tickets:
                ask(ticket)
            best[name] = min(best[name], (time.process_time() - started) / len(tickets) * 1e6)
            gc.enable()
    return best


def start(tickets):
    """Read the tickets one by one and keep three values of each; return the peak in MB."""
    import resource  # noqa: PLC0415 - not on every system

    rules, made, kept = desk(), templates(), []
    for number in range(tickets):
        log = read(lines_of(number, made))
        result = evaluate(log, rules.policies, as_of=NOW)
        kept.append((result.ticket.id, rules.next_at(result, log), result.first_due))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def peak_of_a_start():
    """Return the peak memory of a process that starts, in MB."""
    asked = [sys.executable, str(Path(__file__)), "start"]
    told = subprocess.run(asked, check=True, capture_output=True, text=True)
    return float(told.stdout)


def measure():
    """Return everything measured, as tables and bars."""
    rules, made = desk(), templates()
    lines = [lines_of(number, made) for number in range(SAMPLE)]
    rows = [[json.loads(line) for line in ticket] for ticket in lines]
    logs = [read(ticket) for ticket in lines]
    results = [evaluate(log, rules.policies, as_of=NOW) for log in logs]
    many = (results * (QUEUE // SAMPLE + 1))[:QUEUE]
    both = [*zip(results, logs, strict=True)]
    now = NOW.astimezone(ZONE)
    read_it, alone, whole = "read the events from JSON", "evaluate", "evaluate and desk.next_at"
    loop, queue = "a loop by hand, one policy", f"breach_queue of {QUEUE}"
    subjects = {
        "json.loads of the lines": (lambda ticket: [json.loads(line) for line in ticket], lines),
        read_it: (read, lines),
        loop: (lambda ticket: hand_written(ticket, now), rows),
        alone: (lambda log: evaluate(log, rules.policies, as_of=NOW), logs),
        whole: (
            lambda log: rules.next_at(evaluate(log, rules.policies, as_of=NOW), log),
            logs,
        ),
        "desk.next_at": (lambda pair: rules.next_at(*pair), both),
        "desk.agenda": (lambda pair: rules.agenda(*pair), both),
        "first_due": (lambda result: result.first_due, results),
        queue: (breach_queue, [many]),
    }
    best = best_of(subjects)
    best[queue] /= QUEUE
    share, most, memory = LIMITS
    measured = {
        share: best[whole] / best[alone],
        most: best[queue] / best[whole],
        memory: peak_of_a_start(),
    }
    return {
        "tickets": [
            {
                "what": name,
                "microseconds a ticket": took,
                f"seconds for {TICKETS}": took * TICKETS / 1e6,
                "beside the loop by hand": took / best[loop],
            }
            for name, took in best.items()
        ],
        "bars": [
            {
                "what": what,
                "measured": measured[what],
                "at most": limit,
                "met": measured[what] <= limit,
            }
            for what, limit in LIMITS.items()
        ],
    }


if __name__ == "__main__":
    if sys.argv[1:] == ["start"]:
        print(start(TICKETS))
    else:
        found = measure()
        print(json.dumps(found, indent=1))
        sys.exit(0 if all(bar["met"] for bar in found["bars"]) else 1)
