"""A few tickets of the last working hours, so that a new help desk has something to show."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from support_model.vocabulary import Actor

from . import store
from .forms import NewTicket
from .host import Host, act, open_ticket, tick


class Opened(NamedTuple):
    """How many working hours ago who wrote what about what, and how urgent it was."""

    hours: float
    who: str
    topic: str
    priority: str
    text: str


class Answered(NamedTuple):
    """How many working hours ago ann did what on which ticket."""

    hours: float
    number: int
    action: str
    text: str


HAPPENED = (
    Opened(16, "lee", "Order export is empty", "high", "The file has a header and no rows."),
    Opened(13, "kim", "Please move my phone", "low", "To room 4.12, from Monday on."),
    Answered(12.5, 1, "reply", "Thank you. I look at the export now."),
    Opened(5, "kim", "VPN drops every hour", "high", "Since the update. I log in again."),
    Opened(3, "lee", "Invoice 4711 shows the wrong VAT", "normal", "16 %, it should be 19 %."),
    Answered(2, 4, "ask", "Thank you. Which customer is it for?"),
    Opened(0.4, "kim", "Wifi on floor 3 is slow", "normal", "Calls break off in all rooms."),
)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def run(self, host: Host, until: datetime) -> None:
        """Go on to an instant, and let the timer do what comes due on the way at its time."""
        while (due := tick(host)) is not None and due <= until:
            self.at = due
        self.at = until


def fill(host: Host) -> None:
    """Let the last hours happen in order, unless there are tickets; nobody is told."""
    with host.engine.connect() as db:
        if store.queue(db):
            return
    now, office = host.now(), host.desk.calendars["office"]
    clock = Clock(office.subtract(now, timedelta(hours=HAPPENED[0].hours)))
    past = replace(host, now=clock, send=nobody)
    for one in HAPPENED:
        clock.run(past, office.subtract(now, timedelta(hours=one.hours)))
        if isinstance(one, Opened):
            new = NewTicket(topic=one.topic, requester=one.who, priority=one.priority)
            open_ticket(past, Actor("customer", one.who), new.fields(), one.text)
        else:
            act(past, one.number, one.action, Actor("agent", "ann"), text=one.text)
    clock.run(past, now)


def nobody(_: store.Notification) -> None:
    """Tell nobody."""
