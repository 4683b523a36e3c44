"""Small logs of facts: a desk that answers and solves, with what a test changes in it."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from support_model.events import Changed, Created, Message
from support_model.kpi import facts_of
from support_model.vocabulary import Status

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 1, 5, tzinfo=BERLIN)
HOUR = timedelta(hours=1)
WEEKS = 16
GROUPS, CHANNELS = ("billing", "network", "desk"), ("email", "chat")
SPEED = {"billing": 10.0, "network": 20.0, "desk": 6.0, "email": 1.0, "chat": 0.5}


def log(seed=0, *, tickets=1600, start=START, slower=None, names=None, closed=(), agent=None):
    """Facts of some tickets.

    `slower` returns by how much a ticket of a week takes longer, `agent` who takes it up when it
    is answered; nobody works in the spans `closed`.
    """
    dice = Random(seed)  # noqa: S311 - repeatable, not secret
    end = start + WEEKS * 7 * 24 * HOUR
    names = names or {}
    made = []
    for number in range(tickets):
        created = start + dice.random() * WEEKS * 7 * 24 * HOUR
        group, channel = dice.choice(GROUPS), dice.choice(CHANNELS)
        week = (created - start) // (7 * 24 * HOUR)
        times = slower(week, group) if slower else 1.0
        reply = _worked(created, dice.expovariate(1) * 2 * HOUR * SPEED[channel], closed)
        needs = dice.expovariate(1) * SPEED[group] * SPEED[channel] * times * HOUR
        fields = {"group": names.get(group, group), "channel": channel}
        taken = agent(week) if agent else None
        solved = _worked(reply, needs, closed)
        events = _events(number, created, reply, solved, fields, end, taken)
        made.append(facts_of(events, as_of=end))
    return made


def _worked(start, needs, closed):
    """The instant at which so much time has passed in which somebody works."""
    for begin, length in sorted(closed):
        if start < begin + length:
            if start + needs <= begin:
                return start + needs
            needs -= max(0 * HOUR, begin - start)
            start = begin + length
    return start + needs


def _events(number, created, reply, solved, fields, end, agent):
    parts = {"ticket_id": f"T{number:04}", "actor": None}
    taken = [Changed(**parts, seq=3, at=reply, role="system", fields={"agent": agent})]
    events = [
        Created(**parts, seq=1, at=created, role="customer", fields={"status": NEW, **fields}),
        Message(**parts, seq=2, at=created, role="customer", public=True),
        *(taken if agent else []),
        Message(**parts, seq=4, at=reply, role="agent", public=True),
        Changed(**parts, seq=5, at=solved, role="agent", fields={"status": SOLVED}),
    ]
    return [event for event in events if event.at <= end]


NEW, SOLVED = Status("new", "new"), Status("solved", "solved")
