"""What a Django model of tickets inherits to get a log, clocks, and a time to look again.

The model stays yours: its other fields, its admin, its permissions. Three parts make it a ticket:

    class Ticket(SlaMixin):
        desk = load_desk("desk.toml")
        subject = models.TextField()

    class TicketEvent(EventMixin):
        ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events")

    class TicketMoment(MomentMixin):
        ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="moments")

Call `Ticket.objects.due(now)` from whatever runs at intervals (cron, Celery beat), `wake` each,
and send the moments that are not sent yet. The annotations of fields serve type checkers that run
without the plugin of django-stubs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from typing import Any, ClassVar, Self

from django.db import models, transaction

from support_model import Desk
from support_model.errors import TransitionRefused
from support_model.events import Event
from support_model.serde import answer_to_data, event_from_data, event_to_data
from support_model.sla import Evaluation, evaluate
from support_model.tickets import Ticket, replay
from support_model.vocabulary import Actor

TIMER = Actor("system", "timer")
DERIVED = ("status", "agent", "first_due", "next_at")
"""The fields that follow from the events."""


class EventMixin(models.Model):
    """A row of the log; rows are added and never changed."""

    seq: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()

    class Meta:
        abstract = True
        unique_together = (("ticket", "seq"),)  # of two who act at once the second fails
        ordering = ("seq",)


class MomentMixin(models.Model):
    """Something that came due; its key is unique, so it is written once, however often found."""

    key: models.TextField[str, str] = models.TextField(unique=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    sent_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, db_index=True
    )

    class Meta:
        abstract = True


class TicketQuerySet(models.QuerySet[Any]):
    """Tickets, asked by their clocks."""

    def due(self, now: datetime) -> Self:
        """Return those to look at by now, the longest waiting first."""
        return self.filter(next_at__lte=now).order_by("next_at")

    def by_breach(self) -> Self:
        """Return all in the order in which they are due; what waits for others comes last."""
        return self.order_by(models.F("first_due").asc(nulls_last=True), "pk")


class SlaMixin(models.Model):
    """A ticket whose clocks, status and assignee follow from its events."""

    status: models.CharField[str, str] = models.CharField(max_length=100, db_index=True)
    agent: models.CharField[str, str] = models.CharField(max_length=100, blank=True, db_index=True)
    first_due: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, db_index=True
    )
    next_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, db_index=True
    )

    desk: ClassVar[Desk]
    events: Any
    moments: Any
    objects: ClassVar[Any] = TicketQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def log(self) -> list[Event]:
        """Its events, in order."""
        return [event_from_data(row.data) for row in self.events.order_by("seq")]

    def evaluation(self, as_of: datetime) -> Evaluation:
        """Return where its clocks stand."""
        return evaluate(self.log, self.desk.policies, as_of=as_of)

    def open(self, actor: Actor, *, at: datetime, fields: Mapping[str, Any]) -> None:
        """Save it, and begin its log."""
        with transaction.atomic():
            self.save()
            self._append(self.desk.begin(str(self.pk), actor=actor, at=at, fields=fields), at)

    def act(self, action: str, actor: Actor, *, at: datetime, **details: Any) -> None:
        """Do something to it.

        Raises:
            TransitionRefused: the rules forbid it, with every reason.
        """
        with transaction.atomic():
            self._append(self.desk.act(self._locked(), action, actor=actor, at=at, **details), at)

    def merge_into(self, other: Self, actor: Actor, *, at: datetime) -> None:
        """Let another ticket go on instead of it."""
        with transaction.atomic():
            ticket, target = self._locked(), other._locked()
            self._append(self.desk.act(ticket, "merge", actor=actor, at=at, other=target), at)

    def wake(self, at: datetime) -> None:
        """Note what time alone brought about; the workflow's own actions are done."""
        with transaction.atomic():
            self._locked()
            self._settle(at)

    def _locked(self) -> Ticket:
        """Return it as its events say; nobody else can add any until the transaction ends."""
        type(self).objects.select_for_update().get(pk=self.pk)
        return replay(self.log)

    def _append(self, new: Iterable[Event], at: datetime) -> None:
        """Add events, of one ticket after the other, and write down what follows from them."""
        for key, part in groupby(new, lambda event: event.ticket_id):
            ticket = self if key == str(self.pk) else type(self).objects.get(pk=key)
            for event in part:
                ticket.events.create(seq=event.seq, data=event_to_data(event))
            ticket._settle(at)  # noqa: SLF001 - another one of this class

    def _settle(self, at: datetime) -> None:
        """Write down what has come due by an instant, and do what the workflow asks for."""
        log = self.log
        result = evaluate(log, self.desk.policies, as_of=at)
        for moment in self.desk.agenda(result, log).through(at):
            given = {"at": moment.at, "data": answer_to_data(moment)}
            _, new = self.moments.get_or_create(key=moment.key_text, defaults=given)
            if new and moment.action is not None:
                with suppress(TransitionRefused):  # the ticket has moved on
                    done = self.desk.act(replay(self.log), moment.action, actor=TIMER, at=at)
                    self._append(done, at)
                    return
        self.status, self.agent = result.ticket.status.name, result.ticket.agent or ""
        first = result.first_due
        self.first_due = None if first is None else first.due_at
        self.next_at = self.desk.next_at(result, log)
        self.save(update_fields=DERIVED)  # other fields may have been changed meanwhile
