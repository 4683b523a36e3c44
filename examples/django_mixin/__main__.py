"""A day of one ticket: `python -m examples.django_mixin`."""

import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import django
from django.core.management import call_command


def main() -> None:
    """Open a ticket, answer it late, show its clocks and what came due."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.django_mixin.settings")
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)

    from examples.django_mixin.models import Ticket  # noqa: PLC0415 - after Django's set-up
    from support_model.vocabulary import Actor  # noqa: PLC0415 - beside it

    monday = datetime(2026, 3, 23, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    kim, ann = Actor("customer", "kim"), Actor("agent", "ann")
    ticket = Ticket(subject="VPN drops every hour")
    ticket.open(kim, at=monday, fields={"requester": "kim", "channel": "portal"})
    ticket.act("assign", ann, at=monday + timedelta(minutes=10), fields={"agent": "ann"})
    for due in Ticket.objects.due(monday + timedelta(hours=5)):
        due.wake(monday + timedelta(hours=5))
    ticket.act("reply", ann, at=monday + timedelta(hours=6))
    print(ticket, ticket.status)
    for clock in ticket.evaluation(monday + timedelta(hours=6)):
        print(f"  {clock.metric.name}: {clock}")
    for moment in ticket.moments.order_by("at"):
        print(f"  {moment.at:%a %H:%M} UTC {moment.data['reason']['text']}")


if __name__ == "__main__":
    main()
