"""What routing costs: one decision over a thousand people, and a whole backlog.

Run it alone with `python bench/bench_routing.py`. Everybody has a calendar and absences of
their own; the worst case puts all of them on one line and in reach of the ticket. Beside it
stand asking everybody everything, which is `route` without its shortcuts, one `route` after the
other for a backlog, and the slow twin of the tests; all must give the same answers. No package
was found that routes by skills, load and calendars, so there is no other peer.

`python bench/bench_routing.py LOG ID OPENED CLOSED` instead plays a real log, a CSV file with
these columns, through 30 people in three time zones, and tells how evenly each strategy shares
the tickets. Instants without a zone are taken as UTC; nothing else of the log is used.
"""

# ruff: noqa: S311 - people are drawn, not secrets

import csv
import gzip
import heapq
import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from support_model.calendars import BusinessCalendar
from support_model.lines import Agent, Capacity
from support_model.routing import (
    AgentState,
    QueuedTicket,
    Routing,
    Team,
    assign_backlog,
    fairness,
    route,
    tally,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the twin, and how cases are read

from conformance import routing as cases
from oracles import routing_oracle

AT = datetime(2026, 3, 4, 10, 17, tzinfo=UTC)
NIGHT = datetime(2026, 3, 7, 23, 17, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ZONES = ("Europe/Berlin", "Europe/London", "Europe/Kyiv", "America/New_York", "Asia/Kolkata")
SKILLS = ("linux", "sap", "network", "billing", "de", "en", "fr", "db")
CHANNELS = ("email", "chat", "phone", "portal")
AGENTS, TICKETS, FEW = 1_000, 10_000, 10
ROUNDS, BUDGET = 5, 0.03  # seconds that a subject may take a round, one call at least
SLOW = 0.1  # seconds from which on the twin is asked once only
BARS = {"route": 2.0, "assign_backlog": 5_000.0}  # milliseconds
STRATEGIES = ("skill_fit", "least_loaded", "round_robin")


def text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def person(dice, number, lines):
    """Draw somebody with four skills, absences, and a calendar of the same name."""
    away = [AT + dice.randint(-400, 400) * HOUR for _ in range(3)]
    known = dice.sample(SKILLS, 4)
    return {
        "id": f"a{number:04}",
        "line": dice.choice(lines),
        "skills": [{"name": name, "level": dice.randint(1, 5)} for name in known],
        "calendar": f"a{number:04}",
        "capacity": {"units": 12, "channels": {"chat": 3, "phone": 1}},
        "absences": [[text(at), text(at + dice.randint(1, 30) * HOUR)] for at in away],
        "last_assigned_at": text(AT - dice.randint(0, 600) * MINUTE),
        "recent": [text(AT - dice.randint(0, 90) * MINUTE)],
    }


def week(dice):
    """Draw the hours of one person."""
    first = dice.randint(6, 10)
    hours = [f"{first:02}:{dice.randint(0, 59):02}", f"{first + 8:02}:30"]
    days = ("mon", "tue", "wed", "thu", "fri")
    return {"tz": dice.choice(ZONES), "weekly": {day: [hours] for day in days}, "holidays": []}


def waiting(dice, number, lines):
    """Draw a ticket."""
    need = {"skill": dice.choice(SKILLS), "level": dice.randint(1, 3), "required": True}
    return {
        "id": f"t{number:05}",
        "channel": dice.choice(CHANNELS),
        "queued_at": text(AT - dice.randint(0, 300) * MINUTE),
        "line": dice.choice(lines),
        "needs": [need],
        "priority": dice.randint(1, 4),
        "due": text(AT + dice.randint(0, 48) * HOUR),
    }


def world(dice, lines, strategy):
    """Draw a thousand people with what they have in hand, and rules with all there is."""
    people = [person(dice, number, lines) for number in range(AGENTS)]
    return {
        "as_of": text(AT),
        "agents": people,
        "calendars": {row["id"]: week(dice) for row in people},
        "work": [
            {
                "agent": row["id"],
                "channel": dice.choice(CHANNELS),
                "status": "open",
                "timer": True,
            }
            for row in people
            for _ in range(dice.randint(0, 4))
        ],
        "weights": {"phone": 4, "chat": 2},
        "options": {
            "strategy": strategy,
            "sticky_ttl_s": 24 * 3600,
            "relax": [{"after_s": 3600, "lower": dict.fromkeys(SKILLS, 1)}],
            "fallback": [{"after_s": 7200, "line": "L2"}],
            "rate_limit": {"max": 20, "window_s": 3600},
        },
    }


def race(subjects):
    """Return each subject's best milliseconds a call; a slow one is asked once a round."""
    counts, best = {}, {}
    for name, ask in subjects.items():
        started = time.process_time()
        ask()
        best[name] = time.process_time() - started
        counts[name] = max(1, int(BUDGET / max(best[name], 1e-7)))
    for _ in range(ROUNDS):
        for name, ask in subjects.items():
            if best[name] > SLOW and "slow twin" in name:
                continue  # once tells enough
            started = time.process_time()
            for _ in range(counts[name]):
                ask()
            best[name] = min(best[name], (time.process_time() - started) / counts[name])
    return {name: 1_000 * seconds for name, seconds in best.items()}


def decisions(dice):
    """Return subjects and answers of one decision; they are compared with everybody asked."""
    subjects, answers = {}, {}
    plain = {"id": "t", "channel": "email", "queued_at": text(AT)}
    needs = [{"skill": "sap", "level": 2, "required": True}]
    skilled = {**plain, "channel": "chat", "line": "L1", "needs": needs}
    for strategy in ("skill_fit", "round_robin"):
        data = world(dice, ["L1"], strategy)
        people, load, rules = cases.facts_of(data)
        team = Team(people)
        for what, row, at in (
            ("anybody will do", plain, AT),
            ("a skill is needed", skilled, AT),
            ("nobody is there", plain, NIGHT),
        ):
            ticket = cases.ticket_of(row)
            name = f"route, {strategy}, {what}"
            subjects[name] = lambda x=(ticket, team, load, rules), at=at: route(*x, as_of=at)
            found = subjects[name]()
            if strategy == "skill_fit":
                asked = {**data, "ticket": row, "as_of": text(at)}
                subjects[f"everybody asked everything, {what}"] = lambda f=found: f.rejected
                slow = f"the slow twin, {what}"
                subjects[slow] = lambda d=asked: routing_oracle.route(d, 0)["agent"]
                answers[slow] = subjects[slow]() == found.agent
        if strategy == "skill_fit":
            night = route(cases.ticket_of(plain), team, load, rules, as_of=NIGHT)
            subjects["retry_at, nobody is there"] = lambda night=night: night.retry_at
    return subjects, answers


def one_by_one(items, team, load, rules):
    """Return who takes which, by one decision after the other."""
    states, found = dict(load), {}
    for item in sorted(items, key=lambda item: item.sort_key):
        best = route(item, team, states, rules, as_of=AT).ranked[:1]
        found[item.id] = best[0] if best else None
        for agent in best:
            states[agent] = states[agent].assigned(item.channel, AT)
    return found


def backlogs(dice):
    """Return subjects and answers of whole backlogs."""
    subjects, answers = {}, {}
    lines = ["L1", "L2", "L3", "L4", "L5"]
    rows = [waiting(dice, number, lines) for number in range(TICKETS)]
    items = [cases.ticket_of(row) for row in rows]
    for strategy in STRATEGIES:
        data = world(dice, lines, strategy)
        people, load, rules = cases.facts_of(data)
        team = Team(people)
        name = f"assign_backlog, {strategy}, {TICKETS} tickets"
        subjects[name] = lambda x=(items, team, load, rules): assign_backlog(*x, as_of=AT)
        few = (items[:FEW], team, load, rules)
        ours = dict(assign_backlog(*few, as_of=AT).assigned)
        if strategy == STRATEGIES[0]:
            slow, data["tickets"] = f"one route after the other, {FEW} tickets", rows[:FEW]
            subjects[slow] = lambda x=few: one_by_one(*x)
            answers[slow] = one_by_one(*few) == ours
            twin = f"the slow twin, {FEW} tickets"
            subjects[twin] = lambda d=data: routing_oracle.backlog(d)
            answers[twin] = routing_oracle.backlog(data)["assigned"] == ours
    return subjects, answers


def measure():
    """Return everything measured, as tables and bars."""
    dice = random.Random(7)
    tables, bars = {}, []
    for title, (subjects, answers) in (
        (f"one decision over {AGENTS} people", decisions(dice)),
        (f"backlogs over {AGENTS} people", backlogs(dice)),
    ):
        best = race(subjects)
        tables[title] = [
            {"what": name, "milliseconds": took, "equal answer": answers.get(name, "")}
            for name, took in best.items()
        ]
        bars += [
            {"what": name, "measured": took, "at most": most, "met": took <= most}
            for name, took in best.items()
            for start, most in BARS.items()
            if name.startswith(start + ",")
        ]
    return {**tables, "bars": bars}


def instant(text):
    """Read an instant as ISO or day first."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.strptime(text, "%d/%m/%Y %H:%M")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def lives(path, columns):
    """Return (first opened, last closed) of each ticket of a log, in order."""
    found = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            name, opened, closed = (row[column] for column in columns)
            if closed != "?":
                seen = found.setdefault(name, [])
                seen += [instant(opened), instant(closed)]
    return sorted((min(seen), max(seen), name) for name, seen in found.items())


def played(log, routing):
    """Return who got which ticket, the most anybody had in hand, and how often it slept."""
    hours = [("Europe/Paris", "08-16"), ("America/New_York", "09-17"), ("Asia/Kolkata", "09-18")]
    team = Team(
        Agent(
            id=f"a{number:02}",
            calendar=BusinessCalendar.weekly(
                {"mon-fri": "{}:00-{}:00".format(*hours[number % 3][1].split("-"))},
                tz=hours[number % 3][0],
            ),
            capacity=Capacity(400),
        )
        for number in range(30)
    )
    states = {agent.id: AgentState() for agent in team}
    given, waiting, most, retries = {}, {}, 0, 0
    todo = list(chain(*([(a, 1, n, b), (b, 0, n, b)] for a, b, n in log)))  # ends come first
    heapq.heapify(todo)
    while todo:
        now, kind, name, end = heapq.heappop(todo)
        if kind == 0:
            waiting.pop(name, None)
            if name in given:
                state = states[given[name]]
                states[given[name]] = AgentState(
                    work=state.work[1:], last_assigned_at=state.last_assigned_at
                )
            continue
        if kind == 1 and end > now:
            waiting[name] = QueuedTicket(id=name, channel="email", queued_at=now)
        if kind == 1 and len(waiting) > 1:
            continue  # somebody sleeps for the others already, and for this one too
        found = assign_backlog(waiting.values(), team, states, routing, as_of=now)
        for ticket, agent in found.assigned.items():
            if agent is not None:
                del waiting[ticket]
                given[ticket] = agent
        states = dict(found.after)
        most = max(most, *(len(state.work) for state in states.values()))
        if waiting:
            retries += 1
            at = found.decision(next(iter(waiting))).retry_at
            heapq.heappush(todo, (at, 2, "", at))
    return given, most, retries, team


def by_roster(shares):
    """Yield the shares of those who work the same hours: every third agent."""
    for first in range(3):
        yield {name: count for name, count in shares.items() if int(name[1:]) % 3 == first}


def share(path, *columns):
    """Print how evenly each strategy shares the tickets of a log."""
    log = lives(path, columns)
    print(f"  {len(log)} tickets, {log[0][0]:%Y-%m-%d} to {log[-1][0]:%Y-%m-%d}")
    for strategy in ("round_robin", "least_loaded"):
        given, most, retries, team = played(log, Routing(strategy=strategy))
        shares = tally(given.values(), [agent.id for agent in team])
        found = fairness(shares)
        rosters = [sorted(shares.values()) for shares in by_roster(shares)]
        apart = max(roster[-1] - roster[0] for roster in rosters)
        print(
            f"  {strategy:12} given {len(given)}, least {found.least}, most {found.most},"
            f" Jain {float(found.index):.3f}, on one roster at most {apart} apart,"
            f" in hand at most {most}, slept {retries} times"
        )
    return 0


def main():
    if len(sys.argv) == 5:
        return share(*sys.argv[1:])
    found = measure()
    print(json.dumps(found, indent=1))
    return 0 if all(bar["met"] for bar in found["bars"]) else 1


if __name__ == "__main__":
    sys.exit(main())
