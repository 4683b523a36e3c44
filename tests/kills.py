"""The example help desk under kill -9: what came due is sent once, nothing before its time.

    python tests/kills.py [KILLS] [SEED]

Two processes share one database, one for the pages and one for the timer, over a simulated week
with a change of the clocks, on SQLite and on PostgreSQL. A parent process sets their clock, tells
them what to do, delays the timer at random and kills them at random instants, as an operating
system does: without a word, in a transaction or between sending and writing down that it was
sent. At the end all logs are evaluated from scratch and compared with what a receiver got.
"""

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread

import sqlalchemy as sa
from postgresql import programs, server

from examples.helpdesk import host as hosting
from examples.helpdesk import store
from examples.helpdesk.__main__ import DESK
from examples.helpdesk.sample import Clock, catch_up
from examples.helpdesk.slack import Webhook
from support_model import serde
from support_model.errors import TransitionRefused
from support_model.sla import breach_queue, evaluate
from support_model.tickets import replay
from support_model.vocabulary import Actor, Priority

START = datetime(2026, 3, 23, 6, tzinfo=UTC)  # a Monday; clocks change on Sunday
WEEK = timedelta(days=7)
TICK = timedelta(microseconds=1)
PEOPLE = [Actor("customer", "kim"), *[Actor("agent", name) for name in ("ann", "ben", "dana")]]
TOPICS = ("Outage of everything", "VPN drops", "Order export is empty", "A question")
PRIORITIES = [Priority(name, rank) for rank, name in enumerate(("high", "normal", "low"), 2)]
PATIENCE = 120
"""Seconds after which a process that does not answer counts as hanging."""

WORK = {"act": hosting.act, "open_ticket": hosting.open_ticket, "catch_up": catch_up}

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["examples.helpdesk.__main__", "http.server"])


@dataclass
class Outcome:
    """What a week came to; everything from `lost` on has to be 0.

    Attributes:
        kills: processes killed while they had something to do.
        actions: what people did, each once.
        due: notifications that came due, by an evaluation of all logs from scratch.
        sent: those that reached the receiver.
        repeated: requests that came again, since whoever sent the first was killed before this
            was written down; the receiver knows them by their key.
        lost: due and not sent.
        doubled: sent again although it was written down that they were sent.
        early: sent before they were due.
        unknown: sent and never due.
        differing: tickets of which the database shows something else than their events say.
    """

    kills: int = 0
    actions: int = 0
    due: int = 0
    sent: int = 0
    repeated: int = 0
    lost: int = 0
    doubled: int = 0
    early: int = 0
    unknown: int = 0
    differing: int = 0

    @property
    def faults(self):
        """How much went wrong."""
        return self.lost + self.doubled + self.early + self.unknown + self.differing

    def __str__(self):
        return ", ".join(f"{name} {count}" for name, count in vars(self).items())


