"""A few tickets of the last working hours, so that a new help desk has something to show."""

import tomllib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from support_model.vocabulary import Actor

from . import store
from .forms import NewTicket
from .host import Host, act, deliver, open_ticket, tick

SAMPLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["happened"]


class Clock:
    """A clock that is set by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def run(self, host: Host, until: datetime) -> None:
        """Go on to an instant, and let the timer do what comes due on the way at its time."""
        while (due := catch_up(host)) is not None and due <= until:
            self.at = due
        self.at = until


def catch_up(host: Host) -> datetime | None:
    """Do and send what is due; return when there is more."""
    return min((at for at in (tick(host), deliver(host)) if at is not None), default=None)


def fill(host: Host) -> None:
    """Let the last hours happen in order, unless there are tickets; nobody is told."""
    with host.engine.connect() as db:
        if store.any_ticket(db):
            return
    now, office = host.now(), host.desk.calendars["office"]
    clock = Clock(office.subtract(now, timedelta(hours=SAMPLE[0]["hours"])))
    past = replace(host, now=clock, send=nobody)
    for one in SAMPLE:
        clock.run(past, office.subtract(now, timedelta(hours=one["hours"])))
        if "ticket" in one:
            agent = Actor("agent", one["agent"])
            act(past, one["ticket"], one["action"], agent, text=one["text"])
        else:
            new = NewTicket.model_validate(one)
            customer = Actor("customer", new.requester)
            open_ticket(past, customer, new.fields(customer), new.text)
    clock.run(past, now)


def nobody(_: store.Notification) -> None:
    """Tell nobody."""
