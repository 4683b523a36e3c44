"""A made-up log of a desk as lines of events: `python bench/report_log.py FILE`.

Half a year of 9,660 tickets, 70,010 events: they come by four channels in four priorities, go to
three groups and sometimes to a second line, wait for customers and vendors, are solved, rated,
opened again and closed by a timer. The same seed gives the same lines.
"""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from support_model.events import Changed, Created, Message, Rated, RatingRequested
from support_model.serde import write_events
from support_model.vocabulary import Priority, Status

TICKETS, DAYS = 9_660, 182
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
START = datetime(2026, 1, 5, tzinfo=UTC)
END = START + timedelta(days=DAYS)
NEW, OPEN, PENDING, VENDOR, SOLVED, CLOSED = (
    Status(name, category)
    for name, category in (
        ("new", "new"),
        ("open", "open"),
        ("pending", "pending"),
        ("at the vendor", "on_hold"),
        ("solved", "solved"),
        ("closed", "closed"),
    )
)
PRIORITIES = tuple(
    Priority(name, rank) for rank, name in enumerate(("urgent", "high", "normal", "low"), start=1)
)


class Life:
    """The events of one ticket in the making."""

    def __init__(self, number, dice):
        self.number, self.dice, self.events = number, dice, []
        self.at = START + timedelta(seconds=dice.randrange(DAYS * 86_400))
        self.customer = f"customer {dice.randrange(1500)}"
        self.agent = f"agent {dice.randrange(40)}"

    def add(self, made, role, actor, **more):
        ticket = f"T{self.number}"
        self.events.append(made(ticket_id=ticket, at=self.at, role=role, actor=actor, **more))

    def put(self, **fields):
        self.add(Changed, "agent", self.agent, fields=fields)

    def said(self, role):
        actor = self.agent if role == "agent" else self.customer
        self.add(Message, role, actor, public=True)

    def wait(self, least, most, unit):
        self.at += self.dice.randrange(least, most) * unit

    def chance(self, share):
        return self.dice.random() < share


def begin(life):
    dice = life.dice
    fields = {
        "status": NEW,
        "requester": life.customer,
        "organization": f"organization {int(life.customer.split()[1]) % 200}",
        "topic": dice.choice("abcdefgh"),
        "channel": dice.choice(("email", "portal", "phone", "chat")),
        "type": dice.choice(("incident", "request")),
        "priority": dice.choices(PRIORITIES, (5, 20, 60, 15))[0],
        "group": dice.choice(("desk", "network", "applications")),
        "line": 1,
    }
    life.add(Created, "customer", life.customer, fields=fields)
    life.wait(1, 90, MINUTE)
    life.put(status=OPEN, agent=life.agent)


def work(life):
    for turn in range(life.dice.choice((1, 1, 2, 2))):
        if turn:
            life.wait(1, 900, MINUTE)
            life.said("customer")
        life.wait(1, 240, MINUTE)
        life.said("agent")
    if life.chance(0.3):
        life.at += 5 * MINUTE
        life.put(status=life.dice.choice((PENDING, VENDOR)))
        life.wait(1, 60, HOUR)
        life.put(status=OPEN)
    if life.chance(0.3):
        life.put(group="second line", line=2, agent=f"agent {life.dice.randrange(40, 50)}")


def end(life):
    life.wait(1, 3000, MINUTE)
    life.put(status=SOLVED)
    if life.chance(0.3):
        life.add(RatingRequested, "system", None, kind="csat")
        life.wait(1, 30, HOUR)
        score = life.dice.randrange(1, 6)
        life.add(Rated, "customer", life.customer, kind="csat", score=score, scale=(1, 5))
    if life.chance(0.06):
        life.wait(1, 30, HOUR)
        life.add(Changed, "customer", life.customer, fields={"status": OPEN})
        life.wait(1, 30, HOUR)
        life.put(status=SOLVED)
    if life.chance(0.8):
        life.at += timedelta(days=3)
        life.add(Changed, "system", None, fields={"status": CLOSED})


def events(seed=1):
    """Return the events up to `END`, in order of time."""
    dice, every = Random(seed), []  # noqa: S311 - not secrets
    for number in range(TICKETS):
        life = Life(number, dice)
        begin(life)
        work(life)
        if life.chance(0.95):
            end(life)
        every += life.events
    return sorted((event for event in every if event.at < END), key=lambda event: event.at)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(write_events(events(asked.seed), asked.file), "events")


if __name__ == "__main__":
    main()