@dataclass
class Receiver:
    """Takes notifications over HTTP and remembers when each came, by the clock of the week."""

    engine: sa.Engine
    clock: Clock
    came: dict = field(default_factory=dict)
    repeated: int = 0
    doubled: int = 0

    def take(self, key):
        """Note a notification; one that is marked as sent must not come again."""
        if key not in self.came:
            self.came[key] = self.clock.at
            return
        self.repeated += 1
        with self.engine.connect() as db:
            marked = sa.select(store.outbox.c.sent_at).where(store.outbox.c.key == key)
            self.doubled += db.scalar(marked) is not None

    @cached_property
    def http(self):
        """The server."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                receiver.take(self.headers["Idempotency-Key"])
                with suppress(OSError):  # whoever asked may have been killed
                    self.send_response(200)
                    self.end_headers()

            def log_message(self, *_):
                pass

        return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def serve(connection, url, webhook, now):
    """Be a process of the help desk: begin as after any start, then do what one is told."""
    clock = Clock(now)
    send = Webhook(webhook, "http://127.0.0.1")
    host = hosting.Host(serde.load_desk(DESK), store.connected(url), clock, send)
    with store.writing(host.engine) as db:
        store.wake_all(db, now)
    while True:
        clock.at, name, given = connection.recv()
        with suppress(hosting.StaleError, TransitionRefused):
            WORK[name](host, **given)
        connection.send("done")


class Process:
    """A process of the help desk, started again whenever it was killed."""

    def __init__(self, url, webhook, clock):
        self.url, self.webhook, self.clock = url, webhook, clock
        self.usual = 0.05
        self.start()

    def start(self):
        """Start it; it is there when it has connected to the database."""
        self.connection, other = processes.Pipe()
        given = (other, self.url, self.webhook, self.clock.at)
        self.running = processes.Process(target=serve, args=given, daemon=True)
        self.running.start()
        other.close()

    def tell(self, name, **given):
        """Tell it what to do now."""
        self.since = time.monotonic()
        self.connection.send((self.clock.at, name, given))

    def finishes(self, within=PATIENCE):
        """Return whether it has done that within some seconds."""
        if not self.connection.poll(within):
            return False
        self.connection.recv()
        took = time.monotonic() - self.since
        self.usual += (took - self.usual) / 10
        return True

    def kill(self):
        """Kill it and start another."""
        self.running.kill()
        self.running.join()
        self.connection.close()
        self.start()

    def close(self):
        """End it for good."""
        self.running.kill()
        self.running.join()
        self.connection.close()


class Week:
    """A week of a help desk: what people do, when the timer comes, and who is killed when."""

    def __init__(self, url, kills, seed):
        self.url, self.wanted, self.rng = url, kills, random.Random(seed)  # noqa: S311 - draws a week, no secret
        self.actions = max(80, kills)
        self.clock, self.outcome = Clock(START), Outcome()
        self.engine = store.connected(url)
        self.desk = serde.load_desk(DESK)

    def run(self):
        """Let it pass, then compare; return what it came to."""
        receiver = Receiver(self.engine, self.clock)
        webhook = f"http://127.0.0.1:{receiver.http.server_port}/"
        thread = Thread(target=receiver.http.serve_forever, daemon=True)
        thread.start()
        with (
            closing(Process(self.url, webhook, self.clock)) as self.pages,
            closing(Process(self.url, webhook, self.clock)) as self.timer,
        ):
            self.pass_by()
        receiver.http.shutdown()
        receiver.http.server_close()
        thread.join()
        self.compare(receiver)
        self.engine.dispose()
        return self.outcome

    def pass_by(self):
        """Go through the week from one instant at which something happens to the next."""
        pause = WEEK / (self.actions + 1)
        act_at, tick_at = START, None
        end = START + WEEK
        while act_at < end:
            next_at = self.next_at()
            late = timedelta(minutes=self.rng.expovariate(1 / 5)) * self.rng.choice((0, 1, 1, 12))
            tick_at = None if next_at is None else max(next_at + late, self.clock.at + TICK)
            if tick_at is not None and tick_at < act_at:
                self.clock.at = tick_at
                self.do([self.timer, "catch_up", {}, None])
                continue
            self.clock.at = act_at
            action = self.chosen()
            beside = self.rng.random() < 0.3
            self.do(action, *([[self.timer, "catch_up", {}, None]] if beside else []))
            self.outcome.actions += 1
            act_at += pause * self.rng.uniform(0.01, 2)
        self.wanted = 0
        while (next_at := self.next_at()) is not None and next_at < end:
            self.clock.at = max(next_at, self.clock.at)
            self.do([self.timer, "catch_up", {}, None])
        self.clock.at = end

    def next_at(self):
        """Return when there is something to do: a ticket to look at, or a message to send."""
        instants = self.asked(store.next_look), self.asked(store.next_try)
        return min((at for at in instants if at is not None), default=None)

    def asked(self, question, *given):
        """Return what the database answers."""
        with self.engine.connect() as db:
            return question(db, *given)

    def chosen(self):
        """Return something that somebody does, and what shows in the database that it is done."""
        open_ids = [row.id for row in self.asked(store.queue)]
        if not open_ids or self.rng.random() < 0.25:
            who = PEOPLE[0]
            fields = {"topic": self.rng.choice(TOPICS), "requester": who.id, "channel": "email"}
            fields["priority"] = self.rng.choice(PRIORITIES)
            given = {"actor": who, "fields": fields, "text": "Please help."}
            return [self.pages, "open_ticket", given, self.tickets]
        number, who = self.rng.choice(open_ids), self.rng.choice(PEOPLE)
        ticket = replay(self.asked(store.log, number))
        names = [
            option.transition.action
            for option in self.desk.workflow.allowed(ticket, actor=who)
            if option.allowed and not option.transition.needs_other
        ]
        given = {"number": number, "action": self.rng.choice(names or ["note"]), "actor": who}
        given |= {"version": ticket.version, "text": "It is like this."}
        return [self.pages, "act", given, lambda: len(self.asked(store.log, number))]

    def tickets(self):
        """Return how many tickets there are."""
        return self.asked(lambda db: db.scalar(sa.select(sa.func.count(store.tickets.c.id))))

    def do(self, *jobs):
        """Have processes do something at once, and kill some on the way.

        Whoever was killed is asked again, as a person who sees no answer looks at the page and
        does it again where it is not there; the timer does by itself what it did not.
        """
        before = [count() if count else None for *_, count in jobs]
        for process, name, given, _ in jobs:
            process.tell(name, **given)
        for (process, name, given, count), known in zip(jobs, before, strict=True):
            while not self.survives(process):
                process.kill()
                if count is None or count() != known:
                    break
                process.tell(name, **given)

    def survives(self, process):
        """Return whether a process has done what it was told, and was not killed before."""
        left = self.wanted - self.outcome.kills
        if left > 0 and self.rng.random() < 0.8:
            if process.finishes(self.rng.uniform(0, 1.3 * process.usual)):
                return True
            self.outcome.kills += 1
            return False
        if not process.finishes():
            raise TimeoutError
        return True

    def compare(self, receiver):
        """Evaluate all logs from scratch, and compare what was sent and what is shown."""
        with self.engine.connect() as db:
            rows = db.execute(sa.select(store.tickets)).all()
            logs = {row.id: store.log(db, row.id) for row in rows}
        due = {}
        for log in logs.values():
            due.update(self.came_due(log))
        came, out = receiver.came, self.outcome
        out.due, out.sent = len(due), len(came)
        out.repeated, out.doubled = receiver.repeated, receiver.doubled
        out.lost, out.unknown = len(due.keys() - came.keys()), len(came.keys() - due.keys())
        out.early = sum(at < due[key] for key, at in came.items() if key in due)
        out.differing = sum(self.shown(row) != self.true(logs[row.id]) for row in rows)

    def came_due(self, log):
        """Return what came due between the events of a log, and when."""
        instants = [*sorted({event.at for event in log}), self.clock.at + TICK]
        due = {}
        for start, end in pairwise(instants):
            known = [event for event in log if event.at <= start]
            result = evaluate(known, self.desk.policies, as_of=end - TICK)
            for moment in self.desk.agenda(result, known).through(end - TICK):
                if moment.kind not in store.QUIET:
                    due[moment.key_text] = moment.at
        return due

    def shown(self, row):
        """Return what the queue shows of a ticket, and when the timer looks at it."""
        routed = row.agent is None and row.category in ("new", "open")  # and asks for a retry
        return (row.status, row.agent, row.first_due, None if routed else row.next_at)

    def true(self, log):
        """Return the same of its events."""
        result = evaluate(log, self.desk.policies, as_of=self.clock.at)
        ticket = result.ticket
        routed = ticket.agent is None and ticket.category in ("new", "open")
        next_at = None if routed else self.desk.agenda(result, log).next_at
        first_due = min((one.due_at for one in breach_queue([result])), default=None)
        return (ticket.status.name, ticket.agent, first_due, next_at)


def main():
    """Run a week on each database; print what each came to; exit with 1 after a fault."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kills", nargs="?", type=int, default=20)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'helpdesk.db'}"
        outcomes = {"sqlite": Week(url, given.kills, given.seed).run()}
    print("sqlite:", outcomes["sqlite"], flush=True)
    if programs() is None:
        print("postgresql: left out, it is not installed (apt-get install postgresql)")
    else:
        with server() as url:
            outcomes["postgresql"] = Week(url, given.kills, given.seed).run()
        print("postgresql:", outcomes["postgresql"])
    return any(outcome.faults or outcome.kills < given.kills for outcome in outcomes.values())


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
