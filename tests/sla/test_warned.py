"""Whether a clock has warned: by the warnings of its own target, wherever they stand."""

from datetime import UTC, datetime, timedelta

import pytest

from support_model import Changed, Created, SlaPolicy, Status, Target, evaluate
from support_model.calendars import BusinessCalendar
from support_model.sla import RESOLUTION

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEW = Created(ticket_id="T1", at=AT, role="customer", fields={"status": Status("new", "new")})


def became(minutes, category):
    fields = {"status": Status(category, category)}
    return Changed(ticket_id="T1", at=AT + minutes * MINUTE, role="agent", fields=fields)


def clock(warn_at, *events, minutes):
    target = Target(
        metric=RESOLUTION,
        within=timedelta(hours=1),
        calendar=BusinessCalendar.always(),
        warn_at=warn_at,
    )
    policy = SlaPolicy(name="gold", targets=[target])
    return evaluate([NEW, *events], policy, as_of=AT + minutes * MINUTE)["resolution"]


@pytest.mark.parametrize(
    ("warn_at", "minutes", "warned"),
    [
        ([0.5], 29, False),
        ([0.5], 30, True),
        ([0.9, 0.5], 30, True),
        ([timedelta(minutes=-10)], 49, False),
        ([timedelta(minutes=-10)], 50, True),
        ([], 61, False),  # a breach is another question
    ],
)
def test_a_clock_has_warned_from_the_first_warning_of_its_target_on(warn_at, minutes, warned):
    found = clock(warn_at, minutes=minutes)
    assert found.warned is found.last.warned is warned


def test_pauses_and_ends_are_as_in_the_agenda():
    waits = became(20, "pending")
    assert not clock([0.5], waits, minutes=90).warned
    back = became(50, "open")
    assert not clock([0.5], waits, back, minutes=59).warned
    assert clock([0.5], waits, back, minutes=60).warned
    assert not clock([0.5], became(30, "solved"), minutes=90).warned  # it stopped in time
    assert clock([0.5], became(31, "solved"), minutes=90).warned
