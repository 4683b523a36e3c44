"""The models of the small project: what a project writes itself."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import models

from support_model import Desk, load_desk

from .mixin import EventMixin, MomentMixin, SlaMixin


class Ticket(SlaMixin):
    """A ticket with a subject."""

    subject: models.TextField[str, str] = models.TextField()

    desk: ClassVar[Desk] = load_desk(Path(__file__).parent / "desk.toml")

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"


class TicketEvent(EventMixin):
    """A row of a ticket's log."""

    ticket: models.ForeignKey[Ticket, Ticket] = models.ForeignKey(
        Ticket, models.PROTECT, related_name="events"
    )


class TicketMoment(MomentMixin):
    """What came due on a ticket."""

    ticket: models.ForeignKey[Ticket, Ticket] = models.ForeignKey(
        Ticket, models.PROTECT, related_name="moments"
    )
