"""The Django mixin on a database in memory."""

import os
from datetime import UTC, datetime, timedelta

import pytest

django = pytest.importorskip("django", reason="django")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.django_mixin.settings")
django.setup()

from django.core.management import call_command
from django.db import IntegrityError, transaction

from examples.django_mixin.models import Ticket, TicketEvent, TicketMoment
from support_model.errors import TransitionRefused
from support_model.sla import evaluate
from support_model.vocabulary import Actor

MONDAY = datetime(2026, 3, 23, 8, tzinfo=UTC)  # 9 in Berlin
KIM, ANN = Actor("customer", "kim"), Actor("agent", "ann")


def at(hours):
    return MONDAY + timedelta(hours=hours)


@pytest.fixture(scope="module", autouse=True)
def tables():
    call_command("migrate", run_syncdb=True, verbosity=0)


@pytest.fixture(autouse=True)
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def opened(subject="VPN drops"):
    ticket = Ticket(subject=subject)
    ticket.open(KIM, at=MONDAY, fields={"requester": "kim", "channel": "portal"})
    return ticket


def test_a_ticket_shows_what_its_events_say():
    ticket = opened()
    ticket.act("assign", ANN, at=at(1), fields={"agent": "ann"})
    stored = Ticket.objects.get(pk=ticket.pk)
    assert (stored.status, stored.agent) == ("in progress", "ann")
    assert stored.first_due == at(4)
    assert stored.next_at == at(3)  # three quarters of four hours
    assert [row.seq for row in ticket.events.all()] == [1, 2]


def test_the_timer_finds_what_is_due_and_writes_it_once():
    ticket, other = opened(), opened()
    other.act("reply", ANN, at=at(1))
    assert list(Ticket.objects.due(at(4))) == [ticket]
    for _ in range(2):
        ticket.wake(at(4))
    assert [row.data["kind"] for row in ticket.moments.order_by("at")] == ["warning", "breach"]
    assert not other.moments.exists()
    assert not Ticket.objects.due(at(4)).exists()


def test_the_moments_are_those_of_the_log_and_none_is_early():
    ticket = opened()
    for hours in range(60):
        ticket.wake(at(hours))
        stored = set(ticket.moments.values_list("key", flat=True))
        result = evaluate(ticket.log, Ticket.desk.policies, as_of=at(hours))
        due = Ticket.desk.agenda(result, ticket.log).through(at(hours))
        assert stored == {moment.key_text for moment in due}


def test_the_workflow_closes_what_stays_resolved():
    ticket = opened()
    ticket.act("assign", ANN, at=at(1), fields={"agent": "ann"})
    ticket.act("resolve", ANN, at=at(2))
    assert ticket.next_at == at(2) + timedelta(days=7)
    ticket.wake(ticket.next_at)
    assert (ticket.status, ticket.next_at) == ("closed", None)


def test_what_others_changed_on_the_model_stays():
    ticket = opened()
    Ticket.objects.filter(pk=ticket.pk).update(subject="VPN drops in Berlin")
    ticket.act("reply", ANN, at=at(1))
    assert Ticket.objects.get(pk=ticket.pk).subject == "VPN drops in Berlin"


def test_a_refused_action_changes_nothing():
    ticket = opened()
    with pytest.raises(TransitionRefused):
        ticket.act("close", ANN, at=at(1))
    assert ticket.events.count() == 1


def test_of_two_events_with_one_number_the_second_fails():
    ticket = opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        TicketEvent.objects.create(ticket=ticket, seq=1, data={})
    TicketMoment.objects.create(ticket=ticket, key="[1]", at=at(1), data={})
    with pytest.raises(IntegrityError), transaction.atomic():
        TicketMoment.objects.create(ticket=ticket, key="[1]", at=at(1), data={})


def test_a_merge_writes_to_both_tickets():
    ticket, other = opened(), opened()
    ticket.merge_into(other, ANN, at=at(1))
    assert Ticket.objects.get(pk=ticket.pk).status == "merged"
    assert ticket.first_due is None
    assert [clock.state for clock in other.evaluation(at(2))] == ["running", "running"]


def test_tickets_are_listed_in_the_order_in_which_they_are_due():
    late, waits = opened("late"), opened("waits")
    waits.act("assign", ANN, at=at(1), fields={"agent": "ann"})
    waits.act("reply", ANN, at=at(1))
    waits.act("ask", ANN, at=at(1))
    assert waits.first_due is None
    assert list(Ticket.objects.by_breach()) == [late, waits]
