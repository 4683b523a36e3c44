"""What routing costs: one decision over a thousand people, and a whole backlog.

Run it alone with `python bench/bench_routing.py`. Everybody has a calendar and absences of
their own; the worst case puts all of them on one line and in reach of the ticket.

`python bench/bench_routing.py LOG ID OPENED CLOSED` instead plays a real log, a CSV file with
these columns, through 30 people in three time zones, and tells how evenly each strategy shares
the tickets. Instants without a zone are taken as UTC; nothing else of the log is used.
"""

# ruff: noqa: S311 - people are drawn, not secrets

import csv
import gzip
import heapq
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import chain

from support_model.assignment.backlog import assign_backlog
from support_model.assignment.fairness import fairness, tally
from support_model.assignment.queues import Need, QueuedTicket
from support_model.assignment.routing_rules import Fallback, RateLimit, Relax, Routing
from support_model.assignment.teams import Team
from support_model.assignment.workloads import AgentState, Work
from support_model.calendars import BusinessCalendar
from support_model.instants import Span
from support_model.lines import Agent, Capacity, Skill
from support_model.routing import route

AT = datetime(2026, 3, 4, 10, 17, tzinfo=UTC)
NIGHT = datetime(2026, 3, 7, 23, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONES = ("Europe/Berlin", "Europe/London", "Europe/Kyiv", "America/New_York", "Asia/Kolkata")
SKILLS = ("linux", "sap", "network", "billing", "de", "en", "fr", "db")
CHANNELS = ("email", "chat", "phone", "portal")
AGENTS, TICKETS, ROUNDS = 1_000, 10_000, 15
BARS = {"route": 2.0, "assign_backlog": 5_000.0}  # milliseconds


def people(dice, *, lines):
    """Draw agents, each with a calendar and absences of their own."""
    for number in range(AGENTS):
        first = dice.randint(6, 10)
        week = {"mon-fri": f"{first:02}:{dice.randint(0, 59):02}-{first + 8:02}:30"}
        away = [AT + dice.randint(-400, 400) * HOUR for _ in range(3)]
        known = dice.sample(SKILLS, 4)
        yield Agent(
            id=f"a{number:04}",
            line=dice.choice(lines),
            skills=[Skill(name=name, level=dice.randint(1, 5)) for name in known],
            calendar=BusinessCalendar.weekly(week, tz=dice.choice(ZONES)),
            capacity=Capacity(12, {"chat": 3, "phone": 1}),
            absences=[Span(at, at + dice.randint(1, 30) * HOUR) for at in away],
        )


def hands(dice, team):
    """Draw what they have in hand."""
    return {
        agent.id: AgentState(
            work=[Work(dice.choice(CHANNELS)) for _ in range(dice.randint(0, 4))],
            last_assigned_at=AT - dice.randint(0, 600) * timedelta(minutes=1),
            recent=[AT - dice.randint(0, 90) * timedelta(minutes=1)],
        )
        for agent in team
    }


def tickets(dice, count, *, lines):
    """Draw waiting tickets."""
    for number in range(count):
        yield QueuedTicket(
            id=f"t{number:05}",
            channel=dice.choice(CHANNELS),
            queued_at=AT - dice.randint(0, 300) * timedelta(minutes=1),
            line=dice.choice(lines),
            needs=[Need(dice.choice(SKILLS), dice.randint(1, 3))],
            priority=dice.randint(1, 4),
            due=AT + dice.randint(0, 48) * HOUR,
        )


def rules(strategy):
    """Return rules with something of everything."""
    return Routing(
        strategy=strategy,
        sticky=24 * HOUR,
        relax=[Relax(HOUR, lower=dict.fromkeys(SKILLS, 1))],
        fallback=[Fallback(2 * HOUR, 2)],
        rate_limit=RateLimit(20, HOUR),
        weights={"phone": 4, "chat": 2},
    )


def best(call):
    """Return the quickest of some rounds, in milliseconds."""
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return 1_000 * min(found)


def measure():
    """Return rows of what was measured, in milliseconds."""
    dice = random.Random(7)
    rows = []
    one_line = Team(people(dice, lines=[1]))
    load = hands(dice, one_line)
    plain = QueuedTicket(id="t", channel="email", queued_at=AT)
    skilled = QueuedTicket(id="t", channel="chat", queued_at=AT, line=1, needs=[Need("sap", 2)])
    for name, ticket, at in (
        ("anybody will do", plain, AT),
        ("a skill is needed", skilled, AT),
        ("nobody is there", plain, NIGHT),
    ):
        for strategy in ("skill_fit", "round_robin"):
            routing = rules(strategy)
            call = lambda t=ticket, r=routing, at=at: route(t, one_line, load, r, as_of=at)  # noqa: E731
            rows.append((f"route, {strategy}, {name}", best(call), BARS["route"]))
    decision = route(plain, one_line, load, rules("skill_fit"), as_of=NIGHT)
    rows.append(("retry_at, nobody is there", best(lambda: decision.retry_at), None))
    rows.append(("every rejection with reasons", best(lambda: decision.rejected), None))
    several = Team(people(dice, lines=[1, 2, 3, 4, 5]))
    load = hands(dice, several)
    waiting = list(tickets(dice, TICKETS, lines=[1, 2, 3, 4, 5]))
    for strategy in ("skill_fit", "least_loaded", "round_robin"):
        start = time.perf_counter()
        found = assign_backlog(waiting, several, load, rules(strategy), as_of=AT)
        spent = 1_000 * (time.perf_counter() - start)
        name = f"assign_backlog, {strategy}, {len(found.left)} of {TICKETS} left"
        rows.append((name, spent, BARS["assign_backlog"]))
    return rows


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
    met = True
    for name, spent, bar in measure():
        verdict = "" if bar is None else ("met" if spent <= bar else "MISSED")
        met = met and verdict != "MISSED"
        print(f"  {name:60} {spent:10.2f} ms  {'' if bar is None else bar:>8} {verdict}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
